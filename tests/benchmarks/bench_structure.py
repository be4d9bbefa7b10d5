"""All columns of the structure table for all years of the sample, stage by stage.

python tests/benchmarks/bench_structure.py [--rounds 3]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Mapping

from clusters import networks, sample
from clusters.measures import clustering, cohesion, communities, paths
from clusters.networks import ValueNetwork
from clusters.tables import yearly_structure


def stages(by_year: Mapping[int | None, ValueNetwork]) -> dict[str, Callable[[], object]]:
    every = list(by_year.values())
    return {
        "whole table": lambda: yearly_structure(by_year),
        "directed distances": lambda: [paths.path_summary(n) for n in every],
        "undirected distances": lambda: [paths.path_summary(n, directed=False) for n in every],
        "clustering": lambda: [
            clustering.average_clustering(n, directed=d) for n in every for d in (True, False)
        ],
        "components": lambda: [cohesion.component_summary(n) for n in every],
        "communities, 5 seeds": lambda: [communities.communities(n, 5) for n in every],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    by_year = networks.cumulative(sample())
    times: dict[str, list[tuple[float, float]]] = {}
    for _ in range(options.rounds):
        for name, work in stages(by_year).items():
            cpu, wall = time.process_time(), time.perf_counter()
            work()
            times.setdefault(name, []).append((time.process_time() - cpu, time.perf_counter() - wall))
    print(f"structure of {len(by_year)} years, medians of {options.rounds} rounds")
    print(f"{'':<24}{'CPU s':>8}{'wall s':>8}")
    for name, values in times.items():
        cpu, wall = (statistics.median(column) for column in zip(*values, strict=True))
        print(f"{name:<24}{cpu:>8.2f}{wall:>8.2f}")


if __name__ == "__main__":
    main()
