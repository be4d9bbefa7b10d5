"""Suggestions and what a thesaurus changes, as tables."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from clusters import tables
from clusters.errors import UsageError
from clusters.intake.thesaurus import load_thesaurus
from clusters.names import clean
from clusters.relations import from_frame, read_relations


def relations(pairs, **columns):
    frame = pd.DataFrame(pairs, columns=["source", "target"]).assign(**columns)
    return read_relations(frame)


@pytest.fixture
def thesaurus():
    return {"b": "a", "c": "a", "x": "a", "d": "new"}


@pytest.fixture
def both(thesaurus, tmp_path):
    # b -> p and a -> p become one edge, a -> b a loop, d is only renamed, x does not occur.
    pairs = ["ap", "bp", "cp", "qc", "ab", "dp", "dq"]
    path = tmp_path / "t.csv"
    lines = [f"{variant},{name}\n" for variant, name in thesaurus.items()]
    path.write_text("".join(["variant,preferred\n", *lines]))
    frame = pd.DataFrame([list(pair) for pair in pairs], columns=["source", "target"])
    return read_relations(frame), read_relations(frame, names=path)


def test_changes_by_hand(both, thesaurus):
    table = tables.name_changes(*both, thesaurus).set_index("statistic")
    assert table["count_before"].to_dict() == {
        "nodes": 6,
        "edges": 7,
        "relations": 7,
        "self_loops": 0,
        "duplicates": 0,
        "average_degree": pytest.approx(7 / 6),
    }
    # a, p, q, new; edges a-p, q-a, new-p, new-q; rows b-p and c-p double a-p.
    assert table["count_after"].to_dict() == {
        "nodes": 4,
        "edges": 4,
        "relations": 4,
        "self_loops": 1,
        "duplicates": 2,
        "average_degree": 1.0,
    }
    assert table.loc["nodes", "change"] == -2
    note = tables.name_changes(*both, thesaurus).attrs["notes"][0]
    assert note.startswith(
        "groups of names that became one organisation: 1, of 3 names; names only replaced: 1;"
    )
    assert note.endswith("do not occur: 1")


def test_groups_by_hand(both, thesaurus):
    row = tables.name_groups(*both, thesaurus).iloc[0].to_dict()
    assert row == {
        "node": "a",
        "members": 3,
        "joined_names": "b; c",
        # Before: in b 1, c 1; out a 2 (p, b), b 1, c 1.
        "in_degree_before": 2,
        "out_degree_before": 4,
        "in_degree_after": 1,
        "out_degree_after": 1,
    }


def test_degrees_by_hand(both):
    table = tables.name_degrees(*both).set_index("node")
    # p had four givers and has two; new was not there.
    assert table.loc["p", ["degree_before", "degree_after", "change"]].tolist() == [4, 2, -2]
    assert table.loc["new", "degree_before"] == 0
    assert math.isnan(table.loc["new", "rank_before"])
    assert "q" not in table.index  # two neighbours before and after
    assert table["rank_after"].tolist() == [1.0] * len(table)  # all four have two: they share the best
    assert len(tables.name_degrees(*both, top=1)) == 1
    assert np.all(np.diff(tables.name_degrees(*both)["change"].abs()) <= 0)


def test_a_table_without_nodes_has_no_average_degree(thesaurus):
    nothing = from_frame(pd.DataFrame({"source": [], "target": []}))
    table = tables.name_changes(nothing, nothing, thesaurus).set_index("statistic")
    assert math.isnan(table.loc["average_degree", "count_after"])
    assert len(tables.name_groups(nothing, nothing, thesaurus)) == 0


def test_places_of_the_table_keep_names_apart():
    pairs = [["华芯科技", "星澜"], ["华芯科技有限公司", "星澜"]]
    apart = relations(pairs, source_province=["北京", "上海"], target_province="")
    assert len(tables.name_suggestions(apart)) == 0
    low = tables.name_suggestions(apart, threshold=60)
    assert low[["speaks_against", "variant_place", "suggested_place"]].values.tolist() == [
        ["place", "北京市", "上海市"]
    ]
    same = relations(pairs, source_province=["北京", "北京市"], target_province="")
    assert len(tables.name_suggestions(same)) == 1


def test_misspelt_cities_abroad_keep_nothing_apart():
    pairs = [["Norvik Ltd", "p"], ["Norvik Limited", "p"]]
    table = relations(pairs, source_city=["Munich", "Muenchen"], target_city="")
    assert len(tables.name_suggestions(table)) == 1


def test_missing_labels_are_no_names():
    nodes = pd.DataFrame({"label": ["NA", "NA", "Norvik"]}, index=["1", "2", "3"])
    table = from_frame(pd.DataFrame({"source": ["1", "2"], "target": ["3", "3"]}), nodes)
    assert len(tables.name_suggestions(table)) == 0


def test_nothing_to_suggest_is_said():
    table = tables.name_suggestions(relations([["a", "b"]]))
    assert table.attrs["notes"] == ["no two names score 85.000 or more"]
    assert list(table.columns[:3]) == ["variant", "preferred", "suggested"]


def test_precision_without_a_suggestion_is_undefined():
    judged = pd.DataFrame({"one": ["a1"], "two": ["b2"], "same": [False]})
    row = tables.name_evaluation(judged).iloc[0]
    assert math.isnan(row["precision"])
    assert math.isnan(row["recall"])


@pytest.mark.parametrize("threshold", [-1, 100.5, float("nan")])
def test_scores_go_from_0_to_100(threshold):
    with pytest.raises(UsageError, match="is no score"):
        tables.name_suggestions(relations([["a", "b"]]), threshold=threshold)


@pytest.mark.slow
def test_real_ids_under_their_names_equal_a_count_by_hand(shared):
    """CORDIS H2020: 18 ids share a name with another; counted once more with pandas alone."""
    folder = shared / "data" / "cordis_h2020"
    thesaurus = load_thesaurus(folder / "organisations.csv.gz").mapping
    before = read_relations(folder / "relations.csv.gz", cache=False)
    after = read_relations(folder / "relations.csv.gz", names=folder / "organisations.csv.gz", cache=False)
    raw = pd.read_csv(folder / "relations.csv.gz", dtype=str, keep_default_na=False)
    listed = pd.read_csv(folder / "organisations.csv.gz", dtype=str, keep_default_na=False)
    named = listed[~listed["name"].isin(("", "NA"))].set_index("org_id")["name"].map(clean).to_dict()
    assert {one: name for one, name in named.items() if thesaurus.get(one) != name} == {}
    raw = raw[raw["year"].str.fullmatch("[0-9]{4}")]
    expected = {}
    for when, ends in (
        ("count_before", raw[["source_id", "target_id"]]),
        ("count_after", raw[["source_id", "target_id"]].map(lambda one: named.get(one, one))),
    ):
        apart = ends[ends["source_id"] != ends["target_id"]]
        expected[when] = [len(pd.unique(apart.to_numpy().ravel())), len(apart.drop_duplicates())]
    table = tables.name_changes(before, after, thesaurus).set_index("statistic")
    for when, counts in expected.items():
        assert table.loc[["nodes", "edges"], when].tolist() == counts
