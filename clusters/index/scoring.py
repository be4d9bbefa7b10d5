"""From a table of indicators to scores, ranks and tiers: every step in its fixed order, all kept.

check, denominate, screen, impute, treat outliers, normalise, weigh, aggregate, tiers (methods.md 2.5).
What each step leaves is in ``stages``, what it did to which cell in ``log``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.errors import DataError
from clusters.index import _inputs
from clusters.index._frames import By, flat, panel, slices, where
from clusters.index._nodes import near
from clusters.index._weighing import FROM_DATA
from clusters.index.aggregate import aggregate
from clusters.index.checks import check
from clusters.index.compare import ranks
from clusters.index.denominate import denominate
from clusters.index.framework import Framework, Steps
from clusters.index.frameworks import read_framework
from clusters.index.impute import impute
from clusters.index.normalise import normalise
from clusters.index.outliers import treat_outliers
from clusters.index.screening import screen
from clusters.index.stage import Entry, Stage, log_frame
from clusters.index.tiers import Tiers, tiers
from clusters.index.weights import FrameworkWeights, weigh_framework
from clusters.intake.indicators import IndicatorTable, read_indicators
from clusters.sentences import Note

Source = str | Path | Mapping[str, Any]
"""A framework that is still to be read."""
STAGES = ("raw", "denominated", "screened", "imputed", "treated", "normalised", "aggregated")


@dataclass(frozen=True)
class IndexResult:
    """Scores of an index with all that led to them."""

    framework: Framework
    """The tree that was computed, with the steps that were taken: where the table gives the score of an
    aggregate instead of its parts, that aggregate is a leaf."""
    table: IndicatorTable
    """What was read."""
    stages: Mapping[str, pd.DataFrame]
    """Frames by name (``STAGES``); the first six have a column per leaf, the last one per aggregate."""
    weights: pd.DataFrame
    """Row per node but the root: ``id``, ``parent``, ``weight`` among its siblings (sum 1),
    ``effective_weight`` in the score (those of the leaves sum to 1)."""
    weighing: FrameworkWeights
    """The same as exact fractions, with what the system of weights says of them."""
    scores: pd.DataFrame
    """All aggregates, the root first, unrounded; NaN where too little is known."""
    ranks: pd.Series[int]
    """Rank of the root's unrounded scores, 1 = best, ties share the better one, in each year of a panel."""
    tiers: pd.Series[int] | None
    """Tier of each unit, 1 = best; ``None`` where the framework has no tiers."""
    tiering: Mapping[int | None, Tiers]
    """Borders and sizes of the tiers, by year of a panel."""
    entries: tuple[Entry, ...]
    warnings: tuple[Note, ...]
    given: tuple[str, ...] = ()
    """Leaves that are aggregates of the framework, whose scores the table gives."""
    reference_year: int | None = None
    """Year that weights from data were computed on."""

    @cached_property
    def log(self) -> pd.DataFrame:
        """What every step did, a row per entry; see ``stage.log_frame``."""
        return log_frame(self.entries)

    @cached_property
    def score(self) -> pd.Series[float]:
        """The root's scores."""
        return self.scores[self.framework.root]

    @cached_property
    def weight(self) -> Mapping[str, float]:
        """Weight of every node among its siblings, sum 1; that of the root is 1."""
        return dict(self.weighing)

    @property
    def panel(self) -> bool:
        """Whether rows are units and years."""
        return panel(self.scores)

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Years of a panel, in order; none otherwise."""
        return tuple(sorted({int(y) for y in self.scores.index.get_level_values(1)})) if self.panel else ()

    def score_of(self, year: int | None = None) -> pd.Series[float]:
        """The root's scores by unit; of a panel those of a year, by default the last.

        Raises ``DataError`` for a year that the table has not.
        """
        if not self.panel:
            if year is not None:
                raise DataError(f"{self.table.file}: there are no years, so not {year}")
            return self.score
        if year is not None and year not in self.years:
            raise DataError(
                f"{self.table.file}: there is no year {year}",
                hint=f"it has {self.years[0]} to {self.years[-1]}",
            )
        found: pd.Series[float] = self.score.xs(year or self.years[-1], level=1)
        return found

    def yearly_rows(self, index: pd.Index | None = None) -> Iterator[NDArray[np.intp]]:
        """Yield the positions of rows that are ranked together: those of each year."""
        frame = pd.DataFrame(index=self.scores.index if index is None else index)
        for _, rows in slices(frame, "year" if panel(frame) else None):
            yield rows

    def known_units(self, units: Sequence[str]) -> list[str]:
        """Return identifiers of units that are named by identifier or by printed name.

        Raises ``DataError`` for a unit that has no score here; the message offers the nearest name.
        """
        here = list(dict.fromkeys(self.scores.index.get_level_values(0)))
        by_name = {str(unit): unit for unit in here}
        if self.table.names is not None:
            names = self.table.names.reindex(self.scores.index)
            for name, unit in zip(names, names.index.get_level_values(0), strict=True):
                by_name.setdefault(str(name), unit)
        for unit in units:
            if unit not in by_name:
                raise DataError(self._unknown(unit), hint=_nearest(unit, by_name))
        return [by_name[unit] for unit in units]

    def _unknown(self, unit: str) -> str:
        screened = unit in set(map(str, self.table.frame.index.get_level_values(0)))
        why = "was screened out for want of data" if screened else "is not among the units"
        return f"{self.table.file}: {unit!r} {why}"


def score(
    framework: Framework | Source,
    table: IndicatorTable | pd.DataFrame | str | Path,
    *,
    steps: Steps | None = None,
    reference_year: int | None = None,
    allow_constant: bool = False,
    force_impute: bool = False,
) -> IndexResult:
    """Score units by a framework.

    Parameters
    ----------
    framework
        Of ``read_framework``, or what that takes; ``dataclasses.replace`` changes its choices.
    table
        Of ``read_indicators``, a frame whose index names the units (of a panel units and years), or a
        file or the name of a published table.
    steps
        Instead of those of the framework.
    reference_year
        Year of a panel that weights from data are computed on; default the last one.
    allow_constant
        Leave out an indicator that cannot be normalised (the same everywhere, or without a value), and
        let the others carry its weight; otherwise it is an error.
    force_impute
        Keep units for which more than the permitted share was filled in.

    Returns
    -------
    IndexResult
        Scores of all aggregates, ranks, tiers, every stage, and a log.

    Raises
    ------
    DataError
        An indicator without a column, a constant one, text in numbers, units without a name, values
        that a mean cannot take; the message names what is wrong.
    ValueError
        A reference year though weights do not come from the data; options that a step does not know.

    Notes
    -----
    A table may give scores of an aggregate instead of its indicators; they are taken as they are.
    In a panel ranks and tiers are those of each year, while normalisation takes all years together
    unless ``steps.by_year``.

    References
    ----------
    Methods 2.5.

    Examples
    --------
    >>> from clusters.index.frameworks import read_framework
    >>> leaves = [{"id": "papers", "parent": "total"}, {"id": "dust", "parent": "total", "direction": -1}]
    >>> table = pd.DataFrame({"papers": [1.0, 2, 5], "dust": [30.0, 10, 20]}, index=["x", "y", "z"])
    >>> result = score(read_framework({"indicator": leaves}), table)
    >>> result.scores["total"].tolist(), result.ranks.tolist()
    ([0.0, 0.625, 0.75], [3, 2, 1])
    """
    framework = read_framework(framework)
    if isinstance(table, str | Path):
        table = read_indicators(table, framework)
    read = _inputs.as_table(table, framework)
    tree = _inputs.reduced(framework, read)
    if steps is not None:
        tree = dataclasses.replace(tree, steps=steps)
    steps = tree.steps
    raw = _inputs.raw(tree, read, framework)
    checked = check(raw.frame, tree)
    divided = denominate(raw.frame, _denominators(tree), _inputs.all_columns(read))
    kept = screen(divided.frame, **steps.screen) if steps.screen is not None else _same("screen", divided)
    filled = _imputed(kept.frame, steps, read, force_impute)
    treated = _treated(filled, tree)
    normal = _normalised(treated.frame, tree, allow_constant)
    options = dict(steps.weights_options)
    own = options.pop("reference_year", None)
    year = _reference(normal.frame, tree, own if reference_year is None else reference_year)
    weights = weigh_framework(tree, normal.frame, reference_year=year, **options)
    final = aggregate(
        normal.frame,
        tree.children,
        weights,
        means(tree),
        minimum_share=steps.minimum_share,
        options=steps.mean_options,
        by_year=steps.by_year,
    )
    weighed = Stage("weights", pd.DataFrame(), _weight_log(tree, weights, year), weights.warnings)
    done = (raw, checked, divided, kept, filled, treated, normal, weighed, final)
    ranked, tiering, entries = _ranked(final.frame[tree.root], tree)
    frames = (raw, divided, kept, filled, treated, normal, final)
    return IndexResult(
        tree,
        read,
        {name: stage.frame for name, stage in zip(STAGES, frames, strict=True)},
        _weight_table(tree, weights),
        weights,
        final.frame,
        ranked["rank"],
        ranked.get("tier"),
        tiering,
        (*(entry for stage in done for entry in stage.log), *entries),
        _warnings(checked, done, tiering),
        tuple(i.id for i in tree.indicators if i.id in framework.aggregate),
        year,
    )


def _warnings(checked: Stage, done: Sequence[Stage], tiering: Mapping[Any, Tiers]) -> tuple[Note, ...]:
    """Collect what the steps warn of; what the check finds stands in the log and is only counted."""
    notes = [Note("note.index_findings", n=len(checked.log))] if checked.log else []
    notes += [note for stage in done if stage is not checked for note in stage.warnings]
    return tuple(dict.fromkeys([*notes, *(note for found in tiering.values() for note in found.notes)]))


def means(framework: Framework) -> dict[str, str]:
    """Return the mean of every aggregate: its own, else that of the framework."""
    return {node.id: node.mean or framework.steps.mean for node in framework.aggregates}


def _same(step: str, stage: Stage) -> Stage:
    return Stage(step, stage.frame)


def _denominators(framework: Framework) -> dict[str, str]:
    return {i.id: i.denominator for i in framework.indicators if i.denominator is not None}


def _imputed(frame: pd.DataFrame, steps: Steps, table: IndicatorTable, force: bool) -> Stage:
    if steps.impute == "none":
        return Stage("impute", frame)
    options: dict[str, Any] = {"extra": _inputs.all_columns(table).loc[frame.index], **steps.impute_options}
    if force:
        options["force"] = True
    return impute(frame, steps.impute, **options)


def _treated(filled: Stage, framework: Framework) -> Stage:
    """Treat outliers of what is measured; scores that are taken as they are stay."""
    options = framework.steps.outliers
    if options is None:
        return _same("outliers", filled)
    as_is = [i.id for i in framework.indicators if i.normalise == _inputs.AS_IT_IS]
    return treat_outliers(filled.frame, **{**options, "skip": [*options.get("skip", ()), *as_is]})


def _normalised(frame: pd.DataFrame, framework: Framework, allow_constant: bool) -> Stage:
    steps = framework.steps
    found = normalise(
        frame,
        steps.normalise.method,
        {i.id: i.direction for i in framework.indicators},
        by="year" if steps.by_year and panel(frame) else None,
        choices={i.id: i.normalise for i in framework.indicators if i.normalise is not None},
        **steps.normalise.options,
    )
    if not allow_constant:
        _refuse_constant(frame, found.frame, framework)
    return found


def _refuse_constant(before: pd.DataFrame, after: pd.DataFrame, framework: Framework) -> None:
    by: By = "year" if framework.steps.by_year and panel(before) else None
    for year, rows in slices(before, by):
        lost = after.iloc[rows].isna().all(axis=0)
        for item in after.columns[lost.to_numpy()]:
            values = before[item].iloc[rows].dropna()
            raise _useless(str(item), values, year, framework)


def _useless(item: str, values: pd.Series[float], year: int | None, framework: Framework) -> DataError:
    choice = framework.indicator[item].normalise or framework.steps.normalise
    name = framework.name_of(item, "zh")
    said = f"indicator {item!r}" + (f" ({name})" if name != item else "")
    when = "" if year is None else f" in {year}"
    hint = "leave it out of the framework, or let the others carry its weight with --allow-constant"
    if values.empty:
        return DataError(f"{said} has no value{when}", hint=hint)
    if len(values) == 1:
        only = where(values.index[0])["unit"]
        return DataError(
            f"{said} has a value of one unit only{when} ({only}); {choice.method} compares units",
            hint=hint,
        )
    if flat(np.array(values.min()), np.array(values.max())):
        return DataError(
            f"{said} is constant{when}: {values.iloc[0]:g} for all {len(values)} units; {choice.method} "
            "cannot tell them apart",
            hint=hint,
        )
    return DataError(
        f"{said} cannot be normalised by {choice.method}{when} (values from {values.min():g} to "
        f"{values.max():g})",
        hint="choose another normalisation, or allow it to be left out with --allow-constant",
    )


def from_data(steps: Steps) -> bool:
    """Tell whether weights come from the data, so that they change with the units at hand."""
    of = steps.weights_options.get("of", ("entropy", "critic")) if steps.weights == "combined" else ()
    return bool({steps.weights, *of} & set(FROM_DATA))


def _reference(frame: pd.DataFrame, framework: Framework, asked: int | None) -> int | None:
    """Return the year that weights from data are computed on: the last one, if none was asked for."""
    if not from_data(framework.steps):
        if asked is not None:
            raise ValueError(
                f"reference year {asked}: {framework.steps.weights} weights do not come from the data"
            )
        return None
    return int(frame.index.get_level_values(1).max()) if asked is None and panel(frame) else asked


def _weight_table(framework: Framework, weights: FrameworkWeights) -> pd.DataFrame:
    nodes = [node for node in framework.nodes if node.parent is not None]
    return pd.DataFrame(
        {
            "id": [node.id for node in nodes],
            "parent": [node.parent for node in nodes],
            "weight": [weights[node.id] for node in nodes],
            "effective_weight": [float(weights.effective(node.id)) for node in nodes],
        }
    )


def _weight_log(framework: Framework, weights: FrameworkWeights, year: int | None) -> tuple[Entry, ...]:
    return tuple(
        Entry("weights", "weighed", node.id, year=year, after=weights[node.id], detail=weights.system)
        for node in framework.nodes
        if node.parent is not None
    )


def _ranked(
    scores: pd.Series[float], framework: Framework
) -> tuple[pd.DataFrame, dict[int | None, Tiers], list[Entry]]:
    """Rank and tier the units of each year."""
    found = pd.DataFrame(index=scores.index)
    rank = np.full(len(scores), np.nan)
    tier = np.full(len(scores), np.nan)
    tiering: dict[int | None, Tiers] = {}
    for year, rows in slices(found, "year" if panel(found) else None):
        part = scores.iloc[rows]
        rank[rows] = ranks(part).astype(float)
        if framework.tiers is not None:
            tiering[year] = tiers(part, framework.tiers.method, **framework.tiers.options)
            tier[rows] = tiering[year].tier.astype(float)
    found["rank"] = _whole(rank)
    if framework.tiers is not None:
        found["tier"] = _whole(tier)
    entries = [
        Entry("tiers", "tiered", year=y, detail=framework.tiers.method) for y in tiering if framework.tiers
    ]
    return found, tiering, entries


def _whole(values: NDArray[np.float64]) -> Any:
    return pd.Series(values).astype("Int64").array if np.isnan(values).any() else values.astype(np.int64)


def _nearest(unit: str, known: Mapping[str, Any]) -> str:
    guess = near(unit, known, 0.5)  # one of the two characters of a Chinese city
    if guess:
        return f"is {guess!r} meant?"
    first = list(known)[:8]
    return f"known: {', '.join(first)}" + (" ..." if len(known) > len(first) else "")
