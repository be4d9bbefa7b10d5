"""Sums over triangles, in NumPy and compiled, against all triples of nodes and other libraries."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusters.measures import _choice, _triangles
from clusters.measures._triangles import Corners, corners_of_kinds


@pytest.fixture(params=["numpy", "numba"])
def kernels(request, monkeypatch):
    """Do the test with NumPy's kernel and with the compiled one."""
    if request.param == "numba":
        pytest.importorskip("numba", reason="the extra clusters[fast] is not installed")
    monkeypatch.setenv(_choice.VARIABLE, request.param)
    return _choice.compiled("triangles", repays=False) or _triangles


each_example = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def plain_sums(n, rows):
    """Look at all triples of nodes; rows are (source, target, kind)."""
    ends = {row[:2] for row in rows}
    m, t = {}, {}
    for a, b in combinations(range(n), 2):
        m[a, b] = m[b, a] = ((a, b) in ends) + ((b, a) in ends)
        t[a, b] = t[b, a] = len({row[2] for row in rows if set(row[:2]) == {a, b}})
    names = ("degree", "triangles", "among", "ways", "mutual", "entries", "own")
    sums = {name: [0] * n for name in names}
    for u in range(n):
        others = [v for v in range(n) if v != u and m[u, v]]
        sums["degree"][u] = sum(m[u, v] for v in others)
        sums["mutual"][u] = sum(m[u, v] == 2 for v in others)
        sums["entries"][u] = sum(t[u, v] for v in others)
        sums["own"][u] = sum(t[u, v] * m[u, v] for v in others)
        for v, w in combinations(others, 2):
            if m[v, w]:
                sums["triangles"][u] += 1
                sums["among"][u] += t[u, v] * t[u, w] * m[v, w]
                sums["ways"][u] += m[u, v] * m[u, w] * m[v, w]
    return sums


def columns(rows, width=2):
    return tuple(np.array(rows, dtype=np.int32).reshape(-1, width).T)


def assert_sums(found: Corners, expected, names):
    for name in names:
        values = getattr(found, name)
        assert values.dtype == np.int64
        assert values.tolist() == expected[name], name


PLAIN = ("degree", "triangles", "among", "ways", "mutual")


@st.composite
def multigraphs(draw):
    """Dense and thin graphs, hubs with leaves, mutual and parallel edges, isolated nodes."""
    n = draw(st.integers(1, 12))
    node, kind = st.integers(0, n - 1), st.integers(-1, 3)
    rows = draw(st.lists(st.tuples(node, node, kind), max_size=6 * n))
    for hub in draw(st.lists(node, max_size=2)):
        rows += [(hub, other, draw(kind)) for other in range(n)]
    if draw(st.booleans()):
        rows += [(b, a, draw(kind)) for a, b, _ in rows if draw(st.booleans())]
    return n, [row for row in rows if row[0] != row[1]]


@each_example
@given(multigraphs(), st.sampled_from([1, 5, 1 << 16]), st.sampled_from([0, 2, 19]))
def test_sums_equal_all_triples(kernels, graph, chunk, slots):
    # Few slots make nearly every hash collide; small chunks cut through the lists of hubs.
    n, rows = graph
    pairs = sorted({row[:2] for row in rows})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_triangles, "CHUNK", chunk)
        patch.setattr(_triangles, "SLOTS", slots)
        found = kernels.corners(n, *columns(pairs))
    assert_sums(found, plain_sums(n, [(*pair, 0) for pair in pairs]), PLAIN)


@settings(max_examples=200, deadline=None)
@given(multigraphs(), st.sampled_from([1, 5, 1 << 16]), st.sampled_from([0, 63]))
def test_sums_with_kinds_equal_all_triples(graph, chunk, width):
    # Without room in one sort key the rows are sorted by three columns.
    n, rows = graph
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_triangles, "CHUNK", chunk)
        patch.setattr(_triangles, "WIDTH", width)
        found = corners_of_kinds(n, *columns(rows, 3))
    assert_sums(found, plain_sums(n, rows), (*PLAIN, "entries", "own"))


@pytest.mark.parametrize("n", [0, 1, 5])
def test_no_edges(kernels, n):
    assert_sums(kernels.corners(n, *columns([])), {name: [0] * n for name in PLAIN}, PLAIN)
    assert corners_of_kinds(n, *columns([], 3)).own.tolist() == [0] * n


def test_complete_mutual_graph_in_closed_form(kernels):
    n = 60
    source, target = np.nonzero(~np.eye(n, dtype=bool))
    found = kernels.corners(n, source.astype(np.int32), target.astype(np.int32))
    triples = (n - 1) * (n - 2) // 2
    assert set(found.triangles) == {triples}
    assert set(found.among) == {2 * triples}
    assert set(found.ways) == {8 * triples}
    assert set(found.mutual) == {n - 1}


