"""Names of organisations in files of any shape, pairs of names that were judged by hand, and renaming."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from clusters import names
from clusters.errors import DataError
from clusters.intake import files, headers
from clusters.intake.table import Column, RawTable
from clusters.intake.values import read_flag
from clusters.intake.vocabulary import words
from clusters.sentences import Note


@dataclass(frozen=True)
class NameCounts:
    """Different names, cleaned, with the number of cells that hold each."""

    counts: Counter[str]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Renamed:
    """A table with some names replaced, all other cells as they were."""

    frame: pd.DataFrame
    cells: int
    """Cells that were replaced."""
    notes: tuple[str, ...] = ()


def read_names(path: str | Path, *, column: str | None = None, encoding: str | None = None) -> NameCounts:
    """Read the names in a file: both ends of relations, a table of organisations, or one column.

    Parameters
    ----------
    path
        CSV, TSV (``.gz`` or not), XLSX, XLS, ODS or Parquet file. A first line that is no header is a
        name where the file has one column.
    column
        The column of names, where it is not recognised.

    Raises
    ------
    DataError
        No column of names is recognised, or none is called so.
    """
    if column is None and (lines := _one_column(path, encoding)) is not None:
        return NameCounts(Counter(filter(None, map(names.clean, lines))))
    wanted = None if column is None else headers.key(column)

    def score(cells: Sequence[str]) -> int:
        if wanted is not None:
            return int(any(headers.key(cell) == wanted for cell in cells))
        return headers.score_relations(cells) or headers.score_nodes(cells)

    table = files.read_table(path, score=score, encoding_name=encoding)
    counts: Counter[str] = Counter()
    for position in _positions(table, wanted):
        for text, count in _counted(table.columns[position]):
            counts[names.clean(text)] += count
    counts.pop("", None)
    return NameCounts(counts, tuple(table.warnings))


def _one_column(path: str | Path, encoding: str | None) -> list[str] | None:
    """Return the lines of a text file without any separator; ``None`` for another file."""
    suffix = Path(str(path).lower()).suffix
    if suffix not in (".txt", ".csv", ".tsv") or not Path(path).is_file():
        return None
    from clusters.intake import encoding as encodings

    name, _, data = files.unpacked(files.read_bytes(Path(path)), Path(path).name)
    lines = encodings.decode(data, name, encoding).data.decode().splitlines()
    if any(mark in line for line in lines[:100] for mark in ",;\t|"):
        return None
    known = {*words("organisation")["node"], *words("thesaurus")["name"], *words("thesaurus")["variant"]}
    return lines[1:] if lines and headers.key(lines[0]) in known else lines


def _positions(table: RawTable, wanted: str | None) -> list[int]:
    if wanted is not None:
        found = [at for at, text in enumerate(table.header) if headers.key(text) == wanted]
        if not found:
            raise DataError(f"{table.name} has no such column; it has {', '.join(table.header)}")
        return found[:1]
    if headers.score_relations(table.header):
        return list(headers.relation_columns(table.header, table.name).ids.values())
    columns = headers.node_columns(table.header, table.name)
    return [columns.get("label", columns["node"])]


def _counted(column: Column) -> list[tuple[str, int]]:
    sizes = np.bincount(column.codes[column.codes >= 0], minlength=len(column.values))
    return list(zip(column.values, sizes.tolist(), strict=True))


def read_labelled(path: str | Path) -> pd.DataFrame:
    """Read pairs of names with the judgement whether they are one organisation.

    The first three columns count: two names and yes or no (true/false, 是/否, 1/0). Lines that begin
    with ``#`` are comments.

    Returns
    -------
    DataFrame
        ``one``, ``two`` (cleaned) and ``same``.

    Raises
    ------
    DataError
        A judgement is neither, a name is missing, or a name stands beside itself.
    """
    table = files.read_table(path, score=lambda cells: int("same" in map(headers.key, cells)))
    if len(table.header) < 3:
        raise DataError(f"{table.name}: three columns are needed: two names, and whether they are the same")
    one, two, said = (column.texts() for column in table.columns[:3])
    rows = []
    for at, cells in enumerate(zip(one, two, said, strict=True)):
        if cells[0].lstrip().startswith("#"):
            continue
        same = read_flag(cells[2])
        first, second = names.clean(cells[0]), names.clean(cells[1])
        if same is None or not first or not second or first == second:
            raise DataError(
                f"{table.name}, {table.at(at)}: found {cells[0]!r}, {cells[1]!r}, {cells[2]!r}, expected two "
                "different names and yes or no"
            )
        rows.append((first, second, same))
    return pd.DataFrame(rows, columns=["one", "two", "same"])


def rename(
    path: str | Path,
    thesaurus: Mapping[str, str],
    *,
    mapping: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    separator: str | None = None,
) -> Renamed:
    """Replace the names at both ends of a relation table; all columns and all other cells stay.

    Parameters
    ----------
    path
        The table.
    thesaurus
        Cleaned variant to preferred name.
    mapping, encoding, sheet, separator
        As for ``read_relations``.

    Returns
    -------
    Renamed
        Rows that cannot be divided into the columns of the header are left out and told.
    """
    table = files.read_table(
        path,
        score=lambda cells: headers.score_relations(cells, mapping),
        encoding_name=encoding,
        sheet=sheet,
        separator=separator,
    )
    columns = headers.relation_columns(table.header, table.name, mapping)
    changed = 0
    cells = dict(enumerate(table.columns))
    for at in columns.ids.values():
        cells[at], count = _renamed(table.columns[at], thesaurus)
        changed += count
    frame = pd.DataFrame({at: _texts(column) for at, column in cells.items()})
    frame.columns = pd.Index(table.header, dtype=object)
    notes = list(table.warnings)
    if table.ragged:
        notes.append(Note("note.apply_ragged", name=table.name, n=len(table.ragged)))
    return Renamed(frame, changed, tuple(notes))


def _renamed(column: Column, thesaurus: Mapping[str, str]) -> tuple[Column, int]:
    """Replace the cells whose cleaned text is a variant; count them."""
    values = np.asarray(column.values, dtype=object).copy()
    changed = np.zeros(len(values) + 1, bool)
    for at, text in enumerate(values):
        new = thesaurus.get(text)
        if new is None:
            new = thesaurus.get(names.clean(text))
        if new is not None:
            values[at], changed[at] = new, True
    return Column(column.codes, values), int(changed[column.codes].sum())


def _texts(column: Column) -> np.ndarray:
    padded = np.append(np.asarray(column.values, dtype=object), "")
    found: np.ndarray = padded[column.codes]
    return found
