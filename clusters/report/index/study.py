"""What all steps of the page of an index share: the result, its ranks under draws, names, the language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import pandas as pd

from clusters import labels, places, tables
from clusters.errors import ClustersError
from clusters.index import removal
from clusters.index.framework import Framework, Normalisation
from clusters.index.recover import Recovered, recover
from clusters.index.robustness import Robustness, Sensitivity, Uncertainty, robustness, sensitivity
from clusters.index.scoring import IndexResult
from clusters.intake.printed import PrintedScores
from clusters.report.items import Table
from clusters.report.sections._base import table_of
from clusters.report.wording import Spoken, listing
from clusters.tables._index_words import node_names, worded

T = TypeVar("T")
SOBOL = 512
"""Runs of either sample behind the indices of Sobol, at most."""
MOST_SOURCES = 6
"""Groups whose weights are sources of their own; of more, all of a level are one source."""
NAMED = 6
"""Names in a sentence; of more it says how many there are."""
PAGE = "index_page"
"""Beginning of the terms of columns that are called otherwise here than elsewhere."""


@dataclass(frozen=True)
class IndexStudy(Spoken):
    """One index with the choices of one page."""

    result: IndexResult
    lang: str = "en"
    draws: int = 1000
    """Draws behind the intervals of ranks; 0 leaves them out."""
    seed: int = 0
    link: str | None = None
    """Column of the table of indicators that ranks are compared with."""
    synthetic: bool = False
    printed: PrintedScores | None = None
    """Published scores of the dimensions and totals, from which weights are read back."""

    @cached_property
    def framework(self) -> Framework:
        """The tree that was computed."""
        return self.result.framework

    @cached_property
    def title(self) -> str:
        """Name of the index."""
        own, other = self.framework.title_en, self.framework.title_zh
        first, second = (other, own) if self.lang == "zh" else (own, other)
        return first or second or self.framework.name

    @property
    def year(self) -> int | None:
        """Last year of a panel: that of ranks, tiers and draws."""
        return self.result.years[-1] if self.result.years else None

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Children of the root."""
        return self.framework.children[self.framework.root]

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Printed names of all nodes."""
        return {node: words[self.lang] for node, words in node_names(self.framework).items()}

    def unit(self, unit: object) -> str:
        """Return the printed name of a unit."""
        return self._unit_names.get(unit, places.label(str(unit), self.lang))

    @cached_property
    def _unit_names(self) -> Mapping[Any, str]:
        names = self.result.table.names
        if names is None:
            return {}
        first = names.dropna().groupby(level=0).first()
        return {unit: places.label(str(name), self.lang) for unit, name in first.items()}

    def units(self, units: Iterable[object], most: int = NAMED) -> str:
        """Name units in a sentence; of many the first, and how many there are."""
        return self.several([self.unit(unit) for unit in units], most)

    def several(self, names: Sequence[str], most: int = NAMED) -> str:
        """List names in a sentence; of many the first, and how many there are."""
        if len(names) <= most:
            return listing(names, self.lang)
        return self.say(
            "index.and_more",
            names=listing(names[:most], "zh") if self.lang == "zh" else ", ".join(names[:most]),
            n=len(names) - most,
        )

    # -- results ------------------------------------------------------------------------

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Scores of all aggregates, the best unit first."""
        return tables.index_scores(self.result)

    @cached_property
    def ranking(self) -> pd.DataFrame:
        """Units of the last year that have a score, with intervals of their ranks where these were drawn."""
        found = self.scores if self.year is None else self.scores[self.scores["year"] == self.year]
        found = found[found["rank"].notna()].reset_index(drop=True)
        if self.robust is not None:
            columns = ["unit", "rank_low", "rank_high", "rank_median", "keeps_rank", "spans_border"]
            drawn = self.robust.table
            drawn = drawn[[c for c in columns if c in drawn.columns]]
            attrs = found.attrs
            found = found.merge(drawn, on="unit", how="left")
            found.attrs = attrs
        return found

    @cached_property
    def uncertainty(self) -> Uncertainty:
        """What is drawn: weights, and of normalisations and means the one that is used and another."""
        steps = self.framework.steps
        free = [i for i in self.framework.indicators if i.normalise is None]
        other = "min-max" if steps.normalise.method == "z-score" else "z-score"
        normalise: tuple[str | Normalisation, ...] = (steps.normalise, other) if free else ()
        mean: tuple[str, ...] = ()
        if any(a.mean is None for a in self.framework.aggregates):
            mean = (steps.mean, "geometric" if steps.mean == "arithmetic" else "arithmetic")
        groups = sum(len(parts) > 1 for parts in self.framework.children.values())
        blocks = "parent" if groups <= MOST_SOURCES else "level"
        return Uncertainty(normalise=normalise, mean=mean, blocks=blocks)

    @cached_property
    def robust(self) -> Robustness | None:
        """Ranks under many draws; nothing where nothing can be drawn."""
        if self.draws < 1 or self.result.score.notna().sum() < 2:
            return None
        return self._tried(
            lambda chosen: robustness(self.result, chosen, draws=self.draws, seed=self.seed, year=self.year)
        )

    @cached_property
    def explained(self) -> Sensitivity | None:
        """Which source moves the ranks most."""
        if self.robust is None or self.draws < 2:
            return None
        runs = min(self.draws, SOBOL)
        used = self.robust.uncertainty
        return sensitivity(self.result, used, draws=runs, seed=self.seed, year=self.year)

    @property
    def sobol_runs(self) -> int:
        """Runs behind the indices of Sobol."""
        return 0 if self.explained is None else self.explained.runs

    def _tried(self, drawn: Callable[[Uncertainty], T]) -> T | None:
        """Draw weights and choices; where an index allows no such choice, weights alone, or nothing."""
        for chosen in (self.uncertainty, Uncertainty(blocks=self.uncertainty.blocks)):
            try:
                return drawn(chosen)
            except ClustersError:
                continue
        return None

    @cached_property
    def recovered(self) -> Recovered | None:
        """Weights that explain published totals; nothing where there are none, or too few."""
        if self.printed is None:
            return None
        try:
            return recover(self.printed.scores, self.printed.totals)
        except (ClustersError, ValueError):
            return None

    @cached_property
    def without(self) -> pd.DataFrame:
        """How far ranks move without each element, those that move them most first."""
        found = removal.leave_out(self.result, year=self.year)
        return found.sort_values("mean_shift", ascending=False, kind="stable").reset_index(drop=True)

    @cached_property
    def compensation(self) -> pd.DataFrame:
        """Ranks under arithmetic and under geometric means."""
        return removal.compensability(self.result, year=self.year)

    @cached_property
    def values(self) -> pd.DataFrame:
        """Scores of the dimensions, of the last year."""
        found = pd.concat([self.result.scores, self.result.stages["normalised"]], axis=1)
        found = found.loc[:, ~found.columns.duplicated()][list(self.dimensions)]
        if self.year is None:
            return found
        last = found[found.index.get_level_values(1) == self.year]
        return last.droplevel(1)

    # -- words --------------------------------------------------------------------------

    def named(self, frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
        """Give a table the words of the index; cells of these columns are nodes too."""
        found = worded(frame, self.framework)
        nodes = node_names(self.framework)
        words: dict[str, Any] = {f"{column}.{node}": nodes[node] for column in columns for node in nodes}
        known = labels.terms()
        for column in map(str, frame.columns):
            term = f"{PAGE}.{column}"
            if term in known:
                words[column] = {"en": known[term].en, "zh": known[term].zh, "unit": known[term].unit}
        found.attrs["words"] = {**found.attrs["words"], **words}
        return found

    def table(self, name: str, frame: pd.DataFrame, *nodes: str, **more: Any) -> Table:
        """Give a table its words, and units their names where these are not what identifies them."""
        if self.result.table.names is not None and "unit" in frame.columns and "name" not in frame.columns:
            frame = frame.copy()
            place = list(frame.columns).index("unit") + 1
            frame.insert(place, "name", frame["unit"].map(self._unit_names).to_numpy(object))
        return table_of(self, name, self.named(frame, *nodes), **more)
