"""Sections of the page of an index, in the order of the ten steps of the OECD and the JRC."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from clusters import tables
from clusters.index.checks import consistency, correlations, diagnose
from clusters.index.scoring import STAGES
from clusters.index.tiers import Tiers
from clusters.report.contents import illustrated
from clusters.report.index import wordings
from clusters.report.index.study import IndexStudy
from clusters.report.items import Figure, Section, Table, View
from clusters.report.sections._base import Found

TOP = 30
"""Rows of a table of units on the page; the files hold all."""
SHORT = 15
PAIRS = 15
DRAWN = (
    *("rank_mean", "rank_median", "rank_low", "rank_high", "rank_best", "rank_worst"),
    *("keeps_rank", "keeps_tier"),
)
LEAST_SHARE = 0.005
"""Shares of draws below which a rank is left out of the table of acceptability."""
MEMBERS = 12
CORNERS = (3, 12)
"""Dimensions that a radar can show."""


class Step(NamedTuple):
    """What a section says and shows."""

    paragraphs: Sequence[str] = ()
    items: Sequence[Table] = ()
    hidden: Mapping[str, pd.DataFrame] = {}
    """Tables that only figures use."""


def build(
    study: IndexStudy,
    *,
    tell: Callable[[str], None] = lambda name: None,
    figures: Callable[[Sequence[Figure]], None] = lambda found: None,
) -> Found:
    """Compute all tables and choose the figures; arguments as in ``contents.build``."""
    found = Found(study)
    if not CORNERS[0] <= len(study.dimensions) <= CORNERS[1]:
        found.unshown.add("index_profile")  # a list of values says no more than the table
    for name, made in SECTIONS.items():
        tell(name)
        step = made(study)
        section = Section(name, study.say(f"section.{name}"), paragraphs=[*filter(None, step.paragraphs)])
        section.items += step.items
        found.sections.append(section)
        found.hidden |= step.hidden
        figures(illustrated(section, found))
    return found


def ranking(study: IndexStudy) -> Step:
    """Scores and ranks of all units, with their intervals."""
    tier = "tier_name" if "tier_name" in study.ranking.columns else "tier"
    columns = ["unit", "name", "rank", "score", tier, "rank_low", "rank_high", "spans_border"]
    columns += study.dimensions
    views = (_view(study.ranking, columns, TOP),)
    table = study.table("index_ranking", study.ranking, views=views, key="unit")
    changes = _changes(study)
    items = [table]
    if study.year is not None:
        items.append(study.table("index_scores", study.scores, views=()))
        if changes is not None:
            items.append(study.table("rank_changes", changes, views=(View(head=TOP),), key="unit"))
    return Step(items=items)


def framework(study: IndexStudy) -> Step:
    """Step 1: what the index consists of."""
    weights = study.result.weights
    nodes = study.framework
    table = weights.assign(
        direction=[nodes.indicator[i].direction if i in nodes.indicator else np.nan for i in weights["id"]]
    )
    shown = study.table("index_nodes", table[["id", "parent", "direction", "weight", "effective_weight"]])
    return Step(wordings.framework(study), [shown])


def selection(study: IndexStudy) -> Step:
    """Step 2: which indicators and units, and what they look like."""
    found = diagnose(study.result.stages["raw"], study.framework).reset_index()
    return Step(wordings.selection(study), [study.table("index_indicators", found)])


def missing(study: IndexStudy) -> Step:
    """Step 3: what is missing, and what was put in its place."""
    log = study.result.log
    filled = log[(log["step"] == "impute") & (log["what"] == "imputed") & log["unit"].notna()]
    items = []
    if len(filled):
        units = filled.groupby("unit", sort=False).size().rename("imputed").reset_index()
        units["imputed_share"] = units["imputed"] / len(study.framework.indicators)
        units = units.sort_values("imputed", ascending=False, kind="stable").reset_index(drop=True)
        items.append(study.table("index_imputed", units, views=(View(head=TOP),)))
    return Step(wordings.missing(study, filled), items)


def multivariate(study: IndexStudy) -> Step:
    """Step 4: whether the parts say the same, or work against each other."""
    items = []
    if len(study.dimensions) > 1:
        together = study.values.corr(min_periods=3)
        together.columns.name = None
        table = together.rename_axis("dimension").reset_index()
        items.append(study.table("index_dimensions", table))
    pairs = correlations(study.result.stages["treated"], study.framework)
    if len(pairs):
        pairs = pairs.rename(columns={"first": "first_indicator", "second": "second_indicator"})
        strongest = pairs["correlation"].abs().sort_values(ascending=False, kind="stable", na_position="last")
        flagged = [int(k) for k in strongest.index if pairs["finding"][k]][:PAIRS]
        views = (View(rows=tuple(flagged)),) if flagged else ()
        pairs["finding"] = pairs["finding"].replace("", None)
        nodes = ("group", "first_indicator", "second_indicator")
        items.append(study.table("index_pairs", pairs, *nodes, views=views))
        groups = consistency(study.result.stages["treated"], study.framework)
        if len(groups):
            items.append(study.table("index_consistency", groups, "group"))
    return Step(wordings.multivariate(study, pairs), items)


def normalisation(study: IndexStudy) -> Step:
    """Step 5: how all is brought to one scale."""
    items = []
    for stage in STAGES[:-1]:
        table = tables.index_stage(study.result, stage)
        shown = (View(head=10),) if stage == "normalised" and len(table.columns) <= 12 else ()
        title = study.say("title.index_stage", stage=study.say(f"index.stage.{stage}"))
        items.append(
            study.table(f"stage_{stage}", table, title=title, views=shown, caption=_stage(study, stage))
        )
    items.append(study.table("index_log", tables.index_log(study.result), views=()))
    return Step(wordings.normalisation(study), items)


def _stage(study: IndexStudy, stage: str) -> str:
    return study.say("caption.index_normalised" if stage == "normalised" else "caption.index_stage")


def aggregation(study: IndexStudy) -> Step:
    """Step 6: weights, means, and what would differ without compensation."""
    table = tables.index_stage(study.result, "aggregated")
    title = study.say("title.index_stage", stage=study.say("index.stage.aggregated"))
    items = [study.table("stage_aggregated", table, title=title, views=(), caption=_stage(study, ""))]
    if study.recovered is not None:
        weights = tables.recovered_weights(study.recovered, study.framework)
        shown = _view(weights, ["id", "weight", "low", "high", "estimate", "runner_up"], TOP)
        items.append(study.table("recovered_weights", weights, views=(shown,), notes=True))
        residuals = tables.recovered_residuals(study.recovered)
        items.append(study.table("recovered_residuals", residuals, views=()))
    found = study.compensation.dropna(subset=["rank_arithmetic"])
    hidden = {}
    if len(found) and (found["compensability"].fillna(0) != 0).any():
        moved = found.reindex(found["compensability"].abs().sort_values(ascending=False, kind="stable").index)
        items.append(study.table("index_compensation", moved.reset_index(drop=True), views=(View(head=10),)))
        if study.year is None:
            sides = {"rank_arithmetic": "rank_a", "rank_geometric": "rank_b"}
            pairs = study.table("rank_changes", found.rename(columns=sides), caption="-").frame
            for side, term in zip("ab", ("arithmetic", "geometric"), strict=True):
                words = {lang: wordings.said(f"index.mean.{term}", lang) for lang in ("en", "zh")}
                pairs.attrs["words"][f"rank_{side}"] = words
            hidden["rank_changes"] = pairs
    return Step(wordings.aggregation(study), items, hidden)


def uncertainty(study: IndexStudy) -> Step:
    """Step 7: how sure the ranks are, and what moves them."""
    items: list[Table] = []
    if study.robust is not None:
        drawn = study.robust.table
        table = study.table("index_robustness", drawn, key="unit")
        view = _view(table.frame, ["unit", "name", "rank", *DRAWN], SHORT)
        items.append(replace(table, views=(view,)))
        items.append(study.table("rank_acceptability", _accepted(study), views=()))
        beats = study.robust.dominance.rename_axis("unit").reset_index()
        beats.columns = [str(c) for c in beats.columns]
        items.append(study.table("index_dominance", beats, views=()))
    if study.explained is not None:
        items.append(study.table("index_sensitivity", wordings.sources(study)))
    without = study.without.drop(columns=[c for c in ("rank", "rank_without") if c in study.without.columns])
    items.append(study.table("index_without", without, views=(View(head=SHORT),)))
    return Step(wordings.uncertainty(study), items)


def _accepted(study: IndexStudy) -> pd.DataFrame:
    """Put shares of ranks into long form, units by rank."""
    assert study.robust is not None
    wide = study.robust.acceptability.rename_axis(index="unit", columns="rank")
    order = {unit: k for k, unit in enumerate(wide.index)}
    long = wide.reset_index().melt("unit", var_name="rank", value_name="share")
    long = long[long["share"] >= LEAST_SHARE].astype({"rank": int})
    long["place"] = long["unit"].map(order)
    long = long.sort_values(["place", "rank"], kind="stable").drop(columns="place")
    return long.reset_index(drop=True)


def contributions(study: IndexStudy) -> Step:
    """Step 8: back to the data."""
    by = tables.index_decomposition(study.result, by="dimension")
    table = study.table("index_contributions", by, views=(), notes=True)
    items = [table]
    if any(node in study.framework.aggregate for node in study.dimensions):
        whole = tables.index_decomposition(study.result)
        items.append(study.table("index_decomposition", whole, views=(), notes=True))
    first = study.ranking["unit"].head(2).tolist()
    if len(study.dimensions) > 1 and len(first) > 1:
        profile = study.values.rename_axis("unit").reset_index()
        profile["unit"] = profile["unit"].astype(object)
        order = {unit: k for k, unit in enumerate(study.ranking["unit"])}
        profile = profile[profile["unit"].isin(order)]
        profile = profile.sort_values("unit", key=lambda u: u.map(order), kind="stable").reset_index(
            drop=True
        )
        items.append(study.table("index_profile", profile, views=(View(head=2, upright=True),), key="unit"))
    return Step(wordings.contributions(study, by.attrs["notes"]), items)


def links(study: IndexStudy) -> Step:
    """Step 9: how the index goes with something else."""
    if study.link is None:
        return Step([study.say("step.index_no_link")])
    gap = tables.rank_gap(study.result, study.link)
    if study.year is not None:
        gap = gap[gap["year"] == study.year].reset_index(drop=True)
    table = study.table("index_gap", gap, views=(View(head=TOP),), key="unit", column=study.link)
    return Step(wordings.links(study, gap), [table])


def presentation(study: IndexStudy) -> Step:
    """Step 10: tiers, and where everything is."""
    tiering = study.result.tiering.get(study.year)
    items = []
    if tiering is not None:
        items.append(study.table("index_tiers", _tiers(study, tiering)))
    return Step(wordings.presentation(study, tiering), items)


def _tiers(study: IndexStudy, tiering: Tiers) -> pd.DataFrame:
    rows = []
    for number, size in enumerate(tiering.sizes, 1):
        part = study.ranking[study.ranking["tier"] == number]
        names = [study.unit(unit) for unit in part["unit"].head(MEMBERS)]
        low, high = (part["score"].min(), part["score"].max()) if len(part) else (np.nan, np.nan)
        rows.append((number, size, high, low, ", ".join(names)))
    table = pd.DataFrame(rows, columns=["tier", "size", "highest", "lowest", "members"])
    if "tier_name" in study.ranking.columns:
        called = dict(zip(study.ranking["tier"], study.ranking["tier_name"], strict=True))
        table.insert(1, "tier_name", [called.get(number) for number in table["tier"]])
        own = study.scores.attrs["words"]
        table.attrs["words"] = {k: v for k, v in own.items() if k.startswith("tier_name.")}
    return table


def _changes(study: IndexStudy) -> pd.DataFrame | None:
    """Return ranks of the first and the last year of a panel."""
    if len(study.result.years) < 2:
        return None
    ends = study.result.years[0], study.result.years[-1]
    found = tables.index_changes(study.result, study.result, years=ends)
    for side, year in zip("ab", ends, strict=True):
        found.attrs["words"][f"rank_{side}"] = {"en": str(year), "zh": str(year)}
        found.attrs["words"][f"score_{side}"] = {"en": f"Score {year}", "zh": f"{year} 年得分"}
    return found


def _view(frame: pd.DataFrame, columns: Sequence[str], head: int) -> View:
    return View(tuple(c for c in columns if c in frame.columns and frame[c].notna().any()), head=head)


SECTIONS: Mapping[str, Callable[[IndexStudy], Step]] = {
    "index_ranking": ranking,
    "index_framework": framework,
    "index_selection": selection,
    "index_missing": missing,
    "index_multivariate": multivariate,
    "index_normalisation": normalisation,
    "index_aggregation": aggregation,
    "index_uncertainty": uncertainty,
    "index_contributions": contributions,
    "index_links": links,
    "index_presentation": presentation,
}
