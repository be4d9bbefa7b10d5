from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.figures._fonts import fonts
from clusters.figures._style import spread
from clusters.figures._text import Words, power_of_ten, shorten, width, wrap

words_of_both = st.text(alphabet="ab é华为省（）、- ", max_size=40)


@given(words_of_both, st.integers(2, 30))
def test_shortened_text_fits_and_short_text_stays(text, columns):
    cut = shorten(text, columns)
    assert width(cut) <= columns
    assert cut == text or (cut.endswith("…") and text.startswith(cut[:-1]))
    if width(text) <= columns:
        assert cut == text


@given(words_of_both, st.integers(4, 30), st.integers(1, 4))
def test_wrapped_text_has_so_many_lines_that_fit(text, columns, lines):
    rows = wrap(text, columns, lines).split("\n")
    assert len(rows) <= lines
    assert all(width(row) <= columns for row in rows)
    if width(text) <= columns:
        assert rows == [text]


@pytest.mark.parametrize(
    ("text", "columns", "rows"),
    [
        ("信息传输、软件和信息技术服务业", 20, ["信息传输、软件和信息", "技术服务业"]),
        ("农业和林业、牧业和渔业", 10, ["农业和林", "业、牧业…"]),
        ("Electricity, heat, gas and water supply", 25, ["Electricity, heat, gas", "and water supply"]),
        ("Donaudampfschifffahrt", 10, ["Donaudampf", "schifffah…"]),
    ],
)
def test_lines_break_between_words_and_not_before_punctuation(text, columns, rows):
    assert wrap(text, columns).split("\n") == rows


@given(st.lists(st.floats(-100, 100), max_size=12), st.floats(0.1, 5))
def test_spread_labels_keep_their_order_and_their_distance(positions, gap):
    moved = spread(positions, gap)
    assert len(moved) == len(positions)
    order = sorted(range(len(positions)), key=lambda i: (positions[i], i))
    for before, after in pairwise(order):
        assert moved[after] - moved[before] >= gap - 1e-6
    if positions:
        assert sum(moved) == pytest.approx(sum(positions), abs=1e-6)


def test_labels_that_have_room_stay_where_they_are():
    assert spread([3.0, 1.0, 7.0], 1.0) == [3.0, 1.0, 7.0]


@pytest.mark.parametrize(
    ("value", "text"), [(1, "1"), (0.001, "0.001"), (1e5, "100,000"), (1e6, "10⁶"), (1e-4, "10⁻⁴")]
)
def test_powers_of_ten_are_readable(value, text):
    assert power_of_ten(value) == text


def test_numbers_follow_the_language():
    assert Words("en").share(0.12345) == "12.3 %"
    assert Words("en").count(float("nan")) == "–"
    assert Words("en").count(12.5) == "12.50"
    if fonts().chinese:
        assert Words("zh").share(0.12345) == "12.3%"
        assert Words("zh").bracket("a", "b") == "a（b）"


def test_signs_without_a_glyph_go_and_letters_without_one_give_the_fallback():
    words = Words("en")
    assert words.safe("Acme 🚀 Labs") == "Acme Labs"
    assert words.safe("a\nb\tc\x00d") == "a b c d"
    assert words.safe("🚀", "#7") == "#7"
    with pytest.warns(UserWarning, match="no font on this system holds|no Chinese font"):
        assert words.safe("\U0001e900\U0001e901", "#7") == "#7"  # Adlam letters


def test_coded_values_are_translated_and_names_are_not():
    words = Words("en")
    assert words.value("role", "sample") == "Sample"
    assert words.names(["sample"]) == ["sample"]
    assert words.value("province", "陕西省") == "Shaanxi"
    assert words.value("city", "Paris") == "Paris"
    assert words.value("technology", None) == "Unknown"
    assert words.names(["", None, "x"], ["id1", "id2", "id3"]) == ["id1", "id2", "x"]
