"""Merged cells of a workbook: the text of one stands for all of its rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from clusters.sentences import Note

Range = tuple[tuple[int, int], tuple[int, int]]


def fill_down(
    rows: list[list[str]], ranges: Iterable[Range], below: Collection[int]
) -> list[tuple[int, int]]:
    """Write the text of each merged cell below a header into all of its rows.

    A workbook keeps the text of merged cells in the first of them. Only cells below it are
    filled: what is merged across columns is a heading or a remark, not a value of each of them.

    Parameters
    ----------
    rows
        Cells of the sheet, which are changed.
    ranges
        First and last row and column of each merged cell, from 0.
    below
        Rows below the header that hold anything; the others are left alone.

    Returns
    -------
    list of (row, column)
        The cells that were filled. One that holds a text of its own is not, nor any in a range
        that overlaps another, which no spreadsheet writes.

    Examples
    --------
    >>> rows = [["企业", "合作方"], ["甲", "乙"], ["", "丙"]]
    >>> fill_down(rows, [((1, 0), (2, 0))], [1, 2]), rows
    ([(2, 0)], [['企业', '合作方'], ['甲', '乙'], ['甲', '丙']])
    """
    filled: list[tuple[int, int]] = []
    held = set(below)
    last: dict[int, int] = {}
    for (top, column), (bottom, _) in sorted(ranges):
        bottom = min(bottom, len(rows) - 1)
        if top not in held or bottom <= top or top <= last.get(column, -1):
            continue
        last[column] = bottom
        text = rows[top][column] if column < len(rows[top]) else ""
        if not text.strip():
            continue
        for row in range(top + 1, bottom + 1):
            if row in held and column < len(rows[row]) and not rows[row][column].strip():
                rows[row][column] = text
                filled.append((row, column))
    return filled


def told(label: str, filled: list[tuple[int, int]], rows: list[list[str]]) -> list[Note]:
    """Say how many cells were filled and which was the first; nothing where none was."""
    if not filled:
        return []
    row, column = min(filled)
    return [Note("note.merged_cells", name=label, n=len(filled), row=row + 1, text=rows[row][column][:60])]
