"""The command index weights: what parts of an index count, and what a published one must have used."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clusters.cli._common import Output, command, note
from clusters.cli.index import IndicatorReading, index
from clusters.errors import DataError, UsageError

if TYPE_CHECKING:
    import pandas as pd

BACKWARDS = "Reading a published index backwards"
BY_SYSTEM = "Systems of weights"


class Upper(StrEnum):
    """What weighs aggregates among themselves."""

    data = "data"
    given = "given"
    equal = "equal"


class Backwards(StrEnum):
    """Means that can be read backwards."""

    arithmetic = "arithmetic"
    geometric = "geometric"


@command(index, name="weights", example="clusters index weights --recover kr36_2020")
def weights_(
    read: IndicatorReading,
    output: Output,
    framework: Annotated[
        str | None,
        typer.Argument(metavar="[FRAMEWORK]", help="Framework: a shipped one, TOML, or a hierarchy table."),
    ] = None,
    indicators: Annotated[
        str | None,
        typer.Argument(metavar="[INDICATORS]", help="Table of indicators, for weights from data."),
    ] = None,
    system: Annotated[
        str | None,
        typer.Option(
            metavar="SYSTEM",
            help="given; equal (nested) or equal_effective (indicators the same in the score); from data: "
            "entropy (熵权), critic, cv (变异系数), deviation, pca, optimised (parts decide what their given "
            "weights say); ahp (层次分析法); combined. Default: the framework's.",
            rich_help_panel=BY_SYSTEM,
        ),
    ] = None,
    upper: Annotated[
        Upper | None,
        typer.Option(
            help="What weighs groups among themselves: the same system on their values (data, default), "
            "their given weights, or equal ones.",
            rich_help_panel=BY_SYSTEM,
        ),
    ] = None,
    reference_year: Annotated[
        int | None,
        typer.Option(
            help="Year of a panel that weights from data come from; default the last.",
            rich_help_panel=BY_SYSTEM,
        ),
    ] = None,
    matrix: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Pairwise comparisons for ahp: a table of one group (a triangle will do), or TOML with one "
            "matrix per group.",
            rich_help_panel=BY_SYSTEM,
        ),
    ] = None,
    of: Annotated[
        str | None,
        typer.Option(
            metavar="SYSTEM,SYSTEM",
            help="Systems that combined multiplies; default entropy,critic.",
            rich_help_panel=BY_SYSTEM,
        ),
    ] = None,
    allow_constant: Annotated[
        bool,
        typer.Option(
            "--allow-constant",
            help="Let indicators that do not vary go without a score.",
            rich_help_panel=BY_SYSTEM,
        ),
    ] = False,
    force_impute: Annotated[
        bool,
        typer.Option(
            "--force-impute",
            help="Keep units of which more than a third was filled in.",
            rich_help_panel=BY_SYSTEM,
        ),
    ] = False,
    recover: Annotated[
        str | None,
        typer.Option(
            metavar="PUBLISHED",
            help="Table of printed sub-scores and totals, or a published one that is shipped (kr36_2020).",
            rich_help_panel=BACKWARDS,
        ),
    ] = None,
    total: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="Column of the totals; default total, score, 总分 ...",
            rich_help_panel=BACKWARDS,
        ),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,C",
            help="Columns of the sub-scores; default all other numbers.",
            rich_help_panel=BACKWARDS,
        ),
    ] = None,
    grid: Annotated[
        str | None,
        typer.Option(
            metavar="STEP,STEP",
            help="Steps of round weights; default 0.05,0.01; none for none.",
            rich_help_panel=BACKWARDS,
        ),
    ] = None,
    last_digit: Annotated[
        float | None,
        typer.Option(
            metavar="U",
            help="Unit of the last printed digit, such as 0.01; default: that of each column.",
            rich_help_panel=BACKWARDS,
        ),
    ] = None,
    leave_out: Annotated[
        str | None,
        typer.Option(metavar="UNIT,UNIT", help="Rows to leave out.", rich_help_panel=BACKWARDS),
    ] = None,
    signed: Annotated[
        bool, typer.Option("--signed", help="Weights may be negative.", rich_help_panel=BACKWARDS)
    ] = False,
    any_sum: Annotated[
        bool,
        typer.Option("--any-sum", help="Weights need not sum to 1.", rich_help_panel=BACKWARDS),
    ] = False,
    constant: Annotated[
        bool,
        typer.Option("--constant", help="Totals may have an unknown constant.", rich_help_panel=BACKWARDS),
    ] = False,
    mean: Annotated[
        Backwards | None,
        typer.Option(help="Mean that made the totals; default arithmetic.", rich_help_panel=BACKWARDS),
    ] = None,
    residuals: Annotated[
        bool,
        typer.Option(
            "--residuals",
            help="What the weights leave of each total, instead of the weights.",
            rich_help_panel=BACKWARDS,
        ),
    ] = False,
) -> None:
    """Weights of an index: within groups and in the score, by any system; or those of a published index.

    With --recover, printed sub-scores and totals tell the weights: least squares, the interval that
    rounding leaves to each weight, and the round weights that explain every total, if there are any.
    """
    by_system: dict[str, Any] = {
        "--system": system,
        "--upper": upper,
        "--reference-year": reference_year,
        "--matrix": matrix,
        "--of": of,
        "--allow-constant": allow_constant or None,
        "--force-impute": force_impute or None,
        "FRAMEWORK": framework,
    }
    backwards = {
        "--total": total,
        "--columns": columns,
        "--grid": grid,
        "--last-digit": last_digit,
        "--leave-out": leave_out,
        "--signed": signed or None,
        "--any-sum": any_sum or None,
        "--constant": constant or None,
        "--mean": mean,
        "--residuals": residuals or None,
    }
    by_system |= {"--map": read.map or None, "--name": read.name} if recover is not None else {}
    _one_way(recover, by_system, backwards)
    if recover is not None:
        options: dict[str, Any] = {
            "unit": last_digit,
            "nonnegative": not signed,
            "sum_to_one": not any_sum,
            "intercept": constant,
            "mean": "arithmetic" if mean is None else mean.value,
        }
        if grid is not None:
            options["grid"] = _steps(grid)
        names: dict[str, Any] = {
            "total": total,
            "columns": _listed(columns),
            "leave_out": _listed(leave_out),
        }
        output.emit("index weights", _recovered(read, recover, residuals, options, **names))
        return
    from clusters import tables
    from clusters.index.comparisons import read_comparisons
    from clusters.index.frameworks import read_framework

    tree = read_framework(str(framework))
    found = tables.index_weights(
        tree,
        None if indicators is None else read.table(indicators, tree),
        system=None if system is None else system.strip().lower().replace("-", "_"),
        reference_year=reference_year,
        allow_constant=allow_constant,
        force_impute=force_impute,
        upper=None if upper is None else upper.value,
        matrices=None if matrix is None else read_comparisons(matrix, tree),
        of=None if of is None else tuple(part.strip().replace("-", "_") for part in of.split(",")),
    )
    output.emit("index weights", found)


def _one_way(recover: str | None, by_system: dict[str, Any], backwards: dict[str, Any]) -> None:
    """Refuse options of the way that is not gone."""
    if recover is None and by_system["FRAMEWORK"] is None:
        raise UsageError("name a framework, or a published table with --recover")
    wrong = [
        name for name, value in (backwards if recover is None else by_system).items() if value is not None
    ]
    if wrong:
        raise UsageError(f"{wrong[0]} {'needs' if recover is None else 'does not go with'} --recover")


def _recovered(
    read: IndicatorReading,
    source: str,
    residuals: bool,
    options: dict[str, Any],
    *,
    total: str | None,
    columns: list[str] | None,
    leave_out: list[str] | None,
) -> pd.DataFrame:
    """Read a published index backwards."""
    from clusters import tables
    from clusters.cli._common import tell
    from clusters.index.frameworks import read_framework, shipped
    from clusters.index.recover import recover
    from clusters.intake.printed import read_printed

    reading = {"unit": read.unit, "year": read.year, "encoding": read.encoding}
    reading |= {"sheet": read.sheet, "separator": read.separator}
    printed = read_printed(source, total=total, columns=columns, **reading)
    tell(printed.warnings, "note.warned")
    note("note.recover_used", total=str(printed.totals.name), columns=[str(c) for c in printed.scores])
    unknown = [unit for unit in leave_out or () if unit not in printed.totals.index]
    if unknown:
        raise DataError(f"{printed.file}: {unknown[0]!r} is not among the units (--leave-out)")
    kept = ~printed.totals.index.isin(leave_out or [])
    try:
        found = recover(printed.scores[kept], printed.totals[kept], **options)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if residuals:
        return tables.recovered_residuals(found)
    known = read_framework(printed.file) if printed.file in shipped() else None
    return tables.recovered_weights(found, known)


def _listed(text: str | None) -> list[str] | None:
    return None if text is None else [part.strip() for part in text.split(",") if part.strip()]


def _steps(text: str) -> list[float]:
    if text.strip().lower() == "none":
        return []
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise UsageError(f"--grid {text!r} is not a list of steps", hint="for example 0.05,0.01") from None
