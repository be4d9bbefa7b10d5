"""A published index as it is printed: sub-scores and totals as text, with all their digits."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from clusters.errors import DataError, UsageError
from clusters.intake import layouts
from clusters.intake.headers import key
from clusters.intake.indicators import _raw
from clusters.intake.layouts import Asked, Grid
from clusters.intake.table import Column, RawTable

TOTALS = (
    *("total", "total_score", "score", "overall", "overall_score", "composite", "composite_index", "index"),
    *("总分", "总得分", "综合得分", "综合评分", "综合指数", "总指数", "总体得分", "得分", "指数"),
)
"""Columns that are taken for the total, the surest first."""
OTHER = frozenset(
    (
        *("rank", "ranking", "no", "number", "order", "tier", "level", "code", "id"),
        *("排名", "名次", "位次", "排序", "序号", "编号", "梯队", "代码", "行政区划代码", *layouts.YEAR),
    )
)
"""Columns of numbers that are no sub-scores; nor are ranks of whatever kind."""


@dataclass(frozen=True)
class PrintedScores:
    """Printed cells of a published index, by unit."""

    scores: pd.DataFrame
    """Sub-scores as text."""
    totals: pd.Series
    """Totals as text."""
    file: str
    left_out: tuple[str, ...] = ()
    """Columns that are neither."""
    warnings: tuple[str, ...] = ()


def read_printed(
    source: str | Path | pd.DataFrame,
    *,
    total: str | None = None,
    columns: Sequence[str] | None = None,
    unit: str | None = None,
    year: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    separator: str | None = None,
) -> PrintedScores:
    """Read the sub-scores and the totals of a published index.

    Parameters
    ----------
    source
        As in ``read_indicators``: a file, a data frame, or a report whose main table is shipped. Rows
        without a name are called by their lines.
    total
        Column of the totals; by default the first of ``TOTALS`` that is there.
    columns
        Columns of the sub-scores; by default all other columns of numbers but ranks and the like.
    unit, year, encoding, sheet, separator
        As in ``read_indicators``.

    Raises
    ------
    UsageError
        No column is known as the total, or one that was named is not there.
    DataError
        There are no sub-scores, or the table cannot be read.

    Examples
    --------
    >>> found = read_printed("kr36_2020")
    >>> list(found.scores), found.totals["北京"], found.left_out
    (['environment', 'funding', 'rnd', 'foundation', 'outcome'], '92.93', ('rank', 'source'))
    """
    known = {*TOTALS, *OTHER, *filter(None, (total, *(columns or ())))} - {*layouts.YEAR}
    asked = _Loose(unit, None, year, frozenset(key(name) for name in known))
    grid = layouts.grid(_numbered(_raw(source, asked, encoding, sheet, separator), unit), asked)
    file, there = grid.table.name, list(grid.columns)
    whole = _total(there, file) if total is None else layouts.column(there, total, file, "--total")
    if columns is None:
        parts = [c for c in there if c != whole and _may_be_part(c, grid.columns[c])]
    else:
        parts = [layouts.column(there, c, file, "--columns") for c in columns]
    if whole in parts:
        raise UsageError(f"column {whole!r} is named as the total and as a sub-score")
    if not parts:
        raise DataError(f"{file}: there is no column of sub-scores beside the total {whole!r}")
    index = pd.Index(_rows(grid), name="unit", dtype=object)
    return PrintedScores(
        pd.DataFrame({part: grid.columns[part] for part in parts}, index=index, dtype=object),
        pd.Series(grid.columns[whole], index=index, name=whole, dtype=object),
        file,
        tuple(c for c in there if c not in (*parts, whole)),
        grid.warnings,
    )


def _total(there: Sequence[str], file: str) -> str:
    by_key = {key(column): column for column in reversed(there)}
    known = [by_key[key(name)] for name in TOTALS if key(name) in by_key]
    if not known:
        raise UsageError(
            f"{file}: no column is known as the total", hint=f"--total COLUMN; columns are {', '.join(there)}"
        )
    return known[0]


def _may_be_part(column: str, cells: Sequence[str]) -> bool:
    name = key(column)
    if name in OTHER or name.endswith(("_rank", "排名", "名次", "位次")) or name.startswith("rank_"):
        return False
    return layouts.mostly_numbers(cells)


class _Loose(Asked):
    """Knows a header by its columns even where none names the unit: totals can do without names."""

    def score(self, cells: Sequence[str]) -> int:
        """Count the cells of a row that are known columns."""
        keys = {key(cell) for cell in cells if cell.strip()}
        return len(keys & {*self.words, *layouts.UNIT, *layouts.YEAR}) if len(keys) > 1 else 0


def _numbered(table: RawTable, unit: str | None) -> RawTable:
    """Number the rows of a table that does not name them."""
    if unit is not None or {key(name) for name in table.header} & {*layouts.UNIT}:
        return table
    rows = Column.of([str(line) for line in table.lines.tolist()])
    return dataclasses.replace(table, header=["unit", *table.header], columns=[rows, *table.columns])


def _rows(grid: Grid) -> list[str]:
    if grid.years is None:
        return grid.units
    return [f"{unit} {year}" for unit, year in zip(grid.units, grid.years, strict=True)]
