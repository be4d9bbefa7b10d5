"""Consensus of searches for communities, and agreement of partitions, against igraph and by hand."""

from __future__ import annotations

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.measures import _leiden
from clusters.measures.communities import modularity
from clusters.measures.consensus import (
    adjusted_rand_index,
    consensus_communities,
    normalised_mutual_information,
)
from clusters.networks import ValueNetwork


@pytest.fixture(scope="module")
def karate():
    return ValueNetwork.from_edges(nx.karate_club_graph().edges(), nodes=range(34))


def cliques(number, size):
    """Cliques in a ring, one link to the next: who belongs where is plain."""
    graph = nx.connected_caveman_graph(number, size)
    return ValueNetwork.from_edges(graph.edges(), nodes=range(number * size))


@pytest.mark.parametrize("method", ["leiden", "louvain"])
def test_karate_reaches_the_optimum(karate, method):
    found = consensus_communities(karate, seeds=100, method=method)
    assert found.best == pytest.approx(0.419790, abs=1e-6)
    assert found.lowest <= found.median <= found.best
    assert found.modularity == pytest.approx(modularity(karate, found.membership))
    again = consensus_communities(karate, seeds=100, method=method)
    pd.testing.assert_series_equal(found.membership, again.membership)


def test_cliques_are_communities():
    network = cliques(6, 7)
    found = consensus_communities(network, seeds=20)
    truth = np.repeat(range(6), 7)
    assert adjusted_rand_index(found.membership.to_numpy(), truth) == 1
    assert (found.communities, found.stability) == (6, 1)


def test_searches_that_disagree_come_together():
    # A random graph has no communities: searches find different ones, the consensus is one of its own.
    graph = nx.gnp_random_graph(200, 0.03, seed=1)
    network = ValueNetwork.from_edges(graph.edges, nodes=range(200))
    found = consensus_communities(network, seeds=30)
    assert found.rounds > 0
    assert 0 < found.stability < 0.9
    # What two halves of the seeds agree on is nearer to each other than two searches are.
    halves = [consensus_communities(network, seeds=30, seed=seed).membership for seed in (0, 1000)]
    single = [consensus_communities(network, seeds=1, seed=seed).membership for seed in (0, 1000)]
    assert normalised_mutual_information(*halves) > normalised_mutual_information(*single)


def test_links_kept_together_by_hand():
    low, high = np.array([0, 0, 1]), np.array([1, 2, 2])
    groups = [np.array([0, 0, 1]), np.array([0, 0, 0]), np.array([0, 0, 1]), np.array([0, 1, 1])]
    assert _leiden.together(low, high, groups).tolist() == [0.75, 0.25, 0.5]


def test_undefined_and_isolated():
    empty = consensus_communities(ValueNetwork.from_edges([], nodes=["a", "b"]), seeds=3)
    assert empty.communities == 2
    assert np.isnan([empty.modularity, empty.best, empty.stability]).all()
    lonely = ValueNetwork.from_edges([("a", "b")], nodes=["x", "a", "b"])
    assert consensus_communities(lonely, seeds=3).membership.to_list() == [1, 0, 0]
    for wrong in ({"seeds": 0}, {"threshold": 2}, {"resolution": 0}, {"method": "other"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            consensus_communities(lonely, **wrong)


def test_agreement_by_hand():
    # Halves against halves that cut them in two: nothing in common.
    assert normalised_mutual_information([0, 0, 1, 1], [0, 1, 0, 1]) == pytest.approx(0)
    assert adjusted_rand_index([0, 0, 1, 1], [0, 1, 0, 1]) == pytest.approx(-0.5)
    assert normalised_mutual_information(list("aabb"), list("yyxx")) == pytest.approx(1)
    by_item = pd.Series({"a": 1, "b": 1, "c": 2, "d": None})
    assert adjusted_rand_index(by_item, {"c": "x", "b": "y", "a": "y", "d": "y", "e": "y"}) == 1
    assert np.isnan(normalised_mutual_information([None], [1]))
    with pytest.raises(ValueError, match="by item"):
        adjusted_rand_index(by_item, [1, 2, 3, 4])
    with pytest.raises(ValueError, match="2 and 3 items"):
        adjusted_rand_index([1, 2], [1, 2, 3])


memberships = st.integers(2, 12).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(0, 3), min_size=n, max_size=n)] * 2)
)


@settings(deadline=None)
@given(memberships)
def test_agreement_agrees_with_igraph(pair):
    one, two = pair
    found = normalised_mutual_information(one, two)
    assert found == pytest.approx(igraph.compare_communities(one, two, method="nmi"), abs=1e-12)
    assert found == pytest.approx(normalised_mutual_information(two, one))
    found = adjusted_rand_index(one, two)
    trivial = len(set(one)) == len(set(two)) and len(set(one)) in (1, len(one))
    expected = 1 if trivial else igraph.compare_communities(one, two, method="adjusted_rand")
    assert found == pytest.approx(expected)
    assert adjusted_rand_index(one, one) == pytest.approx(1)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25))
def test_communities_hang_together(edges):
    network = ValueNetwork.from_edges(edges, nodes=range(10))
    found = consensus_communities(network, seeds=5)
    graph = network.to_networkx().to_undirected()
    for nodes in found.membership.groupby(found.membership).groups.values():
        assert nx.is_connected(graph.subgraph(nodes))
