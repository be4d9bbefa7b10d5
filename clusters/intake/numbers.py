"""Cells to numbers, as people write them: thousands marks, percent, full-width digits, dashes."""

from __future__ import annotations

import re

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20, 0x202F: 0x20}
_NARROW = _WIDE | {0x2009: 0x20, 0x2212: 0x2D}
_PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_GROUPED = re.compile(
    r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?|[+-]?[0-9]{1,3}(?: [0-9]{3})+(?:\.[0-9]*)?"
)
MISSING = frozenset(
    (
        *("", "na", "n/a", "n.a.", "n.a", "#n/a", "nan", "nil", "null", "none", "missing", "/"),
        *(".", "..", "...", "…", "……", "-", "--", "---", "–", "—", "——"),
        *("缺失", "缺", "无数据", "暂无", "暂无数据", "不详"),
    )
)
"""Cells that say that there is no number, in lower case."""


def is_missing(text: str) -> bool:
    """Tell whether a cell says that there is no number.

    Examples
    --------
    >>> [is_missing(text) for text in ("", " N.A. ", "—", "……", "ＮＡ", "0", "none of these")]
    [True, True, True, True, True, False, False]
    """
    return text.translate(_NARROW).strip().casefold() in MISSING


def is_percent(text: str) -> bool:
    """Tell whether a cell ends with a percent sign."""
    return text.translate(_NARROW).rstrip().endswith("%")


def read_number(text: str) -> float | None:
    """Return the number that a cell writes, or ``None`` where it writes none.

    Commas or spaces may part thousands, full-width digits are digits, and a percent sign makes a
    share, as in a spreadsheet. A decimal comma is refused: it cannot be told from a thousands mark
    in every cell.

    Examples
    --------
    >>> [read_number(t) for t in ("1,234.5", "１２３", "12.5%", "-3e2", "\u22124", "1 234 567")]
    [1234.5, 123.0, 0.125, -300.0, -4.0, 1234567.0]
    >>> [read_number(t) for t in ("12,5", "1,23,456", "5²", "1_000", "inf", "nan", "3万", "")]
    [None, None, None, None, None, None, None, None]
    """
    plain = text.translate(_NARROW).strip()
    percent = plain.endswith("%")
    if percent:
        plain = plain[:-1].rstrip()
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "").replace(" ", "")
    elif not _PLAIN.fullmatch(plain):
        return None
    value = float(plain) / 100 if percent else float(plain)
    return value if abs(value) < float("inf") else None
