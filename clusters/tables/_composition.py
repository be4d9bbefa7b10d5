"""What relations and organisations are made of, in all and by year (Figures 6-8, 11-13, 18-25)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from clusters import places
from clusters.errors import UsageError
from clusters.measures import composition as measures
from clusters.relations import Relations, in_years, sample_nodes
from clusters.sentences import Note
from clusters.tables._relations import chosen, part, what

Of = Literal["relations", "sample", "platforms"]
Mode = Literal["stock", "flow"]


def composition(
    relations: Relations,
    *,
    by: str = "technology",
    of: Of | None = None,
    by_year: bool = False,
    years: Sequence[int] | None = None,
    mode: Mode = "stock",
    counting: measures.Counting = "fractional",
    within: Mapping[str, str] | None = None,
    kinds: Sequence[str] | None = None,
    prd: places.PearlRiverDelta = "cities",
) -> pd.DataFrame:
    """Tabulate classes of relations or organisations with counts and shares.

    Parameters
    ----------
    relations
        Checked relations.
    by
        Any class of the relations (``technology``, ``application_field``, ``industry`` ...), ``kind``, or
        what is known of organisations (``region``, ``province``, ``city`` ...).
    of
        What is counted: ``relations``; organisations of the ``sample`` in its last year; flagged
        ``platforms``. By default relations where they have the class, else the sample, else
        relations: then each counts half at either end.
    by_year
        One row per class and year.
    years
        Years to show when by year; by default all that occur. Earlier relations count in a stock.
    mode
        By year: ``stock`` counts up to each year like Table 2, ``flow`` the year alone (decision D13).
        Organisations count in years in which they have a relation.
    counting
        ``fractional`` or ``full``, for relations with several classes (decision D14).
    within
        Count only within parent classes, such as ``{"sector": "第三产业"}`` (decision D16).
    kinds
        Kinds of relations; by default technology where the table has it, else all (decision
        D2). ``by="kind"`` and organisations take all.
    prd
        Extent of 珠江三角洲: its nine ``cities`` or the whole ``province`` (decision D11).

    Returns
    -------
    DataFrame
        ``class``, ``relations`` and ``share`` of those with a known class, by falling count, the class
        ``other`` last; ``year`` first when by year. For organisations ``organisations`` is what the
        share is of, and ``relations`` are those that touch one of the class. Notes say what is
        counted and how much is unknown.

    References
    ----------
    Nankai report 2023, Figures 6 to 8, 11 to 13, 18 to 25.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": list("abc"), "target": list("bca")})
    >>> frame["technology"] = ["5G", "5G", "物联网"]
    >>> composition(from_frame(frame)).round(3).values.tolist()
    [['5G', 2, 0.667], ['物联网', 1, 0.333]]
    """
    if by_year and not relations.dated:
        raise UsageError("a composition by year was asked for, but the table has no year column")
    if mode not in ("stock", "flow"):
        raise ValueError(f"mode {mode!r} is not known; use stock or flow")
    if (of or counted_by_default(relations, by)) == "relations":
        used = inside(relations if by == "kind" and kinds is None else chosen(relations, kinds), within)
        table = _of_relations(used, by, by_year, mode == "stock", counting, prd)
    elif within:
        raise UsageError("parent classes (within) narrow relations, not organisations")
    else:
        table = _of_organisations(relations, by, of or "sample", by_year, mode == "stock", prd)
    if by_year and years is not None:
        shown = table[table["year"].isin(list(years))].reset_index(drop=True)
        shown.attrs = table.attrs
        return shown
    return table


def counted_by_default(relations: Relations, by: str) -> Of:
    """Choose what is counted when the caller does not."""
    own = measures.relation_classes(relations, by) is not None
    known = measures.organisation_classes(relations, by) is not None
    return "sample" if known and not own and relations.has_roles else "relations"


def inside(relations: Relations, within: Mapping[str, str] | None) -> Relations:
    """Keep relations within parent classes."""
    for name, value in (within or {}).items():
        classes = measures.relation_classes(relations, name)
        if classes is None:
            raise _no_class(relations, name)
        parts = measures.split(classes)
        rows = np.zeros(len(classes), dtype=bool)
        rows[parts.loc[parts["class"] == value, "row"].to_numpy()] = True
        if len(rows) and not rows.any():
            raise UsageError(Note("note.no_class_value", by=name, value=value))
        relations = relations.where(rows)
    return relations


def _of_relations(
    relations: Relations,
    by: str,
    by_year: bool,
    stock: bool,
    counting: measures.Counting,
    prd: places.PearlRiverDelta,
) -> pd.DataFrame:
    columns = columns_of(relations, by, prd)
    # Both ends one below the other: every relation counts half at each.
    classes = pd.concat([c.astype(object) for c in columns], ignore_index=True)
    weight = 1 / len(columns)
    if by_year:
        years = pd.Series(np.tile(relations.frame["year"].to_numpy(), len(columns)), name="year")
        table = _by_year(classes, years, stock, counting, weight)
    else:
        found = measures.composition(classes, counting=counting)
        table = _frame(found, "relations", weight)
    known, cells = len(measures.split(classes)["row"].unique()), len(classes)
    term = "note.composition_relations" if weight == 1 else "note.composition_ends"
    notes = [Note(term, part=part(known, cells), of=cells, what=what(relations), by=by)]
    if weight != 1:
        notes.append(Note("note.half_each"))
    return _noted(table, notes, by_year, stock)


def columns_of(relations: Relations, by: str, prd: places.PearlRiverDelta) -> list[pd.Series]:
    """Return the class of each relation, or that of both its ends."""
    own = measures.relation_classes(relations, by)
    columns = [own] if own is not None else list(measures.end_classes(relations, by, prd=prd) or ())
    if not columns:
        raise _no_class(relations, by)
    return columns


def organisations_counted(
    relations: Relations, by: str, of: str, stock: bool, prd: places.PearlRiverDelta, year: int | None
) -> tuple[pd.Series, np.ndarray]:
    """Return the class of every organisation, and which ones count: in a year those with a relation."""
    classes = measures.organisation_classes(relations, by, prd=prd)
    if classes is None:
        raise _no_class(relations, by, organisations=True)
    if year is None:
        return classes, _members(relations, of, _last(relations))
    return classes, _members(relations, of, year) & _present(_dated(relations, year, stock))


def _dated(relations: Relations, year: int, stock: bool) -> Relations:
    return in_years(relations, None if stock else year, year)


def _of_organisations(
    relations: Relations, by: str, of: str, by_year: bool, stock: bool, prd: places.PearlRiverDelta
) -> pd.DataFrame:
    tables, known, counted = [], 0, 0
    for year in relations.years if by_year else [None]:
        classes, member = organisations_counted(relations, by, of, stock, prd, year)
        used = relations if year is None else _dated(relations, year, stock)
        found = measures.composition(classes[member], counting="full")
        table = _frame(found, "organisations")
        touching = _touching(used, classes.where(member))
        table["relations"] = table["class"].map(touching).fillna(0).astype(np.int64)
        if by_year:
            table.insert(0, "year", year)
        tables.append(table)
        known, counted = found.known, found.known + found.unknown
    notes = [
        _enterprises(of, _last(relations) if by_year else None, part(known, counted), counted, by),
        Note("note.touching"),
    ]
    empty = pd.DataFrame(columns=["year", "class", "organisations", "share", "relations"])
    return _noted(pd.concat(tables, ignore_index=True) if tables else empty, notes, by_year, stock)


def _enterprises(of: str, year: int | None, known: str, counted: int, by: str) -> Note:
    """Say of how many enterprises the class is known, by year of how many in the last one."""
    if year is None:
        term = "note.composition_sample" if of == "sample" else "note.composition_platforms"
        return Note(term, part=known, of=counted, by=by)
    term = "note.composition_sample_year" if of == "sample" else "note.composition_platforms_year"
    return Note(term, part=known, of=counted, by=by, year=year)


def _last(relations: Relations) -> int | None:
    return relations.years[-1] if relations.years else None


def _present(relations: Relations) -> np.ndarray:
    """Tell which organisations have a relation."""
    present = np.zeros(len(relations.nodes), dtype=bool)
    for end in ("source", "target"):
        present[relations.frame[end].cat.codes.to_numpy()] = True
    return present


def _touching(relations: Relations, classes: pd.Series) -> pd.Series:
    """Count the relations of each class of organisations; one within a class counts once."""
    cells = classes.to_numpy(dtype=object)
    ends = [
        measures.split(pd.Series(cells[relations.frame[end].cat.codes.to_numpy()], dtype=object))
        for end in ("source", "target")
    ]
    return pd.concat(ends).drop_duplicates(["row", "class"]).groupby("class").size()


def _members(relations: Relations, of: str, year: int | None) -> np.ndarray:
    """Tell which organisations are in the sample in a year, or are platforms."""
    if of == "sample":
        if not relations.has_roles:
            raise UsageError(
                Note("note.no_sample"),
                hint="add a node column 'role' (sample, partner), or read it with directions",
            )
        return sample_nodes(relations, year)
    if of == "platforms":
        if not relations.has_platforms:
            raise UsageError(Note("note.no_platforms"), hint="add a node column 'platform' (true/false)")
        return relations.nodes["platform"].fillna(False).to_numpy(dtype=bool)
    raise UsageError(f"of {of!r} is not known; use relations, sample or platforms")


def _frame(found: measures.Composition, count: str, weight: float = 1) -> pd.DataFrame:
    counts = found.counts if weight == 1 else found.counts * weight
    return pd.DataFrame(
        {
            "class": found.counts.index.to_numpy(dtype=object),
            count: counts.to_numpy(),
            "share": found.shares.to_numpy(),
        }
    )


def _by_year(
    classes: pd.Series, years: pd.Series, stock: bool, counting: measures.Counting, weight: float
) -> pd.DataFrame:
    """Tabulate year, class, relations and share; every class has a row in every year."""
    wide = measures.composition_by(classes, years, cumulative=stock, counting=counting)
    known = measures.known_by(classes, years, cumulative=stock)
    long = wide.reset_index(names="year").melt("year", var_name="class", value_name="relations")
    long["share"] = long["relations"] / long["year"].map(known)
    if weight != 1:
        long["relations"] *= weight
    # Falling within each year; equal counts keep the order of the last year.
    return long.sort_values(["year", "relations"], ascending=[True, False], kind="stable", ignore_index=True)


def _noted(table: pd.DataFrame, notes: list[Note], by_year: bool, stock: bool) -> pd.DataFrame:
    if by_year:
        notes.append(Note("note.stock" if stock else "note.flow"))
    table.attrs["notes"] = notes
    return table


def _no_class(relations: Relations, by: str, *, organisations: bool = False) -> UsageError:
    skip = {"label", "role", "sample_from", "sample_to", "platform"}
    columns = [str(c) for c in relations.nodes.columns if c not in skip]
    of_nodes = list(dict.fromkeys([*columns, *([] if organisations else relations.levels)]))
    own = [] if organisations else [*(["kind"] if relations.kinds else []), *relations.classes]
    known = list(dict.fromkeys([*own, *of_nodes])) or Note("note.none")
    term = "note.no_class_of_organisations" if organisations else "note.no_class_of_relations"
    return UsageError(Note(term, by=by, known=known))
