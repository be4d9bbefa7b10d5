"""Treat outliers as the JRC does: winsorise a few points of what is skewed and heavy-tailed, else take logs.

An indicator passes if its skewness is below 2 in absolute value or its excess kurtosis below 3.5,
both bias-corrected (G1 and G2, as SKEW and KURT of spreadsheets). One that fails has its most extreme
value, with its ties, replaced by the next one, on the side of the skew, until it passes or five points
are changed. If it still fails its untreated values are taken to logarithms.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from clusters.index._frames import By, numbers, slices, where
from clusters.index.stage import Entry, Stage
from clusters.sentences import Note

Floats = NDArray[np.float64]
NAN = float("nan")
SKEWNESS = 2.0
KURTOSIS = 3.5
OFFSET = 0.01
"""Share of the range that keeps the logarithm of the least value finite."""


@dataclass(frozen=True, slots=True)
class Treated:
    """One indicator after treatment."""

    values: Floats
    winsorised: tuple[int, ...]
    """Positions of the points that were changed; none where logarithms were taken."""
    logged: bool
    passes: bool
    """Whether the values now pass; True also where there is nothing to judge."""
    skewness: tuple[float, float]
    """Before and after."""
    kurtosis: tuple[float, float]


def skewness(values: ArrayLike) -> float:
    """Skewness G1 of a sample, corrected for bias.

    ``G1 = sqrt(n(n - 1)) / (n - 2) * m3 / m2^1.5`` with the central moments ``m`` of the n values that
    are not missing; SKEW of spreadsheets, type 2 of R's e1071. NaN with less than 3 values or where all
    are equal.

    References
    ----------
    Joanes, Gill 1998; methods 2.5 step 4.

    Examples
    --------
    >>> round(skewness([*range(1, 11), 100]), 3)
    3.256
    """
    x = _present(values)
    n = len(x)
    if n < 3 or np.ptp(x) == 0:
        return NAN
    m2, m3 = np.mean(x**2), np.mean(x**3)
    return float(np.sqrt(n * (n - 1)) / (n - 2) * m3 / m2**1.5)


def excess_kurtosis(values: ArrayLike) -> float:
    """Excess kurtosis G2 of a sample, corrected for bias: 0 for the normal distribution.

    ``G2 = (n - 1) / ((n - 2)(n - 3)) * ((n + 1)(m4 / m2^2 - 3) + 6)``; KURT of spreadsheets, type 2 of
    R's e1071. NaN with less than 4 values or where all are equal.

    References
    ----------
    Joanes, Gill 1998; methods 2.5 step 4.

    Examples
    --------
    >>> round(excess_kurtosis([*range(1, 11), 100]), 2)
    10.71
    """
    x = _present(values)
    n = len(x)
    if n < 4 or np.ptp(x) == 0:
        return NAN
    excess = np.mean(x**4) / np.mean(x**2) ** 2 - 3
    return float((n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * excess + 6))


def is_skewed(values: ArrayLike, *, max_skewness: float = SKEWNESS, max_kurtosis: float = KURTOSIS) -> bool:
    """Tell whether values fail the rule: |G1| >= 2 and G2 >= 3.5.

    Either alone is no reason to change data. False where one is undefined.

    References
    ----------
    Methods 2.5 step 4.

    Examples
    --------
    >>> is_skewed([*range(1, 11), 100]), is_skewed(range(1, 11))
    (True, False)
    """
    return abs(skewness(values)) >= max_skewness and excess_kurtosis(values) >= max_kurtosis


def treat_values(
    values: ArrayLike,
    *,
    winmax: int | None = 5,
    max_skewness: float = SKEWNESS,
    max_kurtosis: float = KURTOSIS,
    log: bool = True,
    mirror: bool = True,
) -> Treated:
    """Treat one indicator; see ``treat_outliers`` for the parameters.

    Examples
    --------
    >>> treated = treat_values([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100])
    >>> treated.values[-2:].tolist(), treated.winsorised, treated.passes
    ([10.0, 10.0], (10,), True)
    """
    raw = np.asarray(values, dtype=np.float64)
    limits = {"max_skewness": max_skewness, "max_kurtosis": max_kurtosis}
    x, changed = _winsorised(raw, winmax, limits)
    fails = is_skewed(x, **limits)
    if fails and log:
        x, changed = _logged(raw, mirror=mirror), np.empty(0, np.intp)
    return Treated(
        x,
        tuple(changed.tolist()),
        fails and log,
        not is_skewed(x, **limits),
        (skewness(raw), skewness(x)),
        (excess_kurtosis(raw), excess_kurtosis(x)),
    )


def treat_outliers(
    frame: pd.DataFrame,
    *,
    winmax: int | None = 5,
    max_skewness: float = SKEWNESS,
    max_kurtosis: float = KURTOSIS,
    log: bool = True,
    mirror: bool = True,
    by: By = None,
    skip: Collection[str] = (),
) -> Stage:
    """Treat the indicators of a frame that fail the rule of skewness and kurtosis.

    Parameters
    ----------
    frame
        Units (and years) x indicators; NaN where missing.
    winmax
        No further value is winsorised once so many points are changed: ties are changed together, so
        it may be exceeded by the last of them. ``None``: no limit.
    max_skewness, max_kurtosis
        The rule.
    log
        Take logarithms of the untreated values where winsorising does not help:
        ``log(x - min + 0.01 (max - min))``. Otherwise the winsorised values stay.
    mirror
        Where the skew is negative take the mirror image, ``-log(max - x + 0.01 (max - min))``, since
        the logarithm itself would only lengthen the tail. COINr does not (``log_CT``).
    by
        ``"year"``: each year of a panel by itself. A logarithm of some years only makes years
        incomparable, so they are treated together by default.
    skip
        Indicators to leave alone.

    Returns
    -------
    Stage
        Order is kept, but for ties that winsorising makes. An entry for each point winsorised, with its
        values, and for each indicator taken to logarithms, with its skewness before and after; a warning
        names indicators that fail even then.

    Raises
    ------
    DataError
        Text or infinite values.
    ValueError
        Impossible limits.

    References
    ----------
    Methods 2.5 step 4; Becker et al. 2022 (COINr, ``Treat``).

    Examples
    --------
    >>> frame = pd.DataFrame({"x": [*range(1, 11), 100]}, index=list("abcdefghijk"))
    >>> entry, = treat_outliers(frame).log
    >>> entry.what, entry.unit, entry.before, entry.after
    ('winsorised', 'k', 100.0, 10.0)
    """
    if winmax is not None and winmax < 0:
        raise ValueError("winmax is a number of points, or None")
    data = numbers(frame, "outliers")
    result = data.copy()
    entries: list[Entry] = []
    failing: dict[str, None] = {}
    for year, rows in slices(data, by):
        for place, item in enumerate(data.columns):
            if item in skip:
                continue
            raw = data.iloc[rows, place].to_numpy()
            treated = treat_values(
                raw,
                winmax=winmax,
                max_skewness=max_skewness,
                max_kurtosis=max_kurtosis,
                log=log,
                mirror=mirror,
            )
            result.iloc[rows, place] = treated.values
            labels = [data.index[row] for row in rows]
            entries += _told(str(item), year, labels, raw, treated)
            if not treated.passes:
                failing[str(item)] = None
    warnings = (Note("note.index_still_skewed", n=len(failing), items=list(failing)),) if failing else ()
    return Stage("outliers", result, tuple(entries), warnings)


def _present(values: ArrayLike) -> Floats:
    """Values that are not missing, about their mean and in a unit that powers do not overflow."""
    x = np.asarray(values, dtype=np.float64)
    x = x[~np.isnan(x)]
    if not len(x) or np.ptp(x) == 0:
        return np.zeros(len(x))
    x = x - x.mean()
    return np.asarray(x / np.abs(x).max())


def _winsorised(raw: Floats, winmax: int | None, limits: dict[str, float]) -> tuple[Floats, NDArray[np.intp]]:
    """Replace the most extreme value by the next one until the rule is met or enough is changed."""
    x = raw.copy()
    allowed = np.inf if winmax is None else winmax
    changed = np.zeros(len(x), bool)
    while changed.sum() < allowed and is_skewed(x, **limits):
        side = 1 if skewness(x) >= 0 else -1
        extreme = np.nanmax(side * x)
        next_one = np.max(side * x, where=side * x < extreme, initial=-np.inf)
        if next_one == np.nanmin(side * x):
            break  # two values are left, and one of them would be lost
        at = side * x == extreme
        x[at] = side * next_one
        changed |= at
    return x, np.flatnonzero(changed)


def _logged(x: Floats, *, mirror: bool) -> Floats:
    low, high = np.nanmin(x), np.nanmax(x)
    offset = OFFSET * (high - low)
    if mirror and skewness(x) < 0:
        return np.asarray(-np.log(high - x + offset))
    return np.asarray(np.log(x - low + offset))


def _told(item: str, year: int | None, labels: list[object], raw: Floats, treated: Treated) -> list[Entry]:
    """Write down what was done to one indicator."""
    shapes = (
        f"skewness={treated.skewness[0]:.3f} {treated.skewness[1]:.3f}; "
        f"kurtosis={treated.kurtosis[0]:.3f} {treated.kurtosis[1]:.3f}"
    )
    if treated.logged:
        low, high = np.nanmin(raw), np.nanmax(raw)
        side = "low" if treated.values[np.nanargmin(raw)] == np.log(OFFSET * (high - low)) else "high"
        detail = f"from={side}; min={low:.10g}; max={high:.10g}; {shapes}"
        return [Entry("outliers", "logged", item, None, year, *treated.skewness, detail)]
    return [
        Entry(
            "outliers",
            "winsorised",
            item,
            **where(labels[i]),
            before=float(raw[i]),
            after=float(treated.values[i]),
            detail=f"points={len(treated.winsorised)}; {shapes}",
        )
        for i in treated.winsorised
    ]
