"""How much a network depends on one node, and how its cores are stacked.

Freeman's centralisation compares the spread of a centrality with the largest spread that a network
of as many nodes can have, that of a star: 1 where one node has it all, 0 where all have as much.
All of it is read off distinct pairs without self-loops.

The shells of the k-core decomposition come from ``cores.k_core``; here they are counted, by role
and by place. Relations are collected around sample enterprises, so partners have fewer than they
would show in a survey of their own, and the innermost shell leans towards the sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from clusters.measures import _kernels, _parts
from clusters.networks import ValueNetwork, igraph_graph

Direction = Literal["both", "out", "in"]
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class MainCore:
    """The innermost shell of one network."""

    main_core: float
    """Largest k for which the network has a k-core; NaN without nodes."""
    main_core_nodes: int
    main_core_share: float
    """Its nodes over all nodes."""
    main_core_sample_share: float
    """Sample enterprises among its nodes; NaN where roles are unknown."""


def centralisation(values: ArrayLike, maximum: float) -> float:
    """Sum of the differences to the largest value, over the largest possible sum.

    Parameters
    ----------
    values
        Centrality of each node.
    maximum
        The sum in the network of as many nodes that is most centralised.

    Returns
    -------
    float
        From 0 (all equal) to 1; NaN without nodes or where the maximum is 0.

    References
    ----------
    Freeman 1979.

    Examples
    --------
    >>> centralisation([3, 1, 1, 1], maximum=6)
    1.0
    """
    found = np.asarray(values, dtype=np.float64)
    if not found.size or maximum <= 0:
        return NAN
    return float((found.max() - found).sum() / maximum)


def degree_centralisation(network: ValueNetwork, direction: Direction = "both") -> float:
    """Centralisation of the degrees.

    Parameters
    ----------
    network
        Any value network of ``N`` nodes.
    direction
        ``"both"`` counts neighbours, direction ignored: the maximum is (N - 1)(N - 2). ``"out"``
        and ``"in"`` count the receivers or givers of each node: (N - 1)^2.

    Returns
    -------
    float
        From 0 (a cycle) to 1 (a star; from its hub for ``"out"``, to it for ``"in"``). NaN with
        fewer than three nodes, with a direction fewer than two.

    References
    ----------
    Freeman 1979; Wasserman, Faust 1994, section 5.2.

    Examples
    --------
    >>> star = ValueNetwork.from_edges([("hub", leaf) for leaf in "abcde"])
    >>> [degree_centralisation(star, direction) for direction in ("both", "out", "in")]
    [1.0, 1.0, 0.04]
    """
    if direction not in ("both", "out", "in"):
        raise ValueError(f"direction {direction!r} is not known; use both, out or in")
    n = network.n_nodes
    if direction == "both":
        low, high = network.links
        degree = np.bincount(low, minlength=n) + np.bincount(high, minlength=n)
        return centralisation(degree, (n - 1) * (n - 2))
    ends = network.pairs[0 if direction == "out" else 1]
    return centralisation(np.bincount(ends, minlength=n), (n - 1) ** 2 if n > 1 else 0)


def closeness_centralisation(network: ValueNetwork) -> float:
    """Centralisation of closeness, (n - 1) over the sum of distances, direction ignored.

    Parameters
    ----------
    network
        Any value network. Distances exist only between nodes that are joined, so the largest
        weak component of ``n`` nodes is measured (of equal ones the first).

    Returns
    -------
    float
        From 0 to 1, the maximum of the sum being (n - 1)(n - 2) / (2n - 3); NaN where that
        component has fewer than three nodes.

    References
    ----------
    Freeman 1979; networkx ``closeness_centrality`` of a connected graph.

    Examples
    --------
    >>> star = ValueNetwork.from_edges([("hub", leaf) for leaf in "abcde"])
    >>> round(closeness_centralisation(star), 12)
    1.0
    """
    part = _parts.largest(network)
    n = part.n_nodes
    if n < 3:
        return NAN
    low, high = part.links
    arcs = _kernels.sorted_pairs(np.r_[low, high], np.r_[high, low])
    total = np.asarray(_kernels.distances(n, *arcs, per_node=True).total)
    return centralisation((n - 1) / total, (n - 1) * (n - 2) / (2 * n - 3))


def betweenness_centralisation(network: ValueNetwork, directed: bool = False) -> float:
    """Centralisation of betweenness (exact, so slow on large networks).

    Parameters
    ----------
    network
        Any value network of ``N`` nodes. Paths are counted between distinct pairs.
    directed
        Follow edges in their direction only.

    Returns
    -------
    float
        From 0 (a cycle) to 1 (a star, with a direction one of mutual edges); NaN with fewer than
        three nodes. The maximum of the sum of normalised values is N - 1.

    References
    ----------
    Freeman 1979; igraph ``betweenness``.

    Examples
    --------
    >>> betweenness_centralisation(ValueNetwork.from_edges([("hub", leaf) for leaf in "abcde"]))
    1.0
    """
    graph = igraph_graph(network.n_nodes, *(network.pairs if directed else network.links), directed=directed)
    return betweenness_centralisation_of(graph.betweenness(), directed)


def betweenness_centralisation_of(values: ArrayLike, directed: bool = False) -> float:
    """Return the centralisation of a betweenness that is known, or estimated, already.

    Parameters
    ----------
    values
        Number of shortest paths through each node, not normalised.
    directed
        Whether these paths follow edges in their direction.

    Examples
    --------
    >>> betweenness_centralisation_of([3, 0, 0, 0])
    1.0
    """
    found = np.asarray(values, dtype=np.float64)
    others = (found.size - 1) * (found.size - 2) / (1 if directed else 2)
    return centralisation(found, others * (found.size - 1))


def main_core(core: ArrayLike, sample: NDArray[np.bool_] | None = None) -> MainCore:
    """Summarise the innermost shell.

    Parameters
    ----------
    core
        Core of each node, as ``cores.k_core`` gives it.
    sample
        Whether each node is a sample enterprise, where that is known.

    Returns
    -------
    MainCore
        See there.

    References
    ----------
    Seidman 1983.

    Examples
    --------
    >>> main_core([2, 2, 2, 1], np.array([True, False, False, True]))
    MainCore(main_core=2, main_core_nodes=3, main_core_share=0.75, main_core_sample_share=0.3333333333333333)
    """
    values = np.asarray(core, dtype=np.int64)
    if not values.size:
        return MainCore(NAN, 0, NAN, NAN)
    inside = values == values.max()
    of_sample = NAN if sample is None else float(sample[inside].mean())
    return MainCore(int(values.max()), int(inside.sum()), float(inside.mean()), of_sample)


def core_shells(core: ArrayLike, sample: NDArray[np.bool_] | None = None) -> pd.DataFrame:
    """Count the shells of a network from the innermost to the rim.

    Parameters
    ----------
    core, sample
        As in ``main_core``.

    Returns
    -------
    DataFrame
        One row per shell that has nodes, core falling: ``core``, ``shell_nodes`` (nodes of exactly
        this core), ``shell_share`` (of all nodes), ``core_nodes`` (nodes of this core or a larger one)
        and ``shell_sample_share`` (sample enterprises among the shell's nodes; NaN where roles
        are unknown).

    References
    ----------
    Seidman 1983; Alvarez-Hamelin et al. 2006 (shells).

    Examples
    --------
    >>> core_shells([2, 2, 2, 1]).iloc[:, :4].values.tolist()
    [[2.0, 3.0, 0.75, 3.0], [1.0, 1.0, 0.25, 4.0]]
    """
    values = np.asarray(core, dtype=np.int64)
    size = np.bincount(values)
    k = np.flatnonzero(size)[::-1]
    nodes = size[k]
    of_sample = np.full(k.size, NAN)
    if sample is not None:
        of_sample = np.bincount(values, sample, minlength=size.size)[k] / nodes
    columns = {"core": k, "shell_nodes": nodes, "shell_share": nodes / max(values.size, 1)}
    return pd.DataFrame({**columns, "core_nodes": np.cumsum(nodes), "shell_sample_share": of_sample})


def core_groups(core: ArrayLike, groups: pd.Series) -> pd.DataFrame:
    """Count the nodes of the main core by group, for example by province.

    Parameters
    ----------
    core
        As in ``main_core``.
    groups
        Group of each node, in the same order; nodes without one (missing) are left out.

    Returns
    -------
    DataFrame
        By group, those with most nodes in the main core first: ``nodes``, ``main_core_nodes``,
        ``main_core_share`` (of the group's nodes) and ``share_of_main_core`` (the group's part in
        the nodes of the main core whose group is known; NaN where there are none).

    Examples
    --------
    >>> core_groups([2, 2, 2, 1], pd.Series(["x", "x", "y", "y"])).loc["x"].to_list()
    [2.0, 2.0, 1.0, 0.6666666666666666]
    """
    values = np.asarray(core, dtype=np.int64)
    code, names = pd.factorize(groups.to_numpy(dtype=object))
    known = code >= 0
    inside = known & (values == values.max(initial=0))
    count = {"nodes": code[known], "main_core_nodes": code[inside]}
    table = pd.DataFrame(
        {name: np.bincount(found, minlength=len(names)) for name, found in count.items()}, index=names
    )
    table["main_core_share"] = table["main_core_nodes"] / table["nodes"]
    total = int(table["main_core_nodes"].sum())
    table["share_of_main_core"] = table["main_core_nodes"] / total if total else NAN
    order = np.lexsort((table.index.astype(str), -table["nodes"], -table["main_core_nodes"]))
    return table.iloc[order]
