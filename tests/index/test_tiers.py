"""Tiers: hand counts, printed breaks, and every partition tried."""

from __future__ import annotations

from itertools import combinations

import mapclassify
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.errors import DataError
from clusters.index._breaks import natural_breaks
from clusters.index.tiers import METHODS, tiers

CAL = pd.Series(np.asarray(mapclassify.load_example(), dtype=float))
few = st.lists(
    st.sampled_from([0.0, 1.0, 1.5, 2.0, 4.0, 7.0, 7.25, 30.0]) | st.floats(-100, 100), min_size=1, max_size=9
)
CALLS = {
    "thresholds": {"thresholds": [1.5, 20]},
    "quantiles": {"k": 3},
    "sizes": {"sizes": [1, 3, "rest"]},
    "jenks": {"k": 3},
    "head_tail": {},
}


def scored(*values):
    return pd.Series([float(v) for v in values], index=[f"u{i}" for i in range(len(values))])


def highest(scores, found):
    return scores.groupby(found.tier).max().round(3).tolist()


def within(parts):
    return sum(((np.array(p) - np.mean(p)) ** 2).sum() for p in parts)


def test_published_natural_breaks():
    found = tiers(CAL, "jenks", k=5)
    assert highest(CAL, found)[::-1] == [75.29, 192.05, 370.5, 722.85, 4111.45]
    assert found.sizes[::-1] == (49, 3, 4, 1, 1)
    assert found.ratios == pytest.approx((1, 4, 3 / 4, 49 / 3))


def test_published_head_and_tail():
    found = tiers(CAL, "head_tail")
    assert np.round(found.borders, 3).tolist() == [811.26, 125.928]
    assert found.sizes == (1, 7, 50)
    assert max(CAL) == 4111.45


@pytest.mark.parametrize("k", [2, 3, 4, 6, 9])
def test_agrees_with_mapclassify(k):
    rng = np.random.default_rng(k)
    for scores in (CAL, pd.Series(rng.normal(50, 12, 80)), pd.Series(rng.integers(0, 40, 90).astype(float))):
        peer = mapclassify.FisherJenks(scores.to_numpy(), k=k)
        found = tiers(scores, "jenks", k=k)
        own = within(part for _, part in scores.groupby(found.tier))
        assert own <= within(scores[peer.yb == c] for c in range(k)) * (1 + 1e-9)
        assert found.goodness_of_variance_fit == pytest.approx(1 - own / within([scores]))
    assert tiers(CAL, "jenks", k=k).sizes[::-1] == tuple(mapclassify.FisherJenks(CAL.to_numpy(), k=k).counts)


@settings(max_examples=150)
@given(few, st.integers(1, 5))
def test_no_partition_is_better(values, k):
    ordered = sorted(values)
    found = tiers(pd.Series(ordered), "jenks", k=k)
    own = within(part for _, part in pd.Series(ordered).groupby(found.tier))
    used = len(found.sizes)
    apart = np.diff(ordered) > 1e-12 * max(map(abs, ordered))
    assert used == min(k, 1 + apart.sum())
    cuts = combinations(range(1, len(ordered)), used - 1)
    best = min(within(np.split(np.array(ordered), c)) for c in cuts)
    assert own <= best + 1e-9 * max(1, within([ordered]))


def test_breaks_of_repeated_values_count_each():
    # Nine 0s hold their class: 0 | 1 1 costs nothing, 0 1 | 2 would cost 0.9 and more.
    values, counts = np.array([0.0, 1.0, 2.0]), np.array([9, 1, 1])
    found = {len(starts): (starts.tolist(), cost) for starts, cost in natural_breaks(values, counts)}
    assert found[2] == ([0, 1], pytest.approx(0.5))
    assert found[3] == ([0, 1, 2], pytest.approx(0))
    # With nine 1s too, 2 joins them: 0.9 instead of 81 / 18.
    again = {len(s): s.tolist() for s, _ in natural_breaks(values, np.array([9, 9, 1]))}
    assert again[2] == [0, 1]


def test_far_values_cost_no_digits():
    # One value a million away: the break among the near ones must not drown in rounding.
    near = np.concatenate([np.linspace(0, 1e-3, 50), np.linspace(2e-3, 3e-3, 50)])
    found = tiers(pd.Series([*near, 1e6]), "jenks", k=3)
    assert found.sizes == (1, 50, 50)


