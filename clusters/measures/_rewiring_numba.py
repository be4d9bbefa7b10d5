"""Rounds of ``_rewiring`` compiled, for ``clusters[fast]``: proposals one by one, same result."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from clusters.measures._rewiring import Edges, Ints
from clusters.measures._sources_numba import fetch

AHEAD = 6
"""Proposals between fetching the slots of one and looking into them."""

SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""Odd number that scatters keys: 2^64 over the golden ratio."""


class Table:
    """All pairs that edges join, in a table of hashes that stays from round to round."""

    def __init__(self, edges: Edges, target: Ints) -> None:
        self.n = edges.n
        self.source, self.row = edges.source, edges.layer * edges.n + edges.source
        bits = max(4, int(3 * target.size).bit_length())
        self.slots = np.full(1 << bits, -1, np.int64)
        self.shift = 64 - bits
        _fill(self.slots, self.shift, edges.key(np.arange(target.size), target))

    def __call__(self, target: Ints, together: Ints, idle: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Move the targets of accepted proposals, and return which ones these are."""
        accepted = np.zeros(idle.size, np.bool_)
        _carry_out(self.slots, self.shift, self.n, self.source, self.row, target, together, idle, accepted)
        return accepted


@njit(cache=True, nogil=True)
def _slot(key: Any, shift: Any) -> Any:
    return np.int64((np.uint64(key) * SPREAD) >> np.uint64(shift))


@njit(cache=True, nogil=True)
def _find(slots: Any, shift: Any, key: Any) -> Any:
    """Return the slot of a key, or the free one where it belongs."""
    mask = slots.size - 1
    slot = _slot(key, shift)
    while slots[slot] != -1 and slots[slot] != key:
        slot = (slot + 1) & mask
    return slot


@njit(cache=True, nogil=True)
def _fill(slots: Any, shift: Any, keys: Any) -> None:
    for i in range(keys.size):
        slots[_find(slots, shift, keys[i])] = keys[i]


@njit(cache=True, nogil=True)
def _remove(slots: Any, shift: Any, key: Any) -> None:
    """Take a key out and move up those behind it that would not be found any more."""
    mask = slots.size - 1
    hole = _find(slots, shift, key)
    slot = hole
    while True:
        slot = (slot + 1) & mask
        other = slots[slot]
        if other == -1:
            break
        home = _slot(other, shift)
        if ((slot - home) & mask) >= ((slot - hole) & mask):
            slots[hole] = other
            hole = slot
    slots[hole] = -1


@njit(cache=True, nogil=True)
def _carry_out(
    slots: Any,
    shift: Any,
    n: Any,
    source: Any,
    row: Any,
    target: Any,
    together: Any,
    idle: Any,
    accepted: Any,
) -> None:
    width = together.shape[0]
    lines = slots.reshape(-1, 1)
    for p in range(idle.size):
        if p + AHEAD < idle.size:
            last = target[together[0, p + AHEAD]]
            for i in range(width):
                i = width - 1 - i
                base = row[together[i, p + AHEAD]] * n
                own = target[together[i, p + AHEAD]]
                fetch(lines, _slot(base + own, shift))
                # The target of the edge before: what was read last, and for the last edge the first.
                fetch(lines, _slot(base + last, shift))
                last = own
        if idle[p]:
            continue
        free = True
        for i in range(width):
            edge = together[i, p]
            end = target[together[(i + 1) % width, p]]
            if source[edge] == end:
                free = False
                break
            key = row[edge] * n + end
            if slots[_find(slots, shift, key)] == key:
                free = False
                break
        if not free:
            continue
        accepted[p] = True
        for i in range(width):
            edge = together[i, p]
            _remove(slots, shift, row[edge] * n + target[edge])
        first = target[together[0, p]]
        for i in range(width):
            edge = together[i, p]
            target[edge] = target[together[i + 1, p]] if i + 1 < width else first
            key = row[edge] * n + target[edge]
            slots[_find(slots, shift, key)] = key
