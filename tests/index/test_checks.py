"""What an indicator looks like before it is used, and which do not fit together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clusters.errors import DataError
from clusters.index.checks import check, consistency, correlations, cronbach_alpha, diagnose
from clusters.index.framework import Aggregate, Framework, Indicator
from clusters.sentences import in_language

NAN = float("nan")


@pytest.fixture
def framework() -> Framework:
    leaves = [("papers", "research", 1), ("patents", "research", 1), ("dust", "air", -1), ("trees", "air", 1)]
    return Framework(
        "little",
        tuple(Indicator(name, parent, direction=d) for name, parent, d in leaves),
        (Aggregate("index", None), Aggregate("research", "index"), Aggregate("air", "index")),
    )


@pytest.fixture
def cities() -> pd.DataFrame:
    columns = {
        "people": [1, 2, 3, 4, 5],
        "dust": [1, 2, 3, 4, 4],
        "papers": [1, 2, 3, 4, 6],
        "patents": [2, 4, 6, 8, 12.5],
        "trees": [1, 2, 3, 3, 5],
    }
    return pd.DataFrame(columns, index=pd.Index(list("abcde"), name="unit"), dtype=float)


def test_description_by_hand():
    frame = pd.DataFrame({"x": [0, 0, 3, NAN], "y": [7, 7, 7, 7], "z": [NAN] * 4}, index=list("abcd"))
    found = diagnose(frame)
    assert found["n"].tolist() == [3, 4, 0]
    assert found["missing_share"].tolist() == [0.25, 0, 1]
    assert found["zero_share"].tolist() == pytest.approx([2 / 3, 0, NAN], nan_ok=True)
    assert found.loc["x", ["mean", "sd", "min", "max"]].tolist() == pytest.approx([1, 3**0.5, 0, 3])
    assert found["constant"].tolist() == [False, True, False]
    assert found["skewness"].tolist() == pytest.approx([3**0.5, NAN, NAN], nan_ok=True)
    assert not found["outliers"].any()
    assert found.index.name == "indicator"


def test_only_the_indicators_of_the_framework_in_its_order(cities, framework):
    assert diagnose(cities, framework).index.tolist() == ["papers", "patents", "dust", "trees"]


def test_pairs_are_of_one_group_and_directions_count(cities, framework):
    pairs = correlations(cities, framework)
    assert pairs[["group", "first", "second", "finding"]].to_numpy().tolist() == [
        ["research", "papers", "patents", "redundant"],
        ["air", "dust", "trees", "negative"],
    ]
    r = np.corrcoef(cities["dust"], cities["trees"])[0, 1]
    assert pairs["correlation"].tolist()[1] == pytest.approx(-r)
    plain = correlations(cities, framework, directions={})
    assert plain["correlation"].tolist()[1] == pytest.approx(r)
    assert len(correlations(cities)) == 10


def test_two_values_are_no_correlation_and_a_constant_has_none():
    frame = pd.DataFrame({"x": [1, 2, NAN], "y": [3, 1, 2], "z": [0.1 + 0.2, 0.3, 0.3]}, index=list("abc"))
    pairs = correlations(frame)
    assert pairs["n"].tolist() == [2, 2, 3]
    assert pairs["correlation"].isna().all()
    assert (pairs["finding"] == "").all()


def test_alpha_by_hand_and_by_its_definition(cities):
    # Two columns with variances 1 and 1 and covariance 1/2: 2 (1 - 2/3).
    frame = pd.DataFrame({"x": [-1, 0, 1], "y": [-1, 1, 0.0]})
    assert cronbach_alpha(frame) == pytest.approx(2 / 3)
    k, total = cities.shape[1], cities.sum(axis=1).var(ddof=1)
    by_totals = k / (k - 1) * (1 - cities.var(ddof=1).sum() / total)
    assert cronbach_alpha(cities) == pytest.approx(by_totals)
    assert np.isnan(cronbach_alpha(cities[["dust"]]))


@given(arrays(float, (7, 3), elements=st.integers(-50, 50).map(float)))
def test_consistency_is_alpha_of_standardised_values(x):
    frame = pd.DataFrame(x, columns=list("xyz"))
    if (frame.std() == 0).any():
        return
    (found,) = consistency(frame)["alpha"]
    z = (frame - frame.mean()) / frame.std()
    if 1 + 2 * np.corrcoef(x.T)[np.triu_indices(3, 1)].mean() > 1e-6:
        assert found == pytest.approx(cronbach_alpha(z), rel=1e-6, abs=1e-6)


def test_groups_of_one_say_nothing_of_consistency(cities, framework):
    found = consistency(cities, framework)
    assert found["group"].tolist() == ["research", "air"]
    assert found["negative_pairs"].tolist() == [0, 1]
    assert found["mean_correlation"].tolist()[1] < 0
    assert consistency(cities.assign(trees=1.0), framework)["group"].tolist() == ["research"]


def test_findings(cities, framework):
    bad = cities.assign(trees=[3.0] * 5, dust=[1, NAN, NAN, 4, 4])
    bad.loc["e", "papers"] = -1
    stage = check(bad, framework)
    assert stage.frame is bad
    assert [(e.what, e.item, e.detail) for e in stage.log] == [
        ("constant", "trees", ""),
        ("missing", "dust", ""),
        ("negative", "papers", "patents"),
    ]
    assert [w.split(":")[0] for w in stage.warnings] == [
        "1 indicator has the same value everywhere and tells nothing apart",
        "1 indicator lacks more than 33.33 % of the values",
        "1 pair of indicators of a group works against each other",
    ]
    assert [in_language(w, "zh")[:4] for w in stage.warnings] == ["1 项指标"[:4]] * 2 + ["1 对同组"[:4]]


def test_outliers_and_doubles_are_named():
    frame = pd.DataFrame({"x": [*range(1, 11), 100.0], "y": range(11)}, index=list("abcdefghijk"))
    (entry,) = check(frame).log
    assert (entry.what, entry.item, round(entry.after, 3)) == ("outliers", "x", 3.256)
    (entry,) = check(frame.assign(x=frame["y"] * 2)).log
    assert (entry.what, entry.detail, entry.after) == ("redundant", "y", pytest.approx(1))
    with pytest.raises(DataError, match="not a finite number"):
        check(frame.assign(y="many"))
