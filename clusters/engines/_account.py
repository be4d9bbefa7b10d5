"""What became of the rows of all blocks together: counts, reasons and warnings."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusters.intake import rows
from clusters.intake.account import Account as Told
from clusters.intake.changes import Change
from clusters.intake.table import RawTable
from clusters.sentences import Note


@dataclass
class Account:
    """Sums over the blocks read so far."""

    rows: int = 0
    accepted: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    source: dict[str, str] = field(default_factory=dict)
    _warned: dict[tuple[Any, ...], dict[str, Any]] = field(default_factory=dict)
    _told: dict[tuple[str, str, str, str], tuple[int, int | None, str]] = field(default_factory=dict)

    def add(self, raw: RawTable, codes: NDArray[np.int8], changes: Iterable[Change] = ()) -> None:
        """Count the rows of a block by their reason of rejection (0: accepted), and what was changed."""
        self.rows += raw.rows
        counts = np.bincount(codes, minlength=len(rows.REASONS))
        self.accepted += int(counts[0])
        self._tell(raw.name, "read", "accepted", "", len(raw.lines))
        self._tell(raw.name, "check", "accepted", "", int(counts[0]))
        for code in np.flatnonzero(counts[1:]).tolist():
            count, first = int(counts[code + 1]), int(np.argmax(codes == code + 1))
            reason = rows.REASONS[code + 1]
            self._reject(reason, count)
            self._tell(raw.name, "check", "rejected", reason, count, int(raw.lines[first]))
        for torn in raw.ragged:
            self._reject(torn.reason, 1)
            self._tell(raw.name, "read", "rejected", torn.reason, 1, torn.line)
        accepted = np.equal(codes, 0)
        for change in changes:
            count, first = change.among(accepted)
            if count:
                before, after = change.case(first)
                example = f"{before} → {after}" if after else before
                self._tell(raw.name, "clean", "changed", change.what, count, int(raw.lines[first]), example)

    def _tell(
        self,
        file: str,
        stage: str,
        outcome: str,
        reason: str,
        rows: int,
        line: int | None = None,
        example: str = "",
    ) -> None:
        key = (file, stage, outcome, reason)
        before = self._told.get(key)
        self._told[key] = (rows, line, example) if before is None else (before[0] + rows, *before[1:])

    def told(self, loops: int, doubles: int, kept: Collection[str]) -> Told:
        """Return what happened to the rows; those in use are of all files together."""
        account = Told()
        for (file, stage, outcome, reason), (count, line, example) in self._told.items():
            account.count(file, stage, outcome, count, reason=reason, line=line, example=example)
        aside = {"duplicate": doubles, "self_loop": loops}
        left = sum(count for reason, count in aside.items() if reason not in kept)
        account.count(self.source["file"], "use", "accepted", self.accepted - left)
        for reason, count in aside.items():
            if count:
                outcome = "kept" if reason in kept else "set_aside"
                account.count(self.source["file"], "use", outcome, count, reason=reason)
        return account

    def _reject(self, reason: str, count: int) -> None:
        if count:
            self.reasons[reason] = self.reasons.get(reason, 0) + count

    @property
    def rejected(self) -> int:
        """Rows that cannot be used."""
        return sum(self.reasons.values())

    def warn(self, warnings: Iterable[str]) -> None:
        """Keep warnings; those of one sort and file become one, with their first case and all counted."""
        for warning in warnings:
            if not isinstance(warning, Note):
                self._warned.setdefault((warning,), {})
                continue
            one = (
                warning.term,
                *(str(warning.values.get(k)) for k in ("name", "column", "attribute", "reason")),
            )
            before = self._warned.get(one)
            if before is None:
                self._warned[one] = {"term": warning.term, **warning.values}
            elif "n" in before and "n" in warning.values:
                before["n"] += warning.values["n"]

    def drop(self, term: str) -> None:
        """Forget a warning that all blocks together do not bear out."""
        self._warned = {key: values for key, values in self._warned.items() if key[0] != term}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings in the order in which they first came up."""
        return tuple(
            Note(values["term"], **{k: v for k, v in values.items() if k != "term"}) if values else key[0]
            for key, values in self._warned.items()
        )
