"""How a table of indicators is laid out: which column names units and years, wide or long.

Wide: a row per unit (and year), a column per indicator. Long: a row per unit, year and indicator, with
the number in a column ``value``. Either becomes a ``Grid`` of text cells, in which every cell still
knows its line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusters.errors import DataError, UsageError
from clusters.intake import indicator_rows
from clusters.intake.headers import key
from clusters.intake.numbers import is_missing, read_number
from clusters.intake.table import RawTable
from clusters.sentences import Note

UNIT = (
    *(
        "u_code",
        "ucode",
        "unit_code",
        "unit",
        "city",
        "city_name",
        "city_zh",
        "城市",
        "城市名称",
        "地级市",
        "市",
    ),
    *("district", "county", "区县", "县区", "province", "province_name", "province_zh", "省", "省份", "省市"),
    *(
        "省区市",
        "region",
        "region_name",
        "region_zh",
        "地区",
        "区域",
        "country",
        "country_name",
        "国家",
        "国家地区",
    ),
    *("place", "place_name", "地点", "name", "名称", "code", "iso3", "iso", "代码", "id", "u_name", "uname"),
    "单位",  # last, as it may head units of measurement
)
"""Columns that name the unit of a row, the surest first."""
NAME = (
    "u_name",
    "uname",
    "unit_name",
    "name",
    "名称",
    "label",
    "city_name",
    "城市名称",
    "country_name",
    "country",
)
BROAD = (
    *("province", "province_name", "province_zh", "省", "省份", "省市", "省区市", "region", "region_name"),
    *("region_zh", "地区", "区域", "country", "country_name", "国家", "国家地区"),
)
"""Units that may be what several rows have in common, beside a column that tells the rows."""
CODES = ("u_code", "ucode", "unit_code", "unit", "code", "iso3", "iso", "代码", "id")
"""Units that may have a printed name in another column."""
YEAR = ("year", "年份", "年度", "年", "time", "时间")
INDICATOR = (
    "indicator",
    "indicator_id",
    "indicator_name",
    "i_code",
    "icode",
    "variable",
    "指标",
    "指标名称",
    "指标代码",
)
VALUE = ("value", "数值", "值", "指标值", "obs_value")
HINT = "a table of indicators has a header, a row per city (and year) and a column per indicator"


@dataclass(frozen=True)
class Asked:
    """What the caller says of the columns, and the words that its framework knows."""

    unit: str | None = None
    name: str | None = None
    year: str | None = None
    words: frozenset[str] = frozenset()
    """Keys of all columns that are asked for."""
    usual: str | None = None
    """Column that usually names the units, if the table has it."""

    @property
    def units(self) -> tuple[str, ...]:
        """Keys of columns that may name the units, the surest first."""
        return (key(self.usual), *UNIT) if self.usual else UNIT

    def score(self, cells: Sequence[str]) -> int:
        """Count the cells of a row that are known columns; 0 where none names the unit or is asked for."""
        keys = [key(cell) for cell in cells if cell.strip()]
        units = [key(self.unit)] if self.unit else self.units
        if len(keys) < 2 or not any(k in units or k in self.words for k in keys):
            return 0
        known = {*self.words, *units, *NAME, *YEAR, *INDICATOR, *VALUE}
        return sum(k in known for k in keys)


@dataclass(frozen=True)
class Grid:
    """Text cells of units (and years) by columns."""

    table: RawTable
    units: list[str]
    years: list[int] | None
    names: list[str] | None
    columns: dict[str, list[str]]
    """Cells of every column that is not a unit, name or year; blank where there is none."""
    rows: dict[str, NDArray[np.int64]]
    """Row of the table that each of these cells comes from; -1 for none."""
    first: list[int]
    """First row of the table of every unit (and year)."""
    warnings: tuple[str, ...] = ()

    def at(self, column: str, position: int) -> str:
        """Return the place of a cell for messages."""
        row = int(self.rows[column][position])
        return str(self.table.at(row if row >= 0 else self.first[position]))

    def label(self, position: int) -> str:
        """Return the unit of a position, with its year in a panel."""
        year = f" ({self.years[position]})" if self.years else ""
        return f"{self.units[position]}{year}"


def grid(table: RawTable, asked: Asked) -> Grid:
    """Lay a table out by units.

    Raises
    ------
    DataError
        No column names the unit, a unit is blank or stands twice, a year is none.
    UsageError
        A column that was asked for is not there.
    """
    _refuse_ragged(table)
    header = _distinct(table)
    said: list[str] = list(table.warnings)
    cells = {
        name: [text.strip() for text in column.texts()]
        for name, column in zip(header, table.columns, strict=True)
    }
    long = _long(header, asked)
    roles = _roles(header, cells, asked, long, table.name, said)
    kept = indicator_rows.kept(cells, roles["unit"], table, said)
    taken = {*roles.values(), *(long or ())}
    rest = [name for name in header if name not in taken and not _empty(name, cells[name], table)]
    units = [cells[roles["unit"]][row] for row in kept]
    years = _years(cells[roles["year"]], kept, table) if "year" in roles else None
    if (
        years is not None
        and asked.year is None
        and len(set(zip(units, years, strict=True))) == len(set(units))
    ):
        years, rest = None, [name for name in header if name in rest or name == roles["year"]]
    names = [cells[roles["name"]][row] for row in kept] if "name" in roles else None
    if long is None:
        _once(units, years, kept, table)
        columns = {name: [cells[name][row] for row in kept] for name in rest}
        rows = dict.fromkeys(rest, np.array(kept, np.int64))
        return Grid(table, units, years, names, columns, rows, kept, tuple(said))
    return _pivoted(table, units, years, names, cells, kept, long, rest, said)


def column(header: Sequence[str], wanted: str, file: str, option: str) -> str:
    """Return the column that is meant by a name, exactly or by its folded form."""
    exact = [name for name in header if name == wanted.strip()]
    alike = exact or [name for name in header if key(name) == key(wanted)]
    if len(alike) != 1:
        listed = ", ".join(header[:30]) + (" ..." if len(header) > 30 else "")
        raise UsageError(f"{option} {wanted!r}: {file} has no column of that name; it has {listed}")
    return alike[0]


def _refuse_ragged(table: RawTable) -> None:
    if table.ragged:
        bad = table.ragged[0]
        if bad.reason == "unclosed_quote":
            raise DataError(
                f"{table.name}, {table.unit} {bad.line}: a quotation mark is opened and never closed",
                hint="close it, or remove it",
            )
        raise DataError(
            f"{table.name}, {table.unit} {bad.line}: {len(bad.cells)} cells, but the header has "
            f"{len(table.header)} ({len(table.ragged)} such rows)",
            hint="quote cells that hold the separator, such as thousands marks",
        )


def _distinct(table: RawTable) -> list[str]:
    """Return the header; a blank name is one of its own, and no name stands twice."""
    header = [name.strip().lstrip("\ufeff") for name in table.header]
    for position, name in enumerate(header):
        first = header.index(name)
        if name and first != position:
            raise DataError(
                f"{table.name}: the header names {name!r} twice, in columns {first + 1} and {position + 1}",
                hint="give the columns different names",
            )
    return [name or f"column {position + 1}" for position, name in enumerate(header)]


def _empty(name: str, texts: Sequence[str], table: RawTable) -> bool:
    """Tell whether a column has neither a name nor a cell, as behind the last separator."""
    return name not in (h.strip().lstrip("\ufeff") for h in table.header) and not any(texts)


def _first(header: Sequence[str], words: Iterable[str], taken: Iterable[str] = ()) -> str | None:
    """Return the column of the surest of some words."""
    by_key: dict[str, str] = {}
    for name in header:
        if name not in taken:
            by_key.setdefault(key(name), name)
    return next((by_key[word] for word in words if word in by_key), None)


def _long(header: Sequence[str], asked: Asked) -> tuple[str, str] | None:
    """Return the columns of indicators and of values, if the table is long."""
    found = _first(header, INDICATOR), _first(header, VALUE)
    if found[0] is None or found[1] is None or {key(found[0]), key(found[1])} & asked.words:
        return None
    return found[0], found[1]


def _roles(
    header: Sequence[str],
    cells: Mapping[str, list[str]],
    asked: Asked,
    long: tuple[str, str] | None,
    file: str,
    said: list[str],
) -> dict[str, str]:
    """Tell which columns name the unit, its printed name and the year."""
    given = {"unit": asked.unit, "name": asked.name, "year": asked.year}
    roles = {role: column(header, text, file, f"--{role}") for role, text in given.items() if text}
    taken = {*roles.values(), *(long or ())}
    if "year" not in roles:
        year = _first(header, YEAR, taken)
        if year is not None and key(year) not in asked.words:
            roles["year"] = year
            taken.add(year)
    if "unit" not in roles:
        roles["unit"] = _unit(header, cells, asked, taken, roles.get("year"), file, said)
        taken.add(roles["unit"])
    if "name" not in roles and key(roles["unit"]) in CODES:
        name = _first(header, NAME, taken)
        if name is not None and key(name) not in asked.words:
            roles["name"] = name
    return roles


def _unit(
    header: Sequence[str],
    cells: Mapping[str, list[str]],
    asked: Asked,
    taken: set[str],
    year: str | None,
    file: str,
    said: list[str],
) -> str:
    wanted = taken | {name for name in header if key(name) in asked.words}
    found = _first(header, asked.units, wanted)
    if found is not None:
        rows = list(zip(cells[found], cells[year] if year else cells[found], strict=True))
        repeated = key(found) in BROAD and len(set(rows)) < len(rows)
        finer = _first(header, [word for word in UNIT if word not in BROAD], wanted) if repeated else None
        return finer or found
    first = next((name for name in header if name not in wanted), None)
    words = [text for text in cells[first] if text] if first is not None else []
    if first is not None and words and all(read_number(text) is None for text in words):
        said.append(Note("note.first_column_is_unit", name=file, column=first))
        return first
    asked_for = _first(header, asked.units, taken)
    if asked_for is None:
        raise DataError(
            f"{file}: no column names the cities; it has {', '.join(header)}",
            hint="name it with --unit COLUMN, or call it city",
        )
    return asked_for


def _years(texts: Sequence[str], kept: Sequence[int], table: RawTable) -> list[int]:
    from clusters.intake.values import read_year

    found = []
    for row in kept:
        year = read_year(texts[row])
        if year is None:
            raise DataError(
                f"{table.name}, {table.at(row)}: {texts[row]!r} is not a year", hint="such as 2020"
            )
        found.append(year)
    return found


def _once(units: Sequence[str], years: Sequence[int] | None, kept: Sequence[int], table: RawTable) -> None:
    """Refuse a unit that stands twice, in a panel twice in one year."""
    seen: dict[Any, int] = {}
    for i, unit in enumerate(units):
        this = (unit, years[i]) if years else unit
        if this in seen:
            when = f" in {years[i]}" if years else ""
            raise DataError(
                f"{table.name}: {unit!r} stands twice{when}, in {table.at(kept[seen[this]])} and "
                f"{table.at(kept[i])}",
                hint="keep one of the rows; a panel needs a column year",
            )
        seen[this] = i


def _pivoted(
    table: RawTable,
    units: list[str],
    years: list[int] | None,
    names: list[str] | None,
    cells: Mapping[str, list[str]],
    kept: list[int],
    long: tuple[str, str],
    rest: list[str],
    said: list[str],
) -> Grid:
    """Turn a long table into a wide one."""
    position: dict[Any, int] = {}
    which = [position.setdefault((u, years[i]) if years else u, len(position)) for i, u in enumerate(units)]
    at: list[int] = [-1] * len(position)
    for i in range(len(which) - 1, -1, -1):
        at[which[i]] = i
    first = [kept[i] for i in at]
    columns: dict[str, list[str]] = {}
    rows: dict[str, NDArray[np.int64]] = {}
    for i, row in zip(which, kept, strict=True):
        name = cells[long[0]][row]
        if not name:
            raise DataError(f"{table.name}, {table.at(row)}: column {long[0]!r} is blank")
        texts = columns.setdefault(name, [""] * len(position))
        lines = rows.setdefault(name, np.full(len(position), -1, np.int64))
        if lines[i] >= 0:
            raise DataError(
                f"{table.name}: indicator {name!r} of {units[at[i]]!r} stands twice, in "
                f"{table.at(int(lines[i]))} and {table.at(row)}",
                hint="keep one of the rows; a panel needs a column year",
            )
        texts[i], lines[i] = cells[long[1]][row], row
    dropped = _constant(cells, rest, which, kept, columns, rows, first)
    if dropped:
        said.append(Note("note.long_ignored", name=table.name, columns=dropped))
    return Grid(
        table,
        [units[i] for i in at],
        [years[i] for i in at] if years else None,
        [names[i] for i in at] if names else None,
        columns,
        rows,
        first,
        tuple(said),
    )


def _constant(
    cells: Mapping[str, list[str]],
    rest: Sequence[str],
    which: Sequence[int],
    kept: Sequence[int],
    columns: dict[str, list[str]],
    rows: dict[str, NDArray[np.int64]],
    first: Sequence[int],
) -> list[str]:
    """Keep the other columns of a long table that say one thing of every unit; return the others."""
    dropped = []
    for name in rest:
        texts = [cells[name][row] for row in first]
        if name in columns or any(cells[name][row] != texts[i] for i, row in zip(which, kept, strict=True)):
            dropped.append(name)
        else:
            columns[name], rows[name] = texts, np.array(first, np.int64)
    return dropped


def mostly_numbers(texts: Iterable[str]) -> bool:
    """Tell whether more than half of the cells that are there are numbers."""
    there = [text for text in texts if not is_missing(text)]
    return 2 * sum(read_number(text) is not None for text in there) > len(there)
