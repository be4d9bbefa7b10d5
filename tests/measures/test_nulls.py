"""Null models: what stays and what does not, hand counts, igraph's rewiring, calibration."""

from __future__ import annotations

import math

import igraph
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from clusters import ValueNetwork, networks
from clusters.errors import UsageError
from clusters.measures import clustering, cohesion, nulls
from clusters.relations import from_frame

ORGANISATIONS = pd.DataFrame(
    {"role": ["sample", "sample", "sample", "partner", "partner", "partner"]}, index=list("abcpqr")
)


@st.composite
def relations(draw):
    cell = st.tuples(
        st.sampled_from("abcpqr"),
        st.sampled_from("abcpqr"),
        st.integers(2020, 2022),
        st.sampled_from(["technology", "talent"]),
    )
    rows = draw(st.lists(cell, min_size=1, max_size=40))
    frame = pd.DataFrame(rows, columns=["source", "target", "year", "kind"])
    return from_frame(frame, ORGANISATIONS)


def table_of(network):
    """Everything that edges carry, one row each."""
    frame = network.to_frame()
    roles = dict(zip(network.nodes, network.sample, strict=True))
    frame["roles"] = [(roles[s], roles[t]) for s, t in zip(frame["source"], frame["target"], strict=True)]
    return frame


def tally(frame, *columns):
    return frame.groupby(list(columns), observed=True).size().to_dict()


def distinct(network):
    kinds = np.zeros(network.n_edges) if network.kinds is None else network.kinds
    return len(set(zip(network.sources.tolist(), network.targets.tolist(), kinds.tolist(), strict=True)))


@given(
    relations(),
    st.sampled_from(["merge", "kinds", "relations"]),
    st.sampled_from([(), ("roles",), ("roles", "year"), ("roles", "kind"), ("kind", "year")]),
    st.integers(0, 99),
)
@settings(max_examples=150, deadline=None)
def test_degrees_classes_years_kinds_and_loops_stay(table, parallel, within, seed):
    network = networks.last(networks.cumulative(table, parallel=parallel))
    if "kind" in within and network.kinds is None:
        within = tuple(word for word in within if word != "kind")
    random = nulls.rewire(network, seed, within=within, swaps_per_edge=3)
    before, after = table_of(network), table_of(random)
    assert random.nodes.equals(network.nodes)
    assert random.year == network.year
    assert random.attributes.equals(network.attributes)
    classes = [{"roles": "roles", "year": "first_year", "kind": "kind"}[word] for word in within]
    for end in ("source", "target"):
        assert tally(before, end) == tally(after, end)
        assert tally(before, end, *classes) == tally(after, end, *classes)
    carried = ["source", "relations", "weight", "first_year"] + ["kind"] * (network.kinds is not None)
    assert tally(before, *carried) == tally(after, *carried)
    assert tally(before[before["source"] == before["target"]], "source") == tally(
        after[after["source"] == after["target"]], "source"
    )
    assert distinct(random) == distinct(network)
    order = after["source"].map(network.nodes.get_loc) * 10 + after["target"].map(network.nodes.get_loc)
    assert order.is_monotonic_increasing


def test_doubles_move_together():
    # a gives twice to p: these two may only change places with the two of b to q.
    pairs = [("a", "p"), ("a", "p"), ("b", "q"), ("b", "q"), ("c", "r"), ("d", "s")]
    network = ValueNetwork.from_edges(pairs, parallel="relations")
    seen = set()
    for seed in range(12):
        frame = nulls.rewire(network, seed).to_frame()
        given_by = frame.groupby("source")["target"].agg(list)
        assert given_by["a"][0] == given_by["a"][1]
        seen.add(given_by["a"][0])
        assert set(given_by["c"] + given_by["d"]) == {"r", "s"}
    assert seen == {"p", "q"}


def test_kinds_apart_may_meet_in_one_pair():
    # Technology a -> p and talent b -> q: a swap makes a -> q, b -> p, unless kinds stay apart.
    network = ValueNetwork.from_edges([("a", "p"), ("b", "q")], kinds=["x", "y"], parallel="kinds")
    free = {tuple(nulls.rewire(network, seed).targets) for seed in range(20)}
    assert len(free) == 2
    apart = {tuple(nulls.rewire(network, seed, within=("kind",)).targets) for seed in range(20)}
    assert apart == {tuple(network.targets)}


