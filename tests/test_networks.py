"""Relations become networks: what an edge is, which years count, who is in the sample."""

from __future__ import annotations

import gc
import pickle
import weakref

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters import networks as networks_module
from clusters.errors import UsageError
from clusters.networks import ValueNetwork, by_mode, cumulative, last, window, yearly
from clusters.relations import from_frame, in_years, of_kinds, of_platforms, read_relations, sample_nodes

PAIRS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=30)


@pytest.fixture
def three_years():
    """a->b in 2019 twice (two kinds), b->a in 2020, c->d in 2021, b->b in 2021."""
    return from_frame(
        pd.DataFrame(
            {
                "source": ["a", "a", "b", "c", "b"],
                "target": ["b", "b", "a", "d", "b"],
                "year": [2019, 2019, 2020, 2021, 2021],
                "kind": ["technology", "talent", "technology", "technology", "talent"],
            }
        )
    )


def counts(networks):
    return {year: (n.n_nodes, n.n_edges, n.n_relations) for year, n in networks.items()}


def test_cumulative_counts_every_relation_up_to_the_year_by_hand(three_years):
    # a->b and b->a are two edges; the self-loop b->b stays, as from_frame takes rows as they are.
    assert counts(cumulative(three_years)) == {2019: (2, 1, 2), 2020: (2, 2, 3), 2021: (4, 4, 5)}


def test_yearly_and_window_forget_earlier_years(three_years):
    assert counts(yearly(three_years)) == {2019: (2, 1, 2), 2020: (2, 1, 1), 2021: (3, 2, 2)}
    assert counts(window(three_years, 2))[2021] == (4, 3, 3)
    assert counts(by_mode(three_years, "window:2")) == counts(window(three_years, 2))


def test_years_choose_what_is_reported_but_earlier_relations_still_count(three_years):
    assert counts(cumulative(three_years, years=[2020])) == {2020: (2, 2, 3)}


@pytest.mark.parametrize(("parallel", "edges"), [("merge", 4), ("kinds", 5), ("relations", 5)])
def test_what_counts_as_one_edge(three_years, parallel, edges):
    assert last(cumulative(three_years, parallel=parallel)).n_edges == edges


def test_equal_relations_are_one_edge_per_kind_but_two_relations():
    table = from_frame(pd.DataFrame({"source": ["a"] * 3, "target": ["b"] * 3, "kind": ["x", "x", "y"]}))
    network = last(cumulative(table, parallel="kinds"))
    assert network.to_frame()[["kind", "relations"]].values.tolist() == [["x", 2], ["y", 1]]
    assert last(cumulative(table, parallel="relations")).n_edges == 3


def test_weights_add_up_and_first_year_is_the_earliest():
    table = from_frame(
        pd.DataFrame({"source": ["a", "a"], "target": ["b", "b"], "year": [2021, 2019], "weight": [2.0, 0.5]})
    )
    frame = last(cumulative(table)).to_frame()
    assert frame.loc[0, ["relations", "weight", "first_year"]].tolist() == [2, 2.5, 2019]


def test_a_former_sample_enterprise_counts_as_partner_after_its_last_year():
    nodes = pd.DataFrame(
        {"role": ["sample", "sample", "partner"], "sample_to": [2019, None, None]}, list("abc")
    )
    table = from_frame(
        pd.DataFrame({"source": ["a", "b"], "target": ["c", "a"], "year": [2019, 2020]}), nodes
    )
    assert [int(n.sample.sum()) for n in cumulative(table).values()] == [1, 1]
    assert last(cumulative(table)).sample.tolist() == [False, True, False]


def test_roles_that_nobody_gave_are_unknown(three_years):
    assert last(cumulative(three_years)).sample is None


def test_isolates_of_the_nodes_table_count_only_when_asked():
    nodes = pd.DataFrame({"label": ["Z", "A", "B"]}, ["z", "a", "b"])
    table = from_frame(pd.DataFrame({"source": ["a"], "target": ["b"]}), nodes)
    assert list(cumulative(table)[None].nodes) == ["a", "b"]
    assert list(cumulative(table, isolates=True)[None].nodes) == ["z", "a", "b"]


