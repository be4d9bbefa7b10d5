"""How unequally something is held: degrees over organisations, shares over places.

Every measure takes non-negative amounts, one per owner, in any order. Owners of nothing
are owners: zeros count (decision D9), so leaving them out is the caller's choice and
changes most results. Amounts need not be shares; multiplying all of them by a number
changes nothing. Nothing is said (NaN) where there is no owner or no amount; a negative,
infinite or missing amount is a wrong call (``ValueError``).

Equal amounts give the least value a measure can take, one owner of everything the most.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Rounding = Literal["half_up", "ceil", "floor", "interpolate"]
Floats = NDArray[np.float64]
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class TheilDecomposition:
    """Theil's T split over groups: ``total = between + within``."""

    total: float
    between: float
    within: float


def top_share(values: ArrayLike, fraction: float, rounding: Rounding = "half_up") -> float:
    """Share of the total that the top fraction of owners holds (集中度).

    Parameters
    ----------
    values
        Amounts, for example out-degrees of all nodes of a network, zeros included.
    fraction
        Fraction p of the n owners, above 0 and at most 1.
    rounding
        How many owners k are the top p: ``half_up`` k = max(1, floor(p n + 1/2)), ``ceil``
        and ``floor`` alike with at least one owner; ``interpolate`` reads the concentration
        curve at p, between two whole numbers of owners along the straight line.

    Returns
    -------
    float
        Between k/n and 1. NaN without owners or without anything to share.

    References
    ----------
    Nankai report 2023, Figure 15 (top 10, 1 and 0.1 % of nodes by out-degree).

    Examples
    --------
    >>> round(top_share(range(1, 11), 0.1), 4)
    0.1818
    >>> top_share([6, 3, 1, 0, 0], 0.3, rounding="interpolate")
    0.75
    """
    if not 0 < fraction <= 1:
        raise ValueError(f"fraction must lie above 0 and not above 1, not {fraction}")
    held = _cumulated(values)
    if not held.size:
        return NAN
    # A product such as 0.1 * 35 must not fall short of its true value by a rounding error.
    exact = round(fraction * held.size, 9)
    if rounding == "interpolate":
        return float(np.interp(exact, np.arange(held.size + 1), np.r_[0.0, held]))
    if rounding not in ("half_up", "ceil", "floor"):
        raise ValueError(f"rounding {rounding!r} is not known; use half_up, ceil, floor or interpolate")
    steps = {"half_up": np.floor(exact + 0.5), "ceil": np.ceil(exact), "floor": np.floor(exact)}
    return float(held[max(1, int(steps[rounding])) - 1])


def concentration_ratio(values: ArrayLike, m: int) -> float:
    """Share of the total that the ``m`` largest owners hold (CR_m).

    With fewer than ``m`` owners it is 1. NaN without anything to share.

    References
    ----------
    Bain 1956; Nankai report 2023, Table 7 (CR2 61.61 % of empowerment).

    Examples
    --------
    >>> concentration_ratio([5, 3, 2], 2)
    0.8
    """
    if m < 1:
        raise ValueError(f"m must be at least 1, not {m}")
    held = _cumulated(values)
    return float(held[min(m, held.size) - 1]) if held.size else NAN


def gini(values: ArrayLike, *, corrected: bool = False) -> float:
    """Gini coefficient: sum of (2i - n - 1) x_(i) over n times the total, x ascending.

    Parameters
    ----------
    values
        Amounts, one per owner.
    corrected
        Multiply by n/(n - 1), so that one owner of everything gives 1.

    Returns
    -------
    float
        Between 0 and 1 - 1/n (corrected: 1). NaN without anything to share; corrected also
        with a single owner.

    References
    ----------
    Gini 1912.

    Examples
    --------
    >>> gini([0, 10, 10, 30, 50])
    0.48
    >>> gini([0, 0, 0, 0, 1]), gini([0, 0, 0, 0, 1], corrected=True)
    (0.8, 1.0)
    """
    held = _ascending(values)
    n = held.size
    if not n or (corrected and n == 1):
        return NAN
    value = float((2 * np.arange(1, n + 1) - n - 1) @ held) / float(n * held.sum())
    value = min(max(value, 0.0), 1 - 1 / n)
    return value * n / (n - 1) if corrected else value


