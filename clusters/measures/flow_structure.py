"""The shape of flows between places: bounds for printed parts, poles, polycentricity, specialisation.

Measures of a whole *flow matrix* (origins as rows, destinations as columns, see ``flows``), and
what can be said when only a part of it is known. Printed tables list the largest cells and the
largest margins: what they leave out has a limit, so the measures have bounds. A cell or margin
that is not printed is NaN or absent, never 0.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from clusters.measures._cells import square_of
from clusters.measures._partial_flows import partial
from clusters.measures._poles import PoleDominance, dominance

NAN = float("nan")
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Smallest and largest value that agrees with what is known."""

    low: float
    high: float


def intra_share_bounds(
    cells: pd.DataFrame,
    given: pd.Series,
    taken: pd.Series,
    *,
    total: float = 1.0,
    largest_missing: float | None = None,
) -> Bounds:
    """Bound the share of flows that stay within their place, from a part of the matrix (F2).

    At least the known diagonal. Every other diagonal cell is at most what its row and its column have
    left, and ``largest_missing``; a margin that is not known is at most the smallest known one. Places
    named nowhere have together at most what the known margins leave.

    Parameters
    ----------
    cells
        Known flows: index origins, columns destinations, NaN where not known; need not be square.
    given, taken
        Known row and column sums of the whole matrix, by place.
    total
        Sum of the whole matrix in the same unit: 1 for shares, 100 for percent.
    largest_missing
        Limit of a cell that is not known; by default the smallest known one, as in a ranked list.

    Returns
    -------
    Bounds
        Shares, 0 to 1; not always the narrowest. Equal when the whole diagonal is known.

    References
    ----------
    Nankai report 2023, Tables 7 and 8: 24.79 to 36.47 %.

    Examples
    --------
    >>> cells = pd.DataFrame({"a": [40.0, 20.0], "b": [30.0, None]}, index=["a", "b"])
    >>> intra_share_bounds(cells, pd.Series({"a": 70, "b": 30}), pd.Series({"a": 60, "b": 40}), total=100)
    Bounds(low=0.4, high=0.5)
    """
    part = partial(cells, given, taken, total, largest_missing)
    known = float(np.nansum(part.diagonal))
    rest = part.limits[np.isnan(part.diagonal)]
    unnamed = min(part.unnamed_given, part.unnamed_taken)
    return Bounds(known / total, min((known + float(rest.sum()) + unnamed) / total, 1.0))


def intra_lift_bounds(
    cells: pd.DataFrame,
    given: pd.Series,
    taken: pd.Series,
    *,
    total: float = 1.0,
    largest_missing: float | None = None,
) -> Bounds:
    """Bound the intra share over its value for independent margins, from a part of the matrix (F2).

    Parameters
    ----------
    cells, given, taken, total, largest_missing
        As in ``intra_share_bounds``.

    Returns
    -------
    Bounds
        Low over high and high over low of share and expected share, at least 0; NaN where no place has
        both margins known.

    Examples
    --------
    >>> cells = pd.DataFrame({"a": [0.4, 0.2], "b": [0.3, None]}, index=["a", "b"])
    >>> found = intra_lift_bounds(cells, pd.Series({"a": 0.7, "b": 0.3}), pd.Series({"a": 0.6, "b": 0.4}))
    >>> round(found.low, 3), round(found.high, 3)
    (0.741, 0.926)
    """
    part = partial(cells, given, taken, total, largest_missing)
    share = intra_share_bounds(cells, given, taken, total=total, largest_missing=largest_missing)
    both = np.isfinite(part.given) & np.isfinite(part.taken)
    least = float(part.given[both] @ part.taken[both])
    if not least:
        return Bounds(NAN, NAN)
    r = np.where(np.isfinite(part.given), part.given, part.most_given)
    c = np.where(np.isfinite(part.taken), part.taken, part.most_taken)
    most = float(r @ c) + part.unnamed_given * min(part.most_taken, part.unnamed_taken)
    return Bounds(share.low * total**2 / most, share.high * total**2 / least)


