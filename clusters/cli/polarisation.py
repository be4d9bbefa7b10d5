"""The command polarisation: how concentrated organisations, places and flows are."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clusters.cli import app
from clusters.cli._common import Input, Output, command, refuse
from clusters.cli._intervals import Interval, Replicates, replicates_of
from clusters.cli.distribution import Degree
from clusters.cli.flows import Foreign
from clusters.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd


class Table(StrEnum):
    """Tables about polarisation."""

    yearly = "yearly"
    places = "places"
    organisations = "organisations"
    flows = "flows"
    lorenz = "lorenz"
    reading = "reading"
    phases = "phases"


@command(app, example="clusters polarisation relations.csv --interval --poles 北京市,广东省 --lang zh")
def polarisation(
    read: Input,
    output: Output,
    table: Annotated[
        Table,
        typer.Option(
            help="yearly: the core of all; places: what they give and take; organisations: their degrees; "
            "flows: within places, of poles, net balances; reading: last year less first, in words; "
            "phases: the way between polarisation and diffusion, with its uncertainty."
        ),
    ] = Table.yearly,
    reading: Annotated[
        bool,
        typer.Option("--reading", help="What changed, in words and with intervals; as --table reading."),
    ] = False,
    level: Annotated[
        str | None,
        typer.Option(
            help="Place level; default province where the table has it, else its first.", show_default=False
        ),
    ] = None,
    poles: Annotated[
        str | None,
        typer.Option(
            metavar="PLACE,PLACE",
            help="Poles; default the two places that most flows touch.",
            show_default=False,
        ),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="CLASS", help="Each technology, or another class of relations, by itself."),
    ] = None,
    degree: Annotated[
        Degree, typer.Option(help="Degree of organisations: what they give, take or both.")
    ] = Degree.out,
    foreign: Annotated[
        Foreign, typer.Option(help="Provinces: leave other places out, or count them as one unit.")
    ] = Foreign.leave,
    published: Annotated[
        str | None,
        typer.Option(
            metavar="REPORT", help="Bounds from the printed shares of a report instead: nankai_2023, Table 7."
        ),
    ] = None,
    interval: Interval = False,
    replicates: Replicates = None,
) -> None:
    """Polarisation by year: how few organisations and places give and take how much.

    Each year holds all up to it, or with --mode yearly that year alone. Between places technology
    relations count where the table has that kind, else all; --kinds chooses others.
    """
    from clusters import tables

    named = None if poles is None else [name.strip() for name in poles.split(",") if name.strip()]
    if published is not None:
        if read.relations is not None:
            raise UsageError("--published needs no relations", hint="leave out the file, or --published")
        others = {
            "--table": table != Table.yearly,
            "--reading": reading,
            "--level": level is not None,
            "--by": by is not None,
            "--degree": degree != Degree.out,
            "--foreign": foreign != Foreign.leave,
            "--interval": interval or replicates is not None,
        }
        if used := [option for option, there in others.items() if there]:
            raise UsageError(f"{used[0]} needs relations; --published has printed shares only")
        output.emit("polarisation", _of_report(published, named))
        return
    if reading and table not in (Table.yearly, Table.reading):
        raise UsageError(f"--reading and --table {table.value} are two tables; choose one")
    chosen = Table.reading if reading else table
    placed = [one for one in Table if one != Table.organisations]
    refuse(
        chosen,
        {
            "--level": (level is not None, placed),
            "--poles": (poles is not None, placed),
            "--foreign": (foreign != Foreign.leave, placed),
            "--degree": (
                degree != Degree.out,
                (Table.yearly, Table.reading),
            ),
        },
    )
    if chosen == Table.lorenz and (interval or replicates):
        raise UsageError("--interval knows the other tables, not lorenz")
    number = replicates_of(interval or chosen in (Table.reading, Table.phases), replicates)
    if read.mode not in ("cumulative", "yearly"):
        raise UsageError(f"polarisation knows --mode cumulative and yearly, not {read.mode!r}")
    if chosen == Table.phases and by is not None:
        raise UsageError("--table phases is of all relations together", hint="leave out --by")
    relations = read.table()
    options: dict[str, Any] = {
        "level": level,
        "poles": named,
        "foreign": foreign.value,
        "kinds": relations.kinds if read.kinds is not None else None,
        "cumulative": read.mode == "cumulative",
        "years": read.chosen_years(relations),
    }
    if chosen == Table.phases:
        found = tables.phases(relations, replicates=number or 200, seed=read.seed, **options)
    else:
        options |= {"table": chosen.value, "by": by, "degree": degree.value}
        built = None if by is not None else read.networks(relations)
        found = tables.polarisation(relations, built, replicates=number, seed=read.seed, **options)
    output.emit("polarisation", found)


def _of_report(report: str, poles: list[str] | None) -> pd.DataFrame:
    from clusters import published, tables

    return tables.polarisation_of_margins(published.load(report, table=7), poles=poles or ())
