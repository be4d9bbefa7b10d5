"""Distances: hand counts, networkx and igraph on random graphs, printed values."""

from __future__ import annotations

import gzip
import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters import ValueNetwork, networks, sample
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


def test_global_efficiency_equals_networkx_and_counts_lost_pairs():
    # a -> b -> c: 1 + 1 + 1/2 over six ordered pairs.
    assert paths.path_summary(ValueNetwork.from_edges([("a", "b"), ("b", "c")])).global_efficiency == 2.5 / 6
    network = random_network(4, n=60, edges=90)
    ours = paths.path_summary(network, directed=False).global_efficiency
    assert ours == pytest.approx(nx.global_efficiency(network.to_networkx().to_undirected()), rel=1e-12)
    harmonic = network.to_igraph().harmonic_centrality(mode="out")
    assert paths.path_summary(network).global_efficiency == pytest.approx(np.mean(harmonic), rel=1e-12)
    assert math.isnan(paths.path_summary(ValueNetwork.from_edges([], nodes=["a"])).global_efficiency)
    assert paths.path_summary(ValueNetwork.from_edges([], nodes=["a", "b"])).global_efficiency == 0


def random_network(seed, n=400, edges=900):
    """Hubs, chains of nodes with one successor, sinks and isolates."""
    rng = np.random.default_rng(seed)
    ends = (n * rng.random((edges, 2)) ** [3, 2]).astype(int)
    return ValueNetwork.from_edges([(int(a), int(b)) for a, b in ends if a != b], nodes=range(n))


@pytest.mark.parametrize("directed", [True, False])
def test_as_many_searches_as_serve_all_nodes_are_exact(directed):
    network = random_network(0)
    exact = paths.path_summary(network, directed=directed)
    estimate = paths.path_estimate(network, network.n_nodes, directed=directed)
    assert estimate.average_path_length_estimate == pytest.approx(exact.average_path_length, rel=1e-12)
    assert estimate.low == estimate.high == estimate.average_path_length_estimate
    assert estimate.sources < network.n_nodes
    assert estimate.reachable_pairs_estimate == exact.reachable_pairs
    assert estimate.diameter_at_least == exact.diameter
    assert estimate.effective_diameter_estimate == pytest.approx(exact.effective_diameter)


def test_estimates_scatter_about_the_exact_average_and_intervals_hold_it():
    network = random_network(1)
    exact = paths.path_summary(network)
    estimates = [paths.path_estimate(network, 60, seed=seed) for seed in range(200)]
    values = np.array([e.average_path_length_estimate for e in estimates])
    assert values.mean() == pytest.approx(exact.average_path_length, abs=3 * values.std() / 200**0.5)
    held = np.mean([e.low <= exact.average_path_length <= e.high for e in estimates])
    assert 0.90 <= held <= 0.98
    assert all(e.sources <= 60 and e.diameter_at_least <= exact.diameter for e in estimates)
    pairs = np.mean([e.reachable_pairs_estimate for e in estimates])
    assert pairs == pytest.approx(exact.reachable_pairs, rel=0.03)


@pytest.mark.slow
@pytest.mark.parametrize("directed", [True, False])
def test_estimates_on_the_sample_scatter_by_half_a_percent_at_most(directed):
    network = networks.last(networks.cumulative(sample(), years=[2022]))
    exact = paths.path_summary(network, directed=directed).average_path_length
    estimates = [paths.path_estimate(network, 1024, directed=directed, seed=seed) for seed in range(200)]
    assert np.std([e.average_path_length_estimate for e in estimates]) / exact <= 0.005
    assert 0.90 <= np.mean([e.low <= exact <= e.high for e in estimates]) <= 0.98


def test_estimates_without_pairs_and_of_few_nodes():
    nobody = paths.path_estimate(ValueNetwork.from_edges([], nodes=range(4)))
    assert math.isnan(nobody.average_path_length_estimate)
    assert math.isnan(nobody.low)
    assert (nobody.sources, nobody.reachable_pairs_estimate, nobody.diameter_at_least) == (0, 0, 0)
    assert paths.path_estimate(ValueNetwork.from_edges([])).sources == 0
    one = paths.path_estimate(ValueNetwork.from_edges([("a", "b")]))
    assert (one.average_path_length_estimate, one.low, one.high, one.diameter_at_least) == (1, 1, 1, 1)


def test_same_seed_same_estimate_another_seed_another():
    network = random_network(2)
    assert paths.path_estimate(network, 40, seed=5) == paths.path_estimate(network, 40, seed=5)
    assert paths.path_estimate(network, 40, seed=5) != paths.path_estimate(network, 40, seed=6)


def test_unusable_requests_for_estimates_are_refused():
    network = ValueNetwork.from_edges([("a", "b")])
    with pytest.raises(ValueError, match="at least 3 sources, not 2"):
        paths.path_estimate(network, 2)
    with pytest.raises(ValueError, match="between 0 and 1, not 95"):
        paths.path_estimate(network, confidence=95)


def test_expected_seconds_grow_with_nodes_edges_and_searches():
    small, large = random_network(3), random_network(3, n=4000, edges=9000)
    assert 0 < paths.expected_seconds(small) < paths.expected_seconds(large)
    assert paths.expected_seconds(large, sources=1024) < paths.expected_seconds(large)
    assert paths.expected_seconds(ValueNetwork.from_edges([])) == 0
