"""What happened to the rows, file by file and step by step.

In each file and step, accepted, rejected and set-aside rows add up to all rows; what is
accepted goes into the next step. What else happened is told beside it and changes no sum:
cells that were written in another way (``changed``), rows that were repaired (``mended``),
lines that are no rows of data (``skipped``), files that were not read (``ignored``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

OUTCOMES = ("accepted", "rejected", "set_aside")
"""What becomes of a row; together they are all rows of a step."""
COLUMNS = ("file", "stage", "outcome", "reason", "rows", "line", "example")
STAGES = ("read", "check", "clean", "divide", "expand", "apply", "use")
"""Steps: rows of the file, checks of each row, cells written otherwise, names in its cells and
relations made of them (conversion), names replaced (thesaurus), rows that count."""
REJECTS = ("file", "line", "outcome", "reason")


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
    notes: list[str] = field(default_factory=list)
    """What reading had to say of the files, for its reader."""

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
                "line": None if line is None else int(line),
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
        frame = pd.DataFrame(lines, columns=list(COLUMNS)).astype({"line": "Int64", "rows": "int64"})
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


def _short(text: str, length: int = 120) -> str:
    """Return a text in one line, not too long, with what cannot be seen as an escape."""
    flat = " ".join(str(text).splitlines()).strip(" ")
    seen = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in flat[: length + 1])
    return seen if len(flat) <= length else seen[: length - 1] + "…"
