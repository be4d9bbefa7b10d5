"""Parity: the table's Gephi columns are what Gephi 0.9.2 printed, the textbook column what networkx says."""

from __future__ import annotations

import json
import math

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from clusters import ValueNetwork, labels
from clusters.cli import app
from clusters.measures import paths
from clusters.tables._parity import _saturated, parity

PRINTED = {
    "average_degree": "average_degree",
    "average_weighted_degree": "average_weighted_degree",
    "density": "density",
    "diameter": "diameter",
    "radius": "radius",
    "average_path_length": "average_path_length",
    "average_clustering": "average_clustering",
    "weak_components": "weak_components",
}
COLUMNS = {
    "eccentricity": "eccentricity",
    "closeness": "closnesscentrality",
    "harmonic_closeness": "harmonicclosnesscentrality",
    "betweenness": "betweenesscentrality",
    "eigenvector": "eigencentrality",
    "authority": "authority",
    "hub": "hub",
}


def gephi_import(folder, name):
    rows = pd.read_csv(folder / f"{name}.edges.csv", dtype={"source": str, "target": str, "kind": str})
    ids = pd.read_csv(folder / f"{name}.nodes.csv", dtype=str)["id"]
    return ValueNetwork.from_edges(
        zip(rows["source"], rows["target"], strict=True),
        nodes=ids,
        kinds=rows["kind"].fillna("").to_list(),
        weights=rows["weight"].fillna(1).to_list(),
        parallel="kinds",
    )


@pytest.mark.parametrize(
    "name",
    [
        *("c01_empty", "c02_one_node", "c03_isolated5", "c07_two_components", "c08_selfloops"),
        *("c09_parallel_same_kind", "c10_parallel_kinds", "c11_mutual_weights", "c13_karate_weighted"),
    ],
)
def test_both_dialogs_print_what_gephi_prints(shared, name):
    folder = shared / "oracles" / "gephi"
    table = parity(gephi_import(folder, name)).set_index("metric")
    for column, mode in (("gephi_directed", "dd"), ("gephi_undirected", "du")):
        numbers = json.loads((folder / f"{name}.{mode}.v0.9.2.json").read_text(encoding="utf-8"))
        nodes = pd.read_csv(folder / f"{name}.{mode}.v0.9.2.nodes.out.csv")
        for metric, key in PRINTED.items():
            assert table.loc[metric, column] == pytest.approx(float(numbers[key]), rel=1e-6, nan_ok=True), (
                metric
            )
        for metric, key in COLUMNS.items():
            mean = float(nodes[key].mean()) if len(nodes) else math.nan
            assert table.loc[metric, column] == pytest.approx(mean, rel=1e-6, nan_ok=True), metric
        largest = float(nodes["pageranks"].max()) if len(nodes) else math.nan
        assert table.loc["pagerank", column] == pytest.approx(largest, nan_ok=True)
        assert table.loc["edges", column] == numbers["edges" if mode == "dd" else "edges_undirected_view"]
        if mode == "du":
            assert table.loc["total_triangles", column] == numbers["total_triangles"]


def test_textbook_column_is_networkx():
    graph = nx.gnp_random_graph(40, 0.15, seed=3, directed=True)
    table = parity(ValueNetwork.from_edges(graph.edges, nodes=graph)).set_index("metric")["textbook"]
    assert table["average_clustering"] == pytest.approx(nx.average_clustering(graph))
    assert table["average_clustering_undirected"] == pytest.approx(
        nx.average_clustering(graph.to_undirected())
    )
    assert table["density"] == pytest.approx(nx.density(graph))
    assert table["average_path_length"] == pytest.approx(nx.average_shortest_path_length(graph))
    assert table["radius"] == nx.radius(graph)
    assert table["pagerank"] == pytest.approx(max(nx.pagerank(graph, tol=1e-14).values()))
    closeness = nx.closeness_centrality(graph.reverse(), wf_improved=True)
    assert table["closeness"] == pytest.approx(np.mean(list(closeness.values())))
    between = nx.betweenness_centrality(graph, normalized=False)
    assert table["betweenness"] == pytest.approx(np.mean(list(between.values())))


def test_modularity_in_three_ways_by_hand():
    # Case c11, communities abc and de. Gephi keeps 2 of a-b, 4 of b-c, 7 of d-e: m = 15, inside 14.
    # Both weights: m = 24, inside 23. With a filter on: degrees of all 24, inside the 14 kept ones.
    edges = [("a", "b"), ("b", "a"), ("b", "c"), ("c", "b"), ("c", "a"), ("d", "e"), ("e", "d"), ("c", "d")]
    network = ValueNetwork.from_edges(
        edges, weights=[5, 2, 1, 4, 1, 3, 7, 1], nodes="abcde", parallel="kinds"
    )
    table = parity(network).set_index("metric")
    both = (27 / 48) ** 2 + (21 / 48) ** 2
    assert table.loc["modularity", "gephi_directed"] == pytest.approx(14 / 15 - 1 / 2)
    assert table.loc["modularity", "textbook"] == pytest.approx(23 / 24 - both)
    assert table.loc["modularity_filtered", "gephi_directed"] == pytest.approx(14 / 24 - both)


def test_every_difference_has_words_in_both_languages(shared):
    table = parity(gephi_import(shared / "oracles" / "gephi", "c10_parallel_kinds"))
    for row in table.to_dict("records"):
        for column in ("metric", "why"):
            for lang in labels.LANGUAGES:
                assert labels.label(f"{column}.{row[column]}", lang)


def test_why_says_same_only_where_all_numbers_agree():
    # a -> b <- c has no mutual edge, loop or kind: only direction and dead ends matter.
    table = parity(ValueNetwork.from_edges([("a", "b"), ("c", "b")])).set_index("metric")["why"]
    assert table["edges"] == table["modularity"] == table["total_triangles"] == "same"
    assert table["density"] == "edges_counted"  # the undirected dialog doubles it
    assert table["diameter"] == table["average_path_length"] == "direction"
    assert table["closeness"] == "reached_only"


def test_gephis_counter_of_pairs_stops():
    summary = paths.PathSummary(2**32 - 2, 3.0, 5, 4.0, 0.4, (0,))
    assert _saturated(summary) == pytest.approx(6.0)


def test_large_networks_leave_betweenness_out():
    network = ValueNetwork.from_edges([(0, k) for k in range(1, 6000)])
    row = parity(network).set_index("metric").loc["betweenness"]
    assert row["why"] == "too_large"
    assert math.isnan(row["textbook"])


def test_the_partition_that_gephi_found_gives_the_number_that_gephi_printed(shared):
    folder = shared / "oracles" / "gephi"
    for path in sorted(folder.glob("*.dd.v0.9.2.json")):
        case = path.name.split(".")[0]
        edges, nodes = folder / f"{case}.edges.csv", folder / f"{case}.dd.v0.9.2.nodes.out.csv"
        options = ["--isolates", "--format", "json", "--nodes", str(nodes)]
        result = CliRunner().invoke(app, ["parity", str(edges), *options])
        assert result.exit_code == 0, result.stderr
        rows = {row["metric"]: row for row in json.loads(result.stdout)["rows"]}
        printed = json.loads(path.read_text())["modularity"][-1]
        ours = rows["modularity"]["gephi_directed"]
        assert ours == (None if printed in (None, "NaN") else pytest.approx(printed, abs=1e-6)), case
