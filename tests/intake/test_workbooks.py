"""Workbooks, Parquet files and data frames."""

from __future__ import annotations

import datetime
import decimal

import openpyxl
import pandas as pd
import pytest

from clusters.errors import DataError, UsageError
from clusters.intake import files
from clusters.intake.headers import score_relations
from clusters.intake.workbooks import parse_frame

HEADER = ["源", "目标", "年份"]


def rows(table):
    return [list(cells) for cells in zip(*(c.texts() for c in table.columns), strict=True)]


def read(path, **options):
    return files.read_table(path, score=score_relations, **options)


@pytest.fixture
def workbook(tmp_path):
    def make(name="a.xlsx", **sheets):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, content in sheets.items():
            sheet = book.create_sheet(title)
            for row in content:
                sheet.append(row)
        book.save(tmp_path / name)
        return tmp_path / name

    return make


def test_cells_become_the_texts_they_stand_for(workbook):
    path = workbook(
        a=[HEADER, ["甲", "乙", 2019], ["丙", "丁", 2020.5], ["戊", "己", datetime.datetime(2021, 5, 1)]]
    )
    assert rows(read(path)) == [["甲", "乙", "2019"], ["丙", "丁", "2020.5"], ["戊", "己", "2021-05-01"]]


def test_lines_are_the_rows_of_the_sheet(workbook):
    path = workbook(a=[["合作关系表"], [], HEADER, ["甲", "乙", 2019], [None, " ", None], ["丙", "丁", 2020]])
    table = read(path)
    assert table.lines.tolist() == [4, 6]
    assert table.at(1) == "row 6"
    assert [w.split(": ", 1)[1] for w in table.warnings] == [
        "not read as data, since above the header: row 1",
        "blank rows, which do not count as rows: 1",
    ]


def test_the_only_sheet_that_fits_is_taken_and_named(workbook):
    path = workbook(说明=[["note"], ["x"]], 关系=[HEADER, ["甲", "乙", 2019]])
    table = read(path)
    assert table.source["sheet"] == "关系"
    assert table.warnings == ["a.xlsx has the sheets '说明', '关系'; '关系' was read, the only one that fits"]


def test_empty_sheets_do_not_count(workbook):
    assert read(workbook(a=[HEADER, ["甲", "乙", 1]], Sheet2=[], Sheet3=[])).warnings == []


def test_several_sheets_that_fit_need_a_choice(workbook):
    path = workbook(a=[HEADER, ["甲", "乙", 2019]], b=[HEADER, ["丙", "丁", 2020]])
    with pytest.raises(DataError, match=r"a.xlsx has the sheets 'a', 'b', and 2 of them look like") as caught:
        read(path)
    assert "--sheet" in caught.value.hint
    assert rows(read(path, sheet="b")) == [["丙", "丁", "2020"]]
    assert rows(read(path, sheet="2")) == [["丙", "丁", "2020"]]
    with pytest.raises(UsageError, match="has no sheet 'c'; it has 'a', 'b'"):
        read(path, sheet="c")


def test_no_sheet_fits(workbook):
    with pytest.raises(DataError, match="none of them has the headers"):
        read(workbook(a=[["x", "y"], [1, 2]], b=[["z"], [1]]))


def test_damaged_and_empty_workbooks(workbook, tmp_path):
    whole = workbook(a=[HEADER, ["甲", "乙", 2019]])
    for name, data in (("cut.xlsx", whole.read_bytes()[:2000]), ("text.xlsx", b"source,target\n")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(DataError, match=f"{name} is not a readable workbook"):
            read(tmp_path / name)
    with pytest.raises(DataError, match="no sheet holds anything"):
        read(workbook("e.xlsx", a=[]))


def test_text_under_an_old_workbook_name_is_read(tmp_path):
    path = tmp_path / "export.xls"
    path.write_bytes("源\t目标\n甲\t乙\n".encode("gbk"))
    table = read(path)
    assert rows(table) == [["甲", "乙"]]
    assert "is a text file, not a workbook" in table.warnings[0]
    path.write_text("<html><table><tr><td>源</td></tr></table>", encoding="utf-8")
    with pytest.raises(DataError, match="web page"):
        read(path)


def test_an_absurd_workbook_is_not_unpacked(workbook, monkeypatch):
    monkeypatch.setattr("clusters.intake.archives.MAX_WORKBOOK", 1000)
    with pytest.raises(DataError, match="would unpack to"):
        read(workbook(a=[HEADER, ["甲", "乙", 2019]]))


def test_a_gzip_bomb_is_not_unpacked(tmp_path, monkeypatch):
    import gzip

    monkeypatch.setattr(files, "MAX_BYTES", 1 << 16)
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"source,target\n" + b"a,b\n" * 100_000))
    with pytest.raises(DataError, match=r"a.csv.gz holds more than"):
        read(path)


def test_data_frames():
    frame = pd.DataFrame(
        {
            "source": ["a", None, "c"],
            "target": pd.Categorical(["b", "c", None]),
            "year": [2019.0, 2020.0, float("nan")],
            "day": pd.to_datetime(["2019-05-01 00:00", None, "2020-01-02 03:04"]),
            "flag": [True, False, True],
            "mixed": [1, True, decimal.Decimal("1.50")],
            "count": pd.array([1, None, 3], dtype="Int64"),
        }
    )
    table = parse_frame(frame)
    assert rows(table) == [
        ["a", "b", "2019", "2019-05-01", "true", "1", "1"],
        ["", "c", "2020", "", "false", "true", ""],
        ["c", "", "", "2020-01-02 03:04:00", "true", "1.5", "3"],
    ]
    assert table.lines.tolist() == [0, 1, 2]
    assert parse_frame(frame.set_index(pd.Index([7, 9, 8]))).lines.tolist() == [7, 9, 8]
    assert parse_frame(frame.set_index(pd.Index([7, 7, 8]))).lines.tolist() == [0, 1, 2]


def test_parquet_equals_the_data_frame(tmp_path):
    frame = pd.DataFrame({"source": ["a", None], "target": ["b", "NA"], "year": [2019, 2020]})
    frame["day"] = pd.to_datetime(["2019-05-01", None])
    frame["kind"] = pd.Categorical(["x", None])
    frame.to_parquet(tmp_path / "a.parquet")
    table = read(tmp_path / "a.parquet")
    assert rows(table) == rows(parse_frame(frame))
    assert table.lines.tolist() == [1, 2]
    (tmp_path / "cut.parquet").write_bytes((tmp_path / "a.parquet").read_bytes()[:-30])
    with pytest.raises(DataError, match=r"cut.parquet is not a readable Parquet file"):
        read(tmp_path / "cut.parquet")
