"""What a table of indicators says about their weights: entropy, CRITIC, variation, principal components.

Each system gives every indicator an amount and the weights are its shares. A missing value is left out:
of its own column in entropy, variation and deviation, of each pair in CRITIC's correlations, and the
whole row in principal components.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from clusters.errors import DataError

Floats = NDArray[np.float64]
NOTHING = 1e-12
"""An amount below this part of its scale is rounding."""


@dataclass(frozen=True, slots=True)
class PCA:
    """Principal components of the correlation matrix."""

    weights: pd.Series
    """|loading| on the first component, rescaled to sum 1."""
    loadings: pd.Series
    """Loadings on the first component: a unit vector, turned so that it sums to a positive number."""
    explained: float
    """Share of all variance that the first component has."""
    components: pd.DataFrame
    """Loadings on all components: rows indicators, columns 1, 2, ..., each turned like the first."""
    eigenvalues: pd.Series
    """Variance of each component; they sum to the number of indicators."""
    units: int
    """Rows without a missing value, on which all this stands."""
    mixed_signs: bool
    """Whether loadings on the first component differ in sign: then no mean with positive weights
    follows it."""


def numbers(values: pd.DataFrame | ArrayLike) -> pd.DataFrame:
    """Return values as a frame of floats and refuse what no system can weigh."""
    frame = (values if isinstance(values, pd.DataFrame) else pd.DataFrame(np.asarray(values))).astype(float)
    array = frame.to_numpy()
    if frame.shape[1] == 0:
        raise ValueError("there is no indicator to weigh")
    if np.isinf(array).any():
        raise DataError(f"indicator {_first(frame, np.isinf(array).any(axis=0))} has an infinite value")
    few = (~np.isnan(array)).sum(axis=0) < 2
    if few.any():
        raise DataError(
            f"indicator {_first(frame, few)} has fewer than two values; weights from data need more",
            hint="leave it out, or choose equal or given weights",
        )
    return frame


def entropy(values: pd.DataFrame | ArrayLike) -> pd.Series:
    """Weigh indicators by entropy (熵权): what is spread unevenly over the units tells them apart.

    p_ij = z_ij / sum_i z_ij, e_j = -sum_i p_ij ln p_ij / ln n with 0 ln 0 = 0, w_j = (1 - e_j) / sum (1 - e).

    Parameters
    ----------
    values
        Rows units, columns indicators, 0 or above: shares of the values as they are, so that another
        normalisation gives other weights.

    Returns
    -------
    Series
        Weights, sum 1. A constant indicator has weight 0.

    Raises
    ------
    DataError
        A negative value, or no indicator that varies.

    References
    ----------
    Methods 2.5, step 6; Shannon 1948; values of Xu 2004 in the tests.

    Examples
    --------
    >>> table = [[30, 30, 38, 29], [19, 54, 86, 29], [19, 15, 85, 28.9], [68, 70, 60, 29]]
    >>> entropy(table).round(4).tolist()
    [0.463, 0.3992, 0.1378, 0.0]
    """
    return shares(1 - entropies(values), "entropy")


def entropies(values: pd.DataFrame | ArrayLike) -> pd.Series:
    """Return the entropy of each indicator over its units, 0 (all in one) to 1 (the same everywhere)."""
    frame = numbers(values)
    array = frame.to_numpy()
    negative = np.asarray((array < 0).any(axis=0))
    if negative.any():
        raise DataError(
            f"entropy weights need values of 0 or above, but indicator {_first(frame, negative)} "
            f"has {np.nanmin(array[:, negative][:, 0]):g}",
            hint="normalise to [0, 1] (min-max) first",
        )
    known = ~np.isnan(array)
    total = np.nansum(array, axis=0)
    p = np.divide(np.where(known, array, 0), total, out=np.zeros_like(array), where=known & (total > 0))
    terms = p * np.log(np.where(p > 0, p, 1.0))
    found = np.abs(terms.sum(axis=0)) / np.log(known.sum(axis=0))  # terms are 0 or below; no -0.0
    return pd.Series(np.where(_constant(array), 1.0, found), index=frame.columns)


def critic(
    values: pd.DataFrame | ArrayLike, directions: Mapping[object, int] | ArrayLike | None = None
) -> pd.Series:
    """Weigh indicators by CRITIC: those that vary much and agree little with the others.

    w_j ~ s_j sum_k (1 - r_jk), with the standard deviation s and the correlations r of the data brought
    to 0..1 (min-max, reversed where less is better).

    Parameters
    ----------
    values
        Rows units, columns indicators.
    directions
        1 or -1 of each indicator; by default all 1, which is right for normalised data.

    Returns
    -------
    Series
        Weights, sum 1. A constant indicator has weight 0.

    Raises
    ------
    DataError
        All indicators are constant or perfectly correlated.

    References
    ----------
    Methods 2.5, step 6; Diakoulaki, Mavrotas, Papayannakis 1995; values of Tus, Adali 2019 in the tests.

    Examples
    --------
    >>> rows = [5000, 3, 3, 4, 3, 2], [680, 5, 3, 2, 2, 1], [2000, 3, 2, 3, 4, 3]
    >>> rows = [*rows, [600, 4, 3, 1, 2, 2], [800, 2, 4, 3, 3, 4]]
    >>> critic(rows, [-1, 1, 1, 1, 1, 1]).round(3).tolist()
    [0.184, 0.213, 0.142, 0.158, 0.168, 0.134]
    """
    deviation, conflict = critic_parts(values, directions)
    return shares(deviation * conflict, "CRITIC")


def critic_parts(
    values: pd.DataFrame | ArrayLike, directions: Mapping[object, int] | ArrayLike | None = None
) -> tuple[pd.Series, pd.Series]:
    """Return CRITIC's two factors: the standard deviation of the 0..1 data, and the conflict sum (1 - r)."""
    frame = numbers(values)
    array = frame.to_numpy() * _signs(frame, directions)
    low = np.nanmin(array, axis=0)
    spread = np.where(_constant(array), np.nan, np.nanmax(array, axis=0) - low)
    scaled = pd.DataFrame((array - low) / spread, columns=frame.columns)
    between = scaled.corr(min_periods=2).to_numpy(copy=True)
    np.fill_diagonal(between, 1.0)
    varies = ~_constant(array)
    unknown = np.isnan(between) & varies[:, None] & varies
    if unknown.any():
        one, other = (frame.columns[k] for k in np.argwhere(unknown)[0])
        raise DataError(
            f"CRITIC needs the correlation of indicators {one} and {other}, but too few units have both"
        )
    conflict = np.nansum(1 - between, axis=1)
    deviation = scaled.std(ddof=1).fillna(0.0)
    return deviation, pd.Series(np.where(varies, conflict, 0.0), index=frame.columns)


