"""The backbone of flows: printed and hand values, second implementations, chance."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from clusters.measures import backbone as measures

matrices = arrays(np.int64, (5, 5), elements=st.integers(0, 40)).map(
    lambda cells: pd.DataFrame(cells, index=list("abcde"), columns=list("abcde"))
)


def test_disparity_oracle():
    assert measures.disparity([8, 1, 1]).round(10).tolist() == [0.04, 0.81, 0.81]
    assert measures.disparity([3, 1]).tolist() == [0.25, 0.75]


def test_places_without_a_flow_do_not_count_and_a_single_flow_is_kept():
    found = measures.disparity([0, 3, 1, 0])
    assert found[1:3].tolist() == [0.25, 0.75]
    assert np.isnan(found[[0, 3]]).all()
    assert measures.disparity([7]).tolist() == [0.0]
    assert measures.disparity([]).tolist() == []


def test_each_end_has_its_own_chance():
    # a gives 8, 1, 1; b takes 8 and 8: kept for what a gives, not for what b takes.
    matrix = pd.DataFrame(0, index=list("abcd"), columns=list("abcd"))
    matrix.loc["a"] = [50, 8, 1, 1]
    matrix.loc["c", ["a", "b"]] = [9, 8]
    found = measures.backbone(matrix).set_index(["origin", "destination"])
    row = found.loc[("a", "b")]
    assert row["alpha_origin"] == pytest.approx(0.04)
    assert row["alpha_destination"] == 0.5
    assert row["disparity_kept"]
    assert ("a", "a") not in found.index
    # The only thing that d takes comes from a: kept there.
    assert found.loc[("a", "d"), "alpha_destination"] == 0
    assert (
        measures.backbone(matrix, 0.03).set_index(["origin", "destination"]).loc[("a", "b"), "alpha_origin"]
        > 0.03
    )
    with_own = measures.backbone(matrix, intra=True).set_index(["origin", "destination"])
    assert with_own.loc[("a", "a"), "alpha_origin"] == pytest.approx((1 - 50 / 60) ** 3)


def by_loops(cells, prior):
    """The noise-corrected score one flow after the other, beta distribution by its moments."""
    n = cells.sum()
    for p, q in zip(*np.nonzero(cells), strict=True):
        given_, taken = cells[p].sum(), cells[:, q].sum()
        mean = given_ * taken / n**2
        # A hypergeometric number of relations among n, divided by n.
        variance = given_ * taken * (n - given_) * (n - taken) / (n**2 * (n - 1)) / n**2
        if not variance:
            yield p, q, math.nan, math.nan
            continue
        a = mean * (mean * (1 - mean) / variance - 1)
        b = (1 - mean) * (mean * (1 - mean) / variance - 1)
        if prior == "program":
            b = mean * (1 - mean**2) / variance - (1 - mean)
        expected = (a + cells[p, q]) / (a + b + n)

        def score(w, given_=given_, taken=taken, own=cells[p, q]):
            more = w - own
            kappa = (n + more) / ((given_ + more) * (taken + more))
            return (kappa * w - 1) / (kappa * w + 1)

        step = 1e-4
        slope = (score(cells[p, q] + step) - score(cells[p, q] - step)) / (2 * step)
        yield p, q, score(cells[p, q]), abs(slope) * math.sqrt(n * expected * (1 - expected))


@pytest.mark.parametrize("prior", ["moments", "program"])
def test_noise_agrees_with_loops_except_for_the_sum(prior):
    cells = np.random.default_rng(8).integers(1, 60, (12, 12)).astype(float)
    found = measures.noise_corrected(pd.DataFrame(cells), prior=prior)
    for p, q, score, sd in by_loops(cells, prior):
        assert found.score[p, q] == pytest.approx(score)
        # The paper holds the sum of all flows constant, the loops let it grow with the flow.
        assert found.sd[p, q] == pytest.approx(sd, rel=0.02)


@given(matrices)
def test_scores_have_the_sign_of_the_lift(matrix):
    cells = matrix.to_numpy().astype(float)
    found = measures.noise_corrected(matrix)
    size = np.outer(cells.sum(axis=1), cells.sum(axis=0))
    known = size > 0
    assert np.isnan(found.score[~known]).all()
    assert (np.abs(found.score[known]) <= 1).all()
    above = cells * cells.sum() - size
    assert (np.sign(np.round(found.score[known], 9)) == np.sign(np.round(above[known], 9))).all()


@given(matrices, st.sampled_from([0.01, 0.05, 0.2]))
def test_every_flow_between_places_has_a_row_and_what_is_kept_stands_out(matrix, alpha):
    found = measures.backbone(matrix, alpha)
    cells = matrix.to_numpy() * (1 - np.eye(5, dtype=int))
    assert found["relations"].sum() == cells.sum()
    assert len(found) == np.count_nonzero(cells)
    assert found["relations"].is_monotonic_decreasing
    least = found[["alpha_origin", "alpha_destination"]].min(axis=1)
    assert (found["disparity_kept"] == (least < alpha)).all()
    assert (found.loc[found["noise_kept"], "noise_score"] > 0).all()
    stricter = measures.backbone(matrix, alpha / 2)
    assert not (stricter["disparity_kept"] & ~found["disparity_kept"]).any()
    assert not (stricter["noise_kept"] & ~found["noise_kept"]).any()


def test_noise_keeps_a_planted_flow_and_more_relations_make_it_surer():
    rng = np.random.default_rng(1)
    shares = np.outer(rng.dirichlet(np.ones(10)), rng.dirichlet(np.ones(10)))
    cells = np.round(shares * 4000)
    np.fill_diagonal(cells, 0)
    cells[3, 7] += 150
    found = measures.backbone(pd.DataFrame(cells)).set_index(["origin", "destination"])
    assert found.loc[(3, 7), "noise_kept"]
    few, many = (measures.noise_corrected(pd.DataFrame(cells * k)) for k in (1, 100))
    assert few.score[3, 7] == pytest.approx(many.score[3, 7])
    assert many.sd[3, 7] < 0.2 * few.sd[3, 7]


def test_wrong_calls():
    with pytest.raises(ValueError, match="alpha"):
        measures.backbone(pd.DataFrame([[0, 1], [1, 0]]), 5)
    with pytest.raises(ValueError, match="not negative"):
        measures.disparity([-1, 2])
    with pytest.raises(ValueError, match="square"):
        measures.backbone(pd.DataFrame([[1, 2]]))


def test_an_empty_matrix_has_no_backbone():
    assert measures.backbone(pd.DataFrame()).empty
    assert measures.backbone(pd.DataFrame([[5]])).empty


@pytest.mark.slow
def test_both_filters_keep_chance_flows_about_as_often_as_they_say():
    rng = np.random.default_rng(3)
    alpha, kept, seen = 0.05, 0, 0
    for _ in range(60):
        shares = np.outer(rng.dirichlet(np.full(15, 2.0)), rng.dirichlet(np.full(15, 2.0)))
        cells = rng.multinomial(40_000, shares.ravel() / shares.sum()).reshape(15, 15)
        found = measures.backbone(pd.DataFrame(cells), alpha, intra=True)
        kept, seen = kept + int(found["noise_kept"].sum()), seen + len(found)
    # Skewed counts pass a little more often than a normal distribution lets them: 7.5 %.
    assert 0.045 < kept / seen < 0.09
    # Disparity: what a place gives, broken at random between 20 places.
    below = [measures.disparity(rng.dirichlet(np.ones(20))) < alpha for _ in range(3000)]
    assert np.mean(below) == pytest.approx(alpha, abs=0.005)
