from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from clusters import networks, relations, tables
from clusters.errors import UsageError
from clusters.measures import concentration, flows


@pytest.fixture
def two_rings():
    """Two rings of five in 2020; in 2021 a third, and the first two are joined by many edges."""
    ring = [(i, (i + 1) % 5) for i in range(5)]
    rows = [(f"a{i}", f"a{j}", 2020) for i, j in ring] + [(f"b{i}", f"b{j}", 2020) for i, j in ring]
    rows += [(f"c{i}", f"c{j}", 2021) for i, j in ring]
    rows += [(f"a{i}", f"b{j}", 2021) for i in range(5) for j in range(5)]
    return relations.from_frame(pd.DataFrame(rows, columns=["source", "target", "year"]))


@pytest.fixture(scope="module")
def shifting():
    """Forty enterprises give to Beijing; from 2021 on each also gives to another of four cities."""
    cities = ["北京市", "深圳市", "上海市", "杭州市", "成都市"]
    rows = [(f"s{i}", f"p{i % 7}", 2020, "北京市", "北京市") for i in range(40)]
    rows += [(f"s{i}", f"q{i}", 2021, "北京市", cities[1 + i % 4]) for i in range(40)]
    columns = ["source", "target", "year", "source_city", "target_city"]
    return relations.from_frame(pd.DataFrame(rows, columns=columns))


def test_communities_found_and_followed_by_hand(two_rings):
    table = tables.community_timeline(networks.cumulative(two_rings), seeds=5)
    second = table[table["year"] == 2021].set_index("community")
    assert table.loc[table["year"] == 2020, "members"].tolist() == [5, 5]
    assert second["event"].to_dict() == {0: "growth", 1: "merge", 2: "birth"}
    assert second.loc[0, ["members", "shared_members", "jaccard"]].tolist() == [10, 5, 0.5]
    assert second.loc[1, "matched_to"] == 0


def test_similarity_compares_each_two_years(two_rings):
    table = tables.community_similarity(networks.cumulative(two_rings), seeds=5)
    assert table[["earlier_year", "year", "organisations"]].values.tolist() == [[2020, 2021, 10]]
    # One year says two groups of five, the other one group of ten: no information in common.
    assert (table["nmi_years"].iloc[0], table["ari_years"].iloc[0]) == (0, 0)


def test_flows_count_everyone_there_in_both_years_with_the_numbers_of_the_timeline(two_rings):
    table = tables.community_flows(networks.cumulative(two_rings), seeds=5)
    assert table.values.tolist() == [[2020, 0, 2021, 0, 5], [2020, 1, 2021, 0, 5]]


def test_known_communities_are_taken_as_they_are():
    known = {1: pd.Series({"a": "x", "b": "x"}), 2: pd.Series({"a": "y", "b": "z"})}
    table = tables.community_timeline(known)
    assert sorted(table.loc[table["year"] == 2, "event"]) == ["contraction", "split"]
    assert [note.term for note in table.attrs["notes"]] == ["note.community_events"]


def test_one_year_has_nothing_to_compare():
    known = {1: pd.Series({"a": "x"})}
    assert tables.community_timeline(known)["event"].tolist() == [None]
    assert tables.community_similarity(known).empty
    assert list(tables.community_flows(known).columns) == [
        *("year", "community", "next_year", "next_community", "shared_members")
    ]


def test_communities_need_years():
    undated = relations.from_frame(pd.DataFrame({"source": ["a"], "target": ["b"]}))
    with pytest.raises(UsageError, match="no year"):
        tables.community_timeline(networks.cumulative(undated))
    with pytest.raises(UsageError, match="no year"):
        tables.phases(undated, level="city")


def test_points_are_those_of_the_flow_matrices(shifting):
    table = tables.phases(shifting, level="city", poles=["北京市"], dominance="target", replicates=20)
    matrices = flows.yearly_flow_matrices(shifting, level="city")
    for row, matrix in zip(table.itertuples(), matrices.values(), strict=True):
        assert row.poles_target == pytest.approx(flows.pole_dominance(matrix, ["北京市"]).target)
        spread = math.exp(concentration.shannon(matrix.sum(axis=0)))
        assert row.taking_effective == pytest.approx(spread)
    assert table["poles_target"].tolist() == [1.0, 0.5]


def test_a_way_that_every_sample_goes_is_diffusion(shifting):
    table = tables.phases(shifting, level="city", poles=["北京市"], dominance="target", replicates=40)
    assert table["phase"].tolist() == [None, "diffusion"]
    assert table["diffusion_support"].iloc[1] == 1
    assert table["quadrant"].tolist() == ["polarised", "diffused"]
    moved = table.attrs["notes"][-1]
    assert "went from 100.00 % to 50.00 %" in moved
    assert "diffusion" in moved


