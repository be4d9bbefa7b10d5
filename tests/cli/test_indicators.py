"""The command indicators: forms of the result, its options, and what is refused."""

from __future__ import annotations

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from clusters.cli import app

ROWS = """source,target,year,source_city,target_city,technology
a,b,2019,北京,北京,5G
a,c,2020,北京,深圳,5G
a,c,2021,北京,深圳,5G
c,a,2021,深圳,北京,物联网
c,d,2022,深圳,上海,物联网
b,u,2022,北京,,物联网
d,d,2022,上海,上海,5G
b,c,2022,北京,深圳,5G
"""
PEOPLE = '城市,人口,产业\n北京,"2,189",服务业\n深圳市,1756,制造业\n巴黎,210,旅游\n'


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("relations") / "relations.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["indicators", *(str(a) for a in arguments)])


def rows(*arguments):
    result = run(*arguments, "--format", "csv")
    assert result.exit_code == 0, result.stderr
    return list(csv.reader(io.StringIO(result.stdout.lstrip("\ufeff"))))


def refused(*arguments):
    result = run(*arguments)
    assert result.exit_code == 2, result.stdout
    return result.stderr


def test_csv_has_the_unit_first_and_a_number_or_nothing_in_every_cell(path):
    header, *lines = rows(path)
    assert header[:4] == ["unit", "organisations", "sample_organisations", "relations"]
    assert [line[0] for line in lines] == ["北京市", "深圳市", "上海市"]  # official names
    for line in lines:
        assert all(cell == "" or float(cell) is not None for cell in line[1:])
    table = dict(zip(header, lines[2], strict=True))
    # The loop of d is dropped as files are read: one relation is left, and nothing is given.
    assert (table["relations"], table["empowerment"], table["external_dependence"]) == ("1", "0", "1.0")
    assert table["degree_growth"] == ""  # undefined, not 0


def test_chinese_headings_are_those_that_the_framework_knows(path):
    header = rows(path, "--lang", "zh", "--columns", "organisations,empowerment_share,restricted_lag")[0]
    assert header == ["地区", "机构数", "赋能占比", "平均引入滞后（含未引入，年）"]


def test_json_holds_rows_and_notes(path):
    result = run(path, "--format", "json", "--columns", "relations,external_dependence", "--minimum", "2")
    found = json.loads(result.stdout)
    assert found["command"] == "indicators"
    assert found["rows"] == [{"unit": "北京市", "relations": 5, "external_dependence": 0.5}]
    assert any("fewer than 2 organisations" in note for note in found["notes"])


def test_a_panel(path):
    header, *lines = rows(path, "--by-year", "--years", "2021:2022", "--columns", "relations")
    assert header == ["unit", "year", "relations"]
    assert [line[:3] for line in lines] == [
        ["北京市", "2021", "4"],
        ["深圳市", "2021", "3"],
        ["北京市", "2022", "5"],
        ["深圳市", "2022", "5"],
        ["上海市", "2022", "1"],
    ]
    alone = rows(path, "--mode", "yearly", "--years", "2020", "--columns", "relations")
    assert alone[1:] == [["北京市", "1"], ["深圳市", "1"]]


def test_a_users_columns_are_appended(path, tmp_path):
    people = tmp_path / "people.csv"
    people.write_text(PEOPLE, encoding="utf-8")
    result = run(path, "--columns", "relations", "--join", people, "--format", "csv")
    assert result.exit_code == 0, result.stderr
    header, *lines = list(csv.reader(io.StringIO(result.stdout)))
    assert header[:2] == ["unit", "relations"]
    population = [line[header.index("人口")] for line in lines]
    assert [float(cell) for cell in population[:2]] == [2189, 1756]
    assert population[2] == ""
    assert "巴黎" in result.stderr
    assert "上海市" in result.stderr


OWN = """
[normalise]
method = "min-max"
[[indicator]]
id = "openness"
parent = "total"
formula = "1 - local_closure"
[[indicator]]
id = "relations"
parent = "total"
denominator = "人口"
"""


def test_a_framework_of_the_user_scores_both(path, tmp_path):
    people, table, own = tmp_path / "people.csv", tmp_path / "indicators.csv", tmp_path / "own.toml"
    people.write_text("城市,人口\n北京,10\n深圳,5\n上海,20\n", encoding="utf-8")
    own.write_text(OWN, encoding="utf-8")
    assert run(path, "--join", people, "--out", table).exit_code == 0
    result = CliRunner().invoke(app, ["index", "score", str(own), str(table), "--format", "csv"])
    assert result.exit_code == 0, result.stderr
    header, *lines = csv.reader(io.StringIO(result.stdout))
    # Relations per head 0.5, 1 and 0.05; 1 - closure 0.8, 1 and 1.
    scores = {line[0]: float(line[header.index("score")]) for line in lines}
    assert scores == pytest.approx({"深圳市": 1.0, "上海市": 0.5, "北京市": (0.45 / 0.95) / 2})


def test_betweenness_is_found_on_request(path):
    assert "betweenness_share" in rows(path, "--betweenness", "exact")[0]
    assert "exact or a whole number" in refused(path, "--betweenness", "some")
    assert "takes long" in refused(path, "--columns", "betweenness_share")


def test_what_is_refused(path, tmp_path):
    assert "'mean_degre' is not a network indicator" in refused(path, "--columns", "mean_degre")
    assert "mean_degree" in refused(path, "--columns", "mean_degre")
    assert "organisations have no column of that name" in refused(path, "--level", "planet")
    assert "sample enterprises" in refused(path, "--role", "sample")
    assert "no relation in these years" in refused(path, "--years", "1999")
    assert run(path, "--join", tmp_path / "nothing.csv").exit_code == 3
    twice = tmp_path / "twice.csv"
    twice.write_text("city,gdp\n北京,1\n北京市,2\n", encoding="utf-8")
    result = run(path, "--join", twice)
    assert result.exit_code == 3
    assert "names a place again" in result.stderr


def test_english_and_chinese_notes(path):
    assert "have no city that counts" in run(path).stderr or "has no city that counts" in run(path).stderr
    assert "不归入任何地区" in run(path, "--lang", "zh").stderr
