"""The whole way from indicators to ranks: by hand, against published indices, and what may not matter."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.errors import DataError
from clusters.index.framework import Normalisation, Steps, TierRule
from clusters.index.frameworks import read_framework
from clusters.index.scoring import STAGES, score

NODES = {
    "aggregate": [{"id": "research", "parent": "total", "weight": 3}, {"id": "life", "parent": "total"}],
    "indicator": [
        {"id": "papers", "parent": "research", "weight": 1},
        {"id": "patents", "parent": "research", "weight": 3},
        {"id": "dust", "parent": "life", "direction": -1},
    ],
}


@pytest.fixture
def framework():
    return read_framework(NODES)


@pytest.fixture
def table():
    columns = {"papers": [0.0, 5, 10], "patents": [8.0, np.nan, 4], "dust": [30.0, 20, 10]}
    return pd.DataFrame(columns, index=pd.Index(["x", "y", "z"], name="unit"))


def test_two_levels_with_a_missing_value_and_a_cost_by_hand(framework, table):
    # papers 0 .5 1, patents 1 - 0, dust turned: 0 .5 1.
    # research: x (0 + 3)/4, y papers alone (half of the parts is enough), z 1/4; total 3:1 with dust.
    result = score(framework, table)
    assert result.scores["research"].tolist() == [0.75, 0.5, 0.25]
    assert result.scores["life"].tolist() == [0.0, 0.5, 1.0]
    assert result.scores["total"].tolist() == [0.5625, 0.5, 0.4375]
    assert result.ranks.tolist() == [1, 2, 3]
    assert result.weights.set_index("id")["effective_weight"].to_dict() == {
        "research": 0.75,
        "life": 0.25,
        "papers": 0.1875,
        "patents": 0.5625,
        "dust": 0.25,
    }


def test_every_stage_and_what_was_done_is_kept(framework, table):
    result = score(framework, table)
    assert tuple(result.stages) == STAGES
    assert result.stages["raw"]["dust"].tolist() == [30, 20, 10]
    assert result.stages["normalised"]["dust"].tolist() == [0, 0.5, 1]
    assert list(result.stages["aggregated"].columns) == ["total", "research", "life"]
    log = result.log
    rescaled = log[log["what"] == "rescaled"]
    assert rescaled[["item", "unit", "after"]].values.tolist() == [["research", "y", 0.5]]
    assert set(log["step"]) >= {"normalise", "weights", "aggregate"}


def test_choices_are_overridden(framework, table):
    steps = Steps(impute="mean", normalise=Normalisation("min-max", {"range": (1, 100)}), mean="geometric")
    result = score(framework, table, steps=steps)
    assert result.stages["imputed"].loc["y", "patents"] == 6
    expected = (1 * 100**3) ** 0.25
    assert result.scores.loc["x", "research"] == pytest.approx(expected)
    assert result.scores.loc["x", "total"] == pytest.approx((expected**3 * 1) ** 0.25)
    assert result.framework.steps.mean == "geometric"


def test_the_table_is_left_as_it_was(framework, table):
    before = table.copy(deep=True)
    score(framework, table, steps=Steps(impute="mean", outliers={}))
    pd.testing.assert_frame_equal(table, before)


def test_denominators_and_formulas(table):
    nodes = [
        {"id": "papers", "parent": "total", "denominator": "people"},
        {"id": "share", "parent": "total", "formula": "new / firms"},
    ]
    columns = table[["papers"]].assign(people=[1.0, 1, 4], new=[1.0, 2, 3], firms=[10.0, 10, 10])
    result = score(read_framework({"indicator": nodes}), columns)
    assert result.stages["raw"]["share"].tolist() == [0.1, 0.2, 0.3]
    assert result.stages["denominated"]["papers"].tolist() == [0, 5, 2.5]
    assert result.scores["total"].tolist() == pytest.approx([0, 0.75, 0.75])
    log = result.log.set_index("what")
    assert log.loc["computed", "item"] == "share"
    assert log.loc["divided", "item"] == "papers"


def test_scores_given_at_a_higher_level_are_taken_as_they_are(framework, table):
    given = table[["dust"]].assign(research=[70.0, 90, 80])
    steps = Steps(outliers={}, normalise=Normalisation("min-max", {"range": (60, 100)}))
    result = score(framework, given, steps=steps)
    assert result.given == ("research",)
    assert result.scores["total"].tolist() == pytest.approx([67.5, 87.5, 85])
    assert result.weights["id"].tolist() == ["life", "research", "dust"]
    assert result.log.set_index("what").loc["given", "item"] == "research"


def test_half_a_level_is_no_level(framework, table):
    # The total is printed, research is given, life is not: nothing may be made up or silently left out.
    given = pd.DataFrame({"total": [1.0, 2, 3], "research": [1.0, 2, 3]}, index=table.index)
    with pytest.raises(DataError, match="dust"):
        score(framework, given)
    with pytest.raises(DataError, match="patents"):
        score(framework, table[["dust", "papers"]].assign(research=1.0))


def test_ranks_and_tiers_of_a_panel_are_those_of_each_year(framework):
    index = pd.MultiIndex.from_product([["x", "y", "z"], [2020, 2021]], names=["unit", "year"])
    rows = {"papers": [0, 4, 2, 6, 4, 8], "patents": [0, 4, 2, 6, 4, 8], "dust": [8, 4, 6, 2, 4, 0]}
    panel = pd.DataFrame(rows, index=index, dtype=float)
    tiered = dataclasses.replace(framework, tiers=TierRule("sizes", {"sizes": [1, "rest"]}))
    result = score(tiered, panel)
    # All years together: 0 to 8 is 0 to 1, so x in 2021 equals z in 2020.
    assert result.score.tolist() == [0, 0.5, 0.25, 0.75, 0.5, 1]
    assert result.ranks.tolist() == [3, 3, 2, 2, 1, 1]
    assert result.tiers.tolist() == [2, 2, 2, 2, 1, 1]
    by_year = score(tiered, panel, steps=Steps(by_year=True))
    assert by_year.score.tolist() == [0, 0, 0.5, 0.5, 1, 1]
    assert result.score_of().tolist() == [0.5, 0.75, 1]
    with pytest.raises(DataError, match="no year 2019"):
        result.score_of(2019)


def test_weights_from_data_are_those_of_one_year(framework):
    index = pd.MultiIndex.from_product([list("abcd"), [2020, 2021]], names=["unit", "year"])
    random = np.random.default_rng(5)
    panel = pd.DataFrame(random.random((8, 3)), index=index, columns=["papers", "patents", "dust"])
    entropy = Steps(weights="entropy")
    last = score(framework, panel, steps=entropy)
    assert last.reference_year == 2021
    first = score(framework, panel, steps=entropy, reference_year=2020)
    assert last.weights["weight"].tolist() != first.weights["weight"].tolist()
    with pytest.raises(DataError, match="2019"):
        score(framework, panel, steps=entropy, reference_year=2019)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"papers": 5.0}, "'papers'.* is constant: 5 for all 3 units"),
        ({"papers": np.nan}, "'papers'.* has no value"),
        ({"papers": ["1", "many", "2"]}, "'papers' of 'y' is 'many', not a finite number"),
        ({"papers": [1.0, np.inf, 2.0]}, "'papers' of 'y' is inf"),
    ],
)
def test_what_cannot_be_scored(framework, table, change, said):
    with pytest.raises(DataError, match=said):
        score(framework, table.assign(**change))


def test_a_constant_indicator_can_be_left_out(framework, table):
    result = score(framework, table.assign(papers=5.0), allow_constant=True)
    assert result.scores["research"].tolist() == pytest.approx([1, np.nan, 0], nan_ok=True)


def test_negative_values_have_no_geometric_mean(framework, table):
    with pytest.raises(DataError, match="x, 'dust': value 0; the geometric mean needs") as caught:
        score(framework, table, steps=Steps(mean="geometric"))
    assert "[1, 100]" in caught.value.hint


def test_units_have_names_and_stand_once(framework, table):
    with pytest.raises(DataError, match="row 2 names no unit"):
        score(framework, table.set_axis(["x", " ", "z"]))
    with pytest.raises(DataError, match="x occurs more than once"):
        score(framework, table.set_axis(["x", "y", "x"]))
    with pytest.raises(DataError, match="no unit to score"):
        score(framework, table.iloc[:0])


def test_unknown_units_are_told_the_nearest(framework, table):
    result = score(framework, table.set_axis(["Beijing", "Shanghai", "Tianjin"]))
    assert result.known_units(["Tianjin", "Beijing"]) == ["Tianjin", "Beijing"]
    with pytest.raises(DataError, match="'Bejing' is not among the units") as caught:
        result.known_units(["Bejing"])
    assert "'Beijing'" in caught.value.hint


def test_a_flat_tree_of_one_indicator():
    result = score(
        read_framework({"indicator": [{"id": "a", "parent": "total"}]}),
        pd.DataFrame({"a": [1.0, 3, 2]}, list("xyz")),
    )
    assert result.score.tolist() == [0, 1, 0.5]


def test_units_without_enough_data_have_no_rank(framework, table):
    table.loc["y", ["papers", "patents", "dust"]] = np.nan
    tiered = dataclasses.replace(framework, tiers=TierRule("sizes", {"sizes": [1, "rest"]}))
    result = score(tiered, table)
    assert result.ranks.isna().tolist() == [False, True, False]
    assert result.tiers.isna().tolist() == [False, True, False]
    screened = score(framework, table, steps=Steps(screen={}))
    assert screened.scores.index.tolist() == ["x", "z"]
    with pytest.raises(DataError, match="'y' was screened out"):
        screened.known_units(["y"])


values = st.lists(
    st.lists(st.integers(0, 40).map(float), min_size=3, max_size=3), min_size=4, max_size=8, unique_by=tuple
).filter(lambda rows: all(len({row[i] for row in rows}) > 1 for i in range(3)))


def of(rows):
    return pd.DataFrame(rows, [f"u{i}" for i in range(len(rows))], ["papers", "patents", "dust"])


@settings(max_examples=30, deadline=None)
@given(values, st.floats(0.01, 1000), st.permutations(range(4)))
def test_units_of_measurement_and_order_of_rows_do_not_matter(rows, factor, order):
    framework = read_framework(NODES)
    nominal = score(framework, of(rows))
    scaled = score(framework, of(rows) * [factor, 1, 1])
    assert np.allclose(nominal.score, scaled.score)
    turned = [*order, *range(4, len(rows))]
    moved = score(framework, of(rows).iloc[turned])
    assert np.allclose(nominal.score, moved.score.reindex(nominal.score.index))


@settings(max_examples=30, deadline=None)
@given(values)
def test_a_unit_that_is_better_everywhere_ranks_first(rows):
    table = of(rows)
    best = [max(r[0] for r in rows) + 1, max(r[1] for r in rows) + 1, min(r[2] for r in rows) - 1]
    table.loc["best"] = best
    for mean in ("arithmetic", "geometric", "harmonic"):
        scale = Normalisation("min-max", {"range": (1, 100)})
        result = score(read_framework(NODES), table, steps=Steps(mean=mean, normalise=scale))
        assert result.ranks["best"] == 1
        assert (result.ranks == 1).sum() == 1
