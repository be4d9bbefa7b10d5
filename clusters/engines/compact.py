"""A smaller relation table that says the same of networks and flows, to be read in memory.

Relations of the same giver, receiver, year, kind and places become one row. What told them
apart otherwise (classes, dates, weights) is left out, unless a class is to be kept; the row
says in ``weight`` how many they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from clusters.engines.large import LargeRelations
from clusters.errors import UsageError
from clusters.relations import PARTNER, SAMPLE


def compact(
    relations: LargeRelations, path: Path, *, keep: Sequence[str] = (), nodes: Path | None = None
) -> int:
    """Write distinct relations as a Parquet file that ``read_relations`` reads; return its rows.

    Parameters
    ----------
    relations
        Large table; only the relations chosen by kind or year are written.
    path
        Parquet file, overwritten. Columns: ``source`` and ``target`` (names, stored once each
        and as numbers in the rows), ``year``, ``kind``, ``source_X`` and ``target_X`` of every
        level, the classes kept, ``source_label`` and ``target_label`` where names differ from ids,
        ``source_role`` and ``target_role`` where roles are known, and ``weight``.
        Rows are in the order of the input.
    keep
        Classes that tell relations apart, such as ``technology``.
    nodes
        Parquet file for the organisations, overwritten: ``node`` (a whole number from 0), ``label``
        (the name), ``role``, ``sample_from``, ``sample_to``. ``source`` and ``target`` are then these
        numbers, which take less memory, and ``path`` has no roles; read it with ``nodes=``.

    Notes
    -----
    ``weight`` is the sum of the table's own weights, where it has them (a relation without one
    counts 1), else the number of relations. Networks made of the result have the same nodes,
    edges, degrees, distances, clustering and ``weights``; their ``relations`` counts rows of the
    result, and so do flows. Where exact doubles were dropped and neither classes nor dates told
    relations apart, both are the same.

    Raises ``UsageError`` for a class that the table does not have.
    """
    layout, database = relations.layout, relations.database
    unknown = [name for name in keep if name not in layout.classes]
    if unknown:
        raise UsageError(
            f"class {unknown[0]!r} does not occur in the table; it has {', '.join(layout.classes) or 'none'}"
        )
    cells = {"year": "year"} if relations.dated else {}
    cells |= {"kind": "kind"} if "kind" in layout.columns else {}
    for name in relations.levels:
        k = layout.attributes.index(name)
        cells |= {f"source_{name}": f"s{k}", f"target_{name}": f"t{k}"}
    cells |= {name: f"c{layout.classes.index(name)}" for name in keep}
    used = "edges" if not keep else "edges JOIN (SELECT pos, COLUMNS('c[0-9]+') FROM parts) USING (pos)"
    weight = "sum(coalesce(weight, 1.0))" if layout.weighted else "count(*)"
    plain = "".join(f", {column}" for column in cells.values())
    database.run(
        f"CREATE OR REPLACE TABLE grouped AS SELECT s, t{plain}, min(pos) AS pos, {weight} AS weight "
        f"FROM {used} {relations.where} GROUP BY s, t{plain}",
        relations.values,
    )
    said = _ends(relations, numbered=nodes is not None)
    for table, before, end, name in (("half", "grouped", "s", "source"), ("whole", "half", "t", "target")):
        own = "".join(f", e.{column} AS {name}_{column}" for column in said)
        database.in_parts(
            table,
            f"SELECT g.*{own} FROM (SELECT * FROM {before} WHERE {{part}}) g "
            f"JOIN (SELECT *, id AS {end} FROM ends WHERE {{part}}) e ON g.{end} = e.{end}",
            end,
        )
    columns = ["source_node AS source", "target_node AS target"]
    columns += [f'{column} AS "{_quoted(name)}"' for name, column in cells.items()]
    columns += [f"{end}_{column}" for column in said[1:] for end in ("source", "target")]
    _copy(relations, f"SELECT {', '.join(columns)}, weight FROM whole ORDER BY pos", path)
    if nodes is not None:
        role = "role, " if relations.has_roles else ""
        years = "sample_from::INTEGER AS sample_from, sample_to::INTEGER AS sample_to"
        _copy(relations, f"SELECT node, label, {role}{years} FROM ends ORDER BY node", nodes)
    return database.number("SELECT count(*) FROM whole")


def _ends(relations: LargeRelations, *, numbered: bool) -> list[str]:
    """Make a table of what is written of an organisation; return what of it stands beside both ends."""
    database = relations.database
    database.in_parts(
        "ends",
        "SELECT n.id, n.name AS node, coalesce(n.label, n.name) AS label, "
        f"CASE WHEN r.sample THEN '{SAMPLE}' ELSE '{PARTNER}' END AS role, n.sample_from, n.sample_to "
        "FROM (SELECT * FROM nodes WHERE {part}) n JOIN (SELECT * FROM roles WHERE {part}) r ON n.id = r.id",
        "id",
    )
    if numbered:
        database.run(
            "CREATE OR REPLACE TABLE ends AS SELECT * REPLACE (row_number() OVER (ORDER BY id) - 1 AS node) "
            "FROM ends"
        )
        return ["node"]
    return ["node"] + ["label"] * relations.has_labels + ["role"] * relations.has_roles


def _copy(relations: LargeRelations, query: str, path: Path) -> None:
    target = str(path).replace("'", "''")
    relations.database.run(f"COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")


def _quoted(name: str) -> str:
    return name.replace('"', '""')
