"""Commands about the network itself: structure, nodes, degrees, parity."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

import typer

from clusters.cli import app
from clusters.cli._common import Engine, Input, Output, command, tell
from clusters.cli._intervals import Interval, Replicates, replicates_of
from clusters.cli._nulls import Drawn, Null, Nulls, Statistics, Within
from clusters.errors import UsageError

INTERRUPTED = 130
"""Exit code of a command that Ctrl-C ended early."""


class Convention(StrEnum):
    """Definition of clustering and its averages."""

    gephi = "gephi"
    textbook = "textbook"


class Role(StrEnum):
    """Which organisations a list holds."""

    sample = "sample"
    partner = "partner"
    all = "all"


@command(app, example="clusters structure relations.csv --lang zh --out structure.xlsx")
def structure(
    read: Input,
    output: Output,
    engine: Engine,
    convention: Annotated[
        Convention, typer.Option(help="Clustering as Gephi 0.9.2 or as the textbooks define it.")
    ] = Convention.gephi,
    isolates: Annotated[
        bool, typer.Option("--isolates", help="Count organisations of --nodes that have no relation.")
    ] = False,
    platforms: Annotated[
        bool, typer.Option("--platforms", help="Only relations that touch a platform enterprise.")
    ] = False,
    sources: Annotated[
        str,
        typer.Option(
            metavar="auto|exact|N",
            help="Distances from all nodes (exact), or estimated from N searches with an interval; "
            "auto is exact up to 200,000 nodes and makes 1,024 searches above.",
        ),
    ] = "auto",
    seeds: Annotated[
        int | None,
        typer.Option(
            min=0, help="Searches for communities; 0 leaves them out. Default 5, above a million edges 1."
        ),
    ] = None,
    interval: Interval = False,
    replicates: Replicates = None,
    null: Null = None,
    null_within: Within = None,
    null_model: Drawn = None,
    null_of: Statistics = None,
) -> None:
    """Table of nodes, edges, degree, paths, clustering and communities for each year.

    Ctrl-C ends long work and keeps the rows and columns that are done.

    With --engine duckdb only what can be counted without a search: nodes, edges, relations,
    average degree, density and reciprocity.
    """
    from clusters import relations, tables
    from clusters.tables._structure import structure_outlook

    wanted = _sources(sources)
    number = replicates_of(interval, replicates, usual=100, large=engine.large)
    nulls = Nulls.of(null, null_within, null_model, null_of, large=engine.large)
    if engine.large:
        from clusters.tables import large as counted

        if platforms or isolates:
            raise UsageError("--platforms and --isolates are answered in memory only")
        with engine.table(read) as large:
            years = read.chosen_years(large)
            found = counted.structure(large, years=years, mode=read.mode, parallel=read.edges())
            output.emit("structure", found)
        return
    table = read.table(allow_empty=isolates)
    if platforms:
        table = relations.of_platforms(table)
    networks = read.networks(table, isolates=isolates)
    tell(structure_outlook(networks, wanted))
    if nulls:
        nulls.announce(networks)
    found = tables.yearly_structure(
        networks,
        convention=convention.value,
        seed=read.seed,
        seeds=seeds,
        sources=wanted,
        keep_partial=True,
    )
    if number and not found.attrs.get("interrupted"):
        found = tables.structure_intervals(
            found,
            networks,
            convention=convention.value,
            replicates=number,
            seed=read.seed,
            keep_partial=True,
        )
    if nulls and not found.attrs.get("interrupted"):
        found = nulls.beside(found, networks, convention=convention.value, seeds=seeds, seed=read.seed)
    output.emit("structure", found)
    if found.attrs.get("interrupted"):
        raise typer.Exit(INTERRUPTED)


def _sources(text: str) -> int | Literal["auto", "exact"]:
    """Read --sources."""
    if text == "auto":
        return "auto"
    if text == "exact":
        return "exact"
    if text.isdecimal() and int(text) >= 3:
        return int(text)
    raise UsageError(f"--sources {text!r} is not auto, exact or a whole number from 3 on")


@command(app, example="clusters nodes relations.csv --betweenness --out nodes.csv")
def nodes(
    read: Input,
    output: Output,
    betweenness: Annotated[bool, typer.Option("--betweenness", help="Add betweenness, exact.")] = False,
    sources: Annotated[
        int | None,
        typer.Option(
            min=1, help="Estimate --betweenness, with its error, from so many organisations drawn at random."
        ),
    ] = None,
    closeness: Annotated[bool, typer.Option("--closeness", help="Add closeness.")] = False,
    eccentricity: Annotated[bool, typer.Option("--eccentricity", help="Add eccentricity.")] = False,
) -> None:
    """Measures of every organisation in the network of the last year."""
    from clusters import networks, tables
    from clusters.tables._structure import nodes_outlook

    if sources is not None and not betweenness:
        raise UsageError("--sources says how betweenness is estimated", hint="add --betweenness")
    network = networks.last(read.networks(read.table()))
    distances = closeness or eccentricity
    tell(nodes_outlook(network, betweenness=betweenness, sources=sources, distances=distances))
    found = tables.node_measures(
        network,
        betweenness=betweenness,
        sources=sources,
        closeness=closeness,
        eccentricity=eccentricity,
        seed=read.seed,
    )
    output.emit("nodes", found)


@command(app, example="clusters degrees relations.csv --top 20 --role sample")
def degrees(
    read: Input,
    output: Output,
    engine: Engine,
    top: Annotated[int, typer.Option(min=1, help="Length of the list.")] = 20,
    role: Annotated[Role, typer.Option(help="Sample enterprises, partners or all.")] = Role.all,
    weighted: Annotated[
        bool, typer.Option("--weighted", help="Count relations instead of distinct pairs.")
    ] = False,
    by_year: Annotated[bool, typer.Option("--by-year", help="The list of each year.")] = False,
    everyone: Annotated[
        bool, typer.Option("--all", help="Every organisation of each year instead of a list; with --by-year.")
    ] = False,
) -> None:
    """Top list of organisations by degree in the network of the last year, or of each year."""
    from clusters import networks, tables

    if everyone and not by_year:
        raise UsageError("--all lists every organisation of each year", hint="add --by-year")
    if by_year and engine.large:
        raise UsageError("--by-year is answered in memory only")
    if engine.large:
        from clusters.engines import counts
        from clusters.tables import large as counted

        with engine.table(read) as large:
            years = read.chosen_years(large)
            year = years[-1] if years else None
            last = counts.network(large, year, mode=read.mode, parallel=read.edges())
            output.emit("degrees", counted.top_degrees(last, top, role.value, weighted=weighted))
        return
    if by_year:
        length = None if everyone else top
        found = read.networks(read.table())
        output.emit("degrees", tables.yearly_degrees(found, top=length, role=role.value, weighted=weighted))
        return
    network = networks.last(read.networks(read.table()))
    output.emit("degrees", tables.top_degrees(network, top=top, role=role.value, weighted=weighted))


@command(app, example="clusters parity relations.csv --kinds technology")
def parity(
    read: Input,
    output: Output,
    isolates: Annotated[
        bool, typer.Option("--isolates", help="Count organisations of --nodes that have no relation.")
    ] = False,
    partition: Annotated[
        str, typer.Option(help="Column of --nodes with the communities that Gephi found.")
    ] = "modularity_class",
) -> None:
    """Gephi's number, the textbook's number and why they differ, for every metric.

    Self-loops, exact doubles and kinds are kept, as Gephi does on import.
    """
    from clusters import networks, tables

    table = read.table(loops="keep", duplicates="keep", allow_empty=isolates)
    network = networks.last(read.networks(table, parallel="kinds", isolates=isolates))
    attributes = network.attributes
    given = attributes is not None and partition in attributes.columns
    if partition != "modularity_class" and not given:
        raise UsageError(f"the nodes have no column {partition!r}", hint="give it with --nodes FILE")
    membership = attributes[partition] if attributes is not None and given else None
    output.emit("parity", tables.parity(network, partition=membership, seed=read.seed))
