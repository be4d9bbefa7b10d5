"""Tables as arrays, checked once at the door of a measure."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def amounts_of(table: pd.DataFrame) -> Floats:
    """Return the cells of a table of amounts, none below 0.

    Examples
    --------
    >>> amounts_of(pd.DataFrame([[1, 2]])).tolist()
    [[1.0, 2.0]]
    """
    cells = np.asarray(table.to_numpy(dtype=np.float64))
    if (cells < 0).any():
        raise ValueError("amounts are not negative")
    return cells


def square_of(matrix: pd.DataFrame) -> Floats:
    """Return the cells of a flow matrix.

    Examples
    --------
    >>> square_of(pd.DataFrame([[1, 0], [0, 2]])).tolist()
    [[1.0, 0.0], [0.0, 2.0]]
    """
    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"a flow matrix is square, not {matrix.shape[0]} x {matrix.shape[1]}")
    return amounts_of(matrix)


def binary_of(table: pd.DataFrame) -> Floats:
    """Return the cells of a table of specialities, each 0 or 1.

    Examples
    --------
    >>> binary_of(pd.DataFrame([[True, False]])).tolist()
    [[1.0, 0.0]]
    """
    cells = np.asarray(table.to_numpy(dtype=np.float64))
    if not np.isin(cells, (0.0, 1.0)).all():
        raise ValueError("a table of specialities holds true and false only")
    return cells
