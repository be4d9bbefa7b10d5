"""Notes are one thing in two languages: text that anyone may use, and a sentence of the table."""

from __future__ import annotations

import ast
import copy
import json
import pickle
import re
import string
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import clusters
from clusters.errors import UnknownTermError
from clusters.sentences import Note, in_language, say, sentences

PACKAGE = Path(clusters.__file__).parent
TREES = {p: ast.parse(p.read_text(encoding="utf-8")) for p in sorted(PACKAGE.rglob("*.py"))}
TERM = re.compile(r"note\.[a-z_0-9]+")
CHINESE = re.compile("[\u4e00-\u9fff]")
ENGLISH = re.compile(r"\b[A-Za-z]{2,} [a-z]{2,}\b")
SEEN = Note(
    "note.no_kinds", name="a.csv", column="类型", n=np.int64(1200), of=83815, at=Note("note.line", n=12345)
)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def calls() -> list[tuple[str, str, set[str]]]:
    """File, term and values of every note whose values are written out."""
    found = []
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if not named or node.func.id not in ("Note", "note") or any(k.arg is None for k in node.keywords):
                continue
            first = node.args[0]
            terms = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
            values = {k.arg for k in node.keywords}
            found += [(path.name, t.value, values) for t in terms if isinstance(t, ast.Constant)]
    return found


def test_every_note_in_the_code_is_in_the_table_and_the_other_way_round():
    texts = {
        node.value
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and TERM.fullmatch(node.value)
    }
    listed = {term for term in sentences() if TERM.fullmatch(term)}
    assert len(listed) > 90
    assert texts == listed


@pytest.mark.parametrize(("file", "term", "values"), calls())
def test_notes_are_given_the_values_that_their_sentence_names(file, term, values):
    assert values == fields(sentences()[term]["en"]), file


def test_a_note_names_the_same_values_in_both_languages():
    agreeing = {"note.kinds": {"n"}}  # only "kind" or "kinds" depends on the number
    for term, words in sentences().items():
        if term.startswith("note."):
            assert fields(words["en"]) - agreeing.get(term, set()) == fields(words["zh"]), term


def test_a_note_is_its_english_sentence():
    assert SEEN == "a.csv: relations without a kind in column '类型': 1,200 of 83,815 (first: line 12345)"
    assert json.loads(json.dumps([SEEN])) == [str(SEEN)]
    assert {SEEN: 1}[str(SEEN)] == 1
    assert type(str(SEEN)) is str
    assert type(in_language(SEEN, "en")) is str


def test_a_note_says_the_same_in_chinese_down_to_the_notes_inside():
    chinese = "a.csv：83,815 条关系中有 1,200 条在列“类型”中未注明关系类型（首例：第 12345 行）"
    assert in_language(SEEN, "zh") == chinese


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda n: pickle.loads(pickle.dumps(n))])
def test_a_copy_is_still_a_note(copied):
    again = copied(SEEN)
    assert type(again) is Note
    assert again == SEEN
    assert in_language(again, "zh") == in_language(SEEN, "zh")


def test_notes_of_a_table_survive_what_pandas_does_to_it(tmp_path):
    frame = pd.DataFrame({"year": [2022]})
    frame.attrs["notes"] = [SEEN]
    assert in_language(frame.copy().head(1).attrs["notes"][0], "zh") == in_language(SEEN, "zh")
    frame.to_parquet(tmp_path / "a.parquet")
    assert pd.read_parquet(tmp_path / "a.parquet").attrs["notes"] == [str(SEEN)]


def test_what_cannot_be_seen_is_escaped_in_both_languages():
    note = Note("note.empty_column", name="a.csv", column="a\u200b\x1b[0m")
    assert str(note) == r"a.csv: column 'a\u200b\x1b[0m' is empty"
    assert in_language(note, "zh") == r"a.csv：列“a\u200b\x1b[0m”为空"


def test_braces_and_quotes_in_names_are_only_text():
    note = Note("note.wrote", path="{x}'\"")
    assert in_language(note, "zh") == "已写入 {x}'\""
    assert "it's" in in_language(Note("note.empty_column", name="a", column="it's"), "zh")


def test_lists_are_joined_as_the_language_does():
    note = Note("note.sheet_chosen", name="a.xlsx", sheets=["一", "二"], chosen="二")
    assert "sheets '一', '二'; '二' was read" in note
    assert "工作表“一”、“二”，只有“二”" in in_language(note, "zh")
    files = {"nodes": 1, "edges": 2}
    assert say("note.wrote_network", files=["a", "b"], **files) == "wrote a and b: 1 node, 2 edges"
    assert say("note.wrote_network", "zh", files=["a", "b"], **files) == "已写入 a、b：1 个节点，2 条边"


def test_an_unknown_note_and_a_missing_value_are_errors():
    with pytest.raises(UnknownTermError):
        Note("note.nothing")
    with pytest.raises(KeyError):
        Note("note.wrote")


def test_every_note_of_every_table_can_be_said_in_chinese(every_table):
    for name, frame in every_table.items():
        for note in frame.attrs.get("notes", []):
            assert type(note) is Note, (name, note)
            chinese = in_language(note, "zh")
            assert CHINESE.search(chinese), (name, note)
            assert not ENGLISH.search(chinese), (name, chinese)
