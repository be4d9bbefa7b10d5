"""What places are in a network, counted by hand where the likely wrong convention gives another number."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.measures import place_indicators
from clusters.measures.brokerage import brokerage
from clusters.networks import ValueNetwork, cumulative

NAN = float("nan")
PLACE = {"a": "A", "b": "A", "c": "B", "d": "C"}  # u has none


@pytest.fixture(scope="module")
def chain() -> ValueNetwork:
    """a and b of A, c of B, d of C, u of nowhere: with a loop, a doubled pair and a mutual one."""
    edges = ["ab", "ac", "ac", "ca", "cd", "bu", "dd", "bc"]
    return ValueNetwork.from_edges([tuple(edge) for edge in edges])


def test_a_relation_within_a_place_touches_it_once():
    matrix = pd.DataFrame([[1, 3, 0], [1, 0, 1], [0, 0, 1]], index=list("ABC"), columns=list("ABC"))
    found = place_indicators.openness(matrix)
    # Row and column sums of A are 4 and 2; their sum 6 holds the relation within A twice.
    assert found["relations"].to_list() == [5, 5, 2]
    assert found["local_closure"].to_list() == [0.2, 0.0, 0.5]
    assert found["external_dependence"].to_list() == [0.5, 1.0, 0.5]


def test_shares_of_nothing_are_undefined():
    found = place_indicators.openness(pd.DataFrame([[0, 2], [0, 0]]))
    assert found["external_dependence"].to_list() == pytest.approx([NAN, 1.0], nan_ok=True)
    nothing = place_indicators.openness(pd.DataFrame([[0]]))
    assert nothing[["local_closure", "external_dependence"]].isna().all(axis=None)
    assert nothing["relations"].to_list() == [0]


def test_exchange_has_no_diagonal_and_counts_both_ways():
    matrix = pd.DataFrame([[9, 3, 0], [1, 9, 2], [0, 0, 9]])
    assert place_indicators.exchanged(matrix).to_numpy().tolist() == [[0, 4, 0], [4, 0, 2], [0, 2, 0]]


@pytest.mark.parametrize("measure", [place_indicators.openness, place_indicators.exchanged])
def test_only_a_square_is_a_flow_matrix(measure):
    with pytest.raises(ValueError, match="square, not 1 by 2"):
        measure(pd.DataFrame([[1, 2]]))


def test_partners_are_organisations_and_those_of_nowhere_are_not_elsewhere(chain):
    # a and b share the partner c; u would make two for A.
    found = place_indicators.outside_partners(chain, PLACE)
    assert found.to_dict() == {"A": 1, "B": 3, "C": 1}


def test_members_stand_for_their_place_and_partners_may_be_others(chain):
    only_b = np.array(chain.nodes) == "b"
    assert place_indicators.outside_partners(chain, PLACE, members=only_b).to_dict() == {
        "A": 1,
        "B": 0,
        "C": 0,
    }
    with pytest.raises(ValueError, match="2 values for 5 nodes"):
        place_indicators.outside_partners(chain, PLACE, members=[True, False])


def test_brokerage_between_places_by_hand(chain):
    # Open: c-a-b gatekeeper of A; a-c-d and b-c-d liaisons, b-c-a itinerant of B. a-b-c is closed by a-c.
    found = place_indicators.crossing(brokerage(chain, PLACE), PLACE, chain)
    assert found["brokerage_share"].to_dict() == {"A": 0.25, "B": 0.75, "C": 0.0}
    assert found["gateway_share"].to_list() == pytest.approx([1.0, 0.0, NAN], nan_ok=True)


def test_two_paths_within_one_place_cross_nothing():
    network = ValueNetwork.from_edges([("a", "b"), ("b", "c")])
    same = dict.fromkeys("abc", "A")
    found = place_indicators.crossing(brokerage(network, same), same, network)
    assert np.isnan(found.loc["A", "brokerage_share"])
    assert found.loc["A", "gateway_share"] == 0


def test_growth_counts_edge_ends_up_to_each_year():
    rows = [("a", "b", 2019), ("a", "c", 2020), ("c", "a", 2021), ("b", "c", 2022), ("c", "d", 2022)]
    network = cumulative(pd.DataFrame(rows, columns=["source", "target", "year"]))[2022]
    # Ends at A: 2, 3, 4 and 5; at B: 0, 1, 2 and 4.
    one = place_indicators.degree_growth(network, PLACE, 2022, 1)
    assert one.to_dict() == pytest.approx({"A": 0.25, "B": 1.0, "C": NAN}, nan_ok=True)
    two = place_indicators.degree_growth(network, PLACE, 2021, 2)
    assert two.to_dict() == pytest.approx({"A": 2**0.5 - 1, "B": NAN, "C": NAN}, nan_ok=True)
    assert place_indicators.degree_growth(network, PLACE, 2022, 4).isna().all()
    with pytest.raises(ValueError, match="at least one year"):
        place_indicators.degree_growth(network, PLACE, 2022, 0)
    first = place_indicators.first_years(network)
    assert first.to_dict() == {"a": 2019, "b": 2019, "c": 2020, "d": 2022}


def test_networks_without_years_know_no_growth(chain):
    assert place_indicators.degree_growth(chain, PLACE, 2022, 1).isna().all()
    assert place_indicators.first_years(chain).isna().all()


DATES = pd.DataFrame({"5G": [2019, 2020, 2022], "IoT": [2021, NAN, 2022]}, index=list("ABC"))


def test_lags_by_hand():
    found = place_indicators.adoption_lags(DATES, 2022)
    assert found["adopted_technologies"].to_list() == [2, 1, 2]
    assert found["first_adoptions"].to_list() == [2, 0, 0]
    assert found["adoption_lag"].to_list() == [0, 1, 2]
    # B has not taken up what came in 2021: at least 2 years, in 2023.
    assert found["restricted_lag"].to_list() == [0, 1.5, 2]


def test_what_happens_later_has_not_happened_yet():
    found = place_indicators.adoption_lags(DATES, 2020)
    assert found["adopted_technologies"].to_list() == [1, 1, 0]
    assert found["adoption_lag"].to_list() == pytest.approx([0, 1, NAN], nan_ok=True)
    assert found["restricted_lag"].to_list() == [0, 1, 2]
    before = place_indicators.adoption_lags(DATES, 2018)
    assert before[["adoption_lag", "restricted_lag"]].isna().all(axis=None)
    assert before["adopted_technologies"].to_list() == [0, 0, 0]


@given(
    st.lists(st.lists(st.one_of(st.none(), st.integers(2014, 2022)), min_size=3, max_size=3), min_size=1),
    st.integers(2013, 2023),
)
def test_waiting_counts_as_more_than_any_adoption(rows, year):
    found = place_indicators.adoption_lags(pd.DataFrame(rows, dtype=float), year)
    known = found.dropna()
    everything = known["adopted_technologies"] == known["adopted_technologies"].max()
    assert (known["first_adoptions"] <= known["adopted_technologies"]).all()
    offered = np.nanmin(np.where(pd.DataFrame(rows, dtype=float) <= year, 1.0, np.nan), axis=0, initial=2)
    complete = known["adopted_technologies"] == (offered == 1).sum()
    assert everything.any() or known.empty
    np.testing.assert_allclose(known["adoption_lag"][complete], known["restricted_lag"][complete])