def partial_pole_dominance(
    cells: pd.DataFrame, given: pd.Series, taken: pd.Series, poles: Sequence[Hashable], *, total: float = 1.0
) -> PoleDominance:
    """Say how far flows run among, from and to a few places, from a part of the matrix (F3).

    Exact, since only the margins of the poles and the cells among them enter.

    Parameters
    ----------
    cells, given, taken, total
        As in ``intra_share_bounds``.
    poles
        Places whose margins are known, and every cell among them.

    Returns
    -------
    PoleDominance
        As ``flows.pole_dominance`` of the whole matrix. NaN where a cell among the poles is not known.

    References
    ----------
    Nankai report 2023, Tables 7 and 8: 北京 and 广东 33.22, 61.61, 49.81 and 78.20 %.

    Examples
    --------
    >>> cells = pd.DataFrame({"a": [40.0, 20.0], "b": [30.0, None]}, index=["a", "b"])
    >>> partial_pole_dominance(cells, pd.Series({"a": 70}), pd.Series({"a": 60}), ["a"], total=100).touching
    0.9
    """
    named = list(dict.fromkeys(poles))
    if not named:
        raise ValueError("no pole is named")
    missing = [p for p in named if p not in given.index or p not in taken.index]
    if missing:
        raise ValueError(f"what pole {missing[0]!r} gives or takes is not known")
    inner = cells.reindex(index=named, columns=named).to_numpy(dtype=np.float64)
    r, c = (margin.reindex(named).to_numpy(dtype=np.float64) for margin in (given, taken))
    return dominance(inner.sum(), r, c, np.diag(inner), total)


def pair_asymmetry(cells: pd.DataFrame) -> pd.DataFrame:
    """List pairs of different places with their flows both ways, and how one-sided these are (F4).

    Parameters
    ----------
    cells
        Flow matrix, or the known part of one; NaN where not known.

    Returns
    -------
    DataFrame
        ``origin``, ``destination`` (first and second place, in the order of the index), ``forward`` and
        ``backward`` flow, ``asymmetry`` (F_pq - F_qp)/(F_pq + F_qp), -1 to 1, by falling sum of both.
        Only pairs with both flows known and one of them above 0.

    References
    ----------
    Nankai report 2023, Table 8: 北京-广东 -0.064, 广东-上海 +0.147.

    Examples
    --------
    >>> pair_asymmetry(pd.DataFrame([[5, 3], [1, 0]], index=["a", "b"], columns=["a", "b"])).values.tolist()
    [['a', 'b', 3.0, 1.0, 0.5]]
    """
    names = pd.Index([*cells.index, *(c for c in cells.columns if c not in set(cells.index))], dtype=object)
    square = cells.reindex(index=names, columns=names).to_numpy(dtype=np.float64)
    first, second = np.triu_indices(len(names), 1)
    forward, backward = square[first, second], square[second, first]
    shown = forward + backward > 0  # false for NaN
    table = pd.DataFrame(
        {
            "origin": names.take(first[shown]).to_numpy(),
            "destination": names.take(second[shown]).to_numpy(),
            "forward": forward[shown],
            "backward": backward[shown],
        }
    )
    both = table["forward"] + table["backward"]
    table["asymmetry"] = (table["forward"] - table["backward"]) / both
    return table.iloc[np.argsort(-both.to_numpy(), kind="stable")].reset_index(drop=True)


def functional_polycentricity(
    matrix: pd.DataFrame,
    *,
    direction: Literal["in", "out"] = "in",
    reference: Literal["one_centre", "two_places"] = "one_centre",
) -> float:
    """Say how evenly places share the flows between them (F11).

    P = (1 - sd/sd_max) L, with the standard deviation of what each place receives from (``in``) or gives
    to (``out``) other places, and L the share of the ordered pairs of different places that have a flow.

    Parameters
    ----------
    matrix
        Flow matrix of counts or shares. Flows within a place do not count.
    direction
        Which end is to be shared.
    reference
        What sd_max belongs to: ``one_centre``, the same sum in a single one of the places, so that P is 0
        exactly then; ``two_places``, Green's network of two, one with nothing and one with the largest
        value, which leaves P above 0 for one centre among more than two places.

    Returns
    -------
    float
        0 (one centre) to 1 (every place equal and every pair linked). NaN with fewer than two places
        and without flows between them.

    References
    ----------
    Green 2007, "Functional polycentricity: a formal definition in terms of social network analysis".

    Examples
    --------
    >>> functional_polycentricity(pd.DataFrame([[0, 1, 1], [1, 0, 1], [1, 1, 0]]))
    1.0
    >>> functional_polycentricity(pd.DataFrame([[0, 0, 0, 0], [1, 0, 0, 0], [2, 0, 0, 0], [3, 0, 0, 0]]))
    0.0
    """
    cells = square_of(matrix)
    n = len(cells)
    between = cells * (1 - np.eye(n))
    if n < 2 or not between.sum():
        return NAN
    strength = between.sum(axis=0 if direction == "in" else 1)
    if reference == "one_centre":
        most = strength.sum() * math.sqrt(n - 1) / n
    elif reference == "two_places":
        most = strength.max() / 2
    else:
        raise ValueError(f"reference {reference!r} is not known; use one_centre or two_places")
    linked = int(np.count_nonzero(between)) / (n * (n - 1))
    # Rounding must not leave a trace of polycentricity beside a single centre.
    even = max(0.0, round(float(1 - strength.std() / most), 12))
    return even * linked


