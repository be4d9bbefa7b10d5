"""A thesaurus file: variant and preferred name of an organisation, one pair a line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from clusters import names
from clusters.errors import DataError
from clusters.intake import files, headers
from clusters.intake.vocabulary import words


def read_thesaurus(path: str | Path) -> dict[str, str]:
    """Read pairs (variant, preferred name) and follow their chains.

    The first two columns count; a first line such as ``variant,preferred`` or VOSviewer's
    ``label,replace by`` is a header, in either order, any other first line a pair. A line
    without a preferred name is undecided and changes nothing.

    Raises
    ------
    DataError
        The file cannot be read, has fewer than two columns, or contradicts itself.
    """
    table = files.read_table(path, score=_score)
    if len(table.header) < 2:
        raise DataError(f"{table.name}: a thesaurus needs two columns, variant and preferred name")
    variants, preferred = (column.texts() for column in table.columns[:2])
    if not _score(table.header):
        variants, preferred = [table.header[0], *variants], [table.header[1], *preferred]
    for row in table.ragged:
        if len(row.cells) < 2:
            raise DataError(f"{table.name}, line {row.line}: one cell, expected variant and preferred name")
        variants.append(row.cells[0])
        preferred.append(row.cells[1])
    if _turned(table.header):
        variants, preferred = preferred, variants
    pairs = [(names.clean(a), names.clean(b)) for a, b in zip(variants, preferred, strict=True)]
    return names.resolve((a, b) for a, b in pairs if a and b)


def _score(cells: Sequence[str]) -> int:
    """Tell whether a line names the two columns; 0 or 2, the cells recognised."""
    return 2 * (_names(cells, "variant", "preferred") or _turned(cells))


def _turned(cells: Sequence[str]) -> bool:
    """Tell whether a header names the preferred name first."""
    return _names(cells, "preferred", "variant") and not _names(cells, "variant", "preferred")


def _names(cells: Sequence[str], first: str, second: str) -> bool:
    known = words("thesaurus")
    return len(cells) > 1 and headers.key(cells[0]) in known[first] and headers.key(cells[1]) in known[second]
