"""Innovation clusters: from a relation table to the numbers of a cluster report.

Tables run along one straight line: ``relations`` -> ``networks`` -> ``measures``
-> ``tables`` -> ``figures``, ``export``, ``report`` -> ``cli``. Everything heavy is
imported on first use, so ``import clusters`` costs next to nothing.

Examples
--------
>>> import clusters
>>> network = clusters.ValueNetwork.from_edges([("a", "b"), ("b", "c")])
>>> clusters.measures.paths.path_summary(network).average_path_length
1.3333333333333333
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clusters import (
        explain,
        export,
        figures,
        labels,
        measures,
        networks,
        places,
        published,
        relations,
        report,
        synthetic,
        tables,
    )
    from clusters.intake.public import convert
    from clusters.networks import ValueNetwork
    from clusters.relations import Relations, read_relations, sample

__version__ = "0.1.0"

_MODULES = {
    "errors",
    "explain",
    "export",
    "figures",
    "labels",
    "measures",
    "networks",
    "places",
    "published",
    "relations",
    "report",
    "synthetic",
    "tables",
}
_NAMES = {
    "Relations": "clusters.relations",
    "ValueNetwork": "clusters.networks",
    "convert": "clusters.intake.public",
    "read_relations": "clusters.relations",
    "sample": "clusters.relations",
}

__all__ = [
    "Relations",
    "ValueNetwork",
    "__version__",
    "convert",
    "explain",
    "export",
    "figures",
    "labels",
    "measures",
    "networks",
    "places",
    "published",
    "read_relations",
    "relations",
    "report",
    "sample",
    "synthetic",
    "tables",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"clusters.{name}")
    if name in _NAMES:
        return getattr(importlib.import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'clusters' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES, *_NAMES})
