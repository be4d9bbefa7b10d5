"""Tables as text and files: right numbers, right words, no formulas, same bytes."""

from __future__ import annotations

import io
import json

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.errors import UsageError
from clusters.export import tabular


@pytest.fixture
def frame():
    table = pd.DataFrame(
        {
            "year": [2021, 2022],
            "role": ["sample", "partner"],
            "node": ["=cmd()", "sample"],
            "share": [0.5421, np.nan],
            "edges": pd.array([1234, None], dtype="Int64"),
        }
    )
    table.attrs["notes"] = ["a note"]
    return table


def test_json_is_one_document_with_identifiers_and_null_for_undefined(frame):
    document = json.loads(tabular.render(frame, "json", command="demo", notes=["a note"]))
    assert document["schema_version"] == 1
    assert document["command"] == "demo"
    assert document["notes"] == ["a note"]
    assert document["rows"][1] == {
        "year": 2022,
        "role": "partner",
        "node": "sample",
        "share": None,
        "edges": None,
    }


def test_csv_has_identifiers_and_unrounded_numbers_and_runs_no_formula(frame):
    back = pd.read_csv(io.StringIO(tabular.render(frame, "csv")))
    assert list(back.columns) == list(frame.columns)
    assert back["share"].iloc[0] == 0.5421
    assert back["node"].tolist() == ["'=cmd()", "sample"]


def test_chinese_words_for_headings_and_coded_values_but_not_for_names(frame):
    text = tabular.render(frame, "csv", lang="zh")
    assert text.splitlines()[0] == "年份,角色,节点,占比,关系数（边）"
    assert text.splitlines()[2].startswith("2022,关系节点,sample")


def test_people_get_percent_and_an_en_dash_for_undefined(frame):
    text = tabular.render(frame, "table", lang="zh")
    assert "54.21 %" in text
    assert "1,234" in text
    assert text.splitlines()[-1].rstrip().endswith("–")


def test_columns_of_wide_characters_are_aligned():
    table = pd.DataFrame({"place": ["北京市", "x"], "share": [0.5, 0.25]})
    lines = tabular.render(table, "table", lang="zh").splitlines()
    assert len({tabular.display_width(line) for line in lines}) == 1


def test_markdown_keeps_a_bar_inside_its_cell():
    assert r"a\|b" in tabular.render(pd.DataFrame({"node": ["a|b"]}), "markdown")


def test_xlsx_keeps_text_as_text_numbers_as_numbers_and_bytes_equal(frame, tmp_path):
    for name in ("a", "b"):
        tabular.write(frame, tmp_path / f"{name}.xlsx", command="demo", lang="zh")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert [c.value for c in sheet[1]] == ["年份", "角色", "节点", "占比", "关系数（边）"]
    assert sheet["C2"].data_type == "s"
    assert sheet["C2"].value == "=cmd()"
    assert sheet["D2"].value == 0.5421
    assert sheet["D2"].number_format == "0.00%"
    assert sheet["D3"].value is None


