"""Tail index of heavy-tailed values: a second opinion on the exponent of a power law.

A power law fitted by likelihood is exact from ``xmin`` on or wrong. Extreme value theory asks
less: that P(X > x) = x^(-1/xi) l(x) where l varies slowly, as a logarithm does. It has three
usual estimators of xi, each from the k largest values; alpha = 1 + 1/xi is the exponent of the
density. Estimators that agree say how heavy the tail is, not that it is a pure power law.

How many values to use is chosen by the double bootstrap: two estimators of the same xi
differ least, on average over resamples, near the k where each is best; the best k of
resamples of two sizes n1 and n2 = n1^2/n is carried over to the size of the data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clusters.measures import _threads

Floats = NDArray[np.float64]
Estimator = Literal["hill", "moments", "kernel"]
Opinion = Literal["undefined", "light", "hardly", "heavy", "very_heavy"]
ESTIMATORS: tuple[Estimator, ...] = ("hill", "moments", "kernel")

NAN = float("nan")
LEAST = 50
"""Values below which no k is chosen: resamples of half their number would hold too few."""
FIRST = 10
"""Smallest k tried: with fewer values the moment estimator divides by nearly zero."""
GRID = 300
"""Values of k tried, evenly spaced on a logarithmic scale."""
RESAMPLE = 50_000
"""Largest resample: n1 may grow more slowly than n (Danielsson et al. 2001), and sorting costs."""
LARGEST = 0.25
"""Largest share of the values taken for the tail: further in, estimators agree by accident."""
PART = 25  # resamples per task and random generator
SMOOTH = 0.6  # the power of Groeneboom et al. in the kernel estimator, above 1/2


class Shape(NamedTuple):
    """A kernel on [0, 1]: sum over j of coefficients[j] u^(2j), of integral 1."""

    coefficients: tuple[float, ...]


BIWEIGHT = Shape((15 / 8, -15 / 4, 15 / 8))
TRIWEIGHT = Shape((35 / 16, -105 / 16, 105 / 16, -35 / 16))


@dataclass(frozen=True, slots=True)
class TailIndex:
    """One estimate of the tail index."""

    estimator: Estimator
    k: int
    """Number of largest values it rests on; 0 when undefined."""
    xi: float
    """Tail index: above 0 heavy-tailed, above 1/2 without variance, 0 or below not heavy-tailed."""
    error: float
    """Asymptotic standard error of xi for the given k; the choice of k is not in it."""
    alpha: float
    """Exponent of the density, 1 + 1/xi; NaN where xi is not positive."""
    n: int
    """Number of positive values."""


def tail_index(
    values: ArrayLike,
    estimators: Sequence[Estimator] = ESTIMATORS,
    *,
    discrete: bool = True,
    resamples: int = 500,
    seed: int = 0,
) -> list[TailIndex]:
    """Estimate the tail index, each estimator with the number of values that suits it.

    Parameters
    ----------
    values
        For example degrees. Only positive finite values count.
    estimators
        Any of ``hill``, ``moments`` (Dekkers, Einmahl, de Haan) and ``kernel`` (Groeneboom, Lopuhaä,
        de Wolf; biweight).
    discrete
        Whole numbers: a random number between -1/2 and 1/2 is added to each. Ties would make the
        estimates jump with every k and the bootstrap mistake a step for the best k; noise of
        bounded size leaves the tail index as it is. Values equal to the smallest, then nothing
        but noise, are never taken for the tail.
    resamples
        Bootstrap resamples of either size.
    seed
        Seed of noise and resamples.

    Returns
    -------
    list of TailIndex
        One per estimator, in the order given. NaN with fewer than 50 positive values or fewer
        than two distinct ones.

    References
    ----------
    Hill 1975; Dekkers, Einmahl, de Haan 1989; Draisma et al. 1999; Danielsson et al. 2001;
    Groeneboom, Lopuhaä, de Wolf 2003; Voitalov et al. 2019, Physical Review Research 1:033034.

    Examples
    --------
    >>> values = np.random.default_rng(1).pareto(2.0, 3000) + 1  # xi = 1/2
    >>> [round(found.xi, 1) for found in tail_index(values, discrete=False, resamples=50)]
    [0.5, 0.5, 0.5]
    """
    unknown = [name for name in estimators if name not in ESTIMATORS]
    if unknown:
        raise ValueError(f"estimator {unknown[0]!r} is not known; use {', '.join(ESTIMATORS)}")
    if resamples < 1:
        raise ValueError(f"resamples must be at least 1, not {resamples}")
    found = _positive(values)
    n = found.size
    if n < LEAST or found.min() == found.max():
        return [TailIndex(name, 0, NAN, NAN, NAN, n) for name in estimators]
    noise, sampling = np.random.SeedSequence(seed).spawn(2)
    share = min(LARGEST, float((found > found.min()).mean())) if discrete else LARGEST
    if discrete:
        found = found + np.random.default_rng(noise).uniform(-0.5, 0.5, n)
    logs = np.log(np.sort(found)[::-1])
    best = _best_k(logs, share, resamples, sampling)
    return [_estimate(name, logs, best[name]) for name in estimators]


def hill(values: ArrayLike, k: int) -> float:
    """Return Hill's estimate of the tail index from the ``k`` largest values.

    Returns
    -------
    float
        Mean of ln(x_i / x_(k+1)) over the k largest values, 0 or more. NaN with fewer than k + 1
        positive values.

    References
    ----------
    Hill 1975.

    Examples
    --------
    >>> round(hill([8, 4, 2, 1], k=2), 4)  # (ln 4 + ln 2) / 2
    1.0397
    """
    return _at(values, k, lambda logs: float(_log_moments(logs, np.array([k]))[0][0]))


def moments(values: ArrayLike, k: int) -> float:
    """Return the moment estimate of the tail index from the ``k`` largest values.

    Returns
    -------
    float
        M1 + 1 - 1/2 / (1 - M1^2/M2), where M1 and M2 are the means of ln(x_i / x_(k+1)) and of its
        square; it may be negative. NaN with fewer than k + 1 positive values or where the k
        largest are equal.

    References
    ----------
    Dekkers, Einmahl, de Haan 1989.

    Examples
    --------
    >>> round(moments([8, 4, 2, 1], k=2), 4)  # M1 = 1.5 ln 2, M2 = 2.5 (ln 2)^2
    -2.9603
    """
    return _at(values, k, lambda logs: float(_moment_pair(*_log_moments(logs, np.array([k])))[0][0]))


def kernel(values: ArrayLike, k: int) -> float:
    """Return the kernel estimate of the tail index with a bandwidth of ``k`` values.

    Returns
    -------
    float
        A smooth average over the k largest values (biweight); it may be negative. NaN with fewer
        than k + 1 positive values or where the largest are equal.

    References
    ----------
    Groeneboom, Lopuhaä, de Wolf 2003.

    Examples
    --------
    >>> ranks = np.arange(1, 2001)
    >>> round(kernel((2000 / ranks) ** 0.5, k=1000), 1)
    0.5
    """
    return _at(values, k, lambda logs: _kernel_at(logs, k))


def opinion(found: Sequence[TailIndex]) -> Opinion:
    """Say in one term what the estimates allow together; the lightest decides.

    Returns
    -------
    str
        ``light`` some xi is 0 or below; ``hardly`` all are positive, some not above 1/4 (alpha of 5 or
        more); ``heavy`` all are above 1/4; ``very_heavy`` all are above 1/2 (no variance); ``undefined``
        some xi is NaN, or there is none.

    References
    ----------
    Voitalov et al. 2019, the classes of their section II.

    Examples
    --------
    >>> opinion([TailIndex("hill", 90, 0.6, 0.1, 2.7, 500), TailIndex("moments", 80, 0.1, 0.1, 11, 500)])
    'hardly'
    """
    lightest = min((result.xi for result in found), default=NAN)
    if not found or any(result.xi != result.xi for result in found):
        return "undefined"
    if lightest <= 0:
        return "light"
    return "hardly" if lightest <= 0.25 else "heavy" if lightest <= 0.5 else "very_heavy"


def _positive(values: ArrayLike) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"values must be one-dimensional, not of shape {array.shape}")
    return np.asarray(array[np.isfinite(array) & (array > 0)])


def _at(values: ArrayLike, k: int, estimate: Callable[[Floats], float]) -> float:
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}")
    found = _positive(values)
    return estimate(np.log(np.sort(found)[::-1])) if found.size > k else NAN


def _estimate(name: Estimator, logs: Floats, k: int) -> TailIndex:
    if name == "kernel":
        xi = _kernel_at(logs, k)
        variance = _variance(_influence(BIWEIGHT, max(xi, 0.0)))
    else:
        sums = _log_moments(logs, np.array([k]))
        xi = float(sums[0][0] if name == "hill" else _moment_pair(*sums)[0][0])
        variance = xi**2 if name == "hill" else _moment_variance(xi)
    alpha = 1 + 1 / xi if xi > 0 else NAN
    return TailIndex(name, k, xi, float(np.sqrt(variance / k)), alpha, logs.size)


def _log_moments(logs: Floats, grid: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """First three moments of the k largest logarithms above the next one, for each k of a grid."""
    above = logs - logs[grid[-1]]  # small numbers, and exactly 0 where values are equal
    top = above[: grid[-1]]
    starts = np.r_[0, grid[:-1]]
    first, second, third = (np.cumsum(np.add.reduceat(top**power, starts)) / grid for power in (1, 2, 3))
    base = above[grid]
    return (
        first - base,
        second - 2 * base * first + base**2,
        third - 3 * base * second + 3 * base**2 * first - base**3,
    )


def _moment_pair(first: Floats, second: Floats, third: Floats) -> tuple[Floats, Floats]:
    """The moment estimator from the first two moments, and its like from the first three."""
    with np.errstate(all="ignore"):
        usual = first + 1 - 0.5 / (1 - first**2 / second)
        other = np.sqrt(np.maximum(second, 0) / 2) + 1 - 2 / 3 / (1 - first * second / third)
    return _finite(usual), _finite(other)


def _moment_variance(xi: float) -> float:
    """Asymptotic variance of the moment estimator, times k (Dekkers, Einmahl, de Haan 1989)."""
    if xi >= 0:
        return 1 + xi**2
    return (1 - xi) ** 2 * (1 - 2 * xi) * (1 - xi + 6 * xi**2) / ((1 - 3 * xi) * (1 - 4 * xi))


def _kernel_at(logs: Floats, k: int) -> float:
    """Kernel estimate from the spacings of the k + 1 largest logarithms."""
    u = np.arange(1, k + 1) / k
    spacings = -np.diff(logs[: k + 1])
    powers = range(len(BIWEIGHT.coefficients))
    odd = np.array([[spacings @ u ** (2 * j + 1)] for j in powers])
    broken = np.array([[spacings @ u ** (SMOOTH + 2 * j)] for j in powers])
    return float(_kernel_sums(BIWEIGHT, odd, broken)[0])


def _kernel_sums(shape: Shape, odd: Floats, broken: Floats) -> Floats:
    """Kernel estimates from sums of u^(2j+1) and of u^(SMOOTH+2j) times the spacings, by j and k."""
    c = np.array(shape.coefficients)
    used = c.size
    slopes = c * (1 + SMOOTH + 2 * np.arange(used))
    with np.errstate(all="ignore"):
        return _finite(c @ odd[:used] - 1 + (slopes @ broken[:used]) / (c @ broken[:used]))


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, NAN)


def _best_k(logs: Floats, share: float, resamples: int, seed: np.random.SeedSequence) -> dict[Estimator, int]:
    """Number of largest values that makes each estimator's squared error least, by double bootstrap."""
    n = logs.size
    n1 = min(int(n / np.sqrt(2)), max(RESAMPLE, int(np.sqrt(n * LEAST / 2))))
    seeds = seed.spawn(2)
    grid, large = _squares(logs, n1, share, resamples, seeds[0])
    coarse, small = _squares(logs, int(n1**2 / n), share, resamples, seeds[1])
    xi = _moment_pair(*_log_moments(logs, np.array([int(np.sqrt(n))])))[0][0]
    best: dict[Estimator, int] = {}
    for row, name in enumerate(ESTIMATORS):
        k1 = int(grid[np.argmin(large[row])])
        # The best k grows with the sample: a minimum of small resamples beyond k1 is one by chance.
        allowed = max(int(np.searchsorted(coarse, k1)), 1)
        k2 = int(coarse[np.argmin(small[row][:allowed])])
        k = k1**2 / k2 * _ratio(name, k1, n1, xi)
        best[name] = int(np.clip(round(k), FIRST, max(n * share, FIRST)))
    return best


