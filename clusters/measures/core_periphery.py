"""How far a network is one core with a periphery hanging on it.

The discrete model splits the nodes in two. Its ideal has every edge within the core, none within the
periphery, and between the two either every edge (``mixed="one"``) or no opinion
(``mixed="missing"``). The fit is the Pearson correlation of the pairs of the network with those of
the ideal. The continuous model gives each node a coreness c_i and expects c_i c_j of a pair.

Both are read off distinct pairs without self-loops, and no matrix of all pairs is ever made. Where
relations are collected around sample enterprises only, partners have no edges among themselves by
design: a part of any fit is that design.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.measures import _compressed, _extrapolation
from clusters.networks import ValueNetwork

Mixed = Literal["one", "missing"]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
NAN = float("nan")
FEW = 500
"""Nodes up to which the search begins at random cores too; beyond, at the order of degrees only."""
STARTS = 50
"""Random cores at which the search in a small network begins."""
BETTER = 1e-12
"""Least gain in correlation that counts."""


@dataclass(frozen=True, slots=True)
class CorePeriphery:
    """The best split found of one network into core and periphery."""

    correlation: float
    """Fit, from -1 to 1; NaN where no split has one (no pair is joined, or all are)."""
    core_nodes: int
    core_density: float
    """Edges over pairs within the core; NaN with one node."""
    mixed_density: float
    """Edges over pairs with one end in the core."""
    periphery_density: float
    core: pd.Series = field(repr=False)
    """Whether each node is in the core, by node id, named ``in_core``."""


@dataclass(frozen=True, slots=True)
class Coreness:
    """The continuous model of one network, direction ignored."""

    fit: float
    """Correlation of the pairs of the network with c_i c_j; NaN where either does not vary."""
    steps: int
    converged: bool
    """False where the coreness was still moving: a star has no best one, only an ever better fit."""
    coreness: pd.Series = field(repr=False)
    """From 0, by node id, named ``coreness``."""


@dataclass(frozen=True, slots=True)
class DirectedCoreness:
    """The continuous model of one network with a coreness for giving and one for receiving."""

    fit: float
    """Correlation of the ordered pairs with u_i v_j; NaN where either does not vary."""
    steps: int
    converged: bool
    out: pd.Series = field(repr=False)
    """Coreness as a giver (u), by node id, named ``out_coreness``."""
    into: pd.Series = field(repr=False)
    """Coreness as a receiver (v), by node id, named ``in_coreness``."""


def core_periphery(
    network: ValueNetwork,
    *,
    mixed: Mixed = "one",
    directed: bool = False,
    starts: int | None = None,
    seed: int = 0,
) -> CorePeriphery:
    """Split the nodes into core and periphery so that the correlation with the ideal is largest.

    Parameters
    ----------
    network
        Any value network.
    mixed
        What the ideal says of pairs with one end in the core: ``"one"`` an edge, ``"missing"`` nothing
        (such pairs are left out of the correlation).
    directed
        Correlate ordered pairs, of which the ideal treats both orders alike; else unordered ones.
    starts, seed
        Random cores at which the search begins (by default 50 up to 500 nodes, none beyond), and
        the seed they are drawn with. It always begins at the nodes of largest degree too.

    Returns
    -------
    CorePeriphery
        The best split found. Steps move one node in or out as long as that helps most, so the
        result is a local optimum: equal to that of an exhaustive search in all small networks
        tried, and not proved to be the best one in large ones. Of equal splits the one of the
        smaller core is taken.

    References
    ----------
    Borgatti, Everett 2000; Lip 2011 (the order of degrees, which holds a best core for the count
    of errors in the variant ``"missing"``, and serves as a start here).

    Examples
    --------
    >>> star = ValueNetwork.from_edges([("hub", leaf) for leaf in "abcde"])
    >>> found = core_periphery(star)
    >>> found.correlation, found.core[found.core].index.to_list()
    (1.0, ['hub'])
    """
    if mixed not in ("one", "missing"):
        raise ValueError(f"mixed {mixed!r} is not known; use one or missing")
    n = network.n_nodes
    pairs = _Pairs(n, *(network.pairs if directed else network.links), 2 if directed else 1, mixed)
    number = starts if starts is not None else STARTS if n <= FEW else 0
    best, fit = np.zeros(n, bool), NAN
    for start in _starts(pairs, number, seed):
        core, found = _climb(pairs, start)
        equal = found > fit - BETTER and core.sum() < best.sum()
        if np.isfinite(found) and (np.isnan(fit) or found > fit + BETTER or equal):
            best, fit = core, found
    return _described(network, pairs, best, fit)


def coreness(network: ValueNetwork, *, tolerance: float = 1e-10, most: int | None = None) -> Coreness:
    """Give each node a coreness c such that c_i c_j is nearest to the pairs of the network (MINRES).

    The sum over pairs of (A_ij - c_i c_j)^2, the diagonal left out, is least where
    c_i = sum_j A_ij c_j / sum_(j != i) c_j^2. Each step goes half the way there, as whole steps
    swing to and fro, and is extrapolated from the steps before (Anderson).

    Parameters
    ----------
    network
        Any value network; direction is ignored.
    tolerance
        The steps end when no coreness moves by more than this part of the largest one.
    most
        Most steps; by default 20,000, and fewer in networks of more than 100,000 edges, to 500.

    Returns
    -------
    Coreness
        Corenesses from 0. All are 0 and the fit is NaN without an edge.

    References
    ----------
    Borgatti, Everett 2000, section 4; Comrey 1962 (minimum residuals).

    Examples
    --------
    >>> found = coreness(ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]))
    >>> found.coreness.round(3).to_list(), round(found.fit, 3)
    ([0.785, 0.785, 1.409, 0.438], 0.774)
    """
    n = network.n_nodes
    low, high = network.links
    if not low.size:
        nothing = pd.Series(np.zeros(n), index=network.nodes, name="coreness")
        return Coreness(NAN, 0, True, nothing)
    matrix = _both_ways(n, low, high)

    def nearer(c: Floats) -> tuple[Floats, float]:
        squares, met = c * c, matrix @ c
        all_squares = float(squares.sum())
        residual = -2 * float(c @ met) + all_squares**2 - float(squares @ squares)
        return 0.5 * (c + met / _left(c)), residual

    start: Floats = np.sqrt(np.bincount(low, minlength=n) + np.bincount(high, minlength=n))
    start *= np.sqrt(2 * low.size) / (start @ start)
    c, step, converged = _extrapolation.fixed_point(nearer, start, tolerance, most or _steps(n, low.size))
    squares = c * c
    total, second = (float(c.sum()) ** 2 - squares.sum()) / 2, (squares.sum() ** 2 - squares @ squares) / 2
    fit = _correlation(n * (n - 1) / 2, low.size, float(total), float(second), float(c[low] @ c[high]))
    return Coreness(fit, step, converged, pd.Series(c, index=network.nodes, name="coreness"))


def directed_coreness(
    network: ValueNetwork, *, tolerance: float = 1e-10, most: int | None = None
) -> DirectedCoreness:
    """Give each node a coreness u as a giver and v as a receiver, with u_i v_j nearest to the edges.

    u_i = sum_j A_ij v_j / sum_(j != i) v_j^2 and the same for v, in turn; each is the best for the other.

    Parameters
    ----------
    network
        Any value network.
    tolerance, most
        As in ``coreness``.

    Returns
    -------
    DirectedCoreness
        Corenesses from 0, both of the same length as vectors. All are 0 and the fit is NaN
        without an edge.

    References
    ----------
    Borgatti, Everett 2000 (asymmetric data); Boyd et al. 2010 (its iteration without the diagonal).

    Examples
    --------
    >>> found = directed_coreness(ValueNetwork.from_edges([("a", "b"), ("a", "c"), ("d", "b"), ("d", "c")]))
    >>> found.out.round(6).to_list(), found.into.round(6).to_list(), found.fit
    ([1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0], 1.0)
    """
    n = network.n_nodes
    source, target = network.pairs
    u, v = np.zeros(n), np.zeros(n)
    fit, step, converged = NAN, 0, True
    if source.size:
        matrix = _compressed.matrix(n, source, target)
        back = matrix.T.tocsr()

        def giving(v: Floats) -> Floats:
            return np.asarray(matrix @ v / _left(v))

        def nearer(v: Floats) -> tuple[Floats, float]:
            u = giving(v)
            residual = -2 * float(u @ (matrix @ v)) + float((u @ u) * (v @ v) - (u * u) @ (v * v))
            return back @ u / _left(u), residual

        v = np.sqrt(np.bincount(target, minlength=n))
        v, step, converged = _extrapolation.fixed_point(
            nearer, v / np.linalg.norm(v), tolerance, most or _steps(n, source.size)
        )
        u = giving(v)
        length = np.sqrt(np.linalg.norm(v) / np.linalg.norm(u))
        u, v = u * length, v / length
        total, second = u.sum() * v.sum() - u @ v, (u @ u) * (v @ v) - (u * u) @ (v * v)
        fit = _correlation(
            n * (n - 1), source.size, float(total), float(second), float(u[source] @ v[target])
        )
    return DirectedCoreness(
        fit,
        step,
        converged,
        pd.Series(u, index=network.nodes, name="out_coreness"),
        pd.Series(v, index=network.nodes, name="in_coreness"),
    )


class _Pairs:
    """A network as it is correlated with an ideal: the edges of each node and the number of pairs."""

    def __init__(self, n: int, one: NDArray[Any], other: NDArray[Any], each: int, mixed: Mixed) -> None:
        self.n, self.one, self.other, self.each, self.mixed = n, one, other, each, mixed
        self.matrix = _both_ways(n, one, other)
        self.degree = np.bincount(one, minlength=n) + np.bincount(other, minlength=n).astype(np.float64)

    def fit(self, size: Any, within: Any, touching: Any) -> Any:
        """Correlate with the ideals of cores by their nodes, the edges within and those touching them.

        Cores that leave the ideal or the pairs without variation get minus infinity.
        """
        rest = self.n - size
        core, periphery = (self.each * k * (k - 1) / 2 for k in (size, rest))
        if self.mixed == "one":
            pairs = self.each * self.n * (self.n - 1) / 2 + 0 * core
            ideal, agreeing, edges = pairs - periphery, touching, self.one.size + 0 * core
        else:
            pairs, ideal, agreeing = core + periphery, core, within
            edges = within + self.one.size - touching
        spread = edges * (pairs - edges) * ideal * (pairs - ideal)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = (pairs * agreeing - edges * ideal) / np.sqrt(spread)
        return np.where(spread > 0, value, -np.inf)

    def counts(self, core: Mask) -> tuple[int, float, float, Floats]:
        """Return nodes, edges within and edges touching a core, and the edges of each node to it."""
        to_core = self.matrix @ core.astype(np.float64)
        within = float(to_core[core].sum()) / 2
        return int(core.sum()), within, float(self.degree[core].sum()) - within, to_core


def _starts(pairs: _Pairs, number: int, seed: int) -> Iterator[Mask]:
    """Yield the best core among the nodes of largest degree, then random ones."""
    n = pairs.n
    if n < 2 or not pairs.one.size:
        return
    order = np.argsort(-pairs.degree, kind="stable")
    rank = np.empty(n, np.int64)
    rank[order] = np.arange(n)
    ends = np.sort([rank[pairs.one], rank[pairs.other]], axis=0)
    touching, within = (np.cumsum(np.bincount(end, minlength=n))[:-1] for end in ends)
    fits = pairs.fit(np.arange(1, n, dtype=np.float64), within, touching)
    if np.isfinite(fits).any():
        yield rank <= int(np.argmax(fits))
    random = np.random.default_rng(seed)
    for _ in range(number):
        core = np.zeros(n, bool)
        core[random.permutation(n)[: random.integers(1, n)]] = True
        yield core


def _climb(pairs: _Pairs, start: Mask) -> tuple[Mask, float]:
    """Move the node that helps most in or out of the core until none helps."""
    core = start.copy()
    size, within, touching, to_core = pairs.counts(core)
    fit = float(pairs.fit(float(size), within, touching))
    while True:
        sign = np.where(core, -1.0, 1.0)
        fits = pairs.fit(size + sign, within + sign * to_core, touching + sign * (pairs.degree - to_core))
        node = int(np.argmax(fits))
        if not fits[node] > fit + BETTER:
            return core, fit
        fit, core[node] = float(fits[node]), not core[node]
        way = int(sign[node])
        size += way
        within += way * to_core[node]
        touching += way * (pairs.degree[node] - to_core[node])
        row = slice(pairs.matrix.indptr[node], pairs.matrix.indptr[node + 1])
        to_core[pairs.matrix.indices[row]] += way * pairs.matrix.data[row]


def _described(network: ValueNetwork, pairs: _Pairs, core: Mask, fit: float) -> CorePeriphery:
    """Put a split and its densities together."""
    size, within, touching, _ = pairs.counts(core)
    rest = pairs.n - size
    among = [(within, size * (size - 1) / 2), (touching - within, size * rest)]
    among.append((pairs.one.size - touching, rest * (rest - 1) / 2))
    inner, mixed, outer = (edges / (pairs.each * possible) if possible else NAN for edges, possible in among)
    in_core = pd.Series(core, index=network.nodes, name="in_core")
    return CorePeriphery(fit, size, inner, mixed, outer, in_core)


def _both_ways(n: int, one: NDArray[Any], other: NDArray[Any]) -> Any:
    """Return the number of edges between nodes, in either direction, as a sparse matrix."""
    from scipy.sparse import coo_matrix

    cells = (np.ones(2 * one.size), (np.r_[one, other], np.r_[other, one]))
    return coo_matrix(cells, shape=(n, n)).tocsr()


def _steps(nodes: int, edges: int) -> int:
    """Most steps towards a coreness: a few seconds, or a minute in very large networks."""
    return min(20_000, max(500, 2_500_000_000 // (nodes + edges)))


def _left(values: Floats) -> Floats:
    """Return, for each node, the sum of the squares of all others; 1 where nothing is left."""
    square = values * values
    left: Floats = square.sum() - square
    return np.where(left > 0, left, 1.0)


def _correlation(pairs: float, edges: float, total: float, second: float, product: float) -> float:
    """Correlate zeros and ones with expectations, from their sum, sum of squares and sum at the ones."""
    spread = edges * (1 - edges / pairs) * (second - total * total / pairs)
    if not spread > 0:
        return NAN
    return min(float((product - edges * total / pairs) / np.sqrt(spread)), 1.0)
