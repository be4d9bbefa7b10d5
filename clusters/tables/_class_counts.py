"""Relations by place and class: what the tables of specialisation count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import places
from clusters.errors import UsageError
from clusters.measures import composition as classes_of
from clusters.measures import specialisation as measures
from clusters.relations import Relations
from clusters.sentences import Note
from clusters.tables._relations import chosen, part, what

End = Literal["source", "target", "both"]
ENDS = {
    "source": "note.specialisation_source",
    "target": "note.specialisation_target",
    "both": "note.specialisation_both",
}


@dataclass(frozen=True)
class Counted:
    """Relations by place and class, one entry for each class that a relation names at each end."""

    used: Relations
    places: pd.Index
    classes: pd.Index
    row: NDArray[np.intp]
    """Relation of each entry."""
    cell: NDArray[np.intp]
    """Its place and class, row by row of the table."""
    weight: NDArray[np.float64]
    notes: list[Note]

    def sums(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return relations by place and class when each relation has a weight."""
        shape = len(self.places), len(self.classes)
        counted = np.bincount(self.cell, weights[self.row] * self.weight, shape[0] * shape[1])
        return np.asarray(counted.reshape(shape), dtype=np.float64)

    def quotients(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return location quotients, cell by cell; weights are those of the entries."""
        shape = len(self.places), len(self.classes)
        counted = np.bincount(self.cell, weights * self.weight, shape[0] * shape[1]).astype(np.float64)
        return measures.quotients(counted.reshape(shape)).ravel()

    def amounts(self) -> pd.DataFrame:
        """Return the relations of each place and class; whole numbers where all count in full."""
        found = self.sums(np.ones(len(self.used))).round(9)
        frame = pd.DataFrame(found, index=self.places, columns=self.classes)
        return frame.astype(np.int64) if bool((found % 1 == 0).all()) else frame


def counted(relations: Relations, level: str, by: str, end: End, kinds: Sequence[str] | None) -> Counted:
    """Count relations by the place of an end and by class."""
    if end not in ("source", "target", "both"):
        raise UsageError(f"end {end!r} is not known; use source, target or both")
    used = relations if by == "kind" and kinds is None else chosen(relations, kinds)
    own = classes_of.relation_classes(used, by)
    if own is None:
        asked = dict.fromkeys(["kind", *used.classes, *classes_of.OF_PARTNERS])
        offered = [name for name in asked if classes_of.relation_classes(used, name) is not None]
        raise UsageError(Note("note.no_class_of_relations", by=by, known=offered or Note("note.none")))
    ends = classes_of.end_classes(used, level)
    if ends is None:
        raise UsageError(Note("note.no_level", level=level, known=used.levels or Note("note.none")))
    sides = {"source": ends[:1], "target": ends[1:], "both": ends}[end]
    parts = classes_of.split(own)
    row = np.tile(parts["row"].to_numpy(), len(sides))
    at = np.concatenate([side.astype(object).to_numpy()[parts["row"].to_numpy()] for side in sides])
    names = _places(at, level)
    place = names.get_indexer(pd.Index(at, dtype=object))
    weight = np.tile(parts["weight"].to_numpy(), len(sides)) / len(sides)
    kind = np.tile(parts["class"].to_numpy(), len(sides))
    known = place >= 0
    totals = pd.Series(weight[known]).groupby(kind[known]).sum()
    classes = pd.Index(
        sorted(totals.index, key=lambda name: (-round(float(totals[name]), 9), str(name))), dtype=object
    )
    code = classes.get_indexer(pd.Index(kind[known], dtype=object))
    cell = place[known] * max(len(classes), 1) + code
    number = float(weight[known].sum())
    note = Note(
        "note.specialisation_counted",
        part=part(number, len(used)),
        of=len(used),
        what=what(used),
        level=level,
        by=by,
        end=Note(ENDS[end]),
    )
    return Counted(used, names, classes, row[known], cell, weight[known], [note])


def _places(found: NDArray[np.object_], level: str) -> pd.Index:
    """Return the places that count, by code: of provinces those of the mainland where there are any."""
    names = [name for name in pd.unique(found) if isinstance(name, str) and name.strip()]
    mainland = set(places.provinces(mainland=True)) if level == places.PROVINCE else set()
    return pd.Index(sorted([n for n in names if n in mainland] or names, key=places.sort_key), dtype=object)
