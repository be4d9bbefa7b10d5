"""Divide indicators by a size: papers per inhabitant, investment per unit of GDP."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from clusters.errors import DataError
from clusters.index._frames import column, numbers, where
from clusters.index.stage import Entry, Stage
from clusters.sentences import Note


def denominate(
    frame: pd.DataFrame, denominators: Mapping[str, str], extra: pd.DataFrame | None = None
) -> Stage:
    """Divide indicators by columns of the table.

    Parameters
    ----------
    frame
        Units (and years) x indicators.
    denominators
        Column to divide by, for each indicator that is divided.
    extra
        Further columns of the same rows; a denominator is looked for here first, then in ``frame``,
        as it is before anything is divided.

    Returns
    -------
    Stage
        x / denominator, NaN where either is missing or the denominator is 0. An entry for each
        indicator, and one for each value that cannot be divided; a warning tells of those.

    Raises
    ------
    DataError
        An indicator or a denominator that is not in the table, or is not a number.
    ValueError
        ``extra`` has other rows than ``frame``.

    References
    ----------
    Methods 2.5 step 2.

    Examples
    --------
    >>> table = pd.DataFrame({"papers": [10, 6], "people": [5, 0]}, index=["a", "b"])
    >>> stage = denominate(table[["papers"]], {"papers": "people"}, table)
    >>> stage.frame["papers"].tolist()
    [2.0, nan]
    """
    if extra is not None and not extra.index.equals(frame.index):
        raise ValueError("extra and frame have different rows")
    data = numbers(frame, "denominate")
    result = data.copy()
    entries: list[Entry] = []
    lost: dict[str, int] = {}
    for item, name in denominators.items():
        if item not in data.columns:
            raise DataError(f"denominate: there is no indicator {item!r} in the table")
        by = _denominator(name, item, data, extra)
        result[item] = data[item] / by.replace(0.0, np.nan)
        entries.append(Entry("denominate", "divided", item, detail=f"denominator={name}"))
        gone = data[item].notna() & result[item].isna()
        for label, value, divisor in zip(data.index[gone], data[item][gone], by[gone], strict=True):
            detail = f"denominator={name}: {divisor:g}"
            entries.append(
                Entry("denominate", "undefined", item, **where(label), before=float(value), detail=detail)
            )
            lost[name] = lost.get(name, 0) + 1
    warnings = (Note("note.index_no_denominator", n=sum(lost.values()), columns=list(lost)),) if lost else ()
    return Stage("denominate", result, tuple(entries), warnings)


def _denominator(name: str, item: str, data: pd.DataFrame, extra: pd.DataFrame | None) -> pd.Series:
    if extra is not None and name in extra.columns:
        return column(extra[name], "denominate")
    if name in data.columns:
        return data[name]
    columns = [*(extra.columns if extra is not None else ()), *data.columns]
    known = ", ".join(map(str, columns[:8])) + (", ..." if len(columns) > 8 else "")
    raise DataError(
        f"denominate: {item!r} is to be divided by {name!r}, which is not a column of the table",
        hint=f"columns are {known}",
    )
