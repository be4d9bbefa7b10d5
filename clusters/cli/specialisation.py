"""The command specialisation: which places do what, what goes together, who can do rare things."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from clusters.cli import app
from clusters.cli._common import Input, Output, command
from clusters.cli._intervals import Interval, Replicates, replicates_of
from clusters.errors import UsageError


class Table(StrEnum):
    """Tables about specialisation."""

    lq = "lq"
    relatedness = "relatedness"
    density = "density"
    complexity = "complexity"
    krugman = "krugman"


class End(StrEnum):
    """Whose place a relation counts for."""

    source = "source"
    target = "target"
    both = "both"


@command(app, example="clusters specialisation relations.csv --level province --by technology --table lq")
def specialisation(
    read: Input,
    output: Output,
    level: Annotated[
        str, typer.Option(help="Place level: province, city, country or another that the table has.")
    ] = "province",
    by: Annotated[
        str,
        typer.Option(
            metavar="CLASS",
            help="Class of the relations: technology, application_field, industry or another that the table "
            "has.",
        ),
    ] = "technology",
    table: Annotated[
        Table,
        typer.Option(
            help="lq: location quotient of each place and class; relatedness: classes that go together; "
            "density: what related classes a place has; complexity: of places and classes; krugman: how "
            "different two places are."
        ),
    ] = Table.lq,
    end: Annotated[
        End, typer.Option(help="Place of the giver (source), of the receiver (target), or half each (both).")
    ] = End.source,
    min_count: Annotated[
        float,
        typer.Option(min=0, help="Relations that a place needs in a class to count as specialised in it."),
    ] = 0,
    interval: Interval = False,
    replicates: Replicates = None,
) -> None:
    """Which places are specialised in which technologies, and which technologies go together.

    Relations of --years count together. Technology relations where the table has that kind, else all;
    --kinds chooses others.
    """
    from clusters import tables

    number = replicates_of(interval, replicates)
    if number and table != Table.lq:
        raise UsageError(f"--interval knows --table lq, not {table.value}")
    found = read.in_years(read.table())
    common: dict[str, Any] = {"level": level, "by": by, "end": end.value}
    common["kinds"] = found.kinds if read.kinds is not None else None
    if table == Table.krugman:
        output.emit("specialisation", tables.specialisation_distance(found, **common))
        return
    common["min_count"] = min_count
    result = {
        Table.lq: lambda: tables.location_quotients(found, replicates=number, seed=read.seed, **common),
        Table.relatedness: lambda: tables.relatedness(found, **common),
        Table.density: lambda: tables.relatedness_density(found, **common),
        Table.complexity: lambda: tables.complexity(found, **common),
    }
    output.emit("specialisation", result[table]())
