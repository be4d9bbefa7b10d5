"""``clusters index report`` and ``clusters report --index``: folders, messages, exit codes."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from clusters.cli import app

SCORES = "city,x,y,gdp\na,1.5,4.0,30\nb,2.5,9.0,10\nc,9.0,1.0,20\nd,5.0,5.0,40\n"
FRAMEWORK = """
[index]
name = "mine"
title_en = "My index"
[[indicator]]
id = "x"
parent = "total"
[[indicator]]
id = "y"
parent = "total"
"""
RELATIONS = "source,target,year,source_city,target_city\n"


def run(*arguments):
    return CliRunner().invoke(app, [*map(str, arguments)])


@pytest.fixture
def files(tmp_path):
    framework, table = tmp_path / "my index.toml", tmp_path / "scores.csv"
    framework.write_text(FRAMEWORK, encoding="utf-8")
    table.write_text(SCORES, encoding="utf-8")
    return framework, table


@pytest.fixture
def quick(monkeypatch):
    """Leave the drawing out: the page and the manifest are what is looked at here."""
    from clusters.report import contents
    from clusters.report.index import pages

    for module in (contents, pages):
        monkeypatch.setattr(module, "illustrated", lambda section, found: [])


def table_of(folder, name) -> pd.DataFrame:
    return pd.read_csv(folder / "tables" / f"{name}.csv", encoding="utf-8-sig")


def test_the_published_index_is_reported_with_its_ranks_and_weights(tmp_path):
    out = tmp_path / "kr36"
    result = run("index", "report", "kr36_2020", "kr36_2020", "--out", out, "--draws", 50, "--workers", 1)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == f"{out / 'index.html'}\n"
    assert "\x1b" not in result.stderr
    ranking = table_of(out, "index_ranking")
    assert ranking["unit"].head(3).tolist() == ["北京", "上海", "深圳"]
    assert ranking["rank"].tolist() == list(range(1, 31))
    assert ranking["tier"].tolist() == [1] * 10 + [2] * 10 + [3] * 10
    weights = table_of(out, "recovered_weights").set_index("id")["weight"]
    assert weights.round(10).to_dict() == {
        "environment": 0.15, "funding": 0.2, "rnd": 0.25, "foundation": 0.2, "outcome": 0.2
    }  # fmt: skip
    assert (out / "figures" / "weight_recovery.png").is_file()
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "are scores that the table gives, not measured values" in page


@pytest.mark.usefixtures("quick")
def test_options_are_recorded_without_folders_and_printed_as_a_command(files, tmp_path):
    out = tmp_path / "out"
    more = ["--lang", "zh", "--draws", 20, "--seed", 4, "--link", "gdp", "--title", "我的", "--no-outliers"]
    result = run("index", "report", *files, "--out", out, *more, "--normalise", "rank")
    assert result.exit_code == 0, result.stderr
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["options"] == {
        "framework": "my index.toml",
        "indicators": "scores.csv",
        "normalise": "rank",
        "no_outliers": True,
        "lang": "zh",
        "draws": 20,
        "seed": 4,
        "link": "gdp",
        "title": "我的",
    }
    assert [entry["file"] for entry in manifest["inputs"]] == ["my index.toml", "scores.csv"]
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "clusters index report &#39;my index.toml&#39; scores.csv --normalise rank --no-outliers" in page
    assert "<h1>我的</h1>" in page
    assert str(tmp_path) not in page


@pytest.mark.usefixtures("quick")
def test_the_folder_is_named_after_the_framework(files, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("index", "report", *files, "--draws", 0)
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "reports" / "my index" / "index.html").is_file()
    again = run("index", "report", *files, "--draws", 0)
    assert again.exit_code == 2
    assert "--force replaces it" in again.stderr
    assert run("index", "report", *files, "--draws", 0, "--force").exit_code == 0


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--link", "gpd"], 3, "no column 'gpd'"),
        (["--mean", "medium"], 2, "medium"),
        (["--lang", "fr"], 2, "fr"),
        (["--draws", "-1"], 2, "draws"),
        (["--normalise", "goalposts"], 2, "needs values"),
    ],
)
def test_requests_that_do_not_fit_leave_nothing_behind(files, tmp_path, options, code, message):
    result = run("index", "report", *files, "--out", tmp_path / "out", *options)
    assert result.exit_code == code
    assert message in result.stderr
    assert not (tmp_path / "out").exists()


def test_indicators_that_cannot_be_used_end_with_3(files, tmp_path):
    framework, table = files
    table.write_text(SCORES.replace("9.0,1.0", "much,1.0"), encoding="utf-8")
    result = run("index", "report", framework, table, "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert "much" in result.stderr
    assert not (tmp_path / "out").exists()


# -- in the report of relations -----------------------------------------------------------


@pytest.fixture
def relations(tmp_path):
    """Two cities of ten organisations each, and a third of two."""
    rows = [
        *(f"a{k},b{k},{2019 + k % 3},x,y" for k in range(12)),
        *(f"b{k},a{k + 1},2020,y,x" for k in range(5)),
        *(f"a{k},a{k + 2},2021,x,x" for k in range(8)),
        "z0,a1,2021,z,x",
        "b2,z1,2021,y,z",
    ]
    path = tmp_path / "relations.csv"
    path.write_text(RELATIONS + "\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_places_are_ranked_by_their_network_where_that_is_asked_for(relations, tmp_path, lang):
    out = tmp_path / "out"
    few = ["--replicates", 0, "--null", 0, "--resamples", 0, "--lang", lang]
    result = run("report", relations, "--out", out, "--index", "network", *few)
    assert result.exit_code == 0, result.stderr
    page = (out / "index.html").read_text(encoding="utf-8")
    section = page[page.index('<section id="index"') :]
    assert ("用法示例" if lang == "zh" else "Example of use, not a published index") in section
    ranking = pd.read_csv(out / "tables" / "index_ranking.csv", encoding="utf-8-sig")
    assert sorted(ranking.iloc[:, 0]) == ["x", "y"]  # z has fewer than ten organisations
    options = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["options"]
    assert options["index"] == "network"


@pytest.mark.usefixtures("quick")
def test_without_the_option_there_is_no_index(relations, tmp_path):
    out = tmp_path / "out"
    few = ["--replicates", 0, "--null", 0, "--resamples", 0]
    assert run("report", relations, "--out", out, *few).exit_code == 0
    assert '<section id="index"' not in (out / "index.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("quick")
def test_a_table_of_indicators_may_be_given_instead(relations, files, tmp_path):
    out, (framework, table) = tmp_path / "out", files
    few = ["--replicates", 0, "--null", 0, "--resamples", 0]
    result = run("report", relations, "--out", out, "--index", framework, "--indicators", table, *few)
    assert result.exit_code == 0, result.stderr
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "Index: My index" in page
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert [entry["file"] for entry in manifest["inputs"]] == ["relations.csv", "my index.toml", "scores.csv"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--indicators", "scores.csv"], "name a framework with --index"),
        (["--index", "network"], "has no places that an index could rank"),
    ],
)
def test_an_index_needs_places_and_a_framework(tmp_path, options, message):
    path = tmp_path / "relations.csv"
    path.write_text("source,target,year\na,b,2020\nb,c,2021\n", encoding="utf-8")
    result = run("report", path, "--out", tmp_path / "out", *options)
    assert result.exit_code == 2
    assert message in result.stderr
