"""A table of coordinates: where places lie, how large they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import places
from clusters.errors import DataError
from clusters.intake import files, headers
from clusters.intake.vocabulary import meanings

REQUIRED = ("place", "latitude", "longitude")
LIMITS = {
    "latitude": (-90.0, 90.0),
    "longitude": (-180.0, 180.0),
    "area": (0.0, np.inf),
    "size": (0.0, np.inf),
}
"""Least and largest value; areas and sizes must lie above."""


def read_coordinates(path: str | Path, *, level: str = "city") -> pd.DataFrame:
    """Read where places lie.

    Parameters
    ----------
    path
        Table (CSV, TSV, XLSX ...) with the columns place, latitude and longitude in decimal
        degrees, north and east positive; area in km2 and size (anything that makes a place large,
        such as population) if known. English and Chinese column names are recognised.
    level
        Names of provinces and cities are brought to their official form.

    Returns
    -------
    DataFrame
        Index ``place``; ``latitude``, ``longitude`` and those of ``area`` and ``size`` that the
        file has, NaN where a cell of these two is empty.

    Raises
    ------
    DataError
        A column is missing, a cell is no number or out of range, a place stands twice.
    """
    table = files.read_table(path, score=_score)
    found = {meaning: at for at, meaning in reversed(list(enumerate(_meanings(table.header)))) if meaning}
    lacking = [name for name in REQUIRED if name not in found]
    if lacking:
        raise DataError(
            f"{table.name}: no column {' and '.join(lacking)}; it has {', '.join(table.header)}",
            hint="it needs place, latitude, longitude and may have area and size",
        )
    names = pd.Series(table.columns[found["place"]].texts(), dtype=object).str.strip()
    kept = (names != "").to_numpy(bool)
    official = places.canonical(names[kept], level)
    twice = [name for name, number in Counter(official).items() if number > 1]
    if twice:
        raise DataError(f"{table.name}: {len(twice)} places stand twice (first: {twice[0]})")
    columns = {
        name: _numbers(name, table.columns[found[name]].texts(), kept, names, table.name)
        for name in LIMITS
        if name in found
    }
    return pd.DataFrame(columns, index=pd.Index(official.tolist(), name="place"))


def _meanings(header: Sequence[str]) -> list[str | None]:
    known = meanings("coordinates")
    return [known.get(headers.key(cell)) for cell in header]


def _score(cells: Sequence[str]) -> int:
    """Count the cells that name a column; 0 where a required one lacks."""
    found = {meaning for meaning in _meanings(cells) if meaning}
    return len(found) if found.issuperset(REQUIRED) else 0


def _numbers(
    column: str, texts: list[str], kept: NDArray[np.bool_], names: pd.Series, file: str
) -> NDArray[np.float64]:
    cells = pd.Series(texts, dtype=object).str.strip()
    values = pd.to_numeric(cells.where(cells != ""), errors="coerce").to_numpy(float)
    low, high = LIMITS[column]
    good = (values >= low) & (values <= high) & np.isfinite(values)
    if column not in REQUIRED:
        good = (good & (values > low)) | (cells == "").to_numpy(bool)
    wrong = kept & ~good
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        ends = f"a number from {low:g} to {high:g}" if np.isfinite(high) else f"a number above {low:g}"
        raise DataError(
            f"{file}: {int(wrong.sum())} cells of column {column} are not {ends} "
            f"(first: {names.iloc[first]}, {cells.iloc[first]!r})"
        )
    result: NDArray[np.float64] = values[kept]
    return result
