"""Any bytes: a message or relations, never anything else; every edge is accounted for."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusters.errors import DataError
from clusters.intake.public import LAYOUTS, Options
from clusters.intake.public.package import Member, Package

GEXF = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" version="1.3"><graph mode="dynamic" defaultedgetype="directed">
<attributes class="node"><attribute id="0" title="label"><default>x</default></attribute></attributes>
<attributes class="edge"><attribute id="0" title="year"/><attribute id="1" title="kind"/></attributes>
<nodes><node id="1" label="甲"><nodes><node id="3"/></nodes></node>
<node id="2" label="乙" pid="1" start="2014"/></nodes>
<edges><edge id="0" source="1" target="2" weight="2"><attvalues><attvalue for="0" value="2015"/>
</attvalues></edge>
<edge source="2" target="3" type="mutual" kind="k"><spells><spell start="2015" end="2016"/></spells></edge>
<edge source="2" target="2" type="undirected" timestamps="&lt;[2014, 2015]&gt;"/></edges></graph></gexf>
"""
GRAPHML = """<?xml version="1.0" encoding="UTF-8"?>
<graphml><key id="d0" for="node" attr.name="label"><default>甲</default></key>
<key id="d1" for="edge" attr.name="weight"/>
<key id="d2" for="edge" yfiles.type="edgegraphics"/><graph id="G" edgedefault="undirected">
<node id="a"><data key="d0">A</data><graph id="H" edgedefault="directed"><node id="c"/></graph></node>
<node id="b"/>
<edge source="a" target="b"><data key="d1">2.5</data><data key="d2"><y:EdgeLabel>x</y:EdgeLabel></data></edge>
<edge source="b" target="c" directed="true"/></graph></graphml>
"""
PAJEK = """*Network n
*Vertices 4 2
1 "甲" 0.1 0.2 [1-3]
2 "b c"
3 c
*Arcs :1 "tech"
1 2 2.5 c Blue [2014-2016]
2: 1 3 1
*Edgeslist
1 2 3
*Matrix :2 "m"
0 1
2 0
"""
CSV = """Source,Target,Type,Id,Label,timeset,Weight,Kind,Year
1,2,Directed,0,,"<[2014.0, 2022.0]>",2.5,k,2014
2,3,Undirected,1,e,"<[2015.0, 2016.0]; [2018.0, Infinity]>",1,,2015
"""
SEEDS = {"gexf": GEXF, "graphml": GRAPHML, "pajek": PAJEK, "gephi-csv": CSV}
WORDS = (
    *(
        "",
        " ",
        '"',
        "'",
        "<",
        ">",
        "&",
        "&amp;",
        "/",
        "=",
        "\n",
        "\r",
        "\0",
        "\ufeff",
        "\ud800",
        "*",
        "%",
        ":",
    ),
    *(
        ";",
        "\t",
        "[",
        "]",
        ",",
        "-",
        "0",
        "1",
        "-1",
        "9" * 30,
        "1e999",
        "nan",
        "inf",
        "1_0",
        "٣",
        "2014",
        "soon",
    ),
    *("甲", "id", "edge", "<edge source='1' target='2'/>", "<node id='9'/>", "<graph>", "</graph>", "<!--"),
    *("-->", "<![CDATA[", "]]>", "<!DOCTYPE g [<!ENTITY a 'b'>]>", "&a;", "*Arcs\n", "*Matrix\n"),
    *("*Vertices 3\n", "*Network x\n", "a,b,c\n"),
)


def converted(layout: str, data: bytes, **options):
    package = Package((Member("a", lambda: data),))
    try:
        return LAYOUTS[layout].convert(package, Options(**options))
    except DataError:
        return None


def checked(layout: str, data: bytes):
    """Convert; the rows of the account and of the relations must agree."""
    found = converted(layout, data)
    if found is not None:
        account = found.account
        accepted, rejected = (account.total(name, "a", "read") for name in ("accepted", "rejected"))
        assert len(account.not_used()) == rejected
        assert accepted <= len(found.relations) <= 2 * accepted
        assert (found.relations[["source", "target"]] != "").all(axis=None)
        assert set(found.relations["source"]) | set(found.relations["target"]) <= set(found.nodes["node"])
        assert found.nodes["node"].is_unique
        return accepted + rejected
    return None


@st.composite
def mutated(draw, text):
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        end = min(len(text), at + draw(st.sampled_from([0, 0, 1, 2, 8, 40, 200])))
        text = text[:at] + draw(st.sampled_from(WORDS) | st.just(text[at:end] * 2)) + text[end:]
    codec = draw(st.sampled_from(["utf-8", "utf-8", "gb18030", "utf-16", "latin-1"]))
    return text.encode(codec, "replace")


@pytest.mark.parametrize("layout", SEEDS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=400))
def test_any_bytes(layout, data):
    checked(layout, data)


@pytest.mark.parametrize("layout", SEEDS)
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_files_with_faults(layout, data):
    checked(layout, data.draw(mutated(SEEDS[layout])))


@pytest.mark.slow
@pytest.mark.parametrize("layout", SEEDS)
@settings(max_examples=10_000, deadline=5000, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_many_files_with_faults(layout, data):
    checked(layout, data.draw(mutated(SEEDS[layout])))


values = st.sampled_from(
    ["1", "2", "3", "", " ", "2014", "directed", "undirected", "mutual", "x", "-1", "<&>\"'"]
)
elements = st.lists(
    st.tuples(
        st.sampled_from(["edge", "edge", "edge", "node", "attvalue"]),
        st.dictionaries(
            st.sampled_from(
                ["id", "source", "target", "type", "weight", "kind", "start", "end", "label", "pid"]
            ),
            values,
        ),
    ),
    max_size=12,
)


@settings(max_examples=80, deadline=None)
@given(elements)
def test_every_edge_of_gexf_is_counted(listed):
    # Counted a second way, by the tree of the standard library.
    root = ElementTree.Element("gexf")
    graph = ElementTree.SubElement(root, "graph", defaultedgetype="directed")
    places = {name: ElementTree.SubElement(graph, f"{name}s") for name in ("node", "edge")}
    for tag, attributes in listed:
        if tag == "node":
            attributes = {**attributes, "id": attributes.get("id", "").strip() or "1"}
        ElementTree.SubElement(places.get(tag, places["edge"]), tag, attributes)
    data = ElementTree.tostring(root, encoding="utf-8")
    assert checked("gexf", data) == len(root.findall(".//edges/edge"))


rows = st.lists(
    st.lists(st.sampled_from(["1", "2", "9", "x", "0.5", "[1-3]", '"a b"']), min_size=1, max_size=4)
)


@settings(max_examples=80, deadline=None)
@given(rows, st.sampled_from(["Arcs", "Edges", "Arcslist"]))
def test_every_line_or_pair_of_pajek_is_counted(lines, section):
    text = f"*Vertices 3\n*{section}\n" + "".join(" ".join(line) + "\n" for line in lines)
    count = sum(max(len(line) - 1, 1) for line in lines) if section == "Arcslist" else len(lines)
    assert checked("pajek", text.encode()) == count
