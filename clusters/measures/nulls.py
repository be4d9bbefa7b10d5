"""Null models: random networks that share some properties with a given one.

A statistic says little before it is known what chance alone would give. ``"rewired"``
networks have the degrees of the given one and as many edges of every class as it; besides that
they are drawn uniformly. ``"configuration"`` shuffles targets within a class without looking,
and the loops and doubles that arise are taken out, so that degrees of hubs come out smaller.
``"random"`` draws pairs of nodes without regard to degrees (Erdos and Renyi): hubs alone make
paths short and triangles many, so a comparison with it says that there are hubs, not more.

Classes of edges: ``"roles"`` keeps edges between sample and partners, partners and sample,
within the sample and among partners apart, each node's degrees in them included; ``"year"``
those of the same first year, ``"kind"`` those of the same kind.

Self-loops stay where they are. Edges are doubles when pair and kind are the same; doubles in
the network (``parallel="relations"``) move together, and only to the place of as many. What an
edge carries (relations, weight, year, kind) goes with its source to the new target: in-degrees
are kept, in-strengths are not. Of networks with kinds the overlap of kinds is random afterwards.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from clusters import progress
from clusters.errors import UsageError
from clusters.measures import _choice, _labels, _rewiring, _threads, _views
from clusters.networks import ValueNetwork, stable_order

Model = Literal["rewired", "configuration", "random"]
MODELS = ("rewired", "configuration", "random")
WITHIN = ("roles", "year", "kind")
NAN = float("nan")
OFTEN = 2_000_000
"""Edges of all replicates together from which loading compiled kernels of every sort repays."""
Ints = NDArray[np.int64]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Draw:
    """One random network."""

    network: ValueNetwork
    swaps: int
    """Accepted swaps; 0 where the model does not swap."""
    stuck: int
    """Edges in classes that saw fewer swaps than asked: stars, for example, and self-loops."""


@dataclass(frozen=True, slots=True)
class NullComparison:
    """One observed number beside those of random networks."""

    mean: float
    """Mean of the replicates."""
    sd: float
    """Standard deviation of the replicates (n - 1)."""
    z: float
    """Observed less mean, in standard deviations; NaN where these are 0."""
    p: float
    """Share of replicates at least as far from the mean, the observed number counted in."""
    low: float
    """2.5 % point of the replicates."""
    high: float
    """97.5 % point of the replicates."""
    replicates: int
    """Replicates that have a number."""


def rewire(
    network: ValueNetwork,
    seed: int | Sequence[int],
    *,
    within: Sequence[str] = ("roles",),
    swaps_per_edge: float = 10,
) -> ValueNetwork:
    """Draw a random network with the same degrees and classes of edges.

    Parameters
    ----------
    network
        Any value network; see the module's text for self-loops, doubles and classes.
    seed
        Of the draw; a sequence of numbers is one seed.
    within
        Which edges may swap targets: those that agree in ``"roles"`` (where the network knows
        them), ``"year"`` and ``"kind"``. Empty: all.
    swaps_per_edge
        Accepted swaps in each class, per edge. Classes that allow few or none end with fewer;
        ``NullModel.draw`` counts them.

    Returns
    -------
    ValueNetwork
        The same nodes, years and attributes; edges with new targets.

    Raises
    ------
    UsageError
        Years or kinds are asked for that the network does not have, or an unknown word.

    References
    ----------
    Maslov, Sneppen 2002 (swaps); Rao, Jana, Bandyopadhyay 1996 (why directed circles need a
    step of their own); Milo et al. 2003 (10 or more swaps per edge).

    Examples
    --------
    >>> ring = ValueNetwork.from_edges([(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)])
    >>> random = rewire(ring, seed=1)
    >>> random.n_edges, sorted(random.sources.tolist()), sorted(random.targets.tolist())
    (5, [0, 1, 2, 3, 4], [0, 1, 2, 3, 4])
    """
    return NullModel(network, within=within, swaps_per_edge=swaps_per_edge).draw(seed).network


class NullModel:
    """A null model of one network, prepared to draw from it many times.

    Examples
    --------
    >>> star = ValueNetwork.from_edges([("hub", "a"), ("hub", "b"), ("hub", "c")])
    >>> NullModel(star).draw(seed=1).stuck  # nothing can be swapped
    3
    """

    def __init__(
        self,
        network: ValueNetwork,
        model: Model = "rewired",
        *,
        within: Sequence[str] = ("roles",),
        swaps_per_edge: float = 10,
    ) -> None:
        if model not in MODELS:
            raise UsageError(f"null model {model!r} is not known; use {', '.join(MODELS)}")
        if swaps_per_edge <= 0:
            raise ValueError(f"swaps per edge must be positive, not {swaps_per_edge}")
        self.network, self.model, self.swaps_per_edge = network, model, swaps_per_edge
        layer = np.zeros(network.n_edges, np.int64)
        if network.kinds is not None:
            layer += network.kinds
            layer += 1
        source, target = network.sources.astype(np.int64), network.targets.astype(np.int64)
        start = _views.starts(source, target, layer)
        self.bundle = np.repeat(np.arange(start.size), np.diff(start, append=source.size))
        """Doubles move together."""
        code = _hash(_codes(network, within))
        code = np.add.reduceat(code, start) if start.size else code
        group = np.unique(code, return_inverse=True)[1].astype(np.int64)
        self.target = target[start]
        loop = source[start] == self.target
        group[~loop] = np.unique(group[~loop], return_inverse=True)[1]
        group[loop] = -1
        self.edges = _rewiring.Edges(network.n_nodes, source[start], layer[start], group)
        self.by_role = "roles" in within and network.sample is not None

    def draw(self, seed: int | Sequence[int]) -> Draw:
        """Draw one random network; the same seed gives the same one."""
        random = np.random.default_rng(seed)
        if self.model == "rewired":
            target, swaps = _rewiring.rewire(self.edges, self.target, random, self.swaps_per_edge)
            size = np.bincount(self.edges.group[self.edges.group >= 0], minlength=swaps.size)
            short = swaps < size * self.swaps_per_edge
            loops = int((self.edges.group < 0).sum())
            return Draw(self._network(target), int(swaps.sum()), int(size[short].sum()) + loops)
        draw = self._shuffled if self.model == "configuration" else self._scattered
        return Draw(draw(random), 0, 0)

    def _shuffled(self, random: np.random.Generator) -> ValueNetwork:
        """Shuffle targets within classes and take loops and doubles out."""
        group, target = self.edges.group, self.target.copy()
        moving = np.flatnonzero(group >= 0)
        places = moving[np.argsort(group[moving], kind="stable")]
        mixed = random.permutation(moving)
        target[places] = self.target[mixed[np.argsort(group[mixed], kind="stable")]]
        key = self.edges.key(np.arange(target.size), target)
        keep = np.zeros(target.size, bool)
        keep[np.unique(key, return_index=True)[1]] = True
        keep &= (self.edges.source != target) | (group < 0)
        return self._network(target, keep=keep)

    def _scattered(self, random: np.random.Generator) -> ValueNetwork:
        """Draw distinct pairs, as many of each pair of roles and each layer as there are."""
        source, target = self.edges.source.copy(), self.target.copy()
        moving = self.edges.group >= 0
        roles = np.zeros(self.edges.n, np.int64)
        if self.by_role and self.network.sample is not None:
            roles += self.network.sample
        block = (self.edges.layer * 2 + roles[source]) * 2 + roles[target]
        for number in np.unique(block[moving]):
            rows = np.flatnonzero(moving & (block == number))
            givers, takers = (np.flatnonzero(roles == role) for role in (number // 2 % 2, number % 2))
            same = int(number // 2 % 2 == number % 2)
            width = takers.size - same  # nobody is linked to itself
            pair = random.choice(givers.size * width, rows.size, replace=False)
            giver, taker = pair // width, pair % width
            source[rows], target[rows] = givers[giver], takers[taker + same * (taker >= giver)]
        return self._network(target, source=source)

    def _network(
        self, target: Ints, *, source: Ints | None = None, keep: NDArray[np.bool_] | None = None
    ) -> ValueNetwork:
        """Make a network of the bundles' new ends."""
        network = self.network
        source = self.edges.source if source is None else source
        columns: list[NDArray[Any]] = [end[self.bundle].astype(np.int32) for end in (source, target)]
        if network.kinds is not None:
            columns.append(network.kinds + 1)
        order = stable_order(*columns)
        if keep is not None:
            order = order[keep[self.bundle[order]]]
        return ValueNetwork(
            nodes=network.nodes,
            sources=_fixed(columns[0][order]),
            targets=_fixed(columns[1][order]),
            relations=_fixed(network.relations[order]),
            weights=_fixed(network.weights[order]),
            kinds=None if network.kinds is None else _fixed(network.kinds[order]),
            kind_names=network.kind_names,
            first_years=None if network.first_years is None else _fixed(network.first_years[order]),
            sample=network.sample,
            year=network.year,
            attributes=partial(getattr, network, "attributes"),
        )


