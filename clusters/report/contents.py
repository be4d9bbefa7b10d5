"""Which tables and figures a report holds, in which order, and what is said of them.

Each section is a function of the study; one that has nothing to show is left out of the
page. A figure stands below the first table it is drawn from. Every caption names the
choices that its numbers depend on (methods: decisions D1 to D18).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from clusters import networks, tables
from clusters.measures import composition as classes
from clusters.measures import flows as flow_measures
from clusters.measures.intervals import FEWEST, clusters_of
from clusters.networks import ValueNetwork
from clusters.relations import Relations, of_platforms, sample_nodes
from clusters.report.items import Figure, Section, Table, View
from clusters.report.study import Study
from clusters.report.summary import Facts
from clusters.sentences import notes_in
from clusters.tables._nulls import STATISTICS as COMPARED

if TYPE_CHECKING:
    from clusters.figures import FigureSpec
    from clusters.tables._structure import Role

TOP = 20
"""Rows of a ranking on the page, as in the report that is the model."""
MATRIX_TOP = 20
"""Places of a flow matrix on the page."""
MATRIX_PLACES = 400
"""Places of a flow matrix in its files; the list of flows holds all."""
MOST_PLACES = 10_000
"""Places beyond which a level is taken for addresses, not for places."""
CLASSES_SHOWN = 40
"""A column with more classes is taken for names or identifiers, not for a classification."""
MANY_VALUES = 5_000
"""A column with more distinct cells is not even looked into."""
CITY = "city"
UNIT_LEVELS = ("region", "province", "city", "country")
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
GROUPS = {
    "universities": ("university", "高校", "大学", "高等院校"),
    "institutes": ("institute", "research_institute", "科研机构", "科研院所", "研究机构", "研究所"),
    "new_organisations": ("new_organisation", "新型创新组织", "新型研发机构"),
}
"""Kinds of organisations that get their own place tables, and how a ``type`` column may call them."""
CLASS_TABLES = {"manufacturing_division": "manufacturing"}
"""Names of composition tables where the catalogue of figures has another one than the class."""
SECTORS = {
    "tertiary": ("第三产业", "三产", "tertiary", "tertiary sector", "services"),
    "secondary": ("第二产业", "二产", "secondary", "secondary sector"),
}
MODEL_TABLES = {
    "structure": "2",
    "degrees_sample": "3",
    "degrees_partner": "4",
    "platform": "5",
    "platform_yearly": "6",
    "flow_margins": "7",
    "flows": "8",
    "city_flows": "9",
    "city_flow_margins": "10",
}
"""Tables of the Nankai report 2023 with the same layout."""
HOSTS = {"network_nodes": "structure", "platform_nodes": "platform", "structure_nulls": "null_comparison"}
"""Tables below which figures stand that are drawn from no table of the page."""
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
UNSHOWN = {"degree_distribution_report", "concentration_curve_report"}
"""Figures that are files only: a straight line through points proves nothing on a page of findings."""


@dataclass
class Contents:
    """Sections of a report, and the facts that its summary is made from."""

    study: Study
    sections: list[Section] = field(default_factory=list)
    facts: Facts = field(default_factory=lambda: Facts(pd.DataFrame()))
    hidden: dict[str, pd.DataFrame] = field(default_factory=dict)
    """Tables that only figures use."""

    @property
    def tables(self) -> list[Table]:
        """All tables in order."""
        return [item for section in self.sections for item in section.items if isinstance(item, Table)]

    @property
    def figures(self) -> list[Figure]:
        """All figures in order."""
        return [item for section in self.sections for item in section.items if isinstance(item, Figure)]


def build(
    study: Study,
    *,
    tell: Callable[[str], None] = lambda name: None,
    figures: Callable[[Sequence[Figure]], None] = lambda found: None,
) -> Contents:
    """Compute all tables and choose the figures.

    Parameters
    ----------
    study
        The table and the choices of the report.
    tell
        Called with the name of each section before it is computed.
    figures
        Called with the figures of each section as soon as its tables are there.
    """
    contents = Contents(study)
    for name, tabulated in SECTIONS.items():
        tell(name)
        section = Section(name, study.say(f"section.{name}"))
        contents.sections.append(section)
        section.items += tabulated(study, contents)
        figures(_illustrated(section, contents))
    return contents


def rows(study: Study, contents: Contents) -> Iterable[Table]:
    """Tell what happened to every row of the input."""
    frame = tables.row_account(study.relations)
    shown = View(("rows", "accepted", "rejected", "self_loops", "duplicates", "relations"), upright=True)
    yield _table(study, "row_account", frame, views=(shown,))
    account = study.relations.account
    if account.rejected:
        reasons = pd.DataFrame({"reason": list(account.reasons), "rows": list(account.reasons.values())})
        reasons = reasons.sort_values(["rows", "reason"], ascending=[False, True], ignore_index=True)
        yield _table(study, "reject_reasons", reasons)


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
    yield _table(study, "structure", frame, caption, views=_structure_views(frame))


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
    yield _table(study, "growth", by_year, caption, views=_growth_views(by_year), notes=True)
    yield _table(study, "growth_fit", fits, views=_exponent_views(fits), key="measure", notes=True)
    yield _table(study, "densification", tables.densification(built), views=())
    yield _table(study, "attachment_kernel", tables.attachment_kernel(built), views=())
    yield _table(study, "rank_mobility", tables.rank_mobility(built), views=())


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
        yield _table(study, name, frame.head(TOP), caption, views=_ranking_views(frame), key=_name(frame))
    nodes = tables.node_measures(network, seed=study.seed)
    caption = study.join(study.year_clause, study.say("caption.nodes"))
    yield _table(study, "nodes", nodes, caption, views=())


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
    yield _table(study, "concentration", frame, caption, views=_interval_views(frame), notes=True)
    curve = tables.concentration_curve_table(network)
    caption = study.join(study.year_clause, study.say("caption.concentration_curve"))
    yield _table(study, "concentration_curve", curve, caption, views=())
    degrees = tables.degree_distribution(network)
    caption = study.join(study.year_clause, study.say("caption.degree_distribution"))
    yield _table(study, "degree_distribution", degrees, caption, views=())
    caption = study.join(study.year_clause, study.say("caption.powerlaw", replicates=study.replicates))
    yield _table(study, "powerlaw", fits, caption, views=_fit_views(fits), key="degree", notes=True)
    yield _table(study, "tail_curves", tables.tail_curves(network, fits), views=())
    tails = tables.tail_index(network, seed=study.seed)
    caption = study.join(study.year_clause, study.say("caption.tail_index"))
    yield _table(study, "tail_index", tails, caption, notes=True)
    if len(study.networks) > 1:
        yearly = tables.powerlaw_yearly(study.networks, replicates=study.replicates, seed=study.seed)
        view = View(YEARLY_FIT, where=("row", "fit"))
        caption = study.join(study.mode_clause, study.say("caption.powerlaw", replicates=study.replicates))
        yield _table(study, "powerlaw_yearly", yearly, caption, views=(view,), notes=True)


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
        yield _table(study, "null_comparison", compared, caption, notes=True)
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
        yield _table(study, "sensitivity", moved, caption, views=(_moved_view(moved),), notes=True)


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
    yield _table(study, "platform", last, study.join(when, what, defined), views=_structure_views(last))
    if len(frame) > 1:
        yield _table(
            study,
            "platform_yearly",
            frame,
            study.join(study.mode_clause, what),
            views=_structure_views(frame),
        )


def flows(study: Study, contents: Contents) -> Iterable[Table]:
    """Tables 7 to 10: what places give and take, and to whom."""
    if not study.level or _places(study, study.level) > MOST_PLACES:
        return
    matrix = tables.flow_matrix_table(study.flowing, level=study.level)
    contents.facts = replace(
        contents.facts,
        flows=matrix.set_index("origin"),
        level=study.level,
        technology=study.technology,
        coverage=flow_measures.coverage(study.flowing, level=study.level),
    )
    if not matrix.drop(columns="origin").to_numpy().any():
        return
    yield from _flow_tables(study, "", study.level)
    kept = _largest_places(matrix, MATRIX_PLACES)
    parts = [study.what_clause, study.say("caption.flow_matrix")]
    if len(matrix) > MATRIX_TOP:
        parts.append(study.say("caption.flow_matrix_head", n=MATRIX_TOP, m=len(kept)))
    if len(matrix) > len(kept):
        parts.append(study.say("caption.flow_matrix_cut", n=len(kept), m=len(matrix)))
    caption, word = study.join(*parts), study.word(study.level)
    yield _table(study, "flow_matrix", kept, caption, views=(_matrix_view(kept),), level=word)
    if study.level != CITY and CITY in study.relations.levels and _places(study, CITY) <= MOST_PLACES:
        yield from _flow_tables(study, "city_", CITY)


def _places(study: Study, level: str) -> int:
    frame = study.flowing.frame
    return max(frame[f"{end}_{level}"].nunique() for end in ("source", "target"))


def _flow_tables(study: Study, prefix: str, level: str) -> Iterable[Table]:
    used = study.flowing
    found = flow_measures.coverage(used, level=level)
    if not found.counted:
        return
    values = {"n": found.counted, "m": found.relations, "share": found.counted / found.relations}
    words = {"level": study.word(level), **values}
    margins = _with_intervals(study, tables.flow_margins(used, level=level), level)
    caption = study.join(study.what_clause, study.say("caption.flow_margins", **words), study.left_out(found))
    title = study.say("title.flow_margins", **words)
    yield _table(study, f"{prefix}flow_margins", margins, caption, title=title, head=TOP, key="place")
    frame = _with_intervals(study, tables.flows(used, level=level, top=None), level)
    caption = study.join(study.what_clause, study.say("caption.flows", **words), study.left_out(found))
    title = study.say("title.flows", **words)
    yield _table(study, f"{prefix}flows", frame, caption, title=title, head=TOP, key="origin")


def _with_intervals(study: Study, frame: pd.DataFrame, level: str) -> pd.DataFrame:
    """Add the intervals of flows, where samples are drawn."""
    if not study.samples:
        return frame
    options: dict[str, Any] = {"level": level, "replicates": study.samples, "seed": study.seed}
    return tables.flow_intervals(frame, study.flowing, **options)


def _largest_places(matrix: pd.DataFrame, most: int) -> pd.DataFrame:
    """Keep the rows and columns of the places with the most relations, in the order of the matrix."""
    cells = matrix.drop(columns="origin").to_numpy()
    weight = cells.sum(axis=0) + cells.sum(axis=1)
    kept = np.sort(np.argsort(-weight, kind="stable")[:most])
    return matrix.iloc[kept, [0, *(kept + 1)]].reset_index(drop=True)


def _matrix_view(matrix: pd.DataFrame) -> View:
    shown = _largest_places(matrix.assign(origin=np.arange(len(matrix))), MATRIX_TOP)
    rows = tuple(int(k) for k in shown["origin"])
    return View(tuple(map(str, shown.columns)), matrix=True, rows=rows)


def composition(study: Study, contents: Contents) -> Iterable[Table]:
    """Figures 18 to 25: relations by class, in all and by year."""
    found = {}
    for name in _classifications(study):
        used = study.relations if name == "kind" else study.flowing
        frame = tables.composition(used, by=name, of="relations")
        if not 2 <= len(frame) <= CLASSES_SHOWN:
            continue
        if study.samples:
            options: dict[str, Any] = {"by": name, "of": "relations", "seed": study.seed}
            frame = tables.composition_intervals(frame, used, replicates=study.samples, **options)
        if name != "kind":
            found[name] = frame
        what = study.say("clause.all_kinds") if name == "kind" else study.what_clause
        label = CLASS_TABLES.get(name, name)
        yield _class_table(study, used, f"composition_{label}", name, frame, what)
        if study.relations.dated and len(used.years) > 1:
            by_year = tables.composition(used, by=name, of="relations", by_year=True)
            yield _table(
                study,
                f"composition_{label}_by_year",
                by_year,
                study.join(what, study.say("mode.stock"), study.say("caption.composition_by_year")),
                title=study.say("title.composition_by_year", **{"class": study.word(name)}),
                views=(),
                by=name,
            )
    contents.facts = replace(contents.facts, compositions=found, technology=study.technology)
    yield from _within_sectors(study)


def _within_sectors(study: Study) -> Iterable[Table]:
    """Figures 23 and 24: industries within one sector, as shares of that sector (decision D16)."""
    frame = study.flowing.frame
    if not {"sector", "industry"} <= set(study.relations.classes):
        return
    for name, words in SECTORS.items():
        for sector in (s for s in frame["sector"].dropna().unique() if str(s).strip().lower() in words):
            found = tables.composition(
                study.flowing, by="industry", of="relations", within={"sector": sector}
            )
            if 2 <= len(found) <= CLASSES_SHOWN:
                caption = study.join(study.what_clause, study.say("caption.within"))
                yield _table(study, f"composition_{name}", found, caption, by="industry")


def _classifications(study: Study) -> list[str]:
    frame = study.relations.frame
    names = ["kind"] if len(study.relations.kinds) > 1 else []
    names += [c for c in study.relations.classes if frame[c].nunique() <= MANY_VALUES]
    return names


def _class_table(study: Study, used: Relations, name: str, by: str, frame: pd.DataFrame, what: str) -> Table:
    cells = classes.relation_classes(used, by)
    known = 0 if cells is None else int(cells.notna().sum())
    values = {"n": known, "m": len(used), "share": known / len(used) if len(used) else np.nan}
    return _table(
        study,
        name,
        frame,
        study.join(what, study.say("caption.composition", **values)),
        title=study.say("title.composition", **{"class": study.word(by)}),
        by=by,
    )


def places(study: Study, contents: Contents) -> Iterable[Table]:
    """Figures 6 to 8, 11 to 13, 26 to 34: organisations by place."""
    for group, member in _groups(study).items():
        for level in dict.fromkeys([*UNIT_LEVELS, study.level]):
            of = classes.organisation_classes(study.relations, level) if level else None
            if of is None or not member.any():
                continue
            found = classes.composition(of[member], counting="full")
            if len(found.counts) < 2:
                continue
            yield _unit_table(study, group, level, found)


def _unit_table(study: Study, group: str, level: str, found: classes.Composition) -> Table:
    frame = pd.DataFrame(
        {
            level: found.counts.index.to_numpy(dtype=object),
            "organisations": found.counts.to_numpy(),
            "share": found.shares.to_numpy(),
            "cumulative_share": found.shares.cumsum().to_numpy(),
        }
    )
    words = {"who": study.say(f"who.{group}"), "level": study.word(level)}
    values = {"n": found.known, "m": found.known + found.unknown}
    return _table(
        study,
        f"{group}_by_{level}",
        frame,
        study.say("caption.units", **words, **values),
        title=study.say("title.units", **words),
        head=TOP,
    )


def _groups(study: Study) -> dict[str, np.ndarray]:
    """Return the groups of organisations whose places are counted, each as a mask of the nodes."""
    relations = study.relations
    nodes = relations.nodes
    year = study.last.year
    groups: dict[str, np.ndarray] = {}
    if relations.has_roles:
        groups["sample"] = sample_nodes(relations, year)
    else:
        groups["organisations"] = nodes.index.isin(study.last.nodes)
    if relations.has_platforms:
        groups["platforms"] = nodes["platform"].fillna(False).to_numpy(dtype=bool)
    if "type" in nodes.columns:
        kinds = nodes["type"].astype(object).map(lambda v: str(v).strip().lower())
        groups |= {name: kinds.isin(words).to_numpy() for name, words in GROUPS.items()}
    return groups


SECTIONS: Mapping[str, Callable[[Study, Contents], Iterable[Table]]] = {
    "rows": rows,
    "structure": structure,
    "growth": growth,
    "centre": centre,
    "distribution": distribution,
    "uncertainty": uncertainty,
    "platforms": platforms,
    "flows": flows,
    "composition": composition,
    "places": places,
}


def _table(
    study: Study,
    name: str,
    frame: pd.DataFrame,
    caption: str = "",
    *,
    title: str = "",
    views: tuple[View, ...] | None = None,
    head: int | None = None,
    key: str = "",
    by: str = "",
    notes: bool = False,
    **words: Any,
) -> Table:
    """Give a table its words; ``views`` defaults to the whole table or its first ``head`` rows.

    With ``notes`` the notes that the table carries are printed below it.
    """
    model = MODEL_TABLES.get(name)
    return Table(
        name,
        frame,
        title or study.say(f"title.{name}", **words),
        study.join(
            caption or study.say(f"caption.{name}", **words), study.model("table", model) if model else ""
        ),
        notes=tuple(notes_in(frame.attrs.get("notes", []), study.lang)) if notes else (),
        views=(View(head=head),) if views is None else views,
        key=key,
        by=by,
    )


def _illustrated(section: Section, contents: Contents) -> list[Figure]:
    """Put every figure of a section's tables below the first table it needs."""
    study = contents.study
    own = {table.name: table.frame for table in section.items if isinstance(table, Table)}
    frames = contents.hidden | own
    below: dict[str, list[Figure]] = {}
    for spec in _specs(frames):
        host = HOSTS.get(spec.tables[0], spec.tables[0])
        if host in own and spec.skipped(frames) is None:
            below.setdefault(host, []).append(_figure(study, spec, frames))
    section.items = [
        part
        for item in section.items
        for part in (item, *(below.get(item.name, []) if isinstance(item, Table) else []))
    ]
    return [figure for figures in below.values() for figure in figures]


def _figure(study: Study, spec: FigureSpec, frames: Mapping[str, pd.DataFrame]) -> Figure:
    title, caption = spec.title(study.lang), spec.caption(study.lang)
    return Figure(
        spec.id,
        spec,
        {name: frames[name] for name in (*spec.tables, *spec.optional) if name in frames},
        title,
        study.join(caption, study.model("figure", spec.number) if spec.number else ""),
        alt=study.say("page.alt", title=title, caption=caption),
        shown=spec.id not in UNSHOWN,
    )


def _specs(frames: Mapping[str, pd.DataFrame]) -> list[FigureSpec]:
    """Return the catalogue, with the drawing of the platform network (Figure 14) beside that of all."""
    from clusters.figures import catalogue

    found = []
    for spec in catalogue(frames):
        found.append(spec)
        if spec.id == "network_map":
            names = ("platform_nodes", "platform_edges")
            title = "figure.platform_structure"
            found.append(replace(spec, id="platform_map", title_term=title, tables=names, number="14"))
    return found
