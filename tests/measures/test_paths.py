"""Distances: hand counts, networkx and igraph on random graphs, printed values."""

from __future__ import annotations

import gzip
import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters import ValueNetwork
from clusters.measures import paths


def test_direction_matters_by_hand():
    # a -> b <- c: two reachable pairs; ignoring direction gives six.
    network = ValueNetwork.from_edges([("a", "b"), ("c", "b")])
    summary = paths.path_summary(network)
    assert (summary.reachable_pairs, summary.average_path_length, summary.diameter) == (2, 1.0, 1)
    summary = paths.path_summary(network, directed=False)
    assert (summary.reachable_pairs, summary.average_path_length, summary.diameter) == (6, 8 / 6, 2)


def test_path_of_three_by_hand():
    # Oracle O-N4. A mean over all 6 ordered pairs would need a length for the other three.
    summary = paths.path_summary(ValueNetwork.from_edges([(0, 1), (1, 2)]))
    assert (summary.reachable_pairs, summary.average_path_length, summary.diameter) == (3, 4 / 3, 2)
    assert summary.histogram == (0, 2, 1)


@pytest.mark.parametrize("nodes", [[], ["a"], ["a", "b", "c"]])
def test_without_a_pair(nodes):
    network = ValueNetwork.from_edges([], nodes=nodes)
    for directed in (True, False):
        summary = paths.path_summary(network, directed=directed)
        assert (summary.reachable_pairs, summary.diameter, summary.histogram) == (0, 0, (0,))
        assert math.isnan(summary.average_path_length)
        assert math.isnan(summary.effective_diameter)
    assert paths.eccentricity(network).to_list() == [0] * len(nodes)
    assert paths.closeness(network).to_list() == [0.0] * len(nodes)
    assert paths.harmonic_closeness(network, convention="textbook").to_list() == [0.0] * len(nodes)
    radius = paths.radius(network)
    assert radius == 0 if nodes else math.isnan(radius)


def test_a_self_loop_is_no_path():
    network = ValueNetwork.from_edges([("a", "a"), ("a", "b"), ("b", "a"), ("c", "c")])
    summary = paths.path_summary(network)
    assert (summary.reachable_pairs, summary.average_path_length, summary.diameter) == (2, 1.0, 1)
    assert paths.eccentricity(network)["c"] == 0


def test_parallel_relations_do_not_matter():
    pairs = [("a", "b"), ("b", "c"), ("b", "a")]
    once = paths.path_summary(ValueNetwork.from_edges(pairs))
    for parallel in ("merge", "kinds", "relations"):
        network = ValueNetwork.from_edges(pairs * 2, kinds=list("xyxyxy"), parallel=parallel)
        assert paths.path_summary(network) == once


def test_effective_diameter_lies_on_straight_lines():
    # A path of four: 3 pairs at 1, 2 at 2, 1 at 3; 90 % of 6 = 5.4, two fifths of the way from 2 to 3.
    summary = paths.path_summary(ValueNetwork.from_edges([(0, 1), (1, 2), (2, 3)]))
    assert summary.effective_diameter == pytest.approx(2.4)


def test_closeness_and_its_textbook_factor_by_hand():
    # a reaches b, c, d at 1, 2, 2; e is out of reach. Distances towards a node would give d 3/5.
    network = ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("b", "d")], nodes="abcde")
    assert paths.closeness(network)["a"] == pytest.approx(3 / 5)
    assert paths.closeness(network, convention="textbook")["a"] == pytest.approx(3 / 5 * 3 / 4)
    assert paths.closeness(network)["d"] == 0
    assert paths.harmonic_closeness(network)["a"] == pytest.approx(2 / 3)
    assert paths.harmonic_closeness(network, convention="textbook")["a"] == pytest.approx(2 / 4)


def test_radius_is_zero_as_soon_as_somebody_reaches_nobody():
    ring = [(0, 1), (1, 2), (2, 3), (3, 0)]
    assert paths.radius(ValueNetwork.from_edges(ring)) == 3
    assert paths.radius(ValueNetwork.from_edges([*ring, (3, 4)])) == 0


def test_unknown_convention():
    with pytest.raises(ValueError, match="pajek"):
        paths.closeness(ValueNetwork.from_edges([(0, 1)]), convention="pajek")


