from __future__ import annotations

import pandas as pd
import pytest

from clusters import published
from clusters.figures import _fonts, composition, composition_by_year
from clusters.figures._style import GREY

chinese_font = pytest.mark.skipif(not _fonts.fonts().chinese, reason="no Chinese font on this system")


def names(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


@pytest.fixture
def technologies():
    # Not in order, so that a figure that trusts the table's order is found out.
    return pd.DataFrame(
        {"class": ["5G", "物联网", "other"], "relations": [81, 107, 300], "share": [0.166, 0.219, 0.615]}
    )


def test_bars_stand_in_descending_order_with_the_remainder_last(technologies):
    ax = composition(technologies, by="technology")
    assert [bar.get_width() for bar in ax.patches] == [107, 81, 300]
    assert names(ax) == ["Internet of Things", "5G", "Other"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first is on top
    assert ax.patches[2].get_facecolor()[:3] == pytest.approx(
        [int(GREY[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    )


@chinese_font
def test_words_and_percent_signs_follow_the_language(technologies):
    ax = composition(technologies, by="technology", lang="zh")
    assert names(ax) == ["物联网", "5G", "其他"]
    assert [t.get_text() for t in ax.texts] == ["107（21.9%）", "81（16.6%）", "300（61.5%）"]
    assert ax.get_title(loc="left") == "技术类别"


def test_organisations_are_counted_and_not_their_relations():
    table = pd.DataFrame(
        {"class": ["北京市"], "organisations": [618], "share": [0.2809], "relations": [20000]}
    )
    ax = composition(table, by="province")
    assert ax.patches[0].get_width() == 618
    assert names(ax) == ["Beijing"]


def test_shares_alone_are_drawn_as_shares():
    printed = published.load("nankai_2023", figure=23)
    table = pd.DataFrame({"class": printed["industry_zh"], "share": printed["share_percent"] / 100})
    ax = composition(table, by="industry")
    assert ax.texts[0].get_text() == "28.5 %"
    assert names(ax)[1] == "Scientific research and\ntechnical services"


def test_what_is_beyond_the_top_is_added_up():
    table = pd.DataFrame(
        {
            "class": list("abcdef"),
            "relations": [50, 20, 10, 9, 8, 3],
            "share": [0.5, 0.2, 0.1, 0.09, 0.08, 0.03],
        }
    )
    ax = composition(table, top=3)
    assert [bar.get_width() for bar in ax.patches] == [50, 20, 30]
    assert names(ax) == ["a", "b", "Other (4)"]
    assert ax.texts[2].get_text() == "30 (30.0 %)"


def test_a_class_without_a_name_is_unknown_and_not_nan():
    table = pd.DataFrame({"class": ["a", None], "relations": [1, 5], "share": [1 / 6, 5 / 6]})
    assert names(composition(table)) == ["a", "Unknown"]


def test_years_without_a_class_count_as_none():
    table = pd.DataFrame(
        {
            "year": [2020, 2022, 2022],
            "class": ["b", "a", "b"],
            "relations": [4, 6, 2],
            "share": [1.0, 0.75, 0.25],
        }
    )
    first, second = composition_by_year(table).child_axes
    assert first.get_title(loc="left") == "a"
    assert first.lines[0].get_xdata().tolist() == [2020, 2022]
    assert first.lines[0].get_ydata().tolist() == [0.0, 0.75]
    assert second.texts[0].get_text() == "100.0 % → 25.0 %"


def test_the_stacked_form_adds_small_classes_up():
    rows = [(year, f"c{n}", 10.0 * n) for year in (2021, 2022) for n in range(1, 11)]
    table = pd.DataFrame(rows, columns=["year", "class", "relations"])
    table["share"] = table["relations"] / 550
    ax = composition_by_year(table, style="area")
    assert len(ax.collections) == 8
    assert ax.texts[0].get_text() == "c10  18.2 %"
    assert ax.texts[-1].get_text() == "Other (3)  10.9 %"
    assert ax.get_ylim()[1] == pytest.approx(1.0)


@pytest.mark.parametrize("value", ["share", "relations"])
def test_either_number_can_be_drawn(value):
    table = pd.DataFrame({"year": [2021, 2022], "class": "a", "relations": [5, 7], "share": [1.0, 1.0]})
    drawn = composition_by_year(table, value=value).child_axes[0].lines[0].get_ydata()
    assert drawn.tolist() == table[value].tolist()
