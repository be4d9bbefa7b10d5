"""Files of graphs block by block, so that a large one is not held in memory as a whole."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from clusters.errors import DataError
from clusters.intake import files
from clusters.intake.public.package import Member, Package

BLOCK = 1 << 20
_GZIP = b"\x1f\x8b"


def blocks_of(member: Member) -> Iterator[bytes]:
    """Yield the bytes of a file, unpacked where it is a gzip file.

    Raises ``DataError`` where it cannot be read, is damaged, or holds more than is allowed.
    """
    raw = _raw(member)
    first = next(raw, b"")
    packed = first.startswith(_GZIP)
    if not packed and member.name.lower().endswith(".gz"):
        raise DataError(f"{member.name} ends in .gz but is not a gzip file", hint="remove the ending .gz")
    total = 0
    for block in _unpacked(first, raw, member.name) if packed else _joined(first, raw):
        total += len(block)
        if total > files.MAX_BYTES:
            raise DataError(f"{member.name} holds more than {files.MAX_BYTES >> 30} GB", hint="split it")
        yield block


def whole(member: Member) -> bytes:
    """Return the bytes of a file, unpacked where it is a gzip file."""
    return b"".join(blocks_of(member))


def of_endings(package: Package, endings: Sequence[str]) -> list[Member]:
    """Return the files with some endings (also ``.gz``), all if none has one of them."""
    known = tuple(ending + more for ending in endings for more in ("", ".gz"))
    found = [member for member in package.members if member.name.lower().endswith(known)]
    return found or list(package.members)


def _raw(member: Member) -> Iterator[bytes]:
    path = _path(member)
    if path is None:
        yield member.read()
        return
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block
    except (OSError, ValueError):
        yield member.read()  # says what is wrong with the path


def _path(member: Member) -> Path | None:
    """Return where a file is that is read as it stands, and not out of an archive."""
    read = member.read
    plain = isinstance(read, partial) and read.func is files.read_bytes
    return Path(read.args[0]) if plain and isinstance(read, partial) else None


def _joined(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _unpacked(first: bytes, rest: Iterator[bytes], name: str) -> Iterator[bytes]:
    """Inflate the members of a gzip file one after the other."""
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    pending = first
    try:
        while True:
            if inflate.eof:
                pending = (inflate.unused_data or pending).lstrip(b"\0") or next(rest, b"").lstrip(b"\0")
                if not pending:
                    return
                inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
            block = inflate.decompress(pending, BLOCK)
            pending = inflate.unconsumed_tail
            if block:
                yield block
            if not pending and not inflate.eof:
                pending = next(rest, b"")
                if not pending:
                    raise gzip.BadGzipFile("it ends too early")
    except (zlib.error, OSError) as error:
        raise DataError(
            f"{name} is a damaged gzip file ({error})", hint="copy or download the file again"
        ) from None
