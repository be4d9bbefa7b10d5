"""Curves in the shape of an S through the share that has adopted, and when they pass a tenth and half.

Three shapes rise from 0 to a ceiling: ``logistic`` 1/(1 + e^(-b(t - c))), symmetric about its half;
``gompertz`` exp(-e^(-b(t - c))), steep early and slow to finish; ``bass`` as in ``measures.bass``, from
the year before the first one on. Times are those at which the curve reaches 10, 50 and 90 per cent of
its ceiling, also where they lie outside the years observed - then they are extrapolated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from clusters.measures import _bass_curve
from clusters.measures._least_squares import Floats, Model, least_squares

Shape = Literal["logistic", "gompertz", "bass"]
SHAPES: tuple[Shape, ...] = ("logistic", "gompertz", "bass")
NAN = float("nan")
PASSED = (0.1, 0.5, 0.9)
RATES = (0.1, 0.4, 1.2, 3.0)
"""Slopes per year from which fits begin."""


@dataclass(frozen=True, slots=True, eq=False)
class SCurve:
    """A curve fitted to shares by year; all NaN where they do not say how steep it is."""

    shape: Shape
    first: float
    """b per year; of ``bass`` p."""
    second: float
    """c, a year; of ``bass`` q."""
    ceiling: float
    origin: float
    """Of ``bass``: the year in which nobody had adopted."""
    t10: float
    t50: float
    t90: float
    error: float
    """Standard deviation of what the curve leaves."""
    r_squared: float
    points: int

    @property
    def width(self) -> float:
        """Years from a tenth to nine tenths of the ceiling."""
        return self.t90 - self.t10


class HalfSaturation(NamedTuple):
    """The year in which half of the ceiling is reached, with its interval."""

    t50: float
    low: float
    high: float
    replicates: int
    undefined: int
    """Replicates that gave no curve; with more than a twentieth of them there is no interval."""


def fit(
    years: ArrayLike,
    share: ArrayLike,
    shape: Shape = "logistic",
    *,
    ceiling: float = 1.0,
    origin: float | None = None,
) -> SCurve:
    """Fit a curve in the shape of an S to the share that has adopted by each year.

    Parameters
    ----------
    years
        Ascending.
    share
        Share that has adopted by then, between 0 and 1.
    shape
        See the module.
    ceiling
        Share that adopts in the end, above 0 and at most 1.
    origin
        Year in which nobody had adopted, for ``bass``; by default the one before the first.

    Returns
    -------
    SCurve
        By least squares. NaN with fewer than three years, and unless at least two different shares lie
        strictly between 0 and the ceiling: a jump from one to the other has no slope.

    References
    ----------
    Griliches 1957 (logistic); Bass 1969; Meade, Islam 2006 (comparison).

    Examples
    --------
    >>> years = range(2014, 2023)
    >>> found = fit(years, [1 / (1 + math.exp(-0.8 * (t - 2018))) for t in years])
    >>> round(found.t50, 3), round(found.width, 3), round(2 * math.log(9) / 0.8, 3)
    (2018.0, 5.493, 5.493)
    """
    time, rows = np.asarray(years, dtype=np.float64), np.asarray(share, dtype=np.float64)
    if time.shape != rows.shape or time.ndim != 1 or (np.diff(time) <= 0).any():
        raise ValueError("one share for each of ascending years is needed")
    if ((rows < 0) | (rows > 1) | ~np.isfinite(rows)).any() or not 0 < ceiling <= 1:
        raise ValueError("shares lie between 0 and 1, and the ceiling above 0 and not above 1")
    if shape not in SHAPES:
        raise ValueError(f"shape {shape!r} is not known; use {', '.join(SHAPES)}")
    start = (time[0] - 1 if time.size else NAN) if origin is None else float(origin)
    if not _tells(rows[None], ceiling)[0]:
        return SCurve(shape, NAN, NAN, ceiling, start, NAN, NAN, NAN, NAN, NAN, time.size)
    (first,), (second,), (squares,) = _fitted(time, rows[None], shape, ceiling, start)
    t10, t50, t90 = (float(_time_of(x, shape, first, second, start)) for x in PASSED)
    spread = float(((rows - rows.mean()) ** 2).sum())
    error = math.sqrt(squares / (time.size - 2))
    r_squared = 1 - squares / spread if spread else NAN
    return SCurve(
        shape, float(first), float(second), ceiling, start, t10, t50, t90, error, float(r_squared), time.size
    )


def curve(found: SCurve, years: ArrayLike) -> Floats:
    """Return the share that a fitted curve gives for some years; NaN for one that is not defined.

    Examples
    --------
    >>> found = SCurve("logistic", 0.8, 2018, 1, 2013, 0, 0, 0, 0, 1, 9)
    >>> curve(found, [2018]).tolist()
    [0.5]
    """
    time = np.asarray(years, dtype=np.float64)
    logs = np.array([[math.log(found.first), _second(found)]]) if found.first > 0 else np.full((1, 2), NAN)
    with np.errstate(invalid="ignore"):
        values, _ = _model(found.shape, time, found.ceiling, found.origin)(logs)
    return np.asarray(values[0])


def half_saturation(
    adoption_years: ArrayLike,
    years: ArrayLike,
    shape: Shape = "logistic",
    *,
    ceiling: float = 1.0,
    replicates: int = 200,
    seed: int = 0,
    level: float = 0.95,
) -> HalfSaturation:
    """Return an interval of the year of half saturation: places drawn with replacement.

    It answers how far the year hangs on which places were looked at, not how sure their years are.

    Parameters
    ----------
    adoption_years
        Year in which each place adopted; NaN for none until the last year. Those in the first year or
        before are adopted from the first year on.
    years
        Years observed, ascending.
    shape, ceiling
        As in ``fit``.
    replicates, seed, level
        Of the bootstrap.

    Returns
    -------
    HalfSaturation
        Percentiles of the year; NaN where the curve is undefined, also in more than 5 % of the replicates.

    References
    ----------
    Efron, Tibshirani 1993, 13.3.

    Examples
    --------
    >>> adopted = [2015, 2016, 2016, 2017, 2017, 2017, 2018, 2018, 2019, float("nan")]
    >>> found = half_saturation(adopted, range(2014, 2021))
    >>> found.low < found.t50 < found.high
    True
    """
    if replicates < 2:
        raise ValueError(f"an interval needs at least 2 replicates, not {replicates}")
    time = np.asarray(years, dtype=np.float64)
    there = np.asarray(adoption_years, dtype=np.float64)[:, None] <= time
    if not len(there):
        return HalfSaturation(NAN, NAN, NAN, replicates, replicates)
    value = fit(time, there.mean(axis=0), shape, ceiling=ceiling).t50
    if math.isnan(value):
        return HalfSaturation(NAN, NAN, NAN, replicates, replicates)
    drawn = np.random.default_rng(seed).multinomial(
        len(there), np.full(len(there), 1 / len(there)), replicates
    )
    rows = drawn @ there.astype(np.float64) / len(there)
    tells = _tells(rows, ceiling)
    first, second, _ = _fitted(time, rows[tells], shape, ceiling, time[0] - 1)
    halves = _time_of(0.5, shape, first, second, time[0] - 1)
    halves = halves[np.isfinite(halves)]
    undefined = replicates - halves.size
    if undefined > replicates / 20:
        return HalfSaturation(value, NAN, NAN, replicates, undefined)
    low, high = np.quantile(halves, [(1 - level) / 2, (1 + level) / 2])
    return HalfSaturation(value, float(low), float(high), replicates, undefined)


def _tells(rows: Floats, ceiling: float) -> np.ndarray:
    """Tell which rows of shares say how steep their curve is."""
    within = np.where((rows > 0) & (rows < ceiling), rows, NAN)
    with np.errstate(invalid="ignore"):
        low = np.where(np.isnan(within), np.inf, within).min(axis=1, initial=np.inf)
        high = np.where(np.isnan(within), -np.inf, within).max(axis=1, initial=-np.inf)
    return np.asarray((high > low) & (rows.shape[1] >= 3))


def _fitted(
    time: Floats, rows: Floats, shape: Shape, ceiling: float, origin: float
) -> tuple[Floats, Floats, Floats]:
    """Return both parameters of each row and the squares left."""
    if shape == "bass":
        starts = np.log([(p, q) for p in (0.002, 0.02, 0.2) for q in (0.05, 0.4, 1.0)])
    else:
        middle = np.linspace(time[0], time[-1], 3)
        starts = np.array([(math.log(b), c) for b in RATES for c in middle])
    fitted = least_squares(_model(shape, time, ceiling, origin), starts, rows)
    first, second = np.exp(fitted.parameters[:, 0]), fitted.parameters[:, 1]
    return first, np.exp(second) if shape == "bass" else second, fitted.squares


def _second(found: SCurve) -> float:
    return math.log(found.second) if found.shape == "bass" else found.second


def _model(shape: Shape, time: Floats, ceiling: float, origin: float) -> Model:
    """Return values and derivatives by ln b and c, or by ln p and ln q."""

    def model(at: Floats) -> tuple[Floats, Floats]:
        rate = np.exp(np.clip(at[:, :1], -30, 5))
        if shape == "bass":
            q = np.exp(np.clip(at[:, 1:], -30, 5))
            t = np.maximum(time - origin, 0)
            share, by_p, by_q = _bass_curve.share(t, rate, q)
            return ceiling * share, ceiling * np.stack([rate * by_p, q * by_q], axis=2)
        z = np.clip(rate * (time - at[:, 1:]), -50, 50)
        if shape == "logistic":
            share = 1 / (1 + np.exp(-z))
            slope = share * (1 - share)
        else:
            fall = np.exp(-z)
            share = np.exp(-np.minimum(fall, 700))
            slope = share * fall
        return ceiling * share, ceiling * np.stack([z * slope, -rate * slope], axis=2)

    return model


def _time_of(share: float, shape: Shape, first: Floats, second: Floats, origin: float) -> Floats:
    """Return the time at which a share of the ceiling is reached."""
    with np.errstate(all="ignore"):
        if shape == "logistic":
            return np.asarray(second + math.log(share / (1 - share)) / first)
        if shape == "gompertz":
            return np.asarray(second - math.log(-math.log(share)) / first)
        left = first * (1 - share) / (first + second * share)
        return np.asarray(origin - np.log(left) / (first + second))
