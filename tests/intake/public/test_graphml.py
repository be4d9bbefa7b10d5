"""GraphML files by hand and of networkx, igraph and yEd."""

from __future__ import annotations

import igraph
import networkx as nx
import pytest

from clusters.errors import DataError, UsageError

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""  # the location of a schema is a hint, which nobody follows
KEYS = """<key id="d0" for="node" attr.name="province" attr.type="string"><default>未知</default></key>
<key id="d1" for="edge" attr.name="weight" attr.type="double"><default>2</default></key>
<key id="d2" for="all" attr.name="note" attr.type="string"/>
<key id="d3" for="edge" attr.name="Year" attr.type="int"/>
<key id="d4" for="graph" attr.name="ignored" attr.type="string"/>
"""


def graphml(graphs, body, name="a.graphml"):
    return graphs.write(name, HEAD + body + "</graphml>")


def test_keys_defaults_and_directions_by_hand(graphs):
    body = (
        KEYS
        + """<graph id="G" edgedefault="undirected"><data key="d4">x</data>
<node id="a"><data key="d0">北京市</data><data key="d2">n</data></node><node id="b"/><node id="c"/>
<edge source="a" target="b"><data key="d3">2014</data></edge>
<edge source="b" target="a" directed="true"><data key="d1">0.5</data><data key="d3">2015</data></edge>
<edge source="c" target="b" directed="false"><data key="d2">e</data><data key="d3">2016</data></edge>
<edge source="c" directed="true"/>
<edge source="c" target="b" directed="maybe"/>
<edge source="c" target="b"><data key="d3">1201</data></edge>
<edge source="c" target="b"><data key="d1">1e400</data></edge>
</graph>"""
    )
    path = graphml(graphs, body)
    found = graphs.convert("graphml", path)
    assert graphs.rows(found, "source", "target", "year", "weight", "note") == [
        ("a", "b", 2014, 2, ""),
        ("b", "a", 2015, 0.5, ""),
        ("c", "b", 2016, 2, "e"),
    ]
    reasons = [("missing_target", 14), ("bad_direction", 15), ("bad_year", 16), ("bad_weight", 17)]
    assert graphs.fates(found) == reasons
    assert graphs.counts(found) == (3, 4)
    assert found.nodes[["node", "province", "note"]].to_numpy().tolist() == [
        ["a", "北京市", "n"],
        ["b", "未知", ""],
        ["c", "未知", ""],
    ]
    both = graphs.rows(graphs.convert("graphml", path, both=True))
    assert both == [("a", "b"), ("b", "a"), ("b", "a"), ("c", "b"), ("b", "c")]


def test_nested_graphs_and_yed(graphs):
    body = """<key for="node" id="d6" yfiles.type="nodegraphics"/>
<key for="edge" id="d7" yfiles.type="edgegraphics"/>
<graph edgedefault="directed" id="G">
<node id="n0"><data key="d6"><y:ProxyAutoBoundsNode xmlns:y="http://www.yworks.com/xml/graphml"><y:Realizers>
<y:GroupNode><y:NodeLabel a="b">集团
公司<y:LabelModel/></y:NodeLabel><y:NodeLabel>two</y:NodeLabel></y:GroupNode></y:Realizers></y:ProxyAutoBoundsNode></data>
<graph edgedefault="undirected" id="n0:"><node id="n0::n0"/><edge source="n0::n0" target="n0"/></graph></node>
<edge source="n0" target="n0::n0"><data key="d7"><y:PolyLineEdge xmlns:y="y"><y:EdgeLabel>loan</y:EdgeLabel>
</y:PolyLineEdge></data></edge></graph>"""
    found = graphs.convert("graphml", graphml(graphs, body))
    assert graphs.rows(found, "source", "target", "label") == [
        ("n0::n0", "集团 公司", ""),
        ("集团 公司", "n0::n0", "loan"),
    ]
    assert found.nodes["parent"].tolist() == ["", "集团 公司"]
    assert "1 edge has no direction" in " ".join(found.notes)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('<graph><hyperedge><endpoint node="a"/></hyperedge></graph>', "an edge of several ends"),
        ('<graph><node id="a"><port name="p"/></node></graph>', "a port of a node"),
        ('<graph><edge source="a" target="b" sourceport="p"/></graph>', "a port of a node"),
        ('<graph><node id="a"><locator xlink:href="x"/></node></graph>', "a reference to another file"),
        ('<graph edgedefault="both"/>', "edges are 'both' by default"),
        ("<graph><node/></graph>", "line 4: a node without id"),
        ("", "holds no network"),
    ],
)
def test_what_has_no_counterpart_is_refused(graphs, body, message):
    with pytest.raises(DataError, match=message):
        graphs.convert("graphml", graphml(graphs, body))


def test_one_of_several_networks_is_named(graphs):
    body = "".join(f'<graph id="g{i}"><edge source="a" target="{i}"/></graph>' for i in range(3))
    path = graphml(graphs, body)
    with pytest.raises(DataError, match="holds 3 networks: 'g0', 'g1', 'g2'"):
        graphs.convert("graphml", path)
    assert graphs.rows(graphs.convert("graphml", path, network="g1")) == [("a", "1")]
    assert graphs.rows(graphs.convert("graphml", path, network="3")) == [("a", "2")]
    for name in ("g9", "0", "4", "99999999999"):
        with pytest.raises(UsageError, match="has no network"):
            graphs.convert("graphml", path, network=name)


def test_name_serves_where_label_is_not_distinct(graphs):
    body = """<key id="k0" for="node" attr.name="label"/><key id="k1" for="node" attr.name="name"/>
<graph><node id="1"><data key="k0">甲</data><data key="k1">x</data></node>
<node id="2"><data key="k0">甲</data><data key="k1">y</data></node><edge source="1" target="2"/></graph>"""
    found = graphs.convert("graphml", graphml(graphs, body))
    assert graphs.rows(found) == [("x", "y")]
    assert found.nodes["attribute_label"].tolist() == ["甲", "甲"]


@pytest.mark.parametrize("directed", [True, False])
def test_agrees_with_networkx_and_igraph(graphs, tmp_path, directed):
    graph = nx.gnm_random_graph(30, 100, seed=5, directed=directed)
    graph = nx.relabel_nodes(graph, {i: f"企业 <{i}>" for i in graph})
    for number, (_, _, data) in enumerate(graph.edges(data=True)):
        data.update(weight=number + 0.25, year=2014 + number % 9)
    path = tmp_path / "a.graphml"
    nx.write_graphml(graph, path)
    expected = sorted(
        (*sorted(e[:2]), e[2]["weight"], e[2]["year"]) for e in nx.read_graphml(path).edges(data=True)
    )

    def ours(path):
        columns = ("source", "target", "weight", "year")
        found = graphs.rows(graphs.convert("graphml", path), *columns)
        return found, sorted((*sorted(row[:2]), *row[2:]) for row in found)

    found, ends = ours(path)
    assert ends == expected
    if directed:
        assert {row[:2] for row in found} == set(nx.read_graphml(path).edges())
    other = igraph.Graph.Read_GraphML(str(path))
    names = other.vs["id"]
    assert sorted(
        (*sorted((names[e.source], names[e.target])), e["weight"], int(e["year"])) for e in other.es
    ) == sorted(expected)
    other.vs["name"] = names
    other.write_graphml(str(tmp_path / "b.graphml"))
    assert ours(tmp_path / "b.graphml")[1] == expected
