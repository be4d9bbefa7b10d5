"""Figures of composite indices: what is drawn where, what is left out, and how it is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters import figures, published
from clusters.figures import catalogue

PARTS = ["environment", "funding", "rnd", "foundation", "outcome"]


@pytest.fixture
def scores() -> pd.DataFrame:
    """The 30 cities of 36Kr 2020, in tiers of ten."""
    table = published.load("kr36_2020").rename(columns={"city_zh": "unit", "total": "score"})
    return table.drop(columns="source").assign(tier=np.repeat([1, 2, 3], 10))


@pytest.fixture
def intervals(scores) -> pd.DataFrame:
    rank = scores["rank"]
    return scores.assign(rank_low=rank, rank_high=(rank + 1).clip(upper=30), rank_median=rank)


def written(ax) -> list[str]:
    return [text.get_text() for panel in (ax, *ax.child_axes) for text in panel.texts]


def test_a_ranking_has_a_bar_from_zero_for_each_unit_the_best_on_top(scores):
    (panel,) = figures.index_ranking(scores).child_axes
    assert [bar.get_x() for bar in panel.patches] == [0] * 30
    assert [bar.get_width() for bar in panel.patches] == scores["score"].tolist()
    assert panel.get_ylim()[0] > panel.get_ylim()[1]
    assert panel.get_yticklabels()[0].get_text() == "北京  1"
    assert "92.93" in written(figures.index_ranking(scores))


def test_intervals_have_their_own_panel_of_ranks(intervals):
    _, ranks = figures.index_ranking(intervals).child_axes
    # Ranks 10 and 20 reach to the next tier, all others stay in theirs.
    inside, crossing = ranks.collections
    assert len(inside.get_segments()) == 28
    assert [segment[:, 0].tolist() for segment in crossing.get_segments()] == [[10, 11], [20, 21]]
    vertical = [line.get_xdata()[0] for line in ranks.lines if len(set(line.get_xdata())) == 1]
    assert vertical[:2] == [10.5, 20.5]


def test_an_interval_that_ends_at_the_border_does_not_cross_it(intervals):
    exact = intervals.assign(rank_high=intervals["rank"])
    _, ranks = figures.index_ranking(exact).child_axes
    assert len(ranks.collections[1].get_segments()) == 0
    assert "crosses the border of a tier" not in [t.get_text() for t in ranks.get_legend().get_texts()]


def test_of_many_units_the_first_are_drawn_and_the_picture_says_so():
    rank = np.arange(1, 301)
    table = pd.DataFrame({"unit": [f"c{k}" for k in rank], "rank": rank, "score": 1 / rank})
    (panel,) = figures.index_ranking(table).child_axes
    assert len(panel.patches) == 60
    assert panel.get_xlabel() == "First 60 of 300"
    assert figures.index_ranking(table, lang="zh").child_axes[0].get_xlabel() in (
        "300 个中的前 60 个",
        "First 60 of 300",  # no Chinese font
    )


def test_negative_scores_stand_left_of_zero():
    table = pd.DataFrame({"unit": list("abc"), "rank": [1, 2, 3], "score": [1.2, 0.0, -1.2]})
    (panel,) = figures.index_ranking(table).child_axes
    assert [bar.get_width() for bar in panel.patches] == [1.2, 0.0, -1.2]
    assert panel.get_xlim()[0] <= -1.2


def test_of_a_panel_the_last_year_is_drawn(scores):
    both = pd.concat([scores.assign(year=2019, score=1.0), scores.assign(year=2020)])
    (panel,) = figures.index_ranking(both).child_axes
    assert [bar.get_width() for bar in panel.patches] == scores["score"].tolist()


def test_tiers_bear_the_names_that_the_table_brings(scores):
    scores["tier_name"] = np.where(scores["tier"] == 1, "first", None)
    scores.attrs = {"words": {"tier_name.first": {"en": "Leading", "zh": "引领型"}}}
    assert [text for text in written(figures.index_ranking(scores)) if not text[0].isdigit()] == [
        "Leading",
        "Tier 2",
        "Tier 3",
    ]


def test_a_profile_shows_the_exact_values_and_marks_the_better(scores):
    ax = figures.index_profile(scores, units=["北京", "上海"], dimensions=PARTS)
    radar, values = ax.child_axes
    bold = [text.get_text() for text in values.texts if text.get_fontweight() == "bold"]
    assert bold[2:] == ["90.54", "92.68", "90.91", "96.09", "94.33"]
    outlines = [line for line in radar.lines if line.get_marker() == "o"]
    assert [line.get_xydata().shape for line in outlines] == [(6, 2), (6, 2)]
    # Beijing leads everywhere, so its outline is outside that of Shanghai at every corner.
    far = [np.hypot(*line.get_xydata()[:-1].T) for line in outlines]
    assert (far[0] > far[1]).all()


def test_corners_keep_the_scale_of_the_rings(scores):
    radar, _ = figures.index_profile(scores, units=["北京", "上海"], dimensions=PARTS).child_axes
    rings = [float(text.get_text()) for text in radar.texts if text.get_text().isdigit()]
    assert rings[0] <= scores[PARTS].to_numpy().min()
    assert rings[-1] >= scores[PARTS].to_numpy().max()
    beijing = next(line for line in radar.lines if line.get_marker() == "o").get_xydata()[0]
    assert beijing[1] == pytest.approx((90.54 - rings[0]) / (rings[-1] - rings[0]))


def test_two_dimensions_are_a_list_and_no_radar(scores):
    ax = figures.index_profile(scores, dimensions=["rnd", "funding"])
    assert len(ax.child_axes) == 1
    assert "90.91" in written(ax)


def test_at_most_four_units_and_only_known_ones_are_compared(scores):
    ax = figures.index_profile(scores, units=["无锡", *scores["unit"]], dimensions=PARTS)
    outlines = [line for line in ax.child_axes[0].lines if line.get_marker() == "o"]
    assert len(outlines) == 4


def test_contributions_stack_to_the_score_and_small_parts_become_one():
    rows = [(u, f"i{k:02d}", 1.0 + k) for u in "ab" for k in range(12)]
    table = pd.DataFrame(rows, columns=["unit", "indicator", "contribution"])
    ax = figures.index_contributions(table)
    assert len(ax.patches) == 2 * 9
    assert sum(bar.get_width() for bar in ax.patches) == pytest.approx(2 * 78)
    assert ax.get_legend().get_texts()[-1].get_text() == "all others"
    assert written(ax) == ["78.00", "78.00"]


def test_negative_contributions_do_not_lengthen_the_bar():
    table = pd.DataFrame({"unit": ["a", "a"], "indicator": ["x", "y"], "contribution": [3.0, -1.0]})
    ax = figures.index_contributions(table)
    assert [(bar.get_x(), bar.get_width()) for bar in ax.patches] == [(0, 3), (0, -1)]
    assert written(ax) == ["2.000"]


def test_a_pyramid_has_widths_in_proportion_and_says_that_more_belong_to_a_tier():
    table = published.load("tmtpost_2024").rename(
        columns={"city_count": "size", "members_named_zh": "members"}
    )
    ax = figures.tier_pyramid(table, lang="en")
    assert [bar.get_width() for bar in ax.patches] == [1, 2, 17, 84, 200]
    assert all(bar.get_x() == -bar.get_width() / 2 for bar in ax.patches)
    texts = written(ax)
    assert {"1 unit", "17 units", "北京", "深圳  上海", "广州  杭州  西安 …"} <= set(texts)


def test_members_with_blanks_in_their_names_stay_whole():
    table = pd.DataFrame({"tier": [1, 2], "size": [1, 2], "members": ["New York", "Hong Kong, San Jose"]})
    assert {"New York", "Hong Kong  San Jose"} <= set(written(figures.tier_pyramid(table)))


def test_a_pyramid_of_units_counts_and_names_them_by_rank(scores):
    ax = figures.tier_pyramid(scores.sample(frac=1, random_state=0))
    assert [bar.get_width() for bar in ax.patches] == [10, 10, 10]
    assert written(ax)[2].startswith("北京  上海  深圳")


def test_tiers_without_any_unit_are_drawn_as_such():
    ax = figures.tier_pyramid(pd.DataFrame({"tier": [1, 2], "size": [0, 0]}))
    assert [bar.get_width() for bar in ax.patches] == [0, 0]
    assert "0 units" in written(ax)


def test_changes_of_rank_are_told_by_colour_number_and_place():
    table = pd.DataFrame({"unit": list("abc"), "rank_a": [1, 2, 3], "rank_b": [1, 3, 2]})
    ax = figures.rank_changes(table)
    assert [line.get_ydata().tolist() for line in ax.lines] == [[0, 0], [1, 2], [2, 1]]
    assert len({line.get_color() for line in ax.lines}) == 3
    assert {"b  2", "3  b  −1", "2  c  +1", "1  a"} <= set(written(ax))


def test_equal_ranks_do_not_lie_on_each_other():
    table = pd.DataFrame({"unit": list("abc"), "rank_a": [1, 1, 3], "rank_b": [2, 2, 1]})
    ax = figures.rank_changes(table)
    for end in (0, 1):
        assert sorted(line.get_ydata()[end] for line in ax.lines) == [0, 1, 2]


def test_a_panel_compares_its_first_and_last_year():
    rows = [("a", 2020, 1), ("b", 2020, 2), ("a", 2021, 9), ("a", 2022, 2), ("b", 2022, 1), ("c", 2022, 3)]
    ax = figures.rank_changes(pd.DataFrame(rows, columns=["unit", "year", "rank"]))
    assert len(ax.lines) == 2  # c has no first year
    assert {"2020", "2022"} <= set(written(ax))


def test_recovered_weights_stand_with_their_numbers_and_residuals_within_the_bound():
    table = pd.DataFrame(
        {"id": ["x", "y"], "weight": [0.41, 0.59], "low": [0.38, 0.55], "high": [0.45, 0.62]}
    )
    left = pd.DataFrame({"unit": list("abc"), "residual": [0.001, -0.02, 0.01], "bound": 0.01})
    ax = figures.weight_recovery(table.assign(snapped=[0.4, 0.6], grid=0.05), left)
    weights, residuals = ax.child_axes
    assert "0.4100 (0.3800 – 0.4500)" in written(ax)
    assert [line.get_xdata().tolist() for line in weights.lines if line.get_marker() == "D"] == [[0.4, 0.6]]
    colors = residuals.collections[-1].get_facecolors()
    assert (colors[0] == colors[2]).all()  # exactly at the bound is within it
    assert (colors[1] != colors[0]).any()


def test_acceptability_is_units_by_ranks_in_the_order_of_the_table():
    rows = [("b", 1, 0.75), ("b", 2, 0.25), ("a", 1, 0.25), ("a", 2, 0.75)]
    ax = figures.rank_acceptability(pd.DataFrame(rows, columns=["unit", "rank", "share"]))
    assert ax.images[0].get_array().tolist() == [[0.75, 0.25], [0.25, 0.75]]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["b", "a"]


@pytest.mark.parametrize(
    ("name", "table"),
    [("index_ranking", "index_ranking"), ("tier_pyramid", "index_tiers"), ("rank_changes", "rank_changes")],
)
def test_the_catalogue_names_what_they_need(name, table):
    (spec,) = [spec for spec in catalogue() if spec.id == name]
    assert spec.tables == (table,)
    assert spec.skipped({}) == f"table {table} is not there"
