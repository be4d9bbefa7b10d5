"""The page of an index: complete, true to its tables, the same every time, in both languages."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clusters import tables
from clusters.errors import DataError, UsageError
from clusters.index.frameworks import read_framework
from clusters.index.robustness import robustness
from clusters.index.scoring import IndexResult, score
from clusters.intake.indicators import read_indicators
from clusters.report.index import findings, pages, write_index_report
from clusters.report.index.study import IndexStudy

lxml_html = pytest.importorskip("lxml.html")

STEPS = [
    *("framework", "selection", "missing", "multivariate", "normalisation", "aggregation"),
    *("uncertainty", "contributions", "links", "presentation"),
]


def tree(*, tiers: bool = True) -> dict:
    """Two groups of two indicators; names in both languages, one of less is better."""
    leaves = [
        ("papers", "science", 1),
        ("patents", "science", 1),
        ("firms", "economy", 1),
        ("dust", "economy", -1),
    ]
    content = {
        "index": {"name": "small", "title_en": "Small index", "title_zh": "小指数"},
        "aggregate": [
            {"id": "science", "parent": "total", "name_en": "Science", "name_zh": "科技"},
            {"id": "economy", "parent": "total", "name_en": "Economy", "name_zh": "经济"},
        ],
        "indicator": [{"id": i, "parent": p, "direction": d, "name_zh": f"指标{i}"} for i, p, d in leaves],
    }
    return content | ({"tiers": {"method": "sizes", "sizes": [1, 2, "rest"]}} if tiers else {})


def data(years: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(3)
    cities = ["北京市", "上海市", "深圳市", "杭州市", "<script>alert('x')</script>", "Zürich"]
    frames = []
    for year in range(max(years, 1)):
        values = np.round(random.uniform(1, 9, (6, 4)) + np.arange(6)[::-1, None], 2)
        frame = pd.DataFrame(values, columns=["papers", "patents", "firms", "dust"])
        frame.insert(0, "city", cities)
        frame["gdp"] = np.round(random.uniform(1, 9, 6), 1)
        frames.append(frame.assign(year=2020 + year) if years else frame)
    return pd.concat(frames, ignore_index=True)


def scored(years: int = 0, missing: bool = False, **more) -> IndexResult:
    framework = read_framework(tree(**more))
    frame = data(years)
    if missing:
        frame.loc[1, "papers"] = np.nan
    return score(framework, read_indicators(frame, framework))


@pytest.fixture(scope="module")
def result() -> IndexResult:
    return scored()


@pytest.fixture(scope="module", params=["en", "zh"])
def folder(request, result, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp(request.param) / "report"
    return write_index_report(result, out, lang=request.param, draws=60, link="gdp").parent


def parsed(folder: Path):
    return lxml_html.fromstring((folder / "index.html").read_text(encoding="utf-8"))


def text_of(folder: Path, section: str) -> str:
    return " ".join(parsed(folder).xpath(f"//section[@id='{section}']")[0].text_content().split())


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


# -- the folder ---------------------------------------------------------------------------


def test_the_page_follows_the_ten_steps(folder):
    sections = parsed(folder).xpath("//main/section/@id")
    assert sections[:2] == ["summary", "index_ranking"]
    assert sections[2:12] == [f"index_{step}" for step in STEPS]
    assert sections[12:] == ["methods", "reproduce", "files"]
    titles = [h.text_content() for h in parsed(folder).xpath("//main//h2")][2:12]
    assert [int(title.split()[0]) for title in titles] == list(range(1, 11))


def test_every_link_leads_somewhere_and_every_file_is_listed(folder):
    page = parsed(folder)
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    links = page.xpath("//a/@href")
    for link in links:
        assert link[1:] in ids if link.startswith("#") else (folder / link).is_file(), link
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*.*")} - {"index.html"}
    assert {name for name in there if not name.endswith(".svg")} <= set(links)


def test_names_from_the_data_are_text(folder):
    page = parsed(folder)
    assert not page.xpath("//script")
    assert "<script>alert('x')</script>" in page.text_content()


def test_tables_on_the_page_have_words_for_all_their_columns(folder):
    for head in parsed(folder).xpath("//table//th[@scope='col']"):
        assert not re.fullmatch(r"[a-z]+(_[a-z]+)+", head.text_content()), head.text_content()
    chinese = "zh" in parsed(folder).get("lang")
    words = {th.text_content() for th in parsed(folder).xpath("//figure[@id='t-index_ranking']//thead//th")}
    assert {"科技", "名次"} <= words if chinese else {"Science", "Rank"} <= words


def test_stages_are_in_the_files_unrounded(result, folder):
    names = [f"stage_{name}" for name in result.stages]
    assert all((folder / "tables" / f"{name}.csv").is_file() for name in names)
    found = pd.read_csv(folder / "tables" / "stage_normalised.csv", encoding="utf-8-sig")
    expected = tables.index_stage(result, "normalised")
    np.testing.assert_allclose(found.iloc[:, 1:], expected.iloc[:, 1:], rtol=1e-12)


def test_the_workbook_has_a_sheet_for_every_table(folder):
    from openpyxl import load_workbook

    sheets = load_workbook(folder / "tables" / "tables.xlsx", read_only=True).sheetnames
    assert len(sheets) == 1 + len(list((folder / "tables").glob("*.csv")))


def test_figures_are_there_as_png_and_svg(folder):
    names = {p.stem for p in (folder / "figures").glob("*.png")}
    assert names == {p.stem for p in (folder / "figures").glob("*.svg")}
    wanted = {"index_ranking", "index_contributions", "tier_pyramid", "rank_acceptability"}
    assert wanted <= names


def test_the_manifest_tells_how_it_was_made(folder):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["command"] == "index report"
    assert manifest["draws"]["ranks"] == 60
    assert manifest["framework"]["name"] == "small"
    listed = {entry["file"] for entry in manifest["outputs"]}
    assert listed == set(bytes_of(folder)) - {"manifest.json"}


def test_the_same_input_gives_the_same_bytes(result, tmp_path):
    one = write_index_report(result, tmp_path / "a", draws=30, seed=5).parent
    two = write_index_report(scored(), tmp_path / "b", draws=30, seed=5).parent
    assert bytes_of(one) == bytes_of(two)
    other = write_index_report(result, tmp_path / "c", draws=30, seed=6).parent
    assert bytes_of(one)["tables/index_robustness.csv"] != bytes_of(other)["tables/index_robustness.csv"]


def test_an_existing_report_is_replaced_only_if_asked(result, tmp_path):
    write_index_report(result, tmp_path / "a", draws=0)
    with pytest.raises(UsageError, match="holds a report already"):
        write_index_report(result, tmp_path / "a", draws=0)
    write_index_report(result, tmp_path / "a", draws=0, force=True)


def test_synthetic_data_says_so(result, tmp_path):
    page = write_index_report(result, tmp_path / "a", draws=0, synthetic=True)
    banner = lxml_html.fromstring(page.read_text(encoding="utf-8")).xpath("//*[@class='banner']")
    assert "made up" in banner[0].text_content()
    assert "synthetic data" in (page.parent / "figures" / "index_ranking.svg").read_text(encoding="utf-8")


def test_a_column_to_compare_with_must_be_there(result, tmp_path):
    with pytest.raises(DataError, match="gpd"):
        write_index_report(result, tmp_path / "a", draws=0, link="gpd")
    assert not (tmp_path / "a").exists()


# -- what it says -------------------------------------------------------------------------


def test_the_leader_and_the_lead_are_those_of_the_scores(result):
    study = IndexStudy(result, draws=0)
    ranking = tables.index_scores(result)
    first, second = ranking["score"].iloc[:2]
    said = findings.leaders(study)
    assert said.startswith(
        f"{study.unit(ranking['unit'].iloc[0])} leads with {first:.3f}, {first - second:.3f}"
    )
    assert "6 units are ranked" in said


def test_robust_ranks_are_counted_from_the_intervals(result):
    study = IndexStudy(result, draws=60)
    drawn = robustness(result, study.uncertainty, draws=60).table
    fixed = int((drawn["rank_low"] == drawn["rank_high"]).sum())
    assert f"{fixed} of 6 ranks stay the same in 90 % of the draws" in findings.certainty(study)
    crossing = drawn.loc[drawn["spans_border"].fillna(False).astype(bool), "unit"]
    said = findings.tiers(study)
    assert f"intervals of {len(crossing)} of 6 units cross" in said if len(crossing) else "No 90 %" in said
    assert all(study.unit(unit) in said for unit in crossing)


def test_without_draws_the_page_says_so(result):
    study = IndexStudy(result, draws=0)
    assert findings.certainty(study) == "How sure the ranks are was not tested."
    assert findings.tiers(study) == ""
    names = [table.name for table in pages.uncertainty(study).items]
    assert names == ["index_without"]  # leaving out needs no draws


def test_without_tiers_no_tier_is_spoken_of():
    study = IndexStudy(scored(tiers=False), draws=20)
    assert findings.tiers(study) == ""
    assert pages.presentation(study).items == []
    assert "Tier" not in [point.topic for point in findings.definitions(study).items[0].entries]


def test_scores_that_the_table_gives_are_said_to_be_given():
    framework = read_framework(tree())
    frame = data()[["city", "firms", "dust"]].assign(science=[0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    given = score(framework, read_indicators(frame, framework))
    study = IndexStudy(given, draws=0)
    assert findings.data(study).startswith("Science are scores that the table gives, not measured values")
    assert any("in place of the indicators below them" in text for text in pages.framework(study).paragraphs)
    assert "given, without normalisation" in " ".join(pages.normalisation(study).paragraphs)


def test_what_reading_left_out_is_told():
    framework = read_framework(tree())
    frame = data()
    total = frame.iloc[[0]].assign(city="合计", papers=30.0)
    table = read_indicators(pd.concat([frame, total], ignore_index=True), framework)
    study = IndexStudy(score(framework, table), lang="zh", draws=0)
    assert "合计" in findings.warnings(study)
    assert "合计" not in study.ranking["unit"].tolist()


def test_missing_values_are_counted_and_what_became_of_them_is_told():
    lacking = scored(missing=True)
    study = IndexStudy(lacking, draws=0)
    assert findings.data(study) == "1 value is missing (4.17 %)."
    assert "1 value is missing and stay" in pages.missing(study).paragraphs[0]
    steps = dataclasses.replace(lacking.framework.steps, impute="median")
    filled = score(lacking.framework, lacking.table, steps=steps)
    step = pages.missing(IndexStudy(filled, draws=0))
    assert "with the median of the indicator" in step.paragraphs[0]
    assert step.items[0].frame["imputed"].tolist() == [1]
    assert step.items[0].frame["imputed_share"].tolist() == [0.25]


def test_links_compare_ranks_with_the_column(result):
    study = IndexStudy(result, draws=0, link="gdp")
    gap = tables.rank_gap(result, "gdp")
    r = gap["rank"].astype(float).corr(gap["reference_rank"].astype(float))
    assert f"correlate with {r:.2f} (Spearman) over 6 units" in pages.links(study).paragraphs[0]
    assert "--link COLUMN" in pages.links(IndexStudy(result, draws=0)).paragraphs[0]


def test_of_a_panel_the_last_year_is_ranked_and_compared_with_the_first(tmp_path):
    panel = scored(years=2)
    page = write_index_report(panel, tmp_path / "a", draws=30)
    folder = page.parent
    assert "Ranks are those of 2021." in text_of(folder, "summary")
    assert len(pd.read_csv(folder / "tables" / "index_ranking.csv")) == 6
    assert len(pd.read_csv(folder / "tables" / "index_scores.csv")) == 12
    drawn = (folder / "figures" / "rank_changes.svg").read_text(encoding="utf-8")
    assert ">2020<" in drawn
    assert ">2021<" in drawn
    assert parsed(folder).xpath("//section[@id='index_ranking']//figure[@id='f-rank_changes']")


def test_an_index_of_one_indicator_has_a_page_too(tmp_path):
    framework = read_framework({"indicator": [{"id": "a", "parent": "total"}]})
    alone = score(framework, pd.DataFrame({"a": [1.0, 2.0, 5.0]}, index=["x", "y", "z"]))
    page = write_index_report(alone, tmp_path / "a", draws=10)
    assert "z leads" in page.read_text(encoding="utf-8")


def test_equal_units_share_the_first_rank():
    framework = read_framework({"indicator": [{"id": i, "parent": "total"} for i in "ab"]})
    tied = score(framework, pd.DataFrame({"a": [1.0, 5, 5], "b": [1.0, 5, 5]}, index=["x", "y", "z"]))
    assert findings.leaders(IndexStudy(tied, draws=0)).startswith("y and z share the first rank")


@pytest.mark.parametrize("rows", [1, 2])
def test_few_units_without_any_score_have_a_page_too(rows, tmp_path):
    framework = read_framework(tree())
    few = score(framework, read_indicators(data().head(rows), framework), allow_constant=True)
    page = write_index_report(few, tmp_path / "a", draws=10)
    said = "No unit has a score." if rows == 1 else "2 units are ranked"
    assert said in page.read_text(encoding="utf-8")


def test_contributions_say_what_they_add_up_to(result):
    other = dataclasses.replace(result.framework.steps, mean="topsis")
    ideal = score(result.framework, result.table, steps=other)
    assert "contributions are those of the arithmetic mean" in " ".join(
        pages.contributions(IndexStudy(ideal, draws=0)).paragraphs
    )
    assert "sum to its score" in " ".join(pages.contributions(IndexStudy(result, draws=0)).paragraphs)


def test_two_dimensions_are_no_radar(folder):
    assert not parsed(folder).xpath("//figure[@id='f-index_profile']")
    assert parsed(folder).xpath("//figure[@id='t-index_profile']")
