"""Options of commands that put intervals beside their numbers."""

from __future__ import annotations

from typing import Annotated

import typer

from clusters.errors import UsageError

Interval = Annotated[
    bool,
    typer.Option(
        "--interval",
        help="Add 95 % intervals: what other samples of as many enterprises would give (X_low, X_high).",
    ),
]
Replicates = Annotated[
    int | None,
    typer.Option(
        min=2, help="Samples drawn for --interval; default 200, in structure 100.", show_default=False
    ),
]


def replicates_of(
    interval: bool, replicates: int | None, *, usual: int = 200, large: bool = False
) -> int | None:
    """Return how many samples to draw, or ``None`` where no interval was asked for."""
    if not interval:
        if replicates is not None:
            raise UsageError("--replicates are drawn for intervals", hint="add --interval")
        return None
    if large:
        raise UsageError("--interval is answered in memory only")
    return replicates or usual
