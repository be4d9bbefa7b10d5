"""What all commands share: how a table is read, where a result goes, how errors end.

A command is a plain function. A parameter annotated with a dataclass, such as ``Input`` or
``Output``, is spread into the options of that class, so the common options are written once:

    @command(app, example="clusters structure relations.csv --lang zh")
    def structure(read: Input, output: Output, convention: ... = "gephi") -> None:
        ...
        output.emit("structure", table)

The wrapper turns a ``ClustersError`` into one message on stderr and its exit code.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import inspect
import os
import signal
import sys
import threading
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clusters.cli._progress import shown
from clusters.cli._terminal import say_aside, visible
from clusters.errors import ClustersError, DataError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from clusters.engines.large import LargeRelations
    from clusters.networks import Parallel as EdgeChoice
    from clusters.networks import ValueNetwork
    from clusters.relations import Relations


class Language(StrEnum):
    """Language of printed words."""

    en = "en"
    zh = "zh"


class Format(StrEnum):
    """Forms of a result."""

    table = "table"
    csv = "csv"
    json = "json"
    markdown = "markdown"
    xlsx = "xlsx"
    parquet = "parquet"


class Parallel(StrEnum):
    """What counts as one edge."""

    merge = "merge"
    kinds = "kinds"
    relations = "relations"


class Keep(StrEnum):
    """Whether self-loops or exact doubles are dropped or kept."""

    drop = "drop"
    keep = "keep"


@dataclass
class State:
    """Switches before the command name, and the language of the command."""

    quiet: bool = False
    debug: bool = False
    lang: str = "en"
    """Language of notes and warnings: that of the command's words."""


STATE = State()

READING = "Reading"
CHOOSING = "Choosing"
RESULT = "Result"


