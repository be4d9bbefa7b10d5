"""The command that makes the whole report."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clusters.cli import app
from clusters.cli._common import STATE, Input, Language, command, note, print_result
from clusters.errors import UsageError

if TYPE_CHECKING:
    from clusters.index.scoring import IndexResult
    from clusters.relations import Relations


PLACED = ("city", "province", "country")
"""Levels of the places that an index ranks, the first that the table has."""
MINIMUM = 10
"""Organisations below which a place is not ranked: means and shares say little of it."""


@command(app, example="clusters report relations.csv --level province --lang zh --out my-report")
def report(
    read: Input,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder to write; default reports/NAME, NAME from the table."),
    ] = None,
    level: Annotated[
        str | None,
        typer.Option(help="Place level of the flow tables; default province, else country, city, region ..."),
    ] = None,
    title: Annotated[str | None, typer.Option(help="Title of the report.")] = None,
    lang: Annotated[Language, typer.Option(help="Language of printed words.")] = Language.en,
    replicates: Annotated[
        int, typer.Option(min=0, help="Replicates of the power-law test; 0 leaves it untested.")
    ] = 200,
    null: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="Random networks with the same degrees beside the last year's; default 20 up to 200,000 "
            "edges, else 0.",
        ),
    ] = None,
    resamples: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="Samples of enterprises for 95 % intervals; default 100 up to 200,000 edges, else 0.",
        ),
    ] = None,
    index: Annotated[
        str | None,
        typer.Option(
            metavar="FRAMEWORK",
            help="Add a section that ranks places by an index; network is an example (clusters index list).",
        ),
    ] = None,
    indicators: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="Table of indicators of --index; default network indicators of cities."
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that draw; default one per processor, at most 4.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing report.")] = False,
) -> None:
    """Folder with one HTML page, all tables and figures, GEXF files and a manifest.

    An existing report is replaced only with --force, and only when the new one is
    complete. Prints the path of the page.
    """
    from clusters.report import check_folder, write_report

    target = out or Path("reports") / _stem(read.relations)
    check_folder(target, force=force)
    table = read.table()
    scored, of = _index(read, table, index, indicators)
    page = write_report(
        table,
        target,
        level=level,
        title=title,
        lang=lang.value,
        seed=read.seed,
        mode=read.mode,
        parallel=read.parallel.value if read.parallel else "merge",
        years=read.chosen_years(table),
        replicates=replicates,
        null=null,
        resamples=resamples,
        index=scored,
        index_level=of,
        workers=workers or _processors(),
        inputs=[*_files(read), *(Path(n) for n in (index, indicators) if n and Path(n).is_file())],
        options=_options(
            read,
            level=level,
            title=title,
            lang=lang.value,
            replicates=replicates,
            null=null,
            resamples=resamples,
            index=None if index is None else Path(index).name,
            indicators=None if indicators is None else Path(indicators).name,
        ),
        force=force,
        progress=None if STATE.quiet else _Progress(),
    )
    note("note.wrote", path=target)
    print_result(f"{page}\n")


def _index(
    read: Input, table: Relations, framework: str | None, indicators: str | None
) -> tuple[IndexResult | None, str]:
    """Score places by an index, and say of which level they are; nothing where none is asked for."""
    if framework is None:
        if indicators is not None:
            raise UsageError("--indicators is the table of an index", hint="name a framework with --index")
        return None, ""
    from clusters import tables
    from clusters.index.frameworks import read_framework
    from clusters.index.scoring import score
    from clusters.intake.indicators import read_indicators

    tree = read_framework(framework)
    if indicators is not None:
        return score(tree, read_indicators(indicators, tree)), ""
    level = next((name for name in PLACED if name in table.levels), None)
    if level is None:
        raise UsageError(
            "the table has no places that an index could rank",
            hint="give a table of indicators with --indicators",
        )
    found = tables.place_indicators(
        table,
        level=level,
        years=read.chosen_years(table),
        mode=read.mode,
        kinds=table.kinds if read.kinds is not None else None,
        parallel=read.edges(),
        minimum=MINIMUM,
        seed=read.seed,
    )
    found.attrs = {}
    return score(tree, read_indicators(found, tree, unit="unit"), allow_constant=True), level


def _stem(relations: str | None) -> str:
    """Name the report after its table."""
    if relations is None:
        return "sample"
    return "stdin" if relations == "-" else Path(relations).name.split(".")[0] or "table"


def _files(read: Input) -> list[Path]:
    if read.relations is None:
        from clusters.synthetic import PACKAGED

        return sorted(PACKAGED.glob("*.csv.gz"))
    given = [read.relations, read.nodes, read.names, read.config]
    return [Path(path) for path in given if path is not None and str(path) != "-"]


def _options(read: Input, **more: Any) -> dict[str, Any]:
    """Return the options that differ from their defaults, with file names instead of paths."""
    from dataclasses import fields

    defaults = {"lang": "en", "replicates": 200}
    chosen = {f.name: getattr(read, f.name) for f in fields(read) if getattr(read, f.name) != f.default}
    chosen |= {name: value for name, value in more.items() if value != defaults.get(name)}
    if read.relations is not None:
        chosen["relations"] = Path(read.relations)
    return {name: _plain(value) for name, value in chosen.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return value.name
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value if isinstance(value, int) else str(value)


def _processors() -> int:
    import os

    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(4, available)


class _Progress:
    """Steps on stderr: one line that renews itself on a terminal, one line per step elsewhere."""

    def __init__(self) -> None:
        self.start = time.monotonic()
        self.live = sys.stderr.isatty()

    def __call__(self, done: int, steps: int, text: str) -> None:
        line = f"[{done}/{steps}] {text}"
        if not self.live:
            typer.echo(line, err=True)
            return
        ended = done >= steps
        seconds = time.monotonic() - self.start
        sys.stderr.write(f"\r\x1b[2K{line}" + (f" ({seconds:.0f} s)\n" if ended else ""))
        sys.stderr.flush()
