"""On disk, too, a country that occurs under several labels gets one."""

from __future__ import annotations

import pandas as pd
import pytest

from clusters.engines.large import read_large
from clusters.relations import read_relations
from clusters.tables import yearly_flows

pytest.importorskip("duckdb")

TABLE = """\
source,target,year,source_country,target_country
a,b,2020,CN,China
b,c,2020,China,DE
c,a,2021,EL,O'Land
c,d,2021,EL,
"""


@pytest.fixture
def paths(tmp_path):
    table, nodes = tmp_path / "t.csv", tmp_path / "n.csv"
    table.write_text(TABLE, encoding="utf-8")
    nodes.write_text("node,country\nd,德国\n", encoding="utf-8")
    return table, nodes


@pytest.mark.parametrize("listed", [False, True])
def test_the_labels_are_those_of_the_table_in_memory(paths, listed):
    nodes = paths[1] if listed else None
    small = read_relations(paths[0], nodes=nodes, cache=False)
    expected = yearly_flows(small, level="country")
    assert {"CN", "GR", "DE"} <= {*expected["origin"], *expected["destination"]}
    with read_large(paths[0], nodes=nodes) as large:
        pd.testing.assert_frame_equal(yearly_flows(large, level="country"), expected)
        notes = [[w for w in t.account.warnings if "several ways" in w] for t in (small, large)]
    assert notes[0] == notes[1]
    assert len(notes[0]) == 1


def test_without_two_labels_nothing_changes(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("source,target,source_country,target_country\na,b,EL,UK\n", encoding="utf-8")
    with read_large(path) as large:
        assert not any("several ways" in w for w in large.account.warnings)
