"""Tables of groups, blocks and hierarchy: what stands in which column, and what is said beside."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters import networks, tables
from clusters.errors import UsageError
from clusters.measures import blockmodel, brokerage, consensus, mixing, reachability
from clusters.networks import ValueNetwork
from clusters.relations import from_frame


@pytest.fixture(scope="module")
def relations():
    """Three provinces; a gives to all, b and c return something; q has no province."""
    nodes = pd.DataFrame(
        {
            "role": ["sample", "sample", "partner", "partner", "partner", "partner"],
            "province": ["北京市", "广东省", "北京市", "广东省", "上海市", None],
        },
        index=list("abcdeq"),
    )
    rows = [("a", "c", 2020), ("a", "d", 2020), ("b", "d", 2020), ("c", "a", 2021), ("e", "b", 2021)]
    rows += [("a", "b", 2021), ("a", "q", 2021), ("b", "e", 2021)]
    return from_frame(pd.DataFrame(rows, columns=["source", "target", "year"]), nodes)


@pytest.fixture(scope="module")
def built(relations):
    return networks.cumulative(relations)


def terms(table):
    return [note.term for note in table.attrs["notes"]]


def test_mixing_by_hand(built):
    table = tables.mixing(built, permutations=9)
    assert table["year"].to_list() == [2020, 2021]
    # 2020: a-c and b-d stay within; 2021 adds c-a within and e-b, a-b, b-e between; a-q has no province.
    assert table["grouped_edges"].to_list() == [3, 7]
    assert table["external_edges"].to_list() == [1, 4]
    assert table["ei_index"].to_list() == pytest.approx([-1 / 3, 1 / 7])
    assert ((table["ei_p"] >= 0.1) & (table["ei_p"] <= 1)).all()
    last = networks.last(built)
    found = mixing.degree_assortativity(last, "in", "out").coefficient
    assert table["assortativity_in_out"].iloc[-1] == pytest.approx(found)
    assert {"note.ungrouped", "note.sampling_caution", "note.groups_dealt"} <= set(terms(table))
    assert "ei_p" not in tables.mixing(built, permutations=0)
    by_role = tables.mixing(built, "role", permutations=0)
    assert by_role["external_edges"].to_list() == [3, 7]
    assert "note.ungrouped" not in terms(by_role)


def test_mixing_without_a_network_has_the_same_columns(built):
    for permutations in (0, 2):
        full = tables.mixing(built, permutations=permutations)
        assert tables.mixing({}, permutations=permutations).columns.to_list() == full.columns.to_list()


def test_relations_and_single_networks_do_as_well(relations, built):
    table = tables.mixing(built, permutations=2)
    pd.testing.assert_frame_equal(tables.mixing(relations, permutations=2), table)
    one = tables.mixing(built[2021], permutations=2)
    pd.testing.assert_frame_equal(one, table.tail(1).reset_index(drop=True))


def test_mixing_matrix(built):
    counts = tables.mixing_matrix_table(networks.last(built), shares=False).set_index("origin")
    assert counts.loc["北京市", "广东省"] == 2
    assert counts.to_numpy().sum() == 7
    assert list(counts.index) == list(counts.columns) == ["北京市", "上海市", "广东省"]  # by place code
    shares = tables.mixing_matrix_table(networks.last(built)).set_index("origin")
    np.testing.assert_allclose(shares, counts / 7)


def test_brokers(built):
    last = networks.last(built)
    table = tables.brokerage(last, top=None)
    assert table["rank"].to_list() == list(range(1, 7))
    assert table["open_paths"].is_monotonic_decreasing
    assert (table[list(brokerage.ROLES)].sum(axis=1) == table["open_paths"]).all()
    gaps = brokerage.structural_holes(last)
    assert dict(zip(table["node"], table["constraint"], strict=True)) == gaps["constraint"].to_dict()
    assert len(tables.brokerage(last, top=2)) == 2
    groups = tables.brokerage_groups(last, permutations=5)
    assert groups["node_group"].isna().to_list()[:6] == [True] * 5 + [False]
    whole = groups.iloc[:5].set_index("broker_role")["open_paths"]
    assert whole.to_dict() == table[list(brokerage.ROLES)].sum().to_dict()
    assert groups.iloc[:5]["path_share"].sum() == pytest.approx(1)
    by_group = groups.iloc[5:].groupby("node_group", sort=False)["open_paths"].sum()
    assert by_group.is_monotonic_decreasing
    assert "paths_z" not in tables.brokerage_groups(last, permutations=0)


def test_consensus(built):
    table = tables.consensus_communities(built, seeds=3)
    found = consensus.consensus_communities(built[2021], seeds=3)
    assert table["communities"].to_list()[1] == found.communities
    assert table["consensus_modularity"].to_list()[1] == pytest.approx(found.modularity)
    province = networks.last(built).attributes["province"]
    agreement = consensus.adjusted_rand_index(found.membership, pd.Series(province))
    assert table["ari"].to_list()[1] == pytest.approx(agreement)
    alone = tables.consensus_communities(built[2021], None, seeds=2, method="louvain")
    assert "nmi" not in alone
    assert "Louvain" in alone.attrs["notes"][0]


def test_unknown_groups():
    bare = {None: ValueNetwork.from_edges([("a", "b")])}
    with pytest.raises(UsageError, match="sample"):
        tables.mixing(bare, "role")
    with pytest.raises(UsageError, match="'province'"):
        tables.mixing(bare)


def test_blocks_of_a_matrix_and_of_relations(relations):
    rate = np.array([[8, 1], [1, 8]])[np.ix_([0] * 4 + [1] * 4, [0] * 4 + [1] * 4)]
    names = list("abcdefgh")
    matrix = pd.DataFrame(rate, index=pd.Index(names, name="origin"), columns=names)
    places = tables.block_places(matrix, splits=1)
    assert places["block"].to_list() == [1] * 4 + [2] * 4
    pd.testing.assert_frame_equal(places, tables.block_places(matrix.reset_index(), splits=1))
    blocks = tables.blockmodel(matrix, splits=1)
    assert blocks["block_inner"].to_list() == [96, 96]
    assert blocks["inner_share"].to_list() == pytest.approx([96 / 112] * 2)
    density = tables.block_density(matrix, splits=1)
    assert density["block_density"].to_list() == [8, 1, 1, 8]
    assert density["image"].to_list() == [1, 0, 0, 1]
    found = tables.blockmodel(relations)
    assert found["block_size"].sum() == 3
    assert terms(found)[0] == "note.group_flows"
    assert "note.cut_row_mean" in terms(tables.blockmodel(relations, cut="row_mean"))
    assert "note.cut_above" in terms(tables.block_density(relations, cut=0))


def test_krackhardt(built, relations):
    table = tables.krackhardt(built)
    found = reachability.krackhardt(built[2021])
    last = table.iloc[-1]
    assert last["krackhardt_hierarchy"] == pytest.approx(found.hierarchy)
    assert last["mutual_pairs"] == found.mutual_pairs
    # Places: 北京市 gives to 广东省 only; 广东省 and 上海市 give to each other.
    places = tables.krackhardt(relations, cut=0)
    assert places["year"].to_list() == [2020, 2021]
    assert places["edges"].to_list() == [1, 3]
    assert places["krackhardt_hierarchy"].to_list() == pytest.approx([1, 2 / 3])
    assert places["connectedness"].to_list() == pytest.approx([1 / 3, 1])
    matrix = pd.DataFrame([[0, 1], [0, 0]], index=list("xy"), columns=list("xy"))
    assert tables.krackhardt(matrix, cut=0)["krackhardt_efficiency"].to_list() == [1]
    assert blockmodel.dichotomised(matrix, 0).to_numpy().sum() == 1
    pd.testing.assert_frame_equal(tables.krackhardt(built[2021]), table.tail(1).reset_index(drop=True))
