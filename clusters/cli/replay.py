"""The command that puts printed numbers beside ours."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from clusters.cli import app
from clusters.cli._common import Input, Output, command


@command(app, example="clusters replay nankai-2023 relations.csv --nodes nodes.csv --out replay.xlsx")
def replay(
    report: Annotated[str, typer.Argument(help="Report whose printed numbers are compared: nankai-2023.")],
    read: Input,
    output: Output,
) -> None:
    """Compare every printed number of a report with ours, where the table can answer it.

    Leaves with exit code 4 when a number lies outside its tolerance. --mode and
    --parallel try other readings of the yearly networks and of an edge.
    """
    from clusters import tables
    from clusters.errors import ReplayError

    table = read.in_years(read.table())
    edges: dict[str, Any] = {"parallel": read.parallel.value} if read.parallel else {}
    found = tables.replay(table, report, mode=read.mode, seed=read.seed, **edges)
    output.emit("replay", found)
    outside = found[~found["within"].fillna(True)]
    if len(outside):
        first = outside.iloc[0]
        raise ReplayError(
            f"{len(outside)} of {len(found)} numbers lie outside their tolerance (first: {first['table']}, "
            f"{first['cell']}: printed {first['published']:g}, ours {first['ours']:.6g}, "
            f"tolerance {first['tolerance']:g})"
        )