def variation(values: pd.DataFrame | ArrayLike) -> pd.Series:
    """Weigh indicators by their coefficient of variation (变异系数): w_j ~ s_j / |mean_j|.

    Returns
    -------
    Series
        Weights, sum 1. A constant indicator has weight 0.

    Raises
    ------
    DataError
        A mean of 0 (as after z-scores), where the coefficient is undefined; or no indicator varies.

    References
    ----------
    Methods 2.5, step 6.

    Examples
    --------
    >>> variation([[1, 10], [2, 11], [3, 12]]).round(4).tolist()
    [0.8462, 0.1538]
    """
    return shares(variations(values), "the coefficient of variation")


def variations(values: pd.DataFrame | ArrayLike) -> pd.Series:
    """Return the coefficient of variation of each indicator (standard deviation over |mean|)."""
    frame = numbers(values)
    array = frame.to_numpy()
    mean = np.nanmean(array, axis=0)
    deviation = _deviations(array)
    zero = (np.abs(mean) <= NOTHING * np.nanmax(np.abs(array), axis=0)) & ~_constant(array)
    if zero.any():
        raise DataError(
            f"the coefficient of variation of indicator {_first(frame, zero)} is undefined: its mean is 0",
            hint="normalise to [0, 1] (min-max), not by z-scores",
        )
    found = np.divide(deviation, np.abs(mean), out=np.zeros_like(mean), where=deviation > 0)
    return pd.Series(found, index=frame.columns)


def deviation(values: pd.DataFrame | ArrayLike) -> pd.Series:
    """Weigh indicators by their standard deviation: w_j ~ s_j, of normalised data.

    Returns
    -------
    Series
        Weights, sum 1. A constant indicator has weight 0.

    Raises
    ------
    DataError
        No indicator varies.

    References
    ----------
    Methods 2.5, step 6; Diakoulaki, Mavrotas, Papayannakis 1995.

    Examples
    --------
    >>> deviation([[0, 0.0], [0.5, 0.0], [1, 1.0]]).round(4).tolist()
    [0.4641, 0.5359]
    """
    return shares(deviations(values), "the standard deviation")


