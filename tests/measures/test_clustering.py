"""Clustering in four definitions: hand counts that tell them apart, plain twins, networkx, printed values."""

from __future__ import annotations

import gzip
import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters import ValueNetwork
from clusters.measures import _triangles, _views, clustering
from clusters.measures.clustering import (
    average_clustering,
    clustering_summary,
    local_clustering,
    local_clustering_table,
    total_triangles,
    transitivity,
    triangles,
)


def test_mutual_edges_tell_gephi_from_networkx():
    # Oracle O-N3: neighbours 1, 2, 3 of node 0 with the one edge 2 -> 3 among them.
    network = ValueNetwork.from_edges([(0, 1), (1, 0), (0, 2), (0, 3), (2, 3)])
    assert local_clustering(network)[0] == pytest.approx(1 / 6)
    assert local_clustering(network, "textbook")[0] == pytest.approx(0.1)


def test_without_mutual_edges_the_directed_ones_agree():
    # Oracle O-N3: a triangle with a tail.
    network = ValueNetwork.from_edges([(0, 1), (1, 2), (0, 2), (0, 3)])
    assert average_clustering(network) == pytest.approx(0.2916666667)
    assert average_clustering(network, "textbook") == pytest.approx(0.2916666667)
    assert average_clustering(network, "textbook", directed=False) == pytest.approx(0.5833333333)
    # Gephi leaves the tail's end out: 1/3, 1, 1 over three nodes.
    assert average_clustering(network, directed=False) == pytest.approx(7 / 9)


def test_a_mutual_edge_among_neighbours_counts_twice_in_gephi():
    network = ValueNetwork.from_edges([("c", "a"), ("c", "b"), ("a", "b"), ("b", "a")])
    assert local_clustering(network)["c"] == 1
    assert local_clustering(network, directed=False)["c"] == 1


def test_kinds_dilute_gephis_number_but_not_the_textbooks():
    # Case c10 of the reference graphs, node a: entries b, b, b, c; only b -> c among them.
    edges = [("a", "b"), ("a", "b"), ("a", "b"), ("b", "c"), ("c", "a")]
    network = ValueNetwork.from_edges(
        edges, kinds=["tech", "capital", "human", "tech", "tech"], parallel="kinds"
    )
    assert local_clustering(network)["a"] == pytest.approx(3 / 12)
    assert local_clustering(network.simple())["a"] == pytest.approx(1 / 2)
    assert local_clustering(network, "textbook")["a"] == pytest.approx(1 / 2)


def test_a_self_loop_makes_a_node_its_own_neighbour_in_gephi():
    # Entries of a: a, b, c. Among them a -> b, b -> c, c -> a.
    network = ValueNetwork.from_edges([("a", "a"), ("a", "b"), ("b", "c"), ("c", "a")])
    assert local_clustering(network)["a"] == pytest.approx(3 / 6)
    assert local_clustering(network, "textbook")["a"] == pytest.approx(1 / 2)


@pytest.mark.parametrize("nodes", [[], ["a"], ["a", "b", "c"]])
def test_without_edges(nodes):
    network = ValueNetwork.from_edges([], nodes=nodes)
    assert math.isnan(average_clustering(network, directed=False))
    for convention, directed in (("gephi", True), ("textbook", True), ("textbook", False)):
        mean = average_clustering(network, convention, directed)
        assert mean == 0 if nodes else math.isnan(mean)
    assert local_clustering(network, directed=False).to_list() == [0.0] * len(nodes)
    assert math.isnan(transitivity(network))
    assert total_triangles(network) == 0


def test_unknown_convention():
    with pytest.raises(ValueError, match="pajek"):
        average_clustering(ValueNetwork.from_edges([(0, 1)]), "pajek")


@st.composite
def multigraphs(draw):
    n = draw(st.integers(1, 12))
    edge = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1), st.integers(0, 2))
    edges = draw(st.lists(edge, max_size=5 * n))
    loops = draw(st.booleans())
    return n, [e for e in edges if loops or e[0] != e[1]]


