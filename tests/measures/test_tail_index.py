"""Tail index: hand counts, samples whose index is known, and what the estimates allow together."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from clusters.measures import _threads
from clusters.measures import tail_index as measure
from clusters.measures.tail_index import ESTIMATORS, TailIndex, hill, kernel, moments, opinion, tail_index

N = 5000


def pareto(random: np.random.Generator) -> np.ndarray:
    return random.pareto(2.0, N) + 1


def frechet(random: np.random.Generator) -> np.ndarray:
    return (-np.log(random.random(N))) ** -0.5


def burr(random: np.random.Generator) -> np.ndarray:
    """P(X > x) = 1 / (1 + x^2)."""
    return np.sqrt(1 / random.random(N) - 1)


def student(random: np.random.Generator) -> np.ndarray:
    return np.abs(random.standard_t(2.0, N))


def zipf(random: np.random.Generator) -> np.ndarray:
    return random.zipf(3.0, N)


def exponential(random: np.random.Generator) -> np.ndarray:
    return random.exponential(size=N)


def geometric(random: np.random.Generator) -> np.ndarray:
    return random.geometric(0.1, N)


@cache
def estimates(law) -> dict[str, list[TailIndex]]:
    """Estimates of six samples by estimator."""
    discrete = law in (zipf, geometric)
    found = [
        tail_index(law(np.random.default_rng(seed)), discrete=discrete, resamples=50, seed=seed)
        for seed in range(6)
    ]
    return {name: [results[i] for results in found] for i, name in enumerate(ESTIMATORS)}


class TestByHand:
    def test_hill_takes_the_next_value_as_threshold(self):
        # Above 2: ln(16/2) and ln(4/2). Taking the smallest of the two itself would give ln 4 / 2.
        assert hill([1, 2, 4, 16], k=2) == pytest.approx(2 * math.log(2))
        assert hill([16, 1, 4, 2], k=2) == hill([1, 2, 4, 16], k=2)

    def test_moments(self):
        # M1 = 2 ln 2, M2 = (9 + 1)/2 (ln 2)^2, so 1 - M1^2/M2 = 1/5.
        assert moments([1, 2, 4, 16], k=2) == pytest.approx(2 * math.log(2) + 1 - 2.5)

    def test_kernel(self):
        # Spacings 2 ln 2 at u = 1/2 and ln 2 at u = 1, where kernel and slope are 0.
        v, a = 0.5, 0.6
        weight = 15 / 8 * (1 - v**2) ** 2
        slope = 15 / 8 * (1 + a - 2 * (3 + a) * v**2 + (5 + a) * v**4)
        expected = v * weight * 2 * math.log(2) - 1 + slope / weight
        assert kernel([1, 2, 4, 16], k=2) == pytest.approx(expected)

    def test_scale_changes_nothing(self):
        values = pareto(np.random.default_rng(1))
        for estimate in (hill, moments, kernel):
            assert estimate(values * 7, k=200) == pytest.approx(estimate(values, k=200))

    def test_zeros_and_missing_values_do_not_count(self):
        assert hill([0, np.nan, np.inf, -3, 1, 2, 4, 16], k=2) == hill([1, 2, 4, 16], k=2)

    @pytest.mark.parametrize("estimate", [hill, moments, kernel])
    def test_undefined(self, estimate):
        assert math.isnan(estimate([3, 2, 1], k=3))
        assert math.isnan(estimate([], k=1))
        with pytest.raises(ValueError, match="at least 1"):
            estimate([3, 2, 1], k=0)

    def test_equal_values(self):
        assert hill([5, 5, 5], k=2) == 0
        assert math.isnan(moments([5, 5, 5], k=2))
        assert math.isnan(kernel([5, 5, 5], k=2))


class TestKnownIndex:
    @pytest.mark.parametrize("estimator", ESTIMATORS)
    @pytest.mark.parametrize("k", [100, 1000])
    def test_errors_are_standard_errors_on_pareto(self, estimator, k):
        # 200 samples: their spread is the error stated, to 15 %, and their mean is right.
        estimate = {"hill": hill, "moments": moments, "kernel": kernel}[estimator]
        random = np.random.default_rng(3)
        found = np.array([estimate(random.pareto(2.0, 2000) + 1, k) for _ in range(200)])
        logs = np.log(np.sort(random.pareto(2.0, 2000) + 1)[::-1])
        error = measure._estimate(estimator, logs, k).error
        spread = found.std()
        assert spread == pytest.approx(error, rel=0.2)
        assert abs(found.mean() - 0.5) < 0.1 * spread + 0.05

    @pytest.mark.parametrize("estimator", ESTIMATORS)
    @pytest.mark.parametrize(
        ("law", "xi"), [(pareto, 0.5), (frechet, 0.5), (burr, 0.5), (student, 0.5), (zipf, 0.5)]
    )
    def test_heavy_tails(self, law, xi, estimator):
        found = estimates(law)[estimator]
        assert {result.n for result in found} == {N}
        assert all(result.alpha == pytest.approx(1 + 1 / result.xi) for result in found)
        # The k chosen weighs bias against error, which are then about as large.
        assert abs(np.mean([result.xi for result in found]) - xi) < 0.08
        assert np.std([result.xi for result in found]) < 0.12

    @pytest.mark.parametrize("estimator", ["moments", "kernel"])
    @pytest.mark.parametrize("law", [exponential, geometric])
    def test_no_heavy_tail(self, law, estimator):
        found = [result.xi for result in estimates(law)[estimator]]
        assert abs(np.mean(found)) < 0.08
        assert max(found) < 0.25

    def test_pareto_uses_all_it_may_and_exponential_hardly_any(self):
        # Hill is right at every k on Pareto data and nowhere on exponential data.
        assert np.median([result.k for result in estimates(pareto)["hill"]]) > 0.15 * N
        assert np.median([result.k for result in estimates(exponential)["hill"]]) < 0.02 * N

    def test_the_lump_of_ones_is_not_taken_for_a_tail(self):
        # Degree 1 spread over (0.5, 1.5) would enter at k > 83 % of these values.
        values = zipf(np.random.default_rng(3))
        above = int((values > 1).sum())
        assert above < measure.LARGEST * N
        assert all(result.k <= above for result in tail_index(values, resamples=50))

    def test_light_tail_has_no_exponent(self):
        found = tail_index(np.random.default_rng(1).random(2000), discrete=False, resamples=50)
        by_name = {result.estimator: result for result in found}
        assert by_name["moments"].xi < -0.5  # uniform: xi = -1
        assert math.isnan(by_name["moments"].alpha)
        assert opinion(found) == "light"


class TestSeedAndShape:
    def test_same_seed_same_numbers(self):
        values = zipf(np.random.default_rng(1))
        first, again, other = (tail_index(values, resamples=25, seed=s) for s in (1, 1, 2))
        assert first == again
        assert first != other

    def test_order_of_values_and_number_of_threads_do_not_matter(self, monkeypatch):
        values = pareto(np.random.default_rng(1))
        found = tail_index(values, discrete=False, resamples=50)
        monkeypatch.setattr(_threads, "cores", lambda: 1)
        assert tail_index(np.sort(values), discrete=False, resamples=50) == found

    def test_one_estimator_alone_gives_what_it_gives_among_others(self):
        values = pareto(np.random.default_rng(1))
        (alone,) = tail_index(values, ["moments"], discrete=False, resamples=50)
        assert alone == tail_index(values, discrete=False, resamples=50)[1]

    @pytest.mark.parametrize("values", [[], [3.0] * 200, list(range(1, 50))])
    def test_undefined(self, values):
        found = tail_index(values)
        assert [(result.estimator, result.k) for result in found] == [(name, 0) for name in ESTIMATORS]
        assert all(math.isnan(result.xi) and math.isnan(result.alpha) for result in found)
        assert opinion(found) == "undefined"

    def test_wrong_calls(self):
        with pytest.raises(ValueError, match="'pickands' is not known"):
            tail_index([1, 2], ["pickands"])
        with pytest.raises(ValueError, match="at least 1"):
            tail_index([1, 2], resamples=0)


@pytest.mark.parametrize(
    ("indices", "expected"),
    [
        ((0.7, 0.6, 0.51), "very_heavy"),
        ((0.7, 0.6, 0.5), "heavy"),  # 1/2 itself is not above 1/2
        ((0.7, 0.6, 0.25), "hardly"),
        ((0.7, 0.6, 0.0), "light"),
        ((0.7, 0.6, math.nan), "undefined"),
        ((), "undefined"),
    ],
)
def test_the_lightest_estimate_decides(indices, expected):
    # The mean or the median of the three would call most of these heavy.
    assert opinion([TailIndex("hill", 50, xi, 0.1, 3.0, 500) for xi in indices]) == expected


@pytest.mark.parametrize("xi", [0.3, 0.5, 1.0])
@pytest.mark.parametrize("s", [0.4, 0.6, 0.8])
def test_ratio_of_hill_against_a_search(xi, s):
    # Squared errors with variances 1 and 4 xi^2, biases b and 2 xi b |rho|/(1 - rho) of the difference.
    rho = -s / (2 * (1 - s))
    k = np.geomspace(1, 1e6, 2_000_001)
    grown = (k / 1e6) ** (-2 * rho)
    own = xi**2 / k + grown / (1 - rho) ** 2
    like = 4 * xi**4 / k + 4 * xi**2 * rho**2 / (1 - rho) ** 4 * grown
    expected = k[own.argmin()] / k[like.argmin()]
    n1 = 10_000
    assert measure._ratio("hill", round(n1**s), n1, xi) == pytest.approx(expected, rel=0.02)
