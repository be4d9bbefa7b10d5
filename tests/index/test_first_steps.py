"""Indicators are divided by a size, and units without enough data are left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clusters.errors import DataError
from clusters.index.denominate import denominate
from clusters.index.normalise import normalise
from clusters.index.screening import availability, screen

NAN = float("nan")


@pytest.fixture
def papers() -> pd.DataFrame:
    index = pd.Index(list("abcd"), name="unit")
    columns = {"papers": [10, 6, 4, NAN], "firms": [5, 2, 8, 1], "people": [5, 0, NAN, 2]}
    return pd.DataFrame(columns, index=index, dtype=float)


def test_divided_by_hand(papers):
    before = papers.copy()
    stage = denominate(papers[["papers", "firms"]], {"papers": "people"}, papers)
    pd.testing.assert_frame_equal(papers, before)
    assert np.array_equal(stage.frame["papers"], [2, NAN, NAN, NAN], equal_nan=True)
    assert stage.frame["firms"].tolist() == [5, 2, 8, 1]
    assert [(e.what, e.item, e.unit, e.detail) for e in stage.log] == [
        ("divided", "papers", None, "denominator=people"),
        ("undefined", "papers", "b", "denominator=people: 0"),
        ("undefined", "papers", "c", "denominator=people: nan"),
    ]  # d has no papers, so nothing is lost by dividing
    (warning,) = stage.warnings
    assert warning == "2 values cannot be divided and are left out: 'people' is missing or 0."


def test_a_denominator_may_be_an_indicator_as_it_was_before(papers):
    stage = denominate(papers, {"firms": "people", "papers": "firms"})
    assert stage.frame["papers"].tolist()[:3] == [2, 3, 0.5]
    assert stage.frame["people"].equals(papers["people"])


def test_bad_denominators(papers):
    with pytest.raises(
        DataError, match="'papers' is to be divided by 'area', which is not a column"
    ) as caught:
        denominate(papers, {"papers": "area"})
    assert "papers, firms, people" in caught.value.hint
    with pytest.raises(DataError, match="no indicator 'patents'"):
        denominate(papers, {"patents": "people"})
    with pytest.raises(DataError, match="'people' of 'b' is 'few', not a finite number"):
        denominate(papers, {"papers": "people"}, papers.astype(object).replace({0.0: "few"}))
    with pytest.raises(ValueError, match="different rows"):
        denominate(papers, {}, papers.iloc[:2])


def test_panel_entries_tell_the_year():
    index = pd.MultiIndex.from_tuples([("a", 2020), ("a", 2021)], names=["unit", "year"])
    frame = pd.DataFrame({"x": [1, 2.0], "n": [0, 4.0]}, index=index)
    stage = denominate(frame, {"x": "n"})
    assert (stage.log[1].unit, stage.log[1].year, stage.log[1].before) == ("a", 2020, 1)
    assert stage.frame["x"].tolist()[1] == 0.5


def test_asem_flights_per_head(shared):
    table = pd.read_csv(shared / "oracles/asem/indicators.csv").set_index("uCode")
    found = denominate(table[["Flights"]], {"Flights": "Population"}, table).frame
    assert found.loc["AUT", "Flights"] == pytest.approx(29.01725 / 8735.453)


@pytest.fixture
def sparse() -> pd.DataFrame:
    rows = {
        "full": [1, 2, 3],
        "two": [1, NAN, 3],
        "one": [NAN, NAN, 3],
        "none": [NAN] * 3,
        "zeros": [0, 0, 3],
    }
    return pd.DataFrame(rows, index=["x", "y", "z"], dtype=float).T.rename_axis("unit")


def test_two_thirds_are_enough(sparse):
    before = sparse.copy()
    stage = screen(sparse)
    pd.testing.assert_frame_equal(sparse, before)
    assert stage.frame.index.tolist() == ["full", "two", "zeros"]
    assert [(e.step, e.what, e.unit, e.before) for e in stage.log] == [
        ("screen", "removed", "one", pytest.approx(1 / 3)),
        ("screen", "removed", "none", 0),
    ]
    assert stage.warnings == ("2 units have too little data and are left out: one, none.",)
    assert len(screen(sparse, minimum=0.67).log) == 3


def test_share_of_values_that_are_not_zero(sparse):
    assert availability(sparse)["nonzero"].tolist() == pytest.approx([1, 1, 1, NAN, 1 / 3], nan_ok=True)
    assert screen(sparse, None, 0.5).frame.index.tolist() == ["full", "two", "one", "none"]
    assert screen(sparse, nonzero=0.3).frame.index.tolist() == ["full", "two", "zeros"]


def test_units_kept_and_dropped_by_name(sparse):
    stage = screen(sparse, keep=["none"], drop=["full"])
    assert stage.frame.index.tolist() == ["two", "none", "zeros"]
    with pytest.raises(DataError, match="no unit 'elsewhere'"):
        screen(sparse, drop=["elsewhere"])
    with pytest.raises(ValueError, match="'one' is both"):
        screen(sparse, keep=["one"], drop=["one"])


def test_nothing_left_is_refused(sparse):
    with pytest.raises(DataError, match="none of the 2 units would remain"):
        screen(sparse.loc[["one", "none"]])
    for wrong in ({"minimum": 1.5}, {"nonzero": -1}, {"by": "year"}):
        with pytest.raises(ValueError, match=r"between 0 and 1|not known"):
            screen(sparse, **wrong)


def test_years_of_a_unit_go_one_by_one_or_together():
    index = pd.MultiIndex.from_product([["a", "b"], [2020, 2021]], names=["unit", "year"])
    frame = pd.DataFrame({"x": [1, 1, 1, NAN], "y": [1, NAN, NAN, NAN]}, index=index)
    stage = screen(frame, 0.5)
    assert stage.frame.index.tolist() == [("a", 2020), ("a", 2021), ("b", 2020)]
    assert stage.warnings[0].endswith("left out: b 2021.")
    assert screen(frame, 0.5, by="unit").frame.index.tolist() == [("a", 2020), ("a", 2021)]


@given(arrays(float, (6, 4), elements=st.sampled_from([NAN, 0.0, 1.0])), st.sampled_from([0.0, 0.25, 0.5]))
def test_every_unit_stays_or_is_logged(x, minimum):
    frame = pd.DataFrame(x, index=list("abcdef"))
    if (availability(frame)["available"] < minimum).all():
        return
    stage = screen(frame, minimum)
    assert sorted([*stage.frame.index, *(e.unit for e in stage.log)]) == list("abcdef")
    pd.testing.assert_frame_equal(stage.frame, frame.loc[stage.frame.index])


# --- numbers that cannot be computed with -------------------------------------------------


def test_immense_numbers_are_refused_rather_than_scaled_wrongly():
    # 1.7e308 - (-1e308) is infinite: min-max would give 0, 0 and NaN for -1e308, 1e308 and 1.7e308.
    frame = pd.DataFrame({"x": [-1e308, 1e308, 1.7e308]}, index=list("abc"))
    with pytest.raises(DataError, match="'x' of 'a' is -1e\\+308, too large to compute with"):
        normalise(frame, "min-max")
    assert normalise(frame / 1e160, "min-max").frame["x"].iloc[2] == 1
