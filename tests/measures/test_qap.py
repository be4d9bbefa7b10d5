"""QAP: every permutation by hand, a second implementation, and p that are uniform under the null."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from clusters.measures import qap
from clusters.measures.qap import qap_correlation, qap_regression

Floats = NDArray[np.float64]


def squares(number: int, n: int = 8, seed: int = 0) -> list[pd.DataFrame]:
    rng = np.random.default_rng(seed)
    return [pd.DataFrame(rng.normal(size=(n, n))) for _ in range(number)]


def dyadic(rng: np.random.Generator, n: int, number: int, shared: float = 0.0) -> list[pd.DataFrame]:
    """Squares whose cells of one place go together; with ``shared`` they also resemble each other."""
    common = rng.normal(size=(n, n))
    return [
        pd.DataFrame(rng.normal(size=(n, 1)) + rng.normal(size=n) + rng.normal(size=(n, n)) + shared * common)
        for _ in range(number)
    ]


def off(frame: pd.DataFrame) -> Floats:
    return frame.to_numpy(float)[~np.eye(len(frame), dtype=bool)]


def every_order(frame: pd.DataFrame) -> list[Floats]:
    values = frame.to_numpy(float)
    return [values[np.ix_(order, order)] for order in itertools.permutations(range(len(values)))]


# --- correlation -------------------------------------------------------------------------


def test_the_diagonal_does_not_count():
    x, y = squares(2)
    expected = np.corrcoef(off(x), off(y))[0, 1]
    assert qap_correlation(x, y, permutations=9).correlation == pytest.approx(expected)
    assert qap_correlation(x + 1000 * np.eye(8), y, permutations=9).correlation == pytest.approx(expected)


def test_p_is_the_share_of_all_orders_of_the_places():
    x, y = squares(2, n=5, seed=4)
    found = qap_correlation(x, y, permutations=40_000, seed=1)
    apart = ~np.eye(5, dtype=bool)
    all_of_them = np.array([np.corrcoef(off(x), order[apart])[0, 1] for order in every_order(y)])
    assert found.p == pytest.approx((np.abs(all_of_them) >= abs(found.correlation) - 1e-12).mean(), abs=0.01)
    assert found.p_greater == pytest.approx((all_of_them >= found.correlation - 1e-12).mean(), abs=0.01)
    assert found.null_mean == pytest.approx(all_of_them.mean(), abs=0.01)
    assert found.null_sd == pytest.approx(all_of_them.std(), rel=0.02)


def test_rows_and_columns_are_permuted_together():
    # A ring against itself: of the 24 orders of 4 places 4 rotations keep it. Cells permuted one by
    # one would keep its 4 of 12 ones in one of 495 cases.
    ring = pd.DataFrame(np.roll(np.eye(4), 1, axis=1))
    found = qap_correlation(ring, ring, permutations=30_000)
    assert found.correlation == pytest.approx(1)
    assert found.p_greater == pytest.approx(4 / 24, abs=0.01)


def test_p_is_never_zero_and_ties_count():
    x, _ = squares(2)
    assert qap_correlation(x, x, permutations=99).p == 0.01
    same = pd.DataFrame(np.add.outer(np.zeros(5), [1.0, 0, 0, 0, 0]))
    found = qap_correlation(same, same, permutations=2000)
    assert found.p_greater == pytest.approx(1 / 5, abs=0.03)  # the first place stays first in a fifth


def test_a_constant_square_has_no_correlation():
    x, _ = squares(2)
    found = qap_correlation(x, x * 0 + 3.3, permutations=19)
    assert np.isnan([found.correlation, found.p]).all()


@given(st.integers(0, 100), st.floats(0.1, 10), st.floats(-5, 5))
def test_units_and_a_renaming_of_places_change_nothing(seed, scale, shift):
    x, y = squares(2, n=6, seed=seed)
    found = qap_correlation(x, y, permutations=50, seed=3)
    other = qap_correlation(x * scale + shift, y, permutations=50, seed=3)
    assert other.correlation == pytest.approx(found.correlation)
    assert other.p == found.p
    order = np.random.default_rng(seed).permutation(6)
    moved = [frame.iloc[order, order] for frame in (x, y)]
    assert qap_correlation(*moved, permutations=1).correlation == pytest.approx(found.correlation)
    assert qap_correlation(y, x, permutations=1).correlation == pytest.approx(found.correlation)


def test_the_number_of_threads_changes_nothing(monkeypatch):
    x, y = squares(2)
    monkeypatch.setattr(qap, "AT_ONCE", 64 * 50)
    many = qap_correlation(x, y, permutations=500, seed=2)
    monkeypatch.setattr("clusters.measures._threads.cores", lambda: 1)
    assert qap_correlation(x, y, permutations=500, seed=2) == many
    assert qap_correlation(x, y, permutations=500, seed=3) != many


def test_wrong_squares_are_refused():
    x, y = squares(2)
    with pytest.raises(ValueError, match="other places"):
        qap_correlation(x, y.iloc[::-1])
    with pytest.raises(ValueError, match="too few"):
        qap_correlation(x.iloc[:2, :2], y.iloc[:2, :2])
    with pytest.raises(ValueError, match="not known"):
        qap_correlation(x, y.where(y > 0))
    with pytest.raises(ValueError, match="needs a regressor"):
        qap_regression(x, {})
    small = squares(7, n=3)
    with pytest.raises(ValueError, match="too few for"):
        qap_regression(small[0], {str(k): frame for k, frame in enumerate(small[1:])})


# --- regression --------------------------------------------------------------------------


def t_values(y: Floats, columns: list[Floats]) -> tuple[Floats, Floats]:
    """Coefficients and t of ordinary least squares (second implementation)."""
    design = np.column_stack([np.ones(len(y)), *columns])
    inverse = np.linalg.inv(design.T @ design)
    fit = inverse @ design.T @ y
    residual = y - design @ fit
    variance = residual @ residual / (len(y) - design.shape[1])
    return fit, fit / np.sqrt(variance * np.diag(inverse))


def test_coefficients_and_t_are_those_of_least_squares():
    y, *xs = dyadic(np.random.default_rng(2), 9, 4, shared=0.5)
    found = qap_regression(y, dict(zip("abc", xs, strict=True)), permutations=5)
    fit, t = t_values(off(y), [off(x) for x in xs])
    assert found.coefficients["coefficient"].to_numpy() == pytest.approx(fit)
    assert found.coefficients["t"].to_numpy()[1:] == pytest.approx(t[1:])
    assert found.coefficients["standardised"].to_numpy()[1:] == pytest.approx(
        [b * off(x).std() / off(y).std() for b, x in zip(fit[1:], xs, strict=True)]
    )
    fitted = fit[0] + sum(b * off(x) for b, x in zip(fit[1:], xs, strict=True))
    assert found.r2 == pytest.approx(np.corrcoef(fitted, off(y))[0, 1] ** 2)


def test_double_semi_partialling_over_all_orders_by_hand():
    y, x, z = dyadic(np.random.default_rng(7), 5, 3, shared=1.0)
    found = qap_regression(y, {"x": x, "z": z}, permutations=20_000)
    for name, own, other in (("x", x, z), ("z", z, x)):
        design = np.column_stack([np.ones(20), off(other)])
        residual = off(own) - design @ np.linalg.lstsq(design, off(own), rcond=None)[0]
        square = np.zeros((5, 5))
        square[~np.eye(5, dtype=bool)] = residual
        permuted = [
            t_values(off(y), [order[~np.eye(5, dtype=bool)], off(other)])[1][1]
            for order in every_order(pd.DataFrame(square))
        ]
        observed = found.coefficients.loc[name]
        expected = (np.abs(permuted) >= abs(observed["t"]) - 1e-9).mean()
        assert observed["p"] == pytest.approx(expected, abs=0.015)


def test_one_regressor_alone_has_the_correlation_as_standardised_coefficient():
    y, x = squares(2)
    found = qap_regression(y, {"x": x}, permutations=499, seed=5)
    alone = qap_correlation(y, x, permutations=499, seed=5)
    assert found.coefficients.loc["x", "standardised"] == pytest.approx(alone.correlation)
    assert found.coefficients.loc["x", "p"] == alone.p
    assert found.r2 == pytest.approx(alone.correlation**2)


def test_a_regressor_that_adds_nothing_is_left_out():
    y, x = squares(2)
    found = qap_regression(y, {"x": x, "again": 2 * x + 1, "constant square": x * 0 + 7}, permutations=9)
    assert found.coefficients["t"].isna().tolist() == [True, False, True, True]


@pytest.mark.slow
def test_p_of_the_correlation_is_uniform_under_the_null():
    from scipy.stats import kstest, pearsonr

    rng = np.random.default_rng(21)
    p, naive = [], []
    for run in range(500):
        x, y = dyadic(rng, 12, 2)
        p.append(qap_correlation(x, y, permutations=199, seed=run).p)
        naive.append(pearsonr(off(x), off(y)).pvalue)
    assert kstest(p, "uniform").pvalue > 0.01
    assert 0.03 <= np.mean(np.array(p) <= 0.05) <= 0.08
    assert np.mean(np.array(naive) <= 0.05) > 0.15  # what taking cells as independent would do


@pytest.mark.slow
def test_p_of_the_regression_is_uniform_under_the_null_though_regressors_go_together():
    from scipy.stats import kstest

    rng = np.random.default_rng(22)
    p = []
    for run in range(500):
        x, z, noise = (*dyadic(rng, 12, 2, shared=2.0), *dyadic(rng, 12, 1))
        found = qap_regression(1.5 * z + noise, {"x": x, "z": z}, permutations=199, seed=run)
        p.append(found.coefficients.loc["x", "p"])
    assert kstest(p, "uniform").pvalue > 0.01
    assert 0.03 <= np.mean(np.array(p) <= 0.05) <= 0.08
