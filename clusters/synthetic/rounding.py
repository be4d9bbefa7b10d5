"""Whole numbers that add up: largest remainder with floors and limits, and a table with given margins."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

IntVector = NDArray[np.int64]


def largest_remainder(
    weights: ArrayLike, total: int, *, floor: ArrayLike | None = None, limit: ArrayLike | None = None
) -> IntVector:
    """Split a total into whole numbers in proportion to weights.

    Parameters
    ----------
    weights
        Not negative; all zero means equal weights.
    total
        What the parts add up to.
    floor, limit
        Least and greatest value of each part. Where they cannot be met together with the
        total, the total wins over the floor and the limit wins over the total.

    Examples
    --------
    >>> largest_remainder([1, 1, 1], 100).tolist()
    [34, 33, 33]
    >>> largest_remainder([10, 1, 1], 12, floor=[0, 2, 2], limit=[9, 9, 2]).tolist()
    [8, 2, 2]
    """
    weight = np.asarray(weights, dtype=float)
    if not weight.size:
        return np.zeros(0, np.int64)
    high = np.full(weight.size, max(total, 0), np.int64) if limit is None else np.asarray(limit, np.int64)
    low = np.zeros(weight.size, np.int64) if floor is None else np.minimum(np.asarray(floor, np.int64), high)
    total = min(total, int(high.sum()))
    if low.sum() > total:
        return largest_remainder(weight, total, limit=low)
    # A power of two changes no digit, and keeps the factor of tiny weights finite.
    weight = np.asarray(np.ldexp(weight, -np.frexp(weight.max())[1]), dtype=float)
    weight = weight + (weight.mean() or 1.0) * 1e-9  # so that weightless parts can take what limits leave
    exact = np.clip(weight * _slope(weight, total, low, high), low, high)
    parts = np.floor(exact).astype(np.int64)
    open_ = np.flatnonzero(parts < high)
    order = open_[np.argsort(-(exact - parts)[open_], kind="stable")]
    parts[order[: total - int(parts.sum())]] += 1
    return parts


def _slope(weight: NDArray[np.float64], total: int, low: IntVector, high: IntVector) -> float:
    """Find the factor with which clipped weights add up to the total."""
    least, most = 0.0, 1.0
    while np.clip(weight * most, low, high).sum() < total:
        most *= 2.0
    for _ in range(100):
        middle = (least + most) / 2.0
        if np.clip(weight * middle, low, high).sum() < total:
            least = middle
        else:
            most = middle
    return least


def half_up(value: float) -> int:
    """Round to the nearest whole number, halves up.

    Examples
    --------
    >>> half_up(2.5), half_up(2.4)
    (3, 2)
    """
    return int(np.floor(value + 0.5))
