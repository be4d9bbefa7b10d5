"""The means as matrix products: n units by k parts times k parts by D sets of weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusters.index.outranking import copeland, topsis

Floats = NDArray[np.float64]
NAN = float("nan")


def misfit(values: Floats, method: str, **options: Any) -> tuple[int, int] | None:
    """Find the first value that a mean cannot take, as row and column; ``None`` where all fit."""
    p = options.get("p", 1.0)
    if method in ("geometric", "harmonic") or (method == "power" and p <= 0):
        wrong = np.asarray(values <= 0)
    elif method == "power" and p != 1:
        wrong = np.asarray(values < 0)
    else:
        return None
    if not wrong.any():
        return None
    row, column = np.argwhere(wrong)[0]
    return int(row), int(column)


def _arithmetic(values: Floats, shares: Floats) -> Floats:
    """Weighted arithmetic means: n by k times k by D; missing parts are left out of both sums."""
    there = ~np.isnan(values)
    if there.all():
        return np.asarray(values @ shares)
    total = there.astype(float) @ shares
    sums = np.where(there, values, 0.0) @ shares
    return np.divide(sums, total, out=np.full_like(sums, NAN), where=total > 0)


def _geometric(values: Floats, shares: Floats) -> Floats:
    found: Floats = np.exp(_arithmetic(np.log(values), shares))
    return found


def _harmonic(values: Floats, shares: Floats) -> Floats:
    return 1 / _arithmetic(1 / values, shares)


def _power(values: Floats, shares: Floats, p: float = 1.0) -> Floats:
    if p == 0:
        return _geometric(values, shares)
    if p == 1:
        return _arithmetic(values, shares)
    # Divided by the largest (or smallest) of the row, no power can overflow.
    scale = np.fmax.reduce(values, axis=1) if p > 0 else np.fmin.reduce(values, axis=1)
    scale = np.where(scale > 0, scale, 1.0)[:, None]
    powers: Floats = scale * _arithmetic((values / scale) ** p, shares) ** (1 / p)
    return powers


def _mpi(values: Floats, shares: Floats, penalty: int = -1, ddof: int = 0) -> Floats:
    """Mean plus or minus the deviation times the coefficient of variation; infinite where M <= 0.

    With weights both moments are weighted; ``ddof`` 1 multiplies the variance by k / (k - 1) for k
    existing parts.
    """
    centre = np.nan_to_num(np.fmax.reduce(values, axis=1) / 2 + np.fmin.reduce(values, axis=1) / 2)[:, None]
    first = _arithmetic(values - centre, shares)
    variance = np.maximum(_arithmetic((values - centre) ** 2, shares) - first**2, 0.0)
    if ddof:
        k = (~np.isnan(values)).astype(float) @ (shares > 0)
        variance = variance * np.divide(k, k - 1, out=np.full_like(k, NAN), where=k > 1)
    centred = first + centre
    part = np.divide(variance, centred, out=np.full_like(variance, np.inf), where=centred > 0)
    part[np.isnan(centred)] = NAN
    found: Floats = centred + penalty * part
    return found


MEANS: Mapping[str, Callable[..., Floats]] = {
    "arithmetic": _arithmetic,
    "geometric": _geometric,
    "harmonic": _harmonic,
    "power": _power,
    "mpi": _mpi,
    "topsis": topsis,
    "copeland": copeland,
}
"""Means by name: n by k values and k by D weights with sum 1 in, n by D out."""
RELATIVE = ("topsis", "copeland")
"""Means that compare units with each other."""
OPTIONS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(MEANS, ()),
    "power": ("p",),
    "mpi": ("penalty", "ddof"),
    "topsis": ("scaling",),
}
CHOICES: Mapping[str, tuple[Any, ...]] = {
    "penalty": (-1, 1),
    "ddof": (0, 1),
    "scaling": ("none", "vector"),
}
