"""What p-values and intervals of power-law fits are worth: simulation, and the published p-values."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import zeta
from scipy.stats import kstest

from clusters.measures import _choice, _replicates
from clusters.measures import powerlaw as pl

pytestmark = pytest.mark.slow


def power_law(alpha, xmin, size, discrete, below=0):
    """Return what draws ``size`` values of a power law from xmin on and ``below`` values under it."""
    law = _replicates.Law(np.array([float(xmin)]), np.array([size]), float(xmin), alpha, discrete, False)
    plan = _replicates._from_fit(law)

    def draw(random):
        tail = _replicates._draw(plan, 1, random)
        body = random.integers(1, xmin, below) if discrete else random.random(below) * xmin
        return np.concatenate([body, np.repeat(tail.values, tail.counts)])

    return draw


def lognormal(size):
    """Return what draws lognormal whole numbers: the tail of a body that bends all the way."""
    return lambda random: np.maximum(np.round(random.lognormal(1.5, 1.0, size)), 1)


def p_values(draw, discrete, xmin=None, times=200, replicates=200):
    random = np.random.default_rng(1)
    found = []
    for seed in range(times):
        values = draw(random)
        fit = pl.fit(values, discrete=discrete, xmin=xmin)
        found.append(pl.goodness_of_fit(values, fit, replicates, seed=seed))
    return np.array(found)


class TestOnAPowerLaw:
    """Where p is uniform in theory: xmin is known, so that a replicate comes from the law of the data.

    The KS distance of a tail from its own fit does then not depend on the true exponent (continuous),
    or hardly (discrete), and the rank of the data among replicates is uniform.

    After a search it is not quite. The data were fitted where they look most like a power law, and
    replicates are drawn from that fit as if their bodies did not belong to it, although in the data
    the values just below the xmin found may still follow the law. p is then too large on
    average: small p are rarer than they should be, the test is on the safe side. Only discrete
    data that begin with the tail are searched and uniform nearly: the search stays where it began.
    """

    @pytest.mark.parametrize("discrete", [True, False])
    def test_uniform_where_xmin_is_known(self, discrete):
        p = p_values(power_law(2.4, 3, 400, discrete), discrete, xmin=3)
        assert kstest(p, "uniform").pvalue > 0.05
        assert (p < 0.1).mean() == pytest.approx(0.1, abs=0.05)

    def test_uniform_below_a_body_where_xmin_is_known(self):
        p = p_values(power_law(2.4, 8, 500, discrete=True, below=700), discrete=True, xmin=8)
        assert kstest(p, "uniform").pvalue > 0.05

    def test_nearly_uniform_where_the_search_begins_with_the_tail(self):
        p = p_values(power_law(2.4, 3, 400, discrete=True), discrete=True)
        assert kstest(p, "uniform").pvalue > 0.05

    @pytest.mark.parametrize("discrete", [True, False])
    def test_safe_after_a_search_above_a_body(self, discrete):
        p = p_values(power_law(2.4, 8, 300, discrete, below=400), discrete, times=150)
        assert kstest(p, "uniform", alternative="greater").pvalue > 0.05  # not smaller than uniform
        assert (p < 0.1).mean() <= 0.12
        assert 0.5 < p.mean() < 0.62


class TestOnALognormal:
    def test_rejected_with_growing_certainty(self):
        shares = [
            (p_values(lognormal(n), True, xmin=3, times=100, replicates=100) < 0.1).mean()
            for n in (10, 20, 50, 200)
        ]
        assert shares == sorted(shares)
        assert shares[0] < 0.4
        assert shares[-1] > 0.95

    def test_the_search_evades_but_not_for_ever(self):
        # xmin moves out to where the lognormal looks straight, and the tail stays thin.
        found = [p_values(lognormal(n), True, times=100, replicates=100) for n in (100, 1000, 10_000)]
        means = [p.mean() for p in found]
        assert means == sorted(means, reverse=True)
        assert (found[-1] < 0.1).mean() > (found[0] < 0.1).mean() + 0.15


class TestIntervals:
    """95 % intervals of alpha; 300 draws leave a standard error of 1.3 points.

    The interval of ``bootstrap`` searches xmin anew in each resample. alpha +- 1.96 sigma is right
    only for a known xmin: after a search it is too short.
    """

    @pytest.mark.parametrize(
        ("alpha", "xmin", "size", "discrete", "below", "given"),
        [
            (2.5, 1, 500, True, 0, None),
            (2.5, 5, 800, True, 0, None),
            (2.2, 8, 500, True, 500, None),
            (2.5, 1, 200, False, 0, None),
            (2.5, 10, 200, False, 200, None),
            (2.5, 5, 100, True, 50, 5),
        ],
    )
    def test_alpha_is_covered(self, alpha, xmin, size, discrete, below, given, monkeypatch):
        if _choice.installed():  # the same fits in a tenth of the time
            monkeypatch.setenv(_choice.VARIABLE, "numba")
        draw, random = power_law(alpha, xmin, size, discrete, below), np.random.default_rng(7)
        hits = []
        for seed in range(300):
            values = draw(random)
            fit = pl.fit(values, discrete=discrete, xmin=given)
            found = pl.bootstrap(values, fit, 200, seed=seed)
            hits.append(found.alpha_low <= alpha <= found.alpha_high)
        assert 0.9 <= np.mean(hits) <= 0.98

    def test_sigma_is_for_a_known_xmin(self):
        draw, random = power_law(2.5, 1, 300, discrete=False), np.random.default_rng(7)
        known, searched = [], []
        for _ in range(400):
            values = draw(random)
            for hits, xmin in ((known, 1), (searched, None)):
                fit = pl.fit(values, discrete=False, xmin=xmin)
                hits.append(abs(fit.alpha - 2.5) < 1.96 * fit.sigma)
        assert 0.92 <= np.mean(known) <= 0.98
        assert np.mean(searched) < 0.91


@pytest.fixture(scope="module")
def sample(shared):
    def read(name):
        values = np.loadtxt(shared / f"oracles/samples/{name}.txt.gz")
        return values / 1000 if name == "blackouts" else values

    return read


GRID = np.round(np.arange(1.5, 3.505, 0.01), 2)
"""Exponents among which the programs of the article choose for whole numbers."""


class TestPublished:
    """Clauset, Shalizi, Newman 2009, Table 6.1, with 2,500 replicates (standard error 0.01)."""

    @pytest.mark.parametrize(("name", "p"), [("blackouts", 0.62), ("terrorism", 0.68)])
    def test_p(self, sample, name, p):
        values = sample(name)
        fit = pl.fit(values, discrete=name != "blackouts")
        assert pl.goodness_of_fit(values, fit, 2500, seed=1) == pytest.approx(p, abs=0.05)

    def test_words(self, sample):
        """Why 0.49 is printed for words where the definition gives 0.68.

        The programs of the article take the exponent of whole numbers from a grid in steps of 0.01.
        The maximum of the likelihood, 1.9527, becomes 1.95, and at n_tail = 2,958 that is far enough
        from the maximum to make the KS distance 0.00929 instead of 0.00825. With the exponents of
        data and replicates from the grid p is 0.495 at 2,500 replicates (below, 600: 0.47, standard
        error 0.02), with exact ones 0.678 at 10,000. Rounding the data's exponent alone gives
        0.496, so it is the data's distance that matters. Whether distances are taken from
        P(X < x) at the values or from P(X <= x) at all whole numbers changes nothing for this
        sample (0.47 either way). terrorism hardly changes, because 2.3699 lies on the grid.
        We keep the maximum of the likelihood.
        """
        values = sample("words")
        fit = pl.fit(values)
        law = pl._law(values, fit)
        exact = pl.goodness_of_fit(values, fit, 2500, seed=1)
        assert exact == pytest.approx(0.68, abs=0.03)

        table = _GridFit()
        xmin, alpha, ks = table.fit(law.values, law.counts)
        assert (xmin, alpha) == (7, 1.95)
        assert ks == pytest.approx(0.00929, abs=1e-5)
        rounded = law._replace(alpha=alpha)
        assert 1 - _replicates.closer(rounded, ks, 2500, 1) / 2500 == pytest.approx(0.49, abs=0.03)

        samples = _replicates._draw(_replicates._from_fit(rounded), 600, np.random.default_rng(3))
        as_far = [
            table.fit(samples.values[a:b], samples.counts[a:b])[2] >= ks
            for a, b in zip(samples.starts[:-1], samples.starts[1:], strict=True)
        ]
        assert np.mean(as_far) == pytest.approx(0.49, abs=0.05)
        assert np.mean(as_far) < exact - 0.1


class _GridFit:
    """The discrete fit with exponents from the grid."""

    def __init__(self):
        # zeta(alpha, k) for k = 1, 2, ...; beyond by the function itself
        self.table = np.array([zeta(alpha, np.arange(1.0, 20_002)) for alpha in GRID])

    def zeta(self, chosen, x):
        if x.max() <= self.table.shape[1]:
            return self.table[chosen, x.astype(int) - 1]
        inside = np.minimum(x, self.table.shape[1])
        return np.where(x == inside, self.table[chosen, inside.astype(int) - 1], zeta(GRID[chosen], x))

    def fit(self, values, counts):
        """Return xmin, alpha and KS distance."""
        candidates = np.arange(values.size - 1)
        sizes = np.cumsum(counts[::-1])[::-1]
        logs = np.cumsum((counts * np.log(values))[::-1])[::-1]
        normal = np.stack([self.zeta(np.arange(GRID.size), q) for q in values[candidates]])
        likelihood = -GRID * logs[candidates, None] - sizes[candidates, None] * np.log(normal)
        chosen = likelihood.argmax(axis=1)
        fitted = self.zeta(chosen[:, None], values[None, :]) / normal[candidates, chosen][:, None]
        gap = np.abs(fitted - sizes / sizes[candidates, None])
        gap[np.arange(values.size) < candidates[:, None]] = 0
        ks = gap.max(axis=1)
        best = int(ks.argmin())
        return values[best], GRID[chosen[best]], ks[best]