def test_roles_are_kept_apart():
    # One edge of each class: nothing to swap, though targets of all four could change places.
    frame = pd.DataFrame([("a", "b"), ("b", "p"), ("p", "c"), ("q", "r")], columns=["source", "target"])
    network = networks.last(networks.cumulative(from_frame(frame, ORGANISATIONS)))
    draw = nulls.NullModel(network).draw(1)
    assert (draw.network.targets == network.targets).all()
    assert (draw.swaps, draw.stuck) == (0, 4)
    assert nulls.NullModel(network, within=()).draw(1).swaps > 0


def test_same_seed_same_network_and_threads_do_not_matter(ring):
    def targets(network):
        return network.targets.tolist()

    one, two = (list(nulls.replicate(targets, ring, 8, seed=5, workers=w)) for w in (1, 2))
    assert [found for found, _ in one] == [found for found, _ in two]
    assert one[3][0] == nulls.rewire(ring, [5, 3]).targets.tolist()
    assert len({tuple(found) for found, _ in one}) > 1


@pytest.fixture
def ring():
    """Forty nodes that give to the next three: many triangles."""
    return ValueNetwork.from_edges([(k, (k + step) % 40) for k in range(40) for step in (1, 2, 3)])


def test_planted_clustering_is_found(ring):
    values = [found for found, _ in nulls.replicate(clustering.average_clustering, ring, 99, seed=1)]
    found = nulls.compare(clustering.average_clustering(ring), values)
    assert found.z > 5
    assert found.p == 0.01
    # Undirected each node has 6 neighbours, and 9 of 15 pairs of them are linked, one edge each.
    assert clustering.average_clustering(ring) == pytest.approx(9 / 30)
    assert found.mean < 0.12


def test_comparison_by_hand():
    # Mean 3; as far as 5 or further: 1, 5 and 0 (not 2, 4). One-sided it would be 2 of 6.
    found = nulls.compare(5, [1, 2, 4, 5, 6, 0])
    assert (found.mean, found.replicates) == (3, 6)
    assert found.sd == pytest.approx(math.sqrt(28 / 5))
    assert found.z == pytest.approx(2 / math.sqrt(28 / 5))
    assert found.p == (1 + 4) / 7
    assert (found.low, found.high) == (pytest.approx(0.125), pytest.approx(5.875))


def test_undefined_comparisons():
    same = nulls.compare(0.5, [0.1] * 7)
    assert (same.mean, same.sd, same.p) == (0.1, 0, 1 / 8)
    assert math.isnan(same.z)
    assert nulls.compare(0.1, [0.1] * 7).p == 1
    nothing = nulls.compare(0.5, [math.nan])
    assert nothing.replicates == 0
    assert all(math.isnan(x) for x in (nothing.mean, nothing.sd, nothing.z, nothing.p, nothing.low))
    unknown = nulls.compare(math.nan, [0.1, 0.2])
    assert unknown.mean == pytest.approx(0.15)
    assert math.isnan(unknown.z)
    assert math.isnan(unknown.p)
    assert math.isnan(nulls.compare(0.5, [0.1]).sd)


@pytest.mark.parametrize("model", ["configuration", "random"])
def test_other_models_keep_what_they_say(model):
    random = np.random.default_rng(4)
    rows = [(f"s{a}", f"p{b}") for a, b in random.integers(40, size=(200, 2))]
    rows += [(b, a) for a, b in rows[:30]] + [("s1", "s2"), ("s2", "s3")]
    nodes = pd.DataFrame({"role": ["sample"] * 40}, index=[f"s{k}" for k in range(40)])
    frame = pd.DataFrame(rows, columns=["source", "target"])
    network = networks.last(networks.cumulative(from_frame(frame, nodes)))
    null = nulls.NullModel(network, model).draw(2).network
    before, after = table_of(network), table_of(null)
    assert (null.sources != null.targets).all()
    assert distinct(null) == null.n_edges
    if model == "random":
        assert tally(before, "roles") == tally(after, "roles")
        assert tally(before, "source") != tally(after, "source")
    else:
        assert 0 < network.n_edges - null.n_edges < 0.1 * network.n_edges
        assert all(count <= tally(before, "roles")[roles] for roles, count in tally(after, "roles").items())
        assert after["source"].value_counts().max() <= before["source"].value_counts().max()


