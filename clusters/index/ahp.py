"""Weights from judgements: the analytic hierarchy process (AHP, 层次分析法).

A matrix of pairwise comparisons says how many times more important one indicator is than another, on
Saaty's scale from 1 (equal) to 9 (extremely more). Its principal eigenvector gives the weights, its
eigenvalue says how far the judgements contradict each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from clusters.errors import DataError

Floats = NDArray[np.float64]
RANDOM_INDEX = (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""Mean consistency index of random reciprocal matrices of order 1 to 15 (Saaty 1980)."""
ACCEPTED = 0.10
"""Consistency ratio from which judgements should be revised."""
TOLERANCE = 0.05
"""How far a_ij a_ji may be from 1: matrices print 0.33 for 1/3, or 0.13 for 1/8."""


@dataclass(frozen=True, slots=True)
class AHP:
    """Weights of a matrix of pairwise comparisons, and how consistent it is."""

    weights: pd.Series
    """Principal eigenvector, rescaled to sum 1."""
    lambda_max: float
    """Principal eigenvalue: n where all judgements agree, larger otherwise."""
    consistency_index: float
    """CI = (lambda - n) / (n - 1)."""
    consistency_ratio: float
    """CR = CI / RI(n), RI of random matrices; 0 for n < 3, where nothing can disagree."""

    @property
    def consistent(self) -> bool:
        """Whether the judgements are consistent enough to use (CR < 0.10)."""
        return self.consistency_ratio < ACCEPTED


def ahp(matrix: pd.DataFrame | ArrayLike | Sequence[Sequence[Any]]) -> AHP:
    """Compute the weights of a matrix of pairwise comparisons.

    A w = lambda_max w; CI = (lambda_max - n) / (n - 1), CR = CI / RI(n).

    Parameters
    ----------
    matrix
        Square of 1 to 15 rows; a_ij says how many times more important i is than j. The lower (or
        upper) triangle may be left out (empty, NaN or 0, or rows of n, n - 1, ..., 1 cells), and a
        cell may be text such as ``"1/3"``. Of two cells that mirror each other the one above 1 is
        used: it is the judgement, the other its rounded reciprocal.

    Returns
    -------
    AHP
        Weights by the names of the matrix, eigenvalue, consistency index and ratio.

    Raises
    ------
    DataError
        A cell that is missing on both sides, no number, not above 0, or not the reciprocal of the
        cell that mirrors it (within 5 %); a diagonal other than 1; no square; more than 15 rows.

    References
    ----------
    Methods 2.5, step 6; Saaty 1980.

    Examples
    --------
    >>> found = ahp([[1, 3, 5], [1, 3], [1]])
    >>> found.weights.round(4).tolist(), round(found.lambda_max, 4), round(found.consistency_ratio, 3)
    ([0.637, 0.2583, 0.1047], 3.0385, 0.033)
    """
    cells, names = _cells(matrix)
    n = len(cells)
    if n > len(RANDOM_INDEX):
        raise DataError(
            f"the matrix of comparisons has {n} rows; the consistency of more than {len(RANDOM_INDEX)} is "
            "not known",
            hint="group the indicators and compare within and between groups",
        )
    full = _reciprocal(cells, names)
    values, vectors = np.linalg.eig(full)
    k = int(np.argmax(values.real))
    principal = np.abs(vectors[:, k].real)  # Perron: one sign, positive
    largest = max(float(values[k].real), float(n))
    index = (largest - n) / (n - 1) if n > 1 else 0.0
    return AHP(
        weights=pd.Series(principal / principal.sum(), index=names),
        lambda_max=largest,
        consistency_index=index,
        consistency_ratio=index / RANDOM_INDEX[n - 1] if n > 2 else 0.0,
    )


def _cells(matrix: Any) -> tuple[Floats, pd.Index]:
    """Return the cells of a matrix as numbers, NaN where nothing stands."""
    if isinstance(matrix, pd.DataFrame):
        names = matrix.index
        if len(names) != matrix.shape[1]:
            raise DataError(f"the matrix of comparisons is {len(names)} x {matrix.shape[1]}, not a square")
        if set(names) == set(matrix.columns):
            matrix = matrix[names]
        rows = matrix.to_numpy(dtype=object).tolist()
    else:
        rows = [list(row) for row in matrix]
        names = pd.RangeIndex(len(rows))
        if [len(row) for row in rows] == list(range(len(rows), 0, -1)):
            rows = [[None] * i + row for i, row in enumerate(rows)]
    if not rows or any(len(row) != len(rows) for row in rows):
        widths = ", ".join(str(len(row)) for row in rows) or "none"
        raise DataError(
            f"the matrix of comparisons is not a square: {len(rows)} rows with {widths} cells",
            hint="give all n x n cells, or the upper triangle with n, n - 1, ..., 1 cells",
        )
    found = [[_cell(cell, names[i], names[j]) for j, cell in enumerate(row)] for i, row in enumerate(rows)]
    return np.array(found, dtype=float), names


def _cell(cell: Any, one: object, other: object) -> float:
    if cell is None or (isinstance(cell, str) and cell.strip() in ("", "-", ".")):
        return float("nan")
    try:
        value = float(Fraction(cell.replace(" ", ""))) if isinstance(cell, str) else float(cell)
    except (ValueError, TypeError, ZeroDivisionError):
        raise DataError(f"comparison of {one} with {other}: {cell!r} is not a number") from None
    if np.isinf(value) or value < 0:
        raise DataError(
            f"comparison of {one} with {other}: {cell} is not above 0", hint="less important: 1/3"
        )
    return float("nan") if value == 0 else value


def _reciprocal(cells: Floats, names: pd.Index) -> Floats:
    """Fill a matrix so that its cells are exact reciprocals, or say which are not."""
    full = np.eye(len(cells))
    for i, name in enumerate(names):
        if not np.isnan(cells[i, i]) and abs(cells[i, i] - 1) > 1e-9:
            raise DataError(f"comparison of {name} with itself is {cells[i, i]:g}; it must be 1")
        for j in range(i + 1, len(cells)):
            above, below = cells[i, j], cells[j, i]
            if np.isnan(above) and np.isnan(below):
                raise DataError(f"the matrix of comparisons lacks {name} with {names[j]}")
            if not np.isnan(above) and not np.isnan(below) and abs(above * below - 1) > TOLERANCE:
                raise DataError(
                    f"comparison of {name} with {names[j]} is {above:g}, but of {names[j]} with {name} "
                    f"{below:g}; it must be the reciprocal, {1 / above:.4g}",
                    hint="or leave one triangle of the matrix empty",
                )
            judged = above if np.isnan(below) or above >= 1 else 1 / below
            full[i, j], full[j, i] = judged, 1 / judged
    return full
