"""The command hierarchy."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from clusters.cli import app


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    lines = ["source,target,year,source_province,target_province", "a,b,2020,x,x", "b,c,2020,x,y"]
    lines += ["a,c,2020,x,y", "c,d,2021,y,y", "d,e,2021,y,z", "e,c,2021,z,y", "f,a,2021,z,x"]
    path = tmp_path_factory.mktemp("relations") / "relations.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["hierarchy", *(str(a) for a in arguments)])


def document(*arguments):
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_one_row_per_year(path):
    found = document(path)
    assert found["command"] == "hierarchy"
    assert [row["year"] for row in found["rows"]] == [2020, 2021]
    keys = {"degree_centralisation", "closeness_centralisation", "main_core", "flow_gradient_share"}
    keys |= {"core_periphery_correlation", "coreness_fit", "trophic_incoherence", "flow_hierarchy"}
    assert keys <= set(found["rows"][0])
    assert [row["flow_hierarchy"] for row in found["rows"]] == [1, pytest.approx(4 / 7)]
    assert found["rows"][0]["flow_gradient_share"] == 1


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ("shells", {"core", "shell_nodes", "core_nodes"}),
        ("places", {"place", "main_core_nodes"}),
        ("rich-club", {"k", "rich_club", "rich_club_ratio"}),
        ("coreness", {"node", "in_core", "continuous_coreness"}),
        ("small-world", {"year", "small_world_omega"}),
        ("trophic", {"node", "trophic_level"}),
    ],
)
def test_each_table(path, table, keys):
    found = document(path, "--table", table)
    assert keys <= set(found["rows"][0])
    assert any("ego networks" in note for note in found["notes"])


def test_options(path):
    assert {
        row["null_replicates"] for row in document(path, "--table", "small-world", "--null", 3)["rows"]
    } == {3}
    assert document(path, "--betweenness", "exact")["rows"][0]["betweenness_centralisation"] == 0
    assert "betweenness_centralisation_estimate" in document(path, "--betweenness", 2)["rows"][0]
    notes = document(path, "--mixed", "missing")["notes"]
    assert any("pairs between the two do not count" in note for note in notes)
    words = run(path, "--table", "coreness", "--lang", "zh", "--format", "markdown").stdout
    assert "属于核心" in words
    assert "| 是" in words


@pytest.mark.parametrize(
    "arguments",
    [
        ("--null", "5"),
        ("--table", "rich-club", "--betweenness", "exact"),
        ("--betweenness", "some"),
        ("--table", "places", "--level", "city"),
    ],
)
def test_what_cannot_be_answered_is_refused(path, arguments):
    result = run(path, *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
