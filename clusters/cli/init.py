"""``clusters init``: a settings file for a table, proposed from what stands in it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clusters.cli import app
from clusters.cli._common import READING, RESULT, Language, command, note, print_result, tell
from clusters.errors import ClustersError, UsageError

if TYPE_CHECKING:
    from clusters.intake.proposal import Proposal, Tried


@command(app, example="clusters init events.csv --out events.toml --lang zh")
def init(
    table: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="Relation table: CSV, TSV, .gz, XLSX, XLS, ODS, Parquet."),
    ],
    nodes: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Attributes of organisations.", rich_help_panel=READING),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(help="Encoding of text files; default: BOM, UTF-8, GB18030.", rich_help_panel=READING),
    ] = None,
    sheet: Annotated[
        str | None,
        typer.Option(help="Sheet of a workbook; default: the one that fits.", rich_help_panel=READING),
    ] = None,
    separator: Annotated[
        str | None,
        typer.Option(help="Separator of text files, if it is not found by itself.", rich_help_panel=READING),
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="FILE.toml", help="Write here; - for the screen.", rich_help_panel=RESULT)
    ] = Path("clusters.toml"),
    lang: Annotated[Language, typer.Option(help="Language of the comments.", rich_help_panel=RESULT)] = (
        Language.en
    ),
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite an existing file.", rich_help_panel=RESULT)
    ] = False,
) -> None:
    """Propose a settings file for a table: columns, kinds, years, places; it asks nothing.

    What the headers and values say goes into a TOML file with comments, for --config of every
    command. Guesses are marked; what cannot be told stays a comment with its alternatives.
    """
    from clusters.export.files import atomic_path, check_target
    from clusters.intake.proposal import propose, written

    if str(table) == "-":
        raise UsageError("init looks at a file, not at standard input", hint="save the table in a file first")
    screen = str(out) == "-"
    if not screen:
        check_target(out, force=force)
    proposal = propose(table, nodes=nodes, encoding=encoding, sheet=sheet, separator=separator)
    tried = _tried(proposal)
    text = written(
        proposal,
        tried,
        folder=Path(os.path.abspath(out)).parent if not screen else Path.cwd(),
        lang=lang.value,
        out="" if screen else str(out),
    )
    if screen:
        print_result(text)
    else:
        with atomic_path(out, force=force) as temporary:
            temporary.write_text(text, encoding="utf-8", newline="\n")
        note("note.wrote", path=out)
    _tell(proposal, tried)


def _tried(proposal: Proposal) -> Tried:
    """Read the table in the way that is proposed."""
    from clusters.intake.proposal import Tried
    from clusters.relations import read_relations
    from clusters.sentences import Note

    try:
        table = read_relations(config=proposal.config, cache=False)
    except ClustersError as error:
        return Tried(fault=str(error.args[0]))
    account = table.account
    if account.rows != proposal.raw.rows:
        # A title with the names of most columns: the first such line is read as the header.
        return Tried(fault=Note("note.init_other_header", rows=account.rows, expected=proposal.raw.rows))
    return Tried(
        rows=account.rows,
        accepted=account.accepted,
        rejected=account.rejected,
        self_loops=account.self_loops,
        duplicates=account.duplicates,
        relations=account.relations,
        nodes=len(table.nodes),
        reasons=tuple(sorted(account.reasons.items())),
        warnings=account.warnings,
    )


def _tell(proposal: Proposal, tried: Tried) -> None:
    """Say what needs a look before the file is used."""
    from clusters.sentences import Note

    found = proposal.found
    if proposal.layout is not None:
        tell([Note("note.init_layout", layout=proposal.layout, path=proposal.path)])
    if found.guessed:
        tell([Note("note.init_guesses", n=len(found.guessed))])
    if found.undecided:
        tell([Note("note.init_undecided", n=len(found.undecided))])
    if tried.fault:
        tell([Note("note.init_unreadable", why=tried.fault)], "note.warned")
