"""The search of all distances of a graph at once, in bits.

A matrix of bits has a row for every node that gives and a column for every node that
receives; a bit is set once the row's node reaches the column's within the present number
of edges. One step lets every row OR the rows of its successors, so a word of 64 bits moves
64 searches at once. Three things make it small and fast, none of them an approximation:

* Nodes that give to the same nodes are one row, nodes that receive from the same nodes
  one column (leaves of a hub, suppliers of one customer): they are equally far from
  everything. A column of 13 nodes is written as columns of 8, 4 and 1, so that all bits
  of a word weigh the same and counting is a population count.
* Successors are laid out as "the first of every row", "the second of every row that has
  one" ..., so a step is a few gathers of long contiguous rows.
* A row is left alone when nothing changed among its successors or when it is full.
  Columns equally far from the largest hub stand together, so rows fill early.

A node on a cycle meets its own column; that meeting is no pair and is taken out again.

Columns are searched in passes of ``WORDS`` words; passes know nothing of each other, so all
cores work at once. Networks like one long line are the one shape for which a plain search
from every node is faster, because their bits arrive one by one: ``like_a_line`` tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusters import progress
from clusters.measures import _choice, _threads
from clusters.sentences import Note

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

WORDS = 16
"""Width of a pass: 1,024 columns. Wider rows leave the cache, narrower ones pay per call."""
PIECE = 16
"""Longest list of successors handled at once; hubs are cut into pieces of it."""
BLOCK = 2048
"""Rows gathered at once, so that they are still in the cache when they are combined."""
THREADS_FROM = 20_000
"""Rows from which NumPy's part of a pass is long enough for threads to pay."""
REPAYS = 1e11
"""Rows times columns from which compiled kernels repay loading them."""
DEEP = 64
"""Distance from the largest hub beyond which a network may be like a line."""
ONE = np.uint64(1)
LANES = np.uint64(0x00FF00FF00FF00FF)
SPREAD = np.uint64(0x0001000100010001)


@dataclass(frozen=True, slots=True)
class Distances:
    """Shortest paths of one graph; arrays per node only where asked for."""

    histogram: Ints
    """Ordered pairs of distinct nodes by distance; the index is the distance."""
    reached: Ints | None = None
    """Nodes that each node reaches."""
    total: Ints | None = None
    """Sum of the distances to them."""
    inverse: NDArray[np.float64] | None = None
    """Sum of the inverse distances to them."""
    farthest: Ints | None = None
    """Largest of these distances; 0 where nobody is reached."""


def sorted_pairs(first: NDArray[Any], second: NDArray[Any]) -> tuple[Ints, Ints]:
    """Sort pairs; one array of joint keys sorts much faster than two arrays."""
    key = np.sort((first.astype(np.int64) << 32) | second.astype(np.int64))
    return key >> 32, key & 0xFFFFFFFF


def distinct_pairs(first: NDArray[Any], second: NDArray[Any]) -> tuple[Ints, Ints]:
    """Sort pairs and keep one of each."""
    first, second = sorted_pairs(first, second)
    new = np.ones(first.size, bool)
    np.logical_or(first[1:] != first[:-1], second[1:] != second[:-1], out=new[1:])
    return first[new], second[new]


def ranges(start: Ints, count: Ints) -> Ints:
    """Join the ranges that begin at ``start`` and hold ``count`` numbers."""
    return np.repeat(start - (np.cumsum(count) - count), count) + np.arange(count.sum())


def twins(n: int, owner: Ints, member: Ints, seed: int = 0) -> tuple[Ints, Ints]:
    """Group nodes whose lists of members are equal.

    ``owner, member`` are sorted. Returns the group of each node (-1 with an empty list) and
    one node of each group. Lists are compared by a random sum first, then one by one.
    """
    count = np.bincount(owner, minlength=n)
    start = np.cumsum(count) - count
    nodes = np.flatnonzero(count)
    mark = np.random.default_rng(seed).integers(0, 2**64, n, dtype=np.uint64)
    sums = np.add.reduceat(mark[member], start[nodes])
    _, first, inverse = np.unique(sums, return_index=True, return_inverse=True)
    group = np.full(n, -1)
    group[nodes] = inverse
    chosen = nodes[first]
    like = chosen[group[owner]]
    if (count[like] != count[owner]).any() or (
        member[start[like] + np.arange(owner.size) - start[owner]] != member
    ).any():
        return twins(n, owner, member, seed + 1)
    return group, chosen


@dataclass(frozen=True, slots=True)
class Found:
    """What one pass found."""

    levels: list[int]
    """Pairs at each distance from 1 on, meetings of nodes with themselves among them."""
    node: Ints
    """Nodes whose own column is in the pass."""
    meeting: Ints
    """Distance at which each of them meets itself; 0 where it does not."""
    sums: RowSums | None


