"""What a thesaurus of names changed in a network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from clusters import networks
from clusters.measures import degree
from clusters.networks import ValueNetwork
from clusters.relations import Relations
from clusters.sentences import Note


def name_changes(before: Relations, after: Relations, thesaurus: Mapping[str, str]) -> pd.DataFrame:
    """Count what a thesaurus changed.

    Parameters
    ----------
    before, after
        The same table read without and with the thesaurus.
    thesaurus
        Cleaned variant to preferred name.

    Returns
    -------
    DataFrame
        One row per ``statistic``: ``nodes``, ``edges``, ``relations`` in use, ``self_loops`` and
        ``duplicates`` (set aside or kept, as the table was read) and ``average_degree`` = edges / nodes,
        NaN without a node; ``count_before``, ``count_after`` and ``change``, the second less the first.
        All years together.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> ends = pd.DataFrame({"source": ["a", "b"], "target": ["c", "c"]})
    >>> table = name_changes(from_frame(ends), from_frame(ends.replace("b", "a").head(1)), {"b": "a"})
    >>> table.set_index("statistic").loc[["nodes", "edges"], "change"].tolist()
    [-1.0, -1.0]
    """
    found = [_counts(before), _counts(after)]
    table = pd.DataFrame(
        {
            "statistic": list(found[0]),
            "count_before": np.array(list(found[0].values()), float),
            "count_after": np.array(list(found[1].values()), float),
        }
    )
    table["change"] = table["count_after"] - table["count_before"]
    groups = _groups(before, thesaurus)
    joined = {preferred: names for preferred, names in groups.items() if len(names) > 1}
    unused = len(thesaurus) - len(set(thesaurus) & set(before.nodes.index))
    table.attrs["notes"] = [
        Note(
            "note.names_applied",
            groups=len(joined),
            names=sum(map(len, joined.values())),
            renamed=sum(len(names) == 1 and names != [preferred] for preferred, names in groups.items()),
            unused=unused,
        )
    ]
    return table


def name_groups(before: Relations, after: Relations, thesaurus: Mapping[str, str]) -> pd.DataFrame:
    """List the organisations that the thesaurus joined, largest first.

    Returns
    -------
    DataFrame
        ``node`` (the preferred name), ``members`` (how many names of the table it now holds, its own
        among them where it occurred), ``joined_names``, and in- and out-degrees: before, the sum of
        those of its members; after, its own. Where members had edges with the same organisation, or
        with each other, the second is smaller.
    """
    one, two = _network(before), _network(after)
    degrees = [_degrees(one), _degrees(two)]
    rows = []
    for preferred, members in _groups(before, thesaurus).items():
        if len(members) > 1:
            own = degrees[0].reindex(members).fillna(0).sum()
            new = degrees[1].reindex([preferred]).fillna(0).iloc[0]
            others = "; ".join(name for name in members if name != preferred)
            rows.append((preferred, len(members), others, *own.astype(int), *new.astype(int)))
    columns = ["node", "members", "joined_names"]
    columns += [f"{way}_degree_{when}" for when in ("before", "after") for way in ("in", "out")]
    table = pd.DataFrame(rows, columns=columns)
    order = ["members", "in_degree_after", "out_degree_after", "node"]
    return table.sort_values(order, ascending=[False, False, False, True], ignore_index=True)


def name_degrees(before: Relations, after: Relations, *, top: int = 20) -> pd.DataFrame:
    """List the organisations whose degree the thesaurus changed most.

    Returns
    -------
    DataFrame
        ``node`` of the network after, ``degree_before`` (0 where the name did not occur),
        ``degree_after``, ``change``, ``rank_before`` (missing where it did not occur) and
        ``rank_after``; ranks by falling degree, equal degrees share the best. At most ``top`` rows (0
        for all), of the largest change first.
    """
    totals = [_degrees(_network(table)).sum(axis=1) for table in (before, after)]
    ranks = [total.rank(method="min", ascending=False) for total in totals]
    index = totals[1].index
    table = pd.DataFrame(
        {
            "node": index.astype(str),
            "degree_before": totals[0].reindex(index).fillna(0).to_numpy(np.int64),
            "degree_after": totals[1].to_numpy(np.int64),
        }
    )
    table["change"] = (table["degree_after"] - table["degree_before"]).astype(float)
    table["rank_before"] = ranks[0].reindex(index).to_numpy(float)
    table["rank_after"] = ranks[1].to_numpy(float)
    moved = table[table["change"] != 0]
    order = moved.assign(size=moved["change"].abs()).sort_values(
        ["size", "degree_after", "node"], ascending=[False, False, True]
    )
    return order.drop(columns="size").head(top or len(order)).reset_index(drop=True)


def unused_variants(before: Relations, thesaurus: Mapping[str, str]) -> pd.DataFrame:
    """List the lines of a thesaurus whose variant does not occur, in the order of the file.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> table = from_frame(pd.DataFrame({"source": ["a"], "target": ["b"]}))
    >>> unused_variants(table, {"a": "b", "x": "b"}).values.tolist()
    [['x', 'b']]
    """
    present = set(before.nodes.index)
    rows = [(variant, name) for variant, name in thesaurus.items() if variant not in present]
    return pd.DataFrame(rows, columns=["variant", "preferred"]).astype(object)


def _network(relations: Relations) -> ValueNetwork:
    return next(reversed(list(networks.cumulative(relations).values())))


def _degrees(network: ValueNetwork) -> pd.DataFrame:
    return pd.DataFrame({"in": degree.in_degree(network), "out": degree.out_degree(network)})


def _counts(relations: Relations) -> dict[str, float]:
    network = _network(relations)
    degrees = _degrees(network)
    nodes, edges = len(degrees), int(degrees["in"].sum())
    account = relations.account
    return {
        "nodes": nodes,
        "edges": edges,
        "relations": len(relations),
        "self_loops": account.self_loops,
        "duplicates": account.duplicates,
        "average_degree": edges / nodes if nodes else float("nan"),
    }


def _groups(before: Relations, thesaurus: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the names of the table under the preferred ones that some of them are replaced by."""
    groups: dict[str, list[str]] = {}
    present: Iterable[str] = before.nodes.index.astype(str)
    preferred = set(thesaurus.values())
    for name in present:
        target = thesaurus.get(name, name)
        if target in preferred:
            groups.setdefault(target, []).append(name)
    return groups
