"""Triangles of a network and what every clustering number needs from them, in one pass.

Nodes are renumbered by rising degree and every link points from the lower to the higher
number, so a hub starts few links and a triangle u < v < w is a pair of links u -> v, u -> w
whose ends are linked: few such pairs even in networks of large hubs.

The pairs are looked at in the order of v. Those of one block of v can only be closed by the
links that start in it: these few fill a table of hashes that stays in the cache, which most
pairs fail at once; the rest is looked up exactly, in the same few links. A table of all links
would be one slow step to main memory per pair.

Nodes with one link are left out of all this. Memory at five pairs per node: 40 bytes per ordered
pair of nodes while it runs (27 compiled), 8 afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

CHUNK = 1 << 16
"""Pairs of links looked at in one go: their arrays of half a MiB stay in the cache."""
PIECE = 1 << 18
"""Links handled at once elsewhere: temporary arrays of one size are cheaper than fresh large ones."""
SLOTS = 19
"""Binary logarithm of the size of the table of hashes, in bytes."""
SPREAD = 0x9E3779B1
"""Odd number that scatters the hashes: 2^32 over the golden ratio."""
WIDTH = 63
"""Bits of a sort key."""
LAST_32 = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Corners:
    """Sums over the triangles at each node, and over its links.

    ``m`` is the number of directed edges between two nodes (1 or 2), ``t`` the number of
    kinds of edges between them (1 where kinds are not looked at).
    """

    degree: Ints
    """Sum of ``m`` over the links."""
    triangles: Ints
    """Triangles."""
    among: Ints
    """Sum of ``m`` of the opposite link times ``t`` of the two others."""
    ways: Ints
    """Sum of the product of the three ``m``: choices of one edge per side."""
    mutual: Ints
    """Links with ``m`` of 2."""
    entries: Ints | None = None
    """Sum of ``t`` over the links; only with kinds."""
    own: Ints | None = None
    """Sum of ``t m`` over the links; only with kinds."""


@dataclass(frozen=True, slots=True)
class Oriented:
    """Links from lower to higher new number, sorted."""

    node: Ints
    """Node of each new number."""
    shift: int
    key: Ints
    """Lower end, shifted by ``shift`` bits, and higher end."""
    edges: NDArray[np.int8] | None
    """``m`` of each link; ``None`` where it is 1 for all."""
    kinds: Ints | None = None
    """``t`` of each link; ``None`` where it is 1 for all."""

    def ends(self, links: Ints | slice) -> tuple[Ints, Ints]:
        """Return lower and higher end of some links."""
        key = self.key[links]
        return key >> self.shift, key & ((1 << self.shift) - 1)


def corners(n: int, source: NDArray[Any], target: NDArray[Any]) -> Corners:
    """Sum over all triangles.

    Parameters
    ----------
    n
        Number of nodes.
    source, target
        Distinct ordered pairs of nodes without loops, in any order.
    """
    degree, node, rank, core = _by_degree(n, source, target, least=2)
    shift = max(core - 1, 1).bit_length()
    key = np.empty(source.size, np.int64)
    filled = 0
    for begin in range(0, source.size, PIECE):
        rows = slice(begin, begin + PIECE)
        a, b = rank.take(source[rows]), rank.take(target[rows])
        low = np.minimum(a, b)
        inside = np.flatnonzero(low >= 0)
        part = key[filled : filled + inside.size]
        part[:] = low.take(inside)
        part <<= shift
        part |= np.maximum(a, b, out=a).take(inside)
        filled += inside.size
    key = key[:filled]
    key.sort()
    return Corners(degree, *_sums(n, _merged(node[n - core :], shift, key)))


def corners_of_kinds(n: int, source: NDArray[Any], target: NDArray[Any], kind: NDArray[Any]) -> Corners:
    """Sum over all triangles of a network with kinds of edges; rows may repeat."""
    _, node, rank, core = _by_degree(n, source, target, least=1)
    a, b = rank.take(source), rank.take(target)
    shift = max(core - 1, 1).bit_length()
    rows = (np.minimum(a, b).astype(np.int64) << shift) | np.maximum(a, b)
    codes = np.unique(kind, return_inverse=True)[1].astype(np.int64)
    bits = int(codes.max(initial=0)).bit_length()
    pair, code, way = _sorted_rows(rows, codes, (a < b).astype(np.int64), bits)
    start = np.flatnonzero(_changes(pair))
    if not start.size:
        return Corners(*np.zeros((7, n), np.int64))
    kinds = np.add.reduceat((_changes(pair) | _changes(code)).astype(np.int64), start)
    both = np.minimum.reduceat(way, start) != np.maximum.reduceat(way, start)
    edges = both + np.int8(1)
    links = Oriented(node[n - core :], shift, pair[start], edges, kinds)
    low, high = links.ends(slice(None))
    sums = [
        _added(core, low, values) + _added(core, high, values) for values in (edges, kinds, kinds * edges)
    ]
    degree, entries, own = _at_nodes(n, links.node, sums)
    return replace(Corners(degree, *_sums(n, links)), entries=entries, own=own)


def _by_degree(
    n: int, source: NDArray[Any], target: NDArray[Any], *, least: int
) -> tuple[Ints, Ints, NDArray[np.int32], int]:
    """Return degrees, nodes by rising degree, the new number of each, and how many have ``least``.

    Only these get numbers from 0; those of the others are negative.
    """
    degree = np.bincount(source, minlength=n)
    degree += np.bincount(target, minlength=n)
    # One sort of joint keys is several times faster than a stable argsort.
    node = degree << 32
    node |= np.arange(n)
    node.sort()
    few = int(np.searchsorted(node, least << 32))
    node &= LAST_32
    rank = np.empty(n, np.int32)
    rank[node] = np.arange(-few, n - few, dtype=np.int32)
    return degree, node, rank, n - few


def _merged(node: Ints, shift: int, key: Ints) -> Oriented:
    """Make one link of the two edges of a mutual pair; they stand side by side."""
    second = np.flatnonzero(key[1:] == key[:-1])
    if not second.size:
        return Oriented(node, shift, key, None)
    first = np.ones(key.size, bool)
    first[second + 1] = False
    edges = np.ones(key.size, np.int8)
    edges[second] = 2
    links = np.flatnonzero(first)
    return Oriented(node, shift, key.take(links), edges.take(links))


def _sorted_rows(pair: Ints, code: Ints, way: Ints, bits: int) -> tuple[Ints, Ints, Ints]:
    """Sort rows by pair, kind and direction, in one key where they fit."""
    if int(pair.max(initial=0)).bit_length() + bits + 1 <= WIDTH:
        key = (((pair << bits) | code) << 1) | way
        key.sort()
        return key >> (bits + 1), (key >> 1) & ((1 << bits) - 1), key & 1
    order = np.lexsort((way, code, pair))
    return pair[order], code[order], way[order]


def _changes(column: Ints) -> NDArray[np.bool_]:
    new = np.ones(column.size, bool)
    np.not_equal(column[1:], column[:-1], out=new[1:])
    return new


def _sums(n: int, links: Oriented) -> Ints:
    """Return triangles, ``among``, ``ways`` and ``mutual`` of each node."""
    core = links.node.size
    tally = _Tally(links)
    if links.key.size:
        _search(links, tally)
        tally.flush()
    columns = [tally.triangles, tally.triangles + tally.among, tally.triangles + tally.ways]
    return _at_nodes(n, links.node, [*columns, _mutual(core, links)])


def _at_nodes(n: int, node: Ints, columns: list[Ints]) -> Ints:
    """Give values back to the nodes from which the new numbers came."""
    result = np.zeros((len(columns), n), np.int64)
    for row, values in zip(result, columns, strict=True):
        row[node] = values
    return result


def _mutual(core: int, links: Oriented) -> Ints:
    if links.edges is None:
        return np.zeros(core, np.int64)
    low, high = links.ends(np.flatnonzero(links.edges == 2))
    return np.bincount(low, minlength=core) + np.bincount(high, minlength=core)


def _added(core: int, nodes: Ints, values: NDArray[Any]) -> Ints:
    """Sum whole numbers by node, without the 53 bits of a weighted ``bincount``."""
    total = np.zeros(core, np.int64)
    np.add.at(total, nodes, values.astype(np.int64))
    return total


def _search(links: Oriented, tally: _Tally) -> None:
    """Find the triangles and hand each one's three links on, block by block of the middle node."""
    key, shift, ends = links.key, links.shift, (1 << links.shift) - 1
    count = np.bincount(key >> shift, minlength=links.node.size)
    end = np.cumsum(count)
    order = _by_middle(links, count, end)
    mask = (1 << SLOTS) - 1
    table = np.zeros(mask + 1, bool)
    for block in _blocks(links, order, end):
        one, middle = block & LAST_32, block >> 32
        rows = slice(int(end[middle[0]] - count[middle[0]]), int(end[middle[-1]]))
        closing = key[rows]
        slots = (closing >> shift) * SPREAD
        slots += closing & ends
        slots &= mask
        table[slots] = True
        number = end.take(key.take(one) >> shift) - one - 1
        pair = np.repeat(np.arange(one.size), number)
        two = (one + 1 - (np.cumsum(number) - number)).take(pair)
        two += np.arange(two.size)
        last = key.take(two)
        last &= ends
        probe = (middle * SPREAD).take(pair)
        probe += last
        probe &= mask
        likely = np.flatnonzero(table.take(probe))
        table[slots] = False
        pair, two = pair.take(likely), two.take(likely)
        wanted = (middle << shift).take(pair)
        wanted |= last.take(likely)
        three = np.searchsorted(closing, wanted)
        found = np.flatnonzero(closing.take(three, mode="clip") == wanted)
        tally.add(one.take(pair.take(found)), two.take(found), three.take(found) + rows.start)


