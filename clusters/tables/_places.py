"""How the place texts of a table were read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from clusters import places
from clusters.places import Resolved
from clusters.sentences import Note

COLUMNS = (
    *("column", "text", "given_province", "rows", "level", "province", "city", "county"),
    *("region", "country", "code", "how", "candidates"),
)
_TERRITORY = {"HK": "香港特别行政区", "MO": "澳门特别行政区", "TW": "台湾省"}
_UNSURE = ("ambiguous", "contradiction", "unknown")


def place_readings(
    columns: Mapping[str, Sequence[str]],
    *,
    levels: Mapping[str, str] | None = None,
    provinces: Mapping[str, Sequence[str]] | None = None,
    countries: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Say how each different text of some columns of places is read.

    Parameters
    ----------
    columns
        Cells of each column; blank ones are missing.
    levels
        ``province``, ``city`` or ``country`` for columns that hold one of these.
    provinces, countries
        For a column, the cells of another that say the province or country of the same rows.

    Returns
    -------
    DataFrame
        One row per column and text (and province and country beside it), columns in the order given,
        then by frequency: ``rows`` that hold it, ``level``, ``province``, ``city``, ``county``,
        ``region`` (one of the four of the Nankai report), ``country`` (ISO alpha-2), ``code``, ``how``
        it was read and, where it is not resolved, the ``candidates``. Undefined is empty.
        ``given_province`` only where it is used. The notes give shares of rows.

    References
    ----------
    National standard GB/T 2260 and ISO 3166-1, see ``clusters/reference/SOURCES.md``.

    Examples
    --------
    >>> table = place_readings({"city": ["深圳", "Suzhou", "深圳", ""]})
    >>> table[["text", "rows", "how", "candidates"]].fillna("").values.tolist()
    [['深圳', 2, 'short', ''], ['Suzhou', 1, 'ambiguous', '苏州市 (江苏省); 宿州市 (安徽省)']]
    """
    rows: list[dict[str, object]] = []
    notes: list[Note] = []
    for name, cells in columns.items():
        level = (levels or {}).get(name)
        found = _distinct(
            pd.DataFrame(
                {
                    "text": _column(cells),
                    "given_province": _column((provinces or {}).get(name, [""] * len(cells))),
                    "given_country": _column((countries or {}).get(name, [""] * len(cells))),
                }
            )
        )
        readings = [_read(text, province, land, level) for text, province, land in found.index]
        counts = found.to_numpy()
        rows += [_row(name, *row) for row in zip(found.index, counts.tolist(), readings, strict=True)]
        notes.append(_summary(name, readings, counts, len(cells)))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    if provinces is None or not table["given_province"].notna().any():
        table = table.drop(columns="given_province")
    table.attrs["notes"] = notes
    return table


def _column(cells: Sequence[str]) -> pd.Series:
    return pd.Series(list(cells), dtype=object).fillna("").astype(str).str.strip()


def _distinct(frame: pd.DataFrame) -> pd.Series:
    """Count the rows of each different text, the most frequent first, then as they come."""
    there = frame[frame["text"] != ""]
    sizes = there.groupby(list(frame.columns), sort=False).size()
    return sizes.sort_values(ascending=False, kind="stable")


def _read(text: str, province: str, country: str, level: str | None) -> Resolved:
    land = places.country(country) if country else None
    if land is not None and land != "CN" and land not in _TERRITORY:
        # Its row says that the place is abroad: Jinan in the United States is not 济南市.
        return Resolved(level="country", country=land, code=land, how="country")
    if level == "country" and text != "NA":
        land = places.country(text)
        if land is not None and land not in _TERRITORY:
            return Resolved(level="country", country=land, code=land, how="country")
    return places.resolve(text, province or _TERRITORY.get(land or ""), level=level)


def _row(column: str, key: tuple[str, str, str], rows: int, found: Resolved) -> dict[str, object]:
    values = {name: getattr(found, name, None) or None for name in COLUMNS[4:-1]}
    values["region"] = places.region(found.province, found.city) if found.known else None
    candidates = "; ".join(found.candidates) or None
    return {
        "column": column,
        "text": key[0],
        "given_province": key[1] or None,
        "rows": rows,
        **values,
        "candidates": candidates,
    }


def _summary(column: str, readings: Sequence[Resolved], counts: np.ndarray, rows: int) -> Note:
    """Say which share of the rows was read, and why the others were not."""
    by_how = {
        how: int(sum(n for r, n in zip(readings, counts, strict=True) if r.how == how)) for how in _UNSURE
    }
    blank = rows - int(counts.sum())
    missing = int(sum(n for r, n in zip(readings, counts, strict=True) if r.how == "missing"))
    filled = rows - blank - missing
    if not filled:
        return Note("note.places_none", column=column, rows=rows)
    resolved = filled - sum(by_how.values())
    return Note(
        "note.places_summary",
        column=column,
        rows=filled,
        texts=len(readings),
        resolved=resolved / filled,
        **{how: n / filled for how, n in by_how.items()},
        blank=blank + missing,
    )
