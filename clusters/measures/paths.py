"""Distances in a value network, counted in edges along edge direction.

Only *reachable pairs* count: ordered pairs of distinct nodes with a path from the first to
the second. Other pairs are left out, as in Gephi, so two averages compare only beside their
numbers of reachable pairs. ``directed=False`` ignores direction; a pair then still counts
in both orders. Parallel edges, self-loops and weights do not matter here.

All of this is exact at any size, and no counter saturates; the time grows with nodes times
edges. ``path_estimate`` searches from some nodes only and says how far it may be off;
``EXACT_UP_TO`` nodes and ``expected_seconds`` help to choose.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.measures import _kernels
from clusters.networks import ValueNetwork

Convention = Literal["gephi", "textbook"]
NAN = float("nan")
EXACT_UP_TO = 200_000
"""Nodes up to which tables search from every node unless told otherwise: seconds to a minute."""
SOURCES = 1024
"""Nodes to search from where a table estimates."""


@dataclass(frozen=True, slots=True)
class PathSummary:
    """Lengths of the shortest paths of one network, in edges."""

    reachable_pairs: int
    average_path_length: float
    diameter: int
    effective_diameter: float
    """Length within which 90 % of the reachable pairs lie."""
    global_efficiency: float
    """Mean of 1/distance over all ordered pairs, those out of reach counting 0; NaN below 2 nodes."""
    histogram: tuple[int, ...] = field(repr=False)
    """Reachable pairs by distance; the index is the distance, so the first number is 0."""


@dataclass(frozen=True, slots=True)
class PathEstimate:
    """What searches from a random sample of nodes say about the shortest paths of a network."""

    average_path_length_estimate: float
    low: float
    """Lower end of the interval of the average path length."""
    high: float
    """Upper end of that interval."""
    sources: int
    """Searches made."""
    reachable_pairs_estimate: float
    effective_diameter_estimate: float
    diameter_at_least: int
    """Largest distance met: a lower bound, as another node may see further."""
    confidence: float
    seed: int


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
        Without a reachable pair both means are NaN and the diameter is 0. The global efficiency
        lies between 0 and 1 and, unlike the average path length, falls when pairs lose their path.

    References
    ----------
    Nankai report 2023, Table 2 (平均路径长度, 网络直径); Gephi, Avg. Path Length and Network
    Diameter; Leskovec, Kleinberg, Faloutsos 2007 for the effective diameter; Latora, Marchiori
    2001 for the efficiency (networkx ``global_efficiency``; igraph's mean of
    ``harmonic_centrality``).

    Examples
    --------
    >>> summary = path_summary(ValueNetwork.from_edges([("a", "b"), ("b", "c")]))
    >>> summary.reachable_pairs, summary.average_path_length, summary.diameter, summary.histogram
    (3, 1.3333333333333333, 2, (0, 2, 1))
    """
    pairs = _distances(network, directed).histogram
    total = int(pairs.sum())
    possible = network.n_nodes * (network.n_nodes - 1)
    if not total:
        return PathSummary(0, NAN, 0, NAN, 0.0 if possible else NAN, (0,))
    histogram = tuple(pairs.tolist())
    inverse = math.fsum(count / distance for distance, count in enumerate(histogram) if distance)
    length = sum(distance * count for distance, count in enumerate(histogram))
    return PathSummary(
        reachable_pairs=total,
        average_path_length=length / total,
        diameter=len(histogram) - 1,
        effective_diameter=_quantile(histogram, 0.9),
        global_efficiency=inverse / possible,
        histogram=histogram,
    )


