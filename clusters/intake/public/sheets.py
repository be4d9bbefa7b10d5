"""Tables of a package as text cells, every row with its line, its fate and its original cells.

Reading is patient where the usual reader refuses a file as a whole: bytes that fit no encoding
cost their row, not the file. What was mended is counted.
"""

from __future__ import annotations

import codecs
import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import names
from clusters.errors import DataError
from clusters.intake import encoding, files, rows
from clusters.intake.headers import key
from clusters.intake.public.frame import OUTCOMES, Account, Layout, Options, Table
from clusters.intake.public.package import Member, Package
from clusters.intake.table import Column, RawTable

NULLS = frozenset(("\\N", "NULL", "null"))
"""What exports of databases write for a missing value."""
ACCEPTED, REJECTED, SET_ASIDE = range(len(OUTCOMES))
Flags = NDArray[np.bool_]
Cells = NDArray[np.object_]
_CJK_TWICE = re.compile("[\u2e80-\U0003ffff].*[\u2e80-\U0003ffff]", re.DOTALL)


@dataclass
class Sheet:
    """One table of a package: its cells by column, and what becomes of its rows."""

    raw: RawTable
    table: Table
    positions: Mapping[str, int]
    outcome: NDArray[np.int8]
    reason: Cells
    mended: dict[str, tuple[int, int]] = field(default_factory=dict)
    """What was mended -> number of rows and line of the first."""

    @property
    def name(self) -> str:
        """The file's name within the package."""
        return self.raw.name

    @property
    def rows(self) -> int:
        """Rows with the right number of cells."""
        return len(self.raw.lines)

    @property
    def alive(self) -> Flags:
        """Rows that are neither rejected nor set aside."""
        return np.equal(self.outcome, ACCEPTED)

    def has(self, name: str) -> bool:
        """Tell whether a column is there."""
        return name in self.positions

    def cells(self, name: str) -> Cells:
        """Return the cells of a column without outer blanks; all empty where it is not there."""
        if name not in self.positions:
            return np.full(self.rows, "", object)
        column = self.raw.columns[self.positions[name]]
        texts = [str(text).strip() for text in column.values]
        texts = ["" if text in NULLS else text for text in texts]
        table = np.empty(len(texts) + 1, object)
        table[:] = [*texts, ""]
        return table[column.codes]

    def names(self, name: str) -> Cells:
        """Return the cells of a column as names are counted; empty where nobody is named."""
        return cleaned(self.cells(name))

    def reject(self, which: Flags, reason: str) -> None:
        """Reject rows that have no other fate yet."""
        self._end(which, REJECTED, reason)

    def set_aside(self, which: Flags, reason: str) -> None:
        """Set rows aside that have no other fate yet."""
        self._end(which, SET_ASIDE, reason)

    def _end(self, which: Flags, outcome: int, reason: str) -> None:
        new = which & (self.outcome == ACCEPTED)
        self.outcome[new], self.reason[new] = outcome, reason

    def note_mended(self, what: str, which: Flags) -> None:
        """Remember that something was mended in some of the rows in use."""
        found = np.flatnonzero(which & self.alive)
        if found.size:
            self.mended[what] = (int(found.size), int(self.raw.lines[found[0]]))

    def close(self, account: Account, step: str = "read") -> None:
        """Write into the account what became of all rows."""
        lines = np.asarray(self.raw.lines[:])
        alive = np.flatnonzero(self.alive)
        first = int(lines[alive[0]]) if alive.size else None
        account.count(self.name, step, "accepted", alive.size, line=first)
        found: list[tuple[str, str, int, int, str]] = []
        for outcome in (REJECTED, SET_ASIDE):
            at = np.flatnonzero(self.outcome == outcome)
            for reason in dict.fromkeys(self.reason[at].tolist()):
                own = at[self.reason[at] == reason]
                one = int(own[0])
                found.append((OUTCOMES[outcome], reason, own.size, int(lines[one]), self._row(one)))
        for reason in dict.fromkeys(row.reason for row in self.raw.ragged):
            torn = [row for row in self.raw.ragged if row.reason == reason]
            found.append(("rejected", reason, len(torn), torn[0].line, " ¦ ".join(torn[0].cells)))
        for name, reason, count, line, example in sorted(found, key=lambda f: (f[0], f[3])):
            account.count(self.name, step, name, count, reason=reason, line=line, example=example)
        for what, (count, line) in self.mended.items():
            account.count(self.name, step, "mended", count, reason=what, line=line)
        self._list(account, lines)

    def _list(self, account: Account, lines: NDArray[np.int64]) -> None:
        rejected = np.flatnonzero(self.outcome == REJECTED)
        listed = rows.listing(self.raw, rejected, self.reason[rejected].tolist())
        listed = rows.with_ragged(listed, self.raw)
        account.list_rows(self.name, "rejected", listed)
        aside = np.flatnonzero(self.outcome == SET_ASIDE)
        account.list_rows(self.name, "set_aside", rows.listing(self.raw, aside, self.reason[aside].tolist()))

    def _row(self, at: int) -> str:
        one = np.array([at])
        return " ¦ ".join(text for column in self.raw.columns for text in column.texts(one) if text)


