"""The checked relation table: who gives what to whom, when and where.

One row of ``Relations.frame`` is one relation in use. ``source`` gives and
``target`` receives; this module is the only one that decides on direction
(``orient``), on roles and on which rows count. Everything after it trusts the
table.

Columns of ``frame`` (those marked ? only where the input has them):

==================  =====================================================
``source, target``  categorical over ``nodes.index``, so codes are positions
``year`` ?          int32; absent in an undated table
``kind`` ?          categorical of free labels; known ones are canonical
                    (``technology``, ``talent``, ``investment``)
``weight`` ?        float64, the table's own weight of the relation
``source_X``,       place or class level ``X`` of either end (``province``,
``target_X`` ?      ``city``, ``country``, ``type`` ...), categorical
any other name      class of the relation (``technology``, ``application_field``,
                    ``industry`` ...), categorical
==================  =====================================================

Its index is the line of the row in the file it came from. ``nodes`` has one row
per organisation, indexed by id in order of first appearance (nodes table first),
with ``label`` and, where known, ``role`` (``sample`` or ``partner``),
``sample_from``, ``sample_to``, ``platform`` and one column per level.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from clusters.errors import UsageError

SAMPLE, PARTNER = "sample", "partner"
KINDS = ("technology", "talent", "investment")
RESERVED = ("source", "target", "year", "date", "kind", "weight")


@dataclass(frozen=True)
class RowAccount:
    """What happened to the rows of the input: ``accepted + rejected = rows``.

    ``self_loops`` and ``duplicates`` are accepted rows that were set aside (or
    kept, where the caller asked for it); ``relations`` rows are in use.
    """

    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    self_loops: int = 0
    duplicates: int = 0
    relations: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    """Rejected rows by reason (``missing_source``, ``bad_year`` ...)."""
    rejects: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Rejected rows: ``line``, ``reason`` and the cells as they were."""
    set_aside: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Accepted rows not in use (self-loops, exact doubles), same columns."""
    warnings: tuple[str, ...] = ()
    source: dict[str, str] = field(default_factory=dict)
    """File, encoding, separator, sheet and column mapping, as read."""


@dataclass(frozen=True)
class Relations:
    """A checked relation table with its organisations and its row account."""

    frame: pd.DataFrame
    nodes: pd.DataFrame
    account: RowAccount = field(default_factory=RowAccount)
    name: str = ""
    synthetic: bool = False
    """True for made-up data: every output then says 合成数据 / synthetic data."""

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def dated(self) -> bool:
        """Whether relations carry a year."""
        return "year" in self.frame.columns

    @property
    def years(self) -> list[int]:
        """Years that occur, ascending; empty for an undated table."""
        return sorted(int(y) for y in self.frame["year"].unique()) if self.dated else []

    @property
    def kinds(self) -> list[str]:
        """Kinds that occur, in canonical order (technology, talent, investment, others)."""
        if "kind" not in self.frame.columns:
            return []
        present = set(self.frame["kind"].cat.remove_unused_categories().cat.categories)
        return [k for k in KINDS if k in present] + sorted(present.difference(KINDS))

    @property
    def levels(self) -> list[str]:
        """Names ``X`` for which both ``source_X`` and ``target_X`` are there."""
        columns = set(self.frame.columns)
        return [
            c.removeprefix("source_")
            for c in self.frame.columns
            if c.startswith("source_") and f"target_{c.removeprefix('source_')}" in columns
        ]

    @property
    def classes(self) -> list[str]:
        """Classifications of a relation (technology, application_field ...)."""
        skip = {*RESERVED, *(f"{end}_{x}" for x in self.levels for end in ("source", "target"))}
        return [c for c in self.frame.columns if c not in skip]

    @property
    def has_roles(self) -> bool:
        """Whether sample and partner organisations can be told apart."""
        return "role" in self.nodes.columns and bool(self.nodes["role"].notna().any())

    @property
    def has_platforms(self) -> bool:
        """Whether platform enterprises are flagged."""
        return "platform" in self.nodes.columns and bool(self.nodes["platform"].fillna(False).any())

    def where(self, rows: pd.Series | np.ndarray) -> Relations:
        """Return the same table with only some relations; organisations are kept."""
        return dataclasses.replace(self, frame=self.frame.loc[np.asarray(rows, dtype=bool)])


def of_kinds(relations: Relations, kinds: Sequence[str] | None) -> Relations:
    """Keep relations of some kinds; ``None`` keeps all.

    Raises ``UsageError`` where the table has no kinds or not that one.
    """
    if kinds is None:
        return relations
    if "kind" not in relations.frame.columns:
        raise UsageError(
            f"kinds {', '.join(kinds)} were asked for, but the table has no kind column",
            hint="leave out --kinds, or name the column with --map kind=COLUMN",
        )
    unknown = [k for k in kinds if k not in relations.kinds]
    if unknown:
        raise UsageError(
            f"kind {unknown[0]!r} does not occur in the table; it has {', '.join(relations.kinds)}"
        )
    return relations.where(relations.frame["kind"].isin(list(kinds)))


def of_platforms(relations: Relations) -> Relations:
    """Keep relations with a platform enterprise at either end (Tables 5 and 6)."""
    if not relations.has_platforms:
        raise UsageError(
            "no organisation is flagged as a platform",
            hint="add a node column 'platform' (true/false), or source_platform and target_platform",
        )
    flag = relations.nodes["platform"].fillna(False).to_numpy(dtype=bool)
    frame = relations.frame
    return relations.where(flag[frame["source"].cat.codes] | flag[frame["target"].cat.codes])


def in_years(relations: Relations, first: int | None = None, last: int | None = None) -> Relations:
    """Keep relations dated ``first`` to ``last``, both included; ``None`` leaves an end open."""
    if first is None and last is None:
        return relations
    if not relations.dated:
        raise UsageError("years were asked for, but the table has no year column")
    year = relations.frame["year"]
    keep = pd.Series(True, index=year.index)
    if first is not None:
        keep &= year >= first
    if last is not None:
        keep &= year <= last
    return relations.where(keep)


def sample_nodes(relations: Relations, year: int | None = None) -> np.ndarray:
    """Tell for every organisation whether it is in the sample in ``year``.

    ``sample_from`` and ``sample_to`` limit the time in the sample where given;
    outside it a sample enterprise that keeps relations counts as a partner.
    """
    nodes = relations.nodes
    if not relations.has_roles:
        return np.zeros(len(nodes), dtype=bool)
    inside = (nodes["role"] == SAMPLE).to_numpy(dtype=bool, copy=True)
    if year is not None:
        for column, late in (("sample_from", False), ("sample_to", True)):
            if column in nodes.columns:
                limit = pd.to_numeric(nodes[column], errors="coerce").to_numpy(dtype=float)
                with np.errstate(invalid="ignore"):
                    inside &= ~(limit < year if late else limit > year)
    return inside


def from_frame(
    frame: pd.DataFrame, nodes: pd.DataFrame | None = None, *, name: str = "", synthetic: bool = False
) -> Relations:
    """Take a clean frame with canonical column names as it is.

    Parameters
    ----------
    frame
        At least ``source`` and ``target``, without missing ends or years; every row is used.
        Files and frames that need checking go through ``read_relations``.
    nodes
        Attributes of organisations, indexed by id.

    Examples
    --------
    >>> table = from_frame(pd.DataFrame({"source": ["a"], "target": ["b"], "year": [2020]}))
    >>> table.years, list(table.nodes.index)
    ([2020], ['a', 'b'])
    """
    frame = frame.copy()
    ends = frame[["source", "target"]].to_numpy(dtype=object).ravel()
    known = [] if nodes is None else list(nodes.index)
    ids = pd.Index(pd.unique(np.array([*known, *ends], dtype=object)), name="node", dtype=object)
    for end in ("source", "target"):
        frame[end] = pd.Categorical(frame[end], categories=ids)
    for column in frame.columns:
        if column not in ("source", "target", "year", "weight", "date"):
            frame[column] = frame[column].astype("category")
    if "year" in frame.columns:
        frame["year"] = frame["year"].astype(np.int32)
    attributes = pd.DataFrame(index=ids) if nodes is None else nodes.reindex(ids)
    if "label" not in attributes.columns:
        attributes.insert(0, "label", ids.astype(str))
    account = RowAccount(rows=len(frame), accepted=len(frame), relations=len(frame))
    return Relations(frame, attributes, account, name=name, synthetic=synthetic)
