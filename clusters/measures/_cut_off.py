"""Power law with exponential cut-off: its normalising sum or integral, and its maximum likelihood.

Everything is relative to the beginning q of the tail: with t = (x - q)/q the density is
proportional to (1 + t)^-alpha e^(-rate t), where rate = lambda q. This is an exponential family with
statistics ln(1 + t) and t, so its log-likelihood is concave in (alpha, rate): a point where
the derivatives vanish is the maximum, and at rate 0 one derivative tells whether it lies there.
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusters.measures import _tails

Floats = NDArray[np.float64]
DROP = 42.0  # parts of a sum below e^-42 of its largest are left out
ORDER = 10  # of the differences that join sum and integral
SMOOTH = (
    20.0  # from SMOOTH |alpha| on, with lambda below 2/SMOOTH, differences of ORDER join sum and integral
)
FEW = 400  # so many terms are added one by one anyway
CLOSE = 1e-17  # rise of the mean log-likelihood that a further step would bring
STEPS = 100
TINY = 1e-290  # a rate below it cuts nothing off
FAR = 1e12  # exponents beyond it are given up: so narrow a tail is one value in all but name
PANEL, POINTS = 0.5, 12  # Gauss-Legendre quadrature in ln x: width of a panel, points in each


class Moments(NamedTuple):
    """Logarithm of the normalising sum over q^-alpha e^-rate, and moments of ln(1 + t) and rate t."""

    log_sum: float
    means: Floats
    covariance: Floats


@cache
def _gregory() -> Floats:
    """Weights of f(0), f(1), ... in the sum of f(0) + f(1) + ... less its integral from 0.

    In differences that is f(0)/2 - Df(0)/12 + D^2 f(0)/24 - ..., from the series of z/ln(1 + z).
    """
    series = [1.0]
    for n in range(1, ORDER + 1):
        series.append(-sum(series[k] * (-1) ** (n - k) / (n - k + 1) for k in range(n)))
    weights = np.zeros(ORDER)
    for n in range(1, ORDER + 1):
        for j in range(n):
            weights[j] += series[n] * (-1) ** (n - 1 - j) * math.comb(n - 1, j)
    return weights


@cache
def _legendre() -> tuple[Floats, Floats]:
    points, weights = np.polynomial.legendre.leggauss(POINTS)
    return (points + 1) / 2, weights / 2


def _range(alpha: float, rate: float) -> tuple[float, float]:
    """Interval of u = ln(1 + t) outside of which x f(x) is below e^-DROP of its largest value."""

    def height(u: float) -> float:
        return (1 - alpha) * u - rate * math.expm1(min(u, 700.0))

    top = max(math.log((1 - alpha) / rate), 0.0) if rate > 0 and alpha < 1 else 0.0
    floor = height(top) - DROP
    width = 1.0
    while height(top + width) > floor:
        width *= 2
    low, high = top, top + width
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if height(middle) > floor else (low, middle)
    if height(0.0) >= floor:
        return 0.0, high
    left, right = 0.0, top
    for _ in range(50):
        middle = (left + right) / 2
        left, right = (left, middle) if height(middle) > floor else (middle, right)
    return left, high


def _nodes(alpha: float, rate: float, q: float, *, discrete: bool) -> tuple[Floats, Floats]:
    """Values of t and weights with which any smooth multiple of f(x) is summed over the tail."""
    low, high = _range(alpha, rate)
    if not discrete:
        return _integral(low, high)
    first = math.floor(q * math.expm1(low))
    last = math.ceil(q * math.expm1(high)) if high < 700 else math.inf
    smooth = max(first, math.ceil(SMOOTH * max(abs(alpha), 1.5) - q))
    if last - first <= FEW or rate > 2 / SMOOTH * q or smooth >= last:
        steps = np.arange(first, last + 1, dtype=np.float64)
        return steps / q, np.ones(steps.size)
    steps = np.arange(first, smooth + ORDER, dtype=np.float64)
    weights = np.ones(steps.size)
    weights[-ORDER:] = _gregory()
    t, more = _integral(math.log1p(smooth / q), high)
    return np.r_[steps / q, t], np.r_[weights, q * more]


def _integral(low: float, high: float) -> tuple[Floats, Floats]:
    points, weights = _legendre()
    panels = max(8, math.ceil((high - low) / PANEL))
    width = (high - low) / panels
    u = ((np.arange(panels)[:, None] + points) * width).ravel() + low
    return np.expm1(u), np.exp(u) * np.tile(weights * width, panels)


def moments(alpha: float, rate: float, q: float, *, discrete: bool) -> Moments:
    """Normalise the distribution and take its moments.

    Parameters
    ----------
    alpha, rate
        Any alpha with a positive rate; alpha above 1 with rate 0.
    q
        Beginning of the tail; the sum runs over q, q + 1, ..., the integral over t from 0.

    Returns
    -------
    Moments
        The sum to about 1e-12 of itself.
    """
    t, weights = _nodes(alpha, rate, q, discrete=discrete)
    log = np.log1p(t)
    height = -alpha * log - rate * t
    top = float(height.max())
    mass = weights * np.exp(height - top)
    total = float(mass.sum())
    share = mass / total
    both = np.stack([log, rate * t])
    means = both @ share
    apart = both - means[:, None]
    return Moments(top + math.log(total), means, (apart * share) @ apart.T)


def log_sum(alpha: float, rate: float, q: float, *, discrete: bool) -> float:
    """Logarithm of the sum of (1 + t)^-alpha e^(-rate t), or of its integral over t."""
    if rate > 0:
        return moments(alpha, rate, q, discrete=discrete).log_sum
    return math.log(_tails.scaled_zeta(alpha, q)) if discrete else -math.log(alpha - 1)


def maximum(
    mean_log: float, mean_t: float, q: float, *, discrete: bool, alpha: float
) -> tuple[float, float] | None:
    """Maximum-likelihood alpha and rate of a tail with given means of ln(1 + t) and t.

    Parameters
    ----------
    mean_log, mean_t
        Means over the tail.
    q
        Its beginning.
    alpha
        Exponent of the power law fitted to it: the maximum at rate 0.

    Returns
    -------
    tuple or None
        Rate 0 where the mean under the power law is not above that of the data. ``None`` where the
        likelihood has no maximum: all values are two neighbouring whole numbers.
    """
    if _mean_t(alpha, q, discrete=discrete) <= mean_t:
        return alpha, 0.0
    law, low, high, rate = alpha, 0.0, math.inf, 1 / mean_t
    for _ in range(STEPS):
        if rate < TINY:
            return law, 0.0
        found = _exponent(alpha, rate, mean_log, q, discrete=discrete)
        if found is None:
            return None
        alpha, (_, means, covariance) = found
        # The likelihood with the best alpha for each rate is concave too: slope and bend, times rate.
        slope = float(means[1]) - rate * mean_t
        turn = float(covariance[0, 1] / covariance[0, 0])
        bend = float(covariance[1, 1]) - turn * float(covariance[0, 1])
        low, high = (rate, high) if slope > 0 else (low, rate)
        step = slope / bend if bend > 0 else math.inf
        if abs(slope * step) < CLOSE or high - low < 1e-15 * rate:
            return alpha, rate
        moved = rate * (1 + step)
        if not max(low, rate / 20) < moved < min(high, rate * 20):
            moved = rate * 20 if high == math.inf else math.sqrt(max(low, high / 400) * high)
        alpha -= turn * (moved / rate - 1)
        rate = moved
    return None


def _exponent(
    alpha: float, rate: float, mean_log: float, q: float, *, discrete: bool
) -> tuple[float, Moments] | None:
    """Best alpha for a given rate, by Newton's method within what is known of it."""
    low, high = -FAR, FAR
    for _ in range(STEPS):
        found = moments(alpha, rate, q, discrete=discrete)
        slope, bend = float(found.means[0]) - mean_log, float(found.covariance[0, 0])
        low, high = (alpha, high) if slope > 0 else (low, alpha)
        step = slope / bend if bend > 0 else math.copysign(math.inf, slope)
        if abs(slope * step) < CLOSE:
            return alpha, found
        reach = 2 + abs(alpha)
        alpha = min(max(alpha + step, low, alpha - reach), high, alpha + reach)
        if abs(alpha) >= FAR:
            return None
    return None


def _mean_t(alpha: float, q: float, *, discrete: bool) -> float:
    """Mean of t under the power law itself."""
    if alpha <= 2:
        return math.inf
    if not discrete:
        return 1 / (alpha - 2)
    return float(_tails.scaled_zeta(alpha - 1, q) / _tails.scaled_zeta(alpha, q)) - 1
