"""Density, reciprocity and components: hand counts, networkx, undefined cases."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters import ValueNetwork
from clusters.measures import cohesion


@pytest.fixture
def mutual_pair_and_tail():
    return ValueNetwork.from_edges([("a", "b"), ("b", "a"), ("b", "c")])


def test_density_of_both_readings_by_hand(mutual_pair_and_tail):
    # 3 of 6 ordered pairs; 2 of 3 unordered pairs.
    assert cohesion.density(mutual_pair_and_tail) == 3 / 6
    assert cohesion.density(mutual_pair_and_tail, directed=False) == pytest.approx(2 / 3)


def test_density_counts_kinds_and_loops_as_gephi_does():
    edges = [("a", "b"), ("a", "b"), ("b", "a"), ("a", "a")]
    network = ValueNetwork.from_edges(edges, kinds=list("xyxx"), parallel="kinds")
    assert cohesion.density(network) == 4 / 2
    # Undirected, the pair of kind x is one edge; kind y and the loop stay.
    assert cohesion.density(network, directed=False) == 2 * 3 / 2


def test_reciprocity_by_hand(mutual_pair_and_tail):
    # Two of three edges are returned. Per unordered pair it would be 1/2.
    assert cohesion.reciprocity(mutual_pair_and_tail) == pytest.approx(2 / 3)


def test_components_by_hand():
    # a <-> b -> c, and d -> e -> f -> g, and h alone.
    edges = [("a", "b"), ("b", "a"), ("b", "c"), ("d", "e"), ("e", "f"), ("f", "g")]
    network = ValueNetwork.from_edges(edges, nodes="abcdefgh")
    assert cohesion.weak_components(network).to_list() == [1, 1, 1, 0, 0, 0, 0, 2]
    assert cohesion.strong_components(network).to_list() == [0, 0, 1, 2, 3, 4, 5, 6]
    assert cohesion.component_summary(network) == cohesion.ComponentSummary(3, 7, 4, 2)


def test_undefined_cases():
    nothing, one = ValueNetwork.from_edges([]), ValueNetwork.from_edges([("a", "a")])
    for network in (nothing, one):
        assert math.isnan(cohesion.density(network))
        assert math.isnan(cohesion.density(network, directed=False))
        assert math.isnan(cohesion.reciprocity(network))
    assert cohesion.component_summary(nothing) == cohesion.ComponentSummary(0, 0, 0, 0)
    assert len(cohesion.weak_components(nothing)) == 0
    assert cohesion.component_summary(one) == cohesion.ComponentSummary(1, 1, 1, 1)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=40))
def test_agrees_with_networkx(edges):
    network = ValueNetwork.from_edges(edges, nodes=range(15))
    graph = nx.DiGraph((a, b) for a, b in edges if a != b)
    graph.add_nodes_from(range(15))
    summary = cohesion.component_summary(network)
    weak = list(nx.weakly_connected_components(graph))
    strong = list(nx.strongly_connected_components(graph))
    assert (summary.weak_components, summary.strong_components) == (len(weak), len(strong))
    assert (summary.largest_component, summary.largest_strong_component) == (
        max(map(len, weak)),
        max(map(len, strong)),
    )
    numbers = cohesion.strong_components(network)
    assert {frozenset(part.index) for _, part in numbers.groupby(numbers)} == {frozenset(s) for s in strong}
    assert numbers.value_counts().sort_index().is_monotonic_decreasing
    if graph.size():
        assert cohesion.density(network.simple()) == pytest.approx(nx.density(graph))
        assert cohesion.density(network.simple(), directed=False) == pytest.approx(
            nx.density(graph.to_undirected())
        )
        assert cohesion.reciprocity(network) == pytest.approx(nx.overall_reciprocity(graph))


@pytest.mark.slow
def test_components_agree_with_igraph_on_many_graphs():
    for seed in range(3000):
        random = np.random.default_rng(seed)
        n = int(random.integers(1, 150))
        ends = random.integers(0, n, (int(random.integers(0, 2 * n)), 2))
        network = ValueNetwork.from_edges(ends.tolist(), nodes=range(n))
        graph = network.to_igraph()
        for mode, ours in (("weak", cohesion.weak_components), ("strong", cohesion.strong_components)):
            theirs = graph.connected_components(mode=mode).membership
            found = ours(network).to_numpy()
            # The same parts under other numbers, and the numbers fall with size.
            assert len(set(zip(found.tolist(), theirs, strict=True))) == len(set(theirs)) == found.max() + 1
            assert (np.diff(np.bincount(found)) <= 0).all()
