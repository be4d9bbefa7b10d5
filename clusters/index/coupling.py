"""Coupling coordination degree (耦合协调度): how far subsystems are developed, and how evenly."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clusters.errors import DataError
from clusters.index._frames import numbers
from clusters.index.aggregate import mean

CLASSES = (
    "extreme_imbalance",
    "severe_imbalance",
    "moderate_imbalance",
    "mild_imbalance",
    "near_imbalance",
    "barely_coordinated",
    "primary_coordination",
    "intermediate_coordination",
    "good_coordination",
    "superior_coordination",
)
"""The usual ten classes of D, from [0, 0.1) to [0.9, 1]; words in ``labels.csv``."""
EDGE = 1e-9
"""What D may fall short of the edge of a class by rounding."""


def coupling(frame: pd.DataFrame, weights: pd.Series | None = None) -> pd.DataFrame:
    """Compute the coupling coordination degree of the subsystems of each unit.

    C = n (U1 ... Un)^(1/n) / (U1 + ... + Un), T = sum b U, D = sqrt(C T).

    Parameters
    ----------
    frame
        Units (or units and years) by n subsystems, values U above 0 and at most 1.
    weights
        Weights b of the subsystems, rescaled to sum 1; equal by default.

    Returns
    -------
    DataFrame
        Per unit ``coupling`` C (1 where all U are equal, towards 0 the more they differ),
        ``development`` T, ``coordination`` D, all above 0 and at most 1, and ``coordination_class``,
        a word of ``CLASSES``. Undefined (NaN, None) for a unit that lacks a subsystem. C has no weights,
        so it is high for units that are equally poor in everything: D and T are read with it.

    Raises
    ------
    DataError
        A value outside (0, 1].
    ValueError
        Fewer than two subsystems, or a weight that is missing.

    References
    ----------
    Methods 2.5 step 7; the form with values in (0, 1], for which C is from 0 to 1 for any n.

    Examples
    --------
    >>> found = coupling(pd.DataFrame({"industry": [0.8], "ecology": [0.5]}, index=["x"]))
    >>> found.iloc[0, :3].astype(float).round(6).tolist(), found["coordination_class"].tolist()
    ([0.973009, 0.65, 0.795271], ['intermediate_coordination'])
    """
    table = numbers(frame, "coupling")
    values = table.to_numpy(float)
    if values.shape[1] < 2:
        raise ValueError(f"coupling needs two subsystems or more, not {values.shape[1]}")
    wrong = (values <= 0) | (values > 1)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise DataError(
            f"{table.index[int(row)]}, {table.columns[column]!r}: value {values[row, column]:g}; "
            "coupling needs values above 0 and at most 1",
            hint="normalise the subsystems to a range such as [0.01, 1]",
        )
    shares = None if weights is None else weights.reindex(table.columns).to_numpy(float)
    # Of geometric and arithmetic mean of one number, rounding may make the first the larger.
    even = np.minimum(mean(values, None, "geometric", minimum_share=1) / mean(values, minimum_share=1), 1.0)
    level = mean(values, shares, minimum_share=1)
    level[np.isnan(even)] = np.nan  # a subsystem of weight 0 may be what is missing
    degree = np.sqrt(even * level)
    found = {"coupling": even, "development": level, "coordination": degree}
    classes = [None if np.isnan(d) else CLASSES[min(int(10 * d + EDGE), 9)] for d in degree]
    named = pd.Series(classes, index=table.index, dtype=object)
    return pd.DataFrame(found, index=table.index).assign(coordination_class=named)