def test_the_reverse_years_are_polarisation(shifting):
    frame = shifting.frame.assign(year=4041 - shifting.frame["year"])
    table = tables.phases(
        relations.from_frame(frame),
        level="city",
        poles=["北京市"],
        dominance="target",
        cumulative=False,
        replicates=40,
    )
    assert table["phase"].iloc[1] == "polarisation"


def test_equal_years_are_unclear(shifting):
    frame = pd.concat([shifting.frame.assign(year=y) for y in (2020, 2021)])
    again = tables.phases(
        relations.from_frame(frame), level="city", poles=["北京市"], cumulative=False, replicates=20
    )
    assert again["phase"].iloc[1] == "unclear"


def test_few_enterprises_say_nothing(shifting):
    frame = shifting.frame.astype({"source": str, "target": str})
    few = relations.from_frame(frame[frame["source"].isin(["s1", "s2"])])
    table = tables.phases(few, level="city", replicates=5)
    assert table["phase"].tolist() == [None, None]
    assert table[["poles_touching_low", "dominance_sd", "diffusion_support"]].isna().all(axis=None)


def test_the_same_seed_gives_the_same_table(shifting):
    tables_ = [tables.phases(shifting, level="city", replicates=30, seed=s) for s in (3, 3, 4)]
    pd.testing.assert_frame_equal(tables_[0], tables_[1])
    assert not np.array_equal(tables_[0]["spread_sd"], tables_[2]["spread_sd"])


def of_population(random, home, towards, first, n=150):
    """Enterprises from a population that does not change; a part of them is there in 2020 already."""
    size = np.ceil(random.lognormal(1.2, 0.8, n)).astype(int)
    enterprise = np.repeat(np.arange(n), size)
    origin = random.choice(8, n, p=home)[enterprise]
    stays = random.random(enterprise.size) < random.beta(1, 2, n)[enterprise]
    target = np.where(stays, origin, random.choice(8, enterprise.size, p=towards))
    early = enterprise < first * n if first < 1 else random.random(enterprise.size) < 0.5
    frame = pd.DataFrame({"source": enterprise, "target": 1000 + 8 * np.arange(enterprise.size) + target})
    places = {"source_city": [f"c{c}" for c in origin], "target_city": [f"c{c}" for c in target]}
    return relations.from_frame(frame.astype(str).assign(year=np.where(early, 2020, 2021), **places))


@pytest.mark.slow
@pytest.mark.parametrize("first", [0.1, 0.3, 1.0])
def test_growth_alone_names_no_move(first):
    # Without equal sizes the larger second year would be called diffused in most of these cases.
    random = np.random.default_rng(11)
    population = random.dirichlet(np.ones(8), 2)
    named = 0
    for _ in range(100):
        table = tables.phases(
            of_population(random, *population, first),
            level="city",
            poles=["c0", "c1"],
            cumulative=first < 1,
            replicates=60,
        )
        named += table["phase"].iloc[1] != "unclear"
    assert named <= 5


@pytest.mark.slow
def test_ellipses_hold_the_typical_point():
    random = np.random.default_rng(11)
    population = random.dirichlet(np.ones(8), 2)
    points, shapes = [], []
    for _ in range(150):
        drawn = of_population(random, *population, 1.0, n=300)
        table = tables.phases(drawn, level="city", poles=["c0", "c1"], years=[2021], replicates=100)
        points.append(table[["poles_touching", "taking_effective"]].iloc[0].tolist())
        shapes.append(table[["dominance_sd", "spread_sd", "phase_correlation"]].iloc[0].tolist())
    x_sd, y_sd, lean = np.array(shapes).T
    x, y = (np.array(points) - np.mean(points, axis=0)).T / [x_sd, y_sd]
    distance = (x**2 - 2 * lean * x * y + y**2) / (1 - lean**2)
    assert 0.9 <= float((distance <= -2 * math.log(0.05)).mean()) <= 0.98


def test_a_larger_year_is_compared_at_the_size_of_the_first():
    """Ten enterprises give once each in 2020, a hundred of their kind in 2021: more cities are reached."""
    rows = [(f"s{i}", f"t{i}", 2020 if i < 10 else 2021, "home", f"c{i % 40}") for i in range(110)]
    columns = ["source", "target", "year", "source_city", "target_city"]
    table = tables.phases(
        relations.from_frame(pd.DataFrame(rows, columns=columns)), level="city", poles=["c0", "c1"]
    )
    assert table["taking_effective"].tolist() == pytest.approx([10, 39.5], abs=0.1)
    assert table["phase"].iloc[1] == "unclear"
