"""What the sections of a report share: what is found so far, and how a table gets its words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from clusters.measures import composition as classes
from clusters.measures import flows as flow_measures
from clusters.report.items import Figure, Section, Table, View
from clusters.report.study import Study
from clusters.report.summary import Facts
from clusters.report.wording import Spoken, listing
from clusters.sentences import Note, notes_in

TOP = 20
"""Rows of a ranking on the page, as in the report that is the model."""
CLASSES_SHOWN = 40
"""A column with more classes is taken for names or identifiers, not for a classification."""
MANY_VALUES = 5_000
"""A column with more distinct cells is not even looked into."""
MOST_PLACES = 10_000
"""Places beyond which a level is taken for addresses, not for places."""
SQUARE_PLACES = 400
"""Places up to which tables are made that need all pairs of places, or all classes of all places."""
TECHNOLOGY = "technology"
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


@dataclass
class Found:
    """Sections of a report, whatever it is about."""

    study: Spoken
    sections: list[Section] = field(default_factory=list)
    hidden: dict[str, pd.DataFrame] = field(default_factory=dict)
    """Tables that only figures use."""
    unshown: set[str] = field(default_factory=set)
    """Figures that are files only, because in this report they would say nothing."""

    @property
    def tables(self) -> list[Table]:
        """All tables in order."""
        return [item for section in self.sections for item in section.items if isinstance(item, Table)]

    @property
    def figures(self) -> list[Figure]:
        """All figures in order."""
        return [item for section in self.sections for item in section.items if isinstance(item, Figure)]


@dataclass
class Contents(Found):
    """Sections of the report of a relation table, and the facts that its summary is made from."""

    study: Study
    facts: Facts = field(default_factory=lambda: Facts(pd.DataFrame()))


def table_of(
    study: Spoken,
    name: str,
    frame: pd.DataFrame,
    caption: str = "",
    *,
    title: str = "",
    views: tuple[View, ...] | None = None,
    head: int | None = None,
    key: str = "",
    by: str = "",
    notes: bool | Collection[str] = False,
    **words: Any,
) -> Table:
    """Give a table its words; ``views`` defaults to the whole table or its first ``head`` rows.

    With ``notes`` the notes that the table carries are printed below it, or those of some terms only.
    """
    model = MODEL_TABLES.get(name)
    return Table(
        name,
        frame,
        title or study.say(f"title.{name}", **words),
        study.join(
            caption or study.say(f"caption.{name}", **words), study.model("table", model) if model else ""
        ),
        notes=tuple(notes_in(_chosen(frame, notes), study.lang)) if notes else (),
        views=(View(head=head),) if views is None else views,
        key=key,
        by=by,
    )


def _chosen(frame: pd.DataFrame, terms: bool | Collection[str]) -> list[str]:
    found = list(frame.attrs.get("notes", []))
    return found if isinstance(terms, bool) else [n for n in found if isinstance(n, Note) and n.term in terms]


def note_of(frame: pd.DataFrame, *terms: str) -> Note | None:
    """Return the last note of these terms that a table carries."""
    found = [note for note in _chosen(frame, terms) if isinstance(note, Note)]
    return found[-1] if found else None


def poles_clause(study: Study, frame: pd.DataFrame) -> str:
    """Name the poles of a table; nothing where it has none."""
    note = note_of(frame, "note.poles_chosen", "note.flow_poles")
    names = [] if note is None else [study.place(name) for name in note.values["poles"]]
    return study.say("clause.poles", places=listing(names, study.lang)) if names else ""


def places_of(study: Study, level: str) -> int:
    """Count the places of a level at the end that has more of them."""
    frame = study.flowing.frame
    return max(int(frame[f"{end}_{level}"].nunique()) for end in ("source", "target"))


def located(study: Study, most: int = MOST_PLACES) -> bool:
    """Tell whether relations run between places that are known, and not too many."""
    if not study.level or places_of(study, study.level) > most:
        return False
    return bool(flow_measures.coverage(study.flowing, level=study.level).counted)


def main_class(study: Study) -> str | None:
    """Return the classification that tables by class are made of: technology, else the first usable one."""
    known = [c for c in study.relations.classes if study.relations.frame[c].nunique() <= MANY_VALUES]
    for name in sorted(known, key=lambda c: c != TECHNOLOGY):
        column = classes.relation_classes(study.flowing, name)
        if column is not None and 2 <= len(classes.composition(column).counts) <= CLASSES_SHOWN:
            return name
    return None
