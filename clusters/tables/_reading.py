"""What changed from one year to another, in words: direction, size and uncertainty.

A change has a direction only where the 95 % interval of the *difference* of the two years, from
the same resamples in both, leaves 0 out; else the data cannot tell. Two intervals, one for each year,
do not answer that: the years share most of their relations. Numbers that grow with a table by
themselves, such as effective places, should not be compared in this way at all.

>>> fell = Change("gini", 2014, 2022, 0.80, 0.70, -0.15, -0.05)
>>> fell.direction
'fell'
>>> sentence(fell)
'Gini coefficient fell from 0.800 (2014) to 0.700 (2022): -0.100, 95 % interval -0.150 to -0.050.'
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import labels
from clusters.sentences import Note

Floats = NDArray[np.float64]
Direction = Literal["rose", "fell", "unclear", "same", "untested", "undefined"]
COLUMNS = (
    *("statistic", "first_year", "last_year", "first", "last"),
    *("difference", "difference_low", "difference_high", "direction"),
)
LEVEL = 0.95
MANY = 10
"""Tested changes from which it is said how many of them chance alone would let rise or fall."""
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Change:
    """One statistic in two years, and the interval of its difference."""

    statistic: str
    """A term of the label table; its unit says how the numbers are printed."""
    first_year: int
    last_year: int
    first: float
    last: float
    low: float = NAN
    """Ends of the 95 % interval of ``last - first``; NaN where there is none."""
    high: float = NAN
    group: str | None = None
    """What the statistic is of, such as a technology, where there are several."""

    @property
    def difference(self) -> float:
        """What the last year has more than the first."""
        return self.last - self.first

    @property
    def direction(self) -> Direction:
        """``rose`` or ``fell`` where the interval leaves 0 out, ``unclear`` where it does not.

        ``untested`` without an interval; ``same`` where every resample has no difference either.
        """
        if math.isnan(self.difference):
            return "undefined"
        if math.isnan(self.low) or math.isnan(self.high):
            return "untested"
        if self.low > 0 or self.high < 0:
            return "rose" if self.low > 0 else "fell"
        return "same" if self.low == self.high == self.difference == 0 else "unclear"


def sentence(change: Change) -> Note:
    """Say how a statistic changed, with its interval, or that the data cannot tell."""
    found = _sentence(change)
    return found if change.group is None else Note("note.reading_of", group=change.group, text=found)


def _sentence(change: Change) -> Note:
    two = {
        "statistic": change.statistic,
        "first": _value(change.statistic, change.first),
        "last": _value(change.statistic, change.last),
        "first_year": change.first_year,
        "last_year": change.last_year,
    }
    direction = change.direction
    if direction == "undefined":
        known = {key: two[key] for key in ("statistic", "first_year", "last_year")}
        return Note("note.reading_undefined", **known)
    if direction == "same":
        return Note("note.reading_same", **two)
    two["difference"] = _signed(change.statistic, change.difference)
    if direction == "untested":
        return Note("note.reading_untested", **two)
    ends = {"low": _signed(change.statistic, change.low), "high": _signed(change.statistic, change.high)}
    terms = {"rose": "note.reading_rose", "fell": "note.reading_fell", "unclear": "note.reading_unclear"}
    return Note(terms[direction], **two, **ends)


def paragraph(
    changes: Iterable[Change], *, opening: Sequence[Note] = (), closing: Sequence[Note] = ()
) -> Note:
    """Join the sentences of several changes, with others before and after them, into one text.

    Where many changes are tested it is said how many of them chance alone would let rise or fall.

    Examples
    --------
    >>> same = Change("gini", 2014, 2022, 0.5, 0.5, 0.0, 0.0)
    >>> print(paragraph([same, Change("hhi", 2014, 2022, 0.5, 0.6, -0.1, 0.2)]))
    Gini coefficient is 0.500 in 2014 as in 2022. Herfindahl-Hirschman index went from 0.500 (2014) to \
0.600 (2022): +0.100, 95 % interval -0.100 to +0.200, which contains 0: the data cannot tell whether it \
rose or fell.
    """
    listed = list(changes)
    said = [*opening, *map(sentence, listed), *by_chance(listed), *closing]
    if not said:
        raise ValueError("a paragraph needs a sentence")
    return reduce(lambda text, following: Note("note.sentences", text=text, following=following), said)


def by_chance(changes: Iterable[Change]) -> list[Note]:
    """Say how many of many tested changes chance alone would let rise or fall; nothing of a few."""
    tested = sum(change.direction in ("rose", "fell", "unclear") for change in changes)
    return [Note("note.reading_many", n=tested, chance=(1 - LEVEL) * tested)] if tested >= MANY else []


def with_mirror_image(value: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Widen percentiles of differences so that they hold their mirror image around the value too.

    Few relations look more concentrated than many, in a sample and once more in what is drawn from it.
    Percentiles alone would call a small first year more concentrated than a large last one: in a
    population without any change, of which a tenth of the enterprises is there in the first year, they
    held 0 in 80 of 100 cases for an HHI and in 40 for effective places or a Gini coefficient of places;
    with the mirror image in 97 and in 75. The latter should not be compared at all.

    Examples
    --------
    >>> low, high = with_mirror_image(np.array([-0.02]), np.array([-0.09]), np.array([-0.01]))
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([-0.09], [0.05])
    """
    return np.minimum(low, 2 * value - high), np.maximum(high, 2 * value - low)


def change_table(changes: Iterable[Change], *, by: str | None = None) -> pd.DataFrame:
    """List changes, one row each.

    Returns
    -------
    DataFrame
        ``statistic``, ``first_year``, ``last_year``, ``first``, ``last``, ``difference`` with
        ``difference_low`` and ``difference_high``, and ``direction``: ``rose``, ``fell``, ``unclear``,
        ``same``, ``untested`` or ``undefined``. ``by`` names the column of the groups, which comes first.
    """
    rows = [
        {
            "group": change.group,
            "statistic": change.statistic,
            "first_year": change.first_year,
            "last_year": change.last_year,
            "first": change.first,
            "last": change.last,
            "difference": change.difference,
            "difference_low": change.low,
            "difference_high": change.high,
            "direction": change.direction,
        }
        for change in changes
    ]
    table = pd.DataFrame(rows, columns=["group", *COLUMNS])
    return table[list(COLUMNS)] if by is None else table.rename(columns={"group": by})


def _value(statistic: str, x: float) -> Note:
    if labels.unit(statistic) == "share":
        return Note("note.value_share", x=x)
    return Note("note.value_number", x=x)


def _signed(statistic: str, x: float) -> Note | str:
    """Write a difference with its sign; that of two shares in percentage points."""
    if labels.unit(statistic) == "share":
        return Note("note.value_points", x=100 * x)
    if abs(x) >= 1000:
        return f"{x:+,.0f}"
    return f"{x:+.3f}" if x == 0 or abs(x) >= 0.001 else f"{x:+.3g}"
