"""Flow hierarchy: chains, cycles, hand-solved levels, dense least squares and networkx."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters import ValueNetwork
from clusters.measures import flow_hierarchy as measures
from clusters.measures.flow_hierarchy import (
    flow_hierarchy,
    hodge_gradient_share,
    network_gradient_share,
    trophic_incoherence,
    trophic_levels,
)

edge_lists = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=30)


def chain(n: int) -> ValueNetwork:
    return ValueNetwork.from_edges([(k, k + 1) for k in range(n)])


@pytest.fixture
def cycle() -> ValueNetwork:
    return ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("c", "a")])


class TestCycles:
    def test_by_hand(self, cycle):
        assert flow_hierarchy(cycle) == 0
        assert flow_hierarchy(chain(4)) == 1
        # Two cycles with a bridge between: only the bridge is on none.
        edges = [("a", "b"), ("b", "a"), ("b", "c"), ("c", "d"), ("d", "c"), ("a", "a")]
        assert flow_hierarchy(ValueNetwork.from_edges(edges)) == pytest.approx(1 / 5)
        assert math.isnan(flow_hierarchy(ValueNetwork.from_edges([("a", "a")])))

    @settings(max_examples=60, deadline=None)
    @given(edge_lists)
    def test_agrees_with_networkx(self, edges):
        graph = nx.DiGraph((a, b) for a, b in edges if a != b)
        if graph.number_of_edges():
            assert flow_hierarchy(ValueNetwork.from_edges(edges)) == pytest.approx(nx.flow_hierarchy(graph))


class TestTrophicLevels:
    def test_chain_and_cycle(self, cycle):
        assert trophic_levels(chain(4)).to_list() == pytest.approx([0, 1, 2, 3, 4])
        assert trophic_incoherence(chain(4)) == pytest.approx(0, abs=1e-12)
        assert trophic_incoherence(cycle) == pytest.approx(1)
        assert trophic_levels(cycle).to_list() == [0, 0, 0]

    def test_feed_forward_triangle_by_hand(self):
        # (2 -1 -1; -1 2 -1; -1 -1 2) h = (-2 0 2): levels 0, 2/3, 4/3 and every edge off by a third.
        network = ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("a", "c")])
        assert trophic_levels(network).to_list() == pytest.approx([0, 2 / 3, 4 / 3])
        assert trophic_incoherence(network) == pytest.approx(1 / 9)

    def test_weights_by_hand(self):
        # A mutual pair, three relations one way and one back: the rise is (3 - 1) / (3 + 1).
        network = ValueNetwork.from_edges([("a", "b")] * 3 + [("b", "a")])
        assert trophic_levels(network, weighted=True).to_list() == pytest.approx([0, 0.5])
        assert trophic_incoherence(network, weighted=True) == pytest.approx((3 * 0.25 + 2.25) / 4)
        assert trophic_incoherence(network) == 1

    def test_each_component_starts_at_0(self):
        network = ValueNetwork.from_edges([("a", "b"), ("c", "d"), ("d", "e")], nodes="xabcde")
        assert trophic_levels(network).to_list() == pytest.approx([0, 0, 1, 0, 1, 2])

    def test_incoherence_of_a_layered_network_is_one_less_the_square_of_the_mean_rise(self):
        # MacKay, Johnson, Sansom 2020: at the minimum the mean rise is 1 - F.
        graph = nx.gnp_random_graph(40, 0.1, seed=8, directed=True)
        network = ValueNetwork.from_edges(graph.edges, nodes=graph.nodes)
        levels = trophic_levels(network).to_numpy()
        source, target = network.pairs
        assert (levels[target] - levels[source]).mean() == pytest.approx(1 - trophic_incoherence(network))

    @settings(max_examples=60, deadline=None)
    @given(edge_lists)
    def test_agrees_with_dense_least_squares(self, edges):
        network = ValueNetwork.from_edges(edges)
        source, target = network.pairs
        if not source.size:
            assert math.isnan(trophic_incoherence(network))
            return
        rise = np.zeros((source.size, network.n_nodes))
        rise[np.arange(source.size), target] = 1
        rise[np.arange(source.size), source] = -1
        best = np.linalg.lstsq(rise, np.ones(source.size), rcond=None)[0]
        assert trophic_incoherence(network) == pytest.approx(np.mean((rise @ best - 1) ** 2), abs=1e-9)
        levels = trophic_levels(network).to_numpy()
        assert rise @ levels == pytest.approx(rise @ best, abs=1e-7)
        assert levels.min() == 0

    def test_a_long_chain_is_solved_at_once(self, monkeypatch):
        monkeypatch.setattr(measures, "MOST_STEPS", 3)
        network = ValueNetwork.from_edges([(k, k + 1) for k in range(200)] + [("x", "y"), ("y", "z")])
        levels = trophic_levels(network)
        assert levels.to_list() == pytest.approx([*range(201), 0, 1, 2])
        # Where that might need too much memory, more steps are made.
        monkeypatch.setattr(measures, "AT_ONCE", 100)
        monkeypatch.setattr(measures, "MOST_STEPS", 25)
        assert trophic_levels(network).to_list() == pytest.approx([*range(201), 0, 1, 2])


class TestGradient:
    def test_chain_and_cycle(self):
        assert hodge_gradient_share(pd.DataFrame([[9, 2, 0], [0, 9, 2], [0, 0, 9]])) == pytest.approx(1)
        assert hodge_gradient_share(pd.DataFrame([[0, 1, 0], [0, 0, 1], [1, 0, 0]])) == pytest.approx(0)

    def test_by_hand(self):
        # Net flows 3, 1, -1 along 0-1, 1-2, 2-0 of a triangle: their mean 1 runs round on each side, so
        # 3 * 1^2 of 3^2 + 1 + 1 is curl. Mutual flows and the diagonal fall out.
        flows = pd.DataFrame([[7, 5, 4], [2, 0, 6], [3, 5, 1]])
        assert hodge_gradient_share(flows) == pytest.approx(1 - 3 / 11)

    def test_pairs_without_flow_are_no_data(self):
        # A tree of flows is a gradient whatever its numbers; taking its empty pairs for 0 would not.
        flows = pd.DataFrame(np.diag([5.0, 1.0, 2.0], 1))
        assert hodge_gradient_share(flows) == pytest.approx(1)

    def test_undefined_and_refused(self):
        assert math.isnan(hodge_gradient_share(pd.DataFrame([[1, 2], [2, 1]])))
        assert math.isnan(network_gradient_share(ValueNetwork.from_edges([("a", "b"), ("b", "a")])))
        with pytest.raises(ValueError, match="square"):
            hodge_gradient_share(pd.DataFrame([[1, 2]], index=["a"], columns=["a", "b"]))

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.integers(0, 5), min_size=25, max_size=25))
    def test_agrees_with_dense_least_squares(self, numbers):
        cells = np.array(numbers, dtype=float).reshape(5, 5)
        pairs = [(p, q) for p in range(5) for q in range(p) if cells[p, q] + cells[q, p] > 0]
        net = np.array([cells[p, q] - cells[q, p] for p, q in pairs])
        found = hodge_gradient_share(pd.DataFrame(cells))
        if not np.abs(net).sum():
            assert math.isnan(found)
            return
        rise = np.array([[(k == q) - (k == p) for k in range(5)] for p, q in pairs], dtype=float)
        fitted = rise @ np.linalg.lstsq(rise, net, rcond=None)[0]
        assert found == pytest.approx(fitted @ fitted / (net @ net), abs=1e-9)

    def test_a_network_is_its_matrix(self):
        graph = nx.gnp_random_graph(20, 0.2, seed=3, directed=True)
        network = ValueNetwork.from_edges(graph.edges, nodes=graph.nodes)
        matrix = nx.to_pandas_adjacency(graph, nodelist=list(graph.nodes))
        assert network_gradient_share(network) == pytest.approx(hodge_gradient_share(matrix))
        double = ValueNetwork.from_edges([*graph.edges, *list(graph.edges)[:30]], nodes=graph.nodes)
        matrix = nx.to_pandas_adjacency(graph, nodelist=list(graph.nodes))
        for a, b in list(graph.edges)[:30]:
            matrix.loc[a, b] += 1
        assert network_gradient_share(double, weighted=True) == pytest.approx(hodge_gradient_share(matrix))
