"""Power-law tails of degree distributions, after Clauset, Shalizi and Newman (2009).

A fit says where a tail may begin (``xmin``, chosen by least Kolmogorov-Smirnov distance),
its exponent ``alpha`` by maximum likelihood and how many values lie in the tail. It says
nothing about whether the tail is a power law: that is the business of
``goodness_of_fit`` (could the distance be chance?) and ``compare`` (does another
distribution fit better?), and ``verdict`` puts into one term what may be claimed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from clusters.measures import _alternatives, _replicates, _tails

if TYPE_CHECKING:
    import powerlaw

Floats = NDArray[np.float64]
Verdict = Literal[
    "undefined",
    "not_tested",
    "rejected",
    "heavy_tail_rejected",
    "alternative_better",
    "undecided",
    "consistent",
]
ALTERNATIVES = ("lognormal", "exponential", "stretched_exponential", "truncated_power_law")
DEFAULT_ALTERNATIVES = ALTERNATIVES
PARAMETERS = _alternatives.PARAMETERS
"""Names of the parameters of each distribution, in the order of ``Comparison.parameters``."""
Condition = Literal["super_weak", "weakest", "weak", "strong", "strongest"]
Category = Literal[
    "undefined", "not_tested", "not_scale_free", "super_weak", "weakest", "weak", "strong", "strongest"
]
CONDITIONS: tuple[Condition, ...] = ("super_weak", "weakest", "weak", "strong", "strongest")
NESTED = "truncated_power_law"
THIN = 50  # values in a tail; Broido and Clauset 2019: fewer say little
SIGNIFICANT = 0.1
"""Level of both tests, as in Clauset, Shalizi and Newman and in Broido and Clauset."""
INDISTINCT = 1.353
"""Nats that a parameter without meaning gains at that level: half of what chi-square exceeds there."""

INTERVAL = (0.025, 0.975)
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class PowerLawFit:
    """A power-law tail: p(x) ~ x^-alpha for x >= xmin."""

    xmin: float
    """Smallest value of the tail."""
    alpha: float
    """Exponent."""
    sigma: float
    """Standard error of alpha for the given xmin."""
    ks: float
    """Kolmogorov-Smirnov distance of the tail from the fit, 0 to 1."""
    n_tail: int
    """Number of values in the tail."""
    n: int
    """Number of positive values."""
    discrete: bool
    tail_share: float
    """Share of the positive values that lie in the tail."""
    degree_share: float
    """Share of their sum that lies in the tail."""
    dropped: int = 0
    """Values left out because they are zero, negative, missing or infinite."""
    xmin_given: bool = False
    """Whether the caller fixed xmin; replicates then keep it."""


@dataclass(frozen=True, slots=True)
class PowerLawBootstrap:
    """How sure a fit is: its goodness, and 95 % intervals of what was estimated."""

    p_value: float
    """Result of ``goodness_of_fit``."""
    p_error: float
    """Standard error of ``p_value`` that comes from the limited number of replicates."""
    replicates: int
    seed: int
    alpha_low: float
    alpha_high: float
    xmin_low: float
    xmin_high: float
    n_tail_low: float
    n_tail_high: float
    alpha_error: float
    """Standard deviation of alpha over the resampled data; likewise the next two."""
    xmin_error: float
    n_tail_error: float


class Comparison(NamedTuple):
    """Likelihood ratio of the power law against one alternative on the same tail."""

    alternative: str
    R: float
    """Log-likelihood ratio divided by its standard deviation; above 0 the power law fits better."""
    p: float
    """Two-sided probability of so large a ratio by chance; the sign counts where p < 0.1."""
    loglikelihood_ratio: float
    """The ratio itself, in nats."""
    parameters: tuple[float, ...] = ()
    """Of the alternative at its maximum, named in the order of ``PARAMETERS``; NaN without one."""
    loglikelihood: float = NAN
    """Of the alternative there, in nats."""


class Examined(NamedTuple):
    """All that was found for one degree sequence."""

    fit: PowerLawFit
    p_value: float
    comparisons: Sequence[Comparison]


@dataclass(frozen=True, slots=True)
class ScaleFree:
    """Which of the conditions of Broido and Clauset the degree sequences of a data set fulfil."""

    super_weak: bool
    weakest: bool
    weak: bool
    strong: bool
    strongest: bool
    category: Category
    """The strongest condition that holds; a digraph is called scale-free only from ``strong`` on."""


def fit(values: ArrayLike, discrete: bool = True, xmin: float | None = None) -> PowerLawFit:
    """Fit a power-law tail by maximum likelihood, ``xmin`` by least KS distance.

    Parameters
    ----------
    values
        For example degrees. Only positive finite values can lie in a tail; others are left out and
        counted in ``dropped``.
    discrete
        Whole numbers (exact likelihood with Hurwitz' zeta) or any positive numbers.
    xmin
        Take the tail from here instead of searching. The search tries every distinct value but
        the two largest (the smallest at least); among equals, within 1e-9, the smallest wins.

    Returns
    -------
    PowerLawFit
        ``alpha`` above 1. ``sigma`` is 1 over the root of n_tail times the variance of ln x under the
        fit; continuous, that is (alpha - 1)/sqrt(n_tail). ``ks`` is the largest |S(x) - P(x)| over
        the values of the tail, where S and P are the shares of data and fit *below* x, as in
        powerlaw and igraph. NaN for everything but the counts with fewer than two distinct
        values (in the tail, where xmin is given).

    References
    ----------
    Clauset, Shalizi, Newman 2009, SIAM Review 51:661.

    Examples
    --------
    >>> fit([1] * 60 + [2] * 14 + [3] * 6 + [4] * 3 + [5, 5, 7, 9, 14], xmin=1).n_tail
    88
    """
    found, counts, dropped = _tally(values, discrete=discrete)
    n = int(counts.sum())
    nothing = PowerLawFit(NAN, NAN, NAN, NAN, 0, n, discrete, NAN, NAN, dropped, xmin is not None)
    if xmin is not None and not xmin > 0:
        raise ValueError(f"xmin must be positive, not {xmin}")
    start = 0 if xmin is None else int(np.searchsorted(found, xmin))
    if found.size - start < 2:
        return nothing
    if xmin is None:
        first, alpha, ks = _tails.search(found, counts, discrete=discrete)
        lower = float(found[first])
    else:
        first, lower = start, float(np.ceil(xmin)) if discrete else float(xmin)
        alpha, ks = _tails.fit_from(found[first:], counts[first:], lower, discrete=discrete)
    n_tail = int(counts[first:].sum())
    amounts = found / found[-1] * counts
    return PowerLawFit(
        xmin=lower,
        alpha=alpha,
        sigma=_standard_error(alpha, lower, n_tail, discrete=discrete),
        ks=ks,
        n_tail=n_tail,
        n=n,
        discrete=discrete,
        tail_share=n_tail / n,
        degree_share=float(amounts[first:].sum() / amounts.sum()),
        dropped=dropped,
        xmin_given=xmin is not None,
    )


def goodness_of_fit(values: ArrayLike, fit: PowerLawFit, replicates: int = 100, seed: int = 0) -> float:
    """Probability that a power-law tail lies as far from its own fit as the data do.

    Semi-parametric bootstrap: each replicate draws values below xmin from the data and the
    tail from the fit, and is fitted anew, xmin included (unless the caller had fixed it). How
    many threads work and whether kernels are compiled does not change the result.

    Parameters
    ----------
    values
        The values the fit was made from.
    fit
        Result of ``fit``.
    replicates
        Number of synthetic data sets; 2,500 give p to about 0.01.
    seed
        Seed of the random numbers.

    Returns
    -------
    float
        Share of replicates with a KS distance at least as large (within 1e-9, what rounding could do),
        0 to 1. Below 0.1 the power law is rejected; a large p is no proof, least of all with a thin
        tail. NaN without a fit or without replicates.

    References
    ----------
    Clauset, Shalizi, Newman 2009, section 4.

    Examples
    --------
    >>> values = np.random.default_rng(1).geometric(0.2, 5000)
    >>> goodness_of_fit(values, fit(values, xmin=1), replicates=20)
    0.0
    """
    if replicates < 0:
        raise ValueError(f"replicates must not be negative, not {replicates}")
    if replicates == 0 or not np.isfinite(fit.alpha):
        return NAN
    closer = _replicates.closer(_law(values, fit), fit.ks, replicates, seed)
    return (replicates - closer) / replicates


def bootstrap(
    values: ArrayLike, fit: PowerLawFit, replicates: int = 1000, seed: int = 0
) -> PowerLawBootstrap:
    """Test a fit by samples drawn from it, and find its uncertainty by samples drawn from the data.

    Parameters
    ----------
    values
        The values the fit was made from.
    fit
        Result of ``fit``.
    replicates
        Number of samples of either sort. The intervals need some hundreds.
    seed
        Seed of the random numbers.

    Returns
    -------
    PowerLawBootstrap
        ``p_value`` is that of ``goodness_of_fit``; ``p_error`` is the root of p(1 - p)/replicates with p
        as if one replicate more had lain farther and one closer, so that it is not 0 where p is 0 or 1.
        The intervals hold 95 % of the fits to data resampled with replacement (2.5 % quantiles
        on either side, linear between neighbours), the errors are their standard deviations. All
        NaN without a fit or without replicates.

    Notes
    -----
    xmin is searched anew in every sample (unless the caller had fixed it), so the interval of
    alpha holds the uncertainty of where the tail begins. That of ``alpha`` plus or minus 1.96
    ``sigma`` is for a known xmin: after a search it covers the true exponent in 87 to 95 % of
    cases, the interval given here in 95 to 98 % (300 to 5,000 values drawn from power laws, with
    and without a body). It is conditional on the data being a power law from some xmin on.

    References
    ----------
    Clauset, Shalizi, Newman 2009, section 3.3 and Table 6.1.

    Examples
    --------
    >>> values = np.random.default_rng(1).zipf(2.5, 500)
    >>> found = bootstrap(values, fit(values, xmin=1), replicates=200)
    >>> found.alpha_low < 2.5 < found.alpha_high, found.xmin_low, found.n_tail_high
    (True, 1.0, 500.0)
    """
    p_value = goodness_of_fit(values, fit, replicates, seed)
    if np.isnan(p_value):
        return PowerLawBootstrap(NAN, NAN, replicates, seed, *[NAN] * 9)
    xmin, alpha, n_tail = _replicates.fits(_law(values, fit), replicates, seed)
    (alpha_ends, alpha_error), (xmin_ends, xmin_error), (size_ends, size_error) = (
        _spread(column[np.isfinite(column)]) for column in (alpha, xmin, n_tail)
    )
    return PowerLawBootstrap(
        p_value,
        p_error(p_value, replicates),
        replicates,
        seed,
        *alpha_ends,
        *xmin_ends,
        *size_ends,
        alpha_error,
        xmin_error,
        size_error,
    )


def p_error(p_value: float, replicates: int) -> float:
    """Standard error of a bootstrap p: as if one replicate more had lain farther and one closer.

    Above 0 also where p is 0 or 1; NaN without a p.

    Examples
    --------
    >>> round(p_error(0.5, 2500), 3), round(p_error(0.0, 100), 3)
    (0.01, 0.01)
    """
    p = (p_value * replicates + 1) / (replicates + 2)
    return float(np.sqrt(p * (1 - p) / max(replicates, 1)))


def _spread(found: Floats) -> tuple[tuple[float, float], float]:
    """Interval that holds 95 % of the values, and their standard deviation; NaN without them."""
    if not found.size:
        return (NAN, NAN), NAN
    low, high = np.quantile(found, INTERVAL)
    scale = found.max()  # squares of huge xmin overflow
    return (float(low), float(high)), float(scale * (found / scale).std())


def compare(
    values: ArrayLike, fit: PowerLawFit, alternatives: Sequence[str] = DEFAULT_ALTERNATIVES
) -> list[Comparison]:
    """Compare the power law with other distributions on its own tail (Vuong's test).

    Parameters
    ----------
    values
        The values the fit was made from.
    fit
        Result of ``fit``.
    alternatives
        Any of ``lognormal``, ``exponential``, ``stretched_exponential`` and ``truncated_power_law``
        (a power law with exponential cut-off), with the densities of the package powerlaw. The
        cut-off law may have any alpha if lambda is above 0, and an alpha above 1 if lambda is 0.

    Returns
    -------
    list of Comparison
        One per alternative, in the order given. The power law is a special case (lambda = 0) of
        ``truncated_power_law``, which therefore never fits worse: its p is that of a chi-square
        with one degree of freedom, as published. As lambda cannot be negative, many ratios are 0
        under a power law (half with thin tails), and p errs on the safe side: it is below 0.1 in 6 to
        7 of 100 samples with alpha 2.6.
        The lognormal and the stretched exponential tend to power laws as they widen. A tail
        heavier than they are is fitted best there, and as far as the tail is e^-396 of the whole.
        Such a fit can beat the power law only by its rounding; the ratio is then taken against a
        power law rounded likewise.
        NaN without a fit, or where the alternative has no maximum (all values of the tail are two
        neighbouring whole numbers).

    References
    ----------
    Vuong 1989; Clauset, Shalizi, Newman 2009, section 5; Alstott, Bullmore, Plenz 2014.

    Examples
    --------
    >>> values = np.random.default_rng(1).geometric(0.2, 5000)
    >>> result = compare(values, fit(values, xmin=1), ["exponential"])[0]
    >>> result.R < 0, result.p < 0.1
    (True, True)
    """
    unknown = [name for name in alternatives if name not in ALTERNATIVES]
    if unknown:
        raise ValueError(f"alternative {unknown[0]!r} is not known; use {', '.join(ALTERNATIVES)}")
    if not np.isfinite(fit.alpha):
        return [Comparison(name, NAN, NAN, NAN, (NAN,) * len(PARAMETERS[name])) for name in alternatives]
    found, counts, _ = _tally(values, discrete=fit.discrete)
    in_tail = found >= fit.xmin
    tail, counts = found[in_tail], counts[in_tail]
    data = _alternatives.Data(tail, counts, fit.xmin, fit.alpha, fit.discrete)
    return [Comparison(name, *_alternatives.likelihood_ratio(name, data)) for name in alternatives]


def verdict(fit: PowerLawFit, p_value: float, comparisons: Sequence[Comparison] = ()) -> Verdict:
    """Put into one term what may be claimed about a tail, and no more.

    Parameters
    ----------
    fit, p_value, comparisons
        Results of ``fit``, ``goodness_of_fit`` and ``compare``.

    Returns
    -------
    str
        ``undefined`` no fit; ``not_tested`` no goodness of fit; ``heavy_tail_rejected`` p < 0.1, the tail
        heavier than an exponential one; ``rejected`` p < 0.1 without that evidence;
        ``alternative_better`` p >= 0.1, but another distribution is favoured (R < 0, p < 0.1);
        ``undecided`` p >= 0.1 and at least one alternative is neither better nor worse, or none was
        compared; ``consistent`` p >= 0.1 and every alternative compared fits worse (``worse``). The power
        law with cut-off contains the power law and never fits worse: it counts when it is favoured.

    References
    ----------
    Clauset, Shalizi, Newman 2009, sections 4 to 6; Broido, Clauset 2019.

    Examples
    --------
    >>> tail = fit([1] * 60 + [2] * 14 + [3] * 6 + [4] * 3 + [5, 5, 7, 9, 14])
    >>> verdict(tail, 0.4, [Comparison("lognormal", -0.2, 0.8, -0.1)])
    'undecided'
    >>> verdict(tail, 0.03, [Comparison("exponential", 4.0, 0.0001, 30.0)])
    'heavy_tail_rejected'
    """
    if not np.isfinite(fit.alpha):
        return "undefined"
    if not np.isfinite(p_value):
        return "not_tested"
    beaten = set(worse(comparisons))
    if p_value < SIGNIFICANT:
        return "heavy_tail_rejected" if "exponential" in beaten else "rejected"
    if favoured(comparisons):
        return "alternative_better"
    rivals = {c.alternative for c in comparisons} - {NESTED}
    return "consistent" if rivals and rivals <= beaten else "undecided"


def favoured(comparisons: Sequence[Comparison]) -> list[str]:
    """Name the alternatives that fit significantly better than the power law.

    Examples
    --------
    >>> favoured([Comparison("lognormal", -2.4, 0.02, -9.0), Comparison("exponential", 5.0, 0.0, 80.0)])
    ['lognormal']
    """
    return [c.alternative for c in comparisons if c.R < 0 and c.p < SIGNIFICANT]


def worse(comparisons: Sequence[Comparison]) -> list[str]:
    """Name the alternatives that fit significantly worse than the power law.

    R alone does not tell: lognormal and stretched exponential tend to the power law as they widen, and
    close to it a ratio of next to nothing has a standard deviation of even less. So the ratio itself
    must also exceed what one parameter without meaning would gain (``INDISTINCT``).

    Examples
    --------
    >>> worse([Comparison("lognormal", 2.5, 0.012, 0.1), Comparison("exponential", 4.2, 0.0, 261.8)])
    ['exponential']
    """
    found = (c for c in comparisons if c.R > 0 and c.p < SIGNIFICANT)
    return [c.alternative for c in found if c.loglikelihood_ratio >= INDISTINCT]


def category(sequences: Sequence[Examined]) -> ScaleFree:
    """Find the category of Broido and Clauset for the degree sequences of one data set.

    Parameters
    ----------
    sequences
        What was found for each sequence: one for a single distribution, in-, out- and total
        degrees for a digraph. Each network of a series of years is a data set of its own.

    Returns
    -------
    ScaleFree
        Which conditions hold in enough of the sequences, and the strongest as ``category``:

        - super-weak: no alternative is favoured, in half of the sequences;
        - weakest: p > 0.1, in half;
        - weak: p > 0.1 and at least 50 values in the tail, in half;
        - strong: that, 2 < alpha < 3 and no alternative favoured in the same sequence, in half;
        - strongest: strong apart from the comparisons in 90 %, and with them in 95 %.

        Super-weak and weakest do not imply one another; above them each implies the one before,
        and strong implies both. A sequence without a fit fulfils nothing but counts; an
        alternative that cannot be fitted is not favoured. ``not_tested`` where a fit has no
        p-value or was not compared with all four alternatives, ``undefined`` without any fit.

    Notes
    -----
    Thresholds as in the authors' code; their article has p >= 0.1, which differs where p is 0.1 exactly.
    They leave out sequences of mean degree below 2 or above the root of n; here all count.

    References
    ----------
    Broido, Clauset 2019, Nature Communications 10:1017.

    Examples
    --------
    >>> good = PowerLawFit(2, 2.4, 0.1, 0.01, 400, 900, True, 0.44, 0.8)
    >>> none = [Comparison(name, 1.5, 0.2, 3.0) for name in ALTERNATIVES]
    >>> category([Examined(good, 0.6, none)]).category
    'strongest'
    >>> found = category([Examined(good, p, none) for p in (0.6, 0.01, 0.02)])
    >>> found.super_weak, found.weakest, found.category
    (True, False, 'super_weak')
    """
    fitted = [s for s in sequences if np.isfinite(s.fit.alpha)]
    if not fitted:
        return ScaleFree(False, False, False, False, False, "undefined")
    if not all(_fully_tested(s) for s in fitted):
        return ScaleFree(False, False, False, False, False, "not_tested")
    n = len(sequences)
    free = [not favoured(s.comparisons) for s in fitted]
    plausible = [s.p_value > SIGNIFICANT for s in fitted]
    thick = [p and s.fit.n_tail >= THIN for p, s in zip(plausible, fitted, strict=True)]
    shaped = [t and 2 < s.fit.alpha < 3 for t, s in zip(thick, fitted, strict=True)]
    strong = [a and b for a, b in zip(shaped, free, strict=True)]
    held = {
        "super_weak": 2 * sum(free) >= n,
        "weakest": 2 * sum(plausible) >= n,
        "weak": 2 * sum(thick) >= n,
        "strong": 2 * sum(strong) >= n,
        "strongest": 10 * sum(shaped) >= 9 * n and 20 * sum(strong) >= 19 * n,
    }
    found: Category = "not_scale_free"
    for name in CONDITIONS:
        found = name if held[name] else found
    return ScaleFree(**held, category=found)


def _fully_tested(sequence: Examined) -> bool:
    return bool(np.isfinite(sequence.p_value)) and set(ALTERNATIVES) <= {
        comparison.alternative for comparison in sequence.comparisons
    }


def ccdf(values: ArrayLike) -> pd.DataFrame:
    """Distribution of non-negative values: how many have each value, how many at least that.

    Parameters
    ----------
    values
        For example degrees; missing values are left out, zeros count.

    Returns
    -------
    DataFrame
        One row per distinct value, ascending: ``value``, ``count``, ``share`` P(X = x) and ``ccdf``
        P(X >= x), 1 in the first row. No rows without values.

    References
    ----------
    Nankai report 2023, Figure 10.

    Examples
    --------
    >>> ccdf([0, 1, 1, 4])["ccdf"].tolist()
    [1.0, 0.75, 0.25]
    """
    array = np.asarray(values, dtype=np.float64)
    found, counts = np.unique(array[np.isfinite(array)], return_counts=True)
    total = max(int(counts.sum()), 1)
    return pd.DataFrame(
        {
            "value": found,
            "count": counts,
            "share": counts / total,
            "ccdf": np.cumsum(counts[::-1])[::-1] / total,
        }
    )


def tail_ccdf(
    x: ArrayLike, distribution: str, parameters: Sequence[float], xmin: float, discrete: bool = True
) -> Floats:
    """Chance that a value of the tail is at least x under a fitted distribution.

    Parameters
    ----------
    x
        Values; discrete, those between whole numbers count as the next one.
    distribution, parameters
        A name of ``PARAMETERS`` with its parameters in that order: ``power_law`` x^-alpha;
        ``lognormal`` of ln x with mean mu and standard deviation sigma; ``exponential``
        e^(-lambda x); ``stretched_exponential`` P(X >= x) ~ e^(-lambda x^beta), where
        powerlaw's Lambda is lambda^(1/beta); ``truncated_power_law`` x^-alpha e^(-lambda x).
    xmin
        Beginning of the tail.
    discrete
        Whole numbers or any. The lognormal and the stretched exponential give a whole number
        what lies within 1/2 of it, as in powerlaw, the others the density's share of the sum.

    Returns
    -------
    array
        P(X >= x | X >= xmin), 0 to 1; 1 below xmin. NaN where a parameter is.

    References
    ----------
    Clauset, Shalizi, Newman 2009, Table 2.1.

    Examples
    --------
    >>> tail_ccdf([1, 2, 4], "power_law", [2.5], xmin=1, discrete=False).round(3).tolist()
    [1.0, 0.354, 0.125]
    """
    if distribution not in PARAMETERS:
        raise ValueError(f"distribution {distribution!r} is not known; use {', '.join(PARAMETERS)}")
    names = PARAMETERS[distribution]
    if len(parameters) != len(names):
        raise ValueError(f"{distribution} has the parameters {', '.join(names)}, not {len(parameters)}")
    at = np.maximum(np.asarray(x, dtype=np.float64), xmin)
    if not np.isfinite(parameters).all():
        return np.full(at.shape, NAN)
    return _alternatives.survival(distribution, np.ceil(at) if discrete else at, parameters, xmin, discrete)


def to_powerlaw(values: ArrayLike, fit: PowerLawFit) -> powerlaw.Fit:
    """Hand a fit on to the package powerlaw, for its other distributions and its plots.

    Parameters
    ----------
    values
        The values the fit was made from.
    fit
        Result of ``fit``; its xmin is taken over.

    Returns
    -------
    powerlaw.Fit
        With the exact exponent of whole numbers, not powerlaw's usual approximation. Its search for
        alpha stops at 3 unless told otherwise; here it may go as far as the fit did.

    Raises
    ------
    ValueError
        There is no fit to hand on.

    References
    ----------
    Alstott, Bullmore, Plenz 2014, PLoS ONE 9:e85777.

    Examples
    --------
    >>> values = np.random.default_rng(1).zipf(2.5, 2000)
    >>> found = fit(values, xmin=2)
    >>> float(round(abs(to_powerlaw(values, found).power_law.alpha - found.alpha), 3))
    0.0
    """
    if not np.isfinite(fit.alpha):
        raise ValueError("there is no fit to hand on: fewer than two distinct values in the tail")
    import powerlaw

    found, counts, _ = _tally(values, discrete=fit.discrete)
    return powerlaw.Fit(
        np.repeat(found, counts),
        discrete=fit.discrete,
        xmin=fit.xmin,
        estimate_discrete=False,
        parameter_ranges={"alpha": [1 + 1e-6, max(3.0, 2 * fit.alpha)]},
        verbose=0,
    )


def _tally(values: ArrayLike, *, discrete: bool) -> tuple[Floats, NDArray[np.int64], int]:
    """Distinct positive finite values with their counts, and how many values were left out."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"values must be one-dimensional, not of shape {array.shape}")
    usable = array[np.isfinite(array) & (array > 0)]
    if discrete and (usable != np.floor(usable)).any():
        raise ValueError("a discrete fit needs whole numbers; use discrete=False for others")
    found, counts = np.unique(usable, return_counts=True)
    return found, counts.astype(np.int64), array.size - usable.size


def _law(values: ArrayLike, fit: PowerLawFit) -> _replicates.Law:
    """Return what replicates are drawn from."""
    found, counts, _ = _tally(values, discrete=fit.discrete)
    body = int(np.searchsorted(found, fit.xmin))
    if int(counts[body:].sum()) != fit.n_tail or int(counts.sum()) != fit.n:
        raise ValueError("these are not the values the fit was made from")
    return _replicates.Law(found, counts, fit.xmin, fit.alpha, fit.discrete, fit.xmin_given)


def _standard_error(alpha: float, xmin: float, n_tail: int, *, discrete: bool) -> float:
    if not discrete:
        return float((alpha - 1) / np.sqrt(n_tail))
    _, variance = _tails.log_zeta_slopes(np.array([alpha]), np.array([xmin]))
    return float(1 / np.sqrt(n_tail * variance[0]))
