"""What a spelling can mean: the units behind every name that free text may hold.

A unit is a place with the units it lies in. Names come from ``places.csv``, ``former_places.csv``
(renamed, merged or abolished since 1980) and ``counties.csv`` (districts and county-level cities
that are often named without their city). A short name of a county is *bare*: it counts only after
the province or city that it lies in.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from clusters.places import official
from clusters.places.countries import fold

OFFICIAL, SHORT, ENGLISH, ALIAS, FORMER = "official", "short", "english", "alias", "former"
_SUFFIX = re.compile(r"(?:[省市区县旗盟]|地区|自治州|新区|(?<=.[^州])州)$")
_AUTONOMOUS = re.compile(r"^(.{2}?)\w*族自治县$")
_LOOSE_PROVINCES = ("广西", "宁夏", "新疆", "西藏", "内蒙古")
TERRITORIES = {"香港特别行政区": "HK", "澳门特别行政区": "MO", "台湾省": "TW"}
_CJK = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Unit:
    """One meaning of a spelling."""

    province: str
    city: str | None
    county: str | None
    how: str
    strong: bool
    """The spelling carries its administrative suffix."""
    bare: bool = False

    @property
    def level(self) -> str:
        """``county``, ``city`` or ``province``; a municipality is a city."""
        return "county" if self.county else "city" if self.city else "province"

    @property
    def path(self) -> tuple[str, str | None, str | None]:
        """Province, city and county."""
        return self.province, self.city, self.county

    @property
    def depth(self) -> int:
        """How many levels below the province are known."""
        return (self.city is not None) + (self.county is not None)

    @property
    def country(self) -> str:
        """ISO alpha-2 code of the country or territory."""
        return TERRITORIES.get(self.province, "CN")

    def said(self) -> str:
        """Name the unit and what it lies in, as a candidate is printed."""
        names = list(dict.fromkeys(filter(None, (self.county, self.city, self.province))))
        return names[0] if len(names) == 1 else f"{names[0]} ({', '.join(names[1:])})"


def merged(one: Unit, two: Unit) -> Unit | None:
    """Return the deeper of two units one of which lies in the other; None where neither does."""
    for a, b in zip(one.path, two.path, strict=True):
        if a is not None and b is not None and a != b:
            return None
    return two if two.depth >= one.depth else one


@cache
def chinese() -> Mapping[str, tuple[Unit, ...]]:
    """Map every Chinese spelling to its units, the best way to be so called first."""
    return _collected(_chinese())


@cache
def latin() -> Mapping[str, tuple[Unit, ...]]:
    """Map every folded English name or romanisation to its units."""
    return _collected(_latin())


@cache
def longest() -> int:
    """Return the length of the longest Chinese spelling."""
    return max(map(len, chinese()))


def _collected(pairs: Iterator[tuple[str, Unit]]) -> dict[str, tuple[Unit, ...]]:
    found: dict[str, dict[tuple[str, str | None, str | None], Unit]] = defaultdict(dict)
    for spelling, unit in pairs:
        kept = found[spelling].setdefault(unit.path, unit)
        if kept.bare and not unit.bare:
            found[spelling][unit.path] = unit
    return {spelling: _without_twins(list(units.values())) for spelling, units in found.items()}


def _without_twins(units: Sequence[Unit]) -> tuple[Unit, ...]:
    """Leave out bare counties where the same name is the city that they lie in, as 和田 and 和田市."""
    cities = {(u.province, u.city) for u in units if u.level == "city"}
    return tuple(u for u in units if not (u.bare and (u.province, u.city) in cities))


def unit_of(place: official.Place, how: str, spelling: str) -> Unit:
    """Return a place as a unit that a spelling names."""
    top = place.level == official.PROVINCE
    city = place.name_zh if not top or place.capital_zh == place.name_zh else None
    return Unit(place.province_zh, city, None, how, bool(_SUFFIX.search(spelling)))


def _chinese() -> Iterator[tuple[str, Unit]]:
    for place in official.all_places():
        yield place.name_zh, unit_of(place, OFFICIAL, place.name_zh)
    former = dict(_former())
    for place in official.all_places():
        bare = re.sub(r"[州县]$", "", place.short_zh) if "自治" in place.name_zh else place.short_zh
        for name in (place.short_zh, bare):
            yield name, unit_of(place, SHORT, name)
        for name in (*place.aliases, *_variants(place, bare)):
            if _CJK.search(name) and name not in former:
                yield name, unit_of(place, ALIAS, name)
    for name, units in former.items():
        yield from ((name, unit) for unit in units)
    for row in official.read_reference("counties.csv"):
        name, how = row["name_zh"], FORMER if row["until"] else OFFICIAL
        where = (row["province_zh"], row["city_zh"] or None, name)
        strong = bool(_SUFFIX.search(name))
        yield name, Unit(*where, how, strong, bare=not strong)
        stem = _stem(name)
        if len(stem) > 1:
            yield stem, Unit(*where, SHORT, strong=False, bare=True)
            if name.endswith("自治县"):
                yield f"{stem}县", Unit(*where, ALIAS, strong=True)


def _stem(name: str) -> str:
    found = _AUTONOMOUS.match(name)
    return found[1] if found else re.sub(r"(新区|[市区县])$", "", name)


def _variants(place: official.Place, bare: str) -> Iterator[str]:
    """Yield further forms in use: 延边州, 延边自治州, 广西省, 广西自治区, 中国香港, 香港特区."""
    if place.name_zh.endswith("自治州"):
        yield from (f"{bare}州", f"{bare}自治州")
    if place.name_zh.endswith("自治县"):
        yield f"{bare}县"
    if place.level == official.PROVINCE:
        if bare in _LOOSE_PROVINCES:
            yield from (f"{bare}省", f"{bare}自治区")
        if place.name_zh in TERRITORIES:
            yield from (f"中国{bare}", f"{bare}特区", f"{bare}地区", f"中国{place.name_zh}")


@cache
def former_names() -> frozenset[str]:
    """Return the former names, with and without their suffix."""
    return frozenset(name for name, _ in _former())


def _former() -> Iterator[tuple[str, list[Unit]]]:
    """Yield former names, those of cities and leagues also without their suffix."""
    current = {name for p in official.all_places() for name in (p.name_zh, p.short_zh)}
    for row in official.read_reference("former_places.csv"):
        stem = row["name_zh"][:-1]
        names = [row["name_zh"]]
        if row["name_zh"][-1] in "市盟" and len(stem) > 1 and stem not in current:
            names.append(stem)
        for name in names:
            found = [official.place(now) for now in row["now_zh"].split(";")]
            yield name, [unit_of(place, FORMER, name) for place in found if place is not None]


def _latin() -> Iterator[tuple[str, Unit]]:
    for place in official.all_places():
        yield fold(place.name_en), unit_of(place, ENGLISH, "")
        for name in place.aliases:
            if not _CJK.search(name):
                yield fold(name), unit_of(place, ALIAS, "")
    # The city of Jilin and the prefecture of Hainan share their name with a province.
    for place in official.all_places():
        for word in (" City", " Prefecture"):
            if place.name_en.endswith(word):
                yield fold(place.name_en.removesuffix(word)), unit_of(place, ENGLISH, "")
    for row in official.read_reference("former_places.csv"):
        for now in row["now_zh"].split(";") if row["name_en"] else ():
            found = official.place(now)
            if found is not None:
                yield fold(row["name_en"]), unit_of(found, FORMER, "")
    for row in official.read_reference("counties.csv"):
        if row["name_en"]:
            where = (row["province_zh"], row["city_zh"] or None, row["name_zh"])
            yield fold(row["name_en"]), Unit(*where, ENGLISH, strong=False, bare=True)
