"""What converters of public layouts have in common: files in, relations and a row account out.

A converter reads the files of a package and returns a ``Converted``, whose ``Account`` says what
became of every row of every file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from clusters.intake.account import COLUMNS, OUTCOMES, REJECTS, STAGES, Account

if TYPE_CHECKING:
    from clusters.intake.public.package import Package

__all__ = ["COLUMNS", "OUTCOMES", "REJECTS", "STAGES", "Account", "Converted", "Layout", "Options", "Table"]


@dataclass(frozen=True)
class Options:
    """What the user may choose; a layout refuses what means nothing to it."""

    expand: str | None = None
    """``star`` or ``clique``: how a consortium becomes relations."""
    largest: int | None = None
    """Consortia of more members than this make no relations."""
    keep_placeholders: bool = False
    """Keep partners such as 投资方未透露 as organisations."""
    year_range: tuple[int, int] = (1900, 2100)
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    both: bool = False
    """Undirected edges of a graph become relations in both directions."""
    year_attribute: str | None = None
    """Attribute of the edges of a graph that holds the year."""
    network: str | None = None
    """Name or number of the network, of a file with several."""


@dataclass(frozen=True)
class Converted:
    """Relations of a public layout in canonical columns, and what became of the rows."""

    relations: pd.DataFrame
    account: Account
    nodes: pd.DataFrame | None = None
    """Organisations: ``node``, ``label`` and what is known of them."""
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Table:
    """One table of a layout, for recognising it among the files of a package."""

    name: str
    required: tuple[str, ...]
    """Keys of the columns without which nothing can be read."""
    known: tuple[str, ...] = ()
    """Further columns that are read where they are there."""
    optional: bool = False
    """Whether the layout can do without this table."""


@dataclass(frozen=True)
class Layout:
    """A public layout: what it is called, which tables it has, and who converts it."""

    name: str
    about: str
    convert: Callable[[Package, Options], Converted]
    tables: tuple[Table, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Key of a header -> name of the column, for headers with several spellings."""
    choices: frozenset[str] = frozenset()
    """Names of the ``Options`` beyond reading that mean something to it."""
