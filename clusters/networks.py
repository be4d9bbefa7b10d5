"""Value networks: compact, frozen graphs of one year, and how relations become them.

An edge runs from the organisation that gives to the one that receives. What counts
as one edge is the ``parallel`` choice: ``"merge"`` one per ordered pair (default;
what Gephi shows after importing a list without kinds), ``"kinds"`` one per ordered
pair and kind (Gephi with a Kind column), ``"relations"`` every relation. The number
of relations behind an edge is kept beside it in each case.

Networks of successive years share their node order (order of first appearance in
the table), so two years can be compared position by position through ``nodes``.

The relations are sorted once. The network of a year is a selection of the sorted rows,
made when it is asked for; of large tables only the last one asked for is kept.
"""

from __future__ import annotations

import dataclasses
import random
import signal
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakValueDictionary

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
Columns = pd.DataFrame | None

KEPT_BYTES = 256 << 20
"""Networks of all years stay in memory where they take less than this; see ``cumulative``."""
_BLOCK = 10_000
_EDGE_BYTES = 64  # arrays of an edge, those made from it on demand included


class _WhenRead:
    """A field that may be given as a function, which is called when the field is first read."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = f"_{name}"

    def __get__(self, instance: Any, owner: type | None = None) -> Columns:
        if instance is None:
            return None
        value = instance.__dict__[self.name]
        if callable(value):
            value = instance.__dict__[self.name] = value()
        return value  # type: ignore[no-any-return]

    def __set__(self, instance: Any, value: Columns | Callable[[], Columns]) -> None:
        instance.__dict__[self.name] = value


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
    attributes: _WhenRead = _WhenRead()
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
        ids = (
            pd.Index(list(position), dtype=object, tupleize_cols=False)
            if position
            else pd.Index([], dtype=object)
        )
        return _assemble(
            ids,
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
        keep = _new(self.sources, self.targets)
        keep &= self.sources != self.targets
        ends = (self.sources, self.targets) if keep.all() else (self.sources[keep], self.targets[keep])
        source, target = (_frozen(end.astype(np.int32, copy=False)) for end in ends)
        return source, target

    @cached_property
    def links(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Distinct unordered pairs without self-loops, lower position first, sorted."""
        source, target = self.pairs
        # Both ends in one number: sorting it is many times faster than ``np.unique``.
        key = np.minimum(source, target).astype(np.int64)
        key <<= 32
        key |= np.maximum(source, target)
        key.sort()
        keep = _new(key)
        key = key if keep.all() else key[keep]
        return _frozen((key >> 32).astype(np.int32)), _frozen(key.astype(np.int32))

    def simple(self) -> ValueNetwork:
        """Merge kinds and drop self-loops: one edge per ordered pair of distinct nodes."""
        rows = _Rows(
            self.sources, self.targets, self.relations, self.weights, date=self.first_years, year=self.year
        )
        return rows.where(self.sources != self.targets).network(
            self.nodes, sample=self.sample, attributes=self.__dict__["_attributes"]
        )

    def subnetwork(self, nodes: ArrayLike) -> ValueNetwork:
        """Return the network induced by some nodes (boolean mask or ids)."""
        chosen = np.asarray(nodes)
        mask = chosen if chosen.dtype == bool else np.asarray(self.nodes.isin(list(chosen)))
        return self.selection(mask[self.sources] & mask[self.targets], mask)

    def selection(self, edges: NDArray[np.bool_], nodes: NDArray[np.bool_]) -> ValueNetwork:
        """Return the network of some edges and nodes; the ends of these edges must be among the nodes."""
        position = np.cumsum(nodes, dtype=np.int32) - 1
        return ValueNetwork(
            nodes=self.nodes[nodes],
            sources=_frozen(position[self.sources[edges]]),
            targets=_frozen(position[self.targets[edges]]),
            relations=_frozen(self.relations[edges]),
            weights=_frozen(self.weights[edges]),
            kinds=None if self.kinds is None else _frozen(self.kinds[edges]),
            kind_names=self.kind_names,
            first_years=None if self.first_years is None else _frozen(self.first_years[edges]),
            sample=None if self.sample is None else _frozen(self.sample[nodes]),
            year=self.year,
            attributes=partial(_taken, self, nodes),
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
        graph = igraph_graph(self.n_nodes, self.sources, self.targets)
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
) -> Mapping[int | None, ValueNetwork]:
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

    Returns
    -------
    Mapping
        Year -> network, years ascending. Networks are made when they are asked for. Those of a large
        table are not kept: take one at a time (``for year, network in networks.items()``).

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
) -> Mapping[int | None, ValueNetwork]:
    """Return the network of the relations of each single year."""
    return _by_year(relations, years, 1, parallel, isolates)


