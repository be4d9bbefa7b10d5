"""Location quotients and relatedness: printed values, hand counts, second implementations."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clusters.measures import specialisation as measures

tables = arrays(np.int64, (4, 3), elements=st.integers(0, 20)).map(
    lambda cells: pd.DataFrame(cells, index=list("abcd"), columns=list("xyz"))
)
binaries = arrays(np.bool_, (5, 4)).map(lambda cells: pd.DataFrame(cells))


def test_oracle_of_econgeo():
    """Rows of the example of ``location_quotient`` in the R package EconGeo."""
    rows = [[100, 0, 0, 0, 0], [0, 15, 5, 70, 10], [0, 20, 10, 20, 50], [0, 25, 30, 5, 40], [0, 40, 55, 5, 0]]
    found = measures.location_quotient(pd.DataFrame(rows))
    assert found.loc[0].tolist() == [5, 0, 0, 0, 0]
    assert found.loc[1].tolist() == [0, 0.75, 0.25, 3.5, 0.5]
    assert found.loc[4].tolist() == [0, 2, 2.75, 0.25, 0]


@given(tables)
def test_agrees_with_loops(table):
    found = measures.location_quotient(table)
    for p, t in product(table.index, table.columns):
        place, kind, total = table.loc[p].sum(), table[t].sum(), table.to_numpy().sum()
        if place and kind:
            assert found.loc[p, t] == pytest.approx((table.loc[p, t] / place) / (kind / total))
        else:
            assert math.isnan(found.loc[p, t])


@given(tables)
def test_quotients_weighted_by_size_average_to_one(table):
    found = measures.location_quotient(table).to_numpy()
    given_ = table.sum(axis=1).to_numpy()
    for column, taken in zip(found.T, table.sum().to_numpy(), strict=True):
        if taken:
            assert np.nansum(column * given_) / given_.sum() == pytest.approx(1)


def test_few_relations_say_nothing():
    table = pd.DataFrame([[30, 2], [30, 20]])
    found = measures.location_quotient(table, min_count=5)
    assert math.isnan(found.iloc[0, 1])
    assert found.iloc[0, 0] == measures.location_quotient(table).iloc[0, 0]
    assert not measures.specialised(pd.DataFrame([[30, 2], [300, 0]]), min_count=5).iloc[0, 1]
    assert measures.specialised(pd.DataFrame([[30, 2], [300, 0]])).iloc[0, 1]


@given(tables, st.integers(2, 7))
def test_a_place_like_all_is_specialised_in_everything_at_any_scale(table, times):
    """A quotient of exactly 1 counts, whatever rounding makes of it."""
    first = table.iloc[0]
    alike = pd.DataFrame([first, times * first, 3 * first])
    found = measures.specialised(alike)
    assert (found.to_numpy() == (alike.to_numpy() > 0)).all()


@pytest.fixture
def specialities():
    """x in a, b, c; y in a, b; z in c; w nowhere."""
    return pd.DataFrame(
        [[1, 1, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]], index=list("abcd"), columns=list("xyzw")
    )


def test_relatedness_by_hand(specialities):
    found = measures.relatedness(specialities)
    # Two of the three places of x have y, both of y have x: the smaller of 2/3 and 1.
    assert found.loc["x", "y"] == found.loc["y", "x"] == pytest.approx(2 / 3)
    assert found.loc["x", "z"] == pytest.approx(1 / 3)
    assert found.loc["y", "z"] == 0
    assert found["w"].isna().all()
    assert found.loc["x", "x"] == 1
    strength = measures.relatedness(specialities, method="association")
    assert strength.loc["x", "y"] == pytest.approx(2 * 4 / (3 * 2))


def test_density_by_hand(specialities):
    found = measures.relatedness_density(specialities, measures.relatedness(specialities))
    # Around y: x alone. Around x: y (2/3) and z (1/3).
    assert found["y"].tolist() == [1, 1, 1, 0]
    assert found["x"].tolist() == pytest.approx([2 / 3, 2 / 3, 1 / 3, 0])
    assert found["w"].isna().all()


@given(binaries)
def test_relatedness_agrees_with_conditional_probabilities(binary):
    cells = binary.to_numpy()
    found = measures.relatedness(binary).to_numpy()
    for i, j in product(range(4), range(4)):
        if cells[:, i].any() and cells[:, j].any():
            both = (cells[:, i] & cells[:, j]).sum()
            assert found[i, j] == pytest.approx(min(both / cells[:, i].sum(), both / cells[:, j].sum()))
        else:
            assert math.isnan(found[i, j])


@given(binaries)
def test_density_lies_between_0_and_1_and_own_speciality_plays_no_part(binary):
    related = measures.relatedness(binary)
    found = measures.relatedness_density(binary, related).to_numpy()
    assert ((found >= 0) & (found <= 1 + 1e-12) | np.isnan(found)).all()
    turned = binary.copy()
    turned[0] = ~turned[0]
    again = measures.relatedness_density(turned, related)
    np.testing.assert_allclose(again[0], found[:, 0])


def test_wrong_calls():
    with pytest.raises(ValueError, match="not negative"):
        measures.location_quotient(pd.DataFrame([[-1, 2]]))
    with pytest.raises(ValueError, match="true and false"):
        measures.relatedness(pd.DataFrame([[2, 1]]))
    with pytest.raises(ValueError, match="method 'cosine'"):
        measures.relatedness(pd.DataFrame([[1, 1]]), method="cosine")
    with pytest.raises(ValueError, match="for each class"):
        measures.relatedness_density(pd.DataFrame([[1, 1]]), pd.DataFrame([[1.0]]))
