"""Tables of power-law fits and degree distributions."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from clusters import labels, tables
from clusters.measures import powerlaw as measures
from clusters.measures import tail_index
from clusters.networks import ValueNetwork
from clusters.sentences import in_language
from clusters.tables._powerlaw import _tail_claim


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
        per_degree = ["fit", *["comparison"] * len(measures.ALTERNATIVES)]
        assert table["row"].tolist() == per_degree * 3
        assert table["degree"].tolist() == ["in"] * 5 + ["out"] * 5 + ["total"] * 5
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
        assert rows["alternative"].tolist() == list(measures.ALTERNATIVES) * 3
        assert rows["parameter_1"].notna().all()
        one = rows["alternative"] == "exponential"
        assert rows["parameter_2"].notna().tolist() == (~one).tolist()
        assert (
            rows[["n", "xmin", "alpha", "n_tail", "p_value", "replicates", "verdict"]].isna().all(axis=None)
        )
        assert rows[["R", "p"]].notna().all(axis=None)

    def test_verdicts_and_alternatives_have_words(self, table):
        for column in ("verdict", "alternative", "degree", "row", "degree_category", "network_category"):
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

    def test_category_of_a_degree_and_of_the_network(self, table, network):
        fits = table[table["row"] == "fit"].set_index("degree")
        examined = []
        for degree in ("in", "out", "total"):
            values = tables._concentration.degree_values(network, degree)
            fit = measures.fit(values)
            p = measures.goodness_of_fit(values, fit, replicates=20, seed=4)
            examined.append(measures.Examined(fit, p, measures.compare(values, fit)))
            assert fits.loc[degree, "degree_category"] == measures.category(examined[-1:]).category
        assert set(fits["network_category"]) == {measures.category(examined).category}

    def test_one_degree_is_no_network(self, network):
        one = tables.powerlaw(network, degrees=["out"], replicates=5)
        assert one["network_category"].isna().all()
        assert one["degree_category"].notna().sum() == 1

    def test_no_category_from_fewer_tests(self, network):
        for options in ({"replicates": 0}, {"replicates": 5, "alternatives": ["lognormal"]}):
            found = tables.powerlaw(network, degrees=["out"], **options)
            assert found["degree_category"].dropna().tolist() == ["not_tested"]

    def test_error_of_p_is_never_nothing(self, table, network):
        fits = table[table["row"] == "fit"]
        p = (20 * fits["p_value"] + 1) / 22
        assert fits["p_error"].tolist() == pytest.approx(np.sqrt(p * (1 - p) / 20).tolist())
        untested = tables.powerlaw(network, degrees=["out"], replicates=0)
        assert untested["p_error"].isna().all()

    def test_interval(self, network):
        options = {"degrees": ["out"], "replicates": 50, "seed": 4}
        plain, wide = (tables.powerlaw(network, interval=i, **options) for i in (False, True))
        assert "alpha_low" not in plain.columns
        row = wide.iloc[0]
        assert row["alpha_low"] < row["alpha"] < row["alpha_high"]
        assert row["alpha_high"] - row["alpha_low"] > 2 * row["sigma"]  # xmin moves too
        shared = ["alpha", "p_value", "p_error", "verdict"]
        assert row[shared].tolist() == plain.iloc[0][shared].tolist()

    def test_without_a_fit_nothing_is_tested_or_compared(self):
        # A cycle: every organisation has the same degree.
        ring = ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("c", "a")])
        table = tables.powerlaw(ring, replicates=5)
        assert table["row"].tolist() == ["fit"] * 3
        assert table["replicates"].isna().all()
        assert table["degree_category"].tolist() == ["undefined"] * 3
        assert not any("replicates" in note for note in table.attrs["notes"])

    def test_empty_network(self):
        table = tables.powerlaw(ValueNetwork.from_edges([]), replicates=5)
        fits = table[table["row"] == "fit"]
        assert fits["verdict"].tolist() == ["undefined"] * 3
        assert fits["n"].tolist() == [0, 0, 0]
        assert fits["alpha"].isna().all()


class TestYears:
    def test_every_year_is_the_table_of_that_year(self, network):
        small = ValueNetwork.from_edges([("a", "b"), ("a", "c"), ("b", "c")])
        yearly = tables.powerlaw_yearly({2021: small, 2022: network}, replicates=10, seed=4)
        assert yearly["year"].unique().tolist() == [2021, 2022]
        last = yearly[yearly["year"] == 2022].drop(columns="year").reset_index(drop=True)
        pd.testing.assert_frame_equal(last, tables.powerlaw(network, replicates=10, seed=4))

    def test_the_notes_count_years(self, monkeypatch, network):
        # Three years: two strong ones and one without a fit, which is none of the years tested.
        found = iter(
            [
                measures.ScaleFree(True, True, True, True, False, "strong"),
                measures.ScaleFree(False, False, False, False, False, "undefined"),
                measures.ScaleFree(False, True, True, False, False, "weak"),
            ]
        )
        module = "clusters.tables._powerlaw._network_rows"
        monkeypatch.setattr(module, lambda *_: ([{"row": "fit"}], next(found)))
        notes = tables.powerlaw_yearly(dict.fromkeys((2020, 2021, 2022), network)).attrs["notes"]
        assert notes[0].startswith(
            "Of 2 years, in-, out- and total degrees together are super-weak in 1, weakest in 2, "
            "weak in 2, strong in 1 and strongest in 0"
        )

    def test_without_tests_no_category(self, network):
        table = tables.powerlaw_yearly({None: network}, replicates=0, alternatives=[])
        assert table["year"].isna().all()
        assert "stays open" in table.attrs["notes"][0]


class TestTailIndex:
    def test_rows_are_the_measure(self, network):
        table = tables.tail_index(network, degrees=["out"], resamples=50, seed=2)
        out = np.bincount(network.sources, minlength=network.n_nodes)
        found = tail_index.tail_index(out, resamples=50, seed=2)
        assert table["estimator"].tolist() == list(tail_index.ESTIMATORS)
        assert table["xi"].tolist() == [one.xi for one in found]
        assert table["k"].tolist() == [one.k for one in found]
        assert set(table["opinion"]) == {tail_index.opinion(found)}

    def test_notes_name_the_range_and_no_law(self, network):
        table = tables.tail_index(network, resamples=50)
        for degree, note in zip(("in", "out", "total"), table.attrs["notes"], strict=False):
            xi = table.loc[table["degree"] == degree, "xi"]
            assert f"xi from {xi.min():.2f} to {xi.max():.2f}" in note
            assert "power law" not in note

    @pytest.mark.parametrize("lang", ["en", "zh"])
    @pytest.mark.parametrize("opinion", tail_index.Opinion.__args__)
    def test_every_opinion_can_be_said(self, opinion, lang):
        indices = {"light": -0.1, "hardly": 0.2, "heavy": 0.4, "very_heavy": 0.8, "undefined": math.nan}
        xi = indices[opinion]
        found = [tail_index.TailIndex("hill", 50, xi + d, 0.01, 1 + 1 / xi, 90) for d in (0.0, 0.1)]
        text = in_language(_tail_claim("out", found), lang)
        assert ("0.10" in text or f"{xi:.2f}" in text) is (opinion != "undefined")
        assert ("differ by more" in text or "超出其误差" in text) is (opinion != "undefined")
        assert labels.value("opinion", opinion, lang) != opinion

    def test_too_few(self):
        table = tables.tail_index(ValueNetwork.from_edges([("a", "b")]), degrees=["in"])
        assert table["k"].tolist() == [0, 0, 0]
        assert table["xi"].isna().all()
        assert "no tail index" in table.attrs["notes"][0]


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
