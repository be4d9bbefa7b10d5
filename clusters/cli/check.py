"""``clusters check``: what reading does with every row."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clusters.cli import app
from clusters.cli._common import Engine, Input, Output, command, note
from clusters.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd


@command(app, example="clusters check relations.csv --rejects rejected.csv")
def check(
    read: Input,
    output: Output,
    engine: Engine,
    rejects: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write each rejected row with its line and reason."),
    ] = None,
    set_aside: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the self-loops and exact doubles that are not in use."),
    ] = None,
    cache: Annotated[
        bool,
        typer.Option(
            "--cache",
            help="Keep the checked table, so that all commands read the same content faster. "
            "The folder is CLUSTERS_CACHE, or else the user's cache folder.",
        ),
    ] = False,
) -> None:
    """Account for every row of a table: accepted, rejected and why, set aside.

    With --config, first check that every column, label, sheet and file that it names is there.
    """
    from clusters.export.files import check_target
    from clusters.relations import AllRejectedError
    from clusters.tables._check import row_account

    for path in (rejects, set_aside):
        if path is not None:
            check_target(path, force=output.force)
    if engine.large:
        if cache:
            raise UsageError("--cache keeps tables in memory only", hint="leave out --engine duckdb")
        if set_aside is not None:
            raise UsageError("--set-aside lists rows in memory only", hint="leave out --engine duckdb")
        _check_large(read, output, engine, rejects)
        return
    if read.config is not None:
        from clusters.intake.verify import verify

        verify(read.config, relations=read.relations, given=read.options())
    if cache and read.relations is None:
        raise UsageError("the embedded sample is not kept in the cache; name a table")
    try:
        table = read.table(all_kinds=True, cache=cache or None)
    except AllRejectedError as error:
        if rejects is not None:
            _write(error.rejects, rejects, output.force)
        raise
    output.emit("check", row_account(table))
    if rejects is not None:
        _write(table.account.rejects, rejects, output.force)
    if set_aside is not None:
        _write(table.account.set_aside, set_aside, output.force)


def _check_large(read: Input, output: Output, engine: Engine, rejects: Path | None) -> None:
    """Account for the rows on disk; rejected rows are written block by block."""
    from clusters.export import tabular
    from clusters.export.files import atomic_path
    from clusters.tables._check import row_account

    if rejects is not None and tabular.SUFFIXES.get(rejects.suffix.lower(), "csv") != "csv":
        raise UsageError(f"{rejects}: --engine duckdb writes rejected rows as CSV", hint="name a .csv file")
    with engine.table(read, all_kinds=True, keep_rejects=rejects is not None) as table:
        output.emit("check", row_account(table))
        if rejects is None:
            return
        with (
            atomic_path(rejects, force=output.force) as temporary,
            temporary.open("w", encoding="utf-8") as out,
        ):
            columns: list[str] | None = None
            for rows in table.rejects():
                # Files that are read together may have different columns: each brings its own header.
                text = tabular.to_csv(tabular.original_cells(rows), safe=False)
                out.write(text if list(rows.columns) != columns else text.partition("\n")[2])
                columns = list(rows.columns)
            if columns is None:
                out.write("line,reason\n")
        note("note.wrote_rows", path=rejects, n=table.account.rejected)


def _write(rows: pd.DataFrame, path: Path, force: bool) -> None:
    """Write rows with the cells as they were; the ending chooses the form, CSV by default."""
    from clusters.export import tabular
    from clusters.export.files import atomic_path

    if tabular.SUFFIXES.get(path.suffix.lower(), "csv") == "csv":
        with atomic_path(path, force=force) as temporary:
            text = tabular.to_csv(tabular.original_cells(rows), safe=False)
            temporary.write_text(text, encoding="utf-8", newline="")
    else:
        tabular.write(rows, path, command="rejects", force=force)
    note("note.wrote_rows", path=path, n=len(rows))
