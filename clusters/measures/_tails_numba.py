"""Power-law tails of many samples compiled, for ``clusters[fast]``: same results as ``_tails_many``.

One candidate for xmin after the other, each given up at the first value that lies too far.
"""

from __future__ import annotations

from math import ceil, exp, inf, log, nan

import numpy as np
from numba import njit
from numpy.typing import NDArray

from clusters.measures import _tails
from clusters.measures._tails import DIRECT, EASY, FIRST, RATIOS, STEEP, TIE, Floats
from clusters.measures._tails_many import STRIDE, Samples

TERMS = len(RATIOS)
MANY = 1000
"""Candidates from which it pays to begin with a likely one."""
POINTS = 100
"""Values at which a tail is looked at to find it."""


def closer(samples: Samples, limit: float, xmin: float, *, discrete: bool, fixed: bool) -> NDArray[np.bool_]:
    """Tell which samples have a candidate below ``limit``, see ``_tails_many.closer``."""
    result = np.zeros(samples.starts.size - 1, np.bool_)
    at, exact = _tails.corrections()
    _closer(*samples, float(limit), float(xmin), discrete, fixed, at, exact, result)
    return result


def fits(samples: Samples, xmin: float | None, *, discrete: bool) -> tuple[Floats, Floats, Floats]:
    """Fit each sample, see ``_tails_many.fits``."""
    result = np.full((3, samples.starts.size - 1), nan)
    at, exact = _tails.corrections()
    _fits(*samples, nan if xmin is None else float(xmin), discrete, at, exact, result)
    return result[0], result[1], result[2]


@njit(cache=True, nogil=True)
def _closer(values, counts, starts, limit, xmin, discrete, fixed, at, exact, result):
    for k in range(starts.size - 1):
        x = values[starts[k] : starts[k + 1]]
        logs, sizes, means = _sums(x, counts[starts[k] : starts[k + 1]])
        first = np.searchsorted(x, xmin)
        if fixed:
            if x.size - first >= 2:
                mean = means[first] + log(x[first] / xmin)
                alpha = _exponent(xmin, mean, discrete, at, exact)
                result[k] = _distance(x, logs, sizes, first, xmin, alpha, limit, discrete) < limit
            continue
        last = max(x.size - 2, 1) if x.size > 1 else 0
        for step in range(-1, last):
            i = first if step < 0 else step
            if i >= last or (step == first):
                continue
            alpha = _exponent(x[i], means[i], discrete, at, exact)
            if _distance(x, logs, sizes, i, x[i], alpha, limit, discrete) < limit:
                result[k] = True
                break


@njit(cache=True, nogil=True)
def _fits(values, counts, starts, xmin, discrete, at, exact, result):
    for k in range(starts.size - 1):
        x = values[starts[k] : starts[k + 1]]
        if x.size < 2:
            continue
        logs, sizes, means = _sums(x, counts[starts[k] : starts[k + 1]])
        if xmin == xmin:
            first = np.searchsorted(x, xmin)
            if x.size - first >= 2:
                result[0, k] = xmin
                mean = means[first] + log(x[first] / xmin)
                result[1, k] = _exponent(xmin, mean, discrete, at, exact)
                result[2, k] = sizes[first]
            continue
        last = max(x.size - 2, 1)
        alphas = np.empty(last)
        distances = np.full(last, inf)
        for i in range(last):
            alphas[i] = _exponent(x[i], means[i], discrete, at, exact)
        i = _likely(x, logs, sizes, alphas, discrete) if last > MANY else 0
        best = _distance(x, logs, sizes, i, x[i], alphas[i], inf, discrete)
        for i in range(last):
            # Not given up before it lies farther than what counts as equal to the best.
            distances[i] = _distance(x, logs, sizes, i, x[i], alphas[i], best + 2 * TIE, discrete)
            best = min(best, distances[i])
        for i in range(last):
            if distances[i] <= best + TIE:
                result[0, k] = x[i]
                result[1, k] = alphas[i]
                result[2, k] = sizes[i]
                break


