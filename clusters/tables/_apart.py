"""Flows between the places whose coordinates are known, as gravity and QAP take them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from clusters import places
from clusters.errors import DataError, UsageError
from clusters.measures import flows as measures
from clusters.measures.gravity import distances
from clusters.relations import Relations, in_years
from clusters.sentences import Note
from clusters.tables._flows import _counted, _picked

FEWEST = 3
MOST = 1500
"""Places; squares of more would take minutes."""
NAMED = 8
"""Places named in a note."""


class Square(NamedTuple):
    """Flows between the places whose coordinates are known."""

    flows: pd.DataFrame
    distance: pd.DataFrame
    where: pd.DataFrame
    """Coordinates of these places."""
    what: Note
    unknown: list[str]
    """Places without coordinates."""
    lost: int
    """Relations left out on their account."""


def squares(
    relations: Relations,
    level: str,
    coordinates: pd.DataFrame | None,
    kinds: Sequence[str] | None,
    by_year: bool = False,
    cumulative: bool = True,
    years: Sequence[int] | None = None,
) -> list[tuple[int | None, Square]]:
    """Return the flows of each year that has enough of them, or of all."""
    where = _where(level, coordinates)
    picked = _picked(relations, level, kinds, False)
    if not by_year:
        return [(None, _square(picked, level, where))]
    if not relations.dated:
        raise UsageError(Note("note.years_unknown"))
    found: list[tuple[int | None, Square]] = []
    chosen = sorted(set(picked.years if years is None else years))
    for year in chosen:
        part = in_years(picked, None if cumulative else year, year)
        try:
            found.append((year, _square(part, level, where)))
        except DataError:
            if year == chosen[-1] and not found:
                raise
    return found


def years_note(found: Sequence[tuple[int | None, Square]]) -> list[Note]:
    """Say that notes are about the last of several years."""
    return [Note("note.flows_last_year")] if len(found) > 1 else []


def _where(level: str, coordinates: pd.DataFrame | None) -> pd.DataFrame:
    if coordinates is not None:
        return coordinates
    if level != places.PROVINCE:
        raise UsageError(
            f"where places of the level {level!r} lie is not known",
            hint="give a table of coordinates (place, latitude, longitude and, if known, area, size)",
        )
    return places.capitals()


def _square(picked: Relations, level: str, where: pd.DataFrame) -> Square:
    used = _counted(picked, level, False)
    matrix = measures.flow_matrix(used.rows, level=level, **used.counted)
    names = [str(name) for name in matrix.index]
    known = [name for name in names if name in where.index]
    if len(known) < FEWEST:
        raise DataError(
            f"coordinates are known for {len(known)} of {len(names)} places with relations; "
            f"there must be {FEWEST}",
            hint=f"the first place without them is {next(n for n in names if n not in where.index)}"
            if len(known) < len(names)
            else "",
        )
    if len(known) > MOST:
        raise UsageError(f"{len(known):,} places are too many for a table of all pairs; at most {MOST:,}")
    flows = matrix.loc[known, known]
    here = where.loc[known]
    distance = distances(here)
    _apart(distance)
    lost = int(matrix.to_numpy().sum() - flows.to_numpy().sum())
    unknown = [name for name in names if name not in where.index]
    return Square(flows, distance, here, used.what, unknown, lost)


def _apart(distance: pd.DataFrame) -> None:
    """Refuse two places at the same spot, whose distance has no logarithm."""
    values = distance.to_numpy(copy=True)
    np.fill_diagonal(values, np.inf)
    if (values <= 0).any():
        one, other = np.argwhere(values <= 0)[0]
        raise DataError(f"{distance.index[one]} and {distance.index[other]} have the same coordinates")


def about(square: Square, capitals: bool) -> Note:
    """Say what flows and what distances are looked at."""
    parts = [Note("note.between_capitals" if capitals else "note.between_given")]
    if square.unknown:
        shown = square.unknown[:NAMED]
        parts.append(Note("note.places_without", n=len(square.unknown), names=shown, lost=square.lost))
    return Note(
        "note.gravity_flows_used",
        n=int(square.flows.to_numpy().sum()),
        places=len(square.flows),
        what=square.what,
        more=parts,
    )
