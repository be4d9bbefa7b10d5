"""Text that every format can hold."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from clusters.export.text import Cleaner, escape, unique


@given(st.text())
def test_cleaned_and_escaped_text_comes_back_from_xml(text):
    cleaner = Cleaner()
    cleaned = cleaner(text)
    element = ET.fromstring(f'<a b="{escape(cleaned)}">{escape(cleaned)}</a>'.encode())
    assert element.get("b") == cleaned
    assert (element.text or "") == cleaned
    assert len(text) - len(cleaned) == cleaner.stripped


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"))
)
def test_ordinary_text_is_left_as_it_is(text):
    cleaner = Cleaner()
    assert cleaner(text) == text
    assert cleaner.stripped == 0


@given(st.lists(st.sampled_from(["a", "a (2)", "", " ", "b", "node", "a (3)"]), max_size=12))
def test_names_become_distinct(texts):
    names, changed = unique(texts)
    assert len(set(names)) == len(texts)
    assert all(name.strip() for name in names)
    assert changed == sum(a != b for a, b in zip(names, texts, strict=True))
