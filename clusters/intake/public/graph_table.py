"""Graphs to relations, organisations and a row account; see ``graph`` for what an edge becomes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import labels
from clusters.errors import ClustersError, UsageError
from clusters.intake.headers import key, node_columns, relation_columns
from clusters.intake.public.frame import Account, Converted, Options
from clusters.intake.public.graph import MUTUAL, UNDIRECTED, Cells, Graph, weights_of
from clusters.intake.public.times import year_of
from clusters.intake.vocabulary import meanings
from clusters.sentences import Note

FIRST = ("source", "target", "year", "last_year", "periods", "kind", "weight", "source_label", "target_label")
READ = "read"
_RENAMED = "attribute_"


@dataclass
class _Edges:
    """The edges of one graph on their way to relations."""

    graph: Graph
    options: Options
    notes: list[str]
    reason: Cells = field(init=False)
    used: set[str] = field(default_factory=set)
    """Attributes that have become the year, the kind or the weight."""

    def __post_init__(self) -> None:
        self.reason = np.full(len(self.graph.lines), "", object)

    @property
    def rows(self) -> int:
        return len(self.graph.lines)

    def note(self, term: str, **values: object) -> None:
        self.notes.append(Note(term, name=self.graph.file, **values))

    def reject(self, which: NDArray[np.bool_], reason: str) -> None:
        self.reason[which & (self.reason == "")] = reason

    def cells(self, meaning: str) -> Cells | None:
        """Return the weight or kind of each edge: the format's own, else of an attribute so called."""
        own = self.graph.own[meaning]
        if len(own):
            return own.cells(self.rows)
        for title, column in self.graph.edge_columns.items():
            if meanings("relation").get(key(title)) == meaning:
                self.used.add(title)
                return column.cells(self.rows)
        return None


def converted(graphs: Sequence[Graph], options: Options) -> Converted:
    """Make relations of graphs.

    Parameters
    ----------
    graphs
        Graphs in the order of their files.
    options
        ``both``: undirected edges in both directions; ``year_attribute``: attribute of edges
        that holds the year; ``year_range``: years that can be right.

    Returns
    -------
    Converted
        Relations ``source, target, year, last_year, periods, kind, weight`` as far as they are
        known, and the attributes of the edges; organisations with the attributes of the nodes.

    Raises
    ------
    UsageError
        No edge has an attribute of the name asked for.

    Examples
    --------
    >>> graph = Graph("a.net")
    >>> row = graph.edge("a", "b", 3)
    >>> graph.own["weight"].put(row, "2.5")
    >>> converted([graph], Options()).relations.to_dict("records")
    [{'source': 'a', 'target': 'b', 'weight': 2.5}]
    """
    account = Account()
    notes: list[str] = []
    parts, organisations = [], []
    _check_attribute(graphs, options)
    for graph in graphs:
        edges = _Edges(graph, options, notes)
        names, labelled = _names(edges)
        parts.append(_relations(edges, names, labelled))
        organisations.append(_organisations(graph, names))
        _close(edges, account, len(parts[-1]))
    table = pd.concat(parts, ignore_index=True)
    text = [c for c in table.columns if table[c].dtype == object]
    table[text] = table[text].fillna("")
    order = [name for name in FIRST if name in table.columns]
    table = table[[*order, *(name for name in table.columns if name not in order)]]
    nodes = pd.concat(organisations, ignore_index=True).fillna("").drop_duplicates("node", ignore_index=True)
    return Converted(table, account, nodes, notes)


def _check_attribute(graphs: Sequence[Graph], options: Options) -> None:
    wanted = options.year_attribute
    if wanted is not None and not any(_titled(graph.edge_columns, wanted) for graph in graphs):
        known = dict.fromkeys(title for graph in graphs for title in graph.edge_columns)
        raise UsageError(
            f"no edge has an attribute {wanted!r}",
            hint=f"edges have {', '.join(map(repr, known))}" if known else "edges have no attributes",
        )


def _titled(columns: Iterable[str], wanted: str) -> str | None:
    titles = list(columns)
    if wanted in titles:
        return wanted
    return next((title for title in titles if key(title) == key(wanted)), None)


def _names(edges: _Edges) -> tuple[Cells, Cells | None]:
    """Return the name of each node, and its label where that is not the name."""
    graph = edges.graph
    ids = np.empty(len(graph.places), object)
    ids[:] = list(graph.places)
    undeclared = len(ids) - len(graph.declared)
    if graph.declared and undeclared:
        first = next(place for place in range(len(ids)) if place not in graph.declared)
        edges.note("note.graph_undeclared", n=undeclared, first=str(ids[first]))
    if not len(graph.labels):
        return ids, None
    texts = graph.labels.cells(len(ids))
    texts = np.where(texts == "", ids, texts).astype(object)
    if (texts == ids).all():
        return ids, None
    repeated = pd.Series(texts).duplicated(keep=False).to_numpy()
    if repeated.any():
        first = int(np.flatnonzero(repeated)[0])
        edges.note("note.graph_by_id", n=int(repeated.sum()), first=str(texts[first]))
        return ids, texts
    edges.note("note.graph_by_label")
    return texts, None


