"""Provinces, cities and regions of China: official names, codes, English names, order.

``reference/places.csv`` lists the 34 province-level units, the 333 prefecture-level
units and the county-level units under direct provincial rule by their six-digit code
(GB/T 2260). ``reference/regions.csv`` says which of them make up the four regions of the
Nankai report (methods: decision D11). A municipality is a province and a city at once.
``reference/capitals.csv`` holds where the capitals of the 31 mainland provinces lie, and areas.

A name is recognised by its official form (哈尔滨市), its short form (哈尔滨) or its English
form (Harbin), and only if exactly one place of the level asked for bears it; nothing is
guessed. Two places of the same level can share an English name (Suzhou), and a city can
share its short name with a province (吉林): such names stay unresolved.

Examples
--------
>>> province("Beijing"), city("哈尔滨"), city("吉林"), city("Suzhou")
('北京市', '哈尔滨市', None, None)
>>> region("广东省", "深圳市"), region("广东省", "汕头市")
('珠江三角洲', None)
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import pandas as pd

PROVINCE, CITY = "province", "city"
PearlRiverDelta = Literal["cities", "province"]

_GUANGDONG = "广东省"
_ENGLISH_SUFFIX = re.compile(
    r" (province|municipality|city|prefecture"
    r"|autonomous region|autonomous prefecture|(special )?administrative region)$"
)


@dataclass(frozen=True, slots=True)
class Place:
    """One province-level, prefecture-level or directly administered county-level unit."""

    code: str
    """Six digits of GB/T 2260; the first two are the province."""
    level: str
    """``province``, ``prefecture`` or ``county``."""
    name_zh: str
    short_zh: str
    name_en: str
    province_zh: str
    capital_zh: str
    aliases: tuple[str, ...]


def province(name: object) -> str | None:
    """Return the official Chinese name of a province-level unit, or None.

    Examples
    --------
    >>> province("广西"), province("Inner Mongolia"), province("Guangdong Province"), province("广州")
    ('广西壮族自治区', '内蒙古自治区', '广东省', None)
    """
    return _index(PROVINCE).get(_fold(name))


def city(name: object) -> str | None:
    """Return the official Chinese name of a city, or None if unknown or borne by several.

    Prefectures, leagues and county-level units under direct provincial rule count as
    cities, and so do the four municipalities.

    Examples
    --------
    >>> city("上海"), city("大理"), city("Xi'an"), city("石河子")
    ('上海市', '大理白族自治州', '西安市', '石河子市')
    """
    return _index(CITY).get(_fold(name))


def canonical(names: pd.Series, level: str) -> pd.Series:
    """Replace the names of one level by their official Chinese names.

    Parameters
    ----------
    names
        Place names; missing values stay missing.
    level
        ``"province"`` or ``"city"``; at any other level names stay as they are.

    Returns
    -------
    Series
        Same index and length. A name that is unknown or ambiguous stays as it is.

    Examples
    --------
    >>> canonical(pd.Series(["哈尔滨", "Paris", "Suzhou"]), "city").tolist()
    ['哈尔滨市', 'Paris', 'Suzhou']
    """
    if level not in (PROVINCE, CITY):
        return names
    index = _index(level)
    known = {name: index.get(_fold(name), name) for name in names.dropna().unique()}
    return names.astype(object).map(known)


def label(name: str, lang: str = "en") -> str:
    """Return the printed name of a place or region; unknown names stay as they are.

    Parameters
    ----------
    name
        Official Chinese name, as ``province``, ``city`` and ``region`` return it.
    lang
        ``"zh"`` or ``"en"``. Cities that share an English name carry their province. Names of
        countries are translated; their codes stay, as two letters may mean other things.

    Examples
    --------
    >>> label("陕西省"), label("苏州市"), label("川渝"), label("Paris"), label("苏州市", "zh")
    ('Shaanxi', 'Suzhou (Jiangsu)', 'Sichuan-Chongqing', 'Paris', '苏州市')
    >>> label("德国"), label("Germany", "zh"), label("DE")
    ('Germany', '德国', 'DE')
    """
    if lang == "zh":
        return _foreign("en").get(name, name)
    return _english().get(name) or _foreign("zh").get(name, name)


def order(names: Iterable[str]) -> list[str]:
    """Sort official names by place code, the tie-breaking order of the flow tables.

    Names without a code come last, in the order of their characters.

    Examples
    --------
    >>> order(["Paris", "广东省", "深圳市", "北京市"])
    ['北京市', '广东省', '深圳市', 'Paris']
    """
    return sorted(names, key=sort_key)


def sort_key(name: str) -> tuple[str, str]:
    """Return what ``order`` sorts by: the place code (after all codes if unknown), then the name."""
    place = _by_name().get(name)
    return (place.code if place else "~", name)


def place(name: str) -> Place | None:
    """Return all that is known of a place by its official Chinese name, or None.

    Examples
    --------
    >>> place("汕头市").code, place("汕头市").province_zh
    ('440500', '广东省')
    """
    return _by_name().get(name)


def provinces(*, mainland: bool = False) -> list[str]:
    """Return the official names of the province-level units in the order of their codes.

    Parameters
    ----------
    mainland
        Leave out 台湾省, 香港特别行政区 and 澳门特别行政区: the 31 units of the report.

    Examples
    --------
    >>> len(provinces()), len(provinces(mainland=True)), provinces()[:2]
    (34, 31, ['北京市', '天津市'])
    """
    return [p.name_zh for p in all_places() if p.level == PROVINCE and not (mainland and p.code >= "7")]


def cities(province_zh: str) -> list[str]:
    """Return the cities of a province in the order of their codes; of a municipality itself.

    Examples
    --------
    >>> cities("海南省")[:3], cities("重庆市")
    (['海口市', '三亚市', '三沙市'], ['重庆市'])
    """
    return [p.name_zh for p in all_places() if p.province_zh == province_zh and _is_city(p)]


def capitals() -> pd.DataFrame:
    """Return where the capitals of the 31 mainland provinces lie, and how large the provinces are.

    Returns
    -------
    DataFrame
        Index ``place`` (the province), in the order of codes; ``capital``, ``latitude`` and
        ``longitude`` in decimal degrees north and east, ``area`` of the province in km2. Two decimals
        of a degree are about 1 km; what counts as the middle of a city differs by up to 15 km.

    References
    ----------
    ``clusters/reference/SOURCES.md`` says how the figures were obtained.

    Examples
    --------
    >>> capitals().loc["广东省"].to_dict()
    {'capital': '广州市', 'latitude': 23.13, 'longitude': 113.26, 'area': 179700.0}
    """
    rows = read_reference("capitals.csv")
    numbers = {"latitude": "latitude", "longitude": "longitude", "area": "area_km2"}
    return pd.DataFrame(
        {
            "capital": [row["capital_zh"] for row in rows],
            **{name: [float(row[column]) for row in rows] for name, column in numbers.items()},
        },
        index=pd.Index([row["province_zh"] for row in rows], name="place"),
    )


def region(
    province_zh: str | None, city_zh: str | None = None, *, prd: PearlRiverDelta = "cities"
) -> str | None:
    """Return the region of a place, or None outside the four regions (methods: D11).

    Parameters
    ----------
    province_zh, city_zh
        Official names.
    prd
        珠江三角洲 is its nine ``"cities"`` (default), or the whole ``"province"`` of 广东.

    References
    ----------
    Nankai report 2023, Figures 6, 11, 26, 29, 32.

    Examples
    --------
    >>> region("安徽省", "合肥市"), region("湖北省", "武汉市")
    ('长江三角洲', None)
    >>> region("广东省"), region("广东省", prd="province")
    (None, '珠江三角洲')
    """
    if prd not in ("cities", "province"):
        raise ValueError(f"prd must be 'cities' or 'province', not {prd!r}")
    table = _regions()
    if prd == "province" and province_zh == _GUANGDONG:
        return table[(_GUANGDONG, "深圳市")]
    return table.get((province_zh or "", "")) or table.get((province_zh or "", city_zh or ""))


def regions(provinces: pd.Series, cities: pd.Series, *, prd: PearlRiverDelta = "cities") -> pd.Series:
    """Return the region of each row; missing outside the four regions.

    Examples
    --------
    >>> regions(pd.Series(["上海市", "广东省"]), pd.Series(["上海市", "汕头市"])).tolist()
    ['长江三角洲', None]
    """
    pairs = list(zip(provinces.astype(object), cities.astype(object), strict=True))
    known = {pair: region(_text(pair[0]), _text(pair[1]), prd=prd) for pair in set(pairs)}
    return pd.Series([known[pair] for pair in pairs], index=provinces.index, dtype=object, name="region")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _is_city(place: Place) -> bool:
    return place.level != PROVINCE or place.capital_zh == place.name_zh


def _fold(name: object) -> str:
    """Bring spellings of one name together: width, case, spaces, apostrophes, English suffixes."""
    if not isinstance(name, str):
        return ""
    text = re.sub(r"['’ʼ]", "", unicodedata.normalize("NFKC", name).casefold())
    text = " ".join(text.replace("-", " ").split())
    if not text.isascii():
        return text.replace(" ", "")
    return _ENGLISH_SUFFIX.sub("", text)


def read_reference(file: str) -> list[dict[str, str]]:
    """Return the rows of a table in the folder ``reference``."""
    path = resources.files("clusters.reference") / file
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@cache
def all_places() -> tuple[Place, ...]:
    """Return all units of the table, in the order of their codes."""
    return tuple(
        Place(
            **{k: v for k, v in row.items() if k != "aliases"},
            aliases=tuple(filter(None, row["aliases"].split(";"))),
        )
        for row in read_reference("places.csv")
    )


@cache
def _by_name() -> Mapping[str, Place]:
    return {place.name_zh: place for place in all_places()}


def _spellings(place: Place) -> set[str]:
    bare = (
        re.sub(r"[州县]$", "", place.short_zh)
        if place.name_zh.endswith(("自治州", "自治县"))
        else place.short_zh
    )
    names = (place.name_zh, place.short_zh, bare, place.name_en, *place.aliases)
    return {_fold(name) for name in (*names, _english()[place.name_zh])}


@cache
def _index(level: str) -> Mapping[str, str]:
    """Map every spelling that one place of the level bears to its official name."""
    bearers: dict[str, set[str]] = defaultdict(set)
    reserved: set[str] = set()
    for place in all_places():
        if place.level == PROVINCE if level == PROVINCE else _is_city(place):
            for spelling in _spellings(place):
                bearers[spelling].add(place.name_zh)
        elif level == CITY:
            reserved |= _spellings(place)
    return {
        s: next(iter(names)) for s, names in bearers.items() if s and len(names) == 1 and s not in reserved
    }


@cache
def _english() -> Mapping[str, str]:
    bearers: dict[str, int] = defaultdict(int)
    for place in all_places():
        bearers[place.name_en] += 1
    names = {
        p.name_zh: p.name_en
        if bearers[p.name_en] == 1
        else f"{p.name_en} ({_by_name()[p.province_zh].name_en})"
        for p in all_places()
    }
    for row in read_reference("regions.csv"):
        names[row["region_zh"]] = row["region_en"]
        names[row["short_zh"]] = row["region_en"]
    return names


@cache
def _foreign(lang: str) -> Mapping[str, str]:
    """Map the names of countries in a language to those in the other."""
    other = {"zh": "en", "en": "zh"}[lang]
    return {row[f"name_{lang}"]: row[f"name_{other}"] for row in read_reference("countries.csv")}


@cache
def _regions() -> Mapping[tuple[str, str], str]:
    return {(row["province_zh"], row["city_zh"]): row["region_zh"] for row in read_reference("regions.csv")}
