"""How far a statistic would be off with other enterprises in the sample.

An interval here answers one question: what would other samples of as many enterprises from
the same population give? It says nothing about relations that no sample could hold (those
among partners), nor about errors in the table. What is resampled are therefore enterprises
with all their relations (``_enterprises`` says which relations are whose), never single relations.

Two ways, each where samples of 200 to 500 enterprises from simulated populations showed that it
holds. The numbers are per cent of 95 % intervals that hold the value typical of all samples: sizes
lognormal, and in brackets Pareto with exponents down to 1.1, whose variance is infinite.

=================================  ========================  ==============================
statistic                          way                       held
=================================  ========================  ==============================
shares, margins, lifts of flows;   ``cluster_bootstrap``,    90-98 (86-97); the bias-
compositions                       percentiles               corrected, accelerated 73-95
degrees, components, distances,    ``jackknife``: 30 % of    90-100 (82-94); of the
clustering; top shares, Gini,      enterprises removed at    concentration a bootstrap 6-95:
Theil, Hoover of degrees           random                    who is drawn twice doubles
                                                             degrees
=================================  ========================  ==============================

The HHI of degrees is held in 70 to 96 of 100 cases and gets no interval in the tables, nor does the
diameter, an extreme, nor what removals bring to a bound, such as clustering where there are few
triangles (52). ``relation_bootstrap`` treats relations as if they came one by one. Its
intervals are far too narrow (12-93) and are only a lower bound of the uncertainty.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from clusters import progress
from clusters.measures._enterprises import Clusters, Floats, clusters_of
from clusters.sentences import Note

__all__ = [
    "Clusters",
    "Interval",
    "Intervals",
    "cluster_bootstrap",
    "clusters_of",
    "jackknife",
    "relation_bootstrap",
    "without_each",
]

LEVEL = 0.95
REPLICATES = 200
FEWEST = 10
"""Clusters below which nothing is said: so few do not show how much they differ."""
NAN = float("nan")
Statistic = Callable[[Floats], ArrayLike]


@dataclass(frozen=True, slots=True)
class Interval:
    """A number, and the interval that samples like this one would give it."""

    value: float
    low: float
    high: float
    level: float
    """How many of 100 such intervals hold the value typical of all samples, as a fraction."""
    replicates: int
    seed: int
    method: str
    """``cluster_bootstrap``, ``relation_bootstrap`` or ``jackknife``."""


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Intervals of several numbers from the same replicates; item ``i`` is an ``Interval``."""

    value: Floats
    low: Floats
    high: Floats
    level: float
    replicates: int
    seed: int
    method: str

    def __len__(self) -> int:
        return self.value.size

    def __getitem__(self, i: int) -> Interval:
        return Interval(
            float(self.value[i]),
            float(self.low[i]),
            float(self.high[i]),
            self.level,
            self.replicates,
            self.seed,
            self.method,
        )


def cluster_bootstrap(
    statistic: Statistic,
    clusters: Clusters,
    *,
    replicates: int = REPLICATES,
    seed: int = 0,
    level: float = LEVEL,
) -> Intervals:
    """Draw enterprises with replacement and take percentiles of a statistic.

    Parameters
    ----------
    statistic
        Takes the weight of each row (relation), all 1 for the table as it is, and returns one number
        or several. Rows are not copied: a relation of an enterprise drawn twice weighs 2.
    clusters
        The enterprises of the rows, as ``clusters_of`` gives them.
    replicates, seed
        Samples drawn, as many enterprises each as there are clusters, and the seed of the draw.
    level
        Between 0 and 1.

    Returns
    -------
    Intervals
        NaN at both ends with fewer than 10 clusters, and where a replicate leaves the statistic undefined.

    References
    ----------
    Davison, Hinkley 1997, 3.8 (resampling clusters); Efron, Tibshirani 1993, 13.3 (percentiles).

    Examples
    --------
    Ten enterprises, each with one relation within its place and one across: always half.

    >>> enterprise = np.repeat(np.arange(10), 2)
    >>> clusters = Clusters(pd.RangeIndex(10), enterprise, enterprise)
    >>> cluster_bootstrap(lambda w: w[::2].sum() / w.sum(), clusters)[0]
    Interval(value=0.5, low=0.5, high=0.5, level=0.95, replicates=200, seed=0, method='cluster_bootstrap')
    """
    n, random = len(clusters), np.random.default_rng(seed)

    def draw() -> Floats:
        return clusters.weights(np.bincount(random.integers(0, n, n), minlength=n))

    return _bootstrap(statistic, clusters.first.size, n, draw, replicates, seed, level, "cluster_bootstrap")


def relation_bootstrap(
    statistic: Statistic,
    relations: int,
    *,
    replicates: int = REPLICATES,
    seed: int = 0,
    level: float = LEVEL,
) -> Intervals:
    """Draw single relations with replacement: a lower bound of the uncertainty, no more.

    It would be right if relations had come one by one, not enterprise by enterprise. Parameters and
    result are those of ``cluster_bootstrap``, with the number of ``relations`` instead of clusters.

    Examples
    --------
    >>> found = relation_bootstrap(lambda w: w[::2].sum() / w.sum(), 20)[0]
    >>> found.low < found.value < found.high
    True
    """
    random = np.random.default_rng(seed)

    def draw() -> Floats:
        rows = np.bincount(random.integers(0, relations, relations), minlength=relations)
        return rows.astype(np.float64)

    return _bootstrap(statistic, relations, relations, draw, replicates, seed, level, "relation_bootstrap")


