"""Communities: a partition that keeps many edges inside, and how good a partition is.

Modularity is always Gephi's: computed on its undirected view (``_views``) with direction
and self-loops ignored and the kinds of a pair added up, so a mutual pair counts with one
of its two weights. Weights are the table's, or numbers of relations where it has none
("Use weights" is on in Gephi's dialog).

Gephi's search is Louvain's method with ties decided by chance and cannot be repeated even
by Gephi. Ours is Leiden's, the best of several recorded seeds, and usually .005 to .02
above Gephi's. Compare partitions through ``modularity``, not searches with each other.

*Resolution* is Gephi's: below 1 it gives more and smaller communities. It is 1/gamma of
igraph and networkx, and the value is ``resolution`` times theirs.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from clusters.measures import _kernels, _leiden, _views
from clusters.networks import ValueNetwork

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Partition:
    """Communities of one network, the best of several searches."""

    membership: pd.Series = field(repr=False)
    """Community of each node, from 0 for the largest on, by node id."""
    modularity: float
    communities: int
    seeds: int
    """Searches made, with seeds ``seed``, ``seed + 1`` ..."""
    seed: int
    resolution: float
    method: str
    median: float
    """Median modularity of the searches."""
    lowest: float
    """Smallest modularity of the searches; the largest is ``modularity``."""


def modularity(
    network: ValueNetwork,
    membership: Mapping[Hashable, object] | pd.Series | ArrayLike,
    resolution: float = 1.0,
) -> float:
    """Modularity of a given partition (模块化).

    Q = sum over communities of r in/m - (deg/2m)^2, with m the total weight, ``in`` the
    weight inside the community and ``deg`` the weights at its nodes added up.

    Parameters
    ----------
    network
        Any value network; see the module's text for what counts.
    membership
        Community of every node: a Series or mapping by node id (for example Gephi's column
        ``modularity_class``), or values in node order.
    resolution
        Gephi's resolution r.

    Returns
    -------
    float
        At most 1 at resolution 1; NaN without an edge between distinct nodes, but 0 without
        any node, as in Gephi.

    References
    ----------
    Newman, Girvan 2004; Gephi, Modularity. Equals igraph and networkx on the collapsed graph.

    Examples
    --------
    >>> network = ValueNetwork.from_edges([("a", "b"), ("b", "a"), ("c", "d")])
    >>> modularity(network, {"a": 0, "b": 0, "c": 1, "d": 1})
    0.5
    """
    group = _groups(network, membership)
    low, high, _, weight = _views.links(_views.undirected_view(network))
    return _leiden.modularity(network.n_nodes, group, low, high, weight, resolution)


def communities(
    network: ValueNetwork, seeds: int = 10, seed: int = 0, *, resolution: float = 1.0
) -> Partition:
    """Search for the partition with the largest modularity by Leiden's method.

    Parameters
    ----------
    network
        Any value network; see the module's text for what counts.
    seeds
        Number of searches; the best partition is kept, the first one of equals.
    seed
        Seed of the first search; the same seed gives the same partition.
    resolution
        Gephi's resolution r; below 1 gives more communities.

    Returns
    -------
    Partition
        Membership, modularity and the spread of the searches. Nodes without an edge are
        communities of their own. Without any edge modularity is NaN (0 without any node).

    References
    ----------
    Traag, Waltman, van Eck 2019; igraph ``community_leiden(objective_function="modularity")``.

    Examples
    --------
    >>> ring = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 5), (5, 3)]
    >>> found = communities(ValueNetwork.from_edges(ring), seeds=2)
    >>> found.communities, round(found.modularity, 4), found.membership.to_list()
    (2, 0.3571, [0, 0, 0, 1, 1, 1])
    """
    if seeds < 1:
        raise ValueError(f"seeds must be at least 1, not {seeds}")
    if resolution <= 0:
        raise ValueError(f"resolution must be positive, not {resolution}")
    low, high, _, weight = _views.links(_views.undirected_view(network))
    found = []
    for group in _leiden.searches(network.n_nodes, low, high, weight, range(seed, seed + seeds), resolution):
        value = _leiden.modularity(network.n_nodes, group, low, high, weight, resolution)
        found.append((value, group))
    values = [value for value, _ in found]
    best = found[int(np.argmax(values))][1]
    return Partition(
        membership=pd.Series(_kernels.by_size(best), index=network.nodes, name="community"),
        modularity=max(values),
        communities=int(np.unique(best).size),
        seeds=seeds,
        seed=seed,
        resolution=resolution,
        method="leiden",
        median=float(np.median(values)),
        lowest=min(values),
    )


def _groups(
    network: ValueNetwork, membership: Mapping[Hashable, object] | pd.Series | ArrayLike
) -> NDArray[np.int64]:
    """Number the communities of a membership given in one of several forms."""
    if isinstance(membership, pd.Series | Mapping):
        values = pd.Series(membership).reindex(network.nodes)
    else:
        values = pd.Series(np.asarray(membership))
        if len(values) != network.n_nodes:
            raise ValueError(f"membership has {len(values)} values for {network.n_nodes} nodes")
    missing = values.isna().to_numpy()
    if missing.any():
        node = network.nodes[int(np.flatnonzero(missing)[0])]
        raise ValueError(f"membership lacks {int(missing.sum())} nodes (first: {node!r})")
    codes, _ = pd.factorize(values)
    return codes.astype(np.int64)
