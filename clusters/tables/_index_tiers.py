"""Tables of tiers (梯队): the tier of every unit, and what the tiers are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.errors import UsageError
from clusters.index._frames import panel, slices
from clusters.index.compare import ranks
from clusters.index.framework import TierRule
from clusters.index.tiers import Tiers, tiers
from clusters.intake.headers import key
from clusters.intake.indicators import IndicatorTable
from clusters.intake.printed import TOTALS
from clusters.sentences import Note
from clusters.tables._index_words import worded


def index_tiers(scores: pd.Series, rule: TierRule, *, names: pd.Series | None = None) -> pd.DataFrame:
    """Tabulate the tier of every unit and how close it is to another.

    Parameters
    ----------
    scores
        Score by unit, or by unit and year: tiers are then those of each year.
    rule
        Method, options and names of the tiers, as in a framework; see ``index.tiers.tiers``.
    names
        Printed names with the same index.

    Returns
    -------
    DataFrame
        Best first: ``unit``, ``name`` where given, ``year`` of a panel, ``rank``, ``score``, ``tier``,
        ``tier_name`` where the tiers have names, ``border_gap`` (score minus the nearest border). A unit
        without a score stands last, without rank and tier. Notes tell how well the tiers fit.

    Raises
    ------
    UsageError
        A method or an option that is not known or out of range.

    References
    ----------
    Methods 2.5 step 8.

    Examples
    --------
    >>> scores = pd.Series([90.0, 60.0, 85.0], index=["x", "y", "z"])
    >>> index_tiers(scores, TierRule("thresholds", {"thresholds": [80]})).values.tolist()
    [['x', 1, 90.0, 1, 10.0], ['z', 2, 85.0, 1, 5.0], ['y', 3, 60.0, 2, -20.0]]
    """
    parts = []
    found = _each_year(scores, rule)
    for part, of_part in found.values():
        rows = _keys(part.index, names)
        rows["rank"], rows["score"] = ranks(part).array, part.array
        rows["tier"] = of_part.tier.array
        if rule.names_en or rule.names_zh:
            rows["tier_name"] = _names(of_part.tier, rule)
        rows["border_gap"] = of_part.gap.array
        parts.append(rows.sort_values("rank", kind="stable"))
    return _told(pd.concat(parts, ignore_index=True), found, rule)


def index_tier_summary(scores: pd.Series, rule: TierRule) -> pd.DataFrame:
    """Tabulate the tiers: how many units, from which score to which.

    Parameters
    ----------
    scores, rule
        As in ``index_tiers``.

    Returns
    -------
    DataFrame
        A row per tier, of a panel per year and tier: ``year``, ``tier``, ``tier_name``, ``tier_units``,
        ``highest_score``, ``lowest_score`` (NaN of an empty tier), ``lower_border`` (NaN of the last one),
        ``size_ratio`` (units over those of the tier above, NaN of the first one). Notes tell the
        goodness of variance fit.

    References
    ----------
    Methods 2.5 step 8.

    Examples
    --------
    >>> scores = pd.Series([90.0, 60.0, 85.0], index=["x", "y", "z"])
    >>> table = index_tier_summary(scores, TierRule("sizes", {"sizes": [1, "rest"]}))
    >>> table[["tier", "tier_units", "highest_score", "lower_border", "size_ratio"]].values.tolist()
    [[1.0, 1.0, 90.0, 87.5, nan], [2.0, 2.0, 85.0, nan, 2.0]]
    """
    parts = []
    found = _each_year(scores, rule)
    for year, (part, of_part) in found.items():
        tier = pd.Series(range(1, len(of_part.sizes) + 1))
        rows = pd.DataFrame({"tier": tier})
        if rule.names_en or rule.names_zh:
            rows["tier_name"] = _names(tier, rule)
        ends = part.groupby(of_part.tier).agg(["max", "min"]).reindex(tier)
        rows["tier_units"] = of_part.sizes
        rows["highest_score"], rows["lowest_score"] = ends["max"].array, ends["min"].array
        rows["lower_border"] = [*(b if b > -float("inf") else float("nan") for b in of_part.borders), None]
        rows["size_ratio"] = [None, *of_part.ratios]
        rows = rows.astype({"lower_border": float, "size_ratio": float})
        if year is not None:
            rows.insert(0, "year", year)
        parts.append(rows)
    return _told(pd.concat(parts, ignore_index=True), found, rule)


def scores_of(table: IndicatorTable, column: str | None = None) -> pd.Series:
    """Return the scores of a table: a named column, or the one that is recognised.

    Raises ``UsageError`` where the column is not there or none is recognised; a table with a single
    column of numbers needs no name.
    """
    numbers = table.frame
    if column is not None:
        alike = [c for c in numbers.columns if c == column] or [
            c for c in numbers.columns if key(str(c)) == key(column)
        ]
    else:
        by_key = {key(str(c)): c for c in reversed(numbers.columns)}
        alike = [by_key[word] for word in TOTALS if word in by_key]
        alike = alike or (list(numbers.columns) if numbers.shape[1] == 1 else [])
    if not alike:
        what = f"no column {column!r} of numbers" if column else "no column that is known as a score"
        raise UsageError(
            f"{table.file}: there is {what}",
            hint=f"--score COLUMN; columns of numbers are {', '.join(map(str, numbers.columns))}",
        )
    return numbers[alike[0]].rename("score")


Found = Mapping[int | None, tuple[pd.Series, Tiers]]


def _each_year(scores: pd.Series, rule: TierRule) -> Found:
    found: dict[int | None, tuple[pd.Series, Tiers]] = {}
    for year, rows in slices(scores.to_frame(), "year" if panel(scores) else None):
        part = scores.iloc[rows]
        try:
            found[year] = part, tiers(part, rule.method, **rule.options)
        except ValueError as error:
            raise UsageError(str(error)) from None
    return found


def _keys(index: pd.Index, names: pd.Series | None) -> pd.DataFrame:
    rows = pd.DataFrame({"unit": index.get_level_values(0).to_numpy(object)})
    if names is not None:
        rows["name"] = names.reindex(index).to_numpy(object)
    if isinstance(index, pd.MultiIndex):
        rows["year"] = index.get_level_values(-1).to_numpy()
    return rows


def _names(tier: pd.Series, rule: TierRule) -> NDArray[np.object_]:
    own = rule.names_en or rule.names_zh
    names = [None if pd.isna(t) or t > len(own) else own[int(t) - 1] for t in tier]
    return np.array(names, dtype=object)


def _told(table: pd.DataFrame, found: Found, rule: TierRule) -> pd.DataFrame:
    """Add the words of tier names, how well tiers fit, and what was said of each year."""
    pairs = zip(rule.names_en or rule.names_zh, rule.names_zh or rule.names_en, strict=False)
    words: dict[str, Any] = {f"tier_name.{en}": {"en": en, "zh": zh} for en, zh in pairs}
    table.attrs["words"] = words
    notes: list[Note] = []
    for year, (_, of_part) in found.items():
        fit = Note(
            "note.tiers_fit",
            method=rule.method,
            sizes=list(of_part.sizes),
            fit=of_part.goodness_of_variance_fit,
        )
        said = (fit, *of_part.notes)
        notes += said if year is None else [Note("note.in_year", year=year, said=n) for n in said]
    return worded(table, None, notes)
