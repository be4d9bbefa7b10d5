"""The sensitivity table: hand counts, which statistics it has, what is refused and said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters.errors import UsageError
from clusters.networks import ValueNetwork, cumulative, last
from clusters.relations import from_frame
from clusters.tables import concentration, influence, sensitivity, yearly_structure
from clusters.tables._sensitivity import COLUMNS


@pytest.fixture
def stars():
    """Ten sample enterprises in 深圳市, each with one partner there and two in 北京市 of its own."""
    rows = [(f"e{i}", f"p{i}{k}", "深圳市" if k == 0 else "北京市") for i in range(10) for k in range(3)]
    frame = pd.DataFrame(rows, columns=["source", "target", "target_city"]).assign(source_city="深圳市")
    names = sorted(set(frame["source"]) | set(frame["target"]))
    roles = pd.DataFrame({"role": ["sample" if n[0] == "e" else "partner" for n in names]}, index=names)
    return from_frame(frame, roles)


def test_halving_equal_enterprises_halves_counts_and_leaves_shares(stars):
    table = sensitivity(last(cumulative(stars)), stars, shares=[0.2, 0.5], repeats=4, level="city")
    assert tuple(table.columns) == COLUMNS
    half = table[table["share"] == 0.5].set_index("statistic")
    for name, whole in {"sample_nodes": 10, "nodes": 40, "edges": 30, "weak_components": 10}.items():
        assert half.loc[name, ["observed", "low", "median", "high"]].tolist() == [whole] + [whole / 2] * 3
    for name, value in {"average_degree": 0.75, "gini": 0.75, "intra_share": 1 / 3}.items():
        assert half.loc[name, ["observed", "low", "median", "high"]].tolist() == pytest.approx([value] * 4)
    assert table["repeats"].unique().tolist() == [4]
    assert table.set_index(["share", "statistic"]).loc[(0.2, "edges"), "median"] == 24


def test_observed_is_what_the_other_tables_say(stars):
    uneven = stars.where(np.arange(30) > 6)
    networks = cumulative(uneven)
    observed = sensitivity(last(networks), uneven, shares=[0.3], repeats=2, level="city")
    observed = observed.set_index("statistic")["observed"]
    structure = yearly_structure(networks, seeds=1).drop(columns="year").iloc[0].astype(float)
    shares = concentration(networks).drop(columns=["year", "nodes"]).iloc[0].astype(float)
    pd.testing.assert_series_equal(
        observed[[*structure.index, *shares.index]], pd.concat([structure, shares]), check_names=False
    )


def test_flows_are_there_where_places_are(stars):
    network = last(cumulative(stars))
    flows = {"intra_share", "intra_lift", "flow_reciprocity"}
    assert flows <= set(sensitivity(network, stars, shares=[0.5], repeats=1, level="city")["statistic"])
    assert not flows & set(sensitivity(network, stars, shares=[0.5], repeats=1)["statistic"])
    assert not flows & set(sensitivity(network, shares=[0.5], repeats=1)["statistic"])


def test_the_caution_is_said(stars):
    notes = [
        str(note) for note in sensitivity(last(cumulative(stars)), shares=[0.5], repeats=1).attrs["notes"]
    ]
    assert any("union of ego networks" in note for note in notes)
    assert any("10 enterprises with relations, 1 draws" in note for note in notes)


def test_the_same_seed_gives_the_same_bytes(stars):
    network = last(cumulative(stars.where(np.arange(30) > 6)))

    def text(seed):
        return sensitivity(network, shares=[0.3], repeats=3, seed=seed).to_csv()

    assert text(1) == text(1)
    assert len({text(seed) for seed in range(6)}) > 1


@pytest.mark.parametrize("shares", [[], [0.0], [0.5, 1.0], [float("nan")]])
def test_shares_that_remove_nobody_or_all_are_refused(stars, shares):
    with pytest.raises(UsageError, match=r"share"):
        sensitivity(last(cumulative(stars)), shares=shares)


def test_a_single_enterprise_is_refused():
    with pytest.raises(UsageError, match="1 enterprise "):
        sensitivity(ValueNetwork.from_edges(["ab"]))


def test_one_enterprise_at_a_time_by_hand(stars):
    # e0 has 3 of 30 relations and 4 of 40 nodes; one of its three relations stays within 深圳市.
    table = influence(last(cumulative(stars)), stars, which=["e0", "e9"], level="city")
    assert list(dict.fromkeys(table["node"])) == ["e0", "e9"]
    row = table[table["node"] == "e0"].set_index("statistic")
    assert row.loc["edges", ["observed", "without", "change"]].tolist() == [30, 27, -3]
    assert row.loc["nodes", "without"] == 36
    assert row.loc["intra_share", ["observed", "without"]].tolist() == pytest.approx([1 / 3, 1 / 3])


def test_the_largest_are_left_out_by_default_and_shared_relations_count_for_both(stars):
    uneven = stars.where(~np.isin(np.arange(30), [0, 1, 3]))  # e0 has 1 left, e1 2, the others 3
    table = influence(last(cumulative(uneven)), which=10)
    assert list(dict.fromkeys(table["node"]))[-2:] == ["e1", "e0"]
    joined = ValueNetwork.from_edges(["ab", "ac", "db"])
    edges = influence(joined, which=["a"]).set_index("statistic").loc["edges"]
    assert (edges["observed"], edges["without"]) == (3, 1)


def test_who_is_no_enterprise_cannot_be_left_out(stars):
    with pytest.raises(UsageError, match="'p00' has no relation"):
        influence(last(cumulative(stars)), which=["p00"])
