"""What readers of graph files have in common: nodes and edges gathered, relations made of them.

A reader tells a ``Graph`` of nodes, edges and their values in the order of the file; columns
are kept as codes of distinct texts, so that a large file needs little memory. ``converted``
decides what an edge becomes:

- its ends are named by the labels of the nodes where these are distinct, else by their ids;
- an undirected edge is written once, in the order of the file, or both ways where that is
  asked for; a mutual edge both ways;
- its year is that of the attribute asked for, else of an attribute that is called year or
  first year, else the beginning of its time, else none.

Every edge is accepted or rejected, with its line.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from clusters import names
from clusters.intake.public import times
from clusters.intake.public.times import Span

DIRECTED, UNDIRECTED, MUTUAL = range(3)
OWN = ("weight", "kind", "first", "last", "periods", "label")
"""Columns that are not attributes: they have a meaning of their own in all formats."""
Cells = NDArray[np.object_]


class Column:
    """Texts of some rows, kept as codes.

    Examples
    --------
    >>> column = Column()
    >>> column.put(2, "x"); column.put(0, "y"); column.put(2, "z")
    >>> column.cells(4).tolist()
    ['y', '', 'z', '']
    """

    __slots__ = ("_codes", "_places", "_rows", "default")

    def __init__(self, default: str = "") -> None:
        self.default = default
        self._rows = array("q")
        self._codes = array("q")
        self._places: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def distinct(self) -> bool:
        """Whether no two rows have one text."""
        return len(self._places) == len(set(self._rows))

    def put(self, row: int, text: str) -> None:
        """Set the text of a row; the last one counts."""
        self._rows.append(row)
        self._codes.append(self._places.setdefault(text, len(self._places)))

    def cells(self, rows: int) -> Cells:
        """Return the texts of all rows, the default where none was put."""
        texts = np.empty(len(self._places) + 1, object)
        texts[:] = [*self._places, self.default]
        codes = np.full(rows, -1, np.int64)
        codes[np.frombuffer(self._rows, np.int64)] = np.frombuffer(self._codes, np.int64)
        return np.asarray(texts[codes])


@dataclass
class Graph:
    """Nodes and edges of one network in one file, as they come."""

    file: str
    places: dict[str, int] = field(default_factory=dict)
    """Id of each node -> its place, in order of first appearance."""
    labels: Column = field(default_factory=Column)
    node_columns: dict[str, Column] = field(default_factory=dict)
    sources: array[int] = field(default_factory=lambda: array("q"))
    targets: array[int] = field(default_factory=lambda: array("q"))
    lines: array[int] = field(default_factory=lambda: array("q"))
    ways: array[int] = field(default_factory=lambda: array("b"))
    own: dict[str, Column] = field(default_factory=lambda: {name: Column() for name in OWN})
    edge_columns: dict[str, Column] = field(default_factory=dict)
    rejected: list[tuple[int, str, str, str]] = field(default_factory=list)
    """Edges that were rejected when they were read: line, reason, source, target."""
    declared: set[int] = field(default_factory=set)
    """Places of nodes that stand in the file by themselves."""
    parents: dict[int, int] = field(default_factory=dict)
    """Place of each node within another -> place of that one."""
    changing: int = 0
    """Values that change over time, of which only the last is kept."""
    default_weight: str = "1"

    def node(self, name: str, label: str = "", *, declared: bool = True) -> int | None:
        """Take a node; return its place, or ``None`` without an id."""
        name = _tidy(name)
        if not name:
            return None
        place = self.places.setdefault(name, len(self.places))
        if declared:
            self.declared.add(place)
        if label := _tidy(label):
            self.labels.put(place, label)
        return place

    def edge(self, source: str, target: str, line: int, way: int = DIRECTED) -> int | None:
        """Take an edge; return its row, or ``None`` where an end lacks."""
        ends = tuple(end if end in self.places else _tidy(end) for end in (source, target))
        for end, reason in zip(ends, ("missing_source", "missing_target"), strict=True):
            if not end:
                self.reject(line, reason, *ends)
                return None
        self.sources.append(self.places.setdefault(ends[0], len(self.places)))
        self.targets.append(self.places.setdefault(ends[1], len(self.places)))
        self.lines.append(line)
        self.ways.append(way)
        return len(self.lines) - 1

    def reject(self, line: int, reason: str, source: str = "", target: str = "") -> None:
        """Reject an edge while it is read."""
        self.rejected.append((line, reason, source, target))

    def labels_from(self, titles: Iterable[str]) -> None:
        """Take the labels from the attribute that is called so: the first whose texts are distinct."""
        known = {title.strip().lower(): title for title in reversed(self.node_columns)}
        found = [known[title] for title in titles if title in known and len(self.node_columns[known[title]])]
        if found:
            best = next((title for title in found if self.node_columns[title].distinct), found[0])
            self.labels = self.node_columns.pop(best)

    def set_node(self, place: int, column: str, text: str) -> None:
        """Set an attribute of a node."""
        self.node_columns.setdefault(column, Column()).put(place, text)

    def set_edge(self, row: int, column: str, text: str) -> None:
        """Set an attribute of an edge."""
        self.edge_columns.setdefault(column, Column()).put(row, text)

    def edge_times(self, row: int, spans: Sequence[Span]) -> None:
        """Set the times of an edge."""
        for name, text in zip(("first", "last", "periods"), times.years(spans), strict=True):
            if text:
                self.own[name].put(row, text)

    def node_times(self, place: int, spans: Iterable[Span]) -> None:
        """Set the times of a node; what is no moment is left out."""
        for name, text in zip(("first_year", "last_year"), times.years(spans)[:2], strict=True):
            if text and not text.startswith("?"):
                self.set_node(place, name, text)

    def defaults(self, kind: str, column: str, text: str) -> None:
        """Set the default of an attribute of nodes or edges."""
        columns = self.node_columns if kind == "node" else self.edge_columns
        columns.setdefault(column, Column()).default = text


def weights_of(cells: Cells) -> NDArray[np.float64]:
    """Read weights: infinity and what is no number become NaN; decimal commas are refused."""
    read: dict[str, float] = {}
    for text in dict.fromkeys(cells.tolist()):
        try:
            number = float(text) if "_" not in text else math.nan
        except ValueError:
            number = math.nan
        read[text] = number if math.isfinite(number) else math.nan
    return np.array([*(read[text] for text in cells), 0.0])[:-1]


def _tidy(text: str) -> str:
    """Trim a name; one that nobody can see is none."""
    tidy = " ".join(text.split())
    seen = (tidy.isascii() and tidy.isprintable()) or names.clean(tidy)
    return tidy if seen else ""
