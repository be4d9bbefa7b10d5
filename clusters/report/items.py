"""What a report is made of: sections that hold text, tables and figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from clusters.export.files import safe_name

if TYPE_CHECKING:
    from clusters.figures import FigureSpec


@dataclass(frozen=True)
class View:
    """Part of a table as the page shows it; the files hold all of it."""

    columns: tuple[str, ...] = ()
    """Columns in this order; empty for all."""
    head: int | None = None
    """First rows only; ``None`` for all."""
    matrix: bool = False
    """Shade the cells of a square table by their value."""
    upright: bool = False
    """Show each column as a row: for tables of one or two rows."""
    where: tuple[str, str] | None = None
    """Rows with this value in this column only."""
    rows: tuple[int, ...] = ()
    """Rows at these positions only; empty for all."""


@dataclass(frozen=True)
class Table:
    """A table with its words."""

    name: str
    """Also the name of its file and the key under which figures find it."""
    frame: pd.DataFrame
    title: str
    caption: str = ""
    notes: tuple[str, ...] = ()
    views: tuple[View, ...] = (View(),)
    """Parts shown on the page, one below the other; none for a table of the files only."""
    key: str = ""
    """Column that names the row; the first one when empty."""
    by: str = ""
    """What the column ``class`` holds (``kind``, ``technology`` ...), which gives it its printed words."""

    def __post_init__(self) -> None:
        """Names may hold the name of a column of the user's, such as 行业/领域."""
        object.__setattr__(self, "name", safe_name(self.name))

    @property
    def worded(self) -> pd.DataFrame:
        """The table as readers see it: the classes stand under the name of their classification."""
        return self.frame.rename(columns={"class": self.by}) if self.by else self.frame


@dataclass(frozen=True)
class Figure:
    """A figure with its words; it is drawn later, perhaps in another process."""

    name: str
    """Also the name of its files."""
    spec: FigureSpec
    tables: Mapping[str, pd.DataFrame]
    title: str
    caption: str = ""
    alt: str = ""
    shown: bool = True
    """On the page; otherwise only among the files."""


@dataclass(frozen=True)
class Point:
    """One statement of the summary."""

    topic: str
    text: str


@dataclass(frozen=True)
class Code:
    """A command or a piece of program text."""

    text: str


@dataclass(frozen=True)
class Glossary:
    """Terms with what they mean."""

    entries: tuple[Point, ...]


@dataclass(frozen=True)
class Links:
    """Files of the report with what they hold."""

    entries: tuple[Point, ...]


Item = Table | Figure | Code | Glossary | Links


@dataclass
class Section:
    """A part of the page with a heading."""

    id: str
    title: str
    paragraphs: list[str] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.paragraphs or self.points or self.items)
