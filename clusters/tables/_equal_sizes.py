"""How far later years lie from the first one, where all years have the same size.

Few relations of few enterprises reach fewer places, so a year that is larger than the first seems more
diffused even where nothing changed, and so does every resample of it. Years are compared between as many
enterprises with as many relations instead (rarefaction).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from clusters.measures.intervals import FEWEST
from clusters.tables._polarised import Floats, Flows

Rows = NDArray[np.intp]
Statistic = Callable[[Rows, Floats], float]
TIMES = 4
"""Subsets of a larger year in each draw; their mean scatters less than one of them."""


def moves(found: Flows, statistic: Statistic, *, replicates: int, seed: int) -> Floats:
    """Return the move of each year since the first, in each of some draws.

    A draw takes half of the enterprises: statistics of halves scatter around that of all as those of
    samples do around that of the population. Of the year that has more of them as many are taken at random as
    the other has, and of the one with more relations each with the probability that makes both equal.

    Parameters
    ----------
    found
        Relations between places, of one group.
    statistic
        Takes the parts that count and their weights, and returns a number.
    replicates, seed
        Draws, and their seed.

    Returns
    -------
    array
        Draws and years; no draw where the first year has fewer than ten enterprises.

    References
    ----------
    Hurlbert 1971 (rarefaction); Shao, Wu 1989 (half-samples).
    """
    clusters, random = found.clusters, np.random.default_rng([seed, 1])
    ends = clusters.first[found.relation], clusters.second[found.relation]
    rows = [
        np.flatnonzero(found.cell <= k if found.cumulative else found.cell == k) for k in range(found.years)
    ]
    there = np.zeros((found.years, len(clusters)), dtype=bool)
    for k, of in enumerate(rows):
        there[k, ends[0][of]] = there[k, ends[1][of]] = True
    if not rows or there[0].sum() < FEWEST:
        return np.empty((0, found.years))

    def part(k: int, chosen: Rows) -> tuple[Rows, Floats]:
        kept = np.zeros(len(clusters), dtype=bool)
        kept[chosen] = True
        of = rows[k][kept[ends[0][rows[k]]] | kept[ends[1][rows[k]]]]
        share = (kept[ends[0][of]].astype(float) + kept[ends[1][of]]) / 2
        return of, share * found.weight[of]

    def step(k: int, pools: Sequence[Rows]) -> float:
        number = min(pool.size for pool in pools)
        parts = [
            part(y, random.choice(pool, number, replace=False)) for y, pool in zip((0, k), pools, strict=True)
        ]
        size = min(each.sum() for _, each in parts)
        then, now = (statistic(of, each * (random.random(of.size) * each.sum() < size)) for of, each in parts)
        return now - then

    result = np.zeros((replicates, found.years))
    for draw in result:
        half = np.zeros(len(clusters), dtype=bool)
        half[random.permutation(len(clusters))[: len(clusters) // 2]] = True
        for k in range(1, found.years):
            pools = [np.flatnonzero(half & there[y]) for y in (0, k)]
            draw[k] = np.mean([step(k, pools) for _ in range(TIMES)])
    return result