def test_an_organisation_that_only_relations_name_is_no_isolate(tmp_path):
    frame = pd.DataFrame({"source": ["a", "a"], "target": ["b", "c"], "year": [2020, 2021]})
    nodes = pd.DataFrame({"node": ["a", "z"]})
    for table in (from_frame(frame, nodes.set_index("node")), read_relations(frame, nodes=nodes)):
        found = cumulative(table, isolates=True)
        assert {year: list(n.nodes) for year, n in found.items()} == {
            2020: ["a", "z", "b"],
            2021: ["a", "z", "b", "c"],
        }
    bare = cumulative(read_relations(frame), isolates=True)
    assert [n.n_nodes for n in bare.values()] == [2, 3]


def test_a_table_without_a_relation_in_use_has_no_last_network():
    frame = pd.DataFrame({"source": ["a"], "target": ["a"], "year": [2020]})
    with pytest.raises(UsageError, match="no relation in use"):
        last(cumulative(read_relations(frame)))
    assert last(cumulative(read_relations(frame, loops="keep"))).n_edges == 1


def test_undated_table_is_one_network_and_refuses_years():
    table = from_frame(pd.DataFrame({"source": ["a"], "target": ["b"]}))
    assert list(cumulative(table)) == [None]
    with pytest.raises(UsageError, match="no year column"):
        cumulative(table, years=[2020])
    with pytest.raises(UsageError, match="no year column"):
        in_years(table, 2020)


@pytest.mark.parametrize("mode", ["", "monthly", "window", "window:0", "window:x"])
def test_an_unknown_mode_names_the_known_ones(three_years, mode):
    with pytest.raises(UsageError, match="cumulative, yearly or window:N"):
        by_mode(three_years, mode)


def test_kinds_and_platforms_filter_relations(three_years):
    assert len(of_kinds(three_years, ["talent"])) == 2
    with pytest.raises(UsageError, match="has technology, talent"):
        of_kinds(three_years, ["capital"])
    with pytest.raises(UsageError, match="no organisation is flagged"):
        of_platforms(three_years)
    flagged = from_frame(
        three_years.frame.astype({"source": str, "target": str}),
        pd.DataFrame({"platform": [True, False, False, False]}, list("cabd")),
    )
    assert of_platforms(flagged).frame["source"].tolist() == ["c"]


def test_arrays_cannot_be_changed():
    network = ValueNetwork.from_edges([("a", "b")])
    with pytest.raises(ValueError, match="read-only"):
        network.sources[0] = 1
    with pytest.raises(AttributeError):
        network.year = 2020


def test_node_ids_may_be_any_hashable_value():
    network = ValueNetwork.from_edges([((1, 2), "b"), (3, (1, 2))])
    assert list(network.nodes) == [(1, 2), "b", 3]


def test_empty_network():
    network = ValueNetwork.from_edges([])
    assert (network.n_nodes, network.n_edges, network.n_relations) == (0, 0, 0)
    assert network.pairs[0].size == network.links[0].size == 0
    assert network.to_frame().empty
    assert network.to_igraph().vcount() == network.to_networkx().number_of_nodes() == 0


def test_subnetwork_is_induced():
    network = ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("c", "a")])
    inner = network.subnetwork(["c", "a"])
    assert inner.to_frame()[["source", "target"]].values.tolist() == [["c", "a"]]
    assert list(inner.nodes) == ["a", "c"]


@given(PAIRS)
def test_simple_views_agree_with_networkx(pairs):
    network = ValueNetwork.from_edges(pairs)
    graph = nx.DiGraph(pair for pair in pairs if pair[0] != pair[1])
    named = list(network.nodes)
    assert {(named[s], named[t]) for s, t in zip(*network.pairs, strict=True)} == set(graph.edges)
    assert network.links[0].size == graph.to_undirected().number_of_edges()
    assert network.simple().n_edges == graph.number_of_edges()
    assert network.n_relations == len(pairs)


