"""Where a technology sits on the map: whether neighbours are alike, and where its centre moves.

Coordinates are degrees of longitude and latitude; distances are kilometres on a sphere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clusters.measures._distance import EARTH

Floats = NDArray[np.float64]
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Moran:
    """Spatial autocorrelation, with what chance alone would give."""

    statistic: float
    expected: float
    """-1/(n - 1)."""
    p: float
    """Two-sided, by permutation of the values over the places."""
    deviation: float
    """Standard deviation over the permutations."""
    places: int
    permutations: int


@dataclass(frozen=True, slots=True)
class Ellipse:
    """Gravity centre of amounts, and the ellipse of one standard deviation around it."""

    longitude: float
    latitude: float
    """Weighted means of the coordinates, in degrees."""
    long_axis: float
    """Standard deviation along the axis of most scatter, in km."""
    short_axis: float
    """Across it, in km."""
    angle: float
    """Direction of the long axis, degrees clockwise from north, 0 to 180; NaN for a circle."""

    @property
    def area(self) -> float:
        """Of the ellipse, in square kilometres."""
        return math.pi * self.long_axis * self.short_axis


def inverse_distances(square: ArrayLike) -> Floats:
    """Return weights 1/d, 0 on the diagonal.

    Examples
    --------
    >>> inverse_distances([[0, 4], [4, 0]]).tolist()
    [[0.0, 0.25], [0.25, 0.0]]
    """
    d = np.asarray(square, dtype=np.float64)
    return np.divide(1.0, d, out=np.zeros_like(d), where=(d > 0) & ~np.eye(len(d), dtype=bool))


def moran(values: ArrayLike, weights: ArrayLike, *, permutations: int = 999, seed: int = 0) -> Moran:
    """Measure whether places near one another are alike (Moran's I).

    I = n/S0 * sum_ij w_ij z_i z_j / sum_i z_i^2, z the deviations from the mean, S0 the sum of weights.

    Parameters
    ----------
    values
        One value per place.
    weights
        Places x places, not below 0; the diagonal is not used, and rows are not standardised.
    permutations, seed
        Of the test: the share of permuted values with I at least as far from its expected value.

    Returns
    -------
    Moran
        I usually lies between -1 and 1; NaN for fewer than three places, equal values or no weight.

    References
    ----------
    Moran 1950; Cliff, Ord 1981.

    Examples
    --------
    Four places in a row, the high ones side by side:

    >>> beside = [[0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 1, 0]]
    >>> found = moran([1, 1, 0, 0], beside)
    >>> round(found.statistic, 4), round(found.expected, 4)
    (0.3333, -0.3333)
    """
    x, w = np.asarray(values, dtype=np.float64), np.array(weights, dtype=np.float64)
    n = x.size
    if w.shape != (n, n) or not np.isfinite(w).all() or (w < 0).any():
        raise ValueError("weights are a square of numbers not below 0, a row and a column for each place")
    if not np.isfinite(x).all():
        raise ValueError("values must be known")
    if permutations < 1:
        raise ValueError(f"at least one permutation is needed, not {permutations}")
    np.fill_diagonal(w, 0)
    expected = -1 / (n - 1) if n > 1 else NAN
    z = x - x.mean() if n else x
    squares, total = float(z @ z), float(w.sum())
    if n < 3 or squares <= 1e-24 * max(1.0, float(np.abs(x).max()) ** 2) or not total:
        return Moran(NAN, expected, NAN, NAN, n, permutations)
    random = np.random.default_rng(seed)
    drawn = random.permuted(np.broadcast_to(z, (permutations, n)), axis=1)
    scale = n / total / squares
    found = scale * float(z @ w @ z)
    others = scale * np.einsum("rn,rn->r", drawn @ w, drawn)
    # Equal up to rounding is equal: a permutation that changes nothing counts.
    far = np.abs(others - expected) >= abs(found - expected) * (1 - 1e-12)
    p = (1 + int(far.sum())) / (1 + permutations)
    return Moran(found, expected, p, float(others.std()), n, permutations)


def ellipse(amounts: ArrayLike, longitude: ArrayLike, latitude: ArrayLike) -> Ellipse:
    """Return gravity centre and standard deviational ellipse of amounts over places (重心, 标准差椭圆).

    The axes are standard deviations in kilometres on a plane through the centre. Some programs multiply
    them by the square root of 2, so that an ellipse of normal scatter holds 63 % instead of 39 %.

    Parameters
    ----------
    amounts
        Weight of each place, not below 0.
    longitude, latitude
        In degrees.

    Returns
    -------
    Ellipse
        NaN without amounts.

    References
    ----------
    Lefever 1926; Yuill 1971; Wang, Shi, Miao 2015 (factor sqrt 2).

    Examples
    --------
    Two equal places 10 degrees apart on a meridian:

    >>> found = ellipse([1, 1], [116, 116], [30, 40])
    >>> found.latitude, round(found.long_axis), round(found.short_axis), found.angle
    (35.0, 556, 0, 0.0)
    """
    w, x, y = (np.asarray(v, dtype=np.float64) for v in (amounts, longitude, latitude))
    if not w.shape == x.shape == y.shape or (w < 0).any():
        raise ValueError("an amount not below 0, a longitude and a latitude for each place are needed")
    total = float(w.sum())
    if not total > 0:
        return Ellipse(NAN, NAN, NAN, NAN, NAN)
    share = w / total
    at_x, at_y = float(share @ x), float(share @ y)
    degree = math.radians(EARTH)
    east, north = degree * math.cos(math.radians(at_y)) * (x - at_x), degree * (y - at_y)
    scatter = np.array([[share @ (a * b) for a in (east, north)] for b in (east, north)])
    (short, long_), axes = np.linalg.eigh(scatter)
    angle = math.degrees(math.atan2(axes[0, 1], axes[1, 1])) % 180
    round_ = long_ - short <= 1e-9 * max(long_, 1e-300)
    return Ellipse(at_x, at_y, math.sqrt(max(long_, 0)), math.sqrt(max(short, 0)), NAN if round_ else angle)
