"""Public layouts (CORDIS, Crunchbase, lists of investments, graph files) to relations.

``LAYOUTS`` names what ``clusters convert`` knows; each layout has a module of its own, which is
imported when it is asked for.
"""

from __future__ import annotations

from importlib import import_module

from clusters.intake.public.frame import Account, Converted, Layout, Options
from clusters.intake.public.package import Package, open_package

__all__ = ["LAYOUTS", "Account", "Converted", "Layout", "Options", "Package", "open_package"]

_MODULES = (
    "cordis",
    "cordis_2020",
    "horizon_dashboard",
    "crunchbase_2013",
    "crunchbase_2015",
    "crunchbase_2016",
    "investments_cn",
    "gexf",
    "graphml",
    "pajek",
    "gephi_csv",
)
"""Modules of layouts; each has a ``LAYOUT``."""


def _known() -> dict[str, Layout]:
    found = {}
    for name in _MODULES:
        layout: Layout = import_module(f"clusters.intake.public.{name}").LAYOUT
        found[layout.name] = layout
    return found


LAYOUTS: dict[str, Layout] = _known()
"""Name -> layout."""