def deviations(values: pd.DataFrame | ArrayLike) -> pd.Series:
    """Return the standard deviation of each indicator (divisor n - 1)."""
    frame = numbers(values)
    return pd.Series(_deviations(frame.to_numpy()), index=frame.columns)


def pca(values: pd.DataFrame | ArrayLike) -> PCA:
    """Find the principal components of indicators, standardised, and the weights the first one suggests.

    Eigenvectors of the correlation matrix of the rows without a missing value. The sign of a
    component is a convention: here its loadings sum to a positive number. R's ``prcomp`` with
    ``scale = TRUE`` (COINr's ``get_PCA``) has the same components, with either sign.

    Parameters
    ----------
    values
        Rows units, columns indicators.

    Returns
    -------
    PCA
        Weights ~ |loading on the first component|, its share of the variance, all components.

    Raises
    ------
    DataError
        A constant indicator, or fewer than three complete rows.

    References
    ----------
    Methods 2.5, step 6; Nardo and others 2008 (OECD/JRC handbook), 4.2 and 6.1.

    Examples
    --------
    >>> found = pca([[1, 1, 1], [2, 3, 5], [3, 2, 2], [4, 4, 3]])
    >>> round(found.explained, 3), found.loadings.round(3).tolist(), found.mixed_signs
    (0.723, [0.554, 0.668, 0.497], False)
    """
    frame = numbers(values)
    complete = frame.dropna()
    if len(complete) < 3:
        raise DataError(f"principal components need 3 units without a missing value, not {len(complete)}")
    array = complete.to_numpy()
    constant = _constant(array)
    if constant.any():
        raise DataError(f"indicator {_first(frame, constant)} is constant and has no principal component")
    standard = (array - array.mean(axis=0)) / _deviations(array)
    correlation = standard.T @ standard / (len(array) - 1)
    found, vectors = np.linalg.eigh((correlation + correlation.T) / 2)
    eigenvalues, vectors = np.maximum(found[::-1], 0.0), vectors[:, ::-1]
    vectors = vectors * np.where(vectors.sum(axis=0) < 0, -1.0, 1.0)
    order = pd.RangeIndex(1, vectors.shape[1] + 1, name="component")
    components = pd.DataFrame(vectors, index=frame.columns, columns=order)
    loadings = components[1].rename("loading")
    small = NOTHING + 1e-9 * float(loadings.abs().max())
    return PCA(
        weights=loadings.abs() / loadings.abs().sum(),
        loadings=loadings,
        explained=float(eigenvalues[0] / eigenvalues.sum()),
        components=components,
        eigenvalues=pd.Series(eigenvalues, index=order),
        units=len(complete),
        mixed_signs=bool((loadings > small).any() and (loadings < -small).any()),
    )


def shares(amounts: pd.Series, system: str) -> pd.Series:
    """Return amounts as shares of their sum."""
    total = float(amounts.sum())
    if not total > NOTHING:
        names = ", ".join(map(str, amounts.index))
        raise DataError(
            f"{system} cannot weigh {names}: nothing tells them apart (constant or perfectly correlated)",
            hint="choose equal or given weights",
        )
    return amounts / total


def _deviations(array: Floats) -> Floats:
    return np.where(_constant(array), 0.0, np.nanstd(array, axis=0, ddof=1))


def _constant(array: Floats) -> NDArray[np.bool_]:
    """Tell which columns do not vary, apart from rounding."""
    high, low = np.nanmax(array, axis=0), np.nanmin(array, axis=0)
    return np.asarray(high - low <= NOTHING * np.maximum(np.abs(high), np.abs(low)))


def _signs(frame: pd.DataFrame, directions: Mapping[object, int] | ArrayLike | None) -> Floats:
    if directions is None:
        return np.ones(frame.shape[1])
    if isinstance(directions, Mapping):
        given = [directions.get(c, 1) for c in frame.columns]
    else:
        given = list(np.asarray(directions))
    signs = np.asarray(given, dtype=float)
    if signs.shape != (frame.shape[1],) or not np.isin(signs, (1, -1)).all():
        raise ValueError("directions are 1 or -1, one for each indicator")
    return signs


def _first(frame: pd.DataFrame, which: NDArray[np.bool_]) -> str:
    return str(frame.columns[which][0])
