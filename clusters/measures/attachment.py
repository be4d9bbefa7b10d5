"""Attachment: how much more organisations get that have many relations already (偏好依附).

Read off one cumulative network whose edges carry the year of their first relation. The
cohort of a year is every organisation with its degree at the start of the year, that is in
the edges of all earlier years, and the *new ends* it gets in the year: a giver's end raises
its out-degree, a receiver's its in-degree, and either raises the total degree.

What counts as an edge counts as an end. Under the default of one edge per ordered pair an
organisation gets an end when it meets a partner for the first time in that direction:
repeated relations with a known partner add neither degree nor ends, the opposite direction
of a known pair does. So the exponent is about finding new partners, and k is the number of
partners found. With ``parallel="relations"`` each relation is an end, also one that repeats the last,
and k counts relations. In a simple network nobody can meet the same partner twice, which k^a
ignores: it matters little while degrees are small against the number of nodes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from clusters.measures import _dated
from clusters.measures._dated import Degree, Mask
from clusters.networks import ValueNetwork

NORMAL = 1.959963984540054
"""Quantile of the normal distribution that leaves 2.5 % above it."""
NAN = float("nan")
Floats = NDArray[np.float64]
Cohort = tuple[NDArray[Any], NDArray[Any], Mask]


@dataclass(frozen=True, slots=True)
class Attachment:
    """Exponent a of attachment in proportion to degree to the power a."""

    exponent: float
    standard_error: float
    low: float
    high: float
    """95 % interval, exponent +- 1.96 times the larger of the two errors."""
    robust_error: float
    """Standard error that lets an organisation keep getting more, or less, than its degree says."""
    years: int
    """Years with new ends that the estimate rests on."""
    new_ends: int
    """New ends of all organisations looked at."""
    newcomer_share: float
    """Share of them at organisations that are new in the year."""
    zero_share: float
    """Share of them at organisations that were there with degree 0; the rest is in the estimate."""


def attachment(
    network: ValueNetwork,
    degree: Degree = "in",
    *,
    years: Iterable[int] | None = None,
    among: ArrayLike | None = None,
) -> Attachment:
    """Estimate how strongly new ends go to organisations that have many (偏好依附).

    Each new end of a year is taken as drawn among the organisations that have degree k >= 1
    at the start of the year, with probability in proportion to k^a; a maximises the sum over
    years of a sum_k m_k ln k - m ln sum_k n_k k^a, with n_k organisations of degree k and m_k
    new ends at them, m in all.

    Parameters
    ----------
    network
        Cumulative network whose edges carry years.
    degree
        ``"out"`` for giving, ``"in"`` for receiving, ``"total"`` for either end.
    years
        Years whose growth counts, by default all. The first one has no network before it.
    among
        Only these organisations (boolean mask), such as the sample: who among them.

    Returns
    -------
    Attachment
        0 where degree does not matter, 1 in proportion to degree. NaN where no end tells
        (one degree only), or where all ends go to the largest or all to the smallest degrees,
        so that no finite exponent is best. Organisations of degree 0, which k^a says nothing
        about, are left out; the shares say how many ends they get.

    Notes
    -----
    The standard error comes from the second derivative and takes the ends as independent of
    each other given the degrees. Where some organisations get more than others of the same
    degree, as in one large project or year after year, it is too small, often by a factor of
    several; ``robust_error`` adds up each organisation's deviations before squaring them. The
    interval uses the larger of the two.

    Degrees are those at the start of the year. Where growth within the year is drawn to it as
    well, exponents other than 0 and 1 move away from 1: in simulations with 400 ends a year
    among 300 to 1,000 organisations 0.5 came out as 0.48 and 1.2 as 1.22.

    References
    ----------
    Methods G3; Krapivsky, Redner, Leyvraz 2000 (the kernel k^a); White 1980 (robust error).

    Examples
    --------
    >>> from clusters.networks import cumulative, last
    >>> old = [("p", "a"), ("q", "b"), ("r", "b")]
    >>> new = [("s", "a"), ("t", "b"), ("u", "b"), ("v", "b"), ("w", "b")]
    >>> rows = [(*pair, 2020) for pair in old] + [(*pair, 2021) for pair in new]
    >>> found = attachment(last(cumulative(pd.DataFrame(rows, columns=["source", "target", "year"]))))
    >>> round(found.exponent, 6)  # b has degree 2, a has 1; of five ends b gets four: 2^a = 4
    2.0
    """
    cohorts = list(_cohorts(network, degree, years, among))
    counts = np.array([[m.sum(), m[~old].sum(), m[old & (k == 0)].sum()] for k, m, old in cohorts])
    ends, newcomer, zero = counts.reshape(-1, 3).sum(axis=0).tolist()
    table = _Kernel.of([(k[k > 0], m[k > 0]) for k, m, _ in cohorts])
    exponent = _most_likely(table)
    error = robust = NAN
    if math.isfinite(exponent):
        information = table.moments(exponent)[2] @ table.ends
        error = 1 / math.sqrt(information)
        robust = math.sqrt(_scatter(cohorts, exponent)) / float(information)
    reach = NORMAL * max(error, robust)
    return Attachment(
        exponent=exponent,
        standard_error=error,
        low=exponent - reach,
        high=exponent + reach,
        robust_error=robust,
        years=int(table.ends.size),
        new_ends=int(ends),
        newcomer_share=newcomer / ends if ends else NAN,
        zero_share=zero / ends if ends else NAN,
    )


def attachment_kernel(
    network: ValueNetwork,
    degree: Degree = "in",
    *,
    years: Iterable[int] | None = None,
    among: ArrayLike | None = None,
) -> pd.DataFrame:
    """Tabulate how often organisations of each degree get a new end, without assuming k^a.

    For pictures only: slopes of logarithms through these points are biased, see ``attachment``
    for the exponent.

    Parameters
    ----------
    network, degree, years, among
        As in ``attachment``.

    Returns
    -------
    DataFrame
        ``k`` (degrees >= 1 at the start of a year), ``organisation_years`` with that degree,
        ``new_ends`` at them and three estimates of the relative attractiveness A_k: ``pafit``
        (iterated; 1 at the smallest degree that got an end), ``newman`` (mean over the years of
        (m_k/m)(N/n_k); 1 is what an average organisation gets) and ``jeong``, the running sum
        of new ends per organisation and year up to k, which grows as k^(a + 1). 0 where a
        degree got nothing.

    References
    ----------
    Pham, Sheridan, Shimodaira 2015; Newman 2001; Jeong, Neda, Barabasi 2003.

    Examples
    --------
    >>> from clusters.networks import cumulative, last
    >>> rows = [("p", "a", 2020), ("q", "b", 2020), ("r", "b", 2020), ("s", "a", 2021), ("t", "b", 2021)]
    >>> table = pd.DataFrame([*rows, ("u", "b", 2021)], columns=["source", "target", "year"])
    >>> attachment_kernel(last(cumulative(table)))[["k", "new_ends", "pafit", "jeong"]].values.tolist()
    [[1.0, 1.0, 1.0, 1.0], [2.0, 2.0, 2.0, 3.0]]
    """
    cohorts = _cohorts(network, degree, years, among)
    table = _Kernel.of([(k[k > 0], m[k > 0]) for k, m, _ in cohorts])
    degrees, code = np.unique(table.degree, return_inverse=True)
    exposed, received = (
        np.bincount(code, values, degrees.size).astype(np.float64) for values in (table.nodes, table.got)
    )
    period = np.repeat(np.arange(table.ends.size), table.lengths)
    everyone = np.bincount(period, table.nodes, table.ends.size)
    relative = table.got / table.ends[period] * everyone[period] / table.nodes
    times = np.bincount(code, minlength=degrees.size)
    return pd.DataFrame(
        {
            "k": degrees,
            "organisation_years": exposed.astype(np.int64),
            "new_ends": received.astype(np.int64),
            "pafit": _pafit(table, code, received),
            "newman": np.bincount(code, relative, degrees.size) / np.maximum(times, 1),
            "jeong": np.cumsum(received / np.maximum(exposed, 1)),
        }
    )


def _pafit(table: _Kernel, code: NDArray[Any], received: Floats) -> Floats:
    """Iterate A_k = sum_t m_k(t) / sum_t [m(t) n_k(t) / sum_j n_j(t) A_j]."""
    kernel = np.ones(received.size)
    if not received.any():
        return np.zeros(received.size)
    first = int(np.flatnonzero(received)[0])
    for _ in range(2000):
        weight = table.ends / table.summed(table.nodes * kernel[code])
        expected = np.bincount(code, np.repeat(weight, table.lengths) * table.nodes, received.size)
        after = received / expected
        after /= after[first]
        change = float(np.abs(after - kernel).max() / after.max())
        kernel = after
        if change < 1e-10:
            break
    return kernel


@dataclass(frozen=True, eq=False)
class _Kernel:
    """Organisations and new ends by year and degree, one year after the other in one array."""

    degree: Floats
    nodes: Floats
    got: Floats
    lengths: NDArray[np.int64]
    """Rows of each year."""

    @classmethod
    def of(cls, cohorts: Iterable[tuple[NDArray[Any], NDArray[Any]]]) -> _Kernel:
        """Count organisations and ends by degree; years without an end are left out."""
        parts = []
        for degrees, ends in cohorts:
            if ends.any():
                there = np.bincount(degrees)
                k = np.flatnonzero(there)
                parts.append(np.array([k, there[k], np.bincount(degrees, ends)[k]], dtype=np.float64))
        rows = np.concatenate(parts, axis=1) if parts else np.empty((3, 0))
        degree, nodes, got = rows
        return cls(degree, nodes, got, np.array([p.shape[1] for p in parts], dtype=np.int64))

    @property
    def ends(self) -> Floats:
        """New ends of each year."""
        return self.summed(self.got)

    def summed(self, values: Floats) -> Floats:
        """Add up by year."""
        return np.add.reduceat(values, self.starts) if self.lengths.size else np.empty(0)

    @property
    def starts(self) -> NDArray[np.int64]:
        """First row of each year."""
        return np.cumsum(self.lengths) - self.lengths

    def moments(self, exponent: float) -> tuple[Floats, Floats, Floats]:
        """Return ln sum_k n_k k^a of each year, and mean and variance of ln k under these weights."""
        logs = np.log(self.degree)
        power = exponent * logs
        peak = np.maximum.reduceat(power, self.starts)  # else large exponents overflow
        weight = self.nodes * np.exp(power - np.repeat(peak, self.lengths))
        total = self.summed(weight)
        mean = self.summed(weight * logs) / total
        off = logs - np.repeat(mean, self.lengths)
        return np.log(total) + peak, mean, self.summed(weight * off * off) / total


def _most_likely(table: _Kernel) -> float:
    """Find the exponent at which the falling derivative of the likelihood is zero (Newton, bracketed)."""
    if not table.lengths.size:
        return NAN
    logs, ends = np.log(table.degree), table.ends
    seen = float(table.got @ logs)
    least = float(np.minimum.reduceat(logs, table.starts) @ ends)
    most = float(np.maximum.reduceat(logs, table.starts) @ ends)
    slack = 1e-12 * max(1.0, most)
    if not least + slack < seen < most - slack:
        return NAN
    low, high, exponent = -math.inf, math.inf, 1.0
    for _ in range(200):
        _, mean, variance = table.moments(exponent)
        slope, bend = seen - float(mean @ ends), float(variance @ ends)
        low, high = (exponent, high) if slope > 0 else (low, exponent)
        step = min(max(slope / bend, -2.0), 2.0) if bend > 0 else math.copysign(2.0, slope)
        after = exponent + step
        if not low <= after <= high:
            after = (low + high) / 2
        if abs(after - exponent) < 1e-12 * max(1.0, abs(after)):
            return after
        exponent = after
    return exponent


def _scatter(cohorts: list[Cohort], exponent: float) -> float:
    """Sum of squares of the organisations' parts in the derivative of the likelihood."""
    if not cohorts:
        return NAN
    part = np.zeros(cohorts[0][0].size)
    for degrees, ends, _ in cohorts:
        there = degrees > 0
        logs, got = np.log(degrees[there]), ends[there]
        if not got.any():
            continue
        weight = np.exp(exponent * logs - (exponent * logs).max())
        weight /= weight.sum()
        part[there] += (got - got.sum() * weight) * (logs - weight @ logs)
    return float(part @ part)


def _cohorts(
    network: ValueNetwork, degree: Degree, years: Iterable[int] | None, among: ArrayLike | None
) -> Iterator[Cohort]:
    """Give degree at the start, new ends and whether they are old, of the organisations of each year."""
    dates, entries = _dated.edge_years(network), _dated.node_years(network)
    members = np.ones(len(network), dtype=bool) if among is None else np.asarray(among, dtype=bool)
    if members.shape != (len(network),):
        raise ValueError(f"among has {members.size} values for {len(network)} nodes")
    wanted = None if years is None else set(years)
    for year in _dated.growth_years(network)[1:]:
        if wanted is None or year in wanted:
            before = _dated.degrees(network, dates < year, degree)[members]
            yield before, _dated.degrees(network, dates == year, degree)[members], (entries < year)[members]