@dataclass(frozen=True)
class Input:
    """Options of every command that reads relations."""

    relations: Annotated[
        str | None,
        typer.Argument(
            metavar="[RELATIONS]",
            help="Relation table: CSV, TSV, .gz, XLSX, Parquet; - for standard input. "
            "Left out: the table that --config names, or else the embedded synthetic sample.",
        ),
    ] = None
    nodes: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Attributes of organisations.", rich_help_panel=READING),
    ] = None
    map: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=COLUMN", help="Which column is which; repeatable.", rich_help_panel=READING
        ),
    ] = None
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.toml",
            help="Reading options in a file, as clusters init proposes one.",
            rich_help_panel=READING,
        ),
    ] = None
    encoding: Annotated[
        str | None,
        typer.Option(help="Encoding of text files; default: BOM, UTF-8, GB18030.", rich_help_panel=READING),
    ] = None
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook.", rich_help_panel=READING)] = None
    separator: Annotated[
        str | None,
        typer.Option(help="Separator of text files, if it is not found by itself.", rich_help_panel=READING),
    ] = None
    year_range: Annotated[
        str | None,
        typer.Option(
            metavar="FIRST:LAST",
            help="Years that can be right; others are rejected. Default 1900:2100.",
            rich_help_panel=READING,
        ),
    ] = None
    names: Annotated[
        Path | None,
        typer.Option(
            metavar="THESAURUS.csv", help="Names that mean the same organisation.", rich_help_panel=READING
        ),
    ] = None
    loops: Annotated[
        Keep | None,
        typer.Option(help="Self-loops; default drop (counted).", rich_help_panel=READING),
    ] = None
    duplicates: Annotated[
        Keep | None,
        typer.Option(help="Exact doubles of a row; default drop (counted).", rich_help_panel=READING),
    ] = None
    placeholders: Annotated[
        Keep | None,
        typer.Option(
            help="Rows with an end such as 未透露 (undisclosed); default drop (rejected, counted).",
            rich_help_panel=READING,
        ),
    ] = None
    parallel: Annotated[
        Parallel | None,
        typer.Option(
            help="One edge is: an ordered pair (merge), a pair per kind, or every relation.",
            rich_help_panel=CHOOSING,
        ),
    ] = None
    years: Annotated[
        str | None,
        typer.Option(metavar="FIRST:LAST", help="Years to report.", rich_help_panel=CHOOSING),
    ] = None
    mode: Annotated[
        str,
        typer.Option(
            metavar="cumulative|yearly|window:N",
            help="Which years one network holds.",
            rich_help_panel=CHOOSING,
        ),
    ] = "cumulative"
    kinds: Annotated[
        str | None,
        typer.Option(metavar="KIND,KIND", help="Kinds of relation; default all.", rich_help_panel=CHOOSING),
    ] = None
    seed: Annotated[int, typer.Option(help="Seed of everything random.", rich_help_panel=CHOOSING)] = 0

    def __post_init__(self) -> None:
        """Take the relation table that ``--config`` names where the command names none."""
        if self.relations is None and self.config is not None:
            from clusters.intake.config import load

            named = load(self.config).relations
            if named is None:
                raise DataError(
                    f"{self.config.name} names no relation table, and neither does the command",
                    hint=f'add relations = "FILE" to {self.config.name}, or name the table before --config',
                )
            object.__setattr__(self, "relations", str(named))

    def options(self, defaults: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the keyword options of ``read_relations`` that the user or the command set."""
        chosen: dict[str, Any] = dict(defaults or {})
        given = {
            "nodes": self.nodes,
            "mapping": self.mapping(),
            "config": self.config,
            "encoding": self.encoding,
            "sheet": self.sheet,
            "separator": self.separator,
            "year_range": self.plausible_years(),
            "names": self.names,
            "loops": self.loops and self.loops.value,
            "duplicates": self.duplicates and self.duplicates.value,
            "placeholders": self.placeholders and self.placeholders.value,
        }
        chosen.update({name: value for name, value in given.items() if value is not None})
        return chosen

    def mapping(self) -> dict[str, str] | None:
        """Return ``--map`` as a mapping from canonical name to the file's column."""
        return column_mapping(self.map, "for example --map source=企业名称")

    def table(self, *, all_kinds: bool = False, **defaults: Any) -> Relations:
        """Read, check and filter by ``--kinds``; notes and warnings go to stderr."""
        from clusters import relations

        if self.relations is None:
            table = relations.sample()
            note("note.sample")
        else:
            table = relations.read_relations(self.relations, **self.options(defaults))
            report_reading(table)
        return table if all_kinds else relations.of_kinds(table, self.kind_list())

    def kind_list(self) -> list[str] | None:
        """Return ``--kinds`` as canonical labels, or ``None`` for all."""
        if self.kinds is None:
            return None
        from clusters.intake.values import canonical_kind

        chosen = [canonical_kind(k.strip()) for k in self.kinds.split(",") if k.strip()]
        if not chosen:
            raise UsageError("--kinds names no kind", hint="for example --kinds technology,talent")
        return chosen

    def plausible_years(self) -> tuple[int, int] | None:
        """Return ``--year-range`` as (first, last), or ``None`` where it was left out."""
        if self.year_range is None:
            return None
        low, high = _range("--year-range", self.year_range)
        if low is None or high is None:
            raise UsageError(
                f"--year-range {self.year_range!r} needs both ends", hint="for example 1900:2100"
            )
        return low, high

    def year_limits(self) -> tuple[int | None, int | None]:
        """Return ``--years`` as (first, last); either may be open."""
        return (None, None) if self.years is None else _range("--years", self.years)

    def chosen_years(self, table: Relations | LargeRelations) -> list[int] | None:
        """Return the years of ``--years`` that occur in the table, or ``None`` for all."""
        low, high = self.year_limits()
        if low is None and high is None:
            return None
        if not table.dated:
            raise UsageError("--years was given, but the table has no year column")
        years = [y for y in table.years if (low is None or y >= low) and (high is None or y <= high)]
        if not years:
            has = f"{table.years[0]} to {table.years[-1]}" if table.years else "none at all"
            raise UsageError(f"--years {self.years}: the table has no relation in these years (it has {has})")
        return years

    def in_years(self, table: Relations) -> Relations:
        """Keep the relations dated within ``--years`` (flows, compositions)."""
        from clusters.relations import in_years

        self.chosen_years(table)
        return in_years(table, *self.year_limits())

    def edges(self) -> EdgeChoice:
        """Return ``--parallel``, by default one edge per ordered pair."""
        return self.parallel.value if self.parallel else "merge"

    def networks(
        self, table: Relations, *, isolates: bool = False, parallel: str = "merge"
    ) -> Mapping[int | None, ValueNetwork]:
        """Build the networks of ``--years`` in the chosen mode."""
        from clusters import networks

        return networks.by_mode(
            table,
            self.mode,
            years=self.chosen_years(table),
            parallel=self.parallel.value if self.parallel else parallel,
            isolates=isolates,
        )


class Where(StrEnum):
    """Where relations are counted."""

    memory = "memory"
    duckdb = "duckdb"


LARGE = "Tables larger than memory"
Memory = Annotated[
    str | None,
    typer.Option(
        metavar="SIZE", help="Most that DuckDB holds in memory; default 2GB.", rich_help_panel=LARGE
    ),
]
Threads = Annotated[
    int | None,
    typer.Option(min=1, help="Threads of DuckDB; default all processors.", rich_help_panel=LARGE),
]
Temp = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="For DuckDB's temporary files, about as much as the input.",
        rich_help_panel=LARGE,
    ),
]


