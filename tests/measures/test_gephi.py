"""Equality with every number that Gephi 0.9.2 printed for our reference graphs.

Modes: ``dd`` directed file and dialog, ``du`` directed file and undirected dialog, ``uu``
undirected file.
"""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from clusters import ValueNetwork
from clusters.measures import centrality, clustering, cohesion, communities, degree, gephi, paths

CASES = (
    *("c01_empty", "c02_one_node", "c03_isolated5", "c04_path5", "c05_cycle6", "c06_star_out"),
    *("c07_two_components", "c08_selfloops", "c09_parallel_same_kind", "c10_parallel_kinds"),
    *("c11_mutual_weights", "c12_karate", "c13_karate_weighted"),
)
MODES = ("dd", "du", "uu")
UNIQUE_Q = {"c04": 0.21875, "c05": 1 / 6, "c06": 0, "c07": 0.5, "c08": 1 / 9, "c09": 0.3194444444}
UNIQUE_Q |= {"c10": 0.27160493827, "c11": 0.43333333333}
UNIQUE_Q_UNDIRECTED_FILE = {"c10": 0.3140495868, "c11": 0.45052083333}


class Case:
    """One graph in one mode, with Gephi's numbers beside it."""

    def __init__(self, folder, name, mode):
        rows = pd.read_csv(folder / f"{name}.edges.csv", dtype={"source": str, "target": str, "kind": str})
        ids = pd.read_csv(folder / f"{name}.nodes.csv", dtype=str)["id"]
        network = ValueNetwork.from_edges(
            zip(rows["source"], rows["target"], strict=True),
            nodes=ids,
            kinds=rows["kind"].fillna("").to_list(),
            weights=rows["weight"].fillna(1).to_list(),
            parallel="kinds",
        )
        self.name = name
        self.file_directed = mode != "uu"
        self.directed = mode == "dd"
        self.network = network if self.file_directed else gephi.undirected_file(network)
        self.numbers = json.loads((folder / f"{name}.{mode}.v0.9.2.json").read_text(encoding="utf-8"))
        nodes = pd.read_csv(folder / f"{name}.{mode}.v0.9.2.nodes.out.csv", dtype={"id": str})
        self.nodes = nodes.set_index("id").reindex(self.network.nodes)

    def expect(self, metric, value, rel=1e-12):
        expected = float(self.numbers[metric])
        assert value == pytest.approx(expected, rel=rel, abs=1e-12, nan_ok=True), metric


@pytest.fixture(params=MODES)
def mode(request):
    return request.param


@pytest.fixture(params=CASES)
def case(request, shared, mode):
    return Case(shared / "oracles" / "gephi", request.param, mode)


def test_counts_and_averages(case):
    network = case.network
    case.expect("nodes", network.n_nodes)
    case.expect("edges", network.n_edges)
    case.expect("average_degree", degree.average_degree(network, directed=case.file_directed))
    weighted = degree.average_degree(network, weighted="weight", directed=case.file_directed)
    case.expect("average_weighted_degree", weighted)
    case.expect("density", cohesion.density(network, directed=case.directed))


def test_distances(case):
    summary = paths.path_summary(case.network, directed=case.directed)
    case.expect("average_path_length", summary.average_path_length, rel=1e-15)
    case.expect("diameter", summary.diameter)
    radius = paths.radius(case.network, directed=case.directed)
    case.expect("radius", 2147483647 if math.isnan(radius) else radius)


def test_clustering(case):
    mean = clustering.average_clustering(case.network, directed=case.directed)
    case.expect("average_clustering", mean, rel=1e-6 if case.directed else 1e-12)
    local = clustering.local_clustering(case.network, directed=case.directed)
    close = case.nodes["clustering"].to_numpy(float)
    np.testing.assert_allclose(local, close, rtol=1e-6 if case.directed else 1e-12)
    if not case.directed:
        case.expect("total_triangles", clustering.total_triangles(case.network, "gephi"))
        assert clustering.triangles(case.network, "gephi").to_list() == case.nodes["triangles"].to_list()


def test_components(case):
    summary = cohesion.component_summary(case.network)
    case.expect("weak_components", summary.weak_components)
    case.expect("largest_component", summary.largest_component)
    assert same_partition(cohesion.weak_components(case.network), case.nodes["componentnumber"])
    if case.directed:
        case.expect("strong_components", summary.strong_components)
        assert same_partition(cohesion.strong_components(case.network), case.nodes["strongcompnum"])


def same_partition(ours, theirs):
    pairs = set(zip(ours, theirs, strict=True))
    return len(pairs) == len(set(ours)) == len(set(theirs))


def test_degrees(case):
    columns = {"degree": degree.degree(case.network)}
    columns["weighted_degree"] = degree.degree(case.network, weighted="weight")
    if case.file_directed:
        columns["indegree"] = degree.in_degree(case.network)
        columns["outdegree"] = degree.out_degree(case.network)
        columns["weighted_indegree"] = degree.in_degree(case.network, weighted="weight")
        columns["weighted_outdegree"] = degree.out_degree(case.network, weighted="weight")
    for name, values in columns.items():
        assert values.to_list() == case.nodes[name].to_list(), name


@pytest.mark.parametrize(
    ("column", "measure"),
    [
        ("eccentricity", paths.eccentricity),
        ("closnesscentrality", paths.closeness),
        ("harmonicclosnesscentrality", paths.harmonic_closeness),
        ("betweenesscentrality", centrality.betweenness),
        ("pageranks", lambda n, directed: centrality.pagerank(n, convention="gephi", directed=directed)),
        ("eigencentrality", gephi.eigenvector),
    ],
)
def test_node_columns(case, column, measure):
    values = measure(case.network, directed=case.directed)
    np.testing.assert_allclose(values, case.nodes[column].to_numpy(float), rtol=1e-12, atol=1e-14)


def test_hubs_and_authorities(case):
    found = gephi.hits(case.network, directed=case.directed)
    np.testing.assert_allclose(found, case.nodes[["authority", "hub"]].to_numpy(float), rtol=1e-6, atol=1e-7)


def test_modularity_of_gephis_own_partition(case):
    value = communities.modularity(case.network, case.nodes["modularity_class"])
    printed = [float(q) for q in case.numbers["modularity"]]
    if math.isnan(value):
        assert all(math.isnan(q) for q in printed)
    else:
        assert min(abs(value - q) for q in printed) < 1e-12


@pytest.mark.parametrize("name", sorted(UNIQUE_Q))
def test_search_finds_the_best_partition_where_it_is_unique(shared, mode, name):
    full = next(c for c in CASES if c.startswith(name))
    network = Case(shared / "oracles" / "gephi", full, mode).network
    expected = UNIQUE_Q | (UNIQUE_Q_UNDIRECTED_FILE if mode == "uu" else {})
    assert communities.communities(network).modularity == pytest.approx(expected[name], abs=1e-9)


def test_filter_fault_by_hand():
    # Two mutual pairs and a bridge, each its own community: m counts 5 edges, inside only 2.
    network = ValueNetwork.from_edges([("a", "b"), ("b", "a"), ("c", "d"), ("d", "c"), ("b", "c")])
    membership = pd.Series([0, 0, 1, 1], index=list("abcd"))
    assert gephi.filtered_modularity(network, membership) == pytest.approx(2 / 5 - 2 * (5 / 10) ** 2)
    assert communities.modularity(network, membership) == pytest.approx(2 / 3 - 2 * (3 / 6) ** 2)
