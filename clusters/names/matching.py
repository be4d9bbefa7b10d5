"""How alike two names are, told from their features; scores from 0 to 100 by rule, not learnt.

Legal forms, places, branches and brackets are looked at apart from the core, because a measure of
whole names is misled by them: 中国电信股份有限公司 and 中国电科股份有限公司 share nine of ten
characters and are two organisations. Chinese has no blanks, so measures by words equal the plain
ratio there; short Chinese cores have to be equal, or one has to be the beginning of the other up to
words that only say what an organisation does. Names with different numbers are never one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from clusters.names import _chinese, _latin, _words
from clusters.names.features import NameFeatures

THRESHOLD = 85.0
"""Least score of a suggestion, unless another is asked for."""
PLACES_DIFFER = 70.0
"""Most that two names with different places score."""
AMBIGUOUS = 75.0
"""Most that a short name or acronym of several organisations scores."""
REASONS = (
    *("same_name", "spelling", "legal_form", "place_part", "other_name", "word_order", "short_name"),
    *("acronym", "close_spelling", "branch"),
)
_KIND_DIFFERS = 80.0
_OWN_NAME = 80.0
_COMMON = 3
LEAST_HAN, LEAST_LATIN = 6, 8
"""Fewest characters of a core whose close spellings are looked at."""
_LEAST_STEM = 5
_OPPOSITES = set("东西南北中上下前后左右内外新老大小高低甲乙丙丁")


@dataclass(frozen=True, slots=True)
class Match:
    """Score of two names and what makes them alike."""

    score: float
    reason: str
    apart: tuple[str, ...] = ()
    """What speaks against: ``place``, ``branch``, ``legal_form``, ``kind``, ``brackets``, ``ambiguous``."""


def compare(a: NameFeatures, b: NameFeatures, common: Mapping[str, int] | None = None) -> Match | None:
    """Compare two names.

    Parameters
    ----------
    a, b
        Features; the order does not matter.
    common
        In how many names of the table a word occurs: two words that both occur in three or more are
        established words, not spellings of each other.

    Returns
    -------
    Match or None
        Score from 0 to 100, ``None`` for names that have nothing in common or different numbers.
        A branch beside its head office is told by the reason ``branch``, whatever the score.

    Examples
    --------
    >>> from clusters.names.features import features
    >>> def score(one, two):
    ...     found = compare(features(one), features(two))
    ...     return found and (found.score, found.reason)
    >>> score("华芯智能科技有限公司", "华芯智能科技（深圳）股份有限公司")
    (94.0, 'branch')
    >>> score("百度", "百度在线网络技术有限公司"), score("中国电信股份有限公司", "中国电科股份有限公司")
    ((89.0, 'short_name'), None)
    >>> score("Norvik Machine Works", "NMW"), score("第一机床厂", "第二机床厂")
    ((88.0, 'acronym'), None)
    """
    if not a.core or not b.core or a.numbers != b.numbers:
        return None
    if a.spelled == b.spelled:
        return Match(100.0, "same_name" if a.name == b.name else "spelling")
    found = _of_cores(a, b, common or {})
    if found is None:
        return None
    score, reason = found
    score, apart = _less(score, reason, a, b)
    if reason == "legal_form":
        reason = "place_part" if a.place != b.place else "spelling" if _same_form(a, b) else reason
    if a.branch != b.branch:
        return Match(score, "branch", (*apart, "branch"))
    return Match(score, reason, apart)


def places_agree(one: str, two: str) -> bool:
    """Tell whether two places may be one: equal, unknown, or a province and a city in it.

    Examples
    --------
    >>> places_agree("深圳市", "广东省"), places_agree("深圳市", ""), places_agree("深圳市", "广州市")
    (True, True, False)
    """
    if not one or not two or one == two:
        return True
    provinces = _words.province_of(one), _words.province_of(two)
    return provinces[0] == provinces[1] and (one in provinces or two in provinces)


def _of_cores(a: NameFeatures, b: NameFeatures, common: Mapping[str, int]) -> tuple[float, str] | None:
    if a.key == b.key:
        return 97.0, "legal_form"
    if (squeezed := a.key.replace(" ", "")) == b.key.replace(" ", "") and len(squeezed) > 3:
        return 96.0, "spelling"
    if other := _other_name(a, b):
        return (92.0 if len(other) > 4 or not other.isascii() else 86.0), "other_name"
    if _han(a) != _han(b):
        return None
    if _han(a):
        return _short_han(a.core, b.core) or _close_han(a, b)
    return _of_words(a, b, common)


def _of_words(a: NameFeatures, b: NameFeatures, common: Mapping[str, int]) -> tuple[float, str] | None:
    one, two = a.key.split(), b.key.split()
    if sorted(one) == sorted(two):
        return 90.0, "word_order"
    if acronym_of(a, b) or acronym_of(b, a):
        return 88.0, "acronym"
    return _short_latin(one, two) or _close_latin(a, b, one, two, common)


def _less(score: float, reason: str, a: NameFeatures, b: NameFeatures) -> tuple[float, tuple[str, ...]]:
    """Take off what speaks against one organisation."""
    apart = []
    if not places_agree(a.place, b.place):
        return PLACES_DIFFER, ("place",)
    if a.place != b.place:
        score -= 2.0
    one, two = a.forms - {"group"}, b.forms - {"group"}
    if one and two and not (one & two and _one_law(a.legal_form, b.legal_form)):
        apart.append("legal_form")
        foreign = "partnership" in one | two or not _one_law(a.legal_form, b.legal_form)
        score -= 15.0 if foreign else 3.0
    if reason in ("short_name", "acronym") and (one if len(a.core) < len(b.core) else two):
        apart.append("legal_form")  # a full name of its own
        score = min(score, _OWN_NAME)
    if a.brackets and b.brackets and not set(a.brackets) & set(b.brackets):
        apart.append("brackets")
        score = min(score, _OWN_NAME)
    if ("group" in a.forms) != ("group" in b.forms):
        score -= 3.0
    if a.kind != b.kind and reason in ("short_name", "close_spelling"):
        apart.append("kind")
        score = min(score, _KIND_DIFFERS)
    return score, tuple(apart)


def _same_form(a: NameFeatures, b: NameFeatures) -> bool:
    return a.legal_form == b.legal_form


def _other_name(a: NameFeatures, b: NameFeatures) -> str:
    """Return a name that stands in brackets behind the other, as an acronym or in another script."""
    found = ({a.core, a.key} & set(b.brackets)) | ({b.core, b.key} & set(a.brackets))
    return max(found, default="")


@cache
def _laws(legal_form: str) -> frozenset[str]:
    """Return the families of laws that a Latin legal form may be of; none for a Chinese one."""
    found = set()
    for form in legal_form.split("+"):
        found |= {family for family, forms in _families().items() if form in forms}
    return frozenset(found)


@cache
def _families() -> Mapping[str, frozenset[str]]:
    table = _words.table("latin_families")
    return {family: frozenset(" ".join(form.split()) for form in forms) for family, forms in table.items()}


def _one_law(one: str, two: str) -> bool:
    """Tell whether two legal forms may be of one country."""
    first, second = _laws(one), _laws(two)
    return not first or not second or bool(first & second)


def _han(found: NameFeatures) -> bool:
    return found.script in ("han", "mixed")


def _short_han(one: str, two: str) -> tuple[float, str] | None:
    """Compare a name with its beginning: the rest may only say what the organisation does."""
    short, long = sorted((one, two), key=lambda core: (len(core), core))
    if len(short) < 2 or not long.startswith(short) or not _chinese.generic(long[len(short) :]):
        return None
    if _chinese.generic(short) or short in _words.chinese_places() or short in ("中国", "中华"):
        return None
    if len(long) > len(short) and _words.suffix(short, "chinese_kinds"):
        return None  # 某大学 and what belongs to it
    return 89.0, "short_name"


def _close_han(a: NameFeatures, b: NameFeatures) -> tuple[float, str] | None:
    """Compare long cores that differ in one character behind the second, where that may be a slip."""
    from rapidfuzz.distance import OSA

    one, two = sorted((a.core, b.core), key=lambda core: (len(core), core))
    if len(one) < LEAST_HAN or one[:2] != two[:2] or OSA.distance(one, two, score_cutoff=1) != 1:
        return None
    tails = a.core[len(a.stem) :], b.core[len(b.stem) :]
    if a.stem == b.stem or (tails[0] == tails[1] and min(len(a.stem), len(b.stem)) < _LEAST_STEM):
        return None  # two lines of business, or two short names of their own
    at = next((i for i, (x, y) in enumerate(zip(one, two, strict=False)) if x != y), len(one))
    differing = {two[at]} if len(one) < len(two) else {one[at], two[at]}
    if differing <= _OPPOSITES:
        return None
    return round(100.0 * (1 - 1 / max(len(one), len(two))) + 2.0, 1), "close_spelling"


def _short_latin(one: list[str], two: list[str]) -> tuple[float, str] | None:
    short, long = sorted((one, two), key=lambda words: (len(words), words))
    if not short or long[: len(short)] != short or not _latin.generic(long[len(short) :]):
        return None
    if _latin.generic(short) or max(map(len, short)) < 3 or _latin.institution(short):
        return None
    return 89.0, "short_name"


def acronym_of(a: NameFeatures, b: NameFeatures) -> bool:
    """Tell whether the first name is made of the initials of at least three words of the second.

    Examples
    --------
    >>> from clusters.names.features import features
    >>> acronym_of(features("IBM"), features("International Business Machines Corp."))
    True
    """
    if _han(a) or _han(b) or " " in a.core or not 3 <= len(a.core) <= 8:
        return False
    return a.core in acronyms(b)


def acronyms(found: NameFeatures) -> set[str]:
    """Return the initials of a name of three words or more, with and without ``of`` and the like."""
    words = found.core.split()
    counted = found.key.split()
    if len(counted) < 3:
        return set()
    return {"".join(word[0] for word in words), "".join(word[0] for word in counted)}


def _close_latin(
    a: NameFeatures, b: NameFeatures, one: list[str], two: list[str], common: Mapping[str, int]
) -> tuple[float, str] | None:
    """Compare names word by word: each pair of different words has to be one slip apart."""
    from rapidfuzz import fuzz
    from rapidfuzz.distance import OSA

    if min(len(a.key), len(b.key)) < LEAST_LATIN:
        return None
    joined = "".join(one), "".join(two)
    if len(one) == len(two) == 1 and (min(map(len, joined)) < 10 or OSA.distance(*joined) > 1):
        return None
    if len(one) != len(two):
        close = abs(len(one) - len(two)) == 1 and OSA.distance(*joined, score_cutoff=1) <= 1
        close = close and min(map(len, joined)) > 9 and joined[0][:2] == joined[1][:2]
    else:
        differing = [(x, y) for x, y in zip(one, two, strict=True) if x != y]
        close = len(differing) <= 2 and all(_slip(x, y, common) for x, y in differing)
    if not close:
        return None
    return round(min(93.0, float(fuzz.ratio(*joined))), 1), "close_spelling"


def _slip(one: str, two: str, common: Mapping[str, int]) -> bool:
    """Tell whether two words may be one word written in two ways."""
    from rapidfuzz.distance import OSA

    least = min(len(one), len(two))
    if least < 5 or one[0] != two[0] or min(common.get(one, 0), common.get(two, 0)) >= _COMMON:
        return False
    if _latin.generic([one]) and _latin.generic([two]):
        return False
    return OSA.distance(one, two) <= (2 if least > 9 else 1) or _umlauts(one) == _umlauts(two)


def _umlauts(word: str) -> str:
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u")
