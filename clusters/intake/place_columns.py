"""Any table of which some columns name places: which those are, and what stands beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from clusters.errors import UsageError
from clusters.intake import files, headers
from clusters.intake.table import RawTable
from clusters.sentences import Note

_LEVELS = ("province", "city", "country")


@dataclass(frozen=True)
class PlaceColumns:
    """Cells of the columns of places by the column's name."""

    cells: dict[str, list[str]]
    levels: dict[str, str] = field(default_factory=dict)
    provinces: dict[str, list[str]] = field(default_factory=dict)
    countries: dict[str, list[str]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def read_place_columns(
    source: str | Path | pd.DataFrame,
    columns: Sequence[str] = (),
    *,
    province: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    separator: str | None = None,
) -> PlaceColumns:
    """Read the columns of a table that name places.

    Parameters
    ----------
    source
        Any table, in the forms that relation tables have.
    columns
        Names of the columns; left out, those whose heading says so.
    province
        Column that says the province of each row; left out, the one of the same end, if any.
    encoding, sheet, separator
        As for relations.

    Raises
    ------
    DataError
        The table cannot be read.
    UsageError
        A column is not there, or none is known as one of places.

    Examples
    --------
    >>> frame = pd.DataFrame({"企业": ["a"], "省份": ["安徽"], "城市": ["Suzhou"]})
    >>> found = read_place_columns(frame)
    >>> found.levels, found.provinces
    ({'省份': 'province', '城市': 'city'}, {'城市': ['安徽']})
    """
    wanted = {*columns, *([province] if province else [])}

    def score(cells: Sequence[str]) -> int:
        names = [cell.strip() for cell in cells]
        asked = sum(name in wanted for name in names)
        return asked or sum(headers.place_column(name) is not None for name in names if len(name) <= 60)

    table = files.read_table(source, score=score, encoding_name=encoding, sheet=sheet, separator=separator)
    header = [text.strip() for text in table.header]
    for name in wanted:
        if name not in header:
            raise UsageError(
                f"{table.name} has no column {name!r}; it has {', '.join(map(repr, header[:30]))}",
                hint="name columns as they stand in the file",
            )
    meaning = {name: headers.place_column(name) for name in header}
    chosen = list(columns) or [name for name in header if meaning[name] is not None and name != ""]
    if not chosen:
        raise UsageError(
            f"{table.name} has no column known as one of places; it has {', '.join(map(repr, header[:30]))}",
            hint="name it: --column COLUMN",
        )
    return _with_context(table, header, meaning, chosen, province)


def _with_context(
    table: RawTable,
    header: list[str],
    meaning: dict[str, tuple[str, str] | None],
    chosen: list[str],
    province: str | None,
) -> PlaceColumns:
    def beside(end: str, attribute: str, name: str) -> str | None:
        return next((n for n in header if n != name and meaning[n] == (end, attribute)), None)

    def texts(name: str) -> list[str]:
        return table.columns[header.index(name)].texts()

    levels, provinces, countries = {}, {}, {}
    for name in chosen:
        end, attribute = meaning[name] or ("", "")
        if attribute in _LEVELS:
            levels[name] = attribute
        where = province if province is not None else beside(end, "province", name) if attribute else None
        if where is not None and where != name and attribute not in ("province", "country"):
            provinces[name] = texts(where)
        land = beside(end, "country", name) if attribute else None
        if land is not None:
            countries[name] = texts(land)
    cells = {name: texts(name) for name in chosen}
    return PlaceColumns(cells, levels, provinces, countries, (*table.warnings, *_ragged(table)))


def _ragged(table: RawTable) -> list[Note]:
    if not table.ragged:
        return []
    at = Note("note.line" if table.unit == "line" else "note.row", n=table.ragged[0].line)
    return [Note("note.places_ragged", name=table.name, n=len(table.ragged), at=at)]
