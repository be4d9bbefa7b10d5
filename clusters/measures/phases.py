"""Two phases of a cluster: from polarisation (极化) to diffusion (扩散), as a path of points (S10).

A year is a point: how far a few poles dominate the flows (x) and over how many places, effectively,
what is taken spreads (y). Polarisation moves the point right and down, diffusion left and up. Both may
also move the same way: more places take part, all through the poles (``broadening``); or the poles lose
ground to a few others (``narrowing``). Whether a point has moved at all is asked of resamples.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
PHASES = ("polarisation", "diffusion", "broadening", "narrowing")
QUADRANTS = {
    "polarisation": "polarised",
    "diffusion": "diffused",
    "broadening": "broad_poles",
    "narrowing": "narrow_others",
}
"""Where a point lies that came from the middle by a phase."""
UNCLEAR = "unclear"
LEVEL = 0.95
"""What an ellipse holds."""
AGREED = 0.975
"""Share of the resamples that names a move. Where nothing moves, chance alone then names one of two opposite
moves in 5 of 100 cases if both numbers hang together closely, else in fewer."""
NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Ellipse:
    """An ellipse that holds a part of the points that other samples would give."""

    x: float
    y: float
    x_sd: float
    """Standard deviation of x over the resamples."""
    y_sd: float
    correlation: float
    """Of x and y over the resamples; 0 where one does not vary."""

    def outline(self, level: float = LEVEL, points: int = 73) -> tuple[Floats, Floats]:
        """Return points around the ellipse that holds the level of a bivariate normal distribution.

        Its half-axes are sqrt(-2 ln(1 - level)) standard deviations, 2.45 at 95 %.

        Examples
        --------
        >>> across, up = Ellipse(1.0, 0.0, 1.0, 2.0, 0.0).outline()
        >>> round(float(across.max()), 2), round(float(up.max()), 2)
        (3.45, 4.9)
        """
        if not 0 < level < 1:
            raise ValueError(f"level must lie between 0 and 1, not {level}")
        turn = np.linspace(0, 2 * math.pi, points)
        far = math.sqrt(-2 * math.log(1 - level))
        rest = math.sqrt(max(1 - self.correlation**2, 0.0))
        across, up = np.cos(turn), self.correlation * np.cos(turn) + rest * np.sin(turn)
        return self.x + far * self.x_sd * across, self.y + far * self.y_sd * up


def ellipse(x: float, y: float, x_draws: ArrayLike, y_draws: ArrayLike) -> Ellipse:
    """Describe how a point scatters over resamples.

    Parameters
    ----------
    x, y
        The point, the centre of the ellipse.
    x_draws, y_draws
        The same point in each resample, both in the same order.

    Returns
    -------
    Ellipse
        NaN throughout but the centre with fewer than two resamples, or where one is undefined.

    References
    ----------
    Davison, Hinkley 1997 (bootstrap); Johnson, Wichern 2007, 4.2 (ellipses of equal density).

    Examples
    --------
    >>> found = ellipse(0.5, 7.0, [0.4, 0.5, 0.6], [8.0, 7.0, 6.0])
    >>> round(found.x_sd, 3), round(found.y_sd, 3), round(found.correlation, 3)
    (0.1, 1.0, -1.0)
    """
    drawn = np.array([x_draws, y_draws], dtype=np.float64)
    if drawn.ndim != 2:
        raise ValueError("x_draws and y_draws are two lists of the same length")
    if drawn.shape[1] < 2 or not np.isfinite(drawn).all():
        return Ellipse(x, y, NAN, NAN, NAN)
    x_sd, y_sd = (float(one.std(ddof=1)) if (one != one[0]).any() else 0.0 for one in drawn)
    apart = drawn - drawn.mean(axis=1, keepdims=True)
    together = float(apart[0] @ apart[1]) / (drawn.shape[1] - 1)
    correlation = together / (x_sd * y_sd) if x_sd > 0 and y_sd > 0 else 0.0
    return Ellipse(x, y, x_sd, y_sd, min(max(correlation, -1.0), 1.0))


def phase(dominance: float, spread: float) -> str:
    """Name the direction in which a point moved.

    Parameters
    ----------
    dominance, spread
        What the point has more in x (dominance of the poles) and y (effective places).

    Returns
    -------
    str
        One of ``PHASES``; ``unclear`` where either did not move or is undefined.

    Examples
    --------
    >>> phase(0.1, -2.0), phase(-0.1, 2.0), phase(0.1, 2.0), phase(-0.1, -2.0), phase(0.0, 1.0)
    ('polarisation', 'diffusion', 'broadening', 'narrowing', 'unclear')
    """
    if not (abs(dominance) > 0 and abs(spread) > 0):
        return UNCLEAR
    named = {(True, False): 0, (False, True): 1, (True, True): 2, (False, False): 3}
    return PHASES[named[dominance > 0, spread > 0]]


def quadrant(x: float, y: float, middle: tuple[float, float]) -> str | None:
    """Name the quadrant in which a point lies, seen from a middle; ``None`` on its lines or if undefined.

    Examples
    --------
    >>> quadrant(0.8, 6.0, (0.7, 7.0)), quadrant(0.6, 8.0, (0.7, 7.0)), quadrant(0.7, 8.0, (0.7, 7.0))
    ('polarised', 'diffused', None)
    """
    return QUADRANTS.get(phase(x - middle[0], y - middle[1]))


def support(dominance: ArrayLike, spread: ArrayLike) -> dict[str, float]:
    """Say in what share of resamples a point moved in each direction.

    Parameters
    ----------
    dominance, spread
        The move of the point in each resample, both years from the same one.

    Returns
    -------
    dict
        Phase -> share of the resamples, 0 to 1; together at most 1. NaN without any, or where one is
        undefined.

    Examples
    --------
    >>> found = support([-0.1, -0.2, 0.1, -0.1], [1.0, 2.0, 1.0, 3.0])
    >>> found["diffusion"], found["broadening"]
    (0.75, 0.25)
    """
    x, y = (np.asarray(side, dtype=np.float64) for side in (dominance, spread))
    if x.shape != y.shape or x.ndim != 1:
        raise ValueError("dominance and spread are two lists of the same length")
    if not x.size or not np.isfinite([x, y]).all():
        return dict.fromkeys(PHASES, NAN)
    held = {
        "polarisation": (x > 0) & (y < 0),
        "diffusion": (x < 0) & (y > 0),
        "broadening": (x > 0) & (y > 0),
        "narrowing": (x < 0) & (y < 0),
    }
    return {name: float(rows.mean()) for name, rows in held.items()}


def decided(dominance: ArrayLike, spread: ArrayLike, level: float = AGREED) -> str:
    """Name the phase that at least the level of the resamples agree on, else ``unclear``.

    Examples
    --------
    >>> decided([-0.1] * 39 + [0.1], [1.0] * 40), decided([-0.1] * 38 + [0.1] * 2, [1.0] * 40)
    ('diffusion', 'unclear')
    """
    found = support(dominance, spread)
    sure = [name for name, share in found.items() if share >= level]
    return sure[0] if sure else UNCLEAR
