"""Value networks: compact, frozen graphs of one year, and how relations become them.

An edge runs from the organisation that gives to the one that receives. What counts
as one edge is the ``parallel`` choice: ``"merge"`` one per ordered pair (default;
what Gephi shows after importing a list without kinds), ``"kinds"`` one per ordered
pair and kind (Gephi with a Kind column), ``"relations"`` every relation. The number
of relations behind an edge is kept beside it in each case.

Networks of successive years share their node order (order of first appearance in
the table), so two years can be compared position by position through ``nodes``.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from clusters.errors import UsageError
from clusters.relations import Relations, read_relations, sample_nodes

if TYPE_CHECKING:
    import igraph
    import networkx

Parallel = Literal["merge", "kinds", "relations"]
IntArray = NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False, repr=False)
class ValueNetwork:
    """A directed multigraph of organisations on compact arrays.

    Edges are sorted by source, target and kind. Build it with ``from_edges`` or from
    relations with ``cumulative``, ``yearly`` or ``window``; do not change its arrays
    (they are read-only).

    Examples
    --------
    >>> network = ValueNetwork.from_edges([("a", "b"), ("a", "b"), ("b", "a")])
    >>> network
    ValueNetwork(nodes=2, edges=2, relations=3)
    >>> network.to_frame()[["source", "target", "relations"]].values.tolist()
    [['a', 'b', 2], ['b', 'a', 1]]
    """

    nodes: pd.Index
    """Organisation ids; the position in it is the number used in all arrays."""
    sources: IntArray
    targets: IntArray
    relations: NDArray[np.int64]
    """Relations behind each edge."""
    weights: NDArray[np.float64]
    """Sum of the table's weights behind each edge; a relation without a weight counts 1."""
    kinds: IntArray | None = None
    """Position of each edge's kind in ``kind_names``; ``None`` when kinds are merged."""
    kind_names: tuple[str, ...] = ()
    first_years: IntArray | None = None
    """First year in which each edge occurs; ``None`` when undated."""
    sample: NDArray[np.bool_] | None = None
    """Whether each node is a sample enterprise; ``None`` when roles are unknown."""
    year: int | None = None
    attributes: pd.DataFrame | None = None
    """Columns of the organisations (label, role, province ...), rows in node order."""

    @classmethod
    def from_edges(
        cls,
        edges: Iterable[Iterable[Hashable]],
        *,
        nodes: Iterable[Hashable] | None = None,
        kinds: Sequence[Hashable] | None = None,
        weights: Sequence[float] | None = None,
        parallel: Parallel = "merge",
    ) -> ValueNetwork:
        """Build a network from pairs (giver, receiver).

        Parameters
        ----------
        edges
            Ordered pairs of hashable node ids; self-loops are kept.
        nodes
            Ids that must be there, isolated or not, first in node order. Other ids
            follow in order of appearance.
        kinds, weights
            One value per pair.
        parallel
            What counts as one edge, see the module's text.

        Examples
        --------
        >>> ValueNetwork.from_edges([], nodes=["a", "b"])
        ValueNetwork(nodes=2, edges=0, relations=0)
        """
        pairs = [tuple(pair) for pair in edges]
        position: dict[Hashable, int] = {}
        for node in () if nodes is None else nodes:
            position.setdefault(node, len(position))
        for pair in pairs:
            for end in pair:
                position.setdefault(end, len(position))
        flat = np.fromiter((position[end] for pair in pairs for end in pair), np.int32, 2 * len(pairs))
        codes, names = _codes(kinds)
        return _assemble(
            pd.Index(list(position), dtype=object, tupleize_cols=False)
            if position
            else pd.Index([], dtype=object),
            flat[0::2],
            flat[1::2],
            kinds=codes,
            kind_names=names,
            weights=None if weights is None else np.asarray(weights, dtype=np.float64),
            parallel=parallel,
        )

    def __repr__(self) -> str:
        year = "" if self.year is None else f"year={self.year}, "
        return f"ValueNetwork({year}nodes={self.n_nodes}, edges={self.n_edges}, relations={self.n_relations})"

    def __len__(self) -> int:
        return self.n_nodes

    @property
    def n_nodes(self) -> int:
        """Number of organisations."""
        return len(self.nodes)

    @property
    def n_edges(self) -> int:
        """Number of edges, as ``parallel`` counts them."""
        return int(self.sources.size)

    @property
    def n_relations(self) -> int:
        """Number of relations behind the edges."""
        return int(self.relations.sum())

    @cached_property
    def pairs(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Distinct ordered pairs without self-loops: the simple digraph, sorted."""
        keep = self.sources != self.targets
        source, target = self.sources[keep], self.targets[keep]
        if source.size:
            first = np.r_[True, (source[1:] != source[:-1]) | (target[1:] != target[:-1])]
            source, target = source[first], target[first]
        return _frozen(source.astype(np.int32)), _frozen(target.astype(np.int32))

    @cached_property
    def links(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Distinct unordered pairs without self-loops, lower position first, sorted."""
        source, target = self.pairs
        low, high = np.minimum(source, target), np.maximum(source, target)
        key = np.unique(low.astype(np.int64) * max(self.n_nodes, 1) + high)
        low, high = np.divmod(key, max(self.n_nodes, 1))
        return _frozen(low.astype(np.int32)), _frozen(high.astype(np.int32))

    def simple(self) -> ValueNetwork:
        """Merge kinds and drop self-loops: one edge per ordered pair of distinct nodes."""
        keep = self.sources != self.targets
        return _assemble(
            self.nodes,
            self.sources[keep],
            self.targets[keep],
            relations=self.relations[keep],
            weights=self.weights[keep],
            first_years=None if self.first_years is None else self.first_years[keep],
            parallel="merge",
            sample=self.sample,
            year=self.year,
            attributes=self.attributes,
        )

    def subnetwork(self, nodes: ArrayLike) -> ValueNetwork:
        """Return the network induced by some nodes (boolean mask or ids)."""
        chosen = np.asarray(nodes)
        mask = chosen if chosen.dtype == bool else np.asarray(self.nodes.isin(list(chosen)))
        keep = mask[self.sources] & mask[self.targets]
        position = np.cumsum(mask, dtype=np.int32) - 1
        return ValueNetwork(
            nodes=self.nodes[mask],
            sources=_frozen(position[self.sources[keep]]),
            targets=_frozen(position[self.targets[keep]]),
            relations=_frozen(self.relations[keep]),
            weights=_frozen(self.weights[keep]),
            kinds=None if self.kinds is None else _frozen(self.kinds[keep]),
            kind_names=self.kind_names,
            first_years=None if self.first_years is None else _frozen(self.first_years[keep]),
            sample=None if self.sample is None else _frozen(self.sample[mask]),
            year=self.year,
            attributes=None if self.attributes is None else self.attributes.loc[mask],
        )

    def to_frame(self) -> pd.DataFrame:
        """List the edges: source, target, kind (where kept), relations, weight, first_year."""
        frame = pd.DataFrame(
            {"source": self.nodes.take(self.sources), "target": self.nodes.take(self.targets)}
        )
        if self.kinds is not None:
            frame["kind"] = np.asarray([*self.kind_names, None], dtype=object)[self.kinds]
        frame["relations"] = self.relations
        frame["weight"] = self.weights
        if self.first_years is not None:
            frame["first_year"] = self.first_years
        return frame

    def to_igraph(self) -> igraph.Graph:
        """Convert to a directed igraph graph; node ``name``, edge ``relations`` and ``weight``."""
        import igraph

        graph = igraph.Graph(
            n=self.n_nodes, edges=np.column_stack([self.sources, self.targets]).tolist(), directed=True
        )
        graph.vs["name"] = [str(node) for node in self.nodes]
        graph.es["relations"] = self.relations.tolist()
        graph.es["weight"] = self.weights.tolist()
        if self.kinds is not None:
            graph.es["kind"] = self.to_frame()["kind"].tolist()
        return graph

    def to_networkx(self) -> networkx.DiGraph | networkx.MultiDiGraph:
        """Convert to networkx: a ``DiGraph`` when pairs are distinct, else a ``MultiDiGraph``."""
        import networkx

        loops = self.sources == self.targets
        simple = self.pairs[0].size + np.unique(self.sources[loops]).size == self.n_edges
        graph: Any = networkx.DiGraph() if simple else networkx.MultiDiGraph()
        graph.add_nodes_from(self.nodes)
        columns = self.to_frame().to_dict("list")
        source, target = columns.pop("source"), columns.pop("target")
        names = list(columns)
        graph.add_edges_from(
            (s, t, dict(zip(names, values, strict=True)))
            for s, t, *values in zip(source, target, *columns.values(), strict=True)
        )
        return graph


def cumulative(
    relations: Relations | pd.DataFrame,
    *,
    years: Iterable[int] | None = None,
    parallel: Parallel = "merge",
    isolates: bool = False,
) -> dict[int | None, ValueNetwork]:
    """Return the network of all relations up to each year (methods: decision D1).

    Parameters
    ----------
    relations
        Checked table, or a data frame that ``read_relations`` can read. An undated one
        gives a single network under the key ``None``.
    years
        Years to report; by default all that occur. Earlier relations still count.
    parallel
        What counts as one edge.
    isolates
        Count organisations of the nodes table that have no relation.

    Examples
    --------
    >>> table = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "year": [2020, 2021]})
    >>> [network.n_edges for network in cumulative(table).values()]
    [1, 2]
    """
    return _by_year(relations, years, None, parallel, isolates)


def yearly(
    relations: Relations | pd.DataFrame,
    *,
    years: Iterable[int] | None = None,
    parallel: Parallel = "merge",
    isolates: bool = False,
) -> dict[int | None, ValueNetwork]:
    """Return the network of the relations of each single year."""
    return _by_year(relations, years, 1, parallel, isolates)


def window(
    relations: Relations | pd.DataFrame,
    width: int,
    *,
    years: Iterable[int] | None = None,
    parallel: Parallel = "merge",
    isolates: bool = False,
) -> dict[int | None, ValueNetwork]:
    """Return the network of the last ``width`` years up to each year."""
    if width < 1:
        raise ValueError(f"width of a window must be at least one year, not {width}")
    return _by_year(relations, years, width, parallel, isolates)


def by_mode(
    relations: Relations | pd.DataFrame, mode: str = "cumulative", **options: Any
) -> dict[int | None, ValueNetwork]:
    """Choose by name: ``cumulative``, ``yearly`` or ``window:N``."""
    if mode == "cumulative":
        return cumulative(relations, **options)
    if mode == "yearly":
        return yearly(relations, **options)
    word, _, width = mode.partition(":")
    if word == "window" and width.isdecimal() and int(width) >= 1:
        return window(relations, int(width), **options)
    raise UsageError(f"mode {mode!r} is not known; use cumulative, yearly or window:N (N years, at least 1)")


def last(networks: Mapping[int | None, ValueNetwork]) -> ValueNetwork:
    """Return the network of the last year.

    Raises ``UsageError`` where there is none: a dated table of self-loops only has no year in use.
    """
    if not networks:
        raise UsageError(
            "the table has no relation in use, so there is no network",
            hint="clusters check says what happened to the rows; --loops keep counts self-loops",
        )
    return networks[next(reversed(list(networks)))]


def _by_year(
    relations: Relations | pd.DataFrame,
    years: Iterable[int] | None,
    width: int | None,
    parallel: Parallel,
    isolates: bool,
) -> dict[int | None, ValueNetwork]:
    if isinstance(relations, pd.DataFrame):
        relations = read_relations(relations)
    frame = relations.frame
    source = frame["source"].cat.codes.to_numpy(np.int32)
    target = frame["target"].cat.codes.to_numpy(np.int32)
    names: tuple[str, ...] = ()
    kinds = None
    if "kind" in frame.columns:
        kinds = frame["kind"].cat.codes.to_numpy(np.int32)
        names = tuple(str(k) for k in frame["kind"].cat.categories)
    # An unknown weight adds nothing to the sum over an edge.
    # A weight left blank counts 1: the data model's default, and Gephi's.
    weights = frame["weight"].fillna(1).to_numpy(np.float64) if "weight" in frame.columns else None
    dates = frame["year"].to_numpy(np.int32) if relations.dated else None
    if dates is None:
        chosen: list[int | None] = [None]
        if years is not None:
            raise UsageError("years were asked for, but the table has no year column")
    else:
        chosen = sorted({int(y) for y in (relations.years if years is None else years)})  # type: ignore[assignment]
    result: dict[int | None, ValueNetwork] = {}
    for year in chosen:
        rows = (
            slice(None)
            if year is None or dates is None
            else np.flatnonzero(
                (dates <= year) if width is None else (dates <= year) & (dates > year - width)
            )
        )
        sources, targets = source[rows], target[rows]
        present = np.zeros(len(relations.nodes), dtype=bool)
        present[sources] = True
        present[targets] = True
        if isolates:
            # Not the others: an organisation that only relations name is not there before its first one.
            present[: relations.listed] = True
        position = np.cumsum(present, dtype=np.int32) - 1
        result[year] = _assemble(
            relations.nodes.index[present],
            position[sources],
            position[targets],
            kinds=None if kinds is None else kinds[rows],
            kind_names=names,
            weights=None if weights is None else weights[rows],
            first_years=None if dates is None else dates[rows],
            parallel=parallel,
            sample=sample_nodes(relations, year)[present] if relations.has_roles else None,
            year=year,
            attributes=relations.nodes.loc[present],
        )
    return result


def _assemble(
    nodes: pd.Index,
    source: IntArray,
    target: IntArray,
    *,
    kinds: IntArray | None = None,
    kind_names: tuple[str, ...] = (),
    weights: NDArray[np.float64] | None = None,
    relations: NDArray[np.int64] | None = None,
    first_years: IntArray | None = None,
    parallel: Parallel = "merge",
    sample: NDArray[np.bool_] | None = None,
    year: int | None = None,
    attributes: pd.DataFrame | None = None,
) -> ValueNetwork:
    """Sort edges and merge those that count as one."""
    if parallel not in ("merge", "kinds", "relations"):
        raise UsageError(f"parallel {parallel!r} is not known; use merge, kinds or relations")
    if parallel == "merge":
        kinds = None
    n = max(len(nodes), 1)
    key = source.astype(np.int64) * n + target
    if kinds is not None:
        key = key * (len(kind_names) + 1) + kinds + 1
    order = np.argsort(key, kind="stable")
    key = key[order]
    count = np.ones(key.size, np.int64) if relations is None else relations[order].astype(np.int64)
    weight = count.astype(np.float64) if weights is None else np.asarray(weights, np.float64)[order]
    dates = None if first_years is None else first_years[order]
    if parallel != "relations" and key.size:
        start = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
        order = order[start]
        count = np.add.reduceat(count, start)
        weight = np.add.reduceat(weight, start)
        dates = None if dates is None else np.minimum.reduceat(dates, start)
    return ValueNetwork(
        nodes=nodes,
        sources=_frozen(source[order].astype(np.int32)),
        targets=_frozen(target[order].astype(np.int32)),
        relations=_frozen(count),
        weights=_frozen(weight),
        kinds=None if kinds is None else _frozen(kinds[order].astype(np.int32)),
        kind_names=kind_names if kinds is not None else (),
        first_years=None if dates is None else _frozen(dates.astype(np.int32)),
        sample=None if sample is None else _frozen(sample),
        year=year,
        attributes=attributes,
    )


def _codes(values: Sequence[Hashable] | None) -> tuple[IntArray | None, tuple[str, ...]]:
    if values is None:
        return None, ()
    codes, names = pd.factorize(pd.Series(list(values), dtype=object))
    return codes.astype(np.int32), tuple(str(name) for name in names)


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array = np.ascontiguousarray(array)
    array.flags.writeable = False
    return array
