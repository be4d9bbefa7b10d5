"""Cells that reading writes in another way: in which rows, and what they were before.

A change is found on distinct texts where that is enough, and kept as one flag per row, so
that only rows in use are counted in the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clusters.intake.place_reading import FREE, LEVELS
from clusters.intake.table import Column, RawTable, joined
from clusters.intake.texts import Texts

Flags = NDArray[np.bool_]
Case = Callable[[int], tuple[str, str]]


@dataclass(frozen=True)
class Change:
    """One way in which cells were written differently."""

    what: str
    rows: Flags
    case: Case
    """Returns a cell of a row before and after."""

    def among(self, accepted: Flags) -> tuple[int, int]:
        """Return how many of some rows are changed, and the first of them (-1 without any)."""
        found = np.flatnonzero(self.rows & accepted)
        return int(found.size), int(found[0]) if found.size else -1


def of_cells(what: str, before: Column, after: Column) -> list[Change]:
    """Compare two columns row by row; a cell that became missing is not looked at.

    Examples
    --------
    >>> found = of_cells("kind", Column.of(["技术", "x", ""]), Column.of(["technology", "x", "y"]))
    >>> found[0].rows.tolist(), found[0].case(0)
    ([True, False, True], ('技术', 'technology'))
    """
    if before.values is after.values and before.codes is after.codes:
        return []
    one, two = joined([before, after])
    return of_rows(what, (one.codes != two.codes) & (two.codes >= 0), before, after)


def of_rows(what: str, rows: Flags, before: Column, after: Column | None = None) -> list[Change]:
    """Return the change of some rows, if there are any; ``None`` stands for cells left empty."""
    if not rows.any():
        return []

    def case(row: int) -> tuple[str, str]:
        return _cell(before, row), "" if after is None else _cell(after, row)

    return [Change(what, rows, case)]


def of_places(
    table: RawTable, attributes: Mapping[tuple[str, str], int], said: Mapping[tuple[str, str], Column]
) -> list[Change]:
    """Compare provinces and cities as they stand in the table with what they were read as.

    Both ends together: rows in which one of them has an official name put for another text
    (``place_read``), or a place from an address or other free text (``place_from_text``).
    """
    parts: dict[str, list[Change]] = {}
    for (end, attribute), column in said.items():
        if attribute not in LEVELS:
            continue
        at = attributes.get((end, attribute))
        if at is not None:
            found = of_cells("place_read", table.columns[at], column)
        else:
            free = next((attributes[(end, name)] for name in FREE if (end, name) in attributes), None)
            text = column if free is None else table.columns[free]
            found = of_rows("place_from_text", column.codes >= 0, text, column)
        for change in found:
            parts.setdefault(change.what, []).append(change)
    return [_together(changes) for changes in parts.values()]


def _together(changes: Sequence[Change]) -> Change:
    """Make one change of several of one kind; a row with two of them counts once."""
    if len(changes) == 1:
        return changes[0]

    def case(row: int) -> tuple[str, str]:
        return next(change for change in changes if change.rows[row]).case(row)

    return Change(changes[0].what, np.logical_or.reduce([change.rows for change in changes]), case)


def of_names(columns: Sequence[Column], every: Column, spelled: Column, renamed: Column) -> list[Change]:
    """Compare names before and after cleaning, and after the thesaurus.

    Parameters
    ----------
    columns
        The ends as they stand in the table, on one list of names.
    every, spelled, renamed
        That list, its cleaned names, and those that the thesaurus leads to, name by name.
    """
    result = []
    for what, one, two in (("name_spelling", every, spelled), ("name_thesaurus", spelled, renamed)):
        if two is one or (two.values is one.values and two.codes is one.codes):
            continue
        differs = _differs(one, two)
        if differs.any():
            result.append(Change(what, _in_rows(columns, differs), _name_case(columns, differs, one, two)))
    return result


def of_merged(table: RawTable) -> list[Change]:
    """Return the cells that took the text of a merged cell above them, if there are any."""
    if not table.merged:
        return []
    columns: dict[int, int] = {}
    for row, column in table.merged:
        columns.setdefault(row, column)
    rows = np.zeros(len(table.lines), bool)
    rows[list(columns)] = True
    return [Change("merged_cell", rows, lambda row: (_cell(table.columns[columns[row]], row), ""))]


def of_codes(
    what: str, ends: Sequence[Column], codes: Sequence[Sequence[int]], clean: Callable[[str], str]
) -> Change:
    """Return the change of the names with some codes, of which each end has its own."""
    flags = [np.zeros(len(column.values) + 1, bool) for column in ends]
    for flag, own in zip(flags, codes, strict=True):
        flag[list(own)] = True

    def case(row: int) -> tuple[str, str]:
        at = next(k for k, column in enumerate(ends) if flags[k][column.codes[row]])
        text = _cell(ends[at], row)
        return text, clean(text)

    rows = np.logical_or.reduce([flag[column.codes] for flag, column in zip(flags, ends, strict=True)])
    return Change(what, rows, case)


def variants_found(spelled: Column, thesaurus: Mapping[str, str]) -> int:
    """Count the variants of a thesaurus that occur among names."""
    if isinstance(spelled.values, Texts):
        wanted = np.array([*thesaurus, None], object)[:-1]
        return int((spelled.values.positions(wanted) >= 0).sum())
    return len(thesaurus.keys() & set(spelled.values))


def _differs(one: Column, two: Column) -> Flags:
    """Tell which entries of two lists are not the same text."""
    if isinstance(one.values, Texts) and isinstance(two.values, Texts):
        import pyarrow.compute as pc

        if not (len(one.values) and len(two.values)):
            return (one.codes >= 0) | (two.codes >= 0)
        found = pc.not_equal(_taken(one), _taken(two)).fill_null(True)
        flags: Flags = found.to_numpy(zero_copy_only=False) | (two.codes < 0)
        known: Flags = flags & (one.codes >= 0)
        return known
    return np.array([a != b for a, b in zip(one.texts(), two.texts(), strict=True)], bool)


def _taken(column: Column) -> object:
    values = column.values
    assert isinstance(values, Texts)
    codes = column.codes
    whole = codes.size == len(values) and bool((codes == np.arange(codes.size, dtype=codes.dtype)).all())
    return values.array if whole else values.take(np.where(codes < 0, 0, codes)).array


def _in_rows(columns: Iterable[Column], differs: Flags) -> Flags:
    flags = np.append(differs, False)
    found: Flags = np.logical_or.reduce([flags[column.codes] for column in columns])
    return found


def _name_case(columns: Sequence[Column], differs: Flags, one: Column, two: Column) -> Case:
    def case(row: int) -> tuple[str, str]:
        codes = [int(column.codes[row]) for column in columns]
        at = next(code for code in codes if code >= 0 and differs[code])
        return _cell(one, at), _cell(two, at)

    return case


def _cell(column: Column, row: int) -> str:
    return column.texts(np.array([row]))[0]
