"""A network made ready for writing: order, ids, labels, typed columns, positions, style, words.

Every format needs the same decisions, taken here once: nodes come by id and edges by
source, target and kind, so that equal input gives equal bytes; ids and labels are
distinct and never blank; each column has one type, derived from its dtype or, for
free objects, from its values; printed words are in the language asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import labels
from clusters.errors import DataError, UsageError
from clusters.export import layout
from clusters.export.columns import Column, Integers, coded, column, is_missing, titles
from clusters.export.style import NodeStyle, node_style
from clusters.export.text import Cleaner, unique
from clusters.networks import ValueNetwork
from clusters.relations import KINDS, PARTNER, SAMPLE
from clusters.sentences import Note


class Options(TypedDict, total=False):
    """Options that all writers share; see ``prepare``."""

    lang: str
    positions: pd.DataFrame | str
    seed: int
    colour_by: str
    weights: str
    node_columns: pd.DataFrame | None
    edge_columns: pd.DataFrame | None
    statistics: bool
    title: str
    remark: str
    synthetic: bool


@dataclass(frozen=True)
class ExportReport:
    """What was written, and what the reader of the file should know."""

    files: tuple[Path, ...]
    nodes: int
    edges: int
    stripped: int
    """Characters left out because no such file can hold them."""
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Prepared:
    """A network ready for a writer; lists follow the network's own node and edge positions."""

    network: ValueNetwork
    lang: str
    ids: list[str]
    labels: list[str]
    node_order: Integers
    edge_order: Integers
    node_columns: list[Column]
    edge_columns: list[Column]
    weights: NDArray[np.float64]
    kinds: list[str] | None
    """Kind of each edge, printed; empty where unknown. ``None`` when kinds are merged."""
    starts: Integers | None
    """First year of each node, 0 where it has no dated edge; ``None`` when undated."""
    description: str
    notes: list[str]
    stripped: int
    points: NDArray[np.float64]
    """Positions, one row per node; empty when the format draws nothing."""
    style: NodeStyle | None

    def report(self, *files: Path, notes: Iterable[str] = ()) -> ExportReport:
        """Sum up what was written."""
        return ExportReport(
            files=files,
            nodes=self.network.n_nodes,
            edges=self.network.n_edges,
            stripped=self.stripped,
            notes=(*self.notes, *notes),
        )


