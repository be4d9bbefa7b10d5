"""What a framework finds in a table: its leaves, the units, the raw values."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

import numpy as np
import pandas as pd

from clusters.errors import DataError
from clusters.index._frames import column
from clusters.index.formula import evaluate, names
from clusters.index.framework import Aggregate, Framework, Indicator, Normalisation
from clusters.index.stage import Entry, Stage
from clusters.intake.indicators import IndicatorTable, read_indicators

AS_IT_IS = Normalisation("none")
"""How the scores of an aggregate are taken that a table gives instead of its indicators."""


def as_table(table: IndicatorTable | pd.DataFrame, framework: Framework) -> IndicatorTable:
    """Return a table of indicators; a frame whose index names the units is one already.

    Raises ``DataError`` for blank units and for units (or units and years) that occur twice.
    """
    if isinstance(table, pd.DataFrame):
        table = _of_frame(table, framework)
    _check_units(table.frame.index, table.file)
    return table


def _check_units(index: pd.Index, file: str) -> None:
    units = pd.Series(index.get_level_values(0), dtype=object)
    blank = units.isna() | (units.astype(str).str.strip() == "")
    if blank.any():
        raise DataError(
            f"{file}: row {int(np.flatnonzero(blank)[0]) + 1} names no unit",
            hint="give every row the name of its city, or leave the row out",
        )
    if index.has_duplicates:
        twice = index[index.duplicated()][0]
        said = f"{twice[0]} in {twice[1]}" if isinstance(twice, tuple) else str(twice)
        years = "" if index.nlevels > 1 else ", or name the column of years"
        raise DataError(f"{file}: {said} occurs more than once", hint=f"keep one row of each unit{years}")
    if not len(index):
        raise DataError(f"{file}: there is no unit to score", hint="a row is a unit, such as a city")


def _of_frame(frame: pd.DataFrame, framework: Framework) -> IndicatorTable:
    if frame.index.name is None and pd.api.types.is_integer_dtype(frame.index):
        # Numbers of rows are no names of units: a column has those.
        return read_indicators(frame.reset_index(drop=True), framework)
    named = frame.rename_axis(["unit", "year"][: frame.index.nlevels])
    _check_units(named.index, "table")
    asked = [leaf.id for leaf in framework.indicators]
    if any(leaf.formula for leaf in framework.indicators) or not set(asked) <= set(frame.columns):
        return read_indicators(named, framework)
    rest = [column for column in frame.columns if column not in asked]
    return IndicatorTable(named[asked], named[rest], None, "table")


def reduced(framework: Framework, table: IndicatorTable) -> Framework:
    """Return the tree that can be computed: scores that a table gives stand for what is below them.

    An aggregate whose parts the table lacks, while it has a column of its own, becomes a leaf that is
    taken as it is. The lowest level that is complete is used, so a total printed beside its parts is
    computed and not read.

    Raises ``DataError`` where an indicator has neither a column nor a column above it.
    """
    columns = {str(c) for c in (*table.frame.columns, *table.extra.columns)}
    known = {i.id for i in framework.indicators if i.id in columns or _computable(i, columns)}

    def complete(node: str) -> bool:
        if node in framework.indicator:
            return node in known
        return node in columns or all(complete(child) for child in framework.children[node])

    def given(node: str) -> list[str]:
        """Aggregates at or below a node that stand for their parts."""
        if node in framework.indicator:
            return []
        if all(complete(child) for child in framework.children[node]):
            return [found for child in framework.children[node] for found in given(child)]
        if (
            node in columns
            and node != framework.root
            and not any(below in columns | known for below in _below(framework, node))
        ):
            return [node]
        leaves = framework.leaves(node)
        lacking = [
            leaf for leaf in leaves if leaf not in known and not _covered(framework, leaf, node, columns)
        ]
        raise _no_column(framework, lacking or list(leaves), table)

    return _cut(framework, given(framework.root))


def _computable(leaf: Indicator, columns: Collection[str]) -> bool:
    return leaf.formula is not None and set(names(leaf.formula)) <= set(columns)


def _below(framework: Framework, node: str) -> list[str]:
    """Identifiers of all nodes below one."""
    found = list(framework.children.get(node, ()))
    for child in found:  # grows while it is walked
        found += framework.children.get(child, ())
    return found


def _covered(framework: Framework, leaf: str, node: str, columns: Collection[str]) -> bool:
    """Tell whether an aggregate between a node and a leaf has a column."""
    above = framework.parent[leaf]
    while above is not None and above != node:
        if above in columns:
            return True
        above = framework.parent[above]
    return False


def _no_column(framework: Framework, lacking: list[str], table: IndicatorTable) -> DataError:
    first = framework.indicator[lacking[0]]
    names = [name for name in (first.name_zh, first.name_en) if name]
    said = f" ({', '.join(names)})" if names else ""
    more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
    columns = [str(c) for c in (*table.frame.columns, *table.extra.columns)]
    has = ", ".join(columns[:12]) + (" ..." if len(columns) > 12 else "")
    return DataError(
        f"{table.file}: no column for the indicator {first.id!r}{said}{more}",
        hint=f"name its column with --map {first.id}=COLUMN (the table has {has}), or leave it out of the "
        "framework",
    )


def _cut(framework: Framework, given: list[str]) -> Framework:
    """Make leaves of some aggregates; what is below them is left out."""
    if not given:
        return framework
    gone: set[str] = set()
    for node in framework.nodes:  # parents come before children
        if node.parent in gone or node.parent in given:
            gone.add(node.id)
    leaves = [_leaf(node) for node in framework.aggregates if node.id in given and node.parent is not None]
    kept = [i for i in framework.indicators if i.id not in gone]
    aggregates = tuple(a for a in framework.aggregates if a.id not in gone and a.id not in given)
    return dataclasses.replace(framework, indicators=(*leaves, *kept), aggregates=aggregates)


def _leaf(node: Aggregate) -> Indicator:
    assert node.parent is not None
    return Indicator(node.id, node.parent, node.name_en, node.name_zh, weight=node.weight, normalise=AS_IT_IS)


def raw(tree: Framework, table: IndicatorTable, framework: Framework) -> Stage:
    """Collect the columns of the leaves of a tree; a formula is computed from the columns of the table."""
    found: dict[str, pd.Series[float]] = {}
    log: list[Entry] = []
    every = all_columns(table)
    for leaf in tree.indicators:
        if leaf.formula is None or leaf.id in table.computed:
            found[leaf.id] = column(every[leaf.id], table.file)
        else:
            found[leaf.id] = evaluate(leaf.formula, every)
        if leaf.formula is not None:
            log.append(Entry("raw", "computed", leaf.id, detail=leaf.formula))
        elif leaf.id in framework.aggregate:
            log.append(Entry("raw", "given", leaf.id))
    return Stage("raw", pd.DataFrame(found, index=every.index, dtype=float), tuple(log))


def all_columns(table: IndicatorTable) -> pd.DataFrame:
    """Return all columns of a table, those that are no indicators last."""
    more = table.extra.columns.difference(table.frame.columns, sort=False)
    return pd.concat([table.frame, table.extra[more]], axis=1) if len(more) else table.frame
