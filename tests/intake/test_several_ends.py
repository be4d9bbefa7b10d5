"""Ends that name several organisations in one cell, counted by hand."""

from __future__ import annotations

import pandas as pd

from clusters.relations import read_relations
from clusters.sentences import Note


def told(*ends: tuple[str, str], names: tuple[str, str] = ("source", "target")) -> dict[str, Note]:
    frame = pd.DataFrame(ends, columns=list(names)).assign(year="2015")
    notes = read_relations(frame).account.warnings
    return {note.term: note for note in notes if isinstance(note, Note) and "ends_" in note.term}


def test_relations_with_several_names_in_a_cell_are_counted_and_the_first_is_named() -> None:
    # The third relation has several names at both ends and counts once.
    found = told(("丙", "A"), ("甲资本、乙基金", "B"), ("甲资本，乙基金", "丁;戊"), ("Alpha, Inc.", "C"))
    assert list(found) == ["note.ends_several"]
    said = found["note.ends_several"].values
    assert (said["n"], said["text"]) == (2, "甲资本、乙基金")


def test_rows_that_are_not_in_use_do_not_count() -> None:
    assert not told(("甲、乙", "甲、乙"), ("丙", "丁"))


def test_a_table_of_investment_events_is_sent_to_its_converter() -> None:
    found = told(("甲资本;乙基金", "A"), names=("投资方", "融资方"))
    assert found["note.ends_layout"].values["layout"] == "investment-events-cn"


def test_one_name_with_a_comma_or_a_mark_at_its_end_is_one_name() -> None:
    assert not told(("Alpha, Inc.", "甲资本;"), ("上海甲(集团)有限公司", "B & C; "))


def test_blanks_part_names_in_a_list_of_investments_only() -> None:
    ends = (("未来资本 启明创投 Sequoia Capital China", "甲"), ("Sequoia Capital China", "乙"))
    assert not told(*ends)
    found = told(*ends, names=("投资方", "融资方"))
    assert found["note.ends_several"].values["n"] == 1
