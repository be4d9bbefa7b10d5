"""Gravity: distances, the fit against a general optimiser, separation, errors, and simulated flows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from clusters import places
from clusters.measures.gravity import Gravity, distances, gravity, modified_gravity

Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def far() -> pd.DataFrame:
    return distances(places.capitals())


def small(n: int = 6, seed: int = 3) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Flows with zeros between a few places."""
    rng = np.random.default_rng(seed)
    names = pd.Index([f"p{k}" for k in range(n)])
    points = pd.DataFrame({"latitude": rng.uniform(20, 45, n), "longitude": rng.uniform(80, 125, n)})
    far = distances(points.assign(area=1e5).set_index(names))
    mean = np.outer(rng.uniform(0.4, 3, n), rng.uniform(0.4, 3, n)) * (far.to_numpy() / 1000) ** -0.8
    return pd.DataFrame(rng.poisson(mean), index=names, columns=names), far


# --- distances ---------------------------------------------------------------------------


def test_a_degree_on_a_meridian_and_on_a_parallel_by_hand():
    # One degree is 6371.0088 pi / 180 = 111.195 km; on the 60th parallel a degree of longitude is half.
    points = pd.DataFrame({"latitude": [60.0, 61, 60], "longitude": [10.0, 10, 11]}, index=list("abc"))
    found = distances(points)
    assert found.loc["a", "b"] == pytest.approx(111.195, abs=0.001)
    assert found.loc["a", "c"] == pytest.approx(55.597, abs=0.01)
    assert np.isnan(found.loc["a", "a"])


def test_antipodes_are_half_the_circumference_apart():
    points = pd.DataFrame({"latitude": [12.3, -12.3], "longitude": [100.0, -80.0]})
    assert distances(points).iloc[0, 1] == pytest.approx(np.pi * 6371.0088)


def test_distance_within_a_province_is_that_of_a_disc(far):
    area = places.capitals()["area"]
    assert far.loc["广东省", "广东省"] == pytest.approx(2 / 3 * np.sqrt(area["广东省"] / np.pi))


def test_the_mean_distance_from_the_middle_of_a_disc_is_two_thirds_of_its_radius():
    rng = np.random.default_rng(0)
    radius = np.sqrt(rng.random(200_000)) * 3
    disc = pd.DataFrame({"latitude": [0.0], "longitude": [0.0], "area": [9 * np.pi]})
    assert distances(disc).iloc[0, 0] == pytest.approx(radius.mean(), rel=0.01)


def test_known_distances_between_cities(far):
    # Great circles as atlases give them, to about 1 %.
    for pair, km in {
        ("北京市", "上海市"): 1068,
        ("北京市", "广东省"): 1890,
        ("上海市", "新疆维吾尔自治区"): 3270,
    }.items():
        assert far.loc[pair] == pytest.approx(km, rel=0.01)


@given(st.integers(0, 1000))
def test_distances_are_a_metric(seed):
    rng = np.random.default_rng(seed)
    points = pd.DataFrame({"latitude": rng.uniform(-90, 90, 5), "longitude": rng.uniform(-180, 180, 5)})
    apart = np.nan_to_num(distances(points).to_numpy())
    assert np.allclose(apart, apart.T)
    assert (apart[:, :, None] <= apart[:, None, :] + apart.T[None, :, :] + 1e-6).all()


# --- the fit -----------------------------------------------------------------------------


def optimised(flows: Floats, columns: list[Floats], used: NDArray[np.bool_]) -> Floats:
    """Maximise the Poisson likelihood with a general optimiser (second implementation)."""
    from scipy.optimize import minimize

    design = np.stack([column[used] for column in columns], axis=1)
    seen = flows[used]

    def loss(b: Floats) -> tuple[float, Floats]:
        mean = np.exp(design @ b)
        return float((mean - seen * (design @ b)).sum()), design.T @ (mean - seen)

    def curvature(b: Floats) -> Floats:
        return (design.T * np.exp(design @ b)) @ design

    start = np.zeros(len(columns))
    found = minimize(loss, start, jac=True, hess=curvature, method="trust-exact", options={"gtol": 1e-9})
    return np.asarray(found.x)


def dummies(n: int) -> list[Floats]:
    """Indicators of all origins, and of all destinations but the first."""
    rows = [np.repeat(np.eye(n)[:, [k]], n, axis=1) for k in range(n)]
    return rows + [np.repeat(np.eye(n)[[k]], n, axis=0) for k in range(1, n)]


