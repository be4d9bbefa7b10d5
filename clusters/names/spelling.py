"""Spelling of names, one for what reads the same, and the chains of a thesaurus.

Cleaning never merges two names that look different: it folds compatibility forms (full-width
letters, ligatures), blanks, invisible characters, and Cyrillic or Greek letters in a word
made of look-alikes only (``ОРРО`` printed with Cyrillic capitals is ``OPPO``). Case is kept.
Whatever else is one organisation has to be said in a thesaurus.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from clusters.errors import DataError

# Only letters whose usual printed form is the same; к, м, т and the like differ in lower case.
_CYRILLIC = dict(zip("АВЕЅІЈКМНОРСТУХԚԜаеѕіјорсухԛԝһ", "ABESIJKMHOPCTYXQWaesijopcyxqwh", strict=True))
_GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo", strict=True))
_ALIKE = str.maketrans(_CYRILLIC | _GREEK)
_FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_WORD = re.compile(r"[^\W\d_]+")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)

_BLANKS = re.compile(r"[^\S\n]{2,}|[^\S \n]")
_AROUND_FEED = re.compile(" ?\n ?")
_STEP = 1 << 24


def _unsure(sure: Iterable[int]) -> NDArray[np.bool_]:
    table = np.ones(256, bool)
    table[list(sure)] = False
    return table


# First bytes E4 to E9 with their two following bytes are the characters U+4000 to U+9FFF.
_UNSURE = _unsure([*range(0x21, 0x7F), *range(0x80, 0xC0), *range(0xE4, 0xEA)])
_UNSURE_FOLDED = _UNSURE.copy()
_UNSURE_FOLDED[0x41:0x5B] = True


def clean(name: str) -> str:
    r"""Return the spelling under which a name is counted; empty if nothing is left.

    Examples
    --------
    >>> clean(" ＯＰＰＯ  （深圳） "), clean("ОРРО"), clean("a\x00b")
    ('OPPO (深圳)', 'OPPO', 'ab')
    """
    if name.isascii() and name.isprintable():
        return " ".join(name.split())
    return tidy(fold_lookalikes(without_controls(name)))


def tidy(text: str) -> str:
    """Fold compatibility forms, trim, and make every run of blanks one space."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def clean_lines(text: str) -> str:
    r"""Do on every line of a text what ``clean`` does on one name.

    Examples
    --------
    >>> clean_lines(" ＯＰＰＯ  （深圳） \nОРРО\na\x00b")
    'OPPO (深圳)\nOPPO\nab'
    """
    return tidy_lines(fold_lookalikes(without_controls(text)))


def tidy_lines(text: str) -> str:
    r"""Do on every line of a text what ``tidy`` does on one text.

    Examples
    --------
    >>> tidy_lines(" a  b\n\u3000ｃ")
    'a b\nc'
    """
    return _AROUND_FEED.sub("\n", _BLANKS.sub(" ", unicodedata.normalize("NFKC", text))).strip(" ")


def casefold_lines(text: str) -> str:
    """Return the form in which names are compared that differ in case or blanks only.

    Examples
    --------
    >>> casefold_lines("VI VO")
    'vivo'
    """
    return text.casefold().replace(" ", "")


def plain(data: NDArray[np.uint8], offsets: NDArray[np.int64], *, folded: bool = False) -> NDArray[np.bool_]:
    """Tell which of many texts stay as they are when cleaned, looking at their bytes only.

    That is sure of Chinese characters (U+4000 to U+9FFF), printable ASCII characters, and
    single blanks within a text; any other text has to be looked at by itself.

    Parameters
    ----------
    data
        The texts in UTF-8, one behind the other.
    offsets
        Where each begins, and where the last one ends.
    folded
        Take blanks and capital letters for something to be looked at as well.

    Examples
    --------
    >>> data = np.frombuffer("华为OPPO （a b".encode(), np.uint8)
    >>> plain(data, np.array([0, 10, 11, 14, 17])).tolist()
    [True, False, False, True]
    """
    result = np.diff(offsets) > 0
    for start in range(0, len(data), _STEP):
        part = data[start : start + _STEP]
        odd = np.flatnonzero((_UNSURE_FOLDED if folded else _UNSURE)[part]) + start
        if not folded:
            odd = odd[(data[odd] != 32) | _outer_blank(data, offsets, odd)]
        result[np.searchsorted(offsets, odd, "right") - 1] = False
    return result


def _outer_blank(
    data: NDArray[np.uint8], offsets: NDArray[np.int64], at: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Tell which blanks stand at either end of a text or beside another blank."""
    before = np.searchsorted(offsets, at, "right")
    edge = (offsets[before - 1] == at) | (offsets[np.minimum(before, offsets.size - 1)] == at + 1)
    beside: NDArray[np.bool_] = edge | (data[np.maximum(at - 1, 0)] == 32)
    return beside


def without_controls(text: str) -> str:
    r"""Drop control and invisible characters; line breaks and tabs stay as blanks.

    Examples
    --------
    >>> without_controls("a\u200bb\nc")
    'ab\nc'
    """
    return _INVISIBLE.sub("", text)


def hides(text: str) -> bool:
    r"""Tell whether a text may hold what ``clean`` changes beyond blanks and forms, or lost characters.

    Examples
    --------
    >>> hides("华为（深圳）"), hides("a\x00b"), hides("ОРРО")
    (False, True, True)
    """
    return bool(_INVISIBLE.search(text) or _FOREIGN.search(text)) or "\ufffd" in text


def fold_lookalikes(text: str) -> str:
    """Write words of Cyrillic or Greek look-alike letters in Latin ones.

    A word with a letter of its own alphabet is a real Russian or Greek word and stays.

    Examples
    --------
    >>> fold_lookalikes("ОРРО"), fold_lookalikes("Ростелеком"), fold_lookalikes("Αlibaba")
    ('OPPO', 'Ростелеком', 'Alibaba')
    """
    if not _FOREIGN.search(text):
        return text
    return _WORD.sub(lambda match: _folded_word(match[0]), text)


def _folded_word(word: str) -> str:
    folded = word.translate(_ALIKE)
    return word if _FOREIGN.search(folded) else folded


def resolve(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Follow the chains of a thesaurus: every variant leads to its last preferred name.

    Raises ``DataError`` for a variant with two preferred names and for a circle.

    Examples
    --------
    >>> resolve([("华为技术", "华为公司"), ("华为公司", "华为")])
    {'华为技术': '华为', '华为公司': '华为'}
    """
    step: dict[str, str] = {}
    for variant, preferred in pairs:
        if variant == preferred:
            continue
        if step.setdefault(variant, preferred) != preferred:
            raise DataError(
                f"thesaurus: {variant!r} is replaced by {step[variant]!r} and by {preferred!r}",
                hint="give every variant one preferred name",
            )
    # Most preferred names are no variants: only the others have a chain to follow.
    return {
        variant: _end_of_chain(variant, step) if preferred in step else preferred
        for variant, preferred in step.items()
    }


def _end_of_chain(variant: str, step: Mapping[str, str]) -> str:
    seen = {variant}
    name = step[variant]
    while name in step:
        if name in seen:
            raise DataError(
                f"thesaurus: {variant!r} and {step[variant]!r} replace each other in a circle",
                hint="take one of the lines out",
            )
        seen.add(name)
        name = step[name]
    return name
