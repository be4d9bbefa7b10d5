"""Crunchbase's exports since 2016: tables that name organisations and rounds by UUID.

Needs investments.csv with funding_rounds.csv (for companies and dates), or acquisitions.csv;
organizations.csv gives names and places.
"""

from __future__ import annotations

from clusters.intake.public import _crunchbase_tables as tables
from clusters.intake.public.frame import Converted, Layout, Options, Table
from clusters.intake.public.package import Package

COLUMNS = tables.Columns(
    object_id="uuid",
    round_id="funding_round_uuid",
    round_company="company_uuid",
    round_date="announced_on",
    investor="investor_uuid",
    investor_name="investor_name",
    acquirer="acquirer_uuid",
    acquirer_name="acquirer_name",
    acquired="acquiree_uuid",
    acquired_name="acquiree_name",
    price="price",
    levels={
        "type": "primary_role",
        "category": "category_list",
        "country": "country_code",
        "state": "state_code",
        "region": "region",
        "city": "city",
    },
)
TABLES = (
    Table(
        tables.INVESTMENTS,
        ("funding_round_uuid", "investor_uuid"),
        ("is_lead_investor", "investor_name", "investor_type"),
        optional=True,
    ),
    Table(
        tables.ACQUISITIONS,
        ("acquiree_name", "acquirer_name", "acquired_on"),
        ("acquiree_uuid", "acquirer_uuid", "price", "price_currency_code", "acquisition_uuid"),
        optional=True,
    ),
    Table(
        tables.ROUNDS,
        ("company_uuid", "announced_on"),
        (
            "funding_round_uuid",
            "uuid",
            "funding_round_type",
            "funding_round_code",
            "raised_amount_usd",
            "investor_count",
        ),
        optional=True,
    ),
    Table(
        tables.OBJECTS,
        ("uuid", "name", "country_code"),
        ("primary_role", "category_list", "state_code", "region", "city", "permalink", "domain"),
        optional=True,
    ),
)
ALIASES = {
    "org_uuid": "company_uuid",
    "company_name": "name",
    "category_groups_list": "category_group_list",
    "investment_type": "funding_round_type",
    "roles": "primary_role",
    "price_amount": "price",
    "acquired_at": "acquired_on",
}


def convert(package: Package, options: Options) -> Converted:
    """Convert the tables of an export."""
    return tables.convert(LAYOUT, COLUMNS, package, options)


LAYOUT = Layout(
    "crunchbase-2016",
    "Crunchbase's exports since 2016: investments, funding_rounds, acquisitions, organizations",
    convert,
    TABLES,
    ALIASES,
    frozenset({"keep_placeholders"}),
)
