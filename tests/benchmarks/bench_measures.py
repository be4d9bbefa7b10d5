"""Everything of the report that is neither distance nor clustering nor a fit.

    python tests/benchmarks/bench_measures.py --size w3 [--only pagerank]

Graphs are there before the clock starts, but for the measure called building.
"""

from __future__ import annotations

from typing import Any

from _graphs import Graphs
from _harness import Case, Session, has, main, ours
from _workloads import relations, value_network

from clusters import networks
from clusters.measures import centrality, cohesion, communities, cores, degree

BETWEENNESS_SOURCES = 1024


def run(session: Session) -> None:
    """Compare building, degrees, components, k-core, PageRank, communities, betweenness."""
    graphs = Graphs(session.size)
    session.nodes, session.edges = graphs.n, graphs.network.n_edges
    peers = Peers(session, graphs)
    for measure, cases in (
        ("building the graph", building),
        ("nine years of degrees", yearly_degrees),
        ("in- and out-degrees", degrees),
        ("weak and strong components", components),
        ("k-core", k_core),
        ("PageRank", pagerank),
        ("communities, one search", partition),
        ("betweenness from 1,024 sources", sampled_betweenness),
        ("betweenness, exact", betweenness),
    ):
        if session.wants(measure):
            session.compare(measure, cases(peers))


class Peers:
    """Graphs of the peers; networkx and rustworkx, whose graphs are Python objects, at W1 only."""

    def __init__(self, session: Session, graphs: Graphs) -> None:
        self.size, self.graphs, self.full = session.size, graphs, session.full
        self._made: dict[tuple[str, bool], Any] = {}

    def get(self, name: str, directed: bool = True) -> Any:
        if (name, directed) not in self._made:
            self._made[name, directed] = getattr(self.graphs, name)(directed)
        return self._made[name, directed]

    def there(self, name: str) -> bool:
        small = self.size == "w1" or name not in ("networkx", "rustworkx")
        return small and has({"sparse": "sknetwork"}.get(name, name))


def building(peers: Peers) -> list[Case]:
    graphs = peers.graphs
    names = [n for n in ("igraph", "networkit", "networkx", "rustworkx") if peers.there(n)]
    cases = ours(lambda: value_network(graphs.workload).pairs)
    return [cases[0], *(Case(name, getattr(graphs, name), warm=True) for name in names)]


def yearly_degrees(peers: Peers) -> list[Case]:
    """In- and out-degrees of the cumulative network of each year, from the rows."""
    rows = relations(peers.graphs.workload)

    def by_tables() -> list[Any]:
        found = networks.cumulative(rows)
        return [(degree.in_degree(n), degree.out_degree(n)) for _, n in found.items()]

    def by_pandas() -> list[Any]:
        frame = rows.frame
        return [
            (part["target"].value_counts(sort=False), part["source"].value_counts(sort=False))
            for year in rows.years
            for part in [frame[frame["year"] <= year].drop_duplicates(["source", "target"])]
        ]

    return [*ours(by_tables)[:1], Case("pandas", by_pandas)]


def degrees(peers: Peers) -> list[Case]:
    def work(network: Any) -> Any:
        return degree.in_degree(network), degree.out_degree(network)

    cases = ours(work, peers.graphs.fresh)[:1]
    graph = peers.get("igraph")
    cases.append(Case("igraph", lambda: (graph.indegree(), graph.outdegree())))
    if peers.there("networkit"):
        kit = peers.get("networkit")
        cases.append(
            Case(
                "NetworKit",
                lambda: [[get(u) for u in kit.iterNodes()] for get in (kit.degreeIn, kit.degreeOut)],
            )
        )
    if peers.there("networkx"):
        nx = peers.get("networkx")
        cases.append(Case("networkx", lambda: (dict(nx.in_degree), dict(nx.out_degree))))
    if peers.there("rustworkx"):
        rx = peers.get("rustworkx")
        cases.append(
            Case(
                "rustworkx",
                lambda: [[f(u) for u in rx.node_indices()] for f in (rx.in_degree, rx.out_degree)],
            )
        )
    return cases


def components(peers: Peers) -> list[Case]:
    cases = ours(cohesion.component_summary, peers.graphs.fresh)[:1]
    graph = peers.get("igraph")
    cases.append(
        Case("igraph", lambda: [graph.connected_components(m).membership for m in ("weak", "strong")])
    )
    if peers.there("networkit"):
        from networkit import components as parts

        kit = peers.get("networkit")
        cases.append(
            Case(
                "NetworKit",
                lambda: [
                    how(kit).run().numberOfComponents()
                    for how in (parts.WeaklyConnectedComponents, parts.StronglyConnectedComponents)
                ],
            )
        )
    if peers.there("networkx"):
        import networkx

        nx = peers.get("networkx")
        cases.append(
            Case(
                "networkx",
                lambda: (
                    list(networkx.weakly_connected_components(nx)),
                    list(networkx.strongly_connected_components(nx)),
                ),
            )
        )
    if peers.there("rustworkx"):
        import rustworkx

        rx = peers.get("rustworkx")
        cases.append(
            Case(
                "rustworkx",
                lambda: (
                    rustworkx.weakly_connected_components(rx),
                    rustworkx.strongly_connected_components(rx),
                ),
            )
        )
    if peers.there("sparse"):
        from sknetwork.topology import get_connected_components

        matrix = peers.get("sparse")
        cases.append(
            Case(
                "scikit-network",
                lambda: [get_connected_components(matrix, c) for c in ("weak", "strong")],
            )
        )
    return cases


