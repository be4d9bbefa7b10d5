"""The same simple graph for everybody: ours and each peer's, directed or not.

Building is timed on its own (``bench_measures.py``); elsewhere everybody starts from its graph.
"""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import Any

import numpy as np
from _workloads import Workload, load, value_network

from clusters.networks import ValueNetwork


class Graphs:
    """A workload as a graph of each library, made when asked for."""

    def __init__(self, size: str) -> None:
        self.workload: Workload = load(size)
        self.network: ValueNetwork = value_network(self.workload)
        self.n = self.network.n_nodes

    def fresh(self) -> ValueNetwork:
        """Return our network without anything remembered but its distinct pairs and links."""
        network = dataclasses.replace(self.network)
        network.__dict__["pairs"], network.__dict__["links"] = self.network.pairs, self.network.links
        return network

    def ends(self, directed: bool = True) -> tuple[np.ndarray, np.ndarray]:
        """Return distinct ordered or unordered pairs."""
        return self.network.pairs if directed else self.network.links

    def igraph(self, directed: bool = True) -> Any:
        """Return igraph's graph, from a buffer: the fastest way in."""
        import igraph

        edges = np.column_stack(self.ends(directed)).astype(np.int64)
        return igraph.Graph(n=self.n, edges=memoryview(edges), directed=directed)

    def networkit(self, directed: bool = True) -> Any:
        """Return NetworKit's graph."""
        import networkit

        source, target = self.ends(directed)
        coo = (source.astype(np.uint64), target.astype(np.uint64))
        graph = networkit.GraphFromCoo(coo, n=self.n, directed=directed)
        graph.sortEdges()
        return graph

    def rustworkx(self, directed: bool = True) -> Any:
        """Return rustworkx's graph."""
        import rustworkx

        graph = rustworkx.PyDiGraph(multigraph=True) if directed else rustworkx.PyGraph(multigraph=True)
        graph.add_nodes_from([None] * self.n)
        graph.add_edges_from_no_data(list(zip(*(end.tolist() for end in self.ends(directed)), strict=True)))
        return graph

    def networkx(self, directed: bool = True) -> Any:
        """Return networkx's graph."""
        import networkx

        graph = networkx.DiGraph() if directed else networkx.Graph()
        graph.add_nodes_from(range(self.n))
        graph.add_edges_from(zip(*(end.tolist() for end in self.ends(directed)), strict=True))
        return graph

    def sparse(self, directed: bool = True) -> Any:
        """Return the adjacency matrix, which scikit-network works on."""
        from scipy import sparse

        source, target = self.ends(directed)
        ones = np.ones(source.size, dtype=bool)
        matrix = sparse.csr_matrix((ones, (source, target)), shape=(self.n, self.n))
        return matrix if directed else (matrix + matrix.T).tocsr()

    @cached_property
    def some(self) -> np.ndarray:
        """Return all nodes in a random order that is always the same; take the first ones."""
        return np.random.default_rng(1).permutation(self.n)
