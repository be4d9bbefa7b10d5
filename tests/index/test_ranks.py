"""Ranks of many draws: ties, gaps, and counts by hand and against pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clusters.index import _ranks
from clusters.index._ranks import Tally, rank_rows, shifts


def tally(rows: list[list[int]], **options: bool) -> Tally:
    ranks = np.array(rows, np.int32)
    found = Tally.empty(ranks.shape[1], **options)
    found.add(ranks)
    return found


def test_ties_share_the_better_rank_and_rounding_does_not_part_them():
    scores = np.array([[0.1 + 0.2, 0.3, 0.4, 0.3], [1.0, 3.0, 2.0, 2.0]])
    assert rank_rows(scores).tolist() == [[2, 2, 1, 2], [4, 1, 2, 2]]


def test_tie_is_relative_to_the_largest_score_of_the_draw():
    # The same difference is rounding beside 1e6 and real beside 1.
    scores = np.array([[1e6, 1e-7, 0.0], [1.0, 1e-7, 0.0]])
    assert rank_rows(scores).tolist() == [[1, 2, 2], [1, 2, 3]]


def test_all_equal_and_all_missing():
    assert rank_rows(np.array([[0.0, 0.0], [np.nan, np.nan], [-1.0, np.nan]])).tolist() == [
        [1, 1],
        [0, 0],
        [1, 0],
    ]


@given(arrays(float, (5, 8), elements=st.integers(-3, 3).map(float) | st.just(float("nan"))))
def test_ranks_agree_with_pandas(scores):
    expected = pd.DataFrame(scores).rank(axis=1, method="min", ascending=False).fillna(0)
    assert (rank_rows(scores) == expected.to_numpy()).all()


def test_shift_by_hand_leaves_out_units_without_a_rank():
    ranks = np.array([[2, 1, 3], [3, 0, 1], [0, 0, 0]], np.int32)
    assert shifts(ranks, np.array([1, 2, 3], np.int32)).tolist() == pytest.approx(
        [2 / 3, 2.0, np.nan], nan_ok=True
    )


def test_counts_by_hand():
    found = tally([[1, 2, 3], [2, 1, 3], [1, 1, 3], [1, 2, 0]])
    assert found.acceptability.tolist() == [[3, 1, 0], [2, 2, 0], [0, 0, 3]]
    assert found.chances()[2].tolist() == [0.0, 0.0, 1.0]
    # The first leads twice, trails once, ties once: 2.5 of 4; the third is missing from one draw.
    assert found.dominance()[0].tolist() == [0.5, 0.625, 1.0]
    assert found.dominance()[1, 0] == 0.375
    assert found.mean().tolist() == [1.25, 1.5, 3.0]
    assert found.median().tolist() == [1.0, 1.5, 3.0]


def test_quantiles_are_ranks_that_occur():
    # 20 draws: rank 4 once is exactly 5 %.
    found = tally([[1, 2, 3, 4]] * 19 + [[4, 3, 2, 1]])
    assert found.quantile(0.05).tolist() == [1.0, 2.0, 2.0, 1.0]
    assert found.quantile(0.95).tolist() == [1.0, 2.0, 3.0, 4.0]
    assert found.quantile(0.96).tolist() == [4.0, 3.0, 3.0, 4.0]


ranked = arrays(
    float, st.tuples(st.integers(1, 12), st.integers(2, 6)), elements=st.integers(0, 4).map(float)
)


@given(ranked)
def test_counts_agree_with_plain_loops(scores):
    ranks = rank_rows(np.where(scores == 4, np.nan, scores))
    found = Tally.empty(ranks.shape[1])
    found.add(ranks)
    chance = found.dominance()
    for i in range(ranks.shape[1]):
        for j in range(ranks.shape[1]):
            both = (ranks[:, i] > 0) & (ranks[:, j] > 0)
            won = (ranks[both, i] < ranks[both, j]).sum() + (ranks[both, i] == ranks[both, j]).sum() / 2
            assert chance[i, j] == pytest.approx(won / both.sum() if both.any() else np.nan, nan_ok=True)
        own = ranks[ranks[:, i] > 0, i]
        if own.size:
            expected = np.quantile(own, [0.05, 0.95], method="inverted_cdf")
            assert [found.quantile(q)[i] for q in (0.05, 0.95)] == expected.tolist()
            assert found.median()[i] == np.median(own)
            assert found.mean()[i] == pytest.approx(own.mean())


@given(ranked)
def test_rows_of_acceptability_and_pairs_of_dominance_sum_to_one(scores):
    found = Tally.empty(scores.shape[1])
    found.add(rank_rows(scores))
    assert found.chances().sum(axis=1).tolist() == pytest.approx([1.0] * scores.shape[1])
    pair = found.dominance() + found.dominance().T
    assert pair.ravel().tolist() == pytest.approx([1.0] * pair.size)


def test_columns_sum_to_one_without_ties():
    found = Tally.empty(7)
    found.add(rank_rows(np.random.default_rng(0).random((40, 7))))
    assert found.chances().sum(axis=0).tolist() == pytest.approx([1.0] * 7)


def test_blocks_do_not_matter():
    ranks = rank_rows(np.random.default_rng(0).integers(5, size=(600, 6)).astype(float))
    whole, parts = Tally.empty(6), Tally.empty(6)
    whole.add(ranks)
    for begin in range(0, 600, 7):
        parts.add(ranks[begin : begin + 7])
    assert (whole.acceptability == parts.acceptability).all()
    assert (whole.dominance() == parts.dominance()).all()
    assert whole.draws == parts.draws == 600 > 2 * _ranks.FLUSH


def test_pairs_are_counted_where_asked_for():
    with pytest.raises(ValueError, match="pairs were not counted"):
        tally([[1, 2]], pairs=False).dominance()
