"""The checks of single rows: what is rejected, for which reason, and what repeats.

Nothing is dropped silently: a rejected row keeps its line, its reason and its cells as they
stood in the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.intake import values
from clusters.intake.headers import RelationColumns
from clusters.intake.table import Column, RawTable
from clusters.intake.texts import Texts
from clusters.sentences import Note

REASONS = (
    "",
    "bad_direction",
    "missing_source",
    "missing_target",
    "long_name",
    "missing_year",
    "bad_year",
)
"""Reasons of rejection in the order in which they are looked for; a row has one."""
FILE_REASONS = ("ragged_row", "unclosed_quote")
"""Reasons that come from dividing the file into cells."""
LONGEST_NAME = 10_000
"""A longer name (in characters) is no name but a sign of a lost quote or separator."""
Flags = NDArray[np.bool_]
_STEP = 1 << 18


class Reasons:
    """One reason per row; the first one given stays."""

    def __init__(self, rows: int) -> None:
        self.codes = np.zeros(rows, np.int8)

    def give(self, reason: str, rows: Flags) -> None:
        """Reject rows that are not rejected yet."""
        self.codes[rows & (self.codes == 0)] = REASONS.index(reason)

    @property
    def accepted(self) -> Flags:
        """Rows without a reason."""
        return np.equal(self.codes, 0)


@dataclass(frozen=True)
class Values:
    """The columns of a relation that are more than text, one entry per row."""

    year: NDArray[np.int32] | None = None
    date: Column | None = None
    kind: Column | None = None
    weight: NDArray[np.float64] | None = None
    warnings: list[str] = field(default_factory=list)


def check_ends(source: Column, target: Column, unclear: Flags | None, reasons: Reasons) -> None:
    """Reject rows without a direction, without an end, or with an end too long to be a name."""
    if unclear is not None:
        reasons.give("bad_direction", unclear)
    reasons.give("missing_source", source.codes < 0)
    reasons.give("missing_target", target.codes < 0)
    long = _long(source.values)
    if long.any():
        reasons.give("long_name", long[source.codes] | long[target.codes])


def _long(names: NDArray[np.object_] | Texts) -> Flags:
    """Tell which names are too long; the last entry stands for a missing one."""
    if isinstance(names, Texts):
        return np.append(names.lengths() > LONGEST_NAME, False)
    return np.array([*(len(name) > LONGEST_NAME for name in names), False])


def read_values(
    table: RawTable,
    columns: RelationColumns,
    reasons: Reasons,
    *,
    year_range: tuple[int, int],
    kinds: Mapping[str, str],
) -> Values:
    """Read years, dates, kinds and weights; rows without a usable year are rejected."""
    year = date = kind = weight = None
    warnings: list[str] = []
    single = columns.single
    if "year" in single or "date" in single:
        main = table.columns[single.get("year", single.get("date", -1))]
        year, date = _years(main, reasons, year_range)
        if "year" in single and "date" in single:
            date = _dates(table, single["date"], year, warnings)
    if "kind" in single:
        raw = table.columns[single["kind"]]
        kind = raw.map(lambda text: values.canonical_kind(text, kinds))
        if {text.lower() for text in kind.values} <= {"directed", "undirected", "mixed"}:
            # Gephi's edge tables say in "Type" how an edge is drawn, not what it is.
            _warn_undirected(table, kind, warnings)
            kind = None
    if "weight" in single:
        weight = _weights(table, single["weight"], warnings)
    return Values(year, date, kind, weight, warnings)


def _warn_undirected(table: RawTable, kind: Column, warnings: list[str]) -> None:
    undirected = np.array([*(text.lower() != "directed" for text in kind.values), False])[kind.codes]
    if undirected.any():
        first = table.at(int(np.flatnonzero(undirected)[0]))
        warnings.append(Note("note.undirected", name=table.name, n=int(undirected.sum()), at=first))


def _years(
    column: Column, reasons: Reasons, year_range: tuple[int, int]
) -> tuple[NDArray[np.int32], Column | None]:
    """Return the year of each row and, where the cells say more than a year, their dates."""
    dates = [values.read_date(text) for text in column.values]
    blank = np.array([*(not text.strip() for text in column.values), True])
    year = np.array([*(int(date[:4]) if date else 0 for date in dates), 0], np.int32)
    inside = (year >= year_range[0]) & (year <= year_range[1])
    reasons.give("missing_year", blank[column.codes])
    reasons.give("bad_year", ~inside[column.codes])
    fuller = any(date and len(date) > 4 for date in dates)
    return year[column.codes], column.replace(dates) if fuller else None


def _dates(table: RawTable, position: int, year: NDArray[np.int32], warnings: list[str]) -> Column | None:
    """Read a date column beside a year column; the year column is the one that counts."""
    column = table.columns[position]
    dates = column.map(values.read_date)
    filled = column.map(str.strip).codes >= 0
    for fault, rows in (
        ("note.no_dates", filled & (dates.codes < 0)),
        ("note.other_years", _other_year(dates, year)),
    ):
        _warn_cells(fault, table, position, rows, warnings)
    return dates if (dates.codes >= 0).any() else None


def _other_year(dates: Column, year: NDArray[np.int32]) -> Flags:
    named = np.array([*(int(date[:4]) for date in dates.values), 0], np.int32)[dates.codes]
    found: Flags = (dates.codes >= 0) & (year > 0) & (named != year)
    return found


def _weights(table: RawTable, position: int, warnings: list[str]) -> NDArray[np.float64]:
    """Return weights; a blank cell, or one that is no number of at least 0, is an unknown weight.

    A relation is there whatever its weight says, so such a row stays and the cell is reported.
    """
    column = table.columns[position]
    read = [values.read_weight(text) if text.strip() else np.nan for text in column.values]
    bad = np.array([*(number is None for number in read), False])
    number = np.array([*(np.nan if n is None else n for n in read), np.nan])
    _warn_cells("note.no_weights", table, position, bad[column.codes], warnings)
    return number[column.codes]


def _warn_cells(fault: str, table: RawTable, position: int, rows: Flags, warnings: list[str]) -> None:
    """Report the cells of one column that could not be used: how many, and the first."""
    if not rows.any():
        return
    row = int(np.flatnonzero(rows)[0])
    warnings.append(
        Note(
            fault,
            name=table.name,
            column=table.header[position],
            n=int(rows.sum()),
            at=table.at(row),
            text=table.columns[position].texts(np.array([row]))[0],
        )
    )


def repeated(columns: Sequence[NDArray[Any]], among: Flags) -> Flags:
    """Mark rows that equal an earlier row in every column, looking only at some rows.

    Rows are compared by a hash of their codes first and in full where it agrees.
    """
    rows: NDArray[np.intp] | slice = slice(None) if among.all() else np.flatnonzero(among)
    mixed = _mixed([column[rows] for column in columns])
    result = np.zeros(among.size, bool)
    ordered = np.sort(mixed)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if not twice.size:
        return result
    del ordered
    suspects = np.flatnonzero(_among(mixed, twice))
    if not isinstance(rows, slice):
        suspects = rows[suspects]
    frame = pd.DataFrame({i: column[suspects] for i, column in enumerate(columns)})
    result[suspects[frame.duplicated().to_numpy()]] = True
    return result


def _mixed(columns: Sequence[NDArray[Any]]) -> NDArray[np.uint64]:
    """Return a hash of every row, made in parts that fit the cache."""
    size = columns[0].size
    result = np.empty(size, np.uint64)
    for start in range(0, size, _STEP):
        part = slice(start, start + _STEP)
        mixed = np.zeros(result[part].size, np.uint64)
        for column in columns:
            mixed *= np.uint64(0x9E3779B97F4A7C15)
            mixed += _bits(column[part])
            mixed ^= mixed >> np.uint64(29)
        result[part] = mixed
    return result


def _among(mixed: NDArray[np.uint64], ordered: NDArray[np.uint64]) -> Flags:
    """Tell which numbers are among some in ascending order."""
    result = np.empty(mixed.size, bool)
    for start in range(0, mixed.size, _STEP):
        part = mixed[start : start + _STEP]
        at = np.searchsorted(ordered, part)
        result[start : start + _STEP] = ordered[np.minimum(at, ordered.size - 1)] == part
    return result


def _bits(values: NDArray[Any]) -> NDArray[np.uint64]:
    if values.dtype.kind == "f":
        return np.ascontiguousarray(values, np.float64).view(np.uint64)
    return values.astype(np.int64).view(np.uint64)


def listing(table: RawTable, rows: NDArray[np.intp], reasons: Sequence[str]) -> pd.DataFrame:
    """List rows with line, reason and original cells."""
    frame = pd.DataFrame({"line": table.lines[rows], "reason": np.array(reasons, object)})
    for name, column in zip(_own_names(table.header), table.columns, strict=True):
        frame[name] = np.array([*column.texts(rows), ""], object)[:-1]
    return frame


def rejects(table: RawTable, codes: NDArray[np.int8]) -> pd.DataFrame:
    """List all rejected rows in the order of the file; surplus cells go into ``more_cells``."""
    rows = np.flatnonzero(codes)
    return with_ragged(listing(table, rows, [REASONS[code] for code in codes[rows]]), table)


def with_ragged(frame: pd.DataFrame, table: RawTable) -> pd.DataFrame:
    """Put rows that cannot be divided into columns among listed ones, in the order of the file."""
    if not table.ragged:
        return frame
    width = len(table.header)
    names = _own_names(table.header)
    torn = pd.DataFrame(
        [[r.line, r.reason, *(r.cells + [""] * width)[:width]] for r in table.ragged],
        columns=["line", "reason", *names],
    )
    surplus = ["\t".join(r.cells[width:]) for r in table.ragged]
    if any(surplus):
        torn["more_cells"] = surplus
        frame["more_cells"] = ""
    both = pd.concat([frame, torn], ignore_index=True) if len(frame) else torn
    return both.sort_values("line", kind="stable", ignore_index=True)


def nothing_left(
    table: RawTable, columns: RelationColumns, codes: NDArray[np.int8], year_range: tuple[int, int]
) -> str:
    """Say why every row was rejected, with the first case of each reason."""
    parts = []
    for code, reason in enumerate(REASONS):
        rows = np.flatnonzero(codes == code)
        if code and rows.size:
            first = _first_case(table, columns, int(rows[0]), reason, year_range)
            parts.append(f"{rows.size} {reason} (first: {first})")
    for reason in FILE_REASONS:
        torn = [row for row in table.ragged if row.reason == reason]
        if torn:
            found = f"found {len(torn[0].cells)} cells, expected {len(table.header)}"
            parts.append(f"{len(torn)} {reason} (first: {table.unit} {torn[0].line}, {found})")
    return f"{table.name}: all {table.rows} rows are rejected: " + "; ".join(parts)


def _first_case(
    table: RawTable, columns: RelationColumns, row: int, reason: str, year_range: tuple[int, int]
) -> str:
    single = columns.single
    dated = single.get("year", single.get("date"))
    position, expected = {
        "bad_direction": (single.get("direction"), "赋能/输入 or empowerment/input"),
        "missing_year": (dated, "a year"),
        "bad_year": (dated, f"a year from {year_range[0]} to {year_range[1]}"),
    }.get(reason, (None, "a name"))
    if position is None:
        return table.at(row)
    found = table.columns[position].texts(np.array([row]))[0][:60]
    return f"{table.at(row)}, column {table.header[position]!r}: found {found!r}, expected {expected}"


def _own_names(header: Sequence[str]) -> list[str]:
    """Return the header's names, distinct and apart from those of the listing."""
    names: list[str] = []
    for position, text in enumerate(header):
        name = text.strip() or f"column_{position + 1}"
        while name in ("line", "reason", "more_cells", *names):
            name += "_column"
        names.append(name)
    return names
