"""What is left without some organisations: by hand, beside networkx, and what more removals can do."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.errors import UsageError
from clusters.measures import losses
from clusters.networks import ValueNetwork, cumulative, last
from clusters.relations import from_frame

STAR = ValueNetwork.from_edges([("hub", leaf) for leaf in "abcde"])
graphs = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=25)


def gnp(n=60, p=0.05, seed=7) -> ValueNetwork:
    return ValueNetwork.from_edges(nx.gnp_random_graph(n, p, seed=seed, directed=True).edges, nodes=range(n))


def mask(network, names) -> np.ndarray:
    return losses.removed(network, names)


def sampled() -> ValueNetwork:
    """a, b and c are studied; p and q are partners."""
    nodes = pd.DataFrame({"role": ["sample"] * 3 + ["partner"] * 2}, index=list("abcpq"))
    pairs = ["pa", "qa", "pb", "bq", "ac", "cp"]
    frame = pd.DataFrame({"source": [x[0] for x in pairs], "target": [x[1] for x in pairs]})
    return last(cumulative(from_frame(frame, nodes)))


def test_a_supplier_is_lost_by_hand():
    # p gives to a and b and takes from c. a keeps q of two givers, b loses its only one, c keeps a.
    found = losses.Removal(sampled()).without(mask(sampled(), ["p"]))
    assert found == {
        "nodes": 4,
        "edges": 3,
        "edges_given": 2,
        "edges_taken": 1,
        "isolated": 0,
        "largest_component": 4,
        "largest_strong_component": 1,
        "mean_exposure": 0.5,  # a 1/2, b 1, c 0; with q, a partner that b supplies, it would be 3/8
        "exposed": 2,
        "fully_exposed": 1,
    }


def test_self_loops_are_edges_but_no_exposure():
    network = ValueNetwork.from_edges([("b", "b"), ("b", "i"), ("i", "i"), ("k", "k")])
    found = losses.Removal(network).without(mask(network, ["b"]))
    assert (found["edges"], found["edges_given"], found["edges_taken"]) == (2, 2, 1)
    assert (found["mean_exposure"], found["fully_exposed"]) == (1.0, 1)
    assert found["isolated"] == 2


def test_removing_nobody_changes_nothing_and_everybody_leaves_nothing():
    network = gnp()
    removal = losses.Removal(network)
    found = removal.without(mask(network, []))
    assert (found["nodes"], found["edges"]) == (network.n_nodes, network.n_edges)
    assert found["largest_component"] == max(map(len, nx.weakly_connected_components(network.to_networkx())))
    assert (found["mean_exposure"], found["exposed"], found["edges_given"]) == (0.0, 0, 0)
    assert removal.paths(mask(network, [])) == losses.efficiency(network)
    assert not removal.exposure(mask(network, []), 0.9).any()
    none = removal.without(np.ones(network.n_nodes, bool))
    assert (none["nodes"], none["edges"], none["largest_component"]) == (0, 0, 0)
    assert np.isnan(none["mean_exposure"])


@given(graphs, st.integers(0, 9), st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_a_larger_set_never_leaves_more(edges, one, other):
    network = ValueNetwork.from_edges(edges, nodes=range(10))
    removal = losses.Removal(network)
    less, more = (removal.without(mask(network, names)) for names in ([one], [one, other]))
    for name in ("nodes", "edges", "largest_component", "largest_strong_component"):
        assert more[name] <= less[name]
    assert more["edges_given"] >= less["edges_given"]
    # Whoever stays is exposed to the larger set at least as much, also upstream.
    stay = ~mask(network, [one, other])
    for propagation in (0.0, 0.7):
        small, large = (
            removal.exposure(mask(network, names), propagation) for names in ([one], [one, other])
        )
        assert (large[stay] >= small[stay] - 1e-9).all()


@given(graphs, st.sets(st.integers(0, 9), max_size=4))
@settings(max_examples=60, deadline=None)
def test_agrees_with_networkx(edges, names):
    network = ValueNetwork.from_edges(edges, nodes=range(10))
    graph = network.to_networkx()
    found = losses.Removal(network).without(mask(network, names))
    left = graph.copy()
    left.remove_nodes_from(names)
    assert (found["nodes"], found["edges"]) == (len(left), left.number_of_edges())
    assert found["largest_component"] == max(map(len, nx.weakly_connected_components(left)), default=0)
    assert found["largest_strong_component"] == max(
        map(len, nx.strongly_connected_components(left)), default=0
    )

    def lonely(g):
        return {node for node in g if not {x for edge in g.in_edges(node) for x in edge} - {node}} & {
            node for node in g if not {x for edge in g.out_edges(node) for x in edge} - {node}
        }

    assert found["isolated"] == len(lonely(left))
    far = [d for _, row in nx.all_pairs_shortest_path_length(left) for d in row.values() if d]
    paths = losses.Removal(network).paths(mask(network, names))
    assert paths.reachable_pairs == len(far)
    if len(left) > 1:
        assert paths.global_efficiency == pytest.approx(sum(1 / d for d in far) / len(left) / (len(left) - 1))


def test_efficiency_of_a_path_by_hand():
    # O-N4: 1, 1 and 1/2 over six ordered pairs; over the three reachable ones it would be 5/6.
    found = losses.efficiency(ValueNetwork.from_edges([(0, 1), (1, 2)]))
    assert (found.reachable_pairs, found.global_efficiency) == (3, pytest.approx(5 / 12))
    assert np.isnan(losses.efficiency(ValueNetwork.from_edges([], nodes=["a"])).global_efficiency)


@pytest.mark.parametrize(
    "network",
    [
        gnp(80, 0.02),
        ValueNetwork.from_edges([(k, (k + 1) % 30) for k in range(30)]),
        ValueNetwork.from_edges([(k, k + 1) for k in range(20)] + [(20, 5), (20, 21)]),
    ],
    ids=["random", "ring", "chain into a circle"],
)
def test_sums_from_single_sources_are_those_of_plain_searches(network):
    nodes = np.arange(network.n_nodes)
    reached, inverse = losses._seen(network, nodes)
    graph = network.to_networkx()
    for node in nodes:
        far = [d for d in nx.single_source_shortest_path_length(graph, network.nodes[node]).values() if d]
        assert reached[node] == len(far)
        assert inverse[node] == pytest.approx(sum(1 / d for d in far))


def test_an_estimate_holds_the_exact_value_and_closes():
    network = gnp(300, 0.01)
    exact = losses.efficiency(network)
    inside = 0
    for seed in range(40):
        found = losses.efficiency(network, 60, seed=seed)
        inside += found.low <= exact.global_efficiency <= found.high
    assert inside >= 34
    assert losses.efficiency(network, 300) == exact
    with pytest.raises(ValueError, match="at least 3"):
        losses.efficiency(network, 2)


@pytest.mark.slow
def test_intervals_of_the_efficiency_hold_in_95_of_100_draws():
    network = gnp(400, 0.008)
    exact = losses.efficiency(network).global_efficiency
    draws = [losses.efficiency(network, 80, seed=seed) for seed in range(600)]
    assert 0.90 <= np.mean([d.low <= exact <= d.high for d in draws]) <= 0.98


@pytest.mark.parametrize("propagation", [0.0, 0.5, 0.95])
def test_exposure_solves_its_equation(propagation):
    network = gnp(50, 0.06)
    gone = [3, 8, 21]
    matrix = nx.to_numpy_array(network.to_networkx(), nodelist=range(50)).T
    share = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    share[gone] = 0
    one = np.zeros(50)
    one[gone] = 1
    exact = np.linalg.solve(np.eye(50) - propagation * share, share @ one)
    found = losses.exposure(network, gone, propagation=propagation)
    assert np.allclose(found, exact, atol=1e-11)
    assert found.between(0, 1 + 1e-12).all()
    assert found[gone].eq(0).all()


def test_exposure_near_1_is_the_chance_that_a_walk_upstream_meets_the_removed():
    # From d half of all walks go to b at once, half to c, of which half meet b.
    network = ValueNetwork.from_edges([("b", "d"), ("c", "d"), ("b", "c"), ("x", "c")])
    assert losses.exposure(network, ["b"], propagation=0.999999)["d"] == pytest.approx(0.75, abs=1e-5)
    assert losses.exposure(network, ["b"])["d"] == 0.5
    with pytest.raises(UsageError, match="from 0 to below 1"):
        losses.exposure(network, ["b"], propagation=1.0)


def test_parallel_relations_count_as_the_network_counts_them():
    edges = [("b", "i"), ("b", "i"), ("b", "i"), ("k", "i")]
    for parallel, share in (("merge", 0.5), ("relations", 0.75)):
        network = ValueNetwork.from_edges(edges, parallel=parallel)
        assert losses.exposure(network, ["b"])["i"] == share
        assert losses.Removal(network).without(mask(network, ["b"]))["mean_exposure"] == share


def test_matched_sets_have_the_roles_and_nearly_the_degrees():
    random = np.random.default_rng(2)
    edges = [
        (int(a), int(b))
        for a, b in zip(random.zipf(1.6, 900) % 300, random.integers(0, 300, 900), strict=True)
    ]
    nodes = pd.DataFrame({"role": ["sample"] * 100 + ["partner"] * 200}, index=range(300))
    frame = pd.DataFrame(edges, columns=["source", "target"])
    network = last(cumulative(from_frame(frame[frame["source"] != frame["target"]], nodes)))
    gone = np.zeros(network.n_nodes, bool)
    gone[[2, 20, 50, 150]] = True
    sets = losses.matched_sets(network, gone, 300, seed=1)
    assert network.sample is not None
    assert (np.sort(network.sample[sets]) == np.sort(network.sample[gone])).all()
    assert all(len(set(row)) == 4 for row in sets.tolist())
    assert np.array_equal(losses.matched_sets(network, gone, 10, seed=1), sets[:10])
    degree = losses.Removal(network).touched
    near = np.abs(np.log1p(degree[sets]) - np.log1p(np.median(degree[sets], axis=0)))
    assert np.quantile(near, 0.9) < 1.0
    everybody = losses.matched_sets(network, np.ones(network.n_nodes, bool), 1)
    assert sorted(everybody[0]) == list(range(network.n_nodes))


@pytest.mark.parametrize(("order", "expected"), [(range(6), 0.138889), ([5, 4, 3, 2, 1, 0], 0.416667)])
def test_robustness_of_a_star(order, expected):
    # Counting the state before the first removal too would give 0.261905 and 0.5.
    assert losses.attack_curve(STAR, list(order)).robustness == pytest.approx(expected, abs=5e-7)


@given(graphs, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_an_attack_is_what_removing_step_by_step_leaves(edges, random):
    network = ValueNetwork.from_edges(edges)
    order = list(range(network.n_nodes))
    random.shuffle(order)
    found = losses.attack_curve(network, order)
    graph = network.to_networkx()
    for k, node in enumerate(order):
        assert found.largest[k] == max(map(len, nx.weakly_connected_components(graph)))
        graph.remove_node(network.nodes[node])
    assert found.largest[-1] == 0
    n = len(order)
    assert 1 / n - 1 / n**2 - 1e-12 <= found.robustness <= (1 - 1 / n) / 2 + 1e-12


def test_an_attack_needs_every_node_once():
    with pytest.raises(ValueError, match="each node once"):
        losses.attack_curve(STAR, [0, 1, 1, 2, 3, 4])
    assert np.isnan(losses.attack_curve(ValueNetwork.from_edges([]), []).robustness)


def test_substitutes_by_hand():
    rows = [("i", "5G", "b"), ("i", "5G", "b"), ("i", "5G", "c"), ("i", "AI", "b"), ("j", "5G", "c")]
    rows += [("b", "5G", "c"), ("i", "5G", "i")]
    found = losses.substitutes(pd.DataFrame(rows, columns=["node", "class", "supplier"]), ["b"])
    expected = [["i", "5G", 2, 1, 1], ["i", "AI", 1, 1, 0], ["j", "5G", 1, 0, 1]]
    assert found.values.tolist() == expected


def test_unknown_organisations_are_refused():
    with pytest.raises(UsageError, match="'x' has no relation"):
        losses.removed(STAR, ["hub", "x"])
