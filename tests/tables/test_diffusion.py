"""Diffusion by year: against the measures, by hand, and its words."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import clusters
from clusters import tables
from clusters.errors import UsageError
from clusters.measures import flows, spread
from clusters.relations import from_frame

PLACES = {"b": "北京市", "g": "广东省", "s": "上海市", "h": "甘肃省"}


def relations(rows):
    """Rows of source, target, year and technology; the first letter tells the province."""
    frame = pd.DataFrame(rows, columns=["source", "target", "year", "technology"])
    for end in ("source", "target"):
        frame[f"{end}_province"] = frame[end].str[0].map(PLACES)
    return from_frame(frame)


@pytest.fixture(scope="module")
def four_by_three():
    """北京 has 5G from the start, 上海 takes it in 2021, 广东 in 2022, 甘肃 gives only."""
    rows = [("b1", "b2", 2020, "5G"), ("b1", "s1", 2021, "5G"), ("h1", "g1", 2022, "5G")]
    return relations([*rows, ("b1", "g1", 2020, "物联网"), ("b2", "s1", 2022, "5G")])


@pytest.fixture(scope="module")
def spreading():
    """Thirty givers: all to 北京 in 2020, half of them to three other places in 2022."""
    rows = [(f"g{i}", f"b{i}", 2020, "5G") for i in range(30)]
    rows += [(f"g{i}", f"{'sgh'[i % 3]}{i}x", 2022, "5G") for i in range(30)]
    return relations(rows)


@pytest.fixture(scope="module")
def sample():
    return clusters.sample()


def test_reach_counts_takers_of_all_mainland_provinces(four_by_three):
    found = tables.diffusion(four_by_three, by="technology")
    five = found[found["class"] == "5G"]
    assert five["places_reached"].tolist() == [1, 2, 3]
    assert (five["places"] == 31).all()
    assert five["reached_share"].iloc[2] == pytest.approx(3 / 31)
    assert found.loc[found["class"] == "物联网", "places_reached"].tolist() == [1, 1, 1]


def test_each_year_alone(four_by_three):
    found = tables.diffusion(four_by_three, cumulative=False)
    assert found["places_reached"].tolist() == [2, 1, 2]
    assert found["relations"].tolist() == [2, 1, 2]


def test_agrees_with_matrices_of_the_same_years(sample):
    found = tables.diffusion(sample, years=[2015, 2022], poles=["北京市", "广东省"]).set_index("year")
    used = sample.where(sample.frame["kind"] == "technology")
    for year, matrix in flows.yearly_flow_matrices(used, level="province", years=[2015, 2022]).items():
        poles = matrix.index.isin(["北京市", "广东省"])
        expected = spread.spread(matrix, poles)
        for name in spread.NAMES:
            assert found.loc[year, name] == pytest.approx(float(getattr(expected, name)))


def test_agrees_with_polarisation_where_both_say_the_same(sample):
    ours = tables.diffusion(sample, by="technology", years=[2018, 2022])
    theirs = tables.polarisation(sample, by="technology", years=[2018, 2022])
    for name in ("taking_hhi", "taking_effective", "taking_gini", "intra_share", "poles_target"):
        np.testing.assert_allclose(ours[name], theirs[name])


def test_classes_of_one_relation_share_it():
    rows = [("b1", "s1", 2020, "5G|物联网"), ("b1", "g1", 2020, "5G")]
    found = tables.diffusion(relations(rows), by="technology")
    assert dict(zip(found["class"], found["relations"], strict=True)) == {"5G": 1.5, "物联网": 0.5}


def test_intervals_hold_the_value_and_those_of_the_reach_are_not_given(sample):
    found = tables.diffusion(sample, replicates=40)
    for name in ("taking_entropy", "taking_effective", "intra_share", "poles_target", "taking_gini"):
        assert (found[f"{name}_low"] < found[f"{name}_high"]).all()
    assert "places_reached_low" not in found.columns
    assert found.equals(tables.diffusion(sample, replicates=40))


def test_words_say_that_technology_spread_where_it_did(spreading):
    found = tables.diffusion(spreading, table="reading", replicates=50)
    said = found.attrs["notes"][-1]
    assert "It reached 1 place in 2020 and 4 in 2022." in said
    assert "Technology spread" in said
    row = found.set_index("statistic").loc["taking_hhi"]
    assert row["direction"] == "fell"
    assert row["first"] == pytest.approx(1)
    assert row["difference_high"] < 0


def test_growth_alone_is_not_called_diffusion():
    # 200 enterprises alike in every year, a tenth of them there in the first: nothing spreads.
    held, places = 0, ["北京市", "上海市", "广东省", "浙江省", "江苏省", "四川省", "湖北省", "陕西省"]
    for seed in range(20):
        random = np.random.default_rng(seed)
        to = random.choice(places, 600, p=np.array([30, 20, 15, 12, 9, 7, 4, 3]) / 100)
        frame = pd.DataFrame(
            {
                "source": [f"e{i // 3}" for i in range(600)],
                "target": [f"p{i}" for i in range(600)],
                "year": [2020 if i < 60 else 2021 for i in range(600)],
                "source_province": "北京市",
                "target_province": to,
            }
        )
        found = tables.diffusion(from_frame(frame), table="reading", replicates=100, seed=seed)
        held += set(found["direction"]) <= {"unclear", "same", "untested"}
    assert held >= 16


def test_words_say_that_the_data_cannot_tell(four_by_three):
    found = tables.diffusion(four_by_three, table="reading", replicates=20)
    assert set(found["direction"]) == {"untested"}  # fewer than ten enterprises


def test_words_of_many_classes_name_those_that_moved(sample):
    notes = tables.diffusion(sample, table="reading", by="technology", replicates=30).attrs["notes"]
    assert "17 classes" in notes[-1]


def test_adoption_of_the_hand_table(four_by_three):
    found = tables.adoption(four_by_three, by="technology")
    five = found[found["class"] == "5G"].set_index("place")
    assert five.loc[["北京市", "上海市", "广东省"], "adoption_year"].tolist() == [2020, 2021, 2022]
    assert five.loc[["北京市", "上海市", "广东省", "甘肃省"], "censoring"].tolist() == [
        *("left", "none", "none", "right")
    ]
    assert five.loc[["北京市", "上海市", "广东省"], "lag"].tolist() == [0, 1, 2]
    censored = next(n for n in found.attrs["notes"] if "left-censored" in n)
    assert "62 cases" in censored
    assert "2 left-censored" in censored
    assert "58 right-censored" in censored


def test_places_that_cannot_be_seen_are_spoken_of(sample):
    assert not any("not seen" in note for note in tables.adoption(sample).attrs["notes"])
    assert any("not seen" in note for note in tables.adoption(sample, level="city").attrs["notes"])


def test_a_threshold_counts_up_to_the_year_or_within_it(four_by_three):
    stock = tables.adoption(four_by_three, least=2).set_index("place")
    assert stock.loc[["上海市", "广东省"], "adoption_year"].tolist() == [2022, 2022]
    flow = tables.adoption(four_by_three, least=2, cumulative=False)
    assert flow["adoption_year"].isna().all()


def test_location_quotients_by_hand(four_by_three):
    found = tables.adoption(four_by_three, by="technology", criterion="location_quotient")
    # In 2020 all that 北京 takes is 5G, of which there is one half in all: LQ 2; 广东 has LQ 2 of 物联网.
    years = found.set_index(["class", "place"])["adoption_year"]
    assert years["5G", "北京市"] == 2020
    assert years["物联网", "广东省"] == 2020
    with pytest.raises(UsageError, match="classes"):
        tables.adoption(four_by_three, criterion="location_quotient")


def test_survival_is_the_share_without(four_by_three):
    found = tables.adoption_survival(four_by_three, group="all")
    assert found["year"].tolist() == [2020, 2021]
    assert found["not_adopted"].tolist() == pytest.approx([29 / 31, 28 / 31])
    regions = tables.adoption_survival(four_by_three)
    assert regions.groupby("region")["at_risk"].max().sum() <= 31


def test_points_lie_on_the_share_adopted(four_by_three):
    found = tables.adoption_curve(four_by_three)
    assert found["adopted"].tolist() == [2, 3, 3]
    assert (found["adopted_share_low"] < found["adopted_share"]).all()
    assert (found["adopted_share"] < found["adopted_share_high"]).all()


def test_curves_of_the_sample_rise_within_its_years(sample):
    found = tables.s_curves(sample, by="technology", least=20, replicates=30, curves=["logistic"])
    known = found.dropna(subset=["t50_low"])
    assert len(known) > 10
    assert ((known["t50_low"] < known["t50"]) & (known["t50"] < known["t50_high"])).all()


def test_bass_of_relations_gives_its_parameters_back():
    from clusters.measures import bass

    new = np.round(400 * np.diff(bass.adopted(np.arange(12), 0.02, 0.6))).astype(int)
    rows = [("b1", f"s{y}x{i}", 2010 + y, "5G") for y, n in enumerate(new) for i in range(n)]
    found = tables.bass_curves(relations(rows), unit="relations").iloc[0]
    assert (found["innovation"], found["imitation"]) == pytest.approx((0.02, 0.6), rel=0.05)
    assert found["market"] == pytest.approx(400, rel=0.03)
    assert found["past_peak"]
    assert found["peak_year"] == pytest.approx(2009 + math.log(30) / 0.62, abs=0.2)


def test_bass_does_not_forecast_before_the_peak_unless_forced():
    rows = [
        ("b1", f"s{y}x{i}", 2010 + y, "5G") for y, n in enumerate([2, 4, 8, 17, 33, 66]) for i in range(n)
    ]
    table = relations(rows)
    found = tables.bass_curves(table, unit="relations")
    assert found["forecast"].isna().all()
    assert any("No forecast" in note for note in found.attrs["notes"])
    assert (tables.bass_curves(table, unit="relations", force=True)["forecast"] > 66).all()


def test_hazard_of_the_sample_grows_with_size_and_exposure(sample):
    found = tables.adoption_hazard(sample, by="technology", least=5).set_index("driver")
    assert found.loc["log_size", "hazard_coefficient_low"] > 0
    assert found.loc["exposure", "hazard_coefficient_low"] > 0
    assert found.loc["log_distance", "hazard_coefficient"] < 0
    assert np.allclose(found["hazard_ratio"], np.exp(found["hazard_coefficient"]))


def test_convergence_by_hand(spreading):
    found = tables.convergence(spreading)
    assert found["variation"].iloc[0] == pytest.approx(math.sqrt(30))
    assert found["variation"].iloc[1] < found["variation"].iloc[0]
    assert math.isnan(found["beta"].iloc[1])  # only one place had anything to begin with
    assert found["left_out"].iloc[1] == 30


def test_the_centre_moves_from_beijing(spreading):
    found = tables.diffusion_space(spreading, permutations=19)
    first, second = found.iloc[0], found.iloc[1]
    assert (first["longitude"], first["latitude"]) == pytest.approx((116.41, 39.90))
    assert second["shift"] > 100
    assert found["mapped"].tolist() == ["share", "share", "adoption_year"]


def test_coordinates_are_needed_where_none_are_known(sample):
    with pytest.raises(UsageError, match="lie"):
        tables.diffusion_space(sample, level="city")
    at = pd.DataFrame({"latitude": [39.9, 22.5], "longitude": [116.4, 114.1]}, index=["北京市", "深圳市"])
    found = tables.diffusion_space(sample, level="city", coordinates=at, years=[2022], permutations=9)
    assert math.isnan(found["moran"].iloc[0])  # two places tell nothing
    assert any("without coordinates" in note for note in found.attrs["notes"])
    with pytest.raises(UsageError, match="longitude"):
        tables.diffusion_space(sample, coordinates=at[["latitude"]])


def test_all_moves_of_all_places_are_counted(sample):
    found = tables.spatial_transitions(sample)
    assert found["transitions"].sum() == 31 * 8
    known = found.dropna().groupby(["neighbour_class", "class_before"])["transition_probability"].sum()
    assert np.allclose(known, 1)


def test_pairs_of_a_leader_are_shown_once(sample):
    found = tables.lead_lag(sample, permutations=19, top=None)
    pairs = [frozenset(p) for p in zip(found["class"], found["leader"], found["follower"], strict=True)]
    known = found["lead"].notna().to_numpy()
    assert len({p for p, k in zip(pairs, known, strict=True) if k}) == known.sum()
    assert (found["lead"].dropna() > 0).all()
    assert len(tables.lead_lag(sample, permutations=9, top=3)) == 17 * 3


def test_nothing_to_follow_is_said_so(sample):
    with pytest.raises(UsageError, match="no relation is there"):
        tables.diffusion(sample.where(np.zeros(len(sample), dtype=bool)))
    nowhere = sample.where(sample.frame["source_province"].isna())
    for table in (tables.diffusion, tables.s_curves, tables.bass_curves, tables.diffusion_space):
        with pytest.raises(UsageError, match="known place"):
            table(nowhere)


@pytest.mark.parametrize("row", [5, 70_000])
def test_one_relation_is_enough_for_every_table(sample, row):
    alone = sample.where(np.arange(len(sample)) == row)
    for table in (tables.adoption_curve, tables.s_curves, tables.bass_curves, tables.adoption_hazard):
        assert len(table(alone, kinds=alone.kinds))
    assert tables.diffusion(alone, kinds=alone.kinds, replicates=5)["places_reached"].tolist() == [1]


def test_years_and_known_classes_are_needed(four_by_three):
    undated = from_frame(four_by_three.frame.drop(columns="year"))
    for table in (tables.diffusion, tables.adoption, tables.convergence, tables.lead_lag):
        with pytest.raises(UsageError, match="year"):
            table(undated)
    with pytest.raises(UsageError, match="colour"):
        tables.diffusion(four_by_three, by="colour")
    with pytest.raises(UsageError, match="planet"):
        tables.diffusion(four_by_three, level="planet")
    with pytest.raises(UsageError, match="two years"):
        tables.diffusion(four_by_three, table="reading", years=[2020])
