"""Unusable input at the command line: a clear message, exit code 3 or 2, no traceback."""

from __future__ import annotations

import csv
import gzip

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from clusters.cli import app

GOOD = b"source,target,year,kind\na,b,2019,technology\nb,c,2020,talent\n"


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
def table(tmp_path):
    def make(content, name="r.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path.name

    return make


def workbook(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)


UNUSABLE = {
    "empty": (b"", "r.csv is empty"),
    "blank": (b"\n  \n", "r.csv is empty"),
    "header only": (b"source,target,year\n", "r.csv has a header but no rows"),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0", "r.csv is a PNG picture, not a text table"),
    "workbook as csv": (b"PK\x03\x04....", "r.csv is a zip archive or an Excel workbook"),
    "random bytes": (bytes(range(256)) * 8, "r.csv is not a text table"),
    "no separator": (
        b"source target\na b\n",
        "no comma, semicolon, tab or bar divides the header 'source target'",
    ),
    "unknown columns": (b"x,y\na,b\n", "no column for source and target; the table has 'x', 'y'"),
    "no direction": (
        "企业,合作方\na,b\n".encode(),
        "a column 'direction' (方向) with 赋能/输入 or empowerment/input",
    ),
    "ambiguous": (
        b"source,provider,target\na,b,c\n",
        "the columns 'source' and 'provider' can both be 'source'",
    ),
    "duplicate headers": (b"source,target,year,year\na,b,1,2\n", "names 'year' twice, in columns 3 and 4"),
    "all rejected": (
        b"source,target,year\na,b,20x9\n,c,2019\n",
        "1 missing_source (first: line 3); 1 bad_year (first: line 2, column 'year': found '20x9'",
    ),
    "no year at all": (
        b"source,target,year\na,b,\n",
        "1 missing_year (first: line 2, column 'year': found ''",
    ),
    "mixed encodings": (
        "源,目标\n华为,中兴\n".encode() + "腾讯,百度\n".encode("gbk"),
        "r.csv, line 3, byte 1: 0xCC 0xDA is not UTF-8, but line 1 is: the file mixes encodings",
    ),
    "western encoding": (
        "source,target\nSociété,b\n".encode("cp1252"),
        "neither UTF-8 (line 2, byte 5: 0xE9 0x74)",
    ),
    "utf-16 without mark": ("source,target\na,b\n".encode("utf-16-le"), "r.csv is not a text table"),
    "web page": (b"<!DOCTYPE html><html></html>", "r.csv is a web page"),
    "json": (b'[{"source": "a"}]', "r.csv looks like JSON"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_unusable_files(run, table, case):
    content, message = UNUSABLE[case]
    result = run("check", table(content), code=3)
    assert message in result.stderr
    assert "hint: " in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("r.xlsx", b"PK\x03\x04 cut", "r.xlsx is not a readable workbook"),
        ("r.xlsx", b"source,target\na,b\n", "r.xlsx is not a readable workbook"),
        ("r.parquet", b"PAR1 cut", "r.parquet is not a readable Parquet file"),
        ("r.csv.gz", b"\x1f\x8b\x08cut", "r.csv.gz is a damaged gzip file"),
        ("r.csv.gz", gzip.compress(GOOD, mtime=0)[:-9], "r.csv.gz is a damaged gzip file"),
        ("r.csv.gz", GOOD, "r.csv.gz ends in .gz but is not a gzip file"),
    ],
)
def test_damaged_files(run, table, name, content, message):
    assert message in run("check", table(content, name), code=3).stderr


def test_missing_file_and_folder(run, table, tmp_path):
    table(GOOD, "relations.csv")
    result = run("check", "relation.csv", code=3)
    assert "relation.csv does not exist" in result.stderr
    assert "is relations.csv meant?" in result.stderr
    (tmp_path / "folder").mkdir()
    folder = run("check", "folder", code=3).stderr
    assert "folder is a folder, not a table" in folder
    assert "clusters convert LAYOUT folder" in folder
    (tmp_path / "p.zip").write_bytes(b"PK\x03\x04 anything")
    assert "clusters convert LAYOUT p.zip" in run("check", "p.zip", code=3).stderr
    assert "none.csv does not exist" in run("check", "relations.csv", "--nodes", "none.csv", code=3).stderr
    assert "none.csv does not exist" in run("check", "relations.csv", "--names", "none.csv", code=3).stderr
    assert "none.toml does not exist" in run("check", "relations.csv", "--config", "none.toml", code=3).stderr


def test_a_workbook_with_several_tables(run, tmp_path):
    rows = [["源", "目标"], ["甲", "乙"]]
    workbook(tmp_path / "r.xlsx", one=rows, two=rows)
    result = run("check", "r.xlsx", code=3)
    assert "r.xlsx has the sheets 'one', 'two', and 2 of them look like" in result.stderr
    assert "--sheet" in result.stderr
    run("check", "r.xlsx", "--sheet", "two")
    assert "has no sheet 'three'" in run("check", "r.xlsx", "--sheet", "three", code=2).stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--map", "source=甲方"], "r.csv has no column '甲方'; it has 'source', 'target', 'year', 'kind'"),
        (["--encoding", "klingon"], "encoding 'klingon' is not known"),
        (["--sheet", "x"], "r.csv is not a workbook"),
        (
            ["--kinds", "investment"],
            "kind 'investment' does not occur in the table; it has technology, talent",
        ),
    ],
)
def test_requests_that_do_not_fit(run, table, options, message):
    command = "structure" if options[0] == "--kinds" else "check"
    assert message in run(command, table(GOOD), *options, code=2).stderr


