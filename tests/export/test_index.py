"""An index as a workbook."""

from __future__ import annotations

import pandas as pd

from clusters.export.index import write_index_workbook
from clusters.index import read_indicators, score


def test_what_reading_left_out_is_said_in_the_workbook(tmp_path):
    data = tmp_path / "data.csv"
    data.write_text("城市,a,b\n北京,1,4\n上海,3,1\n合计,4,5\n", encoding="utf-8")
    pair = {"indicator": [{"id": "a", "parent": "total"}, {"id": "b", "parent": "total"}]}
    path = tmp_path / "index.xlsx"
    write_index_workbook(score(pair, read_indicators(data)), path, lang="zh")
    notes = pd.read_excel(path, sheet_name="说明", engine="openpyxl").iloc[:, 0].tolist()
    assert notes[0] == "data.csv：以下各行按名称为其他行的合计或平均，未计入：“合计”"