def _squares(
    logs: Floats, size: int, share: float, resamples: int, seed: np.random.SeedSequence
) -> tuple[NDArray[np.int64], Floats]:
    """Mean squared difference of each estimator and its like, by estimator and k; the k first."""
    grid = np.unique(np.geomspace(FIRST, max(size * share, FIRST + 1), GRID).astype(np.int64))
    numbers = [min(PART, resamples - done) for done in range(0, resamples, PART)]
    tasks = list(zip(numbers, seed.spawn(len(numbers)), strict=True))
    with _threads.pool() as each:
        parts = list(each(lambda task: _disagreement(logs, grid, size, *task), tasks))
    total, defined = (np.sum([part[i] for part in parts], axis=0) for i in (0, 1))
    # A k that most resamples leave undefined is never the best.
    return grid, np.where(2 * defined > resamples, total / np.maximum(defined, 1), np.inf)


def _disagreement(
    logs: Floats, grid: NDArray[np.int64], size: int, resamples: int, seed: np.random.SeedSequence
) -> tuple[Floats, Floats]:
    """Squared difference of two like estimators, summed over resamples, by estimator and k; and how many."""
    random = np.random.default_rng(seed)
    starts = np.r_[0, grid[:-1]]
    u = np.arange(1, grid[-1] + 1) / size
    j = np.arange(len(TRIWEIGHT.coefficients))[:, None]
    powers = np.vstack([u ** (2 * j + 1), u ** (SMOOTH + 2 * j)])
    widths = (grid / size) ** np.vstack([2 * j + 1, SMOOTH + 2 * j])
    total, number = np.zeros((3, grid.size)), np.zeros((3, grid.size))
    for _ in range(resamples):
        sample = logs[np.sort(random.integers(0, logs.size, size))]
        first, second, third = _log_moments(sample, grid)
        usual, other = _moment_pair(first, second, third)
        sums = powers * -np.diff(sample[: grid[-1] + 1])
        sums = np.cumsum(np.add.reduceat(sums, starts, axis=1), axis=1) / widths
        smooth = [_kernel_sums(shape, sums[:4], sums[4:]) for shape in (BIWEIGHT, TRIWEIGHT)]
        squares = np.vstack([second - 2 * first**2, usual - other, smooth[0] - smooth[1]]) ** 2
        defined = np.isfinite(squares)
        total += np.where(defined, squares, 0)
        number += defined
    return total, number


