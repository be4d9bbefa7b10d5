"""Sums of money as people write them, in Chinese and English, to a number and a currency.

A cell such as ``1.35亿美元`` or ``USD 3M`` states a number. One such as ``数千万人民币`` (tens of
millions), ``近亿元`` (almost 100 million) or ``亿元及以上`` (100 million or more) states a range:
its number is NaN, its currency is kept, and nobody invents a middle of the range.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

EXACT, APPROXIMATE, RANGE, UNDISCLOSED, UNREAD = "exact", "approximate", "range", "undisclosed", "unread"
NAN = float("nan")

_CURRENCIES = {
    "CNY": "人民币元 人民币 软妹币 RMB CNY CN¥ 元",
    "USD": "美元 美金 美圆 US$ USD U$ 美刀 dollars dollar $",
    "EUR": "欧元 EUR € euros euro",
    "GBP": "英镑 GBP £ 镑",
    "HKD": "港元 港币 港圆 HK$ HKD",
    "TWD": "新台币 台币 新臺幣 NT$ TWD NTD",
    "MOP": "澳门元 葡币 MOP",
    "JPY": "日元 日圆 日币 JPY",
    "KRW": "韩元 韩圆 韩币 KRW ₩",
    "SGD": "新加坡元 新加坡币 新元 坡币 S$ SGD",
    "AUD": "澳大利亚元 澳元 澳币 A$ AU$ AUD",
    "NZD": "新西兰元 纽元 NZ$ NZD",
    "CAD": "加拿大元 加元 加币 C$ CA$ CAD",
    "CHF": "瑞士法郎 瑞郎 CHF",
    "INR": "印度卢比 卢比 INR ₹ Rs.",
    "IDR": "印尼卢比 印尼盾 印度尼西亚盾 印度尼西亚卢比 IDR",
    "RUB": "俄罗斯卢布 卢布 RUB",
    "SEK": "瑞典克朗 SEK",
    "NOK": "挪威克朗 NOK",
    "DKK": "丹麦克朗 DKK",
    "THB": "泰铢 THB",
    "VND": "越南盾 VND",
    "MYR": "马来西亚林吉特 林吉特 马币 MYR",
    "PHP": "菲律宾比索 PHP",
    "BRL": "巴西雷亚尔 雷亚尔 R$ BRL",
    "ILS": "以色列新谢克尔 新谢克尔 谢克尔 ILS NIS",
    "ZAR": "南非兰特 兰特 ZAR",
    "PLN": "波兰兹罗提 兹罗提 PLN",
    "TRY": "土耳其里拉 里拉 TRY",
    "AED": "迪拉姆 阿联酋迪拉姆 AED",
    "": "其他货币 其他币种 其他 其它 外币",
}
_NAMES = {word.lower(): code for code, words in _CURRENCIES.items() for word in words.split()}
_CURRENCY = re.compile(
    "|".join(
        rf"(?<![a-z]){re.escape(word)}(?![a-z])"
        if word.isascii() and word[0].isalpha() and word[-1].isalpha()
        else re.escape(word)
        for word in sorted(_NAMES, key=len, reverse=True)
    )
)
_YEN = re.compile("[¥￥]")
_NOTHING = re.compile(
    r"(?:(?:投资|融资|交易|收购|并购)?(?:金额|额度|数额)?(?:尚?未|不|暂未)(?:透露|披露|公开|公布|知|明确|详|明))"
    r"|(?:投资方|投资人)未(?:透露|披露)|保密|无记录|暂无|无|未知|不详|undisclosed(?: amount)?|not disclosed"
    r"|unknown|confidential|tbd|n\.?/?a\.?|null|none|nan|nil|[-–—/\\*?.…]*|\\n"
)
_WORDS = re.compile(r"(?:总额|总计|总共|合计|累计|共计|共|金额|融资|估值|投资|人均|为|等值|折合)")
_ABOUT = re.compile(r"^(?:大约|大概|约合|约|approximately|approx\.?|about|around|circa|ca\.?|~|≈)|左右$")
_BOUND = re.compile(
    r"数|几|多|余|近|将近|接近|超过|超|过|逾|不超|不低于|不少于|高达|至少|最多|最高|级|及?以上|及?以下|以内|上下|若干"
    r"|\+$|^[<>≥≤]=?|more than|over|under|up to|at least|nearly|several|tens of|hundreds of|million(?:s) of"
)
_UNITS = {"亿": 1e8, "万": 1e4, "千": 1e3, "百": 1e2, "十": 1e1}
_FOLDED = str.maketrans("億萬仟佰拾兩〇零", "亿万千百十两00")
_DIGITS = {digit: str(number) for number, digit in enumerate("0一二三四五六七八九")} | {"两": "2"}
_LATIN = {
    **dict.fromkeys(("k", "thousand"), 1e3),
    **dict.fromkeys(("m", "mn", "mln", "mio", "million", "millions", "mm"), 1e6),
    **dict.fromkeys(("b", "bn", "bln", "billion", "billions"), 1e9),
    **dict.fromkeys(("tn", "trillion", "trillions"), 1e12),
    **dict.fromkeys(("lakh", "lakhs", "lac"), 1e5),
    **dict.fromkeys(("cr", "crore", "crores"), 1e7),
}
_LATIN_END = re.compile(rf"([\d.,' ]*\d[.,]?)\s*({'|'.join(sorted(_LATIN, key=len, reverse=True))})\.?")
_PLAIN = re.compile(r"[+-]?\d[\d.,' ]*")
_POWER = re.compile(r"[+-]?\d+(?:\.\d+)?e[+-]?\d{1,3}")
_LONGEST = 100
_TO = re.compile(r"(?<=[\d亿万千百十元])\s*(?:-|–|—|~|至|到|to)\s*(?=[\d一二三四五六七八九十百千两])")


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money; ``number`` is NaN and ``how`` says why where no number is stated."""

    number: float
    currency: str
    """ISO 4217 code; empty where none is named."""
    how: str
    """``exact``, ``approximate``, ``range``, ``undisclosed`` or ``unread``."""


