"""What-if: what the network would be without some organisations (情景模拟).

Relations recorded with them are taken out and the rest is counted again. That is arithmetic on recorded
relations: it says how many of the relations in the table end at these organisations, not that anybody
depends on them, and nobody finds a substitute in it.

Edges are those of the network (``parallel`` says what one is); components and distances look at distinct
pairs without self-loops. Removed organisations are no part of what is left.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from clusters.errors import UsageError
from clusters.measures import _compressed, _kernels
from clusters.measures._search import sorted_pairs
from clusters.networks import ValueNetwork
from clusters.sentences import Note

NAN = float("nan")
EXACT_UP_TO = 200_000
"""Nodes up to which distances are searched from every node."""
SOURCES = 1024
"""Nodes to search from where they are not."""
ALIKE = 20
"""Organisations of the same role and nearest degree among which a matched one is drawn."""
REST = 1e-12
"""Most that all longer walks together may still add to an exposure."""
COUNTED = (
    *("nodes", "edges", "edges_given", "edges_taken", "isolated", "largest_component"),
    *("largest_strong_component", "mean_exposure", "exposed", "fully_exposed"),
)
"""What ``Removal.without`` counts."""
SEARCHED = ("reachable_pairs", "global_efficiency")
"""What needs distances."""

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Efficiency:
    """Distances of a network in two numbers, exact or from some sources."""

    reachable_pairs: float
    """Ordered pairs of distinct nodes joined by a directed path."""
    global_efficiency: float
    """Mean of 1/distance over all ordered pairs, those out of reach counting 0; NaN below 2 nodes."""
    low: float
    high: float
    """95 % interval of the efficiency; the value itself where it is exact."""
    sources: int
    """Nodes searched from."""


@dataclass(frozen=True, slots=True, eq=False)
class AttackCurve:
    """How the largest weak component shrinks while nodes are removed one after the other."""

    largest: NDArray[np.int64] = field(repr=False)
    """Its nodes after 0, 1, ... N removals."""
    robustness: float
    """Schneider's R: mean over 1 to N removals of the largest component as a share of all N nodes."""


