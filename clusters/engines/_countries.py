"""Countries of a table on disk under one label each, as ``intake.country_labels`` does in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clusters.engines._database import Database
from clusters.engines._staging import Stage
from clusters.intake.country_labels import country_note, country_texts, listed_countries, with_countries
from clusters.intake.table import Column

if TYPE_CHECKING:
    from clusters.intake.organisations import Organisations

COUNTRY = "country"


def one_country_form(database: Database, stage: Stage, known: Organisations | None) -> Organisations | None:
    """Make the view of all parts, and write every country under one label there and in the nodes table."""
    pattern = _quoted(str(database.folder / "part-*.parquet"))
    parts = f"read_parquet({pattern}, union_by_name=true)"
    database.run(f"CREATE VIEW parts AS SELECT * FROM {parts}")
    cells: list[str] = []
    if COUNTRY in stage.layout.attributes:
        k = stage.layout.attributes.index(COUNTRY)
        cells = [f"{end}{k}" for end in "st"]
    counts: dict[str, int] = {}
    for cell in cells:
        query = f"SELECT {cell}, count(*) FROM parts WHERE {cell} <> '' GROUP BY 1 ORDER BY 1"
        for text, n in database.rows(query):
            counts[text] = counts.get(text, 0) + n
    listed = listed_countries(known)
    forms, first = country_texts([Column.of(list(counts)), *listed])
    if first is None:
        return known
    if cells:
        cases = " ".join(f"WHEN {_quoted(old)} THEN {_quoted(new)}" for old, new in forms.items())
        replaced = ", ".join(f"CASE {cell} {cases} ELSE {cell} END AS {cell}" for cell in cells)
        database.run(f"CREATE OR REPLACE VIEW parts AS SELECT * REPLACE ({replaced}) FROM {parts}")
    n = sum(counts.get(text, 0) for text in forms)
    n += sum(text in forms for column in listed for text in column.texts())
    stage.account.warn([country_note(stage.account.source["file"], n, forms, first)])
    return with_countries(known, forms)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
