"""Printed tables of published reports, exactly as they are printed.

The tables lie in ``clusters/reference`` as CSV files with the report's own columns
(``relation_nodes`` for what the vocabulary calls ``partner_nodes``, shares in percent,
Chinese names in ``*_zh``), one ``source`` per row; ``SOURCES.md`` beside them says where
each file comes from and whether it is printed, derived or inferred. Nothing is mended
here: where a report contradicts itself, both values stay and ``notes`` lists the case.

Examples
--------
>>> table = load("nankai_2023", table=2)
>>> table[["year", "nodes", "edges"]].iloc[-1].tolist()
[2022, 30765, 83815]
>>> load("nankai_2023", table=2, as_printed=True)["average_path_length"].iloc[1]
'5.370'
"""

from __future__ import annotations

import csv
import difflib
import re
from functools import cache
from importlib import resources
from typing import NamedTuple

import pandas as pd

from clusters.errors import UnknownTermError

INCONSISTENCIES = "inconsistencies"
_WORDS = {"table": "Table", "fig": "Figure"}
_CAUTIONS = {
    "province_flow_matrix_ipf_estimate": "估计 (estimate): proportional fitting to the printed margins and "
    "cells; only the twenty cells of Table 8 are published, no other cell may be quoted",
}


class Report(NamedTuple):
    """Where the files of one report lie and which of them is its main table."""

    folder: str
    prefix: str
    title: str
    main: str = ""
    marks: str = ""
    """How rows of a shared list of inconsistencies begin that speak of this report."""


REPORTS = {
    "nankai_2023": Report("nankai_2023", "", "Nankai report 2023 (建设具有全球竞争力的人工智能产业集群)"),
    "nankai_2023_derived": Report("nankai_2023_derived", "", "Computed from the Nankai report 2023"),
    "kr36_2020": Report("city_indices", "kr36_2020_", "36Kr city AI index 2020", "city_index", "36Kr"),
    "tmtpost_2024": Report(
        "city_indices", "tmtpost_2024_", "TMTPost city AI ranking 2024", "tiers", "TMTPost"
    ),
    "city_ai_2025": Report("city_indices", "city_ai_index_2025_", "City AI index 2025", "tiers", "2025"),
}


def reports() -> list[str]:
    """Return the names of the reports whose tables are here.

    Examples
    --------
    >>> reports()[:2]
    ['nankai_2023', 'nankai_2023_derived']
    """
    return list(REPORTS)


def tables(report: str) -> pd.DataFrame:
    """List the tables of a report.

    Returns
    -------
    DataFrame
        ``name`` (what ``load`` takes), ``table`` and ``figure`` (number in the report, NA for a
        list or a number from the text), ``rows``, ``source`` (of the first row).

    Examples
    --------
    >>> listed = tables("nankai_2023")
    >>> len(listed), int(listed["table"].notna().sum()), int(listed["figure"].notna().sum())
    (38, 10, 22)
    """
    rows = []
    for name in _names(report):
        cells = _cells(report, name)
        kind, number = _number(name)
        rows.append(
            {
                "name": name,
                "table": number if kind == "table" else None,
                "figure": number if kind == "fig" else None,
                "rows": len(cells),
                "source": cells[0].get("source", ""),
            }
        )
    frame = pd.DataFrame(rows)
    return frame.astype({"table": "Int64", "figure": "Int64"})


def load(
    report: str,
    *,
    table: int | str | None = None,
    figure: int | str | None = None,
    name: str | None = None,
    as_printed: bool = False,
) -> pd.DataFrame:
    """Return one printed table.

    Parameters
    ----------
    report
        A name from ``reports``; hyphens count as underscores.
    table, figure
        Number in the report.
    name
        A name from ``tables``, for lists and numbers in the text. Without any of the three
        the main table of a city index is returned.
    as_printed
        Keep every cell as text, with the digits that are printed (``5.370``).

    Returns
    -------
    DataFrame
        The columns of the file, in its order. Columns of numbers are numeric, a blank cell
        is NaN. Percentages stay percentages. ``attrs`` carries ``report``, ``name``,
        ``source`` and ``notes`` (the inconsistencies that touch this table).

    Raises
    ------
    UnknownTermError
        No such report or table; the message lists what there is.

    Examples
    --------
    >>> load("nankai_2023", figure=15)["outdegree_share_percent"].tolist()
    [72.6, 54.2, 31.5]
    >>> load("nankai_2023", name="list_technologies_17")["technology_zh"].iloc[0]
    '大数据和云计算'
    """
    key = _report(report)
    chosen = _choose(key, table, figure, name)
    cells = _cells(key, chosen)
    frame = pd.DataFrame(cells)
    if not as_printed:
        frame = frame.apply(_numbers)
    frame.attrs = {
        "report": key,
        "name": chosen,
        "source": ": ".join(filter(None, (REPORTS[key].title, cells[0].get("source")))),
        "notes": [*filter(None, (_CAUTIONS.get(chosen),)), *_touching(key, chosen)],
    }
    return frame


