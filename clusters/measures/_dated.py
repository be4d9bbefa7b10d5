"""Edges with years: degrees from those of some years, and when organisations came."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from clusters.networks import ValueNetwork

Degree = Literal["out", "in", "total"]
Mask = NDArray[np.bool_]
NEVER = np.iinfo(np.int64).max


def edge_years(network: ValueNetwork) -> NDArray[Any]:
    """Return the year of each edge's first relation."""
    if network.first_years is None:
        raise ValueError("growth needs a network whose edges carry years")
    return network.first_years


def node_years(network: ValueNetwork) -> NDArray[np.int64]:
    """Return the year of each node's first edge; ``NEVER`` without an edge."""
    years = edge_years(network)
    found = np.full(len(network), NEVER, dtype=np.int64)
    for ends in (network.sources, network.targets):
        np.minimum.at(found, ends, years)
    return found


def growth_years(network: ValueNetwork) -> list[int]:
    """Return the years in which edges were added, ascending."""
    return [int(year) for year in np.unique(edge_years(network))]


def degrees(network: ValueNetwork, edges: Mask, degree: Degree) -> NDArray[np.int64]:
    """Count the ends at each node of some of the edges."""
    if degree not in ("out", "in", "total"):
        raise ValueError(f"degree {degree!r} is not known; use out, in or total")
    found = np.zeros(len(network), dtype=np.int64)
    if degree != "in":
        found += np.bincount(network.sources[edges], minlength=len(network))
    if degree != "out":
        found += np.bincount(network.targets[edges], minlength=len(network))
    return found
