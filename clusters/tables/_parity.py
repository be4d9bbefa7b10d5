"""Gephi's numbers beside the textbook's: for each metric both dialogs of Gephi, and why they differ.

Everything is computed here by Gephi's own definitions, which were checked against what
Gephi 0.9.2 and 0.10.1 print. Give the network as Gephi imports it: one edge per ordered
pair and kind, self-loops kept.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from clusters.measures import centrality, clustering, cohesion, communities, degree, gephi, paths
from clusters.networks import ValueNetwork
from clusters.sentences import Note

NAN = float("nan")
LARGEST_INT = 2**31 - 1
EXACT_BETWEENNESS = 30_000_000
"""Nodes times edges up to which betweenness is computed (about half a second)."""

Row = tuple[str, float, float, float, str]


def parity(network: ValueNetwork, *, partition: pd.Series | None = None, seed: int = 0) -> pd.DataFrame:
    """Tabulate each metric of Gephi's statistics panel in three definitions.

    Parameters
    ----------
    network
        The network as Gephi imports it from a directed edge list (``parallel="kinds"``,
        ``loops="keep"``).
    partition
        Community of every node, by node id: the one that Gephi found, so that the number it
        printed can be checked. By default the best of a search.
    seed
        Seed of that search.

    Returns
    -------
    DataFrame
        ``metric``; ``gephi_directed`` and ``gephi_undirected``, what Gephi prints with either
        choice of its dialog; ``textbook``, the usual definition on distinct ordered pairs
        without self-loops; ``why`` they differ, a coded value with words in the label table
        (``same`` where all three agree). NaN where a column has no such number. Columns of
        nodes are given by their mean, PageRank by its largest value.

    References
    ----------
    Gephi 0.9.2 (2017), statistics panel; networkx, igraph.

    Examples
    --------
    >>> mutual = ValueNetwork.from_edges([("a", "b"), ("b", "a"), ("b", "c"), ("c", "a"), ("c", "d")])
    >>> table = parity(mutual).set_index("metric")
    >>> table.loc["density", ["gephi_directed", "gephi_undirected"]].astype(float).round(4).to_list()
    [0.4167, 0.6667]
    >>> table.loc["weak_components", "why"]
    'same'
    """
    simple = network.simple()
    if partition is None:
        found = communities.communities(network, seed=seed)
        membership = found.membership
        origin = Note("note.partition_searched", seeds=found.seeds, seed=seed)
    else:
        membership, origin = partition, Note("note.partition_given")
    rows = [
        *_sizes(network, simple),
        *_distance_rows(network),
        *_clustering_rows(network, simple),
        *_modularity_rows(network, simple, membership),
        *_component_rows(network),
        *_node_rows(network, simple),
    ]
    table = pd.DataFrame(rows, columns=["metric", "gephi_directed", "gephi_undirected", "textbook", "why"])
    table.loc[_agree(table), "why"] = "same"
    nothing = table[["gephi_directed", "gephi_undirected", "textbook"]].isna().all(axis=1)
    table.loc[nothing & (table["why"] != "too_large"), "why"] = "undefined"
    table.attrs["notes"] = [origin, Note("note.means")]
    return table


def _agree(table: pd.DataFrame) -> pd.Series:
    """Whether all numbers of a row are the same, as far as it has them."""
    numbers = table[["gephi_directed", "gephi_undirected", "textbook"]].astype(float)
    spread = numbers.max(axis=1) - numbers.min(axis=1)
    return spread <= 1e-9 * numbers.abs().max(axis=1)


def _sizes(network: ValueNetwork, simple: ValueNetwork) -> list[Row]:
    undirected = cohesion.density(network, directed=False)
    mean = degree.average_degree(network)
    weight = degree.average_degree(network, weighted="weight")
    view = len(gephi.undirected_view(network))
    return [
        ("edges", network.n_edges, view, simple.n_edges, "edges_counted"),
        ("average_degree", mean, mean, degree.average_degree(simple), "edges_counted"),
        (
            "average_weighted_degree",
            weight,
            weight,
            degree.average_degree(simple, weighted="weight"),
            "loops_counted",
        ),
        ("density", cohesion.density(network), undirected, cohesion.density(simple), "edges_counted"),
    ]


def _distance_rows(network: ValueNetwork) -> list[Row]:
    directed, undirected = paths.path_summary(network), paths.path_summary(network, directed=False)
    sums = paths.node_distances(network)
    apart = paths.node_distances(network, directed=False)
    everyone = sums["eccentricity"][sums["reached"] == network.n_nodes - 1]
    return [
        ("diameter", directed.diameter, undirected.diameter, directed.diameter, "direction"),
        (
            "radius",
            sums["eccentricity"].min() if network.n_nodes else LARGEST_INT,
            apart["eccentricity"].min() if network.n_nodes else LARGEST_INT,
            everyone.min() if len(everyone) else NAN,
            "unreached_zero",
        ),
        (
            "average_path_length",
            _saturated(directed),
            _saturated(undirected),
            directed.average_path_length,
            "saturated" if undirected.reachable_pairs > LARGEST_INT else "direction",
        ),
        _mean("eccentricity", sums["eccentricity"], apart["eccentricity"], sums["eccentricity"], "direction"),
        _mean(
            "closeness",
            paths.closeness_of(sums),
            paths.closeness_of(apart),
            paths.closeness_of(sums, "textbook"),
            "reached_only",
        ),
        _mean(
            "harmonic_closeness",
            paths.harmonic_of(sums),
            paths.harmonic_of(apart),
            paths.harmonic_of(sums, "textbook"),
            "reached_only",
        ),
    ]


def _saturated(summary: paths.PathSummary) -> float:
    """Mean distance with Gephi's counter of pairs, which stops at the largest 32-bit number."""
    if summary.reachable_pairs <= LARGEST_INT:
        return summary.average_path_length
    return summary.average_path_length * summary.reachable_pairs / LARGEST_INT


