"""The result of one step: a frame, and what was done to get it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from clusters.sentences import Note


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log: what a step did to one indicator, one unit or one cell."""

    step: str
    """``check``, ``denominate``, ``screen``, ``impute``, ``outliers``, ``normalise``, ``weights`` ..."""
    what: str
    """What was done, a coded word: ``divided``, ``imputed``, ``winsorised`` ... (``index.WHAT`` in
    ``labels.csv``)."""
    item: str | None = None
    """Indicator or aggregate; ``None`` where all are meant."""
    unit: str | None = None
    """Unit; ``None`` where all are meant."""
    year: int | None = None
    before: float = float("nan")
    after: float = float("nan")
    detail: str = ""
    """Parameters, such as the method or the denominator."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A frame as one step leaves it: rows units (and years), columns indicators or nodes."""

    step: str
    frame: pd.DataFrame
    log: tuple[Entry, ...] = ()
    warnings: tuple[Note, ...] = ()


def log_frame(entries: Sequence[Entry]) -> pd.DataFrame:
    """Tabulate log entries: ``step, what, item, unit, year, before, after, detail``."""
    columns = ["step", "what", "item", "unit", "year", "before", "after", "detail"]
    frame = pd.DataFrame([[getattr(e, c) for c in columns] for e in entries], columns=columns)
    return frame.astype({"year": "Int64", "before": float, "after": float})