def _bootstrap(
    statistic: Statistic,
    rows: int,
    units: int,
    draw: Callable[[], Floats],
    replicates: int,
    seed: int,
    level: float,
    method: str,
) -> Intervals:
    _check(replicates, level)
    value = np.atleast_1d(np.asarray(statistic(np.ones(rows)), dtype=np.float64))
    if units < FEWEST:
        nothing = np.full(value.size, NAN)
        return Intervals(value, nothing, nothing, level, replicates, seed, method)
    found = np.empty((replicates, value.size))
    with progress.task(Note("note.progress_bootstrap", n=units), total=replicates, unit="count") as done:
        for k in range(replicates):
            found[k] = statistic(draw())
            done(k + 1)
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return Intervals(value, low, high, level, replicates, seed, method)


def jackknife(
    value: ArrayLike,
    reduced: ArrayLike,
    *,
    dropped: int,
    clusters: int,
    least: ArrayLike = -math.inf,
    most: ArrayLike = math.inf,
    seed: int = 0,
    level: float = LEVEL,
) -> Intervals:
    """Make intervals from a statistic without some enterprises, time and again others (delete-d jackknife).

    No enterprise is there twice, so it suits whatever is made of nodes. Without d of n enterprises the
    statistic scatters by sqrt(d/(n - d)) of what it does over samples of n; the interval is the value
    plus and minus so many standard deviations, on a scale without bounds: logarithms of numbers with a
    least value, log-odds of those with both. Where a bound is ever met, such as no triangle at all, there
    is too little to go by: intervals of such rare things held in half of all cases.

    Parameters
    ----------
    value
        The statistics of the whole sample, k numbers.
    reduced
        The same without ``dropped`` enterprises: a row of k numbers for each time.
    dropped, clusters
        d and n.
    least, most
        Bounds of the statistics, one for all or one each.
    seed
        What the enterprises were drawn with, to be carried along.

    Returns
    -------
    Intervals
        NaN at both ends with fewer than 10 clusters, and where a statistic was ever undefined or at
        one of its bounds.

    References
    ----------
    Shao, Wu 1989 (delete-d jackknife).

    Examples
    --------
    >>> found = jackknife([10], [[6], [8], [7], [7]], dropped=30, clusters=100, least=0)[0]
    >>> round(found.low, 2), round(found.high, 2)
    (7.03, 14.22)
    """
    observed = np.atleast_1d(np.asarray(value, dtype=np.float64))
    rows = np.asarray(reduced, dtype=np.float64).reshape(-1, observed.size)
    _check(len(rows), level)
    bounds = [np.broadcast_to(np.asarray(end, dtype=np.float64), observed.shape) for end in (least, most)]
    low, high = np.full((2, observed.size), NAN)
    if clusters >= FEWEST and 0 < dropped < clusters:
        factor = NormalDist().inv_cdf((1 + level) / 2) * math.sqrt((clusters - dropped) / dropped)
        for i, (bottom, top) in enumerate(zip(*bounds, strict=True)):
            low[i], high[i] = _around(observed[i], rows[:, i], factor, bottom, top)
    return Intervals(observed, low, high, level, len(rows), seed, "jackknife")


def _around(value: float, rows: Floats, factor: float, least: float, most: float) -> tuple[float, float]:
    """Return the ends of the interval of one statistic, on the scale that its bounds ask for."""
    everything = np.append(rows, value)
    if not (np.isfinite(everything) & (everything > least) & (everything < most)).all():
        return NAN, NAN
    if (rows == rows[0]).all():
        return value, value  # not a rounding error beside it
    if math.isinf(least):
        half = factor * float(rows.std(ddof=1))
        return value - half, value + half
    bounded = math.isfinite(most)
    scaled = np.log(everything - least) - (np.log(most - everything) if bounded else 0.0)
    half = factor * float(scaled[:-1].std(ddof=1))
    ends = [math.exp(scaled[-1] - half), math.exp(min(scaled[-1] + half, 700.0))]
    low, high = ((least + most * end) / (1 + end) if bounded else least + end for end in ends)
    return low, high


def without_each(
    statistic: Callable[[Floats], float],
    clusters: Clusters,
    which: Iterable[Hashable] | None = None,
) -> pd.Series:
    """Compute a statistic without each enterprise in turn: what hangs on a single one.

    Parameters
    ----------
    statistic
        Takes the weight of each row, 1, or 0 where the row goes, and returns one number.
    clusters
        The enterprises of the rows. All relations of the one that is left out go.
    which
        Enterprises to leave out, for example platforms; by default all.

    Returns
    -------
    Series
        The statistic without each enterprise, by organisation.

    References
    ----------
    Quenouille 1956; Tukey 1958 (jackknife).

    Examples
    --------
    >>> enterprise = np.array([0, 0, 0, 1])
    >>> clusters = Clusters(pd.Index(["a", "b"]), enterprise, enterprise)
    >>> within = np.array([1, 1, 0, 0])
    >>> without_each(lambda w: float(w @ within / w.sum()), clusters).round(2).to_dict()
    {'a': 0.0, 'b': 0.67}
    """
    chosen = clusters.names if which is None else pd.Index(list(which), dtype=object)
    at = clusters.names.get_indexer(chosen)
    if (at < 0).any():
        raise ValueError(f"{chosen[at < 0][0]!r} has no relation, or is not in the sample")
    found = []
    with progress.task(Note("note.progress_each", n=len(at)), total=len(at), unit="count") as done:
        for i, one in enumerate(at):
            found.append(float(statistic(clusters.left(np.arange(len(clusters)) == one).astype(np.float64))))
            done(i + 1)
    return pd.Series(found, index=chosen, dtype=np.float64)


def _check(replicates: int, level: float) -> None:
    if replicates < 2:
        raise ValueError(f"an interval needs at least 2 replicates, not {replicates}")
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
