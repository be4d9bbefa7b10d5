"""Parts of a name in Latin or other letters, which is made of words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from clusters import places
from clusters.names import _words
from clusters.names._parts import Parts, lower, roman

_POINTED = re.compile(r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?")
_APOSTROPHES = re.compile("['’‘`´]")
_SLASHED = re.compile(r"\b([a-z])/([a-z])\b")
_ODD = re.compile(r"[\W_]+")
_LEADING = {"the": "", "ooo": "limited", "oao": "stock", "zao": "stock", "pao": "stock", "ao": "stock",
            "jsc": "stock", "pjsc": "stock"}  # fmt: skip
_LONGEST_FORM = 4


def rest(text: str) -> str:
    """Return the words of a name: lower case, no accents, no points, one blank between two words.

    Examples
    --------
    >>> rest("Société Norvik S.A."), rest("A&B Møller A/S"), rest("I.B.M.")
    ('societe norvik sa', 'a and b moller as', 'ibm')
    """
    text = _APOSTROPHES.sub("", lower(text)).replace("&", " and ").replace("+", " and ")
    text = _POINTED.sub(lambda match: match[0].replace(".", ""), text)
    return " ".join(_ODD.sub(" ", _SLASHED.sub(r"\1\2", text)).split())


def bracket(text: str, parts: Parts) -> bool:
    """Take a legal form, a country or a place out of brackets; tell whether it is one."""
    text = rest(text)
    form = _words.meanings("latin_forms").get(text)
    if form is not None:
        parts.legal.append(text)
        parts.forms.add(form)
        return True
    place = _region(text)
    if place:
        parts.branch.append(place)
    return bool(place)


def peel(text: str, parts: Parts) -> None:
    """Take legal forms, branches and places from either end, until nothing is left to."""
    tokens = text.split()
    while True:
        before = len(tokens)
        tokens = _without_branch(_without_form(_without_lead(tokens, parts), parts), parts)
        tokens = _without_place(tokens, parts)
        if len(tokens) == before:
            break
    parts.core = " ".join(tokens)
    words = [_long_form(token) for token in tokens]
    parts.key = " ".join(_counted(tokens))
    parts.stem = " ".join(tokens[: stem_length(tokens)])
    kinds = _words.meanings("latin_kinds")
    parts.kind = next((kinds[word] for word in words if word in kinds), "")
    last = roman(tokens[-1]) if len(tokens) > 1 else ""
    found = [digits.lstrip("0") or "0" for digits in re.findall(r"\d+", parts.core)]
    parts.numbers = [*found, last] if last else found


@lru_cache(maxsize=1 << 16)
def singular(token: str) -> str:
    """Return the long form of a word, without the s of a plural.

    Examples
    --------
    >>> singular("technologies"), singular("univ"), singular("systems"), singular("gas")
    ('technology', 'university', 'system', 'gas')
    """
    word = _long_form(token)
    if len(word) > 5 and word.endswith("ies"):
        return word[:-3] + "y"
    return (
        word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
    )


def generic(tokens: Sequence[str]) -> bool:
    """Tell whether all of some words say only what an organisation does."""
    known = _generic()
    return all(token in known or singular(token) in known for token in tokens)


def stem_length(tokens: Sequence[str]) -> int:
    """Return how many words are left without the generic ones at the end; at least one."""
    size = len(tokens)
    while size > 1 and generic(tokens[size - 1 : size]) and not generic(tokens[: size - 1]):
        size -= 1
    return size


def _counted(tokens: Sequence[str]) -> list[str]:
    """Return the words that count in a comparison: long forms, no plurals, no articles."""
    stop = _stop()
    return [singular(token) for token in tokens if token not in stop] or list(tokens)


def _without_lead(tokens: list[str], parts: Parts) -> list[str]:
    if len(tokens) > 1 and tokens[0] in _LEADING and not generic(tokens[1:]):
        if _LEADING[tokens[0]]:
            parts.legal.append(tokens[0])
            parts.forms.add(_LEADING[tokens[0]])
        return tokens[1:]
    return tokens


def _without_form(tokens: list[str], parts: Parts) -> list[str]:
    known = _words.meanings("latin_forms")
    for size in range(min(_LONGEST_FORM, len(tokens) - 1), 0, -1):
        form = " ".join(tokens[-size:])
        if form in known and _keeps(tokens[:-size]):
            parts.legal.append(form)
            parts.forms.add(known[form])
            return tokens[:-size]
    return tokens


def _without_branch(tokens: list[str], parts: Parts) -> list[str]:
    """Take a branch with its place, or a country, from the end of a name."""
    branches = _words.meanings("branches")
    for size in (2, 1):
        if len(tokens) <= size:
            continue
        word = " ".join(tokens[-size:])
        if branches.get(word) == "latin" and not generic(tokens[:-size]):
            place, before = _place_at_end(tokens[:-size])
            parts.branch.append(f"{place} {word}".strip())
            return before
        if _region(word) and word not in _words.latin_places() and _keeps(tokens[:-size], strict=True):
            parts.branch.append(_region(word))
            return tokens[:-size]
    return tokens


def _place_at_end(tokens: list[str]) -> tuple[str, list[str]]:
    for size in (2, 1):
        found = _region(" ".join(tokens[-size:])) if len(tokens) > size else ""
        if found and not generic(tokens[:-size]):
            return found, tokens[:-size]
    return "", tokens


def _without_place(tokens: list[str], parts: Parts) -> list[str]:
    known = _words.latin_places()
    for size in (2, 1):
        head, tail = " ".join(tokens[:size]), " ".join(tokens[-size:])
        if len(tokens) > size and head in known and _keeps(tokens[size:], strict=True):
            parts.place = known[head]
            return tokens[size:]
        if len(tokens) > size and tail in known and _keeps(tokens[:-size], strict=True):
            parts.place = known[tail]
            return tokens[:-size]
    return tokens


def _keeps(tokens: Sequence[str], *, strict: bool = False) -> bool:
    """Tell whether what is left can stand alone; ``strict``: tells organisations from each other."""
    if not tokens or tokens[-1] in _stop() or tokens[0] in _stop():
        return False
    return not strict or (not generic(tokens) and not institution(tokens))


def institution(tokens: Sequence[str]) -> bool:
    """Tell whether a name is that of a university or the like, whose place is part of its name."""
    kinds = _words.meanings("latin_kinds")
    return any(_long_form(token) in kinds for token in tokens)


@lru_cache(maxsize=1 << 14)
def _region(text: str) -> str:
    """Return a country, region or place by its name, or nothing."""
    if text in _words.latin_places():
        return _words.latin_places()[text]
    if _words.meanings("branches").get(text) == "latin_regions":
        return places.country(text) or text
    return (places.country(text) or "") if len(text) > 3 else ""


@cache
def _stop() -> frozenset[str]:
    return frozenset(_words.table("latin_stop")["words"])


@cache
def _generic() -> frozenset[str]:
    return frozenset(_words.table("latin_generic")["words"])


@cache
def _abbreviations() -> Mapping[str, str]:
    return _words.meanings("latin_abbreviations")


def _long_form(token: str) -> str:
    return _abbreviations().get(token, token)
