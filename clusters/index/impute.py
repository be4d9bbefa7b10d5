"""Fill in missing values, before anything is normalised, and say for whom much was filled in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.errors import DataError
from clusters.index._frames import numbers, panel, slices, where
from clusters.index.stage import Entry, Stage
from clusters.sentences import Note

METHODS = ("none", "mean", "median", "group_mean", "group_median", "zero", "linear", "nearest")
LIMIT = 1 / 3
ROUNDING = 1e-9
Groups = pd.Series | Sequence[pd.Series] | pd.DataFrame | str | Sequence[str]
"""Groups of units: series over units or rows, or columns of ``extra``; of several the finest first."""


def imputed_share(before: pd.DataFrame, after: pd.DataFrame) -> pd.Series:
    """Share of the indicators of each unit (and year) that were filled in, 0 to 1.

    Examples
    --------
    >>> before = pd.DataFrame({"x": [1, None], "y": [2, 3]}, index=["a", "b"])
    >>> imputed_share(before, before.fillna(0)).tolist()
    [0.0, 0.5]
    """
    filled = before.isna() & after.notna()
    return (filled.sum(axis=1) / max(before.shape[1], 1)).rename("imputed_share")


def impute(
    frame: pd.DataFrame,
    method: str = "none",
    *,
    groups: Groups | None = None,
    extra: pd.DataFrame | None = None,
    limit: float = LIMIT,
    force: bool = False,
    neighbours: int = 5,
) -> Stage:
    """Fill in the missing values of a frame.

    Parameters
    ----------
    frame
        Units (and years) x indicators; NaN where missing.
    method
        ``none``
            Leave them: aggregates are means of what there is, with weights rescaled.
        ``mean``, ``median``
            Of the indicator over all units.
        ``group_mean``, ``group_median``
            Over the units of the same group (``groups``).
        ``zero``
            0, for counts whose blanks mean none.
        ``linear``
            Within the unit over the years of a panel, between the nearest years before and after; before
            the first and after the last, the value of that year.
        ``nearest``
            Mean over the ``neighbours`` units nearest to it that have the indicator. Distance is the root
            mean square difference over the indicators both have, each divided by its standard deviation;
            units equally far count together.
    groups
        Group of each unit; several groupings from the finest to the coarsest: a value comes from the
        first whose group has any.
    extra
        Further columns of the same rows, where ``groups`` names some.
    limit
        Greatest share of a unit's indicators (in a panel of a year's) that may be filled in.
    force
        Fill in more than that all the same; a warning says so.
    neighbours
        Number of units for ``nearest``.

    Returns
    -------
    Stage
        In a panel all methods but ``linear`` use the year of the gap alone. A group without a value
        falls back on the mean (median) of all units, with a warning; a value nobody has stays NaN, with
        another. An entry for each cell filled in (``imputed``) and for each unit with its share of them
        (``imputed_share``).

    Raises
    ------
    DataError
        More than ``limit`` would be filled in for a unit; ``linear`` without a panel, a group column
        that is not in the table.
    ValueError
        Unknown method; groups are missing or needless.

    References
    ----------
    Methods 2.5 step 3; Becker et al. 2022 (COINr, ``i_mean_grp``, ``impute_panel``).

    Examples
    --------
    >>> frame = pd.DataFrame({"x": [1.0, 3.0, None, 9.0]}, index=list("abcd"))
    >>> place = pd.Series({"a": "east", "b": "east", "c": "east", "d": "west"})
    >>> impute(frame, "group_mean", groups=place, force=True).frame["x"].tolist()
    [1.0, 3.0, 2.0, 9.0]
    """
    if method not in METHODS:
        raise ValueError(f"there is no imputation {method!r}; use one of {', '.join(METHODS)}")
    if neighbours < 1:
        raise ValueError("neighbours is a number of units, at least 1")
    if method.startswith("group_") and groups is None:
        raise ValueError(f"{method} needs groups")
    data = numbers(frame, "impute")
    if groups is not None and method.startswith("group_"):
        _groupings(groups, data, extra)  # a column that is not there is an error without a gap, too
    if method == "none" or not data.isna().to_numpy().any():
        return Stage("impute", data)
    filled = _filled(data, method, groups, extra, neighbours)
    shares = imputed_share(data, filled.frame)
    over = shares[shares > limit + ROUNDING]
    if len(over) and not force:
        raise _too_much(over, limit, data.shape[1])
    return Stage("impute", filled.frame, _log(data, filled, shares), _warnings(filled, over, limit))


@dataclass
class _Filled:
    """A frame being filled in, and what each value came from."""

    frame: pd.DataFrame
    source: pd.DataFrame
    """How each cell was filled in, for the log; empty where it was not."""
    fallen_back: dict[str, int] = field(default_factory=dict)

    def put(self, values: pd.DataFrame, how: str) -> None:
        """Fill what is still missing with values of a frame of the same shape."""
        new = (self.frame.isna() & values.notna()).to_numpy()
        self.frame = self.frame.where(~new, values)
        self.source = self.source.mask(new, how)


def _filled(
    data: pd.DataFrame,
    method: str,
    groups: Groups | None,
    extra: pd.DataFrame | None,
    neighbours: int,
) -> _Filled:
    filled = _Filled(data.copy(), pd.DataFrame("", index=data.index, columns=data.columns))
    if method == "zero":
        filled.put(data.fillna(0.0), method)
    elif method == "linear":
        filled.put(_linear(data), method)
    elif method == "nearest":
        filled.put(_in_each_year(data, lambda part: _nearest(part, neighbours)), f"{method}; k={neighbours}")
    elif method.startswith("group_"):
        assert groups is not None
        for one in _groupings(groups, data, extra):
            filled.put(_in_groups(data, one, method.removeprefix("group_")), f"{method}; group={one.name}")
    if method in ("mean", "median"):
        filled.put(_typical(data, method), method)
    elif method == "nearest" or method.startswith("group_"):
        left = filled.frame.isna().sum()
        centre = "median" if method.endswith("median") else "mean"
        filled.put(_typical(data, centre), f"{centre} of all units")
        used = left - filled.frame.isna().sum()
        filled.fallen_back = {str(item): int(n) for item, n in used.items() if n}
    return filled


def _in_each_year(data: pd.DataFrame, fill: Callable[[pd.DataFrame], pd.DataFrame]) -> pd.DataFrame:
    """Fill in each year of a panel by itself."""
    if not panel(data):
        return fill(data)
    parts = [fill(data.iloc[rows]) for _, rows in slices(data, "year")]
    return pd.concat(parts).reindex(data.index)


def _typical(data: pd.DataFrame, centre: str) -> pd.DataFrame:
    """Mean or median of every column, in every row."""

    def fill(part: pd.DataFrame) -> pd.DataFrame:
        return part.fillna(getattr(part, centre)())

    return _in_each_year(data, fill)


def _in_groups(data: pd.DataFrame, group: pd.Series, centre: str) -> pd.DataFrame:
    """Mean or median of every column over the rows of the same group; NaN without a group."""

    def fill(part: pd.DataFrame) -> pd.DataFrame:
        grouped = part.groupby(group.reindex(part.index))
        return part.fillna(grouped.transform("median" if centre == "median" else "mean"))

    return _in_each_year(data, fill)


def _groupings(groups: Groups, data: pd.DataFrame, extra: pd.DataFrame | None) -> list[pd.Series]:
    """Return each grouping as a series over the rows of the frame."""
    given: list[pd.Series | str]
    if isinstance(groups, pd.DataFrame):
        given = [groups[name] for name in groups.columns]
    else:
        given = [groups] if isinstance(groups, (str, pd.Series)) else list(groups)
    found = []
    for group in given:
        if isinstance(group, str):
            if extra is None or group not in extra.columns:
                known = ", ".join(map(str, extra.columns[:8])) if extra is not None else ""
                raise DataError(
                    f"impute: the group {group!r} is not a column of the table",
                    hint=f"columns are {known}" if known else "",
                )
            group = extra[group]
        rows = data.index
        if panel(data) and not panel(group):
            rows = data.index.get_level_values(0)
        found.append(pd.Series(group.reindex(rows).to_numpy(), data.index, name=group.name))
    return found


def _linear(data: pd.DataFrame) -> pd.DataFrame:
    """Interpolate every unit over its years."""
    if not panel(data):
        raise DataError(
            "impute: linear fills in between years, but the table has no years", hint="name a column of years"
        )
    found = data.to_numpy(copy=True)
    years = data.index.get_level_values(-1).to_numpy(np.float64)
    units = data.index.get_level_values(0)
    for unit in units.unique():
        rows = np.flatnonzero(units == unit)
        order = rows[np.argsort(years[rows])]
        for place in range(found.shape[1]):
            known = order[~np.isnan(found[order, place])]
            if 0 < len(known) < len(order):
                found[order, place] = np.interp(years[order], years[known], found[known, place])
    return pd.DataFrame(found, data.index, data.columns)


def _nearest(data: pd.DataFrame, neighbours: int) -> pd.DataFrame:
    """Mean of the nearest rows that have the value."""
    x = data.to_numpy()
    spread = data.std(ddof=1).replace(0.0, np.nan).to_numpy()
    z = x / spread
    found = x.copy()
    for row in np.flatnonzero(np.isnan(x).any(axis=1)):
        away = _distances(z, int(row))
        for place in np.flatnonzero(np.isnan(x[row])):
            usable = ~np.isnan(x[:, place]) & ~np.isnan(away)
            if usable.any():
                k = min(neighbours, int(usable.sum()))
                farthest = np.partition(away[usable], k - 1)[k - 1]
                near = usable & (away <= farthest * (1 + ROUNDING))
                found[row, place] = x[near, place].mean()
    return pd.DataFrame(found, data.index, data.columns)


def _distances(z: NDArray[np.float64], row: int) -> NDArray[np.float64]:
    """Root mean square difference of one row from each over what both have; NaN without that."""
    squares = (z - z[row]) ** 2
    n = (~np.isnan(squares)).sum(axis=1)
    return np.asarray(np.sqrt(np.nansum(squares, axis=1) / np.where(n > 0, n, np.nan)))


def _log(data: pd.DataFrame, filled: _Filled, shares: pd.Series) -> tuple[Entry, ...]:
    values, sources = filled.frame.to_numpy(), filled.source.to_numpy()
    cells = [
        Entry(
            *("impute", "imputed", str(data.columns[j])),
            **where(data.index[i]),
            after=float(values[i, j]),
            detail=str(sources[i, j]),
        )
        for i, j in np.argwhere((data.isna() & filled.frame.notna()).to_numpy())
    ]
    units = [
        Entry("impute", "imputed_share", **where(label), after=float(share))
        for label, share in shares[shares > 0].items()
    ]
    return (*cells, *units)


def _warnings(filled: _Filled, over: pd.Series, limit: float) -> tuple[Note, ...]:
    notes = []
    if filled.fallen_back:
        n = sum(filled.fallen_back.values())
        notes.append(Note("note.index_no_group", n=n, items=list(filled.fallen_back)))
    left = filled.frame.isna().sum()
    if left.any():
        items = [str(item) for item in left[left > 0].index]
        notes.append(Note("note.index_not_imputed", n=int(left.sum()), items=items))
    if len(over):
        notes.append(
            Note(
                "note.index_forced",
                n=len(over),
                limit=limit,
                most=float(over.max()),
                unit=_name(over.idxmax()),
            )
        )
    return tuple(notes)


def _too_much(over: pd.Series, limit: float, columns: int) -> DataError:
    worst = over.sort_values(ascending=False, kind="stable")
    named = ", ".join(f"{_name(label)} {share:.0%}" for label, share in worst.head(5).items())
    units = "1 unit" if len(over) == 1 else f"{len(over)} units"
    return DataError(
        f"impute: {units} would have more than {limit:.0%} of their {columns} indicators filled in "
        f"({named}{', ...' if len(over) > 5 else ''})",
        hint="leave them out ([screen] in the framework) or fill them in all the same (--force-impute)",
    )


def _name(label: object) -> str:
    return " ".join(map(str, label)) if isinstance(label, tuple) else str(label)
