"""The lists of words are written as names are folded, and places are told by one name."""

from __future__ import annotations

import pytest

from clusters.names import _chinese, _latin, _words


@pytest.mark.parametrize(
    "section",
    ["latin_forms", "latin_families", "latin_kinds", "latin_generic", "latin_abbreviations", "latin_stop"],
)
def test_latin_words_are_folded(section):
    words = [" ".join(word.split()) for group in _words.table(section).values() for word in group]
    assert [word for word in words if _latin.rest(word) != word] == []


@pytest.mark.parametrize("section", ["chinese_forms", "chinese_kinds", "chinese_generic", "chinese_common"])
def test_chinese_words_are_folded(section):
    words = [word for group in _words.table(section).values() for word in group]
    assert [word for word in words if _chinese.rest(word) != word] == []


def test_every_family_is_of_known_forms():
    known = {" ".join(form.split()) for forms in _words.table("latin_forms").values() for form in forms}
    listed = {" ".join(form.split()) for forms in _words.table("latin_families").values() for form in forms}
    assert listed - known == set()


def test_each_word_has_one_meaning():
    for section in ("latin_forms", "chinese_forms", "latin_abbreviations"):
        words = [" ".join(word.split()) for group in _words.table(section).values() for word in group]
        assert len(words) == len(set(words)), section


def test_places_by_long_short_and_english_name():
    chinese, latin = _words.chinese_places(), _words.latin_places()
    assert (chinese["深圳"], chinese["深圳市"], chinese["吉林"], chinese["吉林市"]) == (
        *("深圳市", "深圳市", "吉林省", "吉林市"),
    )
    assert "东方" not in chinese
    assert chinese["东方市"] == "东方市"
    assert (latin["shenzhen"], latin["xian"], latin["suzhou"]) == ("深圳市", "西安市", "suzhou")
