"""The network itself: structure by year (Tables 2, 5, 6), leading organisations (Tables 3, 4), all nodes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import progress
from clusters.errors import UsageError
from clusters.measures import centrality, clustering, cohesion, communities, cores, degree, paths
from clusters.networks import ValueNetwork
from clusters.sentences import Note

Convention = Literal["gephi", "textbook"]
Role = Literal["sample", "partner", "all"]
NAN = float("nan")
STRUCTURE = (
    *("year", "sample_nodes", "partner_nodes", "nodes", "edges", "relations", "average_degree"),
    *("diameter", "average_path_length", "reachable_pairs", "effective_diameter", "average_clustering"),
    *("density", "modularity", "communities", "weak_components", "strong_components"),
    *("largest_component", "reciprocity", "diameter_undirected", "average_path_length_undirected"),
    *("reachable_pairs_undirected", "effective_diameter_undirected", "average_clustering_undirected"),
)

ESTIMATES = (
    *("average_path_length_estimate", "low", "high", "sources", "diameter_at_least"),
    *("reachable_pairs_estimate", "effective_diameter_estimate"),
)
ESTIMATED = (*ESTIMATES, *(f"{name}_undirected" for name in ESTIMATES))
"""Columns beside ``STRUCTURE`` where a network was too large to search from every node."""
Sources = int | Literal["auto", "exact"]
MANY_EDGES = 1_000_000
"""Edges above which communities are searched for once unless told otherwise."""
LONG = 20.0
"""Seconds of work that are announced beforehand."""


def yearly_structure(
    networks: Mapping[int | None, ValueNetwork],
    *,
    convention: Convention = "gephi",
    seeds: int | None = None,
    seed: int = 0,
    sources: Sources = "auto",
    keep_partial: bool = False,
) -> pd.DataFrame:
    """Tabulate the structure of each year's network, one row per year.

    Parameters
    ----------
    networks
        Networks by year, as ``networks.cumulative`` gives them.
    convention
        Definition of clustering, see ``measures.clustering``.
    seeds, seed
        Searches for communities in each network (0 leaves them out; by default 5, and 1 above
        a million edges) and the seed of the first one; also the seed of sampled sources.
    sources
        ``"exact"`` searches for distances from every node, a number makes so many searches
        and estimates (``measures.paths.path_estimate``); ``"auto"`` is exact up to 200,000
        nodes and makes 1,024 searches above.
    keep_partial
        When interrupted, return what is done (the rest NaN, ``attrs["interrupted"]`` true)
        instead of raising ``KeyboardInterrupt``.

    Returns
    -------
    DataFrame
        ``year`` (NaN when undated); counts ``sample_nodes`` and ``partner_nodes`` (NaN when
        roles are unknown), ``nodes``, ``edges``, ``relations``; ``average_degree`` (E/N);
        distances in edges along edge direction over ``reachable_pairs``, and the same
        ignoring direction in columns ending in ``_undirected``; ``average_clustering`` of
        both readings; ``density``, ``modularity`` with its number of ``communities``,
        ``weak_components``, ``strong_components``, ``largest_component`` (nodes of the
        largest weak one) and ``reciprocity``. Undefined numbers are NaN.

        Estimated distances never stand in the columns of exact ones: then there are also
        ``average_path_length_estimate`` with the 95 % interval ``low`` to ``high``,
        ``sources`` (searches made), ``diameter_at_least`` (a lower bound),
        ``reachable_pairs_estimate``, ``effective_diameter_estimate`` and the same ignoring
        direction.

    References
    ----------
    Nankai report 2023, Tables 2, 5 and 6.

    Examples
    --------
    >>> chain = ValueNetwork.from_edges([("a", "b"), ("b", "c")])
    >>> table = yearly_structure({2022: chain})
    >>> table[["nodes", "edges", "diameter", "reachable_pairs", "reachable_pairs_undirected"]].values.tolist()
    [[3, 2, 2, 3, 6]]
    """
    rows: list[dict[str, Any]] = []
    notes, interrupted = [_what(convention)], False
    about_communities = Note("note.no_communities")
    try:
        # Year by year: networks of large tables are made anew whenever they are asked for.
        for year, network in networks.items():
            rows.append({"year": NAN if year is None else year})
            rows[-1].update(_counts(network) | _clustering(network, convention))
            rows[-1].update(_distances(network, sources, seed))
            if number := _seeds(network, seeds):
                found = communities.communities(network, number, seed)
                rows[-1].update(modularity=found.modularity, communities=found.communities)
                about_communities = _search(found.median, number, seed)
    except KeyboardInterrupt:
        if not keep_partial:
            raise
        interrupted = True
        rows += [{"year": NAN if year is None else year} for year in list(networks)[len(rows) :]]
        notes.append(Note("note.interrupted"))
    if rows:
        notes.append(about_communities)
    searched = [int(row["sources"]) for row in rows if "sources" in row]
    if searched:
        notes.append(Note("note.path_estimate", years=len(searched), n=max(searched), seed=seed))
    table = pd.DataFrame(rows, columns=[*STRUCTURE, *(ESTIMATED if searched else ())])
    table.attrs["notes"] = notes
    if interrupted:
        table.attrs["interrupted"] = True
    return table


def structure_statistics(
    network: ValueNetwork,
    *,
    convention: Convention = "gephi",
    distances: bool = True,
    seeds: int = 1,
    seed: int = 0,
) -> dict[str, float]:
    """Return the numbers of one row of ``yearly_structure``, for networks made from another one.

    ``distances`` and the search for communities (``seeds`` 0) can be left out; the others are exact.

    Examples
    --------
    >>> structure_statistics(ValueNetwork.from_edges([("a", "b"), ("b", "c")]))["reachable_pairs"]
    3
    """
    row = _counts(network) | _clustering(network, convention)
    if distances:
        row |= _distances(network, "exact", seed)
    if seeds:
        found = communities.communities(network, seeds, seed)
        row |= {"modularity": found.modularity, "communities": found.communities}
    return row


def structure_outlook(networks: Mapping[int | None, ValueNetwork], sources: Sources = "auto") -> list[Note]:
    """Say, before ``yearly_structure`` runs, what will be estimated and what will take long.

    The last network speaks for all, as it is usually the largest.

    Examples
    --------
    >>> structure_outlook({2022: ValueNetwork.from_edges([("a", "b")])})
    []
    """
    if not networks:
        return []
    last = networks[list(networks)[-1]]
    fewer = sources if isinstance(sources, int) else paths.SOURCES
    exact, estimated = _seconds(last, None), _seconds(last, fewer)
    long, short, n = progress.span(exact), progress.span(estimated), len(last)
    if sources == "auto" and n > paths.EXACT_UP_TO:
        return [
            Note("note.will_estimate", n=n, limit=paths.EXACT_UP_TO, sources=fewer, long=long, short=short)
        ]
    if not isinstance(sources, int) and exact > LONG:
        return [Note("note.will_take_long", n=n, sources=fewer, long=long, short=short)]
    return []


def _seconds(network: ValueNetwork, sources: int | None) -> float:
    return sum(paths.expected_seconds(network, sources, directed) for directed in (True, False))


def _seeds(network: ValueNetwork, seeds: int | None, usual: int = 5) -> int:
    if seeds is not None:
        return seeds
    return usual if network.n_edges <= MANY_EDGES else 1


def nodes_outlook(
    network: ValueNetwork, *, betweenness: bool = False, sources: int | None = None, distances: bool = False
) -> list[Note]:
    """Say, before ``node_measures`` runs, what will take long.

    Examples
    --------
    >>> nodes_outlook(ValueNetwork.from_edges([("a", "b")]), betweenness=True, distances=True)
    []
    """
    notes, n = [], len(network)
    if betweenness and sources is None:
        # Measured: a search for shortest paths, there and back, takes 6 ns for each node and edge.
        whole = n * (n + network.n_edges) * 6e-9
        if whole > LONG:
            long, short = progress.span(whole), progress.span(whole * min(1.0, paths.SOURCES / n))
            what = Note("term.betweenness_exact")
            notes.append(Note("note.nodes_take_less", what=what, n=n, long=long, short=short))
    seconds = paths.expected_seconds(network)
    if distances and seconds > LONG:
        what = Note("term.distances_exact")
        notes.append(Note("note.nodes_take_long", what=what, n=n, long=progress.span(seconds)))
    return notes


def _counts(network: ValueNetwork) -> dict[str, Any]:
    sample = NAN if network.sample is None else int(network.sample.sum())
    parts = cohesion.component_summary(network)
    return {
        "sample_nodes": sample,
        "partner_nodes": network.n_nodes - sample,
        "nodes": network.n_nodes,
        "edges": network.n_edges,
        "relations": network.n_relations,
        "average_degree": degree.average_degree(network),
        "density": cohesion.density(network),
        "reciprocity": cohesion.reciprocity(network),
        "weak_components": parts.weak_components,
        "strong_components": parts.strong_components,
        "largest_component": parts.largest_component,
    }


def _distances(network: ValueNetwork, sources: Sources, seed: int) -> dict[str, Any]:
    row = {}
    number = sources if isinstance(sources, int) else paths.SOURCES
    exact = sources == "exact" or (sources == "auto" and len(network) <= paths.EXACT_UP_TO)
    for ending, directed in (("", True), ("_undirected", False)):
        if exact:
            found: Any = paths.path_summary(network, directed=directed)
            names: Sequence[str] = _EXACT
        else:
            found = paths.path_estimate(network, number, directed=directed, seed=seed)
            names = ESTIMATES
        for name in names:
            row[name + ending] = getattr(found, name)
    return row


_EXACT = ("diameter", "average_path_length", "reachable_pairs", "effective_diameter")


def _clustering(network: ValueNetwork, convention: Convention) -> dict[str, Any]:
    return {
        "average_clustering": clustering.average_clustering(network, convention),
        "average_clustering_undirected": clustering.average_clustering(network, convention, directed=False),
    }


def _what(convention: str) -> Note:
    return Note("note.clustering_gephi" if convention == "gephi" else "note.clustering_textbook")


def _search(median: float, seeds: int, seed: int) -> Note:
    """Say how the modularity was searched for."""
    last = seed + seeds - 1
    if math.isnan(median):
        return Note("note.modularity_undefined", seeds=seeds, first=seed, last=last)
    return Note("note.modularity", seeds=seeds, first=seed, last=last, median=median)


def top_degrees(
    network: ValueNetwork, top: int = 20, role: Role = "all", *, weighted: bool = False
) -> pd.DataFrame:
    """List the organisations with the largest degrees.

    Parameters
    ----------
    network
        One network, usually that of the last year.
    top
        Longest list.
    role
        ``sample``, ``partner`` or ``all`` organisations.
    weighted
        Rank by relations instead of edges, and show both.

    Returns
    -------
    DataFrame
        ``rank``, ``node``, ``label`` (where names differ from ids), ``role``, ``in_degree``,
        ``out_degree``, ``degree`` and the shares of all edges that the organisation gives
        (``empowerment_share``) and takes (``input_share``). Equal degrees: the larger
        out-degree first, then by id (decision D12).

    Raises
    ------
    UsageError
        One role is asked for, but the network does not know roles.

    References
    ----------
    Nankai report 2023, Tables 3 and 4.

    Examples
    --------
    >>> network = ValueNetwork.from_edges([("a", "b"), ("c", "b"), ("b", "d"), ("d", "a")])
    >>> top_degrees(network, top=2)[["rank", "node", "in_degree", "out_degree", "degree"]].values.tolist()
    [[1, 'b', 2, 1, 3], [2, 'a', 1, 1, 2]]
    """
    _check_role(network, role)
    columns = _degrees(network, weighted)
    kind = "weighted_" if weighted else ""
    among = np.arange(network.n_nodes)
    if network.sample is not None and role != "all":
        among = np.flatnonzero(network.sample == (role == "sample"))
    leading = _leading(among, [columns[kind + "degree"], columns[kind + "out_degree"]], top)
    table = _identity(network).take(leading)
    for name, values in columns.items():
        table[name] = values[leading]
    for name, of in (("empowerment_share", "out_degree"), ("input_share", "in_degree")):
        total = columns[kind + of].sum()
        table[name] = table[kind + of] / total if total else NAN
    table = _ranked(table, kind).head(top)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    table.attrs["notes"] = [Note("note.degrees_relations" if weighted else "note.degrees_edges")]
    return table


def yearly_degrees(
    networks: Mapping[int | None, ValueNetwork],
    *,
    top: int | None = None,
    role: Role = "all",
    weighted: bool = False,
) -> pd.DataFrame:
    """Tabulate the degrees of every organisation in every year, or the leading ones of each year.

    Parameters
    ----------
    networks
        Networks by year, as ``networks.cumulative`` gives them.
    top
        With a number: the list of ``top_degrees`` of each year. ``None``: every organisation of each
        year, in node order, without ranks and shares.
    role, weighted
        As in ``top_degrees``.

    Returns
    -------
    DataFrame
        ``year`` (NaN when undated), then the columns of ``top_degrees``; ``label`` where a name
        differs from its id in any year.

    References
    ----------
    Nankai report 2023, Tables 3 and 4, for each year.

    Examples
    --------
    >>> from clusters.networks import cumulative
    >>> from clusters.relations import from_frame
    >>> rows = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "year": [2020, 2021]})
    >>> table = yearly_degrees(cumulative(from_frame(rows)))
    >>> table[["year", "node", "in_degree", "out_degree"]].values.tolist()
    [[2020, 'a', 0, 1], [2020, 'b', 1, 0], [2021, 'a', 0, 1], [2021, 'b', 1, 1], [2021, 'c', 1, 0]]
    """
    parts = []
    for year, network in networks.items():
        if top is not None:
            part = top_degrees(network, top, role, weighted=weighted)
        else:
            _check_role(network, role)
            part = _identity(network).assign(**_degrees(network, weighted))
            part = part if role == "all" else part[part["role"] == role]
        part.attrs = {}
        part.insert(0, "year", NAN if year is None else year)
        parts.append(part)
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"year": []})
    if "label" in table.columns:
        label = table.pop("label")
        after = list(table.columns).index("node") + 1
        table.insert(after, "label", label.where(label.notna(), table["node"]))
    table.attrs["notes"] = [Note("note.degrees_relations" if weighted else "note.degrees_edges")]
    return table


def node_measures(
    network: ValueNetwork,
    *,
    betweenness: bool = False,
    sources: int | None = None,
    closeness: bool = False,
    eccentricity: bool = False,
    convention: Convention = "gephi",
    seeds: int | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Tabulate the measures of every organisation, the best connected first.

    Parameters
    ----------
    network
        One network, usually that of the last year.
    betweenness, closeness, eccentricity
        Add these columns; exact betweenness takes by far the longest.
    sources
        Estimate betweenness from paths that begin at so many organisations drawn at random, see
        ``measures.centrality.betweenness_estimate``: ``betweenness_estimate`` and
        ``betweenness_error`` instead of ``betweenness``.
    convention
        Definition of clustering and closeness; PageRank is the textbook's in either case.
    seeds, seed
        Searches for communities (by default 10, and 1 above a million edges), and the seed of
        the first one.

    Returns
    -------
    DataFrame
        ``node``, ``label`` (where names differ from ids), ``role`` (missing when unknown),
        ``in_degree``, ``out_degree``, ``degree``, ``local_clustering``, ``core``,
        ``community``, ``component``, ``pagerank`` and what was asked for; in the order of
        ``top_degrees``.

    Examples
    --------
    >>> table = node_measures(ValueNetwork.from_edges([("a", "b"), ("c", "b")]), eccentricity=True)
    >>> table[["node", "degree", "core", "eccentricity"]].values.tolist()
    [['b', 2, 1, 0], ['a', 1, 1, 1], ['c', 1, 1, 1]]
    """
    table = _identity(network)
    seeds = _seeds(network, seeds, 10)
    partition = communities.communities(network, seeds, seed)
    found = partition.modularity
    columns = {name: measure(network) for name, measure in _DEGREES.items()}
    columns["local_clustering"] = clustering.local_clustering(network, convention)
    columns["core"] = cores.k_core(network)
    columns["community"] = partition.membership
    columns["component"] = cohesion.weak_components(network)
    columns["pagerank"] = centrality.pagerank(network)
    notes = [Note("note.communities", seeds=seeds, first=seed, last=seed + seeds - 1, modularity=found)]
    if betweenness and sources is None:
        columns["betweenness"] = centrality.betweenness(network)
    elif betweenness and sources is not None:
        columns |= dict(centrality.betweenness_estimate(network, sources, seed=seed))
        drawn = min(sources, network.n_nodes)
        notes.append(Note("note.betweenness_estimate", n=drawn, of=network.n_nodes, seed=seed))
    if closeness or eccentricity:
        sums = paths.node_distances(network)
        if closeness:
            columns["closeness"] = paths.closeness_of(sums, convention)
        if eccentricity:
            columns["eccentricity"] = sums["eccentricity"]
    for name, values in columns.items():
        table[name] = values.to_numpy()
    table = _ranked(table)
    table.attrs["notes"] = notes
    return table