class Search:
    """One graph prepared for the search of all its distances; edges sorted by source."""

    def __init__(self, n: int, source: Ints, target: Ints) -> None:
        self.row_of, row_node = twins(n, source, target)
        receiver, giver = sorted_pairs(target, source)
        self.column_of, column_node = twins(n, receiver, giver)
        self._order_rows(source, target, row_node)
        self._order_columns(n, source, target, giver, receiver, column_node)

    def _order_rows(self, source: Ints, target: Ints, row_node: Ints) -> None:
        """Number rows by falling number of successors and lay these out."""
        kept = np.zeros(self.row_of.size, bool)
        kept[row_node] = True
        kept = kept[source]
        before, node = self.row_of[source[kept]], target[kept]
        gives = self.row_of[node] >= 0
        arcs = distinct_pairs(before[gives], self.row_of[node[gives]])
        order = np.argsort(-np.bincount(arcs[0], minlength=row_node.size), kind="stable")
        renumber = np.empty(row_node.size, np.int64)
        renumber[order] = np.arange(row_node.size)
        self.row_of = np.where(self.row_of >= 0, renumber[self.row_of], -1)
        self.row_size = np.bincount(self.row_of[self.row_of >= 0])
        self.steps = Steps(row_node.size, *sorted_pairs(renumber[arcs[0]], renumber[arcs[1]]))
        self.seeds = distinct_pairs(self.column_of[node], renumber[before])

    def _order_columns(
        self, n: int, source: Ints, target: Ints, giver: Ints, receiver: Ints, column_node: Ints
    ) -> None:
        """Write columns as bits: by weight, then by distance from the largest hub, then by feeder."""
        gives = np.bincount(source, minlength=n)
        start = np.flatnonzero(np.r_[True, receiver[1:] != receiver[:-1]])
        feeder = np.zeros(n, np.int64)
        feeder[receiver[start]] = np.maximum.reduceat(gives[giver], start)
        self.hub = int(gives.argmax())
        near = _rings(n, source, target, self.hub)
        self.deep = bool((near == DEEP - 1).any())
        order = np.lexsort((-feeder[column_node], near[column_node]))
        size = np.bincount(self.column_of[self.column_of >= 0])
        bits, weights = [], []
        for power in reversed(range(int(size.max()).bit_length())):
            chosen = order[(size[order] >> power) & 1 == 1]
            padding = -chosen.size % 64
            bits.append(np.r_[chosen, np.full(padding, -1)])
            weights.append(np.full((chosen.size + padding) // 64, 1 << power))
        # Whole groups of eight words, so that counts can be added eight at a time.
        empty = -sum(w.size for w in weights) % 8
        self.weights = np.concatenate([*weights, np.ones(empty, np.int64)])
        self._place(np.concatenate([*bits, np.full(64 * empty, -1)]), size.size)

    def _place(self, column: Ints, columns: int) -> None:
        """Find the bits of every seed and the first bit of every node's own column."""
        bit = np.flatnonzero(column >= 0)
        self.used = np.add.reduceat((column >= 0).astype(np.int64), np.arange(0, column.size, 64))
        count = np.bincount(self.seeds[0], minlength=columns)
        start = np.cumsum(count) - count
        chosen = column[bit]
        self.seed_row = self.seeds[1][ranges(start[chosen], count[chosen])]
        self.seed_bit = np.repeat(bit, count[chosen])
        first = np.empty(columns, np.int64)
        first[chosen[::-1]] = bit[::-1]
        node = np.flatnonzero((self.row_of >= 0) & (self.column_of >= 0))
        own = first[self.column_of[node]]
        order = np.argsort(own, kind="stable")
        self.own_node, self.own_bit = node[order], own[order]

    def like_a_line(self, edges: int, depth: int) -> bool:
        """Tell whether searches from every node, one by one, would take less time.

        Measured: a step costs 70 us, a row in a pass 30 ns for each step that changes it; a
        plain search 5 ns for each node and edge it meets.
        """
        nodes, rows, passes = self.row_of.size, self.row_size.size, -(-self.weights.size // WORDS)
        here = passes * (depth * 70e-6 + rows * min(depth, 64 * WORDS) * 30e-9)
        return nodes * (nodes + edges) * 5e-9 < here

    def run(self, per_node: bool = False) -> Distances:
        """Search all columns, pass by pass."""
        rows, columns = self.row_size.size, self.weights.size * 64
        kernels = _choice.compiled("search", repays=rows * columns >= REPAYS)
        one = partial(self._pass if kernels is None else kernels.Pass(self), per_node=per_node)
        begins = range(0, self.weights.size, WORDS)
        workers = None if kernels is not None or rows >= THREADS_FROM else 1
        cycle = np.zeros(self.row_of.size, np.int64)
        sums = RowSums(rows) if per_node else None
        levels: list[int] = []
        told = progress.task(Note("note.progress_distances", n=self.row_of.size), total=len(begins))
        with told as done, _threads.pool(workers) as each:
            for number, found in enumerate(each(one, begins), start=1):
                levels = [a + b for a, b in zip_longest(levels, found.levels, fillvalue=0)]
                cycle[found.node] = found.meeting
                if sums is not None and found.sums is not None:
                    sums.merge(found.sums)
                done(number)
        histogram = np.array([0, *levels], np.int64)
        histogram -= np.bincount(cycle[cycle > 0], minlength=histogram.size)
        histogram = histogram[: int(np.flatnonzero(histogram)[-1]) + 1]
        return Distances(histogram, *(() if sums is None else sums.per_node(self.row_of, cycle)))

    def _pass(self, begin: int, per_node: bool = False) -> Found:
        """Search up to ``WORDS`` words of columns."""
        weights = self.weights[begin : begin + WORDS]
        full = int(self.used[begin : begin + WORDS] @ weights)
        state = self.seeded(begin, weights.size)
        room = np.empty_like(state)
        count = np.zeros(state.shape[0], np.int64)
        own = self.own(begin, weights.size)
        meeting = np.zeros(own[0].size, np.int64)
        pending = np.arange(meeting.size)
        sums = RowSums(state.shape[0]) if per_node else None
        rows, new = np.arange(state.shape[0]), state
        levels: list[int] = []
        while True:
            now = _weight(new, weights)
            more = now - count[rows]
            changed = rows[more > 0]
            if not changed.size:
                return Found(levels, own[0], meeting, sums)
            state[rows] = new
            count[rows] = now
            levels.append(int(self.row_size[rows] @ more))
            met = (state[own[1][pending], own[2][pending]] & own[3][pending]) != 0
            meeting[pending[met]] = len(levels)
            pending = pending[~met]
            if sums is not None:
                sums.add(len(levels), rows, more)
            rows = self.steps.after(changed, count < full)
            new = self.steps.join(state, rows, room)

    def seeded(self, begin: int, width: int) -> Words:
        """Return the state at distance 1: the columns fed by each row."""
        low, high = np.searchsorted(self.seed_bit, [64 * begin, 64 * (begin + width)])
        bit = self.seed_bit[low:high] - 64 * begin
        state = np.zeros((self.row_size.size, width), np.uint64)
        place = self.seed_row[low:high] * width + (bit >> 6)
        np.bitwise_or.at(state.reshape(-1), place, ONE << (bit & 63).astype(np.uint64))
        return state

    def own(self, begin: int, width: int) -> tuple[Ints, Ints, Ints, Words]:
        """Return node, row, word and mask of the nodes whose own column is in this pass."""
        low, high = np.searchsorted(self.own_bit, [64 * begin, 64 * (begin + width)])
        node, bit = self.own_node[low:high], self.own_bit[low:high] - 64 * begin
        return node, self.row_of[node], bit >> 6, ONE << (bit & 63).astype(np.uint64)


def _weight(words: Words, weights: Ints) -> Ints:
    """Count the nodes behind the bits of each row."""
    counts = np.bitwise_count(words)
    if weights[0] != weights[-1]:
        result: Ints = counts.astype(np.int64) @ weights
        return result
    # Eight counts of at most 64 lie side by side in a word: added there, not one by one.
    eights = counts.view(np.uint64)
    pairs = (eights & LANES) + ((eights >> np.uint64(8)) & LANES)
    total = pairs[:, 0].copy()
    for k in range(1, pairs.shape[1]):
        total += pairs[:, k]
    return np.asarray(((total * SPREAD) >> np.uint64(48)).astype(np.int64) * weights[0])


def _rings(n: int, source: Ints, target: Ints, start: int, limit: int = DEEP) -> Ints:
    """Distance of every node from one, up to a limit; nodes out of reach come last."""
    ring = np.full(n, limit)
    ring[start] = 0
    for level in range(1, limit):
        found = target[(ring == level - 1)[source]]
        found = found[ring[found] == limit]
        if not found.size:
            break
        ring[found] = level
    return ring


class Steps:
    """Successors of rows, laid out for gathering; rows are numbered by falling number of them."""

    def __init__(self, rows: int, source: Ints, target: Ints) -> None:
        count = np.bincount(source, minlength=rows)
        start = np.cumsum(count) - count
        self.arcs = source.size
        self.rows = int(np.count_nonzero(count))
        self.hubs = int(np.count_nonzero(count > PIECE))
        parts = -(-count[: self.hubs] // PIECE)
        self.hub = np.repeat(np.arange(self.hubs), parts)
        offset = PIECE * (np.arange(self.hub.size) - np.repeat(np.cumsum(parts) - parts, parts))
        light = slice(self.hubs, self.rows)
        size = np.r_[np.full(self.hub.size, PIECE), count[light]]
        begin = np.r_[start[self.hub] + offset, start[light]]
        last = np.r_[(start + count - 1)[self.hub], (start + count - 1)[light]]
        # The last piece of a hub repeats its last successor: OR does not mind.
        self.long = [int(np.count_nonzero(size > k)) for k in range(PIECE)]
        self.nth = [target[np.minimum(begin[:m] + k, last[:m])] for k, m in enumerate(self.long)]
        self.giver = sorted_pairs(target, source)[1]
        self.feeds = np.bincount(target, minlength=rows)
        self.feeds_from = np.cumsum(self.feeds) - self.feeds

    def after(self, changed: Ints, wanted: NDArray[np.bool_]) -> Ints:
        """Return the wanted rows with a changed successor (all wanted rows when most changed)."""
        count = self.feeds[changed]
        if 2 * int(count.sum()) > self.arcs:
            return np.flatnonzero(wanted[: self.rows])
        touched = np.zeros(wanted.size, bool)
        touched[self.giver[ranges(self.feeds_from[changed], count)]] = True
        return np.flatnonzero(touched & wanted)

    def join(self, state: Words, rows: Ints, room: Words) -> Words:
        """OR each of the rows with its successors; the result lies in ``room``."""
        hubs = int(np.searchsorted(rows, self.hubs))
        out = room[: rows.size]
        if hubs:
            wanted = np.zeros(self.hubs, bool)
            wanted[rows[:hubs]] = True
            pieces = np.flatnonzero(wanted[self.hub])
            parts = self._gather(state, pieces, np.empty((pieces.size, state.shape[1]), np.uint64))
            hub = self.hub[pieces]
            first = np.flatnonzero(np.r_[True, hub[1:] != hub[:-1]])
            np.bitwise_or.reduceat(parts, first, axis=0, out=out[:hubs])
        self._gather(state, rows[hubs:] + (self.hub.size - self.hubs), out[hubs:])
        for low in range(0, rows.size, BLOCK):
            part = out[low : low + BLOCK]
            part |= state.take(rows[low : low + BLOCK], axis=0, mode="clip")
        return out

    def _gather(self, state: Words, pieces: Ints, out: Words) -> Words:
        room = np.empty((min(BLOCK, pieces.size), state.shape[1]), np.uint64)
        for low in range(0, pieces.size, BLOCK):
            some, part = pieces[low : low + BLOCK], out[low : low + BLOCK]
            # mode="clip" skips the bounds check, which would copy the whole result.
            state.take(self.nth[0].take(some), axis=0, out=part, mode="clip")
            for k in range(1, PIECE):
                m = int(np.searchsorted(some, self.long[k]))
                if not m:
                    break
                state.take(self.nth[k].take(some[:m]), axis=0, out=room[:m], mode="clip")
                part[:m] |= room[:m]
        return out


class RowSums:
    """Sums over the nodes that each row reaches."""

    def __init__(self, rows: int) -> None:
        self.reached = np.zeros(rows, np.int64)
        self.total = np.zeros(rows, np.int64)
        self.inverse = np.zeros(rows)
        self.farthest = np.zeros(rows, np.int64)
        self.at_farthest = np.zeros(rows, np.int64)

    def add(self, distance: int, rows: Ints, count: Ints) -> None:
        """Add how many nodes each of these rows reaches at one distance."""
        rows, count = rows[count > 0], count[count > 0]
        self.reached[rows] += count
        self.total[rows] += distance * count
        self.inverse[rows] += count / distance
        further = rows[self.farthest[rows] < distance]
        self.farthest[further] = distance
        self.at_farthest[further] = 0
        level = self.farthest[rows] == distance
        self.at_farthest[rows[level]] += count[level]

    def merge(self, other: RowSums) -> None:
        """Add the sums of another pass."""
        self.reached += other.reached
        self.total += other.total
        self.inverse += other.inverse
        self.at_farthest[other.farthest > self.farthest] = 0
        np.maximum(self.farthest, other.farthest, out=self.farthest)
        level = other.farthest == self.farthest
        self.at_farthest[level] += other.at_farthest[level]

    def per_node(self, row_of: Ints, cycle: Ints) -> tuple[Ints, Ints, NDArray[np.float64], Ints]:
        """Give every node the sums of its row, without its meeting with itself."""
        gives, meets = row_of >= 0, cycle > 0
        reached, total, inverse, farthest, at_farthest = (
            np.where(gives, values[row_of], 0)
            for values in (self.reached, self.total, self.inverse, self.farthest, self.at_farthest)
        )
        alone = meets & (cycle == farthest) & (at_farthest == 1)
        inverse[meets] -= 1 / cycle[meets]
        return reached - meets, total - cycle, inverse, farthest - alone
