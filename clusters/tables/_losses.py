"""What-if: what would be left without some organisations (情景模拟).

Every table says in its notes that it is a scenario computed from recorded relations, which prove nothing
about who depends on whom.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import progress
from clusters.errors import UsageError
from clusters.measures import composition, degree, losses, nulls
from clusters.measures.losses import Removal
from clusters.networks import ValueNetwork
from clusters.relations import Relations
from clusters.sentences import Note
from clusters.tables._scenarios import Choice, Chosen, betweenness, choose, described, listed, noted

Strategy = Literal["degree", "betweenness", "random"]
STRATEGIES: tuple[Strategy, ...] = ("degree", "betweenness", "random")
PROPAGATION = 0.85
"""Chance that a walk upstream goes on after each step."""
SETS = 1000
PATH_SETS = 100
"""Matched sets for which distances are searched too."""
PATHS_UP_TO = 50_000
"""Nodes up to which they are; beyond, only the scenario itself is searched."""
ORDERS = 10
"""Random orders that an attack curve averages."""
POINTS = 100
"""Rows of an attack curve, about."""
PROPAGATED = "mean_exposure_propagated"

Mask = NDArray[np.bool_]


def loss(
    network: ValueNetwork,
    removed: Choice,
    *,
    sets: int = SETS,
    path_sets: int = PATH_SETS,
    propagation: float = PROPAGATION,
    seed: int = 0,
) -> pd.DataFrame:
    """Tabulate the network with and without some organisations, beside matched random sets.

    Parameters
    ----------
    network
        Network of one year.
    removed
        Organisations (ids or names), or ``"top:5"`` (by out-degree; ``"top:5:degree"`` by another measure),
        ``"random:5"``, ``"platforms"``, or names with commas between them.
    sets
        Random sets of the same roles and nearly the same degrees; 0 for none.
    path_sets
        How many of them, the first ones, are searched for distances and exposure upstream, which take
        longer; none above 50,000 nodes.
    propagation
        Chance from 0 to below 1 that a walk upstream goes on, see ``measures.losses.exposure``.
    seed
        Of the random sets, and of the sources of an estimate.

    Returns
    -------
    DataFrame
        ``statistic``; ``before`` and ``after`` the removal, ``change`` and ``change_share`` (of before); of
        the changes by matched sets ``matched_mean``, ``matched_sd``, ``z``, two-sided ``p`` and the
        number of ``sets``. Statistics are those of ``measures.losses.Removal.without``, then
        ``mean_exposure_propagated``, ``reachable_pairs`` and ``global_efficiency``, over the organisations
        that are left. NaN where undefined.

    Raises
    ------
    UsageError
        Nobody, somebody unknown or everybody would be removed.

    References
    ----------
    Latora, Marchiori 2001; Davison, Hinkley 1997, section 4.2 (p).

    Examples
    --------
    >>> star = ValueNetwork.from_edges([("hub", leaf) for leaf in "abc"])
    >>> table = loss(star, ["hub"], sets=0).set_index("statistic")
    >>> table.loc[["edges", "isolated"], ["before", "after"]].values.tolist()
    [[3.0, 0.0], [0.0, 3.0]]
    """
    chosen, gone = _gone(network, removed, seed)
    removal = Removal(network)
    nobody = np.zeros_like(gone)
    before, after = (_measured(removal, mask, propagation, seed) for mask in (nobody, gone))
    # What the removed gave and took is there before: these are parts of the edges, not counts of a rest.
    before |= {name: after[name] for name in ("edges_given", "edges_taken")}
    after |= dict.fromkeys(("edges_given", "edges_taken"), 0)
    drawn = _matched(removal, gone, before, sets, path_sets, propagation, seed)
    rows = []
    for name in before:
        change = after[name] - before[name]
        beside = nulls.compare(change, drawn[name])
        share = change / before[name] if before[name] else np.nan
        values = (name, before[name], after[name], change, share)
        rows.append((*values, beside.mean, beside.sd, beside.z, beside.p, beside.replicates))
    columns = ["statistic", "before", "after", "change", "change_share", "matched_mean", "matched_sd"]
    table = pd.DataFrame(rows, columns=[*columns, "z", "p", "sets"])
    notes = [_about(network, chosen), *_exposure_notes(removal, propagation)]
    if sets:
        count = int(table.loc[table["statistic"] == "reachable_pairs", "sets"].iloc[0])
        notes.append(Note("note.matched_sets", n=sets, paths=count, alike=losses.ALIKE, seed=seed))
    return noted(table, [*notes, Note("note.sampling_caution")])


def exposure(
    network: ValueNetwork,
    removed: Choice,
    *,
    top: int | None = 20,
    propagation: float = PROPAGATION,
    seed: int = 0,
) -> pd.DataFrame:
    """List the enterprises with the largest shares of their recorded inputs from the removed.

    Parameters
    ----------
    network, removed, propagation, seed
        As in ``loss``.
    top
        Longest list; ``None`` for all that are exposed.

    Returns
    -------
    DataFrame
        ``node``, ``label`` (where names differ from ids), ``role`` (where known), ``inputs`` (edges),
        ``inputs_lost`` of them from the removed, ``exposure`` (their share) and ``exposure_propagated``; by
        falling exposure, then propagated exposure, then inputs. The sample where it is known, else
        everybody; those that receive nothing from the removed are left out.

    Examples
    --------
    >>> network = ValueNetwork.from_edges([("b", "i"), ("b", "j"), ("k", "j")])
    >>> exposure(network, ["b"])[["node", "inputs_lost", "exposure"]].values.tolist()
    [['i', 1, 1.0], ['j', 1, 0.5]]
    """
    chosen, gone = _gone(network, removed, seed)
    removal = Removal(network)
    direct, upstream = removal.exposure(gone), removal.exposure(gone, propagation)
    table = pd.DataFrame({"node": network.nodes, "inputs": removal.takes})
    table["inputs_lost"] = np.rint(direct * removal.takes).astype(np.int64)
    table["exposure"], table["exposure_propagated"] = direct, upstream
    table = table[removal.enterprises & ~gone & (direct > 0)]
    ranks = ["exposure", "exposure_propagated", "inputs"]
    table = table.sort_values(ranks, ascending=False, kind="stable", ignore_index=True)
    table = described(table if top is None else table.head(top), network)
    return noted(table, [_about(network, chosen), *_exposure_notes(removal, propagation)])


def exposure_by_place(
    network: ValueNetwork,
    removed: Choice,
    *,
    level: str = "province",
    propagation: float = PROPAGATION,
    seed: int = 0,
) -> pd.DataFrame:
    """Tabulate exposure by the place of the enterprise that receives.

    Parameters
    ----------
    network, removed, propagation, seed
        As in ``loss``.
    level
        Column of the organisations: province, city or another.

    Returns
    -------
    DataFrame
        ``place``; ``enterprises`` there that received something; their ``mean_exposure`` and
        ``mean_exposure_propagated``; how many are ``exposed`` and ``fully_exposed``. By falling mean
        exposure; enterprises without a place are left out.

    Raises
    ------
    UsageError
        The table does not have the level.

    Examples
    --------
    >>> from clusters.networks import cumulative, last
    >>> from clusters.relations import from_frame
    >>> nodes = pd.DataFrame({"province": ["北京市", "上海市", "上海市"]}, index=["b", "i", "j"])
    >>> table = from_frame(pd.DataFrame({"source": ["b", "i"], "target": ["i", "j"]}), nodes)
    >>> exposure_by_place(last(cumulative(table)), ["b"])[["place", "mean_exposure"]].values.tolist()
    [['上海市', 0.5]]
    """
    chosen, gone = _gone(network, removed, seed)
    if network.attributes is None or level not in network.attributes.columns:
        raise UsageError(Note("note.no_attribute", names=[level]))
    removal = Removal(network)
    direct, upstream = removal.exposure(gone), removal.exposure(gone, propagation)
    part = np.rint(direct * removal.takes)
    rows = pd.DataFrame(
        {
            "place": network.attributes[level].astype(object).to_numpy(),
            "mean_exposure": direct,
            PROPAGATED: upstream,
            "exposed": part > 0,
            "fully_exposed": (part == removal.takes) & (part > 0),
        }
    )[removal.enterprises & ~gone & (removal.takes > 0)]
    found = rows.groupby("place", sort=True).agg(
        enterprises=("exposed", "size"),
        mean_exposure=("mean_exposure", "mean"),
        mean_exposure_propagated=(PROPAGATED, "mean"),
        exposed=("exposed", "sum"),
        fully_exposed=("fully_exposed", "sum"),
    )
    table = found.sort_values("mean_exposure", ascending=False, kind="stable").reset_index()
    return noted(table, [_about(network, chosen), *_exposure_notes(removal, propagation)])


def exposure_by_technology(
    relations: Relations,
    network: ValueNetwork,
    removed: Choice,
    *,
    by: str = "technology",
    seed: int = 0,
) -> pd.DataFrame:
    """Tabulate exposure by technology, and recorded substitutes: other suppliers of the same one.

    Parameters
    ----------
    relations
        The relations that the network was made from.
    network, removed, seed
        As in ``loss``.
    by
        Class of the relations: technology, application_field or another.

    Returns
    -------
    DataFrame
        ``class``; ``supplies`` (distinct pairs of supplier and enterprise in the class) and
        ``supplies_lost`` with the removed; ``enterprises`` supplied; ``mean_exposure`` (share of an
        enterprise's suppliers in the class that are removed); how many enterprises are ``exposed`` and
        ``fully_exposed``, without any other supplier of it; ``substitutes``, mean number of other suppliers
        of the exposed. By falling supplies lost. Relations without a class are left out.

    Raises
    ------
    UsageError
        The table does not have the class.

    Examples
    --------
    >>> from clusters.networks import cumulative, last
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": ["b", "c", "b"], "target": ["i", "i", "j"], "technology": "5G"})
    >>> table = exposure_by_technology(from_frame(frame), last(cumulative(from_frame(frame))), ["b"])
    >>> table[["class", "exposed", "fully_exposed", "substitutes"]].values.tolist()
    [['5G', 2, 1, 0.5]]
    """
    chosen, gone = _gone(network, removed, seed)
    classes = composition.relation_classes(relations, by)
    if classes is None:
        raise UsageError(Note("note.no_class", name=by))
    removal = Removal(network)
    listed_classes = composition.split(classes, counting="full")
    rows = relations.frame.iloc[listed_classes["row"].to_numpy()]
    supplies = pd.DataFrame(
        {
            "node": rows["target"].to_numpy(dtype=object),
            "class": listed_classes["class"].to_numpy(),
            "supplier": rows["source"].to_numpy(dtype=object),
        }
    )
    studied = set(network.nodes[removal.enterprises])
    found = losses.substitutes(supplies[supplies["node"].isin(studied)], list(network.nodes[gone]))
    found["share"] = found["lost"] / found["suppliers"]
    found["exposed"] = found["lost"] > 0
    found["alone"] = found["exposed"] & (found["others"] == 0)
    found["left"] = found["others"].astype(float).where(found["exposed"])
    table = found.groupby("class", sort=True).agg(
        supplies=("suppliers", "sum"),
        supplies_lost=("lost", "sum"),
        enterprises=("node", "size"),
        mean_exposure=("share", "mean"),
        exposed=("exposed", "sum"),
        fully_exposed=("alone", "sum"),
        substitutes=("left", "mean"),
    )
    table = table.sort_values("supplies_lost", ascending=False, kind="stable").reset_index()
    unknown = int(len(relations) - listed_classes["row"].nunique())
    notes = [_about(network, chosen), _whose(removal), Note("note.substitutes", unknown=unknown)]
    return noted(table, notes)


def attack_curve(
    network: ValueNetwork,
    *,
    strategies: Sequence[Strategy] = STRATEGIES,
    orders: int = ORDERS,
    seed: int = 0,
) -> pd.DataFrame:
    """Tabulate how the largest weak component shrinks while organisations are removed one by one.

    Parameters
    ----------
    network
        Network of one year.
    strategies
        ``"degree"`` and ``"betweenness"`` remove the largest of the whole network first (not computed again
        after each removal; betweenness is estimated above 5,000 nodes), ``"random"`` in random order.
    orders
        Random orders to average.
    seed
        Of these.

    Returns
    -------
    DataFrame
        ``strategy``, ``removed`` organisations (about 100 steps), ``removed_share``,
        ``largest_component`` in nodes, ``largest_share`` of all organisations, and Schneider's
        ``robustness`` of the whole curve, from 1/N - 1/N^2 to (1 - 1/N)/2.

    References
    ----------
    Schneider, Moreira, Andrade, Havlin, Herrmann 2011; Albert, Jeong, Barabasi 2000.

    Examples
    --------
    >>> star = ValueNetwork.from_edges([("hub", leaf) for leaf in "abcde"])
    >>> attack_curve(star, strategies=["degree"])["robustness"].round(6).iloc[0]
    np.float64(0.138889)
    """
    n = network.n_nodes
    at = _points(n)
    parts = []
    for strategy in strategies:
        curves = [losses.attack_curve(network, order) for order in _orders(network, strategy, orders, seed)]
        largest = np.mean([curve.largest for curve in curves], axis=0)[at]
        part = pd.DataFrame({"strategy": strategy, "removed": at, "removed_share": at / max(n, 1)})
        part["largest_component"], part["largest_share"] = largest, largest / max(n, 1)
        parts.append(part.assign(robustness=float(np.mean([curve.robustness for curve in curves]))))
    return noted(pd.concat(parts, ignore_index=True), [Note("note.attack", n=orders, seed=seed)])


def _orders(network: ValueNetwork, strategy: str, orders: int, seed: int) -> list[NDArray[np.int64]]:
    if strategy == "degree":
        return [losses.attack_order(degree.degree(network))]
    if strategy == "betweenness":
        return [losses.attack_order(betweenness(network))]
    if strategy != "random":
        raise UsageError(f"attack {strategy!r} is not known; use {', '.join(STRATEGIES)}")
    return [np.random.default_rng([seed, k]).permutation(network.n_nodes) for k in range(orders)]


def _points(n: int) -> NDArray[np.int64]:
    """Return numbers of removals: most is lost early, so half of them are close to the beginning."""
    if n <= POINTS:
        return np.arange(n + 1)
    early, all_along = np.geomspace(1, n, POINTS // 2), np.linspace(0, n, POINTS // 2)
    return np.unique(np.r_[early, all_along].round().astype(np.int64))


def _gone(network: ValueNetwork, removed: Choice, seed: int) -> tuple[Chosen, Mask]:
    chosen = choose(network, removed, seed=seed, greedy=False)
    gone = losses.removed(network, chosen.names)
    if not 0 < int(gone.sum()) < network.n_nodes:
        raise UsageError(Note("note.removed_all" if gone.any() else "note.removed_none"))
    return chosen, gone


def _measured(removal: Removal, gone: Mask, propagation: float, seed: int) -> dict[str, float]:
    found = removal.without(gone)
    paths = removal.paths(gone, seed=seed)
    found[PROPAGATED] = removal.mean_exposure(gone, propagation)
    found["reachable_pairs"] = paths.reachable_pairs
    found["global_efficiency"] = paths.global_efficiency
    return found


def _matched(
    removal: Removal,
    gone: Mask,
    before: dict[str, float],
    sets: int,
    path_sets: int,
    propagation: float,
    seed: int,
) -> dict[str, list[float]]:
    """Return the changes that matched random sets would make, by statistic."""
    changes: dict[str, list[float]] = {name: [] for name in before}
    searched = path_sets if removal.n <= PATHS_UP_TO else 0
    drawn = losses.matched_sets(removal.network, gone, sets, seed=seed)
    with progress.task(Note("note.progress_matched", n=sets), total=max(sets, 1), unit="count") as done:
        for k, members in enumerate(drawn):
            other = np.zeros_like(gone)
            other[members] = True
            found = _measured(removal, other, propagation, seed) if k < searched else removal.without(other)
            for name, value in found.items():
                # Edges given and taken are lost in full, whatever there was before.
                given = name in ("edges_given", "edges_taken")
                changes[name].append(-value if given else value - before[name])
            done(k + 1)
    return changes


def _about(network: ValueNetwork, chosen: Chosen) -> Note:
    names: list[Hashable] = chosen.names
    return Note("note.loss", n=len(names), of=network.n_nodes, how=chosen.how, names=listed(names))


def _whose(removal: Removal) -> Note:
    everybody = bool(removal.enterprises.all())
    return Note("note.exposure_of_all" if everybody else "note.exposure_of_sample")


def _exposure_notes(removal: Removal, propagation: float) -> list[Any]:
    return [Note("note.exposure", a=propagation), _whose(removal)]