@dataclass(frozen=True)
class Engine:
    """Options of commands that can count a table larger than memory."""

    engine: Annotated[
        Where,
        typer.Option(
            help="duckdb counts on disk, for a table larger than memory (CSV, TSV, .gz, Parquet; a pattern "
            "such as 'relations-*.csv' names several files); needs pip install 'clusters[big]'.",
            rich_help_panel=LARGE,
        ),
    ] = Where.memory
    memory: Memory = None
    threads: Threads = None
    temp: Temp = None

    @property
    def large(self) -> bool:
        """Whether the table is counted on disk; else the other options mean nothing."""
        given = {"--memory": self.memory, "--threads": self.threads, "--temp": self.temp}
        unused = [name for name, value in given.items() if value is not None]
        if self.engine == Where.memory and unused:
            raise UsageError(f"{unused[0]} is an option of --engine duckdb")
        return self.engine == Where.duckdb

    @contextlib.contextmanager
    def table(
        self, read: Input, *, all_kinds: bool = False, keep_rejects: bool = False
    ) -> Iterator[LargeRelations]:
        """Read and check on disk and filter by ``--kinds``; notes and warnings go to stderr."""
        from clusters import relations
        from clusters.engines.large import read_large

        chosen = read.options()
        if chosen.pop("sheet", None) is not None:
            raise UsageError("--sheet names a sheet of a workbook, which --engine duckdb does not read")
        path: Path | str | None = read.relations
        if path is None:
            folder = Path(relations.__file__).parent / "reference" / "sample"
            path, chosen = folder / "relations.csv.gz", {"nodes": folder / "nodes.csv.gz"}
        if self.memory is not None:
            chosen["memory"] = self.memory
        with read_large(
            path, threads=self.threads, folder=self.temp, keep_rejects=keep_rejects, **chosen
        ) as table:
            if read.relations is None:
                note("note.sample")
            else:
                report_reading(table)
            yield table if all_kinds else table.of_kinds(read.kind_list())


def column_mapping(items: Iterable[str] | None, example: str) -> dict[str, str] | None:
    """Read the NAME=COLUMN of ``--map``; ``None`` where it was left out."""
    result: dict[str, str] = {}
    for item in items or ():
        name, equals, column = item.partition("=")
        if not equals or not name.strip() or not column.strip():
            raise UsageError(f"--map {item!r} is not NAME=COLUMN", hint=example)
        result[name.strip()] = column.strip()
    return result or None


