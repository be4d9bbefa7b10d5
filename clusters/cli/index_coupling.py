"""Command index coupling: how far and how evenly dimensions are developed (耦合协调度)."""

from __future__ import annotations

from typing import Annotated

import typer

from clusters.cli._common import Output, command
from clusters.cli.index import Indicators, index
from clusters.cli.index_choices import Choices
from clusters.cli.index_score import Years, of_years
from clusters.errors import UsageError


@command(index, example="clusters index coupling kr36_2020 kr36_2020 --scale 100")
def coupling(
    read: Indicators,
    output: Output,
    choices: Choices,
    scale: Annotated[
        float, typer.Option(help="The most that a dimension can score: scores are divided by it.")
    ] = 1.0,
    years: Years = None,
) -> None:
    """Coupling coordination degree (耦合协调度): how far and how evenly dimensions are developed.

    The dimensions right below the score must be above 0 and, once divided by the scale, at most 1: give
    them a range such as --normalise min-max:0.01:1.
    """
    from clusters import tables

    if not scale > 0:
        raise UsageError(f"--scale {scale:g} is not above 0")
    _, result = choices.score(read)
    output.emit("index coupling", of_years(tables.index_coupling(result, scale=scale), years, result))
