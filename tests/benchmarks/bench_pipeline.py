"""From a CSV to yearly degree tables, province flows and exact clustering, then sampled distances.

    python tests/benchmarks/bench_pipeline.py --size w3

Every run is a process of its own, so that wall seconds and the peak are those a user meets,
imports included.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from _harness import NUMBA, NUMPY, Session, child, has, main
from _workloads import SIZES, folder, table

ENCODINGS = ("utf-8", "gb18030")
STAGES = ("reading", "degree tables", "flow matrices", "clustering", "sampled distances")


def run(session: Session) -> None:
    """Measure the whole way from UTF-8 and GB18030, by stage."""
    session.nodes, session.edges = SIZES[session.size]
    kernels = {NUMPY: "numpy"} | ({NUMBA: "numba"} if has("numba") else {})
    rounds = session.rounds if session.size == "w1" else 1
    for encoding in ENCODINGS:
        measure = f"CSV in {encoding.upper()} to tables"
        if not session.wants(measure):
            continue
        path = table(session.size, encoding)
        for candidate, choice in kernels.items():
            if candidate == NUMBA and encoding != "utf-8":
                continue
            runs, parts = [], []
            for _ in range(rounds):
                report = folder() / "pipeline.json"
                runs.append(
                    child(
                        [sys.executable, __file__, "--child", str(path), str(report)],
                        environment={"CLUSTERS_KERNELS": choice},
                    )
                )
                parts.append(json.loads(report.read_text(encoding="utf-8")))
                report.unlink()
            session.add(measure, candidate, runs, note="whole process, with sampled distances")
            for stage in STAGES:
                costs = [tuple(part[stage]) for part in parts]
                session.add(f"{measure}: {stage}", candidate, costs, note="peak of the process so far")


def work(path: Path, report: Path) -> None:
    """Do it, and write CPU seconds, wall seconds and peak so far of each stage."""
    start = time.process_time(), time.perf_counter()
    found: dict[str, tuple[float, float, float]] = {}

    def stage(name: str) -> None:
        nonlocal start
        now = time.process_time(), time.perf_counter()
        found[name] = (now[0] - start[0], now[1] - start[1], highest())
        print(name, *(round(x, 2) for x in found[name]), file=sys.stderr)
        start = now

    import clusters
    from clusters import networks, tables
    from clusters.measures import clustering, paths

    relations = clusters.read_relations(path)
    stage("reading")
    by_year = networks.cumulative(relations)
    for year, network in by_year.items():
        tables.yearly_degrees({year: network})
    stage("degree tables")
    tables.yearly_flow_matrix_table(relations, level="province")
    stage("flow matrices")
    last = networks.last(by_year)
    del relations
    for convention in ("gephi", "textbook"):
        for directed in (True, False):
            clustering.local_clustering(last, convention, directed=directed)
    stage("clustering")
    paths.path_estimate(last, sources=1024)
    stage("sampled distances")
    report.write_text(json.dumps(found), encoding="utf-8")


def highest() -> float:
    """Return the largest memory of this process so far, in MB."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        work(Path(sys.argv[2]), Path(sys.argv[3]))
        sys.stdout.flush()
        os._exit(0)
    main("pipeline", run, sizes=("w1", "w2", "w3"))
