"""What a place is in a network: how open its flows are, what its organisations do together.

Functions of a *flow matrix* (rows give, columns take, ``measures.flows``) look at places alone;
functions of a network take the place of each node as ``groups`` and give one number per place. A
node without a place is nowhere: it belongs to no place, and is not elsewhere either. A share of
nothing is NaN, a count of nothing is 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from clusters.measures import _labels
from clusters.measures._labels import Labels
from clusters.networks import ValueNetwork

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NAN = float("nan")


def openness(matrix: pd.DataFrame) -> pd.DataFrame:
    """Say how far the relations of each place lead out of it.

    Parameters
    ----------
    matrix
        Flow matrix of counts or shares, F(p, q).

    Returns
    -------
    DataFrame
        By place: ``relations`` that begin or end in it, r_p + c_p - F(p, p), so that one within the place
        counts once; ``local_closure``, F(p, p) over these (0 to 1, NaN without any);
        ``external_dependence``, (c_p - F(p, p)) / c_p, the part of what the place takes that comes from
        elsewhere (0 to 1, NaN where it takes nothing).

    References
    ----------
    Nankai report 2023, Table 8 (flows within a place).

    Examples
    --------
    >>> matrix = pd.DataFrame([[2, 1], [1, 0]], index=["a", "b"], columns=["a", "b"])
    >>> openness(matrix).round(3).values.tolist()
    [[4.0, 0.5, 0.333], [2.0, 0.0, 1.0]]
    """
    cells = _square(matrix)
    within, given, taken = np.diagonal(cells), cells.sum(axis=1), cells.sum(axis=0)
    touching = given + taken - within
    columns = {
        "relations": touching,
        "local_closure": _over(within, touching),
        "external_dependence": _over(taken - within, taken),
    }
    return pd.DataFrame(columns, index=matrix.index.rename("place"))


def exchanged(matrix: pd.DataFrame) -> pd.DataFrame:
    """Add up what each two different places give each other, both ways; 0 on the diagonal.

    A row holds the partner places of a place: how many cells are above 0, and how even they are.

    Examples
    --------
    >>> exchanged(pd.DataFrame([[9, 3], [1, 0]])).values.tolist()
    [[0, 4], [4, 0]]
    """
    cells = _square(matrix)
    both = (cells + cells.T) * (1 - np.eye(len(cells), dtype=cells.dtype))
    return pd.DataFrame(both, index=matrix.index, columns=matrix.columns)


def outside_partners(network: ValueNetwork, groups: Labels, *, members: ArrayLike | None = None) -> pd.Series:
    """Count the distinct organisations of other places that those of a place have an edge with.

    Parameters
    ----------
    network
        Any value network; direction, parallel edges and self-loops do not matter.
    groups
        Place of each node, by node id or in node order. A partner without a place is not counted, as
        nobody knows whether it is elsewhere.
    members
        Which nodes stand for their place; all by default. Partners may be others.

    Returns
    -------
    Series
        Whole numbers from 0, by place.

    Examples
    --------
    >>> network = ValueNetwork.from_edges([("a", "x"), ("x", "a"), ("b", "x"), ("a", "b"), ("a", "y")])
    >>> outside_partners(network, {"a": "A", "b": "A", "x": "X"}).to_dict()
    {'A': 1, 'X': 2}
    """
    codes, names = _labels.coded(network, groups)
    inside = _members(network, members)
    low, high = network.links
    one, other = np.concatenate([low, high]).astype(np.int64), np.concatenate([high, low]).astype(np.int64)
    counted = inside[one] & (codes[one] >= 0) & (codes[other] >= 0) & (codes[one] != codes[other])
    pairs = np.unique(codes[one[counted]] * network.n_nodes + other[counted])
    found = np.bincount(pairs // max(network.n_nodes, 1), minlength=len(names))
    return pd.Series(found, index=names, name="outside_partners")


def crossing(roles: pd.DataFrame, groups: Labels, network: ValueNetwork) -> pd.DataFrame:
    """Say how much each place stands between others, from the roles of its organisations.

    Parameters
    ----------
    roles
        ``measures.brokerage.brokerage(network, groups)``, with the rows of nodes that do not count set
        to 0 where only some stand for their place.
    groups, network
        Place of each node, and the network.

    Returns
    -------
    DataFrame
        By place: ``brokerage_share``, its part of all open two-paths that lead from one place to another
        (every role but coordinator); ``gateway_share``, the part of the two-paths through its own
        organisations that enter or leave the place there (gatekeeper, representative). 0 to 1; NaN where
        there is no such two-path.

    References
    ----------
    Gould, Fernandez 1989.

    Examples
    --------
    >>> from clusters.measures.brokerage import brokerage
    >>> network = ValueNetwork.from_edges([("a", "b"), ("b", "x"), ("x", "y"), ("y", "z")])
    >>> place = {"a": "A", "b": "A", "x": "X", "y": "X", "z": "Z"}
    >>> crossing(brokerage(network, place), place, network).values.tolist()
    [[0.3333333333333333, 1.0], [0.6666666666666666, 1.0], [0.0, nan]]
    """
    codes, names = _labels.coded(network, groups)
    known = codes >= 0
    summed = np.zeros((len(names), roles.shape[1]), np.int64)
    np.add.at(summed, codes[known], roles.to_numpy()[known])
    by_place = pd.DataFrame(summed, index=names, columns=roles.columns)
    across = (by_place["open_paths"] - by_place["coordinator"]).to_numpy(np.float64)
    gateway = (by_place["gatekeeper"] + by_place["representative"]).to_numpy(np.float64)
    every = np.full(len(names), across.sum())
    columns = {
        "brokerage_share": _over(across, every),
        "gateway_share": _over(gateway, by_place["open_paths"].to_numpy(np.float64)),
    }
    return pd.DataFrame(columns, index=names)


def first_years(network: ValueNetwork) -> pd.Series:
    """Return the year of each organisation's first edge in a cumulative network; NaN without one.

    Examples
    --------
    >>> from clusters.networks import cumulative
    >>> table = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "year": [2020, 2021]})
    >>> first_years(cumulative(table)[2021]).to_list()
    [2020.0, 2020.0, 2021.0]
    """
    if network.first_years is None:
        return pd.Series(NAN, index=network.nodes)
    found = np.full(network.n_nodes, np.inf)
    for ends in (network.sources, network.targets):
        np.minimum.at(found, ends, network.first_years.astype(np.float64))
    return pd.Series(np.where(np.isfinite(found), found, NAN), index=network.nodes)


def degree_growth(
    network: ValueNetwork, groups: Labels, year: int, span: int, *, members: ArrayLike | None = None
) -> pd.Series:
    """Growth of the degrees of each place's organisations a year, over the last few years.

    Parameters
    ----------
    network
        Cumulative network whose edges know their first year; later edges than ``year`` do not count.
    groups, members
        As in ``outside_partners``.
    year, span
        Last year, and how many years before it the growth begins.

    Returns
    -------
    Series
        (D(year) / D(year - span))^(1 / span) - 1 with D the edge ends at the place up to a year, by place:
        at least 0. NaN where the place had no edge at the beginning, and throughout where the network
        knows no year or begins after it.

    Examples
    --------
    >>> from clusters.networks import cumulative
    >>> table = pd.DataFrame({"source": ["a", "a"], "target": ["b", "c"], "year": [2020, 2021]})
    >>> degree_growth(cumulative(table)[2021], {"a": "A", "b": "B", "c": "C"}, 2021, 1).to_dict()
    {'A': 1.0, 'B': 0.0, 'C': nan}
    """
    if span < 1:
        raise ValueError(f"span must be at least one year, not {span}")
    codes, names = _labels.coded(network, groups)
    codes = np.where(_members(network, members), codes, -1)
    first = network.first_years
    if first is None:
        return pd.Series(NAN, index=names, name="degree_growth")

    def ends(until: int) -> Floats:
        there = first <= until
        at = np.concatenate([codes[network.sources[there]], codes[network.targets[there]]])
        return np.bincount(at[at >= 0], minlength=len(names)).astype(np.float64)

    growth = _over(ends(year), ends(year - span)) ** (1 / span) - 1
    return pd.Series(growth, index=names, name="degree_growth")


def adoption_lags(dates: pd.DataFrame, year: int) -> pd.DataFrame:
    """Say how late each place takes up technologies, on average over these.

    Parameters
    ----------
    dates
        Year in which each place (rows) adopted each technology (columns), NaN for not yet:
        ``adoption_year`` of ``measures.adoption.adoption``.
    year
        What is known: adoptions after it have not happened yet.

    Returns
    -------
    DataFrame
        By place: ``adopted_technologies`` (number taken up), ``first_adoptions`` (those in the first year in
        which any place did), ``adoption_lag`` (mean years behind the first adopter over what the place has
        taken up; NaN without any) and ``restricted_lag`` (the same over all technologies that any place
        has taken up; one that the place has not counts with the least lag it can still have, that of
        the next year). NaN where no place has taken up any.

    Examples
    --------
    >>> dates = pd.DataFrame({"5G": [2020, 2022], "IoT": [2021, float("nan")]}, index=["A", "B"])
    >>> adoption_lags(dates, 2022).values.tolist()
    [[2.0, 2.0, 0.0, 0.0], [1.0, 0.0, 2.0, 2.0]]
    """
    when = dates.to_numpy(dtype=np.float64)
    when = np.where(when <= year, when, NAN)
    offered = ~np.isnan(when).all(axis=0)
    when = when[:, offered]
    first = np.nanmin(when, axis=0) if when.size else np.zeros(when.shape[1])
    lag = when - first
    has = ~np.isnan(lag)
    number, total = has.sum(axis=1).astype(np.float64), np.where(has, lag, 0.0).sum(axis=1)
    waited = np.where(has, lag, year + 1 - first).sum(axis=1)
    columns = {
        "adopted_technologies": number,
        "first_adoptions": (lag == 0).sum(axis=1).astype(np.float64),
        "adoption_lag": _over(total, number),
        "restricted_lag": _over(waited, np.full(len(dates), float(offered.sum()))),
    }
    return pd.DataFrame(columns, index=dates.index)


def _members(network: ValueNetwork, members: ArrayLike | None) -> NDArray[np.bool_]:
    if members is None:
        return np.ones(network.n_nodes, dtype=bool)
    found = np.asarray(members, dtype=bool)
    if found.shape != (network.n_nodes,):
        raise ValueError(f"members has {found.size} values for {network.n_nodes} nodes")
    return found


def _over(part: NDArray[Any], whole: NDArray[Any]) -> Floats:
    """Divide; NaN where there is nothing to divide by."""
    result: Floats = np.full(np.shape(whole), NAN)
    np.divide(part, whole, out=result, where=np.asarray(whole) > 0)
    return result


def _square(matrix: pd.DataFrame) -> NDArray[Any]:
    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"a flow matrix is square, not {matrix.shape[0]} by {matrix.shape[1]}")
    cells: NDArray[Any] = matrix.to_numpy()
    return cells
