"""Scores on a common scale: larger is better, whatever the method."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from clusters.errors import DataError
from clusters.index.framework import Normalisation
from clusters.index.normalise import METHODS, normalise, normalise_values
from clusters.sentences import in_language

NAN = float("nan")
samples = arrays(float, st.integers(2, 20), elements=st.integers(-1000, 1000).map(float))
WAYS = [(name, {}) for name in ("min-max", "efficacy", "z-score", "rank", "borda", "percentile")]


@pytest.mark.parametrize(
    ("method", "direction", "options", "scores"),
    [
        ("min-max", 1, {}, [0.25, 0, 1]),
        ("min-max", -1, {"range": (0, 100)}, [75, 100, 0]),
        ("min-max", 1, {"range": (1, 100)}, [25.75, 1, 100]),
        ("min-max", 1, {"lower": 0, "upper": 10}, [0.4, 0.2, 1]),
        ("min-max", -1, {"lower": 0, "upper": 10}, [0.6, 0.8, 0]),
        ("min-max", 1, {"upper": 6}, [0.5, 0, 2]),
        ("min-max", -1, {"upper": 6}, [0.5, 1, -1]),
        ("min-max", 1, {"upper": 6, "clip": True}, [0.5, 0, 1]),
        ("efficacy", 1, {}, [70, 60, 100]),
        ("efficacy", -1, {}, [90, 100, 60]),
        ("efficacy", 1, {"base": 50, "span": 50}, [62.5, 50, 100]),
        ("efficacy", 1, {"lower": 0, "upper": 8}, [80, 70, 110]),
        ("goalposts", 1, {"lower": 3, "upper": 8}, [0.2, 0, 1]),
        ("goalposts", -1, {"lower": 3, "upper": 8}, [0.8, 1, 0]),
        ("goalposts", 1, {"lower": 3, "upper": 8, "clip": False}, [0.2, -0.2, 1.4]),
        ("goalposts", 1, {"lower": 3, "upper": 8, "range": (0, 10)}, [2, 0, 10]),
        ("rank", 1, {}, [2, 1, 3]),
        ("rank", -1, {}, [2, 3, 1]),
        ("borda", 1, {}, [1, 0, 2]),
        ("percentile", 1, {}, [0.5, 0, 1]),
        ("max", 1, {}, [0.4, 0.2, 1]),
        ("max", -1, {}, [0.5, 1, 0.2]),
        ("reference", 1, {"reference": 4}, [1, 0, 4]),
        ("reference", 1, {"reference": 4, "cap": True}, [1, 0, 1]),
        ("reference", -1, {"reference": 4}, [1, 4 / 3, 0]),
        ("target", 1, {"target": 6, "lower": 1}, [0.6, 0.2, 1.8]),
        ("target", -1, {"target": 2}, [0.75, 1, 0]),
        ("share", 1, {}, [0.25, 0.125, 0.625]),
        ("none", 1, {}, [4, 2, 10]),
        ("none", -1, {}, [-4, -2, -10]),
    ],
)
def test_by_hand(method, direction, options, scores):
    assert normalise_values([4, 2, 10], method, direction, **options) == pytest.approx(scores)


def test_goalposts_and_targets_of_coinrs_tests():
    posts = {"lower": 0, "upper": 10}
    assert normalise_values([1, 11, -1], "goalposts", **posts).tolist() == [0.1, 1, 0]
    assert normalise_values([1, -1, 11], "goalposts", -1, **posts).tolist() == [0.9, 1, 0]
    assert normalise_values([0, 5, 11], "target", target=10).tolist() == [0, 0.5, 1.1]
    assert normalise_values([0, 5, 11], "target", target=10, cap=True).tolist() == [0, 0.5, 1]
    assert normalise_values([-1, 1, 10], "target", -1, target=0) == pytest.approx([1.1, 0.9, 0])
    assert normalise_values([-1, 1, 10], "target", -1, target=0, cap=True) == pytest.approx([1, 0.9, 0])


def test_z_score_divides_by_n_minus_1():
    assert normalise_values([1, 2, 3], "z-score").tolist() == [-1, 0, 1]  # n would give 1.22
    scores = normalise_values([4, 2, 10, NAN], "z-score", mean=5, sd=2)
    assert (np.nanmean(scores), np.nanstd(scores, ddof=1)) == pytest.approx((5, 2))


@given(samples, st.sampled_from([1, -1]))
def test_ranks_are_those_of_scipy(x, direction):
    ranks = normalise_values(x, "rank", direction)
    assert ranks.tolist() == stats.rankdata(direction * x, method="min").tolist()
    average = normalise_values(x, "rank", direction, ties="average")
    assert average.tolist() == stats.rankdata(direction * x, method="average").tolist()


@given(samples)
def test_a_z_score_is_that_of_scipy(x):
    assume(np.ptp(x) > 0)
    assert normalise_values(x, "z-score") == pytest.approx(stats.zscore(x, ddof=1))


@given(samples, st.integers(-50, 50), st.sampled_from([0.5, 2.0, 8.0]))
def test_a_change_of_unit_changes_no_score(x, shift, factor):
    for method, options in WAYS:
        one, other = (normalise_values(v, method, **options) for v in (x, factor * x + shift))
        assert other == pytest.approx(one, nan_ok=True, abs=1e-12)


@given(samples)
def test_to_reverse_the_direction_reverses_the_scale(x):
    assert normalise_values(x, "min-max", -1) == pytest.approx(1 - normalise_values(x), nan_ok=True)
    assert normalise_values(x, "z-score", -1) == pytest.approx(-normalise_values(x, "z-score"), nan_ok=True)


@given(samples)
def test_ends_of_the_scale_are_reached_and_kept(x):
    scores = normalise_values(x, range=(1, 100))
    if np.ptp(x) == 0:
        assert np.isnan(scores).all()
    else:
        assert (scores.min(), scores.max()) == (1, 100)


@given(samples, st.sampled_from([1, -1]))
def test_more_never_scores_less(x, direction):
    x = np.abs(x) + 1  # for max and share
    given_options = {
        "goalposts": {"lower": 10, "upper": 500},
        "reference": {"reference": x[0]},
        "target": {"target": 300},
    }
    order = np.argsort(direction * x)
    for method in METHODS:
        if (method, direction) == ("share", -1):
            continue
        scores = normalise_values(x, method, direction, **given_options.get(method, {}))[order]
        assert np.isnan(scores).all() or (np.diff(scores) >= 0).all(), method


@pytest.mark.parametrize("method", METHODS)
def test_missing_values_stay_missing_and_change_no_other(method):
    options = {
        "goalposts": {"lower": 0, "upper": 5},
        "reference": {"reference": 3},
        "target": {"target": 5},
    }.get(method, {})
    alone = normalise_values([1, 2, 4], method, **options)
    assert normalise_values([1, NAN, 2, 4], method, **options).tolist() == pytest.approx(
        [alone[0], NAN, alone[1], alone[2]], nan_ok=True
    )
    assert np.isnan(normalise_values([NAN, NAN], method, **options)).all()
    assert normalise_values([], method, **options).size == 0


def test_a_matrix_is_done_column_by_column():
    x = np.array([[1, 5, 7], [2, NAN, 7], [4, 1, 7.0]])
    for method, options in WAYS:
        columns = [normalise_values(x[:, j], method, -1, **options) for j in range(3)]
        assert np.array_equal(
            normalise_values(x, method, -1, **options), np.column_stack(columns), equal_nan=True
        )


@pytest.mark.parametrize("method", ["min-max", "efficacy", "z-score"])
@pytest.mark.parametrize("x", [[3, 3, 3], [0.1 + 0.2, 0.3], [7]])
def test_a_constant_has_no_score(method, x):
    # 0.1 + 0.2 and 0.3 differ in their last bit: no reason for 0 and 100 points.
    assert np.isnan(normalise_values(x, method)).all()


def test_a_constant_has_a_score_where_policy_says_what_it_is_worth():
    assert normalise_values([3, 3], lower=0, upper=12).tolist() == [0.25, 0.25]
    assert normalise_values([3, 3], "goalposts", lower=0, upper=12).tolist() == [0.25, 0.25]
    assert normalise_values([3, 3], "rank").tolist() == [1, 1]


@pytest.mark.parametrize(
    ("x", "method", "direction", "options"),
    [
        ([4, 5], "target", 1, {"target": 4}),
        ([4, 5], "target", 1, {"target": 3}),  # all beyond it: the formula would turn the order
        ([4, 5], "target", -1, {"target": 6}),
        ([4, 5], "reference", 1, {"reference": 4}),
        ([4, 5], "reference", 1, {"reference": NAN}),
        ([-4, -5], "max", 1, {}),
        ([0, 5], "max", -1, {}),
        ([1, -1], "share", 1, {}),
        ([1, -3, 5], "share", 1, {}),
        ([0, 0], "share", 1, {}),
        ([4], "percentile", 1, {}),
    ],
)
def test_undefined_scores_are_missing(x, method, direction, options):
    assert np.isnan(normalise_values(x, method, direction, **options)).all()


@pytest.mark.parametrize(
    ("method", "direction", "options", "message"),
    [
        ("minmax", 1, {}, "there is no normalisation 'minmax'; use one of min-max"),
        ("min-max", 0, {}, "direction 0 is neither 1 nor -1"),
        ("min-max", 1, {"target": 1}, "has no option 'target'; it takes range, lower"),
        ("none", 1, {"range": (0, 1)}, "has no option 'range'; it takes none"),
        ("target", 1, {}, "target needs 'target'"),
        ("goalposts", 1, {"lower": 1}, "goalposts needs 'upper'"),
        ("goalposts", 1, {"lower": 1, "upper": 1}, r"lower \(1\) must be below upper \(1\)"),
        ("min-max", 1, {"range": (1, 0)}, "must be two rising numbers"),
        ("z-score", 1, {"sd": 0}, "sd must be above 0"),
        ("rank", 1, {"ties": "dense"}, "ties 'dense' is not known"),
        ("share", -1, {}, "are no scores"),
    ],
)
def test_impossible_requests(method, direction, options, message):
    with pytest.raises(ValueError, match=message):
        normalise_values([1, 2], method, direction, **options)


@pytest.fixture
def cities() -> pd.DataFrame:
    frame = {"papers": [2, 4, 8.0], "dust": [30, 10, 20.0], "flat": [5, 5, 5.0]}
    return pd.DataFrame(frame, index=pd.Index(["a", "b", "c"], name="unit"))


def test_a_frame_with_directions_and_choices(cities):
    before = cities.copy()
    choices = {"flat": Normalisation("goalposts", {"lower": 0, "upper": 10, "range": (0, 100)})}
    stage = normalise(cities, "min-max", {"dust": -1}, choices=choices, range=(0, 100))
    pd.testing.assert_frame_equal(cities, before)
    assert stage.frame.to_dict("list") == {
        "papers": pytest.approx([0, 100 / 3, 100]),
        "dust": [0, 100, 50],
        "flat": [50, 50, 50],
    }
    assert [(e.step, e.what, e.item) for e in stage.log] == [
        ("normalise", "normalised", item) for item in cities.columns
    ]
    assert stage.log[1].detail == "method=min-max; direction=-1; range=0 100; high=30; low=10"
    assert stage.warnings == ()


def test_a_constant_indicator_is_named(cities):
    stage = normalise(cities)
    assert stage.frame["flat"].isna().all()
    (warning,) = stage.warnings
    assert warning.startswith("The score of 'flat' is undefined (0/0)")
    assert "“flat”" in in_language(warning, "zh")


def test_options_by_indicator_and_a_reference_unit(cities):
    two = cities[["papers", "dust"]]
    stage = normalise(two, "target", {"dust": -1}, target={"papers": 4, "dust": 10})
    assert stage.frame.to_dict("list") == {"papers": [0, 1, 3], "dust": [0, 1, 0.5]}
    stage = normalise(two, "reference", {"dust": -1}, reference="c")
    assert stage.frame.to_dict("list") == {"papers": pytest.approx([0, 1 / 3, 1]), "dust": [0, 2, 1]}
    with pytest.raises(DataError, match="reference unit 'z' is not in the table"):
        normalise(two, "reference", reference="z")
    with pytest.raises(ValueError, match="papers: the normalisation target needs"):
        normalise(two, "target")


def test_years_share_a_scale_unless_asked_otherwise():
    index = pd.MultiIndex.from_tuples([("a", 2020), ("b", 2020), ("a", 2021), ("b", 2021)])
    panel = pd.DataFrame({"x": [0, 1, 2, 4.0]}, index=index)
    assert normalise(panel).frame["x"].tolist() == [0, 0.25, 0.5, 1]
    stage = normalise(panel, by="year")
    assert stage.frame["x"].tolist() == [0, 1, 0, 1]
    assert [e.year for e in stage.log] == [2020, 2021]
    assert normalise(panel, "reference", reference=("b", 2020)).frame["x"].tolist() == [0, 1, 2, 4]
    with pytest.raises(ValueError, match="has several years"):
        normalise(panel, "reference", reference="b")
    assert normalise(panel, "reference", reference="b", by="year").frame["x"].tolist() == [0, 1, 0, 1]
    with pytest.raises(ValueError, match="needs a panel"):
        normalise(panel.droplevel(1).iloc[:2], by="year")


def test_text_and_doubles_are_refused(cities):
    with pytest.raises(DataError, match=r"'papers' of 'b' is 'n/k', not a finite number"):
        normalise(cities.astype(object).replace({4.0: "n/k"}))
    with pytest.raises(DataError, match="unit 'a' occurs more than once"):
        normalise(cities.rename({"b": "a"}))
    with pytest.raises(DataError, match="indicator 'dust' occurs more than once"):
        normalise(cities.rename(columns={"papers": "dust"}))