def prepare(
    network: ValueNetwork,
    *,
    lang: str = "en",
    positions: pd.DataFrame | str = "layout",
    seed: int = 0,
    colour_by: str = "auto",
    weights: str = "auto",
    node_columns: pd.DataFrame | None = None,
    edge_columns: pd.DataFrame | None = None,
    statistics: bool = False,
    title: str = "",
    remark: str = "",
    synthetic: bool = False,
    draw: bool = True,
) -> Prepared:
    """Take the decisions that every network format needs.

    Parameters
    ----------
    network
        What to write. Its ``attributes`` become node columns, ``label`` the label.
    lang
        Language of titles and of coded values, ``en`` or ``zh``.
    positions
        ``layout`` (seeded springs, kept with the network), ``spiral`` (cheap), or a frame
        with columns ``x`` and ``y`` and a row for every node.
    seed
        Seed of positions and communities.
    colour_by
        ``auto``, ``role``, ``community`` or a node column.
    weights
        Weight of an edge: ``table`` (sum of the table's weights, relations where it has
        none), ``relations`` (number of relations), or ``auto``: the table's if all are
        positive, else relations, with a note and the table's weights as a column.
    node_columns, edge_columns
        More columns: rows by node id, and rows in the network's edge order.
    statistics
        Add degrees, community, component, clustering, core and PageRank.
    title, remark
        Texts for the description in the file.
    synthetic
        The data is made up; the file says so.
    draw
        Whether the format has positions, sizes and colours.

    Raises
    ------
    DataError
        ``weights="table"`` and an edge has a weight that is not a positive number.
    """
    clean = Cleaner()
    notes: list[str] = []
    chosen, weighed = _weights(network, weights, notes)
    ids, labels_ = _names(network, clean, notes)
    kind_names = [clean(coded("kind", kind, lang)) for kind in network.kind_names]
    starts = _starts(network)
    style = node_style(network, colour_by=colour_by, seed=seed) if draw else None
    columns = _node_columns(network, starts, node_columns, statistics, seed)
    if style is not None and style.colour_by == "community":
        columns.setdefault("community", pd.Series(layout.partition(network, seed=seed)))
    node_titles = titles(columns, lang, clean)
    edges = _edge_columns(network, edge_columns)
    if weights == "auto" and weighed == "relations":
        edges["weight"] = pd.Series(network.weights)
    edge_titles = titles(edges, lang, clean)
    node_order = np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.int64)
    points = _points(network, positions, seed) if draw else np.zeros((0, 2))
    return Prepared(
        network=network,
        lang=lang,
        ids=ids,
        labels=labels_,
        node_order=node_order,
        edge_order=_edge_order(network, node_order, kind_names),
        node_columns=[column(n, s, node_titles[n], lang, clean, notes) for n, s in columns.items()],
        edge_columns=[column(n, s, edge_titles[n], lang, clean, notes) for n, s in edges.items()],
        weights=chosen,
        kinds=_kinds(network, kind_names),
        starts=starts,
        description=clean(
            ("" if lang == "zh" else " ").join(
                _sentences(network, lang, positions, seed, weighed, style, title, remark, synthetic)
            )
        ),
        notes=notes + _counted(clean),
        stripped=clean.stripped,
        points=points,
        style=style,
    )


def parallel_choice(network: ValueNetwork) -> str:
    """Tell what one edge of a network stands for: ``merge``, ``kinds`` or ``relations``.

    Examples
    --------
    >>> parallel_choice(ValueNetwork.from_edges([("a", "b")] * 2))
    'merge'
    """
    key = network.sources.astype(np.int64) * max(network.n_nodes, 1) + network.targets
    if network.kinds is not None:
        key = key * (len(network.kind_names) + 1) + network.kinds + 1
    if key.size > 1 and bool((key[1:] == key[:-1]).any()):
        return "relations"
    return "merge" if network.kinds is None else "kinds"


def kind_columns(network: ValueNetwork, by_kind: ValueNetwork) -> pd.DataFrame:
    """Count, for each edge of a merged network, its relations of each kind.

    Parameters
    ----------
    network
        Network with one edge per ordered pair.
    by_kind
        The same relations with ``parallel="kinds"``.

    Returns
    -------
    DataFrame
        One row per edge of ``network``: ``kind`` (names joined by `` + ``) and, for each
        kind, ``relations: KIND`` with the number of relations. Empty without kinds.

    Examples
    --------
    >>> edges, kinds = [("a", "b"), ("a", "b"), ("b", "a")], ["technology", "talent", "talent"]
    >>> merged = ValueNetwork.from_edges(edges)
    >>> kind_columns(merged, ValueNetwork.from_edges(edges, kinds=kinds, parallel="kinds"))
                      kind  relations: technology  relations: talent
    0  technology + talent                      1                  1
    1               talent                      0                  1
    """
    if by_kind.kinds is None or not network.nodes.equals(by_kind.nodes):
        return pd.DataFrame(index=range(network.n_edges))
    n = max(network.n_nodes, 1)
    key = network.sources.astype(np.int64) * n + network.targets
    edge = np.searchsorted(key, by_kind.sources.astype(np.int64) * n + by_kind.targets)
    counts = np.zeros((network.n_edges, len(by_kind.kind_names)), dtype=np.int64)
    known = by_kind.kinds >= 0
    np.add.at(counts, (edge[known], by_kind.kinds[known]), by_kind.relations[known])
    names = by_kind.kind_names
    order = sorted(
        range(len(names)), key=lambda k: (KINDS.index(names[k]) if names[k] in KINDS else 9, names[k])
    )
    present, code = np.unique(counts > 0, axis=0, return_inverse=True)
    joined = [" + ".join(names[k] for k in order if row[k]) or None for row in present]
    frame = pd.DataFrame({"kind": np.array([*joined, None], dtype=object)[code.ravel()]})
    for k in order:
        if counts[:, k].any():
            frame[f"relations: {names[k]}"] = counts[:, k]
    return frame


