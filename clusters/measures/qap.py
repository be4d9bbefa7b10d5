"""QAP: whether two squares of numbers between places are related, as cells of one place go together (F12).

The cells of a row and of a column share a place, so a test that takes them as independent finds
relations where there are none. The quadratic assignment procedure (二次指派程序) keeps each square as
it is and only permutes which place is which: rows and columns together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.measures._collinear import COLLINEAR, independent
from clusters.measures._threads import pool

Floats = NDArray[np.float64]
NAN = float("nan")
PERMUTATIONS = 2000
AT_ONCE = 1 << 21
"""Cells of permuted squares held at a time by each thread."""
TIES = 1e-12
"""A permuted statistic this close to the observed one is equal to it, up to rounding."""


@dataclass(frozen=True, slots=True)
class QapCorrelation:
    """Correlation of two squares with its permutation test."""

    correlation: float
    p: float
    """Two-sided: permuted correlations at least as far from 0."""
    p_greater: float
    """Permuted correlations at least as large."""
    p_less: float
    """Permuted correlations at most as large."""
    null_mean: float
    null_sd: float
    """Mean and standard deviation of the permuted correlations."""
    cells: int
    permutations: int
    seed: int


@dataclass(frozen=True, slots=True)
class QapRegression:
    """Regression of one square on others with its permutation tests."""

    coefficients: pd.DataFrame
    """Index ``statistic``: ``constant`` and the names of the regressors; ``coefficient``,
    ``standardised``, ``t``, ``p``, ``p_greater``, ``p_less``; NaN where a regressor adds nothing. The
    constant has no ``standardised`` and no test."""
    r2: float
    cells: int
    permutations: int
    seed: int


def qap_correlation(
    one: pd.DataFrame, other: pd.DataFrame, *, permutations: int = PERMUTATIONS, seed: int = 0
) -> QapCorrelation:
    """Correlate two squares over the cells off the diagonal and test it by permuting the places.

    Parameters
    ----------
    one, other
        Squares over the same places, in the same order; diagonals are ignored.
    permutations
        Random permutations of rows and columns together.
    seed
        Of the permutations; results do not depend on the number of processors.

    Returns
    -------
    QapCorrelation
        Pearson's r, -1 to 1, with p = (1 + number of permuted values at least as extreme) /
        (1 + permutations): never 0. NaN where one of the squares is constant off the diagonal.

    Raises
    ------
    ValueError
        Squares of different places, fewer than 3 places, a missing cell off the diagonal.

    References
    ----------
    Methods F12; Mantel 1967; Hubert, Schultz 1976; Krackhardt 1988.

    Examples
    --------
    >>> places = list("abcde")
    >>> near = pd.DataFrame(np.abs(np.subtract.outer(range(5), range(5))), places, places)
    >>> found = qap_correlation(near, -2 * near, permutations=199)
    >>> round(found.correlation, 6), found.p_less < 0.05, found.p_greater
    (-1.0, True, 1.0)
    """
    x, y = _squares({"one": one, "other": other})
    n = len(one)
    apart = ~np.eye(n, dtype=bool)
    centred = [np.where(apart, square - square[apart].mean(), 0.0) for square in (x, y)]
    size = float(np.prod([np.linalg.norm(square) for square in centred]))
    scale = float(np.prod([np.linalg.norm(square[apart]) for square in (x, y)]))
    cells = n * (n - 1)
    if size <= COLLINEAR * scale or size == 0:
        return QapCorrelation(NAN, NAN, NAN, NAN, NAN, NAN, cells, permutations, seed)
    fixed = centred[0].reshape(-1, 1)
    observed = float((centred[1].reshape(-1) @ fixed)[0] / size)
    parts = [part[:, 0] / size for part in _products(centred[1], fixed, permutations, seed)]
    permuted = np.concatenate(parts) if parts else np.empty(0)
    return QapCorrelation(
        observed,
        *_p_values(observed, permuted),
        null_mean=float(permuted.mean()) if permuted.size else NAN,
        null_sd=float(permuted.std()) if permuted.size else NAN,
        cells=cells,
        permutations=permutations,
        seed=seed,
    )


def qap_regression(
    outcome: pd.DataFrame,
    regressors: Mapping[str, pd.DataFrame],
    *,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> QapRegression:
    """Regress a square on others (MRQAP) and test each by double semi-partialling.

    Least squares over the cells off the diagonal. For each regressor the part of it that the others
    do not explain is permuted, rows and columns together, and put back in its place; its t is
    compared with those so found (Dekker, Krackhardt, Snijders 2007). Permuting the outcome instead would
    give wrong p where regressors go together.

    Parameters
    ----------
    outcome, regressors
        Squares over the same places, in the same order; diagonals are ignored.
    permutations, seed
        As in ``qap_correlation``; the same permutations for each regressor.

    Returns
    -------
    QapRegression
        ``p`` is two-sided, (1 + number of permuted t at least as far from 0) / (1 + permutations). A
        regressor that the ones before it explain wholly is left out (NaN).

    Raises
    ------
    ValueError
        As in ``qap_correlation``; no regressor, or as many as cells.

    References
    ----------
    Methods F12; Dekker, Krackhardt, Snijders 2007 (double semi-partialling); Frisch, Waugh 1933.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x, z, noise = (pd.DataFrame(rng.normal(size=(9, 9))) for _ in range(3))
    >>> found = qap_regression(2 * x + 0.01 * noise, {"x": x, "z": z}, permutations=99)
    >>> found.coefficients.loc["x", ["coefficient", "p"]].round(2).tolist()
    [2.0, 0.01]
    """
    if not regressors:
        raise ValueError("a regression needs a regressor")
    y, *xs = _squares({"outcome": outcome, **regressors})
    n = len(outcome)
    apart = ~np.eye(n, dtype=bool)
    seen = y[apart]
    kept, design = _design([x[apart] for x in xs])
    free = seen.size - design.shape[1]
    if free < 1:
        raise ValueError(f"{n} places are too few for {len(xs)} regressors")
    fit = np.linalg.lstsq(design, seen, rcond=None)[0]
    residual = seen - design @ fit
    names = ["constant", *regressors]
    columns = ["coefficient", "standardised", "t", "p", "p_greater", "p_less"]
    table = pd.DataFrame(NAN, index=pd.Index(names, name="statistic"), columns=columns)
    table.loc["constant", "coefficient"] = fit[0]
    total = float(((seen - seen.mean()) ** 2).sum())
    for position, k in enumerate(kept, 1):
        others = np.delete(design, position, axis=1)
        basis = np.linalg.qr(others)[0]
        own = design[:, position] - basis @ (basis.T @ design[:, position])
        left = seen - basis @ (basis.T @ seen)
        test = _Partial(left, basis, float(own @ own), free)
        observed = float(test.t(np.r_[own @ left, basis.T @ own][None, :])[0])
        fixed = np.zeros((n * n, 1 + basis.shape[1]))
        fixed[apart.ravel()] = np.column_stack([left, basis])
        square = np.zeros((n, n))
        square[apart] = own
        parts = [test.t(part) for part in _products(square, fixed, permutations, seed)]
        permuted = np.concatenate(parts) if parts else np.empty(0)
        slope = fit[position]
        spread = seen.std()
        standard = slope * xs[k][apart].std() / spread if spread > 0 else NAN
        table.iloc[1 + k] = [slope, standard, observed, *_p_values(observed, permuted)]
    r2 = 1 - float(residual @ residual) / total if total > 0 else NAN
    return QapRegression(table, r2, int(seen.size), permutations, seed)


@dataclass(frozen=True, slots=True)
class _Partial:
    """The t of one regressor beside others, from products of its cells alone.

    With e the part of the regressor the others do not explain, permuted: what they explain of it
    now is |Q' e|^2 of |e|^2, with Q an orthonormal basis of the others.
    """

    left: Floats
    """What the others leave of the outcome."""
    basis: Floats
    square: float
    """|e|^2, which no permutation changes."""
    free: int

    def t(self, products: Floats) -> Floats:
        """Return t from e'left and Q'e, one row per permutation."""
        own = self.square - (products[:, 1:] ** 2).sum(axis=1)
        own = np.maximum(own, COLLINEAR * self.square)
        slope = products[:, 0] / own
        rest = np.maximum(self.left @ self.left - slope**2 * own, 0.0)
        error = np.sqrt(np.maximum(rest / self.free / own, np.finfo(float).tiny))
        result: Floats = slope / error
        return result


def _squares(named: Mapping[str, pd.DataFrame]) -> list[Floats]:
    (first, frame), *_ = named.items()
    places = list(frame.index)
    if len(places) < 3:
        raise ValueError(f"{len(places)} places are too few to permute; there must be 3")
    found = []
    for name, square in named.items():
        if list(square.index) != places or list(square.columns) != places:
            raise ValueError(f"{name} has other places than {first}, or in another order")
        values = square.to_numpy(float)
        if not np.isfinite(values[~np.eye(len(places), dtype=bool)]).all():
            raise ValueError(f"{name} has cells off the diagonal that are not known")
        found.append(values)
    return found


def _design(columns: list[Floats]) -> tuple[list[int], Floats]:
    """Return which regressors add something to those before them, and these after a constant."""
    cells = columns[0].size
    sizes = [float(np.linalg.norm(column)) for column in columns]
    kept = independent(columns, sizes, [np.full(cells, cells**-0.5)]).tolist()
    return kept, np.column_stack([np.ones(cells), *(columns[k] for k in kept)])


def _products(square: Floats, fixed: Floats, permutations: int, seed: int) -> Iterator[Floats]:
    """Yield the products of a permuted square with fixed columns, for parts of the permutations in order.

    The diagonal of the square, or the rows of ``fixed`` at it, must be 0.
    """
    n = len(square)
    each = max(1, AT_ONCE // (n * n))
    sizes = [min(each, permutations - first) for first in range(0, permutations, each)]
    seeds = np.random.SeedSequence(seed).spawn(len(sizes))

    def part(item: tuple[int, np.random.SeedSequence]) -> Floats:
        number, sequence = item
        rng = np.random.default_rng(sequence)
        order = rng.permuted(np.tile(np.arange(n), (number, 1)), axis=1)
        cells = (order[:, :, None] * n + order[:, None, :]).reshape(number, n * n)
        result: Floats = np.take(square.ravel(), cells) @ fixed
        return result

    with pool() as in_order:
        yield from in_order(part, list(zip(sizes, seeds, strict=True)))


def _p_values(observed: float, permuted: Floats) -> tuple[float, float, float]:
    """Two-sided, upper and lower p; the observed order is one of those that could be drawn."""
    close = TIES * max(abs(observed), 1.0)
    number = permuted.size
    extreme = (
        np.abs(permuted) >= abs(observed) - close,
        permuted >= observed - close,
        permuted <= observed + close,
    )
    two, upper, lower = ((1 + int(found.sum())) / (1 + number) for found in extreme)
    return two, upper, lower
