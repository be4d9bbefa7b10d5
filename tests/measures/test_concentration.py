"""Concentration against hand counts, published examples and what must hold for any amounts."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clusters.measures import concentration as c

amounts = st.lists(st.integers(0, 10**6), min_size=1, max_size=60)
some_amounts = amounts.filter(any)
MEASURES = [
    lambda x: c.top_share(x, 0.1),
    lambda x: c.concentration_ratio(x, 3),
    c.gini,
    c.hhi,
    c.effective_number,
    c.theil_t,
    c.theil_l,
    c.shannon,
    c.hoover,
    c.primacy,
]


class TestTopShare:
    def test_top_tenth_of_one_to_ten(self):
        assert c.top_share(range(1, 11), 0.1) == 10 / 55

    def test_owners_of_nothing_count(self):
        # Ten nodes of which eight give nothing: the top tenth is one node; without zeros it would
        # be one of two as well, so the fifth tells: two nodes hold all, not one of two.
        values = [6, 4, *[0] * 8]
        assert c.top_share(values, 0.2) == 1.0
        assert c.top_share([6, 4], 0.2) == 0.6

    @pytest.mark.parametrize(
        ("rounding", "owners"), [("half_up", 3), ("ceil", 3), ("floor", 2), ("interpolate", 2.5)]
    )
    def test_rounding_of_half_an_owner(self, rounding, owners):
        # 0.1 of 25 nodes is 2.5 nodes; bankers' rounding would give 2.
        assert c.top_share([1] * 25, 0.1, rounding=rounding) == pytest.approx(owners / 25)

    @pytest.mark.parametrize(("rounding", "owners"), [("half_up", 2), ("ceil", 3), ("floor", 2)])
    def test_rounding_of_less_than_half(self, rounding, owners):
        assert c.top_share([1] * 24, 0.1, rounding=rounding) == pytest.approx(owners / 24)

    def test_at_least_one_owner(self):
        assert c.top_share([3, 1], 0.001) == 0.75
        assert c.top_share([3, 1], 0.001, rounding="floor") == 0.75

    def test_products_are_not_cut_short_by_floats(self):
        # 0.29 * 100 is 28.999999999999996 in floats.
        assert c.top_share([1] * 100, 0.29, rounding="floor") == 0.29
        assert c.top_share([1] * 100, 0.07, rounding="ceil") == 0.07

    def test_the_size_behind_figure_15(self):
        # 0.1 % of 30,765 nodes are 31 (decision D8), not 30.
        values = np.zeros(30_765)
        values[:31] = 1
        assert c.top_share(values, 0.001) == 1.0
        assert c.top_share(values, 0.001, rounding="floor") == pytest.approx(30 / 31)

    @pytest.mark.parametrize("fraction", [0, -0.1, 1.1, float("nan")])
    def test_fraction_must_be_a_fraction(self, fraction):
        with pytest.raises(ValueError, match="fraction"):
            c.top_share([1, 2], fraction)

    def test_unknown_rounding_is_named(self):
        with pytest.raises(ValueError, match="half_down"):
            c.top_share([1, 2], 0.5, rounding="half_down")

    @given(some_amounts, st.floats(0.001, 1), st.sampled_from(["half_up", "ceil", "floor", "interpolate"]))
    def test_between_equal_share_and_all(self, values, fraction, rounding):
        share = c.top_share(values, fraction, rounding=rounding)
        assert share <= 1 + 1e-12
        owners = fraction * len(values)
        assert (
            share
            >= (owners if rounding == "interpolate" else max(1, math.floor(owners))) / len(values) - 1e-9
        )


class TestPublishedExamples:
    """EconGeo (gini, Hoover) and arithmetic: oracles O-C1 to O-C3."""

    def test_gini(self):
        assert c.gini([0, 10, 10, 30, 50]) == pytest.approx(0.48, abs=1e-12)
        assert c.gini([1, 2, 3, 4]) == pytest.approx(0.25, abs=1e-12)
        assert c.gini([0, 0, 0, 0, 1]) == pytest.approx(0.8, abs=1e-12)

    def test_hoover_and_hoover_gini(self):
        values, base = [0, 10, 10, 30, 50], [10, 15, 20, 25, 30]
        assert c.hoover(values, base) == pytest.approx(0.25)
        assert c.locational_gini(values, base) == pytest.approx(0.31)

    def test_theil(self):
        assert c.theil_t([1, 2, 3, 4]) == pytest.approx(0.106440, abs=5e-7)
        assert c.theil_l([1, 2, 3, 4]) == pytest.approx(0.121777, abs=5e-7)
        parts = c.theil_decomposition([1, 2, 3, 4], ["west", "west", "east", "east"])
        assert parts.between == pytest.approx(0.082283, abs=5e-7)
        assert parts.within == pytest.approx(0.024157, abs=5e-7)

    def test_hhi_of_market_shares(self):
        assert c.hhi([30, 30, 20, 20]) == pytest.approx(0.26)
        assert c.hhi([30, 30, 20, 20], normalised=True) == pytest.approx(0.01 / 0.75)

    def test_concentration_ratio_by_hand(self):
        assert c.concentration_ratio([2, 5, 3], 2) == 0.8
        assert c.concentration_ratio([2, 5, 3], 7) == 1.0

    def test_primacy_by_hand(self):
        values = [40, 20, 10, 10, *[5] * 7]
        assert c.primacy(values) == 2.0
        assert c.primacy(values, places=4) == 1.0
        assert c.primacy(values, places=11) == 80 / 75
        assert math.isnan(c.primacy([3, 2, 1], places=4))

    def test_against_the_mean_absolute_difference(self):
        values = np.random.default_rng(5).pareto(1.2, 200)
        differences = np.abs(values[:, None] - values[None, :]).mean()
        assert c.gini(values) == pytest.approx(differences / (2 * values.mean()))


@pytest.fixture(scope="module")
def table(shared):
    return pd.read_csv(shared / "reference/nankai_2023/table07_province_flow_shares.csv")


class TestTable7:
    """Printed shares of 20 of 31 provinces; values of methods 3.1."""

    @pytest.mark.parametrize(
        ("direction", "low", "high", "cr2", "cr3", "cr5", "primacies", "gini", "effective"),
        [
            ("empowerment", 0.2139, 0.2139, 61.61, 72.21, 85.88, (1.0502, 0.6263, 0.9983), 0.812, 7.2),
            ("input", 0.1493, 0.1494, 49.81, 60.01, 73.39, (1.1723, 0.6460, 0.8942), 0.704, 11.3),
        ],
    )
    def test_published_table(self, table, direction, low, high, cr2, cr3, cr5, primacies, gini, effective):
        printed = table.loc[table["direction"] == direction, "share_percent"].to_numpy()
        spread, packed = c.completed(printed, 31, total=100)
        assert spread.size == packed.size == 31
        assert spread.sum() == pytest.approx(100)
        assert packed.sum() == pytest.approx(100)
        assert c.hhi(spread) == pytest.approx(low, abs=5e-5)
        assert c.hhi(packed) == pytest.approx(high, abs=5e-5)
        assert [100 * c.concentration_ratio(spread, m) for m in (2, 3, 5)] == pytest.approx([cr2, cr3, cr5])
        assert [c.primacy(spread, places) for places in (2, 4, 11)] == pytest.approx(primacies, abs=5e-5)
        assert c.gini(spread) == pytest.approx(gini, abs=5e-4)
        # methods 3.1 calls e to the entropy the effective number of provinces here
        assert math.exp(c.shannon(spread)) == pytest.approx(effective, abs=0.05)

    def test_giving_is_more_polarised_than_taking(self, table):
        give, take = (table.loc[table["direction"] == d, "share_percent"] for d in ("empowerment", "input"))
        assert c.hhi(c.completed(give, 31, total=100)[0]) > c.hhi(c.completed(take, 31, total=100)[1])


class TestUndefinedAndWrong:
    @pytest.mark.parametrize("measure", MEASURES)
    @pytest.mark.parametrize("values", [[], [0], [0, 0, 0]])
    def test_nothing_to_share_is_nan(self, measure, values):
        assert math.isnan(measure(values))

    @pytest.mark.parametrize("measure", MEASURES)
    @pytest.mark.parametrize("values", [[1, -1], [1, float("nan")], [1, float("inf")], [[1, 2], [3, 4]]])
    def test_wrong_amounts_are_refused(self, measure, values):
        with pytest.raises(ValueError, match="values must"):
            measure(values)

    def test_single_owner(self):
        assert (c.gini([5]), c.hhi([5]), c.theil_t([5]), c.shannon([5])) == (0.0, 1.0, 0.0, 0.0)
        assert math.isnan(c.gini([5], corrected=True))
        assert math.isnan(c.hhi([5], normalised=True))
        assert math.isnan(c.primacy([5]))

    def test_theil_l_is_not_defined_with_an_owner_of_nothing(self):
        assert math.isnan(c.theil_l([0, 1]))

    def test_partial_table_that_cannot_be_completed(self):
        for listed, units in (
            ([0.5, 0.4], 2),
            ([0.5, 0.4, 0.1], 2),
            ([0.9, 0.01], 3),
            ([0.9, 0.3], 5),
            ([], 3),
        ):
            with pytest.raises(ValueError, match="fit"):
                c.completed(listed, units)

    def test_unequal_lengths(self):
        with pytest.raises(ValueError, match="2 values but 3"):
            c.hoover([1, 2], [1, 2, 3])
        with pytest.raises(ValueError, match="2 values but 1 groups"):
            c.theil_decomposition([1, 2], ["a"])


class TestProperties:
    @given(some_amounts)
    def test_ranges(self, values):
        n = len(values)
        assert 0 <= c.gini(values) <= 1 - 1 / n
        assert 1 / n - 1e-12 <= c.hhi(values) <= 1 + 1e-12
        assert 0 <= c.theil_t(values) <= math.log(n) + 1e-12
        assert 0 <= c.shannon(values) <= math.log(n) + 1e-12
        assert 0 <= c.hoover(values) <= 1 - 1 / n + 1e-12

    @given(some_amounts, st.integers(2, 5))
    def test_replicating_the_population_changes_nothing(self, values, times):
        for measure in (c.gini, c.theil_t, c.hoover):
            assert measure(values * times) == pytest.approx(measure(values), abs=1e-12)

    @given(some_amounts, st.floats(1e-150, 1e150))
    def test_scale_changes_nothing(self, values, factor):
        scaled = np.asarray(values, dtype=float) * factor
        for measure in MEASURES:
            assert measure(scaled) == pytest.approx(measure(values), rel=1e-9, abs=1e-12, nan_ok=True)

    @given(some_amounts, st.randoms(use_true_random=False))
    def test_order_changes_nothing(self, values, random):
        shuffled = random.sample(values, len(values))
        for measure in MEASURES:
            assert measure(shuffled) == pytest.approx(measure(values), nan_ok=True)

    @given(some_amounts, st.data())
    def test_theil_is_between_plus_within(self, values, data):
        groups = data.draw(st.lists(st.sampled_from("abc"), min_size=len(values), max_size=len(values)))
        parts = c.theil_decomposition(values, groups)
        within = sum(
            part.sum() / sum(values) * c.theil_t(part)
            for _, part in pd.Series(values, dtype=float).groupby(groups)
            if part.any()
        )
        assert parts.total == pytest.approx(c.theil_t(values))
        assert parts.within == pytest.approx(within, abs=1e-9)
        assert parts.between + parts.within == pytest.approx(parts.total, abs=1e-12)

    @given(some_amounts)
    def test_gini_is_the_area_of_the_lorenz_curve(self, values):
        curve = c.lorenz_curve(values)
        area = np.trapezoid(curve["total_share"], curve["nodes_share"])
        assert c.gini(values) == pytest.approx(1 - 2 * area, abs=1e-9)

    @given(some_amounts)
    def test_hoover_is_the_widest_gap_of_the_lorenz_curve(self, values):
        curve = c.lorenz_curve(values)
        gap = (curve["nodes_share"] - curve["total_share"]).max()
        assert c.hoover(values) == pytest.approx(gap, abs=1e-9)

    @given(some_amounts)
    def test_equal_base_gives_the_plain_gini(self, values):
        assert c.locational_gini(values, [7] * len(values)) == pytest.approx(c.gini(values), abs=1e-9)

    @given(some_amounts)
    def test_both_curves_end_at_one(self, values):
        for curve in (c.lorenz_curve(values), c.concentration_curve(values)):
            assert curve.iloc[0].tolist() == [0, 0]
            assert curve.iloc[-1].tolist() == [1, 1]
            assert curve["total_share"].is_monotonic_increasing
        assert len(curve) == len(values) + 1

    @given(some_amounts, st.integers(0, 4))
    def test_top_share_lies_on_the_concentration_curve(self, values, step):
        fraction = (step + 1) / 5
        curve = c.concentration_curve(values)
        read = np.interp(fraction, curve["nodes_share"], curve["total_share"])
        assert c.top_share(values, fraction, rounding="interpolate") == pytest.approx(read)

    @given(st.lists(st.integers(1, 100), min_size=2, max_size=20, unique=True), st.integers(0, 5))
    def test_bounds_of_a_partial_table_hold_the_full_one(self, full, hidden):
        assume(hidden < len(full))
        full = sorted(full, reverse=True)
        listed = full[: len(full) - hidden]
        spread, packed = c.completed(listed, len(full), total=sum(full))
        for measure in (c.hhi, c.gini, c.theil_t):
            assert measure(spread) <= measure(full) + 1e-9
            assert measure(packed) >= measure(full) - 1e-9


def test_curves_of_nothing_are_the_origin():
    assert c.lorenz_curve([]).to_numpy().tolist() == [[0, 0]]
    assert c.concentration_curve([0, 0]).to_numpy().tolist() == [[0, 0]]


class TestBounds:
    def test_by_hand(self):
        # 0.5, 0.2 and three unknown: spread 0.1 each, packed 0.2, 0.1, 0.
        assert c.bounds(c.hhi, [0.5, 0.2], 5) == pytest.approx((0.32, 0.34))
        assert c.bounds(c.effective_number, [0.5, 0.2], 5) == pytest.approx((1 / 0.34, 1 / 0.32))
        assert c.bounds(c.primacy, [0.5, 0.2], 5) == (2.5, 2.5)
        low, high = c.bounds(c.theil_l, [0.5, 0.2], 5)
        assert low > 0
        assert math.isnan(high)

    @given(st.lists(st.integers(1, 50), min_size=4, max_size=20), st.integers(1, 3))
    def test_the_full_table_lies_between(self, values, missing):
        full = sorted(values, reverse=True)
        for measure in (c.hhi, c.gini, c.theil_t, c.hoover, c.shannon, c.effective_number):
            low, high = c.bounds(measure, full[:-missing], len(full), total=sum(full))
            assert low - 1e-9 <= measure(full) <= high + 1e-9

    @pytest.mark.parametrize(
        ("direction", "low", "high"), [("empowerment", 0.2139, 0.2139), ("input", 0.1493, 0.1494)]
    )
    def test_table_7(self, table, direction, low, high):
        printed = table.loc[table["direction"] == direction, "share_percent"]
        assert c.bounds(c.hhi, printed, 31, total=100) == pytest.approx((low, high), abs=5e-5)
