"""The checked relation table: who gives what to whom, when and where.

One row of ``Relations.frame`` is one relation in use. ``source`` gives and
``target`` receives; this module is the only one that decides on direction
(``orient``), on roles and on which rows count. Everything after it trusts the
table.

Columns of ``frame`` (those marked ? only where the input has them):

==================  =====================================================
``source, target``  categorical over ``nodes.index``, so codes are positions
``year`` ?          int32; absent in an undated table
``kind`` ?          categorical of free labels; known ones are canonical
                    (``technology``, ``talent``, ``investment``)
``weight`` ?        float64, the table's own weight of the relation
``source_X``,       place or class level ``X`` of either end (``province``,
``target_X`` ?      ``city``, ``country``, ``type`` ...), categorical
any other name      class of the relation (``technology``, ``application_field``,
                    ``industry`` ...), categorical
==================  =====================================================

Its index is the line of the row in the file it came from. ``nodes`` has one row
per organisation, indexed by id in order of first appearance (nodes table first),
with ``label`` and, where known, ``role`` (``sample`` or ``partner``),
``sample_from``, ``sample_to``, ``platform`` and one column per level.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.errors import DataError, UsageError
from clusters.sentences import Note

if TYPE_CHECKING:
    from clusters.intake.account import Account
    from clusters.intake.assembly import Mentions, Oriented
    from clusters.intake.cache import Stored
    from clusters.intake.config import Config
    from clusters.intake.headers import RelationColumns
    from clusters.intake.organisations import Organisations
    from clusters.intake.rows import Values
    from clusters.intake.table import RawTable

SAMPLE, PARTNER = "sample", "partner"
KINDS = ("technology", "talent", "investment")
RESERVED = ("source", "target", "year", "date", "kind", "weight")


@dataclass(frozen=True)
class RowAccount:
    """What happened to the rows of the input: ``accepted + rejected = rows``.

    ``self_loops`` and ``duplicates`` are accepted rows that were set aside (or
    kept, where the caller asked for it); ``relations`` rows are in use.
    """

    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    self_loops: int = 0
    duplicates: int = 0
    relations: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    """Rejected rows by reason (``missing_source``, ``bad_year`` ...)."""
    rejects: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Rejected rows: ``line``, ``reason`` and the cells as they were."""
    set_aside: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Accepted rows not in use (self-loops, exact doubles), same columns."""
    warnings: tuple[str, ...] = ()
    source: dict[str, str] = field(default_factory=dict)
    """File, encoding, separator, sheet and column mapping, as read."""
    told: list[dict[str, Any]] = field(default_factory=list)
    """What happened to the rows by file and step, as ``steps`` shows it."""
    kept: tuple[str, int] | None = None
    """Folder and bytes of the checked table in the cache; says nothing of the table itself."""

    @property
    def steps(self) -> pd.DataFrame:
        """What happened to the rows, by file and step: the table of ``tables.row_steps``."""
        from clusters.intake.account import Account

        return Account(list(self.told)).table()


class AllRejectedError(DataError):
    """No row of a table can be used; ``rejects`` lists them with their reasons.

    ``account`` has nothing but what happened to the rows, by file and step.
    """

    def __init__(self, message: str, rejects: pd.DataFrame, told: Account | None = None) -> None:
        super().__init__(message, hint="are these the right columns? --map NAME=COLUMN names them")
        self.rejects = rejects
        self.account = RowAccount(told=[] if told is None else told.lines)


@dataclass(frozen=True)
class Relations:
    """A checked relation table with its organisations and its row account."""

    frame: pd.DataFrame
    nodes: pd.DataFrame
    account: RowAccount = field(default_factory=RowAccount)
    name: str = ""
    synthetic: bool = False
    """True for made-up data: every output then says 合成数据 / synthetic data."""
    listed: int = 0
    """How many organisations, the first of ``nodes``, come from a table of organisations."""

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def dated(self) -> bool:
        """Whether relations carry a year."""
        return "year" in self.frame.columns

    @property
    def years(self) -> list[int]:
        """Years that occur, ascending; empty for an undated table."""
        return sorted(int(y) for y in self.frame["year"].unique()) if self.dated else []

    @property
    def kinds(self) -> list[str]:
        """Kinds that occur, in canonical order (technology, talent, investment, others)."""
        if "kind" not in self.frame.columns:
            return []
        present = set(self.frame["kind"].cat.remove_unused_categories().cat.categories)
        return [k for k in KINDS if k in present] + sorted(present.difference(KINDS))

    @property
    def levels(self) -> list[str]:
        """Names ``X`` for which both ``source_X`` and ``target_X`` are there."""
        columns = set(self.frame.columns)
        return [
            c.removeprefix("source_")
            for c in self.frame.columns
            if c.startswith("source_") and f"target_{c.removeprefix('source_')}" in columns
        ]

    @property
    def classes(self) -> list[str]:
        """Classifications of a relation (technology, application_field ...)."""
        skip = {*RESERVED, *(f"{end}_{x}" for x in self.levels for end in ("source", "target"))}
        return [c for c in self.frame.columns if c not in skip]

    @property
    def has_roles(self) -> bool:
        """Whether sample and partner organisations can be told apart."""
        return "role" in self.nodes.columns and bool(self.nodes["role"].notna().any())

    @property
    def has_platforms(self) -> bool:
        """Whether platform enterprises are flagged."""
        return "platform" in self.nodes.columns and bool(self.nodes["platform"].fillna(False).any())

    def where(self, rows: pd.Series | np.ndarray) -> Relations:
        """Return the same table with only some relations; organisations are kept."""
        return dataclasses.replace(self, frame=self.frame.loc[np.asarray(rows, dtype=bool)])


def of_kinds(relations: Relations, kinds: Sequence[str] | None) -> Relations:
    """Keep relations of some kinds; ``None`` keeps all.

    Raises ``UsageError`` where the table has no kinds or not that one.
    """
    if kinds is None:
        return relations
    check_kinds(kinds, relations.kinds if "kind" in relations.frame.columns else None)
    return relations.where(relations.frame["kind"].isin(list(kinds)))


def check_kinds(kinds: Sequence[str], known: Sequence[str] | None) -> None:
    """Refuse kinds that a table does not have; ``known`` is ``None`` for one without kinds."""
    if known is None:
        raise UsageError(
            f"kinds {', '.join(kinds)} were asked for, but the table has no kind column",
            hint="leave out --kinds, or name the column with --map kind=COLUMN",
        )
    unknown = [k for k in kinds if k not in known]
    if unknown:
        raise UsageError(f"kind {unknown[0]!r} does not occur in the table; it has {', '.join(known)}")


def of_platforms(relations: Relations) -> Relations:
    """Keep relations with a platform enterprise at either end (Tables 5 and 6)."""
    if not relations.has_platforms:
        raise UsageError(
            Note("note.no_platforms"),
            hint="add a node column 'platform' (true/false), or source_platform and target_platform",
        )
    flag = relations.nodes["platform"].fillna(False).to_numpy(dtype=bool)
    frame = relations.frame
    return relations.where(flag[frame["source"].cat.codes] | flag[frame["target"].cat.codes])


def in_years(relations: Relations, first: int | None = None, last: int | None = None) -> Relations:
    """Keep relations dated ``first`` to ``last``, both included; ``None`` leaves an end open."""
    if first is None and last is None:
        return relations
    if not relations.dated:
        raise UsageError(Note("note.years_unknown"))
    year = relations.frame["year"]
    keep = pd.Series(True, index=year.index)
    if first is not None:
        keep &= year >= first
    if last is not None:
        keep &= year <= last
    return relations.where(keep)


def sample_nodes(relations: Relations, year: int | None = None) -> np.ndarray:
    """Tell for every organisation whether it is in the sample in ``year``.

    ``sample_from`` and ``sample_to`` limit the time in the sample where given;
    outside it a sample enterprise that keeps relations counts as a partner.
    """
    nodes = relations.nodes
    if not relations.has_roles:
        return np.zeros(len(nodes), dtype=bool)
    inside = (nodes["role"] == SAMPLE).to_numpy(dtype=bool, copy=True)
    if year is not None:
        for column, late in (("sample_from", False), ("sample_to", True)):
            if column in nodes.columns:
                limit = pd.to_numeric(nodes[column], errors="coerce").to_numpy(dtype=float)
                with np.errstate(invalid="ignore"):
                    inside &= ~(limit < year if late else limit > year)
    return inside


def from_frame(
    frame: pd.DataFrame, nodes: pd.DataFrame | None = None, *, name: str = "", synthetic: bool = False
) -> Relations:
    """Take a clean frame with canonical column names as it is.

    Parameters
    ----------
    frame
        At least ``source`` and ``target``, without missing ends or years; every row is used.
        Files and frames that need checking go through ``read_relations``.
    nodes
        Attributes of organisations, indexed by id.

    Examples
    --------
    >>> table = from_frame(pd.DataFrame({"source": ["a"], "target": ["b"], "year": [2020]}))
    >>> table.years, list(table.nodes.index)
    ([2020], ['a', 'b'])
    """
    frame = frame.copy()
    ends = frame[["source", "target"]].to_numpy(dtype=object).ravel()
    known = [] if nodes is None else list(nodes.index)
    ids = pd.Index(pd.unique(np.array([*known, *ends], dtype=object)), name="node", dtype=object)
    for end in ("source", "target"):
        frame[end] = pd.Categorical(frame[end], categories=ids)
    for column in frame.columns:
        if column not in ("source", "target", "year", "weight", "date"):
            frame[column] = frame[column].astype("category")
    if "year" in frame.columns:
        frame["year"] = frame["year"].astype(np.int32)
    attributes = pd.DataFrame(index=ids) if nodes is None else nodes.reindex(ids)
    if "label" not in attributes.columns:
        attributes.insert(0, "label", ids.astype(str))
    account = RowAccount(rows=len(frame), accepted=len(frame), relations=len(frame))
    return Relations(frame, attributes, account, name=name, synthetic=synthetic, listed=len(known))


def sample() -> Relations:
    """Read the embedded sample: made-up relations shaped like those of the Nankai report.

    Examples
    --------
    >>> sample().synthetic
    True
    """
    folder = Path(__file__).parent / "reference" / "sample"
    table = read_relations(folder / "relations.csv.gz", nodes=folder / "nodes.csv.gz", cache=False)
    return dataclasses.replace(table, name="sample", synthetic=True)


def read_relations(
    table: str | Path | pd.DataFrame | None = None,
    *,
    nodes: str | Path | pd.DataFrame | None = None,
    mapping: Mapping[str, str] | None = None,
    config: str | Path | Config | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    separator: str | None = None,
    loops: Literal["drop", "keep"] | None = None,
    duplicates: Literal["drop", "keep"] | None = None,
    placeholders: Literal["drop", "keep"] | None = None,
    names: str | Path | None = None,
    year_range: tuple[int, int] | None = None,
    allow_empty: bool = False,
    cache: bool | str | Path | None = None,
) -> Relations:
    """Read and check a relation table; every row is in use, set aside or rejected.

    Parameters
    ----------
    table
        CSV, TSV (``.gz`` or not), XLSX, XLS, ODS or Parquet file, ``-`` for standard
        input, or a data frame. ``None`` is the table that ``config`` names, or else the
        embedded synthetic sample.
    nodes
        Attributes of organisations, in the same forms; they win over ``source_X`` and
        ``target_X`` columns.
    mapping
        Canonical name -> column, where headers are not recognised by themselves.
    config
        TOML file with these options; what is given here wins over it.
    encoding
        By default byte-order mark, strict UTF-8, then strict GB18030.
    sheet, separator
        By default the only sheet, and the only separator, that fits.
    loops, duplicates
        ``"drop"`` (default) sets self-loops and exact doubles aside and counts them;
        ``"keep"`` uses them. A row is a double if it equals an earlier one in every
        column after cleaning; a relation of two enterprises listed from both sides is one.
    placeholders
        ``"drop"`` (default) rejects rows with an end that names nobody, such as 未透露, 未披露 or
        undisclosed, which would become one organisation with all their relations; ``"keep"``
        takes it for a name.
    names
        Thesaurus of names: a file with variant and preferred name.
    year_range
        First and last year that is taken for a year; default 1900 to 2100.
    allow_empty
        Take a table with a header but no rows, where ``nodes`` says who is there.
    cache
        ``True`` keeps the checked table in the user's cache folder (``CLUSTERS_CACHE``), a
        path keeps it in that folder; whenever the same content is read in the same way
        again, it is taken from there, several times faster. By default a table that was
        kept is used and none is kept; ``False`` does neither. ``account.kept`` says where.

    Returns
    -------
    Relations
        With ``account.accepted + account.rejected == account.rows``. Blank lines are
        no rows; a line of separators only is one.

    Raises
    ------
    DataError
        The input cannot be used: the message names file, row, column, what was found
        and what would be right.
    UsageError
        An option does not fit the input.

    References
    ----------
    Nankai report 2023, footnote 11: 赋能 goes from the enterprise to its partner, 输入 the
    other way.

    Examples
    --------
    >>> frame = pd.DataFrame({"企业": ["甲", "甲"], "合作方": ["乙", "丙"], "方向": ["赋能", "输入"]})
    >>> relations = read_relations(frame)
    >>> relations.frame[["source", "target"]].values.tolist()
    [['甲', '乙'], ['丙', '甲']]
    >>> relations.nodes["role"].tolist()
    ['sample', 'partner', 'partner']
    """
    if table is None and config is None:
        return sample()
    from clusters.intake import config as configuration

    settings = configuration.load(config) if config is not None else configuration.Config()
    table = table if table is not None else settings.relations
    if table is None:
        return sample()
    options = _Options(
        nodes=nodes if nodes is not None else settings.nodes,
        mapping={**settings.columns, **(mapping or {})},
        node_mapping=settings.node_columns,
        node_options=settings.node_options(encoding, own=nodes is None),
        kinds=settings.kinds,
        directions=settings.directions,
        roles=settings.roles,
        encoding=encoding or settings.encoding,
        sheet=sheet or settings.sheet,
        separator=separator or settings.separator,
        keep_loops=(loops or settings.loops) == "keep",
        keep_doubles=(duplicates or settings.duplicates) == "keep",
        keep_placeholders=(placeholders or settings.placeholders) == "keep",
        names=names or settings.names,
        year_range=year_range or settings.year_range or (1900, 2100),
        allow_empty=allow_empty,
    )
    if cache is False or (cache is None and isinstance(table, pd.DataFrame)):
        return _read(table, options)
    return _kept(table, options, config, cache)


@dataclass(frozen=True)
class _Options:
    """How a table is read, with the settings file taken in."""

    nodes: str | Path | pd.DataFrame | None
    mapping: Mapping[str, str]
    node_mapping: Mapping[str, str]
    node_options: Mapping[str, Any]
    kinds: Mapping[str, str]
    directions: Mapping[str, str]
    roles: Mapping[str, str]
    encoding: str | None
    sheet: str | None
    separator: str | None
    keep_loops: bool
    keep_doubles: bool
    keep_placeholders: bool
    names: str | Path | None
    year_range: tuple[int, int]
    allow_empty: bool


def _read(table: str | Path | pd.DataFrame, options: _Options) -> Relations:
    """Read a table from its file."""
    from clusters import progress
    from clusters.intake import country_labels, files, headers, organisations, rows, steps, texts, thesaurus
    from clusters.intake.patience import Patience

    pairs = thesaurus.load_thesaurus(options.names) if options.names else thesaurus.Thesaurus("", {})
    same = pairs.mapping
    known = None
    if options.nodes is not None:
        known = organisations.read_nodes(
            options.nodes,
            mapping=options.node_mapping,
            thesaurus=same,
            **options.node_options,
        )
    patience = Patience()
    raw = files.read_decoded(
        table,
        patience.decode,
        score=lambda cells: headers.score_relations(cells, options.mapping),
        encoding_name=options.encoding,
        sheet=options.sheet,
        separator=options.separator,
    )
    columns = headers.relation_columns(raw.header, raw.name, options.mapping)
    if raw.rows == 0 and not (options.allow_empty and known is not None):
        raise DataError(f"{raw.name} has a header but no rows", hint="is this the whole file?")
    with progress.task(Note("note.progress_checking", name=raw.name), total=raw.rows, unit="count") as done:
        oriented, known = country_labels.one_country_form(
            orient(raw, columns, same, options.directions, options.roles), known, raw.name
        )
        done(raw.rows * 0.3)
        reasons = rows.Reasons(len(raw.lines))
        rows.check_form(raw, columns, reasons, patience.torn)
        rows.check_ends(
            oriented.source,
            oriented.target,
            oriented.unclear,
            reasons,
            keep_placeholders=options.keep_placeholders,
        )
        years = options.year_range
        values = rows.read_values(raw, columns, reasons, year_range=years, kinds=options.kinds)
        ends = (oriented.source, oriented.target)
        values.warnings.extend(
            rows.form_warnings(raw, reasons.codes, ends, keep_placeholders=options.keep_placeholders)
        )
        if raw.rows and not reasons.accepted.any():
            none = np.zeros_like(reasons.accepted)
            account = steps.of_table(raw, steps.Fates(reasons.codes, none, none, none), [], patience.mixed)
            raise AllRejectedError(
                rows.nothing_left(raw, columns, reasons.codes, years),
                rows.rejects(raw, reasons.codes),
                account,
            )
        done(raw.rows * 0.4)
        aside = _aside(
            raw,
            columns,
            oriented,
            values,
            reasons.accepted,
            keep_loops=options.keep_loops,
            keep_doubles=options.keep_doubles,
        )
        done(raw.rows * 0.5)
        fates = steps.Fates(reasons.codes, aside.loops, aside.doubles, aside.used)
        account = steps.of_table(raw, fates, [*oriented.changes, *values.changes], patience.mixed)
        if known is not None:
            account.lines += known.account.lines
        if options.names:
            steps.of_thesaurus(account, pairs.file, len(same), oriented.variants)
        relations = _assembled(raw, columns, oriented, values, known, reasons.codes, aside, account)
        done(raw.rows)
    if len(relations.nodes) > texts.FEW:
        texts.release()
    return relations


def _kept(
    table: str | Path | pd.DataFrame,
    options: _Options,
    config: str | Path | Config | None,
    cache: bool | str | Path | None,
) -> Relations:
    """Take a table from the cache, or read it and keep it where that was asked for."""
    from clusters.intake import cache as kept

    files = {"nodes": options.nodes, "names": options.names}
    if isinstance(config, (str, Path)):
        files["config"] = config
    if any(isinstance(source, pd.DataFrame) or str(source) == "-" for source in (table, *files.values())):
        if cache is None:
            return _read(table, options)
        raise UsageError(
            "only tables in files can be kept in the cache, not standard input or data frames",
            hint="leave out the cache, or save the table in a file first",
        )
    folder = Path(cache) if isinstance(cache, (str, Path)) else kept.default_folder()
    path = Path(str(table))
    if cache is not None:
        kept.make_folder(folder)
    elif not kept.may_be_there(folder, path):
        return _read(table, options)
    paths = {use: Path(str(source)) for use, source in files.items() if source}
    said = {
        field.name: getattr(options, field.name)
        for field in dataclasses.fields(options)
        if field.name not in ("nodes", "names")
    }
    place = kept.place(folder, path, paths, said)
    if place is None or (cache is None and not place.there()):
        return _read(table, options)
    damaged = None
    if place.there():
        try:
            return _unpacked(kept.load(place), (str(place.folder), kept.size_of(place)))
        except kept.DamagedError as error:
            damaged = Note("note.cache_damaged", path=place.folder, why=str(error))
    relations = _read(table, options)
    account = relations.account
    if place.unchanged():
        try:
            kept.store(place, _packed(relations))
            account = dataclasses.replace(account, kept=(str(place.folder), kept.size_of(place)))
        except DataError:
            if cache is not None:
                raise
    if damaged is not None:
        account = dataclasses.replace(account, warnings=(*account.warnings, damaged))
    return dataclasses.replace(relations, account=account)


_APART = ("rejects", "set_aside", "kept")


def _packed(relations: Relations) -> Stored:
    """Take a table apart for the cache."""
    from clusters.intake.cache import Stored

    account = relations.account
    counted = {
        field.name: getattr(account, field.name)
        for field in dataclasses.fields(account)
        if field.name not in _APART
    }
    facts = {name: getattr(relations, name) for name in ("name", "synthetic", "listed")}
    facts["account"] = counted
    return Stored(relations.frame, relations.nodes, account.rejects, account.set_aside, facts)


def _unpacked(stored: Stored, kept: tuple[str, int]) -> Relations:
    """Put a table from the cache together."""
    facts = dict(stored.facts)
    counted = facts.pop("account")
    counted["warnings"] = tuple(counted["warnings"])
    account = RowAccount(rejects=stored.rejects, set_aside=stored.set_aside, kept=kept, **counted)
    return Relations(stored.frame, stored.nodes, account, **facts)


def orient(
    table: RawTable,
    columns: RelationColumns,
    thesaurus: Mapping[str, str] | None = None,
    directions: Mapping[str, str] | None = None,
    roles: Mapping[str, str] | None = None,
) -> Oriented:
    """Decide for every row who gives and who receives. No other place decides on this.

    ``source`` gives and ``target`` receives. In a table with enterprise, partner and
    direction, empowerment (赋能) goes from the enterprise to its partner and input (输入)
    from the partner to the enterprise; ``directions`` holds further labels, ``roles``
    those of role columns. A direction column beside source and target is a note and turns nothing.
    """
    from clusters.intake import assembly, changes
    from clusters.intake.table import Column, joined, missing
    from clusters.intake.values import gives, read_role

    raw = tuple(table.columns[position] for position in columns.ids.values())
    altered = changes.of_merged(table)
    warnings = assembly.name_warnings(table, raw, altered)
    (one, two), variants = assembly.clean_names(raw, thesaurus or {}, altered)
    nothing = missing(len(table.lines))

    said_of, notes = assembly.said_of_ends(table, columns)
    warnings += notes
    altered += changes.of_places(table, columns.attributes, said_of)
    found: dict[str, Any] = {"warnings": warnings, "changes": altered, "variants": variants}

    def cells(end: str, attribute: str) -> Column:
        column = said_of.get((end, attribute), nothing)
        if attribute == "role" and roles:
            column = column.map(lambda text: read_role(text, roles) or text)
        return column

    stated = {
        attribute: (cells("source", attribute), cells("target", attribute))
        for end, attribute in said_of
        if end in ("source", "target")
    }
    if not columns.sided:
        if columns.unused_direction is not None:
            note = table.columns[columns.unused_direction]
            if any(gives(text) is not None for text in note.values):
                name = table.header[columns.unused_direction]
                warnings.append(Note("note.direction_unused", name=table.name, column=name))
        return assembly.Oriented(one, two, stated, **found)

    said = table.columns[columns.single["direction"]]
    meanings = [gives(text, directions) for text in said.values]
    giving = np.array([*(meaning is True for meaning in meanings), False])[said.codes]
    unclear = np.array([*(meaning is None for meaning in meanings), True])[said.codes]

    def turned(enterprise: Column, partner: Column) -> tuple[Column, Column]:
        first, second = joined([enterprise, partner])
        return (
            Column(np.where(giving, first.codes, second.codes), first.values),
            Column(np.where(giving, second.codes, first.codes), first.values),
        )

    for end, attribute in said_of:
        if end in ("enterprise", "partner"):
            stated[attribute] = turned(cells("enterprise", attribute), cells("partner", attribute))
    source, target = turned(one, two)
    return assembly.Oriented(source, target, stated, one, unclear, **found)


@dataclass(frozen=True)
class _Aside:
    """Accepted rows by what becomes of them."""

    loops: NDArray[np.bool_]
    doubles: NDArray[np.bool_]
    mirrored: NDArray[np.bool_]
    """Doubles that repeat a relation from its other side."""
    used: NDArray[np.bool_]


def _aside(
    raw: RawTable,
    columns: RelationColumns,
    oriented: Oriented,
    values: Values,
    accepted: NDArray[np.bool_],
    *,
    keep_loops: bool,
    keep_doubles: bool,
) -> _Aside:
    """Find self-loops and doubles among the accepted rows.

    A self-loop that is set aside is not looked at again, so no row counts twice.
    """
    from clusters.intake.assembly import tidied
    from clusters.intake.rows import repeated

    loops = accepted & (oriented.source.codes == oriented.target.codes)
    among = accepted if keep_loops else accepted & ~loops
    texts = [tidied(raw.columns[position]) for position in columns.classes.values()]
    texts += [column for pair in oriented.pairs.values() for column in pair]
    texts += [column for column in (values.date, values.kind) if column is not None]
    cells: list[NDArray[Any]] = [oriented.source.codes, oriented.target.codes]
    cells += [column.codes for column in texts]
    cells += [numbers for numbers in (values.year, values.weight) if numbers is not None]
    doubles = repeated(cells, among)
    mirrored = np.zeros_like(doubles)
    if oriented.enterprise is not None:
        mirrored = doubles & ~repeated([*cells, oriented.enterprise.codes], among)
    dropped = (loops & (not keep_loops)) | (doubles & (not keep_doubles))
    return _Aside(loops, doubles, mirrored, accepted & ~dropped)


def _assembled(
    raw: RawTable,
    columns: RelationColumns,
    oriented: Oriented,
    values: Values,
    known: Organisations | None,
    codes: NDArray[np.int8],
    aside: _Aside,
    told: Account,
) -> Relations:
    """Put relations in use, organisations and row account together."""
    from clusters.intake import assembly, rows, several_ends

    warnings = [*raw.warnings, *columns.warnings, *oriented.warnings, *values.warnings]
    if aside.mirrored.any():
        first = raw.at(int(np.flatnonzero(aside.mirrored)[0]))
        warnings.append(Note("note.mirrored", name=raw.name, n=int(aside.mirrored.sum()), at=first))
    said = assembly.mentions(raw, oriented, aside.used, known)
    frame = assembly.relation_frame(columns, oriented, values, said, known, warnings)
    nodes = assembly.node_frame(oriented, said, known, warnings)
    role = _roles(oriented, said, known, warnings)
    if role is not None:
        nodes.insert(1, "role", role)
        _warn_partners_only(role == SAMPLE, said, warnings)
    warnings += assembly.look_alike_names(said.index, raw.name)
    warnings += several_ends.several_warnings(said)
    warnings += assembly.cover_warnings(nodes, said, known, raw.name)
    if known is not None:
        warnings[:0] = known.warnings
    unused = np.flatnonzero((codes == 0) & ~aside.used)
    set_aside = np.where(aside.doubles[unused], "duplicate", "self_loop").astype(object).tolist()
    counts = np.bincount(codes, minlength=len(rows.REASONS)).tolist()
    reasons = dict(zip(rows.REASONS[1:], counts[1:], strict=True))
    reasons |= {reason: sum(r.reason == reason for r in raw.ragged) for reason in rows.FILE_REASONS}
    account = RowAccount(
        rows=raw.rows,
        accepted=counts[0],
        rejected=sum(reasons.values()),
        self_loops=int(aside.loops.sum()),
        duplicates=int(aside.doubles.sum()),
        relations=said.rows.size,
        reasons={reason: count for reason, count in reasons.items() if count},
        rejects=rows.rejects(raw, codes),
        set_aside=rows.listing(raw, unused, set_aside),
        warnings=tuple(warnings),
        source={"file": raw.name, **raw.source, "columns": columns.described(raw.header)},
        told=told.lines,
    )
    listed = 0 if known is None else len(known.frame)
    return Relations(frame, nodes, account, name=raw.stem, synthetic=raw.synthetic, listed=listed)


def _roles(
    oriented: Oriented, said: Mentions, known: Organisations | None, warnings: list[str]
) -> NDArray[np.object_] | None:
    """Decide who is a sample enterprise and who a partner; ``None`` where nothing tells.

    The nodes table wins. Without it an enterprise column, or a role beside either end,
    decides; an organisation that is called both belongs to the sample.
    """
    from clusters.intake.values import read_role

    size = len(said.index)
    sample, partner = np.zeros(size, bool), np.zeros(size, bool)
    if oriented.enterprise is not None:
        gives = oriented.enterprise.codes[said.chosen] == oriented.source.codes[said.chosen]
        sample[np.where(gives, said.nodes[0::2], said.nodes[1::2])] = True
    if "role" in oriented.pairs:
        mentioned = said.of(oriented.pairs["role"])
        meaning = {SAMPLE: 1, PARTNER: 2}
        read = [meaning.get(read_role(text) or "", 3) if text.strip() else 0 for text in mentioned.values]
        roles = np.array([*read, 0], np.int8)[mentioned.codes]
        sample[said.nodes[roles == 1]] = True
        partner[said.nodes[roles == 2]] = True
        unread = np.flatnonzero(roles == 3)
        if unread.size:
            text = mentioned.values[mentioned.codes[unread[0]]]
            at = said.at(int(unread[0]))
            warnings.append(Note("note.roles_unread", name=said.table.name, n=unread.size, at=at, text=text))
        _warn_roles(sample & partner, "note.roles_both", said, warnings)
    if known is not None and "role" in known.frame.columns:
        listed = known.frame["role"].reindex(said.index).to_numpy(object)
        _warn_roles(
            (sample & (listed == PARTNER)) | (partner & ~sample & (listed == SAMPLE)),
            "note.roles_differ",
            said,
            warnings,
        )
        sample = np.where(listed == PARTNER, False, sample | (listed == SAMPLE))
        partner |= listed == PARTNER
    if not (sample | partner).any():
        return None
    if oriented.enterprise is None:
        unsaid = ~(sample | partner)
        _warn_roles(unsaid, "note.roles_unsaid", said, warnings)
    return np.where(sample, SAMPLE, PARTNER).astype(object)


def _warn_roles(found: NDArray[np.bool_], what: str, said: Mentions, warnings: list[str]) -> None:
    if found.any():
        first = said.index[int(np.flatnonzero(found)[0])]
        warnings.append(Note(what, name=said.table.name, n=int(found.sum()), node=first))


def _warn_partners_only(sample: NDArray[np.bool_], said: Mentions, warnings: list[str]) -> None:
    """Warn of relations without a sample enterprise, which report-type data does not have (D4)."""
    outside = np.flatnonzero(~sample[said.nodes[0::2]] & ~sample[said.nodes[1::2]])
    if outside.size:
        one, two = (said.index[said.nodes[2 * outside[0] + k]] for k in (0, 1))
        at = said.at(int(2 * outside[0]))
        warnings.append(
            Note("note.partners_only", name=said.table.name, n=outside.size, at=at, one=one, two=two)
        )
