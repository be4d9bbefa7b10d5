"""Bass's curve: printed fits, closed forms, another program, and how often intervals hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.errors import UsageError
from clusters.measures import bass

VCR = [840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890]


def test_density_form_of_video_recorders_is_the_printed_one():
    found = bass.fit(VCR, form="density")
    assert (found.m, found.m_error) == pytest.approx((6.798e4, 3.128e3), rel=1e-3)
    assert (found.p, found.p_error) == pytest.approx((6.594e-3, 1.430e-3), rel=1e-3)
    assert (found.q, found.q_error) == pytest.approx((6.381e-1, 4.140e-2), rel=1e-3)
    assert found.peak.time == pytest.approx(7.09, abs=0.005)


def test_interval_form_of_video_recorders_is_the_printed_one():
    found = bass.fit(VCR)
    assert found.m == pytest.approx(6.77e4, abs=50)
    assert (found.p, found.q) == (pytest.approx(0.00879, abs=5e-6), pytest.approx(0.6422, abs=5e-5))


def test_ols_form_of_video_recorders_is_the_printed_one():
    found = bass.fit(VCR, form="ols")
    assert found.m == pytest.approx(6.27e4, abs=50)
    assert (found.p, found.q) == (pytest.approx(0.0216, abs=5e-5), pytest.approx(0.6805, abs=5e-5))


def test_peak_in_closed_form():
    time, share, rate = bass.peak(0.03, 0.38)
    assert (time, share, rate) == pytest.approx((6.192619, 0.460526, 0.110592), abs=5e-7)
    assert bass.adopted(time, 0.03, 0.38) == pytest.approx(share)


def test_without_more_imitation_than_innovation_the_peak_is_the_launch():
    assert bass.peak(0.4, 0.2) == (0.0, 0.0, 0.4)


def test_agrees_with_scipy_in_estimates_and_errors():
    from scipy.optimize import curve_fit

    def curve(t, p, q, m):
        return m * (bass.adopted(t, p, q) - bass.adopted(t - 1, p, q))

    at, covariance = curve_fit(curve, np.arange(1.0, 11), VCR, p0=(0.01, 0.5, 6e4))
    found = bass.fit(VCR)
    assert (found.p, found.q, found.m) == pytest.approx(tuple(at), rel=1e-4)
    assert (found.p_error, found.q_error, found.m_error) == pytest.approx(
        tuple(np.sqrt(np.diagonal(covariance))), rel=1e-3
    )


@settings(max_examples=30, deadline=None)
@given(
    st.floats(0.001, 0.1), st.floats(0.1, 0.9), st.floats(10, 1e6), st.sampled_from(["interval", "density"])
)
def test_a_series_on_the_curve_gives_its_parameters_back(p, q, m, form):
    periods = np.arange(26.0)
    rate = np.gradient(bass.adopted(np.arange(0, 25.001, 1e-4), p, q), 1e-4)[10000::10000]
    new = np.diff(bass.adopted(periods, p, q)) if form == "interval" else rate
    found = bass.fit(m * new, form=form)
    assert (found.p, found.q, found.m) == pytest.approx((p, q, m), rel=2e-3)


def test_a_market_that_is_given_stays_and_the_others_follow():
    new = 31 * np.diff(bass.adopted(np.arange(7), 0.03, 0.5))
    found = bass.fit(new, m=31)
    assert found.m == 31
    assert math.isnan(found.m_error)
    assert (found.p, found.q) == pytest.approx((0.03, 0.5), rel=1e-4)
    assert math.isnan(bass.intervals(found).low[2])
    assert bass.fit(new, form="ols", m=31).m == 31


def test_scale_of_the_series_is_the_scale_of_the_market_only():
    one, thousand = bass.fit(VCR), bass.fit(np.array(VCR) * 1000)
    assert (thousand.p, thousand.q, thousand.m / 1000) == pytest.approx((one.p, one.q, one.m), rel=1e-6)


def test_a_series_that_says_nothing_of_a_parameter_has_no_interval():
    # All at once, then in pairs: q ends at its bound with an error of 50 times itself.
    ends = bass.intervals(bass.fit([20.0, 0, 0, 40, 40, 0, 0, 0, 30]))
    assert np.isnan([ends.low[0], ends.high[0], ends.low[1], ends.high[1]]).all()


def test_a_large_market_has_an_error_before_the_inflection():
    # With slopes in p a million times those in m, m came out as if it were known exactly.
    new = np.array([11.0, 24, 40, 83, 160, 240, 510, 880, 1500])
    small, large = bass.fit(new), bass.fit(1000 * new)
    assert small.m_error > 0.05 * small.m
    assert large.m_error == pytest.approx(1000 * small.m_error, rel=1e-3)
    assert (large.p_error, large.q_error) == pytest.approx((small.p_error, small.q_error), rel=1e-3)
    low, high = bass.intervals(large).low[2], bass.intervals(large).high[2]
    assert low < 0.9 * large.m < 1.1 * large.m < high


@pytest.mark.parametrize("new", [[0] * 9, [1, 2, 3], []])
def test_nothing_is_said_of_nothing_or_too_few_periods(new):
    found = bass.fit(new)
    assert math.isnan(found.p)
    assert all(math.isnan(x) for x in bass.intervals(found).low)
    assert np.isnan(bass.forecast(found, 2)).all()


def test_before_the_inflection_there_is_no_forecast_unless_forced():
    new = 1000 * np.diff(bass.adopted(np.arange(6), 0.005, 0.5))
    found = bass.fit(new)
    assert not found.past_inflection
    with pytest.raises(UsageError, match="before"):
        bass.forecast(found, 1)
    expected = 1000 * np.diff(bass.adopted([5, 6], 0.005, 0.5))
    assert bass.forecast(found, 1, force=True) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("method", ["covariance", "profile", "bootstrap"])
def test_intervals_hold_the_estimate(method):
    found = bass.fit(VCR)
    ends = bass.intervals(found, method)
    assert all(
        low < x < high for low, x, high in zip(ends.low, (found.p, found.q, found.m), ends.high, strict=True)
    )
    assert bass.intervals(found, method) == ends


def test_a_profile_ends_where_the_sum_of_squares_says():
    from scipy import stats

    found = bass.fit(VCR)
    low, high = (end[1] for end in bass.intervals(found, "profile"))
    least = ((found.new - bass.fitted_values(found)) ** 2).sum()
    most = least * (1 + stats.f.ppf(0.95, 1, 7) / 7)
    for q in (low, high):
        grid = np.stack([np.linspace(0.6, 1.6, 201) * found.p, np.full(201, q)])
        shares = [np.diff(bass.adopted(np.arange(11), p, q)) for p in grid[0]]
        # For given p and q the best market is a regression through the origin.
        squares = [((found.new - (found.new @ b / (b @ b)) * b) ** 2).sum() for b in shares]
        assert min(squares) == pytest.approx(most, rel=0.02)


def test_wrong_calls_are_refused():
    for bad in ([1, -1, 2, 3], [[1, 2]], [1, math.nan, 2]):
        with pytest.raises(ValueError, match="not below 0"):
            bass.fit(bad)
    with pytest.raises(ValueError, match="form"):
        bass.fit(VCR, form="nls")
    with pytest.raises(ValueError, match="market"):
        bass.fit(VCR, m=0)
    with pytest.raises(ValueError, match="level"):
        bass.intervals(bass.fit(VCR), level=1)
    with pytest.raises(ValueError, match="method"):
        bass.intervals(bass.fit(VCR), "delta")
    with pytest.raises(ValueError, match="periods"):
        bass.forecast(bass.fit(VCR), 0)
    with pytest.raises(ValueError, match="p must"):
        bass.adopted(1, 0, 0.3)


@pytest.mark.slow
@pytest.mark.parametrize(("periods", "p", "q", "noise"), [(12, 0.03, 0.38, 0.003), (15, 0.02, 0.4, 0.004)])
def test_intervals_hold_the_truth_as_often_as_they_say(periods, p, q, noise):
    random = np.random.default_rng(11)
    mean = 1000 * np.diff(bass.adopted(np.arange(periods + 1), p, q))
    held = {method: np.zeros(3) for method in ("covariance", "profile", "bootstrap")}
    for seed in range(400):
        found = bass.fit(np.maximum(mean + 1000 * noise * random.standard_normal(periods), 0))
        for method, times in held.items():
            # A seed for each: the same draws throughout would err in the same way each time.
            ends = bass.intervals(found, method, seed=seed)
            times += [
                low <= true <= high for low, true, high in zip(ends.low, (p, q, 1000), ends.high, strict=True)
            ]
    for method, times in held.items():
        assert ((times / 400 >= 0.90) & (times / 400 <= 0.98)).all(), (method, times / 400)
