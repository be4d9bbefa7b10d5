"""``clusters sample``: the embedded synthetic relations, or others of another size or seed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clusters.cli import app
from clusters.cli._common import command, note, print_result
from clusters.errors import UsageError

ENDINGS = (".csv", ".csv.gz")


@command(app, example="clusters sample --out sample.csv --nodes-out organisations.csv")
def sample(
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the relations here (.csv or .csv.gz); default: stdout."),
    ] = None,
    nodes_out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the organisations here too (.csv or .csv.gz)."),
    ] = None,
    scale: Annotated[
        float | None,
        typer.Option(help="Draw a table with all counts times this, above 0 and up to 2."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Draw a table with this seed; the embedded one has 2023.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite existing files.")] = False,
) -> None:
    """Write the embedded synthetic sample (合成数据) as one self-contained CSV.

    Names are made up; places, technologies and years are real categories. With --scale
    or --seed another table is drawn.
    """
    from clusters import synthetic
    from clusters.export.files import check_target

    for path in (out, nodes_out):
        if path is not None:
            if not path.name.lower().endswith(ENDINGS):
                raise UsageError(
                    f"{path}: the sample is written as CSV", hint="end the name in .csv or .csv.gz"
                )
            check_target(path, force=force)
    if scale is not None and not 0 < scale <= 2:
        raise UsageError(f"--scale {scale:g} is not above 0 and up to 2")
    if scale is None and seed is None:
        tables = synthetic.packaged()
    else:
        tables = synthetic.make(synthetic.SEED if seed is None else seed, 1.0 if scale is None else scale)
    if nodes_out is not None:
        _write(tables.marked_nodes_csv, nodes_out, force)
    if out is None:
        print_result(tables.self_contained_csv)
    else:
        _write(tables.self_contained_csv, out, force)
    note("note.drawn", n=len(tables.relations), nodes=len(tables.nodes))


def _write(text: str, path: Path, force: bool) -> None:
    from clusters.export.files import atomic_path
    from clusters.synthetic.files import packed

    content = text.encode("utf-8")
    with atomic_path(path, force=force) as temporary:
        temporary.write_bytes(packed(content) if path.suffix.lower() == ".gz" else content)
    note("note.wrote", path=path)
