"""Cores: the layers of a network, from its rim to its densest part."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.measures import _compressed
from clusters.networks import ValueNetwork, igraph_graph

MOST_ROUNDS = 5_000


def k_core(network: ValueNetwork) -> pd.Series:
    """Largest k such that the node belongs to a part where all have k links within it (k 核).

    Parameters
    ----------
    network
        Any value network; direction, kinds and self-loops are ignored.

    Returns
    -------
    Series
        Whole numbers from 0 (isolated), by node id, named ``core``.

    References
    ----------
    Seidman 1983; Batagelj, Zaversnik 2003; networkx ``core_number``, igraph ``coreness``.

    Examples
    --------
    >>> k_core(ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")])).to_list()
    [2, 2, 2, 1]
    """
    values = _peeled(network)
    if values is None:
        low, high = network.links
        values = np.array(igraph_graph(network.n_nodes, low, high, directed=False).coreness())
    return pd.Series(values, index=network.nodes, name="core", dtype=np.int64)


def _peeled(network: ValueNetwork) -> NDArray[np.int64] | None:
    """Take away, round by round, all nodes that have at most k links left, for k = 0, 1, ...

    A round costs what the links of its nodes cost, but a long chain takes a round for each pair of
    its ends: ``None`` after ``MOST_ROUNDS``, where one node at a time is faster.
    """
    n = network.n_nodes
    low, high = network.links
    neighbour, starts = _both_ways(n, low, high)
    left = np.diff(starts)
    core = np.zeros(n, np.int64)
    remaining = np.arange(n, dtype=np.int64)
    alive = np.ones(n, dtype=bool)
    rounds = k = 0
    while remaining.size:
        k = max(k, int(left[remaining].min()))
        leaving = remaining[left[remaining] <= k]
        while leaving.size:
            rounds += 1
            if rounds > MOST_ROUNDS:
                return None
            core[leaving] = k
            alive[leaving] = False
            met = neighbour[_ranges(starts[leaving], starts[leaving + 1])]
            met = met[alive[met]]
            if met.size > n // 4:
                left -= np.bincount(met, minlength=n)
                leaving = np.flatnonzero(alive & (left <= k)).astype(np.int64, copy=False)
            else:
                np.subtract.at(left, met, 1)
                leaving = _distinct(met[left[met] <= k]).astype(np.int64)
        remaining = remaining[alive[remaining]]
    return core


def _both_ways(
    n: int, low: NDArray[np.int32], high: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the neighbours of all nodes, and where those of each begin."""
    word = np.empty(2 * low.size, np.int64)
    word[: low.size], word[low.size :] = low, high
    word <<= 32
    word[: low.size] |= high
    word[low.size :] |= low
    word.sort()
    starts = _compressed.row_starts(n, (word >> 32).astype(np.int32))
    return word.astype(np.int32), starts


def _ranges(start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the numbers from each start up to its end, one after the other."""
    size = end - start
    before = np.cumsum(size) - size
    return np.repeat(start - before, size) + np.arange(int(size.sum()))


def _distinct(values: NDArray[np.int32]) -> NDArray[np.int32]:
    values.sort()
    new = np.ones(values.size, dtype=bool)
    new[1:] = values[1:] != values[:-1]
    return values[new]