def _names(network: ValueNetwork, clean: Cleaner, notes: list[str]) -> tuple[list[str], list[str]]:
    ids, changed = unique([clean(node) for node in network.nodes])
    if changed:
        notes.append(Note("note.numbered_ids", n=changed))
    given: list[Any] = [None] * len(ids)
    if network.attributes is not None and "label" in network.attributes.columns:
        given = network.attributes["label"].astype(object).tolist()
    texts = ["" if is_missing(g) else clean(g) for g in given]
    return ids, [text if text.strip() else node for text, node in zip(texts, ids, strict=True)]


def _kinds(network: ValueNetwork, kind_names: list[str]) -> list[str] | None:
    if network.kinds is None:
        return None
    return list(np.array([*kind_names, ""], dtype=object)[network.kinds])


def _starts(network: ValueNetwork) -> Integers | None:
    """Return the year of each node's first edge; 0 where it has none."""
    if network.first_years is None:
        return None
    first = np.full(network.n_nodes, np.iinfo(np.int64).max)
    for ends in (network.sources, network.targets):
        np.minimum.at(first, ends, network.first_years)
    return np.where(first == np.iinfo(np.int64).max, 0, first)


def _edge_order(network: ValueNetwork, node_order: Integers, kind_names: list[str]) -> Integers:
    rank = np.empty(network.n_nodes, dtype=np.int64)
    rank[node_order] = np.arange(node_order.size)
    keys: list[NDArray[Any]] = [rank[network.targets], rank[network.sources]]
    if network.kinds is not None:
        place = np.argsort(np.argsort(np.array([*kind_names, ""]), kind="stable"))
        keys.insert(0, place[network.kinds])
    if network.first_years is not None:
        keys.insert(0, network.first_years)
    return np.asarray(np.lexsort(keys), dtype=np.int64)


def _weights(network: ValueNetwork, weights: str, notes: list[str]) -> tuple[NDArray[np.float64], str]:
    """Return the weight of every edge, and which it is: ``table`` or ``relations``."""
    if weights not in ("auto", "table", "relations"):
        raise UsageError(f"weights {weights!r} is not known; use auto, table or relations")
    relations = network.relations.astype(np.float64)
    if weights == "relations":
        return relations, "relations"
    bad = ~(np.isfinite(network.weights) & (network.weights > 0))
    if not bad.any():
        return network.weights, "table"
    first = int(np.flatnonzero(bad)[0])
    source, target = (network.nodes[int(ends[first])] for ends in (network.sources, network.targets))
    counts = {"n": int(bad.sum()), "of": network.n_edges}
    weight = float(network.weights[first])
    found = Note("note.bad_weights", source=source, target=target, weight=weight, **counts)
    if weights == "table":
        raise DataError(found, hint="count relations instead (--weight relations), or mend the weight column")
    notes.append(Note("note.weights_counted", found=found))
    return relations, "relations"


def _points(network: ValueNetwork, positions: pd.DataFrame | str, seed: int) -> NDArray[np.float64]:
    if isinstance(positions, str):
        if positions not in ("layout", "spiral"):
            raise UsageError(f"positions {positions!r} is not known; use layout or spiral")
        frame = layout.layout(network, seed=seed) if positions == "layout" else layout.phyllotaxis(network)
    else:
        frame = positions
        if not frame.index.equals(network.nodes):
            frame = frame.reindex(network.nodes)
        if bool(frame[["x", "y"]].isna().to_numpy().any()):
            missing = network.nodes[frame["x"].isna() | frame["y"].isna()][0]
            raise ValueError(f"positions have no x and y for node {missing!r}")
    return frame[["x", "y"]].to_numpy(np.float64)


