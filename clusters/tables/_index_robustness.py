"""Tables of how sure the ranks of an index are (稳健性): intervals, chances, what moves them most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from clusters import labels
from clusters.index import removal
from clusters.index._draws import Source
from clusters.index.framework import Framework, Normalisation
from clusters.index.robustness import DRAWS, Robustness, Uncertainty, robustness, sensitivity
from clusters.index.scoring import IndexResult
from clusters.sentences import Note, in_language
from clusters.tables._index_words import worded

TOP = 10
"""Units whose staying at the top is told, where the first tier does not say how many they are."""
NAMED = 8
"""Units that a note lists."""
CHOICES = {
    "normalise": "drawn_normalise",
    "mean": "drawn_mean",
    "impute": "drawn_impute",
    "outliers": "drawn_outliers",
    "system": "drawn_weights",
}
"""Columns of what each draw chose."""


def index_robustness(
    result: IndexResult,
    uncertainty: Uncertainty | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    **options: Any,
) -> pd.DataFrame:
    """Tabulate the ranks of an index with their intervals under many draws.

    Parameters
    ----------
    result
        Of ``index.scoring.score``.
    uncertainty, draws, seed, options
        As in ``index.robustness.robustness``; ``options`` are ``interval`` and ``year``.

    Returns
    -------
    DataFrame
        By rank: ``unit``, ``name`` where the table has names apart from identifiers, ``rank``, ``score``,
        ``tier`` where the framework has tiers; ``rank_mean``, ``rank_median``, ``rank_low``, ``rank_high``
        (5 and 95 %), ``rank_best``, ``rank_worst``, ``keeps_rank``; with tiers ``keeps_tier``,
        ``tier_low``, ``tier_high``, ``spans_border``. Notes say what was drawn, how many intervals span the
        border of a tier and how stable the top is.

    References
    ----------
    Methods 2.5 step 9; Saisana, Saltelli, Tarantola 2005.

    Examples
    --------
    >>> from clusters.index.frameworks import read_framework
    >>> from clusters.index.scoring import score
    >>> framework = read_framework({"indicator": [{"id": i, "parent": "total"} for i in "ab"]})
    >>> data = pd.DataFrame({"a": [0, 10, 4], "b": [0, 10, 5]}, index=["x", "y", "z"])
    >>> index_robustness(score(framework, data), draws=100)[["unit", "rank_low", "rank_high"]].values.tolist()
    [['y', 1, 1], ['z', 2, 2], ['x', 3, 3]]
    """
    found = robustness(result, uncertainty, draws=draws, seed=seed, **options)
    notes = [*_drawn(result, found), *_told(found), *_shifted(found)]
    return worded(_named(found.table, result, options.get("year")), result.framework, notes)


def rank_acceptability(
    result: IndexResult,
    uncertainty: Uncertainty | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    **options: Any,
) -> pd.DataFrame:
    """Tabulate how often each unit takes each rank.

    Returns
    -------
    DataFrame
        ``unit``, ``name`` in the order of the index, ``rank`` that it takes in at least one draw, ``share``
        of the draws; the shares of a unit sum to 1.

    References
    ----------
    Methods 2.5 step 9; Lahdelma, Salminen 2001.

    Examples
    --------
    >>> from clusters.index.frameworks import read_framework
    >>> from clusters.index.scoring import score
    >>> framework = read_framework({"indicator": [{"id": i, "parent": "total"} for i in "ab"]})
    >>> data = pd.DataFrame({"a": [0, 10, 4], "b": [0, 10, 5]}, index=["x", "y", "z"])
    >>> rank_acceptability(score(framework, data), draws=100).values.tolist()
    [['y', 1, 1.0], ['z', 2, 1.0], ['x', 3, 1.0]]
    """
    found = robustness(result, uncertainty, draws=draws, seed=seed, **options)
    at = np.argwhere(found.acceptability.to_numpy() > 0)
    rows = {
        "unit": found.acceptability.index.to_numpy(object)[at[:, 0]],
        "rank": at[:, 1] + 1,
        "share": found.acceptability.to_numpy()[at[:, 0], at[:, 1]],
    }
    return worded(
        _named(pd.DataFrame(rows), result, options.get("year")), result.framework, _drawn(result, found)
    )


def rank_dominance(
    result: IndexResult,
    uncertainty: Uncertainty | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    **options: Any,
) -> pd.DataFrame:
    """Tabulate for each pair of units how often the first ranks better.

    Returns
    -------
    DataFrame
        ``unit`` and ``other_unit``, the better ranked of the index first, ``ranks_better``, the share of
        the draws in which ``unit`` ranks better (a tie counts half); the other way round it is 1 less
        this.

    References
    ----------
    Methods 2.5 step 9.

    Examples
    --------
    >>> from clusters.index.frameworks import read_framework
    >>> from clusters.index.scoring import score
    >>> framework = read_framework({"indicator": [{"id": i, "parent": "total"} for i in "ab"]})
    >>> data = pd.DataFrame({"a": [0, 10, 4], "b": [0, 10, 5]}, index=["x", "y", "z"])
    >>> rank_dominance(score(framework, data), draws=100).values.tolist()
    [['y', 'z', 1.0], ['y', 'x', 1.0], ['z', 'x', 1.0]]
    """
    found = robustness(result, uncertainty, draws=draws, seed=seed, **options)
    units = found.dominance.index.to_numpy(object)
    first, second = np.triu_indices(len(units), 1)
    rows = {
        "unit": units[first],
        "other_unit": units[second],
        "ranks_better": found.dominance.to_numpy()[first, second],
    }
    table = pd.DataFrame(rows)
    unsure = int(((table["ranks_better"] > 0.05) & (table["ranks_better"] < 0.95)).sum())
    notes = [*_drawn(result, found), Note("note.robust_pairs", n=len(table), unsure=unsure)]
    return worded(_named(table, result, options.get("year")), result.framework, notes)


def rank_sensitivity(
    result: IndexResult,
    uncertainty: Uncertainty | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    units: Sequence[str] = (),
    **options: Any,
) -> pd.DataFrame:
    """Tabulate how much of the variance of the average shift of ranks each source explains (Sobol).

    Parameters
    ----------
    result, uncertainty, draws, seed, units, options
        As in ``index.robustness.sensitivity``; ``options`` are ``year`` and ``resamples``.

    Returns
    -------
    DataFrame
        By falling total index: ``explained`` (``mean_shift`` or a unit whose rank is explained) where
        units are asked for, ``drawn_source``, ``sobol_first`` and ``sobol_total`` with their ends ``_low``
        and ``_high`` (95 %, bootstrap).

    References
    ----------
    Methods 2.5 step 9; Saisana, Saltelli, Tarantola 2005; Jansen 1999.

    Examples
    --------
    >>> from clusters.index.frameworks import read_framework
    >>> from clusters.index.scoring import score
    >>> framework = read_framework({"indicator": [{"id": i, "parent": "total"} for i in "ab"]})
    >>> data = pd.DataFrame({"a": [0, 10, 4], "b": [0, 10, 5]}, index=["x", "y", "z"])
    >>> rank_sensitivity(score(framework, data), draws=10)["drawn_source"].tolist()
    ['weights:total']
    """
    found = sensitivity(result, uncertainty, draws=draws, seed=seed, units=units, **options)
    every = {"mean_shift": found.shift, **found.units}
    parts = []
    for explained, part in every.items():
        rows = part.table.sort_values("total", ascending=False, kind="stable").rename_axis("drawn_source")
        parts.append(rows.reset_index().assign(explained=explained))
    table = pd.concat(parts, ignore_index=True)
    table.columns = table.columns.str.replace("first_order", "sobol_first").str.replace(
        "total", "sobol_total"
    )
    if units:
        table.insert(0, "explained", table.pop("explained"))
    else:
        table = table.drop(columns="explained")
    words = {f"drawn_source.{s.name}": source_words(s, result.framework) for s in found.sources}
    table.attrs["words"] = words
    notes = [Note("note.robust_sobol", runs=found.runs, n=draws, k=len(found.shift.table))]
    return worded(table, result.framework, [*notes, *_matters(found.shift.table, found.sources, result)])


def index_removal(
    result: IndexResult, nodes: Sequence[str] | None = None, *, year: int | None = None
) -> pd.DataFrame:
    """Tabulate how far the ranks move without each indicator and each group.

    Parameters
    ----------
    result, nodes, year
        As in ``index.removal.leave_out``.

    Returns
    -------
    DataFrame
        By falling shift: ``id``, ``parent``, ``node_level``, ``effective_weight``, ``mean_shift`` (R),
        ``largest_shift`` and the ``unit`` that it is of with its ``rank`` and ``rank_without``, ``moved``
        and ``unranked`` units.

    References
    ----------
    Methods 2.5 step 9; Becker et al. 2022 (COINr).

    Examples
    --------
    >>> from clusters.index.frameworks import read_framework
    >>> from clusters.index.scoring import score
    >>> framework = read_framework({"indicator": [{"id": i, "parent": "total"} for i in "ab"]})
    >>> data = pd.DataFrame({"a": [0, 10, 4], "b": [0, 10, 5]}, index=["x", "y", "z"])
    >>> index_removal(score(framework, data))[["id", "mean_shift", "moved"]].values.tolist()
    [['a', 0.0, 0], ['b', 0.0, 0]]
    """
    found = removal.leave_out(result, nodes, year=year).rename(columns={"level": "node_level"})
    found = found.sort_values("mean_shift", ascending=False, kind="stable", ignore_index=True)
    found["unit"] = found["unit"].map(_names(result, year)).where(found["unit"].notna(), None)
    first = found.head(1)
    notes = [Note("note.robust_removal")]
    if len(first) and first["mean_shift"].notna().all():
        name = _name(result.framework, str(first["id"].iloc[0]))
        notes.append(Note("note.robust_removed", name=name, shift=float(first["mean_shift"].iloc[0])))
    return worded(found, result.framework, notes)


def index_compensability(result: IndexResult, *, year: int | None = None) -> pd.DataFrame:
    """Tabulate ranks under arithmetic and geometric means: who lives on making up for weaknesses.

    Returns
    -------
    DataFrame
        By arithmetic rank: ``unit``, ``name``, ``rank_arithmetic``, ``rank_geometric``,
        ``compensability`` (their difference), ``score_arithmetic``, ``score_geometric``.

    References
    ----------
    Methods 2.5 step 9.

    Examples
    --------
    >>> from clusters.index.frameworks import read_framework
    >>> from clusters.index.scoring import score
    >>> framework = read_framework({"indicator": [{"id": i, "parent": "total"} for i in "ab"]})
    >>> data = pd.DataFrame({"a": [0, 10, 4], "b": [0, 10, 5]}, index=["x", "y", "z"])
    >>> index_compensability(score(framework, data))["compensability"].tolist()
    [0, 0, 0]
    """
    found = removal.compensability(result, year=year)
    difference = found["compensability"].dropna()
    gains, loses = int((difference > 0).sum()), int((difference < 0).sum())
    most = difference.abs().max() if len(difference) else 0
    note = Note("note.robust_compensability", gains=gains, loses=loses, most=int(most))
    return worded(_named(found, result, year), result.framework, [note])


def rank_draws(
    result: IndexResult,
    uncertainty: Uncertainty | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    **options: Any,
) -> pd.DataFrame:
    """Tabulate the average shift of ranks in every draw, and what the draw chose.

    Returns
    -------
    DataFrame
        ``draw``, ``mean_shift`` R, and of the choices that were drawn ``drawn_normalise``,
        ``drawn_mean``, ``drawn_impute``, ``drawn_outliers``, ``drawn_weights``.

    References
    ----------
    Methods 2.5 step 9.

    Examples
    --------
    >>> from clusters.index.frameworks import read_framework
    >>> from clusters.index.scoring import score
    >>> framework = read_framework({"indicator": [{"id": i, "parent": "total"} for i in "ab"]})
    >>> data = pd.DataFrame({"a": [0, 10, 4], "b": [0, 10, 5]}, index=["x", "y", "z"])
    >>> rank_draws(score(framework, data), draws=2).values.tolist()
    [[1.0, 0.0], [2.0, 0.0]]
    """
    found = robustness(result, uncertainty, draws=draws, seed=seed, **options)
    table = found.shifts.rename(columns=CHOICES)
    return worded(table, result.framework, [*_drawn(result, found), *_shifted(found)])


def source_words(source: Source, framework: Framework) -> Mapping[str, str]:
    """Return the printed name of a source of uncertainty in both languages."""
    return {lang: in_language(_source(source, framework), lang) for lang in labels.LANGUAGES}


def _source(source: Source, framework: Framework) -> Note:
    if not source.parents:
        return Note(f"uncertain.{source.kind}")
    return Note("uncertain.weights", names=[_name(framework, parent) for parent in source.parents])


def _drawn(result: IndexResult, found: Robustness) -> list[Note]:
    """Say what was drawn, and what the ranks rest on."""
    used = found.uncertainty
    parts: list[Note] = []
    groups = sum(len(s.parents) for s in found.sources)
    if groups and used.dirichlet is not None:
        parts.append(Note("note.robust_dirichlet", kappa=used.dirichlet, n=groups))
    elif groups:
        parts.append(Note("note.robust_spread", low=1 - used.spread, high=1 + used.spread, n=groups))
    for source in found.sources:
        if source.options:
            kind = Note(f"uncertain.{source.kind}")
            parts.append(Note("note.robust_choice", kind=kind, options=[_option(o) for o in source.options]))
        elif source.kind == "noise":
            parts.append(Note("note.robust_noise"))
    notes = [Note("note.robust_drawn", n=found.draws, seed=found.seed, parts=parts)]
    if result.given:
        notes.append(
            Note(
                "note.robust_given",
                n=len(result.given),
                names=[_name(result.framework, i) for i in result.given],
            )
        )
    return notes


def _told(found: Robustness) -> list[Note]:
    """Say how far ranks move, how many intervals span a border and how stable the top is."""
    ranked = found.table[found.table["rank"].notna()]
    notes = [Note("note.robust_intervals", level=100 * found.interval)]
    if ranked.empty:
        return notes
    shift = found.shift
    notes.append(Note("note.robust_shift", mean=shift["mean"], low=shift["low"], high=shift["high"]))
    top = TOP if len(ranked) > TOP else 1
    if "tier" in ranked:
        spans = ranked[ranked["spans_border"].fillna(False).astype(bool)]
        notes.append(Note("note.robust_borders", n=len(spans), all=len(ranked), level=100 * found.interval))
        if len(spans):
            more = max(len(spans) - NAMED, 0)
            units = [str(u) for u in spans["unit"].head(NAMED)]
            notes.append(
                Note("note.robust_spanning", units=units, more=more)
                if more
                else Note("note.robust_all_spanning", units=units)
            )
        first_tier = int((ranked["tier"] == ranked["tier"].min()).sum())
        top = first_tier if first_tier < len(ranked) else top
    first = str(ranked["unit"].iloc[0])
    chances = found.acceptability.to_numpy()[: len(ranked)]
    notes.append(Note("note.robust_first", unit=first, share=float(chances[0, 0])))
    if top > 1:
        stay = float(chances[:top, :top].sum())
        notes.append(Note("note.robust_top", top=top, stay=stay, share=stay / top))
    return notes


def _shifted(found: Robustness) -> list[Note]:
    """Say that values may be taken above 0 for some means."""
    strict = {"geometric", "harmonic", "power"} & set(found.uncertainty.mean)
    return [Note("note.robust_shifted")] if strict else []


def _matters(table: pd.DataFrame, sources: Sequence[Source], result: IndexResult) -> list[Note]:
    """Say which source moves the ranks most, as far as that can be told."""
    order = table.sort_values("total", ascending=False)
    if len(order) < 2 or order["total"].isna().any():
        return []
    by_name = {source.name: source for source in sources}
    first, second = order.iloc[0], order.iloc[1]
    name = _source(by_name[str(order.index[0])], result.framework)
    if first["total_low"] <= second["total_high"]:
        other = _source(by_name[str(order.index[1])], result.framework)
        return [Note("note.robust_unclear", name=name, other=other)]
    return [
        Note("note.robust_matters", name=name, first=float(first["first_order"]), total=float(first["total"]))
    ]


def _option(option: Any) -> str | Note:
    """Return an option as the command line names it."""
    if isinstance(option, Normalisation):
        return option.method
    if isinstance(option, bool):
        return Note("uncertain.treated") if option else Note("uncertain.untreated")
    return str(option)


def _name(framework: Framework, node: str) -> Note:
    """Return the name of a node, in either language."""
    names = {lang: framework.name_of(node, lang) for lang in labels.LANGUAGES}
    return Note("uncertain.name", **names)


def _named(table: pd.DataFrame, result: IndexResult, year: int | None = None) -> pd.DataFrame:
    """Add the printed names of units, where they are others than the identifiers, and the year of a panel."""
    table = table.copy()
    if result.panel:
        table.insert(1, "year", _year(result, year))
    if result.table.names is not None:
        table.insert(1, "name", table["unit"].map(_names(result, year)).to_numpy(object))
    return table


def _year(result: IndexResult, year: int | None) -> int:
    return result.years[-1] if year is None else year


def _names(result: IndexResult, year: int | None) -> dict[Any, Any]:
    """Printed name of every unit; itself without one."""
    index = result.scores.index
    if result.panel:
        index = index[index.get_level_values(1) == _year(result, year)]
    units = index.get_level_values(0)
    names = units if result.table.names is None else result.table.names.reindex(index)
    return dict(zip(units, names, strict=True))
