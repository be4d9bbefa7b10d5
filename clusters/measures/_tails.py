"""Kernels of power-law tails: distinct values and their counts in, numbers out.

Everything is written relative to the beginning q of a tail, through
Z(s, q) = q^s times Hurwitz' zeta(s, q), which neither overflows nor underflows.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
DIRECT = 12.0  # Hurwitz zeta: below it terms are added one by one, from it Euler-Maclaurin serves
POINTS = (24, 400)  # values at which lower bounds of KS distances are taken, coarse and fine
CELLS = 1 << 18  # numbers per block of a matrix of KS distances
TIE = 1e-9
"""KS distances that differ by less are equal: their rounding errors are about a hundred times smaller."""
STEEP = 1e4
"""Exponents for which the difference of two logarithms is not exact enough."""
EASY = 0.8  # exponent over start up to which Euler-Maclaurin serves


class Tail(NamedTuple):
    """Distinct values of a sample, and for each the tail that begins there."""

    values: Floats
    logs: Floats
    sizes: Floats  # number of values from here on
    mean_log: Floats  # mean of ln(x / q) over the tail from q on


def _tail(values: Floats, counts: NDArray[np.int64]) -> Tail:
    logs = np.log(values)
    sizes = np.cumsum(counts[::-1])[::-1].astype(np.float64)
    # ln x relative to the largest value: sums of small numbers keep their digits.
    below_top = np.cumsum(((logs[-1] - logs) * counts)[::-1])[::-1]
    return Tail(values, logs, sizes, np.maximum(logs[-1] - logs - below_top / sizes, 0.0))


def search(values: Floats, counts: NDArray[np.int64], *, discrete: bool) -> tuple[int, float, float]:
    """Return position of xmin, alpha and KS distance of the best candidate.

    The distance at a few values of a tail is a lower bound of its distance. Candidates are
    measured in full in the order of these bounds, until no bound is below the best distance:
    the result is that of measuring all. Among equal distances the smallest xmin wins, that is
    the longest tail.
    """
    tail = _tail(values, counts)
    candidates = np.arange(max(values.size - 2, 1))
    alphas = exponents(tail.values[candidates], tail.mean_log[candidates], discrete=discrete)
    distances = np.full(candidates.size, np.inf)
    bounds = np.zeros(candidates.size)
    for points in POINTS:
        if values.size <= 4 * points:
            break
        open_ = np.flatnonzero(bounds <= distances.min() + TIE)
        bounds[open_] = _lower_bounds(tail, open_, alphas[open_], points, discrete=discrete)
        first = open_[[np.argmin(bounds[open_])]]
        distances[first] = _distances(tail, first, alphas[first], discrete=discrete)
    order = np.argsort(bounds, kind="stable")
    done, step = 0, 4 if values.size > 4 * POINTS[0] else order.size
    while done < order.size and bounds[order[done]] <= distances.min() + TIE:
        block = np.sort(order[done : done + step])
        distances[block] = _distances(tail, block, alphas[block], discrete=discrete)
        done, step = done + block.size, min(2 * step, 64)
    best = int(np.argmax(distances <= distances.min() + TIE))
    return best, float(alphas[best]), float(distances[best])


def fit_from(
    values: Floats, counts: NDArray[np.int64], xmin: float, *, discrete: bool
) -> tuple[float, float]:
    """Return alpha and KS distance of a tail whose beginning is given."""
    size = counts.sum()
    mean_log = float(log_ratio(values, xmin) @ counts / size)
    alpha = float(exponents(np.array([xmin]), np.array([mean_log]), discrete=discrete)[0])
    below = 1 - np.cumsum(counts[::-1])[::-1] / size
    fitted = 1 - survival(np.array([alpha]), np.array([xmin]), values, discrete=discrete)
    return alpha, float(np.abs(fitted - below).max())


def log_ratio(x: Floats, q: ArrayLike) -> Floats:
    """ln(x/q), exact where x is near q and finite where the two are very far apart."""
    with np.errstate(over="ignore"):
        ratio = np.asarray(x / np.asarray(q))
    return np.log(ratio) if np.isfinite(ratio.max(initial=0.0)) else np.asarray(np.log(x) - np.log(q))


def exponents(q: Floats, mean_log: Floats, *, discrete: bool) -> Floats:
    """Maximum-likelihood alpha of the tails from ``q`` with mean ln(x/q) ``mean_log``.

    Discrete: Newton's method for the alpha whose mean is the one given, on the reciprocals of the
    means, which are nearly linear in alpha.
    """
    mean_log = np.maximum(mean_log, 1e-15)
    if not discrete:
        return np.asarray(1 + 1 / mean_log)
    alpha = _first_guess(q, mean_log)
    todo = np.arange(q.size)
    for _ in range(60):
        s, wanted = alpha[todo], mean_log[todo]
        slope, bend = log_zeta_slopes(s, q[todo])
        moved = s + slope * (slope + wanted) / (wanted * bend)
        moved = np.minimum(np.maximum(moved, 1 + (s - 1) * 0.25), 1 + (s - 1) * 4)
        alpha[todo] = moved
        # The error after a step of Newton's is about the square of the step.
        todo = todo[np.abs(moved - s) > 1e-5 * (moved - 1)]
        if not todo.size:
            break
    return alpha


def _first_guess(q: Floats, mean_log: Floats) -> Floats:
    """Alpha of a continuous tail that begins half a step earlier; for small q corrected by a table."""
    guess = 1 / (mean_log - np.log1p(-0.5 / q))
    few = np.flatnonzero(q < DIRECT)
    if few.size:
        at, exact = corrections()
        guess[few] = np.interp(q[few] * ROW + np.minimum(guess[few], ROW / 2), at, exact)
    return np.asarray(1 + guess)


ROW = 1000.0


@cache
def corrections() -> tuple[Floats, Floats]:
    """Return q ROW + guess, rising, and the exact alpha - 1 there, for whole q below DIRECT."""
    s = 1 + np.geomspace(0.01, EASY * DIRECT - 1, 500)
    at = []
    for q in range(1, int(DIRECT)):
        mean = -log_zeta_slopes(s, np.full(s.size, float(q)))[0]
        at.append(q * ROW + 1 / (mean - np.log1p(-0.5 / q)))
    return np.concatenate(at), np.tile(s - 1, len(at))


def _distances(tail: Tail, candidates: NDArray[np.int64], alphas: Floats, *, discrete: bool) -> Floats:
    """KS distance of each candidate over all values of its tail."""
    result = np.empty(candidates.size)
    width = tail.values.size
    rows = max(1, CELLS // width)
    for start in range(0, candidates.size, rows):
        chosen, alpha = candidates[start : start + rows], alphas[start : start + rows]
        first = int(chosen.min())
        columns = np.broadcast_to(np.arange(first, width), (chosen.size, width - first))
        result[start : start + rows] = _widest_gap(tail, chosen, alpha, columns, discrete=discrete)
    return result


def _lower_bounds(
    tail: Tail, candidates: NDArray[np.int64], alphas: Floats, points: int, *, discrete: bool
) -> Floats:
    """KS distance of each candidate over some values of its tail: the first few, then ever fewer."""
    ahead = np.unique(np.geomspace(1, tail.values.size, points).astype(np.int64))
    result = np.empty(candidates.size)
    rows = max(1, CELLS // ahead.size)
    for start in range(0, candidates.size, rows):
        chosen, alpha = candidates[start : start + rows], alphas[start : start + rows]
        columns = np.minimum(chosen[:, None] + ahead[None, :], tail.values.size - 1)
        result[start : start + rows] = _widest_gap(tail, chosen, alpha, columns, discrete=discrete)
    return result


def _widest_gap(
    tail: Tail,
    candidates: NDArray[np.int64],
    alphas: Floats,
    columns: NDArray[np.int64],
    *,
    discrete: bool,
) -> Floats:
    """Largest |P(X >= x)| difference of fit and data, row by row over the given columns."""
    q, size = tail.values[candidates], tail.sizes[candidates]
    fitted = survival(alphas, q, tail.values[columns], discrete=discrete)
    gap = np.abs(fitted - tail.sizes[columns] / size[:, None])
    gap[columns < candidates[:, None]] = 0.0
    return np.asarray(gap.max(axis=1))


def survival(alphas: Floats, q: Floats, x: Floats, *, discrete: bool) -> Floats:
    """P(X >= x) under the fit; rows are fits, columns values (below q it means nothing)."""
    a = alphas[:, None]
    if (alphas > STEEP).any():
        ratio = log_ratio(np.atleast_2d(x), q[:, None])
    else:
        ratio = np.log(np.atleast_2d(x)) - np.log(q)[:, None]
    ratio = np.maximum(ratio, 0.0)
    if not discrete:
        return np.asarray(np.exp((1 - a) * ratio))
    return np.asarray(np.exp(-a * ratio) * scaled_zeta(a, np.atleast_2d(x)) / scaled_zeta(alphas, q)[:, None])


# Ratios of neighbours among B_2k / (2k)!, k = 1 ... 6, with B_2k the Bernoulli numbers.
FIRST = 1 / 12
RATIOS = (-1 / 60, -1 / 42, -1 / 40, -5 / 198, -691 / 27300)


def _asymptotic(s: Floats, q: Floats) -> Floats:
    """Z(s, q) by Euler-Maclaurin summation; for q of at least DIRECT and s below q. Broadcasts."""
    inverse = 1 / q
    square = inverse * inverse
    total: Floats = np.ones(())
    for k in range(len(RATIOS), 0, -1):
        total = 1 + (RATIOS[k - 1] * (s + (2 * k - 1)) * (s + 2 * k)) * square * total
    return np.asarray(q / (s - 1) + 0.5 + (FIRST * s) * inverse * total)


def _added(s: Floats, q: Floats) -> Floats:
    """Z(s, q) with the first terms added one by one until Euler-Maclaurin serves for the rest."""
    total = np.zeros_like(s)
    start = q.copy()
    weight = np.ones_like(s)  # (start / q)^-s
    todo = np.arange(s.size)
    while todo.size:
        todo = todo[_unfinished(s[todo], start[todo], weight[todo])]
        total[todo] += weight[todo]
        start[todo] += 1
        weight[todo] = np.exp(-s[todo] * np.log(start[todo] / q[todo]))
    alive = weight > 1e-18
    total[alive] += weight[alive] * _asymptotic(s[alive], start[alive])
    return total


def log_zeta_slopes(s: Floats, q: Floats) -> tuple[Floats, Floats]:
    """First and second derivative in s of ln Z(s, q): minus mean and variance of ln(x/q) under the fit."""
    easy = s <= EASY * np.maximum(q, DIRECT)
    if easy.all():
        zero, one, two = _moments(s, q)
    else:
        zero, one, two = sums = np.empty((3, s.size))
        sums[:, easy] = _moments(s[easy], q[easy])
        sums[:, ~easy] = _moments_added(s[~easy], q[~easy])
    mean = one / zero
    return mean, np.maximum(two / zero - mean * mean, 1e-300)


def _moments(s: Floats, q: Floats) -> tuple[Floats, Floats, Floats]:
    """Z(s, q) and its first and second derivative in s, where s is not large."""
    start = np.maximum(q, q + np.ceil(DIRECT - q))
    zero, one, two = _weighted(s, start, q)
    few = np.flatnonzero(q < DIRECT)
    if few.size:
        log, weight = _first_terms(s[few], q[few])
        zero[few] += weight.sum(axis=1)
        one[few] -= (weight * log).sum(axis=1)
        two[few] += (weight * log * log).sum(axis=1)
    return zero, one, two


def _first_terms(s: Floats, q: Floats) -> tuple[Floats, Floats]:
    """ln(x/q) and (x/q)^-s for x = q, q + 1, ... below DIRECT, row by row; 0 beyond."""
    x = q[:, None] + np.arange(DIRECT)
    log = np.log(x / q[:, None])
    return log, np.exp(-s[:, None] * log) * (x < DIRECT)


def _weighted(s: Floats, start: Floats, q: Floats) -> tuple[Floats, Floats, Floats]:
    """(start/q)^-s Z(s, start) and its derivatives in s."""
    value, slope, bend = _asymptotic_slopes(s, start)
    log = np.log(start / q)
    weight = np.exp(-s * log)
    # Derivatives of weight c(s) follow from those of c and of weight = e^(-s log).
    return (
        weight * value,
        weight * (slope - log * value),
        weight * (bend - 2 * log * slope + log * log * value),
    )


def _asymptotic_slopes(s: Floats, q: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the Euler-Maclaurin sum with its first and second derivative in s."""
    inverse, r = 1 / q, 1 / (s - 1)
    square = inverse * inverse
    value, slope, bend = np.ones_like(s), np.zeros_like(s), np.zeros_like(s)
    # A product of two factors at a time, from the innermost outwards.
    for k in range(len(RATIOS), 0, -1):
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


