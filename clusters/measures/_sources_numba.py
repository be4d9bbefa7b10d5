"""The searches of ``_sources``, compiled.

What differs from the twin in NumPy is how, not what: a level is pulled (every row gathers
from its givers) while much changes and pushed (changed rows give to their receivers) while
little does, and rows needed soon are fetched ahead, because waiting for memory is all that
a large graph costs.
"""

from __future__ import annotations

from functools import cache, partial
from itertools import pairwise
from typing import Any, NamedTuple

import numba
import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from clusters.measures._compressed import row_starts
from clusters.measures._search import Ints, Words
from clusters.measures._threads import cores, pool

AHEAD = 32
"""Edges between fetching a row and using it."""
SPARSE = 8
"""A level is pushed while changed rows have less than one in so many edges."""
PLANES = 34
"""Powers of two that are counted to: more than nodes can be numbered."""
WIDTHS = (4, 8, 16)
"""Words of a row for which steps are compiled: half, one and two lines of the cache."""
PIECE = 64
"""Givers looked at before asking whether more can be found."""
ONE = np.uint64(1)


@intrinsic
def fetch(context: Any, array: Any, row: Any) -> Any:
    """Ask for the first words of a row without waiting for them."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        zero = ir.Constant(ir.IntType(64), 0)
        place = cgutils.get_item_pointer(
            context, builder, signature.args[0], view, [arguments[1], zero], wraparound=False
        )
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        read, keep, data = (ir.Constant(number, value) for value in (0, 3, 1))
        builder.call(function, [builder.bitcast(place, byte), read, keep, data])
        return context.get_dummy_value()

    return types.void(array, types.int64), generate


class Search:
    """One graph prepared for searches from some of its nodes."""

    def __init__(self, n: int, source: NDArray[Any], target: NDArray[Any]) -> None:
        self.gives_from = row_starts(n, source)
        self.receiver = np.ascontiguousarray(target, np.int32)
        self.takes_from, self.giver = turned(n, self.gives_from, self.receiver)
        self.takers = np.flatnonzero(np.diff(self.takes_from)).astype(np.int32)
        share = np.arange(1, cores()) * self.giver.size // cores()
        cuts = np.searchsorted(self.takes_from[self.takers], share).tolist()
        self.parts = list(pairwise([0, *cuts, self.takers.size]))

    def run(self, starts: Ints, watched_bit: Ints, watched_node: Ints) -> tuple[Ints, Ints]:
        """Search from each start; see the twin."""
        n = self.gives_from.size - 1
        words = next(width for width in WIDTHS if 64 * width >= starts.size)
        kernels = _kernels_of(words)
        state, room = aligned(n, words), aligned(self.takers.size, words)
        fresh, slot = np.empty(self.takers.size, np.int32), np.full(n, -1, np.int32)
        bit = np.arange(starts.size)
        state[starts, bit >> 6] = ONE << (bit & 63).astype(np.uint64)
        alive = np.bitwise_or.reduce(state[starts], axis=0)
        changed, levels = starts.astype(np.int32), [np.zeros(starts.size, np.int64)]
        met = np.zeros(watched_bit.size, np.int64)
        word, mask = watched_bit >> 6, ONE << (watched_bit & 63).astype(np.uint64)
        pending = np.arange(met.size)
        with pool() as each:
            while True:
                feeds = int((self.gives_from[changed + 1] - self.gives_from[changed]).sum())
                if feeds * SPARSE < self.giver.size:
                    done = [
                        (0, kernels.push(self.gives_from, self.receiver, changed, state, room, slot, fresh))
                    ]
                else:
                    gather = partial(self._gather, kernels.pull, state, room, alive, fresh)
                    done = list(each(gather, self.parts))
                if not any(number for _, number in done):
                    return np.column_stack(levels), met
                settle = partial(_put, kernels.settle, state, room, fresh)
                found = np.sum(list((each if len(done) > 1 else map)(settle, done)), axis=0)
                changed = np.concatenate([fresh[begin : begin + number] for begin, number in done])
                # Only searches that have just found something can find more.
                alive = np.packbits(found > 0, bitorder="little").view(np.uint64)
                levels.append(found[: starts.size])
                seen = (state[watched_node[pending], word[pending]] & mask[pending]) != 0
                met[pending[seen]] = len(levels) - 1
                pending = pending[~seen]

    def _gather(
        self,
        pull: Any,
        state: Words,
        room: Words,
        alive: Words,
        fresh: NDArray[np.int32],
        part: tuple[int, int],
    ) -> tuple[int, int]:
        begin, end = part
        rows = self.takers[begin:end]
        return begin, pull(self.takes_from, self.giver, state, room[begin:], alive, rows, fresh[begin:])


def _put(
    settle: Any, state: Words, room: Words, fresh: NDArray[np.int32], job: tuple[int, int]
) -> NDArray[np.int64]:
    begin, number = job
    counts: NDArray[np.int64] = settle(state, room[begin:], fresh[begin:], number)
    return counts


def aligned(rows: int, words: int) -> NDArray[np.uint64]:
    """Return rows of zeros that start where a line of the cache starts."""
    # Not np.zeros: only what np.empty returns may lie on large pages.
    room = np.empty(rows * words + 8, np.uint64)
    skip = (-room.ctypes.data // 8) % 8
    result = room[skip : skip + rows * words].reshape(rows, words)
    result.fill(0)
    return result


@njit(cache=True, nogil=True)
def turned(n, start, target):
    """Turn edges round: where the givers of each node begin, and the givers."""
    begin = np.zeros(n + 1, np.int64)
    for edge in range(target.size):
        begin[target[edge] + 1] += 1
    for node in range(n):
        begin[node + 1] += begin[node]
    at = begin[:-1].astype(np.int32)
    giver = np.empty(target.size, np.int32)
    for node in range(n):
        for edge in range(start[node], start[node + 1]):
            giver[at[target[edge]]] = node
            at[target[edge]] += 1
    return begin, giver


class Kernels(NamedTuple):
    """Compiled steps for one width of rows."""

    push: Any
    """Give the bits of changed rows to their receivers; list receivers with new bits."""
    pull: Any
    """Gather the bits of the givers of some rows; list rows with new bits."""
    settle: Any
    """Put new bits into the state and count them, bit by bit, in eights where possible."""


@cache
def _kernels_of(words: int) -> Kernels:
    """Compile for one width of rows: unrolled over words it is half as long again as fast."""

    @njit(cache=True, nogil=True)
    def push(gives_from, receiver, changed, state, room, slot, fresh):
        found = 0
        for row in changed:
            for edge in range(gives_from[row], gives_from[row + 1]):
                other = receiver[edge]
                place = slot[other]
                if place < 0:
                    place = found
                    slot[other] = place
                    fresh[place] = other
                    for w in range(words):
                        room[place, w] = state[row, w]
                    found += 1
                else:
                    for w in range(words):
                        room[place, w] |= state[row, w]
        kept = 0
        for place in range(found):
            row = fresh[place]
            slot[row] = -1
            any_new = numba.uint64(0)
            for w in range(words):
                new = room[place, w] & ~state[row, w]
                any_new |= new
                room[kept, w] = new
            if any_new:
                fresh[kept] = row
                kept += 1
        return kept

    @njit(cache=True, nogil=True)
    def pull(takes_from, giver, state, room, alive, rows, fresh):
        got, need = np.empty(words, np.uint64), np.empty(words, np.uint64)
        final = giver.size - 1
        found = 0
        for row in rows:
            begin, end = takes_from[row], takes_from[row + 1]
            lacks = numba.uint64(0)
            for w in range(words):
                need[w] = alive[w] & ~state[row, w]
                lacks |= need[w]
                got[w] = 0
            while lacks and begin < end:
                stop = min(begin + PIECE, end)
                for edge in range(begin, stop):
                    soon = numba.int64(giver[min(edge + AHEAD, final)])
                    fetch(state, soon)
                    if words > 8:
                        fetch(state[:, 8:], soon)
                    other = giver[edge]
                    for w in range(words):
                        got[w] |= state[other, w]
                lacks = numba.uint64(0)
                for w in range(words):
                    lacks |= need[w] & ~got[w]
                begin = stop
            any_new = numba.uint64(0)
            for w in range(words):
                got[w] &= need[w]
                any_new |= got[w]
            if any_new:
                for w in range(words):
                    room[found, w] = got[w]
                fresh[found] = row
                found += 1
        return found

    @njit(cache=True, nogil=True)
    def settle(state, room, fresh, number):
        planes = np.zeros((PLANES, words), np.uint64)
        whole = number - number % 8
        carried = np.empty(words, np.uint64)
        for i in range(0, whole, 8):
            for k in range(i, i + 8):
                row = fresh[k]
                for w in range(words):
                    state[row, w] |= room[k, w]
            for w in range(words):
                ones, twos, fours = planes[0, w], planes[1, w], planes[2, w]
                ones, two_a = _add(ones, room[i, w], room[i + 1, w])
                ones, two_b = _add(ones, room[i + 2, w], room[i + 3, w])
                twos, four_a = _add(twos, two_a, two_b)
                ones, two_a = _add(ones, room[i + 4, w], room[i + 5, w])
                ones, two_b = _add(ones, room[i + 6, w], room[i + 7, w])
                twos, four_b = _add(twos, two_a, two_b)
                fours, carried[w] = _add(fours, four_a, four_b)
                planes[0, w], planes[1, w], planes[2, w] = ones, twos, fours
            for w in range(words):
                carry = carried[w]
                power = 3
                while carry:
                    both = planes[power, w] & carry
                    planes[power, w] ^= carry
                    carry = both
                    power += 1
        for i in range(whole, number):
            row = fresh[i]
            for w in range(words):
                carry = room[i, w]
                state[row, w] |= carry
                power = 0
                while carry:
                    both = planes[power, w] & carry
                    planes[power, w] ^= carry
                    carry = both
                    power += 1
        return _read(planes)

    return Kernels(push, pull, settle)


@njit(cache=True, nogil=True, inline="always")
def _add(one, two, three):
    """Add three bits in every place: sum and carry."""
    half = one ^ two
    return half ^ three, (one & two) | (half & three)


@njit(cache=True, nogil=True)
def _read(planes):
    """Return the sums of all bits."""
    counts = np.zeros(64 * planes.shape[1], np.int64)
    for power in range(planes.shape[0]):
        for w in range(planes.shape[1]):
            word = planes[power, w]
            if word:
                for bit in range(64):
                    counts[64 * w + bit] += numba.int64((word >> numba.uint64(bit)) & ONE) << power
    return counts
