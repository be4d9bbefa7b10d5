"""Cascades in many random worlds at once, in bits.

A world settles beforehand along which edges something would pass on: it is *live* there. What a
cascade reaches in a world is then a plain search, and 64 worlds are one word, so one search moves
64 cascades. Worlds do not depend on the seeds, and those of a larger probability contain those of
a smaller one: differences between two runs are differences of what was asked, not of luck.

* Independent cascade: an edge is live with its probability.
* Linear threshold with uniform thresholds: each node has one live edge, drawn by weight among those
  that enter it. That gives the same distribution, step by step (Kempe, Kleinberg, Tardos 2003).
* SI: an edge is live after a geometric number of steps. Steps differ, so these are whole numbers
  per edge and world, and the first arrival is the shortest path.

World ``r`` is bit ``r % 64`` of word ``r // 64``; word ``w`` is drawn with the seed ``[seed, w]``, so
more replicates begin with the same worlds and the number of threads changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from clusters.measures._search import Ints, Words, sorted_pairs
from clusters.measures._sources import count_bits, read_counts

Model = Literal["ic", "lt", "si"]
BLOCK = 65_536
"""Edges drawn at once."""
ALL = np.uint64(2**64 - 1)
NEVER = np.int32(2**29)
LONGEST = 2**28
"""Most steps that an edge may take; two of ``NEVER`` still fit into 32 bits."""


@dataclass(frozen=True, slots=True)
class Spread:
    """What a cascade reaches in some worlds."""

    levels: NDArray[np.int64]
    """New nodes by step and world."""
    state: Words
    """Nodes reached in the end, a bit for each world."""


class Graph:
    """Distinct edges without loops, sorted by target, and how likely each passes on."""

    def __init__(self, n: int, source: NDArray[Any], target: NDArray[Any]) -> None:
        self.n = n
        self.target, self.source = sorted_pairs(target, source)
        self.takes = np.bincount(self.target, minlength=n)
        self.first = np.cumsum(self.takes) - self.takes
        self.begins = np.flatnonzero(np.r_[True, self.target[1:] != self.target[:-1]][: self.target.size])

    def probabilities(self, p: float | Literal["in_degree"]) -> NDArray[np.float32]:
        """Return the probability of each edge: one for all, or 1 over the in-degree of its target."""
        if p == "in_degree":
            return np.asarray(1 / self.takes[self.target], np.float32)
        return np.full(self.target.size, p, np.float32)

    def _blocks(self) -> Iterator[tuple[int, int]]:
        """Cut the edges into blocks that hold all edges into a node or none."""
        low = 0
        while low < self.target.size:
            high = int(np.searchsorted(self.begins, low + BLOCK))
            end = int(self.begins[high]) if high < self.begins.size else self.target.size
            yield low, end
            low = end

    def live(self, model: Model, p: NDArray[np.float32], seed: int, words: Sequence[int]) -> Words:
        """Draw worlds: a row for each edge, a column for each word."""
        result = np.empty((self.target.size, len(words)), np.uint64)
        for column, word in enumerate(words):
            random = np.random.default_rng([seed, word])
            for low, high in self._blocks():
                if model == "ic":
                    lanes = random.random((high - low, 64), np.float32) < p[low:high, None]
                else:
                    lanes = self._chosen(low, high, random)
                result[low:high, column] = _packed(lanes)
        return result

    def _chosen(self, low: int, high: int, random: np.random.Generator) -> NDArray[np.bool_]:
        """Choose one of the edges into each node, in each world."""
        begins = self.begins[np.searchsorted(self.begins, low) : np.searchsorted(self.begins, high)]
        count = self.takes[self.target[begins]][:, None]
        chosen = (random.random((begins.size, 64), np.float32) * count).astype(np.int64)
        edge = begins[:, None] - low + np.minimum(chosen, count - 1)
        lanes = np.zeros((high - low, 64), np.bool_)
        lanes[edge, np.arange(64)] = True
        return lanes

    def delays(self, beta: float, seed: int, word: int) -> NDArray[np.int32]:
        """Draw after how many steps each edge passes on: 1, 2, ... in each of 64 worlds."""
        if beta == 0:
            return np.full((self.target.size, 64), NEVER, np.int32)
        random = np.random.default_rng([seed, word])
        result = np.empty((self.target.size, 64), np.int32)
        with np.errstate(divide="ignore"):
            fails = np.float32(np.log1p(-beta))
        for low, high in self._blocks():
            drawn = np.log1p(-random.random((high - low, 64), np.float32))
            result[low:high] = np.minimum(drawn / fails, LONGEST).astype(np.int32) + 1
        return result

    def _leaving(self, rows: Ints) -> tuple[Ints, Ints, Ints]:
        """Return the edges that leave some nodes, their targets, and where each target begins among these."""
        mark = np.zeros(self.n, np.bool_)
        mark[rows] = True
        active = np.flatnonzero(mark[self.source])
        to = self.target[active]
        return active, to, np.flatnonzero(np.r_[True, to[1:] != to[:-1]][: to.size])

    def spread(
        self, seeds: Ints, live: Words, *, steps: int | None = None, covered: Words | None = None
    ) -> Spread:
        """Search from the seeds along live edges; what is covered already is not new."""
        state = np.zeros((self.n, live.shape[1]), np.uint64) if covered is None else covered.copy()
        rows, fresh = seeds, ~state[seeds]
        state[seeds] = ALL
        front = np.empty_like(state)
        levels = [count_rows(fresh)]
        while rows.size and (steps is None or len(levels) <= steps):
            front[rows] = fresh
            active, to, begins = self._leaving(rows)
            if not active.size:
                break
            sent = live.take(active, axis=0)
            sent &= front.take(self.source[active], axis=0)
            to, joined = to[begins], np.bitwise_or.reduceat(sent, begins, axis=0)
            joined &= ~state[to]
            new = joined.any(axis=1)
            rows, fresh = to[new], joined[new]
            state[rows] |= fresh
            if rows.size:
                levels.append(count_rows(fresh))
        return Spread(np.array(levels), state)

    def arrive(self, seeds: Ints, delays: NDArray[np.int32], *, steps: int | None = None) -> Spread:
        """Find the first arrival at each node where edges take their time, in 64 worlds."""
        when = np.full((self.n, 64), NEVER, np.int32)
        when[seeds] = 0
        last = int(NEVER) - 1 if steps is None else steps
        rows = seeds
        while rows.size:
            active, to, begins = self._leaving(rows)
            if not active.size:
                break
            came = when.take(self.source[active], axis=0) + delays.take(active, axis=0)
            to, best = to[begins], np.minimum.reduceat(came, begins, axis=0)
            best[best > last] = NEVER
            better = best < when[to]
            new = better.any(axis=1)
            rows = to[new]
            when[rows] = np.minimum(when[rows], best[new])
        node, lane = np.nonzero(when < NEVER)
        step = when[node, lane].astype(np.int64)
        longest = int(step.max(initial=0))
        levels = np.bincount(step * 64 + lane, minlength=64 * (longest + 1)).reshape(-1, 64)
        return Spread(levels, _packed(when < NEVER)[:, None])


def _packed(lanes: NDArray[np.bool_]) -> Words:
    """Write 64 truth values of each row as one word."""
    return np.packbits(lanes, axis=1, bitorder="little").view(np.uint64).reshape(-1)


def count_rows(rows: Words) -> NDArray[np.int64]:
    """Count the rows in which each world has its bit set."""
    planes: list[Words] = []
    count_bits(rows, planes)
    return read_counts(planes, 64 * rows.shape[1])


def joined(parts: Sequence[NDArray[np.int64]], worlds: int) -> NDArray[np.int64]:
    """Put new nodes by step and world of several passes beside each other, and add them up over steps."""
    longest = max(part.shape[0] for part in parts)
    whole = [np.pad(part, ((0, longest - part.shape[0]), (0, 0))) for part in parts]
    new = np.concatenate(whole, axis=1)[:, :worlds]
    reached = np.cumsum(new, axis=0)
    return reached[: int(np.flatnonzero(new.any(axis=1)).max(initial=0)) + 1]
