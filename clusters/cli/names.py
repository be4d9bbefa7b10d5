"""The group names: what names are made of, which may be one organisation, what a thesaurus changes."""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clusters.cli import app
from clusters.cli._common import Input, Language, Output, command, note, report_reading, tell
from clusters.errors import UsageError

if TYPE_CHECKING:
    from clusters.intake.thesaurus import Thesaurus
    from clusters.relations import Relations

names = typer.Typer(
    name="names",
    help="Names of organisations (机构名称): their parts, candidate pairs for a thesaurus, what one changes.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(names, name="names")


class Table(StrEnum):
    """What applying a thesaurus shows."""

    relations = "relations"
    changes = "changes"
    groups = "groups"
    degrees = "degrees"
    unused = "unused"


@command(names, example="clusters names features relations.csv --format table")
def features(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="Relations, a table of organisations, or a list of names."),
    ],
    output: Output,
    column: Annotated[
        str | None, typer.Option(metavar="NAME", help="Column of names, if it is not recognised.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Encoding of text files; default: BOM, UTF-8, GB18030.")
    ] = None,
    top: Annotated[int, typer.Option(min=0, help="Longest list, most frequent names first; 0 for all.")] = 0,
) -> None:
    """Show what each name is made of: core, legal form, place, branch, brackets."""
    from clusters import tables
    from clusters.intake.name_lists import read_names

    found = read_names(file, column=column, encoding=encoding)
    tell(found.notes, "note.warned")
    chosen = dict(found.counts)
    if top:
        order = sorted(chosen, key=lambda name: (-chosen[name], name))[:top]
        chosen = {name: chosen[name] for name in order}
    output.emit("names features", tables.name_features(chosen))


@command(names, example="clusters names suggest relations.csv --out review.csv")
def suggest(
    read: Input,
    output: Output,
    threshold: Annotated[
        float | None, typer.Option(metavar="SCORE", help="Least score, 0 to 100. Default 85.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many lines, best first.")] = None,
    merge_branches: Annotated[
        bool,
        typer.Option(
            "--merge-branches",
            help="Also suggest branches (北京分公司, a country in brackets) for their head office; "
            "by default they are kept apart.",
        ),
    ] = False,
    evaluate: Annotated[
        Path | None,
        typer.Option(
            metavar="LABELLED.csv",
            help="Print precision and recall by threshold on judged pairs (two names, yes or no) instead.",
        ),
    ] = None,
) -> None:
    """Suggest which names are one organisation, as a thesaurus to decide on; nothing is merged.

    Fill in the column preferred where you agree, then give the file to --names.
    """
    from clusters import tables
    from clusters.names.matching import THRESHOLD

    least = THRESHOLD if threshold is None else threshold
    if evaluate is not None:
        if read.relations is not None or limit is not None:
            raise UsageError("--evaluate reads judged pairs only", hint="leave out RELATIONS and --limit")
        from clusters.intake.name_lists import read_labelled

        labelled = read_labelled(evaluate)
        result = tables.name_evaluation(labelled, threshold=least, merge_branches=merge_branches)
    else:
        table = read.in_years(read.table())
        result = tables.name_suggestions(table, threshold=least, merge_branches=merge_branches, limit=limit)
    output.emit("names suggest", result)


@command(names, example="clusters names apply relations.csv --names thesaurus.csv --out replaced.csv")
def apply(
    read: Input,
    output: Output,
    table: Annotated[
        Table,
        typer.Option(
            help="relations: the table with names replaced, all columns kept; changes: nodes, edges and "
            "rows before and after; groups: organisations that were joined; degrees: largest changes; "
            "unused: lines of the thesaurus that do not occur."
        ),
    ] = Table.relations,
    stats: Annotated[bool, typer.Option("--stats", help="The same as --table changes.")] = False,
    top: Annotated[int, typer.Option(min=0, help="Longest list of degrees; 0 for all.")] = 20,
) -> None:
    """Replace names by a thesaurus, or show what it changes in the network."""
    from clusters import tables
    from clusters.intake.thesaurus import load_thesaurus

    if stats and table not in (Table.relations, Table.changes):
        raise UsageError(f"--stats is --table changes, not --table {table.value}")
    chosen = Table.changes if stats else table
    if read.relations is None or str(read.relations) == "-":
        raise UsageError("a table in a file is needed: its names are replaced", hint="name RELATIONS")
    thesaurus = load_thesaurus(_thesaurus_file(read))
    tell(thesaurus.notes(), "note.warned")
    if chosen == Table.relations:
        _replace(read, output, thesaurus)
        return
    before, after = _before_and_after(read)
    same = thesaurus.mapping
    if chosen == Table.changes:
        result = tables.name_changes(before, after, same)
    elif chosen == Table.groups:
        result = tables.name_groups(before, after, same)
    elif chosen == Table.degrees:
        result = tables.name_degrees(before, after, top=top)
    else:
        result = tables.unused_variants(before, same)
    output.emit("names apply", result)


def _thesaurus_file(read: Input) -> Path:
    from clusters.intake import config

    path = read.names
    if path is None and read.config is not None:
        named = config.load(read.config).names
        path = None if named is None else Path(named)
    if path is None:
        raise UsageError("no thesaurus is named", hint="add --names THESAURUS.csv")
    return path


def _before_and_after(read: Input) -> tuple[Relations, Relations]:
    """Read the table without and with the thesaurus, and choose kinds and years alike."""
    from clusters import relations
    from clusters.intake import config

    options = read.options({"cache": False})
    options["names"] = _thesaurus_file(read)
    after = relations.read_relations(read.relations, **options)
    settings = config.load(read.config) if read.config is not None else config.Config()
    without = {**options, "names": None, "config": dataclasses.replace(settings, names=None)}
    before = relations.read_relations(read.relations, **without)
    report_reading(after)
    kinds = read.kind_list()
    both = [relations.of_kinds(found, kinds) for found in (before, after)]
    return read.in_years(both[0]), read.in_years(both[1])


def _replace(read: Input, output: Output, thesaurus: Thesaurus) -> None:
    from clusters.intake import config
    from clusters.intake.name_lists import rename

    settings = config.load(read.config) if read.config is not None else config.Config()
    found = rename(
        str(read.relations),
        thesaurus.mapping,
        mapping={**settings.columns, **(read.mapping() or {})},
        encoding=read.encoding or settings.encoding,
        sheet=read.sheet or settings.sheet,
        separator=read.separator or settings.separator,
    )
    tell(found.notes, "note.warned")
    note("note.names_replaced", name=Path(str(read.relations)).name, n=found.cells)
    # Headings are the user's: none is translated.
    dataclasses.replace(output, lang=Language.en).emit("names apply", found.frame)
