"""What-if: how far something would spread from some organisations (情景模拟).

A scenario, not an observation: relations say who worked with whom, not what was passed on. Three models,
all along edge direction over distinct pairs, in synchronous steps:

* ``"ic"``, independent cascade: each new adopter i tries each organisation j that it gives to once,
  with probability ``p``, or 1/k_in(j) with ``p="in_degree"``.
* ``"lt"``, linear threshold: j adopts once the adopters among those that give to it weigh as much as its
  threshold; each weighs 1/k_in(j). Thresholds are uniform between 0 and 1, or given.
* ``"si"``: each adopter tries each organisation that it gives to in every step, with probability ``p``.

Two runs with the same seed of the random numbers happen in the same random worlds (``_worlds``), so reach
never falls with more seeds, and of ``"ic"`` and ``"si"`` never with a larger p.
"""

from __future__ import annotations

import contextvars
import heapq
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from clusters import progress
from clusters.errors import UsageError
from clusters.measures import _kernels, _threads
from clusters.measures._search import Ints, Words
from clusters.measures._worlds import ALL, Graph, Model, Spread, count_rows, joined
from clusters.networks import ValueNetwork
from clusters.sentences import Note

MODELS = ("ic", "lt", "si")
Probability = float | Literal["in_degree"]
REPLICATES = 1000
PASS = 4
"""Words of 64 worlds searched at once."""
GREEDY_WORLDS = 256
"""Random worlds in which greedy seeds are compared."""
MOST_EDGES = 16
"""Edges whose worlds are all looked at by ``expected_reach``."""


@dataclass(frozen=True, slots=True, eq=False)
class Cascade:
    """Simulated cascades from one set of seeds."""

    reach: NDArray[np.int64] = field(repr=False)
    """Organisations reached, seeds among them: rows are replicates, columns steps from 0 on."""
    state: Words = field(repr=False)
    """Organisations reached in the end: rows in node order, a bit for each replicate."""
    nodes: pd.Index = field(repr=False)
    seeds: pd.Index
    model: Model
    p: Probability
    replicates: int
    seed: int

    @property
    def final(self) -> NDArray[np.int64]:
        """Organisations reached in the end, by replicate."""
        return np.asarray(self.reach[:, -1])

    @property
    def probability(self) -> pd.Series:
        """Share of the replicates in which each organisation is reached, by node id."""
        found = np.bitwise_count(self.state).sum(axis=1) / self.replicates
        return pd.Series(found, index=self.nodes, name="probability")

    def by_step(self, low: float = 0.05, high: float = 0.95) -> pd.DataFrame:
        """Sum up the reach by step over replicates: ``mean``, ``low``, ``median``, ``high``."""
        return _banded(self.reach, low, high).rename_axis("step")

    def times(self, share: float) -> NDArray[np.int64]:
        """Return the first step at which each replicate has this share of its own final reach.

        The seeds count, so it is 0 where they already are that share.
        """
        enough = self.reach >= share * self.final[:, None] - 1e-9
        return np.asarray(enough.argmax(axis=1))

    def by_group(self, groups: ArrayLike, low: float = 0.05, high: float = 0.95) -> pd.DataFrame:
        """Sum up the final reach within groups of organisations, for example provinces.

        Parameters
        ----------
        groups
            Group of each organisation in node order; missing ones are left out.
        low, high
            Quantiles over replicates.

        Returns
        -------
        DataFrame
            By group, in sorted order: ``nodes`` of it, and ``mean``, ``low``, ``median``, ``high`` of those
            reached.
        """
        codes, names = pd.factorize(np.asarray(groups, dtype=object), sort=True)
        inside = [np.flatnonzero(codes == k) for k in range(len(names))]
        reached = np.array([count_rows(self.state[rows])[: self.replicates] for rows in inside])
        found = _banded(reached.reshape(len(names), -1).T, low, high).set_axis(names, axis=0)
        found.insert(0, "nodes", [rows.size for rows in inside])
        return found.rename_axis("group")


