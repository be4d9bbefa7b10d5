"""What rounding allows: weights whose exact numbers would print as the table does.

A printed x stands for any number from x - h to x + h, h half a unit of its last digit. Weights w
explain a row if some numbers within these reaches satisfy total = sum w x exactly. With weights of known
sign that is two linear inequalities a row, so the least and the largest value of every weight are linear
programmes. Where a sign is not known yet, |w| is replaced by the chord over the interval known so far,
which only widens what is found.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SLACK = 1e-9
"""Rounding of the computer, relative to the largest number of the table."""
PRECISE = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
ROUNDS = 4
"""Times the chords are narrowed."""


@dataclass(frozen=True)
class Corridor:
    """Printed rows with their reaches, and what is asked of the weights."""

    middle: Floats
    """Rows x parts: middle of what each cell stands for."""
    half: Floats
    """Rows x parts: half of its reach."""
    least: Floats
    """Rows: the least total that prints so, and"""
    most: Floats
    """the largest."""
    nonnegative: bool = True
    sum_to_one: bool = True
    intercept: bool = False

    @property
    def parts(self) -> int:
        """Number of weights."""
        return int(self.middle.shape[1])

    @property
    def slack(self) -> float:
        """What the computer's own rounding may move a row by."""
        return SLACK * max(1e-300, float(np.abs(np.concatenate([self.least, self.most])).max()))

    def exactly(self, middle: Floats, least: Floats, most: Floats) -> Corridor:
        """Return the corridor of fits between two bounds of the totals, with cells taken as exact."""
        return replace(self, middle=middle, half=np.zeros_like(self.half), least=least, most=most)

    def rows(self, kept: NDArray[np.intp]) -> Corridor:
        """Return the corridor of some rows."""
        parts = (self.middle[kept], self.half[kept], self.least[kept], self.most[kept])
        return Corridor(*parts, self.nonnegative, self.sum_to_one, self.intercept)

    def box(self) -> tuple[Floats, Floats]:
        """Return limits of the weights that hold before any row is looked at."""
        if self.nonnegative:
            return np.zeros(self.parts), np.full(self.parts, 1.0 if self.sum_to_one else np.inf)
        return self._by_least_squares()

    def _by_least_squares(self) -> tuple[Floats, Floats]:
        """Bound weights of either sign by what rounding can move the least-squares weights.

        With residuals r within b = h_t + sum_j h_j |w_j| the fit differs from the weights by P r, P the
        pseudo-inverse, so |w - fit| <= |P| b, and b itself grows by at most half |w - fit|.
        """
        matrix, right, half, reach = self._stacked()
        unbounded = np.full(self.parts, -np.inf), np.full(self.parts, np.inf)
        if np.linalg.matrix_rank(matrix) < matrix.shape[1]:
            return unbounded
        inverse = np.linalg.pinv(matrix)
        fit = (inverse @ right)[: self.parts]
        strength = np.abs(inverse[: self.parts])
        grown = strength @ half
        if np.abs(np.linalg.eigvals(grown)).max() >= 1:
            return unbounded
        off = np.linalg.solve(np.eye(self.parts) - grown, strength @ (reach + half @ np.abs(fit)))
        return fit - off, fit + off

    def _stacked(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Return matrix, right side, half reaches of cells and of totals, the sum of weights as a row."""
        n, k = self.middle.shape
        matrix = np.hstack([self.middle, np.ones((n, 1))]) if self.intercept else self.middle
        right, reach = (self.least + self.most) / 2, (self.most - self.least) / 2 + self.slack
        if not self.sum_to_one:
            return matrix, right, self.half, reach
        row = np.concatenate([np.ones(k), np.zeros(matrix.shape[1] - k)])
        return (
            np.vstack([matrix, row]),
            np.append(right, 1.0),
            np.vstack([self.half, np.zeros(k)]),
            np.append(reach, 0.0),
        )

    def intervals(self) -> tuple[Floats, Floats] | None:
        """Return the least and the largest value of every weight, ``None`` where no weights explain all.

        Infinite where nothing bounds a weight.
        """
        low, high = self.box()
        settled = self.nonnegative
        if not np.isfinite(low).all():
            return low, high
        for _ in range(1 if settled else ROUNDS):
            found = self._extremes(low, high)
            if found is None:
                return None
            narrower = (found[1] - found[0]).sum() < 0.999 * (high - low).sum()
            low, high = np.maximum(low, found[0]), np.minimum(high, found[1])
            if not narrower or (np.sign(low) == np.sign(high)).all():
                break
        if not settled:
            found = self._extremes(low, high)
            return None if found is None else found
        return low, high

    def _extremes(self, low: Floats, high: Floats) -> tuple[Floats, Floats] | None:
        rows = self._inequalities(low, high)
        bounds = [*zip(low, high, strict=True), *([(None, None)] if self.intercept else [])]
        found = np.empty((2, self.parts))
        for part in range(self.parts):
            for end, sign in enumerate((1.0, -1.0)):
                cost = np.zeros(len(bounds))
                cost[part] = sign
                status, value, _ = _solved(cost, *rows, self._sum(len(bounds)), bounds)
                if status == 2:
                    return None
                found[end, part] = sign * value if status == 0 else -sign * np.inf
        return np.clip(found[0], low, high), np.clip(found[1], low, high)

    def _inequalities(self, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        """Return A and b of the rows A w <= b."""
        with np.errstate(divide="ignore", invalid="ignore"):
            slope = np.where(low >= 0, 1.0, np.where(high <= 0, -1.0, (high + low) / (high - low)))
            at = np.where((low >= 0) | (high <= 0), 0.0, -2 * low * high / (high - low))
        free = np.ones((len(self.least), 1)) if self.intercept else np.empty((len(self.least), 0))
        under = np.hstack([self.middle - self.half * slope, free])
        over = np.hstack([self.middle + self.half * slope, free])
        wider = self.half @ at + self.slack
        return np.vstack([under, -over]), np.concatenate([self.most + wider, wider - self.least])

    def _sum(self, size: int) -> tuple[Floats | None, Floats | None]:
        if not self.sum_to_one:
            return None, None
        row = np.zeros((1, size))
        row[0, : self.parts] = 1
        return row, np.ones(1)

    def explains(self, weights: Floats) -> NDArray[np.bool_]:
        """Tell for each of several vectors of weights whether it explains every row."""
        middle = weights @ self.middle.T
        reach = np.abs(weights) @ self.half.T + self.slack
        least, most = self.least - middle - reach, self.most - middle + reach
        if self.intercept:  # some constant does for all rows
            return np.asarray(least.max(axis=1) <= most.min(axis=1))
        return np.asarray(((least <= 0) & (most >= 0)).all(axis=1))

    def closest(self, guess: Floats) -> tuple[Floats, float, float]:
        """Return weights whose largest misfit is least, their constant and the misfit beyond all reaches."""
        weights, constant, extra = self._relaxed(guess, common=True)
        return weights, constant, float(extra[0])

    def breaking(self, guess: Floats) -> Floats:
        """Return by how much each row must give way so that the others can be explained: few rows, not much.

        The least sum of excesses: 0 for the rows that are explained together.
        """
        return self._relaxed(guess, common=False)[2]

    def _relaxed(self, guess: Floats, *, common: bool) -> tuple[Floats, float, Floats]:
        """Let rows give way, all by the same amount or each by its own, by as little as possible."""
        n = len(self.least)
        if self.nonnegative:
            low, high = self.box()
        else:  # signs as in the guess
            low, high = np.where(guess < 0, -np.inf, 0.0), np.where(guess < 0, 0.0, np.inf)
        matrix, right = self._inequalities(low, high)
        extra = np.ones((2 * n, 1)) if common else np.tile(np.eye(n), (2, 1))
        free = [(None, None)] if self.intercept else []
        size = self.parts + len(free)
        bounds = [*zip(low, high, strict=True), *free, *[(0.0, None)] * extra.shape[1]]
        cost = np.concatenate([np.zeros(size), np.ones(extra.shape[1])])
        _, _, found = _solved(cost, np.hstack([matrix, -extra]), right, self._sum(len(bounds)), bounds)
        return found[: self.parts], float(found[self.parts]) if free else 0.0, found[size:]


def _solved(
    cost: Floats, matrix: Floats, right: Floats, equal: tuple[Floats | None, Floats | None], bounds: list[Any]
) -> tuple[int, float, Floats]:
    """Solve a linear programme; rows are scaled so that the solver's tolerance is relative."""
    from scipy.optimize import linprog

    scale = np.abs(matrix).max(axis=1)
    scale[scale == 0] = 1.0
    found = linprog(
        cost, matrix / scale[:, None], right / scale, *equal, bounds=bounds, method="highs", options=PRECISE
    )
    return (
        int(found.status),
        float(found.fun or 0.0),
        np.asarray(found.x if found.x is not None else [np.nan]),
    )
