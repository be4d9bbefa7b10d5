"""What a score is made of: the part of every indicator, of every group, and of a difference.

From the root down every node hands its part on to its children:

- an arithmetic mean S = sum w_c x_c gives child c the part w_c x_c of S;
- a geometric mean S = prod x_c^w_c, ln S = sum w_c ln x_c, gives it the share w_c ln x_c / ln S.

Weights are those that counted for the unit: where some parts have no data, the others carry their
weight. So the parts sum to the score, at every level, also in a tree with both means. Other means
have no such parts; then the arithmetic mean of the same data and weights is taken apart, and said so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.index.aggregate import LEAST, aggregate
from clusters.index.compare import ranks
from clusters.index.framework import Framework
from clusters.index.scoring import IndexResult, means

Floats = NDArray[np.float64]
ADDITIVE = ("arithmetic", "geometric")
"""Means whose value is a sum of parts."""
REFERENCES = ("mean", "best")
"""What a unit can be compared with, besides another unit."""


@dataclass(frozen=True)
class Parts:
    """The parts of all scores: rows units (and years), columns nodes."""

    contributions: pd.DataFrame
    """What each node adds to the score; the columns of the leaves, or of the root's children, sum to it."""
    weights: pd.DataFrame
    """Effective weight of each node for each unit; those of the leaves sum to 1."""
    values: pd.DataFrame
    """Value of each node: normalised indicators and aggregates; NaN is missing."""
    exact: bool
    """Whether the parts sum to the score itself, and not to the arithmetic mean in its place."""


def parts(
    values: pd.DataFrame,
    children: Mapping[str, tuple[str, ...]],
    weights: Mapping[str, float] | None = None,
    mean: Mapping[str, str] | str = "arithmetic",
    *,
    minimum_share: float = LEAST,
) -> Parts:
    """Take scores apart into what every node contributes.

    Parameters
    ----------
    values
        Normalised indicators by unit.
    children
        Identifiers below every aggregate, the root first, parents before children.
    weights
        Weight of every node among its siblings; equal by default.
    mean
        A name of ``aggregate.MEANS`` for all aggregates or for each.
    minimum_share
        As in ``aggregate``.

    Returns
    -------
    Parts
        Contributions in points of the score. A missing part contributes 0 with weight 0; all are NaN
        where the unit has no score, and where a geometric mean is 1, whose logarithm nothing shares.

    References
    ----------
    Methods 2.5 step 7.

    Examples
    --------
    >>> values = pd.DataFrame({"a": [0.2], "b": [0.6], "c": [1.0]}, index=["x"])
    >>> found = parts(values, {"total": ("ab", "c"), "ab": ("a", "b")}, {"ab": 1, "c": 3, "a": 1, "b": 1})
    >>> found.contributions.loc["x"].round(3).to_dict()
    {'total': 0.85, 'ab': 0.1, 'c': 0.75, 'a': 0.025, 'b': 0.075}
    """
    chosen = {p: mean if isinstance(mean, str) else mean.get(p, "arithmetic") for p in children}
    exact = set(chosen.values()) <= set(ADDITIVE)
    if not exact:
        chosen = dict.fromkeys(chosen, "arithmetic")
    inner = [child for ids in children.values() for child in ids if child in children]
    leaves = [child for ids in children.values() for child in ids if child not in children]
    scores = aggregate(values[leaves], children, weights, chosen, minimum_share=minimum_share).frame
    known = pd.concat([scores, values[leaves]], axis=1)
    root = next(parent for parent in children if parent not in inner)
    added = {root: scores[root].to_numpy(float)}
    points = {root: np.where(scores[root].isna(), np.nan, 1.0)}
    """Points of the score for each point of a node: a node of value 0 still hands its weight on."""
    carried = dict(points)
    for parent, ids in children.items():
        below = known[list(ids)].to_numpy(float)
        shares = _shares(below, np.array([1.0 if weights is None else weights[child] for child in ids]))
        filled = np.where(np.isnan(below), 1.0, below)
        if chosen[parent] == "geometric":
            fraction = _log_shares(filled, shares, known[parent].to_numpy(float))
            fraction[carried[parent] == 0] = 0.0
            of_score = added[parent][:, None] * fraction
            slopes = of_score / filled
        else:
            slopes = points[parent][:, None] * shares
            of_score = slopes * filled
        for place, child in enumerate(ids):
            added[child], points[child] = of_score[:, place], slopes[:, place]
            carried[child] = carried[parent] * shares[:, place]
    return Parts(
        pd.DataFrame(added, index=values.index),
        pd.DataFrame(carried, index=values.index),
        known[list(added)],
        exact,
    )


