"""All vectors of round weights that could explain a table, found without trying each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clusters.index._corridor import Corridor

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
LIMIT = 100_000
"""Vectors begun at a time; more are left undecided."""
CHUNK = 4_000_000
"""Cells of one comparison of vectors with rows."""
LOOKED_AT = 50
"""Rows that decide which beginnings are dropped; all rows are looked at in the end."""


def on_grid(corridor: Corridor, step: float, *, limit: int = LIMIT) -> Floats | None:
    """List the vectors of weights that are multiples of a step and keep within a corridor.

    Every weight has its interval from the corridor's linear programmes; vectors are put together part
    by part and dropped as soon as no continuation can reach the sum, or some row.

    Returns
    -------
    ndarray or None
        Vectors x parts, in increasing order; ``None`` where there are too many to look at.
    """
    found = corridor.intervals()
    if found is None:
        return np.empty((0, corridor.parts))
    low, high = found
    if not (np.isfinite(low).all() and np.isfinite(high).all()):
        return None
    first = np.ceil(low / step - 1e-6).astype(np.int64)
    last = np.floor(high / step + 1e-6).astype(np.int64)
    if (first > last).any():
        return np.empty((0, corridor.parts))
    some = np.unique(np.linspace(0, len(corridor.least) - 1, LOOKED_AT).round().astype(np.intp))
    builder = _Builder(corridor.rows(some), step, first, last, limit)
    whole = builder.vectors()
    if whole is None:
        return None
    vectors = np.round(whole * step, 12)
    return vectors[corridor.explains(vectors)] if len(vectors) else vectors


@dataclass
class _Builder:
    corridor: Corridor
    step: float
    first: Whole
    last: Whole
    limit: int

    def vectors(self) -> Whole | None:
        """Put vectors together part by part."""
        found = np.zeros((1, 0), dtype=np.int64)
        for part in range(self.corridor.parts):
            choices = np.arange(self.first[part], self.last[part] + 1)
            if len(found) * len(choices) > 10 * self.limit:
                return None
            longer = np.hstack(
                [np.repeat(found, len(choices), axis=0), np.tile(choices, len(found))[:, None]]
            )
            longer = longer[self._reach_sum(longer)]
            if not self.corridor.intercept:
                size = CHUNK // len(self.corridor.least)
                pieces = [longer[at : at + size] for at in range(0, len(longer), size)]
                longer = np.vstack([longer[:0], *(p[self._reach_rows(p)] for p in pieces)])
            if len(longer) > self.limit:
                return None
            found = longer
        return found

    def _reach_sum(self, vectors: Whole) -> NDArray[np.bool_]:
        if not self.corridor.sum_to_one:
            return np.ones(len(vectors), dtype=bool)
        rest = slice(vectors.shape[1], None)
        missing = round(1 / self.step) - vectors.sum(axis=1)
        return np.asarray((missing >= self.first[rest].sum()) & (missing <= self.last[rest].sum()))

    def _reach_rows(self, vectors: Whole) -> NDArray[np.bool_]:
        """Tell which vectors can still be continued into the corridor of every row."""
        corridor, done = self.corridor, vectors.shape[1]
        begun = vectors * self.step
        middle = begun @ corridor.middle[:, :done].T
        reach = np.abs(begun) @ corridor.half[:, :done].T + corridor.slack
        ends = np.stack([self.first[done:], self.last[done:]]) * self.step
        most = np.abs(ends).max(axis=0) @ corridor.half[:, done:].T
        rest = ends[:, None, :] * corridor.middle[None, :, done:]
        below, above = rest.min(axis=0).sum(axis=1) - most, rest.max(axis=0).sum(axis=1) + most
        inside = (middle - reach + below <= corridor.most) & (middle + reach + above >= corridor.least)
        return np.asarray(inside.all(axis=1))
