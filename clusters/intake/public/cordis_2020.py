"""CORDIS until 2020: cordis-h2020organizations.csv and cordis-h2020projects.csv (FP7 alike).

Participations name their project by ``projectRcn`` (or ``projectID``), organisations have their
number in ``id``; ``programme`` lists several programme parts with ``;`` between them.
"""

from __future__ import annotations

from clusters.intake.public import participations
from clusters.intake.public.frame import Account, Converted, Layout, Options, Table
from clusters.intake.public.package import Package
from clusters.intake.public.sheets import read_sheets

ORGANISATIONS = Table(
    "organizations",
    ("project_rcn", "id", "name", "role"),
    (
        *("project_id", "project_acronym", "short_name", "activity_type", "end_of_participation"),
        *("ec_contribution", "country", "street", "city", "post_code", "organization_url", "vat_number"),
        *("contact_form", "contact_type", "contact_title", "contact_first_names", "contact_last_names"),
        *("contact_function", "contact_telephone_number", "contact_fax_number", "contact_email"),
    ),
)
PROJECTS = Table(
    "projects",
    ("rcn", "acronym", "start_date"),
    (
        *("id", "status", "programme", "topics", "framework_programme", "title", "end_date"),
        *("project_url", "objective", "total_cost", "ec_max_contribution", "call", "funding_scheme"),
        *("coordinator", "coordinator_country", "participants", "participant_countries", "subjects"),
    ),
    optional=True,
)
COLUMNS = participations.Columns("project_rcn", "id", "name")


def convert(package: Package, options: Options) -> Converted:
    """Convert the files of a CORDIS package of 2020 or before."""
    account = Account()
    sheets = read_sheets(package, LAYOUT, options, account)
    projects = participations.read_projects(
        sheets.get(PROJECTS.name, ()), "rcn", "start_date", "programme", options, account
    )
    if projects is not None:
        for project, text in projects.programme.items():
            projects.programme[project] = "|".join(p.strip() for p in text.split(";") if p.strip())
    return participations.convert(sheets[ORGANISATIONS.name], COLUMNS, projects, options, account)


LAYOUT = Layout(
    "cordis-2020",
    "CORDIS until 2020: cordis-h2020organizations.csv, cordis-h2020projects.csv",
    convert,
    (ORGANISATIONS, PROJECTS),
    {"project_reference": "project_id"},
    frozenset({"expand", "largest"}),
)