def replicate(
    measure: Callable[[ValueNetwork], Result],
    network: ValueNetwork,
    replicates: int,
    *,
    seed: int = 0,
    model: Model = "rewired",
    within: Sequence[str] = ("roles",),
    swaps_per_edge: float = 10,
    workers: int | None = None,
) -> Iterator[tuple[Result, Draw]]:
    """Measure random networks, one after the other as they are ready, on all cores.

    Parameters
    ----------
    measure
        What to ask of each network; called in several threads at once.
    replicates
        Number of networks. Number k is drawn with the seed ``[seed, k]``, so results do not
        depend on the number of threads, and more replicates begin with the same ones.
    network, model, within, swaps_per_edge
        As of ``NullModel``.
    workers
        Threads; by default one per core.

    Examples
    --------
    >>> ring = ValueNetwork.from_edges([(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)])
    >>> [edges for edges, draw in replicate(lambda network: network.n_edges, ring, 3)]
    [5, 5, 5]
    """
    null = NullModel(network, model, within=within, swaps_per_edge=swaps_per_edge)
    context = contextvars.copy_context()
    context.run(progress.silence)
    if replicates * network.n_edges >= OFTEN:
        context.run(_choice.often)

    def one(number: int) -> tuple[Result, Draw]:
        draw = null.draw([seed, number])
        return measure(draw.network), draw

    with _threads.pool(workers) as each:
        yield from each(lambda number: context.copy().run(one, number), range(replicates))


