"""Means of indicators within a group, and the aggregates of a whole tree from its leaves up.

Values come in normalised; weights are rescaled to sum 1. What a unit lacks is left out of its mean
and the other weights are rescaled, unless less than a minimum share of the parts has data. That
share counts parts, as COINr's ``dat_thresh`` does, and not their weights: so it stays the same
when weights are drawn at random. Parts of weight 0 are not counted.

==========  =======================================  ==================  =================
mean        formula (weights w with sum 1)            values             options
==========  =======================================  ==================  =================
arithmetic  sum w x                                   any
geometric   exp(sum w ln x)                           > 0
harmonic    1 / sum (w / x)                           > 0
power       (sum w x^p)^(1/p); p = 0: geometric       >= 0; p <= 0: > 0  ``p``
mpi         M - S (S / M) (Mazziotta-Pareto)          M > 0              ``penalty``, ``ddof``
topsis      d- / (d+ + d-): near the best of each     any                ``scaling``
copeland    units outranked minus units outranking    any
==========  =======================================  ==================  =================

The last two compare units with each other, so their values depend on which units are there: in
a panel all years together, as in normalisation, or each ``by_year``. Copeland scores run from
-(n - 1) to n - 1 and belong at the top of a tree, or at every level.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from clusters.errors import DataError
from clusters.index._frames import By, numbers, panel, slices, where
from clusters.index._means import CHOICES, MEANS, OPTIONS, RELATIVE, misfit
from clusters.index.stage import Entry, Stage
from clusters.sentences import Note

__all__ = ["MEANS", "RELATIVE", "aggregate", "data_share", "mean", "mean_many", "misfit"]

Floats = NDArray[np.float64]
NAN = float("nan")
LEAST = 0.5
"""Least share of a parent's parts that must have data."""
ENOUGH = 1e-9
"""What a share may fall short of the minimum by rounding: 2 of 3 parts reach 0.6667 - 0.0001."""


def mean(
    values: ArrayLike,
    weights: ArrayLike | None = None,
    method: str = "arithmetic",
    *,
    minimum_share: float = LEAST,
    **options: Any,
) -> Floats:
    """Compute a weighted mean of each row.

    Parameters
    ----------
    values
        n units by k parts, or the k parts of one unit; NaN is missing.
    weights
        k weights, 0 or above, rescaled to sum 1; equal by default.
    method
        A name of ``MEANS``.
    minimum_share
        Least share of the parts that must have data, 0 to 1.
    options
        Of the method: ``p`` (``power``, default 1); ``penalty`` (``mpi``: -1, the default, takes
        unbalanced units down, where more is better; 1 takes them up, where more is worse) and
        ``ddof`` (``mpi``: 0, as published, or 1 for the sample deviation); ``scaling`` (``topsis``:
        ``none``, the default for normalised values, or ``vector``).

    Returns
    -------
    ndarray
        n values; NaN where too few parts have data. Within the range of the row for the first
        four. ``mpi`` is on the scale of its values, made for mean 100 and standard deviation 10;
        ``topsis`` is 0 to 1, and NaN where no part tells units apart.

    Raises
    ------
    ValueError
        Unknown method or option, weights that do not fit, or values out of the method's range.

    References
    ----------
    Methods 2.5 step 7; OECD/JRC handbook 2008; Mazziotta, Pareto 2016 (mpi); Hwang, Yoon 1981 (topsis).

    Examples
    --------
    >>> float(mean([1, 2, 3], [1, 1, 2], "geometric")[0]), 18**0.25
    (2.0597671439071177, 2.0597671439071177)
    >>> mean([[1, 2, 3], [1, np.nan, 3]], [2, 1, 1]).tolist()
    [1.75, 1.6666666666666667]
    """
    rows = np.atleast_2d(np.asarray(values, dtype=float))
    given = np.ones(rows.shape[1]) if weights is None else np.asarray(weights, dtype=float)
    if given.shape != (rows.shape[1],):
        raise ValueError(f"{given.size} weights for {rows.shape[1]} parts; give one for each")
    return mean_many(rows, given[:, None], method, minimum_share=minimum_share, **options)[:, 0]


