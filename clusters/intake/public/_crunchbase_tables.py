"""Crunchbase as tables that name each other by ids: the 2013 snapshot and the exports since 2016."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from clusters.intake.public import deals
from clusters.intake.public.dates import MONTH_FIRST, read_dates
from clusters.intake.public.frame import Account, Converted, Layout, Options
from clusters.intake.public.package import Package
from clusters.intake.public.sheets import Cells, Sheet, read_sheets, repeated

OBJECTS, ROUNDS, INVESTMENTS, ACQUISITIONS = "objects", "funding_rounds", "investments", "acquisitions"


@dataclass(frozen=True)
class Columns:
    """Which columns of the tables say what."""

    object_id: str
    round_id: str
    round_company: str
    round_date: str
    investor: str
    acquirer: str
    acquired: str
    price: str
    levels: Mapping[str, str]
    """Attribute of an organisation -> column of the table of objects."""
    investor_name: str = ""
    acquirer_name: str = ""
    acquired_name: str = ""


@dataclass(frozen=True)
class _Objects:
    """Name and attributes by id; without the table everybody is known by id only."""

    table: pd.DataFrame

    def of(self, ids: Cells, name: str) -> Cells:
        """Return an attribute of each id; empty where it is not known."""
        if name not in self.table:
            return np.full(ids.size, "", object)
        found = self.table[name].reindex(ids).fillna("")
        return found.to_numpy(object)


def convert(layout: Layout, columns: Columns, package: Package, options: Options) -> Converted:
    """Convert the tables of one layout."""
    account = Account()
    sheets = read_sheets(package, layout, options, account)
    objects = _objects(sheets.get(OBJECTS, ()), columns, account)
    rounds = _rounds(sheets.get(ROUNDS, ()), columns, options, account)
    if rounds is None and ACQUISITIONS in sheets:
        # Beside dated acquisitions, investments need the table that says when they were made.
        rounds = pd.DataFrame(columns=["date", "company", "round", "round_code", "amount", "currency"])
    parts: list[dict[str, object]] = []
    files: list[str] = []
    for sheet in sheets.get(INVESTMENTS, ()):
        parts.append(_investments(sheet, objects, rounds, columns, options, account))
        files.append(sheet.name)
    for sheet in sheets.get(ACQUISITIONS, ()):
        parts.append(_acquisitions(sheet, objects, columns, options, account))
        files.append(sheet.name)
    return deals.finish(parts, account, files)


def _objects(sheets: Sequence[Sheet], columns: Columns, account: Account) -> _Objects:
    frames = []
    seen: set[str] = set()
    for sheet in sheets:
        ids = sheet.names(columns.object_id)
        sheet.reject(ids == "", "missing_id")
        sheet.set_aside(repeated(ids, seen), "repeated_id")
        rows = np.flatnonzero(sheet.alive)
        seen.update(ids[rows])
        data = {"label": sheet.names("name")} | {
            level: sheet.cells(name) for level, name in columns.levels.items()
        }
        frames.append(pd.DataFrame({n: cells[rows] for n, cells in data.items()}, index=ids[rows]))
        sheet.close(account)
    return _Objects(pd.concat(frames) if frames else pd.DataFrame())


def _rounds(
    sheets: Sequence[Sheet], columns: Columns, options: Options, account: Account
) -> pd.DataFrame | None:
    """Read date, company, type and amount of each round; ``None`` without such a table."""
    frames = []
    seen: set[str] = set()
    for sheet in sheets:
        ids = sheet.cells(columns.round_id if sheet.has(columns.round_id) else "uuid")
        sheet.reject(ids == "", "missing_id")
        sheet.set_aside(repeated(ids, seen), "repeated_id")
        # A round without a usable date is kept: the investments in it are rejected for that reason.
        dates, missing, bad = read_dates(sheet, columns.round_date, options.year_range, MONTH_FIRST)
        sheet.note_mended("missing_year", missing)
        sheet.note_mended("bad_year", bad)
        money = deals.amounts(sheet, "raised_amount_usd", "USD")
        rows = np.flatnonzero(sheet.alive)
        seen.update(ids[rows])
        data = {
            "date": np.where(bad, "bad_year", dates),
            "company": sheet.names(columns.round_company),
            "round": sheet.cells("funding_round_type"),
            "round_code": sheet.cells("funding_round_code"),
            **money,
        }
        frames.append(pd.DataFrame({n: cells[rows] for n, cells in data.items()}, index=ids[rows]))
        sheet.close(account)
    return pd.concat(frames) if frames else None


def _investments(
    sheet: Sheet,
    objects: _Objects,
    rounds: pd.DataFrame | None,
    columns: Columns,
    options: Options,
    account: Account,
) -> dict[str, object]:
    round_ids = sheet.cells(columns.round_id)
    blank = np.full(sheet.rows, "", object)
    of_round: dict[str, Cells] = dict.fromkeys(("date", "company", "round", "round_code"), blank)
    money: dict[str, object] = {}
    if rounds is not None:
        joined = rounds.reindex(round_ids)
        of_round = {name: joined[name].fillna("").to_numpy(object) for name in of_round}
        money = {
            "amount": joined["amount"].to_numpy(float),
            "currency": joined["currency"].fillna("").to_numpy(object),
        }
    company = sheet.names("funded_object_id") if sheet.has("funded_object_id") else of_round["company"]
    company = np.where(company != "", company, of_round["company"])
    known = pd.Index(round_ids).isin(rounds.index) if rounds is not None else company != ""
    ends = {"source": sheet.names(columns.investor), "target": company}
    if not sheet.has("funded_object_id"):
        sheet.reject(~known, "unknown_round")
    labels = _labels(sheet, objects, ends, {"source": columns.investor_name})
    ends = {end: deals.identified(ids, labels[end]) for end, ids in ends.items()}
    deals.check_ends(sheet, ends, labels, options)
    if rounds is not None:
        sheet.reject(~known, "unknown_round")
        sheet.reject(of_round["date"] == "bad_year", "bad_year")
        sheet.reject(of_round["date"] == "", "missing_year")
    return _finished(sheet, objects, columns, ends, labels, account, of_round | {"id": round_ids} | money)


def _acquisitions(
    sheet: Sheet, objects: _Objects, columns: Columns, options: Options, account: Account
) -> dict[str, object]:
    ends = {"source": sheet.names(columns.acquirer), "target": sheet.names(columns.acquired)}
    labels = _labels(sheet, objects, ends, {"source": columns.acquirer_name, "target": columns.acquired_name})
    ends = {end: deals.identified(ids, labels[end]) for end, ids in ends.items()}
    deals.check_ends(sheet, ends, labels, options)
    name = "acquired_at" if sheet.has("acquired_at") else "acquired_on"
    dates = deals.check_dates(sheet, name, options, MONTH_FIRST)
    money = deals.amounts(sheet, columns.price, sheet.cells("price_currency_code"))
    number = next((n for n in ("acquisition_uuid", "acquisition_id", "uuid", "id") if sheet.has(n)), "")
    data = {"date": dates, "id": sheet.cells(number), **money}
    return _finished(sheet, objects, columns, ends, labels, account, data, deal=deals.ACQUISITION)


def _labels(
    sheet: Sheet, objects: _Objects, ends: Mapping[str, Cells], own: Mapping[str, str]
) -> dict[str, Cells]:
    """Return the names of both ends: those that stand in the row, else those of the table of objects."""
    found = {}
    for end, ids in ends.items():
        stated = sheet.names(own.get(end, ""))
        found[end] = np.where(stated != "", stated, objects.of(ids, "label"))
    return found


def _finished(
    sheet: Sheet,
    objects: _Objects,
    columns: Columns,
    ends: Mapping[str, Cells],
    labels: Mapping[str, Cells],
    account: Account,
    data: Mapping[str, object],
    *,
    deal: str = deals.FUNDING,
) -> dict[str, object]:
    rows = np.flatnonzero(sheet.alive)
    sheet.close(account)
    found: dict[str, object] = {}
    for end, ids in ends.items():
        found |= {f"{end}_id": ids[rows], end: labels[end][rows]}
        for level in columns.levels:
            cells = objects.of(ids[rows], level)
            found[f"{end}_{level}"] = deals.categories(cells) if level == "category" else cells
    found |= {name: np.asarray(cells)[rows] for name, cells in data.items() if name != "company"}
    found |= {"kind": np.full(rows.size, "investment", object), "deal": np.full(rows.size, deal, object)}
    return found
