"""The data of an index prepared by other choices, and with noise on what was measured.

What a combination of choices makes of the data is computed once. Noise multiplies the values that go into
imputation, x (1 + e z) with z standard normal, so all that follows is done again for every draw; the draws
of a block are normalised together as columns of one matrix.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.index import scoring
from clusters.index._frames import panel
from clusters.index._inputs import AS_IT_IS
from clusters.index._means import OPTIONS
from clusters.index._prepared import Prepared, arrays, of_year, shifted, tree_of
from clusters.index._weighing import FROM_DATA
from clusters.index.framework import Framework, Normalisation, Steps
from clusters.index.normalise import normalise_values
from clusters.index.outliers import KURTOSIS, SKEWNESS, treat_values
from clusters.index.stage import Stage
from clusters.index.weights import weigh_framework

if TYPE_CHECKING:
    from clusters.index.scoring import IndexResult

Floats = NDArray[np.float64]
Combination = Mapping[str, Any]
"""What is chosen instead: ``normalise``, ``mean``, ``impute``, ``outliers`` (true or false), ``system``."""
BY_COLUMN = ("mean", "median", "group_mean", "group_median", "zero", "linear")
"""Imputations in which an indicator is filled in from itself."""
NEAR = 1e-6
"""Moments this near to the limits are computed again, by the rule itself."""
STRICT = ("geometric", "harmonic")
BY_UNIT = (str, tuple, Mapping)
"""Options that are looked up in the table of indicators."""


def steps_of(steps: Steps, combination: Combination) -> Steps:
    """Replace steps by what is chosen; options stay with the method that they were given for."""
    changed: dict[str, Any] = {}
    if "normalise" in combination:
        chosen = combination["normalise"]
        if not isinstance(chosen, Normalisation):
            chosen = steps.normalise if chosen == steps.normalise.method else Normalisation(chosen)
        changed["normalise"] = chosen
    if "impute" in combination and combination["impute"] != steps.impute:
        changed |= {"impute": combination["impute"], "impute_options": {}}
    if "outliers" in combination:
        changed["outliers"] = (steps.outliers or {}) if combination["outliers"] else None
    if "system" in combination and combination["system"] != steps.weights:
        changed |= {"weights": combination["system"], "weights_options": {}}
    if "mean" in combination and combination["mean"] != steps.mean:
        known = OPTIONS[combination["mean"]]
        options = {name: value for name, value in steps.mean_options.items() if name in known}
        changed |= {"mean": combination["mean"], "mean_options": options}
    return replace(steps, **changed)


@dataclass(frozen=True)
class _Ground:
    """What a combination of choices makes of the data."""

    framework: Framework
    prepared: Prepared
    shift: bool
    """Whether values are taken to [1, 100] for means that need them above 0."""


class Alternatives:
    """Prepares the data of a scoring by any combination of choices."""

    def __init__(self, result: IndexResult, *, errors: Floats | None = None, year: int | None = None) -> None:
        """Begin; ``errors`` are the relative standard errors of the leaves, ``year`` is ranked."""
        self.result, self.errors, self.year = result, errors, year
        self.source = result.stages["screened"]
        self._kept: dict[str, _Ground] = {}

    def prepared(self, combination: Combination) -> Prepared:
        """Prepare the data without noise."""
        return self._ground(combination).prepared

    def noisy(self, combination: Combination, noise: Floats) -> Prepared:
        """Prepare the data with noise: standard normal numbers, draws x rows x leaves."""
        assert self.errors is not None, "noise has a size"
        ground = self._ground(combination)
        framework, plain = ground.framework, ground.prepared
        values = self.source.to_numpy(np.float64) * (1 + self.errors * noise)
        normal = self._together(framework, self._treated_together(framework, values))
        weights = dict(plain.weights)
        if from_data(framework.steps):
            drawn = [
                arrays(framework, one, self._weight(framework, one), self.year)
                for one in map(self._like, normal)
            ]
            weights = {parent: np.stack([d.weights[parent] for d in drawn], axis=1) for parent in weights}
        used, _ = of_year(framework, self.source, self.year)
        columns = self.source.columns.get_indexer(pd.Index(plain.tree.leaves))
        stacked = np.ascontiguousarray(normal[:, used][:, :, columns].transpose(2, 1, 0))
        return Prepared(shifted(stacked) if ground.shift else stacked, plain.tree, weights, plain.rows)

    def _ground(self, combination: Combination) -> _Ground:
        key = repr(sorted((kind, repr(choice)) for kind, choice in combination.items()))
        if key not in self._kept:
            steps = steps_of(self.result.framework.steps, combination)
            framework = replace(self.result.framework, steps=steps)
            normal = self._normalised(framework, self._treated(framework, self.source))
            shift = needs_shift(framework, normal)
            weight = self._weight(_arithmetic(framework) if shift else framework, normal)
            found = arrays(framework, normal, weight, self.year)
            if shift:
                found = replace(found, values=shifted(found.values))
            self._kept[key] = _Ground(framework, found, shift)
        return self._kept[key]

    def _like(self, values: Floats) -> pd.DataFrame:
        return pd.DataFrame(values, index=self.source.index, columns=self.source.columns)

    def _imputed(self, framework: Framework, frame: pd.DataFrame) -> Stage:
        return scoring._imputed(frame, framework.steps, self.result.table, force=True)

    def _treated(self, framework: Framework, frame: pd.DataFrame) -> pd.DataFrame:
        return scoring._treated(self._imputed(framework, frame), framework).frame

    def _imputed_together(self, framework: Framework, values: Floats) -> Floats:
        lacking = np.flatnonzero(np.isnan(values).any(axis=(0, 1)))
        if framework.steps.impute not in BY_COLUMN:
            filled = [self._imputed(framework, self._like(one)).frame for one in values]
            return np.stack([frame.to_numpy(np.float64) for frame in filled])
        if not lacking.size:
            return values
        # The columns with gaps of all draws stand side by side in one frame.
        draws, rows, _ = values.shape
        wide = values[:, :, lacking].transpose(1, 0, 2).reshape(rows, -1)
        frame = pd.DataFrame(wide, self.source.index, [f"{k}" for k in range(wide.shape[1])])
        found = values.copy()
        whole = self._imputed(framework, frame).frame.to_numpy(np.float64)
        found[:, :, lacking] = whole.reshape(rows, draws, -1).transpose(1, 0, 2)
        return found

    def _treated_together(self, framework: Framework, values: Floats) -> Floats:
        """Impute and treat the rows x leaves of many draws."""
        if framework.steps.impute != "none":
            values = self._imputed_together(framework, values)
        if framework.steps.outliers is None:
            return values
        options = dict(framework.steps.outliers)
        if options.pop("by", None) is not None:
            treated = [scoring._treated(Stage("impute", self._like(one)), framework).frame for one in values]
            return np.stack([frame.to_numpy(np.float64) for frame in treated])
        skipped = {*options.pop("skip", ()), *(i.id for i in framework.indicators if i.normalise == AS_IT_IS)}
        found = values.copy()
        rule = (options.get("max_skewness", SKEWNESS), options.get("max_kurtosis", KURTOSIS))
        for draw, leaf in _suspects(values, *rule):
            if self.source.columns[leaf] not in skipped:
                found[draw, :, leaf] = treat_values(values[draw, :, leaf], **options).values
        return found

    def _normalised(self, framework: Framework, frame: pd.DataFrame) -> pd.DataFrame:
        # What cannot be normalised was refused, or allowed, when the index was scored.
        return scoring._normalised(frame, framework, allow_constant=True).frame

    def _weight(self, framework: Framework, normal: pd.DataFrame) -> Mapping[str, float]:
        steps = framework.steps
        if not from_data(steps) and steps.weights == self.result.framework.steps.weights:
            return self.result.weight
        year = self.result.reference_year
        if year is None and panel(normal) and from_data(steps):
            year = int(normal.index.get_level_values(1).max())
        return weigh_framework(framework, normal, **{**steps.weights_options, "reference_year": year})

    def _together(self, framework: Framework, values: Floats) -> Floats:
        """Normalise the rows x leaves of many draws."""
        steps = framework.steps
        by_year = steps.by_year and panel(self.source)
        choices = [(leaf.normalise or steps.normalise, leaf.direction) for leaf in framework.indicators]
        plain = not any(isinstance(v, BY_UNIT) for choice, _ in choices for v in choice.options.values())
        if by_year or not plain:
            return np.stack([self._normalised(framework, self._like(one)).to_numpy(float) for one in values])
        # Each leaf of all draws is one matrix: rows x draws.
        found = np.empty_like(values)
        place = {leaf: position for position, leaf in enumerate(self.source.columns)}
        for leaf, (choice, direction) in zip(framework.indicators, choices, strict=True):
            column = values[:, :, place[leaf.id]].T
            found[:, :, place[leaf.id]] = normalise_values(
                column, choice.method, direction, **choice.options
            ).T
        return found


def from_data(steps: Steps) -> bool:
    """Whether weights are computed from the data."""
    of = steps.weights_options.get("of", ("entropy", "critic")) if steps.weights == "combined" else ()
    return bool({steps.weights, *of} & set(FROM_DATA))


def needs_shift(framework: Framework, normal: pd.DataFrame) -> bool:
    """Whether values must be taken above 0 for the means of a tree."""
    means = set(tree_of(framework).means.values())
    p = framework.steps.mean_options.get("p", 1.0)
    strict = bool(means & set(STRICT)) or ("power" in means and p <= 0)
    return strict and bool((normal <= 0).any(axis=None))


def _arithmetic(framework: Framework) -> Framework:
    """Return a framework whose means take any values, for weights of aggregates from data."""
    steps = replace(framework.steps, mean="arithmetic", mean_options={})
    return replace(
        framework, steps=steps, aggregates=tuple(replace(a, mean=None) for a in framework.aggregates)
    )


def _suspects(values: Floats, max_skewness: float, max_kurtosis: float) -> NDArray[np.intp]:
    """Draws and leaves that may fail the rule of skewness and kurtosis; others surely pass."""
    n = (~np.isnan(values)).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        x = values - np.nansum(values, axis=1, keepdims=True) / n[:, None, :]
        x /= np.fmax.reduce(np.abs(x), axis=1)[:, None, :]
        m2, m3, m4 = (np.nansum(x**power, axis=1) / n for power in (2, 3, 4))
        skewed = np.sqrt(n * (n - 1)) / (n - 2) * np.abs(m3) / m2**1.5 >= max_skewness - NEAR
        excess = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (m4 / m2**2 - 3) + 6)
        return np.argwhere(skewed & (excess >= max_kurtosis - NEAR))
