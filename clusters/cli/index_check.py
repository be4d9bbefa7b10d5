"""The command index check: what indicators look like before they are used."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from clusters.cli._common import Output, command
from clusters.cli.index import Indicators, index


class Table(StrEnum):
    """Tables about indicators."""

    indicators = "indicators"
    pairs = "pairs"
    groups = "groups"


@command(index, example="clusters index check kr36_2020 kr36_2020 --table pairs")
def check(
    read: Indicators,
    output: Output,
    table: Annotated[
        Table,
        typer.Option(
            help="indicators: gaps, spread, outliers of each; pairs: correlations within groups; "
            "groups: whether the indicators of a group measure one thing (Cronbach's alpha)."
        ),
    ] = Table.indicators,
) -> None:
    """Check indicators before they are scored: gaps, constants, outliers, pairs that do not fit.

    Values are those that would be scored: after formulas and division. Two indicators of a group that
    are negatively correlated, once both point towards more is better, cancel out in a mean; two with
    |r| > 0.92 count nearly the same thing twice.
    """
    from clusters import tables

    framework, found = read.both()
    made = {
        Table.indicators: tables.index_check,
        Table.pairs: tables.index_check_pairs,
        Table.groups: tables.index_check_groups,
    }[table]
    output.emit("index check", made(framework, found))
