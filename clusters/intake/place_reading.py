"""Places of organisations as they stand in a table: written in one way, free text read.

Columns of provinces and cities take official names. What is none is read as free text
(``places.resolve``), with the province of the same row as its context; columns of places and
addresses say province and city where the table has no such column or leaves the cell blank.
What is not sure stays as it stands and is counted.

In an international table (one with countries) a name in Latin letters may be a place abroad,
so only names in Chinese are looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusters import names, places
from clusters.intake.table import Column, joined
from clusters.places import Resolved
from clusters.sentences import Note

LEVELS = (places.PROVINCE, places.CITY)
FREE = ("place", "address")
"""Attributes whose cells may say province and city in one text, the surest first."""
READ = (*LEVELS, *FREE)
_CJK = re.compile("[\u3400-\u9fff]")
_OFFICIAL = {places.PROVINCE: places.province, places.CITY: places.city}


@dataclass
class _Tally:
    """Rows of one attribute that were read in some way, with the first of them."""

    rows: int = 0
    texts: set[str] = field(default_factory=set)
    first: tuple[str, str] = ("", "")

    def add(self, text: str, result: str, rows: int) -> None:
        if rows:
            self.first = self.first if self.rows else (text, result)
            self.rows += rows
            self.texts.add(text)


@dataclass
class PlaceReader:
    """Reads the place columns of both ends of a table, or of a table of organisations."""

    name: str
    """File for messages."""
    international: bool = False
    _read: dict[str, _Tally] = field(default_factory=dict)
    _unread: dict[str, _Tally] = field(default_factory=dict)
    _torn: _Tally = field(default_factory=_Tally)
    _sure: set[str] = field(default_factory=set)
    """Attributes of which at least one cell is a known place."""
    _cache: dict[tuple[str, str | None], Resolved] = field(default_factory=dict)

    def columns(self, given: Mapping[str, Column], rows: int) -> dict[str, Column]:
        """Read what is said of one end; columns that free text adds come last."""
        result = {attribute: _tidied(column) for attribute, column in given.items()}
        free = [result[attribute] for attribute in FREE if attribute in result]
        for level in LEVELS:
            if level in result:
                result[level] = self._official(level, result[level])
        province = result.get(places.PROVINCE)
        if places.CITY in result:
            result[places.CITY] = self._city(result[places.CITY], province)
        for column in free:
            for level in LEVELS:
                before = result.get(level)
                if before is None or (before.codes < 0).any():
                    result[level] = self._filled(level, before, column, province, rows)
        self._compare(result.get(places.PROVINCE), result.get(places.CITY))
        return result

    def warnings(self) -> list[Note]:
        """Say what was read, what was not, and which cities do not lie in their province."""
        result = [
            Note("note.places_read", name=self.name, attribute=a, n=t.rows, text=t.first[0], place=t.first[1])
            for a, t in self._read.items()
        ]
        for attribute, tally in self._unread.items():
            if attribute in self._sure and tally.rows:
                text, how = tally.first
                values = {"attribute": attribute, "n": tally.rows, "text": text, "how": how}
                result.append(Note("note.places_unread", name=self.name, **values))
        if self._torn.rows:
            city, province = self._torn.first
            result.append(
                Note("note.places_apart", name=self.name, n=self._torn.rows, city=city, province=province)
            )
        return result

    def _looked_up(self, text: str) -> bool:
        return not self.international or not text.isascii()

    def _free(self, text: str) -> bool:
        return not self.international or bool(_CJK.search(text))

    def _resolve(self, text: str, province: str | None = None) -> Resolved:
        key = (text, province)
        if key not in self._cache:
            self._cache[key] = places.resolve(text, province)
        return self._cache[key]

    def _official(self, level: str, column: Column) -> Column:
        """Write the texts that name one place officially, and those that hold one and are none."""
        sizes = _sizes(column)
        texts: list[str | None] = []
        for text, size in zip(column.values, sizes, strict=True):
            official = _OFFICIAL[level](text) if self._looked_up(text) else None
            if official is None and self._free(text) and level == places.PROVINCE:
                official = self._named(level, text, self._resolve(text), size)
            elif official is not None and size:
                self._sure.add(level)
            texts.append(official or text)
        return column.replace(texts)

    def _city(self, column: Column, province: Column | None) -> Column:
        """Read cities that are no official name, with the province of their row where there is one."""
        open_codes = [code for code, text in enumerate(column.values) if self._open(text)]
        if not open_codes:
            return column
        province = (
            province if province is not None else Column(np.full(len(column.codes), -1, np.int32), _NONE)
        )
        return _by_pairs(column, province, open_codes, self._read_city)

    def _open(self, text: str) -> bool:
        return self._free(text) and places.place(text) is None

    def _read_city(self, text: str, province: str | None, rows: int) -> str:
        return self._named(places.CITY, text, self._resolve(text, province), rows) or text

    def _named(self, level: str, text: str, found: Resolved, rows: int) -> str | None:
        """Return the place of a level that a text names, and count it."""
        place = found.province if level == places.PROVINCE else found.city
        if place is not None and (found.known or level == places.PROVINCE):
            if rows:
                self._sure.add(level)
                self._read.setdefault(level, _Tally()).add(text, place, rows)
            return place
        if not found.known and found.how != "missing":
            self._unread.setdefault(level, _Tally()).add(text, found.how, rows)
        return None

    def _filled(
        self, level: str, before: Column | None, free: Column, province: Column | None, rows: int
    ) -> Column:
        """Take a level from free text where its own cell is blank."""
        blank = np.ones(rows, bool) if before is None else before.codes < 0
        chosen = Column(np.where(blank, free.codes, -1).astype(np.int32), free.values)
        province = province if province is not None else Column(np.full(rows, -1, np.int32), _NONE)
        open_codes = [code for code, text in enumerate(free.values) if self._free(text)]

        def read(text: str, where: str | None, size: int) -> str:
            return self._named(level, text, self._resolve(text, where), size) or ""

        found = _by_pairs(chosen, province, open_codes, read, keep=False)
        return found if before is None else _over(before, found)

    def _compare(self, province: Column | None, city: Column | None) -> None:
        """Count the rows whose city lies in another province than the row says."""
        if province is None or city is None:
            return
        home = [_province_of(text) for text in city.values]
        known = [text if places.place(text) is not None else None for text in province.values]
        pairs, sizes = _pairs(city.codes, province.codes, len(province.values))
        for (at, beside), size in zip(pairs.tolist(), sizes.tolist(), strict=True):
            if at >= 0 and beside >= 0 and home[at] and known[beside] and home[at] != known[beside]:
                self._torn.add(city.values[at], province.values[beside], size)


def _province_of(city: str) -> str | None:
    place = places.place(city)
    return None if place is None else place.province_zh


_NONE = np.empty(0, object)
_FEW_PAIRS = 1 << 22
_STEP = 1 << 22


def _tidied(column: Column) -> Column:
    return column.map(names.tidy, names.tidy_lines)


def _sizes(column: Column) -> NDArray[np.intp]:
    return np.bincount(column.codes[column.codes >= 0], minlength=len(column.values))


def _pairs(
    one: NDArray[np.integer[Any]], two: NDArray[np.integer[Any]], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the different pairs of codes and how many rows have each, in the order of the codes."""
    possible = (int(one.max(initial=-1)) + 2) * (size + 1)
    if possible <= _FEW_PAIRS:
        every = np.zeros(possible, np.int64)
        for start in range(0, one.size, _STEP):
            part = slice(start, start + _STEP)
            every += np.bincount(_joint(one[part], two[part], size), minlength=possible)
        distinct = np.flatnonzero(every)
        counts = every[distinct]
    else:
        distinct, counts = np.unique(_joint(one, two, size), return_counts=True)
    high, low = np.divmod(distinct, size + 1)
    return np.stack([high - 1, low - 1], axis=1), counts


