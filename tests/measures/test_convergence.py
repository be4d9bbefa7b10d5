"""Convergence: regressions by another program, moves counted by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.measures import convergence as measures


def test_scatter_by_hand():
    assert measures.sigma([[1, 2, 0], [3, 2, 0]]).tolist()[:2] == [0.5, 0]
    assert math.isnan(measures.sigma([[1, 2, 0], [3, 2, 0]])[2])
    assert measures.sigma([[1], [math.e], [0]], "log").tolist() == [0.5]


def test_one_owner_has_the_most_scatter():
    assert measures.sigma([[1]] + [[0]] * 30).item() == pytest.approx(math.sqrt(30))


@given(st.floats(-0.09, 0.3), st.floats(-0.5, 0.5))
def test_growth_on_a_line_returns_its_slope(slope, constant):
    initial = np.array([1.0, 2, 5, 9, 20])
    final = initial * np.exp(8 * (constant - slope * np.log(initial)))
    found = measures.beta(initial, final, 8)
    assert found.beta == pytest.approx(-slope, abs=1e-9)
    assert found.intercept == pytest.approx(constant, abs=1e-9)


def test_speed_and_half_life_in_closed_form():
    # Every gap halves in four years: ln x closes at ln 2 / 4 a year.
    initial = np.array([1.0, 2, 4, 8])
    final = np.exp((np.log(initial) + math.log(8)) / 2)
    found = measures.beta(initial, final, 4)
    assert found.speed == pytest.approx(math.log(2) / 4)
    assert found.half_life == pytest.approx(4)
    assert found.r_squared == pytest.approx(1)


def test_errors_agree_with_the_sandwich_in_matrices():
    random = np.random.default_rng(3)
    initial, final = np.exp(random.standard_normal((2, 20)))
    found = measures.beta(initial, final, 5)
    x = np.column_stack([np.ones(20), np.log(initial)])
    y = np.log(final / initial) / 5
    at = np.linalg.lstsq(x, y, rcond=None)[0]
    bread = np.linalg.inv(x.T @ x)
    meat = (x * (y - x @ at)[:, None]).T @ (x * (y - x @ at)[:, None])
    error = math.sqrt((bread @ meat @ bread)[1, 1] * 20 / 18)
    assert (found.beta, found.standard_error) == pytest.approx((at[1], error))
    assert found.low < found.beta < found.high


def test_places_that_began_with_nothing_are_left_out_and_counted():
    found = measures.beta([1, 2, 4, 0, 3], [2, 3, 4, 5, 0], 1)
    assert (found.places, found.left_out) == (3, 2)


@pytest.mark.parametrize(("initial", "final"), [([1, 2], [2, 2]), ([3, 3, 3], [1, 2, 3]), ([], [])])
def test_nothing_is_said_of_too_few_or_equal_beginnings(initial, final):
    found = measures.beta(initial, final, 3)
    assert math.isnan(found.beta)
    assert math.isnan(found.half_life)


def test_classes_by_hand():
    # Relative to the mean of its year the second column is the first: doubling all moves nobody.
    classes, bounds = measures.relative_classes([[1, 2], [2, 4], [3, 6], [6, 12]], 2)
    assert classes.tolist() == [[0, 0], [0, 0], [1, 1], [1, 1]]
    assert bounds[-1] == 2


def test_moves_are_counted_by_the_class_of_the_neighbours_by_hand():
    # C and D are high and each other's neighbour, A is beside D and B beside A; B rises, D falls.
    values = [[1, 1], [1, 5], [5, 5], [5, 1]]
    beside = [[0, 0, 0, 1], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]
    found = measures.spatial_markov(values, beside, 2)
    assert found.counts.tolist() == [[[0, 1], [0, 0]], [[1, 0], [1, 1]]]
    assert found.probabilities[1].tolist() == [[1, 0], [0.5, 0.5]]
    assert np.isnan(found.probabilities[0, 1]).all()


def test_the_diagonal_and_the_scale_of_weights_do_not_matter():
    random = np.random.default_rng(1)
    values, weights = random.random((12, 6)), random.random((12, 12))
    one = measures.spatial_markov(values, weights, 3)
    other = measures.spatial_markov(values, 7 * weights + 5 * np.eye(12), 3)
    assert (one.counts == other.counts).all()
    assert one.counts.sum() == 12 * 5


def test_the_likelihood_ratio_of_two_tables_by_hand():
    statistic, degrees = measures._dependence(np.array([[[10, 0], [5, 5]], [[0, 10], [5, 5]]]))
    assert (statistic, degrees) == (pytest.approx(2 * 20 * math.log(2)), 2)


def test_wrong_calls_are_refused():
    for bad in ([[1, -1]], [[1, math.nan]], [1, 2]):
        with pytest.raises(ValueError, match="places x years"):
            measures.sigma(bad)
    with pytest.raises(ValueError, match="weights"):
        measures.spatial_markov([[1, 2]], [[1, 2]])
    with pytest.raises(ValueError, match="classes"):
        measures.relative_classes([[1, 2]], 1)
    with pytest.raises(ValueError, match="method"):
        measures.sigma([[1]], "gini")


@pytest.mark.slow
def test_beta_intervals_hold_the_truth_as_often_as_they_say():
    random, held = np.random.default_rng(9), 0
    for _ in range(400):
        level = random.normal(0, 1.5, 31)
        growth = 0.1 - 0.05 * level + random.normal(0, 0.05, 31)
        found = measures.beta(np.exp(level), np.exp(level + 8 * growth), 8)
        held += found.low <= -0.05 <= found.high
    assert 0.90 <= held / 400 <= 0.98
