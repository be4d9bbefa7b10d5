"""Adoption: a table by hand with both kinds of censoring, printed survival, another logit."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.measures import adoption as measures

YEARS = [2020, 2021, 2022]
# 北京 had it from the start, 上海 and 广东 took it up, 甘肃 not yet.
AMOUNTS = pd.DataFrame(
    [[3, 4, 9], [0, 1, 5], [0, 0, 2], [0, 0, 0]],
    index=["北京市", "上海市", "广东省", "甘肃省"],
    columns=YEARS,
)


def test_adoption_by_hand_with_both_kinds_of_censoring():
    found = measures.adoption(AMOUNTS)
    assert found["adoption_year"].tolist()[:3] == [2020, 2021, 2022]
    assert math.isnan(found["adoption_year"].iloc[3])
    assert found["censoring"].tolist() == ["left", "none", "none", "right"]
    assert found["rank"].tolist()[:3] == [1, 2, 3]
    assert found["lag"].tolist()[:3] == [0, 1, 2]


def test_a_higher_threshold_is_reached_later_by_hand():
    found = measures.adoption(AMOUNTS, least=5)
    assert found["adoption_year"].tolist()[:2] == [2022, 2022]
    assert found["censoring"].tolist() == ["none", "none", "right", "right"]
    assert found["rank"].tolist()[:2] == [1, 1]


def test_a_missing_location_quotient_is_below_one():
    amounts = pd.DataFrame([[math.nan, 0.9, 1.0]], index=["A"], columns=YEARS)
    assert measures.adoption(amounts, least=1)["adoption_year"].tolist() == [2022]


@given(st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=6))
def test_every_place_is_in_one_of_three_states(rows):
    amounts = pd.DataFrame(rows, columns=[2019, 2020, 2021, 2022]).cumsum(axis=1)
    found = measures.adoption(amounts)
    for (_, row), (_, cells) in zip(found.iterrows(), amounts.iterrows(), strict=True):
        expected = "right" if cells.iloc[-1] == 0 else "left" if cells.iloc[0] >= 1 else "none"
        assert row["censoring"] == expected
        assert math.isnan(row["adoption_year"]) == (expected == "right")


def test_survival_of_leukaemia_patients_is_the_published_one():
    """6-MP arm of Freireich et al. 1963; estimates as in Klein, Moeschberger 2003, section 4.2."""
    times = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    observed = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    found = measures.kaplan_meier(times, observed)
    assert found["time"].tolist() == [6, 7, 10, 13, 16, 22, 23]
    expected = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert found["survival"].round(3).tolist() == expected
    errors = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert found["standard_error"].round(4).tolist() == errors


def test_without_censoring_before_the_end_survival_is_a_share():
    found = measures.kaplan_meier([2020, 2021, 2022, 2022], [True, True, True, False], ["a", "a", "b", "b"])
    assert found[["group", "time", "survival"]].values.tolist() == [
        ["a", 2020, 0.5],
        ["a", 2021, 0.0],
        ["b", 2022, 0.5],
    ]


def test_nobody_adopting_gives_no_row():
    assert len(measures.kaplan_meier([2022, 2022], [False, False])) == 0


def test_exposure_follows_what_a_place_takes_not_what_it_gives():
    flows = [[0, 7, 0], [1, 0, 0], [0, 2, 0]]
    assert measures.exposure(flows, [True, False, True]).tolist() == [0, 9, 0]


def test_who_is_at_risk_by_hand():
    square = pd.DataFrame(
        [[0, 1, 2, 3], [1, 0, 1, 2], [2, 1, 0, 1], [3, 2, 1, 0]], index=AMOUNTS.index, columns=AMOUNTS.index
    )
    flows = dict.fromkeys(YEARS, square * 10)
    found = measures.at_risk(measures.adoption(AMOUNTS), YEARS, size=AMOUNTS, distances=square, flows=flows)
    assert found[["place", "year", "event"]].values.tolist() == [
        ["上海市", 2021, True],
        ["广东省", 2021, False],
        ["甘肃省", 2021, False],
        ["广东省", 2022, True],
        ["甘肃省", 2022, False],
    ]
    assert found["size"].tolist() == [0, 0, 0, 0, 0]
    assert found["distance"].tolist() == [1, 2, 3, 1, 2]
    assert found["exposure"].tolist() == [10, 20, 30, 30, 50]


@pytest.fixture(scope="module")
def risks():
    random = np.random.default_rng(2)
    x = random.standard_normal((600, 2))
    rate = np.exp(-1 + 0.8 * x[:, 0] - 0.5 * x[:, 1])
    return (random.random(600) < 1 - np.exp(-rate)), pd.DataFrame(x, columns=["near", "far"])


@pytest.mark.parametrize("link", ["cloglog", "logit"])
def test_hazard_is_at_the_maximum_of_the_likelihood(risks, link):
    from scipy.optimize import minimize

    event, design = risks
    x = np.column_stack([np.ones(len(design)), design])

    def loss(at):
        eta = np.clip(x @ at, -20, 3 if link == "cloglog" else 30)
        chance = 1 - np.exp(-np.exp(eta)) if link == "cloglog" else 1 / (1 + np.exp(-eta))
        return -(np.log(chance[event]).sum() + np.log1p(-chance[~event]).sum())

    best = minimize(loss, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-10})
    found = measures.hazard(event, design, link=link)
    assert found.converged
    assert found.coefficients.to_numpy() == pytest.approx(best.x, abs=1e-4)
    assert found.log_likelihood == pytest.approx(-best.fun, abs=1e-6)
    if link == "logit":
        chance = 1 / (1 + np.exp(-x @ best.x))
        information = (x * (chance * (1 - chance))[:, None]).T @ x
        errors = np.sqrt(np.diagonal(np.linalg.inv(information)))
        assert found.standard_errors.to_numpy() == pytest.approx(errors, rel=1e-3)


def test_hazard_finds_what_made_the_data(risks):
    found = measures.hazard(*risks)
    off = (found.coefficients - [-1, 0.8, -0.5]) / found.standard_errors
    assert off.abs().max() < 3


def test_two_by_two_logit_by_hand():
    """Odds 1/3 without and 2 with the driver: ln 6, variance the sum of 1 over the four cells."""
    design = pd.DataFrame({"x": [0] * 8 + [1] * 9})
    found = measures.hazard([1, 1, 0, 0, 0, 0, 0, 0] + [1] * 6 + [0] * 3, design, link="logit")
    assert found.coefficients.tolist() == pytest.approx([math.log(1 / 3), math.log(6)])
    assert found.standard_errors["x"] == pytest.approx(math.sqrt(1 / 2 + 1 / 6 + 1 / 6 + 1 / 3))


def test_rows_given_twice_double_the_information_but_not_the_clustered_one(risks):
    event, design = risks
    place = np.arange(len(event))
    once = measures.hazard(event, design, clusters=place)
    twice = measures.hazard(np.r_[event, event], pd.concat([design, design]), clusters=np.r_[place, place])
    assert (once.standard_errors / twice.standard_errors).to_numpy() == pytest.approx(math.sqrt(2))
    assert twice.clustered_errors.to_numpy() == pytest.approx(once.clustered_errors.to_numpy())


@pytest.mark.parametrize(
    ("event", "values"),
    [
        ([0, 0, 0, 0], [1, 2, 3, 4]),
        ([1, 1, 1, 1], [1, 2, 3, 4]),
        ([0, 0, 1, 1], [1, 2, 3, 4]),
        ([0, 1, 0, 1], [2, 2, 2, 2]),
    ],
    ids=["no event", "only events", "told apart without fail", "no driver"],
)
def test_what_has_no_finite_estimate_gets_none(event, values):
    found = measures.hazard(event, pd.DataFrame({"x": values}))
    assert not found.converged
    assert found.coefficients.isna().all()


def test_rows_with_a_missing_driver_are_left_out():
    design = pd.DataFrame({"x": [0, 0, 0, 1, 1, 1, math.nan]})
    found = measures.hazard([0, 1, 0, 1, 0, 1, 1], design, clusters=list("aabbcca"))
    assert (found.periods, found.events) == (6, 3)
    assert found.clustered_errors.notna().all()


def test_wrong_calls_are_refused():
    with pytest.raises(ValueError, match="ascend"):
        measures.adoption(AMOUNTS[[2021, 2020]])
    with pytest.raises(ValueError, match="flows"):
        measures.exposure([[1, 2]], [True, False])
    with pytest.raises(ValueError, match="link"):
        measures.hazard([1, 0], pd.DataFrame({"x": [0, 1]}), link="probit")
    with pytest.raises(ValueError, match="rows"):
        measures.hazard([1, 0, 1], pd.DataFrame({"x": [0, 1]}))
    with pytest.raises(ValueError, match="known"):
        measures.kaplan_meier([math.nan], [True])


@pytest.mark.slow
@pytest.mark.parametrize("link", ["cloglog", "logit"])
def test_hazard_errors_cover_as_often_as_they_say(link):
    random, held = np.random.default_rng(7), 0
    for _ in range(300):
        x = random.standard_normal(250)
        eta = -1 + 0.6 * x
        chance = 1 - np.exp(-np.exp(eta)) if link == "cloglog" else 1 / (1 + np.exp(-eta))
        found = measures.hazard(random.random(250) < chance, pd.DataFrame({"x": x}), link=link)
        held += abs(found.coefficients["x"] - 0.6) < 1.96 * found.standard_errors["x"]
    assert 0.90 <= held / 300 <= 0.98
