"""The command line: one module per command group; it parses, calls and prints."""

from __future__ import annotations

from typing import Annotated

import typer

from clusters.cli._common import STATE

app = typer.Typer(
    name="clusters",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(show: bool) -> None:
    if show:
        from clusters import __version__

        typer.echo(f"clusters {__version__}")
        raise typer.Exit


@app.callback()
def switches(
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No notes or warnings on stderr.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error arose.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Turn a table of relations between enterprises and partners into a cluster report.

    Every command works on the embedded synthetic sample when no table is named.
    Results go to standard output, notes and warnings to standard error.
    """
    STATE.quiet, STATE.debug = quiet, debug


def main() -> None:
    """Run the command line."""
    app()


from clusters.cli import (  # noqa: E402, F401
    check,
    communities,
    compact,
    convert,
    diffusion,
    distribution,
    explain,
    export,
    flows,
    gravity,
    groups,
    growth,
    hierarchy,
    index,
    index_check,
    index_coupling,
    index_list,
    index_report,
    index_robustness,
    index_score,
    index_tiers,
    index_weights,
    indicators,
    init,
    names,
    places,
    polarisation,
    replay,
    report,
    sample,
    sensitivity,
    specialisation,
    structure,
    whatif,
)
