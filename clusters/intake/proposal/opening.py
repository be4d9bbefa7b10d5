"""From a file to the table that is proposed for: which sheet, which separator, which header.

Where the words of the header are known, the usual reader has already found it. Where they are
not, the header is the first line that is as wide as most lines and holds no year and no number.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clusters.errors import DataError
from clusters.intake import delimited, encoding, files, headers, values, workbooks
from clusters.intake.table import RawTable, find_header

_LOOK = 60
_MOST = 1 << 28
"""Largest text file, in bytes, whose first lines are looked at a second time."""
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook and what it seems to hold."""

    name: str
    holds: str
    """``relations``, ``nodes``, ``other`` or ``empty``."""
    rows: int
    begins: str
    """The first cells, joined."""


@dataclass(frozen=True)
class Reading:
    """How a file is to be read."""

    encoding: str | None = None
    sheet: str | None = None
    separator: str | None = None


@dataclass(frozen=True)
class Opened:
    """A table with its header."""

    raw: RawTable
    recognised: bool
    """Whether the words of the header name both ends of a relation."""
    sheet: str | None = None
    sheets: tuple[Sheet, ...] = ()


def open_table(path: Path, reading: Reading) -> Opened:
    """Read the table of relations in a file.

    Raises
    ------
    DataError
        The file cannot be read as a table.
    UsageError
        What ``reading`` names does not fit the file.
    """
    content = _workbook(path)
    if content is None:
        raw, recognised = _read(path, reading, None)
        return Opened(raw, recognised)
    sheets = tuple(_sheet(name, rows) for name, rows in content.items())
    chosen = reading.sheet or _chosen(sheets, path.name)
    if chosen not in content and chosen.isdecimal() and 1 <= int(chosen) <= len(sheets):
        chosen = sheets[int(chosen) - 1].name
    how = Reading(reading.encoding, chosen, reading.separator)
    raw, recognised = _read(path, how, content.get(chosen))
    return Opened(raw, recognised, chosen, sheets)


def first_rows(path: Path, reading: Reading) -> Mapping[str, Rows]:
    """Return the first lines of a text table, divided by each separator that may be meant."""
    name, _, data = files.unpacked(files.read_bytes(path), path.name)
    if len(data) > _MOST:
        return {}
    text = encoding.decode(data, name, reading.encoding).data.decode()
    begin = re.split(r"\r\n|\r|\n", text[: _LOOK * 10_000], maxsplit=_LOOK)[:_LOOK]
    lines = [line for line in begin if not line.startswith("#")]
    marks: tuple[str, ...] = delimited.SEPARATORS
    if reading.separator:
        marks = (delimited.separator_of(reading.separator),)
    found = {}
    for mark in marks:
        try:
            found[mark] = list(csv.reader(lines, delimiter=mark, skipinitialspace=mark != "\t"))
        except csv.Error:
            continue
    return found


def shaped_header(rows: Rows) -> tuple[float, list[str]] | None:
    """Return the row that has the shape of a header, and how even the table then is.

    Examples
    --------
    >>> shaped_header([["Table 1"], [], ["a", "b", "c"], ["x", "y", "2019"], ["x", "z", "2020"]])
    (0.75, ['a', 'b', 'c'])
    >>> shaped_header([["x", "2019"], ["y", "2020"]]) is None
    True
    """
    filled = [list(row) for row in rows if any(cell.strip() for cell in row)]
    widths = Counter(len(row) for row in filled if len(row) > 1)
    if not widths:
        return None
    width = max(widths, key=lambda w: (widths[w], w))
    for row in filled[:10]:
        cells = [cell.strip() for cell in row if cell.strip()]
        if len(row) == width and len(cells) >= max(2, width / 2) and _names_columns(cells):
            return widths[width] / len(filled), row
    return None


def _names_columns(cells: Sequence[str]) -> bool:
    if len(set(cells)) < len(cells):
        return False
    return all(
        len(cell) <= 60 and values.read_date(cell) is None and values.read_weight(cell) is None
        for cell in cells
    )


def _read(path: Path, reading: Reading, rows: Rows | None) -> tuple[RawTable, bool]:
    how = {
        "encoding_name": reading.encoding,
        "sheet": reading.sheet,
        "separator": reading.separator,
    }
    raw = fault = None
    try:
        raw = files.read_table(path, score=headers.score_relations, **how)
        if headers.score_relations(raw.header):
            return raw, True
    except DataError as error:
        fault = error
    header = _best_header(path, reading, rows)
    if header is None:
        if raw is None:
            assert fault is not None
            raise fault
        return raw, False

    def score(cells: Sequence[str]) -> int:
        return len(header) if list(cells) == header else 0

    return files.read_table(path, score=score, **how), False


def _best_header(path: Path, reading: Reading, rows: Rows | None) -> list[str] | None:
    if rows is not None:
        found = shaped_header(rows[:_LOOK])
        return found[1] if found else None
    if path.name.lower().removesuffix(".gz").endswith(".parquet"):
        return None
    divided = first_rows(path, reading).values()
    shaped = [found for rows in divided if (found := shaped_header(rows)) is not None]
    return max(shaped, key=lambda found: (round(found[0], 1), len(found[1])))[1] if shaped else None


def _workbook(path: Path) -> dict[str, list[list[str]]] | None:
    """Return the cells of a workbook's sheets; ``None`` for any other file."""
    suffix = Path(path.name.lower().removesuffix(".gz")).suffix
    if not files.may_hold_workbook(suffix):
        return None
    name, _, data = files.unpacked(files.read_bytes(path), path.name)
    return workbooks.read_sheets(data, name) if files.holds_workbook(data, suffix) else None


def _sheet(name: str, rows: Sequence[list[str]]) -> Sheet:
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        return Sheet(name, "empty", 0, "")
    for what, score in (("relations", headers.score_relations), ("nodes", headers.score_nodes)):
        at = find_header(filled, score)
        if at is not None:
            return Sheet(name, what, len(filled) - at - 1, _joined(filled[at]))
    return Sheet(name, "other", len(filled), _joined(filled[0]))


def _joined(cells: Sequence[str]) -> str:
    return " | ".join(" ".join(cell.split())[:30] for cell in cells if cell.strip())[:80]


def _chosen(sheets: Sequence[Sheet], name: str) -> str:
    """Choose the sheet of relations: one with known headers, else the largest."""
    for holds in (("relations",), ("other", "nodes")):
        fitting = [sheet for sheet in sheets if sheet.holds in holds]
        if fitting:
            return max(fitting, key=lambda sheet: sheet.rows).name
    raise DataError(f"{name} is empty: no sheet holds anything")
