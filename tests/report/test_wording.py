"""Every sentence of the report: both languages, the same values, correct in number."""

from __future__ import annotations

import string

import numpy as np
import pytest

from clusters.errors import UnknownTermError
from clusters.report.wording import listing
from clusters.sentences import say, sentences


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("term", sorted(sentences()))
def test_sentence_says_the_same_in_both_languages(term):
    english, chinese = sentences()[term]["en"], sentences()[term]["zh"]
    assert english.strip()
    assert chinese.strip()
    if english == "{en}" and chinese == "{zh}":
        return  # a name that brings its own words in either language
    # A value that only agrees ({n:#is|are}) or names a common noun has no use in Chinese.
    agreeing = {
        name
        for _, name, spec, _ in string.Formatter().parse(english)
        if name and spec and spec.startswith("#")
    }
    assert fields(chinese) <= fields(english) | {"m", "n"}
    assert fields(english) - fields(chinese) <= agreeing | {"e"}


def test_chinese_uses_chinese_punctuation():
    for term, words in sentences().items():
        assert not any(mark in words["zh"] for mark in (", ", "; ", ". ")), term


@pytest.mark.parametrize(("n", "text"), [(0, "0 relations"), (1, "1 relation"), (2, "2 relations")])
def test_nouns_agree_with_counts(n, text):
    assert say("count.relations", "en", n=n) == text
    assert say("count.relations", "en", n=np.int64(n)) == text


def test_unknown_terms_and_missing_values_are_errors():
    with pytest.raises(UnknownTermError, match=r"no\.such"):
        say("no.such")
    with pytest.raises(KeyError):
        say("count.relations")


def test_braces_in_values_are_not_read_again():
    assert "{x}" in say("summary.ranked", "en", name="{x}", degree=3)


def test_listing_of_none_and_one():
    assert (listing([]), listing(["a"]), listing(["a", "b"])) == ("", "a", "a and b")


def test_sentence_table_is_a_clean_table():
    import csv
    from importlib import resources

    text = (resources.files("clusters.reference") / "sentences.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(text.splitlines()))
    assert {len(row) for row in rows} == {3}
    assert len({row[0] for row in rows}) == len(rows)