def _range(option: str, text: str) -> tuple[int | None, int | None]:
    """Read FIRST:LAST; an end left out is open, one year alone is both ends."""
    first, colon, last = text.partition(":")
    try:
        low = int(first) if first.strip() else None
        high = (int(last) if last.strip() else None) if colon else low
    except ValueError:
        raise UsageError(f"{option} {text!r} is not FIRST:LAST", hint="for example 2014:2022") from None
    if low is not None and high is not None and low > high:
        raise UsageError(f"{option} {text!r}: the first year is after the last")
    return low, high


@dataclass(frozen=True)
class Output:
    """Options of every command that gives a table."""

    lang: Annotated[Language, typer.Option(help="Language of printed words.", rich_help_panel=RESULT)] = (
        Language.en
    )
    format: Annotated[
        Format | None,
        typer.Option(
            help="Default: table on a terminal, csv in a pipe, else by the ending of --out.",
            rich_help_panel=RESULT,
        ),
    ] = None
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write here.", rich_help_panel=RESULT)] = (
        None
    )
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite existing files.", rich_help_panel=RESULT)
    ] = False

    def __post_init__(self) -> None:
        """Take ``--out -`` for standard output, as ``-`` is standard input for a table."""
        if str(self.out) == "-":
            object.__setattr__(self, "out", None)

    def check(self) -> None:
        """Refuse an unusable target before any work is done."""
        from clusters.export.files import check_target
        from clusters.export.tabular import FILE_ONLY, SUFFIXES

        fmt = self.format.value if self.format else None
        if self.out is None:
            if fmt in FILE_ONLY:
                raise UsageError(f"--format {fmt} needs --out FILE")
            return
        if fmt is None and self.out.suffix.lower() not in SUFFIXES:
            raise UsageError(
                f"{self.out}: the ending {self.out.suffix!r} names no format",
                hint=f"use {', '.join(SUFFIXES)} or --format",
            )
        check_target(self.out, force=self.force)

    def emit(self, command: str, frame: pd.DataFrame) -> None:
        """Print or write a result; its notes go into JSON, else to stderr."""
        from clusters.export import tabular

        notes = tabular.notes_of(frame, self.lang.value)
        fmt = self.format.value if self.format else None
        if self.out is not None:
            tabular.write(
                frame, self.out, fmt=fmt, command=command, lang=self.lang.value, notes=notes, force=self.force
            )
            note("note.wrote", path=self.out)
        else:
            fmt = fmt or ("table" if sys.stdout.isatty() else "csv")
            text = tabular.render(frame, fmt, command=command, lang=self.lang.value, notes=notes)
            print_result(text)
        if fmt != "json":
            tell(notes)


def print_result(text: str) -> None:
    """Write a result to stdout as UTF-8, whatever the locale."""
    buffer = getattr(sys.stdout, "buffer", None)
    try:
        sys.stdout.flush()
        if buffer is None or sys.stdout.isatty():
            sys.stdout.write(visible(text))
        else:
            buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        # What is left in the buffer could not be written at exit either.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise DataError(f"standard output cannot be written ({error.strerror})") from None


def note(term: str, /, **values: Any) -> None:
    """Say a sentence of the sentence table beside the result, on stderr."""
    from clusters.sentences import Note

    tell([Note(term, **values)])


def tell(notes: Iterable[str], label: str = "note.said") -> None:
    """Say notes on stderr in the language of the command."""
    from clusters.sentences import in_language, say

    if not STATE.quiet:
        for text in notes:
            say_aside(say(label, STATE.lang, text=in_language(text, STATE.lang)))


def report_reading(table: Relations | LargeRelations) -> None:
    """Say what reading did with the rows."""
    account = table.account
    if account.rejected or account.self_loops or account.duplicates:
        note(
            "note.reading",
            rows=account.rows,
            accepted=account.accepted,
            rejected=account.rejected,
            loops=account.self_loops,
            doubles=account.duplicates,
            used=account.relations,
        )
    tell(account.warnings, "note.warned")


