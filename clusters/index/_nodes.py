"""The nodes of a framework as a file gives them: keys, texts, numbers, one clear message each."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from clusters.errors import DataError
from clusters.index.framework import Aggregate, Direction, Indicator, Normalisation

RESERVED = ("unit", "name", "year", "rank", "score", "tier")
"""Columns of the results, which no node may be called."""
TEXTS = ("id", "parent", "name_en", "name_zh")
INDICATOR_KEYS = (*TEXTS, "direction", "weight", "unit", "denominator", "formula", "normalise", "error")
AGGREGATE_KEYS = (*TEXTS, "weight", "mean")


@dataclass(frozen=True, slots=True)
class Raw:
    """What a file says of one node, and where it says it."""

    what: str
    """``indicator`` or ``aggregate``."""
    content: Mapping[str, Any]
    file: str
    place: str
    """``[[indicator]] 3``, ``line 12``."""

    @property
    def said(self) -> str:
        """The node as messages name it."""
        own = self.content.get("id")
        return (
            f"{self.what} {own!r}" if isinstance(own, str) and own.strip() else f"{self.what} ({self.place})"
        )

    def fault(self, message: str, hint: str = "") -> DataError:
        """Return an error that names the file and the node."""
        return DataError(f"{self.file}: {self.said} {message}", hint=hint)


def near(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Return the known word that is closest to another, or nothing."""
    by_case = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold(), by_case, n=1, cutoff=cutoff)
    return by_case[found[0]] if found else ""


def meant(word: str, known: Iterable[str]) -> str:
    """Return a hint: the closest known word, else all of them."""
    known = list(known)
    guess = near(word, known)
    said = f"is {guess!r} meant? " if guess else ""
    return f"{said}known: {', '.join(known)}" if known else said.rstrip()


def known_keys(content: Mapping[str, Any], keys: Iterable[str], file: str, where: str) -> None:
    """Refuse a key that means nothing here, rather than leave it without effect."""
    keys = list(keys)
    for key in content:
        if key not in keys:
            raise DataError(f"{file}: {where} has the unknown key {key!r}", hint=meant(str(key), keys))


def number(value: Any) -> float | None:
    """Return a finite number, or ``None`` for anything else; a truth value is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < math.inf:
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def indicator(raw: Raw, choice: Any) -> Indicator:
    """Make an indicator; ``choice`` reads what it says of its normalisation."""
    content = _checked(raw, INDICATOR_KEYS, ("unit", "denominator", "formula"))
    if "parent" not in content:
        raise raw.fault("has no parent", 'name the aggregate it belongs to, such as parent = "total"')
    normalise: Normalisation | None = choice(content["normalise"], raw) if "normalise" in content else None
    return Indicator(
        id=content["id"],
        parent=content["parent"],
        name_en=content.get("name_en", ""),
        name_zh=content.get("name_zh", ""),
        direction=_direction(raw),
        weight=_weight(raw),
        unit=content.get("unit", ""),
        denominator=content.get("denominator"),
        formula=content.get("formula"),
        normalise=normalise,
        error=_error(raw),
    )


def aggregate(raw: Raw, mean: Any) -> Aggregate:
    """Make an aggregate; ``mean`` reads what it says of its mean."""
    content = _checked(raw, AGGREGATE_KEYS, ())
    return Aggregate(
        id=content["id"],
        parent=content.get("parent"),
        name_en=content.get("name_en", ""),
        name_zh=content.get("name_zh", ""),
        weight=_weight(raw),
        mean=mean(content["mean"], raw) if "mean" in content else None,
    )


def _checked(raw: Raw, keys: tuple[str, ...], texts: tuple[str, ...]) -> dict[str, Any]:
    """Return the content with texts trimmed; an empty text is none."""
    known_keys(raw.content, keys, raw.file, raw.said)
    content = dict(raw.content)
    for key in (*TEXTS, *texts):
        if key in content:
            if not isinstance(content[key], str):
                raise raw.fault(f"has the {key} {content[key]!r}, which is not a text", "write it in quotes")
            content[key] = content[key].strip()
            if not content[key]:
                del content[key]
    if "id" not in content:
        raise raw.fault("has no id", 'give it a short name of its own, such as id = "papers"')
    _check_id(raw, content["id"])
    return content


def _check_id(raw: Raw, name: str) -> None:
    if name.casefold() in RESERVED:
        raise raw.fault(
            "has the name of a column of the results", f"reserved: {', '.join(RESERVED)}; choose another id"
        )
    if any(mark in name for mark in ",=`\n\r\t"):
        raise raw.fault("has a comma, an equals sign, a backtick or a line break in its id")


def _direction(raw: Raw) -> Direction:
    value = raw.content.get("direction", 1)
    if number(value) == 1:
        return 1
    if number(value) == -1:
        return -1
    raise raw.fault(
        f"has the direction {value!r}", "1 where more is better, -1 where less is better, nothing else"
    )


def _weight(raw: Raw) -> float:
    value = raw.content.get("weight", 1)
    found = number(value)
    if found is None or found < 0:
        raise raw.fault(f"has the weight {value!r}", "a weight is a finite number of at least 0")
    return found


def _error(raw: Raw) -> float | None:
    value = raw.content.get("error")
    found = number(value)
    if value is not None and (found is None or found < 0):
        raise raw.fault(
            f"has the error {value!r}", "a relative standard error of at least 0: 0.05 for 5 percent"
        )
    return found