def mean_many(
    values: Floats,
    weights: Floats,
    method: str = "arithmetic",
    *,
    minimum_share: float = LEAST,
    **options: Any,
) -> Floats:
    """Compute the weighted mean of each row under each of many sets of weights.

    Parameters
    ----------
    values
        n units by k parts; NaN is missing.
    weights
        k parts by D draws, each column rescaled to sum 1.
    method, minimum_share, options
        As in ``mean``.

    Returns
    -------
    ndarray
        n by D; column d is ``mean(values, weights[:, d], ...)``. All but ``copeland`` take a few matrix
        products.

    Examples
    --------
    >>> draws = np.array([[1.0, 3.0], [1.0, 1.0]])
    >>> mean_many(np.array([[0.0, 1.0], [2.0, 4.0]]), draws).tolist()
    [[0.5, 0.25], [3.0, 2.5]]
    """
    _check(method, options)
    if not (np.isfinite(weights).all() and (weights >= 0).all() and (weights.sum(axis=0) > 0).all()):
        raise ValueError("weights must be known, 0 or above and not all 0")
    if not 0 <= minimum_share <= 1:
        raise ValueError(f"minimum share {minimum_share} is not from 0 to 1")
    place = misfit(values, method, **options)
    if place is not None:
        raise ValueError(f"value {values[place]:g} in row {place[0]}, column {place[1]}: {_needs(method)}")
    shares = weights / weights.sum(axis=0)
    there = ~np.isnan(values)
    if there.all():
        return _finite(MEANS[method](values, shares, **options), method)
    enough: NDArray[np.bool_] = np.logical_and(
        data_share(values, shares) >= max(minimum_share, ENOUGH) - ENOUGH, there @ shares > 0
    )
    if method in RELATIVE and (enough != enough[:, :1]).any():
        # Units that are left out of some draws only are not compared with there.
        columns = np.split(weights, weights.shape[1], axis=1)
        found = [mean_many(values, w, method, minimum_share=minimum_share, **options) for w in columns]
        return np.hstack(found)
    seen: NDArray[np.bool_] = np.logical_or.reduce(enough, axis=1, keepdims=True)
    used = np.where(seen, values, NAN)
    return _finite(np.where(enough, MEANS[method](used, shares, **options), NAN), method)


def _finite(found: Floats, method: str) -> Floats:
    if method == "mpi" and np.isinf(found).any():
        row, draw = np.argwhere(np.isinf(found))[0]
        raise ValueError(f"the mean of row {row} (weights {draw}) is not above 0; {_needs(method)}")
    return found


def data_share(values: Floats, weights: Floats) -> Floats:
    """Compute the share of the parts that have data, among those with a weight above 0.

    ``values`` is n by k, ``weights`` k by D; the result is n by D, from 0 to 1.
    """
    counted = (weights > 0).astype(float)
    share: Floats = ((~np.isnan(values)).astype(float) @ counted) / counted.sum(axis=0)
    return share


def aggregate(
    frame: pd.DataFrame,
    children: Mapping[str, tuple[str, ...]],
    weights: Mapping[str, float] | None = None,
    means: Mapping[str, str] | str = "arithmetic",
    *,
    minimum_share: float = LEAST,
    options: Mapping[str, Any] | None = None,
    given: Collection[str] | None = None,
    by_year: bool = False,
) -> Stage:
    """Compute all aggregates of a tree, from the leaves up.

    Parameters
    ----------
    frame
        Normalised indicators: rows units (or units and years), columns indicators.
    children
        Children of every aggregate, in any order.
    weights
        Weight of every node among its siblings; equal by default.
    means
        A name of ``MEANS`` for all aggregates or for each; arithmetic where one is not named.
    minimum_share
        As in ``mean``.
    options
        Options of the means, as in ``mean``; each mean takes those that it knows.
    given
        Aggregates whose column in the frame is taken as it is. By default those that have a column
        while nothing below them has one.
    by_year
        Whether ``topsis`` and ``copeland`` compare the units of one year with each other; by default
        those of all years.

    Returns
    -------
    Stage
        All aggregates, the root first, level by level; NaN where too few parts have data. The log
        says how each was computed, where weights were rescaled and where data were too few.

    Raises
    ------
    DataError
        A value that the mean cannot take (0 or below in a geometric mean), or an aggregate without
        any data below it.
    ValueError
        An unknown mean or option, or a weight that is missing.

    References
    ----------
    Methods 2.5 step 7.

    Examples
    --------
    >>> frame = pd.DataFrame({"a": [0.2, 0.4], "b": [0.6, np.nan], "c": [1.0, 0.0]}, index=["x", "y"])
    >>> found = aggregate(frame, {"total": ("ab", "c"), "ab": ("a", "b")}, {"a": 3, "b": 1, "ab": 1, "c": 1})
    >>> found.frame.round(3).to_dict("list")
    {'total': [0.65, 0.2], 'ab': [0.3, 0.4]}
    >>> [(entry.what, entry.item, entry.unit) for entry in found.log]
    [('averaged', 'ab', None), ('rescaled', 'ab', 'y'), ('averaged', 'total', None)]
    """
    order = _levels(children)
    chosen = {p: means if isinstance(means, str) else means.get(p, "arithmetic") for p in order}
    extra = dict(options or {})
    _check_options(chosen.values(), extra)
    known = numbers(frame, "aggregate")
    log: list[Entry] = []
    for parent in reversed(order):
        parts = [child for child in children[parent] if child in known.columns]
        if parent in frame.columns and (parent in given if given is not None else not parts):
            log.append(Entry("aggregate", "given", parent))
            continue
        if not parts:
            listed = ", ".join(children[parent])
            raise DataError(
                f"aggregate {parent!r}: the table has no column for any of its parts ({listed})",
                hint=f"give columns of its parts, or one named {parent!r} with its own scores",
            )
        known = known.drop(columns=parent, errors="ignore")
        method = chosen[parent]
        used = {name: extra[name] for name in OPTIONS[method] if name in extra}
        values = known.reindex(columns=list(children[parent]))
        share = np.array([_weight(child, weights) for child in children[parent]])
        known[parent] = _column(values, share, method, minimum_share, used, by_year)
        detail = " ".join([method, *(f"{name}={value}" for name, value in used.items())])
        log.append(Entry("aggregate", "averaged", parent, detail=detail))
        log += _gaps(values, share, known[parent], parent)
    result = known[order]
    return Stage("aggregate", result, tuple(log), _said(result, order, log, minimum_share))


