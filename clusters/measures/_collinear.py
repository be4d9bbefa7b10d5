"""Which of several columns add something to those before them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
COLLINEAR = 1e-9
"""A column of which less than this part is left beside the others adds nothing."""


def independent(
    columns: Sequence[Floats], sizes: Iterable[float], before: Sequence[Floats] = ()
) -> NDArray[np.intp]:
    """Return the positions of the columns that are no combination of those before them.

    Parameters
    ----------
    columns
        Columns of equal length.
    sizes
        Length of each as it first was: what is left is small or large beside it.
    before
        Columns of length 1, at right angles, that come before all.

    Examples
    --------
    >>> one, two, both = np.array([1.0, 0, 0]), np.array([1.0, 1, 0]), np.array([5.0, 3, 0])
    >>> independent([one, two, both], [1, 1, 1]).tolist()
    [0, 1]
    """
    basis = list(before)
    kept = []
    for position, (column, size) in enumerate(zip(columns, sizes, strict=True)):
        rest = column
        for _ in range(2):  # once more, against what rounding left
            for other in basis:
                rest = rest - (rest @ other) * other
        left = float(np.linalg.norm(rest))
        if left > COLLINEAR * float(size):
            kept.append(position)
            basis.append(rest / left)
    return np.array(kept, dtype=np.intp)
