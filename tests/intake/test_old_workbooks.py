"""Old binary workbooks, made by hand: small ones are read, one that asks for all memory is not."""

from __future__ import annotations

import struct

import pytest

from clusters.errors import DataError
from clusters.intake import old_workbooks, workbooks

FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def stream(*cells: bytes) -> bytes:
    """Return the records of a workbook of one sheet."""
    head = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    place = len(head) + 4 + 9 + 4
    named = record(0x85, struct.pack("<IBB", place, 0, 0) + b"\x01\x00S")
    sheet = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    return head + named + record(0x0A, b"") + sheet + b"".join(cells) + record(0x0A, b"")


def number(row: int, column: int) -> bytes:
    return record(0x203, struct.pack("<HHHd", row, column, 0, 1.5))


def entry(name: str, kind: int, start: int, size: int, child: int = FREE) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    tail = struct.pack("<HBBIII16xI8x8xIQ", len(text), kind, 1, FREE, FREE, child, 0, start, size)
    return text.ljust(64, b"\0") + tail


def compound(content: bytes, *, small: bool = False) -> bytes:
    """Return a compound file: table, directory, then the stream, in small sectors if it is small."""
    if small:
        used = -(-len(content) // 64)
        sectors = -(-used // 8)
        table = [TABLE, END, END, *range(4, 3 + sectors), END]
        minis = [*range(1, used), END] + [FREE] * (128 - used)
        body = struct.pack("<128I", *minis) + content.ljust(sectors * 512, b"\0")
        listed = entry("Root Entry", 5, 3, used * 64, 1) + entry("Workbook", 2, 0, len(content))
        first_mini, count = 2, 1
    else:
        sectors = -(-max(len(content), 4096) // 512)
        table = [TABLE, END, *range(3, 2 + sectors), END]
        body = content.ljust(sectors * 512, b"\0")
        listed = entry("Root Entry", 5, END, 0, 1) + entry("Workbook", 2, 2, sectors * 512)
        first_mini, count = END, 0
    head = old_workbooks.MAGIC + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, 1, 1, 0, 4096, first_mini, count, END, 0)
    head += struct.pack("<109I", 0, *[FREE] * 108)
    return head + struct.pack("<128I", *table, *[FREE] * (128 - len(table))) + listed.ljust(512, b"\0") + body


@pytest.mark.parametrize("small", [False, True])
def test_extents_are_those_that_are_read(small):
    data = compound(stream(number(0, 0), number(3, 2)), small=small)
    assert old_workbooks.extents(data)[-1] == (4, 3, 2)
    sheets = workbooks.read_sheets(data, "a.xls")
    assert (len(sheets["S"]), len(sheets["S"][0])) == (4, 3)


@pytest.mark.parametrize("small", [False, True])
@pytest.mark.parametrize(
    "cells",
    [
        [number(0, 0), number(65_535, 65_535)],
        [number(65_535, 0), record(0xBD, struct.pack("<HHHIHIH", 0, 0, 0, 2, 0, 2, 65_535))],
    ],
)
def test_a_cell_in_the_last_corner_is_refused(cells, small):
    # Read as it is, room for four billion cells would be asked for: the reader ends the program.
    with pytest.raises(DataError, match="reaches to row 65536, column 65536"):
        workbooks.parse_workbook(compound(stream(*cells), small=small), "a.xls", lambda cells: 0)


def test_damaged_files_do_no_harm():
    data = compound(stream(number(0, 0), number(3, 2)), small=True)
    for at in range(0, len(data), 7):
        old_workbooks.extents(data[:at])
        old_workbooks.extents(data[:at] + b"\xff" * 8 + data[at + 8 :])
        old_workbooks.extents(data[:at] + b"\x00" * 8 + data[at + 8 :])


def test_sheets_that_overlap_are_refused():
    named = b"".join(record(0x85, struct.pack("<IBB", 20 + i, 0, 0) + b"\x01\x00S") for i in range(2000))
    with pytest.raises(DataError, match=r"a\.xls: its sheets overlap"):
        old_workbooks.extents(compound(named), "a.xls")


def test_the_reader_says_nothing_by_itself_of_a_damaged_workbook(capfd):
    # A record of no length where the reader expects two bytes: it stops and says so on its own.
    data = compound(stream()[:20] + record(0x22, b"") + stream()[20:])
    with pytest.raises(DataError, match=r"a\.xls is a damaged workbook"):
        workbooks.read_sheets(data, "a.xls")
    assert capfd.readouterr().err == ""
