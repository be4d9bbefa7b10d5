"""Free text and addresses to province, city and country; what is not sure is said, not guessed.

A text is resolved if exactly one place fits all that it says, with the province that the row may
name in another column. Otherwise it is *ambiguous* (several places fit), a *contradiction* (its parts,
or the text and the province, do not fit together), *unknown*, or *missing*; what all candidates share,
such as the province, is still given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from clusters.places import _chinese, _latin, _units, official
from clusters.places._chinese import Found
from clusters.places._units import Unit
from clusters.places.countries import CHINA

AMBIGUOUS, CONTRADICTION, UNKNOWN, MISSING = "ambiguous", "contradiction", "unknown", "missing"
NOT_READ = (AMBIGUOUS, CONTRADICTION, UNKNOWN, MISSING)
COUNTRY, ADDRESS, ABROAD = "country", "address", "abroad"
_CJK = re.compile("[\u3400-\u9fff]")
_NOTHING = frozenset(
    [
        "-",
        "--",
        "—",
        "/",
        "\\",
        ".",
        "?",
        "na",
        "n/a",
        "nan",
        "none",
        "null",
        "unknown",
        "unspecified",
        "无",
        "未知",
        "不详",
        "不明",
        "未披露",
        "未公开",
        "其他",
        "暂无",
        "缺失",
    ]
)
_OUTSIDE = frozenset(["海外", "境外", "国外", "外国", "overseas", "abroad", "foreign"])
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_LETTERSPACED = re.compile("(?:[\u3400-\u9fff] )+[\u3400-\u9fff]")
_MOST_CANDIDATES = 12
_LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class Resolved:
    """How one text was read."""

    level: str = ""
    """``county``, ``city``, ``province``, ``country`` or ``abroad``; empty where it is not resolved."""
    province: str | None = None
    """Official Chinese name; also where only the city is not sure."""
    city: str | None = None
    county: str | None = None
    country: str | None = None
    """ISO 3166-1 alpha-2."""
    code: str | None = None
    """Six digits of GB/T 2260 of the city or province, or the alpha-2 code of a country abroad."""
    how: str = UNKNOWN
    """``official``, ``short``, ``english``, ``alias``, ``former``, ``address`` or ``country``; or why it
    is not resolved: ``ambiguous``, ``contradiction``, ``unknown``, ``missing``."""
    candidates: tuple[str, ...] = ()
    """What it may mean, where it is not resolved."""

    @property
    def known(self) -> bool:
        """Whether the text is resolved."""
        return self.how not in NOT_READ


def resolve(text: object, province: object = None, *, level: str | None = None) -> Resolved:
    """Read a place name, an address or any free text.

    Parameters
    ----------
    text
        Any value; what is not text is missing.
    province
        What the same row says of the province, in any spelling; ignored where it is none.
    level
        ``"province"`` or ``"city"`` where the text stands in a column of these: a name that exactly
        one place of this level bears (吉林, 朝阳) is that place then.

    Returns
    -------
    Resolved
        See there; ``known`` tells whether exactly one place fits. A municipality is province
        and city; Hong Kong, Macao and Taiwan have no city.

    Examples
    --------
    >>> resolve("广东省深圳市南山区科技园").city, resolve("Suzhou, Jiangsu").city, resolve("襄樊").city
    ('深圳市', '苏州市', '襄阳市')
    >>> resolve("吉林").how, resolve("吉林").candidates
    ('ambiguous', ('吉林省', '吉林市 (吉林省)'))
    >>> resolve("朝阳区").candidates, resolve("朝阳区", province="吉林").city
    (('朝阳区 (北京市)', '朝阳区 (长春市, 吉林省)'), '长春市')
    """
    if not isinstance(text, str):
        return Resolved(how=MISSING)
    plain = _tidied(text)
    if not plain or plain.casefold() in _NOTHING:
        return Resolved(how=MISSING, candidates=("NA (Namibia)",) if plain == "NA" else ())
    if plain.casefold() in _OUTSIDE:
        return Resolved(level=ABROAD, how=_units.ALIAS)
    given = _given(province)
    if level is not None and (name := _EXACT.get(level, _nothing)(plain)) is not None:
        return _exact(plain, name, given)
    read = _chinese.read if _CJK.search(plain) else _latin.read
    return _result(read(plain, given), given)


def resolve_all(
    texts: Iterable[object], provinces: Iterable[object] | None = None, *, level: str | None = None
) -> list[Resolved]:
    """Read many texts; each different one (with its province) is looked at once.

    Examples
    --------
    >>> [r.city for r in resolve_all(["深圳", "Suzhou", "深圳"], [None, "Anhui", None])]
    ['深圳市', '宿州市', '深圳市']
    """
    rows = list(texts)
    beside = [None] * len(rows) if provinces is None else list(provinces)
    seen: dict[tuple[Hashable, Hashable], Resolved] = {}
    result = []
    for text, province in zip(rows, beside, strict=True):
        key = (text if isinstance(text, str) else None, province if isinstance(province, str) else None)
        if key not in seen:
            seen[key] = resolve(*key, level=level)
        result.append(seen[key])
    return result


def _nothing(name: object) -> str | None:
    return None


_EXACT = {official.PROVINCE: official.province, official.CITY: official.city}


def _exact(text: str, name: str, given: Unit | None) -> Resolved:
    """Read a text as the place of a level whose name it is."""
    place = official.place(name)
    assert place is not None
    how = (
        *((_units.OFFICIAL, place.name_zh), (_units.SHORT, place.short_zh)),
        *((_units.FORMER, old) for old in _units.former_names() if old in place.aliases),
        *((_units.ALIAS, alias) for alias in place.aliases),
    )
    said = next((one for one, spelling in how if spelling == text), "")
    said = said or (_units.ENGLISH if text.isascii() else _units.ALIAS)
    unit = _units.unit_of(place, said, text)
    if given is not None and unit.province != given.province:
        return Resolved(how=CONTRADICTION, candidates=_said([given, unit]))
    return _result(Found(units=[unit], exact=True, sure=True), given)


def _tidied(text: str) -> str:
    """Fold width and blanks and drop what cannot be seen; a very long text is read from its beginning."""
    text = unicodedata.normalize("NFKC", text[:_LONGEST_TEXT])
    text = " ".join(_INVISIBLE.sub("", text).split())
    return text.replace(" ", "") if _LETTERSPACED.fullmatch(text) else text


def _given(province: object) -> Unit | None:
    """Return the province of another column as a unit without a city."""
    name = official.province(province)
    if name is None and isinstance(province, str) and province.strip():
        # The province column may be as free as the text itself.
        name = resolve(province).province
    return None if name is None else Unit(name, None, None, "", strong=False)


def _result(found: Found, given: Unit | None) -> Resolved:
    units = _distinct(found.units)
    if found.against:
        before = units or ([given] if given is not None else [])
        return Resolved(how=CONTRADICTION, candidates=_said([*before, *_distinct(found.against)]))
    if not units:
        if found.country is None:
            return Resolved()
        how = COUNTRY if found.exact or found.country == CHINA else ADDRESS
        return Resolved(level=COUNTRY, country=found.country, code=found.country, how=how)
    if not found.sure:
        return Resolved(how=UNKNOWN, candidates=_said(units))
    if len(units) > 1:
        provinces = {unit.province for unit in units}
        shared = next(iter(provinces)) if len(provinces) == 1 else None
        countries = {unit.country for unit in units}
        land = next(iter(countries)) if len(countries) == 1 else None
        return Resolved(province=shared, country=land, how=AMBIGUOUS, candidates=_said(units))
    unit = units[0]
    named = official.place(unit.city or unit.province)
    return Resolved(
        level=unit.level,
        province=unit.province,
        city=unit.city,
        county=unit.county,
        country=unit.country,
        code=None if named is None else named.code,
        how=unit.how if found.exact and unit.how else ADDRESS,
    )


def _distinct(units: Iterable[Unit]) -> list[Unit]:
    """Keep one unit for each city, in the order of codes; of its counties only where it is one."""
    by_city: dict[tuple[str, str | None], list[Unit]] = {}
    for unit in units:
        by_city.setdefault((unit.province, unit.city), []).append(unit)
    result = []
    for group in by_city.values():
        counties = {unit.county for unit in group}
        best = min(group, key=lambda unit: unit.depth)
        result.append(best if len(counties) == 1 or best.county is None else group[0])
    return sorted(result, key=lambda u: (official.sort_key(u.city or u.province), u.depth))


def _said(units: Iterable[Unit]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(unit.said() for unit in units))[:_MOST_CANDIDATES]
