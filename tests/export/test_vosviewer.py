"""VOSviewer JSON."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from clusters.export.vosviewer import write_vosviewer
from clusters.networks import ValueNetwork


@pytest.fixture
def document(two_years, square, tmp_path):
    write_vosviewer(two_years, tmp_path / "a.vosviewer.json", positions=square, title="<b>map</b>")
    return json.loads((tmp_path / "a.vosviewer.json").read_text(encoding="utf-8"))


def test_links_by_hand(document):
    # a-b: two kinds one way (1 + 2), one back: strength 4, one link. Kept apart it would be three.
    assert document["network"]["links"] == [
        {"source_id": 1, "target_id": 2, "strength": 4.0},
        {"source_id": 1, "target_id": 3, "strength": 1.0},
        {"source_id": 1, "target_id": 4, "strength": 1.0},
    ]


def test_items_by_hand(document):
    items = document["network"]["items"]
    assert [item["id"] for item in items] == [1, 2, 3, 4, 5]
    first = items[0]
    assert (first["label"], first["x"], first["y"]) == ("甲公司", -1.0, 1.0)
    assert first["weights"] == {"Links": 3, "Total link strength": 6.0}
    assert first["scores"] == {"First year": 2014, "Founded": 1998, "staff": 12.5}
    assert "Province: 广东省" in first["description"]
    assert items[4]["weights"] == {"Links": 0, "Total link strength": 0.0}
    clusters = [item["cluster"] for item in items]
    assert min(clusters) == 1
    assert len(set(clusters[:4])) < 4
    assert clusters[4] == max(clusters), "the isolate is a cluster of its own"


def test_descriptions_are_html_and_escaped(document, tmp_path):
    assert document["info"]["title"] == "&lt;b&gt;map&lt;/b&gt;"
    network = ValueNetwork.from_edges([("<img src=x>", "b\ud800")])
    columns = pd.DataFrame({"<i>": ["<script>", "&"]}, index=network.nodes)
    report = write_vosviewer(network, tmp_path / "b.vosviewer.json", node_columns=columns)
    items = json.loads((tmp_path / "b.vosviewer.json").read_text(encoding="utf-8"))["network"]["items"]
    assert items[0]["label"] == "<img src=x>", "labels are shown as text"
    assert items[0]["description"].startswith("&lt;i&gt;: &lt;script&gt;")
    assert items[1]["label"] == "b"
    assert report.stripped >= 1


def test_self_loops_are_no_links_and_the_reader_is_told(tmp_path):
    network = ValueNetwork.from_edges([("a", "a"), ("a", "b")])
    report = write_vosviewer(network, tmp_path / "a.vosviewer.json")
    links = json.loads((tmp_path / "a.vosviewer.json").read_text())["network"]["links"]
    assert links == [{"source_id": 1, "target_id": 2, "strength": 1.0}]
    assert any("self-loops" in note for note in report.notes)


def test_more_than_a_thousand_clusters(tmp_path):
    network = ValueNetwork.from_edges([("a", "b")], nodes=[f"n{k:04}" for k in range(1005)])
    report = write_vosviewer(network, tmp_path / "a.vosviewer.json", positions="spiral")
    items = json.loads((tmp_path / "a.vosviewer.json").read_text())["network"]["items"]
    assert max(item.get("cluster", 0) for item in items) == 1000
    assert sum("cluster" not in item for item in items) == 6
    assert any("1000 clusters" in note for note in report.notes)


def test_empty_network(tmp_path):
    write_vosviewer(ValueNetwork.from_edges([]), tmp_path / "a.vosviewer.json")
    assert json.loads((tmp_path / "a.vosviewer.json").read_text())["network"] == {"items": [], "links": []}
