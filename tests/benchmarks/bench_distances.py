"""Exact distances between all nodes: numbers of pairs by distance, and with them mean and diameter.

    python tests/benchmarks/bench_distances.py [--rounds 3] [--only undirected]

Peers that return whole rows of distances work on the first of a fixed random order of sources.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from _graphs import Graphs
from _harness import Case, Session, has, main, ours

from clusters.measures import paths

SOURCES = {"networkx": 60, "networkit": 512, "scikit-network": 40}


def run(session: Session) -> None:
    """Compare exact distances of the sample's last network, directed and undirected."""
    graphs = Graphs(session.size)
    session.nodes, session.edges = graphs.n, graphs.network.n_edges
    for directed in (True, False):
        word = "directed" if directed else "undirected"
        if not session.wants(f"exact distances, {word}"):
            continue
        session.compare(f"exact distances, {word}", candidates(graphs, directed), same=histogram)
    if session.wants("distances of each node"):
        session.compare("distances of each node", per_node(graphs))


def histogram(result: Any) -> tuple[int, ...]:
    """Bring results to one form: ordered pairs by distance."""
    if isinstance(result, paths.PathSummary):
        return result.histogram
    return tuple(result)


def candidates(graphs: Graphs, directed: bool) -> list[Case]:
    """Return everybody."""
    cases = ours(lambda network: paths.path_summary(network, directed=directed), graphs.fresh)
    graph = graphs.igraph(directed)
    cases.append(Case("igraph path_length_hist", lambda: by_igraph(graph, directed)))
    cases.append(networkx_case(graphs, directed))
    if has("networkit"):
        cases.append(networkit_case(graphs, directed))
    if has("rustworkx"):
        cases.append(rustworkx_case(graphs, directed))
    if has("sknetwork"):
        cases.append(sknetwork_case(graphs, directed))
    return cases


def by_igraph(graph: Any, directed: bool) -> tuple[int, ...]:
    counts = [int(count) for *_, count in graph.path_length_hist(directed=directed).bins()]
    return (0, *(count * (1 if directed else 2) for count in counts))


def sampled(graphs: Graphs, name: str) -> tuple[list[int], float, str]:
    """Return sources, factor and words."""
    chosen = graphs.some[: SOURCES[name]].tolist()
    return chosen, graphs.n / len(chosen), f"{len(chosen)} of {graphs.n:,} sources"


def networkx_case(graphs: Graphs, directed: bool) -> Case:
    import networkx

    graph = graphs.networkx(directed)
    sources, times, words = sampled(graphs, "networkx")

    def work() -> None:
        for source in sources:
            np.bincount(list(networkx.single_source_shortest_path_length(graph, source).values()))

    return Case("networkx", work, times=times, sample=words)


def networkit_case(graphs: Graphs, directed: bool) -> Case:
    import networkit

    graph = graphs.networkit(directed)
    sources, times, words = sampled(graphs, "networkit")

    def work() -> None:
        networkit.distance.SPSP(graph, sources).run().getDistances(asarray=True)

    return Case("NetworKit SPSP", work, times=times, sample=words)


def rustworkx_case(graphs: Graphs, directed: bool) -> Case:
    """Return rustworkx's average path length, which has no choice of sources, on a part of the network."""
    import rustworkx

    n = graphs.n // 4
    source, target = graphs.ends(directed)
    inside = (source < n) & (target < n)
    graph = rustworkx.PyDiGraph() if directed else rustworkx.PyGraph()
    graph.add_nodes_from([None] * n)
    graph.add_edges_from_no_data(list(zip(source[inside].tolist(), target[inside].tolist(), strict=True)))
    times = graphs.n * source.size / (n * int(inside.sum()))
    words = f"first {n:,} nodes with {int(inside.sum()):,} edges, times nodes x edges"
    return Case(
        "rustworkx",
        lambda: rustworkx.unweighted_average_shortest_path_length(graph, disconnected=True),
        times=times,
        sample=words,
    )


def sknetwork_case(graphs: Graphs, directed: bool) -> Case:
    from sknetwork.path import get_distances

    matrix = graphs.sparse(directed)
    sources, times, words = sampled(graphs, "scikit-network")

    def work() -> None:
        for source in sources:
            np.bincount(get_distances(matrix, source) + 1)

    return Case("scikit-network", work, times=times, sample=words)


def per_node(graphs: Graphs) -> list[Case]:
    """Eccentricity, closeness and harmonic closeness: one pass of ours, three calls of igraph's."""
    cases = ours(lambda network: paths.node_distances(network), graphs.fresh)
    graph = graphs.igraph()

    def by_igraph() -> None:
        graph.eccentricity(mode="out")
        graph.closeness(mode="out")
        graph.harmonic_centrality(mode="out")

    return [*cases, Case("igraph, three calls", by_igraph, rounds=1)]


if __name__ == "__main__":
    main("distances", run)
