"""Names in files of any shape, judged pairs, and renaming."""

from __future__ import annotations

import gzip

import pandas as pd
import pytest

from clusters.errors import DataError
from clusters.intake.name_lists import read_labelled, read_names, rename


@pytest.mark.parametrize(
    ("file", "text", "counts"),
    [
        ("r.csv", "source,target\nA,B\nA,C\n,C\n", {"A": 2, "B": 1, "C": 2}),
        ("n.csv", "企业名称,省份\n甲,北京\n乙,上海\n", {"甲": 1, "乙": 1}),
        ("i.csv", "id,name\n1,甲\n2,乙\n", {"甲": 1, "乙": 1}),
        ("l.txt", "甲\n乙\n甲\n\n", {"甲": 2, "乙": 1}),
        ("l.csv", "名称\n甲\n", {"甲": 1}),
        ("f.txt", "Ａ　B\nA B\n", {"A B": 2}),
    ],
)
def test_names_are_counted_in_any_file(tmp_path, file, text, counts):
    path = tmp_path / file
    path.write_text(text, encoding="utf-8")
    assert dict(read_names(path).counts) == counts


def test_a_column_is_asked_for(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("x,y\n1,甲\n2,甲\n", encoding="gb18030")
    assert dict(read_names(path, column="Y").counts) == {"甲": 2}
    with pytest.raises(DataError, match="no such column"):
        read_names(path, column="z")
    with pytest.raises(DataError):
        read_names(path)


def test_judged_pairs(tmp_path):
    path = tmp_path / "j.csv"
    path.write_text("name_a,name_b,same,why\n甲,乙,是,x\n# 丙,丁,1,\nＡ,B,0,\n", encoding="utf-8")
    assert read_labelled(path).values.tolist() == [["甲", "乙", True], ["A", "B", False]]


@pytest.mark.parametrize("row", ["甲,甲,1", "甲,Ａ,", ",乙,1", "甲,乙,maybe"])
def test_faulty_judgements_are_told_with_their_line(tmp_path, row):
    path = tmp_path / "j.csv"
    path.write_text(f"name_a,name_b,same\n甲,乙,1\n{row}\n", encoding="utf-8")
    with pytest.raises(DataError, match="line 3"):
        read_labelled(path)


def test_two_columns_are_no_judgements(tmp_path):
    path = tmp_path / "j.csv"
    path.write_text("name_a,name_b\n甲,乙\n", encoding="utf-8")
    with pytest.raises(DataError, match="three columns"):
        read_labelled(path)


def test_renaming_keeps_all_other_cells(tmp_path):
    path = tmp_path / "r.csv.gz"
    text = "企业,合作方,方向,年份,备注\n 甲 ,乙,赋能,2020,007\n丙,甲,输入,,\n丙,丁,输入,2021,a,b\n"
    path.write_bytes(gzip.compress(text.encode("gb18030")))
    found = rename(path, {"甲": "甲公司"})
    assert found.cells == 2
    assert list(found.frame.columns) == ["企业", "合作方", "方向", "年份", "备注"]
    assert found.frame.values.tolist() == [
        ["甲公司", "乙", "赋能", "2020", "007"],
        ["丙", "甲公司", "输入", "", ""],
    ]
    assert [note.term for note in found.notes] == ["note.apply_ragged"]


def test_many_names_are_renamed_as_few_are(tmp_path):
    path = tmp_path / "r.csv"
    rows = [f"机构{i},机构{i + 1}" for i in range(30_000)]
    path.write_text("\n".join(["source,target", *rows]) + "\n", encoding="utf-8")
    found = rename(path, {f"机构{i}": "甲" for i in range(0, 30_000, 3)})
    expected = pd.Series([i % 3 == 0 for i in range(30_000)])
    assert (found.frame["source"] == "甲").equals(expected)
    assert found.cells == 20_000 - 1 * (30_000 % 3 == 0)
