"""Krackhardt's dimensions against hand counts and against their definitions spelled out."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.measures.reachability import Hierarchy, krackhardt
from clusters.networks import ValueNetwork


def numbers(found: Hierarchy) -> list[float]:
    return [found.connectedness, found.hierarchy, found.efficiency, found.least_upper_bound]


def by_definition(graph: nx.DiGraph) -> list[float]:
    """Go through all pairs."""
    reach = {a: nx.descendants(graph, a) | {a} for a in graph}
    parts = [set(part) for part in nx.weakly_connected_components(graph)]
    pairs = list(itertools.combinations(graph, 2))
    joined = [p for p in pairs if any(set(p) <= part for part in parts)]
    mutual = sum(b in reach[a] and a in reach[b] for a, b in pairs)
    either = sum(b in reach[a] or a in reach[b] for a, b in pairs)
    extra = sum(graph.subgraph(part).size() - len(part) + 1 for part in parts)
    possible = sum(len(part) * (len(part) - 1) - len(part) + 1 for part in parts)
    without = 0
    for a, b in joined:
        common = [k for k in graph if {a, b} <= reach[k]]
        without += not any(all(k in reach[other] for other in common) for k in common)
    most = sum((len(part) - 1) * (len(part) - 2) // 2 for part in parts)
    ratios = [(len(joined), len(pairs)), (mutual, either), (extra, possible), (without, most)]
    found = [a / b if b else np.nan for a, b in ratios]
    return [found[0], *(1 - value for value in found[1:])]


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ([("a", "b"), ("a", "c"), ("b", "d"), ("b", "e")], [1, 1, 1, 1]),
        ([("a", "b"), ("b", "c"), ("c", "a")], [1, 0, 0.75, 1]),
        ([("a", "b"), ("c", "d")], [1 / 3, 1, 1, np.nan]),
        # Two superiors of two: c and d have no closest one, a and b none at all; one edge too many of nine.
        ([("a", "c"), ("a", "d"), ("b", "c"), ("b", "d")], [1, 1, 8 / 9, 1 - 2 / 3]),
    ],
)
def test_by_hand(edges, expected):
    assert numbers(krackhardt(ValueNetwork.from_edges(edges))) == pytest.approx(expected, nan_ok=True)


def test_counts_of_pairs():
    # a and b reach each other and c; d stands apart.
    network = ValueNetwork.from_edges([("a", "b"), ("b", "a"), ("b", "c"), ("c", "c")], nodes=[*"abcd"])
    found = krackhardt(network)
    assert (found.joined_pairs, found.mutual_pairs, found.one_way_pairs) == (3, 1, 2)
    assert found.hierarchy == pytest.approx(2 / 3)
    assert found.efficiency == pytest.approx(0.75)  # three edges where two would do, of four more at most


def test_undefined():
    assert np.isnan(numbers(krackhardt(ValueNetwork.from_edges([])))).all()
    apart = krackhardt(ValueNetwork.from_edges([], nodes=["a", "b"]))
    assert numbers(apart) == pytest.approx([0, np.nan, np.nan, np.nan], nan_ok=True)
    tree = ValueNetwork.from_edges([("a", "b"), ("a", "c")])
    assert np.isnan(krackhardt(tree, bounds=False).least_upper_bound)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20), st.integers(2, 8))
def test_agrees_with_the_definitions(edges, n):
    edges = [(a % n, b % n) for a, b in edges]
    graph = nx.DiGraph([(a, b) for a, b in edges if a != b])
    graph.add_nodes_from(range(n))
    found = numbers(krackhardt(ValueNetwork.from_edges(edges, nodes=range(n))))
    assert found == pytest.approx(by_definition(graph), nan_ok=True)
    assert all(np.isnan(value) or 0 <= value <= 1 for value in found)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 100), min_size=2, max_size=12))
def test_every_out_tree_has_one(choices):
    # Node k hangs on any earlier one.
    edges = [(choice % (k + 1), k + 1) for k, choice in enumerate(choices)]
    assert numbers(krackhardt(ValueNetwork.from_edges(edges))) == [1, 1, 1, 1]
