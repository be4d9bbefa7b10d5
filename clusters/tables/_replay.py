"""The printed numbers of the Nankai report beside ours, cell by cell.

Only what a relation table can answer is compared; what it cannot is said, with the reason.

A cell agrees when our number lies within its tolerance: 0 for a printed count, half a unit
of the last printed digit for any other number. The embedded sample is made up and meets
some numbers closely instead of exactly; for it ``BANDS`` widens the tolerance.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from clusters import published
from clusters.errors import UsageError
from clusters.networks import Parallel
from clusters.relations import Relations
from clusters.sentences import Note
from clusters.tables._printed_cells import REPORT, SECTIONS, Case, Cell, NotAnswerable

COLUMNS = ("table", "cell", "published", "ours", "difference", "tolerance", "within", "note")
COUNTS = {
    *("sample_nodes", "partner_nodes", "nodes", "edges", "diameter"),
    *("in_degree", "out_degree", "degree", "count"),
}
NOT_FITTED = ("diameter", "average_path_length", "average_clustering", "modularity")
"""Of the network of platform enterprises only nodes and edges are met by the sample."""
HAIR = 1e-9
NEVER = {
    "Table 1": Note("note.ranks_alone"),
    "Figures 4, 5": Note("note.order_alone"),
    "Figures 9, 10, 14, 16, 17, 19, 21": Note("note.drawings"),
}
NAMES = {"Table": "note.table", "Figure": "note.figure", "Figures": "note.figures"}


class Band(NamedTuple):
    """How far the embedded sample may lie from a printed number; NaN: it is not fitted to it."""

    absolute: float = 0.0
    relative: float = 0.0


BANDS = {
    ("", "average_path_length"): Band(relative=0.06),
    ("", "diameter"): Band(absolute=2),
    ("", "average_clustering"): Band(absolute=0.01),
    **{(name, column): Band(np.nan) for name in ("Table 5", "Table 6") for column in NOT_FITTED},
    ("Figure 15", ""): Band(absolute=0.5),
    ("Table 7", ""): Band(absolute=0.1),
    ("Table 8", ""): Band(absolute=0.01),
    ("Table 9", ""): Band(absolute=0.1),
    ("Table 10", ""): Band(absolute=0.1),
}
"""By table and column, empty for any; shares in points."""

TOUCHED = {
    "I1": [("Figure 22", "第三产业")],
    "I2": [("Figure 23", "科学研究和技术服务业")],
    "I3": [("Table 8", "北京市 → 上海市"), ("Table 9", "北京市 → 上海市")],
    "I4": [("Table 8", "上海市 → 北京市"), ("Table 9", "上海市 → 北京市")],
    "I6": [("Table 2", "2020 sample_nodes")],
    "I7": [("Figure 11", "珠江三角洲"), ("Figure 12", "广东省")],
    "I10": [("Figure 7", "top 5")],
    "I12": [("Table 5", "2021")],
    "I13": [("Table 7", "上海市")],
    "I14": [("Table 4", "17 OPPO")],
    "I15": [("Figure 32", "长江三角洲"), ("Figure 32", "珠江三角洲"), ("Figure 32", "京津冀")],
    "I17": [("Table 2", "2019 average_clustering")],
    "I18": [("Table 2", "2016 average_path_length")],
}
"""Cells (table and row, or row and column) that a known contradiction of the report touches."""

PROVINCE_WIDE = {"Figure 6": "Figure 7", "Figure 29": "Figure 30", "Figure 32": "Figure 33"}


def replay(
    relations: Relations,
    report: str = REPORT,
    *,
    mode: str = "cumulative",
    parallel: Parallel = "merge",
    seed: int = 0,
) -> pd.DataFrame:
    """Compare the printed numbers of a report with those of a relation table.

    Parameters
    ----------
    relations
        Checked relations, the report's own or a table shaped like them.
    report
        ``nankai_2023``; no other report here prints numbers of relations.
    mode, parallel
        Reading of the yearly networks and of what one edge is (decisions D1, D3); the report
        is best met by the defaults.
    seed
        Seed of the search for communities.

    Returns
    -------
    DataFrame
        One row per answerable cell: ``table``, ``cell`` (row and column), ``published`` and
        ``ours`` (percent as printed), ``difference`` (ours minus published), ``tolerance`` and
        ``within``, both missing where no tolerance is stated, ``note`` with the report's known
        contradictions. Notes count the cells and say what is not answerable, and why.

    References
    ----------
    Nankai report 2023, Tables 2-10, Figures 6-8, 11-13, 15, 18, 20, 22-34.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": list("aab"), "target": list("bcc"), "year": [2014] * 3})
    >>> replay(from_frame(frame))[["cell", "published", "ours"]].head(2).values.tolist()
    [['2014 nodes', 1973.0, 3.0], ['2014 edges', 2602.0, 3.0]]
    """
    key = report.strip().lower().replace("-", "_")
    if key != REPORT:
        there = ", ".join(published.reports())
        if key in published.reports():
            raise UsageError(f"{report} prints no numbers of relations, so there is nothing to replay")
        raise UsageError(
            f"report {report!r} is not here; there are {there}", hint="clusters replay nankai-2023"
        )
    case = Case(relations, mode, parallel, seed)
    cells: list[Cell] = []
    left: dict[str, str] = dict(NEVER)
    for name, section in SECTIONS.items():
        try:
            found = [cell for cell in section(case) if not np.isnan(cell.ours)]
        except (NotAnswerable, UsageError) as error:
            left[name] = error.args[0]
            continue
        cells += found
        if not found:
            left[name] = Note("note.undefined")
    judged = [_judge(cell, case.calibrated) for cell in cells]
    table = pd.DataFrame([row for row, _ in judged], columns=list(COLUMNS))
    table["within"] = table["within"].astype("boolean")
    table.attrs["notes"] = _summary(table, sum(equal for _, equal in judged), case.calibrated, left)
    return table


def _judge(cell: Cell, calibrated: bool) -> tuple[tuple[object, ...], bool]:
    """Return the row of a cell, and whether our number is the printed one, rounded."""
    number = float(cell.printed)
    difference = round(cell.ours - number, 9)  # a percentage of floats may miss a digit by a hair
    rounding = _rounding(cell)
    tolerance = _tolerance(cell, rounding) if calibrated else rounding
    where = f"{cell.row} {cell.column}"
    note = _notes().get((cell.table, cell.row)) or _notes().get((cell.table, where), "")
    within = None if np.isnan(tolerance) else bool(abs(difference) <= tolerance + HAIR)
    row = (cell.table, where, number, cell.ours, difference, tolerance, within, note)
    return row, bool(abs(difference) <= rounding + HAIR)


def _rounding(cell: Cell) -> float:
    """Return how far rounding alone moves a number from the printed one."""
    if cell.column in COUNTS:
        return 0.0
    if cell.column == "density":
        return 0.0005  # Gephi prints three decimals and cuts zeros: 0 stands for 0.000 (decision D7)
    return cell.rounded * published.half_unit(cell.printed)


def _tolerance(cell: Cell, rounding: float) -> float:
    for key in ((cell.table, cell.column), (cell.table, ""), ("", cell.column)):
        if key in BANDS:
            return float(np.max([rounding, BANDS[key].absolute, BANDS[key].relative * float(cell.printed)]))
    return rounding


@cache
def _notes() -> dict[tuple[str, str], str]:
    """Return what is known of contradictions, by table and row (or row and column)."""
    listed = published.notes(REPORT).set_index("id")
    found = {}
    for id_, cells in TOUCHED.items():
        row = listed.loc[id_]
        text = f"{id_}: {row['value_a']} ({row['where_a']}), {row['value_b']} ({row['where_b']})"
        found.update(dict.fromkeys(cells, text))
    for figure, other in PROVINCE_WIDE.items():
        text = (
            f"珠江三角洲 is all of 广东省 here, as {figure} and {other} print the same number (decision D11)"
        )
        found[figure, "珠江三角洲"] = "; ".join(filter(None, (text, found.get((figure, "珠江三角洲")))))
    return found


def _summary(table: pd.DataFrame, equal: int, calibrated: bool, left: dict[str, str]) -> list[Note]:
    outside = int((~table["within"].fillna(True)).sum())
    unjudged = int(table["within"].isna().sum())
    more = int(table["within"].fillna(False).sum()) - equal
    notes = [Note("note.compared", n=len(table), equal=equal, within=more, outside=outside)]
    if unjudged:
        counts = {"n": len(table), "equal": equal, "within": more, "outside": outside}
        notes = [Note("note.compared_shown", shown=unjudged, **counts)]
    if calibrated:
        notes.append(Note("note.calibrated"))
    by_reason: dict[str, list[str]] = {}
    for name, reason in left.items():
        by_reason.setdefault(reason, []).append(_name(name))
    notes += [Note("note.not_answerable", where=where, reason=reason) for reason, where in by_reason.items()]
    return notes


def _name(section: str) -> Note:
    """Return the name of a printed table or figure."""
    kind, _, number = section.partition(" ")
    return Note(NAMES[kind], n=number.split(", ")) if number else Note("note.summary")
