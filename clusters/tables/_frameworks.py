"""Tables of frameworks: which there are, and what one consists of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from clusters.index.framework import Framework, Indicator
from clusters.index.frameworks import read_framework, shipped
from clusters.index.scoring import from_data
from clusters.index.weights import FrameworkWeights, weigh_framework
from clusters.sentences import Note
from clusters.tables._index_words import node_names

TYPES: Mapping[str, Any] = {
    "sibling_weight": float,
    "effective_weight": float,
    "indicator_direction": "Int64",
}


def frameworks(names: Sequence[str] | None = None) -> pd.DataFrame:
    """List frameworks, by default those that come with the package.

    Returns
    -------
    DataFrame
        ``framework``, ``framework_title``, ``scored_unit`` (what is ranked, such as cities; missing
        where any may be), ``indicator_count``, ``aggregate_count`` (the root included),
        ``framework_source``.

    Examples
    --------
    >>> frameworks(["tmtpost_2024"])[["framework", "indicator_count", "aggregate_count"]].values.tolist()
    [['tmtpost_2024', 25, 14]]
    """
    found = [read_framework(name) for name in (shipped() if names is None else names)]
    table = pd.DataFrame(
        {
            "framework": [f.name for f in found],
            "framework_title": [f.title_en or f.title_zh or f.name for f in found],
            "scored_unit": [f.unit_en or f.unit_zh or None for f in found],
            "indicator_count": [len(f.indicators) for f in found],
            "aggregate_count": [len(f.aggregates) for f in found],
            "framework_source": [f.source or None for f in found],
        }
    )
    said = [("framework_title", f.title_en, f.title_zh) for f in found]
    said += [("scored_unit", f.unit_en, f.unit_zh) for f in found]
    words = {f"{column}.{en}": {"en": en, "zh": zh} for column, en, zh in said if en and zh}
    table.attrs["words"] = words
    return table


def framework_tree(framework: Framework) -> pd.DataFrame:
    """Tabulate the tree of a framework, every node below its parent.

    Returns
    -------
    DataFrame
        ``node_level`` (0 for the root), ``node_id``, ``node_name``, ``parent_id``, ``sibling_weight``
        (rescaled among siblings), ``effective_weight`` (share of an indicator in the score;
        of an aggregate, of all below it), ``indicator_direction``, and those of ``measure_unit``,
        ``node_denominator``, ``node_formula`` that some indicator has.

    Examples
    --------
    >>> table = framework_tree(read_framework("tmtpost_2024")).set_index("node_id")
    >>> table.loc[["total", "policy", "policies"], "effective_weight"].round(6).tolist()
    [1.0, 0.083333, 0.083333]
    """
    names = node_names(framework)
    steps = framework.steps
    later = from_data(steps)
    weights = weigh_framework(framework, **({"system": "given"} if later else steps.weights_options))
    rows = [_row(framework, node, level, names[node], weights) for node, level in _walk(framework)]
    table = pd.DataFrame(rows)
    empty = [c for c in ("measure_unit", "node_denominator", "node_formula") if table[c].isna().all()]
    table = table.drop(columns=empty).astype(dict(TYPES))
    table.attrs["words"] = {f"node_name.{words['en']}": words for words in names.values()}
    if later:
        table.attrs["notes"] = [Note("note.weights_from_data", system=steps.weights)]
    return table


def _walk(framework: Framework, node: str | None = None, level: int = 0) -> Iterator[tuple[str, int]]:
    """Yield all nodes with their levels, children right below their parents."""
    own = framework.root if node is None else node
    yield own, level
    for child in framework.children.get(own, ()):
        yield from _walk(framework, child, level + 1)


def _row(
    framework: Framework,
    node: str,
    level: int,
    names: dict[str, str],
    weights: FrameworkWeights,
) -> dict[str, Any]:
    leaf: Indicator | None = framework.indicator.get(node)
    return {
        "node_level": level,
        "node_id": node,
        "node_name": names["en"],
        "parent_id": framework.parent[node],
        "sibling_weight": weights[node],
        "effective_weight": float(weights.effective(node)),
        "indicator_direction": leaf.direction if leaf else None,
        "measure_unit": (leaf.unit or None) if leaf else None,
        "node_denominator": leaf.denominator if leaf else None,
        "node_formula": leaf.formula if leaf else None,
    }
