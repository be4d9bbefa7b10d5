"""Relation tables that do not fit in memory: checked block by block, counted by DuckDB.

``read_large`` gives what ``relations.read_relations`` gives, as far as it is counts: the
same rows are accepted, rejected, set aside. What is kept of them lies in a folder for
temporary files, numbered, and DuckDB counts there within a bound on memory.

Not looked for are differences between the rows of one organisation (several provinces or
names, names that look alike); the tables do not depend on them.
"""

from __future__ import annotations

import dataclasses
import functools
import glob
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from clusters import progress
from clusters.engines._blocks import blocks
from clusters.engines._countries import one_country_form
from clusters.engines._database import Database
from clusters.engines._staging import Layout, Rules, Stage
from clusters.errors import DataError, UsageError
from clusters.relations import KINDS, PARTNER, SAMPLE, AllRejectedError, RowAccount, check_kinds
from clusters.sentences import Note

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from clusters.intake.organisations import Organisations

MEMORY = "2GB"
"""Most that DuckDB holds in memory, unless told otherwise; reading takes about 0.5 GB beside it."""
Paths = str | Path | Sequence[str | Path]


@dataclass(frozen=True)
class LargeRelations:
    """A checked relation table on disk; close it, or use it in a ``with`` block.

    Its table ``edges`` holds the relations in use (``at`` position in the input, ``s`` and ``t``
    numbers of giver and receiver, ``year``, ``kind``, ``weight``, levels), ``nodes`` the
    organisations. A number is the position of the first mention, that of a listed organisation
    negative, so numbers are in the order of ``Relations.nodes``.
    """

    database: Database
    layout: Layout
    account: RowAccount
    name: str
    n_nodes: int
    """Organisations, listed ones without a relation included."""
    has_roles: bool
    has_labels: bool
    conditions: tuple[str, ...] = ()
    """What relations must satisfy to be looked at, in SQL."""
    values: tuple[Any, ...] = field(default=(), repr=False)

    def __enter__(self) -> LargeRelations:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the temporary files."""
        self.database.close()

    @property
    def dated(self) -> bool:
        """Whether relations carry a year."""
        return bool(self.layout.dated)

    @property
    def where(self) -> str:
        """The conditions as a clause of SQL."""
        return f"WHERE {' AND '.join(self.conditions)}" if self.conditions else ""

    @cached_property
    def years(self) -> list[int]:
        """Years that occur, ascending; empty for an undated table."""
        if not self.dated:
            return []
        found = self.database.rows(f"SELECT DISTINCT year FROM edges {self.where} ORDER BY 1", self.values)
        return [int(year) for (year,) in found]

    @cached_property
    def kinds(self) -> list[str]:
        """Kinds that occur, in canonical order."""
        if "kind" not in self.layout.columns:
            return []
        found = self.database.rows(f"SELECT DISTINCT kind FROM edges {self.where}", self.values)
        present = {kind for (kind,) in found if kind is not None}
        return [k for k in KINDS if k in present] + sorted(present.difference(KINDS))

    @property
    def levels(self) -> list[str]:
        """Names of the place and class levels of both ends."""
        from clusters.intake.organisations import NODE_ONLY

        return [name for name in self.layout.attributes if name not in NODE_ONLY]

    def __len__(self) -> int:
        return self.database.number(f"SELECT count(*) FROM edges {self.where}", self.values)

    def _narrowed(self, condition: str, *values: Any) -> LargeRelations:
        return dataclasses.replace(
            self, conditions=(*self.conditions, condition), values=(*self.values, *values)
        )

    def of_kinds(self, kinds: Sequence[str] | None) -> LargeRelations:
        """Keep relations of some kinds; see ``relations.of_kinds``."""
        if kinds is None:
            return self
        check_kinds(kinds, self.kinds or None)
        return self._narrowed(f"kind IN ({', '.join('?' * len(kinds))})", *kinds)

    def in_years(self, first: int | None = None, last: int | None = None) -> LargeRelations:
        """Keep relations dated ``first`` to ``last``, both included; ``None`` leaves an end open."""
        if first is None and last is None:
            return self
        if not self.dated:
            raise UsageError(Note("note.years_unknown"))
        result = self
        if first is not None:
            result = result._narrowed("year >= ?", first)
        return result if last is None else result._narrowed("year <= ?", last)

    def rejects(self) -> Iterator[pd.DataFrame]:
        """Yield the rejected rows, if they were to be kept, in the order of the files."""
        import pandas as pd

        for path in sorted(self.database.folder.glob("rejects-*.parquet")):
            yield pd.read_parquet(path)


def read_large(
    paths: Paths,
    *,
    nodes: str | Path | pd.DataFrame | None = None,
    mapping: Mapping[str, str] | None = None,
    config: str | Path | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    loops: Literal["drop", "keep"] | None = None,
    duplicates: Literal["drop", "keep"] | None = None,
    placeholders: Literal["drop", "keep"] | None = None,
    names: str | Path | None = None,
    year_range: tuple[int, int] | None = None,
    memory: str = MEMORY,
    threads: int | None = None,
    folder: str | Path | None = None,
    keep_rejects: bool = False,
    block: int | None = None,
) -> LargeRelations:
    r"""Read and check relation tables of any size; every row is in use, set aside or rejected.

    Parameters
    ----------
    paths
        One file or several, CSV, TSV (``.gz`` or not) or Parquet; a pattern such as
        ``relations-*.csv.gz`` names all files that fit, in alphabetical order. Together they
        are one table.
    nodes, mapping, config, encoding, separator, loops, duplicates, placeholders, names, year_range
        As for ``relations.read_relations``. The table of organisations is read in memory.
    memory
        Most that DuckDB may hold in memory; what goes beyond lies in ``folder``.
    threads
        Threads of DuckDB; all processors by default.
    folder
        For temporary files, about as much as the input; the system's by default.
    keep_rejects
        Keep rejected rows for ``rejects``.
    block
        Bytes of text read at a time.

    Returns
    -------
    LargeRelations
        Its ``account`` equals that of ``read_relations`` except for the lists of rows and those
        warnings that compare the rows of one organisation.

    Raises
    ------
    DataError
        An input cannot be used, or DuckDB lacks memory or disk.
    UsageError
        DuckDB is not installed, or an option does not fit the input.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "relations.csv"
    ...     _ = path.write_text("源,目标,年份\n甲,乙,2020\n甲,甲,2020\n乙,,2021\n", encoding="utf-8")
    ...     with read_large(path) as large:
    ...         print(large.account.accepted, large.account.self_loops, large.account.reasons)
    2 1 {'missing_target': 1}
    """
    from clusters.intake import config as configuration
    from clusters.intake import headers, organisations, thesaurus

    files = _files(paths)
    settings = configuration.load(config) if config is not None else configuration.Config()
    same = thesaurus.read_thesaurus(path) if (path := names or settings.names) else {}
    chosen = {**settings.columns, **(mapping or {})}
    known = None
    if (listed := nodes if nodes is not None else settings.nodes) is not None:
        known = organisations.read_nodes(
            listed,
            mapping=settings.node_columns,
            thesaurus=same,
            **settings.node_options(encoding, own=nodes is None),
        )
    years = year_range or settings.year_range or (1900, 2100)
    keep_nobody = (placeholders or settings.placeholders) == "keep"
    rules = Rules(chosen, same, settings.kinds, years, settings.directions, settings.roles, keep_nobody)
    database = Database(memory, threads, folder)
    try:
        stage = Stage(database.folder, rules, keep_rejects=keep_rejects)
        _take(
            files,
            stage,
            score=lambda cells: headers.score_relations(cells, chosen),
            encoding_name=encoding or settings.encoding,
            separator=separator or settings.separator,
            block=block,
        )
        return _numbered(
            database,
            stage,
            known,
            keep_loops=(loops or settings.loops) == "keep",
            keep_doubles=(duplicates or settings.duplicates) == "keep",
        )
    except BaseException:
        database.close()
        raise


def _files(paths: Paths) -> list[Path]:
    found: list[Path] = []
    for path in [paths] if isinstance(paths, str | Path) else paths:
        if str(path) == "-":
            raise UsageError(
                "standard input is read in memory only", hint="--engine duckdb reads files: name them"
            )
        fitting = sorted(glob.glob(str(path))) if glob.has_magic(str(path)) else []
        if glob.has_magic(str(path)) and not fitting and not Path(path).exists():
            raise DataError(f"no file fits {path}", hint="check the path")
        found += [Path(p) for p in fitting] or [Path(path)]
    if not found:
        raise UsageError("no file is named")
    return found


def _take(files: Sequence[Path], stage: Stage, **options: Any) -> None:
    sizes = [path.stat().st_size if path.is_file() else 0 for path in files]
    note = Note("note.progress_large_read", name=files[0].name)
    with progress.task(note, total=sum(sizes) / 1e6, unit="MB") as done:
        before = 0
        for path, size in zip(files, sizes, strict=True):
            stage.begin()
            tell = functools.partial(_tell, done, before)
            for raw in blocks(path, read=tell, **options):
                stage.take(raw)
            before += size
    account = stage.account
    if not account.rows:
        raise DataError(f"{files[0].name} has a header but no rows", hint="is this the whole file?")
    if not account.accepted:
        import pandas as pd

        raise AllRejectedError(stage.nothing_left(), pd.DataFrame())


def _tell(done: Any, before: int, read: int) -> None:
    done((before + read) / 1e6)


def _numbered(
    database: Database,
    stage: Stage,
    known: Organisations | None,
    *,
    keep_loops: bool,
    keep_doubles: bool,
) -> LargeRelations:
    """Number organisations, set loops and doubles aside and find roles: parts become tables."""
    layout, account = stage.layout, stage.account
    with progress.task(Note("note.progress_large_number"), total=4, unit="count") as done:
        own = list(layout.attributes)
        known = one_country_form(database, stage, known)
        _nodes(database, layout, known, keep_loops=keep_loops)
        done(1)
        _edges(database, layout, own, keep_loops=keep_loops)
        done(2)
        doubles, mirrored = _doubles(database, layout, own, drop=not keep_doubles)
        done(3)
        if not layout.drawn:
            account.drop("note.undirected")
            _kinds_that_occur(database, layout)
        roles = _roles(database, layout)
        labels = _stated(database, layout)
        done(4)
    if mirrored:
        account.warn([Note("note.mirrored", name=account.source["file"], n=mirrored[0], at=mirrored[1])])
    loops = database.number("SELECT count(*) FROM parts WHERE source = target")
    kept = [reason for reason, keep in (("self_loop", keep_loops), ("duplicate", keep_doubles)) if keep]
    row_account = RowAccount(
        rows=account.rows,
        accepted=account.accepted,
        rejected=account.rejected,
        self_loops=loops,
        duplicates=doubles,
        relations=database.number("SELECT count(*) FROM edges"),
        reasons=dict(account.reasons),
        warnings=((*known.warnings,) if known is not None else ()) + account.warnings,
        source=account.source,
        told=account.told(loops, doubles, kept).lines,
    )
    return LargeRelations(
        database,
        layout,
        row_account,
        name=account.source["file"],
        n_nodes=database.number("SELECT count(*) FROM nodes"),
        has_roles=roles,
        has_labels=labels,
    )


def _nodes(database: Database, layout: Layout, known: Organisations | None, *, keep_loops: bool) -> None:
    """Make the table of organisations: number, name and what the nodes table says of each."""
    apart = "" if keep_loops else "WHERE source <> target"
    mentioned = f"""
        SELECT name, min(pos) AS id FROM (
            SELECT source AS name, 2 * pos AS pos FROM parts {apart}
            UNION ALL SELECT target, 2 * pos + 1 FROM parts {apart}
        ) WHERE {{part}} GROUP BY name"""
    if known is None:
        database.in_parts(
            "nodes",
            "SELECT id, name, NULL::VARCHAR AS role, NULL::VARCHAR AS label, "
            f"NULL::DOUBLE AS sample_from, NULL::DOUBLE AS sample_to FROM ({mentioned})",
            "name",
        )
        return
    levels = _listed(database, layout, known)
    more = "".join(f", l{k}" for k in levels)
    database.in_parts(
        "nodes",
        "SELECT coalesce(listed.id, m.id) AS id, "
        f"coalesce(listed.name, m.name) AS name, role, label, sample_from, sample_to{more} "
        f"FROM ({mentioned}) m "
        "FULL JOIN (SELECT * FROM listed WHERE {part}) listed ON m.name = listed.name",
        "name",
    )


def _listed(database: Database, layout: Layout, known: Organisations) -> list[int]:
    """Bring the nodes table in; return the numbers of its levels."""
    import pyarrow as pa

    from clusters.intake.organisations import NODE_ONLY
    from clusters.intake.table import cell_text

    frame = known.frame
    data: dict[str, Any] = {
        "id": np.arange(-len(frame), 0, dtype=np.int64),
        "name": pa.array([str(node) for node in frame.index], pa.string()),
    }
    for name in ("role", "label"):
        cells = frame[name] if name in frame.columns else [None] * len(frame)
        data[name] = pa.array([c if isinstance(c, str) else None for c in cells], pa.string())
    for name in ("sample_from", "sample_to"):
        years = frame[name].to_numpy(np.float64) if name in frame.columns else np.full(len(frame), np.nan)
        data[name] = pa.array(years, pa.float64(), mask=np.isnan(years))
    levels = []
    for name in (c for c in frame.columns if c not in NODE_ONLY):
        k = layout.number("attributes", name)
        levels.append(k)
        data[f"l{k}"] = pa.array([cell_text(cell) or None for cell in frame[name]], pa.string())
    database.take("listed", pa.table(data))
    return levels


def _edges(database: Database, layout: Layout, own: Sequence[str], *, keep_loops: bool) -> None:
    """Make the table of relations: numbers of the ends, and a blank level filled from the nodes table."""
    listed = {name for (name,) in database.rows("SELECT column_name FROM (DESCRIBE nodes)")}
    columns: list[str] = [c for c in ("year", "kind", "weight") if c in layout.columns]
    if layout.sided:
        columns.append("ent")
    cells = [f"p.{column}" for column in columns]
    for k in range(len(layout.attributes)):
        for end in "st":
            said = [f"p.{end}{k}"] if k < len(own) else []
            said += [f"p.l{k}s" if end == "s" else f"nt.l{k}"] if f"l{k}" in listed else []
            cells.append(f"coalesce({', '.join([*said, 'NULL'])}) AS {end}{k}")
    equal = ", ".join(["p.source", "p.target", *(f"p.{c}" for c in _own_columns(layout, own))])
    apart = "true" if keep_loops else "source <> target"
    # One table of names in memory at a time: first the numbers of the givers, then those of the receivers.
    ends = sorted(listed - {"id", "name", "role", "label", "sample_from", "sample_to"})
    levels = "".join(f", n.{name} AS {name}s" for name in ends)
    database.in_parts(
        "halves",
        f"SELECT p.* EXCLUDE (source), n.id AS s, hash({equal}) AS key{levels} "
        f"FROM (SELECT * FROM parts WHERE {apart} AND {{part}}) p "
        "JOIN (SELECT *, name AS source FROM nodes WHERE {part}) n ON p.source = n.name",
        "source",
    )
    database.in_parts(
        "edges",
        f"SELECT p.pos, p.s, nt.id AS t, p.key{''.join(f', {cell}' for cell in cells)} "
        "FROM (SELECT * FROM halves WHERE {part}) p "
        "JOIN (SELECT *, name AS target FROM nodes WHERE {part}) nt ON p.target = nt.name",
        "target",
    )
    database.run("DROP TABLE halves")


def _own_columns(layout: Layout, own: Sequence[str]) -> list[str]:
    """Columns that the files themselves have, beside the ends."""
    added = {f"{end}{k}" for k in range(len(own), len(layout.attributes)) for end in "st"}
    return [column for column in layout.columns if column not in added]


def _doubles(
    database: Database, layout: Layout, own: Sequence[str], *, drop: bool
) -> tuple[int, tuple[int, Note] | None]:
    """Find rows that equal an earlier one in every column: by a hash first, in full where it agrees.

    Returns their number and, where some repeat a relation from its other side, how many and the first.
    """
    database.run("CREATE TABLE suspects AS SELECT key FROM edges GROUP BY key HAVING count(*) > 1")
    if not database.number("SELECT count(*) FROM suspects"):
        return 0, None
    equal = ", ".join(["source", "target", *_own_columns(layout, own)])
    copy = f"row_number() OVER (PARTITION BY {equal} ORDER BY pos)"
    other = f"row_number() OVER (PARTITION BY {equal}, ent ORDER BY pos) = 1" if layout.sided else "false"
    suspects = "SELECT pos FROM edges WHERE key IN (SELECT key FROM suspects)"
    database.run(
        "CREATE TABLE doubles AS SELECT pos, line, other FROM ("
        f"SELECT pos, line, {copy} AS copy, {other} AS other FROM parts WHERE pos IN ({suspects})"
        ") WHERE copy > 1"
    )
    count = database.number("SELECT count(*) FROM doubles")
    if drop and count:
        database.run("DELETE FROM edges WHERE pos IN (SELECT pos FROM doubles)")
    mirrored = database.number("SELECT count(*) FROM doubles WHERE other")
    if not mirrored:
        return count, None
    line = database.number("SELECT arg_min(line, pos) FROM doubles WHERE other")
    return count, (mirrored, Note("note.line", n=line))


def _kinds_that_occur(database: Database, layout: Layout) -> None:
    """A column of kinds without any is none."""
    if layout.has_kind and not database.number("SELECT count(kind) FROM edges"):
        layout.drawn = True


def _roles(database: Database, layout: Layout) -> bool:
    """Say of every organisation whether it is in the sample; return whether anything tells.

    The nodes table wins; an organisation that the rows call both belongs to the sample.
    """
    from clusters.intake.values import read_role

    said = ["SELECT NULL::BIGINT AS id, NULL::VARCHAR AS role WHERE false"]
    if layout.sided:
        said.append(f"SELECT CASE WHEN ent THEN s ELSE t END, '{SAMPLE}' FROM edges WHERE ent IS NOT NULL")
    if "role" in layout.attributes:
        k = layout.attributes.index("role")
        _read_texts(database, k, "roles_read", read_role)
        said += [f"SELECT {end}, r.value FROM edges JOIN roles_read r ON {end}{k} = r.text" for end in "st"]
    database.run(
        f"CREATE TABLE called AS SELECT id, bool_or(role = '{SAMPLE}') AS sample, "
        f"bool_or(role = '{PARTNER}') AS partner FROM ({' UNION ALL '.join(said)}) GROUP BY id"
    )
    database.run(
        f"CREATE TABLE roles AS SELECT n.id, coalesce(n.role = '{SAMPLE}', c.sample, false) AS sample, "
        f"coalesce(c.partner, false) OR n.role IS NOT NULL OR coalesce(c.sample, false) AS told "
        "FROM nodes n LEFT JOIN called c ON n.id = c.id"
    )
    return bool(database.number("SELECT count(*) FROM roles WHERE told"))


def _stated(database: Database, layout: Layout) -> bool:
    """Fill labels and years in the sample from the rows; return whether any name differs from its id.

    Of what rows say of one organisation the most frequent counts, the earliest where two are equal.
    """
    from clusters.intake.values import read_any_year

    for attribute in ("label", "sample_from", "sample_to"):
        if attribute not in layout.attributes:
            continue
        k = layout.attributes.index(attribute)
        value, join = f"{{end}}{k}", ""
        if attribute != "label":
            _read_texts(
                database, k, "years_read", lambda text: read_any_year(text) and str(read_any_year(text))
            )
            value, join = "r.value", f" JOIN years_read r ON {{end}}{k} = r.text"
        mentions = " UNION ALL ".join(
            f"SELECT {end} AS id, {value.format(end=end)} AS said, 2 * pos + {side} AS pos "
            f"FROM edges{join.format(end=end)} WHERE {end}{k} IS NOT NULL"
            for side, end in enumerate("st")
        )
        database.run(
            f"CREATE OR REPLACE TABLE heard AS SELECT id, said FROM ("
            f"SELECT id, said, count(*) AS n, min(pos) AS pos FROM ({mentions}) GROUP BY id, said) "
            "QUALIFY row_number() OVER (PARTITION BY id ORDER BY n DESC, pos) = 1"
        )
        database.run(
            f"UPDATE nodes SET {attribute} = heard.said FROM heard "
            f"WHERE heard.id = nodes.id AND nodes.{attribute} IS NULL"
        )
    return bool(database.number("SELECT count(*) FROM nodes WHERE label <> name"))


def _read_texts(database: Database, k: int, table: str, read: Any) -> None:
    """Make a table of the distinct texts of an attribute and what they mean."""
    import pyarrow as pa

    found = database.rows(f"SELECT DISTINCT s{k} FROM edges UNION SELECT DISTINCT t{k} FROM edges")
    pairs = [(text, read(text)) for (text,) in found if text is not None]
    kept = [(text, value) for text, value in pairs if value is not None]
    columns = {"text": [t for t, _ in kept], "value": [v for _, v in kept]}
    database.take(table, pa.table(columns, schema=pa.schema([("text", pa.string()), ("value", pa.string())])))
