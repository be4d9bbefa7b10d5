"""Crunchbase in its three layouts: made-up rows with the dirt of real exports."""

from __future__ import annotations

import csv
import io

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.intake.public import LAYOUTS, Options
from clusters.intake.public.package import Member, Package
from clusters.relations import read_relations

OF_END = ("permalink", "name", "category_list", "market", "country_code", "state_code", "region", "city")
INVESTMENTS = [
    *(f"{end}_{name}" for end in ("company", "investor") for name in OF_END),
    *("funding_round_permalink", "funding_round_type", "funding_round_code", "funded_at", "funded_month"),
    *("funded_quarter", "funded_year", "raised_amount_usd"),
]
ACQUISITIONS = [
    *(f"{end}_{name}" for end in ("company", "acquirer") for name in OF_END),
    *(
        "acquired_at",
        "acquired_month",
        "acquired_quarter",
        "acquired_year",
        "price_amount",
        "price_currency_code",
    ),
]


def table(header, rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def converted(layout, files, **options):
    members = tuple(Member(name, lambda data=data: data) for name, data in files.items())
    return LAYOUTS[layout].convert(Package(members), Options(**options))


def fates(found, file):
    account = found.account.table()
    account = account[(account["file"] == file) & (account["stage"] == "read")]
    return {(o, r): n for o, r, n in zip(account["outcome"], account["reason"], account["rows"], strict=True)}


def investment(company, investor, when="2013-10-01", **more):
    return {
        "company_permalink": f"/organization/{company}" if company else "",
        "company_name": company,
        "investor_permalink": f"/organization/{investor}" if investor else "",
        "investor_name": investor,
        "funded_at": when,
        **more,
    }


def acquisition(company, acquirer, when="2014-02-03", **more):
    return {
        "company_permalink": f"/organization/{company}",
        "company_name": company,
        "acquirer_permalink": f"/organization/{acquirer}",
        "acquirer_name": acquirer,
        "acquired_at": when,
        **more,
    }


def test_exports_of_2014_and_2015_by_hand():
    more = {
        "company_category_list": "|Internet|Games|",
        "company_country_code": "USA",
        "investor_city": "Paris",
    }
    investments = [
        investment("aa", "vc", raised_amount_usd=" 1,000,000 ", funding_round_type="venture", **more),
        investment("bb", "vc", "1/9/13", company_category_list="Internet|Games", investor_permalink=""),
        investment("bb", "", "2013-01-01"),
        investment("bb", "Undisclosed Investors"),
        investment("bb", "bb"),
        investment("cc", "vc", "", funded_year="2012"),
        investment("dd", "vc", ""),
        investment("d\nd", "v\nc", "2011-11-11"),
    ]
    acquisitions = [
        acquisition("aa", "buyer", price_amount="5000000", price_currency_code="EUR"),
        acquisition("aa", "aa"),
        acquisition("bb", "buyer", "1201-01-01"),
        acquisition("cc", "buyer", "3201-01-01"),
    ]
    files = {
        "investments.csv": table(INVESTMENTS, investments),
        "acquisitions.csv": table(ACQUISITIONS, acquisitions),
    }
    found = converted("crunchbase-2015", files)
    columns = ["source_id", "target", "date", "deal", "amount", "currency"]
    assert found.relations[columns].astype(object).replace({np.nan: None}).values.tolist() == [
        ["/organization/vc", "aa", "2013-10-01", "funding", 1e6, "USD"],
        ["vc", "bb", "2013-01-09", "funding", None, ""],
        ["/organization/vc", "cc", "2012", "funding", None, ""],
        ["/organization/v c", "d d", "2011-11-11", "funding", None, ""],
        ["/organization/buyer", "aa", "2014-02-03", "acquisition", 5e6, "EUR"],
    ]
    assert found.relations["target_category"].tolist()[:2] == ["Internet|Games", "Internet|Games"]
    assert fates(found, "investments.csv") == {
        ("rows", ""): 8,
        ("accepted", ""): 4,
        ("rejected", "missing_source"): 1,
        ("rejected", "missing_year"): 1,
        ("set_aside", "placeholder_source"): 1,
        ("set_aside", "self_relation"): 1,
    }
    assert fates(found, "acquisitions.csv") == {
        ("rows", ""): 4,
        ("accepted", ""): 1,
        ("rejected", "bad_year"): 2,
        ("set_aside", "self_relation"): 1,
    }
    assert read_relations(found.relations).kinds == ["investment"]


def test_the_snapshot_of_2013_by_hand():
    files = {
        "cb_objects.csv": table(
            ["id", "entity_type", "name", "country_code", "city"],
            [
                {
                    "id": "c:1",
                    "entity_type": "Company",
                    "name": "Alpha",
                    "country_code": "USA",
                    "city": r"\N",
                },
                {"id": "f:2", "entity_type": "FinancialOrg", "name": "Beta", "country_code": "NULL"},
                {"id": "c:3", "entity_type": "Company", "name": "Gamma"},
                {"id": "c:3", "entity_type": "Company", "name": "Gamma again"},
            ],
        ),
        "cb_funding_rounds.csv": table(
            ["id", "funding_round_id", "object_id", "funded_at", "funding_round_type", "raised_amount_usd"],
            [
                {
                    "funding_round_id": "10",
                    "object_id": "c:1",
                    "funded_at": "2007-05-01",
                    "raised_amount_usd": "5",
                },
                {"funding_round_id": "11", "object_id": "c:3", "funded_at": r"\N"},
                {"funding_round_id": "12", "object_id": "c:3", "funded_at": "0002-12-02"},
            ],
        ),
        "cb_investments.csv": table(
            ["id", "funding_round_id", "funded_object_id", "investor_object_id"],
            [
                {"funding_round_id": "10", "funded_object_id": "c:1", "investor_object_id": "f:2"},
                {"funding_round_id": "10", "funded_object_id": "c:1", "investor_object_id": "p:9"},
                {"funding_round_id": "11", "funded_object_id": "c:3", "investor_object_id": "f:2"},
                {"funding_round_id": "12", "funded_object_id": "c:3", "investor_object_id": "f:2"},
                {"funding_round_id": "99", "funded_object_id": "c:3", "investor_object_id": "f:2"},
                {"funding_round_id": "10", "funded_object_id": "c:1", "investor_object_id": r"\N"},
            ],
        ),
        "cb_acquisitions.csv": table(
            [
                "acquisition_id",
                "acquiring_object_id",
                "acquired_object_id",
                "price_amount",
                "price_currency_code",
                "acquired_at",
            ],
            [
                {
                    "acquiring_object_id": "c:1",
                    "acquired_object_id": "c:3",
                    "price_amount": "7",
                    "acquired_at": "2010-01-01",
                },
                {"acquiring_object_id": "c:1", "acquired_object_id": "c:1", "acquired_at": "2010-01-01"},
            ],
        ),
        "cb_people.csv": table(["id", "first_name"], [{"id": "1", "first_name": "x"}]),
    }
    found = converted("crunchbase-2013", files)
    columns = ["source_id", "source", "target_id", "target", "date", "deal", "amount"]
    assert found.relations[columns].values.tolist() == [
        ["f:2", "Beta", "c:1", "Alpha", "2007-05-01", "funding", 5.0],
        ["p:9", "", "c:1", "Alpha", "2007-05-01", "funding", 5.0],
        ["c:1", "Alpha", "c:3", "Gamma", "2010-01-01", "acquisition", 7.0],
    ]
    assert fates(found, "cb_investments.csv") == {
        ("rows", ""): 6,
        ("accepted", ""): 2,
        ("rejected", "missing_year"): 1,
        ("rejected", "bad_year"): 1,
        ("rejected", "unknown_round"): 1,
        ("rejected", "missing_source"): 1,
    }
    assert fates(found, "cb_objects.csv")["set_aside", "repeated_id"] == 1
    assert fates(found, "cb_people.csv") == {("ignored", "not_of_layout"): 1}


def test_investments_without_their_rounds_have_no_date():
    investments = table(
        ["funding_round_id", "funded_object_id", "investor_object_id"],
        [{"funding_round_id": "10", "funded_object_id": "c:1", "investor_object_id": "f:2"}],
    )
    alone = converted("crunchbase-2013", {"investments.csv": investments})
    assert alone.relations[["source_id", "target_id"]].values.tolist() == [["f:2", "c:1"]]
    assert "no year" in alone.notes[0]
    bought = table(
        ["acquiring_object_id", "acquired_object_id", "acquired_at"],
        [{"acquiring_object_id": "c:1", "acquired_object_id": "c:2", "acquired_at": "2012-01-01"}],
    )
    both = converted("crunchbase-2013", {"investments.csv": investments, "acquisitions.csv": bought})
    assert both.relations["year"].tolist() == [2012]
    assert fates(both, "investments.csv")["rejected", "unknown_round"] == 1


def test_exports_since_2016_by_hand():
    files = {
        "organizations.csv": table(
            ["uuid", "name", "primary_role", "country_code"],
            [{"uuid": "u1", "name": "Alpha", "country_code": "FRA"}, {"uuid": "u2", "name": "Beta"}],
        ),
        "funding_rounds.csv": table(
            ["funding_round_uuid", "company_uuid", "announced_on", "raised_amount_usd"],
            [{"funding_round_uuid": "r1", "company_uuid": "u1", "announced_on": "2016-06-01"}],
        ),
        "investments.csv": table(
            ["funding_round_uuid", "investor_uuid", "is_lead_investor"],
            [
                {"funding_round_uuid": "r1", "investor_uuid": "u2"},
                {"funding_round_uuid": "r9", "investor_uuid": "u2"},
            ],
        ),
        "acquisitions.csv": table(
            ["acquiree_name", "acquiree_country_code", "acquirer_name", "acquired_on", "acquisition_uuid"],
            [{"acquiree_name": "Gamma", "acquirer_name": "Delta", "acquired_on": "2016-07-01"}],
        ),
    }
    found = converted("crunchbase-2016", files)
    assert found.relations[["source", "target", "year", "deal"]].values.tolist() == [
        ["Beta", "Alpha", 2016, "funding"],
        ["Delta", "Gamma", 2016, "acquisition"],
    ]
    assert fates(found, "investments.csv")["rejected", "unknown_round"] == 1


texts = st.text(st.sampled_from("ab /|\"',\n\u200bА-="), max_size=5)
dates = st.sampled_from(["2014-02-03", "", "1201-01-01", "3201-01-01", "2/3/14", "31/31/31", "x"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(texts, texts, texts, texts, dates, texts), max_size=12))
def test_every_row_has_one_fate_and_the_result_is_clean(rows):
    names = (
        "company_permalink",
        "company_name",
        "acquirer_permalink",
        "acquirer_name",
        "acquired_at",
        "price_amount",
    )
    data = table(ACQUISITIONS, [dict(zip(names, row, strict=True)) for row in rows])
    found = converted("crunchbase-2015", {"acquisitions.csv": data})
    fate = fates(found, "acquisitions.csv")
    assert fate["rows", ""] == sum(
        n for (o, _), n in fate.items() if o in ("accepted", "rejected", "set_aside")
    )
    assert fate["accepted", ""] == len(found.relations)
    if len(found.relations):
        account = read_relations(found.relations).account
        assert (account.rejected, account.self_loops) == (0, 0)
