"""Commands of scenarios (情景模拟): how far something would spread, what would be left without some."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clusters.cli import app
from clusters.cli._common import Input, Output, command, known_level, refuse
from clusters.cli.sensitivity import _span
from clusters.errors import UsageError

if TYPE_CHECKING:
    from clusters.networks import ValueNetwork
    from clusters.relations import Relations

whatif = typer.Typer(
    name="whatif",
    help="Scenarios (情景模拟) computed from recorded relations: cascades, and loss of suppliers.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(whatif, name="whatif")

Year = Annotated[int | None, typer.Option(help="Year of the network; default the last one.")]


class Model(StrEnum):
    """Models of cascades."""

    ic = "ic"
    lt = "lt"
    si = "si"


class Spreading(StrEnum):
    """Tables about a cascade."""

    steps = "steps"
    summary = "summary"
    groups = "groups"
    nodes = "nodes"
    marginal = "marginal"


class Losing(StrEnum):
    """Tables about a loss."""

    summary = "summary"
    exposure = "exposure"
    place = "place"
    technology = "technology"
    attack = "attack"


@command(whatif, example="clusters whatif cascade relations.csv --seeds top:10 --p 0.1 --table marginal")
def cascade(
    read: Input,
    output: Output,
    seeds: Annotated[
        str,
        typer.Option(
            metavar="NAME,NAME|top:N|greedy:N|random:N|platforms",
            help="Organisations that have it first: named, the N with the largest out-degree (top:N:MEASURE: "
            "in_degree, degree, pagerank, core, betweenness; top:N:partner or top:N:sample), the N that "
            "together reach most, N at random, platforms.",
        ),
    ] = "top:10",
    model: Annotated[
        Model,
        typer.Option(help="ic: independent cascade; lt: linear threshold; si: a new try in every step."),
    ] = Model.ic,
    p: Annotated[
        str | None,
        typer.Option(
            "--p",
            metavar="P|in-degree",
            help="Probability that a relation passes on (ic: once, default 1 over the in-degree of the "
            "receiver; si: in each step, default 0.1).",
        ),
    ] = None,
    replicates: Annotated[int, typer.Option(min=1, help="Simulated cascades.")] = 1000,
    steps: Annotated[
        int | None, typer.Option(min=0, help="Last step; default until nothing changes.")
    ] = None,
    table: Annotated[
        Spreading,
        typer.Option(
            help="steps: reach by step; summary: final reach and time to 10, 50 and 90 % of it; groups: by "
            "role and place; nodes: who is reached most often; marginal: what each seed adds."
        ),
    ] = Spreading.steps,
    level: Annotated[str, typer.Option(help="Place level of --table groups.")] = "province",
    top: Annotated[int, typer.Option(min=1, help="Length of the list of --table nodes.")] = 20,
    year: Year = None,
) -> None:
    """Scenario: how far something would spread from some organisations along recorded relations.

    Simulated along edge direction, from those that give to those that receive. Medians and 5 to
    95 % of the simulated cascades; no forecast.
    """
    from clusters import tables

    options: dict[str, Any] = {
        "model": model.value,
        "p": _probability(p, model),
        "replicates": replicates,
        "steps": steps,
        "seed": read.seed,
    }
    listed = {"--top": (top != 20, (Spreading.nodes,)), "--level": (level != "province", (Spreading.groups,))}
    refuse(table, listed)
    network, _ = _network(read, year)
    known_level(level, () if network.attributes is None else network.attributes.columns)
    result = {
        Spreading.steps: lambda: tables.cascade(network, seeds, **options),
        Spreading.summary: lambda: tables.cascade_summary(network, seeds, **options),
        Spreading.groups: lambda: tables.cascade_groups(network, seeds, by=("role", level), **options),
        Spreading.nodes: lambda: tables.cascade_nodes(network, seeds, top=top, **options),
        Spreading.marginal: lambda: tables.marginal_reach(network, seeds, **options),
    }
    output.emit("whatif cascade", result[table]())


@command(whatif, example="clusters whatif loss relations.csv --remove top:4:degree --table technology")
def loss(
    read: Input,
    output: Output,
    remove: Annotated[
        str,
        typer.Option(
            metavar="NAME,NAME|top:N|random:N|platforms",
            help="Organisations to remove: named, the N with the largest out-degree (top:N:MEASURE and "
            "top:N:partner as in cascade), N at random, platforms.",
        ),
    ] = "top:5",
    table: Annotated[
        Losing,
        typer.Option(
            help="summary: the network before and after beside matched random sets; exposure: whose recorded "
            "inputs come from the removed; place, technology: that by place, or by technology with "
            "substitutes; attack: the largest component while all are removed one by one."
        ),
    ] = Losing.summary,
    sets: Annotated[int, typer.Option(min=0, help="Matched random sets of the summary; 0 for none.")] = 1000,
    path_sets: Annotated[
        int, typer.Option(min=0, help="How many of them are searched for distances too.")
    ] = 100,
    propagation: Annotated[
        float, typer.Option(help="Chance, 0 to below 1, that a walk upstream goes on after each step.")
    ] = 0.85,
    level: Annotated[str, typer.Option(help="Place level of --table place.")] = "province",
    by: Annotated[
        str, typer.Option(metavar="CLASS", help="Class of relations of --table technology.")
    ] = "technology",
    top: Annotated[int, typer.Option(min=1, help="Length of the list of --table exposure.")] = 20,
    year: Year = None,
) -> None:
    """Scenario: what would be left of the network without some organisations.

    All relations recorded with them are removed and nobody finds another supplier. That shows
    which relations are recorded, not who depends on whom.
    """
    from clusters import tables

    refuse(
        table,
        {
            "--sets": (sets != 1000, (Losing.summary,)),
            "--path-sets": (path_sets != 100, (Losing.summary,)),
            "--propagation": (propagation != 0.85, (Losing.summary, Losing.exposure, Losing.place)),
            "--level": (level != "province", (Losing.place,)),
            "--by": (by != "technology", (Losing.technology,)),
            "--top": (top != 20, (Losing.exposure,)),
        },
    )
    network, relations = _network(read, year)
    upstream: dict[str, Any] = {"propagation": propagation, "seed": read.seed}
    result = {
        Losing.summary: lambda: tables.loss(network, remove, sets=sets, path_sets=path_sets, **upstream),
        Losing.exposure: lambda: tables.exposure(network, remove, top=top, **upstream),
        Losing.place: lambda: tables.exposure_by_place(network, remove, level=level, **upstream),
        Losing.technology: lambda: tables.exposure_by_technology(
            relations, network, remove, by=by, seed=read.seed
        ),
        Losing.attack: lambda: tables.attack_curve(network, seed=read.seed),
    }
    output.emit("whatif loss", result[table]())


def _network(read: Input, year: int | None) -> tuple[ValueNetwork, Relations]:
    """Return the network of a scenario and the relations that it was made from."""
    from clusters.networks import last
    from clusters.relations import in_years

    table = read.table()
    networks = read.networks(table)
    if year is None:
        network = last(networks)
    elif year in networks:
        network = networks[year]
    else:
        known = ", ".join(map(str, networks)) or "none"
        raise UsageError(f"there is no network of {year} (--year); the table has {known}")
    return network, in_years(table, *_span(read.mode, network.year))


def _probability(text: str | None, model: Model) -> float | str:
    """Read --p: a number, or one over the in-degree."""
    if text is None:
        return 0.1 if model == Model.si else "in_degree"
    if text.replace("-", "_") == "in_degree":
        return "in_degree"
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"--p {text!r} is not a number", hint="for example 0.1, or in-degree") from None
