"""Pajek networks."""

from __future__ import annotations

import networkx as nx
import pytest

from clusters.export.pajek import write_pajek
from clusters.networks import ValueNetwork


def test_file_by_hand(two_years, square, tmp_path):
    write_pajek(two_years, tmp_path / "a.net", positions=square)
    content = (tmp_path / "a.net").read_bytes()
    assert content.startswith("\ufeff*Vertices 5\r\n".encode()), "Chinese labels need the byte-order mark"
    assert content.decode("utf-8-sig").split("\r\n") == [
        "*Vertices 5",
        '1 "甲公司" 0.0500 0.0500 0.5000',
        '2 "B & Co <Ltd>" 0.9500 0.0500 0.5000',
        '3 "c" 0.9500 0.9500 0.5000',
        '4 "丁" 0.0500 0.9500 0.5000',
        '5 "no ties" 0.5000 0.4978 0.5000',
        '*Arcs :1 "investment"',
        "1 3 1",
        '*Arcs :2 "talent"',
        "1 2 1",
        '*Arcs :3 "technology"',
        "1 2 2",
        "2 1 1",
        "4 1 1",
        "",
    ]


def test_networkx_and_igraph_read_merged_networks(tmp_path):
    import igraph

    network = ValueNetwork.from_edges([("a", "b"), ("a", "b"), ("b", "c"), ("c", "c")])
    write_pajek(network, tmp_path / "a.net")
    assert not (tmp_path / "a.net").read_bytes().startswith(b"\xef"), "no mark where all is ASCII"
    graph = nx.read_pajek(tmp_path / "a.net")
    assert {(u, v): d["weight"] for u, v, d in graph.edges(data=True)} == {
        ("a", "b"): 2.0,
        ("b", "c"): 1.0,
        ("c", "c"): 1.0,
    }
    found = igraph.Graph.Read_Pajek(str(tmp_path / "a.net"))
    assert (found.vcount(), found.get_edgelist()) == (3, [(0, 1), (1, 2), (2, 2)])


def test_labels_that_the_format_cannot_hold(tmp_path):
    network = ValueNetwork.from_edges([('say "hi"\\', "say 'hi'/"), ("two\nlines", "x\x00")])
    report = write_pajek(network, tmp_path / "a.net")
    graph = nx.read_pajek(tmp_path / "a.net")
    assert set(graph) == {"say 'hi'/", "say 'hi'/ (2)", "two lines", "x"}, "two nodes stay two"
    assert any("3 labels" in note for note in report.notes)
    assert report.stripped == 1


@pytest.mark.parametrize(("edges", "arcs"), [([], 0), ([("a", "b")], 1)])
def test_small_networks(edges, arcs, tmp_path):
    write_pajek(ValueNetwork.from_edges(edges), tmp_path / "a.net")
    lines = (tmp_path / "a.net").read_text().splitlines()
    assert lines[0] == f"*Vertices {2 * arcs}"
    assert len(lines[lines.index("*Arcs") + 1 :]) == arcs
