"""How a network grows: denser, shorter, through newcomers, and who stays on top.

Newcomers and ranks are read off one cumulative network whose edges carry the year of their
first relation (``ValueNetwork.first_years``): the network of the year before holds the edges
of earlier years, the year adds its own. A *new edge* is one in its first year. Under the
default of one edge per ordered pair a repeated relation therefore adds nothing, while the
opposite direction of a known pair is a new edge; with ``parallel="relations"`` every
relation is an edge and counts. An organisation is *new* in the year of its first edge and
*old* afterwards. Relations do not end here, so only cumulative networks grow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clusters.measures import _dated
from clusters.measures._dated import Degree, Mask
from clusters.networks import ValueNetwork

Series = Literal["cumulative", "differences", "increments"]
SERIES: tuple[Series, ...] = ("cumulative", "differences", "increments")
NAN = float("nan")
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Densification:
    """Fit of edges ~ nodes to a power, by least squares on logarithms."""

    exponent: float
    standard_error: float
    low: float
    high: float
    """95 % interval with Student's quantile; it takes the residuals as independent."""
    intercept: float
    r_squared: float
    durbin_watson: float
    """About 2 without autocorrelation of the residuals, near 0 with much of it."""
    n: int
    """Points in the fit."""
    residuals: tuple[float, ...] = field(repr=False)
    """One per year in the order given, in logarithms; NaN where a year gives no point."""


@dataclass(frozen=True, slots=True)
class NewEdges:
    """Edges that one year adds, by who was there before: shares of all new edges."""

    new_nodes: int
    new_edges: int
    new_new: float
    new_to_old: float
    old_to_new: float
    old_old: float
    from_top: float
    to_top: float


@dataclass(frozen=True, slots=True)
class RankMobility:
    """How far the order of the organisations by degree moved from one year to the next."""

    nodes: int
    """Organisations that were there in both years."""
    tau: float
    entrants: int
    """Organisations of the top list that were not on it the year before."""
    turnover: float
    """Entrants over the length of the list."""


def densification(nodes: ArrayLike, edges: ArrayLike, series: Series = "cumulative") -> Densification:
    """Fit edges ~ nodes^a over the years.

    Parameters
    ----------
    nodes, edges
        Size of the network in successive years. Years without a node or an edge, or with an
        unknown number, are left out.
    series
        ``"cumulative"``: ln E on ln N. Each year's network contains the one before, so the
        residuals are autocorrelated and the standard error is too small.
        ``"differences"``: change of ln E on change of ln N, through the origin: the slope
        from year to year. ``"increments"``: ln of the edges added on ln of the nodes added,
        where both grew.

    Returns
    -------
    Densification
        The exponent is 1 where the average degree stays and 2 where the density stays. With
        fewer than 3 points (differences: 2) it is exact and its error NaN; without two
        different numbers of nodes it is NaN.

    References
    ----------
    Leskovec, Kleinberg, Faloutsos 2005; Nankai report 2023, Table 2 (1.266).

    Examples
    --------
    >>> round(densification([10, 100, 1000], [10**1.5, 10**3, 10**4.5]).exponent, 12)
    1.5
    """
    size, count = (np.asarray(values, dtype=np.float64) for values in (nodes, edges))
    if size.shape != count.shape or size.ndim != 1:
        raise ValueError(f"{size.size} numbers of nodes but {count.size} of edges")
    if series not in SERIES:
        raise ValueError(f"series {series!r} is not known; use {', '.join(SERIES)}")
    if series == "increments":
        size, count = (np.diff(values, prepend=NAN) for values in (size, count))
    with np.errstate(invalid="ignore", divide="ignore"):
        x, y = (np.where(values > 0, np.log(values), NAN) for values in (size, count))
    if series == "differences":
        x, y = (np.diff(values, prepend=NAN) for values in (x, y))
    return _least_squares(x, y, through_origin=series == "differences")


