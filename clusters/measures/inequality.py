"""How amounts differ between owners and between groups of them: inequality and bipolarisation.

What ``concentration`` does not say: generalised entropy, rank-size slopes, the parts of inequality
that lie within, between and across groups (Dagum; Kanbur, Zhang), and polarisation in the narrow
sense, where owners gather around a few poles (Wolfson; Esteban, Ray; Tsui, Wang). Polarisation is not
inequality: it can rise while every measure of inequality falls.

Amounts are those of ``concentration``: non-negative, one per owner, zeros included. Nothing is said
(NaN) where there is no owner or no amount. Multiplying all amounts by a number changes nothing, save
in ``esteban_ray`` without ``relative``.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from clusters.measures._amounts import (
    NAN,
    ascending,
    checked,
    excess,
    gini_of,
    least_within,
    numbered,
    theil_parts,
)

MOST_GROUPS = 50
"""Poles that ``esteban_gradin_ray`` looks for at most."""


@dataclass(frozen=True, slots=True)
class RankSize:
    """Slope of the logarithm of size on the logarithm of rank: ln x = intercept - slope ln(rank - 1/2)."""

    slope: float
    """0 when all are equal, 1 for Zipf's rule; the larger, the more the first ones have."""
    standard_error: float
    """``slope * sqrt(2 / n)``; that of least squares would be far too small."""
    intercept: float
    r_squared: float
    n: int
    """Owners in the fit: those with something."""


@dataclass(frozen=True, slots=True)
class DagumGini:
    """Gini coefficient split over groups: ``total = within + net_between + transvariation``."""

    total: float
    within: float
    """Between owners of the same group."""
    net_between: float
    """Between groups, as far as the richer group's owners are the richer ones."""
    transvariation: float
    """Between groups, where an owner of the poorer group has more: overlap."""


def generalised_entropy(values: ArrayLike, a: float) -> float:
    """Generalised entropy GE(a): Theil's L for a = 0, Theil's T for a = 1 (nats).

    Parameters
    ----------
    values
        Amounts, one per owner.
    a
        Any number: the larger, the more the largest amounts matter. GE(2) is half the squared
        coefficient of variation.

    Returns
    -------
    float
        (mean of (x/mean)^a - 1)/(a (a - 1)), at least 0; at most ln n for a = 1 and
        (n^(a-1) - 1)/(a (a - 1)) for other a above 0. NaN without anything to share, and for a
        of 0 or less when an owner has nothing.

    References
    ----------
    Cowell 1980; Shorrocks 1980.

    Examples
    --------
    >>> [round(generalised_entropy([1, 2, 3, 4], a), 6) for a in (0, 1, 2)]
    [0.121777, 0.10644, 0.1]
    """
    held = ascending(values)
    if not held.size or (a <= 0 and held[0] == 0):
        return NAN
    relative = held / held.mean()
    some = relative[relative > 0]
    if a == 0:
        return max(float(-np.log(relative).mean()), 0.0)
    if a == 1:
        return max(float((some * np.log(some)).sum() / held.size), 0.0)
    # expm1 keeps the digits near a = 0 and a = 1, where the difference is small.
    if a < 0 or some.size == held.size:
        return max(float(np.expm1(a * np.log(relative)).mean() / (a * (a - 1))), 0.0)
    return max(float(((some**a).sum() / held.size - 1) / (a * (a - 1))), 0.0)


def rank_size(values: ArrayLike, *, top: int | None = None) -> RankSize:
    """Fit the rank-size rule (位序-规模法则): ln x = intercept - slope ln(rank - 1/2).

    Half a rank is taken off because the slope would else be too flat in small samples.

    Parameters
    ----------
    values
        Amounts. Owners of nothing have no logarithm and are left out; ``n`` says how many stay.
    top
        Only so many of the largest.

    Returns
    -------
    RankSize
        A slope of at least 0. All NaN with fewer than two owners of something; ``r_squared`` is NaN when
        all are equal.

    References
    ----------
    Zipf 1949; Gabaix, Ibragimov 2011 (rank - 1/2, standard error).

    Examples
    --------
    >>> zipf = rank_size([12 / (rank - 0.5) for rank in (1, 2, 3, 4)])
    >>> round(zipf.slope, 9), round(zipf.standard_error, 4), zipf.n
    (1.0, 0.7071, 4)
    """
    if top is not None and top < 2:
        raise ValueError(f"a slope needs at least 2 owners, not {top}")
    held = ascending(values)[::-1]
    held = held[held > 0][:top]
    n = held.size
    if n < 2:
        return RankSize(NAN, NAN, NAN, NAN, n)
    x, y = np.log(np.arange(1, n + 1) - 0.5), np.log(held)
    about = x - x.mean()
    # Relative to the last: equal amounts then give 0 whatever the order of summation.
    slope = max(float(-(about @ (y - y[-1])) / (about @ about)), 0.0)
    intercept = float(y.mean() + slope * x.mean())
    spread = float(((y - y.mean()) ** 2).sum())
    left = float(((y - intercept + slope * x) ** 2).sum())
    r_squared = 1 - left / spread if held[0] > held[-1] else NAN
    return RankSize(slope, slope * math.sqrt(2 / n), intercept, r_squared, n)


