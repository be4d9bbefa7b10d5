"""What becomes of a statistic when some sample enterprises had not been studied.

Relations are collected around sample enterprises only. Degrees of partners, clustering and
distances are those of a union of ego networks, and nobody can say from the table what further
enterprises would add. What fewer of them would leave can be seen: if a statistic moves much
when some go, it tells as much about the size of the sample as about the cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import pandas as pd

from clusters import progress
from clusters.measures._enterprises import clusters_of, drawn_to_drop, remaining
from clusters.networks import ValueNetwork
from clusters.relations import Relations
from clusters.sentences import Note

Table = TypeVar("Table", Relations, ValueNetwork)
REPEATS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """A statistic, or several, of the whole table and without some enterprises."""

    observed: pd.Series
    """Of the whole table, by name of the statistic."""
    values: pd.DataFrame = field(repr=False)
    """One row for each draw, one column for each statistic."""
    enterprises: int
    dropped: int
    """Enterprises removed each time."""
    share: float
    repeats: int
    seed: int

    def summary(self, low: float = 0.05, high: float = 0.95) -> pd.DataFrame:
        """Say where the draws lie: ``observed``, then ``low``, ``median`` and ``high`` quantiles.

        Indexed by statistic. Draws that leave a statistic undefined are left out; NaN where all do.
        """
        points = self.values.quantile([low, 0.5, high]).to_numpy()
        names = pd.Index(self.observed.index, name="statistic")
        return pd.DataFrame(
            {"observed": self.observed.to_numpy(), "low": points[0], "median": points[1], "high": points[2]},
            index=names,
        )


def drop_enterprises(
    table: Table,
    statistic: Callable[[Table], float | Mapping[str, float]],
    *,
    share: float = 0.3,
    repeats: int = REPEATS,
    seed: int = 0,
) -> Sensitivity:
    """Remove enterprises at random, with their relations, and compute a statistic of what is left.

    Parameters
    ----------
    table
        Checked relations, or a network. Of a network the partners left without a relation go too.
    statistic
        Takes such a table and returns a number, or several by name.
    share
        Share of the sample enterprises to remove, above 0 and below 1: rounded, at least one and not
        all. Without roles these are organisations that give; what they receive stays.
    repeats, seed
        Draws, and the seed of the first one. The first draws do not depend on how many follow.

    Returns
    -------
    Sensitivity
        The statistics of the whole and of each draw.

    References
    ----------
    Kossinets 2006 (what missing actors do to network statistics).

    Examples
    --------
    >>> from clusters.measures.degree import average_degree
    >>> stars = ValueNetwork.from_edges([(hub, hub + str(leaf)) for hub in "abcd" for leaf in range(3)])
    >>> found = drop_enterprises(stars, average_degree, share=0.5, repeats=5)
    >>> found.dropped, found.summary()[["observed", "median"]].values.tolist()
    (2, [[0.75, 0.75]])
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1, not {share}")
    if repeats < 1:
        raise ValueError(f"repeats must be at least 1, not {repeats}")
    clusters = clusters_of(table)
    observed = _named(statistic, table)
    if len(clusters) < 2:
        raise ValueError(f"{len(clusters)} enterprises with relations: too few to remove some")
    random = np.random.default_rng(seed)
    found, number = [], 0
    with progress.task(Note("note.progress_drop", share=share), total=repeats, unit="count") as done:
        for k in range(repeats):
            dropped = drawn_to_drop(len(clusters), share, random)
            number = int(dropped.sum())
            if isinstance(table, Relations):
                left = table.where(clusters.left(dropped))
            else:
                left = remaining(table, clusters, dropped)
            found.append(_named(statistic, left))
            done(k + 1)
    return Sensitivity(
        pd.Series(observed, dtype=np.float64),
        pd.DataFrame(found, columns=list(observed), dtype=np.float64),
        enterprises=len(clusters),
        dropped=number,
        share=share,
        repeats=repeats,
        seed=seed,
    )


def _named(statistic: Callable[[Table], float | Mapping[str, float]], table: Table) -> dict[str, float]:
    value = statistic(table)
    if isinstance(value, Mapping):
        return dict(value)
    return {getattr(statistic, "__name__", "statistic"): float(value)}
