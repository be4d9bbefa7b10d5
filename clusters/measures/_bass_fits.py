"""Fits of Bass's curve: what they give, and many of them at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from clusters.measures import _bass_curve
from clusters.measures._least_squares import Floats, least_squares

Form = Literal["interval", "density", "ols"]
STARTS = tuple((p, q, m) for p in (0.002, 0.02, 0.1) for q in (0.1, 0.4, 0.9) for m in (1.1, 2.0, 6.0))
"""Where fits begin; m in units of what was adopted in all."""


class Peak(NamedTuple):
    """When most adopt: time from the launch, share adopted by then, share adopting per period."""

    time: float
    share: float
    rate: float


@dataclass(frozen=True, slots=True, eq=False)
class BassFit:
    """Bass's curve fitted to a series; errors are NaN where they do not apply."""

    p: float
    q: float
    m: float
    p_error: float
    """Standard error."""
    q_error: float
    m_error: float
    """Standard error; NaN where m was given."""
    form: Form
    m_fixed: bool
    periods: int
    r_squared: float
    residual: float
    """Standard deviation of what the curve leaves, with periods minus parameters as denominator."""
    covariance: Floats
    """Of p, q and m (p and q where m was given)."""
    new: Floats
    """The series."""

    @property
    def peak(self) -> Peak:
        """When most adopt, on this curve."""
        return peak(self.p, self.q)

    @property
    def past_inflection(self) -> bool:
        """Whether the series reaches beyond the time at which most adopt."""
        return self.periods > self.peak.time


def peak(p: float, q: float) -> Peak:
    """Say when most adopt: t* = ln(q/p)/(p + q), B(t*) = 1/2 - p/(2q), b(t*) = (p + q)^2/(4q).

    Returns
    -------
    Peak
        With q <= p the rate falls from the launch on: time 0, share 0, rate p.

    References
    ----------
    Bass 1969.

    Examples
    --------
    >>> [round(x, 6) for x in peak(0.03, 0.38)]
    [6.192619, 0.460526, 0.110592]
    """
    if q <= p:
        return Peak(0.0, 0.0, p)
    return Peak(math.log(q / p) / (p + q), 0.5 - p / (2 * q), (p + q) ** 2 / (4 * q))


def fit_many(
    series: ArrayLike,
    *,
    form: Literal["interval", "density"] = "interval",
    m: float | None = None,
    near: BassFit | None = None,
) -> tuple[Floats, Floats, Floats]:
    """Fit Bass's curve to many series of the same length.

    Parameters
    ----------
    series
        Series x periods.
    form, m
        As in ``fit``.
    near
        A fit to begin at, for series like its own; else fits begin at many places.

    Returns
    -------
    tuple
        p, q, m of each series (series x 3), the sums of squares left, and the derivatives of the
        fitted values by p, q and m (series x periods x 3, or 2 where m is given).

    Examples
    --------
    >>> fit_many([[840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890]])[0].round(3)[0, :2].tolist()
    [0.009, 0.642]
    """
    rows = np.asarray(series, dtype=np.float64)
    # In units of each series' sum, so that one start serves all.
    total = np.maximum(rows.sum(axis=1), 1e-300)[:, None]
    market = None if m is None else m / total[:, 0]
    begin = starts(m is not None) if near is None else logarithms(near)
    fitted = least_squares(_bass_curve.model(form, rows.shape[1], market), begin, rows / total)
    values = np.exp(fitted.parameters)
    size = total if m is None else np.full_like(total, m)
    parameters = np.column_stack([values[:, :2], values[:, 2:] * total if m is None else size])
    # The model works with logarithms and units of the sum.
    slopes = fitted.slopes * total[:, :, None] / parameters[:, None, : fitted.slopes.shape[2]]
    return parameters, fitted.squares * total[:, 0] ** 2, slopes


def fitted_values(found: BassFit) -> Floats:
    """Return what the curve gives for the periods of the series.

    Examples
    --------
    >>> from clusters.measures.bass import fit
    >>> found = fit([840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890])
    >>> fitted_values(found).round(-2).tolist()[:3]
    [800.0, 1500.0, 2700.0]
    """
    p, q = np.array([[found.p]]), np.array([[found.q]])
    times = np.arange(found.periods + 1, dtype=np.float64)
    if found.form == "density":
        return np.asarray(found.m * _bass_curve.rate(times[1:], p, q)[0][0])
    return np.asarray(found.m * np.diff(_bass_curve.share(times, p, q)[0][0]))


def starts(m_fixed: bool) -> Floats:
    rows = np.log(np.array(STARTS))
    return np.unique(rows[:, :2], axis=0) if m_fixed else rows


def logarithms(found: BassFit) -> Floats:
    """Return the parameters of a fit as the model has them."""
    values = [found.p, found.q, found.m / float(found.new.sum())]
    return np.log([values[: 2 if found.m_fixed else 3]])
