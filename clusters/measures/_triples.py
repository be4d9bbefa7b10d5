"""Triangles one by one, for what must look at each: their three nodes and three links.

``_triangles`` only sums; structural holes weigh each triangle, and brokerage asks for its groups.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusters.measures._compressed import row_starts

Ints = NDArray[np.int64]
PAIRS = 1 << 21
"""Pairs of links looked at in one go."""


def triangles(
    n: int, low: NDArray[Any], high: NDArray[Any]
) -> Iterator[tuple[tuple[Ints, Ints, Ints], tuple[Ints, Ints, Ints]]]:
    """Hand on the triangles of distinct unordered pairs, in pieces.

    Yields
    ------
    tuple
        Nodes a, b, c of each triangle and the positions of its links ab, ac, bc in ``low``. Links run
        from the node of smaller degree, so that a hub starts few of them.
    """
    if low.size < 3:
        return
    degree = np.bincount(low, minlength=n) + np.bincount(high, minlength=n)
    rank = np.empty(n, np.int64)
    rank[np.lexsort((np.arange(n), degree))] = np.arange(n)
    one, two = rank[low], rank[high]
    first, second = np.minimum(one, two), np.maximum(one, two)
    order = np.lexsort((second, first))
    first, second = first[order], second[order]
    key = first * n + second
    node = np.argsort(rank)
    starts = row_starts(n, first)
    # Each link begins a pair with every later link of the same node.
    later = starts[first + 1] - np.arange(first.size) - 1
    edges = np.flatnonzero(np.diff(np.cumsum(later) // PAIRS, prepend=0))
    for rows in np.split(np.arange(first.size), edges):
        ab = np.repeat(rows, later[rows])
        offset = np.arange(ab.size) - np.repeat(np.cumsum(later[rows]) - later[rows], later[rows])
        ac = ab + 1 + offset
        wanted = second[ab] * n + second[ac]
        bc = np.searchsorted(key, wanted)
        found = (bc < key.size) & (key[np.minimum(bc, key.size - 1)] == wanted)
        ab, ac, bc = ab[found], ac[found], bc[found]
        if ab.size:
            nodes = node[first[ab]], node[second[ab]], node[second[ac]]
            yield nodes, (order[ab], order[ac], order[bc])