def network_of(graph, parallel):
    n, edges = graph
    pairs, kinds = [e[:2] for e in edges], [e[2] for e in edges]
    return ValueNetwork.from_edges(pairs, nodes=range(n), kinds=kinds, parallel=parallel)


def plain_gephi_directed(network):
    """Multiset of neighbours, all ordered pairs of its entries."""
    view, edges = _views.undirected_view(network), set(zip(*network.pairs, strict=True))
    values = []
    for node in range(network.n_nodes):
        entries = []
        for a, b in zip(view.source, view.target, strict=True):
            if node in (a, b):
                entries.append(b if a == node else a)
        k = len(entries)
        among = sum((u, v) in edges for u in entries for v in entries if u != v)
        values.append(among / (k * (k - 1)) if k > 1 else 0.0)
    return values


def plain_gephi_undirected(network):
    """The search Gephi uses, with its two halves and its ranks, over sorted neighbour lists."""
    n = network.n_nodes
    around = [set() for _ in range(n)]
    for a, b in zip(network.sources, network.targets, strict=True):
        around[a].add(int(b))
        around[b].add(int(a))
    order = sorted(range(n), key=lambda v: -len(around[v]))
    rank = {v: r for r, v in enumerate(order)}
    lists = [{rank[u] for u in around[v]} for v in order]
    count, first = [0] * n, math.isqrt(n)
    for v in range(first):
        for u in lists[v]:
            for w in lists[u]:
                if v < w < u and w in lists[v]:
                    for corner in (u, v, w):
                        count[corner] += 1
    for v in range(first, n):
        for u in lists[v]:
            if first <= u < v:
                for w in lists[u] & lists[v]:
                    count[w] += w >= first
    sizes = [len(neighbours) for neighbours in lists]
    local = [2 * c / (k * (k - 1)) if k > 1 else 0.0 for c, k in zip(count, sizes, strict=True)]
    return [count[rank[v]] for v in range(n)], [local[rank[v]] for v in range(n)]


@settings(max_examples=150, deadline=None)
@given(multigraphs(), st.sampled_from(["merge", "kinds"]))
def test_gephi_equals_its_plain_twins(graph, parallel):
    network = network_of(graph, parallel)
    np.testing.assert_allclose(local_clustering(network), plain_gephi_directed(network), atol=1e-14)
    count, local = plain_gephi_undirected(network)
    assert triangles(network, "gephi").to_list() == count
    np.testing.assert_allclose(local_clustering(network, directed=False), local, atol=1e-14)


@settings(max_examples=100, deadline=None)
@given(multigraphs())
def test_textbook_equals_networkx(graph):
    network = network_of(graph, "kinds")
    digraph = nx.DiGraph(e[:2] for e in graph[1] if e[0] != e[1])
    digraph.add_nodes_from(range(graph[0]))
    undirected = digraph.to_undirected()
    expected = nx.clustering(digraph)
    np.testing.assert_allclose(
        local_clustering(network, "textbook"), [expected[v] for v in range(graph[0])], atol=1e-14
    )
    expected = nx.clustering(undirected)
    ours = local_clustering(network, "textbook", directed=False)
    np.testing.assert_allclose(ours, [expected[v] for v in range(graph[0])], atol=1e-14)
    assert triangles(network).to_dict() == nx.triangles(undirected)
    if any(k > 1 for _, k in undirected.degree):
        assert transitivity(network) == pytest.approx(nx.transitivity(undirected))
        least = network.simple().to_igraph().as_undirected().transitivity_avglocal_undirected(mode="nan")
        assert average_clustering(network.simple(), directed=False) == pytest.approx(least)


