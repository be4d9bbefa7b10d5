"""Small worlds: rings, random networks, and the lattice of given degrees."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters import ValueNetwork
from clusters.measures import nulls, paths
from clusters.measures.clustering import average_clustering
from clusters.measures.small_world import lattice, main_part, small_world


def ring(n: int, reach: int) -> ValueNetwork:
    return ValueNetwork.from_edges([(k, (k + step) % n) for k in range(n) for step in range(1, reach + 1)])


def clustering(network: ValueNetwork) -> float:
    return average_clustering(network, directed=False)


def length(network: ValueNetwork) -> float:
    return paths.path_summary(network, directed=False).average_path_length


def measured(network: ValueNetwork):
    drawn = [nulls.rewire(network, [0, k]) for k in range(5)]
    return small_world(
        clustering(network),
        length(network),
        [clustering(one) for one in drawn],
        [length(one) for one in drawn],
        clustering(lattice(network)),
    )


def degrees(network: ValueNetwork) -> np.ndarray:
    return sum(np.bincount(end, minlength=network.n_nodes) for end in network.links)


def test_formulas_by_hand():
    found = small_world(0.6, 4.0, [0.1, 0.3], [2.0, 3.0], 0.8)
    assert (found.clustering_ratio, found.path_ratio) == pytest.approx((3, 1.6))
    assert found.sigma == pytest.approx(3 / 1.6)
    assert found.omega == pytest.approx(2.5 / 4 - 0.6 / 0.8)


def test_undefined():
    assert math.isnan(small_world(0.6, 4.0, [0.0], [2.0]).sigma)
    assert math.isnan(small_world(0.6, 4.0, [0.1], [2.0]).omega)
    assert math.isnan(small_world(0.6, 4.0, [], [], 0.5).path_ratio)


def test_a_ring_lattice_is_about_minus_one():
    network = ring(600, 3)
    found = measured(network)
    assert clustering(lattice(network)) == pytest.approx(0.6)  # itself again, wherever its nodes are put
    assert found.omega == pytest.approx(-1, abs=0.1)
    assert found.sigma > 1


def test_a_random_network_is_about_one():
    graph = nx.gnm_random_graph(400, 2400, seed=1)
    found = measured(main_part(ValueNetwork.from_edges(graph.edges, nodes=graph.nodes)))
    assert found.omega == pytest.approx(1, abs=0.1)
    assert found.sigma == pytest.approx(1, abs=0.35)


def test_a_ring_with_shortcuts_lies_between():
    graph = nx.connected_watts_strogatz_graph(600, 8, 0.1, seed=2)
    found = measured(ValueNetwork.from_edges(graph.edges, nodes=graph.nodes))
    assert -0.5 < found.omega < 0.5
    assert found.sigma > 5


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 24), st.integers(0, 24)), min_size=1, max_size=80), st.integers(0, 9)
)
def test_the_lattice_keeps_degrees(edges, seed):
    network = ValueNetwork.from_edges(edges)
    made = lattice(network, seed)
    assert made.nodes.equals(network.nodes)
    missing = network.links[0].size - made.n_edges
    assert 0 <= missing <= 3
    assert made.links[0].size == made.n_edges  # no double, no loop
    difference = degrees(network) - degrees(made)
    assert (difference >= 0).all()
    assert difference.sum() == 2 * missing


def test_the_lattice_keeps_roles():
    from clusters import networks, sample

    network = networks.cumulative(sample())[2015]
    made = lattice(network, 1)
    assert made.n_edges == network.links[0].size
    for role in (True, False):
        ends = [
            np.bincount(np.r_[low[network.sample[high] == role], high[network.sample[low] == role]])
            for low, high in (network.links, made.links)
        ]
        assert ends[0].tolist() == ends[1].tolist()


def test_the_lattice_of_a_seed_is_always_the_same():
    graph = nx.barabasi_albert_graph(200, 3, seed=1)
    network = ValueNetwork.from_edges(graph.edges)
    first, again, other = (lattice(network, seed) for seed in (4, 4, 5))
    assert first.sources.tolist() == again.sources.tolist()
    assert first.targets.tolist() != other.targets.tolist()
    assert clustering(first) > 2 * clustering(network)


def test_main_part_and_nothing():
    edges = [("a", "b"), ("c", "d"), ("e", "d"), ("x", "x")]
    assert main_part(ValueNetwork.from_edges(edges)).nodes.to_list() == ["c", "d", "e"]
    empty = ValueNetwork.from_edges([])
    assert len(main_part(empty)) == 0
    assert len(lattice(empty)) == 0
    assert lattice(ValueNetwork.from_edges([("a", "b")])).n_edges == 1
