"""Bytes to text: byte-order mark, strict UTF-8, strict GB18030; anything else must be named.

UTF-8 comes first because Chinese UTF-8 text often decodes as GB18030 as well, into
other characters. Statistical guessing is not used: it takes GB18030 tables for Korean.
What a guess would hide is an error here, with the line and byte where decoding fails.
"""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass, field

from clusters.errors import DataError, UsageError
from clusters.sentences import Note

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls)"),
    (b"PAR1", "a Parquet file"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a zstd file"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "an SQLite database"),
)
_BLOCK = 1 << 24
_LOOK = 1 << 23
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_NAME_IT = "name the encoding with --encoding, for example --encoding cp1252, big5, shift_jis or utf-16-le"


@dataclass(frozen=True)
class Text:
    """A text file as UTF-8 bytes without a byte-order mark."""

    data: bytes
    encoding: str
    warnings: list[str] = field(default_factory=list)


def decode(data: bytes, name: str, encoding: str | None = None) -> Text:
    """Turn the bytes of a text file into UTF-8.

    Parameters
    ----------
    data
        Content of the file.
    name
        File name for messages.
    encoding
        Any encoding Python knows; by default byte-order mark, UTF-8, GB18030.

    Raises
    ------
    DataError
        The content is no text, mixes encodings, or is in none of the three.
    UsageError
        ``encoding`` is not known.

    Examples
    --------
    >>> text = decode("源,目标".encode("gb18030"), "a.csv")
    >>> text.encoding, text.data.decode()
    ('gb18030', '源,目标')
    """
    if encoding is not None:
        return _named(data, name, encoding)
    for mark, marked in MARKS:
        if data.startswith(mark):
            return Text(_strict(data[len(mark) :], name, marked, skipped=len(mark)), marked)
    refuse_binary(data, name)
    fault = _first_fault(data)
    if fault is None:
        return Text(data, "utf-8")
    return _gb18030(data, name, fault)


def binary_kind(data: bytes) -> str | None:
    """Return what a file is by its first bytes, or ``None`` if they are not known."""
    return next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)


def _named(data: bytes, name: str, encoding: str) -> Text:
    try:
        canonical = codecs.lookup(encoding).name
    except LookupError:
        raise UsageError(
            f"encoding {encoding!r} is not known", hint="for example utf-8, gb18030, big5, cp1252, utf-16"
        ) from None
    if canonical in ("utf-8", "utf-8-sig"):
        data = data.removeprefix(codecs.BOM_UTF8)
        canonical = "utf-8"
    return Text(_strict(data, name, canonical).removeprefix(codecs.BOM_UTF8), canonical)


def _strict(data: bytes, name: str, encoding: str, skipped: int = 0) -> bytes:
    try:
        text = data.decode(encoding)
        return text.encode("utf-8")
    except UnicodeError as error:
        start = getattr(error, "start", 0)
        raise DataError(
            f"{name}, {_place(data, start, skipped)}: {_bytes(data, start)} is not {encoding}",
            hint="the file is damaged or in another encoding; " + _NAME_IT,
        ) from None


def refuse_binary(data: bytes, name: str) -> None:
    """Raise ``DataError`` for a file whose beginning is not text."""
    kind = binary_kind(data)
    if kind:
        raise DataError(
            f"{name} is {kind}, not a text table",
            hint=f"a package of a public layout is read by clusters convert LAYOUT {name}"
            if name.lower().endswith(".zip")
            else "give the file its right ending (.xlsx, .xls, .parquet, .gz) or export it as CSV",
        )
    head = data[: 1 << 16]
    first_line = head.partition(b"\n")[0]
    count = len(_CONTROLS.findall(head))
    if _CONTROLS.search(first_line) or (count > 16 and count * 20 > len(head)):
        wide = head.count(b"\0") * 4 > len(head)
        raise DataError(
            f"{name} is not a text table: its first {len(head)} bytes hold {count} NUL or control characters",
            hint="this looks like UTF-16 without a byte-order mark: --encoding utf-16-le"
            if wide
            else "export the table as CSV, XLSX or Parquet",
        )


