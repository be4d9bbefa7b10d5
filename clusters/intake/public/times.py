"""Times of graph files (GEXF spells, Gephi's time sets, Pajek's intervals) to years."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from clusters.intake import values

OPEN = frozenset({"", "-infinity", "infinity", "+infinity", "-inf", "inf", "+inf", "*", "null"})
"""Ends of an interval that has none."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(r"(\d{4})-\d{2}(?:-\d{2}(?:[T ].*)?)?Z?")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_GROUP = re.compile(r"[\[(\]]([^\[\]()]*)[\]\[)]")

Span = tuple[str, str]
"""First and last moment as texts; empty where it is open."""


def year_of(text: str) -> int | None:
    """Return the year of a moment: a year, a date, or milliseconds since 1970 as Gephi counts.

    Parameters
    ----------
    text
        A moment as it stands in a graph file.

    Returns
    -------
    int or None
        The whole part of a number; ``None`` for an open end and for what is no moment.

    Examples
    --------
    >>> [year_of(t) for t in ("2014", "2014.0", "2014-06-01", "2016-03-04T10:00:00Z", "1388534400000")]
    [2014, 2014, 2014, 2016, 2014]
    >>> year_of("Infinity"), year_of("soon"), year_of("7"), year_of("2014年")
    (None, None, 7, 2014)
    """
    text = text.strip().strip("\"'")
    if text.lower() in OPEN:
        return None
    if match := _ISO.fullmatch(text):
        return int(match[1])
    if _NUMBER.fullmatch(text):
        number = float(text)
        if abs(number) >= 1e10 and abs(number) < 1e14:
            return (_EPOCH + timedelta(milliseconds=number)).year
        if abs(number) < 1e5:
            return math.floor(number)
    date = values.read_date(text)
    return int(date[:4]) if date else None


def spans_of(text: str, *, moments: bool = False) -> list[Span]:
    """Return the intervals or moments of a time set.

    Parameters
    ----------
    text
        ``<[2014.0, 2016.0]; [2018.0, 2020.0)>``, ``<[2014.0, 2015.0, 2019.0]>`` (moments), or
        without the outer signs.
    moments
        Whether two numbers are two moments rather than an interval.

    Examples
    --------
    >>> spans_of("<[2014.0, 2016.0]; (2018.0, Infinity]>")
    [('2014.0', '2016.0'), ('2018.0', '')]
    >>> spans_of("<[2014.0, 2015.0, 2019.0]>"), spans_of("<empty>"), spans_of("2014")
    ([('2014.0', '2014.0'), ('2015.0', '2015.0'), ('2019.0', '2019.0')], [], [('2014', '2014')])
    """
    inner = text.strip().removeprefix("<").removesuffix(">").strip()
    if not inner or inner.lower() == "empty":
        return []
    groups = _GROUP.findall(inner) or [inner]
    found: list[Span] = []
    for group in groups:
        parts = [_closed(part) for part in group.split(",")]
        if len(parts) == 2 and not moments:
            found.append((parts[0], parts[1]))
        else:
            found += [(part, part) for part in parts]
    return found


def pajek_spans(text: str) -> list[Span]:
    """Return the intervals of Pajek's ``[1-3,7,9-*]``.

    Examples
    --------
    >>> pajek_spans("[1-3,7,9-*]")
    [('1', '3'), ('7', '7'), ('9', '')]
    """
    found: list[Span] = []
    for part in text.strip().strip("[]").split(","):
        first, dash, last = part.strip().partition("-")
        if first:
            found.append((_closed(first), _closed(last) if dash else _closed(first)))
    return found


def years(spans: Iterable[Span]) -> tuple[str, str, str]:
    """Sum up intervals as first year, last year and, of several, all of them.

    What is no moment is given back with a question mark before it, in the first place.

    Examples
    --------
    >>> years([("2018", "2020-05-01"), ("2014.0", "2016.0")])
    ('2014', '2020', '2014-2016;2018-2020')
    >>> years([("2014", "")]), years([("", "2016")]), years([("soon", "")])
    (('2014', '', ''), ('', '2016', ''), ('?soon', '', ''))
    """
    parts: list[tuple[int | None, int | None]] = []
    for first, last in spans:
        pair = tuple(year_of(moment) for moment in (first, last))
        for moment, year in zip((first, last), pair, strict=True):
            if year is None and moment.strip().lower() not in OPEN:
                return f"?{moment}", "", ""
        parts.append((pair[0], pair[1]))
    if not parts:
        return "", "", ""
    begins, ends = zip(*parts, strict=True)
    first = "" if None in begins else str(min(b for b in begins if b is not None))
    last = "" if None in ends else str(max(e for e in ends if e is not None))
    listed = sorted(set(parts), key=lambda part: tuple(math.inf if y is None else y for y in part))
    return first, last, ";".join(map(_printed, listed)) if len(listed) > 1 else ""


def _printed(part: tuple[int | None, int | None]) -> str:
    first, last = ("" if year is None else str(year) for year in part)
    return first if first == last else f"{first}-{last}"


def _closed(moment: str) -> str:
    moment = moment.strip().strip("\"'")
    return "" if moment.lower() in OPEN else moment
