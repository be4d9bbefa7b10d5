"""``clusters export``: the network as a file for Gephi, igraph, Pajek, VOSviewer, spreadsheets."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clusters.cli import app
from clusters.cli._common import CHOOSING, RESULT, Input, Language, command, note, tell
from clusters.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from clusters.networks import ValueNetwork
    from clusters.relations import Relations


class Target(StrEnum):
    """Program that will open a GEXF file."""

    gephi = "gephi"
    lite = "lite"


class Weight(StrEnum):
    """What the weight of an edge is."""

    auto = "auto"
    table = "table"
    relations = "relations"


@command(app, example="clusters export relations.csv network.gexf --dynamic --lang zh")
def export(
    read: Input,
    target_file: Annotated[
        str | None,
        typer.Argument(
            metavar="OUT",
            help="File to write; its ending names the format: .gexf, .gexf.gz, .graphml, .net, "
            ".vosviewer.json, .csv (a pair), .parquet (a pair).",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="OUT", help="The same as OUT.", rich_help_panel=RESULT)
    ] = None,
    year: Annotated[
        int | None, typer.Option(help="Year of the network; default the last.", rich_help_panel=CHOOSING)
    ] = None,
    slices: Annotated[
        bool, typer.Option("--slices", help="One file per year, OUT_YEAR.", rich_help_panel=RESULT)
    ] = False,
    dynamic: Annotated[
        bool, typer.Option("--dynamic", help="GEXF with a timeline.", rich_help_panel=RESULT)
    ] = False,
    isolates: Annotated[
        bool,
        typer.Option(
            "--isolates", help="Keep organisations of --nodes without relations.", rich_help_panel=CHOOSING
        ),
    ] = False,
    target: Annotated[
        Target,
        typer.Option(help="Program for --statistics: Gephi, or Gephi Lite.", rich_help_panel=RESULT),
    ] = Target.gephi,
    statistics: Annotated[
        bool,
        typer.Option(
            "--statistics",
            help="Add degrees, community, component, clustering, core, PageRank.",
            rich_help_panel=RESULT,
        ),
    ] = False,
    colour: Annotated[
        str,
        typer.Option(
            "--colour",
            "--color",
            metavar="role|community|COLUMN",
            help="What the colour of a node shows; auto: role where known, else community.",
            rich_help_panel=RESULT,
        ),
    ] = "auto",
    weight: Annotated[
        Weight,
        typer.Option(
            help="Weight of an edge: the table's, its number of relations, or auto: the table's if all "
            "are positive.",
            rich_help_panel=RESULT,
        ),
    ] = Weight.auto,
    layout: Annotated[
        bool,
        typer.Option(
            "--layout/--no-layout", help="Springs, or a spiral without search.", rich_help_panel=RESULT
        ),
    ] = True,
    joiner: Annotated[
        bool,
        typer.Option(
            "--inf-joiner", help="Keep Gephi from reading INF in names as Infinity.", rich_help_panel=RESULT
        ),
    ] = False,
    lang: Annotated[
        Language, typer.Option(help="Language of printed words.", rich_help_panel=RESULT)
    ] = Language.en,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite existing files.", rich_help_panel=RESULT)
    ] = False,
) -> None:
    """Write the network for another program; one name is OUT, two are RELATIONS and OUT."""
    from clusters import networks
    from clusters.export import ending_of

    read, path = _names(read, target_file, out)
    ending = ending_of(path)
    _refuse_early(read, path, ending, dynamic, slices, force)
    table = read.table()
    found = _networks(read, table, year, isolates)
    if not slices:
        found = {(last := networks.last(found)).year: last}
    options: dict[str, Any] = {
        "lang": lang.value,
        "seed": read.seed,
        "colour_by": colour,
        "weights": weight.value,
        "statistics": statistics,
        "positions": "layout" if layout else "spiral",
        "title": table.name,
        "synthetic": table.synthetic,
        "force": force,
    }
    if ending.startswith(".gexf"):
        options |= {"dynamic": dynamic, "target": target.value, "inf_joiner": joiner, "slice_year": slices}
    kinds = _kinds(read, table, year, found, isolates)
    if slices:
        if None in found:
            raise UsageError("--slices needs years, but the table has no year column")
        options["positions"] = _shared_positions(read, table, isolates, layout)
    for when, network in found.items():
        target_path = _dated(path, ending, when) if slices else path
        _write(network, target_path, {**options, "edge_columns": kinds.get(when)})


def _refuse_early(read: Input, path: Path, ending: str, dynamic: bool, slices: bool, force: bool) -> None:
    """Refuse what cannot work before the table is read."""
    from clusters.export.edges import pair
    from clusters.export.files import check_target

    if dynamic and not ending.startswith(".gexf"):
        raise UsageError(f"{ending} has no timeline", hint="write .gexf, or leave out --dynamic")
    if dynamic and read.mode != "cumulative":
        raise UsageError("a timeline shows relations as they add up", hint="leave out --mode")
    if dynamic and slices:
        raise UsageError(
            "--dynamic and --slices do not go together", hint="one file with time, or one file per year"
        )
    if not slices:
        for file in pair(path) if ending in (".csv", ".parquet") else (path,):
            check_target(file, force=force)


def _names(read: Input, target_file: str | None, out: Path | None) -> tuple[Input, Path]:
    """Sort out the names: with one alone it is the file to write."""
    if out is not None:
        if target_file is not None:
            raise UsageError("OUT is named twice", hint="name it as the last argument or with --out")
        return read, out
    if target_file is not None:
        return read, Path(target_file)
    if read.relations is None:
        raise UsageError("no file to write is named", hint="for example clusters export network.gexf")
    path = Path(read.relations)
    if path.is_file() and path.suffix.lower() in (".csv", ".parquet"):
        raise UsageError(
            f"{path} exists: only one name is given, and it is that of a table",
            hint=f"name the file to write as well: clusters export {path} network.gexf",
        )
    return dataclasses.replace(read, relations=None), path


def _networks(
    read: Input, table: Relations, year: int | None, isolates: bool, parallel: str | None = None
) -> Mapping[int | None, ValueNetwork]:
    """Build the networks of ``--years``, or of the one ``--year``, which may itself bring nothing new."""
    from clusters import networks

    parallel = parallel or (read.parallel.value if read.parallel else "merge")
    if year is None:
        read = dataclasses.replace(read, parallel=None)
        return read.networks(table, isolates=isolates, parallel=parallel)
    if not table.dated:
        raise UsageError("--year was given, but the table has no year column")
    if not table.years or year < table.years[0] or (read.mode == "yearly" and year not in table.years):
        span = f" (it has {table.years[0]} to {table.years[-1]})" if table.years else ""
        raise UsageError(f"--year {year}: the table has no relation for a network of that year{span}")
    return networks.by_mode(table, read.mode, years=[year], parallel=parallel, isolates=isolates)


def _kinds(
    read: Input,
    table: Relations,
    year: int | None,
    found: Mapping[int | None, ValueNetwork],
    isolates: bool,
) -> dict[int | None, pd.DataFrame]:
    """Count the relations of each kind behind every merged edge, where the table has kinds."""
    from clusters.export.prepare import kind_columns

    if not table.kinds or any(network.kinds is not None for network in found.values()):
        return {}
    apart = _networks(read, table, year, isolates, parallel="kinds")
    return {when: kind_columns(network, apart[when]) for when, network in found.items()}


def _shared_positions(read: Input, table: Relations, isolates: bool, springs: bool) -> pd.DataFrame:
    """Place every organisation once, so that it stays where it is from slice to slice."""
    from clusters import networks
    from clusters.export.layout import layout, phyllotaxis

    whole = networks.last(networks.cumulative(table, isolates=isolates))
    return layout(whole, seed=read.seed) if springs else phyllotaxis(whole)


def _dated(path: Path, ending: str, year: int | None) -> Path:
    return path.with_name(f"{path.name[: -len(ending)]}_{year}{path.name[-len(ending) :]}")


def _write(network: ValueNetwork, path: Path, options: dict[str, Any]) -> None:
    from clusters.export import export as write

    report = write(network, path, **options)
    tell(report.notes)
    files = [str(file) for file in report.files]
    note("note.wrote_network", files=files, nodes=report.nodes, edges=report.edges)
