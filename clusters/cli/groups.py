"""The command groups: who is joined with whom, who stands between, blocks and communities."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clusters.cli import app
from clusters.cli._common import Input, Output, command, refuse
from clusters.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd


class Table(StrEnum):
    """Tables about groups."""

    mixing = "mixing"
    matrix = "matrix"
    brokerage = "brokerage"
    brokers = "brokers"
    communities = "communities"
    blocks = "blocks"
    places = "places"
    density = "density"
    gtd = "gtd"
    gtd_places = "gtd-places"


class Method(StrEnum):
    """Searches for communities."""

    leiden = "leiden"
    louvain = "louvain"


PLACES = (Table.blocks, Table.places, Table.density, Table.gtd_places)


@command(app, example="clusters groups relations.csv --table brokerage --by province")
def groups(
    read: Input,
    output: Output,
    table: Annotated[
        Table,
        typer.Option(
            help="mixing: E-I index and assortativities by year; matrix: edges from group to group; "
            "brokerage: roles of brokers by group; brokers: by organisation, with structural holes; "
            "communities: consensus and agreement with the groups, by year; blocks, places, density: "
            "CONCOR blocks of places; gtd, gtd-places: Krackhardt's dimensions by year, of organisations "
            "or of flows between places."
        ),
    ] = Table.mixing,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="GROUP",
            help="role, province, city, type or another attribute of organisations; for places the level. "
            "Default province.",
        ),
    ] = None,
    top: Annotated[
        int | None, typer.Option(min=0, help="Longest list of brokers (default 20); 0 for all.")
    ] = None,
    permutations: Annotated[
        int | None,
        typer.Option(min=0, help="How often groups are dealt anew (default 199); 0 for not at all."),
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(min=1, help="Searches for communities in each year (default 100).")
    ] = None,
    method: Annotated[Method | None, typer.Option(help="How communities are searched for.")] = None,
    cut: Annotated[
        str | None,
        typer.Option(
            metavar="none|row-mean|NUMBER",
            help="Flows between places as they are (default for blocks), or as ties where they exceed the "
            "mean of their row (default for gtd-places) or a number.",
        ),
    ] = None,
    splits: Annotated[
        int | None, typer.Option(min=1, help="Levels of splitting into blocks (default 2, up to 4 blocks).")
    ] = None,
) -> None:
    """Groups of organisations and of places: mixing, brokers, communities, blocks, hierarchy.

    Tables by year use all networks, matrix, brokerage and brokers the last one; tables of places
    count technology relations where the table has that kind, else all; --kinds chooses others.
    """
    from clusters import networks, tables

    given = {"top": top, "permutations": permutations, "seeds": seeds, "method": method, "cut": cut}
    given["splits"] = splits
    refuse(table, {f"--{name}": (value is not None, KNOWN[name]) for name, value in given.items()})
    relations = read.table()
    group = by or "province"
    if table in PLACES:
        output.emit("groups", _of_places(read, table, group, relations, cut, splits))
        return
    found = read.networks(relations)
    # Communities are there without places, too; then there is nothing to compare them with.
    compared = group if by or group in relations.nodes.columns else None
    dealt: dict[str, Any] = {"seed": read.seed}
    if permutations is not None:
        dealt["permutations"] = permutations
    searched: dict[str, Any] = {
        "seeds": seeds or 100,
        "seed": read.seed,
        "method": method.value if method else "leiden",
    }
    listed = 20 if top is None else top or None
    result = {
        Table.mixing: lambda: tables.mixing(found, group, **dealt),
        Table.matrix: lambda: tables.mixing_matrix_table(networks.last(found), group),
        Table.brokerage: lambda: tables.brokerage_groups(networks.last(found), group, **dealt),
        Table.brokers: lambda: tables.brokerage(networks.last(found), group, top=listed),
        Table.communities: lambda: tables.consensus_communities(found, compared, **searched),
        Table.gtd: lambda: tables.krackhardt(found),
    }
    output.emit("groups", result[table]())


KNOWN = {
    "top": (Table.brokers,),
    "permutations": (Table.mixing, Table.brokerage),
    "seeds": (Table.communities,),
    "method": (Table.communities,),
    "cut": PLACES,
    "splits": PLACES[:3],
}


def _of_places(
    read: Input, table: Table, level: str, relations: Any, cut: str | None, splits: int | None
) -> pd.DataFrame:
    from clusters import tables
    from clusters.relations import in_years

    common: dict[str, Any] = {"kinds": relations.kinds if read.kinds is not None else None}
    if cut is not None:
        common["cut"] = _cut(cut)
    if table is Table.gtd_places:
        if read.mode != "cumulative":
            raise UsageError(f"--table {table.value} knows --mode cumulative, not {read.mode!r}")
        years = read.chosen_years(relations)
        used = in_years(relations, None, years[-1]) if years else relations
        found = tables.krackhardt(used, level, **common)
        if years:
            notes, found = found.attrs["notes"], found[found["year"].isin(years)].reset_index(drop=True)
            found.attrs["notes"] = notes
        return found
    blocks = {
        Table.blocks: tables.blockmodel,
        Table.places: tables.block_places,
        Table.density: tables.block_density,
    }
    return blocks[table](read.in_years(relations), level, splits=splits or 2, **common)


def _cut(text: str) -> Any:
    if text in ("none", "row-mean"):
        return None if text == "none" else "row_mean"
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(f"--cut {text!r} is not none, row-mean or a number")
    return number
