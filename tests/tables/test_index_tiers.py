"""Tables of tiers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters import labels, tables
from clusters.errors import UsageError
from clusters.index.framework import TierRule
from clusters.intake.indicators import read_indicators
from clusters.sentences import in_language
from clusters.tables._index_tiers import scores_of

SCORES = pd.Series([60.0, np.nan, 95.0, 80.0, 80.0], index=pd.Index(["a", "b", "c", "d", "e"], name="unit"))
NAMED = TierRule("sizes", {"sizes": [2, "rest"]}, ("leading", "others"), ("引领型", "其他"))


def test_ties_share_rank_and_tier():
    table = tables.index_tiers(SCORES, NAMED)
    assert table["unit"].tolist() == ["c", "d", "e", "a", "b"]
    assert table["rank"].tolist() == [1, 2, 2, 4, pd.NA]
    assert table["tier"].tolist() == [1, 1, 1, 2, pd.NA]
    assert table["tier_name"].dropna().tolist() == ["leading", "leading", "leading", "others"]
    assert table["border_gap"].tolist() == pytest.approx([25, 10, 10, -10, np.nan], nan_ok=True)
    words = labels.words_of(table)
    assert labels.value("tier_name", "leading", "zh", words) == "引领型"
    said = [in_language(n, "zh") for n in table.attrs["notes"]]
    assert any("并列：有 1 个单元" in text for text in said)
    assert any("有 1 个单元没有得分" in text for text in said)


def test_what_only_rounding_tells_apart_ties_in_rank_and_tier():
    scores = pd.Series([0.3, 0.1 + 0.2, 0.1], index=["a", "b", "c"])
    table = tables.index_tiers(scores, TierRule("sizes", {"sizes": [1, "rest"]}))
    assert table[["rank", "tier"]].to_numpy().tolist() == [[1, 1], [1, 1], [3, 2]]


def test_names_that_do_not_reach():
    rule = TierRule("sizes", {"sizes": [1, 1, "rest"]}, (), ("引领型", "活力型"))
    table = tables.index_tier_summary(SCORES, rule)
    assert table["tier_name"].dropna().tolist() == ["引领型", "活力型"]
    assert table["tier_units"].tolist() == [1, 2, 1]


def test_empty_tiers_have_no_scores():
    table = tables.index_tier_summary(SCORES, TierRule("sizes", {"sizes": [3, 9, "rest"]}))
    assert table["tier_units"].tolist() == [3, 1, 0]
    assert table["lowest_score"].tolist() == pytest.approx([80, 60, np.nan], nan_ok=True)
    assert table["lower_border"].tolist() == pytest.approx([70, np.nan, np.nan], nan_ok=True)
    assert table["size_ratio"].tolist() == pytest.approx([np.nan, 1 / 3, 0], nan_ok=True)


def test_printed_names_of_units():
    names = pd.Series(["甲", "乙", "丙", "丁", "戊"], index=SCORES.index)
    assert tables.index_tiers(SCORES, NAMED, names=names)["name"].tolist() == ["丙", "丁", "戊", "甲", "乙"]


def test_a_rule_that_cannot_be_met_is_a_matter_of_use():
    with pytest.raises(UsageError, match="whole number"):
        tables.index_tiers(SCORES, TierRule("jenks", {"k": 0.5}))


@pytest.mark.parametrize(
    ("columns", "asked", "found"),
    [
        (["papers", "总分"], None, "总分"),
        (["Total Score", "papers"], None, "Total Score"),
        (["得分", "total"], None, "total"),
        (["R&D", "total"], "r&d", "R&D"),
        (["papers"], None, "papers"),
    ],
)
def test_the_column_of_scores(columns, asked, found):
    frame = pd.DataFrame({"city": ["北京", "上海"], **{c: [i + 1.0, 9.0] for i, c in enumerate(columns)}})
    scores = scores_of(read_indicators(frame), asked)
    assert scores.iloc[0] == columns.index(found) + 1
