"""Coupling coordination: the closed form, its range, what it cannot take."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters import labels
from clusters.errors import DataError
from clusters.index.coupling import CLASSES, coupling


def test_closed_form():
    # C = 2 sqrt(0.4) / 1.3, T = 0.65.
    found = coupling(pd.DataFrame({"a": [0.8], "b": [0.5]})).iloc[0]
    c = 2 * 0.4**0.5 / 1.3
    assert found["coupling"] == pytest.approx(c, rel=1e-12)
    assert found["development"] == pytest.approx(0.65, rel=1e-12)
    assert found["coordination"] == pytest.approx((c * 0.65) ** 0.5, rel=1e-12)
    assert found[["coupling", "coordination"]].astype(float).round(6).tolist() == [0.973009, 0.795271]


def test_weights_move_development_and_not_coupling():
    frame = pd.DataFrame({"a": [0.8], "b": [0.5], "c": [0.2]})
    plain = coupling(frame).iloc[0]
    found = coupling(frame, pd.Series({"c": 1, "a": 3, "b": 1})).iloc[0]
    assert found["coupling"] == plain["coupling"] == pytest.approx(3 * 0.08 ** (1 / 3) / 1.5)
    assert found["development"] == pytest.approx((2.4 + 0.5 + 0.2) / 5)
    with pytest.raises(ValueError, match="weights"):
        coupling(frame, pd.Series({"a": 1.0}))


@given(st.lists(st.lists(st.floats(0.001, 1), min_size=3, max_size=3), min_size=1, max_size=5))
def test_all_three_are_within_0_and_1(rows):
    found = coupling(pd.DataFrame(rows)).drop(columns="coordination_class").to_numpy(float)
    assert ((found > 0) & (found <= 1)).all()
    assert (found[:, 2] <= 1 + 1e-12).all()


def test_classes_are_tenths_with_their_lower_edge():
    # With equal subsystems C is 1 and D the root of their value.
    degrees = np.array([0.05, 0.1, 0.2, 0.3, 0.45, 0.5, 0.6, 0.79, 0.8, 0.9, 1.0])
    frame = pd.DataFrame({"a": degrees**2, "b": degrees**2})
    found = [CLASSES.index(c) for c in coupling(frame)["coordination_class"]]
    assert found == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9]
    assert labels.value("coordination_class", CLASSES[9], "zh") == "优质协调"
    assert all(f"coordination_class.{c}" in labels.terms() for c in CLASSES)


def test_a_missing_subsystem_leaves_all_undefined():
    frame = pd.DataFrame({"a": [0.5, 0.5], "b": [np.nan, 0.5]})
    found = coupling(frame, pd.Series({"a": 1, "b": 0}))
    assert found.isna().all(axis=1).tolist() == [True, False]


@pytest.mark.parametrize("value", [0.0, -0.1, 1.2])
def test_values_outside_are_refused(value):
    frame = pd.DataFrame({"a": [0.5, 0.5], "b": [0.5, value]}, index=["x", "y"])
    with pytest.raises(DataError, match=f"y, 'b': value {value:g}; coupling needs"):
        coupling(frame)


def test_one_subsystem_is_not_coupled():
    with pytest.raises(ValueError, match="two subsystems or more, not 1"):
        coupling(pd.DataFrame({"a": [0.5]}))