def test_the_fewest_tiers_that_fit():
    scores = scored(10, 10.5, 5, 5.5, 1, 1.5)
    by_k = [tiers(scores, "jenks", k=k).goodness_of_variance_fit for k in (1, 2, 3, 4)]
    assert by_k[0] == 0
    assert by_k == sorted(by_k)
    assert len(tiers(scores, "jenks", fit=0.95).sizes) == 3
    assert len(tiers(scores, "jenks", fit=by_k[1] - 1e-9).sizes) == 2
    assert len(tiers(scored(3, 3, 3), "jenks", fit=0.9).sizes) == 1


def test_fewer_scores_than_tiers_are_said():
    found = tiers(scored(3, 3, 1), "jenks", k=5)
    assert found.sizes == (2, 1)
    assert "2 different scores" in found.notes[0]


def test_thresholds_belong_to_the_upper_tier():
    found = tiers(scored(90, 80, 79.999, 60, 10), "thresholds", thresholds=[60, 80])
    assert found.tier.tolist() == [1, 1, 2, 2, 3]
    assert found.borders == (80, 60)
    assert found.gap.round(3).tolist() == [10, 0, -0.001, 0, -50]
    # A border without units below or above leaves an empty tier.
    found = tiers(scored(90, 80), "thresholds", thresholds=[95, 85, 70])
    assert found.sizes == (0, 1, 1, 0)
    assert found.ratios == pytest.approx((np.nan, 1, 0), nan_ok=True)


def test_sizes_by_hand():
    found = tiers(scored(*range(30, 0, -1)), "sizes", sizes=[10, 10, "rest"])
    assert found.sizes == (10, 10, 10)
    assert found.borders == (20.5, 10.5)
    assert found.gap.iloc[[9, 10]].tolist() == [0.5, -0.5]
    assert (found.ties_moved, found.notes) == (0, ())
    pyramid = tiers(scored(*range(304)), "sizes", sizes=["1", "2", "17", "84", "rest"])
    assert pyramid.sizes == (1, 2, 17, 84, 200)
    assert pyramid.ratios == pytest.approx((2, 8.5, 84 / 17, 200 / 84))


def test_ties_stay_together_and_are_said():
    # Ranks 1 2 2 2 5: the second place has three units, so two are above what size 2 has room for.
    found = tiers(scored(9, 7, 7, 7, 1), "sizes", sizes=[2, 2, "rest"])
    assert found.tier.tolist() == [1, 1, 1, 1, 3]
    assert (found.sizes, found.ties_moved) == ((4, 0, 1), 2)
    assert "2 units stand in a higher tier" in found.notes[0]
    # All tie: one from the third tier is up by two, and still one unit.
    assert tiers(scored(7, 7, 7), "sizes", sizes=[1, 1, "rest"]).ties_moved == 2


def test_scores_that_only_rounding_tells_apart_are_equal():
    scores = scored(0.9, 0.1 + 0.2, 0.3, 0.1)
    assert tiers(scores, "sizes", sizes=[2, "rest"]).sizes == (3, 1)
    assert tiers(scores, "thresholds", thresholds=[0.1 + 0.2]).sizes == (3, 1)
    assert tiers(scored(0.3, 0.1), "thresholds", thresholds=[0.1 + 0.2]).sizes == (1, 1)
    assert tiers(scored(0.3, 0.1 + 0.2), "jenks", k=2).sizes == (2,)


def test_sizes_that_do_not_fit_the_units():
    short = tiers(scored(3, 2, 1), "sizes", sizes=[2, 5, "rest"])
    assert short.sizes == (2, 1, 0)
    assert short.borders == (1.5, -np.inf)
    assert short.gap.tolist() == [1.5, 0.5, -0.5]
    assert "ask for 7 units, but 3 have a score" in short.notes[0]
    exact = tiers(scored(3, 2, 1), "sizes", sizes=[2, 1, "rest"])
    assert (exact.sizes, exact.notes) == ((2, 1, 0), ())
    assert tiers(scored(3, 2, 1), "sizes", sizes=[2, 1]).sizes == (2, 1)
    with pytest.raises(DataError, match="sum to 2, but 3 units have a score") as error:
        tiers(scored(3, 2, 1), "sizes", sizes=[1, 1])
    assert "rest" in error.value.hint


def test_quantiles_by_hand():
    found = tiers(scored(1, 2, 3, 4, 5), "quantiles", k=2)
    assert (found.borders, found.tier.tolist()) == ((3,), [2, 2, 1, 1, 1])
    tenth = tiers(scored(*range(101)), "quantiles", probabilities=[0.5, 0.9])
    assert (tenth.borders, tenth.sizes) == ((90, 50), (11, 40, 50))
    merged = tiers(scored(1, 1, 1, 1, 9), "quantiles", k=4)
    assert merged.borders == (1,)
    assert "2 borders fall together" in merged.notes[0]


