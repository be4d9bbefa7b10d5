"""What the name of an organisation is made of; nothing is taken from the stored name.

A name has a *core* (what is left when legal form, place at its head, branch and brackets are
looked at apart) and the core a *stem*, the part before words that only say what an organisation
does: of 深圳市华芯智能科技有限公司 the core is 华芯智能科技 and the stem 华芯.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from clusters.names import _chinese, _latin
from clusters.names._parts import Parts
from clusters.names.spelling import clean

Script = Literal["han", "latin", "mixed", "other", ""]
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_BRACKETS = re.compile(r"[(\[{【〔〈《「『<]([^()\[\]{}【】〔〕〈〉《》「」『』<>]*)[)\]}】〕〉》」』>]")
_FORMER = re.compile(
    "^(?:formerly|former|previously|fka|f k a|ex|原名|曾用名|前身为|原|简称|下称)(?: known as)? ?"
)
_ODD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class NameFeatures:
    """The parts of one name."""

    name: str
    """The name as it is counted: only cleaned."""
    core: str = ""
    """What is left without legal form, head place, branch and brackets; Latin words in lower case."""
    stem: str = ""
    """Core without the words at its end that say what the organisation does."""
    legal_form: str = ""
    """Legal forms as written, folded; several joined by ``+``."""
    forms: frozenset[str] = frozenset()
    """Classes of the legal forms: ``limited``, ``stock``, ``partnership``, ``group``."""
    kind: str = ""
    """``university``, ``institute``, ``hospital``, ``bank`` ... by a word that stays in the core."""
    branch: str = ""
    """Branch, subsidiary or region: 北京分公司, 中国, ``(北京)`` as 北京市."""
    place: str = ""
    """Official name of the finest place at the head, or at either end of a Latin name."""
    brackets: tuple[str, ...] = ()
    """Core of what stands in brackets and is neither form, place nor branch: another name, an acronym."""
    numbers: tuple[str, ...] = ()
    """Numbers in the core, in digits: names with different ones are different organisations."""
    script: Script = ""
    key: str = field(default="", repr=False)
    """Core folded for comparison: equal keys are one core in two spellings."""
    spelled: str = field(default="", repr=False)
    """Letters and digits of the whole name in lower case."""


def features(name: str) -> NameFeatures:
    """Take the name of an organisation apart.

    Parameters
    ----------
    name
        As written; it is cleaned first (``names.clean``).

    Returns
    -------
    NameFeatures
        A part that the name does not have is empty. The core is empty only where the name holds no
        letter or digit. A place is taken from the head only if something is left that tells the
        organisation from others: 北京大学 and 北京银行 keep theirs. The features of a core have the
        same core.

    References
    ----------
    Own word lists: ``clusters/reference/name_words.toml``.

    Examples
    --------
    >>> found = features("深圳市华芯智能科技有限公司北京分公司")
    >>> found.core, found.stem, found.legal_form, found.place, found.branch
    ('华芯智能科技', '华芯', '有限公司', '深圳市', '北京市分公司')
    >>> found = features("Norvik Systems (Shanghai) Co., Ltd.")
    >>> found.core, found.stem, found.legal_form, found.branch
    ('norvik systems', 'norvik', 'co ltd', '上海市')
    >>> features("北京大学").core, features("北京大学").kind
    ('北京大学', 'university')
    """
    cleaned = clean(name)
    outside, inside = _brackets(cleaned)
    if not any(map(str.isalnum, outside)):
        outside, inside = cleaned, []
    script = script_of(outside)
    module = _chinese if script in ("han", "mixed") else _latin
    parts = Parts()
    for text in inside:
        _take_bracket(text, parts)
    module.peel(module.rest(outside), parts)
    return NameFeatures(
        cleaned,
        core=parts.core,
        stem=parts.stem,
        legal_form="+".join(parts.legal),
        forms=frozenset(parts.forms),
        kind=parts.kind,
        branch=" ".join(sorted(set(parts.branch))),
        place=parts.place,
        brackets=tuple(parts.brackets),
        numbers=tuple(parts.numbers),
        script=script,
        key=parts.key,
        spelled=_ODD.sub("", cleaned.casefold()),
    )


def script_of(text: str) -> Script:
    """Tell which letters a text is written in; empty without any.

    Examples
    --------
    >>> script_of("华芯"), script_of("Norvik"), script_of("TCL集团"), script_of("Ростелеком"), script_of("12")
    ('han', 'latin', 'mixed', 'other', '')
    """
    han, latin = bool(_HAN.search(text)), bool(_LATIN.search(text))
    if han or latin:
        return "mixed" if han and latin else "han" if han else "latin"
    return "other" if any(map(str.isalpha, text)) else ""


def _brackets(text: str) -> tuple[str, list[str]]:
    """Return what stands outside and inside of brackets, inner ones first."""
    inside: list[str] = []
    while match := _BRACKETS.search(text):
        inside += [match[1].strip()] if match[1].strip() else []
        text = f"{text[: match.start()]} {text[match.end() :]}"
    return " ".join(text.split()), inside


def _take_bracket(text: str, parts: Parts) -> None:
    """Sort what stands in brackets: legal form, place of a branch, or another name."""
    module = _chinese if script_of(text) in ("han", "mixed") else _latin
    if not module.bracket(text, parts):
        other = Parts()
        module.peel(_FORMER.sub("", module.rest(text)), other)
        if other.core:
            parts.brackets.append(other.core)
