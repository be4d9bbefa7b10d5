"""What every step asks of a frame: finite numbers, each indicator and each unit once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.errors import DataError

By = Literal["year"] | None
"""``"year"``: every year of a panel by itself; ``None``: all years together."""
LARGEST = 1e150
"""Values beyond it have squares that overflow: a scale made of them would be wrong and say nothing."""
EPS = float(np.finfo(np.float64).eps)


def numbers(frame: pd.DataFrame, step: str) -> pd.DataFrame:
    """Return a copy of a frame of indicators as float64, missing values as NaN.

    Raises ``DataError`` for text, infinite and immense values and names that occur twice; the message begins
    with the step.
    """
    for what, index in (("indicator", frame.columns), ("unit", frame.index)):
        if not index.is_unique:
            twice = _said(index[index.duplicated()][0])
            raise DataError(
                f"{step}: the {what} {twice} occurs more than once", hint=f"keep one of each {what}"
            )
    if all(kind == np.float64 for kind in frame.dtypes) and not (np.abs(frame.to_numpy()) > LARGEST).any():
        return frame.copy()
    found = pd.DataFrame(index=frame.index, columns=frame.columns, dtype=np.float64)
    for name in frame.columns:
        found[name] = column(frame[name], step)
    return found


def column(values: pd.Series, step: str) -> pd.Series:
    """Return one column as float64; see ``numbers``."""
    found = pd.to_numeric(values, errors="coerce").astype(np.float64)
    bad = (found.isna() & values.notna()) | np.isinf(found)
    large = found.abs() > LARGEST
    if not bad.any() and large.any():
        at = int(np.flatnonzero(large)[0])
        raise DataError(
            f"{step}: {values.name!r} of {_said(values.index[at])} is {found.iloc[at]:g}, too large to "
            "compute with",
            hint="give it in a larger unit, such as millions",
        )
    if bad.any():
        label, cell = values.index[bad.to_numpy()][0], values[bad].iloc[0]
        said = repr(cell.item() if isinstance(cell, np.generic) else cell)
        raise DataError(
            f"{step}: {values.name!r} of {_said(label)} is {said}, not a finite number",
            hint="leave a missing value empty",
        )
    return found


def panel(frame: pd.DataFrame | pd.Series) -> bool:
    """Tell whether rows are units and years."""
    return isinstance(frame.index, pd.MultiIndex)


def where(label: Any) -> dict[str, Any]:
    """Return the unit and the year of an index label, for a log entry."""
    if isinstance(label, tuple):
        return {"unit": str(label[0]), "year": int(label[-1])}
    return {"unit": str(label)}


def slices(frame: pd.DataFrame, by: By) -> Iterator[tuple[int | None, NDArray[np.intp]]]:
    """Yield the positions of the rows that belong together: all of them, or those of each year."""
    if by is None:
        yield None, np.arange(len(frame))
        return
    if by != "year":
        raise ValueError(f"by={by!r} is not known; use None or 'year'")
    if not panel(frame):
        raise ValueError("by='year' needs a panel, whose index is (unit, year)")
    years = frame.index.get_level_values(-1)
    for year in sorted(set(years)):
        yield int(year), np.flatnonzero(years == year)


def flat(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which ranges are empty (or negative), but for the rounding of a sum or a quotient."""
    return np.asarray(high - low <= 8 * EPS * np.maximum(np.abs(low), np.abs(high)))


def _said(label: Any) -> str:
    return " ".join(str(part) for part in label) if isinstance(label, tuple) else repr(label)
