from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import zeta

from clusters.networks import ValueNetwork
from clusters.tables import powerlaw, tail_curves


@pytest.fixture(scope="module")
def network():
    """Givers with power-law out-degrees, each with receivers of its own."""
    random = np.random.default_rng(5)
    sizes = np.minimum((random.random(300) ** (-1 / 1.4)).astype(int), 400)
    return ValueNetwork.from_edges([(i, (i, j)) for i, size in enumerate(sizes) for j in range(size)])


@pytest.fixture(scope="module")
def fits(network):
    return powerlaw(network, replicates=0)


def curve(table, degree, distribution):
    return table[(table["degree"] == degree) & (table["distribution"] == distribution)]


def test_every_fitted_distribution_has_a_curve_from_xmin_to_the_largest_degree(network, fits):
    table = tail_curves(network, fits)
    fitted = fits[(fits["row"] == "comparison") & fits["parameter_1"].notna()]
    expected = {(d, "power_law") for d in ("out", "total")} | set(
        zip(fitted["degree"], fitted["alternative"], strict=True)
    )
    assert set(zip(table["degree"], table["distribution"], strict=True)) == expected
    assert len(expected) >= 6
    xmin = fits.set_index("degree")["xmin"].dropna()
    for degree in ("out", "total"):
        rows = table[table["degree"] == degree]
        assert (rows["k"] == np.floor(rows["k"])).all()
        assert rows["k"].min() == xmin[degree]
        assert rows["k"].max() == np.bincount(network.sources).max()


def test_curves_begin_at_the_share_in_the_tail_and_fall(network, fits):
    table = tail_curves(network, fits)
    tail = fits[fits["row"] == "fit"].set_index("degree")["n_tail"]
    for (degree, _), rows in table.groupby(["degree", "distribution"]):
        assert rows["ccdf"].iloc[0] == pytest.approx(tail[degree] / network.n_nodes)  # of all, zeros too
        assert (np.diff(rows["ccdf"]) <= 0).all()


def test_the_power_law_is_hurwitz_zeta_and_the_exponential_falls_by_its_rate(network, fits):
    table, fit = tail_curves(network, fits), fits[fits["degree"] == "out"]
    xmin, alpha, n_tail = fit[["xmin", "alpha", "n_tail"]].iloc[0].astype(float)
    law = curve(table, "out", "power_law")
    expected = n_tail / network.n_nodes * zeta(alpha, law["k"]) / zeta(alpha, xmin)
    assert law["ccdf"].tolist() == pytest.approx(expected.tolist(), rel=1e-9)
    rate = fit.set_index("alternative").loc["exponential", "parameter_1"]
    fall = curve(table, "out", "exponential")
    expected = n_tail / network.n_nodes * np.exp(-rate * (fall["k"] - xmin))
    assert fall["ccdf"].tolist() == pytest.approx(expected.tolist(), rel=1e-9)


def test_without_parameters_only_the_power_law_has_a_curve(network, fits):
    table = tail_curves(network, fits.drop(columns=["parameter_1", "parameter_2"]))
    assert set(table["distribution"]) == {"power_law"}


def test_continuous_curves_stand_at_any_degree(network):
    fits = powerlaw(network, degrees=["out"], replicates=0, alternatives=["exponential"], discrete=False)
    table = tail_curves(network, fits, discrete=False)
    law = curve(table, "out", "power_law")
    slope = np.diff(np.log(law["ccdf"])) / np.diff(np.log(law["k"]))
    assert slope == pytest.approx(1 - fits["alpha"].iloc[0])


def test_without_a_fit_there_is_no_curve():
    star = ValueNetwork.from_edges([("hub", leaf) for leaf in "abcd"])
    table = tail_curves(star, powerlaw(star, degrees=["out"], replicates=0))
    assert list(table.columns) == ["degree", "distribution", "k", "ccdf"]
    assert isinstance(table, pd.DataFrame)
    assert table.empty