@pytest.mark.parametrize("own", [True, False])
def test_agrees_with_an_optimiser(own):
    flows, far = small()
    n = len(flows)
    matrix, size = flows.to_numpy(float), flows.sum(axis=1).to_numpy(float)
    taken = flows.sum(axis=0).to_numpy(float)
    used = np.ones((n, n), bool) if own else ~np.eye(n, dtype=bool)
    columns = [np.ones((n, n)), np.tile(np.log(size)[:, None], n), np.tile(np.log(taken), (n, 1))]
    columns += [-np.log(far.to_numpy()), *([np.eye(n)] if own else [])]
    found = gravity(flows, far, own=own).coefficients["coefficient"]
    assert found.to_numpy() == pytest.approx(optimised(matrix, columns, used), abs=1e-5)


def test_fixed_effects_agree_with_dummies_in_an_optimiser():
    flows, far = small(7, seed=5)
    n = len(flows)
    assert (flows.sum() > 0).all()
    assert (flows.sum(axis=1) > 0).all()
    columns = [*dummies(n), -np.log(far.to_numpy()), np.eye(n)]
    expected = optimised(flows.to_numpy(float), columns, np.ones((n, n), bool))[-2:]
    found = gravity(flows, far, fixed_effects=True)
    assert found.coefficients["coefficient"].to_numpy() == pytest.approx(expected, abs=1e-5)
    # With an effect for each, fitted margins are the margins (they are sufficient statistics).
    assert found.fitted.sum(axis=1).to_numpy() == pytest.approx(flows.sum(axis=1).to_numpy())
    assert found.fitted.sum(axis=0).to_numpy() == pytest.approx(flows.sum(axis=0).to_numpy())


def errors_by_hand(flows: Floats, fitted: Floats, columns: list[Floats], k: int) -> tuple[Floats, Floats]:
    """HC1 and two-way clustered errors from a dense design, cell by cell."""
    n = len(flows)
    design = np.stack([c.ravel() for c in columns], axis=1)
    mean, residual = fitted.ravel(), (flows - fitted).ravel()
    bread = np.linalg.inv(design.T @ (design * mean[:, None]))
    cells = design.shape[0]
    small_sample = (cells - 1) / (cells - design.shape[1])

    def variance(groups: NDArray[np.intp]) -> Floats:
        total = np.zeros((design.shape[1],) * 2)
        for g in np.unique(groups):
            score = design[groups == g].T @ residual[groups == g]
            total += np.outer(score, score)
        count = len(np.unique(groups))
        return bread @ total @ bread * count / (count - 1) * small_sample

    row, column = (axis.ravel() for axis in np.indices((n, n)))
    each = variance(np.arange(cells))
    larger = np.maximum(np.diag(variance(row)), np.diag(variance(column)))
    both = np.diag(variance(row) + variance(column) - each)
    return np.sqrt(np.diag(each))[-k:], np.sqrt(np.where(both > 0, both, larger))[-k:]


@pytest.mark.parametrize("effects", [False, True])
def test_errors_agree_with_a_dense_design(effects):
    flows, far = small(9, seed=8)
    n = len(flows)
    found = gravity(flows, far, fixed_effects=effects)
    logs = [np.log(flows.sum(axis=axis).to_numpy(float)) for axis in (1, 0)]
    first = (
        dummies(n) if effects else [np.ones((n, n)), np.tile(logs[0][:, None], n), np.tile(logs[1], (n, 1))]
    )
    columns = [*first, -np.log(far.to_numpy()), np.eye(n)]
    hc1, clustered = errors_by_hand(flows.to_numpy(float), found.fitted.to_numpy(), columns, 2)
    last = found.coefficients.loc[["distance_decay", "same_place"]]
    assert last["standard_error"].to_numpy() == pytest.approx(hc1, rel=1e-5)
    assert last["clustered_error"].to_numpy() == pytest.approx(clustered, rel=1e-5)


def test_two_places_by_hand():
    # Flows of 8 within and 2 between equal places, 1 within and 10 apart: without sizes, and with g
    # and h told apart by nothing but the diagonal, h is 0 and 10^-g = 1/4, or g is left free. Two
    # distances within places keep them apart: here the same, so h adds nothing and is NaN.
    names = pd.Index(["a", "b"])
    flows = pd.DataFrame([[8, 2], [2, 8]], index=names, columns=names)
    far = pd.DataFrame([[1.0, 10.0], [10.0, 1.0]], index=names, columns=names)
    found = gravity(flows, far).coefficients["coefficient"]
    assert found["distance_decay"] == pytest.approx(np.log10(4))
    assert np.isnan(found[["origin_size", "destination_size", "same_place"]]).all()
    assert found["constant"] == pytest.approx(np.log(8))


def test_distance_of_other_units_changes_the_constant_only(far):
    flows = pd.DataFrame(np.random.default_rng(2).poisson(3.0, (31, 31)), index=far.index, columns=far.index)
    km, metres = (gravity(flows, far * unit).coefficients for unit in (1, 1000))
    rest = ["origin_size", "destination_size", "distance_decay", "same_place"]
    assert km.loc[rest].to_numpy() == pytest.approx(metres.loc[rest].to_numpy(), rel=1e-6)


