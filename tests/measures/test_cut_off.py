"""The power law with exponential cut-off against plain sums, integrals and other searches."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize

from clusters.measures import _cut_off
from clusters.measures import powerlaw as pl


def plain_sum(alpha, decay, q):
    """Slow twin: one term after the other until nothing is added."""
    k = np.arange(q, q + 60 / decay * (1 + max(0, -alpha)) + 10)
    height = -alpha * np.log(k / q) - decay * (k - q)
    return height.max() + math.log(np.exp(height - height.max()).sum())


class TestSum:
    @pytest.mark.parametrize("seed", range(60))
    def test_discrete_is_the_sum_of_its_terms(self, seed):
        random = np.random.default_rng(seed)
        alpha, decay = random.uniform(-4, 9), math.exp(random.uniform(math.log(2e-5), math.log(4)))
        q = float(np.floor(math.exp(random.uniform(0, 6))))
        ours = _cut_off.log_sum(alpha, decay * q, q, discrete=True)
        assert ours == pytest.approx(plain_sum(alpha, decay, q), abs=1e-10)

    def test_by_hand(self):
        # alpha 0: a geometric series, 1/(1 - e^-1/2); alpha -1 from 1: sum of k x^(k-1) = 1/(1 - x)^2.
        series = 1 / (1 - math.exp(-0.5))
        assert _cut_off.log_sum(0.0, 0.5 * 3, 3.0, discrete=True) == pytest.approx(math.log(series))
        assert _cut_off.log_sum(-1.0, 0.5, 1.0, discrete=True) == pytest.approx(2 * math.log(series))
        assert _cut_off.log_sum(0.0, 4.0, 3.0, discrete=False) == pytest.approx(math.log(1 / 4))

    @pytest.mark.parametrize(("alpha", "rate"), [(0.3, 0.2), (2.4, 1e-4), (-3.0, 0.7), (7.0, 5.0)])
    def test_continuous_is_the_integral(self, alpha, rate):
        area = quad(lambda t: (1 + t) ** -alpha * math.exp(-rate * t), 0, 10)[0]
        area += quad(lambda u: math.exp((1 - alpha) * u - rate * math.expm1(u)), math.log(11), 16, limit=200)[
            0
        ]
        assert _cut_off.log_sum(alpha, rate, 1.0, discrete=False) == pytest.approx(math.log(area), abs=1e-8)

    @pytest.mark.parametrize("discrete", [True, False])
    @pytest.mark.parametrize("alpha", [1.3, 2.5, 6.0, 40.0])
    @pytest.mark.parametrize("q", [1.0, 9.0, 400.0])
    def test_tends_to_the_power_law(self, alpha, q, discrete):
        near, limit = (_cut_off.log_sum(alpha, rate, q, discrete=discrete) for rate in (1e-200, 0.0))
        assert near == pytest.approx(limit, abs=1e-9)

    def test_moments_are_derivatives_of_the_sum(self):
        found = _cut_off.moments(1.7, 0.02, 4.0, discrete=True)
        step = 1e-5
        for k, (a, r) in enumerate([(step, 0), (0, step)]):
            more, less = (_cut_off.log_sum(1.7 + s * a, 0.02 + s * r, 4.0, discrete=True) for s in (1, -1))
            scale = (1, 0.02)[k]
            assert found.means[k] == pytest.approx(scale * (less - more) / (2 * step), rel=1e-5)
            middle = _cut_off.log_sum(1.7, 0.02, 4.0, discrete=True)
            bend = scale**2 * (more - 2 * middle + less) / step**2
            assert found.covariance[k, k] == pytest.approx(bend, rel=0.01)


class TestMaximum:
    def test_thinner_than_the_power_law_means_a_cut_off(self):
        # Mean t of a continuous power law with alpha 3 is 1/(3 - 2) = 1; mean ln(1 + t) is 1/2.
        below, above = (_cut_off.maximum(0.5, mean, 2.0, discrete=False, alpha=3.0) for mean in (0.99, 1.01))
        assert above == (3.0, 0.0)
        assert below[0] < 3
        assert below[1] > 0

    @pytest.mark.parametrize("seed", range(20))
    def test_other_starts_find_nothing_better(self, seed):
        self.look_around(seed)

    @pytest.mark.slow
    def test_other_starts_find_nothing_better_in_hundreds(self):
        for seed in range(20, 420):
            self.look_around(seed)

    @staticmethod
    def look_around(seed):
        random = np.random.default_rng(seed)
        q, discrete = float(random.integers(1, 40)), bool(seed % 2)
        x = q + random.gamma(random.uniform(0.2, 3), random.uniform(2, 90), int(random.integers(5, 900)))
        x = np.round(x) if discrete else x
        data = float(np.log(x / q).mean()), float((x / q - 1).mean())
        law = pl.fit(x, discrete=discrete, xmin=q).alpha
        alpha, rate = _cut_off.maximum(*data, q, discrete=discrete, alpha=law)
        if rate == 0:
            assert alpha == law
            rate = 1e-12

        def depth(point):
            if point[1] > 20 or abs(point[0]) > 200:
                return math.inf
            normal = _cut_off.log_sum(point[0], math.exp(point[1]), q, discrete=discrete)
            return point[0] * data[0] + math.exp(point[1]) * data[1] + normal

        best = depth([alpha, math.log(rate)])
        for start in ([0.5, 0.0], [3.0, -3.0], [-2.0, 2.0]):
            found = minimize(depth, start, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-12}).fun
            assert best <= found + 1e-10

    def test_a_tiny_rate_is_found(self):
        # As good as no cut-off: the mean is that of alpha 2.05 cut far out.
        mean_log, scaled = _cut_off.moments(2.05, 1e-9, 5.0, discrete=True).means
        alpha, rate = _cut_off.maximum(mean_log, scaled / 1e-9, 5.0, discrete=True, alpha=2.06)
        assert (alpha, rate) == (pytest.approx(2.05, abs=1e-6), pytest.approx(1e-9, rel=1e-3))
