"""The parts of the generator: draws, rounding, targets, flows and seats."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters import places, published
from clusters.synthetic import flows, quotas
from clusters.synthetic.classes import industry_counts, table_with_margins
from clusters.synthetic.draws import Draws
from clusters.synthetic.rounding import half_up, largest_remainder
from clusters.synthetic.targets import recovered, targets


def test_streams_are_the_same_for_ever():
    # The bytes of the sample hang on these numbers: PCG64 and its conversion to doubles.
    draws = Draws(2023, 1, 0)
    assert [round(x, 12) for x in draws.many(3)] == pytest.approx(
        [0.964435470005, 0.686889144029, 0.743511525286], abs=1e-12
    )


def test_streams_with_another_path_are_others():
    assert Draws(1, 0).many(5).tolist() != Draws(1, 1).many(5).tolist()
    assert Draws(1, 0).many(5).tolist() == Draws(1, 0).many(5).tolist()


def test_weighted_draws_follow_the_weights():
    draws = Draws(3)
    counts = np.bincount([draws.weighted([1.0, 0.0, 3.0]) for _ in range(4000)], minlength=3)
    assert counts[1] == 0
    assert counts[2] / counts[0] == pytest.approx(3, rel=0.15)


def test_shuffling_keeps_the_items():
    assert sorted(Draws(5).shuffled([3, 1, 2, 2])) == [1, 2, 2, 3]


def test_largest_remainder_by_hand():
    # 28.09 % of 2,200 is 617.98: the fraction that is nearest to the next whole number gets it.
    assert largest_remainder([28.09, 71.91], 2200).tolist() == [618, 1582]
    assert largest_remainder([5, 3, 1], 9, limit=[2, 9, 9]).tolist() == [2, 5, 2]
    assert largest_remainder([1, 2, 3], 2, floor=[1, 1, 1]).sum() == 2
    assert largest_remainder([], 3).size == 0
    assert largest_remainder([1e-308, 3e-308], 8).tolist() == [2, 6]


@given(
    st.lists(st.tuples(st.floats(0, 100), st.integers(0, 5), st.integers(0, 30)), min_size=1, max_size=12),
    st.integers(0, 200),
)
def test_largest_remainder_keeps_total_floor_and_limit(parts, total):
    weight = [w for w, _, _ in parts]
    high = [lo + extra for _, lo, extra in parts]
    low = [lo for _, lo, _ in parts]
    split = largest_remainder(weight, total, floor=low, limit=high)
    assert split.sum() == min(total, sum(high))
    assert (split <= high).all()
    if sum(low) <= total:
        assert (split >= low).all()


@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=6), st.lists(st.integers(0, 40), min_size=1, max_size=6)
)
def test_a_table_keeps_both_margins(rows, columns):
    columns = [*columns, 0]
    gap = sum(rows) - sum(columns)
    rows, columns = (rows, [*columns[:-1], gap]) if gap >= 0 else ([*rows, -gap], columns)
    table = table_with_margins(np.ones((len(rows), len(columns))), np.array(rows), np.array(columns))
    assert table.sum(axis=1).tolist() == rows
    assert table.sum(axis=0).tolist() == columns
    assert (table >= 0).all()


def test_half_up_is_not_half_even():
    assert [half_up(x) for x in (0.5, 1.5, 2.5)] == [1, 2, 3]


def test_targets_are_the_printed_ones():
    full = targets()
    table = published.load("nankai_2023", table=2)
    assert full.edges.tolist() == table["edges"].tolist()
    assert (full.sample_nodes + full.partner_nodes).tolist() == table["nodes"].tolist()
    # 22,608 - 18,697 = 3,911 more partners in 2021, five of them former sample enterprises.
    assert full.new_partners[7] == 3906
    assert full.leaving.tolist() == [0, 0, 0, 0, 0, 0, 0, 5, 0]
    assert full.pinned
    assert not targets(0.5).pinned


@pytest.mark.parametrize("scale", [0, -1, 2.01, float("nan")])
def test_scale_outside_its_range_is_refused(scale):
    with pytest.raises(ValueError, match="scale"):
        targets(scale)


# -- flows ---------------------------------------------------------------------------------


def share(rows, columns) -> float:
    units = flows.units()
    every = list(range(len(units.names)))
    pick = [every if name is None else units.of_province(name) for name in (rows, columns)]
    return 100 * float(flows.flow_shares()[np.ix_(*pick)].sum())


def test_fitted_flows_have_the_printed_margins_and_cells():
    for direction, province, percent in published.load("nankai_2023", table=7)[
        ["direction", "province_zh", "share_percent"]
    ].itertuples(index=False):
        found = share(province, None) if direction == "empowerment" else share(None, province)
        assert found == pytest.approx(percent, abs=1e-5)
    for row in published.load("nankai_2023", table=8).itertuples():
        assert share(row.source_province_zh, row.target_province_zh) == pytest.approx(
            row.share_percent, abs=1e-5
        )


def test_no_cell_that_is_not_printed_exceeds_the_printed_ones():
    printed = published.load("nankai_2023", table=8)
    listed = set(zip(printed["source_province_zh"], printed["target_province_zh"], strict=True))
    names = places.provinces(mainland=True)
    assert max(share(a, b) for a in names for b in names if (a, b) not in listed) < 0.90


def test_fitted_flows_agree_with_the_estimate_in_the_reference():
    # Both fit the same constraints from slightly different starts: printed cells equal, others near.
    estimate = published.load("nankai_2023_derived", name="province_flow_matrix_ipf_estimate")
    gaps = [
        abs(share(row.source_province_zh, row.target_province_zh) - row.share_percent)
        for row in estimate.itertuples()
    ]
    assert max(gaps) < 0.12


# -- seats ---------------------------------------------------------------------------------


def by_province(counts):
    result: dict[str, int] = {}
    for city, number in counts.items():
        province = places.place(city).province_zh
        result[province] = result.get(province, 0) + number
    return result


def by_region(counts, prd="cities"):
    result: dict[str | None, int] = {}
    for city, number in counts.items():
        region = places.region(places.place(city).province_zh, city, prd=prd)
        result[region] = result.get(region, 0) + number
    return result


GROUPS = {
    "sample": (quotas.sample_quota, 2200, "fig06", "fig07", "fig08", "province"),
    "platforms": (quotas.platform_quota, 200, "fig11", "fig12", "fig13", "cities"),
    "universities": (quotas.university_quota, 438, "fig26", "fig27", "fig28", "cities"),
    "institutes": (quotas.institute_quota, 307, "fig29", "fig30", "fig31", "cities"),
    "new organisations": (quotas.new_organisation_quota, 347, None, "fig33", None, "cities"),
}


@pytest.mark.parametrize("group", GROUPS)
def test_seats_are_the_recovered_counts_and_the_top_lists_stay(group):
    quota, total, regions, provinces, cities, prd = GROUPS[group]
    counts = quota()
    assert sum(counts.values()) == total
    assert all(n > 0 for n in counts.values())
    levels = [(by_province(counts), recovered(provinces))]
    if cities:
        levels.append((counts, recovered(cities)))
    for found, expected in levels:
        top = sorted(found.values(), reverse=True)[: len(expected)]
        assert {place: found[place] for place in expected} == expected
        assert top == sorted(expected.values(), reverse=True)
    if regions:
        found = by_region(counts, prd)
        expected = {r: n for r, n in recovered(regions).items() if r != "其他地区"}
        assert {region: found[region] for region in expected} == expected


def test_new_organisations_have_the_printed_counts():
    counts = quotas.new_organisation_quota()
    regions, cities = published.load("nankai_2023", figure=32), published.load("nankai_2023", figure=34)
    found = by_region(counts)
    assert [found[r] for r in regions["region_zh"]] == regions["count"].tolist()
    assert sorted(counts.values(), reverse=True)[:5] == cities["count"].tolist()
    order = published.load("nankai_2023", figure=33)["province_zh"].tolist()
    provinces = by_province(counts)
    assert sorted(order, key=lambda p: -provinces[p]) == order


def test_one_platform_sits_in_guangdong_outside_the_delta():
    outside = {
        c: n
        for c, n in quotas.platform_quota().items()
        if c in places.cities("广东省") and not places.region("广东省", c)
    }
    assert outside == {"汕头市": 1}
    assert sum(n for c, n in quotas.sample_quota().items() if c in places.cities("广东省")) == 582


def test_industries_add_up_within_their_parents():
    counts = industry_counts(10_000)
    sectors = {s: sum(n for key, n in counts.items() if key[0] == s) for s in {key[0] for key in counts}}
    assert sectors == {"第一产业": 39, "第二产业": 2382, "第三产业": 7579}
    manufacturing = sum(n for key, n in counts.items() if key[1] == "制造业")
    assert manufacturing == half_up(0.8736 * 2382)
    divisions = [n for key, n in counts.items() if key[2]]
    assert divisions == sorted(divisions, reverse=True)
    assert len(divisions) == 31  # all divisions of manufacturing in GB/T 4754
