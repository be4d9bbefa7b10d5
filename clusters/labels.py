"""Chinese and English names and units of every column and term.

One table, ``reference/labels.csv`` (``term, en, zh, unit``), serves tables, figures,
exports and the report; no other module knows a printed word. Units drive printing:
``share`` columns are fractions inside and become percent only in print.

Examples
--------
>>> label("average_path_length", "zh")
'平均路径长度'
>>> unit("top_10_percent")
'share'
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Literal, NamedTuple

from clusters.errors import UnknownTermError

if TYPE_CHECKING:
    import pandas as pd

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
TERMS = "statistic"
"""The column whose cells are terms themselves."""
ENDS = ("low", "high")
"""Endings of the columns that hold the interval of a number."""
NULLS = ("null_mean", "null_sd", "z", "p")
"""Endings of the columns that compare a number with those of random networks."""


Words = Mapping[str, Mapping[str, str]]
"""Words that one table brings along, ``{term: {"en": ..., "zh": ...}}``: names of indicators, of
groups. A term is a column, or ``column.value`` for a cell, as in the label table, and goes before it."""


class Term(NamedTuple):
    """One line of the label table."""

    en: str
    zh: str
    unit: str


@cache
def terms() -> dict[str, Term]:
    """Return the label table as a mapping from identifier to its words and unit.

    The ends of an interval are named after their number, and so is a comparison with random networks:
    ``X_low``, ``X_high``, ``X_null_mean`` ... need no line of their own.
    """
    text = (resources.files("clusters.reference") / "labels.csv").read_text(encoding="utf-8")
    found = {
        row["term"]: Term(row["en"], row["zh"], row["unit"]) for row in csv.DictReader(text.splitlines())
    }
    for term, words in list(found.items()):
        if words.unit not in ("text", "year") and "." not in term:
            for name in (*(f"interval.{end}" for end in ENDS), *(f"null.{end}" for end in NULLS)):
                of = found[name]
                unit = words.unit if of.unit == "text" else of.unit
                derived = Term(of.en.format(words.en), of.zh.format(words.zh), unit)
                found.setdefault(f"{term}_{name.partition('.')[2]}", derived)
    return found


def label(term: str, lang: str = "en") -> str:
    """Return the printed word of a term.

    Raises ``UnknownTermError`` for a term that is not in the table, so that a
    missing label is found by a test and not by a reader.
    """
    if lang not in LANGUAGES:
        raise UnknownTermError(f"language {lang!r} is not known; use {' or '.join(LANGUAGES)}")
    try:
        entry = terms()[term]
    except KeyError:
        raise UnknownTermError(f"no label for {term!r} in reference/labels.csv") from None
    return entry.zh if lang == "zh" else entry.en


def words_of(frame: pd.DataFrame) -> Words:
    """Return the words that a table brings along in ``attrs["words"]``; mostly none."""
    found: Words = frame.attrs.get("words", {})
    return found


def heading(column: object, lang: str = "en", words: Words | None = None) -> str:
    """Return the printed word of a column; one outside the vocabulary keeps its own name.

    Examples
    --------
    >>> heading("year", "zh"), heading("rnd", "zh", {"rnd": {"en": "Research", "zh": "研发能力"}})
    ('年份', '研发能力')
    """
    text = str(column)
    if words and text in words:
        return words[text].get(lang) or text
    return label(text, lang) if text in terms() else text


def value(column: object, cell: object, lang: str = "en", words: Words | None = None) -> str:
    """Return the printed word of a cell: coded values are translated, free text stays.

    Coded values stand in the table as ``column.value``, so an enterprise that
    happens to be called "sample" keeps its name.

    Examples
    --------
    >>> value("role", "sample", "zh"), value("node", "sample", "zh")
    ('样本节点', 'sample')
    """
    term = str(cell) if column == TERMS else f"{column}.{cell}"
    if words and term in words:
        return words[term].get(lang) or str(cell)
    return label(term, lang) if term in terms() else str(cell)


def unit(term: str, words: Words | None = None) -> str:
    """Return the unit of a term; ``text`` for one in no table, ``number`` for one that a table brings."""
    if words and term in words:
        return words[term].get("unit", "number")
    entry = terms().get(term)
    return entry.unit if entry else "text"


def rename_columns(frame: pd.DataFrame, lang: str = "en") -> pd.DataFrame:
    """Return the frame with printed column names; columns outside the vocabulary stay."""
    words = words_of(frame)
    return frame.rename(columns={c: heading(c, lang, words) for c in frame.columns})
