"""Look at indicators before they are used: gaps, constants, outliers, and pairs that do not fit together.

A mean of indicators says something if its parts point the same way: parts that are negatively
correlated cancel out, parts that are nearly the same count double.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.index._frames import flat, numbers
from clusters.index.framework import Framework
from clusters.index.outliers import excess_kurtosis, is_skewed, skewness
from clusters.index.stage import Entry, Stage
from clusters.sentences import Note

REDUNDANT = 0.92
MISSING = 1 / 3
LISTED = 5
"""Pairs that a warning names."""
SMALLEST = 3
"""Pairs of values without which a correlation is no evidence: two always lie on a line."""


def diagnose(frame: pd.DataFrame, framework: Framework | None = None) -> pd.DataFrame:
    """Describe every indicator.

    Parameters
    ----------
    frame
        Units (and years) x indicators; NaN where missing.
    framework
        Which columns are indicators, in which order; by default all.

    Returns
    -------
    DataFrame
        Index ``indicator``: ``n`` values, ``missing_share``, ``zero_share`` of the values, ``mean``,
        ``sd`` (n - 1 below), ``min``, ``max``, bias-corrected ``skewness`` and excess ``kurtosis``
        (NaN where undefined), ``outliers`` (fails the rule of ``is_skewed``), ``constant`` (all values
        equal).

    Raises
    ------
    DataError
        Text or infinite values.

    References
    ----------
    Methods 2.5 steps 1 and 4; Nardo et al. 2008, OECD/JRC handbook, steps 3 and 4.

    Examples
    --------
    >>> frame = pd.DataFrame({"x": [1, 2, None, 0], "y": [5, 5, 5, 5]}, index=list("abcd"))
    >>> diagnose(frame)[["n", "missing_share", "constant"]].to_dict("list")
    {'n': [3, 4], 'missing_share': [0.25, 0.0], 'constant': [False, True]}
    """
    data = _chosen(frame, framework)
    n = data.notna().sum()
    return pd.DataFrame(
        {
            "n": n,
            "missing_share": 1 - n / max(len(data), 1),
            "zero_share": (data == 0).sum() / n.where(n > 0),
            "mean": data.mean(),
            "sd": data.std(ddof=1),
            "min": data.min(),
            "max": data.max(),
            "skewness": data.apply(skewness),
            "kurtosis": data.apply(excess_kurtosis),
            "outliers": data.apply(is_skewed).astype(bool),
            "constant": flat(data.min().to_numpy(), data.max().to_numpy()),
        },
        index=data.columns.rename("indicator"),
    )


def correlations(
    frame: pd.DataFrame,
    groups: Mapping[str, str] | Framework | None = None,
    *,
    directions: Mapping[str, int] | None = None,
    redundant: float = REDUNDANT,
) -> pd.DataFrame:
    """Correlate indicators of the same group.

    Parameters
    ----------
    frame
        Units (and years) x indicators.
    groups
        Group (parent) of each indicator, or a framework, which tells the directions as well. By default
        all are of one group.
    directions
        -1 for indicators of which less is better: their sign is turned first, so that a negative
        correlation always means that two indicators work against each other in the mean.
    redundant
        Correlation above which two indicators say nearly the same. One below its negative is found
        ``negative``, which is worse: a direction may be wrong.

    Returns
    -------
    DataFrame
        One row per pair: ``group``, ``first``, ``second``, ``n`` units that have both, ``correlation``
        (Pearson; NaN with less than 3 of them or where one is constant) and ``finding``: ``negative``,
        ``redundant`` or ``""``.

    References
    ----------
    Methods 2.5 step 1; Nardo et al. 2008, step 4.

    Examples
    --------
    >>> frame = pd.DataFrame({"x": [1, 2, 3], "y": [2, 4, 6.5], "dust": [1, 3, 4]})
    >>> pairs = correlations(frame, directions={"dust": -1})
    >>> pairs[["first", "second", "finding"]].values.tolist()
    [['x', 'y', 'redundant'], ['x', 'dust', 'negative'], ['y', 'dust', 'negative']]
    """
    data, group = _directed(frame, groups, directions)
    found = _pearson(data)
    rows = []
    for a, b in combinations(range(data.shape[1]), 2):
        first, second = data.columns[a], data.columns[b]
        if group[first] != group[second]:
            continue
        n = int((data[first].notna() & data[second].notna()).sum())
        r = found[a, b]
        finding = "negative" if r < 0 else "redundant" if r > redundant else ""
        rows.append((group[first], first, second, n, r, finding))
    columns = ["group", "first", "second", "n", "correlation", "finding"]
    return pd.DataFrame(rows, columns=columns).astype({"correlation": float})


def cronbach_alpha(frame: pd.DataFrame) -> float:
    """Cronbach's alpha of the columns of a frame: how far they measure one thing.

    ``alpha = k / (k - 1) * (1 - sum of variances / sum of covariances)`` over k columns, variances
    among the covariances; each covariance over the rows that have both. 1: all the same; 0: nothing in
    common; negative where columns work against each other. The columns should share a scale. NaN for
    one column or where a covariance is missing.

    References
    ----------
    Cronbach 1951; Nardo et al. 2008, step 4.

    Examples
    --------
    >>> frame = pd.DataFrame({"x": [1, 2, 3], "y": [2, 3, 4], "z": [3, 2, 1]})
    >>> cronbach_alpha(frame[["x", "y"]]), cronbach_alpha(frame)
    (1.0, -3.0)
    """
    k = frame.shape[1]
    covariances = frame.cov(min_periods=2).to_numpy()
    total = covariances.sum()
    if k < 2 or not total > 0:
        return float("nan")
    return float(k / (k - 1) * (1 - np.trace(covariances) / total))


def consistency(
    frame: pd.DataFrame,
    groups: Mapping[str, str] | Framework | None = None,
    *,
    directions: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    """Tell for each group whether its indicators measure one thing.

    Parameters
    ----------
    frame, groups, directions
        As in ``correlations``.

    Returns
    -------
    DataFrame
        One row per group of two indicators or more: ``group``, ``indicators``, ``alpha`` (Cronbach's,
        of standardised values), ``mean_correlation`` and ``negative_pairs``. Constant indicators are
        left out.

    References
    ----------
    Methods 2.5 step 1; Nardo et al. 2008, step 4.

    Examples
    --------
    >>> frame = pd.DataFrame({"x": [1, 2, 3, 4], "y": [1, 3, 2, 4]})
    >>> consistency(frame, {"x": "g", "y": "g"}).round(3).values.tolist()
    [['g', 2, 0.889, 0.8, 0]]
    """
    data, group = _directed(frame, groups, directions)
    data = data.loc[:, ~flat(data.min().to_numpy(), data.max().to_numpy())]
    rows = []
    for name in dict.fromkeys(group[item] for item in data.columns):
        part = data[[item for item in data.columns if group[item] == name]]
        if part.shape[1] < 2:
            continue
        pairs = _pearson(part)[np.triu_indices(part.shape[1], 1)]
        known = pairs[~np.isnan(pairs)]
        k, mean = part.shape[1], float(known.mean()) if len(known) else float("nan")
        # Of standardised columns the covariances are correlations: k ones, and the pairs twice.
        total = 1 + (k - 1) * mean if len(known) == len(pairs) else float("nan")
        alpha = k * mean / total if total > 0 else float("nan")
        rows.append((name, k, alpha, mean, int((known < 0).sum())))
    return pd.DataFrame(rows, columns=["group", "indicators", "alpha", "mean_correlation", "negative_pairs"])


def check(
    frame: pd.DataFrame,
    framework: Framework | None = None,
    *,
    missing: float = MISSING,
    redundant: float = REDUNDANT,
) -> Stage:
    """Look for what makes an indicator, or a pair of them, a bad part of an index.

    Parameters
    ----------
    frame
        Units (and years) x indicators.
    framework
        Groups and directions; without it all columns are one group, of which more is better.
    missing
        Share of missing values above which an indicator is named.
    redundant
        As in ``correlations``.

    Returns
    -------
    Stage
        The frame as it is. Entries and warnings: ``constant``, ``missing`` (``after`` is the share),
        ``outliers`` (the skewness), ``negative`` and ``redundant`` pairs (the correlation, with the
        other indicator in ``detail``; a pair below -0.92 is both).

    References
    ----------
    Methods 2.5 step 1.

    Examples
    --------
    >>> frame = pd.DataFrame({"x": [1, 2, 3], "y": [5, 5, 5]}, index=list("abc"))
    >>> [(entry.what, entry.item) for entry in check(frame).log]
    [('constant', 'y')]
    """
    found = diagnose(frame, framework)
    log = [
        *(
            Entry("check", "constant", str(i), after=float(found["min"][i]))
            for i in found.index[found["constant"]]
        ),
        *(
            Entry("check", "missing", str(i), after=float(found["missing_share"][i]))
            for i in found.index[found["missing_share"] > missing]
        ),
        *(
            Entry("check", "outliers", str(i), after=float(found["skewness"][i]))
            for i in found.index[found["outliers"]]
        ),
    ]
    pairs = correlations(frame, framework, redundant=redundant)
    for what, named in (
        ("negative", pairs[pairs["correlation"] < 0]),
        ("redundant", pairs[pairs["correlation"].abs() > redundant]),
    ):
        for first, second, r in zip(named["first"], named["second"], named["correlation"], strict=True):
            log.append(Entry("check", what, str(first), after=float(r), detail=str(second)))
    return Stage("check", frame, tuple(log), _warnings(log, missing, redundant))


def _warnings(log: list[Entry], missing: float, redundant: float) -> tuple[Note, ...]:
    """Say what was found; of many pairs the strongest are named."""
    found: dict[str, list[Entry]] = {}
    for entry in log:
        found.setdefault(entry.what, []).append(entry)
    items = {what: [str(entry.item) for entry in entries] for what, entries in found.items()}
    notes = []
    if named := items.get("constant"):
        notes.append(Note("note.index_constant", n=len(named), items=named))
    if named := items.get("missing"):
        notes.append(Note("note.index_missing", n=len(named), items=named, share=missing))
    if named := items.get("outliers"):
        notes.append(Note("note.index_outliers", n=len(named), items=named))
    if pairs := found.get("negative"):
        notes.append(Note("note.index_negative", n=len(pairs), pairs=_strongest(pairs)))
    if pairs := found.get("redundant"):
        notes.append(Note("note.index_redundant", n=len(pairs), pairs=_strongest(pairs), limit=redundant))
    return tuple(notes)


def _strongest(pairs: list[Entry]) -> list[str]:
    first = sorted(pairs, key=lambda entry: -abs(entry.after))[:LISTED]
    named = [f"{entry.item} / {entry.detail} ({entry.after:.2f})" for entry in first]
    return named + ["..."] * (len(pairs) > LISTED)


def _chosen(frame: pd.DataFrame, framework: Framework | None) -> pd.DataFrame:
    if framework is None:
        return numbers(frame, "check")
    return numbers(frame[[i.id for i in framework.indicators if i.id in frame.columns]], "check")


def _directed(
    frame: pd.DataFrame,
    groups: Mapping[str, str] | Framework | None,
    directions: Mapping[str, int] | None,
) -> tuple[pd.DataFrame, Mapping[str, str]]:
    """Return the indicators, turned so that more is better, and the group of each."""
    if isinstance(groups, Framework):
        data = _chosen(frame, groups)
        directions = {i.id: i.direction for i in groups.indicators} if directions is None else directions
        group: dict[str, str] = {i.id: i.parent for i in groups.indicators}
    else:
        data = numbers(frame if groups is None else frame[[c for c in frame.columns if c in groups]], "check")
        group = dict.fromkeys(data.columns, "") if groups is None else dict(groups)
    turns = [(directions or {}).get(item, 1) for item in data.columns]
    return data * turns, group


def _pearson(data: pd.DataFrame) -> NDArray[np.float64]:
    """Correlations over the rows that have both; a constant that rounding made uneven has none."""
    constant = flat(data.min().to_numpy(), data.max().to_numpy())
    usable = data.mask(np.broadcast_to(constant, data.shape))
    return usable.corr(min_periods=SMALLEST).to_numpy()
