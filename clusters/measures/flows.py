"""Relations between places: who gives to whom, counted and as shares.

A *flow matrix* has origins (赋能地) as rows and destinations (输入地) as columns, the same
places in the same order on both sides. Its cells count relations, not distinct pairs of
organisations. A relation whose place is not known at one end, or lies outside the chosen
places, is in no cell; ``coverage`` says how many and why.

The functions below the matrix take a matrix of counts or of shares: nothing changes when
all cells are multiplied by a number, unless said.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import places
from clusters.errors import UsageError
from clusters.measures._poles import PoleDominance, dominance
from clusters.networks import stable_order
from clusters.relations import Relations, in_years
from clusters.sentences import Note

Foreign = Literal["leave", "unit"]
FOREIGN = "foreign"
"""Name of the unit that stands for all places outside the chosen ones."""

MOST_PLACES = 20_000  # a square of more would take over 3 GB
DENSE = 1 << 22
"""Cells up to which flows are counted in a square with a place for each."""
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class FlowCoverage:
    """How many relations a flow matrix counts; ``relations`` is the sum of all others."""

    relations: int
    counted: int
    """In the matrix."""
    missing_origin: int
    """Only the place of the giver is unknown."""
    missing_destination: int
    """Only the place of the receiver is unknown."""
    missing_both: int
    outside: int
    """Both known, at least one outside the chosen places."""


def flow_matrix(
    relations: Relations | pd.DataFrame,
    place: pd.Series | None = None,
    *,
    level: str | None = None,
    shares: bool = False,
    units: Iterable[Hashable] | None = None,
    foreign: Foreign = "leave",
    distinct: bool = False,
    counts: NDArray[np.int64] | None = None,
) -> pd.DataFrame:
    """Count relations by place of the giver and place of the receiver.

    Parameters
    ----------
    relations
        Checked relations or a frame with one row per relation.
    place
        Place of each organisation; the frame then needs ``source`` and ``target``.
    level
        Without ``place``: the level X whose columns ``source_X`` and ``target_X`` hold the places
        (or, in checked relations, whose column of the organisations does).
    shares
        Divide by the number of relations counted.
    units
        Places that count, in this order. By default those that occur, by place code; at the
        level ``province``, where a mainland province occurs, only mainland provinces (decision D10).
    foreign
        ``leave`` relations with a place outside these out, or put all such places into one
        ``unit`` named foreign, last in the matrix.
    distinct
        Count distinct ordered pairs of organisations instead of relations.
    counts
        Relations that each row stands for; one by default. Not together with ``distinct``.

    Returns
    -------
    DataFrame
        Square; index ``origin``, columns ``destination``. Counts are whole numbers; shares sum to
        1 and are NaN when nothing is counted.

    References
    ----------
    Nankai report 2023, Tables 7 to 10.

    Examples
    --------
    >>> edges = pd.DataFrame({"source": ["h", "h", "b"], "target": ["b", "t", "h"]})
    >>> place = pd.Series({"h": "广东省", "t": "广东省", "b": "北京市"})
    >>> matrix = flow_matrix(edges, place)
    >>> list(matrix.index), matrix.values.tolist()
    (['北京市', '广东省'], [[0, 1], [1, 1]])
    """
    axis, origin, destination, each = _counted(relations, place, level, units, foreign, distinct, counts)
    n = len(axis)
    if n > MOST_PLACES:
        raise UsageError(f"{n:,} places are too many for a square table; use the list of flows")
    cells = _sums(origin * n + destination, each, n * n).reshape(n, n)
    matrix = pd.DataFrame(cells, index=axis.rename("origin"), columns=axis.rename("destination"))
    return flow_shares(matrix) if shares else matrix


def yearly_flow_matrices(
    relations: Relations,
    *,
    level: str,
    cumulative: bool = True,
    years: Iterable[int] | None = None,
    shares: bool = False,
    foreign: Foreign = "leave",
    distinct: bool = False,
) -> dict[int, pd.DataFrame]:
    """Count relations by place of giver and receiver for each year, with the same places in all years.

    Parameters
    ----------
    relations, level, shares, foreign, distinct
        As in ``flow_matrix``.
    cumulative
        Relations up to each year, as in cumulative networks; else those of the single year.
    years
        Years to report; by default all that occur.

    Returns
    -------
    dict
        Year -> matrix. The places are those of all relations up to the last year.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> rows = pd.DataFrame({"source": list("hhh"), "target": list("bbc"), "year": [2020, 2020, 2021]})
    >>> rows = rows.assign(source_city="深圳市", target_city="北京市")
    >>> matrices = yearly_flow_matrices(from_frame(rows), level="city")
    >>> [int(matrix.at["深圳市", "北京市"]) for matrix in matrices.values()]
    [2, 3]
    """
    if not relations.dated:
        raise UsageError(Note("note.years_unknown"))
    chosen = sorted(set(relations.years if years is None else years))
    # Distinct pairs need the relations themselves; all else is in the few rows of ``compress``.
    used = relations if distinct else compress(relations, level)

    def matrix(first: int | None, last: int | None, units: list[Hashable] | None) -> pd.DataFrame:
        part = in_years(used, first, last)
        counts = None if distinct else part.frame["relations"].to_numpy()
        return flow_matrix(part, level=level, units=units, foreign=foreign, distinct=distinct, counts=counts)

    if not chosen:
        return {}
    whole = matrix(None, chosen[-1], None).index
    units = [name for name in whole if not (foreign == "unit" and name == FOREIGN)]
    found = {
        year: matrix(None if cumulative else year, year, units)
        .reindex(index=whole, columns=whole, fill_value=0)
        .rename_axis(index="origin", columns="destination")
        for year in chosen
    }
    return {year: flow_shares(cells) for year, cells in found.items()} if shares else found


def flow_list(
    relations: Relations | pd.DataFrame,
    place: pd.Series | None = None,
    *,
    level: str | None = None,
    units: Iterable[Hashable] | None = None,
    foreign: Foreign = "leave",
    distinct: bool = False,
    counts: NDArray[np.int64] | None = None,
) -> pd.DataFrame:
    """List the flows that occur: what ``flow_matrix`` holds, for any number of places.

    Returns
    -------
    DataFrame
        ``origin``, ``destination``, ``relations``: row by row of the matrix, without empty cells.

    Examples
    --------
    >>> edges = pd.DataFrame({"source": ["h", "h", "b"], "target": ["b", "t", "h"]})
    >>> flow_list(edges, pd.Series({"h": "广东省", "t": "广东省", "b": "北京市"})).values.tolist()
    [['北京市', '广东省', 1], ['广东省', '北京市', 1], ['广东省', '广东省', 1]]
    """
    axis, origin, destination, each = _counted(relations, place, level, units, foreign, distinct, counts)
    cells, cell = np.unique(origin * max(len(axis), 1) + destination, return_inverse=True)
    at_origin, at_destination = np.divmod(cells, max(len(axis), 1))
    return pd.DataFrame(
        {
            "origin": axis.take(at_origin).to_numpy(),
            "destination": axis.take(at_destination).to_numpy(),
            "relations": _sums(cell, each, cells.size),
        }
    )


def compress(relations: Relations, level: str) -> Relations:
    """Count relations by kind, year and the places of their ends: one row for all that agree in these.

    Every function of this module gives the same for the result, with ``counts=`` its column
    ``relations``, as for the relations themselves, also when it is cut to kinds or years; only
    ``distinct`` needs the relations. What is counted already is returned as it is.

    Returns
    -------
    Relations
        With the columns ``kind`` and ``year`` (where known), ``source_X``, ``target_X`` for the level
        ``X``, and ``relations``.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> rows = pd.DataFrame({"source": list("hhh"), "target": list("bbc"), "year": [2020, 2020, 2021]})
    >>> rows = rows.assign(source_city="深圳市", target_city="北京市")
    >>> compress(from_frame(rows), "city").frame[["year", "relations"]].values.tolist()
    [[2020, 2], [2021, 1]]
    """
    frame = relations.frame
    if "relations" in frame.columns and "source" not in frame.columns:
        return relations
    columns: dict[str, Any] = dict(
        zip((f"source_{level}", f"target_{level}"), _places(relations, None, level), strict=True)
    )
    if relations.dated:
        years = pd.Index(relations.years)
        at = np.searchsorted(years.to_numpy(), frame["year"].to_numpy())
        columns = {"year": pd.Categorical.from_codes(at, categories=years), **columns}
    if "kind" in frame.columns:
        columns = {"kind": _categorical(frame["kind"]), **columns}
    found, count = _counted_codes([_codes(column) for column in columns.values()])
    small = pd.DataFrame(
        {
            name: pd.Categorical.from_codes(codes, dtype=column.dtype)
            for (name, column), codes in zip(columns.items(), found, strict=True)
        }
    )
    if relations.dated:
        small["year"] = small["year"].astype(frame["year"].dtype)
    return dataclasses.replace(relations, frame=small.assign(relations=count))


def place_margins(
    relations: Relations | pd.DataFrame,
    place: pd.Series | None = None,
    *,
    level: str | None = None,
    units: Iterable[Hashable] | None = None,
    foreign: Foreign = "leave",
    distinct: bool = False,
) -> pd.DataFrame:
    """Say what each place gives and takes: ``flow_margins`` of the matrix, for any number of places.

    Examples
    --------
    >>> edges = pd.DataFrame({"source": ["h", "h"], "target": ["b", "t"]})
    >>> place_margins(edges, pd.Series({"h": "广东省", "t": "广东省", "b": "北京市"}))["input"].to_dict()
    {'北京市': 1, '广东省': 1}
    """
    axis, origin, destination, each = _counted(relations, place, level, units, foreign, distinct)
    given, taken = (_sums(ends, each, len(axis)) for ends in (origin, destination))
    return _margins(given, taken, axis)


def coverage(
    relations: Relations | pd.DataFrame,
    place: pd.Series | None = None,
    *,
    level: str | None = None,
    units: Iterable[Hashable] | None = None,
    foreign: Foreign = "leave",
    distinct: bool = False,
    counts: NDArray[np.int64] | None = None,
) -> FlowCoverage:
    """Say how many relations ``flow_matrix`` counts with the same arguments, and why not all.

    Examples
    --------
    >>> edges = pd.DataFrame({"source": ["h", "x", "x"], "target": ["b", "h", "y"]})
    >>> coverage(edges, pd.Series({"h": "广东省", "b": "北京市"})).counted
    1
    """
    ends = _ends(relations, place, level, distinct, counts)
    names, inside = _chosen(ends, level if place is None else None, units, foreign)
    origin, destination = _positions(ends, names, inside)
    no_origin, no_destination = ends.origin < 0, ends.destination < 0
    counted = (origin >= 0) & (destination >= 0)

    def total(rows: NDArray[np.bool_]) -> int:
        return int(ends.size[rows].sum())

    return FlowCoverage(
        relations=total(np.ones(counted.size, bool)),
        counted=total(counted),
        missing_origin=total(no_origin & ~no_destination),
        missing_destination=total(no_destination & ~no_origin),
        missing_both=total(no_origin & no_destination),
        outside=total(~counted & ~no_origin & ~no_destination),
    )


def flow_shares(matrix: pd.DataFrame) -> pd.DataFrame:
    """Divide a matrix by its sum; NaN throughout when that is 0.

    Examples
    --------
    >>> float(flow_shares(pd.DataFrame([[1, 1], [0, 2]])).iat[1, 1])
    0.5
    """
    total = _values(matrix).sum()
    return matrix / total if total else matrix * NAN


def flow_margins(matrix: pd.DataFrame) -> pd.DataFrame:
    """What each place gives and takes in all (F1, F4).

    Parameters
    ----------
    matrix
        Flow matrix of counts or shares.

    Returns
    -------
    DataFrame
        Indexed by ``place``, in the order of the matrix: ``empowerment`` and ``input`` (row and column
        sums), ``empowerment_share`` and ``input_share`` (they sum to 1 each), ``empowerment_rank`` and
        ``input_rank`` (equal amounts share the better rank), ``net_balance`` (difference of the
        shares, -1 to 1) and ``relative_balance`` ((given - taken)/(given + taken), -1 to 1, NaN for a
        place without flows). Shares are NaN when the matrix is empty.

    References
    ----------
    Nankai report 2023, Tables 7 and 10.

    Examples
    --------
    >>> matrix = pd.DataFrame([[2, 1], [0, 1]], index=["a", "b"], columns=["a", "b"])
    >>> flow_margins(matrix)[["empowerment_share", "input_share", "net_balance"]].values.tolist()
    [[0.75, 0.5, 0.25], [0.25, 0.5, -0.25]]
    """
    cells = _values(matrix)
    if all(pd.api.types.is_integer_dtype(kind) for kind in matrix.dtypes):
        cells = cells.astype(np.int64)
    return _margins(cells.sum(axis=1), cells.sum(axis=0), matrix.index)


def intra_share(matrix: pd.DataFrame) -> float:
    """Share of flows that stay within their place (F2), 0 to 1; NaN for an empty matrix.

    Examples
    --------
    >>> intra_share(pd.DataFrame([[2, 1], [0, 1]]))
    0.75
    """
    cells = _values(matrix)
    total = cells.sum()
    return float(np.trace(cells) / total) if total else NAN


def intra_lift(matrix: pd.DataFrame) -> float:
    """Intra share over what independent origins and destinations would give (F2).

    Sum of F_pp over the sum of r_p c_p: at least 0, 1 for an outer product of margins. NaN for an
    empty matrix or where independence allows no flow within a place.

    Examples
    --------
    >>> intra_lift(pd.DataFrame([[1, 1], [1, 1]])), intra_lift(pd.DataFrame([[1, 0], [0, 1]]))
    (1.0, 2.0)
    """
    cells = _values(matrix)
    total = cells.sum()
    expected = float(cells.sum(axis=1) @ cells.sum(axis=0))
    return float(np.trace(cells) * total / expected) if expected else NAN


def lift(matrix: pd.DataFrame) -> pd.DataFrame:
    """Cell by cell, the flow over what independent margins would give: F_pq/(r_p c_q) (F2).

    At least 0; above 1 the two places exchange more than their sizes explain. NaN where the
    origin gives or the destination takes nothing.

    Examples
    --------
    >>> lift(pd.DataFrame([[3, 1], [1, 3]])).values.tolist()
    [[1.5, 0.5], [0.5, 1.5]]
    """
    cells = _values(matrix)
    expected = np.outer(cells.sum(axis=1), cells.sum(axis=0))
    result = np.divide(cells * cells.sum(), expected, out=np.full(cells.shape, NAN), where=expected > 0)
    return pd.DataFrame(result, index=matrix.index, columns=matrix.columns)


def pole_dominance(matrix: pd.DataFrame, poles: Sequence[Hashable]) -> PoleDominance:
    """Say how far flows run among, from and to a few places (F3).

    Parameters
    ----------
    matrix
        Flow matrix of counts or shares.
    poles
        Places of the matrix, such as 北京市 and 广东省.

    Returns
    -------
    PoleDominance
        ``touching`` = ``source`` + ``target`` - ``inside``. All NaN for an empty matrix.

    Examples
    --------
    >>> matrix = pd.DataFrame([[2, 1, 1], [0, 0, 0], [4, 0, 2]], index=list("abc"), columns=list("abc"))
    >>> pole_dominance(matrix, ["a", "b"]).touching
    0.8
    """
    unknown = [p for p in poles if p not in matrix.index]
    if unknown or not poles:
        raise ValueError(f"pole {unknown[0]!r} is not in the matrix" if unknown else "no pole is named")
    at = matrix.index.get_indexer(pd.Index(list(dict.fromkeys(poles)), dtype=object))
    cells = _values(matrix)
    total = cells.sum()
    if not total:
        return PoleDominance(NAN, NAN, NAN, NAN, NAN)
    given, taken = cells[at].sum(axis=1), cells[:, at].sum(axis=0)
    return dominance(cells[np.ix_(at, at)].sum(), given, taken, cells[at, at], total)


def asymmetry(matrix: pd.DataFrame) -> pd.DataFrame:
    """Pair by pair, how one-sided flows are: (F_pq - F_qp)/(F_pq + F_qp) (F4).

    From -1 (all flows run from column to row) over 0 to 1 (all from row to column); 0 on the
    diagonal, NaN for a pair without flows.

    Examples
    --------
    >>> asymmetry(pd.DataFrame([[5, 3], [1, 0]])).iat[0, 1]
    np.float64(0.5)
    """
    cells = _values(matrix)
    both = cells + cells.T
    result = np.divide(cells - cells.T, both, out=np.full(cells.shape, NAN), where=both > 0)
    return pd.DataFrame(result, index=matrix.index, columns=matrix.columns)


def flow_reciprocity(matrix: pd.DataFrame) -> float:
    """Share of flows between different places that is returned (F5).

    Sum of min(F_pq, F_qp) over the sum of F_pq, p and q different: 0 for one-way flows, 1 for a
    symmetric matrix. NaN without flows between different places.

    References
    ----------
    Squartini, Picciolo, Ruzzenenti, Garlaschelli 2013.

    Examples
    --------
    >>> flow_reciprocity(pd.DataFrame([[9, 3], [1, 0]]))
    0.5
    """
    cells = _values(matrix) * (1 - np.eye(len(matrix)))
    between = cells.sum()
    return float(np.minimum(cells, cells.T).sum() / between) if between else NAN


class Located(NamedTuple):
    """Where each of the relations that count begins and ends."""

    places: pd.Index
    """Places of the matrix, in order."""
    rows: NDArray[np.intp]
    """The relations that count: positions in the table."""
    origin: NDArray[np.int64]
    """Position of the giver's place in ``places``."""
    destination: NDArray[np.int64]


