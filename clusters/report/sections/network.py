"""Sections about the network as a whole: rows, structure, growth, the network of platforms."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from clusters import networks, tables
from clusters.networks import ValueNetwork
from clusters.relations import of_platforms
from clusters.report.items import Table, View
from clusters.report.sections._base import Contents, table_of
from clusters.report.study import Study

STRUCTURE = (
    "year",
    "sample_nodes",
    "partner_nodes",
    "nodes",
    "edges",
    "relations",
    "average_degree",
    "diameter",
    "average_path_length",
    "reachable_pairs",
    "average_clustering",
)
COHESION = (
    "year",
    "density",
    "reciprocity",
    "modularity",
    "communities",
    "weak_components",
    "strong_components",
    "largest_component",
    "effective_diameter",
)
UNDIRECTED = (
    "year",
    "diameter_undirected",
    "average_path_length_undirected",
    "reachable_pairs_undirected",
    "effective_diameter_undirected",
    "average_clustering_undirected",
)
ESTIMATED = (
    "year",
    "average_path_length_estimate",
    "low",
    "high",
    "sources",
    "diameter_at_least",
    "average_path_length_estimate_undirected",
    "low_undirected",
    "high_undirected",
)
"""Distances of networks too large to search from every node."""
ALL_STRUCTURE = tuple(dict.fromkeys(STRUCTURE + ESTIMATED + COHESION + UNDIRECTED))


def rows(study: Study, contents: Contents) -> Iterable[Table]:
    """Tell what happened to every row of the input."""
    frame = tables.row_account(study.relations)
    shown = View(("rows", "accepted", "rejected", "self_loops", "duplicates", "relations"), upright=True)
    yield table_of(study, "row_account", frame, views=(shown,))
    account = study.relations.account
    if account.rejected:
        reasons = pd.DataFrame({"reason": list(account.reasons), "rows": list(account.reasons.values())})
        reasons = reasons.sort_values(["rows", "reason"], ascending=[False, True], ignore_index=True)
        yield table_of(study, "reject_reasons", reasons)
    steps = tables.row_steps(study.relations)
    yield table_of(study, "row_steps", steps, views=_step_views(steps))


def _step_views(steps: pd.DataFrame) -> tuple[View, ...]:
    """Show the steps unless every row of every file was simply taken; the file where there are several."""
    if not steps["reason"].ne("").any():
        return ()
    hidden = {"file"} if len(set(steps["file"])) == 1 else set()
    return (View(tuple(str(c) for c in steps.columns if c not in hidden)),)


def structure(study: Study, contents: Contents) -> Iterable[Table]:
    """Table 2: the network by year."""
    frame = tables.yearly_structure(study.networks, seed=study.seed)
    contents.facts = replace(contents.facts, structure=frame, cumulative=study.mode == "cumulative")
    contents.hidden |= _drawing(study, study.last, "network")
    caption = study.join(
        study.mode_clause,
        study.parallel_clause,
        study.kinds_clause,
        study.say("clause.distances"),
        study.say("clause.convention.gephi"),
        study.say("caption.structure"),
    )
    yield table_of(study, "structure", frame, caption, views=_structure_views(frame))


def _structure_views(frame: pd.DataFrame) -> tuple[View, ...]:
    """Show many years as rows in three parts, one or two years as columns."""
    known = [c for c in frame.columns if frame[c].notna().any() or c == "average_path_length"]
    if len(frame) > 2:
        parts = [
            tuple(c for c in part if c in known) for part in (STRUCTURE, ESTIMATED, COHESION, UNDIRECTED)
        ]
        return tuple(View(part) for part in parts if len(part) > 1)
    return (View(tuple(c for c in ALL_STRUCTURE if c in known), upright=True),)


def _drawing(study: Study, network: ValueNetwork, name: str) -> dict[str, pd.DataFrame]:
    """Return nodes with positions and edges of a network, for its drawing.

    Positions are those of the last network, so that pictures can be compared and
    nothing is laid out twice.
    """
    from clusters.export.style import node_style

    style = node_style(network, seed=study.seed)
    nodes = study.positions.reindex(network.nodes).rename_axis("node").reset_index()
    nodes["size"] = style.sizes
    nodes["color"] = [f"#{r:02X}{g:02X}{b:02X}" for r, g, b in style.colours]
    if style.colour_by == "role" and network.sample is not None:
        nodes["role"] = np.where(network.sample, "sample", "partner")
    if network.attributes is not None and "label" in network.attributes.columns:
        nodes["label"] = network.attributes["label"].to_numpy()
    low, high = network.links
    edges = pd.DataFrame({"source": network.nodes[low], "target": network.nodes[high]})
    return {f"{name}_nodes": nodes, f"{name}_edges": edges}


def growth(study: Study, contents: Contents) -> Iterable[Table]:
    """Show how the network grew: denser, through whom, towards whom."""
    built = study.networks
    if study.mode != "cumulative" or not study.relations.dated or len(built) < 2:
        return
    caption = study.join(study.mode_clause, study.parallel_clause, study.kinds_clause)
    by_year = tables.growth(built, seed=study.seed)
    fits = tables.growth_fit(built)
    contents.facts = replace(contents.facts, growth=fits)
    yield table_of(study, "growth", by_year, caption, views=_growth_views(by_year), notes=True)
    yield table_of(study, "growth_fit", fits, views=_exponent_views(fits), key="measure", notes=True)
    yield table_of(study, "densification", tables.densification(built), views=())
    yield table_of(study, "attachment_kernel", tables.attachment_kernel(built), views=())
    yield table_of(study, "rank_mobility", tables.rank_mobility(built), views=())


def _growth_views(frame: pd.DataFrame) -> tuple[View, ...]:
    """Show who the new edges join, and then what became of ranks and distances."""
    columns = [str(c) for c in frame.columns if frame[c].notna().any() and c not in ("nodes", "edges")]
    cut = columns.index("to_top_share") + 1 if "to_top_share" in columns else len(columns)
    parts = (tuple(columns[:cut]), ("year", *columns[cut:]))
    return tuple(View(part) for part in parts if len(part) > 1)


def _exponent_views(fits: pd.DataFrame) -> tuple[View, ...]:
    """Show densification and attachment one below the other, each with the columns it has."""
    parts = []
    for name in ("densification", "attachment"):
        part = fits[fits["measure"] == name]
        columns = tuple(str(c) for c in fits.columns if part[c].notna().any())
        if len(part):
            parts.append(View(columns, where=("measure", name)))
    return tuple(parts)


def platforms(study: Study, contents: Contents) -> Iterable[Table]:
    """Tables 5 and 6: the network of relations that touch a platform enterprise."""
    if not study.relations.has_platforms:
        return
    used = of_platforms(study.flowing)
    if not len(used):
        return
    flags = study.relations.nodes["platform"].fillna(False).astype(bool)
    by_year = study.networks_of(used)
    frame = tables.yearly_structure(by_year, seed=study.seed)
    last = frame.tail(1).reset_index(drop=True)
    contents.facts = replace(
        contents.facts,
        platforms={
            "platforms": int(flags.sum()),
            "relations": len(used),
            "of": len(study.flowing),
            "nodes": int(last["nodes"].iloc[0]),
            "edges": int(last["edges"].iloc[0]),
        },
    )
    contents.hidden |= _drawing(study, networks.last(by_year), "platform")
    what = study.join(study.what_clause, study.say("caption.platform"), study.parallel_clause)
    defined = study.join(study.say("clause.distances"), study.say("clause.convention.gephi"))
    year = networks.last(by_year).year
    when = "" if year is None else study.say("clause.last_year", year=year)
    yield table_of(study, "platform", last, study.join(when, what, defined), views=_structure_views(last))
    if len(frame) > 1:
        yield table_of(
            study,
            "platform_yearly",
            frame,
            study.join(study.mode_clause, what),
            views=_structure_views(frame),
        )
