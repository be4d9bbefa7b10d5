"""Ends of relations that seem to name several organisations in one cell.

``甲资本、乙基金`` counts as one organisation that no other row knows. Reading keeps it, for the
mark may belong to a name; it says how many such relations there are and what parts them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clusters.sentences import Note

if TYPE_CHECKING:
    from clusters.intake.assembly import Mentions

_CJK = "\u3400-\u9fff\U00020000-\U0003ffff"
# Cleaning has made narrow commas and semicolons of wide ones. A comma counts beside a Chinese
# character only: "Alpha, Inc." is one company.
_PARTED = re.compile(rf"\S\s*[、;|]\s*\S|[{_CJK})]\s*,\s*\S|\S\s*,\s*[{_CJK}]")

_MARKS = "、;|,"
"""One of them is in every name that ``_PARTED`` finds something in."""
_PART = 1 << 14
_BLANKS = re.compile(rf"[{_CJK})] \S|\S [{_CJK}]")


def names_several(text: str, *, blanks: bool = False) -> bool:
    """Tell whether a name holds a mark that parts names.

    Parameters
    ----------
    text
        Cleaned name.
    blanks
        Whether a blank beside a Chinese character is such a mark, as in lists of investors.

    Examples
    --------
    >>> [names_several(t) for t in ("甲资本、乙基金", "甲资本,Beta", "甲|乙", "Alpha, Inc.", "甲资本;")]
    [True, True, True, False, False]
    >>> names_several("甲资本 乙基金"), names_several("甲资本 乙基金", blanks=True)
    (False, True)
    """
    return bool(_PARTED.search(text) or (blanks and _BLANKS.search(text)))


def _several(names: list[str], *, blanks: bool) -> NDArray[np.bool_]:
    """Tell which names hold a mark that parts names, looking closely only where there is one."""
    found = np.zeros(len(names), bool)
    for start in range(0, len(names), _PART):
        part = names[start : start + _PART]
        whole = "\n".join(part)
        marks = [mark for mark in (_MARKS + " " if blanks else _MARKS) if mark in whole]
        if marks:
            near = (
                any(mark in text for mark in marks) and names_several(text, blanks=blanks) for text in part
            )
            found[start : start + _PART] = np.fromiter(near, bool, len(part))
    return found


def several_warnings(said: Mentions) -> list[str]:
    """Say how many relations have an end that seems to name several organisations.

    Parameters
    ----------
    said
        Organisations of the relations in use, as the rows name them.

    Returns
    -------
    list of Note
        With the number of relations and the first case; of a table that has the columns of a
        public layout, in which blanks may part names, also which command takes such cells apart.
    """
    from clusters.intake.public.nearest import nearest

    layout = nearest(said.table.header, "gephi-csv")
    several = _several(said.index.tolist(), blanks=layout is not None)
    if not several.any():
        return []
    ends = several[said.nodes]
    if not ends.any():
        return []
    first = int(np.flatnonzero(ends)[0])
    table, text = said.table.name, said.index[int(said.nodes[first])]
    n = int((ends[0::2] | ends[1::2]).sum())
    found: list[str] = [Note("note.ends_several", name=table, n=n, at=said.at(first), text=text[:60])]
    if layout is not None:
        found.append(Note("note.ends_layout", name=table, layout=layout))
    return found