def located(
    relations: Relations | pd.DataFrame,
    place: pd.Series | None = None,
    *,
    level: str | None = None,
    units: Iterable[Hashable] | None = None,
    foreign: Foreign = "leave",
    distinct: bool = False,
) -> Located:
    """Say for each relation which cell of ``flow_matrix`` with the same arguments counts it.

    For what needs relations one by one, such as resampling them; of several between the same two
    organisations the first one stands where ``distinct`` pairs count.

    Examples
    --------
    >>> edges = pd.DataFrame({"source": ["h", "x", "b"], "target": ["b", "h", "h"]})
    >>> found = located(edges, pd.Series({"h": "广东省", "b": "北京市"}))
    >>> list(found.places), found.rows.tolist(), found.origin.tolist()
    (['北京市', '广东省'], [0, 2], [1, 0])
    """
    ends = _ends(relations, place, level, distinct, None)
    names, inside = _chosen(ends, level if place is None else None, units, foreign)
    at = {name: i for i, name in enumerate(names) if name in inside}
    elsewhere = len(names) - 1 if len(names) > len(at) else -1
    numbers = {name: at.get(name, elsewhere) for name in ends.names}
    frame = relations.frame if isinstance(relations, Relations) else relations
    rows = _first_of_pairs(frame) if distinct else np.arange(len(frame))
    origin, destination = (
        np.array([numbers.get(name, -1) for name in end.categories] + [-1], np.int64)[end.codes[rows]]
        for end in _places(relations, place, level)
    )
    counted = (origin >= 0) & (destination >= 0)
    axis = pd.Index(names, dtype=object, tupleize_cols=False)
    return Located(axis, rows[counted], origin[counted], destination[counted])


