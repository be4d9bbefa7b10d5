"""How closely a network hangs together: density, reciprocity, components.

Components and reciprocity look at distinct pairs without self-loops; density counts edges
as Gephi does, so parallel kinds and self-loops count and it can exceed 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.measures import _compressed, _kernels, _views
from clusters.networks import ValueNetwork

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class ComponentSummary:
    """Numbers and largest sizes of the components of one network."""

    weak_components: int
    strong_components: int
    largest_component: int
    """Nodes of the largest weak component."""
    largest_strong_component: int


def density(network: ValueNetwork, *, directed: bool = True) -> float:
    """Edges over ordered pairs of distinct nodes, E/(N(N - 1)) (图密度).

    Parameters
    ----------
    network
        Any value network.
    directed
        ``False`` gives 2U/(N(N - 1)) with U edges of Gephi's undirected view, where a mutual
        pair of one kind is one edge.

    Returns
    -------
    float
        From 0; at most 1 in a simple network, more with parallel kinds or self-loops. NaN
        with fewer than two nodes.

    References
    ----------
    Gephi, Graph Density; Nankai report 2023, Table 5 (printed 0 is 0.000149 rounded).

    Examples
    --------
    >>> network = ValueNetwork.from_edges([("a", "b"), ("b", "a"), ("b", "c")])
    >>> density(network), density(network, directed=False)
    (0.5, 0.6666666666666666)
    """
    pairs = network.n_nodes * (network.n_nodes - 1)
    if not pairs:
        return NAN
    return network.n_edges / pairs if directed else 2 * len(_views.undirected_view(network)) / pairs


def reciprocity(network: ValueNetwork) -> float:
    """Share of ordered pairs with an edge that also have the edge back (互惠性).

    Returns
    -------
    float
        Between 0 and 1; NaN without an edge between distinct nodes. Equals networkx's
        ``overall_reciprocity`` and igraph's ``reciprocity(ignore_loops=True)``.

    Examples
    --------
    >>> reciprocity(ValueNetwork.from_edges([("a", "b"), ("b", "a"), ("b", "c")]))
    0.6666666666666666
    """
    pairs = network.pairs[0].size
    # Each link is one ordered pair, or two where it is mutual.
    return 2 * (pairs - network.links[0].size) / pairs if pairs else NAN


def weak_components(network: ValueNetwork) -> pd.Series:
    """Number the weak component of each node, direction ignored (弱连通分量).

    Returns
    -------
    Series
        From 0 for the largest component on, by node id, named ``component``; equal sizes in
        node order. An isolated node is a component.

    Examples
    --------
    >>> weak_components(ValueNetwork.from_edges([("a", "b"), ("c", "d"), ("e", "d")])).to_list()
    [1, 1, 0, 0, 0]
    """
    return pd.Series(_components(network, "weak"), index=network.nodes, name="component")


def strong_components(network: ValueNetwork) -> pd.Series:
    """Number the strong component of each node: mutually reachable along edges (强连通分量).

    Numbered and named as in ``weak_components``.

    Examples
    --------
    >>> strong_components(ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("c", "b")])).to_list()
    [1, 0, 0]
    """
    return pd.Series(_components(network, "strong"), index=network.nodes, name="component")


def component_summary(network: ValueNetwork) -> ComponentSummary:
    """Count weak and strong components and the nodes of the largest ones.

    All numbers are 0 without nodes.

    Examples
    --------
    >>> component_summary(ValueNetwork.from_edges([("a", "b"), ("b", "a"), ("c", "d")]))
    ComponentSummary(weak_components=2, strong_components=3, largest_component=2, largest_strong_component=2)
    """
    weak, strong = _memberships(network, "weak", "strong")
    weak_sizes, strong_sizes = np.bincount(weak), np.bincount(strong)
    return ComponentSummary(
        weak_components=weak_sizes.size,
        strong_components=strong_sizes.size,
        largest_component=int(weak_sizes.max(initial=0)),
        largest_strong_component=int(strong_sizes.max(initial=0)),
    )


def _components(network: ValueNetwork, mode: Literal["weak", "strong"]) -> NDArray[np.int64]:
    return _kernels.by_size(_memberships(network, mode)[0])


def _memberships(network: ValueNetwork, *modes: str) -> list[NDArray[np.int64]]:
    if not network.n_nodes:
        return [np.zeros(0, np.int64) for _ in modes]
    from scipy.sparse.csgraph import connected_components

    found = []
    for mode in modes:
        if mode == "weak":
            found.append(_hooked(network.n_nodes, *network.links))
        else:
            pairs = _compressed.matrix(network.n_nodes, *network.pairs)
            found.append(connected_components(pairs, connection=mode)[1].astype(np.int64))
    return found


def _hooked(n: int, low: NDArray[np.int32], high: NDArray[np.int32]) -> NDArray[np.int64]:
    """Number the components of sorted links: hook every node to its first neighbour, contract, repeat.

    A node hangs on an earlier one, so there are no circles. After two rounds each group that is not yet
    whole has taken in another, so the rounds are few; nearly all links are gone after the first.
    """
    root = np.arange(n, dtype=np.int32)
    root[high[::-1]] = low[::-1]  # of several neighbours the first is written last
    while low.size:
        up = root[root]
        while not np.array_equal(up, root):
            root, up = up, up[up]
        low, high = root[low], root[high]
        apart = low != high
        low, high = low[apart], high[apart]
        low, high = np.minimum(low, high), np.maximum(low, high)
        np.minimum.at(root, high, low)
    number = np.cumsum(root == np.arange(n, dtype=np.int32)) - 1
    return number[root]
