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

    from clusters.engines.large import LargeRelations
    from clusters.relations import Relations


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
    account: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write what happened to the rows of each file in each step, with the first case of every "
            "reason and change; - prints it instead of the counts.",
        ),
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
    """Account for every row of a table: accepted, rejected and why, set aside, changed.

    With --config, first check that every column, label, sheet and file that it names is there.
    """
    from clusters.export.files import check_target
    from clusters.relations import AllRejectedError

    for path in (rejects, set_aside, account):
        if path is not None and str(path) != "-":
            check_target(path, force=output.force)
    if engine.large:
        if cache:
            raise UsageError("--cache keeps tables in memory only", hint="leave out --engine duckdb")
        if set_aside is not None:
            raise UsageError("--set-aside lists rows in memory only", hint="leave out --engine duckdb")
        _check_large(read, output, engine, rejects, account)
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
        if account is not None:
            _tell(error.account.steps, account, output)
        raise
    _emit(table, output, account)
    if rejects is not None:
        _write(table.account.rejects, rejects, output.force)
    if set_aside is not None:
        _write(table.account.set_aside, set_aside, output.force)


def _emit(table: Relations | LargeRelations, output: Output, account: Path | None) -> None:
    """Print the counts, with the steps in JSON; or the steps, or write these to a file."""
    from clusters.tables._check import row_account, row_steps

    steps = row_steps(table)
    if account is not None:
        _tell(steps, account, output)
    if str(account) != "-":
        counts = row_account(table)
        counts.attrs["more"] = {"account": steps}
        output.emit("check", counts)


def _tell(steps: pd.DataFrame, path: Path, output: Output) -> None:
    """Print the account of the rows, or write it; the ending chooses the form, CSV by default."""
    from clusters.export import tabular

    if str(path) == "-":
        output.emit("check", steps)
        return
    fmt = tabular.SUFFIXES.get(path.suffix.lower(), "csv")
    tabular.write(steps, path, fmt=fmt, command="check", lang=output.lang.value, force=output.force)
    note("note.wrote_rows", path=path, n=len(steps))


def _check_large(
    read: Input, output: Output, engine: Engine, rejects: Path | None, account: Path | None
) -> None:
    """Account for the rows on disk; rejected rows are written block by block."""
    from clusters.export import tabular
    from clusters.export.files import atomic_path

    if rejects is not None and tabular.SUFFIXES.get(rejects.suffix.lower(), "csv") != "csv":
        raise UsageError(f"{rejects}: --engine duckdb writes rejected rows as CSV", hint="name a .csv file")
    with engine.table(read, all_kinds=True, keep_rejects=rejects is not None) as table:
        _emit(table, output, account)
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
