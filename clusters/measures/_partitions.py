"""Two partitions of the same things beside each other: what they share, and how far they agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clusters.measures._amounts import x_log_x

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def shared(one: Ints, other: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the pairs of groups (numbered from 0) that have members in common, and how many.

    Examples
    --------
    >>> [part.tolist() for part in shared(np.array([0, 0, 1]), np.array([1, 1, 0]))]
    [[0, 1], [1, 0], [2, 1]]
    """
    width = int(other.max(initial=-1)) + 1
    cell, count = np.unique(one.astype(np.int64) * max(width, 1) + other, return_counts=True)
    first, second = np.divmod(cell, max(width, 1))
    return first, second, count.astype(np.int64)


def nmi(one: Ints, other: Ints) -> float:
    """Twice the mutual information over the sum of both entropies: 0 to 1, 1 for the same groups.

    1 where neither partition divides anything, NaN without members.

    Examples
    --------
    >>> groups = np.array([0, 0, 1, 1])
    >>> nmi(groups, 1 - groups), nmi(groups, np.array([0, 1, 0, 1]))
    (1.0, 0.0)
    """
    if not one.size:
        return float("nan")
    of_one, of_other, of_both = (
        _entropy(n) for n in (np.bincount(one), np.bincount(other), _cells(one, other))
    )
    if not of_one + of_other:
        return 1.0
    return min(max(2 * (of_one + of_other - of_both) / (of_one + of_other), 0.0), 1.0)


def ari(one: Ints, other: Ints) -> float:
    """Rand index of pairs, adjusted for chance: 1 for the same groups, 0 on average by chance.

    1 where neither partition divides anything or both divide everything, NaN without members.

    Examples
    --------
    >>> groups = np.array([0, 0, 1, 1])
    >>> ari(groups, 1 - groups), round(ari(groups, np.array([0, 1, 0, 1])), 6)
    (1.0, -0.5)
    """
    if not one.size:
        return float("nan")
    first, second, both = (_pairs(n) for n in (np.bincount(one), np.bincount(other), _cells(one, other)))
    every = _pairs(np.array([one.size]))
    expected = first * second / every if every else 0.0
    most = (first + second) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


def _cells(one: Ints, other: Ints) -> Ints:
    return shared(one, other)[2]


def _entropy(counts: Ints) -> float:
    share = counts / counts.sum()
    return float(-x_log_x(share, share).sum())


def _pairs(counts: Ints) -> float:
    return float((counts * (counts - 1) // 2).sum())
