"""GEXF 1.1 to 1.3, static and dynamic, to relations.

Names of elements count without their prefix, as in Gephi; drawing (``viz``) is left out. Times
of an edge are its spells (slices in 1.1), else its ``start`` and ``end`` or its time set.
"""

from __future__ import annotations

from collections.abc import Mapping

from clusters.errors import DataError
from clusters.intake import markup
from clusters.intake.public import graph_table, sources, times
from clusters.intake.public.frame import Converted, Layout, Options
from clusters.intake.public.graph import DIRECTED, MUTUAL, UNDIRECTED, Graph
from clusters.intake.public.package import Member, Package
from clusters.intake.public.times import Span
from clusters.sentences import Note

WAYS = {"directed": DIRECTED, "undirected": UNDIRECTED, "mutual": MUTUAL}
ITEMS = ("node", "edge")


def convert(package: Package, options: Options) -> Converted:
    """Read GEXF files; each edge is accounted for."""
    graphs, notes = [], []
    for member in sources.of_endings(package, (".gexf", ".xml")):
        graph = read(member, options)
        graphs.append(graph)
        if graph.parents:
            notes.append(Note("note.graph_nested", name=member.name, n=len(graph.parents)))
    found = graph_table.converted(graphs, options)
    return Converted(found.relations, found.account, found.nodes, [*notes, *found.notes])


def read(member: Member, options: Options) -> Graph:
    """Read one file.

    Raises ``DataError`` where it is no well-formed GEXF.
    """
    reader = _Reader(member.name)
    markup.parse(
        sources.blocks_of(member),
        member.name,
        start=reader.start,
        end=reader.end,
        texts={"default"},
        encoding=options.encoding,
    )
    return reader.graph


class _Item:
    """A node or edge that is being read."""

    __slots__ = ("kind", "place", "plain", "seen", "spells")

    def __init__(self, kind: str, place: int | None, plain: list[Span]) -> None:
        self.kind, self.place, self.plain = kind, place, plain
        self.spells: list[Span] = []
        self.seen: set[str] = set()