def _by_middle(links: Oriented, count: Ints, end: Ints) -> Ints:
    """Sort first links of pairs by their end, which stands in the upper 32 bits of the result.

    Such a link has a later one of the same start, and its end starts links.
    """
    order = np.empty(links.key.size, np.int64)
    filled = 0
    for begin in range(0, order.size, PIECE):
        number = np.arange(begin, min(begin + PIECE, order.size))
        low, high = links.ends(slice(begin, begin + PIECE))
        first = np.flatnonzero((end.take(low) - number > 1) & (count.take(high) > 0))
        part = order[filled : filled + first.size]
        np.left_shift(high.take(first), 32, out=part)
        part |= number.take(first)
        filled += first.size
    order = order[:filled]
    order.sort()
    return order


def _blocks(links: Oriented, order: Ints, end: Ints) -> Iterator[Ints]:
    """Cut first links into blocks of about ``CHUNK`` pairs."""
    for begin in range(0, order.size, PIECE):
        part = order[begin : begin + PIECE]
        one = part & LAST_32
        total = np.cumsum(end.take(links.key.take(one) >> links.shift) - one - 1)
        cuts = np.searchsorted(total, np.arange(CHUNK, total[-1] + CHUNK, CHUNK)) + 1
        for block in np.split(part, cuts):
            if block.size:
                yield block


