"""The command gravity: how flows between places depend on their sizes and on distance."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from clusters.cli import app
from clusters.cli._common import Input, Output, command, refuse
from clusters.errors import UsageError


class Table(StrEnum):
    """Tables about size and distance."""

    fit = "fit"
    flows = "flows"
    modified = "modified"
    qap = "qap"


@command(app, example="clusters gravity relations.csv --fixed-effects --by-year")
def gravity(
    read: Input,
    output: Output,
    table: Annotated[
        Table,
        typer.Option(
            help="fit: coefficients of the gravity equation; flows: what it expects of each pair; "
            "modified: the modified gravity model (修正引力模型), a description; "
            "qap: flows against distance, region and size, tested by permuting places."
        ),
    ] = Table.fit,
    qap: Annotated[bool, typer.Option("--qap", help="As --table qap.")] = False,
    level: Annotated[
        str, typer.Option(help="Place level; for others than province give --coordinates.")
    ] = "province",
    coordinates: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where places lie: columns place, latitude, longitude and, if known, area (km2) and size.",
        ),
    ] = None,
    fixed_effects: Annotated[
        bool, typer.Option("--fixed-effects", help="Effects of origins and destinations instead of sizes.")
    ] = False,
    between: Annotated[
        bool, typer.Option("--between", help="Leave flows within a place out of fit and flows.")
    ] = False,
    by_year: Annotated[
        bool, typer.Option("--by-year", help="A fit or a test for each year; see --mode.")
    ] = False,
    exponent: Annotated[
        float, typer.Option(min=0.0, help="Power of distance in the modified gravity model.")
    ] = 2.0,
    permutations: Annotated[
        int, typer.Option(min=1, help="Random permutations of the places in qap.")
    ] = 2000,
    top: Annotated[int | None, typer.Option(min=1, help="Rows of flows and modified; default 20.")] = None,
) -> None:
    """Gravity: how flows between places depend on their sizes and on the distance between them.

    Poisson pseudo-maximum likelihood with great-circle distances between provincial capitals.
    Technology relations where the table has that kind, else all; --kinds chooses others.
    """
    from clusters import tables
    from clusters.intake.coordinates import read_coordinates

    if qap and table not in (Table.fit, Table.qap):
        raise UsageError(f"--qap and --table {table.value} are two tables; choose one")
    chosen = Table.qap if qap else table
    listed = chosen in (Table.flows, Table.modified)
    refuse(
        chosen,
        {
            "--between": (between, (Table.fit, Table.flows)),
            "--exponent": (exponent != 2, (Table.modified,)),
            "--permutations": (permutations != 2000, (Table.qap,)),
            "--top": (top is not None, (Table.flows, Table.modified)),
        },
    )
    if by_year and listed:
        raise UsageError(f"--by-year knows fit and qap, not {chosen.value}")
    if fixed_effects and chosen in (Table.modified, Table.qap):
        raise UsageError(f"--fixed-effects belongs to fit and flows, not to {chosen.value}")
    if read.mode not in ("cumulative", "yearly"):
        raise UsageError(f"gravity knows --mode cumulative and yearly, not {read.mode!r}")
    common: dict[str, Any] = {"level": level}
    if coordinates is not None:
        common["coordinates"] = read_coordinates(coordinates, level=level)
    relations = read.table()
    common["kinds"] = relations.kinds if read.kinds is not None else None
    if by_year:
        common |= {"by_year": True, "years": read.chosen_years(relations)}
        common["cumulative"] = read.mode == "cumulative"
    else:
        relations = read.in_years(relations)
    fit: dict[str, Any] = {"fixed_effects": fixed_effects, "own": not between}
    result = {
        Table.fit: lambda: tables.gravity(relations, **fit, **common),
        Table.flows: lambda: tables.gravity_flows(relations, top=top or 20, **fit, **common),
        Table.modified: lambda: tables.gravity_index(relations, top=top or 20, exponent=exponent, **common),
        Table.qap: lambda: tables.qap(relations, permutations=permutations, seed=read.seed, **common),
    }
    output.emit("gravity", result[chosen]())
