"""How far two partitions of the same items agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

NAN = float("nan")


def crossed(one: ArrayLike, two: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Count items by both partitions: sizes of the cells that occur, of the groups of one, and of two.

    Items that are missing in either do not count.
    """
    a, b = (pd.factorize(pd.Series(np.asarray(x), dtype=object))[0].astype(np.int64) for x in (one, two))
    if a.size != b.size:
        raise ValueError(f"two partitions of {a.size} and {b.size} items")
    known = (a >= 0) & (b >= 0)
    a, b = a[known], b[known]
    cells = np.unique(a * (int(b.max(initial=0)) + 1) + b, return_counts=True)[1]
    one_sizes, two_sizes = (np.unique(x, return_counts=True)[1] for x in (a, b))
    return cells.astype(np.int64), one_sizes.astype(np.int64), two_sizes.astype(np.int64)


def normalised_mutual_information(one: ArrayLike, two: ArrayLike) -> float:
    """Mutual information over the mean of both entropies; 1 where both put all into one group."""
    cells, rows, columns = crossed(one, two)
    n = int(cells.sum())
    if not n:
        return NAN
    joint, first, second = (_entropy(sizes / n) for sizes in (cells, rows, columns))
    if first + second == 0:
        return 1.0
    return float(np.clip(2 * (first + second - joint) / (first + second), 0, 1))


def adjusted_rand_index(one: ArrayLike, two: ArrayLike) -> float:
    """Pairs put together by both beyond chance; 1 where chance leaves nothing to find."""
    cells, rows, columns = (_pairs(sizes) for sizes in crossed(one, two))
    n = int(crossed(one, two)[0].sum())
    if not n:
        return NAN
    expected = rows * columns / (n * (n - 1) / 2) if n > 1 else 0.0
    most = (rows + columns) / 2
    return float((cells - expected) / (most - expected)) if most != expected else 1.0


def _entropy(shares: NDArray[np.float64]) -> float:
    return -float((shares * np.log(shares)).sum()) + 0.0


def _pairs(sizes: NDArray[np.int64]) -> float:
    return float((sizes * (sizes - 1) // 2).sum())
