"""Blocks of XML that end where a tag begins, for looking through them by patterns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from clusters.errors import DataError

MAX_TAG = 1 << 20
"""Bytes of a tag with the text behind it."""
Unpacked = Callable[[], Iterable[bytes]]
"""Unpacks a part of a workbook from its beginning."""


def whole_tags(blocks: Iterable[bytes], part: str, *, most: int = MAX_TAG) -> Iterator[bytes]:
    """Cut blocks before their last tag, so that none is torn.

    Raises ``DataError`` for a tag without end and for an encoding that no workbook has.

    Examples
    --------
    >>> list(whole_tags([b"<a><", b"b>"], "a.xml"))
    [b'<a>', b'', b'<b>']
    """
    kept = b""
    for block in blocks:
        whole = kept + block
        if b"\0" in block[:4096]:
            raise DataError(f"{part} is not in an encoding of workbooks", hint="save the workbook again")
        cut = max(whole.rfind(b"<"), 0)
        if len(whole) - cut > most + len(block):
            raise DataError(f"{part} is damaged: a tag or text without end", hint="save the workbook again")
        kept = whole[cut:]
        yield whole[:cut]
    yield kept