@pytest.mark.parametrize("effects", [False, True])
def test_shares_give_the_same_decay_and_intervals_as_counts(effects):
    flows, far = small(8)
    counts, shares = (gravity(f, far, fixed_effects=effects) for f in (flows, flows / flows.sum().sum()))
    same = ["distance_decay", "same_place"]
    assert counts.coefficients.loc[same].to_numpy() == pytest.approx(shares.coefficients.loc[same].to_numpy())
    assert counts.pseudo_r2 == pytest.approx(shares.pseudo_r2)
    assert counts.correlation_r2 == pytest.approx(shares.correlation_r2)


def test_fit_statistics_by_hand():
    # A constant alone: two equal places without own flows. Deviance left = deviance of the constant.
    names = pd.Index(["a", "b"])
    flows = pd.DataFrame([[0, 6], [2, 0]], index=names, columns=names)
    far = pd.DataFrame([[np.nan, 5.0], [5.0, np.nan]], index=names, columns=names)
    same = pd.Series([1.0, 1.0], index=names)
    found = gravity(flows, far, origin_size=same, destination_size=same)
    assert found.fitted.to_numpy()[[0, 1], [1, 0]] == pytest.approx([4, 4])
    assert found.pseudo_r2 == pytest.approx(0)
    assert np.isnan(found.correlation_r2)
    assert found.dispersion == pytest.approx((4 + 4) / 4 / 1)
    assert (found.cells, found.empty_cells, found.separated) == (2, 0, 0)


# --- zeros and separation ----------------------------------------------------------------


def test_zeros_count():
    flows, far = small()
    assert (flows == 0).to_numpy().any()
    found = gravity(flows, far)
    assert (found.cells, found.empty_cells) == (36, int((flows == 0).to_numpy().sum()))


def test_a_place_that_gives_nothing_is_predicted_to_give_nothing():
    flows, far = small()
    flows.iloc[2] = 0
    for effects in (False, True):
        found = gravity(flows, far, fixed_effects=effects)
        assert found.separated == 6
        assert (found.fitted.iloc[2] == 0).all()
        assert np.isfinite(found.coefficients.to_numpy()).all()


@pytest.mark.parametrize("effects", [False, True])
def test_no_flow_within_any_place_leaves_same_place_untold(effects):
    flows, far = small()
    matrix = flows.to_numpy(copy=True)
    np.fill_diagonal(matrix, 0)
    flows = pd.DataFrame(matrix, index=flows.index, columns=flows.columns)
    found = gravity(flows, far, fixed_effects=effects)
    without = gravity(flows, far, fixed_effects=effects, own=False)
    assert np.isnan(found.coefficients.loc["same_place", "coefficient"])
    assert found.separated == 6
    assert (np.diag(found.fitted) == 0).all()
    decay = found.coefficients.loc["distance_decay", "coefficient"]
    assert decay == pytest.approx(without.coefficients.loc["distance_decay", "coefficient"], abs=1e-6)


def test_separation_that_only_a_combination_shows_is_found():
    # Flows occur up to 100 km only, where all are at the same distance: g has no finite best value.
    names = pd.Index(list("abcd"))
    far = pd.DataFrame(np.where(np.kron(np.eye(2), np.ones((2, 2))) > 0, 100.0, 900.0), names, names)
    flows = (far < 500).astype(int) * 3
    found = gravity(flows, far, own=False)
    assert found.separated == 8
    assert np.isnan(found.coefficients.loc["distance_decay", "coefficient"])
    assert found.fitted.loc["a", "c"] == 0
    assert found.fitted.loc["a", "b"] == pytest.approx(3)


@given(st.integers(0, 300))
def test_sparse_flows_never_give_infinite_coefficients(seed):
    rng = np.random.default_rng(seed)
    _, far = small(5)
    flows = pd.DataFrame(rng.poisson(0.25, (5, 5)), index=far.index, columns=far.index)
    flows.iloc[0, 1] += 1
    for effects in (False, True):
        found = gravity(flows, far, fixed_effects=effects)
        known = found.coefficients["coefficient"].dropna()
        assert (known.abs() < 1e3).all()
        assert np.nansum(found.fitted) == pytest.approx(flows.to_numpy().sum(), rel=1e-6)


def test_wrong_calls_are_refused():
    flows, far = small()
    ones = pd.Series(1.0, index=flows.index)
    with pytest.raises(ValueError, match="not negative"):
        gravity(-flows - 1, far)
    with pytest.raises(ValueError, match="no flow"):
        gravity(flows * 0, far)
    with pytest.raises(ValueError, match="between all places"):
        gravity(flows, far.iloc[:3, :3])
    with pytest.raises(ValueError, match="size 0 has flows"):
        gravity(flows, far, origin_size=ones * 0, destination_size=ones)
    with pytest.raises(ValueError, match="origin sizes"):
        gravity(flows, far, origin_size=ones.iloc[:2])
    with pytest.raises(ValueError, match="same places"):
        gravity(flows.iloc[::-1], far)


