"""Hierarchy beside chance: the rich club and small worlds, against random networks of the same degrees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from clusters import progress
from clusters.measures import clustering, nulls, paths, small_world
from clusters.measures import rich_club as clubs
from clusters.networks import ValueNetwork
from clusters.sentences import Note

NAN = float("nan")
SMALL_WORLD = [
    *("year", "largest_component", "component_clustering", "clustering_null", "clustering_lattice"),
    *("component_path_length", "path_length_null", "small_world_sigma", "small_world_omega"),
    "null_replicates",
]


def rich_club(network: ValueNetwork, replicates: int = 100, *, seed: int = 0) -> pd.DataFrame:
    """Tabulate the rich-club coefficient beside that of random networks of the same degrees.

    Parameters
    ----------
    network
        One network, usually that of the last year. Edges have a direction; degrees count both ends.
    replicates
        Random networks, rewired within the roles of edges; 0 leaves the comparison empty.
    seed
        Replicate k is drawn with the seed ``[seed, k]``.

    Returns
    -------
    DataFrame
        ``k``, ``rich_nodes`` (of more than k edges), ``rich_edges`` (among them), ``rich_club``,
        ``rich_club_null`` (mean of the random networks), ``rich_club_null_from``,
        ``rich_club_null_to`` (2.5 % and 97.5 % points) and ``rich_club_ratio``.

    References
    ----------
    Colizza et al. 2006; Maslov, Sneppen 2002.

    Examples
    --------
    >>> table = rich_club(ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("c", "a")]), replicates=2)
    >>> table[["k", "rich_club", "rich_club_ratio"]].values.tolist()
    [[0.0, 0.5, 1.0]]
    """
    observed = clubs.rich_club(network)
    k = observed["k"].to_numpy()
    drawn: list[Any] = []
    with progress.task(Note("note.progress_nulls"), total=replicates) as done:
        each = nulls.replicate(lambda one: clubs.rich_edges(one, k), network, replicates, seed=seed)
        for found, _ in each:
            drawn.append(found)
            done(len(drawn))
    table = clubs.beside_random(observed, drawn)
    notes = [Note("note.rich_club", n=replicates, seed=seed)] if replicates else []
    table.attrs["notes"] = [*notes, Note("note.sampling_caution")]
    return table


def small_worlds(
    networks: Mapping[int | None, ValueNetwork], replicates: int = 20, *, seed: int = 0
) -> pd.DataFrame:
    """Compare clustering and path length of each year with random networks and a lattice.

    Parameters
    ----------
    networks
        Networks by year; the largest weak component of each is measured, direction ignored.
    replicates
        Random networks of the same degrees for each year, rewired within the roles of edges.
    seed
        Replicate k is drawn with the seed ``[seed, k]``, the lattice with ``seed``.

    Returns
    -------
    DataFrame
        ``year``, ``largest_component``; ``component_clustering`` with ``clustering_null`` (mean of the
        random networks) and ``clustering_lattice``; ``component_path_length`` with
        ``path_length_null``; ``small_world_sigma``, ``small_world_omega``, ``null_replicates``. NaN
        above 200,000 nodes.

    References
    ----------
    Humphries, Gurney 2008; Telesford et al. 2011; Maslov, Sneppen 2002.

    Examples
    --------
    >>> ring = ValueNetwork.from_edges([(k, (k + step) % 200) for k in range(200) for step in (1, 2)])
    >>> table = small_worlds({2022: ring}, replicates=3)
    >>> table[["component_clustering", "clustering_lattice"]].values.tolist()
    [[0.5, 0.5]]
    """
    rows: list[dict[str, Any]] = []
    total = len(networks) * replicates
    with progress.task(Note("note.progress_nulls"), total=total) as done:
        for year, network in networks.items():
            part = small_world.main_part(network)
            row: dict[str, Any] = {"year": NAN if year is None else year, "largest_component": len(part)}
            drawn: list[tuple[float, float]] = []
            if 0 < len(part) <= paths.EXACT_UP_TO:
                here, length = _clustered(part)
                for found, _ in nulls.replicate(_clustered, part, replicates, seed=seed):
                    drawn.append(found)
                    done(len(rows) * replicates + len(drawn))
                ring = _clustering(small_world.lattice(part, seed))
                values = np.array(drawn, dtype=np.float64).reshape(-1, 2).T
                found_here = small_world.small_world(here, length, values[0], values[1], ring)
                row |= {"component_clustering": here, "clustering_lattice": ring}
                row |= {"component_path_length": length}
                row |= {"small_world_sigma": found_here.sigma, "small_world_omega": found_here.omega}
                if drawn:
                    row |= {"clustering_null": values[0].mean(), "path_length_null": values[1].mean()}
            rows.append(row | {"null_replicates": len(drawn)})
    table = pd.DataFrame(rows, columns=SMALL_WORLD)
    table.attrs["notes"] = [
        Note("note.small_world", n=replicates, seed=seed),
        Note("note.sampling_caution"),
    ]
    return table


def _clustering(network: ValueNetwork) -> float:
    return clustering.average_clustering(network, directed=False)


def _clustered(network: ValueNetwork) -> tuple[float, float]:
    return _clustering(network), paths.path_summary(network, directed=False).average_path_length
