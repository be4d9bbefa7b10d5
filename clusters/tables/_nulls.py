"""The structure of networks beside that of random ones with the same degrees."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from clusters import progress
from clusters.errors import UsageError
from clusters.measures import clustering, cohesion, communities, nulls, paths
from clusters.measures._threads import cores
from clusters.networks import ValueNetwork
from clusters.sentences import Note
from clusters.tables._structure import LONG, Convention, _seeds

STATISTICS = (
    *("average_clustering", "average_path_length", "reciprocity"),
    *("average_clustering_undirected", "average_path_length_undirected"),
)
"""Compared unless others are asked for; degrees do not decide them."""
OFFERED = (*STATISTICS, "diameter", "diameter_undirected", "modularity", "small_world_sigma")
SIGMA = "small_world_sigma"
PARTS = ("average_clustering_undirected", "average_path_length_undirected")
"""What sigma is made of."""
COUNTS = ("null_replicates", "null_swaps_per_edge")
NAN = float("nan")
_TURN = threading.Lock()
Measured = dict[str, float]


def structure_with_nulls(
    table: pd.DataFrame,
    networks: Mapping[int | None, ValueNetwork],
    replicates: int = 200,
    *,
    within: Sequence[str] = ("roles",),
    model: nulls.Model = "rewired",
    statistics: Sequence[str] = STATISTICS,
    convention: Convention = "gephi",
    seeds: int | None = None,
    seed: int = 0,
    swaps_per_edge: float = 10,
    keep_partial: bool = False,
) -> pd.DataFrame:
    """Compare a structure table with random networks, drawn for each year by a null model.

    Parameters
    ----------
    table, networks
        A table of ``yearly_structure`` and the networks it was made from.
    replicates
        Random networks for each year.
    within, model, swaps_per_edge
        What the random networks share with the given one, see ``measures.nulls``.
    statistics
        Columns to compare, of ``OFFERED``. Modularity takes as many searches in each random
        network as in the given one. What degrees decide (nodes, edges, density, average degree)
        is not offered.
    convention, seeds
        As the table was made with.
    seed
        Replicate k of a year is drawn with the seed ``[seed, k]``.
    keep_partial
        When interrupted, compare with what is done (``attrs["interrupted"]`` true) instead of
        raising ``KeyboardInterrupt``.

    Returns
    -------
    DataFrame
        The table with ``null_replicates``, ``null_swaps_per_edge`` (NaN in models that do not swap)
        and for each statistic X the columns ``X_null_mean``, ``X_null_sd``, ``X_z`` and ``X_p`` of
        ``measures.nulls.compare``. A number that the table does not have has no comparison.

        ``small_world_sigma`` is one column: clustering over its null mean, divided by path length
        over its null mean, both ignoring direction, of the largest weak component and of networks
        rewired from it alone.

    References
    ----------
    Maslov, Sneppen 2002.

    Examples
    --------
    >>> from clusters.tables import yearly_structure
    >>> pairs = [(k, (k + step) % 20) for k in range(20) for step in (1, 2)]
    >>> ring = {2022: ValueNetwork.from_edges(pairs)}
    >>> row = structure_with_nulls(yearly_structure(ring), ring, 19).iloc[0]
    >>> columns = ["average_clustering", "average_clustering_p"]
    >>> row[columns].to_list(), bool(row["average_clustering_null_mean"] < 0.1)
    ([0.25, 0.05], True)
    """
    _check(statistics, replicates)
    rows: list[dict[str, Any]] = []
    stuck, interrupted = 0, False
    with progress.task(Note("note.progress_nulls"), total=replicates * len(networks)) as done:
        for observed, network in zip(table.to_dict("records"), networks.values(), strict=True):
            defined = [name for name in statistics if name == SIGMA or not np.isnan(observed[name])]
            measure = partial(_measure, defined, convention, _seeds(network, seeds), seed)
            options: dict[str, Any] = {"model": model, "within": within, "swaps_per_edge": swaps_per_edge}
            found: list[tuple[Measured, nulls.Draw]] = []
            sigma: dict[str, float] = {}
            try:
                for one in nulls.replicate(
                    measure, network, replicates if defined else 0, seed=seed, **options
                ):
                    found.append(one)
                    done(len(rows) * replicates + len(found))
                if SIGMA in statistics and len(network):
                    sigma[SIGMA] = _sigma(network, replicates, convention, seed, options)
            except KeyboardInterrupt:
                if not keep_partial:
                    raise
                interrupted = True
            rows.append(_counts(network, found, model) | _compared(observed, found, statistics) | sigma)
            stuck = max([stuck, *(draw.stuck for _, draw in found)])
            if interrupted:
                break
    added = pd.DataFrame(rows, columns=[*COUNTS, *_columns(statistics)]).reindex(range(len(table)))
    added["null_replicates"] = added["null_replicates"].fillna(0).astype(int)
    result = pd.concat([table.reset_index(drop=True), added], axis=1)
    notes = [_about(model, replicates, within, swaps_per_edge, seed)]
    if stuck:
        notes.append(Note("note.null_stuck", n=stuck))
    if interrupted:
        notes.append(Note("note.null_unfinished", n=rows[-1]["null_replicates"]))
    result.attrs = table.attrs | {"notes": [*table.attrs.get("notes", []), *notes]}
    if interrupted:
        result.attrs["interrupted"] = True
    return result


def nulls_outlook(
    networks: Mapping[int | None, ValueNetwork],
    replicates: int,
    *,
    within: Sequence[str] = ("roles",),
    model: nulls.Model = "rewired",
    statistics: Sequence[str] = STATISTICS,
) -> list[Note]:
    """Say, before ``structure_with_nulls`` runs, what will take long; raise what it would raise.

    The last network speaks for all; of networks that grow steadily the years together take
    about a third of what as many of the last would.

    Examples
    --------
    >>> nulls_outlook({2022: ValueNetwork.from_edges([("a", "b")])}, 200)
    []
    """
    _check(statistics, replicates)
    if not networks:
        return []
    last = networks[list(networks)[-1]]
    nulls.NullModel(last, model, within=within)
    times = replicates * (1 + len(networks)) / 3 / cores()
    seconds = last.n_edges * 3e-6  # rewiring and triangles
    for name in statistics:
        if name.startswith(("average_path_length", "diameter")):
            seconds += 1.3 * paths.expected_seconds(last, directed=not name.endswith("_undirected"))
    if SIGMA in statistics:
        seconds += last.n_edges * 3e-6 + 1.3 * paths.expected_seconds(last, directed=False)
    if "modularity" in statistics:
        seconds += last.n_edges * 3e-6 * cores()  # one search after the other, in one thread
    if seconds * times <= LONG:
        return []
    return [Note("note.nulls_take_long", replicates=replicates, long=progress.span(seconds * times))]


def _check(statistics: Sequence[str], replicates: int) -> None:
    unknown = [name for name in statistics if name not in OFFERED]
    if unknown:
        raise UsageError(
            f"{unknown[0]!r} is not compared with random networks; use {', '.join(OFFERED)}",
            hint="what degrees decide, such as density, is the same in all of them",
        )
    if replicates < 1:
        raise ValueError(f"replicates must be at least 1, not {replicates}")


def _columns(statistics: Sequence[str]) -> list[str]:
    ends = ("null_mean", "null_sd", "z", "p")
    compared = [f"{name}_{end}" for name in statistics if name != SIGMA for end in ends]
    return compared + [SIGMA] * (SIGMA in statistics)


def _measure(
    statistics: Sequence[str], convention: Convention, seeds: int, seed: int, network: ValueNetwork
) -> Measured:
    """Measure some statistics of one random network."""
    found: Measured = {}
    for ending, directed in (("", True), ("_undirected", False)):
        if "average_clustering" + ending in statistics:
            value = clustering.average_clustering(network, convention, directed)
            found["average_clustering" + ending] = value
        lengths = [f"{name}{ending}" for name in ("average_path_length", "diameter")]
        if set(lengths) & set(statistics):
            summary = paths.path_summary(network, directed)
            found |= dict(zip(lengths, (summary.average_path_length, summary.diameter), strict=True))
    if "reciprocity" in statistics:
        found["reciprocity"] = cohesion.reciprocity(network)
    if "modularity" in statistics and seeds:
        with _TURN:  # igraph has one generator of random numbers for all threads
            found["modularity"] = communities.communities(network, seeds, seed).modularity
    return found


def _counts(
    network: ValueNetwork, found: Sequence[tuple[Measured, nulls.Draw]], model: str
) -> dict[str, float]:
    swaps = [draw.swaps for _, draw in found]
    known = model == "rewired" and swaps and network.n_edges
    return {
        "null_replicates": len(found),
        "null_swaps_per_edge": float(np.mean(swaps)) / network.n_edges if known else NAN,
    }


def _compared(
    observed: Mapping[Any, float],
    found: Sequence[tuple[Measured, nulls.Draw]],
    statistics: Sequence[str],
) -> dict[str, float]:
    row: dict[str, float] = {}
    for name in statistics:
        if name == SIGMA:
            continue
        values = [measured[name] for measured, _ in found if name in measured]
        one = nulls.compare(observed[name], values)
        row |= dict(zip(_columns([name]), (one.mean, one.sd, one.z, one.p), strict=True))
    return row


def _sigma(
    network: ValueNetwork,
    replicates: int,
    convention: Convention,
    seed: int,
    options: Mapping[str, Any],
) -> float:
    """Compare clustering with path length in the largest weak component, each over its null mean."""
    core = network.subnetwork(cohesion.weak_components(network).to_numpy() == 0)
    if len(core) > paths.EXACT_UP_TO:
        return NAN
    measure = partial(_measure, PARTS, convention, 0, seed)
    found = [measured for measured, _ in nulls.replicate(measure, core, replicates, seed=seed, **options)]
    here = measure(core)
    means = [float(np.mean([one[name] for one in found])) for name in PARTS]
    clustered, distant = (here[name] / mean if mean else NAN for name, mean in zip(PARTS, means, strict=True))
    return clustered / distant


def _about(model: str, replicates: int, within: Sequence[str], swaps: float, seed: int) -> Note:
    """Say what the random networks are."""
    words = {word: Note(term) for word, term in _WITHIN.items()}
    values: dict[str, Any] = {
        "n": replicates,
        "within": [words[word] for word in within] or [Note("term.within_none")],
        "seed": seed,
        "least": 1 / (1 + replicates),
    }
    if model == "rewired":
        return Note("note.null_rewired", swaps=swaps, **values)
    return Note("note.null_configuration" if model == "configuration" else "note.null_random", **values)


_WITHIN: Mapping[str, str] = {
    "roles": "term.within_roles",
    "year": "term.within_year",
    "kind": "term.within_kind",
}
