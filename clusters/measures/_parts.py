"""Parts of a network in which every node can be compared with every other."""

from __future__ import annotations

import numpy as np

from clusters.measures import _compressed, _kernels
from clusters.networks import ValueNetwork


def largest(network: ValueNetwork) -> ValueNetwork:
    """Return the largest weak component, of equal ones the first in node order."""
    n = network.n_nodes
    if not n:
        return network
    from scipy.sparse.csgraph import connected_components

    count, label = connected_components(_compressed.matrix(n, *network.links), connection="weak")
    if count == 1:
        return network
    return network.subnetwork(_kernels.by_size(label.astype(np.int64)) == 0)
