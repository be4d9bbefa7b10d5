"""What relations and organisations are made of: counts and shares of classes.

One cell can name several classes, separated by ``|`` or ``;`` (or the full-width ``；``). A
relation then counts in parts that sum to 1 (``fractional``), or once in each class (``full``;
decision D14). Neither comma nor ``、`` separates: both occur within names of classes. Cells
without a class are left out of the shares and counted as unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
import pandas as pd

from clusters import places
from clusters.relations import PARTNER, Relations

Frame = TypeVar("Frame", pd.Series, pd.DataFrame)
Counting = Literal["fractional", "full"]
SEPARATORS = re.compile(r"[|;；]")
OF_PARTNERS = ("industry", "sector", "manufacturing_division")
"""Classes of an organisation that describe a relation through its partner (decision D15)."""
REGION, OTHER = "region", "other"
"""``other`` is the class of known places outside the four regions."""


@dataclass(frozen=True)
class Composition:
    """Classes with their counts, largest first; equal ones by place code or name."""

    counts: pd.Series
    """Number by class; whole unless relations are counted in parts."""
    known: int
    """Cells that name a class: what shares are shares of."""
    unknown: int
    """Cells that do not."""

    @property
    def shares(self) -> pd.Series:
        """Counts as fractions of the known cells; they sum to 1 unless counting is full."""
        return (self.counts / self.known if self.known else self.counts * float("nan")).rename("share")


def composition(classes: pd.Series, *, counting: Counting = "fractional") -> Composition:
    """Count the classes of a column.

    Parameters
    ----------
    classes
        One cell per relation or organisation, with no, one or several classes.
    counting
        What a cell with m classes adds to each: ``fractional`` 1/m, ``full`` 1.

    Returns
    -------
    Composition
        Without any known cell there is no class, and no share.

    References
    ----------
    Nankai report 2023, Figures 6 to 8, 11 to 13, 18, 20, 22 to 25; decisions D14, D15.

    Examples
    --------
    >>> found = composition(pd.Series(["5G", "5G|物联网", None, "物联网"]))
    >>> found.counts.to_dict(), found.known, found.unknown
    ({'5G': 1.5, '物联网': 1.5}, 3, 1)
    >>> composition(pd.Series(["5G", "5G|物联网"]), counting="full").shares.to_dict()
    {'5G': 1.0, '物联网': 0.5}
    """
    parts = split(classes, counting=counting)
    known = int(parts["row"].nunique())
    return Composition(_ranked(parts.groupby("class")["weight"].sum()), known, len(classes) - known)


def composition_by(
    classes: pd.Series, groups: pd.Series, *, cumulative: bool = False, counting: Counting = "fractional"
) -> pd.DataFrame:
    """Count the classes of a column group by group, for example year by year.

    Parameters
    ----------
    classes
        One cell per relation.
    groups
        Group of each relation, same length.
    cumulative
        Add up over the groups in ascending order (a stock, as in Table 2) instead of counting
        each by itself (a flow; decision D13).
    counting
        As in ``composition``.

    Returns
    -------
    DataFrame
        Columns are classes, largest of the last group first; one row per group that occurs,
        ascending, also where no class is known. The index carries the name of ``groups``.

    Examples
    --------
    >>> years = pd.Series([2021, 2022, 2022], name="year")
    >>> composition_by(pd.Series(["5G", "5G", "物联网"]), years, cumulative=True).loc[2022].to_dict()
    {'5G': 2, '物联网': 1}
    """
    if len(classes) != len(groups):
        raise ValueError(f"{len(classes)} classes but {len(groups)} groups")
    parts = split(classes, counting=counting)
    parts["group"] = groups.to_numpy()[parts["row"].to_numpy()]
    wide = parts.pivot_table(index="group", columns="class", values="weight", aggfunc="sum", observed=True)
    wide = wide.reindex(np.unique(groups.to_numpy())).fillna(0.0)
    if cumulative:
        wide = wide.cumsum()
    wide = wide[_ranked(wide.iloc[-1]).index] if len(wide) else wide
    wide = _whole(wide)
    wide.index.name, wide.columns.name = groups.name, None
    return wide


def known_by(classes: pd.Series, groups: pd.Series, *, cumulative: bool = False) -> pd.Series:
    """Count the cells of each group that name a class: what its shares are shares of.

    Examples
    --------
    >>> known_by(pd.Series(["5G", None, "5G"]), pd.Series([2021, 2021, 2022])).to_dict()
    {2021: 1, 2022: 1}
    """
    rows = split(classes)["row"].unique()
    index = np.unique(groups.to_numpy())
    found = pd.Series(groups.to_numpy()[rows]).value_counts().reindex(index, fill_value=0)
    return (found.cumsum() if cumulative else found).astype(np.int64)


def split(classes: pd.Series, *, counting: Counting = "fractional") -> pd.DataFrame:
    """List the classes of every cell.

    Returns
    -------
    DataFrame
        ``row`` (position of the cell), ``class`` and ``weight``; a class named twice in one cell
        counts once there.

    Examples
    --------
    >>> split(pd.Series(["a; b", "c"])).values.tolist()
    [[0, 'a', 0.5], [0, 'b', 0.5], [1, 'c', 1.0]]
    """
    if counting not in ("fractional", "full"):
        raise ValueError(f"counting {counting!r} is not known; use fractional or full")
    kept = classes if isinstance(classes.dtype, pd.CategoricalDtype) else classes.astype("category")
    names = [_names(cell) for cell in kept.cat.categories]
    codes = kept.cat.codes.to_numpy()
    sizes = np.array([len(n) for n in names] + [0])[codes]  # the last entry serves code -1, a missing cell
    rows = np.repeat(np.arange(codes.size), sizes)
    listed = pd.Series([name for code in codes[sizes > 0] for name in names[code]], dtype=object)
    weight = 1.0 / sizes[rows] if counting == "fractional" else np.ones(rows.size)
    return pd.DataFrame({"row": rows, "class": listed, "weight": weight})


def relation_classes(relations: Relations, by: str) -> pd.Series | None:
    """Return the class of every relation: its own, else its partner's for industries (decision D15).

    Returns
    -------
    Series or None
        One cell per relation; None where the table has no such class.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> nodes = pd.DataFrame({"role": ["sample", "partner"], "industry": ["A", "B"]}, index=["s", "p"])
    >>> table = from_frame(pd.DataFrame({"source": ["s"], "target": ["p"]}), nodes)
    >>> relation_classes(table, "industry").tolist(), relation_classes(table, "technology")
    (['B'], None)
    """
    own = None
    if by == "kind" or by in relations.classes:
        own = relations.frame[by] if by in relations.frame.columns else None
    if by not in OF_PARTNERS:
        return own
    found = _of_partner(relations, by)
    if own is None or found is None:
        return found if own is None else own
    return own.astype(object).where(own.notna(), found)


def organisation_classes(
    relations: Relations, by: str, *, prd: places.PearlRiverDelta = "cities"
) -> pd.Series | None:
    """Return a class of every organisation: a column of the nodes, or the region of its place.

    Parameters
    ----------
    relations
        Checked relations.
    by
        Column of the organisations; ``region`` is derived from ``province`` and ``city`` where it is
        no column.
    prd
        Extent of 珠江三角洲 (decision D11).

    Returns
    -------
    Series or None
        Indexed by organisation; None where nothing is known of the class.
    """
    nodes = relations.nodes
    if by in nodes.columns:
        return nodes[by]
    if by == REGION and "province" in nodes.columns:
        return regions(nodes["province"], nodes.get("city"), prd=prd)
    return None


def end_classes(
    relations: Relations, by: str, *, prd: places.PearlRiverDelta = "cities"
) -> tuple[pd.Series, pd.Series] | None:
    """Return the place of both ends of every relation, or None where the level is not there."""
    frame = relations.frame
    if by in relations.levels:
        return frame[f"source_{by}"], frame[f"target_{by}"]
    if by == REGION and "province" in relations.levels:
        source, target = (
            regions(frame[f"{end}_province"], frame.get(f"{end}_city"), prd=prd)
            for end in ("source", "target")
        )
        return source, target
    of = organisation_classes(relations, by, prd=prd)
    if of is None:
        return None
    source, target = (frame[end].astype(object).map(of) for end in ("source", "target"))
    return source, target


def regions(
    provinces: pd.Series, cities: pd.Series | None, *, prd: places.PearlRiverDelta = "cities"
) -> pd.Series:
    """Return the region of places; ``other`` outside the four regions, missing where it cannot be told.

    Without a city nobody knows whether a place in 广东 lies in the nine-city 珠江三角洲.

    Examples
    --------
    >>> regions(pd.Series(["湖北省", "广东省", "北京市", None]), None).tolist()
    ['other', None, '京津冀', None]
    """
    cities = pd.Series(None, index=provinces.index, dtype=object) if cities is None else cities
    found = places.regions(provinces, cities, prd=prd)
    open_ = (provinces == "广东省") & cities.isna() & (prd == "cities")
    elsewhere = found.isna() & provinces.notna() & ~open_.astype(bool)
    return found.mask(elsewhere, OTHER).astype(object)


def _of_partner(relations: Relations, by: str) -> pd.Series | None:
    """Class of the one end that is a partner; missing where both or neither are."""
    if not relations.has_roles:
        return None
    ends = end_classes(relations, by)
    if ends is None:
        return None
    partner = (relations.nodes["role"] == PARTNER).to_numpy(dtype=bool)
    at_source, at_target = (
        partner[relations.frame[end].cat.codes.to_numpy()] for end in ("source", "target")
    )
    source, target = (end.astype(object) for end in ends)
    return source.where(at_source & ~at_target, target.where(at_target & ~at_source, None))


def _names(cell: object) -> list[object]:
    if not isinstance(cell, str):
        return [cell]
    return list(dict.fromkeys(part.strip() for part in SEPARATORS.split(cell) if part.strip()))


def _ranked(counts: pd.Series) -> pd.Series:
    """Order by falling count, then place code or name; the class ``other`` last."""
    order = sorted(
        counts.index,
        key=lambda name: (name == OTHER, -round(float(counts[name]), 9), places.sort_key(str(name))),
    )
    return _whole(counts.reindex(order)).rename_axis("class").rename("count")


def _whole(counts: Frame) -> Frame:
    rounded = counts.round(9)
    return rounded.astype(np.int64) if bool((rounded % 1 == 0).to_numpy().all()) else rounded
