"""A table as text for people, as CSV, JSON or Markdown, or as an XLSX or Parquet file.

Numbers are rounded only for people (``table``, ``markdown``): shares become percent,
other fractions keep six significant digits. CSV, JSON, Parquet and the cells of XLSX
carry the numbers unrounded; an undefined value is empty there and ``null`` in JSON.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import labels
from clusters.errors import UsageError
from clusters.export.files import atomic_path
from clusters.intake import apostrophes
from clusters.sentences import notes_in, plain, printed

SCHEMA_VERSION = 1
FORMATS = ("table", "csv", "json", "markdown", "xlsx", "parquet")
FILE_ONLY = ("xlsx", "parquet")
SUFFIXES = {
    ".csv": "csv",
    ".json": "json",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "table",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
}
COUNTS = ("count", "edges")
UNCARRIED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069\u2028\u2029]")
"""Signs that turn around or break the line around them; a table of text has none."""
_MARKED = re.compile(r"[\\|<`\[]")
"""Signs that mean something within a cell of a Markdown table."""


def notes_of(frame: pd.DataFrame, lang: str = "en") -> list[str]:
    """Return the notes that a table carries for its reader."""
    return notes_in(frame.attrs.get("notes", []), lang)


def render(
    frame: pd.DataFrame, fmt: str, *, command: str = "", lang: str = "en", notes: Sequence[str] = ()
) -> str:
    """Render a table as text in one of the text formats.

    Examples
    --------
    >>> print(render(pd.DataFrame({"year": [2022], "share": [0.542]}), "markdown"), end="")
    | Year | Share |
    | ---: | ---: |
    | 2022 | 54.20 % |
    """
    if fmt == "json":
        return to_json(frame, command=command, notes=notes)
    if fmt == "csv":
        return to_csv(frame, lang=lang)
    if fmt == "markdown":
        return _markdown(frame, lang)
    if fmt == "table":
        return _aligned(frame, lang)
    raise UsageError(
        f"format {fmt!r} cannot be printed; use {', '.join(FORMATS)} (xlsx and parquet with --out)"
    )


def to_json(frame: pd.DataFrame, *, command: str, notes: Sequence[str] = ()) -> str:
    """Return one JSON document: schema version, command, rows and notes.

    Further tables that a frame brings along in ``attrs["more"]`` follow under their names.
    """
    document: dict[str, Any] = {"schema_version": SCHEMA_VERSION, "command": command}
    document |= {"rows": _records(frame), "notes": list(notes)}
    document |= {name: _records(table) for name, table in frame.attrs.get("more", {}).items()}
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(column): plain(value) for column, value in zip(frame.columns, row, strict=True)}
        for row in _counted(frame).itertuples(index=False, name=None)
    ]


def to_csv(frame: pd.DataFrame, *, lang: str = "en", safe: bool = True) -> str:
    """Return CSV text with LF ends; identifiers as headings, printed words for Chinese.

    ``safe`` writes text that a spreadsheet would run as a formula with a leading
    apostrophe, which reading takes away again.
    """
    counted = _counted(frame)
    table = labels.rename_columns(counted, lang) if lang == "zh" else counted
    if lang == "zh":
        words = labels.words_of(frame)
        for position, column in enumerate(frame.columns):
            table.isetitem(position, _each(counted[column], partial(_said, column, lang=lang, words=words)))
    for position in range(len(frame.columns)):
        cells = table.iloc[:, position]
        if safe and not pd.api.types.is_numeric_dtype(cells):
            table.isetitem(position, _each(cells, guard))
    if safe:
        table.columns = pd.Index([guard(name) for name in table.columns], dtype=object)
    return table.to_csv(index=False, lineterminator="\n")


def _each(cells: pd.Series[Any], function: Callable[[Any], Any]) -> NDArray[np.object_]:
    """Apply a function to each cell; other than ``map``, whole numbers among others stay whole."""
    found = np.empty(len(cells), dtype=object)
    found[:] = [function(value) for value in cells]
    return found


def _counted(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a copy whose counts are whole numbers, also beside missing ones, and infinite ones empty.

    Counts become floats where some are missing, where parts of relations were added up, and
    as medians of simulations; a column with a part left stays as it is.
    """
    table, words = frame.copy(), labels.words_of(frame)
    for position, column in enumerate(frame.columns):
        cells = table.iloc[:, position]
        if not pd.api.types.is_float_dtype(cells):
            continue
        if np.isinf(cells).any():
            cells = cells.where(~np.isinf(cells))
            table.isetitem(position, cells.array)
        if labels.unit(str(column), words) in (*COUNTS, "year"):
            known = cells.dropna()
            if not ((known % 1 != 0) | (known.abs() >= 2**53)).any():
                table.isetitem(position, cells.astype("Int64").array)
    rows = _count_rows(frame)
    for position, column in enumerate(frame.columns):
        cells = table.iloc[:, position]
        if rows.any() and _in_unit_of_row(column) and pd.api.types.is_float_dtype(cells):
            whole = rows & (cells % 1 == 0).to_numpy(bool) & (cells.abs() < 2**53).to_numpy(bool)
            mixed = np.array(cells, dtype=object)
            mixed[whole] = [int(value) for value in cells[whole]]
            table.isetitem(position, mixed)
    return table


