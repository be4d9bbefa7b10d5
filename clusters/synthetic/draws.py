"""Random draws that stay the same on every machine and every NumPy 2.

Only the bit stream of PCG64 and its conversion to doubles are used; whatever NumPy
builds on top of them (choice, permutation, gamma ...) may change between versions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")


class Draws:
    """A stream of random numbers named by a seed and a path of integers.

    Streams with different paths are independent, so one stage of the generator can
    change how much it draws without moving the others.

    Examples
    --------
    >>> Draws(1, 2).below(100) == Draws(1, 2).below(100)
    True
    """

    def __init__(self, seed: int, *path: int) -> None:
        bits = np.random.PCG64(np.random.SeedSequence([seed, *path]))
        self._generator = np.random.Generator(bits)
        self._block: list[float] = []

    def one(self) -> float:
        """Return a number in [0, 1)."""
        if not self._block:
            self._block = self._generator.random(4096).tolist()
        return self._block.pop()

    def below(self, n: int) -> int:
        """Return an integer from 0 to n - 1."""
        return int(self.one() * n)

    def many(self, n: int) -> NDArray[np.float64]:
        """Return n numbers in [0, 1)."""
        return self._generator.random(n)

    def bell(self, n: int) -> NDArray[np.float64]:
        """Return n numbers with mean 0 and variance 1 (sums of twelve; no logarithm needed)."""
        total = np.zeros(n)
        for _ in range(12):
            total += self.many(n)
        return total - 6.0

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return the items in random order."""
        keys = self.many(len(items))
        return [items[i] for i in np.argsort(keys, kind="stable").tolist()]

    def weighted(self, weights: Sequence[float]) -> int:
        """Return a position drawn with the given weights (at least one positive)."""
        mark = self.one() * sum(weights)
        for position, weight in enumerate(weights):
            mark -= weight
            if mark < 0:
                return position
        return max(p for p, w in enumerate(weights) if w > 0)
