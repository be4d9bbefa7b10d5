"""What the figures of composite indices share: printed names of units and nodes, tiers, digits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from clusters import labels, places
from clusters.figures._text import Words, shorten

RESERVED = frozenset(
    {"unit", "name", "year", "rank", "score", "tier", "tier_name", "rank_median", "rank_low", "rank_high"}
)
"""Columns of a table of scores that are no node of the framework."""


def known(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return the rows in which some columns are known; none where a column is missing."""
    if not set(columns) <= set(table.columns):
        return table.head(0)
    return table.dropna(subset=list(columns))


def latest(table: pd.DataFrame) -> pd.DataFrame:
    """Return the last year of a panel; another table as it is."""
    if "year" not in table.columns or table["year"].dropna().empty:
        return table
    last: pd.DataFrame = table[table["year"] == table["year"].max()]
    return last


def unit_names(rows: pd.DataFrame, words: Words, columns: int = 24) -> list[str]:
    """Return the printed names of units: their own name, else the place in the language, else as written."""
    cells = rows["unit"].astype(str)
    if "name" in rows.columns:
        cells = rows["name"].where(rows["name"].notna(), cells).astype(str)
    printed = pd.Series([places.label(cell, words.lang) for cell in cells], dtype=object)
    return [shorten(name, columns) for name in words.names(printed, rows["unit"].tolist())]


def node_names(table: pd.DataFrame, nodes: Sequence[str], words: Words, column: str = "") -> list[str]:
    """Return the printed names of nodes of a framework: those that the table brings, else their ids.

    ``column`` is the one whose cells the nodes are; without it they are columns themselves.
    """
    own = labels.words_of(table)
    terms = [f"{column}.{node}" if column else node for node in nodes]
    said = [own[t].get(words.lang) if t in own else None for t in terms]
    return [
        words.safe(str(name), f"#{k}")
        if name
        else words.term(node)
        if not column
        else words.safe(node, f"#{k}")
        for k, (node, name) in enumerate(zip(nodes, said, strict=True), 1)
    ]


def digits_of(values: np.ndarray) -> int:
    """Return the decimals that scores of this size are printed with.

    Examples
    --------
    >>> digits_of(np.array([92.93, 55.0])), digits_of(np.array([0.61]))
    (2, 3)
    """
    return 2 if np.nanmax(np.abs(values), initial=0.0) >= 10 else 3


def tier_name(tier: int, table: pd.DataFrame, words: Words) -> str:
    """Return the name of a tier: that of the framework, which the table may bring, or its number."""
    numbered = words.sentence("index.tier", n=tier)
    if "tier_name" not in table.columns:
        return numbered
    named = table.loc[table["tier"] == tier, "tier_name"].dropna()
    if named.empty:
        return numbered
    own = labels.value("tier_name", named.iloc[0], words.lang, labels.words_of(table))
    return words.safe(own, numbered)


def borders(rows: pd.DataFrame) -> list[tuple[int, int]]:
    """Return where tiers end in rows that are sorted by rank: rows above the border, tier above it."""
    if "tier" not in rows.columns or rows["tier"].isna().any():
        return []
    tiers = rows["tier"].to_numpy(dtype=int)
    return [(int(k) + 1, int(tiers[k])) for k in np.flatnonzero(np.diff(tiers) != 0)]
