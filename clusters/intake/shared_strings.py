"""Texts that the cells of an XLSX workbook share: how much they come to when every cell has its own.

The reader makes room for as many texts as the part says it holds, and copies a text for every
cell that names it. A part of a few bytes can so ask for all memory there is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from clusters.errors import DataError
from clusters.intake.tags import Unpacked, whole_tags

MAX_CHARACTERS = 1 << 31
"""Bytes of text of all cells."""
_COUNTS = re.compile(rb"\b(?:uniqueCount|count)\s*=\s*[\"']\s*(\d+)")
_SST = re.compile(rb"<(?:[^\s<>/:]+:)?sst(\s[^<>]*)?>")
_BEGIN = re.compile(rb"<(?:[^\s<>/:]+:)?si[\s/>]")
_USED = re.compile(rb"t\s*=\s*[\"']s[\"'][^<>]*>\s*<(?:[^\s<>/:]+:)?v[^<>]*>\s*(\d{1,9})\s*<")
_BINARY_BEGIN = b"\x9f\x01"


def lengths(unpacked: Unpacked, part: str) -> np.ndarray:
    """Return the length of each text with its markup, in bytes.

    Raises
    ------
    DataError
        The part says that it holds more texts than there is room for in it.

    Examples
    --------
    >>> lengths(lambda: [b'<sst count="2"><si><t>a</t></si><si><t>bcd</t></si></sst>'], "a").tolist()
    [17, 25]
    """
    total = 0
    said = 0
    starts: list[int] = []
    for block in whole_tags(unpacked(), part):
        for match in _SST.finditer(block):
            said = max([said, *(int(text[:19]) for text in _COUNTS.findall(match[1] or b""))])
        starts += [total + match.start() for match in _BEGIN.finditer(block)]
        total += len(block)
    _refuse_count(said, total, part)
    return np.diff(np.array([*starts, total], np.int64))


def check_binary(data: bytes, part: str) -> None:
    """Refuse the texts of a binary workbook that say they are more than there is room for."""
    if data.startswith(_BINARY_BEGIN):
        said = max(int.from_bytes(data[at : at + 4], "little") for at in (3, 7))
        _refuse_count(said, len(data), part)


def _refuse_count(said: int, size: int, part: str) -> None:
    if said > max(size, 1000):
        raise DataError(
            f"{part} says that it holds {said} texts, but is of {size} bytes",
            hint="the workbook is damaged; open it and save it again",
        )


def check_use(texts: np.ndarray, sheets: Iterable[tuple[Unpacked, int, str]], name: str) -> None:
    """Refuse sheets whose cells repeat long texts to an absurd size.

    Parameters
    ----------
    texts
        Length of each text.
    sheets
        Content, number of cells and name of each sheet.
    name
        File name for messages.
    """
    longest = int(texts.max(initial=0))
    for unpacked, cells, part in sheets:
        if longest * cells <= MAX_CHARACTERS:
            continue
        total = 0
        for block in whole_tags(unpacked(), part):
            used = np.array([int(text) for text in _USED.findall(block)], np.int64)
            total += int(texts[used[used < texts.size]].sum())
        if total > MAX_CHARACTERS:
            raise DataError(
                f"{name}: the texts of the cells come to {total / 1e9:.1f} GB, as in a bomb",
                hint="save the sheet as CSV",
            )
