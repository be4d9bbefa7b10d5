"""Public layouts (CORDIS, Crunchbase, lists of investments, graph files) to relations.

``LAYOUTS`` names what ``clusters convert`` knows; each layout has a module of its own, which is
imported when it is asked for.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from clusters.errors import UsageError
from clusters.intake.public.frame import Account, Converted, Layout, Options
from clusters.intake.public.package import Package, open_package

__all__ = ["LAYOUTS", "Account", "Converted", "Layout", "Options", "Package", "convert", "open_package"]

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
CHOICES = ("expand", "largest", "keep_placeholders", "both", "year_attribute", "network")
"""Options that mean something to some layouts only."""


def _known() -> dict[str, Layout]:
    found = {}
    for name in _MODULES:
        layout: Layout = import_module(f"clusters.intake.public.{name}").LAYOUT
        found[layout.name] = layout
    return found


LAYOUTS: dict[str, Layout] = _known()
"""Name -> layout."""


def convert(layout: str, paths: str | Path | Sequence[str | Path], **options: Any) -> Converted:
    r"""Turn files of a public layout into relations; account for every row.

    Parameters
    ----------
    layout
        One of ``LAYOUTS``: ``cordis``, ``crunchbase-2015``, ``gexf`` ...
    paths
        Its files, a folder with them, or a zip archive.
    options
        Fields of ``Options``: ``expand="clique"``, ``year_range=(1990, 2030)``, ``encoding`` ...

    Returns
    -------
    Converted
        ``relations`` (columns that ``read_relations`` knows), ``nodes``, ``account`` and ``notes``.

    Raises
    ------
    UsageError
        There is no such layout, or an option means nothing to it.
    DataError
        The files are not of this layout, or cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "events.csv"
    ...     events = "投资方,融资方,融资时间\n甲资本、乙基金,丙科技,2019-05-01\n"
    ...     _ = path.write_text(events, encoding="utf-8")
    ...     found = convert("investment-events-cn", path)
    >>> found.relations[["source", "target", "year"]].values.tolist()
    [['甲资本', '丙科技', 2019], ['乙基金', '丙科技', 2019]]
    """
    if layout not in LAYOUTS:
        close = difflib.get_close_matches(layout, LAYOUTS, n=1)
        meant = f"is {close[0]} meant? " if close else ""
        raise UsageError(f"no layout {layout!r} is known", hint=f"{meant}known are {', '.join(LAYOUTS)}")
    known, chosen = LAYOUTS[layout], Options(**options)
    for name in CHOICES:
        if getattr(chosen, name) and name not in known.choices:
            raise UsageError(f"--{name.replace('_', '-')} means nothing to {layout}")
    return known.convert(open_package([paths] if isinstance(paths, (str, Path)) else paths), chosen)