def dagum_gini(values: ArrayLike, groups: Sequence[Hashable] | ArrayLike) -> DagumGini:
    """Split the Gini coefficient over groups of owners (达格姆分解).

    Parameters
    ----------
    values
        Amounts, one per owner.
    groups
        Group of each owner, such as the region of a province.

    Returns
    -------
    DagumGini
        With population shares p, shares s of the total, and G_jh the Gini coefficient between two groups
        (mean absolute difference over the sum of means): ``within`` = sum of G_jj p_j s_j,
        ``net_between`` = sum over pairs of G_jh (p_j s_h + p_h s_j) D_jh, ``transvariation`` the same
        with 1 - D_jh, where D_jh is the net share of the differences that go the way of the means.
        Each between 0 and 1; all NaN without anything to share.

    References
    ----------
    Dagum 1997.

    Examples
    --------
    >>> parts = dagum_gini([1, 2, 3, 4], ["a", "b", "a", "b"])
    >>> [round(x, 9) for x in (parts.total, parts.within, parts.net_between, parts.transvariation)]
    [0.25, 0.1, 0.1, 0.05]
    """
    amounts = checked(values)
    codes, names = numbered(groups, amounts.size)
    if not amounts.any():
        return DagumGini(NAN, NAN, NAN, NAN)
    up, _ = excess(amounts, codes, len(names))
    whole = float(amounts.size * (amounts / amounts.max()).sum())
    within = float(np.trace(up)) / whole
    # Sums over pairs of owners: |x - y| is what the one has more plus what the other has more.
    net = float(np.triu(np.abs(up - up.T), 1).sum()) / whole
    gross = float(np.triu(up + up.T, 1).sum()) / whole
    return DagumGini(within + gross, within, net, max(gross - net, 0.0))


def dagum_groups(values: ArrayLike, groups: Sequence[Hashable] | ArrayLike) -> pd.DataFrame:
    """Gini coefficients within groups (diagonal) and between every two of them.

    Returns
    -------
    DataFrame
        Square, the groups in the order in which they occur: mean absolute difference of an owner of the
        one and an owner of the other, over the sum of the two means; 0 to 1, and NaN for
        groups that have nothing.

    References
    ----------
    Dagum 1997.

    Examples
    --------
    >>> dagum_groups([1, 2, 3, 4], ["a", "a", "b", "b"]).round(4).values.tolist()
    [[0.1667, 0.4], [0.4, 0.0714]]
    """
    amounts = checked(values)
    codes, names = numbered(groups, amounts.size)
    axis = pd.Index(names, dtype=object, tupleize_cols=False)
    up, people = excess(amounts, codes, len(names))
    scale = amounts.max() if amounts.any() else 1.0
    mean = np.bincount(codes, amounts / scale, len(names)) / people
    below = np.outer(people, people) * (mean[:, None] + mean)
    result = np.divide(up + up.T, below, out=np.full(below.shape, NAN), where=below > 0)
    return pd.DataFrame(result, index=axis, columns=axis)


def wolfson(values: ArrayLike) -> float:
    """Wolfson's polarisation: how far amounts have left the middle for both ends.

    2 (mean/median) (2 (1/2 - L(1/2)) - G), where L(1/2) is what the poorer half of the owners holds
    (Lorenz curve, the middle owner of an odd number counting half) and G the Gini coefficient.

    Returns
    -------
    float
        0 when all have the same, 1 when half have nothing and the others the same; not bounded by 1
        where the median is small. NaN without anything to share, and where the median is 0.

    References
    ----------
    Wolfson 1994.

    Examples
    --------
    >>> round(wolfson([1, 2, 3, 4, 10]), 9)
    0.4
    """
    held = ascending(values)
    n = held.size
    if not n or np.median(held) <= 0:
        return NAN
    lorenz = np.r_[0.0, np.cumsum(held)] / held.sum()
    half = float(np.interp(n / 2, np.arange(n + 1), lorenz))
    return max(2 * float(held.mean() / np.median(held)) * (2 * (0.5 - half) - gini_of(held)), 0.0)


