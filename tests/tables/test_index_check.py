"""Tables of indicators before they are used: values as they are scored, words of the framework."""

from __future__ import annotations

import pandas as pd
import pytest

from clusters import labels, tables
from clusters.index.frameworks import read_framework

NAN = float("nan")


@pytest.fixture
def framework():
    leaves = [
        {"id": "papers", "parent": "research", "denominator": "people", "name_zh": "论文"},
        {"id": "rate", "parent": "research", "formula": "new / people"},
        {"id": "dust", "parent": "air", "direction": -1},
        {"id": "trees", "parent": "air"},
    ]
    groups = [{"id": "research", "parent": "total", "name_zh": "研发"}, {"id": "air", "parent": "total"}]
    return read_framework({"indicator": leaves, "aggregate": groups})


@pytest.fixture
def cities() -> pd.DataFrame:
    columns = {
        "papers": [2, 6, 12, 20],
        "new": [10, 20, 30, 40],
        "people": [2, 3, 4, 5],
        "dust": [1, 2, 3, NAN],
        "trees": [0, 5, 5, 9],
    }
    return pd.DataFrame(columns, index=pd.Index(list("wxyz"), name="unit"), dtype=float)


def test_values_are_divided_and_computed_first(framework, cities):
    found = tables.index_check(framework, cities).set_index("indicator")
    assert found["value_max"].tolist() == [4, 8, 3, 9]  # 20 / 5, 40 / 5
    assert found["values"].tolist() == [4, 4, 3, 4]
    assert found["missing_share"].tolist() == [0, 0, 0.25, 0]
    assert found["share_of_zeros"].tolist() == [0, 0, 0, 0.25]
    assert found["parent"].tolist() == ["research", "research", "air", "air"]
    assert set(found["finding"]) == {"none"}


def test_findings_of_indicators(framework, cities):
    far = pd.DataFrame(
        {
            "papers": 1.0,
            "new": [*range(1, 11), 100.0],
            "people": 1.0,
            "dust": NAN,
            "trees": [1.0, 2, *[NAN] * 9],
        },
        index=list("abcdefghijk"),
    )
    found = tables.index_check(framework, far)
    assert found["finding"].tolist() == ["constant", "outliers", "no_values", "missing"]
    assert [labels.value("finding", cell, "zh") for cell in found["finding"]] == [
        "取值全部相同",
        "存在离群值",
        "没有数据",
        "缺失较多",
    ]


def test_pairs_of_a_group_by_their_correlation(framework, cities):
    found = tables.index_check_pairs(framework, cities)
    assert found[
        ["parent", "first_indicator", "second_indicator", "units", "finding"]
    ].to_numpy().tolist() == [
        ["research", "papers", "rate", 4, "redundant"],
        ["air", "dust", "trees", 3, "negative"],
    ]
    words = labels.words_of(found)
    assert labels.value("first_indicator", "papers", "zh", words) == "论文"
    assert labels.value("parent", "research", "zh", words) == "研发"


def test_groups(framework, cities):
    found = tables.index_check_groups(framework, cities).set_index("parent")
    assert found["indicators"].tolist() == [2, 2]
    r = found.loc["research", "mean_correlation"]
    assert found.loc["research", "cronbach_alpha"] == pytest.approx(2 * r / (1 + r))
    assert found["negative_pairs"].tolist() == [0, 1]


def test_a_table_of_aggregates_is_checked_as_it_is():
    leaves = [{"id": leaf, "parent": leaf[0]} for leaf in ("a1", "a2", "b1")]
    groups = [{"id": group, "parent": "total"} for group in "ab"]
    totals = pd.DataFrame({"a": [1.0, 2, 4], "b": [3.0, 1, 2]}, index=list("xyz"))
    found = tables.index_check(read_framework({"indicator": leaves, "aggregate": groups}), totals)
    assert found["indicator"].tolist() == ["a", "b"]


def test_asem(shared):
    from clusters.intake.indicators import read_indicators

    framework = read_framework("asem")
    table = read_indicators(shared / "oracles/asem/indicators.csv", framework)
    found = tables.index_check(framework, table).set_index("indicator")
    assert len(found) == 49
    assert found.loc["Flights", "finding"] == "outliers"
    assert found.loc["ConSpeed", "values"] == 43
    alpha = tables.index_check_groups(framework, table).set_index("parent")["cronbach_alpha"]
    assert alpha.index[alpha < 0].tolist() == ["SusEcFin"]
