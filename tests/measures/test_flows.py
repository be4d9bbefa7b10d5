"""Flows between places: hand counts, printed tables and what must hold for any table."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clusters.errors import UsageError
from clusters.measures import flows
from clusters.relations import from_frame, in_years, of_kinds

PROVINCES = ["北京市", "广东省", "上海市", "浙江省"]
placements = st.dictionaries(st.integers(0, 9), st.sampled_from(PROVINCES), min_size=10, max_size=10).map(
    lambda d: pd.Series(d, dtype=object)
)
edge_tables = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40).map(
    lambda pairs: pd.DataFrame(pairs, columns=["source", "target"])
)
matrices = arrays(np.int64, (4, 4), elements=st.integers(0, 50)).map(
    lambda cells: pd.DataFrame(cells, index=PROVINCES, columns=PROVINCES)
)
placed_rows = st.lists(
    st.tuples(*[st.sampled_from([*PROVINCES, "台湾省", "California", None, " "])] * 2), max_size=40
).map(lambda rows: pd.DataFrame(rows, columns=["source_province", "target_province"], dtype=object))


@pytest.fixture(scope="module")
def estimate(shared):
    """31 x 31 provinces; equals the printed cells and margins where they are printed."""
    cells = pd.read_csv(shared / "reference/nankai_2023_derived/province_flow_matrix_ipf_estimate.csv")
    wide = cells.pivot_table(index="source_province_zh", columns="target_province_zh", values="share_percent")
    return wide.loc[:, wide.index]


@pytest.fixture(scope="module")
def table_8(shared):
    return pd.read_csv(shared / "reference/nankai_2023/table08_province_flows_top20.csv")


@pytest.fixture
def two_provinces():
    """Huawei-like h and Tencent-like t in Guangdong, b in Beijing, x without a place."""
    edges = pd.DataFrame({"source": ["h", "h", "b", "t", "x"], "target": ["b", "t", "h", "x", "x"]})
    place = pd.Series({"h": "广东省", "t": "广东省", "b": "北京市"})
    return edges, place


class TestFlowMatrix:
    def test_rows_are_origins_by_hand(self):
        edges = pd.DataFrame({"source": ["h"], "target": ["b"]})
        place = pd.Series({"h": "广东省", "b": "北京市"})
        matrix = flows.flow_matrix(edges, place)
        assert matrix.loc["广东省", "北京市"] == 1
        assert matrix.loc["北京市", "广东省"] == 0
        assert (matrix.index.name, matrix.columns.name) == ("origin", "destination")

    def test_relations_count_not_pairs(self):
        edges = pd.DataFrame({"source": ["h", "h", "h"], "target": ["b", "b", "c"]})
        place = pd.Series({"h": "广东省", "b": "北京市", "c": "北京市"})
        assert flows.flow_matrix(edges, place).loc["广东省", "北京市"] == 3
        assert flows.flow_matrix(edges, place, distinct=True).loc["广东省", "北京市"] == 2

    def test_unknown_places_are_counted_not_placed(self, two_provinces):
        matrix = flows.flow_matrix(*two_provinces)
        assert matrix.to_numpy().tolist() == [[0, 1], [1, 1]]
        assert flows.coverage(*two_provinces) == flows.FlowCoverage(
            relations=5, counted=3, missing_origin=0, missing_destination=1, missing_both=1, outside=0
        )

    @given(edge_tables, placements)
    def test_every_placed_edge_is_counted_once(self, edges, place):
        assert flows.flow_matrix(edges, place).to_numpy().sum() == len(edges)

    @given(edge_tables, placements)
    def test_list_and_margins_are_those_of_the_matrix(self, edges, place):
        matrix, listed = flows.flow_matrix(edges, place), flows.flow_list(edges, place)
        assert [matrix.loc[r.origin, r.destination] for r in listed.itertuples()] == listed[
            "relations"
        ].tolist()
        assert len(listed) == np.count_nonzero(matrix)
        pd.testing.assert_frame_equal(flows.place_margins(edges, place), flows.flow_margins(matrix))

    def test_a_list_has_no_limit(self, monkeypatch):
        monkeypatch.setattr(flows, "MOST_PLACES", 2)
        edges = pd.DataFrame({"source": ["h", "b"], "target": ["b", "s"]})
        place = pd.Series({"h": "广东省", "b": "北京市", "s": "上海市"})
        assert len(flows.flow_list(edges, place)) == 2
        with pytest.raises(UsageError, match="3 places are too many"):
            flows.flow_matrix(edges, place)

    @given(edge_tables, placements)
    def test_turning_edges_round_transposes(self, edges, place):
        turned = edges.rename(columns={"source": "target", "target": "source"})
        there, back = flows.flow_matrix(edges, place), flows.flow_matrix(turned, place)
        pd.testing.assert_frame_equal(there.T, back, check_names=False)

    @given(edge_tables, placements)
    def test_agrees_with_crosstab(self, edges, place):
        origin, destination = edges["source"].map(place), edges["target"].map(place)
        expected = pd.crosstab(origin, destination)
        matrix = flows.flow_matrix(edges, place)
        for p in expected.index:
            for q in expected.columns:
                assert matrix.loc[p, q] == expected.loc[p, q]

    def test_shares_sum_to_one(self, two_provinces):
        assert flows.flow_matrix(*two_provinces, shares=True).to_numpy().sum() == pytest.approx(1)

    def test_nothing_to_count(self):
        empty = pd.DataFrame({"source": [], "target": []}, dtype=object)
        assert flows.flow_matrix(empty, pd.Series({"h": "广东省"})).shape == (0, 0)
        place = pd.Series({"h": "广东省", "b": "北京市"})
        named = flows.flow_matrix(empty, place, units=["北京市", "广东省"], shares=True)
        assert named.isna().all(axis=None)

    def test_units_choose_and_order(self, two_provinces):
        matrix = flows.flow_matrix(*two_provinces, units=["广东省", "上海市"])
        assert list(matrix.index) == ["广东省", "上海市"]
        assert matrix.to_numpy().tolist() == [[1, 0], [0, 0]]
        assert flows.coverage(*two_provinces, units=["广东省"]).outside == 2

    def test_order_is_that_of_the_place_codes(self):
        edges = pd.DataFrame({"source": list("abcd"), "target": list("bcda")})
        place = pd.Series({"a": "Paris", "b": "广东省", "c": "上海市", "d": "北京市"})
        assert list(flows.flow_matrix(edges, place).index) == ["北京市", "上海市", "广东省", "Paris"]

    def test_two_places_for_one_organisation(self):
        place = pd.Series(["广东省", "北京市"], index=["h", "h"])
        with pytest.raises(ValueError, match="more than one"):
            flows.flow_matrix(pd.DataFrame({"source": ["h"], "target": ["h"]}), place)

    def test_wrong_calls(self, two_provinces):
        edges, place = two_provinces
        with pytest.raises(ValueError, match="place=Series or level=NAME"):
            flows.flow_matrix(edges)
        with pytest.raises(ValueError, match="foreign 'keep'"):
            flows.flow_matrix(edges, place, foreign="keep")


class TestLevels:
    FRAME = pd.DataFrame(
        {
            "source": ["h", "h", "b", "i", "h", "q"],
            "target": ["b", "i", "h", "h", "t", "b"],
            "source_province": ["广东省", "广东省", "北京市", "California", "广东省", None],
            "target_province": ["北京市", "California", "广东省", "广东省", "台湾省", "北京市"],
            "source_country": ["CN", "CN", "CN", "US", "CN", "FR"],
            "target_country": ["CN", "US", "CN", "CN", "CN", "CN"],
        }
    )

    @pytest.mark.parametrize("table", [FRAME, from_frame(FRAME)], ids=["frame", "relations"])
    def test_provinces_are_the_mainland_ones(self, table):
        matrix = flows.flow_matrix(table, level="province")
        assert list(matrix.index) == ["北京市", "广东省"]
        assert matrix.to_numpy().tolist() == [[0, 1], [1, 0]]
        covered = flows.coverage(table, level="province")
        assert (covered.relations, covered.counted, covered.missing_origin, covered.outside) == (6, 2, 1, 3)

    def test_foreign_places_as_one_unit(self):
        matrix = flows.flow_matrix(self.FRAME, level="province", foreign="unit")
        assert list(matrix.index) == ["北京市", "广东省", flows.FOREIGN]
        assert matrix.loc["广东省", flows.FOREIGN] == 2
        assert matrix.loc[flows.FOREIGN, "广东省"] == 1
        assert flows.coverage(self.FRAME, level="province", foreign="unit").outside == 0

    def test_other_levels_take_all_places(self):
        matrix = flows.flow_matrix(self.FRAME, level="country")
        assert list(matrix.index) == ["CN", "FR", "US"]
        assert matrix.to_numpy().sum() == 6

    def test_provinces_of_another_country(self):
        frame = pd.DataFrame({"source_province": ["Ontario"], "target_province": ["Quebec"]})
        assert flows.flow_matrix(frame, level="province").loc["Ontario", "Quebec"] == 1

    def test_level_of_the_organisations(self):
        nodes = pd.DataFrame({"city": ["深圳市", "北京市"]}, index=["h", "b"])
        table = from_frame(pd.DataFrame({"source": ["h"], "target": ["b"]}), nodes)
        assert flows.flow_matrix(table, level="city").loc["深圳市", "北京市"] == 1

    @pytest.mark.parametrize("table", [FRAME, from_frame(FRAME)], ids=["frame", "relations"])
    def test_missing_level_names_those_there(self, table):
        with pytest.raises(UsageError, match=r"'city'; it has (country, province|province, country)"):
            flows.flow_matrix(table, level="city")

    @given(placed_rows, st.sampled_from(["leave", "unit"]))
    def test_every_row_is_accounted_for(self, frame, foreign):
        covered = flows.coverage(frame, level="province", foreign=foreign)
        matrix = flows.flow_matrix(frame, level="province", foreign=foreign)
        parts = covered.counted + covered.missing_origin + covered.missing_destination + covered.missing_both
        assert parts + covered.outside == covered.relations == len(frame)
        assert matrix.to_numpy().sum() == covered.counted


class TestPrintedTables:
    """Methods 1.4, computed from the published tables and the estimate that continues them."""

    def test_two_poles(self, estimate):
        poles = flows.pole_dominance(estimate, ["北京市", "广东省"])
        printed = (0.3322, 0.6161, 0.4981, 0.7820)
        assert (poles.inside, poles.source, poles.target, poles.touching) == pytest.approx(printed, abs=5e-5)

    def test_margins_are_those_of_table_7(self, estimate, shared):
        table = pd.read_csv(shared / "reference/nankai_2023/table07_province_flow_shares.csv")
        margins = flows.flow_margins(estimate)
        for row in table.itertuples():
            found = margins.loc[row.province_zh, f"{row.direction}_share"]
            assert 100 * found == pytest.approx(row.share_percent, abs=0.005)
            assert margins.loc[row.province_zh, f"{row.direction}_rank"] == row.rank

    def test_net_balance(self, estimate):
        balance = 100 * flows.flow_margins(estimate)["net_balance"]
        printed = {
            "广东省": 7.12,
            "北京市": 4.68,
            "浙江省": 2.12,
            "安徽省": -0.13,
            "上海市": -0.46,
            "江苏省": -0.97,
        }
        assert balance[list(printed)].tolist() == pytest.approx(list(printed.values()), abs=0.006)

    def test_lift(self, estimate):
        lift = flows.lift(estimate)
        printed = {
            ("浙江省", "浙江省"): 2.76,
            ("上海市", "上海市"): 2.09,
            ("广东省", "广东省"): 1.36,
            ("北京市", "北京市"): 1.28,
            ("广东省", "北京市"): 0.86,
            ("北京市", "广东省"): 0.84,
            ("浙江省", "上海市"): 1.01,
        }
        assert [lift.loc[pair] for pair in printed] == pytest.approx(list(printed.values()), abs=0.006)

    def test_asymmetry_of_pairs(self, estimate):
        pairs = flows.asymmetry(estimate)
        assert pairs.loc["北京市", "广东省"] == pytest.approx(-0.064, abs=6e-4)
        assert pairs.loc["广东省", "上海市"] == pytest.approx(0.147, abs=6e-4)

    def test_intra_share(self, estimate):
        # Table 8 alone allows 24.79 to 36.47 %; the estimate says 25.8 % with lift 1.46.
        assert flows.intra_share(estimate) == pytest.approx(0.258, abs=5e-4)
        assert flows.intra_lift(estimate) == pytest.approx(1.46, abs=5e-3)

    def test_counts_behind_table_8_give_it_back(self, table_8):
        # One row per hundredth of a percent.
        times = (100 * table_8["share_percent"]).round().astype(int)
        frame = table_8.loc[table_8.index.repeat(times)].rename(
            columns={"source_province_zh": "source_province", "target_province_zh": "target_province"}
        )
        matrix = flows.flow_matrix(frame, level="province")
        assert matrix.loc["北京市", "广东省"] == 608
        assert matrix.to_numpy().sum() == 6184


class TestMeasuresOfAMatrix:
    ONE_WAY = pd.DataFrame([[0, 2, 0], [0, 0, 3], [1, 0, 0]])

    def test_margins_by_hand(self):
        matrix = pd.DataFrame([[1, 3], [0, 0]], index=["a", "b"], columns=["a", "b"])
        margins = flows.flow_margins(matrix)
        assert margins["empowerment"].tolist() == [4, 0]
        assert margins["input"].tolist() == [1, 3]
        assert margins["empowerment_rank"].tolist() == [1, 2]
        assert margins["input_rank"].tolist() == [2, 1]
        assert margins["net_balance"].tolist() == [0.75, -0.75]
        assert margins["relative_balance"].tolist() == [0.6, -1.0]
        assert margins.index.name == "place"

    def test_ties_share_the_better_rank(self):
        margins = flows.flow_margins(pd.DataFrame(np.diag([2, 5, 2])))
        assert margins["input_rank"].tolist() == [2, 1, 2]

    def test_one_way_and_symmetric(self):
        assert flows.flow_reciprocity(self.ONE_WAY) == 0
        assert flows.flow_reciprocity(self.ONE_WAY + self.ONE_WAY.T) == 1
        assert flows.asymmetry(self.ONE_WAY).loc[0, 1] == 1
        assert flows.asymmetry(self.ONE_WAY).loc[1, 0] == -1

    def test_reciprocity_of_single_relations_is_that_of_the_graph(self):
        graph = nx.gnp_random_graph(30, 0.1, seed=3, directed=True)
        matrix = pd.DataFrame(nx.to_numpy_array(graph, dtype=int))
        assert flows.flow_reciprocity(matrix) == pytest.approx(nx.reciprocity(graph))

    def test_poles_by_hand(self):
        matrix = pd.DataFrame([[2, 1, 1], [0, 0, 0], [4, 0, 2]], index=list("abc"), columns=list("abc"))
        poles = flows.pole_dominance(matrix, ["a", "b"])
        assert (poles.inside, poles.source, poles.target) == (0.3, 0.4, 0.7)
        assert poles.balance == 1 / 8

    def test_unknown_pole(self):
        with pytest.raises(ValueError, match="'上海'"):
            flows.pole_dominance(pd.DataFrame([[1]], index=["上海市"], columns=["上海市"]), ["上海"])
        with pytest.raises(ValueError, match="no pole"):
            flows.pole_dominance(self.ONE_WAY, [])

    def test_matrix_must_be_square(self):
        with pytest.raises(ValueError, match="square, not 1 x 2"):
            flows.intra_share(pd.DataFrame([[1, 2]]))

    def test_empty_matrix_is_undefined(self):
        empty = pd.DataFrame([[0, 0], [0, 0]], index=["a", "b"], columns=["a", "b"])
        assert math.isnan(flows.intra_share(empty))
        assert math.isnan(flows.intra_lift(empty))
        assert math.isnan(flows.flow_reciprocity(empty))
        assert math.isnan(flows.pole_dominance(empty, ["a"]).touching)
        assert flows.lift(empty).isna().all(axis=None)
        assert flows.flow_margins(empty)[["input_share", "net_balance"]].isna().all(axis=None)

    @given(matrices)
    def test_ranges(self, matrix):
        if not matrix.to_numpy().any():
            return
        margins = flows.flow_margins(matrix)
        assert margins[["empowerment_share", "input_share"]].sum().tolist() == pytest.approx([1, 1])
        assert margins["net_balance"].sum() == pytest.approx(0)
        assert 0 <= flows.intra_share(matrix) <= 1
        poles = flows.pole_dominance(matrix, PROVINCES[:2])
        assert poles.inside <= min(poles.source, poles.target) <= poles.touching <= 1
        assert flows.pole_dominance(matrix, PROVINCES).inside == 1

    @given(matrices, st.integers(2, 9))
    def test_scale_changes_nothing(self, matrix, factor):
        for measure in (flows.intra_share, flows.intra_lift, flows.flow_reciprocity):
            assert measure(matrix * factor) == pytest.approx(measure(matrix), nan_ok=True)

    @given(arrays(np.float64, (2, 4), elements=st.floats(0.1, 1)))
    def test_an_outer_product_has_lift_one(self, margins):
        matrix = pd.DataFrame(np.outer(margins[0], margins[1]))
        assert flows.intra_lift(matrix) == pytest.approx(1)
        assert np.allclose(flows.lift(matrix), 1)


def test_real_relations_between_countries(shared):
    frame = pd.read_csv(
        shared / "data/cordis_h2020/relations.csv.gz", dtype=str, keep_default_na=False,
        usecols=["source_country", "target_country"],
    )  # fmt: skip
    matrix = flows.flow_matrix(frame, level="country")
    covered = flows.coverage(frame, level="country")
    assert covered.relations == 113_275
    assert matrix.to_numpy().sum() == covered.counted
    assert (
        matrix.loc["ES", "EL"]
        == ((frame["source_country"] == "ES") & (frame["target_country"] == "EL")).sum()
    )


PLACES = [*PROVINCES, "台湾省", "California", None, " "]


@st.composite
def dated_relations(draw):
    """Relations with kinds, years and provinces, which differ between relations of one pair."""
    row = st.tuples(
        st.integers(0, 5),
        st.integers(0, 5),
        st.integers(2019, 2022),
        st.sampled_from(["technology", "talent", None]),
        *[st.sampled_from(PLACES)] * 2,
    )
    columns = ["source", "target", "year", "kind", "source_province", "target_province"]
    frame = pd.DataFrame(draw(st.lists(row, max_size=40)), columns=columns)
    frame = frame.astype(dict.fromkeys(columns[3:], object))
    return from_frame(frame)


class TestCompress:
    @settings(max_examples=100, deadline=None)
    @given(dated_relations(), st.sampled_from(["leave", "unit"]), st.booleans())
    def test_all_flows_are_those_of_the_relations(self, relations, foreign, dense):
        before = flows.DENSE
        flows.DENSE = before if dense else 0
        try:
            small = flows.compress(relations, "province")
            assert small.frame["relations"].sum() == len(relations)
            assert flows.compress(small, "province") is small
            for kinds in (None, relations.kinds[:1]):
                for last in (2020, None):
                    one = in_years(of_kinds(relations, kinds), None, last)
                    two = in_years(of_kinds(small, kinds), None, last)
                    options = {"level": "province", "foreign": foreign}
                    counts = two.frame["relations"].to_numpy()
                    for measure in (flows.flow_matrix, flows.flow_list):
                        pd.testing.assert_frame_equal(
                            measure(one, **options), measure(two, counts=counts, **options)
                        )
                    assert flows.coverage(one, **options) == flows.coverage(two, counts=counts, **options)
                    assert (two.kinds, two.years) == (one.kinds, one.years)
        finally:
            flows.DENSE = before

    @settings(max_examples=60, deadline=None)
    @given(dated_relations())
    def test_matrix_equals_a_count_with_a_dictionary(self, relations):
        frame = relations.frame
        cells = {}
        for origin, destination in zip(frame["source_province"], frame["target_province"], strict=True):
            cells[origin, destination] = cells.get((origin, destination), 0) + 1
        units = [*PROVINCES, "台湾省"]
        matrix = flows.flow_matrix(relations, level="province", units=units)
        assert matrix.to_numpy().tolist() == [[cells.get((a, b), 0) for b in units] for a in units]

    def test_places_of_the_organisations_serve_where_relations_have_none(self):
        frame = pd.DataFrame({"source": ["h", "b", "x"], "target": ["b", "h", "h"]})
        nodes = pd.DataFrame({"city": ["深圳市", "北京市"]}, index=["h", "b"])
        small = flows.compress(from_frame(frame, nodes), "city").frame
        assert small["relations"].sum() == 3
        assert small["source_city"].isna().sum() == 1
        with pytest.raises(UsageError, match="province"):
            flows.compress(from_frame(frame, nodes), "province")


class TestYearlyFlowMatrices:
    @settings(max_examples=60, deadline=None)
    @given(dated_relations(), st.booleans(), st.booleans(), st.sampled_from(["leave", "unit"]))
    def test_each_year_is_the_matrix_of_its_relations(self, relations, cumulative, distinct, foreign):
        matrices = flows.yearly_flow_matrices(
            relations, level="province", cumulative=cumulative, distinct=distinct, foreign=foreign
        )
        assert list(matrices) == relations.years
        if not matrices:
            return
        axis = matrices[relations.years[-1]].index
        for year, matrix in matrices.items():
            part = in_years(relations, None if cumulative else year, year)
            units = [name for name in axis if name != flows.FOREIGN]
            expected = flows.flow_matrix(
                part, level="province", units=units, foreign=foreign, distinct=distinct
            )
            expected = expected.reindex(index=axis, columns=axis, fill_value=0)
            assert matrix.index.equals(axis)
            assert matrix.columns.equals(axis)
            assert matrix.to_numpy().tolist() == expected.to_numpy().tolist()

    def test_the_last_year_is_the_whole_and_shares_sum_to_one(self):
        rows = {"source": list("hhb"), "target": list("bth"), "year": [2020, 2020, 2021]}
        city = {"h": "深圳市", "t": "深圳市", "b": "北京市"}
        frame = pd.DataFrame(rows)
        frame = frame.assign(source_city=frame["source"].map(city), target_city=frame["target"].map(city))
        matrices = flows.yearly_flow_matrices(from_frame(frame), level="city")
        assert matrices[2020].to_numpy().tolist() == [[0, 0], [1, 1]]
        assert matrices[2021].to_numpy().tolist() == [[0, 1], [1, 1]]
        shares = flows.yearly_flow_matrices(from_frame(frame), level="city", shares=True, cumulative=False)
        assert shares[2020].to_numpy().tolist() == [[0, 0], [0.5, 0.5]]
        assert shares[2021].to_numpy().sum() == 1
        with pytest.raises(UsageError, match="year"):
            flows.yearly_flow_matrices(from_frame(frame.drop(columns="year")), level="city")


def test_distinct_pairs_stand_where_their_first_relation_does():
    frame = pd.DataFrame({"source": ["h", "h", "b"], "target": ["b", "b", "h"]})
    frame = frame.assign(
        source_city=["深圳市", "广州市", "北京市"], target_city=["北京市", "北京市", "广州市"]
    )
    matrix = flows.flow_matrix(frame, level="city", distinct=True)
    assert matrix.loc["深圳市", "北京市"] == 1
    assert matrix.to_numpy().sum() == 2


@settings(max_examples=60)
@given(edge_tables, placements, st.sampled_from(["leave", "unit"]), st.booleans())
def test_relations_located_one_by_one_make_the_matrix(edges, place, foreign, distinct):
    units = ["北京市", "广东省"]
    found = flows.located(edges, place, units=units, foreign=foreign, distinct=distinct)
    matrix = flows.flow_matrix(edges, place, units=units, foreign=foreign, distinct=distinct)
    counted = np.zeros(matrix.shape, int)
    np.add.at(counted, (found.origin, found.destination), 1)
    assert list(found.places) == list(matrix.index)
    assert counted.tolist() == matrix.to_numpy().tolist()
