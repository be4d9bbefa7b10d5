"""Which fonts a picture can use: one Latin family and a Chinese one found on this system.

No font is shipped. Matplotlib's own DejaVu Sans writes Latin letters, digits and the
minus sign; Chinese is written by the first family of ``FAMILIES`` that is installed,
or by any other font that holds common Chinese characters. A font installed after
matplotlib listed the fonts of the system is found as well; the list that matplotlib
keeps on disk is left as it is.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

LATIN = "DejaVu Sans"

FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "STHeiti",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "HarmonyOS Sans SC",
    "MiSans",
    "Sarasa Gothic SC",
    "DengXian",
    "SimHei",
    "Droid Sans Fallback",
    "Noto Sans CJK TC",
    "Noto Sans CJK HK",
    "Noto Sans CJK JP",
    "Noto Sans CJK KR",
    "Source Han Sans",
    "Microsoft JhengHei",
    "PingFang TC",
    "PingFang HK",
    "Arial Unicode MS",
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "Source Han Serif SC",
    "Source Han Serif CN",
    "Songti SC",
    "SimSun",
    "NSimSun",
    "STSong",
    "FangSong",
    "KaiTi",
    "LXGW WenKai",
    "AR PL UMing CN",
    "AR PL UKai CN",
    "Unifont",
)
"""Chinese families in order of preference: simplified sans first, then other cuts, then serif."""

PLACEHOLDER = re.compile(r"last ?resort|blank|notdef|fallback sil", re.IGNORECASE)
"""Fonts that claim every character and show a box for it."""

PROBE = "的中国技术企业省市关系网络北京上海广东"
"""Characters that a font must hold to count as a Chinese one."""


class FontWarning(UserWarning):
    """Something in a picture cannot be written with the fonts of this system."""


@dataclass(frozen=True)
class Fonts:
    """Families of a picture, in order of use, and the characters that they hold."""

    families: tuple[str, ...]
    characters: frozenset[int]
    chinese: bool

    def missing(self, text: str) -> list[str]:
        """Return the characters of a text that no family holds, in order of appearance."""
        return [c for c in dict.fromkeys(text) if ord(c) not in self.characters and not c.isspace()]


@cache
def fonts() -> Fonts:
    """Return the fonts of this system, looked up once per process."""
    found = chinese_font()
    characters = _characters(*_file_of(LATIN))
    if found is None:
        return Fonts((LATIN,), characters, chinese=False)
    family, path, face = found
    return Fonts((LATIN, family), characters | _characters(path, face), chinese=True)


def chinese_font() -> tuple[str, str, int] | None:
    """Return family, file and face number of the Chinese font to use, or ``None``."""
    return _preferred() or _preferred(refresh=True) or _any_other()


def _preferred(*, refresh: bool = False) -> tuple[str, str, int] | None:
    if refresh:
        _read_new_files()
    listed: dict[str, Any] = {}
    for entry in _entries():
        # The upright regular cut says best what the family holds.
        known = listed.get(entry.name)
        if known is None or _plainness(entry) < _plainness(known):
            listed[entry.name] = entry
    for family in FAMILIES:
        entry = listed.get(family)
        if entry is not None and Path(entry.fname).is_file() and _holds(entry):
            return family, entry.fname, _face(entry)
    return None


def _any_other() -> tuple[str, str, int] | None:
    for entry in sorted(_entries(), key=lambda e: (_plainness(e), e.name, e.fname)):
        if PLACEHOLDER.search(entry.name):
            continue
        if Path(entry.fname).is_file() and _holds(entry):
            return entry.name, entry.fname, _face(entry)
    return None


def _entries() -> list[Any]:
    """Return the faces that matplotlib knows."""
    return list(font_manager.fontManager.ttflist)


def _read_new_files() -> None:
    """Add font files that were installed after matplotlib made its list, for this process only."""
    known = {entry.fname for entry in _entries()}
    for path in sorted(font_manager.findSystemFonts()):
        if path not in known:
            with contextlib.suppress(Exception):  # broken or unreadable font files are common
                font_manager.fontManager.addfont(path)


def _plainness(entry: Any) -> tuple[bool, float]:
    weight = entry.weight if isinstance(entry.weight, int) else 400
    return entry.style != "normal", abs(weight - 400)


def _face(entry: Any) -> int:
    return int(getattr(entry, "index", 0))  # matplotlib before 3.11 knows the first face only


def _file_of(family: str) -> tuple[str, int]:
    path = font_manager.findfont(font_manager.FontProperties(family=[family]))
    return str(path), int(getattr(path, "face_index", 0))


def _holds(entry: Any) -> bool:
    try:
        held = _characters(entry.fname, _face(entry))
    except Exception:  # a damaged file is as good as none
        return False
    return all(ord(c) in held for c in PROBE)


@cache
def _characters(path: str, face: int) -> frozenset[int]:
    font = FT2Font(path, face_index=face) if face else FT2Font(path)
    return frozenset(font.get_charmap())


NO_CHINESE = (
    "no Chinese font was found on this system: figures use English words, and numbers such as #1 "
    "in place of Chinese names; install one (Debian and Ubuntu: fonts-noto-cjk, "
    "Fedora: google-noto-sans-cjk-fonts) and run again"
)

_said: set[str] = set()


def font_note() -> str | None:
    """Return what a reader should know about the fonts of this system, or ``None``.

    Examples
    --------
    >>> font_note() is None or "fonts-noto-cjk" in font_note()
    True
    """
    return None if fonts().chinese else NO_CHINESE


def warn_missing(characters: Iterable[str]) -> None:
    """Warn, once per process and cause, about characters that cannot be written."""
    missing = list(dict.fromkeys(characters))
    if not fonts().chinese and (not missing or any(is_chinese(c) for c in missing)):
        _say(NO_CHINESE)
    elif missing:
        shown = " ".join(missing[:8])
        _say(f"no font on this system holds {shown}: figures show a number in place of these names")


def _say(message: str) -> None:
    if message not in _said:
        _said.add(message)
        warnings.warn(message, FontWarning, stacklevel=2)


def is_chinese(character: str) -> bool:
    """Tell whether a character is a Han character or full-width punctuation.

    Examples
    --------
    >>> is_chinese("省"), is_chinese("é")
    (True, False)
    """
    return unicodedata.east_asian_width(character) in "WF"
