"""Flows between places: the largest ones, what each place gives and takes, the matrix (Tables 7-10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from clusters import places
from clusters.engines.counts import flow_counts
from clusters.engines.large import LargeRelations
from clusters.measures import flows as measures
from clusters.relations import Relations
from clusters.sentences import Note
from clusters.tables._relations import TECHNOLOGY, chosen, part, what


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
    used = _used(relations, level, kinds, distinct)
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
    # A place of the same name as the first column would make two columns one in JSON.
    matrix.columns = pd.Index(["origin (2)" if place == "origin" else place for place in matrix.columns])
    table = matrix.reset_index()
    table.attrs["notes"] = _notes(used, level, foreign, distinct)
    return table


class _Used(NamedTuple):
    """The relations that a table is about, and how they are counted."""

    rows: Relations | pd.DataFrame
    counted: dict[str, Any]
    """``distinct`` or ``counts`` of ``measures.flows``."""
    what: Note


def _used(
    relations: Relations | LargeRelations, level: str, kinds: Sequence[str] | None, distinct: bool
) -> _Used:
    if isinstance(relations, Relations):
        used = chosen(relations, kinds)
        return _Used(used, {"distinct": distinct}, what(used))
    if kinds is None:
        kinds = [TECHNOLOGY] if TECHNOLOGY in relations.kinds else None
    found = flow_counts(relations.of_kinds(kinds), level, distinct=distinct)
    return _Used(found.frame, {"counts": found.counts}, what(found))


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