def _moments_added(s: Floats, q: Floats) -> tuple[Floats, Floats, Floats]:
    """Z(s, q) and its derivatives for large s: terms are added until they are small or s is not large."""
    zero, one, two = np.zeros((3, s.size))
    start, weight = q.copy(), np.ones_like(s)
    todo = np.arange(s.size)
    while todo.size:
        todo = todo[_unfinished(s[todo], start[todo], weight[todo])]
        w, log = weight[todo], np.log(start[todo] / q[todo])
        zero[todo] += w
        one[todo] -= w * log
        two[todo] += w * log * log
        start[todo] += 1
        weight[todo] = np.exp(-s[todo] * np.log(start[todo] / q[todo]))
    rest = _weighted(s, start, q)
    return zero + rest[0], one + rest[1], two + rest[2]


def _unfinished(s: Floats, start: Floats, weight: Floats) -> NDArray[np.bool_]:
    """Where the sum goes on: not far enough for Euler-Maclaurin, and terms still count."""
    return ((start < DIRECT) | (s > EASY * start)) & (weight > 1e-18)


def scaled_zeta(s: ArrayLike, q: ArrayLike) -> Floats:
    """Return Z(s, q) = q^s zeta(s, q), the sum of ((q + k)/q)^-s over k = 0, 1, ...

    Parameters
    ----------
    s, q
        Exponent above 1 and start of at least 1; they are broadcast.

    Returns
    -------
    array
        At least 1; relative error below 1e-9.

    References
    ----------
    Euler-Maclaurin summation (NIST Handbook, 25.11).

    Examples
    --------
    >>> float(scaled_zeta(2, 1).round(12)) == round(np.pi**2 / 6, 12)
    True
    """
    s, q = np.asarray(s, dtype=np.float64), np.asarray(q, dtype=np.float64)
    total = _asymptotic(s, q)
    # Small q, and exponents that are large beside q, need terms one by one.
    hard = (q < DIRECT) | (s > EASY * q)
    if hard.any():
        s, q = np.broadcast_to(s, total.shape)[hard], np.broadcast_to(q, total.shape)[hard]
        total[hard] = _added(s, q) if (s > EASY * DIRECT).any() else _near(s, q)
    return total


def _near(s: Floats, q: Floats) -> Floats:
    """Z(s, q) for q below DIRECT and an s that is not large: the first terms in one go."""
    start = q + np.ceil(DIRECT - q)
    rest = np.exp(-s * np.log(start / q)) * _asymptotic(s, start)
    return np.asarray(_first_terms(s, q)[1].sum(axis=1) + rest)
