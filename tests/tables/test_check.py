"""The row account as a table."""

from __future__ import annotations

import pandas as pd

from clusters import labels
from clusters.relations import read_relations
from clusters.tables._check import row_account


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
