"""The row account as a table."""

from __future__ import annotations

import pandas as pd

from clusters import labels
from clusters.relations import from_frame, read_relations
from clusters.tables._check import row_account, row_steps


def test_counts_by_hand():
    frame = pd.DataFrame(
        {
            "source": ["a", "a", "a", "", "b"],
            "target": ["b", "b", "a", "b", "c"],
            "year": ["2019"] * 4 + ["x"],
        }
    )
    table = row_account(read_relations(frame))
    assert len(table) == 1
    row = table.iloc[0]
    assert (row["rows"], row["accepted"], row["rejected"]) == (5, 3, 2)
    assert (row["self_loops"], row["duplicates"], row["relations"], row["nodes"]) == (1, 1, 1, 2)
    assert (row["missing_source"], row["missing_target"], row["missing_year"], row["bad_year"]) == (
        1,
        0,
        0,
        1,
    )
    assert set(table.columns) <= set(labels.terms())
    assert "source=source" in table.attrs["notes"][0]


def test_steps_add_up_by_hand():
    frame = pd.DataFrame(
        {
            "source": ["a", " a", "a", "", "b"],
            "target": ["b", "b", "a", "b", "c"],
            "year": ["2019"] * 4 + ["x"],
        }
    )
    table = row_steps(read_relations(frame))
    assert table.drop(columns="example").fillna(-1).to_numpy().tolist() == [
        ["data frame", "read", "rows", "", 5, -1],
        ["data frame", "read", "accepted", "", 5, -1],
        ["data frame", "check", "rows", "", 5, -1],
        ["data frame", "check", "accepted", "", 3, 0],
        ["data frame", "check", "rejected", "missing_source", 1, 3],
        ["data frame", "check", "rejected", "bad_year", 1, 4],
        ["data frame", "clean", "changed", "name_spelling", 1, 1],
        ["data frame", "use", "rows", "", 3, -1],
        ["data frame", "use", "accepted", "", 1, 0],
        ["data frame", "use", "set_aside", "duplicate", 1, 1],
        ["data frame", "use", "set_aside", "self_loop", 1, 2],
    ]
    assert table["example"].tolist()[6] == "a → a"  # outer blanks are not shown
    for column in ("stage", "outcome", "reason"):
        assert {f"{column}.{value}" for value in table[column] if value} <= set(labels.terms())


def test_a_table_taken_as_it_is_has_one_step():
    table = row_steps(from_frame(pd.DataFrame({"source": ["a"], "target": ["b"]}), name="x"))
    assert table[["file", "stage", "outcome", "rows"]].to_numpy().tolist() == [
        ["x", "use", "rows", 1],
        ["x", "use", "accepted", 1],
    ]
