"""GEXF files by hand, with what is likely to be read wrongly."""

from __future__ import annotations

import gzip

import networkx as nx
import pytest

from clusters.errors import DataError, UsageError

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="{}" version="{}">\n'


def gexf(graphs, body, *, version="1.3", namespace="http://gexf.net/1.3", name="a.gexf"):
    return graphs.write(name, HEAD.format(namespace, version) + body + "</gexf>")


STATIC = """<graph defaultedgetype="directed">
<attributes class="node"><attribute id="0" title="province" type="string"><default>未知</default></attribute>
<attribute id="1" title="size" type="integer"><options>1|2</options></attribute></attributes>
<attributes class="edge"><attribute id="0" title="technology" type="string"/></attributes>
<nodes>
<node id="n1" label="甲"><attvalues><attvalue for="0" value="北京市"/>
<attvalue for="1" value="2"/></attvalues><viz:color r="1" g="2" b="3"><viz:attvalues>
<viz:attvalue for="1" value="9"/></viz:attvalues></viz:color></node>
<node id="n2" label="乙"/>
<node id="n3" label="丙 &amp; 丁"/>
</nodes>
<edges>
<edge id="0" source="n1" target="n2" weight="2.5"><attvalues><attvalue for="0" value="AI"/></attvalues></edge>
<edge id="1" source="n2" target="n3" type="undirected" kind="talent"/>
<edge id="2" source="n3" target="n1" type="mutual"/>
<edge id="3" source="n3" target="n3" type="mutual"/>
<edge id="4" source="n1" target=""/>
<edge id="5" source="n1" target="n2" weight="heavy"/>
<edge id="6" source="n1" target="n2" type="sideways"/>
<edge id="7" source="n1" target="n9"/>
</edges></graph>
"""


def test_a_static_file_by_hand(graphs, tmp_path):
    found = graphs.convert("gexf", gexf(graphs, STATIC))
    assert graphs.rows(found, "source", "target", "kind", "weight", "technology") == [
        ("甲", "乙", "", 2.5, "AI"),
        ("乙", "丙 & 丁", "talent", 1, ""),
        ("丙 & 丁", "甲", "", 1, ""),
        ("甲", "丙 & 丁", "", 1, ""),  # mutual: both ways, but a loop once
        ("丙 & 丁", "丙 & 丁", "", 1, ""),
        ("甲", "n9", "", 1, ""),
    ]
    assert graphs.fates(found) == [("missing_target", 19), ("bad_weight", 20), ("bad_direction", 21)]
    assert graphs.counts(found, "a.gexf") == (5, 3)
    nodes = found.nodes.set_index("node")
    assert nodes["province"].tolist() == ["北京市", "未知", "未知", "未知"]
    assert nodes.loc["甲", "size"] == "2"
    assert nodes.loc["n9", "graph_id"] == "n9"
    said = " ".join(found.notes)
    assert "1 edge has no direction" in said
    assert "2 mutual edges" in said
    assert "1 node occurs in edges only, the first is 'n9'" in said


def test_undirected_edges_both_ways(graphs, tmp_path):
    body = '<graph><nodes><node id="a"/><node id="b"/></nodes><edges><edge source="b" target="a"/>'
    body += '<edge source="a" target="a"/><edge source="a" target="b" type="directed"/></edges></graph>'
    path = gexf(graphs, body)  # a graph that says nothing is undirected in GEXF
    assert graphs.rows(graphs.convert("gexf", path)) == [("b", "a"), ("a", "a"), ("a", "b")]
    assert graphs.rows(graphs.convert("gexf", path, both=True)) == [
        ("b", "a"),
        ("a", "b"),
        ("a", "a"),
        ("a", "b"),
    ]


def test_labels_that_are_not_distinct_give_way_to_ids(graphs, tmp_path):
    body = '<graph defaultedgetype="directed"><nodes><node id="1" label="甲"/><node id="2" label=" 甲 "/>'
    body += '<node id="3"/></nodes><edges><edge source="1" target="2"/></edges></graph>'
    found = graphs.convert("gexf", gexf(graphs, body))
    assert graphs.rows(found, "source", "target", "source_label", "target_label") == [("1", "2", "甲", "甲")]
    assert "2 nodes share their labels with others (first: '甲')" in found.notes[0]
    # An id that is another node's label makes both ambiguous.
    body = '<graph><nodes><node id="1" label="2"/><node id="2"/></nodes><edges><edge source="1" target="2"/>'
    assert graphs.rows(graphs.convert("gexf", gexf(graphs, body + "</edges></graph>"))) == [("1", "2")]


