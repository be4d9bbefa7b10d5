from __future__ import annotations

from itertools import permutations

import igraph
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.measures.temporal_communities import EVENTS, agreement, moves, timeline, tracked

groups = st.lists(st.integers(0, 4), min_size=1, max_size=30)
memberships = st.dictionaries(st.integers(0, 25), st.integers(0, 4), min_size=1).map(pd.Series)


def of(*communities: str) -> pd.Series:
    """Members as letters, one text per community."""
    return pd.Series({member: number for number, text in enumerate(communities) for member in text})


def rows(table: pd.DataFrame, year: int) -> list[tuple]:
    chosen = table.loc[table["year"] == year, ["community", "members", "matched_to", "event"]]
    return [tuple(None if pd.isna(x) else x for x in row) for row in chosen.values.tolist()]


def test_a_split_and_a_merger_by_hand():
    # abcdefghij falls into abcdef and ghij (4 of 10 shared: Jaccard .4 is enough for a match, but the
    # larger piece is the one that continues); klm goes up in klmnopq (Jaccard of nopq with it 4/7);
    # rst grows by u, vw ends, xyz is new. Largest first: 0 a-j, 1 nopq, 2 klm, 3 rst, 4 vw.
    before = of("abcdefghij", "nopq", "klm", "rst", "vw")
    after = of("klmnopq", "abcdef", "ghij", "rstu", "xyz")
    table = timeline({2021: before, 2022: after})
    assert [row[1:] for row in rows(table, 2021)] == [(size, None, None) for size in (10, 4, 3, 3, 2)]
    assert rows(table, 2022) == [
        (0, 6, 0, "contraction"),
        (1, 7, 1, "growth"),
        (2, 0, 1, "merge"),
        (3, 4, 3, "growth"),
        (4, 0, None, "death"),
        (5, 4, 0, "split"),
        (6, 3, None, "birth"),
    ]
    jaccard = table[table["year"] == 2022].set_index("community")["jaccard"]
    assert jaccard[[0, 1, 2, 3, 5]].tolist() == pytest.approx([0.6, 4 / 7, 3 / 7, 0.75, 0.4])
    assert table["shared_members"].dropna().tolist() == [6, 4, 3, 3, 4]


def test_the_matching_is_the_best_of_all_and_not_greedy():
    # Greedy would match the pair with 8/16 and leave nothing for the others, which share 4/12 twice.
    before, after = of("abcdefghijkl", "WXYZ"), of("abcdefghWXYZ", "ijkl")
    table = timeline({1: before, 2: after})
    matched = table[table["year"] == 2].set_index("community")
    assert matched["members"].to_dict() == {0: 4, 1: 12}
    assert matched["jaccard"].tolist() == pytest.approx([1 / 3, 1 / 3])


def test_a_small_community_that_joins_a_large_one_merges_and_does_not_die():
    large = "abcdefghijklmnopqrstuvw"
    table = timeline({1: of(large, "XY"), 2: of(large + "XY")})
    assert rows(table, 2) == [(0, 25, 0, "growth"), (1, 0, 0, "merge")]


def test_below_the_threshold_there_is_no_match():
    # Jaccard 2/8 and a quarter of its members: below .3 both, at .25 enough.
    years = {1: of("abcdefgh"), 2: of("ab")}
    assert rows(timeline(years), 2)[0][3] == "death"
    assert rows(timeline(years, threshold=0.25), 2) == [(0, 2, 0, "contraction")]


def test_numbers_are_kept_over_many_years_and_never_given_twice():
    years = {1: of("abc", "de"), 2: of("abc"), 3: of("abc", "de"), 4: of("de", "abc")}
    found = tracked(years)
    assert [sorted(set(one)) for one in found.values()] == [[0, 1], [0], [0, 2], [0, 2]]
    assert timeline(years).loc[lambda t: t["year"] == 4, "event"].tolist() == ["continuation"] * 2


@given(memberships, st.permutations(range(5)))
def test_identical_years_have_nmi_1_and_no_event(membership, renamed):
    again = membership.map(dict(enumerate(renamed)))[::-1]
    found = agreement(membership, again)
    assert (found.nmi, found.ari) == (pytest.approx(1), 1)
    table = timeline({1: membership, 2: again})
    assert set(table.loc[table["year"] == 2, "event"]) == {"continuation"}
    assert (table.loc[table["year"] == 2, "jaccard"] == 1).all()


@given(memberships, memberships)
def test_every_member_is_counted_once_and_no_community_forgotten(before, after):
    table = timeline({1: before, 2: after})
    second = table[table["year"] == 2]
    assert second["members"].sum() == len(after)
    known = set(table.loc[table["year"] == 1, "community"])
    assert known <= set(second["community"]), "each is matched, merged or dead"
    assert not second["community"].duplicated().any()
    assert set(second["event"]) <= set(EVENTS)
    assert moves(before, after)["shared_members"].sum() == len(before.index.intersection(after.index))


@given(memberships, memberships)
def test_the_matched_sum_is_that_of_all_assignments(before, after):
    table = timeline({1: before, 2: after}, threshold=0.01)
    kept = table[(table["year"] == 2) & table["event"].isin(["continuation", "growth", "contraction"])]
    one, other = ([set(g.index) for _, g in side.groupby(side)] for side in (before, after))
    small, large = sorted((one, other), key=len)
    index = [[len(a & b) / len(a | b) for b in large] for a in small]
    best = max(
        sum(index[i][j] for i, j in enumerate(chosen))
        for chosen in permutations(range(len(large)), len(small))
    )
    assert kept["jaccard"].sum() == pytest.approx(best)


@given(
    groups.flatmap(
        lambda one: st.tuples(st.just(one), st.lists(st.integers(0, 4), min_size=len(one), max_size=len(one)))
    )
)
def test_agreement_is_that_of_igraph(pair):
    one, other = pair
    found = agreement(pd.Series(one), pd.Series(other))
    assert found.organisations == len(one)
    assert found.nmi == pytest.approx(igraph.compare_communities(one, other, method="nmi"), abs=1e-9)
    if len(one) > 1:
        expected = igraph.compare_communities(one, other, method="adjusted_rand")
        assert np.isnan(expected) or found.ari == pytest.approx(expected, abs=1e-9)


def test_agreement_is_about_those_there_in_both_years():
    before, after = of("ab", "cd"), of("ab", "cdxyz")
    assert agreement(before, after).organisations == 4
    assert agreement(before, after).nmi == 1
    nobody = agreement(of("a"), of("b"))
    assert nobody.organisations == 0
    assert np.isnan([nobody.nmi, nobody.ari]).all()


@pytest.mark.parametrize("threshold", [0, -0.1, 1.1])
def test_a_threshold_out_of_range_is_refused(threshold):
    with pytest.raises(ValueError, match="threshold must lie"):
        timeline({}, threshold=threshold)


def test_no_year_gives_no_row():
    assert timeline({}).empty
