"""Pajek networks (``.net``): vertices with positions, weighted arcs, kinds as relations.

Pajek knows neither an escape for quotes nor line breaks in labels, so these become
look-alikes. It reads UTF-8 only behind a byte-order mark, which other readers of the
format trip over; the mark is therefore written only when a label needs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from clusters.export.files import atomic_path
from clusters.export.prepare import ExportReport, Options, Prepared, prepare
from clusters.export.text import unique
from clusters.networks import ValueNetwork
from clusters.sentences import Note

# A backslash before the closing quote would escape it in readers that split like a shell.
_PLAIN = str.maketrans({'"': "'", "\\": "/", "\n": " ", "\r": " ", "\t": " "})


def write_pajek(
    network: ValueNetwork, path: Path | str, *, force: bool = False, **options: Unpack[Options]
) -> ExportReport:
    """Write a network for Pajek.

    Parameters
    ----------
    network
        Kinds, where the network keeps them apart, become Pajek's numbered relations.
    path
        File to write.
    force
        Overwrite an existing file.
    **options
        Language, positions, weights: see ``prepare``. The format has no further columns.

    Returns
    -------
    ExportReport
        Nodes, edges, characters left out, and notes for the reader.

    References
    ----------
    Batagelj, V. and Mrvar, A., Pajek reference manual: network files, Unicode.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.net"
    ...     _ = write_pajek(ValueNetwork.from_edges([("a", "b")]), path, positions="spiral")
    ...     print(path.read_text().splitlines()[-1])
    1 2 1
    """
    path = Path(path)
    with atomic_path(path, force=force) as temporary:
        prepared = prepare(network, **options)
        names, changed = _vertex_names(prepared)
        encoding = "utf-8" if all(name.isascii() for name in names) else "utf-8-sig"
        with temporary.open("w", encoding=encoding, newline="\r\n") as stream:
            stream.writelines(_vertices(prepared, names))
            stream.writelines(_arcs(prepared))
    notes = [Note("note.plain_labels", n=changed)] if changed else []
    return prepared.report(path, notes=notes)


def _vertex_names(prepared: Prepared) -> tuple[list[str], int]:
    """Return distinct labels in vertex order; many readers take the label for the id."""
    labels = [prepared.labels[i] for i in prepared.node_order.tolist()]
    plain = [label.translate(_PLAIN) for label in labels]
    names = unique(plain)[0]
    return names, sum(map(str.__ne__, names, labels))


def _vertices(prepared: Prepared, names: list[str]) -> Iterator[str]:
    yield f"*Vertices {len(names)}\n"
    for number, (name, (x, y)) in enumerate(zip(names, _unit_square(prepared), strict=True), 1):
        yield f'{number} "{name}" {x:.4f} {y:.4f} 0.5000\n'


def _unit_square(prepared: Prepared) -> NDArray[np.float64]:
    """Return positions between 0.05 and 0.95, y downwards, shape kept."""
    points = prepared.points[prepared.node_order]
    if not len(points):
        return points
    low, high = points.min(axis=0), points.max(axis=0)
    extent = max(float((high - low).max()), 1e-9)
    return np.asarray(0.5 + 0.9 * (points - (low + high) / 2) / extent * [1, -1])


def _arcs(prepared: Prepared) -> Iterator[str]:
    network, order = prepared.network, prepared.edge_order
    vertex = np.empty(network.n_nodes, dtype=np.int64)
    vertex[prepared.node_order] = np.arange(1, network.n_nodes + 1)
    kinds = np.array(prepared.kinds if prepared.kinds is not None else [""] * network.n_edges, dtype=object)
    for number, kind in enumerate(sorted(set(kinds)) or [""], 1):
        name = kind.translate(_PLAIN)
        yield "*Arcs\n" if prepared.kinds is None else f'*Arcs :{number} "{name}"\n'
        for e in order[kinds[order] == kind].tolist():
            yield f"{vertex[network.sources[e]]} {vertex[network.targets[e]]} {prepared.weights[e]:.12g}\n"
