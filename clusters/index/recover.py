"""A published index read backwards: which weights give the printed totals, and how well they are known.

Printed numbers are rounded, so weights are not known exactly but within intervals: those weights for which
some unrounded numbers would give the same print. Where round weights (multiples of 0.05, else 0.01) lie
within, they are taken for the ones that were used, and all other round weights are looked at too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.index._constrained import least_squares
from clusters.index._corridor import Corridor
from clusters.index._grid import on_grid
from clusters.index._printed import Print, printed_numbers

__all__ = ["Recovered", "printed_numbers", "recover"]

Floats = NDArray[np.float64]
NAN = float("nan")
GRID = (0.05, 0.01)
MEANS = ("arithmetic", "geometric")
SMALL = 1e-9
MANY = 10
"""Rows that are set aside one by one; with more, all are named at once."""


@dataclass(frozen=True)
class Recovered:
    """Weights that explain printed totals, what bounds them, and what else would explain them."""

    weights: pd.Series
    """``snapped`` where there is one, else ``estimate``."""
    estimate: pd.Series
    """Least squares with the conditions asked for."""
    unconstrained: pd.Series
    """Least squares without condition and without a constant (unless one is asked for)."""
    low: pd.Series
    """Least value of each weight with which rounding could give the print; NaN where none can."""
    high: pd.Series
    """Largest value."""
    identified: pd.Series
    """Whether the interval of each weight is no wider than the coarsest grid step."""
    snapped: pd.Series | None
    """Round weights that explain the print, those with the smallest largest residual."""
    grid: float | None
    """Their step."""
    fitting: int | None
    """How many vectors of that step explain the print; ``None`` where there are too many to count."""
    runner_up: pd.Series | None
    """The next best round weights of that step, by their largest residual."""
    runner_up_residual: float
    """Their largest residual."""
    constant: float
    """What is added to the weighted mean; 0 unless asked for."""
    totals: pd.Series
    """Printed totals of the rows used."""
    fitted: pd.Series
    """Totals that ``weights`` give."""
    bounds: pd.Series
    """How far rounding of both sides can set each printed total apart from ``fitted``."""
    feasible: bool
    """Whether any weights explain the print."""
    smallest_bound: float
    """Largest residual of the weights for which it is least (minimax): no less would do."""
    broken: pd.Series
    """Rows that keep weights from explaining all rows, by how much; without them the others can be."""
    left_out: int
    """Rows with a missing cell."""
    units: pd.Series
    """Unit of the last printed digit of every column and, last, of the total."""

    @property
    def unique(self) -> bool | None:
        """Whether no other vector of the grid explains the print; ``None`` where that is not decided."""
        return None if self.snapped is None or self.fitting is None else self.fitting == 1

    @property
    def residuals(self) -> pd.Series:
        """Printed less fitted totals."""
        return (self.totals - self.fitted).rename("residual")

    @property
    def max_residual(self) -> float:
        """Largest residual, without its sign."""
        return float(self.residuals.abs().max())

    @property
    def bound(self) -> float:
        """Largest of the rows' rounding bounds: 0.5 u (1 + sum |w|) where all digits are alike."""
        return float(self.bounds.max())

    @property
    def reproduced(self) -> int:
        """Number of totals that come out with all printed digits, a half rounded up."""
        half = float(self.units.iloc[-1]) / 2
        off = self.residuals
        return int(((off > -half * (1 - 1e-6)) & (off <= half * (1 + 1e-6))).sum())


