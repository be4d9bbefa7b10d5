"""Exports of the Horizon dashboard: one row per participation, dates with the day first."""

from __future__ import annotations

from clusters.intake.public import participations
from clusters.intake.public.dates import DAY_FIRST, read_dates
from clusters.intake.public.frame import Account, Converted, Layout, Options, Table
from clusters.intake.public.package import Package
from clusters.intake.public.sheets import read_sheets

TABLE = Table(
    "participations",
    ("pic", "legal_name", "partner_role", "project"),
    (
        *("city", "nuts_3_code", "nuts_3_name", "country_code", "project_start_date", "project_acronym"),
        *("legal_entity_type", "eu_contribution", "sme", "pillar_abbr", "pillar_descr"),
        *("thematic_priority_abbr", "thematic_priority_descr", "topic_code", "topic_description"),
        *("signature_date", "call_deadline_date", "project_end_date", "type_of_action"),
    ),
)
ALIASES = {
    **dict.fromkeys(("general_pic", "pic_number", "participant_pic"), "pic"),
    **dict.fromkeys(("organisation_name", "organization_name", "participant_legal_name"), "legal_name"),
    **dict.fromkeys(("role", "participant_role", "participation_role"), "partner_role"),
    **dict.fromkeys(
        ("project_nbr", "project_number", "project_id", "project_nr", "project_no", "grant_agreement_number"),
        "project",
    ),
    **dict.fromkeys(("country", "participant_country_code"), "country_code"),
    **dict.fromkeys(("start_date", "project_start"), "project_start_date"),
    **dict.fromkeys(
        ("net_eu_contribution", "h2020_net_eu_contribution", "ec_contribution", "h2020_eu_contribution"),
        "eu_contribution",
    ),
    **dict.fromkeys(
        ("organisation_type", "organization_type", "legal_entity_type_code"), "legal_entity_type"
    ),
    **dict.fromkeys(("nuts_3", "nuts3_code", "nuts_code"), "nuts_3_code"),
    **dict.fromkeys(("thematic_priority", "thema"), "thematic_priority_abbr"),
    "acronym": "project_acronym",
}
COLUMNS = participations.Columns(
    "project",
    "pic",
    "legal_name",
    role="partner_role",
    type="legal_entity_type",
    country="country_code",
    nuts="nuts_3_code",
    money=("eu_contribution",),
    programme="thematic_priority_abbr",
)


def convert(package: Package, options: Options) -> Converted:
    """Convert an export of the Horizon dashboard."""
    account = Account()
    sheets = read_sheets(package, LAYOUT, options, account)[TABLE.name]
    dates = None
    if any(sheet.has("project_start_date") for sheet in sheets):
        dates = [read_dates(sheet, "project_start_date", options.year_range, DAY_FIRST) for sheet in sheets]
    return participations.convert(sheets, COLUMNS, dates, options, account)


LAYOUT = Layout(
    "horizon-dashboard",
    "export of the Horizon dashboard, one row per participation",
    convert,
    (TABLE,),
    ALIASES,
    frozenset({"expand", "largest"}),
)
