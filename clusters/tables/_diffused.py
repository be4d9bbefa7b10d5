"""What the tables of diffusion are made of: relations taken by class, year and place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import places
from clusters.errors import UsageError
from clusters.measures import composition as classes_of
from clusters.measures import flows as flow_measures
from clusters.relations import Relations
from clusters.sentences import Note
from clusters.tables import _composition, _flows, _polarised
from clusters.tables._relations import chosen

Floats = NDArray[np.float64]


class Choice(TypedDict, total=False):
    """What is counted; ``diffusion`` describes each."""

    level: str
    by: str | None
    kinds: Sequence[str] | None
    cumulative: bool
    years: Sequence[int] | None
    foreign: flow_measures.Foreign
    poles: Sequence[str] | None


@dataclass(frozen=True)
class Study:
    """Relations between places with their classes and years."""

    level: str
    years: list[int]
    groups: list[str | None]
    """Classes, largest first; one that is ``None`` for all relations together."""
    flows: _polarised.Flows
    universe: pd.Index
    """All places that could take something, those that occur first: mainland provinces, else what occurs."""
    cumulative: bool
    notes: list[Note]

    def named(self, frame: pd.DataFrame, group: str | None) -> pd.DataFrame:
        """Put the class of a frame before its columns, where there are classes."""
        if group is not None:
            frame.insert(0, "class", group)
        return frame

    @property
    def complete(self) -> bool:
        """Whether places without any relation are known too, as mainland provinces are."""
        return self.level == places.PROVINCE and set(places.provinces(mainland=True)) <= set(self.universe)

    def keys(self) -> pd.DataFrame:
        """Return the class and year of each row."""
        table = pd.DataFrame({"year": self.years * len(self.groups)})
        if self.groups != [None]:
            table.insert(0, "class", np.repeat(np.array(self.groups, dtype=object), len(self.years)))
        return table

    def taken(self) -> Floats:
        """Return what each place takes: classes x years x places of the universe."""
        found = self.flows.margins()[1]
        missing = len(self.universe) - found.shape[-1]
        return np.concatenate([found, np.zeros((*found.shape[:-1], missing))], axis=-1)

    def taken_by_place(self) -> Iterator[tuple[str | None, pd.DataFrame]]:
        """Yield for each class what each place takes in each year."""
        for group, amounts in zip(self.groups, self.taken(), strict=True):
            yield group, pd.DataFrame(amounts.T, index=self.universe, columns=self.years)

    def matrices(self) -> dict[int, pd.DataFrame]:
        """Return the flow matrix of each year over all classes."""
        n, found = len(self.flows.places), self.flows
        key = (found.cell % found.years * n + found.origin) * n + found.destination
        cells = np.bincount(key, found.weight, found.years * n * n).astype(np.float64)
        cells = cells.reshape(found.years, n, n)
        cells = cells.cumsum(axis=0) if self.cumulative else cells
        names = found.places
        return {
            y: pd.DataFrame(c, index=names, columns=names) for y, c in zip(self.years, cells, strict=True)
        }


def study(relations: Relations, **choice: Unpack[Choice]) -> Study:
    """Locate relations in their places, classes and years."""
    level, by, kinds = choice.get("level", places.PROVINCE), choice.get("by"), choice.get("kinds")
    cumulative, foreign = choice.get("cumulative", True), choice.get("foreign", "leave")
    if not relations.dated:
        raise UsageError(
            Note("note.diffusion_undated"),
            hint="name the column of years with --map year=COLUMN; clusters polarisation needs none",
        )
    used = relations if by == "kind" and kinds is None else chosen(relations, kinds)
    asked = choice.get("years")
    years = sorted(set(relations.years if asked is None else asked))
    if not years or not len(used):
        raise UsageError(Note("note.diffusion_empty"))
    parts, groups = None, list[str | None]([None])
    if by is not None:
        column = classes_of.relation_classes(used, by)
        if column is None:
            raise _composition._no_class(used, by)
        parts, groups = classes_of.split(column), list(classes_of.composition(column).counts.index)
    found = _polarised.flows_of(
        used,
        level,
        parts,
        [name for name in groups if name is not None],
        years,
        cumulative=cumulative,
        foreign=foreign,
        poles=choice.get("poles"),
    )
    if not len(found.places):
        raise UsageError(Note("note.diffusion_no_place", level=level))
    within = _flows._within(used, None if cumulative else years[0], years[-1])
    notes = _flows._notes(_flows._used(within, level, kinds, False), level, foreign, False)
    notes.append(Note("note.stock" if cumulative else "note.flow"))
    return Study(level, years, groups, found, _universe(found.places, level), cumulative, notes)


def _universe(there: pd.Index, level: str) -> pd.Index:
    """Add the mainland provinces that have no relation at all: they could have one."""
    mainland = places.provinces(mainland=True) if level == places.PROVINCE else []
    if not set(mainland) & set(there):
        return there
    return pd.Index([*there, *(name for name in mainland if name not in set(there))], dtype=object)


def finished(table: pd.DataFrame, notes: Sequence[Note]) -> pd.DataFrame:
    """Attach the notes of a table."""
    table = table.reset_index(drop=True)
    table.attrs["notes"] = list(notes)
    return table


def without_class(table: pd.DataFrame, found: Study) -> pd.DataFrame:
    """Drop the column of classes where there are none."""
    return table.drop(columns="class") if found.groups == [None] else table
