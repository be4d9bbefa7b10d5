"""How the reported statistics move when a part of the sample enterprises is left out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import progress
from clusters.errors import UsageError
from clusters.measures import flows as flow_measures
from clusters.measures._enterprises import Clusters, clusters_of, remaining
from clusters.measures.sensitivity import REPEATS, drop_enterprises
from clusters.networks import ValueNetwork
from clusters.relations import Relations
from clusters.sentences import Note
from clusters.tables._concentration import Degree, degree_concentration, degree_values
from clusters.tables._intervals import searched_again, who
from clusters.tables._relations import chosen, what
from clusters.tables._structure import STRUCTURE, Convention, structure_statistics

SHARES = (0.1, 0.2, 0.3, 0.4, 0.5)
COLUMNS = ("statistic", "share", "repeats", "observed", "low", "median", "high")


def sensitivity(
    network: ValueNetwork,
    relations: Relations | None = None,
    *,
    shares: Sequence[float] = SHARES,
    repeats: int = REPEATS,
    seed: int = 0,
    level: str = "province",
    kinds: Sequence[str] | None = None,
    degree: Degree = "out",
    convention: Convention = "gephi",
) -> pd.DataFrame:
    """Tabulate every statistic with some sample enterprises removed at random.

    Parameters
    ----------
    network
        Network of one year.
    relations
        The relations it was made from, for the statistics of flows between places.
    shares
        Shares of the sample enterprises to remove; without roles of the organisations that give.
    repeats, seed
        Draws for each share, and the seed of the first one.
    level, kinds
        Places of the flows, and kinds of relations in them, as in ``flows``.
    degree
        Which degree the concentration is of.
    convention
        Definition of clustering.

    Returns
    -------
    DataFrame
        ``statistic`` (columns of ``yearly_structure`` and ``concentration``; ``intra_share``, ``intra_lift``
        and ``flow_reciprocity`` of the flows where the places are known), ``share`` removed, ``repeats``,
        ``observed`` (nobody removed) and, of the draws, the 5 % point ``low``, ``median`` and the 95 %
        point ``high``. NaN where undefined; distances above 50,000 nodes and communities above a million
        edges are left out.

    Raises
    ------
    UsageError
        There are too few enterprises to remove some, or a share is not between 0 and 1.

    References
    ----------
    Kossinets 2006; methods of ``measures.sensitivity``.

    Examples
    --------
    >>> stars = ValueNetwork.from_edges([(hub, (hub, leaf)) for hub in range(10) for leaf in range(3)])
    >>> table = sensitivity(stars, shares=[0.5], repeats=3).set_index("statistic")
    >>> table.loc["edges", ["observed", "low", "median", "high"]].tolist()
    [30.0, 15.0, 15.0, 15.0]
    """
    clusters = clusters_of(network)
    check_shares(shares)
    if len(clusters) < 2:
        raise UsageError(Note("note.too_few_enterprises", n=len(clusters)))
    of_network = _network_statistics(network, degree, convention, seed)
    flows = None if relations is None else _placed(relations, level, kinds)
    parts = []
    for share in shares:
        found = drop_enterprises(network, of_network, share=share, repeats=repeats, seed=seed).summary()
        if flows is not None and len(clusters_of(flows)) > 1:
            moved = drop_enterprises(flows, _flow_statistics(level), share=share, repeats=repeats, seed=seed)
            found = pd.concat([found, moved.summary()])
        parts.append(found.reset_index().assign(share=share, repeats=repeats))
    table = pd.concat(parts, ignore_index=True)[list(COLUMNS)]
    table.attrs["notes"] = [
        Note("note.sensitivity", n=len(clusters), repeats=repeats, seed=seed, who=who(clusters.of_sample)),
        *_about(degree, flows, level),
    ]
    return table


def influence(
    network: ValueNetwork,
    relations: Relations | None = None,
    *,
    which: int | Sequence[Hashable] = 20,
    seed: int = 0,
    level: str = "province",
    kinds: Sequence[str] | None = None,
    degree: Degree = "out",
    convention: Convention = "gephi",
) -> pd.DataFrame:
    """Tabulate every statistic without each of some enterprises: what hangs on a single one.

    Parameters
    ----------
    network, relations, seed, level, kinds, degree, convention
        As in ``sensitivity``.
    which
        Organisations to leave out in turn, for example platforms; a number takes those with the most
        edges.

    Returns
    -------
    DataFrame
        ``node``, ``label`` (where names differ from ids), ``statistic``, ``observed`` (nobody left out),
        ``without`` (this one left out) and ``change``, the second less the first. Enterprises in the order
        given, or by falling number of edges.

    Raises
    ------
    UsageError
        One of the organisations has no relation, or is not in the sample.

    References
    ----------
    Quenouille 1956; Tukey 1958 (jackknife).

    Examples
    --------
    >>> star = ValueNetwork.from_edges([("hub", leaf) for leaf in "abc"] + [("other", "a")])
    >>> influence(star, which=["hub"]).set_index("statistic").loc["edges", ["observed", "without"]].tolist()
    [4.0, 1.0]
    """
    clusters = clusters_of(network)
    names = clusters.names[_positions(clusters, which)]
    if len(clusters) < 2:
        raise UsageError(Note("note.too_few_enterprises", n=len(clusters)))
    of_network = _network_statistics(network, degree, convention, seed)
    flows = None if relations is None else _placed(relations, level, kinds)

    def of(name: Hashable | None) -> dict[str, float]:
        """Compute every statistic without an enterprise; without none for ``None``."""
        found = dict(of_network(remaining(network, clusters, clusters.names == name)))
        if flows is not None:
            placed = clusters_of(flows)
            found |= _flow_statistics(level)(flows.where(placed.left(placed.names == name)))
        return found

    observed, parts = of(None), []
    with progress.task(Note("note.progress_each", n=len(names)), total=len(names), unit="count") as done:
        for k, name in enumerate(names):
            without = of(name)
            part = pd.DataFrame({"statistic": list(observed), "observed": list(observed.values())})
            parts.append(part.assign(node=name, without=[without[s] for s in observed]))
            done(k + 1)
    columns = ["node", "statistic", "observed", "without"]
    table = pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
    table["change"] = table["without"] - table["observed"]
    table.attrs["notes"] = [
        Note("note.influence", n=len(names), of=len(clusters), who=who(clusters.of_sample)),
        *_about(degree, flows, level),
    ]
    return _labelled(table, network)


def _positions(clusters: Clusters, which: int | Sequence[Hashable]) -> NDArray[np.intp]:
    """Return the clusters of some organisations, or of so many with the most rows."""
    if isinstance(which, int):
        both = np.r_[clusters.first, clusters.second[clusters.second != clusters.first]]
        return np.argsort(-np.bincount(both, minlength=len(clusters)), kind="stable")[:which]
    positions = clusters.names.get_indexer(pd.Index(list(which), dtype=object))
    for name, at in zip(which, positions, strict=True):
        if at < 0:
            raise UsageError(Note("note.not_an_enterprise", name=str(name)))
    return positions


def _labelled(table: pd.DataFrame, network: ValueNetwork) -> pd.DataFrame:
    """Add the names of organisations where they say more than their ids."""
    if network.attributes is not None and "label" in network.attributes.columns:
        label = table["node"].map(network.attributes["label"])
        if (label != table["node"]).any():
            table.insert(1, "label", label)
    return table


def _about(degree: Degree, flows: Relations | None, level: str) -> list[Note]:
    """Say what the statistics are of, and what the sample cannot show."""
    notes = [Note("note.sensitivity_degree", degree=degree)]
    if flows is not None:
        notes.append(Note("note.sensitivity_flows", level=level, what=what(flows)))
    return [*notes, Note("note.sampling_caution")]


def _network_statistics(
    network: ValueNetwork, degree: Degree, convention: Convention, seed: int
) -> Callable[[ValueNetwork], Mapping[str, float]]:
    """Return what computes the statistics of networks made from this one."""
    searches = searched_again(network)

    def of(left: ValueNetwork) -> Mapping[str, float]:
        row = structure_statistics(left, convention=convention, seed=seed, **searches)
        found = {name: row[name] for name in STRUCTURE if name in row}
        return found | degree_concentration(degree_values(left, degree))

    return of


def check_shares(shares: Sequence[float]) -> None:
    """Refuse shares of which nothing can be removed or left."""
    wrong = [share for share in shares if not 0 < share < 1]
    if wrong or not shares:
        raise UsageError(
            f"share {wrong[0]:g} does not lie between 0 and 1" if wrong else "no share is named",
            hint="for example 0.1,0.3,0.5",
        )


def _placed(relations: Relations, level: str, kinds: Sequence[str] | None) -> Relations | None:
    """Keep what the flows between places are made of; None where the places are not known."""
    if level not in relations.levels and level not in relations.nodes.columns:
        return None
    used = chosen(relations, kinds)
    ends = [f"{end}_{level}" for end in ("source", "target")]
    needed = [c for c in ("source", "target", "year", "kind", *ends) if c in used.frame.columns]
    return dataclasses.replace(used, frame=used.frame[needed])


def _flow_statistics(level: str) -> Callable[[Relations], Mapping[str, float]]:
    def of(left: Relations) -> Mapping[str, float]:
        matrix = flow_measures.flow_matrix(left, level=level)
        return {
            "intra_share": flow_measures.intra_share(matrix),
            "intra_lift": flow_measures.intra_lift(matrix),
            "flow_reciprocity": flow_measures.flow_reciprocity(matrix),
        }

    return of
