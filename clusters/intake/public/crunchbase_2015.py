"""Crunchbase's monthly exports of 2014 and 2015: investments.csv and acquisitions.csv.

One row per investor and round, with the attributes of both ends beside it. Lists of categories are
written ``|a|b|`` in 2014 and ``a|b`` in 2015. The tutorial copies with ``category_code`` and dates
such as ``1/9/13`` (month first) have the same columns. Further tables are not used.
"""

from __future__ import annotations

import numpy as np

from clusters.intake.public import deals
from clusters.intake.public.dates import MONTH_FIRST
from clusters.intake.public.frame import Account, Converted, Layout, Options, Table
from clusters.intake.public.package import Package
from clusters.intake.public.sheets import Cells, Sheet, read_sheets

_OF_END = ("name", "category_list", "category_code", "market", "country_code", "state_code", "region", "city")
INVESTMENTS = Table(
    "investments",
    ("company_permalink", "investor_permalink", "funded_at"),
    (
        *(f"{end}_{name}" for end in ("company", "investor") for name in _OF_END),
        *("funding_round_permalink", "funding_round_type", "funding_round_code", "funded_month"),
        *("funded_quarter", "funded_year", "raised_amount_usd"),
    ),
    optional=True,
)
ACQUISITIONS = Table(
    "acquisitions",
    ("company_permalink", "acquirer_permalink", "acquired_at"),
    (
        *(f"{end}_{name}" for end in ("company", "acquirer") for name in _OF_END),
        *("acquired_month", "acquired_quarter", "acquired_year", "price_amount", "price_currency_code"),
    ),
    optional=True,
)
_LEVELS = {
    "country": "country_code",
    "state": "state_code",
    "region": "region",
    "city": "city",
    "market": "market",
}


def convert(package: Package, options: Options) -> Converted:
    """Convert investments and acquisitions."""
    account = Account()
    sheets = read_sheets(package, LAYOUT, options, account)
    parts: list[dict[str, object]] = []
    files: list[str] = []
    for sheet in (*sheets.get(INVESTMENTS.name, ()), *sheets.get(ACQUISITIONS.name, ())):
        parts.append(_relations(sheet, options, account))
        files.append(sheet.name)
    return deals.finish(parts, account, files)


def _relations(sheet: Sheet, options: Options, account: Account) -> dict[str, object]:
    bought = sheet.table is ACQUISITIONS
    giver, when = ("acquirer", "acquired") if bought else ("investor", "funded")
    prefixes = {"source": giver, "target": "company"}
    labels = {end: sheet.names(f"{prefix}_name") for end, prefix in prefixes.items()}
    ids = {end: _id(sheet, prefix, labels[end]) for end, prefix in prefixes.items()}
    deals.check_ends(sheet, ids, labels, options)
    dates = deals.check_dates(sheet, f"{when}_at", options, MONTH_FIRST, f"{when}_year")
    if bought:
        money = deals.amounts(sheet, "price_amount", sheet.cells("price_currency_code"))
    else:
        money = deals.amounts(sheet, "raised_amount_usd", "USD")
    rows = np.flatnonzero(sheet.alive)
    found: dict[str, Cells] = {}
    for end, prefix in prefixes.items():
        found |= {f"{end}_id": ids[end], end: labels[end]}
        found |= {f"{end}_{level}": sheet.cells(f"{prefix}_{name}") for level, name in _LEVELS.items()}
        listed = sheet.cells(f"{prefix}_category_list")
        found[f"{end}_category"] = deals.categories(
            np.where(listed != "", listed, sheet.cells(f"{prefix}_category_code"))
        )
    sheet.close(account)
    texts = {
        "round": np.full(sheet.rows, "", object) if bought else sheet.cells("funding_round_type"),
        "round_code": sheet.cells("funding_round_code"),
        "id": sheet.cells("funding_round_permalink"),
    }
    return {
        **{name: cells[rows] for name, cells in {**found, **texts, **money, "date": dates}.items()},
        "kind": np.full(rows.size, "investment", object),
        "deal": np.full(rows.size, deals.ACQUISITION if bought else deals.FUNDING, object),
    }


def _id(sheet: Sheet, prefix: str, labels: Cells) -> Cells:
    """Return the permalinks of one end; the name where there is none."""
    ids = sheet.names(f"{prefix}_permalink")
    return deals.identified(ids, labels)


LAYOUT = Layout(
    "crunchbase-2015",
    "Crunchbase's monthly exports of 2014 and 2015: investments.csv, acquisitions.csv",
    convert,
    (INVESTMENTS, ACQUISITIONS),
    {},
    frozenset({"keep_placeholders"}),
)
