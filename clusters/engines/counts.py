"""What can be counted of a large table without a network in memory.

Edges, degrees and years are those of ``networks`` and ``measures.degree``: one edge per
ordered pair, per pair and kind, or per relation; a network of a year holds the relations up
to it, of it alone, or of the last N years.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusters import progress
from clusters.engines._database import Database
from clusters.engines.large import LargeRelations
from clusters.errors import UsageError
from clusters.measures import flows
from clusters.networks import Parallel
from clusters.relations import PARTNER, SAMPLE
from clusters.sentences import Note

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

_EDGE = {"merge": "s, t", "kinds": "s, t, kind", "relations": "s, t, pos"}


@dataclass(frozen=True)
class FlowCounts:
    """Relations by the places of their ends: ``counts[i]`` have those of row ``i`` of ``frame``."""

    frame: pd.DataFrame
    counts: NDArray[np.int64]
    kinds: list[str]
    years: list[int]


@dataclass(frozen=True)
class LargeNetwork:
    """The relations that make the network of one year, or the only one of an undated table."""

    relations: LargeRelations
    year: int | None
    parallel: Parallel

    @property
    def _inside(self) -> str:
        """Condition for an organisation ``n`` to be in the sample in the year."""
        year = self.year
        if year is None:
            return "r.sample"
        later, over = f"coalesce(n.sample_from > {year}, false)", f"coalesce(n.sample_to < {year}, false)"
        return f"(r.sample AND NOT {later} AND NOT {over})"

    def _edges(self) -> str:
        """Return a query for the edges: ends and the relations behind each."""
        where = self.relations.where
        return f"SELECT s, t, count(*) AS r FROM edges {where} GROUP BY {edge(self.relations, self.parallel)}"

    def degrees(self) -> str:
        """Return a query for ``id, in_degree, out_degree`` and the same counting relations."""
        return (
            "SELECT id, sum(i)::BIGINT AS in_degree, sum(o)::BIGINT AS out_degree, "
            "sum(wi)::BIGINT AS weighted_in_degree, sum(wo)::BIGINT AS weighted_out_degree FROM ("
            f"WITH e AS MATERIALIZED ({self._edges()}) "
            "SELECT s AS id, 0 AS i, count(*) AS o, 0 AS wi, sum(r) AS wo FROM e GROUP BY s UNION ALL "
            "SELECT t, count(*), 0, sum(r), 0 FROM e GROUP BY t) GROUP BY id"
        )

    def table(self) -> str:
        """Return a query for the degrees with ``node``, ``label`` and ``role``, in parts by ``id``."""
        role = f"CASE WHEN {self._inside} THEN '{SAMPLE}' ELSE '{PARTNER}' END"
        return (
            f"SELECT n.name AS node, coalesce(n.label, n.name) AS label, "
            f"{role if self.relations.has_roles else 'NULL::VARCHAR'} AS role, d.*, "
            "in_degree + out_degree AS degree, "
            "weighted_in_degree + weighted_out_degree AS weighted_degree "
            f"FROM (SELECT * FROM ({self.degrees()}) WHERE {{part}}) d "
            "JOIN (SELECT * FROM nodes WHERE {part}) n ON d.id = n.id "
            "JOIN (SELECT * FROM roles WHERE {part}) r ON d.id = r.id"
        )


def edge(relations: LargeRelations, parallel: str) -> str:
    """Return the columns that make an edge."""
    if parallel not in _EDGE:
        raise UsageError(f"parallel {parallel!r} is not known; use merge, kinds or relations")
    if parallel == "kinds" and "kind" not in relations.layout.columns:
        return _EDGE["merge"]
    return _EDGE[parallel]


def width(mode: str) -> int | None:
    """Return how many years a network of a mode holds; ``None`` for all up to its own.

    Examples
    --------
    >>> width("cumulative"), width("yearly"), width("window:3")
    (None, 1, 3)
    """
    if mode == "cumulative":
        return None
    word, _, years = mode.partition(":")
    if mode == "yearly":
        return 1
    if word == "window" and years.isdecimal() and int(years) >= 1:
        return int(years)
    raise UsageError(f"mode {mode!r} is not known; use cumulative, yearly or window:N (N years, at least 1)")


def network(
    relations: LargeRelations,
    year: int | None = None,
    *,
    mode: str = "cumulative",
    parallel: Parallel = "merge",
) -> LargeNetwork:
    """Return the network of a year; of the last one by default.

    Raises ``UsageError`` where the table has no relation in use.
    """
    if not len(relations):
        raise UsageError(
            "the table has no relation in use, so there is no network",
            hint="clusters check says what happened to the rows; --loops keep counts self-loops",
        )
    span = width(mode)
    if not relations.dated:
        return LargeNetwork(relations, None, parallel)
    year = relations.years[-1] if year is None else year
    return LargeNetwork(relations.in_years(year - span + 1 if span else None, year), year, parallel)


def top(
    large: LargeNetwork, length: int, role: str = "all", *, weighted: bool = False
) -> tuple[pd.DataFrame, int]:
    """Return the organisations with the largest degrees, and the sum of all out-degrees.

    Returns
    -------
    DataFrame
        ``node``, ``label`` (where any name in the network differs from its id), ``role``,
        ``in_degree``, ``out_degree``, ``degree`` and, beginning with ``weighted_``, the same
        counting relations; by degree, then out-degree, both falling, then id.
    """
    database, values = large.relations.database, large.relations.values
    kind = "weighted_" if weighted else ""
    database.in_parts("degrees", large.table(), "id", values)
    total = database.number(f"SELECT sum({kind}out_degree) FROM degrees")
    label = "label, " if database.number("SELECT count(*) FROM degrees WHERE label <> node") else ""
    names = ("in_degree", "out_degree", "degree")
    only = "" if role == "all" else f"WHERE role = '{role}'"
    frame = database.frame(
        f"SELECT node, {label}role, {', '.join([*names, *(f'weighted_{name}' for name in names)])} "
        f"FROM degrees {only} ORDER BY {kind}degree DESC, {kind}out_degree DESC, node LIMIT {int(length)}"
    )
    frame["role"] = frame["role"].astype(object).where(frame["role"].notna(), None)
    return frame, total


def write_degrees(
    relations: LargeRelations, path: Path, *, mode: str = "cumulative", parallel: Parallel = "merge"
) -> int:
    """Write the degrees of every organisation in every year as a Parquet file; return its rows.

    Its columns are ``year``, ``node``, ``role``, ``in_degree``, ``out_degree``, ``degree`` and
    ``weighted_...``, the same counting relations. ``path`` is overwritten.
    """
    database = relations.database
    years: Sequence[int | None] = relations.years if relations.dated else [None]
    database.run("DROP TABLE IF EXISTS all_degrees")
    with progress.task(Note("note.progress_large_years"), total=len(years), unit="year") as done:
        for number, year in enumerate(years):
            large = network(relations, year, mode=mode, parallel=parallel)
            database.in_parts("degrees", large.table(), "id", large.relations.values)
            head = "INSERT INTO all_degrees" if number else "CREATE TABLE all_degrees AS"
            database.run(
                f"{head} SELECT {'NULL::INTEGER' if year is None else year} AS year, "
                "* EXCLUDE (id, label) FROM degrees"
            )
            done(number + 1)
    target = str(path).replace("'", "''")
    database.run(
        f"COPY (SELECT * FROM all_degrees ORDER BY year, degree DESC, out_degree DESC, node) "
        f"TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
    )
    return database.number("SELECT count(*) FROM all_degrees")


def flow_counts(relations: LargeRelations, level: str, *, distinct: bool = False) -> FlowCounts:
    """Count relations, or distinct pairs of organisations, by the places of their ends.

    The ``frame`` has ``source_X`` and ``target_X`` for the level ``X``; for a level that the
    table does not have it has those of all levels and no rows, so that whoever reads it says so.
    """
    import numpy as np
    import pandas as pd

    database, values = relations.database, relations.values
    kinds, years = relations.kinds, relations.years
    if level not in relations.levels:
        columns = [f"{end}_{name}" for name in relations.levels for end in ("source", "target")]
        return FlowCounts(pd.DataFrame(columns=columns), np.empty(0, np.int64), kinds, years)
    k = relations.layout.attributes.index(level)
    rows = f"SELECT s{k} AS a, t{k} AS b FROM edges {relations.where}"
    if distinct:
        # A pair stands where its first relation does.
        first = f"SELECT arg_min({{'a': s{k}, 'b': t{k}}}, pos) AS place FROM edges {relations.where}"
        rows = f"SELECT place.a AS a, place.b AS b FROM ({first} GROUP BY s, t)"
    found = database.rows(f"SELECT a, b, count(*) FROM ({rows}) GROUP BY a, b ORDER BY a, b", values)
    frame = pd.DataFrame(
        {
            f"source_{level}": pd.Series([a for a, _, _ in found], dtype=object),
            f"target_{level}": pd.Series([b for _, b, _ in found], dtype=object),
        }
    )
    return FlowCounts(frame, np.array([n for _, _, n in found], np.int64), kinds, years)


def yearly_flow_matrices(
    relations: LargeRelations,
    level: str,
    *,
    cumulative: bool = True,
    years: Iterable[int] | None = None,
    foreign: flows.Foreign = "leave",
    distinct: bool = False,
) -> dict[int, pd.DataFrame]:
    """Count relations by place of giver and receiver for each year, with the same places in all years.

    Parameters
    ----------
    relations
        Large table.
    level, foreign, distinct
        As for ``measures.flows.flow_matrix``.
    cumulative
        Relations up to each year; else those of the single year.
    years
        Years to report; by default all that occur.

    Returns
    -------
    dict
        Year -> square matrix of counts; the places are those of all relations up to the last year.
    """
    chosen = sorted({int(year) for year in (relations.years if years is None else years)})
    if not relations.dated:
        raise UsageError(Note("note.years_unknown"))
    if not chosen:
        return {}
    whole = flow_counts(relations.in_years(None, chosen[-1]), level, distinct=distinct)
    places = flows.flow_matrix(whole.frame, level=level, foreign=foreign, counts=whole.counts).index
    units = [place for place in places if not (foreign == "unit" and place == flows.FOREIGN)]
    result = {}
    with progress.task(Note("note.progress_large_years"), total=len(chosen), unit="year") as done:
        for year in chosen:
            first = None if cumulative else year
            found = flow_counts(relations.in_years(first, year), level, distinct=distinct)
            cells = flows.flow_matrix(
                found.frame, level=level, units=units, foreign=foreign, counts=found.counts
            )
            cells = cells.reindex(index=places, columns=places, fill_value=0)
            result[year] = cells.rename_axis(index="origin", columns="destination")
            done(len(result))
    return result


def structure(
    relations: LargeRelations,
    *,
    years: Iterable[int] | None = None,
    mode: str = "cumulative",
    parallel: Parallel = "merge",
) -> list[dict[str, Any]]:
    """Count organisations, edges and relations of each year's network.

    Returns
    -------
    list of dict
        ``year`` (``None`` when undated), ``nodes``, ``sample_nodes`` (``None`` where roles are
        unknown), ``edges``, ``relations``, ``pairs`` (distinct ordered pairs of different
        organisations) and ``mutual`` (those with an edge back).
    """
    span = width(mode)
    if not relations.dated:
        if years is not None:
            raise UsageError("years were asked for, but the table has no year column")
        return [_counted(LargeNetwork(relations, None, parallel))]
    chosen = sorted({int(year) for year in (relations.years if years is None else years)})
    if span is None:
        return _cumulative(relations, chosen, parallel)
    rows = []
    with progress.task(Note("note.progress_large_years"), total=len(chosen), unit="year") as done:
        for year in chosen:
            rows.append(_counted(network(relations, year, mode=mode, parallel=parallel)))
            done(len(rows))
    return rows


def _mutual(database: Database) -> None:
    """Make a table of the pairs that have an edge back, with the year from which both are there."""
    database.in_parts(
        "mutual",
        "SELECT greatest(a.year, b.year) AS year FROM (SELECT * FROM pairs WHERE {part}) a "
        "JOIN (SELECT * FROM pairs WHERE {part}) b ON a.s = b.t AND a.t = b.s WHERE a.s <> a.t",
        "least(s, t), greatest(s, t)",
    )


def _counted(large: LargeNetwork) -> dict[str, Any]:
    database, values = large.relations.database, large.relations.values
    several = {_EDGE["merge"]: "1", _EDGE["relations"]: "count(*)"}
    # A relation without a kind is of a kind of its own.
    edges = several.get(
        edge(large.relations, large.parallel), "count(DISTINCT kind) + bool_or(kind IS NULL)::INTEGER"
    )
    database.run(
        f"CREATE OR REPLACE TABLE pairs AS SELECT s, t, 0 AS year, count(*) AS r, {edges} AS e "
        f"FROM edges {large.relations.where} GROUP BY s, t",
        values,
    )
    present = "SELECT s AS id FROM pairs UNION SELECT t FROM pairs"
    nodes = database.number(f"SELECT count(*) FROM ({present})")
    sample = None
    if large.relations.has_roles:
        sample = database.number(
            f"SELECT count(*) FROM ({present}) p JOIN nodes n ON p.id = n.id JOIN roles r ON p.id = r.id "
            f"WHERE {large._inside}"
        )
    _mutual(database)
    total, related = database.rows("SELECT sum(e), sum(r) FROM pairs")[0]
    return {
        "year": large.year,
        "nodes": nodes,
        "sample_nodes": sample,
        "edges": int(total or 0),
        "relations": int(related or 0),
        "pairs": database.number("SELECT count(*) FROM pairs WHERE s <> t"),
        "mutual": database.number("SELECT count(*) FROM mutual"),
    }


def _cumulative(relations: LargeRelations, years: Sequence[int], parallel: Parallel) -> list[dict[str, Any]]:
    """Count all years at once: whatever is there from its first year on is there in all later ones."""
    database, values, where = relations.database, relations.values, relations.where
    columns = edge(relations, parallel)
    database.run(
        f"CREATE OR REPLACE TABLE pairs AS SELECT s, t, min(year) AS year FROM edges {where} GROUP BY s, t",
        values,
    )
    database.run(
        "CREATE OR REPLACE TABLE present AS SELECT id, min(year) AS year FROM "
        "(SELECT s AS id, year FROM pairs UNION ALL SELECT t, year FROM pairs) GROUP BY id"
    )
    related = database.rows(f"SELECT year, count(*) FROM edges {where} GROUP BY year", values)
    _mutual(database)
    found = {
        "nodes": database.rows("SELECT year, count(*) FROM present GROUP BY year"),
        "relations": related,
        "pairs": database.rows("SELECT year, count(*) FROM pairs WHERE s <> t GROUP BY year"),
        "mutual": database.rows("SELECT year, count(*) FROM mutual GROUP BY year"),
    }
    if columns == _EDGE["merge"]:
        found["edges"] = database.rows("SELECT year, count(*) FROM pairs GROUP BY year")
    elif columns == _EDGE["relations"]:
        found["edges"] = related
    else:
        first = f"SELECT min(year) AS year FROM edges {where} GROUP BY {columns}"
        found["edges"] = database.rows(f"SELECT year, count(*) FROM ({first}) GROUP BY year", values)
    rows = []
    for year in years:
        row: dict[str, Any] = {"year": year, "sample_nodes": None}
        row |= {name: sum(n for y, n in counts if y <= year) for name, counts in found.items()}
        if relations.has_roles:
            inside = LargeNetwork(relations, year, parallel)._inside
            row["sample_nodes"] = database.number(
                "SELECT count(*) FROM present p JOIN nodes n ON p.id = n.id JOIN roles r ON p.id = r.id "
                f"WHERE p.year <= {year} AND {inside}"
            )
        rows.append(row)
    return rows
