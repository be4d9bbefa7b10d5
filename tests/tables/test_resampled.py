"""Intervals of flows and compositions: hand cases, second ways to count, what comes again."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from clusters.measures.intervals import relation_bootstrap
from clusters.relations import from_frame
from clusters.tables import composition, flow_margins, flows, yearly_flows
from clusters.tables._resampled import composition_intervals, flow_intervals


@pytest.fixture
def one_large():
    """Eleven enterprises with 10 relations from 深圳市 to 北京市 each, one with 110 within 深圳市."""
    rows = [(f"e{i}", f"p{i}-{k}", "北京市", "5G", 2020 + k % 2) for i in range(11) for k in range(10)]
    rows += [("big", f"q{k}", "深圳市", "物联网", 2021) for k in range(110)]
    frame = pd.DataFrame(rows, columns=["source", "target", "target_city", "technology", "year"])
    names = sorted(set(frame["source"]) | set(frame["target"]))
    nodes = pd.DataFrame({"role": ["sample" if n[0] in "eb" else "partner" for n in names]}, index=names)
    return from_frame(frame.assign(source_city="深圳市"), nodes)


def ends(table, row=0, name="share"):
    return table[f"{name}_low"].iloc[row], table[name].iloc[row], table[f"{name}_high"].iloc[row]


def test_the_large_enterprise_may_be_missing(one_large):
    # Drawn never in 35 % of the samples, so the share within runs from 0; relation by relation near 1/2.
    low, value, high = ends(flow_intervals(flows(one_large, level="city"), one_large, level="city"), 1)
    assert (low, value) == (0, 0.5)
    assert high > 0.7
    inside = np.array([1.0] * 110 + [0.0] * 110)
    single = relation_bootstrap(lambda w: float(inside @ w / w.sum()), 220)[0]
    assert 0.4 < single.low < single.high < 0.6


def test_margins_and_list_agree(one_large):
    # All relations leave 深圳市; what arrives in 北京市 is the flow from 深圳市 to it.
    cells = flow_intervals(flows(one_large, level="city"), one_large, level="city").set_index("destination")
    margins = flow_intervals(flow_margins(one_large, level="city"), one_large, level="city").set_index(
        "place"
    )
    for end in ("low", "high"):
        assert margins.loc["北京市", f"input_share_{end}"] == cells.loc["北京市", f"share_{end}"]
        assert margins.loc["深圳市", f"empowerment_share_{end}"] == 1
    assert margins.loc["北京市", "net_balance_low"] == -cells.loc["北京市", "share_high"]


def test_a_note_says_how_much_stays_within(one_large):
    notes = flow_intervals(flows(one_large, level="city"), one_large, level="city").attrs["notes"]
    assert any(
        "50.00 % of these flows stay within one city (95 % interval 0.00 % to" in str(n) for n in notes
    )


def test_by_year_each_year_is_resampled_by_itself(one_large):
    table = yearly_flows(one_large, level="city", cumulative=False)
    found = flow_intervals(table, one_large, level="city", cumulative=False)
    assert ends(found) == (1, 1, 1)  # 2020: only flows to 北京市
    assert ends(found, 1)[0] == 0
    stock = yearly_flows(one_large, level="city")
    later = flow_intervals(stock, one_large, level="city").iloc[1:].reset_index(drop=True)
    whole = flow_intervals(flows(one_large, level="city"), one_large, level="city")
    assert ends(later) == ends(whole)


def test_distinct_pairs_are_resampled_as_pairs(one_large):
    doubled = from_frame(pd.concat([one_large.frame.astype(object)] * 2, ignore_index=True), one_large.nodes)
    once = flow_intervals(flows(one_large, level="city"), one_large, level="city")
    pairs = flow_intervals(flows(doubled, level="city", distinct=True), doubled, level="city", distinct=True)
    assert ends(pairs) == ends(once)


def test_compositions_agree_with_flows_of_the_same_relations(one_large):
    # The technology is 物联网 exactly where a relation stays within 深圳市.
    by_class = composition_intervals(composition(one_large), one_large).set_index("class")
    cells = flow_intervals(flows(one_large, level="city"), one_large, level="city").set_index("destination")
    for name, city in (("物联网", "深圳市"), ("5G", "北京市")):
        for end in ("low", "high"):
            assert by_class.loc[name, f"share_{end}"] == cells.loc[city, f"share_{end}"]


def test_compositions_by_year_and_in_parts(one_large):
    frame = one_large.frame.astype({"technology": object})
    frame["technology"] = (
        frame["technology"].where(frame.index % 3 != 0, "5G|物联网").where(frame.index % 7 != 0)
    )
    table = from_frame(frame.astype({"source": object, "target": object}), one_large.nodes)
    for counting in ("fractional", "full"):
        for mode in ("stock", "flow"):
            plain = composition(table, by_year=True, mode=mode, counting=counting)
            found = composition_intervals(plain, table, mode=mode, counting=counting)
            assert found[list(plain.columns)].equals(plain)
            inside = found["share"].between(found["share_low"], found["share_high"])
            assert inside.all(), (counting, mode)
            assert (found["share_low"] < found["share_high"]).any()


def test_places_of_both_ends_count_half_each(one_large):
    table = composition(one_large, by="city", of="relations")
    found = composition_intervals(table, one_large, by="city", of="relations").set_index("class")
    cells = flow_intervals(flows(one_large, level="city"), one_large, level="city").set_index("destination")
    # A relation to 北京市 has one of its two ends there.
    assert found.loc["北京市", "share_high"] == pytest.approx(cells.loc["北京市", "share_high"] / 2)


def test_organisations_are_drawn_for_themselves():
    # 40 of 100 sample enterprises: sd sqrt(0.4 * 0.6 / 100) = 0.049; a partner does not count.
    names = [f"s{i}" for i in range(100)] + ["p"]
    nodes = pd.DataFrame(
        {"role": ["sample"] * 100 + ["partner"], "province": ["北京市"] * 40 + ["广东省"] * 61}, index=names
    )
    table = from_frame(pd.DataFrame({"source": names[:100], "target": "p"}), nodes)
    plain = composition(table, by="province", of="sample")
    found = composition_intervals(plain, table, by="province", of="sample", replicates=2000).set_index(
        "class"
    )
    half = 1.96 * math.sqrt(0.4 * 0.6 / 100)
    assert found.loc["北京市", "share_low"] == pytest.approx(0.4 - half, abs=0.015)
    assert found.loc["北京市", "share_high"] == pytest.approx(0.4 + half, abs=0.015)
    assert any("drawn for itself" in str(note) for note in found.attrs["notes"])


def test_nothing_counted_has_no_interval():
    empty = from_frame(
        pd.DataFrame({"source": ["a"], "target": ["b"], "source_city": [None], "target_city": ["北京市"]})
    )
    assert flow_intervals(flows(empty, level="city"), empty, level="city").empty
    assert flow_intervals(flow_margins(empty, level="city"), empty, level="city").empty


def test_the_same_seed_gives_the_same_bytes(one_large):
    def text(seed):
        table = flows(one_large, level="city")
        return flow_intervals(table, one_large, level="city", replicates=7, seed=seed).to_csv()

    assert text(1) == text(1)
    assert len({text(seed) for seed in range(6)}) > 1
