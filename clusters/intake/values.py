"""Cells to values: years and dates, kinds, directions, roles, flags, weights.

Each function looks at one text; tables call it once per distinct text.
"""

from __future__ import annotations

import datetime
import math
import re
import unicodedata
from collections.abc import Mapping

from clusters.intake.vocabulary import meanings

_YEAR = re.compile(r"(\d{4})(?:\.0+|年度?|年)?")
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[ T]\d{1,2}:\d{2}.*)?")
_DAY_ZH = re.compile(r"(\d{4})年(\d{1,2})月(?:(\d{1,2})[日号]?)?(?: ?\d{1,2}:\d{2}.*)?")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_DAY_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")


def word(text: str) -> str:
    """Fold a coded cell for comparison: width, case, blanks and hyphens.

    Examples
    --------
    >>> word(" Human-Capital "), word("赋能 ")
    ('human_capital', '赋能')
    """
    folded = unicodedata.normalize("NFKC", text).strip().lower()
    return re.sub(r"[\s\-_]+", "_" if folded.isascii() else "", folded)


def canonical_kind(text: str, extra: Mapping[str, str] | None = None) -> str:
    """Return the canonical label of a kind; an unknown one stays as it is, without outer blanks.

    Examples
    --------
    >>> canonical_kind("技术合作"), canonical_kind("Human Capital"), canonical_kind(" patent licence ")
    ('technology', 'talent', 'patent licence')
    """
    own = {word(label): kind for label, kind in (extra or {}).items()}
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    return own.get(word(text)) or meanings("kind").get(word(text)) or plain


def read_date(text: str) -> str | None:
    """Return a date as ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``, or ``None`` if it is none.

    Examples
    --------
    >>> [read_date(t) for t in ("2019", "2019.0", "2019/5/1", "2019年5月", "20190501", "01/05/2019")]
    ['2019', '2019', '2019-05-01', '2019-05', '2019-05-01', '2019']
    >>> [read_date(t) for t in ("19", "2019.5", "2019-13", "2019-02-30", "about 2019", "")]
    [None, None, None, None, None, None]
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if not text.isascii():
        text = re.sub(r"\s+", " ", text)
    if match := _YEAR.fullmatch(text):
        return match[1]
    if match := _DAY_LAST.fullmatch(text):
        # Day first or month first cannot be told; the year can.
        first, second = int(match[1]), int(match[2])
        return match[3] if 1 <= min(first, second) <= 12 and 1 <= max(first, second) <= 31 else None
    for pattern in (_DAY, _DAY_ZH, _DIGITS):
        if match := pattern.fullmatch(text):
            if pattern is _DAY and "." in text and match[3] is None and len(match[2]) == 1:
                return None  # 2019.5 is a number
            return _date(match[1], match[2], match[3])
    return None


def _date(year: str, month: str, day: str | None) -> str | None:
    if not 1 <= int(month) <= 12:
        return None
    if day is None:
        return f"{year}-{int(month):02}"
    try:
        return datetime.date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def read_year(text: str, first: int = 1900, last: int = 2100) -> int | None:
    """Return the year of a year or date within a range, or ``None``.

    Examples
    --------
    >>> read_year("2019年5月1日"), read_year("1899"), read_year("2019.5")
    (2019, None, None)
    """
    date = read_date(text)
    year = int(date[:4]) if date else None
    return year if year is not None and first <= year <= last else None


def read_any_year(text: str) -> int | None:
    """Return the year of a founding or membership date, however long ago."""
    return read_year(text, 1, 2200)


def read_weight(text: str) -> float | None:
    """Return a finite weight of at least 0, or ``None``.

    A comma is refused: it may be a decimal comma or group thousands.

    Examples
    --------
    >>> read_weight("2.5"), read_weight("-1"), read_weight("1,5"), read_weight("inf")
    (2.5, None, None, None)
    """
    try:
        number = float(unicodedata.normalize("NFKC", text))
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 and "_" not in text else None


def gives(text: str, extra: Mapping[str, str] | None = None) -> bool | None:
    """Return whether the enterprise gives (empowerment) or receives (input); ``None`` if unclear.

    ``extra`` holds further labels, each with ``empowerment`` or ``input``.

    Examples
    --------
    >>> gives("赋能"), gives("Input"), gives("both"), gives("both", {"Both": "input"})
    (True, False, None, False)
    """
    said = {word(label): meaning for label, meaning in (extra or {}).items()}.get(word(text), word(text))
    return {"gives": True, "receives": False}.get(meanings("direction").get(said, ""))


def read_role(text: str, extra: Mapping[str, str] | None = None) -> str | None:
    """Return ``sample`` or ``partner``, or ``None``; ``extra`` holds further labels.

    Examples
    --------
    >>> read_role("样本企业"), read_role("Partner"), read_role("coordinator")
    ('sample', 'partner', None)
    """
    own = {word(label): role for label, role in (extra or {}).items()}
    return own.get(word(text)) or meanings("role").get(word(text))


def read_flag(text: str) -> bool | None:
    """Return the truth of a yes/no cell, or ``None``.

    Examples
    --------
    >>> read_flag("是"), read_flag("0"), read_flag("maybe")
    (True, False, None)
    """
    return {"true": True, "false": False}.get(meanings("flag").get(word(text), ""))
