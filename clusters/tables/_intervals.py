"""Intervals beside the numbers of other tables: what other samples of enterprises would give.

Each function takes a table and what it was made from, and puts the columns ``X_low`` and
``X_high`` behind each number ``X`` that has an interval. ``measures.intervals`` says what the
intervals mean, how they are made and how often they held in simulations.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.measures.intervals import (
    FEWEST,
    REPLICATES,
    Intervals,
    clusters_of,
    jackknife,
)
from clusters.measures.sensitivity import Sensitivity, drop_enterprises
from clusters.networks import ValueNetwork
from clusters.sentences import Note
from clusters.tables._concentration import CONCENTRATION, TOPS, Degree, degree_concentration, degree_values
from clusters.tables._structure import MANY_EDGES, STRUCTURE, Convention, structure_statistics

USUAL = 100
"""Draws for a structure table: what they scatter by is known to 7 %."""
DROPPED = 0.3
"""Share of the enterprises that the jackknife leaves out: of 10, 30 and 50 % it held best."""
SEARCHED_UP_TO = 50_000
"""Nodes up to which distances are searched for again without some enterprises."""
NAN = float("nan")
FIXED = ("year", "sample_nodes")
"""Columns of the structure table that other samples of as many enterprises share."""
EXTREMES = ("diameter", "diameter_undirected")
"""Largest values: no sample says how far others go beyond its own."""
LEAST_TOP = 10
"""Organisations below which a top share is one of a few, and has no interval."""
DISTANCES = tuple(name for name in STRUCTURE if "path_length" in name or "reachable" in name or "eff" in name)
SHARES = (
    *("density", "reciprocity", "average_clustering", "average_clustering_undirected", "modularity"),
    *(*TOPS, "gini", "hoover"),
)
"""Statistics between 0 and 1; the others are at least 0."""
UNHELD = ("hhi", "effective_number")
"""Their intervals held too rarely where few enterprises have most relations."""
HELD = tuple(name for name in CONCENTRATION if name not in UNHELD)


def structure_intervals(
    table: pd.DataFrame,
    networks: Mapping[int | None, ValueNetwork],
    *,
    convention: Convention = "gephi",
    replicates: int = USUAL,
    seed: int = 0,
    keep_partial: bool = False,
) -> pd.DataFrame:
    """Add 95 % intervals to ``yearly_structure``: the jackknife over enterprises.

    Parameters
    ----------
    table, networks, convention
        A table of ``yearly_structure``, what it was made from, and its definition of clustering.
    replicates, seed
        How often 30 % of the enterprises are removed at random, and the seed of the draw.
    keep_partial
        When interrupted, return what is done, as ``yearly_structure`` does.

    Returns
    -------
    DataFrame
        Behind each number but ``year`` and ``sample_nodes`` (which other samples share): ``X_low`` and
        ``X_high``. NaN for the diameters, which are extremes, for what the table does not say, with fewer
        than ten enterprises, for what is so rare that removals bring it to 0 (mutual edges, triangles), and
        for distances above 50,000 nodes and communities above a million edges.

    References
    ----------
    Shao, Wu 1989; methods of ``measures.intervals``.

    Examples
    --------
    >>> from clusters.tables import yearly_structure
    >>> stars = ValueNetwork.from_edges([(hub, (hub, leaf)) for hub in range(12) for leaf in range(3)])
    >>> found = structure_intervals(yearly_structure({None: stars}), {None: stars}, replicates=20)
    >>> found[["nodes_low", "nodes", "nodes_high"]].values.tolist()
    [[48.0, 48.0, 48.0]]
    """
    names = [name for name in STRUCTURE if name not in FIXED]

    without = dict.fromkeys(EXTREMES)

    def statistic(network: ValueNetwork) -> Callable[[ValueNetwork], Mapping[str, float]]:
        searches = searched_again(network)
        if not searches["distances"]:
            without.update(dict.fromkeys(DISTANCES))

        def of(left: ValueNetwork) -> Mapping[str, float]:
            row = structure_statistics(left, convention=convention, seed=seed, **searches)
            return {name: NAN if name in EXTREMES else row.get(name, NAN) for name in names}

        return of

    result = _jackknifed(table, networks, statistic, names, replicates, seed, keep_partial=keep_partial)
    result.attrs["notes"].append(Note("note.interval_none", names=list(without)))
    return result


def searched_again(network: ValueNetwork) -> dict[str, Any]:
    """Say what can be searched for again and again in networks made from this one."""
    return {
        "distances": network.n_nodes <= SEARCHED_UP_TO,
        "seeds": 1 if network.n_edges <= MANY_EDGES else 0,
    }


def concentration_intervals(
    table: pd.DataFrame,
    networks: Mapping[int | None, ValueNetwork],
    *,
    degree: Degree = "out",
    weighted: bool = False,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> pd.DataFrame:
    """Add 95 % intervals to ``concentration``: the jackknife over enterprises.

    A bootstrap would not do: organisations that only an enterprise drawn twice knows would have
    twice their degree, and a third of all nodes would be missing.

    Parameters
    ----------
    table, networks, degree, weighted
        A table of ``concentration`` and what it was made from.
    replicates, seed
        As in ``structure_intervals``.

    Returns
    -------
    DataFrame
        Behind ``top_10_percent``, ``top_1_percent``, ``top_0_1_percent``, ``gini``, ``theil`` and ``hoover``:
        ``X_low`` and ``X_high``; NaN with fewer than ten enterprises, and for a top share of fewer than ten
        organisations. The HHI and its inverse, which one large enterprise decides, get none.

    Examples
    --------
    >>> from clusters.tables import concentration
    >>> stars = ValueNetwork.from_edges([(hub, (hub, leaf)) for hub in range(12) for leaf in range(3)])
    >>> found = concentration_intervals(concentration({None: stars}), {None: stars}, replicates=20)
    >>> found[["gini_low", "gini", "gini_high"]].values.tolist()
    [[0.75, 0.75, 0.75]]
    """

    def of(left: ValueNetwork) -> Mapping[str, float]:
        found = degree_concentration(degree_values(left, degree, weighted=weighted), HELD)
        few = {name: NAN for name, top in TOPS.items() if top * left.n_nodes < LEAST_TOP}
        return found | few

    result = _jackknifed(table, networks, lambda network: of, HELD, replicates, seed)
    result.attrs["notes"].append(Note("note.interval_none", names=list(UNHELD)))
    return result


def _jackknifed(
    table: pd.DataFrame,
    networks: Mapping[int | None, ValueNetwork],
    statistic: Callable[[ValueNetwork], Callable[[ValueNetwork], Mapping[str, float]]],
    names: Sequence[str],
    replicates: int,
    seed: int,
    *,
    keep_partial: bool = False,
) -> pd.DataFrame:
    """Put the intervals of each year behind the numbers of a table with one row per year."""
    bounds = [1.0 if name in SHARES else math.inf for name in names]
    low, high = (np.full((len(table), len(names)), NAN) for _ in range(2))
    of_sample, enterprises, interrupted = True, 0, False
    try:
        for row, network in enumerate(networks.values()):
            clusters = clusters_of(network)
            of_sample, enterprises = clusters.of_sample, len(clusters)
            if enterprises < FEWEST:
                continue
            of = statistic(network)
            moved = drop_enterprises(network, of, share=DROPPED, repeats=replicates, seed=seed)
            found = _of_draws(table.iloc[row].reindex(list(names)), moved, bounds)
            low[row], high[row] = found.low, found.high
    except KeyboardInterrupt:
        if not keep_partial:
            raise
        interrupted = True
    ends = {name: (low[:, i], high[:, i]) for i, name in enumerate(names)}
    note = Note(
        "note.interval_jackknife",
        n=enterprises,
        who=who(of_sample),
        share=DROPPED,
        replicates=replicates,
        seed=seed,
    )
    result = beside(table, ends, [note])
    if interrupted:
        result.attrs["interrupted"] = True
        result.attrs["notes"].append(Note("note.interrupted"))
    return result


def _of_draws(observed: pd.Series, moved: Sensitivity, most: Sequence[float]) -> Intervals:
    return jackknife(
        observed.to_numpy(dtype=np.float64, na_value=NAN),
        moved.values.to_numpy(),
        dropped=moved.dropped,
        clusters=moved.enterprises,
        least=0.0,
        most=most,
        seed=moved.seed,
    )


def who(of_sample: bool) -> Note:
    """Name what was resampled."""
    return Note("note.interval_sample" if of_sample else "note.interval_givers")


def beside(
    table: pd.DataFrame,
    ends: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]],
    notes: Sequence[Note],
) -> pd.DataFrame:
    """Put the ends of intervals behind the columns they belong to, and the notes behind those there."""
    columns: dict[str, Any] = {}
    for name in table.columns:
        columns[name] = table[name]
        if name in ends:
            columns[f"{name}_low"], columns[f"{name}_high"] = ends[name]
    result = pd.DataFrame(columns, index=table.index)
    result.attrs = dict(table.attrs)
    said = [*notes, Note("note.interval_means")] if notes else []
    result.attrs["notes"] = [*table.attrs.get("notes", []), *said]
    return result