def test_head_and_tail_stop_where_the_head_is_large():
    # Mean 3.5: half of the units are above, more than 40 %.
    even = tiers(scored(1, 2, 3, 4, 5, 6), "head_tail")
    assert even.sizes == (6,)
    assert "50.00 %" in even.notes[0]
    assert np.isnan(even.gap).all()
    assert tiers(scored(1, 2, 3, 4, 5, 6), "head_tail", limit=0.5).sizes == (3, 3)
    assert tiers(scored(2, 2, 2), "head_tail").sizes == (3,)
    assert tiers(scored(0.1, 0.1, 0.1), "head_tail").sizes == (3,)


def test_units_without_a_score_have_no_tier():
    found = tiers(scored(3, np.nan, 1), "sizes", sizes=[1, "rest"])
    assert found.tier.tolist() == [1, pd.NA, 2]
    assert found.sizes == (1, 1)
    assert "1 unit has no score and no tier (first: u1)" in found.notes[0]
    nobody = tiers(scored(np.nan), "jenks")
    assert nobody.tier.isna().all()
    assert np.isnan(nobody.goodness_of_variance_fit)


@pytest.mark.parametrize("method", METHODS)
@given(values=few)
def test_every_method_keeps_the_order(method, values):
    scores = pd.Series(values)
    found = tiers(scores, method, **CALLS[method])
    assert sum(found.sizes) == len(values)
    assert found.sizes == tuple((found.tier == t).sum() for t in range(1, len(found.sizes) + 1))
    for i in range(len(values)):
        tie = 1e-12 * max(map(abs, values))
        assert found.tier[i] == 1 + sum(border > values[i] + tie for border in found.borders)
    by_score = found.tier[np.argsort(-scores.to_numpy(), kind="stable")]
    assert by_score.is_monotonic_increasing
    assert list(found.borders) == sorted(found.borders, reverse=True)


@given(few)
def test_breaks_do_not_depend_on_the_unit_of_the_scores(values):
    scores = pd.Series(np.round(values, 3))
    for method in ("sizes", "head_tail", "jenks"):
        # A power of two, so that nothing rounds differently.
        before, after = (tiers(s, method, **CALLS[method]) for s in (scores, 4 * scores))
        assert before.tier.tolist() == after.tier.tolist()


@pytest.mark.parametrize(
    ("method", "options", "message"),
    [
        ("jenk", {}, "tiers by 'jenk' are not known; use one of thresholds, quantiles"),
        ("jenks", {"sizes": [1]}, "no option 'sizes'; it takes k, fit"),
        ("jenks", {"k": 0}, "k: 0 is not a whole number from 1 up"),
        ("jenks", {"k": 2, "fit": 0.9}, "not both"),
        ("jenks", {"fit": 90}, "fit 90 is not between 0 and 1"),
        ("thresholds", {}, "need thresholds"),
        ("thresholds", {"thresholds": [60, "high"]}, "'high' is not a number"),
        ("thresholds", {"thresholds": [60, 60]}, "given twice"),
        ("quantiles", {"probabilities": [90]}, "between 0 and 1"),
        ("quantiles", {"probabilities": [0.9], "k": 2}, "not both"),
        ("sizes", {}, "need sizes"),
        ("sizes", {"sizes": [10, "others"]}, "'others' is not a number"),
        ("sizes", {"sizes": [10, 2.5]}, "2.5 is not a whole number"),
        ("sizes", {"sizes": ["rest"]}, "a number before 'rest'"),
        ("head_tail", {"limit": 40}, "limit 40 is not a share"),
    ],
)
def test_a_wrong_call_is_explained(method, options, message):
    with pytest.raises(ValueError, match=message):
        tiers(scored(3, 2, 1), method, **options)


def test_an_infinite_score_is_refused():
    with pytest.raises(ValueError, match="the score of u1 is infinite"):
        tiers(scored(3, np.inf), "jenks")


def test_many_scores():
    scores = pd.Series(np.random.default_rng(0).normal(size=20_000))
    found = tiers(scores, "jenks", k=4)
    assert sum(found.sizes) == 20_000
    # Normal scores: the best four classes meet near 0 and +-0.98 (Cox 1957).
    assert found.borders == pytest.approx((0.98, 0, -0.98), abs=0.03)
