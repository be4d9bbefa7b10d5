"""Bass's curve of diffusion: some take up a thing by themselves, others because others did.

A share B(t) = (1 - e^(-(p + q)t)) / (1 + (q/p) e^(-(p + q)t)) of a market of m has adopted by time t;
p is innovation, the chance to adopt unprompted, and q imitation, both per period. Time is counted in
periods from the launch, so the first observed period is t = 1, and what had been adopted before it was
0. Where that is wrong - observation began late - p, q and m are wrong as well.

Three forms fit a series of what is new in each period:

- ``interval``: n(t) = m (B(t) - B(t - 1)) by least squares. The form to use.
- ``density``: n(t) = m b(t), the rate at the end of the period for all of it.
- ``ols``: n(t) = pm + (q - p) N(t - 1) - (q/m) N(t - 1)^2, Bass's own regression, biased in few periods.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from clusters.errors import UsageError
from clusters.measures import _bass_intervals
from clusters.measures._bass_fits import BassFit, Form, Peak, fit_many, fitted_values, peak
from clusters.measures._least_squares import Floats
from clusters.sentences import Note

__all__ = [
    "BassFit",
    "Ends",
    "Peak",
    "adopted",
    "fit",
    "fit_many",
    "fitted_values",
    "forecast",
    "intervals",
    "peak",
]

Method = Literal["covariance", "profile", "bootstrap"]
NAN = float("nan")


class Ends(NamedTuple):
    """Ends of the intervals of p, q and m, in this order."""

    low: tuple[float, float, float]
    high: tuple[float, float, float]


def adopted(time: ArrayLike, p: float, q: float) -> Floats:
    """Return the share B(t) that has adopted by a time.

    Parameters
    ----------
    time
        Periods since the launch; 0 before it.
    p, q
        Innovation (> 0) and imitation (>= 0) per period.

    Returns
    -------
    ndarray
        Between 0 and 1.

    References
    ----------
    Bass 1969; Srinivasan, Mason 1986.

    Examples
    --------
    >>> adopted([0, 6.192619], 0.03, 0.38).round(6).tolist()
    [0.0, 0.460526]
    """
    if not (p > 0 and q >= 0):
        raise ValueError(f"p must lie above 0 and q not below it, not {p} and {q}")
    left = np.exp(-(p + q) * np.maximum(np.asarray(time, dtype=np.float64), 0))
    return np.asarray(p * (1 - left) / (p + q * left))


def fit(new: ArrayLike, *, form: Form = "interval", m: float | None = None) -> BassFit:
    """Fit Bass's curve to what was adopted in each period.

    Parameters
    ----------
    new
        Adopted in periods 1, 2, ... from the launch; in more periods than there are parameters something.
    form
        See the module.
    m
        Size of the market where it is known, such as 31 provinces; else it is estimated.

    Returns
    -------
    BassFit
        p, q, m > 0 (``ols`` may give others). All NaN where anything was adopted in too few periods,
        and where the regression has no real root; ``p_error`` to ``m_error`` are those of least squares.

    References
    ----------
    Srinivasan, Mason 1986 (interval); Bass 1969 (ols); Schmittlein, Mahajan 1982 on the bias of the others.

    Examples
    --------
    Sales of video recorders in the United States, 1980 to 1989, in thousands:

    >>> sales = [840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890]
    >>> found = fit(sales)
    >>> round(found.p, 5), round(found.q, 4), round(found.m, -2), round(found.peak.time, 2)
    (0.00879, 0.6422, 67700.0, 6.59)
    """
    series = np.asarray(new, dtype=np.float64)
    if series.ndim != 1 or not np.isfinite(series).all() or (series < 0).any():
        raise ValueError("what is adopted in each period is a row of numbers not below 0")
    if form not in ("interval", "density", "ols"):
        raise ValueError(f"form {form!r} is not known; use interval, density or ols")
    if m is not None and not m > 0:
        raise ValueError(f"the market m must lie above 0, not {m}")
    k = 2 if m is not None else 3
    if (series > 0).sum() <= k:
        return _nothing(series, form, m)
    if form == "ols":
        return _regression(series, m)
    parameters, squares, slopes = fit_many(series[None], form=form, m=m)
    return _result(series, form, m, parameters[0], float(squares[0]), slopes[0])


def intervals(
    found: BassFit,
    method: Method = "covariance",
    *,
    level: float = 0.95,
    replicates: int = 200,
    seed: int = 0,
) -> Ends:
    """Return intervals of p, q and m.

    Parameters
    ----------
    found
        An ``interval`` or ``density`` fit.
    method
        ``covariance``: ln x +- t SE(x)/x, with Student's t of periods minus parameters; ``profile``:
        values at which the sum of squares stays below S (1 + F/(periods - parameters)); ``bootstrap``:
        as ``covariance``, but instead of t the percentiles that series drawn around the fitted curve,
        with its residual deviation, have.
    level
        Between 0 and 1.
    replicates, seed
        Of the bootstrap.

    Returns
    -------
    Ends
        NaN where the fit is, where m is given (for m), for ``ols``, and, except by ``profile``, for a
        parameter as good as 0. Where a profile never rises far enough the series does not limit the
        parameter on that side: the end is 0 or infinite.

    References
    ----------
    Bates, Watts 1988, chapter 6 (profiles); Efron, Tibshirani 1993, 6.5 (parametric bootstrap), 12.5
    (bootstrap-t).

    Examples
    --------
    >>> found = fit([840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890])
    >>> ends = intervals(found, "profile")
    >>> round(ends.low[1], 2), round(ends.high[1], 2)
    (0.54, 0.74)
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    if method not in ("covariance", "profile", "bootstrap"):
        raise ValueError(f"method {method!r} is not known; use covariance, profile or bootstrap")
    if math.isnan(found.p) or found.form == "ols":
        return Ends((NAN, NAN, NAN), (NAN, NAN, NAN))
    k = 2 if found.m_fixed else 3
    if method == "profile":
        ends = [_bass_intervals.profile(found, i, level) for i in range(k)]
    elif method == "bootstrap":
        ends = _bass_intervals.redrawn(found, replicates, seed, level)
    else:
        from scipy import stats

        times = float(stats.t.ppf((1 + level) / 2, found.periods - k))
        ends = [
            _bass_intervals.on_log_scale(x, e, times) for x, e in list(_bass_intervals.estimates(found))[:k]
        ]
    ends += [(NAN, NAN)] * (3 - k)
    return Ends((ends[0][0], ends[1][0], ends[2][0]), (ends[0][1], ends[1][1], ends[2][1]))