class _Reader:
    """Follows the elements of a GEXF file."""

    def __init__(self, name: str) -> None:
        self.graph = Graph(name)
        self._name = name
        self._path: list[str] = []
        self._items: list[_Item] = []
        self._way = "undirected"  # as the format says where a file does not
        self._moment = ""
        self._class = ""
        self._titles: dict[tuple[str, str], str] = {}
        self._defined: tuple[str, str] | None = None
        self._graphs = 0

    def start(self, tag: str, a: Mapping[str, str], line: int) -> None:
        """Take the beginning of an element."""
        if not self._path and tag != "gexf":
            other = {"graphml": "graphml"}.get(tag)
            raise DataError(
                f"{self._name} is no GEXF file: it begins with <{tag}>",
                hint=f"clusters convert {other} ..." if other else "a GEXF file begins with <gexf>",
            )
        parent = self._path[-1] if self._path else ""
        self._path.append(tag)
        if tag in ITEMS and parent == f"{tag}s":
            (self._node if tag == "node" else self._edge)(a, line)
        elif tag == "attvalue" and (parent in ITEMS or (parent == "attvalues" and self._path[-3] in ITEMS)):
            self._value(a)
        elif tag in ("spell", "slice") and parent in ("spells", "slices") and self._timed():
            self._items[-1].spells.append(_span(a) or ("", ""))
        elif tag == "parent" and parent == "parents" and self._items:
            self._within(a.get("for", ""))
        elif tag == "attributes":
            self._class = a.get("class", "node").strip().lower()
        elif tag == "attribute" and parent == "attributes":
            self._define(a)
        elif tag == "graph":
            self._begin(a, line)

    def end(self, tag: str, text: str) -> None:
        """Take the end of an element."""
        self._path.pop()
        if tag == "default" and self._defined is not None and self._path[-1] == "attribute":
            self._default(text.strip())
        elif tag in ITEMS and self._path and self._path[-1] == f"{tag}s":
            self._close(self._items.pop())
        elif tag == "attribute":
            self._defined = None

    def _timed(self) -> bool:
        """Tell whether a spell is one of a node or edge, and not of its colour."""
        return bool(self._items) and self._path[-3] in ITEMS

    def _begin(self, a: Mapping[str, str], line: int) -> None:
        self._graphs += 1
        if self._graphs > 1:
            raise DataError(f"{self._name}, line {line}: a second <graph>", hint="a GEXF file holds one")
        self._way = a.get("defaultedgetype", "undirected").strip().lower() or "undirected"
        if a.get("mode", "").strip().lower() == "slice":
            self._moment = a.get("timestamp", "") or a.get("start", "")

    def _define(self, a: Mapping[str, str]) -> None:
        name = a.get("id", "")
        title = a.get("title", "").strip() or name
        taken = [t for (c, _), t in self._titles.items() if c == self._class]
        self._titles[self._class, name] = graph_table.free_title(title, taken)
        self._defined = (self._class, name)

    def _default(self, text: str) -> None:
        assert self._defined is not None  # asked before
        if text and self._defined[0] in ITEMS:
            self.graph.defaults(self._defined[0], self._titles[self._defined], text)

    def _node(self, a: Mapping[str, str], line: int) -> None:
        place = self.graph.node(a.get("id", ""), a.get("label", ""))
        if place is None:
            raise DataError(f"{self._name}, line {line}: a node without id")
        above = next((i.place for i in reversed(self._items) if i.kind == "node"), None)
        if above is not None:
            self.graph.parents[place] = above
        self._items.append(_Item("node", place, _spans(a)))
        if a.get("pid"):
            self._within(a["pid"])

    def _within(self, above: str) -> None:
        item = self._items[-1]
        known = self.graph.node(above, declared=False) if above != "0" or "0" in self.graph.places else None
        if item.kind == "node" and item.place is not None and known is not None and known != item.place:
            self.graph.parents[item.place] = known

    def _edge(self, a: Mapping[str, str], line: int) -> None:
        way = (a.get("type", "").strip() or self._way).lower()
        row = None
        if way not in WAYS:
            self.graph.reject(line, "bad_direction", a.get("source", ""), a.get("target", ""))
        else:
            row = self.graph.edge(a.get("source", ""), a.get("target", ""), line, WAYS[way])
        self._items.append(_Item("edge", row, _spans(a)))
        if row is not None:
            for name in ("weight", "kind", "label"):
                if text := a.get(name, "").strip():
                    self.graph.own[name].put(row, text)

    def _value(self, a: Mapping[str, str]) -> None:
        item = self._items[-1] if self._items else None
        if item is None or item.place is None:
            return
        name = a.get("for", a.get("id", ""))
        value = a.get("value", "").strip()
        if not value:
            return
        self.graph.changing += name in item.seen
        item.seen.add(name)
        if item.kind == "edge" and name.lower() == "weight":
            self.graph.own["weight"].put(item.place, value)
            return
        title = self._titles.setdefault((item.kind, name), name)
        (self.graph.set_node if item.kind == "node" else self.graph.set_edge)(item.place, title, value)

    def _close(self, item: _Item) -> None:
        if item.place is None:
            return
        spans = item.spells or item.plain
        if item.kind == "node":
            self.graph.node_times(item.place, spans)
        else:
            self.graph.edge_times(item.place, spans or ([(self._moment, "")] if self._moment else []))


def _spans(a: Mapping[str, str]) -> list[Span]:
    for name in ("intervals", "timestamps", "timeset"):
        if name in a:
            return times.spans_of(a[name], moments=name == "timestamps")
    span = _span(a)
    return [span] if span else []


def _span(a: Mapping[str, str]) -> Span | None:
    if a.get("timestamp"):
        return a["timestamp"], a["timestamp"]
    first = a.get("start") or a.get("startopen") or a.get("datefrom") or ""
    last = a.get("end") or a.get("endopen") or a.get("dateto") or ""
    return (first, last) if first or last else None


LAYOUT = Layout("gexf", "Networks of Gephi and other programs (GEXF 1.1 to 1.3)", convert, choices=frozenset(
    {"both", "year_attribute"}
))  # fmt: skip
