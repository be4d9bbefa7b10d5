from __future__ import annotations

import pickle
import string

import pandas as pd
import pytest

from clusters import figures, labels
from clusters.figures import catalogue

SPECS = catalogue(["composition_kind", "composition_kind_by_year", "organisations_by_country"])
each_spec = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)


def spec_of(name, tables=()):
    return next(spec for spec in catalogue(tables) if spec.id == name)


@pytest.fixture
def structure():
    return pd.DataFrame({"year": [2021, 2022], "average_degree": [2.572, 2.724]})


@each_spec
@pytest.mark.parametrize("lang", labels.LANGUAGES)
def test_every_figure_has_its_words_in_both_languages(spec, lang):
    assert spec.title(lang)
    assert [
        field for _, field, _, _ in string.Formatter().parse(spec.title(lang)) if field is not None
    ] == []  # no blank is left open
    assert len(spec.title(lang)) <= 50
    assert spec.caption(lang)


@each_spec
def test_every_figure_names_a_public_function_and_travels_to_another_process(spec):
    assert getattr(figures, spec.function.__name__) is spec.function
    assert pickle.loads(pickle.dumps(spec)) == spec


def test_names_are_distinct_and_titles_too():
    for lang in labels.LANGUAGES:
        titles = [spec.title(lang) for spec in SPECS]
        assert len(titles) == len(set(titles))
    assert len({spec.id for spec in SPECS}) == len(SPECS)


def test_the_figures_of_the_printed_report_are_there():
    numbers = {int(spec.number) for spec in catalogue() if spec.number}
    # 1-3 are conceptual, 4 and 5 need papers and patents, 14 is drawn like 9.
    assert numbers == set(range(6, 35)) - {14}


def test_what_cannot_be_drawn_says_why(structure):
    tables = {
        "structure": structure,
        "flow_margins": pd.DataFrame({"place": ["DE"], "empowerment_share": [1.0], "input_share": [1.0]}),
    }
    reasons = {spec.id: spec.skipped(tables) for spec in catalogue(tables)}
    assert reasons["average_degree"] is None
    assert reasons["concentration_curve"] == "table concentration_curve is not there"
    one = pd.DataFrame({"class": ["5G"], "relations": [3], "share": [1.0]})
    reason = spec_of("composition_technology").skipped({"composition_technology": one})
    assert reason == "table composition_technology holds fewer than two classes"
    assert reasons["tile_map"] == "table flow_margins names no province of China"
    assert (
        spec_of("average_degree").skipped({"structure": structure.head(1)}, "zh")
        == "表 structure 不足两个年份"
    )
    assert spec_of("average_degree").skipped({"structure": structure.head(0)}) == "table structure is empty"


def test_tables_reach_their_parameters(structure):
    spec = spec_of("degree_distribution")
    table, fit = pd.DataFrame({"degree": []}), pd.DataFrame({"xmin": []})
    assert spec.arguments({"degree_distribution": table, "powerlaw": fit}) == {"table": table, "fit": fit}
    assert list(spec.arguments({"degree_distribution": table})) == ["table"]
    assert spec_of("degree_distribution_report").arguments({})["style"] == "report"


def test_classes_and_levels_of_the_table_at_hand_get_figures():
    names = [
        s.id
        for s in catalogue(
            ["composition_programme", "composition_programme_by_year", "sample_by_country", "flows"]
        )
    ]
    assert {"composition_programme", "composition_programme_by_year", "sample_by_country"} <= set(names)
    assert "composition_programme_by_year" not in [s.id for s in catalogue(["composition_programme"])]


def test_a_figure_is_drawn_with_its_title_and_its_mark(structure):
    ax = spec_of("average_degree").draw({"structure": structure}, lang="en", synthetic=True)
    assert ax.get_title(loc="left") == "Average degree by year"
    assert ax.get_title(loc="right") == "synthetic data"
    assert ax.lines[0].get_ydata().tolist() == [2.572, 2.724]


def test_classes_of_a_composition_are_translated_by_their_kind():
    table = pd.DataFrame({"class": ["talent"], "relations": [3], "share": [1.0]})
    ax = spec_of("composition_kind", ["composition_kind"]).draw({"composition_kind": table})
    assert ax.get_yticklabels()[0].get_text() == "Talent"
    assert ax.get_title(loc="left") == "Relations by kind of relation"
