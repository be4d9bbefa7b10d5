"""How large the sheets of a workbook are, before the reader makes room for them.

A reader of workbooks makes room for every cell between the first and the last one. One cell in
the last corner of a sheet asks for 17 billion of them and ends the program, so the extent is
looked up beforehand in the packed file, or in the records of an old one.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from functools import partial

import numpy as np

from clusters.errors import DataError
from clusters.intake import archives, old_workbooks, shared_strings
from clusters.intake.tags import Unpacked, whole_tags

MAX_CELLS = 1 << 26
"""Cells between the corners of a sheet, empty ones included."""
MIN_SPARSE = 1 << 22
MAX_EMPTY = 100
"""A sheet of more than ``MIN_SPARSE`` cells may have so many times as many as are filled."""
_PARTS = (
    (re.compile(r"content\.xml", re.IGNORECASE), "ods"),
    (re.compile(r"xl/[^/]*strings\.xml", re.IGNORECASE), "texts"),
    (re.compile(r"xl/[^/]*strings\.bin", re.IGNORECASE), "binary texts"),
    (re.compile(r".*(printersettings|vbaproject|activex).*\.bin", re.IGNORECASE), ""),
    (re.compile(r".*\.bin", re.IGNORECASE), "xlsb"),
)
_ATTRIBUTES = rb"(?:\s+[^\s=<>\"']+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))"
_CELL = re.compile(rb"<(?:[^\s<>/:]+:)?c[\s/>]")
_REFERENCE = re.compile(
    # Also right behind another value, which the reader takes; with a slash: an empty cell.
    rb"(?<![\w:.-])r\s*=\s*[\"']([A-Za-z]*)(\d+)[\"'](%s{0,8}\s*/>)?" % _ATTRIBUTES
)
_WIDER = tuple(re.compile(rb"r\s*=\s*[\"'][A-Za-z]{%d,}\d" % n) for n in (2, 3))
_LONGER = tuple(re.compile(rb"r\s*=\s*[\"'][A-Za-z]*\d{%d,}" % n) for n in (4, 5, 6, 7))
_ODS = re.compile(
    rb"<(?:[^\s<>/:]+:)?(table|table-row|table-cell|covered-table-cell)(%s*)\s*(/?)>" % _ATTRIBUTES
)
_REPEATED = {
    kind: re.compile(rb"number-%s-repeated\s*=\s*[\"']([^\"']*)[\"']" % kind)
    for kind in (b"rows", b"columns")
}

Extent = tuple[int, int, int]
"""Last row, last column (from 1) and number of cells that are there."""


def check_workbook(data: bytes, name: str) -> None:
    """Refuse a workbook that would unpack, or spread its sheets, to an absurd size.

    Anything that is neither a zip archive nor an old binary workbook passes.

    Parameters
    ----------
    data
        Content of the file.
    name
        File name for messages.

    Raises
    ------
    DataError
        The archive is damaged or would grow beyond the limits of ``archives``, or a sheet has
        its last cell so far from the others that there is no room for what lies between, or the
        texts of its cells come to an absurd size.
    """
    for found in old_workbooks.extents(data, name):
        _refuse(found, name, "of the workbook")
    if not data.startswith(b"PK") and not zipfile.is_zipfile(io.BytesIO(data)):
        return
    _, infos = archives.entries(data, name, most=archives.MAX_WORKBOOK, damaged="not a readable workbook")
    texts = np.zeros(0, np.int64)
    sheets: list[tuple[Unpacked, int, str]] = []
    for info in infos:
        unpacked, part = partial(archives.blocks, data, info, name), f"{name}: {info.filename}"
        kind = _kind(info, unpacked)
        if kind == "texts":
            texts = shared_strings.lengths(unpacked, part)
        elif kind == "binary texts":
            shared_strings.check_binary(b"".join(unpacked()), part)
        else:
            found = _extent(kind, unpacked, part)
            _refuse(found, name, info.filename)
            if kind == "xlsx":
                sheets.append((unpacked, found[2], part))
    shared_strings.check_use(texts, sheets, name)


def _refuse(found: Extent, name: str, part: str) -> None:
    if _too_large(found):
        rows, columns, cells = found
        raise DataError(
            f"{name}: the sheet {part} reaches to row {rows}, column {columns}, with "
            f"{cells} cells: there is no room for the {rows * columns} between the corners",
            hint="delete what stands far below or to the right of the table, or save it as CSV",
        )


def _kind(info: zipfile.ZipInfo, unpacked: Unpacked) -> str:
    # Without regard to case or a leading slash, as readers of workbooks find their parts.
    path = info.filename.replace("\\", "/").lstrip("/")
    for pattern, kind in _PARTS:
        if pattern.fullmatch(path):
            return kind
    # A sheet may stand under any name, and the reader looks over what stands before it: whatever
    # is markup, or could be a sheet, is looked through.
    first: bytes = next(iter(unpacked()), b"")
    markup = first.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or path.lower().endswith(".xml")
    return "xlsx" if markup or _holds(unpacked(), b"sheetData") else ""


def _holds(blocks: Iterable[bytes], word: bytes) -> bool:
    """Tell whether a word stands anywhere, also over the border of two blocks."""
    kept = b""
    for block in blocks:
        if word in kept + block:
            return True
        kept = block[-len(word) :]
    return False


def _extent(kind: str, unpacked: Unpacked, part: str) -> Extent:
    if kind == "xlsx":
        return xlsx_extent(unpacked, part)
    if kind == "ods":
        return ods_extent(unpacked, part)
    if kind == "xlsb":
        return xlsb_extent(b"".join(unpacked()))
    for _ in unpacked():  # held to the size that it states
        pass
    return 0, 0, 0


def _too_large(found: Extent) -> bool:
    area = found[0] * found[1]
    return area > MAX_CELLS or (area > MIN_SPARSE and area > MAX_EMPTY * max(found[2], 1))


def xlsx_extent(unpacked: Unpacked, part: str = "sheet") -> Extent:
    """Measure a sheet of an XLSX workbook: exactly, or by a bound where that is small enough.

    Examples
    --------
    >>> xlsx_extent(lambda: [b'<row><c r="B2"><v>1</v></c></row>'])
    (999, 26, 1)
    >>> xlsx_extent(lambda: [b'<c r="A1"><v>1</v></c>', b'<c r="XFD1048576"><v>1</v></c>'])
    (1048576, 16384, 2)
    """
    cells = letters = digits = 0
    for block in whole_tags(unpacked(), part):
        cells += block.count(b"<c ") + block.count(b":c ")  # fewer than there are only looks closer
        while letters < len(_WIDER) and _WIDER[letters].search(block):
            letters += 1
        while digits < len(_LONGER) and _LONGER[digits].search(block):
            digits += 1
    bound = ((999, 9_999, 99_999, 999_999, 1 << 40)[digits], (26, 702, 1 << 40)[letters], cells)
    return _exact(unpacked, part) if _too_large(bound) else bound


def _exact(unpacked: Unpacked, part: str) -> Extent:
    """Take the furthest reference of a cell; of a row too where cells have none of their own."""
    columns: set[bytes] = set()
    last = last_row = referred = cells = 0
    for block in whole_tags(unpacked(), part):
        cells += len(_CELL.findall(block))
        for letters, digits, empty in _REFERENCE.findall(block):
            if not letters:
                last_row = max(last_row, int(digits[:9]))
                continue
            referred += 1
            if not empty:
                columns.add(letters)
                last = max(last, int(digits[:9]))
    width = max((_number(letters) for letters in columns), default=0)
    if referred < cells:
        last, width = max(last, last_row), max(width, 26)
    return last, width, cells


def _number(letters: bytes) -> int:
    """Return the number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + letter - 64
    return number


