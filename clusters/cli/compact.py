"""``clusters compact``: a table larger than memory as one that fits."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from clusters.cli import app
from clusters.cli._common import Engine, Input, Memory, Temp, Threads, Where, command, note
from clusters.errors import UsageError


@command(app, example="clusters compact 'relations-*.csv.gz' --out compact.parquet --keep technology")
def compact(
    read: Input,
    out: Annotated[Path, typer.Option(metavar="FILE.parquet", help="Write distinct relations here.")],
    keep: Annotated[
        list[str] | None,
        typer.Option(metavar="CLASS", help="Keep relations of different classes apart; repeatable."),
    ] = None,
    nodes_out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.parquet",
            help="Write names and roles here, and numbers instead of names into --out; "
            "read both with --nodes.",
        ),
    ] = None,
    memory: Memory = None,
    threads: Threads = None,
    temp: Temp = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite existing files.")] = False,
) -> None:
    """Write a table larger than memory as a smaller Parquet table that other commands read.

    Relations of the same giver, receiver, year, kind and places become one row with their
    number as weight. Needs pip install 'clusters[big]'.
    """
    from clusters.engines.compact import compact as written
    from clusters.export.files import atomic_path, check_target

    for path in (out, nodes_out):
        if path is not None:
            if path.suffix.lower() != ".parquet":
                raise UsageError(
                    f"{path}: a compact table is written as Parquet", hint="end the name in .parquet"
                )
            check_target(path, force=force)
    if nodes_out is not None and nodes_out.resolve() == out.resolve():
        raise UsageError("--out and --nodes-out are one file; name two")
    engine = Engine(Where.duckdb, memory, threads, temp)
    with engine.table(read) as table, contextlib.ExitStack() as files:
        read.chosen_years(table)
        chosen = table.in_years(*read.year_limits())
        temporary = files.enter_context(atomic_path(out, force=force))
        numbered = nodes_out and files.enter_context(atomic_path(nodes_out, force=force))
        rows = written(chosen, temporary, keep=keep or (), nodes=numbered)
        note("note.compacted", rows=rows, relations=len(chosen), nodes=table.n_nodes)
    for path in (out, nodes_out):
        if path is not None:
            note("note.wrote", path=path)
