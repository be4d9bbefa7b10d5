"""Hot loops in NumPy, plain arrays in and out: all distances of a graph, and its triangles.

Beside each kernel stands a plain twin in the tests. How the distances are found is told
in ``_search``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusters.measures._search import Distances, Ints, Search, ranges, sorted_pairs
from clusters.measures._sources import Folding, fold, from_sources

__all__ = [
    "Distances",
    "Folding",
    "by_size",
    "distances",
    "fold",
    "from_sources",
    "sorted_pairs",
    "triangles",
]


def distances(n: int, source: NDArray[Any], target: NDArray[Any], *, per_node: bool = False) -> Distances:
    """Count ordered pairs of distinct nodes by distance, exactly.

    Parameters
    ----------
    n
        Number of nodes.
    source, target
        Distinct edges without loops, in any order; for an undirected graph both directions.
    per_node
        Also sum up over the nodes that each node reaches.
    """
    if not source.size:
        none = np.zeros(n, np.int64)
        sums = (none, none.copy(), np.zeros(n), none.copy()) if per_node else ()
        return Distances(np.zeros(1, np.int64), *sums)
    search = Search(n, *sorted_pairs(source, target))
    if search.deep and not per_node and (plain := _of_a_line(search, source, target)) is not None:
        return plain
    return search.run(per_node)


def _of_a_line(search: Search, source: NDArray[Any], target: NDArray[Any]) -> Distances | None:
    """Search from every node, one by one, where that is faster; else return ``None``."""
    import igraph

    graph = igraph.Graph(search.row_of.size, np.column_stack([source, target]).tolist(), directed=True)
    depth = int(graph.eccentricity([search.hub], mode="out")[0])
    if not search.like_a_line(source.size, depth):
        return None
    counts = [int(count) for *_, count in graph.path_length_hist(directed=True).bins()]
    return Distances(np.array([0, *counts], np.int64))


def triangles(
    n: int, low: NDArray[Any], high: NDArray[Any], chunk: int = 1_000_000
) -> Iterator[tuple[Ints, Ints]]:
    """Find every triangle of a simple undirected graph once.

    Links point from the end of lower degree to the end of higher degree, so a hub starts
    few of them and a triangle is a pair of links with one start whose ends are linked.

    Parameters
    ----------
    n
        Number of nodes.
    low, high
        Ends of distinct links without loops.
    chunk
        Pairs of links looked at in one go.

    Yields
    ------
    corners, opposite
        Two arrays of shape (3, triangles): nodes, and the position of the link opposite to
        each of them; the links at a corner are the two other positions.
    """
    degree = np.bincount(low, minlength=n) + np.bincount(high, minlength=n)
    node = np.argsort(degree, kind="stable")
    rank = np.empty(n, np.int64)
    rank[node] = np.arange(n)
    key = np.minimum(rank[low], rank[high]) * n + np.maximum(rank[low], rank[high])
    link = np.argsort(key)
    key = key[link]
    start, end = np.divmod(key, max(n, 1))
    later = np.cumsum(np.bincount(start, minlength=n))[start] - np.arange(start.size) - 1
    total = np.cumsum(later)
    first = 0
    while first < start.size:
        done = int(total[first] - later[first])
        last = max(first + 1, int(np.searchsorted(total, done + chunk, side="right")))
        one = np.repeat(np.arange(first, last), later[first:last])
        two = ranges(np.arange(first, last) + 1, later[first:last])
        closing = end[one] * n + end[two]
        three = np.searchsorted(key, closing)
        found = np.flatnonzero(key.take(three, mode="clip") == closing)
        one, two, three = one[found], two[found], three[found]
        corners = node[np.stack([start[one], end[one], end[two]])]
        yield corners, link[np.stack([three, two, one])]
        first = last


def by_size(group: Ints) -> Ints:
    """Renumber groups by falling size, equal sizes by their first member; all numbers from 0."""
    size = np.bincount(group)
    first = np.full(size.size, group.size)
    first[group[::-1]] = np.arange(group.size)[::-1]  # of several members the one written last stays
    number = np.empty(size.size, np.int64)
    number[np.lexsort((first, -size))] = np.arange(size.size)
    return number[group]
