from __future__ import annotations

import pandas as pd
import pytest

from clusters import published
from clusters.figures import _fonts, top_degrees
from clusters.figures._text import shorten


@pytest.fixture
def table_3():
    return published.load("nankai_2023", table=3).rename(columns={"name_zh": "node"})


def test_bars_are_given_then_taken(table_3):
    ax = top_degrees(table_3)
    widths = [bar.get_width() for bar in ax.patches]
    assert widths[:20] == table_3["out_degree"].tolist()
    assert widths[20:40] == table_3["in_degree"].tolist()
    assert [bar.get_x() for bar in ax.patches[20:40]] == table_3["out_degree"].tolist()
    assert [t.get_text() for t in ax.texts] == [f"{d:,}" for d in table_3["degree"]]
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["Out-degree", "In-degree"]


@pytest.mark.skipif(not _fonts.fonts().chinese, reason="no Chinese font on this system")
def test_names_are_written_as_they_are_in_either_language(table_3):
    for lang in ("en", "zh"):
        assert top_degrees(table_3, lang=lang).get_yticklabels()[0].get_text() == "华为"


def test_the_label_of_a_node_goes_before_its_id_and_long_ones_are_cut():
    long = "Consortium for the Advancement of Everything in Every Place"
    table = pd.DataFrame(
        {"node": ["9991", "9992"], "label": [long, None], "in_degree": [1, 1], "out_degree": [2, 1]}
    )
    assert [t.get_text() for t in top_degrees(table).get_yticklabels()] == [shorten(long, 34), "9992"]
