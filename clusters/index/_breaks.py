"""Natural breaks: the classes of sorted values with the least sum of squares within (Fisher 1958).

The best k classes up to a value follow from the best k - 1 classes up to a smaller one. Since the
first value of the last class moves up only as the end moves up, each class more takes a search by
halves (O(m log m) for m distinct values) in place of all pairs, and stays exact.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


def natural_breaks(values: Floats, counts: Whole) -> Iterator[tuple[Whole, float]]:
    """Yield the best classes, one class more each time, until each value is a class.

    Parameters
    ----------
    values
        Distinct values, ascending.
    counts
        How often each occurs.

    Yields
    ------
    starts, within
        Position of the first value of each class, ascending, and the sum of squares within
        classes. Of equally good classes those with the longer last ones are taken.
    """
    sums = _Sums(values, counts)
    size = len(values)
    last = np.arange(size)
    best = sums.within(np.zeros(size, dtype=np.int64), last)
    firsts: list[Whole] = []
    yield np.zeros(1, dtype=np.int64), float(best[-1])
    for classes in range(2, size + 1):
        best, first = _one_more(best, sums, classes)
        firsts.append(first)
        starts, end = np.zeros(classes, dtype=np.int64), size - 1
        for level in range(classes - 2, -1, -1):
            starts[level + 1] = firsts[level][end]
            end = starts[level + 1] - 1
        yield starts, float(best[-1])


class _Sums:
    """Sums over runs of values, from sums that start at the median: so that far values do not cost digits."""

    def __init__(self, values: Floats, counts: Whole) -> None:
        middle = int(np.searchsorted(np.cumsum(counts), counts.sum() / 2))
        centred = values - values[middle]
        self.weight = _from(counts.astype(float), middle)
        self.first = _from(counts * centred, middle)
        self.second = _from(counts * centred**2, middle)

    def within(self, start: Whole, end: Whole) -> Floats:
        """Sum of squares about the mean of the values from ``start`` to ``end``, both included."""
        weight, first, second = (s[end + 1] - s[start] for s in (self.weight, self.first, self.second))
        return np.maximum(second - first**2 / weight, 0.0)


def _from(terms: Floats, middle: int) -> Floats:
    """Cumulative sums that are 0 before the term ``middle`` and negative to its left."""
    left = -np.cumsum(terms[:middle][::-1])[::-1]
    return np.concatenate([left, [0.0], np.cumsum(terms[middle:])])


def _one_more(before: Floats, sums: _Sums, classes: int) -> tuple[Floats, Whole]:
    """Add a class to the best ones up to every value: their sums, and where the last class begins.

    All halves of one depth are searched together. ``before`` holds the sums with a class less.
    """
    size = len(before)
    best, first = np.full(size, np.inf), np.zeros(size, dtype=np.int64)
    # Ends from low to high are open; their last class begins somewhere from start_low to start_high.
    low, high = np.array([classes - 1]), np.array([size - 1])
    start_low, start_high = low.copy(), high.copy()
    while low.size:
        middle = (low + high) // 2
        tries = np.minimum(middle, start_high) - start_low + 1
        offset = np.cumsum(tries) - tries
        owner = np.repeat(np.arange(low.size), tries)
        start = start_low[owner] + np.arange(owner.size) - offset[owner]
        total = before[start - 1] + sums.within(start, middle[owner])
        least = np.minimum.reduceat(total, offset)
        chosen = np.minimum.reduceat(np.where(total == least[owner], start, size), offset)
        best[middle], first[middle] = least, chosen
        low, high = np.concatenate([low, middle + 1]), np.concatenate([middle - 1, high])
        start_low, start_high = np.concatenate([start_low, chosen]), np.concatenate([chosen, start_high])
        left = low <= high
        low, high, start_low, start_high = low[left], high[left], start_low[left], start_high[left]
    return best, first
