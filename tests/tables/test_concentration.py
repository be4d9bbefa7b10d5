"""Tables of concentration: columns, notes and a hand-made network."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from clusters import tables
from clusters.networks import ValueNetwork, cumulative
from clusters.relations import from_frame


@pytest.fixture
def hub() -> ValueNetwork:
    """One hub gives to nine; one of them gives back twice (one edge)."""
    pairs = [("hub", f"p{i}") for i in range(9)] + [("p0", "hub")] * 2
    return ValueNetwork.from_edges(pairs)


class TestConcentration:
    def test_by_hand(self, hub):
        row = tables.concentration({2022: hub}).iloc[0]
        # 10 edges, of which the hub gives 9; 8 of 10 nodes give nothing and count.
        assert (row["year"], row["nodes"]) == (2022, 10)
        assert row["top_10_percent"] == 0.9
        assert row["top_0_1_percent"] == 0.9
        assert row["hhi"] == pytest.approx(0.82)
        assert row["effective_number"] == pytest.approx(1 / 0.82)
        assert row["gini"] == pytest.approx((9 * 9 + 7 * 1) / (10 * 10))
        assert row["hoover"] == pytest.approx(0.8)

    def test_kind_of_degree_and_relations(self, hub):
        # The hub takes one of ten edges, and two of eleven relations.
        assert tables.concentration({2022: hub}, degree="in")["top_10_percent"].item() == 0.1
        assert (
            tables.concentration({2022: hub}, degree="in", weighted=True)["top_10_percent"].item() == 2 / 11
        )
        assert tables.concentration({2022: hub}, degree="total")["top_10_percent"].item() == 0.5

    def test_years_and_columns(self):
        frame = pd.DataFrame({"source": ["a", "a"], "target": ["b", "c"], "year": [2020, 2022]})
        table = tables.concentration(cumulative(from_frame(frame)))
        assert table["year"].tolist() == [2020, 2022]
        assert table["nodes"].tolist() == [2, 3]
        contract = ["year", "top_10_percent", "top_1_percent", "top_0_1_percent", "gini", "hhi"]
        assert set(contract) <= set(table.columns)
        assert "out-degree" in table.attrs["notes"][0]

    def test_undated_and_empty(self):
        table = tables.concentration({None: ValueNetwork.from_edges([], nodes=["a", "b"])})
        assert math.isnan(table["year"].item())
        assert table["nodes"].item() == 2
        assert table.drop(columns=["nodes"]).isna().all(axis=None)
        assert tables.concentration({}).empty

    def test_unknown_degree(self, hub):
        with pytest.raises(ValueError, match="'both'"):
            tables.concentration({2022: hub}, degree="both")


class TestCurve:
    def test_thinned_rows_are_exact(self):
        random = np.random.default_rng(1)
        sources = np.minimum(random.zipf(1.7, 5000), 3000)
        edges = {(f"s{s}", f"t{t}") for s, t in zip(sources, random.integers(0, 900, 5000), strict=True)}
        network = ValueNetwork.from_edges(sorted(edges))
        curve = tables.concentration_curve_table(network)
        assert len(curve) < network.n_nodes / 2
        values = np.sort(np.bincount(network.sources, minlength=network.n_nodes))[::-1]
        full = np.r_[0, np.cumsum(values)] / values.sum()
        read = np.interp(np.arange(network.n_nodes + 1), curve["nodes"], curve["total_share"])
        assert np.allclose(read, full, atol=1e-12)
        assert (curve["nodes_share"] == curve["nodes"] / network.n_nodes).all()

    def test_tops_lie_on_it(self, hub):
        curve = tables.concentration_curve_table(hub).set_index("nodes")["total_share"]
        assert curve[1] == 0.9
        assert curve[10] == 1.0

    def test_empty(self):
        curve = tables.concentration_curve_table(ValueNetwork.from_edges([]))
        assert curve[["nodes", "total_share"]].to_numpy().tolist() == [[0, 0]]
