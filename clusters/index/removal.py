"""Ranks without an element, and ranks that owe something to strengths making up for weaknesses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from clusters.errors import UsageError
from clusters.index._prepared import Prepared, prepare, units_of
from clusters.index._ranks import Ranks, shifts

if TYPE_CHECKING:
    from clusters.index.framework import Framework
    from clusters.index.scoring import IndexResult


def leave_out(
    result: IndexResult, nodes: Sequence[str] | None = None, *, year: int | None = None
) -> pd.DataFrame:
    """Leave out one element at a time and see how far the ranks move.

    The weights of the siblings of the element are rescaled; an aggregate that loses its only part goes
    with it. Units, imputed values, normalised values and weights from data stay as they are.

    Parameters
    ----------
    result
        Of ``score``.
    nodes
        Indicators and aggregates to leave out, one at a time; by default all but the root.
    year
        Of a panel; by default the last.

    Returns
    -------
    DataFrame
        In the order of ``nodes``: ``id``, ``parent``, ``level`` (1 below the root),
        ``effective_weight`` in the score (product of the shares down to it), ``mean_shift``
        R, the mean of abs(rank - rank without it) over the units ranked in both (places; ``nan`` where
        nothing is left), ``largest_shift`` (the longest move, in places), ``unit`` that it is of (the
        first in the table; missing where none moves) with ``rank`` and ``rank_without``, ``moved``, the
        number of units that move, and ``unranked``, the number that lose their score.

    Raises
    ------
    UsageError
        A node that the index does not have, or its root.

    References
    ----------
    Methods 2.5 step 9; ``remove_elements`` of the R package COINr, whose mean absolute rank change is
    ``mean_shift``.

    Examples
    --------
    >>> from clusters.index.frameworks import read_framework
    >>> from clusters.index.scoring import score
    >>> framework = read_framework({"indicator": [{"id": i, "parent": "total"} for i in "abc"]})
    >>> data = {"a": [0, 1, 2], "b": [4, 2, 0], "c": [0, 5, 6]}
    >>> found = leave_out(score(framework, pd.DataFrame(data, index=["x", "y", "z"])))
    >>> found[["id", "mean_shift", "largest_shift", "unit"]].values.tolist()
    [['a', 1.0, 1, 'x'], ['b', 0.0, 0, None], ['c', 1.0, 2, 'x']]
    """
    framework, prepared = result.framework, prepare(result, year)
    listed = [node.id for node in framework.nodes if node.id != framework.root] if nodes is None else nodes
    _known(framework, listed)
    units = units_of(result.stages["normalised"], year)
    reference = prepared.ranks(prepared.repeated(1))[0]
    ranks = _without(prepared, framework, listed)
    moves = np.where((ranks > 0) & (reference > 0), np.abs(ranks - reference), 0)
    farthest = moves.argmax(axis=1)
    most = moves.max(axis=1, initial=0)
    stays = most == 0
    effective = _effective(prepared, framework.root)
    return pd.DataFrame(
        {
            "id": list(listed),
            "parent": [framework.parent[node] for node in listed],
            "level": [_level(framework, node) for node in listed],
            "effective_weight": [effective[node] for node in listed],
            "mean_shift": shifts(ranks, reference),
            "largest_shift": most,
            "unit": pd.Series(np.where(stays, None, units[farthest].to_numpy(object)), dtype=object),
            "rank": pd.array(np.where(stays, 0, reference[farthest]), "Int64"),
            "rank_without": pd.array(np.where(stays, 0, ranks[np.arange(len(ranks)), farthest]), "Int64"),
            "moved": (moves > 0).sum(axis=1),
            "unranked": ((ranks == 0) & (reference > 0)).sum(axis=1),
        }
    ).assign(
        rank=lambda t: t["rank"].where(~stays, pd.NA),
        rank_without=lambda t: t["rank_without"].where(~stays, pd.NA),
    )


def compensability(result: IndexResult, *, year: int | None = None) -> pd.DataFrame:
    """Compare ranks under arithmetic and geometric means: who lives on making up for weaknesses.

    An arithmetic mean lets a strength make up for a weakness of the same weighted size, a geometric one
    less the deeper the weakness. Both are taken at every level, on the normalised values brought to
    [1, 100] by one common linear map, which leaves arithmetic ranks as they are.

    Parameters
    ----------
    result
        Of ``score``; its own means are not used.
    year
        Of a panel; by default the last.

    Returns
    -------
    DataFrame
        By arithmetic rank: ``unit``, ``rank_arithmetic``, ``rank_geometric``, ``compensability`` =
        rank_arithmetic - rank_geometric (places; below 0 the unit owes its rank to compensation, above 0
        it is balanced and would gain) and the scores ``score_arithmetic`` and ``score_geometric``
        (1 to 100). Ranks are missing without a score.

    References
    ----------
    Methods 2.5 step 9; Nardo et al. 2008, OECD/JRC handbook, step 6.

    Examples
    --------
    >>> from clusters.index.frameworks import read_framework
    >>> from clusters.index.scoring import score
    >>> framework = read_framework({"indicator": [{"id": i, "parent": "total"} for i in "ab"]})
    >>> data = pd.DataFrame({"a": [100, 48, 0], "b": [0, 48, 100]}, index=["x", "even", "y"])
    >>> compensability(score(framework, data))["compensability"].tolist()
    [-1, -1, 2]
    """
    prepared = prepare(result, year)
    units = units_of(result.stages["normalised"], year)
    columns: dict[str, object] = {"unit": units}
    found = {}
    for mean in ("arithmetic", "geometric"):
        other = prepared.of_mean(mean, shift=True)
        ranks = other.ranks(other.repeated(1))[0]
        columns[f"rank_{mean}"] = pd.array(ranks, "Int64")
        found[f"score_{mean}"] = other.nominal()
    table = pd.DataFrame(columns)
    ranked = table["rank_arithmetic"] > 0
    table = table.assign(**{c: table[c].where(ranked, pd.NA) for c in ("rank_arithmetic", "rank_geometric")})
    table["compensability"] = table["rank_arithmetic"] - table["rank_geometric"]
    table = table.assign(**found)
    return table.sort_values("rank_arithmetic", kind="stable", na_position="last", ignore_index=True)


def _without(prepared: Prepared, framework: Framework, nodes: Sequence[str]) -> Ranks:
    """Ranks without each node in turn: a row per node."""
    weights = prepared.repeated(len(nodes))
    nothing = []
    for draw, node in enumerate(nodes):
        gone: str | None = node
        while gone is not None and gone != framework.root:
            parent = framework.parent[gone]
            assert parent is not None, "only the root has no parent"
            column = weights[parent][:, draw]
            place = framework.children[parent].index(gone)
            left = column.copy()
            left[place] = 0.0
            if left.sum() > 0:
                column[place] = 0.0
                break
            gone = parent  # its only part is gone
        if gone == framework.root:
            nothing.append(draw)
    ranks = prepared.ranks(weights)
    ranks[nothing] = 0
    return ranks


def _effective(prepared: Prepared, root: str) -> dict[str, float]:
    """Share of every node in the score: the product of the shares on the way to it."""
    found = {root: 1.0}
    for parent in reversed(list(prepared.tree.children)):
        base = prepared.weights[parent]
        for part, weight in zip(prepared.tree.children[parent], base / base.sum(), strict=True):
            found[part] = found[parent] * float(weight)
    return found


def _level(framework: Framework, node: str) -> int:
    """How far below the root a node lies."""
    level, at = 0, framework.parent[node]
    while at is not None:
        level, at = level + 1, framework.parent[at]
    return level


def _known(framework: Framework, nodes: Sequence[str]) -> None:
    for node in nodes:
        if node == framework.root:
            raise UsageError(
                f"without its root {node!r} there is no index", hint="leave out what is below it"
            )
        if node not in framework.weight:
            raise UsageError(
                f"the index has no element {node!r}", hint=f"it has {', '.join(framework.weight)}"
            )
