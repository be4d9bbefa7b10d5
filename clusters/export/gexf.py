"""GEXF 1.3: a network that Gephi and Gephi Lite open finished, with a timeline that works.

The file is a stream of text, written in pieces of a few thousand lines. What it holds
and what it leaves out follows what the two programs do with it:

- one block of typed attributes per class, numeric ids with printed titles (Gephi Lite
  reads only the last block, and shows titles only for numeric ids);
- positions, sizes and colours on every node, colours without opacity;
- relation kinds in ``kind``, so that parallel edges of different kinds survive;
- no time at all in a static file; in a dynamic one ``start`` alone, because relations
  accumulate, and the first year as a plain attribute too (Gephi Lite drops time);
- no clock time and one fixed order, so that equal input gives equal bytes.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Unpack

import numpy as np

from clusters import labels
from clusters.errors import UsageError
from clusters.export.columns import Column
from clusters.export.files import atomic_path
from clusters.export.prepare import ExportReport, Options, Prepared, prepare
from clusters.export.text import escape
from clusters.networks import ValueNetwork
from clusters.sentences import Note

CHUNK = 4096
TARGETS = ("gephi", "lite")
GEPHI_IDS = {
    "in_degree": "indegree",
    "out_degree": "outdegree",
    "degree": "degree",
    "community": "modularity_class",
    "component": "componentnumber",
    "local_clustering": "clustering",
    "pagerank": "pageranks",
    "betweenness": "betweenesscentrality",
    "closeness": "closnesscentrality",
    "eccentricity": "eccentricity",
}
"""Ids of Gephi's own statistics columns, spelt as Gephi spells them."""


def write_gexf(
    network: ValueNetwork,
    path: Path | str,
    *,
    dynamic: bool = False,
    target: str = "gephi",
    slice_year: bool = False,
    inf_joiner: bool = False,
    modified: str = "",
    force: bool = False,
    **options: Unpack[Options],
) -> ExportReport:
    """Write a network as GEXF 1.3.

    Parameters
    ----------
    network
        One edge is written per edge of the network: build it with ``parallel="merge"``
        for one per ordered pair, with ``parallel="kinds"`` to keep kinds apart.
    path
        File to write; an ending ``.gz`` compresses (Gephi opens that).
    dynamic
        Add a timeline: an edge starts in its first year and stays, a node starts with
        its first edge. Needs a dated, cumulative network.
    target
        With ``statistics=True``: ``gephi`` gives the columns the ids of Gephi's own
        statistics, which Gephi then uses; ``lite`` numbers them, so that Gephi Lite
        shows their titles.
    slice_year
        Mark the file as the slice of its year; Gephi joins several into one timeline.
    inf_joiner
        Gephi 0.9.3 and later reads the letters ``INF`` in any text as ``Infinity``; put
        an invisible joiner between them. Without it, such columns are named in the notes.
    modified
        Date for the file's head, ``YYYY-MM-DD``; none by default.
    force
        Overwrite an existing file.
    **options
        Language, positions, colours, weights, more columns: see ``prepare``.

    Returns
    -------
    ExportReport
        Nodes, edges, characters left out, and notes for the reader.

    Raises
    ------
    DataError
        ``weights="table"`` and an edge has a weight that is not a positive number: Gephi
        drops such edges.
    UsageError
        A timeline is asked of an undated network, or the file exists.

    References
    ----------
    GEXF 1.3 schema of the Gephi project; behaviour of its importer.

    Examples
    --------
    >>> import tempfile
    >>> network = ValueNetwork.from_edges([("a", "b")])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = write_gexf(network, Path(folder) / "small.gexf")
    >>> report.nodes, report.edges, report.stripped
    (2, 1, 0)
    """
    if target not in TARGETS:
        raise UsageError(f"target {target!r} is not known; use {' or '.join(TARGETS)}")
    if (dynamic or slice_year) and network.first_years is None:
        raise UsageError(
            "a timeline needs years, but the network is undated",
            hint="leave out --dynamic, or name the year column",
        )
    path = Path(path)
    with atomic_path(path, force=force) as temporary:
        prepared = prepare(network, **options)
        reserved = GEPHI_IDS if target == "gephi" and options.get("statistics") else {}
        with _opened(temporary, packed=path.suffix == ".gz") as stream:
            for piece in _document(prepared, dynamic, slice_year, reserved, inf_joiner, modified):
                stream.write(piece)
    return prepared.report(path, notes=_notes(prepared, inf_joiner))


@contextmanager
def _opened(path: Path, *, packed: bool) -> Iterator[IO[str]]:
    if not packed:
        with path.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
        return
    # Neither name nor time in the head of the archive: equal content gives equal bytes.
    with (
        path.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as archive,
        io.TextIOWrapper(archive, encoding="utf-8", newline="\n") as stream,
    ):
        yield stream


def _document(
    prepared: Prepared,
    dynamic: bool,
    slice_year: bool,
    reserved: dict[str, str],
    inf_joiner: bool,
    modified: str,
) -> Iterator[str]:
    node_ids = _attribute_ids(prepared.node_columns, reserved)
    edge_ids = _attribute_ids(prepared.edge_columns, {})
    description = prepared.description
    if dynamic:
        description += ("" if prepared.lang == "zh" else " ") + labels.label("export.dynamic", prepared.lang)
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">\n'
        f"<meta{_attribute('lastmodifieddate', modified)}>\n"
        "<creator>clusters</creator>\n"
        "<keywords>value network, innovation cluster</keywords>\n"
        f"<description>{escape(description)}</description>\n"
        "</meta>\n"
        f'<graph defaultedgetype="directed"{_time(prepared, dynamic, slice_year)}>\n'
    )
    yield _declared("node", prepared.node_columns, node_ids)
    yield _declared("edge", prepared.edge_columns, edge_ids)
    yield "<nodes>\n"
    yield from _nodes(prepared, dynamic, _cells(prepared.node_columns, node_ids, inf_joiner))
    yield "</nodes>\n<edges>\n"
    yield from _edges(prepared, dynamic, _cells(prepared.edge_columns, edge_ids, inf_joiner))
    yield "</edges>\n</graph>\n</gexf>\n"