@st.composite
def random_networks(draw):
    n = draw(st.integers(1, 30))
    node = st.integers(0, n - 1)
    edges = draw(st.lists(st.tuples(node, node), max_size=3 * n))
    return ValueNetwork.from_edges(
        edges, nodes=range(n), parallel=draw(st.sampled_from(["merge", "relations"]))
    )


@settings(max_examples=150, deadline=None)
@given(random_networks(), st.booleans())
def test_agrees_with_networkx_and_igraph(network, directed):
    graph = nx.DiGraph(network.to_networkx())
    graph = graph if directed else graph.to_undirected()
    rows = {u: {v: d for v, d in row.items() if d} for u, row in nx.all_pairs_shortest_path_length(graph)}
    lengths = [d for row in rows.values() for d in row.values()]
    summary = paths.path_summary(network, directed=directed)
    assert summary.reachable_pairs == len(lengths)
    assert summary.diameter == max(lengths, default=0)
    other = network.to_igraph() if directed else network.to_igraph().as_undirected()
    assert paths.eccentricity(network, directed).to_list() == other.eccentricity(mode="out")
    if lengths:
        assert summary.average_path_length == pytest.approx(sum(lengths) / len(lengths), rel=1e-15)
        assert summary.average_path_length == other.average_path_length(directed=directed, unconn=True)
        assert summary.diameter == other.diameter(directed=directed, unconn=True)
        bins = other.path_length_hist(directed=directed).bins()
        assert summary.reachable_pairs == sum(count for *_, count in bins) * (1 if directed else 2)
    towards = nx.closeness_centrality(graph.reverse() if directed else graph, wf_improved=True)
    np.testing.assert_allclose(
        paths.closeness(network, directed, convention="textbook"),
        [towards[v] for v in network.nodes],
        rtol=1e-12,
    )
    out = np.nan_to_num(other.closeness(mode="out"))
    np.testing.assert_allclose(paths.closeness(network, directed), out, rtol=1e-12)
    if network.n_nodes > 1:
        np.testing.assert_allclose(
            paths.harmonic_closeness(network, directed, convention="textbook"),
            np.nan_to_num(other.harmonic_centrality(mode="out")),
            rtol=1e-12,
            atol=1e-15,
        )


@settings(max_examples=60, deadline=None)
@given(random_networks())
def test_turning_all_edges_keeps_the_distances(network):
    turned = ValueNetwork.from_edges(
        list(zip(network.nodes[network.targets], network.nodes[network.sources], strict=True)),
        nodes=network.nodes,
    )
    assert paths.path_summary(turned) == paths.path_summary(network) or not network.pairs[0].size


PUBLISHED = [
    ("karate", 2.408199643493761, 5, None),
    ("lesmis", 2.6411483253588512, 5, None),
    ("dolphins", 3.356953992596509, 8, None),
    ("power-grid", 18.989185424445708, 46, None),
    ("ca-GrQc", None, 17, 7.606432947742216),
]


@pytest.mark.parametrize(
    ("name", "mean", "diameter", "effective"), PUBLISHED, ids=[row[0] for row in PUBLISHED]
)
def test_published_graphs(shared, name, mean, diameter, effective):
    with gzip.open(shared / "oracles" / "graphs" / f"{name}.tsv.gz", "rt", encoding="utf-8") as lines:
        edges = [tuple(line.split()[:2]) for line in lines if not line.startswith("#")]
    summary = paths.path_summary(ValueNetwork.from_edges(edges), directed=False)
    assert summary.diameter == diameter
    if mean is not None:
        assert summary.average_path_length == pytest.approx(mean, rel=1e-14)
    if effective is not None:
        assert summary.effective_diameter == pytest.approx(effective, rel=1e-14)


def test_counts_of_real_relations_equal_igraphs(shared):
    with gzip.open(shared / "oracles" / "graphs" / "ca-GrQc.tsv.gz", "rt", encoding="utf-8") as lines:
        edges = [tuple(line.split()[:2]) for line in lines if not line.startswith("#")]
    network = ValueNetwork.from_edges([e for e in edges if e[0] < e[1]])  # directed this time
    bins = network.to_igraph().path_length_hist(directed=True).bins()
    assert list(paths.path_summary(network).histogram) == [0, *(int(count) for *_, count in bins)]