def _least_squares(x: Floats, y: Floats, *, through_origin: bool) -> Densification:
    known = np.isfinite(x) & np.isfinite(y)
    residuals = np.full(x.size, NAN)
    across, up = x[known], y[known]
    middle = (0.0, 0.0) if through_origin or not across.size else (across.mean(), up.mean())
    dx, dy = across - middle[0], up - middle[1]
    spread = float(dx @ dx)
    n, free = across.size, across.size - (1 if through_origin else 2)
    if not n or spread <= 1e-18 * max(1.0, float(across @ across)) or (n < 2 and not through_origin):
        return Densification(NAN, NAN, NAN, NAN, NAN, NAN, NAN, n, tuple(residuals.tolist()))
    slope = float(dx @ dy) / spread
    left = dy - slope * dx
    residuals[known] = left
    lost, total = float(left @ left), float(dy @ dy)
    error = math.sqrt(lost / free / spread) if free > 0 else NAN
    reach = _t_quantile(free) * error if free > 0 else NAN
    exact = lost <= 1e-24 * max(1.0, total)  # what is left is rounding
    return Densification(
        exponent=slope,
        standard_error=error,
        low=slope - reach,
        high=slope + reach,
        intercept=0.0 if through_origin else float(middle[1] - slope * middle[0]),
        r_squared=1 - lost / total if total > 0 else NAN,
        durbin_watson=NAN if exact or free <= 0 else float(np.diff(left) @ np.diff(left)) / lost,
        n=n,
        residuals=tuple(residuals.tolist()),
    )


def _t_quantile(freedom: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975))


def path_per_log_nodes(average_path_length: float, nodes: float) -> float:
    """Average path length over ln N: steady where distances grow as in a random network.

    Returns
    -------
    float
        Above 0; NaN with fewer than two nodes or without a path.

    References
    ----------
    Watts, Strogatz 1998; Nankai report 2023, Table 2 (0.720 in 2014, 0.385 in 2022).

    Examples
    --------
    >>> round(path_per_log_nodes(3.982, 30765), 3)
    0.385
    """
    return average_path_length / math.log(nodes) if nodes > 1 else NAN


def newcomers(network: ValueNetwork, year: int, *, degree: Degree = "total", top: int = 20) -> NewEdges:
    """Split the new edges of a year by whether giver and receiver were there before.

    Parameters
    ----------
    network
        Cumulative network of this or a later year.
    year
        The year whose edges are new; "before" is the network of all earlier years.
    degree, top
        The top list of the year before: its length and the degree that orders it (decision
        D12; organisations of degree 0 are not on it).

    Returns
    -------
    NewEdges
        Shares of all new edges in [0, 1]; the first four sum to 1. All NaN in the first
        year, when everybody is new, and in a year without a new edge.

    References
    ----------
    Methods G4.

    Examples
    --------
    >>> import pandas as pd
    >>> from clusters.networks import cumulative, last
    >>> rows = [("a", "b", 2021), ("b", "c", 2021), ("c", "d", 2022), ("a", "c", 2022)]
    >>> table = pd.DataFrame(rows, columns=["source", "target", "year"])
    >>> found = newcomers(last(cumulative(table)), 2022, top=1)
    >>> found.old_to_new, found.old_old, found.new_nodes
    (0.5, 0.5, 1)
    """
    dates, entries = _dated.edge_years(network), _dated.node_years(network)
    now = dates == year
    source, target = network.sources[now], network.targets[now]
    added, arrived = int(source.size), int((entries == year).sum())
    leading = _leading(network, dates < year, degree, top)
    if not added or not leading.size:
        return NewEdges(arrived, added, NAN, NAN, NAN, NAN, NAN, NAN)
    gives_new, takes_new = entries[source] == year, entries[target] == year
    groups = np.bincount(2 * gives_new + takes_new, minlength=4) / added
    on_top = np.zeros(len(network), dtype=bool)
    on_top[leading] = True
    return NewEdges(
        new_nodes=arrived,
        new_edges=added,
        new_new=float(groups[3]),
        new_to_old=float(groups[2]),
        old_to_new=float(groups[1]),
        old_old=float(groups[0]),
        from_top=float(on_top[source].mean()),
        to_top=float(on_top[target].mean()),
    )


