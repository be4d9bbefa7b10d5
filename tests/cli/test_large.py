"""Commands with --engine duckdb: the same output as in memory, and the command compact."""

from __future__ import annotations

import csv
import json

import pytest
from typer.testing import CliRunner

from clusters.cli import app

pytest.importorskip("duckdb", reason="DuckDB (clusters[big]) is not installed")

TABLE = """\
源,目标,年份,关系类型,source_province,target_province,source_role,target_role
甲,乙,2020,技术,广东,北京,样本,关系节点
甲,丙,2021,技术,广东,上海,样本,关系节点
乙,甲,2021,人才,北京,广东,关系节点,样本
乙,甲,2021,人才,北京,广东,关系节点,样本
丙,丙,2021,技术,上海,上海,关系节点,关系节点
丁,,2021,技术,,,,
丁,甲,何时,技术,,广东,,
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("relations") / "relations.csv"
    path.write_bytes(TABLE.encode("gb18030"))
    return path


def run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.mark.parametrize(
    "words",
    [
        "degrees",
        "degrees --weighted --role sample --lang zh",
        "degrees --years 2020 --parallel kinds",
        "degrees --mode yearly --top 1 --kinds technology",
        "flows",
        "flows --matrix --kinds technology,talent",
        "flows --margins --years 2021:2021 --distinct",
        "flows --level province --loops keep --duplicates keep",
    ],
)
@pytest.mark.parametrize("form", ["json", "csv", "table"])
def test_both_engines_print_the_same(path, words, form):
    plain = run(*words.split(), path, "--format", form)
    large = run(*words.split(), path, "--format", form, "--engine", "duckdb", "--memory", "500MB")
    assert plain.exit_code == 0, plain.stderr
    assert (large.exit_code, large.stdout) == (0, plain.stdout)


def test_structure_has_the_columns_that_need_no_search(path):
    rows = {}
    for engine in ("memory", "duckdb"):
        result = run("structure", path, "--engine", engine, "--format", "json")
        assert result.exit_code == 0, result.stderr
        rows[engine] = json.loads(result.stdout)["rows"]
    assert list(rows["duckdb"][0])[:4] == ["year", "sample_nodes", "partner_nodes", "nodes"]
    assert rows["duckdb"] == [{name: row[name] for name in rows["duckdb"][0]} for row in rows["memory"]]


def test_check_accounts_for_the_rows_and_lists_rejects(path, tmp_path):
    rows, rejects = {}, {}
    for engine in ("memory", "duckdb"):
        out = tmp_path / f"{engine}.csv"
        result = run("check", path, "--engine", engine, "--format", "json", "--rejects", out)
        assert result.exit_code == 0, result.stderr
        rows[engine] = json.loads(result.stdout)["rows"][0]
        rejects[engine] = list(csv.reader(out.read_text(encoding="utf-8").splitlines()))
    rows["memory"].pop("warnings")
    assert rows["duckdb"] == rows["memory"]
    assert rows["duckdb"]["rejected"] == 2
    assert rejects["duckdb"] == rejects["memory"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("check --memory 1GB", 2, "--memory is an option of --engine duckdb"),
        ("check --engine duckdb --sheet a", 2, "--sheet"),
        ("check --engine duckdb --set-aside x.csv", 2, "--set-aside"),
        ("check --engine duckdb --memory lots", 2, "'lots' is not a size"),
        ("structure --engine duckdb --platforms", 2, "in memory only"),
        ("degrees --engine duckdb --years 1999", 2, "no relation in these years"),
        ("degrees --engine duckdb --kinds patent", 2, "kind 'patent' does not occur"),
        ("flows --engine duckdb --level city", 2, "city"),
        ("flows --engine duckdb --map source=何", 2, "no column '何'"),
        ("compact --out c.csv", 2, "written as Parquet"),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_line(path, words, code, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    command, *rest = words.split()
    result = run(command, path, *rest)
    assert result.exit_code == code
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_compact_table_is_read_by_the_other_commands(path, tmp_path):
    out = tmp_path / "compact.parquet"
    result = run("compact", path, "--out", out)
    assert result.exit_code == 0, result.stderr
    assert "3 relations among 3 organisations are 3 rows now" in result.stderr
    assert run("compact", path, "--out", out).exit_code == 2
    assert run("compact", path, "--out", out, "--force").exit_code == 0
    first, second = run("degrees", path, "--format", "json"), run("degrees", out, "--format", "json")
    assert json.loads(first.stdout)["rows"] == json.loads(second.stdout)["rows"]


def test_the_embedded_sample_is_counted_where_no_table_is_named():
    plain, large = run("degrees", "--top", "3"), run("degrees", "--top", "3", "--engine", "duckdb")
    assert large.stdout == plain.stdout
    assert "合成数据" in large.stderr
