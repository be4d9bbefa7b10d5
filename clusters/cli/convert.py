"""``clusters convert``: files of public layouts to a relation table, every row accounted for."""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clusters.cli import app
from clusters.cli._common import RESULT, Input, Language, Output, command, note, print_result, tell
from clusters.errors import DataError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from clusters.intake.public import Converted

CONSORTIA = "Consortia and partners"
READING = "Reading"
GRAPHS = "Graph files"
SHOWN = 5


class Expand(StrEnum):
    """How a consortium becomes relations."""

    star = "star"
    clique = "clique"


@command(
    app,
    example="clusters convert cordis HORIZONprojects-csv.zip --out relations.csv --account account.csv",
)
def convert(
    layout: Annotated[
        str,
        typer.Argument(
            metavar="LAYOUT",
            help="One of cordis, cordis-2020, horizon-dashboard, crunchbase-2013, crunchbase-2015, "
            "crunchbase-2016, investment-events-cn, gexf, graphml, pajek, gephi-csv.",
        ),
    ],
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Its files, a folder with them, or a zip archive.")
    ],
    output: Output,
    nodes_out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the organisations here.", rich_help_panel=RESULT),
    ] = None,
    account: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write what happened to the rows of each file.", rich_help_panel=RESULT
        ),
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write each row that is not in use, with file, line and reason.",
            rich_help_panel=RESULT,
        ),
    ] = None,
    expand: Annotated[
        Expand | None,
        typer.Option(
            help="A consortium is: relations from its coordinator to all others (star, the default), or "
            "one of every two members (clique).",
            rich_help_panel=CONSORTIA,
        ),
    ] = None,
    largest: Annotated[
        int | None,
        typer.Option(
            min=2, metavar="N", help="Leave out consortia of more than N members.", rich_help_panel=CONSORTIA
        ),
    ] = None,
    keep_placeholders: Annotated[
        bool,
        typer.Option(
            "--keep-placeholders",
            help="Keep partners such as 投资方未透露 (undisclosed); "
            "reading takes them with --placeholders keep.",
            rich_help_panel=CONSORTIA,
        ),
    ] = False,
    year_range: Annotated[
        str | None,
        typer.Option(
            metavar="FIRST:LAST",
            help="Years that can be right; others are rejected. Default 1900:2100.",
            rich_help_panel=READING,
        ),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(help="Encoding of text files; default: BOM, UTF-8, GB18030.", rich_help_panel=READING),
    ] = None,
    separator: Annotated[
        str | None,
        typer.Option(help="Separator of text files, if it is not found by itself.", rich_help_panel=READING),
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook.", rich_help_panel=READING)] = None,
    both: Annotated[
        bool,
        typer.Option(
            "--both",
            help="Write edges without direction in both directions; default once, as in the file.",
            rich_help_panel=GRAPHS,
        ),
    ] = False,
    year_attribute: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Attribute of the edges that holds the year; default one called so, else their time.",
            rich_help_panel=GRAPHS,
        ),
    ] = None,
    network: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Name or number of the network, of several.", rich_help_panel=GRAPHS
        ),
    ] = None,
) -> None:
    """Turn files of a public layout into a relation table; account for every row.

    The table has the columns that all other commands read. Rows that make no relation are
    rejected (something is wrong with them) or set aside (nothing is wrong, but nobody is named).
    """
    from clusters.export.files import check_target
    from clusters.intake.public import convert as converted

    for path in (nodes_out, rejects, account):
        if path is not None and str(path) != "-":
            check_target(path, force=output.force)
    if str(account) == "-" and output.out is None:
        raise UsageError("--account - prints where the relations go", hint="add --out FILE")
    found = converted(
        layout,
        paths,
        expand=expand.value if expand else None,
        largest=largest,
        keep_placeholders=keep_placeholders,
        year_range=Input(year_range=year_range).plausible_years() or (1900, 2100),
        encoding=encoding,
        separator=separator,
        sheet=sheet,
        both=both,
        year_attribute=year_attribute,
        network=network,
    )
    _report(found)
    if rejects is not None:
        _write_rows(found.account.not_used(), rejects, output.force)
    if account is not None:
        _write_account(found, account, output)
    if nodes_out is not None:
        _write_nodes(found, nodes_out, layout, output)
    if not len(found.relations):
        raise DataError(
            f"{layout}: no row makes a relation", hint="--account FILE says what happened to the rows"
        )
    dataclasses.replace(output, lang=Language.en).emit("convert", found.relations)


def _report(found: Converted) -> None:
    """Say on stderr what became of the rows of each file."""
    account = found.account
    for file in dict.fromkeys(line["file"] for line in account.lines):
        counts = {name: account.total(name, file, "read") for name in ("accepted", "rejected", "set_aside")}
        if sum(counts.values()):
            note("note.converted_file", name=file, rows=sum(counts.values()), **counts)
    ignored = [line["file"] for line in account.lines if line["outcome"] == "ignored"]
    if ignored:
        note(
            "note.convert_ignored",
            n=len(ignored),
            files=[*ignored[:SHOWN], *(["..."] if len(ignored) > SHOWN else [])],
        )
    tell([*account.notes, *found.notes], "note.warned")


def _write_rows(rows: pd.DataFrame, path: Path, force: bool) -> None:
    from clusters.cli.check import _write

    _write(rows, path, force)


def _write_account(found: Converted, path: Path, output: Output) -> None:
    from clusters.export import tabular
    from clusters.tables._convert import conversion_account

    table = conversion_account(found.account)
    if str(path) == "-":
        fmt = output.format.value if output.format and output.format.value not in tabular.FILE_ONLY else "csv"
        print_result(tabular.render(table, fmt, command="convert", lang=output.lang.value))
        return
    fmt = tabular.SUFFIXES.get(path.suffix.lower(), "csv")
    tabular.write(table, path, fmt=fmt, command="convert", lang=output.lang.value, force=output.force)
    note("note.wrote_rows", path=path, n=len(table))


def _write_nodes(found: Converted, path: Path, layout: str, output: Output) -> None:
    from clusters.export import tabular

    if found.nodes is None:
        raise UsageError(f"{layout} says nothing of organisations beyond its relations")
    fmt = tabular.SUFFIXES.get(path.suffix.lower(), "csv")
    tabular.write(found.nodes, path, fmt=fmt, command="nodes", lang="en", force=output.force)
    note("note.wrote_rows", path=path, n=len(found.nodes))
