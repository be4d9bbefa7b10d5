"""Tables of specialisation: hand counts, agreement with the measures, intervals, notes."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from clusters import tables
from clusters.errors import UsageError
from clusters.measures import specialisation
from clusters.relations import from_frame, sample

ROWS = [
    # source, target, from, to, technology, kind
    ("b", "h", "北京市", "广东省", "5G", "technology"),
    ("b", "h", "北京市", "广东省", "5G|物联网", "technology"),
    ("b", "s", "北京市", "上海市", "物联网", "technology"),
    ("h", "b", "广东省", "北京市", "5G", "technology"),
    ("h", "s", "广东省", "上海市", None, "technology"),
    ("x", "b", None, "北京市", "5G", "technology"),
    ("i", "b", "California", "北京市", "5G", "technology"),
    ("h", "s", "广东省", "上海市", "物联网", "investment"),
]
COLUMNS = ["source", "target", "source_province", "target_province", "technology", "kind"]


@pytest.fixture
def relations():
    return from_frame(pd.DataFrame(ROWS, columns=COLUMNS))


@pytest.fixture(scope="module")
def nested():
    """Five provinces of nested specialities: the first has all four technologies, the last one."""
    provinces = ["北京市", "上海市", "江苏省", "浙江省", "广东省"]
    rows = [(p, t) for i, p in enumerate(provinces) for t in "ABCD"[: 4 - min(i, 3)]]
    frame = pd.DataFrame(rows, columns=["source_province", "technology"])
    frame = frame.assign(source=frame["source_province"], target="z", target_province="四川省")
    return from_frame(frame)


def cells(table, column):
    return {(row["place"], row["class"]): row[column] for _, row in table.iterrows()}


class TestLocationQuotients:
    def test_by_hand(self, relations):
        table = tables.location_quotients(relations)
        counts = cells(table, "relations")
        # One relation names two technologies: half for each. No place, or none in the mainland: left out.
        assert counts == {
            ("北京市", "5G"): 1.5,
            ("北京市", "物联网"): 1.5,
            ("广东省", "5G"): 1,
            ("广东省", "物联网"): 0,
        }
        quotients = cells(table, "location_quotient")
        assert quotients[("北京市", "物联网")] == pytest.approx(0.5 / (1.5 / 4))
        assert quotients[("广东省", "物联网")] == 0
        assert cells(table, "specialised")[("北京市", "物联网")]
        assert not cells(table, "specialised")[("北京市", "5G")]
        assert cells(table, "share")[("北京市", "5G")] == 0.5
        assert "Counted: 4 (57.14 %) of 7 relations" in table.attrs["notes"][0]

    def test_whose_place(self, relations):
        taken = cells(tables.location_quotients(relations, end="target"), "relations")
        assert taken[("北京市", "5G")] == 3
        assert taken[("广东省", "5G")] == 1.5
        both = cells(tables.location_quotients(relations, end="both"), "relations")
        given = cells(tables.location_quotients(relations), "relations")
        for key, number in both.items():
            assert number == (given.get(key, 0) + taken.get(key, 0)) / 2
        with pytest.raises(UsageError, match="end 'middle'"):
            tables.location_quotients(relations, end="middle")

    def test_kinds(self, relations):
        every = tables.location_quotients(relations, kinds=relations.kinds)
        assert cells(every, "relations")[("广东省", "物联网")] == 1
        kinds = tables.location_quotients(relations, by="kind")
        assert set(kinds["class"]) == {"technology", "investment"}

    def test_cells_below_the_minimum_say_nothing(self, relations):
        table = tables.location_quotients(relations, min_count=1.2)
        assert math.isnan(cells(table, "location_quotient")[("广东省", "5G")])
        assert not cells(table, "specialised")[("广东省", "5G")]

    def test_classes_and_levels_that_are_not_there(self, relations):
        with pytest.raises(UsageError, match="application_field"):
            tables.location_quotients(relations, by="application_field")
        with pytest.raises(UsageError, match=r"no 'province'; known are kind, technology$"):
            tables.location_quotients(relations, by="province")
        with pytest.raises(UsageError, match="planet"):
            tables.location_quotients(relations, level="planet")

    def test_the_sample_agrees_with_a_crosstab(self):
        relations = sample()
        table = tables.location_quotients(relations, level="city", by="application_field")
        frame = relations.frame[relations.frame["kind"] == "technology"]
        counts = pd.crosstab(frame["source_city"].astype(object), frame["application_field"].astype(object))
        wide = table.pivot_table(index="place", columns="class", values="location_quotient")
        expected = specialisation.location_quotient(counts)
        np.testing.assert_allclose(wide.loc[counts.index, counts.columns], expected)

    def test_intervals(self):
        random = np.random.default_rng(4)
        frame = pd.DataFrame({"source": random.integers(0, 60, 900).astype(str), "target": "z"})
        city = {str(i): "北京市" if i < 30 else "深圳市" for i in range(60)}
        frame["source_city"], frame["target_city"] = frame["source"].map(city), "上海市"
        frame["technology"] = np.where(random.random(900) < 0.4, "5G", "物联网")
        frame.loc[0, "technology"] = "区块链"
        made = from_frame(frame)
        table = tables.location_quotients(made, level="city", replicates=100, seed=3)
        many = table[table["relations"] >= 5]
        assert (many["location_quotient_low"] < many["location_quotient"]).all()
        assert (many["location_quotient"] < many["location_quotient_high"]).all()
        # One relation is too little to say how often there would be another.
        assert table.loc[table["class"] == "区块链", "location_quotient_low"].isna().all()
        again = tables.location_quotients(made, level="city", replicates=100, seed=3)
        pd.testing.assert_frame_equal(table, again)
        plain = tables.location_quotients(made, level="city")
        pd.testing.assert_frame_equal(table[plain.columns], plain)


class TestWhatGoesTogether:
    def test_relatedness_of_every_pair(self, nested):
        table = tables.relatedness(nested)
        assert len(table) == 6
        assert table["relatedness"].is_monotonic_decreasing
        amounts = pd.crosstab(nested.frame["source_province"], nested.frame["technology"])
        expected = specialisation.relatedness(specialisation.specialised(amounts))
        for row in table.itertuples():
            assert row.relatedness == expected.loc[row._1, row.other_class]
            assert row.both_places <= min(row.class_places, row.other_places)

    def test_density_is_that_of_the_measure(self, nested):
        table = tables.relatedness_density(nested)
        amounts = pd.crosstab(nested.frame["source_province"], nested.frame["technology"])
        binary = specialisation.specialised(amounts)
        expected = specialisation.relatedness_density(binary, specialisation.relatedness(binary))
        for row in table.itertuples():
            assert row.relatedness_density == pytest.approx(expected.loc[row.place, row._2], nan_ok=True)

    def test_distance_of_two_places(self, nested):
        table = tables.specialisation_distance(nested)
        assert len(table) == 10
        # 浙江 and 广东 have one technology each, the same; 北京 shares a quarter with them.
        first = table.iloc[0]
        assert {first["place"], first["other_place"]} == {"浙江省", "广东省"}
        assert first["krugman_index"] == 0
        assert table["krugman_index"].iloc[-1] == pytest.approx(1.5)


class TestComplexity:
    def test_order_and_notes(self, nested):
        table = tables.complexity(nested)
        places = table[table["of"] == "place"]
        assert places["rank"].tolist() == [1, 2, 3, 4, 5]
        assert places["complexity"].is_monotonic_decreasing
        assert places["complexity"].mean() == pytest.approx(0)
        classes = table[table["of"] == "class"]
        assert set(classes["item"]) == set("ABCD")
        assert any("second eigenvalue" in note for note in table.attrs["notes"])

    def test_parts_of_relations_add_up(self):
        frame = pd.DataFrame({"source": ["a"] * 3 + ["b"], "technology": ["5G|A|B"] * 3 + ["5G"]})
        frame = frame.assign(source_x=frame["source"], target="z", target_x="z")
        table = tables.complexity(from_frame(frame), level="x")
        assert table.loc[table["of"] == "place", "relations"].tolist() == [3, 1]

    def test_what_cannot_be_compared_is_said(self):
        frame = pd.DataFrame({"source_city": ["北京市", "深圳市"], "technology": ["5G", "物联网"]})
        frame = frame.assign(source=["a", "b"], target="z", target_city="上海市")
        table = tables.complexity(from_frame(frame), level="city")
        assert table["complexity"].isna().all()
        assert table.attrs["notes"][-1].startswith("No complexity")

    def test_a_part_that_stands_alone_is_said(self, nested):
        alone = nested.frame.iloc[:1].astype(object)
        alone = alone.assign(source="q", source_province="云南省", technology="Q")
        frame = pd.concat([nested.frame.astype(object), alone], ignore_index=True)
        table = tables.complexity(from_frame(frame))
        assert table["complexity"].isna().sum() >= 2
        assert any("share no speciality" in note for note in table.attrs["notes"])

    def test_an_open_sign_is_said(self):
        rows = ["aA", "aB", "bA", "bB", "cB", "cC", "dC", "dD", "eC", "eD"]
        frame = pd.DataFrame({"source": [r[0] for r in rows], "technology": [r[1] for r in rows]})
        frame = frame.assign(source_x=frame["source"], target="z", target_x="z")
        notes = tables.complexity(from_frame(frame), level="x").attrs["notes"]
        assert any("below 0.2" in note for note in notes)


@pytest.mark.slow
def test_intervals_of_quotients_hold_the_value_typical_of_all_samples():
    """Enterprises of lognormal size whose technologies depend on their place and on themselves."""
    random = np.random.default_rng(7)
    number, cities = 4000, np.array(["北京市", "深圳市", "上海市", "杭州市"])
    place = random.choice(4, number, p=[0.4, 0.3, 0.2, 0.1])
    size = np.maximum(1, random.lognormal(np.log(8), 0.9, number).astype(int))
    taste = np.array([random.dirichlet(4 * (1 + np.roll([2.0, 1.0, 0.5], p))) for p in place])
    owner = np.repeat(np.arange(number), size)
    kind = (random.random(owner.size)[:, None] > taste[owner].cumsum(axis=1)).sum(axis=1)
    frame = pd.DataFrame({"source": owner.astype(str), "target": "z"})
    frame["source_city"], frame["target_city"] = cities[place[owner]], "z"
    frame["technology"] = np.array(["A", "B", "C"])[np.minimum(kind, 2)]
    found = []
    for seed in range(120):
        kept = np.isin(owner, random.choice(number, 300, replace=False))
        table = tables.location_quotients(from_frame(frame[kept]), level="city", replicates=200, seed=seed)
        found.append(table.set_index(["place", "class"]).sort_index())
    typical = np.median([t["location_quotient"] for t in found], axis=0)
    held = np.mean(
        [(t["location_quotient_low"] <= typical) & (typical <= t["location_quotient_high"]) for t in found],
        axis=0,
    )
    assert 0.90 <= held.mean() <= 0.98
    assert held.min() >= 0.84
