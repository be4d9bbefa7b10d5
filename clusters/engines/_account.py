"""What became of the rows of all blocks together: counts, reasons and warnings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusters.intake import rows
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

    def add(self, raw: RawTable, codes: NDArray[np.int8]) -> None:
        """Count the rows of a block by their reason of rejection (0: accepted)."""
        self.rows += raw.rows
        counts = np.bincount(codes, minlength=len(rows.REASONS))
        self.accepted += int(counts[0])
        for reason, count in zip(rows.REASONS[1:], counts[1:].tolist(), strict=True):
            self._reject(reason, count)
        for torn in raw.ragged:
            self._reject(torn.reason, 1)

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
            one = (warning.term, *(str(warning.values.get(k)) for k in ("name", "column", "attribute")))
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
