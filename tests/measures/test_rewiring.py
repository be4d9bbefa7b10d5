"""Swaps of targets: the same one by one and in batches, uniform over all graphs that are possible."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from clusters.measures import _choice, _rewiring
from clusters.measures._rewiring import Batches, Edges, Shuffle


@pytest.fixture(params=["numpy", "numba"])
def kernels(request, monkeypatch):
    """Do the test with NumPy's rounds and with the compiled ones."""
    if request.param == "numba":
        pytest.importorskip("numba", reason="the extra clusters[fast] is not installed")
    monkeypatch.setenv(_choice.VARIABLE, request.param)


def edges_of(pairs, *, n=None, layer=None, group=None):
    source, target = np.array(sorted(pairs), np.int64).reshape(-1, 2).T
    zero = np.zeros(source.size, np.int64)
    n = int(max(source.max(), target.max())) + 1 if n is None else n
    layer = zero if layer is None else np.array(layer)
    return Edges(n, source, layer, zero if group is None else np.array(group)), target.copy()


def one_by_one(edges, target, together, idle):
    """Carry out a round as its definition says."""
    target = target.copy()
    there = {(edges.layer[e], edges.source[e], target[e]) for e in range(target.size)}
    accepted = []
    for row, left_out in zip(together.T.tolist(), idle, strict=True):
        moved = [target[e] for e in row[1:] + row[:1]]
        wanted = {(edges.layer[e], edges.source[e], end) for e, end in zip(row, moved, strict=True)}
        loops = any(edges.source[e] == end for e, end in zip(row, moved, strict=True))
        accepted.append(not (left_out or loops or wanted & there or len(wanted) < len(row)))
        if accepted[-1]:
            there -= {(edges.layer[e], edges.source[e], target[e]) for e in row}
            there |= wanted
            target[row] = moved
    return target, accepted


@st.composite
def graphs(draw):
    n = draw(st.integers(2, 8))
    possible = [(a, b) for a, b in product(range(n), repeat=2) if a != b]
    pairs = draw(st.lists(st.sampled_from(possible), unique=True, min_size=1, max_size=30))
    labels = st.lists(st.integers(0, 2), min_size=len(pairs), max_size=len(pairs))
    group = np.unique(draw(labels), return_inverse=True)[1] - draw(st.integers(0, 1))
    return edges_of(pairs, n=n, group=group), draw(st.integers(0, 1000))


@given(graphs(), st.sampled_from([2, 3]))
@settings(max_examples=300, deadline=None)
def test_a_round_is_its_proposals_one_by_one(graph, width):
    (edges, target), seed = graph
    rows = np.flatnonzero(edges.group >= 0)
    if not rows.size:
        return
    shuffle, random = Shuffle(edges.group[rows], rows), np.random.default_rng(seed)
    batches = Batches(edges, target, rows)
    compiled = None
    if _choice.installed():
        from clusters.measures import _rewiring_numba

        compiled = _rewiring_numba.Table(edges, target)
    for number in range(6):
        for together, idle in shuffle.proposals(random, width):
            wanted, accepted = one_by_one(edges, target, together, idle)
            again = target.copy()
            batches.packed = number % 2 == 0
            assert batches(target, together, idle).tolist() == accepted
            assert target.tolist() == wanted.tolist()
            if compiled:
                assert compiled(again, together, idle).tolist() == accepted
                assert again.tolist() == wanted.tolist()


def test_proposals_are_disjoint_and_within_a_class():
    group = np.array([2, 0, 0, 1, 2, 2, 0, 2, 2, 0, 0])
    shuffle = Shuffle(group, np.arange(group.size))
    for width, number in ((2, 4), (3, 2)):
        ((together, idle),) = shuffle.proposals(np.random.default_rng(1), width)
        assert (together.shape, idle.shape) == ((width, number), (number,))
        assert np.unique(together).size == together.size
        assert (group[together] == group[together[0]]).all()


def all_graphs(out, into):
    """List the simple digraphs with these degrees."""
    rows = [list(combinations([v for v in range(len(out)) if v != u], k)) for u, k in enumerate(out)]
    found = []
    for row in product(*rows):
        count = np.bincount([v for ends in row for v in ends], minlength=len(out))
        if count.tolist() == list(into):
            found.append(tuple((u, v) for u, ends in enumerate(row) for v in ends))
    return found


