"""The files of a package: named one by one, as a folder, or packed in a zip archive.

Nothing is unpacked to disk. ``archives`` refuses an archive that would unpack to an absurd size,
or whose entries grow out of all proportion, before it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from clusters.errors import DataError, UsageError
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
    named: bool = False
    """Whether the user named this very file, so that it must be readable."""

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
    UsageError
        A path is ``-``, standard input.
    """
    if any(str(path) == "-" for path in paths):
        raise UsageError("convert reads files, not standard input", hint="save it in a file first")
    members: dict[str, Member] = {}
    ignored: list[str] = []
    for path in map(Path, paths):
        for name, read in _files(path):
            whole = path.suffix.lower() != ".zip" and not path.is_dir()
            if not whole and (_hidden(name) or not name.lower().endswith(tuple(endings))):
                ignored.append(name)
                continue
            if name.lower().endswith(".zip"):
                ignored.append(name)  # archives within archives are not followed
                continue
            own = name if name not in members else f"{path.as_posix()}/{name}"
            while own in members:
                own += " (again)"
            members[own] = Member(own, read, named=whole)
    if not members:
        named = ", ".join(map(str, paths))
        raise DataError(
            f"{named}: no file with a table in it", hint="name CSV, XLSX or Parquet files, or a zip"
        )
    return Package(tuple(members.values()), tuple(ignored))


def _files(path: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """List the files that a path names, with those of archives in a folder."""
    if not path.is_dir():
        yield from _file(path, path.name)
        return
    for file in sorted(p for p in path.rglob("*") if p.is_file()):
        name = file.relative_to(path).as_posix()
        if _hidden(name):
            yield name, partial(files.read_bytes, file)
        else:
            yield from _file(file, name)


def _file(path: Path, name: str) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Return a file, or those that a zip archive holds once it is checked what it would unpack to."""
    if path.suffix.lower() != ".zip":
        yield name, partial(files.read_bytes, path)
        return
    archive, infos = archives.entries(files.read_bytes(path), path.name)
    for info in infos:
        yield f"{name}/{info.filename}", partial(archives.read, archive, info, path.name)


def _hidden(name: str) -> bool:
    parts = name.split("/")
    return any(part.startswith((".", "~$")) or part == "__MACOSX" for part in parts)
