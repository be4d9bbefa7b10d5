"""One door for every input: a path, standard input or a data frame becomes a ``RawTable``.

The ending says what a file should be, its first bytes what it is; where they disagree
the message says so.
"""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

import pandas as pd

from clusters.errors import DataError, UsageError
from clusters.intake import delimited, encoding, pieces, workbooks
from clusters.intake.table import RawTable
from clusters.sentences import Note

Score = Callable[[Sequence[str]], int]
MAX_BYTES = 1 << 32
"""Largest content that is read as a whole or unpacked, in bytes. A text file that is not
packed, and that can be read piece by piece, may be larger."""
_BLOCK = 1 << 24
_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".et")
_TEXT_LIKE = (".xls", ".et")
_GZIP = b"\x1f\x8b"


def read_table(
    source: str | Path | pd.DataFrame,
    *,
    score: Score,
    encoding_name: str | None = None,
    sheet: str | None = None,
    separator: str | None = None,
) -> RawTable:
    """Read a table of text cells, whatever form it comes in.

    Parameters
    ----------
    source
        File (CSV, TSV, any of them ``.gz``, XLSX, XLS, ODS, Parquet), ``-`` for
        standard input, or a data frame.
    score
        Number of cells of a row that are known column names, 0 where required ones lack.
    encoding_name, sheet, separator
        What cannot be told from the file itself.

    Raises
    ------
    DataError
        The source cannot be read as a table; the message says why and where.
    """
    return read_decoded(
        source, encoding.decode, score=score, encoding_name=encoding_name, sheet=sheet, separator=separator
    )


def read_decoded(
    source: str | Path | pd.DataFrame,
    decode: Callable[[bytes, str, str | None], encoding.Text],
    *,
    score: Score,
    encoding_name: str | None = None,
    sheet: str | None = None,
    separator: str | None = None,
) -> RawTable:
    """Do what ``read_table`` does with another way to turn bytes into text."""
    if isinstance(source, pd.DataFrame):
        return workbooks.parse_frame(source)
    table = _in_pieces(source, score, encoding_name, separator) if sheet is None else None
    if table is not None:
        return table
    name, suffix, data = _content(source)
    return read_content(
        data,
        name,
        suffix,
        score=score,
        encoding_name=encoding_name,
        sheet=sheet,
        separator=separator,
        decode=decode,
    )


def read_content(
    data: bytes,
    name: str,
    suffix: str,
    *,
    score: Score,
    encoding_name: str | None = None,
    sheet: str | None = None,
    separator: str | None = None,
    decode: Callable[[bytes, str, str | None], encoding.Text] = encoding.decode,
) -> RawTable:
    """Read a table from the unpacked bytes of a file; ``suffix`` is its ending without ``.gz``."""
    kind = encoding.binary_kind(data)
    if suffix == ".parquet" or (kind == "a Parquet file" and suffix == ""):
        return workbooks.parse_parquet(data, name)
    if holds_workbook(data, suffix):
        return workbooks.parse_workbook(data, name, score, sheet=sheet)
    if sheet is not None:
        raise UsageError(f"a sheet was named, but {name} is not a workbook")
    text = decode(data, name, encoding_name)
    _refuse_markup(text.data, name)
    table = delimited.parse(text.data, name, score, separator=separator, encoding=text.encoding)
    table.warnings[:0] = text.warnings
    if suffix in _WORKBOOKS:
        table.warnings.insert(0, Note("note.text_not_workbook", name=name))
    return table


def may_hold_workbook(suffix: str) -> bool:
    """Tell whether a file's ending, without ``.gz``, is that of a workbook."""
    return suffix in _WORKBOOKS


def holds_workbook(data: bytes, suffix: str) -> bool:
    """Tell whether a file is a workbook; old systems give text its ending."""
    return suffix in _WORKBOOKS and not (suffix in _TEXT_LIKE and _is_text(data, encoding.binary_kind(data)))


def _in_pieces(
    source: str | Path, score: Score, encoding_name: str | None, separator: str | None
) -> RawTable | None:
    """Read a large text file piece by piece; ``None`` for anything else."""
    path = Path(source)
    suffix = Path(path.name.lower().removesuffix(".gz")).suffix
    if str(source) == "-" or suffix == ".parquet" or suffix in _WORKBOOKS:
        return None
    try:
        if path.stat().st_size <= pieces.BLOCK:
            return None
        with path.open("rb") as file:
            begin = file.read(8)
    except (OSError, ValueError):
        return None
    packed = begin.startswith(_GZIP)
    if encoding.binary_kind(begin) is not None or packed != path.name.lower().endswith(".gz"):
        return None
    try:
        return pieces.read(
            path,
            name_of(path),
            score,
            refuse=_refuse_markup,
            packed=packed,
            most=MAX_BYTES,
            encoding_name=encoding_name,
            separator=separator,
        )
    except pieces.UnusualError:
        return None


