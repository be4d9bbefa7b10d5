"""What converters of public layouts have in common: files in, relations and a row account out.

A converter reads the files of a package and returns a ``Converted``. ``Account`` says what
became of every row of every file: in each file and step, accepted, rejected and set-aside rows
add up to all rows. What else happened (rows mended, relations made) is told beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from clusters.intake.public.package import Package

OUTCOMES = ("accepted", "rejected", "set_aside")
"""What becomes of a row; together they are all rows of a step."""
COLUMNS = ("file", "stage", "outcome", "reason", "rows", "line", "example")
STAGES = ("read", "divide", "expand")
"""Steps of a conversion: rows of the file, names in its cells, relations made."""
REJECTS = ("file", "line", "outcome", "reason")


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


@dataclass
class Account:
    """What happened to the rows, file by file and step by step.

    Examples
    --------
    >>> account = Account()
    >>> account.count("a.csv", "read", "accepted", 3)
    >>> account.count("a.csv", "read", "rejected", 1, reason="ragged_row", line=5, example="x;y")
    >>> account.table()[["outcome", "reason", "rows", "line"]].values.tolist()
    [['rows', '', 4, <NA>], ['accepted', '', 3, <NA>], ['rejected', 'ragged_row', 1, 5]]
    """

    lines: list[dict[str, Any]] = field(default_factory=list)
    listed: list[pd.DataFrame] = field(default_factory=list)

    def count(
        self,
        file: str,
        step: str,
        outcome: str,
        rows: int,
        *,
        reason: str = "",
        line: int | None = None,
        example: str = "",
    ) -> None:
        """Note that some rows of a file came to an end, or something else that can be counted."""
        self.lines.append(
            {
                "file": file,
                "stage": step,
                "outcome": outcome,
                "reason": reason,
                "rows": int(rows),
                "line": pd.NA if line is None else int(line),
                "example": _short(example),
            }
        )

    def list_rows(self, file: str, outcome: str, rows: pd.DataFrame) -> None:
        """Keep rows that are not in use with ``line``, ``reason`` and their original cells."""
        if len(rows):
            taken = {name: f"{name}_column" for name in ("file", "outcome") if name in rows.columns}
            rows = rows.rename(columns=taken)
            rows.insert(0, "file", file)
            rows.insert(2, "outcome", outcome)
            self.listed.append(rows)

    def table(self) -> pd.DataFrame:
        """Return the account: for each file and step all rows first, then what became of them."""
        files = list(dict.fromkeys(line["file"] for line in self.lines))
        order = {stage: place for place, stage in enumerate(STAGES)}
        lines = sorted(
            self.lines, key=lambda line: (files.index(line["file"]), order.get(line["stage"], len(order)))
        )
        frame = pd.DataFrame(lines, columns=list(COLUMNS))
        parts = []
        for (file, step), group in frame.groupby(["file", "stage"], sort=False):
            known = group[group["outcome"].isin(OUTCOMES)]
            if len(known):
                total = {"file": file, "stage": step, "outcome": "rows", "reason": "", "example": ""}
                total |= {"rows": int(known["rows"].sum()), "line": pd.NA}
                parts.append(pd.DataFrame([total], columns=list(COLUMNS)))
            parts.append(group)
        table = pd.concat(parts, ignore_index=True) if parts else frame
        return table.astype({"line": "Int64", "rows": "int64"})

    def total(self, outcome: str, file: str | None = None, step: str | None = None) -> int:
        """Return the number of rows with an outcome."""
        return sum(
            line["rows"]
            for line in self.lines
            if line["outcome"] == outcome
            and (file is None or line["file"] == file)
            and (step is None or line["stage"] == step)
        )

    def not_used(self) -> pd.DataFrame:
        """Return the rejected and set-aside rows of all files with their original cells."""
        if not self.listed:
            return pd.DataFrame(columns=list(REJECTS))
        return pd.concat(self.listed, ignore_index=True).fillna("")


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


def _short(text: str, length: int = 120) -> str:
    flat = " ".join(str(text).split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"
