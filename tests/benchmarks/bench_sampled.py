"""Average path length from sampled sources: time against peers, and how far off it is.

    python tests/benchmarks/bench_sampled.py --size w2 [--rounds 3]

Time: 512 sources drawn at random, the same for everybody; peers take the first few of them.
``path_estimate`` is the public function, which also chooses its sources so that they serve many
nodes. Spread and coverage: on the sample, whose exact answer is known, over many seeds;
HyperBall beside it (NetworKit's sketches want one connected component).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from _graphs import Graphs
from _harness import Case, Session, has, main, ours
from _hyperball import average_path_length

from clusters.measures import _kernels, paths
from clusters.networks import ValueNetwork

SOURCES, FEW = 512, {"w1": 64, "w2": 32, "w3": 16}
SEEDS = 200


def run(session: Session) -> None:
    """Compare 512 sampled sources; on the sample also the spread over seeds."""
    graphs = Graphs(session.size)
    session.nodes, session.edges = graphs.n, graphs.network.n_edges
    for directed in (True, False) if session.size == "w1" else (True,):
        word = "directed" if directed else "undirected"
        measure = f"{SOURCES} sampled sources, {word}"
        if session.wants(measure):
            session.compare(measure, candidates(session, graphs, directed))
    if session.size == "w1" and session.wants("spread"):
        spread(session, graphs)


def candidates(session: Session, graphs: Graphs, directed: bool) -> list[Case]:
    chosen = graphs.some[:SOURCES]

    def work(network: ValueNetwork) -> Any:
        source, target = network.pairs if directed else both_ways(graphs)
        return _kernels.from_sources(network.n_nodes, source, target, chosen)

    cases = ours(work, graphs.fresh)
    cases.append(
        Case(
            "clusters path_estimate",
            lambda n: paths.path_estimate(n, sources=SOURCES, directed=directed, seed=1),
            graphs.fresh,
            kernels="numpy",
        )
    )
    sources = graphs.some[: FEW[session.size]].tolist()
    times, words = SOURCES / len(sources), f"{len(sources)} of {SOURCES} sources"
    graph = graphs.igraph(directed)

    def by_igraph() -> None:
        for source in sources:
            np.array(graph.distances(source=[source], mode="out" if directed else "all"))

    def by_igraph_lists() -> None:
        graph.distances(source=sources, mode="out" if directed else "all")

    cases.append(Case("igraph distances", by_igraph, times=times, sample=words))
    cases.append(Case("igraph distances, left as lists", by_igraph_lists, times=times, sample=words))
    if has("networkit"):
        import networkit

        other = graphs.networkit(directed)

        def by_networkit() -> None:
            networkit.distance.SPSP(other, sources).run().getDistances(asarray=True)

        cases.append(Case("NetworKit SPSP", by_networkit, times=times, sample=words))
    source, target = graphs.ends(directed) if directed else both_ways(graphs)
    if session.size != "w3":
        cases.append(
            Case(
                "HyperBall, 64 registers",
                lambda: average_path_length(graphs.n, source, target, registers=64, seed=1),
                warm=session.size == "w1",
                rounds=1,
            )
        )
    return cases


def both_ways(graphs: Graphs) -> tuple[np.ndarray, np.ndarray]:
    low, high = graphs.ends(directed=False)
    source, target = np.concatenate([low, high]), np.concatenate([high, low])
    order = np.argsort(source, kind="stable")
    return source[order], target[order]


def spread(session: Session, graphs: Graphs) -> None:
    """Count over seeds how far estimates lie from the exact mean, and how often intervals hold it."""
    for directed in (True, False):
        word = "directed" if directed else "undirected"
        exact = paths.path_summary(graphs.fresh(), directed=directed).average_path_length
        for sources in (512, 1024):
            start = time.process_time()
            found = [
                paths.path_estimate(graphs.fresh(), sources=sources, directed=directed, seed=seed)
                for seed in range(SEEDS)
            ]
            cost = (time.process_time() - start) / SEEDS
            errors = np.array([f.average_path_length_estimate for f in found]) / exact - 1
            inside = np.mean([f.low <= exact <= f.high for f in found])
            said = f"{SEEDS} seeds, {cost:.3f} CPU s each"
            name = f"{sources} sources, {word}"
            session.figure(f"standard deviation, {name}", errors.std() * 100, "%", said)
            session.figure(f"largest error, {name}", np.abs(errors).max() * 100, "%", said)
            session.figure(f"coverage, {name}", inside * 100, "%", said)
        source, target = graphs.ends() if directed else both_ways(graphs)
        for registers in (64, 256):
            ball = partial(average_path_length, graphs.n, source, target, registers=registers)
            errors, cost = over_seeds(lambda seed, ball=ball: ball(seed=seed), exact)
            said = f"20 seeds, {cost:.3f} CPU s each"
            name = f"HyperBall {registers} registers, {word}"
            session.figure(f"standard deviation, {name}", errors.std() * 100, "%", said)
            session.figure(f"largest error, {name}", np.abs(errors).max() * 100, "%", said)


def over_seeds(estimate: Callable[[int], float], exact: float) -> tuple[np.ndarray, float]:
    estimate(0)
    start = time.process_time()
    errors = np.array([estimate(seed) for seed in range(20)]) / exact - 1
    return errors, (time.process_time() - start) / 20


if __name__ == "__main__":
    main("sampled", run, sizes=("w1", "w2", "w3"))
