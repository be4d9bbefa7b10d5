"""PageRank and betweenness: hand counts, networkx and igraph."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters import ValueNetwork
from clusters.measures.centrality import betweenness, betweenness_estimate, pagerank

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


@settings(max_examples=60, deadline=None)
@given(networks, st.booleans(), st.booleans(), st.sampled_from(["gephi", "textbook"]))
def test_estimate_from_all_nodes_is_exact(edges, directed, normalized, convention):
    # Kinds make parallel edges, which are paths of their own in Gephi.
    kinds = [k % 2 for k in range(len(edges))]
    network = ValueNetwork.from_edges(edges, kinds=kinds, parallel="kinds")
    options = {"directed": directed, "normalized": normalized, "convention": convention}
    table = betweenness_estimate(network, sources=50, **options)
    np.testing.assert_allclose(table["betweenness_estimate"], betweenness(network, **options), atol=1e-10)
    assert (table["betweenness_error"] == 0).all()


@pytest.mark.parametrize("directed", [True, False])
def test_estimate_is_right_on_average_and_knows_its_error(directed):
    graph = nx.gnp_random_graph(40, 0.08, seed=3, directed=True)
    network = ValueNetwork.from_edges(graph.edges, nodes=graph.nodes)
    exact = betweenness(network, directed=directed).to_numpy()
    runs = [betweenness_estimate(network, 12, seed=seed, directed=directed) for seed in range(400)]
    estimates = np.array([run["betweenness_estimate"] for run in runs])
    errors = np.array([run["betweenness_error"] for run in runs])
    spread = estimates.std(axis=0)
    # The mean of 400 draws lies within four of its standard errors; no factor two or (n - 1)/n fits in.
    assert (np.abs(estimates.mean(axis=0) - exact) <= 4 * spread / 20 + 1e-9).all()
    large = exact > np.median(exact)
    ratio = np.sqrt((errors**2).mean(axis=0))[large] / spread[large]
    assert np.abs(ratio - 1).max() < 0.2
    assert abs(ratio.mean() - 1) < 0.05


def test_error_does_not_depend_on_how_sources_fall_into_groups():
    # 33 sources in 32 groups: one group is twice as large. A star: every source passes the hub alike.
    star = ValueNetwork.from_edges([("hub", i) for i in range(60)] + [(i, "hub") for i in range(60)])
    table = betweenness_estimate(star, sources=33, seed=1)
    others = table.drop(index="hub")
    assert (others == 0).all(axis=None)
    assert table.loc["hub", "betweenness_estimate"] == pytest.approx(60 * 59, rel=0.05)


def test_estimates_from_few_sources():
    network = ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("c", "d")])
    assert betweenness_estimate(network, sources=1)["betweenness_error"].isna().all()
    assert len(betweenness_estimate(ValueNetwork.from_edges([]))) == 0
    with pytest.raises(ValueError, match="at least 1"):
        betweenness_estimate(network, sources=0)
    one, two = (betweenness_estimate(network, sources=2, seed=5) for _ in range(2))
    assert one.equals(two)


def test_pagerank_is_a_share_for_any_damping_below_one():
    network = ValueNetwork.from_edges([("a", "b"), ("b", "a"), ("b", "c"), ("d", "d")])
    assert pagerank(network, damping=0).to_list() == pytest.approx([0.25] * 4)
    assert pagerank(network, damping=0.999).sum() == pytest.approx(1)
    with pytest.raises(ValueError, match="damping"):
        pagerank(network, damping=1)


@pytest.mark.slow
def test_pagerank_and_betweenness_agree_with_igraph_on_many_graphs():
    for seed in range(1500):
        random = np.random.default_rng(seed)
        n = int(random.integers(1, 60))
        edges = random.integers(0, n, (int(random.integers(0, 3 * n)), 2))
        network = ValueNetwork.from_edges(edges.tolist(), nodes=range(n))
        graph = network.simple().to_igraph()
        expected = graph.pagerank(implementation="prpack")
        np.testing.assert_allclose(pagerank(network), expected, rtol=1e-8)
        np.testing.assert_allclose(
            betweenness_estimate(network, n, convention="textbook")["betweenness_estimate"],
            graph.betweenness(),
            atol=1e-9,
        )
