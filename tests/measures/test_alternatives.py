"""Alternatives to a power-law tail against powerlaw, published samples and what they are built from."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

from clusters.measures import _alternatives
from clusters.measures import powerlaw as pl


@pytest.fixture(scope="module")
def heavy():
    return np.minimum(np.random.default_rng(8).zipf(2.4, 3000), 10**6)


def data_of(values, fit):
    """Tail of a fit as distinct values and counts."""
    tail, counts = np.unique(np.asarray(values, dtype=float)[values >= fit.xmin], return_counts=True)
    return _alternatives.Data(tail, counts, fit.xmin, fit.alpha, fit.discrete)


class TestComparison:
    def test_nothing_is_printed_or_warned(self, heavy, capfd):
        pl.compare(heavy, pl.fit(heavy))
        assert capfd.readouterr() == ("", "")

    def test_power_law_beats_the_exponential_on_zipf(self, heavy):
        exponential = pl.compare(heavy, pl.fit(heavy), ["exponential"])[0]
        assert exponential.R > 0
        assert exponential.p < 0.01

    def test_lognormal_degrees_favour_the_lognormal(self):
        values = np.ceil(np.random.default_rng(2).lognormal(3, 0.6, 3000))
        result = pl.fit(values, xmin=5)
        found = pl.compare(values, result, ["lognormal"])
        assert pl.favoured(found) == ["lognormal"]
        assert pl.verdict(result, 0.5, found) == "alternative_better"

    def test_cut_off_is_nested(self):
        values = np.round(np.random.default_rng(2).exponential(8, 150) + 2, 2)
        result = pl.fit(values, discrete=False, xmin=2)
        cut = pl.compare(values, result, ["truncated_power_law"])[0]
        assert cut.R < 0
        assert cut.p < 0.01

    def test_unknown_alternative(self, heavy):
        with pytest.raises(ValueError, match="weibull"):
            pl.compare(heavy, pl.fit(heavy), ["weibull"])

    def test_alternative_that_cannot_be_computed_is_nan(self):
        # e^(lambda xmin) is beyond all floats: powerlaw returns its floor for every value.
        values = 1e9 + np.random.default_rng(0).integers(0, 5, 500)
        assert math.isnan(pl.compare(values, pl.fit(values), ["exponential"])[0].R)
        huge = np.r_[np.arange(1.0, 60.0), 1e19]
        assert math.isnan(pl.compare(huge, pl.fit(huge), ["lognormal"])[0].p)

    @pytest.mark.parametrize("discrete", [True, False])
    @pytest.mark.parametrize("name", ["lognormal", "exponential"])
    def test_powerlaw_finds_the_same_over_all_values(self, heavy, name, discrete):
        import powerlaw

        result = pl.fit(heavy, discrete=discrete)
        tail = np.sort(heavy[heavy >= result.xmin]).astype(float)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            own = getattr(powerlaw, name.title())(data=tail, xmin=result.xmin, discrete=discrete, verbose=0)
            expected = own.loglikelihoods(tail).sum()
        data = data_of(heavy, result)
        assert data.counts @ _alternatives.fitted(name, data) == pytest.approx(expected, rel=1e-5)

    def test_the_best_of_several_starts_counts(self, heavy):
        # From its own start powerlaw stops hundreds of nats short of this on such a tail.
        import powerlaw

        result = pl.fit(heavy)
        tail = np.sort(heavy[heavy >= result.xmin]).astype(float)
        own = powerlaw.Stretched_Exponential(data=tail, xmin=result.xmin, discrete=True, verbose=0)
        data = data_of(heavy, result)
        ours = data.counts @ _alternatives.fitted("stretched_exponential", data)
        assert ours >= own.loglikelihoods(tail).sum() - 0.01

    @pytest.mark.parametrize("discrete", [True, False])
    def test_log_likelihood_is_that_of_powerlaw(self, heavy, discrete):
        import powerlaw

        values = heavy if discrete else heavy * 1.37
        result = pl.fit(values, discrete=discrete)
        tail = np.sort(values[values >= result.xmin]).astype(float)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            other = powerlaw.Power_Law(
                xmin=result.xmin, discrete=discrete, parameters=[result.alpha], verbose=0
            )
            expected = other.loglikelihoods(tail).sum()
        data = data_of(values, result)
        assert data.counts @ _alternatives.power_law(data) == pytest.approx(expected)
