"""Kernels of the power-law tails of many samples at once; the compiled ones are ``_tails_numba``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusters.measures import _tails
from clusters.measures._tails import CELLS, Floats

Places = NDArray[np.int64]

POINTS = np.unique(np.geomspace(1, 4000, 16).astype(np.int64))
"""How many values above a candidate its distance is looked at first."""
STRIDE = 16
"""Long tails are looked at in steps of so many values before they are measured in full."""


class Samples(NamedTuple):
    """Samples one after another; the k-th from ``starts[k]`` to ``starts[k + 1]``."""

    values: Floats  # distinct values, ascending within a sample
    counts: NDArray[np.int64]
    starts: Places


class Cases(NamedTuple):
    """Candidates for xmin: where they stand among the values, with what is known of their tails."""

    row: Places  # sample
    begin: Places
    end: Places
    q: Floats
    size: Floats  # number of values in the tail
    mean_log: Floats  # mean ln(x/q)

    def take(self, chosen: Places) -> Cases:
        """Return some of the cases."""
        return Cases(
            self.row[chosen],
            self.begin[chosen],
            self.end[chosen],
            self.q[chosen],
            self.size[chosen],
            self.mean_log[chosen],
        )


def closer(samples: Samples, limit: float, xmin: float, *, discrete: bool, fixed: bool) -> NDArray[np.bool_]:
    """Tell which samples have a candidate for xmin with a KS distance below ``limit``.

    Parameters
    ----------
    samples
        Samples of a law whose tail begins at ``xmin``.
    limit
        Distance to go below.
    xmin
        Candidate that is tried first; with ``fixed`` the only one, whether it occurs or not.
    discrete, fixed
        As for the fit.
    """
    sizes = _sizes(samples)
    result = np.zeros(samples.starts.size - 1, bool)
    first = _first_cases(samples, sizes, xmin, fixed=fixed)
    if first.row.size:
        alpha = _tails.exponents(first.q, first.mean_log, discrete=discrete)
        result[first.row] = _distances(samples, sizes, first, alpha, discrete=discrete) < limit
    if not fixed:
        for rows in _portions(samples.starts, np.flatnonzero(~result)):
            result[_search(samples, sizes, rows, limit, discrete=discrete)] = True
    return result


def fits(samples: Samples, xmin: float | None, *, discrete: bool) -> tuple[Floats, Floats, Floats]:
    """Return xmin, alpha and size of the tail of each sample; NaN where nothing can be fitted.

    Parameters
    ----------
    samples
        Samples to fit.
    xmin
        Beginning of all tails; ``None`` to search it in each sample.
    discrete
        As for the fit.
    """
    found = np.full((3, samples.starts.size - 1), np.nan)
    for k, (begin, end) in enumerate(zip(samples.starts[:-1], samples.starts[1:], strict=True)):
        values, counts = samples.values[begin:end], samples.counts[begin:end]
        start = 0 if xmin is None else int(np.searchsorted(values, xmin))
        if values.size - start < 2:
            continue
        if xmin is None:
            start, alpha, _ = _tails.search(values, counts, discrete=discrete)
            lower = float(values[start])
        else:
            lower = xmin
            alpha, _ = _tails.fit_from(values[start:], counts[start:], xmin, discrete=discrete)
        found[:, k] = lower, alpha, counts[start:].sum()
    return found[0], found[1], found[2]


def _sizes(samples: Samples) -> Floats:
    """Return for each value how many of its sample are at least as large."""
    upto = np.cumsum(samples.counts)
    totals = np.repeat(upto[samples.starts[1:] - 1], np.diff(samples.starts))
    return np.asarray(totals - upto + samples.counts, dtype=np.float64)


def _first_cases(samples: Samples, sizes: Floats, xmin: float, *, fixed: bool) -> Cases:
    """Return the tails from xmin on, where a sample has one that can be fitted."""
    values, counts, starts = samples
    begin, end = starts[:-1], starts[1:]
    at = begin + np.add.reduceat(values < xmin, begin, dtype=np.int64)
    # A search leaves out the two largest values.
    row = np.flatnonzero(at <= end - (2 if fixed else 3))
    at, end = at[row], end[row]
    q = np.full(row.size, xmin) if fixed else values[at]
    place, owner, offset = _stretches(at, end - at)
    logs = _tails.log_ratio(values[place], q[owner]) * counts[place]
    sums = np.add.reduceat(logs, offset) if row.size else np.empty(0)
    return Cases(row, at, end, q, sizes[at], sums / sizes[at])


def _all_cases(samples: Samples, sizes: Floats, rows: Places) -> Cases:
    """Return every candidate of some samples."""
    begin, end = samples.starts[rows], samples.starts[rows + 1]
    last = np.where(end - begin > 1, np.maximum(end - 2, begin + 1), begin)
    means = np.empty(samples.values.size)
    for a, b in zip(begin, end, strict=True):
        logs = np.log(samples.values[a:b])
        # ln x relative to the largest value: sums of small numbers keep their digits.
        below_top = np.cumsum(((logs[-1] - logs) * samples.counts[a:b])[::-1])[::-1]
        means[a:b] = logs[-1] - logs - below_top / sizes[a:b]
    at, owner, _ = _stretches(begin, last - begin)
    return Cases(rows[owner], at, end[owner], samples.values[at], sizes[at], np.maximum(means[at], 0.0))


def _stretches(begin: Places, width: Places, stride: int = 1) -> tuple[Places, Places, Places]:
    """Join stretches of whole numbers: the numbers, which stretch each is of, and where each begins."""
    offset = np.cumsum(width) - width
    owner = np.repeat(np.arange(begin.size), width)
    return (np.arange(owner.size) - offset[owner]) * stride + begin[owner], owner, offset


def _portions(starts: Places, rows: Places) -> Iterator[Places]:
    """Cut samples into groups of about as many values as fit into the cache."""
    if rows.size:
        upto = np.cumsum(starts[rows + 1] - starts[rows])
        yield from np.split(rows, np.flatnonzero(np.diff(upto // (CELLS >> 3))) + 1)


def _search(samples: Samples, sizes: Floats, rows: Places, limit: float, *, discrete: bool) -> Places:
    """Return those of some samples that have a candidate below the limit."""
    cases = _all_cases(samples, sizes, rows)
    alpha = _tails.exponents(cases.q, cases.mean_log, discrete=discrete)
    left, gaps = _by_points(samples, sizes, cases, alpha, limit, discrete=discrete)
    if (cases.end - cases.begin).max(initial=0) > STRIDE**2:
        some = _distances(samples, sizes, cases.take(left), alpha[left], discrete=discrete, stride=STRIDE)
        left, gaps = left[some < limit], np.maximum(gaps, some)[some < limit]
    # What is left is measured in full, in each sample first what seems closest.
    order = left[np.lexsort((gaps, cases.row[left]))]
    cases, alpha = cases.take(order), alpha[order]
    closer = np.zeros(samples.starts.size - 1, bool)
    tried, step = 0, 1
    rank = np.arange(order.size) - np.searchsorted(cases.row, cases.row)
    while tried <= rank.max(initial=-1):
        now = np.flatnonzero((rank >= tried) & (rank < tried + step) & ~closer[cases.row])
        if not now.size:
            break
        gap = _distances(samples, sizes, cases.take(now), alpha[now], discrete=discrete)
        closer[cases.row[now[gap < limit]]] = True
        tried, step = tried + step, step * 4
    return np.flatnonzero(closer)


def _by_points(
    samples: Samples, sizes: Floats, cases: Cases, alpha: Floats, limit: float, *, discrete: bool
) -> tuple[Places, Floats]:
    """Return the cases that stay below the limit at some values, and how far they lie there."""
    left = np.arange(alpha.size)
    normal = _normal(alpha, cases.q, discrete=discrete)
    widest = np.zeros(alpha.size)
    for ahead in POINTS:
        at = np.minimum(cases.begin + ahead, cases.end - 1)
        gap = _gaps(samples, sizes, at, cases, alpha, normal, discrete=discrete)
        keep = np.flatnonzero(gap < limit)
        left, widest = left[keep], np.maximum(widest, gap)[keep]
        cases, alpha, normal = cases.take(keep), alpha[keep], normal[keep]
    return left, widest


def _distances(
    samples: Samples, sizes: Floats, cases: Cases, alpha: Floats, *, discrete: bool, stride: int = 1
) -> Floats:
    """KS distance of each case over all values of its tail, or over one in ``stride``."""
    normal = _normal(alpha, cases.q, discrete=discrete)
    result = np.empty(alpha.size)
    width = -(-(cases.end - cases.begin) // stride)
    cuts = np.flatnonzero(np.diff(np.cumsum(width) // (CELLS >> 3))) + 1
    for part in np.split(np.arange(alpha.size), cuts):
        at, owner, offset = _stretches(cases.begin[part], width[part], stride)
        of = part[owner]
        gap = _gaps(samples, sizes, at, cases.take(of), alpha[of], normal[of], discrete=discrete)
        result[part] = np.maximum.reduceat(gap, offset)
    return result


def _normal(alpha: Floats, q: Floats, *, discrete: bool) -> Floats:
    return _tails.scaled_zeta(alpha, q) if discrete else np.ones_like(alpha)


def _gaps(
    samples: Samples,
    sizes: Floats,
    at: Places,
    cases: Cases,
    alpha: Floats,
    normal: Floats,
    *,
    discrete: bool,
) -> Floats:
    """Difference of fit and data at one value per case, in P(X >= x)."""
    x = samples.values[at]
    log = _tails.log_ratio(x, cases.q)
    if discrete:
        fitted = np.exp(-alpha * log) * _tails.scaled_zeta(alpha, x) / normal
    else:
        fitted = np.exp((1 - alpha) * log)
    return np.asarray(np.abs(fitted - sizes[at] / cases.size))