def destination_entropy(matrix: pd.DataFrame, *, normalised: bool = False) -> pd.Series:
    """Say for each origin how widely its flows spread over destinations (F13).

    H_p = - sum_q s_pq ln s_pq with s_pq = F_pq / r_p, 0 ln 0 = 0; its own place is a destination too.

    Parameters
    ----------
    matrix
        Flow matrix of counts or shares.
    normalised
        Divide by ln n, n the number of places.

    Returns
    -------
    Series
        In nats, 0 (one destination) to ln n (all alike), or 0 to 1; e to the H is an effective number of
        destinations. NaN for an origin that gives nothing; normalised also with a single place.

    References
    ----------
    Shannon 1948; Theil 1967.

    Examples
    --------
    >>> matrix = pd.DataFrame([[1, 1], [0, 3]], index=["a", "b"], columns=["a", "b"])
    >>> destination_entropy(matrix).round(4).to_dict()
    {'a': 0.6931, 'b': 0.0}
    """
    cells = square_of(matrix)
    given = cells.sum(axis=1)
    shares = np.divide(cells, given[:, None], out=np.full(cells.shape, NAN), where=given[:, None] > 0)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    entropy = np.abs((shares * logs).sum(axis=1))
    if normalised:
        entropy = entropy / math.log(len(cells)) if len(cells) > 1 else entropy * NAN
    return pd.Series(entropy, index=matrix.index, name="destination_entropy")


def krugman_index(first: ArrayLike, second: ArrayLike) -> float:
    """Say how different the make-up of two places is: sum_k |s_1k - s_2k| (F13).

    Parameters
    ----------
    first, second
        Amounts (relations, flows) of the same classes or destinations in the two places.

    Returns
    -------
    float
        0 (same shares) to 2 (nothing in common); NaN where a place has nothing.

    References
    ----------
    Krugman 1991, Geography and Trade.

    Examples
    --------
    >>> krugman_index([1, 1, 0], [2, 2, 0]), krugman_index([1, 0], [0, 5]), krugman_index([3, 1], [1, 1])
    (0.0, 2.0, 0.5)
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError("the two places need the same classes in the same order")
    if not a.sum() or not b.sum():
        return NAN
    return float(np.abs(a / a.sum() - b / b.sum()).sum())


def krugman_matrix(amounts: pd.DataFrame) -> pd.DataFrame:
    """Compare the make-up of all places, pair by pair: ``krugman_index`` of the rows (F13).

    Parameters
    ----------
    amounts
        One row per place, one column per class or destination; a flow matrix compares destinations.

    Returns
    -------
    DataFrame
        Square and symmetric, 0 on the diagonal; NaN for a place with nothing.

    Examples
    --------
    >>> krugman_matrix(pd.DataFrame([[3, 1], [1, 1]], index=["a", "b"])).loc["a", "b"]
    np.float64(0.5)
    """
    cells = amounts.to_numpy(dtype=np.float64)
    total = cells.sum(axis=1, keepdims=True)
    shares = np.divide(cells, total, out=np.full(cells.shape, NAN), where=total > 0)
    differences = [np.abs(shares - row).sum(axis=1) for row in shares]
    result = np.array(differences).reshape(len(cells), len(cells))
    return pd.DataFrame(result, index=amounts.index, columns=amounts.index)
