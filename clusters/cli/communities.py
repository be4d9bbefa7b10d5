"""The command communities: what becomes of communities through the years."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Annotated, Any

import typer

from clusters.cli import app
from clusters.cli._common import Input, Output, command
from clusters.errors import UsageError


class Table(StrEnum):
    """Tables about communities of several years."""

    timeline = "timeline"
    similarity = "similarity"
    flows = "flows"


@command(app, example="clusters communities relations.csv --table similarity")
def communities(
    read: Input,
    output: Output,
    table: Annotated[
        Table,
        typer.Option(
            help="timeline: births, deaths, growth, splits and mergers; similarity: how far each two "
            "years agree; flows: who goes from which community to which, for a picture."
        ),
    ] = Table.timeline,
    seeds: Annotated[int, typer.Option(min=1, help="Searches of each year, whose consensus counts.")] = 20,
    resolution: Annotated[float, typer.Option(help="Below 1 gives more communities.")] = 1.0,
    threshold: Annotated[
        float | None,
        typer.Option(
            help="Least Jaccard index of a match, and least share of members for a split or a merger; "
            "default 0.3.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Communities of each year, which one continues which, and what happened to the others.

    Communities are those that several seeded searches agree on. A number stays with a community
    through the years.
    """
    from clusters import tables

    if not 0 < resolution < math.inf:
        raise UsageError(f"--resolution must be positive, not {resolution:g}")
    options: dict[str, Any] = {"seeds": seeds, "seed": read.seed, "resolution": resolution}
    if threshold is not None:
        if table == Table.similarity:
            raise UsageError("--threshold matches communities, which --table similarity does not")
        if not 0 < threshold <= 1:
            raise UsageError(f"--threshold must lie above 0 and not above 1, not {threshold:g}")
        options["threshold"] = threshold
    found = read.networks(read.table())
    make = {
        Table.timeline: tables.community_timeline,
        Table.similarity: tables.community_similarity,
        Table.flows: tables.community_flows,
    }
    output.emit("communities", make[table](found, **options))
