"""Whether the well connected are connected with each other more than their degrees explain.

The rich-club coefficient is the density among the nodes of more than k edges. It rises with k in
any network, random ones of the same degrees included, so only its ratio to theirs says something.
Relations are collected around sample enterprises: pairs of partners count as possible here and are
missing by design, in the random networks too where these keep the roles of edges.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from clusters.networks import ValueNetwork

NAN = float("nan")


def rich_club(network: ValueNetwork, directed: bool = True) -> pd.DataFrame:
    """Density among the nodes of more than k edges, for each k at which it can change.

    Parameters
    ----------
    network
        Any value network; distinct pairs without self-loops count.
    directed
        Degrees count edges in and out, pairs are ordered: phi(k) = E_>k / (N_>k (N_>k - 1)).
        Otherwise both count neighbours: phi(k) = 2 E_>k / (N_>k (N_>k - 1)).

    Returns
    -------
    DataFrame
        ``k`` (0 and each degree that occurs, as long as two nodes have more), ``rich_nodes`` (N_>k),
        ``rich_edges`` (E_>k) and ``rich_club`` (phi, from 0 to 1). Between two rows nothing changes.

    References
    ----------
    Zhou, Mondragon 2004; Colizza et al. 2006; networkx ``rich_club_coefficient(normalized=False)``
    for ``directed=False``.

    Examples
    --------
    >>> network = ValueNetwork.from_edges([(0, 1), (0, 2), (1, 2), (1, 3), (1, 4), (4, 5)])
    >>> rich_club(network, directed=False)["rich_club"].round(6).to_list()
    [0.4, 0.666667]
    """
    degree = _degree(network, directed)
    k = np.unique(np.r_[0, degree]) if network.n_nodes else np.zeros(0, np.int64)
    nodes = _more_than(degree, k)
    k, nodes = k[nodes > 1], nodes[nodes > 1]
    edges = rich_edges(network, k, directed)
    density = edges * (1 if directed else 2) / (nodes * (nodes - 1))
    return pd.DataFrame({"k": k, "rich_nodes": nodes, "rich_edges": edges, "rich_club": density})


def rich_edges(network: ValueNetwork, k: ArrayLike, directed: bool = True) -> NDArray[np.int64]:
    """Count the edges among the nodes of more than k edges, for some k.

    Examples
    --------
    >>> rich_edges(ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]), [0, 1, 2])
    array([4, 3, 0])
    """
    degree = _degree(network, directed)
    one, other = network.pairs if directed else network.links
    return _more_than(np.minimum(degree[one], degree[other]), np.asarray(k, dtype=np.int64))


def beside_random(observed: pd.DataFrame, replicates: ArrayLike) -> pd.DataFrame:
    """Compare the rich club with those of random networks of the same degrees.

    Parameters
    ----------
    observed
        A table of ``rich_club``.
    replicates
        Edges among the nodes of more than k edges: one row per random network, one column per k of the
        table. Random networks that keep the degrees have as many such nodes.

    Returns
    -------
    DataFrame
        The table with ``rich_club_null`` (mean of the random networks), ``rich_club_null_from`` and
        ``rich_club_null_to`` (their 2.5 % and 97.5 % points) and ``rich_club_ratio`` (rho = phi
        over that mean). NaN without replicates; the ratio also where the mean is 0.

    References
    ----------
    Colizza et al. 2006.

    Examples
    --------
    >>> table = pd.DataFrame({"k": [1], "rich_nodes": [4], "rich_edges": [6], "rich_club": [0.5]})
    >>> beside_random(table, [[2], [4]])[["rich_club_null", "rich_club_ratio"]].values.tolist()
    [[0.25, 2.0]]
    """
    drawn = np.asarray(replicates, dtype=np.float64)
    result = observed.copy()
    names = ("rich_club_null", "rich_club_null_from", "rich_club_null_to", "rich_club_ratio")
    if not drawn.size:
        return result.assign(**dict.fromkeys(names, NAN))
    # One edge more or less is the same step in density, in a random network as in the given one.
    nodes = result["rich_nodes"].to_numpy(dtype=np.float64)
    edge = np.where(
        result["rich_edges"] > 0,
        result["rich_club"] / result["rich_edges"].where(result["rich_edges"] > 0, 1),
        1 / (nodes * (nodes - 1)),
    )
    mean = drawn.mean(axis=0) * edge
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0) * edge
    ratio: pd.Series = result["rich_club"] / np.where(mean > 0, mean, NAN)
    return result.assign(**dict(zip(names, (mean, low, high, ratio), strict=True)))


def _degree(network: ValueNetwork, directed: bool) -> NDArray[np.int64]:
    one, other = network.pairs if directed else network.links
    n = network.n_nodes
    return np.bincount(one, minlength=n) + np.bincount(other, minlength=n)


def _more_than(values: NDArray[Any], k: NDArray[Any]) -> NDArray[np.int64]:
    """Count the values above each k."""
    count: NDArray[np.int64] = values.size - np.searchsorted(np.sort(values), k, side="right")
    return count
