"""CORDIS packages of today (FP7, Horizon 2020, Horizon Europe): organization.csv and project.csv.

Fields are parted by ``;`` and quoted, money has a decimal comma; copies with commas, a byte-order
mark or decimal points exist and are read alike. Without project.csv the network is undated.
legalBasis.csv names the programme part where project.csv does not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from clusters.intake.public import participations
from clusters.intake.public.frame import Account, Converted, Layout, Options, Table
from clusters.intake.public.package import Package
from clusters.intake.public.sheets import Sheet, read_sheets
from clusters.intake.values import read_flag

ORGANISATIONS = Table(
    "organization",
    ("project_id", "organisation_id", "name", "role"),
    (
        *("project_acronym", "vat_number", "short_name", "sme", "activity_type", "street", "post_code"),
        *("city", "country", "nuts_code", "geolocation", "organization_url", "contact_form", "rcn"),
        *("content_update_date", "order", "ec_contribution", "net_ec_contribution", "total_cost"),
        *("end_of_participation", "active"),
    ),
)
PROJECTS = Table(
    "project",
    ("id", "acronym", "start_date"),
    (
        *(
            "framework_programme",
            "status",
            "title",
            "end_date",
            "total_cost",
            "ec_max_contribution",
            "legal_basis",
        ),
        *("topics", "ec_signature_date", "master_call", "sub_call", "funding_scheme", "nature"),
        *("objective", "content_update_date", "rcn", "grant_doi"),
    ),
    optional=True,
)
PARTS = Table("legalBasis", ("project_id", "legal_basis", "unique_programme_part"), ("title",), optional=True)
ALIASES = {"organization_id": "organisation_id", "org_id": "organisation_id"}
COLUMNS = participations.Columns("project_id", "organisation_id", "name")


def convert(package: Package, options: Options) -> Converted:
    """Convert the files of a CORDIS package."""
    account = Account()
    sheets = read_sheets(package, LAYOUT, options, account)
    projects = participations.read_projects(
        sheets.get(PROJECTS.name, ()), "id", "start_date", "legal_basis", options, account
    )
    if PARTS.name in sheets:
        _add_parts(sheets[PARTS.name], projects, account)
    return participations.convert(sheets[ORGANISATIONS.name], COLUMNS, projects, options, account)


def _add_parts(sheets: Sequence[Sheet], projects: participations.Projects | None, account: Account) -> None:
    """Take the programme parts of projects that name none themselves; the unique part is the first."""
    for sheet in sheets:
        ids, parts = sheet.cells("project_id"), sheet.cells("legal_basis")
        sheet.reject(ids == "", "missing_project")
        sheet.set_aside(parts == "", "missing_programme")
        unique = np.array([read_flag(text) is True for text in sheet.cells("unique_programme_part")], bool)
        found: dict[str, list[str]] = {}
        for at in [*np.flatnonzero(sheet.alive & unique), *np.flatnonzero(sheet.alive & ~unique)]:
            found.setdefault(ids[at], []).append(parts[at])
        for project in projects.programme if projects is not None else ():
            if projects is not None and not projects.programme[project]:
                projects.programme[project] = "|".join(dict.fromkeys(found.get(project, ())))
        sheet.close(account)


LAYOUT = Layout(
    "cordis",
    "CORDIS packages of today: organization.csv, project.csv",
    convert,
    (ORGANISATIONS, PROJECTS, PARTS),
    ALIASES,
    frozenset({"expand", "largest"}),
)
