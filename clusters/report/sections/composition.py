"""Sections about what relations are of, and where organisations are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from clusters import tables
from clusters.measures import composition as classes
from clusters.relations import Relations, sample_nodes
from clusters.report.items import Table
from clusters.report.sections._base import CLASSES_SHOWN, MANY_VALUES, TOP, Contents, table_of
from clusters.report.study import Study

UNIT_LEVELS = ("region", "province", "city", "country")
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
            yield table_of(
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
                yield table_of(study, f"composition_{name}", found, caption, by="industry")


def _classifications(study: Study) -> list[str]:
    frame = study.relations.frame
    names = ["kind"] if len(study.relations.kinds) > 1 else []
    names += [c for c in study.relations.classes if frame[c].nunique() <= MANY_VALUES]
    return names


def _class_table(study: Study, used: Relations, name: str, by: str, frame: pd.DataFrame, what: str) -> Table:
    cells = classes.relation_classes(used, by)
    known = 0 if cells is None else int(cells.notna().sum())
    values = {"n": known, "m": len(used), "share": known / len(used) if len(used) else np.nan}
    return table_of(
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
    return table_of(
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
