"""Classes of relations and organisations: hand counts, a plain count, what must hold always."""

from __future__ import annotations

import math
from collections import Counter

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.measures import composition as c
from clusters.relations import from_frame

NAMES = ["5G", "物联网", "智能机器人", "大数据和云计算"]
labels = st.lists(st.sampled_from(NAMES), max_size=3).map("|".join)
cells = st.lists(st.one_of(st.none(), st.just(" "), labels), max_size=40).map(
    lambda values: pd.Series(values, dtype=object)
)


class TestComposition:
    def test_unknown_is_left_out_and_counted(self):
        found = c.composition(pd.Series(["5G", None, "5G", " ", "物联网", ""]))
        assert found.counts.to_dict() == {"5G": 2, "物联网": 1}
        assert (found.known, found.unknown) == (3, 3)
        assert found.shares.to_dict() == {"5G": 2 / 3, "物联网": 1 / 3}

    def test_several_classes_share_one_relation(self):
        # Counted whole, 5G would hold 2 of 2 relations; in parts it holds 1.5.
        column = pd.Series(["5G", "5G|物联网"])
        assert c.composition(column).counts.to_dict() == {"5G": 1.5, "物联网": 0.5}
        assert c.composition(column, counting="full").shares.to_dict() == {"5G": 1.0, "物联网": 0.5}

    @pytest.mark.parametrize("cell", ["a|b", "a; b", "a；b", " a | b |", "a|b|a"])
    def test_separators(self, cell):
        assert c.composition(pd.Series([cell])).counts.to_dict() == {"a": 0.5, "b": 0.5}

    def test_names_of_classes_keep_their_commas(self):
        # Names of divisions of GB/T 4754 contain 、 and ， themselves.
        name = "信息传输、软件和信息技术服务业"
        assert c.composition(pd.Series([name, "a,b", "a/b"])).counts.to_dict() == {
            name: 1,
            "a,b": 1,
            "a/b": 1,
        }

    def test_order_is_falling_then_by_place_code_or_name(self):
        column = pd.Series(["广东省", "北京市", "上海市", "上海市", "Paris"])
        assert list(c.composition(column).counts.index) == ["上海市", "北京市", "广东省", "Paris"]

    def test_the_rest_comes_last(self):
        assert list(c.composition(pd.Series(["other", "other", "川渝"])).counts.index) == ["川渝", "other"]

    @pytest.mark.parametrize("column", [pd.Series([], dtype=object), pd.Series([None, " "])])
    def test_nothing_known(self, column):
        found = c.composition(column)
        assert found.counts.empty
        assert found.shares.empty
        assert (found.known, found.unknown) == (0, len(column))

    def test_unknown_counting(self):
        with pytest.raises(ValueError, match="half"):
            c.composition(pd.Series(["a"]), counting="half")

    @given(cells)
    def test_shares_sum_to_one_and_cells_are_accounted_for(self, column):
        found = c.composition(column)
        assert found.known + found.unknown == len(column)
        if found.known:
            assert found.shares.sum() == pytest.approx(1)
            assert found.counts.sum() == pytest.approx(found.known)

    @given(cells)
    def test_full_counting_against_a_counter(self, column):
        expected = Counter(name for cell in column if isinstance(cell, str) for name in set(cell.split("|")))
        expected = {name: n for name, n in expected.items() if name.strip()}
        assert c.composition(column, counting="full").counts.to_dict() == expected

    @given(cells)
    def test_categories_make_no_difference(self, column):
        pd.testing.assert_series_equal(
            c.composition(column).counts, c.composition(column.astype("category")).counts
        )


class TestByGroup:
    YEARS = pd.Series([2020, 2020, 2021, 2022, 2022], name="year")
    COLUMN = pd.Series(["5G", "物联网", None, "物联网", "物联网"])

    def test_flow_and_stock(self):
        flow = c.composition_by(self.COLUMN, self.YEARS)
        stock = c.composition_by(self.COLUMN, self.YEARS, cumulative=True)
        assert flow.to_dict("list") == {"物联网": [1, 0, 2], "5G": [1, 0, 0]}
        assert stock.to_dict("list") == {"物联网": [1, 1, 3], "5G": [1, 1, 1]}
        assert list(flow.index) == [2020, 2021, 2022]
        assert flow.index.name == "year"

    def test_known_cells(self):
        assert c.known_by(self.COLUMN, self.YEARS).tolist() == [2, 0, 2]
        assert c.known_by(self.COLUMN, self.YEARS, cumulative=True).tolist() == [2, 2, 4]

    def test_nothing_known(self):
        found = c.composition_by(pd.Series([None, None]), pd.Series([2020, 2021]))
        assert found.shape == (2, 0)
        assert c.composition_by(pd.Series([], dtype=object), pd.Series([], dtype=int)).empty

    def test_lengths_must_agree(self):
        with pytest.raises(ValueError, match="1 classes but 2 groups"):
            c.composition_by(pd.Series(["a"]), pd.Series([1, 2]))

    @given(cells, st.data())
    def test_groups_add_up_to_the_whole(self, column, data):
        years = pd.Series(
            data.draw(st.lists(st.integers(2020, 2022), min_size=len(column), max_size=len(column))),
            dtype=int,
        )
        whole = c.composition(column)
        found = c.composition_by(column, years)
        assert found.sum().to_dict() == pytest.approx(whole.counts.to_dict())
        assert c.known_by(column, years).sum() == whole.known
        if len(column):
            last = c.composition_by(column, years, cumulative=True).iloc[-1]
            assert last.to_dict() == pytest.approx(whole.counts.to_dict())


