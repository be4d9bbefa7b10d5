"""S-curves: data on a curve give it back, jumps give nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.measures import bass, s_curves

YEARS = np.arange(2010, 2023)


@given(st.floats(0.3, 2.0), st.floats(2012, 2020), st.sampled_from([0.5, 0.8, 1.0]))
def test_logistic_data_return_their_half(rate, half, ceiling):
    share = ceiling / (1 + np.exp(-rate * (YEARS - half)))
    found = s_curves.fit(YEARS, share, ceiling=ceiling)
    assert found.t50 == pytest.approx(half, abs=1e-3)
    assert found.width == pytest.approx(2 * math.log(9) / rate, rel=1e-3)
    assert found.t10 == pytest.approx(half - math.log(9) / rate, abs=1e-2)


def test_gompertz_data_return_their_half():
    share = np.exp(-np.exp(-0.6 * (YEARS - 2015)))
    found = s_curves.fit(YEARS, share, "gompertz")
    assert found.t50 == pytest.approx(2015 - math.log(math.log(2)) / 0.6, abs=1e-4)
    assert np.exp(-np.exp(-0.6 * (found.t90 - 2015))) == pytest.approx(0.9, abs=1e-4)


def test_bass_data_return_innovation_and_imitation():
    share = bass.adopted(YEARS - 2009, 0.02, 0.5)
    found = s_curves.fit(YEARS, share, "bass")
    assert (found.first, found.second) == pytest.approx((0.02, 0.5), rel=1e-3)
    assert bass.adopted(found.t50 - 2009, 0.02, 0.5) == pytest.approx(0.5, abs=1e-4)


def test_agrees_with_scipy_on_data_off_the_curve():
    from scipy.optimize import curve_fit

    share = np.array([0, 0, 0.1, 0.1, 0.25, 0.3, 0.55, 0.6, 0.8, 0.8, 0.95, 0.95, 1.0])
    (rate, half), _ = curve_fit(lambda t, b, c: 1 / (1 + np.exp(-b * (t - c))), YEARS, share, p0=(0.5, 2016))
    found = s_curves.fit(YEARS, share)
    assert (found.first, found.t50) == pytest.approx((rate, half), rel=1e-5)
    assert s_curves.curve(found, [half]).item() == pytest.approx(0.5, abs=1e-5)


@pytest.mark.parametrize("shape", s_curves.SHAPES)
def test_the_times_are_where_the_curve_passes(shape):
    share = np.array([0, 0, 0.1, 0.1, 0.25, 0.3, 0.55, 0.6, 0.8, 0.8, 0.95, 0.95, 1.0])
    found = s_curves.fit(YEARS, share, shape)
    assert s_curves.curve(found, [found.t10, found.t50, found.t90]) == pytest.approx([0.1, 0.5, 0.9])
    assert 0.9 < found.r_squared <= 1


@pytest.mark.parametrize("share", [[0, 0, 1, 1], [0.5] * 4, [0, 0.4, 0.4, 1], [1, 1, 1, 1], [0, 0, 0, 0]])
def test_a_jump_says_nothing_of_how_steep_it_is(share):
    found = s_curves.fit(range(2019, 2023), share)
    assert math.isnan(found.t50)
    assert np.isnan(s_curves.curve(found, [2020])).all()


def test_the_year_of_half_saturation_is_the_same_with_and_without_interval():
    adopted = np.array([2012, 2013, 2013, 2014, 2014, 2015, 2015, 2015, 2016, 2017, math.nan, 2010])
    found = s_curves.half_saturation(adopted, YEARS)
    share = (adopted[:, None] <= YEARS).mean(axis=0)
    assert found.t50 == s_curves.fit(YEARS, share).t50
    assert found.low < found.t50 < found.high
    assert found == s_curves.half_saturation(adopted, YEARS)


def test_places_that_adopt_together_have_no_half_year():
    found = s_curves.half_saturation([2015] * 9 + [math.nan], YEARS)
    assert math.isnan(found.t50)
    assert found.undefined == 200


def test_wrong_calls_are_refused():
    with pytest.raises(ValueError, match="ascending"):
        s_curves.fit([2020, 2019, 2021], [0, 0.5, 1])
    with pytest.raises(ValueError, match="between 0 and 1"):
        s_curves.fit([2019, 2020, 2021], [0, 0.5, 1.2])
    with pytest.raises(ValueError, match="shape"):
        s_curves.fit([2019, 2020, 2021], [0, 0.5, 1], "probit")
    with pytest.raises(ValueError, match="replicates"):
        s_curves.half_saturation([2019], YEARS, replicates=1)


@pytest.mark.slow
def test_the_interval_of_half_saturation_holds_the_truth_as_often_as_it_says():
    """Thirty-one places with adoption years from a logistic law around 2016, read off by whole years."""
    random, held = np.random.default_rng(3), 0
    draws = 2016 + random.logistic(0, 1.2, (20_000, 1))
    truth = s_curves.fit(YEARS, (np.ceil(draws) <= YEARS).mean(axis=0)).t50
    for _ in range(200):
        years = np.ceil(2016 + random.logistic(0, 1.2, 31))
        found = s_curves.half_saturation(np.where(years > 2022, np.nan, years), YEARS)
        held += found.low <= truth <= found.high
    assert 0.90 <= held / 200 <= 0.98
