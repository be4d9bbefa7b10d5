"""``clusters export``: names, endings, years, slices, refusals."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest
from typer.testing import CliRunner

from clusters.cli import app

TABLE = """source,target,year,kind,source_province,target_province
a,b,2014,technology,广东省,北京市
b,a,2014,technology,北京市,广东省
a,b,2015,talent,广东省,北京市
c,a,2016,technology,上海市,广东省
"""


@pytest.fixture
def table(tmp_path, monkeypatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("relations.csv").write_text(TABLE, encoding="utf-8")
    return "relations.csv"


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["export", *words])
    assert result.exit_code == code, result.output
    assert result.stdout == "", "standard output carries results only"
    return result.stderr


def edges(path: str) -> list[tuple[str, ...]]:
    text = Path(path).read_text(encoding="utf-8")
    return re.findall(r'<edge id="\d+" source="(\w+)" target="(\w+)"', text)


def test_two_names_are_relations_and_out(table):
    assert "3 nodes, 3 edges" in run(table, "x.gexf")
    assert edges("x.gexf") == [("a", "b"), ("b", "a"), ("c", "a")]


def test_one_name_is_out_and_the_table_the_embedded_sample(table, monkeypatch):
    from clusters import relations

    frame = pd.DataFrame({"source": ["p", "q"], "target": ["q", "r"], "year": [2014, 2015]})
    monkeypatch.setattr(relations, "sample", lambda: relations.from_frame(frame, synthetic=True))
    assert "embedded sample" in run("x.gexf")
    assert edges("x.gexf") == [("p", "q"), ("q", "r")]
    assert "合成数据" in Path("x.gexf").read_text(encoding="utf-8")
    run("--out", "y.gexf", "--lang", "zh")
    assert "合成数据" in Path("y.gexf").read_text(encoding="utf-8")


def test_out_as_option(table):
    run(table, "--out", "x.graphml")
    assert nx.read_graphml("x.graphml").number_of_edges() == 3


def test_merged_edges_count_their_kinds(table):
    run(table, "x.graphml")
    edge = nx.read_graphml("x.graphml").edges["a", "b"]
    assert edge["kind"] == "technology + talent"
    assert (edge["relations: technology"], edge["relations: talent"], edge["weight"]) == (1, 1, 2.0)


def test_kinds_apart(table):
    run(table, "x.gexf", "--parallel", "kinds", "--lang", "zh")
    text = Path("x.gexf").read_text(encoding="utf-8")
    assert text.count('kind="人力资本"') == 1
    assert len(edges("x.gexf")) == 4


@pytest.mark.parametrize(("year", "count"), [("2014", 2), ("2015", 2), ("2016", 3), ("2030", 3)])
def test_year_takes_all_relations_up_to_it(table, year, count):
    run(table, "x.gexf", "--year", year)
    assert len(edges("x.gexf")) == count


def test_a_year_without_a_relation_of_that_kind_still_has_a_network(table):
    run(table, "x.gexf", "--kinds", "technology", "--year", "2015")
    assert edges("x.gexf") == [("a", "b"), ("b", "a")]


def test_timeline(table):
    run(table, "x.gexf", "--dynamic")
    text = Path("x.gexf").read_text(encoding="utf-8")
    assert 'mode="dynamic"' in text
    assert '<node id="c" label="c" start="2016">' in text


def test_slices_keep_every_organisation_in_its_place(table):
    run(table, "x.gexf", "--slices")
    assert {p.name for p in Path().glob("*.gexf")} == {"x_2014.gexf", "x_2015.gexf", "x_2016.gexf"}
    first, last = (Path(f"x_{year}.gexf").read_text(encoding="utf-8") for year in (2014, 2016))
    place = re.compile(r'<node id="a".*?(<viz:position [^>]*>)')
    assert place.search(first).group(1) == place.search(last).group(1)
    assert 'mode="slice"' in first
    assert 'timestamp="2014"' in first


def test_slices_of_single_years(table):
    run(table, "x.graphml", "--slices", "--mode", "yearly")
    assert nx.read_graphml("x_2016.graphml").number_of_edges() == 1


@pytest.mark.parametrize(
    "name", ["x.gexf", "x.gexf.gz", "x.graphml", "x.net", "x.vosviewer.json", "x.csv", "x.parquet"]
)
def test_every_ending(table, name):
    run(table, name, "--statistics", "--no-layout", "--colour", "province", "--weight", "relations")
    assert len([p for p in Path().iterdir() if p.name.startswith("x")]) == (
        2 if name in ("x.csv", "x.parquet") else 1
    )
    if name.endswith(".gz"):
        assert gzip.decompress(Path(name).read_bytes()).endswith(b"</gexf>\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "no file to write is named"),
        (["relations.csv"], "only one name is given"),
        (["relations.csv", "x.txt"], "names no network format"),
        (["relations.csv", "x.gexf", "--out", "y.gexf"], "named twice"),
        (["relations.csv", "x.net", "--dynamic"], "no timeline"),
        (["relations.csv", "x.gexf", "--dynamic", "--mode", "yearly"], "add up"),
        (["relations.csv", "x.gexf", "--dynamic", "--slices"], "do not go together"),
        (["relations.csv", "x.gexf", "--year", "2013"], "it has 2014 to 2016"),
        (["relations.csv", "x.gexf", "--colour", "mood"], "'mood'"),
        (["undated.csv", "x.gexf", "--year", "2014"], "no year column"),
        (["undated.csv", "x.gexf", "--dynamic"], "undated"),
        (["undated.csv", "x.gexf", "--slices"], "no year column"),
        (["relations.csv", "."], "names no network format"),
    ],
)
def test_requests_that_cannot_be_met(table, words, message):
    Path("undated.csv").write_text("source,target\na,b\n")
    assert message in run(*words, code=2)
    assert {p.name for p in Path().iterdir()} == {"relations.csv", "undated.csv"}


def test_an_existing_file_is_kept_unless_forced(table):
    Path("x.gexf").write_text("mine")
    assert "exists already" in run(table, "x.gexf", code=2)
    assert Path("x.gexf").read_text() == "mine"
    run(table, "x.gexf", "--force")
    assert Path("x.gexf").read_text().startswith("<?xml")


def test_a_missing_folder_is_told_before_reading(table):
    assert "does not exist" in run("missing.csv", "nowhere/x.gexf", code=3)


def test_weights_that_are_not_positive(table):
    Path("weights.csv").write_text("source,target,weight\na,b,0\nb,c,2\n")
    message = run("weights.csv", "x.gexf", "--weight", "table", code=3)
    assert "1 of 2 edges" in message
    assert "--weight relations" in message
    assert "1 of 2 edges" in run("weights.csv", "x.gexf")
    assert "weigh" not in run("weights.csv", "y.gexf", "--weight", "relations")
