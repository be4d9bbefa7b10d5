"""Countries and territories by ISO 3166-1 code, by their Chinese or English name, or by another name.

``reference/countries.csv`` lists 250 of them with alpha-2 and alpha-3 code; ``EL`` and ``UK`` are
the codes of the European Union for Greece and the United Kingdom. Names and codes of one country
are one; what is not listed stays as it is. ``NA`` is the code of Namibia and also how a missing
cell is often written, so it is a country only among codes.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from clusters.places.official import city, province, read_reference

CHINA = "CN"
_CODE = re.compile(r"[A-Z]{2,3}")
_SUFFIXES = ("共和国", "王国", "联邦")


@dataclass(frozen=True, slots=True)
class Country:
    """One country or territory."""

    code: str
    """ISO 3166-1 alpha-2."""
    alpha3: str
    name_en: str
    name_zh: str
    aliases: tuple[str, ...]


def country(name: object) -> str | None:
    """Return the ISO alpha-2 code of a country, or None.

    Codes count in capital letters only, so that ``it`` and ``no`` are words; ``NA`` alone is none
    (see ``country_forms`` for a column).

    Examples
    --------
    >>> country("中国"), country("CHN"), country("P.R. China"), country("EL"), country("Atlantis")
    ('CN', 'CN', 'CN', 'GR', None)
    >>> country("NA"), country("Namibia")
    (None, 'NA')
    """
    if not isinstance(name, str):
        return None
    text = " ".join(unicodedata.normalize("NFKC", name).split())
    if _CODE.fullmatch(text):
        found = codes().get(text)
        if found is not None or text == "NA":
            return found if text != "NA" else None
    return names().get(fold(text))


def country_name(code: str, lang: str = "en") -> str:
    """Return the printed name of a country by its alpha-2 code; other text stays as it is.

    Examples
    --------
    >>> country_name("DE"), country_name("DE", "zh"), country_name("HK", "zh"), country_name("EU")
    ('Germany', '德国', '中国香港', 'EU')
    """
    found = _by_code().get(code)
    return code if found is None else found.name_zh if lang == "zh" else found.name_en


def country_forms(labels: Iterable[str]) -> dict[str, str]:
    """Say how the labels of countries are to be written so that one country has one label.

    Parameters
    ----------
    labels
        All different labels of the columns that are to agree.

    Returns
    -------
    dict
        Old to new label, only where it changes. As long as no country occurs under two labels,
        nothing does. Otherwise all known ones take the form that most of them have: alpha-2
        codes, Chinese or English names (in this order on ties). Unknown labels stay.

    Examples
    --------
    >>> country_forms(["DE", "EL", "UK"])
    {}
    >>> country_forms(["DE", "EL", "CN", "China", "中国"])
    {'EL': 'GR', 'China': 'CN', '中国': 'CN'}
    >>> country_forms(["德国", "美国", "USA"])
    {'USA': '美国'}
    """
    distinct = list(dict.fromkeys(labels))
    known = {text: code for text in distinct if (code := country(text)) is not None}
    forms = Counter(_form(text) for text in known)
    form = max(("code", "zh", "en"), key=lambda one: forms[one])
    if form == "code" and "NA" in distinct and forms["code"]:
        known["NA"] = "NA"
    bearers = Counter(known.values())
    if not any(count > 1 for count in bearers.values()):
        return {}
    written = {text: code if form == "code" else country_name(code, form) for text, code in known.items()}
    return {text: new for text, new in written.items() if new != text}


def named(name: str, among: Iterable[object]) -> str:
    """Return the place among some that a name means: itself, or the one that it is another name of.

    Examples
    --------
    >>> named("北京", ["北京市", "广东省"]), named("Shenzhen", ["深圳市"]), named("Paris", ["北京市"])
    ('北京市', '深圳市', 'Paris')
    >>> named("China", ["CN", "DE"])
    'CN'
    """
    known = list(among)
    meant = next((one for one in (name, province(name), city(name)) if one in known), None)
    if meant is None and (code := country(name)) is not None:
        meant = next((str(one) for one in known if country(one) == code), None)
    return meant or name


def _form(text: str) -> str:
    if _CODE.fullmatch(text) and text in codes():
        return "code"
    return "en" if text.isascii() else "zh"


def fold(text: str) -> str:
    """Bring spellings of one name together: width, case, accents, points and spaces.

    Examples
    --------
    >>> fold("Côte d’Ivoire"), fold("U.S.A."), fold(" 中国 香港")
    ('cotedivoire', 'usa', '中国香港')
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in plain if c.isalnum() and not unicodedata.combining(c)).removeprefix("the")


@cache
def all_countries() -> tuple[Country, ...]:
    """Return all countries in the order of their codes."""
    return tuple(
        Country(
            code=row["code"],
            alpha3=row["alpha3"],
            name_en=row["name_en"],
            name_zh=row["name_zh"],
            aliases=tuple(filter(None, row["aliases"].split("|"))),
        )
        for row in read_reference("countries.csv")
    )


@cache
def _by_code() -> Mapping[str, Country]:
    return {one.code: one for one in all_countries()}


@cache
def codes() -> Mapping[str, str]:
    """Map every code (alpha-2, alpha-3, EL, UK) to the alpha-2 code."""
    result = {}
    for one in all_countries():
        short = [alias for alias in one.aliases if _CODE.fullmatch(alias)]
        result.update(dict.fromkeys((one.code, one.alpha3, *short), one.code))
    return result


@cache
def names() -> Mapping[str, str]:
    """Map every folded name that one country bears to its alpha-2 code."""
    bearers: dict[str, set[str]] = defaultdict(set)
    for one in all_countries():
        for name in (one.name_en, one.name_zh, *one.aliases):
            if not re.fullmatch(r"[A-Z]{2}", name):
                bearers[fold(name)].add(one.code)
    return {name: next(iter(found)) for name, found in bearers.items() if len(found) == 1}