def _clustering_rows(network: ValueNetwork, simple: ValueNetwork) -> list[Row]:
    directed = clustering.average_clustering(network)
    undirected = clustering.average_clustering(network, directed=False)
    watts = clustering.average_clustering(simple, "textbook", directed=False)
    triangles = clustering.total_triangles(network, "gephi")
    return [
        (
            "average_clustering",
            directed,
            undirected,
            clustering.average_clustering(simple, "textbook"),
            "mutual_edges",
        ),
        ("average_clustering_undirected", NAN, undirected, watts, "two_neighbours"),
        ("total_triangles", NAN, triangles, clustering.total_triangles(simple), "loop_triangles"),
    ]


def _modularity_rows(network: ValueNetwork, simple: ValueNetwork, membership: pd.Series) -> list[Row]:
    value = communities.modularity(network, membership)
    filtered = gephi.filtered_modularity(network, membership)
    summed = communities.modularity(gephi.undirected_file(simple), membership)
    return [
        ("modularity", value, value, summed, "one_weight_kept"),
        ("modularity_filtered", filtered, value, summed, "filter_fault"),
    ]


def _component_rows(network: ValueNetwork) -> list[Row]:
    parts = cohesion.component_summary(network)
    weak, strong = parts.weak_components, parts.strong_components
    return [("weak_components", weak, weak, weak, "same"), ("strong_components", strong, NAN, strong, "same")]


def _node_rows(network: ValueNetwork, simple: ValueNetwork) -> list[Row]:
    ranks = [
        centrality.pagerank(network, convention="gephi"),
        centrality.pagerank(network, convention="gephi", directed=False),
        centrality.pagerank(simple),
    ]
    eigen = [gephi.eigenvector(network, directed=d) for d in (True, False)]
    hits = [gephi.hits(network, directed=d) for d in (True, False)]
    exact = gephi.hits(simple, least=1e-12)
    none = pd.Series(dtype=np.float64)
    return [
        _betweenness_row(network, simple),
        ("pagerank", *(float(r.max()) if len(r) else NAN for r in ranks), "stops_early"),  # type: ignore[list-item]
        _mean("eigenvector", eigen[0], eigen[1], none, "adds_up_steps"),
        _mean("authority", hits[0]["authority"], hits[1]["authority"], exact["authority"], "direction"),
        _mean("hub", hits[0]["hub"], hits[1]["hub"], exact["hub"], "direction"),
    ]


def _betweenness_row(network: ValueNetwork, simple: ValueNetwork) -> Row:
    if network.n_nodes * network.n_edges > EXACT_BETWEENNESS:
        return ("betweenness", NAN, NAN, NAN, "too_large")
    directed, undirected = (centrality.betweenness(network, directed=d) for d in (True, False))
    textbook = centrality.betweenness(simple, convention="textbook")
    return _mean("betweenness", directed, undirected, textbook, "kind_paths")


def _mean(metric: str, directed: Any, undirected: Any, textbook: Any, why: str) -> Row:
    means = (float(v.mean()) if len(v) else NAN for v in (directed, undirected, textbook))
    return (metric, *means, why)  # type: ignore[return-value]