def path_estimate(
    network: ValueNetwork,
    sources: int = SOURCES,
    directed: bool = True,
    *,
    seed: int = 0,
    confidence: float = 0.95,
) -> PathEstimate:
    """Estimate the average path length from the distances of some nodes.

    The distances from a node are exact. Nodes without a successor reach nobody, and nodes with
    one successor see what that one sees, one edge further; so one search can serve many nodes.
    The searches that serve most are made for sure, the others start at nodes drawn at random
    without replacement from those not served yet. The average is a ratio of two weighted sums
    over all these nodes; its interval follows from how the drawn ones scatter about it (t
    distribution, correction for a finite number of nodes) and closes when all are searched.

    Parameters
    ----------
    network
        Any value network.
    sources
        Searches to make, at least 3; fewer where fewer serve all nodes.
    directed
        Follow edges in their direction only.
    seed
        Of the draw.
    confidence
        Probability, over draws, that the interval holds the exact average.

    Returns
    -------
    PathEstimate
        Lengths in edges; NaN where no source reaches anybody.

    Raises
    ------
    ValueError
        Fewer than 3 sources, or a confidence outside 0 to 1.

    Notes
    -----
    On the sample's last network (30,765 nodes) 1,024 sources scatter by 0.3 to 0.4 % and the
    interval of 95 % holds the exact value in 93 to 97 % of draws.

    References
    ----------
    Cochran 1977, section 2.11 and 6.4 (ratio estimates).

    Examples
    --------
    >>> ring = ValueNetwork.from_edges([(k, (k + 1) % 9) for k in range(9)])
    >>> estimate = path_estimate(ring, sources=3)
    >>> estimate.average_path_length_estimate, estimate.low, estimate.high, estimate.diameter_at_least
    (4.5, 4.5, 4.5, 8)
    """
    if sources < 3:
        raise ValueError(f"an interval needs at least 3 sources, not {sources}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
    n = network.n_nodes
    source, target = _arcs(network, directed)
    folding = _kernels.fold(n, source, target)
    sure, drawn, others = _draw(folding, sources, np.random.default_rng(seed))
    found = _kernels.from_sources(n, source, target, np.r_[sure, drawn], folding)
    weight = np.r_[np.ones(sure.size), np.full(drawn.size, others / max(drawn.size, 1))]
    pairs, total = float(weight @ found.reached), float(weight @ found.total)
    searched = int(np.unique(found.search[found.search >= 0]).size)
    if not pairs:
        return PathEstimate(NAN, NAN, NAN, searched, 0.0, NAN, 0, confidence, seed)
    mean = total / pairs
    half = 0.0
    if others > drawn.size:
        off = (found.total - mean * found.reached)[sure.size :]
        spread = float(off.std(ddof=1)) * math.sqrt((1 - drawn.size / others) / drawn.size)
        half = _t_quantile(confidence, drawn.size - 1) * spread * others / pairs
    histogram = tuple(found.histogram(weight).tolist())
    return PathEstimate(
        average_path_length_estimate=mean,
        low=max(1.0, mean - half),
        high=mean + half,
        sources=searched,
        reachable_pairs_estimate=float(round(pairs)),
        effective_diameter_estimate=_quantile(histogram, 0.9),
        diameter_at_least=len(histogram) - 1,
        confidence=confidence,
        seed=seed,
    )


def _draw(
    folding: _kernels.Folding, sources: int, random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Choose nodes that so many searches serve: those known for sure, and a draw from the others.

    One search serves all nodes whose chains end where it starts. The starts that serve most
    are taken for sure, as many as make the remaining uncertainty least.
    """
    size = np.bincount(folding.end[folding.goes_on], minlength=folding.end.size)
    starts = np.flatnonzero(size)
    starts = starts[np.argsort(-size[starts], kind="stable")]
    if starts.size > sources:
        # The error goes with the nodes left to draw from over the root of the draws.
        taken = np.arange(sources - 1)
        left = size.sum() - np.r_[0, np.cumsum(size[starts])][taken]
        starts = starts[: int((left / np.sqrt(sources - taken)).argmin())]
    certain = np.zeros(folding.end.size, np.bool_)
    certain[starts] = True
    sure = certain[folding.end] | ~folding.goes_on
    others = np.flatnonzero(~sure)
    draws = min(others.size, sources - starts.size)
    return np.flatnonzero(sure), random.permutation(others)[:draws], others.size


def expected_seconds(network: ValueNetwork, sources: int | None = None, directed: bool = True) -> float:
    """Say roughly how long the search from all nodes, or from some, will take.

    Every 1,024 searches are a pass that looks at each edge about six times; while the pass fits
    into the cache that takes 20 ns per edge and pass, beyond it up to 200 ns (one core of 2026,
    NumPy). Expect twice or half of it.

    Returns
    -------
    float
        Seconds.

    Examples
    --------
    >>> expected_seconds(ValueNetwork.from_edges([("a", "b")])) < 0.001
    True
    """
    n = network.n_nodes
    edges = network.n_edges * (1 if directed else 2)
    beyond = math.log(max(n, 1) * 128 / 4e6) / math.log(16)
    per_edge = 2e-8 * 10 ** min(1.0, max(0.0, beyond))
    return max(1.0, (n if sources is None else sources) / 1024) * edges * per_edge if n else 0.0


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
    return _kernels.distances(network.n_nodes, *_arcs(network, directed), per_node=per_node)


def _arcs(network: ValueNetwork, directed: bool) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return distinct edges sorted by source; ignoring direction, both directions of each link."""
    if directed:
        return network.pairs
    low, high = network.links
    return _kernels.sorted_pairs(np.r_[low, high], np.r_[high, low])


def _t_quantile(confidence: float, freedom: int) -> float:
    """Two-sided quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + confidence) / 2))


def _quantile(histogram: tuple[int, ...], share: float) -> float:
    """Distance within which a share of the pairs lies, straight lines between whole distances."""
    within = np.cumsum(np.array(histogram, dtype=np.float64))
    wanted = share * within[-1]
    above = int(np.searchsorted(within, wanted))
    return float(above - 1 + (wanted - within[above - 1]) / (within[above] - within[above - 1]))
