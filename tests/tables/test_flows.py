"""Tables of flows: order, shares, defaults and what the notes must say."""

from __future__ import annotations

import pandas as pd
import pytest

from clusters import tables
from clusters.errors import UsageError
from clusters.relations import from_frame, in_years

ROWS = [
    # source, target, from, to, kind
    ("h", "b", "广东省", "北京市", "technology"),
    ("h", "b", "广东省", "北京市", "technology"),
    ("b", "h", "北京市", "广东省", "technology"),
    ("b", "c", "北京市", "北京市", "technology"),
    ("h", "s", "广东省", "上海市", "technology"),
    ("h", "i", "广东省", "California", "technology"),
    ("h", "x", "广东省", None, "technology"),
    ("x", "y", None, None, "technology"),
    ("b", "s", "北京市", "上海市", "investment"),
]
FRAME = pd.DataFrame(ROWS, columns=["source", "target", "source_province", "target_province", "kind"])


@pytest.fixture
def relations():
    return from_frame(FRAME.assign(year=2022))


class TestFlows:
    def test_by_hand(self, relations):
        table = tables.flows(relations)
        assert list(table.columns) == ["rank", "origin", "destination", "relations", "share", "type"]
        # Three flows of one relation each: by code of the origin (北京 11, 广东 44), then destination.
        assert table.drop(columns="share").to_numpy().tolist() == [
            [1, "广东省", "北京市", 2, "inter"],
            [2, "北京市", "北京市", 1, "intra"],
            [3, "北京市", "广东省", 1, "inter"],
            [4, "广东省", "上海市", 1, "inter"],
        ]
        assert table["share"].tolist() == [0.4, 0.2, 0.2, 0.2]

    def test_technology_is_the_default_where_there_is_any(self, relations):
        assert tables.flows(relations)["relations"].sum() == 5
        assert tables.flows(relations, kinds=relations.kinds)["relations"].sum() == 6
        assert tables.flows(relations, kinds=["investment"])["origin"].tolist() == ["北京市"]
        without = from_frame(FRAME.drop(columns="kind"))
        assert tables.flows(without)["relations"].sum() == 6
        other = from_frame(FRAME.assign(kind="participation"))
        assert tables.flows(other)["relations"].sum() == 6

    def test_top_cuts_rows_not_shares(self, relations):
        table = tables.flows(relations, top=1)
        assert table["share"].tolist() == [0.4]
        assert len(tables.flows(relations, top=None)) == 4

    def test_notes_account_for_every_relation(self, relations):
        first, second = tables.flows(relations).attrs["notes"]
        assert first == (
            "Counted: 5 (62.50 %) of 8 relations (kind technology; 2022), those with a province at both ends."
        )
        assert "1 no place of the receiver" in second
        assert "1 neither place" in second
        assert "1 a province outside the mainland" in second

    def test_foreign_as_a_unit(self, relations):
        table = tables.flows(relations, foreign="unit")
        assert table["relations"].sum() == 6
        assert ("广东省", "foreign") in set(zip(table["origin"], table["destination"], strict=True))

    def test_missing_level(self, relations):
        with pytest.raises(UsageError, match="no place level 'city'; it has province"):
            tables.flows(relations, level="city")

    def test_nothing_placed(self):
        blank = from_frame(FRAME.assign(source_province=None, target_province=None))
        for table in (tables.flows(blank), tables.flow_margins(blank), tables.flow_matrix_table(blank)):
            assert table.empty
            assert table.attrs["notes"][0].startswith("Counted: 0 (0.00 %) of 8")


class TestMargins:
    def test_by_hand(self, relations):
        table = tables.flow_margins(relations)
        assert table["place"].tolist() == ["广东省", "北京市", "上海市"]
        assert table["rank"].tolist() == [1, 2, 3]
        assert table["empowerment"].tolist() == [3, 2, 0]
        assert table["input"].tolist() == [1, 3, 1]
        assert table["empowerment_share"].tolist() == [0.6, 0.4, 0]
        assert table["input_share"].tolist() == [0.2, 0.6, 0.2]
        assert table["input_rank"].tolist() == [2, 1, 2]
        assert table["net_balance"].tolist() == pytest.approx([0.4, -0.2, -0.2])

    def test_equal_places_are_in_the_order_of_their_codes(self):
        frame = pd.DataFrame(
            {"source": ["a", "b"], "target": ["b", "a"],
             "source_city": ["深圳市", "上海市"], "target_city": ["上海市", "深圳市"]}
        )  # fmt: skip
        assert tables.flow_margins(from_frame(frame), level="city")["place"].tolist() == ["上海市", "深圳市"]

    def test_top(self, relations):
        assert len(tables.flow_margins(relations, top=2)) == 2
        assert tables.flow_margins(relations, top=2).attrs["notes"]


