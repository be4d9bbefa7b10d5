"""Types of columns, by dtype and by value."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest

from clusters.export.columns import column, titles
from clusters.export.text import Cleaner


def _column(values: object, name: str = "c", lang: str = "en"):
    notes: list[str] = []
    series = values if isinstance(values, pd.Series) else pd.Series(values, dtype=object)
    made = column(name, series, name, lang, Cleaner(), notes)
    return made, [made.texts[code] for code in made.codes], notes


@pytest.mark.parametrize(
    ("values", "type_", "texts"),
    [
        (pd.Series([1, None], dtype="Int64"), "integer", ["1", ""]),
        (pd.Series([2**31, 1]), "long", [str(2**31), "1"]),
        (pd.Series([1.0, np.nan, 2.5]), "double", ["1.0", "", "2.5"]),
        (pd.Series([1.0, 2.0]), "double", ["1.0", "2.0"]),
        (pd.Series([0.1 + 0.2]), "double", ["0.30000000000000004"]),
        (pd.Series([True, False]), "boolean", ["true", "false"]),
        (pd.Series([True, None], dtype="boolean"), "boolean", ["true", ""]),
        (pd.Series(pd.Categorical([2, 1, None])), "integer", ["2", "1", ""]),
        (pd.Series(pd.Categorical(["x", None], categories=["x", "unused"])), "string", ["x", ""]),
        (["1", 1, True, 1.5], "string", ["1", "1", "True", "1.5"]),
        ([1, 2.5, None], "double", ["1.0", "2.5", ""]),
        ([None, "", "  ", "a"], "string", ["", "", "", "a"]),
        ([["a", "b, c", 'd"'], None], "liststring", ['[a, "b, c", "d\\""]', ""]),
        ([{"b", "a"}], "liststring", ["[a, b]"]),
        ([{"k": 1}], "string", ["{'k': 1}"]),
        (pd.Series(pd.to_datetime(["2014-06-01", None])), "string", ["2014-06-01", ""]),
        ([datetime.date(2014, 6, 1)], "string", ["2014-06-01"]),
        ([np.int64(3), np.int64(4)], "integer", ["3", "4"]),
        ([np.True_, None], "boolean", ["true", ""]),
        (pd.Series([None, None], dtype="float64"), "double", ["", ""]),
        (pd.Series([None], dtype=object), "string", [""]),
        (pd.Series([2**63], dtype="uint64"), "string", [str(2**63)]),
    ],
)
def test_types_and_texts(values, type_, texts):
    made, found, notes = _column(values)
    assert (made.type, found, notes) == (type_, texts, [])


def test_years_with_gaps_stay_whole_numbers():
    made, found, _ = _column(pd.Series([1998.0, np.nan]), "founded")
    assert (made.type, found) == ("integer", ["1998", ""])


def test_infinite_values_are_left_out_and_told():
    _, found, notes = _column(pd.Series([1.0, np.inf, -np.inf, np.inf]))
    assert found == ["1.0", "", "", ""]
    assert "3 infinite" in " ".join(notes) or len(notes) == 1


def test_coded_values_are_translated_and_free_text_is_not():
    assert _column(["sample"], "role", "zh")[1] == ["样本节点"]
    assert _column(["sample"], "city", "zh")[1] == ["sample"]
    assert _column(["technology + talent", "other"], "kind", "zh")[1] == ["技术合作 + 人力资本", "other"]


def test_series_gets_a_nullable_type():
    for values, dtype in (([1, None], "Int64"), ([True, None], "boolean"), ([1.5, None], "Float64")):
        assert str(_column(values)[0].series().dtype) == dtype


def test_titles_are_printed_distinct_and_free():
    names = ["role", "type", "size", "x", "", "relations: technology", "Role"]
    assert titles(names, "en", Cleaner()) == {
        "role": "Role",
        "type": "Type (attribute)",
        "size": "size (attribute)",
        "x": "x (attribute)",
        "": "(attribute)",
        "relations: technology": "Relations: technology",
        "Role": "Role (2)",
    }
    assert titles(["type", "relations: technology"], "zh", Cleaner()) == {
        "type": "类型",
        "relations: technology": "关系条数：技术合作",
    }
