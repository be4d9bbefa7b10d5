"""Pajek's networks (``.net``) and projects (``.paj``) to relations.

Arcs are directed, edges are not. A relation that is numbered or named (``*Arcs :2 "loans"``) is
the kind. Coordinates and shapes are left out; times (``[2014-2016,2019]``) are years where they
can be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from clusters.errors import DataError
from clusters.intake import encoding
from clusters.intake.public import choice, graph_table, sources, times
from clusters.intake.public.frame import Converted, Layout, Options
from clusters.intake.public.graph import DIRECTED, UNDIRECTED, Graph
from clusters.intake.public.package import Member, Package

MAX_LISTED = 5_000_000
"""Vertices that are taken without being listed, or asked for by a relation."""
_TOKEN = re.compile(r'"([^"]*)"|(\[[^\]\s]*\])|(\S+)')
_SECTION = re.compile(r"\*\s*([A-Za-z]+)(.*)")
_RELATION = re.compile(r"\s*:\s*(\d+)?\s*(?:\"([^\"]*)\"|(\S.*))?")
_NUMBERED = re.compile(r"\s*(\d+)\s*:(.*)")
_INTEGER = re.compile(r"[+-]?\d{1,15}")
_WAYS = {"arcs": DIRECTED, "edges": UNDIRECTED, "arcslist": DIRECTED, "edgeslist": UNDIRECTED}
_OTHER = ("partition", "vector", "cluster", "permutation", "hierarchy")


def convert(package: Package, options: Options) -> Converted:
    """Read Pajek files; each line or cell that is an edge is accounted for."""
    graphs, notes = [], []
    for member in sources.of_endings(package, (".net", ".paj")):
        found, said = read(member, options)
        graph, chosen = choice.one_of(found, member.name, options.network)
        graphs.append(graph)
        notes += [*said, *chosen]
    made = graph_table.converted(graphs, options)
    return Converted(made.relations, made.account, made.nodes, [*notes, *made.notes])


def read(member: Member, options: Options) -> tuple[dict[str, Graph], list[str]]:
    """Read one file: its networks by their names, and warnings.

    Raises ``DataError`` where it is no text or no Pajek file.
    """
    text = encoding.decode(sources.whole(member), member.name, options.encoding)
    reader = _Reader(member.name)
    for number, line in enumerate(_lines(text.data), start=1):
        reader.take(line, number)
    if not reader.graphs:
        raise DataError(
            f"{member.name} is no Pajek file: there is no *Vertices", hint="*Vertices N begins a network"
        )
    return reader.graphs, list(text.warnings)


def _lines(data: bytes) -> Iterator[str]:
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    for line in data.split(b"\n"):
        yield line.decode("utf-8", "replace").strip("\r")


class _Reader:
    """Follows the sections of a Pajek file."""

    def __init__(self, name: str) -> None:
        self.graphs: dict[str, Graph] = {}
        self._name = name
        self._graph = Graph(name)
        self._title = ""
        self._network = True
        self._section = ""
        self._size = self._first = self._row = 0
        self._kinds: dict[int, str] = {}
        self._kind = ""

    def take(self, line: str, number: int) -> None:
        """Take a line."""
        plain = line.strip()
        if not plain or plain.startswith("%"):
            return
        if plain.startswith("*"):
            self._begin(plain, number)
        elif not self._network:
            return
        elif self._section == "vertices":
            self._vertex(plain, number)
        elif self._section == "matrix":
            self._matrix(plain, number)
        elif self._section.endswith("list"):
            self._listed(plain, number)
        elif self._section:
            self._pair(plain, number)
        else:
            raise DataError(
                f"{self._name}, line {number}: {plain[:40]!r} stands before *Vertices",
                hint="a Pajek network begins with *Vertices N",
            )

    def _begin(self, line: str, number: int) -> None:
        match = _SECTION.fullmatch(line)
        word, rest = (match[1].lower(), match[2].strip()) if match else (line[1:], "")
        self._kind, self._row = "", 0
        if word == "network":
            self._network, self._title, self._section = True, rest.strip('" '), ""
        elif word in _OTHER:
            self._network = False
        elif not self._network:
            return
        elif word == "vertices":
            self._vertices(rest, number)
        elif word in (*_WAYS, "matrix") and self.graphs:
            self._section = word
            self._relation(rest)
        else:
            raise DataError(
                f"{self._name}, line {number}: the section *{word[:40]} is not known here",
                hint="known are *Vertices and, below it, *Arcs, *Edges, *Arcslist, *Edgeslist, *Matrix",
            )

    def _vertices(self, rest: str, number: int) -> None:
        numbers = rest.split()
        if not numbers or not all(_INTEGER.fullmatch(text) and int(text) >= 0 for text in numbers[:2]):
            raise DataError(f"{self._name}, line {number}: *Vertices does not say how many")
        self._size = int(numbers[0])
        self._first = int(numbers[1]) if len(numbers) > 1 else 0
        self._section, self._kinds = "vertices", {}
        self._graph = Graph(self._name)
        title = self._title or str(len(self.graphs) + 1)
        self.graphs[graph_table.free_title(title, self.graphs)] = self._graph
        self._title = ""
        if self._size <= MAX_LISTED:
            for vertex in range(1, self._size + 1):
                self._graph.node(str(vertex))

    def _relation(self, rest: str) -> None:
        match = _RELATION.fullmatch(rest)
        if match and (match[1] or match[2] or match[3]):
            self._kind = (match[2] or match[3] or match[1] or "").strip()
            if match[1]:
                self._kinds[int(match[1][:9])] = self._kind

    def _vertex(self, line: str, number: int) -> None:
        tokens = _tokens(line)
        vertex = self._known(tokens[0][0])
        if vertex is None:
            raise DataError(
                f"{self._name}, line {number}: {tokens[0][0][:40]!r} is no number of a vertex "
                f"(1 to {self._size})"
            )
        place = self._graph.node(vertex, tokens[1][0] if len(tokens) > 1 else "")
        spans = _times(tokens[2:])
        if place is not None and spans:
            self._graph.node_times(place, times.pajek_spans(spans))

    def _pair(self, line: str, number: int) -> None:
        kind = self._kind
        if match := _NUMBERED.fullmatch(line):
            kind, line = self._kinds.get(int(match[1][:9]), match[1]), match[2]
        tokens = _tokens(line)
        weight = ""
        if len(tokens) > 2 and not tokens[2][1] and not tokens[2][0].startswith("["):
            weight = tokens[2][0]
        ends = [tokens[i][0] if len(tokens) > i else "" for i in range(2)]
        row = self._edge(ends[0], ends[1], number, _WAYS[self._section], weight, kind)
        if row is not None:
            if spans := _times(tokens[2:]):
                self._graph.edge_times(row, times.pajek_spans(spans))
            for (word, quoted), (text, _) in pairwise(tokens[3:]):
                if word == "l" and not quoted:
                    self._graph.own["label"].put(row, text)

    def _listed(self, line: str, number: int) -> None:
        source, *targets = [text for text, _ in _tokens(line)]
        for target in targets:
            self._edge(source, target, number, _WAYS[self._section], "", self._kind)
        if not targets:
            self._graph.reject(number, "missing_target", source)

    def _matrix(self, line: str, number: int) -> None:
        self._row += 1
        cells = line.split()
        rows = self._first or self._size
        offset = self._first
        if self._row > rows or len(cells) != self._size - offset:
            self._graph.reject(number, "ragged_row", str(self._row))
            return
        for column, cell in enumerate(cells, start=1 + offset):
            if cell.strip("0.+-") or not cell.strip(".+-"):  # neither 0 nor 0.0
                self._edge(str(self._row), str(column), number, DIRECTED, cell, self._kind)

    def _edge(self, source: str, target: str, line: int, way: int, weight: str, kind: str) -> int | None:
        ends = [self._known(end) for end in (source, target)]
        for end, known, reason in zip(
            (source, target), ends, ("missing_source", "missing_target"), strict=True
        ):
            if known is None:
                self._graph.reject(line, "unknown_node" if end else reason, source, target)
                return None
        row = self._graph.edge(str(ends[0]), str(ends[1]), line, way)
        if row is not None:
            if weight:
                self._graph.own["weight"].put(row, weight)
            if kind:
                self._graph.own["kind"].put(row, kind)
        return row

    def _known(self, text: str) -> str | None:
        """Return the number of a vertex as its id, ``None`` if there is no such vertex."""
        if not _INTEGER.fullmatch(text) or not 1 <= int(text) <= self._size:
            return None
        return str(int(text))


def _tokens(line: str) -> list[tuple[str, bool]]:
    """Return the words of a line, each with whether it stood in quotes."""
    found = [(m[1], True) if m[1] is not None else (m[2] or m[3], False) for m in _TOKEN.finditer(line)]
    return found or [("", False)]


def _times(tokens: list[tuple[str, bool]]) -> str:
    return next((text for text, quoted in tokens if not quoted and text.startswith("[")), "")


LAYOUT = Layout(
    "pajek",
    "Networks and projects of Pajek (.net, .paj)",
    convert,
    choices=frozenset({"both", "year_attribute", "network"}),
)
