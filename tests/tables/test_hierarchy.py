"""Tables of hierarchy: their parts, what is undefined, and what the notes say."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from clusters import ValueNetwork, networks, relations, tables
from clusters.errors import UsageError
from clusters.measures import core_periphery, cores, flow_hierarchy, flows, hierarchy, paths
from clusters.networks import last


@pytest.fixture(scope="module")
def embedded():
    return networks.cumulative(relations.sample(), years=[2014, 2017])


@pytest.fixture
def karate() -> ValueNetwork:
    return ValueNetwork.from_edges(nx.karate_club_graph().edges, nodes=range(34))


@pytest.fixture(scope="module")
def placed():
    nodes = pd.DataFrame({"province": ["x", "x", "y", "y", "z"]}, index=list("abcde"))
    rows = [("a", "b", 2020), ("b", "c", 2020), ("a", "c", 2020), ("c", "d", 2021), ("e", "a", 2021)]
    frame = pd.DataFrame(rows, columns=["source", "target", "year"])
    return networks.cumulative(relations.from_frame(frame, nodes))


class TestYearly:
    def test_is_its_measures(self, embedded):
        table = tables.hierarchy(embedded).set_index("year")
        network = embedded[2017]
        row = table.loc[2017]
        assert row["nodes"] == 5660
        assert row["degree_centralisation"] == hierarchy.degree_centralisation(network)
        assert row["out_degree_centralisation"] == hierarchy.degree_centralisation(network, "out")
        assert row["in_degree_centralisation"] == hierarchy.degree_centralisation(network, "in")
        assert row["closeness_centralisation"] == hierarchy.closeness_centralisation(network)
        assert row["main_core"] == cores.k_core(network).max()
        assert row["flow_hierarchy"] == flow_hierarchy.flow_hierarchy(network)
        assert row["coreness_fit"] == core_periphery.coreness(network).fit
        # In a tree of relations from givers to receivers nearly no edge comes back; later many do.
        assert table["flow_hierarchy"].is_monotonic_decreasing
        assert table["trophic_incoherence"].is_monotonic_increasing
        assert "betweenness_centralisation" not in table.columns

    def test_flows_between_places_are_those_of_the_flow_matrix(self):
        table = relations.sample()
        found = tables.hierarchy(networks.cumulative(table, years=[2016]))["flow_gradient_share"].iloc[0]
        until = relations.in_years(table, None, 2016)
        assert found == pytest.approx(
            flow_hierarchy.hodge_gradient_share(flows.flow_matrix(until, level="province"))
        )

    def test_karate(self, karate):
        table = tables.hierarchy({None: karate}, betweenness="exact")
        row = table.iloc[0]
        assert np.isnan(row["year"])
        assert row["betweenness_centralisation"] == pytest.approx(0.405557, abs=5e-7)
        assert row["core_periphery_correlation"] == pytest.approx(0.431475, abs=5e-7)
        assert row["core_periphery_nodes"] == 5
        assert row["coreness_fit"] == pytest.approx(0.452458, abs=5e-7)
        assert np.isnan(row["main_core_sample_share"])
        assert np.isnan(row["flow_gradient_share"])
        assert "note.flow_gradient" not in [note.term for note in table.attrs["notes"]]
        missing = tables.hierarchy({None: karate}, mixed="missing").iloc[0]
        assert missing["core_periphery_nodes"] == 9

    def test_betweenness_from_all_sources_is_exact(self, karate):
        exact = tables.hierarchy({2022: karate}, betweenness="exact")["betweenness_centralisation"]
        found = tables.hierarchy({2022: karate}, betweenness=34)
        assert found["betweenness_centralisation_estimate"].to_list() == pytest.approx(exact.to_list())
        assert "betweenness_centralisation" not in found.columns

    def test_notes_say_what_was_done(self, karate, monkeypatch):
        star = ValueNetwork.from_edges([("hub", leaf) for leaf in "abcde"])
        notes = tables.hierarchy({2021: star, 2022: karate}, betweenness=5).attrs["notes"]
        terms = [note.term for note in notes]
        assert terms[-1] == "note.sampling_caution"
        assert "note.hierarchy_betweenness" in terms
        assert [note.values["years"] for note in notes if note.term == "note.coreness_unsettled"] == [
            ["2021"]
        ]
        monkeypatch.setattr(paths, "EXACT_UP_TO", 5)
        table = tables.hierarchy({2022: karate})
        assert table["closeness_centralisation"].isna().all()
        assert "note.closeness_left_out" in [note.term for note in table.attrs["notes"]]

    def test_empty_networks_are_undefined(self):
        row = tables.hierarchy({2022: ValueNetwork.from_edges([])}).iloc[0]
        assert row["nodes"] == row["main_core_nodes"] == row["core_periphery_nodes"] == 0
        assert row.drop(["year", "nodes", "main_core_nodes", "core_periphery_nodes"]).isna().all()


class TestCores:
    def test_shells(self, embedded):
        table = tables.core_shells(last(embedded))
        assert table["shell_nodes"].sum() == 5660
        assert table["core_nodes"].iloc[-1] == 5660
        assert table["core"].is_monotonic_decreasing

    def test_places_by_hand(self, placed):
        # The triangle a, b, c is the main core: two of two organisations of x, one of two of y.
        table = tables.main_core_places(last(placed)).set_index("place")
        assert table["main_core_nodes"].to_dict() == {"x": 2, "y": 1, "z": 0}
        assert table["main_core_share"].to_dict() == {"x": 1, "y": 0.5, "z": 0}
        assert table["share_of_main_core"].to_list() == pytest.approx([2 / 3, 1 / 3, 0])

    def test_places_need_a_level(self, placed, karate):
        for network, level in ((last(placed), "city"), (karate, "province")):
            with pytest.raises(UsageError, match=f"no '{level}'"):
                tables.main_core_places(network, level)


class TestNodes:
    def test_coreness(self, karate):
        table = tables.coreness(karate)
        assert sorted(table.loc[table["in_core"], "node"]) == [0, 1, 2, 32, 33]
        assert table["node"].to_list()[:2] == [33, 0]
        assert table["continuous_coreness"].is_monotonic_decreasing
        fits = next(note for note in table.attrs["notes"] if note.term == "note.coreness_fits")
        assert "0.431 for the core of 5 organisations, 0.452" in fits

    def test_trophic_levels(self, placed):
        table = tables.trophic_levels(last(placed))
        assert table["node"].to_list()[0] == "e"
        assert table["trophic_level"].iloc[0] == 0
        assert table["trophic_level"].is_monotonic_increasing
        assert table.columns.to_list() == ["node", "role", "in_degree", "out_degree", "trophic_level"]

    def test_nothing(self):
        empty = ValueNetwork.from_edges([])
        for function in (tables.coreness, tables.trophic_levels, tables.core_shells, tables.rich_club):
            assert function(empty).empty


class TestBesideChance:
    def test_a_ring_is_no_rich_club_and_no_random_network(self):
        pairs = [(k, (k + step) % 300) for k in range(300) for step in (1, 2, 3)]
        ring = {2022: ValueNetwork.from_edges(pairs)}
        row = tables.small_worlds(ring, 4).iloc[0]
        assert row["small_world_omega"] == pytest.approx(-1, abs=0.2)
        assert row["component_clustering"] == row["clustering_lattice"] == pytest.approx(0.6)
        assert row["component_path_length"] > 5 * row["path_length_null"]
        assert row["null_replicates"] == 4
        club = tables.rich_club(ring[2022], 4)
        assert club["rich_club_ratio"].to_list() == [1]

    def test_sigma_is_that_of_the_structure_table(self):
        graph = nx.connected_watts_strogatz_graph(150, 6, 0.1, seed=2)
        built = {2022: ValueNetwork.from_edges([*graph.edges, ("x", "y")])}
        beside = tables.structure_with_nulls(
            tables.yearly_structure(built), built, 5, statistics=["small_world_sigma"]
        )
        found = tables.small_worlds(built, 5)
        assert found["small_world_sigma"].to_list() == pytest.approx(beside["small_world_sigma"].to_list())
        assert found["largest_component"].to_list() == [150]

    def test_the_same_seed_gives_the_same_band(self, embedded):
        network = embedded[2014]
        first, again, other = (tables.rich_club(network, 5, seed=seed) for seed in (1, 1, 2))
        pd.testing.assert_frame_equal(first, again)
        assert not first["rich_club_null"].equals(other["rich_club_null"])
        longer = tables.rich_club(network, 0)
        assert longer["rich_club_ratio"].isna().all()
        assert [note.term for note in longer.attrs["notes"]] == ["note.sampling_caution"]

    def test_too_large_or_empty_networks_are_left_out(self, karate, monkeypatch):
        monkeypatch.setattr(paths, "EXACT_UP_TO", 5)
        for network in (karate, ValueNetwork.from_edges([])):
            row = tables.small_worlds({2022: network}, 2).iloc[0]
            assert row[["component_clustering", "small_world_sigma", "small_world_omega"]].isna().all()
            assert row["null_replicates"] == 0
