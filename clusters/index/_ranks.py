"""Ranks of the same units in many draws, and what is counted of them.

Scores of equal units must tie however the numbers were added up. In each draw, units whose
neighbours in the order differ by no more than ``TIE`` of the largest score in size therefore share
the better rank. Everything that is told of draws is counted from these whole numbers, so that the
last digits of scores, which depend on the processor, cannot change it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ranks = NDArray[np.int32]
Counts = NDArray[np.int64]

TIE = 1e-12
"""Scores that differ by this share of the largest score in size are equal."""
FLUSH = 255
"""As many draws as a byte can count."""


def rank_rows(scores: Floats, tie: float = TIE) -> Ranks:
    """Rank the units of each draw: 1 the largest score, ties share the better rank, 0 without a score.

    Examples
    --------
    >>> rank_rows(np.array([[0.1 + 0.2, 0.3, np.nan, 0.5]])).tolist()
    [[2, 2, 0, 1]]
    """
    draws, n = scores.shape
    # A stable order of what is nearly equal would not matter: such units share a rank.
    order = np.argsort(-scores, axis=1)  # NaN last
    ordered = np.take_along_axis(scores, order, axis=1)
    size = np.fmax.reduce(np.abs(scores), axis=1, initial=0.0)
    first = np.ones((draws, n), bool)
    first[:, 1:] = ~(ordered[:, :-1] - ordered[:, 1:] <= tie * size[:, None])
    place = np.where(first, np.arange(1, n + 1, dtype=np.int32), np.int32(0))
    np.maximum.accumulate(place, axis=1, out=place)
    place[np.isnan(ordered)] = 0
    ranks = np.empty((draws, n), np.int32)
    np.put_along_axis(ranks, order, place, axis=1)
    return ranks


def shifts(ranks: Ranks, reference: Ranks) -> Floats:
    """Average shift of each draw: mean of ``|reference - rank|`` over the units ranked in both.

    Examples
    --------
    >>> shifts(np.array([[1, 2, 3], [3, 1, 2]], np.int32), np.array([1, 2, 3], np.int32)).tolist()
    [0.0, 1.3333333333333333]
    """
    both = (ranks > 0) & (reference > 0)
    moved = np.where(both, np.abs(ranks - reference), 0).sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(moved / both.sum(axis=1), np.float64)


@dataclass
class Tally:
    """Counts over draws, in whole numbers: adding blocks in any order gives the same."""

    acceptability: Counts
    """Draws in which unit i (row) has rank r (column r - 1)."""
    ahead: Counts | None
    """Draws in which unit i (row) ranks better than unit j (column); ``None`` where not asked for."""
    both: Counts | None
    """Draws in which both have a rank."""
    draws: int = 0

    @classmethod
    def empty(cls, n: int, *, pairs: bool = True) -> Tally:
        """Begin with no draw of ``n`` units."""
        square = (n, n)
        return cls(
            np.zeros(square, np.int64),
            np.zeros(square, np.int64) if pairs else None,
            np.zeros(square, np.int64) if pairs else None,
        )

    def add(self, ranks: Ranks) -> None:
        """Count a block of draws."""
        draws, n = ranks.shape
        cell = np.arange(n) * (n + 1) + ranks
        counted = np.bincount(cell.ravel(), minlength=n * (n + 1)).reshape(n, n + 1)
        self.acceptability += counted[:, 1:]
        self.draws += draws
        if self.ahead is not None and self.both is not None:
            ahead, both = _pairs(ranks)
            self.ahead += ahead
            self.both += both

    def chances(self) -> Floats:
        """P(rank = r) over the draws in which the unit has a rank; NaN where it never has one."""
        counted = self.acceptability.sum(axis=1, keepdims=True)
        with np.errstate(invalid="ignore"):
            return np.asarray(self.acceptability / counted, np.float64)

    def dominance(self) -> Floats:
        """P(i ranks better than j) over the draws in which both have a rank; a tie counts half."""
        if self.ahead is None or self.both is None:
            raise ValueError("pairs were not counted")
        with np.errstate(invalid="ignore"):
            # What is not behind is ahead or tied: (ahead + not behind) / 2.
            return np.asarray((self.ahead + self.both - self.ahead.T) / (2 * self.both), np.float64)

    def quantile(self, share: float) -> Floats:
        """Smallest rank r with P(rank <= r) >= share: a rank that occurs (type 1)."""
        upto = self.acceptability.cumsum(axis=1)
        total = upto[:, -1:]
        enough = upto >= np.maximum(np.ceil(share * total - 1e-9), 1)
        return np.where(total[:, 0] > 0, enough.argmax(axis=1) + 1.0, np.nan)

    def median(self) -> Floats:
        """Middle rank of the draws, or half way between the two middle ones."""
        upto = self.acceptability.cumsum(axis=1)
        total = upto[:, -1:]
        lower = (upto >= (total + 1) // 2).argmax(axis=1)
        upper = (upto >= total // 2 + 1).argmax(axis=1)
        return np.where(total[:, 0] > 0, (lower + upper) / 2 + 1, np.nan)

    def mean(self) -> Floats:
        """Mean rank over the draws in which the unit has one."""
        n = len(self.acceptability)
        total = self.acceptability.sum(axis=1)
        with np.errstate(invalid="ignore"):
            return np.asarray((self.acceptability @ np.arange(1, n + 1)) / total, np.float64)


def _pairs(ranks: Ranks) -> tuple[Counts, Counts]:
    """Count for every pair in how many draws the first ranks better, and in how many both rank."""
    draws, n = ranks.shape
    missing = ranks == 0
    # Without a rank counts as behind everybody; these draws are taken off again below.
    small = np.where(missing, n + 1, ranks).astype(np.int16 if n < 2**15 - 1 else np.int32)
    ahead = np.zeros((n, n), np.int64)
    counted = np.zeros((n, n), np.uint8)
    better = np.empty((n, n), bool)
    for draw in range(draws):
        # A pair of small arrays at a time stays in the cache of the processor.
        row = small[draw]
        np.less(row[:, None], row[None, :], out=better)
        np.add(counted, better.view(np.uint8), out=counted)
        if draw % FLUSH == FLUSH - 1 or draw == draws - 1:
            ahead += counted
            counted[:] = 0
    if not missing.any():
        return ahead, np.full((n, n), draws, np.int64)
    ranked = (~missing).astype(np.float64)  # whole numbers below 2^53: exact in any order
    both = (ranked.T @ ranked).round().astype(np.int64)
    return ahead - (ranked.T @ (1 - ranked)).round().astype(np.int64), both
