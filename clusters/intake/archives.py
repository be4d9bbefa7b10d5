"""Limits for zip archives and for the workbooks that are zip archives inside.

Sizes are checked before anything is unpacked, and unpacking is held to them: an archive that
states less than it holds is refused as well. Archives within archives are not followed.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence

from clusters.errors import DataError

MAX_UNPACKED = 1 << 32
"""Bytes that all entries of an archive may unpack to."""
MAX_WORKBOOK = 1 << 31
"""The same for a workbook, which is held in memory as a whole."""
MAX_RATIO = 200
"""An entry of more than ``MIN_BOMB`` bytes may not grow more than so many times."""
MIN_BOMB = 1 << 27
MAX_ENTRIES = 10_000
_BLOCK = 1 << 20
_DAMAGED = "copy or download the file again"


def entries(
    data: bytes, name: str, *, most: int = MAX_UNPACKED, damaged: str = "a damaged zip archive"
) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    """Open a zip archive and list its files after checking what they would unpack to.

    Parameters
    ----------
    data
        Content of the archive.
    name
        File name for messages.
    most
        Bytes that all entries may unpack to.
    damaged
        What a file is that cannot be opened, for messages.

    Raises
    ------
    DataError
        The archive is damaged, holds too many files, or would grow to an absurd size.

    Examples
    --------
    >>> data = io.BytesIO()
    >>> with zipfile.ZipFile(data, "w") as archive:
    ...     archive.writestr("a.csv", "source,target")
    >>> [info.filename for info in entries(data.getvalue(), "a.zip")[1]]
    ['a.csv']
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError) as error:
        raise DataError(f"{name} is {damaged} ({error})", hint=_DAMAGED) from None
    check(infos, name, packed=len(data), most=most)
    return archive, infos


def check(
    infos: Sequence[zipfile.ZipInfo], name: str, *, packed: int | None = None, most: int = MAX_UNPACKED
) -> None:
    """Refuse an archive that would unpack to an absurd size.

    Raises ``DataError``; sizes are those that the archive states, and reading holds it to them.
    """
    if len(infos) > MAX_ENTRIES:
        raise DataError(
            f"{name} holds {len(infos)} files, more than {MAX_ENTRIES}", hint="unpack what is needed"
        )
    if packed is not None and sum(info.compress_size for info in infos) > packed:
        raise DataError(f"{name} is a damaged zip archive (its files overlap)", hint=_DAMAGED)
    size = sum(info.file_size for info in infos)
    if size > most:
        raise DataError(
            f"{name} would unpack to {size / 1e9:.1f} GB, more than {most >> 30} GB",
            hint="unpack it yourself and name the files that are needed; large tables as CSV or Parquet",
        )
    for info in infos:
        if info.file_size > MIN_BOMB and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise DataError(
                f"{name}: {info.filename} would grow from {info.compress_size / 1e6:.1f} MB to "
                f"{info.file_size / 1e6:.0f} MB; no table does",
                hint="unpack it yourself if it is what you expect",
            )


def read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
    """Unpack one file of an archive, no further than the archive says.

    Raises
    ------
    DataError
        The entry is protected, damaged, or larger than the archive says.
    """
    if info.flag_bits & 1:
        raise DataError(f"{name}: {info.filename} is protected by a password", hint="unpack it first")
    try:
        with archive.open(info) as file:
            data = file.read(info.file_size + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        RuntimeError,
        NotImplementedError,
        ValueError,
    ) as error:
        raise DataError(f"{name}: {info.filename} is damaged ({error})", hint=_DAMAGED) from None
    if len(data) > info.file_size:
        raise DataError(f"{name}: {info.filename} is larger than the archive says")
    return data


def blocks(data: bytes, info: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """Unpack one file block by block, whatever size it states, up to that size.

    Python stops at the size stated without looking further; the readers of workbooks do not,
    so what they will unpack is measured here.

    Raises
    ------
    DataError
        More comes out than the archive says, or the entry is damaged.
    """
    at = info.header_offset
    if data[at : at + 4] != b"PK\x03\x04":
        raise DataError(f"{name}: {info.filename} is damaged (no file begins there)", hint=_DAMAGED)
    lengths = (int.from_bytes(data[at + i : at + i + 2], "little") for i in (26, 28))
    start = at + 30 + sum(lengths)
    packed = memoryview(data)[start : start + info.compress_size]
    if info.compress_type == zipfile.ZIP_STORED:
        yield from (bytes(packed[i : i + _BLOCK]) for i in range(0, len(packed), _BLOCK))
        return
    if info.compress_type != zipfile.ZIP_DEFLATED or info.flag_bits & 1:
        return
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    found = 0
    pending: bytes | memoryview = packed
    while not inflate.eof:
        try:
            block = inflate.decompress(pending, _BLOCK)
        except zlib.error as error:
            raise DataError(f"{name}: {info.filename} is damaged ({error})", hint=_DAMAGED) from None
        pending = inflate.unconsumed_tail
        found += len(block)
        if found > info.file_size:
            raise DataError(
                f"{name}: {info.filename} is larger than the archive says, as in a zip bomb", hint=_DAMAGED
            )
        if block:
            yield block
        elif not pending:
            return
