"""The command diffusion: how far technology spreads over places, when they adopt it and why."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clusters.cli import app
from clusters.cli._common import Input, Output, command
from clusters.cli._intervals import Interval, Replicates, replicates_of
from clusters.cli.flows import Foreign
from clusters.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd


class Table(StrEnum):
    """Tables about diffusion."""

    yearly = "yearly"
    reading = "reading"
    adoption = "adoption"
    survival = "survival"
    points = "points"
    curves = "curves"
    bass = "bass"
    hazard = "hazard"
    convergence = "convergence"
    transitions = "transitions"
    space = "space"
    lead_lag = "lead-lag"


class Unit(StrEnum):
    """What adopts in Bass's curve."""

    places = "places"
    relations = "relations"


class Criterion(StrEnum):
    """What makes a place an adopter."""

    relations = "relations"
    location_quotient = "location-quotient"


RESAMPLED = (Table.yearly, Table.reading, Table.curves)
ADOPTING = (Table.adoption, Table.survival, Table.points, Table.curves, Table.bass, Table.hazard)
MAPPED = (Table.hazard, Table.transitions, Table.space)


@command(app, example="clusters diffusion relations.csv --by technology --interval --lang zh")
def diffusion(
    read: Input,
    output: Output,
    table: Annotated[
        Table,
        typer.Option(
            help="yearly: reach and evenness; reading: last year less first, in words; adoption: year, "
            "order and lag of each place; survival: share not yet adopted by region; points: share adopted "
            "by year; curves: S-curves; bass: innovation and imitation; hazard: what makes places adopt; "
            "convergence: scatter, growth of those behind; transitions: moves between classes by neighbours; "
            "space: Moran's I, gravity centre; lead-lag: who follows whom."
        ),
    ] = Table.yearly,
    reading: Annotated[
        bool,
        typer.Option("--reading", help="What changed, in words and with intervals; as --table reading."),
    ] = False,
    level: Annotated[
        str, typer.Option(help="Place level: province, city, country or another that the table has.")
    ] = "province",
    by: Annotated[
        str | None,
        typer.Option(metavar="CLASS", help="Each technology, or another class of relations, by itself."),
    ] = None,
    poles: Annotated[
        str | None,
        typer.Option(
            metavar="PLACE,PLACE",
            help="Poles; default the two places that most flows touch.",
            show_default=False,
        ),
    ] = None,
    least: Annotated[
        float | None,
        typer.Option(min=0, help="Relations (or location quotient) that make an adopter; default 1."),
    ] = None,
    criterion: Annotated[
        Criterion, typer.Option(help="Adopters by relations received, or by location quotient (with --by).")
    ] = Criterion.relations,
    unit: Annotated[Unit, typer.Option(help="What adopts in bass: places or relations.")] = Unit.places,
    early: Annotated[
        bool, typer.Option("--forecast-early", help="In bass, forecast also before the inflection.")
    ] = False,
    coordinates: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv", help="Latitude and longitude of places; provinces have those of the capitals."
        ),
    ] = None,
    foreign: Annotated[
        Foreign, typer.Option(help="Provinces: leave other places out, or count them as one unit.")
    ] = Foreign.leave,
    interval: Interval = False,
    replicates: Replicates = None,
) -> None:
    """Diffusion by year: how many places take technology, how evenly, when they adopt it and why.

    Each year holds all up to it, or with --mode yearly that year alone. Technology relations count
    where the table has that kind, else all; --kinds chooses others.
    """
    if reading and table not in (Table.yearly, Table.reading):
        raise UsageError(f"--reading and --table {table.value} are two tables; choose one")
    chosen = Table.reading if reading else table
    if interval and chosen not in RESAMPLED:
        known = ", ".join(t.value for t in RESAMPLED)
        raise UsageError(f"--interval is for the tables {known}; {chosen.value} has what it can have")
    given = {
        "--least": (least is not None, ADOPTING),
        "--criterion": (criterion != Criterion.relations, ADOPTING),
        "--unit": (unit != Unit.places, (Table.bass,)),
        "--forecast-early": (early, (Table.bass,)),
        "--coordinates": (coordinates is not None, MAPPED),
        "--poles": (poles is not None, (Table.yearly, Table.reading)),
    }
    for name, (asked, allowed) in given.items():
        if asked and chosen not in allowed:
            raise UsageError(f"{name} means nothing to --table {chosen.value}")
    if read.mode not in ("cumulative", "yearly"):
        raise UsageError(f"diffusion knows --mode cumulative and yearly, not {read.mode!r}")
    options: dict[str, Any] = {
        "level": level,
        "by": by,
        "foreign": foreign.value,
        "cumulative": read.mode == "cumulative",
    }
    if poles is not None:
        options["poles"] = [name.strip() for name in poles.split(",") if name.strip()]
    if chosen in RESAMPLED:
        number = replicates_of(interval or chosen == Table.reading, replicates)
        options |= {"replicates": number, "seed": read.seed}
    elif replicates is not None:
        raise UsageError("--replicates are drawn for intervals", hint="add --interval")
    if chosen in ADOPTING:
        options |= {"least": 1 if least is None else least, "criterion": criterion.value.replace("-", "_")}
    if chosen == Table.bass:
        options |= {"unit": unit.value, "force": early}
    if chosen in (Table.space, Table.lead_lag):
        options["seed"] = read.seed
    if chosen in MAPPED and coordinates is not None:
        options["coordinates"] = _coordinates(coordinates, level)
    output.emit("diffusion", _made(chosen, read, options))


def _made(table: Table, read: Input, options: dict[str, Any]) -> pd.DataFrame:
    from clusters import tables

    relations = read.table()
    options["kinds"] = relations.kinds if read.kinds is not None else None
    options["years"] = read.chosen_years(relations)
    make: dict[Table, Callable[..., pd.DataFrame]] = {
        Table.yearly: tables.diffusion,
        Table.reading: lambda *a, **o: tables.diffusion(*a, table="reading", **o),
        Table.adoption: tables.adoption,
        Table.survival: tables.adoption_survival,
        Table.points: tables.adoption_curve,
        Table.curves: tables.s_curves,
        Table.bass: tables.bass_curves,
        Table.hazard: tables.adoption_hazard,
        Table.convergence: tables.convergence,
        Table.transitions: tables.spatial_transitions,
        Table.space: tables.diffusion_space,
        Table.lead_lag: tables.lead_lag,
    }
    return make[table](relations, **options)


def _coordinates(path: Path, level: str) -> pd.DataFrame:
    from clusters.intake.coordinates import read_coordinates

    return read_coordinates(path, level=level)
