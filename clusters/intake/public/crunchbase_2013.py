r"""Crunchbase's snapshot of 2013: tables of a database that name objects by ids such as ``c:1``.

Needs investments.csv with funding_rounds.csv (for the dates), or acquisitions.csv; objects.csv
gives names and places. The tables may be called cb_investments.csv and so on; what counts are
their columns. ``\N`` and NULL are missing values.
"""

from __future__ import annotations

from clusters.intake.public import _crunchbase_tables as tables
from clusters.intake.public.frame import Converted, Layout, Options, Table
from clusters.intake.public.package import Package

COLUMNS = tables.Columns(
    object_id="id",
    round_id="funding_round_id",
    round_company="object_id",
    round_date="funded_at",
    investor="investor_object_id",
    acquirer="acquiring_object_id",
    acquired="acquired_object_id",
    price="price_amount",
    levels={
        "type": "entity_type",
        "category": "category_code",
        "country": "country_code",
        "state": "state_code",
        "region": "region",
        "city": "city",
    },
)
TABLES = (
    Table(
        tables.INVESTMENTS,
        ("funding_round_id", "funded_object_id", "investor_object_id"),
        ("id", "created_at", "updated_at"),
        optional=True,
    ),
    Table(
        tables.ACQUISITIONS,
        ("acquiring_object_id", "acquired_object_id", "acquired_at"),
        ("id", "acquisition_id", "term_code", "price_amount", "price_currency_code"),
        optional=True,
    ),
    Table(
        tables.ROUNDS,
        ("funding_round_id", "object_id", "funded_at"),
        ("funding_round_type", "funding_round_code", "raised_amount_usd", "raised_currency_code"),
        optional=True,
    ),
    Table(
        tables.OBJECTS,
        ("id", "entity_type", "name"),
        ("permalink", "category_code", "country_code", "state_code", "region", "city", "normalized_name"),
        optional=True,
    ),
)


def convert(package: Package, options: Options) -> Converted:
    """Convert the tables of the snapshot."""
    return tables.convert(LAYOUT, COLUMNS, package, options)


LAYOUT = Layout(
    "crunchbase-2013",
    "Crunchbase's snapshot of 2013: investments, funding_rounds, acquisitions, objects",
    convert,
    TABLES,
    {},
    frozenset({"keep_placeholders"}),
)
