"""Networks to export, and a check of GEXF files against the rules of the format and of its readers."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lxml import etree

from clusters import networks
from clusters.networks import ValueNetwork
from clusters.relations import from_frame

NS = "{http://gexf.net/1.3}"
VIZ = "{http://gexf.net/1.3/viz}"
GEPHI_IDS = {
    "indegree",
    "outdegree",
    "degree",
    "modularity_class",
    "componentnumber",
    "clustering",
    "pageranks",
}
READERS_OWN = {"id", "label", "type", "x", "y", "size", "color", "hidden", "weight", "kind", "start", "end"}
PARSERS: dict[str, Callable[[str], Any]] = {
    "integer": lambda text: _whole(text, 2**31),
    "long": lambda text: _whole(text, 2**63),
    "double": lambda text: _number(text),
    "boolean": lambda text: {"true": True, "false": False}[text],
    "string": lambda text: text,
    "liststring": lambda text: re.fullmatch(r"\[.*\]", text, re.DOTALL).group(),  # type: ignore[union-attr]
}


def _whole(text: str, limit: int) -> int:
    assert re.fullmatch(r"-?(0|[1-9]\d*)", text), text
    assert -limit <= int(text) < limit
    return int(text)


def _number(text: str) -> float:
    assert re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", text), text
    assert math.isfinite(float(text))
    return float(text)


@dataclass
class Gexf:
    """What a checked file holds."""

    graph: dict[str, str]
    description: str
    titles: dict[str, dict[str, str]]
    types: dict[str, dict[str, str]]
    nodes: dict[str, dict[str, Any]]
    edges: list[dict[str, Any]]


def read_checked(path: Path) -> Gexf:
    """Read a GEXF file and assert every rule that holds for all of ours."""
    content = path.read_bytes()
    assert content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<gexf ')
    assert b"<!" not in content, "neither a doctype, an entity, a comment nor CDATA"
    assert b"xsi" not in content.split(b"<nodes>")[0]
    ET.fromstring(content)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    root = etree.fromstring(content, parser)
    assert root.tag == f"{NS}gexf"
    assert dict(root.attrib) == {"version": "1.3"}
    assert root.nsmap == {None: NS[1:-1], "viz": VIZ[1:-1]}
    meta, graph = root
    assert [child.tag for child in meta] == [f"{NS}creator", f"{NS}keywords", f"{NS}description"]
    assert not meta.attrib, "no clock time"
    assert graph.attrib["defaultedgetype"] == "directed"
    blocks = [child for child in graph if child.tag == f"{NS}attributes"]
    assert [child.tag for child in graph] == [f"{NS}attributes"] * len(blocks) + [f"{NS}nodes", f"{NS}edges"]
    classes = [block.get("class") for block in blocks]
    assert len(set(classes)) == len(classes), "one block per class"
    titles: dict[str, dict[str, str]] = {"node": {}, "edge": {}}
    types: dict[str, dict[str, str]] = {"node": {}, "edge": {}}
    for block in blocks:
        _check_block(block, titles[block.get("class")], types[block.get("class")])
    result = Gexf(
        graph=dict(graph.attrib),
        description=meta[-1].text or "",
        titles=titles,
        types=types,
        nodes=_nodes(graph.find(f"{NS}nodes"), titles["node"], types["node"]),
        edges=_edges(graph.find(f"{NS}edges"), titles["edge"], types["edge"]),
    )
    _check_whole(result)
    return result


def _check_block(block: Any, titles: dict[str, str], types: dict[str, str]) -> None:
    assert set(block.attrib) == {"class"}, "a block has no mode: all attributes are static"
    for attribute in block:
        assert set(attribute.attrib) == {"id", "title", "type"}
        id_, title, type_ = (attribute.get(name) for name in ("id", "title", "type"))
        assert id_.isdecimal() or id_ in GEPHI_IDS, id_
        assert type_ in PARSERS, type_
        assert title.strip()
        assert title.strip().casefold() not in READERS_OWN, title
        assert id_ not in titles
        titles[id_], types[id_] = title, type_
    assert len(set(titles.values())) == len(titles), "titles are distinct: some readers know only them"


def _values(element: Any, titles: dict[str, str], types: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for value in element.iterfind(f"{NS}attvalues/{NS}attvalue"):
        assert set(value.attrib) == {"for", "value"}
        id_ = value.get("for")
        assert id_ in titles, "declared"
        assert titles[id_] not in found, "once"
        assert value.get("value") != "", "a missing value is left out"
        found[titles[id_]] = PARSERS[types[id_]](value.get("value"))
    return found


def _nodes(container: Any, titles: dict[str, str], types: dict[str, str]) -> dict[str, dict[str, Any]]:
    nodes: dict[str, dict[str, Any]] = {}
    for node in container:
        assert node.tag == f"{NS}node"
        assert set(node.attrib) <= {"id", "label", "start"}
        id_, label = node.get("id"), node.get("label")
        assert id_.strip()
        assert label.strip()
        assert id_ not in nodes
        drawn = [child for child in node if child.tag != f"{NS}attvalues"]
        assert [child.tag for child in drawn] == [f"{VIZ}size", f"{VIZ}position", f"{VIZ}color"]
        size, position, colour = drawn
        assert list(size.attrib) == ["value"]
        assert list(position.attrib) == ["x", "y"]
        assert list(colour.attrib) == ["r", "g", "b"], "no opacity: Gephi Lite shows a grey node"
        assert all(0 <= _whole(channel, 256) <= 255 for channel in colour.attrib.values())
        assert _number(size.get("value")) > 0
        nodes[id_] = {
            "label": label,
            "start": node.get("start"),
            "x": _number(position.get("x")),
            "y": _number(position.get("y")),
            "size": _number(size.get("value")),
            "colour": tuple(int(colour.get(c)) for c in "rgb"),
            "values": _values(node, titles, types),
        }
    return nodes


def _edges(container: Any, titles: dict[str, str], types: dict[str, str]) -> list[dict[str, Any]]:
    edges = []
    for edge in container:
        assert edge.tag == f"{NS}edge"
        assert set(edge.attrib) <= {"id", "source", "target", "kind", "weight", "start"}
        assert edge.get("kind") != ""
        assert _number(edge.get("weight")) > 0
        edges.append({**edge.attrib, "kind": edge.get("kind", ""), "values": _values(edge, titles, types)})
    return edges


def _check_whole(file: Gexf) -> None:
    assert list(file.nodes) == sorted(file.nodes), "nodes by id"
    keys = [(e["source"], e["target"], e["kind"]) for e in file.edges]
    assert keys == sorted(keys), "edges by source, target, kind"
    assert len({e["id"] for e in file.edges}) == len(file.edges)
    for edge in file.edges:
        assert edge["source"] in file.nodes
        assert edge["target"] in file.nodes
    if file.nodes:
        assert any(node["x"] or node["y"] for node in file.nodes.values()), "not all at the origin"
    dynamic = file.graph["mode"] == "dynamic"
    starts: dict[str, int] = {}
    for edge in file.edges:
        assert ("start" in edge) == dynamic
        for end in (edge["source"], edge["target"]) if dynamic else ():
            starts[end] = min(starts.get(end, 9999), _whole(edge["start"], 10000))
    for id_, node in file.nodes.items():
        assert (int(node["start"]) if node["start"] else None) == starts.get(id_)
    if not dynamic and file.graph["mode"] == "static":
        assert set(file.graph) == {"defaultedgetype", "mode"}, "no time at all in a static file"


@pytest.fixture(scope="session")
def check_gexf() -> Callable[[Path], Gexf]:
    return read_checked


@pytest.fixture
def two_years() -> ValueNetwork:
    """Two sample enterprises, three partners, kinds, two years; one pair tied by two kinds; an isolate."""
    rows = [
        ("b", "a", 2014, "technology"),
        ("a", "b", 2014, "technology"),
        ("a", "b", 2015, "talent"),
        ("a", "c", 2015, "investment"),
        ("d", "a", 2015, "technology"),
        ("a", "b", 2015, "technology"),
    ]
    nodes = pd.DataFrame(
        {
            "label": ["甲公司", "B & Co <Ltd>", None, "丁", "no ties"],
            "role": ["sample", "sample", "partner", "partner", "partner"],
            "province": pd.Categorical(["广东省", "北京市", None, "北京市", "上海市"]),
            "platform": pd.array([True, False, None, None, None], dtype="boolean"),
            "founded": [1998.0, None, 2010.0, None, None],
            "staff": [12.5, None, None, 3.0, None],
            "type": ["HES", "PRC", "", "PRC", "OTH"],
        },
        index=["a", "b", "c", "d", "e"],
    )
    frame = pd.DataFrame(rows, columns=["source", "target", "year", "kind"])
    found = networks.cumulative(from_frame(frame, nodes), parallel="kinds", isolates=True)
    return networks.last(found)


@pytest.fixture
def square(two_years: ValueNetwork) -> pd.DataFrame:
    """Positions that do not come from a search."""
    return pd.DataFrame(
        {"x": [-100.0, 100.0, 100.0, -100.0, 0.0], "y": [100.0, 100.0, -100.0, -100.0, 0.5]},
        index=two_years.nodes,
    )