def _count_rows(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Say which rows of a table with one statistic per row are about counts."""
    if labels.TERMS not in frame.columns:
        return np.zeros(len(frame), dtype=bool)
    return np.array([labels.unit(str(term)) in COUNTS for term in frame[labels.TERMS]], dtype=bool)


def _in_unit_of_row(column: object) -> bool:
    """Say whether the numbers of a column have the unit of the statistic of their row."""
    return labels.unit(str(column)) == "number" and column not in ("z", "p")


def guard(value: Any) -> Any:
    """Return text that a spreadsheet takes as text; other values as they are.

    Examples
    --------
    >>> guard("=1+1"), guard("a"), guard(-1)
    ("'=1+1", 'a', -1)
    """
    return apostrophes.guard(value) if isinstance(value, str) else value


def original_cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with their cells and headings as they were, made harmless for a spreadsheet.

    Examples
    --------
    >>> original_cells(pd.DataFrame({"year": ["-3", "=1+1"]}))["year"].tolist()
    ['-3', "'=1+1"]
    """
    return rows.map(guard).set_axis([guard(str(name)) for name in rows.columns], axis=1)


def write(
    frame: pd.DataFrame,
    path: Path,
    *,
    fmt: str | None = None,
    command: str = "",
    lang: str = "en",
    notes: Sequence[str] = (),
    force: bool = False,
) -> None:
    """Write a table to a file; the format comes from the suffix unless named."""
    fmt = fmt or SUFFIXES.get(path.suffix.lower())
    if fmt is None:
        raise UsageError(
            f"{path}: the ending {path.suffix!r} names no format",
            hint=f"use {', '.join(SUFFIXES)} or --format",
        )
    with atomic_path(path, force=force) as temporary:
        if fmt == "xlsx":
            # Notes on a sheet of their own: the first one then reads back as the table and nothing else.
            sheets = {command or "table": frame.copy(deep=False)}
            sheets[command or "table"].attrs = {"words": labels.words_of(frame)}
            if notes:
                sheets["note"] = pd.DataFrame({"note": list(notes)}, dtype=object)
            write_workbook(sheets, temporary, lang=lang)
        elif fmt == "parquet":
            bare = frame.copy(deep=False)
            bare.attrs = {}  # what a table carries for its reader is no data
            bare.to_parquet(temporary, index=False)
        else:
            # A byte-order mark makes Excel read Chinese headings as UTF-8.
            bom = fmt == "csv" and lang == "zh"
            text = render(frame, fmt, command=command, lang=lang, notes=notes)
            # Names of files, which notes hold, need not be text.
            encoding = "utf-8-sig" if bom else "utf-8"
            temporary.write_text(text, encoding=encoding, errors="backslashreplace", newline="")


def write_workbook(tables: Mapping[str, pd.DataFrame], path: Path, *, lang: str = "en") -> None:
    """Write one sheet per table: printed headings, frozen first row, notes below, no clock time.

    Text stays text: a cell that begins like a formula is stored as a string.
    """
    import datetime

    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    fixed = datetime.datetime(2000, 1, 1)
    book.properties.created = book.properties.modified = fixed
    book.properties.creator = "clusters"
    for name, frame in tables.items():
        words = labels.words_of(frame)
        sheet = book.create_sheet(sheet_name(labels.heading(name, lang), book.sheetnames))
        sheet.freeze_panes = "A2"
        for position, column in enumerate(frame.columns, 1):
            sheet.column_dimensions[_letters(position)].width = _column_width(
                frame.iloc[:, position - 1], labels.heading(column, lang, words)
            )

        def cell(value: Any, *, bold: bool = False, number_format: str = "", sheet: Any = sheet) -> Any:
            made = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                made.data_type = "s"
            if bold:
                made.font = Font(bold=True)
            if number_format:
                made.number_format = number_format
            return made

        sheet.append([cell(_clean(labels.heading(c, lang, words)), bold=True) for c in frame.columns])
        columns = []
        for position, column in enumerate(frame.columns):
            values = _sheet_values(frame.iloc[:, position], column, lang, words)
            if labels.unit(str(column), words) == "share":
                values = [None if v is None else cell(v, number_format="0.00%") for v in values]
            else:
                # Only these need more than their value: openpyxl would take them for formulas or errors.
                values = [cell(v) if isinstance(v, str) and v.startswith(("=", "#")) else v for v in values]
            columns.append(values)
        for row in zip(*columns, strict=True):
            sheet.append(row)
        for note in notes_of(frame, lang):
            sheet.append([])
            sheet.append([cell(_clean(note))])
    book.save(path)
    _fix_archive_times(path)


def _sheet_values(series: pd.Series, column: object, lang: str, words: labels.Words) -> list[Any]:
    """Return the cells of one column: plain numbers, printed words, ``None`` for undefined."""
    if pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series):
        return [plain(v) for v in series.tolist()]
    values = [_said(column, v, lang, words) for v in series.tolist()]
    return [_clean(v) if isinstance(v, str) else plain(v) for v in values]


