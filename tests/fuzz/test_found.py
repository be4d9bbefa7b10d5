"""Inputs that the fuzzer found, each with what was wrong; all of them are read or refused now."""

from __future__ import annotations

import gzip
import io
import zipfile

import _targets
import pytest

from clusters.errors import DataError
from clusters.intake import extents
from clusters.relations import read_relations

ROW = b'<row r="1"><c r="A1" t="inlineStr"><is><t>source</t></is></c></row>'
FAR = b'<row r="2"><c r="' + b"A" * 60 + b'2"><v>1</v></c></row>'
FOUND = {
    # A spell of an element that is no node of a list: IndexError.
    "gexf": b"g.gexf\n<gexf><graph><nodeq><node id='1'><spells><spell start='2014'/></spells></node></nodeq>"
    b"<nodes><node id='2'/></nodes></graph></gexf>",
    # A node whose name nobody can see made a relation that no command reads.
    "gephi-csv": "m.csv\n;a;b\n\u200b;0;1\nb;0;0\n".encode(),
}


@pytest.mark.parametrize("name", FOUND)
def test_packages(tmp_path, name):
    _targets.Bench(tmp_path).package(name)(FOUND[name])


@pytest.mark.parametrize(
    "before", [b"text <sheetData>", b"\x89PNG<sheetData>", b"x" * (1 << 20) + b"<sheetData>"]
)
@pytest.mark.parametrize("path", ["xl/worksheets/s.xml", "xl/worksheets/s.dat"])
def test_a_sheet_behind_other_text_is_measured(path, before):
    # The reader of workbooks looked over what stood before the sheet, asked for 66 GB and ended the program.
    buffer = io.BytesIO(_targets.workbook(before + ROW + FAR + b"</sheetData></worksheet>"))
    moved = io.BytesIO()
    with zipfile.ZipFile(buffer) as archive, zipfile.ZipFile(moved, "w") as target:
        for info in archive.infolist():
            content = archive.read(info).replace(b"worksheets/s.xml", path.removeprefix("xl/").encode())
            target.writestr(info.filename.replace("xl/worksheets/s.xml", path), content)
    with pytest.raises(DataError, match="no room"):
        extents.check_workbook(moved.getvalue(), "r.xlsx")


def test_a_picture_in_a_workbook_is_no_sheet():
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8192
    buffer = io.BytesIO(_targets.workbook(b"<worksheet><sheetData>" + ROW + b"</sheetData></worksheet>"))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/media/image1.png", picture)
    extents.check_workbook(buffer.getvalue(), "r.xlsx")


def test_a_second_reference_of_a_cell_counts_without_a_blank_before_it():
    # The reader took the second one, asked for 12.8 GB and ended the program.
    row = b'<row r="2"><c r="B2"r="A99999999"><v>1</v></c></row>'
    data = _targets.workbook(b"<worksheet><sheetData>" + ROW + row + b"</sheetData></worksheet>")
    with pytest.raises(DataError, match="no room"):
        extents.check_workbook(data, "r.xlsx")


def test_reading_a_small_file_makes_no_room_for_a_large_one(tmp_path):
    # Python makes room for as much as is asked for: 4 GB for a file of some bytes.
    import tracemalloc

    path = tmp_path / "r.csv.gz"
    path.write_bytes(gzip.compress(b"source,target\na,b\n"))
    tracemalloc.start()
    try:
        read_relations(path, cache=False)
        assert tracemalloc.get_traced_memory()[1] < 1 << 28
    finally:
        tracemalloc.stop()


def test_a_setting_whose_name_is_no_text(tmp_path):
    # Its fault stands nowhere, which was looked up all the same: ValueError.
    _targets.Bench(tmp_path).settings(b'"\xa1" = "a"\nyear = "b"\n')
