"""GEXF: what Gephi, Gephi Lite and networkx will find in the file."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters import networks
from clusters.errors import DataError, UsageError
from clusters.export.gexf import write_gexf
from clusters.export.prepare import kind_columns
from clusters.networks import ValueNetwork
from clusters.relations import from_frame

GOLDEN = Path(__file__).parent / "golden"


def test_golden_file(two_years, square, tmp_path, check_gexf):
    report = write_gexf(two_years, tmp_path / "a.gexf", positions=square, dynamic=True, synthetic=True)
    assert (tmp_path / "a.gexf").read_text(encoding="utf-8") == (GOLDEN / "two_years.gexf").read_text("utf-8")
    check_gexf(tmp_path / "a.gexf")
    assert (report.nodes, report.edges, report.stripped, report.notes) == (5, 5, 0, ())


def test_golden_file_in_chinese(two_years, square, tmp_path, check_gexf):
    write_gexf(two_years, tmp_path / "a.gexf", positions=square, lang="zh", statistics=False)
    assert (tmp_path / "a.gexf").read_text(encoding="utf-8") == (GOLDEN / "zh.gexf").read_text("utf-8")
    file = check_gexf(tmp_path / "a.gexf")
    assert file.nodes["a"]["values"]["角色"] == "样本节点"
    assert {e["kind"] for e in file.edges} == {"技术合作", "人力资本", "投融资"}


def test_nodes_by_hand(two_years, square, tmp_path, check_gexf):
    write_gexf(two_years, tmp_path / "a.gexf", positions=square)
    file = check_gexf(tmp_path / "a.gexf")
    assert list(file.nodes) == ["a", "b", "c", "d", "e"]
    first = file.nodes["a"]
    assert (first["label"], first["x"], first["y"]) == ("甲公司", -100.0, 100.0)
    assert first["values"] == {
        "Role": "sample",
        "First year": 2014,
        "Province": "广东省",
        "Platform": True,
        "Founded": 1998,
        "staff": 12.5,
        "Type (attribute)": "HES",
    }
    # Nothing is made up for what is missing: c has no province, e no year; c's type is blank.
    assert file.nodes["c"]["values"] == {"Role": "partner", "First year": 2015, "Founded": 2010}
    assert "First year" not in file.nodes["e"]["values"]
    assert file.nodes["c"]["label"] == "c", "an organisation without a name shows its id"
    assert file.types["node"] == {
        "0": "string",
        "1": "integer",
        "2": "string",
        "3": "boolean",
        "4": "integer",
        "5": "double",
        "6": "string",
    }
    assert first["size"] == max(node["size"] for node in file.nodes.values())
    assert first["colour"] == file.nodes["b"]["colour"] != file.nodes["c"]["colour"]


def test_parallel_kinds_survive(two_years, tmp_path, check_gexf):
    write_gexf(two_years, tmp_path / "a.gexf")
    file = check_gexf(tmp_path / "a.gexf")
    pairs = [(e["source"], e["target"], e["kind"], e["weight"]) for e in file.edges]
    assert pairs == [
        ("a", "b", "talent", "1"),
        ("a", "b", "technology", "2"),
        ("a", "c", "investment", "1"),
        ("b", "a", "technology", "1"),
        ("d", "a", "technology", "1"),
    ]
    assert file.edges[1]["values"] == {"Kind of relation": "technology", "Relations": 2, "First year": 2014}


def test_merged_edges_carry_no_kind_but_counts(two_years, tmp_path, check_gexf):
    merged = two_years.subnetwork(np.ones(5, bool))
    merged = networks._assemble(  # the same relations, kinds merged
        merged.nodes,
        merged.sources,
        merged.targets,
        relations=merged.relations,
        weights=merged.weights,
        first_years=merged.first_years,
        parallel="merge",
        sample=merged.sample,
    )
    write_gexf(merged, tmp_path / "a.gexf", edge_columns=kind_columns(merged, two_years))
    file = check_gexf(tmp_path / "a.gexf")
    first = file.edges[0]
    assert (first["source"], first["target"], first["kind"], first["weight"]) == ("a", "b", "", "3")
    assert first["values"]["Relations: technology"] == 2
    assert first["values"]["Relations: talent"] == 1
    assert first["values"]["Kind of relation"] == "technology + talent"
    assert "kinds merged" in file.description


def test_dynamic_intervals_by_hand(two_years, tmp_path, check_gexf):
    write_gexf(two_years, tmp_path / "a.gexf", dynamic=True)
    file = check_gexf(tmp_path / "a.gexf")
    assert file.graph == {
        "defaultedgetype": "directed",
        "mode": "dynamic",
        "timeformat": "double",
        "timerepresentation": "interval",
    }
    # b enters with the relation of 2014, not with the later ones; e has none and is always there.
    assert {id_: node["start"] for id_, node in file.nodes.items()} == {
        "a": "2014",
        "b": "2014",
        "c": "2015",
        "d": "2015",
        "e": None,
    }
    assert [e["start"] for e in file.edges] == ["2015", "2014", "2015", "2014", "2015"]


def test_slice_carries_its_year(two_years, tmp_path, check_gexf):
    write_gexf(two_years, tmp_path / "a.gexf", slice_year=True)
    graph = check_gexf(tmp_path / "a.gexf").graph
    assert (graph["mode"], graph["timestamp"], graph["timerepresentation"]) == ("slice", "2015", "timestamp")


def test_networkx_reads_it_back(two_years, square, tmp_path):
    write_gexf(two_years, tmp_path / "a.gexf", positions=square)
    graph = nx.read_gexf(tmp_path / "a.gexf", version="1.3")
    assert isinstance(graph, nx.MultiDiGraph)
    assert graph.number_of_nodes() == two_years.n_nodes
    assert Counter((u, v) for u, v in graph.edges()) == Counter(
        zip(*(two_years.nodes.take(e) for e in (two_years.sources, two_years.targets)), strict=True)
    )
    assert graph.nodes["a"]["Province"] == "广东省"
    assert graph.nodes["a"]["Platform"] is True
    assert graph.nodes["a"]["label"] == "甲公司"
    position = graph.nodes["a"]["viz"]["position"]
    assert (position["x"], position["y"]) == (-100.0, 100.0)
    kinds = {data["Kind of relation"]: data["Relations"] for _, _, data in graph.edges("a", data=True)}
    assert kinds == {"technology": 2, "talent": 1, "investment": 1}


def test_statistics_take_gephis_ids_only_for_gephi(two_years, tmp_path, check_gexf):
    write_gexf(two_years, tmp_path / "g.gexf", statistics=True)
    write_gexf(two_years, tmp_path / "l.gexf", statistics=True, target="lite")
    gephi, lite = check_gexf(tmp_path / "g.gexf"), check_gexf(tmp_path / "l.gexf")
    assert {"indegree", "outdegree", "degree", "modularity_class", "clustering"} <= set(gephi.titles["node"])
    assert all(id_.isdecimal() for id_ in lite.titles["node"])
    # a: out to b twice (two kinds) and c, in from b and d.
    for file in (gephi, lite):
        values = file.nodes["a"]["values"]
        assert (values["In-degree"], values["Out-degree"], values["Degree"]) == (2, 3, 5)
    assert gephi.types["node"]["modularity_class"] == "integer"
    assert gephi.types["node"]["clustering"] == "double"


@pytest.mark.parametrize(
    ("network", "counts"),
    [
        (ValueNetwork.from_edges([]), (0, 0)),
        (ValueNetwork.from_edges([], nodes=["only"]), (1, 0)),
        (ValueNetwork.from_edges([], nodes=list("abcde")), (5, 0)),
        (ValueNetwork.from_edges([("a", "a"), ("a", "b")]), (2, 2)),
        (ValueNetwork.from_edges([("a", "b")] * 3, parallel="relations"), (2, 3)),
        (ValueNetwork.from_edges([(1, "1"), ("1", 2)]), (3, 2)),
    ],
    ids=["empty", "one node", "isolates", "self-loop", "multigraph", "ids equal as text"],
)
def test_odd_networks(network, counts, tmp_path, check_gexf):
    report = write_gexf(network, tmp_path / "a.gexf")
    file = check_gexf(tmp_path / "a.gexf")
    assert (len(file.nodes), len(file.edges)) == counts == (report.nodes, report.edges)


def test_same_input_same_bytes(two_years, tmp_path):
    for name in ("a", "b"):
        write_gexf(two_years, tmp_path / f"{name}.gexf", seed=3, dynamic=True)
        write_gexf(two_years, tmp_path / f"{name}.gexf.gz", seed=3)
    assert (tmp_path / "a.gexf").read_bytes() == (tmp_path / "b.gexf").read_bytes()
    assert (tmp_path / "a.gexf.gz").read_bytes() == (tmp_path / "b.gexf.gz").read_bytes()
    assert gzip.decompress((tmp_path / "a.gexf.gz").read_bytes()).startswith(b"<?xml")


def test_row_order_does_not_matter(tmp_path):
    rows = pd.DataFrame(
        {"source": list("abca"), "target": list("bcab"), "year": [1, 2, 3, 1], "kind": list("xyxy")}
    )
    for name, table in (("a", rows), ("b", rows.iloc[::-1])):
        network = networks.last(networks.cumulative(from_frame(table), parallel="kinds"))
        positions = pd.DataFrame({"x": [1.0, 2, 3], "y": 0.0}, index=list("abc"))
        write_gexf(network, tmp_path / f"{name}.gexf", positions=positions, colour_by="community")
    ours, other = ((tmp_path / f"{n}.gexf").read_text().split("<edges>") for n in "ab")
    assert ours[1] == other[1]


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan"), float("inf")])
def test_weights_that_gephi_drops_are_refused_when_asked_for(weight, tmp_path):
    network = ValueNetwork.from_edges([("a", "b"), ("b", "c")], weights=[1.0, weight])
    with pytest.raises(DataError, match=r"1 of 2 edges.*'b' -> 'c'"):
        write_gexf(network, tmp_path / "a.gexf", weights="table")
    assert not list(tmp_path.iterdir()), "nothing is left behind"
    assert write_gexf(network, tmp_path / "a.gexf", weights="relations").notes == ()


def test_relations_weigh_where_the_table_does_not(tmp_path, check_gexf):
    network = ValueNetwork.from_edges(
        [("a", "b"), ("a", "b"), ("b", "c"), ("c", "a")], weights=[1.5, 2.0, float("nan"), 0.0]
    )
    report = write_gexf(network, tmp_path / "a.gexf")
    file = check_gexf(tmp_path / "a.gexf")
    assert [edge["weight"] for edge in file.edges] == ["2", "1", "1"]
    assert [edge["values"].get("Weight (attribute)") for edge in file.edges] == [3.5, None, 0.0]
    assert "2 of 3 edges" in report.notes[0]
    assert "Weight: number of relations" in file.description


def test_weights_of_the_table_are_used_where_they_can_be(tmp_path, check_gexf):
    network = ValueNetwork.from_edges([("a", "b"), ("a", "b"), ("b", "c")], weights=[1.5, 2.0, 0.25])
    write_gexf(network, tmp_path / "a.gexf")
    file = check_gexf(tmp_path / "a.gexf")
    assert [edge["weight"] for edge in file.edges] == ["3.5", "0.25"]


def test_no_timeline_without_years(tmp_path):
    with pytest.raises(UsageError, match="undated"):
        write_gexf(ValueNetwork.from_edges([("a", "b")]), tmp_path / "a.gexf", dynamic=True)


def test_existing_file_stays(two_years, tmp_path):
    (tmp_path / "a.gexf").write_text("mine")
    with pytest.raises(UsageError, match="exists"):
        write_gexf(two_years, tmp_path / "a.gexf")
    assert (tmp_path / "a.gexf").read_text() == "mine"
    write_gexf(two_years, tmp_path / "a.gexf", force=True)
    assert (tmp_path / "a.gexf").read_text().startswith("<?xml")


def test_inf_in_names_is_told_or_joined(tmp_path, check_gexf):
    nodes = pd.DataFrame({"city": ["INFORMATION City", "x"]}, index=["a", "b"])
    table = from_frame(pd.DataFrame({"source": ["a"], "target": ["b"]}), nodes)
    network = networks.last(networks.cumulative(table))
    report = write_gexf(network, tmp_path / "a.gexf")
    assert any("Infinity" in note and "INFORMATION" in note for note in report.notes)
    report = write_gexf(network, tmp_path / "b.gexf", inf_joiner=True)
    assert report.notes == ()
    assert check_gexf(tmp_path / "b.gexf").nodes["a"]["values"]["City"] == "I\u200dNFORMATION City"


def test_columns_that_readers_take_for_their_own_get_another_title(tmp_path, check_gexf):
    names = ["id", "type", "x", "size", "color", "Label", "weight", "", "x ", "X"]
    nodes = pd.DataFrame([[f"v{i}" for i in range(len(names))]] * 2, columns=names, index=["a", "b"])
    table = from_frame(pd.DataFrame({"source": ["a"], "target": ["b"]}), nodes)
    write_gexf(networks.last(networks.cumulative(table)), tmp_path / "a.gexf")
    file = check_gexf(tmp_path / "a.gexf")
    assert {f"v{i}" for i in range(len(names))} <= set(file.nodes["a"]["values"].values())


names = st.text(max_size=12) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        "]]>",
        "&amp;",
        "\"'",
        "a\x00b",
        "\ud800",
        "\u202eabc",
        "😀",
        "\r\n\t",
        "<!--",
        " ",
    ]
)


@settings(max_examples=60, deadline=None)
@given(
    edges=st.lists(st.tuples(names, names, names), max_size=8), values=st.lists(names, min_size=1, max_size=4)
)
def test_any_text_comes_through(edges, values, tmp_path_factory, check_gexf):
    """Well-formed, complete, and equal to the input but for what XML cannot hold."""
    path = tmp_path_factory.mktemp("fuzz") / "a.gexf"
    kinds = [kind for _, _, kind in edges]
    bare = ValueNetwork.from_edges([e[:2] for e in edges], kinds=kinds, parallel="kinds")
    texts = [values[i % len(values)] for i in range(bare.n_nodes)]
    columns = pd.DataFrame(
        [[text, text] for text in texts],
        index=bare.nodes,
        columns=pd.Index(["city", values[0]], dtype=object),
        dtype=object,
    )
    report = write_gexf(bare, path, node_columns=columns, positions="spiral", colour_by="community")
    file = check_gexf(path)
    assert (len(file.nodes), len(file.edges)) == (report.nodes, report.edges)
    legal = "".join(c for c in "".join(texts) if _legal(c))
    if legal == "".join(texts):
        shown = [node["values"].get("City") for node in file.nodes.values()]
        assert Counter(v for v in shown if v) == Counter(t for t in texts if t.strip())
    if all(_legal(c) for text in bare.nodes for c in text) and all(str(n).strip() for n in bare.nodes):
        assert set(file.nodes) == set(bare.nodes)


def _legal(character: str) -> bool:
    code = ord(character)
    return (
        code in (9, 10, 13)
        or 0x20 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFFFD
        or 0x10000 <= code <= 0x10FFFF
    )


def test_characters_left_out_are_counted(tmp_path, check_gexf):
    network = ValueNetwork.from_edges([("a\x00\x01", "b\ud800"), ("a", "b")])
    report = write_gexf(network, tmp_path / "a.gexf")
    assert report.stripped == 3
    assert any("3 characters" in note for note in report.notes)
    # Two ids that differ only in such characters stay two nodes.
    assert len(check_gexf(tmp_path / "a.gexf").nodes) == 4


@pytest.mark.slow
def test_a_real_network_is_whole_and_valid(shared, tmp_path, check_gexf):
    from clusters.relations import read_relations

    table = read_relations(shared / "data" / "cordis_h2020" / "relations.csv.gz")
    network = networks.last(networks.cumulative(table))
    write_gexf(network, tmp_path / "a.gexf", positions="spiral", weights="relations", colour_by="auto")
    file = check_gexf(tmp_path / "a.gexf")
    assert len(file.nodes) == network.n_nodes > 30_000
    assert len(file.edges) == network.n_edges
