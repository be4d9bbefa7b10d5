"""Distances in a value network, counted in edges along edge direction.

Only *reachable pairs* count: ordered pairs of distinct nodes with a path from the first to
the second. Other pairs are left out, as in Gephi, so two averages compare only beside their
numbers of reachable pairs. ``directed=False`` ignores direction; a pair then still counts
in both orders. Parallel edges, self-loops and weights do not matter here.

All distances are exact at any size: no node is sampled and no counter saturates.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from clusters.measures import _kernels
from clusters.networks import ValueNetwork

Convention = Literal["gephi", "textbook"]
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class PathSummary:
    """Lengths of the shortest paths of one network, in edges."""

    reachable_pairs: int
    average_path_length: float
    diameter: int
    effective_diameter: float
    """Length within which 90 % of the reachable pairs lie."""
    histogram: tuple[int, ...] = field(repr=False)
    """Reachable pairs by distance; the index is the distance, so the first number is 0."""


def path_summary(network: ValueNetwork, directed: bool = True) -> PathSummary:
    """Summarise the shortest paths of a network.

    Parameters
    ----------
    network
        Value network with ``n`` nodes.
    directed
        Follow edges in their direction only.

    Returns
    -------
    PathSummary
        Pair count (0 to n(n - 1)), mean and maximum length in edges, and the effective
        diameter: the 90 % point of the distances, straight lines between whole lengths.
        Without a reachable pair both means are NaN and the diameter is 0.

    References
    ----------
    Nankai report 2023, Table 2 (平均路径长度, 网络直径); Gephi, Avg. Path Length and Network
    Diameter; Leskovec, Kleinberg, Faloutsos 2007 for the effective diameter.

    Examples
    --------
    >>> summary = path_summary(ValueNetwork.from_edges([("a", "b"), ("b", "c")]))
    >>> summary.reachable_pairs, summary.average_path_length, summary.diameter, summary.histogram
    (3, 1.3333333333333333, 2, (0, 2, 1))
    """
    pairs = _distances(network, directed).histogram
    total = int(pairs.sum())
    if not total:
        return PathSummary(0, NAN, 0, NAN, (0,))
    histogram = tuple(pairs.tolist())
    length = sum(distance * count for distance, count in enumerate(histogram))
    return PathSummary(
        reachable_pairs=total,
        average_path_length=length / total,
        diameter=len(histogram) - 1,
        effective_diameter=_quantile(histogram, 0.9),
        histogram=histogram,
    )


def node_distances(network: ValueNetwork, directed: bool = True) -> pd.DataFrame:
    """Sum up, for each node, the distances to the nodes it reaches.

    Returns
    -------
    DataFrame
        By node id: ``reached`` (nodes reached), ``total`` (sum of distances), ``inverse``
        (sum of 1/distance) and ``eccentricity`` (largest distance); all 0 where nobody is
        reached. One search serves all columns, so take them from here when several of the
        measures below are wanted.

    Examples
    --------
    >>> node_distances(ValueNetwork.from_edges([("a", "b"), ("b", "c")])).loc["a"].to_list()
    [2.0, 3.0, 1.5, 2.0]
    """
    found = _distances(network, directed, per_node=True)
    columns = {
        "reached": found.reached,
        "total": found.total,
        "inverse": found.inverse,
        "eccentricity": found.farthest,
    }
    return pd.DataFrame(columns, index=network.nodes)


def eccentricity(network: ValueNetwork, directed: bool = True) -> pd.Series:
    """Largest distance from each node to a node it reaches, in edges (离心度).

    Returns
    -------
    Series
        From 0 (nobody is reached) to the diameter, by node id, named ``eccentricity``.

    References
    ----------
    Gephi, column ``eccentricity``; igraph ``eccentricity(mode="out")``. networkx raises
    where some node is out of reach.

    Examples
    --------
    >>> eccentricity(ValueNetwork.from_edges([("a", "b"), ("b", "c")])).to_list()
    [2, 1, 0]
    """
    return node_distances(network, directed)["eccentricity"]


def radius(network: ValueNetwork, directed: bool = True) -> float:
    """Smallest eccentricity of all nodes, in edges.

    Returns
    -------
    float
        0 as soon as one node reaches nobody, as in Gephi and igraph; NaN without nodes
        (Gephi prints 2147483647 there).

    Examples
    --------
    >>> radius(ValueNetwork.from_edges([("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")]))
    1.0
    """
    return float(eccentricity(network, directed).min()) if network.n_nodes else NAN


def closeness(network: ValueNetwork, directed: bool = True, *, convention: Convention = "gephi") -> pd.Series:
    """Nodes reached over the sum of the distances to them (接近中心度).

    Parameters
    ----------
    network
        Any value network.
    directed
        Follow edges in their direction only.
    convention
        ``"gephi"``: the plain quotient. ``"textbook"``: times the share of all other nodes
        that is reached (Wasserman and Faust), so that small components do not stand out.

    Returns
    -------
    Series
        Between 0 (nobody is reached) and 1, by node id, named ``closeness``.

    References
    ----------
    Gephi, column ``closnesscentrality``; igraph ``closeness(mode="out")``; the textbook's is
    networkx's ``closeness_centrality`` of the reversed graph, as networkx counts distances
    towards a node. Wasserman, Faust 1994.

    Examples
    --------
    >>> network = ValueNetwork.from_edges([("a", "b"), ("b", "c")])
    >>> closeness(network).round(3).to_list(), closeness(network, convention="textbook").round(3).to_list()
    ([0.667, 1.0, 0.0], [0.667, 0.5, 0.0])
    """
    sums = node_distances(network, directed)
    return closeness_of(sums, convention)


def harmonic_closeness(
    network: ValueNetwork, directed: bool = True, *, convention: Convention = "gephi"
) -> pd.Series:
    """Mean of 1/distance from each node.

    Parameters
    ----------
    network
        Any value network.
    directed
        Follow edges in their direction only.
    convention
        ``"gephi"``: mean over the nodes reached. ``"textbook"``: mean over all other nodes,
        those out of reach counting 0.

    Returns
    -------
    Series
        Between 0 (nobody is reached) and 1, by node id, named ``harmonic_closeness``.

    References
    ----------
    Gephi, column ``harmonicclosnesscentrality``; igraph ``harmonic_centrality(mode="out")``.

    Examples
    --------
    >>> network = ValueNetwork.from_edges([("a", "b"), ("b", "c")])
    >>> harmonic_closeness(network).to_list(), harmonic_closeness(network, convention="textbook").to_list()
    ([0.75, 1.0, 0.0], [0.75, 0.5, 0.0])
    """
    return harmonic_of(node_distances(network, directed), convention)


def closeness_of(sums: pd.DataFrame, convention: Convention = "gephi") -> pd.Series:
    """Return the closeness that follows from ``node_distances``."""
    _check(convention)
    value = (sums["reached"] / sums["total"].where(sums["total"] > 0)).fillna(0.0)
    if convention == "textbook":
        value *= sums["reached"] / max(len(sums) - 1, 1)
    return value.rename("closeness")


def harmonic_of(sums: pd.DataFrame, convention: Convention = "gephi") -> pd.Series:
    """Return the harmonic closeness that follows from ``node_distances``."""
    _check(convention)
    others = sums["reached"].where(sums["reached"] > 0) if convention == "gephi" else max(len(sums) - 1, 1)
    return (sums["inverse"] / others).fillna(0.0).rename("harmonic_closeness")


def _check(convention: str) -> None:
    if convention not in ("gephi", "textbook"):
        raise ValueError(f"convention {convention!r} is not known; use gephi or textbook")


def _distances(network: ValueNetwork, directed: bool, per_node: bool = False) -> _kernels.Distances:
    source, target = network.pairs if directed else network.links
    if not directed:
        source, target = np.r_[source, target], np.r_[target, source]
    return _kernels.distances(network.n_nodes, source, target, per_node=per_node)


def _quantile(histogram: tuple[int, ...], share: float) -> float:
    """Distance within which a share of the pairs lies, straight lines between whole distances."""
    within = np.cumsum(np.array(histogram, dtype=np.float64))
    wanted = share * within[-1]
    above = int(np.searchsorted(within, wanted))
    return float(above - 1 + (wanted - within[above - 1]) / (within[above] - within[above - 1]))