class Removal:
    """A network prepared to take sets of organisations out of it, many times.

    Examples
    --------
    >>> star = ValueNetwork.from_edges([("hub", leaf) for leaf in "abcde"])
    >>> removal = Removal(star)
    >>> found = removal.without(removed(star, ["hub"]))
    >>> found["edges"], found["isolated"], found["largest_component"], found["fully_exposed"]
    (0, 5, 1, 5)
    """

    def __init__(self, network: ValueNetwork) -> None:
        self.network, self.n = network, network.n_nodes
        loop = network.sources == network.targets
        self.loops = np.bincount(network.sources[loop], minlength=self.n)
        self.source, self.target = network.sources[~loop], network.targets[~loop]
        self.takes = np.bincount(self.target, minlength=self.n)
        self.touched = self.takes + np.bincount(self.source, minlength=self.n)
        studied = network.sample is not None and bool(network.sample.any())
        self.enterprises: Mask = (
            network.sample if studied and network.sample is not None else np.ones(self.n, bool)
        )
        """Whose exposure is counted: the sample where it is known, else everybody."""

    def without(self, gone: Mask) -> dict[str, float]:
        """Count what is left without some nodes, and what these gave and took.

        ``nodes``; ``edges``; ``edges_given`` and ``edges_taken`` by the removed; ``isolated`` nodes, left
        without an edge to another; ``largest_component`` (weak) and ``largest_strong_component`` in nodes;
        ``mean_exposure`` of enterprises that received something, how many of them are ``exposed`` (received
        anything from the removed) and how many ``fully_exposed`` (received all from them).
        """
        given, taken = gone[self.source], gone[self.target]
        lost = given | taken
        left = self.touched.copy()
        for ends in (self.source, self.target):
            left -= np.bincount(ends[lost], minlength=self.n)
        exposed = self._enterprises(gone)
        part = np.bincount(self.target[given], minlength=self.n)[exposed]
        shares = part / self.takes[exposed]
        weak, strong = self._components(~gone)
        loops = int(self.loops.sum())
        own = int(self.loops[gone].sum())
        return {
            "nodes": self.n - int(gone.sum()),
            "edges": self.source.size + loops - int(lost.sum()) - own,
            "edges_given": int(given.sum()) + own,
            "edges_taken": int(taken.sum()) + own,
            "isolated": int(((left == 0) & ~gone).sum()),
            "largest_component": weak,
            "largest_strong_component": strong,
            "mean_exposure": float(shares.mean()) if shares.size else NAN,
            "exposed": int((part > 0).sum()),
            "fully_exposed": int((part == self.takes[exposed]).sum()),
        }

    def _enterprises(self, gone: Mask) -> Mask:
        """Tell which enterprises have an exposure: they stay, and received something."""
        return self.enterprises & ~gone & (self.takes > 0)

    def _components(self, keep: Mask) -> tuple[int, int]:
        from scipy.sparse.csgraph import connected_components

        if not keep.any():
            return 0, 0
        source, target = self.network.pairs
        there = keep[source] & keep[target]
        # Removed nodes stay as single ones, which are never larger than a component of those that stay.
        matrix = _compressed.matrix(self.n, source[there], target[there])
        sizes = [
            int(np.bincount(connected_components(matrix, connection=mode)[1]).max())
            for mode in ("weak", "strong")
        ]
        return sizes[0], sizes[1]

    def paths(self, gone: Mask, *, sources: int | None = None, seed: int = 0) -> Efficiency:
        """Measure distances among the nodes that stay; ``sources`` estimates them from so many."""
        return efficiency(self.network.subnetwork(~gone), sources, seed=seed)

    def exposure(self, gone: Mask, propagation: float = 0.0) -> Floats:
        """Return the exposure of each node, see ``exposure``."""
        if not 0 <= propagation < 1:
            raise UsageError(f"propagation lies from 0 to below 1, not at {propagation:g}")
        # Sorted by receiver, a row holds what each node receives.
        receiver, giver = sorted_pairs(self.target, self.source)
        weight = np.where(gone[receiver], 0.0, 1.0 / np.maximum(self.takes[receiver], 1))
        walks = _compressed.matrix(self.n, receiver, giver, weight)
        direct = np.asarray(walks @ gone.astype(np.float64))
        found, last = direct.copy(), direct
        # What is left after k steps is at most a^k over 1 - a of the last one; most walks end before.
        while propagation and last.max(initial=0.0) * propagation / (1 - propagation) > REST:
            last = propagation * np.asarray(walks @ last)
            found += last
        return found

    def mean_exposure(self, gone: Mask, propagation: float) -> float:
        """Return the mean exposure of the enterprises that stay and received something."""
        values = self.exposure(gone, propagation)[self._enterprises(gone)]
        return float(values.mean()) if values.size else NAN


def removed(network: ValueNetwork, names: Iterable[Hashable]) -> Mask:
    """Mark some organisations; refuse those that are not in the network.

    Examples
    --------
    >>> removed(ValueNetwork.from_edges([("a", "b")]), ["b"]).tolist()
    [False, True]
    """
    wanted = list(dict.fromkeys(names))
    found = network.nodes.get_indexer(pd.Index(wanted, dtype=object, tupleize_cols=False))
    for name, at in zip(wanted, found, strict=True):
        if at < 0:
            raise UsageError(Note("note.not_in_network", name=str(name)))
    mask = np.zeros(network.n_nodes, np.bool_)
    mask[found] = True
    return mask


def exposure(network: ValueNetwork, gone: Iterable[Hashable], *, propagation: float = 0.0) -> pd.Series:
    """Share of what each organisation receives that comes from some others, directly or upstream.

    x = (I - aP)^-1 P 1_B: P_ij is the share of i's input edges that come from j, rows of the removed set B
    are zero. With a = 0 it is the share of i's own input edges that come from B. With a near 1 it is the
    probability that a walk upstream, each time to a giver drawn at random, meets B.

    Parameters
    ----------
    network
        Any value network; self-loops do not count.
    gone
        Organisations that are removed (B).
    propagation
        a, from 0 to below 1.

    Returns
    -------
    Series
        From 0 to 1, by node id, named ``exposure``; 0 for the removed and for those who receive nothing,
        as the formula has it. It says which relations are recorded, not who depends on whom.

    References
    ----------
    Katz 1953 (sum over walks); Kemeny, Snell 1960 (absorbing chains).

    Examples
    --------
    >>> chain = ValueNetwork.from_edges([("b", "i"), ("i", "j"), ("k", "j")])
    >>> exposure(chain, ["b"]).to_dict()
    {'b': 0.0, 'i': 1.0, 'j': 0.0, 'k': 0.0}
    >>> exposure(chain, ["b"], propagation=0.8).to_dict()
    {'b': 0.0, 'i': 1.0, 'j': 0.4, 'k': 0.0}
    """
    values = Removal(network).exposure(removed(network, gone), propagation)
    return pd.Series(values, index=network.nodes, name="exposure")


