"""Options that override what a framework chooses, the same for all commands that score."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clusters.cli.index import Indicators
from clusters.errors import UsageError

if TYPE_CHECKING:
    from clusters.index.framework import Framework, Normalisation, Steps, TierRule
    from clusters.index.scoring import IndexResult
    from clusters.intake.indicators import IndicatorTable

STEPS = "Steps (default: as the framework says)"


@dataclass(frozen=True, kw_only=True)
class Choices:
    """Options for the steps of an index."""

    normalise: Annotated[
        str | None,
        typer.Option(
            metavar="METHOD[:A:B]",
            help="min-max, efficacy (功效系数), z-score, rank, borda, percentile, max, share, none; "
            "min-max:1:100 runs from 1 to 100.",
            rich_help_panel=STEPS,
        ),
    ] = None
    mean: Annotated[
        str | None,
        typer.Option(
            metavar="METHOD[:P]",
            help="arithmetic, geometric, harmonic, power:P, mpi (Mazziotta-Pareto), topsis, copeland.",
            rich_help_panel=STEPS,
        ),
    ] = None
    weights: Annotated[
        str | None,
        typer.Option(
            metavar="SYSTEM",
            help="given, equal, equal_effective, entropy (熵权), critic, cv, deviation, pca, combined.",
            rich_help_panel=STEPS,
        ),
    ] = None
    impute: Annotated[
        str | None,
        typer.Option(
            metavar="METHOD[:COLUMN]",
            help="none, mean, median, zero, linear, nearest; group_mean:COLUMN and group_median:COLUMN.",
            rich_help_panel=STEPS,
        ),
    ] = None
    outliers: Annotated[
        bool | None,
        typer.Option("--outliers/--no-outliers", help="Treat outliers.", rich_help_panel=STEPS),
    ] = None
    by_year: Annotated[
        bool | None,
        typer.Option(
            "--by-year/--pooled",
            help="Normalise each year of a panel by itself, or all together.",
            rich_help_panel=STEPS,
        ),
    ] = None
    reference_year: Annotated[
        int | None,
        typer.Option(
            help="Year that weights from data are taken from; default the last.", rich_help_panel=STEPS
        ),
    ] = None
    allow_constant: Annotated[
        bool,
        typer.Option(
            "--allow-constant",
            help="Leave out indicators that are the same everywhere; else an error.",
            rich_help_panel=STEPS,
        ),
    ] = False
    force_impute: Annotated[
        bool,
        typer.Option(
            "--force-impute",
            help="Keep units of which more than a third was filled in; else an error.",
            rich_help_panel=STEPS,
        ),
    ] = False

    def applied(self, framework: Framework) -> Framework:
        """Return the framework with these choices in place of its own."""
        from clusters.index._weighing import SYSTEMS
        from clusters.index.aggregate import MEANS
        from clusters.index.impute import METHODS as IMPUTATIONS

        steps = framework.steps
        changes: dict[str, Any] = {}
        if self.weights is not None and _known("--weights", self.weights, SYSTEMS) != steps.weights:
            changes |= {"weights": self.weights, "weights_options": {}}
        if self.impute is not None:
            changes |= _imputation(self.impute, IMPUTATIONS, steps)
        if self.outliers is not None:
            changes["outliers"] = (steps.outliers or {}) if self.outliers else None
        if self.by_year is not None:
            changes["by_year"] = self.by_year
        if self.normalise is not None:
            choice = _normalisation(self.normalise)
            changes["normalise"] = choice
            framework = _normalised_alike(framework)
        if self.mean is not None:
            changes |= _mean(self.mean, MEANS, steps)
            aggregates = tuple(dataclasses.replace(node, mean=None) for node in framework.aggregates)
            framework = dataclasses.replace(framework, aggregates=aggregates)
        return dataclasses.replace(framework, steps=dataclasses.replace(steps, **changes))

    def score(self, read: Indicators, tiers: str | None = None) -> tuple[Framework, IndexResult]:
        """Read framework and indicators, apply the choices and score; return the framework as read, too."""
        from clusters.index.frameworks import read_framework

        framework = read_framework(read.framework)
        if tiers is not None:
            framework = dataclasses.replace(framework, tiers=tier_rule(tiers))
        return framework, self.scored(framework, read, read.indicators)

    def scored(self, framework: Framework, read: Indicators, source: str) -> IndexResult:
        """Read a table for a framework and score it by these choices."""
        return self.score_table(framework, read.table(source, self.applied(framework)))

    def score_table(self, framework: Framework, table: IndicatorTable) -> IndexResult:
        """Score a table by these choices."""
        from clusters.index.scoring import score

        if self.by_year and not table.panel:
            raise UsageError(
                "--by-year was given, but the table has no years", hint="--year names their column"
            )
        with usage():
            return score(
                self.applied(framework),
                table,
                reference_year=self.reference_year,
                allow_constant=self.allow_constant,
                force_impute=self.force_impute,
            )


@contextlib.contextmanager
def usage() -> Iterator[None]:
    """Say choices that do not go together as a wrong request."""
    try:
        yield
    except ValueError as error:
        raise UsageError(str(error)) from error


def tier_rule(text: str) -> TierRule | None:
    """Read --tiers: ``none``, or a method and what it needs, such as ``sizes:10,10,rest``."""
    from clusters.index.framework import TierRule
    from clusters.index.tiers import METHODS

    if text.strip() == "none":
        return None
    method, _, rest = text.strip().replace("-", "_").partition(":")
    _known("--tiers", method, METHODS)
    parts = [part.strip() for part in rest.split(",") if part.strip()]
    if method in ("sizes", "thresholds"):
        if not parts:
            raise UsageError(f"--tiers {text!r} names no {method}", hint="for example sizes:10,10,rest")
        return TierRule(method, {method: [p if p == "rest" else _number("--tiers", p) for p in parts]})
    if not parts:
        return TierRule(method)
    options: Mapping[str, Any] = {"limit": _number("--tiers", parts[0])}
    if method != "head_tail":
        options = {"k": int(_number("--tiers", parts[0]))}
    return TierRule(method, options)


def names(text: str | None) -> list[str] | None:
    """Read a list of units: separated by commas, Chinese ones too."""
    if text is None:
        return None
    for mark in "，、;；":
        text = text.replace(mark, ",")
    found = [part.strip() for part in text.split(",") if part.strip()]
    if not found:
        raise UsageError("--units names no unit", hint="for example --units 北京,上海")
    return found


def _known(option: str, word: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    from clusters.index._nodes import near

    if word not in known:
        guess = near(word, known)
        raise UsageError(
            f"{option} {word!r} is not known; use {', '.join(known)}",
            hint=f"is {guess!r} meant?" if guess else "",
        )
    return word


def _number(option: str, text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        raise UsageError(f"{option}: {text!r} is not a number") from None
    return int(found) if found.is_integer() else found


def _normalisation(text: str) -> Normalisation:
    from clusters.index.framework import Normalisation
    from clusters.index.normalise import METHODS, REQUIRED

    method, *ends = text.split(":")
    _known("--normalise", method, METHODS)
    if REQUIRED.get(method):
        raise UsageError(
            f"--normalise {method} needs values for each indicator",
            hint=f"set {' and '.join(REQUIRED[method])} in the framework file",
        )
    if not ends:
        return Normalisation(method)
    if len(ends) != 2:
        raise UsageError(f"--normalise {text!r} is not METHOD:A:B", hint="for example min-max:1:100")
    low, high = (_number("--normalise", end) for end in ends)
    if method == "efficacy":
        return Normalisation(method, {"base": low, "span": high - low})
    if method == "z-score":
        return Normalisation(method, {"mean": low, "sd": high})
    if "range" not in METHODS[method]:
        raise UsageError(f"--normalise {method} has no ends to choose")
    return Normalisation(method, {"range": (low, high)})


def _normalised_alike(framework: Framework) -> Framework:
    """Drop choices of single indicators, but not that one is on the common scale already."""
    indicators = tuple(
        node
        if node.normalise is not None and node.normalise.method == "none"
        else dataclasses.replace(node, normalise=None)
        for node in framework.indicators
    )
    return dataclasses.replace(framework, indicators=indicators)


def _mean(text: str, known: Mapping[str, Any], steps: Steps) -> dict[str, Any]:
    method, _, power = text.partition(":")
    _known("--mean", method, known)
    if power and method != "power":
        raise UsageError(f"--mean {method} takes no number", hint="only power:P does")
    options = dict(steps.mean_options) if method == steps.mean else {}
    if method == "power" and not power and "p" not in options:
        raise UsageError(
            "--mean power needs its exponent", hint="for example power:0.5; power:1 is arithmetic"
        )
    return {"mean": method, "mean_options": {"p": _number("--mean", power)} if power else options}


def _imputation(text: str, known: Sequence[str], steps: Steps) -> dict[str, Any]:
    method, _, group = text.partition(":")
    _known("--impute", method, known)
    grouped = method.startswith("group_")
    if group and not grouped:
        raise UsageError(f"--impute {method} takes no column", hint="group_mean:COLUMN does")
    options = dict(steps.impute_options)
    if not grouped:
        options.pop("groups", None)
    elif group:
        options["groups"] = group
    elif "groups" not in options:
        raise UsageError(f"--impute {method} needs a column of groups", hint=f"--impute {method}:COLUMN")
    return {"impute": method, "impute_options": options}
