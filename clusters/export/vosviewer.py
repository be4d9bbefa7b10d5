"""VOSviewer JSON: a map of organisations with clusters, for VOSviewer and VOSviewer Online.

The program knows only undirected links between different items: both directions and
all kinds of a pair are added up, self-loops left out. Descriptions are shown as HTML,
so every word of ours in them is escaped.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from clusters.export import layout
from clusters.export.columns import Integers
from clusters.export.files import atomic_path
from clusters.export.prepare import ExportReport, Options, Prepared, prepare
from clusters.networks import ValueNetwork
from clusters.sentences import Note

MOST_CLUSTERS = 1000


def write_vosviewer(
    network: ValueNetwork, path: Path | str, *, force: bool = False, **options: Unpack[Options]
) -> ExportReport:
    """Write a network as a VOSviewer JSON file.

    Parameters
    ----------
    network
        Links are unordered pairs; their strength is the sum of the weights both ways.
    path
        File to write.
    force
        Overwrite an existing file.
    **options
        Language, positions, weights, more columns: see ``prepare``.

    Returns
    -------
    ExportReport
        Nodes, edges of the network, characters left out, and notes for the reader.

    References
    ----------
    Van Eck, N. J. and Waltman, L., VOSviewer Online documentation: JSON files.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.vosviewer.json"
    ...     _ = write_vosviewer(ValueNetwork.from_edges([("a", "b"), ("b", "a")]), path)
    ...     json.loads(path.read_text())["network"]["links"]
    [{'source_id': 1, 'target_id': 2, 'strength': 2.0}]
    """
    path = Path(path)
    with atomic_path(path, force=force) as temporary:
        prepared = prepare(network, **options)
        clusters = _clusters(layout.partition(network, seed=options.get("seed", 0)))
        with temporary.open("w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(_document(prepared, clusters, options.get("title", "")))
    notes = [Note("note.no_direction")]
    if clusters.max(initial=0) > MOST_CLUSTERS:
        notes.append(Note("note.most_clusters", n=MOST_CLUSTERS))
    return prepared.report(path, notes=notes)


def _clusters(partition: Integers) -> Integers:
    """Number communities from 1, the largest first."""
    if not partition.size:
        return partition
    _, codes, counts = np.unique(partition, return_inverse=True, return_counts=True)
    rank = np.empty(counts.size, dtype=np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(1, counts.size + 1)
    return np.asarray(rank[codes])


def _document(prepared: Prepared, clusters: Integers, title: str) -> Iterator[str]:
    number = np.empty(prepared.network.n_nodes, dtype=np.int64)
    number[prepared.node_order] = np.arange(1, prepared.network.n_nodes + 1)
    low, high, strength = _links(prepared, number)
    yield '{"network": {"items": [\n'
    yield from _listed(_items(prepared, clusters, number, low, high, strength))
    yield '],\n"links": [\n'
    yield from _listed(
        {"source_id": a, "target_id": b, "strength": s}
        for a, b, s in zip(low.tolist(), high.tolist(), strength.tolist(), strict=True)
    )
    info = {"title": html.escape(title or "clusters"), "description": html.escape(prepared.description)}
    yield f'\n]}},\n"info": {_json(info)}}}\n'


def _links(prepared: Prepared, number: Integers) -> tuple[Integers, Integers, NDArray[np.float64]]:
    a, b = number[prepared.network.sources], number[prepared.network.targets]
    apart = a != b
    base = prepared.network.n_nodes + 1
    pairs, code = np.unique(np.minimum(a, b)[apart] * base + np.maximum(a, b)[apart], return_inverse=True)
    strength = np.zeros(pairs.size)
    np.add.at(strength, code, prepared.weights[apart])
    return pairs // base, pairs % base, strength


def _items(
    prepared: Prepared,
    clusters: Integers,
    number: Integers,
    low: Integers,
    high: Integers,
    strength: NDArray[np.float64],
) -> Iterator[dict[str, Any]]:
    ends = np.r_[low, high] - 1
    links = np.bincount(ends, minlength=number.size)
    total = np.bincount(ends, weights=np.r_[strength, strength], minlength=number.size)
    scale = max(float(np.abs(prepared.points).max(initial=0.0)), 1e-9)
    texts = [c for c in prepared.node_columns if c.type in ("string", "boolean", "liststring")]
    numbers = [c for c in prepared.node_columns if c.type in ("integer", "long", "double")]
    for place, i in enumerate(prepared.node_order.tolist()):
        x, y = (prepared.points[i] / scale).round(5).tolist()
        item = {"id": place + 1, "label": prepared.labels[i]}
        if lines := [f"{c.title}: {c.texts[c.codes[i]]}" for c in texts if c.codes[i] >= 0]:
            item["description"] = "<br>".join(html.escape(line) for line in lines)
        item |= {"x": x, "y": y}
        if clusters[i] <= MOST_CLUSTERS:
            item["cluster"] = int(clusters[i])
        item["weights"] = {"Links": int(links[place]), "Total link strength": float(total[place])}
        if scores := {c.title: c.values[c.codes[i]] for c in numbers if c.codes[i] >= 0}:
            item["scores"] = scores
        yield item


def _listed(values: Iterator[dict[str, Any]]) -> Iterator[str]:
    separator = ""
    for value in values:
        yield separator + _json(value)
        separator = ",\n"


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
