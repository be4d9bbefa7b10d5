"""The command diffusion."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from clusters.cli import app
from clusters.cli.diffusion import Table


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    lines = ["source,target,year,kind,technology,source_province,target_province"]
    place = {"b": "北京市", "g": "广东省", "z": "浙江省"}
    for i in range(14):
        rows = [(f"b{i}", f"b{i}x", 2020, "technology"), (f"b{i}", f"z{i % 3}", 2021, "technology")]
        rows += [(f"b{i}", f"g{i}", 2022, "technology"), (f"g{i}", f"b{i}", 2021, "talent")]
        for source, target, year, kind in rows:
            ends = f"{place[source[0]]},{place[target[0]]}"
            lines.append(f"{source},{target},{year},{kind},{'5G' if i % 2 else '物联网'},{ends}")
    path = tmp_path_factory.mktemp("relations") / "relations.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["diffusion", *(str(a) for a in arguments)])


def document(*arguments):
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_one_row_per_year(path):
    found = document(path)
    assert found["command"] == "diffusion"
    assert [row["year"] for row in found["rows"]] == [2020, 2021, 2022]
    assert [row["places_reached"] for row in found["rows"]] == [1, 2, 3]


def test_one_row_per_class_and_year(path):
    rows = document(path, "--by", "technology")["rows"]
    assert [(row["class"], row["year"]) for row in rows[:2]] == [("5G", 2020), ("5G", 2021)]
    assert len(rows) == 6


def test_intervals_and_words(path):
    found = document(path, "--interval", "--replicates", "20")
    assert found["rows"][2]["taking_effective_low"] <= found["rows"][2]["taking_effective"]
    assert "Technology spread" in found["notes"][-1]
    chinese = document(path, "--reading", "--replicates", "20", "--lang", "zh")
    assert "技术在扩散" in chinese["notes"][-1]


def test_one_year_alone_and_all_kinds(path):
    rows = document(path, "--mode", "yearly", "--kinds", "technology,talent", "--years", "2021")["rows"]
    assert [(row["year"], row["relations"]) for row in rows] == [(2021, 28)]


@pytest.mark.parametrize("table", list(Table))
def test_every_table_can_be_had_in_both_languages(path, table):
    for lang in ("en", "zh"):
        result = run(
            path, "--table", table.value, "--by", "technology", "--lang", lang, "--format", "markdown"
        )
        assert result.exit_code == 0, (result.stderr, result.exception)


def test_adopters_by_number_and_by_quotient(path):
    rows = document(path, "--table", "adoption", "--least", "10")["rows"]
    assert {row["place"]: row["adoption_year"] for row in rows if row["adoption_year"]} == {
        "北京市": 2020,
        "浙江省": 2021,
        "广东省": 2022,
    }
    quotient = ("--criterion", "location-quotient", "--by", "technology")
    assert document(path, "--table", "adoption", *quotient)["rows"]


def test_coordinates_of_a_file(path, tmp_path):
    file = tmp_path / "places.csv"
    file.write_text(
        "地区,纬度,经度\n北京市,39.9,116.4\n广东省,23.1,113.3\n浙江省,30.3,120.2\n", encoding="utf-8"
    )
    found = document(path, "--table", "space", "--coordinates", file)
    assert found["rows"][0]["latitude"] == pytest.approx(39.9)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--table", "adoption", "--interval"),
        ("--table", "space", "--least", "3"),
        ("--table", "curves", "--poles", "北京市"),
        ("--table", "curves", "--unit", "relations"),
        ("--reading", "--table", "bass"),
        ("--replicates", "20"),
        ("--table", "bass", "--replicates", "20"),
        ("--mode", "window:2"),
        ("--level", "planet"),
        ("--by", "colour"),
        ("--poles", "月球"),
    ],
)
def test_what_means_nothing_is_refused(path, arguments):
    result = run(path, *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("error:")