def read_amount(text: str, *, currency: str = "", decimal: str | None = None) -> Amount:
    """Read a sum of money.

    Parameters
    ----------
    text
        Cell. Units may be Chinese (万, 亿, 千万, 一亿三千万) or English (K, M, bn, crore).
    currency
        ISO code of a cell that names no currency.
    decimal
        ``","`` or ``"."`` where the column's decimal mark is known. By default the last mark of
        a cell with both is the decimal one; a single mark before exactly three digits parts
        thousands if it is a comma and decimals if it is a point.

    Returns
    -------
    Amount
        In units of the currency (not in 万). ``¥`` is read as the Chinese one.

    Examples
    --------
    >>> read_amount("1.35亿美元")
    Amount(number=135000000.0, currency='USD', how='exact')
    >>> read_amount("数千万人民币")
    Amount(number=nan, currency='CNY', how='range')
    >>> [read_amount(t).number for t in ("1000万元", "USD 3M", "3,000,000.00", "1.234,56", "两亿三千万")]
    [10000000.0, 3000000.0, 3000000.0, 1234.56, 230000000.0]
    >>> [read_amount(t).how for t in ("近亿元", "未透露", "约500万元", "500万-1000万", "谢谢")]
    ['range', 'undisclosed', 'approximate', 'range', 'unread']
    """
    folded = unicodedata.normalize("NFKC", text).translate(_FOLDED).strip().lower()
    if len(folded) > _LONGEST:
        return Amount(NAN, currency, UNREAD)
    folded = re.sub(r"[\s\u200b\ufeff]+", " ", folded)
    if _NOTHING.fullmatch(folded):
        return Amount(NAN, "", UNDISCLOSED)
    found = _read(folded, currency, decimal)
    if found.how == UNREAD and "(" in folded:
        outside = re.sub(r"\([^()]*\)", "", folded).strip()
        if outside:
            return _read(outside, currency, decimal)
    return found


def _read(text: str, currency: str, decimal: str | None) -> Amount:
    rest, code = _without_currency(text, currency)
    rest = _WORDS.sub("", rest).strip(" :,;")
    if _NOTHING.fullmatch(rest):
        return Amount(NAN, code, UNDISCLOSED if not rest or rest == text else RANGE)
    about = _ABOUT.sub("", rest).strip()
    how = EXACT if about == rest else APPROXIMATE
    if _TO.search(about) or _BOUND.search(about):
        return Amount(NAN, code, RANGE if _says_size(about) else UNREAD)
    number = _number(about, decimal)
    if number is None:
        return Amount(NAN, code, RANGE if _only_units(about) else UNREAD)
    return Amount(number, code, how) if math.isfinite(number) else Amount(NAN, code, UNREAD)


def _without_currency(text: str, default: str) -> tuple[str, str]:
    """Take the names of currencies out; the first that is more than 元 counts."""
    codes = [_NAMES[word] for word in _CURRENCY.findall(text)]
    if _YEN.search(text):
        codes.append("CNY")
    rest = _YEN.sub("", _CURRENCY.sub(" ", text))
    named = [code for code in codes if code != "CNY"] or codes
    return re.sub(r"\s+", " ", rest).strip(), named[0] if named else default


