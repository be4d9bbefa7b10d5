"""Tables of indicators: a row per city (and year), a column per indicator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from clusters.errors import DataError
from clusters.intake import files, headers


@dataclass(frozen=True)
class IndicatorTable:
    """Numbers of units (and years), and what else their table says of them."""

    frame: pd.DataFrame
    """Indicators; index ``unit``, of a panel ``(unit, year)``; missing values are NaN."""
    extra: pd.DataFrame
    """Other columns with the same index: denominators, groups, raw columns of formulas."""
    names: pd.Series | None
    """Printed name of every row, where the table has one beside the identifier."""
    file: str
    """Name of the source for messages."""
    given: tuple[str, ...] = ()
    """Aggregates that the table holds as columns, in place of the indicators below them."""
    warnings: tuple[str, ...] = ()


UNIT_WORDS = ("ucode", "unit", "city", "城市", "province", "省份", "country", "name", "code", "city_zh")


def read_indicators(
    source: str | Path | pd.DataFrame,
    framework: Any = None,
    *,
    unit: str | None = None,
    name: str | None = None,
    year: str | None = None,
    mapping: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    separator: str | None = None,
) -> IndicatorTable:
    """Read a table of indicators."""
    if isinstance(source, pd.DataFrame) and not isinstance(source.index, pd.RangeIndex):
        source = source.reset_index()
    table = files.read_table(source, score=_score, encoding_name=encoding, sheet=sheet, separator=separator)
    keys = [headers.key(h).removesuffix("_u_code") for h in table.header]
    keys = [k.replace("u_code", "ucode") for k in keys]
    at = table.header.index(unit) if unit else next((keys.index(w) for w in UNIT_WORDS if w in keys), 0)
    cells = pd.DataFrame({h: c.texts() for h, c in zip(table.header, table.columns, strict=True)})
    index = pd.Index(cells.pop(table.header[at]), name="unit", dtype=object)
    if index.has_duplicates:
        raise DataError(f"{table.name}: {index[index.duplicated()][0]} stands twice")
    numbers = cells.apply(lambda c: pd.to_numeric(c, errors="coerce")).set_axis(index).astype(float)
    wanted = (
        [i.id for i in framework.indicators]
        if framework
        else [c for c in numbers if numbers[c].notna().any()]
    )
    rest = [c for c in cells if c not in wanted]
    extra = cells[rest].set_axis(index)
    for column in rest:
        if numbers[column].notna().any():
            extra[column] = numbers[column]
    return IndicatorTable(numbers[wanted], extra, None, table.name)


def _score(cells: Sequence[str]) -> int:
    return len([c for c in cells if c.strip()]) if len(cells) > 1 else 0
