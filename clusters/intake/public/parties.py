"""Cells that name several investors, and names that name nobody.

Investors of one deal stand in one cell, parted by commas, 、, semicolons or bars; some lists part
them by blanks, which also stand within names in Latin letters. A blank then parts two names only
where a Chinese character stands beside it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from clusters import names
from clusters.intake import rows

_CJK = "\u2e80-\u2fff\u3005-\u3007\u3021-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LEGAL = (
    r"(?:inc|incorporated|ltd|limited|llc|llp|l\.?\s?p|co|corp|corporation|company|plc|gmbh|ag|s\.?\s?a|s\.?\s?l"
    r"|b\.?\s?v|n\.?\s?v|pte|pty|kg|kk|jr|sr|ii|iii)\b"
)
_MARKS = re.compile(
    rf"[，、;；|｜\n\r\t]|,(?!\s*{_LEGAL})|(?<=[{_CJK}])\s*/\s*(?=[{_CJK}])|\s+/\s+", re.IGNORECASE
)
_BLANKS = re.compile(rf"(?<=[{_CJK})）])\s+|\s+(?=[{_CJK}])")
_LEAD = re.compile(
    r"\s*(?:[(（\[【]\s*(?:领投|跟投|领投方|跟投方|lead|独家投资)\s*[)）\]】]|(?<=.)(?:领投|跟投))$", re.I
)
_LEADS = re.compile(r"^(?:领投|跟投|领投方|跟投方|投资方)\s*[:：]\s*")
_ADVISER = re.compile(r"[(（\[]\s*(?:独家|担任)?(?:财务顾问|fa)\s*[)）\]]$", re.I)
# "and others": behind a blank, or with how many or who they are; 高等 and 平等 end in the same character.
_OTHERS = re.compile(
    r"(?:(?<=\S)\s+等|(?<=\S)\s*等\s*(?:[\d一二三四五六七八九十多数若干]+\s*(?:家|位|名|个)\S*|(?:投资)?机构|投资方|投资人))$"
)
_BRACKETS = {"(": ")", "（": "）", "[": "]", "【": "】"}
_RUNS = re.compile("[ \u3000\xa0]+")
_WHO = (
    "(?:投资方|投资人|投资者|投资机构|投资基金|机构投资者|机构|融资方|收购方|并购方|受让方|买方|卖方"
    "|股东|个人|公司|企业|基金|名称|姓名)"
)
_UNSAID = "(?:暂|尚|均|并)?(?:未|不)(?:透露|披露|公开|公布|明确|知|详|明|具名|方便透露|便透露)"
_SOME = (
    "(?:其他|其它|其余|等|等等|多家|数家|多位|数位|若干|众多|部分|某|知名|匿名|个人|自然人|天使|个人天使"
    "|战略|老|原|现有|新老|海外)"
)
_PLACEHOLDER = re.compile(
    rf"{_WHO}*(?:信息|名单)?{_UNSAID}的?{_WHO}*(?:信息|名单)?|{_SOME}{{1,3}}{_WHO}+等?"
    r"|其他|其它|等|等等|匿名|保密|无|暂无|没有|不详|个人|自然人|公开发行|定向增发|众筹|管理层|创始人|未融资"
    r"|(?:un|not |non-?)disclosed(?: investors?| buyers?| acquirers?)?"
    r"|(?:unknown|unspecified|anonymous|private|individual|angel|other|various|existing)"
    r"(?: (?:angel )?investors?)"
    r"|unknown|unspecified|anonymous|various|others?|n\.?/?a\.?|none|null|nan|nil|tbd|na"
    r"|[-–—_/\\*?.…·\s]*"
)


def is_placeholder(text: str) -> bool:
    """Tell whether a name stands for somebody who is not named.

    Examples
    --------
    >>> [is_placeholder(t) for t in ("投资方未透露", "未披露机构", "其他投资方", "Undisclosed", "N/A")]
    [True, True, True, True, True]
    >>> [is_placeholder(t) for t in ("未来资本", "无限基金", "其他山资本", "Unknown Worlds", "Nana")]
    [False, False, False, False, False]
    """
    folded = " ".join(unicodedata.normalize("NFKC", text).lower().split()).strip("()[]<>《》【】\"'。")
    if _PLACEHOLDER.fullmatch(folded) or _PLACEHOLDER.fullmatch(folded.replace(" ", "")):
        return True
    # Whatever reading takes for nobody is nobody here.
    return any(rows.placeholders(np.array([name], object))[0] for name in (folded, names.clean(text)))


@dataclass(frozen=True)
class Divided:
    """The names of one cell, and what of it names nobody."""

    names: tuple[str, ...]
    placeholders: tuple[str, ...] = ()
    advisers: tuple[str, ...] = ()
    repeated: int = 0
    """Names that stand in the cell already."""


def divide(cell: str, *, blanks: bool = False, keep_placeholders: bool = False) -> Divided:
    """Divide a cell into the names that it lists.

    Parameters
    ----------
    cell
        Text; ``['a', 'b']`` as Python writes lists, and marks such as (领投), are understood.
    blanks
        Whether blanks part names, too.
    keep_placeholders
        Count those that name nobody among the names.

    Examples
    --------
    >>> divide("甲资本,乙基金、投资方未透露(领投)").names, divide("甲资本,投资方未透露").placeholders
    (('甲资本', '乙基金'), ('投资方未透露',))
    >>> divide("甲资本 Beta Venture Partners 丙基金", blanks=True).names
    ('甲资本', 'Beta Venture Partners', '丙基金')
    >>> divide("甲资本、乙基金等3家机构").names, divide("甲资本、乙基金等3家机构").placeholders
    (('甲资本', '乙基金'), ('等3家机构',))
    >>> divide("Alpha, Inc., Beta Capital LLC").names
    ('Alpha, Inc.', 'Beta Capital LLC')
    """
    parts = _parts(_unquoted(cell))
    if blanks:
        parts = [part for text in parts for part in _BLANKS.split(text)]
    found: dict[str, None] = {}
    nobody: list[str] = []
    advisers: list[str] = []
    repeated = 0
    for text in map(str.strip, parts):
        if not text:
            continue
        if _ADVISER.search(text):
            advisers.append(text)
            continue
        if (others := _OTHERS.search(text)) and not is_placeholder(text):
            nobody.append(others.group().strip())
            text = text[: others.start()]
        name = names.clean(_LEADS.sub("", _LEAD.sub("", text)).strip().strip("\"'"))
        if is_placeholder(name) and not (keep_placeholders and name):
            nobody.append(text)
        elif name in found:
            repeated += 1
        else:
            found[name] = None
    return Divided(tuple(found), tuple(nobody), tuple(advisers), repeated)


def parted_by_blanks(cells: Iterable[str]) -> bool:
    """Tell whether blanks part the names of a column: more of its cells hold them than other marks.

    Examples
    --------
    >>> parted_by_blanks(["甲资本 乙基金", "丙"]), parted_by_blanks(["甲 资本,乙基金", "丙,丁"])
    (True, False)
    """
    blanks = marks = 0
    for cell in cells:
        if len(_parts(cell)) > 1:
            marks += 1
        elif _BLANKS.search(cell.strip()):
            blanks += 1
    return blanks > marks


def _parts(cell: str) -> list[str]:
    """Divide at marks outside brackets; a cell whose brackets do not close is divided everywhere."""
    within = _within_brackets(cell)
    parts, start = [], 0
    for match in _MARKS.finditer(cell):
        if not within or not within[match.start()]:
            parts.append(cell[start : match.start()])
            start = match.end()
    return [*parts, cell[start:]]


def _within_brackets(cell: str) -> list[bool]:
    """Tell for each character whether it stands in brackets; nothing where they do not fit together."""
    found: list[bool] = []
    opened: list[str] = []
    for character in cell:
        if character in _BRACKETS:
            opened.append(_BRACKETS[character])
        elif opened and character == opened[-1]:
            opened.pop()
        found.append(bool(opened))
    return [] if opened else found


def _unquoted(cell: str) -> str:
    """Write a list as Python prints it as a list with commas."""
    text = _RUNS.sub(" ", cell).strip()
    if re.fullmatch(r"\[\s*(?:'[^']*'|\"[^\"]*\")(?:\s*,\s*(?:'[^']*'|\"[^\"]*\"))*\s*\]", text):
        return "|".join(one or two for one, two in re.findall(r"'([^']*)'|\"([^\"]*)\"", text))
    return "" if text == "[]" else text
