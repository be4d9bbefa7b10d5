"""Kernels of distances against a plain twin: a breadth-first search per node."""

from __future__ import annotations

import subprocess
import sys
from collections import deque

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusters import progress
from clusters.errors import UsageError
from clusters.measures import _choice, _kernels, _search, _sources, _threads


def plain_distances(n, edges):
    """Distances from every node, one breadth-first search each."""
    successors = [[] for _ in range(n)]
    for source, target in edges:
        successors[source].append(target)
    result = []
    for start in range(n):
        distance = {start: 0}
        queue = deque([start])
        while queue:
            node = queue.popleft()
            for other in successors[node]:
                if other not in distance:
                    distance[other] = distance[node] + 1
                    queue.append(other)
        result.append({node: d for node, d in distance.items() if d})
    return result


@st.composite
def digraphs(draw):
    """Edges of a digraph made of the shapes that grouping could get wrong.

    Hubs with leaves, chains of nodes that give to one, mutual leaf pairs, isolated edges and
    nodes, cycles, nodes with equal neighbours, and random edges among all of them.
    """
    n = draw(st.integers(1, 24))
    node = st.integers(0, n - 1)
    edges = set(draw(st.lists(st.tuples(node, node), max_size=2 * n)))
    for hub, first, count in draw(st.lists(st.tuples(node, node, st.integers(1, n)), max_size=3)):
        leaves = [(first + k) % n for k in range(count)]
        edges |= {(hub, leaf) for leaf in leaves} if draw(st.booleans()) else {(leaf, hub) for leaf in leaves}
    for first, count, closed in draw(st.lists(st.tuples(node, st.integers(1, n), st.booleans()), max_size=2)):
        chain = [(first + k) % n for k in range(count)]
        edges |= set(zip(chain, chain[1:] + chain[:1] if closed else chain[1:], strict=False))
    if draw(st.booleans()):
        edges |= {(b, a) for a, b in edges if draw(st.booleans())}
    return n, sorted((a, b) for a, b in edges if a != b)


def arrays(edges):
    return tuple(np.array(edges, dtype=np.int32).reshape(-1, 2).T)


@pytest.fixture(params=["numpy", "numba"])
def kernels(request, monkeypatch):
    """Do the test with NumPy's kernels and with the compiled ones."""
    if request.param == "numba":
        pytest.importorskip("numba", reason="the extra clusters[fast] is not installed")
    monkeypatch.setenv(_choice.VARIABLE, request.param)
    return request.param


each_example = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@each_example
@given(graph=digraphs(), piece=st.sampled_from([1, 3, 16]))
def test_distances_equal_a_search_per_node(kernels, graph, piece):
    n, edges = graph
    expected = plain_distances(n, edges)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_search, "PIECE", piece)
        found = _kernels.distances(n, *arrays(edges), per_node=True)
    lengths = [d for row in expected for d in row.values()]
    assert found.histogram.tolist() == [lengths.count(d) for d in range(max(lengths, default=0) + 1)]
    assert found.reached.tolist() == [len(row) for row in expected]
    assert found.total.tolist() == [sum(row.values()) for row in expected]
    assert found.farthest.tolist() == [max(row.values(), default=0) for row in expected]
    np.testing.assert_allclose(
        found.inverse, [sum(1 / d for d in row.values()) for row in expected], atol=1e-12
    )


def test_several_passes_and_pieces_equal_a_search_per_node():
    # 3,000 nodes with a hub of 400: three passes of columns, hubs in many pieces.
    rng = np.random.default_rng(1)
    edges = {(0, int(k)) for k in rng.integers(1, 3000, 400)} | {
        (int(k), 1) for k in rng.integers(2, 3000, 300)
    }
    edges |= {(int(a), int(b)) for a, b in rng.integers(0, 3000, (5000, 2)) if a != b}
    expected = plain_distances(3000, edges)
    search = _search.Search(3000, *_search.sorted_pairs(*arrays(sorted(edges))))
    assert search.weights.size > 2 * _search.WORDS
    assert search.steps.hubs
    found = search.run(per_node=True)
    lengths = np.array([d for row in expected for d in row.values()])
    assert found.histogram.tolist() == np.bincount(lengths).tolist()
    assert found.total.tolist() == [sum(row.values()) for row in expected]


