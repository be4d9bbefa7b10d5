"""Alternatives to a power-law tail: their likelihoods at the maximum, and the ratio to the power law's."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clusters.measures import _tails

Floats = NDArray[np.float64]
NAN = float("nan")


class Data(NamedTuple):
    """Distinct values of a tail with their counts, and the power law fitted to it."""

    tail: Floats
    counts: NDArray[np.int64]
    xmin: float
    alpha: float
    discrete: bool


def power_law(data: Data) -> Floats:
    """Log-likelihood of each distinct value of the tail under the fitted power law."""
    ratio = np.log(data.tail / data.xmin)
    if data.discrete:
        normal = np.log(_tails.scaled_zeta(data.alpha, data.xmin))
    else:
        normal = np.log(data.xmin) - np.log(data.alpha - 1)
    return np.asarray(-data.alpha * ratio - normal)


def fitted(name: str, data: Data) -> Floats:
    """Log-likelihood of each distinct value of the tail under the fitted alternative.

    powerlaw gives the likelihoods and is searched as it searches itself, but over distinct
    values with their counts. The best of a few starts counts: a search that stops short would
    speak for the power law.
    """
    tail, counts = data.tail, data.counts
    best = np.full(tail.size, NAN)
    if data.discrete and tail[-1] > 2.0**52:  # powerlaw takes differences half a step beside each value
        return best
    from scipy.optimize import minimize

    other = _family(name, data)
    # Its likelihoods warn on the way to a good fit; whether the end is usable is checked here.
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")

        def likelihoods(parameters: Floats) -> Floats:
            other.set_parameters(parameters)
            return np.asarray(other.loglikelihoods(tail), dtype=np.float64)

        for start in _starts(name, data):
            try:
                end = minimize(
                    lambda parameters: -float(counts @ likelihoods(parameters)),
                    x0=start,
                    bounds=list(other.parameter_ranges.values()),
                    method="Nelder-Mead",
                    tol=1e-4,
                )
                found = likelihoods(end.x)
            except (ValueError, ArithmeticError):
                continue
            # powerlaw puts a floor of about ln 1e-307 in place of likelihoods it cannot compute.
            if (found > np.log(1e-300)).any() and not counts @ found <= counts @ best:
                best = found
    return best


def _family(name: str, data: Data) -> Any:
    import powerlaw

    options: dict[str, Any] = {"xmin": data.xmin, "discrete": data.discrete, "verbose": 0}
    if name == "lognormal":
        return powerlaw.Lognormal(parameters=[0.0, 1.0], **options)
    if name == "exponential":
        return powerlaw.Exponential(parameters=[1.0], **options)
    if name == "stretched_exponential":
        return powerlaw.Stretched_Exponential(parameters=[1.0, 1.0], **options)
    ranges = {"alpha": [0, None]}  # powerlaw stops at 3, short of a steep power law
    return powerlaw.Truncated_Power_Law(parameters=[2.0, 1.0], parameter_ranges=ranges, **options)


def _starts(name: str, data: Data) -> list[list[float]]:
    """Parameters from which the search starts: first those from which powerlaw starts, if any good."""
    tail, counts = data.tail, data.counts
    mean = float(np.average(tail, weights=counts))
    excess = mean - data.xmin
    decay = float(np.log1p(1 / excess)) if data.discrete else 1 / excess
    log = np.log(tail)
    if name == "lognormal":
        centre = float(np.average(log, weights=counts))
        return [[centre, float(np.sqrt(np.average((log - centre) ** 2, weights=counts)))]]
    if name == "exponential":
        return [[decay]]
    if name == "stretched_exponential":
        return [[1 / mean, 1.0], [decay, 0.5], [decay, 0.25]]
    return [[data.alpha, 1 / mean]]


def likelihood_ratio(name: str, data: Data) -> tuple[float, float, float]:
    """Return R, p and the log-likelihood ratio of the power law against one alternative."""
    from scipy.special import erfc
    from scipy.stats import chi2

    other = fitted(name, data)
    difference = power_law(data) - np.maximum(other, np.log(np.finfo(np.float64).tiny))
    if not np.isfinite(difference).all():
        return NAN, NAN, NAN
    ratio, n = float(data.counts @ difference), int(data.counts.sum())
    spread = float(np.sqrt(n * (data.counts @ (difference - ratio / n) ** 2 / n)))
    scaled = ratio / spread if spread > 0 else 0.0
    p = chi2.sf(2 * max(-ratio, 0.0), 1) if name == "truncated_power_law" else erfc(abs(scaled) / np.sqrt(2))
    return scaled, float(p), ratio
