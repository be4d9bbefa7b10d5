from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from clusters import labels
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


@pytest.mark.parametrize("lang", labels.LANGUAGES)
def test_the_printed_marks_of_the_model_report(lang):
    table = pd.DataFrame(
        {"nodes_share": [0.0, 0.001, 0.01, 0.1, 1.0], "total_share": [0, 0.315, 0.542, 0.726, 1]}
    )
    said = [t.get_text() for t in concentration_curve(table, lang=lang).texts[:3]]
    assert [re.findall(r"[\d.]+", text) for text in said] == [
        ["0.1", "31.5"],
        ["1", "54.2"],
        ["10", "72.6"],
    ]


def test_intervals_stand_at_the_marks_also_where_they_leave_the_value_out(degrees):
    shares = pd.DataFrame(
        {
            "year": [2022, 2021],
            "top_1_percent_low": [0.40, 0.1],
            "top_1_percent_high": [0.45, 0.2],
            "top_10_percent_low": [np.nan, 0.1],
            "top_10_percent_high": [np.nan, 0.2],
        }
    )
    ax = concentration_curve(curve_of(degrees), shares)
    assert [t.get_text().partition("\n")[2] for t in ax.texts[:3]] == ["", "40.0 % – 45.0 %", ""]
    bars = [line for line in ax.lines if line.get_marker() == "_"]
    assert [list(bar.get_ydata()) for bar in bars] == [[0.40, 0.45]]  # of the last year
    assert bars[0].get_xdata()[0] == pytest.approx(18 / 1765)


def test_a_band_follows_the_curve(degrees):
    curve = curve_of(degrees)
    for end, factor in (("low", 0.9), ("high", 1.1)):
        curve[f"total_share_{end}"] = curve["total_share"] * factor
    (band,) = concentration_curve(curve).collections
    points = band.get_paths()[0].vertices
    assert points[:, 1].max() == pytest.approx(1.1)
    assert points[:, 1].min() == pytest.approx(0.9 * curve["total_share"].iloc[1])
    assert not concentration_curve(curve_of(degrees)).collections


@pytest.mark.parametrize("lang", labels.LANGUAGES)
def test_the_straight_line_goes_through_the_marks_and_is_said_to_be_a_picture(lang):
    table = pd.DataFrame(
        {"nodes_share": [0.0, 0.001, 0.01, 0.1, 1.0], "total_share": [0, 0.1, 0.2, 0.4, 1]}
    )  # doubles with each power of ten
    ax = concentration_curve(table, style="report", lang=lang)
    assert ax.get_xscale() + ax.get_yscale() == "loglog"
    ends, heights = ax.lines[-1].get_data()
    assert np.interp(np.log10(0.01), np.log10(ends), np.log10(heights)) == pytest.approx(np.log10(0.2))
    assert heights[-1] / heights[0] == pytest.approx(2 ** np.log10(ends[-1] / ends[0]))
    said = [t.get_text() for t in ax.texts]
    assert said[-1] == ("示意图，并非检验" if lang == "zh" else "A picture, not a test")
    assert not any("α" in text or "R²" in text for text in said)


def test_without_marks_there_is_no_straight_line():
    ax = concentration_curve(curve_of([5, 3, 1, 1, 0]), style="report")
    assert len(ax.lines) == 1


def test_bands_of_top_shares():
    table = pd.DataFrame({"year": [2021, 2022], "top_10_percent": [0.7, 0.726]})
    banded = table.assign(top_10_percent_low=[0.6, 0.7], top_10_percent_high=[0.8, 0.75])
    (band,) = top_shares(banded).collections
    assert sorted(set(band.get_paths()[0].vertices[:, 1])) == [0.6, 0.7, 0.75, 0.8]
    assert not top_shares(table).collections


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
