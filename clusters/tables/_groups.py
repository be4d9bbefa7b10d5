"""Groups of organisations: who is joined with whom, who stands between, which communities agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from clusters import places, progress
from clusters.errors import UsageError
from clusters.measures import brokerage as holes
from clusters.measures import consensus
from clusters.measures import mixing as measures
from clusters.measures._leiden import Method
from clusters.networks import ValueNetwork, cumulative
from clusters.relations import Relations
from clusters.sentences import Note
from clusters.tables._flows import _square
from clusters.tables._structure import _identity

Networks = Mapping[int | None, ValueNetwork]
PERMUTATIONS = 199
SIDES: tuple[tuple[measures.Side, measures.Side], ...] = (
    ("out", "in"),
    ("out", "out"),
    ("in", "in"),
    ("in", "out"),
)
SPREAD = ("expected", "z", "p")
CONSENSUS = (
    *("communities", "consensus_modularity", "best_modularity", "median_modularity", "lowest_modularity"),
    *("stability", "nmi", "ari"),
)


def mixing(
    networks: Networks | ValueNetwork | Relations,
    by: str = "province",
    *,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> pd.DataFrame:
    """Tabulate who is joined with whom, one row per year.

    Parameters
    ----------
    networks
        Networks by year, one network, or relations, whose cumulative networks are taken.
    by
        What groups organisations: ``role``, or a column of them such as province, city or type.
    permutations, seed
        How often groups are dealt anew to the organisations of each role, and the seed.

    Returns
    -------
    DataFrame
        ``year``, ``nodes``, ``edges``, ``grouped_edges`` (both ends have a group),
        ``external_edges``, ``ei_index``, with permutations ``ei_expected``, ``ei_z``, ``ei_p``;
        ``attribute_assortativity`` and ``degree_assortativity`` (direction ignored), each with its
        jackknife error; the four directed ones ``assortativity_out_in`` (degree of the giver, of
        the receiver), ``_out_out``, ``_in_in``, ``_in_out``.

    References
    ----------
    Krackhardt, Stern 1988; Newman 2003; methods H7 and H8.

    Examples
    --------
    >>> nodes = pd.DataFrame({"city": ["x", "x", "y"]}, index=list("abc"))
    >>> from clusters.relations import from_frame
    >>> pairs = pd.DataFrame({"source": ["a", "b", "a"], "target": ["b", "a", "c"]})
    >>> table = mixing(from_frame(pairs, nodes), "city", permutations=0)
    >>> table[["grouped_edges", "external_edges"]].values.tolist()
    [[3, 1]]
    """
    networks = _by_year(networks)
    rows, notes = [], [Note("note.mixing")]
    for year, network in networks.items():
        groups, within = _groups(network, by)
        ei = measures.ei_index(network, groups, permutations=permutations, seed=seed, within=within)
        own = measures.attribute_assortativity(network, groups)
        undirected = measures.undirected_degree_assortativity(network)
        row: dict[str, Any] = {"year": year, "nodes": network.n_nodes, "edges": network.n_edges}
        row |= {"grouped_edges": round(ei.external + ei.internal), "external_edges": round(ei.external)}
        row |= {"ei_index": ei.index}
        if permutations:
            row |= {f"ei_{name}": getattr(ei, name) for name in SPREAD}
        for name, found in (("attribute", own), ("degree", undirected)):
            row[f"{name}_assortativity"] = found.coefficient
            row[f"{name}_assortativity_error"] = found.standard_error
        for giver, receiver in SIDES:
            found = measures.degree_assortativity(network, giver, receiver)
            row[f"assortativity_{giver}_{receiver}"] = found.coefficient
        rows.append(row)
    if permutations:
        notes.append(Note("note.groups_dealt", n=permutations, seed=seed))
    table = pd.DataFrame(rows, columns=None if rows else _mixing_columns(permutations))
    table.attrs["notes"] = [*notes, *_ungrouped(networks, by), Note("note.sampling_caution")]
    return table


def mixing_matrix_table(network: ValueNetwork, by: str = "province", *, shares: bool = True) -> pd.DataFrame:
    """Tabulate the shares of edges from group to group as a square.

    Parameters
    ----------
    network
        Network of one year.
    by
        As in ``mixing``.
    shares
        Of the edges whose ends both have a group; ``False`` gives their numbers.

    Returns
    -------
    DataFrame
        ``origin``, then one column per group, places by their code. Edges count; ``flows`` counts
        relations.

    References
    ----------
    Newman 2003; methods H8.

    Examples
    --------
    >>> network = ValueNetwork.from_edges([("a", "b")])
    >>> import dataclasses
    >>> network = dataclasses.replace(network, sample=np.array([True, False]))
    >>> mixing_matrix_table(network, "role").values.tolist()
    [['partner', 0.0, 0.0], ['sample', 1.0, 0.0]]
    """
    groups, _ = _groups(network, by)
    matrix = measures.mixing_matrix(network, groups, shares=shares)
    order = sorted(matrix.index, key=lambda name: places.sort_key(str(name)))
    matrix = matrix.reindex(index=order, columns=order)
    if not shares:
        matrix = matrix.astype(np.int64)
    table = _square(matrix)
    table.attrs["notes"] = [
        Note("note.mixing_matrix"),
        *_ungrouped({network.year: network}, by),
        Note("note.sampling_caution"),
    ]
    return table


def brokerage(network: ValueNetwork, by: str = "province", *, top: int | None = 20) -> pd.DataFrame:
    """Tabulate structural holes and roles of brokers, one row per organisation.

    Parameters
    ----------
    network
        Network of one year.
    by
        Groups of the roles, as in ``mixing``.
    top
        Longest list; ``None`` for all organisations.

    Returns
    -------
    DataFrame
        ``rank``, ``node``, ``label``, ``role``, ``node_group``, ``neighbours``, ``constraint``,
        ``effective_size``, ``hole_efficiency``, ``open_paths`` and its parts ``coordinator``,
        ``representative``, ``gatekeeper``, ``itinerant``, ``liaison``; by falling ``open_paths``,
        then effective size, then identifier.

    References
    ----------
    Burt 1992; Gould, Fernandez 1989; methods H10.

    Examples
    --------
    >>> import dataclasses
    >>> chain = ValueNetwork.from_edges([("a", "b"), ("b", "c")])
    >>> chain = dataclasses.replace(chain, sample=np.array([False, True, False]))
    >>> brokerage(chain, "role", top=1)[["node", "open_paths", "itinerant"]].values.tolist()
    [['b', 1, 1]]
    """
    groups, _ = _groups(network, by)
    table = _identity(network)
    table["node_group"] = groups.to_numpy(dtype=object)
    gaps = holes.structural_holes(network).rename(columns={"efficiency": "hole_efficiency"})
    roles = holes.brokerage(network, groups)[["open_paths", *holes.ROLES]]
    for column in (*gaps.columns, *roles.columns):
        table[column] = (gaps if column in gaps else roles)[column].to_numpy()
    key = table["node"].map(str).to_numpy(dtype=str)
    order = np.lexsort((key, -table["effective_size"].fillna(0).to_numpy(), -table["open_paths"].to_numpy()))
    table = table.iloc[order[:top]].reset_index(drop=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    notes = [Note("note.holes"), Note("note.broker_roles")]
    notes += [*_ungrouped({network.year: network}, by), Note("note.sampling_caution")]
    table.attrs["notes"] = notes
    return table


def brokerage_groups(
    network: ValueNetwork, by: str = "province", *, permutations: int = PERMUTATIONS, seed: int = 0
) -> pd.DataFrame:
    """Tabulate the roles of brokers by group, beside those of groups dealt anew.

    Parameters
    ----------
    network, by
        As in ``brokerage``.
    permutations, seed
        As in ``mixing``.

    Returns
    -------
    DataFrame
        ``node_group`` (the first five rows, without one, are of all organisations; then those with
        the most open two-paths first), ``broker_role``,
        ``open_paths``, ``path_share`` of the group's open two-paths, and with permutations
        ``paths_expected``, ``paths_z``, ``paths_p``.

    References
    ----------
    Gould, Fernandez 1989; methods H10.

    Examples
    --------
    >>> import dataclasses
    >>> chain = ValueNetwork.from_edges([("a", "b"), ("b", "c")])
    >>> chain = dataclasses.replace(chain, sample=np.array([False, True, True]))
    >>> table = brokerage_groups(chain, "role", permutations=0)
    >>> table.query("open_paths > 0")[["node_group", "broker_role"]].values.tolist()
    [[None, 'gatekeeper'], ['sample', 'gatekeeper']]
    """
    groups, within = _groups(network, by)
    found = holes.brokerage_by_group(network, groups, permutations=permutations, seed=seed, within=within)
    total = found["paths"].to_numpy().reshape(-1, len(holes.ROLES)).sum(axis=1).repeat(len(holes.ROLES))
    order = np.lexsort((-total, found["group"].notna()))  # the last key counts most: all, then groups
    found, total = found.iloc[order].reset_index(drop=True), total[order]
    paths = found["paths"].to_numpy(dtype=np.float64)
    share = np.divide(paths, total, out=np.full(paths.size, np.nan), where=total > 0)
    table = found.rename(
        columns={"group": "node_group", "paths": "open_paths", **{name: f"paths_{name}" for name in SPREAD}}
    )
    table.insert(3, "path_share", share)
    notes = [Note("note.broker_roles")]
    if permutations:
        notes.append(Note("note.groups_dealt", n=permutations, seed=seed))
    else:
        table = table.drop(columns=[f"paths_{name}" for name in SPREAD])
    notes += [*_ungrouped({network.year: network}, by), Note("note.sampling_caution")]
    table.attrs["notes"] = notes
    return table


def consensus_communities(
    networks: Networks | ValueNetwork | Relations,
    by: str | None = "province",
    *,
    seeds: int = 100,
    seed: int = 0,
    method: Method = "leiden",
) -> pd.DataFrame:
    """Tabulate the communities that many searches agree on, one row per year.

    Parameters
    ----------
    networks
        As in ``mixing``.
    by
        Groups that the communities are compared with; ``None`` for no comparison.
    seeds, seed
        Number of searches in each network, and the seed of the first.
    method
        ``"leiden"`` or ``"louvain"``.

    Returns
    -------
    DataFrame
        ``year``, ``nodes``, ``edges``, ``communities``, ``consensus_modularity`` and the spread of
        the searches, ``best_modularity``, ``median_modularity``, ``lowest_modularity``;
        ``stability``; ``nmi`` and ``ari`` with the groups, over organisations that have one.

    References
    ----------
    Lancichinetti, Fortunato 2012; methods H14.

    Examples
    --------
    >>> ring = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 5), (5, 3)]
    >>> table = consensus_communities(ValueNetwork.from_edges(ring), None, seeds=10)
    >>> table[["communities", "stability"]].values.tolist()
    [[2.0, 1.0]]
    """
    networks = _by_year(networks)
    rows = []
    with progress.task(Note("note.progress_consensus", n=seeds), total=len(networks), unit="count") as done:
        for number, (year, network) in enumerate(networks.items(), start=1):
            found = consensus.consensus_communities(network, seeds, seed, method=method)
            numbers = [found.communities, found.modularity, found.best, found.median, found.lowest]
            values = [*numbers, found.stability]
            if by is not None:
                groups, _ = _groups(network, by)
                values += [
                    measure(found.membership, groups)
                    for measure in (consensus.normalised_mutual_information, consensus.adjusted_rand_index)
                ]
            row: dict[str, Any] = {"year": year, "nodes": network.n_nodes, "edges": network.n_edges}
            rows.append(row | dict(zip(CONSENSUS, values, strict=False)))
            done(number)
    table = pd.DataFrame(rows, columns=["year", "nodes", "edges", *CONSENSUS[: None if by else -2]])
    names = {"leiden": "Leiden", "louvain": "Louvain"}
    notes = [Note("note.consensus", n=seeds, first=seed, last=seed + seeds - 1, method=names[method])]
    table.attrs["notes"] = [*notes, *(_ungrouped(networks, by) if by else ())]
    return table


def _mixing_columns(permutations: int) -> list[str]:
    """Return the columns of a table of mixing without a row."""
    dealt = [f"ei_{name}" for name in SPREAD] if permutations else []
    errors = [f"{of}_assortativity{end}" for of in ("attribute", "degree") for end in ("", "_error")]
    directed = [f"assortativity_{giver}_{receiver}" for giver, receiver in SIDES]
    counted = ["year", "nodes", "edges", "grouped_edges", "external_edges", "ei_index"]
    return [*counted, *dealt, *errors, *directed]


def _by_year(networks: Networks | ValueNetwork | Relations) -> Networks:
    if isinstance(networks, Relations):
        return cumulative(networks)
    return {networks.year: networks} if isinstance(networks, ValueNetwork) else networks


def _groups(network: ValueNetwork, by: str) -> tuple[pd.Series, np.ndarray | None]:
    """Return the group of each organisation, and the roles within which groups are dealt anew."""
    if by == "role":
        if network.sample is None:
            raise UsageError(Note("note.no_roles_groups"))
        names = np.array(["partner", "sample"], dtype=object)[network.sample.astype(np.intp)]
        return pd.Series(names, index=network.nodes), None
    attributes = network.attributes
    if attributes is None or by not in attributes.columns:
        known = (
            [] if attributes is None else [str(c) for c in attributes.columns if c not in ("label", "role")]
        )
        raise UsageError(
            Note("note.no_groups", by=by, known=known or Note("note.none")),
            hint=f"add a column {by} to the nodes table, or columns source_{by} and target_{by}",
        )
    return pd.Series(attributes[by].to_numpy(dtype=object), index=network.nodes), network.sample


def _ungrouped(networks: Networks, by: str) -> list[Note]:
    """Say how many organisations of the last network have no group."""
    if not networks:
        return []
    network = list(networks.values())[-1]
    groups, _ = _groups(network, by)
    blank = groups.map(lambda value: not value.strip() if isinstance(value, str) else pd.isna(value))
    without = int(blank.sum())
    return [Note("note.ungrouped", n=without, of=len(groups), by=by)] if without else []
