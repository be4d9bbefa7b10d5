"""Writing that loses nothing: a temporary name first, the real one when all is there."""

from __future__ import annotations

import os
import re
import tempfile
import zlib
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


def safe_name(text: str) -> str:
    """Return text as part of a file name that every system takes and that no folder is left by.

    Letters of any script, digits, blanks, ``-``, ``_`` and inner points stay; whatever else is
    there, or beyond 60 characters, gives way to a check sum, so different texts stay different.

    Examples
    --------
    >>> safe_name("composition_技术 1.5"), safe_name("by_行业/领域"), safe_name("../../etc")
    ('composition_技术 1.5', 'by_行业_领域-b90769c0', 'etc-13c1bb1e')
    """
    plain = re.sub(r"[^\w .-]+", "_", text)[:60].strip(" ._-") or "_"
    if plain == text:
        return plain
    return f"{plain}-{zlib.crc32(text.encode('utf-8', 'backslashreplace')):08x}"


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
