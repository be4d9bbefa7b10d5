"""What a city is good at: its strongest dimension compared with itself, and with its economy."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clusters.index.compare import ranks


def ipsative(dimensions: pd.DataFrame) -> pd.DataFrame:
    """Say how far each dimension of a unit stands above or below the unit's own mean.

    Every dimension is brought to z = (x - mean) / sd over the units (ddof 1), then the unit's mean
    over its dimensions is taken away: r_id = z_id - mean_d z_id.

    Parameters
    ----------
    dimensions
        Scores, a row per unit and a column per dimension.

    Returns
    -------
    DataFrame
        Residuals in standard deviations; the rows sum to 0. NaN where the score is missing, where
        the unit has fewer than two dimensions, and in a dimension that is the same everywhere.

    References
    ----------
    Methods 2.3.

    Examples
    --------
    >>> scores = pd.DataFrame({"industry": [3.0, 2.0, 1.0], "research": [1.0, 2.0, 3.0]}, list("abc"))
    >>> ipsative(scores).loc["a"].tolist()
    [1.0, -1.0]
    """
    spread = dimensions.std(ddof=1)
    # A constant column may have a deviation of rounding, which would be blown up to z-scores.
    flat = dimensions.max() == dimensions.min()
    z = (dimensions - dimensions.mean()) / spread.mask(flat | (spread == 0))
    return z.sub(z.mean(axis=1), axis=0).where(z.notna().sum(axis=1) >= 2)


def benchmark_type(dimensions: pd.DataFrame, *, top: int = 10) -> pd.DataFrame:
    """Find what each unit is an example of: the dimension that stands out most in its own profile.

    Parameters
    ----------
    dimensions
        Scores, a row per unit and a column per dimension; at least two dimensions.
    top
        A type is only named where the unit is among so many best in that dimension (ties included).

    Returns
    -------
    DataFrame
        By unit: ``type``, the dimension, missing where the unit is no example of anything;
        ``strongest``, the dimension with the largest residual whatever its rank; ``residual`` of
        it (see ``ipsative``); ``dimension_rank``, the unit's rank in it. Of equally large
        residuals the first dimension counts.

    Raises
    ------
    ValueError
        Fewer than two dimensions, or ``top`` below 1.

    References
    ----------
    Methods 2.3; the four benchmark types of the 2025 city AI index.

    Examples
    --------
    >>> scores = pd.DataFrame({"industry": [9.0, 8.0, 1.0], "research": [7.0, 9.0, 2.0]}, list("abc"))
    >>> benchmark_type(scores, top=1)["type"].tolist()
    ['industry', 'research', None]
    """
    if dimensions.shape[1] < 2:
        raise ValueError("a type compares the dimensions of a unit; there must be two")
    if top < 1:
        raise ValueError(f"top must be at least 1, not {top}")
    residuals = ipsative(dimensions).to_numpy(float)
    known = ~np.isnan(residuals).all(axis=1)
    best = np.where(np.isnan(residuals), -np.inf, residuals).argmax(axis=1)
    rows = np.arange(len(dimensions))
    rank = np.column_stack([dimensions[c].rank(ascending=False, method="min") for c in dimensions])[
        rows, best
    ]
    names = dimensions.columns.to_numpy(object)[best]
    return pd.DataFrame(
        {
            "type": pd.Series(np.where(known & (rank <= top), names, None), dimensions.index, dtype=object),
            "strongest": pd.Series(np.where(known, names, None), dimensions.index, dtype=object),
            "residual": np.where(known, residuals[rows, best], np.nan),
            "dimension_rank": pd.array(np.where(known, rank, np.nan), dtype="Int64"),
        },
        index=dimensions.index,
    )


def rank_gap(index: pd.Series[float], reference: pd.Series[float]) -> pd.DataFrame:
    """Compare ranks by an index with ranks by something else, such as gross domestic product.

    Parameters
    ----------
    index
        Scores by unit; larger is better.
    reference
        The other quantity by unit; larger ranks first.

    Returns
    -------
    DataFrame
        Units that have both, best first: ``rank`` and ``reference_rank`` among them (ties share the
        better one), ``reference`` and ``rank_gap`` = reference_rank - rank, above 0 for a unit whose
        index is ahead of its economy.

    References
    ----------
    Methods 2.3.

    Examples
    --------
    >>> index = pd.Series({"a": 3.0, "b": 2.0, "c": 1.0})
    >>> rank_gap(index, pd.Series({"a": 10.0, "b": 30.0, "c": 20.0}))["rank_gap"].to_dict()
    {'a': 2, 'b': -1, 'c': -1}
    """
    both = pd.DataFrame({"index": index, "reference": reference.reindex(index.index)}).dropna()
    frame = pd.DataFrame(
        {
            "rank": ranks(both["index"]),
            "reference": both["reference"],
            "reference_rank": ranks(both["reference"]),
        }
    )
    frame["rank_gap"] = frame["reference_rank"] - frame["rank"]
    return frame.sort_values("rank", kind="stable")
