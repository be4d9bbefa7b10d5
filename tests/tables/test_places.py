"""The table of how places were read."""

from __future__ import annotations

import pandas as pd

from clusters import tables

CELLS = ["深圳", " Suzhou", "深圳", "", "海淀", "未知"]


def test_by_hand():
    table = tables.place_readings({"city": CELLS})
    assert table["text"].tolist() == ["深圳", "Suzhou", "海淀", "未知"]
    assert table["rows"].tolist() == [2, 1, 1, 1]
    assert table["how"].tolist() == ["short", "ambiguous", "unknown", "missing"]
    # Four cells say something: two are read, one is ambiguous and one unknown.
    (note,) = table.attrs["notes"]
    assert "4 cells with 4 texts: 50.00 % resolved, 25.00 % ambiguous" in note
    assert "25.00 % unknown; 2 empty" in note


def test_what_stands_beside_decides():
    table = tables.place_readings(
        {"city": ["Suzhou", "Suzhou", "Jinan", "Taipei"]},
        provinces={"city": ["安徽", "江苏", "", ""]},
        countries={"city": ["", "CN", "US", "TW"]},
    )
    assert table["city"].fillna("").tolist() == ["宿州市", "苏州市", "", ""]
    assert table["country"].tolist() == ["CN", "CN", "US", "TW"]
    assert table["county"].tolist()[-1] == "台北市"
    assert table["given_province"].fillna("").tolist() == ["安徽", "江苏", "", ""]


def test_the_level_of_a_column_counts():
    cells = {"a": ["吉林"], "b": ["吉林"], "c": ["吉林"]}
    table = tables.place_readings(cells, levels={"a": "province", "b": "city"})
    assert table["level"].fillna("").tolist() == ["province", "", ""]
    assert table["how"].tolist() == ["short", "ambiguous", "ambiguous"]


def test_nothing_to_read():
    table = tables.place_readings({"city": ["", " "]})
    assert table.empty
    assert [str(n) for n in table.attrs["notes"]] == ["city: all of 2 cells are empty"]
    assert tables.place_readings({}).empty


def test_as_many_rows_as_texts_and_every_row_once():
    cells = [f"广东省深圳市南山区{i % 7}号" for i in range(100)]
    table = tables.place_readings({"x": cells})
    assert len(table) == 7
    assert table["rows"].sum() == 100
    assert isinstance(table, pd.DataFrame)
