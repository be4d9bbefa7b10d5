"""Options that all commands share, and how errors end."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from clusters.cli import app
from clusters.cli._common import Input, command
from clusters.errors import UsageError

ROWS = "source,target,year,kind\na,b,2019,technology\nb,c,2020,talent\nc,a,2021,technology\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "relations.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_errors_of_the_sentence_table_are_said_in_the_language_of_the_command(tmp_path):
    path = tmp_path / "relations.csv"
    path.write_text("source,target,source_province,target_province\na,b,北京市,上海市\n", encoding="utf-8")
    result = run("diffusion", path, "--lang", "zh")
    assert result.exit_code == 2
    assert "error: 扩散需比较各年，但数据表没有年份列\n" in result.stderr
    assert (
        "error: diffusion compares years, but the table has no year column" in run("diffusion", path).stderr
    )
    level = run("flows", path, "--level", "city", "--lang", "zh")
    assert "error: 数据表没有地点层级“城市”" in level.stderr
    # What is not in the table is said in English.
    assert "are two tables" in run("growth", path, "--fit", "--table", "kernel", "--lang", "zh").stderr


@pytest.mark.parametrize(
    "arguments",
    [
        "powerlaw --distribution --interval",
        "powerlaw --tail-index --continuous",
        "powerlaw --tail-index --replicates 7",
        "powerlaw --curves --interval",
        "growth --fit --top 5",
        "growth --table densification --degree in",
        "growth --table newcomers --sources exact",
        "hierarchy --table rich-club --mixed missing",
        "hierarchy --table shells --level city",
        "hierarchy --level mars",
        "gravity --exponent 3",
        "gravity --permutations 5",
        "gravity --top 3",
        "gravity --qap --between",
        "groups --table blocks --cut nan",
        "polarisation --table organisations --level city",
        "polarisation --table organisations --poles 北京市",
        "polarisation --table places --degree in",
        "communities --resolution nan",
        "sensitivity --each 2 --share 0.2",
        "sensitivity --each 2 --repeats 3",
        "sensitivity --level mars",
        "whatif cascade --top 3",
        "whatif cascade --table groups --level mars",
        "whatif cascade --table nodes --level city",
        "whatif loss --top 3",
        "whatif loss --table place --sets 5",
        "whatif loss --by kind",
    ],
)
def test_options_without_effect_are_refused(arguments, tmp_path):
    path = tmp_path / "relations.csv"
    places = "source_province,target_province,source_city,target_city"
    rows = ["a,b,2019,北京市,上海市,北京市,上海市", "b,c,2020,上海市,广东省,上海市,深圳市"]
    path.write_text("\n".join([f"source,target,year,{places}", *rows, ""]), encoding="utf-8")
    words = arguments.split()
    place = 2 if words[0] == "whatif" else 1
    result = run(*words[:place], path, *words[place:])
    assert (result.exit_code, result.stdout) == (2, "")
    assert sum(line.startswith("error:") for line in result.stderr.splitlines()) == 1
    assert words[-2].startswith("--") or words[-1] in result.stderr


def rows(*arguments):
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)["rows"]


def test_standard_output_carries_the_result_only(table):
    result = run("structure", table, "--format", "json")
    document = json.loads(result.stdout)
    assert document["command"] == "structure"
    assert [row["edges"] for row in document["rows"]] == [1, 2, 3]


def test_years_are_reported_but_earlier_relations_count(table):
    assert [(r["year"], r["edges"]) for r in rows("structure", table, "--years", "2020:2020")] == [(2020, 2)]
    assert [r["year"] for r in rows("structure", table, "--years", ":2020")] == [2019, 2020]


def test_kinds_take_synonyms(table):
    assert [r["edges"] for r in rows("structure", table, "--kinds", "技术合作")] == [1, 2]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--years", "2022:2019"], "first year is after the last"),
        (["--years", "x"], "is not FIRST:LAST"),
        (["--years", "1950:1960"], "no relation in these years"),
        (["--mode", "monthly"], "use cumulative, yearly or window:N"),
        (["--kinds", "capital"], "does not occur in the table"),
        (["--kinds", ","], "names no kind"),
        (["--map", "source"], "is not NAME=COLUMN"),
        (["--format", "xlsx"], "needs --out"),
        (["--out", "a.doc"], "names no format"),
    ],
)
def test_a_request_that_cannot_be_met_is_one_message_and_exit_code_2(table, options, message):
    result = run("structure", table, *options)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_an_existing_output_is_refused_before_any_work(table, tmp_path):
    out = tmp_path / "a.csv"
    out.write_text("mine")
    result = run("structure", table, "--out", out)
    assert result.exit_code == 2
    assert "exists already" in result.stderr
    assert out.read_text() == "mine"
    assert run("structure", table, "--out", out, "--force").exit_code == 0


def test_a_dash_is_standard_output(table, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("degrees", table, "--out", "-").stdout == run("degrees", table).stdout
    assert not (tmp_path / "-").exists()


def test_years_of_a_table_without_a_relation_in_use(tmp_path):
    path = tmp_path / "loops.csv"
    path.write_text("source,target,year\na,a,2019\n", encoding="utf-8")
    result = run("structure", path, "--years", "2019")
    assert result.exit_code == 2
    assert "it has none at all" in result.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_behind_standard_output_is_no_fault_of_ours(table):
    command = [sys.executable, "-c", "from clusters.cli import main; main()", "degrees", str(table)]
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    assert result.returncode == 3
    assert "error: standard output cannot be written" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_fault_of_ours_is_exit_code_1_without_traceback(table, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("boom")

    monkeypatch.setattr("clusters.relations.read_relations", broken)
    result = run("structure", table)
    assert result.exit_code == 1
    assert "unexpected RuntimeError: boom" in result.stderr
    assert "Traceback" not in result.output


def test_quiet_silences_notes(table):
    assert "note:" not in run("--quiet", "structure", table).stderr


def test_map_items_are_split_once():
    assert Input(map=["source=甲=乙"]).mapping() == {"source": "甲=乙"}
    with pytest.raises(UsageError):
        Input(map=["=x"]).mapping()


def test_without_a_table_the_sample_is_used_and_named():
    result = run("degrees", "--top", "1", "--format", "json")
    assert result.exit_code == 0, result.stderr
    assert "合成数据" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [["structure"], ["check"], ["flows"], ["concentration"], ["parity"], ["powerlaw", "--replicates", "2"]],
    ids=lambda arguments: arguments[0],
)
def test_notes_and_warnings_are_in_the_language_of_the_words(tmp_path, arguments):
    path = tmp_path / "messy.csv"
    rows = "source,target,year,kind,source_province,target_province,note\n\na,b,2019,,广东省,北京市,\n"
    path.write_text(
        rows + "a,b,2019,,广东省,北京市,\na,a,x,talent,,,\nA,c,2020,talent,广东省,,\n", encoding="utf-8"
    )
    command, *options = arguments
    lines = run(command, path, *options, "--lang", "zh").stderr.splitlines()
    assert len(lines) > 4
    assert all(re.match("说明：|警告：", line) for line in lines)
    assert [line for line in lines if not re.search("[\u4e00-\u9fff]", line[3:])] == []
    assert [
        line for line in lines if re.search(r"\b[a-z]{2,} [a-z]{2,}\b", line.replace("clusters check", ""))
    ] == []
    english = run(command, path, *options).stderr.splitlines()
    assert len(english) == len(lines)
    assert all(re.match("note: |warning: ", line) for line in english)


def test_notes_in_json_are_in_the_language_of_the_words(table):
    for lang, text in (("en", "Degrees count edges"), ("zh", "度按边数计算")):
        document = json.loads(run("degrees", table, "--lang", lang, "--format", "json").stdout)
        assert document["notes"][0].startswith(text)
        assert set(document["rows"][0]) >= {"node", "degree"}


def test_notes_of_a_workbook_are_in_the_language_of_the_words(table, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    out = tmp_path / "a.xlsx"
    assert "已写入" in run("degrees", table, "--lang", "zh", "--out", out).stderr
    book = openpyxl.load_workbook(out)
    assert book.active.max_row == 1 + 3  # the heading and the organisations, nothing below
    cells = [row[0] for row in book.worksheets[-1].iter_rows(values_only=True)]
    assert cells == ["备注", "度按边数计算；占比以全部边为分母。"]


OWN = typer.Typer()
SEEN: list[tuple[Group, bool]] = []


@dataclass(frozen=True, kw_only=True)
class Group:
    """An option with a default before an argument without one."""

    size: Annotated[int, typer.Option(help="A size.")] = 3
    what: Annotated[str, typer.Argument(help="A thing.")]


@command(OWN, example="own thing --size 4")
def act(group: Group, loud: Annotated[bool, typer.Option(help="Loudly.")] = False) -> None:
    """Act."""
    SEEN.append((group, loud))


def test_any_dataclass_is_a_group_of_options():
    SEEN.clear()
    assert CliRunner().invoke(OWN, ["thing", "--loud", "--size", "4"]).exit_code == 0
    assert CliRunner().invoke(OWN, ["other"]).exit_code == 0
    assert [(Group(size=4, what="thing"), True), (Group(what="other"), False)] == SEEN
    lacking = CliRunner().invoke(OWN, [])
    assert lacking.exit_code == 2
    assert "Missing argument" in lacking.stderr