@given(PAIRS)
def test_conversions_keep_every_edge(pairs):
    network = ValueNetwork.from_edges(pairs, parallel="relations")
    assert sorted(network.to_networkx().edges()) == sorted(pairs)
    graph = network.to_igraph()
    named = list(network.nodes)
    assert sorted((named[e.source], named[e.target]) for e in graph.es) == sorted(pairs)


@given(PAIRS, st.randoms())
def test_order_of_rows_does_not_matter(pairs, random):
    shuffled = list(pairs)
    random.shuffle(shuffled)
    nodes = range(9)
    one = ValueNetwork.from_edges(pairs, nodes=nodes)
    two = ValueNetwork.from_edges(shuffled, nodes=nodes)
    assert np.array_equal(one.sources, two.sources)
    assert np.array_equal(one.targets, two.targets)
    assert np.array_equal(one.relations, two.relations)


def plain_network(table, year, width, parallel, isolates):
    """Network of one year as it is defined: rows of the year in table order, edges in a dictionary."""
    frame = table.frame
    rows = frame
    if year is not None:
        rows = frame[frame["year"] <= year]
        rows = rows if width is None else rows[rows["year"] > year - width]
    names = list(table.nodes.index)
    listed = set(names[: table.listed]) if isolates else set()
    there = {*rows["source"], *rows["target"]} | listed
    nodes = [name for name in names if name in there]
    position = {name: i for i, name in enumerate(nodes)}
    kinds = [-1] * len(rows)
    if "kind" in rows and parallel != "merge":
        kinds = rows["kind"].cat.codes.tolist()
    weights = rows["weight"].fillna(1).tolist() if "weight" in rows else [1.0] * len(rows)
    years = rows["year"].tolist() if "year" in rows else [None] * len(rows)
    ends = zip(rows["source"], rows["target"], kinds, strict=True)
    keys = [(position[s], position[t], k) for s, t, k in ends]
    found = sorted(zip(keys, range(len(keys)), strict=True))
    edges = {}
    for key, row in found:
        edge = edges.setdefault((key, row if parallel == "relations" else 0), [0, [], []])
        edge[0] += 1
        edge[1].append(weights[row])
        edge[2].append(years[row])
    return nodes, edges


def assert_equals_plain(network, table, year, width, parallel, isolates):
    nodes, edges = plain_network(table, year, width, parallel, isolates)
    assert list(network.nodes) == nodes
    assert network.year == year
    assert network.sources.dtype == network.targets.dtype == np.int32
    assert network.sources.tolist() == [key[0] for key, _ in edges]
    assert network.targets.tolist() == [key[1] for key, _ in edges]
    assert network.relations.dtype == np.int64
    assert network.relations.tolist() == [count for count, _, _ in edges.values()]
    # The same sums to the last bit: in the order of the table, as NumPy adds.
    assert network.weights.tolist() == [
        float(np.add.reduceat(np.array(weights, float), [0])[0]) for _, weights, _ in edges.values()
    ]
    if "kind" in table.frame and parallel != "merge":
        assert network.kinds.tolist() == [key[2] for key, _ in edges]
        assert network.kind_names == tuple(table.frame["kind"].cat.categories)
    else:
        assert network.kinds is None
    if table.dated:
        assert network.first_years.tolist() == [min(years) for _, _, years in edges.values()]
    else:
        assert network.first_years is None
    sample = sample_nodes(table, year)[table.nodes.index.isin(nodes)]
    assert (network.sample is None) if not table.has_roles else network.sample.tolist() == sample.tolist()
    pd.testing.assert_frame_equal(network.attributes, table.nodes.loc[table.nodes.index.isin(nodes)])
    for array in (network.sources, network.targets, network.relations, network.weights):
        assert not array.flags.writeable


def assert_views_are_plain(network):
    ends = zip(network.sources.tolist(), network.targets.tolist(), strict=True)
    pairs = sorted({(s, t) for s, t in ends if s != t})
    links = sorted({(min(pair), max(pair)) for pair in pairs})
    for found, expected in ((network.pairs, pairs), (network.links, links)):
        assert list(zip(*(end.tolist() for end in found), strict=True)) == expected
        assert all(end.dtype == np.int32 and not end.flags.writeable for end in found)


