"""Tables of compositions: what is counted, of what, and what is said about the rest."""

from __future__ import annotations

import pandas as pd
import pytest

from clusters import tables
from clusters.errors import UsageError
from clusters.relations import from_frame

FRAME = pd.DataFrame(
    {
        "source": ["h", "h", "b", "h", "s", "h"],
        "target": ["b", "c", "h", "s", "u", "v"],
        "year": [2020, 2021, 2021, 2022, 2022, 2022],
        "kind": ["technology"] * 5 + ["investment"],
        "technology": ["5G", "5G|物联网", None, "物联网", "5G", "5G"],
        "sector": ["第二产业", "第三产业", "第三产业", "第三产业", "第二产业", "第三产业"],
        "industry": ["制造业", "金融业", "金融业", "教育", "建筑业", "金融业"],
    }
)
NODES = pd.DataFrame(
    {
        "role": ["sample", "sample", "sample", "partner", "partner", "partner"],
        "province": ["广东省", "北京市", "上海市", "北京市", None, "湖北省"],
        "city": ["深圳市", "北京市", "上海市", "北京市", None, "武汉市"],
        "platform": [True, False, False, False, False, False],
        "sample_to": [None, 2021, None, None, None, None],
    },
    index=list("hbscuv"),
)


@pytest.fixture
def relations():
    return from_frame(FRAME, NODES)


class TestOfRelations:
    def test_technology(self, relations):
        table = tables.composition(relations)
        # Five technology relations, one without a class; the one with two counts half in each.
        assert table.to_numpy().tolist() == [["5G", 2.5, 0.625], ["物联网", 1.5, 0.375]]
        (note,) = table.attrs["notes"]
        assert note.startswith("Counted: 4 (80.00 %) of 5 relations (kind technology; 2020 to 2022), ")

    def test_full_counting(self, relations):
        table = tables.composition(relations, counting="full")
        assert table["relations"].tolist() == [3, 2]
        assert table["share"].tolist() == [0.75, 0.5]

    def test_kinds(self, relations):
        assert tables.composition(relations, kinds=relations.kinds)["relations"].tolist() == [3.5, 1.5]
        by_kind = tables.composition(relations, by="kind")
        assert by_kind.to_numpy().tolist() == [["technology", 5, 5 / 6], ["investment", 1, 1 / 6]]
        assert len(tables.composition(relations, by="kind", kinds=["investment"])) == 1

    def test_shares_within_a_parent_class(self, relations):
        # Of all technology relations 金融业 holds 2 of 5, of the tertiary sector 2 of 3 (decision D16).
        assert tables.composition(relations, by="industry").set_index("class")["share"]["金融业"] == 0.4
        table = tables.composition(relations, by="industry", within={"sector": "第三产业"})
        assert table["class"].tolist() == ["金融业", "教育"]
        assert table["share"].tolist() == pytest.approx([2 / 3, 1 / 3])

    def test_parent_class_that_is_not_there(self, relations):
        with pytest.raises(UsageError, match="no relation has the sector '第四产业'"):
            tables.composition(relations, by="industry", within={"sector": "第四产业"})
        with pytest.raises(UsageError, match="no 'division'"):
            tables.composition(relations, by="industry", within={"division": "x"})

    def test_by_year_as_stock_and_flow(self, relations):
        stock = tables.composition(relations, by_year=True)
        assert list(stock.columns) == ["year", "class", "relations", "share"]
        assert stock[stock["year"] == 2021]["relations"].tolist() == [1.5, 0.5]
        assert stock[stock["year"] == 2022]["share"].tolist() == [0.625, 0.375]
        shown = tables.composition(relations, by_year=True, years=[2022])
        assert shown["relations"].tolist() == [2.5, 1.5]
        flow = tables.composition(relations, by_year=True, mode="flow")
        assert flow[flow["year"] == 2022].set_index("class")["relations"].to_dict() == {"5G": 1, "物联网": 1}
        assert flow[flow["year"] == 2020].set_index("class")["share"].to_dict() == {"5G": 1, "物联网": 0}

    def test_last_year_of_the_stock_is_the_whole(self, relations):
        stock = tables.composition(relations, by="industry", by_year=True)
        last = stock[stock["year"] == 2022].drop(columns="year").reset_index(drop=True)
        pd.testing.assert_frame_equal(last, tables.composition(relations, by="industry"), check_dtype=False)

    def test_places_count_half_at_either_end(self, relations):
        table = tables.composition(relations, by="province", of="relations")
        found = table.set_index("class")["relations"].to_dict()
        assert found == {"北京市": 1.5, "广东省": 2, "上海市": 1}
        assert table["share"].sum() == pytest.approx(1)
        assert table.attrs["notes"][0].startswith("Counted: 9 (90.00 %) of 10 ends of relations")
        assert "half at either end" in table.attrs["notes"][1]

    def test_no_such_class(self, relations):
        with pytest.raises(
            UsageError, match="no 'field'; known are kind, technology, sector, industry, province"
        ):
            tables.composition(relations, by="field")
        with pytest.raises(
            UsageError, match="the relations of the table have no 'technology'; known are none"
        ):
            tables.composition(from_frame(pd.DataFrame({"source": ["a"], "target": ["b"]})))


