"""Means of rows and aggregates of a tree: by hand, against scipy and statistics, with parts missing."""

from __future__ import annotations

import statistics
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from clusters.errors import DataError
from clusters.index._means import OPTIONS
from clusters.index.aggregate import MEANS, aggregate, data_share, mean, mean_many
from clusters.sentences import in_language

positive = st.floats(0.01, 1000)
rows = st.lists(st.tuples(positive, st.floats(0.05, 10)), min_size=1, max_size=6)
ADDITIVE = [
    ("arithmetic", {}),
    ("geometric", {}),
    ("harmonic", {}),
    ("power", {"p": 2.5}),
    ("power", {"p": -2}),
]


def one(values, weights=None, method="arithmetic", **options):
    return float(mean(values, weights, method, **options)[0])


def test_published_means():
    # COINr's own tests; geometric: (1 * 2 * 3^2)^(1/4).
    assert one([1, 2, 3], [1, 1, 2], "geometric") == pytest.approx(18 ** (1 / 4), rel=1e-14)
    assert one([1, 2, 3], None, "geometric") == pytest.approx(6 ** (1 / 3), rel=1e-14)
    assert one([1, 2, 3], [2, 1, 1], "harmonic") == pytest.approx(4 / (2 / 1 + 1 / 2 + 1 / 3), rel=1e-14)
    assert one([1, 2, 3], [2, 1, 1], "power", p=-1) == pytest.approx(4 / (2 + 1 / 2 + 1 / 3), rel=1e-14)
    assert one([1, 2, 3], None, "power", p=1) == 2


def test_weights_are_rescaled():
    assert one([1, 2, 4], [1, 1, 2]) == 2.75
    assert one([1, 2, 4], [25, 25, 50]) == 2.75


def test_agrees_with_other_implementations():
    rng = np.random.default_rng(3)
    values, weights = rng.uniform(0.1, 9, (20, 5)), rng.uniform(0.1, 3, 5)
    second = {
        "arithmetic": lambda x: statistics.fmean(x, weights),
        "geometric": lambda x: stats.gmean(x, weights=weights),
        "harmonic": lambda x: statistics.harmonic_mean(list(x), weights=list(weights)),
    }
    for method, function in second.items():
        assert mean(values, weights, method) == pytest.approx([function(x) for x in values], rel=1e-12)
    for p in (-2.0, 0.5, 3.0):
        found = mean(values, weights, "power", p=p)
        assert found == pytest.approx(stats.pmean(values, p, axis=1, weights=weights), rel=1e-12)
    assert mean(values, weights, "power", p=0) == pytest.approx(mean(values, weights, "geometric"), rel=1e-14)


def test_a_high_power_does_not_overflow():
    assert one([1e3, 1e4], None, "power", p=200) == pytest.approx(1e4 * 0.5 ** (1 / 200))
    assert one([1e3, 1e4], None, "power", p=-200) == pytest.approx(1e3 * 2 ** (1 / 200))
    assert one([0, 0], None, "power", p=2) == 0


@given(rows)
def test_means_are_ordered(parts):
    values, weights = zip(*parts, strict=True)
    found = [one(values, weights, m) for m in ("harmonic", "geometric", "arithmetic")]
    found = [min(values), *found, one(values, weights, "power", p=3), max(values)]
    assert all(a <= b * (1 + 1e-9) for a, b in pairwise(found))


def test_missing_parts_are_left_out_and_weights_rescaled():
    values = [[1.0, 5.0, np.nan], [np.nan, 5.0, np.nan], [np.nan, np.nan, np.nan]]
    weights = [0.6, 0.3, 0.1]
    # Row 1: (0.6 + 1.5) / 0.9; row 2 has one part of three, less than half.
    assert mean(values, weights).tolist() == pytest.approx([2.1 / 0.9, np.nan, np.nan], nan_ok=True)
    assert mean(values, weights, minimum_share=0.3).tolist()[1] == pytest.approx(5)
    assert mean(values, weights, minimum_share=0).tolist()[1:] == pytest.approx([5, np.nan], nan_ok=True)
    assert mean(values, weights, minimum_share=2 / 3)[0] == pytest.approx(2.1 / 0.9)
    assert np.isnan(mean(values, weights, minimum_share=0.67)[0])


