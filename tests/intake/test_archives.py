"""Zip archives and workbooks that would grow to an absurd size are refused before they do."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from clusters.errors import DataError
from clusters.intake import archives, extents, workbooks

SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b"<sheetData>%s</sheetData></worksheet>"
)
ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="S">{}</table:table></office:spreadsheet></office:body>'
    "</office:document-content>"
)


def packed(parts: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def xlsx(tmp_path):
    """Return a function that replaces parts of a small workbook."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["source", "target", "year"], ["甲", "乙", 2019]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}

    def replaced(**more: bytes) -> bytes:
        names = {"sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml"}
        return packed({**parts, **{names.get(k, k): v for k, v in more.items()}})

    return replaced


def sheet(*cells: str) -> bytes:
    return SHEET % "".join(cells).encode()


def score(cells):
    return 2 if "source" in cells else 0


def test_a_sheet_with_a_cell_in_its_last_corner_is_refused(xlsx):
    # Read as it is, 17 billion cells would be laid out: the reader ends the whole program.
    data = xlsx(
        sheet=sheet('<row r="1"><c r="A1"><v>1</v></c></row>', '<row><c r="XFD1048576"><v>1</v></c></row>')
    )
    with pytest.raises(DataError, match="reaches to row 1048576, column 16384, with 2 cells"):
        workbooks.parse_workbook(data, "a.xlsx", score)


@pytest.mark.parametrize(
    "cell",
    [
        "<c r='XFD1048576'><v>1</v></c>",
        '<x:c xmlns:x="m" s=">" r="xfd1048576"><v>1</v></x:c>',
        '<c r="XFD1048576" s="/>"><v>1</v></c>',
        "<c\n" + " " * 5000 + 'r = "ZZZZZZ1000"><v>1</v></c>',
        '<c r="AAAA99999999999999999999"><v>1</v></c>',
    ],
)
def test_spellings_of_a_far_cell_do_not_get_past(cell):
    blocks = sheet('<c r="A1"><v>1</v></c>', cell)
    for size in (7, 1 << 20):
        cut = [blocks[i : i + size] for i in range(0, len(blocks), size)]
        rows, columns, cells = extents.xlsx_extent(lambda cut=cut: cut)
        assert rows * columns > 1_000_000_000 or rows * columns > 1000 * cells * 1000


def test_formatted_but_empty_cells_far_away_do_no_harm(xlsx):
    data = xlsx(
        sheet=sheet(
            '<row r="1"><c r="A1" t="str"><v>source</v></c><c r="B1" t="str"><v>target</v></c></row>',
            '<row r="2"><c r="A2" t="str"><v>a</v></c><c r="B2" t="str"><v>b</v></c><c r="XFD2"/></row>',
            '<row r="1048576" ht="9"><c r="C1048576" s="1"/></row>',
        )
    )
    table = workbooks.parse_workbook(data, "a.xlsx", score)
    assert (len(table.lines), len(table.columns)) == (1, 2)


def test_a_long_and_narrow_sheet_is_read_without_an_exact_look(monkeypatch):
    rows = b"".join(
        b'<row r="%d"><c r="A%d"><v>1</v></c><c r="B%d"/></row>' % (i, i, i) for i in range(1, 20_000)
    )
    monkeypatch.setattr(extents, "_exact", lambda *_: pytest.fail("looked at every cell"))
    assert not extents._too_large(extents.xlsx_extent(lambda: [rows]))


def ods_row(times: int, cell: str) -> str:
    return f'<table:table-row table:number-rows-repeated="{times}"><table:table-cell {cell}</table:table-row>'


@pytest.mark.parametrize(
    ("row", "refused"),
    [
        (ods_row(1_048_576, 'table:number-columns-repeated="16384"/>'), False),
        (
            ods_row(9999, 'table:number-columns-repeated="999" t="s"><text:p>b</text:p></table:table-cell>'),
            True,
        ),
        (ods_row(9999, 'table:number-columns-repeated="999" office:value="1"/>'), True),
        (ods_row(1, 'office:value="1" table:number-columns-repeated="99999999999"/>'), True),
    ],
)
def test_repeated_cells_of_ods(row, refused):
    head = ods_row(1, "t='s'><text:p>source</text:p></table:table-cell>")
    data = packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": ODS.format(head + row),
        }
    )
    if refused:
        with pytest.raises(DataError, match="there is no room"):
            extents.check_workbook(data, "a.ods")
    else:
        extents.check_workbook(data, "a.ods")


def test_records_of_a_binary_sheet():
    def record(kind: int, *numbers: int) -> bytes:
        body = struct.pack(f"<{len(numbers)}I", *numbers)
        return bytes([kind, len(body)]) + body

    data = record(0, 0) + record(2, 0, 7) + record(0, 1_048_575) + record(5, 16_383, 1)
    assert extents.xlsb_extent(data) == (1_048_576, 16_384, 2)
    with pytest.raises(DataError, match="no room"):
        extents.check_workbook(packed({"xl/worksheets/sheet1.bin": data}), "a.xlsb")


def test_entities_in_a_workbook_are_not_expanded(xlsx):
    strings = (
        '<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "lol"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><t>source</t></si><si><t>&a;</t></si><si><t>&x;</t></si></sst>"
    )
    cells = "".join(f'<c r="{"ABC"[i]}1" t="s"><v>{i}</v></c>' for i in range(3))
    data = xlsx(sheet=sheet(f'<row r="1">{cells}</row>'), strings=strings.encode())
    try:
        table = workbooks.parse_workbook(data, "a.xlsx", score)
    except DataError:
        return
    assert not any("lol" in cell or "root" in cell for cell in table.header)


