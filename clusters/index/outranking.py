"""Aggregates that compare units with each other: pairwise outranking, and closeness to the best."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NAN = float("nan")
EVEN = 1e-12
"""Net weights closer to 0 than this are a tie: sums of weights round."""
CELLS = 4_000_000
"""Numbers held at once while pairs are compared (32 MB)."""


@dataclass(frozen=True, slots=True)
class Outranking:
    """How far units outrank each other."""

    shares: pd.DataFrame
    """Square: weight of the indicators on which the row is better than the column, ties half, of the
    indicators that both have. 0 on the diagonal, NaN where a pair has no indicator in common."""
    dominant_pairs: int
    """Pairs of which one is better on every indicator that both have."""
    dominant_share: float
    """Their share of all pairs; NaN with one unit."""


def outranking(frame: pd.DataFrame, weights: pd.Series | None = None) -> Outranking:
    """Compare every unit with every other, indicator by indicator.

    Parameters
    ----------
    frame
        Units by indicators, more is better; NaN is missing.
    weights
        Weights by indicator, rescaled to sum 1; equal by default.

    Returns
    -------
    Outranking
        The matrix of shares (0 to 1) and the pairs that no choice of weights could turn round; a
        pair that is equal on one indicator is not among them, as in COINr.

    References
    ----------
    Munda, Nardo 2009; ``outrankMatrix`` of the R package COINr.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [1, 2, 3], "b": [3, 2, 1], "c": [1, 2, 2]}, index=list("xyz"))
    >>> outranking(frame).shares.loc["y"].round(3).tolist()
    [0.667, 0.0, 0.5]
    """
    values = frame.to_numpy(float)
    given = np.ones(values.shape[1]) if weights is None else weights.reindex(frame.columns).to_numpy(float)
    if not (np.isfinite(given).all() and (given >= 0).all() and given.sum() > 0):
        raise ValueError("weights must be known for every indicator, 0 or above and not all 0")
    net = np.full((len(values), len(values)), NAN)
    for start, wins, common in _compared(values, given[:, None] / given.sum()):
        both = common[..., 0]
        part = np.divide(wins[..., 0], both, out=np.full(both.shape, NAN), where=both > EVEN)
        net[start : start + len(part)] = part
    shares = (1 + net) / 2
    np.fill_diagonal(shares, 0.0)
    pairs = len(values) * (len(values) - 1) // 2
    dominant = int((net > 1 - EVEN).sum())
    square = pd.DataFrame(shares, index=frame.index, columns=frame.index)
    return Outranking(square, dominant, dominant / pairs if pairs else NAN)


def copeland(values: Floats, shares: Floats) -> Floats:
    """Count the units that each unit outranks, less those that outrank it.

    Parameters
    ----------
    values
        n units by k indicators, more is better; NaN is missing.
    shares
        k indicators by D sets of weights.

    Returns
    -------
    ndarray
        n by D, from -(n - 1) to n - 1; a pair counts where more than half of the weight of the
        indicators that both have is on one side. NaN for a unit without any data; it is not
        compared with.

    References
    ----------
    Copeland 1951; ``a_copeland`` of the R package COINr.
    """
    scores = np.zeros((len(values), shares.shape[1]))
    # So many draws at once that a block with one row of pairs still fits.
    width = max(CELLS // max(4 * len(values), 1), 1)
    for first in range(0, shares.shape[1], width):
        draws = slice(first, first + width)
        for start, wins, _ in _compared(values, shares[:, draws]):
            outranked = (wins > EVEN).sum(axis=1) - (wins < -EVEN).sum(axis=1)
            scores[start : start + len(wins), draws] = outranked
    scores[np.isnan(values).all(axis=1)] = NAN
    return scores


def topsis(values: Floats, shares: Floats, scaling: str = "none") -> Floats:
    """Compute how close each unit is to the best of every indicator rather than to the worst.

    C = d- / (d+ + d-) with d+ = sqrt(sum (w (best - x))^2) and d- alike from the worst (TOPSIS; with
    entropy weights 熵权 TOPSIS).

    Parameters
    ----------
    values
        n units by k indicators, more is better; NaN is missing.
    shares
        k indicators by D sets of weights with sum 1.
    scaling
        ``none`` for values that are normalised already, ``vector`` divides each indicator by the
        root of its sum of squares.

    Returns
    -------
    ndarray
        n by D, 0 (worst of all indicators) to 1 (best of all). Of a unit that lacks indicators the
        distances are those of the others, with weights rescaled. NaN where all units are equal.

    References
    ----------
    Hwang, Yoon 1981.
    """
    there = ~np.isnan(values)
    if scaling == "vector":
        length = np.sqrt(np.nansum(values**2, axis=0))
        values = np.divide(values, length, out=np.zeros_like(values), where=length > 0)
    best, worst = np.fmax.reduce(values, axis=0), np.fmin.reduce(values, axis=0)
    # Rescaling the weights of what a unit has divides both distances by the same number: it cancels.
    to_best, to_worst = (
        np.sqrt(np.where(there, (values - ideal) ** 2, 0.0) @ shares**2) for ideal in (best, worst)
    )
    both = to_best + to_worst
    found: Floats = np.divide(to_worst, both, out=np.full_like(both, NAN), where=both > 0)
    return found


def _compared(values: Floats, shares: Floats) -> Iterator[tuple[int, Floats, Floats]]:
    """Yield the first row of a block, the net weight on its side and the weight in common.

    Both are rows of the block by n units by D sets of weights; what one of a pair lacks is left out.
    """
    n, k = values.shape
    rows = max(CELLS // max(n * (2 * k + 2 * shares.shape[1]), 1), 1)
    there = ~np.isnan(values)
    known = np.where(there, values, 0.0)
    for start in range(0, n, rows):
        block = slice(start, start + rows)
        both = (there[block, None] & there).astype(float)
        yield start, (np.sign(known[block, None] - known) * both) @ shares, both @ shares
