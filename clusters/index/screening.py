"""Keep the units that have enough data to be compared."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import pandas as pd

from clusters.errors import DataError
from clusters.index._frames import numbers, panel, where
from clusters.index.stage import Entry, Stage
from clusters.sentences import Note

MINIMUM = 2 / 3
ROUNDING = 1e-9
LISTED = 10


def availability(frame: pd.DataFrame) -> pd.DataFrame:
    """Tell how much data each unit (and year) has.

    Returns
    -------
    DataFrame
        ``available``, the share of indicators with a value, and ``nonzero``, the share of those that
        are not 0: NaN for a unit without any.

    Examples
    --------
    >>> frame = pd.DataFrame({"x": [1, None], "y": [0, None]}, index=["a", "b"])
    >>> availability(frame)["available"].tolist(), availability(frame)["nonzero"].tolist()
    ([1.0, 0.0], [0.5, nan])
    """
    present = frame.notna().sum(axis=1)
    zero = (frame == 0).sum(axis=1)
    return pd.DataFrame(
        {"available": present / max(frame.shape[1], 1), "nonzero": 1 - zero / present.where(present > 0)}
    )


def screen(
    frame: pd.DataFrame,
    minimum: float | None = MINIMUM,
    nonzero: float | None = None,
    *,
    by: Literal["row", "unit"] = "row",
    keep: Collection[str] = (),
    drop: Collection[str] = (),
) -> Stage:
    """Remove units with too few values, or too many zeros among them.

    Parameters
    ----------
    frame
        Units (and years) x indicators.
    minimum
        Least share of indicators with a value, 0 to 1; ``None`` does not ask for it.
    nonzero
        Least share of non-zero values among them, 0 to 1.
    by
        In a panel: ``"row"`` judges each year of a unit by itself, ``"unit"`` keeps or removes all its
        years together, by its values in all of them.
    keep, drop
        Units that stay, or go, whatever their data.

    Returns
    -------
    Stage
        The rows that stay, in their order. An entry for each row removed, with its shares, and a
        warning that names the units.

    Raises
    ------
    DataError
        Nothing would remain; a unit of ``keep`` or ``drop`` is not in the table.
    ValueError
        Shares outside 0 to 1, a unit both kept and dropped.

    References
    ----------
    Methods 2.5 step 2; Becker et al. 2022 (COINr, ``Screen``).

    Examples
    --------
    >>> frame = pd.DataFrame({"x": [1, None], "y": [2, None], "z": [None, 3]}, index=["a", "b"])
    >>> stage = screen(frame)
    >>> stage.frame.index.tolist(), [entry.unit for entry in stage.log]
    (['a'], ['b'])
    """
    for share in (minimum, nonzero):
        if share is not None and not 0 <= share <= 1:
            raise ValueError(f"{share!r} is not a share between 0 and 1")
    if by not in ("row", "unit"):
        raise ValueError(f"by={by!r} is not known; use 'row' or 'unit'")
    if twice := set(keep) & set(drop):
        raise ValueError(f"{sorted(twice)[0]!r} is both kept and dropped")
    data = numbers(frame, "screen")
    units = data.index.get_level_values(0) if panel(data) else data.index
    for unit in (*keep, *drop):
        if unit not in units:
            raise DataError(f"screen: there is no unit {unit!r} in the table")
    found = availability(data)
    judged = found
    if by == "unit" and panel(data):
        counts = pd.DataFrame({"n": data.notna().sum(axis=1), "zero": (data == 0).sum(axis=1)})
        totals = counts.groupby(units).transform("sum")
        cells = pd.Series(1, found.index).groupby(units).transform("sum") * max(data.shape[1], 1)
        judged = pd.DataFrame(
            {
                "available": totals["n"] / cells,
                "nonzero": 1 - totals["zero"] / totals["n"].where(totals["n"] > 0),
            }
        )
    stays = pd.Series(True, data.index)
    if minimum is not None:
        stays &= judged["available"] >= minimum - ROUNDING
    if nonzero is not None:
        stays &= judged["nonzero"].fillna(1.0) >= nonzero - ROUNDING
    stays = (stays | units.isin(list(keep))) & ~units.isin(list(drop))
    if not stays.any():
        raise DataError(
            f"screen: none of the {len(data)} units would remain",
            hint="ask for less data per unit, or leave indicators out that hardly any unit has",
        )
    gone = judged[~stays]
    log = tuple(
        Entry(
            *("screen", "removed"),
            **where(label),
            before=float(available),
            detail=f"available={available:.4g}; nonzero={share:.4g}",
        )
        for label, available, share in zip(gone.index, gone["available"], gone["nonzero"], strict=True)
    )
    return Stage("screen", data[stays.to_numpy()], log, _listed(log))


def _listed(log: tuple[Entry, ...]) -> tuple[Note, ...]:
    if not log:
        return ()
    names = [f"{e.unit} {e.year}" if e.year is not None else str(e.unit) for e in log]
    more = len(names) - LISTED
    units = [*names[:LISTED], *(["..."] if more > 0 else [])]
    return (Note("note.index_removed", n=len(names), units=units),)
