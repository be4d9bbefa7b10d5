"""Which enterprise a relation was collected through: the units that intervals resample.

Relations are collected around sample enterprises, all of one enterprise together. So another
sample differs from this one by whole enterprises, and the *clusters* of a table are its sample
enterprises:

- a relation with one sample enterprise belongs to it;
- one between two of them belongs to both, half each;
- one without any (report-type data has none), and every relation of a table that does not know
  roles, belongs to the organisation that gives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from clusters.networks import ValueNetwork
from clusters.relations import SAMPLE, Relations, sample_nodes

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """The clusters of some rows (relations, edges or organisations)."""

    names: pd.Index
    """Organisation of each cluster."""
    first: Positions
    """Cluster of each row."""
    second: Positions
    """Its other cluster; the same where it has one only."""
    of_sample: bool = True
    """Whether the clusters are sample enterprises, and not all organisations that give."""

    def __len__(self) -> int:
        return len(self.names)

    def weights(self, times: ArrayLike) -> Floats:
        """Return the weight of each row when each cluster was drawn so many times.

        Of a relation between two clusters it is the mean: what either brings counts half. In
        simulations the product of the two gave wider intervals of no better coverage, and their sum
        intervals around a wrong value (70 instead of 95 of 100 for a lift).

        Examples
        --------
        >>> two = Clusters(pd.Index(["a", "b"]), np.array([0, 0]), np.array([0, 1]))
        >>> two.weights([2, 0]).tolist()
        [2.0, 1.0]
        """
        drawn = np.asarray(times, dtype=np.float64)
        return np.asarray((drawn[self.first] + drawn[self.second]) / 2)

    def left(self, dropped: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Tell which rows stay when some clusters go: those that belong to none of them."""
        return ~(dropped[self.first] | dropped[self.second])

    def where(self, rows: NDArray[np.bool_] | Positions) -> Clusters:
        """Return the clusters of some rows; those without a row left are no clusters any more."""
        return numbered(self.names, self.first[rows], self.second[rows], of_sample=self.of_sample)


def numbered(
    names: pd.Index, first: NDArray[np.integer], second: NDArray[np.integer], *, of_sample: bool = True
) -> Clusters:
    """Number the clusters that have a row, in their order."""
    there = np.zeros(len(names), dtype=bool)
    there[first] = there[second] = True
    position = np.cumsum(there, dtype=np.int64) - 1
    return Clusters(names[there], position[first], position[second], of_sample)


def clusters_of(table: Relations | ValueNetwork) -> Clusters:
    """Return the clusters of relations, or of the edges of a network.

    An enterprise that was in the sample in any year counts as one throughout: its relations were
    collected around it.

    Examples
    --------
    >>> found = clusters_of(ValueNetwork.from_edges([("a", "b"), ("a", "c"), ("b", "c")]))
    >>> list(found.names), found.first.tolist()
    (['a', 'b'], [0, 0, 1])
    """
    if isinstance(table, Relations):
        names = table.nodes.index
        source, target = (table.frame[end].cat.codes.to_numpy() for end in ("source", "target"))
        sample = sample_nodes(table)
    else:
        names, source, target = table.nodes, table.sources, table.targets
        sample = _ever_sampled(table)
    given, taken = sample[source], sample[target]
    first = np.where(given | ~taken, source, target)
    second = np.where(taken, target, first)
    return numbered(names, first, second, of_sample=bool(sample.any()))


def _ever_sampled(network: ValueNetwork) -> NDArray[np.bool_]:
    if network.sample is None:
        return np.zeros(network.n_nodes, dtype=bool)
    if network.attributes is not None and "role" in network.attributes.columns:
        return (network.attributes["role"] == SAMPLE).to_numpy(dtype=bool)
    return network.sample


def remaining(network: ValueNetwork, clusters: Clusters, dropped: NDArray[np.bool_]) -> ValueNetwork:
    """Return the network without the relations of some clusters, and those left without any.

    Organisations that had no relation before stay.
    """
    rows = clusters.left(dropped)
    before = np.zeros(network.n_nodes, dtype=bool)
    after = np.zeros(network.n_nodes, dtype=bool)
    for ends in (network.sources, network.targets):
        before[ends] = True
        after[ends[rows]] = True
    return network.selection(rows, after | ~before)


def drawn_to_drop(clusters: int, share: float, random: np.random.Generator) -> NDArray[np.bool_]:
    """Draw clusters to drop: the share, rounded half up, but at least one and never all."""
    number = min(max(1, int(share * clusters + 0.5)), clusters - 1)
    dropped = np.zeros(clusters, dtype=bool)
    dropped[random.choice(clusters, number, replace=False)] = True
    return dropped
