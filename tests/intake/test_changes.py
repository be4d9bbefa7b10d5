"""Cells written in another way are found alike on few and on many distinct texts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters import names
from clusters.intake import changes, texts
from clusters.intake.rows import placeholders
from clusters.intake.table import Column
from clusters.intake.texts import Texts
from clusters.relations import AllRejectedError, read_relations

NAMES = st.sampled_from(["a", " a", "a ", "ＡＢ", "AB", "ОРРО", "甲", "甲\u200b", "乙（深圳）", "x  y", ""])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=12), st.booleans())
def test_names_are_counted_as_one_by_one(rows, many):
    frame = pd.DataFrame(rows, columns=["source", "target"])
    same = {"AB": "甲", "a": "b"}
    frame.loc[len(frame)] = ["s", "t"]
    with pytest.MonkeyPatch.context() as patch, pytest.MonkeyPatch.context():
        patch.setattr(texts, "FEW", 0 if many else 10**6)
        patch.setattr("clusters.intake.thesaurus.load_thesaurus", lambda _: _Pairs(same))
        found = read_relations(frame, names="t.csv").account.steps
    kept = [(s, t) for s, t in rows if names.clean(s) and names.clean(t)]
    spelled = sum(names.clean(s) != s or names.clean(t) != t for s, t in kept)
    renamed = sum(names.clean(s) in same or names.clean(t) in same for s, t in kept)
    counts = found[found["outcome"] == "changed"].set_index("reason")["rows"]
    assert (counts.get("name_spelling", 0), counts.get("name_thesaurus", 0)) == (spelled, renamed)
    variants = {names.clean(name) for row in rows for name in row} & set(same)
    applied = found[(found["stage"] == "apply") & (found["outcome"] == "accepted")]
    assert applied["rows"].tolist() == [len(variants)]


class _Pairs:
    file = "t.csv"

    def __init__(self, mapping):
        self.mapping = mapping


def test_the_first_case_is_among_the_accepted_rows():
    before, after = Column.of(["x", "a", "b"]), Column.of(["y", "a", "c"])
    (change,) = changes.of_cells("kind", before, after)
    assert change.among(np.array([False, True, True])) == (1, 2)
    assert change.among(np.array([False, True, False])) == (0, -1)
    assert change.case(2) == ("b", "c")
    assert changes.of_cells("kind", before, before) == []


@pytest.mark.parametrize("form", [np.asarray, Texts.of])
def test_placeholders_in_either_form(form):
    known = [
        "未透露",
        "投资方未披露",
        "未公开投资方",
        "未透露的投资机构",
        "UNDISCLOSED",
        "Not Disclosed",
        "n/a",
        "Unknown",
        "-",
        "——",
        "...",
    ]
    names_ = ["未来资本", "Unknown Worlds", "NA", "-甲", "Nana", "未透露资本"]
    found = placeholders(form(np.array([*known, *names_], object)))
    assert found.tolist() == [True] * len(known) + [False] * (len(names_) + 1)


def test_a_country_code_is_no_placeholder():
    # NA is Namibia, too.
    frame = pd.DataFrame({"source": ["NA", "US"], "target": ["US", "NA"]})
    assert len(read_relations(frame)) == 2
    with pytest.raises(AllRejectedError, match="2 placeholder_source"):
        read_relations(frame.assign(source="undisclosed"))


def test_the_first_case_is_the_first_row_of_either_end():
    # The target of the second line comes before the source of the third.
    frame = pd.DataFrame({"source": ["a", "b", "c\u200bd"], "target": ["x", "y\u200bz", "w"]})
    (said,) = [str(n) for n in read_relations(frame).account.warnings if "invisible" in str(n)]
    assert "2 (first: row 1, 'y\\u200bz')" in said