def test_random_pairs_are_equally_likely():
    # Two edges among three nodes, no roles: 6 ordered pairs, each in a third of the draws.
    network = ValueNetwork.from_edges([(0, 1), (0, 2)])
    model = nulls.NullModel(network, "random")
    count = np.zeros((3, 3), int)
    for seed in range(600):
        drawn = model.draw(seed).network
        count[drawn.sources, drawn.targets] += 1
    assert count.trace() == 0
    assert count.sum() == 1200
    assert (abs(count[~np.eye(3, dtype=bool)] - 200) < 55).all()


def test_labels_stay_in_their_group():
    place = pd.Series(list("xxyyzz"), index=range(6))
    role = ["s", "p", "s", "p", "s", "p"]
    seen = {tuple(nulls.shuffled_labels(place, seed, within=role)) for seed in range(40)}
    assert len(seen) > 10
    assert all(sorted(labels[::2]) == sorted(labels[1::2]) == ["x", "y", "z"] for labels in seen)
    assert sorted(nulls.shuffled_labels(place, 3)) == sorted(place)
    assert nulls.shuffled_labels(place, 3).index.equals(place.index)


def test_what_cannot_be_asked(ring):
    with pytest.raises(UsageError, match="year"):
        nulls.rewire(ring, 1, within=("year",))
    with pytest.raises(UsageError, match="kinds"):
        nulls.rewire(ring, 1, within=("kind",))
    with pytest.raises(UsageError, match="role"):
        nulls.rewire(ring, 1, within=("role",))
    with pytest.raises(UsageError, match="gnp"):
        nulls.NullModel(ring, "gnp")
    with pytest.raises(ValueError, match="positive"):
        nulls.rewire(ring, 1, swaps_per_edge=0)


def digraph(seed, n=60, edges=260):
    """Few givers of many edges, and some edges returned."""
    random = np.random.default_rng(seed)
    pairs = {(int(a), int(b)) for a, b in (n * random.random((edges, 2)) ** [2.0, 1.3]).astype(int) if a != b}
    pairs |= {(b, a) for a, b in sorted(pairs)[::9]}
    return ValueNetwork.from_edges(sorted(pairs), nodes=range(n))


def two_numbers(network):
    return clustering.average_clustering(network, directed=False), cohesion.reciprocity(network)


def test_igraph_finds_the_same_means():
    network = digraph(1)
    ours = np.array([found for found, _ in nulls.replicate(two_numbers, network, 250, seed=2)])
    graph = igraph.Graph(
        network.n_nodes, list(zip(*map(np.ndarray.tolist, network.pairs), strict=True)), True
    )
    theirs = []
    with networks.igraph_seed(3):
        for _ in range(250):
            other = graph.copy()
            other.rewire(n=20 * graph.ecount())
            theirs.append(two_numbers(ValueNetwork.from_edges(other.get_edgelist(), nodes=range(60))))
    theirs = np.array(theirs)
    error = np.sqrt((ours.var(axis=0) + theirs.var(axis=0)) / 250)
    assert (abs(ours.mean(axis=0) - theirs.mean(axis=0)) < 4 * error).all()
    assert ours.std(axis=0) == pytest.approx(theirs.std(axis=0), rel=0.2)


@pytest.mark.slow
def test_a_random_network_is_nothing_special():
    # Each of 150 rewired networks against its own null: z about N(0, 1), p uniform.
    scores, shares = [], []
    for seed in range(150):
        network = nulls.rewire(digraph(1), [99, seed])
        values = np.array([found for found, _ in nulls.replicate(two_numbers, network, 99, seed=seed)])
        for observed, column in zip(two_numbers(network), values.T, strict=True):
            found = nulls.compare(observed, column)
            scores.append(found.z)
            shares.append(found.p)
    for each in (scores[::2], scores[1::2]):
        assert abs(np.mean(each)) < 0.3
        assert 0.8 < np.std(each) < 1.25
    assert kstest(shares[::2], "uniform").pvalue > 0.01
    # Reciprocity takes few values: p is never too small, which is all that is asked of it.
    assert np.mean(np.array(shares[1::2]) <= 0.05) < 0.1
