"""Kernels of power-law tails: distinct values and their counts in, numbers out.

Everything is written relative to the beginning q of a tail, through
Z(s, q) = q^s times Hurwitz' zeta(s, q), which neither overflows nor underflows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
DIRECT = 12.0  # Hurwitz zeta: below it terms are added one by one, from it Euler-Maclaurin serves
POINTS = (24, 400)  # values at which lower bounds of KS distances are taken, coarse and fine
CELLS = 1 << 18  # numbers per block of a matrix of KS distances


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
    the result is that of measuring all.
    """
    tail = _tail(values, counts)
    candidates = np.arange(max(values.size - 2, 1))
    alphas = _exponents(tail.values[candidates], tail.mean_log[candidates], discrete=discrete)
    distances = np.full(candidates.size, np.inf)
    bounds = np.zeros(candidates.size)
    for points in POINTS:
        if values.size <= 2 * points:
            break
        open_ = np.flatnonzero(bounds <= distances.min())
        bounds[open_] = _lower_bounds(tail, open_, alphas[open_], points, discrete=discrete)
        first = open_[[np.argmin(bounds[open_])]]
        distances[first] = _distances(tail, first, alphas[first], discrete=discrete)
    order = np.argsort(bounds, kind="stable")
    done, step = 0, 4 if values.size > 2 * POINTS[0] else order.size
    while done < order.size and bounds[order[done]] <= distances.min():
        block = np.sort(order[done : done + step])
        distances[block] = _distances(tail, block, alphas[block], discrete=discrete)
        done, step = done + block.size, min(2 * step, 64)
    best = int(np.argmin(distances))
    return best, float(alphas[best]), float(distances[best])


def fit_from(
    values: Floats, counts: NDArray[np.int64], xmin: float, *, discrete: bool
) -> tuple[float, float]:
    """Return alpha and KS distance of a tail whose beginning is given."""
    size = counts.sum()
    mean_log = float(np.log(values / xmin) @ counts / size)
    alpha = float(_exponents(np.array([xmin]), np.array([mean_log]), discrete=discrete)[0])
    below = 1 - np.cumsum(counts[::-1])[::-1] / size
    fitted = 1 - survival(np.array([alpha]), np.array([xmin]), values, discrete=discrete)
    return alpha, float(np.abs(fitted - below).max())


def _exponents(q: Floats, mean_log: Floats, *, discrete: bool) -> Floats:
    """Maximum-likelihood alpha of the tails from ``q`` with mean ln(x/q) ``mean_log``.

    Discrete: Newton's method on the log-likelihood -s mean_log - ln Z(s, q), which is concave.
    """
    mean_log = np.maximum(mean_log, 1e-15)
    if not discrete:
        return np.asarray(1 + 1 / mean_log)
    alpha = 1 + 1 / (mean_log - np.log1p(-0.5 / q))
    todo = np.arange(q.size)
    for _ in range(60):
        s = alpha[todo]
        first, second = log_zeta_slopes(s, q[todo])
        step = (first + mean_log[todo]) / second
        moved = np.clip(s - step, 1 + (s - 1) * 0.25, 1 + (s - 1) * 4)
        alpha[todo] = moved
        todo = todo[np.abs(moved - s) > 1e-11 * moved]
        if not todo.size:
            break
    return alpha


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
    ratio = np.log(np.atleast_2d(x)) - np.log(q)[:, None]
    ratio = np.maximum(ratio, 0.0)
    if not discrete:
        return np.asarray(np.exp((1 - a) * ratio))
    return np.asarray(np.exp(-a * ratio) * scaled_zeta(a, np.atleast_2d(x)) / scaled_zeta(alphas, q)[:, None])


# Bernoulli numbers B_2k over (2k)!, k = 1 ... 6
BERNOULLI = (1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160, -691 / 1307674368000)


def _asymptotic(s: Floats, q: Floats) -> Floats:
    """Z(s, q) by Euler-Maclaurin summation; for q of at least DIRECT and s below q."""
    inverse = 1 / q
    square = inverse * inverse
    term = s * inverse
    total = q / (s - 1) + 0.5
    for k, factor in enumerate(BERNOULLI):
        total += factor * term
        term = term * (s + 2 * k + 1) * (s + 2 * k + 2) * square
    return np.asarray(total)


def _added(s: Floats, q: Floats) -> Floats:
    """Z(s, q) with the first terms added one by one until Euler-Maclaurin serves for the rest."""
    total = np.zeros_like(s)
    start = q.copy()
    weight = np.ones_like(s)  # (start / q)^-s
    todo = np.arange(s.size)
    while todo.size:
        needs = ((start[todo] < DIRECT) | (s[todo] > 0.8 * start[todo])) & (weight[todo] > 1e-18)
        todo = todo[needs]
        total[todo] += weight[todo]
        start[todo] += 1
        weight[todo] = np.exp(-s[todo] * np.log(start[todo] / q[todo]))
    alive = weight > 1e-18
    total[alive] += weight[alive] * _asymptotic(s[alive], start[alive])
    return total


def log_zeta_slopes(s: Floats, q: Floats) -> tuple[Floats, Floats]:
    """First and second derivative in s of ln Z(s, q): minus mean and variance of ln(x/q) under the fit."""
    zero, one, two = np.zeros_like(s), np.zeros_like(s), np.zeros_like(s)
    start, weight = q.copy(), np.ones_like(s)
    todo = np.arange(s.size)
    while todo.size:
        needs = ((start[todo] < DIRECT) | (s[todo] > 0.8 * start[todo])) & (weight[todo] > 1e-18)
        todo = todo[needs]
        w, log = weight[todo], np.log(start[todo] / q[todo])
        zero[todo] += w
        one[todo] -= w * log
        two[todo] += w * log * log
        start[todo] += 1
        weight[todo] = np.exp(-s[todo] * np.log(start[todo] / q[todo]))
    log = np.log(start / q)
    # Each part is weight * c(s): its derivatives follow from those of c and of weight = e^(-s log).
    for value, slope, bend in _parts(s, start):
        zero += weight * value
        one += weight * (slope - log * value)
        two += weight * (bend - 2 * log * slope + log * log * value)
    mean = one / zero
    return mean, np.maximum(two / zero - mean * mean, 1e-300)


def _parts(s: Floats, q: Floats) -> list[tuple[Floats, Floats, Floats]]:
    """Terms of the Euler-Maclaurin sum with their first and second derivatives in s."""
    r, inverse = 1 / (s - 1), 1 / q
    parts = [(q * r + 0.5, -q * r * r, 2 * q * r * r * r)]
    # s (s+1) ... (s+2k) / q^(2k+1), its derivatives by the product rule, two factors at a time
    value, slope, bend = s * inverse, inverse, np.zeros_like(s)
    for k, factor in enumerate(BERNOULLI):
        parts.append((factor * value, factor * slope, factor * bend))
        f = (s + 2 * k + 1) * inverse * (s + 2 * k + 2) * inverse
        df, ddf = (2 * s + 4 * k + 3) * inverse * inverse, 2 * inverse * inverse
        value, slope, bend = f * value, f * slope + df * value, f * bend + 2 * df * slope + ddf * value
    return parts


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
    s, q = np.broadcast_arrays(np.asarray(s, dtype=np.float64), np.asarray(q, dtype=np.float64))
    total = _asymptotic(s, q)
    # Small q, and exponents that are large beside q, need terms one by one.
    hard = (q < DIRECT) | (s > 0.8 * q)
    if hard.any():
        total[hard] = _added(s[hard], q[hard])
    return total