@njit(cache=True, nogil=True)
def _likely(x, logs, sizes, alphas, discrete):
    """Return a candidate that some of its values speak for: the others are then given up sooner."""
    best, found = inf, 0
    for i in range(0, alphas.size, STRIDE):
        stride = max((x.size - i) // POINTS, 1)
        some = _widest(x, logs, sizes, i, x[i], alphas[i], best, discrete, stride)
        if some < best:
            best, found = some, i
    return found


@njit(cache=True, nogil=True)
def _sums(x, counts):
    """Logs, sizes of the tails and their mean ln(x/q)."""
    n = x.size
    logs, sizes, means = np.empty(n), np.empty(n), np.empty(n)
    size, below_top = 0.0, 0.0
    top = log(x[n - 1])
    for i in range(n - 1, -1, -1):
        logs[i] = log(x[i])
        size += counts[i]
        below_top += (top - logs[i]) * counts[i]
        sizes[i] = size
        means[i] = max(top - logs[i] - below_top / size, 0.0)
    return logs, sizes, means


@njit(cache=True, nogil=True)
def _distance(x, logs, sizes, first, q, alpha, limit, discrete):
    """KS distance of a tail; infinite as soon as it reaches the limit."""
    if x.size - first > STRIDE * STRIDE:
        some = _widest(x, logs, sizes, first, q, alpha, limit, discrete, STRIDE)
        if some >= limit:
            return some
    return _widest(x, logs, sizes, first, q, alpha, limit, discrete, 1)


@njit(cache=True, nogil=True)
def _widest(x, logs, sizes, first, q, alpha, limit, discrete, stride):
    widest = 0.0
    lower = log(q)
    normal = _zeta(alpha, q) if discrete else 1.0
    for i in range(first, x.size, stride):
        above = max(log(x[i] / q) if alpha > STEEP else logs[i] - lower, 0.0)
        fitted = exp(-alpha * above) * _zeta(alpha, x[i]) / normal if discrete else exp((1 - alpha) * above)
        gap = abs(fitted - sizes[i] / sizes[first])
        if gap >= limit:
            return inf
        widest = max(widest, gap)
    return widest


@njit(cache=True, nogil=True)
def _exponent(q, mean, discrete, at, exact):
    """Maximum-likelihood alpha, found as ``_tails.exponents`` finds it."""
    mean = max(mean, 1e-15)
    if not discrete:
        return 1 + 1 / mean
    guess = 1 / (mean - np.log1p(-0.5 / q))
    if q < DIRECT:
        guess = np.interp(q * _tails.ROW + min(guess, _tails.ROW / 2), at, exact)
    s = 1 + guess
    for _ in range(60):
        slope, bend = _slopes(s, q)
        moved = s + slope * (slope + mean) / (mean * bend)
        moved = min(max(moved, 1 + (s - 1) * 0.25), 1 + (s - 1) * 4)
        done = abs(moved - s) <= 1e-5 * (moved - 1)
        s = moved
        if done:
            break
    return s


@njit(cache=True, nogil=True)
def _steps(s, q):
    """Return how many terms are added before Euler-Maclaurin serves."""
    return max(ceil(max(DIRECT, s / EASY) - q), 0)


@njit(cache=True, nogil=True)
def _zeta(s, q):
    """Z(s, q), see ``_tails.scaled_zeta``."""
    total = 0.0
    start = q
    weight = 1.0
    for _ in range(_steps(s, q)):
        if weight <= 1e-18:
            return total
        total += weight
        start += 1
        weight = exp(-s * log(start / q))
    inverse = 1 / start
    square = inverse * inverse
    value = 1.0
    for k in range(TERMS, 0, -1):
        value = 1 + RATIOS[k - 1] * (s + (2 * k - 1)) * (s + 2 * k) * square * value
    return total + weight * (start / (s - 1) + 0.5 + FIRST * s * inverse * value)


@njit(cache=True, nogil=True)
def _slopes(s, q):
    """First and second derivative in s of ln Z(s, q), see ``_tails.log_zeta_slopes``."""
    zero, one, two = 0.0, 0.0, 0.0
    start = q
    lead = 0.0
    weight = 1.0
    for _ in range(_steps(s, q)):
        if weight <= 1e-18:
            break
        zero += weight
        one -= weight * lead
        two += weight * lead * lead
        start += 1
        lead = log(start / q)
        weight = exp(-s * lead)
    value, slope, bend = _asymptotic_slopes(s, start)
    zero += weight * value
    one += weight * (slope - lead * value)
    two += weight * (bend - 2 * lead * slope + lead * lead * value)
    mean = one / zero
    return mean, max(two / zero - mean * mean, 1e-300)


@njit(cache=True, nogil=True)
def _asymptotic_slopes(s, q):
    """Return the Euler-Maclaurin sum with its first and second derivative in s."""
    inverse, r = 1 / q, 1 / (s - 1)
    square = inverse * inverse
    value, slope, bend = 1.0, 0.0, 0.0
    for k in range(TERMS, 0, -1):
        scale = RATIOS[k - 1] * square
        f = scale * (s + (2 * k - 1)) * (s + 2 * k)
        df = scale * (2 * s + (4 * k - 1))
        bend = 2 * (scale * value + df * slope) + f * bend
        slope = df * value + f * slope
        value = 1 + f * value
    unit = FIRST * inverse
    qr = q * r
    return (
        qr + 0.5 + unit * s * value,
        unit * (value + s * slope) - qr * r,
        unit * (2 * slope + s * bend) + 2 * qr * r * r,
    )
