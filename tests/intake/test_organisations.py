"""Tables of organisations and what rows say of one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.errors import DataError
from clusters.intake.organisations import most_frequent, read_nodes


@pytest.fixture
def nodes(tmp_path):
    def make(text, **options):
        path = tmp_path / "nodes.csv"
        path.write_text(text, encoding="utf-8")
        return read_nodes(path, **options)

    return make


def test_values_are_read_by_their_meaning(nodes):
    frame = nodes(
        "企业名称,角色,省份,城市,是否平台,成立年份,退出年份,员工\n"
        "甲,样本节点,广东,深圳,是,1998,2020,10\n"
        "乙,关系节点,北京市,,,2001年5月,,\n"
    ).frame
    assert frame.index.tolist() == ["甲", "乙"]
    assert frame["role"].tolist() == ["sample", "partner"]
    assert frame["province"].tolist() == ["广东省", "北京市"]
    assert frame["city"].fillna("").tolist() == ["深圳市", ""]
    assert frame["platform"].tolist() == [True, False]
    assert frame["founded"].tolist() == [1998, 2001]
    assert frame["sample_to"].fillna(0).tolist() == [2020, 0]
    assert frame["员工"].fillna("").tolist() == ["10", ""]


def test_places_abroad_keep_their_names(nodes):
    # In an international table a Latin name may be a place abroad.
    assert nodes("name,city\na,Wuhan\n").frame["city"].tolist() == ["武汉市"]
    assert nodes("name,city,country\na,Wuhan,XX\n").frame["city"].tolist() == ["Wuhan"]


def test_a_flag_for_the_sample(nodes):
    assert nodes("name,sample\na,1\nb,0\n").frame["role"].tolist() == ["sample", "partner"]


def test_the_same_id_twice(nodes):
    with pytest.raises(
        DataError, match=r"nodes.csv, line 3, column 'province': 'a' has '北京市' here and '广东省' in line 2"
    ):
        nodes("name,province\na,广东\na,北京\n")
    joined = nodes("name,province,city\na,广东,\nb,,\na,,深圳\n")
    assert joined.frame.fillna("").values.tolist() == [["广东省", "深圳市"], ["", ""]]
    assert "rows that repeat an organisation without contradiction, joined: 1" in joined.warnings[0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "name,role\na,coordinator\n",
            "nodes.csv, line 2, column 'role': found 'coordinator', expected sample or",
        ),
        (
            "name,platform\na,maybe\n",
            "nodes.csv, line 2, column 'platform': found 'maybe', expected yes or no",
        ),
        ("name,成立年份\na,long ago\n", "line 2, column '成立年份': found 'long ago', expected a year"),
        ("name,province\n,广东\n", "nodes.csv, line 2: no organisation is named"),
        ("name,province\na,广东,3\n", "nodes.csv, line 2: 3 cells, but the header has 2"),
        ("province,city\na,b\n", "no column names the organisation"),
    ],
)
def test_unusable_tables(nodes, text, message):
    with pytest.raises(DataError, match=message):
        nodes(text)


def test_a_data_frame_may_hold_names_in_its_index():
    frame = pd.DataFrame({"province": ["广东"]}, index=pd.Index(["a"], name="name"))
    assert read_nodes(frame).frame["province"].to_dict() == {"a": "广东省"}


def test_the_thesaurus_joins_rows_and_the_preferred_one_wins(nodes):
    found = nodes("name,province\n华为技术,北京\n华为,广东\n", thesaurus={"华为技术": "华为"})
    assert found.frame["province"].to_dict() == {"华为": "广东省"}
    assert found.warnings == ["nodes.csv: rows joined by the thesaurus: 1"]


def test_the_most_frequent_value_and_the_first_on_ties():
    # Node 0 is called 1, 0, 0; node 1 is called 2, 1 (a tie); node 2 nothing.
    values, conflict = most_frequent(np.array([0, 0, 1, 0, 1, 2]), np.array([1, 0, 2, 0, 1, -1]), 3, 3)
    assert values.tolist() == [0, 2, -1]
    assert (conflict.count, conflict.node, conflict.values, conflict.rows) == (2, 0, (1, 0), (0, 1))


def test_no_conflict_where_all_agree():
    assert most_frequent(np.array([0, 0, 1]), np.array([1, 1, 0]), 2, 2)[1] is None
    assert most_frequent(np.array([], int), np.array([], int), 2, 2)[0].tolist() == [-1, -1]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 3)), max_size=40))
def test_most_frequent_agrees_with_counting(mentions):
    nodes = np.array([n for n, _ in mentions], int)
    found = np.array([v for _, v in mentions], int)
    values, conflict = most_frequent(nodes, found, 5, 4)
    several = 0
    for node in range(5):
        said = [v for n, v in mentions if n == node and v >= 0]
        best = max(dict.fromkeys(said), key=said.count, default=-1)  # the first of equals
        assert values[node] == best
        several += len(set(said)) > 1
    assert (conflict.count if conflict else 0) == several


def test_the_sheet_of_the_relations_is_not_taken_for_the_organisations(tmp_path):
    path = tmp_path / "both.xlsx"
    with pd.ExcelWriter(path) as book:
        relations = pd.DataFrame({"样本企业": ["甲"], "合作方": ["乙"], "方向": ["赋能"], "年份": [2019]})
        relations.to_excel(book, sheet_name="关系", index=False)
        pd.DataFrame({"名称": ["甲", "乙"], "省份": ["广东", "北京"]}).to_excel(
            book, sheet_name="节点", index=False
        )
    assert read_nodes(path).frame["province"].tolist() == ["广东省", "北京市"]
