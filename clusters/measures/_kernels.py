"""Hot loops in NumPy, plain arrays in and out: the distances of a graph.

Beside each kernel stands a plain twin in the tests. How the distances are found is told
in ``_search``; triangles are in ``_triangles``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusters.measures._search import Distances, Ints, Search, sorted_pairs
from clusters.measures._sources import Folding, fold, from_sources

__all__ = [
    "Distances",
    "Folding",
    "by_size",
    "distances",
    "fold",
    "from_sources",
    "sorted_pairs",
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


def by_size(group: Ints) -> Ints:
    """Renumber groups by falling size, equal sizes by their first member; all numbers from 0."""
    size = np.bincount(group)
    first = np.full(size.size, group.size)
    first[group[::-1]] = np.arange(group.size)[::-1]  # of several members the one written last stays
    number = np.empty(size.size, np.int64)
    number[np.lexsort((first, -size))] = np.arange(size.size)
    return number[group]