def k_core(peers: Peers) -> list[Case]:
    cases = ours(cores.k_core, peers.graphs.fresh)
    graph = peers.get("igraph", False)
    cases.append(Case("igraph", graph.coreness))
    if peers.there("networkit"):
        import networkit

        kit = peers.get("networkit", False)
        cases.append(Case("NetworKit", lambda: networkit.centrality.CoreDecomposition(kit).run().scores()))
    if peers.there("networkx"):
        import networkx

        nx = peers.get("networkx", False)
        cases.append(Case("networkx", lambda: networkx.core_number(nx)))
    if peers.there("rustworkx"):
        import rustworkx

        rx = peers.get("rustworkx", False)
        cases.append(Case("rustworkx", lambda: rustworkx.core_number(rx)))
    if peers.there("sparse"):
        from sknetwork.topology import get_core_decomposition

        matrix = peers.get("sparse", False)
        cases.append(Case("scikit-network", lambda: get_core_decomposition(matrix)))
    return cases


def pagerank(peers: Peers) -> list[Case]:
    cases = ours(centrality.pagerank, peers.graphs.fresh)
    graph = peers.get("igraph")
    cases.append(Case("igraph", graph.pagerank))
    if peers.there("networkit"):
        import networkit

        kit = peers.get("networkit")
        cases.append(
            Case("NetworKit", lambda: networkit.centrality.PageRank(kit, 0.85, 1e-12).run().scores())
        )
    if peers.there("networkx"):
        import networkx

        nx = peers.get("networkx")
        cases.append(
            Case("networkx", lambda: networkx.pagerank(nx, tol=1e-12 / peers.graphs.n, max_iter=500))
        )
    if peers.there("rustworkx"):
        import rustworkx

        rx = peers.get("rustworkx")
        cases.append(Case("rustworkx", lambda: rustworkx.pagerank(rx, tol=1e-12, max_iter=500)))
    if peers.there("sparse"):
        from sknetwork.ranking import PageRank

        matrix = peers.get("sparse")
        cases.append(Case("scikit-network", lambda: PageRank(tol=1e-12, n_iter=500).fit_predict(matrix)))
    return cases


def partition(peers: Peers) -> list[Case]:
    """Leiden, the peers' nearest method where they have no other; up to W2."""
    if peers.size == "w3":
        return []
    cases = ours(lambda n: communities.communities(n, seeds=1), peers.graphs.fresh, rounds=1)[:1]
    graph = peers.get("igraph", False)
    rounds = -1 if peers.size == "w1" else 2  # as ours
    cases.append(
        Case(
            "igraph Leiden",
            lambda: graph.community_leiden("modularity", n_iterations=rounds),
            rounds=1,
        )
    )
    if peers.there("networkit"):
        import networkit

        kit = peers.get("networkit", False)
        cases.append(Case("NetworKit Louvain", lambda: networkit.community.PLM(kit).run(), rounds=1))
    if peers.there("networkx"):
        import networkx

        nx = peers.get("networkx", False)
        cases.append(
            Case("networkx Louvain", lambda: networkx.community.louvain_communities(nx, seed=1), rounds=1)
        )
    if peers.there("sparse"):
        from sknetwork.clustering import Louvain

        matrix = peers.get("sparse", False)
        cases.append(Case("scikit-network Louvain", lambda: Louvain().fit_predict(matrix), rounds=1))
    return cases


def sampled_betweenness(peers: Peers) -> list[Case]:
    if peers.size != "w1":
        return []
    k = BETWEENNESS_SOURCES
    cases = ours(lambda n: centrality.betweenness_estimate(n, k), peers.graphs.fresh)[:1]
    graph = peers.get("igraph")
    sources = peers.graphs.some[:k].tolist()
    cases.append(Case("igraph", lambda: graph.betweenness(sources=sources)))
    if peers.there("networkit"):
        import networkit

        kit = peers.get("networkit")
        cases.append(
            Case("NetworKit", lambda: networkit.centrality.EstimateBetweenness(kit, k).run().scores())
        )
    if peers.there("networkx"):
        import networkx

        nx, few = peers.get("networkx"), 32
        cases.append(
            Case(
                "networkx",
                lambda: networkx.betweenness_centrality(nx, k=few, seed=1),
                times=k / few,
                sample=f"{few} of {k:,} sources",
            )
        )
    return cases


def betweenness(peers: Peers) -> list[Case]:
    """Exact betweenness; the peers with a choice of sources do a part of them."""
    if peers.size != "w1":
        return []
    n = peers.graphs.n
    cases = ours(centrality.betweenness, peers.graphs.fresh, rounds=1)[:1]
    graph = peers.get("igraph")
    few = 2048
    cases.append(
        Case(
            "igraph",
            lambda: graph.betweenness(sources=peers.graphs.some[:few].tolist()),
            times=n / few,
            sample=f"{few:,} of {n:,} sources",
            rounds=1,
        )
    )
    if peers.there("networkit"):
        import networkit

        kit, part = peers.get("networkit"), 1024
        cases.append(
            Case(
                "NetworKit",
                lambda: networkit.centrality.EstimateBetweenness(kit, part).run().scores(),
                times=n / part,
                sample=f"{part:,} of {n:,} sources",
                rounds=1,
            )
        )
    if peers.there("networkx"):
        import networkx

        nx, least = peers.get("networkx"), 32
        cases.append(
            Case(
                "networkx",
                lambda: networkx.betweenness_centrality(nx, k=least, seed=1),
                times=n / least,
                sample=f"{least} of {n:,} sources",
                rounds=1,
            )
        )
    return cases


if __name__ == "__main__":
    main("measures", run, sizes=("w1", "w2", "w3"))
