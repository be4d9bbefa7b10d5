"""Inequality and bipolarisation against arithmetic, second implementations and what must always hold."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.measures import concentration as c
from clusters.measures import inequality as q

amounts = st.lists(st.integers(0, 10**4), min_size=2, max_size=24).filter(any)
grouped = st.lists(st.tuples(st.integers(0, 10**4), st.sampled_from("abc")), min_size=2, max_size=24)
some_grouped = grouped.filter(lambda rows: any(x for x, _ in rows))
SKEWED = np.random.default_rng(8).pareto(1.3, 40).round(3) + 0.001
GROUPS = ["west", "east", "south", "east"] * 10


def columns(rows):
    return [x for x, _ in rows], [g for _, g in rows]


class TestGeneralisedEntropy:
    def test_its_known_members(self):
        assert q.generalised_entropy(SKEWED, 0) == pytest.approx(c.theil_l(SKEWED))
        assert q.generalised_entropy(SKEWED, 1) == pytest.approx(c.theil_t(SKEWED))
        variation = SKEWED.std() / SKEWED.mean()
        assert q.generalised_entropy(SKEWED, 2) == pytest.approx(variation**2 / 2)

    @pytest.mark.parametrize("a", [0, 1])
    @pytest.mark.parametrize("step", [-1e-7, 1e-7])
    def test_no_jump_at_the_two_special_cases(self, a, step):
        assert q.generalised_entropy(SKEWED, a + step) == pytest.approx(
            q.generalised_entropy(SKEWED, a), rel=1e-4
        )

    def test_one_owner_of_all_has_the_most(self):
        assert q.generalised_entropy([0, 0, 0, 7], 2) == pytest.approx((4 - 1) / 2)
        assert q.generalised_entropy([0, 0, 0, 7], 0.5) == pytest.approx((4**-0.5 - 1) / (0.5 * -0.5))
        assert math.isnan(q.generalised_entropy([0, 1], 0))
        assert math.isnan(q.generalised_entropy([0, 1], -1))

    @given(amounts, st.sampled_from([0.5, 1, 1.5, 2]))
    def test_a_transfer_to_the_poorer_lowers_it(self, values, a):
        rich, poor = max(values), min(values)
        after = [*sorted(values)[1:-1], (rich + poor) / 2, (rich + poor) / 2]
        assert q.generalised_entropy(after, a) <= q.generalised_entropy(values, a) + 1e-9


class TestRankSize:
    def test_exact_zipf(self):
        fit = q.rank_size([100 / (rank - 0.5) ** 0.8 for rank in range(1, 32)])
        assert fit.slope == pytest.approx(0.8)
        assert fit.standard_error == pytest.approx(0.8 * math.sqrt(2 / 31))
        assert fit.intercept == pytest.approx(math.log(100))
        assert fit.r_squared == pytest.approx(1)

    def test_half_a_rank_is_taken_off(self):
        # 4, 2, 1 on ranks 1, 2, 3: -polyfit on ln 0.5, ln 1.5, ln 2.5 is not that on ln 1, ln 2, ln 3.
        y, ranks = np.log([4.0, 2.0, 1.0]), np.arange(1, 4)
        assert q.rank_size([1, 4, 2]).slope == pytest.approx(-np.polyfit(np.log(ranks - 0.5), y, 1)[0])
        assert abs(q.rank_size([1, 4, 2]).slope + np.polyfit(np.log(ranks), y, 1)[0]) > 0.2

    def test_owners_of_nothing_and_small_ones_are_left_out(self):
        assert q.rank_size([8, 4, 2, 0, 0]) == q.rank_size([8, 4, 2])
        assert q.rank_size([8, 4, 2, 1], top=3) == q.rank_size([8, 4, 2])
        assert q.rank_size([5, 5]).slope == 0.0
        assert math.isnan(q.rank_size([5, 5]).r_squared)
        assert math.isnan(q.rank_size([5, 0]).slope)
        with pytest.raises(ValueError, match="at least 2"):
            q.rank_size([1, 2], top=1)

    @pytest.mark.slow
    def test_standard_error_holds_for_pareto_sizes(self):
        random = np.random.default_rng(3)
        held = 0
        for _ in range(2000):
            fit = q.rank_size((1 - random.random(200)) ** -0.9)  # ln x falls by 0.9 per unit of ln rank
            held += abs(fit.slope - 0.9) < 1.96 * fit.standard_error
        assert 0.90 < held / 2000 < 0.98


class TestDagum:
    def test_two_groups_by_hand(self):
        apart, mixed = (q.dagum_gini([1, 2, 3, 4], g) for g in ("aabb", "abab"))
        assert (apart.within, apart.net_between, apart.transvariation) == pytest.approx((0.05, 0.20, 0.0))
        assert (mixed.within, mixed.net_between, mixed.transvariation) == pytest.approx((0.10, 0.10, 0.05))
        assert apart.total == pytest.approx(0.25)
        assert mixed.total == pytest.approx(0.25)

    def test_against_the_definition_pair_by_pair(self):
        x, groups = SKEWED, np.array(GROUPS)
        names = list(dict.fromkeys(GROUPS))
        parts = {g: x[groups == g] for g in names}
        p = {g: len(part) / len(x) for g, part in parts.items()}
        s = {g: part.sum() / x.sum() for g, part in parts.items()}
        within = net = overlap = 0.0
        for j, h in itertools.product(names, names):
            gap = parts[j][:, None] - parts[h][None, :]
            g_jh = np.abs(gap).mean() / (parts[j].mean() + parts[h].mean())
            assert q.dagum_groups(x, GROUPS).at[j, h] == pytest.approx(g_jh)
            if j == h:
                within += g_jh * p[j] * s[j]
            elif parts[j].mean() > parts[h].mean():
                d, back = np.maximum(gap, 0).mean(), np.maximum(-gap, 0).mean()
                share = (d - back) / (d + back)
                net += g_jh * (p[j] * s[h] + p[h] * s[j]) * share
                overlap += g_jh * (p[j] * s[h] + p[h] * s[j]) * (1 - share)
        found = q.dagum_gini(x, GROUPS)
        assert (found.within, found.net_between, found.transvariation) == pytest.approx(
            (within, net, overlap)
        )

    @given(some_grouped)
    def test_parts_add_up_to_the_gini_coefficient(self, rows):
        values, groups = columns(rows)
        found = q.dagum_gini(values, groups)
        assert found.total == pytest.approx(c.gini(values), abs=1e-9)
        assert found.within + found.net_between + found.transvariation == pytest.approx(found.total, abs=1e-9)
        assert min(found.within, found.net_between, found.transvariation) >= 0

    def test_groups_without_anything(self):
        assert math.isnan(q.dagum_groups([0, 0, 1], "aab").iat[0, 0])
        assert math.isnan(q.dagum_gini([0, 0], "ab").total)
        assert q.dagum_groups([0, 0, 1], "aab").at["a", "b"] == 1.0


class TestPolarisation:
    def test_wolfson_by_hand(self):
        assert q.wolfson([1, 2, 3, 4, 10]) == pytest.approx(0.40)
        assert q.wolfson([3, 3, 3]) == 0.0
        assert math.isnan(q.wolfson([0, 0, 5]))

    @given(st.lists(st.integers(1, 1000), min_size=1, max_size=20))
    def test_wolfson_is_what_lies_between_the_halves_less_what_lies_within(self, values):
        values = sorted([*values, *[v + 7 for v in values]])
        half = len(values) // 2
        parts = q.dagum_gini(values, [0] * half + [1] * half)
        scale = 2 * np.mean(values) / np.median(values)
        assert q.wolfson(values) == pytest.approx(scale * (parts.net_between - parts.within), abs=1e-9)

    def test_polarisation_can_rise_while_inequality_falls(self):
        # A transfer within each half gathers owners at two poles.
        before, after = [1, 3, 5, 7], [2, 2, 6, 6]
        assert c.gini(after) < c.gini(before)
        assert q.wolfson(after) > q.wolfson(before)
        assert q.esteban_gradin_ray(after) > q.esteban_gradin_ray(before)
        assert q.kanbur_zhang([2, 2.1, 6, 6], "aabb") > q.kanbur_zhang(before, "aabb")

    def test_esteban_ray_by_hand(self):
        assert q.esteban_ray([0, 1]) == pytest.approx(0.164938, abs=5e-7)
        assert q.esteban_ray([0, 1], [1, 1], alpha=1.6) == pytest.approx(0.5**2.6)
        # Three poles 0, 1, 2 of sizes 1/4, 1/4, 1/2 with alpha 1, term by term.
        pi, y = [0.25, 0.25, 0.5], [0, 1, 2]
        by_hand = sum(
            a**2 * b * abs(u - v) for a, u in zip(pi, y, strict=True) for b, v in zip(pi, y, strict=True)
        )
        assert q.esteban_ray(y, [1, 1, 2], alpha=1) == pytest.approx(by_hand)
        assert q.esteban_ray([1, 1, 3, 3], relative=True) == pytest.approx(0.5**2.6)  # same places join
        assert q.esteban_ray([5], [3]) == 0.0
        with pytest.raises(ValueError, match=r"between 1 and 1\.6"):
            q.esteban_ray([0, 1], alpha=2)

    def test_two_equal_poles_are_the_most_polarised(self):
        two = q.esteban_ray([0, 1], [1, 1])
        assert all(q.esteban_ray([0, 0.5, 1], w) < two for w in ([1, 1, 1], [3, 1, 3], [9, 1, 2]))

    @given(amounts, st.integers(1, 4))
    def test_groups_of_least_inequality_within_by_trying_all(self, values, groups):
        values = sorted(values[:9])
        if not any(values):
            return
        best = math.inf
        for cuts in itertools.combinations(range(1, len(values)), min(groups, len(values)) - 1):
            labels = np.searchsorted(cuts, np.arange(len(values)), side="right")
            best = min(best, q.dagum_gini(values, labels).within)
        from clusters.measures._amounts import least_within

        found = least_within(np.array(values, dtype=float), groups)
        assert len(set(found.tolist())) <= groups
        assert q.dagum_gini(values, found).within == pytest.approx(best, abs=1e-9)

    def test_egr_by_hand(self):
        # 1, 1, 3, 5 in groups (1, 1) and (3, 5): means 1 and 4, mean 2.5; Gini 0.35 of owners, 0.30 of means.
        er = 0.5**2.6 * 3 / 2.5
        assert c.gini([1, 1, 3, 5]) == pytest.approx(0.35)
        assert q.esteban_gradin_ray([1, 1, 3, 5], "aabb") == pytest.approx(er - 0.05)
        assert q.esteban_gradin_ray([1, 1, 3, 5], 2) == pytest.approx(er - 0.05)
        assert q.esteban_gradin_ray([1, 1, 3, 5], "aabb", beta=0) == pytest.approx(er)
        with pytest.raises(ValueError, match="between 1 and 50"):
            q.esteban_gradin_ray([1, 2], 0)

    def test_tsui_wang_by_hand(self):
        # Median 4: distances 3/4, 0, 3/4, to the power 1/2.
        assert q.tsui_wang([1, 4, 7]) == pytest.approx(2 * math.sqrt(0.75) / 3)
        assert q.tsui_wang([1, 4, 7], [1, 2, 1]) == pytest.approx(2 * math.sqrt(0.75) / 4)
        assert math.isnan(q.tsui_wang([0, 0, 1]))
        with pytest.raises(ValueError, match="between 0 and 1"):
            q.tsui_wang([1, 2], r=1)

    def test_kanbur_zhang_by_hand(self):
        assert q.kanbur_zhang([1, 2, 3, 4], "aabb") == pytest.approx(0.082283 / 0.024157, rel=1e-4)
        assert math.isnan(q.kanbur_zhang([1, 1, 2, 2], "aabb"))


MEASURES = [
    lambda x: q.generalised_entropy(x, 1.5),
    lambda x: q.rank_size(x).slope,
    lambda x: q.dagum_gini(x, np.arange(len(x)) % 3).net_between,
    q.wolfson,
    lambda x: q.esteban_ray(x, relative=True),
    q.esteban_gradin_ray,
    q.tsui_wang,
    lambda x: q.kanbur_zhang(x, np.arange(len(x)) % 3),
]


@pytest.mark.parametrize("measure", MEASURES)
def test_the_unit_of_amounts_does_not_matter(measure):
    for scale in (1e-9, 3.0, 1e200):
        assert measure(scale * SKEWED) == pytest.approx(measure(SKEWED))


@pytest.mark.parametrize("measure", MEASURES)
def test_nothing_to_share_is_nan_and_wrong_amounts_are_refused(measure):
    assert math.isnan(measure([0, 0, 0]))
    for wrong in ([1, -1, 2], [1, float("nan"), 2]):
        with pytest.raises(ValueError, match="values must"):
            measure(wrong)


@pytest.mark.parametrize(
    "measure", [lambda x: q.generalised_entropy(x, 2), q.wolfson, q.esteban_gradin_ray, q.tsui_wang]
)
def test_a_copy_of_the_population_changes_nothing(measure):
    assert measure(np.tile(SKEWED, 3)) == pytest.approx(measure(SKEWED))


@pytest.mark.parametrize("measure", [q.esteban_ray, q.tsui_wang])
def test_lengths_must_agree(measure):
    with pytest.raises(ValueError, match="weights"):
        measure([1, 2], [1, 2, 3])
