"""A table of text cells as it stands in a file, every column coded by its distinct texts.

Checks and clean-ups then look at each distinct text once, however many rows hold it.
"""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.sentences import Note

Codes = NDArray[np.int32]


@dataclass(frozen=True)
class Column:
    """One column: ``values[codes]``; code -1 is a missing cell."""

    codes: Codes
    values: NDArray[np.object_]

    @classmethod
    def of(cls, cells: Sequence[str]) -> Column:
        """Code a list of texts."""
        if not len(cells):
            return cls(np.empty(0, np.int32), np.empty(0, object))
        codes, values = pd.factorize(np.asarray(cells, dtype=object))
        return cls(codes.astype(np.int32), np.asarray(values, dtype=object))

    def map(self, function: Callable[[str], str | None]) -> Column:
        """Change every distinct text; equal results become one, empty ones missing."""
        return self.replace([function(value) for value in self.values])

    def replace(self, texts: Sequence[str | None]) -> Column:
        """Give every distinct text a new one, in the order of ``values``."""
        position: dict[str, int] = {}
        table = np.full(len(self.values) + 1, -1, np.int32)
        for code, text in enumerate(texts):
            if text:
                table[code] = position.setdefault(text, len(position))
        return Column(table[self.codes], _objects(position))

    def take(self, rows: NDArray[Any]) -> Column:
        """Keep some rows (mask or positions)."""
        return Column(self.codes[rows], self.values)

    def texts(self, rows: NDArray[Any] | slice = slice(None)) -> list[str]:
        """Return the cells of some rows; missing ones are empty."""
        padded = np.append(self.values, "")
        return list(padded[self.codes[rows]])


def joined(columns: Sequence[Column]) -> list[Column]:
    """Code several columns over one common list of values, in the order given."""
    position: dict[str, int] = {}
    codes = []
    for column in columns:
        lookup = [position.setdefault(value, len(position)) for value in column.values]
        codes.append(np.array([*lookup, -1], np.int32)[column.codes])
    values = _objects(position)
    return [Column(code, values) for code in codes]


def missing(rows: int) -> Column:
    """Return a column without any value."""
    return Column(np.full(rows, -1, np.int32), np.empty(0, object))


def _objects(texts: Iterable[str]) -> NDArray[np.object_]:
    items = list(texts)
    result = np.empty(len(items), object)
    result[:] = items
    return result


@dataclass(frozen=True)
class RaggedRow:
    """A row that cannot be divided into the header's columns."""

    line: int
    cells: list[str]
    reason: str = "ragged_row"


@dataclass(frozen=True)
class RawTable:
    """Header and cells of one file, before any meaning is given to them.

    ``lines`` holds the line (text file), sheet row or index of each row; ``unit`` is
    the word for it in messages.
    """

    name: str
    header: list[str]
    columns: list[Column]
    lines: NDArray[np.int64]
    ragged: list[RaggedRow] = field(default_factory=list)
    unit: str = "line"
    source: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """All data rows, ragged ones included; blank lines are none."""
        return len(self.lines) + len(self.ragged)

    @property
    def stem(self) -> str:
        """The name without its endings."""
        stem = self.name.removesuffix(".gz")
        return stem.rpartition(".")[0] or stem

    @property
    def synthetic(self) -> bool:
        """Whether a comment above the header, or a column name, says that the data is made up."""
        comment = self.source.get("comment", "").lower()
        return "合成数据" in comment or "synthetic" in comment or any(map(marks_synthetic, self.header))

    def at(self, row: int) -> Note:
        """Return the place of a row for messages, such as ``line 12``."""
        return Note("note.line" if self.unit == "line" else "note.row", n=self.lines[row])


def marks_synthetic(column: str) -> bool:
    """Tell whether a column is only there to say 合成数据 (synthetic data) and number the rows.

    Examples
    --------
    >>> marks_synthetic("合成数据 (synthetic data)"), marks_synthetic("year")
    (True, False)
    """
    return column.lstrip('\ufeff"').startswith("合成数据")


def cell_text(value: Any) -> str:
    """Write a typed cell (workbook, data frame, Parquet) as the text it stands for.

    Examples
    --------
    >>> import datetime
    >>> [cell_text(v) for v in (2019.0, 2.5, None, True, datetime.datetime(2019, 5, 1))]
    ['2019', '2.5', '', 'true', '2019-05-01']
    """
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        number = float(value)
        if number != number:
            return ""
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(" ")
    if isinstance(value, decimal.Decimal):
        return format(value.normalize(), "f")
    return str(value)


def find_header(
    rows: Sequence[Sequence[str]], score: Callable[[Sequence[str]], int], within: int = 10
) -> int | None:
    """Return the position of the first row that reads like a header, or ``None``.

    A title or a note often stands above the header, in workbooks above all.
    """
    return next((i for i, row in enumerate(rows[:within]) if score(row) > 0), None)


def above_header(name: str, unit: str, lines: Sequence[int]) -> Note:
    """Say that something above the header was not read."""
    if len(lines) == 1:
        where = Note("note.line" if unit == "line" else "note.row", n=lines[0])
    else:
        where = Note("note.lines" if unit == "line" else "note.rows", first=lines[0], last=lines[-1])
    return Note("note.above_header", name=name, where=where)


def blank_lines(name: str, unit: str, count: int) -> Note:
    """Say that blank lines are not counted as rows."""
    return Note("note.blank_lines" if unit == "line" else "note.blank_rows", name=name, n=count)