def window(
    relations: Relations | pd.DataFrame,
    width: int,
    *,
    years: Iterable[int] | None = None,
    parallel: Parallel = "merge",
    isolates: bool = False,
) -> Mapping[int | None, ValueNetwork]:
    """Return the network of the last ``width`` years up to each year."""
    if width < 1:
        raise ValueError(f"width of a window must be at least one year, not {width}")
    return _by_year(relations, years, width, parallel, isolates)


def by_mode(
    relations: Relations | pd.DataFrame, mode: str = "cumulative", **options: Any
) -> Mapping[int | None, ValueNetwork]:
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


def igraph_graph(n: int, source: IntArray, target: IntArray, *, directed: bool = True) -> igraph.Graph:
    """Make an igraph graph of ``n`` nodes from arrays of ends.

    igraph takes pairs of numbers four times faster than it takes an array. They are made a block
    at a time, so there are never many of them.
    """
    import igraph

    blocks = (slice(first, first + _BLOCK) for first in range(0, source.size, _BLOCK))
    pairs = (zip(source[rows].tolist(), target[rows].tolist(), strict=True) for rows in blocks)
    return igraph.Graph(n=n, edges=chain.from_iterable(pairs), directed=directed)


@contextmanager
def igraph_seed(seed: int) -> Iterator[None]:
    """Let igraph draw from a generator with this seed, and from its usual one afterwards.

    Signals wait until the block ends: an exception that a signal raises while igraph asks a
    generator of ours for a number is lost, or ends the process.
    """
    import igraph

    igraph.set_random_number_generator(random.Random(seed))
    try:
        with _signals_wait():
            yield
    finally:
        igraph.set_random_number_generator(random)


