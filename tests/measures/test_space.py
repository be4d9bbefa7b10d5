"""Space: enumeration of all permutations, distances that are known, ellipses of known shape."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.measures import space

ROW = [[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]]


def test_a_chessboard_repels_and_halves_attract_by_hand():
    assert space.moran([1, 0, 1, 0], ROW).statistic == pytest.approx(-1)
    assert space.moran([1, 1, 0, 0], ROW).statistic == pytest.approx(1 / 3)


def test_the_mean_over_all_permutations_is_the_expected_value():
    values, weights = (
        [3, 1, 4, 1, 5],
        np.array([[0, 1, 2, 0, 0], [1, 0, 0, 3, 0], [2, 0, 0, 1, 1], [0, 3, 1, 0, 2], [0, 0, 1, 2, 0]]),
    )
    found = [
        space.moran(order, weights, permutations=1).statistic for order in itertools.permutations(values)
    ]
    assert np.mean(found) == pytest.approx(-1 / 4)
    assert space.moran(values, weights).expected == -1 / 4


def test_p_is_that_of_all_permutations():
    values, weights = [1, 2, 9, 8, 3], space.inverse_distances(np.abs(np.subtract.outer(range(5), range(5))))
    one = space.moran(values, weights, permutations=20_000)
    every = [
        space.moran(order, weights, permutations=1).statistic for order in itertools.permutations(values)
    ]
    exact = np.mean(np.abs(np.array(every) + 0.25) >= abs(one.statistic + 0.25) - 1e-12)
    assert one.p == pytest.approx(exact, abs=0.02)


@given(st.lists(st.integers(-9, 9), min_size=4, max_size=4), st.floats(0.1, 10), st.floats(-5, 5))
def test_scale_and_origin_of_the_values_do_not_matter(values, factor, shift):
    one = space.moran(values, ROW, permutations=9)
    other = space.moran(np.array(values) * factor + shift, ROW, permutations=9)
    assert one.statistic == pytest.approx(other.statistic, abs=1e-9, nan_ok=True)


def test_equal_values_and_lonely_places_say_nothing():
    assert math.isnan(space.moran([2, 2, 2, 2], ROW).statistic)
    assert math.isnan(space.moran([1, 2, 3, 4], np.zeros((4, 4))).p)
    assert math.isnan(space.moran([1, 2], [[0, 1], [1, 0]]).statistic)
    assert math.isnan(space.moran([], np.zeros((0, 0))).expected)


def test_places_at_the_same_point_are_no_neighbours_of_weight_infinity():
    assert space.inverse_distances([[0, 0, 2], [0, 0, 2], [2, 2, 0]]).tolist() == [
        [0, 0, 0.5],
        [0, 0, 0.5],
        [0.5, 0.5, 0],
    ]


def test_the_centre_moves_to_the_heavier_place():
    assert space.ellipse([3, 1], [100, 104], [30, 34]).longitude == 101
    assert space.ellipse([3, 1], [100, 104], [30, 34]).latitude == 31


@pytest.mark.parametrize(
    ("longitude", "latitude", "angle"),
    [([-1, 1], [0, 0], 90), ([0, 0], [-1, 1], 0), ([-1, 1], [-1, 1], 45), ([-1, 1], [1, -1], 135)],
)
def test_the_angle_is_clockwise_from_north(longitude, latitude, angle):
    found = space.ellipse([1, 1], longitude, latitude)
    assert found.angle == pytest.approx(angle, abs=0.1)
    assert found.short_axis == pytest.approx(0, abs=1e-4)


def test_axes_of_a_cross_by_hand():
    # Two degrees east and west, one north and south, of four equal places at the equator.
    found = space.ellipse([1, 1, 1, 1], [-2, 2, 0, 0], [0, 0, -1, 1])
    degree = math.pi * 6371.0088 / 180
    assert (found.long_axis, found.short_axis) == pytest.approx((degree * 2**0.5, degree * 0.5**0.5))
    assert found.area == pytest.approx(math.pi * degree**2)


def test_without_amounts_there_is_no_centre_and_a_circle_has_no_direction():
    assert math.isnan(space.ellipse([0, 0], [1, 2], [3, 4]).longitude)
    assert math.isnan(space.ellipse([1, 1, 1, 1], [-1, 1, 0, 0], [0, 0, -1, 1]).angle)


def test_wrong_calls_are_refused():
    with pytest.raises(ValueError, match="weights"):
        space.moran([1, 2], [[0, 1]])
    with pytest.raises(ValueError, match="known"):
        space.moran([1, math.nan], [[0, 1], [1, 0]])
    with pytest.raises(ValueError, match="permutation"):
        space.moran([1, 2, 3, 4], ROW, permutations=0)
    with pytest.raises(ValueError, match="amount"):
        space.ellipse([1, -1], [1, 2], [3, 4])


@pytest.mark.slow
def test_p_is_uniform_where_places_do_not_matter():
    from scipy import stats

    random = np.random.default_rng(5)
    at = random.random((31, 2))
    weights = space.inverse_distances(np.hypot(*(np.subtract.outer(x, x) for x in at.T)))
    p = [space.moran(random.lognormal(0, 1, 31), weights, permutations=199, seed=i).p for i in range(400)]
    assert stats.kstest(p, "uniform").pvalue > 0.01
    assert 0.02 <= np.mean(np.array(p) <= 0.05) <= 0.085
