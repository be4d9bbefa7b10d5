"""Clustering: how many of a node's neighbours are tied to each other.

Two conventions times two readings give four numbers, and they differ:

============  ==================================  ========================================
..            directed                            undirected
============  ==================================  ========================================
``gephi``     edges among the neighbours over     twice the triangles over k(k - 1); mean
              k(k - 1); mean over all nodes       over nodes with k of at least 2
``textbook``  Fagiolo's directed triangles (as    twice the triangles over k(k - 1); mean
              networkx); mean over all nodes      over all nodes (Watts and Strogatz)
============  ==================================  ========================================

k counts neighbours in either direction; below 2 of them a node's value is 0. The directed
pair differs where edges are mutual. The textbook looks at distinct pairs without loops.
Gephi does not quite, and we follow it: directed, a neighbour counts once per kind of
relation and a self-loop makes a node its own neighbour; undirected, kinds collapse and a
self-loop adds 1 to k and, at nodes that are not among the first floor(sqrt(N)) by falling
k, one triangle for each such neighbour.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.measures import _kernels, _views
from clusters.networks import ValueNetwork

Convention = Literal["gephi", "textbook"]
Floats = NDArray[np.float64]
NAN = float("nan")


def local_clustering(
    network: ValueNetwork, convention: Convention = "gephi", directed: bool = True
) -> pd.Series:
    """Tie share among the neighbours of each node (聚类系数).

    Parameters
    ----------
    network
        Any value network.
    convention, directed
        Which of the four definitions in the module's text.

    Returns
    -------
    Series
        Between 0 and 1, by node id, named ``local_clustering``; 0 with fewer than two
        neighbours. (Self-loops can lift Gephi's undirected number above 1.)

    References
    ----------
    Gephi, column ``clustering``; Watts, Strogatz 1998; Fagiolo 2007.

    Examples
    --------
    >>> network = ValueNetwork.from_edges([(0, 1), (1, 0), (0, 2), (0, 3), (2, 3)])
    >>> [float(local_clustering(network, convention).round(4)[0]) for convention in ("gephi", "textbook")]
    [0.1667, 0.1]
    """
    values, _ = _local(network, convention, directed)
    return pd.Series(values, index=network.nodes, name="local_clustering")


def average_clustering(
    network: ValueNetwork, convention: Convention = "gephi", directed: bool = True
) -> float:
    """Mean of the local clustering (平均聚类系数).

    Parameters
    ----------
    network
        Any value network.
    convention, directed
        Which of the four definitions in the module's text; they also differ in the nodes
        that the mean is over.

    Returns
    -------
    float
        Between 0 and 1; NaN without a node to average over.

    References
    ----------
    Nankai report 2023, Table 2; Gephi, Avg. Clustering Coefficient (its directed mean is
    accumulated with 32 bits, ours with 64: they agree to about six digits).

    Examples
    --------
    >>> triangle = ValueNetwork.from_edges([(0, 1), (1, 2), (0, 2), (0, 3)])
    >>> round(average_clustering(triangle), 6), round(average_clustering(triangle, directed=False), 6)
    (0.291667, 0.777778)
    """
    values, counted = _local(network, convention, directed)
    return float(values[counted].mean()) if counted.any() else NAN


def transitivity(network: ValueNetwork) -> float:
    """Three times the triangles over the pairs of links with a common end.

    Direction, kinds and self-loops are ignored. This is not a mean over nodes.

    Returns
    -------
    float
        Between 0 and 1; NaN without two links that meet.

    References
    ----------
    Newman 2003, C(1); networkx ``transitivity``; SNAP, fraction of closed triangles.

    Examples
    --------
    >>> transitivity(ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]))
    0.6
    """
    low, high = network.links
    k = _per_node(network.n_nodes, low) + _per_node(network.n_nodes, high)
    wedges = float((k * (k - 1)).sum()) / 2
    closed = sum(corners.shape[1] for corners, _ in _kernels.triangles(network.n_nodes, low, high))
    return 3 * closed / wedges if wedges else NAN


def triangles(network: ValueNetwork, convention: Convention = "textbook") -> pd.Series:
    """Count the triangles at each node, direction and kinds ignored.

    Returns
    -------
    Series
        Whole numbers from 0, by node id, named ``triangles``. ``"gephi"`` adds those that
        Gephi sees through self-loops.

    References
    ----------
    Gephi, column ``triangles``; networkx ``triangles``.

    Examples
    --------
    >>> triangles(ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")])).to_list()
    [1, 1, 1, 0]
    """
    _check(convention)
    count = _undirected(network, convention)[0]
    return pd.Series(count, index=network.nodes, name="triangles").astype(np.int64)


def total_triangles(network: ValueNetwork, convention: Convention = "textbook") -> int:
    """Count the triangles of a network, each once; ``"gephi"`` as in ``triangles``.

    Examples
    --------
    >>> total_triangles(ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]))
    1
    """
    count, k = _undirected(network, convention)
    return int(count[k > 1].sum()) // 3


def _local(network: ValueNetwork, convention: str, directed: bool) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the value of every node and whether the mean counts it."""
    _check(convention)
    everyone = np.ones(network.n_nodes, dtype=bool)
    if directed:
        part, whole = _gephi_directed(network) if convention == "gephi" else _fagiolo(network)
        return _quotient(part, whole), everyone
    count, k = _undirected(network, convention)
    return _quotient(2 * count, k * (k - 1)), (k > 1) if convention == "gephi" else everyone


