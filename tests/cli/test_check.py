"""``clusters check``: the counts, the account of the rows, the lists of rows."""

from __future__ import annotations

import csv
import io
import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from clusters.cli import app

TEXT = "源,目标,年份\n甲,乙,2019\n ОРРО,未透露,2019\n甲,甲,2019\n甲,,2019\n ОРРО,乙,2020\n"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text(TEXT, encoding="utf-8")
    return path


def run(*arguments, code=0):
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    assert result.exit_code == code, result.output
    return result


@pytest.mark.parametrize("engine", ["memory", "duckdb"])
def test_the_account_is_printed_or_written(path, tmp_path, engine):
    if engine == "duckdb":
        pytest.importorskip("duckdb")
    printed = run("check", path, "--account", "-", "--engine", engine).stdout
    result = run("check", path, "--account", tmp_path / "a.csv", "--engine", engine)
    assert result.stdout.startswith("rows,accepted,rejected")
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == printed
    table = pd.read_csv(io.StringIO(printed), keep_default_na=False)
    told = {(r.stage, r.outcome, r.reason): r.rows for r in table.itertuples()}
    assert told == {
        ("read", "rows", ""): 5,
        ("read", "accepted", ""): 5,
        ("check", "rows", ""): 5,
        ("check", "accepted", ""): 3,
        ("check", "rejected", "missing_target"): 1,
        ("check", "rejected", "placeholder_target"): 1,
        ("clean", "changed", "name_lookalikes"): 1,
        ("clean", "changed", "name_spelling"): 1,
        ("use", "rows", ""): 3,
        ("use", "accepted", ""): 2,
        ("use", "set_aside", "self_loop"): 1,
    }
    lines = dict(zip(table["reason"], table["line"], strict=True))
    assert (lines["missing_target"], lines["placeholder_target"], lines["name_spelling"]) == ("5", "3", "6")


def test_json_holds_the_account_beside_the_counts(path):
    document = json.loads(run("check", path, "--format", "json").stdout)
    assert document["rows"][0]["placeholder_target"] == 1
    assert document["account"][0] == {
        "file": "r.csv",
        "stage": "read",
        "outcome": "rows",
        "reason": "",
        "rows": 5,
        "line": None,
        "example": "",
    }


def test_words_in_chinese(path, tmp_path):
    run("check", path, "--account", tmp_path / "a.csv", "--lang", "zh")
    text = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["文件", "步骤", "处理结果", "原因", "数据行数", "行号", "示例"]
    assert ["r.csv", "逐行检查", "拒绝", "输入方未指明", "1", "3"] in [row[:6] for row in rows]


def test_placeholders_are_kept_on_request(path):
    kept = run("check", path, "--placeholders", "keep", "--format", "json")
    assert json.loads(kept.stdout)["rows"][0]["relations"] == 3
    assert "'未透露'" in kept.stderr


def test_a_table_without_a_usable_row_still_has_its_account(path, tmp_path):
    path.write_text("源,目标\n甲,\n,乙\n", encoding="utf-8")
    run("check", path, "--account", tmp_path / "a.csv", code=3)
    table = pd.read_csv(tmp_path / "a.csv")
    assert table.loc[table["outcome"] == "rejected", "rows"].tolist() == [1, 1]


def test_settings_may_keep_placeholders(path, tmp_path):
    (tmp_path / "c.toml").write_text('placeholders = "keep"\n', encoding="utf-8")
    result = run("check", path, "--config", tmp_path / "c.toml", "--format", "json")
    assert json.loads(result.stdout)["rows"][0]["rejected"] == 1
