"""Workbooks (XLSX, XLS, ODS), Parquet files and data frames to columns of text cells."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from clusters.errors import DataError, UsageError
from clusters.intake import extents, merged_cells, old_workbooks, texts
from clusters.intake.table import Codes, Column, RawTable, above_header, blank_lines, cell_text, find_header
from clusters.intake.texts import Texts
from clusters.sentences import Note

if TYPE_CHECKING:
    import pyarrow as pa

Score = Callable[[Sequence[str]], int]


def parse_workbook(data: bytes, name: str, score: Score, *, sheet: str | None = None) -> RawTable:
    """Read one sheet of a workbook.

    Parameters
    ----------
    data
        Content of the file.
    name
        File name for messages.
    score
        Number of columns of a row that read like a header's, 0 where required ones lack.
    sheet
        Name or number (from 1); by default the only sheet whose headers are recognised.

    Raises
    ------
    DataError
        The workbook is damaged or protected, or the sheet cannot be told.
    UsageError
        There is no such sheet.
    """
    sheets, merged = _read(data, name)
    chosen, warnings = _choose(sheets, name, score, sheet)
    rows = sheets[chosen]
    label = Note("note.sheet", name=name, sheet=chosen)
    filled = [i for i, row in enumerate(rows) if any(cell.strip() for cell in row)]
    if not filled:
        raise DataError(f"{label} is empty", hint="name another sheet with --sheet")
    found = find_header([rows[i] for i in filled[:10]], score)
    at = filled[found or 0]
    if found:
        warnings.append(above_header(label, "row", [i + 1 for i in filled[:found]]))
    below = [i for i in filled if i > at]
    spread = merged_cells.fill_down(rows, merged[chosen], below)
    warnings += merged_cells.told(label, spread, rows)
    blank = filled[-1] - at - len(below)
    if blank:
        warnings.append(blank_lines(label, "row", blank))
    position = {row: k for k, row in enumerate(below)}
    width = max((j + 1 for i in (at, *below) for j in _last(rows[i])), default=0)
    columns = [Column.of([rows[i][j] for i in below]) for j in range(width)]
    return RawTable(
        name,
        rows[at][:width],
        columns,
        np.array(below, np.int64) + 1,
        unit="row",
        source={"format": "workbook", "sheet": chosen},
        warnings=warnings,
        above=tuple(i + 1 for i in filled[: found or 0]),
        blank=blank,
        merged=tuple((position[row], column) for row, column in spread),
    )


def parse_parquet(data: bytes, name: str) -> RawTable:
    """Read a Parquet file; typed cells become the texts they stand for."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(io.BytesIO(data))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(
            f"{name} is not a readable Parquet file ({_first_line(error)})",
            hint="the file is damaged or has the wrong ending",
        ) from None
    columns = []
    for column in table.columns:
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            columns.append(_from_texts(column))
        else:
            columns.append(_from_series(column.to_pandas()))
    lines = np.arange(1, table.num_rows + 1, dtype=np.int64)
    return RawTable(name, list(table.column_names), columns, lines, unit="row", source={"format": "parquet"})


def _from_texts(column: pa.ChunkedArray) -> Column:
    import pyarrow as pa

    parts = [Texts(chunk) for chunk in column.cast(pa.large_string()).chunks]
    if not parts:
        return Column.of([])
    codes, values = Texts.joined(parts)
    return Column(np.concatenate(codes), values if len(values) > texts.FEW else np.asarray(values))


def parse_frame(frame: pd.DataFrame, name: str = "data frame") -> RawTable:
    """Read a data frame; its index gives the rows' numbers if it holds distinct whole numbers.

    Rows of another index with distinct labels are named by these.
    """
    index = frame.index
    numbered = pd.api.types.is_integer_dtype(index.dtype) and index.is_unique
    lines = index.to_numpy(np.int64) if numbered else np.arange(len(frame), dtype=np.int64)
    columns = [_from_series(frame.iloc[:, i]) for i in range(frame.shape[1])]
    return RawTable(
        name,
        [cell_text(str(c)) for c in frame.columns],
        columns,
        lines,
        unit="row",
        source={"format": "data frame"},
        labels=None if numbered or not index.is_unique else index.to_numpy(object),
    )


