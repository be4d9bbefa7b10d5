r"""Text that a spreadsheet would run as a formula gets an apostrophe in CSV files, and loses it again.

A cell that begins with ``= + - @`` (also full-width, also behind blanks or invisible characters), with
a tab or with a line break may be run when somebody opens a CSV file in a spreadsheet. ``guard`` puts
an apostrophe before it, the sign by which spreadsheets know text. ``unguard`` takes it away, so a
file that one command wrote reads back as it was; one apostrophe more is put before text that already
has one there, so both are exact opposites. Numbers such as ``-5`` are no formulas and stay.

Only text files need this: in a workbook or a Parquet file a cell says itself that it is text.
"""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

from clusters.intake.table import Column, RaggedRow, RawTable
from clusters.intake.texts import Texts

if TYPE_CHECKING:
    import pyarrow as pa

_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212"
_UNSEEN = "\\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_RISKY = re.compile(f"'*(?:[\t\r\n]|[{_UNSEEN}]*[{_SIGNS}].)", re.DOTALL)
_NUMBER = re.compile(r"[+-][0-9]+(?:[.,][0-9]+)*(?:[eE][+-]?[0-9]+)?%?")


def guard(text: str) -> str:
    """Return text as a CSV cell that no spreadsheet runs.

    Examples
    --------
    >>> [guard(text) for text in ("=1+1", " ＝1", "@x", "'=1", "a=1", "-5", "+1.5%", "-")]
    ["'=1+1", "' ＝1", "'@x", "''=1", 'a=1', '-5', '+1.5%', '-']
    """
    return f"'{text}" if _RISKY.match(text) and not _NUMBER.fullmatch(text) else text


def unguard(text: str) -> str:
    """Return what ``guard`` was given.

    Examples
    --------
    >>> [unguard(text) for text in ("'=1+1", "''=1", "'s-Hertogenbosch", "=1", "'-5")]
    ['=1+1', "'=1", "'s-Hertogenbosch", '=1', '-5']
    """
    return text[1:] if text.startswith("'") and _RISKY.match(text) else text


def unguarded(table: RawTable) -> RawTable:
    """Take the apostrophes of ``guard`` away from all cells of a table of text."""
    columns = [_column(column) for column in table.columns]
    ragged = [RaggedRow(row.line, [unguard(cell) for cell in row.cells], row.reason) for row in table.ragged]
    header = [unguard(cell) for cell in table.header]
    return dataclasses.replace(table, header=header, columns=columns, ragged=ragged)


def _column(column: Column) -> Column:
    found = {text: other for text in _quoted(column.values) if (other := unguard(text)) != text}
    return column.rename(found) if found else column


def _quoted(values: Any) -> list[str]:
    """Return the texts that begin with an apostrophe."""
    if not isinstance(values, Texts):
        return [text for text in values if text[:1] == "'"]
    import pyarrow.compute as pc

    chosen: pa.LargeStringArray = values.array.filter(pc.starts_with(values.array, "'"))
    return [str(text) for text in chosen.to_pylist()]
