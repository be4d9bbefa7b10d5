"""A thesaurus file: variant and preferred name of an organisation, one pair a line.

Three forms are read, as text or as a workbook: ``variant,preferred`` (in either order, or without a
header), VOSviewer's ``label,replace by``, and a list of ids with their names (``id,name``). A line
without a preferred name is undecided, a line that begins with ``#`` a comment; neither changes
anything. What ``names suggest`` writes is such a file, with nothing decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from clusters import names
from clusters.errors import DataError
from clusters.intake import files, headers
from clusters.intake.numbers import is_missing
from clusters.intake.table import Column
from clusters.intake.vocabulary import words
from clusters.sentences import Note

_FORMS = (("variant", "preferred"), ("id", "name"))


@dataclass(frozen=True)
class Thesaurus:
    """What a thesaurus file says."""

    file: str
    mapping: dict[str, str]
    """Cleaned variant to the preferred name at the end of its chain, in the order of the file."""
    ids: bool = False
    """Whether it gives names to ids."""
    lines: int = 0
    undecided: int = 0
    """Lines without a preferred name."""
    comments: int = 0
    shared: dict[str, int] = field(default_factory=dict)
    """Names that several ids have, with their number: these ids become one organisation."""

    def unused(self, present: Iterable[str]) -> list[str]:
        """Return the variants that do not occur among some names, in the order of the file.

        Examples
        --------
        >>> Thesaurus("t.csv", {"a": "b", "c": "d"}).unused(["a", "b"])
        ['c']
        """
        known = set(present)
        return [variant for variant in self.mapping if variant not in known]

    def notes(self) -> list[Note]:
        """Say what is worth knowing of the file before it is used."""
        said = []
        if self.undecided:
            said.append(Note("note.thesaurus_undecided", name=self.file, n=self.undecided, of=self.lines))
        if self.shared:
            first, count = next(iter(self.shared.items()))
            shared = {"n": len(self.shared), "label": first, "ids": count}
            said.append(Note("note.thesaurus_shared", name=self.file, **shared))
        return said


def read_thesaurus(path: str | Path) -> dict[str, str]:
    """Read pairs (variant, preferred name) and follow their chains; see ``load_thesaurus``."""
    return load_thesaurus(path).mapping


def load_thesaurus(path: str | Path) -> Thesaurus:
    """Read a thesaurus.

    The first two columns count. A first line such as ``variant,preferred``, ``label,replace by`` or
    ``id,name`` is a header, in either order; any other first line is a pair. In a list of ids a name
    such as ``NA`` or ``-`` is a missing one.

    Parameters
    ----------
    path
        CSV, TSV (``.gz`` or not), XLSX, XLS, ODS or Parquet file.

    Raises
    ------
    DataError
        The file cannot be read, has fewer than two columns, or contradicts itself.
    """
    table = files.read_table(path, score=_score)
    if len(table.header) < 2:
        raise DataError(f"{table.name}: a thesaurus needs two columns, variant and preferred name")
    form = _form(table.header)
    one, two = (_cleaned(column) for column in table.columns[:2])
    above = [] if form else [(table.header[0], table.header[1])]
    ragged = []
    for row in table.ragged:
        if row.cells[:1] and row.cells[0].lstrip().startswith("#"):
            ragged.append((row.cells[0], ""))
        elif len(row.cells) < 2:
            raise DataError(f"{table.name}, line {row.line}: one cell, expected variant and preferred name")
        else:
            ragged.append((row.cells[0], row.cells[1]))
    one = [names.clean(a) for a, _ in above] + one + [names.clean(a) for a, _ in ragged]
    two = [names.clean(b) for _, b in above] + two + [names.clean(b) for _, b in ragged]
    comments = [a.startswith("#") for a in one]
    if any(comments):
        two = ["" if comment else b for comment, b in zip(comments, two, strict=True)]
        one = ["" if comment else a for comment, a in zip(comments, one, strict=True)]
    if form and form[1]:
        one, two = two, one
    ids = bool(form and form[0] == "id")
    if ids:
        two = ["" if is_missing(name) else name for name in two]
    pairs = [(a, b) for a, b in zip(one, two, strict=True) if a and b]
    return Thesaurus(
        table.name,
        names.resolve(pairs),
        ids=ids,
        lines=len(one) - sum(comments),
        undecided=sum(1 for a, b in zip(one, two, strict=True) if a and not b),
        comments=sum(comments),
        shared=_shared(pairs) if ids else {},
    )


def _cleaned(column: Column) -> list[str]:
    """Return the cells of a column in the spelling names are counted under, each distinct one once."""
    cleaned = column.map(names.clean, names.clean_lines)
    values = np.append(np.asarray(cleaned.values, dtype=object), "")
    return list(values[cleaned.codes])


def _shared(pairs: Iterable[tuple[str, str]]) -> dict[str, int]:
    bearers: dict[str, set[str]] = {}
    for one, name in pairs:
        bearers.setdefault(name, set()).add(one)
    return {name: len(found) for name, found in bearers.items() if len(found) > 1}


def _score(cells: Sequence[str]) -> int:
    """Tell whether a line names the two columns; 0 or 2, the cells recognised."""
    return 2 * bool(_form(cells))


def _form(cells: Sequence[str]) -> tuple[str, bool] | None:
    """Return what a header says the first meaning is, and whether the columns stand the other way round."""
    for first, second in _FORMS:
        if _names(cells, first, second):
            return first, False
        if _names(cells, second, first):
            return first, True
    return None


def _names(cells: Sequence[str], first: str, second: str) -> bool:
    known = words("thesaurus")
    return len(cells) > 1 and headers.key(cells[0]) in known[first] and headers.key(cells[1]) in known[second]
