"""Tables of known rows and arbitrary cells: every row is counted once, whatever form the table has."""

from __future__ import annotations

import csv
import gzip

import _targets
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusters.errors import ClustersError
from clusters.export import tabular
from clusters.relations import AllRejectedError, read_relations

HEADER = ["source", "target", "year", "kind", "source_province", "weight", "note"]
HOSTILE = [
    *("", " ", "甲", "a", "=1+1", "'=1", "'", '"', "-5", "＝x", "a,b", "a;b", "a\tb", "a\nb", "nan", "NA"),
    *(
        "ОРРО",
        "\u200b",
        "\u202eb",
        "😀",
        "北京",
        "2019",
        "20x9",
        "2019-02-30",
        "1e999",
        "<b>",
        "投资方未透露",
    ),
    "长" * 300,
]
hostile = st.sampled_from(HOSTILE)
cells = st.one_of(hostile, st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6))
years = st.one_of(st.sampled_from(["2019", "2020年", "2021-05-01"]), cells)
rows = st.lists(st.tuples(cells, cells, years, cells, cells, cells, cells), min_size=1, max_size=8)
often = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def counted(source):
    """Rows, accepted rows and reasons; a table without a usable row says the same in its error."""
    try:
        account = read_relations(source, cache=False).account
    except AllRejectedError as error:
        reasons = error.rejects["reason"].value_counts().to_dict()
        return len(error.rejects), 0, reasons
    assert account.accepted + account.rejected == account.rows
    return account.rows, account.accepted, account.reasons


@given(table=rows)
@often
def test_text_frames_and_packed_files_count_alike(table, tmp_path):
    frame = pd.DataFrame(table, columns=HEADER, dtype=object)
    with (tmp_path / "r.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([HEADER, *table])
    packed = tmp_path / "p.csv.gz"
    packed.write_bytes(gzip.compress((tmp_path / "r.csv").read_bytes(), mtime=0))
    rows, accepted, reasons = counted(frame)
    assert rows == len(table)
    assert accepted + sum(reasons.values()) == rows
    from_text = counted(tmp_path / "r.csv")
    assert from_text == counted(packed)
    # A cell that begins with the apostrophe of a formula is another one in a data frame.
    if not any(cell.startswith("'") for row in table for cell in row):
        assert from_text == (rows, accepted, reasons)


@given(table=rows)
@often
def test_what_is_written_as_csv_reads_as_the_data_frame_does(table, tmp_path):
    frame = pd.DataFrame(table, columns=HEADER, dtype=object)
    (tmp_path / "w.csv").write_text(tabular.to_csv(frame), encoding="utf-8", newline="")
    assert counted(tmp_path / "w.csv") == counted(frame)
    try:
        direct = read_relations(frame)
    except ClustersError:
        return
    again = read_relations(tmp_path / "w.csv", cache=False)
    _targets.check_relations(again)
    assert again.nodes.index.tolist() == direct.nodes.index.tolist()
    ends = ["source", "target", "year"]
    assert (
        again.frame[ends].astype(str).to_numpy().tolist()
        == direct.frame[ends].astype(str).to_numpy().tolist()
    )


@pytest.mark.slow
@given(table=rows)
@settings(max_examples=1000, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_same_for_many_tables(table, tmp_path):
    test_what_is_written_as_csv_reads_as_the_data_frame_does.hypothesis.inner_test(table, tmp_path)
