"""The command growth."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from clusters.cli import app


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    lines = ["source,target,year", "a,b,2020", "c,b,2020", "d,e,2020", "a,d,2021", "b,a,2021", "f,b,2021"]
    lines += ["e,b,2022", "g,d,2022", "a,b,2022"]
    path = tmp_path_factory.mktemp("relations") / "relations.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def document(*arguments):
    result = run("growth", *arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_one_row_per_year(path):
    found = document(path)
    assert found["command"] == "growth"
    assert [row["year"] for row in found["rows"]] == [2020, 2021, 2022]
    keys = {"nodes", "edges", "new_nodes", "new_edges", "new_new_share", "new_old_share", "old_old_share"}
    keys |= {"new_to_old_share", "old_to_new_share", "from_top_share", "to_top_share", "rank_tau"}
    keys |= {"top_turnover", "diameter", "average_path_length", "effective_diameter", "path_per_log_nodes"}
    assert keys <= set(found["rows"][0])
    assert found["rows"][0]["rank_tau"] is None
    assert found["rows"][2]["new_edges"] == 2  # a -> b is known
    assert document(path, "--parallel", "relations")["rows"][2]["new_edges"] == 3


def test_fit(path):
    rows = document(path, "--fit")["rows"]
    assert rows == document(path, "--table", "fit")["rows"]
    assert [row["series"] for row in rows[:3]] == ["cumulative", "differences", "increments"]
    assert [row["degree"] for row in rows[3:]] == ["out", "in"]
    assert [row["degree"] for row in document(path, "--fit", "--degree", "total")["rows"][3:]] == ["total"]
    assert len(document(path, "--fit", "--degree", "all")["rows"]) == 6


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("densification", {"nodes", "edges", "fitted_edges", "residual"}),
        ("distances", {"diameter", "path_per_log_nodes"}),
        ("newcomers", {"new_edges", "old_old_share"}),
        ("mobility", {"degree", "rank_tau", "top_entrants"}),
        ("kernel", {"degree", "k", "new_ends", "pafit", "newman", "jeong"}),
    ],
)
def test_other_tables(path, name, keys):
    rows = document(path, "--table", name)["rows"]
    assert keys <= set(rows[0])
    assert name == "kernel" or rows[0]["year"] == 2020


def test_the_list_and_its_degree(path):
    longer, shorter = (document(path, "--top", n)["rows"] for n in (20, 1))
    assert longer[1]["to_top_share"] > shorter[1]["to_top_share"]
    rows = document(path, "--table", "mobility", "--degree", "in")["rows"]
    assert {row["degree"] for row in rows} == {"in"}


def test_estimated_distances(path):
    rows = document(path, "--table", "distances", "--sources", "3")["rows"]
    assert rows[0]["average_path_length"] is None
    assert rows[0]["average_path_length_estimate"] > 0


@pytest.mark.parametrize("options", [(), ("--fit",), ("--table", "mobility"), ("--table", "kernel")])
def test_a_table_without_years_is_one_clear_message(tmp_path, options):
    path = tmp_path / "undated.csv"
    path.write_text("source,target\na,b\n", encoding="utf-8")
    result = run("growth", path, *options)
    assert result.exit_code == 2
    assert "no year column" in result.stderr
    assert "--map year=COLUMN" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("mode", ["yearly", "window:3"])
def test_other_modes_have_no_growth(path, mode):
    result = run("growth", path, "--mode", mode)
    assert result.exit_code == 2
    assert "cumulative" in result.stderr


def test_options_that_do_not_go_together(path):
    assert run("growth", path, "--fit", "--table", "kernel").exit_code == 2
    assert run("growth", path, "--degree", "all").exit_code == 2
    assert run("growth", path, "--sources", "many").exit_code == 2
    assert run("growth", path, "--table", "nothing").exit_code == 2


def test_in_chinese(path):
    result = run("growth", path, "--fit", "--lang", "zh", "--format", "csv")
    assert result.exit_code == 0
    assert "稳健标准误" in result.stdout
    assert "偏好依附" in result.stdout
    assert "说明：" in result.stderr
