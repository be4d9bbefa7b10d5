"""Weights read back from printed totals: the 36Kr table, simulated prints, and prints that contradict."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from clusters import published
from clusters.errors import DataError
from clusters.index._constrained import least_squares
from clusters.index.recover import printed_numbers, recover

PARTS = ["environment", "funding", "rnd", "foundation", "outcome"]
KR36 = published.load("kr36_2020", as_printed=True).set_index("city_zh")


def printed(values, digits=2):
    """Numbers as a table prints them."""
    frame = pd.DataFrame(values)
    texts = frame.map(lambda x: f"{x:.{digits}f}")
    return texts if np.ndim(values) == 2 else texts[0]


@pytest.fixture(scope="module")
def kr36():
    return recover(KR36[PARTS], KR36["total"])


def test_weights_of_36kr(kr36):
    # Methods 2.1.
    assert kr36.weights.tolist() == [0.15, 0.20, 0.25, 0.20, 0.20]
    assert (kr36.grid, kr36.unique, kr36.fitting) == (0.05, True, 1)
    assert kr36.max_residual == pytest.approx(0.0060, abs=5e-5)
    assert kr36.bound == pytest.approx(0.010)
    assert kr36.reproduced == 26
    assert kr36.unconstrained.round(4).tolist() == [0.1502, 0.2001, 0.2497, 0.2003, 0.1998]
    assert kr36.unconstrained.sum() == pytest.approx(1.00001, abs=5e-6)
    assert kr36.low.round(4).tolist() == [0.1492, 0.1996, 0.2481, 0.1988, 0.1988]
    assert kr36.high.round(4).tolist() == [0.1514, 0.2006, 0.2511, 0.2019, 0.2010]
    assert kr36.identified.all()
    assert kr36.runner_up_residual == pytest.approx(0.554, abs=5e-4)
    assert kr36.fitted["南京"] == pytest.approx(79.553, abs=5e-4)
    assert (kr36.left_out, kr36.feasible, len(kr36.broken)) == (0, True, 0)


def test_all_round_weights_of_36kr_one_by_one(kr36):
    x, t = KR36[PARTS].astype(float).to_numpy(), KR36["total"].astype(float).to_numpy()
    vectors = [v for v in itertools.product(range(21), repeat=5) if sum(v) == 20]
    assert len(vectors) == 10626
    worst = np.abs(np.array(vectors) @ x.T / 20 - t).max(axis=1)
    first, second = np.argsort(worst)[:2]
    assert worst[first] == pytest.approx(kr36.max_residual)
    assert worst[second] == pytest.approx(kr36.runner_up_residual)
    assert (np.array(vectors[second]) / 20).tolist() == pytest.approx(kr36.runner_up.tolist())
    assert (worst <= 0.0100001).sum() == kr36.fitting


def test_last_digits_that_are_0_count():
    # 5.370 prints to a thousandth; as the number 5.37 it would allow ten times the rounding.
    assert printed_numbers(pd.Series(["5.370", "4.1"]))[1] == 0.001
    assert printed_numbers(pd.Series([5.37, 4.1]))[1] == 0.01
    assert printed_numbers(pd.Series([5.0, 4.0, np.nan]))[1] == 1
    assert printed_numbers(pd.Series(["12.5%", "3%"]))[1] == pytest.approx(0.001)
    assert printed_numbers(pd.Series([1 / 3]))[1] == 1e-10


def test_digits_may_differ_between_parts_and_total():
    rng = np.random.default_rng(3)
    x = rng.uniform(20, 90, (25, 2))
    found = recover(printed(x, 1), printed(x @ [0.3, 0.7], 3))
    assert found.units.tolist() == pytest.approx([0.1, 0.1, 0.001])
    assert found.bound == pytest.approx(0.05 + 0.0005)
    assert found.weights.tolist() == [0.3, 0.7]
    assert recover(printed(x, 1), printed(x @ [0.3, 0.7], 3), unit=0.1).bound == pytest.approx(0.1)


def round_weights(parts, step):
    """Vectors of round weights with sum 1."""
    n = round(1 / step)
    cuts = st.lists(st.integers(0, n), min_size=parts - 1, max_size=parts - 1).map(sorted)
    return cuts.map(lambda c: np.diff([0, *c, n]) * step)


@given(st.integers(2, 6).flatmap(lambda k: round_weights(k, 0.05)), st.integers(3, 30), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_the_truth_is_always_within(weights, rows, seed):
    exact = np.random.default_rng(seed).uniform(50, 100, (rows, len(weights)))
    found = recover(printed(exact), printed(exact @ weights))
    assert found.feasible
    assert (found.low <= weights + 1e-9).all()
    assert (found.high >= weights - 1e-9).all()
    assert found.low.sum() <= 1 + 1e-9 <= found.high.sum() + 2e-9
    if found.unique:
        assert found.weights.to_numpy() == pytest.approx(weights)
        assert found.runner_up_residual > found.max_residual or found.runner_up is None
    assert found.fitting is None or found.fitting >= 1
    assert found.estimate.sum() == pytest.approx(1)
    assert (found.estimate >= 0).all()


@given(st.integers(2, 4), st.integers(12, 30), st.integers(0, 10**6), st.booleans(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_the_truth_is_within_whatever_is_known_of_the_weights(parts, rows, seed, signed, constant):
    rng = np.random.default_rng(seed)
    exact = rng.uniform(10, 100, (rows, parts))
    weights = rng.uniform(-1 if signed else 0, 1, parts).round(2)
    total = exact @ weights + (rng.uniform(-20, 20) if constant else 0)
    found = recover(
        printed(exact), printed(total), nonnegative=not signed, sum_to_one=False, intercept=constant
    )
    assert found.feasible
    assert (found.low <= weights + 1e-9).all()
    assert (found.high >= weights - 1e-9).all()
    if found.unique and found.grid == 0.01:
        assert found.weights.to_numpy() == pytest.approx(weights)


@given(round_weights(3, 0.05), st.integers(10, 30), st.integers(0, 10**6))
@settings(max_examples=30, deadline=None)
def test_geometric_means_are_read_backwards_too(weights, rows, seed):
    exact = np.random.default_rng(seed).uniform(20, 100, (rows, 3))
    found = recover(printed(exact), printed(np.exp(np.log(exact) @ weights)), mean="geometric")
    assert found.feasible
    assert (found.low <= weights + 1e-9).all()
    assert (found.high >= weights - 1e-9).all()
    assert found.max_residual <= found.bound + 1e-9
    if found.unique:
        assert found.weights.to_numpy() == pytest.approx(weights)


@given(st.integers(0, 10**6), st.booleans())
@settings(max_examples=25, deadline=None)
def test_all_round_weights_are_found(seed, constant):
    # Against every vector of tenths, of either sign and any sum, on few rows with coarse digits.
    rng = np.random.default_rng(seed)
    exact = rng.uniform(5, 30, (4, 2))
    scores, totals = printed(exact, 0), printed(exact @ [0.6, -0.2], 0)
    asked = {"nonnegative": False, "sum_to_one": False, "intercept": constant}
    found = recover(scores, totals, grid=[0.1], **asked)
    vectors = np.array(list(itertools.product(range(-40, 41), repeat=2))) / 10
    off = totals.astype(float).to_numpy() - vectors @ scores.astype(float).to_numpy().T
    reach = 0.5 * (1 + np.abs(vectors).sum(axis=1, keepdims=True)) + 1e-7
    fits = (
        ((off - reach).max(axis=1) <= (off + reach).min(axis=1))
        if constant
        else (abs(off) <= reach).all(axis=1)
    )
    if np.isfinite(found.low).all() and (found.low > -4).all() and (found.high < 4).all():
        assert found.fitting == fits.sum()


def test_a_single_part_of_either_sign():
    found = recover(pd.DataFrame({"a": ["10.0", "20.0"]}), pd.Series(["10.0", "20.0"]), nonnegative=False)
    assert (found.low["a"], found.weights["a"], found.high["a"]) == pytest.approx((1, 1, 1))


def test_weights_of_a_hundredth():
    exact = np.random.default_rng(1).uniform(40, 100, (30, 4))
    found = recover(printed(exact), printed(exact @ [0.13, 0.29, 0.37, 0.21]))
    assert found.weights.tolist() == [0.13, 0.29, 0.37, 0.21]
    assert (found.grid, found.unique) == (0.01, True)
    assert recover(printed(exact), printed(exact @ [0.13, 0.29, 0.37, 0.21]), grid=[0.05]).snapped is None


def test_weights_that_are_not_round_stay_as_they_are():
    exact = np.random.default_rng(1).uniform(40, 100, (30, 3))
    true = np.array([1 / 3, 1 / 7, 11 / 21])
    found = recover(printed(exact), printed(exact @ true))
    assert found.snapped is None
    assert found.unique is None
    assert found.weights.to_numpy() == pytest.approx(true, abs=5e-4)
    assert found.weights.equals(found.estimate)


def test_twelve_parts():
    true = np.array([1, 2, 1, 3, 1, 2, 1, 1, 2, 2, 1, 3]) / 20
    exact = np.random.default_rng(4).uniform(30, 100, (60, 12))
    found = recover(printed(exact), printed(exact @ true))
    assert found.weights.to_numpy() == pytest.approx(true)
    assert found.unique


def test_rows_fewer_than_weights_do_not_tell_them():
    exact = np.random.default_rng(2).uniform(30, 100, (3, 6))
    true = [0.3, 0.1, 0.1, 0.2, 0.1, 0.2]
    found = recover(printed(exact), printed(exact @ true))
    assert found.feasible
    assert not found.identified.all()
    assert (found.high - found.low).max() > 0.1
    assert found.fitting >= 1  # of round weights there may be only one all the same
    assert (found.low <= true).all()
    assert (found.high >= true).all()


@pytest.mark.parametrize("signed", [False, True])
def test_parts_that_move_together_are_not_told_apart(signed):
    x = np.random.default_rng(2).uniform(30, 100, (20, 3))
    x[:, 2] = x[:, 1]
    found = recover(printed(x), printed(x @ [0.5, 0.2, 0.3]), nonnegative=not signed)
    assert found.identified.tolist() == ([True, False, False] if not signed else [False] * 3)
    if not signed:
        assert found.low.round(3).tolist()[1:] == [0, 0]
        assert found.fitting > 5


def test_rows_with_a_missing_cell_are_left_out():
    table = KR36[PARTS].copy()
    table.iloc[0, 0], table.iloc[3, 2] = "", "-"
    totals = KR36["total"].copy()
    totals.iloc[7] = "n.a."
    found = recover(table, totals)
    assert found.left_out == 3
    assert len(found.totals) == 27
    assert found.weights.tolist() == [0.15, 0.20, 0.25, 0.20, 0.20]


def test_a_wrong_total_is_named():
    # 77.74, the total of 广州, is printed for 南京 in another place of the report (K1).
    totals = KR36["total"].copy()
    totals["南京"] = "77.74"
    found = recover(KR36[PARTS], totals)
    assert not found.feasible
    assert found.low.isna().all()
    assert found.snapped is None
    assert found.broken.index.tolist() == ["南京"]
    assert found.broken.iloc[0] == pytest.approx(79.553 - 77.74 - 0.01, abs=0.005)
    assert 0.4 < found.smallest_bound < 1
    others = recover(KR36[PARTS].drop("南京"), totals.drop("南京"))
    assert others.unique


def test_totals_of_another_kind_are_refused_by_all():
    rng = np.random.default_rng(6)
    found = recover(printed(rng.uniform(0, 100, (40, 3))), printed(rng.uniform(0, 100, 40)))
    assert not found.feasible
    assert len(found.broken) > 10
    assert found.smallest_bound > 10
    one = recover(pd.DataFrame({"a": ["1.0"], "b": ["2.0"]}), pd.Series(["9.0"]))
    assert one.broken.index.tolist() == [0]


def test_the_smallest_bound_is_least():
    rng = np.random.default_rng(6)
    x, t = rng.uniform(0, 100, (15, 3)).round(2), rng.uniform(0, 100, 15).round(2)
    found = recover(printed(x), printed(t))
    draws = rng.dirichlet(np.ones(3), 20000)
    tried = np.abs(draws @ x.T - t).max(axis=1).min()
    assert found.smallest_bound <= tried + 1e-9
    assert found.smallest_bound == pytest.approx(tried, rel=0.02)


@given(st.integers(1, 6), st.integers(1, 12), st.integers(0, 10**6), st.booleans())
@settings(max_examples=60, deadline=None)
def test_constrained_least_squares_cannot_be_bettered(parts, rows, seed, sum_to_one):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(rows, parts)), rng.normal(size=rows)
    weights, _ = least_squares(x, y, sum_to_one=sum_to_one)
    assert (weights >= 0).all()
    assert not sum_to_one or weights.sum() == pytest.approx(1)
    squares = ((y - x @ weights) ** 2).sum()
    other = rng.dirichlet(np.ones(parts), 200) * (1 if sum_to_one else rng.uniform(0, 2, (200, 1)))
    for step in (1.0, 0.1, 0.01):
        tried = weights + step * (other - weights)
        assert (((y - tried @ x.T) ** 2).sum(axis=1) >= squares - 1e-9).all()


def test_constrained_least_squares_agrees_with_a_general_solver():
    rng = np.random.default_rng(11)
    x, y = rng.normal(size=(20, 4)), rng.normal(size=20)
    found, constant = least_squares(x, y, intercept=True)
    solved = minimize(
        lambda v: ((y - x @ v[:4] - v[4]) ** 2).sum(),
        np.array([0.25] * 4 + [0.0]),
        bounds=[(0, 1)] * 4 + [(None, None)],
        constraints={"type": "eq", "fun": lambda v: v[:4].sum() - 1},
        method="SLSQP",
        options={"ftol": 1e-14},
    )
    assert [*found, constant] == pytest.approx(solved.x, abs=1e-5)


@pytest.mark.parametrize("unit", [0, -1, float("inf")])
def test_a_last_digit_has_a_unit_above_0(unit):
    with pytest.raises(ValueError, match="it must be above 0"):
        recover(KR36[PARTS], KR36["total"], unit=unit)


def test_what_cannot_be_read_is_explained():
    table = pd.DataFrame({"a": ["1.0", "2.0"], "b": ["3.0", "x"]}, index=["k", "l"])
    totals = pd.Series(["2.0", "2.5"], index=["k", "l"])
    with pytest.raises(DataError, match="column 'b': 'x' of l is not a number"):
        recover(table, totals)
    with pytest.raises(DataError, match="no row has a total"):
        recover(table.assign(b=""), totals)
    with pytest.raises(DataError, match="above 0"):
        recover(table.assign(b=["0.0", "1.0"]), totals, mean="geometric")
    with pytest.raises(ValueError, match="same rows"):
        recover(table, totals[::-1])
    with pytest.raises(ValueError, match="does not divide 1"):
        recover(table, totals, grid=[0.03])
    with pytest.raises(ValueError, match="arithmetic or geometric"):
        recover(table, totals, mean="median")


@pytest.mark.parametrize("scale", [1, 100])
def test_a_percent_sign_on_the_totals_alone_is_a_matter_of_print(scale):
    # 92.93 % beside 90.54 means 92.93; beside 0.9054 it means 0.9293.
    scores = KR36[PARTS] if scale == 1 else printed(KR36[PARTS].astype(float) / 100, 4)
    scores.index, scores.columns = KR36.index, PARTS
    found = recover(scores, KR36["total"].astype(str) + "%")
    assert found.weights.tolist() == [0.15, 0.2, 0.25, 0.2, 0.2]
    assert found.unique
