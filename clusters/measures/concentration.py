"""How unequally something is held: degrees over organisations, shares over places.

Every measure takes non-negative amounts, one per owner, in any order. Owners of nothing
are owners: zeros count (decision D9), so leaving them out is the caller's choice and
changes most results. Amounts need not be shares; multiplying all of them by a number
changes nothing. Nothing is said (NaN) where there is no owner or no amount; a negative,
infinite or missing amount is a wrong call (``ValueError``).

Equal amounts give the least value a measure can take, one owner of everything the most.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from clusters.measures._amounts import (
    NAN,
    Floats,
    ascending,
    checked,
    gini_of,
    numbered,
    pair,
    theil_parts,
    x_log_x,
)

Rounding = Literal["half_up", "ceil", "floor", "interpolate"]


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
    held = ascending(values)
    n = held.size
    if not n or (corrected and n == 1):
        return NAN
    value = min(max(gini_of(held), 0.0), 1 - 1 / n)
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
    amount, size = pair(values, base)
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
    held = ascending(values)
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
    return max(float(np.sum(x_log_x(held, held.size * held))), 0.0) if held.size else NAN


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
    amounts = checked(values)
    codes, _ = numbered(groups, amounts.size)
    if not amounts.any():
        return TheilDecomposition(NAN, NAN, NAN)
    return TheilDecomposition(*theil_parts(amounts, codes))


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
    return max(float(-np.sum(x_log_x(held, held))), 0.0) if held.size else NAN


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
    amount, size = pair(values, np.ones(np.size(checked(values))) if base is None else base)
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
    held = ascending(values)[::-1]
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
    held = ascending(values)
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
    held = ascending(values)[::-1]
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
    known = checked(listed)
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


def bounds(
    measure: Callable[[Floats], float], listed: ArrayLike, units: int, total: float = 1.0
) -> tuple[float, float]:
    """Return the least and the largest value that a measure of the full table can have.

    For measures that every shift from a larger to a smaller owner moves the same way: top shares,
    CR_m, Gini, HHI, Theil's T, Hoover and effective numbers. Primacy is exact once eleven shares are
    listed. Wolfson's and Esteban-Ray's polarisation are no such measures, and Theil's L, which an owner
    of nothing makes infinite, has a least value only.

    Parameters
    ----------
    measure
        Takes the shares of all units and returns a number.
    listed, units, total
        As in ``completed``.

    Returns
    -------
    tuple of float
        Low and high: the remainder spread equally, and packed under the smallest listed share, or
        the other way round for measures of equality. NaN at an end that is not defined. The printed
        shares are taken as exact; their rounding is not in the bounds.

    Examples
    --------
    >>> [round(end, 4) for end in bounds(hhi, [0.5, 0.2], 5)]
    [0.32, 0.34]
    >>> [round(end, 4) for end in bounds(effective_number, [0.5, 0.2], 5)]
    [2.9412, 3.125]
    """
    spread, packed = (measure(filled) for filled in completed(listed, units, total))
    return (packed, spread) if packed < spread else (spread, packed)


def shares(values: ArrayLike) -> Floats:
    """Return the amounts as shares of their total, ascending; empty when there is no total."""
    amounts = ascending(values)
    return amounts / amounts.sum() if amounts.size else amounts


def _cumulated(values: ArrayLike) -> Floats:
    """Share held by the 1, 2, ... n largest owners; empty when there is nothing to share."""
    held = np.cumsum(ascending(values)[::-1])
    return held / held[-1] if held.size else held


def _curve(cumulated: Floats, total: float) -> pd.DataFrame:
    n = cumulated.size
    owners = np.arange(n + 1) / max(n, 1)
    return pd.DataFrame({"nodes_share": owners, "total_share": np.r_[0.0, cumulated / total] if n else [0.0]})