def _counted(
    relations: Relations | pd.DataFrame,
    place: pd.Series | None,
    level: str | None,
    units: Iterable[Hashable] | None,
    foreign: Foreign,
    distinct: bool,
    counts: NDArray[np.int64] | None = None,
) -> tuple[pd.Index, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the places in order and, for flows that count, the positions of their ends and their sizes."""
    ends = _ends(relations, place, level, distinct, counts)
    names, inside = _chosen(ends, level if place is None else None, units, foreign)
    origin, destination = _positions(ends, names, inside)
    counted = (origin >= 0) & (destination >= 0)
    axis = pd.Index(names, dtype=object, tupleize_cols=False)
    return axis, origin[counted], destination[counted], ends.size[counted]


def _sums(cells: NDArray[Any], each: NDArray[np.int64] | None, n: int) -> NDArray[np.int64]:
    """Count what falls into each cell; one for every entry, or as many as ``each`` says."""
    if each is None:
        return np.bincount(cells, minlength=n)
    result = np.zeros(n, np.int64)
    np.add.at(result, cells, each)  # exact, where bincount would add floats
    return result


def _margins(given: NDArray[Any], taken: NDArray[Any], axis: pd.Index) -> pd.DataFrame:
    total = given.sum()
    frame = pd.DataFrame({"empowerment": given, "input": taken}, index=axis.rename("place"))
    for name in ("empowerment", "input"):
        frame[f"{name}_share"] = frame[name] / total if total else NAN
    for name in ("empowerment", "input"):
        frame[f"{name}_rank"] = frame[name].rank(ascending=False, method="min").astype(np.int64)
    frame["net_balance"] = (given - taken) / total if total else NAN
    both = given + taken
    frame["relative_balance"] = np.divide(given - taken, both, out=np.full(len(both), NAN), where=both > 0)
    return frame


class _Ends(NamedTuple):
    """Places of both ends as positions in ``names``, -1 where not known, and how many relations have them."""

    origin: NDArray[np.int64]
    destination: NDArray[np.int64]
    size: NDArray[np.int64]
    names: list[Hashable]


def _ends(
    relations: Relations | pd.DataFrame,
    place: pd.Series | None,
    level: str | None,
    distinct: bool,
    counts: NDArray[np.int64] | None,
) -> _Ends:
    """Count the relations between places, and number these."""
    frame = relations.frame if isinstance(relations, Relations) else relations
    origin, destination = _places(relations, place, level)
    if distinct:
        if not {"source", "target"} <= set(frame.columns):
            raise ValueError("distinct pairs need the columns source and target")
        first = _first_of_pairs(frame)
        origin, destination = origin.take(first), destination.take(first)
    (at_origin, at_destination), count = _counted_codes([_codes(origin), _codes(destination)], counts)
    names: dict[Hashable, int] = {}
    return _Ends(
        _renumbered(origin, at_origin, names),
        _renumbered(destination, at_destination, names),
        count,
        list(names),
    )


def _places(
    relations: Relations | pd.DataFrame, place: pd.Series | None, level: str | None
) -> tuple[pd.Categorical, pd.Categorical]:
    """Return the place of both ends of each row, as it is written."""
    frame = relations.frame if isinstance(relations, Relations) else relations
    if place is None:
        if level is None:
            raise ValueError("name the places: place=Series or level=NAME")
        columns = f"source_{level}", f"target_{level}"
        if set(columns) <= set(frame.columns):
            return _categorical(frame[columns[0]]), _categorical(frame[columns[1]])
        if not (isinstance(relations, Relations) and level in relations.nodes.columns):
            raise _no_level(relations, level)
        place = relations.nodes[level]
    if not place.index.is_unique:
        raise ValueError("place has more than one value for an organisation")
    return _placed(frame["source"], place), _placed(frame["target"], place)


def _categorical(column: pd.Series) -> pd.Categorical:
    values = column if isinstance(column.dtype, pd.CategoricalDtype) else column.astype("category")
    return cast("pd.Categorical", values.array)


def _placed(end: pd.Series, place: pd.Series) -> pd.Categorical:
    """Look the place of each organisation up once, not once for each relation."""
    ends = _categorical(end)
    found = _categorical(place)
    row = place.index.get_indexer(pd.Index(ends.categories, dtype=object))
    code = (
        np.append(np.where(row >= 0, found.codes[row], -1), -1) if len(place) else np.full(row.size + 1, -1)
    )
    return pd.Categorical.from_codes(code[ends.codes], dtype=found.dtype)


def _codes(values: pd.Categorical) -> tuple[NDArray[np.integer[Any]], int]:
    return values.codes, len(values.categories)


def _renumbered(
    values: pd.Categorical, codes: NDArray[np.int64], names: dict[Hashable, int]
) -> NDArray[np.int64]:
    """Number the places of both ends together; blank text is no place."""
    for name in values.categories:
        if not (isinstance(name, str) and not name.strip()):
            names.setdefault(name, len(names))
    # The last entry serves code -1, the missing value.
    position = np.array([names.get(name, -1) for name in values.categories] + [-1], dtype=np.int64)
    return position[codes]


def _first_of_pairs(frame: pd.DataFrame) -> NDArray[np.int32]:
    """Return the first row of every ordered pair of organisations, in the order of the table."""
    source, target = (_categorical(frame[end]).codes + np.int32(1) for end in ("source", "target"))
    order = stable_order(source, target)
    source, target = source[order], target[order]
    new = np.ones(order.size, dtype=bool)
    new[1:] = (source[1:] != source[:-1]) | (target[1:] != target[:-1])
    return np.sort(order[new])


def _counted_codes(
    columns: Sequence[tuple[NDArray[np.integer[Any]], int]], counts: NDArray[np.int64] | None = None
) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:
    """Count how often each combination of codes occurs; -1 is a code too.

    Combinations that occur come in the order of their codes.
    """
    rows = columns[0][0].size
    sizes = [size + 1 for _, size in columns]
    if math.prod(sizes) <= max(DENSE, rows):
        total = np.zeros(math.prod(sizes), np.int64)
        # In pieces, so that what lies between the codes and their counts stays small.
        piece = max(1 << 20, total.size)
        for first in range(0, rows, piece):
            part = slice(first, first + piece)
            key = _key([codes[part] for codes, _ in columns], sizes)
            total += _sums(key, None if counts is None else counts[part], total.size)
        keys = np.flatnonzero(total)
        total = total[keys]
    else:
        key = _key([codes for codes, _ in columns], sizes)
        order = np.argsort(key, kind="stable")
        key = key[order]
        new = np.ones(rows, dtype=bool)
        new[1:] = key[1:] != key[:-1]
        start = np.flatnonzero(new)
        keys = key[start]
        total = np.diff(start, append=rows)
        if counts is not None:
            total = np.add.reduceat(counts[order], start)
    return [found - 1 for found in np.unravel_index(keys, sizes)], total


def _key(columns: Sequence[NDArray[np.integer[Any]]], sizes: Sequence[int]) -> NDArray[np.int64]:
    key = np.zeros(columns[0].size, np.int64)
    for codes, size in zip(columns, sizes, strict=True):
        key *= size
        key += codes
        key += 1
    return key


def _chosen(
    ends: _Ends, level: str | None, units: Iterable[Hashable] | None, foreign: Foreign
) -> tuple[list[Hashable], set[Hashable]]:
    """Return the places of the matrix in order, and those that stand for themselves in it."""
    if foreign not in ("leave", "unit"):
        raise ValueError(f"foreign {foreign!r} is not known; use leave or unit")
    used = np.unique(np.r_[ends.origin, ends.destination])
    present = [ends.names[i] for i in used if i >= 0]
    if units is not None:
        names = list(dict.fromkeys(units))
    else:
        mainland = set(places.provinces(mainland=True)) if level == places.PROVINCE else set()
        names = [name for name in present if name in mainland] or present
        # Text first by place code, then what is not text.
        names.sort(key=lambda name: (not isinstance(name, str), places.sort_key(str(name))))
    inside = set(names)
    if foreign == "unit" and any(name not in inside for name in present):
        names = [*names, FOREIGN]
    elif units is None:
        names = _met(ends, names)
    return names, inside


def _met(ends: _Ends, names: list[Hashable]) -> list[Hashable]:
    """Drop places that occur only in relations that are not counted."""
    inside = np.array([name in set(names) for name in ends.names] + [False], dtype=bool)
    counted = inside[ends.origin] & inside[ends.destination]
    met = {ends.names[i] for i in np.unique(np.r_[ends.origin[counted], ends.destination[counted]])}
    return [name for name in names if name in met]


def _positions(
    ends: _Ends, names: list[Hashable], inside: set[Hashable]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Position of both ends in the matrix, -1 for those that are in none of its places."""
    at = {name: i for i, name in enumerate(names) if name in inside}
    elsewhere = len(names) - 1 if len(names) > len(at) else -1
    position = np.array([at.get(name, elsewhere) for name in ends.names] + [-1], dtype=np.int64)
    return position[ends.origin], position[ends.destination]


def _no_level(relations: Relations | pd.DataFrame, level: str) -> UsageError:
    if isinstance(relations, Relations):
        known = relations.levels
    else:
        columns = {str(c) for c in relations.columns}
        ends = sorted(c.removeprefix("source_") for c in columns if c.startswith("source_"))
        known = [x for x in ends if f"target_{x}" in columns]
    return UsageError(
        Note("note.no_level", level=level, known=known or Note("note.none")),
        hint=f"add columns source_{level} and target_{level}, or a column {level} to the nodes table",
    )


def _values(matrix: pd.DataFrame) -> NDArray[np.float64]:
    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"a flow matrix is square, not {matrix.shape[0]} x {matrix.shape[1]}")
    return np.asarray(matrix.to_numpy(dtype=np.float64))
