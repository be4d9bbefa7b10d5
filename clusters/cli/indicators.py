"""The command indicators: network indicators of places, as input of composite indices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clusters.cli import app
from clusters.cli._common import Input, Output, command, known_level
from clusters.cli.hierarchy import _sources
from clusters.cli.structure import Role

if TYPE_CHECKING:
    import pandas as pd


@command(app, example="clusters indicators relations.csv --level city --minimum 10 --out indicators.csv")
def indicators(
    read: Input,
    output: Output,
    level: Annotated[
        str, typer.Option(help="Place level: city, province, country or another that the table has.")
    ] = "city",
    by_year: Annotated[
        bool, typer.Option("--by-year", help="A panel: the places of each year; see --mode.")
    ] = False,
    columns: Annotated[
        str | None,
        typer.Option(metavar="NAME,NAME", help="Indicators wanted; default all but betweenness_share."),
    ] = None,
    minimum: Annotated[
        int, typer.Option(min=1, help="Leave places with fewer organisations (of --role) out.")
    ] = 1,
    role: Annotated[Role, typer.Option(help="Organisations that stand for their place.")] = Role.all,
    span: Annotated[int, typer.Option(min=1, help="Years over which newcomers and growth count.")] = 3,
    least: Annotated[
        int, typer.Option(min=1, help="Relations received from which on a technology is taken up.")
    ] = 1,
    betweenness: Annotated[
        str | None,
        typer.Option(
            metavar="exact|N",
            help="Add betweenness_share, exact or estimated from N organisations drawn at random.",
            show_default=False,
        ),
    ] = None,
    join: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Append the columns of a table by place, such as population or GDP."
        ),
    ] = None,
) -> None:
    """Network indicators of places: a row per place, ready for clusters index score.

    Organisations, flows, partners, positions, technologies, adoption and growth of each city (or
    other --level) in the network of the last year, or of each year. clusters explain NAME says
    what an indicator is. Technology relations where the table has that kind, else all; --kinds
    chooses others.
    """
    from clusters import tables

    extra = None if join is None else _columns(join)
    sources = _sources(betweenness)
    relations = read.table()
    known_level(level, {*relations.levels, *relations.nodes.columns}, usual="city")
    table = tables.place_indicators(
        relations,
        level=level,
        by_year=by_year,
        years=read.chosen_years(relations),
        mode=read.mode,
        kinds=relations.kinds if read.kinds is not None else None,
        parallel=read.edges(),
        role=role.value,
        minimum=minimum,
        columns=None if columns is None else [name.strip() for name in columns.split(",") if name.strip()],
        span=span,
        least=least,
        betweenness=sources,
        join=extra,
        seed=read.seed,
    )
    output.emit("indicators", table)


def _columns(path: Path) -> pd.DataFrame:
    """Read the columns to append: those with numbers, and any other."""
    from clusters.cli._common import tell
    from clusters.intake.indicators import read_indicators

    found = read_indicators(path)
    tell(found.warnings, "note.warned")
    return found.frame.join(found.extra)
