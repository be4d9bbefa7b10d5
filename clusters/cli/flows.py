"""Commands about places and classes: flows, composition."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clusters.cli import app
from clusters.cli._common import Engine, Input, Output, command
from clusters.cli._intervals import Interval, Replicates, replicates_of
from clusters.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from clusters.engines.large import LargeRelations
    from clusters.relations import Relations


class Foreign(StrEnum):
    """What happens to places outside the mainland."""

    leave = "leave"
    unit = "unit"


class Of(StrEnum):
    """What a composition counts."""

    relations = "relations"
    sample = "sample"
    platforms = "platforms"


class Counting(StrEnum):
    """How a relation with several classes counts."""

    fractional = "fractional"
    full = "full"


class PearlRiverDelta(StrEnum):
    """Extent of the Pearl River Delta."""

    cities = "cities"
    province = "province"


DESCRIBED = ("--structure", "--backbone", "--pairs", "--destinations")
"""Tables that say how flows are built."""


@command(app, example="clusters flows relations.csv --level province --top 20 --lang zh")
def flows(
    read: Input,
    output: Output,
    engine: Engine,
    level: Annotated[
        str, typer.Option(help="Place level: province, city, country or another that the table has.")
    ] = "province",
    top: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Length of the list; default 20 flows or pairs, else all places. With --matrix the largest "
            "places, all others added up.",
        ),
    ] = None,
    matrix: Annotated[
        bool, typer.Option("--matrix", help="All flows as a square: origins down, destinations across.")
    ] = False,
    margins: Annotated[
        bool, typer.Option("--margins", help="What each place gives and takes in all instead.")
    ] = False,
    structure: Annotated[
        bool,
        typer.Option("--structure", help="One row per year: share within places, poles, polycentricity ..."),
    ] = False,
    poles: Annotated[
        str | None,
        typer.Option(
            metavar="PLACE,PLACE",
            help="Poles of --structure; default the two places that most flows touch.",
            show_default=False,
        ),
    ] = None,
    backbone: Annotated[
        float | None,
        typer.Option(
            metavar="ALPHA", help="Flows between places that stand out from chance at this level, as 0.05."
        ),
    ] = None,
    pairs: Annotated[
        bool, typer.Option("--pairs", help="Pairs of places with both directions and their asymmetry.")
    ] = False,
    destinations: Annotated[
        bool, typer.Option("--destinations", help="How widely each place spreads what it gives.")
    ] = False,
    shares: Annotated[bool, typer.Option("--shares", help="Shares instead of counts in --matrix.")] = False,
    foreign: Annotated[
        Foreign, typer.Option(help="Provinces: leave other places out, or count them as one unit.")
    ] = Foreign.leave,
    distinct: Annotated[
        bool, typer.Option("--distinct", help="Count distinct pairs of organisations, not relations.")
    ] = False,
    by_year: Annotated[
        bool, typer.Option("--by-year", help="The list, or the --matrix, of each year; see --mode.")
    ] = False,
    interval: Interval = False,
    replicates: Replicates = None,
) -> None:
    """Flows between places: the largest ones, all of them, what each gives and takes, how they are built.

    By year each year holds all up to it, or with --mode yearly that year alone.
    Technology relations where the table has that kind, else all; --kinds chooses others.
    """
    from clusters import tables

    asked = {"--matrix": matrix, "--margins": margins, "--structure": structure, "--pairs": pairs}
    asked |= {"--backbone": backbone is not None, "--destinations": destinations}
    views = [name for name, given in asked.items() if given]
    if len(views) > 1:
        raise UsageError(f"{views[0]} and {views[1]} are two tables; choose one")
    view = views[0] if views else ""
    if top is not None and view in ("--structure", "--backbone"):
        raise UsageError(f"{view} has no --top: it shows every year or every flow that is kept")
    if poles is not None and not structure:
        raise UsageError("--poles is an option of --structure")
    common: dict[str, Any] = {"level": level, "foreign": foreign.value, "distinct": distinct}
    number = replicates_of(interval, replicates, large=engine.large)
    if number and view not in ("", "--margins"):
        raise UsageError(f"--interval knows the list and --margins, not {view}")

    def beside(found: pd.DataFrame, table: Relations, **more: Any) -> pd.DataFrame:
        if not number:
            return found
        used = {"kinds": common["kinds"], "replicates": number, "seed": read.seed, **more}
        return tables.flow_intervals(
            found, table, level=level, foreign=foreign.value, distinct=distinct, **used
        )

    if view in DESCRIBED:
        if engine.large:
            raise UsageError(f"{view} is answered in memory only")
        if by_year and not structure:
            raise UsageError("--by-year knows the list and --matrix; --years takes other years")
        if structure:
            named = None if poles is None else [name.strip() for name in poles.split(",") if name.strip()]
            output.emit("flows", _structure(read, named, common))
        else:
            output.emit("flows", _described(read, view, top, backbone, common))
        return

    if by_year:
        if margins or engine.large:
            raise UsageError("--by-year knows the list and --matrix, in memory")
        if read.mode not in ("cumulative", "yearly"):
            raise UsageError(f"flows by year know --mode cumulative and yearly, not {read.mode!r}")
        relations = read.table()
        common |= {"years": read.chosen_years(relations), "cumulative": read.mode == "cumulative"}
        common["kinds"] = relations.kinds if read.kinds is not None else None
        if matrix:
            found = tables.yearly_flow_matrix_table(relations, top=top, shares=shares, **common)
        else:
            found = tables.yearly_flows(relations, top=top or 20, **common)
            found = beside(found, relations, cumulative=common["cumulative"])
        output.emit("flows", found)
        return

    def result(table: Relations | LargeRelations) -> pd.DataFrame:
        common["kinds"] = table.kinds if read.kinds is not None else None
        if matrix:
            return tables.flow_matrix_table(table, top=top, shares=shares, **common)
        if margins:
            return tables.flow_margins(table, top=top, **common)
        return tables.flows(table, top=top or 20, **common)

    if not engine.large:
        relations = read.in_years(read.table())
        output.emit("flows", beside(result(relations), relations))
        return
    with engine.table(read) as table:
        read.chosen_years(table)
        output.emit("flows", result(table.in_years(*read.year_limits())))


def _structure(read: Input, poles: list[str] | None, common: dict[str, Any]) -> pd.DataFrame:
    """Return how flows are built, by year."""
    from clusters import tables

    if read.mode not in ("cumulative", "yearly"):
        raise UsageError(f"flows by year know --mode cumulative and yearly, not {read.mode!r}")
    relations = read.table()
    common["kinds"] = relations.kinds if read.kinds is not None else None
    common |= {"years": read.chosen_years(relations), "cumulative": read.mode == "cumulative"}
    return tables.flow_structure(relations, poles=poles, **common)


def _described(
    read: Input, view: str, top: int | None, alpha: float | None, common: dict[str, Any]
) -> pd.DataFrame:
    """Return one of the tables that describe flows, of the years chosen."""
    from clusters import tables

    relations = read.table()
    common["kinds"] = relations.kinds if read.kinds is not None else None
    part = read.in_years(relations)
    if alpha is not None:
        return tables.backbone(part, alpha=alpha, **common)
    if view == "--pairs":
        return tables.flow_pairs(part, top=top or 20, **common)
    return tables.flow_destinations(part, top=top, **common)


@command(app, example="clusters composition relations.csv --by technology --by-year")
def composition(
    read: Input,
    output: Output,
    by: Annotated[
        str,
        typer.Option(
            metavar="CLASS",
            help="technology, application_field, industry, sector, kind, region, province, city or another "
            "class that the table has.",
        ),
    ] = "technology",
    of: Annotated[
        Of | None,
        typer.Option(help="What is counted; default relations, for places the sample where there is one."),
    ] = None,
    by_year: Annotated[
        bool, typer.Option("--by-year", help="One row per class and year; see --mode.")
    ] = False,
    counting: Annotated[
        Counting, typer.Option(help="A relation with several classes counts in parts or in full in each.")
    ] = Counting.fractional,
    within: Annotated[
        list[str] | None,
        typer.Option(metavar="CLASS=VALUE", help="Only within a parent class, such as sector=第三产业."),
    ] = None,
    prd: Annotated[
        PearlRiverDelta, typer.Option(help="Pearl River Delta: nine cities, or all of Guangdong.")
    ] = PearlRiverDelta.cities,
    interval: Interval = False,
    replicates: Replicates = None,
) -> None:
    """Classes of relations, of sample enterprises or of platforms, with counts and shares.

    By year each year holds all up to it, or with --mode yearly that year alone.
    Technology relations where the table has that kind, else all; --kinds chooses others.
    """
    from clusters import tables
    from clusters.relations import in_years

    parents = _parents(within)
    number = replicates_of(interval, replicates)
    if by_year and read.mode not in ("cumulative", "yearly"):
        raise UsageError(f"a composition by year knows --mode cumulative and yearly, not {read.mode!r}")
    table = read.table()
    stock = by_year and read.mode == "cumulative"
    years = read.chosen_years(table)
    # Of a stock earlier relations are part, also where their years are not shown.
    used = in_years(table, None, years[-1]) if stock and years else read.in_years(table)
    common: dict[str, Any] = {
        "by": by,
        "of": of.value if of else None,
        "mode": "stock" if stock else "flow",
        "counting": counting.value,
        "within": parents,
        "kinds": table.kinds if read.kinds is not None else None,
        "prd": prd.value,
    }
    result = tables.composition(used, by_year=by_year, years=years, **common)
    if number:
        result = tables.composition_intervals(result, used, replicates=number, seed=read.seed, **common)
    output.emit("composition", result)


def _parents(items: list[str] | None) -> dict[str, str]:
    result: dict[str, str] = {}
    for item in items or []:
        name, equals, value = item.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise UsageError(
                f"--within {item!r} is not CLASS=VALUE", hint="for example --within sector=第三产业"
            )
        result[name.strip()] = value.strip()
    return result
