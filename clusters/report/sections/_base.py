"""What the sections of a report share: what is found so far, and how a table gets its words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from clusters.report.items import Figure, Section, Table, View
from clusters.report.study import Study
from clusters.report.summary import Facts
from clusters.sentences import notes_in

TOP = 20
"""Rows of a ranking on the page, as in the report that is the model."""
CLASSES_SHOWN = 40
"""A column with more classes is taken for names or identifiers, not for a classification."""
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


def table_of(
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
