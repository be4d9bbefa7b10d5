"""``clusters init`` and ``clusters check --config``: settings proposed, verified, used."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from typer.testing import CliRunner

from clusters.cli import app

EVENTS = """企业,合作方,方向,年份,关系类型
甲公司,乙公司,赋能,2019,技术合作
甲公司,丙公司,输入,2020,投资
甲公司,乙公司,赋能,2019,技术合作
乙公司,乙公司,赋能,x,投资
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(*arguments, code=0):
        result = CliRunner().invoke(app, [str(a) for a in arguments])
        assert result.exit_code == code, (result.exit_code, result.stdout, result.stderr)
        assert "Traceback" not in result.stderr
        return result

    return call


@pytest.fixture
def events(tmp_path):
    path = tmp_path / "events.csv"
    path.write_bytes(EVENTS.encode("gb18030"))
    return path.name


@pytest.fixture
def settings(run, events, tmp_path):
    """The proposal, and a way to change it."""
    run("init", events)
    path = tmp_path / "clusters.toml"

    def change(*pairs):
        text = path.read_text(encoding="utf-8")
        for old, new in pairs:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
        return path.name

    return change


def row(result):
    return next(csv.DictReader(io.StringIO(result.stdout)))


def test_init_check_report_without_naming_the_table_again(run, events, tmp_path):
    said = run("init", events)
    assert said.stdout == ""
    assert "note: wrote clusters.toml" in said.stderr
    text = (tmp_path / "clusters.toml").read_text(encoding="utf-8")
    assert "# read with this file: 4 rows, 3 accepted, 1 rejected; 2 relations in use between 3 org" in text
    assert "# rejected: bad_year 1\n" in text
    assert 'duplicates = "drop"  # 1 exact double; keep uses them\n' in text
    assert text.endswith(
        "#   clusters check --config clusters.toml\n#   clusters report --config clusters.toml\n"
    )
    assert row(run("check", "--config", "clusters.toml")) == row(run("check", events))
    assert run("structure", "--config", "clusters.toml").stdout == run("structure", events).stdout


def test_the_table_is_found_from_any_folder(run, events, tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    run("init", events, "--out", "sub/e.toml")
    assert 'relations = "../events.csv"' in (tmp_path / "sub" / "e.toml").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path / "sub")
    assert row(run("check", "--config", "e.toml"))["accepted"] == "3"


def test_an_existing_file_is_kept_unless_forced(run, events):
    run("init", events)
    assert "exists already" in run("init", events, code=2).stderr
    run("init", events, "--force")


def test_the_screen_and_the_language(run, events):
    text = run("init", events, "--out", "-", "--lang", "zh").stdout
    assert text.startswith("# clusters 读取“events.csv”的方式")
    assert "# 拒绝原因：bad_year 1\n" in text


def test_the_same_table_gives_the_same_bytes(run, events, tmp_path):
    texts = [run("init", events, "--out", "-").stdout for _ in range(2)]
    assert texts[0] == texts[1]
    run("init", events, "--out", "a.toml")
    assert (tmp_path / "a.toml").read_bytes().decode() == texts[0].replace("clusters.toml", "a.toml")


def test_a_workbook_with_notes_relations_and_organisations(run, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["说明"])
    for title, rows in {
        "关系": [["源", "目标", "年份"], ["甲", "乙", 2019]],
        "机构": [["名称", "省份"], ["甲", "广东"], ["丙", "北京"]],
    }.items():
        sheet = book.create_sheet(title)
        for cells in rows:
            sheet.append(cells)
    book.save(tmp_path / "b.xlsx")
    run("init", "b.xlsx")
    found = row(run("check", "--config", "clusters.toml"))
    assert (found["accepted"], found["nodes"]) == ("1", "3")


def test_nodes_in_another_encoding(run, events, tmp_path):
    (tmp_path / "n.csv").write_text("名称,省份\n甲公司,广东\n", encoding="utf-8")
    run("init", events, "--nodes", "n.csv")
    text = (tmp_path / "clusters.toml").read_text(encoding="utf-8")
    assert 'nodes = "n.csv"\nnode_encoding = "utf-8"\n' in text
    assert row(run("check", "--config", "clusters.toml"))["nodes"] == "3"
    # Another table of organisations is read in its own way.
    (tmp_path / "m.csv").write_bytes("名称,省份\n丁公司,广东\n".encode("gb18030"))
    assert row(run("check", "--config", "clusters.toml", "--nodes", "m.csv"))["nodes"] == "4"


def test_guesses_are_said_on_stderr(run, tmp_path):
    (tmp_path / "u.csv").write_text("AA,BB\n甲,乙\n乙,丙\n", encoding="utf-8")
    assert "note: 2 columns are guesses" in run("init", "u.csv").stderr
    run("check", "--config", "clusters.toml")


def test_a_title_that_is_taken_for_the_header_is_said(run, tmp_path):
    (tmp_path / "t.csv").write_text("甲方,乙方\nno,甲方,when,乙方,x\n1,a,2019,b,y\n2,b,2020,c,z\n")
    said = run("init", "t.csv", "--out", "-")
    assert "warning: read with this file, the table gives an error" in said.stderr


