"""Networks and tables as files for other programs.

``export`` chooses the format by the ending of the file name. All formats share one
order, one set of positions and one set of words; equal input gives equal bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusters.errors import UsageError

if TYPE_CHECKING:
    from clusters.export.prepare import ExportReport
    from clusters.networks import ValueNetwork

FORMATS = {
    ".gexf": "GEXF 1.3 for Gephi and Gephi Lite",
    ".gexf.gz": "the same, compressed",
    ".graphml": "GraphML for igraph, networkx, Cytoscape, yEd",
    ".net": "Pajek",
    ".vosviewer.json": "VOSviewer and VOSviewer Online",
    ".csv": "two CSV files, nodes and edges",
    ".parquet": "two Parquet files, nodes and edges",
}
"""Endings that ``export`` knows, and what they stand for."""

GEXF_ONLY = ("dynamic", "target", "slice_year", "inf_joiner", "modified")


def export(network: ValueNetwork, path: Path | str, **options: Any) -> ExportReport:
    """Write a network in the format that the ending of the file name says.

    Parameters
    ----------
    network
        What to write.
    path
        Ending ``.gexf``, ``.gexf.gz``, ``.graphml``, ``.net``, ``.vosviewer.json``,
        ``.csv`` or ``.parquet`` (the last two give a pair of files).
    **options
        Those of the format's own function, see ``gexf.write_gexf`` and ``prepare``.

    Returns
    -------
    ExportReport
        Files, nodes, edges, characters left out, and notes for the reader.

    Raises
    ------
    UsageError
        The ending is not known, or an option (a timeline) does not go with the format.

    Examples
    --------
    >>> import tempfile
    >>> from clusters.networks import ValueNetwork
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     export(ValueNetwork.from_edges([("a", "b")]), Path(folder) / "x.graphml").nodes
    2
    """
    ending = ending_of(path)
    if not ending.startswith(".gexf"):
        for name in GEXF_ONLY:
            if options.pop(name, None) not in (None, False, "", "gephi"):
                raise UsageError(f"{ending} has no {name.replace('_', ' ')}", hint="write .gexf")
    return _writer(ending)(network, path, **options)


def ending_of(path: Path | str) -> str:
    """Return the known ending of a file name, longest first.

    Examples
    --------
    >>> ending_of("a.b.vosviewer.json")
    '.vosviewer.json'
    """
    name = Path(path).name.lower()
    for ending in sorted(FORMATS, key=len, reverse=True):
        if name.endswith(ending) and name != ending:
            return ending
    raise UsageError(f"{path}: the ending names no network format", hint=f"use {', '.join(FORMATS)}")


def _writer(ending: str) -> Callable[..., ExportReport]:
    from clusters.export import edges, gexf, graphml, pajek, vosviewer

    return {
        ".gexf": gexf.write_gexf,
        ".gexf.gz": gexf.write_gexf,
        ".graphml": graphml.write_graphml,
        ".net": pajek.write_pajek,
        ".vosviewer.json": vosviewer.write_vosviewer,
        ".csv": edges.write_csv_pair,
        ".parquet": edges.write_parquet_pair,
    }[ending]
