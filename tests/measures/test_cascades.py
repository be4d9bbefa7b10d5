"""Cascades: exact expectations, plain simulations, and what more seeds or a larger p can do."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.errors import UsageError
from clusters.measures import cascades
from clusters.measures._worlds import BLOCK, Graph
from clusters.networks import ValueNetwork

PATH = ValueNetwork.from_edges([(0, 1), (1, 2)])
DIAMOND = ValueNetwork.from_edges([(0, 1), (0, 2), (1, 3), (2, 3)])
graphs = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=14)


def gnp(n=60, p=0.05, seed=7) -> ValueNetwork:
    return ValueNetwork.from_edges(nx.gnp_random_graph(n, p, seed=seed, directed=True).edges, nodes=range(n))


@pytest.mark.parametrize(
    ("network", "seed", "expected"), [(PATH, 0, 1.75), (DIAMOND, 0, 2.4375), (PATH, 2, 1.0)]
)
def test_expected_reach_by_hand(network, seed, expected):
    # Against edge direction the tail of the path would reach 1.75 instead of 1.
    assert cascades.expected_reach(network, [seed], p=0.5) == expected
    found = cascades.cascade(network, [seed], p=0.5, replicates=20_000)
    error = found.final.std() / np.sqrt(20_000)
    assert abs(found.final.mean() - expected) <= 4 * error


def test_one_over_in_degree_by_hand():
    # 3 has two givers: 1 + 1 + 1 + (1 - 1/2 * 1/2) from 0, whose own ties pass on for sure.
    assert cascades.expected_reach(DIAMOND, [0]) == 3.75
    assert cascades.expected_reach(DIAMOND, [1]) == 1.5
    found = cascades.cascade(DIAMOND, [0], replicates=6400).final
    assert set(found) == {3, 4}
    assert found.mean() == pytest.approx(3.75, abs=0.03)


def test_a_sure_cascade_runs_in_layers_and_reaches_what_can_be_reached():
    network = gnp()
    graph = network.to_networkx()
    layers = [len(layer) for layer in nx.bfs_layers(graph, [3])]
    for model in ("ic", "si"):
        found = cascades.cascade(network, [3], model=model, p=1.0, replicates=3)
        assert found.reach.tolist() == [np.cumsum(layers).tolist()] * 3
        assert found.probability[list(nx.descendants(graph, 3))].eq(1).all()


@pytest.mark.parametrize("model", ["ic", "si"])
def test_nothing_passes_on_with_probability_0(model):
    found = cascades.cascade(gnp(), [3, 4], model=model, p=0.0, replicates=70)
    assert found.reach.tolist() == [[2]] * 70


@given(graphs, st.sampled_from(["ic", "si", "lt"]), st.integers(0, 50))
@settings(max_examples=40, deadline=None)
def test_more_seeds_and_a_larger_p_never_reach_less(edges, model, seed):
    network = ValueNetwork.from_edges(edges)
    names = list(network.nodes)
    steps = 3 if model == "si" else None

    def final(seeds, p):
        return cascades.cascade(network, seeds, model=model, p=p, replicates=40, steps=steps, seed=seed).final

    assert (final(names[:1], 0.3) <= final(names[:2], 0.3)).all()
    if model != "lt":
        assert (final(names[:1], 0.3) <= final(names[:1], 0.6)).all()


def plain_threshold(network, seeds, random):
    """One linear threshold cascade as the definition has it."""
    graph = network.to_networkx()
    threshold = {node: 1 - random.random() for node in graph}
    active, steps = set(seeds), [len(seeds)]
    while True:
        new = {
            node
            for node in set(graph) - active
            if graph.in_degree(node)
            and sum(giver in active for giver in graph.predecessors(node)) / graph.in_degree(node)
            >= threshold[node]
        }
        if not new:
            return steps
        active |= new
        steps.append(len(active))


def plain_contagion(network, seeds, p, random, *, again):
    """One independent cascade, or one SI process where ``again`` lets adopters try in every step."""
    graph = network.to_networkx()
    active, front, steps = set(seeds), set(seeds), [len(seeds)]
    while len(steps) < 8:
        tries = [(i, j) for i in front for j in graph.successors(i) if j not in active]
        front = {j for _, j in tries if random.random() < p}
        active |= front
        front = set(active) if again else front
        steps.append(len(active))
    return steps


@pytest.mark.parametrize("model", ["lt", "ic", "si"])
def test_agrees_with_a_plain_simulation_step_by_step(model):
    network, random = gnp(30, 0.08), np.random.default_rng(1)
    runs = 1500
    plain = np.zeros((runs, 8))
    for k in range(runs):
        if model == "lt":
            steps = plain_threshold(network, [0, 1], random)
        else:
            steps = plain_contagion(network, [0, 1], 0.3, random, again=model == "si")
        plain[k] = np.pad(steps[:8], (0, 8 - len(steps[:8])), constant_values=steps[-1])
    found = cascades.cascade(network, [0, 1], model=model, p=0.3, replicates=runs, steps=7).reach
    found = np.pad(found, ((0, 0), (0, 8 - found.shape[1])), mode="edge")
    error = np.sqrt((plain.var(axis=0) + found.var(axis=0)) / runs)
    assert (np.abs(plain.mean(axis=0) - found.mean(axis=0)) <= 4 * error + 1e-12).all()


def test_given_thresholds_by_hand():
    # c hears from a and b: half is enough at 0.5, not at 0.6. Isolated d never adopts.
    network = ValueNetwork.from_edges([("a", "c"), ("b", "c")], nodes=["a", "b", "c", "d"])
    for threshold, reach in ((0.5, [[1, 2]]), (0.6, [[1]])):
        found = cascades.cascade(network, ["a"], model="lt", thresholds=[threshold] * 4)
        assert (found.reach.tolist(), found.replicates) == (reach, 1)
    with pytest.raises(UsageError, match="above 0 and at most 1"):
        cascades.cascade(network, ["a"], model="lt", thresholds=[0.0] * 4)
    with pytest.raises(UsageError, match="has no thresholds"):
        cascades.cascade(network, ["a"], thresholds=[0.5] * 4)


def test_steps_end_a_cascade_and_replicates_only_add():
    network = gnp()
    whole = cascades.cascade(network, [0], p=0.4, replicates=200)
    assert np.array_equal(cascades.cascade(network, [0], p=0.4, replicates=130).final, whole.final[:130])
    short = cascades.cascade(network, [0], p=0.4, replicates=200, steps=2)
    assert np.array_equal(short.reach, whole.reach[:, :3])
    slow = cascades.cascade(network, [0], model="si", p=0.4, replicates=64)
    early = cascades.cascade(network, [0], model="si", p=0.4, replicates=64, steps=4)
    assert np.array_equal(early.reach, slow.reach[:, :5])


def test_times_and_groups_count_the_seeds():
    network = ValueNetwork.from_edges([(k, k + 1) for k in range(9)])
    found = cascades.cascade(network, [0], p=1.0, replicates=1)
    assert [found.times(share).tolist() for share in (0.1, 0.5, 0.9)] == [[0], [4], [8]]
    groups = found.by_group([*["x"] * 4, *["y"] * 5, None])
    assert groups[["nodes", "median"]].values.tolist() == [[4, 4.0], [5, 5.0]]
    halves = cascades.cascade(PATH, [0], p=0.5, replicates=100)
    assert halves.probability.sum() == pytest.approx(halves.final.mean())
    assert halves.by_group([1, 1, 2])["mean"].sum() == pytest.approx(halves.final.mean())


def test_marginal_reach_is_the_loss_without_a_seed():
    network, seeds = gnp(), [1, 5, 9]
    found = cascades.marginal_reach(network, seeds, p=0.3, replicates=100)
    whole = cascades.cascade(network, seeds, p=0.3, replicates=100).final
    for k, name in enumerate(seeds):
        without = cascades.cascade(network, seeds[:k] + seeds[k + 1 :], p=0.3, replicates=100).final
        assert found.loc[name, "marginal"] == pytest.approx((whole - without).mean())
        alone = cascades.cascade(network, [name], p=0.3, replicates=100).final.mean()
        assert found.loc[name, "alone"] == pytest.approx(alone)
        assert 0 <= found.loc[name, "marginal"] <= alone


@pytest.mark.parametrize(("model", "p"), [("ic", 0.3), ("ic", "in_degree"), ("lt", "in_degree"), ("si", 0.2)])
def test_greedy_seeds_are_those_of_a_plain_greedy_search(model, p):
    network = gnp(25, 0.07)
    found = cascades.greedy_seeds(network, 4, model=model, p=p, worlds=64)
    sure = {"model": "ic", "p": 1.0} if model == "si" else {"model": model, "p": p}

    def reach(seeds):
        return cascades.cascade(network, seeds, replicates=64, **sure).final.mean()

    chosen: list[int] = []
    for name, row in found.iterrows():
        best = max(range(25), key=lambda node: (reach([*chosen, node]), -node))
        assert reach([*chosen, best]) == pytest.approx(row["reach"])
        assert best == name
        chosen.append(name)
    assert found["gain"].is_monotonic_decreasing
    pairs = max(reach(pair) for pair in itertools.combinations(range(25), 2))
    assert found["reach"].iloc[1] >= (1 - 1 / np.e) * pairs


def test_worlds_of_many_edges_are_drawn_in_blocks():
    random = np.random.default_rng(3)
    source, target = random.integers(0, 9000, (2, 3 * BLOCK // 2))
    network = ValueNetwork.from_edges(zip(source.tolist(), target.tolist(), strict=True))
    graph = Graph(network.n_nodes, *network.pairs)
    assert graph.target.size > BLOCK
    one = graph.live("lt", graph.probabilities("in_degree"), 0, [0])[:, 0]
    chosen = np.bincount(graph.target, ((one >> np.uint64(5)) & np.uint64(1)).astype(float), network.n_nodes)
    assert set(chosen[graph.takes > 0]) == {1.0}
    live = np.bitwise_count(graph.live("ic", graph.probabilities(0.25), 0, [0, 1]))
    assert live.mean() / 64 == pytest.approx(0.25, abs=0.001)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": "sir"}, "use ic, lt, si"),
        ({"p": 1.5}, "between 0 and 1"),
        ({"p": "degree"}, "ic"),
        ({"model": "si"}, "does not fit"),
        ({"replicates": 0}, "at least 1"),
        ({"steps": -1}, "at least 0"),
    ],
)
def test_what_makes_no_cascade_is_refused(options, message):
    with pytest.raises(UsageError, match=message):
        cascades.cascade(PATH, [0], **options)


def test_unknown_and_missing_seeds_are_refused():
    with pytest.raises(UsageError, match="'x' has no relation"):
        cascades.cascade(PATH, [0, "x"])
    with pytest.raises(UsageError, match="at least one seed"):
        cascades.cascade(PATH, [])
    with pytest.raises(UsageError, match="too many worlds"):
        cascades.expected_reach(gnp(), [0])
    with pytest.raises(UsageError, match="cannot be chosen"):
        cascades.greedy_seeds(PATH, 4)


@pytest.mark.parametrize("model", ["ic", "lt", "si"])
def test_networks_without_an_edge_and_single_seeds(model):
    lonely = ValueNetwork.from_edges([], nodes=["a", "b"])
    p = 0.5
    assert cascades.cascade(lonely, ["a"], model=model, p=p, replicates=3).reach.tolist() == [[1]] * 3
    found = cascades.marginal_reach(lonely, ["b"], model=model, p=p, replicates=3)
    assert found.loc["b"].tolist() == [1.0] * 4
    assert cascades.greedy_seeds(lonely, 2, model=model, p=p, worlds=1)["reach"].tolist() == [1.0, 2.0]
