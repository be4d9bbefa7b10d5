"""Intervals of the parameters of Bass's curve."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from clusters.measures import _bass_curve
from clusters.measures._bass_fits import BassFit, fit_many, fitted_values, logarithms
from clusters.measures._least_squares import Floats, least_squares

NAN = float("nan")
FAR = 5
"""Errors in units of their parameter beyond which the series says nothing about it: at 5 the ends of an
interval are a factor of 10^10 apart, at 100 one of 10^120."""
GRID = 81
"""Values at which a parameter is held for its profile."""


def estimates(found: BassFit) -> zip[tuple[float, float]]:
    return zip((found.p, found.q, found.m), (found.p_error, found.q_error, found.m_error), strict=True)


def on_log_scale(value: float, error: float, times: float) -> tuple[float, float]:
    if not value > 0 or not math.isfinite(error) or error > FAR * value:
        return NAN, NAN
    half = times * error / value
    return value * math.exp(-half), value * math.exp(half)


def redrawn(found: BassFit, replicates: int, seed: int, level: float) -> list[tuple[float, float]]:
    """Fit series drawn around the fitted curve, and studentise their estimates on the logarithmic scale."""
    if replicates < 2:
        raise ValueError(f"an interval needs at least 2 replicates, not {replicates}")
    random = np.random.default_rng(seed)
    k = 2 if found.m_fixed else 3
    mean = fitted_values(found)
    drawn = np.maximum(mean + found.residual * random.standard_normal((replicates, mean.size)), 0)
    form: Literal["interval", "density"] = "density" if found.form == "density" else "interval"
    drawn_at, squares, slopes = fit_many(drawn, form=form, m=found.m if found.m_fixed else None, near=found)
    values, errors = (np.array(x[:k]) for x in zip(*estimates(found), strict=True))
    scaled = slopes * drawn_at[:, None, :k]
    inverse = np.linalg.pinv(np.einsum("rnk,rnl->rkl", scaled, scaled))
    scatter = np.sqrt(np.einsum("rkk->rk", inverse) * squares[:, None] / (found.periods - k))
    with np.errstate(divide="ignore", invalid="ignore"):
        student = (np.log(drawn_at[:, :k]) - np.log(values)) / scatter
    low, high = np.nanquantile(student, [(1 - level) / 2, (1 + level) / 2], axis=0)
    if (errors > FAR * values).any():
        return [(NAN, NAN)] * k
    relative = errors / values
    return [
        (float(v * np.exp(-up * r)), float(v * np.exp(-down * r)))
        for v, r, down, up in zip(values, relative, low, high, strict=True)
    ]


def profile(found: BassFit, held: int, level: float) -> tuple[float, float]:
    """Return between which values of one parameter the best fit of the others stays good enough."""
    from scipy import stats

    k = 2 if found.m_fixed else 3
    best = float(((found.new - fitted_values(found)) ** 2).sum())
    free = found.periods - k
    most = best * (1 + float(stats.f.ppf(level, 1, free)) / free)
    values = np.array([x for x, _ in estimates(found)][:k])
    errors = np.array([e for _, e in estimates(found)][:k])
    reach = min(8 * float(errors[held] / values[held]) + 0.5, 12.0)
    grid = np.log(values[held]) + np.linspace(-reach, reach, GRID)
    squares = _held_squares(found, held, grid, values)
    inside = squares <= most
    centre = GRID // 2
    low, high = centre, centre
    while low > 0 and inside[low - 1]:
        low -= 1
    while high < GRID - 1 and inside[high + 1]:
        high += 1
    ends = []
    for at, step, open_ in ((low, -1, 0.0), (high, 1, math.inf)):
        beyond = at + step
        if not 0 <= beyond < GRID:
            ends.append(open_)
            continue
        part = (most - squares[at]) / (squares[beyond] - squares[at])
        ends.append(math.exp(grid[at] + part * (grid[beyond] - grid[at])))
    return ends[0], ends[1]


def _held_squares(found: BassFit, held: int, grid: Floats, values: Floats) -> Floats:
    """Return the least sums of squares with one parameter held at each value of a grid."""
    total = float(found.new.sum())
    market = np.full(grid.size, found.m / total) if found.m_fixed else None
    full = _bass_curve.model("density" if found.form == "density" else "interval", found.periods, market)
    free = [i for i in range(len(values)) if i != held]

    def model(logs: Floats) -> tuple[Floats, Floats]:
        everything = np.empty((len(logs), len(values)))
        everything[:, free], everything[:, held] = logs, grid - (math.log(total) if held == 2 else 0.0)
        fitted, slopes = full(everything)
        return fitted, slopes[:, :, free]

    rows: NDArray[np.float64] = np.repeat(found.new[None] / total, grid.size, axis=0)
    return least_squares(model, logarithms(found)[:, free], rows).squares * total**2
