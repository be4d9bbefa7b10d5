from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters.figures import concentration_curve, top_shares
from clusters.measures.concentration import concentration_curve as curve_of
from clusters.measures.concentration import top_share


@pytest.fixture
def degrees():
    # 1,765 organisations: 0.1 % are 1.765, counted as two (decision D9), so interpolation would show less.
    return np.r_[[900.0, 700.0], np.ones(1763)]


def test_marks_show_the_numbers_of_the_table(degrees):
    ax = concentration_curve(curve_of(degrees))
    said = [t.get_text() for t in ax.texts[:3]]
    shares = [top_share(degrees, p) for p in (0.001, 0.01, 0.1)]
    assert said == [
        f"Top {name}: {100 * s:.1f} %" for name, s in zip(("0.1 %", "1 %", "10 %"), shares, strict=True)
    ]
    assert said[0] == "Top 0.1 %: 47.6 %"


def test_the_curve_is_that_of_the_table(degrees):
    curve = curve_of(degrees)
    line = concentration_curve(curve).lines[0]
    assert line.get_xdata().tolist() == curve["nodes_share"].tolist()[1:]  # zero has no place on the axis
    assert line.get_ydata().tolist() == curve["total_share"].tolist()[1:]


def test_small_networks_have_no_mark_for_less_than_one_organisation():
    ax = concentration_curve(curve_of([5, 3, 1, 1, 0]))
    assert [t.get_text() for t in ax.texts] == ["all degrees equal"]


def test_several_degrees_in_one_table_are_told_apart(degrees):
    both = pd.concat([curve_of(degrees).assign(degree="out"), curve_of(np.ones(10)).assign(degree="in")])
    assert concentration_curve(both).get_ylabel() == "Cumulative share of out-degree"
    assert concentration_curve(both, degree="in").lines[0].get_ydata()[0] == pytest.approx(0.1)


def test_top_shares_by_year():
    table = pd.DataFrame(
        {"year": [2021, 2022], "top_10_percent": [0.7, 0.726], "top_1_percent": [0.5, np.nan]}
    )
    ax = top_shares(table)
    assert [line.get_ydata().tolist() for line in ax.lines] == [[0.7, 0.726], [0.5]]
    assert [t.get_text() for t in ax.texts] == [
        "Share of the top 10 %  72.6 %",
        "Share of the top 1 %  50.0 %",
    ]
    assert ax.get_ylim() == (0, 1)