# --- the index of the modified gravity model ---------------------------------------------


def test_modified_gravity_by_hand():
    # a: mass 30, b: mass 10, 10 km: 3/4 of 300 / 100 for a as giver, 1/4 for b.
    names = pd.Index(["a", "b"])
    far = pd.DataFrame(10.0, index=names, columns=names)
    found = modified_gravity(pd.Series([30.0, 10.0], index=names), far)
    assert (found.loc["a", "b"], found.loc["b", "a"]) == (2.25, 0.75)
    assert modified_gravity(pd.Series([30.0, 10.0], index=names), far, exponent=1).loc["a", "b"] == 22.5


def test_modified_gravity_of_several_columns_takes_the_geometric_mean():
    names = pd.Index(["a", "b"])
    far = pd.DataFrame(10.0, index=names, columns=names)
    mass = pd.DataFrame({"people": [8.0, 1.0], "output": [1.0, 1.0], "patents": [1.0, 27.0]}, index=names)
    found = modified_gravity(mass, far)
    assert found.loc["a", "b"] == pytest.approx(2 / 5 * 6 / 100)


def test_the_two_directions_of_the_index_add_up_to_plain_gravity(far):
    mass = pd.Series(np.arange(31.0), index=far.index)
    found = modified_gravity(mass, far).to_numpy()
    plain = np.outer(mass, mass) / far.to_numpy() ** 2
    apart = ~np.eye(31, dtype=bool)
    assert (found + found.T)[apart] == pytest.approx(plain[apart])


# --- calibration -------------------------------------------------------------------------


def simulated(far: pd.DataFrame, rng: np.random.Generator, size: Floats, spread: float) -> pd.DataFrame:
    """Flows between 31 places with b1 = 1, b2 = 0.9, g = 0.8, h = 1; beyond Poisson with a spread."""
    mean = np.outer(size[0], size[1] ** 0.9) * far.to_numpy() ** -0.8 * np.exp(np.eye(31))
    mean *= 40_000 / mean.sum()
    noise = rng.gamma(1 / spread, spread, mean.shape) if spread else 1.0
    return pd.DataFrame(rng.poisson(mean * noise), index=far.index, columns=far.columns)


TRUE = pd.Series({"origin_size": 1.0, "destination_size": 0.9, "distance_decay": 0.8, "same_place": 1.0})


@pytest.mark.slow
@pytest.mark.parametrize("effects", [False, True])
@pytest.mark.parametrize("spread", [0.0, 0.3])
def test_simulated_flows_give_back_the_coefficients(far, effects, spread):
    rng = np.random.default_rng(11)
    size = np.exp(rng.normal(0, 1.1, (2, 31)))
    masses = [pd.Series(part, index=far.index) for part in size]
    runs = 200
    inside, near, deviations = 0, 0, 0
    for _ in range(runs):
        flows = simulated(far, rng, size, spread)
        found: Gravity = gravity(
            flows, far, origin_size=masses[0], destination_size=masses[1], fixed_effects=effects
        )
        table = found.coefficients.drop("constant", errors="ignore")
        true = TRUE[table.index]
        inside += table["coefficient_low"].le(true) & table["coefficient_high"].ge(true)
        off = table["coefficient"] - true
        larger = table[["standard_error", "clustered_error"]].max(axis=1)
        near += off.abs() <= 2 * larger
        deviations += off / runs
    assert (inside / runs).between(0.90, 0.985).all(), inside / runs
    assert deviations.abs().max() < 0.03
    if not spread:  # within two standard errors in 95 % of the runs, of which 200 show 91 to 99 %
        assert (near / runs).ge(0.91).all(), near / runs


@pytest.mark.slow
def test_intervals_hold_where_flows_of_one_place_vary_together(far):
    rng = np.random.default_rng(5)
    size = np.exp(rng.normal(0, 1.1, (2, 31)))
    masses = [pd.Series(part, index=far.index) for part in size]
    inside, plain, runs = 0, 0, 200
    for _ in range(runs):
        shocks = np.exp(rng.normal(0, 0.3, (2, 31)))
        flows = simulated(far, rng, size * np.stack([shocks[0], shocks[1] ** (1 / 0.9)]), 0.0)
        row = gravity(flows, far, origin_size=masses[0], destination_size=masses[1]).coefficients
        row = row.loc["distance_decay"]
        inside += row["coefficient_low"] <= 0.8 <= row["coefficient_high"]
        plain += abs(row["coefficient"] - 0.8) <= 2.04 * row["standard_error"]
    assert inside / runs >= 0.88
    assert inside >= plain
