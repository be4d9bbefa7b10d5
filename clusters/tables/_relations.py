"""What the tables of flows and compositions share: which relations they are about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from clusters.relations import Relations, of_kinds
from clusters.sentences import Note

TECHNOLOGY = "technology"


def chosen(relations: Relations, kinds: Sequence[str] | None) -> Relations:
    """Keep relations of some kinds; by default technology where the table has it (decision D2)."""
    if kinds is None:
        kinds = [TECHNOLOGY] if TECHNOLOGY in relations.kinds else None
    return of_kinds(relations, kinds)


class Described(Protocol):
    """Relations of which kinds and years are known."""

    @property
    def kinds(self) -> list[str]:
        """Kinds that occur."""

    @property
    def years(self) -> list[int]:
        """Years that occur."""


def what(relations: Described) -> Note:
    """Say which relations are counted, and of which years.

    Examples
    --------
    >>> import pandas as pd
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": ["a"], "target": ["b"], "kind": ["talent"], "year": [2020]})
    >>> what(from_frame(frame))
    'kind talent; 2020'
    """
    kinds, years = relations.kinds, relations.years
    sort = Note("note.kinds", n=len(kinds), kinds=kinds) if kinds else Note("note.all")
    if not years:
        return sort
    when = Note("note.one_year", year=years[0])
    if len(years) > 1:
        when = Note("note.span", first=years[0], last=years[-1])
    return Note("note.kinds_years", kinds=sort, years=when) if kinds else when


def part(count: float, whole: float) -> Note | str:
    """Write a count with its share of a whole.

    Examples
    --------
    >>> part(50, 200), part(0, 0)
    ('50 (25.00 %)', '0')
    """
    return Note("note.part", n=round(count), share=count / whole) if whole else f"{count:,.0f}"