def read_sheets(
    package: Package, layout: Layout, options: Options, account: Account
) -> dict[str, list[Sheet]]:
    """Read the files of a package that are tables of a layout.

    Returns
    -------
    dict
        Name of the table -> its sheets; several files may hold one table (by year, say). Files
        that are none of the tables are counted in the account as ignored.

    Raises
    ------
    DataError
        A table that the layout needs is not there, or a file cannot be read.
    """
    found: dict[str, list[Sheet]] = {}
    strange: list[RawTable] = []
    broken: dict[str, DataError] = {}
    for member in package.members:
        try:
            sheet = _sheet(member, layout.tables, layout.aliases, options)
        except DataError as error:
            if member.named:
                raise
            broken[member.name] = error
            continue
        if isinstance(sheet, Sheet):
            found.setdefault(sheet.table.name, []).append(sheet)
        else:
            strange.append(sheet)
    needed = [table for table in layout.tables if not table.optional and table.name not in found]
    if (needed or not found) and broken:
        raise next(iter(broken.values()))
    if needed or not found:
        from clusters.intake.public.nearest import lacking

        raise lacking(layout, needed or layout.tables, strange)
    account.notes += [note for group in found.values() for sheet in group for note in sheet.raw.warnings]
    for raw in strange:
        account.count(raw.name, "read", "ignored", raw.rows, reason="not_of_layout")
    for name in package.ignored:
        account.count(name, "read", "ignored", 0, reason="not_a_table")
    for name, fault in broken.items():
        account.count(name, "read", "ignored", 0, reason="unreadable_file", example=fault.args[0])
    return found


def cleaned(cells: Cells) -> Cells:
    """Write names as they are counted: compatibility forms, line breaks and blanks folded."""
    known = {text: names.clean(text) for text in dict.fromkeys(cells.tolist())}
    return np.array([*(known[text] for text in cells), ""], object)[:-1]


def repeated(ids: Cells, seen: Iterable[str]) -> Flags:
    """Tell which ids occur earlier, in the same cells or among those seen before."""
    found: Flags = pd.Series(ids).duplicated().to_numpy() | pd.Index(ids).isin(list(seen))
    return found


def positions_of(header: Iterable[str], aliases: Mapping[str, str]) -> dict[str, int]:
    """Return the position of each column by its key; of two that are alike the first."""
    found: dict[str, int] = {}
    for position, text in enumerate(header):
        name = key(text)
        if name:
            found.setdefault(aliases.get(name, name), position)
    return found


def _sheet(
    member: Member, tables: Sequence[Table], aliases: Mapping[str, str], options: Options
) -> Sheet | RawTable:
    def score(cells: Sequence[str]) -> int:
        there = positions_of(cells, aliases)
        return max((_fit(table, there) for table in tables), default=0)

    faults: list[int] = []
    mixed: list[int] = []

    def decode(data: bytes, name: str, asked: str | None) -> encoding.Text:
        text, faults[:], mixed[:] = patient(data, name, asked)
        return text

    name, suffix, data = files.unpacked(member.read(), member.name)
    raw = files.read_content(
        data,
        name,
        suffix,
        score=score,
        encoding_name=options.encoding,
        separator=options.separator,
        sheet=options.sheet if suffix in (".xlsx", ".xlsm", ".xls", ".ods") else None,
        decode=decode,
    )
    there = positions_of(raw.header, aliases)
    best = max(tables, key=lambda table: _fit(table, there), default=None)
    if best is None or not _fit(best, there):
        return raw
    raw, padded = _padded(raw)
    sheet = Sheet(raw, best, there, np.zeros(len(raw.lines), np.int8), np.full(len(raw.lines), "", object))
    sheet.reject(_rows_of(sheet, faults), "unreadable_bytes")
    _drop_headers(sheet)
    sheet.note_mended("other_encoding", _rows_of(sheet, mixed))
    if padded:
        sheet.mended["trailing_separators"] = (len(padded), padded[0])
    return sheet


def _fit(table: Table, there: Mapping[str, int]) -> int:
    """Count the columns of a table that are there; 0 where a required one lacks."""
    if not all(name in there for name in table.required):
        return 0
    return len(table.required) + sum(name in there for name in table.known)


