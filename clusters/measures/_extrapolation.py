"""Fixed points of slow iterations, found by extrapolating from the last steps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MEMORY = 8
"""Steps from which the next one is extrapolated."""
PATIENCE = 2000
"""Steps after which the search is given up where the residual falls no more."""


def fixed_point(
    step: Callable[[Floats], tuple[Floats, float]], start: Floats, tolerance: float, most: int
) -> tuple[Floats, int, bool]:
    """Repeat a step that lowers a residual until nothing moves, extrapolating from the last steps.

    An extrapolation that raises the residual is taken back. Numbers that fade away, those of other
    components, are set to 0 before they become too small to reckon with.

    References
    ----------
    Anderson 1965; Walker, Ni 2011.
    """
    here, plain, lowest = start, start, np.inf
    past: list[Floats] = []
    moves: list[Floats] = []
    best = reached = np.inf
    for number in range(1, most + 1):
        if number % PATIENCE == 0:
            if reached - best <= 1e-12 * abs(best):
                return plain, number, False
            reached = best
        there, residual = step(here)
        best = min(best, residual)
        if past and residual > lowest + 1e-12 * abs(lowest):
            past, moves, here, lowest = [], [], plain, np.inf
            continue
        there[there < 1e-100 * there.max()] = 0.0
        lowest, plain, move = residual, there, there - here
        if np.abs(move).max() <= tolerance * there.max():
            return there, number, True
        past, moves = [*past, there][-MEMORY:], [*moves, move][-MEMORY:]
        here = there
        if len(past) > 2:
            bent = np.diff(moves, axis=0)
            square = bent @ bent.T
            square += 1e-14 * np.trace(square) * np.eye(len(square))
            further = there - np.linalg.lstsq(square, bent @ move, rcond=None)[0] @ np.diff(past, axis=0)
            here = np.where(further > 0, further, there)
    return plain, most, False
