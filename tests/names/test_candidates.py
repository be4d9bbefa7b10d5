"""Pairs among many names: found without comparing all, the same in any order."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.intake.name_lists import read_labelled
from clusters.names import matching
from clusters.names.candidates import Pair, find, without_implied
from clusters.names.features import features
from clusters.names.matching import Match
from clusters.tables import name_evaluation

LABELLED = Path(__file__).parent / "labelled_pairs.csv"
SMALL = [
    *(
        "华芯科技有限公司",
        "华芯科技",
        "华光科技有限公司",
        "深圳华芯科技有限公司",
        "Norvik Machine Works",
        "NMW",
    ),
    *("Norvik Machine Work", "Zandrel Optics", "ZANDREL OPTICS LTD", "第一机床厂", "第二机床厂", "星澜大学"),
]


def told(names, **options):
    return [(names[p.variant], names[p.suggested], p.match) for p in find(names, **options).pairs]


def test_precision_and_recall_on_judged_pairs():
    # 363 pairs of made-up names, 175 of them one organisation; see the file for what varies.
    table = name_evaluation(read_labelled(LABELLED)).set_index("threshold")
    usual = table.loc[matching.THRESHOLD]
    assert usual["found_pairs"] + usual["missed_pairs"] == 175
    assert usual["precision"] >= 0.95
    assert usual["recall"] >= 0.9
    assert table["recall"].is_monotonic_decreasing


def test_blocks_lose_nothing_that_comparing_all_pairs_finds():
    labelled = read_labelled(LABELLED)
    names = list(dict.fromkeys([*labelled["one"], *labelled["two"]]))[:260]
    parts = [features(name) for name in names]
    found = find(names, threshold=matching.THRESHOLD)
    words: dict[str, int] = {}
    for one in parts:
        for word in set(one.key.split()):
            words[word] = words.get(word, 0) + 1
    wanted = set()
    for one, two in itertools.combinations(range(len(names)), 2):
        match = matching.compare(parts[one], parts[two], words)
        if (
            match
            and match.score >= matching.THRESHOLD
            and match.reason not in ("branch", "short_name", "acronym")
        ):
            wanted.add(frozenset((one, two)))
    assert wanted <= {frozenset((p.variant, p.suggested)) for p in found.pairs}


def test_the_name_of_more_rows_is_suggested_then_the_official_then_the_first():
    pair = ["华芯科技", "华芯科技有限公司"]
    assert told(pair)[0][1] == "华芯科技有限公司"
    assert told(pair, rows=[2, 1])[0][1] == "华芯科技"
    assert told(["Norvik Bio Systems", "Norvik BioSystems"])[0][1] == "Norvik Bio Systems"
    assert told(["NORVIK SYSTEMS", "Norvik Systems"])[0][1] == "NORVIK SYSTEMS"


def test_branches_are_kept_apart_unless_asked_for():
    names = ["华芯科技有限公司", "华芯科技有限公司北京分公司"]
    assert told(names) == []
    assert [match.reason for *_, match in told(names, branches=True)] == ["branch"]


def test_known_places_keep_names_apart():
    names = ["Norvik Systems", "NORVIK SYSTEMS"]
    assert told(names, places=[{"country": "GH"}, {"country": "ZA"}]) == []
    assert len(told(names, places=[{"country": "GH"}, {"country": "GH"}])) == 1
    assert len(told(names, places=[{"country": "GH"}, {}])) == 1
    low = told(names, places=[{"country": "GH"}, {"country": "ZA"}], threshold=50)
    assert (low[0][2].score, low[0][2].apart) == (matching.PLACES_DIFFER, ("place",))


def test_a_short_name_of_several_is_not_suggested():
    one = ["星澜", "星澜科技有限公司"]
    assert len(told(one)) == 1
    assert [(a, b) for a, b, _ in told([*one, "星澜医药有限公司"])] == []
    # Two spellings of one longer name are no two organisations.
    assert len(told([*one, "星澜科技股份有限公司"])) == 3


def test_acronyms_of_several_are_not_suggested():
    assert told(["NMW", "Norvik Machine Works", "Nordal Mining Wharf"]) == []


def test_equal_names_of_two_ids_are_a_pair_and_no_name_matches_itself():
    found = find(["Norvik", "Norvik", "Zandrel"])
    assert [(p.variant, p.suggested, p.match.reason) for p in found.pairs] == [(1, 0, "same_name")]
    assert find(["Norvik"]).pairs == []
    assert find([]).pairs == []


@given(st.permutations(SMALL))
@settings(max_examples=20, deadline=None)
def test_the_order_of_names_does_not_matter(names):
    assert told(names, threshold=0) == told(SMALL, threshold=0)


def test_a_large_block_is_cut_and_said():
    names = [f"华芯科技{'  ' if i % 2 else ''}" for i in range(90)]
    found = find(names, rows=list(range(90)))
    assert found.cut > 0
    # Every name meets the most frequent one.
    assert {p.variant for p in found.pairs if p.suggested == 89} == set(range(89))


def test_pairs_that_follow_from_others_are_left_out():
    match = Match(97.0, "legal_form")
    pairs = [Pair(2, 0, match), Pair(2, 1, match), Pair(1, 0, match), Pair(4, 3, match), Pair(4, 0, match)]
    # 2-1 follows from 2-0 and 1-0; 4-0 does not follow from 4-3.
    assert without_implied(pairs) == [pairs[0], pairs[2], pairs[3], pairs[4]]


@pytest.mark.slow
def test_real_names_are_found_again_behind_their_usual_variants(shared):
    """Vary every 20th name of CORDIS H2020 in one of six ways and look for the original."""
    table = pd.read_csv(
        shared / "data" / "cordis_h2020" / "organisations.csv.gz", dtype=str, keep_default_na=False
    )
    table = table[~table["name"].isin(("", "NA"))].drop_duplicates("name")
    table = table[[len(features(name).key) >= 6 for name in table["name"]]].reset_index(drop=True)
    ways = [
        lambda name: name.title(),
        lambda name: f"{features(name).core.upper()} ",
        lambda name: name.replace(" AND ", " & ").replace(" ", "  "),
        lambda name: f"{name.replace('UNIVERSITY', 'UNIV.').replace('INSTITUTE', 'INST.')}.",
        lambda name: f"The {name}",
        lambda name: f"{name} (NSL)",
    ]
    chosen = range(0, len(table), 20)
    variants = [ways[(at // 20) % len(ways)](table["name"][at]) for at in chosen]
    kept = [(at, text) for at, text in zip(chosen, variants, strict=True) if text != table["name"][at]]
    names = [*table["name"], *(text for _, text in kept)]
    countries = [*table["country"], *(table["country"][at] for at, _ in kept)]
    places = [{"country": country} for country in countries]
    found = find(names, places=places, rows=[2] * len(table) + [1] * len(kept)).pairs
    truth = {(len(table) + i, at) for i, (at, _) in enumerate(kept)}
    said = {(p.variant, p.suggested) for p in found}
    recall = len(truth & said) / len(truth)
    # Pairs of two originals are not judged: they may be right; those of a variant are.
    judged = [pair for pair in said if pair[0] >= len(table)]
    precision = sum(pair in truth for pair in judged) / len(judged)
    assert recall >= 0.9
    assert precision >= 0.95


@pytest.mark.slow
def test_real_names_of_different_ids(shared):
    """Judge what is suggested among the organisations of CORDIS H2020, each with an id of its own.

    A pair of two countries is wrong: national companies of one group have an id each, and so have the
    ministries of a name. Of 65 pairs found by names alone 14 are of one country; with the countries
    known these are left, and the 51 others are not suggested.
    """
    table = pd.read_csv(
        shared / "data" / "cordis_h2020" / "organisations.csv.gz", dtype=str, keep_default_na=False
    )
    table = table[~table["name"].isin(("", "NA"))].reset_index(drop=True)
    names, country = table["name"].tolist(), table["country"].tolist()
    assert table["org_id"].is_unique
    blind = find(names).pairs
    known = find(names, places=[{"country": place} for place in country]).pairs
    assert all(country[pair.variant] == country[pair.suggested] for pair in known)
    within = [pair for pair in blind if country[pair.variant] == country[pair.suggested]]
    assert 10 <= len(within) <= 20
    assert len(blind) <= 80
    # Names that several ids have, in one country, are all suggested.
    same = table.groupby(["name", "country"])["org_id"].transform("size") > 1
    assert set(np.flatnonzero(same)) <= {at for pair in known for at in (pair.variant, pair.suggested)}
