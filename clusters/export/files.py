"""Writing that loses nothing: a temporary name first, the real one when all is there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clusters.errors import DataError, UsageError


@contextmanager
def atomic_path(path: Path | str, *, force: bool = False) -> Iterator[Path]:
    """Give a temporary file beside ``path`` that takes its name when the block ends well.

    An error or an interrupt inside the block leaves the old file, if any, as it was
    and removes the temporary one. The temporary name keeps the suffix, so writers
    that look at it choose the right format.

    Raises
    ------
    UsageError
        ``path`` exists and ``force`` is false.
    DataError
        The folder is missing or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with atomic_path(Path(folder) / "a.txt") as temporary:
    ...         _ = temporary.write_text("x")
    ...     (Path(folder) / "a.txt").read_text()
    'x'
    """
    target = Path(path)
    check_target(target, force=force)
    try:
        handle, name = tempfile.mkstemp(prefix=".tmp-", suffix=f"-{target.name}", dir=target.parent)
        os.close(handle)
    except OSError as error:
        raise DataError(
            f"{target}: cannot write here ({error.strerror})", hint="choose another --out"
        ) from error
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def check_target(path: Path, *, force: bool = False) -> None:
    """Refuse, before any work is done, a target that cannot be written."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder, not a file name", hint="name a file in it")
    if path.exists() and not force:
        raise UsageError(f"{path} exists already", hint="--force overwrites it")
    if not path.parent.is_dir():
        raise DataError(f"{path}: the folder {path.parent} does not exist", hint="make the folder first")
    if not os.access(path.parent, os.W_OK):
        raise DataError(f"{path}: the folder {path.parent} cannot be written", hint="choose another --out")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
