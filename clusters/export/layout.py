"""Positions of organisations in a picture: seeded, fast, the same in every output of a run.

Components are drawn one by one and packed, the largest in the middle, so that
isolates do not blow up the frame. A component of moderate size is laid out by
Fruchterman and Reingold's springs [1]_ (igraph). A large one would come out as one
grey ball; its communities become discs instead, arranged by the strength of the ties
between them, and the springs work inside each disc. Distances across discs carry no
meaning, neighbourhood does.

References
----------
.. [1] Fruchterman, T. and Reingold, E. (1991), Graph drawing by force-directed
   placement. Software: Practice and Experience 21(11).
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.networks import ValueNetwork, igraph_seed

if TYPE_CHECKING:
    import igraph

Points = NDArray[np.float64]
Integers = NDArray[np.integer[Any]]

UNIT = 20.0
"""Distance of neighbouring nodes in an evenly filled disc, in the units of Gephi's canvas."""
SMALL = 600
"""Components up to this size are drawn whole, with exact springs."""
MOST_DISCS = 200
"""Communities beyond the largest 200 join the disc they have most ties with."""
GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))

_positions: WeakKeyDictionary[ValueNetwork, dict[tuple[int, int], pd.DataFrame]] = WeakKeyDictionary()
_partitions: WeakKeyDictionary[ValueNetwork, dict[int, Integers]] = WeakKeyDictionary()


def layout(network: ValueNetwork, *, seed: int = 0, iterations: int = 100) -> pd.DataFrame:
    """Return a position for every node.

    Parameters
    ----------
    network
        Direction, kinds, parallel edges and self-loops do not matter.
    seed
        The same seed gives the same positions, to the last digit.
    iterations
        Rounds of the springs. More rounds even out, at a proportional price.

    Returns
    -------
    DataFrame
        Columns ``x`` and ``y`` (floats, six significant digits, never all zero), one
        row per node. Positions are kept with the network: asking twice in one run
        costs nothing and gives the same picture.

    Examples
    --------
    >>> network = ValueNetwork.from_edges([("a", "b"), ("b", "c")], nodes=["d"])
    >>> layout(network).index.tolist()
    ['d', 'a', 'b', 'c']
    >>> layout(network, seed=1).equals(layout(network, seed=1))
    True
    """
    kept = _positions.setdefault(network, {})
    if (seed, iterations) not in kept:
        kept[seed, iterations] = _frame(network, _draw(network, seed, iterations))
    return kept[seed, iterations].copy()


def phyllotaxis(network: ValueNetwork) -> pd.DataFrame:
    """Return positions on a sunflower spiral, best-connected nodes in the middle: no search, no seed.

    Examples
    --------
    >>> phyllotaxis(ValueNetwork.from_edges([("a", "b")])).round(1).values.tolist()
    [[14.1, 0.0], [-18.1, 16.5]]
    """
    low, high = network.links
    degree = np.bincount(np.r_[low, high], minlength=network.n_nodes)
    points = np.empty((network.n_nodes, 2))
    points[np.argsort(-degree, kind="stable")] = UNIT * _spiral(network.n_nodes)
    return _frame(network, points)


def partition(network: ValueNetwork, *, seed: int = 0) -> Integers:
    """Return the community of every node (best of several searches), kept with the network."""
    from clusters.measures.communities import communities

    kept = _partitions.setdefault(network, {})
    if seed not in kept:
        weights = network.weights
        if not bool((np.isfinite(weights) & (weights > 0)).all()):  # nothing to weigh a tie with
            weights = network.relations.astype(np.float64)
        weighed = dataclasses.replace(network, weights=weights)
        kept[seed] = communities(weighed, seed=seed).membership.to_numpy(np.int64)
    return kept[seed]


def _frame(network: ValueNetwork, points: Points) -> pd.DataFrame:
    if points.size and not points.any():
        points = points + UNIT  # Gephi takes "all at the origin" for "no positions"
    # Six digits are more than a screen shows; the first rounding turns dust around zero into zero.
    rounded = np.array([float(f"{value:.6g}") for value in points.round(4).ravel()]).reshape(-1, 2)
    return pd.DataFrame(rounded + 0.0, index=network.nodes, columns=["x", "y"])