def test_the_minimum_counts_parts_and_not_weights():
    # Half of the parts with a tenth of the weight is enough; one of three with nine tenths is not.
    assert one([4.0, np.nan], [1, 9]) == 4
    assert np.isnan(one([4.0, np.nan, np.nan], [9, 0.5, 0.5]))
    # A part without weight is not counted: one of two is left.
    assert one([4.0, np.nan, np.nan], [5, 5, 0]) == 4
    assert np.isnan(one([np.nan, np.nan, 4.0], [5, 5, 0]))
    assert data_share(np.array([[4.0, np.nan, np.nan]]), np.array([[5.0], [5.0], [0.0]])).item() == 0.5


@pytest.mark.parametrize(("method", "options"), [*ADDITIVE, ("mpi", {})])
def test_missing_parts_count_as_if_they_were_not_there(method, options):
    rng = np.random.default_rng(5)
    values, weights = rng.uniform(80, 120, (30, 6)), rng.uniform(1, 2, 6)
    values[rng.random(values.shape) < 0.2] = np.nan
    found = mean(values, weights, method, **options)
    for row, value in zip(values, found, strict=True):
        there = ~np.isnan(row)
        if there.mean() < 0.5:
            assert np.isnan(value)
        else:
            assert value == pytest.approx(one(row[there], weights[there], method, **options), rel=1e-12)


@pytest.mark.parametrize(
    ("method", "options"), [*ADDITIVE, ("mpi", {"ddof": 1}), ("topsis", {}), ("copeland", {})]
)
def test_many_sets_of_weights_are_each_as_one(method, options):
    rng = np.random.default_rng(11)
    values, weights = rng.uniform(50, 150, (12, 4)), rng.uniform(0.1, 2, (4, 9))
    values[3, 1] = values[7, 0] = np.nan
    values[5, 1:3] = np.nan
    weights[3, 5] = 0  # then two of three parts are missing
    found = mean_many(values, weights, method, **options)
    assert found.shape == (12, 9)
    for d in range(9):
        assert found[:, d] == pytest.approx(
            mean(values, weights[:, d], method, **options), rel=1e-12, nan_ok=True
        )


def test_mazziotta_pareto_by_hand():
    # M = 100 for all three; deviations 0, 10, sqrt(50): 100 - 0, 100 - 10 * 0.1, 100 - 50 / 100.
    values = [[100, 100], [90, 110], [100 + 50**0.5, 100 - 50**0.5]]
    assert mean(values, None, "mpi") == pytest.approx([100, 99, 99.5])
    assert mean(values, None, "mpi", penalty=1) == pytest.approx([100, 101, 100.5])
    # The sample deviation of two values has twice the variance.
    assert mean(values, None, "mpi", ddof=1) == pytest.approx([100, 98, 99])
    # Weights 3 to 1: M = 95, variance 75.
    assert one([90, 110], [3, 1], "mpi") == pytest.approx(95 - 75 / 95)


@given(st.lists(st.floats(60, 140), min_size=2, max_size=8))
def test_mazziotta_pareto_against_statistics(values):
    m, s = statistics.fmean(values), statistics.pstdev(values)
    assert one(values, None, "mpi") == pytest.approx(m - s * s / m, rel=1e-9)
    assert one(values, None, "mpi") <= m * (1 + 1e-12)


@pytest.mark.parametrize(
    ("values", "method", "options", "message"),
    [
        (
            [[1, 2], [3, 0]],
            "geometric",
            {},
            "value 0 in row 1, column 1: the geometric mean needs values above",
        ),
        ([[1, -2]], "harmonic", {}, "value -2 in row 0, column 1: the harmonic mean"),
        ([[0, 2]], "power", {"p": -1}, "the power mean needs values above 0"),
        ([[-1, 2]], "power", {"p": 2}, "value -1"),
        ([[9, 2], [-1, 1]], "mpi", {}, "the mean of row 1 .* is not above 0; the Mazziotta-Pareto index"),
        ([[1, 2]], "median", {}, "mean 'median' is not known; use one of arithmetic, geometric"),
        ([[1, 2]], "arithmetic", {"p": 2}, "the mean arithmetic has no option 'p'"),
        ([[1, 2]], "mpi", {"penalty": 0}, "penalty 0 is not one of -1, 1"),
        ([[1, 2]], "power", {"p": np.inf}, "p must be a finite number"),
        ([[1, 2]], "arithmetic", {"minimum_share": 50}, "minimum share 50 is not from 0 to 1"),
    ],
)
def test_a_wrong_call_is_explained(values, method, options, message):
    with pytest.raises(ValueError, match=message):
        mean(values, None, method, **options)


