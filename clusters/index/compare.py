"""Two scorings of the same units beside each other: who moves, and how alike the orders are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from clusters.errors import DataError
from clusters.index._ranks import rank_rows


@dataclass(frozen=True, slots=True)
class Comparison:
    """Ranks of one scoring beside those of another, over the units that both have."""

    frame: pd.DataFrame
    """Index ``unit``, in the order of the first: ``rank_a``, ``rank_b``, ``change`` (rank_a - rank_b,
    positive for a unit that stands better in the second), ``score_a``, ``score_b``."""
    spearman: float
    """Correlation of the ranks (ties share their mean rank), -1 to 1; NaN where all are tied."""
    kendall: float
    """Kendall's tau-b, -1 to 1; NaN where all are tied."""
    mean_shift: float
    """Mean of |rank_a - rank_b|, in places."""
    only_a: tuple[str, ...]
    """Units with a score in the first scoring only; they take no part."""
    only_b: tuple[str, ...]


def compare(a: pd.Series[float], b: pd.Series[float]) -> Comparison:
    """Compare two scorings: ranks among the units that have a score in both.

    Parameters
    ----------
    a, b
        Scores by unit; larger is better. Their scales need not agree.

    Returns
    -------
    Comparison
        Ranks are 1 for the best, ties share the better rank. Ranks count the units in common, so
        that a unit which only one scoring has moves nobody.

    Raises
    ------
    DataError
        The two have no unit in common.

    References
    ----------
    The mean shift is R of Saisana, Saltelli, Tarantola 2005.

    Examples
    --------
    >>> first = pd.Series({"x": 3.0, "y": 2.0, "z": 1.0})
    >>> found = compare(first, pd.Series({"x": 20.0, "y": 30.0, "z": 10.0, "w": 99.0}))
    >>> found.frame["change"].to_dict(), found.only_b
    ({'x': -1, 'y': 1, 'z': 0}, ('w',))
    """
    a, b = a.dropna(), b.dropna()
    common = a.index.intersection(b.index, sort=False)
    if common.empty:
        said = f"{_first(a)} in the first, {_first(b)} in the second"
        raise DataError(f"the two scorings have no unit in common ({said})")
    frame = pd.DataFrame({"score_a": a[common], "score_b": b[common]})
    for end in "ab":
        frame[f"rank_{end}"] = ranks(frame[f"score_{end}"])
    frame["change"] = frame["rank_a"] - frame["rank_b"]
    frame = frame.sort_values("rank_a", kind="stable")
    return Comparison(
        frame[["rank_a", "rank_b", "change", "score_a", "score_b"]].rename_axis("unit"),
        *_agreement(frame),
        float(frame["change"].abs().mean()),
        tuple(map(str, a.index.difference(common, sort=False))),
        tuple(map(str, b.index.difference(common, sort=False))),
    )


def ranks(scores: pd.Series[float]) -> pd.Series[int]:
    """Rank unrounded scores: 1 is the largest, ties share the better rank, a missing score has none.

    Scores that only rounding tells apart tie, as in the ranks of draws.

    Examples
    --------
    >>> ranks(pd.Series([5.0, 7.0, 7.0, 1.0])).tolist()
    [3, 1, 1, 4]
    >>> ranks(pd.Series([0.1 + 0.2, 0.3, 0.1])).tolist()
    [1, 1, 3]
    """
    place = rank_rows(np.asarray(scores, dtype=np.float64)[None])[0].astype(np.int64)
    found = pd.Series(place, index=scores.index, name=scores.name)
    return found.astype("Int64").mask(place == 0) if (place == 0).any() else found


def _agreement(frame: pd.DataFrame) -> tuple[float, float]:
    """Compute Spearman's and Kendall's correlation; ties are those of the ranks."""
    from scipy import stats

    a, b = frame["rank_a"].rank(), frame["rank_b"].rank()
    if a.nunique() < 2 or b.nunique() < 2:
        return float("nan"), float("nan")
    return float(a.corr(b)), float(stats.kendalltau(a, b).statistic)


def _first(scores: pd.Series[float]) -> str:
    return repr(str(scores.index[0])) if len(scores) else "nothing"