def _padded(raw: RawTable) -> tuple[RawTable, list[int]]:
    """Take rows in that have only empty cells too many; return the lines of such rows too."""
    width = len(raw.header)
    surplus = [
        row
        for row in raw.ragged
        if row.reason == "ragged_row"
        and len(row.cells) > width
        and not any(c.strip() for c in row.cells[width:])
    ]
    if not surplus:
        return raw, []
    lines = np.concatenate([np.asarray(raw.lines[:]), np.array([row.line for row in surplus], np.int64)])
    order = np.argsort(lines, kind="stable")
    columns = []
    for position, column in enumerate(raw.columns):
        texts = [*column.texts(), *(row.cells[position] for row in surplus)]
        cells = np.empty(len(texts), object)
        cells[:] = texts
        columns.append(Column.of(cells[order].tolist()))
    kept = [row for row in raw.ragged if not any(row is other for other in surplus)]
    return dataclasses.replace(raw, columns=columns, lines=lines[order], ragged=kept), [
        r.line for r in surplus
    ]


def _rows_of(sheet: Sheet, lines: Sequence[int]) -> Flags:
    """Tell which rows hold some lines of the file."""
    found = np.zeros(sheet.rows, bool)
    if lines and sheet.rows:
        starts = np.sort(np.append(np.asarray(sheet.raw.lines[:]), [row.line for row in sheet.raw.ragged]))
        begins = starts[np.maximum(np.searchsorted(starts, np.array(lines), side="right") - 1, 0)]
        found = np.isin(np.asarray(sheet.raw.lines[:]), begins[begins <= np.array(lines)])
    return found


def _drop_headers(sheet: Sheet) -> None:
    """Set rows aside that repeat the header, as where files were put one behind the other."""
    if not sheet.rows or not sheet.table.required:
        return
    same = np.ones(sheet.rows, bool)
    for name in sheet.table.required:
        position = sheet.positions[name]
        same &= sheet.cells(name) == sheet.raw.header[position].strip().lstrip("\ufeff")
    sheet.set_aside(same, "repeated_header")


def patient(data: bytes, name: str, asked: str | None = None) -> tuple[encoding.Text, list[int], list[int]]:
    r"""Decode text; a line that cannot be decoded keeps its other characters and is listed.

    Returns
    -------
    tuple
        The text, the lines (from 1) in which bytes stand as ``\xff``, and the lines that are in
        another encoding than the rest: Chinese in strict UTF-8 in a GB18030 file, or the reverse.

    Raises
    ------
    DataError
        The content is no text, or UTF-16 that is damaged.

    Examples
    --------
    >>> data = "投资方,公司\n甲,乙\n".encode("gb18030") + b"\xff\xff,c\n"
    >>> text, bad, mixed = patient(data, "a.csv")
    >>> text.encoding, text.data.decode().splitlines()[2], bad, mixed
    ('gb18030', '\\xff\\xff,c', [3], [])
    """
    try:
        return encoding.decode(data, name, asked), [], []
    except DataError:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise
        if asked is None:
            encoding.refuse_binary(data, name)
        main = codecs.lookup(asked).name if asked else _likelier(data)
        if main.startswith(("utf-16", "utf-32")) or (asked is None and encoding.western(data)):
            raise
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    bad: list[int] = []
    mixed: list[int] = []
    done: list[str] = []
    for number, line in enumerate(data.removeprefix(codecs.BOM_UTF8).split(b"\n"), start=1):
        text, how = _line(line, main, other_allowed=asked is None)
        done.append(text)
        if how is not None:
            (bad if how == "bad" else mixed).append(number)
    return encoding.Text("\n".join(done).encode("utf-8", "replace"), main), bad, mixed


def _likelier(data: bytes) -> str:
    """Return the encoding that fits more of the lines that are not ASCII."""
    lines = [line for line in data[: 1 << 24].split(b"\n") if not line.isascii()]
    counts = {name: sum(_fits(line, name) for line in lines) for name in ("utf-8", "gb18030")}
    return "utf-8" if counts["utf-8"] * 2 > counts["gb18030"] else "gb18030"


def _fits(line: bytes, name: str) -> bool:
    try:
        line.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _line(line: bytes, main: str, *, other_allowed: bool) -> tuple[str, str | None]:
    if line.isascii():
        return line.decode("ascii"), None
    if other_allowed and main == "gb18030" and _fits(line, "utf-8"):
        text = line.decode("utf-8")
        if _CJK_TWICE.search(text):
            return text, "mixed"
    if _fits(line, main):
        return line.decode(main), None
    if other_allowed and main == "utf-8" and _fits(line, "gb18030") and not encoding.western(line, 1):
        text = line.decode("gb18030")
        if _CJK_TWICE.search(text):
            return text, "mixed"
    return line.decode(main, "backslashreplace"), "bad"
