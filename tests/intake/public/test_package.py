"""Files, folders and archives as packages; patient decoding; what becomes of rows that are torn."""

from __future__ import annotations

import gzip
import zipfile

import pytest

from clusters.errors import DataError, UsageError
from clusters.intake import archives
from clusters.intake.public import LAYOUTS, Options, open_package
from clusters.intake.public.sheets import patient

EVENTS = "投资方,融资方,融资时间\n甲资本,乙科技,2019-05-01\n"


def converted(*paths, layout="investment-events-cn", **options):
    return LAYOUTS[layout].convert(open_package(paths), Options(**options))


def outcomes(found, stage="read"):
    table = found.account.table()
    table = table[table["stage"] == stage]
    return {(o, r): n for o, r, n in zip(table["outcome"], table["reason"], table["rows"], strict=True)}


def test_a_folder_and_an_archive_hold_the_same_tables(tmp_path):
    folder = tmp_path / "data"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "events.csv").write_text(EVENTS, encoding="utf-8")
    (folder / "more.csv.gz").write_bytes(gzip.compress(EVENTS.encode("gb18030")))
    (folder / "readme.md").write_text("#", encoding="utf-8")
    (folder / "codes.csv").write_text("code,name\n1,x\n", encoding="utf-8")
    (folder / ".hidden.csv").write_text(EVENTS, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
        for file in folder.rglob("*.*"):
            archive.write(file, file.relative_to(folder).as_posix())
    one, two = converted(folder), converted(tmp_path / "data.zip")
    assert len(one.relations) == len(two.relations) == 2
    ignored = one.account.table().query("outcome == 'ignored'")
    assert dict(zip(ignored["file"], ignored["reason"], strict=True)) == {
        "codes.csv": "not_of_layout",
        "readme.md": "not_a_table",
        ".hidden.csv": "not_a_table",
    }
    assert "data.zip/deep/events.csv" in set(two.account.table()["file"])


def test_files_of_one_name_are_told_apart(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "events.csv").write_text(EVENTS, encoding="utf-8")
    found = converted(
        tmp_path / "a" / "events.csv", tmp_path / "b" / "events.csv", tmp_path / "b" / "events.csv"
    )
    assert found.account.table()["file"].nunique() == 3
    assert len(found.relations) == 3


def test_a_named_file_must_be_there_and_a_folder_must_hold_a_table(tmp_path):
    (tmp_path / "events.csv").write_text(EVENTS, encoding="utf-8")
    with pytest.raises(DataError, match="does not exist"):
        converted(tmp_path / "events.csv", tmp_path / "event.csv")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no file with a table in it"):
        converted(tmp_path / "empty")


def test_standard_input_is_refused_as_such():
    with pytest.raises(UsageError, match="not standard input"):
        converted("-")


def test_an_archive_that_grows_without_measure_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MIN_BOMB", 1 << 16)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("events.csv", EVENTS + "甲,乙,2019\n" * 10**5)
    with pytest.raises(DataError, match=r"bomb.zip: events.csv would grow from .* MB to"):
        converted(tmp_path / "bomb.zip")


def test_bytes_that_cannot_be_read_cost_their_row_only(tmp_path):
    rows = [f"甲资本{n},乙科技{n},2019-05-01\n".encode("gb18030") for n in range(20)]
    rows[3] = b"\xff\xff,x,2019\n"
    rows[7] = '"甲\n'.encode("gb18030") + b"\xff" + '资本",乙科技,2019\n'.encode("gb18030")
    rows[9] = "丙资本,丁科技,2019-05-01\n".encode()  # UTF-8 in a GB18030 file
    data = "投资方,融资方,融资时间\n".encode("gb18030") + b"".join(rows)
    (tmp_path / "events.csv").write_bytes(data)
    found = converted(tmp_path / "events.csv")
    assert outcomes(found)["rejected", "unreadable_bytes"] == 2
    assert outcomes(found)["mended", "other_encoding"] == 1
    assert outcomes(found)["accepted", ""] == 18
    # The quoted line break moves every line behind it by one.
    assert found.account.not_used()["line"].tolist() == [5, 9]
    assert "丙资本" in set(found.relations["source"])
    assert found.account.not_used()["投资方"].iloc[0] == r"\xff\xff"


def test_utf8_with_a_stray_line_stays_utf8():
    data = "投资方\n".encode() + "甲资本\n".encode() * 9 + "乙资本\n".encode("gb18030") + b"\xff\xff\n"
    text, bad, mixed = patient(data, "a.csv")
    assert (text.encoding, bad, mixed) == ("utf-8", [12], [11])
    assert text.data.decode().splitlines()[10] == "乙资本"


def test_a_western_encoding_is_not_taken_for_chinese(tmp_path):
    line = "Société Générale,Électricité Énergie,2019\n".encode("cp1252")
    (tmp_path / "events.csv").write_bytes(b"investor,company,date\n" + line * 9)
    with pytest.raises(DataError, match=r"neither UTF-8 .* nor GB18030"):
        converted(tmp_path / "events.csv")
    named = converted(tmp_path / "events.csv", encoding="cp1252")
    assert named.relations["source"].tolist() == ["Société Générale"] * 9
    # One such row among rows of UTF-8 is unreadable, not Chinese.
    (tmp_path / "events.csv").write_bytes(
        b"investor,company,date\n" + line.decode("cp1252").encode() * 9 + line
    )
    found = converted(tmp_path / "events.csv")
    assert (outcomes(found)["accepted", ""], outcomes(found)["rejected", "unreadable_bytes"]) == (9, 1)


def test_what_reading_has_to_say_is_passed_on(tmp_path):
    (tmp_path / "events.csv").write_text("导出于 2020\n\n" + EVENTS + "\n", encoding="utf-8")
    assert "above the header" in " ".join(converted(tmp_path / "events.csv").account.notes)


def test_rows_of_other_widths_and_repeated_headers(tmp_path):
    text = (
        "投资方,融资方,融资时间\n"
        "甲资本,乙科技,2019-05-01,,\n"  # only empty cells too many
        "甲资本,丙科技\n"
        "甲资本,丁科技,2019-05-01,x\n"
        "投资方,融资方,融资时间\n"
        '戊资本,"己\n科技",2019-05-01\n'
        "庚资本,,2019\n"
    )
    (tmp_path / "events.csv").write_text(text, encoding="utf-8")
    found = converted(tmp_path / "events.csv")
    assert outcomes(found) == {
        ("rows", ""): 6,
        ("accepted", ""): 2,
        ("rejected", "ragged_row"): 2,
        ("rejected", "missing_target"): 1,
        ("set_aside", "repeated_header"): 1,
        ("mended", "trailing_separators"): 1,
    }
    lost = found.account.not_used()
    assert dict(zip(lost["line"], lost["reason"], strict=True)) == {
        3: "ragged_row",
        4: "ragged_row",
        5: "repeated_header",
        8: "missing_target",
    }
    assert lost.set_index("line")["more_cells"][4] == "x"
    assert found.relations["source"].tolist() == ["甲资本", "戊资本"]
    assert found.relations["target"].tolist() == ["乙科技", "己 科技"]


def test_a_wrong_layout_says_what_lacks_and_what_it_looks_like(tmp_path):
    (tmp_path / "events.csv").write_text(EVENTS, encoding="utf-8")
    with pytest.raises(DataError, match="no column project_id, organisation_id, name, role") as caught:
        converted(tmp_path / "events.csv", layout="cordis")
    assert "investment-events-cn" in caught.value.hint
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="no column investor, company") as caught:
        converted(tmp_path / "other.csv")
    assert "investor, company" in caught.value.hint


def test_a_workbook_is_read_from_the_sheet_that_fits(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["note"])
    sheet = book.create_sheet("events")
    for row in (["投资方", "融资方", "融资时间", "金额"], ["甲资本", "乙科技", "2019-05-01", "1000万元"]):
        sheet.append(row)
    book.save(tmp_path / "events.xlsx")
    found = converted(tmp_path / "events.xlsx")
    assert found.relations[["source", "year", "amount"]].values.tolist() == [["甲资本", 2019, 1e7]]
