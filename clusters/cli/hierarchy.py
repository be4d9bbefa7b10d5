"""The command hierarchy: how much a network hangs on few organisations, and who they are."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from clusters.cli import app
from clusters.cli._common import Input, Output, command, known_level, refuse
from clusters.errors import UsageError


class Table(StrEnum):
    """Tables about hierarchy."""

    yearly = "yearly"
    shells = "shells"
    places = "places"
    rich_club = "rich-club"
    coreness = "coreness"
    small_world = "small-world"
    trophic = "trophic"


class Mixed(StrEnum):
    """What the ideal of core and periphery says of pairs with one end in the core."""

    one = "one"
    missing = "missing"


RANDOM = (Table.rich_club, Table.small_world)


@command(app, example="clusters hierarchy relations.csv --table rich-club --null 200")
def hierarchy(
    read: Input,
    output: Output,
    table: Annotated[
        Table,
        typer.Option(
            help="yearly: one number of each kind by year; shells: the k-core, shell by shell; places: where "
            "the main core is; rich-club: density among those of more than k edges; coreness, trophic: "
            "by organisation; small-world: clustering and path length by year, beside chance."
        ),
    ] = Table.yearly,
    null: Annotated[
        int | None,
        typer.Option(
            "--null",
            min=1,
            metavar="N",
            help="Random networks of the same degrees; default 100 for rich-club, 20 for small-world.",
            show_default=False,
        ),
    ] = None,
    mixed: Annotated[
        Mixed,
        typer.Option(
            help="Core and periphery: pairs with one end in the core should be joined (one), or do not "
            "count (missing)."
        ),
    ] = Mixed.one,
    betweenness: Annotated[
        str | None,
        typer.Option(
            metavar="exact|N",
            help="yearly: add the centralisation of betweenness, exact or from N sources drawn at random.",
            show_default=False,
        ),
    ] = None,
    level: Annotated[
        str, typer.Option(metavar="LEVEL", help="Places of flows (yearly) and of the main core (places).")
    ] = "province",
) -> None:
    """How steep the network is: centralisation, cores, rich club, small world, direction of flow.

    Tables of organisations, shells and the rich club describe the last year.
    """
    from clusters import networks, tables

    if null is not None and table not in RANDOM:
        raise UsageError(
            f"--null compares with random networks; --table {table.value} has none",
            hint="use --table rich-club or small-world",
        )
    if betweenness is not None and table is not Table.yearly:
        raise UsageError("--betweenness is a column of --table yearly")
    refuse(
        table,
        {
            "--mixed": (mixed is not Mixed.one, (Table.yearly, Table.coreness)),
            "--level": (level != "province", (Table.yearly, Table.places)),
        },
    )
    sources = _sources(betweenness)
    relations = read.table()
    known_level(level, {*relations.levels, *relations.nodes.columns})
    found = read.networks(relations)
    options: dict[str, Any] = {"mixed": mixed.value, "seed": read.seed}
    drawn: dict[str, Any] = {"seed": read.seed} if null is None else {"seed": read.seed, "replicates": null}
    result = {
        Table.yearly: lambda: tables.hierarchy(found, betweenness=sources, level=level, **options),
        Table.shells: lambda: tables.core_shells(networks.last(found)),
        Table.places: lambda: tables.main_core_places(networks.last(found), level),
        Table.rich_club: lambda: tables.rich_club(networks.last(found), **drawn),
        Table.coreness: lambda: tables.coreness(networks.last(found), **options),
        Table.small_world: lambda: tables.small_worlds(found, **drawn),
        Table.trophic: lambda: tables.trophic_levels(networks.last(found)),
    }
    output.emit("hierarchy", result[table]())


def _sources(text: str | None) -> Any:
    """Read --betweenness."""
    if text is None or text == "exact":
        return text
    if text.isdecimal() and int(text) >= 1:
        return int(text)
    raise UsageError(f"--betweenness {text!r} is not exact or a whole number from 1 on")
