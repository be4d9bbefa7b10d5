"""Degrees: how many edges leave, enter and touch each organisation.

An edge is what the network counts as one (distinct ordered pair by default, decision D3;
a pair per kind, or every relation). ``weighted`` counts more than edges: relations behind
them, or the weights of the table as Gephi's *weighted degree* does. A self-loop leaves and
enters its node and so counts twice in the degree, as in Gephi.

``average_degree`` is E/N, half the mean of ``degree``: the report and Gephi divide so in a
directed network.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.networks import ValueNetwork

Weighted = Literal[False, True, "relations", "weight"]


def in_degree(network: ValueNetwork, *, weighted: Weighted = False) -> pd.Series:
    """Count the edges that enter each node (连入度).

    Parameters
    ----------
    network
        Any value network.
    weighted
        ``True`` or ``"relations"`` counts relations, ``"weight"`` adds the table's weights.

    Returns
    -------
    Series
        Whole numbers from 0 (floats for ``"weight"``), by node id, named ``in_degree``.

    References
    ----------
    Nankai report 2023, Tables 3 and 4; Gephi, column ``indegree``.

    Examples
    --------
    >>> network = ValueNetwork.from_edges([("a", "b"), ("a", "b"), ("c", "b")])
    >>> in_degree(network)["b"], in_degree(network, weighted=True)["b"]
    (np.int64(2), np.int64(3))
    """
    return _named(network, _count(network, network.targets, weighted), "in_degree", weighted)


def out_degree(network: ValueNetwork, *, weighted: Weighted = False) -> pd.Series:
    """Count the edges that leave each node (连出度); see ``in_degree``.

    Examples
    --------
    >>> out_degree(ValueNetwork.from_edges([("a", "b"), ("a", "c")])).to_list()
    [2, 0, 0]
    """
    return _named(network, _count(network, network.sources, weighted), "out_degree", weighted)


def degree(network: ValueNetwork, *, weighted: Weighted = False) -> pd.Series:
    """Count the edges at each node, leaving and entering (度数中心度); see ``in_degree``.

    Mutual edges count 2 and a self-loop counts 2. This is a count, not networkx's
    ``degree_centrality``, which divides by N - 1.

    Examples
    --------
    >>> degree(ValueNetwork.from_edges([("a", "b"), ("b", "a"), ("a", "a")])).to_list()
    [4, 2]
    """
    both = _count(network, network.sources, weighted) + _count(network, network.targets, weighted)
    return _named(network, both, "degree", weighted)


def average_degree(network: ValueNetwork, *, weighted: Weighted = False, directed: bool = True) -> float:
    """Edges per node, E/N (平均度).

    Parameters
    ----------
    network
        Any value network.
    weighted
        What counts as an edge, see ``in_degree``; with ``"weight"`` it is Gephi's average
        weighted degree.
    directed
        ``False`` gives 2E/N, which Gephi prints for an undirected *file*. The choice in its
        dialogs does not change this number.

    Returns
    -------
    float
        From 0; NaN without nodes.

    References
    ----------
    Nankai report 2023, Tables 2, 5 and 6 (all equal E/N); Gephi, Average Degree.

    Examples
    --------
    >>> average_degree(ValueNetwork.from_edges([("a", "b"), ("b", "c")]))
    0.6666666666666666
    """
    if not network.n_nodes:
        return float("nan")
    total = float(_count(network, network.sources, weighted).sum())
    return (1 if directed else 2) * total / network.n_nodes


def _count(network: ValueNetwork, ends: NDArray[Any], weighted: Weighted) -> NDArray[Any]:
    if weighted not in (False, True, "relations", "weight"):
        raise ValueError(f"weighted must be a truth value, 'relations' or 'weight', not {weighted!r}")
    if weighted == "weight":
        return np.bincount(ends, network.weights, minlength=network.n_nodes)
    if not weighted:
        return np.bincount(ends, minlength=network.n_nodes)
    result = np.zeros(network.n_nodes, np.int64)
    np.add.at(result, ends, network.relations)  # exact, where bincount would add floats
    return result


def _named(network: ValueNetwork, values: NDArray[Any], name: str, weighted: Weighted) -> pd.Series:
    return pd.Series(values, index=network.nodes, name=f"weighted_{name}" if weighted else name)
