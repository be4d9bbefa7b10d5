from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters import published
from clusters.figures import _fonts, degree_distribution, powerlaw_comparison, top_degrees
from clusters.figures._text import shorten


@pytest.fixture
def table_3():
    return published.load("nankai_2023", table=3).rename(columns={"name_zh": "node"})


@pytest.fixture
def by_hand():
    # 10 nodes: out-degrees 0 x 4, 1 x 3, 2 x 2, 10 x 1.
    return pd.DataFrame(
        {"degree": "out", "k": [0, 1, 2, 10], "nodes": [4, 3, 2, 1], "ccdf": [1.0, 0.6, 0.3, 0.1]}
    )


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


def test_points_are_shares_of_all_nodes_and_degree_zero_is_left_out(by_hand):
    left, right = degree_distribution(by_hand).child_axes
    assert left.lines[0].get_xdata().tolist() == [1, 2, 10]
    assert left.lines[0].get_ydata().tolist() == pytest.approx([0.3, 0.2, 0.1])
    assert right.lines[0].get_ydata().tolist() == [0.6, 0.3, 0.1]
    assert [a.get_xscale() + a.get_yscale() for a in (left, right)] == ["loglog", "loglog"]


def test_a_fitted_tail_starts_at_xmin_on_the_distribution_and_falls_with_alpha(by_hand):
    fit = pd.DataFrame({"degree": ["in", "out"], "xmin": [5.0, 2.0], "alpha": [9.0, 2.5]})
    _, right = degree_distribution(by_hand, fit).child_axes
    line = next(line for line in right.lines if line.get_linestyle() == "--")
    k, height = line.get_xdata(), line.get_ydata()
    assert (k[0], height[0]) == (2.0, 0.3)
    slope = np.polyfit(np.log(k - 0.5), np.log(height), 1)[0]
    assert slope == pytest.approx(-1.5)  # the cumulative distribution falls with alpha - 1
    assert right.get_legend().get_texts()[0].get_text() == "Out-degree: α = 2.50, k ≥ 2"


def test_no_line_is_drawn_where_nothing_is_fitted(by_hand):
    fit = pd.DataFrame({"degree": ["out"], "xmin": [np.nan], "alpha": [np.nan]})
    for table in (fit, fit.iloc[:0], pd.DataFrame()):
        _, right = degree_distribution(by_hand, table).child_axes
        assert len(right.lines) == 1
        assert right.get_legend() is None


def test_the_straight_line_is_drawn_only_on_request(by_hand):
    assert len(degree_distribution(by_hand).child_axes[0].lines) == 1
    left = degree_distribution(by_hand, style="report").child_axes[0]
    line = left.lines[1]
    slope, height = np.polyfit(np.log10([1, 2, 10]), np.log10([0.3, 0.2, 0.1]), 1)
    assert np.log10(line.get_ydata()) == pytest.approx(height + slope * np.log10([1, 10]))


def test_ratios_lie_on_their_side_and_undecided_ones_are_hollow():
    table = pd.DataFrame(
        {
            "degree": ["out", "out", "out"],
            "alternative": [None, "lognormal", "exponential"],
            "R": [np.nan, -2.4, 5.0],
            "p": [np.nan, 0.02, 0.3],
        }
    )
    ax = powerlaw_comparison(table)
    points = [line for line in ax.lines if line.get_marker() == "o"]
    assert [(p.get_xdata()[0], p.get_markerfacecolor() == "white") for p in points] == [
        (-2.4, False),
        (5.0, True),
    ]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["Lognormal", "Exponential"]
    assert ax.get_xlim()[0] == -ax.get_xlim()[1]
