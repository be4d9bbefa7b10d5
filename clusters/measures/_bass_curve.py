"""Formulas of Bass's curve with their derivatives, for many series at once.

p and q are columns (series x 1), times a row; what comes out is series x times.
"""

from __future__ import annotations

import numpy as np

from clusters.measures._least_squares import Floats, Model


def model(form: str, periods: int, market: Floats | None) -> Model:
    """Return values and derivatives by ln p, ln q and ln m of a form."""
    ends = np.arange(periods + 1, dtype=np.float64)

    def of(logs: Floats) -> tuple[Floats, Floats]:
        p, q = (np.exp(np.clip(logs[:, i], -30, 5))[:, None] for i in (0, 1))
        m = np.exp(np.clip(logs[:, 2], -30, 30))[:, None] if market is None else market[:, None]
        if form == "interval":
            part, by_p, by_q = (np.diff(x, axis=1) for x in share(ends, p, q))
        else:
            part, by_p, by_q = rate(ends[1:], p, q)
        parts = [m * p * by_p, m * q * by_q] + ([m * part] if market is None else [])
        return m * part, np.stack(parts, axis=2)

    return of


def share(t: Floats, p: Floats, q: Floats) -> tuple[Floats, Floats, Floats]:
    """B(t) and its derivatives by p and q."""
    left = np.exp(-(p + q) * t)
    above, below = p * (1 - left), p + q * left
    by_p = ((1 - left + p * t * left) * below - above * (1 - q * t * left)) / below**2
    by_q = (p * t * left * below - above * (left - q * t * left)) / below**2
    return above / below, by_p, by_q


def rate(t: Floats, p: Floats, q: Floats) -> tuple[Floats, Floats, Floats]:
    """b(t) and its derivatives by p and q."""
    left = np.exp(-(p + q) * t)
    below = p + q * left
    now = (p + q) ** 2 * p * left / below**2
    by_p = now * (2 / (p + q) + 1 / p - t - 2 * (1 - q * t * left) / below)
    by_q = now * (2 / (p + q) - t - 2 * (left - q * t * left) / below)
    return now, by_p, by_q
