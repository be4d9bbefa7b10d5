"""Degrees: hand counts, sums, networkx, the report's E/N."""

from __future__ import annotations

import math

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters import ValueNetwork, published
from clusters.measures.degree import average_degree, degree, in_degree, out_degree


@pytest.fixture
def two_kinds():
    # a -> b as technology twice and talent once, b -> a, and a loop at a.
    edges = [("a", "b"), ("a", "b"), ("a", "b"), ("b", "a"), ("a", "a")]
    kinds = ["technology", "technology", "talent", "technology", "technology"]
    return edges, kinds, [1.0, 2.0, 4.0, 0.5, 8.0]


@pytest.mark.parametrize(
    ("parallel", "out", "into"),
    [("merge", [2, 1], [2, 1]), ("kinds", [3, 1], [2, 2]), ("relations", [4, 1], [2, 3])],
)
def test_what_counts_as_an_edge_by_hand(two_kinds, parallel, out, into):
    edges, kinds, weights = two_kinds
    network = ValueNetwork.from_edges(edges, kinds=kinds, weights=weights, parallel=parallel)
    assert out_degree(network).to_list() == out
    assert in_degree(network).to_list() == into
    assert degree(network).to_list() == [o + i for o, i in zip(out, into, strict=True)]
    # Relations and weights do not depend on what counts as an edge; the loop counts twice.
    assert degree(network, weighted=True).to_list() == [4 + 2, 1 + 3]
    assert degree(network, weighted="weight").to_list() == [15 + 8.5, 0.5 + 7]
    assert average_degree(network, weighted=True) == 5 / 2


def test_names_say_what_was_counted():
    network = ValueNetwork.from_edges([("a", "b")])
    assert in_degree(network).name == "in_degree"
    assert degree(network, weighted=True).name == "weighted_degree"


def test_average_is_edges_per_node_not_twice():
    ring = ValueNetwork.from_edges([(0, 1), (1, 2), (2, 0)])
    assert average_degree(ring) == 1
    assert average_degree(ring, directed=False) == 2
    assert average_degree(ValueNetwork.from_edges([], nodes=["a"])) == 0
    assert math.isnan(average_degree(ValueNetwork.from_edges([])))


def test_unknown_weight():
    with pytest.raises(ValueError, match="euros"):
        degree(ValueNetwork.from_edges([("a", "b")]), weighted="euros")


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40))
def test_agrees_with_networkx(edges):
    network = ValueNetwork.from_edges(edges, parallel="relations")
    graph = nx.MultiDiGraph(edges)
    assert degree(network).to_dict() == dict(graph.degree)
    assert in_degree(network).to_dict() == dict(graph.in_degree)
    assert out_degree(network).sum() == in_degree(network).sum() == len(edges)
    merged = ValueNetwork.from_edges(edges)
    assert degree(merged).to_dict() == dict(nx.DiGraph(edges).degree)


@pytest.mark.parametrize(
    "row", list(published.load("nankai_2023", table=2).itertuples()), ids=lambda r: str(r.year)
)
def test_the_report_divides_edges_by_nodes(row):
    # N nodes and E edges of any shape: the printed value is E/N, half the mean total degree.
    nodes, edges = int(row.nodes), int(row.edges)
    shape = [(k % nodes, (7 * k + 1) % nodes) for k in range(edges)]
    network = ValueNetwork.from_edges(shape, nodes=range(nodes), parallel="relations")
    assert average_degree(network) == pytest.approx(float(row.average_degree), abs=0.0005)
    assert degree(network).mean() == pytest.approx(2 * average_degree(network))
