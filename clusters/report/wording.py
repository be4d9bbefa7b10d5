"""Sentences of the report in Chinese and English, with numbers put in by unit.

``reference/sentences.csv`` (``term, en, zh``) holds every sentence, caption and
section title; this module fills in the values and knows no word itself. A field names
how its value is printed:

=======================  =================================================
``{name}``               text as it is; whole numbers with thousands marks
``{n:node|nodes}``       a count with its noun, singular or plural
``{n:#is|are}``          only the word that agrees with the count
``{x:share}``            a fraction as percent
``{x:number}`` ...       any unit of ``labels.csv``
``{x:.2f}``              Python's own format
=======================  =================================================
"""

from __future__ import annotations

import csv
import re
import string
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from numbers import Integral
from typing import Any

from clusters.errors import UnknownTermError
from clusters.labels import LANGUAGES

EXTREMES = {"0.00 %": "< 0.01 %", "100.00 %": "> 99.99 %", "-0.00 %": "> -0.01 %"}
MIXED = re.compile("[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9%][\u4e00-\u9fff]")
UNITS = ("share", "count", "edges", "number", "year")


@cache
def sentences() -> dict[str, dict[str, str]]:
    """Return the sentence table as a mapping from term to its text by language."""
    text = (resources.files("clusters.reference") / "sentences.csv").read_text(encoding="utf-8")
    return {row["term"]: {lang: row[lang] for lang in LANGUAGES} for row in csv.DictReader(text.splitlines())}


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


def listing(items: Sequence[str], lang: str = "en") -> str:
    """Return names as one phrase.

    Examples
    --------
    >>> listing(["a", "b", "c"]), listing(["a", "b"], "zh")
    ('a, b and c', 'a、b')
    """
    if lang == "zh":
        return "、".join(items)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def inside(word: str, lang: str = "en") -> str:
    """Return a heading as it stands inside a sentence: no capital unless the word is an acronym.

    Examples
    --------
    >>> inside("Application field"), inside("GDP")
    ('application field', 'GDP')
    """
    return word if lang == "zh" or word[:2].isupper() else word[:1].lower() + word[1:]


class _Words(string.Formatter):
    """Python's format strings with units and agreement in number."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def vformat(self, pattern: str, args: Sequence[Any], values: Mapping[str, Any]) -> str:
        """Fill a pattern; between Chinese and a Latin value stands a space."""
        parts: list[str] = []
        for literal, name, spec, _ in self.parse(pattern):
            parts.append(literal)
            if name is not None:
                value, _ = self.get_field(name, args, values)
                parts.append(self.format_field(value, spec or ""))
        filled = [part for part in parts if part]
        for i in range(1, len(filled)):
            if self.lang == "zh" and MIXED.fullmatch(filled[i - 1][-1] + filled[i][0]):
                filled[i] = f" {filled[i]}"
        return "".join(filled)

    def format_field(self, value: Any, spec: str) -> str:
        if "|" in spec:
            bare = spec.startswith("#")
            one, many = spec.removeprefix("#").split("|")
            word = one if value == 1 else many
            return word if bare else f"{number(value, 'count', self.lang)} {word}"
        if spec in UNITS:
            return number(value, spec, self.lang)
        if spec:
            return format(value, spec)
        return number(value, "count", self.lang) if isinstance(value, Integral) else str(value)


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
    from clusters.export.tabular import printed

    text = printed(value, unit)
    if unit == "share" and text in EXTREMES and value not in (0, 1):
        text = EXTREMES[text]
    return text.replace(" %", "%") if lang == "zh" else text
