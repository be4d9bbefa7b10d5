"""The command that says what a number means."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from clusters.cli import app
from clusters.cli._common import Output, command, print_result


@command(app, example="clusters explain average_clustering")
def explain(
    output: Output,
    measure: Annotated[
        str | None,
        typer.Argument(help="Identifier or printed word, English or Chinese. Left out: the list of all."),
    ] = None,
) -> None:
    """Say what a measure is: definition, formula, denominator, variants elsewhere, source."""
    from clusters import explain as entries

    lang = output.lang.value
    chosen = None if measure is None else [entries.find(measure, lang).term]
    fmt = _format(output)
    if chosen and fmt == "table" and output.out is None:
        print_result(entries.text(entries.entry(chosen[0], lang)))
        return
    frame = entries.table(chosen, lang)
    if fmt != "json" and (lang, fmt) != ("en", "csv"):
        # In the vocabulary the word for "source" is the giver; here it is the literature.
        frame = frame.rename(columns={"source": "references"})
    if chosen is None and fmt in ("table", "markdown"):
        frame = frame[["term", "label", "unit", "commands"]]
    output.emit("explain", frame)


def _format(output: Output) -> str:
    from clusters.export.tabular import SUFFIXES

    if output.format:
        return output.format.value
    if output.out:
        return SUFFIXES.get(output.out.suffix.lower(), "csv")
    return "table" if sys.stdout.isatty() else "csv"