class TestOfOrganisations:
    def test_sample_of_the_last_year(self, relations):
        # b left the sample in 2021; 北京市 is then no place of the sample.
        table = tables.composition(relations, by="province", of="sample")
        assert table[["class", "organisations", "share"]].to_numpy().tolist() == [
            ["上海市", 1, 0.5],
            ["广东省", 1, 0.5],
        ]
        assert table["relations"].tolist() == [2, 5]
        assert table.attrs["notes"][0].startswith("Counted: 2 (100.00 %) of 2 sample enterprises")

    def test_sample_is_the_default_for_places(self, relations):
        pd.testing.assert_frame_equal(
            tables.composition(relations, by="city"), tables.composition(relations, by="city", of="sample")
        )

    def test_region(self, relations):
        table = tables.composition(relations, by="region", of="sample")
        assert set(table["class"]) == {"珠江三角洲", "长江三角洲"}

    def test_platforms(self, relations):
        table = tables.composition(relations, by="province", of="platforms")
        assert table[["class", "organisations", "share"]].to_numpy().tolist() == [["广东省", 1, 1.0]]

    def test_by_year(self, relations):
        table = tables.composition(relations, by="province", of="sample", by_year=True)
        found = {
            year: rows.set_index("class")["organisations"].to_dict() for year, rows in table.groupby("year")
        }
        assert found == {
            2020: {"北京市": 1, "广东省": 1},
            2021: {"北京市": 1, "广东省": 1},
            2022: {"上海市": 1, "广东省": 1},
        }
        flow = tables.composition(relations, by="province", of="sample", by_year=True, mode="flow")
        assert flow[flow["year"] == 2022]["class"].tolist() == ["上海市", "广东省"]

    def test_what_the_table_cannot_say(self, relations):
        bare = from_frame(FRAME, NODES[["province"]])
        with pytest.raises(UsageError, match="which organisations are the sample"):
            tables.composition(bare, by="province", of="sample")
        with pytest.raises(UsageError, match="flagged as a platform"):
            tables.composition(bare, by="province", of="platforms")
        with pytest.raises(UsageError, match="organisations of the table have no 'technology'"):
            tables.composition(relations, by="technology", of="sample")
        with pytest.raises(UsageError, match="narrow relations"):
            tables.composition(relations, by="province", of="sample", within={"sector": "第三产业"})


def test_by_year_needs_years():
    undated = from_frame(FRAME.drop(columns="year"), NODES)
    with pytest.raises(UsageError, match="no year column"):
        tables.composition(undated, by_year=True)
    assert tables.composition(undated)["relations"].sum() == 4


def test_unknown_mode(relations):
    with pytest.raises(ValueError, match="'sum'"):
        tables.composition(relations, mode="sum")


def test_empty_relations(relations):
    none = relations.where([False] * 6)
    assert tables.composition(none).empty
    assert tables.composition(none, by_year=True).empty
    assert tables.composition(none, by="province", of="sample", by_year=True).empty
