"""Star and clique of consortia: by hand, by a second way, and by the published counts."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.errors import DataError
from clusters.intake.public import consortium
from clusters.intake.public.consortium import expand

memberships = st.lists(
    st.tuples(st.sampled_from("pqrst"), st.sampled_from("abcdefg"), st.booleans()), max_size=40
)


def arrays(rows):
    project, member, lead = zip(*rows, strict=True) if rows else ((), (), ())
    return np.array(project, object), np.array(member, object), np.array(lead, bool)


def pairs(found, member):
    return [(member[s], member[t]) for s, t in zip(found.source, found.target, strict=True)]


def test_the_first_of_two_coordinators_is_the_centre_by_hand():
    # p: b and c coordinate, so b gives to a, c and d; were c taken, (c, b) would be there.
    project, member, lead = arrays([("p", "a", False), ("p", "b", True), ("p", "c", True), ("p", "d", False)])
    found = expand(project, member, lead)
    assert pairs(found, member) == [("b", "a"), ("b", "c"), ("b", "d")]
    assert found.coordinated.tolist() == [False, False, True, False]


def test_who_makes_no_relation_is_told_why():
    rows = [
        *(("p", "a", True), ("p", "a", False), ("p", "b", False)),  # a twice
        *(("q", "a", True), ("q", "a", False)),  # a alone, twice
        *(("r", "a", False), ("r", "b", False)),  # nobody coordinates
        *(("s", m, m == "a") for m in "abcd"),  # four members
    ]
    project, member, lead = arrays(rows)
    found = expand(project, member, lead, largest=3)
    fates = found.fates
    assert pairs(found, member) == [("a", "b")]
    assert np.flatnonzero(fates.repeated).tolist() == [1, 4]
    assert np.flatnonzero(fates.single).tolist() == [3]
    assert np.flatnonzero(fates.leaderless).tolist() == [5, 6]
    assert np.flatnonzero(fates.large).tolist() == [7, 8, 9, 10]
    clique = expand(project, member, lead, how="clique", largest=3)
    assert pairs(clique, member) == [("a", "b"), ("a", "b")]
    assert clique.largest == 2


def test_an_organisation_that_coordinates_and_takes_part_coordinates():
    project, member, lead = arrays([("p", "a", False), ("p", "b", False), ("p", "a", True)])
    assert pairs(expand(project, member, lead), member) == [("a", "b")]


def test_a_flood_of_relations_is_refused(monkeypatch):
    monkeypatch.setattr(consortium, "MAX_RELATIONS", 5)
    project, member, lead = arrays([("p", m, m == "a") for m in "abcd"])
    with pytest.raises(
        DataError, match="would make 6 relations, more than 5; the largest has 4 members"
    ) as caught:
        expand(project, member, lead, how="clique")
    assert "--largest" in caught.value.hint


@given(memberships)
def test_agrees_with_plain_loops(rows):
    project, member, lead = arrays(rows)
    star, clique = [], []
    for name in dict.fromkeys(project.tolist()):
        own = [(m, c) for p, m, c in rows if p == name]
        members = list(dict.fromkeys(m for m, _ in own))
        leads = [m for m, c in own if c]
        star += [(leads[0], m) for m in members if leads and m != leads[0]]
        clique += list(combinations(sorted(members), 2))
    assert sorted(pairs(expand(project, member, lead), member)) == sorted(star)
    assert sorted(pairs(expand(project, member, lead, how="clique"), member)) == sorted(clique)


@given(memberships, st.sampled_from(["star", "clique"]), st.one_of(st.none(), st.integers(2, 4)))
def test_every_participation_has_one_fate(rows, how, largest):
    project, member, lead = arrays(rows)
    found = expand(project, member, lead, how=how, largest=largest)
    fates = [found.fates.repeated, found.fates.single, found.fates.large, found.fates.leaderless]
    used = np.isin(np.arange(len(rows)), np.concatenate([found.source, found.target]))
    assert (sum(f.astype(int) for f in fates) + used == 1).all()


def test_the_published_star_and_clique_of_horizon_2020(shared):
    folder = shared / "data" / "cordis_h2020"
    rows = pd.read_csv(folder / "participations.csv.gz", dtype=str, keep_default_na=False)
    published = pd.read_csv(folder / "relations.csv.gz", dtype=str, keep_default_na=False)
    project, member = (rows[name].to_numpy(object) for name in ("project_id", "org_id"))
    lead = (rows["role"] == "coordinator").to_numpy()
    star = expand(project, member, lead)
    ours = pd.DataFrame(
        {"project_id": project[star.target], "s": member[star.source], "t": member[star.target]}
    )
    theirs = published[["project_id", "source_id", "target_id"]].set_axis(ours.columns, axis=1)
    assert len(ours) == 113_275
    assert ours.sort_values(list(ours)).values.tolist() == theirs.sort_values(list(ours)).values.tolist()
    clique = expand(project, member, lead, how="clique")
    assert (clique.source.size, clique.largest, int(star.fates.single.sum())) == (1_089_509, 186, 19_050)
    assert (member[clique.source] < member[clique.target]).all()
