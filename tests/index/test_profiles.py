"""Types of cities and their ranks beside the economy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from clusters.index.profiles import benchmark_type, ipsative, rank_gap


def test_the_profile_is_compared_with_itself_by_hand():
    # z by column (sd 1): a (1, 0), b (0, 1), c (-1, -1). Own means 0.5, 0.5, -1.
    scores = pd.DataFrame({"p": [3.0, 2.0, 1.0], "q": [2.0, 3.0, 1.0]}, list("abc"))
    assert ipsative(scores).to_numpy().tolist() == [[0.5, -0.5], [-0.5, 0.5], [0.0, 0.0]]
    # c stands out in nothing, and is not among the best two of its first dimension.
    found = benchmark_type(scores, top=2)
    assert found["type"].tolist() == ["p", "q", None]
    assert found["strongest"].tolist() == ["p", "q", "p"]
    assert found["dimension_rank"].tolist() == [1, 1, 3]


def test_the_best_of_all_is_named_by_where_it_is_most_ahead_of_itself():
    # Raw scores are highest in q everywhere; only the spread over the units tells p from q.
    scores = pd.DataFrame({"p": [9.0, 5.0, 4.0, 4.0], "q": [90.0, 89.0, 10.0, 11.0]}, list("abcd"))
    found = benchmark_type(scores, top=2)
    assert found["type"].tolist()[:2] == ["p", "q"]
    assert found.loc["c", "type"] is None


def test_missing_scores_and_constant_dimensions():
    scores = pd.DataFrame({"p": [1.0, 2.0, np.nan, 4.0], "q": [4.0, 3.0, 2.0, np.nan], "r": [0.1] * 4})
    found = benchmark_type(scores, top=4)
    assert found["type"].tolist() == ["q", "q", None, None]  # one dimension is not compared with itself
    assert ipsative(scores)["r"].isna().all()
    assert found["dimension_rank"].isna().tolist() == [False, False, True, True]


def test_wrong_calls():
    with pytest.raises(ValueError, match="there must be two"):
        benchmark_type(pd.DataFrame({"p": [1.0, 2.0]}))
    with pytest.raises(ValueError, match="at least 1"):
        benchmark_type(pd.DataFrame({"p": [1.0, 2.0], "q": [1.0, 2.0]}), top=0)


@given(arrays.arrays(float, (6, 3), elements=st.integers(0, 50).map(float)), st.integers(1, 9))
def test_scales_do_not_matter(values, factor):
    scores = pd.DataFrame(values, columns=list("pqr"))
    residuals = ipsative(scores)
    other = ipsative(scores * [factor, 1, 1] + [0, 7, 0])
    assert np.allclose(residuals, other, atol=1e-9, equal_nan=True)
    assert np.allclose(residuals.sum(axis=1), 0, atol=1e-9)


def test_the_gap_between_economy_and_index_by_hand():
    index = pd.Series({"杭州": 80.0, "上海": 90.0, "沈阳": 50.0, "合肥": 70.0})
    gdp = pd.Series({"上海": 100.0, "沈阳": 40.0, "杭州": 30.0, "西安": 20.0})
    found = rank_gap(index, gdp)
    # 合肥 has no GDP and 西安 no index: ranks are among the other three.
    assert found.index.tolist() == ["上海", "杭州", "沈阳"]
    assert found["rank"].tolist() == [1, 2, 3]
    assert found["rank_gap"].tolist() == [0, 1, -1]  # Hangzhou is ahead of its economy
