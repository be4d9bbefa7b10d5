"""Sections about polarisation, diffusion and the structure of flows: true numbers, or left out."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd
import pytest

from clusters import networks, tables
from clusters.relations import from_frame
from clusters.report import contents
from clusters.report.sections import flow_structure
from clusters.report.sections import polarisation as of_polarisation
from clusters.report.sections._base import Contents, located, main_class
from clusters.report.study import Study, main_level

lxml_html = pytest.importorskip("lxml.html")


def csv_of(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / "tables" / f"{name}.csv", encoding="utf-8-sig")


def section_of(folder: Path, name: str):
    tree = lxml_html.fromstring((folder / "index.html").read_text(encoding="utf-8"))
    return tree.xpath(f"//section[@id='{name}']")[0]


def study_of(frame: pd.DataFrame, **more) -> Study:
    relations = from_frame(frame)
    return Study(relations, **{"level": main_level(relations, None), **more})


def names_of(section, study: Study) -> list[str]:
    return [table.name for table in section(study, Contents(study))]


def of_flows(study: Study, found: Contents):
    return flow_structure.structure_tables(study, found, None)


@pytest.fixture
def two_cities() -> pd.DataFrame:
    """a in x gives to b in y; a year later y gives back, and x keeps something."""
    frame = pd.DataFrame({"source": list("aba"), "target": list("bac"), "year": [2020, 2021, 2021]})
    place = {"a": "x", "b": "y", "c": "x"}
    frame["source_city"], frame["target_city"] = frame["source"].map(place), frame["target"].map(place)
    return frame


# -- polarisation and diffusion ---------------------------------------------------------


def test_yearly_tables_are_those_of_the_commands(cluster, english):
    built = networks.cumulative(cluster)
    expected = tables.polarisation(cluster, built, level="province", replicates=10)
    pd.testing.assert_frame_equal(csv_of(english, "polarisation"), expected, check_dtype=False)
    expected = tables.diffusion(cluster, replicates=10)
    pd.testing.assert_frame_equal(csv_of(english, "diffusion"), expected, check_dtype=False)
    last = csv_of(english, "flow_structure").iloc[-1]
    found = csv_of(english, "polarisation").iloc[-1]
    for name in ("intra_share", "poles_touching", "poles_inside"):
        assert last[name] == pytest.approx(found[name])


def test_summary_answers_both_questions_in_both_languages(english, chinese):
    text = section_of(english, "summary").text_content()
    assert "Still concentrating?" in text
    assert "Already spreading?" in text
    assert "95 % interval" in text
    text = section_of(chinese, "summary").text_content()
    assert "是否仍在极化？" in text
    assert "是否已在扩散？" in text


def test_page_shows_the_core_and_files_hold_the_rest(english):
    section = section_of(english, "polarisation")
    shown = {figure.get("id") for figure in section.xpath(".//figure")}
    assert {"t-polarisation", "t-diffusion", "t-diffusion_classes", "f-polarisation", "f-phases"} <= shown
    files = {
        "lorenz",
        "phases",
        "convergence",
        "polarisation_classes",
        "adoption",
        "adoption_curve",
        "s_curves",
    }
    assert not {f"t-{name}" for name in files} & shown
    assert files <= {path.stem for path in (english / "tables").glob("*.csv")}
    assert "Poles: Beijing and Guangdong" in section.text_content()


def test_classes_on_the_page_are_those_of_the_last_year(english):
    table = section_of(english, "polarisation").xpath(".//figure[@id='t-diffusion_classes']//tbody/tr")
    found = csv_of(english, "diffusion_classes")
    last = found[found["year"] == found["year"].max()]
    assert [row[1].text_content() for row in table] == [f"{n:,.0f}" for n in last["relations"]]
    head = section_of(english, "polarisation").xpath(".//figure[@id='t-diffusion_classes']//thead//th")
    assert head[0].text_content() == "Technology"


def test_hand_count_of_two_cities(two_cities):
    study = study_of(two_cities, resamples=0)
    found = {t.name: t.frame for t in of_polarisation.polarisation(study, Contents(study))}
    assert found["polarisation"]["intra_share"].tolist() == pytest.approx([0, 1 / 3])
    assert found["polarisation"]["giving_hhi"].tolist() == pytest.approx([1, 5 / 9])
    assert found["diffusion"]["places_reached"].tolist() == [1, 2]
    assert "phases" not in found  # nothing is drawn


def test_nothing_is_read_without_intervals(two_cities):
    for resamples in (0, 5):  # three enterprises have no interval either
        study = study_of(two_cities, resamples=resamples)
        contents = Contents(study)
        assert list(of_polarisation.polarisation(study, contents))
        assert contents.facts.readings == {}


@pytest.mark.parametrize("mode", ["window:2"])
def test_only_years_that_are_stocks_or_flows_are_compared(two_cities, mode):
    assert names_of(of_polarisation.polarisation, study_of(two_cities, mode=mode)) == []


def test_without_years_or_with_one_the_section_is_left_out(two_cities):
    assert names_of(of_polarisation.polarisation, study_of(two_cities.drop(columns="year"))) == []
    assert names_of(of_polarisation.polarisation, study_of(two_cities.assign(year=2020))) == []


def test_without_places_only_organisations_are_told_of(two_cities):
    frame = two_cities[["source", "target", "year"]]
    assert names_of(of_polarisation.polarisation, study_of(frame)) == ["polarisation"]
    assert names_of(of_flows, study_of(frame)) == []


def test_places_that_nobody_has_are_no_places(two_cities):
    frame = two_cities.assign(source_city=None, target_city=None)
    assert not located(study_of(frame, level="city"))
    assert names_of(of_polarisation.polarisation, study_of(frame)) in ([], ["polarisation"])


def test_adoption_before_the_first_year_has_no_order_to_show(two_cities):
    study = study_of(two_cities)
    found = Contents(study)
    list(of_polarisation.polarisation(study, found))
    assert "adoption_order" not in found.unshown  # one of two cities: order known for the other
    early = two_cities.assign(year=[2020, 2020, 2021])
    study = study_of(early)
    found = Contents(study)
    list(of_polarisation.polarisation(study, found))
    assert "adoption_order" in found.unshown


# -- classes and flows ------------------------------------------------------------------


def test_technology_comes_before_other_classes(two_cities):
    frame = two_cities.assign(field=["u", "v", "v"], technology=["5G", "AI", "AI"])
    assert main_class(study_of(frame)) == "technology"
    assert main_class(study_of(frame.drop(columns="technology"))) == "field"
    assert main_class(study_of(frame.assign(technology="5G"))) == "field"  # one class tells nothing apart
    assert main_class(study_of(two_cities)) is None


def test_flows_say_which_filter_keeps_them(english):
    flows, backbone = csv_of(english, "flows"), csv_of(english, "backbone")
    kept = flows[flows["kept"].notna()]
    pairs = ["origin", "destination"]
    assert set(map(tuple, kept[pairs].values)) == set(map(tuple, backbone[pairs].values))
    assert (kept["origin"] != kept["destination"]).all()
    text = section_of(english, "flows").xpath(".//figure[@id='t-flows']")[0].text_content()
    assert "Kept by" in text


def test_few_places_make_no_blocks_and_no_classes_no_quotients(two_cities):
    study = study_of(two_cities)
    assert names_of(of_flows, study) == ["flow_structure"]


def test_capitals_are_known_of_provinces_only(cluster):
    study = Study(cluster, level="province", resamples=0)
    found = names_of(of_flows, study)
    assert {"gravity", "gravity_flows", "location_quotients", "complexity", "blockmodel", "mixing"} <= set(
        found
    )
    city = names_of(of_flows, dataclasses.replace(study, level="city"))
    assert not {"gravity", "gravity_flows"} & set(city)


def test_sections_stand_in_one_order():
    names = list(contents.SECTIONS)
    assert names.index("flows") < names.index("polarisation") < names.index("composition")


def test_blocks_that_explain_little_are_files_only(cluster, monkeypatch):
    study = Study(cluster, level="province", resamples=0)
    for least, shown in ((0.0, True), (1.1, False)):
        monkeypatch.setattr(flow_structure, "TELLING", least)
        found = Contents(study)
        blocks = {table.name: table for table in of_flows(study, found)}["blockmodel"]
        assert bool(blocks.views) is shown
        assert ("block_density" in found.unshown) is not shown


def test_poles_that_moved_are_named():
    rows = [("x", "y", 2020)] * 3 + [("z", "w", 2021)] * 9
    names = [(f"{s}{i}", f"{t}{i}") for i, (s, t, _) in enumerate(rows)]
    frame = pd.DataFrame(names, columns=["source", "target"])
    frame["year"] = [year for *_, year in rows]
    frame["source_city"], frame["target_city"] = ([row[k] for row in rows] for k in (0, 1))
    table = next(iter(of_polarisation.polarisation(study_of(frame), Contents(study_of(frame)))))
    assert "Poles: w and z." in table.caption
    assert "In the first year these were x and y" in table.caption
