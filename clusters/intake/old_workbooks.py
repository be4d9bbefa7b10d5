"""How large the sheets of an old binary workbook (XLS) are: its records, looked through.

Such a sheet has 256 columns at most, but its records have room for 65,536, and a reader makes
room for all that they name. What cannot be followed here is left to the reader's own errors.

References
----------
Microsoft, [MS-CFB] compound files and [MS-XLS] records of workbooks.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager

from clusters.errors import DataError

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = ("workbook", "book")
_CELLS = frozenset(
    {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x7E, 0xBD, 0xD6, 0xFD, 0x203, 0x204, 0x205, 0x206, 0x27E, 0x406}
)
_SEVERAL, _SHEET, _END = 0xBD, 0x85, 0x0A
_LAST = 0xFFFFFFFA
"""Numbers of sectors from here on are marks."""


def extents(data: bytes, name: str = "the workbook") -> list[tuple[int, int, int]]:
    """Return last row, last column (from 1) and number of cells of each sheet.

    Parameters
    ----------
    data
        Content of the file.
    name
        File name for messages.

    Returns
    -------
    list
        One entry per sheet; empty where the file is no such workbook, or is damaged.

    Raises
    ------
    DataError
        Sheets overlap, so that a small file would be read again and again.

    Examples
    --------
    >>> extents(b"source,target")
    []
    """
    if not data.startswith(MAGIC):
        return []
    found: list[tuple[int, int, int, int]] = []
    try:
        for stream in _streams(data):
            starts = [
                int.from_bytes(body[:4], "little") for kind, body in _records(stream, 0) if kind == _SHEET
            ]
            left = 2 * len(stream)
            for start in dict.fromkeys([0, *starts]):
                found.append(_extent(stream, start))
                left -= found[-1][3]
                if left < 0:
                    raise DataError(f"{name}: its sheets overlap", hint="open it and save it again")
    except (struct.error, IndexError, ValueError):
        pass
    return [extent[:3] for extent in found]


@contextmanager
def quiet(data: bytes) -> Iterator[None]:
    """Keep the reader's own words about a damaged old workbook off the standard error output.

    It writes there by itself, beside the error that it raises; other files are left alone.
    """
    try:
        kept = os.dup(2) if data.startswith(MAGIC) else None
    except OSError:
        kept = None
    if kept is None:
        yield
        return
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _extent(stream: bytes, start: int) -> tuple[int, int, int, int]:
    rows = columns = cells = walked = 0
    for kind, body in _records(stream, start):
        walked += 4 + len(body)
        if kind in _CELLS and len(body) >= 4:
            row, column = struct.unpack_from("<HH", body)
            if kind == _SEVERAL:
                column = max(column, int.from_bytes(body[-2:], "little"))
                cells += len(body) // 6
            cells += 1
            rows, columns = max(rows, row + 1), max(columns, column + 1)
    return rows, columns, cells, walked


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records from a place on, to the end of their part."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        if kind == _END:
            return
        at += 4 + length


def _streams(data: bytes) -> Iterator[bytes]:
    """Yield the streams of a compound file that hold a workbook."""
    size = 1 << struct.unpack_from("<H", data, 30)[0] % 16
    first_directory, _, cutoff, first_mini, _, first_table, _ = struct.unpack_from("<7I", data, 48)
    sectors = [*struct.unpack_from("<109I", data, 76)]
    while first_table < _LAST and len(sectors) * size <= 4 * len(data) + (1 << 12):
        more = _numbers(_sector(data, first_table, size))
        sectors += more[:-1]
        first_table = more[-1]
    table = [n for sector in sectors if sector < _LAST for n in _numbers(_sector(data, sector, size))]
    directory = _chained(data, first_directory, table, size)
    entries = [directory[i : i + 128] for i in range(0, len(directory) - 127, 128)]
    if not entries:
        return
    minis = _numbers(_chained(data, first_mini, table, size))
    whole = _chained(data, _start(entries[0]), table, size)
    found = 0
    for entry in entries:
        length = struct.unpack_from("<H", entry, 64)[0]
        if entry[: max(length - 2, 0)].decode("utf-16-le", "replace").lower() in _STREAMS:
            found += 1
            if found > 4:  # of several, readers take the first
                return
            small = struct.unpack_from("<I", entry, 120)[0] < cutoff
            if small:
                yield _chained(b"\0" * 64 + whole, _start(entry), minis, 64)
            else:
                yield _chained(data, _start(entry), table, size)


def _start(entry: bytes) -> int:
    return int(struct.unpack_from("<I", entry, 116)[0])


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))


def _sector(data: bytes, number: int, size: int) -> bytes:
    """Return a sector; the head of the file counts as the one before the first."""
    return data[(number + 1) * size : (number + 2) * size]


def _chained(data: bytes, number: int, table: list[int], size: int) -> bytes:
    parts: list[bytes] = []
    while number < len(table) and len(parts) * size <= len(data):  # a chain may go in circles
        parts.append(_sector(data, number, size))
        number = table[number]
    return b"".join(parts)
