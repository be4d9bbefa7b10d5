"""Copeland, outranking and TOPSIS: COINr's own tests, counts by hand, plain loops."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters.index import outranking as module
from clusters.index.aggregate import mean
from clusters.index.outranking import outranking

COINR = pd.DataFrame({"x1": [1, 2, 3, 4], "x2": [3, 2, 1, 5], "x3": [2, 3, 1, 4]})


def test_published_matrix():
    found = outranking(COINR)
    assert np.diag(found.shares).tolist() == [0, 0, 0, 0]
    assert found.shares.iloc[1:, 0].tolist() == pytest.approx([2 / 3, 1 / 3, 1])
    assert (found.dominant_pairs, found.dominant_share) == (3, 0.5)


def test_published_scores():
    # 2 beats 1 and 3, 1 beats 3, 4 beats all.
    assert mean(COINR, None, "copeland").tolist() == [-1, 1, -3, 3]


def test_ties_count_half_and_a_drawn_pair_nothing():
    frame = pd.DataFrame({"a": [1, 1, 0], "b": [2, 3, 0]})
    shares = outranking(frame, pd.Series({"b": 3, "a": 1})).shares
    assert shares.iloc[0].tolist() == [0, 0.125, 1]
    # Weights 0.1 + 0.2 against 0.3 are a draw though the sums differ in the last bit.
    even = pd.DataFrame({"a": [1, 0], "b": [1, 0], "c": [0, 1]})
    assert mean(even, [0.1, 0.2, 0.3], "copeland").tolist() == [0, 0]


def test_pairs_are_compared_on_what_both_have():
    frame = pd.DataFrame({"a": [1, 2, np.nan], "b": [2, np.nan, 1], "c": [1, 0, 0]})
    found = outranking(frame, pd.Series({"a": 2, "b": 1, "c": 1}))
    # First and second share a and c (2 and 1): 1/3 for the first; first and third b and c.
    assert found.shares.iloc[0].tolist() == pytest.approx([0, 1 / 3, 1])
    assert found.shares.loc[1, 2] == 0.5
    assert found.dominant_pairs == 1
    alone = outranking(pd.DataFrame({"a": [1, np.nan], "b": [np.nan, 1]})).shares
    assert np.isnan(alone.loc[0, 1])


def test_a_unit_without_enough_data_is_not_compared():
    frame = pd.DataFrame({"a": [1, 2, 9], "b": [1, 2, np.nan], "c": [1, 2, np.nan]}, dtype=float)
    assert mean(frame, None, "copeland").tolist() == pytest.approx([-1, 1, np.nan], nan_ok=True)


def test_blocks_do_not_matter(monkeypatch):
    rng = np.random.default_rng(2)
    values, weights = rng.integers(0, 4, (17, 3)).astype(float), rng.random(3)
    whole = mean(values, weights, "copeland")
    plain = [sum(np.sign(np.round(weights @ np.sign(x - y), 9)) for y in values) for x in values]
    assert whole.tolist() == plain
    shares = outranking(pd.DataFrame(values)).shares
    monkeypatch.setattr(module, "CELLS", 40)
    assert mean(values, weights, "copeland").tolist() == plain
    pd.testing.assert_frame_equal(outranking(pd.DataFrame(values)).shares, shares)


def test_one_unit_outranks_nobody():
    found = outranking(pd.DataFrame({"a": [1.0]}))
    assert found.dominant_pairs == 0
    assert np.isnan(found.dominant_share)


def test_weights_for_outranking_are_checked():
    with pytest.raises(ValueError, match="every indicator"):
        outranking(COINR, pd.Series({"x1": 1}))


def test_topsis_by_hand():
    # Weights 1/2: best (1, 1), worst (0, 0). (1, 0) is as far from both; (1, 0.5): 0.5 and sqrt 1.25.
    values = [[1, 0], [0, 1], [1, 0.5], [0, 0]]
    root = 1.25**0.5
    assert mean(values, None, "topsis") == pytest.approx([0.5, 0.5, root / (root + 0.5), 0])
    # Weights multiply values, so they are squared in the distance: 2 and 1 instead of sqrt 2 and 1.
    assert mean(values, [2, 1], "topsis")[:2] == pytest.approx([2 / 3, 1 / 3])


def test_vector_scaling_takes_units_of_measure_out():
    rng = np.random.default_rng(4)
    values = rng.uniform(1, 9, (8, 3))
    scaled = mean(values * [1, 1000, 0.01], [1, 2, 3], "topsis", scaling="vector")
    plain = values / np.sqrt((values**2).sum(axis=0))
    assert scaled == pytest.approx(mean(plain, [1, 2, 3], "topsis"), rel=1e-12)


def test_topsis_of_equal_units_is_undefined():
    assert np.isnan(mean([[1, 2], [1, 2]], None, "topsis")).all()


def test_topsis_leaves_out_what_a_unit_lacks():
    found = mean([[1, np.nan], [0, 1], [0.25, 0]], None, "topsis")
    assert found[0] == 1
