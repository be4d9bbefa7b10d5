"""Intervals of flows and compositions: enterprises drawn with replacement, see ``_intervals``."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import places
from clusters.measures import composition as classes_of
from clusters.measures import flows as flow_measures
from clusters.measures.intervals import REPLICATES, Clusters, Intervals, cluster_bootstrap, clusters_of
from clusters.relations import Relations, in_years
from clusters.sentences import Note
from clusters.tables import _composition
from clusters.tables._intervals import beside, who
from clusters.tables._relations import chosen

NAN = float("nan")


def flow_intervals(
    table: pd.DataFrame,
    relations: Relations,
    *,
    level: str = "province",
    kinds: Sequence[str] | None = None,
    foreign: flow_measures.Foreign = "leave",
    distinct: bool = False,
    cumulative: bool = True,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> pd.DataFrame:
    """Add 95 % intervals to ``flows``, ``yearly_flows`` or ``flow_margins``: the bootstrap over enterprises.

    Parameters
    ----------
    table, relations, level, kinds, foreign, distinct, cumulative
        A table of one of these functions and what it was made from.
    replicates, seed
        Samples of enterprises drawn with replacement, and the seed of the draw.

    Returns
    -------
    DataFrame
        ``share_low`` and ``share_high``; of margins the ends of ``empowerment_share``, ``input_share`` and
        ``net_balance``. NaN with fewer than ten enterprises. A note gives the share within the places,
        and its lift, with their intervals.

    References
    ----------
    Davison, Hinkley 1997, 3.8; methods of ``measures.intervals``.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> from clusters.tables import flows
    >>> frame = pd.DataFrame({"source": list("abcdefghijkl"), "target": list("mnmnmnmnmnmn")})
    >>> frame = from_frame(frame.assign(source_city="深圳市", target_city=["深圳市", "北京市"] * 6))
    >>> found = flow_intervals(flows(frame, level="city"), frame, level="city")
    >>> found[["share_low", "share", "share_high"]].values.round(2).tolist()
    [[0.25, 0.5, 0.75], [0.25, 0.5, 0.75]]
    """
    used = chosen(relations, kinds)
    options: dict[str, Any] = {"level": level, "foreign": foreign, "distinct": distinct}
    columns = ["empowerment_share", "input_share", "net_balance"] if "place" in table.columns else ["share"]
    low, high = (np.full((len(table), len(columns)), NAN) for _ in range(2))
    notes: list[Note] = []
    for year, rows in _by_year(table):
        part = used if year is None else in_years(used, None if cumulative else year, year)
        at = flow_measures.located(part, **options)
        clusters = clusters_of(part).where(at.rows)
        found = cluster_bootstrap(
            _flow_statistic(table.iloc[rows], at), clusters, replicates=replicates, seed=seed
        )
        for target, values in ((low, found.low), (high, found.high)):
            target[rows] = values[2:].reshape(len(columns), -1).T
        notes = _bootstrapped(clusters, found) + _within(found, level)
    ends = {name: (low[:, i], high[:, i]) for i, name in enumerate(columns)}
    return beside(table, ends, notes)


def _flow_statistic(
    table: pd.DataFrame, at: flow_measures.Located
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Return what computes, from weights of relations, the share and lift within places, and the table's."""
    n = len(at.places)
    inside = at.origin == at.destination
    if "place" in table.columns:
        shown = at.places.get_indexer(pd.Index(table["place"], dtype=object))
    else:
        cells, cell = np.unique(at.origin * max(n, 1) + at.destination, return_inverse=True)
        ends = [at.places.get_indexer(pd.Index(table[c], dtype=object)) for c in ("origin", "destination")]
        shown = np.searchsorted(cells, ends[0] * max(n, 1) + ends[1])

    def of(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        total = weights.sum() or NAN
        given, taken = (np.bincount(e, weights, n) / total for e in (at.origin, at.destination))
        intra = weights[inside].sum() / total
        expected = given @ taken
        lift = intra / expected if expected else NAN
        if "place" in table.columns:
            numbers = [given[shown], taken[shown], (given - taken)[shown]]
        else:
            numbers = [np.bincount(cell, weights, cells.size)[shown] / total]
        return np.concatenate([[intra, lift], *numbers])

    return of


def _within(found: Intervals, level: str) -> list[Note]:
    """Say which share of flows stays within a place, with its interval."""
    if math.isnan(found.low[0]):
        return []
    share, lift = found[0], found[1]
    return [
        Note(
            "note.interval_intra",
            level=level,
            share=share.value,
            low=share.low,
            high=share.high,
            lift=lift.value,
            lift_low=lift.low,
            lift_high=lift.high,
        )
    ]


def composition_intervals(
    table: pd.DataFrame,
    relations: Relations,
    *,
    by: str = "technology",
    of: _composition.Of | None = None,
    mode: _composition.Mode = "stock",
    counting: classes_of.Counting = "fractional",
    within: Mapping[str, str] | None = None,
    kinds: Sequence[str] | None = None,
    prd: places.PearlRiverDelta = "cities",
    replicates: int = REPLICATES,
    seed: int = 0,
) -> pd.DataFrame:
    """Add 95 % intervals to ``composition``: the bootstrap over enterprises.

    Parameters
    ----------
    table, relations, by, of, mode, counting, within, kinds, prd
        A table of ``composition`` and what it was made from.
    replicates, seed
        As in ``flow_intervals``.

    Returns
    -------
    DataFrame
        ``share_low`` and ``share_high``; NaN with fewer than ten enterprises.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> from clusters.tables import composition
    >>> frame = pd.DataFrame({"source": list("abcdefghijkl"), "target": "z", "technology": ["5G"] * 12})
    >>> found = composition_intervals(composition(from_frame(frame)), from_frame(frame))
    >>> found[["share_low", "share", "share_high"]].values.tolist()
    [[1.0, 1.0, 1.0]]
    """
    low, high = np.full((2, len(table)), NAN)
    notes: list[Note] = []
    of = of or _composition.counted_by_default(relations, by)
    units = None if of == "relations" else Note("note.interval_organisations")
    parts = _parts(relations, by, of, mode, counting, within, kinds, prd)
    for year, rows in _by_year(table):
        classes, clusters = parts(year)
        names = pd.Index(table["class"].iloc[rows], dtype=object)
        # One row of ``classes`` for each class that a cell names; shares are of the cells.
        new = ~classes["row"].duplicated().to_numpy()
        code, weight = names.get_indexer(pd.Index(classes["class"])), classes["weight"].to_numpy()

        def shares(
            weights: NDArray[np.float64],
            new: NDArray[np.bool_] = new,
            code: NDArray[np.intp] = code,
            weight: NDArray[np.float64] = weight,
            size: int = len(names),
        ) -> NDArray[np.float64]:
            shown = code >= 0
            counted = np.bincount(code[shown], (weights * weight)[shown], size)
            return counted / (weights[new].sum() or NAN)

        found = cluster_bootstrap(shares, clusters, replicates=replicates, seed=seed)
        low[rows], high[rows] = found.low, found.high
        notes = _bootstrapped(clusters, found, units)
    return beside(table, {"share": (low, high)}, notes)


def _parts(
    relations: Relations,
    by: str,
    of: _composition.Of,
    mode: str,
    counting: classes_of.Counting,
    within: Mapping[str, str] | None,
    kinds: Sequence[str] | None,
    prd: places.PearlRiverDelta,
) -> Callable[[int | None], tuple[pd.DataFrame, Clusters]]:
    """Return what lists, for a year or all, the classes of cells and whose they are."""
    if of != "relations":
        return lambda year: _of_organisations(relations, by, of, mode, prd, year)
    used = _composition.inside(
        relations if by == "kind" and kinds is None else chosen(relations, kinds), within
    )
    classes = pd.concat([c.astype(object) for c in _composition.columns_of(used, by, prd)], ignore_index=True)
    parts = classes_of.split(classes, counting=counting)
    relation = parts["row"].to_numpy() % max(len(used), 1)
    clusters = clusters_of(used)
    years = used.frame["year"].to_numpy()[relation] if used.dated else None

    def part(year: int | None) -> tuple[pd.DataFrame, Clusters]:
        if year is None or years is None:
            return parts, clusters.where(relation)
        rows = years <= year if mode == "stock" else years == year
        return parts[rows], clusters.where(relation[rows])

    return part


def _of_organisations(
    relations: Relations,
    by: str,
    of: str,
    mode: str,
    prd: places.PearlRiverDelta,
    year: int | None,
) -> tuple[pd.DataFrame, Clusters]:
    """List the classes of the organisations counted; each is its own cluster."""
    classes, member = _composition.organisations_counted(relations, by, of, mode == "stock", prd, year)
    parts = classes_of.split(classes[member], counting="full")
    row = parts["row"].to_numpy()
    return parts, Clusters(classes.index[member], np.arange(member.sum()), np.arange(member.sum())).where(row)


def _by_year(table: pd.DataFrame) -> Iterator[tuple[int | None, NDArray[np.intp]]]:
    """Yield the rows of each year of a table, or all of them."""
    if "year" not in table.columns:
        yield None, np.arange(len(table))
        return
    for year in dict.fromkeys(table["year"]):
        yield int(year), np.flatnonzero(table["year"] == year)


def _bootstrapped(clusters: Clusters, found: Intervals, units: Note | None = None) -> list[Note]:
    return [
        Note(
            "note.interval_bootstrap",
            n=len(clusters),
            who=units or who(clusters.of_sample),
            replicates=found.replicates,
            seed=found.seed,
        )
    ]
