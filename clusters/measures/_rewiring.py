"""Random graphs with the degrees of a given one, by swapping the targets of edges of one class.

A *round* shuffles the edges of every class and puts neighbours together: in pairs, whose
targets are swapped, and in every eighth round in threes, whose targets move on by one (the
only way to turn a circle a -> b -> c -> a round). One after the other they are carried out
where no loop and no double arises; one in eight is left out by chance, so that nothing
depends on the number of rounds being even.

What is proposed never depends on the graph, and every step can be undone by an equally likely
one. So the uniform distribution over all graphs with these degrees and classes stays as it
is, and the rounds lead to it from any start. Stopping at the first moment that enough swaps
were accepted would favour graphs that are easily left; therefore the number of rounds is
set beforehand, in few legs.

The order of a round matters only where two proposals want or hold the same pair of nodes.
Here all others are decided at once and these in a few passes; the compiled twin
(``_rewiring_numba``) goes through them one by one, with the same result.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusters.measures import _choice

Ints = NDArray[np.int64]
Proposals = Callable[[Ints, Ints], NDArray[np.bool_]]

THREES = 8
"""Every so many rounds the edges are put together in threes."""
IDLE_BITS = 3
"""A proposal is left out where so many random bits are all 0."""
PATIENCE = 10
"""A class in which swaps are rare ends with fewer after so many times the least number of rounds."""
REPAYS = 2_000_000
"""Edges times swaps per edge from which the compiled twin repays loading it."""


@dataclass(frozen=True, slots=True)
class Edges:
    """What stays the same: classes, and where the edges begin."""

    n: int
    """Number of nodes."""
    source: Ints
    layer: Ints
    """Edges of different layers are no doubles; from 0."""
    group: Ints
    """Class, from 0; -1 for edges that stay where they are."""

    def key(self, edges: Ints, target: Ints) -> Ints:
        """Number the pair of nodes, and layer, that some edges join with these targets."""
        result: Ints = (self.layer[edges] * self.n + self.source[edges]) * self.n + target
        return result


def rewire(
    edges: Edges, target: Ints, random: np.random.Generator, swaps_per_edge: float
) -> tuple[Ints, Ints]:
    """Swap targets until every class has seen enough swaps.

    Returns
    -------
    tuple
        New target of each edge, and accepted swaps of each class. A class may have fewer than
        asked: none where all its edges start, or end, at one node.
    """
    target = target.copy()
    size = np.bincount(edges.group[edges.group >= 0])
    wanted = np.ceil(size * swaps_per_edge).astype(np.int64)
    done = np.zeros(size.size, np.int64)
    rounds, least = 0, max(2, math.ceil(2 * swaps_per_edge))  # an edge in two is part of a pair
    active = _can_move(edges, target, size)
    kernels = _choice.compiled("rewiring", repays=target.size * swaps_per_edge >= REPAYS)
    work: Any = kernels.Table(edges, target) if kernels else None
    leg = math.ceil(least / 2)
    while active.any() and leg:
        rows = np.flatnonzero(active[edges.group] & (edges.group >= 0))
        shuffle = Shuffle(edges.group[rows], rows)
        carry_out = work or Batches(edges, target, rows)
        for number in range(rounds, rounds + leg):
            for together, idle in shuffle.proposals(random, 3 if number % THREES == THREES - 1 else 2):
                accepted = carry_out(target, together, idle)
                done += np.bincount(edges.group[together[0][accepted]], minlength=done.size)
        rounds += leg
        active &= done < wanted
        leg = _next_leg(done[active], wanted[active], rounds, least)
    return target, done


def _can_move(edges: Edges, target: Ints, size: Ints) -> NDArray[np.bool_]:
    """Say which classes have edges with different ends on both sides."""
    movable = np.flatnonzero(edges.group >= 0)
    result = size > 1
    for end in (edges.source, target):
        low = np.full(size.size, np.iinfo(np.int64).max)
        high = np.full(size.size, -1)
        np.minimum.at(low, edges.group[movable], end[movable])
        np.maximum.at(high, edges.group[movable], end[movable])
        result &= low < high
    return result


def _next_leg(done: Ints, wanted: Ints, rounds: int, least: int) -> int:
    """Say how many rounds the classes that lag behind will need, taken together, at the rate so far."""
    left = PATIENCE * least - rounds
    if not done.size or left <= 0:
        return 0
    if not done.any():
        return left
    more = (float(wanted.sum()) / float(done.sum()) - 1) * rounds
    return min(left, max(math.ceil(1.05 * more), math.ceil(least / 4)))


class Shuffle:
    """Random orders of edges, class by class, cut into pairs or threes."""

    def __init__(self, group: Ints, rows: Ints) -> None:
        number = np.unique(group, return_inverse=True)[1].astype(np.int64)
        size = np.bincount(number)
        self.rows = rows
        self.index_bits = max(1, int(rows.size - 1).bit_length())
        free = 63 - int(size.size - 1).bit_length()
        self.word = (number << free) | np.arange(rows.size)
        self.high = 1 << (free - self.index_bits)
        self.places = {together: _places(size, together) for together in (2, 3)}

    def proposals(self, random: np.random.Generator, together: int) -> list[tuple[Ints, NDArray[np.bool_]]]:
        """Return edges that stand together, one column each, and which of them are left out."""
        if not self.places[together].size:
            return []
        word = random.integers(self.high, size=self.rows.size)
        word <<= self.index_bits
        word |= self.word
        # Class, random bits and row in one number: sorting it shuffles all classes at once.
        word.sort()
        word = word[self.places[together]]
        idle = (word[0] >> self.index_bits) & ((1 << IDLE_BITS) - 1) == 0
        word &= (1 << self.index_bits) - 1
        return [(self.rows[word], idle)]


def _places(size: Ints, together: int) -> Ints:
    """Return the positions that stand together when classes of these sizes stand in a row."""
    number = size // together
    first = np.repeat(np.cumsum(size) - size - together * (np.cumsum(number) - number), number)
    first += together * np.arange(first.size)
    result: Ints = first + np.arange(together)[:, None]
    return result


class Batches:
    """Carries out the proposals of a round as if one by one, in NumPy."""

    def __init__(self, edges: Edges, target: Ints, rows: Ints) -> None:
        self.edges, self.rows = edges, rows
        still = np.ones(target.size, bool)
        still[rows] = False
        others = np.flatnonzero(still)
        self.still = np.sort(edges.key(others, target[others]))
        self.holder = np.empty(target.size, np.int64)
        highest = (int(edges.layer.max(initial=0)) + 1) * edges.n * edges.n
        self.shift = int(4 * target.size).bit_length()
        self.packed = highest.bit_length() + self.shift <= 63

    def __call__(self, target: Ints, together: Ints, idle: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Move the targets of accepted proposals, and return which ones these are."""
        edges, number = self.edges, together.shape[1]
        moved = np.roll(target[together], -1, axis=0)
        tried = ~(idle | (edges.source[together] == moved).any(axis=0))
        if self.still.size:
            key = edges.key(together, moved)
            found = self.still.take(np.searchsorted(self.still, key), mode="clip") == key
            tried &= ~found.any(axis=0)
        # The proposal that may give up a pair; ``number`` where nobody will.
        self.holder[self.rows] = number
        self.holder[together] = np.where(tried, np.arange(number), number)
        which = np.flatnonzero(tried)
        tries = together[:, which].T.ravel()
        held = edges.key(self.rows, target[self.rows])
        wanted = edges.key(tries, moved[:, which].T.ravel())
        place, index = self._grouped(np.concatenate([held, wanted]))
        first = np.zeros(int(place[-1]) + 1, np.int64)
        first[place[::-1]] = index[::-1]
        wants = np.flatnonzero(index >= held.size)
        place = place[wants]
        proposal = which[(index[wants] - held.size) // together.shape[0]]
        first = first[place]
        holder = np.full(wants.size, -1)
        is_held = np.flatnonzero(first < held.size)
        holder[is_held] = self.holder[self.rows[first[is_held]]]
        accepted = _in_order(tried, proposal, place, holder)
        target[together[:, accepted]] = moved[:, accepted]
        return accepted

    def _grouped(self, key: Ints) -> tuple[Ints, Ints]:
        """Sort keys, equal ones in their order; return the number of each distinct key, and the index."""
        if self.packed:
            key <<= self.shift
            key |= np.arange(key.size)
            key.sort()
            index = key & ((1 << self.shift) - 1)
            key >>= self.shift
        else:
            index = np.argsort(key, kind="stable")
            key = key[index]
        new = np.empty(key.size, np.int64)
        new[:1] = 0
        np.not_equal(key[1:], key[:-1], out=new[1:], casting="unsafe")
        return np.cumsum(new), index


def _in_order(tried: NDArray[np.bool_], proposal: Ints, place: Ints, holder: Ints) -> NDArray[np.bool_]:
    """Decide proposals as if one by one.

    Each row is a pair of nodes that a proposal wants: number of the pair (rows sorted by it, then by
    proposal) and the proposal that holds it at the beginning, -1 where it is free. A proposal
    goes through where all its pairs are free by then: given up before, and not taken before.
    """
    possible = tried.copy()
    possible[proposal[holder >= proposal]] = False
    live = possible[proposal]
    live &= (holder >= 0) | (np.bincount(place[live], minlength=int(place.max(initial=0)) + 1)[place] > 1)
    proposal, place, holder = proposal[live], place[live], holder[live]
    place = np.cumsum(np.r_[False, place[1:] != place[:-1]])
    free = holder < 0
    sure = possible.copy()
    sure[proposal] = False
    while not np.array_equal(sure, possible):
        certain = (free | sure[holder]) & (_earliest(place, proposal, possible) >= proposal)
        perhaps = (free | possible[holder]) & (_earliest(place, proposal, sure) >= proposal)
        possible[proposal[~perhaps]] = False
        sure = possible.copy()
        sure[proposal[~certain]] = False
    return possible


def _earliest(place: Ints, proposal: Ints, among: NDArray[np.bool_]) -> Ints:
    """Return for each row the first of some proposals that wants the same pair."""
    rows = np.flatnonzero(among[proposal])[::-1]
    first = np.full(int(place[-1]) + 1 if place.size else 0, np.iinfo(np.int64).max)
    first[place[rows]] = proposal[rows]  # of several rows the one written last stays
    result: Ints = first[place]
    return result
