"""Exact distances of the sample's last network: ours against igraph's one-pass histogram.

Runs are interleaved and ratios taken within this run, because seconds drift with what else
the machine does. Both histograms must be equal number by number.

    python tests/benchmarks/bench_distances.py [--rounds 3] [--year 2022]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import igraph
import numpy as np

from clusters import networks, sample
from clusters.measures import paths
from clusters.networks import ValueNetwork

WANTED = 20


def timed(work: Callable[[], tuple[int, ...]]) -> tuple[tuple[int, ...], float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    return result, time.process_time() - cpu, time.perf_counter() - wall


def by_igraph(graph: igraph.Graph, directed: bool) -> tuple[int, ...]:
    counts = [int(count) for *_, count in graph.path_length_hist(directed=directed).bins()]
    return (0, *(count * (1 if directed else 2) for count in counts))


def compare(network: ValueNetwork, graph: igraph.Graph, directed: bool, rounds: int) -> float:
    ours, theirs = [], []
    for _ in range(rounds):
        mine = timed(lambda: paths.path_summary(network, directed=directed).histogram)
        other = timed(lambda: by_igraph(graph, directed))
        assert mine[0] == other[0], "histograms differ"
        ours.append(mine[1:])
        theirs.append(other[1:])
    cpu, wall = (statistics.median(column) for column in zip(*ours, strict=True))
    cpu_other, wall_other = (statistics.median(column) for column in zip(*theirs, strict=True))
    name = "directed" if directed else "undirected"
    print(f"{name:<11}{cpu:>10.3f}{wall:>10.3f}{cpu_other:>12.2f}{wall_other:>12.2f}{cpu_other / cpu:>9.0f}x")
    return cpu_other / cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--year", type=int, default=2022)
    options = parser.parse_args()
    network = networks.last(networks.cumulative(sample(), years=[options.year]))
    graph = igraph.Graph(network.n_nodes, np.column_stack(network.pairs).tolist(), directed=True)
    print(f"exact distances, {network.n_nodes:,} nodes, {network.n_edges:,} edges, {options.rounds} rounds")
    print(f"{'':<11}{'CPU s':>10}{'wall s':>10}{'igraph CPU':>12}{'igraph wall':>12}{'ratio':>10}")
    ratios = [compare(network, graph, directed, options.rounds) for directed in (True, False)]
    assert ratios[0] >= WANTED, f"directed distances are only {ratios[0]:.0f} times as fast as igraph's"


if __name__ == "__main__":
    main()
