"""The command that makes the whole report."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from clusters.cli import app
from clusters.cli._common import STATE, Input, Language, command, note, print_result


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
        workers=workers or _processors(),
        inputs=_files(read),
        options=_options(
            read,
            level=level,
            title=title,
            lang=lang.value,
            replicates=replicates,
            null=null,
            resamples=resamples,
        ),
        force=force,
        progress=None if STATE.quiet else _Progress(),
    )
    note("note.wrote", path=target)
    print_result(f"{page}\n")


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
