"""Tables of what indicators look like before they are used."""

from __future__ import annotations

import pandas as pd

from clusters.index import _inputs
from clusters.index.checks import check, consistency, correlations, diagnose
from clusters.index.denominate import denominate
from clusters.index.framework import Framework
from clusters.intake.indicators import IndicatorTable
from clusters.sentences import Note
from clusters.tables._index_words import node_names, worded

DESCRIBED = {
    "n": "values",
    "missing_share": "missing_share",
    "zero_share": "share_of_zeros",
    "mean": "value_mean",
    "sd": "value_sd",
    "min": "value_min",
    "max": "value_max",
    "skewness": "skewness",
    "kurtosis": "excess_kurtosis",
}
"""Columns of ``diagnose`` and their names in a printed table."""


def index_check(framework: Framework, table: IndicatorTable | pd.DataFrame) -> pd.DataFrame:
    """Describe the indicators of an index, and say what is wrong with each.

    Parameters
    ----------
    framework
        Of ``read_framework``.
    table
        Of ``read_indicators``, or a frame whose index names the units.

    Returns
    -------
    DataFrame
        In the order of the framework: ``indicator``, its ``parent``, ``values`` that are not missing,
        ``missing_share``, ``share_of_zeros``, ``value_mean``, ``value_sd``, ``value_min``,
        ``value_max``, ``skewness``, ``excess_kurtosis`` and ``finding``: ``no_values``, ``constant``,
        ``outliers``, ``missing`` or ``none``. Values are those that are scored: after formulas and
        division.

    References
    ----------
    Methods 2.5 steps 1 and 4.

    Examples
    --------
    >>> from clusters.index.frameworks import read_framework
    >>> framework = read_framework({"indicator": [{"id": i, "parent": "total"} for i in "ab"]})
    >>> table = pd.DataFrame({"a": [1.0, 2, 5], "b": [3.0, 3, 3]}, index=["x", "y", "z"])
    >>> index_check(framework, table)[["indicator", "finding"]].values.tolist()
    [['a', 'none'], ['b', 'constant']]
    """
    tree, frame = _values(framework, table)
    stage = check(frame, tree)
    found = diagnose(frame, tree)
    result = found[list(DESCRIBED)].rename(columns=DESCRIBED).reset_index()
    result.insert(1, "parent", [tree.indicator[item].parent for item in found.index])
    findings = {(entry.item, entry.what) for entry in stage.log}
    result["finding"] = [_finding(str(item), int(found.loc[item, "n"]), findings) for item in found.index]
    notes = [Note("note.index_checked", n=frame.shape[1], units=len(frame)), *stage.warnings]
    return worded(result, tree, notes)


def index_check_pairs(framework: Framework, table: IndicatorTable | pd.DataFrame) -> pd.DataFrame:
    """Correlate the indicators of the same group.

    Parameters
    ----------
    framework, table
        As in ``index_check``.

    Returns
    -------
    DataFrame
        By group, the pairs that are least alike first: ``parent``, ``first_indicator``,
        ``second_indicator``, ``units`` that have both, ``indicator_correlation`` once both point
        towards more is better, and ``finding``: ``negative``, ``redundant`` or ``none``.

    References
    ----------
    Methods 2.5 step 1.

    Examples
    --------
    >>> from clusters.index.frameworks import read_framework
    >>> framework = read_framework({"indicator": [{"id": i, "parent": "total"} for i in "ab"]})
    >>> table = pd.DataFrame({"a": [1.0, 2, 5], "b": [3.0, 1, 2]}, index=["x", "y", "z"])
    >>> index_check_pairs(framework, table)[["units", "finding"]].values.tolist()
    [[3, 'negative']]
    """
    tree, frame = _values(framework, table)
    pairs = correlations(frame, tree).replace({"finding": {"": "none"}})
    order = {item: place for place, item in enumerate(pairs["group"].unique())}
    pairs = pairs.sort_values(
        ["group", "correlation"], key=lambda c: c.map(order) if c.name == "group" else c, kind="stable"
    ).reset_index(drop=True)
    names = ("parent", "first_indicator", "second_indicator", "units", "indicator_correlation", "finding")
    pairs.columns = pd.Index(names)
    said = node_names(tree)
    ends = ("first_indicator", "second_indicator")
    pairs.attrs["words"] = {f"{end}.{leaf.id}": said[leaf.id] for end in ends for leaf in tree.indicators}
    return worded(pairs, tree, [Note("note.index_pairs", n=len(pairs))])


def index_check_groups(framework: Framework, table: IndicatorTable | pd.DataFrame) -> pd.DataFrame:
    """Tell for each group of indicators whether they measure one thing.

    Parameters
    ----------
    framework, table
        As in ``index_check``.

    Returns
    -------
    DataFrame
        Per group of two indicators or more that differ over units: ``parent``, ``indicators``,
        ``cronbach_alpha`` of their standardised values, ``mean_correlation``, ``negative_pairs``.

    References
    ----------
    Methods 2.5 step 1; Nardo et al. 2008, step 4.

    Examples
    --------
    >>> from clusters.index.frameworks import read_framework
    >>> framework = read_framework({"indicator": [{"id": i, "parent": "total"} for i in "ab"]})
    >>> table = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [1.0, 3, 2, 4]}, index=list("wxyz"))
    >>> index_check_groups(framework, table)[["indicators", "mean_correlation"]].values.tolist()
    [[2.0, 0.8]]
    """
    tree, frame = _values(framework, table)
    found = consistency(frame, tree).rename(columns={"group": "parent", "alpha": "cronbach_alpha"})
    return worded(found, tree, [Note("note.index_groups")])


def _values(framework: Framework, table: IndicatorTable | pd.DataFrame) -> tuple[Framework, pd.DataFrame]:
    """Return the tree that the table has data for, and the values that it scores."""
    read = _inputs.as_table(table, framework)
    tree = _inputs.reduced(framework, read)
    raw = _inputs.raw(tree, read, framework).frame
    divide = {i.id: i.denominator for i in tree.indicators if i.denominator is not None}
    return tree, denominate(raw, divide, _inputs.all_columns(read)).frame


def _finding(item: str, values: int, findings: set[tuple[str | None, str]]) -> str:
    if not values:
        return "no_values"
    return next((what for what in ("constant", "outliers", "missing") if (item, what) in findings), "none")
