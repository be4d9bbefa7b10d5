"""Checked tables kept for the next time, found again by the content they were read from.

A cached table is a folder with one Parquet file per part and ``about.json``, which names
the parts with their check sums. Its name is a check sum of everything that decides on the
result: the bytes and names of the relation table, nodes table, thesaurus and settings file,
all reading options, the program's own reading code and the version of pandas. Nothing in it
is executed; what does not match its check sum is not used.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from clusters.errors import DataError
from clusters.sentences import Note

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = 1
"""To be raised when the files of a cached table change their meaning."""
VARIABLE = "CLUSTERS_CACHE"
_ABOUT = "about.json"
_SEGMENT = 1 << 26


class DamagedError(Exception):
    """A cached table is not what was written."""


@dataclass(frozen=True)
class Stored:
    """What a checked table is made of."""

    frame: pd.DataFrame
    nodes: pd.DataFrame
    rejects: pd.DataFrame
    set_aside: pd.DataFrame
    facts: dict[str, Any]
    """Everything else: whole numbers, texts, notes, lists and mappings of them."""


@dataclass(frozen=True)
class Place:
    """Where one table is kept, or would be."""

    folder: Path
    stamps: tuple[tuple[Path, int, int], ...]
    """Files with their size and time of change when the key was made."""

    def there(self) -> bool:
        """Whether something is kept here."""
        return (self.folder / _ABOUT).is_file()

    def unchanged(self) -> bool:
        """Whether the files are still those that the key was made of."""
        try:
            return self.stamps == tuple(_stamp(path) for path, _, _ in self.stamps)
        except OSError:
            return False


def default_folder() -> Path:
    """Return where tables are kept: ``CLUSTERS_CACHE``, or else the user's cache folder."""
    if named := os.environ.get(VARIABLE):
        return Path(named) / "tables"
    own = os.path.expanduser("~")  # "~" itself where nobody knows
    home = Path(tempfile.gettempdir() if own == "~" else own)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "clusters" / "tables"


def place(folder: Path, table: Path, files: Mapping[str, Path], options: Mapping[str, Any]) -> Place | None:
    """Return where the table of some files, read with some options, is kept.

    Parameters
    ----------
    folder
        Folder of all kept tables.
    table
        The relation table.
    files
        What else is read, by what it is read as.
    options
        Reading options, as JSON can say them.

    Returns
    -------
    Place or None
        ``None`` where one of the files cannot be read; reading then says why.
    """
    read = {"relations": table, **files}
    try:
        stamps = tuple(_stamp(path) for path in read.values())
        content = {use: [path.name, _digest(path)] for use, path in read.items()}
    except (OSError, ValueError):
        return None
    key = json.dumps(
        [FORMAT, _code(), pd.__version__, content, options], sort_keys=True, ensure_ascii=False, default=str
    )
    name = f"{stamps[0][1]}-{hashlib.sha256(key.encode()).hexdigest()[:40]}"
    return Place(folder / name, stamps)


def may_be_there(folder: Path, table: Path) -> bool:
    """Tell without reading whether a table of this size is kept, so that others cost nothing."""
    try:
        size = table.stat().st_size
        return any(name.startswith(f"{size}-") for name in os.listdir(folder))
    except (OSError, ValueError):
        return False


