"""Figures of hierarchy: what is drawn where, and what is left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters import figures, networks, relations, tables


@pytest.fixture
def club():
    columns = {"k": [0, 2, 8, 30], "rich_club_ratio": [1.0, 1.1, np.nan, 1.4]}
    band = {"rich_club_null": [0.1, 0.2, 0.0, 0.4], "rich_club_null_from": 0.1, "rich_club_null_to": 0.5}
    return pd.DataFrame({**columns, **band})


def test_the_ratio_stands_beside_the_band_over_its_mean(club):
    ax = figures.rich_club(club)
    assert ax.get_xscale() == "log"
    assert ax.lines[-1].get_xdata().tolist() == [2, 30]  # no zero, and no row without a ratio
    assert ax.lines[-1].get_ydata().tolist() == [1.1, 1.4]
    corners = ax.collections[0].get_paths()[0].vertices
    assert {0.5, 2.5, 0.25, 1.25} <= set(np.round(corners[:, 1], 9))
    assert ax.get_legend().get_texts()[0].get_text() == "Observed"


def test_shells_rise_from_the_rim_to_the_core():
    network = networks.cumulative(relations.sample())[2015]
    table = tables.core_shells(network)
    sizes, shares = figures.core_shells(table).child_axes
    assert [bar.get_height() for bar in sizes.patches] == table["shell_nodes"].to_list()[::-1]
    assert shares.lines[0].get_ydata().tolist() == table["shell_sample_share"].to_list()[::-1]
    without = figures.core_shells(table.assign(shell_sample_share=np.nan))
    assert len(without.child_axes) == 1


@pytest.mark.parametrize("function", [figures.rich_club, figures.core_shells])
def test_nothing_to_draw_is_said(function):
    ax = function(pd.DataFrame({"k": [1]}))
    assert [text.get_text() for text in ax.texts] == ["No data"]
