"""Curves fitted to many series at once: Levenberg and Marquardt's least squares, row by row.

A bootstrap fits the same curve a few hundred times to a handful of points each. One by one
that is slow; here every step is taken for all series together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Model = Callable[[Floats], tuple[Floats, Floats]]
"""Parameters (series x k) to values (series x n) and their derivatives (series x n x k)."""

LONGEST_STEP = 2.0
"""Parameters are logarithms or years: a longer step than that is a leap into the dark."""
SETTLED = 1e-11
STUCK = 1e12


class Fitted(NamedTuple):
    """Parameters of each series, with the sum of squares left."""

    parameters: Floats
    squares: Floats
    slopes: Floats
    """Derivatives at the parameters, series x n x k."""


def least_squares(model: Model, starts: Floats, series: Floats, *, rounds: int = 300) -> Fitted:
    """Fit a model to every row of ``series``, from several starts, and keep the best of them.

    Parameters
    ----------
    model
        See ``Model``.
    starts
        Starts x k, the same for all series, or starts x series x k.
    series
        Series x n.
    rounds
        Most steps from one start.

    Returns
    -------
    Fitted
        Where no start gave finite squares these are infinite.
    """
    best: Fitted | None = None
    for start in starts:
        first = np.array(np.broadcast_to(start, (len(series), start.shape[-1])), dtype=np.float64)
        found = _from(model, first, series, rounds)
        if best is None:
            best = found
            continue
        better = found.squares < best.squares
        for kept, new in zip(best, found, strict=True):
            kept[better] = new[better]
    if best is None:
        raise ValueError("a fit needs at least one start")
    return best


def _from(model: Model, at: Floats, series: Floats, rounds: int) -> Fitted:
    damping = np.full(len(series), 1e-2)
    with np.errstate(all="ignore"):
        values, slopes = model(at)
        left = series - values
        squares = _finite((left**2).sum(axis=1))
        going = np.isfinite(squares)
        for _ in range(rounds):
            rows = np.flatnonzero(going)
            if not rows.size:
                break
            trial = at[rows] + _steps(slopes[rows], left[rows], damping[rows])
            new, slope = _of_rows(model, trial, at, rows)
            rest = series[rows] - new
            lost = _finite((rest**2).sum(axis=1))
            better = lost <= squares[rows]
            gained = squares[rows] - lost
            done = better & (gained <= SETTLED * (squares[rows] + 1e-300))
            moved = rows[better]
            at[moved], slopes[moved], left[moved] = trial[better], slope[better], rest[better]
            squares[moved] = lost[better]
            damping[rows] = np.where(better, damping[rows] / 5, damping[rows] * 4)
            going[rows[done | (damping[rows] > STUCK)]] = False
    return Fitted(at, squares, slopes)


def _of_rows(model: Model, trial: Floats, at: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Evaluate the model for some series; it is told all, as it may know something of each."""
    everything = at.copy()
    everything[rows] = trial
    values, slopes = model(everything)
    return values[rows], slopes[rows]


def _steps(slopes: Floats, left: Floats, damping: Floats) -> Floats:
    normal = np.einsum("rnk,rnl->rkl", slopes, slopes)
    towards = np.einsum("rnk,rn->rk", slopes, left)
    k = normal.shape[-1]
    diagonal = np.einsum("rkk->rk", normal)
    added = damping[:, None] * (diagonal + 1e-12 * diagonal.max(axis=1, keepdims=True) + 1e-300)
    damped = np.nan_to_num(normal + added[:, :, None] * np.eye(k), posinf=1e300, neginf=-1e300)
    try:
        step = np.linalg.solve(damped, np.nan_to_num(towards)[:, :, None])[:, :, 0]
    except np.linalg.LinAlgError:
        step = np.nan_to_num(towards) / (np.einsum("rkk->rk", damped) + 1e-300)
    return np.asarray(np.clip(np.nan_to_num(step), -LONGEST_STEP, LONGEST_STEP))


def _finite(squares: Floats) -> Floats:
    return np.where(np.isfinite(squares), squares, np.inf)
