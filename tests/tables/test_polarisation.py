"""Polarisation by year against the tables and measures it is made of, and the printed Table 7."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from clusters import networks, published, relations, tables
from clusters.errors import DataError, UsageError
from clusters.measures import concentration as c
from clusters.measures import flows as f
from clusters.measures.polarisation import OF_AMOUNTS, OF_FLOWS
from clusters.tables._intervals import HELD

TECHNOLOGY = ["technology"]


@pytest.fixture(scope="module")
def sample():
    return relations.sample()


@pytest.fixture(scope="module")
def yearly(sample):
    return tables.polarisation(sample)


@pytest.fixture(scope="module")
def matrices(sample):
    return f.yearly_flow_matrices(relations.of_kinds(sample, TECHNOLOGY), level="province")


@pytest.fixture
def three_cities():
    """Two years: first all from b to g, then also within b and from g to h."""
    pairs = [("b1", "g1", 2020), ("b2", "g2", 2020), ("b1", "b2", 2021), ("g1", "h1", 2021)]
    city = {"b": "北京市", "g": "广州市", "h": "杭州市"}
    frame = pd.DataFrame(pairs, columns=["source", "target", "year"])
    for end in ("source", "target"):
        frame[f"{end}_city"] = frame[end].str[0].map(city)
    frame["technology"] = ["5G", "5G|物联网", "物联网", "5G"]
    return relations.from_frame(frame)


def test_poles_may_have_short_or_english_names(three_cities):
    found = [
        tables.polarisation(three_cities, poles=p) for p in (["北京市", "广州市"], ["北京", "Guangzhou"])
    ]
    pd.testing.assert_frame_equal(*found)


def test_by_hand(three_cities):
    found = tables.polarisation(three_cities, poles=["北京市", "广州市"])
    assert found["year"].tolist() == [2020, 2021]
    assert found["relations"].tolist() == [2, 4]
    assert found["places"].tolist() == [3, 3]  # h counts before it has a relation
    assert found["giving_hhi"].tolist() == pytest.approx([1.0, (9 + 1) / 16])
    assert found["taking_cr2"].tolist() == pytest.approx([1.0, 0.75])
    assert found["intra_share"].tolist() == pytest.approx([0.0, 0.25])
    assert found["poles_touching"].tolist() == pytest.approx([1.0, 1.0])
    assert found["poles_target"].tolist() == pytest.approx([1.0, 0.75])
    assert found["net_giver"].tolist() == ["北京市", "北京市"]
    assert found["net_giver_balance"].tolist() == pytest.approx([1.0, 0.5])
    assert found["net_taker"].tolist() == ["广州市", "杭州市"]  # equal balances: by place code
    single = tables.polarisation(three_cities, cumulative=False)
    assert single["relations"].tolist() == [2, 2]
    assert single["intra_share"].tolist() == [0.0, 0.5]
    assert single["net_taker"].tolist() == ["广州市", "杭州市"]


def test_years_chosen_hold_all_before_them(three_cities):
    assert tables.polarisation(three_cities, years=[2021])["relations"].tolist() == [4]
    assert tables.polarisation(three_cities, years=[2020])["relations"].tolist() == [2]
    assert tables.polarisation(three_cities, years=[2021], cumulative=False)["relations"].tolist() == [2]


def test_organisations_are_those_of_the_concentration_table(sample, yearly):
    expected = tables.concentration(networks.cumulative(sample))
    for column in ("year", "top_10_percent", "top_1_percent", "top_0_1_percent", "gini"):
        assert yearly[column].tolist() == expected[column].tolist()
    found = tables.polarisation(sample, table="organisations")
    for degree in ("out", "in", "total"):
        rows = found[found["degree"] == degree].drop(columns="degree").reset_index(drop=True)
        pd.testing.assert_frame_equal(
            rows, tables.concentration(networks.cumulative(sample), degree=degree), check_dtype=False
        )


def test_places_are_those_of_the_flow_matrices(yearly, matrices):
    for row in yearly.to_dict("records"):
        matrix = matrices[row["year"]]
        margins = f.flow_margins(matrix)
        assert row["relations"] == matrix.to_numpy().sum()
        for side, values in (("giving", margins["empowerment"]), ("taking", margins["input"])):
            assert row[f"{side}_cr5"] == pytest.approx(c.concentration_ratio(values, 5))
            assert row[f"{side}_gini"] == pytest.approx(c.gini(values))
            assert row[f"{side}_effective"] == pytest.approx(math.exp(c.shannon(values)))
            assert row[f"{side}_theil_between"] + row[f"{side}_theil_within"] == pytest.approx(
                c.theil_t(values)
            )
        poles = f.pole_dominance(matrix, ["北京市", "广东省"])
        assert row["poles_touching"] == pytest.approx(poles.touching)
        assert row["poles_inside"] == pytest.approx(poles.inside)
        assert row["poles_balance"] == pytest.approx(poles.balance)
        assert row["intra_lift"] == pytest.approx(f.intra_lift(matrix))
        assert row["net_giver"] == margins["net_balance"].idxmax()
        assert row["net_taker_balance"] == pytest.approx(margins["net_balance"].min())


def test_the_last_year_of_the_sample_is_close_to_table_7(yearly):
    last = yearly.iloc[-1]
    assert last["giving_hhi"] == pytest.approx(0.2139, abs=0.002)
    assert last["taking_hhi"] == pytest.approx(0.1493, abs=0.002)
    shares = last[["poles_inside", "poles_source", "poles_target", "poles_touching"]].astype(float)
    assert shares.tolist() == pytest.approx([0.3322, 0.6161, 0.4981, 0.7820], abs=0.003)


def test_places_long_form_says_the_same(sample, yearly):
    found = tables.polarisation(sample, table="places")
    assert found["flow"].tolist() == ["giving", "taking"] * 9
    for side in ("giving", "taking"):
        rows = found[found["flow"] == side].reset_index(drop=True)
        for name in OF_AMOUNTS:
            assert rows[name].tolist() == yearly[f"{side}_{name}"].tolist()
    assert found["largest"].tolist()[-2:] == ["北京市", "北京市"]
    flows = tables.polarisation(sample, table="flows")
    assert set(OF_FLOWS) < set(flows.columns)
    assert flows["net_giver"].tolist() == yearly["net_giver"].tolist()


def test_parts_of_inequality_add_up(sample, matrices):
    found = tables.polarisation(sample, table="places").iloc[-1]
    taken = f.flow_margins(matrices[2022])["input"]
    assert found["gini_within"] + found["gini_between"] + found["gini_overlap"] == pytest.approx(
        c.gini(taken)
    )
    assert found["kanbur_zhang"] == pytest.approx(found["theil_between"] / found["theil_within"])
    assert found["effective"] == pytest.approx(math.exp(found["entropy"]))
    assert found["ge_2"] == pytest.approx((taken.std(ddof=0) / taken.mean()) ** 2 / 2)
    assert found["rank_size_error"] == pytest.approx(found["rank_size"] * math.sqrt(2 / 31))


def test_lorenz_curves_are_those_of_the_last_margins(sample, matrices):
    found = tables.polarisation(sample, table="lorenz")
    given = f.flow_margins(matrices[2022])["empowerment"]
    rows = found[found["flow"] == "giving"]
    expected = c.lorenz_curve(given).iloc[1:]
    assert rows["places_share"].to_numpy() == pytest.approx(expected["nodes_share"].to_numpy())
    assert rows["cumulative_share"].to_numpy() == pytest.approx(expected["total_share"].to_numpy())
    assert rows["place"].iloc[-1] == given.idxmax()
    classes = tables.polarisation(sample, table="lorenz", by="technology")
    assert classes.groupby(["class", "flow"])["share"].sum().to_numpy() == pytest.approx(1)
    assert classes["class"].nunique() == 17


class TestByTechnology:
    def test_parts_of_a_relation_count_in_each_class(self, three_cities):
        found = tables.polarisation(three_cities, by="technology").set_index(["class", "year"])
        assert found.loc[("5G", 2021), "relations"] == 2.5
        assert found.loc[("物联网", 2021), "relations"] == 1.5
        assert found.loc[("物联网", 2020), "giving_hhi"] == 1.0
        assert found.loc[("5G", 2021), "taking_hhi"] == pytest.approx((1.5**2 + 1) / 2.5**2)

    def test_each_class_is_what_the_table_of_its_relations_says(self, sample):
        found = tables.polarisation(sample, by="technology", poles=["北京市", "广东省"])
        name = found["class"].iloc[0]
        part = relations.of_kinds(sample, TECHNOLOGY)
        part = part.where(part.frame["technology"].astype(str) == name)
        alone = tables.polarisation(part, poles=["北京市", "广东省"])
        rows = found[found["class"] == name].drop(columns="class").reset_index(drop=True)
        for column in (
            "relations",
            "top_1_percent",
            "gini",
            "giving_hhi",
            "taking_effective",
            "poles_touching",
        ):
            assert rows[column].tolist() == pytest.approx(alone[column].tolist()), column

    def test_classes_of_the_two_ends_count_half_each(self, three_cities):
        found = tables.polarisation(three_cities, by="city").set_index(["class", "year"])
        assert found.loc[("北京市", 2020), "relations"] == 1
        assert found.loc[("北京市", 2021), "relations"] == 2
        assert found.loc[("杭州市", 2021), "relations"] == 0.5

    def test_a_class_that_is_not_there(self, three_cities):
        with pytest.raises(UsageError, match="application_field"):
            tables.polarisation(three_cities, by="application_field")


@pytest.fixture(scope="module")
def drawn(sample):
    return tables.polarisation(sample, replicates=20, seed=4, years=[2014, 2022])


@pytest.fixture(scope="module")
def reading(sample):
    return tables.polarisation(sample, table="reading", replicates=60)


@pytest.fixture(scope="module")
def printed():
    table = published.load("nankai_2023", table=7)
    rows = tables.polarisation_of_margins(table, poles=["北京市", "广东省"])
    return rows.set_index(["flow", "statistic"])


class TestIntervals:
    def test_flows_of_the_last_year_are_drawn_as_flow_intervals_do(self, sample, drawn):
        margins = tables.flow_margins(sample)
        beside = tables.flow_intervals(margins, sample, replicates=20, seed=4)
        (note,) = [n for n in beside.attrs["notes"] if getattr(n, "term", "") == "note.interval_intra"]
        last = drawn.iloc[-1]
        assert (last["intra_share_low"], last["intra_share_high"]) == pytest.approx(
            (note.values["low"], note.values["high"])
        )
        assert (last["intra_lift_low"], last["intra_lift_high"]) == pytest.approx(
            (note.values["lift_low"], note.values["lift_high"])
        )

    @pytest.mark.parametrize("degree", ["out", "in", "total"])
    def test_one_year_is_dropped_from_as_concentration_intervals_do(self, sample, degree):
        one = {2016: networks.cumulative(sample)[2016]}
        beside = tables.concentration_intervals(
            tables.concentration(one, degree=degree), one, degree=degree, replicates=12, seed=2
        )
        found = tables.polarisation(sample, one, table="organisations", replicates=12, seed=2)
        row = found[found["degree"] == degree].iloc[0]
        for name in HELD:
            for end in ("low", "high"):
                assert row[f"{name}_{end}"] == pytest.approx(beside[f"{name}_{end}"].iloc[0], nan_ok=True)
        assert "hhi_low" not in found.columns

    def test_what_every_relation_shares_does_not_vary(self):
        frame = pd.DataFrame(
            {"source": [f"s{i}" for i in range(20)] * 2, "target": [f"t{i}" for i in range(40)]}
        )
        frame = frame.assign(source_city="深圳市", target_city="北京市", year=[2020] * 20 + [2021] * 20)
        found = tables.polarisation(relations.from_frame(frame), replicates=10)
        assert found["giving_hhi_low"].tolist() == found["giving_hhi_high"].tolist() == [1.0, 1.0]
        read = tables.polarisation(relations.from_frame(frame), replicates=10, table="reading")
        directions = read.set_index("statistic")["direction"]
        assert directions["giving_hhi"] == "same"
        assert directions["intra_share"] == "same"

    def test_poles_that_the_end_has_chosen_are_not_compared(self):
        # 深圳市 is a pole because it rose: named beforehand it is tested, chosen by the last year not.
        frame = pd.DataFrame({"source": [f"s{i % 20}" for i in range(60)], "target": "t"})
        frame = frame.assign(source_city="北京市", year=[2020] * 20 + [2021] * 40)
        frame["target_city"] = ["上海市"] * 15 + ["深圳市"] * 5 + ["深圳市"] * 30 + ["上海市"] * 10
        table = relations.from_frame(frame)
        chosen = tables.polarisation(table, table="reading", replicates=20)
        assert chosen.set_index("statistic").loc["poles_target", "direction"] == "untested"
        assert any("By the first year the poles would be 北京市, 上海市" in n for n in chosen.attrs["notes"])
        named = tables.polarisation(table, table="reading", replicates=20, poles=["北京市", "深圳市"])
        assert named.set_index("statistic").loc["poles_target", "direction"] == "rose"
        assert not any("By the first year" in n for n in named.attrs["notes"])

    def test_few_enterprises_have_none(self, three_cities):
        found = tables.polarisation(three_cities, replicates=10)
        low = [column for column in found.columns if column.endswith("_low")]
        assert len(low) > 20
        assert found[low].isna().all(axis=None)
        assert set(tables.polarisation(three_cities, replicates=10, table="reading")["direction"]) == {
            "untested"
        }

    def test_the_same_seed_gives_the_same(self, sample, drawn):
        again = tables.polarisation(sample, replicates=20, seed=4, years=[2014, 2022])
        pd.testing.assert_frame_equal(drawn, again)


class TestReading:
    def test_giving_cannot_be_told_and_taking_fell(self, reading, yearly):
        rows = reading.set_index("statistic")
        assert rows["direction"]["giving_hhi"] == "unclear"
        assert rows["direction"]["taking_hhi"] == "fell"
        assert rows["direction"]["top_1_percent"] == "rose"
        assert rows["difference"]["taking_hhi"] == pytest.approx(
            yearly["taking_hhi"].iloc[-1] - yearly["taking_hhi"].iloc[0]
        )
        assert not {"giving_effective", "redistribution"} & set(
            rows.index
        )  # a small year moves them by itself
        inside = (rows["difference_low"] < rows["difference"]) & (
            rows["difference"] < rows["difference_high"]
        )
        assert inside.all()

    def test_the_paragraph_says_so(self, reading):
        text = reading.attrs["notes"][-1]
        assert "Concentration of taking (HHI) fell from 0.247 (2014) to 0.150 (2022)" in text
        assert "Concentration of giving (HHI) went from" in text
        assert "the data cannot tell" in text
        assert "did not move one way" in text

    def test_the_difference_is_narrower_than_two_years_apart(self, sample, reading):
        # Both years share samples: the interval of the difference is not the sum of the two.
        ends = tables.polarisation(sample, replicates=60, years=[2014, 2022])
        width = float((ends["poles_touching_high"] - ends["poles_touching_low"]).sum())
        row = reading.set_index("statistic").loc["poles_touching"]
        assert row["difference_high"] - row["difference_low"] < 0.6 * width

    def test_classes_are_listed(self, sample):
        found = tables.polarisation(sample, table="reading", by="technology", replicates=10)
        assert len(found) == 17 * 8
        text = found.attrs["notes"][-1]
        assert "Concentration of taking (HHI), 17 classes: rose in none; fell in" in text
        assert "chance alone would let about" in text

    def test_years_are_needed(self, three_cities):
        undated = relations.from_frame(three_cities.frame.drop(columns="year"))
        assert math.isnan(tables.polarisation(undated)["year"].iloc[0])
        with pytest.raises(UsageError, match="no year column"):
            tables.polarisation(undated, table="reading")
        with pytest.raises(UsageError, match="one only"):
            tables.polarisation(three_cities, table="reading", years=[2021])


def test_a_table_without_places_tells_of_organisations():
    frame = pd.DataFrame({"source": list("aab"), "target": list("bcc"), "year": [2020, 2020, 2021]})
    table = relations.from_frame(frame)
    found = tables.polarisation(table)
    assert "giving_hhi" not in found.columns
    assert found["gini"].notna().all()
    for options in ({"table": "places"}, {"poles": ["北京市"]}, {"level": "city"}):
        with pytest.raises(UsageError, match="no place level"):
            tables.polarisation(table, **options)


def test_cities_of_no_known_province_have_no_groups():
    frame = pd.DataFrame({"source": list("ab"), "target": list("bc")})
    frame = frame.assign(source_city=["Leuven", "Madrid"], target_city=["Madrid", "Porto"])
    found = tables.polarisation(relations.from_frame(frame), level="city", table="places")
    assert found[["theil_between", "gini_overlap", "kanbur_zhang"]].isna().all(axis=None)
    assert found["theil"].notna().all()
    assert not any("Theil" in note for note in found.attrs["notes"])


@pytest.mark.parametrize("table", ["yearly", "places", "lorenz", "reading"])
def test_a_table_without_relations_is_one_clear_message(three_cities, table):
    none = three_cities.where(np.zeros(4, dtype=bool))
    with pytest.raises(UsageError, match="no relation in use"):
        tables.polarisation(none, table=table)


def test_wrong_poles_are_named(three_cities):
    with pytest.raises(UsageError, match="火星"):
        tables.polarisation(three_cities, poles=["北京市", "火星"])
    with pytest.raises(UsageError, match="no pole"):
        tables.polarisation(three_cities, poles=[])
    with pytest.raises(ValueError, match="not known"):
        tables.polarisation(three_cities, table="all")


class TestPrintedMargins:
    @pytest.mark.parametrize(
        ("flow", "statistic", "least", "most"),
        [
            ("giving", "hhi", 0.2139, 0.2139),
            ("taking", "hhi", 0.1493, 0.1494),
            ("giving", "cr2", 0.6161, 0.6161),
            ("taking", "cr2", 0.4981, 0.4981),
            ("giving", "cr3", 0.7221, 0.7221),
            ("taking", "cr3", 0.6001, 0.6001),
            ("giving", "cr5", 0.8588, 0.8588),
            ("taking", "cr5", 0.7339, 0.7339),
            ("giving", "primacy", 1.0502, 1.0502),
            ("giving", "primacy_4", 0.6263, 0.6263),
            ("giving", "primacy_11", 0.9983, 0.9983),
            ("taking", "primacy", 1.1723, 1.1723),
            ("taking", "primacy_4", 0.6460, 0.6460),
            ("taking", "primacy_11", 0.8942, 0.8942),
            ("giving", "poles_source", 0.6161, 0.6161),
            ("taking", "poles_target", 0.4981, 0.4981),
        ],
    )
    def test_table_7(self, printed, flow, statistic, least, most):
        row = printed.loc[(flow, statistic)]
        assert (row["least"], row["most"]) == pytest.approx((least, most), abs=5.1e-5)

    def test_spread_equally(self, printed):
        assert printed.loc[("giving", "gini"), "least"] == pytest.approx(0.812, abs=5e-4)
        assert printed.loc[("taking", "gini"), "least"] == pytest.approx(0.704, abs=5e-4)
        assert printed.loc[("giving", "effective"), "most"] == pytest.approx(7.2, abs=0.05)
        assert printed.loc[("taking", "effective"), "most"] == pytest.approx(11.3, abs=0.05)

    def test_a_full_table_has_no_room(self, sample):
        margins = tables.flow_margins(sample)
        found = tables.polarisation_of_margins(margins)
        assert found["least"].to_numpy() == pytest.approx(found["most"].to_numpy())
        cut = tables.polarisation_of_margins(margins.head(20)).set_index(["flow", "statistic"])
        full = found.set_index(["flow", "statistic"])["least"]
        giving = cut.loc["giving"]  # the list is cut by what places give
        assert (giving["least"] <= full["giving"] + 1e-9).all()
        assert (full["giving"] <= giving["most"] + 1e-9).all()

    def test_wrong_tables_are_refused(self):
        with pytest.raises(DataError, match="direction and share_percent"):
            tables.polarisation_of_margins(pd.DataFrame({"a": [1]}))
        margins = pd.DataFrame(
            {"place": ["a", "b"], "empowerment_share": [0.9, 0.3], "input_share": [0.5, 0.5]}
        )
        with pytest.raises(DataError, match="giving"):
            tables.polarisation_of_margins(margins)
        margins["empowerment_share"] = [0.5, 0.5]
        with pytest.raises(DataError, match="'c' is not listed"):
            tables.polarisation_of_margins(margins, poles=["c"])


def test_city_groups_are_provinces(sample):
    found = tables.polarisation(sample, level="city", table="places", years=[2022])
    row = found.iloc[0]
    margins = tables.flow_margins(sample, level="city")
    from clusters import places

    province = [places.place(city).province_zh for city in margins["place"]]
    parts = c.theil_decomposition(margins["empowerment"], province)
    assert row["theil_between"] == pytest.approx(parts.between)
    assert np.isfinite(row["rank_size"])
