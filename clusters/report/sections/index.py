"""Section about a composite index of places, where one was asked for."""

from __future__ import annotations

from collections.abc import Iterable

from clusters.report.items import Table
from clusters.report.sections._base import Contents
from clusters.report.study import Study

DRAWS = 500
"""Draws behind the intervals of ranks; the page of an index of its own takes more."""


def index(study: Study, contents: Contents) -> Iterable[Table]:
    """Rank places by an index: of network indicators of this table, or of a table that was given."""
    if study.index is None:
        return
    from clusters.report.index import findings, pages
    from clusters.report.index.study import IndexStudy

    page = IndexStudy(
        study.index, lang=study.lang, draws=DRAWS, seed=study.seed, synthetic=study.relations.synthetic
    )
    tree = page.framework
    note = (tree.note_zh or tree.note_en) if study.lang == "zh" else (tree.note_en or tree.note_zh)
    source = study.say("step.index_source", source=tree.source) if tree.source else ""
    level = study.word(study.index_level) if study.index_level else ""
    of = study.say("section.index_network", level=level) if level else study.say("section.index_given")
    section = contents.sections[-1]
    section.title = study.say("section.index_of", title=page.title)
    section.paragraphs = [study.join(of, source, note)]
    section.points = findings.summary(page).points
    for step in (pages.ranking(page), pages.contributions(page)):
        contents.hidden |= step.hidden
        yield from step.items
