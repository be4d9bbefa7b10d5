"""Typed columns of nodes and edges: one type each, printed titles, every value once.

A column keeps the position of each cell's value in a list of distinct values, so a
writer formats and escapes a province or a year once, not thirty thousand times.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import labels
from clusters.export.text import Cleaner, unique
from clusters.sentences import Note

ColumnType = Literal["boolean", "integer", "long", "double", "string", "liststring"]
Integers = NDArray[np.integer[Any]]

YEAR_COLUMNS = frozenset({"founded", "sample_from", "sample_to", "first_year", "last_year", "year"})
# fmt: off
RESERVED_TITLES = frozenset({
    "id", "label", "type", "x", "y", "z", "size", "color", "colour", "hidden", "weight", "kind", "source",
    "target", "start", "end", "pid", "viz", "key", "timeset", "interval", "parents", "shape", "image",
    "highlighted", "forcelabel", "zindex",
})
# fmt: on
"""Names that Gephi, Gephi Lite, sigma or networkx take for something of their own."""


@dataclass(frozen=True, eq=False)
class Column:
    """One typed column: every cell is the position of its value in ``values``, or -1."""

    name: str
    title: str
    type: ColumnType
    codes: Integers
    values: list[Any]

    @cached_property
    def texts(self) -> list[str]:
        """The values as text, the empty one last so that code -1 finds it."""
        return [*(_text(value) for value in self.values), ""]

    def series(self) -> pd.Series:
        """The column as a pandas series of a nullable type."""
        cells = np.empty(len(self.values) + 1, dtype=object)
        cells[:-1] = [_text(v) if isinstance(v, list) else v for v in self.values]
        cells[-1] = None
        dtypes = {"boolean": "boolean", "integer": "Int64", "long": "Int64", "double": "Float64"}
        return pd.Series(cells[self.codes], name=self.name, dtype=dtypes.get(self.type, "str"))


def titles(columns: Iterable[str], lang: str, clean: Cleaner) -> dict[str, str]:
    """Return printed column names: distinct, not blank, none that a program takes for its own."""
    names = list(columns)
    printed = [clean(_title(name, lang)) for name in names]
    suffix = labels.label("export.attribute", lang)
    free = [f"{t} {suffix}" if t.strip().casefold() in RESERVED_TITLES else t for t in printed]
    return dict(zip(names, unique(free, blank=suffix)[0], strict=True))


def _title(name: str, lang: str) -> str:
    counted, colon, kind = name.partition(": ")
    if counted == "relations" and colon:
        sign = "：" if lang == "zh" else ": "
        return f"{labels.label('relations', lang)}{sign}{coded('kind', kind, lang)}"
    return labels.heading(name, lang)


def column(name: str, series: pd.Series, title: str, lang: str, clean: Cleaner, notes: list[str]) -> Column:
    """Type a column by its dtype, or by its values where the dtype is free.

    Blank text and values that are not finite count as missing.
    """
    codes, found = _distinct(series)
    type_, convert = _typed(found, name) if found else _type_of_empty(series)
    values: list[Any] = []
    place = np.full(len(found) + 1, -1, dtype=np.int64)
    infinite = 0
    for position, value in enumerate(found):
        cell = convert(value)
        if isinstance(cell, str):
            cell = clean(coded(name, cell, lang))
            if not cell.strip():
                continue
        elif isinstance(cell, list):
            cell = [clean(item) for item in cell]
        elif isinstance(cell, float) and math.isinf(cell):
            infinite += int((codes == position).sum())
            continue
        place[position] = len(values)
        values.append(cell)
    if infinite:
        notes.append(Note("note.infinite", column=title, n=infinite))
    return Column(name, title, type_, place[codes], values)


def _distinct(series: pd.Series) -> tuple[Integers, list[Any]]:
    if isinstance(series.dtype, pd.CategoricalDtype):
        return series.cat.codes.to_numpy(np.int64), series.cat.categories.tolist()
    if series.dtype == object:
        # With the type in the key, equal values of different types (1, True, 1.0) stay apart.
        place: dict[tuple[type, Any], int] = {}
        cells = map(_hashable, series)
        seen = [-1 if is_missing(v) else place.setdefault((type(v), v), len(place)) for v in cells]
        return np.array(seen, dtype=np.int64), [value for _, value in place]
    codes, found = pd.factorize(series)
    return codes.astype(np.int64), found.tolist()


def _typed(found: list[Any], name: str) -> tuple[ColumnType, Callable[[Any], Any]]:
    kinds = {type(v.item() if isinstance(v, np.generic) else v) for v in found}
    if kinds and kinds <= {bool}:
        return "boolean", bool
    if kinds and kinds <= {int, float}:
        whole = all(float(v).is_integer() for v in found) if name in YEAR_COLUMNS else kinds == {int}
        if not whole:
            return "double", float
        if all(-(2**63) <= v < 2**63 for v in found):
            return ("integer" if all(-(2**31) <= v < 2**31 for v in found) else "long"), int
    if kinds and kinds <= {tuple}:
        return "liststring", lambda v: [str(item) for item in v]
    if kinds and kinds <= {datetime.date, datetime.datetime, pd.Timestamp}:
        return "string", _iso
    return "string", str


def _type_of_empty(series: pd.Series) -> tuple[ColumnType, Callable[[Any], Any]]:
    if pd.api.types.is_bool_dtype(series):
        return "boolean", bool
    if pd.api.types.is_integer_dtype(series):
        return "integer", int
    return ("double", float) if pd.api.types.is_float_dtype(series) else ("string", str)


def _hashable(value: Any) -> Any:
    if isinstance(value, (list, tuple, np.ndarray)):
        return tuple(map(str, value))
    if isinstance(value, (set, frozenset)):  # their order changes from run to run
        return tuple(sorted(map(str, value)))
    return str(value) if isinstance(value, dict) else value


def _iso(moment: Any) -> str:
    text = str(moment.isoformat())
    return text.removesuffix("T00:00:00")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_quoted(item) for item in value) + "]"
    return repr(value) if isinstance(value, float) else str(value)


def _quoted(item: str) -> str:
    plain = item and item == item.strip() and not set(item) & set(",[]\"'\\")
    return item if plain else '"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"'


def coded(column: str, text: str, lang: str) -> str:
    """Translate a coded value (``role``, ``kind`` ...); English keeps the identifiers."""
    if lang != "zh":
        return text
    if column == "kind":  # merged edges join their kinds
        return " + ".join(labels.value(column, part, lang) for part in text.split(" + "))
    return labels.value(column, text, lang)


def is_missing(value: object) -> bool:
    """Tell whether a cell holds nothing: ``None``, NaN, ``pd.NA`` or ``pd.NaT``."""
    return (
        value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))
    )
