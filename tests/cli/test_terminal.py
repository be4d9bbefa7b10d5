"""Names and cells cannot steer a terminal, break a page or run in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys

import openpyxl
import pytest
from lxml import etree, html
from typer.testing import CliRunner

from clusters.cli import app
from clusters.cli._common import print_result
from clusters.cli._terminal import visible

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
CLASSES = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}",
    "]]>",
    "\x1b[31mred\x1b[0m",
]
CLASSES += ["\u202eback", "=1+1", "＝1", "@x", "-2+3", "../up", "#N/A", "</style><b>", "zero\x00", "\x9b5m"]


@pytest.fixture
def table(tmp_path, monkeypatch):
    """A table whose every cell is hostile."""
    monkeypatch.chdir(tmp_path)
    with (tmp_path / "r.csv").open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, lineterminator="\n").writerow
        write(
            [
                "source",
                "target",
                "year",
                "technology",
                "source_province",
                "target_province",
                "=x",
                "../行业/\x1b[7m",
            ]
        )
        for i, text in enumerate(CLASSES):
            write([text, CLASSES[i - 1], 2018 + i % 3, CLASSES[i - 2], text, "北京", text, text])
            write([text, CLASSES[i - 3], 2019, text, "广东", text, text, text])
        write(["\x1b[1m", "", "=x", "=1", *[""] * 4])
    return tmp_path / "r.csv"


def run(*arguments, code=0):
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    assert result.exit_code == code, result.stderr
    assert not STEERING.search(result.stderr)
    return result


def test_what_acts_on_a_terminal_is_spelled_out():
    assert visible("a\tb\nc \x1b[2J \x07 \x9b5m \u202e \udcff") == (
        "a\tb\nc \\x1b[2J \\x07 \\x9b5m \\u202e \\udcff"
    )
    assert visible("华为 😀 \u200fרז") == "华为 😀 \u200fרז"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_csv_and_json_on_a_terminal_are_spelled_out_too(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    print_result("a,\x1b[31m\n")
    assert screen.getvalue() == "a,\\x1b[31m\n"


@pytest.mark.parametrize("command", ["check", "structure", "nodes", "composition", "flows"])
@pytest.mark.parametrize("fmt", ["table", "markdown", "csv"])
def test_results_of_hostile_cells(table, command, fmt):
    more = ["--by", "technology"] if command == "composition" else []
    text = run(command, "r.csv", *more, "--format", fmt).stdout
    if fmt != "csv":
        assert not STEERING.search(text)
        return
    for row in csv.reader(io.StringIO(text, newline="")):
        assert not [cell for cell in row if re.match(r"\s*[=@＝＠]|\s*[+-][^\d.]", cell)]


def test_errors_that_name_hostile_things(table):
    run("flows", "r.csv", "--level", "\x1b[31m", code=2)
    run("check", "\x1b[31m.csv", code=3)
    run("check", "r.csv", "--map", "source=\x1b[31m", code=2)
    run("convert", "\u202efdp", "r.csv", code=2)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such file names")
def test_a_file_name_that_is_no_text(table):
    name = os.fsdecode(b"\xff\x1b[31m.csv")
    table.rename(table.with_name(name))
    for target in ("o.json", "o.xlsx", "o.csv", "o.md", "o.parquet"):
        run("check", name, "--out", target)
    run("export", name, "o.gexf")


def test_rejected_and_converted_rows_read_back_as_they_were(table, tmp_path):
    run("check", "r.csv", "--rejects", "rejects.csv")
    rows = csv.DictReader((tmp_path / "rejects.csv").read_text(encoding="utf-8").splitlines())
    (row,) = (row for row in rows if row["reason"] == "missing_target")
    assert (row["reason"], row["year"], row["technology"]) == ("missing_target", "'=x", "'=1")
    run("export", "r.csv", "net.csv")
    run("convert", "gephi-csv", "net_nodes.csv", "net_edges.csv", "--out", "again.csv")
    names = {"node": [], "again": []}
    for file, found in (("r.csv", names["node"]), ("again.csv", names["again"])):
        rows = json.loads(run("nodes", file, "--format", "json", "--years", ":2020").stdout)["rows"]
        found += sorted(row["node"] for row in rows)
    assert names["again"] == names["node"]
    assert {"=1+1", "=1", "@x", "-2+3"} <= set(names["node"])


@pytest.mark.slow
def test_a_report_of_hostile_cells(table, tmp_path):
    run("report", "r.csv", "--out", "rep", "--title", "<script>\x1b[31m{{7*7}}\u202e]]>")
    page = (tmp_path / "rep" / "index.html").read_text(encoding="utf-8")
    assert not STEERING.search(page)
    tree = html.fromstring(page)
    assert tree.findtext(".//title") == "<script>[31m{{7*7}}]]>"
    assert not {"script", "img", "iframe", "object"} & {element.tag for element in tree.iter()}
    assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")]
    for path in (tmp_path / "rep").rglob("*"):
        if path.suffix in (".svg", ".gexf"):
            etree.parse(str(path), etree.XMLParser(resolve_entities=False))
        elif path.suffix == ".csv":
            rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
            cells = [cell for row in rows for cell in row]
            assert not [cell for cell in cells if re.match(r"\s*[=@＝＠]|\s*[+-][^\d.]", cell)], path.name
        elif path.suffix == ".xlsx":
            sheets = openpyxl.load_workbook(path).worksheets
            cells_of = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row]
            # An empty text is read back as a cell without a value, whose kind means nothing.
            assert {cell.data_type for cell in cells_of if cell.value is not None} <= {"s", "n", "b"}
    assert json.loads((tmp_path / "rep" / "manifest.json").read_text(encoding="utf-8"))["outputs"]
