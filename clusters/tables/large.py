"""Tables of relations on disk: top lists, and the part of the structure that is counting."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from clusters.engines import counts
from clusters.engines.large import LargeRelations
from clusters.errors import UsageError
from clusters.networks import Parallel
from clusters.sentences import Note
from clusters.tables._structure import Role

NAN = float("nan")
_COUNTED = (
    *("year", "sample_nodes", "partner_nodes", "nodes", "edges", "relations"),
    *("average_degree", "density", "reciprocity"),
)


def structure(
    relations: LargeRelations,
    *,
    years: Iterable[int] | None = None,
    mode: str = "cumulative",
    parallel: Parallel = "merge",
) -> pd.DataFrame:
    """Tabulate what can be counted of each year's network; see ``yearly_structure``.

    Parameters
    ----------
    relations
        Checked relations on disk.
    years
        Years to report; by default all that occur.
    mode
        ``cumulative``, ``yearly`` or ``window:N``.
    parallel
        What counts as one edge.

    Returns
    -------
    DataFrame
        ``year``, ``sample_nodes``, ``partner_nodes``, ``nodes``, ``edges``, ``relations``,
        ``average_degree``, ``density`` and ``reciprocity``, equal to those of
        ``yearly_structure``; undefined numbers are NaN.
    """
    rows = []
    for row in counts.structure(relations, years=years, mode=mode, parallel=parallel):
        nodes, edges, sample = row["nodes"], row["edges"], row["sample_nodes"]
        sample = NAN if sample is None else sample
        rows.append(
            {
                **{name: row[name] for name in ("nodes", "edges", "relations")},
                "year": NAN if row["year"] is None else row["year"],
                "sample_nodes": sample,
                "partner_nodes": nodes - sample,
                "average_degree": edges / nodes if nodes else NAN,
                "density": edges / (nodes * (nodes - 1)) if nodes > 1 else NAN,
                "reciprocity": row["mutual"] / row["pairs"] if row["pairs"] else NAN,
            }
        )
    table = pd.DataFrame(rows, columns=list(_COUNTED))
    table.attrs["notes"] = [Note("note.large_structure")]
    return table


def top_degrees(
    network: counts.LargeNetwork, top: int = 20, role: Role = "all", *, weighted: bool = False
) -> pd.DataFrame:
    """List the organisations with the largest degrees, as ``top_degrees`` does.

    Parameters
    ----------
    network
        Network of one year on disk.
    top, role, weighted
        As for ``top_degrees``.

    Returns
    -------
    DataFrame
        The table of ``top_degrees``.
    """
    if role not in ("sample", "partner", "all"):
        raise UsageError(f"role {role!r} is not known; use sample, partner or all")
    if role != "all" and not network.relations.has_roles:
        raise UsageError(
            f"role {role} was asked for, but the table does not say which organisations are the sample",
            hint="give a column 'role' with --nodes, or rows as enterprise, partner, direction",
        )
    table, total = counts.top(network, top, role, weighted=weighted)
    kind = "weighted_" if weighted else ""
    for name, of in (("empowerment_share", "out_degree"), ("input_share", "in_degree")):
        table[name] = table[kind + of] / total if total else NAN
    if not weighted:
        table = table.drop(columns=[c for c in table.columns if c.startswith("weighted_")])
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    table.attrs["notes"] = [Note("note.degrees_relations" if weighted else "note.degrees_edges")]
    return table


def yearly_degrees(
    relations: LargeRelations,
    *,
    top: int = 20,
    role: Role = "all",
    weighted: bool = False,
    mode: str = "cumulative",
    parallel: Parallel = "merge",
) -> pd.DataFrame:
    """List the leading organisations of each year, as ``tables.yearly_degrees`` does.

    The degrees of all organisations in all years may not fit in memory;
    ``engines.counts.write_degrees`` writes them to a file.
    """
    years = relations.years if relations.dated else [None]
    parts = []
    for year in years:
        network = counts.network(relations, year, mode=mode, parallel=parallel)
        part = top_degrees(network, top, role, weighted=weighted)
        part.attrs = {}
        part.insert(0, "year", NAN if year is None else year)
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    if "label" in table.columns:
        label = table.pop("label")
        after = list(table.columns).index("node") + 1
        table.insert(after, "label", label.where(label.notna(), table["node"]))
    table.attrs["notes"] = [Note("note.degrees_relations" if weighted else "note.degrees_edges")]
    return table
