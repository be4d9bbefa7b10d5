"""Parts of a name while it is taken apart."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from clusters.names.spelling import fold_lookalikes

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_NUMBER = re.compile(r"\d+|[零〇一二三四五六七八九十两]+")
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
_ACCENTED = re.compile("[\u00c0-\u024f\u0300-\u03ff\u1e00-\u1fff]+")
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th"}
)


def lower(text: str) -> str:
    """Return a text in lower case, Latin and Greek letters without accents.

    Marks of other alphabets make other letters (й is no и) and stay.

    Examples
    --------
    >>> lower("Société MØLLER Straße"), lower("Андрей"), lower("İ")
    ('societe moller strasse', 'андрей', 'i')
    """
    text = text.casefold()
    return text if text.isascii() else fold_lookalikes(_ACCENTED.sub(_without_accents, text))


def _without_accents(match: re.Match[str]) -> str:
    parted = unicodedata.normalize("NFKD", match[0])
    return "".join(c for c in parted if not unicodedata.combining(c)).translate(_LETTERS)


@dataclass
class Parts:
    """What was found so far."""

    core: str = ""
    stem: str = ""
    key: str = ""
    kind: str = ""
    place: str = ""
    legal: list[str] = field(default_factory=list)
    forms: set[str] = field(default_factory=set)
    branch: list[str] = field(default_factory=list)
    brackets: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)


def numbers_in(text: str) -> list[str]:
    """Return the numbers of a text in digits, Chinese ones as well.

    Examples
    --------
    >>> numbers_in("第一机床厂"), numbers_in("中铁二十三局"), numbers_in("360网络"), numbers_in("十所")
    (['1'], ['23'], ['360'], ['10'])
    """
    return [_digits(match[0]) for match in _NUMBER.finditer(text)]


def roman(token: str) -> str:
    """Return a Roman number from II in digits, or nothing.

    Examples
    --------
    >>> roman("iv"), roman("mix")
    ('4', '')
    """
    return _ROMAN.get(token, "")


def _digits(text: str) -> str:
    if text.isdecimal():
        return "".join(str(unicodedata.decimal(c)) for c in text).lstrip("0") or "0"
    if "十" not in text:
        return "".join(str(_DIGITS[c]) for c in text).lstrip("0") or "0"
    tens, _, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return text
    return str(10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0))
