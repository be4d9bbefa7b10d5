"""Delimited text to columns, with the line of every row.

A file whose quotes are well placed goes through Arrow's parser, and the line of each row
follows from the positions of line ends outside quotes. A file with stray quotes is read
row by row instead; a quote that is never closed then costs its own row, not the rest of
the file. Both ways give the same cells where both apply.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clusters.errors import DataError, UsageError
from clusters.intake import apostrophes
from clusters.intake.table import (
    Column,
    Consecutive,
    RaggedRow,
    RawTable,
    above_header,
    blank_lines,
    find_header,
)
from clusters.sentences import Note

if TYPE_CHECKING:
    import pyarrow as pa

SEPARATORS = (",", ";", "\t", "|")
_WORDS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_HEAD_LINES = 60
_SMALL = 1 << 20  # bytes; below it threads of Arrow gain nothing, and can abort the end of the process
_BLOCK = 1 << 25
_MAX_SPAN = 2000
_LONE_RETURN = re.compile(rb"\r(?!\n)")

Score = Callable[[Sequence[str]], int]


def parse(
    data: bytes, name: str, score: Score, *, separator: str | None = None, encoding: str = "utf-8"
) -> RawTable:
    """Read UTF-8 bytes of delimited text.

    Parameters
    ----------
    data
        Content without byte-order mark.
    name
        File name for messages.
    score
        Number of columns of a row that read like a header's, 0 where required ones lack.
    separator
        One character or ``tab``; by default the one among comma, semicolon, tab and bar
        that makes a header, or else the most even columns.
    encoding
        What the file was in, for the record.

    Raises
    ------
    DataError
        The file is empty or no separator divides its header.
    """
    data, warnings = _line_ends(data, name)
    plan = plan_of(data, name, score, separator)
    body = memoryview(data)[plan.offset :]
    columns, numbers, ragged, blank = _body(body, len(plan.header), plan.mark, plan.first_line)
    return plan.table(columns, numbers, ragged, blank, encoding, warnings)


@dataclass(frozen=True)
class Plan:
    """What the first lines say of a file: how it is divided, and where its rows begin."""

    name: str
    mark: str
    header: list[str]
    first_line: int
    """Line of the first row."""
    offset: int
    """Bytes before the first row."""
    comments: list[bytes]
    warnings: list[str]
    above: tuple[int, ...] = ()
    """Lines above the header."""

    def table(
        self,
        columns: list[Column],
        lines: NDArray[np.int64] | Consecutive,
        ragged: list[RaggedRow],
        blank: int,
        encoding: str,
        warnings: Sequence[str] = (),
    ) -> RawTable:
        """Put the table together once the rows are read."""
        said = [*warnings, *self.warnings]
        if blank:
            said.append(blank_lines(self.name, "line", blank))
        source = {"format": "text", "encoding": encoding, "separator": _WORDS.get(self.mark, self.mark)}
        if self.comments:
            source["comment"] = " ".join(line.decode().lstrip("#").strip() for line in self.comments)
        table = RawTable(
            self.name,
            self.header,
            columns,
            lines,
            ragged,
            source=source,
            warnings=said,
            above=self.above,
            comments=len(self.comments),
            blank=blank,
        )
        return apostrophes.unguarded(table)


def plan_of(data: bytes, name: str, score: Score, separator: str | None) -> Plan:
    """Read the first lines of a file: comments, separator, header."""
    if not data or data.isspace():
        raise DataError(f"{name} is empty", hint="a relation table needs a header line and rows")
    warnings: list[str] = []
    lines = _head(data)
    comments = _comments(lines, score)
    preview = lines[len(comments) :]
    if all(line.isspace() for line in preview):
        raise DataError(f"{name} holds only comments", hint="a relation table needs a header line and rows")
    mark = separator_of(separator) if separator else _sniff(preview, name, score)
    rows = list(_logical_rows(preview, mark))
    header_at = find_header([cells for _, _, cells in rows], score)
    if header_at is None:
        _check_separator(preview, name, mark, separator, score)
    start, height, header = rows[header_at or 0]
    above = [len(comments) + at + 1 for at, _, _ in rows[: header_at or 0]]
    if above:
        warnings.append(above_header(name, "line", above))
    below = [cells for _, _, cells in rows[(header_at or 0) + 1 :]]
    if below and all(len(cells) == len(header) + 1 and not cells[-1].strip() for cells in below):
        header = [*header, ""]  # every row ends in a separator, only the header does not
    first = len(comments) + start + height
    offset = sum(len(line) for line in lines[:first])
    return Plan(name, mark, header, first + 1, offset, comments, warnings, tuple(above))


def _line_ends(data: bytes, name: str) -> tuple[bytes, list[str]]:
    """Make every line end in a line feed; a return inside a line becomes a blank."""
    if data.count(b"\r") == data.count(b"\r\n"):
        return data, []
    if b"\n" not in data:
        return data.replace(b"\r", b"\n"), []
    clean, count = _LONE_RETURN.subn(b" ", data)
    return clean, [Note("note.returns", name=name, n=count)]


def _head(data: bytes) -> list[bytes]:
    lines: list[bytes] = []
    start = 0
    while len(lines) < _HEAD_LINES and start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end + 1
        lines.append(data[start:end])
        start = end
    return lines


def _comments(lines: list[bytes], score: Score) -> list[bytes]:
    """Return the leading lines that begin with a hash, unless one is the header."""
    found: list[bytes] = []
    for line in lines:
        if not line.startswith(b"#"):
            break
        text = line.decode()
        if any(score(next(csv.reader([text], delimiter=mark), [])) for mark in SEPARATORS):
            break
        found.append(line)
    return found


def separator_of(text: str) -> str:
    """Return the separator that an option names, by itself or by a word; ``UsageError`` for none."""
    mark = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "bar": "|"}.get(text, text)
    if len(mark) != 1 or not mark.isascii() or mark in '"\r\n':
        raise UsageError(f"separator {text!r} is not one character", hint="use one of , ; | or the word tab")
    return mark


def _sniff(lines: list[bytes], name: str, score: Score) -> str:
    """Choose the separator that makes a header, else the one that divides rows most evenly."""
    ranking = []
    for mark in SEPARATORS:
        rows = [cells for _, _, cells in _logical_rows(lines, mark)][:30]
        at = find_header(rows, score)
        widths = [len(cells) for cells in rows]
        even = sum(w == widths[0] for w in widths) / len(widths) if widths and widths[0] > 1 else 0.0
        ranking.append((score(rows[at]) if at is not None else 0, even, widths[0] if widths else 0, mark))
    best = max(ranking, key=lambda entry: entry[:3])
    if best[0] == 0 and best[2] < 2:
        line = lines[0].decode().strip() if lines else ""
        raise DataError(
            f"{name}, line 1: no comma, semicolon, tab or bar divides the header {_short(line)!r}",
            hint="a relation table needs at least a source and a target column; "
            "another separator can be named with separator in --config",
        )
    return best[3]


def _check_separator(lines: list[bytes], name: str, mark: str, asked: str | None, score: Score) -> None:
    """Say so when another separator than the one asked for would make a header."""
    if asked is None:
        return
    for other in SEPARATORS:
        rows = [cells for _, _, cells in _logical_rows(lines, other)]
        if other != mark and find_header(rows, score) is not None:
            raise DataError(
                f"{name}: separator {_WORDS.get(mark, mark)} was named, "
                f"but the header is divided by {_WORDS[other]}s: {_short(other.join(rows[0]))!r}",
                hint=f"leave the separator out or name {_WORDS[other]}",
            )


def _logical_rows(lines: list[bytes], mark: str) -> Iterator[tuple[int, int, list[str]]]:
    """Yield (position of the first line, number of lines, cells) of the rows that are not blank."""
    reader = _Rows(lines, mark)
    while (row := reader.next()) is not None:
        start, cells = row
        if not reader.blank:
            yield start, reader.position - start, cells


def _body(
    body: memoryview, width: int, mark: str, first_line: int
) -> tuple[list[Column], NDArray[np.int64], list[RaggedRow], int]:
    """Read the rows below the header: columns, line of each row, ragged rows, blank lines."""
    starts = _row_starts(body, mark)
    fast = None if starts is None else _by_arrow(body, width, mark, line_breaks=starts[2])
    if fast is not None and starts is not None:
        columns, ragged = fast
        numbers, blank, _ = starts
        if numbers.size == (len(columns[0].codes) if columns else 0) + len(ragged):
            return _without_ragged(columns, numbers + first_line, ragged, mark, blank)
    return _row_by_row(body, width, mark, first_line)


def _row_starts(body: memoryview, mark: str) -> tuple[NDArray[np.int64], int, bool] | None:
    """Find the rows: their lines (from 0), the number of empty lines, whether cells hold line breaks.

    ``None`` when a quote stands where it neither opens nor closes a cell, or is not closed.
    """
    found = scan(body, mark)
    return None if found is None or found.opened else (found.rows, found.empty, found.breaks)


@dataclass(frozen=True)
class Scan:
    """Where the rows of a piece of text begin."""

    rows: NDArray[np.int64]
    """Line (from 0) of each row; the last one has no end where ``opened``."""
    empty: int
    """Number of empty lines."""
    breaks: bool
    """Whether cells hold line breaks."""
    opened: bool
    """Whether a quote is still open at the end."""
    begins: NDArray[np.int64]
    """Position of the first byte of each line."""


def scan(body: memoryview, mark: str) -> Scan | None:
    """Find the rows; ``None`` when a quote stands where it neither opens nor closes a cell."""
    data = np.frombuffer(body, np.uint8)
    before, after = np.zeros(256, bool), np.zeros(256, bool)
    before[[ord(mark), 10, 34]] = True
    after[[ord(mark), 10, 13, 34]] = True
    ends, inside, opened = [np.empty(0, np.int64)], [np.empty(0, bool)], 0
    for start in range(0, data.size, _BLOCK):
        block = data[start : start + _BLOCK]
        end = np.flatnonzero(block == 10)
        quotes = np.flatnonzero(block == 34)
        ends.append(end + start)
        inside.append((np.searchsorted(quotes, end) + opened) % 2 == 1)
        at = quotes + start
        closes = (np.arange(quotes.size) + opened) % 2 == 1
        left = before[data[np.maximum(at - 1, 0)]] | (at == 0)
        right = after[data[np.minimum(at + 1, data.size - 1)]] | (at == data.size - 1)
        if not np.where(closes, right, left).all():
            return None
        opened = (opened + quotes.size) % 2
    line_ends, within = np.concatenate(ends), np.concatenate(inside)
    if data.size and data[-1] != 10:
        line_ends, within = np.append(line_ends, data.size), np.append(within, False)
    begins = np.append(0, line_ends + 1)[:-1]
    returned = (line_ends > begins) & (data[np.maximum(line_ends - 1, 0)] == 13) if data.size else 0
    opens_row = ~np.append(False, within)[:-1]
    empty = opens_row & (line_ends - begins - returned == 0)
    rows = np.flatnonzero(opens_row & ~empty).astype(np.int64)
    return Scan(rows, int(empty.sum()), bool(within.any()), bool(opened), begins)


def _by_arrow(
    body: memoryview, width: int, mark: str, *, line_breaks: bool
) -> tuple[list[Column], list[tuple[int, str]]] | None:
    """Parse with Arrow: columns and (position among all rows, text) of rows of another width."""
    import pyarrow as pa

    if not len(body):
        return [Column.of([]) for _ in range(width)], []
    found = arrow_table(body, [pa.string()] * width, mark, line_breaks=line_breaks, block=_BLOCK)
    if found is None:
        return None
    table, ragged = found
    return [_coded(column) for column in table.columns], ragged


def arrow_table(
    body: memoryview,
    kinds: Sequence[pa.DataType],
    mark: str,
    *,
    line_breaks: bool,
    block: int,
    torn: bool = False,
) -> tuple[pa.Table, list[tuple[int, str]]] | None:
    """Parse with Arrow; ``None`` where it cannot. ``torn`` expects rows of another width."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    names = [str(i) for i in range(len(kinds))]
    ragged: list[tuple[int, str]] = []
    threads = len(body) > _SMALL

    def skip(row: arrow.InvalidRow) -> str:
        ragged.append((row.number - 1, row.text))
        return "skip"

    def read(block: int, tolerant: bool) -> pa.Table:
        ragged.clear()
        return arrow.read_csv(
            pa.BufferReader(pa.py_buffer(body)),
            read_options=arrow.ReadOptions(
                column_names=names, block_size=block, use_threads=threads and not tolerant
            ),
            parse_options=arrow.ParseOptions(
                delimiter=mark,
                newlines_in_values=line_breaks,
                invalid_row_handler=skip if tolerant else None,
            ),
            convert_options=arrow.ConvertOptions(
                column_types=dict(zip(names, kinds, strict=True)),
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )

    whole = min(len(body) + 1, 2**31 - 1)
    for size, tolerant in ((min(block, whole), False), (min(block, whole), True), (whole, True)):
        if torn and not tolerant:
            continue
        try:
            return read(size, tolerant), ragged
        except pa.ArrowInvalid:
            continue
    return None


def _coded(column: object) -> Column:
    """Turn an Arrow column of texts into codes and distinct texts."""
    encoded = column.dictionary_encode()  # type: ignore[attr-defined]
    chunks = encoded.chunks
    if not chunks:
        return Column.of([])
    codes = np.concatenate([chunk.indices.to_numpy(zero_copy_only=False) for chunk in chunks])
    values = chunks[-1].dictionary.to_numpy(zero_copy_only=False)
    return Column(codes.astype(np.int32), values)


def _without_ragged(
    columns: list[Column], numbers: NDArray[np.int64], ragged: list[tuple[int, str]], mark: str, blank: int
) -> tuple[list[Column], NDArray[np.int64], list[RaggedRow], int]:
    """Take the lines of ragged rows out of the numbering; rows of blanks only are blank lines."""
    if not ragged:
        return columns, numbers, [], blank
    at = np.array([position for position, _ in ragged])
    rows = []
    for position, text in ragged:
        if not _is_blank(text.encode(), mark):
            cells = _Rows(text.encode().splitlines(keepends=True), mark).next()
            rows.append(RaggedRow(int(numbers[position]), cells[1] if cells else []))
    return columns, np.delete(numbers, at), rows, blank + len(ragged) - len(rows)


def _row_by_row(
    body: memoryview, width: int, mark: str, first_line: int
) -> tuple[list[Column], NDArray[np.int64], list[RaggedRow], int]:
    """Parse with the csv module, mending quotes that are never closed."""
    reader = _Rows(body.tobytes().splitlines(keepends=True) if len(body) else [], mark)
    return _rows_until(reader, width, first_line, len(body))


def _rows_until(
    reader: _Rows, width: int, first_line: int, stop: int
) -> tuple[list[Column], NDArray[np.int64], list[RaggedRow], int]:
    """Parse the rows that begin before a line; ``reader.position`` is where they end."""
    rows: list[list[str]] = []
    numbers: list[int] = []
    ragged: list[RaggedRow] = []
    blank = 0
    while reader.position < stop and (found := reader.next()) is not None:
        start, cells = found
        if reader.unclosed:
            ragged.append(RaggedRow(start + first_line, cells, "unclosed_quote"))
        elif reader.blank:
            blank += 1
        elif len(cells) != width:
            ragged.append(RaggedRow(start + first_line, cells))
        else:
            rows.append(cells)
            numbers.append(start + first_line)
    cells_by_column = zip(*rows, strict=True) if rows else ([] for _ in range(width))
    columns = [Column.of(list(cells)) for cells in cells_by_column]
    return columns, np.array(numbers, np.int64), ragged, blank


class _Rows:
    """Rows of lines one by one, each with the position of its first line.

    The csv module asks this object for lines; when it asks in vain for another line of
    the same row, a quote was not closed.
    """

    def __init__(self, lines: list[bytes], mark: str) -> None:
        self._lines = lines
        self._mark = mark
        self._start = 0
        self.position = 0
        self.unclosed = False
        self.blank = False
        if csv.field_size_limit() < 1 << 30:
            csv.field_size_limit(1 << 30)
        self._reader = csv.reader(self, delimiter=mark, skipinitialspace=mark != "\t")
        cell = rf' *"[^"]*(?:""[^"]*)*"|(?! *")[^{re.escape(mark)}\r\n]*'
        self._proper = re.compile(rf"(?:{cell})(?:{re.escape(mark)}(?:{cell}))*\r?\n?")

    def __iter__(self) -> _Rows:
        return self

    def __next__(self) -> str:
        if self.position >= len(self._lines) or self.position - self._start >= _MAX_SPAN:
            self.unclosed = self.position > self._start
            raise StopIteration
        self.position += 1
        return self._lines[self.position - 1].decode()

    def next(self) -> tuple[int, list[str]] | None:
        """Return (first line, cells) of the next row; ``None`` at the end.

        A row over several lines whose quotes do not fit together is given up: its first
        line comes back as it is with ``unclosed`` set, and reading goes on below it.
        """
        self._start = start = self.position
        self.unclosed = False
        if start >= len(self._lines):
            return None
        cells = next(self._reader, [])
        self.blank = _is_blank(self._lines[start], self._mark)
        if self.position - start > 1 and not self.unclosed:
            self.unclosed = not self._proper.fullmatch(b"".join(self._lines[start : self.position]).decode())
        if self.unclosed:
            self.position = start + 1
            cells = self._lines[start].decode().rstrip("\r\n").split(self._mark)
        return start, cells


def _is_blank(line: bytes, mark: str) -> bool:
    """Whether a line holds blanks only; a line of separators is a row of empty cells."""
    return not line.strip(b" \r\n" if mark == "\t" else b" \t\r\n")


def _short(text: str, length: int = 60) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
