"""Sections about organisations: the best connected, concentration and tails, what chance would do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from clusters import tables
from clusters.measures.intervals import FEWEST, clusters_of
from clusters.report.items import Table, View
from clusters.report.sections._base import TOP, Contents, table_of
from clusters.report.study import Study
from clusters.tables._nulls import STATISTICS as COMPARED

if TYPE_CHECKING:
    from clusters.tables._structure import Role

REPEATS = 10
"""How often enterprises are left out for the table of what moves."""
LEFT_OUT = (0.1, 0.3, 0.5)
"""Shares of the enterprises that are left out."""
YEARLY_FIT = ("year", "degree", "xmin", "alpha", "sigma", "n_tail", "p_value", "verdict", "degree_category")
MOVED = (
    *("average_degree", "average_path_length", "average_clustering", "modularity", "reciprocity"),
    *("top_10_percent", "top_1_percent", "top_0_1_percent", "gini", "intra_share", "flow_reciprocity"),
)
"""Statistics of the page's table of what moves; the files hold all."""
TOP_SHARES = ("top_10_percent", "top_1_percent", "top_0_1_percent")


def centre(study: Study, contents: Contents) -> Iterable[Table]:
    """Tables 3 and 4: the best connected organisations, and the measures of all."""
    network = study.last
    everyone = tables.top_degrees(network, top=network.n_nodes)
    named = everyone if "label" in everyone.columns else everyone.assign(label=everyone["node"])
    contents.facts = replace(contents.facts, degrees=named)
    caption = study.join(study.year_clause, study.parallel_clause, study.say("caption.degrees"))
    roles: list[Role] = ["all"]
    if network.sample is not None and 0 < network.sample.sum() < network.n_nodes:
        roles = ["sample", "partner"]
    for role in roles:
        frame = everyone if role == "all" else tables.top_degrees(network, top=TOP, role=role)
        name = "degrees" if role == "all" else f"degrees_{role}"
        yield table_of(study, name, frame.head(TOP), caption, views=_ranking_views(frame), key=_name(frame))
    nodes = tables.node_measures(network, seed=study.seed)
    caption = study.join(study.year_clause, study.say("caption.nodes"))
    yield table_of(study, "nodes", nodes, caption, views=())


def _ranking_views(frame: pd.DataFrame) -> tuple[View, ...]:
    """Show every column but the role, which is in the title; beside a name the id comes last."""
    columns = [str(c) for c in frame.columns if c != "role"]
    if "label" in columns:
        columns.sort(key=lambda c: c == "node")
    return (View(tuple(columns)),)


def _name(frame: pd.DataFrame) -> str:
    return "label" if "label" in frame.columns else "node"


def distribution(study: Study, contents: Contents) -> Iterable[Table]:
    """Show how concentrated degrees are, and whether they follow a power law."""
    network = study.last
    frame = tables.concentration(study.networks)
    if study.samples:
        options: dict[str, Any] = {"replicates": study.samples, "seed": study.seed}
        frame = tables.concentration_intervals(frame, study.networks, **options)
    fits = tables.powerlaw(
        network, replicates=study.replicates, seed=study.seed, interval=bool(study.replicates)
    )
    contents.facts = replace(contents.facts, concentration=frame, powerlaw=fits)
    caption = study.join(study.mode_clause, study.say("caption.concentration"))
    yield table_of(study, "concentration", frame, caption, views=_interval_views(frame), notes=True)
    curve = tables.concentration_curve_table(network)
    caption = study.join(study.year_clause, study.say("caption.concentration_curve"))
    yield table_of(study, "concentration_curve", curve, caption, views=())
    degrees = tables.degree_distribution(network)
    caption = study.join(study.year_clause, study.say("caption.degree_distribution"))
    yield table_of(study, "degree_distribution", degrees, caption, views=())
    caption = study.join(study.year_clause, study.say("caption.powerlaw", replicates=study.replicates))
    yield table_of(study, "powerlaw", fits, caption, views=_fit_views(fits), key="degree", notes=True)
    yield table_of(study, "tail_curves", tables.tail_curves(network, fits), views=())
    tails = tables.tail_index(network, seed=study.seed)
    caption = study.join(study.year_clause, study.say("caption.tail_index"))
    yield table_of(study, "tail_index", tails, caption, notes=True)
    if len(study.networks) > 1:
        yearly = tables.powerlaw_yearly(study.networks, replicates=study.replicates, seed=study.seed)
        view = View(YEARLY_FIT, where=("row", "fit"))
        caption = study.join(study.mode_clause, study.say("caption.powerlaw", replicates=study.replicates))
        yield table_of(study, "powerlaw_yearly", yearly, caption, views=(view,), notes=True)