@pytest.mark.parametrize("weights", [[0, 0], [1, -1], [1, np.nan], [1, np.inf], [1, 2, 3]])
def test_weights_that_make_no_mean_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        mean([[1, 2]], weights)


CHILDREN = {"total": ("research", "papers"), "research": ("staff", "patents")}
WEIGHTS = {"research": 0.75, "papers": 0.25, "staff": 1, "patents": 3}


@pytest.fixture
def normalised() -> pd.DataFrame:
    units = pd.Index(["北京", "上海", "深圳"], name="unit")
    return pd.DataFrame(
        {"staff": [1.0, 2.0, 4.0], "patents": [5.0, 6.0, np.nan], "papers": [8.0, 4.0, 2.0]}, index=units
    )


def test_a_tree_by_hand(normalised):
    found = aggregate(normalised, CHILDREN, WEIGHTS, {"research": "geometric"})
    # 北京: research (1 * 5^3)^(1/4), total 0.75 of it and 2.
    assert list(found.frame.columns) == ["total", "research"]
    assert found.frame["research"].tolist() == pytest.approx([125**0.25, (2 * 216) ** 0.25, 4])
    assert found.frame.loc["北京", "total"] == pytest.approx(0.75 * 125**0.25 + 2)
    said = [(e.what, e.item, e.unit, e.detail) for e in found.log]
    assert said == [
        ("averaged", "research", None, "geometric"),
        ("rescaled", "research", "深圳", ""),
        ("averaged", "total", None, "arithmetic"),
    ]
    assert found.log[1].after == 0.5
    assert found.warnings == ()
    assert list(normalised.columns) == ["staff", "patents", "papers"]


def test_the_order_of_the_tree_does_not_matter(normalised):
    upside_down = dict(reversed(CHILDREN.items()))
    pd.testing.assert_frame_equal(
        aggregate(normalised, upside_down, WEIGHTS).frame, aggregate(normalised, CHILDREN, WEIGHTS).frame
    )


def test_too_few_parts_give_no_value_and_are_said(normalised):
    found = aggregate(normalised, CHILDREN, WEIGHTS, minimum_share=0.6)
    assert found.frame.isna().to_numpy().tolist() == [[False, False], [False, False], [True, True]]
    assert [(e.what, e.item, e.after) for e in found.log if e.unit == "深圳"] == [
        ("too_few", "research", 0.5),
        ("too_few", "total", 0.5),
    ]
    assert len(found.warnings) == 2
    assert "深圳" in found.warnings[0]
    assert "60.00%" in in_language(found.warnings[0], "zh")


def test_scores_given_for_an_aggregate_are_taken_as_they_are(normalised):
    scores = normalised[["papers"]].assign(research=[7.0, 8.0, 9.0])
    found = aggregate(scores, CHILDREN, WEIGHTS)
    assert found.frame["research"].tolist() == [7, 8, 9]
    assert found.frame["total"].tolist() == [7.25, 7, 7.25]
    assert ("given", "research") in [(e.what, e.item) for e in found.log]
    # With indicators below it, the column of the aggregate is computed anew unless it is named.
    both = normalised.assign(research=[7.0, 8.0, 9.0])
    assert aggregate(both, CHILDREN, WEIGHTS).frame["research"].tolist()[0] == 4
    assert aggregate(both, CHILDREN, WEIGHTS, given=["research"]).frame["research"].tolist() == [7, 8, 9]


