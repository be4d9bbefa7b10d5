"""The passes of ``_search``, compiled: the same rows, columns, widths and order of sums."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba import njit, types
from numba.extending import intrinsic

from clusters.measures._search import WORDS, Found, RowSums, Search
from clusters.measures._sources_numba import AHEAD, aligned, fetch, turned


@intrinsic
def _ones(context: Any, word: Any) -> Any:
    """Count the bits of a word that are set."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


class Pass:
    """A search whose passes are compiled; call it with the first word of a pass."""

    def __init__(self, search: Search) -> None:
        self.search = search
        steps = search.steps
        rows = steps.feeds.size
        self.feeds_from = np.append(steps.feeds_from, steps.giver.size)
        self.giver = steps.giver.astype(np.int32)
        self.takes_from, self.successor = turned(rows, self.feeds_from, self.giver)

    def __call__(self, begin: int, per_node: bool = False) -> Found:
        """Search up to ``WORDS`` words of columns."""
        search = self.search
        weights = np.zeros(WORDS, np.int64)
        width = search.weights[begin : begin + WORDS].size
        weights[:width] = search.weights[begin : begin + WORDS]
        full = int(search.used[begin : begin + WORDS] @ weights[:width])
        rows = search.row_size.size
        state = aligned(rows, WORDS)
        state[:, :width] = search.seeded(begin, width)
        node, row, word, mask = search.own(begin, width)
        meeting = np.zeros(node.size, np.int64)
        sums = RowSums(rows if per_node else 0)
        levels = _pass(
            self.takes_from,
            self.successor,
            self.feeds_from,
            self.giver,
            search.row_size,
            state,
            aligned(rows, WORDS),
            weights,
            full,
            row,
            word,
            mask,
            meeting,
            per_node,
            sums.reached,
            sums.total,
            sums.inverse,
            sums.farthest,
            sums.at_farthest,
        )
        return Found(levels.tolist(), node, meeting, sums if per_node else None)


@njit(cache=True, nogil=True)
def _pass(
    takes_from,
    successor,
    feeds_from,
    giver,
    row_size,
    state,
    room,
    weights,
    full,
    own_row,
    own_word,
    own_mask,
    meeting,
    per_node,
    reached,
    total,
    inverse,
    farthest,
    at_farthest,
):
    rows = state.shape[0]
    even = weights[0] == weights[-1]
    count = np.zeros(rows, np.int64)
    more = np.zeros(rows, np.int64)
    marked = np.zeros(rows, np.uint8)
    wanted = np.empty(rows, np.int32)
    fresh = np.empty(rows, np.int32)
    got = np.empty(WORDS, np.uint64)
    pending = np.arange(meeting.size)
    waiting = meeting.size
    final = successor.size - 1
    levels = np.zeros(16, np.int64)
    found = 0
    for row in range(rows):
        weight = _weight(state[row], weights, even)
        if weight:
            fresh[found] = row
            more[found] = weight
            found += 1
    level = 0
    while found:
        if level == levels.size:
            levels = np.concatenate((levels, np.zeros(levels.size, np.int64)))
        level += 1
        feeds = 0
        for i in range(found):
            row, weight = fresh[i], more[i]
            count[row] += weight
            levels[level - 1] += row_size[row] * weight
            feeds += feeds_from[row + 1] - feeds_from[row]
            if per_node:
                reached[row] += weight
                total[row] += level * weight
                inverse[row] += weight / level
                if farthest[row] < level:
                    farthest[row] = level
                    at_farthest[row] = 0
                at_farthest[row] += weight
        left = 0
        for i in range(waiting):
            own = pending[i]
            if state[own_row[own], own_word[own]] & own_mask[own]:
                meeting[own] = level
            else:
                pending[left] = own
                left += 1
        waiting = left
        # Rows with a changed successor that are not full; all that are not full when most changed.
        size = 0
        if 2 * feeds > giver.size:
            for row in range(rows):
                if count[row] < full and takes_from[row] < takes_from[row + 1]:
                    wanted[size] = row
                    size += 1
        else:
            for i in range(found):
                for edge in range(feeds_from[fresh[i]], feeds_from[fresh[i] + 1]):
                    row = giver[edge]
                    if not marked[row] and count[row] < full:
                        marked[row] = 1
                        wanted[size] = row
                        size += 1
            for i in range(size):
                marked[wanted[i]] = 0
        found = 0
        for i in range(size):
            row = wanted[i]
            for w in range(WORDS):
                got[w] = 0
            for edge in range(takes_from[row], takes_from[row + 1]):
                soon = numba.int64(successor[min(edge + AHEAD, final)])
                fetch(state, soon)
                fetch(state[:, 8:], soon)
                other = successor[edge]
                for w in range(WORDS):
                    got[w] |= state[other, w]
            any_new = numba.uint64(0)
            for w in range(WORDS):
                got[w] &= ~state[row, w]
                any_new |= got[w]
            if any_new:
                for w in range(WORDS):
                    room[found, w] = got[w]
                more[found] = _weight(got, weights, even)
                fresh[found] = row
                found += 1
        for i in range(found):
            for w in range(WORDS):
                state[fresh[i], w] |= room[i, w]
    return levels[:level]


@njit(cache=True, nogil=True)
def _weight(words, weights, even):
    """Count the nodes behind the bits of one row."""
    result = 0
    if even:
        for w in range(WORDS):
            result += numba.int64(_ones(words[w]))
        return result * weights[0]
    for w in range(WORDS):
        result += numba.int64(_ones(words[w])) * weights[w]
    return result
