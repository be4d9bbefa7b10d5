"""Scenario tables: what they say of known networks, and that they say it is a scenario."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters import tables
from clusters.errors import UsageError
from clusters.measures import cascades, losses
from clusters.networks import ValueNetwork, cumulative, last
from clusters.relations import from_frame
from clusters.sentences import in_language
from clusters.tables._scenarios import choose

STAR = ValueNetwork.from_edges([("hub", leaf) for leaf in "abcde"])
TABLE_4 = {"P1": (3, 2), "P2": (2, 1)}
"""Partners with what they give and take, in the manner of the report's Table 4."""


@pytest.fixture(scope="module")
def relations():
    nodes = pd.DataFrame(
        {
            "label": ["Alpha", "Beta", "Gamma", "Delta", "Delta"],
            "role": ["sample"] * 3 + ["partner"] * 2,
            "platform": [True, False, False, False, False],
            "province": ["北京市", "广东省", None, "上海市", "上海市"],
        },
        index=["S1", "S2", "S3", "P1", "P2"],
    )
    rows = [("P1", "S1", "5G"), ("P1", "S2", "5G"), ("P1", "S3", "AI"), ("P2", "S1", "5G; AI")]
    rows += [
        ("P2", "S3", None),
        ("S1", "P1", "5G"),
        ("S2", "P1", "5G"),
        ("S3", "P2", "5G"),
        ("S1", "S2", "AI"),
    ]
    return from_frame(pd.DataFrame(rows, columns=["source", "target", "technology"]), nodes)


@pytest.fixture(scope="module")
def network(relations):
    return last(cumulative(relations))


def row(table, statistic):
    return table.set_index("statistic").loc[statistic]


def test_edges_lost_are_those_given_and_taken(network):
    # As the report sums up 696 and 561 edges of its four suppliers.
    table = tables.loss(network, list(TABLE_4), sets=0)
    given, taken = (sum(pair[k] for pair in TABLE_4.values()) for k in (0, 1))
    assert row(table, "edges_given")[["before", "after", "change"]].tolist() == [given, 0, -given]
    assert row(table, "edges_taken")["before"] == taken
    assert row(table, "edges")[["before", "after", "change"]].tolist() == [9, 1, -8]
    assert row(table, "edges")["change_share"] == pytest.approx(-8 / 9)
    assert row(table, "mean_exposure")[["before", "after"]].tolist() == [0, pytest.approx(2.5 / 3)]
    assert row(table, "fully_exposed")["after"] == 2
    assert table["matched_mean"].isna().all()
    assert (table["sets"] == 0).all()


def test_distances_are_of_those_that_are_left():
    path = ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("c", "d")])
    table = tables.loss(path, ["d"], sets=0)
    assert row(table, "global_efficiency")["after"] == pytest.approx(5 / 12)  # O-N4: a path of three
    assert row(table, "reachable_pairs")[["before", "after"]].tolist() == [6, 3]


def test_the_largest_hub_loses_more_than_any_matched_set():
    random = np.random.default_rng(5)
    edges = [("hub", f"n{k}") for k in range(60)]
    edges += [(f"n{a}", f"n{b}") for a, b in random.integers(0, 200, (300, 2)).tolist() if a != b]
    network = ValueNetwork.from_edges(edges)
    table = tables.loss(network, ["hub"], sets=200, path_sets=20)
    edges_row = row(table, "edges")
    assert edges_row["change"] == -60
    assert edges_row["z"] < -2
    assert (edges_row["sets"], row(table, "reachable_pairs")["sets"]) == (200, 20)
    # The hub itself is drawn in about one of twenty sets, which keeps p honest.
    assert 1 / 201 < edges_row["p"] <= 0.1
    again = tables.loss(network, ["hub"], sets=200, path_sets=20)
    pd.testing.assert_frame_equal(table, again)


@pytest.mark.slow
def test_p_of_random_removals_is_uniform_where_sets_are_exchangeable():
    # On a circle with chords all organisations have nearly the same degree: any set is one of the matched.
    random = np.random.default_rng(1)
    edges = [(k, (k + 1) % 120) for k in range(120)]
    edges += [(int(a), int(b)) for a, b in random.integers(0, 120, (150, 2)) if a != b]
    network = ValueNetwork.from_edges(edges)
    found = []
    for seed in range(60):
        gone = random.choice(120, 5, replace=False).tolist()
        found.append(
            row(tables.loss(network, gone, sets=60, path_sets=60, seed=seed), "reachable_pairs")["p"]
        )
    assert 0.35 <= np.mean(found) <= 0.75
    assert np.mean(np.array(found) <= 0.1) <= 0.25