def test_an_indicator_without_a_column_is_missing_for_all(normalised):
    found = aggregate(normalised[["staff", "papers"]], CHILDREN, WEIGHTS)
    assert found.frame["research"].tolist() == [1, 2, 4]
    assert [e.what for e in found.log].count("rescaled") == 3


def test_what_a_mean_cannot_take_is_named(normalised):
    normalised.loc["上海", "patents"] = 0
    with pytest.raises(
        DataError, match="上海, 'patents': value 0; the geometric mean needs values above 0"
    ) as e:
        aggregate(normalised, CHILDREN, WEIGHTS, "geometric")
    assert "[1, 100]" in e.value.hint
    with pytest.raises(DataError, match="上海: the mean of the parts is not above 0"):
        aggregate(normalised.mul([1, -9, 1], axis=0), CHILDREN, WEIGHTS, "mpi")


def test_a_tree_that_cannot_be_computed_is_explained(normalised):
    with pytest.raises(DataError, match=r"aggregate 'research'.* \(staff, patents\)"):
        aggregate(normalised[["papers"]], CHILDREN, WEIGHTS)
    with pytest.raises(ValueError, match="'patents' has no weight"):
        aggregate(normalised, CHILDREN, {"research": 1, "papers": 1, "staff": 1})
    with pytest.raises(ValueError, match="below itself"):
        aggregate(normalised, {"total": ("papers",), "a": ("b",), "b": ("a",)})
    with pytest.raises(ValueError, match="mean 'median' is not known"):
        aggregate(normalised, CHILDREN, WEIGHTS, {"research": "median"})
    with pytest.raises(ValueError, match="no option 'q'"):
        aggregate(normalised, CHILDREN, WEIGHTS, options={"q": 2})


def test_options_go_to_the_means_that_know_them(normalised):
    found = aggregate(normalised, CHILDREN, WEIGHTS, {"research": "power"}, options={"p": 2})
    assert found.frame.loc["北京", "research"] == pytest.approx(19**0.5)
    assert [e.detail for e in found.log if e.what == "averaged"] == ["power p=2", "arithmetic"]


def test_years_of_a_panel_are_compared_together_or_each_by_itself():
    index = pd.MultiIndex.from_product([["a", "b"], [2020, 2021]], names=["unit", "year"])
    frame = pd.DataFrame({"x": [1.0, 3.0, 2.0, 4.0], "y": [1.0, 3.0, 2.0, 4.0]}, index=index)
    tree = {"total": ("x", "y")}
    assert aggregate(frame, tree, means="copeland").frame["total"].tolist() == [-3, 1, -1, 3]
    apart = aggregate(frame, tree, means="copeland", by_year=True).frame["total"]
    assert apart.tolist() == [-1, -1, 1, 1]
    assert aggregate(frame, tree, by_year=True).frame["total"].tolist() == [1, 3, 2, 4]
    frame.loc[("b", 2021), :] = np.nan
    log = aggregate(frame, tree).log
    assert (log[-1].unit, log[-1].year) == ("b", 2021)


@settings(max_examples=30)
@given(st.integers(1, 5), st.integers(0, 10**6))
def test_flat_and_nested_means_agree_where_weights_multiply(size, seed):
    rng = np.random.default_rng(seed)
    names = [f"i{j}" for j in range(size + 2)]
    frame = pd.DataFrame(rng.uniform(1, 2, (4, size + 2)), columns=names)
    tree = {"total": ("group", *names[2:]), "group": tuple(names[:2])}
    given = dict(zip([*names, "group"], rng.uniform(0.1, 1, size + 3), strict=True))
    inner = given[names[0]] + given[names[1]]
    flat = {n: given[n] * given["group"] / inner if n in names[:2] else given[n] for n in names}
    for method in ("arithmetic", "geometric", "harmonic"):
        nested = aggregate(frame, tree, given, method).frame["total"]
        assert nested.to_numpy() == pytest.approx(
            mean(frame.to_numpy(), list(flat.values()), method), rel=1e-9
        )


def test_every_mean_is_explained():
    from clusters.index import aggregate as module

    assert set(MEANS) == set(OPTIONS)
    for method in MEANS:
        assert f"\n{method}" in str(module.__doc__)
