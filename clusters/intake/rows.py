"""The checks of single rows: what is rejected, for which reason, and what repeats.

Nothing is dropped silently: a rejected row keeps its line, its reason and its cells as they
stood in the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.intake import changes as changed
from clusters.intake import values
from clusters.intake.changes import Change
from clusters.intake.headers import RelationColumns
from clusters.intake.table import Column, RawTable
from clusters.intake.texts import Texts
from clusters.intake.vocabulary import words
from clusters.sentences import Note

REASONS = (
    "",
    "unreadable_bytes",
    "repeated_header",
    "total_row",
    "bad_direction",
    "missing_source",
    "missing_target",
    "long_name",
    "placeholder_source",
    "placeholder_target",
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
    changes: list[Change] = field(default_factory=list)
    """What was written in another way, and cells that were left out."""


def check_form(table: RawTable, columns: RelationColumns, reasons: Reasons, torn: Sequence[int] = ()) -> None:
    """Reject rows that are none: with undecodable bytes, headers once more, totals without both ends.

    ``torn`` are the lines of the file in which bytes could not be decoded.
    """
    if torn:
        reasons.give("unreadable_bytes", rows_of(table, torn))
    ends = [table.columns[position] for position in columns.ids.values()]
    headings = [table.header[position] for position in columns.ids.values()]
    if len(headings) == len(set(headings)):
        same = [_code_of(column, text) for column, text in zip(ends, headings, strict=True)]
        if all(code >= 0 for code in same):
            flags = [column.codes == code for column, code in zip(ends, same, strict=True)]
            reasons.give("repeated_header", np.logical_and.reduce(flags))
    blank = np.logical_or.reduce([_blank(column) for column in ends])
    if blank.any():
        reasons.give("total_row", _totals(table, np.flatnonzero(blank)))


def rows_of(table: RawTable, lines: Sequence[int]) -> Flags:
    """Tell which rows hold some lines of the file."""
    own = np.asarray(table.lines[:])
    begins = np.sort(np.append(own, np.array([row.line for row in table.ragged], np.int64)))
    wanted = np.array(lines, np.int64)
    at = np.searchsorted(begins, wanted, side="right") - 1
    found: Flags = np.isin(own, begins[at[at >= 0]])
    return found


def _code_of(column: Column, text: str) -> int:
    if isinstance(column.values, Texts):
        import pyarrow.compute as pc

        return int(pc.index(column.values.array, text).as_py())
    return next(iter(np.flatnonzero(column.values == text).tolist()), -1)


def _blank(column: Column) -> Flags:
    """Tell which cells hold nothing but blanks, as far as that can be seen without cleaning."""
    found: Flags = column.codes < 0
    for text in ("", " "):
        code = _code_of(column, text)
        found = found | (column.codes == code) if code >= 0 else found
    return found


def _totals(table: RawTable, rows: NDArray[np.intp]) -> Flags:
    """Tell which of some rows hold a word for a total in one of their cells."""
    known = set(words("total")["total"])
    found = np.zeros(len(table.lines), bool)
    for column in table.columns:
        codes = column.codes[rows]
        distinct = np.unique(codes[codes >= 0])
        texts = column.values[distinct] if distinct.size else []
        totals = [code for code, text in zip(distinct, texts, strict=True) if values.word(text) in known]
        if totals:
            found[rows[np.isin(codes, totals)]] = True
    return found


def check_ends(
    source: Column,
    target: Column,
    unclear: Flags | None,
    reasons: Reasons,
    *,
    keep_placeholders: bool = True,
) -> None:
    """Reject rows without a direction, without an end, or with an end that is no name.

    That is one too long, or a placeholder such as 未透露 (undisclosed), which would make one
    organisation of all that are not named.
    """
    if unclear is not None:
        reasons.give("bad_direction", unclear)
    reasons.give("missing_source", source.codes < 0)
    reasons.give("missing_target", target.codes < 0)
    long = _long(source.values)
    if long.any():
        reasons.give("long_name", long[source.codes] | long[target.codes])
    nobody = None if keep_placeholders else placeholders(source.values)
    if nobody is not None and nobody.any():
        reasons.give("placeholder_source", nobody[source.codes])
        reasons.give("placeholder_target", nobody[target.codes])


_DASHES = "^[-–—_/*?.…·]+$"


def placeholders(names: NDArray[np.object_] | Texts) -> Flags:
    """Tell which cleaned names stand for somebody who is not named; the last entry is a missing one.

    Examples
    --------
    >>> placeholders(np.array(["投资方未透露", "未来资本", "Undisclosed", "N/A", "--"], object)).tolist()
    [True, False, True, True, True, False]
    """
    if isinstance(names, Texts):
        import pyarrow as pa
        import pyarrow.compute as pc

        known = pa.array(sorted(_placeholders() | set(map(str.upper, _placeholders()))), pa.large_string())
        mixed = pa.array(sorted(f"{w[:1].upper()}{w[1:]}" for w in _placeholders()), pa.large_string())
        wanted = pa.concat_arrays([known, mixed, pc.utf8_title(known)])
        dashed = pc.match_substring_regex(names.array, _DASHES).fill_null(False)
        found = pc.or_(pc.is_in(names.array, value_set=wanted), dashed)
        return np.append(found.to_numpy(zero_copy_only=False), False)
    dashes = re.compile(_DASHES)
    return np.array([*(name.lower() in _placeholders() or bool(dashes.match(name)) for name in names), False])


def form_warnings(
    table: RawTable, codes: NDArray[np.int8], ends: tuple[Column, Column], *, keep_placeholders: bool
) -> list[Note]:
    """Say which rows were left out because of what they are, with the first of each sort.

    Rows whose end names nobody are told of, too, where they were kept.
    """
    result = []
    for reason in ("unreadable_bytes", "repeated_header", "total_row"):
        found = np.flatnonzero(codes == REASONS.index(reason))
        if found.size:
            said = {"reason": reason, "n": int(found.size), "at": table.at(int(found[0]))}
            result.append(Note("note.rows_left_out", name=table.name, **said))
    left = np.isin(codes, [REASONS.index("placeholder_source"), REASONS.index("placeholder_target")])
    term = "note.placeholders_left"
    if keep_placeholders:
        nobody = placeholders(ends[0].values)
        if nobody.any():
            left = (nobody[ends[0].codes] | nobody[ends[1].codes]) & (codes == 0)
            term = "note.placeholders_kept"
    if left.any():
        first = int(np.flatnonzero(left)[0])
        result.append(
            Note(term, name=table.name, n=int(left.sum()), at=table.at(first), text=_nobody(ends, first))
        )
    return result


def _nobody(ends: tuple[Column, Column], row: int) -> str:
    """Return the end of a row that names nobody."""
    texts = [column.texts(np.array([row]))[0] for column in ends]
    return next(text for text in texts if placeholders(np.array([text], object))[0])


@cache
def _placeholders() -> frozenset[str]:
    """Return the words for nobody, in lower case."""
    said = words("placeholder")
    whole = {word.replace("_", " ") for word in said["whole"]}
    parts = [f"{who}{how}" for who in said["who"] for how in said["unsaid"]]
    parts += [f"{how}{of}{who}" for who in said["who"] for how in said["unsaid"] for of in ("", "的")]
    return frozenset(whole | set(said["unsaid"]) | set(parts))


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
    changes: list[Change] = []
    single = columns.single
    if "year" in single or "date" in single:
        main = table.columns[single.get("year", single.get("date", -1))]
        year, date = _years(main, reasons, year_range, changes)
        if "year" in single and "date" in single:
            date = _dates(table, single["date"], year, warnings, changes)
    if "kind" in single:
        raw = table.columns[single["kind"]]
        kind = raw.map(lambda text: values.canonical_kind(text, kinds))
        if {text.lower() for text in kind.values} <= {"directed", "undirected", "mixed"}:
            # Gephi's edge tables say in "Type" how an edge is drawn, not what it is.
            _warn_undirected(table, kind, warnings)
            kind = None
        else:
            changes += changed.of_cells("kind_translated", raw, kind)
    if "weight" in single:
        weight = _weights(table, single["weight"], warnings, changes)
    return Values(year, date, kind, weight, warnings, changes)


def _warn_undirected(table: RawTable, kind: Column, warnings: list[str]) -> None:
    undirected = np.array([*(text.lower() != "directed" for text in kind.values), False])[kind.codes]
    if undirected.any():
        first = table.at(int(np.flatnonzero(undirected)[0]))
        warnings.append(Note("note.undirected", name=table.name, n=int(undirected.sum()), at=first))


def _years(
    column: Column, reasons: Reasons, year_range: tuple[int, int], changes: list[Change]
) -> tuple[NDArray[np.int32], Column | None]:
    """Return the year of each row and, where the cells say more than a year, their dates."""
    dates = [values.read_date(text) for text in column.values]
    blank = np.array([*(not text.strip() for text in column.values), True])
    year = np.array([*(int(date[:4]) if date else 0 for date in dates), 0], np.int32)
    inside = (year >= year_range[0]) & (year <= year_range[1])
    reasons.give("missing_year", blank[column.codes])
    reasons.give("bad_year", ~inside[column.codes])
    changes += changed.of_cells("year_of_date", column, column.replace([d and d[:4] for d in dates]))
    fuller = any(date and len(date) > 4 for date in dates)
    return year[column.codes], column.replace(dates) if fuller else None


def _dates(
    table: RawTable, position: int, year: NDArray[np.int32], warnings: list[str], changes: list[Change]
) -> Column | None:
    """Read a date column beside a year column; the year column is the one that counts."""
    column = table.columns[position]
    dates = column.map(values.read_date)
    filled = column.map(str.strip).codes >= 0
    changes += changed.of_rows("date_unusable", filled & (dates.codes < 0), column)
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


def _weights(
    table: RawTable, position: int, warnings: list[str], changes: list[Change]
) -> NDArray[np.float64]:
    """Return weights; a blank cell, or one that is no number of at least 0, is an unknown weight.

    A relation is there whatever its weight says, so such a row stays and the cell is reported.
    """
    column = table.columns[position]
    read = [values.read_weight(text) if text.strip() else np.nan for text in column.values]
    bad = np.array([*(number is None for number in read), False])
    number = np.array([*(np.nan if n is None else n for n in read), np.nan])
    _warn_cells("note.no_weights", table, position, bad[column.codes], warnings)
    changes += changed.of_rows("weight_unusable", bad[column.codes], column)
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
    lines = table.lines[rows] if table.labels is None else table.labels[rows]
    frame = pd.DataFrame({"line": lines, "reason": np.array(reasons, object)})
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