def rank_mobility(
    network: ValueNetwork, year: int, *, degree: Degree = "total", top: int = 20
) -> RankMobility:
    """Compare the order of organisations by degree with that of the year before.

    Parameters
    ----------
    network
        Cumulative network of this or a later year.
    year
        The year that is compared with the network of all earlier years.
    degree
        Degree that orders the organisations.
    top
        Length of the top list. Equal degrees: the larger out-degree first, then by id
        (decision D12); organisations of degree 0 are not on it.

    Returns
    -------
    RankMobility
        ``tau`` is Kendall's tau-b in [-1, 1] over the organisations that were there before;
        NaN without two of them or where all degrees of a year are equal. ``turnover`` in
        [0, 1]; NaN in the first year. Degrees are cumulative and never fall, so tau is high
        by construction: compare years with each other, not with 0.

    References
    ----------
    Kendall 1945; methods G5.

    Examples
    --------
    >>> import pandas as pd
    >>> from clusters.networks import cumulative, last
    >>> rows = [("a", "x", 2021), ("a", "y", 2021), ("b", "x", 2021), ("b", "y", 2022), ("b", "z", 2022)]
    >>> table = pd.DataFrame(rows, columns=["source", "target", "year"])
    >>> rank_mobility(last(cumulative(table)), 2022, top=1).turnover
    1.0
    """
    dates, entries = _dated.edge_years(network), _dated.node_years(network)
    there = entries < year
    before, after = dates < year, dates <= year
    tau = kendall_tau(
        _dated.degrees(network, before, degree)[there], _dated.degrees(network, after, degree)[there]
    )
    old, new = _leading(network, before, degree, top), _leading(network, after, degree, top)
    if not old.size:
        return RankMobility(0, NAN, 0, NAN)
    entrants = int(np.isin(new, old, invert=True).sum())
    return RankMobility(int(there.sum()), tau, entrants, entrants / new.size)


def kendall_tau(x: ArrayLike, y: ArrayLike) -> float:
    """Kendall's tau-b, which counts pairs with equal values on neither side.

    Parameters
    ----------
    x, y
        Two orders of the same things.

    Returns
    -------
    float
        Between -1 and 1, 1 for the same order with the same ties. NaN with fewer than two
        things, or where all values of a side are equal.

    References
    ----------
    Kendall 1945; Knight 1966 (in n log n steps).

    Examples
    --------
    >>> kendall_tau([1, 2, 2, 3], [10, 20, 20, 30]), kendall_tau([1, 2], [2, 1])
    (1.0, -1.0)
    """
    a, b = (np.unique(np.asarray(values), return_inverse=True)[1].astype(np.int64) for values in (x, y))
    if a.size != b.size:
        raise ValueError(f"{a.size} values but {b.size} to compare them with")
    n = int(a.size)
    pairs = n * (n - 1) // 2
    tied = [_tied(codes) for codes in (a, b, a * (int(b.max(initial=0)) + 1) + b)]
    scale = (pairs - tied[0]) * (pairs - tied[1])
    if scale <= 0:
        return NAN
    discordant = _inversions(b[np.lexsort((b, a))])
    return (pairs - tied[0] - tied[1] + tied[2] - 2 * discordant) / math.sqrt(scale)


def _tied(codes: NDArray[np.int64]) -> int:
    counts = np.unique(codes, return_counts=True)[1].astype(np.int64)
    return int((counts * (counts - 1) // 2).sum())


def _inversions(codes: NDArray[np.int64]) -> int:
    """Count the pairs that stand in falling order, one binary digit after the other.

    Codes that agree in all higher digits lie together in their old order; in such a group
    each 1 that precedes a 0 is an inversion.
    """
    found = 0
    for digit in range(int(codes.max(initial=0)).bit_length() - 1, -1, -1):
        head, one = codes >> (digit + 1), (codes >> digit) & 1
        ones = np.cumsum(one) - one
        start = np.flatnonzero(np.diff(head, prepend=-1))
        earlier = ones - np.repeat(ones[start], np.diff(start, append=codes.size))
        found += int(earlier[one == 0].sum())
        codes = codes[np.argsort(codes >> digit, kind="stable")]
    return found


def _leading(network: ValueNetwork, edges: Mask, degree: Degree, top: int) -> NDArray[np.intp]:
    """Return the organisations with the largest degrees among some of the edges (decision D12)."""
    if top < 1:
        raise ValueError(f"top must be at least 1, not {top}")
    values, given = _dated.degrees(network, edges, degree), _dated.degrees(network, edges, "out")
    among = np.flatnonzero(values)
    if among.size > top:
        least = np.partition(values[among], among.size - top)[among.size - top]
        among = among[values[among] >= least]
    names = network.nodes.take(among).astype(str).to_list()
    order = sorted(range(among.size), key=lambda i: (-values[among[i]], -given[among[i]], names[i]))
    return among[np.array(order[:top], dtype=np.intp)]
