"""Whether edges run from the top of a network down, or round in circles.

Three readings: the share of edges on no directed cycle; trophic levels, which place every node so
that edges rise by one level each as nearly as they can; and the part of the net flows that
differences of one potential explain. Each is one sparse system of linear equations at most.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.measures import _compressed
from clusters.networks import ValueNetwork

Floats = NDArray[np.float64]
NAN = float("nan")
ACCURACY = 1e-12
"""Residual over right side at which the iteration ends."""
MOST_STEPS = 500
"""Steps after which the equations are solved at once: long chains would take a step per node."""
AT_ONCE = 200_000
"""Nodes beyond which the equations are never solved at once, as that may need more memory than there is;
ten times the steps are made instead."""


def flow_hierarchy(network: ValueNetwork) -> float:
    """Share of ordered pairs with an edge that lie on no directed cycle.

    Parameters
    ----------
    network
        Any value network; parallel edges count once and self-loops not at all.

    Returns
    -------
    float
        From 0 (every edge lies on a cycle) to 1 (none does); NaN without an edge.

    References
    ----------
    Luo, Magee 2011; networkx ``flow_hierarchy``.

    Examples
    --------
    >>> flow_hierarchy(ValueNetwork.from_edges([("a", "b"), ("b", "a"), ("b", "c"), ("c", "d")]))
    0.5
    """
    source, target = network.pairs
    if not source.size:
        return NAN
    from scipy.sparse.csgraph import connected_components

    matrix = _compressed.matrix(network.n_nodes, source, target)
    part = connected_components(matrix, connection="strong")[1]
    return float((part[source] != part[target]).mean())


def trophic_levels(network: ValueNetwork, *, weighted: bool = False) -> pd.Series:
    """Place each node so that edges rise by one level, as nearly as they can.

    The levels h minimise the sum over edges i -> j of w_ij (h_j - h_i - 1)^2, so they solve
    (diag(k_in + k_out) - A - A^T) h = k_in - k_out.

    Parameters
    ----------
    network
        Any value network; self-loops have no place in it and are left out.
    weighted
        Weigh ordered pairs by their relations, instead of one each.

    Returns
    -------
    Series
        From 0 at the lowest node of each weak component (an isolated node is one), by node id,
        named ``trophic_level``. Givers stand low and receivers high.

    References
    ----------
    MacKay, Johnson, Sansom 2020, equation 2.6 and section 2.

    Examples
    --------
    >>> chain = ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("a", "c")])
    >>> trophic_levels(chain).round(6).to_list()
    [0.0, 0.666667, 1.333333]
    """
    source, target, weight = _edges(network, weighted)
    levels = _levels(network.n_nodes, source, target, weight)
    return pd.Series(levels, index=network.nodes, name="trophic_level")


def trophic_incoherence(network: ValueNetwork, *, weighted: bool = False) -> float:
    """Mean squared difference between the rise of edges in trophic level and one.

    Parameters
    ----------
    network, weighted
        As in ``trophic_levels``.

    Returns
    -------
    float
        From 0 (each edge rises by exactly one level: chains, trees) to 1 (no edge rises on
        balance: a cycle, mutual edges only); NaN without an edge. The square root of F / (1 - F)
        is the standard deviation of the rise in units of its mean.

    References
    ----------
    MacKay, Johnson, Sansom 2020, equation 2.8.

    Examples
    --------
    >>> cycle = ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("c", "a")])
    >>> trophic_incoherence(cycle), trophic_incoherence(ValueNetwork.from_edges([("a", "b"), ("b", "c")]))
    (1.0, 0.0)
    """
    return incoherence_of(trophic_levels(network, weighted=weighted), network, weighted=weighted)


def incoherence_of(levels: pd.Series, network: ValueNetwork, *, weighted: bool = False) -> float:
    """Return the incoherence that follows from ``trophic_levels``."""
    source, target, weight = _edges(network, weighted)
    if not source.size:
        return NAN
    h = levels.to_numpy()
    return float(np.average((h[target] - h[source] - 1) ** 2, weights=weight))


def network_gradient_share(network: ValueNetwork, *, weighted: bool = False) -> float:
    """Part of the one-sidedness of pairs that one potential explains (Hodge decomposition).

    Parameters
    ----------
    network
        Any value network. The net flow of a pair with an edge is 1 where the edge has none back
        and 0 where it is mutual.
    weighted
        The net flow is the difference of relations instead.

    Returns
    -------
    float
        From 0 (net flows run in circles) to 1; NaN where no pair is one-sided.

    References
    ----------
    Jiang, Lim, Yao, Ye 2011, section 2.

    Examples
    --------
    >>> network_gradient_share(ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("c", "a"), ("a", "d")]))
    0.25
    """
    source, target, weight = _edges(network, weighted)
    low, high = np.minimum(source, target), np.maximum(source, target)
    key = low.astype(np.int64) * network.n_nodes + high
    pair, row = np.unique(key, return_inverse=True)
    net = np.bincount(row, np.where(source < target, weight, -weight), pair.size).astype(np.float64)
    return _gradient_share(network.n_nodes, pair // network.n_nodes, pair % network.n_nodes, net)


def hodge_gradient_share(flows: pd.DataFrame) -> float:
    """Part of the net flows between places that differences of one potential explain.

    The net flow of two places is Y = F - F^T. It is split, over the pairs of places between which
    anything flows, into a gradient s_q - s_p of one number per place, which makes the places a
    ranking from givers to receivers, and a rest that runs in circles.

    Parameters
    ----------
    flows
        Square matrix, origins as rows and destinations as columns, in the same order, as
        ``flows.flow_matrix`` gives it. The diagonal does not matter, nor do shares or counts.

    Returns
    -------
    float
        Sum of the squared gradients over the sum of the squared net flows: from 0 to 1, and 1
        without circles; NaN where all flows balance.

    Raises
    ------
    ValueError
        Rows and columns are not the same places.

    References
    ----------
    Jiang, Lim, Yao, Ye 2011, section 2 (each pair with data has the weight 1).

    Examples
    --------
    >>> hodge_gradient_share(pd.DataFrame([[5, 2, 0], [0, 5, 2], [0, 0, 5]]))
    1.0
    """
    if not flows.index.equals(flows.columns):
        raise ValueError("flows must be square, with the same places in the same order on both sides")
    cells = flows.to_numpy(dtype=np.float64)
    low, high = np.nonzero(np.triu(cells + cells.T, 1))
    return _gradient_share(len(flows), low, high, cells[low, high] - cells[high, low])


def _gradient_share(n: int, low: NDArray[Any], high: NDArray[Any], net: Floats) -> float:
    whole = float(net @ net)
    if not whole:
        return NAN
    height = _potential(n, low, high, np.ones(net.size), net)
    rise = height[high] - height[low]
    return min(float(rise @ rise) / whole, 1.0)


def _edges(network: ValueNetwork, weighted: bool) -> tuple[NDArray[Any], NDArray[Any], Floats]:
    """Return the distinct ordered pairs and their weights."""
    source, target = network.pairs
    if not weighted:
        return source, target, np.ones(source.size)
    merged = network.simple()
    return merged.sources, merged.targets, merged.relations.astype(np.float64)


def _levels(n: int, source: NDArray[Any], target: NDArray[Any], weight: Floats) -> Floats:
    """Return trophic levels, from 0 in each weak component."""
    height = _potential(n, source, target, weight, np.ones(source.size))
    part = _components(n, source, target)
    lowest = np.full(part.max(initial=-1) + 1, np.inf)
    np.minimum.at(lowest, part, height)
    return height - lowest[part]


def _components(n: int, one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.int32]:
    if not n:
        return np.zeros(0, np.int32)
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    label: NDArray[np.int32] = connected_components(
        coo_matrix((np.ones(one.size), (one, other)), shape=(n, n)), directed=False
    )[1]
    return label


def _potential(n: int, low: NDArray[Any], high: NDArray[Any], weight: Floats, rise: Floats) -> Floats:
    """Find numbers of nodes whose differences along edges come nearest to the given rises.

    The normal equations have the Laplacian of the graph for a matrix: one free constant in each
    component, which a start from 0 leaves at rest.
    """
    wanted = np.bincount(high, weight * rise, minlength=n) - np.bincount(low, weight * rise, minlength=n)
    if not wanted.any():
        return np.zeros(n)
    from scipy.sparse import coo_matrix, diags_array
    from scipy.sparse.linalg import cg, spsolve

    size = np.bincount(low, weight, minlength=n) + np.bincount(high, weight, minlength=n)
    rows, columns = np.r_[low, high], np.r_[high, low]
    laplacian = diags_array(size) - coo_matrix((np.r_[weight, weight], (rows, columns)), shape=(n, n)).tocsr()
    scale = diags_array(1 / np.where(size > 0, size, 1.0))
    large = n > AT_ONCE
    steps = 10 * MOST_STEPS if large else MOST_STEPS
    found, unfinished = cg(laplacian, wanted, rtol=ACCURACY, atol=0.0, maxiter=steps, M=scale)
    if large or not unfinished:
        return np.asarray(found)
    part = _components(n, low, high)
    free = np.ones(n, bool)
    free[np.unique(part, return_index=True)[1]] = False  # one node of each component stays at 0
    height = np.zeros(n)
    inner = laplacian.tocsr()[free][:, free].tocsc()
    height[free] = spsolve(inner, wanted[free], permc_spec="MMD_AT_PLUS_A")
    return height