def _gephi_directed(network: ValueNetwork) -> tuple[Floats, Floats]:
    """Return edges among the entries of each neighbour list, and pairs of entries."""
    n = network.n_nodes
    view = _views.undirected_view(network)
    low, high, times, _ = _views.links(view)
    loops = _per_node(n, view.source[view.source == view.target])
    edges = _edges_between(network)
    k = loops + _per_node(n, low, times) + _per_node(n, high, times)
    among = np.zeros(n)
    for corners, opposite in _kernels.triangles(n, low, high):
        for i in range(3):
            one, two = (opposite[j] for j in range(3) if j != i)
            among += _per_node(n, corners[i], times[one] * times[two] * edges[opposite[i]])
    # A node that is its own neighbour sees its edges to its neighbours as edges among them.
    own = _per_node(n, low, times * edges) + _per_node(n, high, times * edges)
    return among + loops * own, k * (k - 1)


def _fagiolo(network: ValueNetwork) -> tuple[Floats, Floats]:
    """Return directed triangles of each node, and those it could have; all times two."""
    n = network.n_nodes
    low, high = network.links
    edges = _edges_between(network)
    total = _per_node(n, low, edges) + _per_node(n, high, edges)
    mutual = _per_node(n, low, edges == 2) + _per_node(n, high, edges == 2)
    count = np.zeros(n)
    for corners, opposite in _kernels.triangles(n, low, high):
        ways = edges[opposite].prod(axis=0)
        for corner in corners:
            count += _per_node(n, corner, ways)
    return count, total * (total - 1) - 2 * mutual


def _undirected(network: ValueNetwork, convention: str) -> tuple[Floats, Floats]:
    """Return triangles and neighbours of each node, direction and kinds ignored."""
    n = network.n_nodes
    low, high = network.links
    k = _per_node(n, low) + _per_node(n, high)
    count = np.zeros(n)
    for corners, _ in _kernels.triangles(n, low, high):
        count += _per_node(n, corners.ravel())
    loop = np.zeros(n, dtype=bool)
    loop[network.sources[network.sources == network.targets]] = True
    if convention == "textbook" or not loop.any():
        return count, k
    k = k + loop
    rank = np.empty(n, np.int64)
    rank[np.argsort(-k, kind="stable")] = np.arange(n)
    late = rank >= int(np.sqrt(n))
    both = late[low] & late[high]
    return count + loop * (_per_node(n, low, both) + _per_node(n, high, both)), k


def _edges_between(network: ValueNetwork) -> NDArray[np.int64]:
    """Directed edges (1 or 2) behind each of ``network.links``."""
    source, target = network.pairs
    n = max(network.n_nodes, 1)
    key = np.minimum(source, target).astype(np.int64) * n + np.maximum(source, target)
    return np.unique(key, return_counts=True)[1]


def _per_node(n: int, nodes: NDArray[Any], values: NDArray[Any] | None = None) -> Floats:
    return np.bincount(nodes, values, minlength=n).astype(np.float64)


def _quotient(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros(part.size), where=whole > 0)


def _check(convention: str) -> None:
    if convention not in ("gephi", "textbook"):
        raise ValueError(f"convention {convention!r} is not known; use gephi or textbook")
