"""Cells to values."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.intake.values import (
    canonical_kind,
    gives,
    read_date,
    read_flag,
    read_role,
    read_weight,
    read_year,
)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2019", "2019"),
        (" 2019 ", "2019"),
        ("２０１９", "2019"),
        ("2019.0", "2019"),
        ("2019年", "2019"),
        ("2019年度", "2019"),
        ("2019-05-01", "2019-05-01"),
        ("2019/5/1", "2019-05-01"),
        ("2019.5.1", "2019-05-01"),
        ("2019.05", "2019-05"),
        ("2019年5月1日", "2019-05-01"),
        ("2019年5月", "2019-05"),
        ("20190501", "2019-05-01"),
        ("2019-05", "2019-05"),
        ("201905", "2019-05"),
        ("2019-05-01 00:00:00", "2019-05-01"),
        ("2019-05-01T08:30:00Z", "2019-05-01"),
        ("31/12/2019", "2019"),
        ("0002-12-02", "0002-12-02"),
    ],
)
def test_dates(text, date):
    assert read_date(text) == date


@pytest.mark.parametrize(
    "text",
    [
        "",
        "19",
        "2019.5",
        "2019.25",
        "2019-13",
        "2019-02-30",
        "20190230",
        "n/a",
        "NA",
        "2019?",
        "约2019",
        "1e3",
        "-2019",
        "2019,5",
        "43586",
        "45/45/2019",
        "2019-5-1-2",
    ],
)
def test_what_is_no_date(text):
    assert read_date(text) is None


def test_years_have_a_range():
    assert read_year("1899") is None
    assert read_year("1900") == 1900
    assert read_year("2101") is None
    assert read_year("1850", 1800, 1900) == 1850
    assert read_year("0002-12-02") is None


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 12, 31)))
def test_every_day_in_every_spelling(day):
    spellings = (
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.isoformat()} 00:00:00",
    )
    assert {read_date(text) for text in spellings} == {day.isoformat()}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("技术", "technology"),
        ("技术合作", "technology"),
        ("Tech", "technology"),
        ("人力资本", "talent"),
        ("人才", "talent"),
        ("Human-Capital", "talent"),
        ("投融资", "investment"),
        ("资本", "investment"),
        ("financing", "investment"),
        ("Project  Participation", "Project Participation"),
        ("专利许可", "专利许可"),
    ],
)
def test_kinds(text, kind):
    assert canonical_kind(text) == kind


def test_own_kinds_come_first():
    assert canonical_kind("技术", {"技术": "licence"}) == "licence"
    assert canonical_kind("联合研发", {"联合研发": "technology"}) == "technology"


def test_directions():
    assert [gives(t) for t in ("赋能", "技术赋能", "Empowerment", "OUT", "输出")] == [True] * 5
    assert [gives(t) for t in ("输入", "技术输入", "input", "in", "被赋能")] == [False] * 5
    assert [gives(t) for t in ("", "both", "双向", "coordinator to participant")] == [None] * 4


def test_roles_and_flags():
    assert [read_role(t) for t in ("样本节点", "Sample", "关系节点", "partner", "x")] == [
        "sample",
        "sample",
        "partner",
        "partner",
        None,
    ]
    assert [read_flag(t) for t in ("是", "TRUE", "1", "否", "no", "0", "?")] == [True] * 3 + [False] * 3 + [
        None
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0.0),
        ("2.5", 2.5),
        ("1e3", 1000.0),
        (" 7 ", 7.0),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("1,5", None),
        ("1_000", None),
        ("x", None),
    ],
)
def test_weights(text, number):
    assert read_weight(text) == number
