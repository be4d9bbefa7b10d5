from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from clusters.cli import app


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "relations.csv"
    whole = [(i, j) for i in range(4) for j in range(i)]
    rows = [
        f"{g}{i},{g}{j},{year},北京市,{city}"
        for g, year, city in (("a", 2020, "北京市"), ("b", 2021, "深圳市"), ("c", 2021, "上海市"))
        for i, j in whole
    ]
    path.write_text("\n".join(["source,target,year,source_city,target_city", *rows]) + "\n", encoding="utf-8")
    return str(path)


def run(*words):
    return CliRunner().invoke(app, list(words))


def rows(*words):
    result = run(*words, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)["rows"]


def test_timeline_is_what_is_printed_unless_asked_otherwise(table):
    found = rows("communities", table, "--seeds", "2")
    assert [(row["year"], row["members"], row["event"]) for row in found] == [
        (2020, 4, None),
        (2021, 4, "continuation"),
        (2021, 4, "birth"),
        (2021, 4, "birth"),
    ]


def test_similarity_and_flows(table):
    assert rows("communities", table, "--table", "similarity")[0]["nmi_years"] == 1
    assert rows("communities", table, "--table", "flows")[0]["shared_members"] == 4


def test_events_are_printed_in_the_language_asked_for(table):
    result = run("communities", table, "--lang", "zh", "--format", "csv")
    assert "演化事件" in result.stdout
    assert "新生" in result.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--threshold", "2"), "--threshold must lie"),
        (("--table", "similarity", "--threshold", "0.5"), "similarity"),
        (("--resolution", "0"), "--resolution must be positive"),
    ],
)
def test_what_makes_no_sense_is_refused(table, words, said):
    result = run("communities", table, *words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_phases_are_a_table_of_polarisation(table):
    found = rows("polarisation", table, "--level", "city", "--table", "phases", "--replicates", "20")
    assert [row["year"] for row in found] == [2020, 2021]
    assert found[1]["taking_effective"] == pytest.approx(3)
    assert run("polarisation", table, "--table", "phases", "--by", "technology").exit_code == 2
