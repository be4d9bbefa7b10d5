"""The account of reading a relation table: its file, its table of organisations, its thesaurus.

``read`` divides the file into rows, ``check`` accepts rows or rejects them, ``clean`` counts
accepted rows with cells written in another way, ``use`` sets self-loops and doubles aside. The
rows accepted in one of ``read``, ``check`` and ``use`` are all rows of the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clusters.intake import rows
from clusters.intake.account import Account
from clusters.intake.changes import Change
from clusters.intake.table import RawTable

Flags = NDArray[np.bool_]
_CELLS = 12
"""Cells of a row that an example shows."""


@dataclass(frozen=True)
class Fates:
    """What became of the rows of a table."""

    codes: NDArray[np.int8]
    """Position in ``rows.REASONS`` of each row."""
    loops: Flags
    doubles: Flags
    used: Flags


def of_table(raw: RawTable, fates: Fates, changes: Sequence[Change], mended: Sequence[int] = ()) -> Account:
    """Account for a relation table.

    Parameters
    ----------
    raw
        The table as read.
    fates
        What became of its rows.
    changes
        Cells written in another way.
    mended
        Lines of the file that were in another encoding than the rest.
    """
    account = Account()
    file = name_of(raw)
    of_file(account, raw, mended)
    accepted = np.equal(fates.codes, 0)
    _count(account, raw, "check", "accepted", "", accepted, example=False)
    for code in np.flatnonzero(np.bincount(fates.codes, minlength=1)[1:]).tolist():
        _count(account, raw, "check", "rejected", rows.REASONS[code + 1], fates.codes == code + 1)
    for change in changes:
        count, first = change.among(accepted)
        if count:
            before, after = change.case(first)
            example = f"{before} → {after}" if after else before
            line = int(raw.lines[first])
            account.count(file, "clean", "changed", count, reason=change.what, line=line, example=example)
    _count(account, raw, "use", "accepted", "", fates.used, example=False)
    for reason, which in (("duplicate", fates.doubles), ("self_loop", fates.loops & ~fates.doubles)):
        _count(account, raw, "use", "set_aside", reason, which & accepted & ~fates.used)
        _count(account, raw, "use", "kept", reason, which & fates.used)
    return account


def of_file(account: Account, raw: RawTable, mended: Sequence[int] = ()) -> None:
    """Account for the lines of a file: those that are no rows, and rows of another width."""
    file = name_of(raw)
    skipped = (
        ("title_line", len(raw.above), raw.above[0] if raw.above else None),
        ("comment_line", raw.comments, 1 if raw.comments else None),
        ("blank_line", raw.blank, None),
    )
    account.count(file, "read", "accepted", len(raw.lines))
    for reason in rows.FILE_REASONS:
        torn = [row for row in raw.ragged if row.reason == reason]
        if torn:
            cells = " ¦ ".join(torn[0].cells[:_CELLS])
            account.count(
                file, "read", "rejected", len(torn), reason=reason, line=torn[0].line, example=cells
            )
    for reason, count, line in skipped:
        if count:
            account.count(file, "read", "skipped", count, reason=reason, line=line)
    if mended:
        account.count(file, "read", "mended", len(mended), reason="other_encoding", line=mended[0])


def of_organisations(account: Account, raw: RawTable, first: NDArray[np.intp]) -> None:
    """Account for a table of organisations, of which only the ``first`` row of each one counts."""
    of_file(account, raw)
    named = np.zeros(len(raw.lines), bool)
    named[first] = True
    _count(account, raw, "use", "accepted", "", named, example=False)
    _count(account, raw, "use", "set_aside", "repeated_organisation", ~named)


def of_joined(account: Account, raw: RawTable, names: int, distinct: int) -> None:
    """Account for the organisations of a table that a thesaurus made one."""
    account.count(name_of(raw), "apply", "accepted", names)
    if distinct > names:
        account.count(name_of(raw), "apply", "set_aside", distinct - names, reason="joined_by_thesaurus")


def of_thesaurus(account: Account, file: str, variants: int, found: int) -> None:
    """Account for the variants of a thesaurus: those that occur in the table, and the others."""
    account.count(file, "apply", "accepted", found)
    if variants > found:
        account.count(file, "apply", "set_aside", variants - found, reason="not_in_table")


def name_of(raw: RawTable) -> str:
    """Return the name of a file, with the sheet of a workbook."""
    sheet = raw.source.get("sheet")
    return f"{raw.name} [{sheet}]" if sheet else raw.name


def _count(
    account: Account,
    raw: RawTable,
    stage: str,
    outcome: str,
    reason: str,
    which: Flags,
    *,
    example: bool = True,
) -> None:
    """Count rows, with line and cells of the first; reasons without a row are left out."""
    count = int(np.count_nonzero(which))
    if not count and outcome != "accepted":
        return
    first = int(np.argmax(which)) if count else None
    line = None if first is None else int(raw.lines[first])
    cells = "" if first is None or not example else _cells(raw, first)
    account.count(name_of(raw), stage, outcome, count, reason=reason, line=line, example=cells)


def _cells(raw: RawTable, row: int) -> str:
    at = np.array([row])
    return " ¦ ".join(column.texts(at)[0] for column in raw.columns[:_CELLS])
