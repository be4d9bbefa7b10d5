"""How steep a network is: one number of each kind by year, and the nodes and shells behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from clusters import progress
from clusters.errors import UsageError
from clusters.measures import (
    centrality,
    core_periphery,
    cores,
    flow_hierarchy,
    paths,
)
from clusters.measures import hierarchy as measures
from clusters.networks import ValueNetwork
from clusters.sentences import Note
from clusters.tables._structure import _DEGREES, _identity, _ranked

Networks = Mapping[int | None, ValueNetwork]
Betweenness = int | Literal["exact"] | None
Row = dict[str, Any]
NAN = float("nan")
CENTRALISATION = (
    *("degree_centralisation", "out_degree_centralisation", "in_degree_centralisation"),
    "closeness_centralisation",
)
CORE = ("main_core", "main_core_nodes", "main_core_sample_share")
SPLIT = ("core_periphery_correlation", "core_periphery_nodes", "coreness_fit", "directed_coreness_fit")
FLOW = ("flow_hierarchy", "trophic_incoherence", "gradient_share", "flow_gradient_share")


def hierarchy(
    networks: Networks,
    *,
    betweenness: Betweenness = None,
    mixed: core_periphery.Mixed = "one",
    level: str = "province",
    seed: int = 0,
) -> pd.DataFrame:
    """Tabulate how steep each year's network is, one row per year.

    Parameters
    ----------
    networks
        Networks by year, as ``networks.cumulative`` gives them.
    betweenness
        Add the centralisation of betweenness, direction ignored: ``"exact"``, or a number of sources
        from which it is estimated. It takes by far the longest, so it is left out by default.
    mixed
        What the discrete model expects of pairs with one end in the core, see
        ``measures.core_periphery``.
    level
        Column of the organisations between whose places flows are taken.
    seed
        Of the random starts in small networks, and of sampled sources.

    Returns
    -------
    DataFrame
        ``year`` (NaN when undated), ``nodes``; Freeman's ``degree_centralisation`` (direction
        ignored), ``out_degree_centralisation``, ``in_degree_centralisation``,
        ``closeness_centralisation`` (of the largest weak component; NaN above 200,000 nodes) and, where
        asked for, ``betweenness_centralisation`` or ``betweenness_centralisation_estimate``;
        ``main_core`` with its ``main_core_nodes`` and ``main_core_sample_share``;
        ``core_periphery_correlation`` and ``core_periphery_nodes`` of the discrete model,
        ``coreness_fit`` and ``directed_coreness_fit`` of the continuous one; ``flow_hierarchy``,
        ``trophic_incoherence``, ``gradient_share`` (of net edges) and ``flow_gradient_share`` (of net
        flows of relations between places; NaN where the level is unknown).

    References
    ----------
    See ``measures.hierarchy``, ``measures.core_periphery`` and ``measures.flow_hierarchy``.

    Examples
    --------
    >>> star = ValueNetwork.from_edges([("hub", leaf) for leaf in "abcde"])
    >>> table = hierarchy({2022: star})
    >>> table[["degree_centralisation", "core_periphery_correlation", "flow_hierarchy"]].values.tolist()
    [[1.0, 1.0, 1.0]]
    """
    rows: list[Row] = []
    unsettled: list[str] = []
    with progress.task(Note("note.progress_hierarchy"), total=len(networks)) as done:
        for year, network in networks.items():
            row: Row = {"year": NAN if year is None else year, "nodes": network.n_nodes}
            row |= _centralised(network) | _between(network, betweenness, seed)
            row |= _main_core(network) | _flowing(network, level)
            split = core_periphery.core_periphery(network, mixed=mixed, seed=seed)
            row |= {"core_periphery_correlation": split.correlation, "core_periphery_nodes": split.core_nodes}
            one, two = core_periphery.coreness(network), core_periphery.directed_coreness(network)
            row |= {"coreness_fit": one.fit, "directed_coreness_fit": two.fit}
            if not (one.converged and two.converged):
                unsettled.append("-" if year is None else str(year))
            rows.append(row)
            done(len(rows))
    added = [name for name in _BETWEENNESS if any(name in row for row in rows)]
    table = pd.DataFrame(rows, columns=["year", "nodes", *CENTRALISATION, *added, *CORE, *SPLIT, *FLOW])
    notes = [Note("note.hierarchy"), _ideal(mixed)]
    if table["flow_gradient_share"].notna().any():
        notes.append(Note("note.flow_gradient", level=level))
    if isinstance(betweenness, int):
        notes.append(Note("note.hierarchy_betweenness", n=betweenness, seed=seed))
    if unsettled:
        notes.append(Note("note.coreness_unsettled", years=unsettled))
    if any(len(network) > paths.EXACT_UP_TO for network in networks.values()):
        notes.append(Note("note.closeness_left_out", limit=paths.EXACT_UP_TO))
    table.attrs["notes"] = [*notes, Note("note.sampling_caution")]
    return table


def core_shells(network: ValueNetwork) -> pd.DataFrame:
    """List the shells of the k-core decomposition, the innermost first.

    Parameters
    ----------
    network
        One network, usually that of the last year; direction is ignored.

    Returns
    -------
    DataFrame
        ``core``, ``shell_nodes``, ``shell_share``, ``core_nodes`` (of this core or a larger one) and
        ``shell_sample_share`` (NaN where roles are unknown).

    References
    ----------
    Seidman 1983.

    Examples
    --------
    >>> triangle = ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")])
    >>> core_shells(triangle)[["core", "shell_nodes"]].values.tolist()
    [[2, 3], [1, 1]]
    """
    table = measures.core_shells(cores.k_core(network), network.sample)
    table.attrs["notes"] = [Note("note.sampling_caution")]
    return table


def main_core_places(network: ValueNetwork, level: str = "province") -> pd.DataFrame:
    """Say from which places the main core is.

    Parameters
    ----------
    network
        One network whose organisations have places.
    level
        Column of the organisations.

    Returns
    -------
    DataFrame
        ``place``, ``nodes``, ``main_core_nodes``, ``main_core_share`` (of the place's nodes) and
        ``share_of_main_core`` (the place's part); places with most nodes in it first.

    Raises
    ------
    UsageError
        The organisations have no such column.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> rows = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> nodes = pd.DataFrame({"province": ["x", "x", "y"]}, index=["a", "b", "c"])
    >>> from clusters.networks import cumulative, last
    >>> main_core_places(last(cumulative(from_frame(rows, nodes))))["place"].to_list()
    ['x', 'y']
    """
    if network.attributes is None or level not in network.attributes.columns:
        raise UsageError(
            f"the organisations have no {level!r}", hint="give it with --nodes, or name another --level"
        )
    found = measures.core_groups(cores.k_core(network), network.attributes[level])
    table = found.rename_axis("place").reset_index()
    located = int(table["nodes"].sum())
    notes = [Note("note.main_core_places", n=located, of=network.n_nodes, level=level)]
    table.attrs["notes"] = [*notes, Note("note.sampling_caution")]
    return table


def coreness(network: ValueNetwork, *, mixed: core_periphery.Mixed = "one", seed: int = 0) -> pd.DataFrame:
    """Tabulate how near to the core every organisation is, the nearest first.

    Parameters
    ----------
    network
        One network, usually that of the last year.
    mixed, seed
        As in ``hierarchy``.

    Returns
    -------
    DataFrame
        ``node``, ``label`` (where names differ from ids), ``role``, ``degree``, ``core`` (k-core),
        ``in_core`` (the discrete model), ``continuous_coreness``, ``out_coreness``, ``in_coreness``; by
        falling continuous coreness.

    References
    ----------
    Borgatti, Everett 2000.

    Examples
    --------
    >>> table = coreness(ValueNetwork.from_edges([("hub", leaf) for leaf in "abcde"]))
    >>> table[["node", "in_core"]].values.tolist()[:2]
    [['hub', True], ['a', False]]
    """
    split = core_periphery.core_periphery(network, mixed=mixed, seed=seed)
    one, two = core_periphery.coreness(network), core_periphery.directed_coreness(network)
    table = _identity(network)
    for name, measure in _DEGREES.items():
        table[name] = measure(network).to_numpy()
    table["core"] = cores.k_core(network).to_numpy()
    table["in_core"] = split.core.to_numpy()
    for name, values in {
        "continuous_coreness": one.coreness,
        "out_coreness": two.out,
        "in_coreness": two.into,
    }.items():
        table[name] = values.to_numpy()
    table = _ranked(table).drop(columns=["in_degree", "out_degree"])
    table = table.sort_values("continuous_coreness", ascending=False, kind="stable", ignore_index=True)
    notes = [_ideal(mixed)]
    if not np.isnan(split.correlation):
        fits = {"discrete": split.correlation, "n": split.core_nodes, "fit": one.fit, "directed": two.fit}
        notes.append(Note("note.coreness_fits", **fits))
    if not (one.converged and two.converged):
        notes.append(Note("note.coreness_unsettled", years=[str(network.year or "-")]))
    table.attrs["notes"] = [*notes, Note("note.sampling_caution")]
    return table


def trophic_levels(network: ValueNetwork) -> pd.DataFrame:
    """Tabulate how far down the flow every organisation stands, the givers first.

    Parameters
    ----------
    network
        One network, usually that of the last year.

    Returns
    -------
    DataFrame
        ``node``, ``label`` (where names differ from ids), ``role``, ``in_degree``, ``out_degree``,
        ``trophic_level`` (from 0); of equal levels the larger degree first.

    References
    ----------
    MacKay, Johnson, Sansom 2020.

    Examples
    --------
    >>> trophic_levels(ValueNetwork.from_edges([("a", "b"), ("b", "c")]))["trophic_level"].round(6).to_list()
    [0.0, 1.0, 2.0]
    """
    levels = flow_hierarchy.trophic_levels(network)
    table = _identity(network)
    for name, measure in _DEGREES.items():
        table[name] = measure(network).to_numpy()
    table["trophic_level"] = levels.to_numpy()
    table = _ranked(table).drop(columns="degree")
    order = np.argsort(table["trophic_level"].round(9), kind="stable")
    table = table.iloc[order].reset_index(drop=True)
    incoherence = flow_hierarchy.incoherence_of(levels, network)
    notes = [] if np.isnan(incoherence) else [Note("note.trophic", incoherence=incoherence)]
    table.attrs["notes"] = [*notes, Note("note.sampling_caution")]
    return table


_BETWEENNESS = ("betweenness_centralisation", "betweenness_centralisation_estimate")


def _centralised(network: ValueNetwork) -> Row:
    return {
        "degree_centralisation": measures.degree_centralisation(network),
        "out_degree_centralisation": measures.degree_centralisation(network, "out"),
        "in_degree_centralisation": measures.degree_centralisation(network, "in"),
        "closeness_centralisation": (
            measures.closeness_centralisation(network) if len(network) <= paths.EXACT_UP_TO else NAN
        ),
    }


def _between(network: ValueNetwork, betweenness: Betweenness, seed: int) -> Row:
    if betweenness is None:
        return {}
    if betweenness == "exact":
        return {_BETWEENNESS[0]: measures.betweenness_centralisation(network)}
    found = centrality.betweenness_estimate(
        network, betweenness, seed=seed, convention="textbook", directed=False
    )
    values = found["betweenness_estimate"].to_numpy()
    return {_BETWEENNESS[1]: measures.betweenness_centralisation_of(values)}


def _main_core(network: ValueNetwork) -> Row:
    found = measures.main_core(cores.k_core(network), network.sample)
    return {name: getattr(found, name) for name in CORE}


def _flowing(network: ValueNetwork, level: str) -> Row:
    return {
        "flow_hierarchy": flow_hierarchy.flow_hierarchy(network),
        "trophic_incoherence": flow_hierarchy.trophic_incoherence(network),
        "gradient_share": flow_hierarchy.network_gradient_share(network),
        "flow_gradient_share": _between_places(network, level),
    }


def _between_places(network: ValueNetwork, level: str) -> float:
    """Return the gradient share of the relations between the places of the organisations."""
    if network.attributes is None or level not in network.attributes.columns:
        return NAN
    code, names = pd.factorize(network.attributes[level].to_numpy(dtype=object))
    origin, destination = code[network.sources], code[network.targets]
    known = (origin >= 0) & (destination >= 0)
    size = len(names)
    cell = origin[known] * size + destination[known]
    count = np.bincount(cell, network.relations[known], minlength=size * size).reshape(size, size)
    return flow_hierarchy.hodge_gradient_share(pd.DataFrame(count))


def _ideal(mixed: str) -> Note:
    return Note("note.core_periphery_one" if mixed == "one" else "note.core_periphery_missing")
