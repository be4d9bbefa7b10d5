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

from clusters import progress
from clusters.measures import _choice
from clusters.measures._search import Ints, Steps, Words, sorted_pairs
from clusters.sentences import Note

LONGEST = 64
"""Longest chain that is followed before a search starts."""
WIDTH = 16
"""Most words of a pass: 1,024 searches."""
BLOCK = 4096
"""Rows counted at once, so that they stay in the cache."""
REPAYS = 300_000
"""Edges from which compiled kernels repay loading them."""
ONE = np.uint64(1)


@dataclass(frozen=True, slots=True)
class Folding:
    """Where each node's sight begins to branch."""

    end: Ints
    """First node with several successors, or none, on the way from each node."""
    length: Ints
    """Edges to it; 0 for a node that is its own end."""
    follower: Ints
    """The one successor of nodes that are not their own end; else the node itself."""
    goes_on: NDArray[np.bool_]
    """Whether the end of each node has a successor, so that there is something to search."""


def fold(n: int, source: NDArray[Any], target: NDArray[Any]) -> Folding:
    """Follow all nodes with one successor; edges are sorted by source.

    Where a chain is longer than ``LONGEST``, or a circle, its nodes are their own ends.
    """
    gives = np.bincount(source, minlength=n)
    end, length = np.arange(n), np.zeros(n, np.int64)
    follower = np.arange(n)
    moving = np.flatnonzero(gives == 1)
    follower[moving] = target[(np.cumsum(gives) - gives)[moving]]
    at = follower[moving]
    for step in range(1, LONGEST + 1):
        arrived = gives[at] != 1
        end[moving[arrived]], length[moving[arrived]] = at[arrived], step
        moving, at = moving[~arrived], follower[at[~arrived]]
        if not moving.size:
            break
    follower[moving] = moving
    return Folding(end, length, follower, gives[end] > 0)


@dataclass(frozen=True, slots=True)
class SourceDistances:
    """Distances from some nodes, each of which may stand for others."""

    reached: Ints
    """Nodes that each chosen node reaches."""
    total: Ints
    """Sum of the distances to them."""
    found: Ints
    """Nodes by search and distance."""
    search: Ints
    """Which search each chosen node rests on; -1 where there is nothing to search."""
    length: Ints
    """Edges from each chosen node to where its search starts."""
    back: tuple[Ints, Ints]
    """Chosen nodes, and distances at which they would see a node of their chain again."""

    def histogram(self, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """Count pairs by distance, each chosen node with a weight; the index is the distance."""
        longest = int(self.length.max(initial=0))
        result = np.zeros(self.found.shape[1] + longest)
        for length in range(longest + 1):
            result[length] += weight[self.length >= length].sum() if length else 0.0
            mine = (self.length == length) & (self.search >= 0)
            on = np.bincount(self.search[mine], weight[mine], minlength=self.found.shape[0])
            result[length : length + self.found.shape[1]] += on @ self.found
        np.subtract.at(result, self.back[1], weight[self.back[0]])
        used = np.flatnonzero(result > 0.5 * weight.min(initial=np.inf))
        return result[: int(used[-1]) + 1 if used.size else 1]


def from_sources(
    n: int, source: NDArray[Any], target: NDArray[Any], chosen: Ints, folding: Folding | None = None
) -> SourceDistances:
    """Search from some nodes, exactly.

    Parameters
    ----------
    n
        Number of nodes.
    source, target
        Distinct edges without loops, sorted by source; for an undirected graph both directions.
    chosen
        Nodes to start from, each once.
    folding
        That of this graph, where the caller has it.
    """
    folding = fold(n, source, target) if folding is None else folding
    goes_on = folding.goes_on[chosen]
    starts, bit = np.unique(folding.end[chosen[goes_on]], return_inverse=True)
    search = np.full(chosen.size, -1)
    search[goes_on] = bit
    owner, node = _chains(folding, chosen)
    # A node lies on chains to one end only, so it is watched once.
    watched = np.unique(node[goes_on[owner]])
    found, met = _search_all(n, source, target, starts, folding.end[watched], watched)
    back = np.zeros(n, np.int64)
    back[watched] = met
    again = back[node] > 0
    owner, at = owner[again], back[node[again]] + folding.length[chosen[owner[again]]]
    length = folding.length[chosen]
    lengths = np.arange(found.shape[1])
    behind, far = np.append(found.sum(axis=1), 0)[search], np.append(found @ lengths, 0)[search]
    reached = behind + length - np.bincount(owner, minlength=chosen.size)
    total = far + length * behind + length * (length + 1) // 2
    np.subtract.at(total, owner, at)
    return SourceDistances(reached, total, found, search, length, (owner, at))


def _chains(folding: Folding, chosen: Ints) -> tuple[Ints, Ints]:
    """List the nodes from each chosen node on to before its end, with the position of the chosen one."""
    owners, nodes = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    owner, node = np.arange(chosen.size), chosen
    while True:
        more = folding.length[node] > 0
        owner, node = owner[more], node[more]
        if not owner.size:
            return np.concatenate(owners), np.concatenate(nodes)
        owners.append(owner)
        nodes.append(node)
        node = folding.follower[node]


def _search_all(
    n: int, source: NDArray[Any], target: NDArray[Any], starts: Ints, watched_start: Ints, watched: Ints
) -> tuple[Ints, Ints]:
    """Search from all starts, ``WIDTH`` words at a time."""
    found, met = np.zeros((starts.size, 1), np.int64), np.zeros(watched.size, np.int64)
    if not starts.size:
        return found, met
    kernels = _choice.compiled("sources", repays=source.size >= REPAYS)
    search = (_Search if kernels is None else kernels.Search)(n, source, target)
    bit = np.searchsorted(starts, watched_start)
    with progress.task(Note("note.progress_sources", n=starts.size, of=n), total=starts.size) as done:
        for first in range(0, starts.size, 64 * WIDTH):
            part = starts[first : first + 64 * WIDTH]
            mine = np.flatnonzero((bit >= first) & (bit < first + part.size))
            counts, met[mine] = search.run(part, bit[mine] - first, watched[mine])
            found = np.pad(found, ((0, 0), (0, max(0, counts.shape[1] - found.shape[1]))))
            found[first : first + part.size, : counts.shape[1]] = counts
            done(first + part.size)
    return found, met


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
