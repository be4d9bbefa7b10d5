"""``clusters sample``: the embedded synthetic relations, or others of another size or seed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clusters.cli import app
from clusters.cli._common import command, note, print_result
from clusters.errors import UsageError

if TYPE_CHECKING:
    from clusters.synthetic import SyntheticTables
    from clusters.synthetic.bulk import BulkTable

ENDINGS = (".csv", ".csv.gz")
LARGEST_SCALE = 500
"""42 million relations, which need some 4 GB of memory to draw."""


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
        typer.Option(help=f"Draw a table with all counts times this, above 0 and up to {LARGEST_SCALE}."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Draw a table with this seed; the embedded one has 2023.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite existing files.")] = False,
) -> None:
    """Write the embedded synthetic sample (合成数据) as one self-contained CSV.

    Names are made up; places, technologies and years are real categories. With --scale
    or --seed another table is drawn. Up to scale 2 it meets the printed tables of the report;
    above, it keeps the shape of the network only (degrees, triangles, growth) and is there for
    trying large tables: --scale 180 has 5.5 million organisations and 15 million relations.
    """
    from clusters.export.files import check_target

    for path in (out, nodes_out):
        if path is not None:
            if not path.name.lower().endswith(ENDINGS):
                raise UsageError(
                    f"{path}: the sample is written as CSV", hint="end the name in .csv or .csv.gz"
                )
            check_target(path, force=force)
    if scale is not None and not 0 < scale <= LARGEST_SCALE:
        raise UsageError(f"--scale {scale:g} is not above 0 and up to {LARGEST_SCALE}")
    if scale is not None and scale > 2:
        _write_large(scale, seed, out, nodes_out, force)
    else:
        _write_small(scale, seed, out, nodes_out, force)


def _write_small(
    scale: float | None, seed: int | None, out: Path | None, nodes_out: Path | None, force: bool
) -> None:
    from clusters import synthetic

    tables: SyntheticTables
    if scale is None and seed is None:
        tables = synthetic.packaged()
    else:
        tables = synthetic.make(synthetic.SEED if seed is None else seed, 1.0 if scale is None else scale)
    if nodes_out is not None:
        _write([tables.marked_nodes_csv.encode("utf-8")], nodes_out, force)
    if out is None:
        print_result(tables.self_contained_csv)
    else:
        _write([tables.self_contained_csv.encode("utf-8")], out, force)
    note("note.drawn", n=len(tables.relations), nodes=len(tables.nodes))


def _write_large(
    scale: float, seed: int | None, out: Path | None, nodes_out: Path | None, force: bool
) -> None:
    from clusters.synthetic import SEED
    from clusters.synthetic.bulk import of_scale

    table: BulkTable = of_scale(SEED if seed is None else seed, scale)
    if nodes_out is not None:
        _write(table.nodes_csv_chunks(), nodes_out, force)
    if out is None:
        for chunk in table.csv_chunks():
            print_result(chunk.decode("utf-8"))
    else:
        _write(table.csv_chunks(), out, force)
    note("note.drawn", n=len(table), nodes=table.n_nodes)


def _write(chunks: Iterable[bytes], path: Path, force: bool) -> None:
    from clusters.export.files import atomic_path
    from clusters.synthetic.files import write_packed

    with atomic_path(path, force=force) as temporary, temporary.open("wb") as file:
        if path.suffix.lower() == ".gz":
            write_packed(file, chunks)
        else:
            file.writelines(chunks)
    note("note.wrote", path=path)
