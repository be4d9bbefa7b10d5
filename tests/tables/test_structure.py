"""Structure tables: columns, hand counts, printed identities, order of ties, undefined cases."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters import ValueNetwork, labels, networks
from clusters.errors import UsageError
from clusters.measures import paths
from clusters.relations import from_frame
from clusters.tables._structure import (
    STRUCTURE,
    node_measures,
    nodes_outlook,
    structure_outlook,
    top_degrees,
    yearly_degrees,
    yearly_structure,
)

CLI_KEYS = (
    *("year", "sample_nodes", "partner_nodes", "nodes", "edges", "relations", "average_degree", "diameter"),
    *("average_path_length", "reachable_pairs", "average_clustering", "density", "modularity", "communities"),
    *("weak_components", "strong_components", "largest_component", "reciprocity", "diameter_undirected"),
    *("average_path_length_undirected", "reachable_pairs_undirected", "average_clustering_undirected"),
)


@pytest.fixture
def two_years():
    # 2020: a -> b -> c. 2021: also c -> a twice, and the pair d -> e. a and d are in the sample.
    rows = [("a", "b", 2020), ("b", "c", 2020), ("c", "a", 2021), ("c", "a", 2021), ("d", "e", 2021)]
    frame = pd.DataFrame(rows, columns=["source", "target", "year"])
    nodes = pd.DataFrame({"role": ["sample", "partner", "partner", "sample", "partner"]}, index=list("abcde"))
    return networks.cumulative(from_frame(frame, nodes))


def test_all_promised_columns_and_their_labels(two_years):
    table = yearly_structure(two_years)
    assert set(CLI_KEYS) <= set(table.columns)
    assert tuple(table.columns) == STRUCTURE
    for column in table.columns:
        assert labels.label(column, "en")
        assert labels.label(column, "zh")


def test_two_years_by_hand(two_years):
    first, second = yearly_structure(two_years).to_dict("records")
    assert (first["year"], first["nodes"], first["edges"], first["relations"]) == (2020, 3, 2, 2)
    assert (first["sample_nodes"], first["partner_nodes"]) == (1, 2)
    assert (second["sample_nodes"], second["partner_nodes"]) == (2, 3)
    assert (second["edges"], second["relations"]) == (4, 5)  # parallel relations are one edge
    assert first["average_degree"] == pytest.approx(2 / 3)
    assert (first["reachable_pairs"], first["average_path_length"], first["diameter"]) == (3, 4 / 3, 2)
    assert first["reachable_pairs_undirected"] == 6
    # The cycle reaches all 6 ordered pairs with lengths 1 and 2; d -> e adds one of length 1.
    assert (second["reachable_pairs"], second["average_path_length"]) == (7, pytest.approx(10 / 7))
    # A triangle and a lone pair: directed Gephi 3 * 1/2 over 5 nodes, undirected 1 over nodes with k >= 2.
    assert second["average_clustering"] == pytest.approx(0.3)
    assert second["average_clustering_undirected"] == 1
    assert (second["weak_components"], second["strong_components"], second["largest_component"]) == (2, 3, 3)
    assert second["density"] == pytest.approx(4 / 20)
    assert (second["reciprocity"], second["communities"]) == (0, 2)
    # Weight 2 on c -> a: m = 5, communities of weights 4 and 1.
    assert second["modularity"] == pytest.approx(1 - (8 / 10) ** 2 - (2 / 10) ** 2)


def test_textbook_convention_counts_all_nodes(two_years):
    second = yearly_structure(two_years, convention="textbook").iloc[1]
    assert second["average_clustering_undirected"] == pytest.approx(3 / 5)


def test_same_seed_same_table(two_years):
    one, two = (yearly_structure(two_years, seeds=2, seed=5) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    assert "seeds 5 to 6" in one.attrs["notes"][-1]


def test_undated_without_roles_and_empty():
    row = yearly_structure({None: ValueNetwork.from_edges([("a", "b")])}).iloc[0]
    assert math.isnan(row["year"])
    assert math.isnan(row["sample_nodes"])
    empty = yearly_structure({2020: ValueNetwork.from_edges([])}).iloc[0]
    undefined = ["average_degree", "density", "average_path_length", "average_clustering", "reciprocity"]
    assert empty[undefined].isna().all()
    assert (empty[["nodes", "edges", "diameter", "reachable_pairs", "weak_components"]] == 0).all()
    none = yearly_structure({})
    assert len(none) == 0
    assert tuple(none.columns) == STRUCTURE


@pytest.fixture
def tied():
    # By degree: b and a have 3, then c, d, e, f by hand below.
    edges = [("a", "b"), ("a", "c"), ("a", "d"), ("b", "e"), ("b", "f"), ("c", "g"), ("g", "d")]
    sample = {"a", "b", "c"}
    network = ValueNetwork.from_edges(edges)
    rows = pd.DataFrame(edges, columns=["source", "target"])
    roles = pd.DataFrame({"role": ["sample" if n in sample else "partner" for n in network.nodes]})
    return networks.last(networks.cumulative(from_frame(rows, roles.set_index(network.nodes))))


def test_ties_by_out_degree_then_id(tied):
    table = top_degrees(tied)
    # Degree 3: a gives 3, b gives 2. Degree 2: c and g give 1, d gives 0. Degree 1: e, f.
    assert table["node"].to_list() == ["a", "b", "c", "g", "d", "e", "f"]
    assert table["rank"].to_list() == [1, 2, 3, 4, 5, 6, 7]
    assert (table["degree"] == table["in_degree"] + table["out_degree"]).all()
    assert table["empowerment_share"].sum() == pytest.approx(1)
    assert table["input_share"].sum() == pytest.approx(1)


def test_top_lists_by_role(tied):
    assert top_degrees(tied, 2, "sample")["node"].to_list() == ["a", "b"]
    partners = top_degrees(tied, role="partner")
    assert set(partners["role"]) == {"partner"}
    assert partners["rank"].to_list() == [1, 2, 3, 4]
    # Shares are of all edges of the network, not of those shown.
    assert partners["input_share"].sum() == pytest.approx(5 / 7)


def test_roles_must_be_known():
    network = ValueNetwork.from_edges([("a", "b")])
    assert top_degrees(network)["role"].isna().all()
    with pytest.raises(UsageError, match="sample"):
        top_degrees(network, role="sample")
    with pytest.raises(UsageError, match="boss"):
        top_degrees(network, role="boss")


def test_weighted_list_ranks_by_relations_and_shows_both():
    network = ValueNetwork.from_edges([("a", "b"), ("a", "c"), ("d", "c"), ("d", "c"), ("d", "c")])
    plain, weighted = top_degrees(network), top_degrees(network, weighted=True)
    assert plain["node"].to_list()[:2] == ["a", "c"]
    assert weighted["node"].to_list()[:3] == ["c", "d", "a"]
    assert weighted["weighted_degree"].to_list()[:3] == [4, 3, 2]
    assert weighted["degree"].to_list()[:3] == [2, 1, 2]
    assert weighted["empowerment_share"].to_list()[1] == pytest.approx(3 / 5)


IDS = st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), max_size=40)


@settings(max_examples=100, deadline=None)
@given(IDS, st.integers(1, 20), st.sampled_from(["all", "sample", "partner"]), st.booleans())
def test_top_list_is_the_head_of_everyone_sorted(edges, top, role, weighted):
    network = ValueNetwork.from_edges(edges, nodes=range(16))
    network = dataclasses.replace(network, sample=np.arange(16) % 3 == 0)
    kind = "weighted_" if weighted else ""
    table = top_degrees(network, top, role, weighted=weighted)
    rows = []
    for i in range(16):
        if role != "all" and (i % 3 == 0) != (role == "sample"):
            continue
        ends = edges if weighted else set(edges)
        out, into = sum(s == i for s, _ in ends), sum(t == i for _, t in ends)
        rows.append((-(out + into), -out, str(i), i))
    expected = sorted(rows)[:top]
    assert table["node"].to_list() == [row[3] for row in expected]
    assert table[f"{kind}degree"].to_list() == [-row[0] for row in expected]
    assert table["rank"].to_list() == list(range(1, len(expected) + 1))


def test_yearly_degrees_are_those_of_each_year(tied):
    later = ValueNetwork.from_edges([("x", "a")])
    by_year = {2020: tied, 2021: later}
    table = yearly_degrees(by_year)
    assert table["year"].to_list() == [2020] * 7 + [2021] * 2
    assert table["node"].to_list() == [*tied.nodes, "x", "a"]
    first = table[table["year"] == 2020].set_index("node")
    assert first.loc["a", ["in_degree", "out_degree", "degree"]].to_list() == [0, 3, 3]
    assert yearly_degrees({2020: tied}, role="sample")["node"].to_list() == ["a", "b", "c"]
    with pytest.raises(UsageError, match="sample"):
        yearly_degrees(by_year, role="sample")  # the second year knows no roles
    leading = yearly_degrees(by_year, top=2)
    assert leading[["year", "rank", "node"]].values.tolist() == [
        [2020, 1, "a"],
        [2020, 2, "b"],
        [2021, 1, "x"],
        [2021, 2, "a"],
    ]
    assert len(yearly_degrees({})) == 0
    assert yearly_degrees({None: later})["year"].isna().all()


def test_yearly_degrees_name_everyone_where_one_name_differs():
    rows = pd.DataFrame({"source": ["1", "3"], "target": ["2", "1"], "year": [2020, 2021]})
    labels = pd.DataFrame({"label": ["1", "2", "三"]}, index=["1", "2", "3"])
    table = yearly_degrees(networks.cumulative(from_frame(rows, labels)))
    assert list(table.columns[:3]) == ["year", "node", "label"]
    assert table["label"].to_list() == ["1", "2", "1", "2", "三"]


def test_names_are_shown_where_they_differ_from_ids():
    rows = pd.DataFrame({"source": ["1"], "target": ["2"]})
    named = from_frame(rows, pd.DataFrame({"label": ["华为", "IBM"]}, index=["1", "2"]))
    table = top_degrees(networks.last(networks.cumulative(named)))
    assert table["label"].to_list() == ["华为", "IBM"]
    assert "label" not in top_degrees(ValueNetwork.from_edges([("1", "2")]))


def test_node_measures_by_hand(tied):
    table = node_measures(tied, betweenness=True, closeness=True, eccentricity=True).set_index("node")
    assert table.index.to_list() == top_degrees(tied)["node"].to_list()
    assert table.loc["a", ["in_degree", "out_degree", "degree", "core"]].to_list() == [0, 3, 3, 2]
    assert table.loc["a", "eccentricity"] == 2
    assert table.loc["a", "closeness"] == pytest.approx(6 / 9)  # six nodes at 3 ones and 3 twos
    assert table.loc["c", "betweenness"] == 1  # a -> c -> g; d is as far over g as from a directly
    assert table.loc["b", "local_clustering"] == 0
    assert table["component"].to_list() == [0] * 7
    assert table["pagerank"].sum() == pytest.approx(1)
    assert "betweenness" not in node_measures(tied)
    for column in table.reset_index().columns:
        assert labels.label(column, "zh")


def test_node_measures_with_estimated_betweenness(tied):
    table = node_measures(tied, betweenness=True, sources=7)
    exact = node_measures(tied, betweenness=True)
    assert "betweenness" not in table
    assert table["betweenness_estimate"].to_list() == pytest.approx(exact["betweenness"].to_list())
    assert (table["betweenness_error"] == 0).all()
    assert any("drawn at random" in note for note in table.attrs["notes"])


def test_tables_of_an_empty_network():
    empty = ValueNetwork.from_edges([])
    assert len(top_degrees(empty)) == 0
    table = node_measures(empty, betweenness=True, closeness=True, eccentricity=True)
    assert len(table) == 0
    assert np.isin(["node", "degree", "pagerank", "eccentricity"], table.columns).all()


def test_estimated_distances_stand_in_columns_of_their_own(two_years):
    exact = yearly_structure(two_years)
    estimated = yearly_structure(two_years, sources=3)
    assert list(estimated.columns[: len(exact.columns)]) == list(exact.columns)
    assert estimated[["diameter", "average_path_length_undirected"]].isna().all(axis=None)
    last = estimated.iloc[-1]
    assert last["low"] <= last["average_path_length_estimate"] <= last["high"]
    assert "estimated from at most" in estimated.attrs["notes"][-1]


def test_networks_too_large_for_exact_distances_are_estimated(two_years, monkeypatch):
    monkeypatch.setattr(paths, "EXACT_UP_TO", 3)
    automatic = yearly_structure(two_years)
    large = np.array([len(network) > 3 for network in two_years.values()])
    assert (automatic["average_path_length"].isna() == large).all()
    # So few nodes are searched from all: the estimate is the exact number and the interval closed.
    exact = yearly_structure(two_years, sources="exact")
    assert "sources" not in exact
    assert (automatic["average_path_length_estimate"] == exact["average_path_length"])[large].all()
    assert (automatic["low"] == automatic["high"])[large].all()


def test_the_outlook_tells_what_will_be_estimated_or_take_long(two_years, monkeypatch):
    assert structure_outlook(two_years) == []
    monkeypatch.setattr(paths, "expected_seconds", lambda network, sources, directed: 9e9 / (sources or 1e6))
    assert "--sources 1024 estimates them" in structure_outlook(two_years)[0]
    assert structure_outlook(two_years, 1024) == []
    monkeypatch.setattr(paths, "EXACT_UP_TO", 3)
    (note,) = structure_outlook(two_years)
    assert "more than 3" in note
    assert "estimated from 1,024 searches" in note
    assert structure_outlook(two_years, "exact")[0].startswith("Exact distances")


def test_communities_can_be_left_out(two_years):
    table = yearly_structure(two_years, seeds=0)
    assert table[["modularity", "communities"]].isna().all(axis=None)
    assert "Communities were left out." in table.attrs["notes"]


def test_an_interrupt_keeps_what_is_done(two_years, monkeypatch):
    whole = yearly_structure(two_years)
    search, calls = paths.path_summary, []

    def interrupted(network, **options):
        calls.append(network)
        if len(calls) > 2:
            raise KeyboardInterrupt
        return search(network, **options)

    monkeypatch.setattr(paths, "path_summary", interrupted)
    with pytest.raises(KeyboardInterrupt):
        yearly_structure(two_years)
    calls.clear()
    kept = yearly_structure(two_years, keep_partial=True)
    assert kept.attrs["interrupted"]
    assert kept["year"].tolist() == whole["year"].tolist()
    assert kept.iloc[0].equals(whole.iloc[0])
    assert kept.iloc[1]["nodes"] == whole.iloc[1]["nodes"]
    assert kept.iloc[1][["diameter", "modularity"]].isna().all()


def test_the_outlook_of_nodes_tells_what_will_take_long(two_years, monkeypatch):
    network = networks.last(two_years)
    every = {"betweenness": True, "distances": True}
    assert nodes_outlook(network, **every) == []
    monkeypatch.setattr("clusters.tables._structure.LONG", 0)
    exact, distances = nodes_outlook(network, **every)
    assert exact.startswith("Exact betweenness of 5 nodes will take about 1 second; --sources 1024")
    assert distances.startswith("Distances from all of 5 nodes")
    assert nodes_outlook(network, betweenness=True, sources=3) == []


def test_large_networks_are_searched_for_communities_once(two_years, monkeypatch):
    monkeypatch.setattr("clusters.tables._structure.MANY_EDGES", 3)
    table = yearly_structure(two_years)
    assert "best of 1 Leiden search" in " ".join(table.attrs["notes"])
    assert "best of 1 " in node_measures(networks.last(two_years)).attrs["notes"][0]
