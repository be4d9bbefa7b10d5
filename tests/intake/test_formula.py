"""Formulas are arithmetic and nothing else: whatever else is in the text is refused, at once."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.errors import DataError
from clusters.index.formula import evaluate, names
from clusters.intake.formula import DEEPEST, LONGEST, parse

COLUMNS = {"a": [2.0], "b": [-3.0], "c": [0.5]}


def value(text: str, **columns: float) -> float:
    given = {name: [number] for name, number in columns.items()} or COLUMNS
    return parse(text).evaluate(given)[0]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("a - b - c", 4.5),  # from the left: a - (b - c) is 5.5
        ("a / c / a", 2.0),
        ("a ** 3 ** c", 2 ** (3**0.5)),  # powers from the right: (a ** 3) ** c is 2.83
        ("-a ** 2", -4.0),  # the sign comes after the power
        ("(a + b) * c", -0.5),
        ("log(a)", math.log(2)),  # natural
        ("log1p(a)", math.log(3)),
        ("sqrt(a + a)", 2.0),
        ("abs(b)", 3.0),
        ("min(a, b, c)", -3.0),
        ("max(a, b, c)", 2.0),
        ("+a + 1e2", 102.0),
        ("（a＋b）×２÷c", -4.0),
        ("a\n  + b", -1.0),
    ],
)
def test_arithmetic_by_hand(text, result):
    assert value(text) == pytest.approx(result, rel=1e-15)


@pytest.mark.parametrize(
    "text",
    ["a / 0", "0 * a / 0", "log(b)", "log(0 * a)", "sqrt(b)", "b ** c", "(0 * a) ** b", "a ** 9 ** 9 ** 9"],
)
def test_what_has_no_value_is_nan(text):
    assert math.isnan(value(text))


def test_an_undefined_part_does_not_come_back_as_a_number():
    # 1 / (1 / 0) is 0 in floats with infinities.
    assert math.isnan(value("1 / (1 / (0 * a))"))
    assert math.isnan(value("min(a, 1 / (0 * a))"))


def test_a_missing_value_stays_missing():
    # numpy says nan ** 0 = 1 and 1 ** nan = 1.
    for text in ("a ** 0", "1 ** a", "max(a, 1)", "a - a", "0 * a"):
        assert math.isnan(value(text, a=math.nan)), text


def test_names_are_columns_in_their_order_each_once():
    assert parse("b / (a + b) + log(`论文（篇）`)").names == ("b", "a", "论文（篇）")
    assert names("企业数 / 常住人口") == ("企业数", "常住人口")
    assert parse("log / min").names == ("log", "min")  # columns may be called so


def test_a_name_in_backticks_is_any_text():
    columns = {"a b": [6.0], "quoted_0_": [2.0]}
    assert parse("`a b` / quoted_0_").evaluate(columns)[0] == 3.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is empty"),
        ("1 + 2", "names no column"),
        ("9**9**9", "names no column"),
        ("a.real", "'a.real' is no arithmetic"),
        ("a.__class__.__base__", "is no arithmetic"),
        ("__import__('os').system('true')", "function \"__import__('os').system\" is not known"),
        ("exec('1')", "the function 'exec' is not known"),
        ("sum(a)", "the function 'sum' is not known"),
        ("a[0]", "is no arithmetic"),
        ("'a' * 9", "is no arithmetic"),
        ("a if b else c", "is no arithmetic"),
        ("a < b", "is no arithmetic"),
        ("a and b", "is no arithmetic"),
        ("not a", "is no arithmetic"),
        ("~a", "is no arithmetic"),
        ("a // b", "is no arithmetic"),
        ("a % b", "is no arithmetic"),
        ("a ^ 2", "is no arithmetic"),
        ("a @ b", "is no arithmetic"),
        ("[a for a in b]", "is no arithmetic"),
        ("lambda: a", "is no arithmetic"),
        ("(a, b)", "is no arithmetic"),
        ("(a := b)", "is no arithmetic"),
        ("f'{a}'", "is no arithmetic"),
        ("True + a", "is no arithmetic"),
        ("1j + a", "is no arithmetic"),
        ("a; b", "cannot be read"),
        ("a = 1", "cannot be read"),
        ("import os", "cannot be read"),
        ("(a", "cannot be read"),
        ("a b", "cannot be read"),
        ("a # b", "has a '#'"),
        ("log()", "takes one argument, not 0"),
        ("log(a, b)", "takes one argument, not 2"),
        ("min(a)", "takes two or more arguments"),
        ("max(*a)", "takes columns or numbers only"),
        ("log(x=a)", "takes columns or numbers only"),
        ("a + `b", "a backtick without its partner"),
        ("a + ``", "no name between them"),
        ("a + 1e999", "too large"),
        ("a + " + "9" * 400, "too large"),
        ("a + " + "9" * 1500, "too large|cannot be read"),
        ("a\x00", "cannot be read"),
    ],
)
def test_anything_else_is_refused(text, said):
    with pytest.raises(DataError, match=said.replace("(", r"\(").replace(")", r"\)")):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "-" * (LONGEST - 1) + "a",
        "(" * 900 + "a" + ")" * 900,
        "a" + "+a" * (DEEPEST + 1),
        "a" + "**a" * (DEEPEST + 1),
        "[" * 900 + "a" + "]" * 900,
        "abs(" * 300 + "a" + ")" * 300,
        "a" + "+1" * LONGEST,
    ],
    ids=["signs", "parentheses", "sum", "powers", "brackets", "calls", "long"],
)
def test_deep_and_long_formulas_are_refused(text):
    with pytest.raises(DataError, match=r"nested|cannot be read|characters|no arithmetic"):
        parse(text)


def test_a_sum_of_a_hundred_columns_is_a_formula():
    text = " + ".join(f"x{i}" for i in range(100))
    assert parse(text).evaluate({f"x{i}": [float(i)] for i in range(100)})[0] == 4950


def test_a_frame_is_computed_row_by_row():
    frame = pd.DataFrame({"new": [1.0, 2, np.nan], "firms": [5.0, 2, 3]}, index=["x", "y", "z"])
    found = evaluate("new / (firms - new)", frame)
    assert found.index.tolist() == ["x", "y", "z"]
    np.testing.assert_array_equal(found, [0.25, np.nan, np.nan])
    with pytest.raises(DataError, match="needs the column 'staff'"):
        evaluate("new / staff", frame)


numbers = st.floats(-100, 100).map(lambda x: round(x, 3))
leaves = st.one_of(st.sampled_from(["a", "b", "c"]), numbers.map(lambda x: repr(abs(x))))
formulas = st.recursive(
    leaves,
    lambda part: st.one_of(
        st.tuples(part, st.sampled_from(["+", "-", "*", "/"]), part).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        part.map(lambda t: f"-{t}"),
        st.tuples(st.sampled_from(["min", "max"]), part, part).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
        part.map(lambda t: f"abs({t})"),
    ),
    max_leaves=20,
)


@given(formulas, numbers, numbers, numbers)
def test_agrees_with_python(text, a, b, c):
    text = f"{text} + 0 * a"
    try:
        expected = eval(text, {"min": min, "max": max, "abs": abs}, {"a": a, "b": b, "c": c})
    except ZeroDivisionError:
        expected = math.nan
    found = value(text, a=a, b=b, c=c)
    assert found == expected or (math.isnan(found) and not math.isfinite(expected))


@given(st.text(max_size=60))
def test_any_text_is_a_formula_or_a_data_error(text):
    try:
        formula = parse(text)
    except DataError:
        return
    formula.evaluate({name: [1.0] for name in formula.names})
