"""Least squares with weights of 0 or above and sum 1, exact: an active set of parts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
TOLERANCE = 1e-10


def least_squares(
    matrix: Floats,
    right: Floats,
    *,
    nonnegative: bool = True,
    sum_to_one: bool = True,
    intercept: bool = False,
) -> tuple[Floats, float]:
    """Minimise |right - matrix w - constant| over the weights that are allowed.

    Parameters
    ----------
    matrix, right
        Rows x parts, rows.
    nonnegative, sum_to_one
        What is asked of the weights.
    intercept
        Fit a constant too; else it is 0.

    Returns
    -------
    tuple
        Weights, and the constant. Where several are best (collinear parts) one of them.

    Notes
    -----
    Lawson and Hanson's active set with the sum as a further condition: parts enter while that lowers
    the squares and leave where they would turn negative, so the result solves the problem exactly.
    """
    means = (matrix.mean(axis=0), right.mean()) if intercept else (np.zeros(matrix.shape[1]), 0.0)
    x, y = matrix - means[0], right - means[1]
    weights = _signed(x, y, sum_to_one) if not nonnegative else _active_set(x, y, sum_to_one)
    return weights, float(means[1] - means[0] @ weights)


def _signed(x: Floats, y: Floats, sum_to_one: bool) -> Floats:
    """Fit without a sign condition."""
    k = x.shape[1]
    if not sum_to_one:
        free: Floats = np.asarray(np.linalg.lstsq(x, y, rcond=None)[0], dtype=np.float64)
        return free
    start = np.full(k, 1 / k)
    if k == 1:
        return start
    across = np.linalg.qr(np.column_stack([np.ones(k), np.eye(k)[:, 1:]]))[0][:, 1:]  # sum 0 each
    fitted: Floats = start + across @ np.linalg.lstsq(x @ across, y - x @ start, rcond=None)[0]
    return fitted


def _active_set(x: Floats, y: Floats, sum_to_one: bool) -> Floats:
    k = x.shape[1]
    weights = np.full(k, 1 / k) if sum_to_one else np.zeros(k)
    inside = np.full(k, sum_to_one)
    scale = max(float(np.linalg.norm(x, 2)) * float(np.linalg.norm(y)), 1e-300)
    for _ in range(20 * k + 20):
        while inside.any():
            wanted = np.zeros(k)
            wanted[inside] = _signed(x[:, inside], y, sum_to_one)
            negative = inside & (wanted < -TOLERANCE)
            if not negative.any():
                weights = np.maximum(wanted, 0.0)
                break
            room = weights[negative] / (weights[negative] - wanted[negative])
            weights = weights + room.min() * (wanted - weights)
            inside &= weights > TOLERANCE
            weights = np.where(inside, weights, 0.0)
        slope = x.T @ (y - x @ weights)
        level = slope[inside].mean() if sum_to_one else 0.0
        gain = np.where(inside, -np.inf, slope - level)
        if gain.max() <= TOLERANCE * scale:
            break
        inside[int(np.argmax(gain))] = True
    return weights / weights.sum() if sum_to_one else weights
