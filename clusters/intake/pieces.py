"""Large text files piece by piece, so that no copy of the whole file lies in memory.

What comes out is what ``encoding.decode`` and ``delimited.parse`` make of the whole file.
Whatever is unusual (bytes that fit no encoding, a return within a line) ends in
``UnusualError``, and the file is then read as a whole, which also finds the right words for
what is wrong with it. Rows with stray quotes, torn rows, and rows over several lines are
not unusual; only the piece they stand in is read with care. (There a row spans no more
lines than in a file with stray quotes.)
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from clusters import progress
from clusters.intake import delimited, encoding, texts
from clusters.intake.table import Column, Consecutive, RaggedRow, RawTable, marks_synthetic
from clusters.intake.texts import Texts
from clusters.sentences import Note

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK = 1 << 25
"""Bytes that are read at a time, and the size from which a file is read in pieces."""
_PARSE = 1 << 20
_PENDING = 1 << 28
_MB = 1e6


class UnusualError(Exception):
    """The file has to be seen as a whole."""


def read(
    path: Path,
    name: str,
    score: delimited.Score,
    *,
    refuse: Callable[[bytes, str], None],
    packed: bool,
    most: int,
    encoding_name: str | None = None,
    separator: str | None = None,
) -> RawTable:
    """Read a delimited text file piece by piece.

    Parameters
    ----------
    path, name
        The file, and what messages call it.
    score
        Number of columns of a row that read like a header's, 0 where required ones lack.
    refuse
        Called with the beginning of the text; raises if that is no table.
    packed, most
        Whether the file is a gzip file, and how many bytes it may hold.
    encoding_name, separator
        What cannot be told from the file itself.

    Raises
    ------
    UnusualError
        The file has to be read as a whole.
    DataError
        It is no table of this kind.
    """
    size = path.stat().st_size
    note = Note("note.progress_reading", name=name)
    with progress.task(note, total=size / _MB, unit="MB") as done:
        raw = _raw(path, packed, most, done)
        found, pieces, checked = _decoded(raw, name, encoding_name)
        with _ahead(pieces) as following:
            table = _table(following, name, found, checked, score, separator, refuse)
    texts.release()
    return table


def _raw(path: Path, packed: bool, most: int, done: Callable[[float], None]) -> Iterator[bytes]:
    """Read the file, unpacked, saying how much of it is read."""
    total = 0
    try:
        with path.open("rb") as file:
            opened = cast("BinaryIO", gzip.GzipFile(fileobj=file)) if packed else file
            while piece := opened.read(BLOCK):
                total += len(piece)
                if packed and total > most:
                    raise UnusualError
                done(file.tell() / _MB)
                yield piece
    except (OSError, EOFError, zlib.error):
        raise UnusualError from None


def _decoded(raw: Iterator[bytes], name: str, asked: str | None) -> tuple[str, Iterator[bytes], bool]:
    """Return the encoding, the text as UTF-8, and whether it is known to be well-formed."""
    first = next(raw, b"")
    if asked is not None:
        try:
            found = codecs.lookup(asked).name
        except LookupError:
            raise UnusualError from None
        if found in ("utf-8", "utf-8-sig"):
            return "utf-8", _behind(first.removeprefix(codecs.BOM_UTF8), raw), False
        return found, _transcoded(first, raw, found), True
    for mark, marked in encoding.MARKS:
        if first.startswith(mark):
            rest = first[len(mark) :]
            if marked == "utf-8":
                return marked, _behind(rest, raw), False
            return marked, _transcoded(rest, raw, marked), True
    encoding.refuse_binary(first, name)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(first)
    except UnicodeDecodeError:
        if encoding.doubtful(first):
            raise UnusualError from None
        return "gb18030", _transcoded(first, raw, "gb18030"), True
    return "utf-8", _behind(first, raw), False


def _behind(first: bytes, raw: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from raw


def _transcoded(first: bytes, raw: Iterator[bytes], found: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(found)()
    begun = False
    try:
        for piece in _behind(first, raw):
            text = decoder.decode(piece).encode("utf-8")
            yield text if begun else text.removeprefix(codecs.BOM_UTF8)
            begun = True
        yield decoder.decode(b"", final=True).encode("utf-8")
    except UnicodeError:
        raise UnusualError from None


@contextmanager
def _ahead(pieces: Iterator[bytes]) -> Iterator[Iterator[bytes]]:
    """Fetch the next piece in a second thread while this one is looked at."""
    pool = ThreadPoolExecutor(1)

    def following() -> Iterator[bytes]:
        coming = pool.submit(next, pieces, None)
        while (piece := coming.result()) is not None:
            coming = pool.submit(next, pieces, None)
            yield piece

    try:
        yield following()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _table(
    pieces: Iterator[bytes],
    name: str,
    found: str,
    checked: bool,
    score: delimited.Score,
    separator: str | None,
    refuse: Callable[[bytes, str], None],
) -> RawTable:
    block = b""
    for piece in pieces:
        block += piece
        if block.count(b"\n") > delimited._HEAD_LINES:
            break
    refuse(block, name)
    if not checked:
        _check(memoryview(block)[: block.rfind(b"\n") + 1])
    _check_returns(block.removesuffix(b"\r"))
    plan = delimited.plan_of(block, name, score, separator)
    body = _Body(plan, checked)
    rest = body.add(block[plan.offset :], last=False)
    for piece in pieces:
        rest = body.add(rest + piece, last=False)
    body.add(rest, last=True)
    return body.table(found)


def _check(part: memoryview) -> None:
    """Make sure that bytes are UTF-8."""
    import pyarrow as pa

    offsets = pa.py_buffer(np.array([0, len(part)], np.int64))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, offsets, pa.py_buffer(part)]).validate(full=True)
    except pa.ArrowInvalid:
        raise UnusualError from None


def _check_returns(part: bytes) -> None:
    if b"\r" in part and part.count(b"\r") != part.count(b"\r\n"):
        raise UnusualError


class _Body:
    """The rows read so far."""

    def __init__(self, plan: delimited.Plan, checked: bool) -> None:
        self._plan = plan
        self._checked = checked
        # A column that only numbers made-up rows holds as many texts as rows, and nobody compares them.
        self._columns = [_Growing(distinct=marks_synthetic(text)) for text in plan.header]
        self._line = plan.first_line
        self._lines: list[NDArray[np.int64] | Consecutive] = []
        self._ragged: list[RaggedRow] = []
        self._blank = 0
        self._torn = False

    def add(self, block: bytes, *, last: bool) -> bytes:
        """Take in the whole rows at the beginning of a block; return what is behind them."""
        end = len(block) if last else block.rfind(b"\n") + 1
        if not end:
            return block
        if not self._checked:
            _check(memoryview(block)[:end])
        part = memoryview(block)[:end]
        if b"\r" in block:
            _check_returns(block[:end])
        if b'"' not in block:
            count = block.count(b"\n", 0, end) + (block[end - 1] != 10)
            if self._plain(part, count):
                return block[end:]
        found = delimited.scan(part, self._plan.mark)
        if found is not None and found.opened and not last:
            line = int(found.rows[-1])
            open_lines = found.begins.size - line
            end = int(found.begins[line])
            found = None
            if open_lines <= delimited._MAX_SPAN:
                if not end:
                    return block
                part = memoryview(block)[:end]
                found = delimited.scan(part, self._plan.mark)
        if found is not None and not found.opened and self._scanned(part, found):
            return block[end:]
        return self._with_care(block, last)

    def _plain(self, part: memoryview, count: int) -> bool:
        """Take in rows without quotes; false where a line is no row."""
        parsed = self._parsed(part, line_breaks=False)
        if parsed is None or parsed[0].num_rows + len(parsed[1]) != count:
            return False
        self._store(*parsed, None, count, count, 0)
        return True

    def _scanned(self, part: memoryview, found: delimited.Scan) -> bool:
        """Take in rows whose quotes are well placed; false where Arrow sees other rows."""
        parsed = self._parsed(part, line_breaks=found.breaks)
        if parsed is None or parsed[0].num_rows + len(parsed[1]) != found.rows.size:
            return False
        self._store(*parsed, found.rows, found.rows.size, found.begins.size, found.empty)
        return True

    def _parsed(
        self, part: memoryview, *, line_breaks: bool
    ) -> tuple[pa.Table, list[tuple[int, str]]] | None:
        import pyarrow as pa

        text = pa.large_string()
        kinds = [text if column.distinct else pa.dictionary(pa.int32(), text) for column in self._columns]
        if not len(part):
            return None
        # Between two of its blocks Arrow may lose the line feed behind a return within a cell.
        block = len(part) + 1 if line_breaks else _PARSE
        return delimited.arrow_table(
            part, kinds, self._plan.mark, line_breaks=line_breaks, block=block, torn=self._torn
        )

    def _store(
        self,
        table: pa.Table,
        ragged: list[tuple[int, str]],
        rows: NDArray[np.int64] | None,
        count: int,
        lines: int,
        blank: int,
    ) -> None:
        """Keep the cells; ``rows`` are the lines of the rows, ``None`` where every line is one."""
        for growing, column in zip(self._columns, table.columns, strict=True):
            for chunk in column.chunks:
                if growing.distinct:
                    growing.add(np.arange(len(chunk), dtype=np.int32), chunk)
                else:
                    growing.add(chunk.indices.to_numpy(zero_copy_only=False), chunk.dictionary)
        self._torn = bool(ragged)
        if ragged or rows is not None:
            at = (np.arange(count, dtype=np.int64) if rows is None else rows) + self._line
            _, at, torn, blank = delimited._without_ragged([], at, ragged, self._plan.mark, blank)
            self._lines.append(at)
            self._ragged += torn
        else:
            self._lines.append(Consecutive(self._line, count))
        self._blank += blank
        self._line += lines

    def _with_care(self, block: bytes, last: bool) -> bytes:
        """Read row by row, up to as many lines before the end as a row may span."""
        lines = block.splitlines(keepends=True)
        stop = len(lines) if last else max(len(lines) - delimited._MAX_SPAN - 1, 0)
        reader = delimited._Rows(lines, self._plan.mark)
        columns, numbers, ragged, blank = delimited._rows_until(reader, len(self._columns), self._line, stop)
        for growing, column in zip(self._columns, columns, strict=True):
            growing.add(column.codes, Texts.of(column.values).array)
        self._lines.append(numbers)
        self._ragged += ragged
        self._blank += blank
        self._line += reader.position
        return b"".join(lines[reader.position :])

    def table(self, found: str) -> RawTable:
        """Return what was read."""
        with ThreadPoolExecutor(2) as pool:
            columns = list(pool.map(_Growing.column, self._columns))
        return self._plan.table(columns, _together(self._lines), self._ragged, self._blank, found)


class _Growing:
    """A column whose rows come piece by piece."""

    def __init__(self, *, distinct: bool) -> None:
        self.distinct = distinct
        self._codes: list[NDArray[np.int32]] = []
        self._values: pa.LargeStringArray | None = None
        self._pending: list[tuple[NDArray[np.int32], pa.LargeStringArray]] = []
        self._bytes = 0

    def add(self, codes: NDArray[np.int32], values: pa.LargeStringArray) -> None:
        """Add rows with a numbering of their own."""
        self._pending.append((codes, values))
        self._bytes += values.nbytes
        if self._bytes > _PENDING and not self.distinct:
            self._settle()

    def _settle(self) -> None:
        """Bring the numberings together; numbers once given stay."""
        known = [] if self._values is None else [Texts(self._values)]
        pending, self._pending, self._bytes = self._pending, [], 0
        if not pending:
            return
        tables, values = Texts.joined([*known, *(Texts(own) for _, own in pending)])
        self._values = values.array
        for (codes, _), table in zip(pending, tables[len(known) :], strict=True):
            self._codes.append(table[codes])

    def column(self) -> Column:
        """Return the column; the pieces are given up."""
        import pyarrow as pa

        if self.distinct and self._pending:
            values = Texts(pa.concat_arrays([own for _, own in self._pending]))
            sizes = [len(codes) for codes, _ in self._pending]
            codes = np.concatenate([codes for codes, _ in self._pending])
            codes += np.repeat(np.cumsum([0, *sizes[:-1]], dtype=np.int32), sizes)
            return Column(codes, values)
        self._settle()
        if self._values is None:
            return Column.of([])
        codes, self._codes = np.concatenate(self._codes), []
        values = Texts(self._values)
        return Column(codes, values if len(values) > texts.FEW else np.asarray(values))


def _together(parts: list[NDArray[np.int64] | Consecutive]) -> NDArray[np.int64] | Consecutive:
    """Join the lines of the pieces; where no line is left out, first and number are enough."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return np.empty(0, np.int64)
    first, size = int(parts[0][0]), sum(len(part) for part in parts)
    if int(parts[-1][len(parts[-1]) - 1]) - first + 1 == size:
        return Consecutive(first, size)
    return np.concatenate([part[:] for part in parts])
