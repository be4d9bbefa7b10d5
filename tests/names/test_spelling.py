"""Spelling of names and the thesaurus."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.errors import DataError
from clusters.names import clean, fold_lookalikes, resolve, without_controls


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("  华为  技术 ", "华为 技术"),
        ("ＯＰＰＯ（深圳）", "OPPO(深圳)"),
        ("\u041e\u0420\u0420\u041e", "OPPO"),
        ("Tencent\u00a0Inc", "Tencent Inc"),
        ("a\x00b\u200bc\ufeff", "abc"),
        ("a\nb\tc", "a b c"),
        ("\x00 \u200b", ""),
        ("oppo", "oppo"),
        ("ﬁnance", "finance"),
    ],
)
def test_clean(name, cleaned):
    assert clean(name) == cleaned


def test_real_cyrillic_and_greek_words_stay():
    # The letters л and к of the first, Σ of the second have no Latin twin.
    assert fold_lookalikes("Ростелеком") == "Ростелеком"
    assert fold_lookalikes("ΣΑΣ") == "ΣΑΣ"
    assert fold_lookalikes("ОРРО и Ростелеком") == "OPPO и Ростелеком"
    assert fold_lookalikes("Huаwei") == "Huawei"


def test_folding_changes_only_letters_that_look_the_same():
    for letter in (chr(c) for c in range(0x370, 0x530)):
        folded = fold_lookalikes(letter)
        if folded != letter:
            assert folded.isascii()
            assert unicodedata.category(letter) == unicodedata.category(folded)


@given(st.text(max_size=30))
def test_cleaning_twice_changes_nothing(name):
    once = clean(name)
    assert clean(once) == once
    assert once == once.strip()
    assert "  " not in once


@given(st.text(max_size=30))
def test_no_control_character_is_left(name):
    assert not any(
        unicodedata.category(c) == "Cc" and c not in "\t\n\r\v\f\x1c\x1d\x1e\x1f\x85"
        for c in without_controls(name)
    )


def test_thesaurus_follows_chains():
    assert resolve([("a", "b"), ("b", "c"), ("x", "x")]) == {"a": "c", "b": "c"}


def test_thesaurus_refuses_contradictions_and_circles():
    with pytest.raises(DataError, match="'a' is replaced by 'b' and by 'c'"):
        resolve([("a", "b"), ("a", "c")])
    with pytest.raises(DataError, match="in a circle"):
        resolve([("a", "b"), ("b", "c"), ("c", "a")])
