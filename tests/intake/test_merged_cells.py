"""Merged cells of workbooks, filled by hand."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from clusters.intake.merged_cells import fill_down
from clusters.relations import read_relations


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["样本企业合作关系（2014—2022）", None, None, None],
        ["企业", "合作方", "方向", "年份"],
        ["甲", "乙", "赋能", 2014],
        [None, "丙", "赋能", 2015],
        [None, "丁", "输入", None],
        ["戊", "乙", "赋能", 2016],
        [None, "丙", "赋能", 2017],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("A3:A5")
    sheet.merge_cells("D4:D5")
    book.save(tmp_path / "merged.xlsx")
    return tmp_path / "merged.xlsx"


def test_a_merged_cell_stands_for_each_of_its_rows(workbook: Path) -> None:
    table = read_relations(workbook)
    assert table.frame[["source", "target", "year"]].values.tolist() == [
        ["甲", "乙", 2014],
        ["甲", "丙", 2015],
        ["丁", "甲", 2015],
        ["戊", "乙", 2016],
    ]
    # An empty cell that is not merged with the one above stays empty.
    assert table.account.reasons == {"missing_source": 1}
    assert table.account.rejects["line"].tolist() == [7]
    steps = table.account.steps
    changed = steps[steps["reason"] == "merged_cell"]
    assert changed[["rows", "line", "example"]].values.tolist() == [[2, 4, "甲"]]
    assert any("3 cells within merged cells" in str(note) for note in table.account.warnings)


def test_headings_texts_of_their_own_and_overlaps_are_left_alone() -> None:
    rows = [["t", ""], ["", "o"], ["企业", "b"], ["甲", "x"], ["", ""], ["", "y"], ["自", ""]]
    ranges = [((0, 0), (1, 1)), ((3, 0), (10**9, 1)), ((4, 0), (5, 0))]
    # A row that holds nothing else is a blank one and stays so.
    assert fill_down(rows, ranges, [3, 5, 6]) == [(5, 0)]
    assert rows == [["t", ""], ["", "o"], ["企业", "b"], ["甲", "x"], ["", ""], ["甲", "y"], ["自", ""]]