def test_what_init_cannot_use(run, tmp_path):
    (tmp_path / "n.csv").write_text("企业名称,省份\n甲,广东\n", encoding="utf-8")
    result = run("init", "n.csv", code=3)
    assert "this looks like a table of organisations" in result.stderr
    assert not (tmp_path / "clusters.toml").exists()
    assert "does not exist" in run("init", "none.csv", code=3).stderr
    assert "not at standard input" in run("init", "-", code=2).stderr


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'partner = "合作方"',
            'partner = "合做方"',
            "columns.partner (line {line}): events.csv has no column '合做方', is '合作方' meant?",
        ),
        (
            '"投资" =',
            '"投姿" =',
            "kinds.投姿 (line {line}): no row of events.csv has this label in column '关系类型', is '投资'",
        ),
        (
            '"输入" =',
            '"输人" =',
            "directions.输人 (line {line}): no row of events.csv has this label in column '方向'",
        ),
        (
            'encoding = "gb18030"',
            'encoding = "gb18300"',
            "encoding (line {line}): the encoding 'gb18300' is not known, is 'gb18030'",
        ),
        ('encoding = "gb18030"', 'encoding = "utf-8"', "events.csv, line 1, byte 1: 0xC6 0xF3 is not utf-8"),
        (
            'encoding = "gb18030"',
            'encodng = "gb18030"',
            "'encodng' is not a known name (line {line}), is 'encoding'",
        ),
        (
            'encoding = "gb18030"',
            'sheet = "关系"',
            "sheet (line {line}): a sheet was named, but events.csv is not a",
        ),
        (
            'relations = "events.csv"',
            'relations = "event.csv"',
            "relations (line {line}): event.csv does not exist",
        ),
        ('# names = "names.csv"', 'names = "names.csv"', "names (line {line}): names.csv does not exist"),
        ('# names = "names.csv"', 'nodes = "n.csv"', "nodes (line {line}): n.csv does not exist"),
        (
            '# names = "names.csv"',
            'node_sheet = "x"',
            "node_sheet (line {line}): says how the table of organisations",
        ),
        ('loops = "drop"', 'loops = "dropp"', "loops: input should be 'drop' or 'keep' (line {line})"),
        ("# year_range = [1900, 2100]", "year_range = [2100, 1900]", "the first year is after the last"),
        ('separator = "comma"', 'separator = "tab"', "separator tab was named"),
        (
            'separator = "comma"',
            'separator = "xx"',
            "separator (line {line}): separator 'xx' is not one character",
        ),
    ],
)
def test_faults_of_settings(run, settings, tmp_path, old, new, message):
    name = settings((old, new))
    lines = (tmp_path / name).read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines, start=1) if line.startswith(new))
    result = run("check", "--config", name, code=3)
    assert message.format(line=at) in result.stderr
    assert result.stdout == ""


def test_all_faults_are_named_at_once(run, settings):
    name = settings(('partner = "合作方"', 'partner = "x"'), ('year = "年份"', 'year = "y"'))
    said = run("check", "--config", name, code=3).stderr
    assert "columns.partner" in said
    assert "columns.year" in said


def test_options_of_the_call_win_and_are_not_faults_of_the_file(run, settings):
    name = settings(('year = "年份"', 'year = "无"'))
    assert row(run("check", "--config", name, "--map", "year=年份"))["accepted"] == "3"


def test_faults_of_the_table_of_organisations(run, events, tmp_path):
    (tmp_path / "n.csv").write_bytes("名称,省份\n甲公司,广东\n".encode("gb18030"))
    (tmp_path / "c.toml").write_text('nodes = "n.csv"\n[node_columns]\nprovince = "省分"\n', encoding="utf-8")
    result = run("check", events, "--config", "c.toml", code=3)
    assert "node_columns.province (line 3): n.csv has no column '省分', is '省份' meant?" in result.stderr


def test_roles_under_other_labels(run, events, tmp_path):
    rows = "名称,角色\n甲公司,核心企业\n乙公司,合作方\n"
    (tmp_path / "n.csv").write_text(rows, encoding="utf-8")
    run("init", events, "--nodes", "n.csv")
    path = tmp_path / "clusters.toml"
    text = path.read_text(encoding="utf-8")
    assert "# organisations that cannot be read as they are: n.csv, line 2, column '角色'" in text
    assert '"合作方" = "partner"  # 1 row\n' in text
    for line in ('nodes = "n.csv"', 'node_encoding = "utf-8"', '"核心企业" = "sample"'):
        assert f"# {line}" in text
        text = text.replace(f"# {line}", line)
    path.write_text(text, encoding="utf-8")
    assert row(run("check", "--config", "clusters.toml"))["nodes"] == "3"
    found = run("nodes", "--config", "clusters.toml", "--years", "2020").stdout
    assert "甲公司,sample" in found.replace("甲公司,甲公司", "甲公司")
    path.write_text(text.replace('"核心企业" =', '"核芯企业" ='), encoding="utf-8")
    said = run("check", "--config", "clusters.toml", code=3).stderr
    assert "roles.核芯企业 (line" in said
    assert "is '核心企业' meant?" in said


def test_settings_without_a_table(run, events, tmp_path):
    (tmp_path / "c.toml").write_text('loops = "keep"\n', encoding="utf-8")
    assert "c.toml names no relation table" in run("check", "--config", "c.toml", code=3).stderr
    assert "c.toml names no relation table" in run("structure", "--config", "c.toml", code=3).stderr
    assert row(run("check", events, "--config", "c.toml"))["accepted"] == "3"
