"""Densification, newcomers and mobility: by hand, against scipy and numpy, and the printed numbers."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau, linregress

from clusters import published, relations
from clusters.measures.growth import (
    densification,
    kendall_tau,
    newcomers,
    path_per_log_nodes,
    rank_mobility,
)
from clusters.networks import ValueNetwork, cumulative, last

TABLE_2 = published.load("nankai_2023", table=2)


def network(rows, **options):
    table = pd.DataFrame(rows, columns=["source", "target", "year"])
    return last(cumulative(table, **options))


class TestDensification:
    def test_the_printed_table(self):
        found = densification(TABLE_2["nodes"], TABLE_2["edges"])
        assert round(found.exponent, 3) == 1.266
        assert round(found.standard_error, 4) == 0.0058
        assert round(found.r_squared, 5) == 0.99985
        assert (round(found.low, 3), round(found.high, 3)) == (1.252, 1.280)
        later = TABLE_2[TABLE_2["year"] >= 2017]
        assert round(densification(later["nodes"], later["edges"]).exponent, 3) == 1.277
        platforms = published.load("nankai_2023", table=6)
        found = densification(platforms["nodes"], platforms["edges"])
        assert (round(found.exponent, 3), round(found.standard_error, 3), found.n) == (1.223, 0.005, 4)

    def test_agrees_with_scipy(self):
        x, y = np.log(TABLE_2["nodes"]), np.log(TABLE_2["edges"])
        found, other = densification(TABLE_2["nodes"], TABLE_2["edges"]), linregress(x, y)
        assert found.exponent == pytest.approx(other.slope)
        assert found.intercept == pytest.approx(other.intercept)
        assert found.standard_error == pytest.approx(other.stderr)
        assert found.r_squared == pytest.approx(other.rvalue**2)
        left = y - other.intercept - other.slope * x
        assert found.residuals == pytest.approx(left)
        assert found.durbin_watson == pytest.approx((np.diff(left) ** 2).sum() / (left**2).sum())

    def test_years_on_their_own(self):
        x, y = np.log(TABLE_2["nodes"]), np.log(TABLE_2["edges"])
        dx, dy = np.diff(x), np.diff(y)
        found = densification(TABLE_2["nodes"], TABLE_2["edges"], "differences")
        assert found.exponent == pytest.approx((dx @ dy) / (dx @ dx))
        assert found.n == 8
        assert math.isnan(found.residuals[0])
        added = linregress(np.log(np.diff(TABLE_2["nodes"])), np.log(np.diff(TABLE_2["edges"])))
        found = densification(TABLE_2["nodes"], TABLE_2["edges"], "increments")
        assert (found.exponent, found.standard_error) == pytest.approx((added.slope, added.stderr))

    @pytest.mark.parametrize("exponent", [0.5, 1, 1.266, 2])
    def test_an_exact_power_gives_its_exponent(self, exponent):
        nodes = 100 * 1.4 ** np.arange(9)
        for series in ("cumulative", "differences", "increments"):
            found = densification(nodes, 3 * nodes**exponent, series)
            assert found.exponent == pytest.approx(exponent, abs=1e-12)
            assert found.standard_error == pytest.approx(0, abs=1e-10)
            assert math.isnan(found.durbin_watson)  # what is left over is rounding
            assert found.r_squared == pytest.approx(1)

    def test_two_years_are_a_line_without_an_error(self):
        found = densification([10, 100], [10, 1000])
        assert found.exponent == pytest.approx(2)
        assert [math.isnan(v) for v in (found.standard_error, found.low, found.durbin_watson)] == [True] * 3
        found = densification([10, 100], [10, 1000], "differences")
        assert found.exponent == pytest.approx(2)
        assert math.isnan(found.standard_error)
        assert math.isnan(densification([10, 100], [10, 1000], "increments").exponent)

    def test_nothing_to_fit(self):
        for nodes, edges in (([], []), ([10], [20]), ([10, 10, 10], [5, 6, 7]), ([0, 0], [0, 0])):
            for series in ("cumulative", "differences", "increments"):
                assert math.isnan(densification(nodes, edges, series).exponent)

    def test_years_without_an_edge_are_left_out(self):
        found = densification([5, 10, np.nan, 100], [0, 10, 30, 1000])
        assert (found.n, found.exponent) == (2, pytest.approx(2))
        assert [math.isnan(r) for r in found.residuals] == [True, False, True, False]

    def test_wrong_calls(self):
        with pytest.raises(ValueError, match="3 numbers of nodes but 2 of edges"):
            densification([1, 2, 3], [1, 2])
        with pytest.raises(ValueError, match="use cumulative, differences, increments"):
            densification([1, 2], [1, 2], "yearly")

    @given(st.floats(0.3, 3), st.floats(0.1, 100), st.lists(st.integers(2, 10**6), min_size=3, unique=True))
    def test_scaling_moves_only_the_intercept(self, exponent, factor, nodes):
        size = np.array(nodes, dtype=float)
        first = densification(size, size**exponent)
        second = densification(size, factor * size**exponent)
        assert first.exponent == pytest.approx(exponent, abs=1e-9)
        assert second.exponent == pytest.approx(exponent, abs=1e-9)


def test_distances_against_the_size():
    ratios = [path_per_log_nodes(row.average_path_length, row.nodes) for row in TABLE_2.itertuples()]
    assert (round(ratios[0], 3), round(ratios[-1], 3)) == (0.720, 0.385)
    assert math.isnan(path_per_log_nodes(1.0, 1))
    assert math.isnan(path_per_log_nodes(math.nan, 100))


class TestNewcomers:
    ROWS = (
        ("a", "b", 2020), ("a", "c", 2020), ("b", "c", 2020),
        ("a", "b", 2021),  # known: no new edge
        ("b", "a", 2021),  # old-old: the other direction is an edge of its own
        ("a", "d", 2021), ("c", "d", 2021),  # old to new; d stays new all year
        ("e", "a", 2021),  # new to old
        ("d", "e", 2021),  # new-new, though both have an old partner by then
    )  # fmt: skip

    def test_by_hand(self):
        found = newcomers(network(self.ROWS), 2021, top=1)
        assert (found.new_nodes, found.new_edges) == (2, 5)
        shares = (found.old_old, found.old_to_new, found.new_to_old, found.new_new)
        assert shares == (0.2, 0.4, 0.2, 0.2)
        # Degree 2 each in 2020: a has the larger out-degree. It receives from b and e, gives to d.
        assert (found.to_top, found.from_top) == (0.4, 0.2)
        top_receiver = newcomers(network(self.ROWS), 2021, top=1, degree="in")
        assert (top_receiver.to_top, top_receiver.from_top) == (0, 0.2)  # c

    def test_every_relation_counts_where_relations_are_edges(self):
        found = newcomers(network(self.ROWS, parallel="relations"), 2021)
        assert (found.new_edges, found.old_old) == (6, 2 / 6)

    def test_a_later_network_tells_the_same_of_a_year(self):
        later = network([*self.ROWS, ("x", "a", 2022), ("d", "c", 2022)])
        assert newcomers(later, 2021) == newcomers(network(self.ROWS), 2021)
        assert rank_mobility(later, 2021) == rank_mobility(network(self.ROWS), 2021)

    def test_undefined_in_the_first_year_and_without_new_edges(self):
        first = newcomers(network(self.ROWS), 2020)
        assert (first.new_nodes, first.new_edges) == (3, 3)
        none = newcomers(network(self.ROWS), 2022)
        assert (none.new_nodes, none.new_edges) == (0, 0)
        for found in (first, none):
            shares = [found.new_new, found.old_old, found.new_to_old, found.old_to_new]
            assert np.isnan([*shares, found.to_top, found.from_top]).all()

    def test_isolates_are_not_there(self):
        nodes = pd.DataFrame(index=["a", "b", "z"])
        table = pd.DataFrame({"source": ["a", "a"], "target": ["b", "c"], "year": [2020, 2021]})
        built = last(cumulative(relations.from_frame(table, nodes), isolates=True))
        found = newcomers(built, 2021)
        assert (len(built), found.new_nodes, found.old_to_new) == (4, 1, 1)
        assert rank_mobility(built, 2021).nodes == 2

    def test_needs_years(self):
        with pytest.raises(ValueError, match="carry years"):
            newcomers(ValueNetwork.from_edges([("a", "b")]), 2020)


class TestMobility:
    def test_by_hand(self):
        rows = [("a", "x", 2020), ("a", "y", 2020), ("b", "x", 2020), ("c", "x", 2020)]
        rows += [("b", "y", 2021), ("b", "z", 2021), ("d", "x", 2021)]
        # Out-degree before: a 2, b 1, c 1, x 0, y 0; after: a 2, b 3, c 1, x 0, y 0; d is new.
        found = rank_mobility(network(rows), 2021, degree="out", top=2)
        assert found.nodes == 5
        # Ten pairs: b-c tied before, x-y in both; a-b turned; a-c, a-x, a-y, b-x, b-y, c-x, c-y kept.
        assert found.tau == pytest.approx((7 - 1) / math.sqrt((10 - 2) * (10 - 1)))
        # Before: a, b (by id before c); after: b, a.
        assert (found.entrants, found.turnover) == (0, 0)
        assert rank_mobility(network(rows), 2021, degree="out", top=1).turnover == 1

    def test_ties_go_to_the_larger_out_degree_then_the_id(self):
        rows = [("p", "q", 2020), ("q", "r", 2020), ("s", "r", 2020), ("s", "t", 2020)]
        # Degrees: q 2 (out 1), r 2 (out 0), s 2 (out 2): the list of two is s, q; with z -> r
        # it is r (3), s. By id alone it would have been q, r and then r, q.
        found = rank_mobility(network([*rows, ("z", "r", 2021)]), 2021, top=2)
        assert (found.entrants, found.turnover) == (1, 0.5)

    def test_nobody_is_on_the_list_with_degree_zero(self):
        rows = [("a", "b", 2020), ("a", "c", 2020), ("b", "c", 2021)]
        found = rank_mobility(network(rows), 2021, degree="out", top=20)
        assert (found.entrants, found.turnover) == (1, 0.5)  # a, then a and b; c never gives

    def test_a_year_that_changes_nothing(self):
        rows = [("a", "b", 2020), ("a", "c", 2020), ("b", "c", 2020), ("d", "a", 2020)]
        found = rank_mobility(network([*rows, ("a", "b", 2021)]), 2021)
        assert (found.tau, found.turnover) == (1, 0)

    def test_the_first_year(self):
        found = rank_mobility(network([("a", "b", 2020)]), 2020)
        assert (found.nodes, found.entrants) == (0, 0)
        assert np.isnan([found.tau, found.turnover]).all()
        with pytest.raises(ValueError, match="top must be at least 1"):
            rank_mobility(network([("a", "b", 2020)]), 2020, top=0)


class TestKendall:
    @settings(max_examples=150, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 9), st.integers(-3, 40)), min_size=2, max_size=60))
    def test_agrees_with_scipy(self, pairs):
        x, y = zip(*pairs, strict=True)
        expected = kendalltau(x, y, variant="b").statistic
        assert kendall_tau(x, y) == pytest.approx(expected, abs=1e-12, nan_ok=True)

    def test_agrees_with_scipy_on_heavy_tails(self):
        random = np.random.default_rng(0)
        x = random.zipf(2, 20_000)
        y = x + random.poisson(0.3 * x)
        assert kendall_tau(x, y) == pytest.approx(kendalltau(x, y).statistic, abs=1e-12)

    def test_ends_of_the_scale(self):
        values = np.random.default_rng(1).zipf(1.9, 5000)
        assert kendall_tau(values, values) == 1
        assert kendall_tau(values, -values) == -1
        assert math.isnan(kendall_tau([1, 1], [1, 2]))
        assert math.isnan(kendall_tau([], []))
        with pytest.raises(ValueError, match="2 values but 1"):
            kendall_tau([1, 2], [1])


edges = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(2019, 2022)), min_size=1, max_size=60
)


@settings(max_examples=60, deadline=None)
@given(edges)
def test_shares_sum_to_one_and_years_add_up(rows):
    rows = [(f"n{a}", f"n{b}", y) for a, b, y in rows if a != b] or [("a", "b", 2019)]
    built = network(rows)
    found = [newcomers(built, year) for year in range(2019, 2023)]
    assert sum(f.new_edges for f in found) == built.n_edges
    assert sum(f.new_nodes for f in found) == built.n_nodes
    for year, f in zip(range(2019, 2023), found, strict=True):
        total = f.new_new + f.new_to_old + f.old_to_new + f.old_old
        assert math.isnan(total) == (not f.new_edges or not any(y < year for _, _, y in rows))
        assert math.isnan(total) or total == pytest.approx(1)
        for degree in ("out", "in", "total"):
            moved = rank_mobility(built, year, degree=degree, top=3)
            assert math.isnan(moved.turnover) or 0 <= moved.turnover <= 1


def test_agrees_with_the_networks_of_single_years():
    table = relations.sample()
    built = cumulative(table)
    before, after = built[2019], built[2020]
    found = newcomers(built[2022], 2020)
    assert found.new_nodes == len(after) - len(before)
    assert found.new_edges == after.n_edges - before.n_edges
    old = set(before.nodes)
    frame = after.to_frame()
    frame = frame[frame["first_year"] == 2020]
    gives, takes = frame["source"].isin(old), frame["target"].isin(old)
    assert found.old_old == pytest.approx((gives & takes).mean())
    assert found.new_to_old == pytest.approx((~gives & takes).mean())
    from clusters import tables

    top = tables.top_degrees(before, 20)["node"]
    assert found.to_top == pytest.approx(frame["target"].isin(top).mean())
    now = set(tables.top_degrees(after, 20)["node"])
    assert rank_mobility(built[2022], 2020).entrants == len(now - set(top))
