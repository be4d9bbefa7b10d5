"""Clustering: every convention of ours from one pass against the single ones of the peers.

python tests/benchmarks/bench_clustering.py --size w2 [--rounds 3]
"""

from __future__ import annotations

from typing import Any

from _graphs import Graphs
from _harness import Case, Session, has, main, ours

from clusters.measures import clustering
from clusters.networks import ValueNetwork

CONVENTIONS = [(c, d) for c in ("gephi", "textbook") for d in (True, False)]


def run(session: Session) -> None:
    """Compare clustering coefficients of all nodes."""
    graphs = Graphs(session.size)
    session.nodes, session.edges = graphs.n, graphs.network.n_edges
    session.compare("clustering of every node", candidates(session, graphs))


def every_convention(network: ValueNetwork) -> list[Any]:
    """Return the coefficients of each node by each convention."""
    return [clustering.local_clustering(network, c, directed=d) for c, d in CONVENTIONS]


def candidates(session: Session, graphs: Graphs) -> list[Case]:
    cases = ours(every_convention, graphs.fresh)
    graph = graphs.igraph(directed=False)
    cases.append(
        Case("igraph, undirected average", lambda: graph.transitivity_avglocal_undirected(mode="zero"))
    )
    small = session.size == "w1"
    if has("networkit"):
        import networkit

        other = graphs.networkit(directed=False)
        cases.append(
            Case(
                "NetworKit, undirected",
                lambda: networkit.centrality.LocalClusteringCoefficient(other, True).run().scores(),
            )
        )
    if small:
        import networkx

        directed, undirected = graphs.networkx(), graphs.networkx(directed=False)
        cases.append(Case("networkx, directed", lambda: networkx.clustering(directed)))
        cases.append(Case("networkx, undirected", lambda: networkx.clustering(undirected)))
    if small and has("rustworkx"):
        import rustworkx

        rust = graphs.rustworkx(directed=False)
        cases.append(Case("rustworkx, one global number", lambda: rustworkx.transitivity(rust)))
    if small and has("sknetwork"):
        from sknetwork.topology import get_clustering_coefficient

        matrix = graphs.sparse(directed=False)
        cases.append(
            Case("scikit-network, one global number", lambda: get_clustering_coefficient(matrix), rounds=1)
        )
    if not small:
        why = "over the limit: building its graph of Python objects alone takes longer than all others"
        session.over("clustering of every node", "networkx, rustworkx", why)
    return cases


if __name__ == "__main__":
    main("clustering", run, sizes=("w1", "w2", "w3"))