def counted(pairs, draws, swaps=10.0, group=None):
    """Draw often from one start, and count what comes out."""
    edges, target = edges_of(pairs, group=group)
    count = {}
    for seed in range(draws):
        new, _ = _rewiring.rewire(edges, target, np.random.default_rng([7, seed]), swaps)
        graph = tuple(sorted(zip(edges.source.tolist(), new.tolist(), strict=True)))
        count[graph] = count.get(graph, 0) + 1
    return count


def chi_square(count, states, draws):
    seen = np.array([count.get(state, 0) for state in states])
    assert seen.sum() == draws  # nothing else comes out
    expected = draws / len(states)
    return float(chi2.sf(((seen - expected) ** 2 / expected).sum(), len(states) - 1))


def test_a_circle_of_three_is_turned_round(kernels):
    # No swap of two edges leads from one to the other without a loop on the way.
    clockwise, other = ((0, 1), (1, 2), (2, 0)), ((0, 2), (1, 0), (2, 1))
    count = counted(clockwise, 300)
    assert set(count) == {clockwise, other}
    assert 110 < count[other] < 190


def test_all_graphs_are_equally_likely(kernels):
    # Degrees out 2 1 1 1, in 1 2 1 1: seven graphs that differ in how many swaps lead out of them.
    start = ((0, 1), (0, 2), (1, 3), (2, 1), (3, 0))
    states = all_graphs((2, 1, 1, 1), (1, 2, 1, 1))
    assert start in states
    assert len(states) == 7
    assert chi_square(counted(start, 600), states, 600) > 0.001


def test_two_edges_are_not_always_swapped(kernels):
    # Every proposal would be accepted; without some left out the end would follow from their number.
    count = counted([(0, 1), (2, 3)], 300)
    assert 110 < count[(0, 1), (2, 3)] < 190


@pytest.mark.slow
@pytest.mark.parametrize(
    ("start", "group"),
    [
        (((0, 1), (0, 2), (1, 2), (2, 0), (3, 0), (3, 4), (4, 1)), None),
        (((0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 2)), None),
        (((0, 3), (0, 4), (1, 3), (2, 5), (3, 0), (4, 1), (5, 2)), [0, 0, 0, 0, 1, 1, 1]),
    ],
)
def test_many_draws_are_uniform(start, group, monkeypatch):
    monkeypatch.setenv(_choice.VARIABLE, "numba" if _choice.installed() else "numpy")
    out, into = (np.bincount([pair[end] for pair in start], minlength=6) for end in (0, 1))
    states = all_graphs(out.tolist(), into.tolist())
    if group:  # sample 0-2, partners 3-5: edges between the two only
        states = [state for state in states if all((a < 3) != (b < 3) for a, b in state)]
    assert len(states) > 10
    assert chi_square(counted(start, 6_000, group=group), states, 6_000) > 0.001


def test_enough_swaps_in_every_class(kernels):
    random = np.random.default_rng(3)
    pairs = {(int(a), int(b)) for a, b in random.integers(60, size=(400, 2)) if a != b}
    group = (np.arange(len(pairs)) % 3 == 0).astype(int)
    edges, target = edges_of(pairs, n=60, group=group)
    new, swaps = _rewiring.rewire(edges, target, random, 10)
    assert (swaps >= 10 * np.bincount(group)).all()
    assert (swaps <= 14 * np.bincount(group)).all()
    assert (new != target).mean() > 0.8


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [(0, 1)],
        [(0, 1), (0, 2), (0, 3)],  # a star
        [(1, 0), (2, 0), (3, 0)],
        [(0, 2), (0, 3), (1, 2), (1, 3)],  # everybody to everybody
        [(0, 1), (1, 0)],
    ],
)
def test_ends_where_nothing_can_be_swapped(pairs, kernels):
    edges, target = edges_of(pairs, n=4)
    new, swaps = _rewiring.rewire(edges, target, np.random.default_rng(0), 10)
    assert new.tolist() == target.tolist()
    assert swaps.sum() == 0


@given(graph=graphs())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_degrees_and_classes_stay(graph, kernels):
    (edges, target), seed = graph
    new, _ = _rewiring.rewire(edges, target, np.random.default_rng(seed), 5)
    for group in range(-1, 3):
        rows = edges.group == group
        assert sorted(new[rows]) == sorted(target[rows])
    assert (new[edges.group < 0] == target[edges.group < 0]).all()
    assert (new != edges.source).all()
    assert np.unique(edges.key(np.arange(new.size), new)).size == new.size
