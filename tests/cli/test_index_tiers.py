"""The command index tiers: scores of a table or of a framework, one method at a time."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from clusters.cli import app

PANEL = "city,year,得分\n北京,2020,90\n北京,2021,70\n上海,2020,80\n上海,2021,75\n深圳,2020,60\n深圳,2021,\n"


def run(*arguments):
    return CliRunner().invoke(app, ["index", "tiers", *(str(a) for a in arguments)])


def document(*arguments):
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture
def panel(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text(PANEL, encoding="utf-8")
    return path


def test_published_tiers():
    # 36Kr: ranks 1-10, 11-20 and the rest.
    rows = document("--scores", "kr36_2020", "--sizes", "10,10,rest")["rows"]
    assert [row["rank"] for row in rows] == list(range(1, 31))
    assert [row["tier"] for row in rows] == [1] * 10 + [2] * 10 + [3] * 10
    assert (rows[0]["unit"], rows[0]["score"]) == ("北京", 92.93)
    assert rows[9]["border_gap"] == pytest.approx((73.08 - 72.48) / 2)


def test_summary():
    found = document("--scores", "kr36_2020", "--method", "jenks", "-k", 4, "--summary")
    assert found["command"] == "index tiers"
    assert [row["tier_units"] for row in found["rows"]] == [3, 3, 10, 14]
    assert [row["highest_score"] for row in found["rows"]] == [92.93, 81.23, 75.01, 69.75]
    assert found["rows"][2]["size_ratio"] == pytest.approx(10 / 3)
    assert "natural breaks (Jenks): goodness of variance fit 0.949" in found["notes"][0]


def test_a_framework_brings_its_tiers_and_their_names():
    rows = document("kr36_2020", "kr36_2020")["rows"]
    assert rows[10]["tier_name"] == "second tier"
    # Other tiers than the framework's have no names.
    assert "tier_name" not in document("kr36_2020", "kr36_2020", "-k", 3)["rows"][0]
    same = run("kr36_2020", "kr36_2020", "--method", "sizes", "--summary", "--lang", "zh").stdout
    assert "梯队" in same


def test_an_option_stands_for_its_method():
    by = [
        (("--thresholds", "80 76"), [4, 2, 24]),
        (("--probabilities", "0.5"), [15, 15]),
        (("--limit", "0.3"), [30]),
        (("--fit", "0.9"), [3, 3, 10, 14]),
        (("--method", "head/tail"), [4, 6, 20]),
        (("--method", "quantiles", "-k", "3"), [10, 10, 10]),
        (("--sizes", "1/2/17/rest"), [1, 2, 17, 10]),
        ((), None),
    ]
    for options, sizes in by:
        rows = document("--scores", "kr36_2020", *options, "--summary")["rows"]
        assert sum(row["tier_units"] for row in rows) == 30
        if sizes:
            assert [row["tier_units"] for row in rows] == sizes, options


def test_another_column_and_a_dash(panel):
    rows = document("-", "kr36_2020", "--score", "rnd", "--sizes", "1,rest")["rows"]
    assert rows[0]["score"] == 90.91


def test_years_of_a_panel_have_their_own_tiers(panel):
    found = document("--scores", panel, "--sizes", "1,rest")
    rows = [(r["year"], r["unit"], r["rank"], r["tier"]) for r in found["rows"]]
    assert rows == [
        (2020, "北京", 1, 1),
        (2020, "上海", 2, 2),
        (2020, "深圳", 3, 2),
        (2021, "上海", 1, 1),
        (2021, "北京", 2, 2),
        (2021, "深圳", None, None),
    ]
    assert any(n.startswith("2021: 1 unit has no score") for n in found["notes"])
    summary = document("--scores", panel, "--sizes", "1,rest", "--summary")["rows"]
    assert [(r["year"], r["tier"], r["tier_units"]) for r in summary] == [
        (2020, 1, 1),
        (2020, 2, 2),
        (2021, 1, 1),
        (2021, 2, 1),
    ]


def test_words_are_chinese_where_asked(panel):
    result = run("--scores", panel, "--thresholds", "75", "--lang", "zh")
    assert result.exit_code == 0
    assert "与最近梯队界线的差" in result.stdout
    assert "按给定界线划分" in result.stderr
    assert "2021 年：有 1 个单元没有得分" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "need a framework with its table of indicators, or a table of scores"),
        (("kr36_2020",), 2, "need a framework"),
        (("kr36_2020", "kr36_2020", "--score", "rnd"), 2, "--score names a column of --scores"),
        (("--scores", "kr36_2020", "--score", "gdp"), 2, "no column 'gdp' of numbers"),
        (("--scores", "kr36_2020", "--method", "kmeans"), 2, "tiers by 'kmeans' are not known"),
        (("--scores", "kr36_2020", "--sizes", "10,many"), 2, "'many' is not a number"),
        (("--scores", "kr36_2020", "--sizes", "10,rest", "-k", "3"), 2, "have no option 'k'"),
        (("--scores", "kr36_2020", "--method", "sizes"), 2, "need sizes"),
        (("--scores", "kr36_2020", "--sizes", "10,10"), 3, "sum to 20, but 30 units have a score"),
    ],
)
def test_what_cannot_be_done_is_explained(arguments, code, message):
    result = run(*arguments)
    assert result.exit_code == code
    assert message in result.stderr


def test_a_score_that_is_not_recognised_must_be_named(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("city,papers,patents\n北京,9,2\n上海,3,4\n", encoding="utf-8")
    result = run("--scores", path)
    assert result.exit_code == 2
    assert "columns of numbers are papers, patents" in result.stderr
    assert document("--scores", path, "--score", "patents", "-k", 2)["rows"][0]["unit"] == "上海"
    path.write_text("city,papers\n北京,9\n上海,3\n", encoding="utf-8")
    assert document("--scores", path, "-k", 2)["rows"][0]["score"] == 9
