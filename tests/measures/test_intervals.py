"""Intervals: enterprises are the units, hand counts, real copies of rows, properties."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.measures._enterprises import Clusters, clusters_of, remaining
from clusters.measures.intervals import (
    Interval,
    cluster_bootstrap,
    jackknife,
    relation_bootstrap,
    without_each,
)
from clusters.networks import ValueNetwork, cumulative, last
from clusters.relations import from_frame


def table(rows, sample):
    """Relations of the names in a string each: "ap" is a -> p; those of ``sample`` are sample enterprises."""
    frame = pd.DataFrame({"source": [row[0] for row in rows], "target": [row[1] for row in rows]})
    names = sorted(set("".join(rows)) | set(sample))
    roles = ["sample" if name in sample else "partner" for name in names]
    return from_frame(frame, pd.DataFrame({"role": roles}, index=names) if sample else None)


def whose(relations):
    found = clusters_of(relations)
    return [(found.names[i], found.names[j]) for i, j in zip(found.first, found.second, strict=True)]


# --- whose a relation is --------------------------------------------------------------------


def test_a_relation_belongs_to_its_sample_enterprise_whatever_its_direction():
    assert whose(table(["ap", "pa", "bp"], "ab")) == [("a", "a"), ("a", "a"), ("b", "b")]


def test_a_relation_between_two_sample_enterprises_belongs_to_both():
    found = clusters_of(table(["ab", "ap"], "ab"))
    assert whose(table(["ab"], "ab")) == [("a", "b")]
    assert found.weights([0, 3]).tolist() == [1.5, 0.0]
    assert found.left(np.array([False, True])).tolist() == [False, True]


def test_without_an_enterprise_the_giver_stands_for_it():
    assert whose(table(["pq", "ap"], "a")) == [("p", "p"), ("a", "a")]
    by_giver = clusters_of(table(["ab", "cb", "ba"], ""))
    assert (list(by_giver.names), by_giver.of_sample) == (["a", "b", "c"], False)
    assert by_giver.first.tolist() == [0, 2, 1]


def test_enterprises_without_a_relation_are_no_clusters():
    assert list(clusters_of(table(["ap"], "ab")).names) == ["a"]


def test_an_enterprise_that_left_the_sample_keeps_its_relations():
    relations = table(["ap", "bp"], "ab")
    relations.nodes["sample_to"] = [2015.0, np.nan, np.nan]
    dated = from_frame(
        relations.frame.astype({"source": str, "target": str}).assign(year=2020), relations.nodes
    )
    network = last(cumulative(dated))
    assert network.sample.tolist() == [False, True, False]
    assert list(clusters_of(network).names) == ["a", "b"]


def test_what_remains_by_hand():
    # Without a: ap and ab go, q had only a; b keeps p. z had no relation before and stays.
    network = ValueNetwork.from_edges(["ap", "qa", "ab", "bp"], nodes="abpqz")
    network = ValueNetwork(
        **{n: getattr(network, n) for n in ("nodes", "sources", "targets", "relations", "weights")},
        sample=np.array([True, True, False, False, False]),
    )
    left = remaining(network, clusters_of(network), np.array([True, False]))
    assert left.to_frame()[["source", "target"]].values.tolist() == [["b", "p"]]
    assert sorted(left.nodes) == ["b", "p", "z"]


# --- bootstrap ------------------------------------------------------------------------------


def of_twelve(sizes):
    """Clusters 0 to 11 with so many relations each."""
    rows = np.repeat(np.arange(len(sizes)), sizes)
    return Clusters(pd.RangeIndex(len(sizes)), rows, rows)


def test_enterprises_are_the_units_not_relations():
    # One of 12 enterprises has 110 relations, all within its place; the others have 10 each, none within.
    # Half of all relations are within. In 35 % of the samples the large one is missing, and the share is 0;
    # relation by relation it would always lie near one half.
    clusters = of_twelve([110] + [10] * 11)
    within = (clusters.first == 0).astype(float)

    def share(weights):
        return within @ weights / weights.sum()

    found = cluster_bootstrap(share, clusters, replicates=400)[0]
    single = relation_bootstrap(share, 220, replicates=400)[0]
    assert (found.value, found.low) == (0.5, 0.0)
    assert found.high > 0.7
    assert 0.42 < single.low < 0.5 < single.high < 0.58


def test_a_mean_of_equal_enterprises_has_its_textbook_interval():
    # 100 enterprises with one relation each, 30 within: sd of the share = sqrt(0.3 * 0.7 / 100).
    clusters = of_twelve([1] * 100)
    within = (np.arange(100) < 30).astype(float)
    found = cluster_bootstrap(lambda w: within @ w / w.sum(), clusters, replicates=4000)[0]
    half = 1.96 * math.sqrt(0.3 * 0.7 / 100)
    assert (found.low, found.high) == (
        pytest.approx(0.3 - half, abs=0.012),
        pytest.approx(0.3 + half, abs=0.012),
    )


def test_agrees_with_rows_that_are_really_copied():
    random = np.random.default_rng(5)
    source, target = (random.choice(list("abcdefghijklpqrs"), 90) for _ in range(2))
    rows = [s + t for s, t in zip(source, target, strict=True) if s in "abcdefghijkl" or t in "abcdefghijkl"]
    relations = table(rows, "abcdefghijkl")
    clusters = clusters_of(relations)
    value = random.random(len(rows))
    n = len(clusters)
    found = cluster_bootstrap(lambda w: value @ w / w.sum(), clusters, replicates=50, seed=9)[0]

    draw = np.random.default_rng(9)
    copied = []
    for _ in range(50):
        names = clusters.names[draw.integers(0, n, n)]
        chosen = []
        for name in names:
            for i, row in enumerate(rows):
                both = row[0] != row[1] and row[0] in clusters.names and row[1] in clusters.names
                # Half a relation from either end of one between two sample enterprises, else all of it.
                chosen += [value[i]] * (name in row) * (1 if both else 2)
        copied.append(np.mean(chosen))
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(copied, [0.025, 0.975])))


def test_results_carry_how_they_came_about_and_come_again():
    clusters = of_twelve([3, 1] * 10)
    weights = np.arange(40) % 2

    def share(w):
        return weights @ w / w.sum()

    one, two = (cluster_bootstrap(share, clusters, replicates=30, seed=3, level=0.9) for _ in range(2))
    other = cluster_bootstrap(share, clusters, replicates=30, seed=4, level=0.9)
    assert one[0] == two[0]
    assert one[0] != other[0]
    assert (one[0].replicates, one[0].seed, one[0].level) == (30, 3, 0.9)
    assert one[0].method == "cluster_bootstrap"


def test_too_few_enterprises_and_undefined_replicates_say_nothing():
    few = cluster_bootstrap(lambda w: w.sum(), of_twelve([1] * 9))[0]
    assert few.value == 9
    assert math.isnan(few.low)
    one = cluster_bootstrap(lambda w: [w[0] if w[0] else math.nan, w.sum()], of_twelve([1] * 12))
    assert np.isnan(one.low).tolist() == [True, False]


@settings(max_examples=40)
@given(st.lists(st.integers(1, 6), min_size=10, max_size=25), st.integers(0, 100))
def test_an_equal_population_has_no_width_and_shares_stay_shares(sizes, seed):
    clusters = of_twelve(sizes)
    odd = (np.arange(clusters.first.size) % 2).astype(float)

    def shares(w):
        return [w.sum() / w.sum(), odd @ w / w.sum()]

    found = cluster_bootstrap(shares, clusters, replicates=20, seed=seed)
    assert (found.low[0], found.high[0]) == (1, 1)
    assert 0 <= found.low[1] <= found.high[1] <= 1


@pytest.mark.parametrize("wrong", [{"replicates": 1}, {"level": 1.0}])
def test_wrong_calls_are_refused(wrong):
    with pytest.raises(ValueError, match=r"interval|level"):
        cluster_bootstrap(lambda w: w.sum(), of_twelve([1] * 12), **wrong)


# --- jackknife ------------------------------------------------------------------------------


def test_a_mean_without_some_has_its_textbook_interval():
    # The mean of n numbers: standard error s / sqrt(n), whatever the share removed.
    random = np.random.default_rng(2)
    values = random.normal(50, 10, 400)
    for dropped in (40, 200):
        reduced = [[random.choice(values, 400 - dropped, replace=False).mean()] for _ in range(2000)]
        found = jackknife([values.mean()], reduced, dropped=dropped, clusters=400)[0]
        half = 1.96 * values.std(ddof=1) / 20
        assert found.high - found.value == pytest.approx(half, rel=0.06)
        assert found.low + found.high == pytest.approx(2 * found.value)


def test_bounds_are_kept():
    rows = [[0.97, 2, 0.0], [0.99, 9, 0.2], [0.95, 1, 0.0]]
    found = jackknife([0.98, 5, 0.1], rows, dropped=5, clusters=20, least=0, most=[1, math.inf, 1])
    assert np.isnan([found.low[2], found.high[2]]).all()  # a bound was met: too rare to say anything
    assert found.high[0] < 1
    assert (found.low[:2] > 0).all()
    assert (found.low[:2] < found.value[:2]).all()
    assert (found.value[:2] < found.high[:2]).all()


def test_statistics_that_never_move_have_no_width_and_undefined_ones_no_interval():
    found = jackknife([3, 1, 1], [[3, math.nan, 2], [3, 1, 3]], dropped=3, clusters=10, least=0)
    assert (found.low[0], found.high[0]) == (3, 3)
    assert np.isnan([found.low[1], found.high[1]]).all()
    assert found.low[2] < 1 < found.high[2]
    assert np.isnan(jackknife([3], [[1], [2]], dropped=2, clusters=9, least=0).low).all()


# --- one at a time --------------------------------------------------------------------------


def test_without_each_by_hand():
    # a has 3 of 4 relations within, shared ab counts for both: without a only bq is left.
    relations = table(["ap", "ap", "ab", "bq"], "ab")
    within = np.array([1, 1, 1, 0])
    clusters = clusters_of(relations)
    found = without_each(lambda w: float(within @ w / w.sum()), clusters)
    assert found.to_dict() == {"a": 0.0, "b": 1.0}
    assert without_each(lambda w: float(w.sum()), clusters, ["b"]).to_dict() == {"b": 2.0}
    with pytest.raises(ValueError, match="'p' has no relation"):
        without_each(lambda w: float(w.sum()), clusters, ["p"])


def test_an_interval_is_a_plain_frozen_record():
    found = Interval(1.0, 0.5, 1.5, 0.95, 10, 0, "jackknife")
    with pytest.raises(AttributeError):
        found.low = 0.0
