"""Sums of money: hand-read cells, patterns of real lists, and properties."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.intake.amounts import decimal_mark, plain_number, read_amount

STATED = {
    "1.35亿美元": (1.35e8, "USD"),
    "2.98亿美元": (2.98e8, "USD"),
    "1000万元": (1e7, "CNY"),
    "500万人民币": (5e6, "CNY"),
    "人民币1000万元": (1e7, "CNY"),
    "1,000万元": (1e7, "CNY"),
    "６００万元": (6e6, "CNY"),
    "1000萬美元": (1e7, "USD"),
    "51.6亿人民币": (5.16e9, "CNY"),
    "1亿3000万元": (1.3e8, "CNY"),
    "三千万元": (3e7, "CNY"),
    "两亿三千万": (2.3e8, ""),
    "二十五万": (2.5e5, ""),
    "十万": (1e5, ""),
    "一千二百万": (1.2e7, ""),
    "2亿零五百万": (2.05e8, ""),
    "1.2万亿韩元": (1.2e12, "KRW"),
    "1.5千万": (1.5e7, ""),
    "200万港元": (2e6, "HKD"),
    "500万新台币": (5e6, "TWD"),
    "800万澳大利亚元": (8e6, "AUD"),
    "300万新加坡元": (3e6, "SGD"),
    "1亿其他": (1e8, ""),
    "5000万美元(约3.5亿人民币)": (5e7, "USD"),
    "金额：500万美元": (5e6, "USD"),
    "USD 3M": (3e6, "USD"),
    "3M USD": (3e6, "USD"),
    "US$1.2bn": (1.2e9, "USD"),
    "$3.5 million": (3.5e6, "USD"),
    "$1,200,000": (1.2e6, "USD"),
    "A$5m": (5e6, "AUD"),
    "RMB 10 million": (1e7, "CNY"),
    "₹50 lakh": (5e6, "INR"),
    "10 crore": (1e8, ""),
    "150k": (1.5e5, ""),
    "￥3,000": (3000, "CNY"),
    "€ 1 234 567,89": (1234567.89, "EUR"),
    "3,000,000.00": (3e6, ""),
    "1.234,56": (1234.56, ""),
    "1'234'567": (1234567, ""),
    "1.0E7": (1e7, ""),
    "0": (0, ""),
    "-5": (-5, ""),
}


@pytest.mark.parametrize("text", STATED)
def test_a_stated_sum_is_read_by_hand(text):
    amount = read_amount(text)
    assert (amount.number, amount.currency, amount.how) == (
        pytest.approx(STATED[text][0]),
        STATED[text][1],
        "exact",
    )


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("数千万人民币", "CNY"),
        ("数十万美元", "USD"),
        ("近亿元", "CNY"),
        ("亿元及以上美元", "USD"),
        ("亿元及以上其他", ""),
        ("过千万人民币", "CNY"),
        ("千万级人民币", "CNY"),
        ("超5亿元", "CNY"),
        ("5亿元以上", "CNY"),
        ("500万+", ""),
        ("100-200万美元", "USD"),
        ("千万", ""),
        ("over $5m", "USD"),
        ("tens of millions of dollars", "USD"),
    ],
)
def test_a_range_has_a_currency_but_no_number(text, currency):
    amount = read_amount(text)
    assert (math.isnan(amount.number), amount.currency, amount.how) == (True, currency, "range")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "未透露",
        "未披露",
        "金额未透露",
        "投资金额未透露",
        "不明确",
        "undisclosed",
        "N/A",
        "--",
        "—",
        "无",
        r"\N",
        "保密",
    ],
)
def test_an_undisclosed_sum_is_no_number(text):
    amount = read_amount(text)
    assert (math.isnan(amount.number), amount.currency, amount.how) == (True, "", "undisclosed")


@pytest.mark.parametrize(
    "text", ["谢谢", "A轮", "1万5", "1.5.5亿", "1,2,3", "12 34", "inf", "2016-05-01x", "亿" * 5000]
)
def test_what_is_no_sum_is_not_guessed(text):
    amount = read_amount(text)
    assert math.isnan(amount.number)
    assert amount.how in ("unread", "range")


def test_about_is_said_and_a_cell_without_currency_takes_the_columns():
    assert read_amount("约500万元").how == "approximate"
    assert read_amount("1,000,000", currency="USD").currency == "USD"
    assert read_amount("500万欧元", currency="USD").currency == "EUR"


def test_the_decimal_mark_of_a_column_settles_what_one_cell_cannot():
    # 1.234 is one and a bit by itself, and 1234 in a column of decimal commas.
    assert (plain_number("1.234"), plain_number("1.234", ",")) == (1.234, 1234)
    assert (plain_number("1,234"), plain_number("1234,567", ",")) == (1234, 1234.567)
    assert decimal_mark(["100", "317625,5", "99"]) == ","
    assert decimal_mark(["100", "317625.25"]) == "."
    assert decimal_mark(["317625.5", "317625,5"]) is None
    assert decimal_mark(["1,234", "12,345"]) is None


@given(
    st.integers(1, 10**9),
    st.sampled_from(["万", "亿", ""]),
    st.sampled_from(["美元", "元", "人民币", "欧元", ""]),
)
def test_a_whole_number_with_a_unit_is_its_product(number, unit, currency):
    size = {"万": 10**4, "亿": 10**8, "": 1}[unit]
    assert read_amount(f"{number}{unit}{currency}").number == pytest.approx(number * size)


@given(st.integers(0, 10**12), st.integers(0, 99))
def test_english_and_continental_grouping_mean_the_same(whole, cents):
    english = f"{whole:,}.{cents:02}"
    continental = english.translate({ord(","): ".", ord("."): ","})
    assert plain_number(english) == plain_number(continental) == pytest.approx(whole + cents / 100)


@given(st.text(st.sampled_from("0123456789.,-+ 亿万千百十数近约元美$¥(),KMbn一二两〇至/"), max_size=40))
def test_no_text_breaks_it_and_a_number_is_finite(text):
    amount = read_amount(text)
    assert amount.how in ("exact", "approximate", "range", "undisclosed", "unread")
    assert math.isfinite(amount.number) == (amount.how in ("exact", "approximate"))
