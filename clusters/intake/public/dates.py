"""Dates of public layouts: the order of day and month is the layout's, not a guess.

What can be read becomes ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``, as everywhere in reading.
"""

from __future__ import annotations

import datetime
import re
import unicodedata

import numpy as np

from clusters.intake import values
from clusters.intake.public.sheets import Cells, Flags, Sheet

DAY_FIRST, MONTH_FIRST = "dmy", "mdy"
_THREE = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:[ T]+\d{1,2}:\d{2}.*)?")
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_NAMED = re.compile(
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?[ -])?(?P<month>[a-z]{3,9})\.?[ -]"
    r"(?:(?P<late>\d{1,2})(?:st|nd|rd|th)?,? )?(?P<year>\d{4})"
)
_SHORT = re.compile(r"(\d{4})\.(\d)")
_NO_DATE = re.compile(
    r"|0{4}[-/.]0{1,2}[-/.]0{1,2}(?: [0:.]+)?|\\n|null|none|na|n/a|nan|nat|[-–—/]+"
    r"|未知|未透露|未披露|不明确|不详|暂无"
)


def is_no_date(text: str) -> bool:
    """Tell whether a cell says that there is no date.

    Examples
    --------
    >>> [is_no_date(t) for t in ("", "0000-00-00", "NULL", "未披露", "0002-12-02")]
    [True, True, True, True, False]
    """
    return bool(_NO_DATE.fullmatch(unicodedata.normalize("NFKC", text).strip().lower()))


def read_day(text: str, order: str = "") -> str | None:
    """Return a date as ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; ``None`` if it is none.

    Parameters
    ----------
    text
        Cell. A time of day is left out.
    order
        ``dmy`` or ``mdy`` for days in figures with the year behind them; else only the year is
        taken of these. Years of two digits are read with ``mdy`` only: 69 and more are 19xx.

    Examples
    --------
    >>> read_day("01/02/2019", "dmy"), read_day("01/02/2019", "mdy"), read_day("01/02/2019")
    ('2019-02-01', '2019-01-02', '2019')
    >>> read_day("1/9/13", "mdy"), read_day("13/25/2019", "dmy"), read_day("5 May 2012"), read_day("2019.5")
    ('2013-01-09', None, '2012-05-05', '2019-05')
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    if order and (match := _THREE.fullmatch(folded)):
        first, second, year = int(match[1]), int(match[2]), match[3]
        if len(year) == 2 and order != MONTH_FIRST:
            return None
        number = int(year) if len(year) == 4 else int(year) + (1900 if int(year) >= 69 else 2000)
        day, month = (first, second) if order == DAY_FIRST else (second, first)
        return _day(number, month, day)
    if match := _NAMED.fullmatch(folded.lower()):
        month = _MONTHS.get(match["month"][:3], 0)
        day = int(match["day"] or match["late"] or 0)
        return _day(int(match["year"]), month, day) if day else _day(int(match["year"]), month, 1, 7)
    if match := _SHORT.fullmatch(folded):
        return _day(int(match[1]), int(match[2]), 1, 7)
    return values.read_date(folded)


def _day(year: int, month: int, day: int, length: int = 10) -> str | None:
    try:
        return datetime.date(year, month, day).isoformat()[:length]
    except ValueError:
        return None


def read_dates(
    sheet: Sheet, name: str, year_range: tuple[int, int], order: str = ""
) -> tuple[Cells, Flags, Flags]:
    """Read a column of dates.

    Returns
    -------
    tuple
        Dates ("" where there is none), rows without a date, rows whose date is none or out of
        the range of years.
    """
    cells = sheet.cells(name)
    read: dict[str, tuple[str, bool, bool]] = {}
    for text in dict.fromkeys(cells.tolist()):
        date = None if is_no_date(text) else read_day(text, order)
        inside = date is not None and year_range[0] <= int(date[:4]) <= year_range[1]
        read[text] = (date if date is not None and inside else "", is_no_date(text), not inside)
    dates = np.array([*(read[text][0] for text in cells), ""], object)[:-1]
    missing = np.array([read[text][1] for text in cells], bool)
    bad = np.array([read[text][2] for text in cells], bool) & ~missing
    return dates, missing, bad


def years_of(dates: Cells) -> Cells:
    """Return the years of dates as text; empty where there is none."""
    return np.array([*(date[:4] for date in dates), ""], object)[:-1]
