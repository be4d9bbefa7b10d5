"""Systems of weights: printed examples, second implementations, and what each must refuse."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from clusters.errors import DataError
from clusters.index import weights
from clusters.index.framework import Aggregate, Framework, Indicator, Steps
from clusters.index.weights import effective_weights, weigh, weigh_framework
from clusters.sentences import in_language

# Tus, Adali 2019; Xu 2004; Saaty 1980.
TUS_ADALI = [
    [5000, 3, 3, 4, 3, 2],
    [680, 5, 3, 2, 2, 1],
    [2000, 3, 2, 3, 4, 3],
    [600, 4, 3, 1, 2, 2],
    [800, 2, 4, 3, 3, 4],
]
XU = [[30, 30, 38, 29], [19, 54, 86, 29], [19, 15, 85, 28.9], [68, 70, 60, 29]]
tables = hnp.arrays(float, st.tuples(st.integers(4, 9), st.integers(2, 5)), elements=st.integers(0, 50))


def varied(array):
    """A table whose columns all vary, whatever was drawn."""
    array = array.copy()
    array[0], array[1] = 0, 51
    array[2, 0] = 17
    return array


def test_critic_as_published():
    assert weights.critic(TUS_ADALI).round(3).tolist() == [0.157, 0.249, 0.168, 0.121, 0.154, 0.151]
    cost = weights.critic(TUS_ADALI, [-1, 1, 1, 1, 1, 1])
    assert cost.round(3).tolist() == [0.184, 0.213, 0.142, 0.158, 0.168, 0.134]
    assert weights.critic(TUS_ADALI, {0: -1}).tolist() == pytest.approx(cost.tolist())


def test_entropy_as_published():
    assert weights.entropy(XU).round(4).tolist() == [0.4630, 0.3992, 0.1378, 0.0000]


def test_entropy_takes_nothing_times_its_logarithm_as_nothing():
    # a: all in one unit, entropy 0; b: two of four equal, entropy ln 2 / ln 4 = 1/2. Skipping a column
    # with a zero (entropy 0 for both) would give one half each.
    frame = pd.DataFrame({"a": [0, 0, 0, 7.0], "b": [3.0, 3, 0, 0]})
    assert weights.entropy(frame).to_dict() == pytest.approx({"a": 2 / 3, "b": 1 / 3})
    assert weigh(frame, "entropy").diagnostics["indicator_entropy"].tolist() == pytest.approx([0, 0.5])


def test_entropy_counts_the_units_that_have_a_value():
    frame = pd.DataFrame({"a": [1.0, 3, np.nan], "b": [1.0, 2, 3]})
    e = -(0.25 * np.log(0.25) + 0.75 * np.log(0.75)) / np.log(2)
    assert weigh(frame, "entropy").diagnostics.loc["a", "indicator_entropy"] == pytest.approx(e)


def test_ahp_as_published():
    found = weights.ahp([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]])
    assert found.weights.round(4).tolist() == [0.6370, 0.2583, 0.1047]
    assert found.lambda_max == pytest.approx(3.0385, abs=5e-5)
    assert found.consistency_ratio == pytest.approx(0.033, abs=5e-4)
    assert found.consistent


@pytest.mark.parametrize(
    "matrix",
    [
        [[1, 3, 5], [1, 3], [1]],
        [[1, 3, 5], [0, 1, 3], [0, 0, 1]],
        [[1, "", ""], ["1/3", 1, ""], ["1/5", "1/3", 1]],
        [[1, 3, 5], [0.33, 1, 3], [0.2, 0.33, 1]],
        pd.DataFrame([[1, 3, 5], [None, 1, 3], [None, None, 1]]),
    ],
    ids=["rows of the triangle", "zeros", "text below", "rounded", "frame"],
)
def test_a_triangle_of_comparisons_is_enough(matrix):
    assert weights.ahp(matrix).weights.tolist() == pytest.approx(
        weights.ahp([[1, 3, 5], [1, 3], [1]]).weights
    )


@given(st.integers(1, 15), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_consistent_judgements_give_their_weights_back(n, random):
    true = np.array([random.uniform(0.2, 2) for _ in range(n)])
    found = weights.ahp(true[:, None] / true)
    assert found.weights.to_numpy() == pytest.approx(true / true.sum(), rel=1e-9)
    assert found.consistency_ratio == pytest.approx(0, abs=1e-9)


def test_ahp_solves_the_eigenvalue_equation():
    rng = np.random.default_rng(2)
    upper = np.triu(rng.choice([1 / 5, 1 / 3, 1, 2, 4, 7], (6, 6)), 1)
    full = upper + np.eye(6) + np.where(upper.T > 0, 1 / np.where(upper.T > 0, upper.T, 1), 0)
    found = weights.ahp(full)
    assert full @ found.weights.to_numpy() == pytest.approx(found.lambda_max * found.weights.to_numpy())
    # Power iteration, a second way to the same vector.
    w = np.ones(6)
    for _ in range(500):
        w = full @ w / (full @ w).sum()
    assert found.weights.to_numpy() == pytest.approx(w)
    assert not found.consistent
    assert "0.10" in weigh(pd.DataFrame(columns=list("abcdef")), "ahp", matrix=full).warnings[0]


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[1, 3], [3, 1]], "0 with 1 is 3, but of 1 with 0 3; it must be the reciprocal, 0.3333"),
        ([[1, None], [None, 1]], "lacks 0 with 1"),
        ([[2, 3], [None, 1]], "0 with itself is 2; it must be 1"),
        ([[1, -3], [None, 1]], "-3 is not above 0"),
        ([[1, "more"], [None, 1]], "'more' is not a number"),
        ([[1, 2, 3], [1, 2]], "not a square: 2 rows with 3, 2 cells"),
        (np.ones((16, 16)), "has 16 rows"),
        (pd.DataFrame([[1, 2]]), "1 x 2, not a square"),
    ],
)
def test_comparisons_that_cannot_be_used_are_explained(matrix, message):
    with pytest.raises(DataError, match=message):
        weights.ahp(matrix)


def test_comparisons_by_name_are_put_in_order():
    names = ["a", "b"]
    matrix = pd.DataFrame([[1, 3], [None, 1]], index=names, columns=names)
    found = weigh(pd.DataFrame(columns=["b", "a"]), "ahp", matrix=matrix)
    assert found.weights.to_dict() == pytest.approx({"b": 0.25, "a": 0.75})
    turned = matrix[["b", "a"]]  # the same judgements, columns in another order
    assert weights.ahp(turned).weights.to_dict() == pytest.approx({"a": 0.75, "b": 0.25})
    with pytest.raises(DataError, match="not those of b, c"):
        weigh(pd.DataFrame(columns=["b", "c"]), "ahp", matrix=matrix)


def test_pca_agrees_with_a_singular_value_decomposition():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(30, 5)) + 2 * rng.normal(size=(30, 1))
    found = weights.pca(pd.DataFrame(x, columns=list("abcde")))
    z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    _, s, v = np.linalg.svd(z, full_matrices=False)
    assert found.eigenvalues.to_numpy() == pytest.approx(s**2 / 29)
    assert found.explained == pytest.approx(s[0] ** 2 / (s**2).sum())
    assert np.abs(found.components.to_numpy()) == pytest.approx(np.abs(v.T))
    assert found.loadings.sum() > 0
    assert not found.mixed_signs
    assert found.weights.to_numpy() == pytest.approx(np.abs(v[0]) / np.abs(v[0]).sum())


def test_pca_leaves_incomplete_rows_out_and_says_what_to_doubt():
    rng = np.random.default_rng(1)
    common = rng.normal(size=40)
    frame = pd.DataFrame({"a": common + rng.normal(size=40), "b": common, "c": -common})
    frame.loc[3, "a"] = np.nan
    found = weights.pca(frame)
    assert found.units == 39
    assert found.mixed_signs
    assert found.weights.tolist() == pytest.approx(weights.pca(frame.dropna()).weights)
    said = [in_language(note, "zh") for note in weigh(frame, "pca").warnings]
    assert ["符号不一致" in text for text in said] == [True]
    noise = pd.DataFrame(rng.normal(size=(60, 4)))
    assert "less than 50 %" in " ".join(weigh(noise, "pca").warnings)


@given(tables)
@settings(max_examples=60, deadline=None)
def test_systems_do_not_depend_on_units_of_measurement(array):
    frame = pd.DataFrame(varied(array))
    scale = np.arange(1, frame.shape[1] + 1) * 10.0
    for system in ("entropy", "cv", "critic", "pca"):
        try:
            found = weigh(frame, system).weights
        except DataError:
            continue  # all columns the same
        assert found.sum() == pytest.approx(1)
        assert (found >= 0).all()
        other = weigh(frame * scale, system).weights
        assert other.to_numpy() == pytest.approx(found.to_numpy(), rel=1e-7, abs=1e-7)


@given(tables)
@settings(max_examples=60, deadline=None)
def test_order_of_units_and_indicators_does_not_matter(array):
    frame = pd.DataFrame(varied(array))
    turned = frame.iloc[::-1, ::-1]
    for system in ("entropy", "cv", "critic", "deviation"):
        try:
            found = weigh(frame, system).weights
        except DataError:
            continue
        assert weigh(turned, system).weights[frame.columns].to_numpy() == pytest.approx(found.to_numpy())


def test_critic_agrees_with_a_second_implementation():
    x = np.random.default_rng(8).uniform(0, 9, (12, 4))
    z = (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))
    amount = [
        np.sqrt(((z[:, j] - z[:, j].mean()) ** 2).sum() / 11)
        * sum(1 - np.corrcoef(z[:, j], z[:, k])[0, 1] for k in range(4))
        for j in range(4)
    ]
    assert weights.critic(x).to_numpy() == pytest.approx(np.array(amount) / sum(amount))


def test_variation_and_deviation_by_hand():
    frame = pd.DataFrame({"a": [1.0, 2, 3], "b": [10.0, 11, 12]})
    assert weigh(frame, "cv").weights.to_dict() == pytest.approx({"a": 11 / 13, "b": 2 / 13})
    assert weigh(frame, "deviation").weights.to_dict() == pytest.approx({"a": 0.5, "b": 0.5})


def test_a_constant_indicator_has_no_weight_and_is_named():
    frame = pd.DataFrame({"a": [0.1] * 3, "b": [1.0, 2, 4], "c": [4.0, 1, 2]})
    for system in ("entropy", "critic", "cv", "deviation"):
        found = weigh(frame, system)
        assert found.weights["a"] == 0
        assert found.weights.sum() == pytest.approx(1)
        assert "hence weight 0: a" in found.warnings[0]


@pytest.mark.parametrize(
    ("system", "columns", "message"),
    [
        ("entropy", {"a": [-1.0, 2, 3], "b": [1.0, 2, 3]}, "0 or above, but indicator a has -1"),
        ("entropy", {"a": [1.0, 1, 1], "b": [2.0, 2, 2]}, "nothing tells them apart"),
        ("critic", {"a": [1.0, 2, 3], "b": [2.0, 4, 6]}, "constant or perfectly correlated"),
        (
            "critic",
            {"a": [1.0, 2, np.nan, np.nan], "b": [np.nan, np.nan, 1.0, 2]},
            "correlation of indicators a and b",
        ),
        ("cv", {"a": [-1.0, 0, 1], "b": [1.0, 2, 3]}, "its mean is 0"),
        ("deviation", {"a": [1.0, np.nan, np.nan], "b": [1.0, 2, 3]}, "a has fewer than two values"),
        ("pca", {"a": [1.0, 1, 1], "b": [1.0, 2, 3]}, "a is constant"),
        ("pca", {"a": [1.0, 2, np.nan], "b": [1.0, np.nan, 3]}, "not 1"),
        ("cv", {"a": [1.0, np.inf, 2], "b": [1.0, 2, 3]}, "a has an infinite value"),
    ],
)
def test_data_that_a_system_cannot_weigh_are_explained(system, columns, message):
    with pytest.raises(DataError, match=message):
        weigh(pd.DataFrame(columns), system)


def test_combined_weights_are_the_rescaled_product():
    frame = pd.DataFrame(XU, columns=list("abcd"))
    own = {"a": 1, "b": 2, "c": 3, "d": 4}
    product = weights.entropy(frame) * pd.Series(own)
    found = weigh(frame, "combined", of=("entropy", "given"), given=own)
    assert found.weights.to_numpy() == pytest.approx((product / product.sum()).to_numpy())
    for wrong in (("entropy",), ("entropy", "combined"), ("entropy", "entropie"), "cv"):
        with pytest.raises(ValueError, match="at least two of given"):
            weigh(frame, "combined", of=wrong)


def test_importance_by_hand():
    # y = a + b, uncorrelated: variances 4 and 1 of 5.
    frame = pd.DataFrame({"a": [0.0, 0, 4, 4], "b": [0.0, 2, 0, 2], "c": [1.0] * 4})
    found = weights.importance(frame, frame["a"] + frame["b"])
    assert found[["a", "b"]].tolist() == pytest.approx([0.8, 0.2])
    assert np.isnan(found["c"])


@given(st.integers(2, 6), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_optimised_weights_give_the_importance_asked_for(parts, seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(40, parts)) * rng.uniform(0.1, 9, parts) + rng.normal(size=(40, 1)))
    target = dict(enumerate(rng.uniform(0.5, 2, parts)))
    found = weights.optimised(frame, target)
    assert found.weights.sum() == pytest.approx(1)
    assert (found.weights >= 0).all()
    share = weights.importance(frame, frame @ found.weights)
    assert (share / share.sum()).to_numpy() == pytest.approx(found.importance.to_numpy())
    if found.attained:
        assert found.importance.to_numpy() == pytest.approx(found.target.to_numpy())


def test_parts_that_oppose_the_others_cannot_be_made_important():
    common = np.arange(20.0)
    wave = np.sin(common * 7)
    frame = pd.DataFrame({"a": common, "b": common + wave, "c": -common + 5 * np.cos(3 * common)})
    found = weigh(frame, "optimised")
    assert found.weights.min() >= 0
    assert "no weights of 0 or above" in found.warnings[0]
    with pytest.raises(DataError, match="follows from the others"):
        weigh(frame.assign(c=2 * common), "optimised")
    with pytest.raises(DataError, match="constant"):
        weigh(frame.assign(c=1.0), "optimised")
    with pytest.raises(ValueError, match="0 or above"):
        weights.optimised(frame, {"a": -1, "b": 1, "c": 1})


def test_wrong_calls():
    frame = pd.DataFrame(XU)
    for system, message in (("entropie", "not known"), ("given", "are needed"), ("ahp", "matrix")):
        with pytest.raises(ValueError, match=message):
            weigh(frame, system)
    with pytest.raises(ValueError, match="1 or -1"):
        weights.critic(frame, [1, 2, 1, 1])


def framework(**steps) -> Framework:
    """Two groups of one and three indicators; the first group weighs 0.6."""
    aggregates = (
        Aggregate("all", None),
        Aggregate("one", "all", weight=0.6),
        Aggregate("many", "all", weight=0.4),
    )
    indicators = (
        Indicator("x", "one"),
        *(Indicator(name, "many", weight=w) for name, w in zip("abc", (1, 1, 2), strict=True)),
    )
    return Framework("test", indicators, aggregates, Steps(**steps))


FRAME = pd.DataFrame(
    {"x": [0.0, 0.4, 1.0, 0.2], "a": [0.0, 1, 0.5, 0.1], "b": [1.0, 0, 0.2, 0.9], "c": [0.0, 0.1, 0.1, 1]},
    index=pd.Index(["k", "l", "m", "n"], name="unit"),
)


def test_given_and_equal_weights_of_a_tree():
    given_ones = weigh_framework(framework())
    assert dict(given_ones) == {"all": 1, "one": 0.6, "many": 0.4, "x": 1, "a": 0.25, "b": 0.25, "c": 0.5}
    equal = weigh_framework(framework(), system="equal")
    assert [equal[node] for node in ("one", "many", "c")] == [0.5, 0.5, 1 / 3]
    effective = weigh_framework(framework(), system="equal_effective")
    assert [effective[node] for node in ("one", "many")] == [0.25, 0.75]
    assert effective_weights(framework(), effective).tolist() == [0.25] * 4


def test_effective_weights_are_exact():
    found = effective_weights(framework(), exact=True)
    assert found.to_dict() == {
        "x": Fraction(3, 5),
        "a": Fraction(1, 10),
        "b": Fraction(1, 10),
        "c": Fraction(1, 5),
    }
    thirds = effective_weights(
        framework(), {**framework().weight, **dict.fromkeys("abc", 0.333333)}, exact=True
    )
    assert thirds["a"] == Fraction(2, 15)


def test_data_weigh_every_level_by_default():
    found = weigh_framework(framework(), FRAME, "entropy")
    within = weights.entropy(FRAME[["a", "b", "c"]])
    assert [found[node] for node in "abc"] == pytest.approx(within.tolist())
    assert found["x"] == 1
    means = pd.DataFrame({"one": FRAME["x"], "many": FRAME[["a", "b", "c"]] @ within})
    assert [found["one"], found["many"]] == pytest.approx(weights.entropy(means).tolist())
    assert found.diagnostics.loc["a", "indicator_entropy"] == pytest.approx(
        weigh(FRAME[["a", "b", "c"]], "entropy").diagnostics.loc["a", "indicator_entropy"]
    )
    kept = weigh_framework(framework(), FRAME, "entropy", upper="given")
    assert (kept["one"], kept["a"]) == (0.6, found["a"])
    assert weigh_framework(framework(), FRAME, "entropy", upper="equal")["one"] == 0.5


def test_the_system_of_the_framework_is_the_default():
    assert dict(weigh_framework(framework(weights="entropy"), FRAME)) == dict(
        weigh_framework(framework(), FRAME, "entropy")
    )


def test_a_column_of_an_aggregate_stands_for_what_is_below():
    frame = pd.DataFrame({"one": FRAME["x"], "many": FRAME["a"]})
    found = weigh_framework(framework(), frame, "deviation")
    assert [found["one"], found["many"]] == pytest.approx(weights.deviation(frame).tolist())
    assert [found[node] for node in "abc"] == [0.25, 0.25, 0.5]  # nothing known: as given


def test_a_panel_is_weighed_once():
    later = FRAME.mul([1.0, 0.5, 1, 2], axis=0)
    panel = pd.concat({2020: FRAME, 2021: later}, names=["year"]).swaplevel()
    pooled = weigh_framework(framework(), panel, "critic")
    stacked = pd.concat([FRAME, later], ignore_index=True)
    assert dict(pooled) == pytest.approx(dict(weigh_framework(framework(), stacked, "critic")))
    assert "2020 to 2021 together" in pooled.warnings[0]
    first = weigh_framework(framework(), panel, "critic", reference_year=2020)
    assert dict(first) == pytest.approx(dict(weigh_framework(framework(), FRAME, "critic")))
    with pytest.raises(DataError, match="no year 2019 to take weights from; it has 2020, 2021"):
        weigh_framework(framework(), panel, "critic", reference_year=2019)


def test_judgements_of_some_groups_only():
    found = weigh_framework(framework(), system="ahp", matrices={"many": [[1, 3, 5], [1, 3], [1]]})
    assert [found[node] for node in "abc"] == pytest.approx([0.6370, 0.2583, 0.1047], abs=5e-5)
    assert found["one"] == 0.6
    assert "'all' are not compared" in found.warnings[0]
    assert "没有两两比较" in in_language(found.warnings[0], "zh")
    with pytest.raises(DataError, match="'mny', which is no aggregate"):
        weigh_framework(framework(), system="ahp", matrices={"mny": [[1]]})
    with pytest.raises(DataError, match="many: the comparisons have 2 rows for 3 parts"):
        weigh_framework(framework(), system="ahp", matrices={"many": [[1, 2], [1]]})


def test_faults_of_a_tree_name_the_group():
    with pytest.raises(DataError, match="entropy weights of 'many' need data of 'c'"):
        weigh_framework(framework(), FRAME.drop(columns="c"), "entropy")
    with pytest.raises(DataError, match=r"many: .* indicator a has -1"):
        weigh_framework(framework(), FRAME.replace({"a": {1.0: -1.0}}), "entropy")
    with pytest.raises(DataError, match="combined weights of 'many' need comparisons of its parts a, b, c"):
        weigh_framework(framework(), FRAME, "combined", of=("ahp", "cv"))
    with pytest.raises(ValueError, match="upper 'none' is not known"):
        weigh_framework(framework(), FRAME, "cv", upper="none")
    with pytest.raises(ValueError, match="come from data"):
        weigh_framework(framework(), None, "pca")
    with pytest.raises(DataError, match="0 or above, and not all 0"):
        effective_weights(framework(), {**framework().weight, "one": -1.0})


def test_weights_of_tmtpost_are_those_derived_from_its_table(shared):
    from clusters.index.frameworks import read_framework

    table = pd.read_csv(shared / "reference" / "city_indices" / "tmtpost_2024_hierarchy.csv")
    found = effective_weights(read_framework("tmtpost_2024"), exact=True)
    assert found.tolist() == [Fraction(text) for text in table["effective_weight_fraction"]]
    assert found.sum() == 1