def _draw(network: ValueNetwork, seed: int, iterations: int) -> Points:
    low, high = network.links
    component = _components(network.n_nodes, low, high)
    sizes = np.bincount(component)
    points = np.zeros((network.n_nodes, 2))
    community = partition(network, seed=seed) if sizes.size and sizes[0] > SMALL else component
    members = _groups(component)
    links = _groups(component[low], sizes.size)
    with igraph_seed(seed):
        for number in np.flatnonzero(sizes > 1):
            inside = members[number]
            pairs = np.column_stack([low[links[number]], high[links[number]]])
            ends = np.searchsorted(inside, pairs)
            if inside.size <= SMALL:
                drawn = _scaled(_springs(inside.size, ends, 3 * iterations))
                points[inside] = _turned(drawn, number * GOLDEN_ANGLE)
            else:
                points[inside] = _discs(inside.size, ends, community[inside], iterations)
    centres = _packed(_radii(points, component, sizes))
    return UNIT * (points + centres[component])


def _components(n: int, low: NDArray[Any], high: NDArray[Any]) -> Integers:
    """Number the components by falling size; equal ones by their first node."""
    if not n:
        return np.zeros(0, np.int64)
    found = np.array(_graph(n, np.column_stack([low, high])).connected_components().membership, np.int64)
    order = np.argsort(-np.bincount(found), kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    return rank[found]


def _graph(n: int, ends: NDArray[Any]) -> igraph.Graph:
    import igraph

    return igraph.Graph(n=n, edges=ends)


def _groups(labels: NDArray[Any], count: int | None = None) -> list[Integers]:
    """Return, for every label, the ascending positions that carry it."""
    sizes = np.bincount(labels, minlength=count or 0)
    return np.split(np.argsort(labels, kind="stable"), np.cumsum(sizes)[:-1])


def _springs(
    n: int,
    ends: NDArray[Any],
    iterations: int,
    *,
    weights: NDArray[Any] | None = None,
    exact_up_to: int = SMALL,
) -> Points:
    if n == 2:
        return np.array([[-0.5, 0.0], [0.5, 0.0]])
    coordinates = _graph(n, ends).layout_fruchterman_reingold(
        niter=iterations, grid="grid" if n > exact_up_to else "nogrid", weights=weights
    )
    return np.array(coordinates.coords)


def _scaled(points: Points) -> Points:
    """Centre a drawing and give it about one unit of area per node."""
    points = points - points.mean(axis=0)
    spread = np.sqrt((points**2).sum(axis=1).mean())
    return np.asarray(points * (0.75 * np.sqrt(len(points)) / max(float(spread), 1e-9)))


def _turned(points: Points, angle: float) -> Points:
    """Turn a drawing; igraph aligns each to its long axis, and a hundred level lines look like a grid."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.asarray(points @ np.array([[cosine, sine], [-sine, cosine]]))


def _discs(n: int, ends: NDArray[Any], community: Integers, iterations: int) -> Points:
    """Draw a large component: one disc per community, springs within."""
    disc = _joined(community, ends)
    sizes = np.bincount(disc)
    centres = _arranged(sizes, disc[ends])
    degree = np.bincount(ends.ravel(), minlength=n)
    inner = ends[disc[ends[:, 0]] == disc[ends[:, 1]]]
    links = _groups(disc[inner[:, 0]], sizes.size)
    points = np.empty((n, 2))
    for number, inside in enumerate(_groups(disc)):
        drawn = _springs(
            inside.size, np.searchsorted(inside, inner[links[number]]), iterations, exact_up_to=200
        )
        points[inside] = centres[number] + _rounded(drawn, degree[inside])
    return points


def _joined(community: Integers, ends: NDArray[Any]) -> Integers:
    """Number communities by falling size; those beyond the last disc join the one most tied to them."""
    _, community = np.unique(community, return_inverse=True)
    order = np.argsort(-np.bincount(community), kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    disc = rank[community]
    if order.size <= MOST_DISCS:
        return disc
    home = np.r_[np.arange(MOST_DISCS), np.zeros(order.size - MOST_DISCS, np.int64)]
    a, b = disc[np.r_[ends[:, 0], ends[:, 1]]], disc[np.r_[ends[:, 1], ends[:, 0]]]
    tied = (a >= MOST_DISCS) & (b < MOST_DISCS)
    pairs, ties = np.unique(a[tied] * MOST_DISCS + b[tied], return_counts=True)
    for pair in pairs[np.argsort(ties, kind="stable")]:  # the strongest tie comes last and stays
        home[pair // MOST_DISCS] = pair % MOST_DISCS
    return np.asarray(home[disc])


def _arranged(sizes: Integers, ends: NDArray[Any]) -> Points:
    """Place the discs: springs by ties beyond chance, then push apart until none overlap."""
    count = sizes.size
    if count == 1:
        return np.zeros((1, 2))
    ties = np.zeros((count, count))
    np.add.at(ties, (ends[:, 0], ends[:, 1]), 1.0)
    ties += ties.T
    np.fill_diagonal(ties, 0.0)
    expected = np.outer(ties.sum(axis=0), ties.sum(axis=1)) / ties.sum()
    a, b = np.nonzero(np.triu(ties, 1))
    weights = ties[a, b] / expected[a, b]
    centres = _springs(count, np.column_stack([a, b]), 500, weights=weights)
    radii = np.sqrt(sizes) * 1.08
    centres = centres - np.average(centres, axis=0, weights=sizes)
    centres *= 0.9 * np.sqrt((radii**2).sum()) / max(float(np.abs(centres).max()), 1e-9)
    return _apart(centres, radii)


def _apart(centres: Points, radii: NDArray[np.float64]) -> Points:
    """Push overlapping discs apart, light ones further, while free ones drift to the middle."""
    area = radii**2
    share = 0.5 * area[None, :] / (area[:, None] + area[None, :])
    touch = radii[:, None] + radii[None, :]
    for step in range(1000):
        apart = centres[:, None] - centres[None, :]
        distance = np.hypot(apart[..., 0], apart[..., 1]) + 1e-9
        overlap = np.maximum(touch - distance, 0.0)
        np.fill_diagonal(overlap, 0.0)
        if step > 500 and overlap.max() < 0.02 * radii.min():
            break
        push = (apart * (overlap * share / distance)[..., None]).sum(axis=1)
        free = overlap.sum(axis=1) < 1e-9
        centres = centres + push - 0.01 * centres * free[:, None]
    return centres


def _rounded(points: Points, degree: Integers) -> Points:
    """Fit a drawing into a disc of one unit of area per node, hubs to the middle, density evened out."""
    n = len(points)
    points = points - np.average(points, axis=0, weights=degree + 1)
    radius = np.hypot(points[:, 0], points[:, 1])
    even = np.empty(n)
    even[np.argsort(radius, kind="stable")] = np.sqrt((np.arange(n) + 0.5) / n)
    drawn = np.minimum(radius / max(float(np.quantile(radius, 0.98)), 1e-9), 1.1)
    factor = np.sqrt(n) * (0.75 * even + 0.25 * drawn) / np.maximum(radius, 1e-9)
    return np.asarray(points * factor[:, None])


def _radii(points: Points, component: Integers, sizes: Integers) -> NDArray[np.float64]:
    """Return the room each drawn component needs around its centre."""
    radii = np.zeros(sizes.size)
    np.maximum.at(radii, component, np.hypot(points[:, 0], points[:, 1]))
    return radii + np.where(sizes > 1, 1.0, 0.75)


def _packed(radii: NDArray[np.float64]) -> Points:
    """Place circles, largest first: one in the middle, the others in rings around it."""
    centres = np.zeros((radii.size, 2))
    if not radii.size:
        return centres
    order = np.argsort(-radii, kind="stable")
    inner, start = float(radii[order[0]]), 1
    while start < order.size:
        widest = float(radii[order[start]])
        ring = inner + widest
        # The angle each circle takes on the ring; as many as fit go round, evenly spread.
        angles = 2 * np.arcsin(np.minimum(radii[order[start : start + 4096]] / ring, 1.0))
        taken = max(int(np.searchsorted(np.cumsum(angles), 2 * np.pi)), 1)
        chosen = order[start : start + taken]
        spread = max((2 * np.pi - angles[:taken].sum()) / taken, 0.0)
        angle = np.cumsum(angles[:taken] + spread) - angles[:taken] / 2
        centres[chosen] = ring * np.column_stack([np.cos(angle), np.sin(angle)])
        inner, start = ring + widest, start + taken
    return centres


def _spiral(n: int) -> Points:
    number = np.arange(n)
    radius, angle = np.sqrt(number + 0.5), number * GOLDEN_ANGLE
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
