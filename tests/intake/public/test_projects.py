"""CORDIS of today and until 2020, and the Horizon dashboard: made-up packages with real dirt."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.intake.public import LAYOUTS, Options
from clusters.intake.public.package import Member, Package
from clusters.relations import read_relations


def split(header):
    return header.split(";")


ORGANISATION = split(
    "projectID;projectAcronym;organisationID;vatNumber;name;shortName;SME;activityType;street;postCode;city;"
    "country;nutsCode;geolocation;organizationURL;contactForm;contentUpdateDate;rcn;order;role;ecContribution;"
    "netEcContribution;totalCost;endOfParticipation;active"
)
PROJECT = split(
    "id;acronym;status;title;startDate;endDate;totalCost;ecMaxContribution;legalBasis;topics;ecSignatureDate;"
    "frameworkProgramme;masterCall;subCall;fundingScheme;nature;objective;contentUpdateDate;rcn;grantDoi"
)


def table(header, rows, *, separator=";", bom=False, quoting=csv.QUOTE_ALL):
    out = io.StringIO()
    writer = csv.DictWriter(
        out, header, restval="", delimiter=separator, quoting=quoting, lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig" if bom else "utf-8")


def converted(layout, files, **options):
    members = tuple(Member(name, lambda data=data: data) for name, data in files.items())
    return LAYOUTS[layout].convert(Package(members), Options(**options))


def fates(found, file, stage="read"):
    account = found.account.table()
    account = account[(account["file"] == file) & (account["stage"] == stage)]
    return {(o, r): n for o, r, n in zip(account["outcome"], account["reason"], account["rows"], strict=True)}


def member(project, organisation, role="participant", money="", **more):
    return {
        "projectID": project,
        "organisationID": organisation,
        "name": f"ORGANISATION {organisation}",
        "role": role,
        "ecContribution": money,
        "country": "EL",
        "city": "ATHINA",
        "activityType": "HES",
        **more,
    }


def project(number, start="2021-03-01", **more):
    more = {"legalBasis": "HORIZON.2.4", "objective": 'a "quoted"; text\nof two lines', **more}
    return {"id": number, "acronym": f"P{number}", "startDate": start, **more}


MEMBERS = [
    member("1", "100", "coordinator", "1000,5"),
    member("1", "200", "participant", "317625,25"),
    member("1", "300", "thirdParty", "0"),
    member("1", "200", "participant", "1"),
    member("2", "100", "coordinator"),
    member("3", "100", "coordinator", "5"),
    member("3", "400", "coordinator", "7,5"),
    member("3", "", "associatedPartner", "-3", name="NAMED\nONLY"),
    member("4", "500", "coordinator"),
    member("4", "600"),
    member("5", "500"),
    member("5", "600"),
    member("9", "500", "coordinator"),
    member("", "500"),
    member("1", "N/A", name="  "),
]
PROJECTS = [
    project("1"),
    project("2"),
    project("3", "2021-04-01"),
    project("4", ""),
    project("5"),
    project("1"),
]


def test_a_package_by_hand():
    found = converted(
        "cordis", {"organization.csv": table(ORGANISATION, MEMBERS), "project.csv": table(PROJECT, PROJECTS)}
    )
    columns = ["source_id", "target_id", "year", "kind", "weight", "participation"]
    rows = found.relations[columns].astype(object).replace({np.nan: None})
    assert rows.values.tolist() == [
        ["100", "200", 2021, "project participation", 317625.25, "participant"],
        ["100", "300", 2021, "linked third party / partner", 0.0, "thirdparty"],
        ["100", "400", 2021, "project participation", 7.5, "coordinator"],
        ["100", "NAMED ONLY", 2021, "linked third party / partner", None, "associatedpartner"],
    ]
    assert found.relations["source"].tolist() == ["ORGANISATION 100"] * 4
    assert found.relations["target_country"].tolist() == ["EL"] * 4
    assert found.relations["programme"].tolist() == ["HORIZON.2.4"] * 4
    assert fates(found, "organization.csv") == {
        ("rows", ""): 15,
        ("accepted", ""): 6,
        ("rejected", "missing_year"): 2,
        ("rejected", "unknown_project"): 1,
        ("rejected", "missing_project"): 1,
        ("rejected", "missing_organisation"): 1,
        ("set_aside", "repeated_participant"): 1,
        ("set_aside", "single_participant"): 1,
        ("set_aside", "no_coordinator"): 2,
        ("mended", "further_coordinator"): 1,
        ("mended", "negative_amount"): 1,
    }
    assert fates(found, "project.csv") == {
        ("rows", ""): 6,
        ("accepted", ""): 4,
        ("rejected", "missing_year"): 1,
        ("set_aside", "repeated_project"): 1,
    }
    # The objective holds a line break: the fourth project begins in line 8, the sixth in line 12.
    lost = found.account.not_used()
    assert lost.loc[lost["file"] == "project.csv", ["line", "reason"]].values.tolist() == [
        [8, "missing_year"],
        [12, "repeated_project"],
    ]
    assert found.nodes["node"].tolist()[:3] == ["100", "200", "300"]


def test_copies_with_commas_and_points_read_alike():
    other = [{**row, "ecContribution": row["ecContribution"].replace(",", ".")} for row in MEMBERS]
    one = converted(
        "cordis", {"organization.csv": table(ORGANISATION, MEMBERS), "project.csv": table(PROJECT, PROJECTS)}
    )
    two = converted(
        "cordis",
        {
            "project.csv": table(PROJECT, PROJECTS, separator=",", bom=True, quoting=csv.QUOTE_MINIMAL),
            "organization.csv": table(
                ORGANISATION, other, separator=",", bom=True, quoting=csv.QUOTE_MINIMAL
            ),
        },
    )
    pd.testing.assert_frame_equal(one.relations, two.relations)


def test_a_clique_has_every_pair_once_and_large_ones_can_be_left_out():
    files = {"organization.csv": table(ORGANISATION, MEMBERS), "project.csv": table(PROJECT, PROJECTS)}
    found = converted("cordis", files, expand="clique")
    pairs = found.relations[["source_id", "target_id"]].values.tolist()
    assert pairs == [
        *(["100", "200"], ["100", "300"], ["200", "300"]),
        *(["100", "400"], ["100", "NAMED ONLY"], ["400", "NAMED ONLY"]),
        ["500", "600"],
    ]
    assert "weight" not in found.relations
    assert (
        fates(converted("cordis", files, largest=2), "organization.csv")["set_aside", "large_consortium"] == 6
    )


def test_without_projects_the_network_is_undated():
    found = converted("cordis", {"organization.csv": table(ORGANISATION, MEMBERS)})
    assert "year" not in found.relations
    assert "no year" in found.notes[0]
    assert not read_relations(found.relations).dated


def test_the_legal_basis_may_stand_in_its_own_table():
    parts = table(
        ["projectID", "legalBasis", "title", "uniqueProgrammePart"],
        [
            {"projectID": "1", "legalBasis": "HORIZON.2.1", "title": "x"},
            {"projectID": "1", "legalBasis": "HORIZON.1.2", "title": "x", "uniqueProgrammePart": "true"},
        ],
        separator=",",
    )
    projects = [project("1", legalBasis=""), project("3", legalBasis="HORIZON.3")]
    files = {"organization.csv": table(ORGANISATION, MEMBERS), "project.csv": table(PROJECT, projects)}
    found = converted("cordis", {**files, "legalBasis.csv": parts})
    said = dict(zip(found.relations["project_id"], found.relations["programme"], strict=True))
    assert said == {"1": "HORIZON.1.2|HORIZON.2.1", "3": "HORIZON.3"}


def test_cordis_until_2020_by_hand():
    header = split(
        "projectRcn;projectID;projectAcronym;role;id;name;shortName;activityType;endOfParticipation;"
        "ecContribution;country;street;city"
    )
    rows = [
        {
            "projectRcn": "11",
            "projectID": "1",
            "role": "coordinator",
            "id": "100",
            "name": "A",
            "country": "UK",
        },
        {
            "projectRcn": "11",
            "projectID": "1",
            "role": "partner",
            "id": "200",
            "name": "B",
            "ecContribution": "2,5",
        },
    ]
    header_2 = split("rcn;id;acronym;status;programme;topics;title;startDate;endDate;objective;totalCost")
    projects = [
        {
            "rcn": "11",
            "id": "1",
            "acronym": "X",
            "programme": "H2020-EU.1.; H2020-EU.2.",
            "startDate": "2016-05-01",
        }
    ]
    found = converted(
        "cordis-2020",
        {
            "cordis-h2020organizations.csv": table(header, rows),
            "cordis-h2020projects.csv": table(header_2, projects),
        },
    )
    row = found.relations.iloc[0]
    assert row[["source_id", "target_id", "date", "programme", "weight"]].tolist() == [
        *("100", "200", "2016-05-01", "H2020-EU.1.|H2020-EU.2."),
        2.5,
    ]
    assert row["kind"] == "linked third party / partner"


def test_the_dashboard_writes_the_day_first():
    header = ["project_nbr", "pic", "legal_name", "partner_role", "city", "nuts_3_code", "country_code"]
    header += ["project_start_date", "eu_contribution", "legal_entity_type", "thematic_priority_abbr"]
    rows = [
        {"project_nbr": "1", "pic": "100", "legal_name": "A", "partner_role": "Coordinator"},
        {
            "project_nbr": "1",
            "pic": "200",
            "legal_name": "B",
            "partner_role": "Participant",
            "eu_contribution": "-",
        },
        {"project_nbr": "2", "pic": "100", "legal_name": "A", "partner_role": "COORDINATOR"},
        {"project_nbr": "2", "pic": "300", "legal_name": "C", "partner_role": "Participant"},
    ]
    starts = ["03/12/2020", "03/12/2020", "12/31/2020", "31/12/2020"]
    rows = [{**row, "project_start_date": start} for row, start in zip(rows, starts, strict=True)]
    found = converted("horizon-dashboard", {"export.csv": table(header, rows, separator=",")})
    assert found.relations[["source_id", "target_id", "date"]].values.tolist() == [
        ["100", "200", "2020-12-03"]
    ]
    assert fates(found, "export.csv")["rejected", "bad_year"] == 1
    assert fates(found, "export.csv")["set_aside", "single_participant"] == 1


texts = st.text(st.sampled_from("ab1 \"';,\n\r\t\u200bАé-="), max_size=6)
roles = st.sampled_from(["coordinator", "participant", "thirdParty", "", "x"])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(texts, texts, texts, roles, texts), max_size=15),
    st.lists(st.tuples(texts, st.sampled_from(["2020-01-01", "", "1201-01-01", "x", "2020"])), max_size=6),
    st.sampled_from(["star", "clique"]),
)
def test_every_row_has_one_fate_and_the_result_is_clean(members, projects, how):
    names = ("projectID", "organisationID", "name", "role", "ecContribution")
    files = {
        "organization.csv": table(ORGANISATION, [dict(zip(names, row, strict=True)) for row in members]),
        "project.csv": table(PROJECT, [{"id": p, "startDate": d} for p, d in projects]),
    }
    found = converted("cordis", files, expand=how)
    for file in files:
        fate = fates(found, file)
        known = sum(n for (o, _), n in fate.items() if o in ("accepted", "rejected", "set_aside"))
        assert fate["rows", ""] == known
    if len(found.relations):
        account = read_relations(found.relations).account
        assert (account.rejected, account.self_loops) == (0, 0)


def test_the_relations_of_horizon_2020_from_its_participations(shared):
    folder = shared / "data" / "cordis_h2020"
    rows = pd.read_csv(folder / "participations.csv.gz", dtype=str, keep_default_na=False)
    published = pd.read_csv(folder / "relations.csv.gz", dtype=str, keep_default_na=False)
    names = {"project_id": "projectID", "org_id": "organisationID", "contribution_eur": "ecContribution"}
    own = rows.rename(columns=names).assign(name="")
    own["ecContribution"] = own["ecContribution"].str.replace(".", ",")
    starts = rows.drop_duplicates("project_id").rename(
        columns={"project_id": "id", "start_date": "startDate"}
    )
    starts = starts.assign(acronym="")[["id", "acronym", "startDate"]]
    found = converted(
        "cordis",
        {
            "organization.csv": own.to_csv(sep=";", index=False, quoting=csv.QUOTE_ALL).encode(),
            "project.csv": starts.to_csv(sep=";", index=False, quoting=csv.QUOTE_ALL).encode(),
        },
    )
    dated = published[published["year"] != ""]
    assert (len(found.relations), len(dated)) == (113_274, 113_274)
    key = ["project_id", "source_id", "target_id"]
    both = found.relations.merge(dated, on=key, suffixes=("", "_published"), validate="1:1")
    assert len(both) == len(dated)
    assert (both["date"] == both["date_published"]).all()
    assert (both["kind"] == both["relation_type"]).all()
    weight = pd.to_numeric(both["weight_eur"], errors="coerce")
    assert both["weight"].fillna(-1).to_numpy() == pytest.approx(weight.fillna(-1).to_numpy())
    fate = fates(found, "organization.csv")
    # Of 19,050 projects of one participant five have no start, and are rejected before.
    assert fate["set_aside", "single_participant"] + fate["rejected", "missing_year"] == 19_045 + 7
    assert fate["mended", "further_coordinator"] == 25
    assert fate["rows", ""] == len(rows) == 144_726
