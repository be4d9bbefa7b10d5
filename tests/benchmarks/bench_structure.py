"""The structure of all nine years of the sample, every column: ours against the usual libraries.

    python tests/benchmarks/bench_structure.py [--full]

The straightforward pipeline is what a careful analyst writes with pandas, igraph and networkx:
the relations of each year and all before, a graph, one call per column. In its usual form it asks
igraph for the mean distance and for the diameter; in its best form it takes both from
``path_length_hist``, as whoever knows that function would. Without ``--full`` its path lengths are
measured for the years up to 2019 and 2022 and the other two interpolated by nodes times edges.
"""

from __future__ import annotations

import math
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from _harness import NUMBA, NUMPY, Session, child, has, main, ours

import clusters
from clusters import networks
from clusters.tables import yearly_structure

MEASURE = "structure of nine years"
SKIPPED = (2020, 2021)
SEEDS = 5


def run(session: Session) -> None:
    """Compare the structure table of all nine years with the straightforward pipeline."""
    relations = clusters.sample()
    last = networks.last(networks.cumulative(relations))
    session.nodes, session.edges = last.n_nodes, last.n_edges
    cases = ours(lambda: yearly_structure(networks.cumulative(relations)))
    session.compare(MEASURE, cases)
    if session.wants("alone"):
        alone(session)
    if session.wants("straightforward"):
        frame = relations.frame[["source", "target", "year"]].astype({"source": str, "target": str})
        straightforward(session, frame, relations.nodes)


def alone(session: Session) -> None:
    """Measure the table in a process of its own: CPU with the imports, and the peak above them."""
    code = "import sys; sys.path.insert(0, {folder!r}); from bench_structure import once; once({work})"
    for candidate, kernels in ((NUMPY, "numpy"), (NUMBA, "numba")):
        if candidate == NUMBA and not has("numba"):
            continue
        found = {}
        for work in (False, True):
            text = code.format(folder=str(Path(__file__).parent), work=work)
            found[work] = child([sys.executable, "-c", text], environment={"CLUSTERS_KERNELS": kernels})
        session.add(f"{MEASURE}, process alone", candidate, [found[True]], note="with imports and reading")
        session.figure(f"peak above the imports, {candidate}", found[True][2] - found[False][2], "MB")


def once(work: bool) -> None:
    """Import all that the table needs and, if so, make it."""
    import igraph  # noqa: F401
    import scipy.sparse.csgraph
    import scipy.special  # noqa: F401

    if work:
        yearly_structure(networks.cumulative(clusters.sample()))


def straightforward(session: Session, frame: pd.DataFrame, organisations: pd.DataFrame) -> None:
    """Time the pipeline column by column, and both ways to the path lengths."""
    years = sorted(frame["year"].unique())
    rows, seconds, sizes = {}, {}, {}
    for year in years:
        skip = () if session.full or year not in SKIPPED else ("usual", "best")
        rows[year], seconds[year], sizes[year] = one_year(frame, organisations, year, skip)
        print(f"  {year}: {sum(seconds[year].values()):.1f} s", file=sys.stderr, flush=True)
    work = {year: nodes * edges for year, (nodes, edges) in sizes.items()}
    for form in ("usual", "best"):
        total = sum(
            cpu
            for costs in seconds.values()
            for stage, cpu in costs.items()
            if not stage.startswith(("usual", "best"))
        )
        sample = ""
        for kind in ("directed", "undirected"):
            stage = f"{form} {kind}"
            done = {year: costs[stage] for year, costs in seconds.items() if stage in costs}
            per_unit = sum(done.values()) / sum(work[year] for year in done)
            total += sum(done.get(year, per_unit * work[year]) for year in years)
            if len(done) < len(years):
                sample = "paths of 2020 and 2021 by nodes x edges"
        name = {"usual": "igraph + networkx, usual calls", "best": "igraph + networkx, best calls"}[form]
        session.add(MEASURE, name, [(total, total, math.nan)], sample=sample, note="one round; wall as CPU")
    check(rows)


def check(rows: dict[int, dict[str, Any]]) -> None:
    """Make sure that the pipeline measures the same thing as ours."""
    mine = yearly_structure(networks.cumulative(clusters.sample()), convention="textbook").set_index("year")
    for year, row in rows.items():
        for name, value in row.items():
            if name not in ("modularity", "communities") and not math.isclose(
                mine.loc[year, name], value, rel_tol=1e-9
            ):
                raise SystemExit(f"{name} of {year}: {mine.loc[year, name]} here, {value} there")


def one_year(
    frame: pd.DataFrame, organisations: pd.DataFrame, year: int, skip: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, float], tuple[int, int]]:
    """Measure one year's cumulative network; return columns, CPU seconds by stage, and its size."""
    import igraph
    import networkx

    seconds: dict[str, float] = {}
    row: dict[str, Any] = {}

    def timed(stage: str, work: Callable[[], Any]) -> Any:
        start = time.process_time()
        result = work()
        seconds[stage] = time.process_time() - start
        return result

    def build() -> Any:
        rows = frame[frame["year"] <= year]
        edges = rows.groupby(["source", "target"], sort=False).size().reset_index(name="relations")
        directed = igraph.Graph.TupleList(
            edges.itertuples(index=False), directed=True, edge_attrs="relations"
        )
        undirected = directed.as_undirected(mode="collapse")
        digraph = networkx.from_pandas_edgelist(edges, "source", "target", create_using=networkx.DiGraph)
        return len(rows), directed, undirected, digraph

    n_rows, directed, undirected, digraph = timed("building", build)
    names = directed.vs["name"]

    def count_sample() -> int:
        known = organisations.reindex(names)
        left = pd.to_numeric(known["sample_to"]) < year
        return int(((known["role"] == "sample") & ~left).sum())

    row["sample_nodes"] = timed("roles", count_sample)
    row |= {"nodes": directed.vcount(), "edges": directed.ecount(), "relations": n_rows}
    row["average_degree"] = directed.ecount() / directed.vcount()
    row["density"] = timed("density", directed.density)
    row["reciprocity"] = timed("reciprocity", directed.reciprocity)
    weak = timed("weak components", lambda: directed.connected_components("weak"))
    row["weak_components"], row["largest_component"] = len(weak), max(weak.sizes())
    row["strong_components"] = timed(
        "strong components", lambda: len(directed.connected_components("strong"))
    )
    row["average_clustering"] = timed("clustering", lambda: networkx.average_clustering(digraph))
    row["average_clustering_undirected"] = timed(
        "clustering undirected", lambda: undirected.transitivity_avglocal_undirected(mode="zero")
    )

    def search() -> Any:
        found = []
        for seed in range(SEEDS):
            random.seed(seed)
            found.append(undirected.community_leiden("modularity"))
        return max(found, key=lambda partition: partition.modularity)

    best = timed("communities", search)
    row["modularity"], row["communities"] = best.modularity, len(best)
    for kind, graph in (("directed", directed), ("undirected", undirected)):
        ending = "" if kind == "directed" else "_undirected"
        if "usual" not in skip:
            row["average_path_length" + ending], row["diameter" + ending] = timed(
                f"usual {kind}", lambda graph=graph: (graph.average_path_length(), graph.diameter())
            )
        if "best" not in skip:
            counts = timed(f"best {kind}", lambda graph=graph: list(graph.path_length_hist().bins()))
            row["reachable_pairs" + ending] = sum(c for *_, c in counts) * (1 if kind == "directed" else 2)
    return row, seconds, (directed.vcount(), directed.ecount())


if __name__ == "__main__":
    main("structure", run)
