"""What each step of the page says in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from clusters.index.framework import Normalisation
from clusters.index.tiers import Tiers
from clusters.report.wording import listing
from clusters.sentences import notes_in, say

if TYPE_CHECKING:
    from clusters.report.index.study import IndexStudy


def said(term: str, lang: str) -> str:
    """Return a sentence without values in a language."""
    return say(term, lang)


def framework(study: IndexStudy) -> list[str]:
    """Say what the index consists of, and where its tree comes from."""
    tree = study.framework
    groups = len(tree.aggregates) - 1
    texts = [
        study.say(
            "step.index_tree" if groups else "step.index_flat",
            title=study.title,
            n=len(tree.indicators),
            dimensions=study.several([study.names[d] for d in study.dimensions], 12),
            d=len(study.dimensions),
            groups=groups,
        )
    ]
    if study.result.given:
        names = [study.names[node] for node in study.result.given]
        texts.append(study.say("step.index_given", names=study.several(names, 8)))
    note = (tree.note_zh or tree.note_en) if study.lang == "zh" else (tree.note_en or tree.note_zh)
    if tree.source:
        texts.append(study.say("step.index_source", source=tree.source))
    return [*texts, note]


def selection(study: IndexStudy) -> list[str]:
    """Say how many units and values there are."""
    raw = study.result.stages["raw"]
    missing = int(raw.isna().to_numpy().sum())
    texts = [
        study.say(
            "step.index_units",
            n=int(raw.index.get_level_values(0).nunique()),
            values=int(raw.size),
            missing=missing,
            share=missing / max(raw.size, 1),
        )
    ]
    if study.year is not None:
        texts.append(study.say("step.index_years", first=study.result.years[0], last=study.year))
    out = raw.index.difference(study.result.stages["screened"].index)
    units = list(dict.fromkeys(out.get_level_values(0)))
    if units:
        texts.append(study.say("step.index_screened", n=len(units), units=study.units(units)))
    return [study.join(*texts)]


def missing(study: IndexStudy, filled: pd.DataFrame) -> list[str]:
    """Say what became of missing values."""
    before = study.result.stages["screened"]
    lacking = int(before.isna().to_numpy().sum())
    method = study.framework.steps.impute
    if not lacking:
        return [study.say("step.index_complete")]
    if method == "none":
        share = study.framework.steps.minimum_share
        return [study.say("step.index_not_imputed", n=lacking, share=share)]
    return [
        study.say("step.index_imputed", n=len(filled), method=study.say(f"index.impute.{method}"), of=lacking)
    ]


def multivariate(study: IndexStudy, pairs: pd.DataFrame) -> list[str]:
    """Say whether parts of a group fit together."""
    texts = [study.say("step.index_multivariate")]
    if len(pairs):
        for finding in ("negative", "redundant"):
            n = int((pairs["finding"] == finding).sum())
            texts.append(study.say(f"step.index_{finding}", n=n, of=len(pairs)))
    together = study.values.corr(min_periods=3).to_numpy()
    apart = together[np.triu_indices(len(together), 1)]
    apart = apart[np.isfinite(apart)]
    if apart.size:
        low, high = float(apart.min()), float(apart.max())
        texts.append(study.say("step.index_dimensions", low=low, high=high))
    return [study.join(*texts)]


def normalisation(study: IndexStudy) -> list[str]:
    """Say how outliers were treated and how values came to one scale."""
    steps, log = study.framework.steps, study.result.log
    texts = []
    if steps.outliers is None:
        texts.append(study.say("step.index_untreated"))
    else:
        cut = log[log["what"] == "winsorised"]
        logged = log[log["what"] == "logged"]
        texts.append(
            study.say(
                "step.index_treated", n=len(cut), items=cut["item"].nunique(), logged=logged["item"].nunique()
            )
        )
    given = [
        i for i in study.framework.indicators if i.normalise is not None and i.normalise.method == "none"
    ]
    own = [i for i in study.framework.indicators if i.normalise is not None and i.normalise.method != "none"]
    free = len(study.framework.indicators) - len(given) - len(own)
    if free:
        texts.append(study.say("step.index_normalised", n=free, method=method_of(study, steps.normalise)))
    if own:
        texts.append(study.say("step.index_own", n=len(own)))
    if given:
        texts.append(study.say("step.index_as_given", n=len(given)))
    if study.year is not None:
        texts.append(study.say("step.index_by_year" if steps.by_year else "step.index_pooled"))
    return [study.join(*texts)]


def method_of(study: IndexStudy, choice: Normalisation) -> str:
    """Return a normalisation with its range in words."""
    text = study.say(f"index.normalise.{choice.method}")
    ends = choice.options.get("range")
    if isinstance(ends, list | tuple) and len(ends) == 2:
        text = study.say("index.to_range", method=text, low=f"{ends[0]:g}", high=f"{ends[1]:g}")
    return text


def aggregation(study: IndexStudy) -> list[str]:
    """Say how parts are weighed and put together."""
    steps = study.framework.steps
    means = list(dict.fromkeys(a.mean or steps.mean for a in study.framework.aggregates))
    texts = [
        study.say(
            "step.index_weights",
            system=study.say(f"index.system.{steps.weights}"),
            means=listing([study.say(f"index.mean.{mean}") for mean in means], study.lang),
        )
    ]
    leaves = study.result.weights[study.result.weights["id"].isin(study.framework.indicator)]
    leaves = leaves[leaves["effective_weight"] > 0]
    if len(leaves) > 1:
        top = leaves.iloc[int(leaves["effective_weight"].to_numpy().argmax())]
        least = leaves.iloc[int(leaves["effective_weight"].to_numpy().argmin())]
        ratio = float(top["effective_weight"] / least["effective_weight"])
        if ratio > 1.0001:
            texts.append(
                study.say(
                    "step.index_heaviest",
                    top=study.names[str(top["id"])],
                    a=float(top["effective_weight"]),
                    least=study.names[str(least["id"])],
                    b=float(least["effective_weight"]),
                    times=f"{ratio:.1f}",
                )
            )
        else:
            texts.append(study.say("step.index_same_weight", a=float(top["effective_weight"])))
    found = study.compensation.dropna(subset=["compensability"])
    moves = found["compensability"].abs()
    if len(found) and moves.max() > 0:
        most = found.iloc[int(moves.to_numpy().argmax())]
        texts.append(
            study.say(
                "step.index_compensation",
                n=int((moves > 0).sum()),
                of=len(found),
                unit=study.unit(most["unit"]),
                a=int(most["rank_arithmetic"]),
                b=int(most["rank_geometric"]),
            )
        )
    elif len(found):
        texts.append(study.say("step.index_no_compensation"))
    return [study.join(*texts)]


def uncertainty(study: IndexStudy) -> list[str]:
    """Say what was drawn, and how far ranks move."""
    if study.robust is None:
        return [study.say("step.index_untested")]
    used, shift = study.robust.uncertainty, study.robust.shift
    choices = [
        study.say(f"index.choice.{kind}", options=listing(names, study.lang))
        for kind, names in (
            ("normalise", [_option(study, o) for o in used.normalise]),
            ("mean", [study.say(f"index.mean.{mean}") for mean in used.mean]),
        )
        if len(names) > 1
    ]
    texts = [
        study.say(
            "step.index_draws",
            n=study.robust.draws,
            seed=str(study.robust.seed),
            low=f"{1 - used.spread:g}",
            high=f"{1 + used.spread:g}",
        ),
        *choices,
        study.say("step.index_intervals", interval=study.robust.interval),
        study.say(
            "step.index_shift", mean=float(shift["mean"]), low=float(shift["low"]), high=float(shift["high"])
        ),
    ]
    return [study.join(*texts), study.say("step.index_sobol", n=study.sobol_runs) if study.explained else ""]


def _option(study: IndexStudy, option: str | Normalisation) -> str:
    return study.say(f"index.normalise.{option if isinstance(option, str) else option.method}")


def source_name(study: IndexStudy, source: str) -> str:
    """Return what was drawn in words: ``weights:total`` as the weights within the index."""
    kind, _, parents = source.partition(":")
    if not parents:
        return study.say(f"index.source.{kind}")
    names = [study.title if p == study.framework.root else study.names[p] for p in parents.split("+")]
    return study.say("index.source.weights", groups=study.several(names, 3))


def sources(study: IndexStudy) -> pd.DataFrame:
    """Tabulate the indices of Sobol, the source that matters most first."""
    assert study.explained is not None
    found = study.explained.shift.table.sort_values("total", ascending=False, kind="stable")
    table = found.rename_axis("source").reset_index()
    table["source"] = [source_name(study, str(name)) for name in table["source"]]
    return table.rename(columns={"source": "drawn"})


def contributions(study: IndexStudy, notes: Sequence[str]) -> list[str]:
    """Say what contributions add up to, and what sets the first apart from the mean."""
    first = study.ranking["unit"].head(1).tolist()
    texts = notes_in(notes, study.lang)
    if not first or len(study.dimensions) < 2:
        return [study.join(*texts)]
    apart = study.values.loc[first[0]] - study.values.mean()
    weight = pd.Series({d: study.result.weight[d] for d in study.dimensions})
    gain = (apart * weight).dropna()
    if len(gain):
        best, worst = str(gain.idxmax()), str(gain.idxmin())
        values: dict[str, Any] = {
            "unit": study.unit(first[0]),
            "best": study.names[best],
            "a": float(apart[best]),
            "worst": study.names[worst],
            "b": float(apart[worst]),
        }
        texts.append(study.say("step.index_apart", **values))
    return [study.join(*texts)]


def links(study: IndexStudy, gap: pd.DataFrame) -> list[str]:
    """Say how ranks of the index go with those of another column."""
    texts = [study.say("step.index_link", column=study.link, n=len(gap), r=rank_correlation(gap))]
    ahead = gap[gap["rank_gap"] > 0].sort_values("rank_gap", ascending=False, kind="stable").head(3)
    behind = gap[gap["rank_gap"] < 0].sort_values("rank_gap", kind="stable").head(3)
    for term, part in (("ahead", ahead), ("behind", behind)):
        if len(part):
            texts.append(study.say(f"step.index_{term}", column=study.link, units=study.units(part["unit"])))
    return [study.join(*texts)]


def rank_correlation(gap: pd.DataFrame) -> float:
    """Spearman correlation of two columns of ranks; NaN for fewer than three units."""
    if len(gap) < 3:
        return float("nan")
    ranks = gap[["rank", "reference_rank"]].astype(float).rank()
    return float(ranks["rank"].corr(ranks["reference_rank"]))


def presentation(study: IndexStudy, tiering: Tiers | None) -> list[str]:
    """Say how units are sorted, and where everything is."""
    texts = []
    if tiering is not None and study.framework.tiers is not None:
        texts.append(
            study.say(
                "step.index_tiers",
                method=study.say(f"index.tiering.{study.framework.tiers.method}"),
                sizes=" / ".join(f"{size}" for size in tiering.sizes),
                fit=tiering.goodness_of_variance_fit,
            )
        )
        texts += notes_in(tiering.notes, study.lang)
    texts.append(study.say("step.index_presentation"))
    return [study.join(*texts)]
