"""The command index check."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from clusters.cli import app

FRAMEWORK = """
[[indicator]]
id = "papers"
parent = "total"
name_zh = "论文"
[[indicator]]
id = "dust"
parent = "total"
direction = -1
name_zh = "粉尘"
"""


@pytest.fixture
def files(tmp_path):
    framework, table = tmp_path / "own.toml", tmp_path / "cities.csv"
    framework.write_text(FRAMEWORK, encoding="utf-8")
    table.write_text("城市,论文,粉尘\n北京,9,3\n上海,7,2\n深圳,4,1\n", encoding="utf-8")
    return framework, table


def run(*arguments):
    return CliRunner().invoke(app, ["index", "check", *(str(a) for a in arguments)])


def test_indicators(files):
    result = run(*files, "--format", "json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert found["command"] == "index check"
    assert [row["indicator"] for row in found["rows"]] == ["papers", "dust"]
    assert [row["value_max"] for row in found["rows"]] == [9, 3]
    assert found["notes"][0].startswith("2 indicators of 3 rows")


def test_pairs_and_groups_in_chinese(files):
    result = run(*files, "--table", "pairs", "--lang", "zh")
    head, row = result.stdout.splitlines()
    assert head == "所属上级指标,指标一,指标二,单元数,指标间相关系数,检查结论"
    assert row.split(",")[1:4] == ["论文", "粉尘", "3"]
    assert row.endswith("相互抵消")
    assert "统一为越大越好" in result.stderr
    groups = run(*files, "--table", "groups", "--format", "json")
    assert json.loads(groups.stdout)["rows"][0]["negative_pairs"] == 1


def test_text_among_numbers_is_one_message(files):
    framework, table = files
    table.write_text("城市,论文,粉尘\n北京,很多,3\n", encoding="utf-8")
    result = run(framework, table)
    assert result.exit_code == 3
    assert "很多" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_shipped_framework_with_its_published_table():
    result = run("kr36_2020", "kr36_2020", "--format", "json")
    assert result.exit_code == 0, result.stderr
    assert len(json.loads(result.stdout)["rows"]) == 5
