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

import threading
from dataclasses import dataclass
from typing import Any, Literal
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.measures import _choice, _triangles
from clusters.networks import ValueNetwork

Convention = Literal["gephi", "textbook"]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NAN = float("nan")

REPAYS = 20_000_000
"""Ordered pairs from which compiled kernels save more than loading them takes."""
KEPT = 2
"""Networks whose counts (48 bytes per node) are remembered while they live: a parity table compares two."""


@dataclass(frozen=True, slots=True)
class ClusteringSummary:
    """All clustering numbers of one network; the four means in the order of the module's text."""

    gephi: float
    gephi_undirected: float
    textbook: float
    textbook_undirected: float
    transitivity: float
    triangles: int
    """Triangles of the network, direction, kinds and self-loops ignored, each once."""


@dataclass(frozen=True, slots=True)
class _Counts:
    """Whole numbers per node from which every convention is a division."""

    links: Ints
    """Neighbours, direction, kinds and self-loops ignored."""
    edges: Ints
    """Edges to and from neighbours, kinds ignored."""
    mutual: Ints
    """Neighbours with edges in both directions."""
    triangles: Ints
    ways: Ints
    """Fagiolo's directed triangles, times two."""
    entries: Ints
    """Length of Gephi's directed neighbour list."""
    among: Ints
    """Edges between its entries."""
    gephi_links: Ints
    """Length of Gephi's undirected neighbour list."""
    gephi_triangles: Ints


def clustering_summary(network: ValueNetwork) -> ClusteringSummary:
    """Average the local clustering in every convention, from one pass over the triangles.

    Parameters
    ----------
    network
        Any value network.

    Returns
    -------
    ClusteringSummary
        Means as of ``average_clustering``, with ``transitivity`` and the number of triangles.

    References
    ----------
    As of ``average_clustering`` and ``transitivity``.

    Examples
    --------
    >>> summary = clustering_summary(ValueNetwork.from_edges([(0, 1), (1, 2), (0, 2), (0, 3)]))
    >>> round(summary.gephi, 6), round(summary.gephi_undirected, 6), summary.triangles
    (0.291667, 0.777778, 1)
    """
    return ClusteringSummary(
        average_clustering(network),
        average_clustering(network, directed=False),
        average_clustering(network, "textbook"),
        average_clustering(network, "textbook", directed=False),
        transitivity(network),
        total_triangles(network),
    )


def local_clustering_table(network: ValueNetwork) -> pd.DataFrame:
    """Local clustering of each node in every convention, from one pass over the triangles.

    Parameters
    ----------
    network
        Any value network.

    Returns
    -------
    DataFrame
        By node id; columns ``gephi``, ``gephi_undirected``, ``textbook`` and
        ``textbook_undirected`` with values as of ``local_clustering``.

    References
    ----------
    As of ``local_clustering``.

    Examples
    --------
    >>> network = ValueNetwork.from_edges([(0, 1), (1, 0), (0, 2), (0, 3), (2, 3)])
    >>> local_clustering_table(network).round(4).loc[0].to_list()
    [0.1667, 0.3333, 0.1, 0.3333]
    """
    values = [_local(network, convention, directed)[0] for convention, directed in DEFINITIONS.values()]
    return pd.DataFrame(np.array(values).T, index=network.nodes, columns=list(DEFINITIONS))


DEFINITIONS: dict[str, tuple[Convention, bool]] = {
    "gephi": ("gephi", True),
    "gephi_undirected": ("gephi", False),
    "textbook": ("textbook", True),
    "textbook_undirected": ("textbook", False),
}


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
    counts = _counts(network)
    wedges = int((counts.links * (counts.links - 1)).sum()) // 2
    return int(counts.triangles.sum()) / wedges if wedges else NAN


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
    return pd.Series(count.copy(), index=network.nodes, name="triangles")


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
    counts = _counts(network)
    everyone = np.ones(network.n_nodes, dtype=bool)
    if not directed:
        triangles, k = _undirected(network, convention)
        return _quotient(2 * triangles, k * (k - 1)), (k > 1) if convention == "gephi" else everyone
    if convention == "gephi":
        return _quotient(counts.among, counts.entries * (counts.entries - 1)), everyone
    return _quotient(counts.ways, counts.edges * (counts.edges - 1) - 2 * counts.mutual), everyone


