"""Formulas of indicators on frames (how they are written: ``clusters.intake.formula``)."""

from __future__ import annotations

import pandas as pd

from clusters.errors import DataError
from clusters.intake.formula import FUNCTIONS, Formula, parse

__all__ = ["FUNCTIONS", "Formula", "evaluate", "names", "parse"]


def names(text: str) -> tuple[str, ...]:
    """Return the columns that a formula needs.

    Examples
    --------
    >>> names("log(papers) / `常住人口`")
    ('papers', '常住人口')
    """
    return parse(text).names


def evaluate(text: str, frame: pd.DataFrame) -> pd.Series:
    """Compute a formula from the columns of a frame.

    Parameters
    ----------
    text
        Arithmetic of columns: ``+ - * / **``, parentheses, numbers, ``log``, ``log1p``, ``sqrt``,
        ``abs``, ``min``, ``max``; a name that is not one word stands in backticks.
    frame
        Columns of numbers.

    Returns
    -------
    Series
        One number per row; NaN where a value is missing or the result undefined (a division by 0, the
        logarithm of 0, a result too large for a number).

    Raises
    ------
    DataError
        The text is no formula, or the frame lacks a column.

    Examples
    --------
    >>> evaluate("new / (firms - new)", pd.DataFrame({"new": [1, 2], "firms": [5, 2]})).tolist()
    [0.25, nan]
    """
    formula = parse(text)
    lacking = [name for name in formula.names if name not in frame.columns]
    if lacking:
        raise DataError(
            f"the formula {text!r} needs the column {lacking[0]!r}",
            hint=f"there are {', '.join(map(str, frame.columns))}",
        )
    columns = {name: frame[name].to_numpy(float) for name in formula.names}
    return pd.Series(formula.evaluate(columns), frame.index)
