"""A part of a flow matrix: the cells and margins that are printed, and the limits of the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Partial:
    """A part of a flow matrix over all places that it names."""

    given: Floats
    """Row sums, NaN where not known."""
    taken: Floats
    diagonal: Floats
    limits: Floats
    """Most that each diagonal cell may be where it is not known."""
    most_given: float
    """Most that a place with an unknown row sum gives."""
    most_taken: float
    unnamed_given: float
    """What places without a known row sum give together."""
    unnamed_taken: float


def partial(
    cells: pd.DataFrame, given: pd.Series, taken: pd.Series, total: float, largest: float | None
) -> Partial:
    """Put known cells and margins together; see ``flow_structure.intra_share_bounds``."""
    names = pd.Index(
        list(dict.fromkeys([*given.index, *taken.index, *cells.index, *cells.columns])), dtype=object
    )
    square = cells.reindex(index=names, columns=names).to_numpy(dtype=np.float64)
    if largest is None:
        largest = float(np.nanmin(square)) if np.isfinite(square).any() else total
    margins = [margin.reindex(names).to_numpy(dtype=np.float64) for margin in (given, taken)]
    most, left, rest = [], [], []
    for margin, axis in zip(margins, (1, 0), strict=True):
        unnamed = max(total - float(np.nansum(margin)), 0.0)
        unnamed = 0.0 if unnamed < 1e-9 * total else unnamed
        smallest = float(np.nanmin(margin)) if np.isfinite(margin).any() else total
        limit = np.where(np.isfinite(margin), margin - np.nansum(square, axis=axis), min(smallest, unnamed))
        most.append(min(smallest, unnamed))
        left.append(np.maximum(limit, 0.0))
        rest.append(unnamed)
    limits = np.minimum(np.minimum(*left), largest)
    return Partial(margins[0], margins[1], np.diag(square), limits, most[0], most[1], rest[0], rest[1])