def _interval_views(frame: pd.DataFrame) -> tuple[View, ...]:
    """Show numbers, and then the intervals of those that have one."""
    ends = [str(c) for c in frame.columns if c.endswith(("_low", "_high"))]
    upright = len(frame) < 3
    plain = View(tuple(str(c) for c in frame.columns if c not in ends), upright=upright)
    if not ends or frame[ends].isna().all(axis=None):
        return (plain,)
    return (plain, View(("year", *(c for c in ends if c.startswith(TOP_SHARES))), upright=upright))


def uncertainty(study: Study, contents: Contents) -> Iterable[Table]:
    """Set statistics beside those of random networks, and see what moves without some enterprises."""
    missing = {"null": study.random_networks, "samples": study.samples}
    contents.sections[-1].paragraphs += [
        study.say(f"uncertainty.no_{name}") for name, n in missing.items() if not n
    ]
    network, year = study.last, study.last.year
    frame = contents.facts.structure.tail(1).reset_index(drop=True)
    if study.random_networks and network.n_edges > 1:
        beside = tables.structure_with_nulls(frame, {year: network}, study.random_networks, seed=study.seed)
        compared = _by_statistic(beside.iloc[0])
        compared.attrs["notes"] = beside.attrs["notes"][len(frame.attrs.get("notes", [])) :]
        contents.facts = replace(contents.facts, nulls=compared, draws=study.random_networks)
        contents.hidden["structure_nulls"] = beside
        caption = study.join(study.year_clause, study.say("caption.null_comparison"))
        yield table_of(study, "null_comparison", compared, caption, notes=True)
    if study.samples and len(clusters_of(network)) >= FEWEST:
        moved = tables.sensitivity(
            network,
            study.flowing,
            shares=LEFT_OUT,
            repeats=REPEATS,
            seed=study.seed,
            level=study.level or "province",
        )
        caption = study.join(study.year_clause, study.say("caption.sensitivity", share=LEFT_OUT[1]))
        yield table_of(study, "sensitivity", moved, caption, views=(_moved_view(moved),), notes=True)


def _by_statistic(row: pd.Series) -> pd.DataFrame:
    """Turn one row of a structure table with random networks into a row for each statistic compared."""
    ends = ("null_mean", "null_sd", "z", "p")
    rows = [(name, row[name], *(row[f"{name}_{end}"] for end in ends)) for name in COMPARED]
    table = pd.DataFrame(rows, columns=["statistic", "observed", *ends])
    return table[table["null_mean"].notna()].reset_index(drop=True)


def _moved_view(moved: pd.DataFrame) -> View:
    """Show the middle share that is left out, and statistics that do not simply count what is left."""
    shown = moved["statistic"].isin(MOVED) & (moved["share"] == LEFT_OUT[1])
    columns = ("statistic", "observed", "low", "median", "high")
    return View(columns, rows=tuple(int(k) for k in np.flatnonzero(shown & moved["median"].notna())))


def _fit_views(fits: pd.DataFrame) -> tuple[View, ...]:
    """Show fits and comparisons one below the other, each with the columns it has."""
    parts = []
    for kind in ("fit", "comparison"):
        part = fits[fits["row"] == kind]
        if len(part):
            columns = [c for c in fits.columns if c != "row" and part[c].notna().any()]
            parts.append(View(tuple(map(str, columns)), where=("row", kind), upright=kind == "fit"))
    return tuple(parts)
