"""The command index robustness: how sure ranks are, and what they hang on."""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from typing import Annotated, Any

import typer

from clusters.cli._common import Output, command, refuse
from clusters.cli.index import Indicators, index
from clusters.cli.index_choices import _normalisation, names, tier_rule, usage
from clusters.errors import UsageError

DRAWN = "What is drawn"
OUTLIERS = {"both": (False, True), "treated": (True,), "none": (False,)}


class Table(StrEnum):
    """Tables about the robustness of ranks."""

    ranks = "ranks"
    acceptability = "acceptability"
    dominance = "dominance"
    sobol = "sobol"
    removal = "removal"
    compensability = "compensability"
    draws = "draws"


class Blocks(StrEnum):
    """What one source of drawn weights is."""

    parent = "parent"
    level = "level"
    all = "all"


PLAIN = (Table.ranks, Table.acceptability, Table.dominance, Table.draws)
RANDOM = (*PLAIN, Table.sobol)


@command(index, example="clusters index robustness kr36_2020 kr36_2020 --draws 10000")
def robustness(
    read: Indicators,
    output: Output,
    table: Annotated[
        Table,
        typer.Option(
            help="ranks: intervals and whether they span the border of a tier; acceptability: how often each "
            "unit takes each rank; dominance: how often one unit ranks better than another; sobol: which "
            "source moves ranks most; removal: one indicator or group left out at a time; compensability: "
            "arithmetic against geometric means; draws: every draw."
        ),
    ] = Table.ranks,
    draws: Annotated[int, typer.Option(min=1, help="Number of draws; of sobol, of each sample.")] = 1000,
    spread: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            max=1.0,
            help="Weights are multiplied by a number between 1 - A and 1 + A; default 0.25, 0 leaves them.",
            rich_help_panel=DRAWN,
        ),
    ] = None,
    dirichlet: Annotated[
        float | None,
        typer.Option(
            metavar="KAPPA",
            help="Weights from a Dirichlet distribution of this concentration instead.",
            rich_help_panel=DRAWN,
        ),
    ] = None,
    vary: Annotated[
        str | None,
        typer.Option(
            metavar="NODE|LEVEL,...",
            help="Weights within these groups only, or at these levels (1: right below the score).",
            rich_help_panel=DRAWN,
        ),
    ] = None,
    blocks: Annotated[
        Blocks,
        typer.Option(
            help="What sobol takes for one source: the weights within a group, of a level, or all.",
            rich_help_panel=DRAWN,
        ),
    ] = Blocks.parent,
    normalise: Annotated[
        str | None,
        typer.Option(metavar="METHOD,METHOD", help="Normalisations to choose from.", rich_help_panel=DRAWN),
    ] = None,
    mean: Annotated[
        str | None,
        typer.Option(metavar="METHOD,METHOD", help="Means to choose from.", rich_help_panel=DRAWN),
    ] = None,
    impute: Annotated[
        str | None,
        typer.Option(metavar="METHOD,METHOD", help="Imputations to choose from.", rich_help_panel=DRAWN),
    ] = None,
    outliers: Annotated[
        str | None,
        typer.Option(metavar="both|treated|none", help="Treat outliers or not.", rich_help_panel=DRAWN),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(
            metavar="SYSTEM,SYSTEM", help="Systems of weights to choose from.", rich_help_panel=DRAWN
        ),
    ] = None,
    noise: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            help="Relative standard error of raw values, 0.05 for 5 %, where the framework states none; 0 "
            "takes those that it states.",
            rich_help_panel=DRAWN,
        ),
    ] = None,
    interval: Annotated[
        float, typer.Option(min=0.01, max=0.99, help="Share of the draws that the interval of a rank holds.")
    ] = 0.9,
    units: Annotated[
        str | None, typer.Option(metavar="NAME,NAME", help="Units whose own ranks sobol explains, too.")
    ] = None,
    tiers: Annotated[
        str | None, typer.Option(metavar="RULE", help="Tiers, such as sizes:10,10,rest; see index score.")
    ] = None,
    of_year: Annotated[int | None, typer.Option(help="Year of a panel; default the last.")] = None,
    reference_year: Annotated[
        int | None, typer.Option(help="Year that weights from data are taken from; default the last.")
    ] = None,
    allow_constant: Annotated[
        bool, typer.Option("--allow-constant", help="Leave out indicators that are the same everywhere.")
    ] = False,
    force_impute: Annotated[
        bool,
        typer.Option("--force-impute", help="Keep units of which more than a third was filled in."),
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
) -> None:
    """How sure the ranks are: the index many times, with what could have been otherwise drawn at random.

    By default all weights vary by a quarter. Methods can be drawn from sets and raw values get noise.
    A rank whose 90 % interval spans the border of a tier is marked.
    """
    from clusters import tables
    from clusters.index.robustness import Uncertainty
    from clusters.index.scoring import score

    chosen: dict[str, Any] = {
        "spread": spread,
        "dirichlet": dirichlet,
        "vary": _levels(vary),
        "normalise": tuple(map(_normalisation, names(normalise) or ())) or None,
        "mean": _listed(mean),
        "impute": _listed(impute),
        "outliers": _treatment(outliers),
        "system": _listed(weights),
        "noise": noise,
    }
    given: dict[str, Any] = {option: value for option, value in chosen.items() if value is not None}
    refuse(
        table,
        {
            **{f"--{_option(name)}": (True, RANDOM) for name in given},
            "--draws": (draws != 1000, RANDOM),
            "--seed": (seed != 0, RANDOM),
            "--blocks": (blocks != Blocks.parent, (Table.sobol,)),
            "--interval": (interval != 0.9, (Table.ranks,)),
            "--units": (units is not None, (Table.sobol,)),
        },
    )
    uncertainty = Uncertainty(blocks=blocks.value, **given)
    framework, found = read.both()
    if tiers is not None:
        framework = dataclasses.replace(framework, tiers=tier_rule(tiers))
    with usage():
        result = score(
            framework,
            found,
            reference_year=reference_year,
            allow_constant=allow_constant,
            force_impute=force_impute,
        )
        drawn: dict[str, Any] = {"draws": draws, "seed": seed, "year": of_year}
        made = {
            Table.ranks: lambda: tables.index_robustness(result, uncertainty, interval=interval, **drawn),
            Table.acceptability: lambda: tables.rank_acceptability(result, uncertainty, **drawn),
            Table.dominance: lambda: tables.rank_dominance(result, uncertainty, **drawn),
            Table.sobol: lambda: tables.rank_sensitivity(
                result, uncertainty, units=names(units) or (), **drawn
            ),
            Table.removal: lambda: tables.index_removal(result, year=of_year),
            Table.compensability: lambda: tables.index_compensability(result, year=of_year),
            Table.draws: lambda: tables.rank_draws(result, uncertainty, **drawn),
        }
        output.emit("index robustness", made[table]())


def _option(name: str) -> str:
    return "weights" if name == "system" else name


def _listed(text: str | None) -> tuple[str, ...] | None:
    return tuple(names(text) or ()) or None


def _levels(text: str | None) -> tuple[str | int, ...] | None:
    """Read --vary: names of groups, and levels as whole numbers."""
    listed = names(text)
    return tuple(int(n) if n.isdecimal() else n for n in listed) if listed else None


def _treatment(text: str | None) -> tuple[bool, ...] | None:
    if text is None:
        return None
    if text not in OUTLIERS:
        raise UsageError(f"--outliers {text!r} is not known", hint=f"use one of {', '.join(OUTLIERS)}")
    return OUTLIERS[text]
