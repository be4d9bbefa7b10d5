"""Distributions of y = ln(x / q) over y > 0, where q is the beginning of a tail, and their maxima.

A lognormal is a normal distribution there, a stretched exponential Gompertz', a power law an
exponential one. Whole numbers are intervals of y. Each function returns the log-likelihood of each
distinct value.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Shape = tuple[float, float]


class Logs(NamedTuple):
    """A tail on the scale y: each value, or the interval of a whole number, and the mean of y."""

    low: Floats
    width: Floats
    counts: NDArray[np.int64]
    mean: float
    discrete: bool


class Top(NamedTuple):
    """A maximum, and whether it lies at the bound of the family."""

    shape: Shape
    loglikelihoods: Floats
    at_bound: bool


Family = Callable[[Logs, float, float], Floats]


def normal(logs: Logs, slope: float, bend: float) -> Floats:
    """Log-likelihood, in y, of a normal distribution cut at 0."""
    whole = log_area(slope, bend)
    low, width = logs.low, logs.width
    start = -(slope + bend * low) * low
    if not logs.discrete:
        return np.asarray(start - whole)
    high = low + width
    steep_low, steep_high = slope + 2 * bend * low, slope + 2 * bend * high
    # Where little changes across an interval differences would lose their digits: integrate.
    points, weights = np.polynomial.legendre.leggauss(6)
    ahead = width[:, None] * (points + 1) / 2
    inside = np.exp(-(steep_low[:, None] + bend * ahead) * ahead) @ weights / 2
    result = start + np.log(width * inside)
    wide = np.flatnonzero(width * np.maximum(np.abs(steep_low), np.abs(steep_high)) > 0.7)
    if wide.size:
        result[wide] = _between(start[wide], steep_low[wide], steep_high[wide], width[wide], bend)
    return np.asarray(result - whole)


def _between(start: Floats, steep_low: Floats, steep_high: Floats, width: Floats, bend: float) -> Floats:
    """Log of the area under e^(-slope y - bend y^2) over wide intervals.

    Areas of tails are taken away from the peak, so that the difference is between unlike numbers.
    """
    from scipy.special import erf

    end = start - (steep_low + steep_high) / 2 * width
    right, left = steep_low >= 0, steep_high <= 0
    near = np.where(
        right, start + log_area(np.abs(steep_low), bend), end + log_area(np.abs(steep_high), bend)
    )
    far = np.where(right, end + log_area(np.abs(steep_high), bend), start + log_area(np.abs(steep_low), bend))
    result = near + np.log(-np.expm1(np.minimum(far - near, 0.0)))
    over = ~(right | left)
    scale = 2 * math.sqrt(bend)
    both = erf(steep_high[over] / scale) - erf(steep_low[over] / scale)
    top = start[over] + (steep_low[over] / scale) ** 2
    result[over] = top + 0.5 * math.log(math.pi / (4 * bend)) + np.log(both)
    return np.asarray(result)


def log_area(slope: Floats | float, bend: float) -> Floats:
    """Log of the area under e^(-slope y - bend y^2) over y > 0."""
    from scipy.special import erfc, erfcx

    reduced = np.asarray(slope) / (2 * math.sqrt(bend))
    left = np.minimum(reduced, 0.0)
    scaled = np.where(reduced > -1, np.log(erfcx(np.maximum(reduced, -1))), left**2 + np.log(erfc(left)))
    return np.asarray(scaled + 0.5 * math.log(math.pi / (4 * bend)))


def gompertz(logs: Logs, h: float, beta: float) -> Floats:
    """Log-likelihood, in y, of Gompertz' distribution."""
    hazard = h * np.expm1(beta * logs.low)
    if not logs.discrete:
        return np.asarray(math.log(h * beta) + beta * logs.low - hazard)
    across = h * np.exp(beta * logs.low) * np.expm1(beta * logs.width)
    return np.asarray(np.log(-np.expm1(-across)) - hazard)


def exponential(logs: Logs) -> Floats:
    """Log-likelihood, in y, of the exponential distribution that fits best."""
    rate = 1 / logs.mean
    if not logs.discrete:
        return np.asarray(math.log(rate) - rate * logs.low)
    total = logs.counts.sum()
    with np.errstate(over="ignore"):
        for _ in range(50):  # Newton's method in ln rate; the likelihood is concave in the rate
            half = logs.width / (2 * np.sinh(rate * logs.width / 2))
            slope = logs.counts @ (half * np.exp(-rate * logs.width / 2) - logs.low) / total
            bend = logs.counts @ half**2 / total
            rate *= math.exp(min(max(slope / (rate * bend), -1.0), 1.0))
            if slope**2 < 1e-20 * bend:
                break
    return np.asarray(np.log(-np.expm1(-rate * logs.width)) - rate * logs.low)


def climb(
    logs: Logs, family: Family, shape: Callable[[Floats], Shape], starts: list[tuple[float, float]]
) -> Top | None:
    """Seek the maximum over two numbers; ``None`` if the derivatives do not vanish where the search ends.

    The second number enters squared: where it is 0 lies the bound of the family.
    """
    from scipy.optimize import minimize

    total = logs.counts.sum()

    def depth(point: Floats) -> float:
        mean = float(logs.counts @ family(logs, *shape(point)) / total)
        return -mean if math.isfinite(mean) else math.inf

    with np.errstate(all="ignore"):
        best = np.asarray(min(starts, key=lambda start: depth(np.asarray(start))))
        reach, last = 0.3, math.inf
        for _ in range(12):
            simplex = best + np.array([[0, 0], [reach, 0], [0, reach * (1 + abs(best[1]))]])
            options = {"initial_simplex": simplex, "xatol": 1e-6, "fatol": 1e-12, "maxiter": 2000}
            end = minimize(depth, best, method="Nelder-Mead", options=options)
            gain, best, last, reach = last - end.fun, end.x, end.fun, -0.1 * np.sign(reach)
            if gain < 1e-10:  # a search that begins anew stays where it is
                break
        top = _polished(depth, best)
        if top is None:
            return None
        return Top(shape(top), family(logs, *shape(top)), abs(top[1]) < 0.03)


def _polished(depth: Callable[[Floats], float], point: Floats) -> Floats | None:
    """A minimum made exact by Newton's method with differences; ``None`` where there is none."""
    size = 1e-4 * (1 + np.abs(point))
    for _ in range(8):
        here, slope, bends = _differences(depth, point, size)
        if not (np.isfinite(bends).all() and (np.diag(bends) > 0).all()):
            return None
        move = np.linalg.lstsq(bends, slope, rcond=1e-12)[0]
        gain = float(slope @ move) / 2
        if abs(gain) < 1e-13:
            return point
        # Steps over which the depth changes by about 1e-8 see its curvature, and not what is beyond.
        size = np.clip(np.sqrt(1e-8 / np.diag(bends)), 1e-7 * (1 + np.abs(point)), 1e-2)
        if depth(point - move) <= here:
            point = point - move
    return point if abs(gain) < 1e-9 else None


def _differences(
    depth: Callable[[Floats], float], point: Floats, size: Floats
) -> tuple[float, Floats, Floats]:
    """Value, first and second derivatives at a point."""
    steps = np.diag(size)
    here = depth(point)
    ahead = np.array([depth(point + step) for step in steps])
    behind = np.array([depth(point - step) for step in steps])
    bends = np.diag((ahead - 2 * here + behind) / size**2)
    corner = depth(point + size) + depth(point - size)
    bends[0, 1] = bends[1, 0] = (corner + 2 * here - ahead.sum() - behind.sum()) / (2 * size.prod())
    return here, (ahead - behind) / (2 * size), bends
