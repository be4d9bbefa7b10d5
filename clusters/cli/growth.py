"""The command growth: how the network grew."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from clusters.cli import app
from clusters.cli._common import Input, Output, command, refuse
from clusters.cli.distribution import Degrees
from clusters.cli.structure import _sources
from clusters.errors import UsageError


class Table(StrEnum):
    """Tables about growth."""

    yearly = "yearly"
    fit = "fit"
    densification = "densification"
    distances = "distances"
    newcomers = "newcomers"
    mobility = "mobility"
    kernel = "kernel"


@command(app, example="clusters growth relations.csv --fit --degree in")
def growth(
    read: Input,
    output: Output,
    fit: Annotated[
        bool, typer.Option("--fit", help="The exponents of densification and attachment; as --table fit.")
    ] = False,
    table: Annotated[
        Table,
        typer.Option(
            help="yearly: all by year; fit: exponents with intervals; densification: sizes beside the fit; "
            "distances, newcomers, mobility: one side by year; kernel: new ends by degree, for a picture."
        ),
    ] = Table.yearly,
    degree: Annotated[
        Degrees | None,
        typer.Option(
            help="Degree that ranks organisations (default total; mobility all) or gets new ends in fit "
            "and kernel (default out, what is given, and in, what is received)."
        ),
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="Length of the top list.")] = 20,
    sources: Annotated[
        str,
        typer.Option(
            metavar="auto|exact|N", help="Distances exactly, or estimated from N searches; see structure."
        ),
    ] = "auto",
) -> None:
    """How the network grew: size, newcomers, the top list and distances by year, or its exponents.

    Each year is compared with the network of all years before, so relations need years and
    networks are cumulative.
    """
    from clusters import tables

    if fit and table not in (Table.yearly, Table.fit):
        raise UsageError(f"--fit and --table {table.value} are two tables; choose one")
    if read.mode != "cumulative":
        raise UsageError(
            f"growth compares cumulative networks; --mode {read.mode} has none",
            hint="leave --mode at cumulative, --years chooses the years shown",
        )
    chosen = Table.fit if fit else table
    ranked = (Table.yearly, Table.newcomers, Table.mobility)
    refuse(
        chosen,
        {
            "--degree": (degree is not None, (*ranked, Table.fit, Table.kernel)),
            "--top": (top != 20, ranked),
            "--sources": (sources != "auto", (Table.yearly, Table.distances)),
        },
    )
    ranks: Any = "total" if degree is None else degree.value
    if ranks == "all" and chosen in (Table.yearly, Table.newcomers):
        raise UsageError("--degree all is known to fit, kernel and mobility", hint="choose out, in or total")
    several: dict[str, Any] = {}
    if degree is not None:
        several["degrees"] = ["out", "in", "total"] if ranks == "all" else [ranks]
    far: dict[str, Any] = {"sources": _sources(sources), "seed": read.seed}
    found = read.networks(read.table())
    result = {
        Table.yearly: lambda: tables.growth(found, degree=ranks, top=top, **far),
        Table.fit: lambda: tables.growth_fit(found, **several),
        Table.densification: lambda: tables.densification(found),
        Table.distances: lambda: tables.growth_distances(found, **far),
        Table.newcomers: lambda: tables.newcomers(found, degree=ranks, top=top),
        Table.mobility: lambda: tables.rank_mobility(found, top=top, **several),
        Table.kernel: lambda: tables.attachment_kernel(found, **several),
    }
    output.emit("growth", result[chosen]())
