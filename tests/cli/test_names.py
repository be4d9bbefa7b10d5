"""``clusters names`` from the command line."""

from __future__ import annotations

import io
import json

import pandas as pd
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from clusters.cli import app

runner = CliRunner()
TABLE = """源,目标,年份,备注
深圳市华芯智能科技有限公司,星澜大学,2020,=x
华芯智能科技,星澜大学,2021,b
华芯智能科技（北京）有限公司,Norvik Machine Works,2021,c
NMW,深圳市华芯智能科技有限公司,2022,d
NMW,华芯智能科技,2022,d
深圳市华芯智能科技有限公司,NMW,2022,d
华芯智能科技,深圳市华芯智能科技有限公司,2022,
=dash Ltd,=dash limited,2022,
"""
FULL = "深圳市华芯智能科技有限公司"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


@pytest.fixture
def thesaurus(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(f"variant,preferred\n华芯智能科技,{FULL}\n没有,{FULL}\nNMW,\n", encoding="utf-8")
    return path


def run(*words, code=0):
    done = runner.invoke(app, ["names", *map(str, words)])
    assert done.exit_code == code, done.output
    return done


def rows(done) -> list[dict]:
    return json.loads(done.stdout)["rows"]


def decide(review) -> None:
    """Agree to every suggestion, as a user does in a spreadsheet."""
    if review.suffix == ".csv":
        decided = pd.read_csv(review, dtype=str)
        decided.iloc[:, 1] = decided.iloc[:, 2]
        decided.to_csv(review, index=False)
        return
    book = load_workbook(review)
    for row in book.worksheets[0].iter_rows(min_row=2):
        row[1].value = row[2].value
        row[1].data_type = "s"
    book.save(review)


def test_suggestions_have_rows_and_leave_the_decision_open(table):
    found = rows(run("suggest", table, "--format", "json"))
    pairs = {(row["variant"], row["suggested"]): row for row in found}
    assert set(pairs) == {
        ("华芯智能科技", FULL),
        ("Norvik Machine Works", "NMW"),
        ("=dash Ltd", "=dash limited"),
    }
    assert [row["preferred"] for row in found] == [None] * 3
    one = pairs["华芯智能科技", FULL]
    assert (one["variant_rows"], one["suggested_rows"], one["reason"]) == (3, 4, "place_part")
    assert (one["variant_place"], one["suggested_place"]) == (None, "深圳市")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_file_as_written_changes_nothing_and_decided_it_joins(table, tmp_path, lang, ending):
    review = tmp_path / f"review.{ending}"
    run("suggest", table, "--out", review, "--lang", lang)
    counts = ["apply", table, "--names", review, "--stats", "--format", "json"]
    assert {row["change"] for row in rows(run(*counts))} == {0.0}
    decide(review)
    change = {row["statistic"]: row["change"] for row in rows(run(*counts))}
    # Three pairs of names become one each; two relations become loops, one the double of another.
    assert (change["nodes"], change["self_loops"], change["duplicates"]) == (-4, 2, 1)


def test_branches_are_asked_for(table):
    found = rows(run("suggest", table, "--merge-branches", "--format", "json"))
    assert [row["variant"] for row in found if row["reason"] == "branch"] == ["华芯智能科技(北京)有限公司"]


def test_limit_and_threshold(table):
    done = run("suggest", table, "--limit", 1, "--format", "json")
    assert len(rows(done)) == 1
    assert any("1 of 3" in note for note in json.loads(done.stdout)["notes"])
    assert len(rows(run("suggest", table, "--threshold", 90, "--format", "json"))) == 2
    run("suggest", table, "--threshold", 101, code=2)


def test_decided_names_are_not_suggested_again(table, thesaurus):
    found = rows(run("suggest", table, "--names", thesaurus, "--format", "json"))
    assert "华芯智能科技" not in {row["variant"] for row in found}


def test_evaluation_prints_precision_and_recall(tmp_path):
    path = tmp_path / "judged.csv"
    path.write_text("name_a,name_b,same\n华芯科技,华芯科技有限公司,1\n华芯科技,华光科技,0\n星澜,星系,yes\n")
    found = {row["threshold"]: row for row in rows(run("suggest", "--evaluate", path, "--format", "json"))}
    usual = found[85.0]
    assert (usual["found_pairs"], usual["wrong_pairs"], usual["missed_pairs"]) == (1, 0, 1)
    assert (usual["precision"], usual["recall"]) == (1.0, 0.5)
    assert usual["f1"] == pytest.approx(2 / 3)
    run("suggest", path, "--evaluate", path, code=2)
    path.write_text("name_a,name_b,same\na,b,perhaps\n")
    assert "expected two different names" in run("suggest", "--evaluate", path, code=3).output


def test_apply_replaces_the_ends_and_keeps_the_rest(table, thesaurus, tmp_path):
    out = tmp_path / "out.csv"
    done = run("apply", table, "--names", thesaurus, "--out", out)
    assert "cells replaced: 3" in done.stderr
    assert "without a preferred name change nothing: 1 of 3" in done.stderr
    before = pd.read_csv(io.StringIO(TABLE), dtype=str, keep_default_na=False)
    after = pd.read_csv(out, dtype=str, keep_default_na=False)
    assert list(after.columns) == list(before.columns)
    assert after["源"].tolist()[1:3] == [FULL, "华芯智能科技（北京）有限公司"]  # other cells as they were
    assert after["年份"].tolist() == before["年份"].tolist()
    assert after["备注"][0] == "'=x"  # no spreadsheet runs it
    # What comes out is what reading with the thesaurus sees.
    with_names = runner.invoke(app, ["structure", str(table), "--names", str(thesaurus), "--format", "csv"])
    replaced = runner.invoke(app, ["structure", str(out), "--format", "csv"])
    assert with_names.stdout == replaced.stdout


def test_groups_degrees_and_unused_lines(table, thesaurus):
    words = ["apply", table, "--names", thesaurus, "--format", "json", "--table"]
    group = rows(run(*words, "groups"))
    assert [(g["node"], g["members"], g["joined_names"]) for g in group] == [(FULL, 2, "华芯智能科技")]
    # Before: FULL has NMW and the other name as givers, two receivers; the other name NMW, two receivers.
    one = group[0]
    assert (one["in_degree_before"], one["out_degree_before"]) == (3, 4)
    assert (one["in_degree_after"], one["out_degree_after"]) == (1, 2)
    moved = {row["node"]: row for row in rows(run(*words, "degrees"))}
    assert (moved["NMW"]["degree_before"], moved["NMW"]["degree_after"], moved["NMW"]["change"]) == (3, 2, -1)
    assert rows(run(*words, "unused")) == [{"variant": "没有", "preferred": FULL}]


def test_a_thesaurus_in_the_settings_counts(table, thesaurus, tmp_path):
    config = tmp_path / "c.toml"
    config.write_text(f'names = "{thesaurus.name}"\n', encoding="utf-8")
    found = rows(run("apply", table, "--config", config, "--stats", "--format", "json"))
    assert {row["statistic"]: row["change"] for row in found}["nodes"] == -1


def test_apply_needs_a_table_and_a_thesaurus(table, thesaurus):
    assert "--names" in run("apply", table, code=2).output
    assert "RELATIONS" in run("apply", "--names", thesaurus, code=2).output
    run("apply", table, "--names", thesaurus, "--stats", "--table", "groups", code=2)


def test_features_of_names_in_any_file(table, tmp_path):
    found = rows(run("features", table, "--top", 2, "--format", "json"))
    assert [(row["node"], row["node_rows"]) for row in found] == [(FULL, 4), ("NMW", 3)]
    assert found[0]["name_core"] == "华芯智能科技"
    lines = tmp_path / "names.txt"
    lines.write_text("Norvik Ltd\n华芯科技\nNorvik Ltd\n", encoding="utf-8")
    assert [row["node_rows"] for row in rows(run("features", lines, "--format", "json"))] == [2, 1]
    other = tmp_path / "other.csv"
    other.write_text("x,who\n1,Norvik Ltd\n", encoding="utf-8")
    assert rows(run("features", other, "--column", "who", "--format", "json"))[0]["legal_form"] == "ltd"
    run("features", other, "--column", "whom", code=3)
    chinese = run("features", table, "--format", "csv", "--lang", "zh").stdout
    assert chinese.splitlines()[0].startswith("节点,名称核心,字号,组织形式")


def test_names_of_ids_are_compared_and_ids_are_suggested(tmp_path):
    table, nodes = tmp_path / "r.csv", tmp_path / "n.csv"
    table.write_text("source,target\n1,3\n2,3\n", encoding="utf-8")
    nodes.write_text("id,name,country\n1,Norvik Ltd,GH\n2,Norvik Limited,GH\n3,NORVIK LTD.,ZA\n")
    found = rows(run("suggest", table, "--nodes", nodes, "--format", "json"))
    assert [(r["variant"], r["suggested"], r["variant_name"]) for r in found] == [("1", "2", "Norvik Ltd")]
