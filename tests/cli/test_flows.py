"""The commands flows and composition."""

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
b,c,2022,technology,,北京市,北京市,北京市,北京市
h,x,2022,technology,5G,广东省,,深圳市,
h,b,2022,investment,,广东省,北京市,深圳市,北京市
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("relations") / "relations.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def document(*arguments):
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


class TestFlowsByYear:
    def test_each_year_holds_all_up_to_it_or_itself(self, path):
        rows = document("flows", path, "--by-year", "--top", "1")["rows"]
        assert [(r["year"], r["origin"], r["relations"]) for r in rows] == [
            (2020, "广东省", 1),
            (2021, "广东省", 2),
            (2022, "广东省", 2),
        ]
        rows = document("flows", path, "--by-year", "--mode", "yearly", "--years", "2021:2022")["rows"]
        assert [(r["year"], r["relations"]) for r in rows] == [(2021, 1), (2021, 1), (2022, 1)]

    def test_matrix(self, path):
        rows = document("flows", path, "--by-year", "--matrix", "--kinds", "investment")["rows"]
        assert rows == [
            {"year": 2022, "origin": "北京市", "北京市": 0, "广东省": 0},
            {"year": 2022, "origin": "广东省", "北京市": 1, "广东省": 0},
        ]

    @pytest.mark.parametrize("also", [["--margins"], ["--mode", "window:2"], ["--engine", "duckdb"]])
    def test_what_it_does_not_know(self, path, also):
        assert run("flows", path, "--by-year", *also).exit_code == 2


class TestFlows:
    def test_list(self, path):
        found = document("flows", path)
        assert found["rows"][0] == {
            "rank": 1,
            "origin": "广东省",
            "destination": "北京市",
            "relations": 2,
            "share": 0.5,
            "type": "inter",
        }
        assert [row["rank"] for row in found["rows"]] == [1, 2, 3]
        assert found["notes"][0].startswith("Counted: 4 (80.00 %) of 5 relations (kind technology")

    def test_kinds_and_years(self, path):
        assert document("flows", path, "--kinds", "technology,investment")["rows"][0]["relations"] == 3
        assert document("flows", path, "--years", "2021:2022")["rows"][0]["relations"] == 1

    def test_top(self, path):
        assert len(document("flows", path, "--top", "2")["rows"]) == 2
        assert len(document("flows", path, "--margins", "--top", "1")["rows"]) == 1

    def test_margins(self, path):
        rows = document("flows", path, "--level", "city", "--margins")["rows"]
        assert [row["place"] for row in rows] == ["北京市", "深圳市"]
        assert {"rank", "place", "empowerment_share", "input_share"} <= set(rows[0])

    def test_matrix(self, path):
        rows = document("flows", path, "--matrix")["rows"]
        assert rows == [
            {"origin": "北京市", "北京市": 1, "广东省": 1},
            {"origin": "广东省", "北京市": 2, "广东省": 0},
        ]
        assert document("flows", path, "--matrix", "--shares")["rows"][1]["北京市"] == 0.5

    def test_chinese_words(self, path):
        text = run("flows", path, "--lang", "zh", "--format", "csv").stdout
        assert text.startswith("排名,赋能地,输入地")
        assert "跨地区" in text

    @pytest.mark.parametrize(
        ("options", "message"),
        [(["--level", "country"], "it has province, city"), (["--matrix", "--margins"], "choose one")],
    )
    def test_requests_that_do_not_fit(self, path, options, message):
        result = run("flows", path, *options)
        assert result.exit_code == 2
        assert message in result.stderr
        assert result.stdout == ""


class TestComposition:
    def test_technology(self, path):
        rows = document("composition", path)["rows"]
        assert rows == [
            {"class": "5G", "relations": 2.5, "share": 0.625},
            {"class": "物联网", "relations": 1.5, "share": 0.375},
        ]

    def test_by_year(self, path):
        rows = document("composition", path, "--by-year", "--years", "2021")["rows"]
        assert [(r["year"], r["class"], r["relations"]) for r in rows] == [
            (2021, "5G", 1.5),
            (2021, "物联网", 1.5),
        ]
        rows = document("composition", path, "--by-year", "--years", "2021", "--mode", "yearly")["rows"]
        assert [(r["class"], r["relations"]) for r in rows] == [("物联网", 1.5), ("5G", 0.5)]

    def test_kind(self, path):
        rows = document("composition", path, "--by", "kind")["rows"]
        assert [(r["class"], r["relations"]) for r in rows] == [("technology", 5), ("investment", 1)]

    def test_within(self, path):
        rows = document("composition", path, "--by", "kind", "--within", "technology=5G")["rows"]
        assert [(r["class"], r["relations"]) for r in rows] == [("technology", 3)]

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (["--by", "sector"], "known are kind, technology, province, city"),
            (["--within", "sector"], "is not CLASS=VALUE"),
            (["--by-year", "--mode", "window:2"], "cumulative and yearly"),
            (["--of", "platforms", "--by", "city"], "flagged as a platform"),
        ],
    )
    def test_requests_that_do_not_fit(self, path, options, message):
        result = run("composition", path, *options)
        assert result.exit_code == 2
        assert message in result.stderr
