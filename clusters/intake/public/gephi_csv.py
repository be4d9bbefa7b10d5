"""Gephi's tables of edges and nodes, or a matrix, to relations.

A table of edges has the columns Source and Target, and may have Type (Directed, Undirected,
Mutual), Kind, Weight, Label and a time set; one of nodes has Id and may have Label and a time
set. Other columns are attributes. A table whose first column and first line hold names and whose
other cells are numbers is a matrix: rows give, columns receive. Its first cell is empty, or its
rows have the names of columns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from clusters.errors import DataError
from clusters.intake import files
from clusters.intake.headers import key
from clusters.intake.public import graph_table, times
from clusters.intake.public.frame import Converted, Layout, Options, Table
from clusters.intake.public.graph import DIRECTED, MUTUAL, UNDIRECTED, Graph
from clusters.intake.public.package import Member, Package
from clusters.intake.public.sheets import patient
from clusters.intake.public.times import Span
from clusters.intake.table import RawTable
from clusters.sentences import Note

ALIASES = {
    "源": "source",
    "目标": "target",
    "类型": "type",
    "权重": "weight",
    "标签": "label",
    "关系类型": "kind",
    "时间集": "timeset",
    "interval": "timeset",
    "time_set": "timeset",
    "time_interval": "timeset",
}
WAYS = {
    "": DIRECTED,
    "directed": DIRECTED,
    "undirected": UNDIRECTED,
    "mutual": MUTUAL,
    "有向": DIRECTED,
    "无向": UNDIRECTED,
}
_EDGES, _NODES = ("source", "target"), ("id",)
_TIMES = ("timeset", "start", "end")
_KNOWN = {"label", "weight", "kind", "type", "id", *_TIMES}
_COMMA = re.compile(r"[+-]?\d+,(\d+)")


def convert(package: Package, options: Options) -> Converted:
    """Read tables of edges and nodes, or matrices; each edge is accounted for."""
    edges: list[tuple[RawTable, list[str]]] = []
    nodes: list[tuple[RawTable, list[str]]] = []
    others: list[tuple[RawTable, list[str]]] = []
    notes: list[str] = []
    for member in package.members:
        raw = _raw(member, options)
        notes += raw.warnings
        known = [ALIASES.get(key(text), key(text)) for text in raw.header]
        kind = edges if _has(known, _EDGES) else nodes if _has(known, _NODES) else others
        kind.append((raw, known))
    graphs = []
    for raw, known in edges:
        graphs.append(_edges(raw, known))
    if not edges:
        for raw, _ in others:
            graphs.append(_matrix(raw))
            notes.append(Note("note.graph_matrix", name=raw.name))
    if not graphs:
        raise DataError(
            "gephi-csv: no table of edges is among the files",
            hint="it has the columns Source and Target, or is a matrix with names of rows and columns",
        )
    for raw, known in nodes:
        for graph in graphs:
            _nodes(raw, known, graph)
    found = graph_table.converted(graphs, options)
    for raw, _ in nodes:
        found.account.count(raw.name, "read", "accepted", len(raw.lines))
        for row in raw.ragged:
            found.account.count(raw.name, "read", "rejected", 1, reason=row.reason, line=row.line)
    return Converted(found.relations, found.account, found.nodes, [*notes, *found.notes])


def _has(known: Sequence[str], wanted: Sequence[str]) -> bool:
    return all(name in known for name in wanted)


def _raw(member: Member, options: Options) -> RawTable:
    name, suffix, data = files.unpacked(member.read(), member.name)

    def score(cells: Sequence[str]) -> int:
        known = [ALIASES.get(key(cell), key(cell)) for cell in cells]
        if not (_has(known, _EDGES) or _has(known, _NODES)):
            return 0
        return 1 + sum(cell in _KNOWN for cell in known)

    return files.read_content(
        data,
        name,
        suffix,
        score=score,
        encoding_name=options.encoding,
        separator=options.separator,
        sheet=options.sheet if suffix in (".xlsx", ".xlsm", ".xls", ".ods") else None,
        decode=lambda data, name, asked: patient(data, name, asked)[0],
    )


def _edges(raw: RawTable, known: Sequence[str]) -> Graph:
    graph = Graph(raw.name)
    cells = _cells(raw)
    at = {name: known.index(name) for name in (*_EDGES, *_KNOWN) if name in known}
    others = [p for p, name in enumerate(known) if p not in at.values() and name]
    titles = _titles([raw.header[p] for p in others])
    if "weight" in at:
        cells[at["weight"]] = _points(cells[at["weight"]])
    for i, line in enumerate(np.asarray(raw.lines[:]).tolist()):
        row = {name: cells[position][i] for name, position in at.items()}
        source, target = row["source"], row["target"]
        way = WAYS.get(row.get("type", "").strip().lower())
        if way is None:
            graph.reject(line, "bad_direction", source, target)
            continue
        edge = graph.edge(source, target, line, way)
        if edge is None:
            continue
        for name in ("weight", "kind", "label"):
            if text := row.get(name, "").strip():
                graph.own[name].put(edge, text)
        graph.edge_times(edge, _spans(row))
        for position, title in zip(others, titles, strict=True):
            if text := cells[position][i].strip():
                graph.set_edge(edge, title, text)
    _reject_torn(raw, graph, [at[name] for name in _EDGES])
    return graph


def _reject_torn(raw: RawTable, graph: Graph, at: Sequence[int]) -> None:
    for torn in raw.ragged:
        ends = [torn.cells[p] if p < len(torn.cells) else "" for p in at]
        graph.reject(torn.line, torn.reason, *ends)


def _nodes(raw: RawTable, known: Sequence[str], graph: Graph) -> None:
    cells = _cells(raw)
    at = {name: known.index(name) for name in ("id", "label", *_TIMES) if name in known}
    others = [p for p, name in enumerate(known) if p not in at.values() and name]
    titles = _titles([raw.header[p] for p in others])
    for i in range(len(raw.lines)):
        row = {name: cells[position][i] for name, position in at.items()}
        place = graph.node(row["id"], row.get("label", ""))
        if place is None:
            continue
        graph.node_times(place, _spans(row))
        for position, title in zip(others, titles, strict=True):
            if text := cells[position][i].strip():
                graph.set_node(place, title, text)


def _matrix(raw: RawTable) -> Graph:
    graph = Graph(raw.name)
    cells = _cells(raw)
    names = raw.header[1:]
    numbers = [text.strip() for column in cells[1:] for text in column if text.strip()]
    good = sum(bool(np.isfinite(_number(text))) for text in numbers)
    given = cells[0] if cells else []
    shared = sum(name in names for name in given) * 2 >= len(given)
    square = not raw.header[0].strip() or shared
    if len(cells) < 2 or good * 2 < len(numbers) or not all(names) or not square:
        raise DataError(
            f"{raw.name} is neither a table of edges nor a matrix; it has "
            f"{', '.join(map(repr, raw.header[:12]))}",
            hint="edges have the columns Source and Target; a matrix has names in its first line and column",
        )
    for name in names:
        graph.node(name)
    for i, line in enumerate(np.asarray(raw.lines[:]).tolist()):
        source = cells[0][i]
        if source.strip():
            graph.node(source)
        for name, column in zip(names, cells[1:], strict=True):
            text = column[i].strip()
            if text and _number(text) != 0:
                edge = graph.edge(source, name, line)
                if edge is not None:
                    graph.own["weight"].put(edge, text)
    for torn in raw.ragged:
        graph.reject(torn.line, torn.reason, *torn.cells[:1])
    return graph


def _points(cells: list[str]) -> list[str]:
    """Write decimal commas as points where nothing in the column speaks for thousands.

    Examples
    --------
    >>> _points(["2,5", "3"]), _points(["1,500", "3"]), _points(["2,5", "3.5"])
    (['2.5', '3'], ['1,500', '3'], ['2,5', '3.5'])
    """
    found = [match for cell in cells if (match := _COMMA.fullmatch(cell.strip()))]
    if any(len(match[1]) != 3 for match in found) and not any("." in cell for cell in cells):
        return [cell.replace(",", ".") if _COMMA.fullmatch(cell.strip()) else cell for cell in cells]
    return cells


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _spans(row: dict[str, str]) -> list[Span]:
    if row.get("timeset", "").strip():
        return times.spans_of(row["timeset"])
    first, last = (row.get(name, "").strip() for name in ("start", "end"))
    return [(first, last)] if first or last else []


def _cells(raw: RawTable) -> list[list[str]]:
    return [[str(text) for text in column.texts()] for column in raw.columns]


def _titles(titles: Sequence[str]) -> list[str]:
    found: list[str] = []
    for title in titles:
        found.append(graph_table.free_title(title.strip(), found))
    return found


LAYOUT = Layout(
    "gephi-csv",
    "Tables of edges and nodes as Gephi reads and writes them, or a matrix",
    convert,
    tables=(
        Table("edges", _EDGES, ("type", "weight", "timeset", "kind")),
        Table("nodes", _NODES, ("timeset",), optional=True),
    ),
    aliases=ALIASES,
    choices=frozenset({"both", "year_attribute"}),
)
