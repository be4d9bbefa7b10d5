"""``clusters convert`` of graph files from the command line, and what it refuses."""

from __future__ import annotations

import zipfile

import pandas as pd
import pytest
from typer.testing import CliRunner

from clusters.cli import app

runner = CliRunner()
NET = (
    '*Vertices 3\n1 "甲"\n2 "乙"\n3 "丙"\n*Arcs :1 "technology"\n1 2 2.5 [2014-2016]\n1 9\n'
    '*Edges :2 "talent"\n2 3 1 [2015]\n'
)
GEXF = (
    '<?xml version="1.0" encoding="{}"?>\n{}<gexf><graph defaultedgetype="directed"><nodes>'
    '<node id="1" label="甲"/><node id="2" label="乙"/></nodes>\n<edges>'
    '<edge source="1" target="2" start="2019"/></edges></graph></gexf>'
)


def run(*words):
    return runner.invoke(app, list(map(str, words)))


def test_everything_is_written_and_read_again(tmp_path):
    (tmp_path / "a.net").write_text(NET, encoding="gb18030")
    out, account, rejects, nodes = (tmp_path / name for name in ("r.csv", "a.csv", "x.csv", "n.csv"))
    done = run(
        *("convert", "pajek", tmp_path / "a.net", "--both", "--out", out, "--account", account),
        *("--rejects", rejects, "--nodes-out", nodes),
    )
    assert (done.exit_code, done.stdout) == (0, "")
    assert "a.net: 3 rows: 2 accepted, 1 rejected" in done.stderr
    assert pd.read_csv(out).iloc[:, :5].values.tolist() == [
        ["甲", "乙", 2014, 2016, "technology"],
        ["乙", "丙", 2015, 2015, "talent"],
        ["丙", "乙", 2015, 2015, "talent"],
    ]
    assert pd.read_csv(rejects)[["line", "reason"]].values.tolist() == [[7, "unknown_node"]]
    checked = run("check", out, "--nodes", nodes, "--format", "json")
    assert checked.exit_code == 0, checked.stderr
    assert '"accepted": 3' in checked.stdout


def test_files_in_an_archive_and_without_declared_encoding(tmp_path):
    (tmp_path / "a.gexf").write_bytes(GEXF.format("GB2312", "").encode("gb18030"))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(tmp_path / "a.gexf", "deep/a.gexf")
        archive.writestr("inner.zip", b"PK")
    for path in (tmp_path / "a.gexf", tmp_path / "a.zip", tmp_path):
        done = run("convert", "gexf", path, "--format", "csv")
        assert done.exit_code == 0, done.stderr
        assert done.stdout.splitlines()[:2] == ["source,target,year", "甲,乙,2019"]
    (tmp_path / "b.gexf").write_bytes(GEXF.format("UTF-8", "").encode("gb18030"))
    assert "b.gexf, line 2, column " in run("convert", "gexf", tmp_path / "b.gexf").stderr
    assert run("convert", "gexf", tmp_path / "b.gexf", "--encoding", "gb18030").exit_code == 0


@pytest.mark.parametrize(
    ("layout", "name", "text", "message"),
    [
        ("gexf", "a.gexf", GEXF.format("UTF-8", '<!DOCTYPE g [<!ENTITY a "b">]>'), "an XML entity, 'a'"),
        ("gexf", "a.gexf", GEXF.format("UTF-8", '<!DOCTYPE g SYSTEM "x.dtd">'), "outside the file"),
        ("gexf", "a.gexf", GEXF.format("UTF-8", "")[:-20], "line 3"),
        ("graphml", "a.graphml", GEXF.format("UTF-8", ""), "convert gexf"),
        ("gephi-csv", "a.csv", "a,b\n1,2\n", "a.csv"),
        ("pajek", "a.net", "*Vertices 1\n*Arcs\n1 5\n", "no row makes a relation"),
    ],
)  # fmt: skip
def test_one_message_and_exit_code_3(tmp_path, layout, name, text, message):
    (tmp_path / name).write_text(text, encoding="utf-8")
    done = run("convert", layout, tmp_path / name)
    assert done.exit_code == 3
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_options_that_mean_nothing_are_refused(tmp_path):
    (tmp_path / "a.net").write_text(NET, encoding="utf-8")
    for words in (["gexf", "--network", "1"], ["pajek", "--expand", "star"], ["cordis", "--both"]):
        done = run("convert", words[0], tmp_path / "a.net", *words[1:])
        assert done.exit_code == 2
        assert "means nothing to" in done.stderr
    done = run("convert", "pajek", tmp_path / "a.net", "--year-attribute", "x")
    assert (done.exit_code, "edges have no attributes" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("name", "text", "layout"),
    [
        ("a.gexf", GEXF.format("UTF-8", ""), "gexf"),
        ("a.net", NET, "pajek"),
        ("a.csv", "<graphml/>", "graphml"),
    ],
)
def test_other_commands_say_how_to_read_a_graph_file(tmp_path, name, text, layout):
    (tmp_path / name).write_text(text, encoding="utf-8")
    done = run("check", tmp_path / name)
    assert done.exit_code == 3
    assert f"clusters convert {layout} {name}" in done.stderr
