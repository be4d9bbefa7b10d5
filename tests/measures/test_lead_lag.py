"""Leads and lags: correlations of another program, and a null under which p is uniform."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters.measures.lead_lag import lead_lag

YEARS = range(2014, 2023)


@pytest.fixture
def shares() -> pd.DataFrame:
    """A moves at random, B does a year later what A did, C by itself."""
    random = np.random.default_rng(8)
    a, c = random.random((2, 10))
    return pd.DataFrame([a[1:], a[:-1], c[1:]], index=list("ABC"), columns=YEARS)


def test_who_follows_by_construction(shares):
    found = lead_lag(shares).set_index(["leader", "follower"])
    assert found.loc[("A", "B"), "correlation"] == pytest.approx(1)
    assert found.loc[("A", "B"), "p"] < 0.01
    assert found.loc[("A", "B"), "lead"] == -found.loc[("B", "A"), "lead"]
    assert len(found) == 6


@pytest.mark.parametrize("differences", [False, True])
def test_agrees_with_numpy(shares, differences):
    rows = shares.diff(axis=1).iloc[:, 1:] if differences else shares
    for _, row in lead_lag(shares, differences=differences, permutations=9).iterrows():
        before, after = rows.loc[row["leader"]].to_numpy()[:-1], rows.loc[row["follower"]].to_numpy()[1:]
        assert row["correlation"] == pytest.approx(np.corrcoef(before, after)[0, 1])


def test_two_trends_correlate_but_neither_leads():
    trends = pd.DataFrame(
        [np.linspace(0, 1, 9), np.linspace(0, 2, 9) ** 1.1], index=list("AB"), columns=YEARS
    )
    found = lead_lag(trends)
    assert (found["correlation"] > 0.99).all()
    assert (found["p"] < 0.01).all()
    assert (found["lead_p"] > 0.5).all()


def test_too_few_years_and_a_share_that_never_changes_say_nothing(shares):
    assert lead_lag(shares.iloc[:, :3])[["correlation", "p", "lead", "lead_p"]].isna().all().all()
    steady = shares.copy()
    steady.loc["C"] = 0.2
    found = lead_lag(steady, permutations=9).set_index(["leader", "follower"])
    assert np.isnan(found.loc[("A", "C"), "p"])
    assert not np.isnan(found.loc[("A", "B"), "p"])


def test_places_with_a_missing_share_are_left_out(shares):
    shares.loc["C", 2016] = np.nan
    assert len(lead_lag(shares, permutations=9)) == 2


def test_no_permutation_is_refused(shares):
    with pytest.raises(ValueError, match="permutation"):
        lead_lag(shares, permutations=0)


@pytest.mark.slow
@pytest.mark.parametrize("column", ["p", "lead_p"])
def test_p_is_uniform_where_nobody_leads(column):
    from scipy import stats

    random = np.random.default_rng(4)
    p = [
        lead_lag(pd.DataFrame(random.random((2, 9))), permutations=199, seed=i)[column].iloc[0]
        for i in range(400)
    ]
    assert stats.kstest(p, "uniform").pvalue > 0.01
