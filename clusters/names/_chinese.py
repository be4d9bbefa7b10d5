"""Parts of a name in Chinese characters, which have no blanks between words."""

from __future__ import annotations

import re
from functools import cache

from clusters import places
from clusters.names import _words
from clusters.names._parts import Parts, lower, numbers_in

_ODD = re.compile(r"[\W_]+")
_COUNTRY = ("中国", "中华", "国家", "全国")
_LONGEST_BRANCH = 12
_INSTITUTION = re.compile("大学|学院|学校|中学|银行|医院|研究院|研究所|科学院")


def rest(text: str) -> str:
    """Return the characters that count, Latin letters in lower case."""
    return _ODD.sub("", lower(text))


def bracket(text: str, parts: Parts) -> bool:
    """Take a legal form, a region or a place out of brackets; tell whether it is one."""
    text = rest(text)
    form = _words.meanings("chinese_forms").get(text)
    if form is not None:
        parts.legal.append(text)
        parts.forms.add(form)
    elif text in _regions() or places.country(text) is not None:
        parts.branch.append(text)
    elif text in _words.chinese_places():
        parts.branch.append(_words.chinese_places()[text])
    elif (split := _branch(text)) is not None and len(split[0]) < 2:
        parts.branch.append(split[1])
    else:
        return False
    return True


def peel(text: str, parts: Parts) -> None:
    """Take legal forms and branches from the end and places from the head, until nothing is left to."""
    found: list[str] = []
    while True:
        before = text
        text = _without_form(_without_branch(text, parts), parts)
        text = _without_place(text, found)
        if text == before:
            break
    parts.place = found[-1] if found else ""
    parts.core = parts.key = text
    parts.stem = stem(text)
    kind = _words.suffix(text, "chinese_kinds")
    parts.kind = kind[1] if kind else ""
    parts.numbers = numbers_in(text)


def stem(core: str) -> str:
    """Return a core without the words at its end that say what an organisation does.

    Examples
    --------
    >>> stem("华芯智能科技"), stem("中国电信"), stem("北京银行")
    ('华芯', '中国电信', '北京银行')
    """
    text = core
    while (found := _words.suffix(text, "chinese_generic")) is not None:
        shorter = text.removesuffix(found[0])
        if len(shorter) < 2 or shorter in _COUNTRY or shorter in _words.chinese_places():
            break
        text = shorter
    return text


def generic(text: str) -> bool:
    """Tell whether a text is made only of words that say what an organisation does."""
    while text:
        found = _words.suffix(text, "chinese_generic")
        if found is None:
            return False
        text = text.removesuffix(found[0])
    return True


def _without_form(text: str, parts: Parts) -> str:
    found = _words.suffix(text, "chinese_forms")
    if found is None or len(text) - len(found[0]) < 2 or text.removesuffix(found[0]) in _COUNTRY:
        return text
    parts.legal.append(found[0])
    parts.forms.add(found[1])
    if found[0].startswith(("集团", "控股")):
        parts.forms.add("group")
    return text.removesuffix(found[0])


def _without_branch(text: str, parts: Parts) -> str:
    split = _branch(text)
    if split is None or len(split[0]) < 2 or split[0] in _words.meanings("chinese_forms"):
        return text
    parts.branch.append(split[1])
    return split[0]


def _branch(text: str) -> tuple[str, str] | None:
    """Split a name into what bears the branch and the branch, its place by the official name."""
    for word in _branches():
        if text.endswith(word):
            before = text.removesuffix(word)
            whole = _after_form(before)
            named = before[whole:] if whole else _place_at_end(before)
            if len(named) > _LONGEST_BRANCH:
                named = _place_at_end(before)
            return before.removesuffix(named), _words.chinese_places().get(named, named) + word
    for region in _regions():
        if region.endswith("区") and text.endswith(region):
            return text.removesuffix(region), region
    return None


def _after_form(text: str) -> int:
    """Return where the last legal form or kind inside a text ends; 0 where there is none."""
    ends = [text.rfind(word) + len(word) for word in ("公司", "银行", "大学", "集团") if word in text]
    return max(ends, default=0)


def _place_at_end(text: str) -> str:
    known = _words.chinese_places()
    for length in range(min(_words.longest_place(), len(text) - 2), 1, -1):
        if text[-length:] in known:
            return text[-length:]
    return ""


def _without_place(text: str, found: list[str]) -> str:
    known = _words.chinese_places()
    for length in range(min(_words.longest_place(), len(text) - 2), 1, -1):
        if text[:length] in known and _tells(text[length:]) and not text[length:].startswith(("市", "省")):
            found.append(known[text[:length]])
            return text[length:]
    return text


@cache
def _branches() -> tuple[str, ...]:
    return tuple(sorted(_words.table("branches")["chinese"], key=len, reverse=True))


@cache
def _regions() -> tuple[str, ...]:
    return tuple(sorted(_words.table("branches")["regions"], key=len, reverse=True))


def _common(text: str) -> bool:
    """Tell whether a text is made of words that many universities, hospitals and banks have."""
    while text:
        found = _words.suffix(text, "chinese_common") or _words.suffix(text, "chinese_generic")
        if found is None:
            return False
        text = text.removesuffix(found[0])
    return True


def _tells(text: str) -> bool:
    """Tell whether a text, without legal forms and generic words, still tells organisations apart.

    What stands before 大学 and the like has to: 浙江大学附属医院 is no 大学附属医院.
    """
    institution = _INSTITUTION.search(text)
    if institution is not None and _common(text[: institution.start()]):
        return False
    while (form := _words.suffix(text, "chinese_forms")) is not None:
        text = text.removesuffix(form[0])
    while (
        found := _words.suffix(text, "chinese_generic") or _words.suffix(text, "chinese_kinds")
    ) is not None:
        text = text.removesuffix(found[0])
    return len(text) > 1
