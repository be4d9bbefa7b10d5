"""Tables of power-law fits and degree distributions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters import labels, tables
from clusters.measures import powerlaw as measures
from clusters.networks import ValueNetwork


@pytest.fixture(scope="module")
def network() -> ValueNetwork:
    """Out-degrees follow a zipf law, in-degrees are nearly equal."""
    random = np.random.default_rng(3)
    degrees = np.minimum(random.zipf(2.3, 400), 300)
    pairs = [(f"s{i}", f"t{t}") for i, d in enumerate(degrees) for t in random.choice(400, d, replace=False)]
    return ValueNetwork.from_edges(pairs)


@pytest.fixture(scope="module")
def table(network) -> pd.DataFrame:
    return tables.powerlaw(network, replicates=20, seed=4)


class TestPowerLaw:
    def test_rows(self, table):
        per_degree = ["fit", "comparison", "comparison", "comparison"]
        assert table["row"].tolist() == per_degree * 3
        assert table["degree"].tolist() == ["in"] * 4 + ["out"] * 4 + ["total"] * 4
        fit = {"degree", "n", "xmin", "alpha", "sigma", "ks", "n_tail", "p_value", "replicates", "verdict"}
        assert fit | {"alternative", "R", "p"} <= set(table.columns)

    def test_fit_rows_hold_the_fit_only(self, table, network):
        row = table[(table["row"] == "fit") & (table["degree"] == "out")].iloc[0]
        out = np.bincount(network.sources, minlength=network.n_nodes)
        fit = measures.fit(out)
        assert (row["xmin"], row["alpha"], row["n_tail"], row["n"]) == (
            fit.xmin,
            fit.alpha,
            fit.n_tail,
            fit.n,
        )
        assert row["p_value"] == measures.goodness_of_fit(out, fit, replicates=20, seed=4)
        assert row[["alternative", "R", "p"]].isna().all()

    def test_comparison_rows_hold_the_comparison_only(self, table):
        rows = table[table["row"] == "comparison"]
        assert rows["alternative"].tolist() == list(measures.DEFAULT_ALTERNATIVES) * 3
        assert (
            rows[["n", "xmin", "alpha", "n_tail", "p_value", "replicates", "verdict"]].isna().all(axis=None)
        )
        assert rows[["R", "p"]].notna().all(axis=None)

    def test_verdicts_and_alternatives_have_words(self, table):
        for column in ("verdict", "alternative", "degree", "row"):
            for value in table[column].dropna().unique():
                assert labels.value(column, value, "zh") != value
        for verdict in measures.Verdict.__args__:
            assert f"verdict.{verdict}" in labels.terms()

    def test_notes(self, table, network):
        notes = " ".join(table.attrs["notes"])
        zeros = int((np.bincount(network.targets, minlength=network.n_nodes) == 0).sum())
        assert f"In-degree: {zeros} organisations of degree 0" in notes
        assert "20 replicates" in notes

    def test_no_test_no_claim(self, network):
        table = tables.powerlaw(network, degrees=["out"], replicates=0, alternatives=["exponential"])
        assert table["verdict"].tolist()[0] == "not_tested"
        assert pd.isna(table["p_value"].iloc[0])

    def test_thin_tails_are_said(self):
        star = ValueNetwork.from_edges([("hub", leaf) for leaf in "abcdefgh"] + [("a", "b"), ("a", "c")])
        notes = tables.powerlaw(star, degrees=["total"], replicates=0, alternatives=[]).attrs["notes"]
        assert any("no test can say much" in note for note in notes)

    def test_empty_network(self):
        table = tables.powerlaw(ValueNetwork.from_edges([]), replicates=5)
        fits = table[table["row"] == "fit"]
        assert fits["verdict"].tolist() == ["undefined"] * 3
        assert fits["n"].tolist() == [0, 0, 0]
        assert fits["alpha"].isna().all()


class TestDegreeDistribution:
    def test_by_hand(self):
        # Out-degrees 2, 0, 0 and in-degrees 0, 1, 1.
        table = tables.degree_distribution(ValueNetwork.from_edges([("a", "b"), ("a", "c")]))
        out = table[table["degree"] == "out"]
        assert out[["k", "nodes"]].to_numpy().tolist() == [[0, 2], [2, 1]]
        assert out["ccdf"].tolist() == [1, 1 / 3]
        assert table[table["degree"] == "in"]["nodes"].tolist() == [1, 2]

    def test_nodes_add_up(self, network):
        table = tables.degree_distribution(network)
        assert table.groupby("degree")["nodes"].sum().tolist() == [network.n_nodes] * 3
        assert (table["k"] * table["nodes"]).groupby(table["degree"]).sum()["out"] == network.n_edges

    def test_empty(self):
        assert tables.degree_distribution(ValueNetwork.from_edges([])).empty
