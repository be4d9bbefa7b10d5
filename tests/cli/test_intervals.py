"""Commands that show uncertainty: --interval and sensitivity."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from clusters.cli import app


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Fifteen enterprises with partners in two cities, in two years."""
    rows = [
        (
            f"e{i}",
            f"p{(i * 7 + k) % 23}",
            2020 + k % 2,
            "5G" if k % 3 else "物联网",
            "赋能" if i % 2 else "输入",
        )
        for i in range(15)
        for k in range(1 + i % 5)
    ]
    frame = pd.DataFrame(rows, columns=["enterprise", "partner", "year", "technology", "direction"])
    frame["enterprise_city"] = "深圳市"
    frame["partner_city"] = ["北京市" if int(p[1:]) % 2 else "深圳市" for p in frame["partner"]]
    path = tmp_path_factory.mktemp("intervals") / "relations.csv"
    frame.to_csv(path, index=False)
    return str(path)


def run(*words):
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["structure"], "average_degree"),
        (["concentration"], "gini"),
        (["flows", "--level", "city"], "share"),
        (["flows", "--level", "city", "--margins"], "empowerment_share"),
        (["flows", "--level", "city", "--by-year"], "share"),
        (["composition"], "share"),
        (["composition", "--by-year", "--mode", "yearly"], "share"),
        (["composition", "--by", "city", "--of", "sample"], "share"),
    ],
)
def test_interval_adds_both_ends_and_a_note(table, words, name):
    plain = run(*words, table, "--format", "json")
    found = run(*words, table, "--interval", "--replicates", 20, "--format", "json")
    for row, bare in zip(found["rows"], plain["rows"], strict=True):
        assert {k: v for k, v in row.items() if not k.endswith(("_low", "_high"))} == bare
        assert row[f"{name}_low"] <= row[name] + 1e-12
        assert row[f"{name}_high"] >= row[name] - 1e-12
    assert any("same population" in note for note in found["notes"])
    assert run(*words, table, "--interval", "--replicates", 20, "--format", "json") == found
    assert plain["notes"] == found["notes"][: len(plain["notes"])]


def test_seed_and_replicates_are_said_and_matter(table):
    words = ["flows", table, "--level", "city", "--interval", "--format", "json"]
    one, two = (run(*words, "--seed", seed) for seed in (0, 5))
    assert one != two
    assert any(
        "200 bootstrap samples of 15 enterprises" in note and "(seed 0)" in note for note in one["notes"]
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["structure", "--replicates", "5"], "add --interval"),
        (["flows", "--level", "city", "--interval", "--matrix"], "not --matrix"),
        (["concentration", "--interval", "--curve"], "not --curve"),
        (["structure", "--interval", "--engine", "duckdb"], "in memory only"),
        (["sensitivity", "--share", "x"], "is not a number"),
        (["sensitivity", "--share", "0.5,2"], "between 0 and 1"),
        (["sensitivity", "--year", "1999"], "there are 2020, 2021"),
        (["sensitivity", "--each", "nobody"], "'nobody' has no relation"),
        (["sensitivity", "--each", "platforms"], "which organisations are platforms"),
    ],
)
def test_what_does_not_fit_is_refused(table, words, message):
    result = CliRunner().invoke(app, [words[0], table, *words[1:]])
    assert result.exit_code == 2
    assert message in result.output


def test_sensitivity_lists_every_statistic_for_each_share(table):
    found = run(
        "sensitivity", table, "--share", "0.2,50%", "--repeats", 3, "--level", "city", "--format", "json"
    )
    shares = {row["share"] for row in found["rows"]}
    assert shares == {0.2, 0.5}
    names = [row["statistic"] for row in found["rows"] if row["share"] == 0.5]
    assert {"nodes", "average_path_length", "modularity", "top_1_percent", "hhi", "intra_share"} <= set(names)
    assert len(names) * 2 == len(found["rows"])
    assert any("union of ego networks" in note for note in found["notes"])
    earlier = run("sensitivity", table, "--share", "0.2", "--repeats", 3, "--year", 2020, "--format", "json")
    edges = {row["statistic"]: row["observed"] for row in earlier["rows"]}["edges"]
    assert edges < {row["statistic"]: row["observed"] for row in found["rows"]}["edges"]


def test_sensitivity_speaks_chinese(table):
    result = CliRunner().invoke(
        app, ["sensitivity", table, "--share", "0.5", "--repeats", "2", "--lang", "zh"]
    )
    assert "平均路径长度" in result.stdout
    assert "average_path_length" not in result.stdout


def test_windows_hold_the_relations_of_their_years(table):
    found = run(
        "sensitivity", table, "--mode", "window:1", "--share", "0.5", "--repeats", 1, "--format", "json"
    )
    yearly = run(
        "sensitivity", table, "--mode", "yearly", "--share", "0.5", "--repeats", 1, "--format", "json"
    )
    assert found == yearly


def test_enterprises_are_left_out_by_number_and_by_name(table):
    names = {row["node"] for row in run("sensitivity", table, "--each", 2, "--format", "json")["rows"]}
    assert len(names) == 2
    found = run("sensitivity", table, "--each", "e4, e9", "--format", "json")
    assert {row["node"] for row in found["rows"]} == {"e4", "e9"}
    assert all(row["change"] == row["without"] - row["observed"] for row in found["rows"] if row["without"])
