"""The command specialisation, and the tables of flows that describe their structure."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from clusters.cli import app

TABLE = """\
source,target,year,kind,technology,source_province,target_province,source_city,target_city
h,b,2020,technology,5G,广东省,北京市,深圳市,北京市
h,b,2021,technology,5G|物联网,广东省,北京市,深圳市,北京市
b,h,2021,technology,物联网,北京市,广东省,北京市,深圳市
b,c,2022,technology,区块链,北京市,北京市,北京市,北京市
s,b,2022,technology,5G,上海市,北京市,上海市,北京市
h,b,2022,investment,,广东省,北京市,深圳市,北京市
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("relations") / "relations.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def rows(*arguments):
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)["rows"]


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ("lq", {"place", "class", "relations", "share", "location_quotient", "specialised"}),
        ("relatedness", {"class", "other_class", "both_places", "relatedness", "association"}),
        ("density", {"place", "class", "location_quotient", "specialised", "relatedness_density"}),
        ("complexity", {"of", "rank", "item", "specialities", "mean_specialities", "complexity"}),
        ("krugman", {"place", "other_place", "krugman_index"}),
    ],
)
def test_tables(path, table, keys):
    found = rows("specialisation", path, "--table", table)
    assert keys <= set(found[0])


def test_quotients_are_the_default(path):
    found = rows("specialisation", path)
    assert found == rows("specialisation", path, "--table", "lq", "--by", "technology", "--level", "province")
    assert found[0]["place"] == "北京市"
    assert {row["class"] for row in found} == {"5G", "物联网", "区块链"}


def test_options_reach_the_table(path):
    taken = rows("specialisation", path, "--end", "target", "--level", "city")
    assert {row["place"] for row in taken} == {"北京市", "深圳市"}
    few = rows("specialisation", path, "--min-count", "1")
    assert [r["location_quotient"] for r in few if r["place"] == "广东省" and r["class"] == "物联网"] == [
        None
    ]
    early = rows("specialisation", path, "--years", "2020:2021")
    assert {row["class"] for row in early} == {"5G", "物联网"}
    every = rows("specialisation", path, "--kinds", "investment", "--by", "kind")
    assert [row["class"] for row in every] == ["investment"]


def test_intervals_are_those_of_quotients(path):
    found = rows("specialisation", path, "--interval", "--replicates", "5")
    assert {"location_quotient_low", "location_quotient_high"} <= set(found[0])
    result = run("specialisation", path, "--table", "complexity", "--interval")
    assert result.exit_code == 2
    assert "--table lq, not complexity" in result.stderr


def test_chinese_words(path):
    text = run("specialisation", path, "--lang", "zh", "--format", "csv").stdout
    assert text.startswith("地区,类别,关系条数,占比,区位商,具有专业化优势")


def test_structure_by_year(path):
    found = rows("flows", path, "--structure")
    assert [row["year"] for row in found] == [2020, 2021, 2022]
    assert [row["relations"] for row in found] == [1, 3, 5]
    alone = rows("flows", path, "--structure", "--mode", "yearly", "--years", "2022")
    assert [row["relations"] for row in alone] == [2]
    assert rows("flows", path, "--structure", "--kinds", "investment")[0]["relations"] == 1
    assert [row["poles_touching"] for row in rows("flows", path, "--structure", "--poles", "上海市")] == [
        0,
        0,
        0.2,
    ]


def test_backbone_pairs_and_destinations(path):
    kept = rows("flows", path, "--backbone", "0.5")
    assert {"origin", "destination", "kept", "alpha_origin", "noise_score"} <= set(kept[0])
    assert rows("flows", path, "--pairs")[0]["return_flow"] == 1
    assert len(rows("flows", path, "--pairs", "--top", "1")) == 1
    assert rows("flows", path, "--destinations", "--top", "1")[0]["place"] == "北京市"


def test_top_cuts_the_matrix(path):
    found = rows("flows", path, "--matrix", "--top", "1")
    assert found == [
        {"origin": "北京市", "北京市": 1, "other": 1},
        {"origin": "other", "北京市": 3, "other": 0},
    ]
    by_year = rows("flows", path, "--matrix", "--top", "1", "--by-year")
    assert by_year[0] == {"year": 2020, "origin": "北京市", "北京市": 0, "other": 0}
    zh = run("flows", path, "--matrix", "--top", "1", "--lang", "zh", "--format", "csv").stdout
    assert zh.splitlines()[0].endswith("其他")
    assert zh.splitlines()[-1].startswith("其他")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--structure", "--pairs"], "two tables; choose one"),
        (["--structure", "--top", "3"], "no --top"),
        (["--structure", "--poles", "云南省"], "is no place of these flows"),
        (["--pairs", "--poles", "北京市"], "option of --structure"),
        (["--backbone", "0.05", "--by-year"], "--years takes other years"),
        (["--backbone", "7"], "between 0 and 1"),
        (["--structure", "--engine", "duckdb"], "in memory only"),
        (["--structure", "--mode", "window:2"], "cumulative and yearly"),
        (["--pairs", "--interval"], "not --pairs"),
    ],
)
def test_requests_that_do_not_fit(path, options, message):
    result = run("flows", path, *options)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""