def test_parquet_round_trip(frame, tmp_path):
    tabular.write(frame, tmp_path / "a.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "a.parquet"), frame, check_dtype=False)


def test_csv_for_chinese_excel_begins_with_a_byte_order_mark(frame, tmp_path):
    tabular.write(frame, tmp_path / "zh.csv", lang="zh")
    tabular.write(frame, tmp_path / "en.csv", lang="en")
    assert (tmp_path / "zh.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert not (tmp_path / "en.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_an_unknown_ending_lists_the_known_ones(frame, tmp_path):
    with pytest.raises(UsageError, match="names no format") as caught:
        tabular.write(frame, tmp_path / "a.doc")
    assert ".xlsx" in caught.value.hint


def test_sheet_names_are_legal_and_distinct(tmp_path):
    table = pd.DataFrame({"year": [1]})
    path = tmp_path / "a.xlsx"
    tabular.write_workbook({"a/b:c" + "x" * 40: table, "A-B-C" + "x" * 40: table}, path)
    names = openpyxl.load_workbook(path).sheetnames
    assert len({n.lower() for n in names}) == 2
    assert all(len(n) <= 31 for n in names)


@given(st.text(max_size=20))
def test_no_text_breaks_json_csv_or_xlsx(text):
    table = pd.DataFrame({"node": [text]})
    assert json.loads(tabular.render(table, "json"))["rows"][0]["node"] == text
    tabular.render(table, "csv")
    tabular.write_workbook({"t": table}, io.BytesIO())  # type: ignore[arg-type]


def test_what_has_no_end_is_empty():
    frame = pd.DataFrame({"receiving_ratio": [np.inf, 0.5, -np.inf], "edges": [1.0, np.inf, 2.0]})
    assert tabular.to_csv(frame) == "receiving_ratio,edges\n,1\n0.5,\n,2\n"
    assert json.loads(tabular.to_json(frame, command="groups"))["rows"][1]["edges"] is None
    assert tabular.render(frame.head(1), "markdown").endswith("| – | 1 |\n")


def test_counts_in_rows_of_statistics_are_whole_too():
    frame = pd.DataFrame({"statistic": ["edges", "gini", "nodes"], "observed": [158.0, 1.0, np.nan]})
    frame["median"], frame["z"] = [98.5, 0.5, 44.0], [2.0, 1.0, 3.0]
    rows = "edges,158,98.5,2.0\ngini,1.0,0.5,1.0\nnodes,,44,3.0\n"
    assert tabular.to_csv(frame) == f"statistic,observed,median,z\n{rows}"
    assert tabular.to_csv(frame, lang="zh").endswith("节点数,,44,3.0\n")
    assert '"observed": 158,' in tabular.to_json(frame, command="sensitivity")
    assert "| Nodes | – | 44 | 3.000 |" in tabular.render(frame, "markdown")
    assert "| 158 | 98.500 | 2.000 |" in tabular.render(frame, "markdown")


def test_truth_values_are_words_for_people_and_values_for_programs():
    frame = pd.DataFrame({"within": pd.array([True, False, None], dtype="boolean")})
    assert tabular.render(frame, "table", lang="zh").split()[-3:] == ["是", "否", "–"]
    assert "是" in tabular.render(frame, "csv", lang="zh")
    assert tabular.render(frame.head(2), "csv") == "within\nTrue\nFalse\n"
    assert [row["within"] for row in json.loads(tabular.render(frame, "json"))["rows"]] == [True, False, None]


def test_counts_beside_blanks_are_written_as_whole_numbers():
    frame = pd.DataFrame({"diameter": [9.0, np.nan], "average_degree": [2.0, np.nan], "nodes": [3.0, 4.0]})
    assert tabular.to_csv(frame) == "diameter,average_degree,nodes\n9,2.0,3\n,,4\n"


def test_counts_are_whole_numbers_and_parts_of_relations_stay():
    frame = pd.DataFrame({"relations": [2017.0, 1.0], "edges": [0.5, 1.0], "xmin": [7.0, np.nan]})
    cells = "2017,0.5,7\n1,1.0,\n"
    assert tabular.to_csv(frame) == f"relations,edges,xmin\n{cells}"
    assert tabular.to_csv(frame, lang="zh") == f"关系条数,关系数（边）,xmin\n{cells}"
    first = tabular.to_json(frame, command="flows").split("\n  }")[0]
    assert '"relations": 2017,' in first
    assert '"edges": 0.5,' in first
    assert '"xmin": 7' in first
    assert frame["relations"].dtype == float


@pytest.fixture
def own_words():
    """A table whose columns and cells are named by a framework: one of them like a column of ours."""
    table = pd.DataFrame({"item": ["rnd", "x"], "rnd": [90.5, np.nan], "share": [0.5, 2.0]})
    table.attrs["words"] = {
        "rnd": {"en": "Research", "zh": "研发能力"},
        "share": {"en": "Market", "zh": "市场"},
        "item.rnd": {"en": "Research", "zh": "研发能力"},
    }
    return table


def test_words_that_a_table_brings_along_go_before_the_vocabulary(own_words):
    lines = tabular.render(own_words, "markdown").splitlines()
    assert lines[0] == "| Name | Research | Market |"
    assert lines[2:] == ["| Research | 90.500 | 0.500 |", "| x | – | 2.000 |"]  # no percent of a market
    assert tabular.render(own_words, "csv", lang="zh").splitlines()[:2] == [
        "名称,研发能力,市场",
        "研发能力,90.5,0.5",
    ]
    assert tabular.render(own_words, "table", lang="zh").splitlines()[0].split() == [
        "名称",
        "研发能力",
        "市场",
    ]


def test_identifiers_stay_where_programs_read(own_words):
    assert json.loads(tabular.render(own_words, "json", lang="zh"))["rows"][0] == {
        "item": "rnd",
        "rnd": 90.5,
        "share": 0.5,
    }
    assert tabular.render(own_words, "csv").splitlines()[:2] == ["item,rnd,share", "rnd,90.5,0.5"]


def test_a_workbook_has_the_words_that_a_table_brings_along(own_words, tmp_path):
    own_words.attrs["notes"] = ["a note"]
    tabular.write(own_words, tmp_path / "a.xlsx", lang="zh", notes=["a note"])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["名称", "研发能力", "市场"]
    assert [cell.value for cell in sheet[2]] == ["研发能力", 90.5, 0.5]
    assert sheet["C2"].number_format == "General"