def _joint(one: NDArray[np.integer[Any]], two: NDArray[np.integer[Any]], size: int) -> NDArray[np.int64]:
    """Number pairs of codes; missing ones, which are -1, included."""
    return (one.astype(np.int64) + 1) * (size + 1) + two + 1


def _by_pairs(
    column: Column,
    beside: Column,
    open_codes: Iterable[int],
    read: Callable[[str, str | None, int], str],
    *,
    keep: bool = True,
) -> Column:
    """Give every pair of a text and what stands beside it a new text; other texts stay or are dropped."""
    chosen = np.zeros(len(column.values) + 1, bool)
    chosen[list(open_codes)] = True
    rows = np.flatnonzero(chosen[column.codes])
    texts: dict[str, int] = {}
    table = np.full(len(column.values) + 1, -1, np.int32)
    for code, text in enumerate(column.values):
        if keep and not chosen[code]:
            table[code] = texts.setdefault(text, len(texts))
    codes = table[column.codes]
    here, there = column.codes[rows], beside.codes[rows]
    pairs, sizes = _pairs(here, there, len(beside.values))
    new = []
    for (at, by), size in zip(pairs.tolist(), sizes.tolist(), strict=True):
        text = read(column.values[at], beside.values[by] if by >= 0 else None, size)
        new.append(texts.setdefault(text, len(texts)) if text else -1)
    if rows.size:
        known = _joint(pairs[:, 0], pairs[:, 1], len(beside.values))
        position = np.searchsorted(known, _joint(here, there, len(beside.values)))
        codes[rows] = np.array(new, np.int32)[position]
    return Column(codes, np.array([*texts, None], object)[:-1])


def _over(before: Column, found: Column) -> Column:
    """Fill the blank cells of a column from another."""
    first, second = joined([before, found])
    return Column(np.where(first.codes >= 0, first.codes, second.codes), first.values)