def cascade(
    network: ValueNetwork,
    seeds: Iterable[Hashable],
    *,
    model: Model = "ic",
    p: Probability = "in_degree",
    replicates: int = REPLICATES,
    steps: int | None = None,
    seed: int = 0,
    thresholds: ArrayLike | None = None,
) -> Cascade:
    """Simulate how something spreads from some organisations along the edges of a network.

    Parameters
    ----------
    network
        Any value network; distinct pairs count, self-loops do not.
    seeds
        Organisations that have it at step 0.
    model
        ``"ic"``, ``"lt"`` or ``"si"``, see the module's text.
    p
        Probability of ``"ic"`` and ``"si"`` (beta), from 0 to 1; ``"in_degree"`` (``"ic"`` only)
        is 1 over the in-degree of the receiver. ``"lt"`` does not use it.
    replicates
        Simulated cascades; one where nothing is left to chance (given thresholds).
    steps
        Last step; by default the cascade runs until nothing can change.
    seed
        Of the random worlds. More replicates begin with the same ones.
    thresholds
        Of ``"lt"``, above 0 and at most 1, in node order; by default drawn anew in each replicate.

    Returns
    -------
    Cascade
        Reach from the number of seeds to the number of nodes, by replicate and step.

    Raises
    ------
    UsageError
        No seed, one that is not in the network, an unknown model, or a p that does not fit it.

    References
    ----------
    Kempe, Kleinberg, Tardos 2003.

    Examples
    --------
    >>> path = ValueNetwork.from_edges([("a", "b"), ("b", "c")])
    >>> cascade(path, ["a"], p=1.0, replicates=2).reach.tolist()
    [[1, 2, 3], [1, 2, 3]]
    >>> cascade(path, ["a"], p=0.0, replicates=2).final.tolist()
    [1, 1]
    """
    chosen = positions(network, seeds)
    if thresholds is not None:
        found = _given(network, chosen, model, np.asarray(thresholds, np.float64), steps)
        return _result(network, [found], chosen, model, p, 1, seed)
    parts = _simulated(network, [chosen], model, p, replicates, steps, seed)
    return _result(network, [part[0] for part in parts], chosen, model, p, replicates, seed)


