"""The words that names are made of, from ``reference/name_words.toml``, and places that begin them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from clusters import places


@cache
def table(section: str) -> dict[str, tuple[str, ...]]:
    """Return the words of each meaning of one section; those of several words end in a semicolon."""
    return {
        meaning: tuple(text.replace("\n", " ").split(";" if ";" in text else None))
        for meaning, text in _content()[section].items()
    }


@cache
def _content() -> dict[str, dict[str, str]]:
    text = (resources.files("clusters.reference") / "name_words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def meanings(section: str) -> Mapping[str, str]:
    """Return the meaning of each word of one section."""
    return {" ".join(word.split()): meaning for meaning, group in table(section).items() for word in group}


@cache
def suffixes(section: str) -> Mapping[str, Mapping[str, str]]:
    """Return the Chinese words of a section by their last character, the longest first."""
    result: dict[str, dict[str, str]] = {}
    for word, meaning in sorted(meanings(section).items(), key=lambda item: -len(item[0])):
        result.setdefault(word[-1], {})[word] = meaning
    return result


def suffix(text: str, section: str) -> tuple[str, str] | None:
    """Return the longest word of a section that a Chinese text ends in, with its meaning."""
    for word, meaning in suffixes(section).get(text[-1:], {}).items():
        if text.endswith(word):
            return word, meaning
    return None


@cache
def chinese_places() -> Mapping[str, str]:
    """Map long and short Chinese names of provinces and cities to the official name.

    A short name of a province and of a city (吉林) is the province's.
    """
    ordinary = set(table("ordinary_places")["words"])
    found: dict[str, str] = {}
    for province in places.provinces():
        for name in (*places.cities(province), province):
            known = places.place(name)
            for form in (name, known.short_zh if known else name):
                if len(form) > 1 and form not in ordinary:
                    found[form] = name
    return found


@cache
def longest_place() -> int:
    """Return the number of characters of the longest name of a place."""
    return max(map(len, chinese_places()))


@cache
def latin_places() -> Mapping[str, str]:
    """Map English names of provinces and cities, in lower case, to the official Chinese name.

    A name of several places stays as it is: ``suzhou``.
    """
    found: dict[str, str] = {}
    for province in places.provinces():
        for name in (*places.cities(province), province):
            known = places.place(name)
            if known is not None:
                english = known.name_en.casefold().replace("'", "")
                found[english] = name if found.get(english, name) == name else english
    return found


def province_of(place: str) -> str:
    """Return the province of a place by its official name, or the place itself."""
    known = places.place(place)
    return known.province_zh if known is not None else place
