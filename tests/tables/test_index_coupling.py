"""Coupling coordination degree of the dimensions of an index."""

from __future__ import annotations

import pandas as pd
import pytest

from clusters import tables
from clusters.errors import DataError
from clusters.index import score

PAIR = {
    "normalise": "none",
    "indicator": [
        {"id": "industry", "parent": "total", "weight": 3},
        {"id": "ecology", "parent": "total", "weight": 1},
    ],
}


@pytest.fixture
def frame():
    columns = {"industry": [80.0, 40.0, None], "ecology": [50.0, 90.0, 20.0]}
    return pd.DataFrame(columns, index=pd.Index(["x", "y", "z"], name="unit"))


def test_weights_are_those_of_the_index_by_hand(frame):
    # x: C = 2 sqrt(0.4) / 1.3 = 0.973009, T = (3 * 0.8 + 0.5) / 4 = 0.725 (0.65 without weights).
    table = tables.index_coupling(score(PAIR, frame), scale=100).set_index("unit")
    assert list(table.index) == ["x", "y", "z"]
    assert table.loc["x", "coupling"] == pytest.approx(0.973009, abs=1e-6)
    assert table.loc["x", "development"] == pytest.approx(0.725)
    assert table.loc["x", "coordination"] == pytest.approx((0.973009 * 0.725) ** 0.5, abs=1e-6)
    assert table.loc["x", "coordination_class"] == "good_coordination"
    assert table.loc["z"].isna().all()


def test_scores_beyond_the_scale_are_explained(frame):
    with pytest.raises(DataError, match="score up to 90; coupling needs values above 0 and at most 1") as e:
        tables.index_coupling(score(PAIR, frame))
    assert "--scale 100" in e.value.hint
    with pytest.raises(ValueError, match="the scale 0 is not above 0"):
        tables.index_coupling(score(PAIR, frame), scale=0)


def test_one_dimension_is_not_coupled(frame):
    alone = {"indicator": [{"id": "ecology", "parent": "total"}]}
    with pytest.raises(DataError, match=r"there is only one \(ecology\)"):
        tables.index_coupling(score(alone, frame))
