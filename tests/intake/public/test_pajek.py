"""Pajek files by hand and of networkx and igraph."""

from __future__ import annotations

import igraph
import networkx as nx
import pytest

from clusters.errors import DataError, UsageError

NET = """% a comment *Vertices 9
*Network "value network"
*VERTICES	5
1 "甲 公司" 0.1 0.2 0.5 ic Red [2013-2015]
2 乙
 3 "c ""
4 "*Arcs"
*arcs:1 "technology"
1 2 2.5 c Blue [2014-2016,2019]
2 1
3 4 1 l "a label" w 3
3 9 1
x 1 1
1
1 2 heavy

*Edges :2 "talent"
1 3 1
1 1 1
2: 4 5 7 [2020-*]
3: 4 5 7
*Arcslist
1 2 3 x
4
*Edgeslist
5 1
"""


def test_a_network_by_hand(graphs):
    for text in (NET, NET.replace("\n", "\r\n"), "\ufeff" + NET, NET.replace("\n", "\r")):
        found = graphs.convert("pajek", graphs.write("a.net", text))
        assert graphs.rows(found, "source", "target", "kind", "weight", "year") == [
            ("甲 公司", "乙", "technology", 2.5, 2014),
            ("乙", "甲 公司", "technology", 1, None),
            ("c", "*Arcs", "technology", 1, None),
            ("甲 公司", "c", "talent", 1, None),
            ("甲 公司", "甲 公司", "talent", 1, None),
            ("*Arcs", "5", "talent", 7, 2020),
            ("*Arcs", "5", "3", 7, None),
            ("甲 公司", "乙", "", 1, None),
            ("甲 公司", "c", "", 1, None),
            ("5", "甲 公司", "", 1, None),
        ]
        assert graphs.fates(found) == [
            ("unknown_node", 12),
            ("unknown_node", 13),
            ("missing_target", 14),
            ("bad_weight", 15),
            ("unknown_node", 23),
            ("missing_target", 24),
        ]
        assert graphs.counts(found) == (10, 6)
    assert found.relations.loc[0, ["last_year", "periods"]].tolist() == [2019, "2014-2016;2019"]
    assert found.relations.loc[2, "label"] == "a label"
    assert found.nodes["node"].tolist() == ["甲 公司", "乙", "c", "*Arcs", "5"]
    assert found.nodes.loc[0, "first_year"] == "2013"
    assert "5 edges have no direction" in " ".join(found.notes)


def test_matrices(graphs):
    square = '*Vertices 3\n1 "a"\n2 "b"\n3 "c"\n*Matrix :1 "loans"\n0 1 0.0\n2.5 0 -1\n0 x 0\n1 1 1\n'
    found = graphs.convert("pajek", graphs.write("a.net", square))
    assert graphs.rows(found, "source", "target", "kind", "weight") == [
        ("a", "b", "loans", 1),
        ("b", "a", "loans", 2.5),
        ("b", "c", "loans", -1),
    ]
    assert graphs.fates(found) == [("bad_weight", 8), ("ragged_row", 9)]
    two_mode = "*Vertices 5 2\n*Matrix\n1 0 2\n0 1\n"
    found = graphs.convert("pajek", graphs.write("b.net", two_mode))
    assert graphs.rows(found, "source", "target", "weight") == [("1", "3", 1), ("1", "5", 2)]
    assert graphs.fates(found) == [("ragged_row", 4)]


PROJECT = """*Network first
*Vertices 2
1 "a"
2 "b"
*Arcs
1 2
*Partition ignored
*Vertices 2
1
0
*Network second
*Vertices 2
1 "x"
2 "y"
*Arcs
2 1
*Vector v
*Vertices 2
0.5
0.5
"""


def test_projects_with_several_networks(graphs):
    path = graphs.write("a.paj", PROJECT)
    with pytest.raises(DataError, match="holds 2 networks: 'first', 'second'"):
        graphs.convert("pajek", path)
    found = graphs.convert("pajek", path, network="second")
    assert graphs.rows(found) == [("y", "x")]
    assert "'second' is read" in found.notes[0]
    assert graphs.rows(graphs.convert("pajek", path, network="1")) == [("a", "b")]
    with pytest.raises(UsageError, match="has no network 'third'"):
        graphs.convert("pajek", path, network="third")


def test_encodings(graphs):
    text = '*Vertices 2\n1 "甲公司"\n2 "乙公司"\n*Arcs\n1 2\n'
    for codec in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        found = graphs.convert("pajek", graphs.write("a.net", text.encode(codec)))
        assert graphs.rows(found) == [("甲公司", "乙公司")]
    latin = text.replace("甲公司", "Žižek").encode("cp1250", "replace")
    assert (
        graphs.rows(graphs.convert("pajek", graphs.write("a.net", latin), encoding="cp1250"))[0][0] == "Žižek"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("source,target\n", "line 1: 'source,target' stands before"),
        ("*Arcs\n1 2\n", r"the section \*arcs is not known here"),
        ("*Vertices many\n", "does not say how many"),
        ("*Vertices\n", "does not say how many"),
        ("*Vertices 2\n3 \"c\"\n", "'3' is no number of a vertex"),
        ("*Vertices 2\n*Events\n", r"line 2: the section \*events is not known"),
        ("% nothing\n", r"there is no \*Vertices"),
        ("\x00\x01\x02", "not a text table"),
    ],
)  # fmt: skip
def test_files_that_are_refused(graphs, text, message):
    with pytest.raises(DataError, match=message):
        graphs.convert("pajek", graphs.write("a.net", text))


def test_a_large_number_of_vertices_takes_no_room(graphs):
    path = graphs.write("a.net", "*Vertices 999999999999\n*Arcs\n999999999999 1\n")
    assert len(graphs.convert("pajek", path).nodes) == 2


@pytest.mark.parametrize("directed", [True, False])
def test_agrees_with_networkx_and_igraph(graphs, tmp_path, directed):
    graph = nx.gnm_random_graph(30, 100, seed=5, directed=directed)
    graph = nx.relabel_nodes(graph, {i: f"node {i}" for i in graph})
    for number, (_, _, data) in enumerate(graph.edges(data=True)):
        data["weight"] = number + 0.25
    path = tmp_path / "a.net"
    nx.write_pajek(graph, path)

    def sided(edges):
        return sorted((*((a, b) if directed else sorted((a, b))), w) for a, b, w in edges)

    expected = sided((a, b, d["weight"]) for a, b, d in nx.read_pajek(path).edges(data=True))
    found = graphs.convert("pajek", path)
    assert sided(graphs.rows(found, "source", "target", "weight")) == expected
    other = igraph.Graph.Read_Pajek(str(path))
    names = other.vs["name" if "name" in other.vs.attributes() else "id"]
    assert sided((names[e.source], names[e.target], e["weight"]) for e in other.es) == expected
    other.write_pajek(str(tmp_path / "b.net"))
    again = graphs.rows(graphs.convert("pajek", tmp_path / "b.net"), "source", "target", "weight")
    if "name" not in other.vs.attributes():
        assert sided(again) == expected
