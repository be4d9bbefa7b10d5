"""The commands whatif cascade and whatif loss."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from clusters.cli import app

ROWS = [
    *("p,a,2020,5G", "p,b,2020,5G", "q,a,2021,AI", "a,b,2021,5G", "b,q,2021,AI", "c,a,2022,AI"),
    *("p,c,2022,5G", "a,d,2022,5G"),
]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("relations") / "relations.csv"
    path.write_text("\n".join(["source,target,year,technology", *ROWS]) + "\n", encoding="utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["whatif", *[str(a) for a in arguments]])


def document(*arguments):
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_cascade_step_by_step(path):
    found = document("cascade", path, "--seeds", "p", "--p", "1", "--replicates", "4")
    assert found["command"] == "whatif cascade"
    assert [row["reach"] for row in found["rows"]] == [1, 4, 6]
    assert {"step", "reach_low", "reach_high", "reach_mean", "reach_share"} <= set(found["rows"][0])
    assert found["notes"][0].startswith("Scenario (what-if)")
    assert "情景模拟" in run("cascade", path, "--lang", "zh", "--replicates", "4").stderr


def test_an_earlier_year_has_fewer_relations(path):
    options = ("--seeds", "p", "--p", "1", "--replicates", "2")
    rows = document("cascade", path, *options, "--year", "2020")["rows"]
    assert [row["reach"] for row in rows] == [1, 3]
    result = run("cascade", path, *options, "--year", "2019")
    assert result.exit_code == 2
    assert "2020, 2021, 2022" in result.stderr


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ("summary", {"statistic", "mean", "low", "median", "high"}),
        ("nodes", {"node", "probability"}),
        ("marginal", {"node", "alone", "marginal", "marginal_low", "marginal_high", "marginal_share"}),
    ],
)
@pytest.mark.parametrize("model", ["ic", "lt", "si"])
def test_tables_of_a_cascade(path, table, keys, model):
    options = ("--model", model, "--seeds", "greedy:2", "--replicates", "5", "--table", table)
    assert keys <= set(document("cascade", path, *options)["rows"][0])


def test_groups_need_an_attribute(path):
    result = run("cascade", path, "--table", "groups")
    assert result.exit_code == 2
    assert "does not have" in result.stderr
    rows = document("cascade", "--table", "groups", "--seeds", "platforms", "--replicates", "5")["rows"]
    assert {row["attribute"] for row in rows} == {"role", "province"}


def test_loss_before_and_after(path):
    found = document("loss", path, "--remove", "p", "--sets", "20", "--path-sets", "5")
    assert found["command"] == "whatif loss"
    rows = {row["statistic"]: row for row in found["rows"]}
    assert (rows["edges"]["before"], rows["edges"]["after"]) == (8, 5)
    assert (rows["edges"]["sets"], rows["reachable_pairs"]["sets"]) == (20, 5)
    assert (rows["exposed"]["after"], rows["fully_exposed"]["after"]) == (3, 1)
    again = document("loss", path, "--remove", "p", "--sets", "20", "--path-sets", "5")
    assert again == found
    assert "recorded" in " ".join(found["notes"])
    assert "dependence proved" not in " ".join(found["notes"])


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ("exposure", {"node", "inputs", "inputs_lost", "exposure", "exposure_propagated"}),
        ("technology", {"class", "supplies", "supplies_lost", "fully_exposed", "substitutes"}),
        ("attack", {"strategy", "removed", "largest_share", "robustness"}),
    ],
)
def test_tables_of_a_loss(path, table, keys):
    rows = document("loss", path, "--remove", "top:1", "--table", table)["rows"]
    assert keys <= set(rows[0])


def test_relations_of_a_window_are_those_of_its_network(path):
    options = ("--remove", "p", "--table", "technology", "--mode", "yearly", "--year", "2020")
    assert document("loss", path, *options)["rows"] == [
        {
            "class": "5G",
            "supplies": 2,
            "supplies_lost": 2,
            "enterprises": 2,
            "mean_exposure": 1.0,
            "exposed": 2,
            "fully_exposed": 2,
            "substitutes": 0.0,
        }
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("cascade", "--seeds", "nobody"), "'nobody' has no relation"),
        (("cascade", "--p", "much"), "not a number"),
        (("cascade", "--p", "2"), "between 0 and 1"),
        (("cascade", "--model", "si", "--p", "in-degree"), "does not fit"),
        (("loss", "--remove", "greedy:2"), "greedy seeds"),
        (("loss", "--propagation", "1"), "from 0 to below 1"),
    ],
)
def test_what_makes_no_scenario_is_a_usage_error(path, arguments, message):
    command, *options = arguments
    result = run(command, path, *options)
    assert result.exit_code == 2
    assert message in result.stderr


def test_the_group_lists_its_commands():
    result = run("--help")
    assert result.exit_code == 0
    assert {"cascade", "loss"} <= set(result.stdout.split())
    assert "情景模拟" in result.stdout