def _content(source: str | Path) -> tuple[str, str, bytes]:
    """Return the name for messages, the ending without ``.gz`` and the unpacked bytes."""
    if str(source) == "-":
        name = "standard input"
        data = _content_of(sys.stdin.buffer)
    else:
        path = Path(source)
        name = name_of(path)
        data = read_bytes(path)
    return unpacked(data, name)


def unpacked(data: bytes, name: str) -> tuple[str, str, bytes]:
    """Return a file's name, its ending without ``.gz`` and its bytes, unpacked where it is a gzip file."""
    suffix = "" if name == "standard input" else Path(name.lower().removesuffix(".gz")).suffix
    if data.startswith(_GZIP):
        data = _unpack(data, name)
    elif name.lower().endswith(".gz"):
        raise DataError(f"{name} ends in .gz but is not a gzip file", hint="remove the ending .gz")
    if len(data) > MAX_BYTES:
        size = f"{MAX_BYTES >> 30} GB"
        raise DataError(f"{name} holds more than {size}", hint="split it by year or use Parquet")
    if not data:
        raise DataError(f"{name} is empty", hint="a relation table needs a header line and rows")
    return name, suffix, data


def name_of(path: Path) -> str:
    """Return the name of a file as text; bytes that are none are spelled out.

    Examples
    --------
    >>> name_of(Path("data/表.csv"))
    '表.csv'
    """
    return path.name.encode("utf-8", "backslashreplace").decode("utf-8")


def read_bytes(path: Path) -> bytes:
    """Read a file as a whole, up to one byte more than is allowed.

    Raises ``DataError`` where it is not there, is a folder or cannot be read.
    """
    try:
        with path.open("rb") as file:
            return _content_of(file)
    except FileNotFoundError:
        raise DataError(f"{path} does not exist", hint=_nearby(path)) from None
    except IsADirectoryError:
        raise DataError(
            f"{path} is a folder, not a table",
            hint=f"name a file in it, or for a public layout: clusters convert LAYOUT {path}",
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(f"{path} cannot be read ({reason})") from None


def _content_of(file: IO[bytes] | gzip.GzipFile) -> bytes:
    """Read up to one byte more than is allowed; asked for all at once, Python makes room for that much."""
    content = io.BytesIO()
    while (left := MAX_BYTES + 1 - content.tell()) > 0 and (block := file.read(min(left, _BLOCK))):
        content.write(block)
    return content.getvalue()


def _nearby(path: Path) -> str:
    """Name files of the same folder that may be meant."""
    import difflib

    if not path.parent.is_dir():
        return f"the folder {path.parent} does not exist"
    names = [p.name for p in path.parent.iterdir() if p.is_file()]
    close = difflib.get_close_matches(path.name, names, n=3)
    return f"is {' or '.join(close)} meant?" if close else "check the path"


def _unpack(data: bytes, name: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            return _content_of(file)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"{name} is a damaged gzip file ({error})", hint="copy or download the file again"
        ) from None


def _is_text(data: bytes, kind: str | None) -> bool:
    """Whether a file with a workbook's ending is really text (old systems export such files)."""
    return kind is None and b"\0" not in data[:4096] and bool(data.strip())


def _refuse_markup(data: bytes, name: str) -> None:
    start = data[:4096].lstrip().lower()
    for layout in (b"gexf", b"graphml"):
        if start.startswith(b"<") and b"<" + layout in start:
            word = layout.decode()
            raise DataError(
                f"{name} is a graph file ({word}), not a table",
                hint=f"clusters convert {word} {name} --out relations.csv",
            )
    if start.startswith((b"*vertices", b"*network")):
        raise DataError(
            f"{name} is a graph file (pajek), not a table",
            hint=f"clusters convert pajek {name} --out relations.csv",
        )
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml")):
        raise DataError(
            f"{name} is a web page or XML file, not a table",
            hint="open it in Excel and save it as XLSX or CSV",
        )
    if start.startswith((b"{", b"[{")):
        raise DataError(f"{name} looks like JSON, not a table", hint="convert it to CSV first")
