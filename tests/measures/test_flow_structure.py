"""The shape of flows: what the printed tables give, hand counts and what must hold."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clusters import published
from clusters.measures import flow_structure as measures
from clusters.measures import flows, inequality

matrices = arrays(np.int64, (4, 4), elements=st.integers(0, 30)).map(
    lambda cells: pd.DataFrame(cells, index=list("abcd"), columns=list("abcd"))
)
PERCENT = 100.0


@pytest.fixture(scope="module")
def printed():
    """Cells of Table 8 and margins of Table 7, in percent; 20 cells and 20 places on each side."""
    cells = published.load("nankai_2023", table=8).pivot_table(
        index="source_province_zh", columns="target_province_zh", values="share_percent"
    )
    margins = published.load("nankai_2023", table=7).set_index("province_zh")
    sides = [margins.loc[margins["direction"] == d, "share_percent"] for d in ("empowerment", "input")]
    return cells, *sides


def test_printed_intra_share_lies_between_its_bounds(printed):
    found = measures.intra_share_bounds(*printed, total=PERCENT)
    # methods 1.4, 10: four cells are printed, the others have a limit.
    assert (round(found.low, 4), round(found.high, 4)) == (0.2479, 0.3647)


def test_bounds_of_the_printed_lift_hold_that_of_the_estimated_matrix(printed):
    found = measures.intra_lift_bounds(*printed, total=PERCENT)
    # methods 1.5: 25.8 against 17.7 % under independence in the matrix fitted to the tables.
    assert found.low < 0.258 / 0.177 < found.high
    assert found.low == pytest.approx(0.2479 / 0.177, abs=0.01)


def test_printed_poles(printed):
    found = measures.partial_pole_dominance(*printed, ["北京市", "广东省"], total=PERCENT)
    shares = (found.inside, found.source, found.target, found.touching)
    assert [round(100 * s, 2) for s in shares] == [33.22, 61.61, 49.81, 78.20]
    beijing, guangdong = 31.56 + 26.88 - 10.87, 30.05 + 22.93 - 9.36
    assert found.balance == pytest.approx(guangdong / beijing)


def test_printed_pairs(printed):
    listed = measures.pair_asymmetry(printed[0])
    found = {frozenset((row.origin, row.destination)): row for row in listed.itertuples()}
    for first, second, expected in (("北京市", "广东省", -0.064), ("广东省", "上海市", 0.147)):
        row = found[frozenset((first, second))]
        assert round(row.asymmetry if row.origin == first else -row.asymmetry, 3) == expected
    assert listed["forward"].add(listed["backward"]).is_monotonic_decreasing
    assert frozenset(("北京市", "山东省")) not in found  # printed one way only


def test_a_pole_that_is_not_printed_is_refused(printed):
    with pytest.raises(ValueError, match="云南省"):
        measures.partial_pole_dominance(*printed, ["云南省"], total=PERCENT)
    with pytest.raises(ValueError, match="no pole"):
        measures.partial_pole_dominance(*printed, [], total=PERCENT)


@given(matrices, st.integers(1, 12), st.integers(1, 4))
def test_bounds_hold_the_value_whatever_is_left_out(matrix, listed, places):
    """A ranked list of cells and margins never excludes the matrix that it comes from."""
    cells = matrix.to_numpy()
    total = float(cells.sum())
    smallest = np.sort(cells, axis=None)[::-1][listed - 1]
    part = matrix.where(matrix >= smallest)
    sides = [margin.astype(float).nlargest(places) for margin in (matrix.sum(axis=1), matrix.sum(axis=0))]
    if not total:
        return
    share = measures.intra_share_bounds(part, *sides, total=total)
    assert share.low - 1e-9 <= flows.intra_share(matrix) <= share.high + 1e-9
    lift = measures.intra_lift_bounds(part, *sides, total=total)
    if not math.isnan(lift.low):
        assert lift.low - 1e-9 <= flows.intra_lift(matrix) <= lift.high + 1e-9


@given(matrices)
def test_bounds_close_where_all_is_known(matrix):
    total = float(matrix.to_numpy().sum())
    if not total:
        return
    margins = matrix.sum(axis=1), matrix.sum(axis=0)
    share = measures.intra_share_bounds(matrix, *margins, total=total)
    assert share.low == pytest.approx(share.high) == pytest.approx(flows.intra_share(matrix))
    lift = measures.intra_lift_bounds(matrix, *margins, total=total)
    if flows.intra_lift(matrix) == flows.intra_lift(matrix):
        assert lift.low == pytest.approx(lift.high) == pytest.approx(flows.intra_lift(matrix))
    poles = measures.partial_pole_dominance(matrix, *margins, ["a", "c"], total=total)
    whole = flows.pole_dominance(matrix, ["a", "c"])
    for name in ("inside", "source", "target", "touching", "balance"):
        assert getattr(poles, name) == pytest.approx(getattr(whole, name), nan_ok=True)


@given(matrices)
def test_pairs_are_those_of_the_square(matrix):
    square = flows.asymmetry(matrix)
    listed = measures.pair_asymmetry(matrix)
    for row in listed.itertuples():
        assert row.asymmetry == square.loc[row.origin, row.destination]
    assert len(listed) == np.isfinite(square.to_numpy()[np.triu_indices(4, 1)]).sum()


class TestPolycentricity:
    def test_one_centre_has_none_however_many_places(self):
        for n in (2, 3, 7):
            cells = np.zeros((n, n))
            cells[1:, 0] = np.arange(1, n)
            assert measures.functional_polycentricity(pd.DataFrame(cells)) == 0

    def test_by_hand(self):
        # In-strengths 4, 2, 0: sd 1.633 of at most 6 sqrt(2)/3 = 2.828; three of six pairs are linked.
        matrix = pd.DataFrame([[9, 2, 0], [1, 9, 0], [3, 0, 9]])
        expected = (1 - math.sqrt(8 / 3) / (6 * math.sqrt(2) / 3)) * 3 / 6
        assert measures.functional_polycentricity(matrix) == pytest.approx(expected)
        # What they give: 2, 1, 3.
        given_away = (1 - math.sqrt(2 / 3) / (6 * math.sqrt(2) / 3)) * 3 / 6
        assert measures.functional_polycentricity(matrix, direction="out") == pytest.approx(given_away)
        # Green's own reference: a network of two, with 0 and 4, whose sd is 2.
        green = (1 - math.sqrt(8 / 3) / 2) * 3 / 6
        assert measures.functional_polycentricity(matrix, reference="two_places") == pytest.approx(green)

    @given(matrices, st.sampled_from(["one_centre", "two_places"]))
    def test_range_and_scale(self, matrix, reference):
        found = measures.functional_polycentricity(matrix, reference=reference)
        assert math.isnan(found) or 0 <= found <= 1
        again = measures.functional_polycentricity(3 * matrix, reference=reference)
        assert again == pytest.approx(found, nan_ok=True)

    def test_nothing_between_places(self):
        assert math.isnan(measures.functional_polycentricity(pd.DataFrame([[3, 0], [0, 3]])))
        assert math.isnan(measures.functional_polycentricity(pd.DataFrame([[3]])))
        with pytest.raises(ValueError, match="reference 'both'"):
            measures.functional_polycentricity(pd.DataFrame([[0, 1], [1, 0]]), reference="both")


def test_rank_size_agrees_with_a_straight_line():
    sizes = np.random.default_rng(5).lognormal(0, 1, 30)
    found = inequality.rank_size(sizes)
    slope = np.polyfit(np.log(np.arange(30) + 0.5), np.log(np.sort(sizes)[::-1]), 1)[0]
    assert found.slope == pytest.approx(-slope)
    assert found.standard_error == pytest.approx(found.slope * math.sqrt(2 / 30))
    assert inequality.rank_size([2, 2, 2]).slope == 0
    assert math.isnan(inequality.rank_size([4, 0]).slope)


def test_entropy_of_destinations():
    matrix = pd.DataFrame([[2, 2, 0], [0, 5, 0], [0, 0, 0]], index=list("abc"), columns=list("abc"))
    found = measures.destination_entropy(matrix)
    assert found["a"] == pytest.approx(math.log(2))
    assert found["b"] == 0
    assert math.isnan(found["c"])
    normal = measures.destination_entropy(matrix, normalised=True)
    assert normal["a"] == pytest.approx(math.log(2) / math.log(3))
    equal = measures.destination_entropy(pd.DataFrame(np.ones((5, 5))), normalised=True)
    assert equal.tolist() == pytest.approx([1] * 5)


class TestKrugman:
    def test_by_hand(self):
        # (1/2, 1/2, 0) and (1/4, 1/4, 1/2): 1/4 + 1/4 + 1/2.
        assert measures.krugman_index([1, 1, 0], [1, 1, 2]) == 1
        assert math.isnan(measures.krugman_index([0, 0], [1, 1]))
        with pytest.raises(ValueError, match="same classes"):
            measures.krugman_index([1, 1], [1, 1, 1])

    @given(matrices)
    def test_of_all_pairs(self, matrix):
        found = measures.krugman_matrix(matrix)
        for p in matrix.index:
            for q in matrix.index:
                pair = measures.krugman_index(matrix.loc[p], matrix.loc[q])
                assert found.loc[p, q] == pytest.approx(pair, nan_ok=True)
                assert math.isnan(pair) or 0 <= pair <= 2 + 1e-12


def test_a_table_that_is_not_square_is_refused():
    for function in (measures.functional_polycentricity, measures.destination_entropy):
        with pytest.raises(ValueError, match="square, not 1 x 2"):
            function(pd.DataFrame([[1, 2]]))
