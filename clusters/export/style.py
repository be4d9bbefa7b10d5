"""Sizes and colours of organisations, the same in pictures and in exported networks.

The first seven colours are the set of Okabe and Ito [1]_, told apart by readers with
any of the common colour-vision deficiencies; lighter and darker tones of the same
hues follow for a longer list of groups, then grey for all that remain.

References
----------
.. [1] Okabe, M. and Ito, K. (2008), Color universal design.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.errors import UsageError
from clusters.export.layout import partition
from clusters.networks import ValueNetwork
from clusters.relations import PARTNER, SAMPLE

BASE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
GREY = "#B3B3B3"
SMALLEST, LARGEST = 6.0, 120.0
"""Diameters on Gephi's canvas: a node without edges, and the hub of a large network."""


def _toned(colour: str, towards: int, amount: float) -> str:
    channels = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(c + (towards - c) * amount):02X}" for c in channels)


PALETTE = (*BASE, *(_toned(c, 255, 0.5) for c in BASE), *(_toned(c, 0, 0.45) for c in BASE))
"""Twenty-one colours; the first seven are safe without any other cue."""


@dataclass(frozen=True, eq=False)
class NodeStyle:
    """Size and colour of every node of one network."""

    sizes: NDArray[np.float64]
    """Diameters, in the units of the positions."""
    colours: NDArray[np.uint8]
    """One row of red, green and blue (0 to 255) per node."""
    colour_by: str
    """What the colour shows: ``role``, ``community``, a node column, or nothing (empty)."""
    legend: tuple[tuple[str, str, int], ...]
    """Group, its colour as ``#RRGGBB`` and its number of nodes, largest group first."""


def node_style(network: ValueNetwork, *, colour_by: str = "auto", seed: int = 0) -> NodeStyle:
    """Choose size and colour of every node.

    Parameters
    ----------
    network
        Degrees count its edges, in and out.
    colour_by
        ``role``, ``community``, the name of a node column (``province`` ...), or
        ``auto``: role where the network has both roles, else community.
    seed
        Seed of the search for communities.

    Returns
    -------
    NodeStyle
        The area of a node above the smallest size grows with its degree (diameter with the
        square root). Groups beyond the palette, and nodes without a value, are grey.

    Examples
    --------
    >>> network = ValueNetwork.from_edges([("a", "b"), ("a", "c")])
    >>> node_style(network, colour_by="community").sizes.round(1).tolist()
    [24.0, 18.7, 18.7]
    """
    by = _chosen(network, colour_by)
    groups = _groups(network, by, seed)
    codes, names = pd.factorize(groups)
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    order = sorted(range(len(names)), key=lambda k: (-counts[k], str(names[k])))
    if by == "role":  # the same colour for a role in every network
        order = sorted(order, key=lambda k: names[k] != SAMPLE)
    colours = [GREY] * (len(names) + 1)  # the last one serves code -1, no value
    for place, k in enumerate(order):
        colours[k] = PALETTE[place] if place < len(PALETTE) else GREY
    rgb = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in colours], dtype=np.uint8)
    return NodeStyle(
        sizes=node_sizes(network),
        colours=rgb[codes],
        colour_by=by,
        legend=tuple((str(names[k]), colours[k], int(counts[k])) for k in order),
    )


def node_sizes(network: ValueNetwork) -> NDArray[np.float64]:
    """Return diameters that grow with the square root of the degree, smaller in small networks."""
    n = network.n_nodes
    degree = np.bincount(network.sources, minlength=n) + np.bincount(network.targets, minlength=n)
    largest = LARGEST * min(1.0, max(0.2, np.sqrt(n / 2000)))
    return np.asarray(SMALLEST + (largest - SMALLEST) * np.sqrt(degree / max(degree.max(initial=0), 1)))


def _chosen(network: ValueNetwork, colour_by: str) -> str:
    if colour_by == "auto":
        mixed = network.sample is not None and 0 < int(network.sample.sum()) < network.n_nodes
        return "role" if mixed else "community"
    columns = [] if network.attributes is None else [str(c) for c in network.attributes.columns]
    known = ["community", *(["role"] if network.sample is not None else []), *columns]
    if colour_by not in known:
        raise UsageError(
            f"nodes have no {colour_by!r} to colour by", hint=f"use auto, {', '.join(dict.fromkeys(known))}"
        )
    return colour_by


def _groups(network: ValueNetwork, by: str, seed: int) -> NDArray[Any]:
    if by == "role" and network.sample is not None:
        return np.where(network.sample, SAMPLE, PARTNER).astype(object)
    if by == "community":
        return partition(network, seed=seed).astype(object)
    assert network.attributes is not None  # _chosen has looked
    values = network.attributes[by]
    return np.asarray(values.astype(object).where(values.notna(), None), dtype=object)
