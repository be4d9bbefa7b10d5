"""What a page says first: who leads, how sure that is, what it hangs on, and what to beware of."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from clusters.index.checks import check, correlations
from clusters.report.index.study import IndexStudy
from clusters.report.index.wordings import rank_correlation, source_name
from clusters.report.items import Glossary, Point, Section
from clusters.sentences import Note, notes_in, printed

PAIRS = ("note.index_negative", "note.index_redundant")
CHECKED = "note.index_findings"
"""Says only how many findings there are."""
GIVEN = "note.given_aggregates"
"""What ``data`` tells."""


def summary(study: IndexStudy) -> Section:
    """Return the findings in words."""
    found = ((topic, finding(study)) for topic, finding in FINDINGS.items())
    points = [Point(study.say(f"topic.index_{topic}"), text) for topic, text in found if text]
    return Section("summary", study.say("section.summary"), points=points)


def leaders(study: IndexStudy) -> str:
    """Say who leads, by how much."""
    ranking = study.ranking
    if ranking.empty:
        return study.say("summary.index_nobody")
    best = ranking[ranking["rank"] == 1]
    digits = digits_of(ranking["score"])
    values = {"score": f"{best['score'].iloc[0]:.{digits}f}", "n": len(ranking)}
    after = "" if study.year is None else study.say("summary.index_year", year=study.year)
    if len(best) > 1:
        return study.join(study.say("summary.index_tied", units=study.units(best["unit"]), **values), after)
    first = study.unit(best["unit"].iloc[0])
    others = ranking.iloc[1:3]
    if others.empty:
        return study.say("summary.index_leads_alone", unit=first, **values)
    lead = f"{best['score'].iloc[0] - others['score'].iloc[0]:.{digits}f}"
    text = study.say(
        "summary.index_leads", unit=first, lead=lead, others=study.units(others["unit"]), **values
    )
    return study.join(text, after)


def digits_of(scores: pd.Series) -> int:
    """Decimals that scores of this size are printed with."""
    return 2 if np.nanmax(np.abs(scores.to_numpy(dtype=float)), initial=0.0) >= 10 else 3


def certainty(study: IndexStudy) -> str:
    """Say how many ranks hold in the draws."""
    if study.robust is None:
        return study.say("summary.index_untested")
    drawn = study.robust.table.dropna(subset=["rank"])
    wide = (drawn["rank_high"] - drawn["rank_low"]).astype(float)
    fixed = int((wide == 0).sum())
    texts = [study.say("summary.index_robust", n=fixed, of=len(drawn))]
    if wide.median() >= 1:
        texts.append(study.say("summary.index_half", n=int(wide.median()) + 1))
    if wide.max() > 0:
        most = drawn.iloc[int(wide.to_numpy().argmax())]
        unit = study.unit(most["unit"])
        low, high = int(most["rank_low"]), int(most["rank_high"])
        texts.append(study.say("summary.index_widest", unit=unit, rank=int(most["rank"]), low=low, high=high))
    first = drawn[drawn["rank"] == 1].head(1)
    if len(first) and first["keeps_rank"].notna().all():
        unit, share = study.unit(first["unit"].iloc[0]), float(first["keeps_rank"].iloc[0])
        texts.append(study.say("summary.index_first", unit=unit, share=share))
    return study.join(*texts)


def tiers(study: IndexStudy) -> str:
    """Say which tiers are crossed."""
    if study.robust is None or "spans_border" not in study.robust.table.columns:
        return ""
    drawn = study.robust.table
    crossing = drawn[drawn["spans_border"].fillna(False).astype(bool)]
    if crossing.empty:
        return study.say("summary.index_tiers_hold")
    near = []
    for border in range(1, int(drawn["tier"].max())):
        n = int(((crossing["tier_low"] <= border) & (crossing["tier_high"] > border)).sum())
        if n:
            near.append(study.say("summary.index_border", a=border, b=border + 1, n=n))
    units = study.units(crossing["unit"])
    text = study.say("summary.index_crossed", n=len(crossing), of=len(drawn), units=units)
    return study.join(text, study.say("summary.index_borders", borders=near) if near else "")


def drivers(study: IndexStudy) -> str:
    """Say which choice, and which part, moves the ranks most."""
    texts = []
    if study.explained is not None:
        total = study.explained.shift.table["total"].dropna()
        if len(total) > 1:
            top = str(total.idxmax())
            texts.append(
                study.say(
                    "summary.index_source", source=source_name(study, top), share=float(min(total.max(), 1.0))
                )
            )
    without = study.without.dropna(subset=["mean_shift"])
    inner = without[without["mean_shift"] > 0]
    if len(inner):
        top_row = inner.iloc[0]
        name, shift = study.names[str(top_row["id"])], float(top_row["mean_shift"])
        texts.append(study.say("summary.index_without", name=name, shift=f"{shift:.1f}"))
    return study.join(*texts)


def data(study: IndexStudy) -> str:
    """Say what is missing, and what was given instead of measured."""
    texts = []
    if study.result.given:
        names = [study.names[node] for node in study.result.given]
        texts.append(study.say("summary.index_given", names=study.several(names, 8)))
    raw = study.result.stages["raw"]
    lacking = int(raw.isna().to_numpy().sum())
    if lacking:
        share = lacking / raw.size
        texts.append(study.say("summary.index_lacking", n=lacking, share=share))
    return study.join(*texts)


def fit(study: IndexStudy) -> str:
    """Say whether parts of a group work against each other, or double."""
    pairs = correlations(study.result.stages["treated"], study.framework)
    negative = pairs[pairs["finding"] == "negative"]
    redundant = pairs[pairs["finding"] == "redundant"]
    texts = []
    for term, part in (("negative", negative), ("redundant", redundant)):
        if len(part):
            order = part["correlation"].abs().sort_values(ascending=False, kind="stable").index
            row = part.loc[order[0]]
            first, second = study.names[str(row["first"])], study.names[str(row["second"])]
            r = f"{row['correlation']:.2f}"
            texts.append(study.say(f"summary.index_{term}", n=len(part), first=first, second=second, r=r))
    return study.join(*texts)


def link(study: IndexStudy) -> str:
    """Say how the index goes with the column that was named."""
    if study.link is None:
        return ""
    from clusters import tables

    gap = tables.rank_gap(study.result, study.link)
    if study.year is not None:
        gap = gap[gap["year"] == study.year]
    return study.say("step.index_link", column=study.link, n=len(gap), r=rank_correlation(gap))


def warnings(study: IndexStudy) -> str:
    """Say what reading left out, what the check found (but pairs, which ``fit`` tells), and the rest."""
    found = check(study.result.stages["raw"], study.framework).warnings
    texts = notes_in(
        [note for note in study.result.table.warnings if getattr(note, "term", None) != GIVEN], study.lang
    )
    texts += [_named(note, study) for note in found if note.term not in PAIRS]
    others = [note for note in study.result.warnings if note.term not in (*PAIRS, CHECKED)]
    texts += notes_in([note for note in others if note not in found], study.lang)
    return study.join(*texts)


def _named(note: Note, study: IndexStudy) -> str:
    """Say a finding with the printed names of the indicators, the first of many."""
    names = [study.names.get(str(item), str(item)) for item in note.values["items"]]
    values = {**note.values, "items": study.several(names)}
    return study.say(f"summary.{note.term.removeprefix('note.')}", **values)


FINDINGS: Mapping[str, Callable[[IndexStudy], str]] = {
    "leaders": leaders,
    "certainty": certainty,
    "tiers": tiers,
    "drivers": drivers,
    "fit": fit,
    "link": link,
    "data": data,
    "warnings": warnings,
}


def lead(study: IndexStudy) -> str:
    """Say in one line what the page is about."""
    tree = study.framework
    n = int(study.result.scores.index.get_level_values(0).nunique())
    values = {"n": n, "indicators": len(tree.indicators), "d": len(study.dimensions)}
    years = study.result.years
    if years:
        return study.say("page.index_lead_panel", first=years[0], last=years[-1], **values)
    return study.say("page.index_lead", **values)


def cards(study: IndexStudy) -> list[dict[str, str]]:
    """Return the key numbers."""
    found = {"units": printed(len(study.ranking), "count")}
    found["indicators"] = printed(len(study.framework.indicators), "count")
    if study.robust is not None:
        drawn = study.robust.table.dropna(subset=["rank"])
        fixed = int((drawn["rank_low"] == drawn["rank_high"]).sum())
        found["fixed"] = f"{fixed} / {len(drawn)}"
        if "spans_border" in drawn.columns:
            crossing = int(drawn["spans_border"].fillna(False).astype(bool).sum())
            found["crossing"] = f"{crossing} / {len(drawn)}"
        found["shift"] = f"{float(study.robust.shift['mean']):.1f}"
    return [{"label": study.say(f"card.index_{name}"), "value": value} for name, value in found.items()]


DEFINITIONS = ("score", "rank", "tier", "interval", "acceptability", "shift", "sobol", "contribution")


def definitions(study: IndexStudy) -> Section:
    """Say what the words of the page mean."""
    tested = ("interval", "acceptability", "shift", "sobol")
    names = [n for n in DEFINITIONS if (study.robust is not None or n not in tested)]
    names = [n for n in names if n != "tier" or study.result.tiers is not None]
    entries = [
        Point(study.say(f"definition.index_{name}"), study.say(f"definition.index_{name}.text"))
        for name in names
    ]
    if study.synthetic:
        entries.append(Point(study.say("definition.synthetic"), study.say("page.index_synthetic")))
    return Section("methods", study.say("section.methods"), items=[Glossary(tuple(entries))])
