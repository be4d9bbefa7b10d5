"""Who is joined with whom: E-I index, mixing matrix, assortativity by attribute and by degree.

Ties are the edges of the network between two different nodes, as it counts edges; of an
attribute only those count whose ends both have a label. ``directed=False`` looks at distinct
unordered pairs instead (a mutual pair is one tie) and counts each in both directions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from clusters.measures import _labels
from clusters.measures._labels import Labels
from clusters.networks import ValueNetwork

Weighted = Literal[False, "relations", "weight"]
Side = Literal["in", "out"]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class EIIndex:
    """Ties between groups against ties within them."""

    index: float
    external: float
    """Ties between different groups."""
    internal: float
    """Ties within a group."""
    expected: float
    """Mean index of labels dealt anew; NaN where none were."""
    sd: float
    z: float
    p: float
    """Two-sided, from 1/(1 + permutations) to 1."""
    permutations: int


@dataclass(frozen=True, slots=True)
class Assortativity:
    """How much alike the two ends of a tie are."""

    coefficient: float
    standard_error: float
    """By leaving out one tie after the other."""
    ties: float


def ei_index(
    network: ValueNetwork,
    labels: Labels,
    *,
    weighted: Weighted = False,
    directed: bool = True,
    permutations: int = 0,
    seed: int = 0,
    within: ArrayLike | None = None,
) -> EIIndex:
    """E-I index of a partition: (EL - IL)/(EL + IL), ties between groups less ties within (H7).

    Parameters
    ----------
    network
        Any value network.
    labels
        Group of each node, by node id or in node order. Ties of nodes without one do not count.
    weighted
        Add up ``"relations"`` behind the ties or the table's ``"weight"`` instead of counting ties.
    directed
        Count edges; else distinct unordered pairs, unweighted.
    permutations, seed
        How often labels are dealt anew among the nodes that have one, and the seed.
    within
        Group of each node, such as its role, within which labels are dealt.

    Returns
    -------
    EIIndex
        From -1 (all ties within groups) to 1 (none); NaN without a tie that counts.

    References
    ----------
    Krackhardt, Stern 1988.

    Examples
    --------
    >>> network = ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")])
    >>> ei_index(network, {"a": 0, "b": 0, "c": 0, "d": 1}).index
    -0.5
    """
    if permutations < 0:
        raise ValueError(f"permutations must be at least 0, not {permutations}")
    codes, _ = _labels.coded(network, labels)
    source, target, weight = _ties(network, weighted, directed)
    known = (codes[source] >= 0) & (codes[target] >= 0)
    source, target, weight = source[known], target[known], weight[known]
    total = float(weight.sum())

    def inside(group: Ints) -> float:
        return float(weight[group[source] == group[target]].sum())

    internal = inside(codes)
    index = ei_from_share(internal / total) if total else NAN
    dealt = [
        ei_from_share(inside(group) / total) if total else NAN
        for group in _labels.deals(codes, permutations, seed, within)
    ]
    found = _labels.compared(index, dealt)
    return EIIndex(
        index, total - internal, internal, found.expected, found.sd, found.z, found.p, permutations
    )


def ei_from_share(internal: float) -> float:
    """E-I index of a known internal share f, for example from printed flows: 1 - 2f.

    References
    ----------
    Krackhardt, Stern 1988; Nankai report 2023, Table 8 (intra-province share 24.79 to 36.47 %).

    Examples
    --------
    >>> round(ei_from_share(0.3647), 2), round(ei_from_share(0.2479), 2)
    (0.27, 0.5)
    """
    if not np.isnan(internal) and not 0 <= internal <= 1:
        raise ValueError(f"a share lies between 0 and 1, not {internal}")
    return 1 - 2 * internal


def ei_of_flows(matrix: pd.DataFrame) -> float:
    """E-I index of a flow matrix: flows between places less flows within, over both.

    Parameters
    ----------
    matrix
        Square; counts or shares. Shares that do not add up to 1, as of a partly printed table, are
        taken as a whole of their own; ``ei_from_share`` of the bounds says what that leaves open.

    Returns
    -------
    float
        From -1 to 1; NaN without flows.

    References
    ----------
    Krackhardt, Stern 1988.

    Examples
    --------
    >>> ei_of_flows(pd.DataFrame([[2, 1], [1, 0]]))
    0.0
    """
    cells = _square(matrix)
    total = float(cells.sum())
    return ei_from_share(float(np.trace(cells)) / total) if total else NAN


def mixing_matrix(
    network: ValueNetwork,
    labels: Labels,
    *,
    weighted: Weighted = False,
    directed: bool = True,
    shares: bool = True,
) -> pd.DataFrame:
    """Shares e_ab of the ties that run from group a to group b (H8).

    Parameters
    ----------
    network, labels, weighted
        As in ``ei_index``.
    directed
        ``False`` counts each unordered pair half in either direction, so the matrix is symmetric.
    shares
        ``False`` gives the sums themselves.

    Returns
    -------
    DataFrame
        Square; index ``origin``, columns ``destination``, labels in order. Shares sum to 1 and
        are NaN without ties.

    References
    ----------
    Newman 2003, section II.

    Examples
    --------
    >>> network = ValueNetwork.from_edges([("a", "b"), ("a", "c"), ("b", "c"), ("c", "a")])
    >>> mixing_matrix(network, {"a": "x", "b": "x", "c": "y"}).to_numpy().tolist()
    [[0.25, 0.5], [0.25, 0.0]]
    """
    codes, names = _labels.coded(network, labels)
    cells = _cells(network, codes, len(names), weighted, directed)
    if not directed:
        cells = (cells + cells.T) / 2
    total = cells.sum()
    if shares:
        cells = cells / total if total else np.full(cells.shape, NAN)
    return pd.DataFrame(cells, index=names.rename("origin"), columns=names.rename("destination"))


def attribute_assortativity(
    network: ValueNetwork, labels: Labels, *, weighted: Weighted = False, directed: bool = True
) -> Assortativity:
    """How much oftener than by chance ties stay within groups: r of the mixing matrix (H8).

    r = (sum_a e_aa - sum_a a_a b_a) / (1 - sum_a a_a b_a), with a and b the row and column sums of
    ``mixing_matrix``.

    Returns
    -------
    Assortativity
        At most 1, which all ties within groups give; 0 where rows and columns are independent.
        The standard error is the root of the sum over ties of (r without the tie - r)^2. NaN
        without ties, or where all of them begin and end in one group.

    References
    ----------
    Newman 2003, equations 2 and 5.

    Examples
    --------
    >>> network = ValueNetwork.from_edges([("a", "b"), ("b", "a"), ("c", "d"), ("d", "a")])
    >>> found = attribute_assortativity(network, {"a": 0, "b": 0, "c": 1, "d": 1})
    >>> round(found.coefficient, 4)
    0.5
    """
    codes, names = _labels.coded(network, labels)
    cells = _cells(network, codes, len(names), weighted, directed)
    both = cells if directed else cells + cells.T
    value = _coefficient(both)
    if weighted and not np.isnan(value):
        source, target, weight = _ties(network, weighted, directed)
        known = (codes[source] >= 0) & (codes[target] >= 0)
        at = pd.DataFrame({"a": codes[source[known]], "b": codes[target[known]], "w": weight[known]})
        count = at.groupby(["a", "b", "w"], sort=True).size().reset_index(name="n")
        rows = [tuple(row) for row in count.to_numpy()]
    else:
        rows = [(a, b, 1.0, cells[a, b]) for a, b in zip(*np.nonzero(cells), strict=True)]
    # Ties of one cell are alike, so there is one value to find for all of them.
    squares = 0.0
    for a, b, weight_one, often in rows:
        less = both.copy()
        less[int(a), int(b)] -= weight_one
        if not directed:
            less[int(b), int(a)] -= weight_one
        squares += often * (_coefficient(less) - value) ** 2
    return Assortativity(value, float(np.sqrt(squares)) if rows else NAN, float(cells.sum()))


def matrix_assortativity(matrix: pd.DataFrame) -> float:
    """Assortativity of a mixing or flow matrix alone; see ``attribute_assortativity`` (H8).

    Parameters
    ----------
    matrix
        Square; counts or shares of ties from group to group.

    Returns
    -------
    float
        At most 1; NaN for an empty matrix, or where all ties begin and end in one group.

    References
    ----------
    Newman 2003, equation 2 and Table I (couples by race: 0.621).

    Examples
    --------
    >>> round(matrix_assortativity(pd.DataFrame([[2, 0], [1, 1]])), 4)
    0.5
    """
    return _coefficient(_square(matrix))


def degree_assortativity(network: ValueNetwork, source: Side = "out", target: Side = "in") -> Assortativity:
    """Correlation over edges of a degree of the giver and a degree of the receiver (H8).

    Parameters
    ----------
    network
        Any value network; distinct ordered pairs without self-loops count.
    source, target
        Which degree of the node where the edge begins, and of the one where it ends. The four
        combinations are the four directed assortativities; ``"out"``, ``"in"`` is Newman's.

    Returns
    -------
    Assortativity
        Pearson's correlation, -1 to 1, with its jackknife error over edges (the degrees of the
        whole network are kept). NaN where one of the degrees does not vary.

    References
    ----------
    Newman 2003, equations 25 and 27; Foster, Foster, Grassberger, Paczuski 2010.

    Examples
    --------
    >>> star = ValueNetwork.from_edges([("a", "b"), ("a", "c"), ("b", "c")])
    >>> round(degree_assortativity(star, "out", "in").coefficient, 4)
    -0.5
    """
    ends = network.pairs
    n = network.n_nodes
    degrees = {"out": np.bincount(ends[0], minlength=n), "in": np.bincount(ends[1], minlength=n)}
    for side in (source, target):
        if side not in degrees:
            raise ValueError(f"a degree is 'in' or 'out', not {side!r}")
    x, y = degrees[source][ends[0]].astype(np.float64), degrees[target][ends[1]].astype(np.float64)
    return _correlation(x, y)


def undirected_degree_assortativity(network: ValueNetwork) -> Assortativity:
    """Correlation of the degrees at both ends of links, direction ignored (H8).

    Degrees are numbers of neighbours; each link counts in both directions, and both are left out
    together for the standard error. See ``degree_assortativity``.

    References
    ----------
    Newman 2002; igraph ``assortativity_degree(directed=False)``.

    Examples
    --------
    >>> star = ValueNetwork.from_edges([("a", "b"), ("a", "c"), ("d", "a")])
    >>> undirected_degree_assortativity(star).coefficient
    -1.0
    """
    low, high = network.links
    degree = np.bincount(np.r_[low, high], minlength=network.n_nodes).astype(np.float64)
    return _correlation(degree[low], degree[high], symmetric=True)


def _ties(network: ValueNetwork, weighted: Weighted, directed: bool) -> tuple[Ints, Ints, Floats]:
    if weighted not in (False, "relations", "weight"):
        raise ValueError(f"weighted must be False, 'relations' or 'weight', not {weighted!r}")
    if not directed:
        if weighted:
            raise ValueError("unordered pairs are counted, not weighted; leave one of the two out")
        low, high = network.links
        return low.astype(np.int64), high.astype(np.int64), np.ones(low.size)
    keep = network.sources != network.targets
    weights = {"relations": network.relations, "weight": network.weights}
    weight = weights[weighted][keep].astype(np.float64) if weighted else np.ones(int(keep.sum()))
    return network.sources[keep].astype(np.int64), network.targets[keep].astype(np.int64), weight


def _cells(network: ValueNetwork, codes: Ints, n: int, weighted: Weighted, directed: bool) -> Floats:
    source, target, weight = _ties(network, weighted, directed)
    known = (codes[source] >= 0) & (codes[target] >= 0)
    cell = codes[source[known]] * n + codes[target[known]]
    sums: Floats = np.bincount(cell, weight[known], minlength=n * n).astype(np.float64)
    return sums.reshape(n, n)


def _square(matrix: pd.DataFrame) -> Floats:
    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"a mixing matrix is square, not {matrix.shape[0]} x {matrix.shape[1]}")
    return np.asarray(matrix.to_numpy(dtype=np.float64))


def _coefficient(cells: Floats) -> float:
    total = cells.sum()
    if total <= 0:
        return NAN
    shares = cells / total
    chance = float(shares.sum(axis=1) @ shares.sum(axis=0))
    return (float(np.trace(shares)) - chance) / (1 - chance) if chance < 1 - 1e-15 else NAN


def _correlation(x: Floats, y: Floats, *, symmetric: bool = False) -> Assortativity:
    """Correlation with its jackknife error: each term in turn is taken off the sums."""
    if x.size < 2:
        return Assortativity(NAN, NAN, float(x.size))
    middle = (float(x.mean()) + float(y.mean())) / 2  # near zero the sums lose no digits
    x, y = x - middle, y - middle
    terms = np.array([np.ones(x.size), x, y, x * x, y * y, x * y])
    if symmetric:
        terms += terms[[0, 2, 1, 4, 3, 5]]  # the same pair the other way round
    sums = terms.sum(axis=1)
    value = float(_pearson(sums[:, None])[0])
    without = _pearson(sums[:, None] - terms)
    error = float(np.sqrt(np.square(without - value).sum()))
    return Assortativity(value, error, float(x.size))


def _pearson(sums: Floats) -> Floats:
    count, x, y, xx, yy, xy = sums
    count = np.where(count > 0, count, NAN)
    spread = (xx / count - (x / count) ** 2) * (yy / count - (y / count) ** 2)
    positive = spread > 1e-18 * np.maximum((xx / count) * (yy / count), 1e-300)
    result: Floats = (xy / count - x * y / count**2) / np.sqrt(np.where(positive, spread, NAN))
    return result