def recover(
    scores: pd.DataFrame,
    totals: pd.Series,
    *,
    unit: float | None = None,
    grid: Sequence[float] = GRID,
    nonnegative: bool = True,
    sum_to_one: bool = True,
    intercept: bool = False,
    mean: str = "arithmetic",
) -> Recovered:
    """Find the weights behind a published index, from its printed sub-scores and totals.

    total_i = sum_j w_j x_ij, both sides rounded: |total - sum w x| <= 0.5 u (1 + sum |w|) for every row.

    Parameters
    ----------
    scores
        Rows units, columns sub-scores. Best as text, with the digits that are printed.
    totals
        Printed totals, by the same units.
    unit
        Unit u of the last printed digit; by default found for every column from its text (the most
        decimals of its cells), which numbers without their text show only as far as the last digit is
        not always 0.
    grid
        Steps of round weights, tried in this order.
    nonnegative, sum_to_one
        What is known of the weights.
    intercept
        Whether the totals have an unknown constant besides.
    mean
        ``arithmetic``, or ``geometric``: total = prod x^w.

    Returns
    -------
    Recovered
        Weights with their intervals, the round weights and whether they are the only ones, residuals,
        or what keeps the totals from being explained.

    Raises
    ------
    DataError
        Text in numbers, no complete row, a number of 0 or below under a geometric mean.
    ValueError
        Different rows on both sides, an unknown mean, a grid step outside (0, 1] that does not divide 1.

    Notes
    -----
    Intervals are linear programmes over all weights allowed, so they hold whatever the rounding did;
    the least-squares estimate need not lie in its middle. They are wide where sub-scores move
    together or rows are few: the totals then do not tell the weights (``identified``). With
    ``nonnegative=False`` the intervals may come out a little too wide, never too narrow.

    Round weights are found completely: all vectors of a grid within the intervals are tried. The
    runner-up is the next best of all vectors of the grid.

    References
    ----------
    Methods 2.1 and 2.5, step 6.

    Examples
    --------
    >>> from clusters import published
    >>> table = published.load("kr36_2020", as_printed=True).set_index("city_zh")
    >>> found = recover(table[["environment", "funding", "rnd", "foundation", "outcome"]], table["total"])
    >>> found.weights.tolist(), found.unique, round(found.max_residual, 4), round(found.bound, 4)
    ([0.15, 0.2, 0.25, 0.2, 0.2], True, 0.006, 0.01)
    >>> found.low.round(4).tolist(), found.high.round(4).tolist()
    ([0.1492, 0.1996, 0.2481, 0.1988, 0.1988], [0.1514, 0.2006, 0.2511, 0.2019, 0.201])
    >>> round(found.runner_up_residual, 3), found.reproduced
    (0.554, 26)
    """
    if unit is not None and not 0 < unit < np.inf:
        raise ValueError(f"the unit of the last digit is {unit:g}; it must be above 0, such as 0.01")
    if mean not in MEANS:
        raise ValueError(f"mean {mean!r} cannot be read backwards; use {' or '.join(MEANS)}")
    wrong = [step for step in grid if not 0 < step <= 1 or abs(1 / step - round(1 / step)) > 1e-6]
    if wrong:
        raise ValueError(f"a grid step of {wrong[0]:g} does not divide 1; use such as 0.05, 0.01")
    print_ = Print.of(scores, totals, unit, mean)
    corridor = print_.corridor(nonnegative, sum_to_one, intercept)
    conditions = {"nonnegative": nonnegative, "sum_to_one": sum_to_one, "intercept": intercept}
    middle, right = print_.link(print_.scores), print_.link(print_.totals)
    estimate, constant = least_squares(middle, right, **conditions)
    free, _ = least_squares(middle, right, nonnegative=False, sum_to_one=False, intercept=intercept)
    found = corridor.intervals()
    nothing = np.full(corridor.parts, NAN)
    low, high = nothing, nothing
    if found is not None:
        low, high = found
    search = _Search(print_, corridor, estimate)
    rounded = search.over(grid) if found is not None else _Rounded()
    weights = estimate if rounded.snapped is None else rounded.snapped
    if rounded.snapped is not None and intercept:
        constant = search.constant(weights)
    fitted = print_.unlink(middle @ weights + constant)
    widest = max(grid, default=GRID[0])
    named = print_.series
    return Recovered(
        weights=named(weights),
        estimate=named(estimate),
        unconstrained=named(free),
        low=named(low),
        high=named(high),
        identified=named(high - low <= widest + SMALL).astype(bool),
        snapped=None if rounded.snapped is None else named(rounded.snapped),
        grid=rounded.step,
        fitting=rounded.fitting,
        runner_up=None if rounded.runner_up is None else named(rounded.runner_up),
        runner_up_residual=rounded.runner_up_residual,
        constant=constant,
        totals=pd.Series(print_.totals, index=print_.rows, name="total"),
        fitted=pd.Series(fitted, index=print_.rows, name="fitted"),
        bounds=pd.Series(print_.reach(corridor, weights, constant), index=print_.rows, name="bound"),
        feasible=found is not None,
        smallest_bound=search.smallest(),
        broken=search.broken() if found is None else pd.Series(dtype=float, name="excess"),
        left_out=print_.left_out,
        units=pd.Series([*print_.units, print_.unit], index=[*print_.parts, "total"], name="unit"),
    )


@dataclass(frozen=True)
class _Rounded:
    snapped: Floats | None = None
    step: float | None = None
    fitting: int | None = None
    runner_up: Floats | None = None
    runner_up_residual: float = NAN


