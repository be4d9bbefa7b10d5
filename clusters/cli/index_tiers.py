"""Tiers of an index, or of scores alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clusters.cli._common import Output, command
from clusters.cli.index import IndicatorReading, index
from clusters.errors import UsageError

if TYPE_CHECKING:
    from clusters.index.framework import TierRule


@command(index, name="tiers", example="clusters index tiers --scores kr36_2020 --sizes 10,10,rest --summary")
def tiers_(
    read: IndicatorReading,
    output: Output,
    framework: Annotated[
        str | None,
        typer.Argument(metavar="FRAMEWORK", help="Framework that scores; - or none with --scores."),
    ] = None,
    indicators: Annotated[
        str | None, typer.Argument(metavar="INDICATORS", help="Table of indicators for the framework.")
    ] = None,
    scores: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Table of scores alone, or a published one (kr36_2020)."),
    ] = None,
    score: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Column of the scores; default total, score, 总分 ..."),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            metavar="thresholds|quantiles|sizes|jenks|head-tail",
            help="jenks: natural breaks; head-tail: at the mean, and again above it. Default: the method "
            "of the options given, else the framework's, else jenks.",
        ),
    ] = None,
    sizes: Annotated[
        str | None, typer.Option(metavar="N,N,rest", help="Units in each tier from the top: 10,10,rest.")
    ] = None,
    thresholds: Annotated[
        str | None, typer.Option(metavar="X,X", help="Borders; a score on one is in the upper tier.")
    ] = None,
    k: Annotated[int | None, typer.Option("-k", "--k", min=1, help="Tiers of jenks and quantiles.")] = None,
    probabilities: Annotated[
        str | None, typer.Option(metavar="P,P", help="Quantiles as borders: 0.9,0.5 for the best tenth ...")
    ] = None,
    fit: Annotated[
        float | None,
        typer.Option(help="jenks: the fewest tiers with so good a variance fit, such as 0.9."),
    ] = None,
    limit: Annotated[
        float | None, typer.Option(help="head-tail: largest share above the mean; default 0.4.")
    ] = None,
    allow_constant: Annotated[
        bool, typer.Option("--allow-constant", help="Leave out indicators that are the same everywhere.")
    ] = False,
    force_impute: Annotated[
        bool,
        typer.Option("--force-impute", help="Keep units of which more than a third was filled in."),
    ] = False,
    summary: Annotated[bool, typer.Option("--summary", help="A row per tier instead of per unit.")] = False,
) -> None:
    """Tiers (梯队): sort units by their scores, and say how close each is to another tier.

    Scores are those of a framework and its indicators, or those of a table.
    """
    from clusters import tables
    from clusters.tables._index_tiers import scores_of

    if framework == "-":
        framework, indicators, scores = None, None, indicators if scores is None else scores
    given: dict[str, Any] = {
        "sizes": _parts(sizes),
        "thresholds": _parts(thresholds),
        "probabilities": _parts(probabilities),
        "k": k,
        "fit": fit,
        "limit": limit,
    }
    options = {name: value for name, value in given.items() if value is not None}
    if scores is not None and (allow_constant or force_impute):
        raise UsageError("--allow-constant and --force-impute go with a framework, not with scores")
    if framework is None and scores is not None:
        table = read.table(scores)
        found, names, rule = scores_of(table, score), table.names, _rule(method, options, None)
    elif framework is not None and indicators is not None and scores is None:
        if score is not None:
            raise UsageError("--score names a column of --scores; a framework computes its score")
        from clusters.index.frameworks import read_framework
        from clusters.index.scoring import score as scored

        tree = read_framework(framework)
        own = read.table(indicators, tree)
        result = scored(tree, own, allow_constant=allow_constant, force_impute=force_impute)
        found, names, rule = result.score, result.table.names, _rule(method, options, tree.tiers)
    else:
        raise UsageError(
            "tiers need a framework with its table of indicators, or a table of scores",
            hint="clusters index tiers FRAMEWORK INDICATORS, or clusters index tiers --scores FILE",
        )
    if summary:
        output.emit("index tiers", tables.index_tier_summary(found, rule))
    else:
        output.emit("index tiers", tables.index_tiers(found, rule, names=names))


MEANT = {"sizes": "sizes", "thresholds": "thresholds", "probabilities": "quantiles", "limit": "head_tail"}
"""The method that an option alone stands for; others stand for natural breaks."""


def _rule(method: str | None, options: dict[str, Any], own: TierRule | None) -> TierRule:
    """Return the rule that was asked for, else the framework's own."""
    from clusters.index.framework import TierRule

    meant = next((MEANT[name] for name in options if name in MEANT), "jenks")
    if own is not None and not options and (method is None or _named(method) == own.method):
        return own
    return TierRule(meant if method is None else _named(method), options)


def _named(method: str) -> str:
    """Return the name of a method; head-tail and head/tail are head_tail."""
    return re.sub("[-/]", "_", method.strip().lower())


def _parts(text: str | None) -> list[str] | None:
    """Split a list of numbers; 10/10/rest is read as 10,10,rest."""
    return None if text is None else [part for part in re.split(r"[,，/\s]+", text.strip()) if part]