DYNAMIC = """<graph mode="dynamic" timeformat="{}" defaultedgetype="directed">
<nodes><node id="a" start="2013-05-01"/><node id="b"/></nodes><edges>
<edge source="a" target="b" start="2014-03-01" end="2016-01-01"/>
<edge source="b" target="a"><spells><spell start="2018-01-01" end="2019-06-30"/>
<spell start="2015-01-01" endopen="2016-01-01"/></spells>
<viz:color r="1"><viz:spells><viz:spell start="2001"/></viz:spells></viz:color></edge>
<edge source="a" target="a" timestamp="2017-01-01T00:00:00Z"/>
<edge source="b" target="b" timestamps="&lt;[2011, 2012]&gt;"/>
<edge source="a" target="b" intervals="&lt;[2010, 2011); [2020, Infinity]&gt;"/>
<edge source="a" target="b" end="2012"/>
<edge source="a" target="b" start="soon"/>
<edge source="a" target="b" start="3201"/>
</edges></graph>"""


def test_times_become_years(graphs, tmp_path):
    found = graphs.convert("gexf", gexf(graphs, DYNAMIC.format("date")))
    assert graphs.rows(found, "year", "last_year", "periods") == [
        (2014, 2016, ""),
        (2015, 2019, "2015-2016;2018-2019"),
        (2017, 2017, ""),
        (2011, 2012, "2011;2012"),
        (2010, None, "2010-2011;2020-"),
        (None, 2012, ""),
    ]
    assert graphs.fates(found) == [("bad_year", 13), ("bad_year", 14)]
    assert "1 edge has no year" in " ".join(found.notes)
    assert found.nodes.set_index("node").loc["a", "first_year"] == "2013"


def test_times_that_are_no_years(graphs, tmp_path):
    body = (
        '<graph mode="dynamic"><nodes/><edges><edge source="a" target="b" start="0" end="3"/></edges></graph>'
    )
    found = graphs.convert("gexf", gexf(graphs, body))
    assert list(found.relations) == ["source", "target"]
    assert "times such as '0' are no years" in " ".join(found.notes)
    assert graphs.rows(
        graphs.convert("gexf", gexf(graphs, body), year_range=(0, 9)), "year", "last_year"
    ) == [(0, 3)]


YEARS = """<graph defaultedgetype="directed"><attributes class="edge">
<attribute id="0" title="Founded"/><attribute id="1" title="年份"/><attribute id="2" title="First year"/>
<attribute id="3" title="weight"/><attribute id="4" title="source"/></attributes><nodes/><edges>
<edge source="a" target="b" start="2010"><attvalues><attvalue for="0" value="2001"/>
<attvalue for="1" value="2012.0"/><attvalue for="2" value="2011"/>
<attvalue for="3" value="7"/><attvalue for="4" value="press"/></attvalues></edge>
<edge source="b" target="c" start="2010"><attvalues><attvalue for="1" value="1201"/></attvalues>
</edge>
<edge source="b" target="d" start="2010"/></edges></graph>"""


def test_the_year_attribute_goes_before_times(graphs, tmp_path):
    path = gexf(graphs, YEARS)
    found = graphs.convert("gexf", path)
    assert graphs.rows(found, "year", "weight", "First year", "attribute_source") == [
        (2012, 7, "2011", "press"),
        (2010, 1, "", ""),
    ]
    assert graphs.fates(found) == [("bad_year", 9)]
    assert graphs.rows(graphs.convert("gexf", path, year_attribute="founded"), "year") == [
        (2001,),
        (2010,),
        (2010,),
    ]
    with pytest.raises(UsageError, match="no edge has an attribute 'Fonded'"):
        graphs.convert("gexf", path, year_attribute="Fonded")


