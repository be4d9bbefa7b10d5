"""Replicates of power-law fits: what is drawn and decided; threads and kernels change nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import zeta

from clusters import progress
from clusters.measures import _replicates, _tails, _tails_many, _threads
from clusters.measures import powerlaw as pl


def mixed(seed, discrete=True):
    """Values with a body and a power-law tail."""
    random = np.random.default_rng(seed)
    if discrete:
        return np.r_[random.integers(1, 6, 150), random.zipf(2.3, 150) + 4].astype(float).clip(max=1e6)
    return np.r_[random.random(120) * 5, 5 * (random.pareto(1.4, 120) + 1)]


KINDS = {
    "discrete": (mixed(0), True),
    "continuous": (mixed(0, discrete=False), False),
    "rounded, with ties": (np.round(mixed(3, discrete=False), 1) + 0.1, False),
    "geometric": (np.random.default_rng(1).geometric(0.3, 300).astype(float), True),
    "heavy": (np.floor(np.random.default_rng(1).pareto(0.4, 400) + 1), True),
    "huge": (np.r_[np.arange(1.0, 60.0), 2.0**62, 1e200], True),
    "steep": (1e9 + np.random.default_rng(0).integers(0, 5, 200), True),
    "few": (np.array([1.0, 2, 3, 3, 5, 9]), True),
    "two values": (np.array([1.0, 1, 1, 2]), True),
    "long": (np.r_[np.random.default_rng(3).pareto(1.5, 900) + 1, np.linspace(0.1, 1, 900)], False),
    "far out": (np.floor(np.random.default_rng(2).pareto(1.5, 300) * 100 + 3000), True),
}


def law_and_samples(kind, size=60, xmin=None):
    values, discrete = KINDS[kind]
    fit = pl.fit(values, discrete=discrete, xmin=xmin)
    law = pl._law(values, fit)
    samples = _replicates._draw(_replicates._from_fit(law), size, np.random.default_rng(7))
    return fit, law, samples


def each(samples):
    for begin, end in zip(samples.starts[:-1], samples.starts[1:], strict=True):
        yield samples.values[begin:end], samples.counts[begin:end]


class TestDraws:
    @pytest.mark.parametrize("kind", KINDS)
    def test_samples_are_tables_of_n_values(self, kind):
        fit, _, samples = law_and_samples(kind)
        for values, counts in each(samples):
            assert counts.sum() == fit.n
            assert (counts > 0).all()
            assert (np.diff(values) > 0).all()

    def test_the_body_is_the_data_and_the_tail_the_fit(self):
        fit, law, samples = law_and_samples("discrete", size=4000)
        found, which = np.unique(samples.values, return_inverse=True)
        share = np.bincount(which, weights=samples.counts) / samples.counts.sum()
        below = law.values < fit.xmin
        assert share[: below.sum()] == pytest.approx(law.counts[below] / fit.n, rel=0.05)
        for x in (fit.xmin, fit.xmin + 1, 40.0, 1000.0):
            above = fit.tail_share * zeta(fit.alpha, x) / zeta(fit.alpha, fit.xmin)
            noise = math.sqrt(above / samples.counts.sum())
            assert share[found >= x].sum() == pytest.approx(above, abs=5 * noise)

    def test_every_value_may_be_rare(self, monkeypatch):
        # Drawn one by one or as counts: the same law.
        monkeypatch.setattr(_replicates, "RARE", 1e9)
        self.test_the_body_is_the_data_and_the_tail_the_fit()

    def test_the_number_in_the_tail_varies(self):
        fit, _, samples = law_and_samples("continuous", size=500)
        sizes = [counts[values >= fit.xmin].sum() for values, counts in each(samples)]
        spread = math.sqrt(fit.n_tail * (1 - fit.tail_share))
        assert np.mean(sizes) == pytest.approx(fit.n_tail, abs=spread / 4)
        assert np.std(sizes) == pytest.approx(spread, rel=0.15)


class TestDecisions:
    @pytest.mark.parametrize("shift", [0.6, 1.0, 1.3])
    @pytest.mark.parametrize("kind", KINDS)
    def test_they_are_those_of_the_whole_search(self, kind, shift):
        fit, law, samples = law_and_samples(kind)
        limit = fit.ks * shift - _tails.TIE
        found = _tails_many.closer(samples, limit, fit.xmin, discrete=law.discrete, fixed=False)
        whole = [
            values.size > 1 and _tails.search(values, counts, discrete=law.discrete)[2] < limit
            for values, counts in each(samples)
        ]
        assert found.tolist() == whole

    @pytest.mark.parametrize(("kind", "xmin"), [("discrete", 4), ("continuous", 5.5), ("far out", 3050)])
    def test_a_given_xmin_is_kept(self, kind, xmin):
        fit, law, samples = law_and_samples(kind, xmin=xmin)
        found = _tails_many.closer(samples, fit.ks, fit.xmin, discrete=law.discrete, fixed=True)
        for closer, (values, counts) in zip(found, each(samples), strict=True):
            tail = values >= fit.xmin
            _, ks = _tails.fit_from(values[tail], counts[tail], fit.xmin, discrete=law.discrete)
            assert closer == (ks < fit.ks)

    def test_long_tails_are_looked_at_in_strides(self):
        values = np.random.default_rng(0).pareto(1.5, 1500) + 1
        fit = pl.fit(values, discrete=False)
        samples = _replicates._draw(_replicates._from_fit(pl._law(values, fit)), 6, np.random.default_rng(0))
        whole = [_tails.search(v, c, discrete=False)[2] for v, c in each(samples)]
        for limit in sorted(whole):
            found = _tails_many.closer(samples, limit + 1e-12, fit.xmin, discrete=False, fixed=False)
            assert found.tolist() == [ks <= limit for ks in whole]


class TestCompiled:
    @pytest.fixture(autouse=True)
    def compiled(self):
        pytest.importorskip("numba")

    @pytest.mark.parametrize("xmin", [None, 4])
    @pytest.mark.parametrize("kind", KINDS)
    def test_same_fits_and_decisions(self, kind, xmin):
        from clusters.measures import _tails_numba

        if kind == "two values" and xmin:
            return  # nothing lies there
        fit, law, samples = law_and_samples(kind, xmin=xmin)
        discrete, fixed = law.discrete, xmin is not None
        for limit in (fit.ks * 0.7, fit.ks - _tails.TIE, fit.ks * 1.2):
            plain = _tails_many.closer(samples, limit, fit.xmin, discrete=discrete, fixed=fixed)
            found = _tails_numba.closer(samples, limit, fit.xmin, discrete=discrete, fixed=fixed)
            assert found.tolist() == plain.tolist()
        for plain, found in zip(
            _tails_many.fits(samples, xmin, discrete=discrete),
            _tails_numba.fits(samples, xmin, discrete=discrete),
            strict=True,
        ):
            np.testing.assert_allclose(found, plain, rtol=1e-9)

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.integers(1, 200), min_size=2, max_size=60))
    def test_small_samples(self, values):
        from clusters.measures import _tails_numba

        found, counts = np.unique(np.array(values, dtype=float), return_counts=True)
        samples = _tails_many.Samples(found, counts, np.array([0, found.size]))
        plain = np.array(_tails_many.fits(samples, None, discrete=True))
        np.testing.assert_allclose(
            np.array(_tails_numba.fits(samples, None, discrete=True)), plain, rtol=1e-9
        )

    def test_the_variable_changes_nothing(self, monkeypatch):
        values = mixed(5)
        fit = pl.fit(values)
        found = []
        for kernels in ("numpy", "numba"):
            monkeypatch.setenv("CLUSTERS_KERNELS", kernels)
            found.append(pl.bootstrap(values, fit, 300, seed=3))
        assert found[0].p_value == found[1].p_value
        assert found[0].alpha_high == pytest.approx(found[1].alpha_high, rel=1e-9)
        assert found[0].xmin_error == pytest.approx(found[1].xmin_error, rel=1e-9)


class TestWork:
    def test_threads_change_nothing(self, monkeypatch):
        values = mixed(5)
        fit = pl.fit(values)
        found = []
        for cores in (1, 2, 5):
            monkeypatch.setattr(_threads, "cores", lambda cores=cores: cores)
            found.append(pl.bootstrap(values, fit, 400, seed=3))
        assert found[0] == found[1] == found[2]

    def test_more_replicates_begin_with_the_same(self):
        law = pl._law(mixed(5), pl.fit(mixed(5)))
        plan = _replicates._from_fit(law)
        few, many = (
            list(_replicates._each(plan, n, (3, 0), lambda samples: samples.values.sum(), "drawing"))
            for n in (250, 500)
        )
        assert many[: len(few)] == few

    def test_progress_is_told(self):
        heard = []
        with progress.told(heard.append):
            pl.goodness_of_fit(mixed(5), pl.fit(mixed(5)), 300)
        assert heard[-1].done == heard[-1].total == 300

    def test_stopping_does_not_wait_for_the_rest(self, monkeypatch):
        values = mixed(5)
        drawn = []

        def draw(plan, rows, random, draw=_replicates._draw):
            drawn.append(rows)
            return draw(plan, rows, random)

        def stop(word):
            raise KeyboardInterrupt

        monkeypatch.setattr(_replicates, "_draw", draw)
        with pytest.raises(KeyboardInterrupt), progress.told(stop):
            pl.goodness_of_fit(values, pl.fit(values), 200_000)
        assert sum(drawn) < 20_000


class TestAnything:
    """Whatever the values, numbers come out and nothing warns."""

    @settings(max_examples=60, deadline=None)
    @given(
        st.one_of(
            st.lists(st.floats(1e-300, 1e300), min_size=1, max_size=30).map(lambda v: (v, False)),
            st.lists(st.floats(1, 2), min_size=1, max_size=30).map(lambda v: (v, False)),
            st.lists(st.integers(1, 4), min_size=1, max_size=40).map(lambda v: (v, True)),
            st.lists(st.integers(1, 2**62), min_size=1, max_size=30).map(lambda v: (v, True)),
            st.lists(st.integers(10**15, 10**15 + 9), min_size=1, max_size=30).map(lambda v: (v, True)),
        )
    )
    def test_fit_and_bootstrap(self, drawn):
        values, discrete = drawn
        fit = pl.fit(values, discrete=discrete)
        found = pl.bootstrap(values, fit, 8)
        if len(set(map(float, values))) < 2:
            assert math.isnan(found.p_value)
            assert math.isnan(found.alpha_low)
            return
        assert fit.alpha > 1
        assert 0 <= fit.ks <= 1
        assert 0 <= found.p_value <= 1
        assert 0 < found.p_error < 0.5
        assert found.xmin_low <= found.xmin_high or math.isnan(found.xmin_low)

    def test_a_given_xmin_stays(self):
        values = mixed(5)
        found = pl.bootstrap(values, pl.fit(values, xmin=6), 100)
        assert found.xmin_low == found.xmin_high == 6
        assert found.xmin_error == 0
        assert found.n_tail_low < found.n_tail_high

    def test_published_errors(self, shared):
        # Clauset, Shalizi, Newman 2009, Table 6.1: xmin 7 +- 2, alpha 1.95(2), n_tail 2958 +- 987 for
        # words, 12 +- 4, 2.4(2), 547 +- 1663 for terrorism.
        for name, xmin, alpha, n_tail in (("words", 2, 0.02, 987), ("terrorism", 4, 0.2, 1663)):
            values = np.loadtxt(shared / f"oracles/samples/{name}.txt.gz")
            found = pl.bootstrap(values, pl.fit(values), 400, seed=1)
            assert round(found.xmin_error) == xmin
            assert found.alpha_error == pytest.approx(alpha, rel=0.3)
            assert found.n_tail_error == pytest.approx(n_tail, rel=0.12)
