"""Communities that many searches agree on, and how far two partitions agree.

One search for communities is one of many nearly as good ones. A consensus keeps what most of
them share. Modularity is that of ``communities``: Gephi's undirected view, weighted.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from clusters.measures import _agreement, _kernels, _leiden, _views
from clusters.measures._leiden import Method
from clusters.networks import ValueNetwork

NAN = float("nan")
Membership = Mapping[Hashable, object] | pd.Series | ArrayLike


@dataclass(frozen=True, slots=True)
class Consensus:
    """What many searches for communities agree on."""

    membership: pd.Series = field(repr=False)
    """Community of each node, from 0 for the largest on, by node id."""
    modularity: float
    """Of the consensus."""
    communities: int
    """Of the consensus, nodes without an edge included."""
    best: float
    """Largest modularity of the searches."""
    median: float
    lowest: float
    stability: float
    """Mean normalised mutual information of the searches with the consensus; 1 where all agree."""
    rounds: int
    """Rounds of searches on the links of the consensus; 0 where the first ones agreed."""
    seeds: int
    """Searches of the first round, with seeds ``seed``, ``seed + 1`` ..."""
    seed: int
    resolution: float
    method: str


def consensus_communities(
    network: ValueNetwork,
    seeds: int = 100,
    seed: int = 0,
    *,
    resolution: float = 1.0,
    method: Method = "leiden",
    threshold: float = 0.5,
) -> Consensus:
    """Find the communities that many searches agree on (H14).

    Each link is weighed by the share of the searches that keep both its ends together, links
    below the threshold are dropped, and the network of these weights is searched again, until all
    searches agree. Only links are weighed, not all pairs of nodes, which changes little as
    communities hang together; later rounds take a tenth of the searches, at least ten.

    Parameters
    ----------
    network
        Any value network.
    seeds, seed
        Number of searches, and seed of the first one; the same seed gives the same result.
    resolution
        Gephi's resolution r, of the first searches; below 1 gives more communities.
    method
        ``"leiden"`` or ``"louvain"``.
    threshold
        Share of the searches below which a link is dropped; the best kept link of a node stays.

    Returns
    -------
    Consensus
        Membership, its modularity, and the spread of the searches. Modularities and stability are
        NaN without an edge between two nodes.

    References
    ----------
    Lancichinetti, Fortunato 2012; Tandon, Albeshri, Thayananthan, Alhalabi, Fortunato 2019 (links
    only); Blondel et al. 2008; Traag, Waltman, van Eck 2019.

    Examples
    --------
    >>> ring = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 5), (5, 3)]
    >>> found = consensus_communities(ValueNetwork.from_edges(ring), seeds=20)
    >>> found.membership.to_list(), round(found.modularity, 4), found.stability
    ([0, 0, 0, 1, 1, 1], 0.3571, 1.0)
    """
    if seeds < 1:
        raise ValueError(f"seeds must be at least 1, not {seeds}")
    if resolution <= 0:
        raise ValueError(f"resolution must be positive, not {resolution}")
    if not 0 <= threshold <= 1:
        raise ValueError(f"threshold must lie between 0 and 1, not {threshold}")
    if method not in ("leiden", "louvain"):
        raise ValueError(f"method must be 'leiden' or 'louvain', not {method!r}")
    low, high, _, weight = _views.links(_views.undirected_view(network))
    n = network.n_nodes
    groups = list(_leiden.searches(n, low, high, weight, range(seed, seed + seeds), resolution, method))
    values = [_leiden.modularity(n, group, low, high, weight, resolution) for group in groups]
    found, rounds = _leiden.consensus(
        n,
        low,
        high,
        groups,
        threshold=threshold,
        seed=seed,
        searches_each=max(10, seeds // 10),
        method=method,
    )
    agreement = [_agreement.normalised_mutual_information(group, found) for group in groups]
    return Consensus(
        membership=pd.Series(_kernels.by_size(found), index=network.nodes, name="community"),
        modularity=_leiden.modularity(n, found, low, high, weight, resolution),
        communities=int(np.unique(found).size),
        best=max(values),
        median=float(np.median(values)),
        lowest=min(values),
        stability=float(np.mean(agreement)) if low.size else NAN,
        rounds=rounds,
        seeds=len(groups),
        seed=seed,
        resolution=resolution,
        method=method,
    )


def normalised_mutual_information(one: Membership, two: Membership) -> float:
    """Normalised mutual information of two partitions: 2 I / (H1 + H2) (NMI, 标准化互信息).

    Parameters
    ----------
    one, two
        Group of each item: both as Series or mappings by item, or both in the same order. Items
        missing in either do not count.

    Returns
    -------
    float
        From 0 (independent) to 1 (the same groups); many small groups raise it by chance. 1 where
        both have a single group, NaN without a common item.

    References
    ----------
    Danon, Diaz-Guilera, Duch, Arenas 2005; igraph ``compare_communities(method="nmi")``.

    Examples
    --------
    >>> round(normalised_mutual_information([0, 0, 1, 1], [0, 0, 0, 1]), 4)
    0.3437
    """
    return _agreement.normalised_mutual_information(*_aligned(one, two))


def adjusted_rand_index(one: Membership, two: Membership) -> float:
    """Adjusted Rand index of two partitions: agreement on pairs beyond chance (ARI, 调整兰德指数).

    Parameters
    ----------
    one, two
        As in ``normalised_mutual_information``.

    Returns
    -------
    float
        1 for the same groups, 0 on average by chance, can be negative. NaN without a common item.

    References
    ----------
    Hubert, Arabie 1985; igraph ``compare_communities(method="adjusted_rand")``.

    Examples
    --------
    >>> round(adjusted_rand_index([0, 0, 1, 1], [0, 0, 1, 2]), 4)
    0.5714
    """
    return _agreement.adjusted_rand_index(*_aligned(one, two))


def _aligned(one: Membership, two: Membership) -> tuple[ArrayLike, ArrayLike]:
    by_item = [isinstance(x, pd.Series | Mapping) for x in (one, two)]
    if not all(by_item):
        if any(by_item):
            raise ValueError("give both partitions by item, or both as values in the same order")
        return np.asarray(one, dtype=object), np.asarray(two, dtype=object)
    first, second = pd.Series(one), pd.Series(two)
    common = first.index.intersection(second.index)
    return first.reindex(common).to_numpy(dtype=object), second.reindex(common).to_numpy(dtype=object)