def efficiency(network: ValueNetwork, sources: int | None = None, *, seed: int = 0) -> Efficiency:
    """Measure reachable pairs and global efficiency, exactly or from some nodes drawn at random.

    Parameters
    ----------
    network
        Any value network; along edge direction.
    sources
        Nodes to search from, at least 3; by default all of them up to 200,000 nodes, beyond 1,024.
    seed
        Of the draw.

    Returns
    -------
    Efficiency
        The interval of an estimate is Student's t with the correction for a finite number of nodes.

    References
    ----------
    Latora, Marchiori 2001; Cochran 1977, section 2.

    Examples
    --------
    >>> found = efficiency(ValueNetwork.from_edges([(0, 1), (1, 2)]))
    >>> found.reachable_pairs, found.global_efficiency  # 2.5 over 6 ordered pairs
    (3.0, 0.4166666666666667)
    """
    n = network.n_nodes
    if sources is None and n > EXACT_UP_TO:
        sources = SOURCES
    if n < 2:
        return Efficiency(0.0, NAN, NAN, NAN, n)
    if sources is None or sources >= n:
        pairs = _kernels.distances(n, *network.pairs).histogram.tolist()
        value = math.fsum(count / d for d, count in enumerate(pairs) if d) / (n * (n - 1))
        return Efficiency(float(sum(pairs)), value, value, value, n)
    if sources < 3:
        raise ValueError(f"an interval needs at least 3 sources, not {sources}")
    chosen = np.random.default_rng(seed).permutation(n)[:sources]
    reached, inverse = _seen(network, chosen)
    mean = float(inverse.mean()) / (n - 1)
    from scipy.special import stdtrit

    error = float(inverse.std(ddof=1)) / (n - 1) * math.sqrt((1 - sources / n) / sources)
    half = float(stdtrit(sources - 1, 0.975)) * error
    return Efficiency(float(reached.mean()) * n, mean, max(0.0, mean - half), mean + half, sources)