def locational_gini(values: ArrayLike, base: ArrayLike) -> float:
    """Gini coefficient of amounts against a base, such as size, instead of a headcount.

    Owners are ordered by amount per unit of base; the coefficient is twice the area between
    the Lorenz curve over cumulative shares of the base and the diagonal (Hoover-Gini).

    Returns
    -------
    float
        Between 0 and 1. NaN without anything to share on either side.

    References
    ----------
    Hoover 1936; Krugman 1991.

    Examples
    --------
    >>> round(locational_gini([0, 10, 10, 30, 50], [10, 15, 20, 25, 30]), 4)
    0.31
    """
    amount, size = _pair(values, base)
    if not amount.size:
        return NAN
    with np.errstate(divide="ignore"):
        order = np.argsort(np.where(size > 0, amount / np.where(size > 0, size, 1), np.inf), kind="stable")
    across, up = np.r_[0.0, np.cumsum(size[order])], np.r_[0.0, np.cumsum(amount[order])]
    return max(float(1 - np.sum(np.diff(across) * (up[1:] + up[:-1]))), 0.0)


def hhi(values: ArrayLike, *, normalised: bool = False) -> float:
    """Herfindahl-Hirschman index: sum of squared shares.

    Parameters
    ----------
    values
        Amounts, one per owner.
    normalised
        Return (H - 1/n)/(1 - 1/n), which does not depend on the number of owners.

    Returns
    -------
    float
        Between 1/n and 1 (normalised: 0 and 1). NaN without anything to share; normalised also
        with a single owner.

    References
    ----------
    Hirschman 1945; Herfindahl 1950.

    Examples
    --------
    >>> hhi([1, 1, 2]), round(hhi([1, 1, 2], normalised=True), 4)
    (0.375, 0.0625)
    """
    held = _ascending(values)
    n = held.size
    if not n or (normalised and n == 1):
        return NAN
    value = float(held @ held / held.sum() ** 2)
    return max((value - 1 / n) / (1 - 1 / n), 0.0) if normalised else value


def effective_number(values: ArrayLike) -> float:
    """Number of equal owners that would be as concentrated: 1/HHI, between 1 and n.

    Examples
    --------
    >>> round(effective_number([1, 1, 2]), 4)
    2.6667
    """
    return 1 / hhi(values)


def theil_t(values: ArrayLike) -> float:
    """Theil's T: sum of s ln(n s) over shares s, with 0 ln 0 = 0; between 0 and ln n (nats).

    NaN without anything to share.

    References
    ----------
    Theil 1967.

    Examples
    --------
    >>> round(theil_t([1, 2, 3, 4]), 6)
    0.10644
    """
    held = shares(values)
    return max(float(np.sum(_x_log_x(held, held.size * held))), 0.0) if held.size else NAN


def theil_l(values: ArrayLike) -> float:
    """Theil's L, the mean of ln(mean/x): at least 0, without an upper bound (nats).

    NaN when any owner holds nothing, or without owners: ln of it is not defined.

    References
    ----------
    Theil 1967 (mean logarithmic deviation).

    Examples
    --------
    >>> round(theil_l([1, 2, 3, 4]), 6)
    0.121777
    """
    held = shares(values)
    if not held.size or held[0] <= 0:
        return NAN
    return max(float(-np.mean(np.log(held.size * held))), 0.0)


