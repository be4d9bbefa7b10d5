"""What a part decides, beside what it weighs; and weights with which parts decide what they should.

The weight of a part is what one more point of it adds. How much of the differences between units goes
with it depends on its spread and its correlations too, so that equal weights rarely mean equal importance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from clusters.errors import DataError
from clusters.index._systems import numbers

SMALL = 1e-9
WORST = 1e10
"""Condition number from which correlations are taken for perfect."""


@dataclass(frozen=True, slots=True)
class Optimised:
    """Weights by which parts have the importance asked for."""

    weights: pd.Series
    """Sum 1."""
    importance: pd.Series
    """Squared correlation of each part with the weighted mean, as a share of their sum."""
    target: pd.Series
    """The shares asked for."""
    attained: bool
    """Whether weights of 0 or above reach them; else those that come closest."""


def importance(values: pd.DataFrame, score: pd.Series) -> pd.Series:
    """Compute the importance of parts: the share of the score's variance that goes with each of them.

    S_j = corr(x_j, y)^2, over the units that have both: the main effect, or Pearson's correlation
    ratio, for a straight line.

    Parameters
    ----------
    values
        Rows units, columns parts.
    score
        What they make up, by the same units.

    Returns
    -------
    Series
        0 to 1 by part; they sum to more than 1 where parts agree. NaN where either is constant.

    References
    ----------
    Paruolo, Saisana, Saltelli 2013.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [0.0, 0, 2, 2], "b": [0.0, 1, 0, 1]})
    >>> importance(frame, frame.sum(axis=1)).round(3).to_dict()
    {'a': 0.8, 'b': 0.2}
    """
    found = {}
    for part in values.columns:
        both = pd.concat([values[part], score], axis=1, keys=["x", "y"]).dropna()
        varies = len(both) > 1 and (both.max() - both.min() > 0).all()
        found[part] = both["x"].corr(both["y"]) ** 2 if varies else np.nan
    return pd.Series(found, index=values.columns, dtype=float)


def optimised(values: pd.DataFrame, target: Mapping[Any, float] | None = None) -> Optimised:
    """Find weights by which each part of a weighted mean has a given importance.

    corr(x_j, y) is proportional to (R v)_j, with R the correlations of the parts and v_j = w_j s_j their
    weights in standard deviations. So (R v)_j = root of the target gives the weights in one step.

    Parameters
    ----------
    values
        Rows units, columns parts. Units without a value of some part are left out.
    target
        Importance of each part relative to the others (shares of the squared correlations); equal by
        default.

    Returns
    -------
    Optimised
        Weights of 0 or above with sum 1. Where that asks for a negative weight, as with parts that
        oppose the others, those that come closest.

    Raises
    ------
    DataError
        A constant part, or one that the others determine.

    References
    ----------
    Becker, Saisana, Paruolo, Vandecasteele 2017, who search where this solves; Paruolo and others 2013.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [0.0, 0, 2, 2], "b": [0.0, 1, 0, 1]})
    >>> optimised(frame).weights.round(4).to_dict()
    {'a': 0.3333, 'b': 0.6667}
    """
    complete = numbers(values).dropna()
    names = complete.columns
    asked = pd.Series({name: 1.0 if target is None else float(target[name]) for name in names})
    if not (asked >= 0).all() or not asked.sum() > 0:
        raise ValueError("targets must be 0 or above, and not all 0")
    wanted = np.sqrt(asked.to_numpy() / asked.sum())
    spread = complete.std(ddof=1).to_numpy() if len(complete) > 2 else np.zeros(len(names))
    correlation = complete.corr().to_numpy() if (spread > 0).all() else np.zeros((len(names),) * 2)
    if not (spread > 0).all() or np.linalg.cond(correlation) > WORST:
        raise DataError(
            f"no weights set {', '.join(map(str, names))} apart: one is constant or follows from the others, "
            "or complete units are too few",
            hint="choose equal or given weights",
        )
    standard = np.linalg.solve(correlation, wanted)
    attained = bool((standard >= -SMALL).all())
    if not attained:
        from scipy.optimize import nnls

        standard = nnls(correlation, wanted)[0]
    weights = np.maximum(standard, 0.0) / spread
    weights = weights / weights.sum()
    found = importance(complete, complete @ weights)
    return Optimised(pd.Series(weights, index=names), found / found.sum(), asked / asked.sum(), attained)
