"""Cores: hand count and networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters import ValueNetwork
from clusters.measures import cores
from clusters.measures.cores import k_core


def test_direction_and_kinds_do_not_add_to_the_core_by_hand():
    # A mutual pair is one link: counting edges would put a and b into core 2.
    network = ValueNetwork.from_edges([("a", "b"), ("b", "a"), ("c", "c")], nodes="abcd")
    assert k_core(network).to_list() == [1, 1, 0, 0]
    assert len(k_core(ValueNetwork.from_edges([]))) == 0


def test_main_core_of_karate():
    graph = nx.karate_club_graph()
    assert k_core(ValueNetwork.from_edges(graph.edges)).max() == 4


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=60))
def test_agrees_with_networkx(edges):
    graph = nx.Graph((a, b) for a, b in edges if a != b)
    graph.add_nodes_from(node for edge in edges for node in edge)
    assert k_core(ValueNetwork.from_edges(edges)).to_dict() == nx.core_number(graph)


def test_a_long_chain_takes_another_way_to_the_same_result(monkeypatch):
    # Two ends a round: without another way a chain of a million nodes would take half a million.
    edges = [(i, i + 1) for i in range(40)] + [("x", "y"), ("y", "z"), ("z", "x")]
    usual = k_core(ValueNetwork.from_edges(edges))
    monkeypatch.setattr(cores, "MOST_ROUNDS", 3)
    assert k_core(ValueNetwork.from_edges(edges)).equals(usual)
    assert usual.value_counts().to_dict() == {1: 41, 2: 3}


@pytest.mark.slow
def test_agrees_with_igraph_on_many_graphs():
    for seed in range(3000):
        random = np.random.default_rng(seed)
        n = int(random.integers(1, 120))
        ends = (random.random((int(random.integers(0, 6 * n)), 2)) ** random.uniform(1, 3) * n).astype(int)
        network = ValueNetwork.from_edges(ends.tolist(), nodes=range(n))
        graph = network.simple().to_igraph().as_undirected()
        assert k_core(network).to_list() == graph.coreness()