def _ratio(name: Estimator, k1: int, n1: int, xi: float) -> float:
    """Best k of an estimator over the k where it and its like differ least.

    Both squared errors are variance/k plus a squared bias that grows as (k/n)^(-2 rho); k1 tells
    rho, and the ratio follows from variances and biases. It is the same for Hill and moments.
    """
    s = float(np.log(k1) / np.log(n1))
    if name != "kernel":
        return float((s / (2 - s)) ** (2 * (1 - s)))
    rho = -s / (2 * (1 - s))
    pilot = xi if xi > 0 else 0.0
    own, like = _influence(BIWEIGHT, pilot), _influence(TRIWEIGHT, pilot)
    spread = _variance(own) / _variance([*own, *((-c, power) for c, power in like)])
    bias = _bias(BIWEIGHT, pilot, rho)
    shift = (bias - _bias(TRIWEIGHT, pilot, rho)) / bias if bias else np.inf
    # Where the biases of a kernel happen to cancel the ratio has no bound, but no meaning either.
    return float(np.clip((spread * shift**2) ** (1 / (1 - 2 * rho)), 0.1, 2.0))


def _influence(shape: Shape, xi: float) -> list[tuple[float, float]]:
    """Weight of a scaled spacing in the kernel estimator, as terms (coefficient, power of u)."""
    norm = sum(c / (SMOOTH + 2 * j) for j, c in enumerate(shape.coefficients))
    terms = [(xi * c, 2.0 * j) for j, c in enumerate(shape.coefficients)]
    for j, c in enumerate(shape.coefficients):
        terms.append((c * (SMOOTH + 2 * j) / norm, SMOOTH + 2 * j - 1))
    return terms


def _variance(terms: Sequence[tuple[float, float]]) -> float:
    return sum(a * b / (p + q + 1) for a, p in terms for b, q in terms)


def _bias(shape: Shape, xi: float, rho: float) -> float:
    """Bias of the kernel estimator in units of the second-order term over xi."""
    terms = list(enumerate(shape.coefficients))
    norm = sum(c / (SMOOTH + 2 * j) for j, c in terms)
    straight = sum(c / (2 * j + 1 - rho) for j, c in terms)
    return xi * straight + rho * sum(c / (SMOOTH + 2 * j - rho) for j, c in terms) / norm