class _Tally:
    """Sums per node over triangles u < v < w, given as the links u -> v, u -> w and v -> w.

    Triangles are kept until they are worth a pass over all nodes.
    """

    def __init__(self, links: Oriented) -> None:
        self.links, self.core = links, links.node.size
        # The last two hold what is more than one per triangle.
        self.triangles, self.among, self.ways = np.zeros((3, self.core), np.int64)
        self.kept: list[tuple[Ints, Ints, Ints]] = []
        self.size = 0

    def add(self, one: Ints, two: Ints, three: Ints) -> None:
        self.kept.append((one, two, three))
        self.size += one.size
        if self.size > max(self.core, CHUNK):
            self.flush()

    def flush(self) -> None:
        if not self.size:
            return
        one, two, three = (np.concatenate(links) for links in zip(*self.kept, strict=True))
        self.kept, self.size = [], 0
        nodes = *self.links.ends(one), self.links.ends(two)[1]
        for corner in nodes:
            self.triangles += np.bincount(corner, minlength=self.core)
        if self.links.edges is not None:
            self.weigh(nodes, (three, two, one))

    def weigh(self, nodes: tuple[NDArray[Any], ...], opposite: tuple[Ints, ...]) -> None:
        """Add what edges and kinds add to the plain count of a triangle."""
        edges, kinds = self.links.edges, self.links.kinds
        assert edges is not None
        m = [edges.take(links) for links in opposite]
        if kinds is None:
            more = np.flatnonzero((m[0] | m[1] | m[2]) > 1)
            nodes = tuple(corner.take(more) for corner in nodes)
            m = [side.take(more) for side in m]
        t = [np.int64(1)] * 3 if kinds is None else [kinds.take(links) for links in opposite]
        ways = (m[0] * m[1] * m[2] - 1).astype(np.int64)
        for i, corner in enumerate(nodes):
            np.add.at(self.ways, corner, ways)
            np.add.at(self.among, corner, t[i - 1] * t[i - 2] * m[i] - 1)
