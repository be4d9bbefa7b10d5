"""Sobol indices: functions whose indices are known, and what the estimators must not do."""

from __future__ import annotations

import numpy as np
import pytest

from clusters.index.sobol import indices, jansen, sobol


def ishigami(x):
    angle = np.pi * (2 * x - 1)
    return np.sin(angle[:, 0]) + 7 * np.sin(angle[:, 1]) ** 2 + 0.1 * angle[:, 2] ** 4 * np.sin(angle[:, 0])


G = np.array([0.0, 1.0, 4.5, 9.0, 99.0])


def g_function(x):
    return np.prod((np.abs(4 * x - 2) + G) / (1 + G), axis=1)


def test_ishigami():
    table = sobol(ishigami, 3, runs=8192, resamples=0).table
    assert table["first_order"].tolist() == pytest.approx([0.3139, 0.4424, 0.0], abs=0.005)
    assert table["total"].tolist() == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.005)


def test_ishigami_with_random_samples_lies_in_its_intervals():
    table = sobol(ishigami, 3, runs=4096, quasi=False, level=0.99, seed=3).table
    for kind, known in (("first_order", [0.3139, 0.4424, 0.0]), ("total", [0.5576, 0.4424, 0.2437])):
        assert (table[f"{kind}_low"] < known).all()
        assert (table[f"{kind}_high"] > known).all()


def test_mean_and_variance_of_ishigami():
    found = sobol(ishigami, 3, runs=8192, resamples=0)
    assert found.mean == pytest.approx(3.5, abs=0.01)
    assert found.variance == pytest.approx(
        7**2 / 8 + 0.1 * np.pi**4 / 5 + 0.01 * np.pi**8 / 18 + 0.5, rel=0.005
    )


def test_g_function():
    # V_i = 1 / (3 (1 + a_i)^2); V = prod(1 + V_i) - 1; T_i = V_i prod_{j != i}(1 + V_j) / V.
    part = 1 / (3 * (1 + G) ** 2)
    whole = np.prod(1 + part) - 1
    table = sobol(g_function, 5, runs=8192, resamples=0).table
    assert table["first_order"].tolist() == pytest.approx(part / whole, abs=0.01)
    assert table["total"].tolist() == pytest.approx(part / (1 + part) * np.prod(1 + part) / whole, abs=0.01)


def test_a_result_that_does_not_vary_has_no_index():
    table = sobol(lambda x: np.full(len(x), 0.1) + 1e-17 * x[:, 0], 2, runs=16, resamples=20).table
    assert table.isna().all().all()


def test_an_input_without_effect_is_exactly_zero_in_total():
    table = sobol(lambda x: x[:, 0] ** 2, 2, runs=256, resamples=50).table
    assert table.loc[1, ["total", "total_low", "total_high"]].tolist() == [0.0, 0.0, 0.0]
    assert table.loc[1].tolist() == pytest.approx([0.0] * 6, abs=1e-12)
    assert table.loc[0, "first_order"] == 1.0


def test_blocks_of_the_bootstrap_do_not_matter(monkeypatch):
    whole = sobol(ishigami, 3, runs=64, resamples=30, seed=5).table
    monkeypatch.setattr("clusters.index.sobol.CELLS", 1)
    assert sobol(ishigami, 3, runs=64, resamples=30, seed=5).table.equals(whole)


def test_exchanged_runs_of_many_results_at_once():
    random = np.random.default_rng(1)
    a, b, mixed = random.random((4, 50)), random.random((4, 50)), random.random((4, 3, 50))
    first, total = jansen(a, b, mixed)
    for row in range(4):
        table = indices(a[row], b[row], mixed[row], resamples=0).table
        assert table["first_order"].tolist() == pytest.approx(first[row])
        assert table["total"].tolist() == pytest.approx(total[row])


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match="same number of runs"):
        indices(np.zeros(3), np.zeros(4), np.zeros((2, 3)))
