"""Flows between places: the largest ones, what each place gives and takes, the matrix (Tables 7-10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, overload

import numpy as np
import pandas as pd

from clusters import places
from clusters.engines.counts import flow_counts
from clusters.engines.large import LargeRelations
from clusters.errors import UsageError
from clusters.measures import flows as measures
from clusters.relations import Relations, in_years
from clusters.sentences import Note
from clusters.tables._relations import TECHNOLOGY, chosen, part, what

OTHER = "other"
"""Row and column of all places that are not shown."""


def flows(
    relations: Relations | LargeRelations,
    *,
    level: str = "province",
    top: int | None = 20,
    kinds: Sequence[str] | None = None,
    foreign: measures.Foreign = "leave",
    distinct: bool = False,
) -> pd.DataFrame:
    """Tabulate the largest flows between places (Tables 8 and 9).

    Parameters
    ----------
    relations
        Checked relations, in memory or on disk.
    level
        Place level: province, city, country or any other that the table has.
    top
        Number of rows; ``None`` for all flows that occur.
    kinds
        Kinds of relations; by default technology where the table has it, else all
        (decision D2). ``relations.kinds`` asks for all.
    foreign
        At the level province: ``leave`` relations with places outside the mainland out, or
        count these places as one ``unit`` (decision D10).
    distinct
        Count distinct pairs of organisations instead of relations.

    Returns
    -------
    DataFrame
        ``rank``, ``origin``, ``destination``, ``relations``, ``share`` of all that count, ``type``
        (``intra`` within one place, else ``inter``), by falling share, then place code. Notes say
        how many relations count and why others do not.

    References
    ----------
    Nankai report 2023, Tables 8 and 9.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": list("aab"), "target": list("bba")})
    >>> frame = frame.assign(source_city=["深圳市"] * 2 + ["北京市"], target_city=["北京市"] * 2 + ["深圳市"])
    >>> flows(from_frame(frame), level="city", top=1)[["origin", "destination", "relations"]].values.tolist()
    [['深圳市', '北京市', 2]]
    """
    return _listed(_used(relations, level, kinds, distinct), level, top, foreign, distinct)


def _listed(
    used: _Used, level: str, top: int | None, foreign: measures.Foreign, distinct: bool
) -> pd.DataFrame:
    cells = measures.flow_list(used.rows, level=level, foreign=foreign, **used.counted)
    total = int(cells["relations"].sum())
    # The list is in the order of place codes, and so are equal flows after a stable sort.
    table = cells.sort_values("relations", ascending=False, kind="stable", ignore_index=True)
    table["share"] = table["relations"] / max(total, 1)
    table["type"] = np.where(table["origin"] == table["destination"], "intra", "inter").astype(object)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    table = table.head(top) if top is not None else table
    table.attrs["notes"] = _notes(used, level, foreign, distinct)
    return table


def flow_margins(
    relations: Relations | LargeRelations,
    *,
    level: str = "province",
    top: int | None = None,
    kinds: Sequence[str] | None = None,
    foreign: measures.Foreign = "leave",
    distinct: bool = False,
) -> pd.DataFrame:
    """Tabulate what each place gives and takes (Tables 7 and 10).

    Parameters
    ----------
    relations, level, kinds, foreign, distinct
        As in ``flows``.
    top
        Number of rows; ``None`` for all places.

    Returns
    -------
    DataFrame
        By falling share given, then place code: ``rank``, ``place``, ``empowerment`` and ``input``
        (relations given and taken), ``empowerment_share``, ``input_share`` (each sums to 1 over all
        places), ``input_rank`` and ``net_balance``, the difference of the two shares.

    References
    ----------
    Nankai report 2023, Tables 7 and 10.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": ["a"], "target": ["b"]})
    >>> frame = frame.assign(source_city="深圳市", target_city="北京市")
    >>> flow_margins(from_frame(frame), level="city")[["place", "net_balance"]].values.tolist()
    [['深圳市', 1.0], ['北京市', -1.0]]
    """
    used = _used(relations, level, kinds, distinct)
    margins = measures.flow_margins(
        measures.flow_matrix(used.rows, level=level, foreign=foreign, **used.counted)
    )
    margins = margins.sort_values("empowerment", ascending=False, kind="stable").reset_index()
    table = margins[
        ["place", "empowerment", "input", "empowerment_share", "input_share", "input_rank", "net_balance"]
    ]
    table.insert(0, "rank", margins["empowerment_rank"])
    table = table.head(top) if top is not None else table
    table.attrs["notes"] = _notes(used, level, foreign, distinct)
    return table


def flow_matrix_table(
    relations: Relations | LargeRelations,
    *,
    level: str = "province",
    top: int | None = None,
    kinds: Sequence[str] | None = None,
    shares: bool = False,
    foreign: measures.Foreign = "leave",
    distinct: bool = False,
) -> pd.DataFrame:
    """Tabulate all flows between places as a square: origins down, destinations across.

    Parameters
    ----------
    relations, level, kinds, foreign, distinct
        As in ``flows``.
    top
        Number of places, those that give and take most; all others are added up in a last row and
        column ``other``. ``None`` for all places.
    shares
        Divide by the number of relations that count.

    Returns
    -------
    DataFrame
        ``origin``, then one column per destination, in the order of place codes.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": ["a"], "target": ["b"]})
    >>> frame = frame.assign(source_city="深圳市", target_city="北京市")
    >>> flow_matrix_table(from_frame(frame), level="city").values.tolist()
    [['北京市', 0, 0], ['深圳市', 1, 0]]
    """
    used = _used(relations, level, kinds, distinct)
    matrix = measures.flow_matrix(used.rows, level=level, shares=shares, foreign=foreign, **used.counted)
    kept = _largest(matrix, top)
    table = _square(_added_up(matrix, kept))
    table.attrs["notes"] = [*_notes(used, level, foreign, distinct), *_cut(matrix, kept)]
    return table


def yearly_flows(
    relations: Relations | LargeRelations,
    *,
    level: str = "province",
    top: int | None = 20,
    cumulative: bool = True,
    years: Sequence[int] | None = None,
    kinds: Sequence[str] | None = None,
    foreign: measures.Foreign = "leave",
    distinct: bool = False,
) -> pd.DataFrame:
    """Tabulate the largest flows between places for each year.

    Parameters
    ----------
    relations, level, top, kinds, foreign, distinct
        As in ``flows``; ``top`` in each year.
    cumulative
        Relations up to each year; else those of the single year.
    years
        Years to report; by default all that occur.

    Returns
    -------
    DataFrame
        ``year``, then the columns of ``flows``.

    References
    ----------
    Nankai report 2023, Tables 8 and 9, for each year.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": list("aab"), "target": list("bba"), "year": [2020, 2021, 2021]})
    >>> frame = frame.assign(source_city=["深圳市"] * 2 + ["北京市"], target_city=["北京市"] * 2 + ["深圳市"])
    >>> yearly_flows(from_frame(frame), level="city", top=1)[["year", "origin", "relations"]].values.tolist()
    [[2020, '深圳市', 1], [2021, '深圳市', 2]]
    """
    if not relations.dated:
        raise UsageError(Note("note.years_unknown"))
    picked = _picked(relations, level, kinds, distinct)
    chosen_years = sorted(set(picked.years if years is None else years))
    parts = []
    for year in chosen_years:
        used = _counted(_within(picked, None if cumulative else year, year), level, distinct)
        part = _listed(used, level, top, foreign, distinct)
        notes = part.attrs.pop("notes")
        part.insert(0, "year", year)
        parts.append(part)
    if not parts:
        return pd.DataFrame(columns=["year", "rank", "origin", "destination", "relations", "share", "type"])
    table = pd.concat(parts, ignore_index=True)
    table.attrs["notes"] = [Note("note.flows_last_year"), *notes] if len(parts) > 1 else notes
    return table


def yearly_flow_matrix_table(
    relations: Relations,
    *,
    level: str = "province",
    top: int | None = None,
    cumulative: bool = True,
    years: Sequence[int] | None = None,
    kinds: Sequence[str] | None = None,
    shares: bool = False,
    foreign: measures.Foreign = "leave",
    distinct: bool = False,
) -> pd.DataFrame:
    """Tabulate all flows between places as a square for each year, one below the other.

    Parameters
    ----------
    relations, level, top, kinds, shares, foreign, distinct
        As in ``flow_matrix_table``; shares are of the relations that count in the year, and the largest
        places are those of the last year.
    cumulative, years
        As in ``yearly_flows``.

    Returns
    -------
    DataFrame
        ``year``, ``origin``, then one column per destination; the same places in all years.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": ["a", "b"], "target": ["b", "a"], "year": [2020, 2021]})
    >>> frame = frame.assign(source_city=["深圳市", "北京市"], target_city=["北京市", "深圳市"])
    >>> yearly_flow_matrix_table(from_frame(frame), level="city").values.tolist()
    [[2020, '北京市', 0, 0], [2020, '深圳市', 1, 0], [2021, '北京市', 0, 1], [2021, '深圳市', 1, 0]]
    """
    used = _picked(relations, level, kinds, distinct)
    matrices = measures.yearly_flow_matrices(
        used,
        level=level,
        cumulative=cumulative,
        years=years,
        shares=shares,
        foreign=foreign,
        distinct=distinct,
    )
    parts = []
    last = matrices[max(matrices)] if matrices else pd.DataFrame()
    kept = _largest(last, top)
    for year, matrix in matrices.items():
        table = _square(_added_up(matrix, kept))
        table.insert(0, "year", year)
        parts.append(table)
    result = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["year", "origin"])
    notes = _notes(_counted(used, level, distinct), level, foreign, distinct)
    result.attrs["notes"] = [*notes, *_cut(last, kept)]
    return result


def _largest(matrix: pd.DataFrame, top: int | None) -> pd.Index:
    """Return the places that give and take most, in the order of the matrix."""
    if top is None or top >= len(matrix):
        return matrix.index
    size = matrix.to_numpy().sum(axis=1) + matrix.to_numpy().sum(axis=0)
    return matrix.index.take(np.sort(np.argsort(-size, kind="stable")[:top]))


def _added_up(matrix: pd.DataFrame, kept: pd.Index) -> pd.DataFrame:
    """Add the rows and columns of all other places up, behind those that are kept."""
    if len(kept) == len(matrix):
        return matrix
    group = kept.get_indexer(matrix.index)
    sums = np.eye(len(kept) + 1, dtype=matrix.to_numpy().dtype)[np.where(group < 0, len(kept), group)]
    names = [*kept, OTHER]
    return pd.DataFrame(
        sums.T @ matrix.to_numpy() @ sums,
        index=pd.Index(names, name="origin"),
        columns=pd.Index(names, name="destination"),
    )


def _cut(matrix: pd.DataFrame, kept: pd.Index) -> list[Note]:
    """Say how many places are added up."""
    left = len(matrix) - len(kept)
    return [Note("note.flow_matrix_other", n=len(kept), left=left)] if left else []


def _square(matrix: pd.DataFrame) -> pd.DataFrame:
    """Make the index of a matrix its first column."""
    # A place of the same name as the first columns would make two columns one in JSON.
    taken = ("origin", "year")
    matrix.columns = pd.Index([f"{place} (2)" if place in taken else place for place in matrix.columns])
    return matrix.reset_index()


class _Used(NamedTuple):
    """The relations that a table is about, and how they are counted."""

    rows: Relations | pd.DataFrame
    counted: dict[str, Any]
    """``distinct`` or ``counts`` of ``measures.flows``."""
    what: Note


def _used(
    relations: Relations | LargeRelations, level: str, kinds: Sequence[str] | None, distinct: bool
) -> _Used:
    return _counted(_picked(relations, level, kinds, distinct), level, distinct)


@overload
def _picked(relations: Relations, level: str, kinds: Sequence[str] | None, distinct: bool) -> Relations: ...


@overload
def _picked(
    relations: Relations | LargeRelations, level: str, kinds: Sequence[str] | None, distinct: bool
) -> Relations | LargeRelations: ...


def _picked(
    relations: Relations | LargeRelations, level: str, kinds: Sequence[str] | None, distinct: bool
) -> Relations | LargeRelations:
    """Keep relations of some kinds; one row for all of a kind, year and flow, unless pairs matter."""
    if isinstance(relations, Relations):
        return chosen(relations if distinct else measures.compress(relations, level), kinds)
    if kinds is None:
        kinds = [TECHNOLOGY] if TECHNOLOGY in relations.kinds else None
    return relations.of_kinds(kinds)


def _within(
    relations: Relations | LargeRelations, first: int | None, last: int | None
) -> Relations | LargeRelations:
    if isinstance(relations, Relations):
        return in_years(relations, first, last)
    return relations.in_years(first, last)


def _counted(picked: Relations | LargeRelations, level: str, distinct: bool) -> _Used:
    """Say how the relations picked are to be counted."""
    if not isinstance(picked, Relations):
        found = flow_counts(picked, level, distinct=distinct)
        return _Used(found.frame, {"counts": found.counts}, what(found))
    counted = {"distinct": True} if distinct else {"counts": picked.frame["relations"].to_numpy()}
    return _Used(picked, counted, what(picked))


def _notes(used: _Used, level: str, foreign: measures.Foreign, distinct: bool) -> list[Note]:
    """Say what is counted, and for what reasons the rest is not."""
    found = measures.coverage(used.rows, level=level, foreign=foreign, **used.counted)
    notes = [
        Note(
            "note.flows_pairs" if distinct else "note.flows_relations",
            part=part(found.counted, found.relations),
            of=found.relations,
            what=used.what,
            level=level,
        )
    ]
    reasons = {
        "note.left_out_origin": found.missing_origin,
        "note.left_out_destination": found.missing_destination,
        "note.left_out_both": found.missing_both,
        "note.left_out_foreign" if level == places.PROVINCE else "note.left_out_outside": found.outside,
    }
    left = [Note(reason, n=number) for reason, number in reasons.items() if number]
    if left:
        notes.append(Note("note.left_out", reasons=left))
    if foreign == "unit":
        notes.append(Note("note.foreign_unit"))
    return notes
