"""Tables of the structure of flows: hand counts, what agrees with the matrix, notes."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from clusters import tables
from clusters.errors import UsageError
from clusters.measures import flows
from clusters.relations import from_frame, in_years

PLACES = {"b": "北京市", "h": "广东省", "s": "上海市", "i": "California"}


def made(pairs, years=None, **columns):
    frame = pd.DataFrame({"source": [p[0] for p in pairs], "target": [p[1] for p in pairs]})
    for end in ("source", "target"):
        frame[f"{end}_province"] = frame[end].map(PLACES)
    if years is not None:
        frame["year"] = years
    return from_frame(frame.assign(**columns))


@pytest.fixture
def dated():
    """2021: b b, b h, h b twice; 2022: s b, h s, one to California."""
    return made(["bb", "bh", "hb", "hb", "sb", "hs", "hi"], [2021] * 4 + [2022] * 3)


class TestStructure:
    def test_by_hand(self, dated):
        table = tables.flow_structure(dated).set_index("year")
        assert table["relations"].tolist() == [4, 6]
        assert table["places"].tolist() == [2, 3]
        assert table["intra_share"].tolist() == pytest.approx([1 / 4, 1 / 6])
        # b gives 2, h gives 2, b takes 3, h takes 1: 1/4 over (2 x 3 + 2 x 1)/16.
        assert table.loc[2021, "intra_lift"] == pytest.approx(0.25 / 0.5)
        assert table.loc[2021, "flow_reciprocity"] == pytest.approx(2 / 3)
        # Poles are those of the last year: b touches 5 flows, h 4.
        assert "北京市, 广东省" in table.attrs["notes"][-1]
        assert table.loc[2022, "poles_inside"] == pytest.approx(4 / 6)
        assert table.loc[2022, "poles_touching"] == 1
        assert table.loc[2022, "poles_balance"] == pytest.approx(4 / 5)
        # b gives half to itself and half to h: two destinations; h gives to b only.
        assert table.loc[2021, "destination_entropy"] == pytest.approx(math.log(2) / 2)
        assert table.loc[2021, "effective_destinations"] == pytest.approx(math.sqrt(2))

    def test_agrees_with_the_measures_of_each_year(self, dated):
        table = tables.flow_structure(dated).set_index("year")
        for year in (2021, 2022):
            matrix = flows.flow_matrix(in_years(dated, None, year), level="province")
            assert table.loc[year, "intra_share"] == flows.intra_share(matrix)
            assert table.loc[year, "flow_reciprocity"] == flows.flow_reciprocity(matrix)

    def test_single_years_and_chosen_years(self, dated):
        table = tables.flow_structure(dated, cumulative=False)
        assert table["relations"].tolist() == [4, 2]
        assert tables.flow_structure(dated, years=[2022])["relations"].tolist() == [6]

    def test_without_years_there_is_one_row(self, dated):
        whole = tables.flow_structure(made(["bb", "bh", "hb", "hb", "sb", "hs"]))
        assert "year" not in whole.columns
        last = tables.flow_structure(dated, years=[2022]).drop(columns="year")
        pd.testing.assert_frame_equal(whole, last)

    def test_poles_can_be_named(self, dated):
        table = tables.flow_structure(dated, poles=["上海市"])
        assert table["poles_touching"].tolist() == pytest.approx([0, 2 / 6])
        pd.testing.assert_frame_equal(table, tables.flow_structure(dated, poles=["上海"]))
        with pytest.raises(UsageError, match="'云南省' is no place of these flows"):
            tables.flow_structure(dated, poles=["云南省"])

    def test_distinct_pairs(self, dated):
        assert tables.flow_structure(dated, distinct=True)["relations"].tolist() == [3, 5]

    def test_nothing_to_count(self):
        table = tables.flow_structure(made(["bh"], [2021], kind="investment"), kinds=[])
        assert table.empty
        unplaced = from_frame(
            pd.DataFrame({"source": ["a"], "target": ["b"]}).assign(source_x="", target_x="")
        )
        row = tables.flow_structure(unplaced, level="x").iloc[0]
        assert row["relations"] == 0
        assert math.isnan(row["intra_share"])


def test_pairs_by_hand(dated):
    table = tables.flow_pairs(dated)
    assert table.to_numpy().tolist() == [
        [1, "广东省", "北京市", 2, 1, pytest.approx(1 / 3)],
        [2, "上海市", "北京市", 1, 0, 1],
        [3, "广东省", "上海市", 1, 0, 1],
    ]
    assert len(tables.flow_pairs(dated, top=1)) == 1


def test_destinations_by_hand(dated):
    table = tables.flow_destinations(dated)
    # 广东 gives b twice, s once; 北京 itself and h; 上海 b.
    assert table["place"].tolist() == ["广东省", "北京市", "上海市"]
    assert table["own_share"].tolist() == [0, 0.5, 0]
    assert table["main_destination"].tolist() == ["北京市", "广东省", "北京市"]
    assert table["main_share"].tolist() == pytest.approx([2 / 3, 0.5, 1])
    assert table.loc[0, "destination_entropy"] == pytest.approx(math.log(3) - 2 / 3 * math.log(2))
    own = tables.flow_destinations(made(["bb"]))
    assert own.loc[0, "main_destination"] is None
    assert own.loc[0, "main_share"] == 0


class TestBackbone:
    def test_what_either_filter_keeps(self):
        pairs = [
            *["bh"] * 80,
            *["bs"] * 10,
            *["hb"] * 10,
            *["hs"] * 10,
            *["sb"] * 10,
            *["sh"] * 10,
            *["bb"] * 9,
        ]
        table = tables.backbone(made(pairs), alpha=0.2)
        first = table.iloc[0]
        assert (first["origin"], first["destination"], first["relations"]) == ("北京市", "广东省", 80)
        assert first["alpha_origin"] == pytest.approx(10 / 90)
        assert set(table["kept"]) <= {"both", "disparity", "noise"}
        assert (table["origin"] != table["destination"]).all()
        kept = next(note for note in table.attrs["notes"] if note.startswith("Kept"))
        assert f"{len(table)} of 6 flows" in kept

    def test_a_level_outside_0_and_1_is_refused(self, dated):
        with pytest.raises(UsageError, match="alpha must lie between 0 and 1"):
            tables.backbone(dated, alpha=5)

    def test_nothing_between_places(self):
        table = tables.backbone(made(["bb"]))
        assert table.empty
        assert table.attrs["notes"]


class TestLargestPlacesOfTheMatrix:
    def test_others_are_added_up(self):
        relations = made(["bb", "bh", "hb", "hb", "sb", "hs"])
        table = tables.flow_matrix_table(relations, top=2)
        assert list(table.columns) == ["origin", "北京市", "广东省", "other"]
        assert table.set_index("origin").to_numpy().tolist() == [[1, 1, 0], [2, 0, 1], [1, 0, 0]]
        assert "1 other is added up" in table.attrs["notes"][-1]
        shares = tables.flow_matrix_table(relations, top=2, shares=True).set_index("origin")
        assert shares.to_numpy().sum() == pytest.approx(1)

    def test_all_places_fit(self):
        relations = made(["bb", "bh"])
        whole = tables.flow_matrix_table(relations)
        for top in (2, 99):
            cut = tables.flow_matrix_table(relations, top=top)
            pd.testing.assert_frame_equal(cut, whole)
            assert cut.attrs["notes"] == whole.attrs["notes"]

    def test_every_year_has_the_places_of_the_last(self, dated):
        table = tables.yearly_flow_matrix_table(dated, top=1)
        assert list(table.columns) == ["year", "origin", "北京市", "other"]
        assert table[["北京市", "other"]].to_numpy().tolist() == [[1, 1], [2, 0], [1, 1], [3, 1]]
        assert tables.yearly_flow_matrix_table(dated, top=1, years=[]).empty