ROWS = st.lists(
    st.tuples(
        st.integers(0, 9),
        st.integers(0, 9),
        st.integers(2018, 2022),
        st.sampled_from(["technology", "talent", None]),
        st.sampled_from([0.1, 1.7, 3.0, None]),
    ),
    max_size=60,
)


@st.composite
def tables(draw):
    rows = draw(ROWS)
    frame = pd.DataFrame(rows, columns=["source", "target", "year", "kind", "weight"])
    frame = frame.astype({"kind": object, "weight": float})
    for column in ("year", "kind", "weight"):
        if draw(st.booleans()):
            frame = frame.drop(columns=column)
    nodes = None
    if draw(st.booleans()):
        ids = draw(st.lists(st.integers(0, 14), unique=True, max_size=8))
        nodes = pd.DataFrame({"label": [f"N{i}" for i in ids]}, index=ids)
        if draw(st.booleans()):
            nodes["role"] = [["sample", "partner"][i % 2] for i in ids]
            if draw(st.booleans()):
                nodes["sample_to"] = [2019.0 if i % 3 else np.nan for i in ids]
    return from_frame(frame, nodes)


@settings(max_examples=150, deadline=None)
@given(
    tables(),
    st.sampled_from([None, 1, 2]),
    st.sampled_from(["merge", "kinds", "relations"]),
    st.booleans(),
    st.booleans(),
)
def test_every_year_equals_its_plain_definition(table, width, parallel, isolates, keep):
    kept = networks_module.KEPT_BYTES
    networks_module.KEPT_BYTES = kept if keep else 0
    try:
        options = {"parallel": parallel, "isolates": isolates}
        if table.dated:
            options["years"] = [2019, 2022, 2017]
        found = cumulative(table, **options) if width is None else window(table, width, **options)
        assert list(found) == ([2017, 2019, 2022] if table.dated else [None])
        for year, network in found.items():
            assert_equals_plain(network, table, year, width, parallel, isolates)
            assert_views_are_plain(network)
    finally:
        networks_module.KEPT_BYTES = kept


def test_networks_by_year_behave_like_a_dictionary(three_years):
    found = cumulative(three_years)
    assert len(found) == 3
    assert 2020 in found
    assert 1999 not in found
    with pytest.raises(KeyError, match="1999"):
        found[1999]
    assert list(reversed(found)) == [2021, 2020, 2019]
    assert [year for year, _ in found.items()] == list(found.keys()) == [2019, 2020, 2021]
    assert found[2021] is found[2021] is last(found)
    assert dict(found)[2020] is found[2020]
    assert repr(found) == "<networks of 2019, 2020, 2021>"


def test_networks_of_a_large_table_are_not_kept(three_years, monkeypatch):
    monkeypatch.setattr(networks_module, "KEPT_BYTES", 0)
    found = cumulative(three_years)
    held = found[2019]
    gone = weakref.ref(found[2020])
    assert found[2021].n_nodes == 4
    gc.collect()
    assert gone() is None
    # One that somebody holds is not made again.
    assert found[2019] is held


def test_attributes_are_taken_when_they_are_read(three_years):
    network = cumulative(three_years)[2019]
    assert callable(network.__dict__["_attributes"])
    assert pickle.loads(pickle.dumps(network)).n_edges == 1
    assert network.attributes["label"].tolist() == ["a", "b"]
    assert network.attributes is network.attributes
    assert network.subnetwork(["b"]).attributes["label"].tolist() == ["b"]
    assert network.simple().attributes["label"].tolist() == ["a", "b"]
    with pytest.raises(AttributeError):
        network.attributes = None


@given(st.lists(st.tuples(*[st.integers(0, 2**31 - 1)] * 3), max_size=50), st.integers(0, 5))
def test_order_is_stable_and_holds_the_largest_numbers(rows, repeat):
    columns = np.array(rows * (repeat + 1), np.int32).reshape(-1, 3).T
    expected = np.lexsort(columns[::-1])
    assert networks_module.stable_order(*columns).tolist() == expected.tolist()
