"""GraphML: the XML format that igraph, networkx, yEd, Cytoscape and Gephi all read.

Column names are identifiers in English output (``first_year``), as programs expect
them, and printed words in Chinese output. Positions, size and colour stand in ``x``,
``y``, ``size``, ``r``, ``g``, ``b``, where Gephi looks for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Unpack

from clusters.export.columns import Column
from clusters.export.files import atomic_path
from clusters.export.prepare import ExportReport, Options, Prepared, prepare
from clusters.export.text import escape, unique
from clusters.networks import ValueNetwork

TYPES = {"boolean": "boolean", "integer": "int", "long": "long", "double": "double"}
NODE_KEYS = (
    ("label", "string"),
    ("x", "double"),
    ("y", "double"),
    ("size", "double"),
    ("r", "int"),
    ("g", "int"),
    ("b", "int"),
)
EDGE_KEYS = (("weight", "double"),)
TAKEN = {"id", *(name for name, _ in (*NODE_KEYS, *EDGE_KEYS))}


def write_graphml(
    network: ValueNetwork, path: Path | str, *, force: bool = False, **options: Unpack[Options]
) -> ExportReport:
    """Write a network as GraphML.

    Parameters
    ----------
    network
        One edge is written per edge of the network; parallel edges have ids of their own.
    path
        File to write.
    force
        Overwrite an existing file.
    **options
        Language, positions, colours, weights, more columns: see ``prepare``.

    Returns
    -------
    ExportReport
        Nodes, edges, characters left out, and notes for the reader.

    References
    ----------
    GraphML 1.0, graphml.graphdrawing.org.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_graphml(ValueNetwork.from_edges([("a", "b")]), Path(folder) / "a.graphml").edges
    1
    """
    path = Path(path)
    with atomic_path(path, force=force) as temporary:
        prepared = prepare(network, **options)
        with temporary.open("w", encoding="utf-8", newline="\n") as stream:
            for piece in _document(prepared):
                stream.write(piece)
    return prepared.report(path)


def _document(prepared: Prepared) -> Iterator[str]:
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
        f"<desc>{escape(prepared.description)}</desc>\n"
    )
    yield from _keys("node", NODE_KEYS, prepared.node_columns, prepared.lang)
    yield from _keys("edge", EDGE_KEYS, prepared.edge_columns, prepared.lang)
    yield '<graph edgedefault="directed">\n'
    yield from _nodes(prepared)
    yield from _edges(prepared)
    yield "</graph>\n</graphml>\n"


def _keys(class_: str, own: Sequence[tuple[str, str]], columns: list[Column], lang: str) -> Iterator[str]:
    names = [column.title if lang == "zh" or column.name in TAKEN else column.name for column in columns]
    names = unique([*(name for name, _ in own), *names])[0]
    types = [*(type_ for _, type_ in own), *(TYPES.get(column.type, "string") for column in columns)]
    for number, (name, type_) in enumerate(zip(names, types, strict=True)):
        key = f'id="{class_[0]}{number}" for="{class_}"'
        yield f'<key {key} attr.name="{escape(name)}" attr.type="{type_}"/>\n'


def _cells(prefix: str, first: int, columns: list[Column], row: int, texts: list[list[str]]) -> str:
    return "".join(
        f'<data key="{prefix}{first + number}">{texts[number][column.codes[row]]}</data>'
        for number, column in enumerate(columns)
        if column.codes[row] >= 0
    )


def _nodes(prepared: Prepared) -> Iterator[str]:
    style = prepared.style
    assert style is not None  # a drawing format prepares a style
    texts = [[escape(text) for text in column.texts] for column in prepared.node_columns]
    for i in prepared.node_order.tolist():
        (x, y), (r, g, b) = prepared.points[i].tolist(), style.colours[i].tolist()
        own = (escape(prepared.labels[i]), f"{x!r}", f"{y!r}", f"{style.sizes[i]:.4g}", r, g, b)
        data = "".join(f'<data key="n{number}">{value}</data>' for number, value in enumerate(own))
        cells = _cells("n", len(NODE_KEYS), prepared.node_columns, i, texts)
        yield f'<node id="{escape(prepared.ids[i])}">{data}{cells}</node>\n'


def _edges(prepared: Prepared) -> Iterator[str]:
    ids = [escape(node) for node in prepared.ids]
    sources, targets = prepared.network.sources.tolist(), prepared.network.targets.tolist()
    weights = prepared.weights.tolist()
    texts = [[escape(text) for text in column.texts] for column in prepared.edge_columns]
    for number, e in enumerate(prepared.edge_order.tolist()):
        cells = _cells("e", len(EDGE_KEYS), prepared.edge_columns, e, texts)
        yield (
            f'<edge id="{number}" source="{ids[sources[e]]}" target="{ids[targets[e]]}">'
            f'<data key="e0">{weights[e]!r}</data>{cells}</edge>\n'
        )
