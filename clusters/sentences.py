"""Sentences in Chinese and English, with numbers and names put in.

``reference/sentences.csv`` (``term, en, zh``) holds every sentence of the report and
every note and warning; this module fills in the values and knows no word itself. A
field names how its value is printed:

=======================  =================================================
``{name}``               text as it is; whole numbers with thousands marks
``{name!r}``             a quoted name: ``'a'``, in Chinese ``“a”``
``{n:node|nodes}``       a count with its noun, singular or plural
``{n:#is|are}``          only the word that agrees with the count
``{x:share}``            a fraction as percent
``{x:number}`` ...       any unit of ``labels.csv``
``{x:heading}``          the printed word of a column
``{x:kind.*}``           the printed word of a coded value, here ``kind.x``
``{x:.2f}``              Python's own format
=======================  =================================================

A list is printed item by item, ``a, b``; after ``;`` or ``&`` as format with that
mark between the items (``&``: "and"). A ``Note`` among the values is said in the
language of the sentence around it.

Tables and readers, which know no language, say what they have to say with a ``Note``:
it is the English sentence, and whoever prints it asks ``in_language`` for the other.
"""

from __future__ import annotations

import csv
import math
import re
import string
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from numbers import Integral
from typing import Any, Self

import numpy as np
import pandas as pd

from clusters import labels
from clusters.errors import UnknownTermError

EXTREMES = {"0.00 %": "< 0.01 %", "100.00 %": "> 99.99 %", "-0.00 %": "> -0.01 %"}
MIXED = re.compile("[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9%][\u4e00-\u9fff]")
UNITS = ("share", "count", "edges", "number", "year")
BETWEEN = {"en": {"": ", ", "&": " and ", ";": "; "}, "zh": {"": "、", "&": "、", ";": "；"}}


