"""Sorted pairs as compressed rows, the form in which neighbours are read at memory speed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


def row_starts(n: int, source: NDArray[Any]) -> NDArray[np.int64]:
    """Return where the pairs of each of ``n`` sources begin in sorted pairs, and the end of the last."""
    starts = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(source, minlength=n), out=starts[1:])
    return starts


def matrix(
    n: int, source: NDArray[Any], target: NDArray[Any], weight: NDArray[np.float64] | None = None
) -> csr_matrix:
    """Return pairs sorted by source as a sparse matrix; one in each cell unless weighted."""
    from scipy.sparse import csr_matrix

    index = np.int32 if max(n, source.size) < 2**31 else np.int64
    starts = row_starts(n, source).astype(index)
    cells = np.ones(source.size) if weight is None else weight
    return csr_matrix((cells, target.astype(index, copy=False), starts), shape=(n, n))
