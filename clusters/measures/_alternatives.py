"""Alternatives to a power-law tail: their likelihoods at the maximum, and the ratio to the power law's.

The distributions are those of the package powerlaw (which follows Clauset, Shalizi and Newman,
Table 2.1), computed on distinct values with their counts and on a scale on which nothing
overflows: y = ln(x / q), where q is the beginning of the tail. In y the lognormal is a normal
distribution cut at 0, and the stretched exponential that of Gompertz. Whole numbers: the
exponential and the cut-off power law have exact sums; of the other two each value has the
probability between x - 1/2 and x + 1/2, and q is xmin - 1/2.

Both of these come ever closer to a power law as they widen (sigma without end, beta to 0), and a tail
that falls off more slowly than any of them is fitted ever better on that way, by less and less. Fits
go as far as the tail is e^-396 of the whole distribution (a normal one from 28 standard deviations
on), from where little is left to gain: 0.01 nats on the words of Moby Dick, 0.9 and 1.7 nats on 7,546
in-degrees of the sample, which are much heavier. A fit at that bound is a power law in all
but name. It cannot be better than one but by how it makes whole numbers, so the power law is then
taken in the better of both ways, its own sum or the difference between half numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusters.measures import _cut_off, _log_scale, _tails
from clusters.measures._log_scale import Floats, Logs, Shape, Top

NAN = float("nan")
PARAMETERS = {
    "power_law": ("alpha",),
    "lognormal": ("mu", "sigma"),
    "exponential": ("lambda",),
    "stretched_exponential": ("lambda", "beta"),
    "truncated_power_law": ("alpha", "lambda"),
}
FARTHEST = 28.0  # standard deviations from the middle of a normal distribution to the tail
RAREST = 396.0  # minus the logarithm of the tail's share then
SAME = 1e-10  # nats per value: two distributions this close are one


class Data(NamedTuple):
    """Distinct values of a tail with their counts, and the power law fitted to it."""

    tail: Floats
    counts: NDArray[np.int64]
    xmin: float
    alpha: float
    discrete: bool


class Fitted(NamedTuple):
    """A distribution at its maximum: parameters as in PARAMETERS, log-likelihood of each distinct value."""

    parameters: tuple[float, ...]
    loglikelihoods: Floats
    limit: Floats | None = None
    """Log-likelihoods of the power law it tends to, where it fits best as close to that as allowed."""


class Ratio(NamedTuple):
    """Vuong's test: the ratio over its standard deviation, its p, the ratio, and the alternative."""

    R: float
    p: float
    loglikelihood_ratio: float
    parameters: tuple[float, ...]
    loglikelihood: float


def likelihood_ratio(name: str, data: Data) -> Ratio:
    """Compare the power law with one alternative; NaN where that has no maximum."""
    other = fitted(name, data)
    nothing = Ratio(NAN, NAN, NAN, (NAN,) * len(PARAMETERS[name]), NAN)
    if other is None:
        return nothing
    law = power_law(data)
    if other.limit is not None and data.counts @ other.limit > data.counts @ law:
        law = other.limit
    difference = law - other.loglikelihoods
    if not np.isfinite(difference).all():
        return nothing
    loglikelihood, n = float(data.counts @ other.loglikelihoods), int(data.counts.sum())
    if np.abs(difference).max() < SAME:
        return Ratio(0.0, 1.0, 0.0, other.parameters, loglikelihood)
    ratio = float(data.counts @ difference)
    spread = math.sqrt(float(data.counts @ (difference - ratio / n) ** 2))
    scaled = ratio / spread if spread > 0 else 0.0
    # Twice the gain of a nested model against a chi-square with one degree of freedom
    chance = math.sqrt(max(-ratio, 0.0)) if name == "truncated_power_law" else abs(scaled) / math.sqrt(2)
    return Ratio(scaled, math.erfc(chance), ratio, other.parameters, loglikelihood)


def power_law(data: Data) -> Floats:
    """Log-likelihood of each distinct value of the tail under the fitted power law."""
    return _cut_off_law(data, data.alpha, 0.0)


def fitted(name: str, data: Data) -> Fitted | None:
    """Fit an alternative by maximum likelihood.

    ``None`` without a maximum. That is so where all values are two neighbouring whole numbers: ever
    narrower distributions of two parameters then fit ever better.
    """
    if name == "exponential":
        return _exponential(data)
    if data.discrete and data.tail.size == 2 and data.tail[1] - data.tail[0] == 1:
        return None
    return {"truncated_power_law": _truncated, "lognormal": _lognormal}.get(name, _stretched)(data)


def _exponential(data: Data) -> Fitted:
    beyond = data.tail - data.xmin
    mean = float(np.average(beyond, weights=data.counts))
    rate = math.log1p(1 / mean) if data.discrete else 1 / mean
    normal = math.log(-math.expm1(-rate)) if data.discrete else math.log(rate)
    return Fitted((rate,), normal - rate * beyond)


def _truncated(data: Data) -> Fitted | None:
    t = (data.tail - data.xmin) / data.xmin
    mean_log = float(np.average(np.log1p(t), weights=data.counts))
    mean_t = float(np.average(t, weights=data.counts))
    found = _cut_off.maximum(mean_log, mean_t, data.xmin, discrete=data.discrete, alpha=data.alpha)
    if found is None:
        return None
    alpha, rate = found
    return Fitted((alpha, rate / data.xmin), _cut_off_law(data, alpha, rate))