def forecast(found: BassFit, periods: int, *, force: bool = False) -> Floats:
    """Return what the curve says of the periods after the series.

    Parameters
    ----------
    found
        A fit.
    periods
        How many periods ahead, at least 1.
    force
        Forecast although the series ends before the inflection. Until then the size of the market
        is hardly limited by the data, and forecasts are off by multiples.

    Returns
    -------
    ndarray
        m (B(t) - B(t - 1)); NaN where the fit is.

    Raises
    ------
    UsageError
        Before the inflection, unless forced.

    References
    ----------
    Van den Bulte, Lilien 1997 (m and p too low, q too high before the inflection).

    Examples
    --------
    >>> found = fit([840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890])
    >>> forecast(found, 2).round(-2).tolist()
    [3000.0, 1700.0]
    """
    if periods < 1:
        raise ValueError(f"periods must be at least 1, not {periods}")
    if math.isnan(found.p) or not found.p > 0 or not found.q >= 0:
        return np.full(periods, NAN)
    if not (found.past_inflection or force):
        raise UsageError(
            Note("note.bass_early", periods=found.periods, peak=found.peak.time),
            hint="force=True forecasts nevertheless",
        )
    times = np.arange(found.periods, found.periods + periods + 1)
    return found.m * np.diff(adopted(times, found.p, found.q))


def _nothing(series: Floats, form: Form, m: float | None) -> BassFit:
    k = 3 if m is None else 2
    empty = np.full((k, k), NAN)
    return BassFit(
        NAN, NAN, m or NAN, NAN, NAN, NAN, form, m is not None, series.size, NAN, NAN, empty, series
    )


def _result(
    series: Floats, form: Form, m: float | None, parameters: Floats, squares: float, slopes: Floats
) -> BassFit:
    k = slopes.shape[1]
    variance = squares / (series.size - k)
    # Slopes in p are as much steeper than those in m as m is larger: without a common scale, m has no error.
    scale = np.linalg.norm(slopes, axis=0)
    scale[scale == 0] = 1
    even = slopes / scale
    covariance = variance * np.linalg.pinv(even.T @ even) / np.outer(scale, scale)
    p_error, q_error, *rest = (float(e) for e in np.sqrt(np.maximum(np.diagonal(covariance), 0)))
    spread = ((series - series.mean()) ** 2).sum()
    return BassFit(
        p=float(parameters[0]),
        q=float(parameters[1]),
        m=float(parameters[2]),
        p_error=p_error,
        q_error=q_error,
        m_error=rest[0] if rest else NAN,
        form=form,
        m_fixed=m is not None,
        periods=series.size,
        r_squared=float(1 - squares / spread) if spread else NAN,
        residual=math.sqrt(variance),
        covariance=covariance,
        new=series,
    )


def _regression(series: Floats, m: float | None) -> BassFit:
    """Bass's regression of what is new on what had been adopted before, and its square."""
    before = np.concatenate([[0.0], np.cumsum(series)[:-1]])
    if m is None:
        design = np.column_stack([np.ones(series.size), before, before**2])
    else:  # n = p (m - N) + q N (m - N)/m
        design = np.column_stack([m - before, before * (m - before) / m])
    scale = np.abs(design).max(axis=0)
    if not (scale > 0).all():
        return _nothing(series, "ols", m)
    found = np.linalg.lstsq(design / scale, series, rcond=None)[0] / scale
    squares = float(((series - design @ found) ** 2).sum())
    spread = float(((series - series.mean()) ** 2).sum())
    if m is None:
        a, b, c = (float(x) for x in found)
        root = b * b - 4 * a * c
        if root < 0 or c == 0:
            return _nothing(series, "ols", m)
        market = (-b - math.sqrt(root)) / (2 * c)
        p, q = a / market, b + a / market
    else:
        market, (p, q) = m, (float(x) for x in found)
    empty = _nothing(series, "ols", m)
    r_squared = 1 - squares / spread if spread else NAN
    residual = math.sqrt(squares / (series.size - design.shape[1]))
    return replace(empty, p=p, q=q, m=market, r_squared=r_squared, residual=residual)
