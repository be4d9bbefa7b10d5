"""Whether places become more alike: less scatter, growth of those behind, moves between classes.

*Sigma* convergence is falling scatter (coefficient of variation); *beta* convergence is faster growth of
those that began with less. Beta is necessary for sigma but not enough. Both look at places one by one;
the Markov chain asks whether moving up or down depends on the neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Beta:
    """Growth of places regressed on the logarithm of where they began."""

    beta: float
    """Below 0: those behind grow faster."""
    standard_error: float
    """Robust to unequal variances (HC1)."""
    low: float
    high: float
    """95 % interval with Student's quantile."""
    intercept: float
    r_squared: float
    places: int
    """In the regression."""
    left_out: int
    """Places with nothing at the beginning or at the end: logarithms do not know them."""
    years: float

    @property
    def speed(self) -> float:
        """Part of the gap closed per year, -ln(1 + beta T)/T; NaN where the gap widens beyond all bounds."""
        inside = 1 + self.beta * self.years
        return -float(np.log(inside)) / self.years if inside > 0 else NAN

    @property
    def half_life(self) -> float:
        """Years until half of the gap is closed; NaN without convergence."""
        return float(np.log(2)) / self.speed if self.speed > 0 else NAN


@dataclass(frozen=True, slots=True, eq=False)
class SpatialMarkov:
    """Moves of places between classes from year to year, by the class of their neighbours."""

    counts: NDArray[np.int64]
    """Class of the neighbours x class before x class after."""
    probabilities: Floats
    """Of the class after; NaN in rows without a place."""
    bounds: Floats
    """Upper bounds of the classes, in units of the mean of the year."""
    neighbour_bounds: Floats
    """Those of the classes of neighbours."""
    statistic: float
    """Likelihood ratio of moves that depend on the neighbours against moves that do not."""
    degrees: int
    """Degrees of freedom."""
    p: float
    """Of the chi-square approximation; with few places in a row it is rough."""


def sigma(values: ArrayLike, method: Literal["cv", "log"] = "cv") -> Floats:
    """Return the scatter of places in each year.

    Parameters
    ----------
    values
        Places x years, amounts or shares.
    method
        ``cv``: standard deviation over mean (denominators n); ``log``: standard deviation of logarithms,
        over places with a positive value only.

    Returns
    -------
    ndarray
        One number per year, 0 for equal places, at most sqrt(n - 1) for ``cv``; NaN without amounts.

    References
    ----------
    Barro, Sala-i-Martin 1992.

    Examples
    --------
    >>> sigma([[1, 2], [3, 2]]).tolist()
    [0.5, 0.0]
    """
    table = _table(values)
    if method not in ("cv", "log"):
        raise ValueError(f"method {method!r} is not known; use cv or log")
    if not len(table):
        return np.full(table.shape[1], NAN)
    if method == "log":
        return np.array([_log_scatter(column) for column in table.T])
    mean = table.mean(axis=0)
    return np.asarray(np.divide(table.std(axis=0), mean, out=np.full(mean.size, NAN), where=mean > 0))


def _log_scatter(column: Floats) -> float:
    positive = column[column > 0]
    return float(np.log(positive).std()) if positive.size else NAN


def beta(initial: ArrayLike, final: ArrayLike, years: float) -> Beta:
    """Regress yearly growth on the logarithm of the initial value: (1/T) ln(x_T/x_0) = a + b ln x_0.

    Parameters
    ----------
    initial, final
        One value per place at the beginning and ``years`` years later. Places with 0 at either end are left
        out, which favours divergence: those that started from nothing are not seen.
    years
        T > 0.

    Returns
    -------
    Beta
        NaN with fewer than three places, or where all began alike.

    References
    ----------
    Barro, Sala-i-Martin 1992; MacKinnon, White 1985 (HC1).

    Examples
    --------
    >>> found = beta([1, 2, 4, 8], [2, 3, 5, 8], years=1)
    >>> round(found.beta, 3), found.places
    (-0.326, 4)
    """
    x, y = (np.asarray(v, dtype=np.float64) for v in (initial, final))
    if x.shape != y.shape or x.ndim != 1 or not years > 0:
        raise ValueError("one value per place at either end, and years above 0, are needed")
    kept = (x > 0) & (y > 0)
    n, left_out = int(kept.sum()), int((~kept).sum())
    level, growth = np.log(x[kept]), np.log(y[kept] / x[kept]) / years
    if n < 3 or np.ptp(level) < 1e-12:
        return Beta(NAN, NAN, NAN, NAN, NAN, NAN, n, left_out, years)
    from scipy import stats

    centred = level - level.mean()
    spread = float(centred @ centred)
    slope = float(centred @ growth / spread)
    rest = growth - growth.mean() - slope * centred
    error = float(np.sqrt(((centred * rest) ** 2).sum() * n / (n - 2))) / spread
    half = float(stats.t.ppf(0.975, n - 2)) * error
    scatter = float(((growth - growth.mean()) ** 2).sum())
    r_squared = 1 - float(rest @ rest) / scatter if scatter else NAN
    intercept = float(growth.mean() - slope * level.mean())
    return Beta(slope, error, slope - half, slope + half, intercept, r_squared, n, left_out, years)


