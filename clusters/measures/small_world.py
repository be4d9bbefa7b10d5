"""Clustering and path length beside those of random networks and of a lattice.

A small world is clustered like a lattice and short like a random network. Hubs alone shorten paths
and raise clustering, so the random networks keep the degrees; beside random pairs (Erdos, Renyi)
any network with hubs looks like a small world. The lattice keeps them too.

Everything here ignores direction and means the largest weak component. Relations are collected
around sample enterprises, so clustering and path lengths are those of a union of ego networks.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from clusters.measures import _lattice, _parts
from clusters.networks import ValueNetwork

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class SmallWorld:
    """Two indices of one network."""

    sigma: float
    """(C / C_null) / (L / L_null), from 0; about 1 where degrees explain both, NaN where a mean is 0."""
    omega: float
    """L_null / L - C / C_lattice: about -1 for a lattice, 0 a small world, 1 random."""
    clustering_ratio: float
    """C / C_null."""
    path_ratio: float
    """L / L_null."""


def small_world(
    clustering: float,
    path_length: float,
    null_clustering: ArrayLike,
    null_path_length: ArrayLike,
    lattice_clustering: float = NAN,
) -> SmallWorld:
    """Compare clustering and path length with those of random networks and a lattice.

    Parameters
    ----------
    clustering, path_length
        Average clustering and average path length of the network.
    null_clustering, null_path_length
        The same of each random network of the same degrees.
    lattice_clustering
        Clustering of the lattice of the same degrees; NaN leaves omega undefined.

    Returns
    -------
    SmallWorld
        See there.

    References
    ----------
    Humphries, Gurney 2008 (sigma); Telesford et al. 2011 (omega).

    Examples
    --------
    >>> found = small_world(0.4, 3.0, [0.04, 0.06], [2.9, 3.1], lattice_clustering=0.5)
    >>> round(found.sigma, 6), round(found.omega, 6)
    (8.0, 0.2)
    """
    drawn = [np.asarray(values, dtype=np.float64) for values in (null_clustering, null_path_length)]
    c_null, l_null = (float(values.mean()) if values.size else NAN for values in drawn)
    by_clustering, by_path = _over(clustering, c_null), _over(path_length, l_null)
    return SmallWorld(
        sigma=_over(by_clustering, by_path),
        omega=_over(l_null, path_length) - _over(clustering, lattice_clustering),
        clustering_ratio=by_clustering,
        path_ratio=by_path,
    )


def main_part(network: ValueNetwork) -> ValueNetwork:
    """Return the largest weak component, on which small worlds are measured.

    Examples
    --------
    >>> main_part(ValueNetwork.from_edges([("a", "b"), ("c", "d"), ("d", "e")]))
    ValueNetwork(nodes=3, edges=2, relations=2)
    """
    return _parts.largest(network)


def lattice(network: ValueNetwork, seed: int = 0) -> ValueNetwork:
    """Give each node as many neighbours as it has, near to it on a ring.

    Nodes are put on a ring at random and linked with the nearest ones that have ends to spare. What is
    left of large degrees goes where it can, and links swap ends as long as that brings their
    ends closer together on the ring.

    Parameters
    ----------
    network
        Any value network; direction and self-loops are ignored.
    seed
        Of the places on the ring.

    Returns
    -------
    ValueNetwork
        The same nodes and roles and as many links at each node, to sample enterprises and to
        partners, as in the given one; each link once, in one direction. Where degrees are so large
        that some ends find no place, a few links are missing.

    References
    ----------
    Sporns, Zwi 2004; Telesford et al. 2011 (latticised reference).

    Examples
    --------
    >>> network = ValueNetwork.from_edges([(k, (7 * k + 3) % 12) for k in range(12)])
    >>> lattice(network).n_edges == network.links[0].size
    True
    """
    low, high = (end.astype(np.int64) for end in network.links)
    sample = np.zeros(network.n_nodes, bool) if network.sample is None else network.sample
    one, other = _lattice.ring_links(low, high, sample, np.random.default_rng(seed))
    names = (network.nodes.take(end).to_list() for end in (one, other))
    made = ValueNetwork.from_edges(zip(*names, strict=True), nodes=network.nodes)
    return dataclasses.replace(made, sample=network.sample)


def _over(part: float, whole: float) -> float:
    return part / whole if whole else NAN
