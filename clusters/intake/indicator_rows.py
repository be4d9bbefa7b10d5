"""Which rows of a table of indicators are units: not sums of others, not notes below the table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clusters.errors import DataError
from clusters.intake.headers import key
from clusters.intake.numbers import is_missing, read_number
from clusters.intake.table import RawTable
from clusters.sentences import Note

TOTALS = frozenset(
    (
        *(
            "合计",
            "总计",
            "小计",
            "共计",
            "总和",
            "全国",
            "全国合计",
            "全国总计",
            "全省",
            "全省合计",
            "全市",
            "全市合计",
        ),
        *("平均", "平均值", "平均数", "均值", "全国平均", "全省平均", "全市平均"),
        *("total", "grand_total", "subtotal", "sub_total", "sum", "average", "mean", "national_total"),
    )
)
"""Names of rows that say something of all the others, as keys."""
NOTES = ("注", "备注", "说明", "数据来源", "资料来源", "来源", "note", "source", "*")
"""What a note below a table begins with."""


def is_total(unit: str) -> bool:
    """Tell whether a row is a sum or a mean of others by its name.

    Examples
    --------
    >>> [is_total(unit) for unit in ("合 计", "全国", "Grand total", "Total:", "全州县", "TotalEnergies")]
    [True, True, True, True, False, False]
    """
    words = unit.strip().rstrip(":：").strip()
    return key(words) in TOTALS or "".join(words.split()) in TOTALS


def kept(cells: Mapping[str, Sequence[str]], unit: str, table: RawTable, said: list[str]) -> list[int]:
    """Return the rows that are units.

    Sums and means of the other rows and notes below the table are left out, and said; a blank row is
    no row.

    Raises
    ------
    DataError
        A row has numbers but no unit; there is no row.
    """
    names = cells[unit]
    rows: list[int] = []
    notes: list[int] = []
    totals: dict[int, str] = {}
    plain = {name for name in dict.fromkeys(names) if name and not is_total(name) and not _begins_note(name)}
    for row, name in enumerate(names):
        if name in plain:
            rows.append(row)
            continue
        others = [column[row] for column in cells.values() if column is not names and column[row]]
        if _is_note(name, others):
            notes.append(row)
        elif is_total(first := name or next(iter(others), "")):  # of merged cells the first has the word
            totals[row] = first
        elif name:
            rows.append(row)
        elif others:
            raise DataError(
                f"{table.name}, {table.at(row)}: column {unit!r} is blank, so nobody knows whose "
                "numbers these are",
                hint="fill it in, or remove the row",
            )
    if not rows:  # a table of nothing but totals is one of units so called
        rows, totals = [row for row in totals if names[row]], {}
    if not rows:
        raise DataError(
            f"{table.name} has no rows below its header",
            hint="a table of indicators has a header, a row per city (and year) and a column per indicator",
        )
    if notes:
        said.append(Note("note.rows_are_notes", name=table.name, rows=[table.at(row) for row in notes]))
    if totals:
        named = list(dict.fromkeys(totals.values()))
        said.append(Note("note.rows_are_totals", name=table.name, units=named))
    return rows


def _begins_note(name: str) -> bool:
    return len(name) > 2 and name.casefold().startswith(NOTES)


def _is_note(name: str, others: Sequence[str]) -> bool:
    """Tell whether a row is a sentence: one cell, without a number, that names no unit."""
    if name:
        return not others and _begins_note(name)
    return len(others) == 1 and read_number(others[0]) is None and not is_missing(others[0])