@pytest.fixture
def industries():
    """One sample enterprise s; partners p and q; r is a sample enterprise too."""
    nodes = pd.DataFrame(
        {"role": ["sample", "partner", "partner", "sample"], "industry": ["信息", "制造", "金融", "信息"]},
        index=list("spqr"),
    )
    frame = pd.DataFrame(
        {"source": list("spss"), "target": list("psrq"), "industry": [None, "农业", None, "教育"]},
        dtype=object,
    )
    return from_frame(frame, nodes)


class TestRelationClasses:
    def test_industry_is_the_relations_own_else_the_partners(self, industries):
        # s -> p takes the partner's, p -> s its own, s -> r has no partner end.
        found = c.relation_classes(industries, "industry").tolist()
        assert found[0] == "制造"
        assert found[1] == "农业"
        assert not isinstance(found[2], str)
        assert found[3] == "教育"

    def test_industry_of_the_partner_in_either_direction(self, industries):
        bare = from_frame(industries.frame[["source", "target"]].astype(object), industries.nodes)
        assert c.relation_classes(bare, "industry").iloc[[0, 1, 3]].tolist() == ["制造", "制造", "金融"]

    def test_no_such_class(self, industries):
        assert c.relation_classes(industries, "technology") is None
        assert c.relation_classes(industries, "kind") is None
        assert c.relation_classes(industries, "sector") is None

    def test_without_roles_nobody_is_the_partner(self):
        frame = pd.DataFrame({"source": ["a"], "target": ["b"]})
        table = from_frame(frame, pd.DataFrame({"industry": ["x", "y"]}, index=["a", "b"]))
        assert c.relation_classes(table, "industry") is None


class TestPlaces:
    NODES = pd.DataFrame(
        {"province": ["广东省", "广东省", "湖北省", None], "city": ["深圳市", "汕头市", "武汉市", None]},
        index=list("abcd"),
    )

    @pytest.mark.parametrize(
        ("prd", "expected"),
        [("cities", ["珠江三角洲", "other", "other"]), ("province", ["珠江三角洲", "珠江三角洲", "other"])],
    )
    def test_region_of_organisations(self, prd, expected):
        table = from_frame(pd.DataFrame({"source": ["a"], "target": ["b"]}), self.NODES)
        found = c.organisation_classes(table, "region", prd=prd)
        assert found.iloc[:3].tolist() == expected
        assert pd.isna(found.iloc[3])

    def test_guangdong_without_a_city_is_open(self):
        found = c.regions(pd.Series(["广东省", "上海市"]), None)
        assert pd.isna(found.iloc[0])
        assert found.iloc[1] == "长江三角洲"
        assert c.regions(pd.Series(["广东省"]), None, prd="province").tolist() == ["珠江三角洲"]

    def test_no_such_class(self):
        table = from_frame(pd.DataFrame({"source": ["a"], "target": ["b"]}))
        assert c.organisation_classes(table, "region") is None
        assert c.organisation_classes(table, "province") is None
        assert c.end_classes(table, "region") is None

    def test_ends_by_column_by_node_and_by_region(self):
        frame = pd.DataFrame({"source": ["a"], "target": ["c"]})
        table = from_frame(frame, self.NODES)
        ends = c.end_classes(table, "province")
        assert [end.tolist() for end in ends] == [["广东省"], ["湖北省"]]
        placed = from_frame(frame.assign(source_province="北京市", target_province="湖北省"))
        assert [end.tolist() for end in c.end_classes(placed, "region")] == [["京津冀"], ["other"]]
        assert [end.tolist() for end in c.end_classes(placed, "province")] == [["北京市"], ["湖北省"]]


def test_shares_without_a_known_cell_are_nan():
    assert math.isnan(c.Composition(pd.Series({"a": 0}), 0, 4).shares["a"])
