"""GraphML of igraph, networkx, yEd, Cytoscape and others to relations.

The label of a node is its attribute ``label`` or ``name``, or what yEd draws on it. Edges of
more than two ends, ports and references to other files have no counterpart and are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clusters.errors import DataError
from clusters.intake import markup
from clusters.intake.public import choice, graph_table, sources
from clusters.intake.public.frame import Converted, Layout, Options
from clusters.intake.public.graph import DIRECTED, UNDIRECTED, Graph
from clusters.intake.public.package import Member, Package
from clusters.sentences import Note

NO_COUNTERPART = {
    "hyperedge": "an edge of several ends (hyperedge)",
    "port": "a port of a node",
    "locator": "a reference to another file (locator)",
}
_DRAWN = {"NodeLabel": "node", "EdgeLabel": "edge"}
_TRUE, _FALSE = ("true", "1"), ("false", "0")


def convert(package: Package, options: Options) -> Converted:
    """Read GraphML files; each edge is accounted for."""
    graphs, notes = [], []
    for member in sources.of_endings(package, (".graphml", ".xml")):
        graph, said = choice.one_of(read(member, options), member.name, options.network)
        graphs.append(graph)
        notes += said
        if graph.parents:
            notes.append(Note("note.graph_nested", name=member.name, n=len(graph.parents)))
    found = graph_table.converted(graphs, options)
    return Converted(found.relations, found.account, found.nodes, [*notes, *found.notes])


def read(member: Member, options: Options) -> dict[str, Graph]:
    """Read one file: its networks by their ids.

    Raises ``DataError`` where it is no well-formed GraphML, or holds what has no counterpart.
    """
    reader = _Reader(member.name)
    markup.parse(
        sources.blocks_of(member),
        member.name,
        start=reader.start,
        end=reader.end,
        texts={"data", "default", *_DRAWN},
        encoding=options.encoding,
    )
    for graph in reader.graphs.values():
        graph.labels_from(("label", "标签", "name", "名称"))
    return reader.graphs


@dataclass
class _Key:
    title: str
    drawn: bool
    """Whether it holds a drawing of yEd."""


class _Reader:
    """Follows the elements of a GraphML file."""

    def __init__(self, name: str) -> None:
        self.graphs: dict[str, Graph] = {}
        self._name = name
        self._graph = Graph(name)
        self._path: list[str] = []
        self._ways: list[int] = []
        self._items: list[tuple[str, int | None]] = []
        self._keys: dict[tuple[str, str], _Key] = {}
        self._key: Mapping[str, str] = {}
        self._defaults: dict[tuple[str, str], str] = {}
        self._data = ""
        self._drawn: set[tuple[str, int]] = set()

    def start(self, tag: str, a: Mapping[str, str], line: int) -> None:
        """Take the beginning of an element."""
        if not self._path and tag != "graphml":
            raise DataError(
                f"{self._name} is no GraphML file: it begins with <{tag}>",
                hint="clusters convert gexf ..." if tag == "gexf" else "a GraphML file begins with <graphml>",
            )
        parent = self._path[-1] if self._path else ""
        self._path.append(tag)
        if tag in NO_COUNTERPART and parent in ("graph", "node", "edge", "hyperedge"):
            raise self._refused(tag, line)
        if tag == "graph":
            self._begin(a)
        elif tag == "node" and parent == "graph":
            self._node(a, line)
        elif tag == "edge" and parent == "graph":
            self._edge(a, line)
        elif tag == "key":
            self._define(a)
        elif tag == "data":
            self._data = a.get("key", "")

    def end(self, tag: str, text: str) -> None:
        """Take the end of an element."""
        self._path.pop()
        parent = self._path[-1] if self._path else ""
        if tag == "data" and parent in ("node", "edge") and self._items:
            self._value(self._items[-1], text.strip())
        elif tag in _DRAWN and self._items:
            self._label(self._items[-1], _DRAWN[tag], text.strip())
        elif tag == "default" and parent == "key" and text.strip():
            self._default(text.strip())
        elif tag in ("node", "edge") and parent == "graph":
            self._items.pop()
        elif tag == "graph":
            self._ways.pop()

    def _refused(self, what: str, line: int) -> DataError:
        return DataError(
            f"{self._name}, line {line}: {NO_COUNTERPART[what]} has no counterpart among relations of two",
            hint="save the network without it",
        )

    def _begin(self, a: Mapping[str, str]) -> None:
        way = a.get("edgedefault", "directed").strip().lower()
        if way not in ("directed", "undirected"):
            raise DataError(
                f"{self._name}: edges are {way!r} by default", hint="GraphML knows directed and undirected"
            )
        if not self._ways:
            self._graph = Graph(self._name)
            self.graphs[graph_table.free_title(a.get("id", "") or "1", self.graphs)] = self._graph
            for (kind, title), text in self._defaults.items():
                self._graph.defaults(kind, title, text)
        self._ways.append(UNDIRECTED if way == "undirected" else DIRECTED)

    def _define(self, a: Mapping[str, str]) -> None:
        self._key = a
        name = a.get("id", "")
        wanted = a.get("for", "all").strip().lower()
        for kind in ("node", "edge"):
            if wanted in (kind, "all"):
                taken = [key.title for (known, _), key in self._keys.items() if known == kind]
                title = graph_table.free_title(a.get("attr.name", "").strip() or name, taken)
                self._keys[kind, name] = _Key(title, "graphics" in a.get("yfiles.type", ""))

    def _default(self, text: str) -> None:
        for kind in ("node", "edge"):
            key = self._keys.get((kind, self._key.get("id", "")))
            if key is not None:
                self._defaults[kind, key.title] = text

    def _node(self, a: Mapping[str, str], line: int) -> None:
        place = self._graph.node(a.get("id", ""))
        if place is None:
            raise DataError(f"{self._name}, line {line}: a node without id")
        above = next((p for kind, p in reversed(self._items) if kind == "node"), None)
        if above is not None:
            self._graph.parents[place] = above
        self._items.append(("node", place))

    def _edge(self, a: Mapping[str, str], line: int) -> None:
        if "sourceport" in a or "targetport" in a:
            raise self._refused("port", line)
        directed = a.get("directed", "").strip().lower()
        ends = a.get("source", ""), a.get("target", "")
        if directed and directed not in (*_TRUE, *_FALSE):
            self._graph.reject(line, "bad_direction", *ends)
            self._items.append(("edge", None))
            return
        way = (DIRECTED if directed in _TRUE else UNDIRECTED) if directed else self._ways[-1]
        self._items.append(("edge", self._graph.edge(*ends, line, way)))

    def _value(self, item: tuple[str, int | None], text: str) -> None:
        kind, place = item
        key = self._keys.get((kind, self._data)) or _Key(self._data, drawn=False)
        if place is None or key.drawn or not text:
            return
        (self._graph.set_node if kind == "node" else self._graph.set_edge)(place, key.title, text)

    def _label(self, item: tuple[str, int | None], kind: str, text: str) -> None:
        if item[0] != kind or item[1] is None or not text or (kind, item[1]) in self._drawn:
            return
        self._drawn.add((kind, item[1]))
        (self._graph.labels if kind == "node" else self._graph.own["label"]).put(
            item[1], " ".join(text.split())
        )


LAYOUT = Layout(
    "graphml",
    "Networks of igraph, networkx, yEd, Cytoscape (GraphML)",
    convert,
    choices=frozenset({"both", "year_attribute", "network"}),
)
