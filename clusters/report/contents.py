"""Which tables and figures a report holds, in which order, and what is said of them.

Each section is a function of the study; one that has nothing to show is left out of the
page. A figure stands below the first table it is drawn from. Every caption names the
choices that its numbers depend on (methods: decisions D1 to D18).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from clusters.report.items import Figure, Section, Table
from clusters.report.sections import composition, flows, index, network, organisations, polarisation
from clusters.report.sections._base import Contents, Found
from clusters.report.study import Study

if TYPE_CHECKING:
    from clusters.figures import FigureSpec

HOSTS = {
    "network_nodes": "structure",
    "platform_nodes": "platform",
    "structure_nulls": "null_comparison",
    "rank_changes": "index_compensation",
}
"""Tables below which figures stand that are drawn from no table of the page."""
UNSHOWN = {
    "degree_distribution_report",  # a straight line through points proves nothing on a page of findings
    "concentration_curve_report",
    "complexity_place",  # describes again what the quotients show
}
"""Figures that are files only."""


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
        figures(illustrated(section, contents))
    return contents


SECTIONS: Mapping[str, Callable[[Study, Contents], Iterable[Table]]] = {
    "rows": network.rows,
    "structure": network.structure,
    "growth": network.growth,
    "centre": organisations.centre,
    "distribution": organisations.distribution,
    "uncertainty": organisations.uncertainty,
    "platforms": network.platforms,
    "flows": flows.flows,
    "polarisation": polarisation.polarisation,
    "composition": composition.composition,
    "places": composition.places,
    "index": index.index,
}


def illustrated(section: Section, contents: Found) -> list[Figure]:
    """Put every figure of a section's tables below the first table it needs."""
    own = {table.name: table.frame for table in section.items if isinstance(table, Table)}
    frames = contents.hidden | own
    below: dict[str, list[Figure]] = {}
    for spec in _specs(frames):
        first = spec.tables[0]
        host = first if first in own else HOSTS.get(first, first)
        if host in own and spec.skipped(frames) is None:
            below.setdefault(host, []).append(_figure(contents, spec, frames))
    section.items = [
        part
        for item in section.items
        for part in (item, *(below.get(item.name, []) if isinstance(item, Table) else []))
    ]
    return [figure for figures in below.values() for figure in figures]


def _figure(contents: Found, spec: FigureSpec, frames: Mapping[str, pd.DataFrame]) -> Figure:
    study = contents.study
    title, caption = spec.title(study.lang), spec.caption(study.lang)
    return Figure(
        spec.id,
        spec,
        {name: frames[name] for name in (*spec.tables, *spec.optional) if name in frames},
        title,
        study.join(caption, study.model("figure", spec.number) if spec.number else ""),
        alt=study.say("page.alt", title=title, caption=caption),
        shown=spec.id not in UNSHOWN | contents.unshown,
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