def test_kernels_and_threads_do_not_change_a_bit(monkeypatch):
    rng = np.random.default_rng(2)
    n = 3000
    key = np.unique(rng.integers(0, n, 9000) ** 2 // n * n + rng.integers(0, n, 9000))
    source, target = key // n, key % n
    keep = source != target
    results = []
    for kernels in ("numpy", "numba") if _choice.installed() else ("numpy",):
        for cores in (1, 2, 3):
            monkeypatch.setenv(_choice.VARIABLE, kernels)
            monkeypatch.setattr(_threads, "cores", lambda cores=cores: cores)
            monkeypatch.setattr(_search, "THREADS_FROM", 0)
            found = _kernels.distances(n, source[keep], target[keep], per_node=True)
            some = _kernels.from_sources(n, source[keep], target[keep], np.arange(0, n, 2))
            arrays = [found.histogram, found.total, found.inverse, found.farthest, some.reached, some.total]
            results.append([array.tobytes() for array in arrays])
    assert all(result == results[0] for result in results)


@each_example
@given(graph=digraphs(), longest=st.sampled_from([1, 3, 64]), data=st.data())
def test_searches_from_some_nodes_equal_plain_ones(kernels, graph, longest, data):
    n, edges = graph
    chosen = np.array(data.draw(st.lists(st.integers(0, n - 1), unique=True)), np.int64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_sources, "LONGEST", longest)
        found = _kernels.from_sources(n, *arrays(edges), chosen)
    plain = plain_distances(n, edges)
    expected = [list(plain[node].values()) for node in chosen]
    assert found.reached.tolist() == [len(lengths) for lengths in expected]
    assert found.total.tolist() == [sum(lengths) for lengths in expected]
    # Node k counts k + 1 times.
    weighted = np.zeros(max((d for lengths in expected for d in lengths), default=0) + 1)
    for weight, lengths in enumerate(expected, start=1):
        np.add.at(weighted, lengths, weight)
    np.testing.assert_allclose(found.histogram(np.arange(1.0, chosen.size + 1)), weighted)


def test_chains_are_searched_where_they_end():
    # 0 -> 1 -> 2 -> {3, 4}; 4 -> 0 closes a circle, so 2 sees the chain again.
    edges = [(0, 1), (1, 2), (2, 3), (2, 4), (4, 0)]
    folding = _kernels.fold(5, *arrays(edges))
    assert folding.end.tolist() == [2, 2, 2, 3, 2]
    assert folding.length.tolist() == [2, 1, 0, 0, 3]
    found = _kernels.from_sources(5, *arrays(edges), np.arange(5), folding)
    assert found.found.shape[0] == 1
    assert found.reached.tolist() == [4, 4, 4, 0, 4]
    assert found.total.tolist() == [1 + 2 + 3 + 3, 1 + 2 + 2 + 3, 1 + 1 + 2 + 3, 0, 1 + 2 + 3 + 4]


def test_more_searches_than_one_pass_holds(kernels, monkeypatch):
    monkeypatch.setattr(_sources, "WIDTH", 2)
    rng = np.random.default_rng(3)
    edges = sorted({(int(a), int(b)) for a, b in rng.integers(0, 900, (3000, 2)) if a != b})
    found = _kernels.from_sources(900, *arrays(edges), np.arange(900))
    assert found.found.shape[0] > 3 * 128
    expected = plain_distances(900, edges)
    assert found.total.tolist() == [sum(row.values()) for row in expected]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_thousands_of_random_graphs_against_igraph(kernels, seed):
    import igraph

    rng = np.random.default_rng(seed)
    for _ in range(250):
        n = int(rng.integers(1, 60))
        key = np.unique(rng.integers(0, n, (int(rng.integers(0, 4 * n)), 2)) @ [n, 1])
        source, target = (end[key // n != key % n] for end in (key // n, key % n))
        if rng.random() < 0.3:  # mutual pairs
            source, target = _search.distinct_pairs(np.r_[source, target], np.r_[target, source])
        graph = igraph.Graph(n, list(zip(source.tolist(), target.tolist(), strict=True)), directed=True)
        lengths = np.nan_to_num(np.array(graph.distances(), dtype=float), posinf=0).astype(int)
        found = _kernels.distances(n, source, target, per_node=True)
        histogram = np.bincount(lengths.ravel())
        histogram[0] = 0
        assert found.histogram.tolist() == histogram.tolist()
        assert found.total.tolist() == lengths.sum(axis=1).tolist()
        assert found.farthest.tolist() == lengths.max(axis=1).tolist()
        chosen = rng.permutation(n)[: rng.integers(1, n + 1)]
        some = _kernels.from_sources(n, source, target, chosen)
        assert some.total.tolist() == lengths[chosen].sum(axis=1).tolist()
        assert some.reached.tolist() == (lengths[chosen] > 0).sum(axis=1).tolist()


def test_the_choice_of_kernels(monkeypatch):
    monkeypatch.setenv(_choice.VARIABLE, "fortran")
    with pytest.raises(UsageError, match="'fortran' is not known; use auto, numpy, numba"):
        _choice.compiled("sources", repays=True)
    monkeypatch.setattr(_choice, "installed", lambda: False)
    monkeypatch.setenv(_choice.VARIABLE, "numba")
    with pytest.raises(UsageError, match="numba is not installed") as error:
        _choice.compiled("sources", repays=True)
    assert "clusters[fast]" in error.value.hint
    monkeypatch.delenv(_choice.VARIABLE)
    assert _choice.compiled("sources", repays=True) is None
    monkeypatch.setattr(_choice, "installed", lambda: True)
    assert _choice.compiled("sources", repays=False) is None


def test_compiled_kernels_are_mentioned(monkeypatch):
    pytest.importorskip("numba", reason="the extra clusters[fast] is not installed")
    monkeypatch.setenv(_choice.VARIABLE, "numba")
    heard = []
    with progress.told(lambda word: None, heard.append):
        _kernels.from_sources(3, *arrays([(0, 1), (0, 2)]), np.array([0]))
    assert "CLUSTERS_KERNELS=numpy does without" in heard[0]


def test_numba_is_not_loaded_unless_it_repays():
    code = (
        "import sys, clusters; from clusters import networks, tables; "
        "tables.yearly_structure(networks.cumulative(clusters.sample(), years=[2014])); "
        "sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_twins_share_a_row_and_a_column():
    # Three suppliers of one customer, who supplies a hub with four leaves.
    edges = [(0, 3), (1, 3), (2, 3), (3, 4), *((4, k) for k in (5, 6, 7, 8))]
    search = _search.Search(9, *arrays(edges))
    assert search.row_size.size == 3
    assert search.column_of.max() + 1 == 3
    assert search.run().histogram.tolist() == [0, 8, 7, 12]


def test_unequal_lists_with_equal_sums_are_told_apart(monkeypatch):
    class Constant:
        def __init__(self, seed):
            self.seed = seed

        def integers(self, low, high, n, dtype):
            return np.ones(n, dtype) if self.seed == 0 else np.arange(n).astype(dtype) ** 2

    monkeypatch.setattr(np.random, "default_rng", Constant)
    group, chosen = _search.twins(6, *_search.sorted_pairs(*arrays([(0, 2), (0, 3), (1, 4), (1, 5)])))
    assert group[0] != group[1]
    assert sorted(chosen) == [0, 1]


def test_a_star_beyond_32_bits_in_closed_form():
    # Gephi's counter of pairs stops at 2^31 - 1; 100,000 leaves make 10^10 pairs.
    n = 100_001
    hub, leaves = np.zeros(n - 1, np.int32), np.arange(1, n, dtype=np.int32)
    found = _kernels.distances(n, np.r_[hub, leaves], np.r_[leaves, hub], per_node=True)
    assert found.histogram.tolist() == [0, 2 * (n - 1), (n - 1) * (n - 2)]
    assert found.total.tolist() == [n - 1] + [1 + 2 * (n - 2)] * (n - 1)


def test_counters_hold_ten_to_the_eighteen():
    # One row and one column that stand for 10^9 nodes each.
    search = _search.Search(2, *arrays([(0, 1)]))
    search.row_size *= 10**9
    search.weights *= 10**9
    assert search.run().histogram.tolist() == [0, 10**18]


@pytest.mark.parametrize("both_ways", [False, True])
def test_a_line_is_searched_node_by_node(both_ways, monkeypatch):
    n = 1500
    source, target = np.arange(n - 1), np.arange(1, n)
    expected = [0, *range(n - 1, 0, -1)]
    if both_ways:
        source, target = np.r_[source, target], np.r_[target, source]
        expected = [2 * count for count in expected]
    asked = []
    plain = _kernels._of_a_line
    monkeypatch.setattr(_kernels, "_of_a_line", lambda *graph: asked.append(plain(*graph)) or asked[-1])
    assert _kernels.distances(n, source, target).histogram.tolist() == expected
    assert asked[0] is not None
    assert _kernels.distances(n, source, target, per_node=True).histogram.tolist() == expected


def test_a_long_chain(kernels):
    n = 700
    found = _kernels.distances(n, np.arange(n - 1), np.arange(1, n), per_node=True)
    assert found.histogram.tolist() == [0, *range(n - 1, 0, -1)]
    assert found.farthest.tolist() == list(range(n - 1, -1, -1))


@pytest.mark.parametrize("n", [0, 1, 5])
def test_no_edges(n):
    found = _kernels.distances(n, *arrays([]), per_node=True)
    assert found.histogram.tolist() == [0]
    assert found.reached.tolist() == found.farthest.tolist() == found.inverse.tolist() == [0] * n


def test_groups_are_numbered_by_size_then_first_member():
    assert _kernels.by_size(np.array([7, 3, 3, 9, 7, 5])).tolist() == [0, 1, 1, 2, 0, 3]
    assert _kernels.by_size(np.array([], dtype=np.int64)).size == 0
