"""A file of any size as a sequence of ``RawTable`` blocks, each cut where a row ends.

Every block goes through the parser of whole files, and is cut so that its rows come out as
they would from the whole file. Memory is bounded by the size of a block, not of the file.
"""

from __future__ import annotations

import codecs
import dataclasses
import gzip
import io
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

import numpy as np

from clusters.errors import DataError, UsageError
from clusters.intake import apostrophes, delimited, encoding, workbooks
from clusters.intake.table import RawTable, blank_lines

Score = Callable[[Sequence[str]], int]
BLOCK = 1 << 24
"""Bytes of text read at a time; a block in work takes about twelve times this."""
ROWS = 1 << 17
"""Rows of a Parquet file read at a time."""
_GZIP = b"\x1f\x8b"
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_TEXT = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".et")


def blocks(
    path: Path,
    *,
    score: Score,
    encoding_name: str | None = None,
    separator: str | None = None,
    block: int | None = None,
    read: Callable[[int], None] = lambda total: None,
) -> Iterator[RawTable]:
    """Yield the rows of a CSV, TSV (``.gz`` or not) or Parquet file, block by block.

    Parameters
    ----------
    path
        File.
    score
        Number of cells of a row that are known column names, 0 where required ones lack.
    encoding_name, separator
        As for ``read_relations``.
    block
        Bytes of text read at a time.
    read
        Is told the bytes of the file read so far, as they lie on disk.

    Raises
    ------
    DataError
        The file cannot be read as a table; the message says why and where.
    UsageError
        It is a workbook, which fits in memory by its nature.
    """
    name = path.name
    suffix = Path(name.lower().removesuffix(".gz")).suffix
    if suffix in _NOT_TEXT:
        raise UsageError(
            f"{name} is a workbook; --engine duckdb reads CSV, TSV, .gz and Parquet",
            hint="leave --engine out: a workbook fits in memory",
        )
    with _opened(path) as file:
        head = file.read(4)
        file.seek(0)
        if not head:
            raise DataError(f"{name} is empty", hint="a relation table needs a header line and rows")
        if suffix == ".parquet" or (head == b"PAR1" and not suffix):
            yield from _of_parquet(file, name, read)
            return
        plain: IO[bytes] = file
        if head.startswith(_GZIP):
            plain = gzip.GzipFile(fileobj=file)  # type: ignore[assignment]
        elif name.lower().endswith(".gz"):
            raise DataError(f"{name} ends in .gz but is not a gzip file", hint="remove the ending .gz")
        text = _Text(plain, name, encoding_name, block or BLOCK)
        for table in _of_text(text, name, score, separator):
            read(file.tell())
            yield table


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise DataError(f"{path} does not exist", hint="check the path") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(f"{path} cannot be read ({reason})") from None


class _Text:
    """A text file of any encoding as pieces of UTF-8 that end in a line feed.

    The first piece that is not pure ASCII decides between UTF-8 and GB18030 by the rules for
    whole files; what does not fit later is an error with its line.
    """

    def __init__(self, file: IO[bytes], name: str, named: str | None, size: int) -> None:
        self._file, self._name, self._named, self._size = file, name, named, size
        self.encoding: str | None = None
        self.warnings: list[str] = []
        self._rest = b""
        self._decoder: codecs.IncrementalDecoder | None = None
        self._lines = 0
        self.ended = False

    def piece(self) -> bytes:
        """Return the next piece as UTF-8; ``ended`` is set with the last one."""
        first = self._lines == 0 and not self._rest and self._decoder is None
        data = self._read()
        if first and self._wide(data):
            return self._decoded(data)
        if self._decoder is not None:
            return self._decoded(data)
        while not self.ended and b"\n" not in data and b"\r" not in data:
            data += self._read()
        data = self._rest + data
        if not self.ended:
            # Old files end lines in a return alone; a line feed is never part of a character.
            end = b"\n" if b"\n" in data else b"\r"
            cut = data.rfind(end) + 1
            data, self._rest = data[:cut], data[cut:]
        text = self._checked(data, first)
        self._lines += text.count(b"\n")
        return text

    def _read(self) -> bytes:
        try:
            data = self._file.read(self._size)
        except (OSError, EOFError, zlib.error) as error:
            raise DataError(
                f"{self._name} is a damaged gzip file ({error})", hint="copy or download the file again"
            ) from None
        # Gzip may give less than asked for only at the end, as a plain file does.
        self.ended = len(data) < self._size
        return data

    def _wide(self, data: bytes) -> bool:
        """Whether line feeds cannot be looked for in the bytes, as in UTF-16; sets the decoder."""
        marked = next((e for m, e in _WIDE if data.startswith(m)), None)
        chosen = marked if self._named is None else self._named
        if chosen is None:
            return False
        if self._named is not None:
            encoding.decode(b"", self._name, chosen)  # says which encodings are known
            if codecs.lookup(chosen).name in ("utf-8", "utf-8-sig"):
                return False
        self.encoding = chosen
        self._decoder = codecs.getincrementaldecoder(chosen)("strict")
        return True

    def _decoded(self, data: bytes) -> bytes:
        assert self._decoder is not None
        try:
            text = self._decoder.decode(data, final=self.ended)
        except UnicodeDecodeError as error:
            raise self._fault(error, data) from None
        if not self._lines:
            text = text.removeprefix("\ufeff")
        whole = self._rest + text.encode("utf-8")
        cut = len(whole) if self.ended else whole.rfind(b"\n") + 1
        self._rest = whole[cut:]
        self._lines += whole.count(b"\n", 0, cut)
        return whole[:cut]

    def _checked(self, data: bytes, first: bool) -> bytes:
        if self.encoding is None and (first or not data.isascii()):
            if first:
                found = encoding.decode(data, self._name, self._named)
            elif (fault := encoding._first_fault(data)) is None:
                found = encoding.Text(data, "utf-8")
            else:
                found = encoding._gb18030(data, self._name, fault)
            # Pure ASCII says nothing yet, unless the user did.
            self.encoding = found.encoding if self._named or not data.isascii() else None
            self.warnings += found.warnings
            return found.data
        if self.encoding is None or data.isascii():
            return data
        try:
            text = data.decode(self.encoding)
        except UnicodeDecodeError as error:
            raise self._fault(error, data) from None
        return data if self.encoding == "utf-8" else text.encode("utf-8")

    def _fault(self, error: UnicodeDecodeError, data: bytes) -> DataError:
        line = self._lines + data.count(b"\n", 0, error.start) + 1
        shown = " ".join(f"0x{b:02X}" for b in data[error.start : error.start + 2])
        return DataError(
            f"{self._name}, line {line}: {shown} is not {self.encoding}, as the lines before are",
            hint="the file is damaged or mixes encodings; save it in one encoding, best UTF-8",
        )


