"""One random network with the same degrees: ours against igraph, NetworKit and networkx.

    python tests/benchmarks/bench_nulls.py --size w1

Ours swaps until ten swaps per edge were accepted, and is also timed with edges of different roles
kept apart, which no peer does. igraph makes ten trials per edge, of which fewer succeed, and
NetworKit ten switches per edge; networkx swaps one of a hundred and is multiplied up. Each starts
from a fresh copy of its own graph, made before the clock starts.
"""

from __future__ import annotations

from typing import Any

from _graphs import Graphs
from _harness import Case, Session, has, main, ours

from clusters import networks, sample
from clusters.measures import nulls

MEASURE = "a random network of the same degrees"
PER_EDGE = 10
SAMPLE = 100


def run(session: Session) -> None:
    """Compare drawing one network."""
    graphs = Graphs(session.size)
    session.nodes, session.edges = graphs.n, graphs.network.n_edges
    model = nulls.NullModel(graphs.network, swaps_per_edge=PER_EDGE)
    cases = [*ours(lambda: model.draw(1).network), _igraph(graphs)]
    if has("networkit"):
        cases.append(_networkit(graphs))
    if session.size == "w1":
        cases.append(_networkx(graphs))
    session.compare(MEASURE, cases)
    draw = model.draw(1)
    session.figure("swaps accepted per edge", draw.swaps / graphs.network.n_edges)
    if session.size == "w1":
        last = networks.last(networks.cumulative(sample()))
        roles = nulls.NullModel(last, swaps_per_edge=PER_EDGE)
        session.compare(
            f"{MEASURE}, roles kept apart (the sample, 2022)", ours(lambda: roles.draw(1).network)
        )


def _igraph(graphs: Graphs) -> Case:
    graph = graphs.igraph()

    def work(copy: Any) -> None:
        copy.rewire(n=PER_EDGE * graph.ecount())

    return Case("igraph rewire", work, graph.copy, warm=True)


def _networkit(graphs: Graphs) -> Case:
    def fresh() -> Any:
        from networkit.randomization import EdgeSwitching

        return EdgeSwitching(graphs.networkit(), PER_EDGE, False)

    def work(switching: Any) -> Any:
        switching.run()
        return switching.getGraph()

    return Case("NetworKit EdgeSwitching", work, fresh)


def _networkx(graphs: Graphs) -> Case:
    import networkx

    swaps = PER_EDGE * graphs.network.n_edges // SAMPLE

    def work(graph: Any) -> None:
        networkx.directed_edge_swap(graph, nswap=swaps, max_tries=1000 * swaps, seed=1)

    about = f"{swaps:,} swaps"
    return Case("networkx directed_edge_swap", work, graphs.networkx, times=SAMPLE, sample=about, rounds=1)


if __name__ == "__main__":
    main("nulls", run, sizes=("w1", "w2"))