@contextmanager
def _signals_wait() -> Iterator[None]:
    """Hold Ctrl-C and SIGTERM back until the block ends, then let them do what they do."""
    numbers = [n for n in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(n) is not None]
    if threading.current_thread() is not threading.main_thread():
        numbers = []  # signals arrive in the main thread, and only it may say what they do
    arrived: list[int] = []
    before = {n: signal.signal(n, lambda number, frame: arrived.append(number)) for n in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if arrived:
        signal.raise_signal(arrived[0])


class _Years(Mapping[int | None, ValueNetwork]):
    """Networks by year, each made when it is asked for.

    With ``keep`` all that were made stay. Without it only the last one does, and those that
    somebody else holds are not made again.
    """

    def __init__(
        self, years: Sequence[int | None], make: Callable[[int | None], ValueNetwork], keep: bool
    ) -> None:
        self._years = dict.fromkeys(years)
        self._make = make
        self._keep = keep
        self._alive: WeakValueDictionary[int | None, ValueNetwork] = WeakValueDictionary()
        self._kept: dict[int | None, ValueNetwork] = {}

    def __getitem__(self, year: int | None) -> ValueNetwork:
        if year not in self._years:
            raise KeyError(year)
        network = self._alive.get(year)
        if network is None:
            if not self._keep:
                self._kept.clear()
            network = self._alive[year] = self._kept[year] = self._make(year)
        return network

    def __iter__(self) -> Iterator[int | None]:
        return iter(self._years)

    def __reversed__(self) -> Iterator[int | None]:
        yield from reversed(self._years)

    def __len__(self) -> int:
        return len(self._years)

    def __repr__(self) -> str:
        return f"<networks of {', '.join(map(str, self._years)) or 'no year'}>"


def _by_year(
    relations: Relations | pd.DataFrame,
    years: Iterable[int] | None,
    width: int | None,
    parallel: Parallel,
    isolates: bool,
) -> Mapping[int | None, ValueNetwork]:
    if isinstance(relations, pd.DataFrame):
        relations = read_relations(relations)
    chosen: list[int | None] = [None]
    if relations.dated:
        chosen = sorted({int(y) for y in (relations.years if years is None else years)})  # type: ignore[assignment]
    elif years is not None:
        raise UsageError("years were asked for, but the table has no year column")
    _check(parallel)
    rows = _rows(relations, parallel)
    # The networks outlive the table: they need its organisations, not its columns.
    bare = dataclasses.replace(relations, frame=relations.frame.iloc[:0])
    make = partial(_network_of, bare, rows, _sample_by_year(bare), width, parallel, isolates)
    return _Years(chosen, make, keep=len(chosen) * rows.source.size * _EDGE_BYTES < KEPT_BYTES)


def _rows(relations: Relations, parallel: Parallel) -> _Rows:
    """Return the relations in use as sorted rows."""
    frame = relations.frame
    names: tuple[str, ...] = ()
    kinds = None
    if "kind" in frame.columns and parallel != "merge":
        kinds = frame["kind"].cat.codes.to_numpy(np.int32)
        names = tuple(str(k) for k in frame["kind"].cat.categories)
    # An unknown weight adds nothing to the sum over an edge.
    # A weight left blank counts 1: the data model's default, and Gephi's.
    weights = frame["weight"].fillna(1).to_numpy(np.float64) if "weight" in frame.columns else None
    return _Rows(
        frame["source"].cat.codes.to_numpy(np.int32),
        frame["target"].cat.codes.to_numpy(np.int32),
        weight=weights,
        date=frame["year"].to_numpy(np.int32) if relations.dated else None,
        kind=kinds,
        kind_names=names,
    ).sorted()


def _network_of(
    relations: Relations,
    rows: _Rows,
    sample: Callable[[int | None], NDArray[np.bool_] | None],
    width: int | None,
    parallel: Parallel,
    isolates: bool,
    year: int | None,
) -> ValueNetwork:
    """Select the rows of one year and number the organisations that are there."""
    if year is not None and rows.date is not None:
        within = rows.date <= year
        rows = rows.where(within if width is None else within & (rows.date > year - width))
    present = np.zeros(len(relations.nodes), dtype=bool)
    present[rows.source] = True
    present[rows.target] = True
    if isolates:
        # Not the others: an organisation that only relations name is not there before its first one.
        present[: relations.listed] = True
    nodes, attributes = relations.nodes.index, relations.nodes
    take = None
    roles = sample(year)
    if not present.all():
        position = np.cumsum(present, dtype=np.int32) - 1
        rows = dataclasses.replace(rows, source=position[rows.source], target=position[rows.target])
        nodes, take = nodes[present], partial(_located, attributes, present)
        roles = None if roles is None else roles[present]
    rows = dataclasses.replace(rows, year=year)
    return rows.network(nodes, parallel=parallel, sample=roles, attributes=take or attributes)


def _sample_by_year(relations: Relations) -> Callable[[int | None], NDArray[np.bool_] | None]:
    """Say who is in the sample in a year; asked once where nobody comes or goes."""
    if not relations.has_roles:
        return lambda year: None
    if {"sample_from", "sample_to"} & set(relations.nodes.columns):
        return lambda year: sample_nodes(relations, year)
    always = sample_nodes(relations)
    return lambda year: always


def _located(frame: pd.DataFrame, present: NDArray[np.bool_]) -> pd.DataFrame:
    return frame.loc[present]


def _taken(network: ValueNetwork, mask: NDArray[np.bool_]) -> pd.DataFrame | None:
    return None if network.attributes is None else network.attributes.loc[mask]


@dataclass(frozen=True, eq=False)
class _Rows:
    """Relations, or edges that are about to be merged, as arrays of one length."""

    source: IntArray
    target: IntArray
    count: NDArray[np.int64] | None = None
    """Relations in each row; one each when ``None``."""
    weight: NDArray[np.float64] | None = None
    """As many as relations when ``None``."""
    date: IntArray | None = None
    kind: IntArray | None = None
    kind_names: tuple[str, ...] = ()
    year: int | None = None

    def where(self, rows: NDArray[Any]) -> _Rows:
        """Return some rows (boolean mask or positions), in their order."""
        if rows.dtype == bool and rows.all():
            return self
        return dataclasses.replace(
            self,
            source=self.source[rows],
            target=self.target[rows],
            count=None if self.count is None else self.count[rows],
            weight=None if self.weight is None else self.weight[rows],
            date=None if self.date is None else self.date[rows],
            kind=None if self.kind is None else self.kind[rows],
        )

    def sorted(self) -> _Rows:
        """Sort by giver, receiver and kind; equal rows stay in their order."""
        columns = [self.source, self.target] + ([] if self.kind is None else [self.kind + 1])
        return self.where(stable_order(*columns))

    def network(
        self,
        nodes: pd.Index,
        *,
        parallel: Parallel = "merge",
        sample: NDArray[np.bool_] | None = None,
        attributes: Columns | Callable[[], Columns] = None,
    ) -> ValueNetwork:
        """Merge sorted rows that count as one edge."""
        rows, size = self, self.source.size
        if parallel != "relations" and size:
            new = _new(*(c for c in (self.source, self.target, self.kind) if c is not None))
            if not new.all():
                rows = self._merged(np.flatnonzero(new))
        count = np.ones(size, np.int64) if rows.count is None else rows.count
        weight = count.astype(np.float64) if rows.weight is None else rows.weight
        return ValueNetwork(
            nodes=nodes,
            sources=_frozen(rows.source.astype(np.int32, copy=False)),
            targets=_frozen(rows.target.astype(np.int32, copy=False)),
            relations=_frozen(count),
            weights=_frozen(weight),
            kinds=None if rows.kind is None else _frozen(rows.kind.astype(np.int32, copy=False)),
            kind_names=rows.kind_names if rows.kind is not None else (),
            first_years=None if rows.date is None else _frozen(rows.date.astype(np.int32, copy=False)),
            sample=None if sample is None else _frozen(sample),
            year=rows.year,
            attributes=attributes,
        )

    def _merged(self, start: NDArray[np.intp]) -> _Rows:
        """Add up rows from each start to the next."""
        count = np.diff(start, append=self.source.size)
        if self.count is not None:
            count = np.add.reduceat(self.count, start)
        return dataclasses.replace(
            self,
            source=self.source[start],
            target=self.target[start],
            count=count.astype(np.int64, copy=False),
            weight=None if self.weight is None else np.add.reduceat(self.weight, start),
            date=None if self.date is None else np.minimum.reduceat(self.date, start),
            kind=None if self.kind is None else self.kind[start],
        )


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
) -> ValueNetwork:
    """Sort edges and merge those that count as one."""
    _check(parallel)
    if parallel == "merge":
        kinds = None
    rows = _Rows(source, target, relations, weights, first_years, kinds, kind_names)
    return rows.sorted().network(nodes, parallel=parallel, sample=sample)