_DEGREES = {"in_degree": degree.in_degree, "out_degree": degree.out_degree, "degree": degree.degree}


def _identity(network: ValueNetwork) -> pd.DataFrame:
    """Return node, label where it says more than the id, and role of every organisation."""
    table = pd.DataFrame({"node": network.nodes})
    if network.attributes is not None and "label" in network.attributes.columns:
        label = network.attributes["label"].to_numpy(dtype=object)
        if (label != network.nodes.to_numpy(dtype=object)).any():
            table["label"] = label
    roles = np.full(network.n_nodes, None, dtype=object)
    if network.sample is not None:
        # The same two strings throughout; ``astype(object)`` would make one for each organisation.
        roles = np.array(["partner", "sample"], dtype=object)[network.sample.astype(np.intp)]
    table["role"] = roles
    return table


def _check_role(network: ValueNetwork, role: Role) -> None:
    if role not in ("sample", "partner", "all"):
        raise UsageError(f"role {role!r} is not known; use sample, partner or all")
    if role != "all" and network.sample is None:
        raise UsageError(
            f"role {role} was asked for, but the table does not say which organisations are the sample",
            hint="give a column 'role' with --nodes, or rows as enterprise, partner, direction",
        )


def _degrees(network: ValueNetwork, weighted: bool) -> dict[str, NDArray[Any]]:
    columns = {name: measure(network).to_numpy() for name, measure in _DEGREES.items()}
    if weighted:
        for name, measure in _DEGREES.items():
            columns[f"weighted_{name}"] = measure(network, weighted=True).to_numpy()
    return columns


def _leading(among: NDArray[np.intp], columns: Sequence[NDArray[Any]], top: int) -> NDArray[np.intp]:
    """Choose, without sorting, who can be among the first by some columns, the first one counting most.

    Those that are equal to the last one in all columns are there too.
    """
    ahead = []
    for column in columns:
        if among.size <= top:
            break
        values = column[among]
        least = np.partition(values, among.size - top)[among.size - top]
        ahead.append(among[values > least])
        top -= ahead[-1].size
        among = among[values == least]
    return np.sort(np.concatenate([*ahead, among]))


def _ranked(table: pd.DataFrame, kind: str = "") -> pd.DataFrame:
    """Sort by degree, then out-degree, both falling, then by id (decision D12)."""
    values = [-table[f"{kind}{name}"].to_numpy() for name in ("degree", "out_degree")]
    order = np.lexsort(values[::-1])
    ids = table["node"].astype(str).to_list()
    new = np.any([value[order][1:] != value[order][:-1] for value in values], axis=0)
    for tied in np.split(order, np.flatnonzero(new) + 1):
        # A view: names are compared only where degrees are equal.
        tied[:] = sorted(tied.tolist(), key=ids.__getitem__)
    return table.iloc[order].reset_index(drop=True)
