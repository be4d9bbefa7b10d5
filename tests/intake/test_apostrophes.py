"""Text that a spreadsheet would run, and back: hand cases, and exact opposites for any text."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.intake import texts
from clusters.intake.apostrophes import guard, unguard, unguarded
from clusters.intake.delimited import parse
from clusters.intake.table import Column
from clusters.intake.texts import Texts
from clusters.relations import read_relations

RUN = ["=1+1", "+SUM(A1)", "-2+3", "@A1", "\t=1", "\r=1", "\n=1", " =1", "\u3000=1", "\u200b=1", "\ufeff@x"]
RUN += ["＝1", "＋x", "－x", "＠x", "﹦1", "−x", "'=1", "''@x", "\x00=1", "\u202e=1", "+86 10 1234", "-a"]
SAFE = [
    "a=1",
    "-5",
    "+5",
    "-0.5",
    "-1,234.5",
    "-1e-5",
    "+3%",
    "-",
    "",
    " ",
    "'s-Hertogenbosch",
    "'",
    "华为",
    "3M",
]
pieces = st.lists(st.sampled_from([*"'=+-@＝ \t\r\n5a,%\u200b"]), max_size=6).map("".join)


@pytest.mark.parametrize("text", RUN)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("text", SAFE)
def test_numbers_and_other_text_stay(text):
    assert guard(text) == text


@given(st.one_of(st.text(max_size=8), pieces))
def test_what_is_guarded_reads_back_as_it_was(text):
    assert unguard(guard(text)) == text
    assert guard(text).lstrip()[:1] not in ("=", "@", "＝") or len(text.lstrip()) == 1


def test_a_table_of_text_loses_its_apostrophes_in_every_cell():
    rows = [["source", "target", "'=x"], ["'=甲", "'s-H", "'-5"], ["乙", "'", "-5"], ["'＋丙", "torn"]]
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    table = parse(stream.getvalue().encode(), "a.csv", lambda cells: len(cells))
    assert table.header == ["source", "target", "=x"]
    assert [column.texts() for column in table.columns] == [["=甲", "乙"], ["'s-H", "'"], ["-5", "-5"]]
    assert table.ragged[0].cells == ["＋丙", "torn"]


def test_long_columns_lose_them_as_short_ones_do(monkeypatch):
    cells = ["'=a", "b", "=a", "'c", "''=a"]
    short = Column.of(cells)
    long = Column(short.codes, Texts.of(short.values))
    monkeypatch.setattr(texts, "FEW", 1)
    for column in (short, long):
        table = parse(b"x,y\n1,2\n", "a.csv", lambda cells: len(cells))
        found = unguarded(type(table)("a", ["x"], [column], table.lines[:0])).columns[0]
        assert found.texts() == ["=a", "b", "=a", "'c", "'=a"]


def test_a_data_frame_keeps_its_apostrophes_and_loses_halves_of_characters():
    frame = pd.DataFrame({"source": ["'=a"], "target": ["b\ud800"]}, dtype=object)
    relations = read_relations(frame)
    assert relations.nodes.index.tolist() == ["'=a", "b\ufffd"]
    assert any("lost" in str(warning) for warning in relations.account.warnings)
