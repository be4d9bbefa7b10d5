"""Command that leaves out a part of the sample enterprises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from clusters.cli import app
from clusters.cli._common import Input, Output, command, known_level
from clusters.cli.distribution import Degree
from clusters.errors import UsageError

if TYPE_CHECKING:
    from clusters.networks import ValueNetwork


SHARES = "0.1,0.2,0.3,0.4,0.5"


@command(app, example="clusters sensitivity relations.csv --share 0.1,0.3,0.5 --repeats 20 --year 2022")
def sensitivity(
    read: Input,
    output: Output,
    share: Annotated[
        str, typer.Option(metavar="SHARE,SHARE", help="Shares of the sample enterprises to remove.")
    ] = SHARES,
    repeats: Annotated[int, typer.Option(min=1, help="Random draws for each share.")] = 20,
    year: Annotated[int | None, typer.Option(help="Year of the network; default the last one.")] = None,
    level: Annotated[
        str, typer.Option(help="Place level of the flows, where the table has it.")
    ] = "province",
    degree: Annotated[Degree, typer.Option(help="Degree whose concentration is shown.")] = Degree.out,
    each: Annotated[
        str | None,
        typer.Option(
            metavar="N|platforms|NAME,NAME",
            help="Leave out enterprises one by one instead: the N with the most edges, platforms, or these.",
        ),
    ] = None,
) -> None:
    """How every statistic moves when sample enterprises are removed at random.

    Their relations go with them, and partners left without any. Without roles, organisations that
    give are removed. Flows as in the command flows: technology where the table has that kind, else all.
    """
    from clusters import tables
    from clusters.relations import in_years

    if each is not None and (share != SHARES or repeats != 20):
        raise UsageError("--each leaves out one at a time; --share and --repeats draw many at random")
    shares = _shares(share)
    table = read.table()
    known_level(level, {*table.levels, *table.nodes.columns})
    networks = read.networks(table)
    chosen = year if year is not None else next(reversed(list(networks)), None)
    if not networks:
        raise UsageError(
            "the table has no relation in use", hint="clusters check says what happened to the rows"
        )
    if chosen not in networks:
        has = ", ".join(str(y) for y in networks) or "none"
        raise UsageError(f"--year {chosen}: no network of that year (there are {has})")
    first, last = _span(read.mode, chosen)
    used = in_years(table, first, last)
    common: dict[str, Any] = {
        "seed": read.seed,
        "level": level,
        "kinds": table.kinds if read.kinds is not None else None,
        "degree": degree.value,
    }
    if each is not None:
        found = tables.influence(networks[chosen], used, which=_each(each, networks[chosen]), **common)
    else:
        found = tables.sensitivity(networks[chosen], used, shares=shares, repeats=repeats, **common)
    output.emit("sensitivity", found)


def _shares(text: str) -> list[float]:
    """Read --share: fractions, or percent with the sign."""
    shares = []
    for part in text.split(","):
        number = part.strip()
        try:
            shares.append(float(number.rstrip("%")) / (100 if number.endswith("%") else 1))
        except ValueError:
            raise UsageError(f"--share {number!r} is not a number", hint="for example 0.1,0.3,0.5") from None
    return list(dict.fromkeys(shares))


def _each(text: str, network: ValueNetwork) -> int | list[str]:
    """Read --each: a number, the platforms of the network, or names."""
    if text.isdecimal() and int(text) > 0:
        return int(text)
    if text != "platforms":
        return [name.strip() for name in text.split(",") if name.strip()]
    attributes = network.attributes
    if attributes is None or "platform" not in attributes.columns:
        raise UsageError("--each platforms: the table does not say which organisations are platforms")
    return list(attributes.index[attributes["platform"].fillna(False).astype(bool)])


def _span(mode: str, year: int | None) -> tuple[int | None, int | None]:
    """Return the years of the relations that the network of one year holds."""
    if year is None or mode == "cumulative":
        return None, year
    return (year if mode == "yearly" else year - int(mode.partition(":")[2]) + 1), year