def test_exposure_lists_enterprises_by_what_they_lose(network):
    table = tables.exposure(network, "P1", top=None)
    found = table[["node", "label", "role", "inputs", "inputs_lost", "exposure"]].values.tolist()
    assert sorted(found) == [
        ["S1", "Alpha", "sample", 2, 1, 0.5],
        ["S2", "Beta", "sample", 2, 1, 0.5],
        ["S3", "Gamma", "sample", 2, 1, 0.5],
    ]
    # S2 also takes from S1, whose inputs are half from P1.
    upstream = table.set_index("node")["exposure_propagated"]
    exact = losses.exposure(network, ["P1"], propagation=0.85)
    assert upstream.to_dict() == exact[list(upstream.index)].to_dict()
    assert upstream["S2"] > upstream["S1"]
    assert len(tables.exposure(network, "P1", top=1)) == 1


def test_exposure_by_technology_counts_recorded_substitutes(relations, network):
    table = tables.exposure_by_technology(relations, network, ["P1"]).set_index("class")
    # 5G: S1 has P2 beside P1, S2 has P1 alone. AI: S1 has P2, S2 has S1, S3 has P1 alone.
    assert table.loc["5G", ["supplies", "supplies_lost", "enterprises"]].tolist() == [3, 2, 2]
    assert table.loc["5G", ["exposed", "fully_exposed", "substitutes"]].tolist() == [2, 1, 0.5]
    assert table.loc["AI", ["exposed", "fully_exposed", "substitutes"]].tolist() == [1, 1, 0.0]
    assert table.loc["5G", "mean_exposure"] == 0.75
    notes = tables.exposure_by_technology(relations, network, ["P1"]).attrs["notes"]
    assert "(1)" in notes[-1]
    with pytest.raises(UsageError, match="no class 'sector'"):
        tables.exposure_by_technology(relations, network, ["P1"], by="sector")


def test_exposure_by_place(network):
    table = tables.exposure_by_place(network, ["P1", "P2"]).set_index("place")
    assert table["mean_exposure"].to_dict() == {"北京市": 1.0, "广东省": 0.5}
    assert table["fully_exposed"].to_dict() == {"北京市": 1, "广东省": 0}
    with pytest.raises(UsageError, match="does not have"):
        tables.exposure_by_place(network, "P1", level="city")


def test_attack_curves_of_a_star():
    table = tables.attack_curve(STAR, orders=3)
    robustness = table.groupby("strategy")["robustness"].first()
    assert robustness["degree"] == pytest.approx(0.138889, abs=5e-7)
    assert robustness["degree"] < robustness["random"] < 0.416667
    by_degree = table[table["strategy"] == "degree"]
    assert by_degree["largest_component"].tolist() == [6, 1, 1, 1, 1, 1, 0]
    with pytest.raises(UsageError, match="attack 'alphabet'"):
        tables.attack_curve(STAR, strategies=["alphabet"])  # type: ignore[list-item]


def test_points_of_a_long_curve_hold_both_ends():
    long = ValueNetwork.from_edges([(k, k + 1) for k in range(500)])
    at = tables.attack_curve(long, strategies=["degree"])["removed"]
    assert (at.iloc[0], at.iloc[-1]) == (0, 501)
    assert at.is_monotonic_increasing
    assert 60 <= len(at) <= 101


def test_a_cascade_step_by_step():
    chain = ValueNetwork.from_edges([(k, k + 1) for k in range(4)])
    table = tables.cascade(chain, [0], p=1.0, replicates=10)
    assert table["reach"].tolist() == [1, 2, 3, 4, 5]
    assert table["reach_share"].iloc[-1] == 1.0
    halves = tables.cascade(chain, [0], p=0.5, replicates=640, steps=1)
    assert halves["reach_mean"].iloc[-1] == pytest.approx(1.5, abs=0.1)
    assert any("ends after 1 step" in note for note in halves.attrs["notes"])


