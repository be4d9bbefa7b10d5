"""Searches for communities on plain arrays, what their modularity is, and what many searches agree on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from clusters.networks import igraph_graph, igraph_seed

Method = Literal["leiden", "louvain"]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
NAN = float("nan")
SMALL = 5_000
"""Links up to which a search goes on until nothing changes; beyond, two rounds bring all but .002."""
ROUNDS = 20
"""Most rounds of searches on the links of a consensus; two or three usually do."""


def searches(
    n: int,
    low: Ints,
    high: Ints,
    weight: Floats,
    seeds: range,
    resolution: float,
    method: Method = "leiden",
) -> Iterator[Ints]:
    """Search for communities with each seed; nodes without a link are their own."""
    graph = igraph_graph(n, low, high, directed=False)
    if not low.size:
        yield np.arange(n)
        return
    options = {"weights": weight.tolist(), "resolution": 1 / resolution}
    rounds = -1 if low.size <= SMALL else 2
    for seed in seeds:
        with igraph_seed(seed):
            if method == "louvain":
                found = graph.community_multilevel(**options)
            else:
                found = graph.community_leiden(
                    objective_function="modularity", n_iterations=rounds, **options
                )
        yield np.array(found.membership, dtype=np.int64)


def modularity(
    n: int,
    group: Ints,
    low: Ints,
    high: Ints,
    weight: Floats,
    resolution: float,
) -> float:
    """Modularity of groups of nodes, ``resolution`` being Gephi's."""
    if not n:
        return 0.0
    total = float(weight.sum())
    if not total:
        return NAN
    inside = float(weight[group[low] == group[high]].sum())
    ends = np.bincount(group[low], weight, minlength=n) + np.bincount(group[high], weight, minlength=n)
    return resolution * inside / total - float(((ends / (2 * total)) ** 2).sum())


def together(low: Ints, high: Ints, groups: Sequence[Ints]) -> Floats:
    """Share of the partitions in which both ends of each link are in one community."""
    count = np.zeros(low.size, np.int64)
    for group in groups:
        count += group[low] == group[high]
    return count / len(groups)


def consensus(
    n: int,
    low: Ints,
    high: Ints,
    groups: Sequence[Ints],
    *,
    threshold: float,
    seed: int,
    searches_each: int,
    method: Method = "leiden",
) -> tuple[Ints, int]:
    """Return the partition that many searches agree on, and the rounds it took.

    Links that fewer than ``threshold`` of the partitions keep inside are dropped, save the best kept
    one of each node; the others weigh as much as they are kept. Searches on these links agree
    more than those before; this is done again until all agree.
    """
    for round_ in range(ROUNDS):
        share = together(low, high, groups)
        if ((share == 0) | (share == 1)).all():
            return groups[0], round_
        best = np.zeros(n)
        np.maximum.at(best, low, share)
        np.maximum.at(best, high, share)
        keep = (share >= threshold) | ((share > 0) & ((share == best[low]) | (share == best[high])))
        seeds = range(seed, seed + searches_each)
        groups = list(searches(n, low[keep], high[keep], share[keep], seeds, 1.0, method))
    return groups[0], ROUNDS