def notes(report: str) -> pd.DataFrame:
    """List the places where a report contradicts itself.

    Returns
    -------
    DataFrame
        ``id`` (I1 ... of the Nankai report, K1 ... of the city indices), ``what``,
        ``value_a``, ``where_a``, ``value_b``, ``where_b``, ``note``; all text, as
        printed. Empty where none is known.

    Examples
    --------
    >>> notes("nankai_2023").set_index("id").loc["I3", ["value_a", "value_b"]].tolist()
    ['2.86', '2.82']
    """
    key = _report(report)
    columns = ["id", "what", "value_a", "where_a", "value_b", "where_b", "note"]
    if not _exists(key, INCONSISTENCIES, shared=True):
        return pd.DataFrame(columns=columns)
    rows = [r for r in _cells(key, INCONSISTENCIES, shared=True) if r["what"].startswith(REPORTS[key].marks)]
    return pd.DataFrame(rows, columns=columns)


def decimals(text: str) -> int:
    """Return the number of digits printed after the decimal point.

    Examples
    --------
    >>> decimals("5.370"), decimals("12")
    (3, 0)
    """
    return len(text.partition(".")[2])


def half_unit(text: str) -> float:
    """Return half a unit of the last printed digit: how far rounding can move a number.

    Examples
    --------
    >>> half_unit("5.370"), half_unit("12")
    (0.0005, 0.5)
    """
    return 0.5 * float(f"1e-{decimals(text)}")


def _report(report: str) -> str:
    key = report.strip().lower().replace("-", "_")
    if key not in REPORTS:
        raise UnknownTermError(f"report {report!r} is not here; there are {', '.join(REPORTS)}")
    return key


def _choose(report: str, table: int | str | None, figure: int | str | None, name: str | None) -> str:
    given = {"table": table, "figure": figure, "name": name}
    asked = {word: value for word, value in given.items() if value is not None}
    if len(asked) > 1:
        raise UnknownTermError(f"{' and '.join(asked)} were named together; name one of them")
    names = _names(report)
    if not asked:
        if REPORTS[report].main:
            return REPORTS[report].main
        raise UnknownTermError(f"name a table, a figure or a name of {report}: {', '.join(names)}")
    word, value = asked.popitem()
    if word == "name":
        if value in names:
            return str(value)
        close = difflib.get_close_matches(str(value), names, n=1)
        guess = f"; did you mean {close[0]!r}?" if close else ""
        raise UnknownTermError(f"{report} has no table named {value!r}{guess} It has {', '.join(names)}")
    numbers = {_number(n)[1]: n for n in names if _number(n)[0] == ("table" if word == "table" else "fig")}
    digits = str(value).strip()
    if digits.isdecimal() and int(digits) in numbers:
        return numbers[int(digits)]
    there = ", ".join(str(n) for n in sorted(numbers)) or "none"
    raise UnknownTermError(f"{report} has no printed numbers for {word} {value}; {word}s here: {there}")


def _number(name: str) -> tuple[str, int]:
    match = re.match(r"(table|fig)(\d+)_", name)
    return (match[1], int(match[2])) if match else ("", 0)


@cache
def _names(report: str) -> tuple[str, ...]:
    here = REPORTS[_report(report)]
    files = (item.name for item in (resources.files("clusters.reference") / here.folder).iterdir())
    stems = (f.removesuffix(".csv") for f in files if f.endswith(".csv") and f.startswith(here.prefix))
    found = sorted(s.removeprefix(here.prefix) for s in stems)
    return tuple(f for f in found if f != INCONSISTENCIES)


def _exists(report: str, name: str, *, shared: bool = False) -> bool:
    here = REPORTS[report]
    prefix = "" if shared else here.prefix
    return (resources.files("clusters.reference") / here.folder / f"{prefix}{name}.csv").is_file()


@cache
def _cells(report: str, name: str, *, shared: bool = False) -> tuple[dict[str, str], ...]:
    here = REPORTS[_report(report)]
    prefix = "" if shared else here.prefix
    path = resources.files("clusters.reference") / here.folder / f"{prefix}{name}.csv"
    return tuple(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def _numbers(column: pd.Series) -> pd.Series:
    """Turn a column of printed numbers into numbers; any word in it leaves it as text."""
    filled = column[column != ""]
    if filled.empty or not filled.str.fullmatch(r"-?\d+(\.\d+)?").all():
        return column
    return pd.to_numeric(column.where(column != ""))


def _touching(report: str, name: str) -> list[str]:
    kind, number = _number(name)
    listed = notes(report)
    if kind:
        # "Tables 1, 7" names two of them, "Table 2, 2020" one and a year: no report has 2,020 tables.
        pattern = rf"{_WORDS[kind]}s? (?:\d+, )*{number}\b"
        listed = listed[(listed["where_a"] + "|" + listed["where_b"]).str.contains(pattern)]
    elif not REPORTS[report].main:
        return []
    return [
        f"{row.id}: {row.what}: {row.value_a} ({row.where_a}), {row.value_b} ({row.where_b}); {row.note}"
        for row in listed.itertuples()
    ]
