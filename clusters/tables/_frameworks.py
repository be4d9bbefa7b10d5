"""Tables of the frameworks of composite indices."""

from __future__ import annotations

import pandas as pd

from clusters.index.frameworks import read_framework, shipped

COLUMNS = ["framework", "framework_title", "indicators", "aggregates", "source"]


def frameworks() -> pd.DataFrame:
    """List the frameworks that come with the package."""
    rows = []
    for name in shipped():
        found = read_framework(name)
        rows.append((name, found.title_en, len(found.indicators), len(found.aggregates) - 1, found.source))
    return pd.DataFrame(rows, columns=COLUMNS)
