"""The command index report: a folder that tells an index from its data to its ranks."""

from __future__ import annotations

from dataclasses import MISSING, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clusters.cli._common import STATE, Language, command, note, print_result
from clusters.cli.index import Indicators, index
from clusters.cli.index_choices import Choices
from clusters.cli.report import _plain, _processors, _Progress
from clusters.errors import ClustersError

if TYPE_CHECKING:
    from clusters.index.scoring import IndexResult
    from clusters.intake.printed import PrintedScores

OTHERWISE = {"outliers": "no_outliers", "by_year": "pooled"}
"""Switches whose other side has a name of its own."""


@command(index, name="report", example="clusters index report kr36_2020 kr36_2020 --lang zh --out kr36")
def report_(
    read: Indicators,
    choices: Choices,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder to write; default reports/NAME, NAME from the framework."),
    ] = None,
    title: Annotated[str | None, typer.Option(help="Title of the page.")] = None,
    lang: Annotated[Language, typer.Option(help="Language of printed words.")] = Language.en,
    tiers: Annotated[
        str | None, typer.Option(metavar="RULE", help="Tiers, such as sizes:10,10,rest; see index score.")
    ] = None,
    draws: Annotated[
        int, typer.Option(min=0, help="Draws behind the intervals of ranks; 0 leaves them out.")
    ] = 1000,
    link: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Column, such as gdp, whose ranks are compared with the index."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help="Say on the page and in the pictures that data are made up.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that draw; default one per processor, at most 4.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing report.")] = False,
) -> None:
    """Folder with one HTML page, every stage as CSV and XLSX, all figures and a manifest.

    The page follows the ten steps of the OECD and the JRC: framework, selection, missing data, multivariate
    analysis, normalisation, weighting and aggregation, uncertainty and sensitivity, back to the data,
    links, presentation. Findings in words come first. Prints the path of the page.
    """
    from clusters.report import check_folder
    from clusters.report.index import write_index_report

    target = out or Path("reports") / (Path(read.framework).stem or "index")
    check_folder(target, force=force)
    _, result = choices.score(read, tiers)
    given = {"title": title, "lang": lang.value, "tiers": tiers, "draws": draws, "link": link, "seed": seed}
    usual = {"lang": "en", "draws": 1000, "seed": 0}
    chosen = {name: value for name, value in given.items() if value not in (None, usual.get(name))}
    page = write_index_report(
        result,
        target,
        title=title,
        lang=lang.value,
        draws=draws,
        seed=seed,
        link=link,
        synthetic=synthetic,
        printed=_printed(read, result),
        workers=workers or _processors(),
        inputs=[Path(name) for name in (read.framework, read.indicators) if Path(name).is_file()],
        options=_options(read, choices) | chosen | ({"synthetic": True} if synthetic else {}),
        force=force,
        progress=None if STATE.quiet else _Progress(),
    )
    note("note.wrote", path=target)
    print_result(f"{page}\n")


def _printed(read: Indicators, result: IndexResult) -> PrintedScores | None:
    """Read published totals beside the scores of the dimensions, where the table gives both."""
    from clusters.intake.printed import read_printed

    dimensions = result.framework.children[result.framework.root]
    if len(dimensions) < 2 or not set(dimensions) <= set(result.given) or read.indicators == "-":
        return None
    reading = {"unit": read.unit, "encoding": read.encoding, "sheet": read.sheet}
    try:
        found = read_printed(read.indicators, separator=read.separator, **reading)
    except ClustersError:  # no total, or not only scores beside it: nothing to read backwards
        return None
    return found if set(map(str, found.scores.columns)) == set(dimensions) else None


def _options(*groups: Any) -> dict[str, Any]:
    """Return the options that differ from their defaults, with file names instead of paths."""
    found: dict[str, Any] = {}
    for group in groups:
        for field in fields(group):
            value = getattr(group, field.name)
            if field.default is MISSING:
                found[field.name] = Path(value).name or value
            elif value is False and field.default is None:
                found[OTHERWISE[field.name]] = True
            elif value != field.default:
                found[field.name] = _plain(value)
    return found
