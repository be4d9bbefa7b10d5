"""The shipped example: an index of network indicators, from relations to scores."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters import explain, labels, tables
from clusters.index.frameworks import read_framework
from clusters.relations import sample
from clusters.tables._place_indicators import INDICATORS


@pytest.fixture(scope="module")
def framework():
    return read_framework("network")


@pytest.fixture(scope="module")
def cities():
    return tables.place_indicators(sample(), minimum=10)


def test_it_says_that_it_is_an_example(framework):
    assert "not published" in framework.title_en
    assert "非公开发布" in framework.title_zh
    assert framework.published is None


def test_indicators_are_columns_under_their_own_names(framework):
    for node in framework.indicators:
        assert node.id in INDICATORS
        # The same words, so that a table with Chinese headings is understood too.
        assert (node.name_en, node.name_zh) == (labels.label(node.id), labels.label(node.id, "zh"))
        assert node.unit == labels.unit(node.id)
        assert "indicators" in explain.entry(node.id).commands


def test_four_groups_with_equal_weights_and_only_a_lag_is_bad(framework):
    assert framework.children[framework.root] == ("scale", "position", "openness", "vitality")
    assert framework.steps.weights == "equal"
    assert [node.id for node in framework.indicators if node.direction == -1] == ["restricted_lag"]


def test_indicators_of_a_group_agree_and_none_repeats_another(framework, cities):
    signed = cities.set_index("unit").astype(float)
    signed["restricted_lag"] *= -1
    for group in framework.children[framework.root]:
        leaves = list(framework.leaves(group))
        assert signed[leaves].notna().all(axis=None)
        r = signed[leaves].corr().to_numpy()[np.triu_indices(len(leaves), 1)]
        assert (r > 0.1).all()
        assert (r < 0.92).all()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_table_that_is_printed_scores_as_it_is(cities, tmp_path, lang):
    from clusters.export import tabular
    from clusters.index.scoring import score
    from clusters.intake.indicators import read_indicators

    path = tmp_path / "indicators.csv"
    tabular.write(cities, path, command="indicators", lang=lang)
    framework = read_framework("network")
    table = read_indicators(path, framework)
    assert table.warnings == ()
    found = score(framework, table)
    ranked = found.scores["network"].sort_values(ascending=False)
    assert ranked.index[:2].to_list() == ["北京市", "深圳市"]
    assert set(ranked.index[:5]) == {"北京市", "深圳市", "杭州市", "上海市", "广州市"}
    assert ranked.between(0, 100).all()
    # No place leads by being small: the highest of each group are among the places with most relations.
    large = set(cities["unit"][:40])
    for group in framework.children[framework.root]:
        assert found.scores[group].idxmax() in large
    direct = score(framework, cities.set_index("unit"))
    pd.testing.assert_frame_equal(found.scores, direct.scores, check_index_type=False)


def test_a_panel_scores_all_years_on_one_scale():
    from clusters.index.scoring import score

    panel = tables.place_indicators(sample(), by_year=True, years=[2018, 2022], minimum=10)
    found = score(read_framework("network"), panel.set_index(["unit", "year"]))
    beijing = found.scores["network"].xs("北京市", level="unit")
    assert beijing[2022] > beijing[2018]
