"""The rich club: hand counts, networkx, and random networks."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters import ValueNetwork
from clusters.measures import nulls
from clusters.measures.rich_club import beside_random, rich_club, rich_edges


def test_undirected_by_hand():
    # The example of networkx's documentation.
    network = ValueNetwork.from_edges([(0, 1), (0, 2), (1, 2), (1, 3), (1, 4), (4, 5)])
    found = rich_club(network, directed=False)
    assert found["k"].to_list() == [0, 1]
    assert found["rich_nodes"].to_list() == [6, 4]
    assert found["rich_edges"].to_list() == [6, 4]
    assert found["rich_club"].to_list() == pytest.approx([0.4, 2 / 3])


def test_direction_by_hand():
    # a and b have four edges each, their leaves two or one: of two ordered pairs of a, b both are there.
    edges = [("a", "b"), ("b", "a"), ("a", "c"), ("b", "c"), ("d", "a"), ("e", "b"), ("a", "a")]
    found = rich_club(ValueNetwork.from_edges(edges)).set_index("k")
    assert found.loc[2, ["rich_nodes", "rich_edges", "rich_club"]].to_list() == [2, 2, 1]
    assert found.loc[1, ["rich_nodes", "rich_edges", "rich_club"]].to_list() == pytest.approx([3, 4, 4 / 6])
    # Ignoring direction the two have one link, three neighbours each.
    assert rich_club(ValueNetwork.from_edges(edges), directed=False)["rich_edges"].to_list() == [5, 3, 1]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=40))
def test_agrees_with_networkx(edges):
    graph = nx.Graph((a, b) for a, b in edges if a != b)
    graph.add_nodes_from(node for edge in edges for node in edge)
    found = rich_club(ValueNetwork.from_edges(edges), directed=False).set_index("k")["rich_club"]
    assert found.between(0, 1).all()
    if graph.number_of_edges():
        theirs = nx.rich_club_coefficient(graph, normalized=False)
        assert {k: theirs[k] for k in found.index if k in theirs} == pytest.approx(
            {k: v for k, v in found.items() if k in theirs}
        )


def test_beside_random_networks_by_hand():
    network = ValueNetwork.from_edges([(0, 1), (0, 2), (1, 2), (1, 3), (1, 4), (4, 5)])
    table = rich_club(network, directed=False)
    found = beside_random(table, [[6, 2], [6, 4], [6, 0]])
    assert found["rich_club_null"].to_list() == pytest.approx([0.4, 1 / 3])
    assert found["rich_club_ratio"].to_list() == pytest.approx([1, 2])
    assert found["rich_club_null_to"].to_list() == pytest.approx([0.4, 3.9 / 6])
    assert beside_random(table, [])["rich_club_ratio"].isna().all()
    assert beside_random(table, [[6, 0]])["rich_club_ratio"].isna().to_list() == [False, True]


def test_a_club_without_an_edge_is_compared_too():
    # Two hubs apart: none of the two ordered pairs; one edge in every random network is one half.
    network = ValueNetwork.from_edges([("a", x) for x in "cde"] + [("b", x) for x in "fgh"])
    table = rich_club(network)
    assert table["rich_club"].to_list()[-1] == 0
    found = beside_random(table, np.ones((2, len(table))))
    assert found["rich_club_null"].to_list()[-1] == pytest.approx(0.5)


def test_random_networks_keep_the_rich_and_lose_the_club():
    # Forty hubs that are all joined, each with thirty others that have relations of their own. Of 5,580
    # edges 1,380 leave hubs and 1,380 enter them: about 341 would join two by chance, not 780.
    edges = [(a, b) for a in range(40) for b in range(40) if a < b]
    leaves = [(a, 100 + 40 * a + leaf) for a in range(40) for leaf in range(30)]
    edges += [pair if pair[1] % 2 else pair[::-1] for pair in leaves]
    others = [leaf for _, leaf in leaves]
    edges += [(leaf, others[(row + step) % 1200]) for row, leaf in enumerate(others) for step in (1, 7, 40)]
    network = ValueNetwork.from_edges(edges)
    table = rich_club(network)
    drawn = [rich_edges(nulls.rewire(network, [0, k]), table["k"]) for k in range(10)]
    found = beside_random(table, drawn).set_index("k")
    among_hubs = found.loc[found["rich_nodes"] == 40].iloc[0]
    assert among_hubs["rich_edges"] == 780
    assert among_hubs["rich_club_ratio"] > 1.8
    assert among_hubs["rich_club"] > among_hubs["rich_club_null_to"]


def test_a_random_network_has_a_ratio_of_about_one():
    graph = nx.gnm_random_graph(200, 1200, seed=3, directed=True)
    network = ValueNetwork.from_edges(graph.edges, nodes=graph.nodes)
    table = rich_club(network)
    drawn = [rich_edges(nulls.rewire(network, [1, k]), table["k"]) for k in range(20)]
    found = beside_random(table, drawn)
    large = found["rich_nodes"] >= 50
    assert found.loc[large, "rich_club_ratio"].between(0.85, 1.15).all()


def test_nothing():
    assert rich_club(ValueNetwork.from_edges([])).empty
    alone = rich_club(ValueNetwork.from_edges([], nodes="ab"))
    assert alone.empty


@pytest.mark.slow
def test_the_band_holds_a_rewired_network_as_often_as_it_says():
    # 150 rewired networks, each beside 60 others: the band of 95 % of them holds about 95 of 100.
    graph = nx.gnm_random_graph(80, 600, seed=11, directed=True)
    network = ValueNetwork.from_edges(graph.edges, nodes=graph.nodes)
    table = rich_club(network)
    at = int(np.flatnonzero(table["rich_nodes"] >= 30)[-1])
    k = [int(table["k"].iloc[at])]
    drawn = np.array([rich_edges(nulls.rewire(network, [2, number]), k)[0] for number in range(400)])
    row = table.iloc[[at]]
    inside = []
    random = np.random.default_rng(3)
    for number in range(150):
        others = random.choice(np.delete(drawn, number), 60, replace=False)
        band = beside_random(row, others[:, None]).iloc[0]
        density = drawn[number] * row["rich_club"].iloc[0] / row["rich_edges"].iloc[0]
        inside.append(band["rich_club_null_from"] - 1e-12 <= density <= band["rich_club_null_to"] + 1e-12)
    assert 0.88 <= np.mean(inside) <= 0.99
