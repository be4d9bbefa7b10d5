"""Distances from some nodes of a graph, in bits: for graphs too large to search from all.

Every row of a matrix of bits is a node, every bit one search: it is set once the search has
reached the node. One step lets every row OR the rows of its predecessors, so a word of 64
bits moves 64 searches at once. Two things save work, neither is an approximation:

* A node with one successor sees what that one sees, one edge further. Searches therefore
  start where such chains end, and searches that start at the same place are one.
* Rows without a changed predecessor are left alone.

Counting the nodes behind every single bit is done by carry-save addition, which needs about
five operations per word instead of one for each of its bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusters.measures import _choice
from clusters.measures._search import Ints, Steps, Words, sorted_pairs

LONGEST = 64
"""Edges of a chain followed before a search starts; longer ones start on their way."""
WIDTH = 16
"""Most words of a pass: 1,024 searches."""
BLOCK = 4096
"""Rows counted at once, so that they stay in the cache."""
REPAYS = 300_000
"""Edges from which compiled kernels repay loading them."""
ONE = np.uint64(1)


def from_sources(n: int, source: NDArray[Any], target: NDArray[Any], chosen: NDArray[Any]) -> Ints:
    """Count the nodes at each distance from some nodes, exactly.

    Parameters
    ----------
    n
        Number of nodes.
    source, target
        Distinct edges without loops, sorted by source; for an undirected graph both directions.
    chosen
        Nodes to start from.

    Returns
    -------
    array of shape (nodes chosen, largest distance + 1)
        The column is the distance; no node is counted at distance 0.
    """
    chains = follow(n, source, target, np.asarray(chosen, np.int64))
    starts, bit = np.unique(chains.end[chains.goes_on], return_inverse=True)
    search_of = np.full(chains.end.size, -1)
    search_of[chains.goes_on] = bit
    kernels = _choice.compiled("sources", repays=source.size >= REPAYS)
    search = (_Search if kernels is None else kernels.Search)(n, source, target)
    watched_bit, watched_node = search_of[chains.owner], chains.node
    found, met = np.zeros((starts.size, 1), np.int64), np.zeros(chains.owner.size, np.int64)
    for first in range(0, starts.size, 64 * WIDTH):
        last = min(first + 64 * WIDTH, starts.size)
        mine = np.flatnonzero((watched_bit >= first) & (watched_bit < last))
        counts, met[mine] = search.run(starts[first:last], watched_bit[mine] - first, watched_node[mine])
        found = _wider(found, counts.shape[1])
        found[first:last, : counts.shape[1]] = counts
    return chains.unfold(found, search_of, met)


def _wider(counts: Ints, columns: int) -> Ints:
    return np.pad(counts, ((0, 0), (0, max(0, columns - counts.shape[1]))))


@dataclass(frozen=True, slots=True)
class Chains:
    """For each chosen node, the nodes that it sees one after the other before it may choose."""

    owner: Ints
    """Position of the chosen node, once for each node of its chain but the end."""
    node: Ints
    """These nodes, the chosen one first."""
    place: Ints
    """Edges from the chosen node to them."""
    end: Ints
    """Where each chain ends."""
    length: Ints
    """Edges of each chain."""
    goes_on: NDArray[np.bool_]
    """Whether the end has a successor."""

    def unfold(self, found: Ints, search_of: Ints, met: Ints) -> Ints:
        """Turn counts from the ends into counts from the chosen nodes.

        A node of the chain that the end comes back to was seen before, from the chain.
        """
        width = found.shape[1] + int(self.length.max(initial=0))
        counts = np.zeros((self.end.size, width), np.int64)
        for length in np.unique(self.length).tolist():
            mine = np.flatnonzero((self.length == length) & self.goes_on)
            counts[mine, length : length + found.shape[1]] = found[search_of[mine]]
        for length in range(1, int(self.length.max(initial=0)) + 1):
            counts[self.length >= length, length] += 1
        back = np.flatnonzero(met)
        np.subtract.at(counts, (self.owner[back], self.length[self.owner[back]] + met[back]), 1)
        used = np.flatnonzero(counts.any(axis=0))
        return counts[:, : int(used[-1]) + 1 if used.size else 1]


def follow(n: int, source: NDArray[Any], target: NDArray[Any], chosen: Ints) -> Chains:
    """Follow each chosen node along nodes with one successor; stop before coming back."""
    gives = np.bincount(source, minlength=n)
    first = np.cumsum(gives) - gives
    owner, node, place = [], [], []
    end, length = chosen.copy(), np.zeros(chosen.size, np.int64)
    path = np.full((chosen.size, LONGEST), -1)
    moving = np.flatnonzero(gives[end] == 1)
    for step in range(LONGEST):
        path[moving, step] = end[moving]
        ahead = target[first[end[moving]]].astype(np.int64)
        new = ~(path[moving, : step + 1] == ahead[:, None]).any(axis=1)
        moving, ahead = moving[new], ahead[new]
        if not moving.size:
            break
        owner.append(moving)
        node.append(end[moving])
        place.append(np.full(moving.size, step))
        end[moving] = ahead
        length[moving] += 1
        moving = moving[gives[ahead] == 1]
    none = np.zeros(0, np.int64)
    return Chains(
        np.concatenate([none, *owner]),
        np.concatenate([none, *node]),
        np.concatenate([none, *place]),
        end,
        length,
        gives[end] > 0,
    )


class _Search:
    """One graph prepared for searches from some of its nodes."""

    def __init__(self, n: int, source: NDArray[Any], target: NDArray[Any]) -> None:
        takes = np.bincount(target, minlength=n)
        order = np.argsort(-takes, kind="stable")
        self.number = np.empty(n, np.int64)
        self.number[order] = np.arange(n)
        # In the layout of ``Steps`` a row gathers from the ends of its edges: here its givers.
        self.steps = Steps(n, *sorted_pairs(self.number[target], self.number[source]))
        self.everyone = np.ones(n, np.bool_)

    def run(self, starts: Ints, watched_bit: Ints, watched_node: Ints) -> tuple[Ints, Ints]:
        """Search from each start.

        Returns the nodes by start and distance, and the distance from the search ``watched_bit``
        to the node ``watched_node`` (0: never met).
        """
        rows, bit = self.number[starts], np.arange(starts.size)
        state = np.zeros((self.number.size, -(-starts.size // 64)), np.uint64)
        state[rows, bit >> 6] = ONE << (bit & 63).astype(np.uint64)
        met = np.zeros(watched_bit.size, np.int64)
        row, word = self.number[watched_node], watched_bit >> 6
        mask = ONE << (watched_bit & 63).astype(np.uint64)
        pending = np.arange(met.size)
        room = np.empty_like(state)
        levels = [np.zeros(starts.size, np.int64)]
        changed = np.sort(rows)
        while True:
            rows = self.steps.after(changed, self.everyone)
            changed, found = _settle(state, rows, self.steps.join(state, rows, room))
            if not changed.size:
                return np.column_stack(levels), met
            levels.append(found[: starts.size])
            seen = (state[row[pending], word[pending]] & mask[pending]) != 0
            met[pending[seen]] = len(levels) - 1
            pending = pending[~seen]


def _settle(state: Words, rows: Ints, joined: Words) -> tuple[Ints, Ints]:
    """Put joined rows into the state; return the rows that changed and the new nodes of each bit."""
    changed = np.zeros(rows.size, np.bool_)
    planes: list[Words] = []
    for low in range(0, rows.size, BLOCK):
        some, part = rows[low : low + BLOCK], joined[low : low + BLOCK]
        fresh = part ^ state.take(some, axis=0, mode="clip")
        new = np.bitwise_or.reduce(fresh, axis=1) != 0
        changed[low : low + BLOCK] = new
        state[some] = part
        count_bits(fresh if new.all() else fresh[new], planes)
    return rows[changed], read_counts(planes, 64 * state.shape[1])


def count_bits(rows: Words, planes: list[Words]) -> None:
    """Add the bits of all rows, column by column, to a list of rows per power of two."""
    power = 0
    while rows.shape[0]:
        if power == len(planes):
            planes.append(np.zeros((0, rows.shape[1]), np.uint64))
        rows = np.concatenate([rows, planes[power]])
        carried = []
        while rows.shape[0] > 2:
            third = rows.shape[0] // 3
            one, two, three = rows[:third], rows[third : 2 * third], rows[2 * third : 3 * third]
            half = one ^ two
            carried.append((one & two) | (half & three))
            rows = np.concatenate([half ^ three, rows[3 * third :]])
        planes[power] = rows
        rows = np.concatenate(carried) if carried else rows[:0]
        power += 1


def read_counts(planes: list[Words], bits: int) -> Ints:
    """Read the sums that ``count_bits`` keeps."""
    counts = np.zeros(bits, np.int64)
    for power, rows in enumerate(planes):
        ones = np.unpackbits(rows.view(np.uint8).reshape(rows.shape[0], -1), axis=1, bitorder="little")
        counts += ones.sum(axis=0, dtype=np.int64) << power
    return counts
