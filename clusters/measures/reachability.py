"""How close a directed network is to an out-tree: Krackhardt's four dimensions of hierarchy.

Who reaches whom along edges is all that counts, save for efficiency, which counts distinct ordered
pairs. Self-loops never count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clusters.measures import _compressed, _kernels
from clusters.networks import ValueNetwork

NAN = float("nan")
MOST_BOUNDS = 1_500
"""Nodes up to which least upper bounds are looked for; the work grows with the third power."""


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Krackhardt's graph theoretical dimensions; an out-tree has 1 in all four."""

    connectedness: float
    """Pairs joined by some path, direction ignored, over all pairs (关联度)."""
    hierarchy: float
    """1 - pairs that reach each other / pairs of which at least one reaches the other (等级度)."""
    efficiency: float
    """1 - edges beyond a tree / edges possible beyond it, within weak components (效率)."""
    least_upper_bound: float
    """1 - pairs of a weak component without a closest common superior / most possible (最近上限)."""
    joined_pairs: int
    """Unordered pairs in one weak component."""
    mutual_pairs: int
    """Unordered pairs that reach each other along edges."""
    one_way_pairs: int
    """Unordered pairs of which one reaches the other and not the reverse."""


def krackhardt(network: ValueNetwork, *, bounds: bool | None = None) -> Hierarchy:
    """Graph theoretical dimensions of hierarchy (GTD, H11).

    Connectedness: joined pairs / (n(n - 1)/2). Hierarchy: 1 - mutual / (mutual + one-way) reachable
    pairs. Efficiency: 1 - sum over components of E_c - (n_c - 1) over that of n_c(n_c - 1) - (n_c - 1).
    Least upper bound: 1 - pairs of a component without one over the sum of (n_c - 1)(n_c - 2)/2; a
    pair has one where some node reaches both, and every other node that reaches both reaches it (a
    node reaches itself).

    Parameters
    ----------
    network
        Any value network; edges point from superior to subordinate.
    bounds
        Look for least upper bounds; by default in networks of up to ``MOST_BOUNDS`` nodes.

    Returns
    -------
    Hierarchy
        Four numbers from 0 to 1, NaN where nothing can be compared: connectedness with fewer than
        two nodes, hierarchy without edges, efficiency without an edge, least upper bound without a
        component of three nodes or where it was not looked for.

    References
    ----------
    Krackhardt 1994; R sna ``connectedness``, ``hierarchy``, ``efficiency``, ``lubness``. Papers on
    flows between Chinese provinces count links instead of edges in efficiency: there a component
    holds at most n(n - 1)/2.

    Examples
    --------
    >>> tree = ValueNetwork.from_edges([("a", "b"), ("a", "c"), ("b", "d")])
    >>> found = krackhardt(tree)
    >>> found.connectedness, found.hierarchy, found.efficiency, found.least_upper_bound
    (1.0, 1.0, 1.0, 1.0)
    """
    n = network.n_nodes
    weak, strong = _components(network)
    size = np.bincount(weak)
    pairs, joined, mutual = n * (n - 1) // 2, _pairs_within(size), _pairs_within(np.bincount(strong))
    # Every ordered reachable pair is one of two of a mutual pair, or a one-way one.
    one_way = int(_kernels.distances(n, *network.pairs).histogram.sum()) - 2 * mutual if n else 0
    free = int(((size - 1) ** 2).sum())
    extra = network.pairs[0].size - int((size - 1).sum())
    wanted = n <= MOST_BOUNDS if bounds is None else bounds
    return Hierarchy(
        connectedness=joined / pairs if pairs else NAN,
        hierarchy=1 - mutual / (mutual + one_way) if mutual + one_way else NAN,
        efficiency=1 - extra / free if free else NAN,
        least_upper_bound=_least_upper_bound(network, weak, size) if wanted else NAN,
        joined_pairs=joined,
        mutual_pairs=mutual,
        one_way_pairs=one_way,
    )


def _pairs_within(size: NDArray[np.int64]) -> int:
    return int((size * (size - 1) // 2).sum())


def _components(network: ValueNetwork) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if not network.n_nodes:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    from scipy.sparse.csgraph import connected_components

    matrix = _compressed.matrix(network.n_nodes, *network.pairs)
    weak, strong = (connected_components(matrix, connection=kind)[1] for kind in ("weak", "strong"))
    return weak.astype(np.int64), strong.astype(np.int64)


def _least_upper_bound(network: ValueNetwork, weak: NDArray[np.int64], size: NDArray[np.int64]) -> float:
    most = int(((size - 1) * (size - 2) // 2).sum())
    if not most:
        return NAN
    reach = _reach(network)
    above = reach.sum(axis=0)  # how many reach each node
    violations = 0
    for node in range(network.n_nodes - 1):
        later = np.flatnonzero(weak[node + 1 :] == weak[node]) + node + 1
        superiors = np.flatnonzero(reach[:, node])
        common = reach[np.ix_(superiors, later)]
        # All that reach a common superior are common superiors too, so the closest one is
        # a node that as many reach as there are.
        closest = np.where(common, above[superiors, None], -1).max(axis=0)
        violations += int((closest != common.sum(axis=0)).sum())
    return 1 - violations / most


def _reach(network: ValueNetwork) -> NDArray[np.bool_]:
    """Say who reaches whom, oneself included, by doubling the length of paths."""
    reach = np.eye(network.n_nodes, dtype=bool)
    reach[network.pairs] = True
    while True:
        longer = (reach.astype(np.float32) @ reach.astype(np.float32)) > 0
        if (longer == reach).all():
            return reach
        reach = longer
