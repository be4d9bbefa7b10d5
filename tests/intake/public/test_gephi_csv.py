"""Gephi's tables of edges and nodes and matrices by hand."""

from __future__ import annotations

import networkx as nx
import pandas as pd
import pytest

from clusters.errors import DataError

EDGES = """Source{0}Target{0}Type{0}Id{0}Label{0}Interval{0}Weight{0}Kind{0}Note
1{0}2{0}Directed{0}0{0}{0}<[2014.0, 2022.0]>{0}2.5{0}talent{0}'=SUM(A1)
2{0}3{0}Undirected{0}1{0}e{0}<[2016.0, 2016.0]; [2018.0, Infinity]>{0}1.0{0}{0}
3{0}3{0}Mutual{0}2{0}{0}{0}1.0{0}{0}
{0}3{0}Directed{0}3{0}{0}{0}1.0{0}{0}
3{0}9{0}Sideways{0}4{0}{0}{0}1.0{0}{0}
3{0}1{0}{0}5{0}{0}<[1.0, 2.0]>{0}1.0{0}{0}
3{0}1{0}directed{0}6{0}{0}{0}x{0}{0}
3{0}1
"""
NODES = """Id{0}Label{0}timeset{0}City
1{0}甲{0}<[2014.0, 2022.0]>{0}北京市
2{0}乙{0}{0}
3{0}'-丙{0}<[2015.0, 2016.0, 2019.0]>{0}上海市
4{0}丁{0}{0}
"""


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_pair_by_hand(graphs, separator):
    edges, nodes = (text.replace("<", '"<').replace(">", '>"').format(separator) for text in (EDGES, NODES))
    pair = graphs.write("e.csv", edges), graphs.write("n.csv", "\ufeff" + nodes)
    found = graphs.convert("gephi-csv", *pair)
    columns = ("source", "target", "year", "last_year", "weight", "kind", "label", "Note")
    assert graphs.rows(found, *columns) == [
        ("甲", "乙", 2014, 2022, 2.5, "talent", "", "=SUM(A1)"),
        ("乙", "-丙", 2016, None, 1, "", "e", ""),
        ("-丙", "-丙", None, None, 1, "", "", ""),
    ]
    assert found.relations["periods"].tolist() == ["", "2016;2018-", ""]
    assert graphs.fates(found) == [
        ("missing_source", 5),
        ("bad_direction", 6),
        ("bad_year", 7),
        ("bad_weight", 8),
        ("ragged_row", 9),
    ]
    assert graphs.counts(found, "e.csv") == (3, 5)
    assert found.nodes["City"].tolist() == ["北京市", "", "上海市", "", ""][: len(found.nodes)]
    both = graphs.convert("gephi-csv", *pair, both=True)
    assert graphs.rows(both)[1:3] == [("乙", "-丙"), ("-丙", "乙")]


def test_edges_alone_in_chinese_and_gb18030(graphs):
    text = "源,目标,类型,权重,年份\n甲,乙,有向,2,2019\n乙,丙,无向,3,2020\n"
    found = graphs.convert("gephi-csv", graphs.write("e.csv", text.encode("gb18030")))
    assert graphs.rows(found, "source", "target", "year", "weight") == [
        ("甲", "乙", 2019, 2),
        ("乙", "丙", 2020, 3),
    ]


def test_a_workbook_with_one_sheet(graphs, tmp_path):
    pd.DataFrame({"Source": ["a"], "Target": ["b"], "Weight": [2]}).to_excel(tmp_path / "e.xlsx", index=False)
    assert graphs.rows(graphs.convert("gephi-csv", tmp_path / "e.xlsx"), "source", "weight") == [("a", 2)]


def test_a_matrix(graphs, tmp_path):
    text = ";A;B;C\nA;0;1;0\nB;2.5;;0.0\nC;0;x;-1\n;1;0;0\nD;0;0;1\n"
    found = graphs.convert("gephi-csv", graphs.write("m.csv", text))
    assert graphs.rows(found, "source", "target", "weight") == [
        ("A", "B", 1),
        ("B", "A", 2.5),
        ("C", "C", -1),
        ("D", "C", 1),
    ]
    assert graphs.fates(found) == [("bad_weight", 4), ("missing_source", 5)]
    assert "is a matrix" in found.notes[0]
    graph = nx.gnp_random_graph(20, 0.2, seed=1, directed=True)
    nx.to_pandas_adjacency(graph, dtype=int).rename(index=str, columns=str).to_csv(tmp_path / "n.csv")
    ours = graphs.rows(graphs.convert("gephi-csv", tmp_path / "n.csv"))
    assert sorted(ours) == sorted((str(a), str(b)) for a, b in graph.edges)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Id,Label\n1,a\n", "no table of edges"),
        ("name,city\na,b\nc,d\n", "neither a table of edges nor a matrix"),
        ("from_id,to_id\n1,2\n3,4\n", "neither a table of edges nor a matrix"),
        ("{}", "looks like JSON"),
        ("", "is empty"),
    ],
)
def test_files_that_are_refused(graphs, text, message):
    with pytest.raises(DataError, match=message):
        graphs.convert("gephi-csv", graphs.write("e.csv", text))


def test_edges_and_nodes_of_the_cases_run_by_gephi(graphs, shared):
    # Gephi merges edges of one source, target and kind; nodes without edges count.
    import json

    cases = sorted((shared / "oracles" / "gephi").glob("*.dd.*.json"))
    assert cases
    for case in cases:
        stem = case.name.partition(".")[0]
        pair = (case.with_name(f"{stem}.{what}.csv") for what in ("edges", "nodes"))
        printed = json.loads(case.read_text(encoding="utf-8"))
        if not printed["edges"]:
            continue
        found = graphs.convert("gephi-csv", *pair)
        columns = [c for c in ("source", "target", "kind") if c in found.relations]
        assert len(found.relations[columns].drop_duplicates()) == printed["edges"]
        assert len(found.nodes) == printed["nodes"]
