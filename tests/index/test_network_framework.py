"""The shipped example: an index of network indicators, from relations to scores."""

from __future__ import annotations

import numpy as np
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
