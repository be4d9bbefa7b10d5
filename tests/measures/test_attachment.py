"""Attachment: the exponent by hand, against a plain search, and recovered from simulated growth."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from clusters import relations
from clusters.measures.attachment import attachment, attachment_kernel
from clusters.networks import ValueNetwork, cumulative, last


def network(rows, **options):
    table = pd.DataFrame(rows, columns=["source", "target", "year"])
    return last(cumulative(table, **options))


def grown(exponent, seed, *, years=8, start=300, ends=400, arrivals=100):
    """Receivers get ends in proportion to their degree at the start of the year, to a power.

    Each end has a giver of its own, so that each is an edge, and each newcomer has one.
    """
    random = np.random.default_rng(seed)
    degree = np.ones(start)
    taken, when = [np.arange(start)], [np.full(start, 2000)]
    for year in range(2001, 2001 + years):
        got = random.multinomial(ends, degree**exponent / (degree**exponent).sum())
        new = np.arange(degree.size, degree.size + arrivals)
        taken += [np.repeat(np.arange(degree.size), got), new]
        when += [np.full(ends, year), np.full(arrivals, year)]
        degree = np.r_[degree + got, np.ones(arrivals)]
    targets = np.concatenate(taken)
    givers = [f"g{i}" for i in range(targets.size)]
    return network(zip(givers, [f"r{i}" for i in targets], np.concatenate(when), strict=True))


@pytest.fixture(scope="module")
def made_up() -> ValueNetwork:
    """Three years with repeated relations, mutual pairs, newcomers and both roles."""
    random = np.random.default_rng(3)
    frame = pd.DataFrame(random.integers(0, 60, (900, 2)) ** 2 // 60, columns=["source", "target"])
    frame = frame[frame["source"] != frame["target"]].astype(str)
    frame["year"] = 2018 + np.arange(len(frame)) * 4 // len(frame)
    return last(cumulative(frame))


def plain_log_likelihood(exponent, network, degree="in", among=None):
    """The formula, organisation by organisation and end by end."""
    total = 0.0
    edges = network.to_frame()
    members = set(network.nodes if among is None else network.nodes[among])
    for year in sorted(set(edges["first_year"]))[1:]:
        held: dict[str, int] = {}
        for row in edges[edges["first_year"] < year].itertuples():
            for end in {"in": [row.target], "out": [row.source], "total": [row.source, row.target]}[degree]:
                held[end] = held.get(end, 0) + 1
        held = {node: k for node, k in held.items() if node in members}
        scale = math.log(sum(k**exponent for k in held.values()))
        for row in edges[edges["first_year"] == year].itertuples():
            for end in {"in": [row.target], "out": [row.source], "total": [row.source, row.target]}[degree]:
                if end in held:
                    total += exponent * math.log(held[end]) - scale
    return total


def test_by_hand():
    # At the start of 2021 a has 1 and b has 4; a gets 1 end and b 2, so 4^a = 2 and a is 1/2. With
    # degrees at the end of the year (2 and 6) it would be 0.63. New in 2021 are c, which takes three
    # ends, and the givers, of whom n0 gets an end as well; o0 was there with in-degree 0.
    old = [(f"o{i}", node, 2020) for i, node in enumerate("abbbb")]
    new = [(f"n{i}", node, 2021) for i, node in enumerate("abbccc")]
    found = attachment(network([*old, *new, ("a", "n0", 2021), ("a", "o0", 2021)]))
    assert found.exponent == pytest.approx(0.5)
    assert found.new_ends == 8
    assert found.newcomer_share == 4 / 8
    assert found.zero_share == 1 / 8


def test_two_degrees_have_a_closed_form():
    # Three of degree 1 get 3 ends, one of degree 4 gets 8: (4^a) / (3 + 4^a) = 8/11, a = ln 8 / ln 4.
    old = [(f"o{i}", node, 2020) for i, node in enumerate("abcdddd")]
    new = [(f"n{i}", node, 2021) for i, node in enumerate("abc" + "d" * 8)]
    found = attachment(network([*old, *new]))
    assert found.exponent == pytest.approx(1.5)
    share = 8 / 11
    assert found.standard_error == pytest.approx(1 / math.sqrt(11 * share * (1 - share)) / math.log(4))
    # The organisations' own deviations: 1 end each instead of 1 at degree 1, 8 instead of 8: none.
    assert found.robust_error == pytest.approx(0, abs=1e-9)
    assert found.high - found.exponent == pytest.approx(1.959964 * found.standard_error, rel=1e-6)


def test_repeated_relations_are_new_ends_only_where_relations_are_edges():
    old = [("p", "a", 2020), ("p", "b", 2020), ("q", "b", 2020)]
    new = [("p", "b", 2021), ("q", "b", 2021), ("r", "a", 2021), ("b", "p", 2021)]
    merged = attachment(network([*old, *new]))
    assert (merged.new_ends, merged.zero_share) == (2, 0.5)  # r -> a, and p's first end as a receiver
    every = attachment(network([*old, *new], parallel="relations"))
    assert (every.new_ends, every.zero_share, every.newcomer_share) == (4, 0.25, 0)
    assert every.exponent == pytest.approx(1)  # a got 1 of 3 at degree 1, b 2 of 3 at degree 2
    assert math.isnan(merged.exponent)  # one end at the smallest degree: no finite exponent


@pytest.mark.parametrize("degree", ["out", "in", "total"])
def test_agrees_with_a_plain_search(made_up, degree):
    found = attachment(made_up, degree)
    options = {"bounds": (-3, 5), "method": "bounded", "options": {"xatol": 1e-9}}
    best = minimize_scalar(lambda e: -plain_log_likelihood(e, made_up, degree), **options)
    assert found.exponent == pytest.approx(best.x, abs=1e-5)
    step = 1e-3
    around = [plain_log_likelihood(best.x + d, made_up, degree) for d in (-step, 0, step)]
    curvature = (around[0] - 2 * around[1] + around[2]) / step**2
    assert found.standard_error == pytest.approx((-curvature) ** -0.5, rel=1e-3)


def test_some_of_the_organisations_compete_among_themselves(made_up):
    half = np.arange(len(made_up)) % 2 == 0
    options = {"bounds": (-3, 5), "method": "bounded", "options": {"xatol": 1e-9}}
    best = minimize_scalar(lambda e: -plain_log_likelihood(e, made_up, "in", half), **options)
    found = attachment(made_up, "in", among=half)
    assert found.exponent == pytest.approx(best.x, abs=1e-5)
    both = attachment(made_up, "in", among=~half).new_ends + found.new_ends
    assert both == attachment(made_up, "in").new_ends == (made_up.first_years > 2018).sum()


def test_years_can_be_chosen(made_up):
    whole = attachment(made_up)
    assert whole.years == 3
    assert attachment(made_up, years=[2018]).years == 0  # nobody was there before
    assert attachment(made_up, years=[2018, 2019, 2020, 2021]) == whole
    assert sum(attachment(made_up, years=[y]).new_ends for y in (2019, 2020, 2021)) == whole.new_ends


def test_nothing_to_estimate_from():
    for rows in (
        [("a", "b", 2020)],  # one year
        [("a", "b", 2020), ("c", "b", 2021)],  # one degree
        [("a", "b", 2020), ("c", "d", 2020), ("e", "d", 2020), ("f", "d", 2021)],  # all to the largest
    ):
        found = attachment(network(rows))
        assert math.isnan(found.exponent)
        assert math.isnan(found.standard_error)
        assert math.isnan(found.low)
    assert math.isnan(attachment(network([("a", "b", 2020)])).newcomer_share)
    with pytest.raises(ValueError, match="carry years"):
        attachment(ValueNetwork.from_edges([("a", "b")]))
    with pytest.raises(ValueError, match="use out, in or total"):
        attachment(network([("a", "b", 2020), ("c", "b", 2021)]), "both")
    with pytest.raises(ValueError, match="2 values for 3 nodes"):
        attachment(network([("a", "b", 2020), ("c", "b", 2021)]), among=[True, False])


@pytest.mark.parametrize("exponent", [0, 0.5, 1, 1.2])
def test_recovers_the_exponent_of_simulated_growth(exponent):
    found = [attachment(grown(exponent, seed)).exponent for seed in range(5)]
    assert np.mean(found) == pytest.approx(exponent, abs=0.04)  # 0.012 is one standard error of the mean


@pytest.mark.slow
@pytest.mark.parametrize("exponent", [0, 0.5, 1, 1.2])
def test_is_unbiased_and_its_interval_covers_the_truth(exponent):
    found = [attachment(grown(exponent, seed)) for seed in range(300)]
    estimates = np.array([f.exponent for f in found])
    spread = estimates.std()
    assert abs(estimates.mean() - exponent) < 3.5 * spread / math.sqrt(300)
    assert np.mean([f.standard_error for f in found]) == pytest.approx(spread, rel=0.12)
    assert np.mean([f.robust_error for f in found]) == pytest.approx(spread, rel=0.12)
    assert 0.90 <= np.mean([f.low <= exponent <= f.high for f in found]) <= 0.98


def test_the_robust_error_sees_ends_that_come_in_bundles():
    # Growth in proportion to degree, but whoever is drawn gets five ends: a large project each time.
    random = np.random.default_rng(1)
    rows, degree = [(f"o{i}", f"r{i}", 2000) for i in range(500)], np.ones(500)
    for year in range(2001, 2006):
        got = 5 * random.multinomial(100, degree / degree.sum())
        rows += [(f"{year}-{i}-{j}", f"r{i}", year) for i in range(500) for j in range(got[i])]
        degree += got
    found = attachment(network(rows))
    assert found.robust_error == pytest.approx(math.sqrt(5) * found.standard_error, rel=0.1)
    assert found.high - found.exponent == pytest.approx(1.959964 * found.robust_error)
    assert found.low < 1 < found.high


class TestKernel:
    def test_by_hand(self):
        # 2021: degree 1 x 2 (a, b) get 1 end, degree 2 x 1 (c) gets 3. 2022: degrees a 2, b 1, c 5, d 1.
        old = [(f"o{i}", node, 2020) for i, node in enumerate("abcc")]
        mid = [(f"m{i}", node, 2021) for i, node in enumerate("acccd")]
        new = [(f"n{i}", node, 2022) for i, node in enumerate("bccc")]
        table = attachment_kernel(network([*old, *mid, *new])).set_index("k")
        assert table.index.tolist() == [1, 2, 5]
        assert table["organisation_years"].tolist() == [4, 2, 1]
        assert table["new_ends"].tolist() == [2, 3, 3]
        # Newman: (m_k/m)(N/n_k): k = 1: (1/4)(3/2) and (1/4)(4/2); k = 2: (3/4)(3) and 0; k = 5: (3/4)(4).
        assert table["newman"].tolist() == pytest.approx([(0.375 + 0.5) / 2, (2.25 + 0) / 2, 3.0])
        assert table["jeong"].tolist() == pytest.approx([0.5, 0.5 + 1.5, 0.5 + 1.5 + 3])

    def test_pafit_solves_its_equation(self, made_up):
        table = attachment_kernel(made_up, "total").set_index("k")
        assert table["pafit"].iloc[0] == 1
        edges = made_up.to_frame()
        expected = dict.fromkeys(table.index, 0.0)
        for year in (2019, 2020, 2021):
            before = edges[edges["first_year"] < year]
            degrees = pd.concat([before["source"], before["target"]]).value_counts()
            now = edges[edges["first_year"] == year]
            ends = pd.concat([now["source"], now["target"]]).isin(degrees.index).sum()
            scale = table["pafit"].loc[degrees.to_numpy()].sum()
            for k, count in degrees.value_counts().items():
                expected[k] += ends * count / scale
        # A_k times what it would get at 1 is what it got, up to one factor for all.
        ratio = table["new_ends"] / (table["pafit"] * pd.Series(expected))
        assert np.ptp(ratio.dropna()) < 1e-6

    def test_follows_a_known_kernel_where_there_is_much_of_it(self):
        table = attachment_kernel(grown(1, 0, ends=4000)).set_index("k")
        assert table["pafit"].loc[4] == pytest.approx(4, rel=0.25)

    def test_without_growth_it_is_empty(self):
        assert attachment_kernel(network([("a", "b", 2020)])).empty


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(2019, 2022)), min_size=2, max_size=40
    )
)
def test_ends_add_up_and_directions_swap(rows):
    rows = [row for row in rows if row[0] != row[1]] or [(0, 1, 2019)]
    rows = [(f"n{a}", f"n{b}", y) for a, b, y in rows]
    there, back = network(rows), network([(b, a, y) for a, b, y in rows])
    out, into, total = (attachment(there, d) for d in ("out", "in", "total"))
    assert out.new_ends == into.new_ends == total.new_ends / 2
    swapped = attachment(back, "in")
    assert swapped.exponent == pytest.approx(out.exponent, nan_ok=True, abs=1e-8)
    assert total.zero_share in (0, pytest.approx(math.nan, nan_ok=True))
    kernel = attachment_kernel(there, "in")
    used = into.new_ends * (1 - into.newcomer_share - into.zero_share) if into.new_ends else 0
    assert kernel["new_ends"].sum() == pytest.approx(used)


def test_the_sample_grows_about_in_proportion_to_degree():
    # The generator lets both roles choose in proportion to degree.
    embedded = last(cumulative(relations.sample()))
    for degree in ("out", "in"):
        assert attachment(embedded, degree, among=embedded.sample).exponent == pytest.approx(1, abs=0.06)