def test_years_and_levels_the_table_lacks(run, table):
    undated = table(b"source,target\na,b\n", "undated.csv")
    assert "no year column" in run("structure", undated, "--years", "2019:2020", code=2).stderr
    assert "kind" in run("structure", undated, "--kinds", "talent", code=2).stderr
    assert run("flows", table(GOOD), "--level", "planet", code=2).stderr.startswith("error: ")


def test_an_ascii_file_in_a_named_encoding_that_does_not_fit(run, table):
    result = run("check", table("源,目标\n甲,乙\n"), "--encoding", "ascii", code=3)
    assert "r.csv, line 1, byte 1: 0xE6 0xBA is not ascii" in result.stderr


def test_contradicting_nodes(run, table):
    nodes = table("name,province\na,广东\na,北京\n", "n.csv")
    result = run("check", table(GOOD), "--nodes", nodes, code=3)
    assert "n.csv, line 3, column 'province': 'a' has '北京市' here and '广东省' in line 2" in result.stderr
    nodes = table("name,role\na,boss\n", "n.csv")
    result = run("check", table(GOOD), "--nodes", nodes, code=3)
    assert "n.csv, line 2, column 'role': found 'boss', expected sample or partner" in result.stderr


def test_dirt_that_is_only_told(run, table):
    text = (
        "source,target,year,source_city,target_city\n"
        "a,b,2019,X,\n a ,b,2020,Y,\nA\x00,c,2020,,\n  ,c,2019,,\n\nd,e,2019,,,,\n"
        "\u0410\u0412\u0421,c,2020,,\n"
    )
    result = run("check", table(text), "--format", "json")
    for message in (
        "with more than one city, of which the most frequent counts: 1 (first: 'a', 'X' in line 2",
        "control or invisible characters, which were removed: 1 (first: line 4",
        "blank lines, which do not count as rows: 1",
        "look-alike letters, now Latin: 1 (first: line 8",
        "6 rows: 4 accepted, 2 rejected",
    ):
        assert message in result.stderr


def test_conflicting_roles_are_told(run, table):
    text = "source,target,source_role,target_role\na,b,sample,partner\nc,a,sample,partner\n"
    assert (
        "called both sample and partner, which count as sample: 1 (first: 'a')"
        in run("check", table(text)).stderr
    )


def test_a_cell_of_a_million_characters(run, table):
    long = "长" * 10**6
    result = run("check", table(f"source,target,note\n{long},b,\na,b,{long}\n"), "--format", "csv")
    row = next(csv.DictReader(result.stdout.splitlines()))
    assert (row["rows"], row["accepted"], row["long_name"]) == ("2", "1", "1")
    assert len(result.stderr) < 5000


def test_quoting_errors_do_not_swallow_the_file(run, table):
    result = run("check", table('source,target\na,b\n"c,d\ne,f\n' + "g,h\n" * 5), "--format", "csv")
    row = next(csv.DictReader(result.stdout.splitlines()))
    assert (row["rows"], row["rejected"], row["unclosed_quote"]) == ("8", "1", "1")


def test_rejects_are_written_with_line_reason_and_cells(run, table, tmp_path):
    text = 'source,target,year\na,b,2019\n"x\ny",,2019\n=1+1,b,-5\na,b\na,b,2019,more\n'
    result = run("check", table(text), "--rejects", "rejects.csv", "--set-aside", "aside.csv")
    assert "wrote rejects.csv (4 rows)" in result.stderr
    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(r["line"], r["reason"]) for r in rows] == [
        ("3", "missing_target"),
        ("5", "bad_year"),
        ("6", "ragged_row"),
        ("7", "ragged_row"),
    ]
    assert rows[0]["source"] == "x\ny"
    # A cell that a spreadsheet would run is made harmless; a number stays one.
    assert (rows[1]["source"], rows[1]["year"]) == ("'=1+1", "-5")
    assert rows[3]["more_cells"] == "more"
    assert (tmp_path / "aside.csv").read_text(encoding="utf-8").startswith("line,reason,source")
    assert "exists already" in run("check", table(text), "--rejects", "rejects.csv", code=2).stderr
    run("check", table(text), "--rejects", "rejects.csv", "--force")
    run("check", table(text), "--rejects", "rejects.xlsx")
    assert len(pd.read_excel(tmp_path / "rejects.xlsx", engine="calamine")) == 4


def test_rejects_are_written_even_when_nothing_is_left(run, table, tmp_path):
    run("check", table(b"source,target,year\na,b,x\n"), "--rejects", "rejects.csv", code=3)
    assert (tmp_path / "rejects.csv").read_text() == "line,reason,source,target,year\n2,bad_year,a,b,x\n"


def test_check_keys(run, table):
    result = run("check", table(GOOD), "--format", "csv")
    row = next(csv.DictReader(result.stdout.splitlines()))
    assert {
        "rows",
        "accepted",
        "rejected",
        "self_loops",
        "duplicates",
        "missing_source",
        "missing_target",
        "missing_year",
        "bad_year",
    } <= set(row)
