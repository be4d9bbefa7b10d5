"""A network as Gephi sees it: parallel edges of one kind merged, and its undirected view.

Gephi merges edges of the same pair and kind on import and adds their weights. Its
*undirected view* keeps, of the two edges of a mutual pair of one kind, only the one whose
source comes later in node order, with its own weight: the other weight is dropped, not
added. Self-loops and edges of other kinds stay. Density, modularity and clustering of the
undirected dialog, and every modularity, are computed on that view.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusters.networks import ValueNetwork


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges as arrays, one per pair and kind, sorted by source, target and kind."""

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    kind: NDArray[np.int64]
    weight: NDArray[np.float64]

    def take(self, rows: NDArray[Any]) -> Edges:
        """Return some of the edges."""
        return Edges(self.source[rows], self.target[rows], self.kind[rows], self.weight[rows])

    def __len__(self) -> int:
        return int(self.source.size)


def merged(network: ValueNetwork) -> Edges:
    """Return the edges of a network, one per ordered pair and kind, weights added up."""
    kind = np.zeros(network.n_edges, np.int64) if network.kinds is None else network.kinds.astype(np.int64)
    edges = Edges(network.sources.astype(np.int64), network.targets.astype(np.int64), kind, network.weights)
    start = starts(edges.source, edges.target, edges.kind)
    if start.size == len(edges):
        return edges
    weight = np.add.reduceat(edges.weight, start)
    return Edges(edges.source[start], edges.target[start], edges.kind[start], weight)


def undirected_view(network: ValueNetwork) -> Edges:
    """Return the edges of Gephi's undirected view; ``source`` is the earlier node."""
    edges = merged(network)
    low, high = np.minimum(edges.source, edges.target), np.maximum(edges.source, edges.target)
    # The edge from the later node stands last in its group and is the one that is kept.
    order = np.lexsort((edges.source, edges.kind, high, low))
    group = Edges(low, high, edges.kind, edges.weight).take(order)
    start = starts(group.source, group.target, group.kind)
    return group.take(np.r_[start[1:], len(group)] - 1 if start.size else start)


def undirected_file(network: ValueNetwork) -> ValueNetwork:
    """Return the network that Gephi makes of the same rows when they are typed Undirected.

    Edges are distinct unordered pairs per kind with all weights added up; each runs from the
    earlier to the later node. Measure it with ``directed=False``.
    """
    edges = merged(network)
    low, high = np.minimum(edges.source, edges.target), np.maximum(edges.source, edges.target)
    names = [network.nodes[low].to_list(), network.nodes[high].to_list()]
    return ValueNetwork.from_edges(
        zip(*names, strict=True),
        nodes=network.nodes,
        kinds=edges.kind.tolist(),
        weights=edges.weight.tolist(),
        parallel="kinds",
    )


def links(
    edges: Edges,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Merge the kinds of undirected edges, without loops: low end, high end, kinds, weight."""
    edges = edges.take(edges.source != edges.target)
    start = starts(edges.source, edges.target)
    kinds = np.diff(np.r_[start, len(edges)])
    weight = np.add.reduceat(edges.weight, start) if start.size else edges.weight
    return edges.source[start], edges.target[start], kinds, weight


def starts(*columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where a new combination of values begins in sorted columns."""
    if not columns[0].size:
        return np.zeros(0, np.int64)
    new = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return np.flatnonzero(np.r_[True, new])
