"""Outliers are treated by the rule of the JRC, as COINr carries it out."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from clusters.errors import DataError
from clusters.index.outliers import (
    excess_kurtosis,
    is_skewed,
    skewness,
    treat_outliers,
    treat_values,
)
from clusters.sentences import in_language

ONE_FAR = [*range(1, 11), 100]
samples = arrays(float, st.integers(4, 30), elements=st.integers(-1000, 1000).map(float))


def frame_of(*columns, index=None) -> pd.DataFrame:
    return pd.DataFrame({f"x{i}": list(map(float, c)) for i, c in enumerate(columns)}, index=index)


@given(samples)
def test_moments_are_those_of_scipy(x):
    if np.ptp(x) == 0:
        assert np.isnan([skewness(x), excess_kurtosis(x)]).all()
    else:
        assert skewness(x) == pytest.approx(stats.skew(x, bias=False), rel=1e-9, abs=1e-9)
        assert excess_kurtosis(x) == pytest.approx(stats.kurtosis(x, bias=False), rel=1e-9, abs=1e-8)


def test_moments_as_a_spreadsheet_prints_them():
    # The examples of SKEW and KURT in Microsoft's reference.
    x = [3, 4, 5, 2, 3, 4, 5, 6, 4, 7]
    assert (round(skewness(x), 6), round(excess_kurtosis(x), 9)) == (0.359543, -0.151799637)


def test_moments_leave_missing_values_out_and_need_enough_of_the_others():
    assert skewness([1, np.nan, 2, 4]) == skewness([1, 2, 4])
    assert np.isnan([skewness([1, 2]), excess_kurtosis([1, 2, 4]), skewness([])]).all()
    assert not np.isnan(skewness([1, 2, 4]))


def test_moments_of_large_numbers_do_not_overflow():
    x = np.array(ONE_FAR) * 1e200
    assert (skewness(x), excess_kurtosis(x)) == pytest.approx((skewness(ONE_FAR), excess_kurtosis(ONE_FAR)))


def test_one_far_value_takes_the_next():
    # COINr's own test: 1 ... 10, 100.
    assert is_skewed(ONE_FAR)
    treated = treat_values(ONE_FAR)
    assert treated.values.tolist() == [*range(1, 11), 10]
    assert (treated.winsorised, treated.logged, treated.passes) == ((10,), False, True)


def test_skewed_or_heavy_tailed_alone_is_no_reason():
    # Skewness 3.1 with 2 of 20 at one end; kurtosis 5.4 with one at each end.
    lopsided, heavy = [0] * 18 + [1] * 2, [-10, *[0] * 12, 10]
    assert skewness(lopsided) > 2
    assert excess_kurtosis(heavy) > 3.5
    assert abs(skewness(heavy)) < 2
    assert not is_skewed(heavy)
    assert is_skewed(lopsided) == (excess_kurtosis(lopsided) >= 3.5)
    assert not is_skewed([0] * 17 + [1] * 3)


def test_the_low_side_is_treated_where_the_skew_is_negative():
    treated = treat_values([-x for x in ONE_FAR])
    assert treated.values.tolist() == [-x for x in [*range(1, 11), 10]]


def test_ties_are_changed_together_and_counted_each():
    x = [*range(1, 41), 500, 500]
    treated = treat_values(x, winmax=5)
    assert treated.values[-2:].tolist() == [40.0, 40.0]
    assert treated.winsorised == (40, 41)


def test_a_value_once_reached_is_moved_on_with_what_was_brought_to_it():
    # 100 goes with 200 once that is 100: points changed are counted, not changes.
    x = [*range(1, 21), 100, 200]
    treated = treat_values(x, winmax=2)
    assert treated.values.tolist() == [*range(1, 21), 20, 20]
    assert treated.winsorised == (20, 21)
    assert treat_values(x, winmax=1).logged


def test_logarithms_are_of_the_untreated_values():
    x = np.array([*range(1, 21), 100.0, 200.0])
    treated = treat_values(x, winmax=1)
    assert treated.logged
    assert treated.winsorised == ()
    assert treated.values == pytest.approx(np.log(x - 1 + 0.01 * 199))
    assert treat_values(x, winmax=0).values == pytest.approx(treated.values)


def test_logarithms_can_be_left_out():
    treated = treat_values([*range(1, 21), 100, 200], winmax=1, log=False)
    assert treated.values.tolist() == [*range(1, 21), 100, 100]
    assert (treated.logged, treated.passes) == (False, False)


def test_the_mirror_image_shortens_a_tail_to_the_left():
    x = -np.exp(np.linspace(0, 8, 40))
    treated = treat_values(x, winmax=0)
    assert treated.logged
    assert treated.passes
    assert (np.diff(treated.values) < 0).all()  # x falls, and so does what is made of it
    assert treated.values == pytest.approx(-treat_values(-x, winmax=0).values)
    as_coinr = treat_values(x, winmax=0, mirror=False)
    assert as_coinr.values == pytest.approx(np.log(x - x.min() + 0.01 * np.ptp(x)))
    assert skewness(as_coinr.values) < skewness(x)


def test_two_values_stay_two_values():
    # To winsorise the 1 would leave a constant, and logarithms of two values are two values.
    treated = treat_values([0] * 19 + [1])
    assert treated.logged
    assert not treated.passes
    assert len(set(treated.values)) == 2


@pytest.mark.parametrize("x", [[5.0] * 6, [1.0, 2.0, 900.0], [np.nan] * 5, []])
def test_what_cannot_be_judged_is_left_alone(x):
    treated = treat_values(x)
    assert np.array_equal(treated.values, x, equal_nan=True)
    assert treated.passes
    assert treated.winsorised == ()


def test_log_of_a_frame():
    index = pd.Index([f"u{i}" for i in range(11)], name="unit")
    frame = frame_of(ONE_FAR, range(11), index=index)
    before = frame.copy()
    stage = treat_outliers(frame)
    pd.testing.assert_frame_equal(frame, before)
    (entry,) = stage.log
    assert (entry.step, entry.what, entry.item, entry.unit) == ("outliers", "winsorised", "x0", "u10")
    assert (entry.before, entry.after) == (100, 10)
    assert entry.detail.startswith("points=1; skewness=3.256 -0.128; kurtosis=10.707 ")
    assert stage.warnings == ()
    assert treat_outliers(frame, skip=["x0"]).log == ()


def test_log_of_logarithms_and_of_what_still_fails():
    frame = frame_of([*range(1, 21), 100, 200], [0.0] * 21 + [1.0])
    stage = treat_outliers(frame, winmax=1)
    assert [(e.what, e.item) for e in stage.log] == [("logged", "x0"), ("logged", "x1")]
    assert stage.log[0].before == pytest.approx(skewness(frame["x0"]))
    assert stage.log[0].after == pytest.approx(skewness(stage.frame["x0"]))
    assert "from=low; min=1; max=200" in stage.log[0].detail
    (warning,) = stage.warnings
    assert "'x1'" in warning
    assert "x0" not in warning
    assert "“x1”" in in_language(warning, "zh")


def test_years_are_treated_together_unless_asked_otherwise():
    index = pd.MultiIndex.from_product([[2020, 2021], [f"u{i}" for i in range(11)]]).swaplevel()
    frame = pd.DataFrame({"x": [*map(float, ONE_FAR), *map(float, range(10, 120, 10)[:11])]}, index=index)
    assert treat_outliers(frame).log == ()
    (entry,) = treat_outliers(frame, by="year").log
    assert (entry.unit, entry.year, entry.after) == ("u10", 2020, 10)


def test_bad_arguments_and_data():
    with pytest.raises(ValueError, match="number of points"):
        treat_outliers(frame_of([1, 2]), winmax=-1)
    with pytest.raises(ValueError, match="needs a panel"):
        treat_outliers(frame_of([1, 2]), by="year")
    with pytest.raises(DataError, match=r"'x' of 'b' is 'many', not a finite number"):
        treat_outliers(pd.DataFrame({"x": [1, "many"]}, index=["a", "b"]))
    with pytest.raises(DataError, match="not a finite number"):
        treat_outliers(frame_of([1, np.inf]))


@given(samples, st.sampled_from([1, 3, 5, None]))
def test_order_is_kept(x, winmax):
    treated = treat_values(x, winmax=winmax)
    order = np.argsort(x, kind="stable")
    assert (np.diff(treated.values[order]) >= 0).all()
    again = treat_values(treated.values, winmax=winmax)
    if treated.passes:
        assert again.values.tolist() == treated.values.tolist()


@given(samples, st.sampled_from([0.5, 2.0, 64.0]))
def test_a_change_of_unit_changes_nothing(x, factor):
    one, other = treat_values(x), treat_values(x * factor)
    assert one.winsorised == other.winsorised
    assert one.logged == other.logged
    if not one.logged:
        assert other.values.tolist() == (one.values * factor).tolist()


def point_by_point(x, winmax):
    """The rule written out as COINr does: positions of what was changed at either end, counted anew."""
    x, high, low = list(x), [], []
    while len(high) + len(low) < winmax:
        if abs(stats.skew(x, bias=False)) < 2 or stats.kurtosis(x, bias=False) < 3.5:
            break
        if stats.skew(x, bias=False) >= 0:
            high = [i for i, value in enumerate(x) if value == max(x)]
            far, at = max(value for value in x if value != max(x)), high
        else:
            low = [i for i, value in enumerate(x) if value == min(x)]
            far, at = min(value for value in x if value != min(x)), low
        for i in at:
            x[i] = far
    return x, len(high) + len(low)


@given(st.integers(0, 10**6), st.sampled_from([1, 3, 5, 9]))
def test_agrees_with_the_rule_written_out(seed, winmax):
    draw = np.random.default_rng(seed)
    x = np.round(draw.normal(size=25) * np.exp(draw.normal(size=25) * 1.5), 1)
    expected, points = point_by_point(x, winmax)
    treated = treat_values(x, winmax=winmax, log=False)
    assert treated.values.tolist() == expected
    # An end may be reached from both sides; a point counts once for each.
    assert len(treated.winsorised) <= points


@pytest.fixture(scope="module")
def asem(shared) -> pd.DataFrame:
    table = pd.read_csv(shared / "oracles/asem/indicators.csv").set_index("uCode")
    tree = pd.read_csv(shared / "oracles/asem/hierarchy.csv")
    return table[tree.loc[tree["Type"] == "Indicator", "iCode"]]


def test_asem_as_the_vignette_prints_it(asem):
    stage = treat_outliers(asem)
    points = Counter(entry.item for entry in stage.log)
    assert {entry.what for entry in stage.log} == {"winsorised"}
    assert (points["Flights"], points["Goods"], points["Services"]) == (1, 2, 0)
    assert stage.warnings == ()  # all pass after winsorising
    # With one point at most Goods has to be logged.
    strict = treat_outliers(asem[["Flights", "Goods"]], winmax=1)
    assert [(e.item, e.what) for e in strict.log] == [("Flights", "winsorised"), ("Goods", "logged")]
