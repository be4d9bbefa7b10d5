"""E-I index, mixing matrix and assortativities against hand counts, networkx and igraph."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters import published
from clusters.measures import mixing
from clusters.networks import ValueNetwork


@pytest.fixture(scope="module")
def karate():
    graph = nx.karate_club_graph()
    network = ValueNetwork.from_edges(graph.edges(), nodes=range(34))
    return graph, network, [graph.nodes[node]["club"] for node in range(34)]


@pytest.fixture(scope="module")
def random_digraph():
    graph = nx.gnp_random_graph(60, 0.06, seed=3, directed=True)
    for node in graph:
        graph.nodes[node]["colour"] = "rgb"[node % 3]
    return graph, ValueNetwork.from_edges(graph.edges, nodes=range(60))


def test_karate(karate):
    graph, network, club = karate
    found = mixing.ei_index(network, club)
    assert (found.external, found.internal) == (11, 67)
    assert found.index == pytest.approx(-0.717949, abs=1e-6)
    assert mixing.attribute_assortativity(network, club, directed=False).coefficient == pytest.approx(
        0.717531, abs=1e-6
    )
    degrees = mixing.undirected_degree_assortativity(network).coefficient
    assert degrees == pytest.approx(-0.475613, abs=1e-6)
    assert degrees == pytest.approx(nx.degree_pearson_correlation_coefficient(graph))


def test_printed_shares():
    # Table 8 prints four cells within a province; every other one is bounded by the smallest cell printed.
    table = published.load("nankai_2023", table=8)
    least = table.loc[table["type"] == "intra", "share_percent"].sum() / 100
    assert mixing.ei_from_share(least) == pytest.approx(0.5042, abs=1e-4)
    assert mixing.ei_from_share(0.3647) == pytest.approx(0.27, abs=1e-3)
    with pytest.raises(ValueError, match="between 0 and 1"):
        mixing.ei_from_share(36.47)


def test_couples_of_san_francisco():
    # Newman 2003, Table I: 0.621, of which the printed shares (they sum to 0.997) give two digits.
    rows = [[0.258, 0.016, 0.035, 0.013], [0.012, 0.157, 0.058, 0.019]]
    rows += [[0.013, 0.023, 0.306, 0.035], [0.005, 0.007, 0.024, 0.016]]
    matrix = pd.DataFrame(rows)
    assert mixing.matrix_assortativity(matrix) == pytest.approx(0.621, abs=3e-3)
    assert mixing.matrix_assortativity(matrix) == pytest.approx(mixing.matrix_assortativity(1000 * matrix))
    assert mixing.ei_of_flows(matrix) == pytest.approx(1 - 2 * 0.737 / 0.997)
    for measure in (mixing.matrix_assortativity, mixing.ei_of_flows):
        assert np.isnan(measure(0 * matrix))
        with pytest.raises(ValueError, match="square"):
            measure(matrix.head(2))


def test_unlabelled_ends_and_loops_do_not_count():
    network = ValueNetwork.from_edges([("a", "a"), ("a", "b"), ("b", "c"), ("c", "d")])
    found = mixing.ei_index(network, {"a": "x", "b": "x", "c": "y", "d": None})
    assert (found.internal, found.external, found.index) == (1, 1, 0)
    assert np.isnan(mixing.ei_index(network, {"a": "x"}).index)


def test_weights_and_direction():
    pairs = [("a", "b"), ("b", "a"), ("a", "b"), ("a", "c")]
    network = ValueNetwork.from_edges(pairs)
    group = {"a": 0, "b": 0, "c": 1}
    assert mixing.ei_index(network, group).index == pytest.approx(-1 / 3)
    assert mixing.ei_index(network, group, weighted="relations").index == -0.5
    assert mixing.ei_index(network, group, directed=False).index == 0
    matrix = mixing.mixing_matrix(network, group, directed=False, shares=False)
    assert matrix.to_numpy().tolist() == [[1, 0.5], [0.5, 0]]
    # Relations as ties of their own give what adding them up gives, errors included.
    each = ValueNetwork.from_edges([*pairs, ("c", "c1")], parallel="relations")
    merged = ValueNetwork.from_edges([*pairs, ("c", "c1")])
    group["c1"] = 1
    one = mixing.attribute_assortativity(each, group)
    added = mixing.attribute_assortativity(merged, group, weighted="relations")
    assert one.coefficient == pytest.approx(added.coefficient)


def test_agrees_with_networkx(random_digraph):
    graph, network = random_digraph
    colour = [graph.nodes[node]["colour"] for node in range(60)]
    expected = nx.attribute_assortativity_coefficient(graph, "colour")
    assert mixing.attribute_assortativity(network, colour).coefficient == pytest.approx(expected)
    places = {name: i for i, name in enumerate("bgr")}
    matrix = nx.attribute_mixing_matrix(graph, "colour", mapping=places)
    found = mixing.mixing_matrix(network, colour)
    np.testing.assert_allclose(found, matrix)
    assert mixing.matrix_assortativity(found) == pytest.approx(expected)
    assert mixing.ei_of_flows(found) == pytest.approx(mixing.ei_index(network, colour).index)
    for x in ("out", "in"):
        for y in ("out", "in"):
            expected = nx.degree_pearson_correlation_coefficient(graph, x=x, y=y)
            assert mixing.degree_assortativity(network, x, y).coefficient == pytest.approx(expected)


@pytest.mark.parametrize("directed", [True, False])
def test_jackknife_leaves_out_each_tie(karate, random_digraph, directed):
    _, network, group = karate if not directed else (*random_digraph, list("rgb") * 20)
    found = mixing.attribute_assortativity(network, group, directed=directed)
    edges = list(zip(network.sources.tolist(), network.targets.tolist(), strict=True))
    squares = 0.0
    for i in range(len(edges)):
        rest = ValueNetwork.from_edges(edges[:i] + edges[i + 1 :], nodes=network.nodes)
        less = mixing.attribute_assortativity(rest, group, directed=directed).coefficient
        squares += (less - found.coefficient) ** 2
    assert found.standard_error == pytest.approx(np.sqrt(squares))


def test_jackknife_of_degrees_keeps_degrees(karate):
    _, network, _ = karate
    found = mixing.undirected_degree_assortativity(network)
    low, high = network.links
    degree = np.bincount(np.r_[low, high])
    squares = 0.0
    for left in range(low.size):
        keep = np.arange(low.size) != left
        x, y = degree[low[keep]], degree[high[keep]]
        squares += (np.corrcoef(np.r_[x, y], np.r_[y, x])[0, 1] - found.coefficient) ** 2
    assert found.standard_error == pytest.approx(np.sqrt(squares))


def test_undefined():
    star = ValueNetwork.from_edges([("a", "b"), ("a", "c")])
    assert np.isnan(mixing.degree_assortativity(star).coefficient)
    assert np.isnan(mixing.attribute_assortativity(star, dict.fromkeys("abc", 1)).coefficient)
    empty = ValueNetwork.from_edges([], nodes=["a", "b"])
    assert np.isnan(mixing.undirected_degree_assortativity(empty).coefficient)
    assert np.isnan(mixing.mixing_matrix(empty, {"a": 1, "b": 2}).to_numpy()).all()
    with pytest.raises(ValueError, match="2 values for 3"):
        mixing.ei_index(star, [1, 2])
    with pytest.raises(ValueError, match="'in' or 'out'"):
        mixing.degree_assortativity(star, "total", "in")


def test_permutations_repeat_and_stay_within_roles(random_digraph):
    _, network = random_digraph
    group = ["x"] * 30 + ["y"] * 30
    first = mixing.ei_index(network, group, permutations=20, seed=5)
    assert first == mixing.ei_index(network, group, permutations=20, seed=5)
    assert first.p >= 1 / 21
    # Labels that are the roles cannot move within roles: every deal is the observed one.
    fixed = mixing.ei_index(network, group, permutations=5, within=group)
    assert fixed.expected == pytest.approx(fixed.index)
    assert (fixed.p, np.isnan(fixed.z)) == (1.0, True)


edge_lists = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=30)


@settings(deadline=None, max_examples=60)
@given(edge_lists, st.lists(st.sampled_from("ab"), min_size=8, max_size=8))
def test_bounds_and_swap(edges, group):
    network = ValueNetwork.from_edges(edges, nodes=range(8))
    back = ValueNetwork.from_edges([(b, a) for a, b in edges], nodes=range(8))
    for direction in (True, False):
        found = mixing.ei_index(network, group, directed=direction)
        assert np.isnan(found.index) or -1 <= found.index <= 1
        matrix = mixing.mixing_matrix(network, group, directed=direction, shares=False)
        assert matrix.to_numpy().sum() == found.internal + found.external
        r = mixing.attribute_assortativity(network, group, directed=direction).coefficient
        assert np.isnan(r) or r <= 1 + 1e-12
        other = mixing.attribute_assortativity(back, group, directed=direction).coefficient
        assert other == pytest.approx(r, nan_ok=True)


@pytest.mark.slow
def test_permutation_p_is_uniform_without_any_grouping():
    """Labels without relation to ties: p of 400 data sets is uniform (Kolmogorov-Smirnov)."""
    from scipy.stats import kstest

    graph = nx.gnm_random_graph(60, 240, seed=1)
    network = ValueNetwork.from_edges(graph.edges, nodes=range(60))
    found = []
    for k in range(400):
        random = np.random.default_rng([7, k])
        group = random.integers(0, 3, 60)
        found.append(mixing.ei_index(network, group, permutations=199, seed=k).p)
    assert kstest(found, "uniform").pvalue > 0.01
    assert 0.02 <= float(np.mean(np.array(found) <= 0.05)) <= 0.08


def test_labels_of_every_form():
    network = ValueNetwork.from_edges([("a", "b"), ("b", "c")])
    series = pd.Series({"c": 2, "a": 10, "b": 10})
    assert list(mixing.mixing_matrix(network, series).index) == [2, 10]
    assert mixing.ei_index(network, series) == mixing.ei_index(network, [10, 10, 2])
    with pytest.raises(ValueError, match="more than one"):
        mixing.ei_index(network, pd.Series([1, 2], index=["a", "a"]))
