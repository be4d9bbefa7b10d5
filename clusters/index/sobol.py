"""How much of the variance of a result each uncertain input explains: Sobol indices.

Inputs may be single numbers or whole blocks, such as the weights of one group: all that the
estimators see are results of runs in which one input was exchanged between two independent samples.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RESAMPLES = 1000
LEVEL = 0.95
CELLS = 1 << 21
"""Numbers that a block of bootstrap samples holds at most."""


@dataclass(frozen=True)
class Indices:
    """Sobol indices of one result, with bootstrap intervals."""

    table: pd.DataFrame
    """Index ``source``; ``first_order``, ``first_order_low``, ``first_order_high``, ``total``, ``total_low``,
    ``total_high``."""
    mean: float
    """Mean of the result over both samples."""
    variance: float
    """Its variance over both (divisor: the number of runs)."""


def jansen(a: Floats, b: Floats, exchanged: Floats) -> tuple[Floats, Floats]:
    """Estimate first-order and total indices by the formulas of Jansen.

    ``S_i = 1 - mean((f(B) - f(AB_i))^2) / (2 V)`` and ``T_i = mean((f(A) - f(AB_i))^2) / (2 V)``, where
    ``A`` and ``B`` are independent samples of the inputs, ``AB_i`` is ``A`` with input ``i`` of ``B`` and
    ``V`` is the variance of the result: for ``T`` that over ``A`` and ``B`` together, for ``S`` half the
    mean of ``(f(B) - f(A))^2``. The latter errs as the mean that it divides does, so that an input without
    effect has exactly 0; with the former it would share an error of some 3 % of 1000 runs with all others.

    Parameters
    ----------
    a, b
        Results of the N runs of each sample, the runs last; leading axes are kept.
    exchanged
        Results with one input exchanged; an axis of the k inputs before that of the runs.

    Returns
    -------
    tuple of arrays
        First-order and total indices of the k inputs. Both lie in [0, 1] but for the error of the
        estimate; ``nan`` where the result does not vary.

    References
    ----------
    Jansen 1999, Computer Physics Communications 117; Saltelli et al. 2010, same journal 181.

    Examples
    --------
    The result is the first of two inputs:

    >>> a, b = np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.0, 1.0, 0.0, 1.0])
    >>> first, total = jansen(a, b, np.stack([b, a]))
    >>> first.tolist(), total.tolist()
    ([1.0, 0.0], [1.0, 0.0])
    """
    both = np.concatenate([a, b], axis=-1)
    twice = 2 * both.var(axis=-1)
    # The spread of numbers that are equal but for rounding explains nothing.
    still = twice <= 2 * (1e-12 * np.abs(both).max(axis=-1)) ** 2
    twice = np.where(still, np.nan, twice)[..., None]
    apart = ((b - a) ** 2).mean(axis=-1)[..., None]
    apart = np.where(np.isnan(twice) | (apart == 0), np.nan, apart)
    first = 1 - ((b[..., None, :] - exchanged) ** 2).mean(axis=-1) / apart
    total = ((a[..., None, :] - exchanged) ** 2).mean(axis=-1) / twice
    return first, total


def indices(
    a: Floats,
    b: Floats,
    exchanged: Floats,
    *,
    names: Sequence[str] | None = None,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> Indices:
    """Estimate Sobol indices and their bootstrap intervals from the results of runs.

    Parameters
    ----------
    a, b
        Results of the N runs of two independent samples.
    exchanged
        One row per input: results of the first sample with that input of the second.
    names
        Names of the inputs; by default their numbers.
    resamples
        Bootstrap samples of the runs; 0 leaves the intervals empty (``nan``).
    level
        Of the intervals, which hold the middle share of the bootstrap samples.
    seed
        Of the bootstrap.

    Returns
    -------
    Indices
        A row per input. ``nan`` throughout where the result does not vary.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> a, b = random.random((2, 4000, 2))
    >>> mixed = [np.column_stack([b[:, 0], a[:, 1]]), np.column_stack([a[:, 0], b[:, 1]])]
    >>> result = lambda x: 3 * x[:, 0] + x[:, 1]
    >>> found = indices(result(a), result(b), np.stack([result(x) for x in mixed]))
    >>> found.table["first_order"].round(1).tolist()  # 9/10 and 1/10
    [0.9, 0.1]
    """
    a, b, exchanged = (np.asarray(x, np.float64) for x in (a, b, exchanged))
    if a.ndim != 1 or a.shape != b.shape or exchanged.shape != (len(exchanged), a.size) or a.size < 2:
        raise ValueError(
            "a and b need the same number of runs (at least 2), exchanged a row of them per input"
        )
    first, total = jansen(a, b, exchanged)
    low, high = _intervals(a, b, exchanged, resamples, level, seed)
    index = pd.Index(range(len(exchanged)) if names is None else list(names), name="source")
    columns = {
        "first_order": first,
        "first_order_low": low[0],
        "first_order_high": high[0],
        "total": total,
        "total_low": low[1],
        "total_high": high[1],
    }
    both = np.concatenate([a, b])
    return Indices(pd.DataFrame(columns, index=index), float(both.mean()), float(both.var()))


def sobol(
    function: Callable[[Floats], Floats],
    inputs: int,
    *,
    runs: int = 1024,
    quasi: bool = True,
    names: Sequence[str] | None = None,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    seed: int = 0,
) -> Indices:
    """Estimate Sobol indices of a function of independent uniform inputs.

    Parameters
    ----------
    function
        Takes an array with a row of inputs in [0, 1) per run and returns one result per run.
    inputs
        Number of inputs k.
    runs
        Size N of either sample; the function is evaluated N (k + 2) times.
    quasi
        Draw the samples from a scrambled Sobol sequence instead of at random; best with a power of 2.
    names, resamples, level
        As in ``indices``.
    seed
        Of the samples and of the bootstrap.

    Returns
    -------
    Indices
        A row per input.

    Examples
    --------
    >>> found = sobol(lambda x: x[:, 0] + x[:, 0] * x[:, 1], 2, runs=4096, names=["x", "y"])
    >>> found.table[["first_order", "total"]].round(2).to_numpy().tolist()  # 27/31, 28/31; 3/31, 4/31
    [[0.87, 0.9], [0.1, 0.13]]
    """
    if quasi:
        from scipy.stats import qmc

        points = qmc.Sobol(2 * inputs, rng=np.random.default_rng(seed)).random(runs)
    else:
        points = np.random.default_rng(seed).random((runs, 2 * inputs))
    a, b = points[:, :inputs], points[:, inputs:]
    results = [function(a), function(b)]
    for i in range(inputs):
        mixed = a.copy()
        mixed[:, i] = b[:, i]
        results.append(function(mixed))
    return indices(
        results[0],
        results[1],
        np.stack(results[2:]),
        names=names,
        resamples=resamples,
        level=level,
        seed=seed,
    )


def _intervals(
    a: Floats, b: Floats, exchanged: Floats, resamples: int, level: float, seed: int
) -> tuple[Floats, Floats]:
    """Ends of the bootstrap intervals: rows first-order and total, columns inputs."""
    k, n = exchanged.shape
    if resamples < 1:
        nothing = np.full((2, k), np.nan)
        return nothing, nothing
    random = np.random.default_rng([seed, 1])
    at_once = max(1, CELLS // (n * max(k, 1)))
    found = []
    for begin in range(0, resamples, at_once):
        chosen = random.integers(n, size=(min(at_once, resamples - begin), n))
        mixed = np.moveaxis(exchanged[:, chosen], 0, 1)
        found.append(np.stack(jansen(a[chosen], b[chosen], mixed)))
    drawn = np.concatenate(found, axis=1)
    # A bootstrap sample in which nothing varies has no index.
    if np.isnan(drawn).all(axis=1).any():
        return np.full((2, k), np.nan), np.full((2, k), np.nan)
    tail = (1 - level) / 2
    low, high = np.nanquantile(drawn, [tail, 1 - tail], axis=1)
    return low, high