def _cut_off_law(data: Data, alpha: float, rate: float) -> Floats:
    t = (data.tail - data.xmin) / data.xmin
    normal = _cut_off.log_sum(alpha, rate, data.xmin, discrete=data.discrete)
    if not data.discrete:
        normal += math.log(data.xmin)
    return np.asarray(-alpha * np.log1p(t) - rate * t - normal)


def _in_x(data: Data, logs: Logs, parameters: tuple[float, ...], found: Top) -> Fitted:
    """What was fitted to y, as densities of x."""
    shift = 0.0 if data.discrete else np.log(data.tail)
    limit = _log_scale.exponential(logs) - shift if found.at_bound else None
    return Fitted(parameters, found.loglikelihoods - shift, limit)


def _beginning(data: Data) -> float:
    return data.xmin - 0.5 if data.discrete else data.xmin


def _logs(data: Data) -> Logs:
    low = np.log1p((data.tail - data.xmin) / _beginning(data))
    width = np.log1p(1 / (data.tail - 0.5)) if data.discrete else np.zeros(low.size)
    return Logs(
        low, width, data.counts, float(np.average(low + width / 2, weights=data.counts)), data.discrete
    )


def _lognormal(data: Data) -> Fitted | None:
    """In y a normal distribution; q lies ``z`` of its standard deviations above its middle.

    Sought over how far ``z`` is from FARTHEST, and over the slope of the density at the mean.
    """
    logs = _logs(data)

    def shape(point: Floats) -> Shape:
        z, slope = FARTHEST - float(point[1]) ** 2, float(point[0])
        if z * z + 4 * slope < 0 or (z > 0 and slope <= 0):
            return NAN, NAN
        root = math.sqrt(z * z + 4 * slope)
        spread = logs.mean * ((z + root) / (2 * slope) if z > 0 else 2 / (root - z))
        return z / spread, 1 / (2 * spread**2)

    apart = float(np.average((logs.low + logs.width / 2 - logs.mean) ** 2, weights=logs.counts))
    starts = [(1.0, z) for z in (FARTHEST, 10.0, 2.0, 0.0)] + [(0.1, -logs.mean / math.sqrt(apart))]
    found = _log_scale.climb(
        logs, _log_scale.normal, shape, [(slope, math.sqrt(FARTHEST - z)) for slope, z in starts]
    )
    if found is None:
        return None
    slope, bend = found.shape
    variance = 1 / (2 * bend)
    parameters = math.log(_beginning(data)) - slope * variance, math.sqrt(variance)
    return _in_x(data, logs, parameters, found)


def _stretched(data: Data) -> Fitted | None:
    """In y Gompertz' distribution, P(Y >= y) = e^(-h (e^(beta y) - 1)); the tail is e^-h of the whole.

    Sought over how far ``h`` is from RAREST, and over the logarithm of P at the mean.
    """
    logs = _logs(data)

    def shape(point: Floats) -> Shape:
        h = RAREST * math.exp(-min(float(point[1]) ** 2, 700.0))
        return h, math.log1p(math.exp(min(float(point[0]), 300.0)) / h) / logs.mean

    starts = [(0.0, math.sqrt(math.log(RAREST / h))) for h in (RAREST, 30.0, 3.0, 0.3, 0.01)]
    found = _log_scale.climb(logs, _log_scale.gompertz, shape, starts)
    if found is None:
        return None
    h, beta = found.shape
    log_rate = math.log(h) - beta * math.log(_beginning(data))
    parameters = (math.exp(log_rate), beta) if abs(log_rate) < 700 else (NAN, NAN)
    return _in_x(data, logs, parameters, found)


def survival(name: str, x: Floats, parameters: Sequence[float], xmin: float, discrete: bool) -> Floats:
    """P(X >= x | X >= xmin) of a distribution with parameters as in PARAMETERS, at values from xmin on."""
    first, last = float(parameters[0]), float(parameters[-1])
    if name == "truncated_power_law" and last > 0:
        return _cut_off_survival(x, first, last, xmin, discrete)
    if name in ("power_law", "truncated_power_law"):
        _require(first > 1, "alpha must be above 1 without a cut-off")
        flat = _tails.survival(np.array([first]), np.array([xmin]), x.ravel(), discrete=discrete)
        return np.asarray(flat.reshape(x.shape))
    _require(last > 0, "the last parameter must be positive")
    if name == "exponential":
        return np.asarray(np.exp(-first * (x - xmin)))
    q = xmin - 0.5 if discrete else xmin
    y = np.log1p((x - xmin) / q)
    if name == "lognormal":
        slope, bend = (math.log(q) - first) / last**2, 1 / (2 * last**2)
        beyond = _log_scale.log_area(slope + 2 * bend * y, bend) - _log_scale.log_area(slope, bend)
        return np.asarray(np.exp(beyond - (slope + bend * y) * y))
    with np.errstate(over="ignore"):
        return np.asarray(np.exp(-first * q**last * np.expm1(last * y)))


def _cut_off_survival(x: Floats, alpha: float, rate: float, xmin: float, discrete: bool) -> Floats:
    def log_mass(q: float) -> float:
        mass = _cut_off.log_sum(alpha, rate * q, q, discrete=discrete)
        return mass if discrete else mass + math.log(q)

    distinct, places = np.unique(x, return_inverse=True)
    t = (distinct - xmin) / xmin
    masses = np.array([log_mass(float(q)) for q in distinct]) - log_mass(xmin)
    chance = np.exp(masses - alpha * np.log1p(t) - rate * xmin * t)
    return np.asarray(np.minimum(chance, 1.0)[places].reshape(x.shape))


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)
