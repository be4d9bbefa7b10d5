"""Removing enterprises: hand counts, who goes with them, what comes again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters.measures.degree import average_degree
from clusters.measures.sensitivity import drop_enterprises
from clusters.networks import ValueNetwork, cumulative, last
from clusters.relations import from_frame


@pytest.fixture
def stars():
    """Four sample enterprises with three partners of their own each, and one partner of all."""
    rows = [(hub, f"{hub}{leaf}") for hub in "abcd" for leaf in range(3)] + [(hub, "all") for hub in "abcd"]
    nodes = sorted({end for row in rows for end in row})
    roles = pd.DataFrame({"role": ["sample" if node in "abcd" else "partner" for node in nodes]}, index=nodes)
    return from_frame(pd.DataFrame(rows, columns=["source", "target"]), roles)


def counts(network: ValueNetwork) -> dict[str, float]:
    return {"nodes": network.n_nodes, "edges": network.n_edges, "sample": int(network.sample.sum())}


def test_enterprises_go_with_their_relations_and_lonely_partners(stars):
    # Each of the two that go takes itself, 3 partners and 4 edges; the partner of all stays.
    found = drop_enterprises(last(cumulative(stars)), counts, share=0.5, repeats=6)
    assert found.observed.to_dict() == {"nodes": 17, "edges": 16, "sample": 4}
    assert (found.values == [9, 8, 2]).all(axis=None)
    assert (found.enterprises, found.dropped) == (4, 2)


def test_relations_may_be_given_instead_of_a_network(stars):
    found = drop_enterprises(stars, len, share=0.25, repeats=3)
    assert found.observed.to_dict() == {"len": 16}
    assert found.values["len"].tolist() == [12, 12, 12]
    of_networks = drop_enterprises(
        stars, lambda left: counts(last(cumulative(left))), share=0.25, repeats=3, seed=1
    )
    direct = drop_enterprises(last(cumulative(stars)), counts, share=0.25, repeats=3, seed=1)
    pd.testing.assert_frame_equal(of_networks.values, direct.values)


def test_without_roles_givers_go_but_what_they_receive_stays():
    ring = ValueNetwork.from_edges(["ab", "bc", "cd", "da"])
    found = drop_enterprises(ring, lambda n: float(n.n_edges), share=0.25, repeats=4)
    assert set(found.values.iloc[:, 0]) == {3}
    sizes = drop_enterprises(ring, lambda n: float(n.n_nodes), share=0.25, repeats=4)
    assert set(sizes.values.iloc[:, 0]) == {4}


def test_seeds_come_again_and_longer_series_begin_alike(stars):
    uneven = stars.where(np.arange(16) != 0)

    def run(**options):
        return drop_enterprises(last(cumulative(uneven)), counts, share=0.25, **options).values

    pd.testing.assert_frame_equal(run(repeats=5, seed=1), run(repeats=9, seed=1).head(5))
    assert not run(repeats=9, seed=1).equals(run(repeats=9, seed=2))


def test_summary_by_hand(stars):
    found = drop_enterprises(last(cumulative(stars)), average_degree, share=0.5, repeats=3)
    row = found.summary().loc["average_degree"]
    assert row["observed"] == pytest.approx(16 / 17)
    assert (row["low"], row["median"], row["high"]) == pytest.approx((8 / 9, 8 / 9, 8 / 9))


@pytest.mark.parametrize("wrong", [{"share": 0}, {"share": 1}, {"repeats": 0}])
def test_wrong_calls_are_refused(stars, wrong):
    with pytest.raises(ValueError, match="must"):
        drop_enterprises(stars, len, **wrong)


def test_a_single_enterprise_cannot_be_removed():
    with pytest.raises(ValueError, match="too few"):
        drop_enterprises(ValueNetwork.from_edges(["ab"]), average_degree)