def command(
    app: typer.Typer, *, name: str | None = None, example: str
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function as a command with spread options, an example and one-line errors."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        wrapped = _spread(function)
        # Typer joins single lines of an epilog; an empty line keeps the example apart.
        return app.command(name=name, epilog=f"Example:\n\n{example}")(wrapped)

    return register


def _spread(function: Callable[..., None]) -> Callable[..., None]:
    hints = typing.get_type_hints(function, include_extras=True)
    groups: dict[str, type[Any]] = {}
    parameters: list[inspect.Parameter] = []
    for parameter in inspect.signature(function).parameters.values():
        kind = hints[parameter.name]
        if isinstance(kind, type) and dataclasses.is_dataclass(kind):
            groups[parameter.name] = kind
            parameters.extend(_options(kind))
        else:
            parameters.append(parameter.replace(annotation=kind, kind=inspect.Parameter.KEYWORD_ONLY))
    first = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in parameters]

    @functools.wraps(function)
    def run(**given: Any) -> None:
        STATE.lang = str(given.get("lang") or "en")
        with errors(), clean_stop(), shown(STATE.lang, quiet=STATE.quiet):
            for group_name, kind in groups.items():
                names = [f.name for f in dataclasses.fields(kind)]
                given[group_name] = kind(**{n: given.pop(n) for n in names})
            for value in given.values():
                if isinstance(value, Output):
                    value.check()
            function(**given)

    run.__signature__ = inspect.Signature(first)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in first}
    return run


def _options(kind: type[Any]) -> list[inspect.Parameter]:
    """Return the parameters of an option group: one for every field; one without a default is required."""
    hints = typing.get_type_hints(kind, include_extras=True)
    return [
        inspect.Parameter(
            f.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if f.default is dataclasses.MISSING else f.default,
            annotation=hints[f.name],
        )
        for f in dataclasses.fields(kind)
    ]


def refuse(table: str, given: Mapping[str, tuple[bool, Iterable[str]]]) -> None:
    """Refuse an option that the table asked for does not know, rather than leave it without effect.

    ``given`` says for each option whether it was used and which tables know it.
    """
    for option, (used, tables) in given.items():
        if used and table not in (known := list(tables)):
            said = ", ".join(f"--table {name}" for name in known)
            raise UsageError(f"{option} is not known to --table {table}", hint=f"it goes with {said}")


def known_level(level: str, names: Iterable[object], usual: str = "province") -> None:
    """Refuse a place level that was asked for and that the table does not have."""
    known = sorted(map(str, names))
    if level != usual and level not in known:
        has = ", ".join(known) or "none"
        raise UsageError(f"--level {level}: organisations have no column of that name; they have {has}")


@contextlib.contextmanager
def clean_stop() -> Iterator[None]:
    """Leave on SIGTERM as on Ctrl-C, so that nothing half-made stays behind."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what a signal does
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def errors() -> Iterator[None]:
    """Turn errors into one message and an exit code; ``--debug`` shows where they arose.

    A message that the sentence table holds is said in the language of the command.
    """
    try:
        yield
    except ClustersError as error:
        if STATE.debug:
            raise
        from clusters.sentences import in_language

        say_aside(f"error: {in_language(error.args[0], STATE.lang)}")
        if error.hint:
            say_aside(f"hint: {error.hint}")
        raise typer.Exit(error.exit_code) from None
    except (typer.Exit, typer.Abort, KeyboardInterrupt):
        raise
    except BrokenPipeError:
        # The reader of our output (head, less) has gone: nothing to complain about.
        with contextlib.suppress(OSError):
            sys.stdout.close()
        raise typer.Exit(0) from None
    except Exception as error:
        if STATE.debug:
            raise
        say_aside(
            f"error: unexpected {type(error).__name__}: {error}\n"
            "hint: this is a fault of the program; clusters --debug COMMAND shows where"
        )
        raise typer.Exit(1) from None