def _of_text(text: _Text, name: str, score: Score, separator: str | None) -> Iterator[RawTable]:
    first = text.piece()
    while not text.ended and first.count(b"\n") <= delimited._HEAD_LINES:
        first += text.piece()
    buffer, _ = delimited._line_ends(first, name)
    mark = _mark(buffer, name, score, separator)
    table: RawTable | None = None
    lines = 0
    while True:
        cut = len(buffer) if text.ended else _cut(buffer, mark)
        if cut:
            data, buffer = buffer[:cut], buffer[cut:]
            if table is None:
                table = delimited.parse(
                    data, name, score, separator=separator, encoding=text.encoding or "utf-8"
                )
                table.warnings[:0] = text.warnings
                yield table
            else:
                yield _next(table, data, mark, lines, text)
            lines += data.count(b"\n")
        if text.ended and not buffer:
            return
        buffer += delimited._line_ends(text.piece(), name)[0]


def _mark(data: bytes, name: str, score: Score, separator: str | None) -> str:
    """Return the separator, found in the first lines as for whole files."""
    if not data or data.isspace():
        raise DataError(f"{name} is empty", hint="a relation table needs a header line and rows")
    if separator:
        return delimited.separator_of(separator)
    lines = delimited._head(data)
    preview = lines[len(delimited._comments(lines, score)) :]
    return delimited._sniff(preview, name, score) if preview else ","


def _next(table: RawTable, data: bytes, mark: str, lines: int, text: _Text) -> RawTable:
    columns, numbers, ragged, blank = delimited._body(memoryview(data), len(table.header), mark, lines + 1)
    warnings: list[str] = list(text.warnings)
    text.warnings = []
    if blank:
        warnings.append(blank_lines(table.name, "line", blank))
    source = {**table.source, "encoding": text.encoding or "utf-8"}
    following = dataclasses.replace(
        table, columns=columns, lines=numbers, ragged=ragged, source=source, warnings=warnings
    )
    return dataclasses.replace(apostrophes.unguarded(following), header=table.header)


def _cut(data: bytes, mark: str) -> int:
    """Return where the last row ends whose end does not depend on what follows; 0 for none.

    Where quotes are well placed a row ends at a line end outside quotes. Else rows are read
    one by one, up to as many lines before the end as a row may span.
    """
    if b'"' not in data:
        return data.rfind(b"\n") + 1
    codes = np.frombuffer(data, np.uint8)
    ends, quotes = np.flatnonzero(codes == 10), np.flatnonzero(codes == 34)
    outside = ends[np.searchsorted(quotes, ends) % 2 == 0]
    cut = int(outside[-1]) + 1 if outside.size else 0
    left = ends.size - int(np.searchsorted(ends, cut))
    if left <= delimited._MAX_SPAN and delimited._row_starts(memoryview(data)[:cut], mark) is not None:
        return cut
    lines = data.splitlines(keepends=True)
    rows = delimited._Rows(lines, mark)
    last = 0
    while rows.position + delimited._MAX_SPAN < len(lines):
        last = rows.position
        if rows.next() is None:
            break
    return sum(len(line) for line in lines[:last])


def _of_parquet(file: IO[bytes], name: str, read: Callable[[int], None]) -> Iterator[RawTable]:
    import pyarrow as pa
    from pyarrow import parquet

    size = os.fstat(file.fileno()).st_size if not isinstance(file, io.BytesIO) else 0
    try:
        source = parquet.ParquetFile(file)
        total, done, empty = source.metadata.num_rows, 0, True
        for batch in source.iter_batches(batch_size=ROWS):
            yield _block_of(pa.Table.from_batches([batch]), name, done)
            done, empty = done + batch.num_rows, False
            read(size * done // max(total, 1))
        if empty:
            yield _block_of(source.schema_arrow.empty_table(), name, 0)
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"{name} is not a readable Parquet file ({workbooks._first_line(error)})",
            hint="the file is damaged or has the wrong ending",
        ) from None


def _block_of(table: object, name: str, before: int) -> RawTable:
    frame = table.to_pandas()  # type: ignore[attr-defined]
    raw = workbooks.parse_frame(frame, name)
    lines = np.arange(before + 1, before + len(frame) + 1, dtype=np.int64)
    return dataclasses.replace(raw, lines=lines, unit="row", source={"format": "parquet"})
