"""Numbers that only Gephi computes in its way: for comparison, not for a report.

Gephi's own definitions of clustering, closeness, modularity and PageRank are choices of the
measures themselves (``convention="gephi"``). Here are those nobody else uses, so that a
table made with Gephi can be checked to the last digit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.measures import _views
from clusters.measures._views import undirected_file, undirected_view
from clusters.networks import ValueNetwork

__all__ = ["eigenvector", "filtered_modularity", "hits", "undirected_file", "undirected_view"]


def eigenvector(network: ValueNetwork, *, directed: bool = True, steps: int = 100) -> pd.Series:
    """Gephi's eigenvector centrality.

    Gephi adds up what all steps brought instead of the last one (issue 2145 of its tracker),
    so after 100 steps the numbers are still far from the eigenvector, and not 0 on a network
    without cycles. Use the ranks only, if at all.

    Parameters
    ----------
    network
        Any value network; each kind between two nodes counts.
    directed
        Value flows along edges only.
    steps
        Number of iterations in Gephi's dialog.

    Returns
    -------
    Series
        Between 0 and 1, the largest 1 (all 0 without an edge), by node id, named
        ``eigenvector``.

    References
    ----------
    Gephi, column ``eigencentrality``.

    Examples
    --------
    >>> eigenvector(ValueNetwork.from_edges([("a", "b"), ("b", "c")])).round(3).to_list()
    [0.0, 0.07, 1.0]
    """
    source, target = _ends(network, directed, loops=True)
    value = np.ones(network.n_nodes)
    total = np.zeros(network.n_nodes)
    for _ in range(steps):
        total += np.bincount(target, value[source], minlength=value.size)
        value = total / max(total.max(initial=0), 1e-300)
    return pd.Series(value, index=network.nodes, name="eigenvector")


def hits(network: ValueNetwork, *, directed: bool = True, least: float = 1e-4) -> pd.DataFrame:
    """Hubs and authorities as Gephi iterates them: lengths 1, until no value changes by 1e-4.

    Parameters
    ----------
    network
        Any value network; each kind between two nodes counts, self-loops do not.
    directed
        Hubs point to authorities along edges; otherwise both columns measure the same.
    least
        Relative change that ends the iteration.

    Returns
    -------
    DataFrame
        Columns ``authority`` and ``hub`` by node id, from 0; squares add up to 1 (all 0
        without an edge).

    References
    ----------
    Kleinberg 1999; Gephi, columns ``authority`` and ``hub``; networkx ``hits`` divides by
    the sum instead of the length.

    Examples
    --------
    >>> hits(ValueNetwork.from_edges([("a", "b"), ("a", "c")])).round(3).to_numpy().tolist()
    [[0.0, 1.0], [0.707, 0.0], [0.707, 0.0]]
    """
    source, target = _ends(network, directed, loops=False)
    n = network.n_nodes
    hub, authority = np.ones(n), np.ones(n)
    for _ in range(1000):  # small components fade out for ever
        old = np.r_[authority, hub]
        authority = _unit(np.bincount(target, hub[source], minlength=n))
        hub = _unit(np.bincount(source, authority[target], minlength=n))
        change = np.abs(np.r_[authority, hub] - old)
        if not (np.divide(change, old, out=np.zeros(2 * n), where=old > 0) >= least).any():
            break
    return pd.DataFrame({"authority": authority, "hub": hub}, index=network.nodes)


def filtered_modularity(network: ValueNetwork, membership: pd.Series) -> float:
    """Modularity that Gephi prints while a filter or the timeline is on.

    On a directed network it then counts a mutual pair twice in the total and in the degrees,
    but once inside a community, so the number is too small where edges are mutual. This is a
    fault of Gephi (0.9.2 to date), given here to recognise it.

    Parameters
    ----------
    network
        The network that the filter leaves.
    membership
        Community of every node, by node id.

    Returns
    -------
    float
        At most the true modularity of unit weights; NaN without an edge.

    Examples
    --------
    >>> network = ValueNetwork.from_edges([("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")])
    >>> filtered_modularity(network, pd.Series([0, 0, 1, 1], index=list("abcd")))
    0.0
    """
    group, _ = pd.factorize(membership.reindex(network.nodes))
    low, high, _, once = _views.links(_views.undirected_view(network))
    both = _views.merged(network)
    both = both.take(both.source != both.target)
    total = float(both.weight.sum())
    if not total:
        return float("nan")
    inside = float(once[group[low] == group[high]].sum())
    ends = np.bincount(group[both.source], both.weight, minlength=group.size)
    ends += np.bincount(group[both.target], both.weight, minlength=group.size)
    return inside / total - float(((ends / (2 * total)) ** 2).sum())


def _ends(network: ValueNetwork, directed: bool, loops: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ends of Gephi's edges; undirected ones in both directions, loops once."""
    edges = _views.merged(network) if directed else _views.undirected_view(network)
    loop = edges.source == edges.target
    source, target = edges.source[~loop], edges.target[~loop]
    if not directed:
        source, target = np.r_[source, target], np.r_[target, source]
    if loops:
        source, target = np.r_[source, edges.source[loop]], np.r_[target, edges.target[loop]]
    return source, target


def _unit(values: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(values / max(float(np.sqrt((values**2).sum())), 1e-300))