def _node_columns(
    network: ValueNetwork,
    starts: Integers | None,
    more: pd.DataFrame | None,
    statistics: bool,
    seed: int,
) -> dict[str, pd.Series]:
    columns: dict[str, pd.Series] = {}
    if network.sample is not None:
        columns["role"] = pd.Series(np.where(network.sample, SAMPLE, PARTNER))
    if starts is not None:
        columns["first_year"] = pd.Series(starts).where(starts > 0).astype("Int64")
    if statistics:
        columns.update(_statistics(network, seed))
    if more is not None:
        columns.update({str(n): more[n].reindex(network.nodes) for n in more.columns})
    if network.attributes is not None:
        for name in network.attributes.columns:
            if name != "label":
                columns.setdefault(str(name), network.attributes[name])
    return columns


def _statistics(network: ValueNetwork, seed: int) -> dict[str, pd.Series]:
    from clusters.measures import centrality, clustering, cohesion, cores, degree

    return {
        "in_degree": degree.in_degree(network),
        "out_degree": degree.out_degree(network),
        "degree": degree.degree(network),
        "community": pd.Series(layout.partition(network, seed=seed)),
        "component": cohesion.weak_components(network),
        "local_clustering": clustering.local_clustering(network, convention="gephi"),
        "core": cores.k_core(network),
        "pagerank": centrality.pagerank(network),
    }


def _edge_columns(network: ValueNetwork, more: pd.DataFrame | None) -> dict[str, pd.Series]:
    columns: dict[str, pd.Series] = {}
    if network.kinds is not None:
        names = np.array([*network.kind_names, None], dtype=object)
        columns["kind"] = pd.Series(names[network.kinds], dtype=object)
    columns["relations"] = pd.Series(network.relations)
    if network.first_years is not None:
        columns["first_year"] = pd.Series(network.first_years)
    if more is not None:
        if len(more) != network.n_edges:
            raise ValueError(f"edge_columns has {len(more)} rows for {network.n_edges} edges")
        columns.update({str(n): more[n] for n in more.columns})
    return columns


def _sentences(
    network: ValueNetwork,
    lang: str,
    positions: pd.DataFrame | str,
    seed: int,
    weights: str,
    style: NodeStyle | None,
    title: str,
    remark: str,
    synthetic: bool,
) -> list[str]:
    """Say in the file what it holds."""

    def say(term: str, **words: object) -> str:
        return labels.label(f"export.{term}", lang).format(**words)

    sentences = [say("synthetic")] if synthetic else []
    if title:
        sentences.append(title + ("。" if lang == "zh" else "."))
    when = f" {network.year}" if network.year is not None else ""
    sentences.append(
        say(
            "network",
            year=when,
            nodes=network.n_nodes,
            edges=network.n_edges,
            relations=network.n_relations,
        )
    )
    sentences.append(say(f"parallel_{parallel_choice(network)}"))
    sentences.append(say(f"weights_{weights}"))
    if style is not None:
        placed = positions if isinstance(positions, str) else "given"
        sentences.append(say(f"positions_{placed}", seed=seed))
        legend = ", ".join(
            f"{coded(style.colour_by, name, lang)} {colour}" for name, colour, _ in style.legend[:7]
        )
        more = " ..." if len(style.legend) > 7 else ""
        sentences.append(say("style", by=labels.heading(style.colour_by, lang), legend=legend + more))
    return [*sentences, remark] if remark else sentences


def _counted(clean: Cleaner) -> list[str]:
    if not clean.stripped:
        return []
    return [Note("note.stripped", n=clean.stripped)]
