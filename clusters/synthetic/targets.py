"""What the synthetic relations must add up to: the printed tables of the Nankai report, scaled.

Everything is read from the package's copy of the tables (``clusters.published``); numbers
that are not printed are decisions of the generator and live in ``recipe``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import published
from clusters.synthetic.rounding import half_up

REPORT = "nankai_2023"
IntVector = NDArray[np.int64]


@dataclass(frozen=True)
class Targets:
    """Counts by year and sizes of groups, scaled; degrees of the printed nodes as they are."""

    scale: float
    years: tuple[int, ...]
    full_sample: int
    """Sample enterprises at scale 1."""
    full_edges: int
    """Edges of the last year at scale 1."""
    sample_nodes: IntVector
    partner_nodes: IntVector
    edges: IntVector
    pinned: bool
    """Whether the degrees of Tables 3 and 4 hold exactly (scale 1 only; else they give the shape)."""
    hub_in: IntVector
    hub_out: IntVector
    star_in: IntVector
    star_out: IntVector
    sample_cap: int
    """Largest total degree of a sample enterprise outside Table 3."""
    partner_cap: int
    """Largest total degree of a partner outside Table 4."""
    platforms: int
    platform_years: tuple[int, ...]
    platform_nodes: IntVector
    platform_edges: IntVector
    investors: int
    universities: int
    institutes: int
    new_organisations: int

    @property
    def n_years(self) -> int:
        """Number of years."""
        return len(self.years)

    @property
    def new_sample(self) -> IntVector:
        """Sample enterprises that enter in each year."""
        return np.maximum(np.diff(self.sample_nodes, prepend=0), 0)

    @property
    def leaving(self) -> IntVector:
        """Sample enterprises that become partners in each year."""
        return np.maximum(-np.diff(self.sample_nodes, prepend=0), 0)

    @property
    def new_partners(self) -> IntVector:
        """Partners that enter in each year; former sample enterprises are not new."""
        return np.diff(self.partner_nodes, prepend=0) - self.leaving

    @property
    def new_edges(self) -> IntVector:
        """Edges that enter in each year."""
        return np.diff(self.edges, prepend=0)


def targets(scale: float = 1.0) -> Targets:
    """Read the printed tables and scale them.

    Parameters
    ----------
    scale
        Factor on every count, in (0, 2]. Only at 1 are the forty degrees pinned.

    Examples
    --------
    >>> full = targets()
    >>> int(full.edges[-1]), int(full.new_partners.sum()), int(full.leaving.sum())
    (83815, 28560, 5)
    >>> targets(0.05).edges.tolist()
    [130, 200, 269, 483, 894, 1414, 2489, 3190, 4191]
    """
    if not 0 < scale <= 2:
        raise ValueError(f"scale must lie in (0, 2], not {scale}")
    yearly, platform = printed(2), printed(6)
    hubs, stars = printed(3), printed(4)
    database = published.load(REPORT, name="text_sample_database_counts").set_index("item_en")["count"]

    def scaled(values: pd.Series) -> IntVector:
        return np.array([max(1, half_up(v * scale)) for v in values], np.int64)

    def group(item: str) -> int:
        return half_up(int(database[item]) * scale)

    return Targets(
        scale=scale,
        years=tuple(int(y) for y in yearly["year"]),
        full_sample=int(yearly["sample_nodes"].max()),
        full_edges=int(yearly["edges"].max()),
        sample_nodes=scaled(yearly["sample_nodes"]),
        partner_nodes=scaled(yearly["relation_nodes"]),
        edges=scaled(yearly["edges"]),
        pinned=scale == 1,
        hub_in=hubs["in_degree"].to_numpy(np.int64),
        hub_out=hubs["out_degree"].to_numpy(np.int64),
        star_in=stars["in_degree"].to_numpy(np.int64),
        star_out=stars["out_degree"].to_numpy(np.int64),
        sample_cap=int(hubs["degree"].min()) - 1,
        partner_cap=int(stars["degree"].min()) - 1,
        platforms=max(1, group("platform enterprises (sub-sample)")),
        platform_years=tuple(int(y) for y in platform["year"]),
        platform_nodes=scaled(platform["nodes"]),
        platform_edges=scaled(platform["edges"]),
        investors=group("investors"),
        universities=group("AI universities"),
        institutes=group("non-university research institutes"),
        new_organisations=group("new innovation organisations"),
    )


@cache
def printed(table: int) -> pd.DataFrame:
    """Return one printed table; do not change it."""
    return published.load(REPORT, table=table)


@cache
def figure(number: int) -> pd.DataFrame:
    """Return the printed numbers of one figure; do not change them."""
    return published.load(REPORT, figure=number)


@cache
def recovered(figure_id: str) -> dict[str, int]:
    """Return the whole counts behind the printed shares of a figure, by name."""
    counts = published.load("nankai_2023_derived", name="recovered_counts")
    rows = counts[counts["figure"] == figure_id]
    return {str(n): int(c) for n, c in zip(rows["name_zh"], rows["count_recovered"], strict=True)}
