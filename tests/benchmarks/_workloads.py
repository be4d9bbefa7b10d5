"""The three sizes of the benchmarks, made once and kept as files outside the repository.

W1 is the sample (30,765 organisations, 83,815 relations), W2 has 1 million and 5 million, W3
3 million and 15 million. ``CLUSTERS_BENCH_DIR`` names the folder of the files; without it they
lie in a folder of the system's temporary one.

    python tests/benchmarks/_workloads.py w2 w3 w2-utf8.csv w3-utf8.csv w3-gb18030.csv
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from clusters.networks import ValueNetwork
    from clusters.relations import Relations

SEED = 2023
SIZES = {"w1": (30_765, 83_815), "w2": (1_000_000, 5_000_000), "w3": (3_000_000, 15_000_000)}


@dataclass(frozen=True)
class Workload:
    """Relations as codes, one row per ordered pair, in order of year, giver and receiver."""

    name: str
    n: int
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    year: NDArray[np.int16]
    kind: NDArray[np.int8]
    source_province: NDArray[np.int8]
    target_province: NDArray[np.int8]

    @property
    def edges(self) -> int:
        return self.source.size


def folder() -> Path:
    place = Path(os.environ.get("CLUSTERS_BENCH_DIR") or Path(tempfile.gettempdir()) / "clusters-benchmarks")
    place.mkdir(parents=True, exist_ok=True)
    return place


@lru_cache(maxsize=1)
def load(name: str) -> Workload:
    """Return w1, w2 or w3."""
    if name == "w1":
        return w1()
    path = folder() / f"{name}.npz"
    if not path.exists():
        make(path.name)
    with np.load(path) as arrays:
        return Workload(name, int(arrays["n"]), *(arrays[c] for c in COLUMNS))


COLUMNS = ("source", "target", "year", "kind", "source_province", "target_province")


def w1() -> Workload:
    """Return the sample."""
    import clusters

    frame = clusters.sample().frame
    columns = [frame[c].to_numpy(np.int16) if c == "year" else frame[c].cat.codes.to_numpy() for c in COLUMNS]
    n = len(frame["source"].cat.categories)
    return Workload("w1", n, columns[0].astype(np.int32), columns[1].astype(np.int32), *columns[2:])


def w2() -> Workload:
    """Return 1 million organisations with 5 million relations."""
    return load("w2")


def w3() -> Workload:
    """Return 3 million organisations with 15 million relations."""
    return load("w3")


def table(name: str, encoding: str = "utf-8") -> Path:
    """Return the relation table of w1, w2 or w3 as CSV (names, year, kind, technology, provinces)."""
    path = folder() / f"{name}-{encoding.replace('-', '')}.csv"
    if not path.exists():
        make(path.name)
    return path


def relations(workload: Workload) -> Relations:
    """Return the rows as the checked relation table that a reader would give."""
    import pandas as pd

    from clusters.relations import Relations

    ids = pd.RangeIndex(workload.n, name="node")
    frame = pd.DataFrame(
        {
            "source": pd.Categorical.from_codes(workload.source, ids),
            "target": pd.Categorical.from_codes(workload.target, ids),
            "year": workload.year.astype(np.int32),
        }
    )
    return Relations(frame, pd.DataFrame({"label": ids}, index=ids))


def value_network(workload: Workload) -> ValueNetwork:
    """Return the network of all years."""
    from clusters import networks

    return networks.last(networks.cumulative(relations(workload), years=[int(workload.year.max())]))


def make(*names: str) -> None:
    """Write files of the folder by name: w2.npz, w3-utf8.csv, w3-gb18030.csv ..."""
    from clusters.synthetic.bulk import bulk

    for size in SIZES:
        mine = [name for name in names if name.startswith(size)]
        if not mine:
            continue
        drawn = bulk(SEED, *SIZES[size])
        texts = [name for name in mine if name.endswith(".csv")]
        if any(name.endswith(".npz") for name in mine):
            arrays = {name: getattr(drawn, name) for name in COLUMNS[:4]}
            arrays |= {f"{end}_province": drawn.province[getattr(drawn, end)] for end in ("source", "target")}
            with _written(folder() / f"{size}.npz") as part:
                np.savez(part, n=np.int64(drawn.n_nodes), **arrays)
        if texts:
            _write_texts(drawn.csv_chunks(roles=False), [folder() / name for name in texts])


def _write_texts(chunks: Iterator[bytes], paths: list[Path]) -> None:
    """Write the same chunks to several files, each in the encoding that its name says."""
    parts = [path.with_name(path.name + ".part") for path in paths]
    files = [part.open("wb") for part in parts]
    for chunk in chunks:
        for path, file in zip(paths, files, strict=True):
            gb = path.stem.endswith("gb18030")
            file.write(chunk.decode().encode("gb18030") if gb else chunk)
    for path, part, file in zip(paths, parts, files, strict=True):
        file.close()
        part.replace(path)


class _written:
    """A file under a working name, renamed when it is whole."""

    def __init__(self, path: Path) -> None:
        self.path, self.part = path, path.with_name(path.name + ".part")

    def __enter__(self):
        self.file = self.part.open("wb")
        return self.file

    def __exit__(self, kind, value, trace) -> None:
        self.file.close()
        if kind is None:
            self.part.replace(self.path)


if __name__ == "__main__":
    make(*(name if "." in name else f"{name}.npz" for name in sys.argv[1:]))