def decompose(
    result: IndexResult,
    *,
    units: Sequence[str] | None = None,
    against: str | None = None,
    by: str = "indicator",
) -> pd.DataFrame:
    """Tabulate what the scores of an index are made of.

    Parameters
    ----------
    result
        Of ``score``.
    units
        Units to report; by default all.
    against
        A unit, ``"mean"`` of all units or the ``"best"`` one to compare with, of a panel within each
        year; adds the last four columns.
    by
        ``"indicator"`` (the leaves of the tree) or ``"dimension"`` (the children of the root).

    Returns
    -------
    DataFrame
        A row per unit (and year) and part: ``unit``, ``year`` of a panel, ``indicator`` or
        ``dimension``, ``value`` (normalised, 0 to 1 or as chosen), ``weight`` that counted for the unit
        (sum 1), ``contribution`` in points of the score (they sum to it) and ``share`` of it (NaN for a
        score of 0). With ``against``: ``reference``, ``reference_value``,
        ``reference_contribution`` and ``difference`` of the contributions, which sum to that of the
        scores; where means are geometric, those from another unit are shared by logarithmic means, so
        that a value which both have alike adds nothing. ``attrs["exact"]`` is false where
        the arithmetic mean was taken apart instead.

    Raises
    ------
    DataError
        A unit that the index has not.
    ValueError
        An unknown ``by``.

    References
    ----------
    Methods 2.5 step 7; Ang 2004 (logarithmic mean Divisia index).

    Examples
    --------
    >>> from clusters.index.frameworks import read_framework
    >>> from clusters.index.scoring import score
    >>> framework = read_framework({"indicator": [{"id": i, "parent": "total"} for i in "ab"]})
    >>> result = score(framework, pd.DataFrame({"a": [1.0, 2, 5], "b": [2.0, 4, 3]}, index=list("xyz")))
    >>> decompose(result, units=["z"])["contribution"].tolist()
    [0.5, 0.25]
    """
    if by not in ("indicator", "dimension"):
        raise ValueError(f"by {by!r} is not known; use indicator or dimension")
    framework = result.framework
    nodes = [i.id for i in framework.indicators] if by == "indicator" else framework.children[framework.root]
    found = of_result(result)
    frames = {
        "value": found.values[list(nodes)],
        "weight": found.weights[list(nodes)],
        "contribution": found.contributions[list(nodes)],
    }
    scores = found.values[framework.root]
    listed = _listed(frames, by)
    total = np.repeat(scores.to_numpy(float), len(nodes))
    listed["share"] = listed["contribution"] / np.where(total == 0, np.nan, total)
    if against is not None:
        others = [_reference(frames[name], scores, result, against) for name in ("value", "contribution")]
        other = _listed({"reference_value": others[0][1], "reference_contribution": others[1][1]}, by)
        listed["reference"] = np.repeat(others[0][0], len(nodes))
        listed[["reference_value", "reference_contribution"]] = other.iloc[:, -2:]
        listed["difference"] = listed["contribution"] - listed["reference_contribution"]
        if against != "mean" and found.exact and "geometric" in means(framework).values():
            every = _reference(found.values, scores, result, against)[1]
            shared = _log_differences(found.values, every, framework, result.weight)[list(nodes)]
            found_here = shared.to_numpy().ravel()
            listed["difference"] = np.where(np.isnan(found_here), listed["difference"], found_here)
    if units is not None:
        chosen = result.known_units(units)
        order = {unit: place for place, unit in enumerate(chosen)}
        listed = listed[listed["unit"].isin(order)]
        listed = listed.sort_values("unit", key=lambda column: column.map(order), kind="stable")
    listed = listed.reset_index(drop=True)
    listed.attrs["exact"] = found.exact
    return listed


def of_result(result: IndexResult) -> Parts:
    """Take the scores of a result apart; see ``parts``."""
    framework, steps = result.framework, result.framework.steps
    return parts(
        result.stages["normalised"],
        framework.children,
        result.weight,
        means(framework),
        minimum_share=steps.minimum_share,
    )