def relative_classes(values: ArrayLike, classes: int = 4) -> tuple[NDArray[np.int64], Floats]:
    """Put places of all years into classes of their value over the mean of the year.

    Parameters
    ----------
    values
        Places x years.
    classes
        Number of classes, of equal size over all places and years as far as equal values allow.

    Returns
    -------
    tuple
        Class of each place and year, from 0 for the least (-1 in a year without amounts), and the upper
        bounds of the classes.

    References
    ----------
    Quah 1993; Rey 2001.

    Examples
    --------
    >>> relative_classes([[1, 1], [2, 2], [3, 3], [6, 6]], classes=2)[0].tolist()
    [[0, 0], [0, 0], [1, 1], [1, 1]]
    """
    table = _table(values)
    if classes < 2:
        raise ValueError(f"at least 2 classes are needed, not {classes}")
    return _of_equal_size(_relative(table), classes)


def _of_equal_size(relative: Floats, classes: int) -> tuple[NDArray[np.int64], Floats]:
    known = relative[np.isfinite(relative)]
    if not known.size:
        return np.full(relative.shape, -1), np.full(classes, NAN)
    bounds = np.quantile(known, np.arange(1, classes + 1) / classes)
    return _classed(relative, bounds), bounds


def _relative(table: Floats) -> Floats:
    mean = table.mean(axis=0) if len(table) else np.zeros(table.shape[1])
    return np.asarray(np.divide(table, mean, out=np.full(table.shape, NAN), where=mean > 0))


def _classed(relative: Floats, bounds: Floats) -> NDArray[np.int64]:
    found = np.searchsorted(bounds[:-1], relative, side="left").astype(np.int64)
    return np.where(np.isfinite(relative), found, -1)


def spatial_markov(values: ArrayLike, weights: ArrayLike, classes: int = 4) -> SpatialMarkov:
    """Count the moves of places between classes, by the class of their neighbours in the year before.

    Parameters
    ----------
    values
        Places x years, for example shares of what is taken.
    weights
        Places x places: how much one counts as a neighbour of another, such as 1 over their distance;
        rows are divided by their sums and the diagonal is not used. A place without neighbours is left out.
    classes
        As in ``relative_classes``. Neighbours are classed by their mean in as many classes of equal size.

    Returns
    -------
    SpatialMarkov
        With fewer than two years all counts are 0 and the test is NaN.

    References
    ----------
    Rey 2001; Bickenbach, Bode 2003 (test).

    Examples
    --------
    >>> values = [[1, 1], [1, 5], [5, 5], [5, 1]]
    >>> beside = [[0, 0, 0, 1], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]
    >>> spatial_markov(values, beside, classes=2).counts.tolist()
    [[[0, 1], [0, 0]], [[1, 0], [1, 1]]]
    """
    table, square = _table(values), np.array(weights, dtype=np.float64)
    if square.shape != (len(table), len(table)) or (square < 0).any():
        raise ValueError("weights are a square of numbers not below 0, a row and a column for each place")
    np.fill_diagonal(square, 0)
    sums = square.sum(axis=1)
    class_of, bounds = relative_classes(table, classes)
    counts = np.zeros((classes, classes, classes), dtype=np.int64)
    near = np.full(table.shape, NAN)
    near[sums > 0] = (square[sums > 0] / sums[sums > 0, None]) @ np.nan_to_num(_relative(table))
    near[class_of < 0] = NAN
    around, neighbour_bounds = _of_equal_size(near, classes)
    for before in range(table.shape[1] - 1):
        rows = (around[:, before] >= 0) & (class_of[:, before] >= 0) & (class_of[:, before + 1] >= 0)
        at = (around[rows, before], class_of[rows, before], class_of[rows, before + 1])
        np.add.at(counts, at, 1)
    total = counts.sum(axis=2, keepdims=True)
    chances = np.divide(counts, total, out=np.full(counts.shape, NAN), where=total > 0)
    statistic, degrees = _dependence(counts)
    p = NAN
    if degrees:
        from scipy import stats

        p = float(stats.chi2.sf(statistic, degrees))
    tested = statistic if degrees else NAN
    return SpatialMarkov(counts, chances, bounds, neighbour_bounds, tested, degrees, p)


def _dependence(counts: NDArray[np.int64]) -> tuple[float, int]:
    """Return the likelihood ratio of moves by neighbours against moves of all, and its degrees of freedom."""
    statistic, degrees = 0.0, 0
    for start in range(counts.shape[1]):
        moves = counts[:, start]
        used = moves[moves.sum(axis=1) > 0][:, moves.sum(axis=0) > 0].astype(np.float64)
        if min(used.shape) < 2:
            continue
        expected = np.outer(used.sum(axis=1), used.sum(axis=0)) / used.sum()
        there = used > 0
        statistic += 2 * float((used[there] * np.log(used[there] / expected[there])).sum())
        degrees += (used.shape[0] - 1) * (used.shape[1] - 1)
    return statistic, degrees


def _table(values: ArrayLike) -> Floats:
    table = np.asarray(values.to_numpy() if isinstance(values, pd.DataFrame) else values, dtype=np.float64)
    if table.ndim != 2 or not np.isfinite(table).all() or (table < 0).any():
        raise ValueError("values are places x years, none missing or below 0")
    return table