@cache
def sentences() -> dict[str, dict[str, str]]:
    """Return the sentence table as a mapping from term to its text by language."""
    text = (resources.files("clusters.reference") / "sentences.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["term"]: {lang: row[lang] for lang in labels.LANGUAGES} for row in rows}


def has(term: str) -> bool:
    """Tell whether the sentence table has a term."""
    return term in sentences()


def say(term: str, lang: str = "en", /, **values: Any) -> str:
    """Return a sentence with its values.

    Raises ``UnknownTermError`` for a term that is not in the table and ``KeyError`` for
    a value that is missing, so that a test finds either and not a reader.

    Examples
    --------
    >>> say("count.relations", "en", n=1), say("count.relations", "en", n=83815)
    ('1 relation', '83,815 relations')
    >>> say("count.relations", "zh", n=83815)
    '83,815 条关系'
    """
    try:
        pattern = sentences()[term][lang]
    except KeyError:
        raise UnknownTermError(f"no sentence for {term!r} ({lang}) in reference/sentences.csv") from None
    return _Words(lang).vformat(pattern, (), values)


class Note(str):
    """A sentence for the reader that can be said in either language.

    As text it is the English sentence, so it may be compared, joined, pickled and
    written as JSON like any other.

    Parameters
    ----------
    term
        Identifier in the sentence table.
    values
        What the sentence names: numbers, text, lists of them, other notes.

    Examples
    --------
    >>> note = Note("note.empty_column", name="a.csv", column="x")
    >>> note
    "a.csv: column 'x' is empty"
    >>> in_language(note, "zh"), in_language("said by a plain text", "zh")
    ('a.csv：列“x”为空', 'said by a plain text')
    """

    __slots__ = ("term", "values")
    term: str
    values: Mapping[str, Any]

    def __new__(cls, term: str, /, **values: Any) -> Self:
        """Say the sentence in English and keep what it is made of."""
        note = super().__new__(cls, say(term, **values))
        note.term, note.values = term, values
        return note

    def __reduce__(self) -> tuple[Any, ...]:
        return _note, (self.term, dict(self.values))


def _note(term: str, values: Mapping[str, Any]) -> Note:
    return Note(term, **values)


def in_language(text: str, lang: str) -> str:
    """Return a note as plain text in a language; other text stays as it is."""
    return say(text.term, lang, **text.values) if isinstance(text, Note) else str(text)


class _Words(string.Formatter):
    """Python's format strings with units and agreement in number."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def vformat(self, pattern: str, args: Sequence[Any], values: Mapping[str, Any]) -> str:
        """Fill a pattern; between Chinese and a Latin value stands a space."""
        parts: list[str] = []
        for literal, name, spec, conversion in self.parse(pattern):
            parts.append(literal)
            if name is not None:
                value, _ = self.get_field(name, args, values)
                parts.append(self._field(value, spec or "", quoted=conversion == "r"))
        filled = [part for part in parts if part]
        for i in range(1, len(filled)):
            if self.lang == "zh" and MIXED.fullmatch(filled[i - 1][-1] + filled[i][0]):
                filled[i] = f" {filled[i]}"
        return "".join(filled)

    def _field(self, value: Any, spec: str, *, quoted: bool) -> str:
        if isinstance(value, (list, tuple)):
            between = BETWEEN[self.lang]
            mark, spec = (between[spec], "") if spec in between else (between[""], spec)
            return mark.join(self._field(item, spec, quoted=quoted) for item in value)
        return self._quoted(value) if quoted else self.format_field(value, spec)

    def _quoted(self, value: Any) -> str:
        """Quote a name; what cannot be seen is written with escapes."""
        text = repr(str(value)) if isinstance(value, str) else repr(value)
        return text if self.lang != "zh" else f"“{text[1:-1] if isinstance(value, str) else text}”"

    def format_field(self, value: Any, spec: str) -> str:
        if isinstance(value, Note):
            return in_language(value, self.lang)
        if "|" in spec:
            bare = spec.startswith("#")
            one, many = spec.removeprefix("#").split("|")
            word = one if value == 1 else many
            return word if bare else f"{number(value, 'count', self.lang)} {word}"
        if spec in UNITS:
            return number(value, spec, self.lang)
        if spec == "heading":
            return labels.heading(value, self.lang)
        if spec.endswith(".*"):
            return self._coded(spec[:-2], value)
        if spec:
            return format(value, spec)
        return number(value, "count", self.lang) if isinstance(value, Integral) else str(value)

    def _coded(self, column: str, value: Any) -> str:
        term = f"{column}.{value}"
        return say(term, self.lang) if has(term) else labels.value(column, value, self.lang)


def number(value: Any, unit: str, lang: str = "en") -> str:
    """Return a number as the language prints it; Chinese sets no space before the percent sign.

    Examples
    --------
    >>> number(0.7239, "share"), number(0.7239, "share", "zh")
    ('72.39 %', '72.39%')

    A share that is neither none nor all is not printed as none or all:

    >>> number(0.00001, "share"), number(0.99999, "share")
    ('< 0.01 %', '> 99.99 %')
    """
    text = printed(value, unit)
    if unit == "share" and text in EXTREMES and value not in (0, 1):
        text = EXTREMES[text]
    return text.replace(" %", "%") if lang == "zh" else text


def printed(value: Any, unit: str = "number") -> str:
    """Return a number as a person reads it; undefined is an en dash.

    Examples
    --------
    >>> printed(0.542, "share"), printed(3.98211), printed(float("nan")), printed(30765)
    ('54.20 %', '3.982', '–', '30,765')
    """
    found = plain(value)
    if found is None:
        return "–"
    if isinstance(found, (bool, str)):
        return str(found)
    if unit == "share":
        return f"{100 * found:.2f} %"
    if unit == "year":
        return f"{int(found)}"
    if isinstance(found, int) or (found.is_integer() and unit in ("count", "edges")):
        return f"{int(found):,}"
    if found != 0 and (abs(found) < 0.001 or abs(found) >= 1e6):
        return f"{found:.4g}"
    return f"{found:.3f}"


def plain(value: Any) -> Any:
    """Return a JSON value: numpy scalars unwrapped, every kind of missing as ``None``."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return str(value)


def notes_in(texts: Iterable[str], lang: str) -> list[str]:
    """Return several notes in a language."""
    return [in_language(text, lang) for text in texts]
