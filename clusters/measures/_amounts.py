"""Amounts and groups as measures of concentration and inequality take them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
NAN = float("nan")


def checked(values: ArrayLike) -> Floats:
    """Return amounts as an array; refuse what is negative, infinite, missing or not one-dimensional."""
    amounts = np.asarray(values if hasattr(values, "__array__") else list(values), dtype=np.float64)  # type: ignore[arg-type]
    if amounts.ndim != 1:
        raise ValueError(f"values must be one-dimensional, not of shape {amounts.shape}")
    if not np.isfinite(amounts).all():
        raise ValueError("values must be finite numbers; drop missing ones first")
    if (amounts < 0).any():
        raise ValueError(f"values must not be negative (smallest: {amounts.min():g})")
    return amounts


def ascending(values: ArrayLike) -> Floats:
    """Sorted amounts, empty when they sum to nothing.

    Scaled only where squares and sums would leave the range of floats, so that counts
    stay whole numbers and results exact.
    """
    amounts = np.sort(checked(values))
    largest = float(amounts[-1]) if amounts.size else 0.0
    if not largest > 0:
        return np.empty(0)
    return amounts if 1e-100 < largest < 1e100 else amounts / largest


def pair(values: ArrayLike, base: ArrayLike) -> tuple[Floats, Floats]:
    """Return amounts and their base as shares, in the order given; empty where either is nothing."""
    amount, size = checked(values), checked(base)
    if amount.size != size.size:
        raise ValueError(f"{amount.size} values but {size.size} of the base")
    if not amount.any() or not size.any():
        return np.empty(0), np.empty(0)
    amount, size = amount / amount.max(), size / size.max()
    return amount / amount.sum(), size / size.sum()


def x_log_x(weight: Floats, argument: Floats) -> Floats:
    """``weight * ln(argument)``, 0 where the weight is 0."""
    return weight * np.log(np.where(weight > 0, argument, 1.0))


def numbered(groups: Sequence[Hashable] | ArrayLike, size: int) -> tuple[Codes, list[Hashable]]:
    """Number the groups of ``size`` owners in the order in which they occur, and name them."""
    codes, names = pd.factorize(pd.Series(list(groups), dtype=object), use_na_sentinel=False)  # type: ignore[arg-type]
    if codes.size != size:
        raise ValueError(f"{size} values but {codes.size} groups")
    return np.asarray(codes, dtype=np.intp), list(names)


def theil_parts(amounts: Floats, codes: Codes) -> tuple[float, float, float]:
    """Return Theil's T of amounts that are not all 0, and what of it lies between and within groups."""
    amounts = amounts / amounts.max()
    share = amounts / amounts.sum()
    total = max(float(np.sum(x_log_x(share, share.size * share))), 0.0)
    held = np.asarray(np.bincount(codes, share), dtype=np.float64)
    owners = np.bincount(codes)
    between = float(np.sum(x_log_x(held, held * share.size / owners)))
    return total, max(between, 0.0), max(total - between, 0.0)


def gini_of(held: Floats) -> float:
    """Gini coefficient of amounts in ascending order, not all 0."""
    n = held.size
    return float((2 * np.arange(1, n + 1) - n - 1) @ held) / float(n * held.sum())


def excess(amounts: Floats, codes: Codes, groups: int) -> tuple[Floats, Floats]:
    """Sum over owners of two groups of what the one of the first has more; and the sizes of groups."""
    amounts = amounts / amounts.max() if amounts.any() else amounts
    members = [np.sort(amounts[codes == g]) for g in range(groups)]
    sums = [np.r_[0.0, np.cumsum(each)] for each in members]
    up = np.zeros((groups, groups))
    for j, mine in enumerate(members):
        for h, others in enumerate(members):
            below = np.searchsorted(others, mine)
            up[j, h] = float((below * mine - sums[h][below]).sum())
    return np.maximum(up, 0.0), np.array([float(each.size) for each in members])


def least_within(amounts: Floats, groups: int) -> Codes:
    """Form groups of neighbouring amounts so that the Gini coefficient within them is least."""
    value, code, people = np.unique(amounts / amounts.max(), return_inverse=True, return_counts=True)
    m = value.size
    n, total = np.r_[0, np.cumsum(people)], np.r_[0.0, np.cumsum(people * value)]
    # Differences of all owners among the first b values; what lies in a..b-1 alone follows from it.
    inside = np.r_[0.0, np.cumsum(people * (n[:-1] * value - total[:-1]))]
    best = np.full(m + 1, np.inf)
    best[0] = 0.0
    cuts: list[Codes] = []
    for _ in range(min(groups, m)):
        following, cut = np.full(m + 1, np.inf), np.zeros(m + 1, dtype=np.intp)
        for b in range(1, m + 1):
            across = n[:b] * (total[b] - total[:b]) - total[:b] * (n[b] - n[:b])
            cost = best[:b] + inside[b] - inside[:b] - across
            cut[b] = int(np.argmin(cost))
            following[b] = cost[cut[b]]
        best = following
        cuts.append(cut)
    labels, b = np.zeros(m, dtype=np.intp), m
    for number in range(len(cuts) - 1, -1, -1):
        a = cuts[number][b]
        labels[a:b], b = number, a
    return labels[code]