def compare(observed: float, replicates: ArrayLike) -> NullComparison:
    """Say how far a number lies from those of random networks.

    Parameters
    ----------
    observed
        The number of the network at hand.
    replicates
        The same number of each random network; undefined ones (NaN) do not count.

    Returns
    -------
    NullComparison
        With p = (1 + number of replicates at least as far from their mean, on either side, as
        the observed number) / (1 + replicates): two-sided, from 1/(1 + n) to 1. NaN where
        nothing is there to compare; z is NaN also where all replicates agree.

    References
    ----------
    Davison, Hinkley 1997, section 4.2 (the observed number counts as one replicate).

    Examples
    --------
    >>> found = compare(5, [1, 2, 3, 4])
    >>> found.mean, round(found.z, 4), found.p
    (2.5, 1.9365, 0.2)
    """
    values = np.asarray(replicates, dtype=np.float64)
    values = values[~np.isnan(values)]
    if not values.size:
        return NullComparison(NAN, NAN, NAN, NAN, NAN, NAN, 0)
    mean, sd = _labels.mean_and_sd(values)
    z = (observed - mean) / sd if sd > 0 else NAN
    far = int((np.abs(values - mean) >= abs(observed - mean)).sum())
    p = NAN if np.isnan(observed) else (1 + far) / (1 + values.size)
    low, high = np.quantile(values, [0.025, 0.975])
    return NullComparison(mean, sd, z, p, float(low), float(high), int(values.size))


def shuffled_labels(labels: pd.Series, seed: int, *, within: ArrayLike | None = None) -> pd.Series:
    """Deal labels of nodes anew at random, within groups of nodes.

    The null model of everything that depends on where organisations lie or what they are:
    shares within a province, assortativity, E-I index. The network stays.

    Parameters
    ----------
    labels
        By node, for example the province.
    seed
        Of the draw.
    within
        Group of each node, for example its role; labels stay in their group.

    Examples
    --------
    >>> place = pd.Series(list("xxyz"), index=list("abcd"))
    >>> shuffled_labels(place, seed=0, within=[0, 0, 1, 1]).to_list()[:2]
    ['x', 'x']
    """
    group = _labels.grouped(within, len(labels))
    result = labels.copy()
    result.iloc[np.argsort(group, kind="stable")] = labels.iloc[_labels.mixed(group, seed)].array
    return result


def _codes(network: ValueNetwork, within: Sequence[str]) -> Ints:
    """Number the class of each edge; networks that know no roles have one class of them."""
    unknown = [word for word in within if word not in WITHIN]
    if unknown:
        raise UsageError(f"edges cannot be kept within {unknown[0]!r}; use {', '.join(WITHIN)}")
    code = np.zeros(network.n_edges, np.int64)
    if "roles" in within and network.sample is not None:
        code += 2 * network.sample[network.sources] + network.sample[network.targets]
    if "year" in within:
        if network.first_years is None:
            raise UsageError("edges cannot be kept within years: the table has no year column")
        code += 4 * np.unique(network.first_years, return_inverse=True)[1]
    if "kind" in within:
        if network.kinds is None:
            raise UsageError(
                "edges cannot be kept within kinds: they are merged, or the table has none",
                hint="--parallel kinds keeps them apart",
            )
        code = code * (len(network.kind_names) + 1) + network.kinds + 1
    return code


def _hash(code: Ints) -> NDArray[np.uint64]:
    """Spread codes over 64 bits, so that sums of them tell sets of edges apart (splitmix64)."""
    word = (code.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        word = (word ^ (word >> np.uint64(shift))) * np.uint64(factor)
    return word ^ (word >> np.uint64(31))


def _fixed(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array
