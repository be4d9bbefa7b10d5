"""Commands of composite indices (综合指数): from indicators to scores, ranks and tiers.

The group is made here; its commands live in ``index_list``, ``index_score`` and their
neighbours, which register themselves. ``Indicators`` holds the options of all that read a
framework and a table of indicators.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from clusters.cli import app
from clusters.cli._common import READING, column_mapping, tell

if TYPE_CHECKING:
    from clusters.index.framework import Framework
    from clusters.intake.indicators import IndicatorTable

index = typer.Typer(
    name="index",
    help="Composite indices (综合指数): score and rank cities from indicators, say how sure ranks are.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(index, name="index")

FrameworkSource = Annotated[
    str,
    typer.Argument(
        metavar="FRAMEWORK",
        help="Framework: a shipped one (clusters index list), a TOML file, or a table of the hierarchy.",
    ),
]
IndicatorSource = Annotated[
    str,
    typer.Argument(
        metavar="INDICATORS",
        help="Table of indicators, a row per city: CSV, TSV, .gz, XLSX, Parquet; - for standard input; or "
        "the name of a published table (kr36_2020).",
    ),
]


@dataclass(frozen=True, kw_only=True)
class IndicatorReading:
    """Options of every command that reads a table of indicators."""

    unit: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Column that identifies a city.", rich_help_panel=READING),
    ] = None
    name: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Column of printed names.", rich_help_panel=READING),
    ] = None
    year: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Column of years, of a panel.", rich_help_panel=READING),
    ] = None
    map: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID=COLUMN", help="Which column is which indicator; repeatable.", rich_help_panel=READING
        ),
    ] = None
    encoding: Annotated[
        str | None,
        typer.Option(help="Encoding of text files; default: BOM, UTF-8, GB18030.", rich_help_panel=READING),
    ] = None
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook.", rich_help_panel=READING)] = None
    separator: Annotated[
        str | None,
        typer.Option(help="Separator of text files, if it is not found by itself.", rich_help_panel=READING),
    ] = None

    def table(self, source: str, framework: Framework | None = None) -> IndicatorTable:
        """Read a table of indicators, with what a framework asks for; warnings go to stderr."""
        from clusters.intake.indicators import read_indicators

        found = read_indicators(
            source,
            framework,
            unit=self.unit,
            name=self.name,
            year=self.year,
            mapping=column_mapping(self.map, "for example --map papers=论文产出数量"),
            encoding=self.encoding,
            sheet=self.sheet,
            separator=self.separator,
        )
        tell(found.warnings, "note.warned")
        return found


@dataclass(frozen=True, kw_only=True)
class Indicators(IndicatorReading):
    """A framework, a table of indicators and how it is read.

    def score(read: Indicators, output: Output) -> None:
        framework, table = read.both()
    """

    framework: FrameworkSource
    indicators: IndicatorSource

    def both(self) -> tuple[Framework, IndicatorTable]:
        """Read the framework, and the table of indicators with what it asks for."""
        from clusters.index.frameworks import read_framework

        found = read_framework(self.framework)
        return found, self.table(self.indicators, found)
