"""Table of the coupling coordination degree (耦合协调度) of the dimensions of an index."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clusters.errors import DataError
from clusters.index.coupling import coupling
from clusters.index.scoring import IndexResult
from clusters.sentences import Note
from clusters.tables._index_words import keyed, worded


def index_coupling(result: IndexResult, *, scale: float = 1.0) -> pd.DataFrame:
    """Tabulate how far and how evenly the dimensions of each unit are developed, the best first.

    Parameters
    ----------
    result
        Of ``index.scoring.score``; the children of the root are the dimensions, and their weights those
        of the development.
    scale
        The most that a dimension can score, such as 100: scores are divided by it.

    Returns
    -------
    DataFrame
        ``unit``, ``name``, ``year``, ``coupling``, ``development``, ``coordination`` (0 to 1) and
        ``coordination_class``, by coordination; a unit that lacks a dimension has none and comes last.

    Raises
    ------
    DataError
        An index with a single dimension, or a score of a dimension outside (0, ``scale``].
    ValueError
        A scale that is not above 0.

    References
    ----------
    Methods 2.5 step 7.

    Examples
    --------
    >>> from clusters.index import score
    >>> pair = {"indicator": [{"id": i, "parent": "total"} for i in ("a", "b")], "normalise": "none"}
    >>> found = index_coupling(score(pair, pd.DataFrame({"a": [80.0], "b": [50.0]}, ["x"])), scale=100)
    >>> round(float(found.loc[0, "coordination"]), 6)
    0.795271
    """
    framework = result.framework
    below = list(framework.children[framework.root])
    if len(below) < 2:
        raise DataError(
            f"{framework.name}: coupling compares dimensions of a unit, and there is only one ({below[0]})",
            hint="a dimension is a child of the root",
        )
    if not scale > 0:
        raise ValueError(f"the scale {scale:g} is not above 0")
    values = pd.concat([result.scores, result.stages["normalised"]], axis=1)[below] / scale
    most = float(np.nanmax(values.to_numpy(float), initial=0.0)) * scale
    if most > scale:
        raise DataError(
            f"{framework.name}: dimensions score up to {most:g}; coupling needs values above 0 and at most 1",
            hint="--scale 100 divides scores on a scale to 100",
        )
    found = coupling(values, pd.Series(result.weight))
    table = keyed(found, result)
    years = ["year"] if "year" in table else []
    table = table.sort_values(
        [*years, "coordination"], ascending=[True] * len(years) + [False], kind="stable"
    )
    notes = [Note("note.index_coupling", n=len(below))]
    return worded(table.reset_index(drop=True), framework, notes)
