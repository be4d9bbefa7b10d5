"""Network indicators of places, in the form in which the engine of composite indices takes them."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from clusters import labels, places
from clusters import networks as builders
from clusters.errors import DataError, UsageError
from clusters.measures.flows import compress
from clusters.networks import Parallel, ValueNetwork
from clusters.relations import Relations
from clusters.sentences import Note
from clusters.tables import _flows, _place_parts
from clusters.tables._place_parts import COUNTS, PARTS, Places, Question, Role
from clusters.tables._relations import chosen

INDICATORS = tuple(name for names in PARTS.values() for name in names)
"""All indicators, in the order of the table."""
KEYS = ("unit", "year")
FEW = 5
"""Organisations below which means and shares of a place say little."""
NAMED = 5
"""Places that a note names."""


def place_indicators(
    relations: Relations,
    *,
    level: str = "city",
    by_year: bool = False,
    years: Sequence[int] | None = None,
    mode: str = "cumulative",
    kinds: Sequence[str] | None = None,
    parallel: Parallel = "merge",
    role: Role = "all",
    minimum: int = 1,
    columns: Sequence[str] | None = None,
    span: int = 3,
    least: float = 1,
    betweenness: int | Literal["exact"] | None = None,
    join: pd.DataFrame | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Tabulate network indicators of every place: a row per place, a column per indicator.

    Parameters
    ----------
    relations
        Checked relations.
    level
        Place level: city, province, country or another that the table has. Of provinces those of the
        mainland count where there are any (decision D10).
    by_year
        A panel: the places of each year, with a column ``year``. Else those of the last year.
    years, mode, parallel
        Years to report, which years one network holds and what counts as one edge, as in
        ``networks.by_mode``. Adoptions, newcomers and growth always look back to the beginning.
    kinds
        Kinds of relations; by default technology where the table has it, else all (decision D2).
    role
        Whose organisations stand for their place: ``sample``, ``partner`` or ``all``. Flows between places
        are those of all.
    minimum
        Least number of these organisations; places with fewer are left out of the year.
    columns
        Indicators wanted, of ``INDICATORS``; by default all but betweenness.
    span
        Years over which growth and newcomers are counted.
    least
        Relations received of a technology from which on a place has taken it up.
    betweenness
        Add ``betweenness_share``: ``"exact"``, or estimated from so many organisations drawn with ``seed``.
    join
        Further columns by place (index), of a panel by place and year, such as population. Names are
        brought to their official form.

    Returns
    -------
    DataFrame
        ``unit`` (the place), ``year`` of a panel, then indicators and joined columns; by year, falling
        relations, then name. An undefined indicator is NaN. ``clusters explain NAME`` defines each.

    Raises
    ------
    UsageError
        Unknown indicator or role, no such level, no year asked for that occurs.
    DataError
        A joined place stands twice, or a joined column is called as one of ours.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": list("aab"), "target": list("bcc")})
    >>> frame = frame.assign(source_city=["深圳市"] * 2 + ["北京市"], target_city=["北京市"] * 3)
    >>> wanted = ["organisations", "relations", "external_dependence"]
    >>> place_indicators(from_frame(frame), columns=wanted).round(2).values.tolist()
    [['北京市', 2, 3, 0.67], ['深圳市', 1, 2, nan]]
    """
    wanted = _wanted(columns, betweenness)
    if role not in ("sample", "partner", "all"):
        raise UsageError(f"role {role!r} is not known; use sample, partner or all")
    if minimum < 1:
        raise ValueError(f"minimum must be at least 1, not {minimum}")
    used = chosen(relations, kinds)
    if role != "all" and not used.has_roles:
        raise UsageError(Note("note.no_roles"), hint="leave out --role")
    if by_year and not used.dated:
        raise UsageError(Note("note.years_unknown"))
    found = builders.by_mode(used, mode, years=years, parallel=parallel)
    asked = Question(
        relations=used,
        kinds=kinds,
        level=level,
        mode=mode,
        role=role,
        span=span,
        least=least,
        sources=betweenness,
        seed=seed,
        history=_history(used, parallel),
    )
    picked = found if by_year else {(last := builders.last(found)).year: last}
    parts, left = [], 0
    for year, network in picked.items():
        at, every = _place_parts.of_year(asked, network, set(wanted))
        kept = every[every["organisations"] >= minimum]
        left = len(every) - len(kept)
        parts.append(_ordered(kept)[wanted].reset_index(names="unit"))
        if by_year:
            parts[-1].insert(1, "year", year)
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*KEYS, *wanted])
    table = table.astype({name: np.int64 for name in wanted if name in COUNTS and table[name].notna().all()})
    notes = _notes(asked, at, every, minimum, left, by_year) if parts else []
    if join is not None:
        table, more = _joined(table, join, level)
        notes += more
    table.attrs["notes"] = notes
    # The Chinese word for a unit is that for units of measurement, too.
    table.attrs["words"] = {"unit": {lang: labels.label("place", lang) for lang in labels.LANGUAGES}}
    return table