def test_summary_groups_nodes_and_margins_agree(network):
    options = {"p": 0.5, "replicates": 300, "seed": 4}
    steps = tables.cascade(network, ["S1"], **options)
    summary = tables.cascade_summary(network, ["S1"], **options)
    groups = tables.cascade_groups(network, ["S1"], **options)
    nodes = tables.cascade_nodes(network, ["S1"], top=None, **options)
    margin = tables.marginal_reach(network, ["S1"], **options)
    mean = row(summary, "reach")["mean"]
    assert steps["reach_mean"].iloc[-1] == pytest.approx(mean)
    roles = groups[groups["attribute"] == "role"]
    assert roles["reach_mean"].sum() == pytest.approx(mean)
    assert groups[groups["attribute"] == "province"]["nodes"].sum() == 4  # one has no province
    assert nodes["probability"].sum() + 1 == pytest.approx(mean)
    assert "S1" not in nodes["node"].tolist()
    assert margin["marginal"].iloc[0] == margin["alone"].iloc[0] == pytest.approx(mean)
    assert margin["marginal_share"].iloc[0] == pytest.approx(1.0)


def test_seeds_are_chosen_by_words(network):
    assert choose(STAR, "top:1").names == ["hub"]
    assert choose(STAR, "top:1:in_degree").names == ["a"]
    assert choose(STAR, "greedy:1", p=1.0).names == ["hub"]
    assert set(choose(STAR, "random:99").names) == set(STAR.nodes)
    assert choose(network, "platforms").names == ["S1"]
    assert choose(network, "top:1:partner").names == ["P1"]
    assert choose(network, "top:1:in_degree:sample").names == ["S1"]
    assert choose(network, "Alpha，S2、S1").names == ["S1", "S2"]
    assert choose(network, ["Beta"]).names == ["S2"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("Delta", "'Delta' has no relation"),  # two organisations are called so
        ("nobody", "'nobody' has no relation"),
        ("top:0", "not understood"),
        ("greedy:2:degree", "not understood"),
        ("top:2:size", "does not know 'size'"),
        ("top:2:degree:core", "does not know"),
    ],
)
def test_words_that_choose_nobody_are_refused(network, words, message):
    with pytest.raises(UsageError, match=message):
        choose(network, words)


def test_what_cannot_be_removed_is_refused(network):
    with pytest.raises(UsageError, match="greedy seeds"):
        tables.loss(network, "greedy:1")
    with pytest.raises(UsageError, match="no organisation is named"):
        tables.loss(network, [])
    with pytest.raises(UsageError, match="all organisations"):
        tables.loss(network, "random:9")
    with pytest.raises(UsageError, match="no organisation is flagged"):
        tables.cascade(STAR, "platforms")
    with pytest.raises(UsageError, match="does not have"):
        tables.cascade_groups(STAR, ["hub"])
    with pytest.raises(UsageError, match="does not have"):
        choose(STAR, "top:1:partner")


def test_every_table_says_that_it_is_a_scenario(relations, network):
    found = [
        tables.cascade(network, "top:1", replicates=2),
        tables.cascade(network, "top:1", model="si", p=0.5, replicates=2),
        tables.cascade_summary(network, "top:1", model="lt", replicates=2),
        tables.cascade_groups(network, "top:1", replicates=2),
        tables.cascade_nodes(network, "top:1", replicates=2),
        tables.marginal_reach(network, "top:1", replicates=2),
        tables.loss(network, "P1", sets=1),
        tables.exposure(network, "P1"),
        tables.exposure_by_place(network, "P1"),
        tables.exposure_by_technology(relations, network, "P1"),
        tables.attack_curve(network),
    ]
    for table in found:
        first = table.attrs["notes"][0]
        assert "Scenario (what-if)" in first
        assert "情景模拟" in in_language(first, "zh")
        said = " ".join(table.attrs["notes"])
        assert "dependence proved" not in said
        assert "recorded" in said


def test_betweenness_of_large_networks_is_estimated(monkeypatch):
    from clusters.tables import _scenarios

    monkeypatch.setattr(_scenarios, "EXACT_BETWEENNESS", 3)
    path = ValueNetwork.from_edges([(k, k + 1) for k in range(6)])
    assert choose(path, "top:1:betweenness").names == [3]
    assert cascades.top_seeds(_scenarios.betweenness(path), 1) == [3]
