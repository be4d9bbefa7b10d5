"""Measures: arrays or a network in, numbers out.

A measure never reads a file, prints, plots or knows a language. What it returns says what
it belongs to: a number to the network, a Series to its nodes, a square table to places.
Modules are imported on first use.

Examples
--------
>>> from clusters import ValueNetwork, measures
>>> measures.degree.average_degree(ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("c", "a")]))
1.0
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType

__all__ = sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return importlib.import_module(f"clusters.measures.{name}")
    raise AttributeError(f"module 'clusters.measures' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
