"""Cells with several investors, and names that name nobody."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters import names
from clusters.intake.public.parties import divide, is_placeholder, parted_by_blanks
from clusters.intake.rows import placeholders


@pytest.mark.parametrize(
    "text",
    [
        *(
            "投资方未透露",
            "投资方未披露",
            "未披露",
            "未透露",
            "未公开",
            "未披露机构",
            "未披露投资方",
            "投资方未知",
        ),
        *(
            "其他投资方",
            "其他投资人",
            "多家机构",
            "个人投资者",
            "天使投资人",
            "匿名投资人",
            "不明确",
            "等",
            "无",
        ),
        *(
            "Undisclosed",
            "undisclosed investors",
            "Unknown Investor",
            "N/A",
            "-",
            "—",
            "Angel Investors",
            "（未透露）",
        ),
    ],
)
def test_who_is_not_named_is_no_partner(text):
    assert is_placeholder(text)


def test_whom_reading_takes_for_nobody_is_nobody():
    for text in ("转让方未披露", "Undisclosed Company", "未透露的合作伙伴", "#N/A"):
        assert placeholders(np.array([names.clean(text)], object))[0]
        assert is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    [
        "未来资本",
        "无限基金",
        "不惑创投",
        "其他山资本",
        "个人图书馆",
        "Unknown Worlds",
        "Nana",
        "天使湾创投",
        "战略支援资本",
    ],
)
def test_a_name_that_begins_alike_is_one(text):
    assert not is_placeholder(text)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("甲资本,乙基金", ("甲资本", "乙基金")),
        ("甲资本，乙基金、丙创投；丁", ("甲资本", "乙基金", "丙创投", "丁")),
        ("甲资本/乙基金", ("甲资本", "乙基金")),
        ("甲资本(领投),乙基金跟投", ("甲资本", "乙基金")),
        ("领投：甲资本", ("甲资本",)),
        ("甲资本(北京,上海),乙", ("甲资本(北京,上海)", "乙")),
        ("甲(乙,丙", ("甲(乙", "丙")),
        ("['甲资本', \"乙's\"]", ("甲资本", "乙's")),
        ("Alpha, Inc.,Beta Co., Ltd.", ("Alpha, Inc.", "Beta Co., Ltd.")),
        ("甲 资本", ("甲 资本",)),
        ("A/S Gamma", ("A/S Gamma",)),
        ("甲\n乙", ("甲", "乙")),
        ("", ()),
    ],
)
def test_cells_are_divided_by_hand(cell, found):
    assert divide(cell).names == found


@pytest.mark.parametrize(
    ("cell", "found", "nobody"),
    [
        ("甲资本等3家机构", ("甲资本",), ("等3家机构",)),
        ("甲资本、乙基金 等", ("甲资本", "乙基金"), ("等",)),
        ("甲资本等多家投资机构", ("甲资本",), ("等多家投资机构",)),
        ("某知名投资机构", (), ("某知名投资机构",)),
        ("甲平等", ("甲平等",), ()),
        ("平等资本、高等3D", ("平等资本", "高等3D"), ()),
    ],
)
def test_and_others_is_nobody_beside_a_name(cell, found, nobody):
    divided = divide(cell)
    assert (divided.names, divided.placeholders) == (found, nobody)


def test_blanks_part_names_only_beside_chinese():
    cell = "甲创投 Alpha Beta Partners 乙资本　IDG丙"
    assert divide(cell, blanks=True).names == ("甲创投", "Alpha Beta Partners", "乙资本", "IDG丙")
    assert divide("Alpha Beta Gamma", blanks=True).names == ("Alpha Beta Gamma",)
    assert parted_by_blanks([cell, "丁,戊", "己 庚"])
    assert not parted_by_blanks(["甲 资本,乙", "丁,戊"])


def test_what_is_left_out_is_counted():
    one = divide("甲,投资方未透露,甲,乙(财务顾问)")
    assert (one.names, one.placeholders, one.advisers, one.repeated) == (
        ("甲",),
        ("投资方未透露",),
        ("乙(财务顾问)",),
        1,
    )
    assert divide("投资方未透露", keep_placeholders=True).names == ("投资方未透露",)


@given(st.lists(st.text(st.sampled_from("甲乙丙AB"), min_size=1, max_size=4), unique=True, max_size=5))
def test_joined_names_come_back(parts):
    parts = [part for part in parts if not is_placeholder(part)]
    assert divide("、".join(parts)).names == tuple(names.clean(part) for part in parts)


@given(st.text(max_size=60), st.booleans())
def test_no_text_breaks_it_and_no_name_is_empty(text, blanks):
    one = divide(text, blanks=blanks)
    assert all(name and names.clean(name) == name for name in one.names)


@pytest.mark.parametrize("text", ["(),", " ", "甲 ", "(", "投资方", "未", "a\n", "[' ", "领投"])
def test_a_very_long_cell_is_divided_in_one_pass(text):
    # A second of work; whatever looks back from every character would take hours.
    one = divide(text * 50_000, blanks=True)
    assert all(names.clean(name) == name for name in one.names)
