"""``clusters places``: how the places of a table are read."""

from __future__ import annotations

from typing import Annotated

import typer

from clusters.cli import app
from clusters.cli._common import CHOOSING, READING, Output, command, note, tell


@command(app, example="clusters places companies.csv --column 注册地址 --out places.csv")
def places(
    output: Output,
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE]",
            help="Any table: CSV, TSV, .gz, XLSX, Parquet; - for standard input. "
            "Left out: the organisations of the embedded synthetic sample.",
        ),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Column of places; repeatable. Left out: those whose heading says so."
        ),
    ] = None,
    province: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Column with the province of each row, to tell namesakes apart."),
    ] = None,
    unresolved: Annotated[
        bool,
        typer.Option(
            "--unresolved", help="Only ambiguous, contradictory and unknown texts.", rich_help_panel=CHOOSING
        ),
    ] = False,
    encoding: Annotated[
        str | None,
        typer.Option(help="Encoding of text files; default: BOM, UTF-8, GB18030.", rich_help_panel=READING),
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook.", rich_help_panel=READING)] = None,
    separator: Annotated[
        str | None,
        typer.Option(help="Separator of text files, if it is not found by itself.", rich_help_panel=READING),
    ] = None,
) -> None:
    """Say how each place text of a table is read: province, city, country, or the candidates.

    Addresses, short, English and former names are read; what is ambiguous or unknown is listed, never
    guessed.
    """
    from pathlib import Path

    from clusters import relations
    from clusters.intake.place_columns import read_place_columns
    from clusters.tables import place_readings

    if file is None:
        file = str(Path(relations.__file__).parent / "reference" / "sample" / "nodes.csv.gz")
        note("note.sample")
    found = read_place_columns(
        file, column or (), province=province, encoding=encoding, sheet=sheet, separator=separator
    )
    tell(found.warnings, "note.warned")
    table = place_readings(
        found.cells, levels=found.levels, provinces=found.provinces, countries=found.countries
    )
    if unresolved:
        notes = table.attrs["notes"]
        table = table[table["how"].isin(["ambiguous", "contradiction", "unknown"])]
        table.attrs["notes"] = notes
    output.emit("places", table)
