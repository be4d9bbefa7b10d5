"""Projects of several organisations to relations of two.

``star``: the coordinator gives to every other member. ``clique``: every two members have one
relation, written once, from the id that sorts first to the other one, so that a pair has the
same direction in all its projects (it means none).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.errors import DataError
from clusters.intake.public.sheets import Cells, Flags

STAR, CLIQUE = "star", "clique"
MAX_RELATIONS = 50_000_000
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Fates:
    """Participations (rows) that make no relation, by reason."""

    repeated: Flags
    """The organisation is in the project already, in an earlier row."""
    single: Flags
    """The project has one member only."""
    leaderless: Flags
    """The project names no coordinator (star)."""
    large: Flags
    """The consortium is larger than asked for."""


@dataclass(frozen=True)
class Expanded:
    """Rows at either end of each relation, and what became of the participations."""

    source: Rows
    target: Rows
    fates: Fates
    coordinated: Flags
    """Rows of coordinators beside the first one of their project."""
    largest: int
    """Members of the largest consortium that is in use."""


def expand(
    project: Cells, member: Cells, coordinator: Flags, *, how: str = STAR, largest: int | None = None
) -> Expanded:
    """Expand consortia into relations.

    Parameters
    ----------
    project, member
        Project and organisation of each participation, in the order of the file.
    coordinator
        Whether it coordinates. Of several coordinators the first is the centre of the star and
        the others are members.
    how
        ``star`` (n - 1 relations of n members) or ``clique`` (n(n - 1)/2).
    largest
        Leave out consortia of more members.

    Raises
    ------
    DataError
        There would be more than 50 million relations.

    Examples
    --------
    >>> project, member = np.array(list("pppqq"), object), np.array(list("abcad"), object)
    >>> lead = np.array([False, True, False, True, False])
    >>> star = expand(project, member, lead)
    >>> [(str(member[s]), str(member[t])) for s, t in zip(star.source, star.target)]
    [('b', 'a'), ('b', 'c'), ('a', 'd')]
    >>> clique = expand(project, member, lead, how="clique")
    >>> [(str(member[s]), str(member[t])) for s, t in zip(clique.source, clique.target)]
    [('a', 'b'), ('a', 'c'), ('b', 'c'), ('a', 'd')]
    """
    codes = pd.factorize(project)[0].astype(np.int64)
    members = pd.factorize(member)[0].astype(np.int64)
    repeated = _repeated(codes, members, coordinator)
    size = np.bincount(codes[~repeated], minlength=codes.max(initial=-1) + 1)
    single = ~repeated & (size[codes] == 1)
    large = ~repeated & (size[codes] > largest) if largest is not None else np.zeros(codes.size, bool)
    lead = _leads(codes, coordinator & ~repeated, size.size)
    leaderless = np.zeros(codes.size, bool)
    if how == STAR:
        leaderless = ~repeated & ~single & ~large & (lead[codes] < 0)
    used = ~(repeated | single | large | leaderless)
    _refuse_flood(size[np.unique(codes[used])], how)
    if how == STAR:
        target = np.flatnonzero(used & (lead[codes] != np.arange(codes.size)))
        source = lead[codes[target]]
    else:
        source, target = _pairs(codes, member, used)
    fates = Fates(repeated, single, leaderless, large)
    coordinated = used & coordinator & (lead[codes] != np.arange(codes.size))
    biggest = int(size[codes[used]].max(initial=0))
    return Expanded(source.astype(np.int64), target.astype(np.int64), fates, coordinated, biggest)


def _repeated(codes: Rows, members: Rows, coordinator: Flags) -> Flags:
    """Mark participations of an organisation that is in the project already; its coordination counts."""
    order = np.lexsort((np.arange(codes.size), ~coordinator, members, codes))
    same = (codes[order][1:] == codes[order][:-1]) & (members[order][1:] == members[order][:-1])
    found = np.zeros(codes.size, bool)
    found[order[1:][same]] = True
    return found


def _leads(codes: Rows, coordinator: Flags, projects: int) -> Rows:
    """Return the row of the first coordinator of each project; -1 where there is none."""
    lead = np.full(projects, -1, np.int64)
    rows = np.flatnonzero(coordinator)[::-1]
    lead[codes[rows]] = rows
    return lead


def _refuse_flood(sizes: NDArray[np.int64], how: str) -> None:
    count = int((sizes * (sizes - 1) // 2 if how == CLIQUE else sizes - 1).sum()) if sizes.size else 0
    if count > MAX_RELATIONS:
        raise DataError(
            f"the consortia would make {count:,} relations, more than {MAX_RELATIONS:,}; the largest has "
            f"{int(sizes.max()):,} members",
            hint="leave large ones out with --largest N, or use --expand star",
        )


def _pairs(codes: Rows, member: Cells, used: Flags) -> tuple[Rows, Rows]:
    """Return every two members of each project, in the order of the projects."""
    rows = np.flatnonzero(used)
    rank = pd.factorize(member[rows], sort=True)[0]
    order = np.lexsort((rank, codes[rows]))
    rows, own = rows[order], codes[rows][order]
    starts = np.flatnonzero(np.append(True, own[1:] != own[:-1])) if rows.size else np.empty(0, np.int64)
    sizes = np.diff(np.append(starts, rows.size))
    source, target, when = [], [], []
    for size in np.unique(sizes):
        of_size = starts[sizes == size]
        block = rows[of_size[:, None] + np.arange(size)]
        one, two = np.triu_indices(size, 1)
        source.append(block[:, one].ravel())
        target.append(block[:, two].ravel())
        when.append(np.repeat(of_size, one.size))
    if not source:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    in_order = np.argsort(np.concatenate(when), kind="stable")
    return np.concatenate(source)[in_order], np.concatenate(target)[in_order]
