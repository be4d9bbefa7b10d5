"""Tables of a composite index: scores, stages, log, what scores are made of, types, changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from clusters import labels, published
from clusters.errors import DataError, UsageError
from clusters.index import compare as comparing
from clusters.index import decomposition, profiles
from clusters.index._nodes import near
from clusters.index.framework import Framework
from clusters.index.scoring import STAGES, IndexResult, means
from clusters.sentences import Note, say
from clusters.tables._index_words import keyed, worded

TYPES = {"city_ai_2025": "benchmarks"}
"""Published tables that name the types of an index."""


def index_scores(result: IndexResult) -> pd.DataFrame:
    """Tabulate the scores of an index, the best unit first.

    Parameters
    ----------
    result
        Of ``index.scoring.score``.

    Returns
    -------
    DataFrame
        ``unit``, ``name`` where the table has names apart from identifiers, ``year`` of a panel,
        ``rank``, ``score``, ``tier`` and ``tier_name`` where the framework has tiers, and every other
        aggregate; units without a score last.

    References
    ----------
    Methods 2.5.

    Examples
    --------
    >>> from clusters.index.frameworks import read_framework
    >>> from clusters.index.scoring import score
    >>> framework = read_framework({"indicator": [{"id": i, "parent": "total"} for i in "ab"]})
    >>> table = pd.DataFrame({"a": [1.0, 2, 5], "b": [2.0, 4, 3]}, index=["x", "y", "z"])
    >>> index_scores(score(framework, table))[["unit", "rank", "score"]].values.tolist()
    [['z', 1, 0.75], ['y', 2, 0.625], ['x', 3, 0.0]]
    """
    framework = result.framework
    found = pd.DataFrame({"rank": result.ranks, "score": result.score}, index=result.scores.index)
    words: dict[str, Any] = {}
    if result.tiers is not None:
        found["tier"] = result.tiers
        names, words = _tier_names(framework)
        if names:
            tier = result.tiers.astype("Int64")
            found["tier_name"] = [None if pd.isna(t) or t > len(names) else names[t - 1] for t in tier]
    given = result.stages["normalised"][list(result.given)]
    found = pd.concat(
        [found, _by_level(result.scores.drop(columns=framework.root), given, framework)], axis=1
    )
    table = keyed(found, result)
    table = table.sort_values([*(["year"] if "year" in table else []), "rank"], kind="stable")
    table = table.reset_index(drop=True)
    table.attrs["words"] = words
    return worded(table, framework, _notes(result))


def index_stage(result: IndexResult, stage: str) -> pd.DataFrame:
    """Tabulate a stage of an index: what the indicators were after a step.

    Parameters
    ----------
    result
        Of ``index.scoring.score``.
    stage
        A name of ``index.scoring.STAGES``, ``weights`` or ``log``.

    Returns
    -------
    DataFrame
        ``unit``, ``name`` and ``year`` as in ``index_scores``, then a column per indicator, or per
        aggregate of the stage ``aggregated``, in the order of the table. ``weights``: ``id``,
        ``parent``, ``weight`` among siblings (sum 1), ``effective_weight`` in the score. ``log``: as
        ``index_log``.

    Raises
    ------
    UsageError
        An unknown stage.
    """
    if stage == "log":
        return index_log(result)
    if stage == "weights":
        return worded(result.weights.copy(), result.framework, result.weighing.warnings)
    if stage not in STAGES:
        raise UsageError(f"stage {stage!r} is not known; use {', '.join(STAGES)}, weights or log")
    return worded(keyed(result.stages[stage], result), result.framework)


def index_log(result: IndexResult) -> pd.DataFrame:
    """Tabulate what every step did.

    Returns
    -------
    DataFrame
        ``step``, ``what``, ``item`` (indicator or aggregate), ``unit``, ``year``, ``before``, ``after``,
        ``detail``; columns without any entry are left out.
    """
    log = result.log
    kept = [c for c in log.columns if c in ("step", "what", "item") or log[c].notna().any()]
    return worded(log[kept].copy(), result.framework)


def index_decomposition(
    result: IndexResult,
    units: Sequence[str] | None = None,
    *,
    against: str | None = None,
    by: str = "indicator",
) -> pd.DataFrame:
    """Tabulate what scores are made of, or what makes the difference to another unit.

    Parameters
    ----------
    result
        Of ``index.scoring.score``.
    units
        Units to report; by default all.
    against
        A unit, ``mean`` or ``best``.
    by
        ``indicator`` or ``dimension``.

    Returns
    -------
    DataFrame
        ``unit``, ``name``, ``year`` of a panel, ``indicator`` or ``dimension``, ``normalised`` value,
        ``effective_weight`` for this unit, ``contribution`` to the score, ``contribution_share`` of it;
        with ``against`` also ``reference``, ``reference_value``, ``reference_contribution``,
        ``contribution_difference``. Notes say where the arithmetic mean stands for another.

    References
    ----------
    Methods 2.5 step 7.
    """
    found = decomposition.decompose(result, units=units, against=against, by=by)
    exact = found.attrs.pop("exact")
    names = {
        "value": "normalised",
        "weight": "effective_weight",
        "share": "contribution_share",
        "difference": "contribution_difference",
    }
    notes = [Note("note.index_parts")]
    used = set(means(result.framework).values())
    if not exact:
        others = sorted(used - set(decomposition.ADDITIVE))
        notes = [Note("note.index_parts_arithmetic", means=others)]
    elif "geometric" in used:
        notes = [Note("note.index_parts_logarithmic")]
    if against == "mean":
        notes.append(Note("note.index_against_mean", n=len(result.score.dropna())))
    table = found.rename(columns=names)
    table.attrs = {}
    if result.table.names is not None:
        keys = [table[c] for c in ("unit", "year") if c in table]
        rows = pd.MultiIndex.from_arrays(keys) if len(keys) > 1 else pd.Index(keys[0])
        table.insert(1, "name", result.table.names.reindex(rows).to_numpy(object))
    if "reference" in table:
        table.attrs["words"] = {"reference.mean": _said("index.mean_of_all")}
    return worded(table, result.framework, notes)


def index_types(result: IndexResult, *, top: int = 10, gap: str | None = None) -> pd.DataFrame:
    """Tabulate what each unit is an example of, and how its rank compares with its economy.

    Parameters
    ----------
    result
        Of ``index.scoring.score``; the children of the root are the dimensions.
    top
        A type is named only for units among so many best in that dimension.
    gap
        Column of the table of indicators, such as gross domestic product, whose ranks are compared.

    Returns
    -------
    DataFrame
        Best first: ``unit``, ``name``, ``year``, ``rank``, ``benchmark_type`` (missing where the unit
        is no example), ``strongest_dimension``, ``profile_residual`` (standard deviations above the
        unit's own mean), ``dimension_rank``; with ``gap`` also ``reference_value`` (the
        column), ``reference_rank`` and ``rank_gap`` (above 0: ahead of the economy). Of a panel each
        year by itself.

    Raises
    ------
    DataError
        An index with a single dimension, or a column that the table has not.

    References
    ----------
    Methods 2.3.
    """
    framework = result.framework
    below = list(framework.children[framework.root])
    if len(below) < 2:
        raise DataError(
            f"{framework.name}: types compare the dimensions of a unit, and there is only one ({below[0]})",
            hint="a dimension is a child of the root",
        )
    values = pd.concat([result.scores, result.stages["normalised"]], axis=1)[below]
    other = None if gap is None else _column(result, gap)
    parts = []
    for rows in result.yearly_rows():
        part = profiles.benchmark_type(values.iloc[rows], top=top)
        part.insert(0, "rank", result.ranks.iloc[rows])
        if other is not None:
            gaps = profiles.rank_gap(result.score.iloc[rows], other.iloc[rows])
            part["reference_value"] = other.iloc[rows]
            part[["reference_rank", "rank_gap"]] = gaps[["reference_rank", "rank_gap"]].astype("Int64")
        parts.append(part)
    found = pd.concat(parts).reindex(values.index)
    names = {"type": "benchmark_type", "strongest": "strongest_dimension", "residual": "profile_residual"}
    table = keyed(found.rename(columns=names), result)
    table = table.sort_values([*(["year"] if "year" in table else []), "rank"], kind="stable")
    table.attrs["words"] = _type_names(framework)
    notes = [Note("note.index_types", top=top, n=int(table["benchmark_type"].notna().sum()), all=len(table))]
    if other is not None:
        notes.append(Note("note.index_gap", column=str(gap), n=int(table["rank_gap"].notna().sum())))
    return worded(table.reset_index(drop=True), framework, notes)


def rank_gap(result: IndexResult, column: str) -> pd.DataFrame:
    """Tabulate ranks by an index beside ranks by another column of its table.

    Parameters
    ----------
    result
        Of ``index.scoring.score``.
    column
        A column of numbers, such as gross domestic product.

    Returns
    -------
    DataFrame
        Units that have both, best first: ``unit``, ``name``, ``year``, ``rank``, ``reference_value`` (the
        column), ``reference_rank``, ``rank_gap`` = reference_rank - rank. Ranks are among these units.

    References
    ----------
    Methods 2.3.
    """
    other = _column(result, column)
    parts = [profiles.rank_gap(result.score.iloc[rows], other.iloc[rows]) for rows in result.yearly_rows()]
    table = keyed(pd.concat(parts).rename(columns={"reference": "reference_value"}), result)
    return worded(table, result.framework, [Note("note.index_gap", column=column, n=len(table))])


def index_changes(
    a: IndexResult, b: IndexResult, *, years: tuple[int | None, int | None] = (None, None)
) -> pd.DataFrame:
    """Tabulate who moves between two scorings: two frameworks, two tables or two years of a panel.

    Parameters
    ----------
    a, b
        Of ``index.scoring.score``; may be the same one.
    years
        Year of each that is compared, of panels; by default the last one.

    Returns
    -------
    DataFrame
        Units in common, best of the first scoring first: ``unit``, ``name``, ``rank_a``, ``rank_b``,
        ``change`` (rank_a - rank_b, above 0 for a unit that stands better in the second),
        ``score_a``, ``score_b``. Notes tell Spearman's and Kendall's correlation, the mean absolute
        shift, and units of one scoring only.

    References
    ----------
    Saisana, Saltelli, Tarantola 2005 (mean shift).
    """
    found = comparing.compare(a.score_of(years[0]), b.score_of(years[1]))
    names = a.table.names if a.table.names is not None else b.table.names
    table = found.frame.reset_index()
    if names is not None:
        by_unit = names.groupby(level=0).first()
        table.insert(1, "name", table["unit"].map(by_unit).to_numpy(object))
    moved = int((table["change"] != 0).sum())
    notes = [
        Note(
            "note.index_compared",
            n=len(table),
            moved=moved,
            spearman=found.spearman,
            kendall=found.kendall,
            shift=found.mean_shift,
        )
    ]
    if found.only_a:
        notes.append(Note("note.index_only_a", n=len(found.only_a), units=_first(found.only_a)))
    if found.only_b:
        notes.append(Note("note.index_only_b", n=len(found.only_b), units=_first(found.only_b)))
    return worded(table, None, notes)


def _by_level(scores: pd.DataFrame, given: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """Put aggregates and given scores in the order of the tree, level by level."""
    known = pd.concat([scores, given], axis=1)
    order = [framework.root]
    for node in order:  # grows while it is walked
        order += framework.children.get(node, ())
    return known[[node for node in order if node in known.columns]]


def _tier_names(framework: Framework) -> tuple[tuple[str, ...], dict[str, Any]]:
    rule = framework.tiers
    if rule is None or not (rule.names_en or rule.names_zh):
        return (), {}
    english, chinese = rule.names_en or rule.names_zh, rule.names_zh or rule.names_en
    pairs = zip(english, chinese, strict=False)
    return english, {f"tier_name.{en}": {"en": en, "zh": zh} for en, zh in pairs}


def _type_names(framework: Framework) -> dict[str, dict[str, str]]:
    """Name the types of an index after its dimensions, or as they are published."""
    words: dict[str, dict[str, str]] = {
        f"benchmark_type.{node}": {
            lang: say("index.type", lang, name=framework.name_of(node, lang)) for lang in labels.LANGUAGES
        }
        for node in framework.children[framework.root]
    }
    report = framework.published or framework.name
    if report in TYPES:
        listed = published.load(report, name=TYPES[report])
        by_name = dict(zip(listed["dimension_zh"], listed["benchmark_zh"], strict=True))
        for node in framework.children[framework.root]:
            if framework.name_of(node, "zh") in by_name:
                words[f"benchmark_type.{node}"]["zh"] = by_name[framework.name_of(node, "zh")]
    return words


def _column(result: IndexResult, name: str) -> pd.Series[float]:
    """Return a column of numbers of the table that was scored."""
    columns = pd.concat([result.table.frame, result.table.extra], axis=1)
    if name not in columns:
        guess = near(name, map(str, columns.columns))
        known = ", ".join(map(str, columns.columns[:12]))
        raise DataError(
            f"{result.table.file}: there is no column {name!r}",
            hint=f"is {guess!r} meant?" if guess else f"columns are {known}",
        )
    values = columns.iloc[:, int(np.argmax(columns.columns == name))]
    numbers = pd.to_numeric(values, errors="coerce").reindex(result.scores.index).astype(float)
    if numbers.isna().all():
        raise DataError(f"{result.table.file}: column {name!r} has no number")
    return numbers.where(np.isfinite(numbers))


def _notes(result: IndexResult) -> list[Note]:
    """Say what a reader of scores must know beside the warnings of the steps."""
    notes = list(result.warnings)
    lost = int(result.score.isna().sum())
    if lost:
        notes.append(Note("note.index_unscored", n=lost))
    return notes


def _first(units: Sequence[str]) -> list[str]:
    return [*units[:5], *(["..."] if len(units) > 5 else [])]


def _said(term: str) -> dict[str, str]:
    return {lang: labels.label(term, lang) for lang in labels.LANGUAGES}
