"""Samples drawn like the data of a power-law fit, and how each of them is fitted in turn.

A sample is a table of distinct values and their counts. Most of it is drawn as counts, all at
once: the values below xmin and the whole numbers of the tail that many draws would hit share
one multinomial draw. Only what lies beyond is drawn value by value. Samples are drawn in blocks,
each with random numbers of its own, so that neither the number of threads nor the kernels
change what is drawn.

Whether a sample lies at least as far from its own fit as the data from theirs is known as soon
as one xmin brings it closer than that. The xmin of the data is tried first, and most other
candidates are ruled out by a few of their values: the answer is that of the whole search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusters import progress
from clusters.measures import _tails, _tails_many
from clusters.measures._choice import compiled
from clusters.measures._tails import TIE, Floats
from clusters.measures._tails_many import Samples
from clusters.measures._threads import pool
from clusters.sentences import Note

Counts = NDArray[np.int64]

ROWS = 125
"""Largest number of samples in a block."""
BLOCK = 1 << 17
"""Distinct values in a block at most, where it has more than one sample."""
RARE = 0.3
"""Whole numbers that are drawn so often are drawn as counts."""
SAMPLED = 1 << 14
"""Whole numbers from xmin on that are drawn exactly; beyond them the continuous form is exact enough."""
WHOLE = 2.0**52
"""Whole numbers beyond this have no neighbours among the floats."""
LARGEST = 1e300
REPAYS = 4_000_000
"""Distinct values in all samples from which loading compiled kernels is repaid."""
SEARCH = 10
"""How many times as much the whole search of a sample costs as a decision."""


class Law(NamedTuple):
    """What samples are drawn from and how they are fitted."""

    values: Floats  # distinct values of the data, ascending
    counts: Counts
    xmin: float
    alpha: float
    discrete: bool
    fixed: bool  # xmin is given, not searched


class Plan(NamedTuple):
    """Values drawn as counts, and how all others are drawn."""

    n: int
    values: Floats
    chances: Floats  # one for each value, and the last for all others
    above: Floats  # P(X >= x | X >= last) for x = last, last + 1, ...; empty where continuous
    last: float
    alpha: float


def closer(law: Law, ks: float, replicates: int, seed: int) -> int:
    """Count the samples from the fit that lie closer to a fit of their own than ``ks``."""
    plan = _from_fit(law)
    kernels = _kernels(plan, replicates)

    def decide(samples: Samples) -> int:
        return int(kernels.closer(samples, ks - TIE, law.xmin, discrete=law.discrete, fixed=law.fixed).sum())

    what = Note("note.progress_replicates", n=replicates)
    return sum(_each(plan, replicates, (seed, 0), decide, what))


def fits(law: Law, replicates: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """Fit samples drawn from the data: xmin, alpha and size of the tail, NaN where nothing can be fitted."""
    plan = Plan(int(law.counts.sum()), law.values, _chances(law.counts), np.empty(0), 0.0, law.alpha)
    kernels = _kernels(plan, SEARCH * replicates)
    given = law.xmin if law.fixed else None

    def fit(samples: Samples) -> Floats:
        return np.stack(kernels.fits(samples, given, discrete=law.discrete))

    what = Note("note.progress_resamples", n=replicates)
    xmin, alpha, size = np.concatenate(list(_each(plan, replicates, (seed, 1), fit, what)), axis=1)
    return xmin, alpha, size


def _kernels(plan: Plan, replicates: int) -> Any:
    """Return the module that fits samples; the results are the same."""
    work = replicates * (plan.values.size + plan.n * plan.chances[-1])
    return compiled("tails", repays=bool(work >= REPAYS)) or _tails_many


def _each(
    plan: Plan, replicates: int, key: tuple[int, int], work: Callable[[Samples], Any], what: Note
) -> Iterator[Any]:
    """Draw samples in blocks and yield what ``work`` makes of each block, in order."""
    width = plan.values.size + plan.n * plan.chances[-1]
    rows = int(min(max(BLOCK // width, 1), ROWS))
    begins = range(0, replicates, rows)
    seed, purpose = key

    def one(begin: int) -> Any:
        numbers = np.random.SeedSequence(seed, spawn_key=(purpose, begin // rows))
        size = min(rows, replicates - begin)
        return work(_draw(plan, size, np.random.default_rng(numbers)))

    with progress.task(what, total=replicates) as done, pool() as each:
        for begin, result in zip(begins, each(one, begins), strict=True):
            done(min(begin + rows, replicates))
            yield result


def _chances(counts: Counts, tail: float = 0.0) -> Floats:
    """Shares of counts, followed by the chance of everything else."""
    total = max(int(counts.sum()), 1)
    return np.append(counts / total * (1 - tail), tail)


def _from_fit(law: Law) -> Plan:
    """Plan samples whose body is drawn from the data and whose tail is drawn from the fit."""
    body = int(np.searchsorted(law.values, law.xmin))
    n = int(law.counts.sum())
    tail = float(law.counts[body:].sum() / n)
    values, chances = law.values[:body], _chances(law.counts[:body], tail)
    if not law.discrete or law.xmin > WHOLE:
        return Plan(n, values, chances, np.empty(0), law.xmin, law.alpha)
    x = law.xmin + np.arange(SAMPLED, dtype=np.float64)
    alpha, xmin = np.array([law.alpha]), np.array([law.xmin])
    above = _tails.survival(alpha, xmin, x, discrete=True)[0]
    share = np.exp(-law.alpha * np.log(x / law.xmin)) / _tails.scaled_zeta(law.alpha, law.xmin)
    # Shares fall: those of the first whole numbers are large enough to be drawn as counts.
    often = min(int(np.searchsorted(-share * tail * n, -RARE)), SAMPLED - 1)
    chances = np.concatenate([chances[:-1], tail * share[:often], [tail * above[often]]])
    rest = above[often:] / max(above[often], np.finfo(float).tiny)
    return Plan(n, np.append(values, x[:often]), chances, rest, float(x[often]), law.alpha)


def _draw(plan: Plan, rows: int, random: np.random.Generator) -> Samples:
    """Draw samples of n values each."""
    number = random.multinomial(plan.n, plan.chances / plan.chances.sum(), size=rows)
    row, column = np.nonzero(number[:, :-1])
    values, counts = plan.values[column], number[row, column]
    rare = number[:, -1]
    if rare.any():
        more, owner, times = _distinct(_rare(plan, int(rare.sum()), random), rare)
        row = np.concatenate([row, owner])
        order = np.argsort(row, kind="stable")  # rare values are larger than the others
        row = row[order]
        values, counts = np.concatenate([values, more])[order], np.concatenate([counts, times])[order]
    return Samples(values, counts, np.searchsorted(row, np.arange(rows + 1)))


def _rare(plan: Plan, size: int, random: np.random.Generator) -> Floats:
    """Draw from beyond the values drawn as counts, by inverting P(X >= x) at random chances."""
    chance = 1 - random.random(size)
    power = -1 / (plan.alpha - 1)
    with np.errstate(over="ignore"):
        if not plan.above.size:
            return np.minimum(plan.last * chance**power, LARGEST)
        x = np.asarray(plan.last + np.searchsorted(-plan.above, -chance, side="right") - 1.0, np.float64)
        far = chance < plan.above[-1]
        end = plan.last + plan.above.size - 1
        ratio = chance[far] / max(plan.above[-1], np.finfo(float).tiny)
        x[far] = np.minimum(np.floor((end - 0.5) * ratio**power + 0.5), LARGEST)
    return x


def _distinct(x: Floats, sizes: Counts) -> tuple[Floats, Counts, Counts]:
    """Sort consecutive parts of given sizes; return distinct values, their part and how often each occurs."""
    ends = np.cumsum(sizes)
    for begin, end in zip(ends - sizes, ends, strict=True):
        x[begin:end].sort()
    owner = np.repeat(np.arange(sizes.size), sizes)
    new = np.ones(x.size, bool)
    new[1:] = (x[1:] != x[:-1]) | (owner[1:] != owner[:-1])
    first = np.flatnonzero(new)
    return x[first], owner[first], np.diff(np.append(first, x.size))