def _relations(edges: _Edges, names: Cells, labelled: Cells | None) -> pd.DataFrame:
    graph = edges.graph
    columns: dict[str, object] = dict(_years(edges))
    kind, weight = edges.cells("kind"), _weight(edges)
    if kind is not None:
        columns["kind"] = kind
    if weight is not None:
        columns["weight"] = weight
    attributes = {t: c for t, c in graph.edge_columns.items() if t not in edges.used}
    if len(graph.own["label"]):
        attributes = {"label": graph.own["label"], **attributes}
    taken = [*FIRST, *columns]
    for title, column in attributes.items():
        cells = column.cells(edges.rows)
        if (cells != "").any():
            columns[free_title(title if _edge_title(title) else _RENAMED + title, [*taken, *columns])] = cells
    rows, turned = _expanded(edges)
    ends = np.frombuffer(graph.sources, np.int64)[rows], np.frombuffer(graph.targets, np.int64)[rows]
    source, target = np.where(turned, ends[1], ends[0]), np.where(turned, ends[0], ends[1])
    frame = pd.DataFrame({"source": names[source], "target": names[target]}, dtype=object)
    for name, values in columns.items():
        frame[name] = values[rows] if isinstance(values, np.ndarray) else pd.array(values)[rows]  # type: ignore[call-overload]
    if "weight" in frame and len(frame) and (frame["weight"] % 1 == 0).all():
        frame["weight"] = frame["weight"].astype(np.int64)
    if labelled is not None:
        frame["source_label"], frame["target_label"] = labelled[source], labelled[target]
    return frame