def _fix_archive_times(path: Path) -> None:
    """Rewrite a zip archive with constant member times, so equal content gives equal bytes."""
    import zipfile

    with zipfile.ZipFile(path) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            if name == "docProps/core.xml":  # openpyxl stamps the time of saving here
                content = re.sub(
                    rb"(<dcterms:modified[^>]*>)[^<]*(<)", rb"\g<1>2000-01-01T00:00:00Z\g<2>", content
                )
            archive.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def _said(column: object, value: Any, lang: str, words: labels.Words) -> Any:
    """Return the printed word of text, or of a truth value that has one; other values as they are."""
    if isinstance(value, str):
        return labels.value(column, value, lang, words)
    if isinstance(value, (bool, np.bool_)) and f"{column}.{str(value).lower()}" in labels.terms():
        return labels.value(column, str(value).lower(), lang)
    return value


def _cells(frame: pd.DataFrame, lang: str) -> tuple[list[str], list[bool], list[list[str]]]:
    words = labels.words_of(frame)
    heads = [_one_line(labels.heading(c, lang, words)) for c in frame.columns]
    units = [labels.unit(str(c), words) for c in frame.columns]
    numeric = [pd.api.types.is_numeric_dtype(frame[c]) for c in frame.columns]
    rows = []
    counts = ["count" if _in_unit_of_row(c) else unit for c, unit in zip(frame.columns, units, strict=True)]
    for row, counted in zip(frame.itertuples(index=False, name=None), _count_rows(frame), strict=True):
        cells = []
        for column, value, unit in zip(frame.columns, row, counts if counted else units, strict=True):
            said = _said(column, value, lang, words)
            text = said if isinstance(said, str) else printed(value, unit)
            cells.append(_one_line(text))
        rows.append(cells)
    return heads, numeric, rows


def _one_line(text: str) -> str:
    """Return text for one cell on a terminal."""
    return re.sub("[\t\n]", " ", _REORDERING.sub("", _clean(text)))


def _aligned(frame: pd.DataFrame, lang: str) -> str:
    heads, numeric, rows = _cells(frame, lang)
    widths = [max([display_width(h), *(display_width(r[i]) for r in rows)]) for i, h in enumerate(heads)]

    def line(cells: list[str]) -> str:
        padded = []
        for text, width, right in zip(cells, widths, numeric, strict=True):
            space = " " * (width - display_width(text))
            padded.append(space + text if right else text + space)
        return "  ".join(padded).rstrip()

    rule = "  ".join("-" * width for width in widths)
    return "\n".join([line(heads), rule, *(line(r) for r in rows)]) + "\n"


def _markdown(frame: pd.DataFrame, lang: str) -> str:
    heads, numeric, rows = _cells(frame, lang)

    def line(cells: list[str]) -> str:
        return "| " + " | ".join(_MARKED.sub(r"\\\g<0>", c) for c in cells) + " |"

    rule = "| " + " | ".join("---:" if right else "---" for right in numeric) + " |"
    return "\n".join([line(heads), rule, *(line(r) for r in rows)]) + "\n"


def display_width(text: str) -> int:
    """Return the columns that text takes on a terminal: wide East Asian characters take two."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def _clean(text: str) -> str:
    """Drop characters that XML and terminals cannot carry; line breaks and tabs stay."""
    return UNCARRIED.sub("", text)


def sheet_name(name: str, taken: Sequence[str] = ()) -> str:
    """Return a name that Excel takes for a sheet and that none of the others has."""
    base = re.sub(r"[\[\]:*?/\\]", "-", _one_line(name))[:31].strip("'") or "table"
    candidate, number = base, 2
    while candidate.lower() in {t.lower() for t in taken}:
        ending = f" {number}"
        candidate, number = base[: 31 - len(ending)] + ending, number + 1
    return candidate


def _letters(position: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(position))


def _column_width(series: pd.Series, heading: str) -> int:
    cells = [display_width(str(v)) for v in series.head(200)]
    return min(60, max(8, display_width(heading) + 2, *cells, 0) + 2)
