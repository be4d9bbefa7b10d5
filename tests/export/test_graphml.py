"""GraphML, read back by networkx and igraph."""

from __future__ import annotations

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from lxml import etree

from clusters.export.graphml import write_graphml
from clusters.networks import ValueNetwork


@pytest.fixture
def written(two_years, square, tmp_path):
    write_graphml(two_years, tmp_path / "a.graphml", positions=square)
    return tmp_path / "a.graphml"


def test_networkx_reads_types_and_parallel_edges(written):
    graph = nx.read_graphml(written)
    assert isinstance(graph, nx.MultiDiGraph)
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (5, 5)
    first = graph.nodes["a"]
    assert first["label"] == "甲公司"
    assert (first["x"], first["y"], first["r"], first["g"], first["b"]) == (-100.0, 100.0, 0, 114, 178)
    assert (first["platform"], first["founded"], first["staff"]) == (True, 1998, 12.5)
    assert "province" not in graph.nodes["c"], "missing stays missing"
    found = {(v, d["kind"]): (d["weight"], d["first_year"]) for _, v, d in graph.out_edges("a", data=True)}
    assert found == {
        ("b", "talent"): (1.0, 2015),
        ("b", "technology"): (2.0, 2014),
        ("c", "investment"): (1.0, 2015),
    }


def test_igraph_reads_the_same_graph(written):
    graph = igraph.Graph.Read_GraphML(str(written))
    assert graph.is_directed()
    assert graph.vs["id"] == ["a", "b", "c", "d", "e"]
    assert graph.degree(mode="in") == [2, 2, 1, 0, 0]
    assert graph.es["weight"] == [1.0, 2.0, 1.0, 1.0, 1.0]


def test_keys_are_declared_and_titles_chinese(two_years, square, tmp_path):
    write_graphml(two_years, tmp_path / "a.graphml", positions=square, lang="zh", synthetic=True)
    root = etree.parse(tmp_path / "a.graphml", etree.XMLParser(resolve_entities=False)).getroot()
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    keys = {key.get("id"): key.get("attr.name") for key in root.iterfind("g:key", space)}
    assert {"角色", "省份", "首次年份", "关系类型"} <= set(keys.values())
    assert {data.get("key") for data in root.iterfind(".//g:data", space)} <= set(keys)
    assert "合成数据" in root.findtext("g:desc", namespaces=space)


def test_columns_named_like_the_drawing_get_another_name(tmp_path):
    network = ValueNetwork.from_edges([("a", "b")])
    columns = pd.DataFrame({"x": ["east", "west"], "id": ["1", "2"]}, index=network.nodes)
    write_graphml(network, tmp_path / "a.graphml", node_columns=columns)
    graph = nx.read_graphml(tmp_path / "a.graphml")
    assert isinstance(graph.nodes["a"]["x"], float)
    assert graph.nodes["a"]["x (attribute)"] == "east"
    assert set(graph) == {"a", "b"}


@pytest.mark.parametrize("edges", [[], [("a", "a")], [("<&>\"'", "a\nb\x00\ud800")]])
def test_odd_networks(edges, tmp_path):
    report = write_graphml(ValueNetwork.from_edges(edges), tmp_path / "a.graphml")
    graph = nx.read_graphml(tmp_path / "a.graphml")
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (report.nodes, report.edges)
    if len(edges) == 1 and edges[0][0] != "a":
        assert set(graph) == {"<&>\"'", "a\nb"}


def test_same_input_same_bytes(two_years, tmp_path):
    for name in "ab":
        write_graphml(two_years, tmp_path / f"{name}.graphml")
    assert np.array_equal(*((tmp_path / f"{n}.graphml").read_bytes() for n in "ab"))
