"""Freeman centralisation and the shells of the k-core: hand counts, printed numbers, networkx and igraph."""

from __future__ import annotations

import math

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters import ValueNetwork
from clusters.measures import hierarchy
from clusters.measures.cores import k_core

CENTRALISATIONS = (
    hierarchy.degree_centralisation,
    hierarchy.closeness_centralisation,
    hierarchy.betweenness_centralisation,
)
edge_lists = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=40)


def of(graph: nx.Graph, **options) -> ValueNetwork:
    return ValueNetwork.from_edges(graph.edges, nodes=graph.nodes, **options)


@pytest.fixture
def karate() -> ValueNetwork:
    return of(nx.karate_club_graph())


@pytest.fixture
def florentine() -> nx.Graph:
    """Marriages among the fifteen families that married into another one."""
    return nx.florentine_families_graph()


class TestCentralisation:
    @pytest.mark.parametrize("measure", CENTRALISATIONS)
    def test_star_is_one_and_cycle_is_none(self, measure):
        assert measure(of(nx.star_graph(5))) == pytest.approx(1)
        assert measure(of(nx.cycle_graph(6))) == pytest.approx(0)

    def test_a_star_from_its_hub_gives_and_does_not_receive(self):
        # Each leaf has in-degree 1, the hub 0: five times 0, once 1 - 0, over 25.
        star = of(nx.star_graph(5))
        assert hierarchy.degree_centralisation(star, "out") == 1
        assert hierarchy.degree_centralisation(star, "in") == pytest.approx(1 / 25)
        turned = ValueNetwork.from_edges([(leaf, 0) for leaf in range(1, 6)])
        assert hierarchy.degree_centralisation(turned, "in") == 1

    def test_mutual_edges_are_one_link_by_hand(self):
        # Neighbours 1, 2, 1 of a path: (1 + 0 + 1) / 2; counting edges would give 2 / 2 less 1.
        path = ValueNetwork.from_edges([("a", "b"), ("b", "a"), ("b", "c"), ("c", "c")])
        assert hierarchy.degree_centralisation(path) == 1

    def test_directed_betweenness_of_a_mutual_star(self):
        both = [(0, leaf) for leaf in range(1, 5)]
        star = ValueNetwork.from_edges([*both, *[(b, a) for a, b in both]])
        assert hierarchy.betweenness_centralisation(star, directed=True) == 1
        # One way only nothing passes through the hub.
        assert hierarchy.betweenness_centralisation(ValueNetwork.from_edges(both), directed=True) == 0

    def test_florentine_families(self, florentine):
        # Wasserman, Faust 1994, section 5.2: .267 with the family without a marriage, the others
        # among the fifteen.
        sixteen = ValueNetwork.from_edges(florentine.edges, nodes=[*florentine.nodes, "Pucci"])
        assert round(hierarchy.degree_centralisation(sixteen), 3) == 0.267
        assert round(hierarchy.closeness_centralisation(of(florentine)), 3) == 0.322
        assert round(hierarchy.betweenness_centralisation(of(florentine)), 3) == 0.437
        # Distances exist among the joined only, so the lonely family changes nothing there.
        assert round(hierarchy.closeness_centralisation(sixteen), 3) == 0.322

    def test_karate(self, karate):
        found = [measure(karate) for measure in CENTRALISATIONS]
        assert found == pytest.approx([0.399621, 0.298195, 0.405557], abs=5e-7)

    @pytest.mark.parametrize("measure", CENTRALISATIONS)
    def test_too_few_nodes_are_undefined(self, measure):
        assert math.isnan(measure(ValueNetwork.from_edges([])))
        assert math.isnan(measure(ValueNetwork.from_edges([("a", "b")])))

    def test_an_unknown_direction_is_refused(self, karate):
        with pytest.raises(ValueError, match="both, out or in"):
            hierarchy.degree_centralisation(karate, "total")

    @settings(max_examples=40, deadline=None)
    @given(edge_lists)
    def test_agrees_with_networkx(self, edges):
        network = ValueNetwork.from_edges(edges)
        graph = nx.Graph((a, b) for a, b in edges if a != b)
        graph.add_nodes_from(network.nodes)
        n = len(graph)
        if n > 2:
            between = np.array(list(nx.betweenness_centrality(graph).values()))
            expected = (between.max() - between).sum() / (n - 1)
            assert hierarchy.betweenness_centralisation(network) == pytest.approx(expected)
            degrees = np.array([d for _, d in graph.degree])
            expected = (degrees.max() - degrees).sum() / ((n - 1) * (n - 2))
            assert hierarchy.degree_centralisation(network) == pytest.approx(expected)
        largest = max(nx.connected_components(graph), key=len)
        sizes = [len(part) for part in nx.connected_components(graph)]
        if len(largest) > 2 and sizes.count(len(largest)) == 1:
            m = len(largest)
            close = np.array(list(nx.closeness_centrality(graph.subgraph(largest)).values()))
            expected = (close.max() - close).sum() * (2 * m - 3) / ((m - 1) * (m - 2))
            assert hierarchy.closeness_centralisation(network) == pytest.approx(expected)

    @settings(max_examples=40, deadline=None)
    @given(edge_lists)
    def test_lies_between_0_and_1(self, edges):
        network = ValueNetwork.from_edges(edges)
        values = [measure(network) for measure in CENTRALISATIONS]
        values += [hierarchy.degree_centralisation(network, way) for way in ("out", "in")]
        values.append(hierarchy.betweenness_centralisation(network, directed=True))
        assert all(math.isnan(value) or -1e-12 <= value <= 1 + 1e-12 for value in values)