def _from_series(series: pd.Series[Any]) -> Column:
    """Code a typed column; 1, 1.0 and True in one object column are told apart."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        codes = series.cat.codes.to_numpy()
        return Column(codes.astype(np.int32), np.asarray(series.cat.categories, object)).map(cell_text)
    if series.dtype == object:
        return Column.of([cell_text(v) for v in series])
    codes, values = pd.factorize(series)
    numbers: Codes = codes.astype(np.int32)
    texts = np.asarray(values.astype(object), object)
    return Column(numbers, texts).map(cell_text)


def read_sheets(data: bytes, name: str) -> dict[str, list[list[str]]]:
    """Return the cells of every sheet of a workbook as text.

    Raises ``DataError`` where it is damaged, protected or absurdly large.
    """
    return _read(data, name)[0]


def _read(data: bytes, name: str) -> tuple[dict[str, list[list[str]]], dict[str, list[merged_cells.Range]]]:
    """Return the cells of every sheet as text, and which cells are merged."""
    import python_calamine

    extents.check_workbook(data, name)
    try:
        with old_workbooks.quiet(data):
            book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
            cells, merged = {}, {}
            for meta in book.sheets_metadata:
                if meta.typ == python_calamine.SheetTypeEnum.WorkSheet:
                    sheet = book.get_sheet_by_name(meta.name)
                    cells[meta.name] = [
                        [cell if type(cell) is str else cell_text(cell) for cell in row]
                        for row in sheet.to_python(skip_empty_area=False)
                    ]
                    merged[meta.name] = sheet.merged_cell_ranges or []
            return cells, merged
    except python_calamine.PasswordError:
        raise DataError(f"{name} is protected by a password", hint="save it without a password") from None
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise DataError(
            f"{name} is not a readable workbook ({_first_line(error)})",
            hint="the file is damaged or has the wrong ending; open it and save it again",
        ) from None
    except MemoryError:
        raise DataError(f"{name} takes more memory than there is", hint="export the table as CSV") from None
    except BaseException as error:  # a fault within the reader, which is none of Python's own errors
        if type(error).__name__ != "PanicException":
            raise
        raise DataError(f"{name} is a damaged workbook", hint="open it and save it again") from None


def _choose(
    sheets: dict[str, list[list[str]]], name: str, score: Score, asked: str | None
) -> tuple[str, list[str]]:
    listed = ", ".join(repr(s) for s in sheets)
    if asked is not None:
        if asked in sheets:
            return asked, []
        if asked.isdecimal() and 1 <= int(asked) <= len(sheets):
            return list(sheets)[int(asked) - 1], []
        raise UsageError(f"{name} has no sheet {asked!r}; it has {listed}")
    filled = [s for s, rows in sheets.items() if any(any(row) for row in rows)]
    if not filled:
        raise DataError(f"{name} is empty: no sheet holds anything")
    if len(filled) == 1:
        return filled[0], []
    fitting = [s for s in filled if find_header(_filled_rows(sheets[s]), score) is not None]
    if len(fitting) == 1:
        return fitting[0], [Note("note.sheet_chosen", name=name, sheets=list(sheets), chosen=fitting[0])]
    what = f"{len(fitting)} of them look like" if fitting else "none of them has the headers of"
    raise DataError(
        f"{name} has the sheets {listed}, and {what} a table of this kind",
        hint="choose one with --sheet NAME",
    )


def _filled_rows(rows: list[list[str]]) -> list[list[str]]:
    return [row for row in rows[:50] if any(cell.strip() for cell in row)][:10]


def _last(row: list[str]) -> list[int]:
    return next(([j] for j in range(len(row) - 1, -1, -1) if row[j].strip()), [])


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:120] if str(error).strip() else type(error).__name__
