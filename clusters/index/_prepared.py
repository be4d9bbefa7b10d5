"""A scoring reduced to arrays: normalised leaves, the tree above them, the weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.errors import DataError
from clusters.index._frames import panel
from clusters.index._many import Tree, scores
from clusters.index._ranks import Ranks, rank_rows

if TYPE_CHECKING:
    from clusters.index.framework import Framework
    from clusters.index.scoring import IndexResult

Floats = NDArray[np.float64]
POSITIVE = (1.0, 100.0)
"""Where values are taken to for a mean that needs them above 0."""


@dataclass(frozen=True)
class Prepared:
    """All that ranks hang on once the data are normalised."""

    values: Floats
    """Rows x leaves, or leaves x rows x draws; NaN is missing."""
    tree: Tree
    weights: Mapping[str, Floats]
    """Weights of the parts of each aggregate, or parts x draws."""
    rows: NDArray[np.intp]
    """The rows that are ranked: of a panel, those of one year."""

    def ranks(self, weights: Mapping[str, Floats]) -> Ranks:
        """Rank the units under many sets of weights: draws x units."""
        return rank_rows(self.scores(weights))

    def scores(self, weights: Mapping[str, Floats]) -> Floats:
        """Score the units under many sets of weights: draws x units."""
        return np.ascontiguousarray(scores(self.values, self.tree, weights)[self.rows].T)

    def repeated(self, draws: int) -> dict[str, Floats]:
        """The weights as they are, for a number of draws."""
        return {parent: np.repeat(base[:, None], draws, axis=1) for parent, base in self.weights.items()}

    def nominal(self) -> Floats:
        """Scores under the weights as they are."""
        found: Floats = self.scores(self.repeated(1))[0]
        return found

    def of_mean(self, mean: str, *, shift: bool = False) -> Prepared:
        """Take another mean everywhere; ``shift`` first takes the values to [1, 100]."""
        values = shifted(self.values) if shift else self.values
        return replace(self, values=values, tree=self.tree.of_mean(mean))


def shifted(values: Floats) -> Floats:
    """Take all values by one common linear map to [1, 100]: arithmetic ranks stay as they are.

    Values of draws, leaves x rows x draws, have one map for each draw.

    Examples
    --------
    >>> shifted(np.array([[-1.0, 0.0], [np.nan, 1.0]])).tolist()
    [[1.0, 50.5], [nan, 100.0]]
    """
    axes = (0, 1)
    low = np.fmin.reduce(values, axis=axes)
    span = np.fmax.reduce(values, axis=axes) - low
    a, b = POSITIVE
    # Rounding must not take the least value below 1.
    unit = (values - low) / np.where(span > 0, span, 1.0)
    return np.asarray(np.maximum(a, a + (b - a) * unit))


def tree_of(framework: Framework) -> Tree:
    """Return what is computed of what; ``framework`` has leaves only that have data."""
    steps = framework.steps
    return Tree(
        tuple(leaf.id for leaf in framework.indicators),
        {parent: framework.children[parent] for parent in framework.bottom_up()},
        {node.id: node.mean or steps.mean for node in framework.aggregates},
        dict(steps.mean_options),
        steps.minimum_share,
    )


def prepare(result: IndexResult, year: int | None = None) -> Prepared:
    """Reduce a scoring to arrays; of a panel, ``year`` (by default the last) is ranked."""
    return arrays(result.framework, result.stages["normalised"], result.weight, year)


def arrays(
    framework: Framework, normalised: pd.DataFrame, weight: Mapping[str, float], year: int | None
) -> Prepared:
    """Reduce normalised leaves and the weights of all nodes to arrays."""
    tree = tree_of(framework)
    weights = {
        parent: np.array([float(weight[part]) for part in parts]) for parent, parts in tree.children.items()
    }
    used, rows = of_year(framework, normalised, year)
    return Prepared(normalised[list(tree.leaves)].to_numpy(np.float64)[used], tree, weights, rows)


def of_year(
    framework: Framework, frame: pd.DataFrame, year: int | None
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows that have a say in the scores of a year, and which of these are ranked."""
    rows = rows_of(frame, year)
    if tree_of(framework).compares and not framework.steps.by_year:
        return np.arange(len(frame)), rows
    return rows, np.arange(len(rows))


def rows_of(frame: pd.DataFrame, year: int | None) -> NDArray[np.intp]:
    """Positions of the rows that are ranked."""
    if not panel(frame):
        if year is not None:
            raise DataError("the table has no years", hint="leave the year out")
        return np.arange(len(frame))
    years = frame.index.get_level_values(-1)
    chosen = years.max() if year is None else year
    rows = np.flatnonzero(years == chosen)
    if not rows.size:
        known = ", ".join(str(y) for y in sorted(set(years)))
        raise DataError(f"the table has no year {chosen}", hint=f"it has {known}")
    return rows


def units_of(frame: pd.DataFrame, year: int | None) -> pd.Index:
    """Units that are ranked, in the order of the frame."""
    names = frame.index[rows_of(frame, year)].get_level_values(0)
    return names.rename("unit")