def _attribute(name: str, value: str) -> str:
    return f' {name}="{escape(value)}"' if value else ""


def _time(prepared: Prepared, dynamic: bool, slice_year: bool) -> str:
    if dynamic:
        return ' mode="dynamic" timeformat="double" timerepresentation="interval"'
    if slice_year:
        year = prepared.network.year
        return f' mode="slice" timeformat="double" timerepresentation="timestamp" timestamp="{year}"'
    return ' mode="static"'


def _attribute_ids(columns: list[Column], reserved: dict[str, str]) -> list[str]:
    return [reserved.get(column.name, str(number)) for number, column in enumerate(columns)]


def _declared(class_: str, columns: list[Column], ids: list[str]) -> str:
    if not columns:
        return ""
    lines = [
        f'<attribute id="{id_}" title="{escape(column.title)}" type="{column.type}"/>\n'
        for column, id_ in zip(columns, ids, strict=True)
    ]
    return f'<attributes class="{class_}">\n{"".join(lines)}</attributes>\n'


def _cells(columns: list[Column], ids: list[str], inf_joiner: bool) -> list[tuple[Column, list[str]]]:
    """Return each column with its values as finished elements, missing ones empty."""
    result = []
    for column, id_ in zip(columns, ids, strict=True):
        texts = column.texts
        if inf_joiner and column.type in ("string", "liststring"):
            texts = [text.replace("INF", "I\u200dNF") for text in texts]
        elements = [f'<attvalue for="{id_}" value="{escape(text)}"/>' for text in texts[:-1]]
        result.append((column, [*elements, ""]))
    return result


def _rows(cells: list[tuple[Column, list[str]]], rows: Any) -> list[str]:
    """Return the ``<attvalues>`` of some rows; empty where a row has no value."""
    if not cells:
        return [""] * len(rows)
    parts = [[elements[code] for code in column.codes[rows].tolist()] for column, elements in cells]
    joined = map("".join, zip(*parts, strict=True))
    return [f"<attvalues>{row}</attvalues>" if row else "" for row in joined]


def _nodes(prepared: Prepared, dynamic: bool, cells: list[tuple[Column, list[str]]]) -> Iterator[str]:
    style = prepared.style
    assert style is not None  # a drawing format prepares a style
    starts = prepared.starts if dynamic else None
    for rows in _chunks(prepared.node_order):
        positions = rows.tolist()
        yield "".join(
            f'<node id="{escape(prepared.ids[i])}" label="{escape(prepared.labels[i])}"{start}>{values}'
            f'<viz:size value="{size:.4g}"/><viz:position x="{x!r}" y="{y!r}"/>'
            f'<viz:color r="{r}" g="{g}" b="{b}"/></node>\n'
            for i, start, values, size, (x, y), (r, g, b) in zip(
                positions,
                _starts(None if starts is None else starts[rows].tolist(), len(positions)),
                _rows(cells, rows),
                style.sizes[rows].tolist(),
                prepared.points[rows].tolist(),
                style.colours[rows].tolist(),
                strict=True,
            )
        )


def _edges(prepared: Prepared, dynamic: bool, cells: list[tuple[Column, list[str]]]) -> Iterator[str]:
    network = prepared.network
    ids = [escape(node) for node in prepared.ids]
    # Nearly all weights are small whole numbers: format each distinct one once.
    distinct, weight_codes = np.unique(prepared.weights, return_inverse=True)
    weights = [f"{int(w)}" if w.is_integer() else repr(w) for w in distinct.tolist()]
    years = network.first_years if dynamic else None
    number = 0
    for rows in _chunks(prepared.edge_order):
        kinds = [""] * rows.size
        if prepared.kinds is not None:
            kinds = [_attribute("kind", prepared.kinds[edge]) for edge in rows.tolist()]
        yield "".join(
            f'<edge id="{number + k}" source="{ids[s]}" target="{ids[t]}"{kind} weight="{weights[w]}"{start}'
            + (f">{values}</edge>\n" if values else "/>\n")
            for k, (s, t, kind, w, start, values) in enumerate(
                zip(
                    network.sources[rows].tolist(),
                    network.targets[rows].tolist(),
                    kinds,
                    weight_codes[rows].tolist(),
                    _starts(None if years is None else years[rows].tolist(), rows.size),
                    _rows(cells, rows),
                    strict=True,
                )
            )
        )
        number += rows.size


def _starts(years: list[int] | None, count: int) -> list[str]:
    if years is None:
        return [""] * count
    return [f' start="{year}"' if year else "" for year in years]


def _chunks(order: Any) -> Iterator[Any]:
    for start in range(0, order.size, CHUNK):
        yield order[start : start + CHUNK]


def _notes(prepared: Prepared, inf_joiner: bool) -> list[Note]:
    notes = []
    if not inf_joiner:
        for column in (*prepared.node_columns, *prepared.edge_columns):
            hits = [text for text in column.texts if "INF" in text] if column.type.endswith("string") else []
            if hits:
                notes.append(Note("note.inf_read", column=column.title, n=len(hits), text=hits[0]))
    return notes
