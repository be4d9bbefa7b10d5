"""Commands about how degrees are distributed: concentration, powerlaw."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from clusters.cli import app
from clusters.cli._common import Input, Output, command
from clusters.cli._intervals import Interval, Replicates, replicates_of


class Degree(StrEnum):
    """Kinds of degree."""

    into = "in"
    out = "out"
    total = "total"


class Degrees(StrEnum):
    """Kinds of degree, or all of them."""

    into = "in"
    out = "out"
    total = "total"
    all = "all"


Weighted = Annotated[bool, typer.Option("--weighted", help="Count relations instead of distinct edges.")]


@command(app, example="clusters concentration relations.csv --degree out --out concentration.csv")
def concentration(
    read: Input,
    output: Output,
    degree: Annotated[
        Degree, typer.Option(help="What organisations give (out), take (in) or both (total).")
    ] = Degree.out,
    weighted: Weighted = False,
    curve: Annotated[
        bool, typer.Option("--curve", help="The concentration curve of the last year instead.")
    ] = False,
    interval: Interval = False,
    replicates: Replicates = None,
) -> None:
    """Shares of the best connected organisations and other measures of concentration by year."""
    from clusters import networks, tables
    from clusters.errors import UsageError

    number = replicates_of(interval, replicates)
    if number and curve:
        raise UsageError("--interval knows the table by year, not --curve")
    found = read.networks(read.table())
    if curve:
        last = networks.last(found)
        table = tables.concentration_curve_table(last, degree=degree.value, weighted=weighted)
    else:
        table = tables.concentration(found, degree=degree.value, weighted=weighted)
    if number:
        table = tables.concentration_intervals(
            table, found, degree=degree.value, weighted=weighted, replicates=number, seed=read.seed
        )
    output.emit("concentration", table)


@command(app, example="clusters powerlaw relations.csv --degree out --replicates 1000")
def powerlaw(
    read: Input,
    output: Output,
    degree: Annotated[Degrees, typer.Option(help="Degree to fit.")] = Degrees.all,
    replicates: Annotated[
        int, typer.Option(min=0, help="Bootstrap replicates of the goodness of fit; 2500 for p to 0.01.")
    ] = 100,
    alternatives: Annotated[
        str,
        typer.Option(
            metavar="NAME,NAME",
            help="Distributions to compare with (all four by default; a category needs them), or none.",
        ),
    ] = "lognormal,exponential,stretched_exponential,truncated_power_law",
    continuous: Annotated[
        bool, typer.Option("--continuous", help="Fit the continuous form instead of whole numbers.")
    ] = False,
    weighted: Weighted = False,
    interval: Annotated[
        bool, typer.Option("--interval", help="Also a 95 % interval of alpha, by as many resamples.")
    ] = False,
    by_year: Annotated[
        bool, typer.Option("--by-year", help="Fits of every year, not the last only.")
    ] = False,
    tail_index: Annotated[
        bool, typer.Option("--tail-index", help="Tail index by Hill, moments and a kernel instead.")
    ] = False,
    distribution: Annotated[
        bool, typer.Option("--distribution", help="The distribution of the degrees itself instead.")
    ] = False,
    curves: Annotated[
        bool, typer.Option("--curves", help="The fitted power laws and alternatives as curves instead.")
    ] = False,
) -> None:
    """Power-law fits of the degrees of the last year, how good they are and what fits better."""
    from clusters import networks, tables
    from clusters.errors import UsageError

    _one_of(
        {
            "--by-year": by_year,
            "--tail-index": tail_index,
            "--distribution": distribution,
            "--curves": curves,
        }
    )
    other = next(
        (n for n, asked in (("--tail-index", tail_index), ("--distribution", distribution)) if asked), ""
    )
    fitted = {"--interval": interval, "--replicates": replicates != 100, "--continuous": continuous}
    if other and (unused := [name for name, asked in fitted.items() if asked]):
        raise UsageError(f"{unused[0]} belongs to the fits, not to {other}")
    if curves and (unused := [name for name in list(fitted)[:2] if fitted[name]]):
        raise UsageError(f"{unused[0]} belongs to the tests of fits; --curves draws them only")
    if interval and not replicates:
        raise UsageError("--interval resamples as often as --replicates says", hint="give at least 1")
    names = _alternatives(alternatives)
    degrees: list[Any] = ["in", "out", "total"] if degree == Degrees.all else [degree.value]
    found = read.networks(read.table())
    last = networks.last(found)
    if distribution:
        table = tables.degree_distribution(last, degrees=degrees, weighted=weighted)
    elif tail_index:
        table = tables.tail_index(last, degrees=degrees, seed=read.seed, weighted=weighted)
    else:
        options: dict[str, Any] = {
            "degrees": degrees,
            "replicates": replicates,
            "seed": read.seed,
            "alternatives": names,
            "discrete": not continuous,
            "weighted": weighted,
            "interval": interval,
        }
        if curves:
            options |= {"replicates": 0, "interval": False}  # a curve needs no test
        table = tables.powerlaw_yearly(found, **options) if by_year else tables.powerlaw(last, **options)
        if curves:
            table = tables.tail_curves(last, table, discrete=not continuous, weighted=weighted)
    output.emit("powerlaw", table)


def _one_of(asked: dict[str, bool]) -> None:
    from clusters.errors import UsageError

    given = [option for option, there in asked.items() if there]
    if len(given) > 1:
        raise UsageError(f"{given[0]} and {given[1]} are different tables", hint="ask for one of them")


def _alternatives(text: str) -> list[str]:
    from clusters.errors import UsageError
    from clusters.measures.powerlaw import ALTERNATIVES

    names = [name.strip() for name in text.split(",") if name.strip() and name.strip() != "none"]
    unknown = [name for name in names if name not in ALTERNATIVES]
    if unknown:
        raise UsageError(
            f"--alternatives: {unknown[0]!r} is not known", hint=f"use {', '.join(ALTERNATIVES)} or none"
        )
    return list(dict.fromkeys(names))
