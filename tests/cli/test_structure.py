"""The commands degrees and nodes."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from clusters.cli import app

TABLE = """\
source,target,year
a,b,2020
a,c,2021
b,c,2021
c,d,2022
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


def test_degrees_by_year(path):
    rows = document("degrees", path, "--by-year", "--top", "1")["rows"]
    assert [(r["year"], r["rank"], r["node"], r["degree"]) for r in rows] == [
        (2020, 1, "a", 1),
        (2021, 1, "a", 2),
        (2022, 1, "c", 3),
    ]
    everyone = document("degrees", path, "--by-year", "--all", "--years", "2021:2022")["rows"]
    assert [(r["year"], r["node"]) for r in everyone] == [
        *((2021, node) for node in "abc"),
        *((2022, node) for node in "abcd"),
    ]
    yearly = document("degrees", path, "--by-year", "--all", "--mode", "yearly")["rows"]
    assert sum(r["out_degree"] for r in yearly) == 4


def test_all_needs_years(path):
    assert run("degrees", path, "--all").exit_code == 2


def test_estimated_betweenness(path):
    document_ = document("nodes", path, "--betweenness", "--sources", "4")
    found = {row["node"]: row["betweenness_estimate"] for row in document_["rows"]}
    # a -> c -> d and b -> c -> d run through c; all four nodes are sources, so it is exact.
    assert found == {"a": 0, "b": 0, "c": 2, "d": 0}
    assert all("betweenness" not in row for row in document_["rows"])
    assert any("drawn at random" in note for note in document_["notes"])
    assert run("nodes", path, "--sources", "4").exit_code == 2
