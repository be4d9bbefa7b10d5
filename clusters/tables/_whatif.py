"""What-if: how far something would spread from chosen organisations (情景模拟).

Every table says in its notes that it is a scenario computed from recorded relations.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

import numpy as np
import pandas as pd

from clusters.errors import UsageError
from clusters.measures import cascades
from clusters.measures._worlds import Model
from clusters.measures.cascades import Cascade, Probability
from clusters.networks import ValueNetwork
from clusters.relations import PARTNER, SAMPLE
from clusters.sentences import Note
from clusters.tables._scenarios import Choice, Chosen, choose, described, listed, noted

SHARES = (0.1, 0.5, 0.9)


class Options(TypedDict, total=False):
    """How cascades run, as in ``measures.cascades.cascade``."""

    model: Model
    p: Probability
    replicates: int
    steps: int | None
    seed: int


def cascade(network: ValueNetwork, seeds: Choice, **options: Unpack[Options]) -> pd.DataFrame:
    """Tabulate how far a cascade would reach, step by step.

    Parameters
    ----------
    network
        Network of one year.
    seeds
        Organisations (ids or names), or ``"top:10"`` (by out-degree; ``"top:10:pagerank"`` by another
        measure), ``"greedy:5"`` (those that together reach most), ``"random:5"``, ``"platforms"``, or
        names with commas between them.
    options
        ``model``, ``p``, ``replicates``, ``steps`` and ``seed``, as in ``measures.cascades.cascade``.

    Returns
    -------
    DataFrame
        ``step`` from 0; ``reach``, the median over replicates of the organisations reached up to then,
        seeds among them, with 5 % and 95 % points ``reach_low`` and ``reach_high`` and ``reach_mean``;
        ``reach_share``, the median as a share of all organisations.

    References
    ----------
    Kempe, Kleinberg, Tardos 2003.

    Examples
    --------
    >>> path = ValueNetwork.from_edges([("a", "b"), ("b", "c")])
    >>> cascade(path, ["a"], p=1.0, replicates=5)[["step", "reach"]].values.tolist()
    [[0.0, 1.0], [1.0, 2.0], [2.0, 3.0]]
    """
    found, chosen = _run(network, seeds, options)
    table = _reach(found.by_step(), network.n_nodes).reset_index()
    return noted(table, _notes(found, chosen, options))


def cascade_summary(network: ValueNetwork, seeds: Choice, **options: Unpack[Options]) -> pd.DataFrame:
    """Tabulate the final reach of a cascade and the steps it takes to 10, 50 and 90 % of it.

    Parameters
    ----------
    network, seeds, options
        As in ``cascade``.

    Returns
    -------
    DataFrame
        ``statistic``: ``reach``, ``reach_share``, ``time_10``, ``time_50``, ``time_90`` (first step with that
        share of the replicate's own final reach); ``mean``, ``median``, 5 % point ``low`` and 95 % point
        ``high``.

    Examples
    --------
    >>> path = ValueNetwork.from_edges([("a", "b"), ("b", "c")])
    >>> table = cascade_summary(path, ["a"], p=1.0, replicates=5).set_index("statistic")
    >>> table["median"].to_dict()
    {'reach': 3.0, 'reach_share': 1.0, 'time_10': 0.0, 'time_50': 1.0, 'time_90': 2.0}
    """
    found, chosen = _run(network, seeds, options)
    values = {"reach": found.final, "reach_share": found.final / network.n_nodes}
    values |= {f"time_{share * 100:.0f}": found.times(share) for share in SHARES}
    rows = []
    for name, numbers in values.items():
        low, median, high = np.quantile(numbers, [0.05, 0.5, 0.95])
        rows.append((name, numbers.mean(), low, median, high))
    table = pd.DataFrame(rows, columns=["statistic", "mean", "low", "median", "high"])
    return noted(table, [*_notes(found, chosen, options), Note("note.cascade_times")])


def cascade_groups(
    network: ValueNetwork,
    seeds: Choice,
    *,
    by: Sequence[str] = ("role", "province"),
    **options: Unpack[Options],
) -> pd.DataFrame:
    """Tabulate the final reach of a cascade by role and by province.

    Parameters
    ----------
    network, seeds, options
        As in ``cascade``.
    by
        Columns of the organisations; those that the table does not have are left out.

    Returns
    -------
    DataFrame
        ``attribute`` and ``class`` (its value), ``nodes`` of the class, ``reach`` (median of those reached),
        ``reach_low``, ``reach_high``, ``reach_mean`` and ``reach_share`` (median over nodes); within each
        attribute by falling mean reach. Organisations without a value are left out.

    Raises
    ------
    UsageError
        The table has none of the attributes.

    Examples
    --------
    >>> from clusters.networks import cumulative, last
    >>> from clusters.relations import from_frame
    >>> nodes = pd.DataFrame({"province": ["北京市", "上海市"]}, index=["a", "b"])
    >>> table = from_frame(pd.DataFrame({"source": ["a"], "target": ["b"]}), nodes)
    >>> cascade_groups(last(cumulative(table)), ["b"])[["class", "reach"]].values.tolist()
    [['上海市', 1.0], ['北京市', 0.0]]
    """
    columns = {name: labels for name in by if (labels := _attribute(network, name)) is not None}
    if not columns:
        raise UsageError(Note("note.no_attribute", names=list(by)))
    found, chosen = _run(network, seeds, options)
    parts = []
    for name, labels in columns.items():
        groups = found.by_group(labels).sort_values("mean", ascending=False, kind="stable")
        part = _reach(groups.drop(columns="nodes"), groups["nodes"])
        part.insert(0, "nodes", groups["nodes"])
        part.insert(0, "class", part.index)
        part.insert(0, "attribute", name)
        parts.append(part)
    return noted(pd.concat(parts, ignore_index=True), _notes(found, chosen, options))


def cascade_nodes(
    network: ValueNetwork,
    seeds: Choice,
    *,
    top: int | None = 20,
    **options: Unpack[Options],
) -> pd.DataFrame:
    """List the organisations that a cascade would reach most often, seeds left out.

    Parameters
    ----------
    network, seeds, options
        As in ``cascade``.
    top
        Longest list; ``None`` for all.

    Returns
    -------
    DataFrame
        ``node``, ``label`` (where names differ from ids), ``role`` (where known) and ``probability``, the
        share of replicates that reach it; equal ones in node order.

    Examples
    --------
    >>> path = ValueNetwork.from_edges([("a", "b"), ("b", "c")])
    >>> cascade_nodes(path, ["a"], p=1.0, replicates=5).values.tolist()
    [['b', 1.0], ['c', 1.0]]
    """
    found, chosen = _run(network, seeds, options)
    values = found.probability.drop(list(found.seeds))
    values = values.sort_values(ascending=False, kind="stable").head(top if top is not None else len(values))
    table = values.rename_axis("node").reset_index()
    return noted(described(table, network), _notes(found, chosen, options))


def marginal_reach(network: ValueNetwork, seeds: Choice, **options: Unpack[Options]) -> pd.DataFrame:
    """Tabulate what each seed reaches alone, and what only it adds to all others.

    Parameters
    ----------
    network, seeds, options
        As in ``cascade``.

    Returns
    -------
    DataFrame
        ``node``, ``label`` (where names differ from ids), ``role`` (where known), ``alone``, ``marginal``
        with ``marginal_low`` and ``marginal_high``, all in organisations, and ``marginal_share`` of the
        reach of all seeds together; by falling marginal reach.

    Examples
    --------
    >>> fork = ValueNetwork.from_edges([("a", "c"), ("b", "c"), ("b", "d")])
    >>> marginal_reach(fork, ["a", "b"], p=1.0, replicates=5)[["node", "marginal"]].values.tolist()
    [['b', 2.0], ['a', 1.0]]
    """
    found, chosen = _run(network, seeds, options)
    values = cascades.marginal_reach(network, found.seeds, **options)
    values["marginal_share"] = values["marginal"] / found.final.mean()
    table = values.sort_values("marginal", ascending=False, kind="stable").rename_axis("node").reset_index()
    notes = [*_notes(found, chosen, options), Note("note.marginal_reach")]
    return noted(described(table, network), notes)


def _run(network: ValueNetwork, seeds: Choice, options: Options) -> tuple[Cascade, Chosen]:
    p, model, seed = options.get("p", "in_degree"), options.get("model", "ic"), options.get("seed", 0)
    chosen = choose(network, seeds, model=model, p=p, seed=seed)
    return cascades.cascade(network, chosen.names, **options), chosen


def _reach(bands: pd.DataFrame, nodes: int | pd.Series) -> pd.DataFrame:
    """Name the columns of a reach, and divide its median by the organisations there are."""
    names = {"median": "reach", "low": "reach_low", "high": "reach_high", "mean": "reach_mean"}
    table = bands[list(names)].rename(columns=names)
    return table.assign(reach_share=table["reach"] / nodes)


def _attribute(network: ValueNetwork, name: str) -> np.ndarray | None:
    if name == "role" and network.sample is not None:
        return np.where(network.sample, SAMPLE, PARTNER).astype(object)
    if name == "role" or network.attributes is None or name not in network.attributes.columns:
        return None
    values = network.attributes[name]
    return None if values.isna().all() else values.astype(object).where(values.notna(), None).to_numpy()


def _notes(found: Cascade, chosen: Chosen, options: Options) -> list[Note]:
    if found.model == "lt":
        model = Note("note.model_lt")
    elif found.model == "si":
        model = Note("note.model_si", p=found.p)
    elif found.p == "in_degree":
        model = Note("note.model_ic_degree")
    else:
        model = Note("note.model_ic", p=found.p)
    how = {"replicates": found.replicates, "n": len(found.seeds), "seed": found.seed}
    said = Note("note.cascade", model=model, how=chosen.how, names=listed(chosen.names), **how)
    steps = options.get("steps")
    end = [] if steps is None else [Note("note.cascade_steps", n=steps)]
    return [said, *end, Note("note.cascade_bands"), Note("note.sampling_caution")]
