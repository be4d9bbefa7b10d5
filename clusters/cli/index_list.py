"""Commands about frameworks: which there are, what one consists of, a new one to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from clusters.cli._common import Language, Output, command, note, print_result
from clusters.cli.index import FrameworkSource, IndicatorReading, index
from clusters.errors import UsageError


@command(index, name="list", example="clusters index list --format markdown")
def list_(output: Output) -> None:
    """Frameworks that come with the package: published indices, and examples to begin from."""
    from clusters import tables

    output.emit("index list", tables.frameworks())


@command(index, example="clusters index show tmtpost_2024 --lang zh")
def show(framework: FrameworkSource, output: Output) -> None:
    """Tree of a framework: every node below its parent, with its weight.

    The effective weight is what a node weighs in the score: the product of the weights on its way to
    the root.
    """
    from clusters import tables
    from clusters.index.frameworks import read_framework

    found = read_framework(framework)
    table = tables.framework_tree(found)
    said = found.note_zh if output.lang == Language.zh else found.note_en
    if said:
        table.attrs["notes"] = [said, *table.attrs.get("notes", [])]
    output.emit("index show", table)


@command(index, example="clusters index new my_index --indicators indicators.csv --out my_index.toml")
def new(
    read: IndicatorReading,
    called: Annotated[str, typer.Argument(metavar="NAME", help="Name of the index.")],
    start: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="SHIPPED", help="Begin from a shipped framework (clusters index list)."
        ),
    ] = None,
    indicators: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Table whose columns of numbers become the indicators."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write here, such as my_index.toml; default: print.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Write a framework to begin with: a commented TOML file, in English and Chinese side by side."""
    from clusters.export.files import atomic_path, check_target
    from clusters.index.template import copied, template

    if not called.strip():
        raise UsageError("the name of the index is blank", hint="such as my_index")
    if start is not None and indicators is not None:
        raise UsageError("--from and --indicators were named together", hint="name one of them")
    target = None if out is None or str(out) == "-" else out
    if target is not None:
        check_target(target, force=force)
    file = target.name if target is not None else f"{called}.toml"
    if start is not None:
        text = copied(start, called)
    else:
        columns = None if indicators is None else [str(c) for c in read.table(indicators).frame.columns]
        text = template(called, columns, file)
    if target is None:
        print_result(text)
        return
    with atomic_path(target, force=force) as path:
        path.write_text(text, encoding="utf-8")
    note("note.wrote", path=target)
