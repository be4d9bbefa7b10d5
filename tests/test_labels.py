"""Every printed word exists once, in both languages."""

from __future__ import annotations

import csv
import re
from collections import Counter
from importlib import resources

import pytest

from clusters import labels
from clusters.errors import UnknownTermError

UNITS = {"count", "edges", "share", "number", "year", "years", "text"}
CHINESE = re.compile(r"[\u3400-\u9fff]")
SAME_IN_BOTH = {"PageRank", "alpha", "xmin", "R", "p", "k"}


@pytest.fixture(scope="module")
def rows() -> list[list[str]]:
    text = (resources.files("clusters.reference") / "labels.csv").read_text(encoding="utf-8")
    return list(csv.reader(text.splitlines()))[1:]


def test_every_line_has_a_term_two_words_and_a_unit(rows):
    assert [row for row in rows if len(row) != 4 or not all(cell.strip() == cell != "" for cell in row)] == []
    assert {row[3] for row in rows} <= UNITS


def test_every_term_stands_once(rows):
    assert [term for term, count in Counter(row[0] for row in rows).items() if count > 1] == []


def test_chinese_words_are_chinese_and_english_ones_english(rows):
    assert [en for _, en, _, _ in rows if not re.search("[A-Za-z]", en)] == []
    assert [zh for _, _, zh, _ in rows if not CHINESE.search(zh) and zh not in SAME_IN_BOTH] == []


def test_every_column_of_every_table_has_both_labels(every_table):
    missing = {
        (name, column)
        for name, frame in every_table.items()
        for column in frame.columns
        if str(column) not in labels.terms()
    }
    assert missing == set()


@pytest.mark.parametrize("lang", labels.LANGUAGES)
def test_headings_of_one_table_differ(every_table, lang):
    for name, frame in every_table.items():
        words = [labels.heading(column, lang) for column in frame.columns]
        assert [w for w, count in Counter(words).items() if count > 1] == [], name


def test_every_public_table_function_is_looked_at(every_table):
    from clusters import tables

    functions = {name for name in tables.__all__ if callable(getattr(tables, name)) and name[0].islower()}
    assert functions - {name.partition(" ")[0] for name in every_table} == set()


def test_an_unknown_term_or_language_is_refused():
    with pytest.raises(UnknownTermError, match="no label for 'betweeness'"):
        labels.label("betweeness")
    with pytest.raises(UnknownTermError, match="use en or zh"):
        labels.label("degree", "fr")


def test_words_outside_the_vocabulary_stay():
    assert labels.heading("motto", "zh") == "motto"
    assert labels.unit("motto") == "text"
    assert labels.value("node", "sample", "zh") == "sample"
    assert labels.value("role", "sample", "zh") == "样本节点"


@pytest.mark.parametrize("name", ["category", "class_name", "programme", "field", "topic", "group"])
def test_columns_that_users_name_so_are_not_taken_for_ours(name):
    # A class column called "category" would be headed as the category of a power law.
    assert labels.heading(name, "en") == name
    assert labels.value(name, "strong", "en") == "strong"
