"""What changed is said with direction, size and uncertainty, or that the data cannot tell."""

from __future__ import annotations

import math

import pytest

from clusters.sentences import in_language
from clusters.tables._reading import COLUMNS, Change, by_chance, change_table, paragraph, sentence


def change(low=math.nan, high=math.nan, *, statistic="gini", first=0.5, last=0.6, group=None):
    return Change(statistic, 2014, 2022, first, last, low, high, group)


@pytest.mark.parametrize(
    ("low", "high", "direction"),
    [
        (0.01, 0.2, "rose"),
        (-0.2, -0.01, "fell"),
        (-0.01, 0.2, "unclear"),
        (0.0, 0.2, "unclear"),  # an interval that ends at 0 contains it
        (-0.2, 0.0, "unclear"),
        (math.nan, math.nan, "untested"),
    ],
)
def test_direction_is_that_of_the_interval_not_of_the_difference(low, high, direction):
    found = change(low, high)
    assert found.direction == direction
    assert found.difference == pytest.approx(0.1)


def test_no_difference_in_any_sample_is_the_same():
    assert change(0.0, 0.0, last=0.5).direction == "same"
    assert change(0.0, 0.1, last=0.5).direction == "unclear"
    assert change(0.0, 0.1, first=math.nan).direction == "undefined"


def test_sentences_in_both_languages():
    rose = sentence(change(0.05, 0.15))
    assert rose == (
        "Gini coefficient rose from 0.500 (2014) to 0.600 (2022): +0.100, 95 % interval +0.050 to +0.150."
    )
    assert in_language(rose, "zh") == (
        "基尼系数由 0.500（2014 年）升至 0.600（2022 年），变动 +0.100，95% 区间 +0.050 至 +0.150。"
    )
    unclear = sentence(change(-0.05, 0.15))
    assert unclear.endswith("contains 0: the data cannot tell whether it rose or fell.")
    assert in_language(unclear, "zh").endswith("包含 0，数据无法判断升降。")
    assert "nothing is said about chance" in sentence(change())
    assert "is 0.500 in 2014 as in 2022" in sentence(change(0.0, 0.0, last=0.5))
    assert "not defined in both 2014 and 2022" in sentence(change(first=math.nan))
    assert sentence(change(group="5G")).startswith("5G: Gini coefficient went")


def test_shares_are_told_in_percent_and_points():
    text = sentence(change(-0.2, -0.05, statistic="intra_share", last=0.4))
    assert "from 50.00 % (2014) to 40.00 % (2022): -10.00 points, 95 % interval -20.00 points to" in text


@pytest.mark.parametrize(
    ("difference", "text"), [(4, "+4.000"), (-1e-4, "-0.0001"), (0, "+0.000"), (2500, "+2,500")]
)
def test_small_and_large_differences_keep_their_digits(difference, text):
    assert f": {text}, without" in sentence(change(first=0.0, last=difference))


def test_many_tests_are_counted():
    assert by_chance([change(-1, 1)] * 9 + [change()] * 5) == []
    assert by_chance([change(-1, 1)] * 40)[0] == (
        "Of 40 changes tested at 95 %, chance alone would let about 2 rise or fall."
    )
    assert "chance alone" in paragraph([change(-1, 1)] * 10)
    with pytest.raises(ValueError, match="needs a sentence"):
        paragraph([])


def test_table_of_changes():
    table = change_table([change(0.05, 0.15, group="5G")], by="class")
    assert list(table.columns) == ["class", *COLUMNS]
    assert table.iloc[0].tolist()[:3] == ["5G", "gini", 2014]
    assert list(change_table([]).columns) == list(COLUMNS)