def make_folder(folder: Path) -> None:
    """Make sure that tables can be kept in a folder.

    Raises ``DataError`` where that is not so, before any long work.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=folder):
            pass
    except OSError as error:
        raise DataError(
            f"the cache folder {folder} cannot be written ({error.strerror or error})",
            hint=f"name another one with the environment variable {VARIABLE}, or leave out --cache",
        ) from None


def size_of(place: Place) -> int:
    """Return the bytes of a kept table."""
    return sum(path.stat().st_size for path in place.folder.iterdir())


def _stamp(path: Path) -> tuple[Path, int, int]:
    found = path.stat()
    return path, found.st_size, found.st_mtime_ns


def _digest(path: Path) -> str:
    """Return a check sum of a file, made of those of its segments so that two cores can work."""

    def segment(start: int) -> bytes:
        with path.open("rb") as file:
            file.seek(start)
            found = hashlib.sha256()
            for _ in range(_SEGMENT >> 20):
                found.update(file.read(1 << 20))
            return found.digest()

    size = path.stat().st_size
    with ThreadPoolExecutor(2) as pool:
        parts = b"".join(pool.map(segment, range(0, size, _SEGMENT)))
    return hashlib.sha256(parts + str(size).encode()).hexdigest()


@functools.cache
def _code() -> str:
    """Return a check sum of the code and words that reading depends on."""
    package = Path(__file__).parent.parent
    found = hashlib.sha256()
    tables = ("places", "former_places", "counties", "countries", "regions")
    for path in (
        *sorted(path for name in ("intake", "names", "places") for path in (package / name).rglob("*.py")),
        package / "relations.py",
        *(package / "reference" / name for name in ("vocabulary.toml", *(f"{t}.csv" for t in tables))),
    ):
        found.update(path.read_bytes())
    return found.hexdigest()


def store(place: Place, stored: Stored) -> None:
    """Keep a table; it is there as a whole or not at all.

    Raises ``DataError`` where it cannot be written.
    """
    folder = place.folder
    make_folder(folder.parent)
    new = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
    try:
        parts = _parts(stored)
        sums = {name: _written(part, new / f"{name}.parquet") for name, (part, _) in parts.items()}
        about = {
            "format": FORMAT,
            "sums": sums,
            "columns": {name: columns for name, (_, columns) in parts.items()},
            "facts": _said(stored.facts),
        }
        text = json.dumps(about, ensure_ascii=False)
        (new / _ABOUT).write_text(f"{_sum(text.encode())}\n{text}", encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(FileExistsError):  # another run has just kept the same table
            new.rename(folder)
    except OSError as error:
        raise DataError(
            f"the checked table cannot be kept in {folder.parent} ({error.strerror or error})",
            hint=f"name another folder with the environment variable {VARIABLE}, or leave out --cache",
        ) from None
    finally:
        shutil.rmtree(new, ignore_errors=True)


def load(place: Place) -> Stored:
    """Read a kept table.

    Raises ``DamagedError`` where a file is not what was written.
    """
    try:
        total, _, text = (place.folder / _ABOUT).read_text(encoding="utf-8").partition("\n")
        if total != _sum(text.encode()):
            raise DamagedError(_ABOUT)
        about = json.loads(text)
        if about["format"] != FORMAT:
            raise DamagedError(_ABOUT)
        with ThreadPoolExecutor(2) as pool:
            names = list(about["sums"])
            tables = dict(
                zip(names, pool.map(lambda n: _read(place, n, about["sums"][n]), names), strict=True)
            )
        return _restored(tables, about)
    except DamagedError:
        raise
    except Exception as error:
        # Whatever goes wrong here lies in the files, which anyone may have written.
        raise DamagedError(f"{type(error).__name__}: {error}") from error


def _sum(data: bytes | memoryview) -> str:
    return hashlib.sha256(data).hexdigest()


def _written(part: pa.Table, path: Path) -> str:
    from pyarrow import parquet

    # Codes of organisations hardly repeat; other columns do.
    few = [name for name in part.column_names if name not in ("source", "target", "index")]
    parquet.write_table(part, path, compression="zstd", compression_level=1, use_dictionary=few)
    return _digest(path)


def _read(place: Place, name: str, expected: str) -> pa.Table:
    from pyarrow import parquet

    path = place.folder / f"{name}.parquet"
    if _digest(path) != expected:
        raise DamagedError(path.name)
    return parquet.read_table(path, use_threads=True, memory_map=False)


def _parts(stored: Stored) -> dict[str, tuple[pa.Table, list[Any]]]:
    """Write every part as plain columns, with a list of what each of them is."""
    frame, categories = _coded(stored.frame)
    return {
        "relations": frame,
        "categories": categories,
        "nodes": _listed(stored.nodes, keep_index=True),
        "rejects": _listed(stored.rejects),
        "set_aside": _listed(stored.set_aside),
    }


def _coded(frame: pd.DataFrame) -> tuple[tuple[pa.Table, list[Any]], tuple[pa.Table, list[Any]]]:
    """Write the relations as numbers, with the texts of their categories beside them."""
    import pyarrow as pa

    arrays: dict[str, Any] = {}
    columns: list[Any] = []
    texts: dict[str, list[str]] = {"column": [], "text": []}
    for position, (name, series) in enumerate(frame.items()):
        place = name if name in ("source", "target") else f"c{position}"
        if isinstance(series.dtype, pd.CategoricalDtype):
            arrays[place] = pa.array(series.cat.codes.to_numpy())
            known = series.cat.categories
            columns.append([name, place, "nodes" if name in ("source", "target") else str(known.dtype)])
            if name not in ("source", "target"):
                texts["column"] += [place] * len(known)
                texts["text"] += known.tolist()
        else:
            arrays[place] = pa.array(series.to_numpy())
            columns.append([name, place, "number"])
    index = frame.index
    if isinstance(index, pd.RangeIndex):
        columns.append([index.start, index.stop, "range"])
    else:
        arrays["index"] = pa.array(index.to_numpy())
        columns.append([None, "index", "index"])
    return (pa.table(arrays), columns), (
        pa.table(texts, pa.schema({"column": pa.string(), "text": pa.string()})),
        [],
    )


def _listed(frame: pd.DataFrame, *, keep_index: bool = False) -> tuple[pa.Table, list[Any]]:
    """Write a table of texts, numbers and truth values."""
    import pyarrow as pa

    arrays: dict[str, Any] = {}
    columns: list[Any] = []
    if keep_index:
        arrays["index"] = pa.array(frame.index.to_numpy(object), pa.large_string())
    for position, (name, series) in enumerate(frame.items()):
        kind = str(series.dtype)
        texts = kind in ("object", "str", "string")
        arrays[f"c{position}"] = pa.array(series, pa.large_string() if texts else None, from_pandas=texts)
        columns.append([name, f"c{position}", kind])
    return pa.table(arrays), [len(frame), *columns]


def _restored(tables: Mapping[str, pa.Table], about: Mapping[str, Any]) -> Stored:
    columns = about["columns"]
    nodes = _frame(tables["nodes"], columns["nodes"])
    nodes.index = pd.Index(_objects(tables["nodes"].column("index")), dtype=object, name="node")
    return Stored(
        _relations(tables["relations"], columns["relations"], tables["categories"], nodes.index),
        nodes,
        _frame(tables["rejects"], columns["rejects"]),
        _frame(tables["set_aside"], columns["set_aside"]),
        _meant(about["facts"]),
    )


def _relations(
    table: pa.Table, columns: Sequence[Any], categories: pa.Table, nodes: pd.Index
) -> pd.DataFrame:
    ends = pd.CategoricalDtype(nodes)
    texts: dict[str, list[str]] = {}
    for place, text in zip(*(column.to_pylist() for column in categories.columns), strict=True):
        texts.setdefault(place, []).append(text)
    data: dict[str, Any] = {}
    index: pd.Index = pd.RangeIndex(table.num_rows)
    for name, place, kind in columns:
        if kind == "range":
            index = pd.RangeIndex(name, place)
            continue
        numbers = table.column(place).to_numpy()
        if kind == "index":
            index = pd.Index(numbers)
        elif kind == "number":
            data[name] = numbers
        elif kind == "nodes":
            data[name] = pd.Categorical.from_codes(numbers, dtype=ends)
        else:
            known = pd.Index(texts.get(place, []), dtype=kind)
            data[name] = pd.Categorical.from_codes(numbers, categories=known)
    return pd.DataFrame(data, index=index)


def _frame(table: pa.Table, columns: Sequence[Any]) -> pd.DataFrame:
    size, *described = columns
    data: dict[str, Any] = {}
    for name, place, kind in described:
        column = table.column(place)
        if kind == "object":
            data[name] = pd.Series(_objects(column), dtype=object)
        elif kind in ("str", "string"):
            data[name] = column.to_pandas().astype(kind)
        else:
            data[name] = column.to_numpy().astype(kind, copy=False)
    return pd.DataFrame(data, index=pd.RangeIndex(size))


def _objects(column: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    found = column.to_numpy()
    if column.null_count:
        found = found.copy()
        found[column.is_null().to_numpy()] = np.nan
    result: np.ndarray[Any, Any] = found
    return result


def _said(value: Any) -> Any:
    """Write facts so that JSON keeps what is a note."""
    if isinstance(value, Note):
        return {"note": value.term, "values": {name: _said(part) for name, part in value.values.items()}}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value)
    if isinstance(value, Mapping):
        return {"pairs": [[str(name), _said(part)] for name, part in value.items()]}
    if isinstance(value, Iterable):
        return [_said(part) for part in value]
    raise TypeError(f"{type(value).__name__} is no fact that can be kept")


def _meant(value: Any) -> Any:
    if isinstance(value, list):
        return [_meant(part) for part in value]
    if isinstance(value, dict):
        if "pairs" in value:
            return {name: _meant(part) for name, part in value["pairs"]}
        return Note(value["note"], **{name: _meant(part) for name, part in value["values"].items()})
    return value
