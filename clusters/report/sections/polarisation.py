"""Section about polarisation (极化) and diffusion (扩散): by year, by class, and what the data can tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from clusters import tables
from clusters.report.items import Table, View
from clusters.report.sections._base import (
    SQUARE_PLACES,
    TOP,
    Contents,
    located,
    main_class,
    note_of,
    poles_clause,
    table_of,
)
from clusters.report.study import Study
from clusters.report.wording import listing

CORE = (
    *("year", "top_1_percent", "gini", "giving_hhi", "giving_effective", "taking_hhi", "taking_effective"),
    *("intra_share", "poles_source", "poles_target", "poles_touching"),
)
"""Columns of polarisation on the page; intervals are bands in the picture and stand in the files."""
SPREAD = (
    *("year", "relations", "places_reached", "reached_share", "taking_effective"),
    *("taking_effective_low", "taking_effective_high", "taking_gini", "poles_target"),
)
OF_CLASSES = (
    *("relations", "places_reached", "taking_effective", "taking_gini"),
    *("intra_share", "poles_target", "poles_touching"),
)
READING = "note.sentences"
"""Several sentences in one: what a table says in words."""
MOVED = "note.phases_moved"
MODES = ("cumulative", "yearly")
"""Which relations a year may hold here."""
INTERVALS = ("note.interval_bootstrap", "note.interval_jackknife", "note.interval_joint")


def polarisation(study: Study, contents: Contents) -> Iterable[Table]:
    """Tell how polarised organisations and places are, how far technology spreads, and how sure that is."""
    if not applies_to(study):
        return
    placed = located(study)
    options = _options(study)
    drawn: dict[str, Any] = {"replicates": study.samples or None, "seed": study.seed}
    found = tables.polarisation(study.relations, study.networks, **options, **drawn)
    _remember(contents, "polarisation", found, READING)
    caption = study.join(
        study.mode_clause,
        study.say("caption.polarisation"),
        study.say("caption.polarisation_places") if placed else "",
        study.join(study.what_clause, poles_clause(study, found)) if placed else "",
        _former_poles(study, found),
    )
    yield table_of(study, "polarisation", found, caption, views=(_known(found, CORE),), notes=INTERVALS)
    if placed:
        lorenz = tables.polarisation(study.relations, study.networks, table="lorenz", **options)
        yield table_of(study, "lorenz", lorenz, views=())
        yield from _diffusion(study, contents, options, drawn)


def _former_poles(study: Study, found: pd.DataFrame) -> str:
    """Say why changes of the poles have no interval, where others were poles at first."""
    note = note_of(found, "note.poles_moved")
    if note is None:
        return ""
    names = [study.place(name) for name in note.values["former"]]
    return study.say("clause.poles_moved", places=listing(names, study.lang))


def applies_to(study: Study) -> bool:
    """Tell whether there are years to compare, and places that are known where there are any at all."""
    several = study.mode in MODES and study.relations.dated and len(study.networks) > 1
    return several and (located(study) or not study.relations.levels)


def _diffusion(
    study: Study, contents: Contents, options: dict[str, Any], drawn: dict[str, Any]
) -> Iterable[Table]:
    found = tables.diffusion(study.relations, **options, **drawn)
    _remember(contents, "diffusion", found, READING)
    caption = study.join(
        study.mode_clause, study.what_clause, study.say("caption.diffusion", level=study.word(study.level))
    )
    view = _known(found, SPREAD)
    yield table_of(study, "diffusion", found, caption, views=(view,), notes=("note.diffusion_reach",))
    if study.samples:
        phases = tables.phases(study.relations, replicates=study.samples, seed=study.seed, **options)
        _remember(contents, "phases", phases, MOVED)
        yield table_of(study, "phases", phases, views=())
    yield table_of(study, "convergence", tables.convergence(study.relations, **options), views=())
    by = main_class(study) if located(study, SQUARE_PLACES) else None
    if by is not None:
        yield from _by_class(study, by, options)
    yield from _adoption(study, contents, by, options)


def _by_class(study: Study, by: str, options: dict[str, Any]) -> Iterable[Table]:
    """Yield the same by class; on the page stands the last year."""
    words = {"class": study.word(by), "level": study.word(study.level)}
    found = tables.diffusion(study.relations, by=by, **options)
    last = tuple(int(k) for k in np.flatnonzero(found["year"] == found["year"].max()))
    caption = study.join(study.year_clause, study.what_clause, study.say("caption.diffusion_classes"))
    title = study.say("title.diffusion_classes", **words)
    view = View((by, *OF_CLASSES), rows=last[:TOP])
    yield table_of(study, "diffusion_classes", found, caption, title=title, views=(view,), by=by)
    found = tables.polarisation(study.relations, by=by, **options)
    title, caption = (
        study.say("title.polarisation_classes", **words),
        study.say("caption.polarisation_places"),
    )
    yield table_of(study, "polarisation_classes", found, caption, title=title, views=(), by=by)


def _adoption(study: Study, contents: Contents, by: str | None, options: dict[str, Any]) -> Iterable[Table]:
    """Yield when places adopted, class by class where there are any."""
    named = {} if by is None else {"by": by}
    makers: dict[str, Callable[..., pd.DataFrame]] = {
        "adoption": tables.adoption,
        "adoption_curve": tables.adoption_curve,
        "s_curves": tables.s_curves,
    }
    for name, make in makers.items():
        frame = make(study.relations, **named, **options)
        if name == "adoption" and _mostly_before(frame):
            contents.unshown.add("adoption_order")
        if len(frame):
            yield table_of(study, name, frame, views=(), by=by or "")


def _mostly_before(frame: pd.DataFrame) -> bool:
    """Tell whether most places of the class that is drawn adopted before the order can be known."""
    first = frame if "class" not in frame.columns else frame[frame["class"] == frame["class"].iloc[0]]
    return bool((first["censoring"] == "left").mean() > 0.5)


def _options(study: Study) -> dict[str, Any]:
    """Return which relations count, and between which places."""
    years = list(study.years) if study.years is not None else None
    level = {"level": study.level} if study.level else {}
    return {"cumulative": study.mode == "cumulative", "years": years, **level}


def _remember(contents: Contents, topic: str, found: pd.DataFrame, term: str) -> None:
    """Keep what a table says in words for the summary; without intervals it would say nothing of chance."""
    note = note_of(found, term)
    ends = [c for c in found.columns if str(c).endswith("_low")]
    if note is not None and found[ends].notna().any(axis=None):
        contents.facts = replace(contents.facts, readings={**contents.facts.readings, topic: note})


def _known(frame: pd.DataFrame, columns: tuple[str, ...]) -> View:
    return View(tuple(c for c in columns if c in frame.columns and frame[c].notna().any()))
