"""A DuckDB database in a folder of its own, with bounds on memory and nothing from the network."""

from __future__ import annotations

import re
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusters.errors import DataError, UsageError

if TYPE_CHECKING:
    import pandas as pd

_PARTS = (1, 4, 16, 64)
_SETTINGS = (
    "SET preserve_insertion_order=false",
    # Extensions would be looked for on the network.
    "SET autoinstall_known_extensions=false",
    "SET autoload_known_extensions=false",
    "SET enable_progress_bar=false",
)


def require_duckdb() -> Any:
    """Import DuckDB, or say how to get it."""
    try:
        import duckdb
    except ImportError:
        raise UsageError(
            "this engine needs DuckDB, which is not installed", hint="pip install 'clusters[big]'"
        ) from None
    return duckdb


class OutOfMemoryError(DataError):
    """DuckDB needs more than it may have."""


class Database:
    """A database that lives as long as this object; ``folder`` goes with it.

    Parameters
    ----------
    memory
        Most that DuckDB may hold in memory, such as ``"1GB"``; more goes to the folder.
    threads
        Threads at work; ``None`` for all processors.
    parent
        Where the folder is made; the system's folder for temporary files by default.
    """

    def __init__(self, memory: str, threads: int | None = None, parent: Path | str | None = None) -> None:
        duckdb = require_duckdb()
        if not re.fullmatch(r"\d+(\.\d+)? ?([KMGT]i?)?B", memory.strip(), re.IGNORECASE):
            raise UsageError(f"memory {memory!r} is not a size", hint="for example 500MB or 4GB")
        if threads is not None and threads < 1:
            raise UsageError(f"threads must be at least 1, not {threads}")
        try:
            holder = tempfile.TemporaryDirectory(prefix="clusters-", dir=parent)
        except OSError as error:
            raise DataError(
                f"{parent or tempfile.gettempdir()}: cannot write here ({error.strerror})",
                hint="choose another folder for temporary files with --temp",
            ) from None
        self.folder = Path(holder.name)
        options: dict[str, Any] = {"memory_limit": memory, "temp_directory": str(self.folder / "spill")}
        if threads is not None:
            options["threads"] = threads
        self._errors = duckdb.Error, duckdb.OutOfMemoryException
        self._connection = duckdb.connect(str(self.folder / "work.duckdb"), config=options)
        for setting in _SETTINGS:
            self._connection.execute(setting)
        self.close = weakref.finalize(self, _close, self._connection, holder)

    def run(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """Run a statement."""
        with self._told():
            return self._connection.execute(sql, list(values))

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self._told():
            found: list[tuple[Any, ...]] = self._connection.execute(sql, list(values)).fetchall()
            return found

    def number(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Return the one number that a query gives; 0 for NULL."""
        return int(self.rows(sql, values)[0][0] or 0)

    def frame(self, sql: str, values: Sequence[Any] = ()) -> pd.DataFrame:
        """Return the rows of a query as a data frame."""
        with self._told():
            found: pd.DataFrame = self._connection.execute(sql, list(values)).df()
            return found

    def in_parts(self, table: str, query: str, key: str, values: Sequence[Any] = ()) -> None:
        """Make a table of a query; where memory does not suffice, part by part by a hash of ``key``.

        ``{part}`` in the query is a condition on ``{key}`` that cuts its rows into parts, each of
        which needs that much less memory.
        """
        for parts in _PARTS:
            self.run(f"DROP TABLE IF EXISTS {table}")
            try:
                for part in range(parts):
                    head = f"INSERT INTO {table}" if part else f"CREATE TABLE {table} AS"
                    some = "true" if parts == 1 else f"hash({key}) % {parts} = {part}"
                    self.run(f"{head} {query.replace('{part}', some)}", values)
            except OutOfMemoryError:
                if parts == _PARTS[-1]:
                    raise
            else:
                return

    def take(self, name: str, table: Any) -> None:
        """Make a table of an Arrow table."""
        self._connection.register("given", table)
        self.run(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM given")
        self._connection.unregister("given")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn a want of memory or of disk into an error that the user can act on."""
        broad, memory = self._errors
        try:
            yield
        except memory as error:
            raise OutOfMemoryError(
                f"DuckDB ran out of memory ({_first(error)})",
                hint="allow it more with --memory, or use fewer --threads",
            ) from None
        except broad as error:
            if "space" in str(error) or "IO Error" in str(error):
                raise DataError(
                    f"DuckDB cannot work in {self.folder.parent} ({_first(error)})",
                    hint="choose a folder with more space with --temp",
                ) from None
            raise


def _close(connection: Any, holder: tempfile.TemporaryDirectory[str]) -> None:
    connection.close()
    holder.cleanup()


def _first(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200]