class TestShells:
    def test_by_hand(self):
        # A triangle with a tail of two and a lonely node: cores 2 2 2 1 1 0.
        network = ValueNetwork.from_edges([(0, 1), (1, 2), (2, 0), (2, 3), (3, 4)], nodes=range(6))
        sample = np.array([True, False, False, True, True, True])
        core = k_core(network)
        shells = hierarchy.core_shells(core, sample)
        assert shells["core"].to_list() == [2, 1, 0]
        assert shells["shell_nodes"].to_list() == [3, 2, 1]
        assert shells["core_nodes"].to_list() == [3, 5, 6]
        assert shells["shell_sample_share"].to_list() == pytest.approx([1 / 3, 1, 1])
        assert hierarchy.main_core(core, sample) == hierarchy.MainCore(2, 3, 0.5, 1 / 3)
        assert math.isnan(hierarchy.main_core(core).main_core_sample_share)

    def test_main_core_of_karate(self, karate):
        found = hierarchy.main_core(k_core(karate))
        inner = igraph.Graph.Famous("Zachary").coreness()
        assert (found.main_core, found.main_core_nodes) == (4, inner.count(4)) == (4, 10)

    def test_groups_by_hand(self):
        places = pd.Series(["x", "y", "y", "x", None])
        found = hierarchy.core_groups([2, 2, 2, 1, 2], places)
        assert found.index.to_list() == ["y", "x"]
        assert found["nodes"].to_list() == [2, 2]
        assert found["main_core_nodes"].to_list() == [2, 1]
        assert found["main_core_share"].to_list() == [1, 0.5]
        assert found["share_of_main_core"].to_list() == pytest.approx([2 / 3, 1 / 3])

    def test_nothing(self):
        assert math.isnan(hierarchy.main_core([]).main_core)
        assert hierarchy.core_shells([]).empty
        assert hierarchy.core_groups([], pd.Series([], dtype=object)).empty

    @settings(max_examples=40, deadline=None)
    @given(edge_lists)
    def test_every_node_is_in_one_shell(self, edges):
        network = ValueNetwork.from_edges(edges)
        shells = hierarchy.core_shells(k_core(network))
        assert shells["shell_nodes"].sum() == network.n_nodes == shells["core_nodes"].iloc[-1]
        assert shells["shell_share"].sum() == pytest.approx(1)
