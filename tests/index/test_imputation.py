"""What is missing is filled in openly, and not for those of whom little is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clusters.errors import DataError
from clusters.index.impute import METHODS, impute, imputed_share
from clusters.sentences import in_language

NAN = float("nan")
PLACES = pd.Series({"a": "east", "b": "east", "c": "east", "d": "west", "e": "west", "f": "north"})


@pytest.fixture
def cities() -> pd.DataFrame:
    columns = {"x": [1, 4, NAN, 8, NAN, NAN], "y": [1, 2, 3, 4, 5, 6], "z": [2, 4, 6, 8, 10, 12.0]}
    return pd.DataFrame(columns, index=pd.Index(list("abcdef"), name="unit"), dtype=float)


@pytest.fixture
def years() -> pd.DataFrame:
    index = pd.MultiIndex.from_tuples(
        [("a", 2023), ("b", 2020), ("a", 2020), ("b", 2023), ("a", 2021), ("b", 2021)], names=["unit", "year"]
    )
    return pd.DataFrame({"x": [7, 3, NAN, NAN, 1, NAN], "y": [NAN, 1, 2, 4, NAN, 5.0]}, index=index)


def x_of(frame, method, **options):
    return impute(frame, method, force=True, **options).frame["x"].tolist()


def test_means_and_medians_by_hand(cities):
    mean = 13 / 3
    assert x_of(cities, "mean") == pytest.approx([1, 4, mean, 8, mean, mean])
    assert x_of(cities, "median") == [1, 4, 4, 8, 4, 4]
    assert x_of(cities, "zero") == [1, 4, 0, 8, 0, 0]
    assert np.array_equal(x_of(cities, "none"), cities["x"], equal_nan=True)


def test_a_group_without_a_value_takes_the_mean_of_all(cities):
    stage = impute(cities, "group_mean", groups=PLACES, force=True)
    assert stage.frame["x"].tolist() == pytest.approx([1, 4, 2.5, 8, 8, 13 / 3])
    (warning,) = [w for w in stage.warnings if "group" in w]
    assert warning == "1 value was filled in from all units, since their group has none ('x')."
    assert [e.detail for e in stage.log if e.what == "imputed"] == [
        "group_mean; group=None",
        "group_mean; group=None",
        "mean of all units",
    ]


def test_the_finest_grouping_that_knows_goes_first(cities):
    extra = pd.DataFrame({"province": list("ppqrss"), "region": list("111222")}, cities.index)
    assert x_of(cities, "group_mean", groups=["province", "region"], extra=extra) == [1, 4, 2.5, 8, 8, 8]
    assert x_of(cities, "group_median", groups=extra[["region"]]) == [1, 4, 2.5, 8, 8, 8]
    assert x_of(cities, "group_mean", groups="region", extra=extra) == [1, 4, 2.5, 8, 8, 8]
    lost = extra["region"].where(extra.index != "c")  # a unit of no group takes the mean of all
    assert x_of(cities, "group_mean", groups=lost) == pytest.approx([1, 4, 13 / 3, 8, 8, 8])
    with pytest.raises(DataError, match="group 'state' is not a column"):
        impute(cities, "group_mean", groups="state", extra=extra)


def test_nearest_units_by_hand():
    # d is 1 from c and 2 from b, in standard deviations of y; a is far.
    frame = pd.DataFrame({"x": [10, 20, 40, NAN], "y": [0, 7, 8, 9]}, index=list("abcd"), dtype=float)
    assert x_of(frame, "nearest", neighbours=1)[3] == 40
    assert x_of(frame, "nearest", neighbours=2)[3] == 30
    assert x_of(frame, "nearest", neighbours=9)[3] == pytest.approx(70 / 3)


def test_nearest_standardises_and_counts_equally_far_units_together():
    frame = pd.DataFrame(
        {"x": [1, 3, 9, NAN], "y": [0, 2, 50, 1], "z": [5000, 7000, 6000, 6000.0]}, index=list("abcd")
    )
    # Unstandardised z alone would decide, and c would be nearest.
    assert x_of(frame, "nearest", neighbours=1)[3] == 2
    assert x_of(frame.iloc[::-1], "nearest", neighbours=1)[0] == 2


def test_nearest_without_anything_in_common_falls_back():
    frame = pd.DataFrame({"x": [1, 3, NAN], "y": [NAN, NAN, 5]}, index=list("abc"))
    stage = impute(frame, "nearest", force=True)
    assert stage.frame["x"].tolist() == [1, 3, 2]
    assert "since their group has none" in stage.warnings[0]


def test_linear_is_within_the_unit_and_by_the_distance_of_years(years):
    filled = impute(years, "linear", force=True).frame
    assert filled["x"].tolist() == [7, 3, 1, 3, 1, 3]  # ends take the nearest year
    assert filled["y"].tolist() == [2, 1, 2, 4, 2, 5]
    index = pd.MultiIndex.from_tuples([("a", 2020), ("a", 2021), ("a", 2024)])
    gap = pd.DataFrame({"x": [0, NAN, 8]}, index=index)
    assert x_of(gap, "linear") == [0, 2, 8]  # a quarter of the way: places would give 4
    with pytest.raises(DataError, match="the table has no years"):
        impute(gap.droplevel(1).rename({"a": "b"}).iloc[:2].set_index(pd.Index(["a", "b"])), "linear")


def test_other_methods_use_the_year_of_the_gap(years):
    # In 2023 only a has x, in 2020 only b; over all years the mean would be 11/3.
    stage = impute(years, "mean", force=True)
    assert stage.frame["x"].tolist() == [7, 3, 3, 7, 1, 1]
    assert stage.frame["y"].tolist() == [4, 1, 2, 4, 5, 5]


def test_a_value_nobody_has_stays_missing(cities):
    stage = impute(cities.assign(w=NAN), "mean", force=True)
    assert stage.frame["w"].isna().all()
    assert "6 values stay missing after imputation ('w')." in stage.warnings


def test_log_and_shares(cities):
    before = cities.copy()
    stage = impute(cities, "zero", limit=0.34)
    pd.testing.assert_frame_equal(cities, before)
    cells = [(e.unit, e.item, e.after) for e in stage.log if e.what == "imputed"]
    assert cells == [("c", "x", 0), ("e", "x", 0), ("f", "x", 0)]
    shares = {e.unit: e.after for e in stage.log if e.what == "imputed_share"}
    assert shares == pytest.approx({"c": 1 / 3, "e": 1 / 3, "f": 1 / 3})
    assert imputed_share(cities, stage.frame).tolist() == pytest.approx([0, 0, 1 / 3, 0, 1 / 3, 1 / 3])
    assert impute(cities.fillna(0), "mean").log == ()


def test_much_is_refused_and_a_third_is_not(cities):
    impute(cities, "mean")  # 1 of 3
    gaps = cities.assign(y=[1, 2, NAN, 4, 5, 6])
    with pytest.raises(DataError, match=r"1 unit would have more than 33% .*\(c 67%\)") as caught:
        impute(gaps, "mean")
    assert "--force-impute" in caught.value.hint
    assert "[screen]" in caught.value.hint
    stage = impute(gaps, "mean", force=True)
    assert stage.frame.notna().all(axis=None)
    (warning,) = stage.warnings
    assert warning == "1 unit has more than 33.33 % of the indicators filled in, most c with 66.67 %."
    assert "插补" in in_language(warning, "zh")
    impute(gaps, "none")


def test_an_unknown_group_is_an_error_without_a_gap_too(cities):
    with pytest.raises(DataError, match="the group 'zone' is not a column"):
        impute(cities.dropna(), "group_mean", groups="zone", extra=cities)


def test_bad_arguments(cities):
    with pytest.raises(ValueError, match="there is no imputation 'mode'; use one of none, mean"):
        impute(cities, "mode")
    with pytest.raises(ValueError, match="group_mean needs groups"):
        impute(cities, "group_mean")
    with pytest.raises(ValueError, match="at least 1"):
        impute(cities, "nearest", neighbours=0)


matrices = arrays(
    float,
    st.tuples(st.integers(2, 8), st.integers(1, 4)),
    elements=st.one_of(st.integers(-9, 9).map(float), st.just(NAN)),
)


@given(matrices, st.sampled_from([m for m in METHODS if m != "linear"]))
def test_known_values_stay_and_means_lie_among_them(x, method):
    frame = pd.DataFrame(x, index=[f"u{i}" for i in range(len(x))])
    groups = pd.Series([i % 2 for i in range(len(x))], frame.index)
    filled = impute(frame, method, groups=groups, force=True).frame
    known = frame.notna()
    assert (filled.where(known, 0) == frame.where(known, 0)).all(axis=None)
    if method not in ("none", "zero"):
        assert (filled.notna() == (known | known.any())).all(axis=None)
        assert (filled.max() <= frame.max() + 1e-12)[known.any()].all()
        assert (filled.min() >= frame.min() - 1e-12)[known.any()].all()


def test_asem_group_means(shared):
    table = pd.read_csv(shared / "oracles/asem/indicators.csv").set_index("uCode")
    tree = pd.read_csv(shared / "oracles/asem/hierarchy.csv")
    data = table[tree.loc[tree["Type"] == "Indicator", "iCode"]]
    stage = impute(data, "group_mean", groups="EurAsia_group", extra=table)
    gaps = data.isna().sum().sum()
    assert gaps > 0
    assert sum(e.what == "imputed" for e in stage.log) == gaps
    assert stage.warnings == ()
    for item in data.columns[data.isna().any()]:
        for unit in data.index[data[item].isna()]:
            same = table["EurAsia_group"] == table.loc[unit, "EurAsia_group"]
            assert stage.frame.loc[unit, item] == pytest.approx(data.loc[same, item].mean())