def _expanded(edges: _Edges) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the edge behind each relation, and whether it is written against its order."""
    ways = np.frombuffer(edges.graph.ways, np.int8)
    accepted = np.flatnonzero(edges.reason == "")
    loops = np.frombuffer(edges.graph.sources, np.int64) == np.frombuffer(edges.graph.targets, np.int64)
    undirected = int((ways[accepted] == UNDIRECTED).sum())
    mutual = int((ways[accepted] == MUTUAL).sum())
    if undirected:
        edges.note("note.graph_both" if edges.options.both else "note.graph_undirected", n=undirected)
    if mutual:
        edges.note("note.graph_mutual", n=mutual)
    twice = ((ways == MUTUAL) | ((ways == UNDIRECTED) & edges.options.both)) & ~loops
    rows = np.repeat(accepted, 1 + twice[accepted])
    turned = np.zeros(rows.size, bool)
    turned[1:] = rows[1:] == rows[:-1]
    return rows, turned


def _weight(edges: _Edges) -> NDArray[np.float64] | None:
    cells = edges.cells("weight")
    if cells is None:
        return None
    blank = cells == ""
    if blank.any():
        cells = np.where(blank, edges.graph.default_weight, cells).astype(object)
    weights = weights_of(cells)
    edges.reject(np.isnan(weights), "bad_weight")
    return weights


def _years(edges: _Edges) -> Mapping[str, object]:
    """Return ``year``, ``last_year`` and ``periods`` as far as edges have them."""
    graph, rows = edges.graph, edges.rows
    cells = graph.own["first"].cells(rows)
    title = _year_attribute(edges, begun=bool(len(graph.own["first"])))
    from_time = cells
    if title is not None:
        own = graph.edge_columns[title].cells(rows)
        cells = np.where(own == "", cells, own).astype(object)
    filled = cells != ""
    if not filled.any():
        return {}
    years, fits = _read_years(cells, edges.options.year_range)
    named = title is not None and (edges.options.year_attribute is not None or _strong(title))
    if not fits.any() and not named:
        edges.note("note.graph_not_years", first=str(cells[filled][0]).removeprefix("?"))
        return {}
    edges.reject(filled & ~fits, "bad_year")
    if title is not None:
        edges.used.add(title)
        edges.note("note.graph_years_of", column=title)
    elif (from_time != "").any():
        edges.note("note.graph_years_of_time")
    undated = ~filled & (edges.reason == "")
    if undated.any():
        edges.note("note.graph_some_undated", n=int(undated.sum()))
    found: dict[str, object] = {"year": pd.array(np.where(fits, years, 0), "Int64")}
    found["year"][~fits] = pd.NA  # type: ignore[index]
    last, known = _read_years(graph.own["last"].cells(rows), edges.options.year_range)
    if known.any():
        column = pd.array(np.where(known, last, 0), "Int64")
        column[~known] = pd.NA
        found["last_year"] = column
    if len(graph.own["periods"]):
        found["periods"] = graph.own["periods"].cells(rows)
    return found


def _read_years(cells: Cells, span: tuple[int, int]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    read = {text: year_of(text) for text in dict.fromkeys(cells.tolist())}
    years = np.array([*(y if (y := read[t]) is not None else -1 for t in cells), -1], np.int64)[:-1]
    return years, (years >= span[0]) & (years <= span[1])


def _year_attribute(edges: _Edges, *, begun: bool) -> str | None:
    """Choose the attribute that holds the year: asked for, called so, or like it where time lacks."""
    columns = edges.graph.edge_columns
    if edges.options.year_attribute is not None:
        return _titled(columns, edges.options.year_attribute)
    for wanted in (_strong, _is_first_year):
        for title in columns:
            if wanted(title):
                return title
    if not begun:
        for title in columns:
            if not _edge_title(title) and _claims_time(title):
                return title
    return None


def _strong(title: str) -> bool:
    return meanings("relation").get(key(title)) == "year"


def _is_first_year(title: str) -> bool:
    return key(title) in _first_year_keys()


@cache
def _first_year_keys() -> frozenset[str]:
    return frozenset({"first_year", *(key(labels.heading("first_year", lang)) for lang in labels.LANGUAGES)})


@cache
def _claims_time(title: str) -> bool:
    try:
        return bool({"year", "date"} & relation_columns(["source", "target", title], "").single.keys())
    except ClustersError:
        return False


@cache
def _edge_title(title: str) -> bool:
    """Tell whether a column of this name would be read as nothing else than an attribute."""
    if not title.strip() or title in FIRST:
        return False
    try:
        alone = relation_columns(["source", "target", title], "")
        beside = relation_columns(["source", "target", "year", "kind", "weight", title], "")
    except ClustersError:
        return False
    ends = {"source": 0, "target": 1}
    plain = not {"year", "date"} & alone.single.keys() and "label" not in {a for _, a in beside.attributes}
    return plain and alone.ids == beside.ids == ends and "date" not in beside.single


@cache
def _node_title(title: str) -> bool:
    if not title.strip():
        return False
    try:
        found = node_columns(["node", "label", title], "")
    except ClustersError:
        return False
    return (found["node"], found.get("label")) == (0, 1) and 2 in found.values()


def free_title(title: str, taken: Iterable[str]) -> str:
    """Return a name that no other column has, by a number behind it if need be."""
    used, number, name = set(taken), 1, title
    while name in used:
        number += 1
        name = f"{title}_{number}"
    return name


def _organisations(graph: Graph, names: Cells) -> pd.DataFrame:
    ids = np.empty(len(graph.places), object)
    ids[:] = list(graph.places)
    frame = pd.DataFrame({"node": names}, dtype=object)
    if len(graph.labels):
        texts = graph.labels.cells(len(ids))
        frame["label"] = np.where(texts == "", names, texts).astype(object)
    if (names != ids).any():
        frame["graph_id"] = ids
    if graph.parents:
        parent = np.full(len(ids), "", object)
        for place, above in graph.parents.items():
            parent[place] = names[above]
        frame["parent"] = parent
    for title, column in graph.node_columns.items():
        cells = column.cells(len(ids))
        if (cells != "").any():
            frame[free_title(title if _node_title(title) else _RENAMED + title, frame.columns)] = cells
    return frame


def _close(edges: _Edges, account: Account, relations: int) -> None:
    """Write into the account what became of the edges of a graph."""
    graph = edges.graph
    lines = np.frombuffer(graph.lines, np.int64)
    ids = list(graph.places)
    listed = list(graph.rejected)
    for row in np.flatnonzero(edges.reason != "").tolist():
        listed.append(
            (int(lines[row]), str(edges.reason[row]), ids[graph.sources[row]], ids[graph.targets[row]])
        )
    accepted = np.flatnonzero(edges.reason == "")
    first = int(lines[accepted[0]]) if accepted.size else None
    account.count(graph.file, READ, "accepted", accepted.size, line=first)
    listed.sort(key=lambda edge: edge[0])
    frame = pd.DataFrame(listed, columns=["line", "reason", "source", "target"])
    for reason, group in frame.groupby("reason", sort=False):
        line, _, source, target = group.iloc[0]
        example = f"{source} ¦ {target}"
        account.count(
            graph.file, READ, "rejected", len(group), reason=str(reason), line=int(line), example=example
        )
    account.list_rows(graph.file, "rejected", frame)
    account.count(graph.file, "expand", "relations", relations)
    if graph.changing:
        edges.note("note.graph_changing", n=graph.changing)
    isolated = len(graph.declared.difference(graph.sources, graph.targets))
    if isolated:
        edges.note("note.graph_isolated", n=isolated)