def _shares(below: Floats, given: Floats) -> Floats:
    """Rescale weights to sum 1 over what has data; all 0 where nothing has."""
    there = np.where(np.isnan(below), 0.0, given)
    total = there.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(there, total, out=np.zeros_like(there), where=total > 0))


def _log_shares(filled: Floats, shares: Floats, parent: Floats) -> Floats:
    """Share a geometric mean out by logarithms; NaN where that of the mean is 0."""
    whole = np.log(np.where(parent > 0, parent, np.nan))
    whole = np.where(whole == 0, np.nan, whole)
    return np.asarray(shares * np.log(np.where(shares > 0, filled, 1.0)) / whole[:, None])


def _log_differences(
    values: pd.DataFrame, other: pd.DataFrame, framework: Framework, weights: Mapping[str, float]
) -> pd.DataFrame:
    """Share differences of scores out, those of geometric means by logarithmic means (LMDI).

    S_a - S_b = sum_c w_c L(S_a, S_b) / L(x_a, x_b) (x_a - x_b), L(a, b) = (a - b) / (ln a - ln b): nothing
    is left over, and a part that both have alike adds nothing. NaN where either lacks a value.
    """
    chosen = means(framework)
    scale = {
        node: _log_mean(values[node].to_numpy(float), other[node].to_numpy(float)) for node in values.columns
    }
    slopes = {framework.root: np.where((values.isna() | other.isna()).any(axis=1), np.nan, 1.0)}
    for parent, ids in framework.children.items():
        total = sum(weights[child] for child in ids)
        for child in ids:
            slopes[child] = slopes[parent] * weights[child] / total
            if chosen[parent] == "geometric":
                slopes[child] = slopes[child] * scale[parent] / scale[child]
    return pd.DataFrame({n: slopes[n] * (values[n] - other[n]) for n in values.columns}, index=values.index)


def _log_mean(a: Floats, b: Floats) -> Floats:
    """Compute (a - b) / (ln a - ln b); the middle where both are nearly equal, NaN if one is <= 0."""
    a, b = np.where(a > 0, a, np.nan), np.where(b > 0, b, np.nan)
    near = np.abs(a - b) <= 1e-6 * (a + b)  # the middle is then right to 1e-12
    return np.asarray(np.where(near, (a + b) / 2, (a - b) / np.where(near, 1.0, np.log(a) - np.log(b))))


def _reference(
    frame: pd.DataFrame, scores: pd.Series[float], result: IndexResult, against: str
) -> tuple[list[str], pd.DataFrame]:
    """Return the name and the row of what each row of a frame is compared with, in its year."""
    if against not in REFERENCES:
        against = result.known_units([against])[0]
    names, rows = np.empty(len(frame), dtype=object), np.full(frame.shape, np.nan)
    values = frame.to_numpy(float)
    units = frame.index.get_level_values(0).to_numpy(object)
    for places in result.yearly_rows(frame.index):
        known = places[scores.iloc[places].notna().to_numpy()]
        if against == "mean":
            names[places] = "mean"
            if len(known):
                rows[places] = _mean(values[known])
            continue
        found = known[units[known] == against]
        if against == "best" and len(known):
            found = known[ranks(scores.iloc[known]).to_numpy() == 1][:1]
        names[places] = units[found[0]] if len(found) else against
        if len(found):
            rows[places] = values[found[0]]
    return names.tolist(), pd.DataFrame(rows, index=frame.index, columns=frame.columns)


def _mean(values: Floats) -> Floats:
    """Mean of each column over what is there."""
    n = (~np.isnan(values)).sum(axis=0)
    found: Floats = np.nansum(values, axis=0) / np.where(n > 0, n, np.nan)
    return found


def _listed(frames: Mapping[str, pd.DataFrame], item: str) -> pd.DataFrame:
    """Put frames of the same shape into long form: a row per unit (and year) and column."""
    first = next(iter(frames.values()))
    index = first.index.repeat(first.shape[1]).to_frame(index=False)
    index.columns = ["unit", "year"][: index.shape[1]]
    nodes = np.tile(first.columns.to_numpy(object), len(first))
    columns = {name: frame.to_numpy(float).ravel() for name, frame in frames.items()}
    return pd.concat([index, pd.DataFrame({item: nodes, **columns})], axis=1)