def esteban_ray(
    positions: ArrayLike, weights: ArrayLike | None = None, *, alpha: float = 1.6, relative: bool = False
) -> float:
    """Esteban and Ray's polarisation of groups that stand at positions.

    Sum over groups i, j of pi_i^(1 + alpha) pi_j |y_i - y_j|: members feel with their own group and
    against those far away.

    Parameters
    ----------
    positions
        Amount y of each group, for example its mean.
    weights
        Size of each group; equal by default. Shares pi are of their sum. Groups at the same position are one.
    alpha
        Weight of identification, from 1 to 1.6, the range in which the measure satisfies its axioms.
    relative
        Divide positions by their mean, so that their unit does not matter.

    Returns
    -------
    float
        At least 0; two equal groups at the ends have the most. NaN without a group of any size, or
        relative without anything to share.

    References
    ----------
    Esteban, Ray 1994.

    Examples
    --------
    >>> round(esteban_ray([0, 1]), 6)
    0.164938
    """
    if not 1 <= alpha <= 1.6:
        raise ValueError(f"alpha must lie between 1 and 1.6, not {alpha}")
    where = checked(positions)
    size = np.ones(where.size) if weights is None else checked(weights)
    if size.size != where.size:
        raise ValueError(f"{where.size} positions but {size.size} weights")
    if not size.any():
        return NAN
    where, code = np.unique(where, return_inverse=True)
    held = np.bincount(code, size / size.max(), where.size)
    share = held / held.sum()
    if relative:
        mean = float(share @ where)
        if not mean > 0:
            return NAN
        where = where / mean
    return float(share ** (1 + alpha) @ np.abs(where[:, None] - where) @ share)


def esteban_gradin_ray(
    values: ArrayLike,
    groups: int | Sequence[Hashable] | ArrayLike = 2,
    *,
    alpha: float = 1.6,
    beta: float = 1.0,
) -> float:
    """Esteban, Gradin and Ray's polarisation: that of groups, less the inequality within them.

    ER - beta (G - G_between), with amounts relative to their mean, G the Gini coefficient of the
    owners and G_between that of the groups' means.

    Parameters
    ----------
    values
        Amounts, one per owner.
    groups
        Group of each owner; or how many groups to form, from 1 to 50, so that the inequality
        within them is least (fewer where there are not so many different amounts).
    alpha
        As in ``esteban_ray``.
    beta
        How much it counts that owners differ from the mean of their group.

    Returns
    -------
    float
        At most that of two equal groups, and below 0 where groups hold little together. NaN without
        anything to share.

    References
    ----------
    Esteban, Gradin, Ray 2007.

    Examples
    --------
    >>> round(esteban_gradin_ray([1, 1, 3, 3]), 6)
    0.164938
    """
    amounts = checked(values)
    if not amounts.any():
        return NAN
    if isinstance(groups, int):
        if not 1 <= groups <= MOST_GROUPS:
            raise ValueError(f"groups must lie between 1 and {MOST_GROUPS}, not {groups}")
        codes = least_within(amounts, groups)
    else:
        codes = numbered(groups, amounts.size)[0]
    people = np.bincount(codes)
    mean = np.bincount(codes, amounts / amounts.max()) / people
    lost = gini_of(np.sort(amounts)) - gini_of(np.sort(mean[codes]))
    return esteban_ray(mean, people, alpha=alpha, relative=True) - beta * max(lost, 0.0)


def tsui_wang(values: ArrayLike, weights: ArrayLike | None = None, *, r: float = 0.5) -> float:
    """Tsui and Wang's polarisation: mean of |(x - median)/median|^r, 0 < r < 1.

    Parameters
    ----------
    values
        Amounts, one per owner or group.
    weights
        Size of each, such as the population of a province; equal by default. The mean is weighted, the
        median is that of the amounts as they are.
    r
        Above 0 and below 1.

    Returns
    -------
    float
        0 when all have the same; no upper bound. NaN without anything to share, and where the
        median is 0.

    References
    ----------
    Wang, Tsui 2000.

    Examples
    --------
    >>> round(tsui_wang([1, 4, 7], r=0.5), 6)
    0.57735
    """
    if not 0 < r < 1:
        raise ValueError(f"r must lie between 0 and 1, not {r}")
    amounts = checked(values)
    size = np.ones(amounts.size) if weights is None else checked(weights)
    if size.size != amounts.size:
        raise ValueError(f"{amounts.size} values but {size.size} weights")
    if not amounts.size or not size.any() or not np.median(amounts) > 0:
        return NAN
    middle = float(np.median(amounts))
    return float(np.average(np.abs((amounts - middle) / middle) ** r, weights=size / size.max()))


def kanbur_zhang(values: ArrayLike, groups: Sequence[Hashable] | ArrayLike) -> float:
    """Kanbur and Zhang's polarisation: Theil's T between groups over Theil's T within them.

    Returns
    -------
    float
        At least 0: above 1 groups differ more than their members do. NaN without anything to share, and
        where members of groups do not differ at all.

    References
    ----------
    Kanbur, Zhang 2001.

    Examples
    --------
    >>> round(kanbur_zhang([1, 2, 3, 4], ["a", "a", "b", "b"]), 4)
    3.4061
    """
    amounts = checked(values)
    codes, _ = numbered(groups, amounts.size)
    if not amounts.any():
        return NAN
    _, between, within = theil_parts(amounts, codes)
    return between / within if within > 1e-15 else NAN