@dataclass(frozen=True)
class _Search:
    """Looks for round weights, and for what the totals lack where there are no weights at all."""

    print_: Print
    corridor: Corridor
    estimate: Floats

    def over(self, grid: Sequence[float]) -> _Rounded:
        """Return the round weights of the first step that has some within the corridor."""
        for step in grid:
            fitting = on_grid(self.corridor, step)
            if fitting is None:  # too many: the nearest ones may do, whether they are alone is open
                nearest = self._nearest(step)
                if nearest is not None and self.corridor.explains(nearest[None])[0]:
                    return _Rounded(nearest, step)
            elif len(fitting):
                residuals = self._residuals(fitting)
                best = int(np.lexsort((np.abs(fitting - self.estimate).sum(axis=1), residuals.round(12)))[0])
                runner, missed = self._runner_up(step, fitting[best])
                return _Rounded(fitting[best], step, len(fitting), runner, missed)
        return _Rounded()

    def constant(self, weights: Floats) -> float:
        """Return the constant with which the largest residual of given weights is least."""
        off = self._right - self._middle @ weights
        return float(off.max() + off.min()) / 2 if self.corridor.intercept else 0.0

    @cached_property
    def _middle(self) -> Floats:
        return self.print_.link(self.print_.scores)

    @cached_property
    def _right(self) -> Floats:
        return self.print_.link(self.print_.totals)

    def _residuals(self, vectors: Floats) -> Floats:
        """Return the largest residual of each of several vectors."""
        fits = vectors @ self._middle.T
        if self.corridor.intercept:
            off = self._right - fits
            fits = fits + (off.max(axis=1, keepdims=True) + off.min(axis=1, keepdims=True)) / 2
        return np.asarray(np.abs(self.print_.totals - self.print_.unlink(fits)).max(axis=1))

    def _runner_up(self, step: float, best: Floats) -> tuple[Floats | None, float]:
        """Return the next best vector of the grid.

        It is no worse than the best of those that move one step from one part to another, so only vectors
        that are no worse than these need to be looked at.
        """
        near = self._neighbours(step, best)
        if not len(near):
            return None, NAN
        reach = float(self._residuals(near).min())
        found = on_grid(self.print_.within(self.corridor, reach * (1 + SMALL)), step)
        if found is None:
            return None, NAN
        others = np.vstack([near, found[np.abs(found - best).max(axis=1) > step / 2]])
        residuals = self._residuals(others)
        first = int(np.argmin(residuals))
        return others[first], float(residuals[first])

    def _neighbours(self, step: float, best: Floats) -> Floats:
        moves = np.eye(len(best)) * step
        if self.corridor.sum_to_one:
            pairs = moves[:, None, :] - moves[None, :, :]
            near = best + pairs.reshape(-1, len(best))
        else:
            near = best + np.vstack([moves, -moves])
        changed = np.abs(near - best).max(axis=1) > step / 2
        allowed = (near > -SMALL).all(axis=1) | (not self.corridor.nonnegative)
        return np.asarray(np.round(near[changed & allowed], 12))

    def _nearest(self, step: float) -> Floats | None:
        """Round the estimate to the grid, keeping its sum (largest remainders)."""
        whole = np.round(self.estimate / step)
        if self.corridor.sum_to_one:
            left = self.estimate / step - np.floor(self.estimate / step)
            whole = np.floor(self.estimate / step)
            missing = round(1 / step - whole.sum())
            if not 0 <= missing <= len(whole):
                return None
            whole[np.argsort(-left, kind="stable")[:missing]] += 1
        return np.asarray(np.round(whole * step, 12))

    def smallest(self) -> float:
        """Return the largest residual of the weights for which it is least."""
        exact = self.corridor.exactly(self._middle, self._right, self._right)
        weights, constant, _ = exact.closest(self.estimate)
        fitted = self.print_.unlink(self._middle @ weights + constant)
        return float(np.abs(self.print_.totals - fitted).max())

    def broken(self) -> pd.Series:
        """Return the rows that keep weights from explaining all, by how much, the worst first.

        The least sum of excesses spreads a little of a large one over other rows, so the row with the
        largest is set aside and the others are tried again.
        """
        kept = np.arange(len(self.print_.rows))
        limit = 1e3 * self.corridor.slack
        aside: list[int] = []
        while kept.size:
            excess = self.corridor.rows(kept).breaking(self.estimate)
            broken = np.flatnonzero(excess > limit)
            if not broken.size:
                break
            if broken.size > MANY and broken.size > len(kept) / 4:
                aside += kept[broken].tolist()
                break
            worst = int(np.argmax(excess))
            aside.append(int(kept[worst]))
            kept = np.delete(kept, worst)
        others = np.setdiff1d(kept, aside)
        trusted = self.corridor.rows(others) if others.size else self.corridor
        weights, constant, _ = trusted.closest(self.estimate)
        off = self._right - self._middle @ weights - constant
        fitted = self.print_.unlink(self._right - off)
        beyond = np.abs(self.print_.totals - fitted) - self.print_.reach(self.corridor, weights, constant)
        found = pd.Series(beyond[aside], index=self.print_.rows[aside], name="excess")
        return found.sort_values(ascending=False, kind="stable")