def test_a_star_has_no_triangle_and_one_chord_makes_one(kernels):
    star = [(0, k) for k in range(1, 1000)]
    assert not kernels.corners(1000, *columns(star)).triangles.any()
    found = kernels.corners(1000, *columns(sorted([*star, (7, 3)])))
    assert np.flatnonzero(found.triangles).tolist() == [0, 3, 7]


def test_sums_with_kinds_hold_ten_to_the_eighteen():
    # One triangle whose sides stand for 10^9 kinds each: one more than it is a power of ten
    # in floating point with 53 bits would be lost.
    links = _triangles.Oriented(
        np.arange(3),
        2,
        np.array([0b0001, 0b0010, 0b0110]),
        np.ones(3, np.int8),
        np.array([10**9 + 1, 10**9, 10**9]),
    )
    assert _triangles._sums(3, links)[1].tolist() == [10**18 + 10**9, 10**18 + 10**9, 10**18]


def random_pairs(rng):
    """A random digraph, some with hubs, some with many mutual pairs."""
    n = int(rng.integers(1, 60))
    count = int(rng.integers(0, 6 * n))
    power = rng.choice([1.0, 3.0])
    ends = (n * rng.random((count, 2)) ** power).astype(int)
    if rng.random() < 0.4:
        ends = np.concatenate([ends, ends[rng.random(count) < 0.5, ::-1]])
    return n, sorted({(int(a), int(b)) for a, b in ends if a != b})


def compare_with_networkx(kernels, seeds):
    for seed in seeds:
        n, pairs = random_pairs(np.random.default_rng(seed))
        graph = nx.DiGraph(pairs)
        graph.add_nodes_from(range(n))
        found = kernels.corners(n, *columns(pairs))
        undirected = nx.triangles(graph.to_undirected())
        assert found.triangles.tolist() == [undirected[node] for node in range(n)], seed
        whole = found.degree * (found.degree - 1) - 2 * found.mutual
        values = found.ways / np.maximum(whole, 1)
        expected = nx.clustering(graph)
        np.testing.assert_allclose(values, [expected[node] for node in range(n)], atol=1e-13)


def test_networkx_on_random_graphs(kernels):
    compare_with_networkx(kernels, range(60))


@pytest.mark.slow
def test_networkx_on_thousands_of_random_graphs(kernels):
    compare_with_networkx(kernels, range(2000))


def large_graph():
    """A power-law graph of 20,000 nodes: several blocks, a hub with thousands of leaves."""
    rng = np.random.default_rng(5)
    ends = (20_000 * rng.random((120_000, 2)) ** 3).astype(np.int64)
    ends = np.concatenate([ends, ends[:9000, ::-1]])
    ends = np.unique(ends[ends[:, 0] != ends[:, 1]], axis=0).astype(np.int32)
    return 20_000, ends[:, 0].copy(), ends[:, 1].copy()


def test_igraph_and_the_other_kernel_on_a_large_graph(kernels):
    import igraph

    n, source, target = large_graph()
    found = kernels.corners(n, source, target)
    graph = igraph.Graph(n=n, edges=np.column_stack([source, target]).tolist()).simplify()
    k = np.array(graph.degree())
    assert (found.degree - found.mutual).tolist() == k.tolist()
    local = 2 * found.triangles / np.maximum(k * (k - 1), 1)
    np.testing.assert_allclose(local, graph.transitivity_local_undirected(mode="zero"), rtol=1e-14)
    other = _triangles.corners(n, source, target)
    assert all((getattr(found, name) == getattr(other, name)).all() for name in PLAIN)


@pytest.mark.slow
def test_compiled_kernels_work_where_no_folder_of_theirs_can_be_written():
    pytest.importorskip("numba", reason="the extra clusters[fast] is not installed")
    code = """
import os
from numba.core import caching
from clusters.measures import _choice

def writable(locator):
    if "clusters-" not in locator.get_cache_path():
        raise OSError("read-only")
    os.makedirs(locator.get_cache_path(), exist_ok=True)

for name in dir(caching):
    if "ensure_cache_path" in getattr(getattr(caching, name), "__dict__", {}):
        setattr(getattr(caching, name), "ensure_cache_path", writable)
import numpy as np
kernels = _choice.compiled("triangles", repays=True)
print(kernels.corners(3, np.array([0, 0, 1]), np.array([1, 2, 2])).triangles.tolist(), _choice._folder())
"""
    env = {**os.environ, _choice.VARIABLE: "numba"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True)
    result, folder = done.stdout.strip().rsplit(" ", 1)
    assert result == "[1, 1, 1]"
    assert not Path(folder).exists()
