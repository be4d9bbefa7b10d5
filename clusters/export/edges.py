"""A network as two plain tables, nodes and edges: CSV for people and Gephi, Parquet for programs.

``OUT.csv`` becomes ``OUT_nodes.csv`` and ``OUT_edges.csv``. The columns ``id``,
``label``, ``source``, ``target``, ``kind`` and ``weight`` keep these names in every
language: Gephi's import wizard knows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Unpack

import numpy as np
import pandas as pd

from clusters.export.columns import Column, Integers
from clusters.export.files import atomic_path
from clusters.export.prepare import ExportReport, Options, Prepared, prepare
from clusters.export.tabular import guard
from clusters.networks import ValueNetwork
from clusters.sentences import Note


def write_csv_pair(
    network: ValueNetwork, path: Path | str, *, force: bool = False, **options: Unpack[Options]
) -> ExportReport:
    """Write nodes and edges as two CSV files.

    Parameters
    ----------
    network
        One row per node and one per edge, in the order of the other formats.
    path
        ``x.csv`` gives ``x_nodes.csv`` and ``x_edges.csv``.
    force
        Overwrite existing files.
    **options
        ``lang="zh"`` gives Chinese headings and a byte-order mark for Excel; weights,
        statistics and more columns: see ``prepare``. Positions do not apply.

    Returns
    -------
    ExportReport
        The two files, and what was changed: text that a spreadsheet would run as a
        formula gets a leading apostrophe.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = write_csv_pair(ValueNetwork.from_edges([("a", "b")]), Path(folder) / "x.csv")
    ...     print(report.files[1].name, report.files[1].read_text().split())
    x_edges.csv ['source,target,weight,relations', 'a,b,1.0,1']
    """
    prepared = prepare(network, draw=False, **options)
    headings = prepared.lang == "zh"
    nodes, edges = _node_table(prepared, headings), _edge_table(prepared, headings)
    safe_nodes, safe_edges = nodes.map(guard), edges.map(guard)
    changed = int((safe_nodes["id"] != nodes["id"]).sum() + (safe_nodes["label"] != nodes["label"]).sum())
    node_path, edge_path = pair(path)
    encoding = "utf-8-sig" if headings else "utf-8"
    with atomic_path(node_path, force=force) as first, atomic_path(edge_path, force=force) as second:
        safe_nodes.to_csv(first, index=False, lineterminator="\n", encoding=encoding)
        safe_edges.to_csv(second, index=False, lineterminator="\n", encoding=encoding)
    notes = [Note("note.apostrophes", n=changed)] if changed else []
    return prepared.report(node_path, edge_path, notes=notes)


def write_parquet_pair(
    network: ValueNetwork, path: Path | str, *, force: bool = False, **options: Unpack[Options]
) -> ExportReport:
    """Write nodes and edges as two Parquet files with typed columns.

    Parameters
    ----------
    network
        One row per node and one per edge, in the order of the other formats.
    path
        ``x.parquet`` gives ``x_nodes.parquet`` and ``x_edges.parquet``.
    force
        Overwrite existing files.
    **options
        Weights, statistics, more columns: see ``prepare``. Columns have their
        identifiers and coded values in every language.

    Returns
    -------
    ExportReport
        The two files, characters left out, and notes for the reader.
    """
    options["lang"] = "en"
    prepared = prepare(network, draw=False, **options)
    node_path, edge_path = pair(path)
    with atomic_path(node_path, force=force) as first, atomic_path(edge_path, force=force) as second:
        _node_table(prepared, headings=False).to_parquet(first, index=False)
        _edge_table(prepared, headings=False).to_parquet(second, index=False)
    return prepared.report(node_path, edge_path)


def pair(path: Path | str) -> tuple[Path, Path]:
    """Return the names of the two files.

    Examples
    --------
    >>> [file.name for file in pair("out/x.csv")]
    ['x_nodes.csv', 'x_edges.csv']
    """
    path = Path(path)
    return path.with_stem(f"{path.stem}_nodes"), path.with_stem(f"{path.stem}_edges")


def _node_table(prepared: Prepared, headings: bool) -> pd.DataFrame:
    own = {"id": prepared.ids, "label": prepared.labels}
    return _table(own, prepared.node_columns, prepared.node_order, headings)


def _edge_table(prepared: Prepared, headings: bool) -> pd.DataFrame:
    ids = np.array([*prepared.ids, None], dtype=object)
    own: dict[str, Any] = {"source": ids[prepared.network.sources], "target": ids[prepared.network.targets]}
    columns = list(prepared.edge_columns)
    for kind in [c for c in columns if c.name == "kind"]:
        columns.remove(kind)
        own["kind"] = kind.series()
    own["weight"] = prepared.weights
    return _table(own, columns, prepared.edge_order, headings)


def _table(own: Mapping[str, Any], columns: list[Column], order: Integers, headings: bool) -> pd.DataFrame:
    frame = pd.DataFrame(dict(own))
    for column in columns:
        name = column.title if headings or column.name in frame.columns else column.name
        frame[name] = column.series()
    return frame.iloc[order]
