"""Core and periphery: exhaustive search, dense reckoning, stars and the karate club."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters import ValueNetwork
from clusters.measures import _extrapolation
from clusters.measures.core_periphery import core_periphery, coreness, directed_coreness

small = st.integers(3, 7).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), min_size=1, max_size=n * n),
    )
)


@pytest.fixture
def karate() -> ValueNetwork:
    return ValueNetwork.from_edges(nx.karate_club_graph().edges, nodes=range(34))


@pytest.fixture
def star() -> ValueNetwork:
    return ValueNetwork.from_edges([("hub", leaf) for leaf in "abcde"])


def dense(n: int, edges: list[tuple[int, int]], directed: bool) -> np.ndarray:
    cells = np.zeros((n, n))
    for a, b in edges:
        if a != b:
            cells[a, b] = 1
    return cells if directed else np.maximum(cells, cells.T)


def correlation(cells: np.ndarray, core: np.ndarray, mixed: str) -> float:
    """Correlate as the definition says, cell by cell."""
    both, either = np.outer(core, core), core[:, None] | core[None, :]
    ideal = either if mixed == "one" else both
    used = ~np.eye(len(cells), dtype=bool)
    if mixed == "missing":
        used &= both | ~either
    one, other = cells[used], ideal[used].astype(float)
    if one.size < 2 or one.min() == one.max() or other.min() == other.max():
        return -math.inf
    return float(np.corrcoef(one, other)[0, 1])


def exhaustive(cells: np.ndarray, mixed: str) -> float:
    n = len(cells)
    splits = (np.array([number >> bit & 1 for bit in range(n)], bool) for number in range(1, 2**n - 1))
    return max(correlation(cells, core, mixed) for core in splits)


class TestDiscrete:
    def test_a_star_is_all_hub(self, star):
        found = core_periphery(star)
        assert found.correlation == pytest.approx(1)
        assert found.core[found.core].index.to_list() == ["hub"]
        assert math.isnan(found.core_density)
        assert (found.mixed_density, found.periphery_density) == (1, 0)

    def test_karate(self, karate):
        # The ideal has an edge wherever an end is in the core.
        found = core_periphery(karate)
        assert found.core[found.core].index.to_list() == [0, 1, 2, 32, 33]
        assert found.correlation == pytest.approx(0.431475, abs=5e-7)

    def test_blocks_between_may_be_missing(self):
        # A full core of three, each with leaves of its own: without the mixed block the fit is whole.
        edges = [(0, 1), (1, 2), (2, 0), (0, 3), (1, 4), (2, 5)]
        found = core_periphery(ValueNetwork.from_edges(edges), mixed="missing")
        assert found.correlation == pytest.approx(1)
        assert found.core.to_list() == [True] * 3 + [False] * 3
        assert core_periphery(ValueNetwork.from_edges(edges)).correlation < 0.8

    @pytest.mark.parametrize("directed", [False, True])
    @pytest.mark.parametrize("mixed", ["one", "missing"])
    @settings(max_examples=25, deadline=None, derandomize=True)
    @given(small)
    def test_finds_what_an_exhaustive_search_finds(self, mixed, directed, drawn):
        n, edges = drawn
        cells = dense(n, edges, directed)
        found = core_periphery(ValueNetwork.from_edges(edges, nodes=range(n)), mixed=mixed, directed=directed)
        best = exhaustive(cells, mixed)
        if math.isinf(best):
            assert math.isnan(found.correlation)
            assert not found.core.any()
        else:
            assert found.correlation == pytest.approx(best)
            assert correlation(cells, found.core.to_numpy(), mixed) == pytest.approx(best)

    @pytest.mark.slow
    @pytest.mark.parametrize("seed", range(6))
    def test_finds_it_with_ten_nodes_too(self, seed):
        graph = nx.gnp_random_graph(10, 0.2 + 0.1 * seed, seed=seed)
        network = ValueNetwork.from_edges(graph.edges, nodes=graph.nodes)
        for mixed in ("one", "missing"):
            best = exhaustive(dense(10, list(graph.edges), False), mixed)
            assert core_periphery(network, mixed=mixed).correlation == pytest.approx(best)

    def test_a_planted_core_is_found_in_a_large_network(self):
        # 20 of 2,000 nodes are joined with each other and with a tenth of all others.
        random = np.random.default_rng(5)
        edges = [(a, b) for a in range(20) for b in range(a)]
        edges += [(a, b) for a in range(20) for b in range(20, 2000) if random.random() < 0.1]
        edges += [tuple(pair) for pair in random.integers(20, 2000, (1000, 2)).tolist()]
        found = core_periphery(ValueNetwork.from_edges(edges, nodes=range(2000)))
        assert np.flatnonzero(found.core).tolist() == list(range(20))

    def test_does_not_depend_on_the_order_of_nodes(self, karate):
        turned = ValueNetwork.from_edges(nx.karate_club_graph().edges, nodes=range(33, -1, -1))
        assert core_periphery(turned).correlation == core_periphery(karate).correlation

    def test_undefined(self):
        for edges, nodes in (([], "abc"), ([("a", "b")], "ab"), ([], "")):
            found = core_periphery(ValueNetwork.from_edges(edges, nodes=nodes))
            assert math.isnan(found.correlation)
            assert found.core_nodes == 0
        with pytest.raises(ValueError, match="one or missing"):
            core_periphery(ValueNetwork.from_edges([]), mixed="zero")


class TestContinuous:
    def test_karate(self, karate):
        found = coreness(karate)
        assert found.converged
        assert found.fit == pytest.approx(0.452458, abs=5e-7)
        assert found.fit > core_periphery(karate).correlation
        c = found.coreness.to_numpy()
        cells = dense(34, list(nx.karate_club_graph().edges), False)
        assert c == pytest.approx(cells @ c / (c @ c - c * c), abs=1e-8)
        pairs = np.triu_indices(34, 1)
        assert found.fit == pytest.approx(np.corrcoef(cells[pairs], np.outer(c, c)[pairs])[0, 1])

    def test_nothing_near_fits_better(self, karate):
        cells, c = dense(34, list(nx.karate_club_graph().edges), False), coreness(karate).coreness.to_numpy()
        pairs = np.triu_indices(34, 1)

        def residual(values):
            return ((cells - np.outer(values, values))[pairs] ** 2).sum()

        random = np.random.default_rng(2)
        assert all(residual(c + 1e-3 * random.normal(size=34)) > residual(c) for _ in range(50))

    def test_a_complete_network_is_one_throughout(self):
        found = coreness(ValueNetwork.from_edges(nx.complete_graph(5).edges))
        assert found.coreness.to_list() == pytest.approx([1] * 5)
        assert math.isnan(found.fit)

    def test_a_star_has_no_best_coreness_but_the_fit_of_its_hub(self, star):
        found = coreness(star)
        assert not found.converged
        assert found.fit == pytest.approx(1, abs=1e-4)
        assert found.coreness.idxmax() == "hub"

    def test_other_components_fade(self):
        edges = [*nx.complete_graph(6).edges, (6, 7), (7, 8)]
        found = coreness(ValueNetwork.from_edges(edges))
        assert found.coreness.to_list() == pytest.approx([1] * 6 + [0] * 3, abs=1e-8)

    def test_givers_and_receivers_are_told_apart(self):
        # Two givers, three receivers: whatever one coreness for both would say, these are all.
        edges = [(giver, receiver) for giver in "ab" for receiver in "xyz"]
        found = directed_coreness(ValueNetwork.from_edges(edges, nodes="abxyz"))
        assert found.fit == pytest.approx(1)
        assert (found.out > 1e-6).to_list() == [True, True, False, False, False]
        assert (found.into > 1e-6).to_list() == [False, False, True, True, True]
        assert np.linalg.norm(found.out) == pytest.approx(np.linalg.norm(found.into))

    def test_directed_by_dense_reckoning(self):
        graph = nx.gnp_random_graph(30, 0.15, seed=4, directed=True)
        found = directed_coreness(ValueNetwork.from_edges(graph.edges, nodes=graph.nodes))
        u, v, cells = found.out.to_numpy(), found.into.to_numpy(), dense(30, list(graph.edges), True)
        assert found.converged
        assert u == pytest.approx(cells @ v / (v @ v - v * v), abs=1e-7)
        assert v == pytest.approx(cells.T @ u / (u @ u - u * u), abs=1e-7)
        off = ~np.eye(30, dtype=bool)
        assert found.fit == pytest.approx(np.corrcoef(cells[off], np.outer(u, v)[off])[0, 1])

    def test_nothing(self):
        for measure in (coreness, directed_coreness):
            found = measure(ValueNetwork.from_edges([], nodes="ab"))
            assert math.isnan(found.fit)
            assert found.converged

    def test_steps_end(self, karate):
        assert coreness(karate, most=3).steps == 3
        assert not directed_coreness(karate, most=3).converged

    def test_gives_up_where_nothing_falls_any_more(self, monkeypatch):
        # A hub that gives and receives: its own cell does not count, so nothing holds its coreness.
        monkeypatch.setattr(_extrapolation, "PATIENCE", 40)
        edges = [("hub", leaf) for leaf in "abcdefg"] + [(leaf, "hub") for leaf in "abcdefg"]
        found = directed_coreness(ValueNetwork.from_edges(edges))
        assert found.fit == pytest.approx(1, abs=1e-4)
        assert found.steps < 20_000