def stable_order(*columns: IntArray) -> NDArray[np.int32]:
    """Return the stable order by some columns of numbers from 0, the first one counting most.

    A number and its row fit into one word, and sorting words is several times faster than
    sorting rows by a key; so the columns are taken one by one, the last first.
    """
    size = columns[0].size
    order: NDArray[np.int32] | None = None
    for column in reversed(columns):
        word = (column if order is None else column[order]).astype(np.int64)
        word <<= 32
        word |= np.arange(size)
        word.sort()
        step = word.astype(np.int32)
        order = step if order is None else order[step]
    assert order is not None
    return order


def _new(*columns: NDArray[Any]) -> NDArray[np.bool_]:
    """Say for each row of sorted columns whether it differs from the one before."""
    new = np.zeros(columns[0].size, dtype=bool)
    new[:1] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return new


def _check(parallel: Parallel) -> None:
    if parallel not in ("merge", "kinds", "relations"):
        raise UsageError(f"parallel {parallel!r} is not known; use merge, kinds or relations")


def _codes(values: Sequence[Hashable] | None) -> tuple[IntArray | None, tuple[str, ...]]:
    if values is None:
        return None, ()
    codes, names = pd.factorize(pd.Series(list(values), dtype=object))
    return codes.astype(np.int32), tuple(str(name) for name in names)


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array = np.ascontiguousarray(array)
    array.flags.writeable = False
    return array
