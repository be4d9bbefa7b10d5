"""Communities: modularity by hand and against networkx, searches against published maxima."""

from __future__ import annotations

import gzip
import math
import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters import ValueNetwork
from clusters.measures import _views
from clusters.measures.communities import communities, modularity
from clusters.networks import igraph_seed


def test_gephi_keeps_one_weight_of_a_mutual_pair_by_hand():
    # Case c11: a-b keeps 2 of 5, c-b keeps 4, e-d keeps 7; with both weights Q would be .4505.
    edges = [("a", "b"), ("b", "a"), ("b", "c"), ("c", "b"), ("c", "a"), ("d", "e"), ("e", "d"), ("c", "d")]
    network = ValueNetwork.from_edges(edges, weights=[5, 2, 1, 4, 1, 3, 7, 1], nodes="abcde")
    view = _views.undirected_view(network)
    assert view.weight.tolist() == [2, 1, 4, 1, 7]
    value = modularity(network, dict(zip("abcde", [0, 0, 0, 1, 1], strict=True)))
    assert value == pytest.approx(14 / 15 - 2 * (15 / 30) ** 2)
    both = modularity(_views.undirected_file(network), [0, 0, 0, 1, 1])
    assert both == pytest.approx(0.45052083333)


def test_the_kept_weight_follows_node_order():
    edges, weights = [("a", "b"), ("b", "a")], [5, 2]
    first = ValueNetwork.from_edges(edges, weights=weights, nodes="ab")
    assert _views.undirected_view(first).weight.tolist() == [2]
    turned = ValueNetwork.from_edges(edges, weights=weights, nodes="ba")
    assert _views.undirected_view(turned).weight.tolist() == [5]


def test_kinds_add_up_and_loops_are_left_out():
    edges = [("a", "b"), ("a", "b"), ("c", "d"), ("a", "a")]
    network = ValueNetwork.from_edges(edges, kinds=list("xyxx"), parallel="kinds")
    assert modularity(network, [0, 0, 1, 1]) == pytest.approx(1 - (4 / 6) ** 2 - (2 / 6) ** 2)


def test_undefined_modularity():
    assert modularity(ValueNetwork.from_edges([]), []) == 0  # as Gephi prints
    assert math.isnan(modularity(ValueNetwork.from_edges([("a", "a")]), [0]))
    found = communities(ValueNetwork.from_edges([], nodes="abc"))
    assert math.isnan(found.modularity)
    assert found.communities == 3
    assert communities(ValueNetwork.from_edges([])).communities == 0


def test_membership_in_several_forms():
    network = ValueNetwork.from_edges([("a", "b"), ("c", "d")])
    values = ["x", "x", "y", "y"]
    series = pd.Series(values, index=list("abcd"))[["d", "b", "a", "c"]]  # order does not matter
    assert (
        modularity(network, values) == modularity(network, series) == modularity(network, dict(series)) == 0.5
    )
    with pytest.raises(ValueError, match="3 values for 4 nodes"):
        modularity(network, [0, 0, 1])
    with pytest.raises(ValueError, match=r"lacks 1 nodes \(first: 'd'\)"):
        modularity(network, {"a": 0, "b": 0, "c": 1})


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 5)), min_size=1, max_size=30),
    st.lists(st.integers(0, 3), min_size=10, max_size=10),
    st.sampled_from([0.5, 1.0, 2.0]),
)
def test_modularity_agrees_with_networkx(edges, groups, resolution):
    edges = [e for e in edges if e[0] < e[1]]  # no mutual pairs: the undirected view keeps all
    network = ValueNetwork.from_edges([e[:2] for e in edges], weights=[e[2] for e in edges], nodes=range(10))
    graph = nx.Graph()
    graph.add_nodes_from(range(10))
    for a, b, weight in edges:
        graph.add_edge(a, b, weight=graph.get_edge_data(a, b, {"weight": 0})["weight"] + weight)
    parts = [{v for v in range(10) if groups[v] == g} for g in set(groups)]
    ours = modularity(network, groups, resolution)
    if not edges:
        assert math.isnan(ours)
    else:
        # Gephi's resolution is the inverse of networkx's, and its value that many times as large.
        assert ours == pytest.approx(
            resolution * nx.community.modularity(graph, parts, resolution=1 / resolution)
        )


def test_smaller_resolution_gives_more_communities():
    network = ValueNetwork.from_edges(nx.karate_club_graph().edges)
    fine, coarse = communities(network, 3, resolution=0.3), communities(network, 3, resolution=3)
    assert fine.communities > coarse.communities


MAXIMA = {"karate": 0.41979, "dolphins": 0.52852, "lesmis": 0.56001}  # Aloise et al. 2010


@pytest.mark.parametrize("name", MAXIMA)
def test_searches_reach_the_published_maximum(shared, name):
    with gzip.open(shared / "oracles" / "graphs" / f"{name}.tsv.gz", "rt", encoding="utf-8") as lines:
        edges = [tuple(line.split()[:2]) for line in lines if not line.startswith("#")]
    network = ValueNetwork.from_edges(edges)
    found = communities(network, seeds=20)
    assert found.modularity == pytest.approx(MAXIMA[name], abs=2e-4)
    assert found.lowest <= found.median <= found.modularity
    assert modularity(network, found.membership) == pytest.approx(found.modularity)
    assert found.communities == found.membership.nunique()
    assert found.membership.value_counts().sort_index().is_monotonic_decreasing


def test_a_seed_repeats_its_partition_and_leaves_igraph_as_it_was():
    network = ValueNetwork.from_edges(nx.gnm_random_graph(120, 400, seed=2, directed=True).edges)
    one = communities(network, seeds=2, seed=11)
    random.seed(5)
    igraph.Graph.Erdos_Renyi(50, m=100)
    two = communities(network, seeds=2, seed=11)
    assert one.membership.equals(two.membership)
    assert (one.modularity, one.median, one.lowest) == (two.modularity, two.median, two.lowest)
    random.seed(9)
    before = igraph.Graph.Erdos_Renyi(30, m=40).get_edgelist()
    communities(network, seeds=1)
    random.seed(9)
    assert igraph.Graph.Erdos_Renyi(30, m=40).get_edgelist() == before


def test_more_seeds_are_never_worse():
    network = ValueNetwork.from_edges(nx.gnm_random_graph(150, 500, seed=4, directed=True).edges)
    values = [communities(network, seeds=k).modularity for k in (1, 3, 9)]
    assert np.all(np.diff(values) >= 0)


@pytest.mark.parametrize(("options", "word"), [({"seeds": 0}, "seeds"), ({"resolution": 0}, "resolution")])
def test_wrong_calls(options, word):
    with pytest.raises(ValueError, match=word):
        communities(ValueNetwork.from_edges([(0, 1)]), **options)


def test_ctrl_c_waits_for_the_search_to_end():
    # igraph asks a generator of ours for numbers: an exception from there would be lost.
    before = signal.getsignal(signal.SIGINT)
    reached = []

    def interrupted():
        with igraph_seed(1):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)
            reached.append(True)

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert reached
    assert signal.getsignal(signal.SIGINT) is before
    with igraph_seed(1):
        pass


def test_a_search_in_a_thread_leaves_signals_alone():
    before = signal.getsignal(signal.SIGINT)
    with ThreadPoolExecutor(1) as pool:
        network = ValueNetwork.from_edges([(0, 1), (1, 2)])
        assert pool.submit(communities, network, 1).result().communities >= 1
    assert signal.getsignal(signal.SIGINT) is before
