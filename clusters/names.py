"""Names of organisations: one spelling for what reads the same, and a thesaurus for the rest.

Cleaning never merges two names that look different: it folds compatibility forms (full-width
letters, ligatures), blanks, invisible characters, and Cyrillic or Greek letters in a word
made of look-alikes only (``ОРРО`` printed with Cyrillic capitals is ``OPPO``). Case is kept.
Whatever else is one organisation has to be said in a thesaurus.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

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


def without_controls(text: str) -> str:
    r"""Drop control and invisible characters; line breaks and tabs stay as blanks.

    Examples
    --------
    >>> without_controls("a\u200bb\nc")
    'ab\nc'
    """
    return _INVISIBLE.sub("", text)


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
    return {variant: _end_of_chain(variant, step) for variant in step}


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
