"""PageRank and betweenness: hand counts, networkx and igraph."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters import ValueNetwork
from clusters.measures.centrality import betweenness, pagerank

networks = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), min_size=1, max_size=50)


def test_a_walker_without_a_way_out_jumps_anywhere_by_hand():
    # x = share of a, y of b: x = .075 + .425 y, y = x + .85 x, x + y = 1.
    shares = pagerank(ValueNetwork.from_edges([("a", "b")]))
    assert shares["a"] == pytest.approx(1 / 2.85)
    assert shares.sum() == pytest.approx(1)


@settings(max_examples=60, deadline=None)
@given(networks, st.booleans(), st.booleans())
def test_pagerank_agrees_with_networkx(edges, directed, weighted):
    weights = [1 + k % 3 for k in range(len(edges))]
    network = ValueNetwork.from_edges(edges, weights=weights)
    graph = network.simple().to_networkx()
    if not directed:
        undirected = nx.Graph()
        undirected.add_nodes_from(graph)
        for a, b, weight in graph.edges(data="weight"):
            undirected.add_edge(a, b, weight=undirected.get_edge_data(a, b, {"weight": 0})["weight"] + weight)
        graph = undirected
    expected = nx.pagerank(graph, tol=1e-14, max_iter=2000, weight="weight" if weighted else None)
    ours = pagerank(network, directed=directed, weighted=weighted)
    np.testing.assert_allclose(ours, [expected[v] for v in network.nodes], rtol=1e-9)


def test_gephis_pagerank_is_within_a_percent_but_leaks_with_loops():
    graph = nx.gnp_random_graph(80, 0.05, seed=1, directed=True)
    network = ValueNetwork.from_edges(graph.edges)
    exact, gephi = pagerank(network), pagerank(network, convention="gephi")
    assert 0 < (gephi / exact - 1).abs().max() < 0.01
    assert gephi.sum() == pytest.approx(1, abs=1e-3)
    looped = ValueNetwork.from_edges([("a", "a"), ("a", "b"), ("b", "a")])
    assert pagerank(looped, convention="gephi").sum() < 0.9
    assert pagerank(looped).sum() == pytest.approx(1)


def test_betweenness_by_hand():
    # Two equal ways from a to d: each middle node carries half of that pair.
    square = [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]
    assert betweenness(ValueNetwork.from_edges(square)).to_list() == [0, 0.5, 0.5, 0]
    # A second kind from a to b is a second path in Gephi.
    kinds = ValueNetwork.from_edges([*square, ("a", "b")], kinds=list("xxxxy"), parallel="kinds")
    assert betweenness(kinds)["b"] == pytest.approx(2 / 3)
    assert betweenness(kinds, convention="textbook")["b"] == pytest.approx(1 / 2)


@settings(max_examples=60, deadline=None)
@given(networks, st.booleans(), st.booleans())
def test_betweenness_agrees_with_networkx(edges, directed, normalized):
    network = ValueNetwork.from_edges(edges)
    graph = nx.DiGraph((a, b) for a, b in edges if a != b)
    graph.add_nodes_from(network.nodes)
    graph = graph if directed else graph.to_undirected()
    expected = nx.betweenness_centrality(graph, normalized=normalized)
    ours = betweenness(network, directed=directed, normalized=normalized)
    np.testing.assert_allclose(ours, [expected[v] for v in network.nodes], atol=1e-12)


def test_empty_and_wrong():
    empty = ValueNetwork.from_edges([])
    assert len(pagerank(empty)) == len(pagerank(empty, convention="gephi")) == len(betweenness(empty)) == 0
    one = ValueNetwork.from_edges([], nodes=["a"])
    assert pagerank(one).to_list() == pagerank(one, convention="gephi").to_list() == [1.0]
    for measure in (pagerank, betweenness):
        with pytest.raises(ValueError, match="pajek"):
            measure(one, convention="pajek")
    with pytest.raises(ValueError, match="without weights"):
        pagerank(one, convention="gephi", weighted=True)