def theil_decomposition(values: ArrayLike, groups: Sequence[Hashable] | ArrayLike) -> TheilDecomposition:
    """Split Theil's T into what lies between groups of owners and what lies within them.

    Parameters
    ----------
    values
        Amounts, one per owner.
    groups
        Group of each owner, such as the region of a province.

    Returns
    -------
    TheilDecomposition
        ``between`` = sum of s_g ln(s_g n/n_g), ``within`` = sum of s_g T_g over groups g with
        share s_g and n_g owners. All NaN without anything to share.

    References
    ----------
    Theil 1967.

    Examples
    --------
    >>> parts = theil_decomposition([1, 2, 3, 4], ["a", "a", "b", "b"])
    >>> round(parts.between, 6), round(parts.within, 6)
    (0.082283, 0.024157)
    """
    amounts = _checked(values)
    codes, names = pd.factorize(pd.Series(list(groups), dtype=object), use_na_sentinel=False)  # type: ignore[arg-type]
    if codes.size != amounts.size:
        raise ValueError(f"{amounts.size} values but {codes.size} groups")
    if not amounts.any():
        return TheilDecomposition(NAN, NAN, NAN)
    amounts = amounts / amounts.max()
    held = np.bincount(codes, amounts, len(names)) / amounts.sum()
    owners = np.bincount(codes, minlength=len(names))
    between = float(np.sum(_x_log_x(held, held * amounts.size / owners)))
    total = theil_t(amounts)
    return TheilDecomposition(total, max(between, 0.0), max(total - between, 0.0))


def shannon(values: ArrayLike) -> float:
    """Shannon entropy of the shares, -sum of s ln s: between 0 and ln n (nats).

    High values mean little concentration; e to this power is an effective number of owners.
    NaN without anything to share.

    References
    ----------
    Shannon 1948.

    Examples
    --------
    >>> round(shannon([1, 1, 2]), 6)
    1.039721
    """
    held = shares(values)
    return max(float(-np.sum(_x_log_x(held, held))), 0.0) if held.size else NAN


def hoover(values: ArrayLike, base: ArrayLike | None = None) -> float:
    """Hoover index: half the sum of absolute differences between shares and base shares.

    The part of the total that would have to change hands for shares to equal those of the
    base; without a base, for all owners to hold the same.

    Returns
    -------
    float
        From 0 to less than 1 (against equal shares at most 1 - 1/n). NaN without anything to
        share on either side.

    References
    ----------
    Hoover 1936.

    Examples
    --------
    >>> round(hoover([0, 10, 10, 30, 50], [10, 15, 20, 25, 30]), 9)
    0.25
    """
    amount, size = _pair(values, np.ones(np.size(_checked(values))) if base is None else base)
    return float(np.abs(amount - size).sum() / 2) if amount.size else NAN


def primacy(values: ArrayLike, places: Literal[2, 4, 11] = 2) -> float:
    """Primacy of the largest (首位度): against the second, the next three or the next ten.

    Parameters
    ----------
    values
        Amounts, one per owner.
    places
        2: P1/P2; 4: P1/(P2 + P3 + P4); 11: 2 P1/(P2 + ... + P11).

    Returns
    -------
    float
        At least 1 for two places, above 0 else. NaN where fewer owners than ``places`` exist or
        the others hold nothing.

    References
    ----------
    Jefferson 1939 (two places); the four- and eleven-place indices of Chinese urban geography.

    Examples
    --------
    >>> primacy([8, 4, 2, 2]), primacy([8, 4, 2, 2], places=4)
    (2.0, 1.0)
    """
    if places not in (2, 4, 11):
        raise ValueError(f"places must be 2, 4 or 11, not {places}")
    held = _ascending(values)[::-1]
    others = float(held[1:places].sum()) if held.size >= places else 0.0
    return float(held[0] * (2 if places == 11 else 1) / others) if others > 0 else NAN


def lorenz_curve(values: ArrayLike) -> pd.DataFrame:
    """Cumulative share of the total against cumulative share of owners, smallest first.

    Returns
    -------
    DataFrame
        ``nodes_share`` and ``total_share`` from (0, 0) to (1, 1), n + 1 rows; only the origin
        without anything to share.

    References
    ----------
    Lorenz 1905.

    Examples
    --------
    >>> lorenz_curve([1, 3])["total_share"].tolist()
    [0.0, 0.25, 1.0]
    """
    held = _ascending(values)
    return _curve(np.cumsum(held), held.sum())


def concentration_curve(values: ArrayLike) -> pd.DataFrame:
    """Cumulative share of the total against cumulative share of owners, largest first.

    Returns
    -------
    DataFrame
        ``nodes_share`` and ``total_share`` from (0, 0) to (1, 1), n + 1 rows; only the origin
        without anything to share.

    References
    ----------
    Nankai report 2023, Figure 15.

    Examples
    --------
    >>> concentration_curve([1, 3])["total_share"].tolist()
    [0.0, 0.75, 1.0]
    """
    held = _ascending(values)[::-1]
    return _curve(np.cumsum(held), held.sum())