def _first_fault(data: bytes) -> int | None:
    """Return the offset of the first byte that is not UTF-8, or ``None``."""
    if data.isascii():
        return None
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    for start in range(0, len(data), _BLOCK):
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(data[start : start + _BLOCK], final=start + _BLOCK >= len(data))
        except UnicodeDecodeError as error:
            return start - pending + error.start
    return None


def _gb18030(data: bytes, name: str, fault: int) -> Text:
    mixed = _utf8_line(data)
    if mixed is not None:
        raise DataError(
            f"{name}, {_place(data, fault)}: {_bytes(data, fault)} is not UTF-8, "
            f"but line {mixed} is: the file mixes encodings",
            hint="save the whole file in one encoding, best UTF-8",
        )
    try:
        text = _transcoded(data, "gb18030")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{name} is neither UTF-8 ({_place(data, fault)}: {_bytes(data, fault)}) "
            f"nor GB18030 ({_place(data, error.start)}: {_bytes(data, error.start)})",
            hint=_NAME_IT,
        ) from None
    share, count = _followed_by_letters(data)
    if share > 0.8 and count >= 5:
        raise DataError(
            f"{name}, {_place(data, fault)}: {_bytes(data, fault)} is not UTF-8, and read as GB18030 "
            f"{share:.0%} of the special characters swallow a Latin letter: a Western encoding is likely",
            hint="name the encoding, for example --encoding cp1252 (or --encoding gb18030 to insist)",
        )
    warnings: list[str] = []
    if share > 0.8:
        warnings.append(Note("note.maybe_western", name=name, place=_place(data, fault)))
    return Text(text, "gb18030", warnings)


def _transcoded(data: bytes, encoding: str) -> bytes:
    """Write bytes of another encoding in UTF-8, block by block.

    Raises ``UnicodeDecodeError`` with the place in ``data``.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    result = io.BytesIO()
    for start in range(0, len(data), _BLOCK):
        pending = len(decoder.getstate()[0])
        try:
            text = decoder.decode(data[start : start + _BLOCK], final=start + _BLOCK >= len(data))
        except UnicodeDecodeError as error:
            at = start - pending
            raise UnicodeDecodeError(
                encoding, error.object, at + error.start, at + error.end, error.reason
            ) from None
        result.write(text.encode("utf-8"))
    return result.getvalue()


def doubtful(head: bytes) -> bool:
    """Tell whether the beginning of a file that is not UTF-8 may be no GB18030 either."""
    return _utf8_line(head) is not None or _followed_by_letters(head)[0] > 0.8


def western(data: bytes, least: int = 5) -> bool:
    """Tell whether text that is not UTF-8 is likelier in a Western encoding than in GB18030.

    Examples
    --------
    >>> western("Société Générale Électricité".encode("cp1252"), 4), western("投资方未透露".encode("gb18030"))
    (True, False)
    """
    share, count = _followed_by_letters(data)
    return share > 0.8 and count >= least


def _utf8_line(data: bytes) -> int | None:
    """Return the first line that holds Chinese in UTF-8, of a file that is not UTF-8 as a whole.

    A whole line of another encoding is practically never valid UTF-8 with two characters beyond U+2E80.
    """
    for number, line in enumerate(data[:_LOOK].split(b"\n"), start=1):
        if line.isascii():
            continue
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            continue
        if sum(c >= "\u2e80" for c in text) >= 2:
            return number
    return None


def _followed_by_letters(data: bytes) -> tuple[float, int]:
    """Return the share of two-byte characters whose second byte is an ASCII letter.

    Chinese text stays far below one half; accented letters of a Western encoding, which
    swallow the letter behind them when read as GB18030, come close to one.
    """
    pairs = re.findall(rb"[\x81-\xfe]([\x40-\x7e\x80-\xfe])", data[: 1 << 22])
    if not pairs:
        return 0.0, 0
    return sum(second.isalpha() for second in pairs) / len(pairs), len(pairs)


def _place(data: bytes, offset: int, skipped: int = 0) -> Note:
    line = data.count(b"\n", 0, offset) + 1
    within = offset - (data.rfind(b"\n", 0, offset) + 1)
    first = skipped if line == 1 else 0
    return Note("note.byte", line=line, byte=within + 1 + first)


def _bytes(data: bytes, offset: int) -> str:
    return " ".join(f"0x{b:02X}" for b in data[offset : offset + 2]) or "the end of the file"
