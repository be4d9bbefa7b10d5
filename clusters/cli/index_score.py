"""Commands that score: score, decompose, types, compare."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clusters.cli._common import Output, _range, command, note
from clusters.cli.index import Indicators, index
from clusters.cli.index_choices import Choices, names
from clusters.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from clusters.index.scoring import IndexResult


class Stage(StrEnum):
    """What is printed of a scoring."""

    scores = "scores"
    raw = "raw"
    denominated = "denominated"
    screened = "screened"
    imputed = "imputed"
    treated = "treated"
    normalised = "normalised"
    aggregated = "aggregated"
    weights = "weights"
    log = "log"


class By(StrEnum):
    """What a score is taken apart into."""

    indicator = "indicator"
    dimension = "dimension"


Tiers = Annotated[
    str | None,
    typer.Option(
        metavar="RULE",
        help="sizes:10,10,rest, thresholds:80,60, quantiles:5, jenks:4, head-tail, none.",
    ),
]
Years = Annotated[str | None, typer.Option(metavar="FIRST:LAST", help="Years of a panel to report.")]


@command(index, example="clusters index score kr36_2020 kr36_2020 --workbook kr36.xlsx")
def score(
    read: Indicators,
    output: Output,
    choices: Choices,
    stage: Annotated[
        Stage,
        typer.Option(
            help="Instead of the scores: values after a step (raw, denominated, screened, imputed, treated, "
            "normalised, aggregated), weights of all nodes, log of what was done to which value."
        ),
    ] = Stage.scores,
    tiers: Tiers = None,
    years: Years = None,
    workbook: Annotated[
        Path | None,
        typer.Option(metavar="FILE.xlsx", help="Write every stage to a sheet of its own, too."),
    ] = None,
) -> None:
    """Scores, ranks and tiers of a composite index, and of every group of its indicators.

    In this order: divide, screen, impute, treat outliers, normalise, weigh, aggregate, rank. The framework
    says how; options override it. Ranks are those of unrounded scores, of a panel in each year.
    """
    from clusters import tables

    if workbook is not None:
        _check_workbook(workbook, output)
    framework, result = choices.score(read, tiers)
    made = tables.index_scores(result) if stage == Stage.scores else tables.index_stage(result, stage.value)
    made = of_years(made, years, result)
    if workbook is not None:
        from clusters.export.index import write_index_workbook

        write_index_workbook(
            result, workbook, framework=framework, lang=output.lang.value, force=output.force
        )
        note("note.wrote", path=workbook)
    output.emit("index score", made)


@command(
    index, example="clusters index decompose kr36_2020 kr36_2020 --units 上海 --against 北京 --by dimension"
)
def decompose(
    read: Indicators,
    output: Output,
    choices: Choices,
    units: Annotated[
        str | None, typer.Option(metavar="NAME,NAME", help="Units to report; default all.")
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="UNIT|mean|best", help="Compare with a unit, the mean of all, or the best."),
    ] = None,
    by: Annotated[
        By, typer.Option(help="Parts: indicators, or the dimensions right below the score.")
    ] = By.indicator,
    years: Years = None,
) -> None:
    """What a score is made of: the contribution of every indicator, and of a difference between units.

    Contributions are weights times normalised values and sum to the score.
    """
    from clusters import tables

    _, result = choices.score(read)
    table = tables.index_decomposition(result, names(units), against=against, by=by.value)
    output.emit("index decompose", of_years(table, years, result))


@command(index, name="types", example="clusters index types kr36_2020 kr36_2020 --top 5")
def types_(
    read: Indicators,
    output: Output,
    choices: Choices,
    top: Annotated[
        int, typer.Option(min=1, help="A type is named for units among so many best in the dimension.")
    ] = 10,
    gap: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Compare ranks with those by a column, such as GDP."),
    ] = None,
    years: Years = None,
) -> None:
    """What each city is an example of: the dimension in which it stands out most against its own mean.

    Dimensions are compared in standard deviations over the cities. The rank gap is the rank by another
    column minus the rank by the index: above 0 a city is ahead of its economy.
    """
    from clusters import tables

    _, result = choices.score(read)
    output.emit("index types", of_years(tables.index_types(result, top=top, gap=gap), years, result))


@command(index, example="clusters index compare kr36_2020 kr36_2020 --mean geometric")
def compare(
    read: Indicators,
    output: Output,
    choices: Choices,
    other: Annotated[
        str | None,
        typer.Option("--to", metavar="FRAMEWORK", help="Framework of the second scoring; default the same."),
    ] = None,
    other_indicators: Annotated[
        str | None,
        typer.Option("--to-indicators", metavar="FILE", help="Its table of indicators; default the same."),
    ] = None,
    years: Annotated[
        str | None,
        typer.Option(metavar="FIRST:SECOND", help="Compare two years of a panel; default the last."),
    ] = None,
) -> None:
    """Who moves between two scorings: two frameworks, two tables, two years, or two ways to score.

    The first scoring is that of the framework, the second the same with what the options change. Ranks
    are among the units that both score.
    """
    from clusters import tables
    from clusters.index.frameworks import read_framework

    first, second = (None, None) if years is None else _two_years(years)
    changed = choices != Choices()
    elsewhere = other is not None or other_indicators is not None
    if not changed and not elsewhere and years is None:
        raise UsageError(
            "compare needs something to compare with",
            hint="--to FRAMEWORK, --to-indicators FILE, --years 2020:2022, or a choice: --mean geometric",
        )
    framework = read_framework(read.framework)
    against = framework if other is None else read_framework(other)
    plain = Choices(allow_constant=choices.allow_constant, force_impute=choices.force_impute)
    if elsewhere:
        source = other_indicators or read.indicators
        a, b = plain.scored(framework, read, read.indicators), choices.scored(against, read, source)
    else:
        # One table, read once: it may be standard input.
        table = read.table(read.indicators, choices.applied(framework))
        a = plain.score_table(framework, table)
        b = choices.score_table(framework, table) if changed else a
    output.emit("index compare", tables.index_changes(a, b, years=(first, second)))


def _check_workbook(path: Path, output: Output) -> None:
    from clusters.export.files import check_target

    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"--workbook {path}: the name does not end in .xlsx")
    if output.out is not None and path.resolve() == output.out.resolve():
        raise UsageError(f"--workbook and --out are the same file {path}")
    check_target(path, force=output.force)


def of_years(table: pd.DataFrame, years: str | None, result: IndexResult) -> pd.DataFrame:
    """Keep the years asked for; the scores are those of all years together."""
    if years is None:
        return table
    if not result.panel or "year" not in table:
        raise UsageError("--years was given, but the table has no years")
    low, high = _range("--years", years)
    first = result.years[0] if low is None else low
    last = result.years[-1] if high is None else high
    kept = table[table["year"].between(first, last)].reset_index(drop=True)
    if kept.empty:
        raise UsageError(f"--years {years}: the table has {result.years[0]} to {result.years[-1]}")
    kept.attrs = table.attrs
    return kept


def _two_years(text: str) -> tuple[int, int]:
    first, _, second = text.partition(":")
    try:
        return int(first), int(second)
    except ValueError:
        raise UsageError(f"--years {text!r} is not FIRST:SECOND", hint="for example 2020:2022") from None
