"""Dates of public layouts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.intake.public.dates import is_no_date, read_day


@pytest.mark.parametrize(
    ("text", "order", "found"),
    [
        ("01/02/2019", "dmy", "2019-02-01"),
        ("01/02/2019", "mdy", "2019-01-02"),
        ("01/02/2019 00:00:00", "dmy", "2019-02-01"),
        ("31.12.2019", "dmy", "2019-12-31"),
        ("13/25/2019", "dmy", None),
        ("12/31/2019", "dmy", None),
        ("1/9/13", "mdy", "2013-01-09"),
        ("1/9/72", "mdy", "1972-01-09"),
        ("1/9/13", "dmy", None),
        ("2019-05-01", "dmy", "2019-05-01"),
        ("2019-05-01T00:00:00.000Z", "", "2019-05-01"),
        ("2019/5/1", "mdy", "2019-05-01"),
        ("2019年5月1日", "", "2019-05-01"),
        ("2019.5.1", "", "2019-05-01"),
        ("2019.5", "", "2019-05"),
        ("2019", "dmy", "2019"),
        ("Jan 5, 2010", "mdy", "2010-01-05"),
        ("5 January 2010", "", "2010-01-05"),
        ("Jan 2010", "", "2010-01"),
        ("0002-12-02", "", "0002-12-02"),
        ("1201-03-01", "mdy", "1201-03-01"),
        ("2019-02-30", "", None),
        ("A轮", "", None),
        ("", "", None),
    ],
)
def test_the_order_of_day_and_month_is_the_layouts(text, order, found):
    assert read_day(text, order) == found


def test_a_database_writes_no_date_as_zeros():
    assert is_no_date("0000-00-00 00:00:00")
    assert not is_no_date("0002-12-02")


@given(st.dates())
def test_every_date_is_read_back_in_all_three_orders(day):
    iso = day.isoformat()
    assert read_day(iso) == iso
    assert read_day(f"{day.day:02}/{day.month:02}/{day.year:04}", "dmy") == iso
    assert read_day(f"{day.month}/{day.day}/{day.year:04}", "mdy") == iso


@given(st.text(max_size=30), st.sampled_from(["", "dmy", "mdy"]))
def test_no_text_breaks_it(text, order):
    found = read_day(text, order)
    assert found is None or len(found) in (4, 7, 10)