def _wanted(columns: Sequence[str] | None, betweenness: int | str | None) -> list[str]:
    """Return the indicators asked for, in the order they were asked for."""
    optional = PARTS[_place_parts.between]
    if columns is None:
        return [name for name in INDICATORS if name not in optional or betweenness is not None]
    for name in columns:
        if name not in INDICATORS:
            near = difflib.get_close_matches(name, INDICATORS, n=3)
            raise UsageError(
                Note("note.indicator_unknown", name=name),
                hint=f"is {' or '.join(near)} meant?" if near else f"there are {', '.join(INDICATORS)}",
            )
        if name in optional and betweenness is None:
            raise UsageError(
                Note("note.indicator_betweenness", name=name),
                hint="--betweenness exact, or --betweenness 1024",
            )
    return list(dict.fromkeys(columns))


def _history(used: Relations, parallel: Parallel) -> ValueNetwork | None:
    """Return the network of all that is known up to the last year in the table."""
    if not used.dated or not used.years:
        return None
    return builders.cumulative(used, years=used.years[-1:], parallel=parallel)[used.years[-1]]


def _ordered(frame: pd.DataFrame) -> pd.DataFrame:
    """Sort places by falling relations, then name."""
    names = frame.index.astype(str).to_numpy()
    return frame.iloc[np.lexsort((names, -frame["relations"].to_numpy()))]


def _notes(
    asked: Question, at: Places, every: pd.DataFrame, minimum: int, left: int, by_year: bool
) -> list[Note]:
    """Say what the indicators are of, who is left out, and what is not known."""
    placed = int((asked.place.reindex(at.network.nodes).notna()).sum())
    notes = [Note("note.flows_last_year")] if by_year else []
    flows = _flows._counted(compress(at.relations, asked.level), asked.level, False)
    notes += _flows._notes(flows, asked.level, "leave", False)
    without = at.network.n_nodes - placed
    if without:
        notes.append(Note("note.indicators_unplaced", n=without, of=at.network.n_nodes, level=asked.level))
    if asked.role != "all":
        notes.append(Note("note.indicators_role", role=asked.role))
    if left:
        notes.append(Note("note.indicators_minimum", n=left, of=len(every), minimum=minimum))
    few = int((every["organisations"].between(minimum, FEW - 1)).sum())
    if few:
        notes.append(Note("note.indicators_few", n=few, of=len(every) - left, few=FEW))
    if not asked.relations.dated:
        notes.append(Note("note.indicators_undated"))
    if not asked.classed:
        notes.append(Note("note.indicators_unclassed"))
    if isinstance(asked.sources, int):
        drawn = min(asked.sources, at.network.n_nodes)
        notes.append(Note("note.betweenness_estimate", n=drawn, of=at.network.n_nodes, seed=asked.seed))
    return notes


def _joined(table: pd.DataFrame, join: pd.DataFrame, level: str) -> tuple[pd.DataFrame, list[Note]]:
    """Append the columns of another table by place, and say which places have none."""
    if "year" in join.columns and "year" in table.columns:
        join = join.set_index("year", append=True)  # years that do not repeat a place are years, too
    taken = [str(name) for name in join.columns if name in table.columns]
    if taken:
        raise DataError(Note("note.join_taken", column=taken[0]), hint="rename the column, or use --columns")
    panel = isinstance(join.index, pd.MultiIndex)
    keys = list(KEYS if panel else KEYS[:1])
    if panel and "year" not in table.columns:
        raise UsageError(Note("note.join_panel"), hint="use --by-year, or join a table of one year")
    other = join.copy()
    other.index = other.index.set_names(keys) if panel else other.index.rename("unit")
    other = other.reset_index()
    other["unit"] = places.canonical(other["unit"].astype(str), level)
    twice = other[other.duplicated(keys)]
    if len(twice):
        where = " ".join(str(cell) for cell in twice[keys].iloc[0])
        raise DataError(Note("note.join_twice", n=len(twice), first=where))
    result = table.merge(other, on=keys, how="left", sort=False)
    ours, theirs = set(table["unit"]), set(other["unit"])
    here = [name for name in table["unit"].unique() if name not in theirs]
    there = [name for name in other["unit"].unique() if name not in ours]
    notes = [Note("note.join", n=len(ours & theirs), of=len(ours))]
    for term, names in (("note.join_without", here), ("note.join_unknown", there)):
        if names:
            notes.append(Note(term, n=len(names), names=_named(names)))
    return result, notes


def _named(names: Sequence[str]) -> list[str]:
    return [*names[:NAMED], *(["…"] if len(names) > NAMED else [])]
