"""Files of a report: tables as CSV and one workbook, networks as GEXF, rejected rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from clusters import labels
from clusters.export import tabular
from clusters.report.items import Table
from clusters.report.study import Study
from clusters.report.wording import Spoken

SHEET_ROWS = 100_000
"""Rows of a table in the workbook; Excel holds about a million, but slowly."""


def write_tables(tables: Sequence[Table], folder: Path, lang: str) -> None:
    """Write every table as CSV, with the mark by which Excel knows UTF-8.

    Numbers are unrounded. English files carry the identifiers that the Python
    functions use as headings, Chinese ones the printed words.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for table in tables:
        text = tabular.to_csv(table.worded if lang == "zh" else table.frame, lang=lang)
        (folder / f"{table.name}.csv").write_text(text, encoding="utf-8-sig", newline="")


def write_workbook(tables: Sequence[Table], path: Path, study: Spoken) -> None:
    """Write all tables into one workbook, one sheet each, the list of sheets first."""
    lang = study.lang
    sheets: dict[str, pd.DataFrame] = {}
    for number, table in enumerate(tables, 1):
        frame = table.worded.head(SHEET_ROWS).copy(deep=False)
        notes = [table.caption, *table.notes]
        if len(table.frame) > SHEET_ROWS:
            notes.append(study.say("files.sheet_cut", shown=SHEET_ROWS, n=len(table.frame), name=table.name))
        frame.attrs = {"notes": [note for note in notes if note], "words": labels.words_of(table.frame)}
        sheets[_sheet(number, table, lang)] = frame
    index = pd.DataFrame(
        {
            "table": list(sheets),
            "label": [table.title for table in tables],
            "rows": [len(table.frame) for table in tables],
        }
    )
    tabular.write_workbook({study.say("page.contents"): index, **sheets}, path, lang=lang)


def _sheet(number: int, table: Table, lang: str) -> str:
    """Name a sheet: its number keeps it distinct when Excel's 31 characters cut the name."""
    name = table.title if lang == "zh" else table.name
    return tabular.sheet_name(f"{number} {name}")


def write_rows(study: Study, folder: Path) -> list[str]:
    """Write the rows that count nowhere (rejected, or set aside) with line, reason and their cells."""
    account = study.relations.account
    written = []
    for name, frame in {"rejects.csv": account.rejects, "set_aside.csv": account.set_aside}.items():
        if len(frame):
            text = tabular.to_csv(tabular.original_cells(frame), lang=study.lang, safe=False)
            (folder / name).write_text(text, encoding="utf-8-sig", newline="")
            written.append(name)
    return written


def write_networks(study: Study, folder: Path) -> list[str]:
    """Write the last year's network as GEXF, static and, where there are years, with a timeline."""
    from clusters.export.gexf import write_gexf

    common = {
        "lang": study.lang,
        "positions": study.positions,
        "seed": study.seed,
        "statistics": True,
        "synthetic": study.relations.synthetic,
        "edge_columns": _kinds(study),
    }
    names = ["network.gexf"]
    write_gexf(study.last, folder / names[0], **common)  # type: ignore[arg-type]
    if study.last.first_years is not None and study.mode == "cumulative":
        names.append("network_dynamic.gexf")
        write_gexf(study.last, folder / names[1], dynamic=True, **common)  # type: ignore[arg-type]
    return names


def _kinds(study: Study) -> pd.DataFrame | None:
    """Count the relations of each kind behind every edge, where the edges do not tell kinds apart."""
    from clusters import networks
    from clusters.export.prepare import kind_columns

    if not study.relations.kinds or study.parallel != "merge":
        return None
    year = study.last.year
    years = None if year is None else [year]
    apart = networks.by_mode(study.relations, study.mode, years=years, parallel="kinds")
    return kind_columns(study.last, networks.last(apart))
