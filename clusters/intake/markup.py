"""XML read as a stream, with everything refused that could reach beyond the file or blow it up.

The parser (expat) is told to stop at any declaration of an entity, at external subsets of a
document type, at defaults of attributes in it and at XInclude. So nothing is fetched, nothing
is expanded, and the size of the file bounds the work. A document type without these may stand.
Depth, length of a tag and length of a text are limited. Only what the caller keeps stays in memory.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from xml.parsers import expat

from clusters.errors import DataError, UsageError
from clusters.intake import encoding as encodings

MAX_DEPTH = 200
MAX_TAG = 1 << 24
"""Bytes of one tag, comment or other piece of markup."""
MAX_TEXT = 1 << 20
"""Characters of one text that is kept."""
PIECE = 1 << 20
"""Bytes that are parsed at a time."""
_DECLARED = re.compile(rb"\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']([A-Za-z][\w.:-]*)[\"']")
_TEXT_CODECS = re.compile(
    r"utf-(8|16|32)(-.+)?|ascii|iso(8859-|2022_).+|cp\d+|koi8-.|gb.+|hz|big5.*|shift_jis.*|euc_.+|mac-.+|johab"
)
_XINCLUDE = "http://www.w3.org/2001/XInclude"
_UNSAFE = "such files are not read; save the network without document type and entities"

Start = Callable[[str, dict[str, str], int], None]
End = Callable[[str, str], None]


def parse(
    blocks: Iterable[bytes],
    name: str,
    *,
    start: Start,
    end: End,
    texts: Collection[str] = (),
    encoding: str | None = None,
) -> None:
    """Read an XML document piece by piece.

    Parameters
    ----------
    blocks
        The file's bytes in blocks of any size.
    name
        File name for messages.
    start
        Called with the tag (without a prefix), the attributes and the line of each element.
    end
        Called with the tag and the text of each element, at its end; the text is empty for
        tags that are not in ``texts``, and leaves out that of elements within.
    texts
        Tags whose text matters.
    encoding
        Encoding, if the byte-order mark or the XML declaration is wrong or lacks it.

    Raises
    ------
    DataError
        The document is malformed (with line and column), declares entities, refers to
        something outside, or goes beyond the limits of this module.
    UsageError
        ``encoding`` is not known.

    References
    ----------
    XML 1.0, sections 2.8, 3.3.2 and 4.2; the handlers of Python's ``xml.parsers.expat``.

    Examples
    --------
    >>> found = []
    >>> parse(
    ...     [b"<a>", b"<b x='1'>te<c/>xt</b></a>"],
    ...     "a.xml",
    ...     start=lambda tag, attributes, line: None,
    ...     end=lambda tag, text: found.append((tag, text)),
    ...     texts={"b"},
    ... )
    >>> found
    [('c', ''), ('b', 'text'), ('a', '')]
    """
    reader = _Reader(name, start, end, frozenset(texts))
    try:
        for piece in _utf8(blocks, name, encoding):
            reader.feed(piece)
        reader.close()
    except expat.ExpatError as error:
        raise DataError(
            f"{name}, line {error.lineno}, column {error.offset + 1}: "
            f"this is no well-formed XML ({expat.ErrorString(error.code)})",
            hint="the file is damaged, incomplete or in another encoding than it says (--encoding)",
        ) from None


class _Reader:
    """An expat parser with its guards."""

    def __init__(self, name: str, start: Start, end: End, texts: frozenset[str]) -> None:
        self._name, self._start, self._end, self._texts = name, start, end, texts
        self._open: list[tuple[str, list[str] | None]] = []
        self._length = 0
        self._fed = 0
        self._parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._finish
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.UnparsedEntityDeclHandler = self._entity
        parser.ExternalEntityRefHandler = self._external
        parser.SkippedEntityHandler = self._entity
        parser.AttlistDeclHandler = self._attribute_list

    def feed(self, piece: bytes) -> None:
        self._parser.Parse(piece, False)
        self._fed += len(piece)
        if self._fed - max(self._parser.CurrentByteIndex, 0) > MAX_TAG + len(piece):
            raise DataError(
                f"{self._name}, line {self._parser.CurrentLineNumber}: a tag or comment of more than "
                f"{MAX_TAG >> 20} MB",
                hint="the file is damaged",
            )

    def close(self) -> None:
        self._parser.Parse(b"", True)

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        line = self._parser.CurrentLineNumber
        if len(self._open) >= MAX_DEPTH:
            raise DataError(
                f"{self._name}, line {line}: elements within elements, more than {MAX_DEPTH} deep",
                hint="the file is damaged, or no network",
            )
        for key, value in attributes.items():
            if value == _XINCLUDE and key.startswith("xmlns"):
                raise self._refused("refers to another file (XInclude)")
        tag = tag.rpartition(":")[2]
        self._open.append((tag, [] if tag in self._texts else None))
        self._start(tag, attributes, line)

    def _finish(self, _tag: str) -> None:
        tag, parts = self._open.pop()
        self._length = 0
        self._end(tag, "".join(parts) if parts else "")

    def _characters(self, text: str) -> None:
        parts = self._open[-1][1]
        if parts is not None:
            parts.append(text)
            self._length += len(text)
            if self._length > MAX_TEXT:
                raise DataError(
                    f"{self._name}, line {self._parser.CurrentLineNumber}: a text of more than "
                    f"{MAX_TEXT:,} characters",
                    hint="the file is damaged",
                )

    def _doctype(self, _name: str, system: str | None, public: str | None, _internal: int) -> None:
        if system or public:
            raise self._refused("refers to a document type outside the file")

    def _entity(self, name: str, *_rest: object) -> None:
        raise self._refused(f"declares or uses an XML entity, {name!r}")

    def _external(self, *_what: object) -> int:
        raise self._refused("refers to something outside the file")

    def _attribute_list(self, _tag: str, attribute: str, _type: str, default: str | None, _must: int) -> None:
        if default is not None:
            raise self._refused(f"sets a value of the attribute {attribute!r} in its document type")

    def _refused(self, what: str) -> DataError:
        return DataError(
            f"{self._name}, line {self._parser.CurrentLineNumber}: the file {what}", hint=_UNSAFE
        )


def _utf8(blocks: Iterable[bytes], name: str, asked: str | None) -> Iterator[bytes]:
    """Yield the document in UTF-8, in pieces of at most ``PIECE`` bytes of the file."""
    pieces = _pieces(blocks)
    head = next(pieces, b"")
    kind = encodings.binary_kind(head)
    if kind is not None:
        raise DataError(f"{name} is {kind}, not an XML file")
    if not head.strip():
        raise DataError(f"{name} is empty", hint="an XML file of a network begins with <?xml ... ?>")
    codec, skip = _codec(head, name, asked)
    if codec in ("utf-8", "ascii"):
        yield head[skip:]
        yield from pieces
        return
    decoder = codecs.getincrementaldecoder(codec)()
    line = 1
    data = head[skip:]
    while True:
        following = next(pieces, b"")
        try:
            text = decoder.decode(data, final=not following)
            piece = text.encode("utf-8")
        except UnicodeError:
            raise DataError(
                f"{name}, after line {line}: bytes that are not {codec}",
                hint="the file is damaged or in another encoding; name it with --encoding",
            ) from None
        line += text.count("\n")
        yield piece
        if not following:
            return
        data = following


def _pieces(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Join small blocks, so that a long tag is not looked at again and again, and cut large ones."""
    kept: list[bytes] = []
    size = 0
    for block in blocks:
        for at in range(0, len(block), PIECE):
            kept.append(block[at : at + PIECE])
            size += len(kept[-1])
            if size >= PIECE:
                yield b"".join(kept)
                kept, size = [], 0
    if size:
        yield b"".join(kept)


def _codec(head: bytes, name: str, asked: str | None) -> tuple[str, int]:
    """Return the encoding and how many bytes of a mark to skip."""
    mark = next(((len(m), c) for m, c in encodings.MARKS if head.startswith(m)), None)
    if asked is None and mark is not None:
        return mark[1], mark[0]
    if asked is None:
        for begin, wide in ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be")):
            if head.startswith(begin):
                return wide, 0
    found = _DECLARED.match(head)
    wanted = asked or (found[1].decode("ascii") if found else "utf-8")
    try:
        codec = codecs.lookup(wanted).name
    except LookupError:
        codec = ""
    if not _TEXT_CODECS.fullmatch(codec):
        message = f"encoding {wanted!r} is not known"
        if asked is not None:
            raise UsageError(message, hint="for example utf-8, gb18030, big5, cp1252, utf-16")
        raise DataError(f"{name}: {message}", hint="name the encoding with --encoding")
    if codec in ("gb2312", "gbk"):
        codec = "gb18030"
    if asked is None and codec.startswith(("utf-16", "utf-32")):
        codec = "utf-8"  # the declaration was read as ASCII, so it is wrong
    return codec, mark[0] if mark and codecs.lookup(mark[1]).name in (codec, "utf-8") else 0
