"""Tables about the structure of flows between places: yearly, groups of places, distance, classes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from clusters import tables
from clusters.errors import ClustersError
from clusters.places import PROVINCE
from clusters.report.items import Table, View
from clusters.report.sections._base import (
    SQUARE_PLACES,
    Contents,
    located,
    main_class,
    note_of,
    places_of,
    poles_clause,
    table_of,
)
from clusters.report.study import Study

STRUCTURE = (
    *("year", "places", "intra_share", "intra_lift", "flow_reciprocity", "poles_inside", "poles_balance"),
    *("polycentricity", "effective_destinations"),
)
MIXING = (
    *("grouped_edges", "external_edges", "ei_index", "ei_expected", "ei_p"),
    *("attribute_assortativity", "attribute_assortativity_error", "degree_assortativity"),
)
BLOCKS = ("block", "block_size", "block_inner", "block_given", "block_taken", "receiving_ratio", "block_role")
FEWEST_PLACES = 6
"""Fewer places make no blocks, and no equation of gravity."""
TELLING = 0.25
"""Blocks whose densities explain less of the flows are files only."""
PERMUTATIONS = 199
"""How often places are dealt anew to the organisations."""
KEY = ["origin", "destination"]


def structure_tables(study: Study, contents: Contents, backbone: pd.DataFrame | None) -> Iterable[Table]:
    """Tell how flows between places are built, beyond who gives what to whom."""
    if not located(study, SQUARE_PLACES):
        return
    level, word = study.level, study.word(study.level)
    years = study.years if study.relations.dated else None
    cumulative = study.mode != "yearly"
    found = tables.flow_structure(study.flowing, level=level, cumulative=cumulative, years=years)
    counted = (
        study.mode_clause if not cumulative else study.say("mode.stock") if study.relations.dated else ""
    )
    parts = (
        study.what_clause,
        counted if study.relations.dated else "",
        study.say("caption.flow_structure"),
        poles_clause(study, found),
    )
    caption = study.join(*parts)
    view = View(tuple(c for c in STRUCTURE if c in found and found[c].notna().any()), upright=len(found) < 3)
    yield table_of(study, "flow_structure", found, caption, views=(view,))
    if backbone is not None:
        yield table_of(study, "backbone", backbone, study.say("caption.backbone"), views=())
    yield from _mixing(study, word)
    if places_of(study, level) >= FEWEST_PLACES:
        yield from _blocks(study, contents, word)
        yield from _gravity(study)
    yield from _classes(study, word)


def backbone_of(study: Study) -> pd.DataFrame | None:
    """Return the flows that stand out; ``None`` where there are too few or too many places for that."""
    if not located(study, SQUARE_PLACES):
        return None
    found = tables.backbone(study.flowing, level=study.level)
    return found if len(found) else None


def flagged(flows: pd.DataFrame, backbone: pd.DataFrame | None) -> pd.DataFrame:
    """Say of each flow which filters keep it."""
    if backbone is None:
        return flows
    kept = backbone.set_index(KEY)["kept"]
    result = flows.assign(kept=kept.reindex(pd.MultiIndex.from_frame(flows[KEY])).to_numpy(dtype=object))
    result.attrs = flows.attrs
    return result


def _mixing(study: Study, word: str) -> Iterable[Table]:
    """Tell how much organisations keep to their own place."""
    nodes = study.relations.nodes
    if study.level not in nodes.columns or study.last.n_edges < 2:
        return
    try:
        found = tables.mixing(
            {study.last.year: study.last}, study.level, permutations=PERMUTATIONS, seed=study.seed
        )
    except ClustersError:  # no organisation of the network has a place
        return
    if not found["grouped_edges"].iloc[0]:
        return
    caption = study.join(study.year_clause, study.say("caption.mixing", level=word))
    view = View(tuple(c for c in MIXING if found[c].notna().any()), upright=True)
    notes = ("note.groups_dealt", "note.sampling_caution")
    yield table_of(study, "mixing", found, caption, views=(view,), notes=notes, level=word)


def _blocks(study: Study, contents: Contents, word: str) -> Iterable[Table]:
    """Tell which places have the same partners, and what flows between such blocks."""
    options: dict[str, Any] = {"level": study.level}
    blocks = tables.blockmodel(study.flowing, **options)
    if len(blocks) < 2:
        return
    caption = study.join(study.what_clause, study.say("caption.blockmodel", level=word))
    fit = note_of(blocks, "note.blocks_fit")
    telling = fit is not None and fit.values["r"] >= TELLING
    if not telling:
        contents.unshown.add("block_density")
    notes = ("note.blocks", "note.blocks_fit")
    views = (View(BLOCKS),) if telling else ()
    yield table_of(study, "blockmodel", blocks, caption, views=views, key="block", notes=notes, level=word)
    yield table_of(study, "block_density", tables.block_density(study.flowing, **options), views=())
    yield table_of(study, "block_places", tables.block_places(study.flowing, **options), views=())


def _gravity(study: Study) -> Iterable[Table]:
    """Tell whether flows fall with distance, where the places of the table have known capitals."""
    if study.level != PROVINCE:
        return
    try:
        found = tables.gravity(study.flowing)
        flows = tables.gravity_flows(study.flowing)
    except ClustersError:  # too few of the provinces, or none of the mainland
        return
    shown = ("statistic", "coefficient", "coefficient_low", "coefficient_high", "standard_error")
    notes = ("note.decay_falls", "note.decay_rises", "note.decay_open", "note.decay_untold")
    caption = study.join(study.what_clause, study.say("caption.gravity"))
    yield table_of(study, "gravity", found, caption, views=(View(shown),), notes=notes)
    yield table_of(study, "gravity_flows", flows, views=())


def _classes(study: Study, word: str) -> Iterable[Table]:
    """Tell what places are specialised in, and which classes few places can."""
    by = main_class(study)
    if by is None:
        return
    options: dict[str, Any] = {"level": study.level, "by": by}
    words = {"level": word, "class": study.word(by)}
    try:
        quotients = tables.location_quotients(study.flowing, **options)
        complexity = tables.complexity(study.flowing, **options)
    except ClustersError:  # no giver has a place and a class
        return
    caption = study.join(study.what_clause, study.say("caption.location_quotients", **words))
    yield _of_class(study, "location_quotients", quotients, by, caption, words)
    caption = study.join(study.what_clause, study.say("caption.complexity"))
    yield _of_class(study, "complexity", complexity, by, caption, words)


def _of_class(
    study: Study, name: str, frame: pd.DataFrame, by: str, caption: str, words: dict[str, str]
) -> Table:
    return table_of(study, name, frame, caption, views=(), by=by, title=study.say(f"title.{name}", **words))
