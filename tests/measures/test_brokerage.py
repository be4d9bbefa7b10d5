"""Structural holes against networkx; roles of brokers against counting them one by one."""

from __future__ import annotations

import itertools
from collections import Counter

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.measures import _triples, brokerage
from clusters.networks import ValueNetwork


@pytest.fixture(scope="module")
def digraph():
    graph = nx.gnp_random_graph(40, 0.12, seed=3, directed=True)
    random = np.random.default_rng(0)
    for edge in graph.edges:
        graph.edges[edge]["weight"] = float(random.integers(1, 5))
    weights = [graph.edges[edge]["weight"] for edge in graph.edges]
    return graph, ValueNetwork.from_edges(graph.edges, nodes=range(40), weights=weights)


def counted(edges, group):
    """Go through all triples of nodes."""
    edges = {(a, b) for a, b in edges if a != b}
    found = Counter()
    for i, j, k in itertools.permutations(sorted(group), 3):
        if (i, j) not in edges or (j, k) not in edges or (i, k) in edges:
            continue
        if None in (group[i], group[j], group[k]):
            continue
        a, b, c = group[i], group[j], group[k]
        if a == b == c:
            role = "coordinator"
        elif a == b:
            role = "representative"
        elif b == c:
            role = "gatekeeper"
        else:
            role = "itinerant" if a == c else "liaison"
        found[j, role] += 1
    return found


def test_karate():
    graph = nx.karate_club_graph()
    network = ValueNetwork.from_edges(graph.edges(), nodes=range(34))
    found = brokerage.structural_holes(network)
    assert found.loc[[0, 33], "constraint"].to_numpy() == pytest.approx([0.155423, 0.156419], abs=1e-6)
    assert found.loc[[0, 33], "effective_size"].to_numpy() == pytest.approx([13.75, 15.2353], abs=1e-4)
    assert found.loc[0, "efficiency"] == 13.75 / 16


def test_holes_agree_with_networkx(digraph):
    graph, network = digraph
    for weight, weighted in ((None, False), ("weight", "weight")):
        found = brokerage.structural_holes(network, weighted=weighted)
        constraint = pd.Series(nx.constraint(graph, weight=weight))
        # Nodes are named: without them networkx 3.6 takes a short cut that differs from its own formula.
        size = pd.Series(nx.effective_size(graph, nodes=list(graph), weight=weight))
        np.testing.assert_allclose(found["constraint"], constraint)
        np.testing.assert_allclose(found["effective_size"], size)
    undirected = graph.to_undirected()
    found = brokerage.structural_holes(network, directed=False)
    np.testing.assert_allclose(found["constraint"], pd.Series(nx.constraint(undirected)).reindex(range(40)))
    size = pd.Series(nx.effective_size(undirected, nodes=list(undirected))).reindex(range(40))
    np.testing.assert_allclose(found["effective_size"], size)


def test_holes_by_hand():
    # In a triangle each neighbour has half and reaches the other through the third: (1/2 + 1/4)^2 twice.
    triangle = ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("c", "a")], nodes=["a", "b", "c", "alone"])
    found = brokerage.structural_holes(triangle)
    assert found.loc["a"].to_list() == [2, 1.125, 1, 0.5]
    assert found.loc["alone"].isna().to_list() == [False, True, True, True]
    # A mutual tie counts twice: 2/3 and 1/3 instead of halves.
    mutual = ValueNetwork.from_edges([("a", "b"), ("b", "a"), ("a", "c")])
    assert brokerage.structural_holes(mutual).loc["a", "constraint"] == pytest.approx(5 / 9)
    assert brokerage.structural_holes(mutual, directed=False).loc["a", "constraint"] == 0.5


@pytest.mark.parametrize(
    ("groups", "role"),
    [
        ("xxx", "coordinator"),
        ("xxy", "representative"),
        ("xyy", "gatekeeper"),
        ("xyx", "itinerant"),
        ("xyz", "liaison"),
    ],
)
def test_roles_by_hand(groups, role):
    chain = ValueNetwork.from_edges([("a", "b"), ("b", "c")])
    group = dict(zip("abc", groups, strict=True))
    assert brokerage.brokerage(chain, group).loc["b", role] == 1
    assert brokerage.brokerage(chain, group)["open_paths"].to_list() == [0, 1, 0]
    closed = ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("a", "c")])
    assert brokerage.brokerage(closed, group)["open_paths"].sum() == 0
    # An edge back from c to a leaves the path open: direction matters.
    circle = ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("c", "a")])
    assert brokerage.brokerage(circle, group)["open_paths"].to_list() == [1, 1, 1]


