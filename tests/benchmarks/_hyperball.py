"""HyperBall after Boldi and Vigna 2013, small and plain: what sampled sources are compared with.

A register per node and column holds the largest number of leading zeros seen among the nodes
within reach; one step takes the maximum over out-neighbours. Counts come from the registers by
HyperLogLog's formula with its correction for small counts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Registers = NDArray[np.uint8]


def average_path_length(n: int, source: Any, target: Any, *, registers: int, seed: int) -> float:
    """Estimate the mean distance over reachable pairs; edges sorted by source."""
    state = _begin(n, registers, seed)
    counts = [_balls(state).sum()]
    step = _compiled() or _step
    start = np.searchsorted(source, np.arange(n + 1)).astype(np.int64)
    target = np.ascontiguousarray(target, np.int64)
    while True:
        after = step(state, start, target)
        if np.array_equal(after, state):
            break
        state = after
        counts.append(_balls(state).sum())
    pairs = np.diff(counts)
    return float(np.arange(1, pairs.size + 1) @ pairs / pairs.sum())


def _begin(n: int, m: int, seed: int) -> Registers:
    random = np.random.default_rng(seed)
    state = np.zeros((n, m), np.uint8)
    zeros = np.floor(-np.log2(1 - random.random(n))) + 1
    state[np.arange(n), random.integers(m, size=n)] = np.minimum(zeros, 255)
    return state


def _balls(state: Registers) -> NDArray[np.float64]:
    m = state.shape[1]
    alpha = {16: 0.673, 32: 0.697, 64: 0.709}.get(m, 0.7213 / (1 + 1.079 / m))
    counts = np.empty(state.shape[0])
    powers = 2.0 ** -np.arange(256)
    for part in range(0, state.shape[0], 65536):
        rows = state[part : part + 65536]
        raw = alpha * m * m / powers[rows].sum(axis=1)
        empty = (rows == 0).sum(axis=1)
        linear = m * np.log(m / np.maximum(empty, 1))
        counts[part : part + 65536] = np.where((raw <= 2.5 * m) & (empty > 0), linear, raw)
    return counts


def _step(state: Registers, start: NDArray[np.int64], target: NDArray[np.int64]) -> Registers:
    after = state.copy()
    givers = np.flatnonzero(np.diff(start))
    if givers.size:
        seen = np.maximum.reduceat(state[target], start[givers], axis=0)
        after[givers] = np.maximum(after[givers], seen)
    return after


def _compiled() -> Any:
    """Return the same step compiled, where numba is installed."""
    try:
        import numba
    except ImportError:
        return None
    global _JIT
    if _JIT is None:
        _JIT = numba.njit(_loop)
    return _JIT


_JIT: Any = None


def _loop(state, start, target):  # type: ignore[no-untyped-def]
    after = state.copy()
    for node in range(start.size - 1):
        for k in range(start[node], start[node + 1]):
            for j in range(state.shape[1]):
                if state[target[k], j] > after[node, j]:
                    after[node, j] = state[target[k], j]
    return after
