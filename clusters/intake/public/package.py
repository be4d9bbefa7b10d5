"""The files of a package: named one by one, as a folder, or packed in a zip archive.

Nothing is unpacked to disk. ``archives`` refuses an archive that would unpack to an absurd size,
or whose entries grow out of all proportion, before it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from clusters.errors import DataError
from clusters.intake import archives, files

ENDINGS = (".csv", ".tsv", ".txt", ".gz", ".xlsx", ".xlsm", ".xls", ".ods", ".parquet", ".zip")
"""Endings of files that may hold a table; others of a folder or archive are left alone."""
GRAPHS = (".gexf", ".graphml", ".xml", ".net", ".paj")


@dataclass(frozen=True)
class Member:
    """One file of a package."""

    name: str
    """Path within the package, for messages."""
    read: Callable[[], bytes]

    @property
    def stem(self) -> str:
        """Name without folder and endings, in lower case."""
        name = self.name.replace("\\", "/").rpartition("/")[2].lower().removesuffix(".gz")
        return name.rpartition(".")[0] or name


@dataclass(frozen=True)
class Package:
    """The files that a layout is read from."""

    members: tuple[Member, ...]
    ignored: tuple[str, ...] = ()
    """Files that were there and hold no table."""


def open_package(paths: Sequence[str | Path], endings: Sequence[str] = (*ENDINGS, *GRAPHS)) -> Package:
    """List the files that paths name: files, folders (with what is below them) or zip archives.

    Raises
    ------
    DataError
        A path does not exist, an archive is damaged, protected or too large, or there is no file.
    """
    members: list[Member] = []
    ignored: list[str] = []
    for path in map(Path, paths):
        _add(path, members, ignored, tuple(endings))
    if not members:
        named = ", ".join(map(str, paths))
        raise DataError(
            f"{named}: no file with a table in it", hint="name CSV, XLSX or Parquet files, or a zip"
        )
    return Package(tuple(members), tuple(ignored))


def _add(path: Path, members: list[Member], ignored: list[str], endings: tuple[str, ...]) -> None:
    if path.is_dir():
        for file in sorted(p for p in path.rglob("*") if p.is_file()):
            name = file.relative_to(path).as_posix()
            if _hidden(name) or not name.lower().endswith(endings):
                ignored.append(name)
            else:
                _add_file(file, name, members, ignored, endings)
    else:
        _add_file(path, path.name, members, ignored, endings)


def _add_file(
    path: Path, name: str, members: list[Member], ignored: list[str], endings: tuple[str, ...]
) -> None:
    if path.suffix.lower() == ".zip":
        for entry in _entries(path):
            inner = entry.name
            if _hidden(inner) or not inner.lower().endswith(endings) or inner.lower().endswith(".zip"):
                ignored.append(inner)
            else:
                members.append(entry)
        return
    members.append(Member(name, partial(files.read_bytes, path)))


def _hidden(name: str) -> bool:
    parts = name.split("/")
    return any(part.startswith((".", "~$")) or part == "__MACOSX" for part in parts)


def _entries(path: Path) -> Iterator[Member]:
    """List the files of a zip archive after checking what it would unpack to."""
    archive, infos = archives.entries(files.read_bytes(path), path.name)
    for info in infos:
        yield Member(info.filename, partial(archives.read, archive, info, path.name))
