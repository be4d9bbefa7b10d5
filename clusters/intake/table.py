"""A table of text cells as it stands in a file, every column coded by its distinct texts.

Checks and clean-ups then look at each distinct text once, however many rows hold it. The
texts of a long column (names of organisations) stay in one block of memory, ``Texts``, and
are made into Python's text only one by one where something is to be said of them.
"""

from __future__ import annotations

import datetime
import decimal
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.intake.texts import Texts
from clusters.sentences import Note

Codes = NDArray[np.int32]
Lines = Callable[[str], str]
"""A function of one text that treats every line of a text by itself."""
_SURROGATES = re.compile("[\ud800-\udfff]")
"""Halves of characters: Python may hold them in text, no file and no data frame of text may."""


@dataclass(frozen=True)
class Column:
    """One column: ``values[codes]``; code -1 is a missing cell."""

    codes: Codes
    values: NDArray[np.object_] | Texts

    @classmethod
    def of(cls, cells: Sequence[str]) -> Column:
        """Code a list of texts."""
        if not len(cells):
            return cls(np.empty(0, np.int32), np.empty(0, object))
        codes, values = pd.factorize(np.asarray(cells, dtype=object))
        return cls(codes.astype(np.int32), np.asarray(values, dtype=object))

    def map(self, function: Callable[[str], str | None], lines: Lines | None = None) -> Column:
        """Change every distinct text; equal results become one, empty ones missing.

        ``lines`` is the same function for many texts at once, one on each line, where there
        is one that leaves alone the texts that ``names.plain`` marks.
        """
        if isinstance(self.values, Texts) and lines is not None:
            changed = self.values.map_lines(function, lines)
            if changed is None:
                return self
            table, values = Texts.joined([changed])
            return Column(np.append(table[0], np.int32(-1))[self.codes], values)
        return self.replace([function(value) for value in self.values])

    def rename(self, other: Mapping[str, str]) -> Column:
        """Put another text for some."""
        if not isinstance(self.values, Texts):
            return self.map(lambda text: other.get(text, text))
        changed = self.values.renamed(other)
        if changed is None:
            return self
        table, values = Texts.joined([changed])
        return Column(np.append(table[0], np.int32(-1))[self.codes], values)

    def replace(self, texts: Sequence[str | None]) -> Column:
        """Give every distinct text a new one, in the order of ``values``."""
        position: dict[str, int] = {}
        table = np.full(len(self.values) + 1, -1, np.int32)
        for code, text in enumerate(texts):
            if text:
                table[code] = position.setdefault(text, len(position))
        if len(position) == len(self.values):
            return Column(self.codes, _objects(position))
        return Column(table[self.codes], _objects(position))

    def take(self, rows: NDArray[Any] | slice) -> Column:
        """Keep some rows (mask, positions or slice)."""
        return Column(self.codes[rows], self.values)

    def texts(self, rows: NDArray[Any] | slice = slice(None)) -> list[str]:
        """Return the cells of some rows; missing ones are empty."""
        codes = self.codes[rows]
        if isinstance(self.values, Texts):
            return ["" if code < 0 else self.values[code] for code in codes.tolist()]
        padded = np.append(self.values, "")
        return list(padded[codes])


def joined(columns: Sequence[Column]) -> list[Column]:
    """Code several columns over one common list of values, in the order given."""
    if all(column.values is columns[0].values for column in columns):
        return list(columns)
    if any(isinstance(column.values, Texts) for column in columns):
        tables, texts = Texts.joined([Texts.of(column.values) for column in columns])
        return [
            Column(np.append(table, np.int32(-1))[column.codes], texts)
            for table, column in zip(tables, columns, strict=True)
        ]
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
class Consecutive:
    """Numbers of rows that follow one another, where an array of them would only fill memory."""

    first: int
    size: int

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, rows: Any) -> Any:
        if isinstance(rows, slice):
            return np.arange(self.size, dtype=np.int64)[rows] + self.first
        rows = np.asarray(rows)
        if rows.dtype == bool:
            rows = np.flatnonzero(rows)
        return rows + np.int64(self.first)

    def tolist(self) -> list[int]:
        """Return the numbers as a list."""
        return list(range(self.first, self.first + self.size))


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
    lines: NDArray[np.int64] | Consecutive
    ragged: list[RaggedRow] = field(default_factory=list)
    unit: str = "line"
    source: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    above: tuple[int, ...] = ()
    """Lines above the header that hold a title or a note."""
    comments: int = 0
    """Lines above the header that begin with a hash."""
    blank: int = 0
    """Blank lines below the header."""
    merged: tuple[tuple[int, int], ...] = ()
    """Row and column, from 0, of cells whose text is that of a merged cell above them."""
    labels: NDArray[np.object_] | None = None
    """Index of a data frame where it holds no whole numbers; ``lines`` then are positions."""

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
        if self.labels is not None:
            return Note("note.row_label", label=str(self.labels[row]))
        return Note("note.line" if self.unit == "line" else "note.row", n=int(self.lines[row]))


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
        return _SURROGATES.sub("\ufffd", value)
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
