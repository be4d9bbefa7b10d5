"""What may be claimed of a degree distribution: verdicts and the categories of Broido and Clauset."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters import labels
from clusters.measures import powerlaw as pl
from clusters.measures.powerlaw import Comparison, Examined, category

NAN = math.nan
UNDEFINED = Examined(pl.PowerLawFit(NAN, NAN, NAN, NAN, 0, 0, True, NAN, NAN), NAN, [])


def sequence(p: float = 0.5, n_tail: int = 200, alpha: float = 2.5, favoured: str | None = None) -> Examined:
    """A sequence whose alternatives are undecided, except the one that is favoured."""
    compared = [
        Comparison(name, -2.5 if name == favoured else -0.5, 0.01 if name == favoured else 0.6, -1.0)
        for name in pl.ALTERNATIVES
    ]
    fit = pl.PowerLawFit(3.0, alpha, 0.1, 0.01, n_tail, 500, True, 0.4, 0.8)
    return Examined(fit, p, compared)


GOOD = sequence()
REJECTED = sequence(p=0.03)
BEATEN = sequence(favoured="lognormal")
THIN = sequence(n_tail=49)
FLAT = sequence(alpha=1.9)


class TestVerdictOfTheNested:
    """The power law is a case of the one with cut-off, so R is never above 0 there."""

    WORSE = Comparison("exponential", 5.0, 0.001, 50.0)

    @pytest.mark.parametrize(
        ("nested", "term"),
        [
            # Asking every alternative to fit worse would make "consistent" impossible with all four.
            (Comparison("truncated_power_law", -0.4, 0.5, -0.2), "consistent"),
            (Comparison("truncated_power_law", -2.0, 0.02, -3.0), "alternative_better"),
            (Comparison("truncated_power_law", 0.0, 1.0, 0.0), "consistent"),
        ],
    )
    def test_it_counts_when_favoured(self, nested, term):
        assert pl.verdict(GOOD.fit, 0.5, [self.WORSE, nested]) == term

    def test_alone_it_decides_nothing(self):
        assert pl.verdict(GOOD.fit, 0.5, [Comparison("truncated_power_law", -0.1, 0.9, 0.0)]) == "undecided"


class TestOneSequence:
    @pytest.mark.parametrize(
        ("examined", "term"),
        [
            (GOOD, "strongest"),
            (sequence(n_tail=50), "strongest"),
            (THIN, "weakest"),  # 49 values: also super-weak, but not weak
            (FLAT, "weak"),
            (sequence(alpha=2.0), "weak"),  # the bounds themselves are outside
            (sequence(alpha=3.0), "weak"),
            (BEATEN, "weak"),
            (sequence(favoured="truncated_power_law"), "weak"),
            (REJECTED, "super_weak"),
            (sequence(p=0.1), "super_weak"),  # in the authors' code p must exceed 0.1
            (sequence(p=0.03, favoured="lognormal"), "not_scale_free"),
            (UNDEFINED, "undefined"),
        ],
    )
    def test_terms(self, examined, term):
        assert category([examined]).category == term

    def test_flags(self):
        # Weakest without super-weak: a plausible power law that a lognormal beats.
        found = category([BEATEN])
        assert (found.super_weak, found.weakest, found.weak, found.strong) == (False, True, True, False)
        # Super-weak without weakest: rejected, but nothing else fits better.
        found = category([REJECTED])
        assert (found.super_weak, found.weakest) == (True, False)


class TestThreeSequences:
    @pytest.mark.parametrize(
        ("examined", "term"),
        [
            ([GOOD, GOOD, GOOD], "strongest"),
            # Two of three are half, but not 90 %.
            ([GOOD, GOOD, REJECTED], "strong"),
            ([GOOD, GOOD, sequence(p=0.03, favoured="lognormal")], "strong"),
            # One of three is less than half: rounding 1.5 down would make it strong.
            ([GOOD, THIN, REJECTED], "weakest"),
            ([GOOD, REJECTED, REJECTED], "super_weak"),
            # All three plausible, thick and of the right exponent, one beaten: 2 of 3 < 95 %.
            ([GOOD, GOOD, BEATEN], "strong"),
            # Weak in two sequences, super-weak in two, but both in one only: not strong.
            ([GOOD, BEATEN, REJECTED], "weak"),
            # Exponent in two, plausibility in two, both in one only.
            ([GOOD, FLAT, REJECTED], "weak"),
            ([sequence(p=0.03, favoured="lognormal")] * 2 + [GOOD], "not_scale_free"),
            # What has no fit fulfils nothing, and still counts among the three.
            ([GOOD, UNDEFINED, UNDEFINED], "not_scale_free"),
            ([GOOD, GOOD, UNDEFINED], "strong"),
            ([UNDEFINED] * 3, "undefined"),
            ([], "undefined"),
        ],
    )
    def test_terms(self, examined, term):
        assert category(examined).category == term

    def test_strongest_of_twenty(self):
        # 18 of 20 strong alone, 19 needed with comparison.
        assert category([GOOD] * 19 + [BEATEN]).category == "strongest"
        assert category([GOOD] * 18 + [BEATEN] * 2).category == "strong"
        assert category([GOOD] * 19 + [THIN]).category == "strongest"
        assert category([GOOD] * 18 + [THIN] * 2).category == "strong"


class TestWhatItNeeds:
    def test_without_p_value(self):
        assert category([GOOD, Examined(GOOD.fit, NAN, GOOD.comparisons)]).category == "not_tested"

    def test_without_one_alternative(self):
        # Three alternatives beat nothing more easily than four: no strong claim from fewer tests.
        assert category([Examined(GOOD.fit, 0.5, GOOD.comparisons[:3])]).category == "not_tested"

    def test_alternative_that_cannot_be_fitted_is_not_favoured(self):
        compared = [*GOOD.comparisons[:3], Comparison(pl.ALTERNATIVES[3], NAN, NAN, NAN)]
        assert category([Examined(GOOD.fit, 0.5, compared)]).category == "strongest"


@given(
    st.lists(
        st.builds(
            sequence,
            p=st.sampled_from([0.0, 0.1, 0.11, 0.9]),
            n_tail=st.sampled_from([10, 49, 50, 5000]),
            alpha=st.sampled_from([1.5, 2.0, 2.5, 3.0, 4.0]),
            favoured=st.sampled_from([None, *pl.ALTERNATIVES]),
        )
        | st.just(UNDEFINED),
        min_size=1,
        max_size=7,
    )
)
def test_conditions_are_nested_as_in_the_article(examined):
    found = category(examined)
    assert found.strong >= found.strongest
    assert found.weak >= found.strong
    assert found.weakest >= found.weak
    assert found.super_weak >= found.strong
    assert found == category(examined[::-1])


def test_every_term_has_words():
    for term in pl.Category.__args__:
        for lang in ("en", "zh"):
            said = labels.value("degree_category", term, lang)
            assert said != term
            assert not any(word in said.lower() for word in ("scale-free", "scale free", "无标度"))