def ods_extent(unpacked: Unpacked, part: str = "sheet") -> Extent:
    """Measure the largest sheet of an ODS workbook, with rows and cells that are repeated.

    Examples
    --------
    >>> sheet = b'<t:table><t:table-row t:number-rows-repeated="9"><t:table-cell o:value="1"/></t:table-row>'
    >>> ods_extent(lambda: [sheet])
    (9, 1, 1)
    """
    best: Extent = (0, 0, 0)
    row = column = repeat = last_row = last_column = cells = 0
    for block in whole_tags(unpacked(), part):
        for tag, attributes, closed in _ODS.findall(block):
            if tag == b"table":
                row = column = last_row = last_column = cells = 0
            elif tag == b"table-row":
                repeat, column = _repeat(attributes, b"rows"), 0
                row += repeat
            else:
                cells += 1
                column += _repeat(attributes, b"columns")
                if not closed or b"value" in attributes or b"formula" in attributes:
                    last_row, last_column = row, max(last_column, column)
            best = max(best, (last_row, last_column, cells), key=lambda e: (e[0] * e[1], e[2]))
    return best


def _repeat(attributes: bytes, kind: bytes) -> int:
    found = _REPEATED[kind].search(attributes)
    if found is None:
        return 1
    text = found[1].strip()
    return int(text) if text.isdigit() and len(text) < 10 else 1 << 30


def xlsb_extent(data: bytes) -> Extent:
    """Measure a sheet of a binary workbook: records of rows and of cells with their numbers."""
    at = last_row = last_column = cells = row = 0
    while at < len(data):
        kind, at = _variable(data, at, 2)
        length, at = _variable(data, at, 4)
        if kind <= 11:
            number = int.from_bytes(data[at : at + 4], "little")
            if kind == 0:
                row = number + 1
            else:
                cells += 1
                last_row, last_column = max(last_row, row), max(last_column, number + 1)
        at += length
    return last_row, last_column, cells


def _variable(data: bytes, at: int, most: int) -> tuple[int, int]:
    """Read a number of seven bits a byte; return it and where it ends."""
    number = 0
    for i in range(most):
        if at >= len(data):
            break
        byte = data[at]
        at += 1
        number |= (byte & 127) << 7 * i
        if byte < 128:
            break
    return number, at
