"""Printed words of an index: names of its indicators and groups, which only its framework knows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from clusters import labels
from clusters.index.framework import Framework
from clusters.index.scoring import IndexResult
from clusters.sentences import Note

OWN = ("unit", "item", "step", "before", "after", "change")
"""Columns whose printed word in an index is another than elsewhere (``index.*`` of the label table)."""
NODES = ("id", "indicator", "dimension", "item", "parent", "benchmark_type", "strongest_dimension")
"""Columns whose cells are nodes of a framework."""


def worded(
    frame: pd.DataFrame, framework: Framework | None = None, notes: Sequence[Note] = ()
) -> pd.DataFrame:
    """Give a table of an index its printed words and its notes.

    Columns that are nodes get the names of the framework as headings; so do cells of the columns that
    hold nodes (``NODES``), and codes of what a step did. Of equal names each gets its identifier, too.
    """
    words = {
        column: {**_label(f"index.{column}"), "unit": labels.unit(f"index.{column}")}
        for column in OWN
        if column in frame.columns
    }
    if framework is not None:
        taken: dict[str, set[str]] = {
            lang: {labels.heading(c, lang, words) for c in frame.columns if c not in framework.weight}
            for lang in labels.LANGUAGES
        }
        names = node_names(framework, taken)
        words |= {node: names[node] for node in frame.columns if node in names}
        for column in NODES:
            if column in frame.columns:
                here = set(frame[column].dropna())
                words |= {f"{column}.{node}": names[node] for node in names if node in here}
    for column in ("step", "what"):
        for code in pd.unique(frame[column]) if column in frame.columns else ():
            if f"index.{code}" in labels.terms():
                words[f"{column}.{code}"] = _label(f"index.{code}")
    frame.attrs["words"] = {**words, **frame.attrs.get("words", {})}
    if notes:
        frame.attrs["notes"] = list(notes)
    return frame


def node_names(framework: Framework, taken: dict[str, set[str]] | None = None) -> dict[str, dict[str, str]]:
    """Return the printed names of all nodes; a name that two have, or that is taken, tells the id.

    Examples
    --------
    >>> from clusters.index.frameworks import read_framework
    >>> leaves = [{"id": i, "parent": "total", "name_en": "Rent"} for i in "ab"]
    >>> node_names(read_framework({"indicator": leaves}))["a"]["en"]
    'Rent (a)'
    """
    names: dict[str, dict[str, str]] = {
        node.id: {lang: framework.name_of(node.id, lang) for lang in labels.LANGUAGES}
        for node in framework.nodes
    }
    for lang in labels.LANGUAGES:
        twice = set((taken or {}).get(lang, ()))
        seen: set[str] = set()
        for words in names.values():
            (twice if words[lang] in seen else seen).add(words[lang])
        for node, words in names.items():
            if words[lang] in twice and words[lang] != node:
                words[lang] = f"{words[lang]} ({node})" if lang == "en" else f"{words[lang]}（{node}）"
    return names


def keyed(frame: pd.DataFrame, result: IndexResult) -> pd.DataFrame:
    """Put the units (and their printed names, and the years) of a frame in its first columns."""
    index = frame.index
    keys = {"unit": index.get_level_values(0).to_numpy(object)}
    if result.table.names is not None:
        keys["name"] = result.table.names.reindex(index).to_numpy(object)
    if index.nlevels > 1:
        keys["year"] = index.get_level_values(1).to_numpy()
    return pd.concat([pd.DataFrame(keys), frame.reset_index(drop=True)], axis=1)


def listed(nodes: Iterable[str], framework: Framework) -> list[str]:
    """Return printed names of nodes for a sentence."""
    return [framework.name_of(node) for node in nodes]


def _label(term: str) -> dict[str, str]:
    return {lang: labels.label(term, lang) for lang in labels.LANGUAGES}
