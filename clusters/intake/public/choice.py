"""One network among those of a file, by its name or number."""

from __future__ import annotations

from collections.abc import Mapping

from clusters.errors import DataError, UsageError
from clusters.intake.public.graph import Graph
from clusters.sentences import Note


def one_of(graphs: Mapping[str, Graph], name: str, wanted: str | None) -> tuple[Graph, list[Note]]:
    """Return the network that was asked for, or the only one there is.

    Parameters
    ----------
    graphs
        Networks of a file by their names.
    name
        File name for messages.
    wanted
        Name, or number from 1.

    Raises
    ------
    DataError
        The file holds none, or several and none was asked for.
    UsageError
        There is no such network.

    Examples
    --------
    >>> graphs = {"g": Graph("a.net"), "h": Graph("a.net")}
    >>> one_of(graphs, "a.net", "2")[1]
    ["a.net holds 2 networks; 'h' is read"]
    """
    if not graphs:
        raise DataError(f"{name} holds no network")
    names = list(graphs)
    listed = ", ".join(map(repr, names[:20])) + (" ..." if len(names) > 20 else "")
    if wanted is None:
        if len(names) > 1:
            raise DataError(f"{name} holds {len(names)} networks: {listed}", hint="choose one with --network")
        return graphs[names[0]], []
    if wanted not in graphs:
        if not wanted.isdecimal() or not 1 <= int(wanted[:9]) <= len(names):
            raise UsageError(f"{name} has no network {wanted!r}; it has {listed}")
        wanted = names[int(wanted) - 1]
    return graphs[wanted], [Note("note.graph_chosen", name=name, n=len(names), chosen=wanted)]