def _column(
    values: pd.DataFrame,
    weights: Floats,
    method: str,
    minimum_share: float,
    options: Mapping[str, Any],
    by_year: bool,
) -> Floats:
    """Compute one aggregate; what a mean cannot take is named by unit and indicator."""
    matrix = values.to_numpy(float)
    place = misfit(matrix, method, **options)
    if place is not None:
        raise DataError(
            f"{_unit(values.index[int(place[0])])}, {values.columns[place[1]]!r}: value {matrix[place]:g}; "
            f"{_needs(method)}",
            hint="normalise to a range above 0, such as min-max to [1, 100], or take another mean",
        )
    if method == "mpi":
        bad = mean(matrix, weights, minimum_share=0) <= 0
        if bad.any():
            raise DataError(
                f"{_unit(values.index[bad][0])}: the mean of the parts is not above 0; {_needs(method)}",
                hint="normalise with z-scores of mean 100 and standard deviation 10",
            )
    apart: By = "year" if by_year and method in RELATIVE and panel(values) else None
    found = np.full(len(values), NAN)
    for _, rows in slices(values, apart):
        found[rows] = mean(matrix[rows], weights, method, minimum_share=minimum_share, **options)
    return found


def _gaps(values: pd.DataFrame, weights: Floats, result: pd.Series, parent: str) -> list[Entry]:
    """Log the units whose mean rests on some parts only, or that have none; ``after`` is the share."""
    share = data_share(values.to_numpy(float), weights[:, None])[:, 0]
    entries = []
    for row in np.flatnonzero(share < 1):
        what = "too_few" if pd.isna(result.iloc[row]) else "rescaled"
        place = where(values.index[int(row)])
        entries.append(Entry("aggregate", what, parent, **place, after=float(share[row])))
    return entries


def _said(frame: pd.DataFrame, order: list[str], log: list[Entry], minimum_share: float) -> tuple[Note, ...]:
    lacking = {p: [e for e in log if e.item == p and e.what == "too_few"] for p in order}
    return tuple(
        Note(
            "note.index_too_few",
            n=len(found),
            all=len(frame),
            item=parent,
            share=minimum_share,
            first=found[0].unit,
        )
        for parent, found in lacking.items()
        if found
    )


def _levels(children: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Order aggregates level by level from the top, so that children come after parents."""
    below = {child for ids in children.values() for child in ids}
    order = [parent for parent in children if parent not in below]
    for parent in order:
        order += [child for child in children[parent] if child in children and child not in order]
    if len(order) < len(children):
        lost = next(parent for parent in children if parent not in order)
        raise ValueError(f"aggregate {lost!r} is below itself")
    return order


def _weight(node: str, weights: Mapping[str, float] | None) -> float:
    if weights is None:
        return 1.0
    if node not in weights:
        raise ValueError(f"{node!r} has no weight")
    return float(weights[node])


def _unit(label: Any) -> str:
    return f"{label[0]} ({label[1]})" if isinstance(label, tuple) else str(label)


def _check(method: str, options: Mapping[str, Any]) -> None:
    if method not in MEANS:
        raise ValueError(f"mean {method!r} is not known; use one of {', '.join(MEANS)}")
    _check_options([method], options)


def _check_options(methods: Iterable[str], options: Mapping[str, Any]) -> None:
    used = list(methods)
    for method in used:
        if method not in MEANS:
            raise ValueError(f"mean {method!r} is not known; use one of {', '.join(MEANS)}")
    allowed = {name for method in used for name in OPTIONS[method]}
    for name, value in options.items():
        if name not in allowed:
            raise ValueError(f"the mean {'/'.join(dict.fromkeys(used))} has no option {name!r}")
        if name in CHOICES and value not in CHOICES[name]:
            raise ValueError(f"{name} {value!r} is not one of {', '.join(map(repr, CHOICES[name]))}")
        if name == "p" and not np.isfinite(value):
            raise ValueError("p must be a finite number")


def _needs(method: str) -> str:
    if method == "mpi":
        return "the Mazziotta-Pareto index needs means above 0"
    return f"the {method} mean needs values above 0"
