"""Many texts in one block give what they give one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clusters import names
from clusters.intake import texts
from clusters.intake.table import Column, joined
from clusters.intake.texts import Texts

ODD = [
    *"abzAZ019 ~!中华\u4000\u9fff\u3400\uf900（）ＯＰ·é",
    "\u3000",
    "\xa0",
    "\u200b",
    "\x00",
    "\x1c",
    "\x85",
    "\t",
]
ODD += ["\n", "\r", "О", "Р", "Ж", "ο", "\ufffd", "\u0301", "\u1100", "\u1161", "ß", "İ", "ſ", "\U0001f600"]
odd = st.lists(st.text(st.one_of(st.sampled_from(ODD), st.characters(codec="utf-8")), max_size=6), max_size=8)


def block(values):
    return Texts.of(np.array([*values, None], object)[:-1])


@given(odd)
@example(["a b", " a", "a ", "a  b", "", " "])
def test_plain_texts_are_those_that_cleaning_surely_leaves(values):
    plain = names.plain(*block(values).bytes())
    for text, surely in zip(values, plain, strict=True):
        if surely:
            assert names.clean(text) == names.tidy(text) == text
    folded = names.plain(*block(values).bytes(), folded=True)
    for text, surely in zip(values, folded, strict=True):
        assert not surely or text.casefold().replace(" ", "") == text


def test_ordinary_names_are_plain():
    ordinary = ["华为技术有限公司", "OPPO", "Tech Ltd", "龥", "中科院A1"]
    assert names.plain(*block(ordinary).bytes()).all()


@given(odd)
def test_lines_at_once_are_lines_one_by_one(values):
    lines = [text.replace("\n", "") for text in values]
    whole = "\n".join(lines)
    for one, many in ((names.clean, names.clean_lines), (names.tidy, names.tidy_lines)):
        assert many(whole) == "\n".join(map(one, lines))
    assert names.casefold_lines(whole) == "\n".join(t.casefold().replace(" ", "") for t in lines)
    # What cannot be seen, or was lost, is never missed.
    for text in lines:
        visible = names.without_controls(text)
        if visible != text or names.fold_lookalikes(visible) != visible or "\ufffd" in text:
            assert names.hides(text)


@given(st.lists(st.lists(st.sampled_from([*ODD, "ab", "甲 ", "甲"]), unique=True), min_size=1, max_size=3))
def test_columns_in_blocks_agree_with_columns_of_texts(lists):
    own, packed = [], []
    for values in lists:
        codes = np.array([*range(len(values)), -1, *range(len(values))], np.int32)
        own.append(Column(codes, np.array([*values, None], object)[:-1]))
        packed.append(Column(codes, block(values)))
    results = [(joined(own), joined(packed))]
    for function, lines in ((names.clean, names.clean_lines), (names.tidy, names.tidy_lines)):
        results.append(([c.map(function) for c in own], [c.map(function, lines) for c in packed]))
    other = {"甲": "b", "ab": "甲", "x": "y"}
    results.append(([c.rename(other) for c in own], [c.rename(other) for c in packed]))
    for expected, found in results:
        for one, two in zip(expected, found, strict=True):
            assert one.texts() == two.texts()
            used = [text for text in two.values if text]
            assert used == [text for text in one.values if text]  # the same order as well


def test_longer_lists_are_handled_in_parts(monkeypatch):
    monkeypatch.setattr(texts, "_SLICE", 3)
    values = [f"（{i}）" for i in range(10)]
    changed = block(values).map_lines(names.clean, names.clean_lines)
    assert list(changed) == [f"({i})" for i in range(10)]
    assert list(changed[2:4]) == ["(2)", "(3)"]
    assert changed[4] == "(4)"


def test_positions_and_order():
    found = block(["b", "甲", "a"])
    assert found.positions(np.array(["a", "x", "b"], object)).tolist() == [2, -1, 0]
    assert found.order().tolist() == [2, 0, 1]
    assert found.lengths().tolist() == [1, 1, 1]


@pytest.mark.parametrize("values", [[], [""]])
def test_nothing_to_do(values):
    assert len(block(values)) == len(values)
    assert Texts.joined([block(values), block([])])[0][0].tolist() == list(range(len(values)))
