"""Numbers as people write them; anything doubtful is no number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.intake.numbers import is_missing, is_percent, read_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("+1.5", 1.5),
        (".5", 0.5),
        ("5.", 5),
        ("1,234", 1234),
        ("1,234,567.8", 1234567.8),
        ("12 345", 12345),
        ("12\u00a0345", 12345),
        ("-1,234", -1234),
        ("１２．５", 12.5),
        ("１，２３４", 1234),
        ("－３", -3),
        ("\u22123", -3),
        ("12.5%", 0.125),
        ("12.5 ％", 0.125),
        ("1e3", 1000),
        ("1E-3", 0.001),
        (" 7 ", 7),
        ("007", 7),
    ],
)
def test_a_number_is_read(text, value):
    assert read_number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "1,5",
        "1,2345",
        "12,34,567",
        "1.234.567,8",
        "1_000",
        "0x10",
        "5²",
        "½",
        "٣",
        "3万",
        "12 元",
        "1 2",
        "(3)",
        "inf",
        "-inf",
        "nan",
        "1e999",
        "--3",
        "3-",
        "1e",
        "%",
        "约3",
        "true",
        "10:30",
        "#DIV/0!",
        "1/2",
    ],
)
def test_anything_else_is_none(text):
    assert read_number(text) is None


def test_missing_and_zero_are_told_apart():
    assert all(
        map(
            is_missing,
            ("", " ", "NA", "n/a", "N.A.", "NaN", "-", "—", "——", "…", "...", "#N/A", "缺失", "－"),
        )
    )
    assert not any(map(is_missing, ("0", "-0", "无", "N", "?", "1-")))


def test_percent_signs():
    assert is_percent("3 ％")
    assert not is_percent("% 3")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_python_writes_is_read_exactly(value):
    assert read_number(repr(value)) == value


@given(st.integers(-(10**15), 10**15))
def test_grouped_thousands_are_read(value):
    assert read_number(f"{value:,}") == value


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_none(text):
    found = read_number(text)
    assert found is None or abs(found) < float("inf")
