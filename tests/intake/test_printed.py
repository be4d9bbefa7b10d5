"""Printed sub-scores and totals: which columns are which, and digits that stay."""

from __future__ import annotations

import pytest

from clusters.errors import DataError, UsageError
from clusters.intake.printed import read_printed

TABLE = """排名,城市,产业,创新,综合得分,备注
1,甲,80.50,70.10,75.30,试点
2,乙,60.00,-,61.00,
3,丙,50.25,40.75,"45.50",
"""


@pytest.fixture
def file(tmp_path):
    def written(text):
        path = tmp_path / "printed.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_columns_are_recognised_and_digits_stay(file):
    found = read_printed(file(TABLE))
    assert found.totals.to_dict() == {"甲": "75.30", "乙": "61.00", "丙": "45.50"}
    assert found.totals.name == "综合得分"
    assert list(found.scores) == ["产业", "创新"]
    assert found.scores.loc["甲"].tolist() == ["80.50", "70.10"]
    assert found.left_out == ("排名", "备注")


def test_columns_can_be_named(file):
    found = read_printed(file(TABLE), total="创新", columns=["产业"])
    assert (found.totals.name, list(found.scores)) == ("创新", ["产业"])


def test_a_column_with_a_slip_is_one_of_numbers_still(file):
    found = read_printed(file(TABLE.replace("60.00", "6O.00")))
    assert "产业" in found.scores


def test_a_year_makes_rows_of_a_panel(file):
    rows = "city,year,a,b,total\nx,2020,1.0,2.0,1.5\nx,2021,3.0,1.0,2.0\ny,2020,2.0,2.0,2.0\n"
    found = read_printed(file(rows))
    assert found.totals.index.tolist() == ["x 2020", "x 2021", "y 2020"]
    assert list(found.scores) == ["a", "b"]


def test_rows_need_no_names_and_ranks_are_no_scores(file):
    found = read_printed(file("d1,d2,d1 rank,总得分\n80.1,70.2,1,75.2\n60.4,50.5,2,55.5\n"))
    assert found.totals.to_dict() == {"2": "75.2", "3": "55.5"}
    assert list(found.scores) == ["d1", "d2"]
    assert list(read_printed(file("x,y,z\n1.0,2.0,1.5\n3.0,2.0,2.5\n"), total="z").scores) == ["x", "y"]


def test_a_published_table_needs_no_file():
    found = read_printed("kr36_2020")
    assert found.scores.shape == (30, 5)
    assert found.scores.loc["深圳", "outcome"] == "92.60"


def test_what_lacks_is_said(file):
    with pytest.raises(UsageError, match="no column is known as the total") as caught:
        read_printed(file(TABLE.replace("综合得分", "合")))
    assert "产业, 创新, 合" in caught.value.hint
    with pytest.raises(UsageError, match=r"'x': .* has no column of that name"):
        read_printed(file(TABLE), columns=["x"])
    with pytest.raises(UsageError, match="as the total and as a sub-score"):
        read_printed(file(TABLE), columns=["产业", "综合得分"])
    with pytest.raises(DataError, match="no column of sub-scores"):
        read_printed(file("城市,总分\n甲,1.0\n乙,2.0\n"))
