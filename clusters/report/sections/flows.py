"""Section about flows between places: what they give and take, and to whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from clusters import tables
from clusters.measures import flows as flow_measures
from clusters.report.items import Table, View
from clusters.report.sections._base import MOST_PLACES, TOP, Contents, places_of, table_of
from clusters.report.sections.flow_structure import backbone_of, flagged, structure_tables
from clusters.report.study import Study

MATRIX_TOP = 20
"""Places of a flow matrix on the page."""
MATRIX_PLACES = 400
"""Places of a flow matrix in its files; the list of flows holds all."""
CITY = "city"


def flows(study: Study, contents: Contents) -> Iterable[Table]:
    """Tables 7 to 10: what places give and take, and to whom."""
    if not study.level or places_of(study, study.level) > MOST_PLACES:
        return
    matrix = tables.flow_matrix_table(study.flowing, level=study.level)
    contents.facts = replace(
        contents.facts,
        flows=matrix.set_index("origin"),
        level=study.level,
        technology=study.technology,
        coverage=flow_measures.coverage(study.flowing, level=study.level),
    )
    if not matrix.drop(columns="origin").to_numpy().any():
        return
    backbone = backbone_of(study)
    yield from _flow_tables(study, "", study.level, backbone)
    kept = _largest_places(matrix, MATRIX_PLACES)
    parts = [study.what_clause, study.say("caption.flow_matrix")]
    if len(matrix) > MATRIX_TOP:
        parts.append(study.say("caption.flow_matrix_head", n=MATRIX_TOP, m=len(kept)))
    if len(matrix) > len(kept):
        parts.append(study.say("caption.flow_matrix_cut", n=len(kept), m=len(matrix)))
    caption, word = study.join(*parts), study.word(study.level)
    yield table_of(study, "flow_matrix", kept, caption, views=(_matrix_view(kept),), level=word)
    yield from structure_tables(study, contents, backbone)
    if study.level != CITY and CITY in study.relations.levels and places_of(study, CITY) <= MOST_PLACES:
        yield from _flow_tables(study, "city_", CITY)


def _flow_tables(
    study: Study, prefix: str, level: str, backbone: pd.DataFrame | None = None
) -> Iterable[Table]:
    used = study.flowing
    found = flow_measures.coverage(used, level=level)
    if not found.counted:
        return
    values = {"n": found.counted, "m": found.relations, "share": found.counted / found.relations}
    words = {"level": study.word(level), **values}
    margins = _with_intervals(study, tables.flow_margins(used, level=level), level)
    caption = study.join(study.what_clause, study.say("caption.flow_margins", **words), study.left_out(found))
    title = study.say("title.flow_margins", **words)
    yield table_of(study, f"{prefix}flow_margins", margins, caption, title=title, head=TOP, key="place")
    frame = flagged(_with_intervals(study, tables.flows(used, level=level, top=None), level), backbone)
    parts = [study.what_clause, study.say("caption.flows", **words), study.left_out(found)]
    caption = study.join(*parts, study.say("caption.kept") if backbone is not None else "")
    title = study.say("title.flows", **words)
    yield table_of(study, f"{prefix}flows", frame, caption, title=title, head=TOP, key="origin")


def _with_intervals(study: Study, frame: pd.DataFrame, level: str) -> pd.DataFrame:
    """Add the intervals of flows, where samples are drawn."""
    if not study.samples:
        return frame
    options: dict[str, Any] = {"level": level, "replicates": study.samples, "seed": study.seed}
    return tables.flow_intervals(frame, study.flowing, **options)


def _largest_places(matrix: pd.DataFrame, most: int) -> pd.DataFrame:
    """Keep the rows and columns of the places with the most relations, in the order of the matrix."""
    cells = matrix.drop(columns="origin").to_numpy()
    weight = cells.sum(axis=0) + cells.sum(axis=1)
    kept = np.sort(np.argsort(-weight, kind="stable")[:most])
    return matrix.iloc[kept, [0, *(kept + 1)]].reset_index(drop=True)


def _matrix_view(matrix: pd.DataFrame) -> View:
    shown = _largest_places(matrix.assign(origin=np.arange(len(matrix))), MATRIX_TOP)
    rows = tuple(int(k) for k in shown["origin"])
    return View(tuple(map(str, shown.columns)), matrix=True, rows=rows)