def marginal_reach(
    network: ValueNetwork,
    seeds: Iterable[Hashable],
    *,
    model: Model = "ic",
    p: Probability = "in_degree",
    replicates: int = REPLICATES,
    steps: int | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Say what each seed reaches that the others do not, and what it reaches alone.

    All runs happen in the same random worlds.

    Parameters
    ----------
    network, seeds, model, p, replicates, steps, seed
        As in ``cascade``; at least one seed.

    Returns
    -------
    DataFrame
        By seed, in the order given: ``alone`` (mean reach of this seed on its own), ``marginal`` (mean
        reach of all seeds less that of all others), and over replicates its 5 % point
        ``marginal_low`` and 95 % point ``marginal_high``. Marginal reach is between 0 and alone.

    Examples
    --------
    >>> fork = ValueNetwork.from_edges([("a", "c"), ("b", "c"), ("b", "d")])
    >>> marginal_reach(fork, ["a", "b"], p=1.0, replicates=1)[["alone", "marginal"]].values.tolist()
    [[2.0, 1.0], [3.0, 2.0]]
    """
    chosen = positions(network, seeds)
    sets = [chosen, *(np.delete(chosen, k) for k in range(chosen.size)), *chosen[:, None]]
    parts = _simulated(network, sets, model, p, replicates, steps, seed, keep=False)
    reach = np.array([joined([part[k].levels for part in parts], replicates)[-1] for k in range(len(sets))])
    others, alone = reach[1 : chosen.size + 1], reach[chosen.size + 1 :]
    found = _banded((reach[0] - others).T, 0.05, 0.95)
    return pd.DataFrame(
        {
            "alone": alone.mean(axis=1),
            "marginal": found["mean"].to_numpy(),
            "marginal_low": found["low"].to_numpy(),
            "marginal_high": found["high"].to_numpy(),
        },
        index=pd.Index(network.nodes[chosen], name="seed"),
    )


def greedy_seeds(
    network: ValueNetwork,
    k: int,
    *,
    model: Model = "ic",
    p: Probability = "in_degree",
    worlds: int = GREEDY_WORLDS,
    seed: int = 0,
) -> pd.DataFrame:
    """Choose seeds one after the other, each the one that adds most reach (CELF).

    Gains are exact in the random worlds at hand. A gain can only shrink while seeds are added, so one
    that was computed earlier is an upper bound, and only the largest are computed again.

    Parameters
    ----------
    network, model, p, seed
        As in ``cascade``. ``"si"`` reaches in the end what can be reached: one world says it.
    k
        Number of seeds, from 1 to the number of nodes.
    worlds
        Random worlds, rounded up to whole words of 64.

    Returns
    -------
    DataFrame
        By seed, in the order chosen: ``gain`` and ``reach`` (organisations, mean over worlds; the reach
        is somewhat too high, as the seeds are best in these very worlds), and ``evaluations``, how many
        gains were computed up to then beyond those of single seeds. Equal gains: first in node order.

    References
    ----------
    Kempe, Kleinberg, Tardos 2003 (at least 1 - 1/e of the best reach of k seeds in these worlds);
    Leskovec et al. 2007 (CELF).

    Examples
    --------
    >>> stars = ValueNetwork.from_edges([("a", "b"), ("a", "c"), ("a", "d"), ("x", "y")])
    >>> greedy_seeds(stars, 2, p=1.0, worlds=1)["gain"].to_dict()
    {'a': 4.0, 'x': 2.0}
    """
    if not 1 <= k <= network.n_nodes:
        raise UsageError(f"{k} seeds cannot be chosen among {network.n_nodes} organisations")
    _check(model, p, worlds)
    graph = Graph(network.n_nodes, *network.pairs)
    if model == "si":
        live = np.full((graph.target.size, 1), ALL if p else 0, np.uint64)
    else:
        live = graph.live(model, _passing(graph, model, p), seed, range(-(-worlds // 64)))
    single = _single_gains(graph, live[:, :1] if model == "si" else live, 1 if model == "si" else 64)
    scale = 64 * live.shape[1]
    heap = [(-int(gain), node) for node, gain in enumerate(single.tolist())]
    heapq.heapify(heap)
    fresh = np.zeros(network.n_nodes, np.int64)  # how many seeds there were when the gain was computed
    covered = np.zeros((network.n_nodes, live.shape[1]), np.uint64)
    rows: list[tuple[int, float, float, int]] = []
    evaluations, total = 0, 0
    with progress.task(Note("note.progress_greedy", n=k), total=k, unit="count") as done:
        while len(rows) < k:
            bound, node = heapq.heappop(heap)
            if fresh[node] < len(rows):
                gain = int(graph.spread(np.array([node]), live, covered=covered).levels.sum())
                evaluations += 1
                fresh[node] = len(rows)
                heapq.heappush(heap, (-gain, node))
                continue
            covered = graph.spread(np.array([node]), live, covered=covered).state
            total -= bound
            rows.append((node, -bound / scale, total / scale, evaluations))
            done(len(rows))
    found = pd.DataFrame(rows, columns=["node", "gain", "reach", "evaluations"])
    names = pd.Index(network.nodes[found.pop("node").to_numpy()], name="seed")
    return found.set_axis(names, axis=0)


def top_seeds(values: pd.Series, k: int) -> list[Hashable]:
    """Return the k organisations with the largest values, equal ones in the given order.

    Examples
    --------
    >>> top_seeds(pd.Series({"a": 1, "b": 3, "c": 3}), 2)
    ['b', 'c']
    """
    order = np.argsort(-values.to_numpy(dtype=np.float64), kind="stable")
    return list(values.index[order[:k]])


def random_seeds(network: ValueNetwork, k: int, *, seed: int = 0) -> list[Hashable]:
    """Return k organisations drawn at random, without replacement.

    Examples
    --------
    >>> sorted(random_seeds(ValueNetwork.from_edges([("a", "b")]), 2))
    ['a', 'b']
    """
    drawn = np.random.default_rng(seed).choice(network.n_nodes, min(k, network.n_nodes), replace=False)
    return list(network.nodes[drawn])


def expected_reach(
    network: ValueNetwork, seeds: Iterable[Hashable], *, p: Probability = "in_degree"
) -> float:
    """Compute the mean reach of the independent cascade exactly, over all worlds of a small network.

    Parameters
    ----------
    network
        At most 16 edges: 2 to the power of their number worlds are looked at.
    seeds, p
        As in ``cascade``.

    Returns
    -------
    float
        From the number of seeds to the number of nodes.

    Examples
    --------
    >>> expected_reach(ValueNetwork.from_edges([("a", "b"), ("b", "c")]), ["a"], p=0.5)
    1.75
    """
    _check("ic", p, 1)
    graph = Graph(network.n_nodes, *network.pairs)
    edges = graph.target.size
    if edges > MOST_EDGES:
        raise UsageError(f"{edges} edges have too many worlds to look at all (at most {MOST_EDGES} edges)")
    lanes = (np.arange(max(64, 2**edges)) >> np.arange(edges)[:, None]) & 1
    chance = graph.probabilities(p).astype(np.float64)[:, None] if p == "in_degree" else p
    weight = np.where(lanes[:, : 2**edges], chance, 1 - np.asarray(chance)).prod(axis=0)
    live = np.packbits(lanes.astype(np.bool_), axis=1, bitorder="little").view(np.uint64)
    reached = graph.spread(positions(network, seeds), live.reshape(edges, -1)).levels.sum(axis=0)
    return float(weight @ reached[: weight.size])


def positions(network: ValueNetwork, names: Iterable[Hashable]) -> Ints:
    """Return the positions of some organisations, each once; refuse unknown ones and none at all."""
    wanted = list(dict.fromkeys(names))
    found = network.nodes.get_indexer(pd.Index(wanted, dtype=object, tupleize_cols=False))
    missing = [name for name, at in zip(wanted, found, strict=True) if at < 0]
    if missing:
        raise UsageError(Note("note.not_in_network", name=str(missing[0])))
    if not wanted:
        raise UsageError("a cascade needs at least one seed")
    return np.asarray(found, np.int64)


def _check(model: str, p: Probability, replicates: int) -> None:
    if model not in MODELS:
        raise UsageError(f"model {model!r} is not known; use {', '.join(MODELS)}")
    if isinstance(p, str):
        if p != "in_degree" or model == "si":
            raise UsageError(
                f"p = {p!r} does not fit model {model}", hint="a number from 0 to 1; ic also knows in_degree"
            )
    elif not 0 <= p <= 1:
        raise UsageError(f"a probability lies between 0 and 1, not at {p:g}")
    if replicates < 1:
        raise UsageError(f"replicates must be at least 1, not {replicates}")


def _passing(graph: Graph, model: Model, p: Probability) -> NDArray[np.float32]:
    return graph.probabilities("in_degree" if model == "lt" else p)


def _simulated(
    network: ValueNetwork,
    sets: Sequence[Ints],
    model: Model,
    p: Probability,
    replicates: int,
    steps: int | None,
    seed: int,
    *,
    keep: bool = True,
) -> list[list[Spread]]:
    """Let cascades run from several sets of seeds in the same worlds, pass by pass."""
    _check(model, p, replicates)
    if steps is not None and steps < 0:
        raise UsageError(f"steps must be at least 0, not {steps}")
    graph = Graph(network.n_nodes, *network.pairs)
    words = -(-replicates // 64)
    width = 1 if model == "si" else PASS
    parts = [range(first, min(first + width, words)) for first in range(0, words, width)]

    def one(part: range) -> list[Spread]:
        if model == "si":
            delays = graph.delays(float(p), seed, part[0])
            run = partial(graph.arrive, delays=delays, steps=steps)
        else:
            live = graph.live(model, _passing(graph, model, p), seed, part)
            run = partial(graph.spread, live=live, steps=steps)
        found = (run(chosen) for chosen in sets)
        return [spread if keep else Spread(spread.levels, spread.state[:0]) for spread in found]

    context = contextvars.copy_context()
    context.run(progress.silence)
    told = progress.task(Note("note.progress_cascades", n=replicates), total=len(parts), unit="count")
    found = []
    with told as done, _threads.pool() as each:
        for number, part in enumerate(each(lambda part: context.copy().run(one, part), parts), start=1):
            found.append(part)
            done(number)
    return found


def _given(
    network: ValueNetwork, chosen: Ints, model: str, thresholds: NDArray[np.float64], steps: int | None
) -> Spread:
    """Let the linear threshold model run with given thresholds: nothing is left to chance."""
    if model != "lt":
        raise UsageError(f"model {model} has no thresholds")
    if thresholds.shape != (network.n_nodes,) or not ((thresholds > 0) & (thresholds <= 1)).all():
        raise UsageError("thresholds must be one number per organisation, above 0 and at most 1")
    graph = Graph(network.n_nodes, *network.pairs)
    # Whole numbers of givers, so that 3 of 10 is enough for 0.3 whatever rounding does.
    needed = np.ceil(thresholds * graph.takes - 1e-9)
    there = np.zeros(network.n_nodes, np.bool_)
    there[chosen] = True
    levels = [chosen.size]
    while steps is None or len(levels) <= steps:
        have = np.bincount(graph.target[there[graph.source]], minlength=network.n_nodes)
        new = ~there & (graph.takes > 0) & (have >= needed)
        if not new.any():
            break
        there |= new
        levels.append(int(new.sum()))
    return Spread(np.array(levels)[:, None], there.astype(np.uint64)[:, None])


def _result(
    network: ValueNetwork,
    parts: Sequence[Spread],
    chosen: Ints,
    model: Model,
    p: Probability,
    replicates: int,
    seed: int,
) -> Cascade:
    state = np.concatenate([part.state for part in parts], axis=1)
    if replicates % 64:
        state[:, -1] &= np.uint64(2 ** (replicates % 64) - 1)
    reach = joined([part.levels for part in parts], replicates).T
    return Cascade(reach, state, network.nodes, network.nodes[chosen], model, p, replicates, seed)


def _single_gains(graph: Graph, live: Words, lanes: int) -> Ints:
    """Count what each node reaches on its own, itself included, summed over worlds."""
    gains = np.zeros(graph.n, np.int64)
    context = contextvars.copy_context()
    context.run(progress.silence)

    def one(world: int) -> Ints:
        there = (live[:, world // 64] >> np.uint64(world % 64)) & np.uint64(1) != 0
        found = _kernels.distances(graph.n, graph.source[there], graph.target[there], per_node=True)
        assert found.reached is not None
        return found.reached + 1

    worlds = range(live.shape[1] * 64 if lanes > 1 else 1)
    with _threads.pool() as each:
        for found in each(lambda world: context.copy().run(one, world), worlds):
            gains += found
    return gains if lanes > 1 else gains * 64


def _banded(values: NDArray[np.int64], low: float, high: float) -> pd.DataFrame:
    """Sum up columns over rows (replicates)."""
    points = np.quantile(values, [low, 0.5, high], axis=0)
    return pd.DataFrame(
        {"mean": values.mean(axis=0), "low": points[0], "median": points[1], "high": points[2]}
    )
