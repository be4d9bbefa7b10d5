"""Structural holes and brokerage: who stands between others that are not joined themselves.

Burt's measures look at the neighbours of a node in either direction; p_ij is the share of i's
ties that are with j, a tie counting ``a_ij + a_ji``. The roles of Gould and Fernandez follow
direction: j is the broker of an open two-path i -> j -> k, i and k different and without an edge
i -> k. Self-loops and parallel edges do not count, save as weights.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from clusters.measures import _labels, _triples
from clusters.measures._labels import Labels
from clusters.networks import ValueNetwork

Weighted = Literal[False, "relations", "weight"]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NAN = float("nan")
ROLES = ("coordinator", "representative", "gatekeeper", "itinerant", "liaison")
DENSE = 1 << 25
"""Nodes times groups up to which neighbours are counted in a table of both."""
_ORDERS = ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))


def structural_holes(
    network: ValueNetwork, *, weighted: Weighted = False, directed: bool = True
) -> pd.DataFrame:
    """Burt's constraint, effective size and efficiency of every node (结构洞, H10).

    Constraint: sum over neighbours j of (p_ij + sum_q p_iq p_qj)^2. Effective size: sum over
    neighbours j of 1 - sum_q p_iq m_jq, with m_jq the tie of j and q over the strongest tie of j;
    of an undirected network it is n - 2t/n with t ties among n neighbours. Efficiency: effective
    size over the number of neighbours.

    Parameters
    ----------
    network
        Any value network.
    weighted
        What ``a_ij`` is: 1 for an edge, the ``"relations"`` behind it, or the table's ``"weight"``.
    directed
        A mutual pair is twice as strong as a one-way one; ``False`` makes them equal (unweighted).

    Returns
    -------
    DataFrame
        ``neighbours``, ``constraint``, ``effective_size``, ``efficiency`` by node id. Constraint is
        above 0, 1 with a single neighbour and 1.125 in a triangle, near 0 for a hub of strangers;
        effective size is above 0 and at most the number of neighbours, efficiency at most 1. NaN
        without neighbours.

    References
    ----------
    Burt 1992, chapter 2; networkx ``constraint`` and ``effective_size`` with named nodes.

    Examples
    --------
    >>> path = ValueNetwork.from_edges([("a", "b"), ("b", "c")])
    >>> structural_holes(path).loc["b"].to_list()
    [2.0, 0.5, 2.0, 1.0]
    """
    low, high, tie = _ties(network, weighted, directed)
    n = network.n_nodes
    strength = np.bincount(low, tie, minlength=n) + np.bincount(high, tie, minlength=n)
    count = np.bincount(low, minlength=n) + np.bincount(high, minlength=n)
    strongest = np.zeros(n)
    np.maximum.at(strongest, low, tie)
    np.maximum.at(strongest, high, tie)
    # Two-step shares, apart for both directions of a link: from its low end, from its high end.
    indirect, redundant = np.zeros((2, tie.size)), np.zeros(n)
    for nodes, links in _triples.triangles(n, low, high):
        for i, q, j in _ORDERS:
            # The links are those of nodes 0 1, 0 2 and 1 2.
            iq, qj, ij = tie[links[i + q - 1]], tie[links[q + j - 1]], links[i + j - 1]
            share = iq / strength[nodes[i]]
            at = (nodes[i] != low[ij]) * tie.size + ij
            indirect += np.bincount(at, share * qj / strength[nodes[q]], minlength=2 * tie.size).reshape(
                2, -1
            )
            redundant += np.bincount(nodes[i], share * qj / strongest[nodes[j]], minlength=n)
    constraint = np.zeros(n)
    for side, end in enumerate((low, high)):
        constraint += np.bincount(end, (tie / strength[end] + indirect[side]) ** 2, minlength=n)
    joined = count > 0
    size = np.where(joined, count - redundant, NAN)
    return pd.DataFrame(
        {
            "neighbours": count.astype(np.int64),
            "constraint": np.where(joined, constraint, NAN),
            "effective_size": size,
            "efficiency": np.divide(size, count, out=np.full(n, NAN), where=joined),
        },
        index=network.nodes,
    )


def brokerage(network: ValueNetwork, groups: Labels) -> pd.DataFrame:
    """Open two-paths through every node by the groups of their three members (中介角色, H10).

    Roles of j in i -> j -> k, with groups such as provinces: *coordinator* all in one group;
    *representative* i and j in one, giving out of it; *gatekeeper* j and k in one, taking into it;
    *itinerant* i and k in one, j in another; *liaison* all in different groups.

    Parameters
    ----------
    network
        Any value network; distinct ordered pairs count.
    groups
        Group of each node, by node id or in node order. Two-paths with a member without a group
        are left out.

    Returns
    -------
    DataFrame
        The five counts and their sum ``open_paths``, whole numbers from 0, by node id.

    References
    ----------
    Gould, Fernandez 1989; R sna ``brokerage`` (w_I, b_IO, b_OI, w_O, b_O in this order).

    Examples
    --------
    >>> chain = ValueNetwork.from_edges([("a", "b"), ("b", "c")])
    >>> brokerage(chain, {"a": "x", "b": "x", "c": "y"}).loc["b"].to_list()
    [0, 1, 0, 0, 0, 1]
    """
    codes, names = _labels.coded(network, groups)
    return _frame(_Paths(network, codes).roles(codes, len(names)), network.nodes)


def brokerage_by_group(
    network: ValueNetwork,
    groups: Labels,
    *,
    permutations: int = 0,
    seed: int = 0,
    within: ArrayLike | None = None,
) -> pd.DataFrame:
    """Roles of the members of each group, and of all, beside those of groups dealt anew (H10).

    Parameters
    ----------
    network, groups
        As in ``brokerage``.
    permutations, seed
        How often groups are dealt anew among the nodes that have one, and the seed.
    within
        Class of each node, such as its role, within which groups are dealt.

    Returns
    -------
    DataFrame
        One row per group and role, then those of all nodes with group ``None``: ``group``,
        ``broker_role``, ``paths``, ``expected``, ``z`` and ``p`` (two-sided). NaN for the last
        three without permutations, z also where all deals agree.

    References
    ----------
    Gould, Fernandez 1989.

    Examples
    --------
    >>> chain = ValueNetwork.from_edges([("a", "b"), ("b", "c")])
    >>> found = brokerage_by_group(chain, {"a": "x", "b": "x", "c": "y"})
    >>> found.query("paths > 0")[["group", "broker_role", "paths"]].values.tolist()
    [['x', 'representative', 1], [None, 'representative', 1]]
    """
    codes, names = _labels.coded(network, groups)
    paths, size = _Paths(network, codes), len(names)

    def sums(dealt: Ints) -> Ints:
        roles = paths.roles(dealt, size)
        by_group = np.zeros((size + 1, len(ROLES)), np.int64)
        known = dealt >= 0
        np.add.at(by_group, dealt[known], roles[known])
        by_group[size] = by_group[:size].sum(axis=0)
        return by_group

    observed = sums(codes)
    dealt = [sums(other) for other in _labels.deals(codes, permutations, seed, within)]
    rows: list[tuple[Any, ...]] = []
    for at, group in enumerate([*names, None]):
        for column, role in enumerate(ROLES):
            value = int(observed[at, column])
            found = _labels.compared(value, [other[at, column] for other in dealt])
            rows.append((group, role, value, found.expected, found.z, found.p))
    table = pd.DataFrame(rows, columns=["group", "broker_role", "paths", "expected", "z", "p"])
    table["group"] = table["group"].astype(object).where(table["group"].notna(), None)
    return table


def expected_roles(groups: ArrayLike) -> pd.Series:
    """Probability of each role for three different nodes whose groups are dealt at random.

    Times the open two-paths this is the mean over all deals of groups, ``within`` none.

    Returns
    -------
    Series
        Five shares that sum to 1, by role; NaN with fewer than three nodes that have a group.

    Examples
    --------
    >>> expected_roles(["x", "x", "y"]).round(4).to_list()
    [0.0, 0.3333, 0.3333, 0.3333, 0.0]
    """
    sizes = pd.Series(np.asarray(groups, dtype=object)).value_counts().to_numpy(dtype=np.float64)
    n = sizes.sum()
    if n < 3:
        return pd.Series([NAN] * len(ROLES), index=list(ROLES))
    triples = n * (n - 1) * (n - 2)
    same = float((sizes * (sizes - 1) * (sizes - 2)).sum() / triples)
    pair = float((sizes * (sizes - 1) * (n - sizes)).sum() / triples)
    return pd.Series([same, pair, pair, pair, 1 - same - 3 * pair], index=list(ROLES))


class _Paths:
    """The open two-paths among nodes that have a group, ready to be sorted by group again and again."""

    def __init__(self, network: ValueNetwork, codes: Ints) -> None:
        source, target = (end.astype(np.int64) for end in network.pairs)
        known = (codes[source] >= 0) & (codes[target] >= 0)
        self.n = network.n_nodes
        self.source, self.target = source[known], target[known]
        self.key = self.source * self.n + self.target
        self.mutual = self._has(self.target, self.source)
        low, high = np.minimum(self.source, self.target), np.maximum(self.source, self.target)
        once = ~self.mutual | (self.source < self.target)
        parts = []
        for nodes, _ in _triples.triangles(self.n, low[once], high[once]):
            for i, j, k in _ORDERS:
                a, b, c = nodes[i], nodes[j], nodes[k]
                closed = self._has(a, b) & self._has(b, c) & self._has(a, c)
                parts.append(np.array([a[closed], b[closed], c[closed]]))
        self.closed = np.concatenate(parts, axis=1) if parts else np.zeros((3, 0), np.int64)

    def _has(self, source: Ints, target: Ints) -> NDArray[np.bool_]:
        if not self.key.size:
            return np.zeros(source.size, bool)
        wanted = source * self.n + target
        at = np.minimum(np.searchsorted(self.key, wanted), self.key.size - 1)
        found: NDArray[np.bool_] = self.key[at] == wanted
        return found

    def roles(self, codes: Ints, groups: int) -> Ints:
        """Count all two-paths by broker and role, less those there and back, less closed ones."""
        given, taken = (np.bincount(end, minlength=self.n) for end in (self.source, self.target))
        own_in, own_out, both = self._same(codes, groups)
        outer_in, outer_out = taken - own_in, given - own_out
        result = np.zeros((self.n, len(ROLES)), np.int64)
        result[:, 0] = own_in * own_out
        result[:, 1] = own_in * outer_out
        result[:, 2] = outer_in * own_out
        result[:, 3] = both - own_in * own_out
        result[:, 4] = outer_in * outer_out - result[:, 3]
        there, back = self.source[self.mutual], self.target[self.mutual]
        role = np.where(codes[there] == codes[back], 0, 3)
        self._less(result, back, role)
        a, b, c = self.closed
        self._less(result, b, _role(codes[a], codes[b], codes[c]))
        return result

    def _same(self, codes: Ints, groups: int) -> tuple[Ints, Ints, Ints]:
        """Return edges from and to each node's own group, and pairs of giver and receiver of one group."""
        inner = codes[self.source] == codes[self.target]
        own_in = np.bincount(self.target[inner], minlength=self.n)
        own_out = np.bincount(self.source[inner], minlength=self.n)
        if self.n * groups <= DENSE:
            size = self.n * groups
            come = np.bincount(self.target * groups + codes[self.source], minlength=size)
            go = np.bincount(self.source * groups + codes[self.target], minlength=size)
            return own_in, own_out, (come * go).reshape(self.n, groups).sum(axis=1)
        come_at, come = np.unique(self.target * groups + codes[self.source], return_counts=True)
        go_at, go = np.unique(self.source * groups + codes[self.target], return_counts=True)
        cells, one, two = np.intersect1d(come_at, go_at, assume_unique=True, return_indices=True)
        both = np.zeros(self.n, np.int64)
        np.add.at(both, cells // groups, come[one] * go[two])
        return own_in, own_out, both

    @staticmethod
    def _less(result: Ints, node: Ints, role: Ints) -> None:
        cells = np.bincount(node * len(ROLES) + role, minlength=result.size)
        result -= cells.reshape(result.shape)


def _role(giver: Ints, broker: Ints, receiver: Ints) -> Ints:
    one, two, ends = giver == broker, broker == receiver, giver == receiver
    return np.select([one & two, one, two, ends], [0, 1, 2, 3], 4).astype(np.int64)


def _frame(roles: Ints, nodes: pd.Index) -> pd.DataFrame:
    frame = pd.DataFrame(roles, index=nodes, columns=list(ROLES))
    return frame.assign(open_paths=roles.sum(axis=1))


def _ties(network: ValueNetwork, weighted: Weighted, directed: bool) -> tuple[Ints, Ints, Floats]:
    """Return unordered pairs and the strength of each tie, both directions added up."""
    if weighted not in (False, "relations", "weight"):
        raise ValueError(f"weighted must be False, 'relations' or 'weight', not {weighted!r}")
    if weighted and not directed:
        raise ValueError("the strength of a tie adds up both directions; leave one of the two out")
    low, high = (end.astype(np.int64) for end in network.links)
    if not weighted:
        if not directed:
            return low, high, np.ones(low.size)
        source, target = network.pairs
        weight = np.ones(source.size)
    else:
        keep = network.sources != network.targets
        source, target = network.sources[keep], network.targets[keep]
        weight = (network.relations if weighted == "relations" else network.weights)[keep].astype(np.float64)
    one, two = np.minimum(source, target).astype(np.int64), np.maximum(source, target)
    at = np.searchsorted(low * network.n_nodes + high, one * network.n_nodes + two)
    return low, high, np.bincount(at, weight, minlength=low.size).astype(np.float64)
