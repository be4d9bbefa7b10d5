"""Reading a relation table: checked rows with names as numbers, beside what others need for that.

    python tests/benchmarks/bench_reading.py --size w2

Ours recognises columns, checks every row, folds names and tells organisations apart; the others
only parse and number the names.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from _harness import NUMPY, Case, Session, child, has, main
from _workloads import SIZES, table

import clusters


def run(session: Session) -> None:
    """Compare reading of the table as CSV, and from the cache."""
    path = table(session.size)
    session.nodes, session.edges = SIZES[session.size]
    session.figure("size of the CSV", path.stat().st_size / 2**20, "MB")
    cases = [Case(NUMPY, lambda: clusters.read_relations(path)), Case("pandas", lambda: by_pandas(path))]
    if has("pyarrow"):
        cases.append(Case("pyarrow", lambda: by_pyarrow(path)))
    if has("duckdb"):
        cases.append(Case("DuckDB", lambda: by_duckdb(path)))
    session.compare("reading the CSV", cases)
    if session.wants("clusters check"):
        commands(session, path)


def by_pandas(path: Path) -> object:
    import numpy as np
    import pandas as pd

    frame = pd.read_csv(path, encoding="utf-8")
    codes, names = pd.factorize(np.concatenate([frame["source"], frame["target"]]))
    return codes, names, frame


def by_pyarrow(path: Path) -> object:
    import pyarrow as pa
    from pyarrow import csv

    frame = csv.read_csv(path)
    ends = pa.chunked_array([*frame["source"].chunks, *frame["target"].chunks]).combine_chunks()
    return ends.dictionary_encode(), frame


def by_duckdb(path: Path) -> object:
    import duckdb

    with duckdb.connect() as base:
        base.execute("set preserve_insertion_order = true")
        base.execute(f"create table r as select * from read_csv('{path}', header = true)")
        base.execute(
            "create table n as select name, row_number() over () - 1 as id from "
            "(select source as name from r union select target from r)"
        )
        return base.execute(
            "select s.id, t.id, year from r join n s on s.name = source join n t on t.name = target"
        ).fetchnumpy()


def commands(session: Session, path: Path) -> None:
    """Time ``clusters check`` on the CSV, writing the cache and reading it."""
    executable = Path(os.sys.executable).with_name("clusters")
    with tempfile.TemporaryDirectory() as folder:
        place = {"CLUSTERS_CACHE_DIR": folder, "XDG_CACHE_HOME": folder}
        for candidate, more in (
            ("from the CSV", []),
            ("writing the cache", ["--cache"]),
            ("from the cache", ["--cache"]),
        ):
            try:
                cost = child([str(executable), "check", str(path), *more], environment=place)
            except RuntimeError as error:
                session.over("clusters check, whole process", candidate, str(error)[-120:])
                continue
            session.add("clusters check, whole process", candidate, [cost], note="process with its imports")


if __name__ == "__main__":
    main("reading", run, sizes=("w1", "w2", "w3"))
