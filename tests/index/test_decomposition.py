"""Parts of scores sum to them, whatever is missing and however the means are mixed."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from clusters.errors import DataError
from clusters.index.aggregate import aggregate
from clusters.index.decomposition import decompose, parts
from clusters.index.framework import Normalisation, Steps
from clusters.index.frameworks import read_framework
from clusters.index.scoring import score

CHILDREN = {"total": ("ab", "c"), "ab": ("a", "b")}
WEIGHTS = {"ab": 3.0, "c": 1.0, "a": 1.0, "b": 1.0, "total": 1.0}


def frame(rows):
    return pd.DataFrame(rows, [f"u{i}" for i in range(len(rows))], list("abc"), dtype=float)


def test_two_levels_by_hand():
    # x: ab = (0.2 + 0.6) / 2 = 0.4; total = 0.75 0.4 + 0.25 1 = 0.55.
    found = parts(frame([[0.2, 0.6, 1.0]]), CHILDREN, WEIGHTS)
    assert found.contributions.iloc[0].to_dict() == pytest.approx(
        {"total": 0.55, "ab": 0.3, "c": 0.25, "a": 0.075, "b": 0.225}
    )
    assert found.weights.iloc[0][list("abc")].tolist() == [0.375, 0.375, 0.25]


def test_a_missing_part_leaves_its_weight_to_the_others():
    found = parts(frame([[0.2, np.nan, 1.0]]), CHILDREN, WEIGHTS)
    assert found.contributions.iloc[0].to_dict() == pytest.approx(
        {"total": 0.4, "ab": 0.15, "c": 0.25, "a": 0.15, "b": 0.0}
    )
    assert found.weights.iloc[0]["b"] == 0


def test_a_group_that_is_0_still_says_what_its_parts_weigh():
    found = parts(frame([[-1.0, 1.0, 2.0]]), CHILDREN, WEIGHTS)
    assert found.contributions.iloc[0].to_dict() == pytest.approx(
        {"total": 0.5, "ab": 0.0, "c": 0.5, "a": -0.375, "b": 0.375}
    )


def test_a_geometric_mean_is_shared_by_logarithms_by_hand():
    # total = 4^(3/4) 16^(1/4) = 2^(1.5 + 1); ln shares 1.5 : 1, and 4 = 2 * 8 in shares 1 : 3.
    found = parts(frame([[2.0, 8.0, 16.0]]), CHILDREN, WEIGHTS, "geometric")
    total = 2**2.5
    assert found.exact
    assert found.contributions.iloc[0].to_dict() == pytest.approx(
        {"total": total, "ab": 0.6 * total, "c": 0.4 * total, "a": 0.15 * total, "b": 0.45 * total}
    )


def test_a_geometric_mean_of_1_has_no_shares():
    found = parts(frame([[0.5, 2.0, 1.0]]), {"total": ("a", "b", "c")}, None, "geometric")
    assert found.contributions.loc["u0", ["a", "b", "c"]].isna().all()


def test_other_means_are_said_not_to_be_sums():
    found = parts(frame([[1.0, 3.0, 4.0]]), CHILDREN, WEIGHTS, "harmonic")
    assert not found.exact
    assert found.contributions.loc["u0", "total"] == pytest.approx(2.5)  # the arithmetic mean


values = arrays.arrays(float, (5, 3), elements=st.one_of(st.just(math.nan), st.floats(1.5, 100)))
means = st.fixed_dictionaries({p: st.sampled_from(["arithmetic", "geometric"]) for p in CHILDREN})


@settings(max_examples=80, deadline=None)
@given(values, means, st.sampled_from([0.0, 0.5, 1.0]), st.floats(0.1, 9))
def test_parts_sum_to_the_score_at_every_level(values, means, least, weight):
    weights = {**WEIGHTS, "ab": weight}
    found = parts(frame(values), CHILDREN, weights, means, minimum_share=least)
    scores = aggregate(frame(values), CHILDREN, weights, means, minimum_share=least).frame["total"]
    for nodes in (["a", "b", "c"], ["ab", "c"]):
        sums = found.contributions[nodes].sum(axis=1, skipna=False)
        assert np.allclose(sums, scores, equal_nan=True, rtol=1e-9)
    there = scores.notna()
    assert np.allclose(found.weights.loc[there, ["a", "b", "c"]].sum(axis=1), 1)


@pytest.fixture
def result():
    nodes = {
        "aggregate": [{"id": "ab", "parent": "total", "weight": 3}, {"id": "r", "parent": "total"}],
        "indicator": [{"id": i, "parent": p} for i, p in zip("abc", ["ab", "ab", "r"], strict=True)],
    }
    table = pd.DataFrame({"a": [0.0, 1, 2], "b": [4.0, 0, 2], "c": [0.0, 1, 4]}, ["x", "y", "z"])
    return score(read_framework(nodes), table)


def test_the_table_in_long_form(result):
    found = decompose(result)
    assert found.groupby("unit", sort=False)["contribution"].sum().tolist() == pytest.approx(
        result.score.tolist()
    )
    assert found.groupby("unit")["share"].sum().tolist() == pytest.approx([1, 1, 1])
    by_dimension = decompose(result, by="dimension", units=["z", "x"])
    assert by_dimension["unit"].tolist() == ["z", "z", "x", "x"]
    assert by_dimension["dimension"].tolist() == ["ab", "r", "ab", "r"]
    assert by_dimension["contribution"].tolist() == pytest.approx([0.5625, 0.25, 0.375, 0])


@pytest.mark.parametrize(("against", "name"), [("y", "y"), ("best", "z"), ("mean", "mean")])
def test_differences_sum_to_that_of_the_scores(result, against, name):
    found = decompose(result, against=against)
    other = result.score.mean() if against == "mean" else result.score[name]
    assert set(found["reference"]) == {name}
    sums = found.groupby("unit", sort=False)["difference"].sum()
    assert sums.tolist() == pytest.approx((result.score - other).tolist())


def geometric(table, **changes):
    steps = Steps(normalise=Normalisation("none"), mean="geometric")
    nodes = {
        "aggregate": [
            {"id": "ab", "parent": "total", "weight": 3, **changes},
            {"id": "r", "parent": "total"},
        ],
        "indicator": [{"id": i, "parent": p} for i, p in zip("abc", ["ab", "ab", "r"], strict=True)],
    }
    return score(dataclasses.replace(read_framework(nodes), steps=steps), table)


def test_what_both_have_alike_adds_nothing_to_a_geometric_difference_by_hand():
    # Only a differs, so all of the difference of the scores is a's.
    table = pd.DataFrame({"a": [16.0, 4.0], "b": [2.0, 2.0], "c": [3.0, 3.0]}, ["x", "y"])
    result = geometric(table)
    found = decompose(result, units=["x"], against="y")["difference"]
    assert found.tolist() == pytest.approx([result.score["x"] - result.score["y"], 0, 0])
    # Simple subtraction would have b and c add something, since their shares are of other scores.
    parts = decompose(result)["contribution"].tolist()
    assert abs(parts[1] - parts[4]) > 0.05


@settings(max_examples=40, deadline=None)
@given(
    arrays.arrays(
        float, (4, 3), elements=st.one_of(st.just(math.nan), st.sampled_from([2.0, 3.0, 7.5, 50.0]))
    ),
    st.sampled_from(["arithmetic", "geometric"]),
)
def test_geometric_differences_sum_to_those_of_the_scores(values, mean):
    table = pd.DataFrame(values, list("wxyz"), list("abc"))
    if table.isna().all().any():
        return
    result = geometric(table, mean=mean)
    found = decompose(result, against="x")
    sums = found.groupby("unit", sort=False)["difference"].sum(min_count=3)
    expected = result.score - result.score["x"]
    assert np.allclose(sums, expected, equal_nan=True, rtol=1e-9, atol=1e-9)


def test_a_panel_is_compared_within_each_year():
    index = pd.MultiIndex.from_product([["x", "y"], [2020, 2021]], names=["unit", "year"])
    panel = pd.DataFrame({"a": [0.0, 4, 2, 1]}, index=index)
    result = score(read_framework({"indicator": [{"id": "a", "parent": "total"}]}), panel)
    found = decompose(result, against="best").set_index(["unit", "year"])
    assert found["reference"].tolist() == ["y", "x", "y", "x"]
    assert found["difference"].tolist() == [-0.5, 0, 0, -0.75]


def test_unknown_units_and_levels(result):
    with pytest.raises(DataError, match="'w' is not among the units"):
        decompose(result, units=["w"])
    with pytest.raises(DataError, match="'w' is not among the units"):
        decompose(result, against="w")
    with pytest.raises(ValueError, match="indicator or dimension"):
        decompose(result, by="group")


def test_another_mean_is_said(result):
    other = dataclasses.replace(result.framework, steps=Steps(mean="topsis"))
    assert not decompose(score(other, result.table)).attrs["exact"]
