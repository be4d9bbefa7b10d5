"""The command gravity."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from clusters.cli import app

CAPITALS = ["北京市", "上海市", "广东省", "四川省", "陕西省"]
CITIES = ["北京市", "上海市", "深圳市", "成都市", "西安市"]
WHERE = """地点,纬度,经度,面积,规模
北京,39.9,116.4,16000,5
上海,31.2,121.5,6300,6
深圳,22.5,114.1,2000,4
成都,30.6,104.1,14000,3
西安,34.3,108.9,10000,2
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    lines = ["source,target,source_province,target_province,source_city,target_city,year"]
    for i in range(5):
        for j in range(5):
            for k in range(1 + (3 * i + 5 * j + i * j) % 7):
                year = 2020 + k % 2
                places = f"{CAPITALS[i]},{CAPITALS[j]},{CITIES[i]},{CITIES[j]}"
                lines.append(f"s{i}{j}{k},t{i}{j}{k},{places},{year}")
    path = tmp_path_factory.mktemp("relations") / "relations.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def where(tmp_path_factory):
    path = tmp_path_factory.mktemp("places") / "where.csv"
    path.write_text(WHERE, encoding="utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["gravity", *(str(a) for a in arguments)])


def document(*arguments):
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_coefficients(path):
    found = document(path)
    assert found["command"] == "gravity"
    terms = ["constant", "origin_size", "destination_size", "distance_decay", "same_place"]
    assert [row["statistic"] for row in found["rows"]] == terms
    assert found["rows"][3]["coefficient_low"] < found["rows"][3]["coefficient"]
    rows = document(path, "--fixed-effects")["rows"]
    assert [row["statistic"] for row in rows] == ["distance_decay", "same_place"]
    assert len(document(path, "--between")["rows"]) == 4


def test_by_year(path):
    rows = document(path, "--by-year", "--fixed-effects")["rows"]
    assert [row["year"] for row in rows] == [2020, 2020, 2021, 2021]
    rows = document(path, "--by-year", "--years", "2021", "--mode", "yearly", "--qap")["rows"]
    assert {row["year"] for row in rows} == {2021}


def test_other_tables(path):
    assert {"fitted_relations", "size_relations"} <= set(document(path, "--table", "flows")["rows"][0])
    rows = document(path, "--table", "modified", "--top", 3, "--exponent", 1)["rows"]
    assert len(rows) == 3
    assert rows[0]["gravity_index"] >= rows[1]["gravity_index"]
    rows = document(path, "--qap", "--permutations", 19)["rows"]
    assert rows == document(path, "--table", "qap", "--permutations", 19)["rows"]
    assert [row["permutations"] for row in rows] == [19] * 3


def test_words_are_chinese_where_asked(path):
    result = run(path, "--lang", "zh")
    assert "距离衰减（g）" in result.stdout
    assert "泊松伪最大似然" in result.stderr


def test_coordinates_of_cities(path, where):
    rows = document(path, "--level", "city", "--coordinates", where)["rows"]
    assert [row["pairs"] for row in rows] == [25] * 5
    result = run(path, "--level", "city")
    assert result.exit_code == 2
    assert "coordinates" in result.stderr


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("纬度", "高度"), "no column latitude; it has 地点, 高度, 经度, 面积, 规模"),
        (
            ("39.9", "139.9"),
            "1 cells of column latitude are not a number from -90 to 90 (first: 北京, '139.9')",
        ),
        (("121.5", "east"), "of column longitude are not a number"),
        (("16000", "0"), "of column area are not a number above 0"),
        (("西安", "成都市"), "1 places stand twice (first: 成都市)"),
    ],
)
def test_a_table_of_coordinates_that_cannot_be_used_is_explained(path, tmp_path, change, message):
    wrong = tmp_path / "where.csv"
    wrong.write_text(WHERE.replace(*change), encoding="utf-8")
    result = run(path, "--level", "city", "--coordinates", wrong)
    assert result.exit_code == 3
    assert message in result.stderr


def test_an_area_that_is_not_known_leaves_the_flows_within_out(path, tmp_path):
    file = tmp_path / "where.csv"
    file.write_text(WHERE.replace("16000", ""), encoding="utf-8")
    assert document(path, "--level", "city", "--coordinates", file)["rows"][0]["pairs"] == 24


@pytest.mark.parametrize(
    "options",
    [
        ["--qap", "--table", "flows"],
        ["--table", "flows", "--by-year"],
        ["--qap", "--fixed-effects"],
        ["--mode", "window:2"],
    ],
)
def test_options_that_do_not_go_together_are_refused(path, options):
    assert run(path, *options).exit_code == 2
