"""The sums over triangles compiled, for ``clusters[fast]``: same results as ``_triangles``.

Links point from the lower to the higher degree as there. For each start u its ends are
marked, and the lists of those ends are run through for marked nodes: in compiled code that
is faster than looking at pairs, because the lists of the much-linked nodes stay in the cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from clusters.measures._triangles import Corners

Numbers = NDArray[np.int32]
Places = NDArray[np.int64]
Sums = NDArray[np.int64]


def corners(n: int, source: NDArray[Any], target: NDArray[Any]) -> Corners:
    """Sum over all triangles, see ``_triangles.corners``."""
    source, target = _fixed(source), _fixed(target)
    # Arrays made here, not by the compiled code: NumPy asks for large pages of memory.
    degree, rank = np.zeros((2, n), np.int32)
    start = np.zeros(n + 1, np.int64)
    fill = np.empty(n, np.int64)
    lists = np.empty(2 * source.size, np.int32)
    _list_ends(source, target, degree, rank, start, fill, lists)
    sums = np.zeros((n, 4), np.int64)  # what belongs to a node lies together
    mark = np.zeros(n, np.int8)
    _merge(start, fill, lists, mark, sums)
    result = np.empty((4, n), np.int64)
    _count(start, lists, mark, sums, rank, result)
    return Corners(degree.astype(np.int64), *result)


def _fixed(nodes: NDArray[Any]) -> Numbers:
    """Give all arrays one type, so that each kernel is compiled once."""
    fixed = np.ascontiguousarray(nodes, dtype=np.int32).view()
    fixed.flags.writeable = False
    return fixed


@njit(cache=True, nogil=True)
def _list_ends(
    source: Numbers,
    target: Numbers,
    degree: Numbers,
    rank: Numbers,
    start: Places,
    fill: Places,
    lists: Numbers,
) -> None:
    """Renumber nodes by degree and list the higher ends of each; mutual ones twice."""
    n = degree.size
    for e in range(source.size):
        degree[source[e]] += 1
        degree[target[e]] += 1
    top = 0
    for x in range(n):
        top = max(top, degree[x])
    place = np.zeros(top + 2, np.int64)
    for x in range(n):
        place[degree[x] + 1] += 1
    for d in range(1, top + 2):
        place[d] += place[d - 1]
    few = place[min(2, top + 1)]
    for x in range(n):
        rank[x] = place[degree[x]]
        place[degree[x]] += 1
    # A list is never longer than the node has edges.
    r = few
    for d in range(2, top + 1):
        while r < place[d]:
            start[r + 1] = start[r] + d
            r += 1
    for r in range(n):
        fill[r] = start[r]
    for e in range(source.size):
        a = rank[source[e]]
        b = rank[target[e]]
        if a > b:
            a, b = b, a
        if a >= few:
            lists[fill[a]] = b
            fill[a] += 1


@njit(cache=True, nogil=True)
def _merge(start: Places, fill: Places, lists: Numbers, mark: NDArray[np.int8], sums: Sums) -> None:
    """Close the gaps and make one entry of two: twice the node, plus 1 where the pair is mutual."""
    last = 0
    for u in range(fill.size):
        first = last
        for p in range(start[u], fill[u]):
            w = lists[p]
            if mark[w] == 0:
                lists[last] = w
                last += 1
            else:
                sums[u, 3] += 1
                sums[w, 3] += 1
            mark[w] += 1
        start[u] = first
        for p in range(first, last):
            w = lists[p]
            lists[p] = 2 * w + mark[w] - 1
            mark[w] = 0
    start[fill.size] = last


@njit(cache=True, nogil=True)
def _count(
    start: Places, lists: Numbers, mark: NDArray[np.int8], sums: Sums, rank: Numbers, result: Sums
) -> None:
    """Add up over the triangles u, v, w with u the lowest and w above v, and undo the numbering."""
    for u in range(mark.size):
        first, last = start[u], start[u + 1]
        if last - first < 2:
            continue
        for p in range(first, last):
            mark[lists[p] >> 1] = 1 + (lists[p] & 1)
        triangles, among, ways = 0, 0, np.int64(0)
        for p in range(first, last):
            v, uv = lists[p] >> 1, 1 + (lists[p] & 1)
            v_triangles, v_among, v_ways = 0, np.int64(0), np.int64(0)
            for q in range(start[v], start[v + 1]):
                w = np.uint32(lists[q]) >> np.uint32(1)  # an unsigned index needs no check of its sign
                uw = np.int64(mark[w])
                if uw:
                    vw = 1 + (lists[q] & 1)
                    product = uv * uw * vw
                    sums[w, 0] += 1
                    sums[w, 1] += uv
                    sums[w, 2] += product
                    v_triangles += 1
                    v_among += uw
                    v_ways += product
                    among += vw
            if v_triangles:
                sums[v, 0] += v_triangles
                sums[v, 1] += v_among
                sums[v, 2] += v_ways
                triangles += v_triangles
                ways += v_ways
        sums[u, 0] += triangles
        sums[u, 1] += among
        sums[u, 2] += ways
        for p in range(first, last):
            mark[lists[p] >> 1] = 0
    for x in range(rank.size):
        for i in range(4):
            result[i, x] = sums[rank[x], i]
