"""Words and numbers as they stand in a picture, in the reader's language and in existing glyphs."""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from clusters import labels, places, sentences
from clusters.figures._fonts import fonts, warn_missing

PLACES = ("place", "origin", "destination", "region", "province", "city", "country")
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Words:
    """Writes terms, coded values, names and numbers in one language.

    Without a Chinese font Chinese is not spoken: terms and places are written in
    English, and other Chinese text by the fallback that the figure names.

    Examples
    --------
    >>> words = Words("en")
    >>> words.term("average_degree"), words.count(83815), words.share(0.542)
    ('Average degree (E/N)', '83,815', '54.2 %')
    """

    def __init__(self, lang: str = "en") -> None:
        labels.label("year", lang)  # an unknown language is an error at the door
        self.lang = lang
        if lang == "zh" and not fonts().chinese:
            warn_missing([])
            self.lang = "en"

    def term(self, term: str) -> str:
        """Return the printed word of a column or term; one outside the vocabulary keeps its name."""
        return self.safe(labels.heading(term, self.lang), term)

    def sentence(self, term: str, /, **values: Any) -> str:
        """Return a sentence with its values put in."""
        return self.safe(sentences.say(term, self.lang, **values))

    def value(self, column: str, cell: Any, fallback: str = "") -> str:
        """Return the printed word of a cell of a column."""
        text = "" if _missing(cell) else str(cell)
        if not text:
            return labels.label("unknown", self.lang)
        word = labels.value(column, text, self.lang)
        if word == text:
            word = labels.value("class", text, self.lang)
        if word == text and column in PLACES:
            word = places.label(text, self.lang)
        return self.safe(word, fallback)

    def values(self, column: str, cells: Sequence[Any] | pd.Series) -> list[str]:
        """Return the printed words of the cells of a column; #1, #2 ... where nothing else can be written."""
        return [self.value(column, cell, f"#{n}") for n, cell in enumerate(cells, 1)]

    def names(self, cells: Sequence[Any] | pd.Series, ids: Sequence[Hashable] | None = None) -> list[str]:
        """Return names as they are, else the id, else #1, #2 ... where no glyph is there."""
        known = [None] * len(cells) if ids is None else list(ids)
        result = []
        for n, (cell, node) in enumerate(zip(cells, known, strict=True), 1):
            other = "" if node is None or _missing(node) else self.safe(str(node), f"#{n}")
            text = "" if _missing(cell) else self.safe(str(cell), other or f"#{n}")
            result.append(text or other or f"#{n}")
        return result

    def safe(self, text: str, fallback: str = "") -> str:
        """Return text that the fonts hold: other signs are dropped, another letter gives the fallback."""
        clean = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
        clean = " ".join(clean.split())
        missing = fonts().missing(clean)
        if any(c.isalnum() for c in missing):
            warn_missing(missing)
            return fallback
        return " ".join("".join(c for c in clean if c not in missing).split()) or (
            fallback if missing else ""
        )

    def count(self, value: float) -> str:
        """Return a number of things, with thousands apart; undefined is an en dash."""
        if _missing(value):
            return "–"
        return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 1000 else f"{value:,.2f}"

    def share(self, value: float, digits: int = 1) -> str:
        """Return a fraction as percent."""
        if _missing(value):
            return "–"
        return f"{100 * value:.{digits}f}{'%' if self.lang == 'zh' else ' %'}"

    def number(self, value: float, digits: int = 3) -> str:
        """Return a number with fixed digits."""
        return "–" if _missing(value) else f"{value:,.{digits}f}"

    def comma(self, parts: Sequence[str]) -> str:
        """Join parts of a list."""
        return ("、" if self.lang == "zh" else ", ").join(parts)

    def colon(self, name: str, text: str) -> str:
        """Join a name and what is said of it."""
        return f"{name}：{text}" if self.lang == "zh" else f"{name}: {text}"

    def bracket(self, text: str, more: str) -> str:
        """Add something in brackets."""
        return f"{text}（{more}）" if self.lang == "zh" else f"{text} ({more})"


def power_of_ten(value: float) -> str:
    """Write a tick of a logarithmic axis: plain from 0.001 to 100,000, else as a power of ten.

    Examples
    --------
    >>> power_of_ten(0.01), power_of_ten(1000), power_of_ten(1e-5)
    ('0.01', '1,000', '10⁻⁵')
    """
    exponent = round(float(np.log10(value)))
    if -3 <= exponent <= 5:
        return f"{value:,.{max(0, -exponent)}f}"
    return "10" + str(exponent).translate(SUPERSCRIPTS)


def width(text: str) -> int:
    """Count the columns that a text takes: wide East Asian characters take two.

    Examples
    --------
    >>> width("华为 AI")
    7
    """
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def shorten(text: str, columns: int) -> str:
    """Cut a text to a number of columns, with an ellipsis where something is lost.

    Examples
    --------
    >>> shorten("Shanghai Jiao Tong University", 15), shorten("上海交通大学", 9)
    ('Shanghai Jiao…', '上海交通…')
    """
    if width(text) <= columns:
        return text
    kept = ""
    for character in text:
        if width(kept) + width(character) > columns - 1:
            break
        kept += character
    return kept.rstrip() + "…"


def wrap(text: str, columns: int, lines: int = 2) -> str:
    r"""Break a text into at most some lines; the last one is cut where something is lost.

    Latin text breaks between words, Chinese text anywhere but before punctuation.

    Examples
    --------
    >>> wrap("Scientific research and technical services", 24)
    'Scientific research and\ntechnical services'
    """
    rows: list[str] = []
    rest = text
    while rest and width(rest) > columns and len(rows) < lines - 1:
        row, rest = _break(rest, columns)
        rows.append(row)
    return "\n".join([*rows, shorten(rest, columns)])


def _break(text: str, columns: int) -> tuple[str, str]:
    kept = 0
    while kept < len(text) and width(text[: kept + 1]) <= columns:
        kept += 1
    for end in range(kept, 0, -1):
        after = text[end : end + 1]
        if text[end - 1 : end] == " " or after == " ":
            return text[:end].rstrip(), text[end:].lstrip()
        if width(after) == 2 and unicodedata.category(after)[0] != "P":
            return text[:end], text[end:]
    return text[:kept], text[kept:]


def _missing(value: Any) -> bool:
    return (
        value is None or value is pd.NA or (isinstance(value, float | np.floating) and bool(np.isnan(value)))
    )
