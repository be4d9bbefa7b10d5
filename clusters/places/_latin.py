"""Places in Latin letters: English names and romanisations, the part after the last comma first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from clusters.places import _units
from clusters.places._chinese import Found, all_merged, with_namesakes
from clusters.places._units import TERRITORIES, Unit, merged
from clusters.places.countries import CHINA, codes, country, fold, names

_PARTS = re.compile(r"[,;/|()\[\]<>\n·•]+|\s[-–—]\s")
_NUMBER = re.compile(r"\S*\d\S*")
_SUFFIXES = {
    "province": ("province", "sheng", "autonomous region", "zizhiqu", "sar", "special administrative region"),
    "city": ("city", "shi", "municipality", "prefecture", "autonomous prefecture", "prefecture-level city"),
    "county": ("district", "county", "new district", "new area", "qu", "xian"),
}
_LONGEST = 6
_TERRITORY = {code: province for province, code in TERRITORIES.items()}


def read(text: str, given: Unit | None = None) -> Found:
    """Read a text without Chinese characters; ``given`` is the province named elsewhere in the row."""
    parts = [part.strip(" .:'\"-") for part in _PARTS.split(text)]
    parts = [cleaned for part in parts if (cleaned := " ".join(_NUMBER.sub(" ", part).split()))]
    whole = _meanings(" ".join(parts)) if len(parts) > 1 else None
    if whole is not None:
        parts = [" ".join(parts)]
    found = Found(exact=len(parts) == 1)
    here = [] if given is None else [given]
    named = False
    for part in reversed(parts):
        names_here = _read_part(part)
        if names_here is None:
            continue
        found.exact = found.exact and len(names_here) == 1
        for meaning in reversed(names_here):
            if isinstance(meaning, str):
                if meaning != CHINA and not named:
                    return Found(country=meaning, exact=found.exact, sure=True)
                found.country = found.country or (CHINA if meaning == CHINA else None)
                continue
            units = list(meaning) if here else with_namesakes([u for u in meaning if not u.bare], meaning)
            if not units:
                found.units = found.units or list(meaning)
                continue
            deeper = all_merged(here, units) if here else units
            if not deeper:
                found.against = units
                found.units = here
                return found
            here, named = deeper, True
    if named:
        found.units, found.sure = here, True
    return found


Meaning = Sequence[Unit] | str
"""Units of China, or the code of a country."""


def _read_part(part: str) -> list[Meaning] | None:
    """Read a part as names that cover all its words; None where they do not."""
    words = part.replace("-", " ").split() if _meanings(part) is None else [part]
    found = _covering(tuple(words)) if len(words) <= 12 else None
    return found or _run_together(part)


def _run_together(part: str) -> list[Meaning] | None:
    """Read a province and a city in it that are written as one word: GuangdongShenzhen."""
    key = fold(part) if " " not in part else ""
    for at in range(5, len(key) - 2):
        before, behind = _units.latin().get(key[:at], ()), _units.latin().get(key[at:], ())
        provinces, cities = [u for u in before if u.depth == 0], [u for u in behind if u.level == "city"]
        if any(merged(one, u) for one in provinces for u in cities):
            # The names of a part are taken from the right, so the province comes last.
            return [cities, provinces]
    return None


def _covering(words: tuple[str, ...]) -> list[Meaning] | None:
    if not words:
        return []
    for size in range(min(_LONGEST, len(words)), 0, -1):
        meaning = _meanings(" ".join(words[:size]))
        if meaning is None:
            continue
        further = _covering(words[size:])
        if further is not None:
            return [meaning, *further]
    return None


@cache
def _suffixes() -> tuple[tuple[str, str], ...]:
    pairs = [(f" {suffix}", level) for level, group in _SUFFIXES.items() for suffix in group]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def _meanings(name: str) -> Meaning | None:
    """Return what one name can mean."""
    key = fold(name)
    if not key:
        return None
    code = codes().get(name) if name.isupper() and name != "NA" else None
    code = code or names().get(key) or (country(name) if "." in name else None)
    if code in _TERRITORY:
        return [replace(u, how=_units.ENGLISH) for u in _units.chinese()[_TERRITORY[code]]]
    units = _units.latin().get(key)
    lowered = name.casefold()
    if units is None or _plain(lowered):
        for suffix, level in _suffixes():
            if lowered.endswith(suffix):
                stripped = _units.latin().get(fold(name[: -len(suffix)]), ())
                fitting = [u for u in stripped if _is(u, level)]
                if fitting:
                    return [_as_strong(u) for u in fitting] if level == "county" else fitting
    if units is None:
        return code
    return list(units)


def _plain(lowered: str) -> bool:
    """Tell whether a name has a suffix that may tell its namesakes apart: Jilin City."""
    return any(lowered.endswith(suffix) for suffix, _ in _suffixes())


def _is(unit: Unit, level: str) -> bool:
    if level == "province":
        return unit.depth == 0 or unit.city == unit.province
    return unit.level == level


def _as_strong(unit: Unit) -> Unit:
    return Unit(*unit.path, unit.how, strong=True)