def strings(*texts: str, said: int = 0) -> bytes:
    listed = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        f'uniqueCount="{said or len(texts)}">{listed}</sst>'
    ).encode()


def test_more_shared_texts_than_there_is_room_for_are_not_believed(xlsx):
    # The reader makes room for as many as the part says, 96 GB here, and ends the program.
    data = xlsx(strings=strings("a", said=4_000_000_000))
    with pytest.raises(DataError, match=r"sharedStrings\.xml says that it holds 4000000000 texts"):
        workbooks.parse_workbook(data, "a.xlsx", score)
    binary = b"\x9f\x01\x08" + struct.pack("<II", 9, 4_000_000_000)
    with pytest.raises(DataError, match="says that it holds 4000000000 texts"):
        extents.check_workbook(packed({"xl/sharedStrings.bin": binary}), "a.xlsb")


def test_a_long_text_repeated_in_every_cell_is_refused_unless_few_have_it(xlsx):
    long = strings("x" * 200_000, "b")
    cells = "".join(f'<c t="s"><v>{i % 2}</v></c>' for i in range(30_000))
    with pytest.raises(DataError, match=r"the texts of the cells come to 3\.0 GB"):
        extents.check_workbook(xlsx(strings=long, sheet=sheet(f"<row>{cells}</row>")), "a.xlsx")
    cells = '<c t="s"><v>0</v></c>' + '<c t="s"><v>1</v></c>' * 30_000
    extents.check_workbook(xlsx(strings=long, sheet=sheet(f"<row>{cells}</row>")), "a.xlsx")


def test_a_sheet_under_another_name_is_looked_through(xlsx):
    far = sheet('<c r="A1"><v>1</v></c>', '<c r="XFD1048576"><v>1</v></c>')
    with pytest.raises(DataError, match="there is no room"):
        extents.check_workbook(xlsx(**{"xl/theme/hidden.dat": far}), "a.xlsx")


def test_macros_and_links_of_a_workbook_are_left_alone(xlsx):
    link = (
        b'<externalLink><externalBook><file href="http://localhost:1/x.xlsx"/></externalBook></externalLink>'
    )
    data = xlsx(
        **{
            "xl/externalLinks/externalLink1.xml": link,
            "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0",
            "inner.zip": b"PK",
        }
    )
    assert workbooks.parse_workbook(data, "a.xlsm", score).header == ["source", "target", "year"]


def lying(data: bytes, name: bytes, size: int) -> bytes:
    """Let an archive state another unpacked size of an entry, in both of its places."""
    at = data.index(name) - 30
    end = data.rindex(name) - 46
    data = data[: at + 22] + struct.pack("<I", size) + data[at + 26 :]
    return data[: end + 24] + struct.pack("<I", size) + data[end + 28 :]


def test_an_archive_that_states_less_than_it_holds_is_refused():
    data = lying(packed({"xl/sharedStrings.xml": b"x" * 5_000_000}), b"xl/sharedStrings.xml", 100)
    with pytest.raises(DataError, match="larger than the archive says"):
        extents.check_workbook(data, "a.xlsx")
    archive, infos = archives.entries(data, "a.zip")
    with pytest.raises(DataError, match="is damaged"):
        archives.read(archive, infos[0], "a.zip")


def test_stated_sizes(monkeypatch):
    data = packed({"a.csv": b"0" * 3_000_000})
    with pytest.raises(DataError, match=r"would unpack to 0.0 GB"):
        archives.entries(data, "a.zip", most=1_000_000)
    monkeypatch.setattr(archives, "MIN_BOMB", 1_000_000)
    with pytest.raises(DataError, match=r"a.csv would grow from 0.0 MB to 3 MB"):
        archives.entries(data, "a.zip")
    monkeypatch.setattr(archives, "MAX_ENTRIES", 0)
    with pytest.raises(DataError, match="holds 1 files"):
        archives.entries(data, "a.zip")


def test_files_that_overlap_are_refused():
    data = packed({"a.csv": bytes(range(256)) * 40}, zipfile.ZIP_STORED)
    end = data.index(b"PK\x01\x02")
    entry, tail = data[end : data.index(b"PK\x05\x06")], data[data.index(b"PK\x05\x06") :]
    twice = data[:end] + entry + entry.replace(b"a.csv", b"b.csv")
    tail = tail[:8] + struct.pack("<HHII", 2, 2, 2 * len(entry), end) + tail[20:]
    with pytest.raises(DataError, match="overlap"):
        archives.entries(twice + tail, "a.zip")


def test_damaged_archives():
    data = packed({"a.csv": bytes(range(256)) * 9})
    with pytest.raises(DataError, match="damaged zip archive"):
        archives.entries(data[:-30], "a.zip")
    torn = data[:45] + b"\xff" * 20 + data[65:]
    archive, infos = archives.entries(torn, "a.zip")
    with pytest.raises(DataError, match=r"a.csv is damaged"):
        archives.read(archive, infos[0], "a.zip")
    with pytest.raises(DataError, match="damaged"):
        extents.check_workbook(torn, "a.xlsx")
