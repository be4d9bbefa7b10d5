"""What is known of each organisation: from a table of organisations, or from the relations.

A table of organisations is the user's word and must not contradict itself. What the rows of
a relation table say of one organisation may differ; the most frequent value then counts, the
earlier one where two are equally frequent, and the difference is reported.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import names
from clusters.errors import DataError
from clusters.intake import files, headers, steps, values
from clusters.intake.account import Account
from clusters.intake.place_reading import READ, PlaceReader
from clusters.intake.table import Column, RawTable
from clusters.sentences import Note

NODE_ONLY = ("label", "role", "platform", "founded", "sample_from", "sample_to", "calibrated_to")
"""Attributes that say nothing of where or of what class an organisation is, so are no level."""
_STEP = 1 << 20
_YEARS = ("founded", "sample_from", "sample_to")


@dataclass(frozen=True)
class Organisations:
    """Attributes by id, in the order of the table."""

    frame: pd.DataFrame
    warnings: list[str]
    account: Account = field(default_factory=Account)
    """What happened to the rows of the file."""


@dataclass(frozen=True)
class Conflict:
    """Organisations of which the rows say different things, with the first of them."""

    count: int
    node: int
    values: tuple[int, int]
    rows: tuple[int, int]


def read_nodes(
    source: str | Path | pd.DataFrame,
    *,
    mapping: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    separator: str | None = None,
    roles: Mapping[str, str] | None = None,
    thesaurus: Mapping[str, str] | None = None,
) -> Organisations:
    """Read a table of organisations.

    Parameters
    ----------
    source
        File or data frame; a data frame without a column of names is taken by its index.
    mapping
        Canonical name to column.
    encoding, sheet, separator
        As for relations.
    roles
        Further labels of roles -> ``sample`` or ``partner``.
    thesaurus
        Cleaned variant to cleaned preferred name.

    Raises
    ------
    DataError
        A row has no name or another number of cells, a role, flag or year is not one, or
        an id is listed twice with different values.
    """
    if isinstance(source, pd.DataFrame) and source.index.name and source.index.name not in source.columns:
        source = source.reset_index()

    def score(cells: object) -> int:
        row = list(cells)  # type: ignore[call-overload]
        mapped = {column.strip() for column in (mapping or {}).values()}
        if not mapped and headers.score_relations(row):
            return 0  # the header of the relations, in another sheet of the same workbook
        return headers.score_nodes(row) or int(bool(mapped) and mapped <= {c.strip() for c in row})

    table = files.read_table(source, score=score, encoding_name=encoding, sheet=sheet, separator=separator)
    columns = headers.node_columns(table.header, table.name, mapping)
    _refuse_ragged(table)
    ids = table.columns[columns.pop("node")].map(names.clean, names.clean_lines)
    if (ids.codes < 0).any():
        row = int(np.flatnonzero(ids.codes < 0)[0])
        raise DataError(
            f"{table.name}, {table.at(row)}: no organisation is named "
            f"({(ids.codes < 0).sum()} such rows of {table.rows})",
            hint="fill in the name or take the row out",
        )
    reader = PlaceReader(table.name, "country" in columns)
    said = {name: table.columns[at] for name, at in columns.items() if name in READ}
    found = reader.columns(said, len(ids.codes))
    parsed = {name: _parsed(name, table, at, found.get(name), roles) for name, at in columns.items()}
    parsed |= {name: _cells(column) for name, column in found.items() if name not in columns}
    frame = pd.DataFrame(parsed, index=range(len(ids.codes)))
    warnings = [*table.warnings, *reader.warnings()]
    frame, first = _one_row_each(frame, ids, table, columns, warnings)
    frame.index = pd.Index(ids.values[ids.codes[first]], dtype=object, name="node")
    account = Account()
    steps.of_organisations(account, table, first)
    if thesaurus:
        distinct = len(frame)
        frame = _renamed(frame, thesaurus, table.name, warnings)
        steps.of_joined(account, table, len(frame), distinct)
    if "is_sample" in frame.columns:
        flag = frame.pop("is_sample")
        if "role" not in frame.columns:
            frame["role"] = flag.map({True: "sample", False: "partner"}).astype(object)
    if "platform" in frame.columns:
        frame["platform"] = frame["platform"].eq(True)
    return Organisations(frame, warnings, account)


def most_frequent(
    nodes: NDArray[np.integer], found: NDArray[np.integer], n_nodes: int, n_values: int
) -> tuple[NDArray[np.int32], Conflict | None]:
    """Return for each node its most frequent value, the earliest on ties; -1 without any.

    Parameters
    ----------
    nodes, found
        One entry per mention, in the order of the rows; -1 where nothing is said.
    n_nodes, n_values
        Number of nodes and of distinct values.
    """
    result = np.full(n_nodes, -1, np.int32)
    torn = np.zeros(n_nodes, bool)
    starts = range(0, nodes.size, _STEP)
    for start in reversed(starts):
        # Backwards, so that of several values the first one stays.
        at, value, _ = _said(nodes, found, start)
        result[at[::-1]] = value[::-1]
    for start in starts:
        at, value, _ = _said(nodes, found, start)
        torn[at[value != result[at]]] = True
    if not torn.any():
        return result, None
    parts = []
    for start in starts:
        at, _, place = _said(nodes, found, start)
        parts.append(place[torn[at]])
    among = np.concatenate(parts)
    conflict = _settled(nodes[among], found[among], n_values, result)
    rows = tuple(int(among[row]) for row in conflict.rows)
    return result, dataclasses.replace(conflict, rows=(rows[0], rows[1]))


def _said(
    nodes: NDArray[np.integer], found: NDArray[np.integer], start: int
) -> tuple[NDArray[np.integer], NDArray[np.integer], NDArray[np.intp]]:
    """Return node, value and place of the mentions of one part that say something."""
    part = slice(start, start + _STEP)
    place = np.flatnonzero((nodes[part] >= 0) & (found[part] >= 0)) + start
    return nodes[place], found[place], place


def _settled(
    nodes: NDArray[np.integer], found: NDArray[np.integer], n_values: int, result: NDArray[np.int32]
) -> Conflict:
    """Decide on the nodes of which different things are said, and return the first of them."""
    codes, distinct = pd.factorize(nodes.astype(np.int64) * n_values + found)
    counts = np.bincount(codes, minlength=len(distinct))
    node, value = np.divmod(np.asarray(distinct, np.int64), n_values)
    order = np.lexsort((np.arange(node.size), -counts, node))
    best = order[np.append(True, node[order][1:] != node[order][:-1])]
    result[node[best]] = value[best]
    # Distinct values come in the order of the rows, so the first second value is the first conflict.
    first_of_node = np.full(result.size, -1, np.int64)
    first_of_node[node[::-1]] = np.arange(node.size)[::-1]
    second = int(np.flatnonzero(first_of_node[node] != np.arange(node.size))[0])
    one = int(first_of_node[node[second]])
    rows = (int(np.argmax(codes == one)), int(np.argmax(codes == second)))
    return Conflict(best.size, int(node[second]), (int(value[one]), int(value[second])), rows)


def _refuse_ragged(table: RawTable) -> None:
    if table.ragged:
        bad = table.ragged[0]
        raise DataError(
            f"{table.name}, {table.unit} {bad.line}: {len(bad.cells)} cells, but the header has "
            f"{len(table.header)} ({len(table.ragged)} such rows)",
            hint="quote cells that hold the separator",
        )


def _cells(column: Column) -> pd.Series[Any]:
    return pd.Series(np.append(column.values, np.nan)[column.codes], dtype=object)


def _parsed(
    name: str, table: RawTable, position: int, place: Column | None, roles: Mapping[str, str] | None
) -> pd.Series[Any]:
    """Turn one column into values: roles, flags and years checked, places as read, the rest tidied."""
    if place is not None:
        return _cells(place)
    column = table.columns[position].map(names.tidy, names.tidy_lines)
    readers: dict[str, tuple[Callable[[str], object], str]] = {
        "role": (partial(values.read_role, extra=roles), "sample or partner (样本, 关系节点)"),
        "platform": (values.read_flag, "yes or no (true/false, 是/否, 1/0)"),
        "is_sample": (values.read_flag, "yes or no (true/false, 是/否, 1/0)"),
        **dict.fromkeys(_YEARS, (values.read_any_year, "a year")),
    }
    if name not in readers:
        return _cells(column)
    read, expected = readers[name]
    found = [read(text) for text in column.values]
    for code, value in enumerate(found):
        if value is None:
            row = int(np.flatnonzero(column.codes == code)[0])
            raise DataError(
                f"{table.name}, {table.at(row)}, column {table.header[position]!r}: "
                f"found {column.values[code]!r}, expected {expected}",
                hint=f"if the column means something else, --config can map another one to {name}",
            )
    series = pd.Series(np.append(np.array(found, object), np.nan)[column.codes], dtype=object)
    return series.astype(np.float64) if name in _YEARS else series


def _one_row_each(
    frame: pd.DataFrame, ids: Column, table: RawTable, columns: Mapping[str, int], warnings: list[str]
) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """Join rows of the same id that do not contradict each other."""
    first = np.flatnonzero(~pd.Series(ids.codes).duplicated().to_numpy())
    if first.size == ids.codes.size:
        return frame, first
    groups = frame.groupby(ids.codes, sort=False)
    for name in frame.columns:
        differing = np.flatnonzero(frame[name].notna() & (frame[name] != groups[name].transform("first")))
        if differing.size:
            two = int(differing[0])
            same = np.flatnonzero((ids.codes == ids.codes[two]) & frame[name].notna().to_numpy())
            one = int(same[0])
            raise DataError(
                f"{table.name}, {table.at(two)}, column {table.header[columns[name]]!r}: "
                f"{ids.values[ids.codes[two]]!r} has {frame[name].iloc[two]!r} here and "
                f"{frame[name].iloc[one]!r} in {table.at(one)}",
                hint="list every organisation once",
            )
    warnings.append(Note("note.joined_rows", name=table.name, n=ids.codes.size - first.size))
    return groups.first().reset_index(drop=True), first


def _renamed(
    frame: pd.DataFrame, thesaurus: Mapping[str, str], name: str, warnings: list[str]
) -> pd.DataFrame:
    """Apply the thesaurus; the row of the preferred name wins over those of its variants."""
    preferred = pd.Index([thesaurus.get(node, node) for node in frame.index], dtype=object, name="node")
    if preferred.is_unique:
        return frame.set_axis(preferred)
    own = np.array([node == new for node, new in zip(frame.index, preferred, strict=True)])
    order = np.argsort(~own, kind="stable")
    merged = frame.set_axis(preferred).iloc[order]
    warnings.append(Note("note.joined_names", name=name, n=len(frame) - preferred.nunique()))
    return merged[~merged.index.duplicated()].reindex(preferred.unique())