def _says_size(text: str) -> bool:
    return bool(re.search(r"[\d亿万千百十一二三四五六七八九]|million|billion|thousand", text))


def _only_units(text: str) -> bool:
    return bool(re.fullmatch("[亿万千百十]+", text))


def _number(text: str, decimal: str | None) -> float | None:
    if match := _LATIN_END.fullmatch(text):
        number = plain_number(match[1], decimal)
        return None if number is None else number * _LATIN[match[2]]
    if any(unit in text for unit in _UNITS):
        return _chinese(text.replace(" ", ""), decimal)
    if len(text) == 1 and text in _DIGITS:
        return float(_DIGITS[text])
    if _POWER.fullmatch(text):
        return float(text)
    return plain_number(text, decimal)


def _chinese(text: str, decimal: str | None) -> float | None:
    """Read digits and Chinese units, the largest unit first; ``None`` where a unit has no number."""
    for unit, size in _UNITS.items():
        left, found, right = text.rpartition(unit)
        if not found:
            continue
        one = _chinese(left, decimal) if left else (1.0 if unit == "十" else None)
        if one is None or not right:
            return None if one is None else one * size
        two = _chinese(right.removeprefix("0") or "0", decimal)
        smaller = right.startswith("0") or unit == "十" or any(u in right for u in _UNITS)
        if two is None or two >= size or not (smaller or (two >= size / 10 and right.isdecimal())):
            return None
        return one * size + two
    digits = "".join(_DIGITS.get(character, character) for character in text.replace("点", "."))
    return plain_number(digits, decimal)


def plain_number(text: str, decimal: str | None = None) -> float | None:
    """Return a number whose thousands may be parted by commas, points, blanks or apostrophes.

    Examples
    --------
    >>> [plain_number(t) for t in ("1,234", "1.234", "1'234.5", "1.234.567,8", "12,5", "1,00,000")]
    [1234.0, 1.234, 1234.5, 1234567.8, 12.5, 100000.0]
    >>> [plain_number(t, ",") for t in ("1.234", "1234,567", "12,5", "1,234.5")]
    [1234.0, 1234.567, 12.5, 1234.5]
    >>> plain_number("1,2,3"), plain_number("12 34"), plain_number("")
    (None, None, None)
    """
    text = text.strip()
    if not text.isascii() or not _PLAIN.fullmatch(text):
        return None
    sign = -1.0 if text.startswith("-") else 1.0
    body = text.lstrip("+-")
    mark = _mark(body, decimal)
    whole, found, part = body.rpartition(mark) if mark else ("", "", "")
    if not found:
        whole, part = body, ""
    for grouping in (",", ".", "'", " "):
        groups = whole.split(grouping)
        if len(groups) > 1:
            if not _grouped(groups):
                return None
            whole = "".join(groups)
            break
    if not whole.isdecimal() or not (part.isdecimal() or not part):
        return None
    try:
        return sign * float(f"{whole}.{part or 0}")
    except (ValueError, OverflowError):
        return None


def _mark(body: str, decimal: str | None) -> str | None:
    """Return the decimal mark of a number, if it has one."""
    points, commas = body.count("."), body.count(",")
    if points and commas:
        last = "," if body.rfind(",") > body.rfind(".") else "."
        return last if body.count(last) == 1 else None
    if points + commas != 1:
        return None
    own = "." if points else ","
    if decimal is not None:
        return own if own == decimal or len(body.rpartition(own)[2]) != 3 else None
    return None if own == "," and len(body.rpartition(",")[2]) == 3 else own


def _grouped(groups: list[str]) -> bool:
    """Tell whether groups of digits are thousands, or Indian ones (1,00,000)."""
    first, *others = groups
    if not 1 <= len(first) <= 3 or len(others[-1]) != 3 or not all(g.isdecimal() for g in groups):
        return False
    return all(len(g) == 3 for g in others) or (len(first) <= 2 and all(len(g) == 2 for g in others[:-1]))


def decimal_mark(texts: Iterable[str]) -> str | None:
    """Return the decimal mark that a column of numbers shows, ``None`` where none or both do.

    Examples
    --------
    >>> decimal_mark(["1234,5", "100"]), decimal_mark(["1234.5"]), decimal_mark(["1,234", "5"])
    (',', '.', None)
    """
    shown = set()
    for text in texts:
        body = text.strip().lstrip("+-")
        if _PLAIN.fullmatch(body):
            mark = _mark(body, None)
            if mark and (len(body.rpartition(mark)[2]) != 3 or len(body.partition(mark)[0]) > 3):
                shown.add(mark)
            elif mark is None and body.count(",") == 1 and len(body.partition(",")[0]) > 3:
                shown.add(",")
    return shown.pop() if len(shown) == 1 else None
