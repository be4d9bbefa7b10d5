"""The arrays of polarisation against the measures of one vector and one matrix."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.measures import concentration as c
from clusters.measures import flows as f
from clusters.measures import polarisation as p

matrices = st.integers(2, 6).flatmap(
    lambda n: st.lists(st.lists(st.integers(0, 30), min_size=n, max_size=n), min_size=n, max_size=n)
)


def margins(cells, poles):
    cells = np.asarray(cells, dtype=float)
    at = np.ix_(poles, poles)
    return cells.sum(axis=-1), cells.sum(axis=-2), np.diagonal(cells), cells[at].sum()


@given(st.lists(st.integers(0, 100), min_size=2, max_size=12).filter(any))
def test_amounts_agree_with_concentration(values):
    groups = np.arange(len(values)) % 3
    found = {name: float(x) for name, x in p.of_amounts(values, groups).items()}
    parts = c.theil_decomposition(values, groups.tolist())
    expected = {
        "cr2": c.concentration_ratio(values, 2),
        "cr5": c.concentration_ratio(values, 5),
        "hhi": c.hhi(values),
        "effective": math.exp(c.shannon(values)),
        "gini": c.gini(values),
        "theil": c.theil_t(values),
        "theil_between": parts.between,
        "theil_within": parts.within,
        "primacy": c.primacy(values),
    }
    assert tuple(found) == p.OF_AMOUNTS
    assert found == pytest.approx(expected, nan_ok=True, abs=1e-9)


@given(matrices)
def test_flows_agree_with_those_of_a_matrix(cells):
    matrix = pd.DataFrame(cells)
    found = {name: float(x) for name, x in p.of_flows(*margins(cells, [0, 1]), [0, 1]).items()}
    poles = f.pole_dominance(matrix, [0, 1])
    balance = f.flow_margins(matrix)["net_balance"]
    expected = {
        "intra_share": f.intra_share(matrix),
        "intra_lift": f.intra_lift(matrix),
        "poles_inside": poles.inside,
        "poles_source": poles.source,
        "poles_target": poles.target,
        "poles_touching": poles.touching,
        "poles_balance": poles.balance,
        "redistribution": balance.abs().sum(skipna=False) / 2,
    }
    assert tuple(found) == p.OF_FLOWS
    assert found == pytest.approx(expected, nan_ok=True, abs=1e-9)


def test_other_axes_are_years_or_resamples():
    random = np.random.default_rng(1)
    many = random.integers(0, 9, (2, 3, 5))
    groups = np.array([0, 0, 1, 1, 2])
    for name, values in p.of_amounts(many, groups).items():
        assert values.shape == (2, 3)
        assert values[1, 2] == pytest.approx(p.of_amounts(many[1, 2], groups)[name])
    flows = p.of_flows(many, many[:, :, ::-1], many // 2, many[..., 0] // 2, [0, 3])
    for name, values in flows.items():
        again = p.of_flows(many[1, 2], many[1, 2, ::-1], many[1, 2] // 2, many[1, 2, 0] // 2, [0, 3])
        assert values[1, 2] == pytest.approx(again[name])


def test_nothing_is_nan():
    for values in ([0, 0, 0], []):
        assert all(math.isnan(x) for x in p.of_amounts(values, np.zeros(len(values), int)).values())
        assert all(math.isnan(x) for x in p.of_flows(values, values, values, 0, []).values())
    assert math.isnan(p.of_amounts([1, 2])["theil_between"])
    assert math.isnan(p.of_amounts([3])["primacy"])


def test_giving_by_one_and_taking_by_all_is_redistribution():
    # One place gives 4 relations to each of 4 places, itself included.
    found = p.of_flows([16, 0, 0, 0], [4, 4, 4, 4], [4, 0, 0, 0], 8, [0, 1])
    assert float(found["redistribution"]) == 0.75
    assert float(found["intra_lift"]) == 1.0
    assert float(found["poles_balance"]) == 0.25
