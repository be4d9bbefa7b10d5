"""Spread: equal shares, one owner, and the single measures of concentration."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clusters.measures import concentration, flows
from clusters.measures import spread as measures

squares = arrays(np.int64, (5, 5), elements=st.integers(0, 9))


@pytest.mark.parametrize("n", [1, 2, 31])
def test_entropy_of_equal_shares_is_the_logarithm_of_their_number(n):
    found = measures.spread(np.ones((n, n)))
    assert found.taking_entropy == pytest.approx(math.log(n), abs=1e-12)
    assert found.taking_effective == pytest.approx(n)
    assert found.taking_gini == pytest.approx(0, abs=1e-12)
    assert found.reached_share == 1


def test_all_in_one_place():
    found = measures.spread([[5, 0, 0], [3, 0, 0], [0, 0, 0]], [True, False, False])
    assert (found.places_reached, found.taking_entropy, found.taking_effective) == (1, 0, 1)
    assert (found.poles_target, found.poles_touching, found.intra_share) == (1, 1, 5 / 8)
    assert found.taking_gini == pytest.approx(2 / 3)


def test_what_is_taken_counts_not_what_is_given_by_hand():
    # A gives to B and C: A itself takes nothing. By what is given only one place would be there.
    found = measures.spread([[0, 1, 1], [0, 0, 0], [0, 0, 0]], [True, False, False])
    assert (found.places_reached, found.taking_effective) == (2, pytest.approx(2))
    assert (found.poles_target, found.poles_touching) == (0, 1)


@given(squares)
def test_agrees_with_the_measures_one_by_one(cells):
    if not cells.sum():
        return
    found = measures.spread(cells, [True, False, True, False, False])
    taken = cells.sum(axis=0)
    poles = flows.pole_dominance(pd.DataFrame(cells), [0, 2])
    assert found.taking_entropy == pytest.approx(concentration.shannon(taken), abs=1e-12)
    assert found.taking_gini == pytest.approx(concentration.gini(taken), abs=1e-12)
    assert found.intra_share == pytest.approx(flows.intra_share(pd.DataFrame(cells)))
    assert (found.poles_target, found.poles_touching) == pytest.approx((poles.target, poles.touching))


@given(arrays(np.int64, (3, 2, 4, 4), elements=st.integers(0, 9)))
def test_many_at_once_are_each_by_itself(cells):
    together = measures.spread(cells, [True, False, False, False]).stacked()
    for i in range(3):
        for j in range(2):
            alone = measures.spread(cells[i, j], [True, False, False, False]).stacked()
            np.testing.assert_allclose(together[:, i, j], alone)


def test_nothing_taken_reaches_nobody_and_says_no_more():
    found = measures.spread(np.zeros((3, 3)), [True, False, False])
    assert (found.places_reached, found.reached_share) == (0, 0)
    assert np.isnan(found.stacked()[2:]).all()


def test_without_poles_their_shares_are_undefined():
    found = measures.spread([[1, 2], [3, 4]])
    assert np.isnan([found.poles_target, found.poles_touching]).all()


def test_a_matrix_that_is_not_square_is_refused():
    with pytest.raises(ValueError, match="square"):
        measures.spread([[1, 2, 3], [4, 5, 6]])
