from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.measures.phases import PHASES, Ellipse, decided, ellipse, phase, quadrant, support

numbers = st.floats(-5, 5)


def test_the_ellipse_of_normal_points_holds_as_many_as_it_says():
    random = np.random.default_rng(5)
    sd, lean = np.array([0.03, 1.5]), 0.7
    points = random.multivariate_normal([0, 0], [[1, lean], [lean, 1]], 4000) * sd + [0.6, 9.0]
    found = ellipse(0.6, 9.0, *points.T)
    x, y = (points - [0.6, 9.0]).T / [[found.x_sd], [found.y_sd]]
    distance = (x**2 - 2 * found.correlation * x * y + y**2) / (1 - found.correlation**2)
    inside = float((distance <= -2 * math.log(0.05)).mean())
    assert inside == pytest.approx(0.95, abs=0.012)
    assert found.correlation == pytest.approx(lean, abs=0.03)


@given(st.floats(-0.99, 0.99), st.floats(0.01, 3), st.floats(0.01, 3), st.floats(0.1, 0.99))
def test_every_point_of_the_outline_is_equally_far(lean, x_sd, y_sd, level):
    across, up = Ellipse(1.0, 2.0, x_sd, y_sd, lean).outline(level)
    x, y = (across - 1) / x_sd, (up - 2) / y_sd
    distance = (x**2 - 2 * lean * x * y + y**2) / (1 - lean**2)
    assert distance == pytest.approx(-2 * math.log(1 - level), rel=1e-6)


def test_what_does_not_vary_leaves_a_line_or_a_point():
    assert ellipse(1, 2, [1, 1, 1], [2, 3, 4]).correlation == 0
    assert ellipse(1, 2, [0.1] * 3, [0.2] * 3).outline()[0] == pytest.approx(np.ones(73))
    assert math.isnan(ellipse(1, 2, [1], [2]).x_sd)
    assert math.isnan(ellipse(1, 2, [1, math.nan], [2, 3]).y_sd)


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=40))
def test_supports_are_shares_of_resamples(moves):
    x, y = zip(*moves, strict=True)
    found = support(x, y)
    assert found == {name: sum(phase(*move) == name for move in moves) / len(moves) for name in PHASES}
    assert sum(found.values()) <= 1 + 1e-9


def test_turning_both_axes_round_turns_polarisation_into_diffusion():
    x, y = [0.1, 0.2, 0.3], [-1.0, -2.0, -0.1]
    assert (decided(x, y), decided(np.negative(x), np.negative(y))) == ("polarisation", "diffusion")


@pytest.mark.parametrize(
    ("point", "name"),
    [
        ((0.9, 3), "polarised"),
        ((0.1, 8), "diffused"),
        ((0.9, 8), "broad_poles"),
        ((0.1, 3), "narrow_others"),
        ((math.nan, 3), None),
        ((0.5, 8), None),
    ],
)
def test_quadrants_by_hand(point, name):
    assert quadrant(*point, (0.5, 5)) == name


def test_undefined_resamples_decide_nothing():
    assert decided([math.nan, 1], [1, 1]) == "unclear"
    assert math.isnan(support([], [])["diffusion"])
    with pytest.raises(ValueError, match="same length"):
        support([1], [1, 2])
    with pytest.raises(ValueError, match="level"):
        Ellipse(0, 0, 1, 1, 0).outline(1)
