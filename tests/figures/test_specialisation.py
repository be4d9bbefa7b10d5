"""Figures of specialisation: what is drawn where, from tables of the project."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters import figures
from clusters.figures import catalogue
from clusters.figures.specialisation import _around, _tree


@pytest.fixture
def quotients():
    rows = [
        ("北京市", "5G", 10, 0.5),
        ("北京市", "物联网", 30, 8.0),
        ("广东省", "5G", 90, 1.0),
        ("广东省", "物联网", 1, np.nan),
        ("上海市", "5G", 2, 0.0),
    ]
    return pd.DataFrame(rows, columns=["place", "class", "relations", "location_quotient"])


class TestQuotients:
    def test_largest_first_and_as_doublings(self, quotients):
        ax = figures.location_quotients(quotients)
        assert [t.get_text() for t in ax.get_yticklabels()] == ["Guangdong", "Beijing", "Shanghai"]
        assert [t.get_text() for t in ax.get_xticklabels()] == ["5G", "Internet of Things"]
        cells = ax.images[0].get_array()
        # 8 is beyond the scale, so is 0; what is not known or not there is no number.
        assert cells.filled(9).tolist() == [[0, 9], [-1, 2], [-2, 9]]
        assert [text.get_text() for text in ax.texts] == ["8.0"]

    def test_top(self, quotients):
        assert len(figures.location_quotients(quotients, top=1).get_yticks()) == 1


@pytest.fixture
def related():
    rows = [
        ("A", "B", 0.9),
        ("A", "C", 0.2),
        ("B", "C", 0.6),
        ("A", "D", 0.0),
        ("B", "D", 0.1),
        ("C", "D", 0.3),
    ]
    table = pd.DataFrame(rows, columns=["class", "other_class", "relatedness"])
    return table.assign(class_places=[4, 4, 3, 4, 3, 2], other_places=[3, 2, 2, 1, 1, 1])


class TestRelatedness:
    def test_a_line_for_each_strong_pair_and_to_hold_together(self, related):
        ax = figures.relatedness(related)
        # A-B, B-C and C-D hold all together; they are also all that reaches 0.5, or the best of D.
        assert len(ax.patches) == 3 + 4
        assert len(figures.relatedness(related, strong=0.2).patches) == 4 + 4
        assert sorted(t.get_text() for t in ax.texts) == ["A", "B", "C", "D"]
        assert len(figures.relatedness(related, top=2).texts) == 2

    def test_tree_and_order(self):
        phi = np.array([[0, 9, 2, 0], [9, 0, 6, 1], [2, 6, 0, 3], [0, 1, 3, 0]]) / 10
        assert sorted(_tree(phi)) == [(0, 1), (1, 2), (2, 3)]
        assert _around(phi) == [0, 1, 2, 3]
        assert _tree(np.zeros((3, 3))) == []


def test_complexity_draws_what_it_is_asked_for():
    table = pd.DataFrame({"of": ["place"] * 3 + ["class"], "item": ["北京市", "广东省", "西藏自治区", "5G"]})
    table["complexity"] = [0.5, 1.5, np.nan, 0.0]
    ax = figures.complexity(table, of="place")
    assert [t.get_text() for t in ax.get_yticklabels()] == ["Guangdong", "Beijing"]
    assert [bar.get_width() for bar in ax.patches] == [1.5, 0.5]
    assert len(figures.complexity(table).patches) == 1
    with pytest.raises(ValueError, match="of 'city'"):
        figures.complexity(table, of="city")


def test_of_a_long_list_both_ends_are_drawn():
    table = pd.DataFrame({"of": "class", "item": [f"c{i}" for i in range(30)], "complexity": range(30)})
    names = [t.get_text() for t in figures.complexity(table, top=5).get_yticklabels()]
    assert names == ["c29", "c28", "c27", "c1", "c0"]


def test_the_catalogue_draws_them_where_their_tables_are(every_table):
    names = {"location_quotients", "relatedness", "complexity_class", "complexity_place"}
    specs = [spec for spec in catalogue() if spec.id in names]
    assert {spec.id for spec in specs} == names
    for spec in specs:
        assert spec.skipped(every_table) is None
        assert spec.draw(every_table, lang="zh") is not None
        assert "is not there" in spec.skipped({})
