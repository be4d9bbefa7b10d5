"""A report folder that is whole or not there: built beside its place, moved in at the end.

Nothing of an older report is touched before the new one is complete, and files that
are not part of a report (a Gephi project saved beside the GEXF, say) are never
deleted: they move into the new folder.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from clusters.errors import DataError, UsageError

MANIFEST = "manifest.json"
TOOL = "clusters"
COMMANDS = ("report", "index report")
"""Commands whose folders these are."""
FULL_OR_LOCKED = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG}


def check_folder(out: Path, *, force: bool = False) -> None:
    """Refuse, before any work is done, a folder that must not or cannot be written.

    An existing folder with content is replaced only with ``force``, and only when its
    manifest says that it is a report of ours.

    Raises
    ------
    UsageError
        ``out`` is a file, or a folder with content that may not be replaced.
    DataError
        The place cannot be written.
    """
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise UsageError(f"{out} exists and is not a folder", hint="name another folder with --out")
    if out.is_dir() and any(out.iterdir()):
        if outputs_of(out) is None:
            raise UsageError(
                f"{out} holds files and is not a report of clusters (no {MANIFEST} of ours in it)",
                hint="name a new or an empty folder with --out",
            )
        if not force:
            raise UsageError(f"{out} holds a report already", hint="--force replaces it")
    nearest = next(parent for parent in [out.absolute(), *out.absolute().parents][1:] if parent.exists())
    if not nearest.is_dir():
        raise DataError(f"{out}: {nearest.name} is not a folder", hint="choose another --out")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise DataError(f"{out}: the folder {nearest} cannot be written", hint="choose another --out")


def outputs_of(folder: Path) -> set[str] | None:
    """Return the files that the manifest in ``folder`` lists; ``None`` when it is not ours."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["tool"] != TOOL or manifest["command"] not in COMMANDS:
            return None
        return {str(entry["file"]) for entry in manifest["outputs"]} | {MANIFEST}
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextmanager
def staged_folder(out: Path, *, force: bool = False) -> Iterator[Path]:
    """Give a temporary folder beside ``out`` that takes its place when the block ends well.

    An error or an interrupt inside the block removes the temporary folder and leaves
    an older report as it was.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as place:
    ...     with staged_folder(Path(place) / "report") as stage:
    ...         _ = (stage / "index.html").write_text("x")
    ...     sorted(path.name for path in Path(place).rglob("*"))
    ['index.html', 'report']
    """
    check_folder(out, force=force)
    made = _make_parents(out.absolute().parent)
    try:
        stage = Path(tempfile.mkdtemp(prefix=f".{out.name}-", suffix=".part", dir=out.absolute().parent))
    except OSError as error:
        raise DataError(
            f"{out}: cannot write here ({error.strerror})", hint="choose another --out"
        ) from error
    try:
        yield stage
        stage.chmod(0o777 & ~_umask())
        _keep_foreign_files(out, stage)
        _move_in(stage, out)
        made = []
    except OSError as error:
        if error.errno not in FULL_OR_LOCKED:
            raise
        raise DataError(f"{out}: cannot write the report ({error.strerror})") from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        for parent in reversed(made):
            with suppress(OSError):
                parent.rmdir()


def _make_parents(parent: Path) -> list[Path]:
    """Make missing folders above the report and return those made, outermost first."""
    missing = [p for p in [parent, *parent.parents] if not p.exists()][::-1]
    try:
        for path in missing:
            path.mkdir()
    except OSError as error:
        raise DataError(f"{parent}: cannot make this folder ({error.strerror})") from error
    return missing


def _keep_foreign_files(out: Path, stage: Path) -> None:
    """Bring files of the old folder that no report wrote into the new one."""
    listed = outputs_of(out) if out.is_dir() else None
    if listed is None:
        return
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        if name in listed or (path.is_dir() and not path.is_symlink()):
            continue
        target = stage / name
        if target.exists():
            raise UsageError(
                f"{out / name} is not part of the old report and would be overwritten by the new one",
                hint="move that file away first",
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target, follow_symlinks=False)


def _move_in(stage: Path, out: Path) -> None:
    """Put the finished folder in its place; the old one goes only when the new one is there."""
    if not out.exists():
        stage.replace(out)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{out.name}-", suffix=".old", dir=out.absolute().parent))
    out.replace(old / out.name)
    try:
        stage.replace(out)
    except BaseException:
        (old / out.name).replace(out)
        raise
    finally:
        if out.exists():
            shutil.rmtree(old, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