def _seen(network: ValueNetwork, chosen: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Count what each of some nodes reaches, and add up 1/distance to it."""
    found = _kernels.from_sources(network.n_nodes, *network.pairs, chosen)
    inverse = np.r_[0.0, np.cumsum(1 / np.arange(1, found.length.max(initial=0) + 1))][found.length]
    steps = np.arange(found.found.shape[1])
    for length in np.unique(found.length):
        mine = np.flatnonzero((found.length == length) & (found.search >= 0))
        weight = np.where(steps > 0, 1 / np.maximum(steps + length, 1), 0.0)
        inverse[mine] += found.found[found.search[mine]] @ weight
    np.subtract.at(inverse, found.back[0], 1 / found.back[1])
    return found.reached.astype(np.float64), inverse


def matched_sets(
    network: ValueNetwork, gone: Mask, sets: int, *, seed: int = 0, alike: int = ALIKE
) -> NDArray[np.int64]:
    """Draw random sets of organisations like a given one in role and degree.

    For each removed organisation one is drawn among the ``alike`` of its role with the nearest degree (ratio
    of edges), itself included, without taking any twice in a set. Of the largest hubs there are no others as
    large, so matched sets touch somewhat fewer edges; compare ``edges`` to see how many.

    Returns
    -------
    array
        Node positions, one set in each row; set number k depends on the seed and k alone.

    Examples
    --------
    >>> ring = ValueNetwork.from_edges([(k, (k + 1) % 9) for k in range(9)])
    >>> matched_sets(ring, removed(ring, [0, 4]), 5).shape
    (5, 2)
    """
    degree = Removal(network).touched
    role = np.zeros(network.n_nodes, np.int64) if network.sample is None else network.sample.astype(np.int64)
    members = np.flatnonzero(gone)
    choices = []
    for member in members:
        group = np.flatnonzero(role == role[member])
        off = np.abs(np.log1p(degree[group]) - np.log1p(degree[member]))
        # As many as are drawn from this role at most, so that one is always left.
        number = max(alike, int((role[members] == role[member]).sum()))
        choices.append(group[np.argsort(off, kind="stable")[:number]])
    result = np.empty((sets, members.size), np.int64)
    for k in range(sets):
        random = np.random.default_rng([seed, k])
        taken: set[int] = set()
        for column in random.permutation(members.size):
            free = [node for node in choices[column].tolist() if node not in taken]
            drawn = free[int(random.integers(len(free)))]
            taken.add(drawn)
            result[k, column] = drawn
    return result


def attack_curve(network: ValueNetwork, order: ArrayLike) -> AttackCurve:
    """Remove nodes one after the other and follow the largest weak component.

    Parameters
    ----------
    network
        Any value network; direction does not matter.
    order
        Positions of all nodes in the order of their removal.

    Returns
    -------
    AttackCurve
        R is between 1/N - 1/N^2, where the first removal leaves single nodes, and (1 - 1/N)/2, where
        nothing but the removed is ever lost; NaN without nodes.

    References
    ----------
    Schneider, Moreira, Andrade, Havlin, Herrmann 2011.

    Examples
    --------
    >>> star = ValueNetwork.from_edges([("hub", leaf) for leaf in "abcde"])
    >>> round(attack_curve(star, range(6)).robustness, 6)
    0.138889
    >>> round(attack_curve(star, [5, 4, 3, 2, 1, 0]).robustness, 6)
    0.416667
    """
    nodes = np.asarray(order, np.int64)
    n = network.n_nodes
    if not np.array_equal(np.sort(nodes), np.arange(n)):
        raise ValueError("the order must name the position of each node once")
    low, high = network.links
    owner, other = sorted_pairs(np.r_[low, high], np.r_[high, low])
    starts = _compressed.row_starts(n, owner).tolist()
    others, root, size = other.tolist(), list(range(n)), [0] * n
    largest = [0] * (n + 1)

    def top(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    # Backwards: nodes come back one by one, and components only join.
    for left, node in enumerate(reversed(nodes.tolist()), start=1):
        size[node], at = 1, node
        for neighbour in others[starts[node] : starts[node + 1]]:
            if size[neighbour] and (end := top(neighbour)) != at:
                big, small = (end, at) if size[end] > size[at] else (at, end)
                root[small] = big
                size[big] += size[small]
                at = big
        largest[n - left] = max(largest[n - left + 1], size[at])
    curve = np.array(largest, np.int64)
    return AttackCurve(curve, float(curve[1:].sum() / n / n) if n else NAN)


def attack_order(values: Any) -> NDArray[np.int64]:
    """Return positions by falling value, equal ones in node order.

    Examples
    --------
    >>> attack_order([1, 3, 3]).tolist()
    [1, 2, 0]
    """
    return np.argsort(-np.asarray(values, dtype=np.float64), kind="stable").astype(np.int64)


def substitutes(supplies: pd.DataFrame, gone: Sequence[Hashable]) -> pd.DataFrame:
    """Count other suppliers of the same class to the same organisation.

    Parameters
    ----------
    supplies
        ``node`` that receives, ``class`` (for example a technology) and ``supplier``; doubles count once.
    gone
        Suppliers that are removed; what they receive themselves is left out.

    Returns
    -------
    DataFrame
        One row per ``node`` and ``class`` with a supplier: ``suppliers``, ``lost`` (removed ones among them)
        and ``others``. Recorded ones only: others may exist, and may not be able to deliver.

    Examples
    --------
    >>> rows = [("i", "5G", "b"), ("i", "5G", "c"), ("i", "AI", "b")]
    >>> substitutes(pd.DataFrame(rows, columns=["node", "class", "supplier"]), ["b"]).values.tolist()
    [['i', '5G', 2, 1, 1], ['i', 'AI', 1, 1, 0]]
    """
    rows = supplies[["node", "class", "supplier"]].drop_duplicates()
    rows = rows[~rows["node"].isin(list(gone)) & (rows["node"] != rows["supplier"])]
    rows = rows.assign(lost=rows["supplier"].isin(list(gone)))
    found = (
        rows.groupby(["node", "class"], sort=False, observed=True)["lost"].agg(["size", "sum"]).reset_index()
    )
    found = found.rename(columns={"size": "suppliers", "sum": "lost"})
    found["others"] = found["suppliers"] - found["lost"]
    return found