edge_lists = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=45)
group_lists = st.lists(st.sampled_from(["x", "y", "z", None]), min_size=9, max_size=9)


@settings(deadline=None, max_examples=120)
@given(edge_lists, group_lists)
def test_roles_agree_with_counting(edges, groups):
    network = ValueNetwork.from_edges(edges, nodes=range(9))
    group = dict(enumerate(groups))
    found = brokerage.brokerage(network, group)
    expected = counted(edges, group)
    assert {(n, r): v for r in brokerage.ROLES for n, v in found[r].items() if v} == dict(expected)
    assert found["open_paths"].sum() == sum(expected.values())
    total = brokerage.brokerage_by_group(network, group).groupby("broker_role")["paths"].sum() / 2
    assert total.sum() == sum(expected.values())


@settings(deadline=None, max_examples=60)
@given(edge_lists)
def test_triangles_agree_with_igraph(edges):
    network = ValueNetwork.from_edges(edges, nodes=range(9))
    low, high = network.links
    found = []
    for nodes, links in _triples.triangles(9, low, high):
        for a, b, c, ab, ac, bc in zip(*nodes, *links, strict=True):
            pairs = [{low[at], high[at]} for at in (ab, ac, bc)]
            assert pairs == [{a, b}, {a, c}, {b, c}]
            found.append(tuple(sorted((a, b, c))))
    graph = network.simple().to_igraph().as_undirected()
    assert sorted(found) == sorted(tuple(sorted(t)) for t in graph.list_triangles())


def test_triangles_in_pieces(monkeypatch, digraph):
    _, network = digraph
    whole = brokerage.structural_holes(network)
    monkeypatch.setattr(_triples, "PAIRS", 7)
    pd.testing.assert_frame_equal(brokerage.structural_holes(network), whole)


def test_many_groups(digraph, monkeypatch):
    _, network = digraph
    group = [f"g{node % 17}" for node in range(40)]
    found = brokerage.brokerage(network, group)
    edges = zip(network.sources.tolist(), network.targets.tolist(), strict=True)
    expected = counted(edges, dict(enumerate(group)))
    assert found["itinerant"].sum() == sum(v for (_, role), v in expected.items() if role == "itinerant")
    monkeypatch.setattr(brokerage, "DENSE", 0)
    pd.testing.assert_frame_equal(brokerage.brokerage(network, group), found)


def test_expected_roles_are_the_mean_of_all_deals(digraph):
    chain = ValueNetwork.from_edges([(0, 1), (1, 2), (2, 3)], nodes=range(5))
    labels = ["x", "x", "y", "y", "z"]
    total = np.zeros(5)
    deals = list(itertools.permutations(labels))
    for dealt in deals:
        total += brokerage.brokerage(chain, dealt)[list(brokerage.ROLES)].sum().to_numpy()
    np.testing.assert_allclose(total / len(deals), 2 * brokerage.expected_roles(labels))
    assert brokerage.expected_roles(["x", "y"]).isna().all()


def test_permutations(digraph):
    _, network = digraph
    group = ["x", "y"] * 20
    found = brokerage.brokerage_by_group(network, group, permutations=60, seed=1)
    all_nodes = found[found["group"].isna()].set_index("broker_role")
    exact = brokerage.expected_roles(group) * all_nodes["paths"].sum()
    np.testing.assert_allclose(all_nodes["expected"], exact.reindex(all_nodes.index), rtol=0.05)
    again = brokerage.brokerage_by_group(network, group, permutations=60, seed=1)
    pd.testing.assert_frame_equal(found, again)
    fixed = brokerage.brokerage_by_group(network, group, permutations=3, within=group)
    assert (fixed["p"] == 1).all()
    assert brokerage.brokerage_by_group(network, group)["p"].isna().all()


def test_wrong_calls(digraph):
    _, network = digraph
    with pytest.raises(ValueError, match="weighted must be"):
        brokerage.structural_holes(network, weighted="edges")
    with pytest.raises(ValueError, match="both directions"):
        brokerage.structural_holes(network, weighted="weight", directed=False)
    empty = ValueNetwork.from_edges([], nodes=["a"])
    assert brokerage.brokerage(empty, ["x"]).to_numpy().sum() == 0