@settings(max_examples=60, deadline=None)
@given(multigraphs())
def test_values_are_shares_and_do_not_depend_on_node_order(graph):
    simple = network_of(graph, "kinds").simple()
    n, edges = graph
    turned = ValueNetwork.from_edges(
        [e[:2] for e in reversed(edges) if e[0] != e[1]], nodes=reversed(range(n)), parallel="merge"
    )
    for convention in ("gephi", "textbook"):
        for directed in (True, False):
            values = local_clustering(simple, convention, directed)
            assert values.between(0, 1 + 1e-12).all()
            np.testing.assert_allclose(
                local_clustering(turned, convention, directed)[simple.nodes], values, atol=1e-14
            )


PUBLISHED = [
    # name, mean over all nodes, mean over nodes with two neighbours, transitivity
    ("karate", 0.5706384782076821, 0.5879305533048841, 0.255681818181818),
    ("lesmis", 0.573136749932013, 0.7355254957460841, 0.49893162393162305),
    ("dolphins", 0.25895824605502005, 0.302932287837948, 0.30877573131094205),
    ("ca-GrQc", 0.5296358110521361, 0.686536, 0.6298424741263421),
    ("power-grid", 0.08010361108159701, None, 0.10315322452860001),
]


@pytest.mark.parametrize(("name", "everyone", "two", "closed"), PUBLISHED, ids=[row[0] for row in PUBLISHED])
def test_published_graphs(shared, name, everyone, two, closed):
    with gzip.open(shared / "oracles" / "graphs" / f"{name}.tsv.gz", "rt", encoding="utf-8") as lines:
        edges = [tuple(line.split()[:2]) for line in lines if not line.startswith("#")]
    network = ValueNetwork.from_edges(edges).simple()
    assert average_clustering(network, "textbook", directed=False) == pytest.approx(everyone, rel=1e-12)
    assert transitivity(network) == pytest.approx(closed, rel=1e-12)
    if two is not None:
        assert average_clustering(network, directed=False) == pytest.approx(two, abs=1e-6)
    if name == "ca-GrQc":
        assert total_triangles(network) == 48260


@settings(max_examples=60, deadline=None)
@given(multigraphs(), st.sampled_from(["merge", "kinds", "relations"]))
def test_table_and_summary_show_what_the_single_functions_say(graph, parallel):
    network = network_of(graph, parallel)
    table, summary = local_clustering_table(network), clustering_summary(network)
    assert table.index.equals(network.nodes)
    for name, (convention, directed) in clustering.DEFINITIONS.items():
        values = local_clustering(network, convention, directed)
        assert table[name].to_list() == values.to_list()
        mean = average_clustering(network, convention, directed)
        assert getattr(summary, name) == pytest.approx(mean, abs=0, nan_ok=True)
    assert summary.triangles == total_triangles(network) == triangles(network).sum() // 3
    assert summary.transitivity == pytest.approx(transitivity(network), abs=0, nan_ok=True)


def test_one_pass_serves_every_convention_and_is_forgotten_with_its_network(monkeypatch):
    passes = []

    def counted(n, source, target):
        passes.append(n)
        return kernel(n, source, target)

    kernel = _triangles.corners
    monkeypatch.setenv("CLUSTERS_KERNELS", "numpy")
    monkeypatch.setattr(_triangles, "corners", counted)
    clustering._KNOWN.clear()
    networks = [ValueNetwork.from_edges([(0, 1), (1, 2), (2, 0)], nodes=range(n)) for n in (3, 4, 5)]
    for network in networks:
        clustering_summary(network)
        local_clustering_table(network)
    assert passes == [3, 4, 5]
    assert len(clustering._KNOWN) == clustering.KEPT
    del network, networks
    assert not clustering._KNOWN


def test_counts_cannot_be_changed_through_a_result():
    network = ValueNetwork.from_edges([(0, 1), (1, 2), (2, 0)])
    values = triangles(network)
    values.iloc[0] = 100
    assert total_triangles(network) == 1