class TestMatrix:
    def test_a_place_named_like_the_first_column(self):
        frame = pd.DataFrame({"source": ["a"], "target": ["b"]})
        table = tables.flow_matrix_table(
            from_frame(frame.assign(source_zone="rank", target_zone="origin")), level="zone"
        )
        assert list(table.columns) == ["origin", "origin (2)", "rank"]
        assert table.to_numpy().tolist() == [["origin", 0, 0], ["rank", 1, 0]]

    def test_square(self, relations):
        table = tables.flow_matrix_table(relations)
        assert list(table.columns) == ["origin", "北京市", "上海市", "广东省"]
        assert table.set_index("origin").loc["广东省"].tolist() == [2, 1, 0]
        shares = tables.flow_matrix_table(relations, shares=True).set_index("origin")
        assert shares.to_numpy().sum() == pytest.approx(1)

    def test_agrees_with_the_lists(self, relations):
        square = tables.flow_matrix_table(relations).set_index("origin")
        listed = tables.flows(relations, top=None)
        assert [square.loc[r.origin, r.destination] for r in listed.itertuples()] == listed[
            "relations"
        ].tolist()
        margins = tables.flow_margins(relations).set_index("place")
        assert square.sum(axis=1)[margins.index].tolist() == margins["empowerment"].tolist()
        assert square.sum()[margins.index].tolist() == margins["input"].tolist()


class TestYearlyFlows:
    @pytest.fixture
    def dated(self):
        # The first technology relation is of 2021: what counts is decided for the table, not for a year.
        years = [2022, 2021, 2021, 2022, 2021, 2022, 2022, 2022, 2020]
        return from_frame(FRAME.assign(year=years))

    @pytest.mark.parametrize("distinct", [False, True])
    @pytest.mark.parametrize("kinds", [None, ["technology", "investment"]])
    def test_each_year_is_the_table_of_its_relations(self, dated, distinct, kinds):
        table = tables.yearly_flows(dated, distinct=distinct, kinds=kinds, top=3)
        assert sorted(set(table["year"])) == ([2021, 2022] if kinds is None else [2020, 2021, 2022])
        for year, rows in table.groupby("year"):
            part = in_years(dated, None, year)
            there = [kind for kind in kinds or ["technology"] if kind in part.kinds]
            whole = tables.flows(part, distinct=distinct, top=3, kinds=there)
            pd.testing.assert_frame_equal(rows.drop(columns="year").reset_index(drop=True), whole)

    def test_single_years_and_chosen_years(self, dated):
        table = tables.yearly_flows(dated, cumulative=False)
        assert table.groupby("year")["relations"].sum().to_dict() == {2021: 3, 2022: 2}
        later = tables.yearly_flows(dated, years=[2022])
        assert later["relations"].sum() == 5  # earlier relations still count
        with pytest.raises(UsageError, match="year"):
            tables.yearly_flows(from_frame(FRAME))
        empty = tables.yearly_flows(dated, years=[])
        assert list(empty.columns)[:2] == ["year", "rank"]

    def test_matrices_have_the_same_places_in_all_years(self, dated):
        table = tables.yearly_flow_matrix_table(dated)
        assert table["year"].to_list() == [2021] * 3 + [2022] * 3
        assert table["origin"].to_list() == ["北京市", "上海市", "广东省"] * 2
        last = tables.flow_matrix_table(dated)
        assert table[table["year"] == 2022].drop(columns="year").to_numpy().tolist() == (
            last.to_numpy().tolist()
        )
        assert table.attrs["notes"] == last.attrs["notes"]
