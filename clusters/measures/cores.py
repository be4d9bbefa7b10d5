"""Cores: the layers of a network, from its rim to its densest part."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clusters.networks import ValueNetwork


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
    import igraph

    graph = igraph.Graph(n=network.n_nodes, edges=np.column_stack(network.links).tolist())
    return pd.Series(graph.coreness(), index=network.nodes, name="core", dtype=np.int64)
