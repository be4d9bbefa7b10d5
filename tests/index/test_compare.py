"""Two scorings beside each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from clusters.errors import DataError
from clusters.index.compare import compare, ranks


def test_who_moves_by_hand():
    # By b the order is c a b; a falls one place, b one, c gains two.
    a = pd.Series({"a": 3.0, "b": 2.0, "c": 1.0})
    b = pd.Series({"a": 20.0, "b": 10.0, "c": 30.0})
    found = compare(a, b)
    assert found.frame.index.tolist() == ["a", "b", "c"]
    assert found.frame["change"].tolist() == [-1, -1, 2]
    assert found.frame["rank_b"].tolist() == [2, 3, 1]
    assert found.mean_shift == pytest.approx(4 / 3)
    assert found.spearman == pytest.approx(1 - 6 * 6 / (3 * 8))  # 1 - 6 sum d2 / (n (n2 - 1))
    assert found.kendall == pytest.approx(-1 / 3)  # one pair agrees, two do not


def test_units_of_one_scoring_only_move_nobody():
    a = pd.Series({"a": 3.0, "b": 2.0, "gone": 9.0, "c": 1.0})
    b = pd.Series({"c": 1.0, "new": 5.0, "b": 2.0, "a": 3.0, "unscored": np.nan})
    found = compare(a, b)
    assert found.frame["change"].tolist() == [0, 0, 0]
    assert found.frame["rank_a"].tolist() == [1, 2, 3]
    assert (found.only_a, found.only_b) == (("gone",), ("new",))


def test_ties_share_the_better_rank_and_a_missing_score_has_none():
    assert ranks(pd.Series([1.0, 2.0, 2.0])).tolist() == [3, 1, 1]
    assert ranks(pd.Series([1.0, np.nan, 2.0])).tolist() == [2, pd.NA, 1]


def test_agreement_is_that_of_scipy():
    random = np.random.default_rng(3)
    a = pd.Series(random.integers(0, 9, 40).astype(float), [f"u{i}" for i in range(40)])
    b = pd.Series(a.to_numpy() + random.integers(0, 9, 40), a.index)
    found = compare(a, b)
    assert found.spearman == pytest.approx(stats.spearmanr(a, b).statistic)
    assert found.kendall == pytest.approx(stats.kendalltau(a, b).statistic)


def test_scores_that_are_all_equal_have_no_correlation():
    found = compare(pd.Series({"a": 1.0, "b": 1.0}), pd.Series({"a": 1.0, "b": 2.0}))
    assert np.isnan([found.spearman, found.kendall]).all()
    assert found.frame["rank_a"].tolist() == [1, 1]


def test_nothing_in_common():
    with pytest.raises(DataError, match=r"no unit in common .*'a' in the first, 'b' in the second"):
        compare(pd.Series({"a": 1.0}), pd.Series({"b": 1.0}))