def completed(listed: ArrayLike, units: int, total: float = 1.0) -> tuple[Floats, Floats]:
    """Fill a table that prints only its largest shares, in the two extreme ways.

    Measures of concentration of the two results bound the measure of the full table.

    Parameters
    ----------
    listed
        The shares that are printed, for example the twenty of Table 7.
    units
        Number of owners in the full table.
    total
        What the full table sums to: 1 for fractions, 100 for percent.

    Returns
    -------
    tuple of arrays
        ``units`` shares each: first with the remainder spread equally over the units not
        listed (least concentrated), second with it packed under the smallest listed share (most
        concentrated).

    Examples
    --------
    >>> spread, packed = completed([0.5, 0.2], 5)
    >>> spread.round(9).tolist(), packed.round(9).tolist()
    ([0.5, 0.2, 0.1, 0.1, 0.1], [0.5, 0.2, 0.2, 0.1, 0.0])
    """
    known = _checked(listed)
    missing, rest = units - known.size, round(total - float(known.sum()), 12)
    if missing < 0 or rest < 0 or (rest > 0 and missing == 0) or not known.size:
        raise ValueError(
            f"{known.size} shares summing to {known.sum():g} do not fit {units} units of {total:g}"
        )
    limit = float(known.min())
    if rest > limit * missing * (1 + 1e-9):
        raise ValueError(f"the remainder {rest:g} does not fit under the smallest listed share {limit:g}")
    steps = np.clip(rest - limit * np.arange(missing), 0.0, limit)
    return np.r_[known, np.full(missing, rest / max(missing, 1))], np.r_[known, steps]


def shares(values: ArrayLike) -> Floats:
    """Return the amounts as shares of their total, ascending; empty when there is no total."""
    amounts = _ascending(values)
    return amounts / amounts.sum() if amounts.size else amounts


def _ascending(values: ArrayLike) -> Floats:
    """Sorted amounts, empty when they sum to nothing.

    Scaled only where squares and sums would leave the range of floats, so that counts
    stay whole numbers and results exact.
    """
    amounts = np.sort(_checked(values))
    largest = float(amounts[-1]) if amounts.size else 0.0
    if not largest > 0:
        return np.empty(0)
    return amounts if 1e-100 < largest < 1e100 else amounts / largest


def _cumulated(values: ArrayLike) -> Floats:
    """Share held by the 1, 2, ... n largest owners; empty when there is nothing to share."""
    held = np.cumsum(_ascending(values)[::-1])
    return held / held[-1] if held.size else held


def _checked(values: ArrayLike) -> Floats:
    amounts = np.asarray(values if hasattr(values, "__array__") else list(values), dtype=np.float64)  # type: ignore[arg-type]
    if amounts.ndim != 1:
        raise ValueError(f"values must be one-dimensional, not of shape {amounts.shape}")
    if not np.isfinite(amounts).all():
        raise ValueError("values must be finite numbers; drop missing ones first")
    if (amounts < 0).any():
        raise ValueError(f"values must not be negative (smallest: {amounts.min():g})")
    return amounts


def _pair(values: ArrayLike, base: ArrayLike) -> tuple[Floats, Floats]:
    amount, size = _checked(values), _checked(base)
    if amount.size != size.size:
        raise ValueError(f"{amount.size} values but {size.size} of the base")
    if not amount.any() or not size.any():
        return np.empty(0), np.empty(0)
    amount, size = amount / amount.max(), size / size.max()
    return amount / amount.sum(), size / size.sum()


def _x_log_x(weight: Floats, argument: Floats) -> Floats:
    """``weight * ln(argument)``, 0 where the weight is 0."""
    return weight * np.log(np.where(weight > 0, argument, 1.0))


def _curve(cumulated: Floats, total: float) -> pd.DataFrame:
    n = cumulated.size
    owners = np.arange(n + 1) / max(n, 1)
    return pd.DataFrame({"nodes_share": owners, "total_share": np.r_[0.0, cumulated / total] if n else [0.0]})
