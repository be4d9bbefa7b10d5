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

_ENDS = (("a", "source"), ("b", "target"))


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
    database.run("DROP TABLE IF EXISTS numbers")
    if nodes is not None:
        database.run(
            "CREATE TABLE numbers AS SELECT id, row_number() OVER (ORDER BY id) - 1 AS number FROM nodes"
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
    grouped = (
        f"SELECT s, t{plain}, min(pos) AS pos, {weight} AS weight FROM {used} {relations.where} "
        f"GROUP BY s, t{plain}"
    )
    chosen = ", ".join(f'{column} AS "{_quoted(name)}"' for name, column in cells.items())
    roles = nodes is None and relations.has_roles
    ends = (
        ["a.number AS source", "b.number AS target"]
        if nodes is not None
        else ["a.name AS source", "b.name AS target"]
    )
    columns = [*ends, *([chosen] if chosen else [])]
    if nodes is None and relations.has_labels:
        columns += [f"coalesce({end}.label, {end}.name) AS {name}_label" for end, name in _ENDS]
    if roles:
        columns += [
            f"CASE WHEN r{end}.sample THEN '{SAMPLE}' ELSE '{PARTNER}' END AS {name}_role"
            for end, name in _ENDS
        ]
    look = "numbers" if nodes is not None else "nodes"
    joins = f"JOIN {look} a ON g.s = a.id JOIN {look} b ON g.t = b.id"
    joins += " JOIN roles ra ON g.s = ra.id JOIN roles rb ON g.t = rb.id" if roles else ""
    _copy(
        relations,
        f"SELECT {', '.join(columns)}, weight FROM ({grouped}) g {joins} ORDER BY g.pos",
        path,
        relations.values,
    )
    if nodes is not None:
        _write_nodes(relations, nodes)
    target = str(path).replace("'", "''")
    return database.number(f"SELECT count(*) FROM read_parquet('{target}')")


def _write_nodes(relations: LargeRelations, path: Path) -> None:
    role = f"CASE WHEN r.sample THEN '{SAMPLE}' ELSE '{PARTNER}' END AS role, " if relations.has_roles else ""
    _copy(
        relations,
        f"SELECT m.number AS node, coalesce(n.label, n.name) AS label, {role}"
        "n.sample_from::INTEGER AS sample_from, n.sample_to::INTEGER AS sample_to "
        "FROM nodes n JOIN numbers m ON n.id = m.id JOIN roles r ON n.id = r.id ORDER BY m.number",
        path,
    )


def _copy(relations: LargeRelations, query: str, path: Path, values: Sequence[object] = ()) -> None:
    target = str(path).replace("'", "''")
    relations.database.run(f"COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)", values)


def _quoted(name: str) -> str:
    return name.replace('"', '""')