def _undirected(network: ValueNetwork, convention: str) -> tuple[Ints, Ints]:
    """Return triangles and neighbours of each node."""
    counts = _counts(network)
    if convention == "gephi":
        return counts.gephi_triangles, counts.gephi_links
    return counts.triangles, counts.links


def _counts(network: ValueNetwork) -> _Counts:
    """Return the counts of a network, counted once while it is among the latest asked for."""
    with _TURN:
        known = _KNOWN.get(network)
    if known is not None:
        return known
    counts = _count(network)
    with _TURN:
        while len(_KNOWN) >= KEPT:
            del _KNOWN[next(iter(_KNOWN))]
        _KNOWN[network] = counts
    return counts


_KNOWN: WeakKeyDictionary[ValueNetwork, _Counts] = WeakKeyDictionary()
_TURN = threading.Lock()


def _count(network: ValueNetwork) -> _Counts:
    """Count the triangles and put Gephi's self-loops in."""
    at = _corners(network)
    links = at.degree - at.mutual
    entries, among = links if at.entries is None else at.entries, at.among
    gephi_links, gephi_triangles = links, at.triangles
    rows = np.flatnonzero(network.sources == network.targets)
    if rows.size:
        loops = _loops(network, rows)
        # A node that is its own neighbour sees its edges to its neighbours as edges among them.
        among = among + loops * (at.degree if at.own is None else at.own)
        entries = entries + loops
        gephi_links = links + (loops > 0)
        gephi_triangles = at.triangles + _loop_triangles(network, gephi_links, loops > 0)
    return _Counts(
        links, at.degree, at.mutual, at.triangles, at.ways, entries, among, gephi_links, gephi_triangles
    )


def _corners(network: ValueNetwork) -> _triangles.Corners:
    if network.kinds is not None:
        rows = np.flatnonzero(network.sources != network.targets)
        columns = (column.take(rows) for column in (network.sources, network.targets, network.kinds))
        return _triangles.corners_of_kinds(network.n_nodes, *columns)
    source, target = network.pairs
    kernels: Any = _choice.compiled("triangles", repays=source.size >= REPAYS) or _triangles
    corners: _triangles.Corners = kernels.corners(network.n_nodes, source, target)
    return corners


def _loops(network: ValueNetwork, rows: NDArray[Any]) -> Ints:
    """Kinds of self-loops at each node."""
    node = network.sources[rows].astype(np.int64)
    if network.kinds is None:
        node = np.unique(node)
    else:
        node = np.unique(np.column_stack([node, network.kinds[rows]]), axis=0)[:, 0]
    return np.bincount(node, minlength=network.n_nodes)


def _loop_triangles(network: ValueNetwork, k: Ints, loop: NDArray[np.bool_]) -> Ints:
    """Triangles that Gephi's undirected search sees through self-loops."""
    n = network.n_nodes
    rank = np.empty(n, np.int64)
    rank[np.argsort(-k, kind="stable")] = np.arange(n)
    late = rank >= int(np.sqrt(n))
    low, high = network.links
    both = np.flatnonzero(late[low] & late[high])
    seen: Ints = np.bincount(low[both], minlength=n) + np.bincount(high[both], minlength=n)
    return loop * seen


def _quotient(part: Ints, whole: Ints) -> Floats:
    # Where the whole is 0, so is the part.
    result: Floats = part / np.maximum(whole, 1)
    return result


def _check(convention: str) -> None:
    if convention not in ("gephi", "textbook"):
        raise ValueError(f"convention {convention!r} is not known; use gephi or textbook")
