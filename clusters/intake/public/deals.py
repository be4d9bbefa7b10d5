"""Investments and acquisitions to relations: what the Crunchbase and Chinese layouts share.

The investor gives to the company, the acquirer to what it acquires. Both are relations of kind
``investment``; the class ``deal`` tells ``funding`` from ``acquisition``. The amount is that of
the whole round, not the share of one investor, and therefore no ``weight``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.intake.amounts import RANGE, UNREAD, read_amount
from clusters.intake.public.dates import is_no_date, read_dates, read_day, years_of
from clusters.intake.public.frame import Account, Converted, Options
from clusters.intake.public.participations import long
from clusters.intake.public.parties import is_placeholder
from clusters.intake.public.sheets import Cells, Flags, Sheet
from clusters.sentences import Note

FUNDING, ACQUISITION = "funding", "acquisition"
ENDS = ("source", "target")
FIRST = (
    *("source_id", "source", "target_id", "target", "date", "year", "kind", "deal", "round"),
    *("round_code", "amount", "currency", "amount_text"),
)
Rows = NDArray[np.intp]


def check_ends(sheet: Sheet, ids: Mapping[str, Cells], labels: Mapping[str, Cells], options: Options) -> None:
    """Reject rows without an end, set rows aside whose end is a placeholder or both ends are one.

    ``ids`` and ``labels`` hold the cells of ``source`` and ``target``.
    """
    for end in ENDS:
        sheet.reject(ids[end] == "", f"missing_{end}")
    for end in ENDS:
        sheet.reject(long(ids[end]) | long(labels[end]), "long_name")
    if not options.keep_placeholders:
        for end in ENDS:
            text = np.where(labels[end] != "", labels[end], ids[end])
            sheet.set_aside(placeholders(text), f"placeholder_{end}")
    sheet.set_aside(ids["source"] == ids["target"], "self_relation")


def identified(ids: Cells, labels: Cells) -> Cells:
    """Return ids; the name where there is none, or where it says nobody, such as ``-``."""
    return np.where((ids == "") | (placeholders(ids) & (labels != "")), labels, ids)


def placeholders(cells: Cells) -> Flags:
    """Tell which cells name nobody."""
    known = {text: is_placeholder(text) for text in dict.fromkeys(cells.tolist())}
    return np.array([known[text] for text in cells], bool)


def check_dates(sheet: Sheet, name: str, options: Options, order: str = "", year: str = "") -> Cells:
    """Read the dates of a sheet and reject rows without one; a year column stands in for a missing date.

    A row whose date stands in another column has moved: its reason is ``shifted_row``.
    """
    dates, missing, bad = read_dates(sheet, name, options.year_range, order)
    if year and sheet.has(year):
        years, _, worse = read_dates(sheet, year, options.year_range)
        dates = np.where(missing & (years != ""), years, dates)
        bad |= missing & worse
        missing &= (dates == "") & ~worse
    sheet.reject(missing, "missing_year")
    sheet.reject(_shifted(sheet, name, bad, order), "shifted_row")
    sheet.reject(bad, "bad_year")
    return dates


def _shifted(sheet: Sheet, name: str, bad: Flags, order: str) -> Flags:
    """Tell which rows with a text for a date have a date in a column beside it."""
    found = np.zeros(sheet.rows, bool)
    own = sheet.positions[name]
    cells = sheet.cells(name)
    rows = np.flatnonzero(bad & sheet.alive)
    rows = rows[[read_day(text, order) is None for text in cells[rows]]] if rows.size else rows
    for at in (own - 1, own + 1):
        if 0 <= at < len(sheet.raw.columns):
            texts = sheet.raw.columns[at].texts(rows)
            dated = {text: _is_day(text, order) for text in dict.fromkeys(texts)}
            found[rows] |= np.array([dated[text] for text in texts], bool)
    return found


def _is_day(text: str, order: str) -> bool:
    """Tell whether a cell is a date with its day."""
    return not is_no_date(text) and len(read_day(text, order) or "") == 10


def amounts(
    sheet: Sheet, name: str, currency: str | Cells = "", decimal: str | None = None
) -> dict[str, Cells | NDArray[np.float64]]:
    """Read a column of sums: number, currency, and the text where it states no exact number.

    ``currency`` is the code of cells that name none, for all rows or for each.
    """
    cells = sheet.cells(name)
    codes = currency if isinstance(currency, np.ndarray) else np.full(cells.size, currency, object)
    read = {
        pair: read_amount(pair[0], currency=pair[1].upper(), decimal=decimal)
        for pair in dict.fromkeys(zip(cells.tolist(), codes.tolist(), strict=True))
    }
    found = [read[pair] for pair in zip(cells.tolist(), codes.tolist(), strict=True)]
    how = np.array([*(one.how for one in found), ""], object)[:-1]
    sheet.note_mended("amount_range", how == RANGE)
    sheet.note_mended("unread_amount", how == UNREAD)
    number = np.array([*(one.number for one in found), 0.0])[:-1]
    stated = np.isfinite(number)
    return {
        "amount": number,
        "currency": np.array(
            [
                *(
                    one.currency if one.how == RANGE or ok else ""
                    for one, ok in zip(found, stated, strict=True)
                ),
                "",
            ],
            object,
        )[:-1],
        "amount_text": np.where((how == RANGE) | (how == UNREAD), cells, ""),
    }


def categories(cells: Cells) -> Cells:
    """Write lists of categories alike: ``|a|b|`` and ``a|b`` are ``a|b``, each word once."""
    read = {
        text: "|".join(dict.fromkeys(part.strip() for part in text.split("|") if part.strip()))
        for text in dict.fromkeys(cells.tolist())
    }
    return np.array([*(read[text] for text in cells), ""], object)[:-1]


def finish(parts: Sequence[Mapping[str, object]], account: Account, files: Sequence[str]) -> Converted:
    """Put the relations of several tables together; columns without any value are left out."""
    frames = [pd.DataFrame(part) for part in parts]
    for file, frame in zip(files, frames, strict=True):
        account.count(file, "expand", "relations", len(frame))
    table = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(FIRST))
    notes: list[str] = []
    if len(table) and (table["date"] != "").all():
        table["year"] = years_of(table["date"].to_numpy(object)).astype(np.int64)
    else:
        table = table.drop(columns="date")
        if len(table):
            notes.append(Note("note.convert_undated", name=files[0]))
    texts = table.columns.difference(["amount", "year"])
    table[texts] = table[texts].fillna("")
    order = [name for name in FIRST if name in table.columns]
    table = table[[*order, *(name for name in table.columns if name not in order)]]
    empty = [
        name
        for name in table.columns
        if name not in ENDS and (table[name].isna() | (table[name].astype(object) == "")).all()
    ]
    return Converted(table.drop(columns=empty), account, nodes_of(table), notes)


def nodes_of(table: pd.DataFrame) -> pd.DataFrame:
    """Return the organisations at either end; of several values of one organisation the first."""
    parts = []
    for end in ENDS:
        own = [name for name in table.columns if name.startswith(f"{end}_") and name != f"{end}_id"]
        part = table[own].rename(
            columns=dict(zip(own, (n.removeprefix(f"{end}_") for n in own), strict=True))
        )
        identified = f"{end}_id" in table.columns
        part.insert(0, "label", table[end])
        part.insert(0, "node", table[f"{end}_id"] if identified else table[end])
        parts.append(part)
    frame = pd.concat(parts, ignore_index=True).astype(object)
    filled = frame.where(frame.notna() & (frame != ""))
    nodes = filled.groupby("node", sort=False).first().reset_index().fillna("")
    return nodes.loc[:, [name in ("node", "label") or bool((nodes[name] != "").any()) for name in nodes]]