def test_values_that_change_over_time_keep_the_last(graphs, tmp_path):
    body = """<graph mode="dynamic" defaultedgetype="directed"><attributes class="edge" mode="dynamic">
    <attribute id="weight" title="Weight" type="float"/></attributes><nodes/><edges>
    <edge source="a" target="b"><attvalues><attvalue for="weight" value="1" start="2014" end="2015"/>
    <attvalue for="weight" value="3" start="2015"/></attvalues></edge></edges></graph>"""
    found = graphs.convert("gexf", gexf(graphs, body))
    assert graphs.rows(found, "source", "weight") == [("a", 3)]
    assert "1 value gives way" in " ".join(found.notes)


def test_nested_nodes_prefixes_and_old_versions(graphs, tmp_path):
    body = """<g:graph defaultedgetype="directed"><g:nodes><g:node id="1" label="group"><g:nodes>
    <g:node id="2" label="in"/></g:nodes><g:edges><g:edge source="2" target="1"/></g:edges></g:node>
    <g:node id="3" label="pid" pid="1"/>
    <g:node id="4"><g:parents><g:parent for="3"/></g:parents></g:node></g:nodes>
    <g:edges><g:edge source="1" target="3"><g:slices><g:slice start="2015-01-01" end="2016-01-01"/></g:slices>
    </g:edge>
    </g:edges></g:graph>"""
    text = f'<g:gexf xmlns:g="http://www.gexf.net/1.1draft" version="1.1">{body}</g:gexf>'
    found = graphs.convert("gexf", graphs.write("a.gexf", text))
    assert graphs.rows(found, "source", "target", "year") == [("in", "group", None), ("group", "pid", 2015)]
    assert found.nodes.set_index("node")["parent"].to_dict() == {
        "group": "",
        "in": "group",
        "pid": "group",
        "4": "pid",
    }
    assert "nodes stand within other nodes (3)" in " ".join(found.notes)


def test_slices_packed_files_and_other_files(graphs, tmp_path):
    body = '<graph mode="slice" timestamp="2016"><nodes/><edges><edge source="a" target="b"/></edges></graph>'
    path = gexf(graphs, body)
    (tmp_path / "b.gexf.gz").write_bytes(
        gzip.compress(path.read_bytes()[:90]) + gzip.compress(path.read_bytes()[90:])
    )
    assert graphs.rows(graphs.convert("gexf", path, tmp_path / "b.gexf.gz"), "year") == [(2016,), (2016,)]
    torn = graphs.write("c.gexf.gz", gzip.compress(path.read_bytes())[:-20])
    with pytest.raises(DataError, match=r"c\.gexf\.gz is a damaged gzip file"):
        graphs.convert("gexf", torn)
    with pytest.raises(DataError, match="begins with <graphml>"):
        graphs.convert("gexf", graphs.write("d.gexf", "<graphml/>"))
    with pytest.raises(DataError, match="a second <graph>"):
        graphs.convert("gexf", gexf(graphs, "<graph/><graph/>"))
    with pytest.raises(DataError, match="line 3: a node without id"):
        graphs.convert("gexf", gexf(graphs, '<graph><nodes><node label="x"/></nodes></graph>'))


@pytest.mark.parametrize("version", ["1.1draft", "1.2draft", "1.3"])
@pytest.mark.parametrize("directed", [True, False])
def test_agrees_with_networkx(graphs, tmp_path, version, directed):
    graph = nx.gnm_random_graph(40, 160, seed=3, directed=directed)
    graph = nx.relabel_nodes(graph, {i: f"企业 {i}" for i in graph})
    for number, (_, _, data) in enumerate(graph.edges(data=True)):
        data.update(weight=number % 7 + 0.5, year=2014 + number % 9, technology=f"t{number % 3}")
    graph.add_edge("企业 1", "企业 1", weight=1.0, year=2020)
    path = tmp_path / "a.gexf"
    nx.write_gexf(graph, path, version=version)
    other = nx.read_gexf(path, version=version)
    found = graphs.rows(graphs.convert("gexf", path), "source", "target", "weight", "year", "technology")
    expected = [
        (*((a, b) if directed else sorted((a, b))), d["weight"], d["year"], d.get("technology", ""))
        for a, b, d in other.edges(data=True)
    ]
    if not directed:
        found = [(*sorted(row[:2]), *row[2:]) for row in found]
    assert sorted(found) == sorted(expected)
